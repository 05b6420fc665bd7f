// The picture of the difference.
#include "views/charts/chart_math.h"
#include "views/models/difference_table.h"
#include "views/models/harm_run.h"
#include "views/models/harm_text.h"
#include "views/panels/chart_data.h"
#include "views/panels/difference_panel.h"
#include "views/panels/plan_data.h"
#include "views/panels/tensor_menu.h"

#include <QComboBox>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

// The matrix edits the current plan as it does on its own page.
void DifferencePanel::connectMatrixEdits()
{
    connect(m_matrix, &BlockRoleMatrix::setBitsRequested, &m_document, &Document::setBits);
    connect(m_matrix, &BlockRoleMatrix::restoreRequested, &m_document, &Document::restore);
    connect(m_matrix, &BlockRoleMatrix::lockToggleRequested, &m_document, &Document::toggleLock);
    connect(m_matrix, &BlockRoleMatrix::tieToggleRequested, this, [this] { m_document.toggleTies(); });
    connect(m_matrix, &BlockRoleMatrix::optionListRequested, this,
        [this](const QVector<int>& units, const QPoint& at) {
            showOptionList(m_matrix, m_document, units, at);
        });
    connect(m_matrix, &BlockRoleMatrix::contextMenuAboutToShow, this,
        [this](QMenu* menu, const QVector<int>& units) {
            addTensorActions(*menu, m_document, targetOfUnits(m_document, units));
        });
}

void DifferencePanel::pairBy(const HarmRun& run)
{
    m_run = &run;
    connect(&run, &HarmRun::changed, this, [this] {
        m_dirty = true; // until the next paint
        update();
    });
}

/// Whether the unit's two options were run on the same tokens and do not differ there, at 95 %.
bool DifferencePanel::isNotToldApart(const plan::UnitDifference& item) const
{
    const auto& space = *m_document.space();
    if (m_run == nullptr || item.same() || !harmIsMeasured(m_document))
        return false;
    const auto pairOf = [&](std::size_t option) {
        return m_run->pairOf(static_cast<int>(item.unit),
            QString::fromStdString(space.cell(item.unit, option).resolved.option.id));
    };
    const HarmPair *a = pairOf(item.optionA), *b = pairOf(item.optionB);
    if (a == nullptr || b == nullptr)
        return false;
    const auto difference = measure::pairedDifference(a->sums, b->sums, 0);
    return difference && difference->holds(0);
}

/// Color: who harms less (B bluer, A redder), on the scale of the largest difference; text: bits of both.
void DifferencePanel::refreshMatrix()
{
    const auto& difference = m_model->difference();
    if (difference.units.empty()) {
        m_matrix->setData({});
        m_matrix->setEmpty(tr("Where two plans differ, by block and role.\n%1")
                               .arg(m_document.isOpen() ? tr("There are no two plans to compare yet.")
                                                        : tr("No model is open.")),
            m_document.isOpen() ? QString() : tr("Open a model…"));
        return;
    }
    const auto& space = *m_document.space();
    MatrixData picture = matrixData(m_document);
    double largest = 0;
    bool anyAlike = false;
    for (const auto& unit : difference.units)
        largest = std::max(largest, std::abs(unit.deltaHarm.value_or(0)));
    for (std::size_t i = 0; i < picture.units.size(); ++i) {
        const auto& item = difference.units[i];
        auto& unit = picture.units[i];
        const double weights = static_cast<double>(space.units()[i].parameters());
        // The cube root keeps small differences visible beside a large one, and their order.
        const double harm = item.deltaHarm.value_or(std::nan(""));
        unit.delta = largest > 0 ? std::cbrt(harm / largest) : harm;
        const bool alike = isNotToldApart(item);
        anyAlike = anyAlike || alike;
        if (alike)
            unit.delta = 0;
        unit.locked = unit.edited = false;
        unit.tie = -1;
        const auto bitsOf = [&](std::size_t option) {
            return 8.0 * static_cast<double>(space.cell(i, option).resolved.bytes) / weights;
        };
        if (item.same()) {
            unit.deltaText = unit.deltaCodes = unit.deltaSign = QStringLiteral("=");
        } else {
            const BitsChange change = bitsChange(bitsOf(item.optionA), bitsOf(item.optionB));
            unit.deltaText = change.bits;
            unit.deltaCodes = change.codes;
            unit.deltaSign = change.sign;
        }
        unit.note = tr("A %1, B %2")
                        .arg(QString::fromStdString(space.optionIds()[item.optionA]),
                            QString::fromStdString(space.optionIds()[item.optionB]));
        if (alike)
            unit.note += u'\n' + tr("harm not told apart on the same tokens, at 95 %");
    }
    picture.deltaLabel = largest > 0 ? tr("± %1: harm B − A (cube root scale)").arg(formatNumber(largest))
                                     : tr("no difference in harm");
    if (anyAlike)
        picture.deltaLabel += QStringLiteral("; ") + tr("no color: not told apart, 95 %");
    picture.deltaTexts = tr("→: bits per weight of A, of B");
    picture.deltaCodes = tr("4→8: bits of A, of B");
    picture.deltaSigns = tr("↓ ↑: fewer, more bits in B");
    picture.deltaSame = tr("=: same option");
    picture.deltaOther = tr("≠: another option, the same whole bits");
    m_matrix->clearEmpty();
    m_matrix->setCaption({tr("B (%1) against A (%2)").arg(m_b->currentText(), m_a->currentText()),
        harmSource(m_document), {}, harmLabel(m_document)}); // the key says what of it
    const bool same = m_matrix->data().units.size() == picture.units.size()
        && m_matrix->data().deltaLabel == picture.deltaLabel;
    if (same)
        m_matrix->setUnits(std::move(picture.units));
    else
        m_matrix->setData(std::move(picture));
}

} // namespace bitwright::views
