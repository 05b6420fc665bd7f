#include "core/stats/outliers.h"
#include "tests/support/memory_dump.h"

#include <QtTest>

#include <cmath>
#include <numbers>
#include <random>

using namespace bitwright;
using model::Site;
using model::SiteKind;
using stats::Activations;

namespace {

std::vector<float> normal(std::size_t count, double deviation, unsigned seed)
{
    std::mt19937 generator(seed);
    std::normal_distribution<double> distribution(0, deviation);
    std::vector<float> values(count);
    for (float& value : values)
        value = static_cast<float>(distribution(generator));
    return values;
}

std::vector<float> scaled(std::vector<float> values, float factor)
{
    for (float& value : values)
        value *= factor;
    return values;
}

bool near(double a, double b, double relative)
{
    return std::abs(a - b) <= relative * std::max({std::abs(a), std::abs(b), 1e-300});
}

/// A site with every light statistic, computed from rows x channels values.
Site siteOf(const std::string& name, SiteKind kind, const std::vector<float>& values, std::size_t channels)
{
    Site site;
    site.name = name;
    site.kind = kind;
    site.channels = channels;
    site.count = values.size() / channels;
    const auto count = static_cast<double>(site.count);
    const auto zeros = std::vector<double>(channels, 0.0);
    site.absMax = site.min = site.max = site.mean = site.meanAbs = site.sumSq = site.moment3 = site.moment4
        = zeros;
    site.histogram.emplace();
    site.top.emplace();
    site.tokenAbsMax.emplace();
    site.tokenMedianAbs.emplace();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto x = static_cast<double>(values[i]);
        const std::size_t c = i % channels;
        (*site.absMax)[c] = std::max((*site.absMax)[c], std::abs(x));
        (*site.min)[c] = i < channels ? x : std::min((*site.min)[c], x);
        (*site.max)[c] = i < channels ? x : std::max((*site.max)[c], x);
        (*site.mean)[c] += x / count;
        (*site.meanAbs)[c] += std::abs(x) / count;
        (*site.sumSq)[c] += x * x;
        (*site.moment3)[c] += x * x * x / count;
        (*site.moment4)[c] += x * x * x * x / count;
        const double bin = std::clamp(std::floor((std::log10(std::abs(x)) + 8) * 32), 0.0, 511.0);
        if (x == 0)
            ++site.histogram->zeros;
        else
            ++site.histogram->counts[static_cast<std::size_t>(bin)];
        site.top->push_back({x, i / channels, c});
    }
    std::stable_sort(site.top->begin(), site.top->end(),
        [](const auto& a, const auto& b) { return std::abs(a.value) > std::abs(b.value); });
    site.top->resize(std::min<std::size_t>(site.top->size(), 20));
    for (std::size_t t = 0; t < site.count; ++t) {
        std::vector<float> row;
        for (std::size_t c = 0; c < channels; ++c)
            row.push_back(std::abs(values[t * channels + c]));
        std::sort(row.begin(), row.end());
        site.tokenAbsMax->push_back(row.back());
        site.tokenMedianAbs->push_back(row[(row.size() - 1) / 2]);
    }
    return site;
}

model::SampleRows samplesOf(const std::vector<float>& values, std::size_t channels)
{
    model::SampleRows samples;
    samples.channels = channels;
    samples.rows = values.size() / channels;
    samples.values = values;
    for (std::size_t t = 0; t < samples.rows; ++t) {
        samples.sequence.push_back(static_cast<std::uint32_t>(t / 8));
        samples.position.push_back(static_cast<std::uint32_t>(t % 8));
    }
    return samples;
}

} // namespace

/// Published outlier criteria: the tests (a) to (e) of spec/allocation.md section 1.2, and the site wrappers.
class TestOutliers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scaleInvariance();
    void signsOnly();
    void oneSpike();
    void crossQuantKernel();
    void gaussianSqnr();
    void int8Identity();
    void int8FeatureReadings();
    void sequencesAreAveraged();
    void tokenKurtosisAsPublished();
    void exactQuantile();
    void siteSummary();
    void maximumIgnoresGates();
    void massiveBothWays();
    void channelMaps();
    void reportKnowsWhatItKnows();
    void reportIsTheSameForAnyThreads();
    void nonFiniteIsLeftOut();
};

void TestOutliers::scaleInvariance()
{
    // (a) Crest, kurtosis, kernel share, SQNR and relative MAE do not change; Sun's criterion does.
    const std::size_t rows = 64, channels = 48;
    std::vector<float> values = normal(rows * channels, 0.03, 1);
    values[100] = 90.0F;
    const float factor = 16.0F;
    const std::vector<float> larger = scaled(values, factor);
    const Activations x{values, rows, channels}, y{larger, rows, channels};
    const auto a = stats::kernelShare(x), b = stats::kernelShare(y);
    QCOMPARE(a->perToken, b->perToken);
    QVERIFY(near(a->crossQuant, b->crossQuant, 1e-3));
    const auto p = stats::int8Check(x, 90.0), q = stats::int8Check(y, 90.0 * 16);
    QVERIFY(near(p->sqnrDb, q->sqnrDb, 1e-12));
    QVERIFY(near(p->relativeMae, q->relativeMae, 1e-12));
    QVERIFY(near(p->clipRate, q->clipRate, 1e-12));
    QVERIFY(near(stats::tokenKurtosis(x)->corrected, stats::tokenKurtosis(y)->corrected, 1e-9));
    QVERIFY(near(stats::tokenKurtosis(x)->published, stats::tokenKurtosis(y)->published, 1e-9));
    const Site small = siteOf("s", SiteKind::Residual, values, channels);
    const Site big = siteOf("s", SiteKind::Residual, larger, channels);
    const auto s = stats::summarizeSite(small, 0), t = stats::summarizeSite(big, 0);
    QVERIFY(near(*s.crest, *t.crest, 1e-9));
    QVERIFY(near(*s.kurtosis, *t.kurtosis, 1e-9));
    QVERIFY(near(*s.skewness, *t.skewness, 1e-9));
    QCOMPARE(*stats::massiveActivations(small).tokens, std::uint64_t{0});
    QCOMPARE(*stats::massiveActivations(big).tokens, std::uint64_t{1});
    QCOMPARE(stats::massiveActivations(small).values->size(), std::size_t{0});
    QCOMPARE(stats::massiveActivations(big).values->size(), std::size_t{1});
}

void TestOutliers::signsOnly()
{
    // (b) +-a with equal probability: kurtosis 1, excess -2, OSP value 0.
    const std::size_t rows = 6, channels = 32;
    std::vector<float> values(rows * channels);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = i % 2 == 0 ? 7.0F : -7.0F;
    const Activations x{values, rows, channels};
    const auto osp = stats::tokenKurtosis(x);
    QCOMPARE(osp->tokens, rows);
    QCOMPARE(osp->published, 0.0);
    QVERIFY(near(osp->corrected, -2.0, 1e-12));
    const auto summary = stats::summarizeSite(siteOf("s", SiteKind::Residual, values, channels), 0);
    QVERIFY(near(*summary.kurtosis, 1.0, 1e-12));
    QVERIFY(near(*summary.crest, 1.0, 1e-12));
    const auto sequences = stats::sequenceOutliers(x, {});
    const double n = static_cast<double>(values.size());
    QVERIFY(near(sequences->kurtosis, std::pow((n - 1) / n, 2), 1e-6)); // unbiased variance
    QCOMPARE(sequences->infNorm, 7.0);
}

void TestOutliers::oneSpike()
{
    // (c) One spike in d - 1 zeros, biased moments: (d^2 - 3d + 3) / (d - 1).
    const std::size_t d = 100;
    std::vector<float> values(d, 0.0F);
    values[42] = -30.0F;
    const double expected = (100.0 * 100 - 300 + 3) / 99;
    QVERIFY(near(stats::tokenKurtosis({values, 1, d})->corrected + 3, expected, 1e-12));
    const auto summary = stats::summarizeSite(siteOf("s", SiteKind::Residual, values, d), 0);
    QVERIFY(near(*summary.kurtosis, expected, 1e-12));
    QCOMPARE(*summary.signedMax, -30.0);
    QCOMPARE(*summary.peakChannel, std::uint64_t{42});
    QVERIFY(near(*summary.crest, 10.0, 1e-12));
}

void TestOutliers::crossQuantKernel()
{
    // (d) alpha -> 1 is the per-token kernel; below 1 it can only shrink where c_j < t_i.
    const std::size_t rows = 128, channels = 96;
    std::vector<float> values = normal(rows * channels, 1, 3);
    for (std::size_t t = 0; t < rows; ++t)
        values[t * channels + 5] *= 200.0F; // an outlier channel
    const Activations x{values, rows, channels};
    const auto one = stats::kernelShare(x, 1.0);
    QCOMPARE(one->crossQuant, one->perToken);
    QVERIFY(one->perToken > 0.3);
    const auto published = stats::kernelShare(x, 0.15);
    QVERIFY(published->crossQuant < 0.1 * published->perToken);
    QCOMPARE(published->zeroShare, 0.0);
    // By hand: rows of 127 and 1, the step is 1, so 0.4 is in the kernel and 0.6 is not; zeros stay out.
    const std::vector<float> two{127.0F, 0.4F, 0.6F, 0.0F};
    const auto byHand = stats::kernelShare({two, 1, 4});
    QCOMPARE(byHand->perToken, 0.25);
    QCOMPARE(byHand->zeroShare, 0.25);
    QVERIFY(!stats::kernelShare({}));
}

void TestOutliers::gaussianSqnr()
{
    // (e) N(0, 1) with T = k sigma: 10 log10(12 * 127^2 / k^2) while clipping is negligible.
    const std::vector<float> values = normal(400000, 1, 4);
    for (const double k : {5.0, 6.0, 8.0}) {
        const auto check = stats::int8Check({values, 400, 1000}, k);
        QVERIFY(std::abs(check->sqnrDb - 10 * std::log10(12 * 127.0 * 127.0 / (k * k))) < 0.05);
        QVERIFY(check->clipRate < 1e-5);
    }
}

void TestOutliers::int8Identity()
{
    const std::vector<float> values = normal(5000, 2, 5);
    for (const double threshold : {0.5, 3.0, 50.0}) {
        const auto check = stats::int8Check({values, 50, 100}, threshold);
        QVERIFY(near(check->sqnrDb, -20 * std::log10(check->relativeRmse), 1e-12));
        const double clipped = static_cast<double>(std::count_if(values.begin(), values.end(),
            [&](float v) { return std::abs(static_cast<double>(v)) > threshold; }));
        QVERIFY(near(check->clipRate, clipped / 5000, 1e-12));
        QCOMPARE(check->tokens, std::size_t{50});
    }
    // By hand: T = 127, so the step is 1; values 1.25 and 200: errors -0.25 and -73.
    const std::vector<float> two{1.25F, 200.0F};
    const auto check = stats::int8Check({two, 1, 2}, 127.0);
    QVERIFY(near(check->relativeMae, 73.25 / 201.25, 1e-12));
    QVERIFY(near(check->relativeRmse, std::sqrt((0.0625 + 73.0 * 73.0) / (1.5625 + 40000.0)), 1e-12));
    QCOMPARE(check->clipRate, 0.5);
    QVERIFY(std::isinf(stats::int8Check({std::vector<float>{127.0F, -1.0F}, 1, 2}, 127.0)->sqnrDb));
    QVERIFY(!stats::int8Check({two, 1, 2}, 0.0));
    QVERIFY(!stats::int8Check({std::vector<float>(4, 0.0F), 2, 2}, 1.0));
}

void TestOutliers::int8FeatureReadings()
{
    // Four layers, 100 tokens, 5 channels. With 0.25 of 4 layers and 0.06 of 100 tokens:
    const std::size_t tokens = 100, channels = 5;
    std::vector<std::vector<float>> layers(4, std::vector<float>(tokens * channels, 0.5F));
    const auto hit = [&](std::size_t layer, std::size_t token, std::size_t channel, float value) {
        layers[layer][token * channels + channel] = value;
    };
    for (std::size_t t = 0; t < 6; ++t)
        hit(0, t, 0, -6.0F); // channel 0: 6 tokens in one layer: both readings
    for (std::size_t t = 0; t < 3; ++t) {
        hit(0, t, 1, 9.0F); // channel 1: 3 + 3 tokens over two layers: separate only
        hit(1, t + 50, 1, 9.0F);
        hit(2, t, 2, 9.0F); // channel 2: 3 tokens only: none
    }
    for (std::size_t t = 0; t < tokens; ++t)
        hit(3, t, 3, 5.99F); // channel 3: below the threshold
    std::vector<Activations> views;
    for (const auto& layer : layers)
        views.push_back({layer, tokens, channels});
    const auto features = stats::int8Features(views);
    QVERIFY(features);
    QCOMPARE(features->separate, (std::vector<std::uint64_t>{0, 1}));
    QCOMPARE(features->joint, (std::vector<std::uint64_t>{0}));
    QCOMPARE(features->layers, std::size_t{4});
    QCOMPARE(features->tokens, tokens);
    stats::Int8FeatureSettings strict;
    strict.layerShare = 0.5;
    QCOMPARE(stats::int8Features(views, strict)->separate, (std::vector<std::uint64_t>{1}));
    QVERIFY(stats::int8Features(views, strict)->joint.empty());
    views.back().rows = 99;
    QVERIFY(stats::int8Features(views).error().code == ErrorCode::InvalidArgument);
    QVERIFY(stats::int8Features({})->separate.empty());
}

void TestOutliers::sequencesAreAveraged()
{
    // Sequence 1: rows 0 and 2; sequence 9: row 1. Infinity norms 4 and 10.
    const std::vector<float> values{1, -2, 3, 10, 0, 0, -4, 2, 1};
    const std::vector<std::uint32_t> sequence{1, 9, 1};
    const auto result = stats::sequenceOutliers({values, 3, 3}, sequence);
    QCOMPARE(result->sequences, std::size_t{2});
    QVERIFY(near(result->infNorm, 7.0, 1e-12));
    const auto kurtosis = [](const std::vector<double>& x) {
        double mean = 0, m2 = 0, m4 = 0;
        const auto n = static_cast<double>(x.size());
        for (const double v : x)
            mean += v / n;
        for (const double v : x) {
            m2 += std::pow(v - mean, 2) / (n - 1);
            m4 += std::pow(v - mean, 4) / n;
        }
        return m4 / (m2 * m2 + 1e-6);
    };
    const double expected = (kurtosis({1, -2, 3, -4, 2, 1}) + kurtosis({10, 0, 0})) / 2;
    QVERIFY(near(result->kurtosis, expected, 1e-12));
    QVERIFY(result->source == stats::StatisticSource::Samples);
    QVERIFY(!stats::sequenceOutliers({std::span(values).first(1), 1, 1}, {}));
}

void TestOutliers::tokenKurtosisAsPublished()
{
    // Uncentred numerator over an unbiased variance: {0, 0, 0, 4}: mean x^4 = 64, s^2 = 4, so 64/16 - 3 = 1.
    const std::vector<float> row{0, 0, 0, 4};
    const auto result = stats::tokenKurtosis({row, 1, 4});
    QVERIFY(near(result->published, 1.0, 1e-12));
    // Centred: mean 1, mu2 = 3, mu4 = (81 + 3) / 4 = 21, so 21/9 - 3.
    QVERIFY(near(result->corrected, 21.0 / 9 - 3, 1e-12));
    // A constant token has no kurtosis and does not count.
    const std::vector<float> two{0, 0, 0, 4, 5, 5, 5, 5};
    QCOMPARE(stats::tokenKurtosis({two, 2, 4})->tokens, std::size_t{1});
    QVERIFY(!stats::tokenKurtosis({std::span(two).subspan(4), 1, 4}));
}

void TestOutliers::exactQuantile()
{
    std::vector<float> values;
    for (int i = 1; i <= 1000; ++i)
        values.push_back(static_cast<float>(i % 2 == 0 ? i : -i));
    QCOMPARE(*stats::exactAbsQuantile(values, 0.999), 999.0);
    QCOMPARE(*stats::exactAbsQuantile(values, 1.0), 1000.0);
    QCOMPARE(*stats::exactAbsQuantile(values, 0.0), 1.0);
    QCOMPARE(*stats::exactAbsQuantile(values, 0.5), 500.0);
    QVERIFY(!stats::exactAbsQuantile({}, 0.5));
}

void TestOutliers::siteSummary()
{
    const std::size_t channels = 64;
    std::vector<float> values = normal(200 * channels, 2, 6);
    values[70 * channels + 9] = -321.0F;
    const Site site = siteOf("s", SiteKind::OutputOf, values, channels);
    const auto summary = stats::summarizeSite(site, 3);
    QCOMPARE(summary.site, std::size_t{3});
    QCOMPARE(*summary.absMax, 321.0);
    QCOMPARE(*summary.signedMax, -321.0);
    QCOMPARE(*summary.peakToken, std::uint64_t{70});
    QCOMPARE(*summary.peakChannel, std::uint64_t{9});
    double mean = 0, square = 0;
    for (const float value : values) {
        mean += static_cast<double>(value) / static_cast<double>(values.size());
        square
            += static_cast<double>(value) * static_cast<double>(value) / static_cast<double>(values.size());
    }
    QVERIFY(near(*summary.rms, std::sqrt(square), 1e-9));
    QVERIFY(near(*summary.std, std::sqrt(square - mean * mean), 1e-9));
    QVERIFY(near(*summary.mean, mean, 1e-6));
    QVERIFY(near(*summary.crest, 321.0 / std::sqrt(square), 1e-9));
    QVERIFY(near(*summary.q999, *stats::exactAbsQuantile(values, 0.999), 0.08));
    QVERIFY(near(*summary.maxToQ999, 321.0 / *summary.q999, 1e-12));
    QVERIFY(*summary.median < *summary.q90 && *summary.q90 < *summary.q99);

    // Without the list of largest values there is no token; without min and max no sign; without anything
    // nothing.
    Site less = site;
    less.top.reset();
    QVERIFY(!stats::summarizeSite(less, 0).peakToken);
    QCOMPARE(*stats::summarizeSite(less, 0).signedMax, -321.0);
    less.min.reset();
    QVERIFY(!stats::summarizeSite(less, 0).signedMax);
    QCOMPARE(*stats::summarizeSite(less, 0).absMax, 321.0);
    less.absMax.reset();
    QCOMPARE(*stats::summarizeSite(less, 0).absMax, 321.0); // from the token maxima
    less.mean.reset();
    QVERIFY(!stats::summarizeSite(less, 0).std && stats::summarizeSite(less, 0).rms);
    Site bare;
    bare.channels = 4;
    bare.count = 9;
    const auto unknown = stats::summarizeSite(bare, 0);
    QVERIFY(!unknown.absMax && !unknown.rms && !unknown.kurtosis && !unknown.crest && !unknown.q999
        && !unknown.mean);
}

void TestOutliers::maximumIgnoresGates()
{
    std::vector<Site> sites;
    sites.push_back(siteOf("stream", SiteKind::Residual, {1, -50, 2, 3}, 2));
    sites.push_back(siteOf("gate input", SiteKind::InputOf, {1000, 1, 1, 1}, 2));
    sites[1].tensors = {"model.layers.0.mlp.down_proj.weight"};
    sites.push_back(siteOf("attention", SiteKind::OutputOf, {60, 1, 1, 1}, 2));
    QVERIFY(!stats::competesForMaximum(sites[1]));
    auto maximum = stats::globalMaximum(sites);
    QCOMPARE(maximum->site, std::size_t{2});
    QCOMPARE(maximum->value, 60.0);
    QCOMPARE(*maximum->token, std::uint64_t{0});
    sites.push_back(siteOf("final norm", SiteKind::InputOf, {-99, 1, 1, 1}, 2));
    sites[3].tensors = {"lm_head.weight"};
    maximum = stats::globalMaximum(sites);
    QCOMPARE(maximum->site, std::size_t{3});
    QCOMPARE(maximum->value, -99.0);
    QVERIFY(!stats::globalMaximum(std::span(sites).subspan(1, 1)));
}

void TestOutliers::massiveBothWays()
{
    const std::size_t channels = 101;
    std::vector<float> values = normal(40 * channels, 0.1, 8);
    values[7 * channels + 3] = 500.0F;
    values[7 * channels + 4] = -400.0F;
    values[9 * channels + 3] = 90.0F; // far above the median, but not above 100
    const Site site = siteOf("s", SiteKind::Residual, values, channels);
    const auto massive = stats::massiveActivations(site);
    QCOMPARE(massive.values->size(), std::size_t{2});
    QCOMPARE(massive.values->at(1).value, -400.0);
    QCOMPARE(massive.values->at(1).token, std::uint64_t{7});
    QCOMPARE(massive.values->at(1).channel, std::uint64_t{4});
    QVERIFY(massive.listIsComplete);
    QCOMPARE(*massive.tokens, std::uint64_t{1});
    QCOMPARE(*massive.tokensSeen, std::uint64_t{40});
    QCOMPARE(*massive.firstToken, std::uint64_t{7});
    QVERIFY(*massive.largestRatio > 1000);
    Site cut = site;
    cut.top->resize(2); // every recorded value is massive: there may be more
    QVERIFY(!stats::massiveActivations(cut).listIsComplete);
    cut.histogram.reset();
    cut.tokenMedianAbs.reset();
    QVERIFY(!stats::massiveActivations(cut).values && !stats::massiveActivations(cut).tokens);
}

void TestOutliers::channelMaps()
{
    testing::MemoryDump dump(8);
    const std::vector<float> values{
        1, -7, 3, 3, 2, 8, -2, 3, 6, 1, 5, 3}; // 4 rows x 3, the last channel nearly constant
    std::vector<float> first(values);
    first[2] = first[5] = first[8] = first[11] = 3.0F;
    dump.addSite(siteOf("a", SiteKind::Residual, first, 3));
    dump.setSamples(0, samplesOf(first, 3));
    Site bare;
    bare.channels = 5;
    bare.count = 4;
    bare.kind = SiteKind::InputOf;
    dump.addSite(bare);
    const auto absMax = stats::channelMap(dump, stats::ChannelMeasure::AbsMax, {}, {});
    QVERIFY(absMax);
    QCOMPARE(absMax->rows(), std::size_t{2});
    QCOMPARE(absMax->width, std::size_t{5});
    for (std::size_t c = 0; c < 3; ++c) {
        float largest = 0;
        for (std::size_t t = 0; t < 4; ++t)
            largest = std::max(largest, std::abs(first[t * 3 + c]));
        QCOMPARE(*absMax->at(0, c), largest);
    }
    QVERIFY(!absMax->at(0, 3)); // narrower site
    QVERIFY(!absMax->at(1, 0)); // nothing recorded
    QVERIFY(!absMax->at(2, 0));
    const auto rms = stats::channelMap(dump, stats::ChannelMeasure::Rms, {}, {});
    QCOMPARE(*rms->at(0, 2), 3.0F);
    const auto kurtosis = stats::channelMap(dump, stats::ChannelMeasure::Kurtosis, {}, {});
    QVERIFY(kurtosis->at(0, 0) && kurtosis->at(0, 1));
    QVERIFY(!kurtosis->at(0, 2)); // constant
    const auto share = stats::channelMap(dump, stats::ChannelMeasure::ShareAboveThreshold, {}, {});
    double hits = 0;
    for (std::size_t t = 0; t < 4; ++t)
        hits += std::abs(first[t * 3 + 1]) >= 6 ? 1 : 0;
    QCOMPARE(*share->at(0, 1), static_cast<float>(hits / 4));
    QCOMPARE(*share->at(0, 2), 0.0F); // known to be none
    QVERIFY(!share->at(1, 0));
    stats::ChannelMapSettings only;
    only.kind = SiteKind::InputOf;
    QCOMPARE(stats::channelMap(dump, stats::ChannelMeasure::AbsMax, only, {})->sites,
        (std::vector<std::size_t>{1}));
    for (const float value : kurtosis->values)
        QVERIFY(std::isfinite(value));
}

void TestOutliers::reportKnowsWhatItKnows()
{
    testing::MemoryDump dump(64);
    const std::size_t channels = 16;
    for (unsigned layer = 0; layer < 4; ++layer) {
        std::vector<float> values = normal(64 * channels, 1, 20 + layer);
        for (std::size_t t = 0; t < 64; ++t)
            values[t * channels + 11] = 20.0F; // an outlier channel everywhere
        dump.addSite(siteOf("layer" + std::to_string(layer), SiteKind::Residual, values, channels));
        dump.setSamples(layer, samplesOf(values, channels));
    }
    Site bare;
    bare.name = "bare";
    bare.channels = 4;
    bare.count = 64;
    dump.addSite(bare);
    const auto report = stats::outlierReport(dump, {}, {});
    QVERIFY(report);
    QCOMPARE(report->sites.size(), std::size_t{5});
    QCOMPARE(report->int8Features->separate, (std::vector<std::uint64_t>{11}));
    QCOMPARE(report->int8Features->joint, (std::vector<std::uint64_t>{11}));
    QCOMPARE(report->int8Features->sites, (std::vector<std::size_t>{0, 1, 2, 3}));
    QCOMPARE(report->int8Features->tokens, std::size_t{64});
    QCOMPARE(report->int8Families.size(), std::size_t{1});
    QVERIFY(near(report->int8Features->hitShare, 1.0 / 16, 1e-12)); // normal values stay below 6
    QCOMPARE(report->maximum->value, 20.0);
    QVERIFY(near(*report->maxInfNorm, 20.0, 1e-12));
    QVERIFY(*report->meanKurtosis > 3 && *report->maxKurtosis >= *report->meanKurtosis);
    QVERIFY(*report->ospCorrected > 0);
    const stats::SiteOutliers& known = report->sites[0];
    QVERIFY(known.kernel && known.tokenKurtosis && known.sequences && known.int8Max && known.int8Clipped);
    QCOMPARE(known.int8Max->threshold, 20.0);
    QCOMPARE(known.int8Max->clipRate, 0.0);
    QCOMPARE(known.sampledTokens, std::size_t{64});
    const stats::SiteOutliers& unknown = report->sites[4];
    QVERIFY(!unknown.kernel && !unknown.tokenKurtosis && !unknown.sequences && !unknown.int8Max
        && !unknown.summary.absMax && !unknown.massive.tokens);

    // Other tokens at one site: it does not take part.
    model::SampleRows other = *dump.loadSamples(2);
    other.position[0] = 99;
    dump.setSamples(2, other);
    const auto partial = stats::outlierReport(dump, {}, {});
    QCOMPARE(partial->int8Features->sites, (std::vector<std::size_t>{0, 1, 3}));
    QVERIFY(!partial->notes.empty());

    // No samples anywhere.
    testing::MemoryDump empty(1);
    empty.addSite(bare);
    const auto nothing = stats::outlierReport(empty, {}, {});
    QVERIFY(nothing && !nothing->int8Features && !nothing->maximum && !nothing->maxInfNorm
        && !nothing->ospPublished);
    QVERIFY(nothing->notes.size() >= 3);
}

void TestOutliers::reportIsTheSameForAnyThreads()
{
    testing::MemoryDump dump(64);
    for (unsigned layer = 0; layer < 9; ++layer) {
        const std::vector<float> values = normal(64 * 24, 3, 50 + layer);
        dump.addSite(siteOf(
            std::to_string(layer), layer % 2 == 0 ? SiteKind::Residual : SiteKind::InputOf, values, 24));
        dump.setSamples(layer, samplesOf(values, 24));
    }
    RunContext one, four;
    one.threads = 1;
    four.threads = 4;
    const auto a = stats::outlierReport(dump, {}, one), b = stats::outlierReport(dump, {}, four);
    QVERIFY(a && b);
    QCOMPARE(a->int8Features->separate, b->int8Features->separate);
    QCOMPARE(a->int8Features->sites, b->int8Features->sites);
    QCOMPARE(a->int8Families.size(), std::size_t{2}); // the stream and what the matrices read
    QCOMPARE(a->int8Families[0].sites, b->int8Families[0].sites);
    QCOMPARE(a->int8Families[1].hitShare, b->int8Families[1].hitShare);
    QVERIFY(a->int8Families[0].sites != a->int8Families[1].sites);
    QCOMPARE(*a->ospPublished, *b->ospPublished);
    QCOMPARE(*a->meanKurtosis, *b->meanKurtosis);
    for (std::size_t i = 0; i < 9; ++i)
        QCOMPARE(a->sites[i].int8Max->sqnrDb, b->sites[i].int8Max->sqnrDb);
    std::stop_source source;
    source.request_stop();
    four.stop = source.get_token();
    QVERIFY(stats::outlierReport(dump, {}, four).error().code == ErrorCode::Cancelled);
}

void TestOutliers::nonFiniteIsLeftOut()
{
    std::vector<float> values{1, -2, 3, 4};
    std::vector<float> poisoned(values);
    poisoned.push_back(std::numeric_limits<float>::quiet_NaN());
    poisoned.push_back(std::numeric_limits<float>::infinity());
    const Activations clean{values, 1, 4}, dirty{poisoned, 1, 6};
    QCOMPARE(stats::tokenKurtosis(clean)->corrected, stats::tokenKurtosis(dirty)->corrected);
    QCOMPARE(stats::int8Check(clean, 4)->sqnrDb, stats::int8Check(dirty, 4)->sqnrDb);
    QCOMPARE(stats::kernelShare(clean)->perToken, stats::kernelShare(dirty)->perToken);
    QCOMPARE(stats::sequenceOutliers(clean, {})->kurtosis, stats::sequenceOutliers(dirty, {})->kurtosis);
    QCOMPARE(*stats::exactAbsQuantile(poisoned, 1.0), 4.0);
    QCOMPARE(stats::int8Features(std::vector<Activations>{dirty})->separate.size(), std::size_t{0});
}

QTEST_GUILESS_MAIN(TestOutliers)
#include "tst_outliers.moc"
