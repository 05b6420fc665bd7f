#pragma once

#include "core/io/byte_source.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitwright::formats {

/// Sequences of token ids as a file holds them.
using TokenSequences = std::vector<std::vector<std::uint32_t>>;

/// Reads a file of token ids: a NumPy array (`.npy`, recognized by its first bytes; whole numbers of any
/// width and byte order, one sequence or sequences x positions) or text (ids between blanks or commas, one
/// sequence per line; empty lines count for nothing). Errors: Io; Format for anything else, for negative ids,
/// and for a file without any id; OutOfRange for ids of more than 32 bits.
[[nodiscard]] Result<TokenSequences> readTokenFile(const std::string& path);

/// The same from bytes.
[[nodiscard]] Result<TokenSequences> parseTokens(const io::ByteSource& source);

} // namespace bitwright::formats
