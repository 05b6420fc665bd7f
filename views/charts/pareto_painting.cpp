// Painting of the Pareto chart.
#include "views/charts/mark_labels.h"
#include "views/charts/pareto_chart.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr double kToldApart = 18; // pixels from the handle at which a previewed plan is another one
constexpr float kHandleTint = 0.12F; // of the inside of the handle: what lies there is seen
constexpr double kMarkReach = 6; // half a mark, corner to corner
}

/// Those within `reach` pixels of `near`.
void ParetoChart::paintMarkSet(
    QCPPainter& painter, const std::vector<ParetoMark>& marks, bool hollow, QPointF near, double reach) const
{
    for (const ParetoMark& mark : marks) {
        if (!std::isfinite(mark.harm) || !isShown(mark, hollow)
            || QLineF(pixelOf(mark), near).length() > reach)
            continue;
        const QColor color
            = hollow ? theme().foreground : categoryStyle(mark.measured ? 3 : 2, theme()).color;
        const QPointF at = toPixel(mark.bytes, mark.harm);
        if (mark.interval) {
            painter.setPen(QPen(color, 1.2));
            painter.drawLine(
                toPixel(mark.bytes, mark.interval->lower), toPixel(mark.bytes, mark.interval->upper));
        }
        if (hollow)
            paintMarker(painter, Marker::Square, at, 4.6, theme().background, false);
        const Marker full = mark.measured ? Marker::TriangleDown : Marker::Diamond;
        paintMarker(painter, hollow ? Marker::Square : full, at, hollow ? 4.6 : 4.4, color, hollow);
    }
}

// What no label may cover: the frontier, the handle, the dimension line with its text, the budget.
std::vector<QRectF> ParetoChart::labelObstacles(const QFontMetricsF& metrics) const
{
    std::vector<QRectF> obstacles;
    const QRectF area = plotArea();
    for (const QPointF q : sampledLine(staircase(m_data.frontier), 6))
        if (area.contains(q))
            obstacles.push_back({q.x() - 2, q.y() - 2, 4, 4});
    if (const QRectF box = harmless(metrics).box; !box.isNull())
        obstacles.push_back(box);
    if (!m_data.frontier.empty())
        obstacles.push_back(forbiddenBox(metrics));
    if (m_data.current && !isExporting())
        obstacles.push_back(QRectF(handlePixel() - QPointF(13, 13), QSizeF(26, 26)));
    if (!distanceText().isEmpty())
        obstacles.push_back(dimensionBox().adjusted(-2, -2, 2, 2));
    if (m_data.budgetBytes) {
        const double x = budgetPixel();
        const double label
            = metrics.horizontalAdvance(tr("budget %1").arg(formatBytes(*m_data.budgetBytes))) + 14;
        obstacles.push_back({x - 3, area.top(), 6, area.height()});
        obstacles.push_back(
            {x + label + 8 > area.right() ? x - label : x, area.top(), label, metrics.height() + 6});
    }
    return obstacles;
}

void ParetoChart::paintData(QCPPainter& painter)
{
    paintForbiddenWords(painter);
    paintFrontier(painter);
    const QPointF middle = plotArea().center();
    paintMarkSet(painter, m_data.presets, true, middle, HUGE_VAL);
    paintMarkSet(painter, m_data.plans, false, middle, HUGE_VAL);
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
    // Around the handle, which stands on it as a rule.
    const QPointF handle = handlePixel();
    const double gap = m_data.current && std::abs(handle.x() - x) < kHandleRadius + 2 ? kHandleRadius + 4 : 0;
    if (gap > 0 && handle.y() > area.top() && handle.y() < area.bottom()) {
        painter.drawLine(QPointF(x, area.top()), QPointF(x, handle.y() - gap));
        painter.drawLine(QPointF(x, handle.y() + gap), QPointF(x, area.bottom()));
    } else {
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
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
    painter.setPen(budgetInk());
    painter.drawText(box, Qt::AlignCenter, text);
}

// Left below the frontier stands no mark: the text of the dimension line and its actions go there.
QRectF ParetoChart::dimensionBox() const
{
    const QRectF area = plotArea();
    const QFontMetricsF metrics(smallFont());
    const double line = metrics.height() + 3;
    const double links = metrics.horizontalAdvance(tr("improve within locks"))
        + metrics.horizontalAdvance(tr("show what differs")) + 34;
    const QSizeF size(std::max(metrics.horizontalAdvance(distanceText()) + 10, isExporting() ? 0.0 : links),
        isExporting() ? line : 2 * line + 1);
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

QRectF ParetoChart::improveRect() const
{
    if (distanceText().isEmpty() || isExporting())
        return {};
    const QRectF box = dimensionBox();
    const QFontMetricsF metrics(smallFont());
    return {box.left() + 5, box.bottom() - metrics.height() - 4,
        metrics.horizontalAdvance(tr("improve within locks")) + 10, metrics.height() + 4};
}

QRectF ParetoChart::differenceRect() const
{
    const QRectF left = improveRect();
    if (left.isNull())
        return {};
    const QFontMetricsF metrics(smallFont());
    return {
        left.right() + 4, left.top(), metrics.horizontalAdvance(tr("show what differs")) + 10, left.height()};
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
    const QRectF box = dimensionBox();
    QFont plain = smallFont();
    painter.setFont(plain);
    painter.setPen(QPen(theme().accent, 1));
    painter.setBrush(theme().background);
    painter.drawRoundedRect(box, 3, 3);
    painter.setBrush(Qt::NoBrush);
    const double line = QFontMetricsF(plain).height() + 3;
    painter.drawText(QRectF(box.left(), box.top(), box.width(), line), Qt::AlignCenter, text);
    if (isExporting())
        return;
    const auto link = [&](const QRectF& rect, const QString& word, MarkHit::Kind kind) {
        QFont font = plain;
        font.setUnderline(true);
        painter.setFont(font);
        if (m_hover.kind == kind)
            painter.fillRect(rect, mix(theme().background, theme().accent, 0.18));
        painter.setPen(theme().accent);
        painter.drawText(rect, Qt::AlignCenter | Qt::TextDontClip, word);
    };
    link(improveRect(), tr("improve within locks"), MarkHit::Kind::Improve);
    link(differenceRect(), tr("show what differs"), MarkHit::Kind::Difference);
}

// The plan under the cursor against the current one.
void ParetoChart::paintComparison(QCPPainter& painter) const
{
    const ParetoMark* mark = hoveredMark();
    if (mark == nullptr || !m_data.current || m_drag != Drag::None)
        return;
    const QPointF from = handlePixel(), to = toPixel(mark->bytes, mark->harm);
    painter.setPen(QPen(theme().foreground, 1.2, Qt::DashLine));
    painter.drawLine(from, to);
    const double bytes = mark->bytes - m_data.current->bytes;
    QString text = tr("%1 against the current plan\nsize  %2%3")
                       .arg(mark->name, bytes < 0 ? QStringLiteral("−") : QStringLiteral("+"),
                           formatBytes(std::abs(bytes)));
    // What was measured is not held against what was predicted.
    if (m_data.current->harm > 0 && !mark->measured)
        text += tr("\nharm  %1").arg(formatChange(mark->harm / m_data.current->harm - 1));
    if (!m_compareNote.isEmpty())
        text += u'\n' + m_compareNote;
    paintTextBox(painter, to + QPointF(10, 10), text, plotArea());
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
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(at, radius, radius);
    QColor tint = theme().accent;
    tint.setAlphaF(kHandleTint);
    painter.setPen(QPen(theme().accent, 2.4));
    painter.setBrush(tint);
    painter.drawEllipse(at, radius, radius);
    painter.setBrush(Qt::NoBrush);
    paintOverHandle(painter, at, radius);
    if (hasFocus()) {
        painter.setPen(QPen(theme().foreground, 1, Qt::DotLine));
        painter.drawEllipse(at, radius + 4, radius + 4);
    }
}

/// A ring hides nothing that it stands on: the name of a mark below it would else be read as its own. Its
/// middle has a dot where no mark is.
void ParetoChart::paintOverHandle(QCPPainter& painter, QPointF at, double radius) const
{
    painter.setPen(leaderPen());
    for (const QLineF& leader : m_leaders)
        if (QLineF(at, leader.p1()).length() < 2 * radius)
            painter.drawLine(leader);
    const double reach = radius + kMarkReach;
    paintMarkSet(painter, m_data.presets, true, at, reach);
    paintMarkSet(painter, m_data.plans, false, at, reach);
    const auto covers = [&](const std::vector<ParetoMark>& marks, bool preset) {
        return std::any_of(marks.begin(), marks.end(), [&](const ParetoMark& mark) {
            return std::isfinite(mark.harm) && isShown(mark, preset)
                && QLineF(pixelOf(mark), at).length() < radius;
        });
    };
    if (covers(m_data.presets, true) || covers(m_data.plans, false))
        return;
    painter.setBrush(theme().accent);
    painter.setPen(Qt::NoPen);
    painter.drawEllipse(at, 3, 3);
    painter.setBrush(Qt::NoBrush);
}

void ParetoChart::paintMoves(QCPPainter& painter) const
{
    if (!m_data.current || m_moves.empty())
        return;
    const QPointF from = handlePixel();
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    std::vector<QPointF> anchors, named;
    std::vector<QSizeF> sizes;
    std::vector<std::size_t> moveOf;
    std::vector<QRectF> obstacles = m_labelBoxes;
    obstacles.push_back(QRectF(from - QPointF(11, 11), QSizeF(22, 22)));
    if (!distanceText().isEmpty())
        obstacles.push_back(dimensionBox());
    for (const ParetoMove& move : m_moves) {
        anchors.push_back(toPixel(move.bytes, move.harm));
        obstacles.push_back(QRectF(anchors.back() - QPointF(4, 4), QSizeF(8, 8)));
    }
    for (const bool emphasized : {true, false}) {
        for (std::size_t i = 0; i < m_moves.size(); ++i) {
            // What moves the plan by no more than its own mark goes unnamed: the names would stand in a heap.
            if (m_moves[i].emphasized != emphasized
                || (!emphasized && QLineF(from, anchors[i]).length() < kToldApart))
                continue;
            moveOf.push_back(i);
            named.push_back(anchors[i]);
            sizes.push_back({metrics.horizontalAdvance(m_moves[i].option) + 4, metrics.height()});
        }
    }
    std::vector<QRectF> places(m_moves.size());
    const auto placed = placeLabels(named, sizes, plotArea().adjusted(2, 2, -2, -2), 6, obstacles);
    for (std::size_t k = 0; k < moveOf.size(); ++k)
        places[moveOf[k]] = placed[k];
    for (std::size_t i = 0; i < m_moves.size(); ++i) {
        const ParetoMove& move = m_moves[i];
        if (!std::isfinite(move.harm) || !plotArea().adjusted(-4, -4, 4, 4).contains(anchors[i]))
            continue;
        painter.setPen(
            QPen(theme().accent, move.emphasized ? 2 : 1, move.emphasized ? Qt::SolidLine : Qt::DotLine));
        painter.drawLine(from, anchors[i]);
        paintMarker(
            painter, Marker::Triangle, anchors[i], move.emphasized ? 6 : 4, theme().accent, !move.emphasized);
        if (places[i].isNull())
            continue;
        QColor halo = theme().background;
        halo.setAlphaF(0.75F);
        painter.fillRect(places[i], halo);
        painter.setPen(theme().foreground);
        painter.drawText(places[i], Qt::AlignCenter | Qt::TextDontClip, move.option);
    }
}

void ParetoChart::paintOverlay(QCPPainter& painter)
{
    paintBudget(painter);
    paintMoves(painter);
    paintDimension(painter);
    paintComparison(painter);
    paintHandle(painter);
    if (m_hover.kind == MarkHit::Kind::State && m_drag == Drag::None) {
        const ParetoState& s = m_data.frontier[static_cast<std::size_t>(m_hover.index)];
        paintMarker(painter, Marker::Circle, toPixel(s.bytes, s.harm), 5, theme().accent, true);
    }
}

} // namespace bitwright::views
