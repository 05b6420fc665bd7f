#pragma once

#include "core/base/run_context.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitwright::measure {

/// Mean over tokens with its 95 % interval.
struct Interval
{
    double mean = 0, low = 0, high = 0;

    [[nodiscard]] double width() const { return high - low; }
    [[nodiscard]] bool holds(double value) const { return low <= value && value <= high; }
    [[nodiscard]] bool overlaps(const Interval& other) const
    {
        return low <= other.high && other.low <= high;
    }
};

/// Values [first, end) that are drawn together.
struct TokenBlock
{
    std::size_t first = 0, end = 0;
};

/// Tokens of one block of the bootstrap: neighbors in a text share their difficulty, so they are drawn
/// together (moving-block bootstrap with fixed borders; Kuensch 1989).
inline constexpr std::size_t kBlockTokens = 32;

/// Cuts sequences (`starts` as in forward::TokenBatch) into blocks of at least `tokens`, as equal as can be,
/// none across two sequences; a shorter sequence is one block.
[[nodiscard]] std::vector<TokenBlock> tokenBlocks(
    std::span<const std::size_t> starts, std::size_t tokens = kBlockTokens);

inline constexpr std::size_t kBootstrapDraws = 1000;

/// Mean of `values` and the 2.5 and 97.5 percentiles of the means of `kBootstrapDraws` resamples of whole
/// blocks (Efron 1979), moved so that its center is not biased by blocks of unequal length. Equal for equal
/// seeds. Nothing without blocks; with one block the interval is unknown, and then nothing too.
[[nodiscard]] std::optional<Interval> bootstrapMean(
    std::span<const float> values, std::span<const TokenBlock> blocks, std::uint64_t seed);

/// The same of a - b over the same tokens: the noise that both share cancels. Sizes must be equal.
[[nodiscard]] std::optional<Interval> pairedDifference(std::span<const float> a, std::span<const float> b,
    std::span<const TokenBlock> blocks, std::uint64_t seed);

/// Blocks that pairedStudent needs.
inline constexpr std::size_t kStudentBlocks = 8;

/// Mean of a - b with the interval that leaves `tail` on each side by Student's t over blocks, for tails that
/// a bootstrap of some draws cannot see. Quantiles by Abramowitz and Stegun 1964, 26.7.5, within 1 % from 7
/// degrees of freedom and tails of 1e-4 on. Sizes must be equal and 0 < tail < 0.5. Nothing with fewer than
/// kStudentBlocks blocks.
[[nodiscard]] std::optional<Interval> pairedStudent(
    std::span<const float> a, std::span<const float> b, std::span<const TokenBlock> blocks, double tail);

/// One measurement as sums over its blocks of tokens: all that a paired comparison needs of it, in a
/// thirtieth of the place.
struct BlockSums
{
    std::vector<double> sums;
    std::vector<std::size_t> counts; ///< Tokens of each block.
    bool operator==(const BlockSums&) const = default;
};
[[nodiscard]] BlockSums blockSums(std::span<const float> values, std::span<const TokenBlock> blocks);

/// pairedDifference of what the sums were made from, over the blocks that both begin with: measurements that
/// used more of the same tokens can be held against those that used fewer. Nothing where fewer than two
/// blocks are shared, or their sizes differ: then these were not the same tokens.
[[nodiscard]] std::optional<Interval> pairedDifference(
    const BlockSums& a, const BlockSums& b, std::uint64_t seed);

/// Whether two measurements cannot be told apart: the paired interval of their difference holds 0, or is
/// unknown.
[[nodiscard]] bool alike(std::span<const float> a, std::span<const float> b,
    std::span<const TokenBlock> blocks, std::uint64_t seed);

/// Rank correlation (Spearman 1904) with mean ranks for ties. Nothing for fewer than three pairs or where
/// one side is constant.
[[nodiscard]] std::optional<double> spearman(std::span<const double> a, std::span<const double> b);

/// How far a ranking can be trusted.
struct Reliability
{
    double halves = 0; ///< Spearman correlation of the means over even and over odd blocks.
    double whole = 0; ///< Of all tokens, by Spearman and Brown 1910: 2 r / (1 + r).
    std::size_t ranked = 0; ///< Measurements that were ranked.
};
/// Of the ranking of `measurements` (each per token) by their means. Nothing where spearman() gives nothing
/// or there are fewer than two blocks. A correlation of -1 or near gives `whole` -1.
[[nodiscard]] std::optional<Reliability> splitHalf(
    std::span<const std::span<const float>> measurements, std::span<const TokenBlock> blocks);

/// exp of minus the mean of log probabilities; NaN entries (ends of sequences) are left out. Nothing when
/// none is left.
[[nodiscard]] std::optional<double> perplexityOf(std::span<const float> logProbabilities);

} // namespace bitwright::measure
