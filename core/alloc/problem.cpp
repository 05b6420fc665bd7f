#include "core/alloc/problem.h"

#include "core/base/checked.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitwright::alloc {
namespace {

/// Adds the unit's name to an error.
tl::unexpected<Error> failIn(const Unit& unit, tl::unexpected<Error> failure)
{
    return fail(std::move(failure.value()).inTensor(unit.name));
}

Result<void> validateObjective(const Objective& objective)
{
    if (objective.kind != ObjectiveKind::Power)
        return {};
    if (!std::isfinite(objective.power) || objective.power <= 0.0)
        return fail(ErrorCode::InvalidArgument, "The exponent of the objective is {}; it must be positive.",
            objective.power);
    return {};
}

Result<void> validateCost(const Objective& objective, const Unit& unit, std::size_t index)
{
    const Option& option = unit.options[index];
    if (!option.cost)
        return {};
    const double cost = *option.cost;
    if (std::isnan(cost) || cost == -std::numeric_limits<double>::infinity())
        return failIn(unit,
            fail(ErrorCode::Numeric, "The cost of option {} is {}.", index,
                std::isnan(cost) ? "NaN" : "-Inf"));
    if (!hasUsableCost(option) || objective.kind != ObjectiveKind::Power)
        return {};
    if (cost < 0.0)
        return failIn(unit,
            fail(ErrorCode::InvalidArgument,
                "The cost of option {} is {}; a power objective needs costs that are not negative.", index,
                cost));
    if (!std::isfinite(objectiveTerm(objective, option)))
        return failIn(unit,
            fail(ErrorCode::Numeric, "The cost {} of option {} raised to {} is not finite.", cost, index,
                objective.power));
    return {};
}

Result<void> validateUnit(const Objective& objective, const Unit& unit)
{
    if (unit.options.empty())
        return failIn(unit, fail(ErrorCode::InvalidArgument, "The unit has no options."));
    if (unit.locked && *unit.locked >= unit.options.size())
        return failIn(unit,
            fail(ErrorCode::InvalidArgument, "The unit is locked to option {} but has {}.", *unit.locked,
                unit.options.size()));
    for (std::size_t i = 0; i < unit.options.size(); ++i)
        BITWRIGHT_CHECK(validateCost(objective, unit, i));
    return {};
}

/// Largest total size, checked; all engines compute in signed 64-bit bytes.
Result<void> validateSizes(const AllocationProblem& problem)
{
    constexpr auto kLimit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    std::uint64_t total = problem.fixedBytes;
    for (const Unit& unit : problem.units) {
        const auto largest = std::max_element(unit.options.begin(), unit.options.end(),
            [](const Option& a, const Option& b) { return a.bytes < b.bytes; });
        const auto sum = checkedAdd(total, largest->bytes);
        if (!sum || *sum > kLimit)
            return failIn(unit,
                fail(ErrorCode::OutOfRange, "The sizes of all units up to this one exceed 2^63 - 1 bytes."));
        total = *sum;
    }
    if (total > kLimit)
        return fail(ErrorCode::OutOfRange, "The fixed size exceeds 2^63 - 1 bytes.");
    return {};
}

/// The largest sums in either direction must be finite, so that no engine meets Inf - Inf.
Result<void> validateCostSums(const AllocationProblem& problem)
{
    double magnitude = 0.0;
    for (const Unit& unit : problem.units) {
        double largest = 0.0;
        for (const Option& option : unit.options) {
            if (hasUsableCost(option))
                largest = std::max(largest, std::abs(objectiveTerm(problem.objective, option)));
        }
        magnitude += largest;
    }
    if (!std::isfinite(magnitude * 4.0))
        return fail(ErrorCode::Numeric, "The costs are so large that their sum is not finite.");
    return {};
}

Result<void> validateTieIndices(const AllocationProblem& problem)
{
    for (std::size_t t = 0; t < problem.ties.size(); ++t) {
        for (const std::size_t unit : problem.ties[t]) {
            if (unit >= problem.units.size())
                return fail(ErrorCode::InvalidArgument, "Tie {} names unit {} but there are {}.", t, unit,
                    problem.units.size());
            const std::size_t first = problem.ties[t].front();
            const std::size_t expected = problem.units[first].options.size();
            if (problem.units[unit].options.size() != expected)
                return failIn(problem.units[unit],
                    fail(ErrorCode::InvalidArgument,
                        "The unit has {} options but is tied to \"{}\", which has {}.",
                        problem.units[unit].options.size(), escapedForDisplay(problem.units[first].name),
                        expected));
        }
    }
    return {};
}

/// Locks inside a group must agree, and without a lock some index needs a cost in all of its units.
Result<void> validateGroup(const AllocationProblem& problem, const std::vector<std::size_t>& group)
{
    const Unit* locked = nullptr;
    for (const std::size_t u : group) {
        const Unit& unit = problem.units[u];
        if (!unit.locked)
            continue;
        if (locked != nullptr && *locked->locked != *unit.locked)
            return failIn(unit,
                fail(ErrorCode::InvalidArgument,
                    "The lock to option {} contradicts the tie with \"{}\", which is locked to option {}.",
                    *unit.locked, escapedForDisplay(locked->name), *locked->locked));
        locked = &unit;
    }
    if (locked != nullptr)
        return {};
    const Unit& first = problem.units[group.front()];
    for (std::size_t i = 0; i < first.options.size(); ++i) {
        if (std::all_of(group.begin(), group.end(),
                [&](std::size_t u) { return hasUsableCost(problem.units[u].options[i]); }))
            return {};
    }
    return failIn(first,
        fail(ErrorCode::InvalidArgument, "No option has a known cost{}; lock one or compute the score.",
            group.size() > 1 ? " in all tied units" : ""));
}

} // namespace

bool hasUsableCost(const Option& option)
{
    return option.cost && std::isfinite(*option.cost);
}

double objectiveTerm(const Objective& objective, const Option& option)
{
    return objective.kind == ObjectiveKind::Power ? std::pow(*option.cost, objective.power) : *option.cost;
}

std::vector<std::vector<std::size_t>> tieGroups(const AllocationProblem& problem)
{
    std::vector<std::size_t> parent(problem.units.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto root = [&](std::size_t u) {
        while (parent[u] != u)
            u = parent[u] = parent[parent[u]];
        return u;
    };
    for (const std::vector<std::size_t>& tie : problem.ties) {
        for (const std::size_t unit : tie) {
            const std::size_t a = root(tie.front());
            const std::size_t b = root(unit);
            parent[std::max(a, b)] = std::min(a, b); // The smallest unit stays the root: order by first unit.
        }
    }
    std::vector<std::vector<std::size_t>> groups;
    std::vector<std::size_t> groupOf(problem.units.size());
    for (std::size_t u = 0; u < problem.units.size(); ++u) {
        const std::size_t r = root(u);
        if (r == u) {
            groupOf[u] = groups.size();
            groups.emplace_back();
        }
        groups[groupOf[r]].push_back(u);
    }
    return groups;
}

Result<void> validate(const AllocationProblem& problem)
{
    BITWRIGHT_CHECK(validateObjective(problem.objective));
    for (const Unit& unit : problem.units)
        BITWRIGHT_CHECK(validateUnit(problem.objective, unit));
    BITWRIGHT_CHECK(validateSizes(problem));
    BITWRIGHT_CHECK(validateCostSums(problem));
    BITWRIGHT_CHECK(validateTieIndices(problem));
    for (const std::vector<std::size_t>& group : tieGroups(problem))
        BITWRIGHT_CHECK(validateGroup(problem, group));
    return {};
}

} // namespace bitwright::alloc
