// The part of the page of measured harm that betters a plan.
#include "views/charts/data_table.h"
#include "views/panels/harm_panel.h"
#include "views/panels/refine_box.h"
#include "views/panels/refine_data.h"
#include "views/panels/tensor_menu.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTableView>

namespace bitwright::views {

void HarmPanel::createRefineActions()
{
    addPanelAction(QStringLiteral("harm.refine"), tr("&Refine the plan by measuring"),
        tr("Measures steps around the current plan on one half of the text, solves it again, and keeps what "
           "is "
           "better on the other half as a plan of its own (Ctrl+Shift+Return)"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Return), [this] { refine(); });
    m_adopt = addPanelAction(QStringLiteral("harm.adopt"), tr("&Take the refined plan"),
        tr("Makes the refined plan the current one: one undo step"), {}, [this] { m_refine.adopt(); });
}

void HarmPanel::connectRefine()
{
    const auto show = [this] {
        m_refineTable->setEmptyText(tr("Nothing was tried yet."));
        m_refineTable->setData(views::refineTable(m_document, m_refine.record()));
        refreshControls();
    };
    connect(m_cancel, &QPushButton::clicked, &m_refine, &RefineRun::cancel);
    connect(m_refineBox, &RefineBox::estimateRequested, this, [this] { m_refine.estimate(refineRequest()); });
    connect(&m_refine, &RefineRun::changed, this, show);
    connect(&m_refine, &RefineRun::runningChanged, this, &HarmPanel::refreshControls);
    connect(&m_refine, &RefineRun::runningChanged, &m_run, &HarmRun::reloadPlans); // it runs whole plans too
    connect(&m_refine, &RefineRun::statusChanged, this, &HarmPanel::refreshControls);
    connect(&m_document, &Document::spaceChanged, this, show); // which knows the units by name
    connect(&m_document, &Document::namedPlansChanged, this, &HarmPanel::refreshControls);
    const auto unitOf = [this](int row) { return refineUnitOfRow(m_document, m_refine.record(), row); };
    connect(m_refineTable, &DataTable::rowActivated, this, [this, unitOf](int row) {
        if (const int unit = unitOf(row); unit >= 0)
            select({unit}, false);
    });
    installTensorMenu(m_refineTable->view(), m_document, [this, unitOf](const QModelIndex& index) {
        const int unit = unitOf(m_refineTable->rowOf(index));
        return unit < 0 ? TensorTarget{} : targetOfUnits(m_document, {unit});
    });
    show();
}

bool HarmPanel::isRefining() const
{
    return m_what->currentIndex() == m_what->count() - 1;
}

RefineRun::Request HarmPanel::refineRequest() const
{
    RefineRun::Request request;
    request.text = this->request().text;
    m_refineBox->fill(request);
    return request;
}

void HarmPanel::start()
{
    if (m_run.isRunning() || m_refine.isRunning())
        return;
    if (isRefining())
        m_refine.start(refineRequest());
    else
        m_run.start(request());
}

void HarmPanel::refine()
{
    m_what->setCurrentIndex(m_what->count() - 1);
    Q_EMIT viewRequested(id());
    if (const QString obstacle = m_refine.obstacle(refineRequest()); !obstacle.isEmpty())
        m_status->setText(obstacle);
    else
        start();
}

} // namespace bitwright::views
