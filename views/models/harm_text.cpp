#include "views/models/harm_text.h"

#include "views/models/core_text.h"
#include "views/models/number_text.h"

#include <QCoreApplication>

namespace bitwright::views {

namespace {
QString tr(const char* text)
{
    return QCoreApplication::translate("HarmText", text);
}
} // namespace

bool harmIsMeasured(const Document& document)
{
    return document.space() && document.space()->provenance().origin == "measured";
}

QString harmHeading(const Document& document)
{
    return harmIsMeasured(document) ? tr("Harm (from runs)") : tr("Harm (predicted)");
}

namespace {

bool isDivergence(const Document& document)
{
    return document.space()->provenance().label.find("KL") != std::string::npos;
}

/// Whether what was not measured has a number too.
bool someCalibrated(const Document& document)
{
    return document.space()->provenance().label.find("calibrated") != std::string::npos;
}

/// Tokens of the measurement, which may be fewer than the dump has.
QString measuredTokens(const Document& document)
{
    return formatCount(static_cast<std::int64_t>(document.space()->provenance().tokens));
}

/// The solver may minimize the harm of the worst unit, which is that unit's alone.
bool isSum(const Document& document)
{
    return document.settings().objective.kind == alloc::ObjectiveKind::Sum;
}

} // namespace

QString harmUnit(const Document& document)
{
    if (!document.space())
        return {};
    if (!harmIsMeasured(document))
        return tr("%1, not measured").arg(QString::fromStdString(document.space()->provenance().score));
    return isDivergence(document) ? tr("KL in nats per token") : tr("cosine distance");
}

QString harmLabel(const Document& document)
{
    if (!document.space())
        return tr("predicted harm");
    if (!harmIsMeasured(document))
        return tr("predicted harm (%1, not measured)")
            .arg(QString::fromStdString(document.space()->provenance().score));
    const QString what = isDivergence(document) ? tr("KL in nats per token") : tr("cosine distance");
    const QString how = someCalibrated(document) ? tr("%1, from runs on up to %2 tokens or calibrated")
                                                 : tr("%1, from runs on up to %2 tokens");
    return how.arg(what, measuredTokens(document));
}

QString planHarmLabel(const Document& document)
{
    if (!harmIsMeasured(document))
        return harmLabel(document);
    const bool kl = isDivergence(document);
    if (!isSum(document))
        return kl ? tr("harm of the worst unit, nats per token")
                  : tr("harm of the worst unit, cosine distance");
    const QString what = kl ? tr("predicted harm, nats per token") : tr("predicted harm, cosine distance");
    return someCalibrated(document) ? tr("%1 (sum over units, measured or calibrated)").arg(what)
                                    : tr("%1 (sum over measured units)").arg(what);
}

QString planHarmText(const Document& document, const QString& number)
{
    if (!harmIsMeasured(document))
        return document.space()
            ? tr("harm %1 (%2)").arg(number, provenanceText(document.space()->provenance()))
            : tr("harm %1").arg(number);
    const QString value = isDivergence(document) ? tr("%1 nats per token").arg(number) : number;
    const QString tokens = measuredTokens(document);
    if (!isSum(document))
        return tr("harm of the worst unit %1: measured on up to %2 tokens").arg(value, tokens);
    return someCalibrated(document)
        ? tr("predicted harm %1: sum over units measured on up to %2 tokens or calibrated").arg(value, tokens)
        : tr("predicted harm %1: sum over units measured on up to %2 tokens").arg(value, tokens);
}

QString harmText(const plan::PlanSpace::Cell& cell)
{
    if (!cell.score)
        return tr("unknown");
    const QString number = formatNumber(*cell.score);
    return cell.origin == score::ScoreOrigin::Calibrated ? QStringLiteral("\u2248") + number : number;
}

QString harmOrigin(const Document& document, const plan::PlanSpace::Cell& cell)
{
    const QString count = formatCount(static_cast<std::int64_t>(cell.behind));
    QString text;
    switch (cell.origin) {
    case score::ScoreOrigin::Measured:
        text = tr("measured on %1 tokens").arg(count);
        // Whoever compares it with the page of measurements finds that number there.
        if (cell.raw && cell.score && formatNumber(*cell.raw) != formatNumber(*cell.score))
            text += tr(" as %1, drawn toward what similar units cost as its interval asks")
                        .arg(formatNumber(*cell.raw));
        break;
    case score::ScoreOrigin::Calibrated:
        text = tr("calibrated from %1 measurements").arg(count);
        if (cell.extrapolated)
            text += tr(", outside of what was measured");
        break;
    case score::ScoreOrigin::Predicted:
        // An exact copy harms nothing, whatever the score.
        return harmIsMeasured(document)
            ? tr("exact copy")
            : tr("proxy, not measured: %1").arg(QString::fromStdString(document.space()->provenance().score));
    }
    if (cell.low && cell.high)
        text += tr(": %1 to %2 (95 %)").arg(formatNumber(*cell.low), formatNumber(*cell.high));
    return text;
}

} // namespace bitwright::views
