// Actions of the Pareto panel and its menu of named plans.
#include "views/panels/pareto_panel.h"

#include <QAction>
#include <QComboBox>
#include <QInputDialog>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>

#include <functional>

namespace bitwright::views {

QAction* ParetoPanel::addPanelAction(const QString& id, const QString& text, const QString& toolTip)
{
    auto* action = new QAction(text, this);
    action->setObjectName(id);
    action->setToolTip(toolTip);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    return action;
}

void ParetoPanel::createActions()
{
    m_improve = addPanelAction(QStringLiteral("plan.improve"), tr("&Improve within locks"),
        tr("Takes the best plan of the present size that keeps every lock (Ctrl+I)"));
    connect(m_improve, &QAction::triggered, &m_document, &Document::improveWithinLocks);
    m_difference = addPanelAction(QStringLiteral("plan.differs"), tr("Show what &differs"),
        tr("Compares the plan with the best of its size, unit by unit (Ctrl+D)"));
    m_difference->setShortcut(Qt::CTRL | Qt::Key_D);
    connect(m_difference, &QAction::triggered, this,
        [this] { Q_EMIT differenceRequested(QStringLiteral("best")); });
    auto* save = addPanelAction(QStringLiteral("plan.save-as"), tr("&Save plan as…"),
        tr("Keeps the present plan under a name in the project"));
    connect(save, &QAction::triggered, this, &ParetoPanel::askSaveAs);
    const std::pair<ParetoSize, QString> sizes[] = {{ParetoSize::Bytes, tr("Size axis in &bytes")},
        {ParetoSize::Bpw, tr("Size axis in bits per &planned weight")},
        {ParetoSize::FileBpw, tr("Size axis in bits per weight of the &file")}};
    for (const auto& [size, label] : sizes) {
        auto* action = addPanelAction(QStringLiteral("plan.size-axis-%1").arg(static_cast<int>(size)), label,
            tr("In what the Pareto chart reads sizes"));
        connect(action, &QAction::triggered, this, [this, size = size] { m_chart->setSizeAxis(size); });
    }
    const std::tuple<const char*, QString, QString, int> walks[]
        = {{"plan.frontier-smaller", tr("S&maller along the frontier"),
               tr("The next smaller plan of the frontier (Left in the chart; Shift+Left: ten)"), -1},
            {"plan.frontier-larger", tr("&Larger along the frontier"),
                tr("The next larger plan of the frontier (Right in the chart; Shift+Right: ten)"), 1}};
    for (const auto& [id, label, tip, states] : walks)
        connect(addPanelAction(QLatin1String(id), label, tip), &QAction::triggered, this,
            [this, states = states] { m_chart->walkFrontier(states); });
    connect(addPanelAction(QStringLiteral("plan.budget-raise"), tr("&Raise the budget by 1 %"),
                tr("Solves again with a little more (Page Up in the chart)")),
        &QAction::triggered, this, [this] { m_chart->scaleBudget(ParetoChart::kBudgetStep); });
    connect(addPanelAction(QStringLiteral("plan.budget-lower"), tr("Lo&wer the budget by 1 %"),
                tr("Solves again with a little less (Page Down in the chart)")),
        &QAction::triggered, this, [this] { m_chart->scaleBudget(1 / ParetoChart::kBudgetStep); });
    connect(m_menu, &QMenu::aboutToShow, this, &ParetoPanel::fillPlansMenu);
    m_menu->setToolTipsVisible(true);
}

QMenu* ParetoPanel::plansMenu()
{
    fillPlansMenu();
    return m_menu;
}

void ParetoPanel::fillPlansMenu()
{
    m_menu->clear();
    for (QAction* action : actions())
        if (action->objectName() == QLatin1String("plan.save-as") || action == m_improve
            || action == m_difference)
            m_menu->addAction(action);
    if (m_compact)
        addRareChoices();
    m_menu->addSeparator();
    for (const auto& plan : m_document.namedPlans())
        addNamedPlan(QString::fromStdString(plan.name));
    if (m_document.namedPlans().empty())
        m_menu->addAction(tr("No plan was saved under a name yet"))->setEnabled(false);
}

/// The choices that have no room above the chart.
void ParetoPanel::addRareChoices()
{
    m_menu->addSeparator();
    for (QComboBox* box : {m_size, m_compare}) {
        QMenu* menu = m_menu->addMenu(box == m_size ? tr("Size a&xis") : tr("Second s&core"));
        menu->setEnabled(box->isEnabled());
        menu->setToolTip(box->toolTip());
        for (int i = 0; i < box->count(); ++i) {
            QAction* action = menu->addAction(box->itemText(i));
            action->setCheckable(true);
            action->setChecked(i == box->currentIndex());
            action->setEnabled(box->model()->flags(box->model()->index(i, 0)).testFlag(Qt::ItemIsEnabled));
            connect(action, &QAction::triggered, this, [box, i] {
                box->setCurrentIndex(i);
                Q_EMIT box->activated(i);
            });
        }
    }
}

void ParetoPanel::addNamedPlan(const QString& name)
{
    QMenu* menu = m_menu->addMenu(QString(name).replace(u'&', QStringLiteral("&&")));
    connect(
        menu->addAction(tr("&Load")), &QAction::triggered, this, [this, name] { m_document.loadPlan(name); });
    connect(menu->addAction(tr("&Compare with the current plan")), &QAction::triggered, this,
        [this, name] { Q_EMIT differenceRequested(QStringLiteral("plan:") + name); });
    connect(menu->addAction(tr("&Rename…")), &QAction::triggered, this, [this, name] { askRename(name); });
    connect(
        menu->addAction(tr("D&uplicate…")), &QAction::triggered, this, [this, name] { askDuplicate(name); });
    connect(menu->addAction(tr("&Delete…")), &QAction::triggered, this, [this, name] { askDelete(name); });
}

namespace {

/// Asks for a name without blocking; `take` says whether it could be used.
void askName(QWidget* parent, const QString& title, const QString& start,
    const std::function<bool(const QString&)>& take)
{
    auto* dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(ParetoPanel::tr("Name:"));
    dialog->setTextValue(start);
    QObject::connect(
        dialog, &QInputDialog::textValueSelected, parent, [parent, take, title](const QString& name) {
            if (take(name))
                return;
            auto* box = new QMessageBox(QMessageBox::Information, title,
                ParetoPanel::tr("\"%1\" cannot be used: it is empty or taken. Choose another name.")
                    .arg(name),
                QMessageBox::Ok, parent);
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open();
        });
    dialog->open();
}

} // namespace

void ParetoPanel::askSaveAs()
{
    if (!m_document.space())
        return;
    askName(this, tr("Save plan as"), QString::fromStdString(m_document.plan().name),
        [this](const QString& name) {
            if (name.trimmed().isEmpty())
                return false;
            m_document.savePlanAs(name); // an old plan of this name is replaced: it is the same plan, later
            return true;
        });
}

void ParetoPanel::askRename(const QString& name)
{
    askName(this, tr("Rename plan"), name,
        [this, name](const QString& to) { return to == name || m_document.renameNamedPlan(name, to); });
}

void ParetoPanel::askDuplicate(const QString& name)
{
    askName(this, tr("Duplicate plan"), tr("%1 copy").arg(name),
        [this, name](const QString& to) { return m_document.duplicateNamedPlan(name, to); });
}

void ParetoPanel::askDelete(const QString& name)
{
    auto* box = new QMessageBox(QMessageBox::Question, tr("Delete plan"),
        tr("Delete the plan \"%1\" from the project? This cannot be undone.").arg(name), QMessageBox::Cancel,
        this);
    auto* yes = box->addButton(tr("&Delete"), QMessageBox::DestructiveRole);
    box->setDefaultButton(QMessageBox::Cancel);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(yes, &QAbstractButton::clicked, this, [this, name] { m_document.deleteNamedPlan(name); });
    box->open();
}

} // namespace bitwright::views
