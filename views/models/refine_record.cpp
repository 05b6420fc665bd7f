#include "views/models/refine_record.h"

#include <QJsonArray>
#include <QStringList>

namespace bitwright::views {

namespace {

RefineRecord::Step stepOf(const session::RefineStep& step, const plan::PlanSpace& space)
{
    RefineRecord::Step result;
    QStringList names;
    for (const std::size_t unit : step.units)
        names << QString::fromStdString(space.units()[unit].name);
    result.unit = names.join(u' ');
    result.from = QString::fromStdString(space.optionIds()[step.from]);
    result.to = QString::fromStdString(space.optionIds()[step.to]);
    result.bytes = static_cast<double>(step.bytes);
    return result;
}

QJsonValue toJson(const std::optional<measure::Interval>& interval)
{
    if (!interval)
        return {};
    return QJsonArray{interval->mean, interval->low, interval->high};
}

std::optional<measure::Interval> intervalFrom(const QJsonValue& value)
{
    const QJsonArray parts = value.toArray();
    if (parts.size() != 3)
        return std::nullopt;
    return measure::Interval{parts[0].toDouble(), parts[1].toDouble(), parts[2].toDouble()};
}

QJsonObject toJson(const RefineRecord::Step& step)
{
    return {{QStringLiteral("unit"), step.unit}, {QStringLiteral("from"), step.from},
        {QStringLiteral("to"), step.to}, {QStringLiteral("bytes"), step.bytes},
        {QStringLiteral("swap"), step.swap}, {QStringLiteral("change"), toJson(step.change)},
        {QStringLiteral("believed"), step.believed}, {QStringLiteral("taken"), step.taken}};
}

RefineRecord::Step stepFrom(const QJsonObject& json)
{
    RefineRecord::Step step;
    step.unit = json[QLatin1String("unit")].toString();
    step.from = json[QLatin1String("from")].toString();
    step.to = json[QLatin1String("to")].toString();
    step.bytes = json[QLatin1String("bytes")].toDouble();
    step.swap = json[QLatin1String("swap")].toInt();
    step.change = intervalFrom(json[QLatin1String("change")]);
    step.believed = json[QLatin1String("believed")].toDouble();
    step.taken = json[QLatin1String("taken")].toBool();
    return step;
}

QJsonObject toJson(const RefineRecord::Proposal& proposal)
{
    return {{QStringLiteral("solved"), proposal.solved}, {QStringLiteral("units"), proposal.units},
        {QStringLiteral("choosing"), toJson(proposal.choosing)},
        {QStringLiteral("judging"), toJson(proposal.judging)}, {QStringLiteral("tail"), proposal.tail},
        {QStringLiteral("kept"), proposal.kept}};
}

RefineRecord::Proposal proposalFrom(const QJsonObject& json)
{
    RefineRecord::Proposal proposal;
    proposal.solved = json[QLatin1String("solved")].toBool();
    proposal.units = json[QLatin1String("units")].toInt();
    proposal.choosing = intervalFrom(json[QLatin1String("choosing")]);
    proposal.judging = intervalFrom(json[QLatin1String("judging")]);
    proposal.tail = json[QLatin1String("tail")].toDouble();
    proposal.kept = json[QLatin1String("kept")].toBool();
    return proposal;
}

} // namespace

RefineRecord::Round refineRound(const session::RefineRound& round, const plan::PlanSpace& space)
{
    RefineRecord::Round result;
    for (const session::TriedStep& tried : round.steps) {
        if (!tried.tried)
            continue;
        RefineRecord::Step step = stepOf(tried.step, space);
        step.change = tried.change;
        step.believed = tried.corrected;
        result.steps.push_back(std::move(step));
    }
    int number = 0;
    for (const session::TriedSwap& tried : round.swaps) {
        ++number;
        for (const session::RefineStep& one : tried.swap.steps) {
            RefineRecord::Step step = stepOf(one, space);
            step.swap = number;
            step.change = tried.change;
            step.believed = tried.shrunk;
            step.taken = tried.taken;
            result.steps.push_back(std::move(step));
        }
    }
    for (const session::RefineProposal& one : round.proposals)
        result.proposals.push_back({one.solved, static_cast<int>(one.units), one.changeChoosing,
            one.changeAccepting, one.tail, one.kept});
    return result;
}

QJsonObject toJson(const RefineRecord& record)
{
    QJsonArray rounds;
    for (const RefineRecord::Round& round : record.rounds) {
        QJsonArray steps, proposals;
        for (const RefineRecord::Step& step : round.steps)
            steps.append(toJson(step));
        for (const RefineRecord::Proposal& proposal : round.proposals)
            proposals.append(toJson(proposal));
        rounds.append(
            QJsonObject{{QStringLiteral("steps"), steps}, {QStringLiteral("proposals"), proposals}});
    }
    return {{QStringLiteral("plan"), record.plan}, {QStringLiteral("text"), record.text},
        {QStringLiteral("cosine"), record.cosine}, {QStringLiteral("choosing_tokens"), record.choosingTokens},
        {QStringLiteral("judging_tokens"), record.judgingTokens}, {QStringLiteral("rounds"), rounds},
        {QStringLiteral("ended"), record.ended}, {QStringLiteral("result"), record.result},
        {QStringLiteral("change"), toJson(record.change)}, {QStringLiteral("growth"), record.growth}};
}

RefineRecord refineRecordFromJson(const QJsonObject& json)
{
    RefineRecord record;
    record.plan = json[QLatin1String("plan")].toString();
    record.text = json[QLatin1String("text")].toString();
    record.cosine = json[QLatin1String("cosine")].toBool();
    record.choosingTokens = json[QLatin1String("choosing_tokens")].toInt();
    record.judgingTokens = json[QLatin1String("judging_tokens")].toInt();
    for (const auto& round : json[QLatin1String("rounds")].toArray()) {
        RefineRecord::Round& added = record.rounds.emplace_back();
        for (const auto& step : round.toObject()[QLatin1String("steps")].toArray())
            added.steps.push_back(stepFrom(step.toObject()));
        for (const auto& proposal : round.toObject()[QLatin1String("proposals")].toArray())
            added.proposals.push_back(proposalFrom(proposal.toObject()));
    }
    record.ended = json[QLatin1String("ended")].toString();
    record.result = json[QLatin1String("result")].toString();
    record.change = intervalFrom(json[QLatin1String("change")]);
    record.growth = json[QLatin1String("growth")].toDouble();
    return record;
}

} // namespace bitwright::views
