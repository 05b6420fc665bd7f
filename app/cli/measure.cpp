#include "app/cli/measure_input.h"
#include "app/cli/measure_refine.h"
#include "app/cli/measure_rivals.h"
#include "app/cli/read_file.h"
#include "app/cli/words.h"
#include "core/session/measurer.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fnmatch.h>

namespace bitwright::cli {

namespace {

struct MeasureArguments
{
    PlanArguments plan; ///< Project, target, options and quantizer.
    std::vector<std::string> plans;
    std::vector<std::string> units;
    std::string tokens, text;
    session::TokenLimits limits;
    RivalArguments rivals;
    bool allTokens = false;
    bool exact = false;
    RefineArguments refine;
    bool lines = false; ///< Every line of the text is a sequence.
    double precision = measure::AdaptiveSettings{}.precision;
};

Result<std::vector<session::MeasurePair>> pairsOf(
    const MeasureArguments& arguments, const session::Workspace& workspace, const plan::Target& target)
{
    BITWRIGHT_ASSIGN(const auto options, chooseOptions(arguments.plan, target));
    std::vector<session::MeasurePair> pairs;
    for (std::size_t i = 0; i < workspace.units().size(); ++i) {
        const std::string& name = workspace.units()[i].name;
        const bool wanted = arguments.units.empty()
            || std::any_of(arguments.units.begin(), arguments.units.end(), [&](const std::string& glob) {
                   return name == glob || fnmatch(glob.c_str(), name.c_str(), 0) == 0;
               });
        for (const quant::Option& option : options)
            if (wanted && option.grid)
                pairs.push_back({i, option});
    }
    if (pairs.empty())
        return fail(ErrorCode::InvalidArgument, "No unit matches {}.", fmt::join(arguments.units, ", "));
    return pairs;
}

nlohmann::json resultJson(const session::HarmResult& result)
{
    const auto textOrNull = [](const std::string& text) {
        return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
    };
    nlohmann::json item = {{"unit", textOrNull(result.unit)}, {"plan", textOrNull(result.plan)},
        {"option", textOrNull(result.option)}, {"stored_as", textOrNull(result.stored)},
        {"tokens", result.tokens}, {"perplexity", optionalNumber(result.perplexity)},
        {"reference_perplexity", optionalNumber(result.referencePerplexity)},
        {"top1_agreement", optionalNumber(result.sameBest)}, {"from_project", result.fromProject},
        {"screened", nullptr}};
    const std::string name = result.kind == measure::HarmKind::Divergence ? "kl" : "cosine_distance";
    item[name] = numberOrNull(result.mean);
    item[name + "_low"] = result.interval ? numberOrNull(result.interval->low) : nullptr;
    item[name + "_high"] = result.interval ? numberOrNull(result.interval->high) : nullptr;
    if (result.screening)
        item["screened"] = {{"left_out", numberOrNull(result.screening->leftOut)},
            {"changed_left_out", numberOrNull(result.screening->changedLeftOut)},
            {"standard_error", numberOrNull(result.screening->standardError)}};
    return item;
}

/// What the project's note of whole plans calls the text.
std::string nameOf(const MeasureArguments& arguments, const MeasureInput& input)
{
    std::string name = std::filesystem::path(input.source).filename().string();
    if (arguments.limits.skipTokens > 0)
        name += fmt::format(", from token {} on", arguments.limits.skipTokens);
    return name;
}

class MeasureRun
{
public:
    MeasureRun(const MeasureArguments& arguments, const Common& common)
        : m_arguments(arguments)
        , m_common(common)
        , m_context(common.context())
    { }

    Result<int> run()
    {
        if (!m_arguments.plans.empty() && !m_arguments.plan.options.empty() && !m_arguments.refine.wanted)
            return fail(ErrorCode::InvalidArgument,
                "--options goes with --units or --refine: a plan that is run as it is has its own.");
        const auto start = std::chrono::steady_clock::now();
        BITWRIGHT_ASSIGN(m_target, plan::targetFromId(m_arguments.plan.target));
        BITWRIGHT_ASSIGN(m_workspace, session::Workspace::open({{}, {}, m_arguments.plan.project}));
        BITWRIGHT_CHECK(readPlans());
        const GivenTokens given{m_arguments.tokens, m_arguments.text, m_arguments.lines, m_arguments.limits};
        BITWRIGHT_ASSIGN(const MeasureInput input, inputOf(given, *m_workspace, m_context));
        if (m_arguments.refine.wanted)
            return refine(input);
        session::MeasureSettings settings;
        settings.adaptive = !m_arguments.allTokens;
        settings.more.precision = m_arguments.precision;
        settings.reference.screen = m_plans.empty() && !m_arguments.exact;
        settings.reference.words.seed = m_context.seed;
        BITWRIGHT_ASSIGN(m_measurer,
            session::Measurer::make(m_workspace, *m_target, input.batch, settings, m_context.part(0, 0.05)));
        m_document = {{"kind", measure::harmKindId(m_measurer->kind())}, {"target", m_target->id()},
            {"source", input.source}, {"states", m_measurer->statesInMemory() ? "memory" : "temporary file"},
            {"measurements", nlohmann::json::array()}, {"reliability", nlohmann::json::array()},
            {"unmeasured", nlohmann::json::array()}, {"no_interval", nullptr}};
        if (const auto why = whyNoInterval(input.batch, m_measurer->kind()); !why.empty())
            m_document["no_interval"] = why;
        if (!m_plans.empty())
            BITWRIGHT_CHECK(estimatePlans());
        BITWRIGHT_CHECK(m_plans.empty() ? measureUnits() : measurePlans(input));
        m_document["reference"] = {{"perplexity", optionalNumber(m_measurer->referencePerplexity())},
            {"tokens", m_measurer->referenceTokens()}};
        m_document["seconds"]
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        m_common.progressDone();
        if (m_common.json)
            printJson(m_document);
        else
            print();
        return kDone;
    }

private:
    Result<int> refine(const MeasureInput& input)
    {
        if (m_plans.size() != 1)
            return fail(
                ErrorCode::InvalidArgument, "--refine takes one --plan, {} are given.", m_plans.size());
        m_common.outputs = {m_arguments.refine.out};
        RefineArguments arguments = m_arguments.refine;
        session::RefineTime time;
        arguments.settings.onTime = [&](const session::RefineTime& told) {
            time = told;
            m_common.progressDone();
            if (!m_common.quiet)
                std::fprintf(stderr,
                    "about %.0f s per round of %zu steps, and %.0f s for swaps where a solved plan does not "
                    "hold: at most %.0f s for %zu rounds\n",
                    time.perRound, time.steps, time.swaps, time.atMost, arguments.settings.rounds);
        };
        BITWRIGHT_ASSIGN(m_document,
            refineToFile(m_workspace, *m_target, input.batch, m_plans.front(), m_arguments.plan, arguments,
                nameOf(m_arguments, input), m_context));
        m_document["source"] = input.source;
        m_document["estimated_seconds"] = time.atMost;
        m_document["warnings"] = m_warnings.front();
        m_common.progressDone();
        if (m_common.json)
            printJson(m_document);
        else
            printRefined(m_document);
        return kDone;
    }

    Result<void> readPlans()
    {
        for (const std::string& path : m_arguments.plans) {
            BITWRIGHT_ASSIGN(const auto text, readWholeFile(path));
            auto plan = plan::planFromJson(text);
            if (!plan)
                return fail(std::move(plan.error()).inFile(path));
            // A plan may be tried on a relative with the same tensors, but not unsaid.
            std::vector<std::string> warnings;
            if (!plan->modelIdentity.empty()
                && plan->modelIdentity != m_workspace->checkpoint().headerIdentity())
                warnings.push_back(
                    fmt::format("The plan was made for another model ({}).", escapedForDisplay(plan->model)));
            for (const std::string& warning : warnings)
                if (!m_common.quiet)
                    std::fprintf(
                        stderr, "warning: %s: %s\n", escapedForDisplay(path).c_str(), warning.c_str());
            m_warnings.push_back(std::move(warnings));
            m_plans.push_back(std::move(*plan));
        }
        return {};
    }

    /// Before anything is run but the original: it may be hours.
    Result<void> estimatePlans()
    {
        RunContext quiet = m_context;
        quiet.progress = nullptr;
        double seconds = 0;
        for (const plan::Plan& plan : m_plans) {
            BITWRIGHT_ASSIGN(const double one, m_measurer->secondsForPlan(plan, quiet));
            seconds += one * static_cast<double>(1 + m_arguments.rivals.runs()); // each costs as much
        }
        m_document["estimated_seconds"] = seconds;
        m_common.progressDone();
        if (!m_common.quiet)
            std::fprintf(stderr, "%s%s, about %.0f s for %s\n", counted(m_plans.size(), "plan").c_str(),
                m_arguments.rivals.runs() > 0 ? " and the rivals of each" : "", seconds,
                counted(m_measurer->tokens(), "token").c_str());
        return {};
    }

    Result<void> measureUnits()
    {
        BITWRIGHT_ASSIGN(const auto pairs, pairsOf(m_arguments, *m_workspace, *m_target));
        RunContext quiet = m_context;
        quiet.progress = nullptr;
        BITWRIGHT_ASSIGN(const double running, m_measurer->secondsFor(pairs, quiet));
        BITWRIGHT_ASSIGN(const double quantizing, m_measurer->secondsToQuantize(pairs, quiet));
        const double seconds = running + quantizing;
        m_document["estimated_seconds"] = seconds;
        if (!m_common.quiet)
            std::fprintf(stderr,
                "%zu pairs, about %.0f s for the first %llu tokens; at most %zu times that for all\n",
                pairs.size(), seconds, static_cast<unsigned long long>(m_measurer->parts().front().tokens()),
                m_measurer->parts().size());
        BITWRIGHT_ASSIGN(const auto harms, m_measurer->measureUnits(pairs, {}, m_context.part(0.05, 1.0)));
        for (const auto& result : harms.pairs)
            m_document["measurements"].push_back(resultJson(result));
        for (const auto& one : harms.reliability)
            m_document["reliability"].push_back({{"option", one.option}, {"halves", one.reliability.halves},
                {"whole", one.reliability.whole}, {"units", one.reliability.ranked}, {"tokens", one.tokens}});
        for (const auto& failure : harms.errors)
            m_document["unmeasured"].push_back(
                {{"unit", failure.unit}, {"option", failure.option}, {"reason", failure.error.oneLine()}});
        return {};
    }

    Result<void> measurePlans(const MeasureInput& input)
    {
        const double count = static_cast<double>(m_plans.size() * (1 + m_arguments.rivals.runs()));
        double done = 0;
        const auto window = [&] {
            done += 1;
            return m_context.part(0.05 + 0.95 * (done - 1) / count, 0.05 + 0.95 * done / count);
        };
        const PlanRunner runner{
            *m_workspace, *m_target, *m_measurer, nameOf(m_arguments, input), resultJson, window};
        for (std::size_t i = 0; i < m_plans.size(); ++i) {
            BITWRIGHT_ASSIGN(
                auto item, runner.runBesideRivals(m_plans[i], m_arguments.rivals, m_context.seed));
            item["warnings"] = m_warnings[i];
            item["file"] = m_arguments.plans[i];
            BITWRIGHT_ASSIGN(const bool chose, m_measurer->tokensChoseScores());
            item["tokens_chose_scores"] = chose;
            m_document["measurements"].push_back(std::move(item));
        }
        return {};
    }

    void print() const
    {
        const bool kl = m_document["kind"] == "kl";
        const std::string name = kl ? "kl" : "cosine_distance";
        if (kl && !m_document["reference"]["perplexity"].is_null())
            printLine(fmt::format("original: perplexity {:.4f} on {} of {}",
                m_document["reference"]["perplexity"].get<double>(),
                counted(m_document["reference"]["tokens"].get<std::uint64_t>(), "token"),
                escapedForDisplay(m_document["source"].get<std::string>())));
        for (const auto& item : m_document["measurements"]) {
            printResult(item, name);
            printRivals(item, [&](const nlohmann::json& rival) { printResult(rival, name); });
        }
        for (const auto& one : m_document["reliability"])
            printLine(fmt::format(
                "reliability of the ranking of {} units at {} on {} tokens: {:.2f} (halves {:.2f})",
                one["units"].get<std::size_t>(), one["option"].get<std::string>(),
                one["tokens"].get<std::uint64_t>(), one["whole"].get<double>(), one["halves"].get<double>()));
        for (const auto& one : m_document["unmeasured"])
            printLine(fmt::format(
                "not measured: {}: {}", one["option"].get<std::string>(), one["reason"].get<std::string>()));
        if (!m_document["no_interval"].is_null())
            printLine(m_document["no_interval"].get<std::string>());
    }

    /// What to call a plan that was never given a name: by its file.
    static std::string planName(const nlohmann::json& item)
    {
        const auto name = item["plan"].get<std::string>();
        return name == plan::Plan().name && item.contains("file") ? item["file"].get<std::string>() : name;
    }

    /// On the same tokens: pairs may have been measured on different numbers of them.
    static std::string ofOriginal(const nlohmann::json& perplexity)
    {
        return perplexity.is_null() ? std::string()
                                    : fmt::format(" (original {:.4f})", perplexity.get<double>());
    }

    static void printResult(const nlohmann::json& item, const std::string& name)
    {
        const auto number = [](const nlohmann::json& value) {
            return value.is_null() ? std::string("unknown") : fmt::format("{:.6f}", value.get<double>());
        };
        const std::string what = item["plan"].is_null()
            ? fmt::format("{} {}", escapedForDisplay(item["unit"].get<std::string>()),
                item["option"].get<std::string>())
            : "plan " + escapedForDisplay(planName(item));
        printLine(fmt::format("{}: {} {} [{}, {}]{}, {}{}", what, name == "kl" ? "KL" : "distance",
            number(item[name]), number(item[name + "_low"]), number(item[name + "_high"]),
            item["perplexity"].is_null()
                ? std::string()
                : fmt::format(", perplexity {:.4f}{}, same best word {:.1f} %",
                    item["perplexity"].get<double>(), ofOriginal(item["reference_perplexity"]),
                    100 * item["top1_agreement"].get<double>()),
            counted(item["tokens"].get<std::uint64_t>(), "token"),
            item["screened"].is_null() ? "" : ", head screened"));
        if (item.contains("tokens_chose_scores") && item["tokens_chose_scores"].get<bool>())
            printLine(
                "  on tokens that single units were measured on too: a plan made of them looks better than "
                "on other tokens (--skip-tokens)");
    }

    const MeasureArguments& m_arguments;
    const Common& m_common;
    RunContext m_context;
    const plan::Target* m_target = nullptr;
    std::shared_ptr<session::Workspace> m_workspace;
    std::vector<plan::Plan> m_plans;
    std::vector<std::vector<std::string>> m_warnings; ///< Of each plan.
    std::unique_ptr<session::Measurer> m_measurer;
    nlohmann::json m_document;
};

} // namespace

Run registerMeasure(CLI::App& app)
{
    auto arguments = std::make_shared<MeasureArguments>();
    app.add_option("--project", arguments->plan.project, "Project made by scan (.bwp)")->required();
    app.add_option("--target", arguments->plan.target, "Export target: says how options are stored")
        ->required();
    auto* plans
        = app.add_option("--plan", arguments->plans, "Plan JSON to run whole; may be given several times");
    const auto rivals = addRivalOptions(app, plans, arguments->rivals);
    addRefineOptions(app, plans, rivals, arguments->refine);
    auto* units = app.add_option("--units", arguments->units, "Globs over unit names (default: all)")
                      ->delimiter(',')
                      ->excludes(plans);
    static_cast<void>(units);
    app.add_option("--options", arguments->plan.options,
           "Globs over option ids (default: the target's set); with --refine those that units may change to")
        ->delimiter(',');
    app.add_option("--quantizer", arguments->plan.quantizer, "Quantizer of the default set: rtn, clip, gptq");
    auto* tokens = app.add_option(
        "--tokens", arguments->tokens, "Token ids: .npy, or text with one sequence per line");
    auto* text = app.add_option("--text", arguments->text, "Text, through the model's own tokenizer")
                     ->excludes(tokens);
    app.add_flag("--lines", arguments->lines, "Every line of the text is a sequence (sentence encoders)")
        ->needs(text);
    app.add_option("--max-tokens", arguments->limits.maxTokens, "Tokens to use at most")
        ->check(CLI::PositiveNumber);
    app.add_option("--skip-tokens", arguments->limits.skipTokens,
           "Tokens to leave out at the beginning: what judges a plan should not have chosen it")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--sequence-length", arguments->limits.sequenceLength,
           "Longer sequences are cut (default: 512, or what the model has positions for; ids that are given "
           "must fit)")
        ->check(CLI::PositiveNumber);
    app.add_flag("--all-tokens", arguments->allTokens,
        "Measure every pair on all tokens, not those alone that the plan depends on");
    app.add_option("--precision", arguments->precision,
           "Half an interval over its mean that is good enough (default: 0.2)")
        ->check(CLI::Range(0.001, 10.0));
    app.add_flag("--exact", arguments->exact, "Look at every word of the vocabulary for single units too");
    return [arguments](const Common& common) -> Result<int> { return MeasureRun(*arguments, common).run(); };
}

} // namespace bitwright::cli
