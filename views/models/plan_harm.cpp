#include "views/models/plan_harm.h"

#include "views/models/number_text.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonArray>

#include <cmath>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("PlanHarm", text);
}

QJsonValue number(const std::optional<double>& value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

std::optional<double> numberFrom(const QJsonValue& value)
{
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

QString wordOf(PlanHarm::Kind kind)
{
    switch (kind) {
    case PlanHarm::Kind::Own:
        break;
    case PlanHarm::Kind::Uniform:
        return QStringLiteral("uniform");
    case PlanHarm::Kind::Proxy:
        return QStringLiteral("proxy");
    }
    return QStringLiteral("own");
}

PlanHarm::Kind kindFrom(const QJsonObject& json)
{
    const QString word = json[QLatin1String("kind")].toString();
    // The first version knew uniform plans only.
    if (word == QLatin1String("uniform") || json[QLatin1String("uniform")].toBool())
        return PlanHarm::Kind::Uniform;
    return word == QLatin1String("proxy") ? PlanHarm::Kind::Proxy : PlanHarm::Kind::Own;
}

/// What a project holds may have been made by anybody: sums without counts are none.
measure::BlockSums sumsFrom(const QJsonObject& json)
{
    measure::BlockSums sums;
    const QJsonArray values = json[QLatin1String("block_sums")].toArray();
    const QJsonArray counts = json[QLatin1String("block_tokens")].toArray();
    if (values.size() != counts.size())
        return sums;
    for (qsizetype i = 0; i < values.size(); ++i) {
        if (!values[i].isDouble() || !(counts[i].toDouble() >= 1) || counts[i].toDouble() > 1e9)
            return {};
        sums.sums.push_back(values[i].toDouble());
        sums.counts.push_back(static_cast<std::size_t>(counts[i].toDouble()));
    }
    return sums;
}

QString unitOf(bool cosine)
{
    return cosine ? tr("of cosine distance") : tr("nats per token");
}

} // namespace

QString choiceKey(const plan::Plan& plan)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(QByteArray::fromStdString(plan.target));
    for (const auto& [unit, entry] : plan.entries) {
        hash.addData(QByteArray::fromStdString(unit));
        hash.addData(QByteArray::fromStdString("=" + entry.option + ";"));
    }
    return QString::fromLatin1(hash.result().toHex());
}

void takeResult(
    PlanHarm& plan, const session::HarmResult& result, const std::vector<session::MeasuredPart>& parts)
{
    plan.cosine = result.kind == measure::HarmKind::CosineDistance;
    plan.mean = result.mean;
    plan.low = result.interval ? std::optional(result.interval->low) : std::nullopt;
    plan.high = result.interval ? std::optional(result.interval->high) : std::nullopt;
    plan.perplexity = result.perplexity;
    plan.sameBest = result.sameBest;
    plan.tokens = result.tokens;
    plan.sums = measure::blockSums(result.values, result.blocks);
    QCryptographicHash hash(QCryptographicHash::Sha1);
    for (const session::MeasuredPart& part : parts)
        hash.addData(QByteArray::fromStdString(part.key));
    plan.tokenKey = QString::fromLatin1(hash.result().toHex());
}

QJsonObject toJson(const PlanHarm& plan)
{
    QJsonArray sums, counts;
    for (std::size_t i = 0; i < plan.sums.sums.size(); ++i) {
        sums.append(plan.sums.sums[i]);
        counts.append(static_cast<double>(plan.sums.counts[i]));
    }
    return {{QStringLiteral("name"), plan.name}, {QStringLiteral("target"), plan.target},
        {QStringLiteral("text"), plan.text}, {QStringLiteral("bytes"), static_cast<double>(plan.bytes)},
        {QStringLiteral("bpw"), plan.bpw}, {QStringLiteral("kind"), wordOf(plan.kind)},
        {QStringLiteral("cosine"), plan.cosine}, {QStringLiteral("mean"), plan.mean},
        {QStringLiteral("low"), number(plan.low)}, {QStringLiteral("high"), number(plan.high)},
        {QStringLiteral("perplexity"), number(plan.perplexity)},
        {QStringLiteral("reference_perplexity"), number(plan.referencePerplexity)},
        {QStringLiteral("same_best"), number(plan.sameBest)},
        {QStringLiteral("tokens"), static_cast<double>(plan.tokens)},
        {QStringLiteral("predicted"), number(plan.predicted)}, {QStringLiteral("choice"), plan.choice},
        {QStringLiteral("token_key"), plan.tokenKey}, {QStringLiteral("block_sums"), sums},
        {QStringLiteral("block_tokens"), counts},
        {QStringLiteral("plan"),
            plan.plan ? QJsonValue(QString::fromStdString(plan::planToJson(*plan.plan, nullptr)))
                      : QJsonValue()}};
}

PlanHarm planHarmFromJson(const QJsonObject& json)
{
    PlanHarm plan;
    plan.name = json[QLatin1String("name")].toString();
    plan.target = json[QLatin1String("target")].toString();
    plan.text = json[QLatin1String("text")].toString();
    plan.bytes = static_cast<std::uint64_t>(json[QLatin1String("bytes")].toDouble());
    plan.bpw = json[QLatin1String("bpw")].toDouble();
    plan.kind = kindFrom(json);
    plan.cosine = json[QLatin1String("cosine")].toBool();
    plan.mean = json[QLatin1String("mean")].toDouble();
    plan.low = numberFrom(json[QLatin1String("low")]);
    plan.high = numberFrom(json[QLatin1String("high")]);
    plan.perplexity = numberFrom(json[QLatin1String("perplexity")]);
    plan.referencePerplexity = numberFrom(json[QLatin1String("reference_perplexity")]);
    plan.sameBest = numberFrom(json[QLatin1String("same_best")]);
    plan.tokens = static_cast<std::uint64_t>(json[QLatin1String("tokens")].toDouble());
    plan.predicted = numberFrom(json[QLatin1String("predicted")]);
    plan.choice = json[QLatin1String("choice")].toString();
    plan.tokenKey = json[QLatin1String("token_key")].toString();
    plan.sums = sumsFrom(json);
    // What a project holds may have been made by anybody: a plan that is not the measured one is none.
    auto whole = plan::planFromJson(json[QLatin1String("plan")].toString().toStdString());
    if (whole && choiceKey(*whole) == plan.choice)
        plan.plan = std::move(*whole);
    return plan;
}

HarmDifference differenceOf(const measure::Interval& paired)
{
    HarmDifference difference;
    difference.paired = paired;
    if (!paired.holds(0))
        difference.verdict
            = paired.mean < 0 ? HarmDifference::Verdict::Better : HarmDifference::Verdict::Worse;
    return difference;
}

std::optional<HarmDifference> differenceOf(const PlanHarm& plan, const PlanHarm& other)
{
    if (plan.target != other.target || plan.cosine != other.cosine)
        return std::nullopt;
    if (!plan.tokenKey.isEmpty() && !other.tokenKey.isEmpty()) {
        if (plan.tokenKey != other.tokenKey)
            return std::nullopt;
        // The seed only draws the resamples; results carry none of their own.
        if (const auto paired = measure::pairedDifference(plan.sums, other.sums, 0))
            return differenceOf(*paired);
    }
    if (plan.text != other.text || plan.tokens != other.tokens || !plan.low || !plan.high || !other.low
        || !other.high)
        return std::nullopt;
    HarmDifference difference;
    if (*plan.high < *other.low)
        difference.verdict = HarmDifference::Verdict::Better;
    else if (*plan.low > *other.high)
        difference.verdict = HarmDifference::Verdict::Worse;
    return difference;
}

QString differenceText(const HarmDifference& difference, const QString& than, bool cosine)
{
    using Verdict = HarmDifference::Verdict;
    if (!difference.paired) {
        const QString why = tr(" by their intervals alone: values by token were not kept");
        switch (difference.verdict) {
        case Verdict::Better:
            return tr("better than %1").arg(than) + why;
        case Verdict::Worse:
            return tr("worse than %1").arg(than) + why;
        case Verdict::Alike:
            break;
        }
        return tr("cannot be told apart from %1").arg(than) + why;
    }
    const double low = difference.paired->low, high = difference.paired->high;
    switch (difference.verdict) {
    case Verdict::Better:
        return tr("%1 to %2 %3 better than %4, same tokens")
            .arg(formatNumber(-high), formatNumber(-low), unitOf(cosine), than);
    case Verdict::Worse:
        return tr("%1 to %2 %3 worse than %4, same tokens")
            .arg(formatNumber(low), formatNumber(high), unitOf(cosine), than);
    case Verdict::Alike:
        break;
    }
    return tr("cannot be told apart from %1: from %2 better to %3 worse, %4, same tokens")
        .arg(than, formatNumber(std::abs(low)), formatNumber(std::abs(high)), unitOf(cosine));
}

QString differenceCell(const HarmDifference& difference)
{
    using Verdict = HarmDifference::Verdict;
    if (!difference.paired)
        return difference.verdict == Verdict::Better ? tr("better (intervals)")
            : difference.verdict == Verdict::Worse   ? tr("worse (intervals)")
                                                     : tr("alike (intervals)");
    const QString low = formatNumber(std::abs(difference.paired->low));
    const QString high = formatNumber(std::abs(difference.paired->high));
    switch (difference.verdict) {
    case Verdict::Better:
        return tr("%1 to %2 better").arg(high, low);
    case Verdict::Worse:
        return tr("%1 to %2 worse").arg(low, high);
    case Verdict::Alike:
        break;
    }
    return tr("alike: %1 better to %2 worse").arg(low, high);
}

} // namespace bitwright::views
