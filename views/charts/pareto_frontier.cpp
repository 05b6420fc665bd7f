// The frontier of the Pareto chart and what lies below it.
#include "views/charts/pareto_chart.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

// Below the staircase nothing can be: between two states the best harm stays that of the smaller one.
void ParetoChart::paintBackdrop(QCPPainter& painter)
{
    if (m_data.frontier.empty())
        return;
    const QRectF area = plotArea().adjusted(-1, -1, 1, 1);
    QPolygonF region;
    region << area.bottomLeft() << area.topLeft();
    const auto x = [&](const ParetoState& s) {
        return std::clamp(xAxis->coordToPixel(s.bytes), area.left(), area.right());
    };
    const auto y = [&](const ParetoState& s) {
        const double pixel
            = s.harm > 0 || !isLogarithmic(Qt::Vertical) ? yAxis->coordToPixel(s.harm) : area.bottom();
        return std::clamp(pixel, area.top(), area.bottom());
    };
    region << QPointF(x(m_data.frontier.front()), area.top());
    double height = y(m_data.frontier.front());
    region << QPointF(x(m_data.frontier.front()), height);
    for (const ParetoState& s : m_data.frontier) {
        region << QPointF(x(s), height);
        height = y(s);
        region << QPointF(x(s), height);
    }
    region << QPointF(area.right(), height) << area.bottomRight();
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().forbidden);
    painter.drawPolygon(region);
    painter.setBrush(Qt::NoBrush);
}

/// Over the grid, which stays off the words.
void ParetoChart::paintForbiddenWords(QCPPainter& painter)
{
    if (m_data.frontier.empty())
        return;
    painter.setFont(smallFont());
    painter.setPen(theme().muted);
    // Beside the budget line where that would cross the words.
    const QRectF box = forbiddenBox(QFontMetricsF(painter.font()));
    painter.fillRect(box, theme().forbidden);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignBottom | Qt::TextDontClip, tr("cannot be reached"));
}

/// Where the words stand that name the shaded region.
QRectF ParetoChart::forbiddenBox(const QFontMetricsF& metrics) const
{
    const QRectF area = plotArea();
    const QSizeF size(metrics.horizontalAdvance(tr("cannot be reached")), metrics.height());
    QRectF box(QPointF(area.left() + 10, area.bottom() - 8 - size.height()), size);
    if (m_data.budgetBytes && budgetPixel() > box.left() - 10 && budgetPixel() < box.right() + 10)
        box.moveLeft(budgetPixel() + 12);
    return box;
}

// Between two states the best plan is the smaller one: the line is the border of what can be reached. States
// that share a pixel are drawn once: a frontier may have a hundred thousand.
QPolygonF ParetoChart::staircase(const std::vector<ParetoState>& states) const
{
    constexpr double kFar = 2000; // pixels beyond the page
    const QRectF area = plotArea();
    QPolygonF line;
    for (const ParetoState& s : states) {
        const bool nothing = isLogarithmic(Qt::Vertical) && s.harm <= 0;
        if (nothing && line.isEmpty())
            continue;
        QPointF p(xAxis->coordToPixel(s.bytes), nothing ? area.bottom() : yAxis->coordToPixel(s.harm));
        const bool beyond = p.x() > area.right() + kFar;
        if (beyond)
            p = {area.right() + kFar, line.isEmpty() ? p.y() : line.last().y()};
        if (p.x() < area.left() - kFar) {
            p.setX(area.left() - kFar);
            line = QPolygonF({p});
            continue;
        }
        if (line.isEmpty() || beyond || (p - line.last()).manhattanLength() >= 0.7) {
            if (!line.isEmpty())
                line << QPointF(p.x(), line.last().y());
            line << p;
        }
        if (beyond)
            break;
    }
    return line;
}

void ParetoChart::paintStates(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    const QColor color = mix(theme().foreground, theme().background, 0.35);
    QPointF last(-1e9, -1e9);
    for (const ParetoState& s : m_data.frontier) {
        if (isLogarithmic(Qt::Vertical) && s.harm <= 0)
            continue;
        const QPointF p = toPixel(s.bytes, s.harm);
        if (!area.contains(p) || (p - last).manhattanLength() <= 7)
            continue;
        paintMarker(painter, Marker::Circle, p, 2.3, color, false);
        last = p;
    }
}

/// Zero has no place on a logarithmic axis.
bool ParetoChart::endsWithoutHarm() const
{
    return m_data.frontier.size() > 1 && isLogarithmic(Qt::Vertical) && m_data.frontier.back().harm <= 0;
}

/// What names that state, the longest words first.
QStringList ParetoChart::harmlessTexts() const
{
    const double bytes = m_data.frontier.back().bytes;
    if (xAxis->coordToPixel(bytes) < plotArea().right())
        return {tr("harm 0: all kept"), tr("harm 0")};
    return {tr("harm 0 at %1 →").arg(formatBytes(bytes))};
}

/// Height of the line at `x`, as far as it has harm.
double ParetoChart::frontierPixel(double x) const
{
    const int last
        = std::min(bestStateOfSize(xAxis->pixelToCoord(x)), static_cast<int>(m_data.frontier.size()) - 2);
    return last < 0 ? 0 : yAxis->coordToPixel(m_data.frontier[static_cast<std::size_t>(last)].harm);
}

/// The words that say what the last state without harm is: below the line, right of its mark, or just above
/// with a line to the mark. Null where none of them has room: above a line that goes on, they would say that
/// this line is 0 there.
ParetoChart::Harmless ParetoChart::harmless(const QFontMetricsF& metrics) const
{
    constexpr double kJustAbove = 28, kRightOfMark = 14, kBeside = 8;
    if (!endsWithoutHarm())
        return {};
    const QRectF area = plotArea();
    const double end = xAxis->coordToPixel(m_data.frontier.back().bytes);
    const double x = std::min(end, area.right() + 4);
    if (x <= area.left())
        return {};
    const QRectF forbidden = forbiddenBox(metrics).adjusted(-8, 0, 8, 0);
    for (const QString& text : harmlessTexts()) {
        const QSizeF size(metrics.horizontalAdvance(text) + 4, metrics.height());
        // The line comes from above: at the right end of the words it is lowest, at their left highest.
        for (const double margin : {8.0, 2.0}) {
            const QRectF box(QPointF(x - 9 - size.width(), area.bottom() - margin - size.height()), size);
            if (!box.intersects(forbidden) && frontierPixel(box.right()) + 3 < box.top()
                && area.contains(box))
                return {box, text};
        }
        if (end > area.right())
            continue;
        const QPointF foot(x, area.bottom() - 5);
        QRectF box(QPointF(x + 9, area.bottom() - 8 - size.height()), size);
        if (area.contains(box))
            return {box, text};
        box.moveRight(std::min(x + kRightOfMark + size.width() / 2, area.right() - 3));
        box.moveBottom(frontierPixel(box.left()) - 6);
        // Right of the last step down, along which the line would not be seen.
        const QPointF from(std::min(x + kRightOfMark, box.right() - 2), box.bottom() + 1);
        if (area.contains(box) && box.bottom() > area.bottom() - 8 - kJustAbove && from.x() >= x + kBeside)
            return {box, text, {from, foot + QPointF(4, -5)}};
    }
    return {};
}

void ParetoChart::paintHarmless(QCPPainter& painter) const
{
    if (!endsWithoutHarm())
        return;
    const QPointF foot(xAxis->coordToPixel(m_data.frontier.back().bytes), plotArea().bottom() - 5);
    if (foot.x() < plotArea().right())
        paintMarker(
            painter, Marker::TriangleDown, foot, 5, mix(theme().foreground, theme().background, 0.2), false);
    painter.setFont(smallFont());
    const auto [box, text, leader] = harmless(QFontMetricsF(painter.font()));
    if (box.isNull())
        return;
    if (box.right() < foot.x() && box.top() > frontierPixel(box.right()))
        painter.fillRect(box, theme().forbidden);
    painter.setPen(theme().muted);
    painter.drawText(box, Qt::AlignCenter | Qt::TextDontClip, text);
    if (!leader.isNull()) {
        painter.setPen(leaderPen());
        painter.drawLine(leader);
    }
}

// The frontier of another score, with its name on the line.
void ParetoChart::paintOther(QCPPainter& painter) const
{
    if (m_data.otherFrontier.empty() || !isLegendKeyShown(QStringLiteral("other")))
        return;
    const QColor color = categoryStyle(2, theme()).color;
    painter.setPen(QPen(color, 1.5, Qt::DashLine));
    painter.drawPolyline(staircase(m_data.otherFrontier));
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    const QRectF area = plotArea();
    const double width = metrics.horizontalAdvance(m_data.otherName) + 6;
    // Above the line, at the first state from the middle on that leaves room.
    for (std::size_t i = m_data.otherFrontier.size() / 2; i < m_data.otherFrontier.size(); ++i) {
        const QPointF p = toPixel(m_data.otherFrontier[i].bytes, m_data.otherFrontier[i].harm);
        const QRectF box(p.x() + 4, p.y() - metrics.height() - 5, width, metrics.height());
        if (!area.contains(box))
            continue;
        QColor halo = theme().background;
        halo.setAlphaF(0.8F);
        painter.fillRect(box, halo);
        painter.setPen(color);
        painter.drawText(box, Qt::AlignCenter | Qt::TextDontClip, m_data.otherName);
        return;
    }
}

void ParetoChart::paintFrontier(QCPPainter& painter) const
{
    paintOther(painter);
    painter.save();
    if (m_data.frontierStale)
        painter.setOpacity(0.4);
    painter.setPen(QPen(mix(theme().foreground, theme().background, 0.2), 1.8));
    painter.drawPolyline(staircase(m_data.frontier));
    paintStates(painter);
    paintHarmless(painter);
    painter.restore();
}

} // namespace bitwright::views
