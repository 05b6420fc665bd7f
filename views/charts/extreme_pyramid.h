#pragma once

#include "views/charts/chart_math.h"

#include <QSize>

#include <cstddef>
#include <limits>
#include <vector>

namespace bitwright::views {

// The value that stands for two: the one of larger magnitude, with its sign. NaN (not finite) beats all.
[[nodiscard]] float mergedExtreme(float a, float b);

// A matrix at many scales, so that a frame costs pixels and not values. Decimation keeps the extreme of what
// it merges, so that neither one hot weight nor one NaN disappears when thousands share a pixel.
class ExtremePyramid
{
public:
    // What render() gives for pixels beside the matrix.
    static constexpr float kOutside = -std::numeric_limits<float>::infinity();

    struct Place
    {
        std::size_t row = 0;
        std::size_t column = 0;
        float value = 0; // NaN: not finite
    };

    ExtremePyramid() = default;
    // `values` is rows x columns, row-major; infinite values count as NaN. Sizes that do not fit give an
    // empty pyramid.
    ExtremePyramid(std::vector<float> values, std::size_t rows, std::size_t columns);

    [[nodiscard]] std::size_t rows() const { return m_levels.empty() ? 0 : m_levels.front().rows; }
    [[nodiscard]] std::size_t columns() const { return m_levels.empty() ? 0 : m_levels.front().columns; }
    [[nodiscard]] bool isEmpty() const { return m_levels.empty(); }
    [[nodiscard]] float at(std::size_t row, std::size_t column) const
    {
        return m_levels.front().values[row * columns() + column];
    }
    // Largest finite magnitude; 0 when there is none.
    [[nodiscard]] float absMax() const { return m_absMax; }
    // Range of the finite magnitudes above zero; nothing when there is none.
    [[nodiscard]] std::optional<Interval> magnitudes() const { return m_magnitudes; }

    // One value per pixel of the part rows x columns (cell i spans i .. i + 1): the extreme of all cells that
    // the pixel touches.
    [[nodiscard]] std::vector<float> render(Interval columns, Interval rows, QSize pixels) const;
    // The cell that render() shows for a part of the matrix; nothing when the part lies beside it.
    [[nodiscard]] std::optional<Place> extreme(Interval columns, Interval rows) const;

private:
    struct Level
    {
        std::size_t rows = 0;
        std::size_t columns = 0;
        std::vector<float> values;
    };
    struct Span
    {
        std::size_t first = 0;
        std::size_t last = 0;
    };
    [[nodiscard]] static std::vector<Span> spans(
        Interval part, int pixels, std::size_t level, std::size_t count);
    void addLevel();

    std::vector<Level> m_levels; // 0: the cells; each next one halves both sides
    float m_absMax = 0;
    std::optional<Interval> m_magnitudes;
};

} // namespace bitwright::views
