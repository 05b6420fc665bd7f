#pragma once

#include "core/forward/compare.h"

#include <memory>

namespace bitwright::forward {

struct ScreenSettings
{
    /// Mean over tokens of the reference's probability that the words which are always looked at may leave
    /// out.
    double leftOut = 2e-3;
    std::size_t sampled = 4096; ///< Words drawn from the others.
    double largestShare = 0.4; ///< Of the vocabulary; where more words are needed, screening does not pay.
    std::uint64_t seed = 0;
};

/// What a screened comparison says about a change.
struct ScreenedDifferences
{
    std::vector<TokenDifference> tokens; ///< One per token of the batch.
    double changedLeftOut
        = 0; ///< Mean over tokens of the changed probability outside of the chosen words, estimated.
    double standardError = 0; ///< Of the mean divergence, by the choice of sampled words alone.
};

/// Compares predictions as compareHeads does at a fraction of its cost, for changes that leave the head
/// alone.
///
/// The words that matter to the reference on this batch are looked at exactly: those that hold all but
/// `leftOut` of its probability, every next token and every best word. Of the others a systematic sample is
/// drawn with probabilities that grow with the reference's (Madow 1949), in eight interleaved groups. With z
/// and z' the logits, P the reference and Q the changed distribution, the divergence is estimated as
///
///     sum_w p~_w (z_w - z'_w) + ln sum_w p~_w exp(z'_w - z_w),
///
/// p~ being P on chosen words, and on sampled ones P over the inclusion probability, scaled so that all of
/// them hold exactly what the chosen words leave out (a ratio estimate; known per token from the exact
/// reference pass). So the estimate is 0 where nothing changed and never negative. It is not exact:
/// `standardError` comes from the spread of the eight groups, and `changedLeftOut` says how much of the
/// changed prediction rests on sampled words; where that is large the exact head should be run. A changed
/// best word is looked for among chosen and sampled words. Immutable and thread safe; the model must outlive
/// it.
class ScreenedHead
{
public:
    /// Chooses words from two passes of the exact head over the reference's hidden states (tokens x hidden);
    /// `reference` gets what runHead says. Returns nullptr where screening does not pay, or where the chosen
    /// rows of the head and the reference's logits for them take more than a quarter of the memory budget.
    /// Errors: those of runHead.
    [[nodiscard]] static Result<std::shared_ptr<const ScreenedHead>> make(const Model& model,
        const TokenBatch& batch, std::span<const float> hidden, const ScreenSettings& settings,
        std::vector<TokenResult>& reference, const RunContext& context);

    /// Compares changed hidden states (tokens x hidden) with the reference. Equal bits for any number of
    /// threads. Errors: InvalidArgument for another size, Numeric for NaN, Cancelled.
    [[nodiscard]] Result<ScreenedDifferences> compare(
        std::span<const float> changed, const RunContext& context) const;

    [[nodiscard]] std::size_t chosenWords() const { return m_chosen; }
    [[nodiscard]] std::size_t words() const { return m_words.size(); } ///< Chosen and sampled.
    [[nodiscard]] double leftOut() const { return m_leftOut; } ///< Mean of the reference, as it came out.

private:
    /// Words [first, first + count) of m_words, multiplied at once.
    struct Tile
    {
        std::size_t first = 0, count = 0;
        std::optional<std::size_t> group; ///< Of sampled words.
        std::size_t logits = 0; ///< Where its part of m_logits begins: tokens x count.
    };
    struct Parts;
    ScreenedHead(const Model& model, const TokenBatch& batch, std::vector<TokenResult> reference);

    void choose(const std::vector<double>& mass, const ScreenSettings& settings);
    void draw(const std::vector<double>& mass, const std::vector<std::uint32_t>& others,
        const ScreenSettings& settings);
    void cutTiles(std::size_t tileWords);
    [[nodiscard]] Result<void> readReference(std::span<const float> states, const RunContext& context);
    [[nodiscard]] Result<void> logitsOf(
        const Tile& tile, std::span<const float> states, std::span<float> out) const;
    [[nodiscard]] Result<void> compareTile(
        std::size_t tile, std::span<const float> states, Parts& parts) const;
    [[nodiscard]] ScreenedDifferences fold(const Parts& parts) const;

    const Model* m_model;
    TokenBatch m_batch;
    std::vector<TokenResult> m_reference;
    std::size_t m_width = 0, m_chosen = 0;
    std::vector<std::uint32_t> m_words; ///< Chosen by number, then the groups.
    std::vector<float> m_offset; ///< -ln of the inclusion probability, per word; 0 for chosen ones.
    std::vector<float> m_weights; ///< Rows of the head, words x width.
    std::vector<Tile> m_tiles;
    std::vector<float> m_logits; ///< Reference's, tile by tile, with the offset of each word.
    std::vector<std::size_t> m_nextPlace; ///< Place in m_words of each token's next one.
    std::vector<double> m_rest; ///< Per token: reference's probability outside of the chosen words.
    double m_leftOut = 0;
};

} // namespace bitwright::forward
