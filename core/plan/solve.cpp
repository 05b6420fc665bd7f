#include "core/plan/solve.h"

#include "core/alloc/evaluate.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bitwright::plan {

namespace {

double bitsPer(std::uint64_t bytes, std::uint64_t parameters)
{
    return parameters == 0 ? 0.0 : 8.0 * static_cast<double>(bytes) / static_cast<double>(parameters);
}

/// Names the units that no option of has a score, before the solver calls them impossible.
Result<void> checkScored(const PlanSpace& space, const alloc::AllocationProblem& problem)
{
    std::size_t unscored = 0;
    std::string first;
    for (std::size_t i = 0; i < problem.units.size(); ++i) {
        const alloc::Unit& unit = problem.units[i];
        if (unit.locked || std::any_of(unit.options.begin(), unit.options.end(), alloc::hasUsableCost))
            continue;
        first = unscored == 0 ? unit.name : first;
        ++unscored;
    }
    if (unscored == 0)
        return {};
    Error error;
    error.code = ErrorCode::InvalidArgument;
    error.message
        = fmt::format("{} of {} units have no option with a score ({}), so nothing can be chosen for them.",
            unscored, problem.units.size(), space.provenance().label);
    error.remedy = "Lock them, offer keep, or use a score that needs less of the dump.";
    return fail(std::move(error).inTensor(first));
}

Result<alloc::Solver> preparedSolver(
    const PlanSpace& space, const Plan& base, const alloc::Objective& objective)
{
    BITWRIGHT_CHECK(space.checkLocks(base));
    const alloc::AllocationProblem problem = space.problem(base, objective);
    BITWRIGHT_CHECK(checkScored(space, problem));
    return alloc::Solver::prepare(problem);
}

/// Says in bits per weight what the engine says in bytes, and whether missing scores are the reason.
Error infeasible(
    Error error, const PlanSpace& space, const Plan& base, std::uint64_t budget, std::uint64_t smallest)
{
    error.message
        += fmt::format(" That is {:.4f} bits per weight of the planned units where at least {:.4f} are "
                       "needed, or {} bytes ({:.4f} bits per weight) for the whole file.",
            bitsPer(budget, space.unitParameters()), bitsPer(smallest, space.unitParameters()),
            smallest + space.keptBytes(), bitsPer(smallest + space.keptBytes(), space.fileParameters()));
    std::vector<std::size_t> kept;
    for (std::size_t unit = 0; unit < space.units().size(); ++unit)
        if (keptForLackOfScores(space, base, unit))
            kept.push_back(unit);
    if (!kept.empty())
        error.message
            += fmt::format(" {} of {} units have no score ({}) and can only be kept, the first is \"{}\".",
                kept.size(), space.units().size(), space.provenance().label,
                escapedForDisplay(space.units()[kept.front()].name));
    return error;
}

} // namespace

bool keptForLackOfScores(const PlanSpace& space, const Plan& base, std::size_t unit)
{
    const auto entry = base.entries.find(space.units()[unit].name);
    if (entry != base.entries.end() && entry->second.locked)
        return false;
    bool storable = false;
    for (std::size_t option = 0; option < space.options().size(); ++option) {
        const PlanSpace::Cell& cell = space.cell(unit, option);
        if (!space.options()[option].grid || !cell.legal)
            continue;
        if (cell.score)
            return false;
        storable = true;
    }
    return storable;
}

Budget Budget::ofBpw(double value)
{
    Budget budget;
    budget.bpw = value;
    return budget;
}

Budget Budget::ofFileBpw(double value)
{
    Budget budget;
    budget.fileBpw = value;
    return budget;
}

Budget Budget::ofBytes(std::uint64_t value)
{
    Budget budget;
    budget.bytes = value;
    return budget;
}

std::string objectiveText(const alloc::Objective& objective)
{
    switch (objective.kind) {
    case alloc::ObjectiveKind::Sum:
        return "sum";
    case alloc::ObjectiveKind::Max:
        return "max";
    case alloc::ObjectiveKind::Power:
        return fmt::format("power:{}", objective.power);
    }
    return "sum";
}

Result<alloc::Objective> objectiveFromText(std::string_view text)
{
    constexpr std::string_view kPower = "power:";
    if (text == "sum")
        return alloc::Objective{alloc::ObjectiveKind::Sum, 1.0};
    if (text == "max")
        return alloc::Objective{alloc::ObjectiveKind::Max, 1.0};
    if (text.starts_with(kPower)) {
        double power = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + kPower.size(), end, power);
        if (error == std::errc{} && stop == end && std::isfinite(power) && power > 0)
            return alloc::Objective{alloc::ObjectiveKind::Power, power};
    }
    return fail(ErrorCode::InvalidArgument,
        "Unknown objective \"{}\"; known are sum, max and power:P with P > 0.", escapedForDisplay(text));
}

Result<std::uint64_t> unitBudget(const PlanSpace& space, const Budget& budget)
{
    const int given
        = int{budget.bpw.has_value()} + int{budget.fileBpw.has_value()} + int{budget.bytes.has_value()};
    if (given != 1)
        return fail(ErrorCode::InvalidArgument,
            "A budget is one of bits per weight, bits per weight of the file, and bytes; {} are "
            "given.",
            given);
    if (budget.bytes)
        return space.unitBudgetFromBytes(*budget.bytes);
    const double bits = budget.bpw ? *budget.bpw : *budget.fileBpw;
    if (!(bits > 0) || !std::isfinite(bits))
        return fail(ErrorCode::InvalidArgument, "A budget of {} bits per weight is not positive.", bits);
    if (budget.fileBpw)
        return space.unitBudgetFromFileBpw(bits);
    return space.unitBudgetFromBpw(bits);
}

Result<Solved> solvePlan(const PlanSpace& space, const Plan& base, const Budget& budget,
    const alloc::Objective& objective, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const std::uint64_t bytes, unitBudget(space, budget));
    BITWRIGHT_ASSIGN(const alloc::Solver solver, preparedSolver(space, base, objective));
    auto solution = solver.solve(bytes, context);
    if (!solution && solution.error().code == ErrorCode::Infeasible)
        return fail(infeasible(std::move(solution).error(), space, base, bytes, solver.minimumBytes()));
    if (!solution)
        return fail(std::move(solution).error());
    Solved solved;
    solved.plan = space.planFrom(solution->choice, base);
    solved.plan.objective = objectiveText(objective);
    solved.plan.budgetBpw = budget.bpw;
    solved.plan.budgetFileBpw = budget.fileBpw;
    solved.plan.budgetBytes = budget.bytes;
    solved.size = space.sizeOf(solution->choice);
    solved.solution = std::move(*solution);
    return solved;
}

Result<PlanFrontier> frontierOf(const PlanSpace& space, const Plan& base, const alloc::Objective& objective,
    const alloc::FrontierLimits& limits, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const alloc::Solver solver, preparedSolver(space, base, objective));
    BITWRIGHT_ASSIGN(auto frontier, alloc::frontier(solver, limits, context));
    std::vector<PlanPoint> points;
    points.reserve(frontier.points().size());
    for (const alloc::FrontierPoint& point : frontier.points()) {
        const std::uint64_t file = point.bytes + space.keptBytes();
        points.push_back({file, bitsPer(point.bytes, space.unitParameters()),
            bitsPer(file, space.fileParameters()), point.objective});
    }
    return PlanFrontier{std::move(frontier), std::move(points)};
}

Result<PlanNumbers> numbersOf(const PlanSpace& space, const Plan& plan, const alloc::Objective& objective)
{
    BITWRIGHT_ASSIGN(const auto choice, space.choiceOf(plan));
    return numbersOf(space, choice, objective);
}

PlanNumbers numbersOf(
    const PlanSpace& space, const std::vector<std::size_t>& choice, const alloc::Objective& objective)
{
    PlanNumbers numbers;
    numbers.size = space.sizeOf(choice);
    bool first = true;
    for (std::size_t i = 0; i < choice.size(); ++i) {
        const auto& score = space.cell(i, choice[i]).score;
        if (!score) {
            ++numbers.unscored;
            continue;
        }
        const double term = alloc::objectiveTerm(objective, {0, score});
        const bool largest = objective.kind == alloc::ObjectiveKind::Max && !first;
        if (largest)
            numbers.objective = std::max(numbers.objective, term);
        else
            numbers.objective += term;
        first = false;
    }
    return numbers;
}

Result<std::vector<UniformPoint>> uniformPoints(
    const PlanSpace& space, const Plan& base, const alloc::Objective& objective)
{
    std::vector<UniformPoint> points;
    for (const std::string& option : space.optionIds()) {
        UniformPoint point;
        point.option = option;
        BITWRIGHT_ASSIGN(point.plan, space.uniform(option, base));
        point.plan.name = option;
        BITWRIGHT_ASSIGN(point.numbers, numbersOf(space, point.plan, objective));
        points.push_back(std::move(point));
    }
    return points;
}

} // namespace bitwright::plan
