#include "core/alloc/state_list.h"

#include <algorithm>
#include <limits>

namespace bitwright::alloc {

void DecisionPool::commit(std::vector<State>& states)
{
    for (State& state : states) {
        if (state.pending == kNone)
            continue;
        m_nodes.push_back({state.node, state.pending});
        state.node = static_cast<std::uint32_t>(m_nodes.size() - 1);
        state.pending = kNone;
    }
}

void DecisionPool::collect(std::vector<State>& states, std::uint32_t& root)
{
    if (m_nodes.size() < m_collectAt)
        return;
    collectNow(states, root);
    m_collectAt = std::max<std::size_t>(1U << 16U, 2 * m_nodes.size());
}

void DecisionPool::collectNow(std::vector<State>& states, std::uint32_t& root)
{
    std::vector<std::uint32_t> moved(m_nodes.size(), kNone);
    constexpr std::uint32_t kNeeded = 0;
    const auto mark = [&](std::uint32_t node) {
        if (node != kNone)
            moved[node] = kNeeded;
    };
    mark(root);
    for (const State& state : states)
        mark(state.node);
    // Parents always stand before their children: one pass back marks, one pass forward moves.
    for (std::size_t i = m_nodes.size(); i-- > 0;) {
        if (moved[i] == kNeeded)
            mark(m_nodes[i].parent);
    }
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        if (moved[i] == kNone)
            continue;
        Node node = m_nodes[i];
        if (node.parent != kNone)
            node.parent = moved[node.parent];
        m_nodes[kept] = node;
        moved[i] = kept++;
    }
    m_nodes.resize(kept);
    if (root != kNone)
        root = moved[root];
    for (State& state : states) {
        if (state.node != kNone)
            state.node = moved[state.node];
    }
}

void mergeExtended(const std::vector<State>& into, const std::vector<State>& source, const State& extension,
    const KeepRule& rule, std::vector<State>& out)
{
    out.resize(into.size() + source.size());
    State* write = out.data();
    double best = std::numeric_limits<double>::infinity();
    BoundWalker bound(rule.lines);
    auto old = into.begin();
    const auto takeOld = [&] {
        if (old->cost < best) {
            best = old->cost;
            *write++ = *old;
        }
        ++old;
    };
    for (const State& from : source) {
        const std::int64_t bytes = from.bytes + extension.bytes;
        if (bytes > rule.maxBytes)
            break;
        const double cost = from.cost + extension.cost;
        while (old != into.end() && (old->bytes < bytes || (old->bytes == bytes && old->cost <= cost)))
            takeOld();
        if (cost >= best || cost + bound.at(static_cast<double>(bytes)) > rule.threshold)
            continue;
        best = cost;
        *write++ = {bytes, cost, from.node, extension.pending};
    }
    while (old != into.end())
        takeOld();
    out.resize(static_cast<std::size_t>(write - out.data()));
}

} // namespace bitwright::alloc
