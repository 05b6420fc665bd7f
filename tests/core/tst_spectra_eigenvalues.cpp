#include "core/base/parallel.h"
#include "core/spectra/eigenvalues.h"
#include "core/spectra/farms.h"
#include "core/spectra/task_team.h"
#include "core/spectra/tridiagonal.h"

#include <QTest>

#include <Eigen/Dense>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <random>
#include <thread>

using namespace bitwright;
using namespace bitwright::spectra;

namespace {

RunContext withThreads(int threads)
{
    RunContext context;
    context.threads = threads;
    return context;
}

/// Columns of falling scale, so that the spectrum spans many decades.
std::vector<float> testMatrix(std::uint64_t rows, std::uint64_t cols, unsigned seed = 1, double decay = 0.7)
{
    std::mt19937 engine(seed);
    std::normal_distribution<double> normal;
    std::vector<float> weight(rows * cols);
    for (std::uint64_t i = 0; i < rows; ++i) {
        for (std::uint64_t j = 0; j < cols; ++j)
            weight[i * cols + j]
                = static_cast<float>(0.05 * normal(engine) * std::pow(static_cast<double>(j + 1), -decay));
    }
    return weight;
}

/// Squared singular values by an unrelated route: Eigen's own solver in extended precision.
std::vector<double> referenceEigenvalues(
    const std::vector<float>& weight, std::uint64_t rows, std::uint64_t cols)
{
    using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
    Matrix w(static_cast<Eigen::Index>(cols), static_cast<Eigen::Index>(rows)); // Column-major, hence W^T.
    std::copy(weight.begin(), weight.end(), w.data());
    const Matrix gram = rows < cols ? Matrix(w.transpose() * w) : Matrix(w * w.transpose());
    const auto values = Eigen::SelfAdjointEigenSolver<Matrix>(gram, Eigen::EigenvaluesOnly).eigenvalues();
    std::vector<double> result(static_cast<std::size_t>(values.size()));
    std::transform(values.begin(), values.end(), result.begin(),
        [](long double value) { return static_cast<double>(value); });
    return result;
}

double largestDifference(const std::vector<double>& a, const std::vector<double>& b)
{
    double largest = a.size() == b.size() ? 0.0 : 1e300;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::fabs(a[i] - b[i]));
    return largest;
}

} // namespace

class TestSpectraEigenvalues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithSvd_data()
    {
        QTest::addColumn<quint64>("rows");
        QTest::addColumn<quint64>("cols");
        for (const auto& [rows, cols] : std::vector<std::pair<quint64, quint64>>{{1, 1}, {1, 9}, {9, 1},
                 {2, 2}, {3, 2}, {31, 33}, {33, 31}, {64, 64}, {65, 200}, {200, 65}, {150, 131}})
            QTest::addRow("%d x %d", static_cast<int>(rows), static_cast<int>(cols)) << rows << cols;
    }

    void agreesWithSvd()
    {
        QFETCH(quint64, rows);
        QFETCH(quint64, cols);
        const auto weight = testMatrix(rows, cols);
        const auto reference = referenceEigenvalues(weight, rows, cols);
        for (const Precision precision : {Precision::Single, Precision::Double}) {
            const auto spectrum = gramSpectrum(weight, rows, cols, withThreads(2), precision);
            QVERIFY(spectrum.has_value());
            QCOMPARE(spectrum->precision, precision);
            QVERIFY(std::is_sorted(spectrum->eigenvalues.begin(), spectrum->eigenvalues.end()));
            QVERIFY(spectrum->eigenvalues.front() >= 0.0);
            QVERIFY2(largestDifference(spectrum->eigenvalues, reference) <= spectrum->resolution,
                precisionName(precision).data());
        }
    }

    void singleStaysWithinItsBoundOnALargerMatrix()
    {
        const auto weight = testMatrix(700, 900);
        const auto exact = gramSpectrum(weight, 700, 900, withThreads(2), Precision::Double);
        const auto single = gramSpectrum(weight, 700, 900, withThreads(2), Precision::Single);
        QVERIFY(exact && single);
        QVERIFY(largestDifference(exact->eigenvalues, single->eigenvalues) <= single->resolution);
        QVERIFY(exact->resolution < 1e-7 * single->resolution);
        double trace = 0;
        for (const float value : weight)
            trace += static_cast<double>(value) * static_cast<double>(value);
        double sum = 0;
        for (const double value : exact->eigenvalues)
            sum += value;
        QVERIFY(std::fabs(sum - trace) <= 1e-12 * trace);
    }

    void automaticPrecisionFollowsTheSide()
    {
        const auto small = testMatrix(40, 2000);
        QCOMPARE(gramSpectrum(small, 40, 2000, withThreads(1))->precision, Precision::Double);
        const std::uint64_t side = kDoubleSideLimit + 1;
        QCOMPARE(
            gramSpectrum(testMatrix(side, side), side, side, withThreads(2))->precision, Precision::Single);
    }

    void transposedMatrixHasTheSameSpectrum()
    {
        const auto weight = testMatrix(90, 40);
        std::vector<float> transposed(weight.size());
        for (std::size_t i = 0; i < 90; ++i) {
            for (std::size_t j = 0; j < 40; ++j)
                transposed[j * 90 + i] = weight[i * 40 + j];
        }
        const auto a = gramEigenvalues(weight, 90, 40, withThreads(1));
        const auto b = gramEigenvalues(transposed, 40, 90, withThreads(1));
        QVERIFY(a && b);
        QVERIFY(largestDifference(*a, *b) <= 1e-14 * a->back());
    }

    void sameForOneAndFourThreads_data()
    {
        QTest::addColumn<quint64>("rows");
        QTest::addColumn<quint64>("cols");
        QTest::newRow("square") << quint64{700} << quint64{700};
        QTest::newRow("tall") << quint64{5000} << quint64{600};
        QTest::newRow("wide") << quint64{650} << quint64{1800};
    }

    void sameForOneAndFourThreads()
    {
        QFETCH(quint64, rows);
        QFETCH(quint64, cols);
        const auto weight = testMatrix(rows, cols);
        for (const Precision precision : {Precision::Single, Precision::Double}) {
            const auto one = gramSpectrum(weight, rows, cols, withThreads(1), precision);
            const auto four = gramSpectrum(weight, rows, cols, withThreads(4), precision);
            QVERIFY(one && four);
            QVERIFY(one->eigenvalues == four->eigenvalues);
        }
    }

    void scaleByAPowerOfTwoIsExact()
    {
        auto weight = testMatrix(60, 80);
        const auto before = gramEigenvalues(weight, 60, 80, withThreads(1));
        for (float& value : weight)
            value *= 0x1p-40F;
        const auto after = gramEigenvalues(weight, 60, 80, withThreads(1));
        QVERIFY(before && after);
        for (std::size_t i = 0; i < before->size(); ++i)
            QCOMPARE((*after)[i], (*before)[i] * 0x1p-80);
    }

    void hugeWeightsDoNotOverflow()
    {
        auto weight = testMatrix(60, 80);
        for (float& value : weight)
            value *= 0x1p+100F;
        const auto spectrum = gramSpectrum(weight, 60, 80, withThreads(1), Precision::Single);
        QVERIFY(spectrum.has_value());
        QVERIFY(std::isfinite(spectrum->eigenvalues.back()) && spectrum->eigenvalues.back() > 1e50);
    }

    void zeroMatrixHasZeroSpectrum()
    {
        const std::vector<float> weight(12 * 20, 0.0F);
        const auto spectrum = gramSpectrum(weight, 12, 20, withThreads(1));
        QVERIFY(spectrum.has_value());
        QCOMPARE(spectrum->eigenvalues, std::vector<double>(12, 0.0));
        QCOMPARE(spectrum->resolution, 0.0);
    }

    void refusesWhatHasNoSpectrum()
    {
        const RunContext context = withThreads(2);
        auto weight = testMatrix(30, 20);
        QCOMPARE(gramSpectrum(weight, 0, 20, context).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(gramSpectrum(weight, 30, 21, context).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(gramSpectrum({}, 0, 0, context).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(gramSpectrum(weight, std::uint64_t{1} << 63U, 4, context).error().code,
            ErrorCode::InvalidArgument);
        weight[7 * 20 + 3] = std::numeric_limits<float>::quiet_NaN();
        const auto nan = gramSpectrum(weight, 30, 20, context);
        QCOMPARE(nan.error().code, ErrorCode::Numeric);
        QVERIFY(nan.error().message.find("row 7, column 3") != std::string::npos);
        weight[7 * 20 + 3] = -std::numeric_limits<float>::infinity();
        QCOMPARE(gramSpectrum(weight, 30, 20, context).error().code, ErrorCode::Numeric);
        RunContext poor = context;
        poor.memoryBudget = 100;
        QCOMPARE(gramSpectrum(testMatrix(30, 20), 30, 20, poor).error().code, ErrorCode::OutOfMemory);
    }

    void cancelsQuickly()
    {
        const auto weight = testMatrix(1500, 1500, 1, 0.0);
        std::stop_source source;
        RunContext context = withThreads(2);
        context.stop = source.get_token();
        std::chrono::steady_clock::time_point asked;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(40));
            asked = std::chrono::steady_clock::now();
            source.request_stop();
        });
        const auto spectrum = gramSpectrum(weight, 1500, 1500, context, Precision::Double);
        const auto end = std::chrono::steady_clock::now();
        stopper.join();
        QVERIFY(!spectrum.has_value());
        QCOMPARE(spectrum.error().code, ErrorCode::Cancelled);
        QVERIFY(end - asked < std::chrono::milliseconds(200));
    }

    void progressNeverFalls()
    {
        const auto weight = testMatrix(300, 300);
        double last = 0;
        bool fell = false;
        RunContext context = withThreads(2);
        context.progress = [&](double fraction, std::string_view) {
            fell = fell || fraction < last;
            last = fraction;
        };
        QVERIFY(gramSpectrum(weight, 300, 300, context).has_value());
        QVERIFY(!fell);
        QVERIFY(last > 0.99);
    }

    void tridiagonalKeepsTraceAndNorm()
    {
        const std::size_t n = 77;
        const auto values = testMatrix(n, n, 3, 0.1);
        std::vector<double> matrix(n * n);
        double trace = 0;
        double norm = 0;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                matrix[j * n + i] = static_cast<double>(values[i * n + j]);
                norm += (i == j ? 1.0 : 2.0) * matrix[j * n + i] * matrix[j * n + i];
            }
            trace += matrix[i * n + i];
        }
        const auto result = tridiagonalize<double>(matrix, n, withThreads(1));
        QVERIFY(result.has_value());
        double newTrace = 0;
        double newNorm = 0;
        for (const double value : result->diagonal) {
            newTrace += value;
            newNorm += value * value;
        }
        for (const double value : result->offDiagonal)
            newNorm += 2.0 * value * value;
        QVERIFY(std::fabs(newTrace - trace) < 1e-13);
        QVERIFY(std::fabs(newNorm - norm) < 1e-13 * norm);
    }

    void teamRunsEveryTaskOnce()
    {
        for (const int threads : {1, 2, 5}) {
            std::vector<std::atomic<int>> hits(37);
            const auto result = TaskTeam::lead(
                [&](TaskTeam& team) -> Result<void> {
                    for (std::size_t step = 0; step < 500; ++step)
                        team.run(step % hits.size(), [&](std::size_t i) { hits[i].fetch_add(1); });
                    return {};
                },
                withThreads(threads));
            QVERIFY(result.has_value());
            for (std::size_t i = 0; i < hits.size(); ++i) {
                int steps = 0;
                for (std::size_t step = 0; step < 500; ++step)
                    steps += step % hits.size() > i ? 1 : 0;
                QCOMPARE(hits[i].load(), steps);
            }
        }
    }

    void teamPassesErrorsOn()
    {
        const auto result = TaskTeam::lead(
            [](TaskTeam&) -> Result<void> { return fail(ErrorCode::Numeric, "no"); }, withThreads(3));
        QCOMPARE(result.error().code, ErrorCode::Numeric);
        const auto thrown
            = TaskTeam::lead([](TaskTeam&) -> Result<void> { throw std::bad_alloc(); }, withThreads(3));
        QCOMPARE(thrown.error().code, ErrorCode::OutOfMemory);
    }

    void farmsPoolsTilesAndRepeatsWithItsSeed()
    {
        const auto weight = testMatrix(300, 520);
        RunContext context = withThreads(2);
        context.seed = 11;
        const auto all = farmsEigenvalues(weight, 300, 520, {}, context);
        QVERIFY(all.has_value());
        QCOMPARE(all->mode, SamplingMode::Farms);
        QCOMPARE(all->seed, std::uint64_t{11});
        QCOMPARE(all->tilesInGrid, std::uint64_t{2 * 4});
        QCOMPARE(all->tilesUsed, std::uint64_t{8});
        QCOMPARE(all->eigenvalues.size(), std::size_t{8 * 128});
        // Tiles partition the first 256 x 512 weights, and eigenvalues of a tile sum to its squared norm.
        double expected = 0;
        for (std::size_t i = 0; i < 256; ++i) {
            for (std::size_t j = 0; j < 512; ++j)
                expected
                    += static_cast<double>(weight[i * 520 + j]) * static_cast<double>(weight[i * 520 + j]);
        }
        double sum = 0;
        for (const double value : all->eigenvalues)
            sum += value;
        QVERIFY(std::fabs(sum - expected) < 1e-12 * expected);

        FarmsOptions few;
        few.maxTiles = 3;
        const auto first = farmsEigenvalues(weight, 300, 520, few, context);
        context.threads = 4;
        const auto again = farmsEigenvalues(weight, 300, 520, few, context);
        QCOMPARE(first->tilesUsed, std::uint64_t{3});
        QVERIFY(first->eigenvalues == again->eigenvalues);
        context.seed = 12;
        QVERIFY(farmsEigenvalues(weight, 300, 520, few, context)->eigenvalues != first->eigenvalues);
    }

    void farmsFallsBackForShortSides()
    {
        const auto weight = testMatrix(100, 300);
        const auto sample = farmsEigenvalues(weight, 100, 300, {}, withThreads(2));
        QVERIFY(sample.has_value());
        QCOMPARE(sample->mode, SamplingMode::FarmsFellBack);
        QCOMPARE(sample->tilesUsed, std::uint64_t{0});
        QVERIFY(sample->eigenvalues == *gramEigenvalues(weight, 100, 300, withThreads(2)));
        const auto fit = fitTail(TailEstimator::HillAlphaQ, *sample);
        QCOMPARE(fit->mode, SamplingMode::FarmsFellBack);
    }

    void farmsRefusesSenselessOptions()
    {
        const auto weight = testMatrix(130, 130);
        FarmsOptions options;
        options.stride = 0;
        QCOMPARE(farmsEigenvalues(weight, 130, 130, options, withThreads(1)).error().code,
            ErrorCode::InvalidArgument);
        QCOMPARE(
            farmsEigenvalues(weight, 130, 131, {}, withThreads(1)).error().code, ErrorCode::InvalidArgument);
        auto broken = weight;
        broken[0] = std::numeric_limits<float>::quiet_NaN();
        QCOMPARE(farmsEigenvalues(broken, 130, 130, {}, withThreads(1)).error().code, ErrorCode::Numeric);
    }
};

QTEST_GUILESS_MAIN(TestSpectraEigenvalues)
#include "tst_spectra_eigenvalues.moc"
