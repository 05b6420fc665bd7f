#include "views/charts/chart_math.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitwright::views {

namespace {

// Positive stand-in for values that a logarithmic scale cannot show.
constexpr double kTiny = 1e-300;
double forward(double x, bool logarithmic)
{
    return logarithmic ? std::log10(std::max(x, kTiny)) : x;
}
double backward(double u, bool logarithmic)
{
    return logarithmic ? std::pow(10.0, u) : u;
}
Interval forward(Interval r, bool logarithmic)
{
    return {forward(r.lower, logarithmic), forward(r.upper, logarithmic)};
}
Interval backward(Interval r, bool logarithmic)
{
    return {backward(r.lower, logarithmic), backward(r.upper, logarithmic)};
}

} // namespace

double PixelScale::toPixel(double value) const
{
    const Interval u = forward(values, logarithmic);
    if (!(u.width() > 0))
        return (firstPixel + lastPixel) / 2;
    if (logarithmic && !(value > 0))
        return firstPixel;
    return firstPixel + (forward(value, logarithmic) - u.lower) / u.width() * (lastPixel - firstPixel);
}

double PixelScale::toValue(double pixel) const
{
    const Interval u = forward(values, logarithmic);
    if (lastPixel == firstPixel)
        return backward((u.lower + u.upper) / 2, logarithmic);
    return backward(u.lower + (pixel - firstPixel) / (lastPixel - firstPixel) * u.width(), logarithmic);
}

Interval zoomed(Interval range, double center, double factor, bool logarithmic)
{
    const Interval u = forward(range, logarithmic);
    const double c = forward(center, logarithmic);
    return backward({c + (u.lower - c) * factor, c + (u.upper - c) * factor}, logarithmic);
}

Interval panned(Interval range, double fraction, bool logarithmic)
{
    const Interval u = forward(range, logarithmic);
    const double shift = fraction * u.width();
    return backward({u.lower + shift, u.upper + shift}, logarithmic);
}

Interval clampedView(Interval view, Interval home, bool logarithmic, double maxZoomOut, double maxZoomIn)
{
    const Interval h = forward(home, logarithmic);
    Interval v = forward(view, logarithmic);
    if (!(h.width() > 0) || !std::isfinite(v.lower) || !std::isfinite(v.upper))
        return home;
    const double width = std::clamp(v.width(), h.width() / maxZoomIn, h.width() * maxZoomOut);
    double middle = (v.lower + v.upper) / 2;
    if (width >= h.width()) {
        const double slack = (width - h.width()) / 2; // the whole home range stays visible
        middle = std::clamp(middle, (h.lower + h.upper) / 2 - slack, (h.lower + h.upper) / 2 + slack);
    } else {
        middle = std::clamp(middle, h.lower + width / 2, h.upper - width / 2);
    }
    v = {middle - width / 2, middle + width / 2};
    return backward(v, logarithmic);
}

std::optional<Interval> finiteRange(std::span<const double> values, bool logarithmic)
{
    Interval r{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const double v : values) {
        if (!std::isfinite(v) || (logarithmic && v <= 0))
            continue;
        r.lower = std::min(r.lower, v);
        r.upper = std::max(r.upper, v);
    }
    if (r.lower > r.upper)
        return std::nullopt;
    return r;
}

Interval padded(Interval range, double fraction, bool logarithmic)
{
    Interval u = forward(range, logarithmic);
    if (!(u.width() > 0)) {
        const double half = logarithmic ? 0.5 : (u.lower == 0 ? 1 : std::abs(u.lower) * 0.1);
        return backward({u.lower - half, u.lower + half}, logarithmic);
    }
    const double extra = fraction * u.width();
    return backward({u.lower - extra, u.upper + extra}, logarithmic);
}

Interval united(Interval a, Interval b)
{
    return {std::min(a.lower, b.lower), std::max(a.upper, b.upper)};
}

// --- Decimation ---

std::vector<MinMax> minMaxEnvelope(std::span<const float> values, double first, double last, int pixels)
{
    const float unknown = std::numeric_limits<float>::quiet_NaN();
    std::vector<MinMax> result(static_cast<std::size_t>(std::max(pixels, 0)), MinMax{unknown, unknown});
    const double step = pixels > 0 ? (last - first) / pixels : 0;
    if (!(step > 0))
        return result;
    const auto count = static_cast<double>(values.size());
    for (std::size_t p = 0; p < result.size(); ++p) {
        const double from = std::max(0.0, std::floor(first + step * static_cast<double>(p)));
        const double to = std::min(count, std::ceil(first + step * static_cast<double>(p + 1)));
        MinMax& m = result[p];
        for (double i = from; i < to; ++i) {
            const float v = values[static_cast<std::size_t>(i)];
            if (std::isnan(v))
                continue;
            m.lower = std::isnan(m.lower) ? v : std::min(m.lower, v);
            m.upper = std::isnan(m.upper) ? v : std::max(m.upper, v);
        }
    }
    return result;
}

namespace {
// A known value beats NaN (unknown), which beats minus infinity (there is nothing).
constexpr float kNothing = -std::numeric_limits<float>::infinity();
float knownMaximum(float a, float b)
{
    if (std::isnan(a))
        return b == kNothing ? a : b;
    return b > a || (a == kNothing && std::isnan(b)) ? b : a;
}
} // namespace

MaxPyramid::MaxPyramid(std::vector<float> values)
{
    m_levels.push_back(std::move(values));
    while (m_levels.back().size() > 1) {
        const std::vector<float>& below = m_levels.back();
        std::vector<float> level((below.size() + 1) / 2);
        for (std::size_t i = 0; i < below.size() / 2; ++i)
            level[i] = knownMaximum(below[2 * i], below[2 * i + 1]);
        if (below.size() % 2 == 1)
            level.back() = below.back();
        m_levels.push_back(std::move(level));
    }
}

float MaxPyramid::maximum(std::size_t first, std::size_t last) const
{
    last = std::min(last, size());
    float best = first < last ? kNothing : std::numeric_limits<float>::quiet_NaN();
    // Climb like a segment tree: take the odd ends at each level, then halve.
    for (std::size_t level = 0; first < last; ++level, first /= 2, last /= 2) {
        const std::vector<float>& values = m_levels[level];
        if (first % 2 == 1)
            best = knownMaximum(best, values[first++]);
        if (last % 2 == 1)
            best = knownMaximum(best, values[--last]);
    }
    return best;
}

void MaxPyramid::fill(double first, double last, std::span<float> pixels) const
{
    const float unknown = std::numeric_limits<float>::quiet_NaN();
    const double step = pixels.empty() ? 0 : (last - first) / static_cast<double>(pixels.size());
    const auto count = static_cast<double>(size());
    for (std::size_t p = 0; p < pixels.size(); ++p) {
        const double from = std::max(0.0, std::floor(first + step * static_cast<double>(p)));
        const double to = std::min(count, std::ceil(first + step * static_cast<double>(p + 1)));
        pixels[p]
            = from < to ? maximum(static_cast<std::size_t>(from), static_cast<std::size_t>(to)) : unknown;
    }
}

// --- Hit testing and layout ---

int cellAt(double position, double origin, double cellSize, int count)
{
    if (!(cellSize > 0) || !(position >= origin))
        return -1;
    const double index = std::floor((position - origin) / cellSize);
    return index < count ? static_cast<int>(index) : -1;
}

int binAt(std::span<const double> edges, double x)
{
    if (edges.size() < 2 || !(x >= edges.front()) || !(x <= edges.back()))
        return -1;
    const auto above = std::upper_bound(edges.begin(), edges.end(), x);
    const auto index
        = above == edges.end() ? edges.size() - 2 : static_cast<std::size_t>(above - edges.begin()) - 1;
    return static_cast<int>(std::min(index, edges.size() - 2));
}

int nearestIndex(std::span<const double> ascending, double x)
{
    if (ascending.empty() || std::isnan(x))
        return -1;
    const auto at = std::lower_bound(ascending.begin(), ascending.end(), x);
    if (at == ascending.begin())
        return 0;
    const auto index = static_cast<int>(at - ascending.begin());
    if (at == ascending.end())
        return index - 1;
    return x - *(at - 1) <= *at - x ? index - 1 : index;
}

std::vector<QRectF> placeLabels(std::span<const QPointF> anchors, std::span<const QSizeF> sizes,
    const QRectF& bounds, double gap, std::span<const QRectF> obstacles, int rings)
{
    std::vector<QRectF> placed(anchors.size());
    const auto isFree = [&](const QRectF& rect, std::size_t self) {
        if (!bounds.contains(rect))
            return false;
        for (std::size_t i = 0; i < self; ++i)
            if (placed[i].intersects(rect))
                return false;
        return std::none_of(
            obstacles.begin(), obstacles.end(), [&](const QRectF& o) { return o.intersects(rect); });
    };
    // Direction of the label's center from the anchor, in half sizes: right, left, above, below, then the
    // corners.
    constexpr double kDirections[8][2]{{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}};
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        const double w = sizes[i].width(), h = sizes[i].height();
        // Farther away a label would be taken for that of another mark: then rather none.
        for (int ring = 0; ring < rings && placed[i].isNull(); ++ring) {
            const double distance = gap + ring * h * 0.8;
            for (const auto& d : kDirections) {
                const QPointF center
                    = anchors[i] + QPointF(d[0] * (distance + w / 2), d[1] * (distance + h / 2));
                const QRectF rect(center.x() - w / 2, center.y() - h / 2, w, h);
                if (isFree(rect, i)) {
                    placed[i] = rect;
                    break;
                }
            }
        }
    }
    return placed;
}

std::vector<double> spreadLabels(
    std::span<const double> wanted, double height, Interval bounds, double farthest)
{
    constexpr double kSlack = 1e-6;
    std::vector<double> placed(wanted.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        std::vector<double> candidates{
            std::clamp(wanted[i], bounds.lower, std::max(bounds.lower, bounds.upper))};
        for (std::size_t k = 0; k < i; ++k)
            for (const double side : {-height, height})
                candidates.push_back(placed[k] + side); // NaN stays NaN and is never free
        double nearest = farthest + kSlack;
        for (const double candidate : candidates) {
            const bool free = bounds.contains(candidate)
                && std::none_of(placed.begin(), placed.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](double other) { return std::abs(other - candidate) < height - kSlack; });
            if (free && std::abs(candidate - wanted[i]) < nearest) {
                nearest = std::abs(candidate - wanted[i]);
                placed[i] = candidate;
            }
        }
    }
    return placed;
}

double logShare(double value, Interval range)
{
    if (std::isnan(value))
        return value;
    const Interval u = forward(range, true);
    if (!(value > 0) || !(range.upper > 0))
        return 0;
    if (!(u.width() > 0))
        return value >= range.upper ? 1 : 0;
    return std::clamp((std::log10(value) - u.lower) / u.width(), 0.0, 1.0);
}

namespace {
// Worst aspect ratio of a row of areas laid along a side (Bruls, Huizing, van Wijk: squarified treemaps).
double worstAspect(double largest, double smallest, double sum, double side)
{
    const double s2 = sum * sum, w2 = side * side;
    return std::max(w2 * largest / s2, s2 / (w2 * smallest));
}
} // namespace

std::vector<QRectF> squarify(std::span<const double> weights, const QRectF& bounds)
{
    std::vector<QRectF> result(weights.size());
    std::vector<std::size_t> order;
    double total = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if (weights[i] > 0 && std::isfinite(weights[i])) {
            order.push_back(i);
            total += weights[i];
        }
    const double scale = total > 0 ? bounds.width() * bounds.height() / total : 0;
    QRectF rest = bounds;
    for (std::size_t start = 0; start < order.size();) {
        const double side = std::min(rest.width(), rest.height());
        if (!(side > 0))
            break;
        double sum = weights[order[start]] * scale;
        double largest = sum, smallest = sum;
        std::size_t end = start + 1;
        for (; end < order.size(); ++end) {
            const double area = weights[order[end]] * scale;
            const double before = worstAspect(largest, smallest, sum, side);
            if (worstAspect(std::max(largest, area), std::min(smallest, area), sum + area, side) > before)
                break;
            sum += area;
            largest = std::max(largest, area);
            smallest = std::min(smallest, area);
        }
        const double thickness = end == order.size() ? std::max(rest.width(), rest.height()) : sum / side;
        const bool column = rest.width() >= rest.height(); // the row stands at the left, else at the top
        double along = column ? rest.top() : rest.left();
        for (std::size_t i = start; i < end; ++i) {
            const double length = side * weights[order[i]] * scale / sum;
            result[order[i]] = column ? QRectF(rest.left(), along, thickness, length)
                                      : QRectF(along, rest.top(), length, thickness);
            along += length;
        }
        if (column)
            rest.setLeft(rest.left() + thickness);
        else
            rest.setTop(rest.top() + thickness);
        start = end;
    }
    return result;
}

std::vector<QRectF> equalTiles(std::size_t count, const QRectF& bounds)
{
    if (count == 0 || bounds.width() <= 0 || bounds.height() <= 0)
        return std::vector<QRectF>(count);
    // The first rows hold one tile more where they do not come out even; their height makes up for that.
    const auto heldBy
        = [&](std::size_t row, std::size_t rows) { return count / rows + (row < count % rows ? 1 : 0); };
    const auto tileOf = [&](std::size_t held) {
        return QSizeF(bounds.width() / static_cast<double>(held),
            bounds.height() * static_cast<double>(held) / static_cast<double>(count));
    };
    std::size_t best = 1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t rows = 1; rows <= count; ++rows) {
        double worst = 1;
        for (const std::size_t row : {std::size_t{0}, rows - 1}) {
            const QSizeF tile = tileOf(heldBy(row, rows));
            worst = std::max({worst, tile.width() / tile.height(), tile.height() / tile.width()});
        }
        if (worst < least - 1e-9) {
            least = worst;
            best = rows;
        }
    }
    std::vector<QRectF> tiles;
    double y = bounds.top();
    for (std::size_t row = 0; row < best; ++row) {
        const std::size_t held = heldBy(row, best);
        const QSizeF tile = tileOf(held);
        for (std::size_t i = 0; i < held; ++i)
            tiles.emplace_back(QPointF(bounds.left() + tile.width() * static_cast<double>(i), y), tile);
        y += tile.height();
    }
    return tiles;
}

} // namespace bitwright::views
