#pragma once

#include "core/plan/solve.h"

#include <optional>
#include <vector>

namespace bitwright::plan {

/// The same number formats in the options of another space: each entry's option where the space has it, else
/// the option with the same format and another quantizer. Locks and notes stay. Nothing when a unit has no
/// entry, or no legal option with its format.
[[nodiscard]] std::optional<Plan> inFormatsOf(const Plan& plan, const PlanSpace& space);

/// A plan that went on in another space.
struct Carried
{
    Plan plan;
    std::vector<std::size_t> solved; ///< The solver's whole choice; empty when it was not asked.
    std::size_t changedByHand = 0; ///< Units chosen by hand or locked that have another format now.
    std::size_t unlocked = 0; ///< Locks that could not be kept.
};

/// Takes a plan over into a space of other options or another target. What was chosen `byHand` (per unit of
/// the space; empty: everything was) and what is locked keeps its number format where the space has it; when
/// all of that can be kept and there is work by hand, nothing else moves either. Otherwise the rest is solved
/// within the budget; where that is too small for what is to be kept, within the size that the plan had
/// (`bytes` of the file), then without the work by hand, at last without locks; a plan that keeps all its
/// formats stays where nothing can be solved. `base` says target, provenance, objective and ties of the
/// space. Errors: those of solvePlan.
[[nodiscard]] Result<Carried> carryPlan(const Plan& plan, const std::vector<char>& byHand,
    std::uint64_t bytes, const Plan& base, const PlanSpace& space, const alloc::Objective& objective,
    const RunContext& context);

} // namespace bitwright::plan
