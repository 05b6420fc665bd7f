#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/forward/forward.h"
#include "core/forward/head_tile.h"
#include "core/forward/product.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace bitwright::forward {

namespace {

struct Buffers
{
    std::vector<float> weights, logits;
};
Buffers& buffers(std::size_t weights, std::size_t logits)
{
    thread_local Buffers mine;
    if (mine.weights.size() < weights)
        mine.weights.resize(weights);
    if (mine.logits.size() < logits)
        mine.logits.resize(logits);
    return mine;
}

/// The head on tokens [m_first, m_first + m_count) of the batch.
class HeadRun
{
public:
    HeadRun(const Model& model, const TokenBatch& batch, std::span<const float> states, const Hooks& hooks,
        const LogitsSink& sink)
        : m_model(model)
        , m_states(states)
        , m_hooks(hooks)
        , m_sink(sink)
        , m_width(static_cast<std::size_t>(model.head().cols))
        , m_words(wordsPerTile(model.head()))
        , m_tiles(static_cast<std::size_t>(ceilDiv(model.head().rows, m_words)))
        , m_next(nextTokens(batch))
    { }

    Result<void> run(
        std::size_t first, std::size_t count, std::vector<TokenResult>& results, const RunContext& context)
    {
        m_first = first;
        m_count = count;
        m_sums.assign(m_tiles * count, {});
        m_nextLogits.assign(count, 0.0F);
        BITWRIGHT_CHECK(parallelFor(
            m_tiles, 1, [&](const Chunk& chunk) { return runTile(chunk.begin); }, context,
            "Running the head"));
        for (std::size_t t = 0; t < count; ++t)
            results[first + t] = fold(t);
        return {};
    }

private:
    Result<void> runTile(std::size_t tile)
    {
        const std::uint64_t begin = tile * m_words;
        const std::uint64_t end = std::min(m_model.head().rows, begin + m_words);
        const auto words = static_cast<std::size_t>(end - begin);
        Buffers& mine = buffers(words * m_width, kTokenTile * words);
        const std::span<float> weights = std::span(mine.weights).first(words * m_width);
        BITWRIGHT_CHECK(readWeights(m_model, m_model.head(), begin, end, m_hooks.weights, weights));
        for (std::size_t token = 0; token < m_count; token += kTokenTile) {
            const std::size_t tokens = std::min(kTokenTile, m_count - token);
            const std::span<float> logits = std::span(mine.logits).first(tokens * words);
            const std::size_t at = m_first + token;
            BITWRIGHT_CHECK(tileLogits(m_model, m_states.subspan(at * m_width, tokens * m_width), tokens,
                weights, static_cast<std::size_t>(begin), at, logits));
            BITWRIGHT_CHECK(take(tile, token, tokens, static_cast<std::size_t>(begin), words, logits));
        }
        return {};
    }

    Result<void> take(std::size_t tile, std::size_t token, std::size_t tokens, std::size_t begin,
        std::size_t words, std::span<const float> logits)
    {
        for (std::size_t t = 0; t < tokens; ++t) {
            const std::span<const float> row = logits.subspan(t * words, words);
            ExpSum sum = expSum(row);
            sum.place += begin;
            m_sums[tile * m_count + token + t] = sum;
            const auto& next = m_next[m_first + token + t];
            if (next && *next >= begin && *next < begin + words)
                m_nextLogits[token + t] = row[*next - begin];
        }
        if (m_sink)
            return m_sink({m_first + token, tokens, begin, words, logits});
        return {};
    }

    /// Joins the tiles of one token in their order.
    [[nodiscard]] TokenResult fold(std::size_t token) const
    {
        ExpSum whole = m_sums[token];
        for (std::size_t tile = 1; tile < m_tiles; ++tile)
            join(whole, m_sums[tile * m_count + token]);
        TokenResult result;
        result.logSumExp = logOf(whole);
        result.largestLogit = whole.largest;
        result.best = static_cast<std::uint32_t>(whole.place);
        if (m_next[m_first + token])
            result.nextLogProbability = static_cast<double>(m_nextLogits[token]) - result.logSumExp;
        return result;
    }

    const Model& m_model;
    std::span<const float> m_states;
    const Hooks& m_hooks;
    const LogitsSink& m_sink;
    std::size_t m_width;
    std::uint64_t m_words;
    std::size_t m_tiles;
    std::size_t m_first = 0, m_count = 0;
    std::vector<std::optional<std::uint32_t>> m_next; ///< Per token of the batch.
    std::vector<ExpSum> m_sums; ///< tiles x tokens; each is written by one task.
    std::vector<float> m_nextLogits;
};

} // namespace

std::uint64_t wordsPerTile(const Linear& head)
{
    constexpr std::size_t kTileBytes = std::size_t{2} << 20;
    const std::uint64_t fitting = kTileBytes / sizeof(float) / head.cols;
    return std::clamp<std::uint64_t>(fitting, 16, 1024);
}

std::vector<std::optional<std::uint32_t>> nextTokens(const TokenBatch& batch)
{
    std::vector<std::optional<std::uint32_t>> next(batch.tokens());
    for (std::size_t s = 0; s < batch.sequences(); ++s)
        for (std::size_t t = batch.starts[s]; t + 1 < batch.starts[s + 1]; ++t)
            next[t] = batch.ids[t + 1];
    return next;
}

Result<void> tileLogits(const Model& model, std::span<const float> states, std::size_t tokens,
    std::span<const float> weights, std::size_t firstWord, std::size_t firstToken, std::span<float> logits)
{
    const std::size_t words = logits.size() / tokens;
    const auto width = static_cast<int>(model.head().cols);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(tokens), static_cast<int>(words),
        width, 1.0F, states.data(), width, weights.data(), width, 0.0F, logits.data(),
        static_cast<int>(words));
    if (model.architecture().logitSoftcap)
        softcap(logits, static_cast<float>(*model.architecture().logitSoftcap));
    for (std::size_t t = 0; t < tokens; ++t) {
        if (!allFinite(logits.subspan(t * words, words))) {
            if (auto broken = brokenWeight(model, model.head(), firstWord, weights))
                return fail(std::move(*broken));
            return fail(Error{ErrorCode::Numeric,
                fmt::format("The logits of words {} to {} are NaN or infinite at token {} of the batch.",
                    firstWord, firstWord + words - 1, firstToken + t),
                model.checkpoint().path(), model.checkpoint().tensors()[model.head().tensor].name, {}, {}});
        }
    }
    return {};
}

void join(ExpSum& whole, const ExpSum& part)
{
    const double gap = static_cast<double>(part.largest) - static_cast<double>(whole.largest);
    if (gap > 0) {
        whole.sum = whole.sum * std::exp(-gap) + part.sum;
        whole.largest = part.largest;
        whole.place = part.place;
    } else {
        whole.sum += part.sum * std::exp(gap);
    }
}

double logOf(const ExpSum& sum)
{
    return static_cast<double>(sum.largest) + std::log(sum.sum);
}

Result<std::vector<TokenResult>> runHead(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, const Hooks& hooks, const RunContext& context, const LogitsSink& sink)
{
    if (model.head().rows == 0)
        return fail(ErrorCode::Unsupported, "A model of type \"{}\" has no language-model head.",
            model.architecture().modelType);
    BITWRIGHT_CHECK(checkBatch(model, batch));
    BITWRIGHT_ASSIGN(const std::vector<float> states, finalStates(model, batch, hidden, hooks, context));
    const auto width = static_cast<std::size_t>(model.head().cols);
    if (hooks.observer != nullptr)
        BITWRIGHT_CHECK(hooks.observer->linearInput({model.head().tensor, 0, std::nullopt,
            Rows{states.data(), batch.tokens(), width, width}, 0, {}}));
    std::vector<TokenResult> results(batch.tokens());
    const BlasThreads single(1);
    HeadRun run(model, batch, states, hooks, sink);
    for (std::size_t first = 0; first < batch.tokens(); first += kHeadTokens) {
        const std::size_t count = std::min(kHeadTokens, batch.tokens() - first);
        const double all = static_cast<double>(batch.tokens());
        const RunContext part
            = context.part(static_cast<double>(first) / all, static_cast<double>(first + count) / all);
        BITWRIGHT_CHECK(run.run(first, count, results, part));
    }
    return results;
}

} // namespace bitwright::forward
