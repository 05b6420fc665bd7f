#include "core/alloc/reduction.h"

#include <algorithm>
#include <limits>

namespace bitwright::alloc {
namespace {

GroupOption sumOption(
    const AllocationProblem& problem, const std::vector<std::size_t>& units, std::size_t index)
{
    GroupOption sum;
    sum.eligible = true;
    sum.worst = std::numeric_limits<double>::lowest();
    for (const std::size_t u : units) {
        const Option& option = problem.units[u].options[index];
        sum.bytes += static_cast<std::int64_t>(option.bytes);
        if (!hasUsableCost(option)) {
            sum.eligible = false;
            continue;
        }
        const double term = objectiveTerm(problem.objective, option);
        sum.cost += term;
        sum.worst = std::max(sum.worst, term);
    }
    return sum;
}

/// Items that no other one beats: ascending bytes, strictly descending cost, lowest index of equals.
std::vector<Item> undominated(const Group& group, double threshold)
{
    std::vector<Item> items;
    for (std::size_t i = 0; i < group.options.size(); ++i) {
        const GroupOption& option = group.options[i];
        const bool allowed = group.locked ? *group.locked == i : option.eligible && option.worst <= threshold;
        if (allowed)
            items.push_back({option.bytes, option.cost, static_cast<std::uint32_t>(i)});
    }
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
        if (a.bytes != b.bytes)
            return a.bytes < b.bytes;
        return a.cost != b.cost ? a.cost < b.cost : a.option < b.option;
    });
    std::size_t kept = 0;
    for (const Item& item : items) {
        if (kept == 0 || item.cost < items[kept - 1].cost)
            items[kept++] = item;
    }
    items.resize(kept);
    return items;
}

/// Cost saved per byte between two items; the one formula by which hull and step order agree to the last bit.
double slopeBetween(const Item& smaller, const Item& larger)
{
    return (smaller.cost - larger.cost) / static_cast<double>(larger.bytes - smaller.bytes);
}

void appendHull(ReducedProblem& reduced, std::uint32_t begin, std::uint32_t end)
{
    const std::size_t first = reduced.hull.size();
    const auto at = [&](std::size_t i) -> const Item& { return reduced.items[reduced.hull[i]]; };
    for (std::uint32_t i = begin; i < end; ++i) {
        while (reduced.hull.size() >= first + 2) {
            const std::size_t last = reduced.hull.size() - 1;
            if (slopeBetween(at(last - 1), at(last)) > slopeBetween(at(last), reduced.items[i]))
                break;
            reduced.hull.pop_back();
        }
        reduced.hull.push_back(i);
    }
}

} // namespace

GroupedProblem groupUnits(const AllocationProblem& problem)
{
    GroupedProblem grouped;
    grouped.fixedBytes = static_cast<std::int64_t>(problem.fixedBytes);
    grouped.unitCount = problem.units.size();
    for (std::vector<std::size_t>& units : tieGroups(problem)) {
        Group group;
        const std::size_t options = problem.units[units.front()].options.size();
        group.options.reserve(options);
        for (std::size_t i = 0; i < options; ++i)
            group.options.push_back(sumOption(problem, units, i));
        for (const std::size_t u : units) {
            if (problem.units[u].locked)
                group.locked = problem.units[u].locked;
        }
        group.units = std::move(units);
        grouped.groups.push_back(std::move(group));
    }
    return grouped;
}

ReducedProblem reduce(const GroupedProblem& grouped, double threshold)
{
    ReducedProblem reduced;
    reduced.forcedBytes = grouped.fixedBytes;
    reduced.forced.resize(grouped.groups.size());
    reduced.itemBegin.push_back(0);
    reduced.hullBegin.push_back(0);
    CompensatedSum forcedCost;
    for (std::size_t g = 0; g < grouped.groups.size(); ++g) {
        const std::vector<Item> items = undominated(grouped.groups[g], threshold);
        if (items.size() == 1) {
            reduced.forced[g] = items.front().option;
            reduced.forcedBytes += items.front().bytes;
            forcedCost.add(items.front().cost);
            continue;
        }
        reduced.group.push_back(static_cast<std::uint32_t>(g));
        reduced.items.insert(reduced.items.end(), items.begin(), items.end());
        const auto end = static_cast<std::uint32_t>(reduced.items.size());
        appendHull(reduced, reduced.itemBegin.back(), end);
        reduced.itemBegin.push_back(end);
        reduced.hullBegin.push_back(static_cast<std::uint32_t>(reduced.hull.size()));
    }
    reduced.forcedCost = forcedCost.value();
    return reduced;
}

std::vector<std::size_t> expandChoice(
    const GroupedProblem& grouped, const ReducedProblem& reduced, std::span<const std::uint32_t> itemPerGroup)
{
    std::vector<std::uint32_t> option = reduced.forced;
    for (std::size_t g = 0; g < reduced.size(); ++g)
        option[reduced.group[g]] = reduced.items[itemPerGroup[g]].option;
    std::vector<std::size_t> choice(grouped.unitCount);
    for (std::size_t g = 0; g < grouped.groups.size(); ++g) {
        for (const std::size_t u : grouped.groups[g].units)
            choice[u] = option[g];
    }
    return choice;
}

} // namespace bitwright::alloc
