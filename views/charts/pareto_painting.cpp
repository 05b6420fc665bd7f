// Painting of the Pareto chart.
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
    painter.setFont(smallFont());
    painter.setPen(mix(theme().muted, theme().forbidden, 0.25));
    const QRectF label = area.adjusted(10, 10, -10, -8);
    painter.drawText(label, Qt::AlignLeft | Qt::AlignBottom, tr("cannot be reached"));
}

void ParetoChart::paintFrontier(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    const auto polyline = [&](const std::vector<ParetoState>& states, bool dots) {
        // States that share a pixel are drawn once: a frontier may have a hundred thousand.
        QPolygonF line;
        QPointF last(-1e9, -1e9);
        for (const ParetoState& s : states) {
            if (isLogarithmic(Qt::Vertical) && s.harm <= 0)
                continue;
            const QPointF p = toPixel(s.bytes, s.harm);
            if ((p - last).manhattanLength() < 0.7)
                continue;
            if (p.x() > area.left() - 2000 && p.x() < area.right() + 2000)
                line << p;
            last = p;
        }
        painter.drawPolyline(line);
        QPointF lastDot(-1e9, -1e9);
        for (const QPointF& p : line)
            if (dots && area.contains(p) && (p - lastDot).manhattanLength() > 7) {
                paintMarker(painter, Marker::Circle, p, 2.3,
                    mix(theme().foreground, theme().background, 0.35), false);
                lastDot = p;
            }
    };
    if (!m_data.otherFrontier.empty() && isLegendKeyShown(QStringLiteral("other"))) {
        painter.setPen(QPen(categoryStyle(2, theme()).color, 1.5, Qt::DashLine));
        polyline(m_data.otherFrontier, false);
    }
    painter.setPen(QPen(mix(theme().foreground, theme().background, 0.2), 1.8));
    polyline(m_data.frontier, true);
}

void ParetoChart::paintMarkSet(QCPPainter& painter, const std::vector<ParetoMark>& marks, bool hollow) const
{
    const QColor color = hollow ? theme().foreground : categoryStyle(2, theme()).color;
    for (const ParetoMark& mark : marks) {
        if (!std::isfinite(mark.harm))
            continue;
        const QPointF at = toPixel(mark.bytes, mark.harm);
        if (mark.interval) {
            painter.setPen(QPen(color, 1.2));
            painter.drawLine(
                toPixel(mark.bytes, mark.interval->lower), toPixel(mark.bytes, mark.interval->upper));
        }
        if (hollow)
            paintMarker(painter, Marker::Square, at, 4.6, theme().background, false);
        paintMarker(
            painter, hollow ? Marker::Square : Marker::Diamond, at, hollow ? 4.6 : 4.4, color, hollow);
    }
}

void ParetoChart::paintMarkLabels(QCPPainter& painter) const
{
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    std::vector<QPointF> anchors;
    std::vector<QSizeF> sizes;
    std::vector<QRectF> obstacles;
    QStringList names;
    const QRectF area = plotArea();
    const auto collect = [&](const std::vector<ParetoMark>& marks) {
        for (const ParetoMark& mark : marks) {
            if (!std::isfinite(mark.harm))
                continue;
            const QPointF at = toPixel(mark.bytes, mark.harm);
            if (!area.contains(at))
                continue;
            const QString name = metrics.elidedText(mark.name, Qt::ElideMiddle, 170);
            anchors.push_back(at);
            sizes.push_back({metrics.horizontalAdvance(name) + 2, metrics.height()});
            obstacles.push_back({at.x() - 5, at.y() - 5, 10, 10});
            names << name;
        }
    };
    if (isLegendKeyShown(QStringLiteral("plans")))
        collect(m_data.plans);
    if (isLegendKeyShown(QStringLiteral("presets")))
        collect(m_data.presets);
    // The frontier is an obstacle too: sampled along its line, a few pixels apart.
    QPointF last;
    for (std::size_t i = 0; i < m_data.frontier.size(); ++i) {
        if (!(m_data.frontier[i].harm > 0))
            continue;
        const QPointF p = toPixel(m_data.frontier[i].bytes, m_data.frontier[i].harm);
        const int steps = i == 0 ? 1 : std::clamp(static_cast<int>((p - last).manhattanLength() / 6), 1, 200);
        for (int k = 1; k <= steps && obstacles.size() < 3000; ++k) {
            const QPointF q = i == 0 ? p : last + (p - last) * k / steps;
            if (area.contains(q) && (k == steps ? (q - last).manhattanLength() > 3 || steps > 1 : true))
                obstacles.push_back({q.x() - 2, q.y() - 2, 4, 4});
        }
        last = p;
    }
    if (m_data.current && !isExporting())
        obstacles.push_back(QRectF(handlePixel() - QPointF(12, 12), QSizeF(24, 24)));
    if (const QString distance = distanceText(); !distance.isEmpty())
        obstacles.push_back(dimensionBox(distance));
    if (m_data.budgetBytes) {
        const double x = budgetPixel();
        const double label
            = metrics.horizontalAdvance(tr("budget %1").arg(formatBytes(*m_data.budgetBytes))) + 14;
        obstacles.push_back({x - 3, area.top(), 6, area.height()});
        obstacles.push_back(
            {x + label + 8 > area.right() ? x - label : x, area.top(), label, metrics.height() + 6});
    }
    const auto places = placeLabels(anchors, sizes, area.adjusted(2, 2, -2, -2), 7, obstacles);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].isNull())
            continue;
        // A label that had to move away is led back to its mark.
        const QPointF near(std::clamp(anchors[i].x(), places[i].left(), places[i].right()),
            std::clamp(anchors[i].y(), places[i].top() + 2, places[i].bottom() - 2));
        if ((near - anchors[i]).manhattanLength() > 14) {
            painter.setPen(QPen(theme().axis, 1));
            painter.drawLine(anchors[i] + (near - anchors[i]) * 0.25, near);
        }
        painter.setPen(theme().foreground);
        painter.drawText(places[i], Qt::AlignCenter | Qt::TextDontClip, names[static_cast<qsizetype>(i)]);
    }
}

void ParetoChart::paintData(QCPPainter& painter)
{
    paintFrontier(painter);
    if (isLegendKeyShown(QStringLiteral("presets")))
        paintMarkSet(painter, m_data.presets, true);
    if (isLegendKeyShown(QStringLiteral("plans")))
        paintMarkSet(painter, m_data.plans, false);
    paintMarkLabels(painter);
}

void ParetoChart::paintBudget(QCPPainter& painter) const
{
    if (!m_data.budgetBytes)
        return;
    const QRectF area = plotArea();
    const double x = budgetPixel();
    if (x < area.left() - 1 || x > area.right() + 1)
        return;
    const bool active = m_drag == Drag::Budget || m_hover.kind == MarkHit::Kind::Budget;
    painter.setPen(QPen(theme().warning, active ? 2.4 : 1.6, Qt::DashLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    // The grip at the foot shows that the line can be dragged.
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().warning);
    painter.drawPolygon(QPolygonF({QPointF(x, area.bottom() - 11), QPointF(x + 7, area.bottom() + 1),
        QPointF(x - 7, area.bottom() + 1)}));
    painter.setBrush(Qt::NoBrush);
    painter.setFont(smallFont());
    const QString text = tr("budget %1").arg(formatBytes(*m_data.budgetBytes));
    const QFontMetricsF metrics(painter.font());
    const double width = metrics.horizontalAdvance(text) + 8;
    const bool left = x + width + 8 > area.right();
    const QRectF box(left ? x - width - 5 : x + 5, area.top() + 3, width, metrics.height() + 2);
    QColor halo = theme().background;
    halo.setAlphaF(0.85F);
    painter.fillRect(box, halo);
    painter.setPen(theme().warning);
    painter.drawText(box, Qt::AlignCenter, text);
}

// Left below the frontier stands no mark: the label of the dimension line goes there.
QRectF ParetoChart::dimensionBox(const QString& text) const
{
    const QRectF area = plotArea();
    const QFontMetricsF metrics(smallFont());
    const QSizeF size(metrics.horizontalAdvance(text) + 10, metrics.height() + 3);
    const QPointF at = handlePixel();
    const int best = bestStateOfSize(m_data.current->bytes);
    const double foot = yAxis->coordToPixel(m_data.frontier[static_cast<std::size_t>(best)].harm);
    QRectF box(QPointF(at.x() - 8 - size.width(), std::max(foot, at.y() + kHandleRadius) + 8), size);
    if (box.left() < area.left() + 3)
        box.moveLeft(area.left() + 3);
    if (box.bottom() > area.bottom() - 3)
        box.moveBottom(area.bottom() - 3);
    return box;
}

void ParetoChart::paintDimension(QCPPainter& painter) const
{
    const QString text = distanceText();
    if (text.isEmpty())
        return;
    const int best = bestStateOfSize(m_data.current->bytes);
    const QPointF from = handlePixel();
    const double y = yAxis->coordToPixel(m_data.frontier[static_cast<std::size_t>(best)].harm);
    painter.setPen(QPen(theme().accent, 1.4));
    if (y > from.y() + kHandleRadius)
        painter.drawLine(QPointF(from.x(), from.y() + kHandleRadius), QPointF(from.x(), y));
    painter.drawLine(QPointF(from.x() - 5, y), QPointF(from.x() + 5, y));
    const QRectF box = dimensionBox(text);
    painter.setFont(smallFont());
    painter.setPen(QPen(theme().accent, 1));
    painter.setBrush(theme().background);
    painter.drawRoundedRect(box, 3, 3);
    painter.setBrush(Qt::NoBrush);
    painter.drawText(box, Qt::AlignCenter, text);
}

void ParetoChart::paintHandle(QCPPainter& painter) const
{
    if (m_ghost) {
        painter.setPen(QPen(theme().accent, 1.4, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(toPixel(m_ghost->bytes, m_ghost->harm), kHandleRadius, kHandleRadius);
    }
    if (!m_data.current || !std::isfinite(m_data.current->harm))
        return;
    const QPointF at = handlePixel();
    const bool active = m_drag == Drag::Handle || m_hover.kind == MarkHit::Kind::Handle;
    const double radius = active ? kHandleRadius + 1.5 : kHandleRadius;
    painter.setPen(QPen(theme().background, 5));
    painter.drawEllipse(at, radius, radius);
    painter.setPen(QPen(theme().accent, 2.4));
    QColor fill = theme().accent;
    fill.setAlphaF(0.3F);
    painter.setBrush(fill);
    painter.drawEllipse(at, radius, radius);
    painter.setBrush(theme().accent);
    painter.setPen(Qt::NoPen);
    painter.drawEllipse(at, 3, 3);
    painter.setBrush(Qt::NoBrush);
    if (hasFocus()) {
        painter.setPen(QPen(theme().foreground, 1, Qt::DotLine));
        painter.drawEllipse(at, radius + 4, radius + 4);
    }
}

void ParetoChart::paintMoves(QCPPainter& painter) const
{
    if (!m_data.current)
        return;
    const QPointF from = handlePixel();
    painter.setFont(smallFont());
    for (const ParetoMove& move : m_moves) {
        if (!std::isfinite(move.harm))
            continue;
        const QPointF to = toPixel(move.bytes, move.harm);
        painter.setPen(QPen(theme().accent, 1, Qt::DotLine));
        painter.drawLine(from, to);
        paintMarker(painter, Marker::Triangle, to, 4, theme().accent, true);
        painter.setPen(theme().foreground);
        painter.drawText(to + QPointF(7, 4), move.option);
    }
}

void ParetoChart::paintOverlay(QCPPainter& painter)
{
    paintBudget(painter);
    paintMoves(painter);
    paintDimension(painter);
    paintHandle(painter);
    if (m_hover.kind == MarkHit::Kind::State && m_drag == Drag::None) {
        const ParetoState& s = m_data.frontier[static_cast<std::size_t>(m_hover.index)];
        paintMarker(painter, Marker::Circle, toPixel(s.bytes, s.harm), 5, theme().accent, true);
    }
}

} // namespace bitwright::views
