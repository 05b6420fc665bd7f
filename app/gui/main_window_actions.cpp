// Menus and actions of the main window.
#include "app/gui/main_window.h"
#include "core/io/atomic_output.h"
#include "views/panels/export_panel.h"
#include "views/panels/tree_panel.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMenuBar>
#include <QMessageBox>

namespace bitwright::gui {

using namespace views;

template <typename Slot>
QAction* MainWindow::addAction(
    QMenu* menu, const QString& text, const QKeySequence& keys, const QString& tip, Slot slot)
{
    auto* action = menu->addAction(text);
    action->setShortcut(keys);
    action->setToolTip(tip);
    action->setStatusTip(tip);
    connect(action, &QAction::triggered, this, slot);
    return action;
}

void MainWindow::createActions()
{
    createFileMenu();
    createEditMenu();
    createPlanMenu();
    createViewMenu();
    auto* bar = qobject_cast<QMenuBar*>(menuWidget()->property("menuBar").value<QObject*>());
    auto* help = bar->addMenu(tr("&Help"));
    addAction(help, tr("&About Bitwright"), {}, tr("Version and licence"), [this] {
        QMessageBox::about(this, tr("About Bitwright"),
            tr("Bitwright %1\nSee and place the bits of neural networks.\nLicence: GPL-3.0-or-later")
                .arg(QApplication::applicationVersion()));
    });
}

void MainWindow::createFileMenu()
{
    auto* bar = qobject_cast<QMenuBar*>(menuWidget()->property("menuBar").value<QObject*>());
    auto* menu = bar->addMenu(tr("&File"));
    addAction(menu, tr("Open &model folder…"), QKeySequence::Open, tr("A Hugging Face folder"),
        [this] { askOpenModel(); });
    addAction(menu, tr("Open &file…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
        tr("A model file, a dump or a project"), [this] {
            const QStringList files = QFileDialog::getOpenFileNames(this, tr("Open"), {},
                tr("Models, dumps and projects (*.safetensors *.index.json *.h5 *.hdf5 *.bwp);;All files "
                   "(*)"));
            if (!files.isEmpty())
                openPaths(files);
        });
    addAction(menu, tr("Open &dump…"), QKeySequence(Qt::CTRL | Qt::Key_D),
        tr("Activations of the open model"), [this] { askOpenDump(); });
    m_recentMenu = menu->addMenu(tr("&Recent"));
    refreshRecent();
    menu->addSeparator();
    addAction(menu, tr("&Save project as…"), QKeySequence::SaveAs,
        tr("Keep everything measured and planned in one file"), [this] { askSaveProject(); });
    addAction(
        menu, tr("&Close model"), QKeySequence::Close, tr("Close the model"), [this] { m_document.close(); });
    menu->addSeparator();
    addAction(menu, tr("&Quit"), QKeySequence::Quit, tr("Leave the program"), [this] { close(); });
}

void MainWindow::createEditMenu()
{
    auto* bar = qobject_cast<QMenuBar*>(menuWidget()->property("menuBar").value<QObject*>());
    auto* menu = bar->addMenu(tr("&Edit"));
    QAction* undo = m_document.undoStack().createUndoAction(this, tr("&Undo"));
    undo->setShortcut(QKeySequence::Undo);
    QAction* redo = m_document.undoStack().createRedoAction(this, tr("&Redo"));
    redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    menu->addActions({undo, redo});
    menu->addSeparator();
    addAction(menu, tr("&Filter tensors"), QKeySequence::Find, tr("Go to the filter of the tree"),
        [this] { m_tree->focusFilter(); });
}

void MainWindow::createPlanMenu()
{
    auto* bar = qobject_cast<QMenuBar*>(menuWidget()->property("menuBar").value<QObject*>());
    auto* menu = bar->addMenu(tr("&Plan"));
    addAction(menu, tr("&Scan the model"), QKeySequence(Qt::Key_F5), tr("Measure all weights"),
        [this] { m_document.scan(); });
    menu->addSeparator();
    addAction(menu, tr("&Improve within locks"), QKeySequence(Qt::CTRL | Qt::Key_I),
        tr("The best plan of the present size"), [this] { m_document.improveWithinLocks(); });
    m_uniformMenu = menu->addMenu(tr("&Uniform"));
    auto* bits = menu->addMenu(tr("Set &bits of the selection"));
    // Plain digits work in the matrix, where they have the focus; with Alt they work everywhere.
    for (int b = 2; b <= 8; ++b)
        addAction(bits, tr("%1 bit").arg(b), QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_0 + b)),
            tr("Set %1 bits on the selected units").arg(b),
            [this, b] { m_document.setBits(m_document.selection().units(), b); });
    addAction(menu, tr("&Restore the solver's choice"), QKeySequence(Qt::ALT | Qt::Key_0),
        tr("For the selected units"), [this] { m_document.restore(m_document.selection().units()); });
    addAction(menu, tr("&Lock or unlock"), QKeySequence(Qt::ALT | Qt::Key_K),
        tr("Keep the option of the selected units"),
        [this] { m_document.toggleLock(m_document.selection().units()); });
    addAction(menu, tr("&Tie fused tensors"), QKeySequence(Qt::ALT | Qt::Key_T),
        tr("q/k/v, gate/up and experts take one option together"), [this] { m_document.toggleTies(); });
    menu->addSeparator();
    addAction(menu, tr("Save plan &as…"), QKeySequence(Qt::CTRL | Qt::Key_S),
        tr("Keep the plan under a name"), [this] { askSavePlan(); });
    m_namedPlansMenu = menu->addMenu(tr("&Named plans"));
    addAction(menu, tr("&Write plan JSON…"), {}, tr("For bitwright-cli and other tools"),
        [this] { exportPlanJson(); });
    addAction(menu, tr("Read plan &JSON…"), {}, tr("A plan made elsewhere"), [this] { importPlanJson(); });
    menu->addSeparator();
    addAction(menu, tr("&Export…"), QKeySequence(Qt::CTRL | Qt::Key_E), tr("Checks, progress and proof"),
        [this] { showPerspective(QStringLiteral("export")); });
    connect(m_uniformMenu, &QMenu::aboutToShow, this, [this] {
        m_uniformMenu->clear();
        for (const auto& uniform : m_document.uniforms()) {
            const QString option = QString::fromStdString(uniform.option);
            m_uniformMenu->addAction(option, this, [this, option] { m_document.setUniform(option); });
        }
    });
    connect(m_namedPlansMenu, &QMenu::aboutToShow, this, [this] {
        m_namedPlansMenu->clear();
        for (const auto& plan : m_document.namedPlans()) {
            const QString name = QString::fromStdString(plan.name);
            m_namedPlansMenu->addAction(name, this, [this, name] { m_document.loadPlan(name); });
        }
        m_namedPlansMenu->setDisabled(false);
    });
}

void MainWindow::createViewMenu()
{
    auto* bar = qobject_cast<QMenuBar*>(menuWidget()->property("menuBar").value<QObject*>());
    auto* menu = bar->addMenu(tr("&View"));
    const std::vector<std::pair<QString, QString>> perspectives = {{QStringLiteral("look"), tr("&Look")},
        {QStringLiteral("plan"), tr("&Plan")}, {QStringLiteral("export"), tr("&Export")}};
    int number = 0;
    for (const auto& [name, text] : perspectives)
        addAction(menu, text, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + number++)),
            tr("Arrange the window"), [this, name = name] { showPerspective(name); });
    addAction(menu, tr("&Restore default layout"), {}, tr("Every view back in its place"),
        [this] { showPerspective(QStringLiteral("look")); });
    menu->addSeparator();
    auto* docks = menu->addMenu(tr("&Views"));
    for (const Panel* panel : m_panels)
        docks->addAction(m_docks.at(panel->id())->toggleViewAction());
    auto* themes = menu->addMenu(tr("&Theme"));
    m_appearanceGroup = new QActionGroup(this);
    const std::vector<std::pair<Appearance, QString>> appearances = {{Appearance::System, tr("&System")},
        {Appearance::Light, tr("&Light")}, {Appearance::Dark, tr("&Dark")}};
    for (const auto& [appearance, text] : appearances) {
        auto* action = addAction(themes, text, {}, tr("Colors of the program"),
            [this, appearance = appearance] { setAppearance(appearance); });
        action->setCheckable(true);
        action->setChecked(appearance == m_options.appearance);
        m_appearanceGroup->addAction(action);
    }
}

void MainWindow::addRecent(const QString& path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    m_recent.removeAll(absolute);
    m_recent.prepend(absolute);
    while (m_recent.size() > 10)
        m_recent.removeLast();
    refreshRecent();
}

void MainWindow::refreshRecent()
{
    m_recentMenu->clear();
    for (const QString& path : m_recent)
        m_recentMenu->addAction(path, this, [this, path] { openPaths({path}); });
    m_recentMenu->addSeparator();
    m_recentMenu->addAction(tr("Clear"), this, [this] {
        m_recent.clear();
        refreshRecent();
    });
}

void MainWindow::askOpenModel()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open model folder"));
    if (!folder.isEmpty())
        openPaths({folder});
}

void MainWindow::askOpenDump()
{
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open activation dump"), {}, tr("Activation dumps (*.h5 *.hdf5);;All files (*)"));
    if (!file.isEmpty())
        openPaths({file});
}

void MainWindow::askSaveProject()
{
    if (!m_document.isOpen())
        return;
    QString file = QFileDialog::getSaveFileName(this, tr("Save project"),
        m_document.title() + QStringLiteral(".bwp"), tr("Bitwright projects (*.bwp)"));
    if (!file.isEmpty())
        m_document.saveProjectAs(file);
}

void MainWindow::askSavePlan()
{
    if (!m_document.space())
        return;
    bool accepted = false;
    const QString name = QInputDialog::getText(this, tr("Save plan"), tr("Name of the plan"),
        QLineEdit::Normal, QString::fromStdString(m_document.plan().name), &accepted);
    if (accepted && !name.trimmed().isEmpty())
        m_document.savePlanAs(name.trimmed());
}

void MainWindow::exportPlanJson()
{
    if (!m_document.space())
        return;
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Write plan JSON"), QStringLiteral("plan.json"), tr("Plans (*.json)"));
    if (file.isEmpty())
        return;
    const auto written = io::writeFileAtomically(
        file.toStdString(), plan::planToJson(m_document.plan(), m_document.space().get()));
    if (!written)
        say(QString::fromStdString(written.error().oneLine()), true);
}

void MainWindow::importPlanJson()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Read plan JSON"), {}, tr("Plans (*.json)"));
    if (path.isEmpty() || !m_document.space())
        return;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return say(tr("%1 cannot be read: %2").arg(path, file.errorString()), true);
    auto plan = plan::planFromJson(file.readAll().toStdString());
    if (!plan)
        return say(
            QString::fromStdString(std::move(plan.error()).inFile(path.toStdString()).oneLine()), true);
    if (const auto choice = m_document.space()->choiceOf(*plan); !choice)
        return say(QString::fromStdString(choice.error().oneLine()), true);
    m_document.setPlan(std::move(*plan), tr("Read plan"));
}

} // namespace bitwright::gui
