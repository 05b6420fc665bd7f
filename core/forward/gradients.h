#pragma once

#include "core/forward/forward.h"
#include "core/model/activation_dump.h"

#include <functional>
#include <vector>

namespace bitwright::forward {

/// A tensor and, where it stacks experts, which of them.
using StoredMatrix = std::pair<model::TensorIndex, std::uint64_t>;

/// Gets gradients as they are: rows [begin, end) of the stored matrix (outputs x inputs) for one sequence.
/// An expert that no token of the sequence chose has none. One call at a time.
using RawGradient = std::function<void(
    const StoredMatrix& matrix, std::uint64_t begin, std::uint64_t end, std::span<const float> values)>;

/// What a loss is taken against.
enum class LabelKind : std::uint8_t
{
    Text, ///< The next token of the text; the last one of a sequence has none.
    Model, ///< Drawn from the model's own prediction, after every token: then squares are those of the true
           ///< Fisher information, not of the empirical one (Kunstner et al. 2019).
};

/// d loss / d output of a matrix, at all tokens of a sequence; of a routed expert, at those that chose it.
struct OutputGradient
{
    StoredMatrix matrix;
    std::uint64_t firstRow = 0; ///< Of the stored matrix: fused ones, and the head, come in parts.
    std::size_t firstToken = 0; ///< Of the batch.
    std::span<const std::size_t> tokens; ///< Rows are of firstToken + these, ascending; empty: of all.
    Rows rows; ///< tokens x (some of the) outputs, of the mean loss of the sequence.
    Rows input; ///< tokens x inputs: what the matrix multiplied.
    double losses = 0; ///< Terms of that mean: times it, the gradient is that of their sum.
};
/// One call at a time.
using OutputGradientSink = std::function<Result<void>(const OutputGradient&)>;

/// What the first sequences come to: a later run goes on from it and gives the same bits.
struct GradientState
{
    std::size_t sequences = 0; ///< Of the batch.
    std::uint64_t batches = 0; ///< Of them that have a loss.
    std::vector<double> sums; ///< Of squares: for each of gradientMatrices() its rows, then its columns.
};

struct GradientSettings
{
    LabelKind labels = LabelKind::Text;
    std::uint64_t seed = 0; ///< Of drawn labels.
    OutputGradientSink outputs; ///< Gets the gradients of all outputs, if any; head parts in no order.
    const GradientState* from = nullptr; ///< Sequences that are done.
    /// Called after every sequence, with the number of those that are done and what makes their state.
    std::function<Result<void>(std::size_t sequences, const std::function<GradientState()>& state)> after;
};

/// Matrices that have gradients, in order: OPT's projection in, those of the blocks (experts one after the
/// other, before them the router, after them the shared expert and its gate), the projection out, and the
/// head where it is no embedding.
[[nodiscard]] std::vector<StoredMatrix> gradientMatrices(const Model& model);
/// Values of GradientState::sums.
[[nodiscard]] std::size_t gradientSums(const Model& model);

/// Mean squared gradients of the next-token loss (mean cross-entropy over a sequence, in nats) with respect
/// to all gradientMatrices(), factored by rows and columns: the mean over sequences of the squares, then over
/// columns and over rows. Experts of a stacked tensor come one by one, named as its units ("tensor[3]").
/// Which experts a token goes to counts as constant; their weights are differentiated. For a sequence whose
/// tokens chose other experts, an expert's gradient is zero. Sequences of one token are left out where labels
/// are the text's. A weight that is also the embedding is left out, because its gradient mixes both uses.
/// Activations of a block are computed again, so that a sequence holds one hidden state per block and token.
/// Costs some four forward passes. The same bits for any number of threads. Source: Fisher information by
/// squared gradients (Kirkpatrick et al. 2017), factored as Shazeer and Stern 2018 (Adafactor). Errors:
/// Unsupported for encoders; InvalidArgument without a sequence of two tokens and for a state of another
/// run; OutOfMemory; those of the forward pass and of `after`.
[[nodiscard]] Result<std::vector<model::GradientFactors>> meanSquaredGradients(const Model& model,
    const TokenBatch& batch, const Hooks& hooks, const RunContext& context, const RawGradient& raw = {},
    const GradientSettings& settings = {});

} // namespace bitwright::forward
