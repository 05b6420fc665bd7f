#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <span>

namespace bitwright::spectra {

/// Norms, ranks and entropies of a spectrum, named and defined as WeightWatcher does: lambda is a squared
/// singular value, not divided by the matrix size. NaN where the quantity does not exist (zero matrix, no
/// power-law fit).
struct SpectralMetrics
{
    double norm = 0; ///< Sum of lambda: the squared Frobenius norm.
    double spectralNorm = 0; ///< Largest lambda: the squared spectral norm.
    double stableRank = 0; ///< norm / spectralNorm, at most the rank.
    double entropy = 0; ///< -sum p ln p / ln(rank) with p = lambda / norm; 0 for rank 1, 1 for equal values.
    double effectiveRank = 0; ///< exp(-sum p ln p), between 1 and the rank.
    std::size_t rank = 0; ///< Eigenvalues above the rank tolerance.
    double alphaWeighted = 0; ///< alpha-hat: alpha * log10(spectralNorm), alpha of the power law.
    double logAlphaNorm = 0; ///< log10 of the sum of lambda^alpha.
    double logNorm = 0; ///< log10(norm)
    double logSpectralNorm = 0; ///< log10(spectralNorm)
};

/// Computes all metrics of `eigenvalues` (ascending). `alpha` is the power-law exponent, NaN if there is
/// none. `resolution` is the absolute error of the eigenvalues: those at or below it do not count for the
/// rank. Errors: Numeric for NaN, Inf or negative values, InvalidArgument when empty or not ascending.
[[nodiscard]] Result<SpectralMetrics> spectralMetrics(
    std::span<const double> eigenvalues, double alpha, double resolution);

} // namespace bitwright::spectra
