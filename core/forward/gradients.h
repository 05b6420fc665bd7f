#pragma once

#include "core/forward/forward.h"
#include "core/model/activation_dump.h"

#include <functional>
#include <vector>

namespace bitwright::forward {

/// Gets gradients as they are: rows [begin, end) of the stored tensor (outputs x inputs) for one sequence.
/// One call at a time.
using RawGradient = std::function<void(
    model::TensorIndex tensor, std::uint64_t begin, std::uint64_t end, std::span<const float> values)>;

/// What a loss is taken against.
enum class LabelKind : std::uint8_t
{
    Text, ///< The next token of the text; the last one of a sequence has none.
    Model, ///< Drawn from the model's own prediction, after every token: then squares are those of the true
           ///< Fisher information, not of the empirical one (Kunstner et al. 2019).
};

/// d loss / d output of a matrix, at all tokens of a sequence.
struct OutputGradient
{
    model::TensorIndex tensor = 0;
    std::uint64_t firstRow = 0; ///< Of the stored tensor: fused ones, and the head, come in parts.
    std::size_t firstToken = 0; ///< Of the batch.
    Rows rows; ///< tokens x (some of the) outputs, of the mean loss of the sequence.
    double losses = 0; ///< Terms of that mean: times it, the gradient is that of their sum.
};
/// One call at a time.
using OutputGradientSink = std::function<Result<void>(const OutputGradient&)>;

struct GradientSettings
{
    LabelKind labels = LabelKind::Text;
    std::uint64_t seed = 0; ///< Of drawn labels.
    OutputGradientSink outputs; ///< Gets the gradients of all outputs, if any; head parts in no order.
};

/// Matrices that have gradients, in order: those of the blocks, and the head where it is no embedding.
[[nodiscard]] std::vector<model::TensorIndex> gradientTensors(const Model& model);

/// Mean squared gradients of the next-token loss (mean cross-entropy over a sequence, in nats) with respect
/// to every matrix of the blocks and an untied head, factored by rows and columns: the mean over sequences of
/// the squares, then over columns and over rows. Sequences of one token are left out where labels are the
/// text's. A weight that is also
/// the embedding is left out, because its gradient mixes both uses. Activations of a block are computed
/// again, so that a sequence holds one hidden state per block and token. Costs some four forward passes. The
/// same bits for any number of threads. Order: blocks, the head last. Source: Fisher information by squared
/// gradients (Kirkpatrick et al. 2017), factored as Shazeer and Stern 2018 (Adafactor). Errors: Unsupported
/// for encoders, routed experts and projections beside the embeddings; InvalidArgument without a sequence of
/// two tokens; OutOfMemory; those of the forward pass.
[[nodiscard]] Result<std::vector<model::GradientFactors>> meanSquaredGradients(const Model& model,
    const TokenBatch& batch, const Hooks& hooks, const RunContext& context, const RawGradient& raw = {},
    const GradientSettings& settings = {});

} // namespace bitwright::forward
