#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitwright::exporting {

/// Packs codes of `bits` bits (2, 4 or 8) into 32-bit words, first code in the lowest bits; every row starts
/// a new word. `codes` is rows x cols. Returns rows x ceil(cols * bits / 32) words.
[[nodiscard]] std::vector<std::uint32_t> packRows(
    std::span<const std::uint8_t> codes, std::uint64_t cols, int bits);

/// Packs codes down the rows: word r of a column holds rows r * 32/bits ... of that column, first row lowest.
/// `codes` is rows x cols. Returns ceil(rows * bits / 32) x cols words.
[[nodiscard]] std::vector<std::uint32_t> packColumns(
    std::span<const std::uint8_t> codes, std::uint64_t cols, int bits);

} // namespace bitwright::exporting
