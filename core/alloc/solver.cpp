#include "core/alloc/solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace bitwright::alloc {
namespace {

constexpr double kNoThreshold = std::numeric_limits<double>::infinity();

/// Smallest option of a group; `ignoreLock` looks past the lock.
std::int64_t smallestBytes(const Group& group, bool ignoreLock)
{
    if (group.locked && !ignoreLock)
        return group.options[*group.locked].bytes;
    std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
    for (const GroupOption& option : group.options) {
        if (option.eligible)
            smallest = std::min(smallest, option.bytes);
    }
    // A locked group whose options all lack a cost could not be solved unlocked: its lock saves nothing.
    return smallest == std::numeric_limits<std::int64_t>::max() ? group.options[*group.locked].bytes
                                                                : smallest;
}

/// Equal option lists make groups interchangeable: swapping their choices changes neither bytes nor
/// objective.
std::vector<std::vector<std::size_t>> interchangeableGroups(const GroupedProblem& grouped)
{
    using Key = std::vector<std::pair<std::int64_t, double>>;
    std::map<Key, std::vector<std::size_t>> byOptions;
    for (std::size_t g = 0; g < grouped.groups.size(); ++g) {
        const Group& group = grouped.groups[g];
        Key key;
        bool comparable = !group.locked && group.units.size() == 1;
        for (const GroupOption& option : group.options) {
            comparable = comparable && option.eligible;
            key.emplace_back(option.bytes, option.cost);
        }
        if (comparable)
            byOptions[std::move(key)].push_back(g);
    }
    std::vector<std::vector<std::size_t>> sets;
    for (auto& [key, groups] : byOptions) {
        if (groups.size() > 1)
            sets.push_back(std::move(groups));
    }
    return sets;
}

void setGap(Solution& solution)
{
    solution.lowerBound
        = std::min(solution.lowerBound, solution.objective); // Rounding must not make the gap negative.
    solution.gap = solution.objective - solution.lowerBound;
    if (solution.gap > 0.0)
        solution.relativeGap
            = solution.gap / std::max(std::abs(solution.objective), std::abs(solution.lowerBound));
}

} // namespace

Solver::Solver(std::shared_ptr<const Data> data)
    : m_data(std::move(data))
{ }

Result<Solver> Solver::prepare(const AllocationProblem& problem)
{
    BITWRIGHT_CHECK(validate(problem));
    GroupedProblem grouped = groupUnits(problem);
    ReducedProblem reduced = reduce(grouped, kNoThreshold);
    Relaxation relaxation(reduced);
    std::vector<MinimaxPoint> minimax;
    if (problem.objective.kind == ObjectiveKind::Max)
        minimax = minimaxCurve(grouped);
    std::vector<std::string> names;
    std::vector<std::size_t> unpriced;
    for (std::size_t u = 0; u < problem.units.size(); ++u) {
        const Unit& unit = problem.units[u];
        names.push_back(unit.name);
        if (unit.locked && !hasUsableCost(unit.options[*unit.locked]))
            unpriced.push_back(u);
    }
    auto sets = interchangeableGroups(grouped);
    return Solver(
        std::make_shared<const Data>(Data{std::move(grouped), std::move(reduced), std::move(relaxation),
            std::move(minimax), problem.objective, std::move(names), std::move(sets), std::move(unpriced)}));
}

Result<Solution> Solver::solve(
    std::uint64_t budgetBytes, const RunContext& context, const SearchLimits& limits) const
{
    if (budgetBytes < minimumBytes())
        return fail(infeasible(budgetBytes));
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto budget = static_cast<std::int64_t>(std::min(budgetBytes, kMost));
    if (m_data->objective.kind == ObjectiveKind::Max)
        return solveMax(budget, context, limits);
    BITWRIGHT_ASSIGN(
        Solution solution, solveSum(m_data->reduced, m_data->relaxation, budget, context, limits));
    solution.objective = solution.sum;
    solution.lowerBound = solution.sumLowerBound;
    setGap(solution);
    return solution;
}

std::uint64_t Solver::minimumBytes() const
{
    return static_cast<std::uint64_t>(m_data->reduced.forcedBytes + m_data->relaxation.bytesAfter(0));
}

std::uint64_t Solver::maximumUsefulBytes() const
{
    const std::int64_t free = m_data->relaxation.bytesAfter(m_data->relaxation.stepCount());
    return static_cast<std::uint64_t>(m_data->reduced.forcedBytes + free);
}

double Solver::lowerBoundAt(std::uint64_t bytes) const
{
    const std::uint64_t most = maximumUsefulBytes();
    const auto size
        = static_cast<std::int64_t>(std::clamp(bytes, minimumBytes(), std::max(most, minimumBytes())));
    if (m_data->objective.kind != ObjectiveKind::Max)
        return m_data->reduced.forcedCost + m_data->relaxation.valueAt(size - m_data->reduced.forcedBytes);
    const auto& curve = m_data->minimax;
    const auto best = std::partition_point(
        curve.begin(), curve.end(), [&](const MinimaxPoint& p) { return p.bytes > size; });
    return best == curve.end() || best->worst == std::numeric_limits<double>::lowest() ? 0.0 : best->worst;
}

Error Solver::infeasible(std::uint64_t budgetBytes) const
{
    struct Culprit
    {
        std::int64_t bytes;
        std::size_t group;
    };
    std::vector<Culprit> culprits;
    std::int64_t released = 0;
    for (std::size_t g = 0; g < m_data->grouped.groups.size(); ++g) {
        const Group& group = m_data->grouped.groups[g];
        const std::int64_t saved = smallestBytes(group, false) - smallestBytes(group, true);
        if (saved > 0)
            culprits.push_back({saved, g});
        released += std::max<std::int64_t>(saved, 0);
    }
    std::stable_sort(culprits.begin(), culprits.end(),
        [](const Culprit& a, const Culprit& b) { return a.bytes > b.bytes; });
    Error error;
    error.code = ErrorCode::Infeasible;
    error.message = fmt::format(
        "The budget is {} bytes but the smallest possible plan has {}.", budgetBytes, minimumBytes());
    if (culprits.empty())
        return error;
    error.message += fmt::format(" {} {} it by {} bytes:", culprits.size(),
        culprits.size() == 1 ? "lock raises" : "locks raise", released);
    constexpr std::size_t kNamed = 3;
    for (std::size_t i = 0; i < std::min(kNamed, culprits.size()); ++i) {
        const std::size_t unit = m_data->grouped.groups[culprits[i].group].units.front();
        error.message += fmt::format(
            "{} \"{}\" (+{})", i == 0 ? "" : ",", escapedForDisplay(m_data->names[unit]), culprits[i].bytes);
    }
    error.message += culprits.size() > kNamed ? fmt::format(" and {} more.", culprits.size() - kNamed) : ".";
    const auto without = minimumBytes() - static_cast<std::uint64_t>(released);
    if (without > budgetBytes)
        error.remedy = fmt::format("Raise the budget; without locks {} bytes are still needed.", without);
    else
        error.remedy = "Raise the budget or release locks.";
    return error;
}

Result<Solution> Solver::solveSum(const ReducedProblem& reduced, const Relaxation& relaxation,
    std::int64_t budget, const RunContext& context, const SearchLimits& limits) const
{
    const std::int64_t free = budget - reduced.forcedBytes;
    BITWRIGHT_ASSIGN(const SearchOutcome outcome, searchCore(reduced, relaxation, free, limits, context));
    Solution solution;
    solution.choice = expandChoice(m_data->grouped, reduced, outcome.items);
    canonicalize(solution.choice);
    addUp(solution);
    solution.proven = outcome.proven;
    // The search compares differences to its base plan; what it proved optimal is its own bound, free of that
    // rounding.
    solution.sumLowerBound
        = outcome.proven ? solution.sum : std::min(solution.sum, reduced.forcedCost + outcome.bound);
    solution.relaxationBound = std::min(solution.sum, reduced.forcedCost + relaxation.valueAt(free));
    solution.dualPrice = relaxation.priceAt(free);
    solution.statistics = outcome.statistics;
    return solution;
}

Result<Solution> Solver::solveMax(
    std::int64_t budget, const RunContext& context, const SearchLimits& limits) const
{
    const auto& curve = m_data->minimax;
    const auto best = std::partition_point(
        curve.begin(), curve.end(), [&](const MinimaxPoint& p) { return p.bytes > budget; });
    const double threshold = best == curve.end() ? kNoThreshold : best->worst;
    const ReducedProblem allowed = reduce(m_data->grouped, threshold);
    const Relaxation relaxation(allowed);
    BITWRIGHT_ASSIGN(Solution solution, solveSum(allowed, relaxation, budget, context, limits));
    solution.lowerBound
        = solution.objective; // The curve is exact: no plan within the budget has a smaller maximum.
    solution.relaxationBound = solution.objective;
    return solution;
}

/// Gives the lower option to the earlier unit wherever that changes neither bytes nor objective.
void Solver::canonicalize(std::vector<std::size_t>& choice) const
{
    std::vector<std::size_t> options;
    for (const std::vector<std::size_t>& set : m_data->interchangeable) {
        options.clear();
        for (const std::size_t g : set)
            options.push_back(choice[m_data->grouped.groups[g].units.front()]);
        std::sort(options.begin(), options.end());
        for (std::size_t i = 0; i < set.size(); ++i)
            choice[m_data->grouped.groups[set[i]].units.front()] = options[i];
    }
}

/// Bytes and objective of the final choice, added group by group so that equal plans have equal numbers.
void Solver::addUp(Solution& solution) const
{
    std::int64_t bytes = m_data->grouped.fixedBytes;
    CompensatedSum sum;
    double worst = std::numeric_limits<double>::lowest();
    for (const Group& group : m_data->grouped.groups) {
        const GroupOption& option = group.options[solution.choice[group.units.front()]];
        bytes += option.bytes;
        sum.add(option.cost);
        worst = std::max(worst, option.worst);
    }
    solution.bytes = static_cast<std::uint64_t>(bytes);
    solution.sum = sum.value();
    const bool priced = worst > std::numeric_limits<double>::lowest();
    solution.objective = m_data->objective.kind == ObjectiveKind::Max ? (priced ? worst : 0.0) : solution.sum;
    solution.unpriced = m_data->unpriced.size();
}

Result<Solution> solve(const AllocationProblem& problem, std::uint64_t budgetBytes, const RunContext& context,
    const SearchLimits& limits)
{
    BITWRIGHT_ASSIGN(const Solver solver, Solver::prepare(problem));
    return solver.solve(budgetBytes, context, limits);
}

} // namespace bitwright::alloc
