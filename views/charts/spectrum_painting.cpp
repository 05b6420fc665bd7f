// How SpectrumChart draws.
#include "views/charts/mark_labels.h"
#include "views/charts/spectrum_keys.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

using namespace spectrum;

namespace {
constexpr double kWidestBox = 0.42, kTallestBox = 0.45; // of the plot: data comes first
} // namespace

void SpectrumChart::paintBackdrop(QCPPainter& painter)
{
    if (m_data.bulk && isLegendKeyShown(kBulkKey))
        paintBulk(painter);
}

void SpectrumChart::paintBulk(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    const BulkFit& bulk = *m_data.bulk;
    const QColor color = categoryStyle(kBulkStyle, theme()).color;
    const auto pixel = [&](double x) {
        if (isLogarithmic(Qt::Horizontal) && x <= 0)
            return area.left();
        return std::clamp(xAxis->coordToPixel(x), area.left(), area.right());
    };
    const double left = pixel(bulk.lower), right = pixel(bulk.upper);
    QColor fill = color;
    fill.setAlphaF(theme().dark ? 0.16F : 0.18F);
    painter.fillRect(QRectF(left, area.top(), right - left, area.height()), fill);
    painter.setPen(QPen(color, 1.2, Qt::DashDotLine));
    for (const double x : {left, right})
        if (x > area.left() + 1 && x < area.right() - 1)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
}

// The step lines of the bins that hold something, one for each run of them: where there is none, there is no
// line. Eigenvalues that stand alone are left to the stems.
std::vector<QPolygonF> SpectrumChart::steps(const Density& density) const
{
    const QRectF area = plotArea();
    const double foot = area.bottom() + 2;
    const auto x = [&](double edge) {
        if (isLogarithmic(Qt::Horizontal) && edge <= 0)
            return area.left() - 2;
        return std::clamp(xAxis->coordToPixel(edge), area.left() - 2, area.right() + 2);
    };
    const auto alone = [&](std::size_t i) {
        return std::any_of(density.loners.begin(), density.loners.end(),
            [&](double v) { return v >= density.edges[i] && v <= density.edges[i + 1]; });
    };
    std::vector<QPolygonF> runs;
    bool open = false;
    for (std::size_t i = 0; i < density.density.size(); ++i) {
        const double d = density.density[i];
        if (!(d > 0) || alone(i)) {
            open = false;
            continue;
        }
        if (!open)
            runs.emplace_back();
        open = true;
        const double y = std::clamp(yAxis->coordToPixel(d), area.top() - 2, foot);
        runs.back() << QPointF(x(density.edges[i]), y) << QPointF(x(density.edges[i + 1]), y);
    }
    return runs;
}

void SpectrumChart::paintDensity(
    QCPPainter& painter, const Density& density, const QColor& color, bool filled) const
{
    const double foot = plotArea().bottom() + 2;
    painter.setBrush(Qt::NoBrush);
    for (const QPolygonF& run : steps(density)) {
        if (filled) {
            QPainterPath box;
            box.addPolygon(run);
            box.lineTo(run.back().x(), foot);
            box.lineTo(run.front().x(), foot);
            box.closeSubpath();
            painter.fillPath(box, mix(color, theme().background, 0.3));
        } else {
            painter.setPen(QPen(theme().background, 3.6)); // readable over the filled bins too
            painter.drawPolyline(run);
        }
        painter.setPen(QPen(color, filled ? 1.0 : 1.8));
        painter.drawPolyline(run);
    }
    if (isLegendKeyShown(kLonersKey))
        paintStems(painter, density, color);
}

// One stem per eigenvalue that stands alone: its place is meant, a height would be that of its bin.
void SpectrumChart::paintStems(QCPPainter& painter, const Density& density, const QColor& color) const
{
    constexpr double kStem = 22;
    const QRectF area = plotArea();
    const QColor strong = mix(color, theme().foreground, 0.3);
    for (const double value : density.loners) {
        if (isLogarithmic(Qt::Horizontal) && value <= 0)
            continue;
        const double x = xAxis->coordToPixel(value);
        if (x < area.left() || x > area.right())
            continue;
        painter.setPen(QPen(strong, 1.6));
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() - kStem));
        paintMarker(painter, Marker::Circle, {x, area.bottom() - kStem}, 3, strong, false);
    }
}

void SpectrumChart::paintTails(QCPPainter& painter) const
{
    const QRectF area = plotArea();
    for (std::size_t i = 0; i < m_data.tails.size(); ++i) {
        const TailFit& fit = m_data.tails[i];
        if (!isLegendKeyShown(tailKey(i)) || !(fit.xmin > 0) || !(fit.alpha > 1) || m_sorted.empty())
            continue;
        const QColor color = categoryStyle(static_cast<int>(i) + 1, theme()).color;
        QPolygonF line;
        const double end = std::max(m_sorted.back(), fit.xmin * 1.0001);
        for (int k = 0; k <= 64; ++k) {
            const double x = fit.xmin * std::pow(end / fit.xmin, k / 64.0);
            line << toPixel(x, std::max(tailDensity(fit, x), 1e-300));
        }
        painter.setPen(QPen(color, 2.2, i == 0 ? Qt::SolidLine : Qt::DashLine, Qt::FlatCap));
        painter.drawPolyline(line);
        if (line.front().x() >= area.left() && line.front().x() <= area.right())
            paintTailStart(painter, i, line.front());
    }
}

// Right of the line if there is room, else left of it, and so high that no curve runs through it.
QRectF SpectrumChart::freeBox(const QPointF& start, double lowest, const QSizeF& size) const
{
    constexpr double kStep = 4, kClear = 3;
    const QRectF area = plotArea();
    std::vector<QPolygonF> curves{bulkCurve()};
    for (const Density* density : {&m_density, &m_errorDensity}) {
        const auto runs = steps(*density);
        curves.insert(curves.end(), runs.begin(), runs.end());
    }
    std::vector<QPointF> points;
    for (const QPolygonF& curve : curves) {
        const auto sampled = sampledLine(curve, kStep);
        points.insert(points.end(), sampled.begin(), sampled.end());
    }
    // A few pixels beyond the plot are better than the bulk's edge through the words.
    constexpr double kBeyond = 8;
    const double upper = m_data.bulk ? xAxis->coordToPixel(m_data.bulk->upper) : area.left();
    const auto crossed = [&](double from) { return upper > from && upper < from + size.width(); };
    const bool leftCrossed = crossed(start.x() - 2 - size.width()), rightCrossed = crossed(start.x() + 2);
    const bool right = start.x() + 2 + size.width() <= area.right() + (leftCrossed ? kBeyond : 0)
        && (!rightCrossed || leftCrossed || start.x() - 2 - size.width() < area.left());
    const double left = right ? start.x() + 2 : start.x() - 2 - size.width();
    for (double top = lowest; top >= area.top() + 10; top -= kStep) {
        const QRectF box(QPointF(left, top), size);
        const QRectF around = box.adjusted(-kClear, -kClear, kClear, kClear);
        if (std::none_of(points.begin(), points.end(), [&](const QPointF& p) { return around.contains(p); }))
            return box;
    }
    return {QPointF(left, lowest), size};
}

// Where the tail begins: a line through the density, and its number above it, where a falling density leaves
// room.
void SpectrumChart::paintTailStart(QCPPainter& painter, std::size_t tail, const QPointF& start) const
{
    const QRectF area = plotArea();
    const QColor color
        = mix(categoryStyle(static_cast<int>(tail) + 1, theme()).color, theme().foreground, 0.35);
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    const QString text = QStringLiteral("xmin %1").arg(formatNumber(m_data.tails[tail].xmin));
    const QSizeF size(metrics.horizontalAdvance(text) + 6, metrics.height());
    const double lift = 14 + (size.height() + 2) * static_cast<double>(tail + 1);
    const QRectF box
        = freeBox(start, std::clamp(start.y() - lift, area.top() + 10, area.bottom() - size.height()), size);
    const double top = box.top();
    painter.setPen(QPen(color, 1.2, Qt::DotLine));
    painter.drawLine(QPointF(start.x(), top), QPointF(start.x(), area.bottom()));
    QColor halo = theme().background;
    halo.setAlphaF(0.85F);
    painter.fillRect(box, halo);
    painter.setPen(theme().foreground);
    painter.drawText(box, Qt::AlignCenter, text);
}

// One tick per spike above the bulk edge along the top: they can be counted.
void SpectrumChart::paintRug(QCPPainter& painter) const
{
    if (!m_data.bulk || !isLegendKeyShown(kSpikesKey))
        return;
    const QRectF area = plotArea();
    painter.setAntialiasing(false);
    painter.setPen(QPen(theme().foreground, 1));
    bool outside = false;
    double lastX = -1;
    const double edge = std::max(m_data.bulk->upper, m_data.bulk->spikeEdge);
    for (auto it = std::upper_bound(m_sorted.begin(), m_sorted.end(), edge); it != m_sorted.end(); ++it) {
        const double x = std::floor(xAxis->coordToPixel(*it));
        outside = outside || x > area.right();
        if (x != lastX && x >= area.left() && x <= area.right())
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.top() + 7));
        lastX = x;
    }
    painter.setAntialiasing(true);
    if (outside)
        paintMarker(
            painter, Marker::TriangleDown, {area.right() - 6, area.top() + 7}, 4, theme().foreground, false);
}

void SpectrumChart::paintEstimators(QCPPainter& painter) const
{
    painter.setFont(smallFont());
    const QFontMetricsF metrics(painter.font());
    double names = 0, values = 0;
    for (const auto& [name, value] : m_data.estimators) {
        names = std::max(names, metrics.horizontalAdvance(name));
        values = std::max(values, metrics.horizontalAdvance(value));
    }
    const QRectF area = plotArea();
    const double row = metrics.height() + 1;
    const auto fits = static_cast<std::size_t>(std::max(0.0, (area.height() * kTallestBox - 10) / row));
    const std::size_t count = std::min(fits, m_data.estimators.size());
    const double width = names + values + 26;
    if (count == 0 || width > area.width() * kWidestBox)
        return;
    // The upper right of a falling density is the emptiest place.
    const QRectF box(area.right() - width - 8, area.top() + 12, width, row * static_cast<double>(count) + 8);
    QColor fill = theme().surface;
    fill.setAlphaF(0.9F);
    painter.setPen(QPen(theme().grid, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(box, 3, 3);
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < count; ++i) {
        const QRectF line(
            box.left() + 7, box.top() + 4 + row * static_cast<double>(i), box.width() - 14, row);
        painter.setPen(theme().muted);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_data.estimators[i].first);
        painter.setPen(theme().foreground);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_data.estimators[i].second);
    }
}

QPolygonF SpectrumChart::bulkCurve() const
{
    QPolygonF curve;
    if (!m_data.bulk || !isLegendKeyShown(kBulkKey))
        return curve;
    const BulkFit& bulk = *m_data.bulk;
    const double first = std::max(bulk.lower, bulk.upper * 1e-6);
    const bool logarithmic = isLogarithmic(Qt::Horizontal);
    for (int i = 0; i <= 200; ++i) {
        const double t = i / 200.0;
        const double x
            = logarithmic ? first * std::pow(bulk.upper / first, t) : first + (bulk.upper - first) * t;
        if (const double y = bulkDensity(x); y > 0)
            curve << toPixel(x, y);
    }
    if (!curve.isEmpty()) { // the law falls to nothing at both edges
        curve.prepend({curve.front().x(), plotArea().bottom() + 2});
        curve.append({curve.back().x(), plotArea().bottom() + 2});
    }
    return curve;
}

void SpectrumChart::paintData(QCPPainter& painter)
{
    if (isLegendKeyShown(kWeightsKey))
        paintDensity(painter, m_density, mix(theme().muted, theme().background, 0.3), true);
    painter.setPen(QPen(mix(categoryStyle(kBulkStyle, theme()).color, theme().foreground, 0.25), 2));
    painter.drawPolyline(bulkCurve());
    paintRug(painter);
    if (isLegendKeyShown(kErrorKey))
        paintDensity(painter, m_errorDensity, errorColor(), false);
    paintTails(painter);
    if (!m_data.estimators.empty() && isLegendKeyShown(kEstimatorsKey))
        paintEstimators(painter);
}

} // namespace bitwright::views
