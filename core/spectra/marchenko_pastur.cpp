#include "core/spectra/marchenko_pastur.h"

#include "core/spectra/checks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace bitwright::spectra {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kGridPoints = 1000;
constexpr double kGridMargin = 0.5;
constexpr double kBandwidth = 0.1;
constexpr double kLeastDensity = 0.01; // Below it a point does not take part in the fit.
constexpr int kFirstStep = 5; // sigma from 0.05 ...
constexpr int kLastStep = 200; // ... to below 2.00 in steps of 0.01.
constexpr double kStep = 0.01;
constexpr int kRefinements = 40; // Golden sections: the step shrinks by 0.618^40, below 1e-10 of itself.

double square(double x)
{
    return x * x;
}

/// Linear-kernel density of ascending `values` at ascending points, by running sums over the window instead
/// of all pairs.
class LinearKernelDensity
{
public:
    explicit LinearKernelDensity(const std::vector<double>& values)
        : m_values(values)
        , m_sums(values.size() + 1)
    {
        for (std::size_t i = 0; i < values.size(); ++i)
            m_sums[i + 1] = m_sums[i] + values[i];
    }

    [[nodiscard]] double at(double x) const
    {
        const std::size_t low = firstAbove(x - kBandwidth);
        const std::size_t middle = firstAbove(x);
        const std::size_t high = firstAbove(x + kBandwidth);
        const double below
            = static_cast<double>(middle - low) * (kBandwidth - x) + (m_sums[middle] - m_sums[low]);
        const double above
            = static_cast<double>(high - middle) * (kBandwidth + x) - (m_sums[high] - m_sums[middle]);
        return (below + above) / (square(kBandwidth) * static_cast<double>(m_values.size()));
    }

private:
    [[nodiscard]] std::size_t firstAbove(double x) const
    {
        return static_cast<std::size_t>(
            std::upper_bound(m_values.begin(), m_values.end(), x) - m_values.begin());
    }

    const std::vector<double>& m_values;
    std::vector<double> m_sums;
};

double quarterCircleDensity(double s, double sigma, QuarterCircle form)
{
    const double radius = form == QuarterCircle::AsPublished ? 2.0 : 2.0 * sigma;
    return s < radius ? std::sqrt(square(radius) - square(s)) / (std::numbers::pi * square(sigma)) : 0.0;
}

/// The part of the empirical density that is fitted, and the error of a sigma.
class Objective
{
public:
    /// `values` are rescaled eigenvalues, or their roots when the matrix is square.
    Objective(const std::vector<double>& values, double aspect, QuarterCircle form)
        : m_aspect(aspect)
        , m_form(form)
    {
        const LinearKernelDensity density(values);
        const double end = values.back() + kGridMargin;
        for (std::size_t i = 0; i < kGridPoints; ++i) {
            const double x = end * static_cast<double>(i) / static_cast<double>(kGridPoints - 1);
            const double y = density.at(x);
            if (y > kLeastDensity)
                addPoint(x, y);
        }
    }

    [[nodiscard]] bool isEmpty() const { return m_x.empty(); }

    /// Sum of squared differences; infinite for a bulk that misses the mode or leaves the spectrum.
    [[nodiscard]] double operator()(double sigma) const
    {
        const bool isSquare = m_aspect == 1.0;
        const BulkEdges edges = bulkEdges(m_aspect, sigma);
        if (!isSquare && (edges.plus < m_mode || edges.plus > m_x.back() || edges.minus > m_mode))
            return kInfinity;
        double sum = 0;
        for (std::size_t i = 0; i < m_x.size(); ++i) {
            const double model = isSquare ? quarterCircleDensity(m_x[i], sigma, m_form)
                                          : marchenkoPasturDensity(m_x[i], m_aspect, sigma);
            sum += square(model - m_y[i]);
        }
        return sum;
    }

private:
    void addPoint(double x, double y)
    {
        if (m_y.empty() || y > m_modeDensity) {
            m_mode = x;
            m_modeDensity = y;
        }
        m_x.push_back(x);
        m_y.push_back(y);
    }

    double m_aspect;
    QuarterCircle m_form;
    std::vector<double> m_x, m_y;
    double m_mode = 0;
    double m_modeDensity = 0;
};

struct Minimum
{
    double sigma = kNan;
    double error = kInfinity;

    void offer(double candidate, double candidateError)
    {
        if (candidateError < error) {
            sigma = candidate;
            error = candidateError;
        }
    }
};

/// Brute search in units of `unit`, then golden sections between the neighbors of the best step.
Minimum minimize(const Objective& objective, double unit)
{
    Minimum best;
    for (int step = kFirstStep; step < kLastStep; ++step) {
        const double sigma = kStep * static_cast<double>(step) * unit;
        best.offer(sigma, objective(sigma));
    }
    if (!std::isfinite(best.error))
        return best;
    const double ratio = std::numbers::phi - 1.0;
    double low = best.sigma - kStep * unit;
    double high = best.sigma + kStep * unit;
    std::array<double, 2> inner{high - ratio * (high - low), low + ratio * (high - low)};
    std::array<double, 2> errors{objective(inner[0]), objective(inner[1])};
    for (int i = 0; i < kRefinements; ++i) {
        best.offer(inner[0], errors[0]);
        best.offer(inner[1], errors[1]);
        if (errors[0] < errors[1]) {
            high = inner[1];
            inner = {high - ratio * (high - low), inner[0]};
            errors = {objective(inner[0]), errors[0]};
        } else {
            low = inner[0];
            inner = {inner[1], low + ratio * (high - low)};
            errors = {errors[1], objective(inner[1])};
        }
    }
    return best;
}

void setBulk(MarchenkoPasturFit& fit, const Minimum& best, std::span<const double> eigenvalues)
{
    const BulkEdges edges = bulkEdges(fit.aspect, best.sigma);
    const double shorter = static_cast<double>(eigenvalues.size());
    const double margin
        = std::sqrt(std::pow(edges.plus, 2.0 / 3.0) * std::pow(shorter, -2.0 / 3.0) / std::sqrt(fit.aspect));
    fit.status = FitStatus::Fitted;
    fit.sigma = best.sigma;
    fit.residual = best.error;
    fit.lambdaMinus = edges.minus / fit.scale;
    fit.lambdaPlus = edges.plus / fit.scale;
    fit.spikeEdge = (edges.plus + margin) / fit.scale;
    fit.spikes = static_cast<std::size_t>(
        eigenvalues.end() - std::upper_bound(eigenvalues.begin(), eigenvalues.end(), fit.spikeEdge));
    fit.softRank = fit.lambdaPlus / eigenvalues.back();
}

} // namespace

double MarchenkoPasturFit::density(double eigenvalue) const
{
    return status == FitStatus::Fitted ? scale * marchenkoPasturDensity(eigenvalue * scale, aspect, sigma)
                                       : 0.0;
}

BulkEdges bulkEdges(double aspect, double sigma)
{
    const double ratio = 1.0 / std::sqrt(aspect);
    return {square(sigma * (1.0 - ratio)), square(sigma * (1.0 + ratio))};
}

double marchenkoPasturDensity(double x, double aspect, double sigma)
{
    const BulkEdges edges = bulkEdges(aspect, sigma);
    if (!(x > edges.minus && x < edges.plus))
        return 0.0;
    return aspect / (2.0 * std::numbers::pi * square(sigma) * x)
        * std::sqrt((edges.plus - x) * (x - edges.minus));
}

Result<MarchenkoPasturFit> fitMarchenkoPastur(std::span<const double> eigenvalues, std::uint64_t rows,
    std::uint64_t cols, const RunContext& context, QuarterCircle quarterCircle)
{
    BITWRIGHT_CHECK(context.checkStop());
    if (rows == 0 || cols == 0)
        return fail(ErrorCode::InvalidArgument, "A matrix of {} x {} has no bulk.", rows, cols);
    BITWRIGHT_CHECK(checkAscending(eigenvalues));
    MarchenkoPasturFit fit;
    fit.aspect = static_cast<double>(std::max(rows, cols)) / static_cast<double>(std::min(rows, cols));
    fit.sigma = fit.lambdaMinus = fit.lambdaPlus = fit.spikeEdge = fit.softRank = fit.residual = kNan;
    if (eigenvalues.size() < kMinEigenvalues)
        return fit;
    double sum = 0;
    for (const double value : eigenvalues)
        sum += value;
    if (!(sum > 0)) {
        fit.status = FitStatus::Degenerate;
        return fit;
    }
    fit.scale = static_cast<double>(eigenvalues.size()) / sum;
    const bool isSquare = rows == cols;
    std::vector<double> values(eigenvalues.size());
    std::transform(eigenvalues.begin(), eigenvalues.end(), values.begin(),
        [&](double value) { return isSquare ? std::sqrt(value * fit.scale) : value * fit.scale; });
    const double unit = std::sqrt(eigenvalues.back() * fit.scale) / (1.0 + 1.0 / std::sqrt(fit.aspect));
    const Objective objective(values, fit.aspect, quarterCircle);
    const Minimum best = objective.isEmpty() ? Minimum{} : minimize(objective, unit);
    if (std::isfinite(best.error))
        setBulk(fit, best, eigenvalues);
    else
        fit.status = FitStatus::NoFit;
    return fit;
}

} // namespace bitwright::spectra
