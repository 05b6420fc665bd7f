#include "views/panels/maxima_panel.h"

#include "views/panels/tensor_menu.h"
#include "views/panels/wrap_bar.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cstdlib>

namespace bitwright::views {

namespace {
/// The table opens by itself where chart and table both find room.
constexpr int kWideEnough = 1000, kTallEnough = 560;
} // namespace

MaximaPanel::MaximaPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("activation-maxima"), tr("Activation maxima"), parent)
    , m_chart(new MaximaChart(this))
    , m_table(new DataTable(tr("Massive activations"), this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_statistic(new QComboBox(this))
    , m_tableButton(new QToolButton(this))
    , m_tableAction(new QAction(tr("&Massive activations"), this))
{
    createControls();
    m_splitter->addWidget(m_chart);
    m_splitter->addWidget(m_table);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setChildrenCollapsible(false);
    // Of the chart alone: a table that no longer fits is hidden rather than make the window grow.
    m_splitter->setMinimumSize(m_chart->minimumSizeHint());
    m_layout->addWidget(m_splitter, 1);
    m_table->setEmptyText(tr("No value is massive by either criterion."));
    m_table->view()->setTextElideMode(Qt::ElideLeft); // sites differ in their last parts
    m_table->hide();
    offerChart(*m_chart);
    connect(m_chart, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_chart, &ChartBase::otherRemedyRequested, this, &Panel::recordRequested);
    connect(m_chart, &ChartBase::remedyRequested, this,
        [this] { m_document.isOpen() ? Q_EMIT openDumpRequested() : Q_EMIT openModelRequested(); });
    connect(
        m_chart, &MaximaChart::siteActivated, this, [this](int site, int dump) { activate(dump, site, -1); });
    connect(m_chart, &MaximaChart::channelActivated, this,
        [this](int site, int channel, int dump) { activate(dump, site, channel); });
    connect(m_chart, &MaximaChart::sitesSelected, this, &MaximaPanel::selectSites);
    connect(m_chart, &MaximaChart::sitesExtended, this,
        [this](const QVector<int>& sites, int channel, bool toggles) {
            extendBySites(m_document, sites, channel, toggles);
        });
    installTensorMenu(m_chart, m_document, [this](const QPointF& position) {
        return targetOfUnits(m_document, unitsOfSites(m_document, {m_chart->siteAt(position)}));
    });
    installTensorMenu(m_table->view(), m_document, [this](const QModelIndex& index) {
        const int row = m_table->rowOf(index);
        if (row < 0 || row >= static_cast<int>(m_massive.values.size()))
            return TensorTarget();
        const MassiveValue& value = m_massive.values[static_cast<std::size_t>(row)];
        const int site = siteOfFirstDump(m_document, value.dump, value.site);
        return site >= 0 ? targetOfUnits(m_document, unitsOfSites(m_document, {site})) : TensorTarget();
    });
    connect(m_chart, &MaximaChart::channelHovered, this, &MaximaPanel::channelHovered);
    connect(m_chart, &MaximaChart::statisticChanged, this, [this] {
        const QSignalBlocker quiet(m_statistic);
        m_statistic->setCurrentIndex(m_statistic->findData(static_cast<int>(m_chart->statistic())));
        refresh();
    });
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_roomChosen = true; });
    connect(m_table, &DataTable::rowActivated, this, &MaximaPanel::activateRow);
    connect(&document, &Document::opened, this, &MaximaPanel::refresh);
    connect(&document, &Document::closed, this, &MaximaPanel::refresh);
    connect(&document, &Document::dumpsChanged, this, &MaximaPanel::refresh);
    connect(&document, &Document::outliersChanged, this, &MaximaPanel::refresh);
    connect(&document.selection(), &Selection::changed, this, &MaximaPanel::followSelection);
    refresh();
}

void MaximaPanel::createControls()
{
    m_statistic->addItem(tr("max, q99.9, rms"), static_cast<int>(MaximaStatistic::Spread));
    m_statistic->addItem(tr("max |x|"), static_cast<int>(MaximaStatistic::Maximum));
    m_statistic->addItem(tr("q99.9"), static_cast<int>(MaximaStatistic::Quantile));
    m_statistic->addItem(tr("rms"), static_cast<int>(MaximaStatistic::Rms));
    m_statistic->addItem(tr("crest factor (max / rms)"), static_cast<int>(MaximaStatistic::Crest));
    m_statistic->setAccessibleName(tr("Statistic of the activation maxima"));
    m_statistic->setToolTip(
        tr("What the lines show. With all three, the kind under the mouse or of the selected "
           "site is drawn in full, the others only by their maximum."));
    connect(m_statistic, &QComboBox::currentIndexChanged, this,
        [this] { m_chart->setStatistic(static_cast<MaximaStatistic>(m_statistic->currentData().toInt())); });
    m_tableAction->setObjectName(QStringLiteral("maxima.massive-table"));
    m_tableAction->setCheckable(true);
    m_tableAction->setToolTip(tr("Lists every massive activation with token and channel (M)"));
    m_tableAction->setShortcut(QKeySequence(Qt::Key_M));
    m_tableAction->setShortcutContext(Qt::WidgetShortcut);
    m_chart->addAction(m_tableAction);
    addAction(m_tableAction);
    connect(m_tableAction, &QAction::triggered, this, [this] { m_tableChosen = true; });
    connect(m_tableAction, &QAction::toggled, m_table, &QWidget::setVisible);
    connect(m_tableAction, &QAction::toggled, this, &MaximaPanel::giveTableRoom);
    m_tableButton->setDefaultAction(m_tableAction);
    auto* log = new QToolButton(this);
    log->setDefaultAction(m_chart->logAction(Qt::Vertical));
    for (QToolButton* button : {log, m_tableButton}) {
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::StrongFocus);
    }
    log->setText(tr("log"));
    log->setAccessibleName(tr("Logarithmic vertical axis"));
    letShrink(m_statistic);
    auto* bar = new WrapBar;
    bar->addWidget(m_statistic);
    bar->addRightPart();
    bar->addWidget(log);
    bar->addWidget(m_tableButton);
    m_layout->addLayout(bar);
}

QString MaximaPanel::captionStatistic() const
{
    switch (m_chart->statistic()) {
    case MaximaStatistic::Spread:
        return tr("max |x| per site; 99.9 % quantile and rms of the highlighted kind");
    case MaximaStatistic::Maximum:
        return tr("max |x| per site");
    case MaximaStatistic::Quantile:
        return tr("99.9 % quantile of |x| per site");
    case MaximaStatistic::Rms:
        return tr("rms per site");
    case MaximaStatistic::Crest:
        return tr("max |x| / rms per site");
    }
    return {};
}

void MaximaPanel::refresh()
{
    const bool known = m_document.isOpen() && m_document.workspace()->dump() != nullptr;
    m_statistic->setEnabled(known);
    m_tableAction->setEnabled(known);
    if (!known) {
        m_massive = {};
        m_unitsOfSite.clear();
        m_table->setData({});
        m_table->hide();
        m_chart->setData({});
        m_chart->setEmpty(
            tr("Largest activations of every layer on a log axis, with massive activations marked.\n"
               "No activations are loaded."),
            m_document.isOpen() ? tr("Open a dump…") : tr("Open a model…"),
            m_document.isOpen() ? tr("Record…") : QString());
        return;
    }
    m_massive = massiveValues(m_document);
    m_unitsOfSite = unitsOfEverySite(m_document);
    m_chart->clearEmpty();
    m_chart->setCaption({title(), sourceText(m_document), captionStatistic(), tr("measured by the dump")});
    m_chart->setData(maximaData(m_document, m_massive));
    m_table->setDescription(m_chart->caption().footnote());
    m_table->setData(massiveTable(m_document, m_massive));
    m_table->setSpareColumns(massiveSpareColumns());
    nameTable();
    arrangeTable();
    m_table->setVisible(m_tableAction->isChecked());
    followSelection();
}

// The selection is of the first dump; what was chosen in another one stays marked there.
void MaximaPanel::followSelection()
{
    const Selection& selection = m_document.selection();
    if (selection.site() != m_chosenSite)
        m_chosenDump = 0;
    const int own = siteOfDump(m_document, m_chosenDump, selection.site());
    const int dump = own >= 0 ? m_chosenDump : 0;
    m_chart->setCurrentSite(own >= 0 ? own : selection.site(), dump);
    m_chart->setCurrentChannel(selection.channel());
    m_chart->setSelectedSites(selectedSites(m_document, m_unitsOfSite, selection.site()));
    const auto isCurrent = [&](const MassiveValue& value) {
        return value.dump == dump && value.site == (own >= 0 ? own : selection.site())
            && value.channel == std::optional(selection.channel());
    };
    const int row = m_table->currentRow();
    if (row >= 0 && row < static_cast<int>(m_massive.values.size())
        && isCurrent(m_massive.values[static_cast<std::size_t>(row)]))
        return; // one of several values of the channel: the one that was chosen stays
    const auto found = std::find_if(m_massive.values.begin(), m_massive.values.end(), isCurrent);
    m_table->setCurrentRow(
        found == m_massive.values.end() ? -1 : static_cast<int>(found - m_massive.values.begin()));
}

void MaximaPanel::activateRow(int row)
{
    const MassiveValue& value = m_massive.values[static_cast<std::size_t>(row)];
    activate(value.dump, value.site, value.channel.value_or(-1));
}

void MaximaPanel::activate(int dump, int site, int channel)
{
    const int first = siteOfFirstDump(m_document, dump, site);
    if (first < 0) {
        const auto& name = m_document.workspace()
                               ->dumps()[static_cast<std::size_t>(dump)]
                               ->sites()[static_cast<std::size_t>(site)]
                               .name;
        Q_EMIT readout(tr("%1 is not in the first dump, which the other views show.")
                           .arg(QString::fromStdString(escapedForDisplay(name))));
        return;
    }
    m_chosenDump = dump;
    m_chosenSite = first;
    m_document.selectSite(first, channel);
    followSelection(); // the same site of another dump changes no selection
}

/// The units that the sites in a box feed or come from, with the first site as the current one.
void MaximaPanel::selectSites(const QVector<int>& sites)
{
    m_document.selection().set(
        m_document.selection().tensor(), unitsOfSites(m_document, sites), sites.front(), -1);
}

void MaximaPanel::nameTable()
{
    constexpr int kNarrow = 460; // a bar of two lines would take what the chart needs
    const QString number
        = m_massive.count() > 0 ? formatCount(static_cast<std::int64_t>(m_massive.count())) : QString();
    m_tableAction->setText(
        number.isEmpty() ? tr("&Massive activations") : tr("&Massive activations: %1").arg(number));
    const QString whole = m_tableAction->text().remove(u'&');
    m_tableAction->setIconText(width() >= kNarrow ? whole // on the button
            : number.isEmpty()                    ? tr("massive")
                                                  : tr("massive: %1").arg(number));
}

void MaximaPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    nameTable();
    arrangeTable();
}

void MaximaPanel::arrangeTable()
{
    const bool wide = width() >= kWideEnough;
    const auto orientation = wide ? Qt::Horizontal : Qt::Vertical;
    if (m_splitter->orientation() != orientation) {
        m_splitter->setOrientation(orientation);
        m_givenAt = 0;
    }
    if (!m_tableChosen)
        m_tableAction->setChecked(
            !m_massive.values.empty() && (wide ? height() >= 300 : height() >= kTallEnough));
    giveTableRoom();
}

// Beside the chart the table gets the room that its columns need, as far as the chart can spare it. Again
// only where the view became much larger or smaller: what the person makes of it stays.
void MaximaPanel::giveTableRoom()
{
    const int length = m_splitter->orientation() == Qt::Horizontal ? width() : height();
    const bool same = m_givenAt > 0 && std::abs(length - m_givenAt) * 8 < m_givenAt;
    if (same || m_table->isHidden() || (m_roomChosen && m_givenAt > 0))
        return;
    m_givenAt = length;
    constexpr int kTableWidth = 1000;
    const bool wide = m_splitter->orientation() == Qt::Horizontal;
    const int table = wide ? std::min(kTableWidth, width() * 11 / 20) : height() * 2 / 5;
    m_splitter->setSizes({(wide ? width() : height()) - table, table});
}

} // namespace bitwright::views
