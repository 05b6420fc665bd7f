#pragma once

#include "core/base/run_context.h"
#include "core/spectra/power_law.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitwright::spectra {

/// How FARMS cuts a matrix; the defaults are AlphaQ's.
struct FarmsOptions
{
    std::uint64_t tile = 128; ///< Rows and columns of a tile.
    std::uint64_t stride = 128; ///< Distance between tile origins.
    std::uint64_t maxTiles = 256; ///< A larger grid is sampled without replacement.
};

/// Pooled squared singular values of fixed-size tiles.
struct FarmsSample
{
    SamplingMode mode
        = SamplingMode::Farms; ///< FarmsFellBack when a side is shorter than a tile: then the full spectrum.
    std::uint64_t seed = 0; ///< RunContext::seed that chose the tiles.
    std::uint64_t tilesInGrid = 0; ///< Tiles that fit.
    std::uint64_t tilesUsed = 0; ///< Tiles that were pooled; 0 when it fell back.
    std::vector<double> eigenvalues; ///< Ascending.
};

/// Samples tiles of `weight` (`rows` x `cols`, row-major) with RunContext::seed and pools their eigenvalues,
/// so that matrices of different aspect ratio become comparable. The published code draws unseeded; the
/// sample here depends on the seed and the shape only. Errors: InvalidArgument for a shape or options that
/// make no sense, Numeric for NaN or Inf, Cancelled.
[[nodiscard]] Result<FarmsSample> farmsEigenvalues(std::span<const float> weight, std::uint64_t rows,
    std::uint64_t cols, const FarmsOptions& options, const RunContext& context);

/// Fits `estimator` to a sample; the fit carries mode and seed.
[[nodiscard]] Result<TailFit> fitTail(
    TailEstimator estimator, const FarmsSample& sample, double threshold = kEigenvalueThreshold);

} // namespace bitwright::spectra
