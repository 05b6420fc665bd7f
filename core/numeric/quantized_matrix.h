#pragma once

#include "core/numeric/grid_spec.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitwright::numeric {

/// A matrix in one number format: codes, scales as stored, zero points. Unpacked: packing belongs to the
/// targets.
struct QuantizedMatrix
{
    GridSpec grid;
    std::uint64_t rows = 0; ///< Output channels.
    std::uint64_t cols = 0; ///< Input channels.
    /// rows x cols, row-major, one byte per weight. Integers are unsigned: symmetric grids store q +
    /// 2^(bits-1), asymmetric ones 0..2^bits-1. E4M3: the raw byte. NF4: the index.
    std::vector<std::uint8_t> codes;
    std::vector<float> scales; ///< rows x groups, already rounded to grid.scaleType.
    std::vector<std::uint8_t> zeros; ///< rows x groups for asymmetric grids, else empty.

    /// Number of groups of a row.
    [[nodiscard]] std::uint64_t groups() const { return grid.groupsPerRow(cols); }
    /// Allocates everything for a rows x cols matrix of `spec`, all zero bytes.
    [[nodiscard]] static QuantizedMatrix allocate(
        const GridSpec& spec, std::uint64_t rows, std::uint64_t cols);
};

/// Decodes rows [rowBegin, rowEnd) into `out` ((rowEnd-rowBegin) x cols, row-major): value = level(code,
/// zero) * scale, one float32 multiplication, so every reader that follows the format gets the same bits.
/// Requires rowEnd <= rows and an exact size of `out`.
void decodeRows(
    const QuantizedMatrix& matrix, std::uint64_t rowBegin, std::uint64_t rowEnd, std::span<float> out);

} // namespace bitwright::numeric
