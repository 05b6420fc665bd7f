#include "views/panels/harm_data.h"

#include "views/models/core_text.h"
#include "views/models/number_text.h"
#include "views/models/text.h"
#include "views/panels/chart_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("HarmPanel", text);
}

TableValue valueOf(const std::optional<double>& value)
{
    return value ? TableValue(*value) : TableValue(std::monostate());
}

QString unitName(const Document& document, int unit)
{
    const auto& known = document.space()->units()[static_cast<std::size_t>(unit)];
    return shortTensorName(known.name, known.block);
}

bool isCosine(const HarmRun& run)
{
    return run.quantity().contains(QLatin1String("cosine"));
}

/// The option that a pair was measured at, as the target stores it.
std::optional<std::size_t> optionOf(const Document& document, const HarmPair& pair)
{
    const auto& space = *document.space();
    const std::string stored = pair.option.toStdString();
    for (std::size_t option = 0; option < space.options().size(); ++option)
        if (space.cell(static_cast<std::size_t>(pair.unit), option).resolved.option.id == stored)
            return option;
    return std::nullopt;
}

/// As the page of the plan calls it; the stored one where no option is stored so.
QString optionName(const Document& document, const HarmPair& pair)
{
    const auto option = optionOf(document, pair);
    return option ? shortOptionName(*document.space(), *option) : pair.option;
}

/// What plans count for a measured pair; nothing while another score is shown.
TableValue inPlans(const Document& document, const HarmPair& pair)
{
    const auto option = harmIsMeasured(document) ? optionOf(document, pair) : std::nullopt;
    return option ? valueOf(document.space()->cell(static_cast<std::size_t>(pair.unit), *option).score)
                  : TableValue(std::monostate());
}

/// A measured plan that `plan` has to beat, and how it stands to it.
struct Rival
{
    const PlanHarm* plan = nullptr;
    HarmDifference difference;
};

/// Uniform plans, presets and the proxies' plans of its size, measured on the same tokens. Of several uniform
/// ones, and of several with one name, the largest: they were made for other plans of nearly this size.
std::vector<Rival> rivalsOf(const HarmRun& run, const PlanHarm& plan)
{
    std::vector<Rival> rivals;
    const auto isUniform = [](const PlanHarm& one) { return one.kind == PlanHarm::Kind::Uniform; };
    for (const PlanHarm& other : run.plans()) {
        if (other.kind == PlanHarm::Kind::Own || other.choice == plan.choice || !isOfSameSize(plan, other)
            || (isUniform(other) && isUniform(plan)))
            continue;
        const auto difference = differenceOf(plan, other);
        if (!difference)
            continue;
        const auto alike = std::find_if(rivals.begin(), rivals.end(), [&](const Rival& known) {
            return known.plan->name == other.name || (isUniform(*known.plan) && isUniform(other));
        });
        if (alike == rivals.end())
            rivals.push_back({&other, *difference});
        else if (other.bytes > alike->plan->bytes)
            *alike = {&other, *difference};
    }
    const auto rank = [](const Rival& rival) {
        switch (rival.difference.verdict) {
        case HarmDifference::Verdict::Worse:
            return 0;
        case HarmDifference::Verdict::Alike:
            return 1;
        case HarmDifference::Verdict::Better:
            break;
        }
        return 2;
    };
    std::stable_sort(
        rivals.begin(), rivals.end(), [&](const Rival& a, const Rival& b) { return rank(a) < rank(b); });
    return rivals;
}

} // namespace

AgreementData agreementData(const Document& document, const HarmRun& run)
{
    AgreementData data;
    data.predictedLabel = run.predictor().isEmpty()
        ? tr("predicted harm")
        : tr("predicted by %1, in its own unit (not measured)").arg(run.predictor());
    data.measuredLabel = run.quantity().isEmpty() ? tr("measured harm")
        : isCosine(run)                           ? tr("measured distance (cosine)")
                                                  : tr("measured KL, nats per token");
    if (!document.space())
        return data;
    std::vector<model::Role> roles;
    for (const auto& pair : run.pairs()) {
        const auto& unit = document.space()->units()[static_cast<std::size_t>(pair.unit)];
        AgreementPoint point;
        point.unit = pair.unit;
        point.name = unitName(document, pair.unit);
        point.option = optionName(document, pair);
        point.group = roleLabel(unit.role);
        auto known = std::find(roles.begin(), roles.end(), unit.role);
        if (known == roles.end())
            known = roles.insert(roles.end(), unit.role);
        point.style = static_cast<int>(known - roles.begin());
        point.predicted = pair.predicted.value_or(std::nan(""));
        point.measured = pair.measured.mean;
        if (pair.measured.low && pair.measured.high)
            point.interval = Interval{*pair.measured.low, *pair.measured.high};
        data.points.push_back(std::move(point));
    }
    return data;
}

namespace {

/// Columns that say "unknown" in every row, or nothing: as if something had gone wrong.
void dropUnfilled(TableData& table)
{
    const auto fills = [](const TableValue& value) {
        const auto* text = std::get_if<QString>(&value);
        return text != nullptr ? !text->isEmpty() : std::holds_alternative<double>(value);
    };
    for (std::size_t column = table.columns.size(); column-- > 0 && !table.rows.empty();) {
        if (std::any_of(
                table.rows.begin(), table.rows.end(), [&](const auto& row) { return fills(row[column]); }))
            continue;
        const auto at = static_cast<std::ptrdiff_t>(column);
        table.columns.erase(table.columns.begin() + at);
        for (auto& row : table.rows)
            row.erase(row.begin() + at);
    }
}

TableValue againstPlan(const PlanHarm& plan, const PlanHarm* current)
{
    if (current == nullptr)
        return tr("the plan was not run");
    if (current == &plan)
        return tr("the current plan");
    const auto difference = differenceOf(plan, *current);
    return difference ? differenceCell(*difference) : tr("other tokens");
}

} // namespace

std::uint64_t tokensBehind(const HarmRun& run)
{
    std::uint64_t most = 0;
    for (const auto& pair : run.pairs())
        most = std::max(most, pair.measured.tokens);
    return most;
}

TableData harmTable(const Document& document, const HarmRun& run)
{
    TableData table;
    const bool perplexity = !isCosine(run); // an encoder has none
    // One line for all columns: in every heading the unit would take the room of a number.
    table.note = coreText(run.quantity().toStdString());
    table.columns = {{tr("What"), tr("A unit, or a whole plan"), false},
        {tr("Option"), tr("As the target stores it"), false},
        {tr("Measured"), coreText(run.quantity().toStdString()), true, true},
        {tr("95 % from"), tr("Lower end of the 95 % interval"), true, true},
        {tr("95 % to"), tr("Upper end of the 95 % interval"), true, true},
        {tr("In plans"),
            tr("What plans count: of a unit its measurement, drawn toward what similar units cost as its "
               "interval asks; of a plan the sum over its units"),
            true, true},
        {tr("Against the plan"),
            tr("What it does beyond the current plan, where both were measured on the same tokens: 95 % "
               "interval of the paired difference"),
            false},
        {run.predictor().isEmpty() ? QString() : tr("Proxy"),
            tr("Predicted by %1, not measured: its order and its ratios count, not its size")
                .arg(run.predictor()),
            true, true}};
    if (perplexity) {
        table.columns.push_back({tr("Perplexity"), tr("Of the changed model, on the tokens measured"), true});
        table.columns.push_back({tr("Same best"),
            tr("Tokens whose most probable next word stayed, in percent (top-1 agreement)"), true});
    }
    table.columns.push_back({tr("Tokens"), tr("Tokens that were run"), true});
    const PlanHarm* current = run.currentPlan();
    const auto add = [&](std::vector<TableValue> row, const std::optional<double>& ofModel,
                         const std::optional<double>& sameBest, auto tokens) {
        if (perplexity) {
            row.push_back(valueOf(ofModel));
            row.push_back(valueOf(sameBest ? std::optional(100 * *sameBest) : std::nullopt));
        }
        row.emplace_back(static_cast<double>(tokens));
        table.rows.push_back(std::move(row));
    };
    for (const auto& plan : run.plans())
        add({plan.name, tr("%1 bpw").arg(formatBpw(plan.bpw)), plan.mean, valueOf(plan.low),
                valueOf(plan.high), valueOf(plan.predicted), againstPlan(plan, current), std::monostate()},
            plan.perplexity, plan.sameBest, plan.tokens);
    for (const auto& pair : run.pairs())
        add({unitName(document, pair.unit), optionName(document, pair), pair.measured.mean,
                valueOf(pair.measured.low), valueOf(pair.measured.high), inPlans(document, pair), QString(),
                valueOf(pair.predicted)},
            std::nullopt, std::nullopt, pair.measured.tokens);
    dropUnfilled(table);
    const bool inPlans = std::any_of(table.columns.begin(), table.columns.end(),
        [](const TableColumn& column) { return column.title == tr("In plans"); });
    if (inPlans)
        table.note += QStringLiteral(" \u00b7 ")
            + tr("In plans: measured, drawn toward what similar units cost; 95 % is of Measured");
    return table;
}

QString planVerdict(const HarmRun& run)
{
    const auto* plan = run.currentPlan();
    if (plan == nullptr)
        return run.plans().empty() ? QString() : tr("The current plan was not run.");
    QString text = tr("Measured: %1").arg(formatNumber(plan->mean));
    if (plan->low && plan->high)
        text += tr(" (%1 to %2)").arg(formatNumber(*plan->low), formatNumber(*plan->high));
    if (plan->perplexity && plan->referencePerplexity)
        text += tr(" · perplexity %1, original %2")
                    .arg(formatNumber(*plan->perplexity, 4), formatNumber(*plan->referencePerplexity, 4));
    if (plan->sameBest)
        text += tr(" · same best word %1 %").arg(formatNumber(100 * *plan->sameBest));
    if (!plan->text.isEmpty())
        text += tr(" · %1 tokens: %2").arg(formatCount(static_cast<qint64>(plan->tokens)), plan->text);
    QStringList lines{text};
    bool uniform = plan->kind == PlanHarm::Kind::Uniform;
    QStringList beaten;
    for (const Rival& rival : rivalsOf(run, *plan)) {
        uniform = uniform || rival.plan->kind == PlanHarm::Kind::Uniform;
        const QString than = tr("%1 (%2 bpw)").arg(rival.plan->name, formatBpw(rival.plan->bpw));
        const auto& paired = rival.difference.paired;
        if (rival.difference.verdict == HarmDifference::Verdict::Better && paired) {
            beaten << tr("%1 by %2 to %3").arg(than, formatNumber(-paired->high), formatNumber(-paired->low));
            continue;
        }
        const QString line = differenceText(rival.difference, than, plan->cosine);
        lines << (rival.difference.verdict == HarmDifference::Verdict::Worse
                ? QStringLiteral("\u26a0 ") + line
                : line);
    }
    // In one line: with presets and proxies there may be seven.
    if (!beaten.isEmpty())
        lines << tr("Better on the same tokens than %1").arg(beaten.join(QStringLiteral(", ")));
    if (!uniform)
        lines << tr("No uniform plan of its size was run on these tokens.");
    return lines.join(u'\n');
}

QStringList plansThatAreBetter(const HarmRun& run)
{
    QStringList names;
    if (const PlanHarm* plan = run.currentPlan(); plan != nullptr)
        for (const Rival& rival : rivalsOf(run, *plan))
            if (rival.difference.verdict == HarmDifference::Verdict::Worse)
                names << rival.plan->name;
    return names;
}

QString rowsCompared(const Document& document, const HarmRun& run, int row, int other)
{
    const auto plans = static_cast<int>(run.plans().size());
    const auto& pairs = run.pairs();
    if (row < plans && other < plans) {
        const PlanHarm& plan = run.plans()[static_cast<std::size_t>(row)];
        const PlanHarm& than = run.plans()[static_cast<std::size_t>(other)];
        const auto difference = differenceOf(plan, than);
        return difference
            ? QStringLiteral("%1: %2").arg(plan.name, differenceText(*difference, than.name, plan.cosine))
            : QString();
    }
    if (row < plans || other < plans || !document.space())
        return {};
    const HarmPair& pair = pairs[static_cast<std::size_t>(row - plans)];
    const HarmPair& than = pairs[static_cast<std::size_t>(other - plans)];
    const auto nameOf = [&](const HarmPair& one) {
        return QStringLiteral("%1 %2").arg(unitName(document, one.unit), optionName(document, one));
    };
    const auto paired = measure::pairedDifference(pair.sums, than.sums, 0);
    if (!paired)
        return {};
    const bool cosine = isCosine(run);
    return QStringLiteral("%1: %2").arg(
        nameOf(pair), differenceText(differenceOf(*paired), nameOf(than), cosine));
}

} // namespace bitwright::views
