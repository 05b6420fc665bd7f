#include "core/measure/adaptive.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace bitwright::measure {

namespace {

/// Marks both of two neighbors in `order` whose intervals overlap.
void markOverlaps(
    std::span<const PairState> pairs, const std::vector<std::size_t>& order, std::vector<bool>& overlaps)
{
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
        const auto& a = pairs[order[i]].interval;
        const auto& b = pairs[order[i + 1]].interval;
        if (a && b && a->overlaps(*b))
            overlaps[order[i]] = overlaps[order[i + 1]] = true;
    }
}

double need(const PairState& pair)
{
    if (!pair.interval)
        return std::numeric_limits<double>::infinity();
    return pair.interval->mean > 0 ? pair.interval->width() / pair.interval->mean
                                   : std::numeric_limits<double>::infinity();
}

} // namespace

std::vector<std::size_t> needMore(std::span<const PairState> pairs, const AdaptiveSettings& settings)
{
    std::map<std::size_t, std::vector<std::size_t>> byUnit, byColumn;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        byUnit[pairs[i].unit].push_back(i);
        byColumn[pairs[i].column].push_back(i);
    }
    std::vector<bool> overlaps(pairs.size(), false);
    for (auto& [unit, order] : byUnit) {
        std::stable_sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return pairs[a].bytes < pairs[b].bytes; });
        markOverlaps(pairs, order, overlaps);
    }
    const auto meanOf = [&](std::size_t i) { return pairs[i].interval ? pairs[i].interval->mean : 0.0; };
    for (auto& [column, order] : byColumn) {
        std::stable_sort(
            order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return meanOf(a) < meanOf(b); });
        markOverlaps(pairs, order, overlaps);
    }
    const auto units = static_cast<double>(byUnit.size());
    std::vector<std::size_t> more;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto& interval = pairs[i].interval;
        const bool settled = interval
            && (interval->width() <= 2 * settings.precision * interval->mean
                || interval->high * units < settings.negligible || !overlaps[i]);
        if (!settled)
            more.push_back(i);
    }
    std::stable_sort(more.begin(), more.end(),
        [&](std::size_t a, std::size_t b) { return need(pairs[a]) > need(pairs[b]); });
    return more;
}

} // namespace bitwright::measure
