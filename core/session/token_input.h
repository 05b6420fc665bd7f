#pragma once

#include "core/formats/token_ids.h"
#include "core/forward/forward.h"
#include "core/model/activation_dump.h"
#include "core/tokens/tokenizer.h"

namespace bitwright::session {

/// How given token ids become the batch that a model runs on.
struct TokenLimits
{
    std::size_t maxTokens = 0; ///< Of all sequences together; 0: all.
    /// Longer sequences are cut into pieces of this many; 0: 512, or the model's positions where they are
    /// fewer.
    std::size_t sequenceLength = 0;
};

/// Checks and cuts. No beginning-of-text token is added to later pieces. Errors: OutOfRange for an id outside
/// of the vocabulary (sequence and place named) and for a sequenceLength beyond the model's positions;
/// InvalidArgument where nothing is left.
[[nodiscard]] Result<forward::TokenBatch> batchOf(const forward::Architecture& architecture,
    const formats::TokenSequences& sequences, const TokenLimits& limits);

/// The token ids that a dump recorded. Errors: InvalidArgument when it has none; Format for negative ids.
[[nodiscard]] Result<formats::TokenSequences> tokensOfDump(const model::ActivationDump& dump);

/// A text as sequences of at most `length` ids (0: as in TokenLimits): cut where they are full, each with the
/// special tokens that the tokenizer puts around a text, or with the model's first token where it has one.
/// Errors: those of the tokenizer; InvalidArgument for a text without tokens; OutOfRange for a length beyond
/// the model's positions, or too short for the special tokens.
[[nodiscard]] Result<formats::TokenSequences> tokensOfText(const forward::Architecture& architecture,
    const tokens::Tokenizer& tokenizer, std::string_view text, std::size_t length, const RunContext& context);

/// Cuts a batch into parts of whole sequences with at least `partTokens` each (the last may have fewer).
[[nodiscard]] std::vector<forward::TokenBatch> partsOf(
    const forward::TokenBatch& batch, std::size_t partTokens);

} // namespace bitwright::session
