#include "core/quant/quantizer.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/quant/gptq.h"
#include "core/quant/group_fit.h"
#include "core/quant/validate.h"

#include <algorithm>
#include <cmath>

namespace bitwright::quant {

namespace {

/// Weights that one worker takes at a time: small enough to balance and to cancel quickly.
constexpr std::uint64_t kWeightsPerChunk = 1U << 18;

/// Fits and encodes one row in place in `out`.
Result<void> quantizeRow(const WeightTile& weights, std::uint64_t row, Method method,
    const QuantizerSettings& settings, std::vector<ValueRange>& ranges, QuantizedMatrix& out)
{
    const GridSpec& grid = out.grid;
    const auto values = weights.values.subspan(row * weights.cols, weights.cols);
    const std::uint64_t width = grid.groupWidth(weights.cols);
    const std::uint64_t groups = out.groups();
    if (!numeric::scanGroups(values, width, ranges))
        return nonFiniteWeight(weights, row);
    const auto scales = std::span(out.scales).subspan(row * groups, groups);
    const auto zeros
        = grid.hasZeros() ? std::span(out.zeros).subspan(row * groups, groups) : std::span<std::uint8_t>();
    for (std::uint64_t g = 0; g < groups; ++g) {
        const std::uint64_t begin = g * width;
        const auto fitted = method == Method::ClipSearch
            ? searchClip(
                grid, values.subspan(begin, std::min(width, weights.cols - begin)), ranges[g], settings)
            : fitRange(grid, ranges[g]);
        if (!fitted)
            return fail(inGroup(fitted.error(), row, g));
        scales[g] = fitted->scale;
        if (!zeros.empty())
            zeros[g] = fitted->zero;
    }
    numeric::encodeRow(
        grid, values, width, scales, zeros, std::span(out.codes).subspan(row * weights.cols, weights.cols));
    return {};
}

Result<QuantizedMatrix> quantizeRows(const WeightTile& weights, const GridSpec& grid, Method method,
    const QuantizerSettings& settings, const RunContext& context)
{
    auto out = QuantizedMatrix::allocate(grid, weights.rows, weights.cols);
    if (weights.rows == 0 || weights.cols == 0)
        return out;
    const std::uint64_t rowsPerChunk = std::max<std::uint64_t>(1, kWeightsPerChunk / weights.cols);
    auto finished = parallelFor(
        weights.rows, rowsPerChunk,
        [&](const Chunk& chunk) -> Result<void> {
            std::vector<ValueRange> ranges(out.groups());
            for (std::size_t row = chunk.begin; row < chunk.end; ++row) {
                BITWRIGHT_CHECK(quantizeRow(weights, row, method, settings, ranges, out));
                // A row of a clip search can take milliseconds; a row of plain rounding cannot.
                if (method == Method::ClipSearch)
                    BITWRIGHT_CHECK(context.checkStop());
            }
            return {};
        },
        context, "quantize");
    BITWRIGHT_CHECK(finished);
    return out;
}

} // namespace

Result<QuantizedMatrix> quantize(const WeightTile& weights, const GridSpec& grid, Method method,
    const QuantizerSettings& settings, std::optional<GramView> gram, const RunContext& context)
{
    BITWRIGHT_CHECK(validateInputs(weights, grid, settings));
    if (method != Method::Gptq)
        return quantizeRows(weights, grid, method, settings, context);
    if (!gram)
        return fail(
            ErrorCode::InvalidArgument, "GPTQ needs the Gram of the tensor's inputs, and none was given.");
    if (gram->width != weights.cols)
        return fail(ErrorCode::InvalidArgument, "The Gram is {} inputs wide, the weight has {} columns.",
            gram->width, weights.cols);
    BITWRIGHT_ASSIGN(const GptqFactor factor,
        GptqFactor::make(*gram, settings, context.part(0.0, 0.3), grid.groupWidth(weights.cols)));
    return quantizeGptq(weights, grid, settings, factor, context.part(0.3, 1.0));
}

std::optional<double> ErrorSummary::sqnrDb() const
{
    if (squaredError <= 0.0 || squaredWeight <= 0.0)
        return std::nullopt;
    return 10.0 * std::log10(squaredWeight / squaredError);
}

Result<ErrorSummary> measureError(
    const WeightTile& weights, const QuantizedMatrix& quantized, const RunContext& context)
{
    if (weights.rows != quantized.rows || weights.cols != quantized.cols
        || weights.values.size() != weights.rows * weights.cols)
        return fail(ErrorCode::InvalidArgument,
            "Weights of {} x {} cannot be compared with a quantized {} x {}.", weights.rows, weights.cols,
            quantized.rows, quantized.cols);
    ErrorSummary empty;
    if (weights.values.empty())
        return empty;
    const std::uint64_t rowsPerChunk = std::max<std::uint64_t>(1, kWeightsPerChunk / weights.cols);
    return parallelReduce<ErrorSummary>(
        weights.rows, rowsPerChunk, empty,
        [&](const Chunk& chunk) -> Result<ErrorSummary> {
            ErrorSummary sum;
            std::vector<float> decoded((chunk.end - chunk.begin) * weights.cols);
            numeric::decodeRows(quantized, chunk.begin, chunk.end, decoded);
            const auto values = weights.values.subspan(chunk.begin * weights.cols, decoded.size());
            for (std::size_t i = 0; i < decoded.size(); ++i) {
                const double value = static_cast<double>(values[i]);
                const double error = static_cast<double>(decoded[i]) - value;
                sum.squaredError += error * error;
                sum.squaredWeight += value * value;
                sum.maxAbsError = std::max(sum.maxAbsError, std::abs(error));
            }
            sum.count = decoded.size();
            return sum;
        },
        [](ErrorSummary& total, ErrorSummary&& part) {
            total.squaredError += part.squaredError;
            total.squaredWeight += part.squaredWeight;
            total.maxAbsError = std::max(total.maxAbsError, part.maxAbsError);
            total.count += part.count;
        },
        context);
}

} // namespace bitwright::quant
