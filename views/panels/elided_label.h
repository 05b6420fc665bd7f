#pragma once

#include <QLabel>
#include <QPainter>
#include <QStyle>

namespace bitwright::views {

/// One line that ends in an ellipsis where it has no room, instead of in half a letter.
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
            fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()), foregroundRole());
    }
};

} // namespace bitwright::views
