#pragma once

#include "core/session/refine_steps.h"

#include <cstdint>
#include <vector>

namespace bitwright::session {

/// Steps that together keep a plan within its budget.
struct RefineSwap
{
    std::vector<RefineStep> steps;
    std::int64_t bytes = 0;
    double predicted = 0; ///< Growth of the sum of scores; of a solved plan it is hardly ever below 0.

    /// Whether they change a common unit.
    [[nodiscard]] bool touches(const RefineSwap& other) const;
    void apply(std::vector<std::size_t>& choice) const;
};

/// Swaps worth measuring, the most promising first: one unit (or tied group) gets its best option by gain per
/// byte, others pay for it by the options that lose least per byte, and what is left over pays for more. They
/// are ordered by expected improvement (Mockus 1978), each predicted gain and loss taken as uncertain by half
/// of itself: of two swaps that are predicted to change nothing, the one with more at stake comes first. No
/// unit is in more than a few of the first. Locked units, and options without a score, are never touched; no
/// swap makes the planned units larger than `unitBudget`, which `choice` must keep. Cost: O(n^2) for the best
/// 128 steps up and down.
[[nodiscard]] std::vector<RefineSwap> proposeSwaps(const alloc::AllocationProblem& problem,
    const std::vector<std::size_t>& choice, std::uint64_t unitBudget, std::size_t count);

} // namespace bitwright::session
