#include "core/score/error_tile.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

namespace bitwright::score {

namespace {

/// Columns of a block of E^T E that is formed at once.
constexpr std::uint64_t kGramBlock = 128;

Result<void> checkSize(std::string_view what, std::uint64_t have, std::uint64_t need)
{
    if (have == need)
        return {};
    return fail(ErrorCode::Mismatch, "The dump's {} is {} wide, the matrix needs {}.", what, have, need);
}

Result<void> checkFits(const UnitEvidence& evidence, std::uint64_t rows, std::uint64_t cols)
{
    if (!evidence.inputSumSq.empty())
        BITWRIGHT_CHECK(checkSize("sum of squares", evidence.inputSumSq.size(), cols));
    if (evidence.gram) {
        BITWRIGHT_CHECK(checkSize("Gram", evidence.gram->width, cols));
        BITWRIGHT_CHECK(checkSize("Gram triangle", evidence.gram->lower.size(), cols * (cols + 1) / 2));
    }
    if (evidence.samples) {
        BITWRIGHT_CHECK(checkSize("sample row", evidence.samples->channels, cols));
        BITWRIGHT_CHECK(
            checkSize("sample block", evidence.samples->values.size(), evidence.samples->rows * cols));
        if (!evidence.tokenShare.empty())
            BITWRIGHT_CHECK(
                checkSize("list of stream shares", evidence.tokenShare.size(), evidence.samples->rows));
    }
    if (evidence.outputGradients) {
        const model::SampleRows& outputs = *evidence.outputGradients;
        BITWRIGHT_CHECK(checkSize("gradient of outputs", outputs.channels, rows));
        BITWRIGHT_CHECK(
            checkSize("block of gradients of outputs", outputs.values.size(), outputs.rows * rows));
    }
    if (evidence.gradient) {
        BITWRIGHT_CHECK(checkSize("row gradient", evidence.gradient->rowMeanSq.size(), rows));
        BITWRIGHT_CHECK(checkSize("column gradient", evidence.gradient->colMeanSq.size(), cols));
    }
    return {};
}

int blasInt(std::uint64_t value)
{
    return static_cast<int>(value);
}

} // namespace

void ErrorSums::add(const ErrorSums& other)
{
    squared += other.squared;
    maxAbs = std::max(maxAbs, other.maxAbs);
    diagonal += other.diagonal;
    gram += other.gram;
    fisher += other.fisher;
    if (tokens.empty())
        tokens.assign(other.tokens.size(), 0.0);
    for (std::size_t t = 0; t < other.tokens.size(); ++t)
        tokens[t] += other.tokens[t];
    if (slopes.empty())
        slopes.assign(other.slopes.size(), 0.0);
    for (std::size_t t = 0; t < other.slopes.size(); ++t)
        slopes[t] += other.slopes[t];
}

Result<ErrorMeter> ErrorMeter::make(const UnitEvidence& evidence, std::uint64_t rows, std::uint64_t cols)
{
    BITWRIGHT_CHECK(checkFits(evidence, rows, cols));
    ErrorMeter meter;
    meter.m_cols = cols;
    if (!evidence.inputSumSq.empty() && evidence.inputCount > 0)
        for (const double sum : evidence.inputSumSq)
            meter.m_diagonal.push_back(sum / evidence.inputCount);
    if (evidence.gram && evidence.gram->count > 0)
        meter.m_gram = &*evidence.gram;
    // With a zero mean every factor is 0 too, and r_i c_j / m is undefined.
    if (evidence.gradient && evidence.gradient->meanSq > 0)
        meter.m_gradient = evidence.gradient;
    if (evidence.samples) {
        const model::SampleRows& all = *evidence.samples;
        meter.m_sampleCount = std::min(all.rows, kMaxSampleRows);
        meter.m_samples.reserve(meter.m_sampleCount * cols);
        for (std::uint64_t i = 0; i < meter.m_sampleCount; ++i) {
            const std::uint64_t row = i * all.rows / meter.m_sampleCount;
            const auto values = std::span(all.values).subspan(row * cols, cols);
            meter.m_samples.insert(meter.m_samples.end(), values.begin(), values.end());
            if (!evidence.tokenShare.empty())
                meter.m_share.push_back(evidence.tokenShare[row]);
        }
        meter.pairGradients(evidence);
    }
    return meter;
}

void ErrorMeter::pairGradients(const UnitEvidence& evidence)
{
    const model::SampleRows& inputs = *evidence.samples;
    if (!evidence.outputGradients || inputs.sequence.size() != inputs.rows
        || inputs.position.size() != inputs.rows)
        return;
    m_outputGradients = &*evidence.outputGradients;
    using Token = std::pair<std::uint32_t, std::uint32_t>;
    std::map<Token, std::size_t> rows;
    for (std::size_t row = 0; row < m_outputGradients->sequence.size(); ++row)
        rows.emplace(Token(m_outputGradients->sequence[row], m_outputGradients->position[row]), row);
    for (std::size_t i = 0; i < m_sampleCount; ++i) {
        const std::size_t row = i * inputs.rows / m_sampleCount;
        const auto found = rows.find({inputs.sequence[row], inputs.position[row]});
        if (found != rows.end())
            m_pairs.emplace_back(i, found->second);
    }
}

std::uint64_t ErrorMeter::rowsPerPiece(std::uint64_t cols)
{
    return std::clamp<std::uint64_t>((1ULL << 20) / std::max<std::uint64_t>(cols, 1), 64, 256);
}

std::optional<double> ErrorMeter::tokenShare(std::size_t sample) const
{
    if (m_share.empty() || std::isnan(m_share[sample]))
        return std::nullopt;
    return m_share[sample];
}

Result<ErrorSums> ErrorMeter::measure(
    std::span<const float> piece, std::uint64_t firstRow, const RunContext& context) const
{
    ErrorSums sums;
    addColumns(piece, firstRow, sums);
    if (!std::isfinite(sums.squared))
        return fail(ErrorCode::Numeric, "The matrix holds NaN or Inf in rows {} to {}.", firstRow,
            firstRow + piece.size() / m_cols - 1);
    if (m_gram)
        BITWRIGHT_CHECK(addGram(piece, sums, context));
    if (m_sampleCount > 0)
        addTokens(piece, firstRow, sums);
    return sums;
}

void ErrorMeter::addColumns(std::span<const float> piece, std::uint64_t firstRow, ErrorSums& sums) const
{
    // Sums per column need no order of additions inside a row, so the compiler may use vectors.
    std::vector<double> plain(m_cols, 0.0), weighted(m_gradient ? m_cols : 0, 0.0);
    float largest = 0;
    for (std::uint64_t row = 0; row < piece.size() / m_cols; ++row) {
        const float* values = piece.data() + row * m_cols;
        const double rowWeight = m_gradient ? m_gradient->rowMeanSq[firstRow + row] : 0.0;
        for (std::uint64_t j = 0; j < m_cols; ++j) {
            const double value = static_cast<double>(values[j]);
            plain[j] += value * value;
        }
        for (std::uint64_t j = 0; j < weighted.size(); ++j) {
            const double value = static_cast<double>(values[j]);
            weighted[j] += rowWeight * (value * value);
        }
        for (std::uint64_t j = 0; j < m_cols; ++j)
            largest = std::max(largest, std::abs(values[j]));
    }
    sums.maxAbs = static_cast<double>(largest);
    for (std::uint64_t j = 0; j < m_cols; ++j) {
        sums.squared += plain[j];
        if (!m_diagonal.empty())
            sums.diagonal += m_diagonal[j] * plain[j];
        if (m_gradient)
            sums.fisher += m_gradient->colMeanSq[j] / m_gradient->meanSq * weighted[j];
    }
}

Result<void> ErrorMeter::addGram(
    std::span<const float> piece, ErrorSums& sums, const RunContext& context) const
{
    // tr(E H E^T) = <E^T E, H>. Only the lower triangle of E^T E is formed, block row by block row, which
    // halves the work of E H and uses the packed Gram as it is.
    const std::uint64_t rows = piece.size() / m_cols;
    std::vector<float> block(std::min(kGramBlock, m_cols) * m_cols);
    double total = 0;
    for (std::uint64_t begin = 0; begin < m_cols; begin += kGramBlock) {
        BITWRIGHT_CHECK(context.checkStop());
        const std::uint64_t end = std::min(m_cols, begin + kGramBlock);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, blasInt(end - begin), blasInt(end),
            blasInt(rows), 1.0F, piece.data() + begin, blasInt(m_cols), piece.data(), blasInt(m_cols), 0.0F,
            block.data(), blasInt(end));
        for (std::uint64_t i = begin; i < end; ++i) {
            const float* product = block.data() + (i - begin) * end;
            const float* gram = m_gram->lower.data() + i * (i + 1) / 2;
            double below = 0;
            for (std::uint64_t j = 0; j < i; ++j)
                below += static_cast<double>(product[j]) * static_cast<double>(gram[j]);
            total += 2.0 * below + static_cast<double>(product[i]) * static_cast<double>(gram[i]);
        }
    }
    sums.gram = total / m_gram->count;
    return {};
}

void ErrorMeter::addTokens(std::span<const float> piece, std::uint64_t firstRow, ErrorSums& sums) const
{
    const std::uint64_t rows = piece.size() / m_cols;
    std::vector<float> outputs(rows * m_sampleCount);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, blasInt(rows), blasInt(m_sampleCount),
        blasInt(m_cols), 1.0F, piece.data(), blasInt(m_cols), m_samples.data(), blasInt(m_cols), 0.0F,
        outputs.data(), blasInt(m_sampleCount));
    sums.tokens.assign(m_sampleCount, 0.0);
    for (std::uint64_t row = 0; row < rows; ++row)
        for (std::uint64_t t = 0; t < m_sampleCount; ++t) {
            const double value = static_cast<double>(outputs[row * m_sampleCount + t]);
            sums.tokens[t] += value * value;
        }
    sums.slopes.assign(m_pairs.size(), 0.0);
    for (std::size_t p = 0; p < m_pairs.size(); ++p) {
        const auto [sample, gradient] = m_pairs[p];
        const float* slopes
            = m_outputGradients->values.data() + gradient * m_outputGradients->channels + firstRow;
        for (std::uint64_t row = 0; row < rows; ++row)
            sums.slopes[p] += static_cast<double>(slopes[row])
                * static_cast<double>(outputs[row * m_sampleCount + sample]);
    }
}

} // namespace bitwright::score
