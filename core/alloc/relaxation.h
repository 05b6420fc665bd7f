#pragma once

#include "core/alloc/reduction.h"

#include <cstdint>
#include <vector>

namespace bitwright::alloc {

/// One edge of a group's hull: going from one item to the next larger one.
struct HullStep
{
    double slope = 0.0; ///< Cost saved per byte.
    std::int64_t bytes = 0;
    std::uint32_t group = 0;
    std::uint32_t position = 0; ///< Hull position that the step reaches.
};

/// Linear relaxation of the multiple-choice knapsack at every budget at once (Dyer 1984, Zemel 1984).
///
/// All hull edges are sorted by slope; after the first k of them the plan is integral and optimal at its own
/// size, and between k and k + 1 the relaxation is linear. All bytes and costs exclude the forced groups.
class Relaxation
{
public:
    explicit Relaxation(const ReducedProblem& reduced);

    [[nodiscard]] std::size_t stepCount() const { return m_steps.size(); }
    [[nodiscard]] const HullStep& step(std::size_t k) const { return m_steps[k]; }
    /// Bytes of the integral plan after `k` steps.
    [[nodiscard]] std::int64_t bytesAfter(std::size_t k) const { return m_bytes[k]; }
    /// Cost of the integral plan after `k` steps.
    [[nodiscard]] double costAfter(std::size_t k) const { return m_cost[k]; }
    /// Largest number of steps that fits; `bytes` must be at least bytesAfter(0).
    [[nodiscard]] std::size_t stepsWithin(std::int64_t bytes) const;
    /// Optimal value of the relaxation; `bytes` must be at least bytesAfter(0).
    [[nodiscard]] double valueAt(std::int64_t bytes) const;
    /// Cost per byte that the next bytes would save at this size; 0 when everything fits.
    [[nodiscard]] double priceAt(std::int64_t bytes) const;
    /// Items of the integral plan after `k` steps, one per group. Cost: O(groups + k).
    [[nodiscard]] std::vector<std::uint32_t> itemsAfter(const ReducedProblem& reduced, std::size_t k) const;

private:
    std::vector<HullStep> m_steps; ///< Slope descending; equal slopes by group, then position.
    std::vector<std::int64_t> m_bytes;
    std::vector<double> m_cost;
};

} // namespace bitwright::alloc
