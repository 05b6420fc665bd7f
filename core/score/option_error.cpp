#include "core/score/option_error.h"

#include "core/base/parallel.h"
#include "core/quant/gptq.h"
#include "core/score/error_tile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::score {

namespace {

using quant::GptqFactor;
using quant::Method;
using quant::Option;

/// An option that will be measured, with the GPTQ factor that it shares with others of the same settings.
struct Candidate
{
    const Option* option = nullptr;
    std::optional<GptqFactor> factor;
};

bool needsGram(const Option& option)
{
    return option.needsGram || option.method == Method::Gptq;
}

/// The options that the evidence allows, in order; "keep" is no candidate because nothing needs to be
/// measured.
Result<std::vector<Candidate>> candidatesOf(
    const std::vector<Option>& options, const UnitEvidence& evidence, const RunContext& context)
{
    std::vector<Candidate> candidates;
    for (const Option& option : options) {
        if (!option.grid)
            continue;
        Candidate candidate{&option, {}};
        if (needsGram(option)) {
            if (!evidence.gram)
                continue;
            const std::uint64_t width = evidence.gram->width;
            const auto same = std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& other) {
                return other.factor
                    && quant::sameFactor(other.option->settings, other.option->grid->groupWidth(width),
                        option.settings, option.grid->groupWidth(width));
            });
            if (same != candidates.end()) {
                candidate.factor = same->factor;
            } else {
                const quant::GramView gram{evidence.gram->lower, evidence.gram->width, evidence.gram->count};
                BITWRIGHT_ASSIGN(candidate.factor,
                    GptqFactor::make(gram, option.settings, context, option.grid->groupWidth(width)));
            }
        }
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

/// Decoded minus original weights of a tile.
Result<std::vector<float>> errorOf(
    const Candidate& candidate, const quant::WeightTile& weights, const RunContext& context)
{
    const Option& option = *candidate.option;
    auto quantized = candidate.factor
        ? quant::quantizeGptq(weights, *option.grid, option.settings, *candidate.factor, context)
        : quant::quantize(weights, *option.grid, option.method, option.settings, std::nullopt, context);
    if (!quantized)
        return fail(std::move(quantized).error());
    std::vector<float> error(weights.values.size());
    numeric::decodeRows(*quantized, 0, weights.rows, error);
    for (std::size_t i = 0; i < error.size(); ++i)
        error[i] -= weights.values[i];
    return error;
}

/// Measures one row tile with the original weights (sums[0]) and every candidate (sums[1..]). Chunks are
/// (piece of rows, candidate) pairs of fixed size, folded in order of rows.
Result<void> measureTile(std::span<const float> tile, std::uint64_t firstRow, std::uint64_t cols,
    const std::vector<Candidate>& candidates, const ErrorMeter& meter, std::vector<ErrorSums>& sums,
    const RunContext& context)
{
    const std::uint64_t rows = tile.size() / cols;
    const std::uint64_t pieceRows = ErrorMeter::rowsPerPiece(cols);
    const std::size_t kinds = candidates.size() + 1;
    const std::size_t pieces = chunkCount(rows, pieceRows);
    std::vector<ErrorSums> partial(pieces * kinds);
    const RunContext serial = context.serial();
    BITWRIGHT_CHECK(parallelFor(
        partial.size(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            const std::uint64_t begin = chunk.index / kinds * pieceRows;
            const std::uint64_t count = std::min(pieceRows, rows - begin);
            const quant::WeightTile weights{tile.subspan(begin * cols, count * cols), count, cols};
            const std::size_t kind = chunk.index % kinds;
            if (kind == 0) {
                BITWRIGHT_ASSIGN(
                    partial[chunk.index], meter.measure(weights.values, firstRow + begin, serial));
                return {};
            }
            BITWRIGHT_ASSIGN(const auto error, errorOf(candidates[kind - 1], weights, serial));
            BITWRIGHT_ASSIGN(partial[chunk.index], meter.measure(error, firstRow + begin, serial));
            return {};
        },
        context));
    for (std::size_t i = 0; i < partial.size(); ++i)
        sums[i % kinds].add(partial[i]);
    return {};
}

/// Streams the matrix through measureTile.
Result<std::vector<ErrorSums>> measureMatrix(const model::MatrixReader& matrix,
    const std::vector<Candidate>& candidates, const ErrorMeter& meter, const RunContext& context)
{
    // A tile needs its floats once; pieces in work need codes, decoded values and products besides.
    constexpr std::uint64_t kLargestTile = 256ULL << 20;
    const std::uint64_t pieceRows = ErrorMeter::rowsPerPiece(matrix.cols());
    const std::uint64_t bytes = std::min<std::uint64_t>(kLargestTile, context.memoryBytes() / 8);
    const std::uint64_t tileRows
        = std::max<std::uint64_t>(1, matrix.rowsPerTile(bytes) / pieceRows) * pieceRows;
    std::vector<ErrorSums> sums(candidates.size() + 1);
    std::vector<float> tile;
    const BlasThreads blas(1);
    for (std::uint64_t begin = 0; begin < matrix.rows(); begin += tileRows) {
        const std::uint64_t end = std::min(matrix.rows(), begin + tileRows);
        tile.resize((end - begin) * matrix.cols());
        BITWRIGHT_CHECK(matrix.readRows(begin, end, tile));
        const double total = static_cast<double>(matrix.rows());
        const RunContext part
            = context.part(static_cast<double>(begin) / total, static_cast<double>(end) / total);
        BITWRIGHT_CHECK(measureTile(tile, begin, matrix.cols(), candidates, meter, sums, part));
        context.report(static_cast<double>(end) / total, "measuring options");
    }
    return sums;
}

/// Combines per-token energies with those of the unquantized output. Tokens whose output is zero say nothing.
void addTokenMeasures(
    OptionError& error, const ErrorSums& sums, const ErrorSums& reference, const ErrorMeter& meter)
{
    double relative = 0, weighted = 0;
    std::uint64_t tokens = 0, weightedTokens = 0;
    for (std::size_t t = 0; t < reference.tokens.size(); ++t) {
        if (!(reference.tokens[t] > 0))
            continue;
        const double ratio = sums.tokens[t] / reference.tokens[t];
        relative += ratio;
        ++tokens;
        if (const auto share = meter.tokenShare(t)) {
            weighted += ratio * *share;
            ++weightedTokens;
        }
    }
    if (tokens > 0)
        error.tokenRelative = relative / static_cast<double>(tokens);
    if (weightedTokens > 0)
        error.residual = weighted / static_cast<double>(weightedTokens);
}

OptionError resultOf(
    const std::string& option, const ErrorSums& sums, const ErrorSums& reference, const ErrorMeter& meter)
{
    OptionError error;
    error.option = option;
    error.squaredError = sums.squared;
    error.weightEnergy = reference.squared;
    error.maxAbsError = sums.maxAbs;
    if (meter.hasDiagonal())
        error.actDiag = sums.diagonal;
    if (meter.hasGram()) {
        error.actGram = sums.gram;
        error.gramEnergy = reference.gram;
    }
    if (meter.hasGradient())
        error.fisher = sums.fisher;
    if (meter.hasOutputGradients()) {
        double squares = 0;
        for (const double slope : sums.slopes)
            squares += slope * slope;
        error.trueFisher = squares / (2.0 * static_cast<double>(reference.slopes.size()));
    }
    addTokenMeasures(error, sums, reference, meter);
    return error;
}

} // namespace

double OptionError::sqnrDb() const
{
    if (squaredError == 0)
        return std::numeric_limits<double>::infinity();
    return 10.0 * std::log10(weightEnergy / squaredError);
}

Result<std::vector<OptionError>> measureOptions(const model::MatrixReader& matrix,
    const UnitEvidence& evidence, const std::vector<Option>& options, const RunContext& context)
{
    const auto named = [&](Error error) { return fail(std::move(error).inTensor(matrix.info().name)); };
    auto meter = ErrorMeter::make(evidence, matrix.rows(), matrix.cols());
    if (!meter)
        return named(std::move(meter).error());
    auto candidates = candidatesOf(options, evidence, context);
    if (!candidates)
        return named(std::move(candidates).error());
    auto sums = measureMatrix(matrix, *candidates, *meter, context);
    if (!sums)
        return named(std::move(sums).error());
    const ErrorSums& reference = sums->front();
    std::vector<OptionError> errors;
    std::size_t next = 0;
    for (const Option& option : options) {
        if (!option.grid) {
            ErrorSums nothing;
            nothing.tokens.assign(reference.tokens.size(), 0.0);
            errors.push_back(resultOf(option.id, nothing, reference, *meter));
        } else if (next < candidates->size() && (*candidates)[next].option == &option) {
            errors.push_back(resultOf(option.id, (*sums)[next + 1], reference, *meter));
            ++next;
        }
    }
    return errors;
}

} // namespace bitwright::score
