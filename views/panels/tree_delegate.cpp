#include "views/panels/tree_delegate.h"

#include "views/charts/palette.h"
#include "views/models/tensor_tree.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace bitwright::views {

namespace {
const QChar kEllipsis(0x2026);

bool isAnyLike(const QStringList& siblings, const QString& head, const QString& tail)
{
    return std::any_of(siblings.begin(), siblings.end(), [&](const QString& sibling) {
        return sibling.size() >= head.size() + tail.size() && sibling.startsWith(head)
            && sibling.endsWith(tail);
    });
}

/// As many letters as there is room for, this share of them before the ellipsis.
std::pair<QString, QString> ends(const QString& name, const QFontMetrics& metrics, int width, double share)
{
    qsizetype head = 0, tail = 0;
    while (head + tail < name.size()) {
        const bool first = static_cast<double>(head) <= share * static_cast<double>(head + tail);
        const qsizetype nextHead = head + (first ? 1 : 0), nextTail = tail + (first ? 0 : 1);
        if (metrics.horizontalAdvance(name.left(nextHead) + kEllipsis + name.right(nextTail)) > width)
            break;
        head = nextHead;
        tail = nextTail;
    }
    return {name.left(head), name.right(tail)};
}

/// A dot beside the ellipsis would make it one of four.
QString joined(const QString& head, const QString& tail)
{
    return head + kEllipsis + (tail.startsWith(u'.') ? tail.mid(1) : tail);
}

/// The middle gives way; where that made two of the same, more of the beginning or of the end stays.
QString withoutMiddle(
    const QString& name, const QFontMetrics& metrics, int width, const QStringList& siblings)
{
    for (const double share : {0.5, 0.65, 0.8, 0.35, 0.2})
        if (const auto [head, tail] = ends(name, metrics, width, share); !isAnyLike(siblings, head, tail))
            return joined(head, tail);
    const auto [head, tail] = ends(name, metrics, width, 0.5);
    return joined(head, tail);
}

/// Names of the rows around: what must not become the same word.
QStringList namesAround(const QModelIndex& index)
{
    constexpr int kFar = 16;
    const int last = std::min(index.model()->rowCount(index.parent()) - 1, index.row() + kFar);
    QStringList names;
    for (int row = std::max(0, index.row() - kFar); row <= last; ++row)
        if (row != index.row())
            names << index.siblingAtRow(row).data().toString();
    return names;
}

QString shortenedAt(const QModelIndex& index, const QString& name, const QFontMetrics& metrics, int width)
{
    return metrics.horizontalAdvance(name) <= width ? name
                                                    : shortenedName(name, metrics, width, namesAround(index));
}
} // namespace

QString shortenedName(
    const QString& name, const QFontMetrics& metrics, int width, const QStringList& siblings)
{
    if (metrics.horizontalAdvance(name) <= width)
        return name;
    QString longest = name; // that no longer fits
    for (qsizetype dot = name.indexOf(u'.'); dot >= 0; dot = name.indexOf(u'.', dot + 1)) {
        const QString rest = name.mid(dot + 1);
        const int wanted = metrics.horizontalAdvance(kEllipsis + rest);
        if (wanted > width) {
            longest = rest;
            continue;
        }
        const bool saysEnough = 2 * wanted > width; // "\u2026bias" could be any bias
        if (saysEnough && !siblings.contains(rest) && !isAnyLike(siblings, {}, u'.' + rest))
            return kEllipsis + rest;
        break;
    }
    if (metrics.horizontalAdvance(longest) <= width && !siblings.contains(longest))
        return longest; // whole, if without the sign of what stood before it
    return withoutMiddle(longest, metrics, width, siblings);
}

void TreeDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.data(TensorTree::StateRole).toInt() != 0)
        return; // paint() leaves room for the marks
    const QStyle* style = option->widget != nullptr ? option->widget->style() : QApplication::style();
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, option, option->widget) + 1;
    option->text = shortenedAt(index, option->text, option->fontMetrics, option->rect.width() - 2 * margin);
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
        room, Qt::AlignLeft | Qt::AlignVCenter, shortenedAt(index, text, option.fontMetrics, room.width()));
    painter->restore();
}

QSize TreeDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    constexpr int kSpare = 5;
    const QSize hint = QStyledItemDelegate::sizeHint(option, index);
    return {hint.width(), std::max(hint.height(), option.fontMetrics.height() + kSpare)};
}

} // namespace bitwright::views
