#include "views/panels/look_panels.h"

#include "views/charts/chart_math.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace bitwright::views {

namespace {

/// Wires what every chart on axes has in common.
void connectChart(Panel* panel, ChartBase* chart)
{
    QObject::connect(chart, &ChartBase::readoutChanged, panel, &Panel::readout);
}

} // namespace

// --- One tensor ---

TensorPanel::TensorPanel(
    Document& document, JobQueue& jobs, const QString& id, const QString& title, QWidget* parent)
    : Panel(document, id, title, parent)
    , m_jobs(jobs)
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(120);
    connect(&m_delay, &QTimer::timeout, this, &TensorPanel::startGrid);
    const auto update = [this] { refresh(); };
    connect(&document, &Document::opened, this, update);
    connect(&document, &Document::closed, this, [this] {
        m_grid.reset();
        m_gridTensor = m_wantedTensor = -1;
        refresh();
    });
    connect(&document, &Document::planChanged, this, update);
    connect(&document, &Document::spaceChanged, this, update);
    connect(&document.selection(), &Selection::changed, this, update);
    connect(&document, &Document::tensorScanned, this, [this](int tensor) {
        if (tensor == m_document.selection().tensor())
            refresh();
    });
}

std::optional<quant::Option> TensorPanel::currentOption() const
{
    const auto& space = m_document.space();
    const auto units = m_document.unitsOfTensor(m_document.selection().tensor());
    if (!space || units.isEmpty() || m_document.choice().size() != space->units().size())
        return std::nullopt;
    const auto unit = static_cast<std::size_t>(units.front());
    const auto& option = space->cell(unit, m_document.choice()[unit]).resolved.option;
    return option.grid ? std::optional<quant::Option>(option) : std::nullopt;
}

const WeightGrid* TensorPanel::grid()
{
    const auto option = currentOption();
    const int tensor = m_document.selection().tensor();
    if (!option)
        return nullptr;
    if (m_grid && m_gridTensor == tensor && m_gridOption == option->id)
        return &*m_grid;
    if (m_wantedTensor != tensor || m_wantedOption != option->id) {
        m_wantedTensor = tensor;
        m_wantedOption = option->id;
        m_delay.start();
    }
    return nullptr;
}

void TensorPanel::showEvent(QShowEvent* event)
{
    Panel::showEvent(event);
    refresh();
}

void TensorPanel::startGrid()
{
    const auto option = currentOption();
    const int tensor = m_document.selection().tensor();
    if (!option || tensor < 0)
        return;
    if (!isVisible()) {
        m_wantedTensor = -1; // asked again when the panel is shown
        return;
    }
    const int serial = ++m_serial;
    m_jobs.run<WeightGrid>(
        tr("Round %1")
            .arg(QString::fromStdString(escapedForDisplay(
                m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name))),
        QStringLiteral("grid of ") + id(),
        [workspace = m_document.workspace(), tensor, option = *option](const RunContext& context) {
            return weightGrid(*workspace, static_cast<model::TensorIndex>(tensor), option, context);
        },
        [this, serial, tensor, id = option->id](Result<WeightGrid> grid) {
            if (serial != m_serial || !grid)
                return;
            m_grid = std::move(*grid);
            m_gridTensor = tensor;
            m_gridOption = id;
            refresh();
        });
}

// --- Weights ---

WeightsPanel::WeightsPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : TensorPanel(document, jobs, QStringLiteral("weights"), tr("Weights"), parent)
    , m_chart(new WeightHistogram(this))
{
    m_layout->addWidget(m_chart);
    connectChart(this, m_chart);
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

// --- Spectrum ---

SpectrumPanel::SpectrumPanel(Document& document, JobQueue& jobs, QWidget* parent)
    : TensorPanel(document, jobs, QStringLiteral("spectrum"), tr("Spectrum"), parent)
    , m_chart(new SpectrumChart(this))
{
    m_layout->addWidget(m_chart);
    connectChart(this, m_chart);
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
