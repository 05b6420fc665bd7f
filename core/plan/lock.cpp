#include "core/plan/plan.h"

#include <fnmatch.h>

namespace bitwright::plan {

namespace {

/// The option ids of a space, for messages.
std::string offered(const PlanSpace& space)
{
    std::string text;
    for (const std::string& id : space.optionIds())
        text += (text.empty() ? "" : ", ") + id;
    return text;
}

} // namespace

Result<std::size_t> applyLock(Plan& plan, const PlanSpace& space, std::string_view lock)
{
    // Option ids hold no "=", patterns may.
    const std::size_t equals = lock.rfind('=');
    if (equals == std::string_view::npos || equals == 0)
        return fail(ErrorCode::InvalidArgument, "Lock \"{}\" is not of the form GLOB=OPTION.",
            escapedForDisplay(lock));
    const std::string glob(lock.substr(0, equals));
    const auto option = space.optionIndex(lock.substr(equals + 1));
    if (!option)
        return fail(ErrorCode::InvalidArgument,
            "Lock \"{}\" names an option that is not offered; offered are {}.", escapedForDisplay(lock),
            offered(space));
    std::vector<std::size_t> matched;
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        const std::string& name = space.units()[i].name;
        if (name != glob && fnmatch(glob.c_str(), name.c_str(), 0) != 0)
            continue;
        if (!space.cell(i, *option).legal) {
            Error error;
            error.code = ErrorCode::InvalidArgument;
            error.message = fmt::format(
                "Lock \"{}\" cannot be honored: {}", escapedForDisplay(lock), space.cell(i, *option).reason);
            return fail(std::move(error).inTensor(name));
        }
        matched.push_back(i);
    }
    if (matched.empty())
        return fail(ErrorCode::InvalidArgument, "Lock \"{}\" matches no unit.", escapedForDisplay(lock));
    for (const std::size_t i : matched) {
        Entry& entry = plan.entries[space.units()[i].name];
        entry.option = space.optionIds()[*option];
        entry.locked = true;
    }
    return matched.size();
}

} // namespace bitwright::plan
