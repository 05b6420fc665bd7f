#pragma once

#include "core/alloc/reduction.h"

#include <cstdint>
#include <vector>

namespace bitwright::alloc {

/// A corner of the minimax trade-off: with options of cost at most `worst` the smallest plan has `bytes`.
struct MinimaxPoint
{
    double worst = 0.0;
    std::int64_t bytes = 0;
};

/// All non-dominated (largest cost, bytes) pairs, ascending in cost and strictly descending in bytes. Exact;
/// empty for a problem without any priced unit. Cost: O(options log options).
[[nodiscard]] std::vector<MinimaxPoint> minimaxCurve(const GroupedProblem& grouped);

} // namespace bitwright::alloc
