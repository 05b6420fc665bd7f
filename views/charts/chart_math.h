#pragma once

#include "views/models/number_text.h"

#include <QRectF>
#include <QString>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// Arithmetic of charts as free functions: no widget, no state, tested for zero width, outside range, NaN and
// round trip.
namespace bitwright::views {

struct Interval
{
    double lower = 0;
    double upper = 1;
    [[nodiscard]] double width() const { return upper - lower; }
    [[nodiscard]] bool contains(double x) const { return x >= lower && x <= upper; }
    friend bool operator==(const Interval&, const Interval&) = default;
};

// --- Mapping ---
// Maps values to pixels, linear or logarithmic. A zero-width side maps to the middle of the other. Pixels may
// run downwards (first > last). Logarithmic scales map values <= 0 to the pixel of the lower end.
struct PixelScale
{
    Interval values;
    double firstPixel = 0;
    double lastPixel = 1;
    bool logarithmic = false;
    [[nodiscard]] double toPixel(double value) const;
    [[nodiscard]] double toValue(double pixel) const;
};
// Zooms `range` by `factor` (< 1 zooms in) keeping `center` at the same relative place.
[[nodiscard]] Interval zoomed(Interval range, double center, double factor, bool logarithmic);
// Shifts `range` by `fraction` of its width (in log space when logarithmic).
[[nodiscard]] Interval panned(Interval range, double fraction, bool logarithmic);
// Keeps a view useful: no wider than `maxZoomOut` x home, no narrower than home / maxZoomIn, middle inside
// home.
[[nodiscard]] Interval clampedView(
    Interval view, Interval home, bool logarithmic, double maxZoomOut, double maxZoomIn);

// --- Ranges ---
// Smallest interval that holds the finite values (the positive ones when logarithmic); nullopt when there is
// none.
[[nodiscard]] std::optional<Interval> finiteRange(std::span<const double> values, bool logarithmic);
// Widens by `fraction` of the width on both sides; a zero width becomes one decade, or 10 % around the value.
[[nodiscard]] Interval padded(Interval range, double fraction, bool logarithmic);
[[nodiscard]] Interval united(Interval a, Interval b);

// --- Ticks ---
struct Tick
{
    double value = 0;
    QString label; // empty on minor ticks
};
struct Ticks
{
    std::vector<Tick> major;
    std::vector<double> minor;
};
// At most about `target` labelled ticks at 1, 2 or 5 times a power of ten.
[[nodiscard]] Ticks linearTicks(Interval range, int target);
// Ticks at whole numbers only (block indices).
[[nodiscard]] Ticks integerTicks(Interval range, int target);
// Ticks at rows 0 .. count - 1, all of them or every second, fourth, sixth...: rows may be pairs (two sites
// per block), of which then always the same one is named.
[[nodiscard]] Ticks rowTicks(Interval range, int count, int target);
// Powers of ten, thinned to `target`; below two decades, or where there is room, also 2 and 5; below half a
// decade linear steps.
[[nodiscard]] Ticks logTicks(Interval range, int target);
// Ticks at round binary sizes (KiB, MiB, GiB) for an axis in bytes.
[[nodiscard]] Ticks byteTicks(Interval range, int target);

// --- Text: on screen that of views/models/number_text.h ---
// A number for a file: C locale, shortest form that reads back to the same double; empty for NaN, inf / -inf.
[[nodiscard]] QString csvNumber(double value);
// A text field for a CSV file, quoted where needed.
[[nodiscard]] QString csvText(const QString& text);

// --- Decimation ---
struct MinMax
{
    float lower = 0; // NaN when no value is known
    float upper = 0;
};
// One MinMax per pixel over values[first, last) cut into `pixels` equal parts. Each value lands in at least
// one pixel, so a single extreme value never disappears; NaN (unknown) is skipped. Parts narrower than one
// value repeat the value they touch.
[[nodiscard]] std::vector<MinMax> minMaxEnvelope(
    std::span<const float> values, double first, double last, int pixels);
// Maximum-pyramid of a row: level 0 is the row, each next level the maxima of pairs. A known value beats NaN
// (unknown), which beats minus infinity (nothing is there).
class MaxPyramid
{
public:
    MaxPyramid() = default;
    explicit MaxPyramid(std::vector<float> values);
    [[nodiscard]] std::size_t size() const { return m_levels.empty() ? 0 : m_levels.front().size(); }
    [[nodiscard]] const std::vector<float>& values() const { return m_levels.front(); }
    // Maximum of values[first, last) (clamped); NaN when empty or all unknown. O(log n).
    [[nodiscard]] float maximum(std::size_t first, std::size_t last) const;
    // One maximum per pixel of [first, last) as minMaxEnvelope does; pixels outside the row are NaN.
    void fill(double first, double last, std::span<float> pixels) const;

private:
    std::vector<std::vector<float>> m_levels;
};

// --- Hit testing and layout ---
// Index of the cell of width `cellSize` at `position` with `origin` at cell 0; -1 outside 0..count-1.
[[nodiscard]] int cellAt(double position, double origin, double cellSize, int count);
// Index of the interval [edges[i], edges[i+1]) that holds x (the last one is closed); -1 outside. Edges
// ascend.
[[nodiscard]] int binAt(std::span<const double> edges, double x);
// Index of the ascending value nearest to x; -1 when empty.
[[nodiscard]] int nearestIndex(std::span<const double> ascending, double x);
// Places one label of the given size near each anchor without overlap: tries right, left, above, below and
// the corners at growing distance, inside `bounds` and away from `obstacles`. A label that finds no place
// within `rings` steps gets a null rectangle.
[[nodiscard]] std::vector<QRectF> placeLabels(std::span<const QPointF> anchors, std::span<const QSizeF> sizes,
    const QRectF& bounds, double gap, std::span<const QRectF> obstacles, int rings = 4);
// Centers of labels of one height along a side, each as near to where it is wanted as those before it leave
// room, inside `bounds`; NaN where that is farther than `farthest`.
[[nodiscard]] std::vector<double> spreadLabels(
    std::span<const double> wanted, double height, Interval bounds, double farthest);
// Area that is proportional to log(value) in range: 0 at or below the lower end, 1 at or above the upper, NaN
// stays.
[[nodiscard]] double logShare(double value, Interval range);
// Squarified treemap: one rectangle per weight (descending order is best), areas proportional to weights
// inside `bounds`. Weights that are not positive get a null rectangle.
[[nodiscard]] std::vector<QRectF> squarify(std::span<const double> weights, const QRectF& bounds);
// `count` tiles of one area that fill `bounds` in reading order, as near to squares as rows allow.
[[nodiscard]] std::vector<QRectF> equalTiles(std::size_t count, const QRectF& bounds);

} // namespace bitwright::views
