#include "views/charts/pareto_chart.h"

#include <QKeyEvent>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
constexpr double kHandleRadius = 9;
constexpr double kHitRadius = 10;
constexpr double kBudgetGrip = 5; // pixels on both sides of the line
constexpr double kOnFrontier = 1e-9; // relative harm that still counts as lying on the frontier
} // namespace

ParetoChart::ParetoChart(QWidget* parent)
    : ChartBase(parent)
{
    setLogAllowed(Qt::Vertical, true);
    setLogarithmic(Qt::Vertical, true);
    setTicks(
        xAxis, [](Interval range, int target) { return byteTicks(range, target); }, 90);
    setAxisLabel(Qt::Horizontal, tr("size of the planned tensors"));
    setAxisLabel(Qt::Vertical, tr("predicted harm"));
    themeApplied();
}

void ParetoChart::themeApplied()
{
    setTicks(
        xAxis2, [](Interval range, int target) { return linearTicks(range, target); }, 80);
    xAxis2->grid()->setVisible(false);
    xAxis2->setTickLabels(true);
    xAxis2->setLabel(tr("bits per weight"));
}

void ParetoChart::setData(ParetoData data)
{
    m_data = std::move(data);
    m_sizes.clear();
    for (const ParetoState& state : m_data.frontier)
        m_sizes.push_back(state.bytes);
    m_hover = {};
    const QString size = m_data.bytesLabel.isEmpty() ? tr("size of the planned tensors") : m_data.bytesLabel;
    setAxisLabel(Qt::Horizontal, size);
    setAxisLabel(Qt::Vertical, m_data.harmLabel.isEmpty() ? tr("predicted harm") : m_data.harmLabel);
    xAxis2->setVisible(m_data.plannedWeights > 0);
    mainRect()->setMinimumMargins(QMargins(52, m_data.plannedWeights > 0 ? 34 : 6, 12, 34));
    dataChanged();
    repaintOverlay();
}

void ParetoChart::setCurrent(const std::optional<ParetoMark>& current, int state)
{
    m_data.current = current;
    m_data.currentState = state;
    repaintOverlay();
}

void ParetoChart::setBudget(std::optional<double> bytes)
{
    m_data.budgetBytes = bytes;
    repaintOverlay();
}

void ParetoChart::setPreviewMoves(std::vector<ParetoMove> moves)
{
    m_moves = std::move(moves);
    repaintOverlay();
}

double ParetoChart::bpwOf(double bytes) const
{
    return m_data.plannedWeights > 0 ? 8 * bytes / m_data.plannedWeights
                                     : std::numeric_limits<double>::quiet_NaN();
}

void ParetoChart::syncAxes()
{
    const Interval range = viewRange(Qt::Horizontal);
    if (m_data.plannedWeights > 0)
        xAxis2->setRange(bpwOf(range.lower), bpwOf(range.upper));
}

Interval ParetoChart::homeRange(Qt::Orientation axis) const
{
    std::vector<double> values;
    const auto add
        = [&](double bytes, double harm) { values.push_back(axis == Qt::Horizontal ? bytes : harm); };
    for (const ParetoState& s : m_data.frontier)
        add(s.bytes, s.harm);
    for (const ParetoMark& m : m_data.presets)
        add(m.bytes, m.harm);
    for (const ParetoMark& m : m_data.plans)
        add(m.bytes, m.harm);
    if (m_data.current)
        add(m_data.current->bytes, m_data.current->harm);
    if (m_data.budgetBytes && axis == Qt::Horizontal)
        values.push_back(*m_data.budgetBytes);
    const bool logarithmic = isLogarithmic(axis);
    const auto range = finiteRange(values, logarithmic);
    if (!range)
        return axis == Qt::Horizontal ? Interval{0, 1} : Interval{0.1, 1};
    Interval wide = padded(*range, axis == Qt::Horizontal ? 0.05 : 0.07, logarithmic);
    if (!logarithmic)
        wide.lower = std::max(wide.lower, 0.0);
    return wide;
}

void ParetoChart::rebuildLegend()
{
    std::vector<LegendEntry> entries;
    const auto add
        = [&](const QString& key, const QString& label, const QColor& color, LegendEntry::Kind kind,
              Marker marker, bool hollow, Qt::PenStyle dash, bool toggles) {
              LegendEntry entry;
              entry.key = key;
              entry.label = label;
              entry.color = color;
              entry.kind = kind;
              entry.marker = marker;
              entry.hollow = hollow;
              entry.dash = dash;
              entry.toggles = toggles;
              entry.width = 2;
              entries.push_back(entry);
          };
    using Kind = LegendEntry::Kind;
    if (!m_data.frontier.empty())
        add(QStringLiteral("frontier"),
            m_data.exact
                ? tr("exact frontier (%1 plans)").arg(formatCount(static_cast<std::int64_t>(m_sizes.size())))
                : tr("frontier, certified within %1 %").arg(formatNumber(m_data.gap * 100, 2)),
            theme().foreground, Kind::Line, Marker::None, false, Qt::SolidLine, false);
    if (!m_data.otherFrontier.empty())
        add(QStringLiteral("other"), m_data.otherName, categoryStyle(2, theme()).color, Kind::Line,
            Marker::None, false, Qt::DashLine, true);
    if (!m_data.presets.empty())
        add(QStringLiteral("presets"), tr("uniform plans"), theme().foreground, Kind::Mark, Marker::Square,
            true, Qt::SolidLine, true);
    if (!m_data.plans.empty())
        add(QStringLiteral("plans"), tr("named plans"), categoryStyle(2, theme()).color, Kind::Mark,
            Marker::Diamond, false, Qt::SolidLine, true);
    if (m_data.current)
        add(QStringLiteral("current"), tr("current plan"), theme().accent, Kind::Mark, Marker::Circle, false,
            Qt::SolidLine, false);
    if (m_data.budgetBytes)
        add(QStringLiteral("budget"), tr("budget"), theme().warning, Kind::Line, Marker::None, false,
            Qt::DashLine, false);
    setLegend(std::move(entries));
}

// --- Painting ---

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

// --- Queries ---

QPointF ParetoChart::handlePixel() const
{
    return m_data.current ? toPixel(m_data.current->bytes, m_data.current->harm) : QPointF();
}

double ParetoChart::budgetPixel() const
{
    return xAxis->coordToPixel(m_data.budgetBytes.value_or(0));
}

int ParetoChart::bestStateOfSize(double bytes) const
{
    const auto above = std::upper_bound(m_sizes.begin(), m_sizes.end(), bytes);
    return static_cast<int>(above - m_sizes.begin()) - 1;
}

QString ParetoChart::distanceText() const
{
    if (!m_data.current || m_drag == Drag::Handle)
        return {};
    const int best = bestStateOfSize(m_data.current->bytes);
    if (best < 0)
        return {};
    const double lowest = m_data.frontier[static_cast<std::size_t>(best)].harm;
    if (!(lowest > 0) || !std::isfinite(m_data.current->harm)
        || m_data.current->harm <= lowest * (1 + kOnFrontier))
        return {};
    return tr("%1 harm against the best of this size").arg(formatChange(m_data.current->harm / lowest - 1));
}

double ParetoChart::priceAt(int state) const
{
    const auto i = static_cast<std::size_t>(state);
    if (state < 0 || i + 1 >= m_data.frontier.size())
        return std::numeric_limits<double>::quiet_NaN();
    const ParetoState& a = m_data.frontier[i];
    const ParetoState& b = m_data.frontier[i + 1];
    return b.bytes > a.bytes ? (a.harm - b.harm) / (b.bytes - a.bytes)
                             : std::numeric_limits<double>::quiet_NaN();
}

int ParetoChart::stateAtPixel(double x) const
{
    return nearestIndex(m_sizes, xAxis->pixelToCoord(x));
}

ParetoChart::MarkHit ParetoChart::hitAt(const QPointF& position) const
{
    using Kind = MarkHit::Kind;
    const auto near = [&](double bytes, double harm, double radius) {
        const QPointF d = toPixel(bytes, harm) - position;
        return QPointF::dotProduct(d, d) <= radius * radius;
    };
    if (m_data.current && near(m_data.current->bytes, m_data.current->harm, kHandleRadius + 4))
        return {Kind::Handle, 0};
    const auto search = [&](const std::vector<ParetoMark>& marks) {
        for (std::size_t i = 0; i < marks.size(); ++i)
            if (near(marks[i].bytes, marks[i].harm, kHitRadius))
                return static_cast<int>(i);
        return -1;
    };
    if (const int plan = isLegendKeyShown(QStringLiteral("plans")) ? search(m_data.plans) : -1; plan >= 0)
        return {Kind::Plan, plan};
    if (const int preset = isLegendKeyShown(QStringLiteral("presets")) ? search(m_data.presets) : -1;
        preset >= 0)
        return {Kind::Preset, preset};
    const QRectF area = plotArea();
    if (m_data.budgetBytes && area.contains(position)
        && std::abs(position.x() - budgetPixel()) <= kBudgetGrip)
        return {Kind::Budget, 0};
    const int state = stateAtPixel(position.x());
    if (state >= 0) {
        const ParetoState& s = m_data.frontier[static_cast<std::size_t>(state)];
        if (near(s.bytes, s.harm, kHitRadius))
            return {Kind::State, state};
    }
    return {};
}

QString ParetoChart::describe(double bytes, double harm) const
{
    QString text = tr("harm  %1\nsize  %2").arg(formatNumber(harm), formatBytes(bytes));
    if (m_data.plannedWeights > 0)
        text += tr("\nbpw  %1").arg(formatBpw(bpwOf(bytes)));
    return text;
}

QString ParetoChart::readoutAt(const QPointF& position) const
{
    if (m_drag == Drag::Budget)
        return m_data.budgetBytes
            ? tr("budget  %1\nbpw  %2")
                  .arg(formatBytes(*m_data.budgetBytes), formatBpw(bpwOf(*m_data.budgetBytes)))
            : QString();
    const MarkHit hit
        = m_drag == Drag::Handle ? MarkHit{MarkHit::Kind::State, m_data.currentState} : hitAt(position);
    const auto named = [this](const ParetoMark& mark) {
        const QString how = mark.measured ? tr("measured") : m_data.harmLabel;
        return mark.name + u'\n' + describe(mark.bytes, mark.harm)
            + (how.isEmpty() ? QString() : u'\n' + how);
    };
    const auto i = static_cast<std::size_t>(std::max(hit.index, 0));
    switch (hit.kind) {
    case MarkHit::Kind::Handle:
        return named(*m_data.current);
    case MarkHit::Kind::Plan:
        return named(m_data.plans[i]);
    case MarkHit::Kind::Preset:
        return named(m_data.presets[i]);
    case MarkHit::Kind::Budget:
        return tr("budget %1, drag to change").arg(formatBytes(*m_data.budgetBytes));
    case MarkHit::Kind::State: {
        if (hit.index < 0 || i >= m_data.frontier.size())
            return {};
        QString text = describe(m_data.frontier[i].bytes, m_data.frontier[i].harm);
        if (const double price = priceAt(hit.index); std::isfinite(price))
            text += tr("\nnext KiB saves  %1 harm").arg(formatNumber(price * 1024));
        return text;
    }
    case MarkHit::Kind::None:
        break;
    }
    const QPointF value = toValue(position);
    return describe(value.x(), value.y());
}

// --- Gestures ---

void ParetoChart::hoverMoved(const QPointF& position)
{
    const MarkHit hit = hitAt(position);
    if (hit.kind == m_hover.kind && hit.index == m_hover.index)
        return;
    m_hover = hit;
    if (hit.kind == MarkHit::Kind::Handle)
        setCursor(Qt::OpenHandCursor);
    else if (hit.kind == MarkHit::Kind::Budget)
        setCursor(Qt::SplitHCursor);
    else
        unsetCursor();
    repaintOverlay();
    Q_EMIT stateHovered(hit.kind == MarkHit::Kind::State ? hit.index : -1);
}

void ParetoChart::hoverLeft()
{
    m_hover = {};
    repaintOverlay();
    Q_EMIT stateHovered(-1);
}

bool ParetoChart::gesturePress(const QPointF& position, Qt::KeyboardModifiers)
{
    const MarkHit hit = hitAt(position);
    if (hit.kind == MarkHit::Kind::Handle && !m_data.frontier.empty()) {
        m_drag = Drag::Handle;
        m_ghost = m_data.current;
        m_ghostState = m_data.currentState;
        repaintOverlay();
        return true;
    }
    if (hit.kind == MarkHit::Kind::Budget) {
        m_drag = Drag::Budget;
        m_budgetBefore = m_data.budgetBytes;
        return true;
    }
    return false;
}

void ParetoChart::moveTo(int state)
{
    if (state < 0 || state == m_data.currentState)
        return;
    const ParetoState& s = m_data.frontier[static_cast<std::size_t>(state)];
    m_data.current->bytes = s.bytes;
    m_data.current->harm = s.harm;
    m_data.currentState = state;
    repaintOverlay();
    Q_EMIT handleMoved(state);
}

void ParetoChart::gestureMove(const QPointF& position, Qt::KeyboardModifiers)
{
    if (m_drag == Drag::Handle && m_data.current) {
        moveTo(stateAtPixel(position.x()));
    } else if (m_drag == Drag::Budget) {
        const QRectF area = plotArea();
        const double x = std::clamp(position.x(), area.left(), area.right());
        m_data.budgetBytes = std::max(0.0, xAxis->pixelToCoord(x));
        repaintOverlay();
        Q_EMIT budgetDragging(*m_data.budgetBytes);
    }
}

void ParetoChart::gestureRelease(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const Drag drag = m_drag;
    m_drag = Drag::None;
    const bool moved = m_ghost && m_data.current && m_ghost->bytes != m_data.current->bytes;
    const int state = m_data.currentState;
    m_ghost.reset();
    repaintOverlay();
    if (drag == Drag::Handle && moved)
        Q_EMIT handleReleased(state);
    else if (drag == Drag::Budget && m_data.budgetBytes && m_data.budgetBytes != m_budgetBefore)
        Q_EMIT budgetReleased(*m_data.budgetBytes);
    else
        clicked(position, modifiers);
}

void ParetoChart::gestureCancel()
{
    const Drag drag = m_drag;
    m_drag = Drag::None;
    if (drag == Drag::Handle && m_ghost) {
        m_data.current = m_ghost;
        m_data.currentState = m_ghostState;
        m_ghost.reset();
        repaintOverlay();
        Q_EMIT handleCancelled(m_ghostState);
    } else if (drag == Drag::Budget && m_budgetBefore) {
        m_data.budgetBytes = m_budgetBefore;
        repaintOverlay();
        Q_EMIT budgetCancelled(*m_budgetBefore);
    }
}

void ParetoChart::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    const MarkHit hit = hitAt(position);
    if (hit.kind == MarkHit::Kind::Plan)
        Q_EMIT planActivated(hit.index);
    else if (hit.kind == MarkHit::Kind::Preset)
        Q_EMIT presetActivated(hit.index);
    else if (hit.kind == MarkHit::Kind::State && m_data.current) {
        moveTo(hit.index);
        Q_EMIT handleReleased(hit.index);
    }
}

// Left and right walk along the frontier (Shift: ten states), page up and down move the budget by one
// percent.
bool ParetoChart::keyPressed(QKeyEvent* event)
{
    const int key = event->key();
    const bool walks = key == Qt::Key_Left || key == Qt::Key_Right;
    if (walks && m_data.current && !m_data.frontier.empty() && !(event->modifiers() & Qt::ControlModifier)) {
        const int last = static_cast<int>(m_data.frontier.size()) - 1;
        const int from = m_data.currentState >= 0 ? m_data.currentState
                                                  : std::max(0, bestStateOfSize(m_data.current->bytes));
        const int step = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
        const int to = std::clamp(from + (key == Qt::Key_Left ? -step : step), 0, last);
        if (to != m_data.currentState) {
            moveTo(to);
            Q_EMIT handleReleased(to);
        }
        return true;
    }
    if ((key == Qt::Key_PageUp || key == Qt::Key_PageDown) && m_data.budgetBytes) {
        const double factor = key == Qt::Key_PageUp ? 1.01 : 1 / 1.01;
        m_data.budgetBytes = *m_data.budgetBytes * factor;
        repaintOverlay();
        Q_EMIT budgetReleased(*m_data.budgetBytes);
        return true;
    }
    return false;
}

void ParetoChart::extendMenu(QMenu& menu, const QPointF&)
{
    if (distanceText().isEmpty())
        return;
    connect(menu.addAction(tr("Improve within locks")), &QAction::triggered, this,
        &ParetoChart::improveRequested);
    connect(menu.addAction(tr("Show what differs from the best of this size")), &QAction::triggered, this,
        &ParetoChart::showDifferenceRequested);
}

QString ParetoChart::csv() const
{
    QString text = QStringLiteral("kind,name,bytes,bpw,harm,measured\n");
    const auto line
        = [&](const QString& kind, const QString& name, double bytes, double harm, bool measured) {
              text += QStringList{kind, csvText(name), csvNumber(bytes), csvNumber(bpwOf(bytes)),
                          csvNumber(harm), measured ? QStringLiteral("1") : QStringLiteral("0")}
                          .join(u',')
                  + u'\n';
          };
    for (const ParetoState& s : m_data.frontier)
        line(QStringLiteral("frontier"), {}, s.bytes, s.harm, false);
    for (const ParetoState& s : m_data.otherFrontier)
        line(QStringLiteral("other frontier"), m_data.otherName, s.bytes, s.harm, false);
    for (const ParetoMark& m : m_data.presets)
        line(QStringLiteral("preset"), m.name, m.bytes, m.harm, m.measured);
    for (const ParetoMark& m : m_data.plans)
        line(QStringLiteral("plan"), m.name, m.bytes, m.harm, m.measured);
    if (m_data.current)
        line(QStringLiteral("current"), m_data.current->name, m_data.current->bytes, m_data.current->harm,
            m_data.current->measured);
    return text;
}

} // namespace bitwright::views
