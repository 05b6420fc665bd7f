#pragma once

#include "core/alloc/problem.h"

#include <span>
#include <string>
#include <vector>

namespace bitwright::alloc {

/// What is wrong with a plan.
enum class ViolationKind
{
    Lock, ///< A locked unit has another option.
    Tie, ///< Tied units have different options.
};

/// One broken rule.
struct Violation
{
    ViolationKind kind = ViolationKind::Lock;
    std::size_t unit = 0;
    std::string message; ///< One line, with the unit's name.
};

/// What a plan costs, as written.
struct Evaluation
{
    std::uint64_t bytes = 0; ///< Fixed bytes included.
    double objective = 0.0; ///< Over the units whose chosen option has a known cost; 0 when there is none.
    double sum = 0.0; ///< Sum of those costs; of cost^p under Power.
    std::size_t unpriced = 0; ///< Units whose chosen option has no known cost.
    std::vector<Violation> violations;
};

/// Adds up a plan and lists its violations. Errors: those of `validate`; InvalidArgument or OutOfRange when
/// `choice` has the wrong length or an index outside its unit. Cost: O(units).
[[nodiscard]] Result<Evaluation> evaluate(
    const AllocationProblem& problem, std::span<const std::size_t> choice);

} // namespace bitwright::alloc
