#pragma once

#include "core/base/run_context.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bitwright::spectra {

/// Arithmetic of the Gram route.
enum class Precision : std::uint8_t
{
    Auto, ///< Double up to kDoubleSideLimit (the time is then negligible), single above.
    Single, ///< Gram matrix and tridiagonal reduction in float32.
    Double, ///< Both in float64.
};

/// Stable lower-case word, for example "single"; used in JSON.
[[nodiscard]] std::string_view precisionName(Precision precision);

/// Largest min(rows, cols) that Precision::Auto computes in double.
inline constexpr std::uint64_t kDoubleSideLimit = 1024;

/// Eigenvalues of W^T W or W W^T, whichever is smaller: the squared singular values of W.
struct GramSpectrum
{
    std::vector<double> eigenvalues; ///< min(rows, cols) values, ascending, none negative.
    double resolution = 0; ///< Bound on the absolute error of each value; smaller ones are noise.
    Precision precision = Precision::Double; ///< What was used; never Auto.
};

/// Squared singular values of `weight` (`rows` x `cols`, row-major) through its Gram matrix; no singular
/// vectors, no full SVD.
///
/// All work is cut into fixed pieces, so the result does not depend on the thread count. The backward error
/// of product and reduction is a modest multiple of u * lambda_max, u the unit roundoff of the precision
/// used; GramSpectrum::resolution is (16 + 2 sqrt(side)) * u * lambda_max, twice what independent rounding
/// errors reach (the worst error seen in single precision is a twentieth of it at side 2048). Eigenvalues
/// below it are noise. Needs about side^2 elements of working memory. Errors: InvalidArgument when the span
/// does not match the shape or a side is zero, Unsupported above 131072 for the shorter side, Numeric for NaN
/// or Inf (row and column named), OutOfMemory when the working memory exceeds the budget, Cancelled.
[[nodiscard]] Result<GramSpectrum> gramSpectrum(std::span<const float> weight, std::uint64_t rows,
    std::uint64_t cols, const RunContext& context, Precision precision = Precision::Auto);

/// The eigenvalues of gramSpectrum alone.
[[nodiscard]] Result<std::vector<double>> gramEigenvalues(
    std::span<const float> weight, std::uint64_t rows, std::uint64_t cols, const RunContext& context);

} // namespace bitwright::spectra
