#pragma once

#include "core/numeric/grid_spec.h"

#include <cstddef>
#include <cstdint>
#include <span>

/// SIMD loops over codes, chosen at run time for the machine (Highway). Codes and decoded values are the same
/// bits on every instruction set: they use only division, rounding, clamping and one multiplication.
namespace bitwright::numeric {

/// Smallest and largest value of a group, both 0 or beyond 0 (the hull with 0).
struct ValueRange
{
    float low = 0.0F;
    float high = 0.0F;
};

/// Ranges of the consecutive groups of `groupWidth` values in `row` (the last may be shorter) into `ranges`.
/// Returns false when any value is NaN or infinite; the ranges are then unspecified.
[[nodiscard]] bool scanGroups(
    std::span<const float> row, std::size_t groupWidth, std::span<ValueRange> ranges);

/// Codes of one row whose group i has scales[i] and, for asymmetric grids, zeros[i] (else empty). Values must
/// be finite and scales positive.
void encodeRow(const GridSpec& grid, std::span<const float> row, std::size_t groupWidth,
    std::span<const float> scales, std::span<const std::uint8_t> zeros, std::span<std::uint8_t> codes);

/// Values of the codes of one row; the inverse of encodeRow.
void decodeRow(const GridSpec& grid, std::span<const std::uint8_t> codes, std::size_t groupWidth,
    std::span<const float> scales, std::span<const std::uint8_t> zeros, std::span<float> out);

/// Codes and decoded values where every lane has its own scale and zero point (`zeros` as float, all 0 for
/// grids without): one column of many rows. All spans have equal length.
void encodeLanes(const GridSpec& grid, std::span<const float> values, std::span<const float> scales,
    std::span<const float> zeros, std::span<std::uint8_t> codes, std::span<float> decoded);

/// Lane-wise hull with 0 of `count` columns of `lanes` values each (column c at columns[c * stride]): ranges
/// of one group of many rows. Writes `lanes` lows and highs. Returns false when any value is NaN or infinite.
[[nodiscard]] bool scanLanes(const float* columns, std::size_t count, std::size_t stride,
    std::span<float> lows, std::span<float> highs);

/// Error of a group on one grid: total of (|value - decoded| * unit)^power, and the part of it that values
/// beyond the grid's ends cause, which can only grow when the scale shrinks. `unit` brings errors near 1 so
/// that the power neither overflows nor vanishes (1 / largest magnitude). The power is approximated to about
/// 1e-5 relative.
struct PowerError
{
    double total = 0.0;
    double clipped = 0.0;
};
[[nodiscard]] PowerError powerError(
    const GridSpec& grid, std::span<const float> values, float scale, int zero, float unit, float power);

} // namespace bitwright::numeric
