#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::tokens {

/// A part of the text on its way to ids.
struct Piece
{
    std::string text;
    bool first = false; ///< Begins where the whole text begins, with nothing removed or replaced before it.
    std::optional<std::uint32_t> id; ///< Of an added token: the piece is done.
    std::size_t head = 0; ///< Bytes that a normal form made of the first character; 0 where none did.
};

/// Changes one piece's text.
using Normalizer = std::function<Result<void>(Piece&)>;
/// Splits pieces into smaller ones and may change their texts. Pieces with an id are not given to it.
using PreTokenizer = std::function<Result<std::vector<Piece>>(std::vector<Piece>)>;

/// Builds the `normalizer` of a tokenizer.json: NFC, NFD, NFKC, NFKD, Lowercase, StripAccents,
/// BertNormalizer, Replace, Prepend, Strip, ByteLevel, Sequence. Errors: Unsupported names a kind that is not
/// known.
[[nodiscard]] Result<Normalizer> readNormalizer(const nlohmann::json& step, int depth = 0);
/// Builds the `pre_tokenizer`: ByteLevel, Split, Metaspace, Whitespace, WhitespaceSplit, BertPreTokenizer,
/// Digits, Punctuation, CharDelimiterSplit, Sequence. Errors: as above.
[[nodiscard]] Result<PreTokenizer> readPreTokenizer(const nlohmann::json& step, int depth = 0);

/// Every byte as the printable character that byte-level vocabularies spell it by.
[[nodiscard]] std::string byteLevelText(std::string_view text);

} // namespace bitwright::tokens
