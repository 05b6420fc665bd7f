// The Pareto chart's part of plan_data.h, and the tensor x option map.
#include "views/models/core_text.h"
#include "views/models/text.h"
#include "views/panels/chart_data.h"
#include "views/panels/plan_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("PlanData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

ParetoCurrent paretoCurrent(const Document& document)
{
    ParetoCurrent current;
    const auto& numbers = document.numbers();
    current.frontierStale = document.frontier() && !document.frontierFits();
    if (document.frontierFits()) {
        const auto& frontier = document.frontier();
        if (const auto index = frontier->frontier.indexWithin(numbers.size.unitBytes)) {
            const auto& point = frontier->points[*index];
            const double scale = std::max(std::abs(point.objective), 1e-300);
            if (std::abs(point.objective - numbers.objective) <= 1e-9 * scale)
                current.state = static_cast<int>(*index);
        }
    }
    if (!document.choice().empty())
        current.mark = ParetoMark{display(document.plan().name), static_cast<double>(numbers.size.bytes()),
            numbers.objective, std::nullopt, false, {}};
    if (const auto budget = document.budgetBytes())
        current.budgetBytes = static_cast<double>(*budget);
    return current;
}

namespace {

void addMarks(const Document& document, ParetoData& data)
{
    const auto& space = *document.space();
    for (std::size_t i = 0; i < document.uniforms().size(); ++i) {
        const auto& uniform = document.uniforms()[i];
        const auto option = space.optionIndex(uniform.option);
        if (uniform.numbers.unscored > 0 || uniform.option == "keep" || !option)
            continue;
        data.presets.push_back(
            {shortOptionName(*document.space(), *option), static_cast<double>(uniform.numbers.size.bytes()),
                uniform.numbers.objective, std::nullopt, false, QString::fromStdString(uniform.option)});
    }
    for (const auto& plan : document.namedPlans()) {
        const auto numbers = plan::numbersOf(space, plan, document.settings().objective);
        if (numbers && numbers->unscored == 0)
            data.plans.push_back({display(plan.name), static_cast<double>(numbers->size.bytes()),
                numbers->objective, std::nullopt, false, QString::fromStdString(plan.name)});
    }
}

} // namespace

namespace {

/// Whole plans that were run, where the chart's harm has the same unit.
void addMeasured(const Document& document, const HarmRun& measured, ParetoData& data)
{
    if (!harmIsMeasured(document))
        return;
    for (const auto& plan : measured.plans()) {
        if (plan.target != document.settings().target)
            continue;
        ParetoMark mark{
            plan.name, static_cast<double>(plan.bytes), plan.mean, std::nullopt, true, plan.choice};
        if (plan.low && plan.high)
            mark.interval = Interval{*plan.low, *plan.high};
        data.plans.push_back(std::move(mark));
    }
}

/// Relative distance of the best listed plan of a size to what is not proven impossible. The largest one over
/// all sizes says nothing: near the plan that keeps everything harm is nothing, and any part of it is all.
double gapWithin(const plan::PlanFrontier& frontier, double bytes)
{
    const auto& points = frontier.points;
    const auto after = std::upper_bound(points.begin(), points.end(), bytes,
        [](double size, const plan::PlanPoint& point) { return size < static_cast<double>(point.bytes); });
    if (after == points.begin())
        return 0;
    const auto& best = *std::prev(after);
    // Both speak of the same plans; the one's sizes are of the planned units alone.
    const auto& own = frontier.frontier.points()[static_cast<std::size_t>(std::prev(after) - points.begin())];
    const double spare = bytes - static_cast<double>(best.bytes);
    const double bound
        = frontier.frontier.lowerBoundAt(own.bytes + static_cast<std::uint64_t>(std::max(0.0, spare)));
    const double gap = best.objective - bound;
    return gap > 0 ? gap / std::max(std::abs(best.objective), std::abs(bound)) : 0;
}

} // namespace

ParetoData paretoData(const Document& document, const HarmRun* measured)
{
    ParetoData data;
    const auto& space = document.space();
    if (!space)
        return data;
    if (const auto& frontier = document.frontier()) {
        for (const auto& point : frontier->points)
            data.frontier.push_back({static_cast<double>(point.bytes), point.objective});
        data.exact = frontier->frontier.exact();
    }
    addMarks(document, data);
    if (measured != nullptr)
        addMeasured(document, *measured, data);
    if (const auto* other = document.otherFrontier()) {
        data.otherName = tr("frontier of %1 under this score").arg(other->score);
        for (const auto& point : other->points)
            data.otherFrontier.push_back({static_cast<double>(point.bytes), point.objective});
    }
    const ParetoCurrent current = paretoCurrent(document);
    data.current = current.mark;
    data.currentState = current.state;
    data.budgetBytes = current.budgetBytes;
    if (const auto size = data.budgetBytes ? data.budgetBytes
            : data.current                 ? std::optional(data.current->bytes)
                                           : std::nullopt;
        size && document.frontier())
        data.gap = gapWithin(*document.frontier(), *size);
    data.frontierStale = current.frontierStale;
    data.plannedWeights = static_cast<double>(space->unitParameters());
    data.fileWeights = static_cast<double>(space->fileParameters());
    data.keptBytes = static_cast<double>(space->keptBytes());
    data.harmLabel = planHarmLabel(document);
    data.bytesLabel = space->target().simulatedSize() ? tr("size of all weights, if they were packed")
                                                      : tr("size of all weights");
    return data;
}

namespace {

/// The largest harm of the units that a move leaves as they are; less than any when it moves all.
double worstOfOthers(const Document& document, const QVector<int>& units)
{
    const auto& space = *document.space();
    std::vector<char> moved(document.choice().size(), 0);
    for (const int unit : units)
        moved[static_cast<std::size_t>(unit)] = 1;
    double worst = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < moved.size(); ++i)
        if (const auto& score = space.cell(i, document.choice()[i]).score; moved[i] == 0 && score)
            worst = std::max(worst, *score);
    return worst;
}

} // namespace

std::optional<ParetoMove> paretoMove(const Document& document, const QVector<int>& units, std::size_t option)
{
    const auto& space = document.space();
    if (!space || document.choice().size() != space->units().size())
        return std::nullopt;
    const alloc::Objective& objective = document.settings().objective;
    const bool worst = objective.kind == alloc::ObjectiveKind::Max;
    ParetoMove move{shortOptionName(*document.space(), option),
        static_cast<double>(document.numbers().size.bytes()), document.numbers().objective, false};
    bool changes = false;
    double most = -std::numeric_limits<double>::infinity();
    for (const int unit : units) {
        const auto index = static_cast<std::size_t>(unit);
        const auto& now = space->cell(index, document.choice()[index]);
        const auto& then = space->cell(index, option);
        if (!then.legal || !then.score || !now.score)
            return std::nullopt;
        changes = changes || option != document.choice()[index];
        move.bytes += static_cast<double>(then.resolved.bytes) - static_cast<double>(now.resolved.bytes);
        const double term = alloc::objectiveTerm(objective, {0, then.score});
        most = std::max(most, term);
        move.harm += term - alloc::objectiveTerm(objective, {0, now.score});
    }
    if (!changes)
        return std::nullopt;
    if (worst)
        move.harm = std::max(most, worstOfOthers(document, units));
    return move;
}

OptionMapData optionMapData(const Document& document)
{
    OptionMapData data;
    const auto& space = document.space();
    if (!space || document.choice().size() != space->units().size())
        return data;
    const std::size_t units = space->units().size(), options = space->optionIds().size();
    std::vector<double> average(options, 0.0);
    const auto bitsOf = [&](std::size_t unit, std::size_t option) {
        return 8.0 * static_cast<double>(space->cell(unit, option).resolved.bytes)
            / static_cast<double>(space->units()[unit].parameters());
    };
    for (std::size_t j = 0; j < options; ++j) {
        double bytes = 0, weights = 0;
        for (std::size_t i = 0; i < units; ++i) {
            if (!space->cell(i, j).legal)
                continue;
            bytes += static_cast<double>(space->cell(i, j).resolved.bytes);
            weights += static_cast<double>(space->units()[i].parameters());
        }
        average[j] = weights > 0 ? 8.0 * bytes / weights : 32.0;
    }
    std::vector<std::size_t> order(options);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(
        order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return average[a] < average[b]; });
    for (const std::size_t j : order) {
        data.columns.push_back({QString::fromStdString(space->optionIds()[j]),
            shortOptionName(*document.space(), j), average[j]});
        data.options.push_back(static_cast<int>(j));
    }
    data.harm.reserve(units * options);
    for (std::size_t i = 0; i < units; ++i) {
        const auto& unit = space->units()[i];
        data.rows.push_back({display(unit.name), shortTensorName(unit.name, unit.block),
            static_cast<int>(unit.role), roleLabel(unit.role)});
        for (const std::size_t j : order) {
            const auto& cell = space->cell(i, j);
            if (!cell.legal)
                data.refused.emplace(data.harm.size(), coreText(cell.reason));
            data.harm.push_back(
                cell.legal && cell.score ? *cell.score : std::numeric_limits<double>::quiet_NaN());
            data.bits.push_back(bitsOf(i, j));
        }
    }
    data.choices = optionMapChoices(document);
    data.harmLabel = harmLabel(document);
    return data;
}

std::vector<OptionMapChoice> optionMapChoices(const Document& document)
{
    const auto& space = document.space();
    if (!space)
        return {};
    std::vector<OptionMapChoice> choices(document.choice().size());
    const auto& solver = document.solverChoice();
    for (std::size_t i = 0; i < choices.size(); ++i) {
        choices[i].option = static_cast<int>(document.choice()[i]);
        choices[i].locked = document.isLocked(i);
        choices[i].edited = solver.size() == choices.size() && solver[i] != document.choice()[i];
        const auto* result = document.result(static_cast<int>(space->units()[i].index));
        choices[i].nonFinite = result != nullptr && result->stats && result->stats->hasNonFinite();
    }
    for (const auto& tie : space->tiesOf(document.plan()))
        for (const auto unit : tie.units)
            choices[unit].tied = true;
    return choices;
}

} // namespace bitwright::views
