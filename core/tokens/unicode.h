#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Text to token ids with a model's own tokenizer.
namespace bitwright::tokens {

/// Place of the first byte that is no UTF-8, or nothing.
[[nodiscard]] std::optional<std::size_t> findInvalidUtf8(std::string_view text);
/// The code point at `at`, which moves behind it. `text` is valid UTF-8 and `at` lies in it.
[[nodiscard]] std::uint32_t nextPoint(std::string_view text, std::size_t& at);
void appendPoint(std::string& out, std::uint32_t point);

enum class NormalForm : std::uint8_t
{
    Composed, ///< NFC
    Decomposed, ///< NFD
    CompatibilityComposed, ///< NFKC
    CompatibilityDecomposed, ///< NFKD
};
/// Normal form (utf8proc), of what Unicode 12 knew. Errors: OutOfMemory.
[[nodiscard]] Result<std::string> normalized(std::string_view text, NormalForm form);
/// Every character in lower case by itself: no rule looks at its neighbors.
[[nodiscard]] std::string lowered(std::string_view text);

// Classes of characters by general category, with the tables that published tokenizers have (unicode_ages.h).
[[nodiscard]] bool isSpace(std::uint32_t point); ///< White_Space
[[nodiscard]] bool isControl(std::uint32_t point); ///< Cc, Cf, Cs and Co
[[nodiscard]] bool isMark(std::uint32_t point); ///< Mn, Mc and Me
[[nodiscard]] bool isNonspacingMark(std::uint32_t point); ///< Mn
[[nodiscard]] bool isNumber(std::uint32_t point); ///< Nd, Nl and No
[[nodiscard]] bool isPunctuation(std::uint32_t point); ///< P, and the symbols of ASCII
/// Letters and digits of words as Unicode's regular expressions see them: alphabetic, marks, Nd, Pc, joiners.
[[nodiscard]] bool isWordCharacter(std::uint32_t point);
/// Ideographs that BERT makes words of their own.
[[nodiscard]] bool isIdeograph(std::uint32_t point);

} // namespace bitwright::tokens
