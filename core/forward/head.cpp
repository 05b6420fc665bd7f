#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/forward/forward.h"
#include "core/forward/kernels.h"
#include "core/forward/product.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace bitwright::forward {

namespace {

/// Tokens whose partial sums are held at once; the head's weights are read once for them.
constexpr std::size_t kHeadTokens = 2048;
constexpr std::size_t kHeadTileBytes = std::size_t{2} << 20;

std::uint64_t wordsPerTile(const Linear& head)
{
    const std::uint64_t fitting = kHeadTileBytes / sizeof(float) / head.cols;
    return std::clamp<std::uint64_t>(fitting, 16, 1024);
}

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
        , m_batch(batch)
        , m_states(states)
        , m_hooks(hooks)
        , m_sink(sink)
        , m_width(static_cast<std::size_t>(model.head().cols))
        , m_words(wordsPerTile(model.head()))
        , m_tiles(static_cast<std::size_t>(ceilDiv(model.head().rows, m_words)))
    {
        m_next.resize(batch.tokens());
        for (std::size_t s = 0; s < batch.sequences(); ++s)
            for (std::size_t t = batch.starts[s]; t + 1 < batch.starts[s + 1]; ++t)
                m_next[t] = batch.ids[t + 1];
    }

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
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(tokens),
                static_cast<int>(words), static_cast<int>(m_width), 1.0F,
                m_states.data() + (m_first + token) * m_width, static_cast<int>(m_width), weights.data(),
                static_cast<int>(m_width), 0.0F, logits.data(), static_cast<int>(words));
            if (m_model.architecture().logitSoftcap)
                softcap(logits, static_cast<float>(*m_model.architecture().logitSoftcap));
            BITWRIGHT_CHECK(take(tile, token, tokens, static_cast<std::size_t>(begin), words, logits));
        }
        return {};
    }

    Result<void> take(std::size_t tile, std::size_t token, std::size_t tokens, std::size_t begin,
        std::size_t words, std::span<const float> logits)
    {
        for (std::size_t t = 0; t < tokens; ++t) {
            const std::span<const float> row = logits.subspan(t * words, words);
            if (!allFinite(row))
                return fail(Error{ErrorCode::Numeric,
                    fmt::format("The logits of words {} to {} are NaN or infinite at token {} of the batch.",
                        begin, begin + words, m_first + token + t),
                    m_model.checkpoint().path(), m_model.checkpoint().tensors()[m_model.head().tensor].name,
                    {}, {}});
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
        for (std::size_t tile = 1; tile < m_tiles; ++tile) {
            const ExpSum& part = m_sums[tile * m_count + token];
            if (part.largest > whole.largest) {
                whole.sum = whole.sum
                        * std::exp(static_cast<double>(whole.largest) - static_cast<double>(part.largest))
                    + part.sum;
                whole.largest = part.largest;
                whole.place = part.place;
            } else {
                whole.sum += part.sum
                    * std::exp(static_cast<double>(part.largest) - static_cast<double>(whole.largest));
            }
        }
        TokenResult result;
        result.logSumExp = static_cast<double>(whole.largest) + std::log(whole.sum);
        result.largestLogit = whole.largest;
        result.best = static_cast<std::uint32_t>(whole.place);
        if (m_next[m_first + token])
            result.nextLogProbability = static_cast<double>(m_nextLogits[token]) - result.logSumExp;
        return result;
    }

    const Model& m_model;
    const TokenBatch& m_batch;
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
