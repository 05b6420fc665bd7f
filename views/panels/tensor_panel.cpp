#include "views/panels/tensor_panel.h"

#include "views/models/text.h"

#include <algorithm>

namespace bitwright::views {

TensorPanel::TensorPanel(
    Document& document, JobQueue& jobs, const QString& id, const QString& title, QWidget* parent)
    : Panel(document, id, title, parent)
    , m_jobs(jobs)
{
    const auto again = [this] { renew(); };
    connect(&document, &Document::opened, this, again);
    connect(&document, &Document::closed, this, [this] {
        ++m_generation;
        forget();
        refresh();
    });
    connect(&document, &Document::planChanged, this, again);
    connect(&document, &Document::spaceChanged, this, again);
    connect(&document, &Document::dumpsChanged, this, again);
    connect(&document.selection(), &Selection::changed, this, again);
    connect(&document, &Document::tensorScanned, this, [this](int tensor) {
        if (tensor == m_document.selection().tensor())
            renew();
    });
}

void TensorPanel::renew()
{
    m_outdated = !isVisible();
    if (!m_outdated)
        refresh();
}

void TensorPanel::remedyEmptiness()
{
    if (!m_document.isOpen()) {
        Q_EMIT openModelRequested();
        return;
    }
    if (tensorInfo() != nullptr) {
        Q_EMIT scanRequested();
        return;
    }
    const auto& units = m_document.workspace()->units();
    const auto largest = std::max_element(units.begin(), units.end(),
        [](const auto& a, const auto& b) { return a.parameters() < b.parameters(); });
    if (largest != units.end())
        m_document.selectUnits({static_cast<int>(largest - units.begin())});
}

void TensorPanel::showEvent(QShowEvent* event)
{
    Panel::showEvent(event);
    if (m_outdated)
        renew();
}

MatrixRef TensorPanel::matrix() const
{
    MatrixRef matrix{m_document.selection().tensor(), 0};
    if (!m_document.isOpen() || matrix.tensor < 0)
        return {};
    const auto& units = m_document.workspace()->units();
    for (const int unit : m_document.selection().units()) {
        if (m_document.tensorOfUnit(unit) == matrix.tensor) {
            matrix.expert = units[static_cast<std::size_t>(unit)].expert;
            break;
        }
    }
    return matrix;
}

const model::TensorInfo* TensorPanel::tensorInfo() const
{
    const int tensor = m_document.isOpen() ? m_document.selection().tensor() : -1;
    return tensor < 0 ? nullptr
                      : &m_document.workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)];
}

int TensorPanel::unitOf(MatrixRef matrix) const
{
    if (!m_document.isOpen())
        return -1;
    for (const int unit : m_document.unitsOfTensor(matrix.tensor)) {
        if (m_document.workspace()->units()[static_cast<std::size_t>(unit)].expert == matrix.expert)
            return unit;
    }
    return -1;
}

std::optional<quant::Option> TensorPanel::planOption() const
{
    const auto& space = m_document.space();
    const int unit = unitOf(matrix());
    if (!space || unit < 0 || m_document.choice().size() != space->units().size())
        return std::nullopt;
    const auto index = static_cast<std::size_t>(unit);
    return space->cell(index, m_document.choice()[index]).resolved.option;
}

QString TensorPanel::optionName(const std::string& id) const
{
    const auto& space = m_document.space();
    const int unit = unitOf(matrix());
    if (space && unit >= 0 && m_document.choice().size() == space->units().size()) {
        // A target may give the planned option another scale type, and with it another id.
        const auto index = static_cast<std::size_t>(unit);
        const auto planned = m_document.choice()[index];
        if (space->cell(index, planned).resolved.option.id == id)
            return shortOptionName(*space, planned);
    }
    if (const auto index = space ? space->optionIndex(id) : std::nullopt)
        return shortOptionName(*space, *index);
    return QString::fromStdString(id);
}

QString TensorPanel::matrixKey() const
{
    const MatrixRef current = matrix();
    return QStringLiteral("%1/%2/%3").arg(m_generation).arg(current.tensor).arg(current.expert);
}

QString TensorPanel::matrixTitle() const
{
    const auto* info = tensorInfo();
    if (info == nullptr)
        return {};
    QString text = shortTensorName(info->name, info->parts.block);
    if (info->experts > 1)
        text += QStringLiteral("[%1]").arg(matrix().expert);
    return text;
}

} // namespace bitwright::views
