#pragma once

#include "core/stats/moments.h"
#include "core/stats/weight_kernels.h"
#include "core/stats/weight_stats.h"

#include <cstdint>
#include <span>
#include <vector>

/// Counting stored values by their bits: what a distribution is made of before anything is derived. Internal
/// to core/stats.
namespace bitwright::stats {

/// A few values kept one by one: norms and biases are too small for tables of 65536 entries.
class FewValues
{
public:
    static constexpr std::uint64_t kLimit = 4096;

    void add(std::span<const float> values);
    void add(std::span<const std::uint16_t> codes, kernels::Element element);
    void merge(const FewValues& other);
    /// As CodeCounts::fill.
    void fill(std::size_t bins, WeightStats& stats) const;

private:
    std::vector<float> m_values;
};

/// Counts of every code of a 16-bit float: a complete description of the multiset of values.
class CodeCounts
{
public:
    explicit CodeCounts(kernels::Element element);

    void add(std::span<const std::uint16_t> codes);
    /// Adds another's counts; integer sums, so the order does not matter.
    void merge(const CodeCounts& other);
    /// Everything that a distribution determines: counts, extremes, moments, both histograms.
    void fill(std::size_t bins, WeightStats& stats) const;

private:
    void flush();
    [[nodiscard]] std::uint64_t countOf(std::size_t code) const;

    kernels::Element m_element;
    std::vector<std::uint32_t> m_pending; ///< Two interleaved tables.
    std::uint64_t m_pendingCount = 0;
    std::vector<std::uint64_t> m_counts; ///< Empty until the narrow counters might overflow.
};

/// Counts of float32 values in cells of 2^-9 of an octave (sign, exponent, 9 bits of mantissa). Cells that a
/// border of the log histogram, zero or the start of NaN cuts are split exactly.
class FloatCounts
{
public:
    FloatCounts();

    void add(std::span<const float> values);
    void merge(const FloatCounts& other);
    /// Counts, NaN, Inf, zeros and both histograms; `stats.min` and `stats.max` must be set.
    void fill(std::size_t bins, WeightStats& stats) const;

private:
    void flush();
    [[nodiscard]] std::uint64_t countOf(std::size_t cell) const;

    std::vector<std::uint32_t> m_pending;
    std::uint64_t m_pendingCount = 0;
    std::vector<std::uint64_t> m_cells; ///< Empty until the narrow counters might overflow.
    std::vector<std::uint64_t> m_above; ///< [sign][border]: values of a cut cell at or above the border.
};

/// Copies moments and what follows from them into `stats`.
void fillMoments(const Moments& moments, WeightStats& stats);

} // namespace bitwright::stats
