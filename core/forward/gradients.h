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

/// Mean squared gradients of the next-token loss (mean cross-entropy over a sequence, in nats) with respect
/// to every matrix of the blocks and an untied head, factored by rows and columns: the mean over sequences of
/// the squares, then over columns and over rows. Sequences of one token are left out. A weight that is also
/// the embedding is left out, because its gradient mixes both uses. Activations of a block are computed
/// again, so that a sequence holds one hidden state per block and token. Costs some four forward passes. The
/// same bits for any number of threads. Order: blocks, the head last. Source: Fisher information by squared
/// gradients (Kirkpatrick et al. 2017), factored as Shazeer and Stern 2018 (Adafactor). Errors: Unsupported
/// for encoders, routed experts and projections beside the embeddings; InvalidArgument without a sequence of
/// two tokens; OutOfMemory; those of the forward pass.
[[nodiscard]] Result<std::vector<model::GradientFactors>> meanSquaredGradients(const Model& model,
    const TokenBatch& batch, const Hooks& hooks, const RunContext& context, const RawGradient& raw = {});

} // namespace bitwright::forward
