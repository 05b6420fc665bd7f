#include "app/cli/plan_setup.h"

#include <algorithm>
#include <fnmatch.h>

namespace bitwright::cli {

std::string scoreWords()
{
    std::vector<std::string_view> words;
    for (const auto kind : score::allScores())
        words.push_back(score::scoreId(kind));
    return fmt::format("{}", fmt::join(words, ", "));
}

namespace {

std::string quantizerWords()
{
    std::vector<std::string_view> words;
    for (const auto method : quant::allMethods())
        words.push_back(quant::methodWord(method));
    return fmt::format("{}", fmt::join(words, ", "));
}

} // namespace

Result<std::vector<quant::Option>> chooseOptions(const PlanArguments& arguments, const plan::Target& target)
{
    BITWRIGHT_ASSIGN(const auto method, quant::methodFromWord(arguments.quantizer));
    if (arguments.options.empty())
        return target.defaultOptions(method);
    std::vector<quant::Option> chosen;
    for (const auto& option : target.options()) {
        const bool wanted = std::any_of(arguments.options.begin(), arguments.options.end(),
            [&](const std::string& glob) { return fnmatch(glob.c_str(), option.id.c_str(), 0) == 0; });
        if (wanted)
            chosen.push_back(option);
    }
    if (chosen.empty())
        return fail(ErrorCode::InvalidArgument,
            "No option of {} matches {}. See \"bitwright-cli options --target {}\".", target.id(),
            fmt::join(arguments.options, ", "), target.id());
    return chosen;
}

void addOrigin(nlohmann::json& document, const plan::PlanSpace::Cell& cell)
{
    document["origin"] = cell.score && cell.resolved.option.grid
        ? nlohmann::json(score::scoreOriginText(cell.origin))
        : nlohmann::json(nullptr);
    document["score_low"] = optionalNumber(cell.low);
    document["score_high"] = optionalNumber(cell.high);
    if (cell.origin == score::ScoreOrigin::Measured) {
        document["measured_tokens"] = cell.behind;
        document["measured"] = optionalNumber(cell.raw);
    }
    if (cell.origin == score::ScoreOrigin::Calibrated) {
        document["calibrated_from"] = cell.behind;
        document["extrapolated"] = cell.extrapolated;
    }
}

void addScoreOptions(CLI::App& app, PlanArguments& arguments)
{
    app.add_option("--project", arguments.project, "Project made by scan (.bwp)")->required();
    app.add_option("--target", arguments.target, "Export target")->required();
    app.add_option("--score", arguments.score,
        fmt::format("Harm: {} (default: measured where the project has it, else what the dump allows)",
            scoreWords()));
    app.add_option("--gamma", arguments.gamma,
           "Shrinkage of fisher, 0..1 (default: 0.25, or 1 where the dump's gradients are of labels drawn "
           "from the model)")
        ->check(CLI::Range(0.0, 1.0));
    app.add_option("--options", arguments.options, "Globs over option ids (default: the target's set)")
        ->delimiter(',');
    app.add_option("--quantizer", arguments.quantizer,
        fmt::format("Quantizer of the default set: {}", quantizerWords()));
}

void addSolveOptions(CLI::App& app, PlanArguments& arguments)
{
    addScoreOptions(app, arguments);
    app.add_option("--objective", arguments.objective, "sum, max or power:p");
    app.add_option("--lock", arguments.locks, "GLOB=OPTION; may be given several times");
    app.add_option("--tie", arguments.tie, "default (what the target fuses) or none")
        ->check(CLI::IsMember({"default", "none"}));
}

Result<PlanSetup> preparePlan(const PlanArguments& arguments, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto* target, plan::targetFromId(arguments.target));
    BITWRIGHT_ASSIGN(const auto options, chooseOptions(arguments, *target));
    PlanSetup setup;
    BITWRIGHT_ASSIGN(setup.objective, plan::objectiveFromText(arguments.objective));
    BITWRIGHT_ASSIGN(setup.workspace, session::Workspace::open({{}, {}, arguments.project}));
    score::ScoreSettings settings;
    settings.gamma = arguments.gamma;
    settings.kind = setup.workspace->defaultScore();
    if (!arguments.score.empty()) {
        BITWRIGHT_ASSIGN(settings.kind, score::scoreFromId(arguments.score));
    } else {
        settings.fallback = score::defaultScore(setup.workspace->dump()); // where another target was measured
    }
    const bool ties = arguments.tie != "none" && target->tiesByDefault();
    BITWRIGHT_ASSIGN(setup.space, setup.workspace->planSpace(*target, options, settings, ties, context));
    setup.base.model = setup.space.modelName();
    setup.base.modelIdentity = setup.space.modelIdentity();
    setup.base.target = target->id();
    setup.base.provenance = setup.space.provenance().label;
    setup.base.objective = plan::objectiveText(setup.objective);
    setup.base.ties = ties;
    for (const auto& lock : arguments.locks)
        BITWRIGHT_CHECK(plan::applyLock(setup.base, setup.space, lock));
    return setup;
}

nlohmann::json planNumbersJson(
    const PlanSetup& setup, const plan::Plan& plan, const plan::PlanNumbers& numbers)
{
    const auto& space = setup.space;
    nlohmann::json document = {{"target", plan.target}, {"provenance", plan.provenance},
        {"objective_kind", plan.objective}, {"bpw", numbers.size.bpw()}, {"file_bpw", numbers.size.fileBpw()},
        {"bytes", numbers.size.bytes()}, {"unit_bytes", numbers.size.unitBytes},
        {"kept_bytes", numbers.size.keptBytes}, {"size_is_simulated", space.target().simulatedSize()},
        {"objective", numberOrNull(numbers.objective)}, {"unscored_units", numbers.unscored},
        {"units", nlohmann::json::array()}};
    const auto choice = space.choiceOf(plan);
    if (!choice)
        return document;
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        const auto& unit = space.units()[i];
        const auto& cell = space.cell(i, (*choice)[i]);
        const auto entry = plan.entries.find(unit.name);
        nlohmann::json item = {{"name", unit.name}, {"option", space.optionIds()[(*choice)[i]]},
            {"stored_as", cell.resolved.option.id},
            {"bits", static_cast<double>(cell.resolved.bytes) * 8.0 / static_cast<double>(unit.parameters())},
            {"bytes", cell.resolved.bytes}, {"score", optionalNumber(cell.score)},
            {"sqnr_db", numberOrNull(cell.sqnrDb)},
            {"locked", entry != plan.entries.end() && entry->second.locked},
            {"fallback", cell.resolved.fallback}};
        addOrigin(item, cell);
        document["units"].push_back(std::move(item));
    }
    return document;
}

} // namespace bitwright::cli
