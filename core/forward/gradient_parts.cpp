#include "core/forward/gradient_parts.h"

#include "core/base/parallel.h"
#include "core/forward/attention.h"
#include "core/forward/kernels.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace bitwright::forward {

namespace {

constexpr std::size_t kWeightBytes = std::size_t{64} << 20; ///< Of a weight at once.
constexpr std::size_t kColumnTile = 256;

} // namespace

void normBackward(NormKind kind, double eps, std::span<const float> in, std::span<const float> weight,
    std::span<const float> gradientOut, std::span<float> gradientIn)
{
    const std::size_t width = in.size();
    double mean = 0, square = 0;
    for (const float x : in)
        mean += static_cast<double>(x);
    mean = kind == NormKind::Layer ? mean / static_cast<double>(width) : 0.0;
    for (const float x : in)
        square += (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
    const double inverse = 1.0 / std::sqrt(square / static_cast<double>(width) + eps);
    const double one = kind == NormKind::RmsPlusOne ? 1.0 : 0.0;
    const auto scaled = [&](std::size_t i) {
        return static_cast<double>(gradientOut[i]) * (one + static_cast<double>(weight[i]));
    };
    double along = 0, sum = 0;
    for (std::size_t i = 0; i < width; ++i) {
        along += scaled(i) * (static_cast<double>(in[i]) - mean) * inverse;
        sum += scaled(i);
    }
    along /= static_cast<double>(width);
    sum = kind == NormKind::Layer ? sum / static_cast<double>(width) : 0.0;
    for (std::size_t i = 0; i < width; ++i) {
        const double unit = (static_cast<double>(in[i]) - mean) * inverse;
        gradientIn[i] = static_cast<float>(inverse * (scaled(i) - sum - unit * along));
    }
}

double activationSlope(ActivationKind kind, double x)
{
    const auto sigmoid = [](double y) { return 1.0 / (1.0 + std::exp(-y)); };
    switch (kind) {
    case ActivationKind::Silu: {
        const double s = sigmoid(x);
        return s * (1.0 + x * (1.0 - s));
    }
    case ActivationKind::QuickGelu: {
        const double s = sigmoid(1.702 * x);
        return s * (1.0 + 1.702 * x * (1.0 - s));
    }
    case ActivationKind::Gelu:
        return 0.5 * (1.0 + std::erf(x * 0.70710678118654752))
            + x * 0.3989422804014327 * std::exp(-0.5 * x * x);
    case ActivationKind::GeluTanh: {
        const double t = std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x));
        return 0.5 * (1.0 + t)
            + 0.5 * x * (1.0 - t * t) * 0.7978845608028654 * (1.0 + 3.0 * 0.044715 * x * x);
    }
    case ActivationKind::Relu:
        return x > 0 ? 1.0 : 0.0;
    }
    return 0;
}

GradientSums::Sums GradientSums::zeros(model::TensorIndex tensor) const
{
    const model::TensorInfo& info = m_model.checkpoint().tensors()[tensor];
    return {std::vector<double>(static_cast<std::size_t>(info.rows()), 0.0),
        std::vector<double>(static_cast<std::size_t>(info.cols()), 0.0)};
}

void GradientSums::prepare(const Linear& linear)
{
    const StoredMatrix matrix(linear.tensor, linear.expert);
    if (!m_sums.contains(matrix))
        m_sums.emplace(matrix, zeros(linear.tensor));
}

std::vector<double> GradientSums::values(const std::vector<StoredMatrix>& matrices) const
{
    std::vector<double> values;
    for (const StoredMatrix& matrix : matrices) {
        const auto found = m_sums.find(matrix);
        const Sums sums = found == m_sums.end() ? zeros(matrix.first) : found->second;
        values.insert(values.end(), sums.rows.begin(), sums.rows.end());
        values.insert(values.end(), sums.columns.begin(), sums.columns.end());
    }
    return values;
}

void GradientSums::restore(const std::vector<StoredMatrix>& matrices, std::span<const double> values)
{
    for (const StoredMatrix& matrix : matrices) {
        Sums sums = zeros(matrix.first);
        for (auto* const part : {&sums.rows, &sums.columns}) {
            std::copy_n(values.begin(), part->size(), part->begin());
            values = values.subspan(part->size());
        }
        m_sums.insert_or_assign(matrix, std::move(sums));
    }
}

std::vector<double> GradientSums::addRows(const Linear& linear, std::uint64_t begin, std::uint64_t end,
    std::span<const float> gradient, std::size_t stride, const Rows& input)
{
    const auto rows = static_cast<std::size_t>(end - begin);
    std::vector<float> tile(rows * input.cols);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, static_cast<int>(rows), static_cast<int>(input.cols),
        static_cast<int>(input.rows), 1.0F, gradient.data(), static_cast<int>(stride), input.data,
        static_cast<int>(input.stride), 0.0F, tile.data(), static_cast<int>(input.cols));
    Sums& sums = m_sums.find({linear.tensor, linear.expert})->second; // made by prepare()
    std::vector<double> columns(input.cols, 0.0);
    for (std::size_t r = 0; r < rows; ++r) {
        double sum = 0;
        for (std::size_t c = 0; c < input.cols; ++c) {
            const double g = static_cast<double>(tile[r * input.cols + c]);
            sum += g * g;
            columns[c] += g * g;
        }
        sums.rows[static_cast<std::size_t>(linear.firstRow + begin) + r] += sum;
    }
    if (m_raw) {
        const std::scoped_lock lock(m_rawLock);
        m_raw({linear.tensor, linear.expert}, linear.firstRow + begin, linear.firstRow + end, tile);
    }
    return columns;
}

Result<void> GradientSums::show(const Linear& linear, std::uint64_t first, const Rows& rows,
    const Rows& input, std::span<const std::size_t> tokens)
{
    if (!m_outputs)
        return {};
    const std::scoped_lock lock(m_rawLock);
    return m_outputs({{linear.tensor, linear.expert}, linear.firstRow + first, m_firstToken, tokens, rows,
        input, m_losses});
}

void GradientSums::foldColumns(const Linear& linear, std::span<const double> columns)
{
    Sums& sums = m_sums[{linear.tensor, linear.expert}];
    for (std::size_t c = 0; c < columns.size(); ++c)
        sums.columns[c] += columns[c];
}

Result<void> GradientSums::add(const Linear& linear, std::span<const float> gradient, const Rows& input,
    const RunContext& context, std::span<const std::size_t> tokens)
{
    prepare(linear);
    const auto rows = static_cast<std::size_t>(linear.rows);
    BITWRIGHT_CHECK(show(linear, 0, {gradient.data(), input.rows, rows, rows}, input, tokens));
    constexpr std::size_t kRows = 128;
    std::vector<std::vector<double>> columns(chunkCount(rows, kRows));
    BITWRIGHT_CHECK(parallelFor(
        rows, kRows,
        [&](const Chunk& chunk) -> Result<void> {
            columns[chunk.index]
                = addRows(linear, chunk.begin, chunk.end, gradient.subspan(chunk.begin), rows, input);
            return {};
        },
        context));
    for (const auto& part : columns)
        foldColumns(linear, part);
    return {};
}

std::vector<model::GradientFactors> GradientSums::factors(
    const std::vector<StoredMatrix>& matrices, std::uint64_t batches) const
{
    std::vector<model::GradientFactors> result;
    for (const StoredMatrix& matrix : matrices) {
        const auto found = m_sums.find(matrix);
        if (found == m_sums.end())
            continue;
        const Sums& sums = found->second;
        model::GradientFactors factors;
        factors.tensor = model::matrixName(m_model.checkpoint().tensors()[matrix.first], matrix.second);
        factors.batches = batches;
        const auto rows = static_cast<double>(sums.rows.size()),
                   columns = static_cast<double>(sums.columns.size());
        double total = 0;
        for (const double sum : sums.rows) {
            factors.rowMeanSq.push_back(sum / columns / static_cast<double>(batches));
            total += factors.rowMeanSq.back();
        }
        for (const double sum : sums.columns)
            factors.colMeanSq.push_back(sum / rows / static_cast<double>(batches));
        factors.meanSq = total / rows;
        result.push_back(std::move(factors));
    }
    return result;
}

Result<void> backThrough(const Model& model, const Linear& linear, std::span<const float> gradient,
    std::span<float> out, const Hooks& hooks, const RunContext& context)
{
    const auto rows = static_cast<std::size_t>(linear.rows), cols = static_cast<std::size_t>(linear.cols);
    const std::size_t tokens = gradient.size() / rows;
    const std::size_t step = std::clamp<std::size_t>(kWeightBytes / sizeof(float) / cols, 1, rows);
    std::vector<float> weights(step * cols);
    for (std::size_t begin = 0; begin < rows; begin += step) {
        const std::size_t count = std::min(step, rows - begin);
        BITWRIGHT_CHECK(parallelFor(
            count, static_cast<std::size_t>(tileRows(linear)),
            [&](const Chunk& chunk) {
                return readWeights(model, linear, begin + chunk.begin, begin + chunk.end, hooks.weights,
                    std::span(weights).subspan(chunk.begin * cols, (chunk.end - chunk.begin) * cols));
            },
            context));
        BITWRIGHT_CHECK(parallelFor(
            cols, kColumnTile,
            [&](const Chunk& chunk) -> Result<void> {
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(tokens),
                    static_cast<int>(chunk.end - chunk.begin), static_cast<int>(count), 1.0F,
                    gradient.data() + begin, static_cast<int>(rows), weights.data() + chunk.begin,
                    static_cast<int>(cols), 1.0F, out.data() + chunk.begin, static_cast<int>(cols));
                return {};
            },
            context));
    }
    return {};
}

namespace {

/// One head's share: probabilities and their gradients, tokens x tokens.
struct HeadBuffers
{
    std::vector<float> probabilities, slopes, gradients;
};

/// Probabilities, and slopes of the soft cap (1 where there is none); 0 outside of what a query sees.
void headForward(
    const Architecture& a, std::size_t tokens, const AttentionGradient& parts, HeadBuffers& buffers)
{
    const auto cap = static_cast<float>(a.attentionSoftcap.value_or(0.0));
    const auto scale = static_cast<float>(parts.scale);
    buffers.slopes.assign(cap > 0 ? tokens * tokens : 0, 0.0F);
    for (std::size_t q = 0; q < tokens; ++q) {
        const std::span<float> row = std::span(buffers.probabilities).subspan(q * tokens, tokens);
        const Visible seen = visibleKeys(q, tokens, a.causal, parts.window);
        std::fill(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(seen.first), 0.0F);
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(seen.end), row.end(), 0.0F);
        if (cap > 0)
            for (std::size_t k = seen.first; k < seen.end; ++k) {
                const float t = std::tanh(row[k] * scale / cap);
                buffers.slopes[q * tokens + k] = 1.0F - t * t;
            }
        softmax(row.subspan(seen.first, seen.end - seen.first), scale, cap);
    }
}

/// d scores (before scaling) from d probabilities, in place.
void scoreGradients(std::size_t tokens, double scale, HeadBuffers& buffers)
{
    for (std::size_t q = 0; q < tokens; ++q) {
        const float* const p = buffers.probabilities.data() + q * tokens;
        float* const g = buffers.gradients.data() + q * tokens;
        double mean = 0;
        for (std::size_t k = 0; k < tokens; ++k)
            mean += static_cast<double>(p[k]) * static_cast<double>(g[k]);
        for (std::size_t k = 0; k < tokens; ++k) {
            double value = static_cast<double>(p[k]) * (static_cast<double>(g[k]) - mean) * scale;
            if (!buffers.slopes.empty())
                value *= static_cast<double>(buffers.slopes[q * tokens + k]);
            g[k] = static_cast<float>(value);
        }
    }
}

} // namespace

Result<void> attendBackward(const Architecture& architecture, std::size_t tokens,
    const AttentionGradient& parts, const RunContext& context)
{
    const auto dim = static_cast<int>(architecture.headDim);
    const auto n = static_cast<int>(tokens);
    const auto queryStride = static_cast<int>(architecture.heads * architecture.headDim);
    const auto keyStride = static_cast<int>(architecture.keyValueHeads * architecture.headDim);
    const std::size_t shared = architecture.heads / architecture.keyValueHeads;
    // One task per key-value head, whose gradients sum over the queries that share it.
    return parallelFor(
        static_cast<std::size_t>(architecture.keyValueHeads), 1,
        [&](const Chunk& chunk) -> Result<void> {
            const std::size_t keyAt = chunk.begin * architecture.headDim;
            HeadBuffers buffers;
            buffers.probabilities.resize(tokens * tokens);
            buffers.gradients.resize(tokens * tokens);
            for (std::size_t i = 0; i < shared; ++i) {
                BITWRIGHT_CHECK(context.checkStop());
                const std::size_t queryAt = (chunk.begin * shared + i) * architecture.headDim;
                const float beta = i == 0 ? 0.0F : 1.0F;
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, dim, 1.0F,
                    parts.queries.data() + queryAt, queryStride, parts.keys.data() + keyAt, keyStride, 0.0F,
                    buffers.probabilities.data(), n);
                headForward(architecture, tokens, parts, buffers);
                cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, dim, n, 1.0F,
                    buffers.probabilities.data(), n, parts.gradientOut.data() + queryAt, queryStride, beta,
                    parts.gradientValues.data() + keyAt, keyStride);
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, dim, 1.0F,
                    parts.gradientOut.data() + queryAt, queryStride, parts.values.data() + keyAt, keyStride,
                    0.0F, buffers.gradients.data(), n);
                scoreGradients(tokens, parts.scale, buffers);
                cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, dim, n, 1.0F,
                    buffers.gradients.data(), n, parts.keys.data() + keyAt, keyStride, 0.0F,
                    parts.gradientQueries.data() + queryAt, queryStride);
                cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, dim, n, 1.0F,
                    buffers.gradients.data(), n, parts.queries.data() + queryAt, queryStride, beta,
                    parts.gradientKeys.data() + keyAt, keyStride);
            }
            return {};
        },
        context);
}

} // namespace bitwright::forward
