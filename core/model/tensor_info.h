#pragma once

#include "core/model/dtype.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::model {

/// What a tensor does in the network.
enum class Role : std::uint8_t
{
    Embedding,
    PositionEmbedding,
    TypeEmbedding,
    PatchEmbedding,
    Output, ///< Language-model head.
    Query,
    Key,
    Value,
    QueryKeyValue, ///< Fused.
    QueryA, ///< Low-rank query down-projection (MLA).
    QueryB,
    KeyValueA,
    KeyValueB,
    AttentionOutput,
    Gate,
    Up, ///< Also the first matrix of a plain MLP (fc1, c_fc, intermediate.dense).
    GateUp, ///< Fused.
    Down,
    Router,
    SharedGate, ///< Scalar gate of a shared expert.
    Pooler,
    Classifier,
    Norm,
    Bias,
    Scale, ///< Companion of a quantized weight (weight_scale_inv, scales, qzeros...).
    Other,
};

/// Stable lower-case word, for example "attention-output"; used in JSON and filters.
[[nodiscard]] std::string_view roleName(Role role);
[[nodiscard]] std::optional<Role> roleFromName(std::string_view name);

/// The half of a transformer block that a matrix belongs to, by its role.
enum class Sublayer : std::uint8_t
{
    None, ///< Embeddings, heads, norms, routers and everything else outside both.
    Attention,
    Mlp,
};
[[nodiscard]] Sublayer sublayerOf(Role role);

/// What a tensor's name says. `tower` separates stacks whose block numbers would collide.
struct NameParts
{
    std::string tower; ///< "decoder", "encoder", "vision", "language", ... ; "" when there is only one kind.
    std::optional<int> block; ///< Index of the repeated block.
    std::optional<int> expert; ///< Index of a routed expert stored as a tensor of its own.
    bool sharedExpert = false;
    Role role = Role::Other;
    bool bias = false; ///< The additive part of `role`.
};

/// Reads tower, block, role and expert from a checkpoint tensor name (every family of formats.md section 1.9,
/// both Hugging Face and GGUF spellings).
[[nodiscard]] NameParts parseTensorName(std::string_view name);

/// How the two matrix axes of a weight are stored.
enum class Orientation : std::uint8_t
{
    OutIn, ///< rows are outputs: torch.nn.Linear, embeddings (rows are tokens)
    InOut, ///< rows are inputs: GPT-2 Conv1D
};

/// One tensor of a checkpoint: header facts only.
struct TensorInfo
{
    std::string name;
    DType dtype = DType::Unknown;
    std::string dtypeText; ///< As spelled in the file, for unknown types.
    std::vector<std::uint64_t> shape;
    std::uint64_t parameters = 0;
    std::uint64_t bytes = 0;
    std::uint32_t file = 0; ///< Index into Checkpoint::files().
    std::uint64_t offset = 0; ///< Absolute byte offset of the data in that file.

    NameParts parts;
    Orientation orientation = Orientation::OutIn;
    std::uint64_t experts = 1; ///< Leading dimension of a stacked 3-D expert tensor, else 1.
    bool quantizable = false; ///< A weight matrix that a quantizer may replace.
    std::string reason; ///< Why not, when not quantizable.

    /// Matrix size as outputs x inputs of one expert, whatever the file's orientation; 0 x 0 if it is no
    /// matrix.
    [[nodiscard]] std::uint64_t rows() const;
    [[nodiscard]] std::uint64_t cols() const;
};

/// Name of one matrix: the tensor's, or "tensor[3]" for expert 3 of a stack.
[[nodiscard]] std::string matrixName(const TensorInfo& tensor, std::uint64_t expert);

/// Fills parts, orientation, experts, quantizable and reason from name, dtype, shape and the model type of
/// config.json
/// ("" when unknown).
void classifyTensor(TensorInfo& tensor, std::string_view modelType);

/// Classifies all tensors of one checkpoint, with what only their neighbors tell: towers are named only when
/// there is more than one kind of block stack, a square projection of unknown family takes the orientation of
/// its block, and FP8 codes stored with scales of their own are not quantizable.
void classifyTensors(std::vector<TensorInfo>& tensors, std::string_view modelType);

} // namespace bitwright::model
