#pragma once

#include "core/model/activation_dump.h"
#include "core/model/checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bitwright::stats {

/// What weightStats measures besides the whole-tensor numbers.
struct WeightStatsSettings
{
    std::uint64_t groupSize
        = 128; ///< Consecutive inputs of one output that share a scale; 0 means a whole output row.
    bool keepGroupAbsMax = false; ///< Keep the maximum of every group, not only the summary.
    std::size_t histogramBins = 512; ///< Bins of the linear histogram; 0 for none.
};

/// Ranges of one axis of a matrix, one entry per channel. A channel without a finite value holds NaN in every
/// vector.
struct ChannelRanges
{
    std::vector<float> min, max;
    std::vector<float> rms; ///< Root of the mean square of the finite values.

    [[nodiscard]] std::size_t size() const { return min.size(); }
    [[nodiscard]] float absMax(std::size_t channel) const;
};

/// Counts in equal bins over [low, high]; the last bin includes `high`. Empty when there is no finite value.
struct LinearHistogram
{
    double low = 0;
    double high = 0;
    std::vector<std::uint64_t> counts;

    [[nodiscard]] double binWidth() const;
};

/// Largest magnitudes of the scale groups of a weight (the numbers that an absmax quantizer turns into
/// scales).
struct GroupAbsMax
{
    std::uint64_t groupSize = 0;
    std::uint64_t groups = 0; ///< outputs x ceil(inputs / groupSize).
    double min = 0, median = 0, max = 0; ///< `median` is the lower middle element.
    std::vector<float>
        values; ///< outputs x groups per output, row-major, when asked for; a group of NaN holds 0.
};

/// Everything that one pass over a weight yields. NaN and Inf are counted and kept out of every other number.
struct WeightStats
{
    std::uint64_t count = 0; ///< All elements.
    std::uint64_t nan = 0, positiveInf = 0, negativeInf = 0;
    std::uint64_t zero = 0; ///< +0 and -0.
    std::uint64_t finite = 0; ///< count - nan - infinities. When 0, all numbers below are 0 and mean nothing.

    double min = 0, max = 0, absMax = 0;
    double mean = 0;
    double std = 0; ///< Population standard deviation.
    double rms = 0;
    double skewness = 0; ///< m3 / m2^1.5 of central moments; 0 when the variance is 0.
    double kurtosis = 0; ///< m4 / m2^2, not excess: 3 for a normal distribution; 0 when the variance is 0.

    model::LogHistogram magnitude; ///< log10|w| of the finite values; bin borders are exact for every dtype.
    LinearHistogram
        histogram; ///< Over [min, max]. 16-bit types: exact; others: borders to 2^-10 of the value.

    /// Size as outputs x inputs; 1 x count for a tensor that is no matrix.
    std::uint64_t rows = 0, cols = 0;
    ChannelRanges outputs; ///< Per output channel (row).
    ChannelRanges inputs; ///< Per input channel (column); empty when there is only one row.
    GroupAbsMax groups;

    /// Crest factor absMax / rms; nothing when all values are zero.
    [[nodiscard]] std::optional<double> crest() const;
    /// |w| below which a share q of the finite values lies, zeros included, from the log histogram (bins
    /// of 7.5 %).
    [[nodiscard]] std::optional<double> quantile(double q) const { return magnitude.quantile(q); }
    [[nodiscard]] bool hasNonFinite() const { return finite != count; }
};

/// Measures one tensor of a checkpoint in a single streaming pass.
///
/// The tensor is read in tiles of about a megabyte of stored bytes, which all threads share; memory is
/// bounded by tiles and by the per-channel and per-group vectors, never by the tensor. 16-bit floats are
/// counted by code, so that moments and histograms are exact whatever the order; other types are converted to
/// float32 and their central moments are folded block by block in fixed order (Pebay, SAND2008-6212), so
/// results never depend on the number of threads.
///
/// @param expert  Which matrix of a stacked expert tensor; nothing takes all of them, outputs one below the
/// other. Errors: Unsupported for a dtype that cannot be read, OutOfRange for an expert that does not exist,
/// Io, Format, Cancelled. Thread safe.
[[nodiscard]] Result<WeightStats> weightStats(const model::Checkpoint& checkpoint, model::TensorIndex tensor,
    const WeightStatsSettings& settings, const RunContext& context,
    std::optional<std::uint64_t> expert = std::nullopt);

/// Measures rows x cols values in memory (row-major, rows are outputs). Errors: InvalidArgument when sizes
/// disagree.
[[nodiscard]] Result<WeightStats> weightStats(std::span<const float> values, std::uint64_t rows,
    std::uint64_t cols, const WeightStatsSettings& settings, const RunContext& context);

/// Measures rows x cols stored elements of `type` in memory (little-endian, row-major, rows are outputs).
[[nodiscard]] Result<WeightStats> weightStats(model::DType type, std::span<const std::byte> bytes,
    std::uint64_t rows, std::uint64_t cols, const WeightStatsSettings& settings, const RunContext& context);

/// QuantMoE-Bench's weight outlier score (arXiv 2406.08155): the largest, over input channels j, of
/// max_i|W_ij| / mean_i|W_ij|. `weights` is rows x cols, row-major. Channels that are all zero do not
/// compete; nothing when all are. NaN and Inf are left out.
[[nodiscard]] std::optional<double> weightOutlierScore(
    std::span<const float> weights, std::uint64_t rows, std::uint64_t cols);

} // namespace bitwright::stats
