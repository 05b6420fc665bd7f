#pragma once

#include "core/forward/forward.h"

namespace bitwright::forward {

/// How a change moved the prediction after one token.
struct TokenDifference
{
    /// KL(reference || changed) over the vocabulary in nats, at least 0. Rounding of float32 logits leaves
    /// some 1e-6.
    double divergence = 0;
    std::uint32_t referenceBest = 0, changedBest = 0; ///< Words of the largest logits.
    std::optional<double> referenceNext,
        changedNext; ///< ln p of the next token; none at the end of a sequence.
};

/// Runs the head on the reference's last hidden states and on those of each change (all tokens x hidden),
/// tile by tile over the vocabulary, and compares the distributions: no logits are kept. The reference takes
/// the checkpoint's head, the changes that of `hooks.weights` where it gives one. Costs one head for the
/// reference and one per change, so that several changes at once are cheaper than one by one. Returns one
/// list per change, a value per token. Errors and threads as runHead; the observer is not called.
[[nodiscard]] Result<std::vector<std::vector<TokenDifference>>> compareHeads(const Model& model,
    const TokenBatch& batch, std::span<const float> reference,
    std::span<const std::span<const float>> changed, const Hooks& hooks, const RunContext& context);

} // namespace bitwright::forward
