#pragma once

#include "core/base/run_context.h"
#include "core/model/activation_dump.h"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace bitwright::stats {

/// Which tokens' rows are kept: the `capacity` tokens of lowest pseudo-random number, which depends on the
/// token's place and the seed alone, in the order of their places. A uniform choice, the same at every site.
/// Source of the numbers: splitmix64 (Steele et al. 2014), as the PyTorch recorder of samples/capture has it.
[[nodiscard]] std::vector<std::size_t> sampleTokens(
    std::size_t tokens, std::size_t capacity, std::uint64_t seed);

/// What a site gathers besides sums over its channels.
struct SiteSettings
{
    std::size_t top = 100; ///< Largest values kept.
    bool tokens = true; ///< Maximum, median and rms of every row.
    bool gram = false; ///< X^T X: 8 channels^2 bytes.
    std::span<const std::size_t> samples; ///< Rows to keep, ascending; the list outlives the object.
};

/// Everything that a dump holds of one site, gathered from rows that come in order. Sums are float64; Gram
/// products are float32 within 512 rows and float64 between them.
class SiteStatistics
{
public:
    SiteStatistics(std::uint64_t channels, const SiteSettings& settings);

    /// Adds `rows` rows of `channels` values, `stride` apart. The same result for any number of threads. The
    /// caller holds BlasThreads(1). Errors: Numeric for NaN and infinity; Cancelled.
    [[nodiscard]] Result<void> add(
        const float* data, std::size_t rows, std::size_t stride, const RunContext& context);

    [[nodiscard]] std::uint64_t channels() const { return m_channels; }
    [[nodiscard]] std::uint64_t count() const { return m_count; }
    /// The statistics as a dump has them (name, kind, tensors and block are the caller's).
    [[nodiscard]] model::Site site() const;
    /// Kept rows x channels, in the order of `samples`; fewer where the site saw fewer rows.
    [[nodiscard]] const std::vector<float>& samples() const { return m_samples; }
    /// The packed lower triangle; empty where none was gathered. Frees the sums behind it.
    [[nodiscard]] std::vector<float> takeGram();

private:
    struct Found
    {
        float magnitude = 0, value = 0;
        std::uint64_t token = 0, channel = 0;
        bool operator<(const Found& other) const; ///< Larger magnitudes first, then token, then channel.
    };
    struct RowResult; ///< What one chunk of rows gathers.

    void keepSamples(const float* data, std::size_t rows, std::size_t stride);
    Result<void> addChannels(
        const float* data, std::size_t rows, std::size_t stride, const RunContext& context);
    Result<void> addRows(const float* data, std::size_t rows, std::size_t stride, const RunContext& context);
    Result<void> addGram(const float* data, std::size_t rows, std::size_t stride, const RunContext& context);
    Result<void> foldRow(const float* row, std::size_t number, RowResult& result);
    void offer(const float* row, std::size_t number, std::vector<Found>& found, float& threshold) const;
    void trim(std::vector<Found>& found, float& threshold) const;

    std::size_t m_channels;
    SiteSettings m_settings;
    std::uint64_t m_count = 0;
    std::vector<float> m_absMax, m_min, m_max;
    std::array<std::vector<double>, 5> m_sums; ///< x, |x|, x^2, x^3, x^4
    std::array<std::uint64_t, 513> m_bins{}; ///< The last counts zeros.
    std::vector<Found> m_top;
    std::vector<float> m_tokenMax, m_tokenMedian, m_tokenRms;
    std::vector<float> m_samples;
    std::size_t m_nextSample = 0;
    std::vector<double> m_gram; ///< channels x channels, the lower triangle used.
};

} // namespace bitwright::stats
