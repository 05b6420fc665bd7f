#pragma once

#include "core/quant/quantizer.h"

namespace bitwright::quant {

/// Checks sizes, grid and settings. Errors: InvalidArgument.
[[nodiscard]] Result<void> validateInputs(
    const WeightTile& weights, const GridSpec& grid, const QuantizerSettings& settings);

/// Numeric error that names the first NaN or Inf of rows [firstRow, ...).
[[nodiscard]] tl::unexpected<Error> nonFiniteWeight(const WeightTile& weights, std::uint64_t firstRow);

/// The error with row and group added to its message.
[[nodiscard]] Error inGroup(Error error, std::uint64_t row, std::uint64_t group);

} // namespace bitwright::quant
