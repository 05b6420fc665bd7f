// What the matrix says in words, and which of its units nobody can tell apart.
#include "views/charts/block_role_matrix.h"

#include <cmath>

namespace bitwright::views {

QString BlockRoleMatrix::describe(int index) const
{
    const MatrixUnit& unit = m_data.units[static_cast<std::size_t>(index)];
    QStringList lines{unit.name};
    if (std::isnan(unit.bits))
        lines << tr("no option yet");
    else
        lines << tr("%1, %2 bits per weight")
                     .arg(unit.option.isEmpty() ? tr("unchanged") : unit.option, formatBpw(unit.bits));
    const QString label = m_data.harmLabel.isEmpty() ? tr("harm") : m_data.harmLabel;
    lines << QStringLiteral("%1: %2").arg(label, unit.harm ? formatNumber(*unit.harm) : tr("unknown"));
    if (unit.interval)
        lines << (unit.calibrated ? tr("calibrated by other measurements: %1 to %2 (95 %)")
                                  : tr("measured: %1 to %2 (95 %)"))
                     .arg(formatNumber(unit.interval->lower), formatNumber(unit.interval->upper));
    // Of the selected unit, which the outlines show; a test of every unit under the cursor would cost too
    // much.
    if (selection().size() == 1 && selection().front() == index) {
        const Alike& same = alike(index);
        if (!same.units.isEmpty())
            lines << tr("%n unit(s) cannot be told apart from it (dashed)", nullptr,
                static_cast<int>(same.units.size()));
        if (same.byOverlap > 0)
            lines << tr("%n of them by the overlap of intervals: not measured on the same tokens", nullptr,
                same.byOverlap);
    } else if (selection().size() == 1 && alike(selection().front()).units.contains(index)) {
        lines << tr("cannot be told apart from the selected unit");
    }
    if (unit.tokens)
        lines
            << tr("seen by %1 calibration tokens").arg(formatCount(static_cast<std::int64_t>(*unit.tokens)));
    if (unit.imported)
        lines << tr("score imported");
    if (unit.locked)
        lines << tr("locked");
    if (unit.tie >= 0)
        lines << tr("tied");
    if (unit.edited)
        lines << tr("differs from the solver's choice");
    if (unit.nonFinite)
        lines << tr("contains NaN or Inf");
    if (unit.failed)
        lines << tr("could not be measured");
    if (unit.fixed)
        lines << tr("never quantized by this target");
    if (!unit.note.isEmpty())
        lines << unit.note;
    return lines.join(u'\n');
}

/// A calibrated number says so.
QString BlockRoleMatrix::harmDigits(const MatrixUnit& unit) const
{
    return (unit.calibrated ? QStringLiteral("\u2248") : QString()) + m_harmNumbers.text(*unit.harm);
}

void BlockRoleMatrix::setAlikeTest(AlikeTest test)
{
    m_alikeTest = std::move(test);
    m_alikeOf = -1;
    viewport()->update();
}

// Painting asks for the same unit again and again.
const BlockRoleMatrix::Alike& BlockRoleMatrix::alike(int unit) const
{
    if (unit == m_alikeOf)
        return m_alike;
    m_alikeOf = unit;
    m_alike = {};
    if (!m_data.deltaLabel.isEmpty())
        return m_alike; // what is shown then is a difference of two plans, not the harm of one option
    // What was only calibrated has an interval of the law, not of its own: no run compares it.
    const auto intervalOf
        = [&](std::size_t i) { return m_data.units[i].calibrated ? std::nullopt : m_data.units[i].interval; };
    const auto own = intervalOf(static_cast<std::size_t>(unit));
    for (std::size_t i = 0; own && i < m_data.units.size(); ++i) {
        const auto other = intervalOf(i);
        const int index = static_cast<int>(i);
        if (index == unit || !other || other->lower > own->upper || own->lower > other->upper)
            continue;
        const auto tested = m_alikeTest ? m_alikeTest(unit, index) : std::nullopt;
        if (!tested)
            ++m_alike.byOverlap;
        if (tested.value_or(true))
            m_alike.units << index;
    }
    return m_alike;
}

QString BlockRoleMatrix::csv() const
{
    QString text
        = QStringLiteral("unit,block,role,option,bits,harm,locked,tie,edited,fallback,non_finite,note\n");
    const auto flag = [](bool on) { return on ? QStringLiteral("1") : QStringLiteral("0"); };
    for (const MatrixUnit& unit : m_data.units) {
        const auto row = static_cast<std::size_t>(unit.row), column = static_cast<std::size_t>(unit.column);
        const bool placed = row < m_data.rows.size() && column < m_data.columns.size();
        text += QStringList{csvText(unit.name), csvText(placed ? m_data.rows[row].label : QString()),
                    csvText(!unit.label.isEmpty() ? unit.label
                            : placed              ? m_data.columns[column].label
                                                  : QString()),
                    csvText(unit.option), csvNumber(unit.bits), unit.harm ? csvNumber(*unit.harm) : QString(),
                    flag(unit.locked), unit.tie >= 0 ? QString::number(unit.tie) : QString(),
                    flag(unit.edited), flag(unit.fallback), flag(unit.nonFinite), csvText(unit.note)}
                    .join(u',')
            + u'\n';
    }
    return text;
}

} // namespace bitwright::views
