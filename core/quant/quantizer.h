#pragma once

#include "core/base/run_context.h"
#include "core/numeric/quantized_matrix.h"

#include <cstdint>
#include <optional>
#include <span>

namespace bitwright::quant {

using numeric::GridSpec;
using numeric::QuantizedMatrix;

/// How codes are chosen.
enum class Method
{
    RoundToNearest, ///< Scales from the range of each group, nearest code.
    ClipSearch, ///< Like RoundToNearest with the range shrunk per group to the least sum of |error|^power.
    Gptq, ///< Rounding errors fed forward through the Gram of the inputs (needs a GramView).
};

/// A weight matrix or a tile of its rows: row-major, outputs x inputs.
struct WeightTile
{
    std::span<const float> values;
    std::uint64_t rows = 0;
    std::uint64_t cols = 0;
};

/// X^T X of the inputs of a site: packed lower triangle in row order (0,0) (1,0) (1,1) (2,0) ... Any positive
/// multiple of it gives the same codes.
struct GramView
{
    std::span<const float> lower;
    std::uint64_t width = 0;
    double count = 0; ///< Rows of X behind it.
};

/// Settings of the quantizers; each uses its own part.
struct QuantizerSettings
{
    double dampening
        = 0.01; ///< GPTQ: added to the Gram's diagonal, as a share of its mean over live columns.
    bool groupAware
        = true; ///< GPTQ: groups by descending mean diagonal, columns by descending diagonal inside each.
                ///< Costs nothing at export (groups stay whole) and is what GPTQModel does by default.
    bool actOrder = false; ///< GPTQ: all columns by descending diagonal (wins over groupAware); group scales
                           ///< are then fitted before any update.
    int blockSize = 128; ///< GPTQ: columns between two lazy updates; changes speed, not the mathematics.
    int clipSteps = 80; ///< Clip search: range factors 1 - i/clipResolution for i < clipSteps.
    int clipResolution = 100;
    double clipPower = 2.4; ///< Clip search: exponent of the error.

    bool operator==(const QuantizerSettings&) const = default;
};

/// Quantizes a matrix or a tile of rows. Rows are independent, so tiles of rows give the same bytes as the
/// whole; the result does not depend on the number of threads.
///
/// Order of every method: fit the scale, round it to the grid's scale type, then choose codes against the
/// rounded scale. A group of zeros decodes to exact zeros. `gram` is needed by Method::Gptq (it must be
/// `cols` wide) and ignored by the others; to use one Gram for several tensors, options or tiles, make a
/// GptqFactor once and call quantizeGptq (core/quant/gptq.h).
///
/// Errors: Numeric for NaN or Inf (row and column named) and for scales that do not fit the scale type;
/// InvalidArgument for sizes that do not match, a missing Gram or senseless settings; OutOfMemory; Cancelled.
[[nodiscard]] Result<QuantizedMatrix> quantize(const WeightTile& weights, const GridSpec& grid, Method method,
    const QuantizerSettings& settings, std::optional<GramView> gram, const RunContext& context);

/// What quantization did to a matrix, from decoded values.
struct ErrorSummary
{
    double squaredError = 0.0; ///< Sum of (decoded - weight)^2.
    double squaredWeight = 0.0; ///< Sum of weight^2.
    double maxAbsError = 0.0;
    std::uint64_t count = 0;

    /// Signal to quantization noise in dB; nothing when there is no error or no signal.
    [[nodiscard]] std::optional<double> sqnrDb() const;
};

/// Compares `weights` with the decoded values of `quantized` (same shape). Errors: InvalidArgument,
/// Cancelled.
[[nodiscard]] Result<ErrorSummary> measureError(
    const WeightTile& weights, const QuantizedMatrix& quantized, const RunContext& context);

} // namespace bitwright::quant
