#pragma once

#include "core/tokens/regex.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>

namespace bitwright::tokens {

/// A run of a text that matches a pattern or lies between matches.
struct Run
{
    std::size_t begin = 0, end = 0;
    bool matched = false;
};

/// What a tokenizer splits or replaces by: a literal text or a regular expression.
class Pattern
{
public:
    /// {"String": "x"} or {"Regex": "x"}.
    [[nodiscard]] static Result<Pattern> read(const nlohmann::json& step);
    [[nodiscard]] static Pattern literal(std::string text);
    [[nodiscard]] static Pattern of(Regex regex);

    /// The whole text as runs, in order.
    [[nodiscard]] Result<std::vector<Run>> runs(std::string_view text) const;

private:
    std::string m_literal;
    std::optional<Regex> m_regex;
};

/// Runs of one character that satisfy `test` (each a match of its own), and the runs between them.
[[nodiscard]] std::vector<Run> runsOf(std::string_view text, const std::function<bool(std::uint32_t)>& test);

/// What happens to the matches of a split.
enum class SplitBehavior : std::uint8_t
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
};
[[nodiscard]] Result<SplitBehavior> readBehavior(const nlohmann::json& step, const char* fallback);

/// The pieces that remain of `runs`, in order; empty ones are left out.
[[nodiscard]] std::vector<Match> split(const std::vector<Run>& runs, SplitBehavior behavior);

} // namespace bitwright::tokens
