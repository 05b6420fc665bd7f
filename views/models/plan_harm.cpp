#include "views/models/plan_harm.h"

#include "views/models/number_text.h"
#include "views/models/text.h"

#include <QCoreApplication>

#include <cmath>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("PlanHarm", text);
}

QString unitOf(bool cosine)
{
    return cosine ? tr("of cosine distance") : tr("nats per token");
}

} // namespace

bool isOfSameSize(const PlanHarm& plan, const PlanHarm& other)
{
    // What no plan decides is the same in both, and would make any two alike where it is most of the file.
    return other.bpw <= kSameSize * plan.bpw && other.bpw >= plan::kRivalShare * plan.bpw;
}

QString choiceKey(const plan::Plan& plan)
{
    return QString::fromStdString(session::choiceKey(plan));
}

PlanHarm planHarmFrom(const session::PlanRun& run)
{
    PlanHarm plan;
    plan.name = QString::fromStdString(run.name);
    plan.target = QString::fromStdString(run.target);
    plan.text = QString::fromStdString(run.text);
    plan.bytes = run.bytes;
    plan.bpw = run.bpw;
    plan.kind = run.kind;
    plan.cosine = run.harm == measure::HarmKind::CosineDistance;
    plan.mean = run.mean;
    plan.low = run.low;
    plan.high = run.high;
    plan.perplexity = run.perplexity;
    plan.referencePerplexity = run.referencePerplexity;
    plan.sameBest = run.sameBest;
    plan.tokens = run.tokens;
    plan.predicted = run.predicted;
    plan.choice = QString::fromStdString(run.choice);
    plan.tokenKey = QString::fromStdString(run.tokenKey);
    plan.sums = run.sums;
    plan.plan = run.plan;
    return plan;
}

QString rivalName(const plan::Rival& rival, const plan::PlanSpace& space)
{
    QStringList options;
    for (const std::string& id : rival.options) {
        const auto option = space.optionIndex(id);
        options << (option ? shortOptionName(space, *option) : QString::fromStdString(id));
    }
    const QString of = options.join(QStringLiteral(" + "));
    switch (rival.rule) {
    case plan::RivalRule::Uniform:
        return tr("uniform %1").arg(of);
    case plan::RivalRule::EvenMix:
        return tr("even mix of %1").arg(of);
    case plan::RivalRule::Ends:
        return tr("ends first, %1").arg(of);
    case plan::RivalRule::ValueDown:
        break;
    }
    return tr("v and down first, %1").arg(of);
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
