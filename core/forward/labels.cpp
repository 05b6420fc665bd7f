#include "core/forward/labels.h"

#include "core/base/parallel.h"
#include "core/forward/head_tile.h"

#include <algorithm>
#include <cmath>

namespace bitwright::forward {

namespace {

/// A number in [0, 1) that depends on nothing else (splitmix64; Steele, Lea and Flood 2014).
double uniform(std::uint64_t seed, std::uint64_t token, std::uint64_t place)
{
    const auto mix = [](std::uint64_t x) {
        x += 0x9e3779b97f4a7c15ULL;
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
        return x ^ (x >> 31U);
    };
    return static_cast<double>(mix(mix(mix(seed) ^ token) ^ place) >> 11U) * 0x1p-53;
}

/// A word of one tile, and the logarithm of what all of them weigh.
struct Candidate
{
    double logWeight = 0;
    std::uint32_t word = 0;
};

Candidate drawFrom(std::span<const float> logits, std::size_t firstWord, double chance)
{
    const double largest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
    double whole = 0;
    for (const float logit : logits)
        whole += std::exp(static_cast<double>(logit) - largest);
    double left = chance * whole;
    std::size_t word = 0;
    for (; word + 1 < logits.size(); ++word) {
        left -= std::exp(static_cast<double>(logits[word]) - largest);
        if (left < 0)
            break;
    }
    return {largest + std::log(whole), static_cast<std::uint32_t>(firstWord + word)};
}

} // namespace

Result<std::vector<std::uint32_t>> drawLabels(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, const Hooks& hooks, std::uint64_t seed, std::size_t firstToken,
    std::vector<TokenResult>& results, const RunContext& context)
{
    const auto words = static_cast<std::size_t>(wordsPerTile(model.head()));
    const std::size_t tiles = chunkCount(static_cast<std::size_t>(model.head().rows), words);
    std::vector<Candidate> candidates(tiles * batch.tokens());
    const LogitsSink draw = [&](const LogitsTile& tile) -> Result<void> {
        for (std::size_t t = 0; t < tile.tokens; ++t) {
            const std::size_t token = tile.firstToken + t, place = tile.firstWord / words;
            candidates[token * tiles + place] = drawFrom(tile.values.subspan(t * tile.words, tile.words),
                tile.firstWord, uniform(seed, firstToken + token, place + 1));
        }
        return {};
    };
    BITWRIGHT_ASSIGN(results, runHead(model, batch, hidden, hooks, context, draw));
    std::vector<std::uint32_t> labels;
    for (std::size_t token = 0; token < batch.tokens(); ++token) {
        const auto mine = std::span(candidates).subspan(token * tiles, tiles);
        double left = uniform(seed, firstToken + token, 0);
        std::size_t tile = 0;
        for (; tile + 1 < tiles; ++tile) {
            left -= std::exp(mine[tile].logWeight - results[token].logSumExp);
            if (left < 0)
                break;
        }
        labels.push_back(mine[tile].word);
    }
    return labels;
}

} // namespace bitwright::forward
