#include "views/models/allocation_table.h"

#include "views/models/core_text.h"
#include "views/models/harm_text.h"
#include "views/models/number_text.h"
#include "views/models/text.h"

#include <QFont>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bitwright::views {

namespace {

QVariant rightAligned()
{
    return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
}

QVariant centered()
{
    return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
}

} // namespace

AllocationTable::AllocationTable(Document& document, QObject* parent)
    : QAbstractTableModel(parent)
    , m_document(document)
    , m_marks(document)
{
    connect(&document, &Document::planChanged, this, &AllocationTable::refresh);
    connect(&document, &Document::spaceChanged, this, [this] {
        m_choice.clear(); // other scores: every number is new
        refresh();
    });
    connect(&document, &Document::closed, this, &AllocationTable::refresh);
    connect(&document, &Document::notesChanged, this, [this] {
        if (m_rows > 0)
            Q_EMIT dataChanged(index(0, NoteColumn), index(m_rows - 1, NoteColumn));
    });
    refresh();
}

void AllocationTable::refresh()
{
    const bool ready = m_document.space() && m_document.choice().size() == m_document.space()->units().size();
    const int rows = ready ? static_cast<int>(m_document.choice().size()) : 0;
    const auto before = std::exchange(m_choice, ready ? m_document.choice() : std::vector<std::size_t>{});
    const auto lockedBefore = std::exchange(m_locked, {});
    m_totalHarm = 0;
    const NumberColumn harmBefore = std::exchange(m_harm, {});
    for (int row = 0; row < rows; ++row) {
        const auto unit = static_cast<std::size_t>(row);
        const double harm = m_document.space()->cell(unit, m_choice[unit]).score.value_or(0);
        m_totalHarm += harm;
        m_harm.add(harm);
        m_locked.push_back(m_document.isLocked(unit) ? 1 : 0);
    }
    if (rows != m_rows) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
        return;
    }
    if (rows == 0)
        return;
    int first = rows, last = -1;
    for (int row = 0; row < rows; ++row) {
        const auto unit = static_cast<std::size_t>(row);
        const bool same = before.size() == m_choice.size() && lockedBefore.size() == m_locked.size()
            && before[unit] == m_choice[unit] && lockedBefore[unit] == m_locked[unit];
        if (same)
            continue;
        first = std::min(first, row);
        last = row;
    }
    if (last >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
    if (harmBefore.hasPowers() != m_harm.hasPowers())
        Q_EMIT dataChanged(index(0, HarmColumn), index(rows - 1, HarmColumn));
    // Every share of the total moves with every edit; notes may have changed alone.
    Q_EMIT dataChanged(index(0, ShareColumn), index(rows - 1, ShareColumn));
    Q_EMIT dataChanged(index(0, NoteColumn), index(rows - 1, NoteColumn));
}

bool AllocationTable::isEdited(int row) const
{
    const auto& solver = m_document.solverChoice();
    const auto unit = static_cast<std::size_t>(row);
    return solver.size() == m_document.choice().size() && solver[unit] != m_document.choice()[unit];
}

QVector<int> AllocationTable::targetsOf(int row) const
{
    const QVector<int>& selected = m_document.selection().units();
    return selected.contains(row) ? selected : QVector<int>{row};
}

double AllocationTable::numberOf(int row, int column) const
{
    const auto unit = static_cast<std::size_t>(row);
    const auto& space = *m_document.space();
    const auto& cell = space.cell(unit, m_document.choice()[unit]);
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    switch (column) {
    case BitsColumn:
        return 8.0 * static_cast<double>(cell.resolved.bytes)
            / static_cast<double>(space.units()[unit].parameters());
    case BytesColumn:
        return static_cast<double>(cell.resolved.bytes);
    case HarmColumn:
        return cell.score.value_or(kUnknown);
    case ShareColumn:
        return cell.score && m_totalHarm > 0 ? *cell.score / m_totalHarm : kUnknown;
    case SqnrColumn:
        return cell.sqnrDb;
    default:
        return kUnknown;
    }
}

QString AllocationTable::noteOf(int row) const
{
    const auto unit = static_cast<std::size_t>(row);
    const auto& space = *m_document.space();
    const auto entry = m_document.plan().entries.find(space.units()[unit].name);
    QStringList notes;
    if (const QString pinned = m_document.note(m_document.tensorOfUnit(row)); !pinned.isEmpty())
        notes << pinned.simplified();
    if (entry != m_document.plan().entries.end() && !entry->second.note.empty())
        notes << QString::fromStdString(entry->second.note);
    const auto& fallback = space.cell(unit, m_document.choice()[unit]).resolved.fallback;
    if (!fallback.empty())
        notes << coreText(fallback);
    const auto* result = m_document.result(m_document.tensorOfUnit(row));
    if (result != nullptr && result->error)
        notes << tr("could not be measured: %1").arg(errorText(*result->error));
    return notes.join(QStringLiteral("; "));
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
        return shortOptionName(space, m_document.choice()[unit]);
    case BitsColumn:
        return QLocale().toString(numberOf(row, column), 'f', 3);
    case BytesColumn:
        return sizeText(cell.resolved.bytes);
    case HarmColumn:
        return cell.score ? m_harm.within(harmText(cell), *cell.score) : harmText(cell);
    case ShareColumn: {
        const double share = numberOf(row, column);
        return std::isnan(share) ? tr("unknown") : tr("%1 %").arg(numberText(share * 100));
    }
    case SqnrColumn:
        return std::isinf(cell.sqnrDb) ? tr("exact")
            : std::isnan(cell.sqnrDb)  ? tr("unknown")
                                       : tr("%1 dB").arg(QLocale().toString(cell.sqnrDb, 'f', 1));
    case LockedColumn:
        return m_document.isLocked(unit) ? tr("locked") : QString();
    case NoteColumn:
        return noteOf(row);
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

QVariant AllocationTable::toolTip(int row, int column) const
{
    const auto& provenance = m_document.space()->provenance();
    if (column == UnitColumn)
        return m_marks.toolTip(
            static_cast<std::size_t>(row), m_document.choice()[static_cast<std::size_t>(row)]);
    if (column == BytesColumn)
        return formatExactBytes(numberOf(row, column));
    const auto unit = static_cast<std::size_t>(row);
    const auto& cell = m_document.space()->cell(unit, m_document.choice()[unit]);
    if (column == HarmColumn)
        return tr("%1 (%2)").arg(formatExact(numberOf(row, column)), harmOrigin(m_document, cell));
    if (column == ShareColumn)
        return tr("%1 (%2)").arg(formatExact(numberOf(row, column)), provenanceText(provenance));
    if (column == OptionColumn)
        return isEdited(row)
            ? tr("The solver would choose %1. Double click or F2 for the list")
                  .arg(QString::fromStdString(
                      m_document.space()
                          ->optionIds()[m_document.solverChoice()[static_cast<std::size_t>(row)]]))
            : tr("Double click or F2 for the list of options");
    return textOf(row, column);
}

QVariant AllocationTable::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows)
        return {};
    const int row = index.row();
    const int column = index.column();
    const auto unit = static_cast<std::size_t>(row);
    switch (role) {
    case Qt::DisplayRole:
        return column == LockedColumn ? QString() : textOf(row, column);
    case Qt::CheckStateRole:
        if (column == LockedColumn)
            return m_document.isLocked(unit) ? Qt::Checked : Qt::Unchecked;
        return {};
    case Qt::AccessibleTextRole:
        return column == LockedColumn && !m_document.isLocked(unit) ? tr("not locked") : textOf(row, column);
    case Qt::EditRole:
        if (column == OptionColumn)
            return static_cast<int>(m_document.choice()[unit]);
        if (column == NoteColumn) // what the plan's file and the target say is not ours to change
            return m_document.note(m_document.tensorOfUnit(row));
        return textOf(row, column);
    case Qt::FontRole:
        if (column == OptionColumn && isEdited(row)) {
            QFont font;
            font.setBold(true); // placed by hand
            return font;
        }
        return {};
    case Qt::TextAlignmentRole:
        return column >= BitsColumn && column <= SqnrColumn ? rightAligned()
            : column == LockedColumn                        ? centered()
                                                            : QVariant();
    case Qt::ToolTipRole:
        return toolTip(row, column);
    case SortRole: {
        if (column == LockedColumn)
            return m_document.isLocked(unit) ? 1.0 : 0.0;
        const double number = numberOf(row, column);
        if (column >= BitsColumn && column <= SqnrColumn) // unknown sorts below everything known
            return std::isnan(number) ? -std::numeric_limits<double>::infinity() : number;
        return column == UnitColumn ? QVariant(row) : QVariant(textOf(row, column));
    }
    case BitsRole:
        return numberOf(row, BitsColumn);
    case LockedRole:
        return m_document.isLocked(unit);
    case UnitRole:
        return row;
    case StateRole:
        return m_marks.of(unit, m_document.choice()[unit]);
    default:
        return {};
    }
}

Qt::ItemFlags AllocationTable::flags(const QModelIndex& index) const
{
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.column() == OptionColumn || index.column() == NoteColumn)
        flags |= Qt::ItemIsEditable;
    if (index.column() == LockedColumn)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

bool AllocationTable::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || index.row() >= m_rows)
        return false;
    const QVector<int> units = targetsOf(index.row());
    if (index.column() == LockedColumn && role == Qt::CheckStateRole) {
        m_document.toggleLock(units);
        return true;
    }
    if (role != Qt::EditRole)
        return false;
    if (index.column() == OptionColumn && value.toInt() >= 0) {
        m_document.setOption(units, static_cast<std::size_t>(value.toInt()));
        return true;
    }
    if (index.column() == NoteColumn) {
        m_document.setNote(m_document.tensorOfUnit(index.row()), value.toString());
        return true;
    }
    return false;
}

QString AllocationTable::harmHeadingText(bool whole) const
{
    return whole                     ? harmHeading(m_document)
        : harmIsMeasured(m_document) ? tr("Harm (runs)")
                                     : tr("Harm (pred.)");
}

void AllocationTable::setWholeHeading(bool whole)
{
    if (std::exchange(m_wholeHeading, whole) != whole)
        Q_EMIT headerDataChanged(Qt::Horizontal, HarmColumn, HarmColumn);
}

QVariant AllocationTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section >= BitsColumn && section <= SqnrColumn)
        return rightAligned();
    if (role == Qt::TextAlignmentRole && section == LockedColumn)
        return centered();
    if (role == Qt::ToolTipRole && section == ShareColumn && m_document.space())
        return tr("of the sum of the harms of all units (%1)").arg(harmLabel(m_document));
    if (role == Qt::ToolTipRole && section == HarmColumn && m_document.space())
        return QStringLiteral("%1\n%2").arg(
            harmLabel(m_document), provenanceText(m_document.space()->provenance()));
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
        return harmHeadingText(m_wholeHeading);
    case ShareColumn:
        return tr("Of all harm");
    case SqnrColumn:
        return tr("SQNR");
    case LockedColumn:
        return tr("Lock");
    case NoteColumn:
        return tr("Note");
    default:
        return {};
    }
}

// --- Filter ---

AllocationFilter::AllocationFilter(AllocationTable& table, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_table(table)
{
    setSourceModel(&table);
    setSortRole(AllocationTable::SortRole);
    // A row that jumps away while it is edited loses the hand that edits it.
    setDynamicSortFilter(false);
    connect(&table, &QAbstractItemModel::modelReset, this, [this] { invalidate(); });
}

void AllocationFilter::setWords(const QString& words)
{
    m_words = words.simplified().split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

void AllocationFilter::setRole(std::optional<model::Role> role)
{
    m_role = role;
    invalidateFilter();
}

void AllocationFilter::setShow(Show show)
{
    m_show = show;
    invalidateFilter();
}

void AllocationFilter::resort()
{
    invalidate();
    if (sortColumn() >= 0)
        sort(sortColumn(), sortOrder());
}

bool AllocationFilter::filterAcceptsRow(int row, const QModelIndex&) const
{
    const Document& document = m_table.document();
    if (!document.space() || document.choice().size() != document.space()->units().size())
        return false;
    const auto index = static_cast<std::size_t>(row);
    const auto& unit = document.space()->units()[index];
    const auto& cell = document.space()->cell(index, document.choice()[index]);
    if (m_role && unit.role != *m_role)
        return false;
    const bool shown = m_show == Show::All || (m_show == Show::Edited && m_table.isEdited(row))
        || (m_show == Show::Locked && document.isLocked(index))
        || (m_show == Show::Fallback && !cell.resolved.fallback.empty())
        || (m_show == Show::Unknown && !cell.score);
    if (!shown || m_words.isEmpty())
        return shown;
    QString text = QString::fromStdString(unit.name) + u' ' + roleText(unit.role);
    for (const int column :
        {AllocationTable::UnitColumn, AllocationTable::OptionColumn, AllocationTable::NoteColumn})
        text += u' ' + m_table.index(row, column).data().toString();
    return std::all_of(m_words.begin(), m_words.end(),
        [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace bitwright::views
