#include "views/models/harm_work.h"

#include "core/session/measurer.h"
#include "views/jobs/job_queue.h"
#include "views/models/core_text.h"
#include "views/models/number_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace bitwright::views {

namespace {

/// Predictors whose plans are worth beating (allocation.md section 8); the others plan worse than uniform.
constexpr std::array kProxies{score::ScoreKind::WeightErrorRelative, score::ScoreKind::Fisher,
    score::ScoreKind::TrueFisher, score::ScoreKind::Residual};

QString tr(const char* text)
{
    return QCoreApplication::translate("HarmRun", text);
}

Result<plan::PlanSpace> spaceOf(const HarmWork& work, score::ScoreKind kind, const RunContext& context)
{
    score::ScoreSettings settings;
    settings.kind = kind;
    settings.gamma = work.gamma;
    return work.workspace->planSpace(*work.target, work.options, settings, work.ties, context);
}

/// The plan that a proxy calls the best of the size of one's own. Errors: InvalidArgument where the dump
/// lacks what it needs.
Result<HarmWork::Candidate> proxyPlan(const HarmWork& work, score::ScoreKind kind, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto space, spaceOf(work, kind, context));
    plan::Plan base = work.plans.front().plan;
    base.entries.clear(); // without one's locks: it is the proxy's plan, not a better one's
    base.provenance = space.provenance().label;
    BITWRIGHT_ASSIGN(auto solved,
        plan::solvePlan(
            space, base, plan::Budget::ofBytes(work.plans.front().bytes), work.objective, context));
    HarmWork::Candidate candidate;
    candidate.name = tr("plan of %1").arg(QString::fromStdString(space.provenance().score));
    candidate.kind = PlanHarm::Kind::Proxy;
    candidate.bytes = solved.size.bytes();
    candidate.bpw = solved.size.bpw();
    if (work.measuredSpace != nullptr) {
        const auto numbers = plan::numbersOf(*work.measuredSpace, solved.plan, work.objective);
        if (numbers && numbers->unscored == 0)
            candidate.predicted = numbers->objective;
    }
    candidate.plan = std::move(solved.plan);
    return candidate;
}

Result<std::vector<HarmWork::Candidate>> candidatesOf(
    const HarmWork& work, HarmOutcome& outcome, const RunContext& context)
{
    std::vector<HarmWork::Candidate> all = work.plans;
    const auto begin = all.size();
    for (const score::ScoreKind kind : kProxies) {
        if (!work.proxies || begin == 0)
            break;
        auto candidate = proxyPlan(work, kind, context);
        if (candidate) {
            all.push_back(std::move(*candidate));
            continue;
        }
        const ErrorCode code = candidate.error().code;
        if (code != ErrorCode::InvalidArgument && code != ErrorCode::Infeasible)
            return fail(std::move(candidate.error()));
        const std::string_view id = score::scoreId(kind);
        outcome.unmeasured << tr("no plan of %1: %2")
                                  .arg(QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size())),
                                      errorText(candidate.error()));
    }
    return all;
}

Result<void> runPlans(
    const HarmWork& work, session::Measurer& measurer, HarmOutcome& outcome, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto candidates, candidatesOf(work, outcome, context.part(0, 0.05)));
    const RunContext rest = context.part(0.05, 1);
    std::map<QString, QString> ran; // choice to name
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const HarmWork::Candidate& candidate = candidates[i];
        const QString choice = choiceKey(candidate.plan);
        if (const auto [known, fresh] = ran.try_emplace(choice, candidate.name); !fresh) {
            outcome.same << tr("%1 is the same as %2").arg(candidate.name, known->second);
            continue;
        }
        work.say(tr("Running %1 on %2 tokens.")
                     .arg(candidate.name, formatCount(static_cast<qint64>(measurer.tokens()))));
        const double share = 1.0 / static_cast<double>(candidates.size());
        const auto at = static_cast<double>(i);
        const RunContext own = rest.part(at * share, (at + 1) * share);
        const auto result = measurer.measurePlan(candidate.plan, {}, own);
        if (!result) {
            // Another's plan that breaks the model says nothing against one's own.
            if (i == 0 || result.error().code != ErrorCode::Numeric)
                return fail(result.error());
            outcome.unmeasured << QStringLiteral("%1: %2").arg(candidate.name, errorText(result.error()));
            continue;
        }
        PlanHarm plan;
        plan.name = candidate.name;
        plan.target = QString::fromStdString(std::string(work.target->id()));
        plan.text = nameOf(work.text);
        plan.bytes = candidate.bytes;
        plan.bpw = candidate.bpw;
        plan.kind = candidate.kind;
        plan.predicted = candidate.predicted;
        takeResult(plan, *result, measurer.parts());
        plan.referencePerplexity = measurer.referencePerplexity();
        plan.choice = choice;
        plan.plan = candidate.plan;
        plan.plan->name = candidate.name.toStdString();
        outcome.plans.push_back(std::move(plan));
    }
    return {};
}

Result<void> runUnits(
    const HarmWork& work, session::Measurer& measurer, HarmOutcome& outcome, const RunContext& context)
{
    std::vector<session::MeasurePair> pairs;
    for (const std::size_t unit : work.units)
        for (const quant::Option& option : work.options)
            if (option.grid)
                pairs.push_back({unit, option});
    BITWRIGHT_ASSIGN(const double seconds, measurer.secondsFor(pairs, context));
    work.say(QCoreApplication::translate(
        "HarmRun", "%n pair(s), about %1 for the first pass.", nullptr, static_cast<int>(pairs.size()))
                 .arg(durationText(seconds)));
    std::size_t seen = 0;
    BITWRIGHT_ASSIGN(const auto harms,
        measurer.measureUnits(
            pairs,
            [&](const session::HarmResult& result) {
                ++seen;
                work.say(tr("%1 at %2: %3 (%4 measured)")
                             .arg(QString::fromStdString(result.unit), QString::fromStdString(result.option),
                                 formatNumber(result.mean), formatCount(static_cast<qint64>(seen))));
            },
            context));
    outcome.measured = harms.pairs.size();
    for (const session::PairFailure& failure : harms.errors)
        outcome.unmeasured << errorText(failure.error);
    return {};
}

} // namespace

Result<HarmOutcome> runHarm(const HarmWork& work, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto tokens, tokensOf(*work.workspace, work.text, context));
    session::MeasureSettings settings;
    settings.reference.screen = work.plans.empty();
    settings.reference.words.seed = context.seed;
    BITWRIGHT_ASSIGN(const auto measurer,
        session::Measurer::make(work.workspace, *work.target, tokens, settings, context.part(0, 0.05)));
    const RunContext rest = context.part(0.05, 1.0);
    HarmOutcome outcome;
    if (work.plans.empty())
        BITWRIGHT_CHECK(runUnits(work, *measurer, outcome, rest));
    else
        BITWRIGHT_CHECK(runPlans(work, *measurer, outcome, rest));
    return outcome;
}

Result<HarmComparison> compareHarm(const HarmWork& work, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto sets, work.workspace->measuredSets());
    if (sets.empty())
        return HarmComparison{}; // then nothing has to be scored a second time
    BITWRIGHT_ASSIGN(const auto space, spaceOf(work, score::defaultScore(work.workspace->dump()), context));
    std::map<std::string, std::vector<quant::Option>> stored;
    for (std::size_t unit = 0; unit < space.units().size(); ++unit)
        for (std::size_t option = 0; option < space.options().size(); ++option)
            if (const auto& cell = space.cell(unit, option); cell.legal && cell.resolved.option.grid)
                stored[space.units()[unit].name].push_back(cell.resolved.option);
    const auto optionsOf = [&](const plan::Unit& unit) { return stored[unit.name]; };
    std::map<std::pair<std::string, std::string>, measure::BlockSums> sums;
    std::map<std::pair<std::string, std::string>, std::string> texts;
    std::map<std::string, int> textCounts;
    BITWRIGHT_ASSIGN(const auto harm,
        work.workspace->measuredHarm(*work.target, optionsOf, context,
            [&](const plan::Unit& unit, const quant::Option& option, const session::HarmResult& result) {
                sums[{unit.name, option.id}] = measure::blockSums(result.values, result.blocks);
                texts[{unit.name, option.id}] = result.tokensKey;
                ++textCounts[result.tokensKey];
            }));
    // Paired comparisons need the same tokens: those of the text that most pairs were measured on.
    const auto most = std::max_element(textCounts.begin(), textCounts.end(),
        [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const auto& [pair, text] : texts)
        if (text != most->first)
            sums.erase(pair);
    HarmComparison result;
    result.predictor = QString::fromStdString(space.provenance().score);
    result.quantity = harm.count() > 0 ? QString::fromStdString(harm.quantity) : QString();
    struct Column
    {
        int bits = 0;
        std::vector<double> predicted, measured;
    };
    std::map<std::string, Column> columns; // by option
    for (std::size_t unit = 0; unit < space.units().size(); ++unit) {
        const auto found = harm.pairs.find(space.units()[unit].name);
        if (found == harm.pairs.end())
            continue;
        // In the order of their sizes, as options stand everywhere.
        std::vector<std::pair<std::uint64_t, HarmPair>> sized;
        for (const auto& [option, pair] : found->second) {
            HarmPair item;
            std::uint64_t bytes = 0;
            item.unit = static_cast<int>(unit);
            item.option = QString::fromStdString(option);
            item.measured = pair;
            item.sums = std::move(sums[{space.units()[unit].name, option}]);
            for (std::size_t j = 0; j < space.options().size(); ++j)
                if (const auto& cell = space.cell(unit, j); cell.resolved.option.id == option) {
                    item.predicted = cell.score;
                    columns[option].bits = cell.resolved.option.grid ? cell.resolved.option.grid->bits : 0;
                    bytes = cell.resolved.bytes;
                }
            if (item.predicted) {
                columns[option].predicted.push_back(*item.predicted);
                columns[option].measured.push_back(pair.mean);
            }
            sized.emplace_back(bytes, std::move(item));
        }
        std::stable_sort(
            sized.begin(), sized.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (auto& [bytes, item] : sized)
            result.pairs.push_back(std::move(item));
    }
    std::map<int, std::vector<double>> ranks;
    for (const auto& [option, column] : columns)
        if (const auto rank = measure::spearman(column.predicted, column.measured); rank && column.bits > 0)
            ranks[column.bits].push_back(*rank);
    for (const auto& [bits, all] : ranks)
        result.correlations[bits]
            = std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
    return result;
}

} // namespace bitwright::views
