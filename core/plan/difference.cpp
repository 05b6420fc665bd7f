#include "core/plan/difference.h"

#include <algorithm>

namespace bitwright::plan {

Result<PlanDifference> differenceOf(
    const PlanSpace& space, const std::vector<std::size_t>& a, const std::vector<std::size_t>& b)
{
    const std::size_t count = space.units().size(), options = space.optionIds().size();
    const auto fits = [&](const std::vector<std::size_t>& choice) {
        return choice.size() == count && std::all_of(choice.begin(), choice.end(), [&](std::size_t option) {
            return option < options;
        });
    };
    if (!fits(a) || !fits(b))
        return fail(ErrorCode::InvalidArgument,
            "The plans do not name one of {} options for each of {} units.", options, count);
    PlanDifference difference;
    difference.units.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& left = space.cell(i, a[i]);
        const auto& right = space.cell(i, b[i]);
        UnitDifference item;
        item.unit = i;
        item.optionA = a[i];
        item.optionB = b[i];
        item.deltaBytes = static_cast<std::int64_t>(right.resolved.bytes)
            - static_cast<std::int64_t>(left.resolved.bytes);
        if (item.same())
            item.deltaHarm = 0.0;
        else if (left.score && right.score)
            item.deltaHarm = *right.score - *left.score;
        difference.changed += item.same() ? 0U : 1U;
        difference.unknown += item.deltaHarm ? 0U : 1U;
        difference.deltaBytes += item.deltaBytes;
        difference.deltaHarm += item.deltaHarm.value_or(0.0);
        difference.units.push_back(item);
    }
    return difference;
}

} // namespace bitwright::plan
