#pragma once

#include <cstdint>

/// Where published tokenizers' tables of Unicode are older than those of this program: characters that they
/// take for unassigned. Found by asking the reference implementation (tokenizers 0.23) for every character.
namespace bitwright::tokens {

/// Punctuation, marks and controls since Unicode 9 (2016): unknown to BERT's steps.
[[nodiscard]] bool isSince2016(std::uint32_t point);
/// Marks since Unicode 12 (2019), which StripAccents leaves in place.
[[nodiscard]] bool isMarkSince2019(std::uint32_t point);
/// Characters with a decomposition since Unicode 12.1 (2019), which normal forms leave as they are.
[[nodiscard]] bool isComposedSince2019(std::uint32_t point);

} // namespace bitwright::tokens
