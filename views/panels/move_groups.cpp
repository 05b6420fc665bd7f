#include "views/panels/move_groups.h"

#include "views/charts/palette.h"
#include "views/models/allocation_table.h"
#include "views/models/moves_table.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

#include <algorithm>

namespace bitwright::views {

namespace {

bool startsGroup(const QModelIndex& index)
{
    const QModelIndex before = index.sibling(index.row() - 1, index.column());
    return !before.isValid() || before.data(MovesTable::KindRole) != index.data(MovesTable::KindRole);
}

} // namespace

MovesFilter::MovesFilter(
    const MovesTable& moves, const AllocationTable& units, const AllocationFilter& shown, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_moves(moves)
    , m_units(units)
    , m_shown(shown)
{ }

bool MovesFilter::filterAcceptsRow(int row, const QModelIndex&) const
{
    if (m_shown.rowCount() == m_units.rowCount())
        return true;
    const QVector<int> units = m_moves.unitsOf(row);
    return std::any_of(units.begin(), units.end(),
        [this](int unit) { return m_shown.mapFromSource(m_units.index(unit, 0)).isValid(); });
}

bool MovesFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const int a = left.data(MovesTable::KindRole).toInt(), b = right.data(MovesTable::KindRole).toInt();
    if (a != b)
        return (a < b) == (sortOrder() == Qt::AscendingOrder);
    return QSortFilterProxyModel::lessThan(left, right);
}

MoveGroups::MoveGroups(QTableView* view)
    : QStyledItemDelegate(view)
    , m_view(view)
{
    view->setItemDelegate(this);
    const QAbstractItemModel* model = view->model();
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model, signal, this, &MoveGroups::fitRows);
    connect(model, &QAbstractItemModel::modelReset, this, &MoveGroups::fitRows);
    connect(model, &QAbstractItemModel::layoutChanged, this, &MoveGroups::fitRows);
    connect(model, &QAbstractItemModel::dataChanged, this, &MoveGroups::fitRows);
    fitRows();
}

void MoveGroups::fitRows()
{
    QHeaderView* rows = m_view->verticalHeader();
    for (int row = 0; row < m_view->model()->rowCount(); ++row) {
        const int lines = startsGroup(m_view->model()->index(row, 0)) ? 2 : 1;
        if (rows->sectionSize(row) != lines * rows->defaultSectionSize())
            rows->resizeSection(row, lines * rows->defaultSectionSize());
    }
}

void MoveGroups::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (!startsGroup(index))
        return QStyledItemDelegate::paint(painter, option, index);
    const Theme theme = themeFor(option.palette);
    QStyleOptionViewItem item = option;
    item.rect.setTop(option.rect.bottom() + 1 - m_view->verticalHeader()->defaultSectionSize());
    const QRect heading(
        option.rect.left(), option.rect.top(), option.rect.width(), item.rect.top() - option.rect.top());
    painter->save();
    painter->setClipRect(heading);
    painter->fillRect(heading, option.palette.color(QPalette::Window));
    if (index.row() > 0)
        painter->fillRect(QRect(heading.left(), heading.top(), heading.width(), 1), theme.axis);
    // Each cell shows its part of words that go over all of them.
    QFont font = option.font;
    font.setBold(true);
    painter->setFont(font);
    painter->setPen(option.palette.color(QPalette::Text));
    const int left = m_view->columnViewportPosition(0) + 4;
    painter->drawText(QRect(left, heading.top(), m_view->horizontalHeader()->length(), heading.height()),
        Qt::AlignLeft | Qt::AlignVCenter, index.data(MovesTable::GroupRole).toString());
    painter->restore();
    QStyledItemDelegate::paint(painter, item, index);
}

} // namespace bitwright::views
