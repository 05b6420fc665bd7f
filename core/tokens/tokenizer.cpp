#include "core/tokens/tokenizer.h"

#include "core/base/limits.h"
#include "core/io/byte_source.h"
#include "core/tokens/json_fields.h"

#include <filesystem>

namespace bitwright::tokens {

namespace {

namespace fs = std::filesystem;

class ByteTokenizer final : public Tokenizer
{
public:
    ByteTokenizer() { m_description = "byte values"; }
    Result<std::vector<std::uint32_t>> encode(std::string_view text, const RunContext&) const override
    {
        std::vector<std::uint32_t> ids;
        ids.reserve(text.size());
        for (const char c : text)
            ids.push_back(static_cast<unsigned char>(c));
        return ids;
    }
};

Result<std::string> readSide(const std::string& folder, const std::string& name)
{
    BITWRIGHT_ASSIGN(const auto source, io::openCompanion(folder, name));
    if (source->size() > limits::kJsonBytes)
        return fail(Error{ErrorCode::Format,
            fmt::format("{} bytes exceed the {} limit.", source->size(), limits::kJsonBytes), source->path(),
            {}, {}, {}});
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span<char>(text))));
    return text;
}

bool exists(const std::string& folder, const char* name)
{
    return io::fileFacts(folder + "/" + name).has_value();
}

/// A JSON object beside the weights; empty where there is none. What is damaged there is not needed to read
/// text: it counts as absent.
nlohmann::json settingsOf(const std::string& folder, const char* name)
{
    if (!exists(folder, name))
        return nlohmann::json::object();
    const auto text = readSide(folder, name);
    nlohmann::json document = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    return document.is_object() ? std::move(document) : nlohmann::json::object();
}

/// The BOS's spelling: a text, or an object with `content`.
std::optional<std::string> startSpelling(const nlohmann::json& settings)
{
    const nlohmann::json* token = memberIfAny(settings, "bos_token");
    if (token != nullptr && token->is_object())
        token = memberIfAny(*token, "content");
    return token != nullptr && token->is_string() ? std::optional(token->get<std::string>()) : std::nullopt;
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> openTokenizer(const std::string& modelPath)
{
    const auto facts = io::fileFacts(modelPath);
    const std::string parent = fs::path(modelPath).parent_path().string();
    const std::string folder = facts && facts->folder ? modelPath : parent.empty() ? "." : parent;
    const nlohmann::json settings = settingsOf(folder, "tokenizer_config.json");
    Result<std::shared_ptr<const Tokenizer>> opened;
    std::string name;
    if (exists(folder, "tokenizer.json")) {
        name = "tokenizer.json";
        BITWRIGHT_ASSIGN(const std::string text, readSide(folder, name));
        auto start = startSpelling(settings);
        if (!start)
            start = startSpelling(settingsOf(folder, "special_tokens_map.json"));
        const nlohmann::json config = settingsOf(folder, "config.json");
        const auto id = sizeField(config, "bos_token_id");
        opened = tokenizerFromJson(text, start, id ? std::optional(*id) : std::nullopt);
    } else if (exists(folder, "tokenizer.model")) {
        name = "tokenizer.model";
        BITWRIGHT_ASSIGN(const std::string bytes, readSide(folder, name));
        opened = tokenizerFromSentencePiece(bytes, flagField(settings, "add_bos_token", true).value_or(true));
    }
    if (!opened)
        return fail(std::move(opened.error()).inFile(folder + "/" + name));
    return opened;
}

std::shared_ptr<const Tokenizer> byteTokenizer()
{
    return std::make_shared<ByteTokenizer>();
}

} // namespace bitwright::tokens
