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

/// A move before anybody asked to see it: a large plan has hundreds of thousands, a list shows dozens.
struct Candidate
{
    MoveKind kind = MoveKind::Free;
    std::size_t group = 0, first = 0; ///< Tie group and its first unit.
    std::size_t to = 0;
    std::int64_t deltaBytes = 0;
    double deltaCost = 0.0;
    double price = 0.0;
};

/// Sorts a move into its kind; false when it is larger and no better, or changes nothing.
bool classify(Candidate& move)
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

bool comesBefore(const Candidate& a, const Candidate& b)
{
    if (a.kind == MoveKind::Free && a.deltaCost != b.deltaCost)
        return a.deltaCost < b.deltaCost;
    if (a.kind == MoveKind::Free && a.deltaBytes != b.deltaBytes)
        return a.deltaBytes < b.deltaBytes;
    if (a.price != b.price)
        return a.kind == MoveKind::Buy ? a.price > b.price : a.price < b.price;
    return a.first != b.first ? a.first < b.first : a.to < b.to;
}

/// Candidates by kind.
using Candidates = std::array<std::vector<Candidate>, 3>;

void addMoves(std::size_t index, const Group& group, std::size_t from, Candidates& candidates)
{
    const GroupOption& now = group.options[from];
    for (std::size_t to = 0; to < group.options.size(); ++to) {
        const GroupOption& then = group.options[to];
        if (to == from || !then.eligible)
            continue;
        Candidate move;
        move.group = index;
        move.first = group.units.front();
        move.to = to;
        move.deltaBytes = then.bytes - now.bytes;
        move.deltaCost = then.cost - now.cost;
        if (classify(move))
            candidates[static_cast<std::size_t>(move.kind)].push_back(move);
    }
}

/// The best `perKind` (0: all) in order.
void keepBest(std::vector<Candidate>& candidates, std::size_t perKind)
{
    const std::size_t kept = perKind == 0 ? candidates.size() : std::min(perKind, candidates.size());
    std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(kept),
        candidates.end(), comesBefore);
    candidates.resize(kept);
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
    Candidates candidates;
    for (std::size_t g = 0; g < grouped.groups.size(); ++g) {
        const Group& group = grouped.groups[g];
        const std::size_t from = choice[group.units.front()];
        if (group.locked)
            continue;
        if (group.options[from].eligible)
            addMoves(g, group, from, candidates);
        else
            ++list.unknown;
    }
    for (std::vector<Candidate>& kind : candidates) {
        keepBest(kind, perKind);
        for (const Candidate& candidate : kind) {
            const Group& group = grouped.groups[candidate.group];
            const std::size_t from = choice[candidate.first];
            const double now = std::max(others[candidate.group], group.options[from].worst);
            const double then = std::max(others[candidate.group], group.options[candidate.to].worst);
            list.moves.push_back({candidate.kind, group.units, from, candidate.to, candidate.deltaBytes,
                candidate.deltaCost, isMax ? then - now : 0.0, candidate.price});
        }
    }
    return list;
}

Result<Solution> improveWithinLocks(const AllocationProblem& problem, std::span<const std::size_t> choice,
    const RunContext& context, const SearchLimits& limits)
{
    BITWRIGHT_ASSIGN(const Evaluation evaluation, evaluate(problem, choice));
    return solve(problem, evaluation.bytes, context, limits);
}

} // namespace bitwright::alloc
