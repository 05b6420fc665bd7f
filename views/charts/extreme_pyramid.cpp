#include "views/charts/extreme_pyramid.h"

#include <algorithm>
#include <cmath>

namespace bitwright::views {

float mergedExtreme(float a, float b)
{
    if (std::isnan(a) || std::isnan(b))
        return std::numeric_limits<float>::quiet_NaN();
    return std::abs(b) > std::abs(a) ? b : a;
}

ExtremePyramid::ExtremePyramid(std::vector<float> values, std::size_t rows, std::size_t columns)
{
    if (rows == 0 || columns == 0 || values.size() != rows * columns)
        return;
    float least = std::numeric_limits<float>::infinity();
    for (float& value : values) {
        if (!std::isfinite(value)) {
            value = std::numeric_limits<float>::quiet_NaN();
            continue;
        }
        const float magnitude = std::abs(value);
        m_absMax = std::max(m_absMax, magnitude);
        if (magnitude > 0)
            least = std::min(least, magnitude);
    }
    if (m_absMax > 0)
        m_magnitudes = Interval{double{least}, double{m_absMax}};
    m_levels.push_back({rows, columns, std::move(values)});
    while (m_levels.back().rows > 1 && m_levels.back().columns > 1)
        addLevel();
}

void ExtremePyramid::addLevel()
{
    const Level& below = m_levels.back();
    Level level{(below.rows + 1) / 2, (below.columns + 1) / 2, {}};
    level.values.resize(level.rows * level.columns);
    for (std::size_t row = 0; row < level.rows; ++row) {
        const std::size_t first = 2 * row, second = std::min(first + 1, below.rows - 1);
        for (std::size_t column = 0; column < level.columns; ++column) {
            const std::size_t left = 2 * column, right = std::min(left + 1, below.columns - 1);
            const auto value
                = [&](std::size_t r, std::size_t c) { return below.values[r * below.columns + c]; };
            level.values[row * level.columns + column]
                = mergedExtreme(mergedExtreme(value(first, left), value(first, right)),
                    mergedExtreme(value(second, left), value(second, right)));
        }
    }
    m_levels.push_back(std::move(level));
}

// Cells of a level that each pixel of `part` touches; an empty span beside the matrix.
std::vector<ExtremePyramid::Span> ExtremePyramid::spans(
    Interval part, int pixels, std::size_t level, std::size_t count)
{
    constexpr double kSlack = 1e-9; // borders that fall on a cell's own touch no neighbor
    const double cell = std::pow(2.0, static_cast<double>(level));
    const double end = static_cast<double>(count);
    std::vector<Span> result(static_cast<std::size_t>(std::max(pixels, 0)));
    for (std::size_t i = 0; i < result.size(); ++i) {
        const double from = (part.lower + part.width() * static_cast<double>(i) / pixels) / cell;
        const double to = (part.lower + part.width() * static_cast<double>(i + 1) / pixels) / cell;
        const double first = std::clamp(std::floor(from + kSlack), 0.0, end);
        const double last
            = std::clamp(std::max(std::ceil(to - kSlack), std::floor(from + kSlack) + 1), 0.0, end);
        result[i] = {static_cast<std::size_t>(first), static_cast<std::size_t>(std::max(first, last))};
    }
    return result;
}

std::vector<float> ExtremePyramid::render(Interval columns, Interval rows, QSize pixels) const
{
    std::vector<float> out(static_cast<std::size_t>(std::max(0, pixels.width()))
            * static_cast<std::size_t>(std::max(0, pixels.height())),
        kOutside);
    if (isEmpty() || out.empty() || !(columns.width() > 0) || !(rows.width() > 0))
        return out;
    // The coarsest level whose cells are no larger than a pixel: nothing is blurred, little is merged.
    const double step = std::min(columns.width() / pixels.width(), rows.width() / pixels.height());
    const auto wanted = step > 1 ? static_cast<std::size_t>(std::floor(std::log2(step))) : 0;
    const std::size_t index = std::min(wanted, m_levels.size() - 1);
    const Level& level = m_levels[index];
    const auto across = spans(columns, pixels.width(), index, level.columns);
    const auto down = spans(rows, pixels.height(), index, level.rows);
    const auto width = static_cast<std::size_t>(pixels.width());
    for (std::size_t y = 0; y < down.size(); ++y) {
        float* line = out.data() + y * width;
        if (y > 0 && down[y].first == down[y - 1].first && down[y].last == down[y - 1].last) {
            std::copy(line - width, line, line);
            continue;
        }
        for (std::size_t row = down[y].first; row < down[y].last; ++row) {
            const float* cells = level.values.data() + row * level.columns;
            for (std::size_t x = 0; x < width; ++x)
                for (std::size_t column = across[x].first; column < across[x].last; ++column)
                    line[x] = line[x] == kOutside ? cells[column] : mergedExtreme(line[x], cells[column]);
        }
    }
    return out;
}

std::optional<ExtremePyramid::Place> ExtremePyramid::extreme(Interval columns, Interval rows) const
{
    if (isEmpty())
        return std::nullopt;
    const Span across = spans(columns, 1, 0, this->columns()).front();
    const Span down = spans(rows, 1, 0, this->rows()).front();
    std::optional<Place> best;
    for (std::size_t row = down.first; row < down.last; ++row)
        for (std::size_t column = across.first; column < across.last; ++column) {
            const float value = at(row, column);
            if (!best || std::isnan(value) || std::abs(value) > std::abs(best->value))
                best = Place{row, column, value};
            if (std::isnan(value))
                return best;
        }
    return best;
}

} // namespace bitwright::views
