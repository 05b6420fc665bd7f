#include "core/forward/compare.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/forward/head_tile.h"
#include "core/forward/product.h"

#include <algorithm>
#include <cmath>

namespace bitwright::forward {

namespace {

/// What one tile of the vocabulary adds for one token and one set of hidden states.
struct Part
{
    ExpSum sum;
    double gap = 0; ///< weightedGap against the reference's largest of this tile; unused for the reference.
};

struct Buffers
{
    std::vector<float> weights, changedWeights, reference, changed;
};
Buffers& buffers(std::size_t weights, std::size_t logits)
{
    thread_local Buffers mine;
    for (std::vector<float>* list : {&mine.weights, &mine.changedWeights})
        if (list->size() < weights)
            list->resize(weights);
    for (std::vector<float>* list : {&mine.reference, &mine.changed})
        if (list->size() < logits)
            list->resize(logits);
    return mine;
}

/// Compares group after group of tokens. `states[0]` is the reference.
class Comparison
{
public:
    Comparison(const Model& model, const TokenBatch& batch, const std::vector<std::vector<float>>& states,
        const WeightSource* source)
        : m_model(model)
        , m_states(states)
        , m_source(source)
        , m_next(nextTokens(batch))
        , m_width(static_cast<std::size_t>(model.head().cols))
        , m_words(wordsPerTile(model.head()))
        , m_tiles(static_cast<std::size_t>(ceilDiv(model.head().rows, m_words)))
    { }

    Result<void> run(std::size_t first, std::size_t count, std::vector<std::vector<TokenDifference>>& results,
        const RunContext& context)
    {
        m_first = first;
        m_count = count;
        m_parts.assign(m_tiles * count * m_states.size(), {});
        m_nextLogits.assign(count * m_states.size(), 0.0F);
        BITWRIGHT_CHECK(parallelFor(
            m_tiles, 1, [&](const Chunk& chunk) { return runTile(chunk.begin); }, context, "Comparing"));
        for (std::size_t c = 0; c + 1 < m_states.size(); ++c)
            for (std::size_t t = 0; t < count; ++t)
                results[c][first + t] = fold(t, c + 1);
        return {};
    }

    /// Tokens of a group such that its parts take at most `bytes`.
    [[nodiscard]] std::size_t groupTokens(std::size_t bytes) const
    {
        return std::clamp<std::size_t>(bytes / (m_tiles * m_states.size() * sizeof(Part)), 1, kHeadTokens);
    }

private:
    Part& part(std::size_t tile, std::size_t token, std::size_t state)
    {
        return m_parts[(tile * m_count + token) * m_states.size() + state];
    }
    [[nodiscard]] const Part& part(std::size_t tile, std::size_t token, std::size_t state) const
    {
        return m_parts[(tile * m_count + token) * m_states.size() + state];
    }

    Result<void> runTile(std::size_t tile)
    {
        const std::uint64_t begin = tile * m_words;
        const std::uint64_t end = std::min(m_model.head().rows, begin + m_words);
        const auto words = static_cast<std::size_t>(end - begin);
        Buffers& mine = buffers(words * m_width, kTokenTile * words);
        const std::span<float> weights = std::span(mine.weights).first(words * m_width);
        const std::span<float> other = std::span(mine.changedWeights).first(words * m_width);
        BITWRIGHT_CHECK(readWeights(m_model, m_model.head(), begin, end, nullptr, weights));
        bool replaced = false;
        if (m_source != nullptr) {
            BITWRIGHT_ASSIGN(replaced, m_source->readRows(m_model.head().tensor, 0, begin, end, other));
        }
        for (std::size_t token = 0; token < m_count; token += kTokenTile) {
            const std::size_t tokens = std::min(kTokenTile, m_count - token);
            const std::span<float> reference = std::span(mine.reference).first(tokens * words);
            const std::span<float> changed = std::span(mine.changed).first(tokens * words);
            BITWRIGHT_CHECK(logits(0, token, tokens, begin, weights, reference));
            note(tile, token, tokens, begin, 0, reference, reference);
            for (std::size_t state = 1; state < m_states.size(); ++state) {
                BITWRIGHT_CHECK(logits(state, token, tokens, begin, replaced ? other : weights, changed));
                note(tile, token, tokens, begin, state, reference, changed);
            }
        }
        return {};
    }

    Result<void> logits(std::size_t state, std::size_t token, std::size_t tokens, std::uint64_t begin,
        std::span<const float> weights, std::span<float> out)
    {
        const std::size_t at = m_first + token;
        return tileLogits(m_model, std::span(m_states[state]).subspan(at * m_width, tokens * m_width), tokens,
            weights, static_cast<std::size_t>(begin), at, out);
    }

    void note(std::size_t tile, std::size_t token, std::size_t tokens, std::uint64_t begin, std::size_t state,
        std::span<const float> reference, std::span<const float> changed)
    {
        const std::size_t words = reference.size() / tokens;
        for (std::size_t t = 0; t < tokens; ++t) {
            const std::span<const float> row = changed.subspan(t * words, words);
            Part& mine = part(tile, token + t, state);
            mine.sum = expSum(row);
            mine.sum.place += static_cast<std::size_t>(begin);
            if (state > 0)
                mine.gap = weightedGap(
                    reference.subspan(t * words, words), part(tile, token + t, 0).sum.largest, row);
            const auto& next = m_next[m_first + token + t];
            if (next && *next >= begin && *next < begin + words)
                m_nextLogits[(token + t) * m_states.size() + state] = row[*next - begin];
        }
    }

    /// Joins the tiles of one token in their order.
    [[nodiscard]] TokenDifference fold(std::size_t token, std::size_t state) const
    {
        ExpSum reference = part(0, token, 0).sum;
        ExpSum changed = part(0, token, state).sum;
        for (std::size_t tile = 1; tile < m_tiles; ++tile) {
            join(reference, part(tile, token, 0).sum);
            join(changed, part(tile, token, state).sum);
        }
        double gap = 0;
        for (std::size_t tile = 0; tile < m_tiles; ++tile)
            gap += part(tile, token, state).gap
                * std::exp(static_cast<double>(part(tile, token, 0).sum.largest)
                    - static_cast<double>(reference.largest));
        TokenDifference result;
        // sum p (z - z') - ln sum exp z + ln sum exp z'
        result.divergence = std::max(0.0, gap / reference.sum - logOf(reference) + logOf(changed));
        result.referenceBest = static_cast<std::uint32_t>(reference.place);
        result.changedBest = static_cast<std::uint32_t>(changed.place);
        if (m_next[m_first + token]) {
            const float* const next = &m_nextLogits[token * m_states.size()];
            result.referenceNext = static_cast<double>(next[0]) - logOf(reference);
            result.changedNext = static_cast<double>(next[state]) - logOf(changed);
        }
        return result;
    }

    const Model& m_model;
    const std::vector<std::vector<float>>& m_states;
    const WeightSource* m_source;
    std::vector<std::optional<std::uint32_t>> m_next;
    std::size_t m_width;
    std::uint64_t m_words;
    std::size_t m_tiles;
    std::size_t m_first = 0, m_count = 0;
    std::vector<Part> m_parts; ///< tiles x tokens x states; each is written by one task.
    std::vector<float> m_nextLogits; ///< tokens x states
};

} // namespace

Result<std::vector<std::vector<TokenDifference>>> compareHeads(const Model& model, const TokenBatch& batch,
    std::span<const float> reference, std::span<const std::span<const float>> changed, const Hooks& hooks,
    const RunContext& context)
{
    if (model.head().rows == 0)
        return fail(ErrorCode::Unsupported, "A model of type \"{}\" has no language-model head.",
            model.architecture().modelType);
    BITWRIGHT_CHECK(checkBatch(model, batch));
    const Hooks unseen{hooks.weights, nullptr};
    std::vector<std::vector<float>> states;
    BITWRIGHT_ASSIGN(std::vector<float> first, finalStates(model, batch, reference, {}, context));
    states.push_back(std::move(first));
    for (const std::span<const float> one : changed) {
        BITWRIGHT_ASSIGN(std::vector<float> final, finalStates(model, batch, one, unseen, context));
        states.push_back(std::move(final));
    }
    std::vector<std::vector<TokenDifference>> results(
        changed.size(), std::vector<TokenDifference>(batch.tokens()));
    const BlasThreads single(1);
    Comparison comparison(model, batch, states, hooks.weights);
    const std::size_t group = comparison.groupTokens(context.memoryBytes() / 4);
    const auto all = static_cast<double>(batch.tokens());
    for (std::size_t at = 0; at < batch.tokens(); at += group) {
        const std::size_t count = std::min(group, batch.tokens() - at);
        const RunContext part
            = context.part(static_cast<double>(at) / all, static_cast<double>(at + count) / all);
        BITWRIGHT_CHECK(comparison.run(at, count, results, part));
    }
    return results;
}

} // namespace bitwright::forward
