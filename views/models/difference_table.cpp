#include "views/models/difference_table.h"

#include "views/models/core_text.h"
#include "views/models/harm_text.h"
#include "views/models/number_text.h"
#include "views/models/text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace bitwright::views {

QString signedSizeText(std::int64_t bytes)
{
    const QString size = sizeText(static_cast<std::uint64_t>(std::llabs(bytes)));
    return bytes == 0 ? size : (bytes < 0 ? QStringLiteral("−") : QStringLiteral("+")) + size;
}

QString signedNumberText(const std::optional<double>& value)
{
    if (!value)
        return numberText(std::numeric_limits<double>::quiet_NaN());
    const QString number = numberText(std::abs(*value));
    return *value == 0 ? number : (*value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + number;
}

BitsChange bitsChange(double a, double b)
{
    // The bits of the codes; what scales add is a fraction.
    constexpr double kRounding = 0.02;
    const double wholeA = std::floor(a + kRounding), wholeB = std::floor(b + kRounding);
    const QString arrow(QChar(0x2192)), other(QChar(0x2260));
    BitsChange change{fixedText(a, 2) + arrow + fixedText(b, 2), other, other};
    if (wholeA != wholeB) {
        change.codes = fixedText(wholeA, 0) + arrow + fixedText(wholeB, 0);
        change.sign = QChar(wholeB < wholeA ? 0x2193 : 0x2191);
    }
    return change;
}

DifferenceTable::DifferenceTable(const Document& document, QObject* parent)
    : QAbstractTableModel(parent)
    , m_document(document)
    , m_marks(document)
{ }

void DifferenceTable::setDifference(plan::PlanDifference difference)
{
    beginResetModel();
    m_difference = std::move(difference);
    m_rows.clear();
    m_moved = 0;
    m_harms = m_shares = {};
    for (const auto& item : m_difference.units) {
        if (item.same())
            continue;
        m_rows.push_back(item);
        m_moved += std::abs(item.deltaHarm.value_or(0));
    }
    // By contribution; what is unknown comes first, because nobody can say that it does not matter.
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const auto& a, const auto& b) {
        const auto weight = [](const plan::UnitDifference& item) {
            return item.deltaHarm ? std::abs(*item.deltaHarm) : std::numeric_limits<double>::infinity();
        };
        return weight(a) > weight(b);
    });
    for (const auto& item : m_rows)
        if (item.deltaHarm) {
            m_harms.add(*item.deltaHarm);
            m_shares.add(std::abs(*item.deltaHarm) / m_moved * 100);
        }
    endResetModel();
}

int DifferenceTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int DifferenceTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

namespace {

/// Numbers at the right; texts at the left, in the heading too.
QVariant alignmentOf(int column)
{
    switch (column) {
    case DifferenceTable::UnitColumn:
    case DifferenceTable::OptionAColumn:
    case DifferenceTable::OptionBColumn:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    default:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
}

} // namespace

/// "≈" before what one of the two options was not measured for.
QString DifferenceTable::harmOf(const plan::UnitDifference& item) const
{
    if (!item.deltaHarm)
        return signedNumberText(item.deltaHarm);
    const auto& space = *m_document.space();
    const auto isCalibrated = [&](std::size_t option) {
        return space.cell(item.unit, option).origin == score::ScoreOrigin::Calibrated;
    };
    const bool calibrated = isCalibrated(item.optionA) || isCalibrated(item.optionB);
    const QString number = m_harms.within(signedNumberText(item.deltaHarm), std::abs(*item.deltaHarm));
    return calibrated ? QStringLiteral("\u2248") + number : number;
}

QString DifferenceTable::textOf(const plan::UnitDifference& item, int column) const
{
    const auto& space = *m_document.space();
    switch (column) {
    case UnitColumn:
        return shortTensorName(space.units()[item.unit].name, space.units()[item.unit].block);
    case OptionAColumn:
        return shortOptionName(space, item.optionA);
    case OptionBColumn:
        return shortOptionName(space, item.optionB);
    case BytesColumn:
        return signedSizeText(item.deltaBytes);
    case HarmColumn:
        return harmOf(item);
    case ShareColumn:
        return item.deltaHarm && m_moved > 0
            ? tr("%1 %").arg(m_shares.text(std::abs(*item.deltaHarm) / m_moved * 100))
            : tr("unknown");
    default:
        return {};
    }
}

QVariant DifferenceTable::numberOf(const plan::UnitDifference& item, int column) const
{
    constexpr double kUnknown = -std::numeric_limits<double>::infinity();
    switch (column) {
    case UnitColumn:
        return static_cast<int>(item.unit);
    case BytesColumn:
        return static_cast<qlonglong>(item.deltaBytes);
    case HarmColumn:
        return item.deltaHarm.value_or(kUnknown);
    case ShareColumn:
        return item.deltaHarm ? std::abs(*item.deltaHarm) : kUnknown;
    default:
        return textOf(item, column);
    }
}

QVariant DifferenceTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || !m_document.space())
        return {};
    const auto& item = m_rows[static_cast<std::size_t>(index.row())];
    if (item.unit >= m_document.space()->units().size())
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return textOf(item, index.column());
    case SortRole:
        return numberOf(item, index.column());
    case UnitRole:
        return static_cast<int>(item.unit);
    case StateRole:
        return m_marks.of(item.unit, item.optionA);
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case Qt::ToolTipRole:
        if (index.column() == UnitColumn)
            return m_marks.toolTip(item.unit, item.optionA);
        if (index.column() == OptionAColumn || index.column() == OptionBColumn)
            return QString::fromStdString(
                m_document.space()
                    ->optionIds()[index.column() == OptionAColumn ? item.optionA : item.optionB]);
        if (index.column() == BytesColumn)
            return formatExactBytes(static_cast<double>(item.deltaBytes));
        if (index.column() == HarmColumn || index.column() == ShareColumn)
            return tr("%1 (%2)").arg(
                textOf(item, index.column()), provenanceText(m_document.space()->provenance()));
        return textOf(item, index.column());
    default:
        return {};
    }
}

QVariant DifferenceTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    if (role == Qt::ToolTipRole && section == BytesColumn)
        return tr("B minus A");
    if (role == Qt::ToolTipRole && section == HarmColumn && m_document.space())
        return tr("B minus A; %1").arg(harmLabel(m_document)) + u'\n'
            + provenanceText(m_document.space()->provenance());
    if (role == Qt::ToolTipRole && section == ShareColumn)
        return tr("of the sum of all changes of harm, whatever their sign") + u'\n' + harmLabel(m_document);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case UnitColumn:
        return tr("Unit");
    case OptionAColumn:
        return tr("Option A");
    case OptionBColumn:
        return tr("Option B");
    case BytesColumn:
        return tr("Δ size");
    case HarmColumn:
        return tr("Δ harm"); // whether predicted or measured: the words above the table say, and the tooltip
    case ShareColumn:
        return tr("Share of Σ|Δ|");
    default:
        return {};
    }
}

} // namespace bitwright::views
