#pragma once

#include "core/formats/token_ids.h"
#include "core/forward/forward.h"
#include "core/model/activation_dump.h"

namespace bitwright::session {

/// How given token ids become the batch that a model runs on.
struct TokenLimits
{
    std::size_t maxTokens = 0; ///< Of all sequences together; 0: all.
    /// Longer sequences are cut into pieces of this many; 0: 512, or the model's positions where they are
    /// fewer.
    std::size_t sequenceLength = 0;
    /// Leading sequences (or pieces) are left out until so many of their tokens have gone by.
    std::size_t skipTokens = 0;
};

/// Checks and cuts. No beginning-of-text token is added to later pieces. Errors: OutOfRange for an id outside
/// of the vocabulary (sequence and place named), for a sequenceLength beyond the model's positions and
/// where all is skipped; InvalidArgument where there is nothing.
[[nodiscard]] Result<forward::TokenBatch> batchOf(const forward::Architecture& architecture,
    const formats::TokenSequences& sequences, const TokenLimits& limits);

/// The sequences of a batch, as batchOf takes them.
[[nodiscard]] formats::TokenSequences sequencesOf(const forward::TokenBatch& batch);

/// The token ids that a dump recorded. Errors: InvalidArgument when it has none; Format for negative ids.
[[nodiscard]] Result<formats::TokenSequences> tokensOfDump(const model::ActivationDump& dump);

/// Cuts a batch into parts of whole sequences with at least `partTokens` each (the last may have fewer).
[[nodiscard]] std::vector<forward::TokenBatch> partsOf(
    const forward::TokenBatch& batch, std::size_t partTokens);

} // namespace bitwright::session
