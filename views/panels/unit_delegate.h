#pragma once

#include <QStyledItemDelegate>

namespace bitwright::views {

/// The name of a unit in a table, elided as the table says, with the marks of its state at the right end as
/// the tree has them. `role` gives flags of TensorTree::Mark.
class UnitDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    UnitDelegate(int role, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_role(role)
    { }
    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_role;
};

} // namespace bitwright::views
