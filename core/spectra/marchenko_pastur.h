#pragma once

#include "core/base/run_context.h"
#include "core/spectra/power_law.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace bitwright::spectra {

/// Formula of the fit for square matrices, where singular values follow a quarter circle.
enum class QuarterCircle : std::uint8_t
{
    Corrected, ///< sqrt(4 sigma^2 - s^2) / (pi sigma^2).
    AsPublished, ///< sqrt(4 - s^2) / (pi sigma^2): WeightWatcher's, whose radius ignores sigma.
};

/// Marchenko-Pastur bulk fitted to a spectrum. Numbers are NaN unless status is Fitted.
struct MarchenkoPasturFit
{
    FitStatus status = FitStatus::TooFewEigenvalues;
    double aspect = 1; ///< Q = longer side / shorter side, at least 1.
    double sigma = 0; ///< Of the rescaled spectrum (mean eigenvalue 1): 1 for pure noise.
    double scale = 1; ///< Rescaled eigenvalue = scale * eigenvalue.
    double lambdaMinus = 0; ///< Lower bulk edge in units of the eigenvalues.
    double lambdaPlus = 0; ///< Upper bulk edge in units of the eigenvalues.
    double spikeEdge = 0; ///< lambdaPlus plus the Tracy-Widom margin, in units of the eigenvalues.
    std::size_t spikes = 0; ///< Eigenvalues above spikeEdge.
    double softRank = 0; ///< lambdaPlus / lambda_max; small when spikes dominate.
    double residual = 0; ///< Sum of squared density differences at sigma over the 1000 points of the fit.

    /// Fitted density of the eigenvalues at `eigenvalue` (integrates to 1 over the bulk); 0 outside the bulk
    /// or when not fitted.
    [[nodiscard]] double density(double eigenvalue) const;
};

/// Lower and upper edge of the Marchenko-Pastur law.
struct BulkEdges
{
    double minus = 0;
    double plus = 0;
};

/// sigma^2 (1 -+ Q^-1/2)^2 for aspect Q >= 1.
[[nodiscard]] BulkEdges bulkEdges(double aspect, double sigma);

/// Marchenko-Pastur density Q / (2 pi sigma^2 x) sqrt((plus - x)(x - minus)) at `x`; 0 outside the edges.
[[nodiscard]] double marchenkoPasturDensity(double x, double aspect, double sigma);

/// Fits sigma to all `eigenvalues` (ascending) of a `rows` x `cols` matrix. Source: WeightWatcher,
/// RMT_Util.py and mp_fit.
///
/// Eigenvalues are rescaled to mean 1. The empirical density is a linear-kernel estimate of bandwidth 0.1 at
/// 1000 points from 0 to the maximum + 0.5; points below 0.01 are ignored. sigma runs from 0.05 to 2 in steps
/// of 0.01, in units of sqrt(lambda_max) / (1 + Q^-1/2), minimizing the squared difference, and is then
/// refined between the neighbors of the best step. Candidates whose bulk does not contain the mode, or
/// reaches beyond the spectrum, are excluded. For Q = 1 singular values are fitted to the quarter circle
/// instead. Spikes lie above lambda_plus + sqrt(TW), TW = Q^-1/2 lambda_plus^(2/3) M^(-2/3), M the shorter
/// side. Errors: Numeric for NaN, Inf or negative values, InvalidArgument for sides of zero or values that
/// are not ascending, Cancelled.
[[nodiscard]] Result<MarchenkoPasturFit> fitMarchenkoPastur(std::span<const double> eigenvalues,
    std::uint64_t rows, std::uint64_t cols, const RunContext& context,
    QuarterCircle quarterCircle = QuarterCircle::Corrected);

} // namespace bitwright::spectra
