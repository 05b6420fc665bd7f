#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace bitwright::formats {

/// What the tokens `ids` stand for, by the tokenizer.json of the folder that the model lies in (`modelPath`
/// is that folder or a file of it). Vocabularies of BPE, WordPiece and Unigram are read as a table; bytes
/// that byte-level and byte-fallback vocabularies spell out are decoded, U+2581 becomes a space, and pieces
/// of WordPiece keep their "##". The texts may hold anything, also a part of a character: escape them for
/// display. Ids without an entry are left out, so a model without a tokenizer.json gives an empty map.
///
/// The file is parsed without building a tree: memory is its size plus the answer. Errors: Io, Format
/// (also for a file above limits::kJsonBytes).
[[nodiscard]] Result<std::map<std::int32_t, std::string>> tokenTexts(
    const std::string& modelPath, const std::set<std::int32_t>& ids);

} // namespace bitwright::formats
