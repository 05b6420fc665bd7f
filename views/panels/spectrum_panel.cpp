#include "views/panels/spectrum_panel.h"

#include <QVBoxLayout>

namespace bitwright::views {

SpectrumPanel::SpectrumPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : TensorPanel(document, jobs, QStringLiteral("spectrum"), tr("Spectrum"), parent)
    , m_chart(new SpectrumChart(this))
{
    m_layout->addWidget(m_chart);
    offerChart(*m_chart);
    connect(m_chart, &ChartBase::readoutChanged, this, &Panel::readout);
    connect(m_chart, &ChartBase::remedyRequested, this,
        [this] { m_document.isOpen() ? Q_EMIT scanRequested() : Q_EMIT openModelRequested(); });
    refresh();
}

void SpectrumPanel::refresh()
{
    const int tensor = m_document.selection().tensor();
    const auto* result = m_document.result(tensor);
    if (!m_document.isOpen() || tensor < 0) {
        m_chart->setEmpty(
            tr("Eigenvalues of a weight with tail fit and random bulk, and those of its rounding error.\n%1")
                .arg(m_document.isOpen() ? tr("Select a tensor.") : tr("No model is open.")),
            m_document.isOpen() ? QString() : tr("Open a model…"));
        return;
    }
    const auto& info = m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)];
    if (result == nullptr || !result->spectrum) {
        const bool matrix = info.quantizable;
        m_chart->setEmpty(matrix ? tr("The spectrum of this tensor has not been computed.")
                                 : tr("Spectra are computed for weight matrices; this tensor is none (%1).")
                                       .arg(QString::fromStdString(escapedForDisplay(info.reason))),
            matrix && !m_document.isScanning() ? tr("Scan the model") : QString());
        return;
    }
    auto shown = spectrumData(info, *result->spectrum);
    if (const auto* levels = grid(); levels != nullptr) {
        shown.errorEigenvalues = levels->errorEigenvalues;
        shown.errorBits = levels->bits;
        shown.errorOption = QString::fromStdString(levels->option);
    }
    m_chart->clearEmpty();
    m_chart->setCaption({tr("Spectrum of %1").arg(shown.tensor), m_document.title(),
        tr("eigenvalues of WᵀW; power law by Kolmogorov-Smirnov, bulk by Marchenko-Pastur"), tr("measured")});
    m_chart->setData(std::move(shown));
}

} // namespace bitwright::views
