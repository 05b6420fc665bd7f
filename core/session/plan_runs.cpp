#include "core/session/plan_runs.h"

#include "core/io/hash.h"
#include "core/session/refine.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace bitwright::session {

namespace {

constexpr std::string_view kState = "harm/plans";

constexpr std::array<std::pair<PlanRunKind, std::string_view>, 4> kKinds{{{PlanRunKind::Own, "own"},
    {PlanRunKind::Uniform, "uniform"}, {PlanRunKind::Preset, "preset"}, {PlanRunKind::Proxy, "proxy"}}};

nlohmann::json numberOrNull(const std::optional<double>& value)
{
    return value && std::isfinite(*value) ? nlohmann::json(*value) : nlohmann::json();
}

std::string textOf(const nlohmann::json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<double> numberOf(const nlohmann::json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

bool flagOf(const nlohmann::json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_boolean() && found->get<bool>();
}

/// What a project holds may have been made by anybody.
std::uint64_t countOf(const nlohmann::json& json, const char* key)
{
    constexpr double kMost = 9e15;
    const double value = numberOf(json, key).value_or(0);
    return value >= 0 && value <= kMost ? static_cast<std::uint64_t>(value) : 0;
}

PlanRunKind kindFrom(const nlohmann::json& json)
{
    const std::string word = textOf(json, "kind");
    for (const auto& [kind, known] : kKinds)
        if (word == known)
            return kind;
    // The first version knew uniform plans only.
    return flagOf(json, "uniform") ? PlanRunKind::Uniform : PlanRunKind::Own;
}

/// Sums without counts are none.
measure::BlockSums sumsOf(const nlohmann::json& json)
{
    const auto values = json.find("block_sums"), counts = json.find("block_tokens");
    if (values == json.end() || counts == json.end() || !values->is_array() || !counts->is_array()
        || values->size() != counts->size())
        return {};
    measure::BlockSums sums;
    for (std::size_t i = 0; i < values->size(); ++i) {
        const auto& value = (*values)[i];
        const auto& count = (*counts)[i];
        if (!value.is_number() || !count.is_number() || !(count.get<double>() >= 1)
            || count.get<double>() > 1e9)
            return {};
        sums.sums.push_back(value.get<double>());
        sums.counts.push_back(static_cast<std::size_t>(count.get<double>()));
    }
    return sums;
}

/// The plan that the note holds, if it is the measured one. Before the note was the core's, choices were
/// hashed by SHA-1, 40 digits: those are taken at their word and get the present hash.
void readPlan(PlanRun& run, const nlohmann::json& json)
{
    constexpr std::size_t kOldDigits = 40;
    auto whole = plan::planFromJson(textOf(json, "plan"));
    if (!whole)
        return;
    std::string choice = choiceKey(*whole);
    if (run.choice.size() != kOldDigits && run.choice != choice)
        return;
    run.choice = std::move(choice);
    run.plan = std::move(*whole);
}

nlohmann::json jsonOf(const PlanRun& run)
{
    std::string_view kind;
    for (const auto& [known, word] : kKinds)
        if (known == run.kind)
            kind = word;
    nlohmann::json json
        = {{"name", run.name}, {"target", run.target}, {"text", run.text}, {"bytes", run.bytes},
            {"bpw", run.bpw}, {"kind", kind}, {"cosine", run.harm == measure::HarmKind::CosineDistance},
            {"mean", run.mean}, {"low", numberOrNull(run.low)}, {"high", numberOrNull(run.high)},
            {"perplexity", numberOrNull(run.perplexity)},
            {"reference_perplexity", numberOrNull(run.referencePerplexity)},
            {"same_best", numberOrNull(run.sameBest)}, {"tokens", run.tokens},
            {"predicted", numberOrNull(run.predicted)}, {"choice", run.choice}, {"token_key", run.tokenKey},
            {"block_sums", run.sums.sums}, {"block_tokens", run.sums.counts}, {"plan", nullptr}};
    if (run.plan)
        json["plan"] = plan::planToJson(*run.plan, nullptr);
    return json;
}

PlanRun runFrom(const nlohmann::json& json)
{
    PlanRun run;
    run.name = textOf(json, "name");
    run.target = textOf(json, "target");
    run.text = textOf(json, "text");
    run.bytes = countOf(json, "bytes");
    run.bpw = numberOf(json, "bpw").value_or(0);
    run.kind = kindFrom(json);
    if (flagOf(json, "cosine"))
        run.harm = measure::HarmKind::CosineDistance;
    run.mean = numberOf(json, "mean").value_or(0);
    run.low = numberOf(json, "low");
    run.high = numberOf(json, "high");
    run.perplexity = numberOf(json, "perplexity");
    run.referencePerplexity = numberOf(json, "reference_perplexity");
    run.sameBest = numberOf(json, "same_best");
    run.tokens = countOf(json, "tokens");
    run.predicted = numberOf(json, "predicted");
    run.choice = textOf(json, "choice");
    run.tokenKey = textOf(json, "token_key");
    run.sums = sumsOf(json);
    readPlan(run, json);
    return run;
}

} // namespace

PlanRunKind kindOf(plan::RivalRule rule)
{
    return rule == plan::RivalRule::Uniform || rule == plan::RivalRule::EvenMix ? PlanRunKind::Uniform
                                                                                : PlanRunKind::Preset;
}

std::string choiceKey(const plan::Plan& plan)
{
    io::Hasher hasher;
    hasher.add(plan.target);
    for (const auto& [unit, entry] : plan.entries) {
        hasher.add(unit);
        hasher.add(entry.option);
    }
    return hasher.hex();
}

PlanRun planRunOf(const plan::Plan& plan, const plan::PlanSize& size, const HarmResult& result,
    const std::vector<MeasuredPart>& parts)
{
    PlanRun run;
    run.name = plan.name;
    run.target = plan.target;
    run.bytes = size.bytes();
    run.bpw = size.bpw();
    run.harm = result.kind;
    run.mean = result.mean;
    if (result.interval) {
        run.low = result.interval->low;
        run.high = result.interval->high;
    }
    run.perplexity = result.perplexity;
    run.sameBest = result.sameBest;
    run.tokens = result.tokens;
    run.sums = measure::blockSums(result.values, result.blocks);
    io::Hasher hasher;
    for (const MeasuredPart& part : parts)
        hasher.add(part.key);
    run.tokenKey = hasher.hex();
    run.choice = choiceKey(plan);
    run.plan = plan;
    return run;
}

std::string toJson(const std::vector<PlanRun>& runs)
{
    nlohmann::json json = nlohmann::json::array();
    for (const PlanRun& run : runs)
        json.push_back(jsonOf(run));
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); // names come from files
}

std::vector<PlanRun> planRunsFromJson(const std::string& text)
{
    const auto json = nlohmann::json::parse(text, nullptr, false);
    std::vector<PlanRun> runs;
    if (json.is_array())
        for (const auto& item : json)
            if (item.is_object())
                runs.push_back(runFrom(item));
    return runs;
}

void addPlanRun(std::vector<PlanRun>& runs, PlanRun run)
{
    std::erase_if(
        runs, [&](const PlanRun& known) { return known.choice == run.choice && known.target == run.target; });
    runs.push_back(std::move(run));
}

Result<std::vector<PlanRun>> planRuns(const Workspace& workspace)
{
    const auto project = workspace.project();
    if (!project)
        return std::vector<PlanRun>();
    BITWRIGHT_ASSIGN(const auto note, project->state(kState));
    return note ? planRunsFromJson(*note) : std::vector<PlanRun>();
}

Result<void> notePlanRuns(const Workspace& workspace, std::vector<PlanRun> runs)
{
    const auto project = workspace.project();
    if (!project || runs.empty())
        return {};
    BITWRIGHT_ASSIGN(const auto note, project->state(kState));
    auto known = note ? planRunsFromJson(*note) : std::vector<PlanRun>();
    for (PlanRun& run : runs)
        addPlanRun(known, std::move(run));
    return project->setState(kState, toJson(known));
}

Result<void> noteRefinement(const Workspace& workspace, const plan::PlanSpace& space, const plan::Plan& start,
    const Refinement& refinement, const std::string& text)
{
    BITWRIGHT_ASSIGN(const auto known, planRuns(workspace));
    std::vector<PlanRun> runs;
    const auto add = [&](const plan::Plan& plan, const HarmResult& result) -> Result<void> {
        BITWRIGHT_ASSIGN(const auto size, space.sizeOf(plan));
        PlanRun run = planRunOf(plan, size, result, refinement.acceptingParts);
        run.text = text;
        run.referencePerplexity = refinement.referencePerplexity;
        runs.push_back(std::move(run));
        return {};
    };
    const auto isKnown
        = [&](const PlanRun& run) { return run.target == start.target && run.choice == choiceKey(start); };
    if (std::none_of(known.begin(), known.end(), isKnown))
        BITWRIGHT_CHECK(add(start, refinement.startAccepting));
    if (refinement.kept > 0) {
        BITWRIGHT_CHECK(add(refinement.plan, refinement.accepting));
        runs.back().name = start.name + " refined";
    }
    return notePlanRuns(workspace, std::move(runs));
}

} // namespace bitwright::session
