#include "views/panels/weights_panel.h"

#include "views/charts/chart_math.h"

#include <QVBoxLayout>

namespace bitwright::views {

WeightsPanel::WeightsPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : TensorPanel(document, jobs, QStringLiteral("weights"), tr("Weights"), parent)
    , m_chart(new WeightHistogram(this))
{
    m_layout->addWidget(m_chart);
    offerChart(*m_chart);
    connect(m_chart, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_chart, &ChartBase::remedyRequested, this,
        [this] { m_document.isOpen() ? Q_EMIT scanRequested() : Q_EMIT openModelRequested(); });
    refresh();
}

void WeightsPanel::refresh()
{
    const int tensor = m_document.selection().tensor();
    const auto* result = m_document.result(tensor);
    if (!m_document.isOpen() || tensor < 0) {
        m_chart->setEmpty(
            tr("Distribution of a tensor's weights with every level of the chosen number format.\n%1")
                .arg(m_document.isOpen() ? tr("Select a tensor.") : tr("No model is open.")),
            m_document.isOpen() ? QString() : tr("Open a model…"));
        return;
    }
    const auto& info = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)];
    if (result == nullptr || !result->stats) {
        const QString why = result != nullptr && result->error
            ? QString::fromStdString(result->error->oneLine())
            : tr("This tensor has not been scanned.");
        m_chart->setEmpty(why, m_document.isScanning() ? QString() : tr("Scan the model"));
        return;
    }
    auto shown = weightHistogramData(info, *result->stats);
    if (const auto* levels = grid(); levels != nullptr) {
        shown.option = QString::fromStdString(levels->option);
        shown.optionBits = levels->bits;
        shown.levels = levels->levels;
        shown.clippedShare = levels->clippedShare;
    }
    m_chart->clearEmpty();
    m_chart->setCaption({tr("Weights of %1").arg(shown.tensor), m_document.title(),
        tr("count per bin; levels at the median scale"), tr("measured")});
    m_chart->setData(std::move(shown));
}

} // namespace bitwright::views
