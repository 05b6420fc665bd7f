#include "views/panels/unit_delegate.h"

#include "views/panels/tree_delegate.h"

#include <QApplication>
#include <QPainter>

#include <bit>

namespace bitwright::views {

void UnitDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int marks = index.data(m_role).toInt();
    if (marks == 0)
        return QStyledItemDelegate::paint(painter, option, index);
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString text = item.text;
    item.text.clear();
    const QStyle* style = item.widget != nullptr ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    painter->save();
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &item, item.widget) + 1;
    const int right = paintTreeMarks(*painter, option, marks);
    const QRect room(option.rect.left() + margin, option.rect.top(), right - option.rect.left() - margin,
        option.rect.height());
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    painter->setFont(item.font);
    painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
        item.fontMetrics.elidedText(text, item.textElideMode, room.width()));
    painter->restore();
}

QSize UnitDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QSize hint = QStyledItemDelegate::sizeHint(option, index);
    const auto marks = static_cast<unsigned>(index.data(m_role).toInt());
    return hint + QSize(std::popcount(marks) * (hint.height() - 1), 0);
}

} // namespace bitwright::views
