#include "core/tokens/json_fields.h"
#include "core/tokens/pattern.h"
#include "core/tokens/steps.h"
#include "core/tokens/unicode.h"

#include <array>

namespace bitwright::tokens {

namespace {

using Runs = std::function<Result<std::vector<Run>>(std::string_view)>;

/// Cuts every piece by the runs of its text.
PreTokenizer cutter(Runs runs, SplitBehavior behavior)
{
    return [runs = std::move(runs), behavior](std::vector<Piece> pieces) -> Result<std::vector<Piece>> {
        std::vector<Piece> out;
        for (const Piece& piece : pieces) {
            BITWRIGHT_ASSIGN(const std::vector<Run> found, runs(piece.text));
            for (const Match& part : split(found, behavior))
                out.push_back({piece.text.substr(part.begin, part.end - part.begin),
                    piece.first && part.begin == 0, {}});
        }
        return out;
    };
}

PreTokenizer characterCutter(bool (*test)(std::uint32_t), SplitBehavior behavior)
{
    return cutter(
        [test](std::string_view text) -> Result<std::vector<Run>> { return runsOf(text, test); }, behavior);
}

PreTokenizer chain(std::vector<PreTokenizer> parts)
{
    return [parts = std::move(parts)](std::vector<Piece> pieces) -> Result<std::vector<Piece>> {
        for (const PreTokenizer& part : parts) {
            BITWRIGHT_ASSIGN(pieces, part(std::move(pieces)));
        }
        return pieces;
    };
}

std::vector<Run> inverted(std::vector<Run> runs)
{
    for (Run& run : runs)
        run.matched = !run.matched;
    return runs;
}

Result<PreTokenizer> readSplit(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const Pattern pattern, Pattern::read(step));
    BITWRIGHT_ASSIGN(const SplitBehavior behavior, readBehavior(step, "Removed"));
    BITWRIGHT_ASSIGN(const bool invert, flagField(step, "invert", false));
    return cutter(
        [pattern, invert](std::string_view text) -> Result<std::vector<Run>> {
            BITWRIGHT_ASSIGN(std::vector<Run> runs, pattern.runs(text));
            return invert ? inverted(std::move(runs)) : std::move(runs);
        },
        behavior);
}

/// Contractions, letters, numbers, the rest and white space, a space in front being part of a word: the
/// expression that GPT-2 published.
constexpr std::string_view kByteLevelWords
    = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

Result<PreTokenizer> readByteLevel(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const bool prefix, flagField(step, "add_prefix_space", true));
    BITWRIGHT_ASSIGN(const bool words, flagField(step, "use_regex", true));
    std::vector<PreTokenizer> parts;
    if (prefix)
        parts.emplace_back([](std::vector<Piece> pieces) -> Result<std::vector<Piece>> {
            for (Piece& piece : pieces)
                if (!piece.text.starts_with(' '))
                    piece.text.insert(0, " ");
            return pieces;
        });
    if (words) {
        BITWRIGHT_ASSIGN(const Regex regex, Regex::compile(kByteLevelWords));
        parts.push_back(
            cutter([pattern = Pattern::of(regex)](std::string_view text) { return pattern.runs(text); },
                SplitBehavior::Isolated));
    }
    parts.emplace_back([](std::vector<Piece> pieces) -> Result<std::vector<Piece>> {
        for (Piece& piece : pieces)
            piece.text = byteLevelText(piece.text);
        return pieces;
    });
    return chain(std::move(parts));
}

enum class Prepending : std::uint8_t
{
    Always,
    First,
    Never,
};

Result<Prepending> readPrepending(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const bool legacy, flagField(step, "add_prefix_space", true));
    BITWRIGHT_ASSIGN(const std::string scheme, textField(step, "prepend_scheme", "always"));
    if (!legacy || scheme == "never")
        return Prepending::Never;
    if (scheme == "first")
        return Prepending::First;
    if (scheme == "always")
        return Prepending::Always;
    return unknownPart("prepend_scheme", scheme);
}

Result<PreTokenizer> readMetaspace(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const std::string mark, textField(step, "replacement"));
    BITWRIGHT_ASSIGN(const Prepending prepending, readPrepending(step));
    BITWRIGHT_ASSIGN(const bool cut, flagField(step, "split", true));
    if (mark.empty())
        return fail(ErrorCode::Format, "The tokenizer's Metaspace has an empty replacement.");
    std::vector<PreTokenizer> parts;
    parts.emplace_back([mark, prepending](std::vector<Piece> pieces) -> Result<std::vector<Piece>> {
        for (Piece& piece : pieces) {
            std::string out;
            for (const char c : piece.text)
                if (c == ' ')
                    out += mark;
                else
                    out += c;
            const bool wanted
                = prepending == Prepending::Always || (prepending == Prepending::First && piece.first);
            if (wanted && !out.starts_with(mark))
                out.insert(0, mark);
            piece.text = std::move(out);
        }
        return pieces;
    });
    if (cut)
        parts.push_back(
            cutter([pattern = Pattern::literal(mark)](std::string_view text) { return pattern.runs(text); },
                SplitBehavior::MergedWithNext));
    return chain(std::move(parts));
}

Result<PreTokenizer> readSequence(const nlohmann::json& step, int depth)
{
    BITWRIGHT_ASSIGN(const nlohmann::json* const list, member(step, "pretokenizers"));
    if (!list->is_array())
        return fail(ErrorCode::Format, "The tokenizer's field \"pretokenizers\" is no list.");
    std::vector<PreTokenizer> parts;
    for (const nlohmann::json& entry : *list) {
        BITWRIGHT_ASSIGN(PreTokenizer part, readPreTokenizer(entry, depth + 1));
        parts.push_back(std::move(part));
    }
    return chain(std::move(parts));
}

/// Words of word characters, and runs of what is neither word nor space.
Result<PreTokenizer> whitespaceWords()
{
    BITWRIGHT_ASSIGN(const Regex regex,
        Regex::compileOwn("[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}]+|"
                          "[^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}\\t-\\r\\x{85}\\p{Z}]+"));
    return cutter(
        [pattern = Pattern::of(regex)](std::string_view text) -> Result<std::vector<Run>> {
            BITWRIGHT_ASSIGN(std::vector<Run> runs, pattern.runs(text));
            return inverted(std::move(runs));
        },
        SplitBehavior::Removed);
}

Result<PreTokenizer> readDelimiter(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const std::string delimiter, textField(step, "delimiter"));
    return cutter(
        [pattern = Pattern::literal(delimiter)](std::string_view text) { return pattern.runs(text); },
        SplitBehavior::Removed);
}

} // namespace

std::string byteLevelText(std::string_view text)
{
    static const auto kSpelled = [] {
        std::array<std::string, 256> spelled;
        std::uint32_t next = 0x100;
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
            // Bytes that print stand for themselves, the others follow from U+0100 on.
            const bool prints
                = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
            appendPoint(spelled[byte], prints ? byte : next++);
        }
        return spelled;
    }();
    std::string out;
    out.reserve(2 * text.size());
    for (const char c : text)
        out += kSpelled[static_cast<unsigned char>(c)];
    return out;
}

Result<PreTokenizer> readPreTokenizer(const nlohmann::json& step, int depth)
{
    if (depth > kStepDepth)
        return fail(ErrorCode::Unsupported, "The tokenizer nests more than {} steps.", kStepDepth);
    BITWRIGHT_ASSIGN(const std::string type, textField(step, "type"));
    if (type == "Sequence")
        return readSequence(step, depth);
    if (type == "ByteLevel")
        return readByteLevel(step);
    if (type == "Split")
        return readSplit(step);
    if (type == "Metaspace")
        return readMetaspace(step);
    if (type == "Whitespace")
        return whitespaceWords();
    if (type == "WhitespaceSplit")
        return characterCutter(isSpace, SplitBehavior::Removed);
    if (type == "CharDelimiterSplit")
        return readDelimiter(step);
    if (type == "BertPreTokenizer")
        return chain({characterCutter(isSpace, SplitBehavior::Removed),
            characterCutter(isPunctuation, SplitBehavior::Isolated)});
    if (type == "Digits") {
        BITWRIGHT_ASSIGN(const bool single, flagField(step, "individual_digits", false));
        return characterCutter(isNumber, single ? SplitBehavior::Isolated : SplitBehavior::Contiguous);
    }
    if (type == "Punctuation") {
        BITWRIGHT_ASSIGN(const SplitBehavior behavior, readBehavior(step, "Isolated"));
        return characterCutter(isPunctuation, behavior);
    }
    return unknownPart("pre-tokenizer", type);
}

} // namespace bitwright::tokens
