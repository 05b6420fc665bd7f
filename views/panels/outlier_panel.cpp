#include "views/panels/outlier_panel.h"

#include "views/panels/look_data.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace bitwright::views {

OutlierPanel::OutlierPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("outlier-map"), tr("Outlier channels"), parent)
    , m_measure(new QComboBox(this))
    , m_map(new OutlierMap(this))
{
    m_measure->addItem(tr("max |x|"), static_cast<int>(stats::ChannelMeasure::AbsMax));
    m_measure->addItem(tr("rms"), static_cast<int>(stats::ChannelMeasure::Rms));
    m_measure->addItem(tr("kurtosis"), static_cast<int>(stats::ChannelMeasure::Kurtosis));
    m_measure->addItem(tr("share |x| ≥ 6"), static_cast<int>(stats::ChannelMeasure::ShareAboveThreshold));
    m_measure->setAccessibleName(tr("Measure of the outlier map"));
    m_measure->setToolTip(tr("What a cell of the map shows"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 2);
    bar->setSpacing(8);
    auto* label = new QLabel(tr("&Measure"), this);
    label->setBuddy(m_measure);
    bar->addWidget(label);
    bar->addWidget(m_measure);
    bar->addStretch();
    m_layout->addLayout(bar);
    m_layout->addWidget(m_map, 1);
    offerChart(*m_map);
    connect(m_map, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_measure, &QComboBox::currentIndexChanged, this, &OutlierPanel::refresh);
    connect(m_map, &ChartBase::remedyRequested, this,
        [this] { m_document.isOpen() ? Q_EMIT openDumpRequested() : Q_EMIT openModelRequested(); });
    connect(m_map, &OutlierMap::cellActivated, this, [this](int row, int channel) {
        if (row >= 0 && row < static_cast<int>(m_siteOfRow.size()))
            m_document.selectSite(m_siteOfRow[static_cast<std::size_t>(row)], channel);
    });
    connect(&document, &Document::opened, this, &OutlierPanel::refresh);
    connect(&document, &Document::closed, this, &OutlierPanel::refresh);
    connect(&document, &Document::dumpsChanged, this, &OutlierPanel::refresh);
    connect(&document, &Document::outliersChanged, this, &OutlierPanel::refresh);
    connect(&document, &Document::channelMapChanged, this, &OutlierPanel::refresh);
    connect(&document.selection(), &Selection::changed, this, &OutlierPanel::followSelection);
    refresh();
}

void OutlierPanel::refresh()
{
    if (!m_document.isOpen() || m_document.workspace()->dump() == nullptr) {
        m_map->setData({});
        m_map->setEmpty(
            tr("Every channel of every layer: a hot channel is a bright column.\nNo activations are loaded."),
            m_document.isOpen() ? tr("Open a dump…") : tr("Open a model…"));
        return;
    }
    const auto measure = static_cast<stats::ChannelMeasure>(m_measure->currentData().toInt());
    const auto map = m_document.channelMap(measure);
    if (!map) {
        m_map->setEmpty(tr("Computing the outlier map…"));
        return;
    }
    m_map->clearEmpty();
    m_rowOfSite.assign(m_document.workspace()->dump()->sites().size(), -1);
    m_siteOfRow.clear();
    for (std::size_t row = 0; row < map->rows(); ++row) {
        m_rowOfSite[map->sites[row]] = static_cast<int>(row);
        m_siteOfRow.push_back(static_cast<int>(map->sites[row]));
    }
    m_map->setCaption(
        {title(), sourceText(m_document), m_measure->currentText(), tr("measured by the dump")});
    m_map->setData(outlierMapData(m_document, *map));
    followSelection();
}

void OutlierPanel::followSelection()
{
    const int site = m_document.selection().site();
    const bool shown = site >= 0 && site < static_cast<int>(m_rowOfSite.size());
    m_map->setCurrentRow(shown ? m_rowOfSite[static_cast<std::size_t>(site)] : -1);
    m_map->setPinnedChannel(m_document.selection().channel());
}

} // namespace bitwright::views
