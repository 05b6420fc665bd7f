#include "core/spectra/spectrum.h"

#include <QTest>

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

using namespace bitwright;
using namespace bitwright::spectra;

namespace {

RunContext withThreads(int threads)
{
    RunContext context;
    context.threads = threads;
    context.seed = 5;
    return context;
}

std::vector<float> gaussian(std::size_t count, unsigned seed, double sigma = 0.05)
{
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal(0.0, sigma);
    std::vector<float> values(count);
    std::generate(values.begin(), values.end(), [&] { return static_cast<float>(normal(engine)); });
    return values;
}

/// float32 tensors in memory.
class MemoryCheckpoint : public model::Checkpoint
{
public:
    void add(const std::string& name, std::uint64_t rows, std::uint64_t cols, std::vector<float> values)
    {
        model::TensorInfo info;
        info.name = name;
        info.dtype = model::DType::F32;
        info.shape = {rows, cols};
        info.parameters = rows * cols;
        info.bytes = info.parameters * sizeof(float);
        m_tensors.push_back(info);
        m_values.push_back(std::move(values));
    }

    Result<void> read(
        model::TensorIndex tensor, std::uint64_t offset, std::span<std::byte> out) const override
    {
        const auto bytes = std::as_bytes(std::span<const float>(m_values[tensor]));
        if (offset + out.size() > bytes.size())
            return fail(ErrorCode::OutOfRange, "Past the end.");
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
        return {};
    }

private:
    std::vector<std::vector<float>> m_values;
};

bool sameFit(const TailFit& a, const TailFit& b)
{
    return a.estimator == b.estimator && a.status == b.status && a.mode == b.mode && a.seed == b.seed
        && (a.alpha == b.alpha || (std::isnan(a.alpha) && std::isnan(b.alpha))) && a.tailCount == b.tailCount;
}

bool sameSpectrum(const Spectrum& a, const Spectrum& b)
{
    return a.eigenvalues == b.eigenvalues
        && std::equal(a.fits.begin(), a.fits.end(), b.fits.begin(), b.fits.end(), sameFit)
        && std::equal(a.farmsFits.begin(), a.farmsFits.end(), b.farmsFits.begin(), b.farmsFits.end(), sameFit)
        && a.metrics.norm == b.metrics.norm && a.bulk.sigma == b.bulk.sigma && a.bulk.spikes == b.bulk.spikes;
}

} // namespace

class TestSpectraAnalyze : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingIsFilledIn()
    {
        const auto weight = gaussian(400 * 260, 1);
        SpectrumOptions options;
        options.farms = true;
        const auto spectrum = analyze(weight, 400, 260, options, withThreads(2));
        QVERIFY(spectrum.has_value());
        QCOMPARE(spectrum->rows, std::uint64_t{400});
        QCOMPARE(spectrum->cols, std::uint64_t{260});
        QCOMPARE(spectrum->eigenvalues.size(), std::size_t{260});
        QCOMPARE(spectrum->fits.size(), allTailEstimators().size());
        QCOMPARE(spectrum->farmsFits.size(), allTailEstimators().size());
        for (std::size_t i = 0; i < spectrum->fits.size(); ++i) {
            QCOMPARE(spectrum->fits[i].estimator, allTailEstimators()[i]);
            QCOMPARE(spectrum->fits[i].mode, SamplingMode::Full);
            QCOMPARE(spectrum->farmsFits[i].mode, SamplingMode::Farms);
            QCOMPARE(spectrum->farmsFits[i].seed, std::uint64_t{5});
            // Square tiles have a few eigenvalues below the threshold.
            QVERIFY(spectrum->farmsFits[i].used > 750 && spectrum->farmsFits[i].used <= 3 * 2 * 128);
        }
        QCOMPARE(spectrum->bulk.status, FitStatus::Fitted);
        QCOMPARE(spectrum->metrics.rank, std::size_t{260});
        const double alpha = spectrum->fit(TailEstimator::PowerLaw)->alpha;
        QVERIFY(
            std::fabs(spectrum->metrics.alphaWeighted - alpha * spectrum->metrics.logSpectralNorm) < 1e-12);
    }

    void rankOneMatrix()
    {
        const auto left = gaussian(120, 2);
        const auto right = gaussian(80, 3);
        std::vector<float> weight;
        for (const float a : left) {
            for (const float b : right)
                weight.push_back(
                    std::ldexp(std::round(a * 256.0F), -8) * std::ldexp(std::round(b * 256.0F), -8));
        }
        const auto spectrum = analyze(weight, 120, 80, {}, withThreads(2));
        QVERIFY(spectrum.has_value());
        QVERIFY(std::fabs(spectrum->metrics.stableRank - 1.0) < 1e-12);
        QCOMPARE(spectrum->metrics.rank, std::size_t{1});
        QVERIFY(std::fabs(spectrum->metrics.entropy) < 1e-10);
        QVERIFY(std::fabs(spectrum->metrics.effectiveRank - 1.0) < 1e-10);
        QCOMPARE(spectrum->fit(TailEstimator::PowerLaw)->status, FitStatus::TooFewEigenvalues);
    }

    void orthogonalMatrix()
    {
        Eigen::MatrixXd noise(90, 60);
        const auto values = gaussian(90 * 60, 7);
        std::copy(values.begin(), values.end(), noise.data());
        const Eigen::MatrixXd q
            = Eigen::HouseholderQR<Eigen::MatrixXd>(noise).householderQ() * Eigen::MatrixXd::Identity(90, 60);
        std::vector<float> weight;
        for (Eigen::Index i = 0; i < 90; ++i) {
            for (Eigen::Index j = 0; j < 60; ++j)
                weight.push_back(static_cast<float>(q(i, j)));
        }
        const auto spectrum = analyze(weight, 90, 60, {}, withThreads(1));
        QVERIFY(std::fabs(spectrum->metrics.stableRank - 60.0) < 1e-4);
        QVERIFY(std::fabs(spectrum->metrics.effectiveRank - 60.0) < 1e-4);
        QVERIFY(std::fabs(spectrum->metrics.entropy - 1.0) < 1e-6);
        for (const double value : spectrum->eigenvalues)
            QVERIFY(std::fabs(value - 1.0) < 1e-5);
    }

    void sameForOneAndFourThreads()
    {
        const auto weight = gaussian(900 * 600, 9);
        SpectrumOptions options;
        options.farms = true;
        options.farmsOptions.maxTiles = 5;
        for (const Precision precision : {Precision::Single, Precision::Double}) {
            options.precision = precision;
            const auto one = analyze(weight, 900, 600, options, withThreads(1));
            const auto four = analyze(weight, 900, 600, options, withThreads(4));
            QVERIFY(one && four);
            QVERIFY(sameSpectrum(*one, *four));
        }
    }

    void errorsAreThoseOfTheInput()
    {
        auto weight = gaussian(20 * 30, 4);
        QCOMPARE(analyze({}, 0, 0, {}, withThreads(1)).error().code, ErrorCode::InvalidArgument);
        weight[5] = std::numeric_limits<float>::quiet_NaN();
        QCOMPARE(analyze(weight, 20, 30, {}, withThreads(1)).error().code, ErrorCode::Numeric);
        std::stop_source source;
        source.request_stop();
        RunContext stopped = withThreads(2);
        stopped.stop = source.get_token();
        QCOMPARE(analyze(gaussian(600, 4), 20, 30, {}, stopped).error().code, ErrorCode::Cancelled);
    }

    void fewEigenvaluesAreAStatus()
    {
        const auto spectrum = analyze(gaussian(2 * 384, 6), 2, 384, {}, withThreads(1));
        QVERIFY(spectrum.has_value());
        QCOMPARE(spectrum->fit(TailEstimator::PowerLaw)->status, FitStatus::TooFewEigenvalues);
        QCOMPARE(spectrum->bulk.status, FitStatus::TooFewEigenvalues);
        QVERIFY(std::isnan(spectrum->metrics.alphaWeighted));
        QVERIFY(spectrum->metrics.stableRank > 1.0);
    }

    void bulkCanBeLeftOut()
    {
        SpectrumOptions options;
        options.marchenkoPastur = false;
        QCOMPARE(
            analyze(gaussian(50 * 40, 6), 50, 40, options, withThreads(1))->bulk.status, FitStatus::NoFit);
    }

    void spectrumOfTheError()
    {
        const auto weight = gaussian(200 * 150, 10);
        std::vector<float> quantized(weight.size());
        const float step = 0.02F;
        std::transform(weight.begin(), weight.end(), quantized.begin(),
            [&](float w) { return step * std::round(w / step); });
        const auto error = analyzeError(weight, quantized, 200, 150, {}, withThreads(2));
        QVERIFY(error.has_value());
        double norm = 0;
        for (std::size_t i = 0; i < weight.size(); ++i)
            norm += std::pow(static_cast<double>(quantized[i] - weight[i]), 2);
        QVERIFY(std::fabs(error->metrics.norm - norm) < 1e-10 * norm);
        // Rounding errors are uniform noise: one bulk of variance step^2 / 12 and no spikes.
        QCOMPARE(error->bulk.spikes, std::size_t{0});
        QVERIFY(std::fabs(error->metrics.norm / (200.0 * 150.0) - 0.02 * 0.02 / 12.0) < 2e-6);

        const auto none = analyzeError(weight, weight, 200, 150, {}, withThreads(2));
        QVERIFY(none.has_value());
        QCOMPARE(none->metrics.norm, 0.0);
        QCOMPARE(none->fit(TailEstimator::HillMedian)->status, FitStatus::TooFewEigenvalues);
        QCOMPARE(analyzeError(weight, std::span(weight).first(10), 200, 150, {}, withThreads(1)).error().code,
            ErrorCode::InvalidArgument);
    }

    void manyTensorsAtOnce()
    {
        MemoryCheckpoint checkpoint;
        const auto first = gaussian(120 * 60, 1);
        checkpoint.add("a.weight", 120, 60, first);
        auto broken = gaussian(30 * 30, 2);
        broken[3] = std::numeric_limits<float>::infinity();
        checkpoint.add("broken.weight", 30, 30, broken);
        const auto large = gaussian(1100 * 1040, 3);
        checkpoint.add("large.weight", 1100, 1040, large);
        std::vector<model::MatrixReader> readers;
        for (std::size_t i = 0; i < 3; ++i)
            readers.push_back(model::MatrixReader::open(checkpoint, i).value());

        double last = 0;
        bool fell = false;
        RunContext context = withThreads(2);
        context.progress = [&](double fraction, std::string_view) {
            fell = fell || fraction < last;
            last = fraction;
        };
        const auto results = analyzeAll(readers, {}, context);
        QVERIFY(results.has_value());
        QCOMPARE(results->size(), std::size_t{3});
        QVERIFY(sameSpectrum((*results)[0].value(), analyze(first, 120, 60, {}, withThreads(1)).value()));
        QCOMPARE((*results)[1].error().code, ErrorCode::Numeric);
        QCOMPARE((*results)[1].error().tensor, std::string("broken.weight"));
        QVERIFY(sameSpectrum((*results)[2].value(), analyze(large, 1100, 1040, {}, withThreads(1)).value()));
        QVERIFY(!fell);
        QVERIFY(last > 0.99);

        std::stop_source source;
        source.request_stop();
        context.stop = source.get_token();
        QCOMPARE(analyzeAll(readers, {}, context).error().code, ErrorCode::Cancelled);
        QVERIFY(analyzeAll({}, {}, withThreads(1))->empty());

        RunContext poor = withThreads(1);
        poor.memoryBudget = 1000;
        const auto refused = analyze(readers[0], {}, poor);
        QCOMPARE(refused.error().code, ErrorCode::OutOfMemory);
        QCOMPARE(refused.error().tensor, std::string("a.weight"));
    }

    void compactKeepsTheTail()
    {
        std::vector<double> values(10000);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<double>(i) * 0.5;
        const CompactEsd esd = compactEsd(values);
        QCOMPARE(esd.count, std::uint64_t{10000});
        QCOMPARE(esd.eigenvalues.size(), std::size_t{2048});
        QCOMPARE(esd.ranks.size(), std::size_t{2048});
        QCOMPARE(esd.eigenvalues.front(), values.front());
        for (std::size_t i = 0; i < 1024; ++i)
            QCOMPARE(esd.eigenvalues[2047 - i], values[9999 - i]);
        for (std::size_t i = 0; i < esd.ranks.size(); ++i) {
            QCOMPARE(esd.eigenvalues[i], values[static_cast<std::size_t>(esd.ranks[i])]);
            if (i > 0)
                QVERIFY(esd.ranks[i] > esd.ranks[i - 1]);
        }
        const CompactEsd whole = compactEsd(std::span(values).first(100));
        QCOMPARE(whole.eigenvalues.size(), std::size_t{100});
        QCOMPARE(whole.ranks.back(), 99.0);
        QVERIFY(compactEsd({}).eigenvalues.empty());
        QCOMPARE(compactEsd(values, 0).eigenvalues, (std::vector<double>{values.front(), values.back()}));
    }
};

QTEST_GUILESS_MAIN(TestSpectraAnalyze)
#include "tst_spectra_analyze.moc"
