#pragma once

#include "core/tokens/steps.h"
#include "core/tokens/token_model.h"
#include "core/tokens/token_trie.h"

namespace bitwright::tokens {

/// Tokens that are found in the text before it is split: special ones and others.
class AddedTokens
{
public:
    /// Reads `added_tokens`; the content of those with `normalized` is normalized as the text will be.
    [[nodiscard]] static Result<AddedTokens> read(
        const nlohmann::json& list, const TokenModel& model, const Normalizer& normalizer);

    /// Cuts a text into added tokens (with ids) and normalized pieces.
    [[nodiscard]] Result<std::vector<Piece>> extract(
        std::string_view text, const Normalizer& normalizer) const;

    /// Id of the token of this spelling.
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view content) const
    {
        return m_ids.find(content);
    }

private:
    struct Token
    {
        std::uint32_t id = 0;
        bool singleWord = false, leftStrip = false, rightStrip = false;
    };
    [[nodiscard]] std::vector<Piece> cut(const Piece& piece, const TokenTrie& trie) const;

    std::vector<Token> m_tokens;
    TokenTrie m_raw, m_normalized; ///< Values are places in m_tokens.
    Vocabulary m_ids;
};

} // namespace bitwright::tokens
