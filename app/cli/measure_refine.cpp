#include "app/cli/measure_refine.h"

#include "core/io/atomic_output.h"
#include "core/session/plan_runs.h"

#include <algorithm>

namespace bitwright::cli {

namespace {

nlohmann::json intervalOrNull(const std::optional<measure::Interval>& interval)
{
    if (!interval)
        return nullptr;
    return {{"mean", numberOrNull(interval->mean)}, {"low", numberOrNull(interval->low)},
        {"high", numberOrNull(interval->high)}};
}

void addHarm(nlohmann::json& item, const std::string& name, const std::optional<session::HarmResult>& harm)
{
    item[name] = harm ? numberOrNull(harm->mean) : nullptr;
    item[name + "_low"] = harm && harm->interval ? numberOrNull(harm->interval->low) : nullptr;
    item[name + "_high"] = harm && harm->interval ? numberOrNull(harm->interval->high) : nullptr;
}

nlohmann::json stepsJson(const plan::PlanSpace& space, const std::vector<session::RefineStep>& steps)
{
    nlohmann::json items = nlohmann::json::array();
    for (const session::RefineStep& step : steps)
        for (const std::size_t unit : step.units)
            items.push_back({{"unit", space.units()[unit].name}, {"from", space.optionIds()[step.from]},
                {"to", space.optionIds()[step.to]}});
    return items;
}

nlohmann::json stepJson(const plan::PlanSpace& space, const session::TriedStep& tried)
{
    return {{"steps", stepsJson(space, {tried.step})}, {"bytes", tried.step.bytes},
        {"predicted", numberOrNull(tried.step.predicted)}, {"measured", intervalOrNull(tried.change)},
        {"expected", numberOrNull(tried.expected)}, {"reliability", numberOrNull(tried.reliability)},
        {"corrected", numberOrNull(tried.corrected)}};
}

nlohmann::json swapJson(const plan::PlanSpace& space, const session::TriedSwap& tried)
{
    return {{"steps", stepsJson(space, tried.swap.steps)}, {"bytes", tried.swap.bytes},
        {"predicted", numberOrNull(tried.swap.predicted)}, {"measured", intervalOrNull(tried.change)},
        {"shrunk", tried.change ? numberOrNull(tried.shrunk) : nullptr}, {"taken", tried.taken}};
}

nlohmann::json proposalJson(const session::RefineProposal& proposal, const std::string& name)
{
    nlohmann::json item = {{"by", proposal.solved ? "solver" : "swaps"}, {"units", proposal.units},
        {"change_choosing", intervalOrNull(proposal.changeChoosing)},
        {"change_accepting", intervalOrNull(proposal.changeAccepting)},
        {"tail", proposal.accepting ? numberOrNull(proposal.tail) : nullptr}, {"kept", proposal.kept}};
    addHarm(item, name + "_choosing", proposal.choosing);
    addHarm(item, name + "_accepting", proposal.accepting);
    return item;
}

nlohmann::json roundJson(const plan::PlanSpace& space, const session::RefineRound& round, std::size_t number,
    const std::string& name)
{
    nlohmann::json item = {{"round", number}, {"kept", round.kept()}, {"steps_tried", round.triedSteps()},
        {"steps", nlohmann::json::array()}, {"swaps_tried", round.swaps.size()},
        {"swaps_taken", round.takenSwaps()}, {"swaps", nlohmann::json::array()},
        {"proposals", nlohmann::json::array()}};
    for (const session::TriedStep& tried : round.steps)
        if (tried.tried)
            item["steps"].push_back(stepJson(space, tried));
    for (const session::TriedSwap& tried : round.swaps)
        item["swaps"].push_back(swapJson(space, tried));
    for (const session::RefineProposal& proposal : round.proposals)
        item["proposals"].push_back(proposalJson(proposal, name));
    return item;
}

/// The options to plan with: those that were chosen, and those that the plan has already.
Result<std::vector<quant::Option>> optionsFor(
    const PlanArguments& chosen, const plan::Target& target, const plan::Plan& plan)
{
    BITWRIGHT_ASSIGN(auto options, chooseOptions(chosen, target));
    for (const quant::Option& option : target.options()) {
        const auto same = [&](const quant::Option& other) { return other.id == option.id; };
        if (std::none_of(options.begin(), options.end(), same)
            && std::any_of(plan.entries.begin(), plan.entries.end(),
                [&](const auto& entry) { return entry.second.option == option.id; }))
            options.push_back(option);
    }
    return options;
}

} // namespace

void addRefineOptions(
    CLI::App& app, CLI::Option* plan, const std::vector<CLI::Option*>& rivals, RefineArguments& arguments)
{
    auto* refine
        = app.add_flag("--refine", arguments.wanted,
                 "Better the plan: measure its steps on one half of the tokens, solve again; a round is kept "
                 "only when it is better beyond doubt on the other half")
              ->needs(plan);
    for (CLI::Option* rival : rivals)
        refine->excludes(rival);
    auto* out = app.add_option("-o,--out", arguments.out, "Refined plan to write (.json)")->needs(refine);
    refine->needs(out);
    app.add_option("--rounds", arguments.settings.rounds,
           fmt::format("Rounds of refining at most (default: {})", arguments.settings.rounds))
        ->needs(refine)
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000}));
    app.add_option("--steps", arguments.settings.steps,
           fmt::format(
               "Steps of single units measured per round at most (default: {})", arguments.settings.steps))
        ->needs(refine)
        ->check(CLI::Range(std::size_t{0}, std::size_t{1000000}));
    app.add_option("--swaps", arguments.settings.swaps,
           fmt::format("Swaps measured at most where the solved plan did not hold (default: {})",
               arguments.settings.swaps))
        ->needs(refine)
        ->check(CLI::Range(std::size_t{0}, std::size_t{100000}));
}

Result<nlohmann::json> refineToFile(const std::shared_ptr<session::Workspace>& workspace,
    const plan::Target& target, const forward::TokenBatch& batch, const plan::Plan& start,
    const PlanArguments& chosen, const RefineArguments& arguments, const std::string& text,
    const RunContext& context)
{
    if (start.target != target.id())
        return fail(
            ErrorCode::InvalidArgument, "The plan is for target {}, not {}.", start.target, target.id());
    // Where it goes is known to take it before the model runs for an hour.
    BITWRIGHT_ASSIGN(auto file, io::AtomicFile::create(arguments.out));
    BITWRIGHT_ASSIGN(const auto options, optionsFor(chosen, target, start));
    score::ScoreSettings scores;
    scores.kind = workspace->defaultScore();
    BITWRIGHT_ASSIGN(
        const auto space, workspace->planSpace(target, options, scores, start.ties, context.part(0, 0.1)));
    BITWRIGHT_ASSIGN(const auto tokens, session::splitTokens(batch));
    BITWRIGHT_ASSIGN(const auto refined,
        session::refinePlan(workspace, space, start, tokens, arguments.settings, {}, context.part(0.1, 1)));
    BITWRIGHT_CHECK(session::noteRefinement(*workspace, space, start, refined, text + ", judging half"));
    const std::string json = plan::planToJson(refined.plan, &space);
    BITWRIGHT_CHECK(file.write(json));
    BITWRIGHT_CHECK(file.commit());
    const std::string name = measure::harmKindId(refined.accepting.kind) == "kl" ? "kl" : "cosine_distance";
    nlohmann::json document = {{"kind", measure::harmKindId(refined.accepting.kind)}, {"target", target.id()},
        {"out", arguments.out}, {"scores", space.provenance().label},
        {"tokens_choosing", tokens.choosing.tokens()}, {"tokens_accepting", tokens.accepting.tokens()},
        {"start", nlohmann::json::object()}, {"refined", nlohmann::json::object()}, {"kept", refined.kept},
        {"looks", refined.looks}, {"ended", refined.ended}, {"refinement", nlohmann::json::array()}};
    addHarm(document["start"], name + "_choosing", refined.startChoosing);
    addHarm(document["start"], name + "_accepting", refined.startAccepting);
    addHarm(document["refined"], name + "_accepting", refined.accepting);
    BITWRIGHT_ASSIGN(const auto size, space.sizeOf(refined.plan));
    document["refined"]["bpw"] = numberOrNull(size.bpw());
    document["refined"]["bytes"] = size.bytes();
    document["refined"]["change_accepting"]
        = intervalOrNull(session::differenceOf(refined.accepting, refined.startAccepting, context.seed));
    for (std::size_t i = 0; i < refined.rounds.size(); ++i)
        document["refinement"].push_back(roundJson(space, refined.rounds[i], i + 1, name));
    return document;
}

void printRefined(const nlohmann::json& document)
{
    const std::string name = document["kind"] == "kl" ? "kl" : "cosine_distance";
    const std::string shown = name == "kl" ? "KL" : "distance";
    const auto number = [](const nlohmann::json& value) {
        return value.is_null() ? std::string("unknown") : fmt::format("{:.6f}", value.get<double>());
    };
    const auto harm = [&](const nlohmann::json& item, const std::string& key) {
        return fmt::format("{} {} [{}, {}]", shown, number(item[key]), number(item[key + "_low"]),
            number(item[key + "_high"]));
    };
    const std::string judged = name + "_accepting";
    printLine(fmt::format("start: {} on {} tokens that judge", harm(document["start"], judged),
        document["tokens_accepting"].get<std::size_t>()));
    for (const auto& round : document["refinement"]) {
        printLine(fmt::format("round {}: {} steps and {} swaps measured", round["round"].get<std::size_t>(),
            round["steps_tried"].get<std::size_t>(), round["swaps_tried"].get<std::size_t>()));
        for (const auto& proposal : round["proposals"])
            printLine(fmt::format("  {} units by {}: {}", proposal["units"].get<std::size_t>(),
                proposal["by"] == "solver" ? "solving again" : "swaps",
                proposal[judged].is_null()
                    ? std::string("not better beyond noise where it was chosen")
                    : harm(proposal, judged) + (proposal["kept"] ? ", kept" : ", not kept")));
    }
    printLine(fmt::format("ended: {}", document["ended"].get<std::string>()));
    printLine(fmt::format(
        "refined: {}, {} bpw", harm(document["refined"], judged), number(document["refined"]["bpw"])));
    printLine("written to " + escapedForDisplay(document["out"].get<std::string>()));
}

} // namespace bitwright::cli
