#include "core/tokens/unicode.h"

#include "core/tokens/regex.h"
#include "core/tokens/unicode_ages.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <utf8proc.h>

namespace bitwright::tokens {

namespace {

const utf8proc_uint8_t* bytesOf(std::string_view text)
{
    return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

utf8proc_category_t categoryOf(std::uint32_t point)
{
    return utf8proc_category(static_cast<utf8proc_int32_t>(point));
}

bool isAscii(std::string_view text)
{
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80)
            return false;
    return true;
}

int optionsOf(NormalForm form)
{
    switch (form) {
    case NormalForm::Composed:
        return UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    case NormalForm::Decomposed:
        return UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
    case NormalForm::CompatibilityComposed:
        return UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    case NormalForm::CompatibilityDecomposed:
        return UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
    }
    return UTF8PROC_STABLE;
}

struct Range
{
    std::uint32_t first, last;
};

Result<std::string> mapped(std::string_view text, NormalForm form)
{
    if (isAscii(text))
        return std::string(text);
    utf8proc_uint8_t* out = nullptr;
    const utf8proc_ssize_t length = utf8proc_map(bytesOf(text), static_cast<utf8proc_ssize_t>(text.size()),
        &out, static_cast<utf8proc_option_t>(optionsOf(form)));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, std::free);
    if (length < 0)
        return fail(length == UTF8PROC_ERROR_NOMEM ? ErrorCode::OutOfMemory : ErrorCode::Format,
            "Text cannot be normalized: {}.", utf8proc_errmsg(length));
    return std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(length));
}

} // namespace

std::optional<std::size_t> findInvalidUtf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        utf8proc_int32_t point = 0;
        const utf8proc_ssize_t length
            = utf8proc_iterate(bytesOf(text) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
        if (length <= 0)
            return at;
        at += static_cast<std::size_t>(length);
    }
    return std::nullopt;
}

std::uint32_t nextPoint(std::string_view text, std::size_t& at)
{
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80)
        return lead;
    const int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    std::uint32_t point = lead & (0x3FU >> more);
    for (int i = 0; i < more && at < text.size(); ++i)
        point = point << 6U | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    return point;
}

void appendPoint(std::string& out, std::uint32_t point)
{
    std::array<utf8proc_uint8_t, 4> bytes{};
    const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length));
}

Result<std::string> normalized(std::string_view text, NormalForm form)
{
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        if (static_cast<unsigned char>(text[at]) < 0x80 || !isComposedSince2019(nextPoint(text, at))) {
            at = std::max(at, begin + 1);
            continue;
        }
        BITWRIGHT_ASSIGN(const std::string part, mapped(text.substr(done, begin - done), form));
        out.append(part).append(text.substr(begin, at - begin));
        done = at;
    }
    BITWRIGHT_ASSIGN(const std::string part, mapped(text.substr(done), form));
    return out + part;
}

std::string lowered(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t point = nextPoint(text, at);
        if (point == 0x130) // the only character whose lower case is two
            out += "i\xCC\x87";
        else
            appendPoint(
                out, static_cast<std::uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(point))));
    }
    return out;
}

bool isSpace(std::uint32_t point)
{
    if ((point >= 0x09 && point <= 0x0D) || point == 0x85)
        return true;
    const auto category = categoryOf(point);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL
        || category == UTF8PROC_CATEGORY_ZP;
}

bool isControl(std::uint32_t point)
{
    const auto category = categoryOf(point);
    const bool control = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF
        || category == UTF8PROC_CATEGORY_CS || category == UTF8PROC_CATEGORY_CO;
    return control && !isSince2016(point);
}

bool isMark(std::uint32_t point)
{
    const auto category = categoryOf(point);
    const bool mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC
        || category == UTF8PROC_CATEGORY_ME;
    // Two signs that became letters.
    return point == 0x1CF2 || point == 0x1CF3 || (mark && !isMarkSince2019(point));
}

bool isNonspacingMark(std::uint32_t point)
{
    // One that became a spacing mark.
    return point == 0x1734 || (categoryOf(point) == UTF8PROC_CATEGORY_MN && !isSince2016(point));
}

bool isNumber(std::uint32_t point)
{
    const auto category = categoryOf(point);
    return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL
        || category == UTF8PROC_CATEGORY_NO;
}

bool isPunctuation(std::uint32_t point)
{
    if (point < 0x80)
        return point > 0x20 && point < 0x7F && !(point >= '0' && point <= '9')
            && !(point >= 'A' && point <= 'Z') && !(point >= 'a' && point <= 'z');
    const auto category = categoryOf(point);
    if (point == 0x166D || point == 0x111C9) // became a symbol and a mark
        return true;
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO && !isSince2016(point);
}

bool isWordCharacter(std::uint32_t point)
{
    if (point < 0x80)
        return point == '_' || (point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z')
            || (point >= 'a' && point <= 'z');
    // "Alphabetic" is a property that utf8proc does not have.
    static const auto kWord = Regex::compileOwn("[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}]");
    std::string one;
    appendPoint(one, point);
    const auto found = kWord ? kWord->matches(one) : Result<std::vector<Match>>(std::vector<Match>());
    return found && !found->empty();
}

bool isIdeograph(std::uint32_t point)
{
    // The sixth block starts at U+2B920 in the published implementation, not at U+2B820.
    constexpr std::array<Range, 8> kBlocks{Range{0x4E00, 0x9FFF}, Range{0x3400, 0x4DBF},
        Range{0x20000, 0x2A6DF}, Range{0x2A700, 0x2B73F}, Range{0x2B740, 0x2B81F}, Range{0x2B920, 0x2CEAF},
        Range{0xF900, 0xFAFF}, Range{0x2F800, 0x2FA1F}};
    for (const Range& block : kBlocks)
        if (point >= block.first && point <= block.last)
            return true;
    return false;
}

} // namespace bitwright::tokens
