#pragma once

#include "core/tokens/tokenizer.h"

namespace bitwright::tokens {

/// Token ids by sequence.
using Sequences = std::vector<std::vector<std::uint32_t>>;

/// How a text becomes sequences.
struct Cutting
{
    std::size_t length = 512; ///< Most tokens of a sequence, at least 4.
    std::size_t most = 4096; ///< Tokens in all; the last sequence is cut.
    bool lines = false; ///< Every line that is not blank is a sequence, special tokens around it.
};

/// Cuts a text: line by line, or the whole of it into pieces of `length` that each begin with the tokenizer's
/// start token where it has one (which counts). Lines end where Unicode says so (also U+2028, form feeds...).
/// Errors: those of encode; InvalidArgument for a length that leaves no room; Format for a text without any
/// token.
[[nodiscard]] Result<Sequences> cutText(
    const Tokenizer& tokenizer, std::string_view text, const Cutting& cutting, const RunContext& context);

/// The first sequences up to `most` tokens in all; the last one is cut.
[[nodiscard]] Sequences limited(Sequences sequences, std::size_t most);
/// Longer sequences in pieces of `length`.
[[nodiscard]] Sequences cutLong(Sequences sequences, std::size_t length);

} // namespace bitwright::tokens
