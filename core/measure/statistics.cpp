#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace bitwright::measure {

namespace {

struct BlockSum
{
    double sum = 0;
    double count = 0;
};

template <typename ValueAt>
std::vector<BlockSum> sumsOf(std::span<const TokenBlock> blocks, const ValueAt& valueAt)
{
    std::vector<BlockSum> sums;
    sums.reserve(blocks.size());
    for (const TokenBlock& block : blocks) {
        BlockSum sum;
        for (std::size_t i = block.first; i < block.end; ++i)
            sum.sum += valueAt(i);
        sum.count = static_cast<double>(block.end - block.first);
        sums.push_back(sum);
    }
    return sums;
}

double meanOf(std::span<const BlockSum> sums)
{
    BlockSum all;
    for (const BlockSum& sum : sums) {
        all.sum += sum.sum;
        all.count += sum.count;
    }
    return all.count > 0 ? all.sum / all.count : 0;
}

/// A whole number below `count`; the same on every standard library, unlike uniform_int_distribution.
std::size_t draw(std::mt19937_64& random, std::size_t count)
{
    const double unit = static_cast<double>(random() >> 11U) * 0x1p-53;
    return std::min(count - 1, static_cast<std::size_t>(unit * static_cast<double>(count)));
}

std::optional<Interval> resample(std::span<const BlockSum> sums, std::uint64_t seed)
{
    if (sums.size() < 2)
        return std::nullopt;
    std::mt19937_64 random(seed);
    std::vector<double> means(kBootstrapDraws);
    for (double& mean : means) {
        BlockSum drawn;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const BlockSum& one = sums[draw(random, sums.size())];
            drawn.sum += one.sum;
            drawn.count += one.count;
        }
        mean = drawn.sum / drawn.count;
    }
    std::sort(means.begin(), means.end());
    const auto tail = static_cast<std::size_t>(0.025 * static_cast<double>(kBootstrapDraws));
    // With m blocks the spread of resampled means is sqrt((m - 1) / m) of the true one.
    const double widen = std::sqrt(static_cast<double>(sums.size()) / static_cast<double>(sums.size() - 1));
    const double mean = meanOf(sums);
    const double low = mean + widen * (means[tail] - mean);
    const double high = mean + widen * (means[kBootstrapDraws - 1 - tail] - mean);
    return Interval{mean, std::min(low, mean), std::max(high, mean)};
}

/// The standard normal value with `tail` above it.
double normalQuantile(double tail)
{
    double low = 0, high = 40;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (std::erfc(middle / std::sqrt(2.0)) / 2 > tail ? low : high) = middle;
    }
    return low;
}

double studentQuantile(double tail, double degrees)
{
    const double z = normalQuantile(tail), z2 = z * z, n = degrees;
    const double g1 = z * (z2 + 1) / 4;
    const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
    const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
    return z + g1 / n + g2 / (n * n) + g3 / (n * n * n) + g4 / (n * n * n * n);
}

/// Ranks from 1, ties share their mean.
std::vector<double> ranksOf(std::span<const double> values)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(
        order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t i = 0; i < order.size();) {
        std::size_t end = i + 1;
        while (end < order.size() && !(values[order[i]] < values[order[end]]))
            ++end;
        const double shared = (static_cast<double>(i) + static_cast<double>(end) + 1.0) / 2.0;
        for (; i < end; ++i)
            ranks[order[i]] = shared;
    }
    return ranks;
}

} // namespace

std::vector<TokenBlock> tokenBlocks(std::span<const std::size_t> starts, std::size_t tokens)
{
    std::vector<TokenBlock> blocks;
    for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
        const std::size_t length = starts[s + 1] - starts[s];
        const std::size_t pieces = std::max<std::size_t>(1, length / std::max<std::size_t>(1, tokens));
        for (std::size_t p = 0; p < pieces; ++p)
            blocks.push_back({starts[s] + length * p / pieces, starts[s] + length * (p + 1) / pieces});
    }
    return blocks;
}

std::optional<Interval> bootstrapMean(
    std::span<const float> values, std::span<const TokenBlock> blocks, std::uint64_t seed)
{
    return resample(sumsOf(blocks, [&](std::size_t i) { return static_cast<double>(values[i]); }), seed);
}

std::optional<Interval> pairedDifference(std::span<const float> a, std::span<const float> b,
    std::span<const TokenBlock> blocks, std::uint64_t seed)
{
    return resample(
        sumsOf(blocks, [&](std::size_t i) { return static_cast<double>(a[i]) - static_cast<double>(b[i]); }),
        seed);
}

std::optional<Interval> pairedStudent(
    std::span<const float> a, std::span<const float> b, std::span<const TokenBlock> blocks, double tail)
{
    if (blocks.size() < kStudentBlocks)
        return std::nullopt;
    const auto sums = sumsOf(
        blocks, [&](std::size_t i) { return static_cast<double>(a[i]) - static_cast<double>(b[i]); });
    const double mean = meanOf(sums), count = static_cast<double>(sums.size());
    double squares = 0, tokens = 0;
    for (const BlockSum& one : sums) {
        const double off = one.sum - mean * one.count; // of a ratio of sums: blocks may differ in length
        squares += off * off;
        tokens += one.count;
    }
    const double error = std::sqrt(squares * count / (count - 1)) / tokens;
    const double half = studentQuantile(tail, count - 1) * error;
    return Interval{mean, mean - half, mean + half};
}

BlockSums blockSums(std::span<const float> values, std::span<const TokenBlock> blocks)
{
    BlockSums result;
    for (const BlockSum& block :
        sumsOf(blocks, [&](std::size_t i) { return static_cast<double>(values[i]); })) {
        result.sums.push_back(block.sum);
        result.counts.push_back(static_cast<std::size_t>(block.count));
    }
    return result;
}

std::optional<Interval> pairedDifference(const BlockSums& a, const BlockSums& b, std::uint64_t seed)
{
    const std::size_t shared = std::min(a.sums.size(), b.sums.size());
    std::vector<BlockSum> sums(shared);
    for (std::size_t i = 0; i < shared; ++i) {
        if (a.counts[i] != b.counts[i])
            return std::nullopt;
        sums[i] = {a.sums[i] - b.sums[i], static_cast<double>(a.counts[i])};
    }
    return resample(sums, seed);
}

bool alike(std::span<const float> a, std::span<const float> b, std::span<const TokenBlock> blocks,
    std::uint64_t seed)
{
    const auto difference = pairedDifference(a, b, blocks, seed);
    return !difference || difference->holds(0);
}

std::optional<double> spearman(std::span<const double> a, std::span<const double> b)
{
    if (a.size() != b.size() || a.size() < 3)
        return std::nullopt;
    const std::vector<double> ranksA = ranksOf(a);
    const std::vector<double> ranksB = ranksOf(b);
    const double middle = (static_cast<double>(a.size()) + 1.0) / 2.0;
    double both = 0, ofA = 0, ofB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        both += (ranksA[i] - middle) * (ranksB[i] - middle);
        ofA += (ranksA[i] - middle) * (ranksA[i] - middle);
        ofB += (ranksB[i] - middle) * (ranksB[i] - middle);
    }
    if (!(ofA > 0) || !(ofB > 0))
        return std::nullopt;
    return both / std::sqrt(ofA * ofB);
}

std::optional<Reliability> splitHalf(
    std::span<const std::span<const float>> measurements, std::span<const TokenBlock> blocks)
{
    std::vector<TokenBlock> even, odd;
    for (std::size_t i = 0; i < blocks.size(); ++i)
        (i % 2 == 0 ? even : odd).push_back(blocks[i]);
    if (even.empty() || odd.empty())
        return std::nullopt;
    std::vector<double> first, second;
    for (const std::span<const float> values : measurements) {
        const auto valueAt = [&](std::size_t i) { return static_cast<double>(values[i]); };
        first.push_back(meanOf(sumsOf(even, valueAt)));
        second.push_back(meanOf(sumsOf(odd, valueAt)));
    }
    const auto halves = spearman(first, second);
    if (!halves)
        return std::nullopt;
    return Reliability{
        *halves, *halves > -1.0 / 3.0 ? 2.0 * *halves / (1.0 + *halves) : -1.0, measurements.size()};
}

std::optional<double> perplexityOf(std::span<const float> logProbabilities)
{
    double sum = 0;
    std::size_t count = 0;
    for (const float value : logProbabilities) {
        if (std::isnan(value))
            continue;
        sum += static_cast<double>(value);
        ++count;
    }
    if (count == 0)
        return std::nullopt;
    return std::exp(-sum / static_cast<double>(count));
}

} // namespace bitwright::measure
