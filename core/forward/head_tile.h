#pragma once

#include "core/forward/forward.h"
#include "core/forward/kernels.h"

namespace bitwright::forward {

/// Tokens whose partial sums are held at once; the head's weights are read once for them.
inline constexpr std::size_t kHeadTokens = 2048;

/// Words of the vocabulary that one task multiplies: fixed by the head alone.
[[nodiscard]] std::uint64_t wordsPerTile(const Linear& head);

/// The next token of every token of the batch, none at the end of a sequence.
[[nodiscard]] std::vector<std::optional<std::uint32_t>> nextTokens(const TokenBatch& batch);

/// logits (tokens x words) = states (tokens x width) weights^T, soft-capped. Errors: Numeric with the words
/// and the token
/// (`firstToken` is that of the batch) where a logit is NaN or infinite.
[[nodiscard]] Result<void> tileLogits(const Model& model, std::span<const float> states, std::size_t tokens,
    std::span<const float> weights, std::size_t firstWord, std::size_t firstToken, std::span<float> logits);

/// Joins the sums of a further part of the vocabulary; the lower place of equals stays.
void join(ExpSum& whole, const ExpSum& part);
[[nodiscard]] double logOf(const ExpSum& sum);

} // namespace bitwright::forward
