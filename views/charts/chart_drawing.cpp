// What ChartBase paints, on screen and into files.
#include "views/charts/chart_base.h"
#include "views/charts/chart_parts.h"

#include <QFontMetricsF>
#include <QPicture>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr double kStaleOpacity = 0.4;
} // namespace

// --- PaintItem ---

PaintItem::PaintItem(
    QCustomPlot* plot, const QString& layer, QCPAxisRect* clip, std::function<void(QCPPainter&)> paint)
    : QCPLayerable(plot, layer)
    , m_clip(clip)
    , m_paint(std::move(paint))
{ }

void PaintItem::applyDefaultAntialiasingHint(QCPPainter* painter) const
{
    painter->setAntialiasing(true);
}

void PaintItem::draw(QCPPainter* painter)
{
    painter->save();
    m_paint(*painter);
    painter->restore();
}

// QCustomPlot shifts clip rectangles up by one pixel; one more row below keeps the last one visible.
QRect PaintItem::clipRect() const
{
    return m_clip ? m_clip->rect().adjusted(0, 0, 1, 1) : parentPlot()->viewport();
}

// --- Drawing ---

QRectF ChartBase::plotArea() const
{
    return QRectF(m_rect->rect());
}
QPointF ChartBase::toPixel(double x, double y) const
{
    return {xAxis->coordToPixel(x), yAxis->coordToPixel(y)};
}
QPointF ChartBase::toValue(const QPointF& pixel) const
{
    return {xAxis->pixelToCoord(pixel.x()), yAxis->pixelToCoord(pixel.y())};
}

void ChartBase::requestReplot()
{
    if (!size().isEmpty()) // else its paint buffers are empty; a resize replots
        replot(QCustomPlot::rpQueuedReplot);
}
// A chart that was never laid out has nothing to paint on.
void ChartBase::repaintOverlay()
{
    if (!viewport().isEmpty() && isVisible())
        layer(QStringLiteral("overlay"))->replot();
}

void ChartBase::repaintCrosshair()
{
    if (!viewport().isEmpty() && isVisible())
        layer(QStringLiteral("crosshair"))->replot();
}

void ChartBase::renderTo(QPainter& painter, QSize size)
{
    const QSize before = this->size();
    m_exporting = true;
    const QRect oldViewport = viewport();
    setViewport(QRect(QPoint(0, 0), size));
    relayout(size);
    syncAxes();
    // QCPPainter must own its device; pictures carry the commands to whatever device the caller paints on.
    QPicture picture;
    QCPPainter recorder(&picture);
    recorder.setMode(QCPPainter::pmVectorized);
    recorder.setMode(QCPPainter::pmNoCaching);
    toPainter(&recorder, size.width(), size.height());
    recorder.end();
    painter.drawPicture(0, 0, picture);
    m_exporting = false;
    setViewport(oldViewport);
    relayout(before);
    syncAxes();
    requestReplot();
}

void ChartBase::paintStale(QCPPainter& painter)
{
    if (!m_stale)
        return;
    QColor veil = m_theme.background;
    veil.setAlphaF(static_cast<float>(1 - kStaleOpacity));
    for (QCPAxisRect* rect : axisRects())
        painter.fillRect(rect->rect(), veil);
    painter.setFont(smallFont());
    painter.setPen(m_theme.muted);
    painter.drawText(
        plotArea().adjusted(6, 4, -6, -4), Qt::AlignRight | Qt::AlignTop, tr("stale: being computed again"));
}

void ChartBase::paintTextBox(
    QPainter& painter, const QPointF& anchor, const QString& text, const QRectF& bounds) const
{
    if (text.isEmpty())
        return;
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    const QStringList lines = text.split(u'\n');
    double width = 0;
    for (const QString& line : lines)
        width = std::max(width, metrics.horizontalAdvance(line));
    QSizeF size(
        std::ceil(width) + 14, std::ceil(metrics.lineSpacing()) * static_cast<double>(lines.size()) + 8);
    QPointF corner = anchor + QPointF(14, 14);
    if (corner.x() + size.width() > bounds.right())
        corner.setX(anchor.x() - 14 - size.width());
    if (corner.y() + size.height() > bounds.bottom())
        corner.setY(anchor.y() - 14 - size.height());
    corner.setX(std::max(corner.x(), bounds.left()));
    corner.setY(std::max(corner.y(), bounds.top()));
    const QRectF box(corner, size);
    QColor fill = m_theme.surface;
    fill.setAlphaF(0.95F);
    painter.setPen(QPen(m_theme.axis, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(box.translated(0.5, 0.5), 3, 3);
    painter.setPen(m_theme.foreground);
    painter.drawText(box.adjusted(7, 4, -4, -4), Qt::AlignLeft | Qt::AlignTop, text);
    painter.setBrush(Qt::NoBrush);
}

void ChartBase::paintFocus(QCPPainter& painter)
{
    if (!hasFocus() || m_focusedEntry >= 0)
        return;
    painter.setPen(QPen(m_theme.accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(viewport()).adjusted(1, 1, -1, -1));
}

void ChartBase::paintCrosshair(QCPPainter& painter)
{
    if (m_exporting)
        return;
    paintFocus(painter);
    if (m_gesture == Gesture::Box && m_dragged) {
        QColor fill = m_theme.accent;
        fill.setAlphaF(0.15F);
        painter.setPen(QPen(m_theme.accent, 1));
        painter.setBrush(fill);
        painter.drawRect(QRectF(m_pressPosition, m_lastPosition).normalized().intersected(plotArea()));
        painter.setBrush(Qt::NoBrush);
    }
    if (!m_cursor || !plotArea().contains(*m_cursor) || isEmpty())
        return;
    QPen pen(m_theme.muted, 1, Qt::DotLine);
    painter.setPen(pen);
    const QRectF area = plotArea();
    painter.setAntialiasing(false);
    if (m_crosshairX)
        painter.drawLine(QPointF(m_cursor->x(), area.top()), QPointF(m_cursor->x(), area.bottom()));
    if (m_crosshairY)
        painter.drawLine(QPointF(area.left(), m_cursor->y()), QPointF(area.right(), m_cursor->y()));
    painter.setAntialiasing(true);
    if (m_gesture != Gesture::Pan)
        paintTextBox(painter, *m_cursor, m_readout, QRectF(viewport()).adjusted(2, 2, -2, -2));
}

void ChartBase::refreshReadout()
{
    const QString text
        = m_cursor && plotArea().contains(*m_cursor) && !isEmpty() ? readoutAt(*m_cursor) : QString();
    if (text != m_readout) {
        m_readout = text;
        Q_EMIT readoutChanged(text);
        announceValue();
    }
}

} // namespace bitwright::views
