#include "views/panels/overview_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/text.h"
#include "views/panels/chart_data.h"
#include "views/panels/html_text.h"
#include "views/panels/overview_data.h"

#include <QSplitter>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace bitwright::views {

OverviewPanel::OverviewPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("overview"), tr("Overview"), parent)
    , m_card(makeBrowser(this))
    , m_treemap(new SizeTreemap(this))
{
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(m_card);
    splitter->addWidget(m_treemap);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    m_layout->addWidget(splitter);
    m_card->setAccessibleName(tr("Model card"));
    offerChart(*m_treemap);
    connect(m_treemap, &SizeTreemap::remedyRequested, this, &Panel::openModelRequested);
    connect(m_card, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        if (link.path() == QLatin1String("dump"))
            Q_EMIT openDumpRequested();
        else if (link.path() == QLatin1String("scan"))
            Q_EMIT scanRequested();
    });
    for (const auto signal : {&Document::opened, &Document::closed, &Document::dumpsChanged,
             &Document::scanStateChanged, &Document::spaceChanged, &Document::outliersChanged})
        connect(&document, signal, this, &OverviewPanel::refresh);
    refresh();
}

void OverviewPanel::applyTheme(const Theme& theme)
{
    m_treemap->setTheme(theme);
}

void OverviewPanel::refresh()
{
    if (!m_document.isOpen()) {
        m_card->setHtml(tr("<h3>No model is open</h3><p>Open a .safetensors file or a Hugging Face folder, "
                           "or drop it on this window.</p>"));
        m_treemap->setItems({});
        m_treemap->setEmpty(
            tr("Where the bytes of a model are, by role.\nNo model is open."), tr("Open a model…"));
        return;
    }
    const auto& checkpoint = m_document.workspace()->checkpoint();
    const auto& config = checkpoint.config();
    QString rows = htmlRow(tr("Format"), htmlDisplay(checkpoint.format()))
        + htmlRow(tr("Parameters"), formatCount(static_cast<std::int64_t>(checkpoint.parameterCount())))
        + htmlRow(tr("Size"), sizeText(checkpoint.dataBytes()))
        + htmlRow(tr("Tensors"), QString::number(checkpoint.tensors().size()))
        + htmlRow(tr("Planned matrices"), QString::number(m_document.workspace()->units().size()));
    if (!config.architecture.empty())
        rows += htmlRow(tr("Architecture"), htmlDisplay(config.architecture));
    const auto add = [&](const QString& name, const std::optional<std::uint64_t>& value) {
        if (value)
            rows += htmlRow(name, QString::number(*value));
    };
    add(tr("Blocks"), config.layers);
    add(tr("Hidden size"), config.hiddenSize);
    add(tr("Heads"), config.heads);
    add(tr("Key/value heads"), config.keyValueHeads);
    add(tr("Vocabulary"), config.vocabulary);
    add(tr("Experts"), config.experts);
    QString html = QStringLiteral("<h3 style=\"margin:2px 0\">%1</h3>").arg(htmlDisplay(checkpoint.name()))
        + htmlTable(tr("Model"), rows);
    QString activations;
    for (const auto& dump : m_document.workspace()->dumps()) {
        activations += htmlRow(tr("Data"), htmlDisplay(dump->dataset()))
            + htmlRow(tr("Tokens"), formatCount(static_cast<std::int64_t>(dump->tokens())))
            + htmlRow(tr("Sites"), QString::number(dump->sites().size()))
            + htmlRow(tr("Gradients"),
                dump->gradients().empty() ? tr("none") : QString::number(dump->gradients().size()));
    }
    if (const auto report = m_document.outliers(0); report && report->maximum) {
        const auto& site = m_document.workspace()->dump()->sites()[report->maximum->site];
        activations += htmlRow(tr("Largest activation"), formatNumber(report->maximum->value))
            + htmlRow(tr("at"), htmlDisplay(site.name));
    }
    html += htmlTable(tr("Activations"), activations);
    QStringList missing;
    if (m_document.workspace()->dump() == nullptr)
        missing.push_back(tr("No activations are loaded: <a href=\"dump\">open a dump</a>."));
    const int unscanned = static_cast<int>(checkpoint.tensors().size()) - m_document.scannedTensors();
    if (unscanned > 0)
        missing.push_back(m_document.isScanning()
                ? tr("Scanning, %1 tensors to go.").arg(unscanned)
                : tr("%1 tensors are not scanned: <a href=\"scan\">scan the model</a>.").arg(unscanned));
    if (const int broken = m_document.nonFiniteTensors(); broken > 0)
        missing.push_back(
            tr("%1 tensors hold NaN or Inf; they block the export until you decide.").arg(broken));
    for (const auto& warning : checkpoint.warnings())
        missing.push_back(htmlDisplay(warning));
    if (!missing.isEmpty())
        html += QStringLiteral(
            "<p style=\"margin:6px 0 2px 0\"><b>%1</b></p><ul style=\"margin:0 0 0 -20px\"><li>%2</li></ul>")
                    .arg(tr("Missing or noteworthy"), missing.join(QStringLiteral("</li><li>")));
    m_card->setHtml(html);
    m_treemap->clearEmpty();
    m_treemap->setCaption({tr("Size by role"), sourceText(m_document),
        tr("stored bytes per role; color: bits per weight"), tr("from headers")});
    m_treemap->setItems(treemapItems(m_document));
}

} // namespace bitwright::views
