#include "core/export/module_pattern.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_set>

namespace bitwright::exporting {

namespace {

constexpr std::string_view kRegex = "re:";
constexpr std::string_view kAnyParent = "(.*\\.)?";
constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}";

// Matching
// ---------------------------------------------------------------------------------------------------------------

/// A sequence of alternatives; a literal has one.
struct Pattern
{
    bool anyParent = false;
    std::vector<std::vector<std::string>> parts;
};

/// Reads literal characters up to the first special one. Nothing for a dangling or foreign escape.
std::optional<std::string> takeLiteral(std::string_view& text)
{
    std::string literal;
    while (!text.empty()) {
        if (text.front() == '\\') {
            if (text.size() < 2 || kSpecial.find(text[1]) == std::string_view::npos)
                return std::nullopt;
            literal += text[1];
            text.remove_prefix(2);
        } else if (kSpecial.find(text.front()) == std::string_view::npos) {
            literal += text.front();
            text.remove_prefix(1);
        } else {
            break;
        }
    }
    return literal;
}

/// Reads "(a|b)".
std::optional<std::vector<std::string>> takeAlternatives(std::string_view& text)
{
    std::vector<std::string> alternatives;
    do {
        text.remove_prefix(1); // "(" or "|"
        auto literal = takeLiteral(text);
        if (!literal || literal->empty() || text.empty())
            return std::nullopt;
        alternatives.push_back(std::move(*literal));
    } while (text.front() == '|');
    if (text.front() != ')')
        return std::nullopt;
    text.remove_prefix(1);
    return alternatives;
}

std::optional<Pattern> parsePattern(std::string_view text)
{
    Pattern pattern;
    if (text.starts_with(kAnyParent)) {
        pattern.anyParent = true;
        text.remove_prefix(kAnyParent.size());
    }
    while (text != "$") {
        if (text.empty())
            return std::nullopt;
        if (text.front() == '(') {
            auto alternatives = takeAlternatives(text);
            if (!alternatives)
                return std::nullopt;
            pattern.parts.push_back(std::move(*alternatives));
        } else {
            auto literal = takeLiteral(text);
            if (!literal || literal->empty())
                return std::nullopt;
            pattern.parts.push_back({std::move(*literal)});
        }
    }
    return pattern;
}

bool matchesFrom(const Pattern& pattern, std::size_t part, std::string_view name)
{
    if (part == pattern.parts.size())
        return name.empty();
    const auto& alternatives = pattern.parts[part];
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const std::string& literal) {
        return name.starts_with(literal) && matchesFrom(pattern, part + 1, name.substr(literal.size()));
    });
}

bool matches(const Pattern& pattern, std::string_view name)
{
    if (matchesFrom(pattern, 0, name))
        return true;
    for (std::size_t dot = name.find('.'); pattern.anyParent && dot != std::string_view::npos;
         dot = name.find('.', dot + 1))
        if (matchesFrom(pattern, 0, name.substr(dot + 1)))
            return true;
    return false;
}

// Making
// ---------------------------------------------------------------------------------------------------------------

/// A module name with its numbers taken out: "layers.{}.mlp.experts.{}.up_proj" and (3, 7).
struct Numbered
{
    std::vector<std::string> components; ///< Empty where a number stood.
    std::vector<std::string> numbers;
};

bool isNumber(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Numbered numbered(std::string_view name)
{
    Numbered result;
    while (true) {
        const std::size_t dot = name.find('.');
        const std::string component(name.substr(0, dot));
        if (isNumber(component))
            result.numbers.push_back(component);
        result.components.push_back(isNumber(component) ? std::string() : component);
        if (dot == std::string_view::npos)
            return result;
        name.remove_prefix(dot + 1);
    }
}

std::string escaped(std::string_view literal)
{
    std::string text;
    for (const char c : literal) {
        if (kSpecial.find(c) != std::string_view::npos)
            text += '\\';
        text += c;
    }
    return text;
}

bool byValue(const std::string& a, const std::string& b)
{
    return std::tuple(a.size(), a) < std::tuple(b.size(), b);
}

/// "3" or "(3|7)", in order of value.
std::string alternatives(std::vector<std::string> numbers)
{
    std::sort(numbers.begin(), numbers.end(), byValue);
    return numbers.size() == 1 ? numbers.front() : fmt::format("({})", fmt::join(numbers, "|"));
}

/// One pattern for a product of choices per number.
std::string patternText(
    const std::vector<std::string>& components, const std::vector<std::vector<std::string>>& choices)
{
    std::vector<std::string> texts;
    std::size_t next = 0;
    for (const std::string& component : components)
        texts.push_back(
            component.empty() && next < choices.size() ? alternatives(choices[next++]) : escaped(component));
    return fmt::format("{}", fmt::join(texts, "\\."));
}

/// Patterns for names that differ in their numbers only. The set of number tuples is cut into products: first
/// the values of the first number that share all others, then, for names with two numbers, the second ones
/// that share a set of first ones.
std::vector<std::string> patternsOf(
    const std::vector<std::string>& components, const std::vector<std::vector<std::string>>& tuples)
{
    if (tuples.front().empty())
        return {patternText(components, {})};
    std::map<std::vector<std::string>, std::vector<std::string>> firstsByRest;
    for (const auto& tuple : tuples)
        firstsByRest[{tuple.begin() + 1, tuple.end()}].push_back(tuple.front());
    std::vector<std::string> patterns;
    std::map<std::vector<std::string>, std::vector<std::string>> secondsByFirsts;
    for (auto& [rest, firsts] : firstsByRest) {
        if (rest.size() == 1) {
            std::sort(firsts.begin(), firsts.end(), byValue);
            secondsByFirsts[firsts].push_back(rest.front());
            continue;
        }
        std::vector<std::vector<std::string>> choices{firsts};
        for (const std::string& number : rest)
            choices.push_back({number});
        patterns.push_back(patternText(components, choices));
    }
    for (const auto& [firsts, seconds] : secondsByFirsts)
        patterns.push_back(patternText(components, {firsts, seconds}));
    return patterns;
}

std::vector<std::string> patternBodies(const std::vector<std::string>& names)
{
    std::map<std::vector<std::string>, std::vector<std::vector<std::string>>> templates;
    for (const std::string& name : names) {
        Numbered parts = numbered(name);
        templates[std::move(parts.components)].push_back(std::move(parts.numbers));
    }
    std::vector<std::string> bodies;
    for (const auto& [components, tuples] : templates)
        for (std::string& body : patternsOf(components, tuples))
            bodies.push_back(std::move(body));
    std::sort(bodies.begin(), bodies.end());
    return bodies;
}

/// Whether the targets match `wanted` and nothing else of `all`.
bool areExact(const std::vector<std::string>& targets, const std::vector<std::string>& wanted,
    const std::vector<std::string>& all)
{
    std::vector<Pattern> patterns;
    for (const std::string& target : targets) {
        auto pattern = parsePattern(std::string_view(target).substr(kRegex.size()));
        if (!pattern)
            return false;
        patterns.push_back(std::move(*pattern));
    }
    const std::unordered_set<std::string_view> set(wanted.begin(), wanted.end());
    return std::all_of(all.begin(), all.end(), [&](const std::string& name) {
        const bool found = std::any_of(
            patterns.begin(), patterns.end(), [&](const Pattern& pattern) { return matches(pattern, name); });
        return found == set.contains(name);
    });
}

std::vector<std::string> targetsOf(const std::vector<std::string>& names, std::string_view beginning)
{
    std::vector<std::string> targets;
    for (const std::string& body : patternBodies(names))
        targets.push_back(fmt::format("{}{}{}$", kRegex, beginning, body));
    return targets;
}

} // namespace

bool matchesModule(std::string_view target, std::string_view name)
{
    if (!target.starts_with(kRegex))
        return target == name;
    const auto pattern = parsePattern(target.substr(kRegex.size()));
    return pattern && matches(*pattern, name);
}

bool isKnownPattern(std::string_view target)
{
    return !target.starts_with(kRegex) || parsePattern(target.substr(kRegex.size())).has_value();
}

std::vector<std::string> modulePatterns(
    const std::vector<std::string>& wanted, const std::vector<std::string>& all)
{
    if (wanted.empty())
        return {};
    constexpr std::string_view kWrapper = "model.";
    std::vector<std::string> stripped = wanted;
    for (std::string& name : stripped)
        if (name.starts_with(kWrapper) && name.size() > kWrapper.size())
            name.erase(0, kWrapper.size());
    for (const auto& targets :
        {targetsOf(stripped, kAnyParent), targetsOf(wanted, kAnyParent), targetsOf(wanted, {})})
        if (areExact(targets, wanted, all))
            return targets;
    return wanted;
}

} // namespace bitwright::exporting
