#include "core/session/harm_results.h"

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace bitwright::session {

namespace {

constexpr int kTokensVersion = 2;
/// Knew one text alone, and its measurements did not know whose they were where tensors have equal bytes.
constexpr int kTokensOfOneText = 1;

/// Blocks of one part; sequences themselves where one value belongs to each.
std::vector<measure::TokenBlock> blocksOf(const MeasuredPart& part, measure::HarmKind kind)
{
    if (kind == measure::HarmKind::Divergence)
        return measure::tokenBlocks(part.starts);
    std::vector<measure::TokenBlock> blocks;
    for (std::size_t s = 0; s + 1 < part.starts.size(); ++s)
        blocks.push_back({s, s + 1});
    return blocks;
}

bool fits(const measure::Harm& harm, const MeasuredPart& part)
{
    if (harm.kind == measure::HarmKind::CosineDistance)
        return harm.values.size() + 1 == part.starts.size();
    return harm.values.size() == part.tokens() && (harm.next.empty() || harm.next.size() == part.tokens())
        && harm.sameBest <= part.tokens();
}

void addScreening(HarmResult& result, const measure::Harm& harm)
{
    if (!harm.screening)
        return;
    if (!result.screening) {
        result.screening = harm.screening;
        return;
    }
    measure::Screening& worst = *result.screening;
    worst.leftOut = std::max(worst.leftOut, harm.screening->leftOut);
    worst.changedLeftOut = std::max(worst.changedLeftOut, harm.screening->changedLeftOut);
    worst.standardError = std::max(worst.standardError, harm.screening->standardError);
}

} // namespace

std::string toJson(const MeasuredSets& sets)
{
    nlohmann::json json{{"version", kTokensVersion}, {"sets", nlohmann::json::array()}};
    for (const MeasuredTokens& tokens : sets) {
        nlohmann::json item{{"kind", measure::harmKindId(tokens.kind)}, {"units", tokens.units},
            {"parts", nlohmann::json::array()}};
        for (const MeasuredPart& part : tokens.parts)
            item["parts"].push_back({{"key", part.key}, {"starts", part.starts}});
        json["sets"].push_back(std::move(item));
    }
    return json.dump();
}

namespace {

bool hasArray(const nlohmann::json& json, const char* name)
{
    return json.is_object() && json.contains(name) && json[name].is_array();
}

std::optional<MeasuredPart> partFrom(const nlohmann::json& json)
{
    if (!hasArray(json, "starts") || !json.contains("key") || !json["key"].is_string())
        return std::nullopt;
    MeasuredPart part{json["key"].get<std::string>(), {}};
    for (const auto& start : json["starts"]) {
        if (!start.is_number_unsigned() || start.get<std::uint64_t>() > UINT32_MAX)
            return std::nullopt;
        part.starts.push_back(start.get<std::size_t>());
    }
    if (part.starts.size() < 2 || part.starts.front() != 0
        || !std::is_sorted(part.starts.begin(), part.starts.end()))
        return std::nullopt;
    return part;
}

std::optional<MeasuredTokens> tokensFrom(const nlohmann::json& json)
{
    if (!hasArray(json, "parts") || !hasArray(json, "units") || !json.contains("kind"))
        return std::nullopt;
    MeasuredTokens tokens;
    tokens.kind = json["kind"] == measure::harmKindId(measure::HarmKind::CosineDistance)
        ? measure::HarmKind::CosineDistance
        : measure::HarmKind::Divergence;
    for (const auto& one : json["parts"]) {
        auto part = partFrom(one);
        if (!part)
            return std::nullopt;
        tokens.parts.push_back(std::move(*part));
    }
    for (const auto& unit : json["units"]) {
        if (!unit.is_string())
            return std::nullopt;
        tokens.units.insert(unit.get<std::string>());
    }
    return tokens;
}

bool isBeginningOf(const MeasuredTokens& a, const MeasuredTokens& b)
{
    return a.kind == b.kind && a.parts.size() <= b.parts.size()
        && std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(),
            [](const MeasuredPart& one, const MeasuredPart& other) { return one.key == other.key; });
}

} // namespace

Result<MeasuredSets> measuredSetsFromJson(const std::string& text)
{
    const auto damaged
        = [] { return fail(ErrorCode::Format, "The project's note of measured tokens is damaged."); };
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("version") || !json["version"].is_number_integer())
        return damaged();
    MeasuredSets sets;
    if (json["version"] == kTokensOfOneText)
        return sets;
    if (json["version"] != kTokensVersion || !hasArray(json, "sets"))
        return damaged();
    for (const auto& one : json["sets"]) {
        auto tokens = tokensFrom(one);
        if (!tokens)
            return damaged();
        sets.push_back(std::move(*tokens));
    }
    return sets;
}

void noteMeasured(MeasuredSets& sets, const MeasuredTokens& tokens, const std::string& unit)
{
    const auto found = std::find_if(sets.begin(), sets.end(), [&](const MeasuredTokens& known) {
        return isBeginningOf(known, tokens) || isBeginningOf(tokens, known);
    });
    MeasuredTokens noted = tokens;
    if (found != sets.end()) {
        if (found->parts.size() > noted.parts.size())
            noted.parts = std::move(found->parts);
        noted.units.merge(found->units);
        sets.erase(found);
    }
    noted.units.insert(unit);
    sets.push_back(std::move(noted));
}

Result<HarmResult> joinParts(
    const std::vector<MeasuredPart>& parts, const std::vector<measure::Harm>& harms, std::uint64_t seed)
{
    HarmResult result;
    if (!parts.empty())
        result.tokensKey = parts.front().key;
    std::vector<float> next;
    std::uint64_t same = 0;
    for (std::size_t p = 0; p < harms.size() && p < parts.size(); ++p) {
        const measure::Harm& harm = harms[p];
        if (!fits(harm, parts[p]) || (p > 0 && harm.kind != result.kind))
            return fail(ErrorCode::Format, "A stored measurement does not fit its tokens.");
        result.kind = harm.kind;
        for (measure::TokenBlock block : blocksOf(parts[p], harm.kind)) {
            block.first += result.values.size();
            block.end += result.values.size();
            result.blocks.push_back(block);
        }
        result.values.insert(result.values.end(), harm.values.begin(), harm.values.end());
        next.insert(next.end(), harm.next.begin(), harm.next.end());
        result.tokens += parts[p].tokens();
        same += harm.sameBest;
        addScreening(result, harm);
    }
    if (!result.values.empty())
        result.mean = std::accumulate(result.values.begin(), result.values.end(), 0.0)
            / static_cast<double>(result.values.size());
    result.interval = measure::bootstrapMean(result.values, result.blocks, seed);
    if (result.interval)
        result.interval->low = std::max(0.0, result.interval->low);
    result.perplexity = measure::perplexityOf(next);
    if (result.kind == measure::HarmKind::Divergence && result.tokens > 0)
        result.sameBest = static_cast<double>(same) / static_cast<double>(result.tokens);
    return result;
}

std::optional<measure::Interval> differenceOf(const HarmResult& a, const HarmResult& b, std::uint64_t seed)
{
    if (a.tokensKey != b.tokensKey)
        return std::nullopt;
    const std::size_t shared = std::min(a.values.size(), b.values.size());
    std::vector<measure::TokenBlock> blocks;
    for (const measure::TokenBlock& block : a.blocks)
        if (block.end <= shared)
            blocks.push_back(block);
    return measure::pairedDifference(
        std::span(a.values).first(shared), std::span(b.values).first(shared), blocks, seed);
}

} // namespace bitwright::session
