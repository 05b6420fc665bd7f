#include "core/alloc/moves.h"

#include "core/alloc/evaluate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bitwright::alloc {
namespace {

constexpr double kLowest = std::numeric_limits<double>::lowest();

/// For each group the largest cost of all others: lets a move tell the new maximum without a pass over the
/// plan.
std::vector<double> worstOfOthers(const GroupedProblem& grouped, std::span<const std::size_t> choice)
{
    double first = kLowest;
    double second = kLowest;
    std::size_t holder = grouped.groups.size();
    const auto worstOf = [&](std::size_t g) {
        const Group& group = grouped.groups[g];
        return group.options[choice[group.units.front()]].worst;
    };
    for (std::size_t g = 0; g < grouped.groups.size(); ++g) {
        const double worst = worstOf(g);
        if (worst > first) {
            second = first;
            first = worst;
            holder = g;
        } else {
            second = std::max(second, worst);
        }
    }
    std::vector<double> others(grouped.groups.size(), first);
    if (holder < others.size())
        others[holder] = second;
    return others;
}

/// Sorts a move into its kind; false when it is larger and no better, or changes nothing.
bool classify(Move& move)
{
    if (move.deltaBytes <= 0 && move.deltaCost <= 0.0) {
        move.kind = MoveKind::Free;
        return move.deltaBytes < 0 || move.deltaCost < 0.0;
    }
    if (move.deltaBytes >= 0 && move.deltaCost >= 0.0)
        return false;
    move.kind = move.deltaBytes > 0 ? MoveKind::Buy : MoveKind::Sell;
    move.price = std::abs(move.deltaCost) / std::abs(static_cast<double>(move.deltaBytes));
    return true;
}

bool comesBefore(const Move& a, const Move& b)
{
    if (a.kind != b.kind)
        return a.kind < b.kind;
    if (a.kind == MoveKind::Free && a.deltaCost != b.deltaCost)
        return a.deltaCost < b.deltaCost;
    if (a.kind == MoveKind::Free && a.deltaBytes != b.deltaBytes)
        return a.deltaBytes < b.deltaBytes;
    if (a.price != b.price)
        return a.kind == MoveKind::Buy ? a.price > b.price : a.price < b.price;
    return a.units.front() != b.units.front() ? a.units.front() < b.units.front() : a.to < b.to;
}

void addMoves(const Group& group, std::size_t from, double others, bool isMax, std::vector<Move>& moves)
{
    const GroupOption& now = group.options[from];
    const double maxNow = std::max(others, now.worst);
    for (std::size_t to = 0; to < group.options.size(); ++to) {
        const GroupOption& then = group.options[to];
        if (to == from || !then.eligible)
            continue;
        Move move;
        move.units = group.units;
        move.from = from;
        move.to = to;
        move.deltaBytes = then.bytes - now.bytes;
        move.deltaCost = then.cost - now.cost;
        move.deltaMax = isMax ? std::max(others, then.worst) - maxNow : 0.0;
        if (classify(move))
            moves.push_back(std::move(move));
    }
}

void limitPerKind(std::vector<Move>& moves, std::size_t perKind)
{
    if (perKind == 0)
        return;
    std::array<std::size_t, 3> seen{};
    std::erase_if(
        moves, [&](const Move& move) { return ++seen[static_cast<std::size_t>(move.kind)] > perKind; });
}

} // namespace

Result<MoveList> nextMoves(
    const AllocationProblem& problem, std::span<const std::size_t> choice, std::size_t perKind)
{
    BITWRIGHT_ASSIGN(const Evaluation evaluation, evaluate(problem, choice));
    for (const Violation& violation : evaluation.violations) {
        if (violation.kind == ViolationKind::Tie)
            return fail(ErrorCode::InvalidArgument, "{}", violation.message);
    }
    const GroupedProblem grouped = groupUnits(problem);
    const std::vector<double> others = worstOfOthers(grouped, choice);
    const bool isMax = problem.objective.kind == ObjectiveKind::Max;
    MoveList list;
    for (std::size_t g = 0; g < grouped.groups.size(); ++g) {
        const Group& group = grouped.groups[g];
        const std::size_t from = choice[group.units.front()];
        if (group.locked)
            continue;
        if (group.options[from].eligible)
            addMoves(group, from, others[g], isMax, list.moves);
        else
            ++list.unknown;
    }
    std::sort(list.moves.begin(), list.moves.end(), comesBefore);
    limitPerKind(list.moves, perKind);
    return list;
}

Result<Solution> improveWithinLocks(const AllocationProblem& problem, std::span<const std::size_t> choice,
    const RunContext& context, const SearchLimits& limits)
{
    BITWRIGHT_ASSIGN(const Evaluation evaluation, evaluate(problem, choice));
    return solve(problem, evaluation.bytes, context, limits);
}

} // namespace bitwright::alloc
