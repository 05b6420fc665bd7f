#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitwright::alloc {

/// Marks "no node" and "no new decision".
inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;

/// A partial plan, as differences to the base plan of the groups decided so far.
struct State
{
    std::int64_t bytes = 0;
    double cost = 0.0;
    std::uint32_t node = kNone; ///< Last decision that differs from the base plan, in a DecisionPool.
    std::uint32_t pending
        = kNone; ///< Item chosen in the current group, not yet in the pool; kNone: the base item.
};

/// Decisions of all living partial plans as a forest: each node points to the decision before it.
///
/// Only deviations from the base plan make nodes, and nodes that no living plan needs are removed when the
/// pool has doubled, so memory follows the number of living plans and not the number of groups.
class DecisionPool
{
public:
    /// Turns the pending decisions of `states` into nodes.
    void commit(std::vector<State>& states);
    /// Removes nodes that neither `states` nor `root` need, when that is worth while; updates both.
    void collect(std::vector<State>& states, std::uint32_t& root);
    /// Removes unneeded nodes now.
    void collectNow(std::vector<State>& states, std::uint32_t& root);
    /// Calls `visit(item)` for each decision from `node` back to the start.
    template <typename Visit>
    void walk(std::uint32_t node, const Visit& visit) const
    {
        for (; node != kNone; node = m_nodes[node].parent)
            visit(m_nodes[node].item);
    }
    [[nodiscard]] std::size_t size() const { return m_nodes.size(); }
    [[nodiscard]] static constexpr std::size_t bytesPerNode() { return sizeof(Node); }

private:
    struct Node
    {
        std::uint32_t parent;
        std::uint32_t item;
    };
    std::vector<Node> m_nodes;
    std::size_t m_collectAt = 1U << 16U;
};

/// One Lagrangian lower bound: any completion of a state costs at least state.cost + slope * state.bytes +
/// offset.
struct BoundLine
{
    double slope = 0.0;
    double offset = 0.0;
};

/// Maximum of the lines at growing sizes. Lines must ascend in slope and come from one concave dual function,
/// so that the best line only moves forward.
class BoundWalker
{
public:
    explicit BoundWalker(std::span<const BoundLine> lines)
        : m_lines(lines)
    { }
    /// Largest bound for the bytes of a state; calls must not go back in bytes.
    double at(double bytes)
    {
        double value = m_lines[m_at].slope * bytes + m_lines[m_at].offset;
        while (m_at + 1 < m_lines.size()) {
            const double next = m_lines[m_at + 1].slope * bytes + m_lines[m_at + 1].offset;
            if (next < value)
                break;
            value = next;
            ++m_at;
        }
        return value;
    }

private:
    std::span<const BoundLine> m_lines;
    std::size_t m_at = 0;
};

/// What a new state must satisfy to be kept.
struct KeepRule
{
    std::span<const BoundLine> lines;
    double threshold = 0.0; ///< Largest bound kept.
    std::int64_t maxBytes = 0; ///< Largest size from which the budget can still be met.
};

/// Merges `source`, each state extended by (bytes, cost, item), into `into`, both ascending in bytes and
/// strictly descending in cost; the result in `out` is of the same kind. Extended states that break `rule`
/// are left out. Of equal states the one from `into` stays.
void mergeExtended(const std::vector<State>& into, const std::vector<State>& source, const State& extension,
    const KeepRule& rule, std::vector<State>& out);

} // namespace bitwright::alloc
