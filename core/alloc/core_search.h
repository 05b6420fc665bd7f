#pragma once

#include "core/alloc/relaxation.h"
#include "core/base/run_context.h"

#include <cstdint>
#include <vector>

namespace bitwright::alloc {

/// Bounds on the work of one exact solve; both are counts, so that a result never depends on the clock.
struct SearchLimits
{
    std::size_t maxStates
        = 0; ///< Partial plans kept at once; 0: as many as the memory budget holds, at most 4 million.
    std::uint64_t maxVisited
        = 4'000'000'000; ///< Partial plans looked at; beyond it only a few hundred are kept at once.
};

/// How much work a solve was.
struct SearchStatistics
{
    std::size_t groups = 0; ///< Tie groups with a real choice.
    std::size_t coreGroups = 0; ///< Of those, not settled by reduced costs in the last round.
    std::size_t coreItems = 0; ///< Options of those still possible in the last round.
    std::size_t rounds = 0; ///< Times the search window was widened.
    std::uint64_t visited = 0; ///< Partial plans looked at.
    std::size_t peakStates = 0; ///< Largest number of partial plans kept at once.
};

/// Best plan that the search found and what it proved.
struct SearchOutcome
{
    std::vector<std::uint32_t> items; ///< One per reduced group.
    double bound = 0.0; ///< No plan within the budget costs less (without the forced groups).
    bool proven = false; ///< The plan is optimal within kOptimalityTolerance.
    SearchStatistics statistics;
};

/// Plans whose costs differ by less than this share of the sum of absolute chosen costs count as equally
/// good.
inline constexpr double kOptimalityTolerance = 1e-12;

/// Finds the cheapest plan of at most `budget` bytes (without the forced ones; at least
/// relaxation.bytesAfter(0)).
///
/// Method: the linear relaxation gives a base plan and a price per byte; Lagrangian bounds at several prices
/// around it rule out options that no plan better than a threshold can use; the groups that keep more than
/// one option are merged one after the other into the list of non-dominated partial plans (bytes, cost), from
/// which every partial plan goes whose bound, over all completions, exceeds the threshold. The threshold
/// starts just above the relaxation and is widened until a plan below it exists: then nothing better was
/// discarded. (Sinha and Zoltners 1979; Pisinger 1995 for the expanding core; the widening and the
/// multi-price bounds are ours.)
///
/// Time and memory grow with the number of partial plans. When `limits` bite, the worst partial plans are
/// dropped and their smallest bound is returned, so that the gap stays honest. Errors: Cancelled.
[[nodiscard]] Result<SearchOutcome> searchCore(const ReducedProblem& reduced, const Relaxation& relaxation,
    std::int64_t budget, const SearchLimits& limits, const RunContext& context);

} // namespace bitwright::alloc
