#include "core/tokens/json_fields.h"
#include "core/tokens/token_model.h"
#include "core/tokens/token_trie.h"
#include "core/tokens/unicode.h"

#include <algorithm>

namespace bitwright::tokens {

namespace {

/// The most probable segmentation by dynamic programming. Source: Kudo 2018 (subword regularization).
class Unigram final : public TokenModel
{
public:
    friend Result<std::unique_ptr<TokenModel>> bitwright::tokens::readUnigram(const nlohmann::json& model);

    Result<void> encode(std::string_view piece, std::vector<std::uint32_t>& ids) const override
    {
        std::vector<Node> ends(piece.size() + 1);
        BITWRIGHT_CHECK(fill(piece, ends));
        for (const std::string_view part : backtrack(piece, ends)) {
            if (const auto id = m_vocabulary.find(part))
                ids.push_back(*id);
            else if (m_byteFallback && m_vocabulary.appendBytes(part, ids))
                continue;
            else if (m_unknown)
                ids.push_back(*m_unknown);
            else
                return cannotSpell(part);
        }
        return {};
    }
    [[nodiscard]] std::size_t size() const override { return m_scores.size(); }

private:
    static constexpr std::size_t kNone = ~std::size_t{0};
    static constexpr double kUnknownPenalty = 10.0;
    struct Node
    {
        std::size_t start = kNone; ///< Of the best last part that ends here.
        double score = 0;
        std::uint32_t id = 0;
    };

    static tl::unexpected<Error> cannotSpell(std::string_view part)
    {
        return fail(
            ErrorCode::Unsupported, "The tokenizer cannot spell \"{}\" and has no unknown token.", part);
    }

    Result<void> fill(std::string_view piece, std::vector<Node>& ends) const
    {
        const double unknownScore = m_leastScore - kUnknownPenalty;
        for (std::size_t at = 0; at < piece.size();) {
            const double sofar = ends[at].score;
            std::size_t behind = at;
            (void)nextPoint(piece, behind);
            bool single = false;
            m_pieces.each(piece, at, [&](const TokenTrie::Found& found) {
                relax(ends[at + found.length], at, sofar + m_scores[found.value], found.value);
                single = single || found.length == behind - at;
            });
            if (!single) {
                if (!m_unknown)
                    return cannotSpell(piece.substr(at, behind - at));
                relax(ends[behind], at, sofar + unknownScore, *m_unknown);
            }
            at = behind;
        }
        return {};
    }

    static void relax(Node& node, std::size_t start, double score, std::uint32_t id)
    {
        if (node.start == kNone || score > node.score)
            node = {start, score, id};
    }

    /// The parts from left to right; neighbors that are unknown are one.
    [[nodiscard]] std::vector<std::string_view> backtrack(
        std::string_view piece, const std::vector<Node>& ends) const
    {
        std::vector<std::string_view> parts;
        bool unknown = false;
        for (std::size_t end = piece.size(); end > 0; end = ends[end].start) {
            const Node& node = ends[end];
            const bool alike = m_unknown && node.id == *m_unknown;
            if (alike && unknown)
                parts.back() = piece.substr(node.start, end - node.start + parts.back().size());
            else
                parts.push_back(piece.substr(node.start, end - node.start));
            unknown = alike;
        }
        std::reverse(parts.begin(), parts.end());
        return parts;
    }

    Result<void> readPieces(const nlohmann::json& list)
    {
        if (!list.is_array() || list.size() > 0x7FFFFFFF)
            return fail(ErrorCode::Format, "The tokenizer's vocabulary is no list of pieces and scores.");
        for (const nlohmann::json& entry : list) {
            const auto id = static_cast<std::uint32_t>(m_scores.size());
            if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number())
                return fail(ErrorCode::Format,
                    "Entry {} of the tokenizer's vocabulary is no piece with a score.", id);
            const auto& piece = entry[0].get_ref<const std::string&>();
            m_scores.push_back(entry[1].get<double>());
            m_leastScore = id == 0 ? m_scores[0] : std::min(m_leastScore, m_scores.back());
            m_vocabulary.set(piece, id);
            m_pieces.add(piece, id);
        }
        return {};
    }

    TokenTrie m_pieces;
    std::vector<double> m_scores;
    double m_leastScore = 0;
    std::optional<std::uint32_t> m_unknown;
    bool m_byteFallback = false;
};

} // namespace

Result<std::unique_ptr<TokenModel>> readUnigram(const nlohmann::json& model)
{
    auto unigram = std::make_unique<Unigram>();
    BITWRIGHT_ASSIGN(const nlohmann::json* const list, member(model, "vocab"));
    BITWRIGHT_CHECK(unigram->readPieces(*list));
    BITWRIGHT_ASSIGN(unigram->m_byteFallback, flagField(model, "byte_fallback", false));
    if (memberIfAny(model, "unk_id") != nullptr) {
        BITWRIGHT_ASSIGN(unigram->m_unknown, sizeField(model, "unk_id"));
        if (*unigram->m_unknown >= unigram->m_scores.size())
            return fail(ErrorCode::Format, "The tokenizer's unknown token {} is not in its vocabulary of {}.",
                *unigram->m_unknown, unigram->m_scores.size());
    }
    return unigram;
}

} // namespace bitwright::tokens
