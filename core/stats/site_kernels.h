#pragma once

#include <cstddef>
#include <cstdint>

/// Inner loops of the activation statistics, SIMD chosen at run time. Internal to core/stats.
namespace bitwright::stats::kernels {

/// Running statistics of channels [begin, end); entry 0 belongs to `begin`. Sums in float64.
struct ChannelSink
{
    float* absMax = nullptr;
    float* min = nullptr;
    float* max = nullptr;
    double* sum = nullptr; ///< x
    double* sumAbs = nullptr; ///< |x|
    double* sumSq = nullptr;
    double* sumCubes = nullptr;
    double* sumFourths = nullptr;
};

/// Folds the columns [begin, end) of rows x columns float32 (rows `stride` apart) into `sink`. Each column is
/// summed in the order of its rows, so that the result is the same on every instruction set.
void foldChannels(const float* data, std::size_t rows, std::size_t stride, std::size_t begin, std::size_t end,
    const ChannelSink& sink);

/// Largest magnitude of a row, and the sum of its squares in float64 (NaN and infinity come through in the
/// sum).
struct RowFacts
{
    float absMax = 0;
    double sumSq = 0;
};
[[nodiscard]] RowFacts rowFacts(const float* row, std::size_t count);

} // namespace bitwright::stats::kernels
