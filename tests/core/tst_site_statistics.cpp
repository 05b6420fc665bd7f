#include "core/base/parallel.h"
#include "core/stats/magnitude_bins.h"
#include "core/stats/site_statistics.h"

#include <QtTest/QTest>

#include <cmath>
#include <limits>
#include <random>
#include <set>

using namespace bitwright;
using stats::SiteSettings;
using stats::SiteStatistics;

namespace {

constexpr std::size_t kRows = 301, kChannels = 331, kStride = 340;

/// Rows of many magnitudes with zeros and equal largest values.
std::vector<float> someRows()
{
    std::mt19937_64 random(5);
    std::normal_distribution<float> normal;
    std::vector<float> values(kRows * kStride);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = i % 17 == 0 ? 0.0F : normal(random) * std::pow(10.0F, 3 * normal(random));
    for (const std::size_t place : {3 * kStride + 5, 3 * kStride + 2, 299 * kStride + 7})
        values[place] = place % 2 == 0 ? 1e20F : -1e20F;
    return values;
}

RunContext withThreads(int threads)
{
    RunContext context;
    context.threads = threads;
    return context;
}

SiteStatistics gathered(const std::vector<float>& values, const SiteSettings& settings,
    const std::vector<std::size_t>& parts, int threads)
{
    const BlasThreads single(1);
    SiteStatistics statistics(kChannels, settings);
    std::size_t row = 0;
    for (const std::size_t count : parts) {
        if (!statistics.add(values.data() + row * kStride, count, kStride, withThreads(threads)))
            return SiteStatistics(0, {});
        row += count;
    }
    return statistics;
}

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
}

} // namespace

class TestSiteStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void channelsLikeLoops();
    void rowsLikeLoops();
    void histogramLikeLoops();
    void largestValues();
    void gramLikeLoops();
    void threadsAndPartsChangeNothing();
    void sampleIsUniformAndFixed();
    void notANumberIsFound_data();
    void notANumberIsFound();
    void stops();
};

void TestSiteStatistics::channelsLikeLoops()
{
    const auto values = someRows();
    const auto site = gathered(values, {}, {kRows}, 2).site();
    QCOMPARE(site.count, std::uint64_t{kRows});
    for (std::size_t c = 0; c < kChannels; ++c) {
        double sums[5] = {}, low = 1e300, high = -1e300;
        for (std::size_t r = 0; r < kRows; ++r) {
            const double x = static_cast<double>(values[r * kStride + c]);
            low = std::min(low, x);
            high = std::max(high, x);
            sums[0] += x;
            sums[1] += std::abs(x);
            sums[2] += x * x;
            sums[3] += x * x * x;
            sums[4] += x * x * x * x;
        }
        QCOMPARE((*site.min)[c], low);
        QCOMPARE((*site.max)[c], high);
        QCOMPARE((*site.absMax)[c], std::max(-low, high));
        QVERIFY(near((*site.mean)[c], sums[0] / kRows, 1e-12));
        QVERIFY(near((*site.meanAbs)[c], sums[1] / kRows, 1e-12));
        QVERIFY(near((*site.sumSq)[c], sums[2], 1e-12));
        QVERIFY(near((*site.moment3)[c], sums[3] / kRows, 1e-12));
        QVERIFY(near((*site.moment4)[c], sums[4] / kRows, 1e-12));
    }
}

void TestSiteStatistics::rowsLikeLoops()
{
    const auto values = someRows();
    const auto site = gathered(values, {}, {kRows}, 2).site();
    for (std::size_t r = 0; r < kRows; ++r) {
        std::vector<float> magnitudes;
        double squares = 0;
        for (std::size_t c = 0; c < kChannels; ++c) {
            magnitudes.push_back(std::fabs(values[r * kStride + c]));
            squares += std::pow(static_cast<double>(magnitudes.back()), 2);
        }
        std::sort(magnitudes.begin(), magnitudes.end());
        QCOMPARE((*site.tokenAbsMax)[r], magnitudes.back());
        QCOMPARE((*site.tokenMedianAbs)[r], magnitudes[(kChannels - 1) / 2]);
        QVERIFY(near(static_cast<double>((*site.tokenRms)[r]), std::sqrt(squares / kChannels), 1e-6));
    }
    SiteSettings without;
    without.tokens = false;
    QVERIFY(!gathered(values, without, {kRows}, 2).site().tokenRms);
}

void TestSiteStatistics::histogramLikeLoops()
{
    const auto values = someRows();
    const auto site = gathered(values, {}, {kRows}, 2).site();
    std::vector<std::uint64_t> expected(512, 0);
    std::uint64_t zeros = 0;
    for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t c = 0; c < kChannels; ++c) {
            const double magnitude = std::abs(static_cast<double>(values[r * kStride + c]));
            if (magnitude == 0)
                ++zeros;
            else
                ++expected[stats::magnitudeBin(magnitude)];
        }
    QCOMPARE(site.histogram->zeros, zeros);
    QCOMPARE(site.histogram->counts, expected);
}

void TestSiteStatistics::largestValues()
{
    const auto values = someRows();
    SiteSettings settings;
    settings.top = 7;
    const auto site = gathered(values, settings, {100, 201}, 2).site();
    QCOMPARE(site.top->size(), std::size_t{7});
    // Equal magnitudes by token, then channel.
    const std::vector<std::pair<std::uint64_t, std::uint64_t>> first{{3, 2}, {3, 5}, {299, 7}};
    for (std::size_t i = 0; i < first.size(); ++i) {
        QCOMPARE((*site.top)[i].token, first[i].first);
        QCOMPARE((*site.top)[i].channel, first[i].second);
        QCOMPARE(std::abs((*site.top)[i].value), static_cast<double>(1e20F));
    }
    std::vector<double> all;
    for (std::size_t r = 0; r < kRows; ++r)
        for (std::size_t c = 0; c < kChannels; ++c)
            all.push_back(std::abs(static_cast<double>(values[r * kStride + c])));
    std::sort(all.rbegin(), all.rend());
    for (std::size_t i = 0; i < 7; ++i) {
        const auto& entry = (*site.top)[i];
        QCOMPARE(std::abs(entry.value), all[i]);
        QCOMPARE(entry.value, static_cast<double>(values[entry.token * kStride + entry.channel]));
    }
}

void TestSiteStatistics::gramLikeLoops()
{
    std::vector<float> values(kRows * kStride);
    std::mt19937_64 random(3);
    std::normal_distribution<float> normal;
    for (float& value : values)
        value = normal(random);
    SiteSettings settings;
    settings.gram = true;
    auto statistics = gathered(values, settings, {kRows}, 2);
    const auto gram = statistics.takeGram();
    QCOMPARE(gram.size(), kChannels * (kChannels + 1) / 2);
    std::size_t at = 0;
    for (std::size_t i = 0; i < kChannels; ++i)
        for (std::size_t j = 0; j <= i; ++j, ++at) {
            double sum = 0;
            for (std::size_t r = 0; r < kRows; ++r)
                sum += static_cast<double>(values[r * kStride + i])
                    * static_cast<double>(values[r * kStride + j]);
            QVERIFY(std::abs(static_cast<double>(gram[at]) - sum) < 2e-3);
        }
}

void TestSiteStatistics::threadsAndPartsChangeNothing()
{
    const auto values = someRows();
    SiteSettings settings;
    settings.gram = true;
    const std::vector<std::size_t> rows = stats::sampleTokens(kRows, 20, 1);
    settings.samples = rows;
    auto one = gathered(values, settings, {kRows}, 1);
    const auto expected = one.site();
    const auto gram = one.takeGram();
    QCOMPARE(one.samples().size(), 20 * kChannels);
    QCOMPARE(one.samples()[kChannels], values[rows[1] * kStride]);
    for (const auto& parts : {std::vector<std::size_t>{kRows}, std::vector<std::size_t>{1, 99, 200, 1}}) {
        auto other = gathered(values, settings, parts, 3);
        const auto site = other.site();
        QVERIFY(
            site.sumSq == expected.sumSq && site.moment4 == expected.moment4 && site.mean == expected.mean);
        QVERIFY(site.tokenRms == expected.tokenRms && site.tokenMedianAbs == expected.tokenMedianAbs);
        QVERIFY(site.histogram->counts == expected.histogram->counts);
        QVERIFY(other.samples() == one.samples());
        for (std::size_t i = 0; i < expected.top->size(); ++i)
            QCOMPARE((*site.top)[i].channel, (*expected.top)[i].channel);
        if (parts.size() == 1)
            QVERIFY(other.takeGram() == gram); // parts round their own products
    }
}

void TestSiteStatistics::sampleIsUniformAndFixed()
{
    // The numbers that samples/capture gives for the same seed.
    QCOMPARE(stats::sampleTokens(5, 9, 0), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    const auto some = stats::sampleTokens(1000, 50, 7);
    QCOMPARE(std::set<std::size_t>(some.begin(), some.end()).size(), std::size_t{50});
    QVERIFY(std::is_sorted(some.begin(), some.end()));
    QVERIFY(some != stats::sampleTokens(1000, 50, 8));
    std::vector<int> counts(100, 0);
    for (std::uint64_t seed = 0; seed < 400; ++seed)
        for (const std::size_t token : stats::sampleTokens(100, 10, seed))
            ++counts[token];
    for (const int count : counts)
        QVERIFY(count > 14 && count < 70); // 40 expected, standard deviation 6
}

void TestSiteStatistics::notANumberIsFound_data()
{
    QTest::addColumn<float>("value");
    QTest::newRow("NaN") << std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("infinity") << -std::numeric_limits<float>::infinity();
}

void TestSiteStatistics::notANumberIsFound()
{
    QFETCH(float, value);
    for (const std::size_t channel : {std::size_t{0}, kChannels - 1}) {
        auto values = someRows();
        values[200 * kStride + channel] = value;
        SiteStatistics statistics(kChannels, {});
        const auto done = statistics.add(values.data(), kRows, kStride, withThreads(2));
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::Numeric);
        QVERIFY(done.error().message.find("200") != std::string::npos);
    }
}

void TestSiteStatistics::stops()
{
    const auto values = someRows();
    std::stop_source stop;
    stop.request_stop();
    RunContext context;
    context.stop = stop.get_token();
    SiteStatistics statistics(kChannels, {});
    const auto done = statistics.add(values.data(), kRows, kStride, context);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestSiteStatistics)
#include "tst_site_statistics.moc"
