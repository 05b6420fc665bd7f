#include "core/spectra/power_law.h"

#include "core/spectra/checks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bitwright::spectra {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastSpread = 1e-9; // ln(largest / xmin) below it: the tail is one value up to rounding.
constexpr std::size_t kPeakBins = 100;
constexpr std::array kAll{TailEstimator::PowerLaw, TailEstimator::HillMedian, TailEstimator::HillAlphaQ,
    TailEstimator::XminPeakAsPublished, TailEstimator::XminPeakCorrected};

/// Logarithms of the eigenvalues and their sums from each index upward.
class LogTail
{
public:
    explicit LogTail(std::span<const double> values)
        : m_logs(values.size())
        , m_sums(values.size() + 1)
    {
        std::transform(
            values.begin(), values.end(), m_logs.begin(), [](double value) { return std::log(value); });
        for (std::size_t i = values.size(); i-- > 0;)
            m_sums[i] = m_sums[i + 1] + m_logs[i];
    }

    [[nodiscard]] std::size_t size() const { return m_logs.size(); }
    [[nodiscard]] double log(std::size_t i) const { return m_logs[i]; }
    [[nodiscard]] double sumFrom(std::size_t i) const { return m_sums[i]; }
    [[nodiscard]] bool isDegenerate(std::size_t i) const { return m_logs.back() - m_logs[i] <= kLeastSpread; }

    /// Maximum-likelihood exponent of the tail from i upward, xmin counted.
    [[nodiscard]] double alpha(std::size_t i) const
    {
        const double n = static_cast<double>(size() - i);
        return 1.0 + n / (m_sums[i] - n * m_logs[i]);
    }

private:
    std::vector<double> m_logs;
    std::vector<double> m_sums;
};

/// Distance of one tail from its power law. Both distribution functions grow with j, so a range of j whose
/// ends leave no room for a larger difference is skipped: the maximum is that of the definition.
class Distance
{
public:
    Distance(const LogTail& tail, std::size_t first, double alpha)
        : m_tail(tail)
        , m_first(first)
        , m_exponent(1.0 - alpha)
        , m_count(static_cast<double>(tail.size() - first))
    { }

    /// The distance, or any value above `giveUpAbove` once it is known to exceed that.
    [[nodiscard]] double value(double giveUpAbove)
    {
        const std::size_t last = m_tail.size() - 1;
        m_giveUpAbove = giveUpAbove;
        search(m_first, look(m_first), last, look(last));
        return m_largest;
    }

private:
    [[nodiscard]] double empirical(std::size_t j) const { return static_cast<double>(j - m_first) / m_count; }

    /// Takes index j into the maximum and returns the model's distribution function there.
    double look(std::size_t j)
    {
        const double model = 1.0 - std::exp(m_exponent * (m_tail.log(j) - m_tail.log(m_first)));
        m_largest = std::max(m_largest, std::fabs(model - empirical(j)));
        return model;
    }

    void search(std::size_t low, double modelLow, std::size_t high, double modelHigh)
    {
        if (high - low < 2 || m_largest > m_giveUpAbove)
            return;
        const double above = modelHigh - empirical(low + 1);
        const double below = empirical(high - 1) - modelLow;
        if (std::max(above, below) <= m_largest)
            return;
        const std::size_t middle = low + (high - low) / 2;
        const double modelMiddle = look(middle);
        search(low, modelLow, middle, modelMiddle);
        search(middle, modelMiddle, high, modelHigh);
    }

    const LogTail& m_tail;
    std::size_t m_first;
    double m_exponent;
    double m_count;
    double m_largest = 0;
    double m_giveUpAbove = 1;
};

/// Candidate indexes for xmin, [begin, end).
struct SearchRange
{
    std::size_t begin = 0;
    std::size_t end = 0;
};

void fillFit(TailFit& fit, const LogTail& tail, std::size_t first, std::size_t count, double alpha,
    std::span<const double> values)
{
    fit.status = FitStatus::Fitted;
    fit.alpha = alpha;
    fit.tailBegin = first;
    fit.tailCount = count;
    fit.xmin = values[first];
    fit.distance = alpha > 1.0 ? Distance(tail, first, alpha).value(1.0) : 1.0;
    fit.standardError = (alpha - 1.0) / std::sqrt(static_cast<double>(count));
}

/// Keeps the candidate with the least distance; of equal ones the lowest, as a plain loop would.
struct BestCandidate
{
    std::size_t index = std::numeric_limits<std::size_t>::max();
    double distance = 1.0;

    void offer(const LogTail& tail, std::size_t i)
    {
        const double alpha = tail.alpha(i);
        if (tail.isDegenerate(i) || !(alpha > 1.0))
            return;
        const double found = Distance(tail, i, alpha).value(distance);
        if (found < distance || (found == distance && i < index)) {
            distance = found;
            index = i;
        }
    }
};

void searchXmin(TailFit& fit, const LogTail& tail, SearchRange range, std::span<const double> values)
{
    if (range.begin >= range.end) {
        fit.status = FitStatus::NoFit;
        return;
    }
    BestCandidate best;
    // A few spread candidates first: a good distance early lets nearly all others give up at once.
    const std::size_t step = std::max<std::size_t>(1, (range.end - range.begin) / 16);
    for (std::size_t i = range.begin; i < range.end; i += step)
        best.offer(tail, i);
    for (std::size_t i = range.begin; i < range.end; ++i)
        best.offer(tail, i);
    if (best.index < range.end)
        fillFit(fit, tail, best.index, values.size() - best.index, tail.alpha(best.index), values);
    else
        fit.status = tail.isDegenerate(range.begin) ? FitStatus::Degenerate : FitStatus::NoFit;
}

void fitHillMedian(TailFit& fit, const LogTail& tail, std::span<const double> values)
{
    const std::size_t first = values.size() / 2;
    if (tail.isDegenerate(first))
        fit.status = FitStatus::Degenerate;
    else
        fillFit(fit, tail, first, values.size() - first, tail.alpha(first), values);
}

void fitHillAlphaQ(TailFit& fit, const LogTail& tail, std::span<const double> values)
{
    const std::size_t count = values.size();
    const std::size_t k = std::clamp<std::size_t>(std::max<std::size_t>(10, count / 10), 1, count - 1);
    const std::size_t first = count - k - 1;
    if (tail.isDegenerate(first)) {
        fit.status = FitStatus::Degenerate;
        return;
    }
    const double n = static_cast<double>(k);
    fillFit(fit, tail, first, k, 1.0 + n / (tail.sumFrom(first + 1) - n * tail.log(first)), values);
}

/// Left edge of the fullest of 100 equal bins of log10 lambda; the lowest of equally full ones.
double peakOfLogHistogram(std::span<const double> values)
{
    const double low = std::log10(values.front());
    const double high = std::log10(values.back());
    std::array<std::size_t, kPeakBins> counts{};
    const double bins = static_cast<double>(kPeakBins);
    for (const double value : values) {
        const double position = high > low ? (std::log10(value) - low) / (high - low) * bins : 0.0;
        ++counts[std::min(kPeakBins - 1, static_cast<std::size_t>(std::max(0.0, position)))];
    }
    const auto peak = std::max_element(counts.begin(), counts.end()) - counts.begin();
    return std::pow(10.0, low + static_cast<double>(peak) * (high - low) / bins);
}

SearchRange peakRange(std::span<const double> values, bool asPublished)
{
    const double peak = peakOfLogHistogram(values);
    const double low = asPublished ? std::log10(0.95 * peak) : 0.95 * peak;
    const auto candidates = values.first(values.size() - 1);
    const auto begin = std::lower_bound(candidates.begin(), candidates.end(), low) - candidates.begin();
    const auto end = std::upper_bound(candidates.begin(), candidates.end(), 1.5 * peak) - candidates.begin();
    return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
}

bool isHill(TailEstimator estimator)
{
    return estimator == TailEstimator::HillMedian || estimator == TailEstimator::HillAlphaQ;
}

void fitUsed(TailFit& fit, std::span<const double> values)
{
    const LogTail tail(values);
    switch (fit.estimator) {
    case TailEstimator::PowerLaw:
        searchXmin(fit, tail, {0, values.size() - 1}, values);
        return;
    case TailEstimator::HillMedian:
        fitHillMedian(fit, tail, values);
        return;
    case TailEstimator::HillAlphaQ:
        fitHillAlphaQ(fit, tail, values);
        return;
    case TailEstimator::XminPeakAsPublished:
    case TailEstimator::XminPeakCorrected:
        searchXmin(fit, tail, peakRange(values, fit.estimator == TailEstimator::XminPeakAsPublished), values);
        return;
    }
}

void setFlags(TailFit& fit)
{
    if (fit.status != FitStatus::Fitted || fit.estimator != TailEstimator::PowerLaw)
        return;
    if (fit.alpha < 2.0)
        fit.flag = TrainingFlag::OverTrained;
    else if (fit.alpha > 6.0)
        fit.flag = TrainingFlag::UnderTrained;
    fit.spurious = fit.alpha > 8.0;
}

} // namespace

std::string_view tailEstimatorName(TailEstimator estimator)
{
    switch (estimator) {
    case TailEstimator::PowerLaw:
        return "ww-power-law";
    case TailEstimator::HillMedian:
        return "hill-median";
    case TailEstimator::HillAlphaQ:
        return "hill-alphaq";
    case TailEstimator::XminPeakAsPublished:
        return "xmin-peak-published";
    case TailEstimator::XminPeakCorrected:
        return "xmin-peak-corrected";
    }
    return "unknown";
}

std::span<const TailEstimator> allTailEstimators()
{
    return kAll;
}

std::string_view samplingModeName(SamplingMode mode)
{
    switch (mode) {
    case SamplingMode::Full:
        return "full";
    case SamplingMode::Farms:
        return "farms";
    case SamplingMode::FarmsFellBack:
        return "farms-fell-back-to-full";
    }
    return "unknown";
}

std::string_view fitStatusName(FitStatus status)
{
    switch (status) {
    case FitStatus::Fitted:
        return "fitted";
    case FitStatus::TooFewEigenvalues:
        return "too-few-eigenvalues";
    case FitStatus::Degenerate:
        return "degenerate";
    case FitStatus::NoFit:
        return "no-fit";
    }
    return "unknown";
}

std::string_view trainingFlagName(TrainingFlag flag)
{
    switch (flag) {
    case TrainingFlag::None:
        return "none";
    case TrainingFlag::OverTrained:
        return "over-trained";
    case TrainingFlag::UnderTrained:
        return "under-trained";
    }
    return "unknown";
}

Result<TailFit> fitTail(TailEstimator estimator, std::span<const double> eigenvalues, double threshold)
{
    BITWRIGHT_CHECK(checkAscending(eigenvalues));
    const auto first = std::upper_bound(eigenvalues.begin(), eigenvalues.end(), std::max(0.0, threshold));
    const std::span<const double> values
        = eigenvalues.subspan(static_cast<std::size_t>(first - eigenvalues.begin()));
    TailFit fit;
    fit.estimator = estimator;
    fit.used = values.size();
    fit.alpha = fit.xmin = fit.distance = fit.standardError = kNan;
    if (values.size() >= (isHill(estimator) ? std::size_t{2} : kMinEigenvalues))
        fitUsed(fit, values);
    setFlags(fit);
    return fit;
}

} // namespace bitwright::spectra
