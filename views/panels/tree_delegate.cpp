#include "views/panels/tree_delegate.h"

#include "views/charts/palette.h"
#include "views/models/tensor_tree.h"

#include <QApplication>
#include <QPainter>

namespace bitwright::views {

QString shortenedName(const QString& name, const QFontMetrics& metrics, int width)
{
    if (metrics.horizontalAdvance(name) <= width)
        return name;
    for (qsizetype dot = name.indexOf(u'.'); dot >= 0; dot = name.indexOf(u'.', dot + 1)) {
        const QString shorter = QChar(0x2026) + name.mid(dot + 1);
        if (metrics.horizontalAdvance(shorter) <= width)
            return shorter;
    }
    return metrics.elidedText(name.mid(name.lastIndexOf(u'.') + 1), Qt::ElideMiddle, width);
}

void TreeDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.data(TensorTree::StateRole).toInt() != 0)
        return; // paint() leaves room for the marks
    const QStyle* style = option->widget != nullptr ? option->widget->style() : QApplication::style();
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, option, option->widget) + 1;
    option->text = shortenedName(option->text, option->fontMetrics, option->rect.width() - 2 * margin);
}

int paintTreeMarks(QPainter& painter, const QStyleOptionViewItem& option, int marks)
{
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const Theme theme = themeFor(option.palette);
    const QColor ink = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    const int side = std::max(8, option.rect.height() - 7);
    painter.setRenderHint(QPainter::Antialiasing);
    QRectF glyph(option.rect.right() - side - 2, option.rect.center().y() - side / 2.0, side, side);
    const auto next = [&] { glyph.translate(-side - 3, 0); };
    if ((marks & TensorTree::FailedMark) != 0) {
        paintFailed(painter, glyph, selected ? ink : theme.warning);
        next();
    }
    if ((marks & TensorTree::NonFiniteMark) != 0) {
        paintNanCross(painter, glyph, theme);
        next();
    }
    if ((marks & TensorTree::NoteMark) != 0) {
        paintNote(painter, glyph, ink);
        next();
    }
    if ((marks & TensorTree::FallbackMark) != 0) {
        paintCorner(painter, glyph, side, theme);
        next();
    }
    if ((marks & TensorTree::LockedMark) != 0) {
        paintPadlock(painter, glyph, ink);
        next();
    }
    if ((marks & TensorTree::TiedMark) != 0) {
        paintLink(painter, glyph, selected ? ink : theme.muted);
        next();
    }
    return static_cast<int>(glyph.right());
}

void TreeDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int marks = index.data(TensorTree::StateRole).toInt();
    if (marks == 0) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString text = item.text;
    item.text.clear();
    const QStyle* style = item.widget != nullptr ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QColor ink = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    painter->save();
    const QRect room(option.rect.left() + 3, option.rect.top(),
        paintTreeMarks(*painter, option, marks) - option.rect.left() - 3, option.rect.height());
    painter->setPen(ink);
    painter->setFont(option.font);
    painter->drawText(
        room, Qt::AlignLeft | Qt::AlignVCenter, shortenedName(text, option.fontMetrics, room.width()));
    painter->restore();
}

QSize TreeDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    constexpr int kSpare = 5;
    const QSize hint = QStyledItemDelegate::sizeHint(option, index);
    return {hint.width(), std::max(hint.height(), option.fontMetrics.height() + kSpare)};
}

} // namespace bitwright::views
