#include "core/model/tensor_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

namespace bitwright::model {

namespace {

struct RoleWord
{
    Role role;
    std::string_view word;
};

constexpr std::array kRoleWords{RoleWord{Role::Embedding, "embedding"},
    RoleWord{Role::PositionEmbedding, "position-embedding"}, RoleWord{Role::TypeEmbedding, "type-embedding"},
    RoleWord{Role::PatchEmbedding, "patch-embedding"}, RoleWord{Role::Output, "output"},
    RoleWord{Role::Query, "query"}, RoleWord{Role::Key, "key"}, RoleWord{Role::Value, "value"},
    RoleWord{Role::QueryKeyValue, "query-key-value"}, RoleWord{Role::QueryA, "query-a"},
    RoleWord{Role::QueryB, "query-b"}, RoleWord{Role::KeyValueA, "key-value-a"},
    RoleWord{Role::KeyValueB, "key-value-b"}, RoleWord{Role::AttentionOutput, "attention-output"},
    RoleWord{Role::Gate, "gate"}, RoleWord{Role::Up, "up"}, RoleWord{Role::GateUp, "gate-up"},
    RoleWord{Role::Down, "down"}, RoleWord{Role::Router, "router"}, RoleWord{Role::SharedGate, "shared-gate"},
    RoleWord{Role::Pooler, "pooler"}, RoleWord{Role::Classifier, "classifier"}, RoleWord{Role::Norm, "norm"},
    RoleWord{Role::Bias, "bias"}, RoleWord{Role::Scale, "scale"}, RoleWord{Role::Other, "other"}};

/// Families whose Conv1D layers store weights as inputs x outputs.
constexpr std::array<std::string_view, 5> kConv1dFamilies{
    "gpt2", "openai-gpt", "imagegpt", "decision_transformer", "trajectory_transformer"};
/// Families that stack experts as inputs x outputs.
constexpr std::array<std::string_view, 4> kTransposedExperts{
    "gpt_oss", "llama4", "llama4_text", "qwen3_vl_moe"};

template <std::size_t count>
bool isOneOf(std::string_view text, const std::array<std::string_view, count>& list)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

/// The module word that GPT-2 gives its Conv1D layers, or "".
std::string_view conv1dWord(std::string_view name)
{
    constexpr std::array<std::string_view, 4> kWords{"c_attn", "c_proj", "c_fc", "q_attn"};
    if (!name.ends_with(".weight"))
        return {};
    name.remove_suffix(7);
    const std::string_view leaf = name.substr(name.rfind('.') + 1);
    return isOneOf(leaf, kWords) ? leaf : std::string_view{};
}

/// Orientation of a 2-D weight. Without a model type the shape tells: a layer that widens is longer along its
/// outputs. A square c_proj is taken for GPT-2's; classifyTensors corrects it by its neighbors.
Orientation orientationOf(const TensorInfo& tensor, std::string_view modelType)
{
    const std::string_view word = conv1dWord(tensor.name);
    if (word.empty() || tensor.shape.size() != 2)
        return Orientation::OutIn;
    if (!modelType.empty())
        return isOneOf(modelType, kConv1dFamilies) ? Orientation::InOut : Orientation::OutIn;
    const std::uint64_t first = tensor.shape[0];
    const std::uint64_t second = tensor.shape[1];
    const bool narrowing = word == "c_proj"; // down-projection, or square in attention
    return (narrowing ? first >= second : first < second) ? Orientation::InOut : Orientation::OutIn;
}

bool isExpertRole(Role role)
{
    return sublayerOf(role) == Sublayer::Mlp;
}

bool isMatrixRole(Role role)
{
    return sublayerOf(role) != Sublayer::None || role == Role::Output || role == Role::Pooler
        || role == Role::Classifier;
}

/// Reason that follows from the role alone, or "".
std::string_view reasonOfRole(const NameParts& parts)
{
    switch (parts.role) {
    case Role::Embedding:
        return "embedding table: kept";
    case Role::PositionEmbedding:
        return "position embedding: kept";
    case Role::TypeEmbedding:
        return "token type embedding: kept";
    case Role::PatchEmbedding:
        return "patch embedding: kept";
    case Role::Router:
        return "router: kept, tiny and sensitive";
    case Role::SharedGate:
        return "gate of the shared expert: kept, tiny and sensitive";
    case Role::Norm:
        return "norm: kept";
    case Role::Scale:
        return "scale of an already quantized weight";
    default:
        return parts.bias || parts.role == Role::Bias ? "bias: kept" : "";
    }
}

bool isPackedName(std::string_view name)
{
    return name.ends_with("_blocks") || name.ends_with(".qweight") || name.ends_with(".weight_packed");
}

std::string reasonOfDtype(const TensorInfo& tensor)
{
    if (tensor.dtype == DType::Unknown)
        return fmt::format("unknown dtype \"{}\": data unavailable", tensor.dtypeText);
    if (isFloating(tensor.dtype))
        return {};
    if (tensor.name.ends_with("_blocks") && tensor.dtype == DType::U8)
        return "packed MXFP4 codes: already quantized";
    if (isPackedName(tensor.name))
        return "packed codes: already quantized";
    return fmt::format("dtype {} is not a weight type", dtypeName(tensor.dtype));
}

std::string reasonOfShape(const TensorInfo& tensor, bool stacked)
{
    const std::size_t rank = tensor.shape.size();
    if (tensor.parameters == 0 && rank > 0)
        return "empty";
    if (rank == 0)
        return "a single number";
    if (rank == 1)
        return "1-dimensional";
    if (rank == 2 || stacked)
        return {};
    if (rank == 4 || rank == 5)
        return fmt::format("{}-dimensional: convolution kernel or buffer, kept", rank);
    return fmt::format("{}-dimensional and no stack of experts", rank);
}

std::string reasonNotQuantizable(const TensorInfo& tensor, bool stacked)
{
    if (const std::string_view reason = reasonOfRole(tensor.parts); !reason.empty())
        return std::string(reason);
    if (std::string reason = reasonOfDtype(tensor); !reason.empty())
        return reason;
    if (std::string reason = reasonOfShape(tensor, stacked); !reason.empty())
        return reason;
    // A matrix of unknown role is a linear layer if it is named like one.
    if (!isMatrixRole(tensor.parts.role) && !tensor.name.ends_with(".weight") && tensor.name != "weight")
        return "role unknown and not named like a linear layer: kept";
    return {};
}

} // namespace

std::string_view roleName(Role role)
{
    for (const RoleWord& entry : kRoleWords) {
        if (entry.role == role)
            return entry.word;
    }
    return "other";
}

std::optional<Role> roleFromName(std::string_view name)
{
    for (const RoleWord& entry : kRoleWords) {
        if (entry.word == name)
            return entry.role;
    }
    return std::nullopt;
}

Sublayer sublayerOf(Role role)
{
    switch (role) {
    case Role::Query:
    case Role::Key:
    case Role::Value:
    case Role::QueryKeyValue:
    case Role::QueryA:
    case Role::QueryB:
    case Role::KeyValueA:
    case Role::KeyValueB:
    case Role::AttentionOutput:
        return Sublayer::Attention;
    case Role::Gate:
    case Role::Up:
    case Role::GateUp:
    case Role::Down:
        return Sublayer::Mlp;
    default:
        return Sublayer::None;
    }
}

std::string matrixName(const TensorInfo& tensor, std::uint64_t expert)
{
    return tensor.shape.size() == 3 ? fmt::format("{}[{}]", tensor.name, expert) : tensor.name;
}

std::uint64_t TensorInfo::rows() const
{
    if (shape.size() == 2)
        return orientation == Orientation::OutIn ? shape[0] : shape[1];
    if (shape.size() == 3 && experts == shape[0])
        return orientation == Orientation::OutIn ? shape[1] : shape[2];
    return 0;
}

std::uint64_t TensorInfo::cols() const
{
    if (shape.size() == 2)
        return orientation == Orientation::OutIn ? shape[1] : shape[0];
    if (shape.size() == 3 && experts == shape[0])
        return orientation == Orientation::OutIn ? shape[2] : shape[1];
    return 0;
}

void classifyTensor(TensorInfo& tensor, std::string_view modelType)
{
    tensor.parts = parseTensorName(tensor.name);
    tensor.orientation = orientationOf(tensor, modelType);
    tensor.experts = 1;
    const bool stacked = tensor.shape.size() == 3 && tensor.shape[0] > 0 && !tensor.parts.bias
        && !tensor.parts.expert && isExpertRole(tensor.parts.role) && !isPackedName(tensor.name);
    if (stacked) {
        tensor.experts = tensor.shape[0];
        if (isOneOf(modelType, kTransposedExperts))
            tensor.orientation = Orientation::InOut;
    }
    tensor.reason = reasonNotQuantizable(tensor, stacked);
    tensor.quantizable = tensor.reason.empty();
}

namespace {

/// Gives a square attention c_proj of unknown family the orientation of its block's c_attn.
void orientSquareProjections(std::vector<TensorInfo>& tensors)
{
    std::map<std::string_view, Orientation> fused;
    constexpr std::string_view kFused = "attn.c_attn.weight";
    constexpr std::string_view kSquare = "attn.c_proj.weight";
    for (const TensorInfo& tensor : tensors) {
        if (tensor.name.ends_with(kFused))
            fused.emplace(std::string_view(tensor.name).substr(0, tensor.name.size() - kFused.size()),
                tensor.orientation);
    }
    for (TensorInfo& tensor : tensors) {
        if (!tensor.name.ends_with(kSquare))
            continue;
        const auto found
            = fused.find(std::string_view(tensor.name).substr(0, tensor.name.size() - kSquare.size()));
        if (found != fused.end())
            tensor.orientation = found->second;
    }
}

/// FP8 codes mean nothing without the scales stored beside them, so a quantizer must not take them for
/// values.
void refuseScaledCodes(std::vector<TensorInfo>& tensors)
{
    std::unordered_set<std::string_view> scales;
    for (const TensorInfo& tensor : tensors) {
        if (tensor.parts.role == Role::Scale)
            scales.insert(tensor.name);
    }
    if (scales.empty())
        return;
    for (TensorInfo& tensor : tensors) {
        if (!tensor.quantizable || bitsPerElement(tensor.dtype) > 8)
            continue;
        for (const std::string_view ending : {"_scale_inv", "_scale"}) {
            if (scales.contains(tensor.name + std::string(ending))) {
                tensor.quantizable = false;
                tensor.reason = fmt::format(
                    "{} codes with scales of their own: already quantized", dtypeName(tensor.dtype));
            }
        }
    }
}

} // namespace

void classifyTensors(std::vector<TensorInfo>& tensors, std::string_view modelType)
{
    std::unordered_set<std::string> towers;
    for (TensorInfo& tensor : tensors) {
        classifyTensor(tensor, modelType);
        if (tensor.parts.block)
            towers.insert(tensor.parts.tower);
    }
    if (towers.size() <= 1) {
        for (TensorInfo& tensor : tensors)
            tensor.parts.tower.clear();
    }
    if (modelType.empty())
        orientSquareProjections(tensors);
    refuseScaledCodes(tensors);
}

} // namespace bitwright::model
