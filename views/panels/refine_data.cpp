#include "views/panels/refine_data.h"

#include "views/models/core_text.h"
#include "views/models/number_text.h"
#include "views/models/plan_harm.h"
#include "views/models/text.h"

#include <QCoreApplication>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("RefineData", text);
}

QString unitNames(const Document& document, const RefineRecord::Step& step)
{
    QStringList names;
    for (const QString& name : step.unit.split(u' ', Qt::SkipEmptyParts)) {
        const auto unit = document.space()->unitIndex(name.toStdString());
        names << (unit ? shortTensorName(name.toStdString(), document.space()->units()[*unit].block) : name);
    }
    return names.join(QStringLiteral(", "));
}

QString optionName(const Document& document, const QString& id)
{
    const auto option = document.space()->optionIndex(id.toStdString());
    return option ? shortOptionName(*document.space(), *option) : id;
}

void addNumber(std::vector<TableValue>& row, bool known, double value)
{
    row.emplace_back();
    if (known)
        row.back() = value;
}

void addChange(std::vector<TableValue>& row, const std::optional<measure::Interval>& change)
{
    for (const auto part : {&measure::Interval::mean, &measure::Interval::low, &measure::Interval::high})
        addNumber(row, change.has_value(), change ? (*change).*part : 0);
}

/// Two rows for a proposal: nobody may take the flattered number for the one that counts.
void addProposal(TableData& table, int round, const RefineRecord::Proposal& proposal)
{
    const QString what = proposal.solved ? tr("solved") : tr("swaps");
    const auto add = [&](const QString& tokens, const std::optional<measure::Interval>& change,
                         const QString& verdict) {
        std::vector<TableValue> row{static_cast<double>(round), QStringLiteral("%1: %2").arg(what, tokens),
            QCoreApplication::translate("RefineData", "%n unit(s)", nullptr, proposal.units), QString(),
            verdict};
        addChange(row, change);
        row.emplace_back(QString()); // nothing is shrunk here
        table.rows.push_back(std::move(row));
    };
    add(tr("choosing tokens (flattered)"), proposal.choosing,
        proposal.choosing ? QString() : tr("broke the model"));
    if (proposal.judging)
        add(tr("judging tokens (%1 %)").arg(formatNumber(100 * (1 - 2 * proposal.tail), 4)), proposal.judging,
            proposal.kept ? tr("kept") : tr("not kept"));
    else
        add(tr("judging tokens"), std::nullopt, tr("not judged"));
}

QString verdictOf(const RefineRecord::Step& step, const plan::Plan* result)
{
    if (!step.change)
        return tr("broke the model");
    if (result != nullptr) {
        const auto entry = result->entries.find(step.unit.section(u' ', 0, 0).toStdString());
        if (entry != result->entries.end() && entry->second.option == step.to.toStdString())
            return tr("in the result");
    }
    return step.taken ? tr("proposed") : QString();
}

} // namespace

TableData refineTable(const Document& document, const RefineRecord& record)
{
    TableData table;
    table.columns = {{tr("round"), {}, true},
        {tr("unit"), tr("What changes: a unit, those of a swap, or the whole plan that a round proposed"),
            false},
        {tr("before"), tr("Option in the plan before"), false},
        {tr("tried"), tr("Option that was tried"), false}, {tr("taken"), tr("What became of it"), false},
        {tr("change"),
            tr("Of the whole plan's harm, over the same tokens; below zero is better. Steps and swaps are "
               "measured on the tokens that choose"),
            true},
        {tr("low"), tr("Lower end of the 95 % interval of the paired difference"), true},
        {tr("high"), tr("Upper end of the 95 % interval of the paired difference"), true},
        {tr("believed"), tr("The change after shrinking it by its reliability: what the solver works with"),
            true}};
    if (!document.space())
        return table;
    const plan::Plan* result = document.namedPlan(record.result);
    for (std::size_t i = 0; i < record.rounds.size(); ++i)
        for (const RefineRecord::Proposal& proposal : record.rounds[i].proposals)
            addProposal(table, static_cast<int>(i) + 1, proposal);
    for (std::size_t i = 0; i < record.rounds.size(); ++i)
        for (const RefineRecord::Step& step : record.rounds[i].steps) {
            const QString names = unitNames(document, step);
            std::vector<TableValue> row{static_cast<double>(i + 1),
                step.swap > 0 ? tr("swap %1: %2").arg(step.swap).arg(names) : names,
                optionName(document, step.from), optionName(document, step.to), verdictOf(step, result)};
            addChange(row, step.change);
            addNumber(row, step.change.has_value(), step.believed);
            table.rows.push_back(std::move(row));
        }
    return table;
}

int refineUnitOfRow(const Document& document, const RefineRecord& record, int row)
{
    for (const RefineRecord::Round& round : record.rounds)
        row -= 2 * static_cast<int>(round.proposals.size());
    for (const RefineRecord::Round& round : record.rounds) {
        const auto steps = static_cast<int>(round.steps.size());
        if (row >= 0 && row < steps && document.space()) {
            const QString name = round.steps[static_cast<std::size_t>(row)].unit.section(u' ', 0, 0);
            const auto unit = document.space()->unitIndex(name.toStdString());
            return unit ? static_cast<int>(*unit) : -1;
        }
        row -= steps;
    }
    return -1;
}

QString refineSummary(const RefineRecord& record)
{
    if (record.plan.isEmpty())
        return {};
    QStringList lines{tr("%1 on %2: %3 tokens choose, %4 others judge.")
                          .arg(record.plan, record.text, formatCount(record.choosingTokens),
                              formatCount(record.judgingTokens))};
    const auto rounds = static_cast<int>(record.rounds.size());
    const QString done = QCoreApplication::translate("RefineData", "%n round(s) done.", nullptr, rounds);
    if (rounds > 0)
        lines.last() += QLatin1Char(' ') + done;
    if (record.ended.isEmpty())
        return lines.join(u'\n');
    lines.last() += u' ' + tr("It ended because %1.").arg(coreText(record.ended.toStdString()));
    if (record.result.isEmpty())
        lines << tr("No plan came out that is better beyond noise: the plan stays as it is.");
    else if (record.change)
        lines << tr("Result: %1, on the tokens that judge %2. Measure it on others to know what it costs.")
                     .arg(record.result,
                         differenceText(differenceOf(*record.change), record.plan, record.cosine));
    if (!record.result.isEmpty() && record.growth > 0)
        lines
            << tr("It is %1 larger than %2, within its budget.").arg(formatBytes(record.growth), record.plan);
    return lines.join(u'\n');
}

} // namespace bitwright::views
