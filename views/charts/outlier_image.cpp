#include "views/charts/outlier_image.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
constexpr float kAbsent = -std::numeric_limits<float>::infinity();
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr double kLargestDecades = 8;
constexpr int kHatchStep = 8;

// Known beats unknown beats absent.
float merged(float a, float b)
{
    return std::isnan(a) ? (b == kAbsent ? a : b) : (b > a || (a == kAbsent && std::isnan(b)) ? b : a);
}
} // namespace

void OutlierImage::setRows(const OutlierMapData& data, const std::vector<int>& order)
{
    m_rows.clear();
    m_rows.reserve(data.rows.size());
    m_columnMaxima.assign(order.size(), kUnknown);
    m_hasUnknown = false;
    for (const OutlierRow& row : data.rows) {
        std::vector<float> values(order.size(), kAbsent);
        for (std::size_t column = 0; column < order.size(); ++column) {
            const auto channel = static_cast<std::size_t>(order[column]);
            if (channel >= row.values.size())
                continue;
            const float v = row.values[channel];
            values[column] = std::isinf(v) ? std::numeric_limits<float>::infinity() : v;
            m_hasUnknown = m_hasUnknown || std::isnan(v);
            m_columnMaxima[column] = merged(m_columnMaxima[column], values[column]);
        }
        m_rows.emplace_back(std::move(values));
    }
}

void OutlierImage::setColors(ColorMap map, const Theme& theme)
{
    m_table = colorTable(map);
    m_theme = theme;
}

void OutlierImage::setScale(Interval values, bool logarithmic)
{
    m_logarithmic = logarithmic;
    const double low = logarithmic ? std::log10(values.lower) : values.lower;
    const double high = logarithmic ? std::log10(values.upper) : values.upper;
    m_low = static_cast<float>(low);
    m_factor = static_cast<float>(high > low ? 255 / (high - low) : 0);
}

std::vector<float> OutlierImage::rowMaxima() const
{
    std::vector<float> result;
    for (const MaxPyramid& row : m_rows) {
        const float best = row.maximum(0, row.size());
        result.push_back(best == kAbsent ? kUnknown : best);
    }
    return result;
}

// Where the scale of a logarithmic map begins: a few dead channels at 1e-7 must not leave one color to all
// others. They take the lowest color; the readout has their numbers.
double OutlierImage::lowEnd(double high) const
{
    constexpr double kIgnored = 0.005; // of all values
    constexpr int kOctaves = 27; // eight decades
    std::array<std::size_t, kOctaves + 1> counts{}; // by octaves below the largest value
    std::size_t all = 0;
    const int top = std::ilogb(high);
    for (const MaxPyramid& row : m_rows) {
        if (row.size() == 0)
            continue;
        for (const float v : row.values())
            if (std::isfinite(v) && v > 0) {
                ++counts[static_cast<std::size_t>(std::clamp(top - std::ilogb(v), 0, kOctaves))];
                ++all;
            }
    }
    std::size_t below = 0;
    for (int octave = kOctaves; octave > 0; --octave) {
        below += counts[static_cast<std::size_t>(octave)];
        if (static_cast<double>(below) > kIgnored * static_cast<double>(all))
            return std::max(std::ldexp(1.0, top - octave), high * std::pow(10.0, -kLargestDecades));
    }
    return std::ldexp(1.0, top);
}

Interval OutlierImage::valueRange(bool logarithmic) const
{
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const MaxPyramid& row : m_rows) {
        if (row.size() == 0)
            continue;
        for (const float v : row.values())
            if (std::isfinite(v) && (!logarithmic || v > 0)) {
                low = std::min(low, double{v});
                high = std::max(high, double{v});
            }
    }
    if (low > high)
        return logarithmic ? Interval{0.1, 1} : Interval{0, 1};
    if (logarithmic)
        low = std::max(low, lowEnd(high));
    return low < high ? Interval{low, high} : padded({low, high}, 0, logarithmic);
}

QRgb OutlierImage::colorOf(float value) const
{
    if (std::isnan(value))
        return 0;
    if (value == kAbsent)
        return m_theme.background.rgb();
    if (std::isinf(value))
        return m_theme.nan.rgb();
    const float level = m_logarithmic ? (value > 0 ? std::log10(value) : m_low) : value;
    return m_table[static_cast<std::size_t>(std::clamp((level - m_low) * m_factor, 0.0F, 255.0F))];
}

bool OutlierImage::colorLine(std::size_t first, std::size_t last, Interval columns,
    std::vector<float>& maxima, std::vector<float>& scratch, std::vector<QRgb>& line) const
{
    m_rows[first].fill(columns.lower, columns.upper, maxima);
    for (std::size_t row = first + 1; row < last; ++row) {
        m_rows[row].fill(columns.lower, columns.upper, scratch);
        for (std::size_t i = 0; i < maxima.size(); ++i)
            maxima[i] = merged(maxima[i], scratch[i]);
    }
    bool known = true;
    for (std::size_t i = 0; i < maxima.size(); ++i) {
        line[i] = colorOf(maxima[i]);
        known = known && line[i] != 0;
    }
    return known;
}

QImage OutlierImage::render(Interval columns, Interval rows, QSize pixels) const
{
    QImage image(pixels, QImage::Format_RGB32);
    const auto width = static_cast<std::size_t>(pixels.width());
    std::vector<float> maxima(width), scratch(width);
    std::vector<QRgb> line(width);
    std::size_t drawnFirst = 0, drawnLast = 0;
    bool known = true;
    const double step = rows.width() / pixels.height();
    const QRgb hatch = m_theme.hatch.rgb(), plain = m_theme.hatchBackground.rgb();
    for (int y = 0; y < pixels.height(); ++y) {
        auto* out = reinterpret_cast<QRgb*>(image.scanLine(y));
        const double from = rows.lower + step * y;
        const double top = std::max(0.0, std::floor(from + 1e-9));
        // Fewer rows than pixels: the row under the pixel's top; more: every row that the pixel touches.
        const double bottom = step < 1 ? top + 1 : std::ceil(from + step - 1e-9);
        const auto first = static_cast<std::size_t>(top);
        const auto last = std::min(m_rows.size(), static_cast<std::size_t>(std::max(bottom, 0.0)));
        if (first >= last) {
            std::fill_n(out, width, m_theme.background.rgb());
            continue;
        }
        if (first != drawnFirst || last != drawnLast) {
            known = colorLine(first, last, columns, maxima, scratch, line);
            drawnFirst = first;
            drawnLast = last;
        }
        std::copy(line.begin(), line.end(), out);
        for (std::size_t i = 0; !known && i < width; ++i)
            if (line[i] == 0)
                out[i] = (i + static_cast<std::size_t>(y)) % kHatchStep < 2 ? hatch : plain;
    }
    return image;
}

Ticks OutlierImage::rowTicks(const OutlierMapData& data, Interval range, int target, bool brief) const
{
    Ticks ticks = views::rowTicks(range, static_cast<int>(data.rows.size()), target);
    for (Tick& tick : ticks.major) {
        const OutlierRow& row = data.rows[static_cast<std::size_t>(tick.value)];
        tick.label = brief && !row.brief.isEmpty() ? row.brief : row.label;
    }
    return ticks;
}

} // namespace bitwright::views
