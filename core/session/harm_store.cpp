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

Result<std::optional<MeasuredTokens>> Workspace::measuredTokens() const
{
    const auto present = project();
    if (!present) {
        const std::lock_guard lock(m_mutex);
        return m_measuredTokens;
    }
    BITWRIGHT_ASSIGN(const auto text, present->state(kTokensState));
    if (!text)
        return std::optional<MeasuredTokens>();
    BITWRIGHT_ASSIGN(auto tokens, measuredTokensFromJson(*text));
    return std::optional(std::move(tokens));
}

Result<void> Workspace::setMeasuredTokens(const MeasuredTokens& tokens)
{
    if (const auto present = project())
        return present->setState(kTokensState, toJson(tokens));
    const std::lock_guard lock(m_mutex);
    m_measuredTokens = tokens;
    return {};
}

Result<void> Workspace::storeHarms(project::Project& into) const
{
    const std::lock_guard lock(m_mutex);
    for (const auto& [place, harm] : m_harms)
        BITWRIGHT_CHECK(into.saveHarm(place.first, place.second, harm));
    if (m_measuredTokens)
        BITWRIGHT_CHECK(into.setState(kTokensState, toJson(*m_measuredTokens)));
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

Result<score::MeasuredHarm> Workspace::measuredHarm(const plan::Target& target, const OptionsOf& optionsOf,
    const RunContext& context, const OnHarm& onHarm) const
{
    score::MeasuredHarm measured;
    BITWRIGHT_ASSIGN(const auto tokens, measuredTokens());
    if (!tokens)
        return measured;
    if (tokens->kind == measure::HarmKind::CosineDistance)
        measured.quantity = "cosine distance of sentence embeddings";
    const model::ActivationDump* const read = dump();
    for (const plan::Unit& unit : m_units) {
        BITWRIGHT_CHECK(context.checkStop());
        BITWRIGHT_ASSIGN(const auto content, contentHash(unit.index, context));
        const std::string subject = unitContent(unit, content);
        for (const quant::Option& option : optionsOf(unit)) {
            std::vector<measure::Harm> harms;
            for (const MeasuredPart& part : tokens->parts) {
                BITWRIGHT_ASSIGN(
                    auto harm, storedHarm(subject, harmVariant(option, target.id(), part.key, read)));
                if (!harm)
                    break;
                harms.push_back(std::move(*harm));
            }
            if (harms.empty())
                continue;
            BITWRIGHT_ASSIGN(const auto joined, joinParts(tokens->parts, harms, context.seed));
            score::MeasuredPair pair;
            pair.mean = joined.mean;
            pair.tokens = joined.tokens;
            if (joined.interval) {
                pair.low = joined.interval->low;
                pair.high = joined.interval->high;
            }
            measured.tokens = std::max(measured.tokens, joined.tokens);
            measured.pairs[unit.name][option.id] = pair;
            if (onHarm)
                onHarm(unit, option, joined);
        }
    }
    return measured;
}

score::ScoreKind Workspace::defaultScore() const
{
    const auto tokens = measuredTokens();
    if (tokens && *tokens && !(*tokens)->parts.empty())
        return score::ScoreKind::Measured;
    return score::defaultScore(dump());
}

} // namespace bitwright::session
