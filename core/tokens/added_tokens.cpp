#include "core/tokens/added_tokens.h"

#include "core/tokens/json_fields.h"
#include "core/tokens/unicode.h"

#include <algorithm>

namespace bitwright::tokens {

namespace {

/// The character that ends before `at`.
std::uint32_t pointBefore(std::string_view text, std::size_t at)
{
    do
        --at;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80);
    return nextPoint(text, at);
}

std::size_t spacesBefore(std::string_view text, std::size_t at)
{
    while (at > 0 && isSpace(pointBefore(text, at))) {
        do
            --at;
        while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80);
    }
    return at;
}

std::size_t spacesBehind(std::string_view text, std::size_t at)
{
    while (at < text.size()) {
        std::size_t next = at;
        if (!isSpace(nextPoint(text, next)))
            break;
        at = next;
    }
    return at;
}

bool insideWord(std::string_view text, std::size_t begin, std::size_t end)
{
    if (begin > 0 && isWordCharacter(pointBefore(text, begin)))
        return true;
    return end < text.size() && isWordCharacter(nextPoint(text, end));
}

} // namespace

Result<AddedTokens> AddedTokens::read(
    const nlohmann::json& list, const TokenModel& model, const Normalizer& normalizer)
{
    AddedTokens added;
    if (!list.is_array())
        return fail(ErrorCode::Format, "The tokenizer's added tokens are no list.");
    std::optional<std::uint32_t> largest;
    for (const nlohmann::json& entry : list) {
        BITWRIGHT_ASSIGN(const std::string content, textField(entry, "content"));
        Token token;
        BITWRIGHT_ASSIGN(token.singleWord, flagField(entry, "single_word", false));
        BITWRIGHT_ASSIGN(token.leftStrip, flagField(entry, "lstrip", false));
        BITWRIGHT_ASSIGN(token.rightStrip, flagField(entry, "rstrip", false));
        BITWRIGHT_ASSIGN(const bool special, flagField(entry, "special", false));
        BITWRIGHT_ASSIGN(const bool normalize, flagField(entry, "normalized", !special));
        if (content.empty())
            continue;
        // The published implementation numbers them itself: by the vocabulary, else behind everything.
        auto id = added.m_ids.find(content);
        if (!id)
            id = model.vocabulary().find(content);
        if (!id) {
            const auto size = static_cast<std::uint32_t>(model.size());
            id = largest && (*largest >= size || size == 0) ? *largest + 1 : size;
        }
        token.id = *id;
        largest = std::max(largest.value_or(0), *id);
        added.m_ids.set(content, *id);
        Piece spelled{content, false, {}};
        if (normalize && normalizer)
            BITWRIGHT_CHECK(normalizer(spelled));
        (normalize ? added.m_normalized : added.m_raw)
            .add(spelled.text, static_cast<std::uint32_t>(added.m_tokens.size()));
        added.m_tokens.push_back(token);
    }
    return added;
}

std::vector<Piece> AddedTokens::cut(const Piece& piece, const TokenTrie& trie) const
{
    if (trie.empty())
        return {piece};
    std::vector<Piece> pieces;
    const std::string_view text = piece.text;
    std::size_t done = 0;
    const auto plain = [&](std::size_t end) {
        if (end > done)
            pieces.push_back({std::string(text.substr(done, end - done)), piece.first && done == 0, {}});
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto found = trie.longest(text, at);
        if (!found) {
            (void)nextPoint(text, at);
            continue;
        }
        const Token& token = m_tokens[found->value];
        std::size_t begin = at, end = at + found->length;
        at = end;
        if (token.singleWord && insideWord(text, begin, end))
            continue;
        if (token.leftStrip)
            begin = std::max(spacesBefore(text, begin), done);
        if (token.rightStrip)
            end = spacesBehind(text, end);
        plain(begin);
        pieces.push_back({{}, false, token.id});
        done = end;
    }
    plain(text.size());
    return pieces;
}

Result<std::vector<Piece>> AddedTokens::extract(std::string_view text, const Normalizer& normalizer) const
{
    std::vector<Piece> pieces;
    for (Piece& raw : cut({std::string(text), true, {}}, m_raw)) {
        if (raw.id) {
            pieces.push_back(std::move(raw));
            continue;
        }
        if (normalizer)
            BITWRIGHT_CHECK(normalizer(raw));
        for (Piece& piece : cut(raw, m_normalized))
            if (piece.id || !piece.text.empty())
                pieces.push_back(std::move(piece));
    }
    return pieces;
}

} // namespace bitwright::tokens
