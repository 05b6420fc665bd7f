#pragma once

#include "core/numeric/code_kernels.h"
#include "core/quant/quantizer.h"

namespace bitwright::quant {

using numeric::ValueRange;

/// Scale and zero point of one group, as stored.
struct GroupGrid
{
    float scale = 0.0F;
    std::uint8_t zero = 0; ///< Asymmetric grids only.
};

/// Grid of a group whose values span `range` (hull with 0), shrunk by `shrink`: the scale is rounded to the
/// grid's scale type first and the zero point follows from the rounded scale. A group of zeros gets the grid
/// of [-1, 1], on which 0 is exact. Errors: Numeric when the scale does not fit its type.
[[nodiscard]] Result<GroupGrid> fitRange(const GridSpec& grid, const ValueRange& range, float shrink = 1.0F);

/// Grid with the least sum of |error|^clipPower over range factors 1 - i/clipResolution, i < clipSteps.
/// Symmetric-half grids also try the two scales that make the extreme value exact as the highest or the
/// lowest code, so that values that already lie on such a grid stay as they are. Never worse in that sum than
/// fitRange(). Errors as fitRange().
[[nodiscard]] Result<GroupGrid> searchClip(const GridSpec& grid, std::span<const float> values,
    const ValueRange& range, const QuantizerSettings& settings);

} // namespace bitwright::quant
