#include "core/session/refine_swaps.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace bitwright::session {

namespace {

/// More steps than this in one swap, and nobody could say which of them did it.
constexpr std::size_t kMostSteps = 4;
constexpr std::size_t kMostSides = 128;

bool uses(const RefineSwap& swap, const RefineStep& step)
{
    return std::any_of(swap.steps.begin(), swap.steps.end(),
        [&](const RefineStep& other) { return other.units == step.units; });
}

void add(RefineSwap& swap, const RefineStep& step)
{
    swap.steps.push_back(step);
    swap.bytes += step.bytes;
    swap.predicted += step.predicted;
}

/// A step up and a first one down, completed until it is paid for and what is left over is spent. Further
/// steps are the next ones in order, so that swaps do not all lean on the same few.
std::optional<RefineSwap> completed(
    const RefineSides& sides, std::size_t up, std::optional<std::size_t> down, std::int64_t slack)
{
    RefineSwap swap;
    add(swap, sides.up[up]);
    if (down)
        add(swap, sides.down[*down]);
    for (std::size_t i = 1; down && i < sides.down.size() && swap.steps.size() < kMostSteps; ++i) {
        const RefineStep& step = sides.down[(*down + i) % sides.down.size()];
        if (swap.bytes > slack && !uses(swap, step))
            add(swap, step);
    }
    if (swap.bytes > slack)
        return std::nullopt;
    for (std::size_t i = 1; i < sides.up.size() && swap.steps.size() < kMostSteps; ++i) {
        const RefineStep& step = sides.up[(up + i) % sides.up.size()];
        if (swap.bytes + step.bytes <= slack && !uses(swap, step))
            add(swap, step);
    }
    return swap;
}

/// Expected improvement when every step's prediction is off by a normal error of its own.
double improvementOf(const RefineSwap& swap)
{
    double variance = 0;
    for (const RefineStep& step : swap.steps)
        variance += kRefineRelativeError * kRefineRelativeError * step.predicted * step.predicted;
    return expectedImprovement(swap.predicted, std::sqrt(variance));
}

std::uint64_t bytesOf(const alloc::AllocationProblem& problem, const std::vector<std::size_t>& choice)
{
    std::uint64_t bytes = 0;
    for (std::size_t unit = 0; unit < choice.size(); ++unit)
        bytes += problem.units[unit].options[choice[unit]].bytes;
    return bytes;
}

/// The first `count` in which no unit is in more than a few: swaps that share one cannot both be taken, and
/// one misjudged unit must not fill the whole round. Only then what is left, in order.
std::vector<RefineSwap> diverse(
    const std::vector<std::pair<double, const RefineSwap*>>& ranked, std::size_t count)
{
    const std::size_t mostUses = std::max<std::size_t>(2, count / 8);
    std::map<std::size_t, std::size_t> used;
    std::vector<RefineSwap> swaps;
    std::vector<const RefineSwap*> others;
    for (const auto& [improvement, swap] : ranked) {
        if (swaps.size() == count)
            return swaps;
        if (std::any_of(swap->steps.begin(), swap->steps.end(),
                [&](const RefineStep& step) { return used[step.units.front()] >= mostUses; })) {
            others.push_back(swap);
            continue;
        }
        for (const RefineStep& step : swap->steps)
            ++used[step.units.front()];
        swaps.push_back(*swap);
    }
    for (std::size_t i = 0; i < others.size() && swaps.size() < count; ++i)
        swaps.push_back(*others[i]);
    return swaps;
}

/// What a swap changes, in one order.
using Key = std::vector<std::pair<std::size_t, std::size_t>>;
Key keyOf(const RefineSwap& swap)
{
    Key key;
    for (const RefineStep& step : swap.steps)
        key.emplace_back(step.units.front(), step.to);
    std::sort(key.begin(), key.end());
    return key;
}

} // namespace

bool RefineSwap::touches(const RefineSwap& other) const
{
    return std::any_of(steps.begin(), steps.end(), [&](const RefineStep& step) { return uses(other, step); });
}

void RefineSwap::apply(std::vector<std::size_t>& choice) const
{
    for (const RefineStep& step : steps)
        for (const std::size_t unit : step.units)
            choice[unit] = step.to;
}

std::vector<RefineSwap> proposeSwaps(const alloc::AllocationProblem& problem,
    const std::vector<std::size_t>& choice, std::uint64_t unitBudget, std::size_t count)
{
    RefineSides sides = sidesOf(problem, choice);
    for (auto* side : {&sides.up, &sides.down})
        side->resize(std::min(side->size(), kMostSides));
    const std::int64_t slack
        = static_cast<std::int64_t>(unitBudget) - static_cast<std::int64_t>(bytesOf(problem, choice));
    std::map<Key, RefineSwap> all;
    const auto offer = [&](std::optional<RefineSwap> swap) {
        if (swap)
            all.try_emplace(keyOf(*swap), *swap);
    };
    for (const RefineStep& step : sides.free) {
        RefineSwap swap;
        add(swap, step);
        offer(std::move(swap));
    }
    for (std::size_t up = 0; up < sides.up.size(); ++up) {
        offer(completed(sides, up, std::nullopt, slack));
        for (std::size_t down = 0; down < sides.down.size(); ++down)
            if (sides.down[down].units != sides.up[up].units)
                offer(completed(sides, up, down, slack));
    }
    std::vector<std::pair<double, const RefineSwap*>> ranked;
    for (const auto& [key, swap] : all)
        ranked.emplace_back(improvementOf(swap), &swap);
    std::stable_sort(
        ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    return diverse(ranked, count);
}

} // namespace bitwright::session
