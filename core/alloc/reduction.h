#pragma once

#include "core/alloc/problem.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitwright::alloc {

/// Option of a tie group: sizes and costs summed over its units.
struct GroupOption
{
    std::int64_t bytes = 0;
    double cost = 0.0; ///< Sum of the objective terms of the units whose cost is known.
    double worst = 0.0; ///< Largest of them; lowest double when none is known.
    bool eligible = false; ///< Every unit has a usable cost here.
};

/// Tied units acting as one.
struct Group
{
    std::vector<std::size_t> units;
    std::vector<GroupOption> options; ///< By option index.
    std::optional<std::size_t> locked;
};

/// The problem with ties merged: nothing lost, option indices kept.
struct GroupedProblem
{
    std::vector<Group> groups;
    std::int64_t fixedBytes = 0;
    std::size_t unitCount = 0;
};

/// Merges tied units of a valid problem. Cost: O(options).
[[nodiscard]] GroupedProblem groupUnits(const AllocationProblem& problem);

/// Option of a reduced group.
struct Item
{
    std::int64_t bytes = 0;
    double cost = 0.0;
    std::uint32_t option = 0; ///< Index in the unit.
};

/// The problem as the exact engine sees it: only groups with a real choice and only options that can be
/// optimal.
///
/// Items of a group ascend in bytes and strictly descend in cost; of equal options the lowest index stays, so
/// dominated options can never matter. `hull` lists the items on the lower convex hull (slopes strictly
/// descending).
struct ReducedProblem
{
    std::vector<std::uint32_t> group; ///< Index into GroupedProblem::groups, per reduced group.
    std::vector<std::uint32_t> itemBegin; ///< Size groups + 1, into `items`.
    std::vector<Item> items;
    std::vector<std::uint32_t> hullBegin; ///< Size groups + 1, into `hull`.
    std::vector<std::uint32_t> hull; ///< Indices into `items`.
    std::vector<std::uint32_t>
        forced; ///< Per grouped group: its only possible option; unused if it has a choice.
    std::int64_t forcedBytes = 0; ///< Fixed bytes plus groups without a choice.
    double forcedCost = 0.0;

    [[nodiscard]] std::size_t size() const { return group.size(); }
    [[nodiscard]] std::span<const Item> itemsOf(std::size_t g) const
    {
        return {items.data() + itemBegin[g], items.data() + itemBegin[g + 1]};
    }
    [[nodiscard]] std::span<const std::uint32_t> hullOf(std::size_t g) const
    {
        return {hull.data() + hullBegin[g], hull.data() + hullBegin[g + 1]};
    }
};

/// Removes dominated options and groups without a choice. Options whose `worst` exceeds `threshold` are not
/// allowed (locked ones always are); every group must keep one. Cost: O(options log options).
[[nodiscard]] ReducedProblem reduce(const GroupedProblem& grouped, double threshold);

/// Spreads one item per reduced group to one option index per unit.
[[nodiscard]] std::vector<std::size_t> expandChoice(const GroupedProblem& grouped,
    const ReducedProblem& reduced, std::span<const std::uint32_t> itemPerGroup);

/// Sum that keeps the rounding errors (Neumaier): results do not drift with ten thousand units.
class CompensatedSum
{
public:
    void add(double value)
    {
        const double total = m_sum + value;
        const bool sumLarger = (m_sum < 0 ? -m_sum : m_sum) >= (value < 0 ? -value : value);
        m_error += sumLarger ? (m_sum - total) + value : (value - total) + m_sum;
        m_sum = total;
    }
    [[nodiscard]] double value() const { return m_sum + m_error; }

private:
    double m_sum = 0.0;
    double m_error = 0.0;
};

} // namespace bitwright::alloc
