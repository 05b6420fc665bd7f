#include "views/panels/overview_panel.h"

#include "views/charts/chart_math.h"
#include "views/models/text.h"
#include "views/panels/chart_data.h"
#include "views/panels/overview_data.h"
#include "views/panels/remedy_list.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/wrap_bar.h"

#include <QAbstractTextDocumentLayout>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QTextBrowser>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <map>

namespace bitwright::views {

namespace {
constexpr int kDelayMs = 30;
constexpr int kCardCharacters = 38; // width that the card starts with
constexpr int kLeastCharacters = 22; // behind a tab of a small window it must not widen that
constexpr double kMostRemedies = 0.45; // of the height; the card needs the rest

/// Names stay on one line: the card has room for them.
QString cardRow(const QString& name, const QString& value)
{
    return htmlRow(name, value, true);
}
} // namespace

OverviewPanel::OverviewPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("overview"), tr("Overview"), parent)
    , m_card(makeBrowser(this))
    , m_remedies(new RemedyList(this))
    , m_remedyArea(new QScrollArea(this))
    , m_grouping(new QComboBox(this))
    , m_measure(new QComboBox(this))
    , m_area(new QComboBox(this))
    , m_treemap(new SizeTreemap(this))
{
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    m_layout->addWidget(splitter);
    buildCard();
    buildMap();
    splitter->addWidget(m_card->parentWidget());
    splitter->addWidget(m_treemap->parentWidget());
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    const int card = kCardCharacters * fontMetrics().averageCharWidth();
    splitter->setSizes({card, 2 * card});
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &OverviewPanel::refresh);
    for (const auto signal : {&Document::opened, &Document::closed})
        connect(&document, signal, this, &OverviewPanel::refresh);
    for (const auto signal : {&Document::dumpsChanged, &Document::scanStateChanged, &Document::spaceChanged,
             &Document::outliersChanged, &Document::planChanged})
        connect(&document, signal, this, &OverviewPanel::refreshSoon);
    connect(&document, &Document::tensorScanned, this, &OverviewPanel::refreshSoon);
    connect(&document.selection(), &Selection::changed, this, &OverviewPanel::followSelection);
    refresh();
}

void OverviewPanel::buildCard()
{
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_card, 1);
    m_remedyArea->setWidget(m_remedies);
    m_remedyArea->setWidgetResizable(true);
    m_remedyArea->setFrameShape(QFrame::NoFrame);
    m_remedyArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_remedyArea->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(m_remedyArea);
    layout->addStretch();
    // As high as its text: what is missing stands right under it, however high the window is.
    connect(m_card->document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
        [this](const QSizeF& size) {
            m_card->setMaximumHeight(static_cast<int>(std::ceil(size.height())) + 2 * m_card->frameWidth());
        });
    side->setMinimumWidth(kLeastCharacters * fontMetrics().averageCharWidth());
    m_card->setAccessibleName(tr("Model card"));
    connect(m_card, &QTextBrowser::anchorClicked, this, &OverviewPanel::follow);
    connect(m_remedies, &RemedyList::remedyRequested, this, &OverviewPanel::remedy);
}

void OverviewPanel::buildMap()
{
    const auto add = [](QComboBox* box, const QString& text, auto value) {
        box->addItem(text, static_cast<int>(value));
    };
    add(m_grouping, tr("by role"), TreemapGrouping::Role);
    add(m_grouping, tr("by block"), TreemapGrouping::Block);
    add(m_grouping, tr("one by one"), TreemapGrouping::None);
    m_grouping->setAccessibleName(tr("Grouping of the treemap"));
    m_grouping->setToolTip(tr("What the tensors are grouped by"));
    for (const auto measure : {TreemapMeasure::PlanBits, TreemapMeasure::FileBits, TreemapMeasure::Harm,
             TreemapMeasure::Type, TreemapMeasure::Role, TreemapMeasure::Crest, TreemapMeasure::Kurtosis})
        add(m_measure, treemapMeasureName(measure), measure);
    m_measure->setAccessibleName(tr("Color of the treemap"));
    m_measure->setToolTip(tr("What the color of a tile shows"));
    add(m_area, tr("size in the file"), TreemapArea::File);
    add(m_area, tr("size in the plan"), TreemapArea::Plan);
    m_area->setAccessibleName(tr("Area of the treemap"));
    m_area->setToolTip(tr("What the area of a tile shows"));
    auto* side = new QWidget(this);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new WrapBar;
    for (QComboBox* box : {m_grouping, m_measure, m_area}) {
        letShrink(box);
        bar->addWidget(box);
        connect(box, &QComboBox::currentIndexChanged, this, &OverviewPanel::refreshMap);
    }
    layout->addLayout(bar);
    layout->addWidget(m_treemap, 1);
    offerChart(*m_treemap);
    connect(m_treemap, &SizeTreemap::remedyRequested, this, &Panel::openModelRequested);
    connect(m_treemap, &SizeTreemap::readoutChanged, this, &Panel::readout);
    connect(m_treemap, &SizeTreemap::selectionEdited, this, &OverviewPanel::takeSelection);
    connect(m_treemap, &SizeTreemap::contextMenuAboutToShow, this,
        [this](QMenu* menu) { addTensorActions(*menu, m_document, targetOfSelection(m_document)); });
    connect(m_treemap, &SizeTreemap::optionListRequested, this, [this](const QPoint& at) {
        showOptionList(m_treemap, m_document, m_document.selection().units(), at);
    });
    installSelectionKeys(m_treemap, m_document);
}

void OverviewPanel::applyTheme(const Theme& theme)
{
    m_treemap->setTheme(theme);
    m_remedies->setTheme(theme);
    m_card->document()->setDefaultStyleSheet(linkStyle(theme));
    refreshCard();
}

void OverviewPanel::showEvent(QShowEvent* event)
{
    Panel::showEvent(event);
    if (m_dirty || m_delay.isActive())
        refresh();
}

void OverviewPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    limitRemedies();
}

// --- Content ---

void OverviewPanel::refreshSoon()
{
    if (!isVisible())
        m_dirty = true;
    else if (!m_delay.isActive())
        m_delay.start();
}

void OverviewPanel::refresh()
{
    m_delay.stop();
    m_dirty = false;
    m_remedies->setItems(missingItems(m_document));
    limitRemedies();
    refreshCard();
    refreshMap();
}

void OverviewPanel::limitRemedies()
{
    const auto width
        = std::max(40, m_remedyArea->width() - m_remedyArea->verticalScrollBar()->sizeHint().width());
    const int wanted = m_remedies->layout()->hasHeightForWidth()
        ? m_remedies->layout()->totalHeightForWidth(width)
        : m_remedies->sizeHint().height();
    m_remedyArea->setVisible(!m_remedies->items().empty());
    m_remedyArea->setFixedHeight(std::min(wanted, static_cast<int>(kMostRemedies * height())));
}

void OverviewPanel::refreshCard()
{
    if (!m_document.isOpen()) {
        m_card->setHtml(tr("<h3>No model is open</h3><p>Open a .safetensors file or a Hugging Face folder, "
                           "or drop it on this window.</p>"));
        return;
    }
    const int scrolled = m_card->verticalScrollBar()->value();
    m_terms.begin();
    const auto& name = m_document.workspace()->checkpoint().name();
    // One after the other: terms are linked where they are read first.
    QString html = QStringLiteral("<h3 style=\"margin:2px 0\">%1</h3>").arg(htmlDisplay(name));
    html += modelHtml();
    html += planHtml();
    html += activationsHtml();
    m_card->setHtml(html);
    m_card->verticalScrollBar()->setValue(scrolled);
}

QString OverviewPanel::modelHtml()
{
    const auto& checkpoint = m_document.workspace()->checkpoint();
    const auto& config = checkpoint.config();
    const QString header = tr("from the headers"), told = tr("from the configuration of the model");
    const auto size = [&](std::uint64_t bytes) {
        return htmlValue(sizeText(bytes), QString::number(bytes), tr("bytes, from the headers"));
    };
    const auto label = [this](const QString& text) { return m_terms.label(text); };
    QString rows = cardRow(label(tr("Format")), htmlText(QString::fromStdString(checkpoint.format()), header))
        + cardRow(tr("Files"), htmlCount(checkpoint.files().size(), header))
        + cardRow(tr("Parameters"), htmlCount(checkpoint.parameterCount(), header))
        + cardRow(tr("Size"), size(checkpoint.dataBytes()));
    std::map<QString, std::uint64_t> bytesOfType;
    for (const auto& tensor : checkpoint.tensors())
        bytesOfType[dtypeText(tensor)] += tensor.bytes;
    if (bytesOfType.size() == 1) // the size above once more would look like a second number
        rows += cardRow(tr("Type"), htmlText(bytesOfType.begin()->first, header));
    else
        for (const auto& [type, bytes] : bytesOfType) // of the size above
            rows += cardRow(tr("in %1").arg(type), size(bytes));
    rows += cardRow(tr("Tensors"), htmlCount(checkpoint.tensors().size(), header))
        + cardRow(tr("Planned matrices"),
            htmlCount(m_document.workspace()->units().size(), tr("what a plan decides; the rest stays")));
    if (!config.architecture.empty())
        rows += cardRow(tr("Architecture"),
            htmlText(QString::fromStdString(escapedForDisplay(config.architecture)), told));
    const auto add = [&](const QString& name, const std::optional<std::uint64_t>& value) {
        if (value)
            rows += cardRow(label(name), htmlCount(*value, told));
    };
    add(tr("Blocks"), config.layers);
    add(tr("Hidden size"), config.hiddenSize);
    add(tr("Intermediate size"), config.intermediateSize);
    add(tr("Heads"), config.heads);
    add(tr("Key/value heads"), config.keyValueHeads);
    add(tr("Head size"), config.headDim);
    add(tr("Vocabulary"), config.vocabulary);
    add(tr("Experts"), config.experts);
    add(tr("Experts per token"), config.expertsPerToken);
    if (config.tiedEmbeddings)
        rows += cardRow(tr("Head shares the embedding"), *config.tiedEmbeddings ? tr("yes") : tr("no"));
    return htmlTable(tr("Model"), rows);
}

QString OverviewPanel::planHtml()
{
    const auto& space = m_document.space();
    if (!space || m_document.choice().size() != space->units().size())
        return {};
    const auto& numbers = m_document.numbers();
    const QString exact = tr("exact, with every scale and padding counted");
    const auto label = [this](const QString& text) { return m_terms.label(text); };
    const QString rows
        = cardRow(tr("Name"),
              htmlText(QString::fromStdString(escapedForDisplay(m_document.plan().name)), tr("of the plan")))
        + cardRow(
            label(tr("Target")), htmlText(m_document.settings().target, tr("what the plan is made for")))
        + cardRow(label(tr("bpw")),
            htmlValue(formatBpw(numbers.size.bpw()), csvNumber(numbers.size.bpw()),
                tr("bits per weight over what the plan decides; %1").arg(exact)))
        + cardRow(tr("file bpw"),
            htmlValue(formatBpw(numbers.size.fileBpw()), csvNumber(numbers.size.fileBpw()),
                tr("bits per weight over every weight of the file; %1").arg(exact)))
        + cardRow(tr("Size"),
            htmlValue(sizeText(numbers.size.bytes()), QString::number(numbers.size.bytes()),
                tr("bytes of all weights; %1").arg(exact)))
        + cardRow(label(tr("Harm (predicted)")),
            htmlNumber(numbers.unscored == 0 ? std::optional(numbers.objective) : std::nullopt,
                planHarmLabel(m_document)));
    return htmlTable(tr("Plan"), rows);
}

QString OverviewPanel::activationsHtml()
{
    const QString told = tr("from the activation dump");
    const auto label = [this](const QString& text) { return m_terms.label(text); };
    QString rows;
    for (const auto& dump : m_document.workspace()->dumps()) {
        rows
            += cardRow(tr("Text"), htmlText(QString::fromStdString(escapedForDisplay(dump->dataset())), told))
            + cardRow(label(tr("Tokens")), htmlCount(dump->tokens(), told))
            + cardRow(label(tr("Sites")), htmlCount(dump->sites().size(), told))
            + cardRow(tr("Gradients"),
                dump->gradients().empty() ? tr("none") : htmlCount(dump->gradients().size(), told));
    }
    if (const auto report = m_document.outliers(0); report && report->maximum) {
        const auto& site = m_document.workspace()->dump()->sites()[report->maximum->site];
        rows += cardRow(label(tr("Largest activation")), htmlNumber(report->maximum->value, told))
            + cardRow(tr("at"),
                QStringLiteral("<a class=\"term\" href=\"site:%1\" title=\"%2\">%3</a>")
                    .arg(report->maximum->site)
                    .arg(tr("Selects this site in every view").toHtmlEscaped(),
                        breakable(QString::fromStdString(escapedForDisplay(site.name))).toHtmlEscaped()));
    }
    return htmlTable(tr("Activations"), rows);
}

void OverviewPanel::refreshMap()
{
    if (!m_document.isOpen()) {
        m_treemap->setData({});
        m_treemap->setEmpty(
            tr("Where the bytes of a model are, by role.\nNo model is open."), tr("Open a model…"));
        return;
    }
    const auto measure = static_cast<TreemapMeasure>(m_measure->currentData().toInt());
    const auto area = static_cast<TreemapArea>(m_area->currentData().toInt());
    TreemapData shown = treemapData(
        m_document, static_cast<TreemapGrouping>(m_grouping->currentData().toInt()), measure, area);
    // Only harm comes from a text that was read; the key names the color.
    const bool harm = measure == TreemapMeasure::Harm;
    const bool scanned = measure == TreemapMeasure::Crest || measure == TreemapMeasure::Kurtosis;
    m_treemap->setCaption({tr("Size %1").arg(m_grouping->currentText()),
        harm ? sourceText(m_document)
             : QString::fromStdString(escapedForDisplay(m_document.workspace()->checkpoint().name())),
        tr("area: %1").arg(shown.area),
        harm          ? harmLabel(m_document)
            : scanned ? tr("measured by the scan")
                      : QString()});
    m_treemap->setData(std::move(shown));
    followSelection();
}

// --- Links, remedies, selection ---

void OverviewPanel::follow(const QUrl& link)
{
    if (link.scheme() == QLatin1String("term")) {
        Q_EMIT explainRequested(link.path());
    } else if (link.scheme() == QLatin1String("site")) {
        m_document.selectSite(link.path().toInt());
    } else if (link.scheme() == QLatin1String("copy")) {
        const QString exact = QUrl::fromPercentEncoding(link.path(QUrl::FullyEncoded).toLatin1());
        QGuiApplication::clipboard()->setText(exact);
        Q_EMIT readout(tr("copied %1").arg(exact));
    }
}

void OverviewPanel::remedy(const MissingItem& item)
{
    switch (item.remedy) {
    case MissingItem::Remedy::OpenDump:
        Q_EMIT openDumpRequested();
        break;
    case MissingItem::Remedy::Record:
        Q_EMIT recordRequested();
        break;
    case MissingItem::Remedy::Scan:
        Q_EMIT scanRequested();
        break;
    case MissingItem::Remedy::Filter:
        Q_EMIT filterRequested(item.target);
        break;
    case MissingItem::Remedy::View:
        Q_EMIT viewRequested(item.target);
        break;
    case MissingItem::Remedy::Explain:
        Q_EMIT explainRequested(item.target);
        break;
    case MissingItem::Remedy::None:
        break;
    }
}

void OverviewPanel::takeSelection(const QVector<int>& items, int current)
{
    m_taking = true;
    if (items.size() <= 1) {
        m_document.selectTensor(items.isEmpty() ? -1 : items.front());
    } else {
        std::vector<char> wanted(m_treemap->data().items.size(), 0);
        for (const int item : items)
            wanted[static_cast<std::size_t>(item)] = 1;
        QVector<int> units;
        for (int unit = 0; unit < static_cast<int>(m_document.workspace()->units().size()); ++unit)
            if (const int tensor = m_document.tensorOfUnit(unit);
                tensor >= 0 && wanted[static_cast<std::size_t>(tensor)] != 0)
                units << unit;
        auto& selection = m_document.selection();
        const int tensor = current >= 0 ? current : items.front();
        const int site = m_document.inputSiteOfTensor(tensor);
        selection.set(tensor, units, site, site == selection.site() ? selection.channel() : -1);
    }
    m_taking = false;
}

void OverviewPanel::followSelection()
{
    if (m_taking || !m_document.isOpen())
        return;
    const Selection& selection = m_document.selection();
    QVector<int> items;
    for (const int unit : selection.units())
        items << m_document.tensorOfUnit(unit);
    if (items.isEmpty() && selection.tensor() >= 0)
        items << selection.tensor();
    m_treemap->setSelection(items);
    m_treemap->setCurrent(selection.tensor());
}

} // namespace bitwright::views
