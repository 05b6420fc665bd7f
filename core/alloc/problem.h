#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::alloc {

/// One way to store a unit.
struct Option
{
    std::uint64_t bytes = 0; ///< Exact stored size, all overheads included.
    std::optional<double> cost; ///< Predicted or measured harm; missing or +Inf: only usable when locked.
};

/// What gets one option: a tensor, an expert, a block.
struct Unit
{
    std::string name;
    std::vector<Option> options;
    std::optional<std::size_t> locked; ///< Index into `options` that the user fixed.
};

/// How the costs of the chosen options combine into the number that is minimized.
enum class ObjectiveKind
{
    Sum, ///< Sum of the costs; they may be negative (measured harm can be).
    Max, ///< Largest cost; among plans equal in that, the smallest sum.
    Power, ///< Sum of cost^p; costs must not be negative.
};

/// Objective with its parameter.
struct Objective
{
    ObjectiveKind kind = ObjectiveKind::Sum;
    double power = 1.0; ///< Exponent p > 0, used by Power only.
};

/// Choose one option per unit so that the bytes stay within a budget and the objective is smallest.
///
/// The budget is an argument of the solver, not a member, because one problem is solved at many budgets.
/// Further linear limits (a second budget, counts per option) would become more members; nothing here assumes
/// that bytes are the only resource except the engines themselves.
struct AllocationProblem
{
    std::vector<Unit> units;
    std::vector<std::vector<std::size_t>>
        ties; ///< Unit indices that must take the same option index; may overlap.
    std::uint64_t fixedBytes = 0; ///< Stored in every plan: untouched tensors, headers.
    Objective objective;
};

/// Checks everything an engine relies on and names the first offence in one line.
///
/// Errors: InvalidArgument (no options; lock out of range; ties out of range, of different lengths or with
/// contradicting locks; no option with a cost; exponent not positive; negative cost under Power), OutOfRange
/// (sizes beyond 2^63 - 1 bytes), Numeric (a cost is NaN or -Inf, or costs do not sum to a finite number).
/// Cost: O(options).
[[nodiscard]] Result<void> validate(const AllocationProblem& problem);

/// True when `option` may be chosen freely: its cost is known and finite.
[[nodiscard]] bool hasUsableCost(const Option& option);

/// Cost as the objective counts it: cost^p under Power, else the cost itself. `option` must have a usable
/// cost.
[[nodiscard]] double objectiveTerm(const Objective& objective, const Option& option);

/// Sets of units that must agree, each ascending, ordered by first unit; every unit is in exactly one set.
/// Indices in `problem.ties` must be valid.
[[nodiscard]] std::vector<std::vector<std::size_t>> tieGroups(const AllocationProblem& problem);

} // namespace bitwright::alloc
