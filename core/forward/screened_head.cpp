#include "core/forward/screened_head.h"

#include "core/base/parallel.h"
#include "core/forward/head_tile.h"
#include "core/forward/product.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace bitwright::forward {

namespace {

constexpr std::size_t kGroups = 8;
/// Share of the sampling probability that does not follow the reference: a change may raise any word.
constexpr double kEvenShare = 0.5;

/// Mean over tokens of the reference's probability of every word, from a second pass of the head.
Result<std::vector<double>> meanProbabilities(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, std::span<const TokenResult> reference, const RunContext& context)
{
    std::vector<double> mass(static_cast<std::size_t>(model.head().rows), 0.0);
    // A word belongs to one tile, and the groups of tokens of a tile come one after the other.
    const LogitsSink sink = [&](const LogitsTile& tile) -> Result<void> {
        for (std::size_t t = 0; t < tile.tokens; ++t) {
            const auto shift = static_cast<float>(reference[tile.firstToken + t].logSumExp);
            const std::span<const float> row = tile.values.subspan(t * tile.words, tile.words);
            for (std::size_t w = 0; w < tile.words; ++w)
                mass[tile.firstWord + w] += static_cast<double>(std::exp(row[w] - shift));
        }
        return {};
    };
    BITWRIGHT_ASSIGN(const auto again, runHead(model, batch, hidden, {}, context, sink));
    static_cast<void>(again);
    for (double& one : mass)
        one /= static_cast<double>(batch.tokens());
    return mass;
}

std::vector<float>& logitBuffer(std::size_t size)
{
    thread_local std::vector<float> buffer;
    if (buffer.size() < size)
        buffer.resize(size);
    return buffer;
}

/// Mean and variance of what the groups say, for the standard error of their mean.
double standardErrorOf(std::span<const double> values)
{
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (count * (count - 1)));
}

} // namespace

/// What each tile says about each token; every entry is written by one task.
struct ScreenedHead::Parts
{
    struct One
    {
        double reference = 0, changed = 0; ///< Sums of exp against the reference's logSumExp.
        double gap = 0; ///< sum exp(z - logSumExp) (z - z')
        float largest = -std::numeric_limits<float>::infinity();
        std::uint32_t best = 0;
    };
    std::vector<One> of; ///< tiles x tokens
    std::vector<float> next; ///< Changed logit of each token's next one.
};

ScreenedHead::ScreenedHead(const Model& model, const TokenBatch& batch, std::vector<TokenResult> reference)
    : m_model(&model)
    , m_batch(batch)
    , m_reference(std::move(reference))
    , m_width(static_cast<std::size_t>(model.head().cols))
{ }

Result<std::shared_ptr<const ScreenedHead>> ScreenedHead::make(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, const ScreenSettings& settings, std::vector<TokenResult>& reference,
    const RunContext& context)
{
    using None = std::shared_ptr<const ScreenedHead>;
    BITWRIGHT_ASSIGN(reference, runHead(model, batch, hidden, {}, context.part(0, 0.45)));
    const auto vocabulary = static_cast<double>(model.head().rows);
    const auto most = static_cast<std::size_t>(settings.largestShare * vocabulary);
    // Groups of a few words would say nothing about their spread.
    if (settings.sampled < 2 * kGroups || most < settings.sampled)
        return None();
    BITWRIGHT_ASSIGN(
        const auto mass, meanProbabilities(model, batch, hidden, reference, context.part(0.45, 0.9)));
    std::shared_ptr<ScreenedHead> head(new ScreenedHead(model, batch, reference));
    head->choose(mass, settings);
    const std::size_t words = head->m_words.size();
    const std::size_t bytes = words * (head->m_width + batch.tokens()) * sizeof(float);
    if (words > most || bytes > context.memoryBytes() / 4)
        return None();
    head->cutTiles(static_cast<std::size_t>(wordsPerTile(model.head())));
    BITWRIGHT_ASSIGN(const auto states, finalStates(model, batch, hidden, {}, context));
    BITWRIGHT_CHECK(head->readReference(states, context.part(0.9, 1.0)));
    return std::shared_ptr<const ScreenedHead>(std::move(head));
}

void ScreenedHead::choose(const std::vector<double>& mass, const ScreenSettings& settings)
{
    const std::size_t vocabulary = mass.size();
    std::vector<std::uint8_t> chosen(vocabulary, 0);
    const auto next = nextTokens(m_batch);
    for (std::size_t t = 0; t < m_batch.tokens(); ++t) {
        chosen[m_reference[t].best] = 1;
        if (next[t])
            chosen[*next[t]] = 1;
    }
    std::vector<std::uint32_t> order(vocabulary);
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
        [&](std::uint32_t a, std::uint32_t b) { return mass[a] != mass[b] ? mass[a] > mass[b] : a < b; });
    double left = std::accumulate(mass.begin(), mass.end(), 0.0);
    for (std::size_t w = 0; w < vocabulary; ++w)
        if (chosen[w] != 0)
            left -= mass[w];
    for (const std::uint32_t word : order) {
        if (left <= settings.leftOut)
            break;
        if (chosen[word] == 0)
            left -= mass[word];
        chosen[word] = 1;
    }
    std::vector<std::uint32_t> others;
    for (const std::uint32_t word : order)
        if (chosen[word] == 0)
            others.push_back(word);
    for (std::uint32_t word = 0; word < vocabulary; ++word)
        if (chosen[word] != 0)
            m_words.push_back(word);
    m_chosen = m_words.size();
    m_offset.assign(m_chosen, 0.0F);
    draw(mass, others, settings);
}

/// Systematic sampling of words that are sorted by their probability, so that every stretch of the order gets
/// its share.
void ScreenedHead::draw(
    const std::vector<double>& mass, const std::vector<std::uint32_t>& others, const ScreenSettings& settings)
{
    if (others.empty())
        return;
    double all = 0;
    for (const std::uint32_t word : others)
        all += mass[word];
    const double even = (all > 0 ? kEvenShare : 1.0) / static_cast<double>(others.size());
    const double scale = all > 0 ? (1.0 - kEvenShare) / all : 0.0;
    const auto wanted = static_cast<double>(settings.sampled);
    std::mt19937_64 random(settings.seed);
    const double start = static_cast<double>(random() >> 11U) * 0x1p-53;
    std::array<std::vector<std::pair<std::uint32_t, double>>, kGroups> groups;
    double along = 0;
    std::size_t drawn = 0;
    for (const std::uint32_t word : others) {
        const double inclusion = wanted * (even + scale * mass[word]);
        along += inclusion;
        // A word that is longer than the step is taken once and surely.
        if (along <= start + static_cast<double>(drawn))
            continue;
        groups[drawn % kGroups].emplace_back(word, std::min(1.0, inclusion));
        while (along > start + static_cast<double>(drawn))
            ++drawn;
    }
    for (const auto& group : groups) {
        for (const auto& [word, inclusion] : group) {
            m_words.push_back(word);
            m_offset.push_back(static_cast<float>(-std::log(inclusion)));
        }
        m_tiles.push_back({m_words.size() - group.size(), group.size(), m_tiles.size(), 0});
    }
}

void ScreenedHead::cutTiles(std::size_t tileWords)
{
    std::vector<Tile> tiles;
    for (std::size_t first = 0; first < m_chosen; first += tileWords)
        tiles.push_back({first, std::min(tileWords, m_chosen - first), std::nullopt, 0});
    for (const Tile& group : m_tiles)
        for (std::size_t first = 0; first < group.count; first += tileWords)
            tiles.push_back({group.first + first, std::min(tileWords, group.count - first), group.group, 0});
    m_tiles = std::move(tiles);
    std::size_t at = 0;
    for (Tile& tile : m_tiles) {
        tile.logits = at;
        at += tile.count * m_batch.tokens();
    }
    m_logits.resize(at);
    m_weights.resize(m_words.size() * m_width);
    const auto next = nextTokens(m_batch);
    m_nextPlace.assign(m_batch.tokens(), m_words.size());
    const auto chosenEnd = m_words.begin() + static_cast<std::ptrdiff_t>(m_chosen);
    for (std::size_t t = 0; t < m_batch.tokens(); ++t)
        if (next[t])
            m_nextPlace[t] = static_cast<std::size_t>(
                std::lower_bound(m_words.begin(), chosenEnd, *next[t]) - m_words.begin());
}

Result<void> ScreenedHead::logitsOf(
    const Tile& tile, std::span<const float> states, std::span<float> out) const
{
    const std::size_t tokens = m_batch.tokens();
    return tileLogits(*m_model, states, tokens,
        std::span(m_weights).subspan(tile.first * m_width, tile.count * m_width), m_words[tile.first], 0,
        out.first(tokens * tile.count));
}

Result<void> ScreenedHead::readReference(std::span<const float> states, const RunContext& context)
{
    const std::size_t tokens = m_batch.tokens();
    const BlasThreads single(1);
    BITWRIGHT_CHECK(parallelFor(
        m_tiles.size(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            const Tile& tile = m_tiles[chunk.begin];
            for (std::size_t w = tile.first; w < tile.first + tile.count; ++w)
                BITWRIGHT_CHECK(readWeights(*m_model, m_model->head(), m_words[w], m_words[w] + 1, nullptr,
                    std::span(m_weights).subspan(w * m_width, m_width)));
            const std::span<float> logits = std::span(m_logits).subspan(tile.logits, tokens * tile.count);
            BITWRIGHT_CHECK(logitsOf(tile, states, logits));
            for (std::size_t t = 0; t < tokens; ++t)
                for (std::size_t w = 0; w < tile.count; ++w)
                    logits[t * tile.count + w] += m_offset[tile.first + w];
            return {};
        },
        context, "Choosing words"));
    m_rest.assign(tokens, 1.0);
    for (const Tile& tile : m_tiles) {
        if (tile.group)
            continue;
        for (std::size_t t = 0; t < tokens; ++t) {
            const ExpSum sum = expSum(std::span(m_logits).subspan(tile.logits + t * tile.count, tile.count));
            m_rest[t] -= sum.sum * std::exp(static_cast<double>(sum.largest) - m_reference[t].logSumExp);
        }
    }
    for (double& rest : m_rest) {
        rest = std::max(rest, 0.0);
        m_leftOut += rest / static_cast<double>(tokens);
    }
    return {};
}

Result<void> ScreenedHead::compareTile(std::size_t index, std::span<const float> states, Parts& parts) const
{
    const Tile& tile = m_tiles[index];
    const std::size_t tokens = m_batch.tokens();
    const std::span<float> changed = std::span(logitBuffer(tokens * tile.count)).first(tokens * tile.count);
    BITWRIGHT_CHECK(logitsOf(tile, states, changed));
    for (std::size_t t = 0; t < tokens; ++t) {
        const std::span<float> row = changed.subspan(t * tile.count, tile.count);
        const auto before = std::span(m_logits).subspan(tile.logits + t * tile.count, tile.count);
        Parts::One& one = parts.of[index * tokens + t];
        const auto best = std::max_element(row.begin(), row.end());
        one.largest = *best;
        one.best = m_words[tile.first + static_cast<std::size_t>(best - row.begin())];
        if (m_nextPlace[t] >= tile.first && m_nextPlace[t] < tile.first + tile.count)
            parts.next[t] = row[m_nextPlace[t] - tile.first];
        for (std::size_t w = 0; w < tile.count; ++w)
            row[w] += m_offset[tile.first + w];
        const double whole = m_reference[t].logSumExp;
        const auto scaled
            = [&](const ExpSum& sum) { return sum.sum * std::exp(static_cast<double>(sum.largest) - whole); };
        const ExpSum reference = expSum(before);
        one.reference = scaled(reference);
        one.changed = scaled(expSum(row));
        one.gap = weightedGap(before, reference.largest, row)
            * std::exp(static_cast<double>(reference.largest) - whole);
    }
    return {};
}

ScreenedDifferences ScreenedHead::fold(const Parts& parts) const
{
    struct Sums
    {
        double reference = 0, changed = 0, gap = 0;
        void add(const Parts::One& one)
        {
            reference += one.reference;
            changed += one.changed;
            gap += one.gap;
        }
    };
    const std::size_t tokens = m_batch.tokens();
    ScreenedDifferences result;
    result.tokens.resize(tokens);
    std::array<double, kGroups> groupMeans{};
    for (std::size_t t = 0; t < tokens; ++t) {
        Sums chosen, sampled;
        std::array<Sums, kGroups> groups{};
        float largest = -std::numeric_limits<float>::infinity();
        TokenDifference& token = result.tokens[t];
        for (std::size_t i = 0; i < m_tiles.size(); ++i) {
            const Parts::One& one = parts.of[i * tokens + t];
            if (one.largest > largest || (one.largest >= largest && one.best < token.changedBest)) {
                largest = one.largest;
                token.changedBest = one.best;
            }
            if (!m_tiles[i].group) {
                chosen.add(one);
                continue;
            }
            sampled.add(one);
            groups[*m_tiles[i].group].add(one);
        }
        // chosen.reference + rest is 1 but for rounding; dividing by it keeps the estimate at 0 without
        // change.
        const double rest = m_rest[t];
        const double whole = chosen.reference + rest;
        const auto changedWith = [&](const Sums& sums) {
            return chosen.changed + (sums.reference > 0 ? rest * sums.changed / sums.reference : 0.0);
        };
        const auto divergenceWith = [&](const Sums& sums) {
            const double gap = chosen.gap + (sums.reference > 0 ? rest * sums.gap / sums.reference : 0.0);
            return std::max(0.0, gap / whole + std::log(changedWith(sums) / whole));
        };
        token.divergence = divergenceWith(sampled);
        const double changed = changedWith(sampled);
        result.changedLeftOut += (changed - chosen.changed) / changed / static_cast<double>(tokens);
        for (std::size_t g = 0; g < kGroups; ++g)
            groupMeans[g] += divergenceWith(groups[g]) / static_cast<double>(tokens);
        token.referenceBest = m_reference[t].best;
        token.referenceNext = m_reference[t].nextLogProbability;
        if (token.referenceNext)
            token.changedNext
                = static_cast<double>(parts.next[t]) - m_reference[t].logSumExp - std::log(changed / whole);
    }
    result.standardError = standardErrorOf(groupMeans);
    return result;
}

Result<ScreenedDifferences> ScreenedHead::compare(
    std::span<const float> changed, const RunContext& context) const
{
    BITWRIGHT_ASSIGN(const auto states, finalStates(*m_model, m_batch, changed, {}, context));
    Parts parts;
    parts.of.resize(m_tiles.size() * m_batch.tokens());
    parts.next.assign(m_batch.tokens(), 0.0F);
    const BlasThreads single(1);
    BITWRIGHT_CHECK(parallelFor(
        m_tiles.size(), 1, [&](const Chunk& chunk) { return compareTile(chunk.begin, states, parts); },
        context, "Comparing"));
    return fold(parts);
}

} // namespace bitwright::forward
