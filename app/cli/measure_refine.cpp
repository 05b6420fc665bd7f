#include "app/cli/measure_refine.h"

#include "core/io/atomic_output.h"

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

nlohmann::json swapJson(const plan::PlanSpace& space, const session::TriedSwap& tried)
{
    nlohmann::json item = {{"steps", nlohmann::json::array()}, {"bytes", tried.swap.bytes},
        {"predicted", numberOrNull(tried.swap.predicted)}, {"measured", intervalOrNull(tried.change)},
        {"shrunk", tried.change ? numberOrNull(tried.shrunk) : nullptr}, {"taken", tried.taken}};
    for (const session::RefineStep& step : tried.swap.steps)
        for (const std::size_t unit : step.units)
            item["steps"].push_back({{"unit", space.units()[unit].name},
                {"from", space.optionIds()[step.from]}, {"to", space.optionIds()[step.to]}});
    return item;
}

nlohmann::json roundJson(const plan::PlanSpace& space, const session::RefineRound& round, std::size_t number,
    const std::string& name)
{
    nlohmann::json item = {{"round", number}, {"tried", round.tried.size()}, {"taken", round.taken},
        {"kept", round.kept}, {"change_choosing", intervalOrNull(round.changeChoosing)},
        {"change_accepting", intervalOrNull(round.changeAccepting)}, {"swaps", nlohmann::json::array()}};
    addHarm(item, name + "_choosing", round.choosing);
    addHarm(item, name + "_accepting", round.accepting);
    for (const session::TriedSwap& tried : round.tried)
        item["swaps"].push_back(swapJson(space, tried));
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

void addRefineOptions(CLI::App& app, CLI::Option* plan, CLI::Option* uniform, RefineArguments& arguments)
{
    auto* refine
        = app.add_flag("--refine", arguments.wanted,
                 "Better the plan by measuring swaps on one half of the tokens; a round is kept only "
                 "when it is better on the other half")
              ->needs(plan)
              ->excludes(uniform);
    auto* out = app.add_option("-o,--out", arguments.out, "Refined plan to write (.json)")->needs(refine);
    refine->needs(out);
    app.add_option("--rounds", arguments.settings.rounds, "Rounds of refining at most")
        ->needs(refine)
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000}));
    app.add_option("--swaps", arguments.settings.swaps, "Swaps measured per round at most")
        ->needs(refine)
        ->check(CLI::Range(std::size_t{1}, std::size_t{100000}));
}

Result<nlohmann::json> refineToFile(const std::shared_ptr<session::Workspace>& workspace,
    const plan::Target& target, const forward::TokenBatch& batch, const plan::Plan& start,
    const PlanArguments& chosen, const RefineArguments& arguments, const RunContext& context)
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
    const std::string json = plan::planToJson(refined.plan, &space);
    BITWRIGHT_CHECK(file.write(json));
    BITWRIGHT_CHECK(file.commit());
    const std::string name = measure::harmKindId(refined.accepting.kind) == "kl" ? "kl" : "cosine_distance";
    nlohmann::json document = {{"kind", measure::harmKindId(refined.accepting.kind)}, {"target", target.id()},
        {"out", arguments.out}, {"scores", space.provenance().label},
        {"tokens_choosing", tokens.choosing.tokens()}, {"tokens_accepting", tokens.accepting.tokens()},
        {"start", nlohmann::json::object()}, {"refined", nlohmann::json::object()}, {"kept", refined.kept},
        {"ended", refined.ended}, {"refinement", nlohmann::json::array()}};
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
        printLine(fmt::format("round {}: {} swaps tried, {} taken{}", round["round"].get<std::size_t>(),
            round["tried"].get<std::size_t>(), round["taken"].get<std::size_t>(),
            round[judged].is_null()
                ? std::string()
                : ", " + harm(round, judged) + (round["kept"] ? ", kept" : ", not kept")));
    }
    printLine(fmt::format("ended: {}", document["ended"].get<std::string>()));
    printLine(fmt::format(
        "refined: {}, {} bpw", harm(document["refined"], judged), number(document["refined"]["bpw"])));
    printLine("written to " + escapedForDisplay(document["out"].get<std::string>()));
}

} // namespace bitwright::cli
