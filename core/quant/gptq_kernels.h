#pragma once

#include <cstddef>
#include <span>

/// SIMD loops of the GPTQ sweep over strips of kStripRows weight rows, stored column by column: value (column
/// c, row r) of a strip lies at c * kStripRows + r. Sums run in a fixed order, so a row's result does not
/// depend on which rows share its strip or on threads.
namespace bitwright::quant {

/// Rows of a strip: a multiple of every vector length that is used.
inline constexpr std::size_t kStripRows = 48;

/// values[c] += sum over k < count of panel[k * 8 + c] * errors[k], for columns c in [first, last) of the 8
/// of a panel; values and errors are strips.
void accumulatePanel(const float* panel, std::size_t count, const float* errors, float* values,
    std::size_t first, std::size_t last);

/// targets[c] += factors[c] * source for every column c of a strip.
void addScaledColumns(float* targets, std::span<const float> factors, const float* source);

} // namespace bitwright::quant
