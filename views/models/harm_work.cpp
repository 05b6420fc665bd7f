#include "views/models/harm_work.h"

#include "core/plan/rivals.h"
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

/// Predictors whose plans are run beside one's own: a few, because each costs a run of the model. Which one
/// plans best differs by model and size; plans of the others can be solved and run by themselves.
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

/// Nothing where the document's scores are no measured harm, or do not know the plan's options.
std::optional<double> predictedHarm(const HarmWork& work, const plan::Plan& plan)
{
    if (work.measuredSpace == nullptr)
        return std::nullopt;
    const auto numbers = plan::numbersOf(*work.measuredSpace, plan, work.objective);
    return numbers && numbers->unscored == 0 ? std::optional(numbers->objective) : std::nullopt;
}

/// Plans of the size of one's own that look at no score.
Result<std::vector<HarmWork::Candidate>> rivalsFor(const HarmWork& work, HarmOutcome& outcome)
{
    const HarmWork::Candidate& own = *work.own;
    BITWRIGHT_ASSIGN(const auto options, plan::rivalOptions(*work.target, own.plan));
    BITWRIGHT_ASSIGN(const auto space,
        plan::PlanSpace::build(work.workspace->checkpoint(), *work.target, options, {}, own.plan.ties));
    std::vector<plan::Rival> rivals;
    BITWRIGHT_ASSIGN(auto uniform, plan::uniformRival(space, own.plan, own.size.bytes()));
    if (uniform)
        rivals.push_back(std::move(*uniform));
    else
        outcome.same << tr("There is no uniform plan of this size");
    if (work.more) {
        BITWRIGHT_ASSIGN(auto presets, plan::presetRivals(space, own.plan, own.size.bytes()));
        std::move(presets.begin(), presets.end(), std::back_inserter(rivals));
    }
    std::vector<HarmWork::Candidate> all;
    for (plan::Rival& rival : rivals)
        all.push_back({rivalName(rival, space), std::move(rival.plan), rival.size,
            session::kindOf(rival.rule), std::nullopt});
    for (HarmWork::Candidate& rival : all)
        rival.predicted = predictedHarm(work, rival.plan);
    return all;
}

/// The plan that a proxy calls the best of the size of one's own. Errors: InvalidArgument where the dump
/// lacks what it needs.
Result<HarmWork::Candidate> proxyPlan(const HarmWork& work, score::ScoreKind kind, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto space, spaceOf(work, kind, context));
    plan::Plan base = work.own->plan;
    base.entries.clear(); // without one's locks: it is the proxy's plan, not a better one's
    base.provenance = space.provenance().label;
    BITWRIGHT_ASSIGN(auto solved,
        plan::solvePlan(space, base, plan::Budget::ofBytes(work.own->size.bytes()), work.objective, context));
    HarmWork::Candidate candidate;
    candidate.name = tr("plan of %1").arg(QString::fromStdString(space.provenance().score));
    candidate.kind = PlanHarm::Kind::Proxy;
    candidate.size = solved.size;
    candidate.predicted = predictedHarm(work, solved.plan);
    candidate.plan = std::move(solved.plan);
    return candidate;
}

Result<std::vector<HarmWork::Candidate>> candidatesOf(
    const HarmWork& work, HarmOutcome& outcome, const RunContext& context)
{
    std::vector<HarmWork::Candidate> all{*work.own};
    BITWRIGHT_ASSIGN(auto rivals, rivalsFor(work, outcome));
    std::move(rivals.begin(), rivals.end(), std::back_inserter(all));
    for (const score::ScoreKind kind : kProxies) {
        if (!work.more)
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
            // Another's plan that breaks the model, or needs what is not there, says nothing against one's
            // own.
            const ErrorCode code = result.error().code;
            if (i == 0 || (code != ErrorCode::Numeric && code != ErrorCode::InvalidArgument))
                return fail(result.error());
            outcome.unmeasured << QStringLiteral("%1: %2").arg(candidate.name, errorText(result.error()));
            continue;
        }
        plan::Plan named = candidate.plan;
        named.name = candidate.name.toStdString();
        auto run = session::planRunOf(named, candidate.size, *result, measurer.parts());
        run.text = nameOf(work.text).toStdString();
        run.kind = candidate.kind;
        run.predicted = candidate.predicted;
        run.referencePerplexity = measurer.referencePerplexity();
        BITWRIGHT_CHECK(
            session::notePlanRuns(*work.workspace, {run})); // kept also if the next one is stopped
        outcome.plans.push_back(std::move(run));
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
    settings.reference.screen = !work.own;
    settings.reference.words.seed = context.seed;
    BITWRIGHT_ASSIGN(const auto measurer,
        session::Measurer::make(work.workspace, *work.target, tokens, settings, context.part(0, 0.05)));
    const RunContext rest = context.part(0.05, 1.0);
    HarmOutcome outcome;
    if (!work.own)
        BITWRIGHT_CHECK(runUnits(work, *measurer, outcome, rest));
    else
        BITWRIGHT_CHECK(runPlans(work, *measurer, outcome, rest));
    return outcome;
}

namespace {

using BlockSumsOf = std::map<std::pair<std::string, std::string>, measure::BlockSums>; // by unit and option

/// By bits of the codes: the mean over the options of a width.
std::map<int, measure::BlockReliability> reliabilitiesOf(const BlockSumsOf& sums)
{
    std::map<std::string, std::vector<measure::BlockSums>> byOption;
    for (const auto& [place, own] : sums)
        byOption[place.second].push_back(own);
    std::map<int, std::vector<measure::BlockReliability>> byBits;
    for (const auto& [id, measurements] : byOption) {
        const auto option = quant::optionFromId(id);
        const auto reliability = measure::splitHalf(measurements);
        if (option && option->grid && reliability)
            byBits[option->grid->bits].push_back(*reliability);
    }
    std::map<int, measure::BlockReliability> result;
    for (const auto& [bits, all] : byBits) {
        measure::BlockReliability mean = all.front();
        mean.reliability.whole = 0;
        for (const auto& one : all) {
            mean.reliability.whole += one.reliability.whole / static_cast<double>(all.size());
            mean.tokens = std::min(mean.tokens, one.tokens);
        }
        result[bits] = mean;
    }
    return result;
}

} // namespace

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
    BlockSumsOf sums;
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
    result.reliabilities = reliabilitiesOf(sums);
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
