#include "core/tokens/pattern.h"

#include "core/tokens/json_fields.h"
#include "core/tokens/unicode.h"

#include <algorithm>

namespace bitwright::tokens {

namespace {

std::vector<Run> withGaps(const std::vector<Match>& matches, std::size_t size)
{
    std::vector<Run> runs;
    std::size_t end = 0;
    for (const Match& match : matches) {
        if (match.begin > end)
            runs.push_back({end, match.begin, false});
        runs.push_back({match.begin, match.end, true});
        end = match.end;
    }
    if (end < size)
        runs.push_back({end, size, false});
    return runs;
}

/// Joins a match with the run before it in `order`.
void joinMatches(std::vector<Run>& runs)
{
    std::vector<Run> joined;
    bool previous = false;
    for (const Run& run : runs) {
        if (run.matched && !previous && !joined.empty())
            joined.back()
                = {std::min(joined.back().begin, run.begin), std::max(joined.back().end, run.end), false};
        else
            joined.push_back(run);
        previous = run.matched;
    }
    runs = std::move(joined);
}

void joinAlike(std::vector<Run>& runs)
{
    std::vector<Run> joined;
    for (const Run& run : runs) {
        if (!joined.empty() && joined.back().matched == run.matched)
            joined.back().end = run.end;
        else
            joined.push_back(run);
    }
    runs = std::move(joined);
}

} // namespace

Result<Pattern> Pattern::read(const nlohmann::json& step)
{
    BITWRIGHT_ASSIGN(const nlohmann::json* const pattern, member(step, "pattern"));
    if (pattern->is_string())
        return literal(pattern->get<std::string>());
    if (memberIfAny(*pattern, "String") != nullptr) {
        BITWRIGHT_ASSIGN(std::string text, textField(*pattern, "String"));
        return literal(std::move(text));
    }
    BITWRIGHT_ASSIGN(const std::string text, textField(*pattern, "Regex"));
    auto regex = Regex::compile(text);
    if (!regex)
        return fail(std::move(regex.error()).withRemedy(kGiveIds));
    return of(std::move(*regex));
}

Pattern Pattern::literal(std::string text)
{
    Pattern pattern;
    pattern.m_literal = std::move(text);
    return pattern;
}

Pattern Pattern::of(Regex regex)
{
    Pattern pattern;
    pattern.m_regex = std::move(regex);
    return pattern;
}

Result<std::vector<Run>> Pattern::runs(std::string_view text) const
{
    std::vector<Match> matches;
    if (m_regex) {
        auto found = m_regex->matches(text);
        if (!found)
            return fail(std::move(found.error()).withRemedy(kGiveIds));
        matches = std::move(*found);
    } else if (!m_literal.empty()) {
        for (std::size_t at = text.find(m_literal); at != std::string_view::npos;
             at = text.find(m_literal, at + m_literal.size()))
            matches.push_back({at, at + m_literal.size()});
    }
    return withGaps(matches, text.size());
}

std::vector<Run> runsOf(std::string_view text, const std::function<bool(std::uint32_t)>& test)
{
    std::vector<Match> matches;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        if (test(nextPoint(text, at)))
            matches.push_back({begin, at});
    }
    return withGaps(matches, text.size());
}

Result<SplitBehavior> readBehavior(const nlohmann::json& step, const char* fallback)
{
    BITWRIGHT_ASSIGN(const std::string name, textField(step, "behavior", fallback));
    if (name == "Removed")
        return SplitBehavior::Removed;
    if (name == "Isolated")
        return SplitBehavior::Isolated;
    if (name == "MergedWithPrevious")
        return SplitBehavior::MergedWithPrevious;
    if (name == "MergedWithNext")
        return SplitBehavior::MergedWithNext;
    if (name == "Contiguous")
        return SplitBehavior::Contiguous;
    return unknownPart("split behavior", name);
}

std::vector<Match> split(const std::vector<Run>& runs, SplitBehavior behavior)
{
    std::vector<Run> kept = runs;
    switch (behavior) {
    case SplitBehavior::Removed:
        std::erase_if(kept, [](const Run& run) { return run.matched; });
        break;
    case SplitBehavior::Isolated:
        break;
    case SplitBehavior::MergedWithPrevious:
        joinMatches(kept);
        break;
    case SplitBehavior::MergedWithNext:
        std::reverse(kept.begin(), kept.end());
        joinMatches(kept);
        std::reverse(kept.begin(), kept.end());
        break;
    case SplitBehavior::Contiguous:
        joinAlike(kept);
        break;
    }
    std::vector<Match> pieces;
    for (const Run& run : kept)
        if (run.end > run.begin)
            pieces.push_back({run.begin, run.end});
    return pieces;
}

} // namespace bitwright::tokens
