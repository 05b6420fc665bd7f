#include "views/panels/lock_delegate.h"

#include <QApplication>

namespace bitwright::views {

namespace {

QStyle* styleOf(const QStyleOptionViewItem& option)
{
    return option.widget != nullptr ? option.widget->style() : QApplication::style();
}

/// The cell moved so that the box, which styles draw at its left, stands in the middle.
QStyleOptionViewItem aroundBox(const QStyleOptionViewItem& cell)
{
    QStyleOptionViewItem moved = cell;
    moved.features |= QStyleOptionViewItem::HasCheckIndicator;
    const QRect box
        = styleOf(cell)->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &moved, cell.widget);
    moved.rect.translate(cell.rect.center().x() - box.center().x(), 0);
    return moved;
}

} // namespace

void LockDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    cell.text.clear();
    QStyleOptionViewItem box = aroundBox(cell);
    cell.features &= ~QStyleOptionViewItem::HasCheckIndicator;
    styleOf(option)->drawControl(QStyle::CE_ItemViewItem, &cell, painter, option.widget);
    box.rect = styleOf(option)->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &box, option.widget);
    box.state &= ~QStyle::State_HasFocus;
    box.state |= box.checkState == Qt::Checked ? QStyle::State_On : QStyle::State_Off;
    styleOf(option)->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &box, painter, option.widget);
}

bool LockDelegate::editorEvent(
    QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    QStyleOptionViewItem moved = option;
    moved.rect = aroundBox(cell).rect;
    return QStyledItemDelegate::editorEvent(event, model, moved, index);
}

} // namespace bitwright::views
