#include "views/models/harm_text.h"

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

QString harmLabel(const Document& document)
{
    if (!document.space())
        return tr("predicted harm");
    const auto& provenance = document.space()->provenance();
    if (!harmIsMeasured(document))
        return tr("predicted harm (%1, not measured)").arg(QString::fromStdString(provenance.score));
    return provenance.label.find("KL") != std::string::npos
        ? tr("KL in nats per token, measured or calibrated")
        : tr("cosine distance, measured or calibrated");
}

QString planHarmLabel(const Document& document)
{
    return harmIsMeasured(document) ? tr("predicted harm: sum of %1").arg(harmLabel(document))
                                    : harmLabel(document);
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
