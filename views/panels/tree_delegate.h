#pragma once

#include <QStyledItemDelegate>

namespace bitwright::views {

/// A name that is too long loses its first parts, not its middle: "\u2026word_embeddings" tells what
/// "embedd\u2026ddings" does not. The middle goes where the last part alone is too long, where too little
/// would be left, and where it would be the same as one of its siblings.
[[nodiscard]] QString shortenedName(
    const QString& name, const QFontMetrics& metrics, int width, const QStringList& siblings = {});

/// Paints marks (flags of TensorTree::Mark) at the right end of an item. Returns where what stands left of
/// them must end.
int paintTreeMarks(QPainter& painter, const QStyleOptionViewItem& option, int marks);

/// Draws the name of a node, shortened where needed, with the marks of its state at the right end: padlock,
/// link, corner of a fallback, cross of NaN or Inf, and an exclamation mark where measuring failed.
class TreeDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(
        QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    /// Rows are a little taller than their text: the chips of the bits stand inside.
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

} // namespace bitwright::views
