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
