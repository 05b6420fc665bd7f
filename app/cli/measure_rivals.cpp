#include "app/cli/measure_rivals.h"

#include "core/plan/rivals.h"

namespace bitwright::cli {

namespace {

constexpr const char* kNone = "no uniform plan of this size";

nlohmann::json intervalOrNull(const std::optional<measure::Interval>& interval)
{
    if (!interval)
        return nullptr;
    return {{"mean", numberOrNull(interval->mean)}, {"low", numberOrNull(interval->low)},
        {"high", numberOrNull(interval->high)}};
}

/// "better than uniform"; an even mix is what stands for a uniform plan between two widths.
std::string verdictOf(const std::optional<measure::Interval>& difference, plan::RivalRule rule)
{
    if (!difference || difference->holds(0))
        return "cannot be told apart";
    const auto than
        = rule == plan::RivalRule::EvenMix ? plan::ruleWord(plan::RivalRule::Uniform) : plan::ruleWord(rule);
    return fmt::format("{} than {}", difference->mean < 0 ? "better" : "worse", than);
}

nlohmann::json nothing(const std::string& verdict)
{
    return {{"name", nullptr}, {"option", nullptr}, {"bytes", nullptr}, {"bpw", nullptr},
        {"description", nullptr}, {"difference", nullptr}, {"verdict", verdict}};
}

} // namespace

std::vector<CLI::Option*> addRivalOptions(CLI::App& app, CLI::Option* plan, RivalArguments& arguments)
{
    return {
        app.add_flag("--against-uniform", arguments.uniform,
               "Also run the uniform plan of the plan's size: the largest that is not larger, or the even "
               "mix of the two around it")
            ->needs(plan),
        app.add_flag("--against-presets", arguments.presets,
               "Also run presets of the plan's size: more bits for the first and last blocks, and for v_proj "
               "and down_proj")
            ->needs(plan)};
}

Result<void> PlanRunner::note(const plan::Plan& plan, const plan::PlanSize& size, session::PlanRunKind kind,
    const session::HarmResult& result) const
{
    auto run = session::planRunOf(plan, size, result, measurer.parts());
    run.text = text;
    run.kind = kind;
    run.referencePerplexity = measurer.referencePerplexity();
    return session::notePlanRuns(workspace, {std::move(run)});
}

Result<nlohmann::json> PlanRunner::runBesideRivals(
    const plan::Plan& plan, const RivalArguments& rivals, std::uint64_t seed) const
{
    BITWRIGHT_ASSIGN(const auto result, measurer.measurePlan(plan, {}, nextWindow()));
    // A plan spells options that the target's catalog may lack: its size comes from its own job.
    BITWRIGHT_ASSIGN(const auto job, exporting::makeJob(workspace.checkpoint(), plan));
    const auto size = job.plannedSize();
    BITWRIGHT_CHECK(note(plan, size, session::PlanRunKind::Own, result));
    nlohmann::json item = json(result);
    item["bytes"] = size.bytes();
    item["bpw"] = numberOrNull(size.bpw());
    if (rivals.runs() == 0)
        return item;
    BITWRIGHT_ASSIGN(const auto options, plan::rivalOptions(target, plan));
    BITWRIGHT_ASSIGN(
        const auto space, plan::PlanSpace::build(workspace.checkpoint(), target, options, {}, plan.ties));
    const auto beside = [&](const plan::Rival& rival) -> Result<nlohmann::json> {
        const auto other = measurer.measurePlan(rival.plan, {}, nextWindow());
        // What breaks the model says nothing against the plan.
        if (!other && other.error().code == ErrorCode::Numeric)
            return nothing("not measured: " + other.error().oneLine());
        if (!other)
            return fail(other.error());
        BITWRIGHT_CHECK(note(rival.plan, rival.size, session::kindOf(rival.rule), *other));
        const auto difference = session::differenceOf(result, *other, seed);
        nlohmann::json fields = json(*other);
        fields["name"] = plan::ruleWord(rival.rule);
        fields["option"] = fmt::format("{}", fmt::join(rival.options, " + "));
        fields["bytes"] = rival.size.bytes();
        fields["bpw"] = numberOrNull(rival.size.bpw());
        fields["description"] = rival.description;
        fields["difference"] = intervalOrNull(difference);
        fields["verdict"] = verdictOf(difference, rival.rule);
        return fields;
    };
    if (rivals.uniform) {
        BITWRIGHT_ASSIGN(const auto uniform, plan::uniformRival(space, plan, size.bytes()));
        item["against_uniform"] = nothing(kNone);
        if (uniform) {
            BITWRIGHT_ASSIGN(item["against_uniform"], beside(*uniform));
        }
    }
    if (rivals.presets) {
        BITWRIGHT_ASSIGN(const auto presets, plan::presetRivals(space, plan, size.bytes()));
        item["against_presets"] = nlohmann::json::array();
        for (const plan::Rival& preset : presets) {
            BITWRIGHT_ASSIGN(auto fields, beside(preset));
            item["against_presets"].push_back(std::move(fields));
        }
    }
    return item;
}

void printRivals(
    const nlohmann::json& measurement, const std::function<void(const nlohmann::json&)>& printResult)
{
    const auto print = [&](const nlohmann::json& rival) {
        const auto verdict = rival["verdict"].get<std::string>();
        if (rival["bpw"].is_null())
            return printLine("  " + verdict);
        printResult(rival);
        printLine(fmt::format("  {} of {:.3f} bpw",
            verdict == "cannot be told apart"
                ? fmt::format("{} from {}", verdict, rival["name"].get<std::string>())
                : verdict,
            rival["bpw"].get<double>()));
    };
    if (measurement.contains("against_uniform"))
        print(measurement["against_uniform"]);
    if (!measurement.contains("against_presets"))
        return;
    for (const auto& preset : measurement["against_presets"])
        print(preset);
    if (measurement["against_presets"].empty())
        printLine("  no preset of this size");
}

} // namespace bitwright::cli
