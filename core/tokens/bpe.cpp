#include "core/tokens/json_fields.h"
#include "core/tokens/token_model.h"
#include "core/tokens/unicode.h"

#include <queue>

namespace bitwright::tokens {

namespace {

struct Merge
{
    std::uint32_t rank = 0, id = 0;
};

/// Joins the neighbors of lowest rank until none is left. Source: Sennrich et al. 2016 (byte-pair encoding).
class Bpe final : public TokenModel
{
public:
    friend Result<std::unique_ptr<TokenModel>> bitwright::tokens::readBpe(const nlohmann::json& model);

    Result<void> encode(std::string_view piece, std::vector<std::uint32_t>& ids) const override
    {
        if (m_ignoreMerges) {
            if (const auto whole = m_vocabulary.find(piece)) {
                ids.push_back(*whole);
                return {};
            }
        }
        Word word;
        start(piece, word);
        join(word);
        for (const Symbol& symbol : word)
            if (symbol.alive)
                ids.push_back(symbol.id);
        return {};
    }

private:
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    struct Symbol
    {
        std::uint32_t id = 0;
        std::uint32_t previous = kNone, next = kNone;
        bool alive = true;
    };
    using Word = std::vector<Symbol>;

    struct Candidate
    {
        std::uint32_t rank, position, id;
        bool operator<(const Candidate& other) const // the queue gives the largest first
        {
            return rank != other.rank ? rank > other.rank : position > other.position;
        }
    };

    static void add(Word& word, std::uint32_t id)
    {
        Symbol symbol{id};
        if (!word.empty()) {
            symbol.previous = static_cast<std::uint32_t>(word.size() - 1);
            word.back().next = static_cast<std::uint32_t>(word.size());
        }
        word.push_back(symbol);
    }

    /// Characters of the vocabulary; others become bytes or the unknown token.
    void start(std::string_view piece, Word& word) const
    {
        bool unknown = false; // one unknown token waits for its neighbors
        std::string spelled;
        std::vector<std::uint32_t> bytes;
        for (std::size_t at = 0; at < piece.size();) {
            const std::size_t begin = at;
            (void)nextPoint(piece, at);
            spelled.assign(begin > 0 ? m_prefix : "");
            spelled += piece.substr(begin, at - begin);
            if (at == piece.size())
                spelled += m_suffix;
            if (const auto id = m_vocabulary.find(spelled)) {
                if (unknown)
                    add(word, *m_unknown);
                unknown = false;
                add(word, *id);
                continue;
            }
            bytes.clear();
            if (m_byteFallback && m_vocabulary.appendBytes(spelled, bytes)) {
                for (const std::uint32_t byte : bytes)
                    add(word, byte);
                continue;
            }
            if (!m_unknown)
                continue; // left out, as published tokenizers do
            if (unknown && !m_fuseUnknown)
                add(word, *m_unknown);
            unknown = true;
        }
        if (unknown)
            add(word, *m_unknown);
    }

    [[nodiscard]] const Merge* mergeOf(std::uint32_t left, std::uint32_t right) const
    {
        const auto found = m_merges.find(key(left, right));
        return found == m_merges.end() ? nullptr : &found->second;
    }
    static std::uint64_t key(std::uint32_t left, std::uint32_t right)
    {
        return std::uint64_t{left} << 32U | right;
    }

    void join(Word& word) const
    {
        std::priority_queue<Candidate> queue;
        const auto offer = [&](std::uint32_t position) {
            const Symbol& symbol = word[position];
            if (symbol.next == kNone)
                return;
            if (const Merge* merge = mergeOf(symbol.id, word[symbol.next].id))
                queue.push({merge->rank, position, merge->id});
        };
        for (std::uint32_t i = 0; i < word.size(); ++i)
            offer(i);
        while (!queue.empty()) {
            const Candidate top = queue.top();
            queue.pop();
            Symbol& left = word[top.position];
            if (!left.alive || left.next == kNone)
                continue;
            Symbol& right = word[left.next];
            const Merge* merge = mergeOf(left.id, right.id);
            if (merge == nullptr || merge->id != top.id) // a neighbor has changed since
                continue;
            left.id = top.id;
            right.alive = false;
            left.next = right.next;
            if (left.next != kNone)
                word[left.next].previous = top.position;
            if (left.previous != kNone)
                offer(left.previous);
            offer(top.position);
        }
    }

    Result<void> addMerge(std::string_view left, std::string_view right, std::uint32_t rank)
    {
        const auto a = m_vocabulary.find(left);
        const auto b = m_vocabulary.find(right);
        const std::string_view tail = right.substr(std::min(m_prefix.size(), right.size()));
        const auto whole = m_vocabulary.find(std::string(left).append(tail));
        if (!a || !b || !whole)
            return fail(ErrorCode::Format,
                "Merge {} of the tokenizer joins pieces that are not in its vocabulary.", rank);
        m_merges.insert_or_assign(key(*a, *b), Merge{rank, *whole});
        return {};
    }

    Result<void> readMerges(const nlohmann::json& list)
    {
        if (!list.is_array() || list.size() > 0x7FFFFFFF)
            return fail(ErrorCode::Format, "The tokenizer's merges are no list.");
        m_merges.reserve(list.size());
        std::uint32_t rank = 0;
        for (const nlohmann::json& entry : list) {
            if (entry.is_string()) {
                const auto& text = entry.get_ref<const std::string&>();
                const std::size_t space = text.find(' ');
                if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
                    return fail(ErrorCode::Format, "Merge {} of the tokenizer is no pair of pieces.", rank);
                BITWRIGHT_CHECK(addMerge(
                    std::string_view(text).substr(0, space), std::string_view(text).substr(space + 1), rank));
            } else if (entry.is_array() && entry.size() == 2 && entry[0].is_string()
                && entry[1].is_string()) {
                BITWRIGHT_CHECK(addMerge(
                    entry[0].get_ref<const std::string&>(), entry[1].get_ref<const std::string&>(), rank));
            } else {
                return fail(ErrorCode::Format, "Merge {} of the tokenizer is no pair of pieces.", rank);
            }
            ++rank;
        }
        return {};
    }

    std::unordered_map<std::uint64_t, Merge> m_merges;
    std::optional<std::uint32_t> m_unknown;
    std::string m_prefix, m_suffix;
    bool m_byteFallback = false, m_fuseUnknown = false, m_ignoreMerges = false;
};

} // namespace

Result<std::unique_ptr<TokenModel>> readBpe(const nlohmann::json& model)
{
    auto bpe = std::make_unique<Bpe>();
    BITWRIGHT_ASSIGN(bpe->m_vocabulary, readVocabulary(model));
    BITWRIGHT_ASSIGN(bpe->m_prefix, textField(model, "continuing_subword_prefix", ""));
    BITWRIGHT_ASSIGN(bpe->m_suffix, textField(model, "end_of_word_suffix", ""));
    BITWRIGHT_ASSIGN(bpe->m_byteFallback, flagField(model, "byte_fallback", false));
    BITWRIGHT_ASSIGN(bpe->m_fuseUnknown, flagField(model, "fuse_unk", false));
    BITWRIGHT_ASSIGN(bpe->m_ignoreMerges, flagField(model, "ignore_merges", false));
    const nlohmann::json* const dropout = memberIfAny(model, "dropout");
    if (dropout != nullptr && !(dropout->is_number() && dropout->get<double>() == 0.0))
        return unknownPart("option", "dropout");
    BITWRIGHT_ASSIGN(const std::string unknown, textField(model, "unk_token", ""));
    if (memberIfAny(model, "unk_token") != nullptr) {
        bpe->m_unknown = bpe->m_vocabulary.find(unknown);
        if (!bpe->m_unknown)
            return fail(
                ErrorCode::Format, "The tokenizer's unknown token \"{}\" is not in its vocabulary.", unknown);
    }
    BITWRIGHT_ASSIGN(const nlohmann::json* const merges, member(model, "merges"));
    BITWRIGHT_CHECK(bpe->readMerges(*merges));
    return bpe;
}

} // namespace bitwright::tokens
