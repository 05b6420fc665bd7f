#pragma once

#include <QFontMetrics>
#include <QLabel>
#include <QPainter>
#include <QStyle>

namespace bitwright::views {

/// `text` in `width` pixels: of parts between " · " those that fit whole, the first ones first; a first part
/// that is too long is cut itself.
[[nodiscard]] inline QString fittingParts(const QString& text, const QFontMetrics& metrics, int width)
{
    const QString between = QStringLiteral(" · ");
    QString shown = text;
    while (metrics.horizontalAdvance(shown) > width) {
        const auto at = shown.lastIndexOf(between);
        if (at < 0)
            return metrics.elidedText(text, Qt::ElideRight, width);
        shown.truncate(at);
    }
    return shown;
}

/// One line that says less where it has no room, instead of ending in half a letter.
class ElidedLabel : public QLabel
{
public:
    explicit ElidedLabel(QWidget* parent = nullptr)
        : QLabel(parent)
    {
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        if (fontMetrics().horizontalAdvance(text()) <= contentsRect().width())
            return QLabel::paintEvent(event);
        QPainter painter(this);
        style()->drawItemText(&painter, contentsRect(), static_cast<int>(alignment()), palette(), isEnabled(),
            fittingParts(text(), fontMetrics(), contentsRect().width()), foregroundRole());
    }
};

} // namespace bitwright::views
