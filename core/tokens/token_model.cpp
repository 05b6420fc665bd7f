#include "core/tokens/token_model.h"

#include "core/tokens/json_fields.h"
#include "core/tokens/unicode.h"

namespace bitwright::tokens {

namespace {

/// The longest piece of the vocabulary first, again and again; a word that cannot be spelled is unknown.
/// Source: Wu et al. 2016 (WordPiece).
class WordPiece final : public TokenModel
{
public:
    WordPiece(Vocabulary vocabulary, std::uint32_t unknown, std::string prefix, std::uint32_t longest)
        : m_unknown(unknown)
        , m_prefix(std::move(prefix))
        , m_longest(longest)
    {
        m_vocabulary = std::move(vocabulary);
    }

    Result<void> encode(std::string_view piece, std::vector<std::uint32_t>& ids) const override
    {
        const std::size_t before = ids.size();
        if (characters(piece) > m_longest || !spell(piece, ids)) {
            ids.resize(before);
            ids.push_back(m_unknown);
        }
        return {};
    }

private:
    static std::size_t characters(std::string_view text)
    {
        std::size_t count = 0;
        for (const char c : text)
            count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1U : 0U;
        return count;
    }

    bool spell(std::string_view word, std::vector<std::uint32_t>& ids) const
    {
        std::string candidate;
        for (std::size_t begin = 0; begin < word.size();) {
            std::size_t end = word.size();
            std::optional<std::uint32_t> found;
            while (end > begin) {
                candidate.assign(begin > 0 ? m_prefix : "");
                candidate += word.substr(begin, end - begin);
                found = m_vocabulary.find(candidate);
                if (found)
                    break;
                do
                    --end;
                while (end > begin && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80);
            }
            if (!found)
                return false;
            ids.push_back(*found);
            begin = end;
        }
        return true;
    }

    std::uint32_t m_unknown;
    std::string m_prefix;
    std::uint32_t m_longest;
};

class WordLevel final : public TokenModel
{
public:
    WordLevel(Vocabulary vocabulary, std::optional<std::uint32_t> unknown)
        : m_unknown(unknown)
    {
        m_vocabulary = std::move(vocabulary);
    }

    Result<void> encode(std::string_view piece, std::vector<std::uint32_t>& ids) const override
    {
        const auto found = m_vocabulary.find(piece);
        if (!found && !m_unknown)
            return fail(
                ErrorCode::Unsupported, "The tokenizer knows neither \"{}\" nor an unknown token.", piece);
        ids.push_back(found ? *found : *m_unknown);
        return {};
    }

private:
    std::optional<std::uint32_t> m_unknown;
};

/// Files of the first years do not name the kind of their model; the fields tell it.
std::string kindOf(const nlohmann::json& model)
{
    if (memberIfAny(model, "merges") != nullptr)
        return "BPE";
    if (memberIfAny(model, "max_input_chars_per_word") != nullptr)
        return "WordPiece";
    return "";
}

} // namespace

std::optional<std::uint32_t> Vocabulary::find(std::string_view piece) const
{
    const auto found = m_ids.find(piece);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

bool Vocabulary::appendBytes(std::string_view text, std::vector<std::uint32_t>& ids) const
{
    const std::size_t before = ids.size();
    for (const char c : text) {
        const auto id = find(fmt::format("<0x{:02X}>", static_cast<unsigned char>(c)));
        if (!id) {
            ids.resize(before);
            return false;
        }
        ids.push_back(*id);
    }
    return true;
}

Result<Vocabulary> readVocabulary(const nlohmann::json& model)
{
    BITWRIGHT_ASSIGN(const nlohmann::json* const entries, member(model, "vocab"));
    if (!entries->is_object())
        return fail(ErrorCode::Format, "The tokenizer's vocabulary is no object of pieces and ids.");
    Vocabulary vocabulary;
    for (const auto& [piece, value] : entries->items()) {
        BITWRIGHT_ASSIGN(const std::uint32_t id, idOf(value, "id of a piece"));
        vocabulary.set(piece, id);
    }
    return vocabulary;
}

Result<std::unique_ptr<TokenModel>> readWordPiece(const nlohmann::json& model)
{
    BITWRIGHT_ASSIGN(Vocabulary vocabulary, readVocabulary(model));
    BITWRIGHT_ASSIGN(const std::string unknown, textField(model, "unk_token", "[UNK]"));
    BITWRIGHT_ASSIGN(std::string prefix, textField(model, "continuing_subword_prefix", "##"));
    BITWRIGHT_ASSIGN(const std::uint32_t longest, sizeField(model, "max_input_chars_per_word", 100));
    const auto id = vocabulary.find(unknown);
    if (!id)
        return fail(
            ErrorCode::Format, "The tokenizer's unknown token \"{}\" is not in its vocabulary.", unknown);
    return std::make_unique<WordPiece>(std::move(vocabulary), *id, std::move(prefix), longest);
}

Result<std::unique_ptr<TokenModel>> readWordLevel(const nlohmann::json& model)
{
    BITWRIGHT_ASSIGN(Vocabulary vocabulary, readVocabulary(model));
    BITWRIGHT_ASSIGN(const std::string unknown, textField(model, "unk_token", "<unk>"));
    const auto id = vocabulary.find(unknown);
    return std::make_unique<WordLevel>(std::move(vocabulary), id);
}

Result<std::unique_ptr<TokenModel>> readTokenModel(const nlohmann::json& model)
{
    BITWRIGHT_ASSIGN(const std::string kind, textField(model, "type", kindOf(model)));
    if (kind == "BPE")
        return readBpe(model);
    if (kind == "WordPiece")
        return readWordPiece(model);
    if (kind == "Unigram")
        return readUnigram(model);
    if (kind == "WordLevel")
        return readWordLevel(model);
    return unknownPart("model", kind);
}

} // namespace bitwright::tokens
