#pragma once

#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

class QTableView;

namespace bitwright::views {

class AllocationFilter;
class AllocationTable;
class MovesTable;

/// The moves of units that the allocation shows: one filter box serves both tables. However they are sorted,
/// moves that spend size and those that save it stay apart.
class MovesFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    MovesFilter(const MovesTable& moves, const AllocationTable& units, const AllocationFilter& shown,
        QObject* parent);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    const MovesTable& m_moves;
    const AllocationTable& m_units;
    const AllocationFilter& m_shown;
};

/// Draws a heading above the first move of each kind, in a row that is higher for it.
class MoveGroups : public QStyledItemDelegate
{
    Q_OBJECT

public:
    /// Installs itself on a view of a MovesFilter.
    explicit MoveGroups(QTableView* view);
    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void fitRows();

    QTableView* m_view;
};

} // namespace bitwright::views
