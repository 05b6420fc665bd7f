#pragma once

#include "core/model/matrix_reader.h"
#include "core/spectra/eigenvalues.h"
#include "core/spectra/farms.h"
#include "core/spectra/marchenko_pastur.h"
#include "core/spectra/power_law.h"
#include "core/spectra/spectral_metrics.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitwright::spectra {

/// What analyze() computes beyond the eigenvalues.
struct SpectrumOptions
{
    Precision precision = Precision::Auto;
    QuarterCircle quarterCircle = QuarterCircle::Corrected;
    double threshold = kEigenvalueThreshold; ///< Eigenvalues at or below it are kept out of the tail fits.
    bool marchenkoPastur = true;
    bool farms = false; ///< Also sample tiles and fit them (about 0.1 s per matrix).
    FarmsOptions farmsOptions;
};

/// Everything that the spectrum view shows about one matrix. Plain data: a project file stores it.
struct Spectrum
{
    std::uint64_t rows = 0;
    std::uint64_t cols = 0;
    std::vector<double> eigenvalues; ///< Ascending squared singular values, min(rows, cols) of them.
    double resolution = 0; ///< Absolute error bound of each eigenvalue; smaller ones are rounding noise.
    Precision precision = Precision::Double;
    SpectralMetrics metrics;
    std::vector<TailFit> fits; ///< All estimators in the order of allTailEstimators(), on the full matrix.
    std::vector<TailFit> farmsFits; ///< The same on the FARMS sample; empty unless asked for.
    MarchenkoPasturFit bulk; ///< Status NoFit when it was not asked for.

    /// The full-matrix fit of `estimator`; nullptr when there is none.
    [[nodiscard]] const TailFit* fit(TailEstimator estimator) const;
};

/// Analyzes a matrix `weight` of `rows` x `cols`, row-major. Deterministic for any thread count. Errors: as
/// gramSpectrum.
[[nodiscard]] Result<Spectrum> analyze(std::span<const float> weight, std::uint64_t rows, std::uint64_t cols,
    const SpectrumOptions& options, const RunContext& context);

/// Analyzes a tensor of a checkpoint. Errors: also those of reading, and OutOfMemory when the matrix exceeds
/// the budget.
[[nodiscard]] Result<Spectrum> analyze(
    const model::MatrixReader& reader, const SpectrumOptions& options, const RunContext& context);

/// Analyzes many tensors: small ones side by side with one thread each, large ones one after the other with
/// all threads. result[i] belongs to readers[i]; an unreadable or non-finite tensor yields its own error and
/// does not stop the others. Errors of the whole: Cancelled.
[[nodiscard]] Result<std::vector<Result<Spectrum>>> analyzeAll(
    std::span<const model::MatrixReader> readers, const SpectrumOptions& options, const RunContext& context);

/// Spectrum of the quantization error `quantized` - `weight`, both `rows` x `cols`. An exact reconstruction
/// gives zeros and fits with status TooFewEigenvalues. Errors: as analyze.
[[nodiscard]] Result<Spectrum> analyzeError(std::span<const float> weight, std::span<const float> quantized,
    std::uint64_t rows, std::uint64_t cols, const SpectrumOptions& options, const RunContext& context);

/// A thinned empirical spectral distribution for storing and drawing.
struct CompactEsd
{
    std::uint64_t count = 0; ///< Eigenvalues that it stands for.
    std::vector<double> eigenvalues; ///< Ascending; quantiles that include the smallest, the largest and the
                                     ///< whole upper tail.
    std::vector<double>
        ranks; ///< Zero-based rank of each value among `count`: cumulative share = (rank + 1) / count.
};

/// Thins `eigenvalues` (ascending) to at most `points` (at least 2): half of them are the largest values one
/// by one, where the tail is read, the rest evenly spaced ranks below. Nothing is interpolated.
[[nodiscard]] CompactEsd compactEsd(std::span<const double> eigenvalues, std::size_t points = 2048);

} // namespace bitwright::spectra
