#pragma once

#include "core/alloc/frontier.h"
#include "core/alloc/solver.h"
#include "core/plan/plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::plan {

/// What a plan may cost; exactly one of them is set.
struct Budget
{
    std::optional<double> bpw; ///< Bits per weight over the planned units.
    std::optional<double> fileBpw; ///< Bits per weight over the whole file.
    std::optional<std::uint64_t> bytes; ///< Of all weights of the file.

    [[nodiscard]] static Budget ofBpw(double value);
    [[nodiscard]] static Budget ofFileBpw(double value);
    [[nodiscard]] static Budget ofBytes(std::uint64_t value);
};

/// "sum", "max" or "power:2"; the inverse accepts the same. Errors: InvalidArgument.
[[nodiscard]] std::string objectiveText(const alloc::Objective& objective);
[[nodiscard]] Result<alloc::Objective> objectiveFromText(std::string_view text);

/// Bytes that a budget leaves for the planned units. Errors: InvalidArgument when not exactly one number is
/// set or it is not positive; Infeasible when the tensors that no plan decides are already larger.
[[nodiscard]] Result<std::uint64_t> unitBudget(const PlanSpace& space, const Budget& budget);

/// An optimal plan with its certificate and its sizes.
struct Solved
{
    Plan plan;
    alloc::Solution solution; ///< Its bytes are those of the planned units alone.
    PlanSize size;
};

/// Whether a unit that `base` does not lock could be stored smaller but no such option has a score, so that
/// the solver can only keep it.
[[nodiscard]] bool keptForLackOfScores(const PlanSpace& space, const Plan& base, std::size_t unit);

/// Best plan within a budget under the locks and ties of `base`, whose name and notes it keeps. Exact, or
/// with a stated gap. Errors: Infeasible says the smallest possible bits per weight and bytes and which locks
/// raise it; InvalidArgument for locks that cannot be honored and for units without any score (named);
/// Cancelled.
[[nodiscard]] Result<Solved> solvePlan(const PlanSpace& space, const Plan& base, const Budget& budget,
    const alloc::Objective& objective, const RunContext& context);

/// One plan as a point of the Pareto chart.
struct PlanPoint
{
    std::uint64_t bytes = 0; ///< Of all weights of the file.
    double bpw = 0; ///< Over the planned units.
    double fileBpw = 0;
    double objective = 0;
};

/// All non-dominated plans, by rising size. The choice of point i is `frontier.choiceAt(i, context)`.
struct PlanFrontier
{
    alloc::Frontier frontier;
    std::vector<PlanPoint> points;
};
/// Errors: those of solvePlan but Infeasible.
[[nodiscard]] Result<PlanFrontier> frontierOf(const PlanSpace& space, const Plan& base,
    const alloc::Objective& objective, const alloc::FrontierLimits& limits, const RunContext& context);

/// A plan's numbers. `objective` counts only units whose option has a score; `unscored` says how many it
/// leaves out.
struct PlanNumbers
{
    PlanSize size;
    double objective = 0;
    std::size_t unscored = 0;
};
/// Errors: those of PlanSpace::choiceOf.
[[nodiscard]] Result<PlanNumbers> numbersOf(
    const PlanSpace& space, const Plan& plan, const alloc::Objective& objective);
/// The same for option indices, one per unit.
[[nodiscard]] PlanNumbers numbersOf(
    const PlanSpace& space, const std::vector<std::size_t>& choice, const alloc::Objective& objective);

/// A uniform plan to compare with: every unit on one option.
struct UniformPoint
{
    std::string option;
    Plan plan;
    PlanNumbers numbers;
};
/// One point per option of the space, "keep" included, under the locks of `base`. Errors: those of
/// PlanSpace::checkLocks.
[[nodiscard]] Result<std::vector<UniformPoint>> uniformPoints(
    const PlanSpace& space, const Plan& base, const alloc::Objective& objective);

} // namespace bitwright::plan
