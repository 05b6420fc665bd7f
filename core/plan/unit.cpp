#include "core/plan/unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

namespace bitwright::plan {

namespace {

/// Order of a tensor inside its tower: embeddings, blocks, then everything after the blocks.
std::int64_t blockOrder(const model::TensorInfo& info)
{
    using model::Role;
    if (info.parts.block)
        return *info.parts.block;
    const Role role = info.parts.role;
    const bool before = role == Role::Embedding || role == Role::PositionEmbedding
        || role == Role::TypeEmbedding || role == Role::PatchEmbedding;
    return before ? -1 : std::numeric_limits<std::int64_t>::max();
}

/// Indices of the quantizable tensors in natural order.
std::vector<model::TensorIndex> orderedTensors(const model::Checkpoint& checkpoint)
{
    const auto& tensors = checkpoint.tensors();
    std::map<std::string, std::size_t> towerOrder;
    std::vector<model::TensorIndex> indices;
    for (model::TensorIndex i = 0; i < tensors.size(); ++i) {
        towerOrder.try_emplace(tensors[i].parts.tower, towerOrder.size());
        if (tensors[i].quantizable)
            indices.push_back(i);
    }
    std::stable_sort(indices.begin(), indices.end(), [&](model::TensorIndex a, model::TensorIndex b) {
        return std::pair(towerOrder[tensors[a].parts.tower], blockOrder(tensors[a]))
            < std::pair(towerOrder[tensors[b].parts.tower], blockOrder(tensors[b]));
    });
    return indices;
}

/// Path of the module that holds the tensor's module: "a.b" of "a.b.q_proj.weight". Tensors without a
/// `.weight` ending (stacked experts) have one component less.
std::string_view parentModule(std::string_view tensor)
{
    constexpr std::string_view kWeight = ".weight";
    if (tensor.ends_with(kWeight))
        tensor.remove_suffix(kWeight.size());
    const std::size_t dot = tensor.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : tensor.substr(0, dot);
}

enum class Fusion
{
    None,
    QueryKeyValue,
    GateUp,
    LowRank,
    Experts,
};

Fusion fusionOf(const Unit& unit)
{
    using model::Role;
    if (unit.routedExpert)
        return Fusion::Experts;
    switch (unit.role) {
    case Role::Query:
    case Role::Key:
    case Role::Value:
        return Fusion::QueryKeyValue;
    case Role::Gate:
    case Role::Up:
        return Fusion::GateUp;
    case Role::QueryA:
    case Role::KeyValueA:
        return Fusion::LowRank;
    default:
        return Fusion::None;
    }
}

std::string_view fusionName(Fusion fusion)
{
    switch (fusion) {
    case Fusion::QueryKeyValue:
        return "q/k/v";
    case Fusion::GateUp:
        return "gate/up";
    case Fusion::LowRank:
        return "q_a/kv_a";
    case Fusion::Experts:
        return "experts";
    case Fusion::None:
        break;
    }
    return "";
}

/// Name of a group: the module path that all its members share.
std::string tieName(const std::vector<Unit>& units, const std::vector<std::size_t>& members, Fusion fusion)
{
    std::string_view shared = parentModule(units[members.front()].tensor);
    const auto holds = [](std::string_view path, std::string_view prefix) {
        return path.starts_with(prefix)
            && (path.size() == prefix.size() || prefix.empty() || path[prefix.size()] == '.');
    };
    for (const std::size_t member : members)
        while (!holds(parentModule(units[member].tensor), shared)) {
            const std::size_t dot = shared.rfind('.');
            shared = dot == std::string_view::npos ? std::string_view{} : shared.substr(0, dot);
        }
    return shared.empty() ? std::string(fusionName(fusion))
                          : fmt::format("{} {}", shared, fusionName(fusion));
}

} // namespace

std::vector<Unit> unitsOf(const model::Checkpoint& checkpoint)
{
    std::vector<Unit> units;
    for (const model::TensorIndex index : orderedTensors(checkpoint)) {
        const model::TensorInfo& info = checkpoint.tensors()[index];
        Unit unit;
        unit.tensor = info.name;
        unit.index = index;
        unit.rows = info.rows();
        unit.cols = info.cols();
        unit.role = info.parts.role;
        unit.tower = info.parts.tower;
        unit.block = info.parts.block;
        unit.dtype = info.dtype;
        if (info.parts.expert)
            unit.routedExpert = static_cast<std::uint64_t>(*info.parts.expert);
        unit.orientation = info.orientation;
        unit.stacked = info.shape.size() == 3;
        for (std::uint64_t expert = 0; expert < std::max<std::uint64_t>(info.experts, 1); ++expert) {
            unit.expert = expert;
            if (unit.stacked)
                unit.routedExpert = expert;
            unit.name = model::matrixName(info, expert);
            units.push_back(unit);
        }
    }
    return units;
}

std::vector<Tie> defaultTies(const std::vector<Unit>& units)
{
    // All experts of a block share one kernel wherever they are stored; the other fusions are of one module.
    using Key = std::tuple<std::string_view, int, std::string_view, Fusion>;
    std::map<Key, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const Fusion fusion = fusionOf(units[i]);
        if (fusion == Fusion::None)
            continue;
        const auto parent = fusion == Fusion::Experts ? std::string_view{} : parentModule(units[i].tensor);
        groups[Key(units[i].tower, units[i].block.value_or(-1), parent, fusion)].push_back(i);
    }
    std::vector<Tie> ties;
    for (const auto& [key, members] : groups)
        if (members.size() > 1)
            ties.push_back({tieName(units, members, std::get<Fusion>(key)), members});
    std::sort(ties.begin(), ties.end(),
        [](const Tie& a, const Tie& b) { return a.units.front() < b.units.front(); });
    return ties;
}

} // namespace bitwright::plan
