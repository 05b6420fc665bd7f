#include "views/panels/tensor_panel.h"

namespace bitwright::views {

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

} // namespace bitwright::views
