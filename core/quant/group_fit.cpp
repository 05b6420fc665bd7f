#include "core/quant/group_fit.h"

#include "core/base/float_bits.h"

#include <algorithm>
#include <cmath>

namespace bitwright::quant {

namespace {

using numeric::ElementKind;
using numeric::IntegerConvention;

/// Largest |level| that a code can take before scaling; guards decoded values against overflow.
float largestLevel(const GridSpec& grid)
{
    switch (grid.element) {
    case ElementKind::Integer:
        return static_cast<float>(std::max(-grid.minLevel(), grid.maxLevel()));
    case ElementKind::Minifloat:
        return kE4M3Max;
    case ElementKind::Codebook:
        break;
    }
    return 1.0F;
}

/// Scale before rounding to its stored type, for a range that is not empty.
float exactScale(const GridSpec& grid, const ValueRange& range)
{
    const float peak = std::max(-range.low, range.high);
    if (grid.element != ElementKind::Integer)
        return peak / largestLevel(grid);
    const float steps = static_cast<float>((1 << grid.bits) - 1);
    switch (grid.convention) {
    case IntegerConvention::SymNarrow:
        return peak / static_cast<float>(grid.maxLevel());
    case IntegerConvention::SymHalf:
        return peak / (steps / 2.0F);
    case IntegerConvention::Asym:
        break;
    }
    return (range.high - range.low) / steps;
}

Result<GroupGrid> storedGrid(const GridSpec& grid, float scale, float low)
{
    const float stored = numeric::roundScale(grid.scaleType, scale);
    if (!std::isfinite(stored * largestLevel(grid))) {
        Error error{ErrorCode::Numeric,
            fmt::format("A scale of {:g} does not fit the scale type of {}.", scale, grid.id()), {}, {}, {},
            {}};
        return fail(
            std::move(error).withRemedy("Use a number format with BF16 or F32 scales, or keep this tensor."));
    }
    GroupGrid result{stored, 0};
    if (grid.hasZeros()) {
        const float zero = std::nearbyint(-low / stored);
        result.zero = static_cast<std::uint8_t>(std::clamp(zero, 0.0F, static_cast<float>(grid.maxLevel())));
    }
    return result;
}

/// Keeps the best grid of a search over one group.
class ClipCandidates
{
public:
    ClipCandidates(const GridSpec& grid, std::span<const float> values, float peak, double power)
        : m_grid(grid)
        , m_values(values)
        , m_unit(1.0F / peak)
        , m_power(static_cast<float>(power))
    { }

    /// Tries one grid. Returns false once no smaller range can win: the error of the values beyond the grid's
    /// ends only grows from here on, and alone it already exceeds the best total.
    bool tryGrid(const GroupGrid& candidate)
    {
        const auto error
            = numeric::powerError(m_grid, m_values, candidate.scale, candidate.zero, m_unit, m_power);
        if (!m_found || error.total < m_bestError) {
            m_best = candidate;
            m_bestError = error.total;
            m_found = true;
        }
        return error.clipped <= m_bestError;
    }
    [[nodiscard]] const GroupGrid& best() const { return m_best; }

private:
    const GridSpec& m_grid;
    std::span<const float> m_values;
    float m_unit;
    float m_power;
    GroupGrid m_best;
    double m_bestError = 0.0;
    bool m_found = false;
};

} // namespace

Result<GroupGrid> fitRange(const GridSpec& grid, const ValueRange& range, float shrink)
{
    ValueRange used{range.low * shrink, range.high * shrink};
    if (range.low == 0.0F && range.high == 0.0F)
        used = {-1.0F, 1.0F};
    return storedGrid(grid, exactScale(grid, used), used.low);
}

Result<GroupGrid> searchClip(const GridSpec& grid, std::span<const float> values, const ValueRange& range,
    const QuantizerSettings& settings)
{
    BITWRIGHT_ASSIGN(const GroupGrid full, fitRange(grid, range));
    const float peak = std::max(-range.low, range.high);
    if (!std::isnormal(peak)
        || !std::isnormal(1.0F / peak)) // all zero, or errors cannot be measured in float32
        return full;
    ClipCandidates candidates(grid, values, peak, settings.clipPower);
    candidates.tryGrid(full);
    if (grid.element == ElementKind::Integer && grid.convention == IntegerConvention::SymHalf) {
        for (const int level : {grid.maxLevel(), -grid.minLevel()}) {
            if (const auto exact = storedGrid(grid, peak / static_cast<float>(level), range.low))
                candidates.tryGrid(*exact);
        }
    }
    for (int i = 1; i < settings.clipSteps; ++i) {
        const float shrink = 1.0F - static_cast<float>(i) / static_cast<float>(settings.clipResolution);
        BITWRIGHT_ASSIGN(const GroupGrid shrunk, fitRange(grid, range, shrink));
        if (!candidates.tryGrid(shrunk))
            break;
    }
    return candidates.best();
}

} // namespace bitwright::quant
