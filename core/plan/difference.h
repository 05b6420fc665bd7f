#pragma once

#include "core/plan/plan.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bitwright::plan {

/// One unit under two plans. Deltas are B minus A.
struct UnitDifference
{
    std::size_t unit = 0;
    std::size_t optionA = 0, optionB = 0;
    std::int64_t deltaBytes = 0;
    std::optional<double> deltaHarm; ///< Nothing where either option has no score.
    [[nodiscard]] bool same() const { return optionA == optionB; }
};

/// Two plans side by side, unit by unit.
struct PlanDifference
{
    std::vector<UnitDifference> units; ///< Every unit of the space, in its order.
    std::size_t changed = 0; ///< Units with another option.
    std::int64_t deltaBytes = 0; ///< Sum over all units.
    double deltaHarm = 0; ///< Sum of the known deltas.
    std::size_t unknown = 0; ///< Changed units whose delta is not known.
};

/// Compares two choices of options (one index per unit). Errors: InvalidArgument for a choice of another
/// length or an option that the space does not have.
[[nodiscard]] Result<PlanDifference> differenceOf(
    const PlanSpace& space, const std::vector<std::size_t>& a, const std::vector<std::size_t>& b);

} // namespace bitwright::plan
