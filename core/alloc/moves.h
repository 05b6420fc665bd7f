#pragma once

#include "core/alloc/solver.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitwright::alloc {

/// What a move does to the plan.
enum class MoveKind
{
    Free, ///< Not larger and not worse, and better in one of the two.
    Buy, ///< Larger and better: bytes buy a lower objective.
    Sell, ///< Smaller and worse: a higher objective frees bytes.
};

/// Changing one unit, or one set of tied units, to another option.
struct Move
{
    MoveKind kind = MoveKind::Free;
    std::vector<std::size_t> units;
    std::size_t from = 0; ///< Option index now.
    std::size_t to = 0; ///< Option index after.
    std::int64_t deltaBytes = 0;
    double deltaCost = 0.0; ///< Change of the sum of costs (of cost^p under Power).
    double deltaMax = 0.0; ///< Change of the largest cost; 0 unless the objective is Max.
    double price = 0.0; ///< |deltaCost| per byte for Buy and Sell; 0 for Free.
};

/// The moves from a plan, best first.
struct MoveList
{
    std::vector<Move> moves; ///< Free by cost saved, then Buy by falling price, then Sell by rising price.
    std::size_t unknown
        = 0; ///< Unlocked sets of units whose present option has no known cost: no price can be said.
};

/// Lists the single moves that locks and ties allow. `choice` must respect ties. At most `perKind` moves of
/// each kind (0: all). Errors: those of `evaluate`; InvalidArgument when the plan breaks a tie. Cost:
/// O(options log options).
[[nodiscard]] Result<MoveList> nextMoves(
    const AllocationProblem& problem, std::span<const std::size_t> choice, std::size_t perKind = 0);

/// Best plan of at most the size of `choice` that keeps all locks. Errors: those of `evaluate` and `solve`;
/// Infeasible can occur only when `choice` itself breaks a lock or a tie or uses an option without a cost.
[[nodiscard]] Result<Solution> improveWithinLocks(const AllocationProblem& problem,
    std::span<const std::size_t> choice, const RunContext& context, const SearchLimits& limits = {});

} // namespace bitwright::alloc
