#include "core/forward/forward.h"

#include "core/base/parallel.h"
#include "core/forward/kernels.h"
#include "core/forward/product.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitwright::forward {

namespace {

/// One row of a table that is looked up by number.
Result<void> lookUp(
    const Model& model, const Linear& table, std::uint64_t row, const Hooks& hooks, std::span<float> out)
{
    BITWRIGHT_CHECK(readWeights(model, table, row, row + 1, hooks.weights, out));
    if (allFinite(out))
        return {};
    auto broken = brokenWeight(model, table, row, out);
    return broken ? fail(std::move(*broken)) : Result<void>();
}

/// Adds the learned position and the token type of the token at `position` of its sequence.
Result<void> addTables(const Model& model, std::size_t position, const Hooks& hooks, std::span<float> out)
{
    const Architecture& a = model.architecture();
    std::vector<float> row(out.size());
    if (a.position == PositionKind::Learned) {
        BITWRIGHT_CHECK(lookUp(model, model.positionTable(), position + a.positionOffset, hooks, row));
        addScaled(out, row, 1.0F);
    }
    if (a.tokenTypes > 0) {
        BITWRIGHT_CHECK(lookUp(model, model.typeTable(), 0, hooks, row));
        addScaled(out, row, 1.0F);
    }
    if (a.embeddingNorm)
        normRow(a.norm, a.normEps, out, model.embeddingNorm().weight, model.embeddingNorm().bias, out);
    return {};
}

/// Embeddings before positions: tokens x embeddingWidth.
Result<std::vector<float>> lookUpAll(
    const Model& model, const TokenBatch& batch, const Hooks& hooks, const RunContext& context)
{
    const Architecture& a = model.architecture();
    const auto width = static_cast<std::size_t>(a.embeddingWidth);
    std::vector<float> values(batch.tokens() * width);
    BITWRIGHT_CHECK(parallelFor(
        batch.tokens(), 64,
        [&](const Chunk& chunk) -> Result<void> {
            for (std::size_t t = chunk.begin; t < chunk.end; ++t) {
                const std::span<float> row = std::span(values).subspan(t * width, width);
                BITWRIGHT_CHECK(lookUp(model, model.embedding(), batch.ids[t], hooks, row));
                if (a.embeddingScale != 1.0)
                    for (float& x : row)
                        x *= static_cast<float>(a.embeddingScale);
            }
            return {};
        },
        context));
    return values;
}

/// values x W^T for OPT's projections between the width of the embeddings and of the blocks.
Result<std::vector<float>> project(const Model& model, const Linear& linear, const std::vector<float>& values,
    const Hooks& hooks, const RunContext& context)
{
    const auto cols = static_cast<std::size_t>(linear.cols);
    const Rows input{values.data(), values.size() / cols, cols, cols};
    std::vector<float> out(input.rows * linear.rows);
    const std::array<Product, 1> products{Product{&linear, out.data(), linear.rows}};
    const BlasThreads single(1);
    BITWRIGHT_CHECK(multiplyAll(model, input, products, {}, hooks, context));
    return out;
}

/// Hidden states of all tokens, and their normed copy for the head, may take half of the budget.
Result<void> checkStates(const Model& model, const TokenBatch& batch, const RunContext& context)
{
    const std::size_t bytes = 2 * batch.tokens() * model.architecture().hidden * sizeof(float);
    const std::size_t budget = context.memoryBytes() / 2;
    if (bytes > budget)
        return fail(Error{ErrorCode::OutOfMemory,
            fmt::format("The hidden states of {} tokens need {} MiB, half of the memory budget is {} MiB.",
                batch.tokens(), bytes >> 20U, budget >> 20U),
            {}, {}, {}, "Give more memory or fewer tokens."});
    return {};
}

} // namespace

void TokenBatch::add(std::span<const std::uint32_t> sequence)
{
    ids.insert(ids.end(), sequence.begin(), sequence.end());
    starts.push_back(ids.size());
}

Result<void> checkBatch(const Model& model, const TokenBatch& batch)
{
    const Architecture& a = model.architecture();
    if (batch.tokens() == 0)
        return fail(ErrorCode::InvalidArgument, "There are no tokens to run the model on.");
    if (batch.starts.size() < 2 || batch.starts.front() != 0 || batch.starts.back() != batch.tokens())
        return fail(ErrorCode::InvalidArgument, "The sequences do not cover the {} tokens.", batch.tokens());
    // Only dynamic scaling is made for sequences beyond the positions of the file.
    bool bounded = a.ropes.empty();
    for (const Rope& rope : a.ropes)
        bounded = bounded || rope.kind != RopeKind::Dynamic;
    for (std::size_t s = 0; s + 1 < batch.starts.size(); ++s) {
        if (batch.starts[s + 1] <= batch.starts[s])
            return fail(ErrorCode::InvalidArgument, "Sequence {} has no tokens.", s);
        const std::size_t length = batch.starts[s + 1] - batch.starts[s];
        if (bounded && length > a.positions)
            return fail(ErrorCode::OutOfRange, "Sequence {} has {} tokens, the model has positions for {}.",
                s, length, a.positions);
    }
    for (std::size_t t = 0; t < batch.tokens(); ++t) {
        if (batch.ids[t] >= a.vocabulary)
            return fail(ErrorCode::OutOfRange, "Token {} has the id {}, the vocabulary has {} words.", t,
                batch.ids[t], a.vocabulary);
    }
    return {};
}

Result<std::vector<float>> embed(
    const Model& model, const TokenBatch& batch, const Hooks& hooks, const RunContext& context)
{
    const Architecture& a = model.architecture();
    BITWRIGHT_CHECK(checkBatch(model, batch));
    BITWRIGHT_CHECK(checkStates(model, batch, context));
    BITWRIGHT_ASSIGN(std::vector<float> values, lookUpAll(model, batch, hooks, context));
    if (model.projectIn().rows > 0) {
        BITWRIGHT_ASSIGN(values, project(model, model.projectIn(), values, hooks, context));
    }
    const auto width = static_cast<std::size_t>(a.hidden);
    BITWRIGHT_CHECK(parallelFor(
        batch.sequences(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            for (std::size_t t = batch.starts[chunk.begin]; t < batch.starts[chunk.begin + 1]; ++t)
                BITWRIGHT_CHECK(addTables(model, t - batch.starts[chunk.begin], hooks,
                    std::span(values).subspan(t * width, width)));
            return {};
        },
        context));
    return values;
}

Result<std::vector<float>> finalStates(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, const Hooks& hooks, const RunContext& context)
{
    const Architecture& a = model.architecture();
    const auto width = static_cast<std::size_t>(a.hidden);
    if (hidden.size() != batch.tokens() * width)
        return fail(ErrorCode::InvalidArgument, "{} hidden values for {} tokens of {}.", hidden.size(),
            batch.tokens(), width);
    std::vector<float> states(hidden.begin(), hidden.end());
    if (a.finalNorm)
        for (std::size_t t = 0; t < batch.tokens(); ++t) {
            const std::span<float> row = std::span(states).subspan(t * width, width);
            normRow(a.norm, a.normEps, row, model.finalNorm().weight, model.finalNorm().bias, row);
        }
    if (model.projectOut().rows > 0)
        return project(model, model.projectOut(), states, hooks, context);
    return states;
}

std::optional<double> perplexityOf(std::span<const TokenResult> results)
{
    double sum = 0;
    std::size_t count = 0;
    for (const TokenResult& result : results) {
        if (result.nextLogProbability) {
            sum += *result.nextLogProbability;
            ++count;
        }
    }
    if (count == 0)
        return std::nullopt;
    return std::exp(-sum / static_cast<double>(count));
}

} // namespace bitwright::forward
