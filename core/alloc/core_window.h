#pragma once

#include "core/alloc/relaxation.h"
#include "core/alloc/state_list.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace bitwright::alloc {

/// The relaxation's integral plan at a budget and prices around its own, common to all rounds of a search.
struct BasePlan
{
    std::vector<std::uint32_t> items; ///< One per reduced group.
    std::int64_t slack = 0; ///< Bytes of the budget that it leaves.
    std::vector<double> prices; ///< Cost per byte, ascending; used for Lagrangian bounds.
    std::size_t ownPrice = 0; ///< Index of the price at which the plan is optimal.
    double scale = 0.0; ///< Sum of the absolute costs of the plan.
};

/// Makes the base plan for `budget` bytes. The relaxation must have a step that does not fit.
[[nodiscard]] BasePlan makeBasePlan(
    const ReducedProblem& reduced, const Relaxation& relaxation, std::int64_t budget);

/// Item of a core group, as differences to the base item.
struct CoreItem
{
    std::int64_t bytes = 0;
    double cost = 0.0;
    std::uint32_t item = 0;
};

/// Bounds carry a margin for the rounding of their own sums, so that no option or plan is lost to it.
///
/// What is left undecided when only plans that cost at most `threshold` more than the base plan matter.
///
/// Groups are in processing order. Tables with one row per position k = 0..groups hold, for each price, the
/// completion of the groups k.. that is cheapest at that price: as a lower bound for every completion, and as
/// a plan.
class CoreWindow
{
public:
    /// A requested stop leaves the window unfinished and not feasible; the caller must check for it.
    CoreWindow(const ReducedProblem& reduced, const BasePlan& base, double threshold, double tolerance,
        std::stop_token stop);

    /// False when the bounds alone show that no plan is below the threshold.
    [[nodiscard]] bool feasible() const { return m_feasible; }
    [[nodiscard]] std::size_t size() const { return m_groups.size(); }
    [[nodiscard]] std::size_t itemCount() const { return m_items.size(); }
    [[nodiscard]] std::uint32_t group(std::size_t k) const { return m_groups[k]; }
    [[nodiscard]] std::span<const CoreItem> items(std::size_t k) const
    {
        return {m_items.data() + m_begin[k], m_items.data() + m_begin[k + 1]};
    }
    /// Bytes that may be added to the base plan, lowered to what sums of item sizes can reach.
    [[nodiscard]] std::int64_t slack() const { return m_slack; }
    [[nodiscard]] std::size_t prices() const { return m_prices.size(); }
    [[nodiscard]] std::span<const BoundLine> lines(std::size_t k) const
    {
        return {m_lines.data() + k * prices(), prices()};
    }
    [[nodiscard]] std::int64_t completionBytes(std::size_t k, std::size_t price) const
    {
        return m_completionBytes[k * prices() + price];
    }
    [[nodiscard]] double completionCost(std::size_t k, std::size_t price) const
    {
        return m_completionCost[k * prices() + price];
    }
    /// Smallest bytes that the groups k.. can add.
    [[nodiscard]] std::int64_t smallestRest(std::size_t k) const { return m_smallestRest[k]; }
    /// The item of group k in the completion at a price.
    [[nodiscard]] const CoreItem& cheapestAt(std::size_t k, std::size_t price) const;

private:
    void collect(const ReducedProblem& reduced, const BasePlan& base, double limit);
    bool tighten(double limit);
    void lowerSlack();
    void order(std::size_t ownPrice);
    void fillTables();
    [[nodiscard]] std::vector<double> roundingMargins() const;

    std::stop_token m_stop;
    std::vector<double> m_prices;
    std::int64_t m_slack = 0;
    bool m_feasible = true;
    std::vector<std::uint32_t> m_groups;
    std::vector<std::uint32_t> m_begin{0};
    std::vector<CoreItem> m_items;
    std::vector<BoundLine> m_lines;
    std::vector<std::int64_t> m_completionBytes;
    std::vector<double> m_completionCost;
    std::vector<std::int64_t> m_smallestRest;
};

} // namespace bitwright::alloc
