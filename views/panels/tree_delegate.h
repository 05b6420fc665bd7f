#pragma once

#include <QStyledItemDelegate>

namespace bitwright::views {

/// Draws the name of a node, middle elided, with the marks of its state at the right end: padlock, link,
/// corner of a fallback, cross of NaN or Inf, and an exclamation mark where measuring failed.
class TreeDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace bitwright::views
