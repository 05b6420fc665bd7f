#include "core/tokens/json_fields.h"
#include "core/tokens/pattern.h"
#include "core/tokens/steps.h"
#include "core/tokens/unicode.h"

#include <memory>

namespace bitwright::tokens {

namespace {

/// Leaves out the characters that `drop` names.
void filter(Piece& piece, bool (*drop)(std::uint32_t))
{
    std::string out;
    out.reserve(piece.text.size());
    for (std::size_t at = 0; at < piece.text.size();) {
        const std::size_t begin = at;
        if (!drop(nextPoint(piece.text, at)))
            out.append(piece.text, begin, at - begin);
        else if (out.empty())
            piece.first = false;
    }
    piece.text = std::move(out);
}

Normalizer formOf(NormalForm form)
{
    return [form](Piece& piece) -> Result<void> {
        if (!piece.text.empty()) {
            std::size_t end = 0;
            (void)nextPoint(piece.text, end);
            BITWRIGHT_ASSIGN(const std::string first, normalized(piece.text.substr(0, end), form));
            piece.head = first.size();
        }
        BITWRIGHT_ASSIGN(piece.text, normalized(piece.text, form));
        return {};
    };
}

struct BertSettings
{
    bool cleanText = true, ideographs = true, stripAccents = true, lowercase = true;
};

bool isDirt(std::uint32_t point)
{
    return point == 0 || point == 0xFFFD
        || (isControl(point) && point != '\t' && point != '\n' && point != '\r');
}

std::string spacedOut(const std::string& text, const BertSettings& settings)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const std::uint32_t point = nextPoint(text, at);
        const std::string_view spelled = std::string_view(text).substr(begin, at - begin);
        if (settings.cleanText && isSpace(point))
            out += ' ';
        else if (settings.ideographs && isIdeograph(point))
            out.append(" ").append(spelled).append(" ");
        else
            out += spelled;
    }
    return out;
}

Result<Normalizer> readBert(const nlohmann::json& step)
{
    BertSettings settings;
    BITWRIGHT_ASSIGN(settings.cleanText, flagField(step, "clean_text", true));
    BITWRIGHT_ASSIGN(settings.ideographs, flagField(step, "handle_chinese_chars", true));
    BITWRIGHT_ASSIGN(settings.lowercase, flagField(step, "lowercase", true));
    BITWRIGHT_ASSIGN(settings.stripAccents, flagField(step, "strip_accents", settings.lowercase));
    return Normalizer([settings](Piece& piece) -> Result<void> {
        if (settings.cleanText)
            filter(piece, isDirt);
        piece.text = spacedOut(piece.text, settings);
        if (settings.stripAccents) {
            BITWRIGHT_ASSIGN(piece.text, normalized(piece.text, NormalForm::Decomposed));
            filter(piece, isNonspacingMark);
        }
        if (settings.lowercase)
            piece.text = lowered(piece.text);
        return {};
    });
}

Result<Normalizer> readReplace(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const Pattern pattern, Pattern::read(step));
    BITWRIGHT_ASSIGN(const std::string content, textField(step, "content"));
    return Normalizer([pattern, content](Piece& piece) -> Result<void> {
        BITWRIGHT_ASSIGN(const std::vector<Run> runs, pattern.runs(piece.text));
        std::string out;
        out.reserve(piece.text.size());
        for (const Run& run : runs) {
            if (run.matched && content.empty() && out.empty())
                piece.first = false;
            if (run.matched)
                out += content;
            else
                out.append(piece.text, run.begin, run.end - run.begin);
        }
        piece.text = std::move(out);
        return {};
    });
}

Result<Normalizer> readStrip(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const bool left, flagField(step, "strip_left"));
    BITWRIGHT_ASSIGN(const bool right, flagField(step, "strip_right"));
    return Normalizer([left, right](Piece& piece) -> Result<void> {
        const std::string_view text = piece.text;
        std::size_t begin = text.size(), end = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t start = at;
            if (isSpace(nextPoint(text, at)))
                continue;
            begin = std::min(begin, start);
            end = at;
        }
        if (!left)
            begin = 0;
        if (!right)
            end = text.size();
        piece.first = piece.first && (begin == 0 || begin < piece.head);
        piece.text = begin < end ? std::string(text.substr(begin, end - begin)) : std::string();
        return {};
    });
}

Result<Normalizer> readSequence(const nlohmann::json& step, int depth)
{
    BITWRIGHT_ASSIGN(const nlohmann::json* const list, member(step, "normalizers"));
    if (!list->is_array())
        return fail(ErrorCode::Format, "The tokenizer's field \"normalizers\" is no list.");
    std::vector<Normalizer> parts;
    for (const nlohmann::json& entry : *list) {
        BITWRIGHT_ASSIGN(Normalizer part, readNormalizer(entry, depth + 1));
        parts.push_back(std::move(part));
    }
    return Normalizer([parts = std::move(parts)](Piece& piece) -> Result<void> {
        for (const Normalizer& part : parts)
            BITWRIGHT_CHECK(part(piece));
        return {};
    });
}

} // namespace

Result<Normalizer> readNormalizer(const nlohmann::json& step, int depth)
{
    if (depth > kStepDepth)
        return fail(ErrorCode::Unsupported, "The tokenizer nests more than {} steps.", kStepDepth);
    BITWRIGHT_ASSIGN(const std::string type, textField(step, "type"));
    if (type == "Sequence")
        return readSequence(step, depth);
    if (type == "NFC")
        return formOf(NormalForm::Composed);
    if (type == "NFD")
        return formOf(NormalForm::Decomposed);
    if (type == "NFKC")
        return formOf(NormalForm::CompatibilityComposed);
    if (type == "NFKD")
        return formOf(NormalForm::CompatibilityDecomposed);
    if (type == "BertNormalizer")
        return readBert(step);
    if (type == "Replace")
        return readReplace(step);
    if (type == "Strip")
        return readStrip(step);
    if (type == "Lowercase")
        return Normalizer([](Piece& piece) -> Result<void> {
            piece.text = lowered(piece.text);
            return {};
        });
    if (type == "StripAccents")
        return Normalizer([](Piece& piece) -> Result<void> {
            filter(piece, isMark);
            return {};
        });
    if (type == "ByteLevel")
        return Normalizer([](Piece& piece) -> Result<void> {
            piece.text = byteLevelText(piece.text);
            return {};
        });
    if (type == "Prepend") {
        BITWRIGHT_ASSIGN(const std::string before, textField(step, "prepend"));
        return Normalizer([before](Piece& piece) -> Result<void> {
            if (!piece.text.empty())
                piece.text.insert(0, before);
            return {};
        });
    }
    return unknownPart("normalizer", type);
}

} // namespace bitwright::tokens
