#include "core/tokens/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <array>
#include <optional>
#include <pcre2.h>

namespace bitwright::tokens {

namespace {

constexpr std::uint32_t kMatchLimit = 10'000'000;
constexpr std::size_t kPatternBytes = 100'000;

tl::unexpected<Error> refused(std::string_view what)
{
    return fail(
        ErrorCode::Unsupported, "The tokenizer's regular expression uses {}, which is not known.", what);
}

/// Rewrites Oniguruma's spelling (Ruby syntax, UTF-8) into PCRE2's and refuses everything that it does not
/// know to mean the same in both.
class Rewriter
{
public:
    explicit Rewriter(std::string_view pattern)
        : m_in(pattern)
    { }

    Result<std::string> run()
    {
        while (m_at < m_in.size()) {
            const char c = m_in[m_at];
            if (c == '\\')
                BITWRIGHT_CHECK(escape());
            else if (m_inClass)
                BITWRIGHT_CHECK(classCharacter(c));
            else
                BITWRIGHT_CHECK(character(c));
        }
        return std::move(m_out);
    }

private:
    // PCRE2's \s also has U+180E, and its \w is smaller; \p{Nd} is what \d means in both.
    static constexpr std::string_view kSpaces = "\\t-\\r\\x{85}\\p{Z}";
    static constexpr std::string_view kWords
        = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xB2\\xB3\\xB9\\xBC-\\xBE";

    [[nodiscard]] bool follows(std::string_view text) const { return m_in.substr(m_at).starts_with(text); }
    void copy(std::size_t count)
    {
        m_out += m_in.substr(m_at, count);
        m_at += count;
    }

    Result<void> character(char c)
    {
        if (c == '[') {
            m_inClass = true;
            copy(follows("[^") ? 2 : 1);
            m_classStart = true;
            return {};
        }
        if (c == '(')
            return group();
        if (c == '{')
            return quantifier();
        if (c == '^' || c == '$')
            return refused(fmt::format("the anchor {}", c));
        copy(1);
        return {};
    }

    Result<void> classCharacter(char c)
    {
        if (c == '[')
            return refused("a class inside a class");
        if (follows("&&"))
            return refused("an intersection of classes (&&)");
        if (c == ']' && m_classStart)
            return refused("a class that starts with ]");
        if (c == ']')
            m_inClass = false;
        m_classStart = false;
        copy(1);
        return {};
    }

    Result<void> group()
    {
        if (!follows("(?")) {
            copy(1);
            return {};
        }
        constexpr std::array<std::string_view, 7> kKnown{"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:"};
        for (const std::string_view known : kKnown) {
            if (follows(known)) {
                copy(known.size());
                return {};
            }
        }
        if (m_at == 0 && follows("(?i)")) {
            copy(4);
            return {};
        }
        return refused(fmt::format("the group {}", m_in.substr(m_at, 4)));
    }

    Result<void> quantifier()
    {
        const std::size_t close = m_in.find('}', m_at);
        const std::string_view inside
            = close == std::string_view::npos ? std::string_view() : m_in.substr(m_at + 1, close - m_at - 1);
        const bool digits = !inside.empty() && inside.front() != ','
            && std::all_of(
                inside.begin(), inside.end(), [](char c) { return (c >= '0' && c <= '9') || c == ','; })
            && std::count(inside.begin(), inside.end(), ',') <= 1;
        const char next = digits && close + 1 < m_in.size() ? m_in[close + 1] : '\0';
        // A second quantifier behind {..} means other things in both syntaxes.
        if (!digits || next == '+' || next == '?' || next == '*')
            return refused("an unusual quantifier {..}");
        copy(close + 1 - m_at);
        return {};
    }

    Result<void> escape()
    {
        if (m_at + 1 >= m_in.size())
            return fail(ErrorCode::Format, "The tokenizer's regular expression ends with a backslash.");
        m_classStart = false;
        const char c = m_in[m_at + 1];
        switch (c) {
        case 's':
        case 'S':
            return shorthand(c == 'S', kSpaces);
        case 'w':
        case 'W':
            return shorthand(c == 'W', kWords);
        case 'd':
        case 'D':
            m_out += c == 'd' ? "\\p{Nd}" : "\\P{Nd}";
            m_at += 2;
            return {};
        case 'r':
        case 'n':
        case 't':
        case 'f':
            copy(2);
            return {};
        case 'p':
        case 'P':
            return property();
        case 'x':
        case 'u':
            return codePoint();
        default:
            break;
        }
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter)
            return refused(fmt::format("\\{}", c));
        copy(static_cast<unsigned char>(c) < 0x80 ? 2 : 1);
        if (static_cast<unsigned char>(c) >= 0x80)
            m_out.pop_back(); // an escaped character beyond ASCII is itself
        return {};
    }

    Result<void> shorthand(bool negated, std::string_view members)
    {
        if (negated && m_inClass)
            return refused("a negated shorthand inside a class");
        if (m_inClass && m_out.back() == '-')
            return refused("a range that ends in a shorthand");
        if (m_inClass)
            m_out += members;
        else
            m_out += fmt::format("[{}{}]", negated ? "^" : "", members);
        m_at += 2;
        return {};
    }

    Result<void> property()
    {
        const std::size_t close = m_in.find('}', m_at);
        if (m_at + 2 >= m_in.size() || m_in[m_at + 2] != '{' || close == std::string_view::npos)
            return refused("a property without braces");
        std::string_view name = m_in.substr(m_at + 3, close - m_at - 3);
        bool negated = m_in[m_at + 1] == 'P';
        if (name.starts_with('^')) {
            negated = !negated;
            name.remove_prefix(1);
        }
        constexpr std::array<std::string_view, 34> kCategories{"L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn",
            "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc",
            "Sk", "So", "Z", "Zs", "Zl", "Zp", "Cc", "Cf", "Co"};
        constexpr std::array<std::string_view, 12> kScripts{"Han", "Hiragana", "Katakana", "Hangul", "Latin",
            "Greek", "Cyrillic", "Arabic", "Hebrew", "Thai", "Devanagari", "Common"};
        std::string spelled;
        if (std::find(kCategories.begin(), kCategories.end(), name) != kCategories.end())
            spelled = name;
        else if (std::find(kScripts.begin(), kScripts.end(), name) != kScripts.end())
            spelled = fmt::format("sc:{}", name);
        else
            return refused(fmt::format("the property {}", name));
        m_out += fmt::format("\\{}{{{}}}", negated ? 'P' : 'p', spelled);
        m_at = close + 1;
        return {};
    }

    /// \uHHHH, \xHH of ASCII and \x{H...}.
    Result<void> codePoint()
    {
        const bool braces = follows("\\x{");
        const std::size_t begin = m_at + (braces ? 3 : 2);
        const std::size_t wanted = m_in[m_at + 1] == 'u' ? 4 : 2;
        const std::size_t end = braces ? m_in.find('}', begin) : begin + wanted;
        if (end == std::string_view::npos || end > m_in.size() || end == begin || end - begin > 6)
            return refused("an unfinished number of a character");
        const std::string_view digits = m_in.substr(begin, end - begin);
        const bool hex = std::all_of(digits.begin(), digits.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        });
        if (!hex || (!braces && wanted == 2 && digits[0] > '7'))
            return refused(fmt::format("\\x{}", digits));
        m_out += fmt::format("\\x{{{}}}", digits);
        m_at = end + (braces ? 1 : 0);
        return {};
    }

    std::string_view m_in;
    std::size_t m_at = 0;
    std::string m_out;
    bool m_inClass = false, m_classStart = false;
};

const pcre2_code* codeOf(const std::shared_ptr<void>& code)
{
    return static_cast<const pcre2_code*>(code.get());
}

struct MatchState
{
    MatchState()
        : context(pcre2_match_context_create(nullptr), pcre2_match_context_free)
    {
        if (context)
            pcre2_set_match_limit(context.get(), kMatchLimit);
    }
    std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context;
};

/// A match at or after `from`; negative numbers as PCRE2 returns them.
int search(const pcre2_code* code, std::string_view text, std::size_t from, std::uint32_t options,
    pcre2_match_data* data, const MatchState& state)
{
    const auto* const subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    options |= PCRE2_NO_UTF_CHECK;
    int found = pcre2_match(code, subject, text.size(), from, options, data, state.context.get());
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) // the interpreter keeps its state on the heap
        found = pcre2_match(
            code, subject, text.size(), from, options | PCRE2_NO_JIT, data, state.context.get());
    return found;
}

std::size_t nextBoundary(std::string_view text, std::size_t at)
{
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80)
        ++at;
    return at;
}

} // namespace

Result<std::string> pcrePattern(std::string_view onigurumaPattern)
{
    return Rewriter(onigurumaPattern).run();
}

Result<Regex> Regex::compile(std::string_view pattern)
{
    BITWRIGHT_ASSIGN(const std::string rewritten, pcrePattern(pattern));
    return compileOwn(rewritten);
}

Result<Regex> Regex::compileOwn(std::string_view pattern)
{
    if (pattern.size() > kPatternBytes)
        return fail(ErrorCode::Unsupported, "A regular expression of {} bytes; at most {} are taken.",
            pattern.size(), kPatternBytes);
    int number = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* const code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
        PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &number, &offset, nullptr);
    if (code == nullptr) {
        std::array<PCRE2_UCHAR, 128> text{};
        pcre2_get_error_message(number, text.data(), text.size());
        return fail(ErrorCode::Format, "The tokenizer's regular expression is wrong at character {}: {}.",
            offset, reinterpret_cast<const char*>(text.data()));
    }
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); // where it cannot, the interpreter runs
    Regex regex;
    regex.m_code
        = std::shared_ptr<void>(code, [](void* owned) { pcre2_code_free(static_cast<pcre2_code*>(owned)); });
    return regex;
}

Result<std::vector<Match>> Regex::matches(std::string_view text) const
{
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
        pcre2_match_data_create_from_pattern(codeOf(m_code), nullptr), pcre2_match_data_free);
    const MatchState state;
    if (!data || !state.context)
        return fail(ErrorCode::OutOfMemory, "No memory for a regular expression.");
    std::vector<Match> found;
    std::optional<std::size_t> lastEnd;
    for (std::size_t at = 0; at <= text.size();) {
        const int count = search(codeOf(m_code), text, at, 0, data.get(), state);
        if (count == PCRE2_ERROR_NOMATCH)
            break;
        if (count < 0)
            return fail(ErrorCode::Unsupported,
                "The tokenizer's regular expression takes too many steps on this text (PCRE2 error {}).",
                count);
        const PCRE2_SIZE* const place = pcre2_get_ovector_pointer(data.get());
        const Match match{place[0], place[1]};
        // An empty match right behind the last one is none.
        if (match.end > match.begin || lastEnd != match.begin)
            found.push_back(match);
        lastEnd = match.end;
        at = match.end > match.begin ? match.end : nextBoundary(text, match.end);
    }
    return found;
}

} // namespace bitwright::tokens
