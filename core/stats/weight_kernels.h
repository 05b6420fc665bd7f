#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Inner loops of the weight statistics, SIMD chosen at run time. Internal to core/stats.
namespace bitwright::stats::kernels {

/// How the elements of a tile are stored.
enum class Element : std::uint8_t
{
    Float32,
    Float16,
    BFloat16,
};
[[nodiscard]] constexpr std::size_t elementBytes(Element element)
{
    return element == Element::Float32 ? 4 : 2;
}

/// A tile in memory: rows x cols elements, row-major, without padding between rows.
struct Tile
{
    const void* data = nullptr; ///< Aligned to the element.
    std::size_t rows = 0;
    std::size_t cols = 0;
    Element element = Element::Float32;
};

/// Where the ranges of a tile go. Every array belongs to the caller.
struct RangeSink
{
    // One entry per row; overwritten.
    float* rowMin = nullptr;
    float* rowMax = nullptr;
    double* rowSumSq = nullptr;
    std::uint32_t* rowFinite = nullptr;
    // One entry per column; folded in.
    float* colMin = nullptr;
    float* colMax = nullptr;
    double* colSumSq = nullptr;
    std::uint64_t* colMissing = nullptr; ///< NaN and Inf seen.
    // rows x ceil(cols / groupSize); overwritten. May be null.
    float* groupAbsMax = nullptr;
    std::size_t groupSize = 0;
    /// 3 * cols floats to work in.
    float* scratch = nullptr;
};

/// Folds minimum, maximum and sum of squares of every row and column of a tile into `sink`. Float lanes hold
/// at most 2048 values of a row and 256 values of a column before they go to double; a tile with NaN,
/// Inf or magnitudes whose squares leave float32 is done again in double.
void accumulateRanges(const Tile& tile, const RangeSink& sink);

/// Adds the number of times each 16-bit code occurs to `counts` (2 x 65536 entries, two interleaved tables,
/// so that runs of one value do not wait for their own store).
void countCodes(std::span<const std::uint16_t> codes, std::uint32_t* counts);

/// Extremes and sum of a block.
struct BlockRange
{
    float min = 0, max = 0;
    double sum = 0;
};

/// Power sums of a block about its own mean.
struct BlockMoments
{
    double count = 0, mean = 0, m2 = 0, m3 = 0, m4 = 0; ///< m_k: sum of (x - mean)^k over the finite values.
};
/// Two passes over a block that fits the first-level cache (4096 values); NaN and Inf are left out.
[[nodiscard]] BlockMoments blockMoments(std::span<const float> values);

} // namespace bitwright::stats::kernels
