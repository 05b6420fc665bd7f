#include "core/alloc/relaxation.h"

#include <algorithm>

namespace bitwright::alloc {

Relaxation::Relaxation(const ReducedProblem& reduced)
{
    std::int64_t bytes = 0;
    CompensatedSum cost;
    for (std::size_t g = 0; g < reduced.size(); ++g) {
        const auto hull = reduced.hullOf(g);
        bytes += reduced.items[hull.front()].bytes;
        cost.add(reduced.items[hull.front()].cost);
        for (std::uint32_t p = 1; p < hull.size(); ++p) {
            const Item& from = reduced.items[hull[p - 1]];
            const Item& to = reduced.items[hull[p]];
            const std::int64_t grow = to.bytes - from.bytes;
            m_steps.push_back(
                {(from.cost - to.cost) / static_cast<double>(grow), grow, static_cast<std::uint32_t>(g), p});
        }
    }
    std::sort(m_steps.begin(), m_steps.end(), [](const HullStep& a, const HullStep& b) {
        if (a.slope != b.slope)
            return a.slope > b.slope;
        return a.group != b.group ? a.group < b.group : a.position < b.position;
    });
    m_bytes.reserve(m_steps.size() + 1);
    m_cost.reserve(m_steps.size() + 1);
    m_bytes.push_back(bytes);
    m_cost.push_back(cost.value());
    for (const HullStep& step : m_steps) {
        const auto hull = reduced.hullOf(step.group);
        bytes += step.bytes;
        cost.add(reduced.items[hull[step.position]].cost);
        cost.add(-reduced.items[hull[step.position - 1]].cost);
        m_bytes.push_back(bytes);
        m_cost.push_back(cost.value());
    }
}

std::size_t Relaxation::stepsWithin(std::int64_t bytes) const
{
    const auto above = std::upper_bound(m_bytes.begin(), m_bytes.end(), bytes);
    return static_cast<std::size_t>(above - m_bytes.begin()) - 1;
}

double Relaxation::valueAt(std::int64_t bytes) const
{
    const std::size_t k = stepsWithin(bytes);
    if (k == m_steps.size())
        return m_cost[k];
    return m_cost[k] - m_steps[k].slope * static_cast<double>(bytes - m_bytes[k]);
}

double Relaxation::priceAt(std::int64_t bytes) const
{
    const std::size_t k = stepsWithin(bytes);
    return k == m_steps.size() ? 0.0 : m_steps[k].slope;
}

std::vector<std::uint32_t> Relaxation::itemsAfter(const ReducedProblem& reduced, std::size_t k) const
{
    std::vector<std::uint32_t> items(reduced.size());
    for (std::size_t g = 0; g < reduced.size(); ++g)
        items[g] = reduced.hullOf(g).front();
    for (std::size_t i = 0; i < k; ++i)
        items[m_steps[i].group] = reduced.hullOf(m_steps[i].group)[m_steps[i].position];
    return items;
}

} // namespace bitwright::alloc
