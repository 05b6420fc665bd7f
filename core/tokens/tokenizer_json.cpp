#include "core/base/limits.h"
#include "core/tokens/added_tokens.h"
#include "core/tokens/json_fields.h"
#include "core/tokens/tokenizer.h"
#include "core/tokens/unicode.h"

namespace bitwright::tokens {

namespace {

using Ids = std::vector<std::uint32_t>;

/// What a post-processor puts around a text.
struct Frame
{
    Ids before, behind;
};

/// The [token, id] of BertProcessing and RobertaProcessing.
Result<std::uint32_t> pairedId(const nlohmann::json& step, const char* key)
{
    BITWRIGHT_ASSIGN(const nlohmann::json* const pair, member(step, key));
    if (!pair->is_array() || pair->size() != 2)
        return fail(ErrorCode::Format, "The tokenizer's field \"{}\" is no token with its id.", key);
    return idOf((*pair)[1], fmt::format("id of \"{}\"", key));
}

Result<void> appendSpecial(const nlohmann::json& step, const std::string& name, Ids& ids)
{
    BITWRIGHT_ASSIGN(const nlohmann::json* const tokens, member(step, "special_tokens"));
    BITWRIGHT_ASSIGN(const nlohmann::json* const token, member(*tokens, name.c_str()));
    BITWRIGHT_ASSIGN(const nlohmann::json* const list, member(*token, "ids"));
    if (!list->is_array())
        return fail(ErrorCode::Format, "The tokenizer's special token \"{}\" has no list of ids.", name);
    for (const nlohmann::json& value : *list) {
        BITWRIGHT_ASSIGN(const std::uint32_t id, idOf(value, "id of a special token"));
        ids.push_back(id);
    }
    return {};
}

Result<Frame> readTemplate(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const nlohmann::json* const parts, member(step, "single"));
    if (!parts->is_array())
        return fail(ErrorCode::Format, "The tokenizer's template is no list.");
    Frame frame;
    bool seen = false;
    for (const nlohmann::json& part : *parts) {
        if (const nlohmann::json* const special = memberIfAny(part, "SpecialToken")) {
            BITWRIGHT_ASSIGN(const std::string name, textField(*special, "id"));
            BITWRIGHT_CHECK(appendSpecial(step, name, seen ? frame.behind : frame.before));
            continue;
        }
        BITWRIGHT_ASSIGN(const nlohmann::json* const sequence, member(part, "Sequence"));
        BITWRIGHT_ASSIGN(const std::string name, textField(*sequence, "id"));
        if (name != "A" || seen)
            return unknownPart("template with the sequence", name);
        seen = true;
    }
    return frame;
}

Result<Frame> readFrame(const nlohmann::json& step, int depth = 0)
{
    if (depth > kStepDepth)
        return fail(ErrorCode::Unsupported, "The tokenizer nests more than {} steps.", kStepDepth);
    BITWRIGHT_ASSIGN(const std::string type, textField(step, "type"));
    if (type == "TemplateProcessing")
        return readTemplate(step);
    if (type == "ByteLevel")
        return Frame(); // moves offsets only
    if (type == "BertProcessing" || type == "RobertaProcessing") {
        BITWRIGHT_ASSIGN(const std::uint32_t first, pairedId(step, "cls"));
        BITWRIGHT_ASSIGN(const std::uint32_t last, pairedId(step, "sep"));
        return Frame{{first}, {last}};
    }
    if (type != "Sequence")
        return unknownPart("post-processor", type);
    BITWRIGHT_ASSIGN(const nlohmann::json* const list, member(step, "processors"));
    Frame frame;
    for (const nlohmann::json& entry : *list) {
        BITWRIGHT_ASSIGN(const Frame outer, readFrame(entry, depth + 1));
        frame.before.insert(frame.before.begin(), outer.before.begin(), outer.before.end());
        frame.behind.insert(frame.behind.end(), outer.behind.begin(), outer.behind.end());
    }
    return frame;
}

class JsonTokenizer final : public Tokenizer
{
public:
    Result<void> read(const nlohmann::json& document)
    {
        BITWRIGHT_ASSIGN(const nlohmann::json* const model, member(document, "model"));
        BITWRIGHT_ASSIGN(m_model, readTokenModel(*model));
        if (const nlohmann::json* const step = memberIfAny(document, "normalizer")) {
            BITWRIGHT_ASSIGN(m_normalizer, readNormalizer(*step));
        }
        if (const nlohmann::json* const step = memberIfAny(document, "pre_tokenizer")) {
            BITWRIGHT_ASSIGN(m_preTokenizer, readPreTokenizer(*step));
        }
        if (const nlohmann::json* const list = memberIfAny(document, "added_tokens")) {
            BITWRIGHT_ASSIGN(m_added, AddedTokens::read(*list, *m_model, m_normalizer));
        }
        if (const nlohmann::json* const step = memberIfAny(document, "post_processor")) {
            BITWRIGHT_ASSIGN(Frame frame, readFrame(*step));
            m_before = std::move(frame.before);
            m_behind = std::move(frame.behind);
        }
        BITWRIGHT_ASSIGN(const std::string kind, textField(*model, "type", "BPE"));
        m_description = fmt::format("tokenizer.json ({})", kind);
        return {};
    }

    void setStart(const std::optional<std::string>& token, std::optional<std::uint32_t> id)
    {
        if (token) {
            const auto added = m_added.find(*token);
            id = added ? added : m_model->vocabulary().find(*token);
        }
        if (id && !m_before.empty() && m_before.front() == *id)
            m_start = id;
    }

    Result<Ids> encode(std::string_view text, const RunContext& context) const override
    {
        if (const auto bad = findInvalidUtf8(text))
            return fail(Error{ErrorCode::Format, fmt::format("Byte {} is no UTF-8.", *bad), {}, {}, *bad,
                "Save the text as UTF-8."});
        BITWRIGHT_ASSIGN(std::vector<Piece> pieces, m_added.extract(text, m_normalizer));
        Ids ids;
        for (Piece& piece : pieces) {
            BITWRIGHT_CHECK(context.checkStop());
            if (piece.id) {
                ids.push_back(*piece.id);
                continue;
            }
            std::vector<Piece> words;
            words.push_back(std::move(piece));
            if (m_preTokenizer) {
                BITWRIGHT_ASSIGN(words, m_preTokenizer(std::move(words)));
            }
            for (std::size_t i = 0; i < words.size(); ++i) {
                if (i % 1024 == 0)
                    BITWRIGHT_CHECK(context.checkStop());
                auto done = m_model->encode(words[i].text, ids);
                if (!done)
                    return fail(std::move(done.error()).withRemedy(kGiveIds));
            }
        }
        return ids;
    }

private:
    std::unique_ptr<TokenModel> m_model;
    Normalizer m_normalizer;
    PreTokenizer m_preTokenizer;
    AddedTokens m_added;
};

} // namespace

Result<std::shared_ptr<const Tokenizer>> tokenizerFromJson(
    std::string_view json, const std::optional<std::string>& startToken, std::optional<std::uint32_t> startId)
{
    if (json.size() > limits::kJsonBytes)
        return fail(ErrorCode::Format, "{} bytes exceed the {} limit.", json.size(), limits::kJsonBytes);
    const nlohmann::json document = nlohmann::json::parse(json, nullptr, false);
    if (document.is_discarded())
        return fail(ErrorCode::Format, "The tokenizer is no JSON.");
    auto tokenizer = std::make_shared<JsonTokenizer>();
    BITWRIGHT_CHECK(tokenizer->read(document));
    tokenizer->setStart(startToken, startId);
    return tokenizer;
}

} // namespace bitwright::tokens
