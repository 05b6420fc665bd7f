#include "views/panels/outlier_panel.h"

#include "views/panels/tensor_menu.h"
#include "views/panels/wrap_bar.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
constexpr int kRoomForTrace = 430; // pixels of height that map and trace need together
} // namespace

OutlierPanel::OutlierPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("outlier-map"), tr("Outlier channels"), parent)
    , m_measure(new QComboBox(this))
    , m_group(new QComboBox(this))
    , m_criterion(new QComboBox(this))
    , m_warning(new QLabel(this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_map(new OutlierMap(this))
    , m_trace(new ChannelTrace(this))
    , m_traceAction(new QAction(tr("Channel &trace"), this))
{
    createControls();
    m_splitter->addWidget(m_map);
    m_splitter->addWidget(m_trace);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    // Of the map alone: a trace that no longer fits is hidden rather than make the window grow.
    m_splitter->setMinimumSize(m_map->minimumSizeHint());
    setMinimumWidth(18 * fontMetrics().height()); // without the button that makes way in a narrow dock
    m_warning->setWordWrap(true);
    m_warning->setContentsMargins(8, 0, 8, 2);
    m_warning->setForegroundRole(QPalette::Text);
    m_warning->hide();
    m_layout->addWidget(m_warning);
    m_layout->addWidget(m_splitter, 1);
    m_trace->setFootnoteShown(false); // that of the map stands right above
    m_trace->hide();
    connectCharts();
    for (QComboBox* box : {m_measure, m_group, m_criterion})
        connect(box, &QComboBox::currentIndexChanged, this, &OutlierPanel::refresh);
    connect(&document, &Document::opened, this, &OutlierPanel::refresh);
    connect(&document, &Document::closed, this, &OutlierPanel::refresh);
    connect(&document, &Document::dumpsChanged, this, &OutlierPanel::refresh);
    connect(&document, &Document::outliersChanged, this, &OutlierPanel::refresh);
    connect(&document, &Document::channelMapChanged, this, &OutlierPanel::refresh);
    connect(&document.selection(), &Selection::changed, this, &OutlierPanel::followSelection);
    refresh();
}

void OutlierPanel::applyTheme(const Theme& theme)
{
    m_map->setTheme(theme);
    m_trace->setTheme(theme);
}

void OutlierPanel::createControls()
{
    m_measure->addItem(tr("max |x|"), static_cast<int>(stats::ChannelMeasure::AbsMax));
    m_measure->addItem(tr("rms"), static_cast<int>(stats::ChannelMeasure::Rms));
    m_measure->addItem(tr("kurtosis"), static_cast<int>(stats::ChannelMeasure::Kurtosis));
    m_measure->addItem(tr("share |x| ≥ 6"), static_cast<int>(stats::ChannelMeasure::ShareAboveThreshold));
    m_measure->setAccessibleName(tr("Measure of the outlier map"));
    m_measure->setToolTip(tr("What a cell of the map shows"));
    m_group->setAccessibleName(tr("Sites of the outlier map"));
    m_group->setToolTip(tr("Sites of one kind have the same channels, so that their rows may be compared"));
    for (const Criterion criterion : {Criterion::None, Criterion::Int8Joint, Criterion::Int8Separate,
             Criterion::InfNorm, Criterion::Kurtosis, Criterion::OspKurtosis, Criterion::CrossQuant}) {
        m_criterion->addItem(criterionName(criterion), static_cast<int>(criterion));
        m_criterion->setItemData(m_criterion->count() - 1, criterionTip(criterion), Qt::ToolTipRole);
    }
    m_criterion->setCurrentIndex(1);
    m_criterion->setAccessibleName(tr("Outlier criterion over the map"));
    m_criterion->setToolTip(
        tr("A published criterion over the map: channels that it names are marked, numbers that "
           "it gives a layer stand at the right"));
    auto* bar = new WrapBar;
    for (QComboBox* box : {m_measure, m_group, m_criterion}) {
        letShrink(box);
        bar->addWidget(box);
    }
    bar->addRightPart();
    m_traceAction->setIconText(tr("trace")); // on buttons, whatever happens to the action
    m_map->sortAction()->setIconText(tr("sort"));
    m_traceAction->setObjectName(QStringLiteral("outliers.trace"));
    m_traceAction->setCheckable(true);
    m_traceAction->setChecked(true);
    addAction(m_traceAction);
    connect(m_traceAction, &QAction::toggled, this, &OutlierPanel::arrangeTrace);
    for (QAction* action : {m_map->sortAction(), m_traceAction}) {
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setAccessibleName(action->text().remove(u'&'));
        bar->addWidget(button);
        m_traceButton = button;
    }
    m_layout->addLayout(bar);
}

void OutlierPanel::connectCharts()
{
    offerChart(*m_map);
    m_trace->nameActions(QStringLiteral("channel-trace"));
    trackChart(*m_trace);
    connect(m_map, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_trace, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_map, &ChartBase::otherRemedyRequested, this, &Panel::recordRequested);
    connect(m_map, &ChartBase::remedyRequested, this,
        [this] { m_document.isOpen() ? Q_EMIT openDumpRequested() : Q_EMIT openModelRequested(); });
    connect(m_map, &OutlierMap::cellActivated, this, &OutlierPanel::selectRow);
    connect(m_map, &OutlierMap::regionSelected, this, &OutlierPanel::selectRegion);
    connect(
        m_map, &OutlierMap::rowsExtended, this, [this](const QVector<int>& rows, int channel, bool toggles) {
            extendBySites(m_document, sitesOfRows(rows), channel, toggles);
        });
    installTensorMenu(m_map, m_document,
        [this](const QPointF& position) { return targetOfRow(m_map->cellAtPixel(position).row); });
    installTensorMenu(m_trace, m_document,
        [this](const QPointF& position) { return targetOfRow(m_trace->rowAt(position)); });
    connect(m_map, &OutlierMap::channelPinned, this, &OutlierPanel::refreshTrace);
    connect(m_map, &OutlierMap::cellHovered, this, [this](int row, int) { m_trace->setHoverRow(row); });
    connect(m_trace, &ChannelTrace::rowHovered, m_map, &OutlierMap::setPreviewRow);
    connect(m_trace, &ChannelTrace::rowActivated, this,
        [this](int row) { selectRow(row, m_trace->data().channel); });
}

QVector<int> OutlierPanel::sitesOfRows(const QVector<int>& rows) const
{
    QVector<int> sites;
    for (const int row : rows)
        if (row >= 0 && row < static_cast<int>(m_siteOfRow.size()))
            sites << m_siteOfRow[static_cast<std::size_t>(row)];
    return sites;
}

/// The tensors that a row's site feeds or comes from.
TensorTarget OutlierPanel::targetOfRow(int row) const
{
    return targetOfUnits(m_document, unitsOfSites(m_document, sitesOfRows({row})));
}

void OutlierPanel::selectRow(int row, int channel)
{
    if (row >= 0 && row < static_cast<int>(m_siteOfRow.size()))
        m_document.selectSite(m_siteOfRow[static_cast<std::size_t>(row)], channel);
}

/// The units that the sites in the box feed or come from; the hottest cell of the box becomes the current
/// one.
void OutlierPanel::selectRegion(const QVector<int>& rows, const QVector<int>& channels, bool adds)
{
    QVector<int> sites;
    OutlierMark hottest{-1, -1};
    float highest = -std::numeric_limits<float>::infinity();
    for (const int row : rows) {
        sites << m_siteOfRow[static_cast<std::size_t>(row)];
        const auto& values = m_map->data().rows[static_cast<std::size_t>(row)].values;
        for (const int channel : channels) {
            const auto c = static_cast<std::size_t>(channel);
            if (c < values.size() && !std::isnan(values[c]) && values[c] > highest) {
                highest = values[c];
                hottest = {row, channel};
            }
        }
    }
    if (hottest.row < 0)
        return;
    const int site = m_siteOfRow[static_cast<std::size_t>(hottest.row)];
    if (adds) {
        sites.removeOne(site);
        extendBySites(m_document, sites << site, hottest.channel, false);
        return;
    }
    m_document.selection().set(
        m_document.selection().tensor(), unitsOfSites(m_document, sites), site, hottest.channel);
}

QString OutlierPanel::group() const
{
    return m_group->currentData().toString();
}

void OutlierPanel::listGroups()
{
    const auto* dump = m_document.workspace()->dump();
    if (m_listed == dump)
        return;
    m_listed = dump;
    const QSignalBlocker quiet(m_group);
    const QString before = group();
    const bool chosen = m_group->count() > 0;
    m_group->clear();
    for (const SiteGroup& kind : siteGroups(*dump)) {
        m_group->addItem(kind.name, kind.name);
        m_group->setItemData(m_group->count() - 1,
            tr("%n site(s), %1 channels", nullptr, static_cast<int>(kind.sites.size()))
                .arg(formatCount(static_cast<std::int64_t>(kind.channels))),
            Qt::ToolTipRole);
    }
    m_group->addItem(tr("all sites"), QString());
    m_group->setCurrentIndex(chosen ? std::max(0, m_group->findData(before)) : 0);
}

void OutlierPanel::refresh()
{
    const bool known = m_document.isOpen() && m_document.workspace()->dump() != nullptr;
    for (QComboBox* box : {m_measure, m_group, m_criterion})
        box->setEnabled(known);
    if (!known) {
        m_listed = nullptr;
        {
            const QSignalBlocker quiet(m_group);
            m_group->clear();
        }
        m_map->setData({});
        m_warning->hide();
        m_map->setEmpty(
            tr("Every channel of every layer: a hot channel is a bright column.\nNo activations are loaded."),
            m_document.isOpen() ? tr("Open a dump…") : tr("Open a model…"),
            m_document.isOpen() ? tr("Record…") : QString());
        refreshTrace();
        return;
    }
    listGroups();
    const auto measure = static_cast<stats::ChannelMeasure>(m_measure->currentData().toInt());
    const auto map = m_document.channelMap(measure);
    if (!map) {
        m_map->setEmpty(tr("Computing the outlier map…"));
        return;
    }
    const auto& dump = *m_document.workspace()->dump();
    m_rowOfSite.assign(dump.sites().size(), -1);
    m_siteOfRow.clear();
    m_unitsOfSite = unitsOfEverySite(m_document);
    for (const std::size_t site : map->sites) {
        if (!group().isEmpty() && siteGroup(dump.sites()[site]) != group())
            continue;
        m_rowOfSite[site] = static_cast<int>(m_siteOfRow.size());
        m_siteOfRow.push_back(static_cast<int>(site));
    }
    const auto criterion = static_cast<Criterion>(m_criterion->currentData().toInt());
    m_map->clearEmpty();
    m_map->setData(outlierMapData(m_document, *map, group(), criterion));
    QString how = tr("measured by the dump");
    if (const QString basis = m_map->data().criterionBasis; !basis.isEmpty())
        how += QStringLiteral("; ") + tr("%1 over %2").arg(criterionName(criterion), basis);
    else if (criterion != Criterion::None)
        how += QStringLiteral("; ") + criterionName(criterion);
    m_map->setCaption({title(), sourceText(m_document),
        tr("%1; %2").arg(m_measure->currentText(), m_group->currentText()), how, tr("measured by the dump")});
    showWarning();
    showSelection(); // the kind of site that was just chosen stays
    refreshTrace();
}

/// In a low view the advice is left to the tooltip: the map needs the line.
void OutlierPanel::showWarning()
{
    const OutlierMapData& map = m_map->data();
    const bool low = height() < kRoomForTrace;
    QStringList full{map.criterionWarning};
    if (!map.criterionAdvice.isEmpty())
        full << map.criterionAdvice;
    m_warning->setText(low ? map.criterionWarning : full.join(u' '));
    m_warning->setToolTip((full << map.criterionWarningMore).join(u' '));
    m_warning->setVisible(!map.criterionWarning.isEmpty());
}

/// Goes to the kind of a site whose channel was chosen elsewhere; true when that changed what is shown.
bool OutlierPanel::showGroupOf(int site)
{
    const auto* dump = m_document.isOpen() ? m_document.workspace()->dump() : nullptr;
    if (dump == nullptr || site < 0 || static_cast<std::size_t>(site) >= dump->sites().size()
        || m_document.selection().channel() < 0 || group().isEmpty())
        return false;
    const QString wanted = siteGroup(dump->sites()[static_cast<std::size_t>(site)]);
    const int index = m_group->findData(wanted);
    if (wanted == group() || index < 0)
        return false;
    m_group->setCurrentIndex(index);
    return true;
}

void OutlierPanel::previewChannel(int site, int channel)
{
    const bool comparable = site >= 0 && site < static_cast<int>(m_rowOfSite.size())
        && m_rowOfSite[static_cast<std::size_t>(site)] >= 0;
    m_map->setPreviewChannel(comparable ? channel : -1);
}

void OutlierPanel::followSelection()
{
    if (!showGroupOf(m_document.selection().site())) // which shows the selection itself
        showSelection();
}

void OutlierPanel::showSelection()
{
    const int site = m_document.selection().site();
    const bool shown = site >= 0 && site < static_cast<int>(m_rowOfSite.size());
    const int row = shown ? m_rowOfSite[static_cast<std::size_t>(site)] : -1;
    m_map->setCurrentRow(row);
    m_trace->setCurrentRow(row);
    m_map->setSelectedRows(selectedRows());
    // A channel's number means something among sites of one kind only.
    if (row >= 0 || site < 0)
        m_map->setPinnedChannel(m_document.selection().channel());
}

QVector<int> OutlierPanel::selectedRows() const
{
    QVector<int> rows;
    for (const int site : selectedSites(m_document, m_unitsOfSite, m_document.selection().site()))
        if (const int row = m_rowOfSite[static_cast<std::size_t>(site)]; row >= 0)
            rows << row;
    return rows;
}

QVector<ViewChoice> OutlierPanel::viewChoices() const
{
    const auto words = [](std::initializer_list<const char*> list) {
        QStringList all;
        for (const char* word : list)
            all << QString::fromLatin1(word);
        return all;
    };
    return {{QStringLiteral("measure"), words({"max", "rms", "kurtosis", "share"}), m_measure},
        {QStringLiteral("criterion"),
            words({"none", "int8-joint", "int8-separate", "inf-norm", "kurtosis", "osp-kurtosis",
                "crossquant"}),
            m_criterion}};
}

ChartSurface* OutlierPanel::showChart(const QString& word)
{
    if (!chartWords().contains(word))
        return m_map;
    m_traceAction->setChecked(true);
    return m_trace;
}

void OutlierPanel::refreshTrace()
{
    const OutlierMapData& map = m_map->data();
    ChannelTraceData trace;
    trace.channel = map.rows.empty() ? -1 : m_map->pinnedChannel();
    trace.measure = map.measure;
    trace.logarithmic = map.logarithmic;
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    for (const OutlierRow& row : map.rows) {
        if (trace.channel < 0)
            break;
        ChannelTraceData::Row item{row.name, row.label, kUnknown, kUnknown, row.brief};
        const auto c = static_cast<std::size_t>(trace.channel);
        if (c < row.values.size())
            item.value = static_cast<double>(row.values[c]);
        for (const float value : row.values)
            if (std::isfinite(value) && !(static_cast<double>(value) <= item.largest))
                item.largest = static_cast<double>(value);
        trace.rows.push_back(std::move(item));
    }
    ChartCaption caption = m_map->caption();
    caption.title = tr("Channel %1 across the layers").arg(formatCount(trace.channel));
    caption.provenance = tr("measured by the dump");
    m_trace->setCaption(caption);
    m_trace->setData(std::move(trace));
    arrangeTrace();
}

void OutlierPanel::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    if (!m_warning->isHidden())
        showWarning();
    arrangeTrace();
}

void OutlierPanel::arrangeTrace()
{
    const bool pinned = m_trace->data().channel >= 0, room = height() >= kRoomForTrace;
    const bool shown = m_traceAction->isChecked() && pinned && room;
    m_traceAction->setEnabled(pinned && room);
    const QString tip = tr("Shows the pinned channel across the layers in a chart of its own");
    const QString why = !pinned ? tr("No channel is pinned yet: click one in the map.")
        : !room
        ? tr("This view is too low for it: make it taller. The margin at the right shows the channel.")
        : QString();
    m_traceAction->setToolTip(why.isEmpty() ? tip : tip + u'\n' + why);
    m_trace->setVisible(shown);
    m_traceButton->setVisible(room); // where it could not work it would only take a line
    constexpr int kEnough = 280; // for a curve with numbers beside it
    m_trace->setMinimumHeight(
        shown ? std::clamp(height() * 3 / 10, m_trace->minimumSizeHint().height(), kEnough) : 0);
    // Few layers need no tall rows: the curves get the rest.
    constexpr int kTallestRow = 110, kAround = 280;
    const auto rows = static_cast<int>(m_map->data().rows.size());
    m_map->setMaximumHeight(
        shown ? std::max(m_map->minimumSizeHint().height(), rows * kTallestRow + kAround) : QWIDGETSIZE_MAX);
}

} // namespace bitwright::views
