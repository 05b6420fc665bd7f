// What a workspace keeps of harm that was measured by running the model.
#include "core/session/workspace.h"

#include <algorithm>

namespace bitwright::session {

namespace {

constexpr std::string_view kTokensState = "measure/tokens";

} // namespace

Result<std::optional<measure::Harm>> Workspace::storedHarm(
    const std::string& subject, const std::string& variant) const
{
    if (const auto present = project())
        return present->harm(subject, variant);
    const std::lock_guard lock(m_mutex);
    const auto found = m_harms.find({subject, variant});
    return found == m_harms.end() ? std::nullopt : std::optional(found->second);
}

Result<void> Workspace::storeHarm(
    const std::string& subject, const std::string& variant, const measure::Harm& harm)
{
    if (const auto present = project())
        return present->saveHarm(subject, variant, harm);
    const std::lock_guard lock(m_mutex);
    m_harms[{subject, variant}] = harm;
    return {};
}

Result<MeasuredSets> Workspace::measuredSets() const
{
    const auto present = project();
    if (!present) {
        const std::lock_guard lock(m_mutex);
        return m_measuredSets;
    }
    BITWRIGHT_ASSIGN(const auto text, present->state(kTokensState));
    if (!text)
        return MeasuredSets();
    return measuredSetsFromJson(*text);
}

Result<void> Workspace::noteMeasured(const MeasuredTokens& tokens, const std::string& unit)
{
    if (const auto present = project()) {
        BITWRIGHT_ASSIGN(auto sets, measuredSets());
        session::noteMeasured(sets, tokens, unit);
        return present->setState(kTokensState, toJson(sets));
    }
    const std::lock_guard lock(m_mutex);
    session::noteMeasured(m_measuredSets, tokens, unit);
    return {};
}

Result<void> Workspace::storeHarms(project::Project& into) const
{
    const std::lock_guard lock(m_mutex);
    for (const auto& [place, harm] : m_harms)
        BITWRIGHT_CHECK(into.saveHarm(place.first, place.second, harm));
    if (!m_measuredSets.empty())
        BITWRIGHT_CHECK(into.setState(kTokensState, toJson(m_measuredSets)));
    return {};
}

std::string Workspace::harmVariant(const quant::Option& stored, std::string_view target,
    const std::string& part, const model::ActivationDump* dump)
{
    std::string variant = fmt::format("{}@{}@{}", stored.id, target, part);
    if (stored.needsGram && dump != nullptr)
        variant += "@" + dump->contentHash();
    return variant;
}

Result<std::optional<HarmResult>> Workspace::joinedHarm(const MeasuredTokens& tokens,
    const std::string& subject, const quant::Option& option, std::string_view target,
    std::uint64_t seed) const
{
    std::vector<measure::Harm> harms;
    for (const MeasuredPart& part : tokens.parts) {
        BITWRIGHT_ASSIGN(auto harm, storedHarm(subject, harmVariant(option, target, part.key, dump())));
        if (!harm)
            break;
        harms.push_back(std::move(*harm));
    }
    if (harms.empty())
        return std::optional<HarmResult>();
    BITWRIGHT_ASSIGN(auto joined, joinParts(tokens.parts, harms, seed));
    return std::optional(std::move(joined));
}

Result<score::MeasuredHarm> Workspace::measuredHarm(const plan::Target& target, const OptionsOf& optionsOf,
    const RunContext& context, const OnHarm& onHarm) const
{
    score::MeasuredHarm measured;
    BITWRIGHT_ASSIGN(const auto sets, measuredSets());
    if (sets.empty())
        return measured;
    if (sets.back().kind == measure::HarmKind::CosineDistance)
        measured.quantity = "cosine distance of sentence embeddings";
    for (const plan::Unit& unit : m_units) {
        BITWRIGHT_CHECK(context.checkStop());
        BITWRIGHT_ASSIGN(const auto content, contentHash(unit.index, context));
        const std::string subject = unitContent(unit, content);
        for (const quant::Option& option : optionsOf(unit)) {
            std::optional<HarmResult> best;
            for (const MeasuredTokens& tokens : sets) {
                if (!tokens.units.contains(unit.name))
                    continue;
                BITWRIGHT_ASSIGN(auto joined, joinedHarm(tokens, subject, option, target.id(), context.seed));
                if (joined && joined->interval && (!best || joined->tokens >= best->tokens))
                    best = std::move(joined);
            }
            if (!best)
                continue;
            measured.tokens = std::max(measured.tokens, best->tokens);
            measured.pairs[unit.name][option.id]
                = {best->mean, best->interval->low, best->interval->high, best->tokens};
            if (onHarm)
                onHarm(unit, option, *best);
        }
    }
    return measured;
}

score::ScoreKind Workspace::defaultScore() const
{
    std::set<std::string> units;
    if (const auto sets = measuredSets())
        for (const MeasuredTokens& tokens : *sets)
            units.insert(tokens.units.begin(), tokens.units.end());
    // A few units do not say how those that were not measured compare.
    if (!units.empty() && units.size() >= std::min(score::kUnitsToCalibrate, m_units.size()))
        return score::ScoreKind::Measured;
    return score::defaultScore(dump());
}

} // namespace bitwright::session
