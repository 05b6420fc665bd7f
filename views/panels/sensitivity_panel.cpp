#include "views/panels/sensitivity_panel.h"

#include "views/charts/chart_math.h"
#include "views/panels/chart_data.h"
#include "views/panels/plan_data.h"

#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>

namespace bitwright::views {

SensitivityPanel::SensitivityPanel(Document& document, QWidget* parent)
    : Panel(document, QStringLiteral("sensitivity"), tr("Block × role"), parent)
    , m_matrix(new BlockRoleMatrix(this))
{
    m_layout->addWidget(m_matrix);
    offerChart(*m_matrix);
    connect(m_matrix, &BlockRoleMatrix::readoutChanged, this, &Panel::readout);
    connect(m_matrix, &BlockRoleMatrix::remedyRequested, this, &Panel::openModelRequested);
    connect(m_matrix, &BlockRoleMatrix::selectionEdited, &document, &Document::selectUnits);
    connect(m_matrix, &BlockRoleMatrix::setBitsRequested, &document, &Document::setBits);
    connect(m_matrix, &BlockRoleMatrix::restoreRequested, &document, &Document::restore);
    connect(m_matrix, &BlockRoleMatrix::lockToggleRequested, &document, &Document::toggleLock);
    connect(m_matrix, &BlockRoleMatrix::tieToggleRequested, &document, [this] { m_document.toggleTies(); });
    connect(m_matrix, &BlockRoleMatrix::optionListRequested, this, &SensitivityPanel::showOptions);
    connect(m_matrix, &BlockRoleMatrix::hovered, this, [this](int unit) {
        // Tie partners light up with the cell under the cursor.
        QVector<int> partners;
        if (unit >= 0 && m_document.space()) {
            for (const auto& tie : m_document.space()->tiesOf(m_document.plan())) {
                if (std::find(tie.units.begin(), tie.units.end(), static_cast<std::size_t>(unit))
                    != tie.units.end()) {
                    for (const auto member : tie.units)
                        partners.push_back(static_cast<int>(member));
                }
            }
        }
        m_matrix->setHighlighted(partners);
        Q_EMIT unitHovered(unit);
    });
    connect(&document, &Document::opened, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::closed, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::spaceChanged, this, &SensitivityPanel::rebuild);
    connect(&document, &Document::planChanged, this, &SensitivityPanel::refresh);
    connect(&document, &Document::scanStateChanged, this, &SensitivityPanel::refresh); // a scan finds NaN
    connect(&document, &Document::busyChanged, this, [this] { m_matrix->setStale(m_document.isStale()); });
    connect(&document.selection(), &Selection::changed, this,
        [this] { m_matrix->setSelection(m_document.selection().units()); });
    rebuild();
}

void SensitivityPanel::rebuild()
{
    m_data = matrixData(m_document);
    if (m_data.units.empty()) {
        m_matrix->setData({});
        m_matrix->setEmpty(tr("Bits and predicted harm of every block and role; a click sets the option.\n%1")
                               .arg(m_document.isOpen() ? tr("This model has no weight matrix to plan.")
                                                        : tr("No model is open.")),
            m_document.isOpen() ? QString() : tr("Open a model…"));
        return;
    }
    m_matrix->clearEmpty();
    m_matrix->setCaption(
        {tr("Plan %1").arg(QString::fromStdString(m_document.plan().name)), sourceText(m_document),
            tr("fill: bits per weight; square: harm on a log scale"), harmLabel(m_document)});
    m_matrix->setData(m_data);
    m_matrix->setSelection(m_document.selection().units());
}

void SensitivityPanel::refresh()
{
    if (m_data.units.empty())
        return;
    m_matrix->setUnits(matrixUnits(m_document, m_data));
}

void SensitivityPanel::showOptions(const QVector<int>& units, const QPoint& position)
{
    const auto& space = m_document.space();
    if (!space || units.isEmpty())
        return;
    QMenu menu(this);
    const auto unit = static_cast<std::size_t>(units.front());
    for (std::size_t j = 0; j < space->optionIds().size(); ++j) {
        const auto& cell = space->cell(unit, j);
        auto* action
            = menu.addAction(QStringLiteral("%1\t%2").arg(QString::fromStdString(space->optionIds()[j]),
                cell.score ? formatNumber(*cell.score) : tr("unknown")));
        action->setEnabled(cell.legal);
        action->setToolTip(QString::fromStdString(cell.legal ? cell.resolved.fallback : cell.reason));
        action->setCheckable(true);
        action->setChecked(m_document.choice().size() > unit && m_document.choice()[unit] == j);
        connect(
            action, &QAction::triggered, &m_document, [this, units, j] { m_document.setOption(units, j); });
    }
    menu.setToolTipsVisible(true);
    menu.exec(position);
}

} // namespace bitwright::views
