// What the tree takes from the plan, and which of its lines an edit moves.
#include "views/models/tensor_tree.h"

#include <algorithm>
#include <limits>
#include <map>

namespace bitwright::views {

/// What the plan says of one tensor, by its units.
void TensorTree::takePlanOf(std::size_t tensor)
{
    auto& state = m_stateOfTensor[tensor];
    state.bits = std::numeric_limits<double>::quiet_NaN();
    state.locked = state.fallback = state.planned = false;
    double bytes = 0;
    std::uint64_t planned = 0;
    const auto& space = *m_document.space();
    const auto units = m_unitsOfTensor.constFind(static_cast<int>(tensor));
    if (units != m_unitsOfTensor.constEnd()) {
        for (const int at : *units) {
            const auto i = static_cast<std::size_t>(at);
            const auto& resolved = space.cell(i, m_document.choice()[i]).resolved;
            bytes += static_cast<double>(resolved.bytes);
            planned += space.units()[i].parameters();
            state.planned = true;
            state.fallback = state.fallback || !resolved.fallback.empty();
            state.locked = state.locked || m_document.isLocked(i);
        }
    }
    m_planBytesOfTensor[tensor] = bytes;
    m_plannedOfTensor[tensor] = planned;
    if (planned > 0)
        state.bits = 8.0 * bytes / static_cast<double>(planned);
}

void TensorTree::refreshPlan()
{
    const auto& space = m_document.space();
    if (!space || m_document.choice().size() != space->units().size() || m_stateOfTensor.empty())
        return m_delta.forget();
    if (const auto moved = m_delta.take(m_document)) {
        for (const std::size_t unit : *moved)
            takePlanOf(space->units()[unit].index);
    } else {
        for (std::size_t i = 0; i < m_stateOfTensor.size(); ++i) {
            takePlanOf(i);
            m_stateOfTensor[i].tied = false;
        }
        for (const auto& tie : space->tiesOf(m_document.plan()))
            for (const auto unit : tie.units)
                m_stateOfTensor[space->units()[unit].index].tied = true;
    }
    const auto nodes = sumUp();
    if (!refilter())
        announceMoved(nodes);
}

std::vector<int> TensorTree::sumUp()
{
    struct Sums
    {
        std::uint64_t parameters = 0;
        double bytes = 0;
        int marks = 0;
        bool operator==(const Sums&) const = default;
    };
    std::vector<Sums> before;
    before.reserve(m_nodes.size());
    for (auto& node : m_nodes) {
        before.push_back({node.plannedParameters, node.planBytes, node.marks});
        node.plannedParameters = 0;
        node.planBytes = 0;
        node.marks = 0;
    }
    std::vector<int> moved;
    for (std::size_t id = m_nodes.size(); id-- > 1;) {
        Node& node = m_nodes[id];
        if (node.tensor >= 0) {
            const auto index = static_cast<std::size_t>(node.tensor);
            const QueryState& state = m_stateOfTensor[index];
            node.plannedParameters = m_plannedOfTensor[index];
            node.planBytes = m_planBytesOfTensor[index];
            node.marks = (state.locked ? LockedMark : 0) | (state.tied ? TiedMark : 0)
                | (state.fallback ? FallbackMark : 0) | (state.nonFinite ? NonFiniteMark : 0)
                | (state.failed ? FailedMark : 0) | (m_noted[index] != 0 ? NoteMark : 0);
        }
        if (before[id] != Sums{node.plannedParameters, node.planBytes, node.marks})
            moved.push_back(static_cast<int>(id));
        Node& parent = m_nodes[static_cast<std::size_t>(node.parent)];
        parent.plannedParameters += node.plannedParameters;
        parent.planBytes += node.planBytes;
        parent.marks |= node.marks & (NonFiniteMark | FailedMark | NoteMark);
    }
    return moved;
}

/// Says that bits and marks of these are others, in one range for the children of each parent.
void TensorTree::announceMoved(const std::vector<int>& nodes)
{
    std::map<int, std::pair<int, int>> rows; // of a parent: first and last that moved
    for (const int id : nodes) {
        const Node& node = m_nodes[static_cast<std::size_t>(id)];
        const int row = rowOf(node);
        if (row < 0)
            continue; // left out by the filter
        const auto [at, first] = rows.try_emplace(node.parent, row, row);
        if (!first) {
            at->second.first = std::min(at->second.first, row);
            at->second.second = std::max(at->second.second, row);
        }
    }
    for (const auto& [parent, range] : rows) {
        const auto& shown = childrenOf(m_nodes[static_cast<std::size_t>(parent)]);
        const auto idAt
            = [&](int row) { return static_cast<quintptr>(shown[static_cast<std::size_t>(row)]); };
        for (const int column : {NameColumn, BitsColumn})
            Q_EMIT dataChanged(createIndex(range.first, column, idAt(range.first)),
                createIndex(range.second, column, idAt(range.second)));
    }
}

} // namespace bitwright::views
