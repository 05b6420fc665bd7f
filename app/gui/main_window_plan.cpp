// The menu Plan and what its actions ask.
#include "app/gui/ask.h"
#include "app/gui/main_window.h"
#include "core/io/atomic_output.h"
#include "views/charts/ask_file.h"
#include "views/models/core_text.h"

#include <QFile>
#include <QMenuBar>

namespace bitwright::gui {

using namespace views;

void MainWindow::createPlanMenu()
{
    auto* menu = m_menuBar->addMenu(tr("&Plan"));
    addAction(menu, "plan.scan", tr("&Scan the model"), {QKeySequence(Qt::Key_F5)},
        tr("Measure statistics and spectra of all weights; what is known is skipped"), Need::Model,
        [this] { m_document.scan(); });
    menu->addSeparator();
    addAction(menu, "plan.budget", tr("Set the &budget…"), {QKeySequence(Qt::CTRL | Qt::Key_B)},
        tr("Solve for a size in bits per weight, locks respected"), Need::Plan, [this] { askBudget(); });
    addAction(menu, "plan.improveWithinLocks", tr("&Improve within locks"),
        {QKeySequence(Qt::CTRL | Qt::Key_I)}, tr("The best plan of the present size that keeps the locks"),
        Need::Plan, [this] { m_document.improveWithinLocks(); });
    auto* uniform = menu->addMenu(tr("&Uniform"));
    connect(uniform, &QMenu::aboutToShow, this, [this, uniform] {
        uniform->clear();
        for (const auto& point : m_document.uniforms()) {
            const QString option = QString::fromStdString(point.option);
            QAction* action
                = uniform->addAction(option, this, [this, option] { m_document.setUniform(option); });
            describeAction(*action, QStringLiteral("plan.uniform.") + option, {},
                tr("Give every tensor %1, the yardstick of mixed plans").arg(option));
        }
    });
    menu->addSeparator();
    createPlanFileActions(menu);
    menu->addSeparator();
    addAction(menu, "plan.export", tr("&Export…"), {QKeySequence(Qt::CTRL | Qt::Key_E)},
        tr("Checks, progress and proof of an export"), Need::Nothing,
        [this] { showPerspective(QStringLiteral("export")); });
}

void MainWindow::createPlanFileActions(QMenu* menu)
{
    addAction(menu, "plan.saveAs", tr("Save plan &as…"), {QKeySequence(Qt::CTRL | Qt::Key_S)},
        tr("Keep the plan under a name in the project"), Need::Plan, [this] { askSavePlan(); });
    auto* named = menu->addMenu(tr("&Named plans"));
    connect(named, &QMenu::aboutToShow, this, [this, named] {
        named->clear();
        for (const auto& plan : m_document.namedPlans()) {
            const QString name = QString::fromStdString(plan.name);
            QAction* action = named->addAction(name, this, [this, name] { m_document.loadPlan(name); });
            describeAction(*action, QStringLiteral("plan.named.") + name, {},
                tr("Take the plan that was saved as %1; can be undone").arg(name));
        }
        if (named->isEmpty()) {
            QAction* none = named->addAction(tr("None was saved yet"));
            describeAction(
                *none, QStringLiteral("plan.named"), {}, tr("Ctrl+S keeps the present plan under a name"));
            none->setEnabled(false);
        }
    });
    addAction(menu, "plan.writeJson", tr("&Write plan JSON…"), {},
        tr("Write the plan for bitwright-cli and other tools"), Need::Plan, [this] { exportPlanJson(); });
    addAction(menu, "plan.readJson", tr("Read plan &JSON…"), {}, tr("Take a plan that was made elsewhere"),
        Need::Plan, [this] { importPlanJson(); });
}

void MainWindow::askBudget()
{
    askNumber(this, QStringLiteral("budget"), tr("Set the budget"),
        tr("Bits per weight of the planned tensors, with scales, zeros and padding"),
        m_document.numbers().size.bpw(), 0.5, 32.0, 0.05,
        [this](double bpw) { m_document.setBudgetBpw(bpw); });
}

void MainWindow::askSavePlan()
{
    if (!m_document.space())
        return;
    askText(this, QStringLiteral("savePlan"), tr("Save plan"), tr("Name of the plan"),
        QString::fromStdString(m_document.plan().name), [this](const QString& name) {
            if (!name.trimmed().isEmpty())
                m_document.savePlanAs(name.trimmed());
        });
}

void MainWindow::exportPlanJson()
{
    if (!m_document.space())
        return;
    askFile(this,
        {FileQuestion::Kind::Save, QStringLiteral("writePlan"), tr("Write plan JSON"), tr("Plans (*.json)"),
            QStringLiteral("plan.json"), QStringLiteral("json")},
        [this](const QString& file) {
            if (!m_document.space()) // a model may have been closed meanwhile
                return;
            const auto written = io::writeFileAtomically(
                file.toStdString(), plan::planToJson(m_document.plan(), m_document.space().get()));
            if (!written)
                say(errorText(written.error()), true);
        });
}

void MainWindow::importPlanJson()
{
    askFile(this,
        {FileQuestion::Kind::OpenFile, QStringLiteral("readPlan"), tr("Read plan JSON"), tr("Plans (*.json)"),
            {}, {}},
        [this](const QString& path) { readPlanJson(path); });
}

void MainWindow::readPlanJson(const QString& path)
{
    if (!m_document.space())
        return;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return say(tr("%1 cannot be read: %2").arg(path, file.errorString()), true);
    auto plan = plan::planFromJson(file.readAll().toStdString());
    if (!plan)
        return say(errorText(std::move(plan.error()).inFile(path.toStdString())), true);
    if (const auto choice = m_document.space()->choiceOf(*plan); !choice)
        return say(errorText(choice.error()), true);
    m_document.setPlan(std::move(*plan), tr("Read plan"));
}

} // namespace bitwright::gui
