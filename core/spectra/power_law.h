#pragma once

#include "core/base/run_context.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bitwright::spectra {

/// The tail estimators, which give different numbers on the same spectrum: never compare alphas of two of
/// them.
enum class TailEstimator : std::uint8_t
{
    PowerLaw, ///< "ww-power-law": WeightWatcher, xmin with the least Kolmogorov-Smirnov distance.
    HillMedian, ///< "hill-median": PL_Alpha_Hill of TempBalance and AlphaPruning, xmin at the median.
    HillAlphaQ, ///< "hill-alphaq": AlphaQ, largest tenth, xmin itself not counted.
    XminPeakAsPublished, ///< "xmin-peak-published": AlphaPruning's default with its unit slip.
    XminPeakCorrected, ///< "xmin-peak-corrected": both limits of the search in eigenvalue units.
};

/// Stable name as listed at TailEstimator; used in JSON, tables and legends.
[[nodiscard]] std::string_view tailEstimatorName(TailEstimator estimator);
/// All estimators in the order in which tables show them.
[[nodiscard]] std::span<const TailEstimator> allTailEstimators();

/// Which matrix the eigenvalues came from; part of every alpha, since sampled and full ones are not
/// comparable.
enum class SamplingMode : std::uint8_t
{
    Full, ///< "full": the whole matrix.
    Farms, ///< "farms": pooled fixed-size tiles.
    FarmsFellBack, ///< "farms-fell-back-to-full": FARMS was asked for but a side is shorter than a tile.
};

[[nodiscard]] std::string_view samplingModeName(SamplingMode mode);

/// How a fit ended. Too little data is a status and not an error.
enum class FitStatus : std::uint8_t
{
    Fitted,
    TooFewEigenvalues, ///< Fewer than the estimator needs (kMinEigenvalues for the power law).
    Degenerate, ///< All eigenvalues of the tail are equal: alpha is infinite.
    NoFit, ///< No candidate satisfies the estimator's own constraints.
};

[[nodiscard]] std::string_view fitStatusName(FitStatus status);

/// WeightWatcher's reading of alpha.
enum class TrainingFlag : std::uint8_t
{
    None,
    OverTrained, ///< alpha < 2
    UnderTrained, ///< alpha > 6
};

[[nodiscard]] std::string_view trainingFlagName(TrainingFlag flag);

inline constexpr double kEigenvalueThreshold = 1e-5; ///< WeightWatcher drops eigenvalues at or below it.
inline constexpr std::size_t kMinEigenvalues = 10; ///< WeightWatcher skips layers with fewer.

/// One tail exponent: density ~ lambda^-alpha above xmin. Numbers are NaN unless status is Fitted.
struct TailFit
{
    TailEstimator estimator = TailEstimator::PowerLaw;
    FitStatus status = FitStatus::TooFewEigenvalues;
    SamplingMode mode = SamplingMode::Full;
    std::uint64_t seed = 0; ///< Seed of the tile sample; 0 and meaningless for SamplingMode::Full.
    double alpha = 0; ///< Exponent of the density.
    double xmin = 0; ///< Eigenvalue at which the tail begins.
    double distance
        = 0; ///< Kolmogorov-Smirnov distance D of the tail, one-sided as WeightWatcher defines it.
    double standardError = 0; ///< (alpha - 1) / sqrt(tailCount); the "sigma" of WeightWatcher.
    std::size_t tailCount = 0; ///< Eigenvalues that entered the estimate.
    std::size_t tailBegin = 0; ///< Index of xmin among the `used` eigenvalues, ascending.
    std::size_t used = 0; ///< Eigenvalues above the threshold.
    TrainingFlag flag = TrainingFlag::None; ///< Set for the power law only: the limits are calibrated on it.
    bool spurious = false; ///< alpha > 8: WeightWatcher warns that the fit means nothing.
};

/// Fits `estimator` to `eigenvalues` (ascending, not negative); those at or below `threshold` are left out
/// first, as all the original tools do. Sources: WeightWatcher WW_powerlaw.py, TempBalance and AlphaPruning
/// esd_utils, AlphaQ utils_alpha.py.
///
/// PowerLaw: for every xmin = lambda_i with n values from it upward, alpha = 1 + n / sum ln(lambda_j / xmin)
/// and D = max_j |1 - (lambda_j / xmin)^(1 - alpha) - j / n|; the xmin of the least D wins, the lowest one of
/// equals. The search is exact but skips what cannot win, about N log N instead of N^2 evaluations.
/// HillMedian: the same alpha at index floor(N / 2).
/// HillAlphaQ: k = clamp(max(10, floor(N / 10)), 1, N - 1), alpha = 1 + k / sum over the k largest of
/// ln(lambda / lambda_(N - k - 1)).
/// XminPeak: the power law with xmin restricted to [0.95 p, 1.5 p], p the left edge of the fullest of 100
/// bins of log10 lambda; as published the lower limit is log10(0.95 p), compared with an eigenvalue. Errors:
/// Numeric for NaN, Inf or negative values, InvalidArgument when not ascending.
[[nodiscard]] Result<TailFit> fitTail(
    TailEstimator estimator, std::span<const double> eigenvalues, double threshold = kEigenvalueThreshold);

} // namespace bitwright::spectra
