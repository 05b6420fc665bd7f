#include "core/stats/outliers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace bitwright::stats {

namespace {

/// Central moments of the finite values of a range, in two passes.
struct Spread
{
    double count = 0, mean = 0, mu2 = 0, mu4 = 0; ///< mu_k: population moments about the mean.
    double raw4 = 0; ///< Mean of x^4.
    double largest = 0; ///< max |x|.
};

Spread spreadOf(std::span<const std::span<const float>> pieces)
{
    Spread s;
    double sum = 0;
    for (const auto piece : pieces) {
        for (const float value : piece) {
            const auto x = static_cast<double>(value);
            if (!std::isfinite(x))
                continue;
            s.count += 1;
            sum += x;
            s.raw4 += x * x * x * x;
            s.largest = std::max(s.largest, std::abs(x));
        }
    }
    if (s.count == 0)
        return s;
    s.mean = sum / s.count;
    s.raw4 /= s.count;
    for (const auto piece : pieces) {
        for (const float value : piece) {
            const double x = static_cast<double>(value) - s.mean;
            if (!std::isfinite(x))
                continue;
            s.mu2 += x * x;
            s.mu4 += x * x * x * x;
        }
    }
    s.mu2 /= s.count;
    s.mu4 /= s.count;
    return s;
}

double stepCount(int bits)
{
    return std::ldexp(1.0, std::clamp(bits, 2, 16) - 1) - 1.0;
}

} // namespace

// --- LLM.int8()

Result<Int8Features> int8Features(std::span<const Activations> layers, const Int8FeatureSettings& settings)
{
    Int8FeatureCounter counter(settings);
    for (const Activations& layer : layers)
        BITWRIGHT_CHECK(counter.add(layer));
    return counter.result();
}

Result<void> Int8FeatureCounter::add(const Activations& layer)
{
    if (m_layers == 0) {
        m_rows = layer.rows;
        m_channels = layer.channels;
        m_positionHit.assign(m_rows * m_channels, 0);
        m_layersWithHit.assign(m_channels, 0);
        m_layersWithShare.assign(m_channels, 0);
    }
    if (layer.rows != m_rows || layer.channels != m_channels || layer.values.size() != m_rows * m_channels)
        return fail(ErrorCode::InvalidArgument, "Layers differ: {} x {} values after {} x {}.", layer.rows,
            layer.channels, m_rows, m_channels);
    ++m_layers;
    std::vector<std::size_t> hits(m_channels, 0);
    for (std::size_t t = 0; t < m_rows; ++t) {
        const auto row = layer.row(t);
        for (std::size_t h = 0; h < m_channels; ++h) {
            const double magnitude = std::abs(static_cast<double>(row[h]));
            if (!(magnitude >= m_settings.threshold) || std::isinf(magnitude))
                continue;
            m_positionHit[t * m_channels + h] = 1;
            ++hits[h];
        }
    }
    for (std::size_t h = 0; h < m_channels; ++h) {
        m_hits += hits[h];
        m_layersWithHit[h] += hits[h] != 0 ? 1U : 0U;
        m_layersWithShare[h] += m_rows != 0 && isShare(hits[h], m_rows, m_settings.positionShare) ? 1U : 0U;
    }
    return {};
}

bool Int8FeatureCounter::isShare(std::size_t part, std::size_t all, double share)
{
    // 6 of 100 is 6 %: the tolerance keeps rounding of the product from deciding.
    return static_cast<double>(part) >= share * static_cast<double>(all) * (1 - 1e-12) && part != 0;
}

Int8Features Int8FeatureCounter::result() const
{
    Int8Features features;
    features.layers = m_layers;
    features.tokens = m_rows;
    const double values = static_cast<double>(m_layers) * static_cast<double>(m_rows * m_channels);
    features.hitShare = values > 0 ? static_cast<double>(m_hits) / values : 0;
    for (std::size_t h = 0; h < m_channels; ++h) {
        std::size_t positions = 0;
        for (std::size_t t = 0; t < m_rows; ++t)
            positions += m_positionHit[t * m_channels + h];
        if (isShare(m_layersWithHit[h], m_layers, m_settings.layerShare)
            && isShare(positions, m_rows, m_settings.positionShare))
            features.separate.push_back(h);
        if (isShare(m_layersWithShare[h], m_layers, m_settings.layerShare))
            features.joint.push_back(h);
    }
    return features;
}

// --- Quantizable Transformers

std::optional<SequenceOutliers> sequenceOutliers(
    const Activations& x, std::span<const std::uint32_t> sequence)
{
    std::map<std::uint32_t, std::vector<std::span<const float>>> rows;
    for (std::size_t t = 0; t < x.rows; ++t)
        rows[t < sequence.size() ? sequence[t] : 0].push_back(x.row(t));
    SequenceOutliers result;
    for (const auto& [id, pieces] : rows) {
        const Spread s = spreadOf(pieces);
        if (s.count < 2)
            continue;
        const double unbiased = s.mu2 * s.count / (s.count - 1);
        result.infNorm += s.largest;
        result.kurtosis += s.mu4 / (unbiased * unbiased + 1e-6);
        ++result.sequences;
    }
    if (result.sequences == 0)
        return std::nullopt;
    result.infNorm /= static_cast<double>(result.sequences);
    result.kurtosis /= static_cast<double>(result.sequences);
    return result;
}

std::optional<SequenceOutliers> sequenceOutliers(const SiteSummary& summary)
{
    if (!summary.absMax || !summary.kurtosis || !summary.std)
        return std::nullopt;
    const double fourth = std::pow(*summary.std, 4);
    SequenceOutliers result;
    result.infNorm = *summary.absMax;
    result.kurtosis = *summary.kurtosis * fourth / (fourth + 1e-6);
    result.sequences = 1;
    result.source = StatisticSource::Moments;
    return result;
}

// --- OSP

std::optional<TokenKurtosis> tokenKurtosis(const Activations& x)
{
    TokenKurtosis result;
    for (std::size_t t = 0; t < x.rows; ++t) {
        const std::span<const float> row = x.row(t);
        const Spread s = spreadOf({&row, 1});
        if (s.count < 2 || !(s.mu2 > 0))
            continue;
        const double unbiased = s.mu2 * s.count / (s.count - 1);
        result.published += std::max(0.0, s.raw4 / (unbiased * unbiased) - 3);
        result.corrected += s.mu4 / (s.mu2 * s.mu2) - 3;
        ++result.tokens;
    }
    if (result.tokens == 0)
        return std::nullopt;
    result.published /= static_cast<double>(result.tokens);
    result.corrected /= static_cast<double>(result.tokens);
    return result;
}

// --- CrossQuant

std::optional<KernelShare> kernelShare(const Activations& x, double alpha, int bits)
{
    std::vector<double> rowMax(x.rows, 0.0), columnMax(x.channels, 0.0);
    for (std::size_t t = 0; t < x.rows; ++t) {
        for (std::size_t h = 0; h < x.channels; ++h) {
            const double magnitude = std::abs(static_cast<double>(x.values[t * x.channels + h]));
            if (!std::isfinite(magnitude))
                continue;
            rowMax[t] = std::max(rowMax[t], magnitude);
            columnMax[h] = std::max(columnMax[h], magnitude);
        }
    }
    std::vector<double> columnPower(x.channels);
    for (std::size_t h = 0; h < x.channels; ++h)
        columnPower[h] = std::pow(columnMax[h], 1 - alpha);
    const double half = 0.5 / stepCount(bits);
    std::uint64_t all = 0, zeros = 0, perToken = 0, cross = 0;
    for (std::size_t t = 0; t < x.rows; ++t) {
        const double rowPower = std::pow(rowMax[t], alpha);
        for (std::size_t h = 0; h < x.channels; ++h) {
            const double magnitude = std::abs(static_cast<double>(x.values[t * x.channels + h]));
            if (!std::isfinite(magnitude))
                continue;
            ++all;
            zeros += magnitude == 0 ? 1U : 0U;
            perToken += magnitude != 0 && magnitude < rowMax[t] * half ? 1U : 0U;
            cross += magnitude != 0 && magnitude < rowPower * columnPower[h] * half ? 1U : 0U;
        }
    }
    if (all == 0)
        return std::nullopt;
    const auto share
        = [all](std::uint64_t part) { return static_cast<double>(part) / static_cast<double>(all); };
    return KernelShare{share(perToken), share(cross), alpha, std::clamp(bits, 2, 16), share(zeros)};
}

// --- INT8 check

std::optional<Int8Check> int8Check(const Activations& x, double threshold, int bits)
{
    if (!(threshold > 0) || !std::isfinite(threshold))
        return std::nullopt;
    const double steps = stepCount(bits);
    const double scale = threshold / steps;
    double square = 0, errorSquare = 0, absolute = 0, errorAbsolute = 0;
    std::uint64_t clipped = 0, all = 0;
    for (const float value : x.values) {
        const auto v = static_cast<double>(value);
        if (!std::isfinite(v))
            continue;
        ++all;
        clipped += std::abs(v) > threshold ? 1U : 0U;
        const double code
            = std::clamp(std::nearbyint(std::clamp(v, -threshold, threshold) / scale), -steps, steps);
        const double error = scale * code - v;
        square += v * v;
        errorSquare += error * error;
        absolute += std::abs(v);
        errorAbsolute += std::abs(error);
    }
    if (!(square > 0))
        return std::nullopt;
    Int8Check check;
    check.threshold = threshold;
    check.relativeRmse = std::sqrt(errorSquare / square);
    check.relativeMae = errorAbsolute / absolute;
    check.sqnrDb
        = errorSquare > 0 ? 10 * std::log10(square / errorSquare) : std::numeric_limits<double>::infinity();
    check.clipRate = static_cast<double>(clipped) / static_cast<double>(all);
    check.tokens = x.rows;
    return check;
}

std::optional<double> exactAbsQuantile(std::span<const float> values, double q)
{
    std::vector<float> magnitudes;
    magnitudes.reserve(values.size());
    for (const float value : values)
        if (std::isfinite(value))
            magnitudes.push_back(std::abs(value));
    if (magnitudes.empty())
        return std::nullopt;
    const auto size = static_cast<double>(magnitudes.size());
    const double rank = std::clamp(std::ceil(std::clamp(q, 0.0, 1.0) * size - 1e-9), 1.0, size);
    const auto nth = magnitudes.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
    std::nth_element(magnitudes.begin(), nth, magnitudes.end());
    return static_cast<double>(*nth);
}

} // namespace bitwright::stats
