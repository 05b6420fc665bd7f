#include "core/spectra/spectral_metrics.h"

#include "core/spectra/checks.h"

#include <cmath>
#include <limits>

namespace bitwright::spectra {

namespace {

/// log10 of sum lambda^alpha, without overflow for large alpha.
double logPowerSum(std::span<const double> eigenvalues, double alpha)
{
    const double largest = eigenvalues.back();
    double sum = 0;
    for (const double value : eigenvalues)
        sum += std::pow(value / largest, alpha);
    return alpha * std::log10(largest) + std::log10(sum);
}

/// -sum p ln p in nats.
double entropyOf(std::span<const double> eigenvalues, double total)
{
    double entropy = 0;
    for (const double value : eigenvalues) {
        const double p = value / total;
        if (p > 0)
            entropy -= p * std::log(p);
    }
    return entropy;
}

} // namespace

Result<SpectralMetrics> spectralMetrics(std::span<const double> eigenvalues, double alpha, double resolution)
{
    if (eigenvalues.empty())
        return fail(ErrorCode::InvalidArgument, "An empty spectrum has no norms.");
    BITWRIGHT_CHECK(checkAscending(eigenvalues));
    SpectralMetrics metrics;
    for (const double value : eigenvalues) {
        metrics.norm += value;
        metrics.rank += value > resolution ? 1U : 0U;
    }
    metrics.spectralNorm = eigenvalues.back();
    if (metrics.spectralNorm == 0) {
        metrics.stableRank = metrics.entropy = metrics.effectiveRank
            = std::numeric_limits<double>::quiet_NaN();
        metrics.alphaWeighted = metrics.logAlphaNorm = std::numeric_limits<double>::quiet_NaN();
        metrics.logNorm = metrics.logSpectralNorm = std::numeric_limits<double>::quiet_NaN();
        return metrics;
    }
    const double entropy = entropyOf(eigenvalues, metrics.norm);
    metrics.stableRank = metrics.norm / metrics.spectralNorm;
    metrics.effectiveRank = std::exp(entropy);
    metrics.entropy = metrics.rank > 1 ? entropy / std::log(static_cast<double>(metrics.rank)) : 0.0;
    metrics.logNorm = std::log10(metrics.norm);
    metrics.logSpectralNorm = std::log10(metrics.spectralNorm);
    metrics.alphaWeighted = alpha * metrics.logSpectralNorm;
    metrics.logAlphaNorm = logPowerSum(eigenvalues, alpha);
    return metrics;
}

} // namespace bitwright::spectra
