#include "app/cli/plan_setup.h"
#include "app/cli/read_file.h"
#include "core/io/atomic_output.h"

namespace bitwright::cli {

namespace {

struct BudgetArguments
{
    double bpw = 0, fileBpw = 0;
    std::uint64_t bytes = 0;
    std::string uniform;
    std::string out, name = "plan";
};

Result<plan::Budget> budgetOf(const BudgetArguments& arguments)
{
    const int given = (arguments.bpw > 0 ? 1 : 0) + (arguments.fileBpw > 0 ? 1 : 0)
        + (arguments.bytes > 0 ? 1 : 0) + (arguments.uniform.empty() ? 0 : 1);
    if (given != 1)
        return fail(
            ErrorCode::InvalidArgument, "Give exactly one of --bpw, --file-bpw, --bytes and --uniform.");
    if (arguments.bpw > 0)
        return plan::Budget::ofBpw(arguments.bpw);
    if (arguments.fileBpw > 0)
        return plan::Budget::ofFileBpw(arguments.fileBpw);
    return plan::Budget::ofBytes(arguments.bytes);
}

/// The best uniform plan not larger than `bytes`, to stand beside every solved plan.
nlohmann::json uniformBeside(const PlanSetup& setup, std::uint64_t bytes)
{
    const auto points = plan::uniformPoints(setup.space, setup.base, setup.objective);
    if (!points)
        return nullptr;
    const plan::UniformPoint* best = nullptr;
    for (const auto& point : *points) {
        const bool fits = point.numbers.size.bytes() <= bytes && point.numbers.unscored == 0;
        if (fits && (best == nullptr || point.numbers.objective < best->numbers.objective))
            best = &point;
    }
    if (best == nullptr)
        return nullptr;
    return {{"option", best->option}, {"bpw", best->numbers.size.bpw()},
        {"bytes", best->numbers.size.bytes()}, {"objective", numberOrNull(best->numbers.objective)}};
}

/// What the score of a unit counts in, where it counts in something that a run would show.
std::optional<std::string> unitOfScore(const score::Provenance& provenance)
{
    constexpr std::string_view kDivergence = "KL in nats per token";
    const bool measured = provenance.origin == "measured";
    const std::string predictor = fmt::format("{}", score::scoreId(score::ScoreKind::TrueFisher));
    if (provenance.score == predictor
        || (measured && provenance.label.find(kDivergence) != std::string::npos))
        return std::string(kDivergence);
    return measured ? std::optional<std::string>("cosine distance per sentence") : std::nullopt;
}

/// "sum over units of KL in nats per token".
std::string objectiveWords(const alloc::Objective& objective, const std::optional<std::string>& unit)
{
    const std::string of = unit.value_or("a score without a unit");
    if (objective.kind == alloc::ObjectiveKind::Max)
        return "largest unit's " + of;
    if (objective.kind == alloc::ObjectiveKind::Power)
        return fmt::format("sum over units of powers {:g} of {}", objective.power, of);
    return "sum over units of " + of;
}

/// What this plan cost when it was run in this project (the note that the window shows too); null where it
/// was not, or nothing is noted.
nlohmann::json knownRun(const session::Workspace& workspace, const plan::Plan& plan)
{
    const auto project = workspace.project();
    const auto text = project ? project->state("harm/plans") : Result<std::optional<std::string>>();
    if (!text || !*text)
        return nullptr;
    const auto notes = nlohmann::json::parse(**text, nullptr, false);
    // The file may be anybody's: what does not look like a run is none.
    for (const auto& note : notes.is_array() ? notes : nlohmann::json::array()) {
        if (!note.is_object() || !note.contains("plan") || !note["plan"].is_string() || !note.contains("mean")
            || !note["mean"].is_number() || note.value("target", nlohmann::json()) != plan.target)
            continue;
        const auto ran = plan::planFromJson(note["plan"].get<std::string>());
        const bool same = ran && ran->entries.size() == plan.entries.size()
            && std::equal(ran->entries.begin(), ran->entries.end(), plan.entries.begin(),
                [](const auto& a, const auto& b) {
                    return a.first == b.first && a.second.option == b.second.option;
                });
        if (!same)
            continue;
        const std::string name = note.value("cosine", nlohmann::json()) == true ? "cosine_distance" : "kl";
        const auto number = [&](const char* key) {
            const nlohmann::json value = note.value(key, nlohmann::json());
            return value.is_number() ? value : nlohmann::json(nullptr);
        };
        return {{name, number("mean")}, {name + "_low", number("low")}, {name + "_high", number("high")},
            {"tokens", number("tokens")}, {"text", note.value("text", nlohmann::json())}};
    }
    return nullptr;
}

std::string runWords(const nlohmann::json& run)
{
    const bool kl = run.contains("kl");
    const std::string name = kl ? "kl" : "cosine_distance";
    return fmt::format("run in this project: {} {} [{}, {}] on {} tokens of {}", kl ? "KL" : "distance",
        run[name].dump(), run[name + "_low"].dump(), run[name + "_high"].dump(), run["tokens"].dump(),
        run["text"].is_string() ? escapedForDisplay(run["text"].get<std::string>()) : "an unknown text");
}

void printPlan(const nlohmann::json& document, const std::string& out)
{
    printLine(fmt::format("{} bpw over the planned tensors, {} bpw over the file, {} bytes{}",
        document["bpw"].get<double>(), document["file_bpw"].get<double>(),
        document["bytes"].get<std::uint64_t>(),
        document["size_is_simulated"].get<bool>() ? " (if it were packed)" : ""));
    printLine(fmt::format("{}: objective {} ({})", document["status"].get<std::string>(),
        document["objective"].dump(), document["objective_words"].get<std::string>()));
    if (!document["run"].is_null())
        printLine(runWords(document["run"]));
    printLine(document["provenance"].get<std::string>());
    if (const auto unscored = document["unscored_units"].get<std::size_t>(); unscored > 0)
        printLine(fmt::format("{} units have no score and are not part of that objective", unscored));
    if (document.contains("lower_bound"))
        printLine(
            fmt::format("lower bound {}, gap {}, {}", document["lower_bound"].dump(), document["gap"].dump(),
                document["proven"].get<bool>() ? "proven optimal for this score" : "not proven"));
    if (!document["best_uniform"].is_null())
        printLine(fmt::format("best uniform plan of at most this size: {} with objective {}",
            document["best_uniform"]["option"].get<std::string>(),
            document["best_uniform"]["objective"].dump()));
    for (const auto& unit : document["units"]) {
        if (!unit["fallback"].get<std::string>().empty())
            printLine(fmt::format("fallback: {}: {}", escapedForDisplay(unit["name"].get<std::string>()),
                unit["fallback"].get<std::string>()));
    }
    if (!out.empty())
        printLine("written to " + escapedForDisplay(out));
}

Result<int> runPlan(const PlanArguments& arguments, const BudgetArguments& budget, const Common& common)
{
    const RunContext context = common.context();
    common.outputs = {budget.out};
    BITWRIGHT_ASSIGN(const auto limit, budgetOf(budget));
    BITWRIGHT_ASSIGN(auto setup, preparePlan(arguments, context));
    setup.base.name = budget.name;
    nlohmann::json certificate = nlohmann::json::object();
    plan::Plan plan;
    if (!budget.uniform.empty()) {
        BITWRIGHT_ASSIGN(plan, setup.space.uniform(budget.uniform, setup.base));
    } else {
        setup.base.budgetBpw = limit.bpw;
        setup.base.budgetFileBpw = limit.fileBpw;
        setup.base.budgetBytes = limit.bytes;
        BITWRIGHT_ASSIGN(
            auto solved, plan::solvePlan(setup.space, setup.base, limit, setup.objective, context));
        certificate = {{"lower_bound", numberOrNull(solved.solution.lowerBound)},
            {"gap", numberOrNull(solved.solution.relativeGap)}, {"proven", solved.solution.proven},
            {"price_per_byte", numberOrNull(solved.solution.dualPrice)}};
        plan = std::move(solved.plan);
    }
    // What a whole plan costs is more than the sum of its units. Proxies say already that nothing was
    // measured.
    const auto& provenance = setup.space.provenance();
    if (provenance.origin == "measured")
        plan.provenance += "; the whole plan predicted from them, not run when it was solved";
    BITWRIGHT_ASSIGN(const auto numbers, plan::numbersOf(setup.space, plan, setup.objective));
    const auto unit = unitOfScore(provenance);
    const nlohmann::json run = knownRun(*setup.workspace, plan);
    nlohmann::json document = planNumbersJson(setup, plan, numbers);
    document.update(certificate);
    document["status"] = run.is_null() ? "predicted, not run" : "predicted";
    document["run"] = run;
    document["objective_unit"] = unit ? nlohmann::json(*unit) : nlohmann::json(nullptr);
    document["objective_words"] = objectiveWords(setup.objective, unit);
    document["best_uniform"] = uniformBeside(setup, numbers.size.bytes());
    const std::string json = plan::planToJson(plan, &setup.space);
    if (!budget.out.empty())
        BITWRIGHT_CHECK(io::writeFileAtomically(budget.out, json));
    if (const auto project = setup.workspace->project())
        BITWRIGHT_CHECK(project->savePlan({plan.name, json, {}}));
    common.progressDone();
    if (common.json)
        printJson(document);
    else
        printPlan(document, budget.out);
    return kDone;
}

} // namespace

Run registerPlan(CLI::App& app)
{
    auto arguments = std::make_shared<PlanArguments>();
    auto budget = std::make_shared<BudgetArguments>();
    addSolveOptions(app, *arguments);
    app.add_option(
           "--bpw", budget->bpw, "Bits per weight over the planned tensors, everything stored counted")
        ->check(CLI::PositiveNumber);
    app.add_option("--file-bpw", budget->fileBpw, "Bits per weight over the whole file")
        ->check(CLI::PositiveNumber);
    app.add_option("--bytes", budget->bytes, "Bytes of all weights of the file")->check(CLI::PositiveNumber);
    app.add_option("--uniform", budget->uniform, "One option everywhere instead of a budget");
    app.add_option("--name", budget->name, "Name of the plan in the project");
    app.add_option("-o,--out", budget->out, "Plan JSON to write");
    return [arguments, budget](const Common& common) { return runPlan(*arguments, *budget, common); };
}

Run registerFrontier(CLI::App& app)
{
    auto arguments = std::make_shared<PlanArguments>();
    addSolveOptions(app, *arguments);
    return [arguments](const Common& common) -> Result<int> {
        const RunContext context = common.context();
        BITWRIGHT_ASSIGN(auto setup, preparePlan(*arguments, context));
        BITWRIGHT_ASSIGN(
            const auto frontier, plan::frontierOf(setup.space, setup.base, setup.objective, {}, context));
        common.progressDone();
        nlohmann::json document = {{"points", nlohmann::json::array()}, {"exact", frontier.frontier.exact()},
            {"gap", numberOrNull(frontier.frontier.gap())}, {"target", arguments->target},
            {"provenance", setup.base.provenance}, {"uniform", nlohmann::json::array()}};
        for (const auto& point : frontier.points)
            document["points"].push_back({{"bytes", point.bytes}, {"bpw", point.bpw},
                {"file_bpw", point.fileBpw}, {"objective", numberOrNull(point.objective)}});
        BITWRIGHT_ASSIGN(const auto uniforms, plan::uniformPoints(setup.space, setup.base, setup.objective));
        for (const auto& uniform : uniforms)
            document["uniform"].push_back({{"option", uniform.option},
                {"bytes", uniform.numbers.size.bytes()}, {"bpw", uniform.numbers.size.bpw()},
                {"objective", numberOrNull(uniform.numbers.objective)},
                {"unscored_units", uniform.numbers.unscored}});
        if (common.json) {
            printJson(document);
            return kDone;
        }
        printLine(fmt::format("{} non-dominated plans, {}; {}", frontier.points.size(),
            frontier.frontier.exact()
                ? "exact"
                : fmt::format("certified within {:.3g} (relative)", frontier.frontier.gap()),
            setup.base.provenance));
        for (const auto& point : frontier.points)
            printLine(fmt::format("{:>14} bytes  {:>7.3f} bpw  {:>7.3f} file bpw  {:.6g}", point.bytes,
                point.bpw, point.fileBpw, point.objective));
        return kDone;
    };
}

Run registerScore(CLI::App& app)
{
    auto arguments = std::make_shared<PlanArguments>();
    addScoreOptions(app, *arguments);
    return [arguments](const Common& common) -> Result<int> {
        BITWRIGHT_ASSIGN(const auto setup, preparePlan(*arguments, common.context()));
        common.progressDone();
        const auto& provenance = setup.space.provenance();
        nlohmann::json document = {{"score", provenance.score},
            {"provenance",
                {{"label", provenance.label}, {"dataset", provenance.dataset}, {"tokens", provenance.tokens},
                    {"origin", provenance.origin}}},
            {"target", arguments->target}, {"units", nlohmann::json::array()}};
        for (std::size_t i = 0; i < setup.space.units().size(); ++i) {
            const auto& unit = setup.space.units()[i];
            nlohmann::json item = {{"name", unit.name}, {"rows", unit.rows}, {"cols", unit.cols},
                {"options", nlohmann::json::array()}};
            for (std::size_t j = 0; j < setup.space.optionIds().size(); ++j) {
                const auto& cell = setup.space.cell(i, j);
                if (!cell.legal) {
                    item["options"].push_back(
                        {{"id", setup.space.optionIds()[j]}, {"legal", false}, {"reason", cell.reason}});
                    continue;
                }
                nlohmann::json option = {{"id", setup.space.optionIds()[j]}, {"legal", true},
                    {"stored_as", cell.resolved.option.id},
                    {"bits",
                        static_cast<double>(cell.resolved.bytes) * 8.0
                            / static_cast<double>(unit.parameters())},
                    {"bytes", cell.resolved.bytes}, {"score", optionalNumber(cell.score)},
                    {"sqnr_db", numberOrNull(cell.sqnrDb)}, {"fallback", cell.resolved.fallback}};
                addOrigin(option, cell);
                item["options"].push_back(std::move(option));
            }
            document["units"].push_back(std::move(item));
        }
        if (common.json) {
            printJson(document);
            return kDone;
        }
        printLine(provenance.label);
        for (const auto& unit : document["units"]) {
            printLine(escapedForDisplay(unit["name"].get<std::string>()));
            for (const auto& option : unit["options"]) {
                if (option["legal"].get<bool>())
                    printLine(fmt::format("  {:<28} {:>7.3f} bits  score {:<12} SQNR {} dB",
                        option["id"].get<std::string>(), option["bits"].get<double>(),
                        option["score"].is_null() ? "unknown"
                                                  : fmt::format("{:.5g}", option["score"].get<double>()),
                        option["sqnr_db"].is_null()
                            ? "-"
                            : fmt::format("{:.2f}", option["sqnr_db"].get<double>())));
            }
        }
        return kDone;
    };
}

Run registerExportPlan(CLI::App& app)
{
    struct ExportPlanArguments
    {
        std::string plan, kind, out;
    };
    auto arguments = std::make_shared<ExportPlanArguments>();
    app.add_option("PLAN", arguments->plan, "Plan JSON")->required();
    app.add_option("--to", arguments->kind, "Form to write: json")
        ->required()
        ->check(CLI::IsMember({"json"}));
    app.add_option("-o,--out", arguments->out, "File to write (default: stdout)");
    return [arguments](const Common& common) -> Result<int> {
        common.outputs = {arguments->out};
        BITWRIGHT_ASSIGN(const auto text, readWholeFile(arguments->plan));
        auto plan = plan::planFromJson(text);
        if (!plan)
            return fail(std::move(plan.error()).inFile(arguments->plan));
        const std::string json = plan::planToJson(*plan, nullptr);
        if (arguments->out.empty())
            printLine(json);
        else
            BITWRIGHT_CHECK(io::writeFileAtomically(arguments->out, json));
        return kDone;
    };
}

} // namespace bitwright::cli
