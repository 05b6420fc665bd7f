#include "core/alloc/evaluate.h"

#include "core/alloc/reduction.h"

#include <algorithm>

namespace bitwright::alloc {
namespace {

Result<void> checkChoice(const AllocationProblem& problem, std::span<const std::size_t> choice)
{
    if (choice.size() != problem.units.size())
        return fail(ErrorCode::InvalidArgument, "The plan has {} choices but the problem has {} units.",
            choice.size(), problem.units.size());
    for (std::size_t u = 0; u < choice.size(); ++u) {
        const Unit& unit = problem.units[u];
        if (choice[u] >= unit.options.size()) {
            auto failure = fail(
                ErrorCode::OutOfRange, "The plan chooses option {} of {}.", choice[u], unit.options.size());
            return fail(std::move(failure.value()).inTensor(unit.name));
        }
    }
    return {};
}

void addViolations(
    const AllocationProblem& problem, std::span<const std::size_t> choice, Evaluation& evaluation)
{
    for (std::size_t u = 0; u < choice.size(); ++u) {
        const Unit& unit = problem.units[u];
        if (unit.locked && *unit.locked != choice[u])
            evaluation.violations.push_back({ViolationKind::Lock, u,
                fmt::format("\"{}\" is locked to option {} but has option {}.", escapedForDisplay(unit.name),
                    *unit.locked, choice[u])});
    }
    for (const std::vector<std::size_t>& group : tieGroups(problem)) {
        const std::size_t first = group.front();
        for (const std::size_t u : group) {
            if (choice[u] != choice[first])
                evaluation.violations.push_back({ViolationKind::Tie, u,
                    fmt::format("\"{}\" has option {} but is tied to \"{}\", which has option {}.",
                        escapedForDisplay(problem.units[u].name), choice[u],
                        escapedForDisplay(problem.units[first].name), choice[first])});
        }
    }
}

} // namespace

Result<Evaluation> evaluate(const AllocationProblem& problem, std::span<const std::size_t> choice)
{
    BITWRIGHT_CHECK(validate(problem));
    BITWRIGHT_CHECK(checkChoice(problem, choice));
    Evaluation evaluation;
    evaluation.bytes = problem.fixedBytes;
    CompensatedSum sum;
    double worst = 0.0;
    std::size_t priced = 0;
    for (std::size_t u = 0; u < choice.size(); ++u) {
        const Option& option = problem.units[u].options[choice[u]];
        evaluation.bytes += option.bytes;
        if (!hasUsableCost(option)) {
            ++evaluation.unpriced;
            continue;
        }
        const double term = objectiveTerm(problem.objective, option);
        sum.add(term);
        worst = priced++ == 0 ? term : std::max(worst, term);
    }
    evaluation.sum = sum.value();
    evaluation.objective = problem.objective.kind == ObjectiveKind::Max ? worst : evaluation.sum;
    addViolations(problem, choice, evaluation);
    return evaluation;
}

} // namespace bitwright::alloc
