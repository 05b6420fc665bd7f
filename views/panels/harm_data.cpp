#include "views/panels/harm_data.h"

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

/// As the page of the plan calls it; the stored one where no option is stored so.
QString optionName(const Document& document, const HarmRun::Pair& pair)
{
    const auto& space = *document.space();
    const std::string stored = pair.option.toStdString();
    for (std::size_t option = 0; option < space.options().size(); ++option)
        if (space.cell(static_cast<std::size_t>(pair.unit), option).resolved.option.id == stored)
            return shortOptionName(space, option);
    return pair.option;
}

/// The same plan but for `plan` itself that is uniform and of about its size, on the same text.
const HarmRun::PlanHarm* uniformBeside(const HarmRun& run, const HarmRun::PlanHarm& plan)
{
    const HarmRun::PlanHarm* best = nullptr;
    for (const auto& other : run.plans())
        if (other.uniform && other.target == plan.target && other.text == plan.text
            && other.tokens == plan.tokens && other.bytes <= plan.bytes
            && (best == nullptr || other.bytes > best->bytes))
            best = &other;
    return best;
}

} // namespace

AgreementData agreementData(const Document& document, const HarmRun& run)
{
    AgreementData data;
    data.predictedLabel = run.predictor().isEmpty()
        ? tr("predicted harm")
        : tr("predicted harm (%1, not measured)").arg(run.predictor());
    data.measuredLabel
        = run.quantity().isEmpty() ? tr("measured harm") : tr("measured: %1").arg(run.quantity());
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

TableData harmTable(const Document& document, const HarmRun& run)
{
    TableData table;
    table.columns = {{tr("what"), tr("A unit, or a whole plan"), false},
        {tr("option"), tr("As the target stores it"), false}, {tr("measured"), run.quantity(), true},
        {tr("from"), tr("Lower end of the 95 % interval"), true},
        {tr("to"), tr("Upper end of the 95 % interval"), true},
        {tr("predicted"), tr("By %1, not measured").arg(run.predictor()), true},
        {tr("perplexity"), tr("Of the changed model, on the tokens measured"), true},
        {tr("tokens"), tr("Tokens that were run"), true}};
    for (const auto& plan : run.plans())
        table.rows.push_back({plan.name, tr("%1 bpw").arg(formatBpw(plan.bpw)), plan.mean, valueOf(plan.low),
            valueOf(plan.high), valueOf(plan.predicted), valueOf(plan.perplexity),
            static_cast<double>(plan.tokens)});
    for (const auto& pair : run.pairs())
        table.rows.push_back({unitName(document, pair.unit), optionName(document, pair), pair.measured.mean,
            valueOf(pair.measured.low), valueOf(pair.measured.high), valueOf(pair.predicted),
            TableValue(std::monostate()), static_cast<double>(pair.measured.tokens)});
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
    if (const auto* uniform = plan->uniform ? nullptr : uniformBeside(run, *plan); uniform != nullptr)
        text += (plan->mean > uniform->mean ? tr(" · worse than %1: %2") : tr(" · %1 of its size: %2"))
                    .arg(uniform->name, formatNumber(uniform->mean));
    return text;
}

} // namespace bitwright::views
