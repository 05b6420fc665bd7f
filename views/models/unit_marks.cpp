#include "views/models/unit_marks.h"

#include "views/models/core_text.h"
#include "views/models/tensor_tree.h"

#include <QCoreApplication>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("UnitMarks", text);
}

} // namespace

bool UnitMarks::isTied(std::size_t unit) const
{
    const auto& space = m_document.space();
    const auto& ties = space->tiesOf(m_document.plan());
    if (m_space.lock() != space || m_ties != &ties) {
        m_space = space;
        m_ties = &ties;
        m_tied.assign(space->units().size(), 0);
        for (const auto& tie : ties)
            for (const auto member : tie.units)
                m_tied[member] = 1;
    }
    return m_tied[unit] != 0;
}

int UnitMarks::of(std::size_t unit, std::size_t option) const
{
    const auto& space = m_document.space();
    if (!space || unit >= space->units().size())
        return 0;
    const auto* result = m_document.result(m_document.tensorOfUnit(static_cast<int>(unit)));
    int marks = isTied(unit) ? TensorTree::TiedMark : 0;
    if (!space->cell(unit, option).resolved.fallback.empty())
        marks |= TensorTree::FallbackMark;
    if (result != nullptr && result->stats && result->stats->hasNonFinite())
        marks |= TensorTree::NonFiniteMark;
    if (result != nullptr && result->error)
        marks |= TensorTree::FailedMark;
    return marks;
}

QString UnitMarks::toolTip(std::size_t unit, std::size_t option) const
{
    const int marks = of(unit, option);
    QStringList lines{QString::fromStdString(escapedForDisplay(m_document.space()->units()[unit].name))};
    if (marks != 0)
        lines << QString();
    if ((marks & TensorTree::TiedMark) != 0)
        lines << tr("tied: other units have the same option");
    if ((marks & TensorTree::FallbackMark) != 0)
        lines << coreText(m_document.space()->cell(unit, option).resolved.fallback);
    if ((marks & TensorTree::NonFiniteMark) != 0)
        lines << tr("holds NaN or Inf");
    if ((marks & TensorTree::FailedMark) != 0)
        lines << tr("could not be measured");
    return lines.join(u'\n');
}

} // namespace bitwright::views
