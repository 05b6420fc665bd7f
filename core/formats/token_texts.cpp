#include "core/formats/token_texts.h"

#include "core/base/limits.h"
#include "core/formats/safetensors/json_text.h"
#include "core/io/byte_source.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>
#include <vector>

namespace bitwright::formats {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLargestId = std::numeric_limits<std::int32_t>::max();

void appendUtf8(std::string& out, std::uint32_t point)
{
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else {
        out += static_cast<char>(0xC0U | point >> 6U); // the table below ends before U+0800
        out += static_cast<char>(0x80U | (point & 0x3FU));
    }
}

/// Byte-level vocabularies spell every byte as one printable character: bytes that print stand for
/// themselves, the others follow from U+0100 on in ascending order.
std::map<std::string, char, std::less<>> byteSpellings()
{
    std::map<std::string, char, std::less<>> spellings;
    std::uint32_t next = 0x100;
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        const bool prints = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        std::string spelled;
        appendUtf8(spelled, prints ? byte : next++);
        spellings.emplace(std::move(spelled), static_cast<char>(byte));
    }
    return spellings;
}

/// The bytes behind a piece of a byte-level vocabulary; the piece itself where it is not spelled that way.
std::string fromByteLevel(const std::string& piece)
{
    static const auto kSpellings = byteSpellings();
    std::string out;
    for (std::size_t i = 0; i < piece.size();) {
        const std::size_t length = static_cast<unsigned char>(piece[i]) < 0x80 ? 1 : 2;
        const auto found = kSpellings.find(std::string_view(piece).substr(i, length));
        if (found == kSpellings.end())
            return piece;
        out += found->second;
        i += length;
    }
    return out;
}

/// The byte of "<0x0A>", as vocabularies with byte fallback spell it.
std::optional<char> fallbackByte(std::string_view piece)
{
    if (piece.size() != 6 || !piece.starts_with("<0x") || piece.back() != '>')
        return std::nullopt;
    unsigned value = 0;
    const auto [end, code] = std::from_chars(piece.data() + 3, piece.data() + 5, value, 16);
    if (code != std::errc() || end != piece.data() + 5)
        return std::nullopt;
    return static_cast<char>(value);
}

/// The text of a piece of a SentencePiece vocabulary, which writes U+2581 for a space.
std::string fromSentencePiece(std::string piece)
{
    if (const auto byte = fallbackByte(piece))
        return {*byte};
    constexpr std::string_view kSpace = "\xE2\x96\x81";
    for (std::size_t at = piece.find(kSpace); at != std::string::npos; at = piece.find(kSpace, at + 1))
        piece.replace(at, kSpace.size(), " ");
    return piece;
}

/// Picks the wanted entries of model.vocab and added_tokens out of a tokenizer.json.
class VocabularyReader final : public json::Handler
{
public:
    explicit VocabularyReader(const std::set<std::int32_t>& ids)
        : m_ids(ids)
    { }

    Result<void> key(std::string_view name) override
    {
        m_path.back() = name;
        return {};
    }

    Result<void> scalar(const json::Scalar& value) override
    {
        const bool text = value.kind == json::Kind::Text;
        if (inVocabulary(3) && !m_isArray[2] && value.kind == json::Kind::Unsigned)
            take(m_pieces, value.number, m_path[2]);
        else if (inVocabulary(4) && m_isArray[2] && m_isArray[3] && text)
            take(m_pieces, m_entry, value.text);
        else if (inAddedToken() && m_path[2] == "id" && value.kind == json::Kind::Unsigned)
            m_addedId = value.number;
        else if (inAddedToken() && m_path[2] == "content" && text)
            m_addedText = value.text;
        else if (text && value.text == "ByteLevel" && !m_path.empty() && m_path.back() == "type"
            && (m_path.front() == "decoder" || m_path.front() == "pre_tokenizer"))
            m_byteLevel = true;
        return {};
    }

    Result<void> beginObject() override { return enter(false); }
    Result<void> beginArray() override { return enter(true); }
    Result<void> endArray() override { return leave(); }
    Result<void> endObject() override
    {
        if (inAddedToken() && m_addedId)
            take(m_added, *m_addedId, m_addedText);
        m_addedId.reset();
        return leave();
    }

    [[nodiscard]] std::map<std::int32_t, std::string> texts() const
    {
        // Added tokens are stored as they are, and count before a piece of the same id.
        std::map<std::int32_t, std::string> texts = m_added;
        for (const auto& [id, piece] : m_pieces)
            texts.emplace(id, m_byteLevel ? fromByteLevel(piece) : fromSentencePiece(piece));
        return texts;
    }

private:
    [[nodiscard]] bool inVocabulary(std::size_t depth) const
    {
        return m_path.size() == depth && m_path[0] == "model" && m_path[1] == "vocab";
    }
    [[nodiscard]] bool inAddedToken() const
    {
        return m_path.size() == 3 && m_path[0] == "added_tokens" && m_isArray[1] && !m_isArray[2];
    }
    void take(std::map<std::int32_t, std::string>& into, std::uint64_t id, std::string_view text)
    {
        if (id <= kLargestId && m_ids.contains(static_cast<std::int32_t>(id)))
            into.emplace(static_cast<std::int32_t>(id), text);
    }
    Result<void> enter(bool array)
    {
        m_path.emplace_back();
        m_isArray.push_back(array);
        if (inVocabulary(3))
            m_entry = 0;
        return {};
    }
    Result<void> leave()
    {
        if (inVocabulary(4)) // an entry of Unigram: [piece, score]; its place is its id
            ++m_entry;
        m_path.pop_back();
        m_isArray.pop_back();
        return {};
    }

    const std::set<std::int32_t>& m_ids;
    std::vector<std::string> m_path; ///< Current key of every open object; empty in arrays.
    std::vector<bool> m_isArray;
    std::uint64_t m_entry = 0;
    std::optional<std::uint64_t> m_addedId;
    std::string m_addedText;
    bool m_byteLevel = false;
    std::map<std::int32_t, std::string> m_pieces, m_added;
};

} // namespace

Result<std::map<std::int32_t, std::string>> tokenTexts(
    const std::string& modelPath, const std::set<std::int32_t>& ids)
{
    const auto facts = io::fileFacts(modelPath);
    const std::string parent = fs::path(modelPath).parent_path().string();
    const std::string folder = facts && facts->folder ? modelPath : parent.empty() ? "." : parent;
    constexpr const char* kName = "tokenizer.json";
    if (ids.empty() || !io::fileFacts(folder + "/" + kName))
        return std::map<std::int32_t, std::string>();
    BITWRIGHT_ASSIGN(const auto source, io::openCompanion(folder, kName));
    if (source->size() > limits::kJsonBytes) {
        Error error{ErrorCode::Format,
            fmt::format("{} bytes exceed the {} limit.", source->size(), limits::kJsonBytes), source->path(),
            {}, {}, {}};
        return fail(std::move(error));
    }
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span<char>(text))));
    VocabularyReader reader(ids);
    if (auto parsed = json::parse(text, "tokenizer.json", reader); !parsed)
        return fail(std::move(parsed).error().inFile(source->path()));
    return reader.texts();
}

} // namespace bitwright::formats
