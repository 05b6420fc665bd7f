#include "core/base/float_bits.h"
#include "core/stats/moments.h"
#include "core/stats/weight_stats.h"
#include "tests/support/memory_checkpoint.h"

#include <QtTest>

#include <cmath>
#include <random>
#include <stop_token>

using namespace bitwright;
using model::DType;
using stats::WeightStats;
using stats::WeightStatsSettings;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> normal(std::size_t count, double mean, double deviation, unsigned seed)
{
    std::mt19937 generator(seed);
    std::normal_distribution<double> distribution(mean, deviation);
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(distribution(generator));
    return values;
}

/// Values as they are after being stored as `type`.
std::vector<float> rounded(const std::vector<float>& values, DType type, std::vector<std::byte>& bytes)
{
    bytes.resize(values.size() * model::bitsPerElement(type) / 8);
    std::vector<float> result(values.size());
    if (!model::convertFromFloat(type, values, bytes) || !model::convertToFloat(type, bytes, result))
        result.clear();
    return result;
}

/// Plain double loops, the slow way.
struct Reference
{
    std::vector<double> finite;
    double mean = 0, m2 = 0, m3 = 0, m4 = 0, square = 0;

    explicit Reference(const std::vector<float>& values)
    {
        for (const float value : values)
            if (std::isfinite(value))
                finite.push_back(static_cast<double>(value));
        for (const double x : finite) {
            mean += x;
            square += x * x;
        }
        mean /= static_cast<double>(finite.size());
        square /= static_cast<double>(finite.size());
        for (const double x : finite) {
            m2 += std::pow(x - mean, 2);
            m3 += std::pow(x - mean, 3);
            m4 += std::pow(x - mean, 4);
        }
        const auto n = static_cast<double>(finite.size());
        m2 /= n, m3 /= n, m4 /= n;
    }
};

bool near(double a, double b, double relative)
{
    return std::abs(a - b) <= relative * std::max({std::abs(a), std::abs(b), 1e-300});
}

void compareWhole(const WeightStats& stats, const std::vector<float>& values)
{
    const Reference reference(values);
    const auto [low, high] = std::minmax_element(reference.finite.begin(), reference.finite.end());
    QCOMPARE(stats.count, std::uint64_t{values.size()});
    QCOMPARE(stats.finite, std::uint64_t{reference.finite.size()});
    QCOMPARE(stats.min, *low);
    QCOMPARE(stats.max, *high);
    QCOMPARE(stats.absMax, std::max(std::abs(*low), std::abs(*high)));
    QVERIFY2(std::abs(stats.mean - reference.mean) <= 1e-6 * std::sqrt(reference.square), "mean");
    QVERIFY2(near(stats.std, std::sqrt(reference.m2), 1e-6), "std");
    QVERIFY2(near(stats.rms, std::sqrt(reference.square), 1e-6), "rms");
    QVERIFY2(std::abs(stats.skewness - reference.m3 / std::pow(reference.m2, 1.5)) < 1e-5, "skewness");
    QVERIFY2(near(stats.kurtosis, reference.m4 / reference.m2 / reference.m2, 1e-5), "kurtosis");
    model::LogHistogram histogram;
    for (const double x : reference.finite) {
        if (x == 0) {
            ++histogram.zeros;
            continue;
        }
        const double bin = std::clamp(std::floor((std::log10(std::abs(x)) + 8) * 32), 0.0, 511.0);
        ++histogram.counts[static_cast<std::size_t>(bin)];
    }
    QCOMPARE(stats.zero, histogram.zeros);
    QCOMPARE(stats.magnitude.zeros, histogram.zeros);
    QVERIFY2(stats.magnitude.counts == histogram.counts, "log histogram");
    std::uint64_t total = 0;
    for (const std::uint64_t count : stats.histogram.counts)
        total += count;
    QCOMPARE(total, stats.finite);
}

/// Ranges of channels and groups against plain loops; values are outputs x inputs.
void compareChannels(const WeightStats& stats, const std::vector<float>& values, std::size_t rows,
    std::size_t cols, std::size_t group)
{
    QCOMPARE(stats.rows, std::uint64_t{rows});
    QCOMPARE(stats.cols, std::uint64_t{cols});
    QCOMPARE(stats.outputs.size(), rows);
    QCOMPARE(stats.inputs.size(), cols);
    for (const bool byRow : {true, false}) {
        const stats::ChannelRanges& ranges = byRow ? stats.outputs : stats.inputs;
        for (std::size_t channel = 0; channel < (byRow ? rows : cols); ++channel) {
            float low = kInf, high = -kInf;
            double square = 0, count = 0;
            for (std::size_t i = 0; i < (byRow ? cols : rows); ++i) {
                const float x = byRow ? values[channel * cols + i] : values[i * cols + channel];
                if (!std::isfinite(x))
                    continue;
                low = std::min(low, x);
                high = std::max(high, x);
                square += static_cast<double>(x) * static_cast<double>(x);
                count += 1;
            }
            if (count == 0) {
                QVERIFY(std::isnan(ranges.min[channel]) && std::isnan(ranges.rms[channel]));
                continue;
            }
            QCOMPARE(ranges.min[channel], low);
            QCOMPARE(ranges.max[channel], high);
            QVERIFY(near(static_cast<double>(ranges.rms[channel]), std::sqrt(square / count), 2e-6));
        }
    }
    std::vector<float> groups;
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t from = 0; from < cols; from += group) {
            float largest = 0;
            for (std::size_t c = from; c < std::min(cols, from + group); ++c)
                if (std::isfinite(values[row * cols + c]))
                    largest = std::max(largest, std::abs(values[row * cols + c]));
            groups.push_back(largest);
        }
    }
    QCOMPARE(stats.groups.groups, std::uint64_t{groups.size()});
    QVERIFY2(stats.groups.values == groups, "groups");
    std::sort(groups.begin(), groups.end());
    QCOMPARE(stats.groups.min, static_cast<double>(groups.front()));
    QCOMPARE(stats.groups.max, static_cast<double>(groups.back()));
    QCOMPARE(stats.groups.median, static_cast<double>(groups[(groups.size() - 1) / 2]));
}

bool sameRanges(const stats::ChannelRanges& a, const stats::ChannelRanges& b)
{
    return a.min == b.min && a.max == b.max && a.rms == b.rms;
}

bool sameStats(const WeightStats& a, const WeightStats& b)
{
    return a.count == b.count && a.min == b.min && a.max == b.max && a.mean == b.mean && a.std == b.std
        && a.rms == b.rms && a.skewness == b.skewness && a.kurtosis == b.kurtosis
        && a.magnitude.counts == b.magnitude.counts && a.histogram.counts == b.histogram.counts
        && sameRanges(a.outputs, b.outputs) && sameRanges(a.inputs, b.inputs)
        && a.groups.values == b.groups.values && a.groups.median == b.groups.median;
}

WeightStatsSettings settingsFor(std::uint64_t group)
{
    WeightStatsSettings settings;
    settings.groupSize = group;
    settings.keepGroupAbsMax = true;
    return settings;
}

} // namespace

class TestStatsWeights : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void againstPlainLoops_data();
    void againstPlainLoops();
    void nonFiniteIsCountedAndLeftOut();
    void extremeMagnitudes();
    void farFromZero();
    void sameForAnyThreads();
    void transposedStorage();
    void experts();
    void vectors();
    void constantsAndEmpty();
    void spikeKurtosis();
    void linearHistogramIsExact();
    void momentsMerge();
    void errors();
    void cancels();
    void outlierScore();
};

void TestStatsWeights::againstPlainLoops_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("cols");
    QTest::addColumn<int>("group");
    for (const DType type : {DType::BF16, DType::F16, DType::F32, DType::F64}) {
        const std::string name(model::dtypeName(type));
        QTest::newRow((name + " small").c_str()) << static_cast<int>(type) << 3 << 5 << 2;
        QTest::newRow((name + " odd").c_str()) << static_cast<int>(type) << 37 << 141 << 32;
        QTest::newRow((name + " wide").c_str()) << static_cast<int>(type) << 6 << 5000 << 128;
        QTest::newRow((name + " tall").c_str()) << static_cast<int>(type) << 4003 << 17 << 0;
        QTest::newRow((name + " many tiles").c_str()) << static_cast<int>(type) << 900 << 1000 << 64;
    }
}

void TestStatsWeights::againstPlainLoops()
{
    QFETCH(int, type);
    QFETCH(int, rows);
    QFETCH(int, cols);
    QFETCH(int, group);
    const auto r = static_cast<std::size_t>(rows), c = static_cast<std::size_t>(cols);
    std::vector<float> values = normal(r * c, 0.003, 0.02, 7);
    for (std::size_t i = 0; i < values.size(); i += 11)
        values[i] = i % 2 == 0 ? 0.0F : -0.0F;
    std::vector<std::byte> bytes;
    values = rounded(values, static_cast<DType>(type), bytes);
    const auto result = stats::weightStats(
        static_cast<DType>(type), bytes, r, c, settingsFor(static_cast<std::uint64_t>(group)), {});
    QVERIFY(result);
    compareWhole(*result, values);
    compareChannels(*result, values, r, c, group == 0 ? c : static_cast<std::size_t>(group));
    QVERIFY(near(*result->crest(), result->absMax / result->rms, 1e-15));
}

void TestStatsWeights::nonFiniteIsCountedAndLeftOut()
{
    const std::size_t rows = 70, cols = 300;
    for (const DType type : {DType::BF16, DType::F16, DType::F32}) {
        std::vector<float> values = normal(rows * cols, 0, 1, 3);
        for (std::size_t c = 0; c < cols; ++c)
            values[5 * cols + c] = kNan; // a whole row
        for (std::size_t r = 0; r < rows; ++r)
            values[r * cols + 9] = kInf; // a whole column
        values[12345] = -kInf;
        values[77] = -kNan;
        std::vector<std::byte> bytes;
        values = rounded(values, type, bytes);
        if (type == DType::F32) { // a NaN with the smallest payload, which shares its cell with Inf
            const std::uint32_t tiny = 0x7F800001U, negative = 0xFF800001U;
            std::memcpy(bytes.data() + 4 * 100, &tiny, 4);
            std::memcpy(bytes.data() + 4 * 101, &negative, 4);
            values[100] = values[101] = kNan;
        }
        const std::uint64_t nan = static_cast<std::uint64_t>(
            std::count_if(values.begin(), values.end(), [](float x) { return std::isnan(x); }));
        const auto result = stats::weightStats(type, bytes, rows, cols, settingsFor(128), {});
        QVERIFY(result);
        QCOMPARE(result->nan, nan);
        QCOMPARE(result->positiveInf, std::uint64_t{rows});
        QCOMPARE(result->negativeInf, std::uint64_t{1});
        QVERIFY(result->hasNonFinite());
        compareWhole(*result, values);
        compareChannels(*result, values, rows, cols, 128);
    }
}

void TestStatsWeights::extremeMagnitudes()
{
    for (const double scale : {1e-25, 1e25, 1e-12, 1e12}) {
        for (const DType type : {DType::BF16, DType::F32}) {
            std::vector<std::byte> bytes;
            const std::vector<float> values = rounded(normal(64 * 96, 0, scale, 5), type, bytes);
            const auto result = stats::weightStats(type, bytes, 64, 96, settingsFor(32), {});
            QVERIFY(result);
            const Reference reference(values);
            QVERIFY(near(result->rms, std::sqrt(reference.square), 1e-6));
            QVERIFY(near(result->kurtosis, reference.m4 / reference.m2 / reference.m2, 1e-5));
            compareChannels(*result, values, 64, 96, 32);
        }
    }
}

void TestStatsWeights::farFromZero()
{
    // Norm weights look like this: power sums about zero would lose the fourth moment.
    const std::vector<float> values = normal(200000, 1000, 0.5, 11);
    const auto result = stats::weightStats(values, 200, 1000, {}, {});
    QVERIFY(result);
    const Reference reference(values);
    QVERIFY(near(result->std, std::sqrt(reference.m2), 1e-6));
    QVERIFY(near(result->kurtosis, reference.m4 / reference.m2 / reference.m2, 1e-5));
    QVERIFY(std::abs(result->skewness - reference.m3 / std::pow(reference.m2, 1.5)) < 1e-5);
}

void TestStatsWeights::sameForAnyThreads()
{
    const std::size_t rows = 3000, cols = 700;
    for (const DType type : {DType::BF16, DType::F32, DType::F64}) {
        std::vector<std::byte> bytes;
        const std::vector<float> values = rounded(normal(rows * cols, 0.01, 1, 2), type, bytes);
        QVERIFY(!values.empty());
        RunContext one, four;
        one.threads = 1;
        four.threads = 4;
        const auto a = stats::weightStats(type, bytes, rows, cols, settingsFor(128), one);
        const auto b = stats::weightStats(type, bytes, rows, cols, settingsFor(128), four);
        QVERIFY(a && b);
        QVERIFY(sameStats(*a, *b));
    }
}

void TestStatsWeights::transposedStorage()
{
    const std::size_t in = 300, out = 96; // stored in x out
    testing::MemoryCheckpoint checkpoint("gpt2");
    for (const DType type : {DType::F32, DType::BF16}) {
        std::vector<std::byte> bytes;
        const std::vector<float> stored = rounded(normal(in * out, 0, 1, 4), type, bytes);
        const std::string name = type == DType::F32 ? "h.0.mlp.c_fc.weight" : "h.1.mlp.c_fc.weight";
        const auto tensor = checkpoint.add(name, {in, out}, stored, type);
        QVERIFY(checkpoint.tensors()[tensor].orientation == model::Orientation::InOut);
        std::vector<float> weight(in * out);
        for (std::size_t i = 0; i < in; ++i)
            for (std::size_t o = 0; o < out; ++o)
                weight[o * in + i] = stored[i * out + o];
        for (const std::size_t group : {std::size_t{128}, std::size_t{7}, std::size_t{0}}) {
            const auto result = stats::weightStats(checkpoint, tensor, settingsFor(group), {});
            QVERIFY(result);
            compareWhole(*result, weight);
            compareChannels(*result, weight, out, in, group == 0 ? in : group);
        }
    }
}

void TestStatsWeights::experts()
{
    const std::size_t experts = 3, out = 20, in = 64;
    testing::MemoryCheckpoint checkpoint("qwen3_moe");
    const std::vector<float> all = normal(experts * out * in, 0, 1, 8);
    const auto tensor = checkpoint.add("model.layers.0.mlp.experts.down_proj", {experts, out, in}, all);
    const model::TensorInfo& info = checkpoint.tensors()[tensor];
    QCOMPARE(info.experts, std::uint64_t{experts});
    const bool swapped = info.orientation == model::Orientation::InOut;
    const std::vector<float> second(all.begin() + out * in, all.begin() + 2 * out * in);
    const auto one = stats::weightStats(checkpoint, tensor, settingsFor(32), {}, 1);
    QVERIFY(one);
    compareWhole(*one, second);
    if (!swapped)
        compareChannels(*one, second, out, in, 32);
    const auto whole = stats::weightStats(checkpoint, tensor, settingsFor(32), {});
    QVERIFY(whole);
    compareWhole(*whole, all);
    if (!swapped)
        compareChannels(*whole, all, experts * out, in, 32);
    QVERIFY(stats::weightStats(checkpoint, tensor, {}, {}, 3).error().code == ErrorCode::OutOfRange);
}

void TestStatsWeights::vectors()
{
    testing::MemoryCheckpoint checkpoint;
    for (const std::size_t count : {std::size_t{5}, std::size_t{640}, std::size_t{200003}}) {
        const std::vector<float> values = normal(count, 1, 0.1, 6);
        const auto tensor = checkpoint.add("norm" + std::to_string(count) + ".weight", {count}, values);
        for (const std::size_t group : {std::size_t{100}, std::size_t{0}}) {
            const auto result = stats::weightStats(checkpoint, tensor, settingsFor(group), {});
            QVERIFY(result);
            compareWhole(*result, values);
            QCOMPARE(result->rows, std::uint64_t{1});
            QCOMPARE(result->cols, std::uint64_t{count});
            QCOMPARE(result->outputs.size(), std::size_t{1});
            QCOMPARE(result->inputs.size(), std::size_t{0});
            QCOMPARE(static_cast<double>(result->outputs.max[0]), result->max);
            QVERIFY(near(static_cast<double>(result->outputs.rms[0]), result->rms, 1e-6));
            std::vector<float> groups;
            const std::size_t step = group == 0 ? count : group;
            for (std::size_t from = 0; from < count; from += step) {
                float largest = 0;
                for (std::size_t i = from; i < std::min(count, from + step); ++i)
                    largest = std::max(largest, std::abs(values[i]));
                groups.push_back(largest);
            }
            QVERIFY(result->groups.values == groups);
        }
    }
}

void TestStatsWeights::constantsAndEmpty()
{
    const auto constant = stats::weightStats(std::vector<float>(600, 0.25F), 6, 100, {}, {});
    QVERIFY(constant);
    QCOMPARE(constant->mean, 0.25);
    QCOMPARE(constant->std, 0.0);
    QCOMPARE(constant->kurtosis, 0.0);
    QCOMPARE(*constant->crest(), 1.0);
    QCOMPARE(constant->histogram.counts[0], std::uint64_t{600});
    const auto zeros = stats::weightStats(std::vector<float>(600, -0.0F), 6, 100, {}, {});
    QVERIFY(zeros);
    QCOMPARE(zeros->zero, std::uint64_t{600});
    QVERIFY(!zeros->crest());
    QCOMPARE(zeros->groups.max, 0.0);
    const auto empty = stats::weightStats(std::vector<float>{}, 0, 100, {}, {});
    QVERIFY(empty);
    QCOMPARE(empty->count, std::uint64_t{0});
    const auto nothing = stats::weightStats(std::vector<float>(4, kNan), 2, 2, {}, {});
    QVERIFY(nothing);
    QCOMPARE(nothing->finite, std::uint64_t{0});
    QVERIFY(nothing->histogram.counts.empty());
    QVERIFY(!nothing->quantile(0.5));
}

void TestStatsWeights::spikeKurtosis()
{
    // Test (c) of spec/allocation.md 1.2: one spike in d - 1 zeros.
    for (const std::size_t d : {std::size_t{16}, std::size_t{1000}, std::size_t{70000}}) {
        std::vector<float> values(d, 0.0F);
        values[d / 3] = 3.5F;
        const auto result = stats::weightStats(values, 1, d, {}, {});
        QVERIFY(result);
        const auto n = static_cast<double>(d);
        const double expected = (n * n - 3 * n + 3) / (n - 1);
        QVERIFY2(near(result->kurtosis, expected, 5e-6),
            qPrintable(QString::number(result->kurtosis, 'g', 12) + QLatin1String(" is not ")
                + QString::number(expected, 'g', 12)));
    }
}

void TestStatsWeights::linearHistogramIsExact()
{
    std::vector<std::byte> bytes;
    const std::vector<float> values = rounded(normal(50000, 0, 1, 9), DType::BF16, bytes);
    WeightStatsSettings settings;
    settings.histogramBins = 64;
    const auto result = stats::weightStats(DType::BF16, bytes, 50, 1000, settings, {});
    QVERIFY(result);
    std::vector<std::uint64_t> counts(64, 0);
    for (const float value : values) {
        const double position
            = std::floor((static_cast<double>(value) - result->min) / (result->max - result->min) * 64);
        ++counts[static_cast<std::size_t>(std::min(position, 63.0))];
    }
    QVERIFY(result->histogram.counts == counts);
    QVERIFY(near(result->histogram.binWidth(), (result->max - result->min) / 64, 1e-15));
    // Quantiles of a normal distribution, to the width of a bin.
    QVERIFY(near(*result->quantile(0.5), 0.6745, 0.04));
    QVERIFY(near(*result->quantile(0.999), 3.2905, 0.04));
    settings.histogramBins = 0;
    QVERIFY(stats::weightStats(DType::BF16, bytes, 50, 1000, settings, {})->histogram.counts.empty());
}

void TestStatsWeights::momentsMerge()
{
    const std::vector<float> values = normal(999, 5, 2, 1);
    const auto moments = [&](std::size_t from, std::size_t to) {
        const Reference r(std::vector<float>(values.begin() + static_cast<std::ptrdiff_t>(from),
            values.begin() + static_cast<std::ptrdiff_t>(to)));
        const auto n = static_cast<double>(to - from);
        return stats::Moments{n, r.mean, r.m2 * n, r.m3 * n, r.m4 * n};
    };
    stats::Moments joined;
    joined.merge(moments(0, 10));
    joined.merge(stats::Moments{});
    joined.merge(moments(10, 700));
    joined.merge(moments(700, 999));
    const stats::Moments whole = moments(0, 999);
    QVERIFY(near(joined.mean, whole.mean, 1e-12));
    QVERIFY(near(joined.variance(), whole.variance(), 1e-12));
    QVERIFY(std::abs(joined.skewness() - whole.skewness()) < 1e-11);
    QVERIFY(near(joined.kurtosis(), whole.kurtosis(), 1e-11));
}

void TestStatsWeights::errors()
{
    const std::vector<float> values(12, 1.0F);
    QVERIFY(stats::weightStats(values, 3, 5, {}, {}).error().code == ErrorCode::InvalidArgument);
    const std::uint64_t huge = std::uint64_t{1} << 33;
    QVERIFY(stats::weightStats(values, huge, huge, {}, {}).error().code == ErrorCode::InvalidArgument);
    testing::MemoryCheckpoint checkpoint;
    const auto unread = checkpoint.addHeader("a.weight", DType::F8E8M0, {4, 4});
    const auto lost = checkpoint.addHeader("b.weight", DType::F32, {4, 4}); // has no data
    const auto unsupported = stats::weightStats(checkpoint, unread, {}, {});
    QVERIFY(!unsupported && unsupported.error().code == ErrorCode::Unsupported);
    QCOMPARE(unsupported.error().tensor, std::string("a.weight"));
    const auto missing = stats::weightStats(checkpoint, lost, {}, {});
    QVERIFY(!missing && missing.error().code == ErrorCode::OutOfRange);
    QCOMPARE(missing.error().tensor, std::string("b.weight"));
    QVERIFY(stats::weightStats(checkpoint, 99, {}, {}).error().code == ErrorCode::OutOfRange);
}

void TestStatsWeights::cancels()
{
    const std::vector<float> values(1 << 20, 1.0F);
    std::stop_source source;
    RunContext context;
    context.stop = source.get_token();
    source.request_stop();
    QVERIFY(stats::weightStats(values, 1 << 10, 1 << 10, {}, context).error().code == ErrorCode::Cancelled);
}

void TestStatsWeights::outlierScore()
{
    // Columns: max/mean = 4 / (7/3), 1, and zeros that do not compete.
    const std::vector<float> weights{1, -2, 0, -4, 2, 0, 2, 2, 0};
    const double expected = 4.0 / (7.0 / 3.0);
    QVERIFY(near(*stats::weightOutlierScore(weights, 3, 3), expected, 1e-12));
    std::vector<float> permuted{2, 2, 0, 1, -2, 0, -4, 2, 0};
    for (float& value : permuted)
        value *= -8;
    QVERIFY(near(*stats::weightOutlierScore(permuted, 3, 3), expected, 1e-12));
    QVERIFY(!stats::weightOutlierScore(std::vector<float>(9, 0.0F), 3, 3));
    QVERIFY(!stats::weightOutlierScore({}, 0, 3));
}

QTEST_GUILESS_MAIN(TestStatsWeights)
#include "tst_stats_weights.moc"
