#include "views/panels/side_panels.h"

#include "views/charts/chart_math.h"
#include "views/models/tensor_tree.h"
#include "views/models/text.h"
#include "views/panels/bits_delegate.h"
#include "views/panels/chart_data.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QTextBrowser>
#include <QTreeView>
#include <QVBoxLayout>

#include <cmath>

namespace bitwright::views {

namespace {

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text)).toHtmlEscaped();
}

/// One row of an HTML table: what, and its value right of it.
QString row(const QString& name, const QString& value)
{
    return QStringLiteral("<tr><td style=\"padding-right:10px\">%1</td><td align=\"right\">%2</td></tr>")
        .arg(name, value);
}

QString table(const QString& title, const QString& rows)
{
    return rows.isEmpty()
        ? QString()
        : QStringLiteral(
            "<p style=\"margin:6px 0 2px 0\"><b>%1</b></p><table width=\"100%\" cellspacing=\"0\">%2</table>")
              .arg(title, rows);
}

QString optionalText(const std::optional<double>& value)
{
    return value ? formatNumber(*value) : QObject::tr("unknown");
}

QTextBrowser* makeBrowser(QWidget* parent)
{
    auto* browser = new QTextBrowser(parent);
    browser->setFrameShape(QFrame::NoFrame);
    browser->setOpenLinks(false);
    browser->document()->setDocumentMargin(8);
    return browser;
}

} // namespace

// --- Tree ---

TreePanel::TreePanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("tree"), tr("Model"), parent)
    , m_tree(new TensorTree(document, this))
    , m_filter(new TensorFilter(this))
    , m_text(new QLineEdit(this))
    , m_view(new QTreeView(this))
    , m_totals(new QLabel(this))
{
    m_filter->setSourceModel(m_tree);
    m_view->setModel(m_filter);
    m_view->setUniformRowHeights(true);
    m_view->setAlternatingRowColors(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->setItemDelegateForColumn(TensorTree::BitsColumn, new BitsDelegate(TensorTree::BitsRole, this));
    m_view->setAccessibleName(tr("Tensors of the model"));
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(TensorTree::NameColumn, QHeaderView::Stretch);
    m_view->header()->setMinimumSectionSize(40);
    for (const int column :
        {TensorTree::ShapeColumn, TensorTree::TypeColumn, TensorTree::SizeColumn, TensorTree::BitsColumn})
        m_view->header()->setSectionResizeMode(column, QHeaderView::Interactive);
    m_view->setColumnWidth(
        TensorTree::SizeColumn, m_view->fontMetrics().horizontalAdvance(QStringLiteral("1.000,0 MiB")) + 10);
    m_view->setColumnWidth(
        TensorTree::BitsColumn, m_view->fontMetrics().horizontalAdvance(QStringLiteral("16,00")) + 26);
    // Shape and type are in the tooltip and the Inspector; in a narrow dock the name needs the room.
    m_view->setColumnHidden(TensorTree::ShapeColumn, true);
    m_view->setColumnHidden(TensorTree::TypeColumn, true);
    m_text->setPlaceholderText(tr("Filter: words of name, role, dtype"));
    m_text->setClearButtonEnabled(true);
    m_text->setAccessibleName(tr("Filter tensors"));
    m_totals->setContentsMargins(8, 3, 8, 3);
    m_totals->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_totals->setWordWrap(true);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 6, 4);
    bar->addWidget(m_text);
    m_layout->addLayout(bar);
    m_layout->addWidget(m_view, 1);
    m_layout->addWidget(m_totals);
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setText(text);
        if (!text.isEmpty())
            m_view->expandAll();
        showTotals();
    });
    connect(
        m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TreePanel::takeSelection);
    connect(&document.selection(), &Selection::changed, this, &TreePanel::followSelection);
    connect(&document, &Document::opened, this, &TreePanel::showTotals);
    connect(&document, &Document::closed, this, &TreePanel::showTotals);
    showTotals();
}

void TreePanel::applyTheme(const Theme&)
{
    m_view->viewport()->update();
}

void TreePanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    // In a narrow dock the name needs the room; the size is in the tooltip and the Inspector.
    constexpr int kNarrow = 260;
    m_view->setColumnHidden(TensorTree::SizeColumn, width() < kNarrow);
}

void TreePanel::focusFilter()
{
    m_text->setFocus(Qt::ShortcutFocusReason);
    m_text->selectAll();
}

void TreePanel::takeSelection()
{
    if (m_following)
        return;
    QVector<int> units;
    int current = m_view->currentIndex().siblingAtColumn(0).data(TensorTree::TensorRole).isValid()
        ? m_view->currentIndex().siblingAtColumn(0).data(TensorTree::TensorRole).toInt()
        : -1;
    const std::function<void(const QModelIndex&)> collect = [&](const QModelIndex& index) {
        const int tensor = index.data(TensorTree::TensorRole).toInt();
        if (tensor >= 0)
            units += m_document.unitsOfTensor(tensor);
        for (int i = 0; i < m_filter->rowCount(index); ++i)
            collect(m_filter->index(i, 0, index));
    };
    for (const auto& index : m_view->selectionModel()->selectedRows())
        collect(index);
    if (units.isEmpty() || current >= 0)
        m_document.selectTensor(current);
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    if (units.size() > 1)
        m_document.selection().set(current >= 0 ? current : m_document.tensorOfUnit(units.front()), units,
            m_document.selection().site(), m_document.selection().channel());
    showTotals();
}

void TreePanel::followSelection()
{
    if (m_view->hasFocus())
        return;
    const QModelIndex index = m_filter->mapFromSource(m_tree->indexOfTensor(m_document.selection().tensor()));
    m_following = true;
    if (index.isValid()) {
        m_view->scrollTo(index);
        m_view->selectionModel()->setCurrentIndex(
            index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    } else {
        m_view->clearSelection();
    }
    m_following = false;
    showTotals();
}

void TreePanel::showTotals()
{
    if (!m_document.isOpen()) {
        m_totals->setText(tr("No model is open"));
        return;
    }
    const auto& checkpoint = m_document.workspace()->checkpoint();
    std::uint64_t parameters = 0, bytes = 0;
    int count = 0;
    for (const int unit : m_document.selection().units()) {
        const auto& tensor = checkpoint.tensors()[static_cast<std::size_t>(m_document.tensorOfUnit(unit))];
        parameters += m_document.workspace()->units()[static_cast<std::size_t>(unit)].parameters();
        bytes += tensor.bytes / std::max<std::uint64_t>(1, tensor.experts);
        ++count;
    }
    if (count > 1)
        m_totals->setText(tr("%1 selected: %2 parameters, %3")
                              .arg(count)
                              .arg(formatCount(static_cast<std::int64_t>(parameters)), sizeText(bytes)));
    else
        m_totals->setText(tr("%1 tensors, %2 parameters, %3")
                              .arg(checkpoint.tensors().size())
                              .arg(formatCount(static_cast<std::int64_t>(checkpoint.parameterCount())),
                                  sizeText(checkpoint.dataBytes())));
}

// --- Overview ---

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
    QString rows = row(tr("Format"), display(checkpoint.format()))
        + row(tr("Parameters"), formatCount(static_cast<std::int64_t>(checkpoint.parameterCount())))
        + row(tr("Size"), sizeText(checkpoint.dataBytes()))
        + row(tr("Tensors"), QString::number(checkpoint.tensors().size()))
        + row(tr("Planned matrices"), QString::number(m_document.workspace()->units().size()));
    if (!config.architecture.empty())
        rows += row(tr("Architecture"), display(config.architecture));
    const auto add = [&](const QString& name, const std::optional<std::uint64_t>& value) {
        if (value)
            rows += row(name, QString::number(*value));
    };
    add(tr("Blocks"), config.layers);
    add(tr("Hidden size"), config.hiddenSize);
    add(tr("Heads"), config.heads);
    add(tr("Key/value heads"), config.keyValueHeads);
    add(tr("Vocabulary"), config.vocabulary);
    add(tr("Experts"), config.experts);
    QString html = QStringLiteral("<h3 style=\"margin:2px 0\">%1</h3>").arg(display(checkpoint.name()))
        + table(tr("Model"), rows);
    QString activations;
    for (const auto& dump : m_document.workspace()->dumps()) {
        activations += row(tr("Data"), display(dump->dataset()))
            + row(tr("Tokens"), formatCount(static_cast<std::int64_t>(dump->tokens())))
            + row(tr("Sites"), QString::number(dump->sites().size()))
            + row(tr("Gradients"),
                dump->gradients().empty() ? tr("none") : QString::number(dump->gradients().size()));
    }
    if (const auto report = m_document.outliers(0); report && report->maximum) {
        const auto& site = m_document.workspace()->dump()->sites()[report->maximum->site];
        activations += row(tr("Largest activation"), formatNumber(report->maximum->value))
            + row(tr("at"), display(site.name).replace(QLatin1Char('.'), QStringLiteral(".\u200b")));
    }
    html += table(tr("Activations"), activations);
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
        missing.push_back(display(warning));
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

// --- Inspector ---

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
    QString rows = row(tr("Role"), roleText(info.parts.role))
        + row(tr("Shape"), shape.join(QStringLiteral(" × "))) + row(tr("Type"), dtypeText(info))
        + row(tr("Parameters"), formatCount(static_cast<std::int64_t>(info.parameters)))
        + row(tr("Size"), sizeText(info.bytes))
        + row(tr("Planned"), info.quantizable ? tr("yes") : tr("no: %1").arg(display(info.reason)));
    // Zero-width spaces let long names break after dots instead of widening the panel.
    QString html = QStringLiteral("<p style=\"margin:0\"><b>%1</b></p>")
                       .arg(display(info.name).replace(QLatin1Char('.'), QStringLiteral(".\u200b")))
        + table(tr("Tensor"), rows);
    const auto* result = m_document.result(tensor);
    if (result == nullptr)
        return html + QStringLiteral("<p>%1</p>").arg(tr("Not scanned yet."));
    if (result->error)
        return html + QStringLiteral("<p>%1</p>").arg(display(result->error->oneLine()));
    if (result->stats) {
        const auto& s = *result->stats;
        html += table(tr("Weights (measured)"),
            row(tr("max |w|"), formatNumber(s.absMax)) + row(tr("rms"), formatNumber(s.rms))
                + row(tr("mean"), formatNumber(s.mean)) + row(tr("crest"), optionalText(s.crest()))
                + row(tr("skewness"), formatNumber(s.skewness))
                + row(tr("kurtosis (normal: 3)"), formatNumber(s.kurtosis))
                + row(tr("|w| q99.9"), optionalText(s.quantile(0.999)))
                + row(tr("zeros"), formatCount(static_cast<std::int64_t>(s.zero)))
                + row(tr("NaN / Inf"),
                    QStringLiteral("%1 / %2").arg(s.nan).arg(s.positiveInf + s.negativeInf)));
    }
    if (result->spectrum) {
        const auto& m = result->spectrum->spectrum.metrics;
        QString fits = row(tr("stable rank"), formatNumber(m.stableRank))
            + row(tr("effective rank"), formatNumber(m.effectiveRank));
        for (const auto& fit : result->spectrum->spectrum.fits) {
            const auto name = spectra::tailEstimatorName(fit.estimator);
            fits += row(QStringLiteral("α %1").arg(
                            QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))),
                fit.status == spectra::FitStatus::Fitted ? formatNumber(fit.alpha) : tr("no fit"));
        }
        html += table(tr("Spectrum (measured)"), fits);
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
    QString rows = row(tr("Option"), QString::fromStdString(cell.resolved.option.id))
        + row(tr("Stored"), tr("%1 bytes").arg(formatCount(static_cast<std::int64_t>(cell.resolved.bytes))))
        + row(tr("Bits per weight"),
            formatBpw(8.0 * static_cast<double>(cell.resolved.bytes)
                / static_cast<double>(space->units()[unit].parameters())))
        + row(
            tr("SQNR"), std::isfinite(cell.sqnrDb) ? tr("%1 dB").arg(formatNumber(cell.sqnrDb)) : tr("exact"))
        + row(tr("Harm (predicted)"), optionalText(cell.score));
    if (!cell.resolved.fallback.empty())
        rows += row(tr("Fallback"), display(cell.resolved.fallback));
    return table(tr("Plan"), rows);
}

QString InspectorPanel::siteHtml(int site) const
{
    if (site < 0 || m_document.workspace()->dump() == nullptr)
        return {};
    const auto& info = m_document.workspace()->dump()->sites()[static_cast<std::size_t>(site)];
    const auto report = m_document.outliers(0);
    const auto summary = report ? report->sites[static_cast<std::size_t>(site)].summary
                                : stats::summarizeSite(info, static_cast<std::size_t>(site));
    QString rows = row(tr("Site"), display(info.name).replace(QLatin1Char('.'), QStringLiteral(".\u200b")))
        + row(tr("Channels"), QString::number(info.channels))
        + row(tr("max |x|"), optionalText(summary.absMax)) + row(tr("rms"), optionalText(summary.rms))
        + row(tr("crest"), optionalText(summary.crest)) + row(tr("|x| q99.9"), optionalText(summary.q999))
        + row(tr("kurtosis"), optionalText(summary.kurtosis));
    if (summary.peakChannel)
        rows += row(tr("Peak channel"), QString::number(*summary.peakChannel));
    if (summary.peakToken)
        rows += row(tr("Peak token"), QString::number(*summary.peakToken));
    if (report) {
        const auto& outliers = report->sites[static_cast<std::size_t>(site)];
        if (outliers.massive.tokens)
            rows += row(tr("Massive tokens"), QString::number(*outliers.massive.tokens));
        if (outliers.int8Max)
            rows += row(tr("INT8 SQNR (max)"), tr("%1 dB").arg(formatNumber(outliers.int8Max->sqnrDb)));
        if (outliers.kernel)
            rows += row(tr("Kernel share per token"), formatNumber(outliers.kernel->perToken));
    }
    const int channel = m_document.selection().channel();
    if (channel >= 0 && info.absMax && channel < static_cast<int>(info.absMax->size()))
        rows += row(tr("Channel %1 max |x|").arg(channel),
            formatNumber((*info.absMax)[static_cast<std::size_t>(channel)]));
    return table(tr("Activations (measured)"), rows);
}

// --- Jobs ---

JobsPanel::JobsPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : Panel(document, QStringLiteral("jobs"), tr("Jobs"), parent)
    , m_jobs(jobs)
    , m_view(new QTableView(this))
{
    m_view->setModel(&jobs);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setStretchLastSection(false);
    m_view->horizontalHeader()->setSectionResizeMode(JobQueue::StageColumn, QHeaderView::Stretch);
    m_view->setColumnWidth(JobQueue::TitleColumn, 220);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setAccessibleName(tr("Jobs"));
    m_view->setItemDelegateForColumn(
        JobQueue::ProgressColumn, new FractionDelegate(JobQueue::FractionRole, this));
    auto* cancel = new QPushButton(tr("Cancel job"), this);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 4);
    bar->addStretch();
    bar->addWidget(cancel);
    m_layout->addWidget(m_view, 1);
    m_layout->addLayout(bar);
    connect(cancel, &QPushButton::clicked, this, [this] {
        Job* job = m_jobs.jobAt(m_view->currentIndex().row());
        if (job == nullptr)
            job = m_jobs.current();
        if (job != nullptr)
            job->cancel();
    });
    connect(&jobs, &QAbstractItemModel::rowsInserted, m_view, &QTableView::scrollToBottom);
}

} // namespace bitwright::views
