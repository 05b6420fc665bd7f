#include "core/alloc/minimax.h"

#include <algorithm>
#include <limits>

namespace bitwright::alloc {
namespace {

struct Event
{
    double worst = 0.0;
    std::int64_t bytes = 0;
    std::uint32_t group = 0;
};

std::vector<Event> eventsOf(const GroupedProblem& grouped)
{
    std::vector<Event> events;
    for (std::uint32_t g = 0; g < grouped.groups.size(); ++g) {
        const Group& group = grouped.groups[g];
        for (std::size_t i = 0; i < group.options.size(); ++i) {
            const GroupOption& option = group.options[i];
            if (group.locked ? *group.locked == i : option.eligible)
                events.push_back({option.worst, option.bytes, g});
        }
    }
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.worst < b.worst; });
    return events;
}

} // namespace

std::vector<MinimaxPoint> minimaxCurve(const GroupedProblem& grouped)
{
    constexpr std::int64_t kNotYet = std::numeric_limits<std::int64_t>::max();
    const std::vector<Event> events = eventsOf(grouped);
    std::vector<std::int64_t> smallest(grouped.groups.size(), kNotYet);
    std::size_t missing = grouped.groups.size();
    std::int64_t total = grouped.fixedBytes;
    std::vector<MinimaxPoint> curve;
    for (std::size_t e = 0; e < events.size(); ++e) {
        const Event& event = events[e];
        std::int64_t& bytes = smallest[event.group];
        if (bytes == kNotYet) {
            --missing;
            total += event.bytes;
            bytes = event.bytes;
        } else if (event.bytes < bytes) {
            total += event.bytes - bytes;
            bytes = event.bytes;
        }
        const bool lastOfCost = e + 1 == events.size() || events[e + 1].worst > event.worst;
        if (lastOfCost && missing == 0 && (curve.empty() || total < curve.back().bytes))
            curve.push_back({event.worst, total});
    }
    return curve;
}

} // namespace bitwright::alloc
