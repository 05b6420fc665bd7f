#include "views/panels/maxima_panel.h"

#include "views/panels/look_data.h"

#include <QVBoxLayout>

namespace bitwright::views {

MaximaPanel::MaximaPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("activation-maxima"), tr("Activation maxima"), parent)
    , m_chart(new MaximaChart(this))
{
    m_layout->addWidget(m_chart);
    offerChart(*m_chart);
    connect(m_chart, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_chart, &ChartBase::remedyRequested, this,
        [this] { m_document.isOpen() ? Q_EMIT openDumpRequested() : Q_EMIT openModelRequested(); });
    connect(m_chart, &MaximaChart::siteActivated, this, [this](int site, int dump) {
        if (dump == 0)
            m_document.selectSite(site);
    });
    connect(m_chart, &MaximaChart::channelActivated, this, [this](int site, int channel, int dump) {
        if (dump == 0)
            m_document.selectSite(site, channel);
    });
    connect(&document, &Document::opened, this, &MaximaPanel::refresh);
    connect(&document, &Document::closed, this, &MaximaPanel::refresh);
    connect(&document, &Document::dumpsChanged, this, &MaximaPanel::refresh);
    connect(&document, &Document::outliersChanged, this, &MaximaPanel::refresh);
    connect(&document.selection(), &Selection::changed, this, &MaximaPanel::followSelection);
    refresh();
}

void MaximaPanel::refresh()
{
    if (!m_document.isOpen() || m_document.workspace()->dump() == nullptr) {
        m_chart->setData({});
        m_chart->setEmpty(
            tr("Largest activations of every layer on a log axis, with massive activations marked.\n"
               "No activations are loaded."),
            m_document.isOpen() ? tr("Open a dump…") : tr("Open a model…"));
        return;
    }
    m_chart->clearEmpty();
    m_chart->setCaption({title(), sourceText(m_document), tr("max |x|, 99.9 % quantile and rms per site"),
        tr("measured by the dump")});
    m_chart->setData(maximaData(m_document, massiveValues(m_document)));
    followSelection();
}

void MaximaPanel::followSelection()
{
    m_chart->setCurrentSite(m_document.selection().site());
    m_chart->setCurrentChannel(m_document.selection().channel());
}

} // namespace bitwright::views
