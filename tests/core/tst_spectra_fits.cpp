#include "core/spectra/eigenvalues.h"
#include "core/spectra/marchenko_pastur.h"
#include "core/spectra/power_law.h"
#include "core/spectra/spectral_metrics.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

using namespace bitwright;
using namespace bitwright::spectra;

namespace {

std::vector<double> exponentials(int count)
{
    std::vector<double> values;
    for (int i = 1; i <= count; ++i)
        values.push_back(std::exp(static_cast<double>(i)));
    return values;
}

std::vector<double> paretoQuantiles(std::size_t count, double alpha)
{
    std::vector<double> values;
    for (std::size_t i = 1; i <= count; ++i) {
        const double share = (static_cast<double>(i) - 0.5) / static_cast<double>(count);
        values.push_back(std::pow(1.0 - share, -1.0 / (alpha - 1.0)));
    }
    return values;
}

std::vector<double> logNormal(std::size_t count, unsigned seed, double spread)
{
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal(0.0, spread);
    std::vector<double> values(count);
    std::generate(values.begin(), values.end(), [&] { return std::exp(normal(engine)); });
    std::sort(values.begin(), values.end());
    return values;
}

TailFit fitOf(TailEstimator estimator, const std::vector<double>& values)
{
    return fitTail(estimator, std::span<const double>(values)).value();
}

/// The definition of the WeightWatcher fit, every candidate and every point: O(N^2).
TailFit naiveFit(const std::vector<double>& x, double lowest = 0.0, double highest = 1e300)
{
    TailFit best;
    best.distance = 1.0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
        if (x[i] < lowest || x[i] > highest)
            continue;
        const double n = static_cast<double>(x.size() - i);
        double sum = 0;
        for (std::size_t j = i; j < x.size(); ++j)
            sum += std::log(x[j]) - std::log(x[i]);
        const double alpha = 1.0 + n / sum;
        double distance = 0;
        for (std::size_t j = i; j < x.size(); ++j) {
            const double model = 1.0 - std::pow(x[j] / x[i], 1.0 - alpha);
            distance = std::max(distance, std::fabs(model - static_cast<double>(j - i) / n));
        }
        if (distance < best.distance) {
            best.distance = distance;
            best.alpha = alpha;
            best.xmin = x[i];
            best.tailCount = x.size() - i;
        }
    }
    return best;
}

std::vector<float> gaussian(std::size_t count, unsigned seed, double sigma)
{
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal(0.0, sigma);
    std::vector<float> values(count);
    std::generate(values.begin(), values.end(), [&] { return static_cast<float>(normal(engine)); });
    return values;
}

} // namespace

class TestSpectraFits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hillOfExponentials()
    {
        const auto values = exponentials(100);
        const TailFit alphaQ = fitOf(TailEstimator::HillAlphaQ, values);
        QCOMPARE(alphaQ.status, FitStatus::Fitted);
        QVERIFY(std::fabs(alphaQ.alpha - (1.0 + 10.0 / 55.0)) < 1e-12);
        QCOMPARE(alphaQ.tailCount, std::size_t{10});
        QVERIFY(std::fabs(alphaQ.xmin - std::exp(90.0)) < 1e-9 * alphaQ.xmin);
        const TailFit median = fitOf(TailEstimator::HillMedian, values);
        QVERIFY(std::fabs(median.alpha - (1.0 + 50.0 / 1225.0)) < 1e-12);
        QCOMPARE(median.tailCount, std::size_t{50});
        QCOMPARE(median.xmin, std::exp(51.0));
    }

    void alphaQCountIsClamped()
    {
        QCOMPARE(fitOf(TailEstimator::HillAlphaQ, exponentials(200)).tailCount, std::size_t{20});
        QCOMPARE(fitOf(TailEstimator::HillAlphaQ, exponentials(30)).tailCount, std::size_t{10});
        const TailFit small = fitOf(TailEstimator::HillAlphaQ, exponentials(4));
        QCOMPARE(small.tailCount, std::size_t{3});
        QVERIFY(std::fabs(small.alpha - (1.0 + 3.0 / 6.0)) < 1e-12);
    }

    void paretoQuantilesGiveTheirExponent_data()
    {
        QTest::addColumn<double>("alpha");
        for (const double alpha : {1.5, 2.0, 3.5, 6.0})
            QTest::addRow("%g", alpha) << alpha;
    }

    void paretoQuantilesGiveTheirExponent()
    {
        QFETCH(double, alpha);
        const auto values = paretoQuantiles(4000, alpha);
        // A KS search may pick any tail of an exact power law; its own standard error says how far it may be
        // off.
        const TailFit powerLaw = fitOf(TailEstimator::PowerLaw, values);
        QCOMPARE(powerLaw.status, FitStatus::Fitted);
        QVERIFY(std::fabs(powerLaw.alpha - alpha) < 0.01 * alpha);
        QVERIFY(powerLaw.distance < 1e-3);
        QVERIFY(std::fabs(fitOf(TailEstimator::HillMedian, values).alpha - alpha) < 0.01 * alpha);
        QVERIFY(std::fabs(fitOf(TailEstimator::HillAlphaQ, values).alpha - alpha) < 0.02 * alpha);
        const double coarse
            = std::fabs(fitOf(TailEstimator::HillMedian, paretoQuantiles(100, alpha)).alpha - alpha);
        const double fine = std::fabs(fitOf(TailEstimator::HillMedian, values).alpha - alpha);
        QVERIFY(fine < coarse);
    }

    void fastSearchEqualsTheDefinition_data()
    {
        QTest::addColumn<int>("seed");
        QTest::addColumn<int>("count");
        QTest::addColumn<double>("spread");
        for (const int count : {10, 11, 64, 400, 900}) {
            for (const double spread : {0.3, 1.5, 3.0}) {
                for (const int seed : {1, 2})
                    QTest::addRow("%d values, spread %g, seed %d", count, spread, seed)
                        << seed << count << spread;
            }
        }
    }

    void fastSearchEqualsTheDefinition()
    {
        QFETCH(int, seed);
        QFETCH(int, count);
        QFETCH(double, spread);
        auto values = logNormal(static_cast<std::size_t>(count), static_cast<unsigned>(seed), spread);
        for (double& value : values)
            value += 2e-5; // All above the threshold.
        const TailFit fast = fitOf(TailEstimator::PowerLaw, values);
        const TailFit naive = naiveFit(values);
        QCOMPARE(fast.status, FitStatus::Fitted);
        QCOMPARE(fast.xmin, naive.xmin);
        QCOMPARE(fast.tailCount, naive.tailCount);
        QVERIFY(std::fabs(fast.alpha - naive.alpha) < 1e-10 * naive.alpha);
        QVERIFY(std::fabs(fast.distance - naive.distance) < 1e-12);
        QVERIFY(std::fabs(fast.standardError
                    - (naive.alpha - 1.0) / std::sqrt(static_cast<double>(naive.tailCount)))
            < 1e-10 * naive.alpha);
    }

    void distanceIsOneSided()
    {
        // Two equal steps would be symmetric with a two-sided distribution function; here only j/n counts.
        std::vector<double> values = paretoQuantiles(12, 2.5);
        const TailFit fit = fitOf(TailEstimator::PowerLaw, values);
        const TailFit naive = naiveFit(values);
        QVERIFY(std::fabs(fit.distance - naive.distance) < 1e-12);
    }

    void xminPeakPublishedAndCorrected()
    {
        // Eigenvalues around 100: log10(0.95 p) is about 2, far below all of them, so the published lower
        // limit has no effect.
        auto values = logNormal(500, 5, 0.8);
        for (double& value : values)
            value *= 100.0;
        const TailFit published = fitOf(TailEstimator::XminPeakAsPublished, values);
        const TailFit corrected = fitOf(TailEstimator::XminPeakCorrected, values);
        const double low = std::log10(values.front());
        const double width = (std::log10(values.back()) - low) / 100.0;
        std::vector<int> counts(100);
        for (const double value : values)
            ++counts[std::min<std::size_t>(99, static_cast<std::size_t>((std::log10(value) - low) / width))];
        const auto mode = std::max_element(counts.begin(), counts.end()) - counts.begin();
        const double peak = std::pow(10.0, low + width * static_cast<double>(mode));
        const TailFit naivePublished = naiveFit(values, std::log10(0.95 * peak), 1.5 * peak);
        const TailFit naiveCorrected = naiveFit(values, 0.95 * peak, 1.5 * peak);
        QCOMPARE(published.xmin, naivePublished.xmin);
        QCOMPARE(corrected.xmin, naiveCorrected.xmin);
        QVERIFY(corrected.xmin >= 0.95 * peak && corrected.xmin <= 1.5 * peak);
        QVERIFY(published.distance <= corrected.distance);
    }

    void alphasDoNotDependOnTheScale()
    {
        const auto values = logNormal(300, 9, 1.2);
        auto scaled = values;
        for (double& value : scaled)
            value *= 49.0; // W -> 7 W
        for (const TailEstimator estimator : allTailEstimators()) {
            if (estimator == TailEstimator::XminPeakAsPublished)
                continue; // Its unit slip is what breaks the invariance.
            const TailFit a = fitOf(estimator, values);
            const TailFit b = fitOf(estimator, scaled);
            QVERIFY2(std::fabs(a.alpha - b.alpha) < 1e-9 * a.alpha, tailEstimatorName(estimator).data());
            QVERIFY(std::fabs(b.xmin - 49.0 * a.xmin) < 1e-9 * b.xmin);
        }
        const double alpha = fitOf(TailEstimator::PowerLaw, values).alpha;
        const auto before = spectralMetrics(values, alpha, 0.0);
        const auto after = spectralMetrics(scaled, alpha, 0.0);
        QVERIFY(
            std::fabs(after->alphaWeighted - before->alphaWeighted - 2.0 * alpha * std::log10(7.0)) < 1e-9);
        QVERIFY(std::fabs(after->logAlphaNorm - before->logAlphaNorm - 2.0 * alpha * std::log10(7.0)) < 1e-9);
        QVERIFY(std::fabs(after->entropy - before->entropy) < 1e-12);
    }

    void thresholdDropsSmallEigenvalues()
    {
        auto values = logNormal(50, 3, 0.5);
        const TailFit plain = fitOf(TailEstimator::HillMedian, values);
        values.insert(values.begin(), {0.0, 1e-7, 1e-5});
        const TailFit padded = fitOf(TailEstimator::HillMedian, values);
        QCOMPARE(padded.used, std::size_t{50});
        QCOMPARE(padded.alpha, plain.alpha);
    }

    void flagsFollowAlpha()
    {
        const TailFit over = fitOf(TailEstimator::PowerLaw, paretoQuantiles(500, 1.6));
        QCOMPARE(over.flag, TrainingFlag::OverTrained);
        QVERIFY(!over.spurious);
        QCOMPARE(fitOf(TailEstimator::PowerLaw, paretoQuantiles(500, 4.0)).flag, TrainingFlag::None);
        const TailFit under = fitOf(TailEstimator::PowerLaw, paretoQuantiles(500, 7.0));
        QCOMPARE(under.flag, TrainingFlag::UnderTrained);
        QVERIFY(!under.spurious);
        QVERIFY(fitOf(TailEstimator::PowerLaw, paretoQuantiles(500, 12.0)).spurious);
        QCOMPARE(fitOf(TailEstimator::HillMedian, paretoQuantiles(500, 1.6)).flag, TrainingFlag::None);
    }

    void tooLittleDataIsAStatus()
    {
        const TailFit few = fitOf(TailEstimator::PowerLaw, exponentials(9));
        QCOMPARE(few.status, FitStatus::TooFewEigenvalues);
        QVERIFY(std::isnan(few.alpha));
        QCOMPARE(few.used, std::size_t{9});
        for (const TailEstimator estimator : allTailEstimators()) {
            QCOMPARE(fitOf(estimator, {}).status, FitStatus::TooFewEigenvalues);
            QCOMPARE(fitOf(estimator, {3.0}).status, FitStatus::TooFewEigenvalues);
            QCOMPARE(fitOf(estimator, std::vector<double>(40, 2.5)).status, FitStatus::Degenerate);
        }
    }

    void badEigenvaluesAreErrors()
    {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const auto code = [](std::vector<double> values) {
            return fitTail(TailEstimator::PowerLaw, std::span<const double>(values)).error().code;
        };
        QCOMPARE(code({1.0, nan}), ErrorCode::Numeric);
        QCOMPARE(code({-1.0, 2.0}), ErrorCode::Numeric);
        QCOMPARE(code({1.0, std::numeric_limits<double>::infinity()}), ErrorCode::Numeric);
        QCOMPARE(code({2.0, 1.0}), ErrorCode::InvalidArgument);
        QCOMPARE(spectralMetrics({}, 2.0, 0.0).error().code, ErrorCode::InvalidArgument);
        const std::vector<double> bad{1.0, nan};
        QCOMPARE(spectralMetrics(bad, 2.0, 0.0).error().code, ErrorCode::Numeric);
        QCOMPARE(fitMarchenkoPastur(bad, 2, 2, {}).error().code, ErrorCode::Numeric);
        QCOMPARE(fitMarchenkoPastur(exponentials(20), 0, 20, {}).error().code, ErrorCode::InvalidArgument);
    }

    void metricsOfKnownSpectra()
    {
        const std::vector<double> values{1.0, 3.0, 4.0, 8.0};
        const auto metrics = spectralMetrics(values, 2.0, 1e-12);
        QCOMPARE(metrics->norm, 16.0);
        QCOMPARE(metrics->spectralNorm, 8.0);
        QCOMPARE(metrics->stableRank, 2.0);
        QCOMPARE(metrics->rank, std::size_t{4});
        QVERIFY(std::fabs(metrics->alphaWeighted - 2.0 * std::log10(8.0)) < 1e-14);
        QVERIFY(std::fabs(metrics->logAlphaNorm - std::log10(1.0 + 9.0 + 16.0 + 64.0)) < 1e-14);
        const double h = -(
            std::log(1.0 / 16) / 16 + 3 * std::log(3.0 / 16) / 16 + std::log(0.25) / 4 + std::log(0.5) / 2);
        QVERIFY(std::fabs(metrics->entropy - h / std::log(4.0)) < 1e-14);
        QVERIFY(std::fabs(metrics->effectiveRank - std::exp(h)) < 1e-13);

        const auto rankOne = spectralMetrics(std::vector<double>{0.0, 1e-15, 5.0}, 2.0, 1e-14);
        QVERIFY(std::fabs(rankOne->stableRank - 1.0) < 1e-12);
        QCOMPARE(rankOne->rank, std::size_t{1});
        QCOMPARE(rankOne->entropy, 0.0);

        const auto equal = spectralMetrics(std::vector<double>(24, 0.5), 2.0, 1e-14);
        QVERIFY(std::fabs(equal->stableRank - 24.0) < 1e-12);
        QVERIFY(std::fabs(equal->effectiveRank - 24.0) < 1e-11);
        QVERIFY(std::fabs(equal->entropy - 1.0) < 1e-12);

        const auto zero = spectralMetrics(std::vector<double>(3, 0.0), 2.0, 0.0);
        QCOMPARE(zero->rank, std::size_t{0});
        QVERIFY(std::isnan(zero->stableRank));
    }

    void bulkEdgesOfTheText()
    {
        const BulkEdges edges = bulkEdges(2.0, 1.0);
        QVERIFY(std::fabs(edges.minus - 0.0858) < 1e-4);
        QVERIFY(std::fabs(edges.plus - 2.914) < 1e-3);
        QCOMPARE(bulkEdges(1.0, 3.0).minus, 0.0);
        QCOMPARE(bulkEdges(1.0, 3.0).plus, 36.0);
    }

    void densityIntegratesToOne()
    {
        for (const double aspect : {1.2, 2.0, 8.0}) {
            const BulkEdges edges = bulkEdges(aspect, 0.7);
            const int steps = 200000;
            const double width = (edges.plus - edges.minus) / steps;
            double integral = 0;
            double mean = 0;
            for (int i = 0; i < steps; ++i) {
                const double x = edges.minus + (i + 0.5) * width;
                integral += marchenkoPasturDensity(x, aspect, 0.7) * width;
                mean += x * marchenkoPasturDensity(x, aspect, 0.7) * width;
            }
            QVERIFY(std::fabs(integral - 1.0) < 1e-5);
            QVERIFY(std::fabs(mean - 0.49) < 1e-5);
            QCOMPARE(marchenkoPasturDensity(edges.plus * 1.01, aspect, 0.7), 0.0);
            QCOMPARE(marchenkoPasturDensity(edges.minus * 0.99, aspect, 0.7), 0.0);
        }
    }

    void noiseFillsTheBulk_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("cols");
        QTest::newRow("2000 x 1000") << 2000 << 1000;
        QTest::newRow("square") << 600 << 600;
        QTest::newRow("wide") << 300 << 1500;
    }

    void noiseFillsTheBulk()
    {
        QFETCH(int, rows);
        QFETCH(int, cols);
        const double sigma = 0.03;
        const auto weight = gaussian(static_cast<std::size_t>(rows * cols), 17, sigma);
        const auto values
            = gramEigenvalues(weight, static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(cols), {});
        QVERIFY(values.has_value());
        const auto fit = fitMarchenkoPastur(
            *values, static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(cols), {});
        QVERIFY(fit.has_value());
        QCOMPARE(fit->status, FitStatus::Fitted);
        QVERIFY(std::fabs(fit->sigma - 1.0) < 0.02);
        const double longer = std::max(rows, cols);
        const double aspect = longer / std::min(rows, cols);
        const BulkEdges expected = bulkEdges(aspect, sigma);
        QVERIFY(std::fabs(fit->lambdaPlus / longer - expected.plus) < 0.04 * expected.plus);
        QVERIFY(std::fabs(fit->lambdaMinus / longer - expected.minus) < 0.04 * expected.plus);
        QCOMPARE(fit->spikes, std::size_t{0});
        QVERIFY(fit->softRank > 0.9 && fit->softRank < 1.1);
        QVERIFY(fit->spikeEdge > fit->lambdaPlus);
        // The curve is a density in units of the eigenvalues.
        double integral = 0;
        const double width = (fit->lambdaPlus - fit->lambdaMinus) / 100000;
        for (int i = 0; i < 100000; ++i)
            integral += fit->density(fit->lambdaMinus + (i + 0.5) * width) * width;
        QVERIFY(std::fabs(integral - 1.0) < 0.01);
    }

    void plantedSpikesAreCounted()
    {
        auto weight = gaussian(1200 * 400, 23, 0.02);
        std::mt19937 engine(4);
        std::normal_distribution<double> normal;
        for (int spike = 0; spike < 3; ++spike) {
            std::vector<double> left(1200), right(400);
            std::generate(left.begin(), left.end(), [&] { return normal(engine); });
            std::generate(right.begin(), right.end(), [&] { return normal(engine); });
            for (std::size_t i = 0; i < 1200; ++i) {
                for (std::size_t j = 0; j < 400; ++j)
                    weight[i * 400 + j] += static_cast<float>(0.004 * (spike + 1) * left[i] * right[j]);
            }
        }
        const auto values = gramEigenvalues(weight, 1200, 400, {});
        const auto fit = fitMarchenkoPastur(*values, 1200, 400, {});
        QCOMPARE(fit->status, FitStatus::Fitted);
        QCOMPARE(fit->spikes, std::size_t{3});
        QVERIFY(fit->softRank < 0.3);
        const double rescaled = 1200 * 0.02 * 0.02; // N sigma^2
        QVERIFY(std::fabs(fit->lambdaPlus - rescaled * bulkEdges(3.0, 1.0).plus) < 0.1 * fit->lambdaPlus);
    }

    void squareFitDependsOnTheForm()
    {
        auto weight = gaussian(200 * 200, 29, 1.0);
        for (std::size_t j = 0; j < 200; ++j)
            weight[j] += 8.0F; // One spike takes its share of the trace, so the bulk has sigma < 1.
        const auto values = gramEigenvalues(weight, 200, 200, {});
        const auto corrected = fitMarchenkoPastur(*values, 200, 200, {}, QuarterCircle::Corrected);
        const auto published = fitMarchenkoPastur(*values, 200, 200, {}, QuarterCircle::AsPublished);
        QCOMPARE(corrected->status, FitStatus::Fitted);
        QCOMPARE(published->status, FitStatus::Fitted);
        const double expected = std::sqrt(200.0 * corrected->scale); // sigma of the noise after rescaling
        QVERIFY(std::fabs(corrected->sigma - expected) < 0.03 * expected);
        QVERIFY(corrected->residual < published->residual);
    }

    void bulkOfTooLittleDataIsAStatus()
    {
        QCOMPARE(fitMarchenkoPastur(exponentials(9), 9, 20, {})->status, FitStatus::TooFewEigenvalues);
        QCOMPARE(fitMarchenkoPastur(std::vector<double>(20, 0.0), 20, 20, {})->status, FitStatus::Degenerate);
        const auto impossible = fitMarchenkoPastur(exponentials(100), 100, 300, {});
        QVERIFY(impossible.has_value());
        QCOMPARE(impossible->density(1.0), 0.0);
        QVERIFY(impossible->status != FitStatus::Fitted);
        QVERIFY(std::isnan(impossible->sigma));
    }

    void fitOfALargeSpectrumIsFast()
    {
        // 15000 eigenvalues are WeightWatcher's maximum; the definition would take 10^8 evaluations.
        const auto values = logNormal(15000, 8, 2.0);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(fitOf(TailEstimator::PowerLaw, values).status, FitStatus::Fitted);
        QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestSpectraFits)
#include "tst_spectra_fits.moc"
