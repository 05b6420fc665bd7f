#pragma once

#include "core/measure/statistics.h"

#include <cstddef>
#include <vector>

namespace bitwright::measure {

/// Which pairs get more tokens.
struct AdaptiveSettings
{
    /// Half the interval over the mean below which a pair is known well enough. On gemma-hf three times the
    /// tokens for pairs between 0.1 and 0.2 left the plan's harm where it was (tests/bench/RESULTS.md).
    double precision = 0.2;
    /// Harm of a plan that does not matter: a pair that stays below it when every unit does it no worse gets
    /// no more tokens.
    double negligible = 2e-3;
};

/// One (unit, option) pair as far as it was measured.
struct PairState
{
    std::size_t unit = 0;
    std::uint64_t bytes = 0; ///< Of the unit at this option.
    std::size_t column = 0; ///< The option; pairs of one column are ranked among each other.
    std::optional<Interval> interval; ///< Nothing: unknown, as with too few blocks.
};

/// Pairs whose numbers may still change the plan, the neediest first. A pair needs more tokens when its
/// interval is unknown, or is wider than `precision` asks, its harm times the number of units is not
/// negligible, and it cannot be told apart from a neighbor: the next smaller or larger option of its unit, or
/// the next better or worse unit at its option (intervals overlap). A plan is decided between such neighbors.
/// Need is the width over the mean.
[[nodiscard]] std::vector<std::size_t> needMore(
    std::span<const PairState> pairs, const AdaptiveSettings& settings);

} // namespace bitwright::measure
