#pragma once

#include "core/alloc/problem.h"
#include "tests/support/alloc_instances.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <tuple>
#include <vector>

namespace bitwright::test {

using namespace bitwright::alloc;

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// One allowed plan, found without the engine.
struct Plan
{
    std::uint64_t bytes = 0;
    double objective = 0.0;
    double sum = 0.0;
    std::vector<std::size_t> choice;
};

/// Units that are locked themselves or through ties, also through several.
inline std::vector<bool> lockedUnits(const AllocationProblem& problem)
{
    std::vector<bool> locked;
    for (const Unit& unit : problem.units)
        locked.push_back(unit.locked.has_value());
    for (std::size_t round = 0; round < problem.ties.size(); ++round) {
        for (const auto& tie : problem.ties) {
            const bool any = std::any_of(tie.begin(), tie.end(), [&](std::size_t u) { return locked[u]; });
            for (const std::size_t u : tie)
                locked[u] = any;
        }
    }
    return locked;
}

/// Numbers of one choice, or nothing when it breaks a rule.
inline std::optional<Plan> makePlan(const AllocationProblem& problem, const std::vector<std::size_t>& choice)
{
    Plan plan{problem.fixedBytes, 0.0, 0.0, choice};
    const std::vector<bool> locked = lockedUnits(problem);
    double worst = -kInfinity;
    for (std::size_t u = 0; u < choice.size(); ++u) {
        const Unit& unit = problem.units[u];
        const Option& option = unit.options[choice[u]];
        const bool priced = option.cost && *option.cost < kInfinity;
        if (unit.locked && *unit.locked != choice[u])
            return std::nullopt;
        for (const auto& tie : problem.ties) {
            if (std::find(tie.begin(), tie.end(), u) == tie.end())
                continue;
            for (const std::size_t other : tie) {
                if (choice[other] != choice[u])
                    return std::nullopt;
            }
        }
        if (!priced && !locked[u])
            return std::nullopt;
        plan.bytes += option.bytes;
        if (!priced)
            continue;
        const double term = problem.objective.kind == ObjectiveKind::Power
            ? std::pow(*option.cost, problem.objective.power)
            : *option.cost;
        plan.sum += term;
        worst = std::max(worst, term);
    }
    plan.objective
        = problem.objective.kind == ObjectiveKind::Max ? (worst > -kInfinity ? worst : 0.0) : plan.sum;
    return plan;
}

/// Every allowed plan.
inline std::vector<Plan> allPlans(const AllocationProblem& problem)
{
    std::vector<Plan> plans;
    std::vector<std::size_t> choice(problem.units.size(), 0);
    while (true) {
        if (auto plan = makePlan(problem, choice))
            plans.push_back(std::move(*plan));
        std::size_t u = 0;
        while (u < choice.size() && ++choice[u] == problem.units[u].options.size())
            choice[u++] = 0;
        if (u == choice.size())
            return plans;
    }
}

/// Small random problem; which traits it has depends on the seed: integer costs with many ties, negative
/// costs, equal and dominated options, ties, locks, missing costs, free options.
inline AllocationProblem randomProblem(std::uint64_t seed, ObjectiveKind kind)
{
    std::mt19937_64 engine(seed * 7919 + static_cast<std::uint64_t>(kind));
    const auto below = [&](std::uint64_t n) { return engine() % n; };
    AllocationProblem problem;
    problem.objective = {kind, 2.0};
    problem.fixedBytes = below(3) == 0 ? below(1000) : 0;
    const std::size_t units = 1 + below(8);
    const std::size_t mostOptions = units > 6 ? 3 : units > 4 ? 4 : 6;
    const bool integers = below(2) == 0;
    const bool negative = kind != ObjectiveKind::Power && below(2) == 0;
    const bool coarse = below(2) == 0;
    const bool sameCount = below(2) == 0;
    const std::size_t common = 1 + below(mostOptions);
    for (std::size_t u = 0; u < units; ++u) {
        Unit unit{fmt::format("u{}", u), {}, {}};
        const std::size_t options = sameCount ? common : 1 + below(mostOptions);
        for (std::size_t i = 0; i < options; ++i) {
            const std::uint64_t bytes = coarse ? 4 * below(8) : below(100'000);
            double cost = integers ? static_cast<double>(below(12)) : std::exp(2.0 * normal(engine));
            if (negative && below(2) == 0)
                cost = -cost;
            unit.options.push_back({bytes, cost});
            if (i > 0 && below(8) == 0)
                unit.options.back().cost.reset();
            else if (i > 0 && below(16) == 0)
                unit.options.back().cost = kInfinity;
        }
        if (below(4) == 0)
            unit.locked = below(options);
        problem.units.push_back(std::move(unit));
    }
    if (sameCount && units >= 2 && below(2) == 0) {
        problem.ties.push_back({0, units - 1});
        if (units >= 4 && below(2) == 0)
            problem.ties.push_back({1, 2});
        if (units >= 5 && below(2) == 0)
            problem.ties.push_back({3, 2});
        for (const auto& group : tieGroups(problem)) {
            for (const std::size_t u : group) {
                if (u != group.front())
                    problem.units[u].locked.reset();
            }
        }
    }
    return problem;
}

/// Best plan within a budget: objective, then bytes; for Max the sum comes before the bytes.
inline const Plan* bestWithin(const std::vector<Plan>& plans, std::uint64_t budget, bool isMax)
{
    const auto rank = [&](const Plan& p) { return std::tuple(p.objective, isMax ? p.sum : 0.0, p.bytes); };
    const Plan* best = nullptr;
    for (const Plan& plan : plans) {
        if (plan.bytes <= budget && (best == nullptr || rank(plan) < rank(*best)))
            best = &plan;
    }
    return best;
}

inline bool close(double a, double b)
{
    return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

/// Budgets that matter: below the smallest plan, exactly plans, just below plans, everything.
inline std::vector<std::uint64_t> budgetsOf(const std::vector<Plan>& plans, std::uint64_t seed)
{
    std::mt19937_64 engine(seed);
    std::vector<std::uint64_t> budgets{std::numeric_limits<std::uint64_t>::max()};
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t bytes = plans[engine() % plans.size()].bytes;
        budgets.push_back(bytes);
        budgets.push_back(bytes + engine() % 5);
        budgets.push_back(bytes > 0 ? bytes - 1 : 0);
    }
    return budgets;
}

/// Two units of two options each.
inline AllocationProblem twoUnits()
{
    AllocationProblem problem;
    problem.units.push_back({"a", {{10, 5.0}, {20, 1.0}}, {}});
    problem.units.push_back({"b", {{10, 4.0}, {20, 2.0}}, {}});
    return problem;
}

} // namespace bitwright::test
