#include "views/panels/inspector_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/text.h"
#include "views/panels/chart_data.h"
#include "views/panels/html_text.h"

#include <QTextBrowser>
#include <QVBoxLayout>

#include <cmath>

namespace bitwright::views {

InspectorPanel::InspectorPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("inspector"), tr("Inspector"), parent)
    , m_text(makeBrowser(this))
{
    m_layout->addWidget(m_text);
    m_text->setAccessibleName(tr("Details of the selection"));
    connect(&document.selection(), &Selection::changed, this, &InspectorPanel::refresh);
    for (const auto signal : {&Document::opened, &Document::closed, &Document::planChanged,
             &Document::outliersChanged, &Document::spaceChanged})
        connect(&document, signal, this, &InspectorPanel::refresh);
    connect(&document, &Document::tensorScanned, this, [this](int tensor) {
        if (tensor == m_document.selection().tensor())
            refresh();
    });
    refresh();
}

void InspectorPanel::applyTheme(const Theme&)
{
    refresh();
}

void InspectorPanel::refresh()
{
    const int tensor = m_document.selection().tensor();
    const int site = m_document.selection().site();
    if (!m_document.isOpen() || (tensor < 0 && site < 0)) {
        m_text->setHtml(QStringLiteral("<p>%1</p>")
                            .arg(tr("Select a tensor in any view to see everything known about it.")));
        return;
    }
    m_text->setHtml(tensorHtml(tensor) + planHtml(tensor) + siteHtml(site));
}

QString InspectorPanel::tensorHtml(int tensor) const
{
    if (tensor < 0)
        return {};
    const auto& info = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)];
    QStringList shape;
    for (const auto side : info.shape)
        shape.push_back(QString::number(side));
    QString rows = htmlRow(tr("Role"), roleText(info.parts.role))
        + htmlRow(tr("Shape"), shape.join(QStringLiteral(" × "))) + htmlRow(tr("Type"), dtypeText(info))
        + htmlRow(tr("Parameters"), formatCount(static_cast<std::int64_t>(info.parameters)))
        + htmlRow(tr("Size"), sizeText(info.bytes))
        + htmlRow(tr("Planned"), info.quantizable ? tr("yes") : tr("no: %1").arg(htmlDisplay(info.reason)));
    // Zero-width spaces let long names break after dots instead of widening the panel.
    QString html = QStringLiteral("<p style=\"margin:0\"><b>%1</b></p>")
                       .arg(htmlDisplay(info.name).replace(QLatin1Char('.'), QStringLiteral(".\u200b")))
        + htmlTable(tr("Tensor"), rows);
    const auto* result = m_document.result(tensor);
    if (result == nullptr)
        return html + QStringLiteral("<p>%1</p>").arg(tr("Not scanned yet."));
    if (result->error)
        return html + QStringLiteral("<p>%1</p>").arg(htmlDisplay(result->error->oneLine()));
    if (result->stats) {
        const auto& s = *result->stats;
        html += htmlTable(tr("Weights (measured)"),
            htmlRow(tr("max |w|"), formatNumber(s.absMax)) + htmlRow(tr("rms"), formatNumber(s.rms))
                + htmlRow(tr("mean"), formatNumber(s.mean)) + htmlRow(tr("crest"), optionalText(s.crest()))
                + htmlRow(tr("skewness"), formatNumber(s.skewness))
                + htmlRow(tr("kurtosis (normal: 3)"), formatNumber(s.kurtosis))
                + htmlRow(tr("|w| q99.9"), optionalText(s.quantile(0.999)))
                + htmlRow(tr("zeros"), formatCount(static_cast<std::int64_t>(s.zero)))
                + htmlRow(tr("NaN / Inf"),
                    QStringLiteral("%1 / %2").arg(s.nan).arg(s.positiveInf + s.negativeInf)));
    }
    if (result->spectrum) {
        const auto& m = result->spectrum->spectrum.metrics;
        QString fits = htmlRow(tr("stable rank"), formatNumber(m.stableRank))
            + htmlRow(tr("effective rank"), formatNumber(m.effectiveRank));
        for (const auto& fit : result->spectrum->spectrum.fits) {
            const auto name = spectra::tailEstimatorName(fit.estimator);
            fits += htmlRow(QStringLiteral("α %1").arg(
                                QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))),
                fit.status == spectra::FitStatus::Fitted ? formatNumber(fit.alpha) : tr("no fit"));
        }
        html += htmlTable(tr("Spectrum (measured)"), fits);
    }
    return html;
}

QString InspectorPanel::planHtml(int tensor) const
{
    const auto& space = m_document.space();
    const auto units = m_document.unitsOfTensor(tensor);
    if (!space || units.isEmpty() || m_document.choice().size() != space->units().size())
        return {};
    const auto unit = static_cast<std::size_t>(units.front());
    const auto& cell = space->cell(unit, m_document.choice()[unit]);
    QString rows = htmlRow(tr("Option"), QString::fromStdString(cell.resolved.option.id))
        + htmlRow(
            tr("Stored"), tr("%1 bytes").arg(formatCount(static_cast<std::int64_t>(cell.resolved.bytes))))
        + htmlRow(tr("Bits per weight"),
            formatBpw(8.0 * static_cast<double>(cell.resolved.bytes)
                / static_cast<double>(space->units()[unit].parameters())))
        + htmlRow(
            tr("SQNR"), std::isfinite(cell.sqnrDb) ? tr("%1 dB").arg(formatNumber(cell.sqnrDb)) : tr("exact"))
        + htmlRow(tr("Harm (predicted)"), optionalText(cell.score));
    if (!cell.resolved.fallback.empty())
        rows += htmlRow(tr("Fallback"), htmlDisplay(cell.resolved.fallback));
    return htmlTable(tr("Plan"), rows);
}

QString InspectorPanel::siteHtml(int site) const
{
    if (site < 0 || m_document.workspace()->dump() == nullptr)
        return {};
    const auto& info = m_document.workspace()->dump()->sites()[static_cast<std::size_t>(site)];
    const auto report = m_document.outliers(0);
    const auto summary = report ? report->sites[static_cast<std::size_t>(site)].summary
                                : stats::summarizeSite(info, static_cast<std::size_t>(site));
    QString rows
        = htmlRow(tr("Site"), htmlDisplay(info.name).replace(QLatin1Char('.'), QStringLiteral(".\u200b")))
        + htmlRow(tr("Channels"), QString::number(info.channels))
        + htmlRow(tr("max |x|"), optionalText(summary.absMax)) + htmlRow(tr("rms"), optionalText(summary.rms))
        + htmlRow(tr("crest"), optionalText(summary.crest))
        + htmlRow(tr("|x| q99.9"), optionalText(summary.q999))
        + htmlRow(tr("kurtosis"), optionalText(summary.kurtosis));
    if (summary.peakChannel)
        rows += htmlRow(tr("Peak channel"), QString::number(*summary.peakChannel));
    if (summary.peakToken)
        rows += htmlRow(tr("Peak token"), QString::number(*summary.peakToken));
    if (report) {
        const auto& outliers = report->sites[static_cast<std::size_t>(site)];
        if (outliers.massive.tokens)
            rows += htmlRow(tr("Massive tokens"), QString::number(*outliers.massive.tokens));
        if (outliers.int8Max)
            rows += htmlRow(tr("INT8 SQNR (max)"), tr("%1 dB").arg(formatNumber(outliers.int8Max->sqnrDb)));
        if (outliers.kernel)
            rows += htmlRow(tr("Kernel share per token"), formatNumber(outliers.kernel->perToken));
    }
    const int channel = m_document.selection().channel();
    if (channel >= 0 && info.absMax && channel < static_cast<int>(info.absMax->size()))
        rows += htmlRow(tr("Channel %1 max |x|").arg(channel),
            formatNumber((*info.absMax)[static_cast<std::size_t>(channel)]));
    return htmlTable(tr("Activations (measured)"), rows);
}

} // namespace bitwright::views
