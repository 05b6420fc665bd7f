#include "views/models/allocation_table.h"

#include "views/models/text.h"

#include <QLocale>

#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

QVariant rightAligned()
{
    return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

AllocationTable::AllocationTable(Document& document, QObject* parent)
    : QAbstractTableModel(parent)
    , m_document(document)
{
    connect(&document, &Document::planChanged, this, &AllocationTable::refresh);
    connect(&document, &Document::spaceChanged, this, &AllocationTable::refresh);
    connect(&document, &Document::closed, this, &AllocationTable::refresh);
    refresh();
}

void AllocationTable::refresh()
{
    const bool ready = m_document.space() && m_document.choice().size() == m_document.space()->units().size();
    const int rows = ready ? static_cast<int>(m_document.choice().size()) : 0;
    if (rows != m_rows) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
    } else if (rows > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, ColumnCount - 1));
    }
}

double AllocationTable::numberOf(int row, int column) const
{
    const auto unit = static_cast<std::size_t>(row);
    const auto& space = *m_document.space();
    const auto& cell = space.cell(unit, m_document.choice()[unit]);
    switch (column) {
    case BitsColumn:
        return 8.0 * static_cast<double>(cell.resolved.bytes)
            / static_cast<double>(space.units()[unit].parameters());
    case BytesColumn:
        return static_cast<double>(cell.resolved.bytes);
    case HarmColumn:
        return cell.score.value_or(std::numeric_limits<double>::quiet_NaN());
    case SqnrColumn:
        return cell.sqnrDb;
    default:
        return std::numeric_limits<double>::quiet_NaN();
    }
}

QString AllocationTable::textOf(int row, int column) const
{
    const auto unit = static_cast<std::size_t>(row);
    const auto& space = *m_document.space();
    const auto& cell = space.cell(unit, m_document.choice()[unit]);
    switch (column) {
    case UnitColumn:
        return shortTensorName(space.units()[unit].name, space.units()[unit].block);
    case OptionColumn:
        return QString::fromStdString(space.optionIds()[m_document.choice()[unit]]);
    case BitsColumn:
        return QLocale().toString(numberOf(row, column), 'f', 3);
    case BytesColumn:
        return sizeText(cell.resolved.bytes);
    case HarmColumn:
        return numberText(numberOf(row, column));
    case SqnrColumn:
        return std::isinf(cell.sqnrDb) ? tr("exact")
            : std::isnan(cell.sqnrDb)  ? tr("unknown")
                                       : tr("%1 dB").arg(QLocale().toString(cell.sqnrDb, 'f', 1));
    case NoteColumn:
        return QString::fromStdString(cell.resolved.fallback);
    default:
        return {};
    }
}

int AllocationTable::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int AllocationTable::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AllocationTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows)
        return {};
    const int row = index.row();
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return textOf(row, column);
    case Qt::TextAlignmentRole:
        return column >= BitsColumn && column <= SqnrColumn ? rightAligned() : QVariant();
    case Qt::ToolTipRole:
        if (column == UnitColumn)
            return display(m_document.space()->units()[static_cast<std::size_t>(row)].name);
        if (column == BytesColumn)
            return tr("%1 bytes").arg(QLocale().toString(numberOf(row, column), 'f', 0));
        if (column == HarmColumn)
            return tr("%1 (%2)").arg(QLocale().toString(numberOf(row, column), 'g', 17),
                QString::fromStdString(m_document.space()->provenance().label));
        return textOf(row, column);
    case SortRole: {
        const double number = numberOf(row, column);
        return std::isnan(number) ? QVariant(textOf(row, column)) : QVariant(number);
    }
    case BitsRole:
        return numberOf(row, BitsColumn);
    case LockedRole: {
        const auto& entries = m_document.plan().entries;
        const auto entry = entries.find(m_document.space()->units()[static_cast<std::size_t>(row)].name);
        return entry != entries.end() && entry->second.locked;
    }
    default:
        return {};
    }
}

QVariant AllocationTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section >= BitsColumn && section <= SqnrColumn)
        return rightAligned();
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case UnitColumn:
        return tr("Unit");
    case OptionColumn:
        return tr("Option");
    case BitsColumn:
        return tr("Bits");
    case BytesColumn:
        return tr("Size");
    case HarmColumn:
        return tr("Harm (predicted)");
    case SqnrColumn:
        return tr("SQNR");
    case NoteColumn:
        return tr("Note");
    default:
        return {};
    }
}

} // namespace bitwright::views
