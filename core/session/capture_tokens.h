#pragma once

#include "core/forward/forward.h"
#include "core/tokens/sequences.h"

#include <optional>
#include <string>

namespace bitwright::session {

/// Where the tokens of a run come from: a text, or a file of ids (exactly one).
struct CaptureInput
{
    std::string textPath, tokensPath;
    /// Default for a text: 512, or what the model has positions for. Ids are cut only where it is given.
    std::optional<std::size_t> sequenceLength;
    std::size_t maxTokens = 4096;
    std::optional<std::size_t> gradientTokens; ///< Tokens for gradients, default: maxTokens.
    bool lines = false; ///< Every line of the text is a sequence (sentence encoders).
    bool bytes = false; ///< A token's id is the value of its byte.
};

/// Tokens and what to say about them.
struct TokenText
{
    forward::TokenBatch batch;
    forward::TokenBatch gradientBatch; ///< The first gradientTokens of the same sequences.
    std::string dataset; ///< Bare name of the file.
    std::string tokenizer; ///< How the text was split; for people.
};

/// Reads the tokens for a model: text by the tokenizer beside its weights, or by bytes where it has none and
/// a vocabulary of 256 says that it needs none. Errors: Unsupported when the text needs a tokenizer that is
/// not there or not known (the remedy is to give ids); OutOfRange for ids outside of the vocabulary and
/// sequences longer than the model's positions; Format; Io; Cancelled.
[[nodiscard]] Result<TokenText> readTokens(
    const forward::Model& model, const CaptureInput& input, const RunContext& context);

} // namespace bitwright::session
