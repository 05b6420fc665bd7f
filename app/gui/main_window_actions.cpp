// Menus File, Edit, Selection and Help, and what their actions ask.
#include "app/gui/command_palette.h"
#include "app/gui/header_strip.h"
#include "app/gui/main_window.h"
#include "app/gui/record_dialog.h"
#include "views/charts/ask_file.h"
#include "views/panels/export_panel.h"
#include "views/panels/tensor_menu.h"
#include "views/panels/tree_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMenuBar>
#include <QMessageBox>

#include <algorithm>

namespace bitwright::gui {

using namespace views;

void MainWindow::createActions()
{
    createFileMenu();
    createEditMenu();
    createSelectionMenu();
    createViewMenu();
    createPlanMenu();
    createHelpMenu();
}

void MainWindow::createFileMenu()
{
    auto* menu = m_menuBar->addMenu(tr("&File"));
    addAction(menu, "file.openModel", tr("Open &model folder…"), {QKeySequence::Open},
        tr("Open a Hugging Face folder"), Need::Nothing, [this] { askOpenModel(); });
    addAction(menu, "file.open", tr("Open &file…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)},
        tr("Open a model file, a dump or a project"), Need::Nothing, [this] {
            auto* dialog = askFile(this,
                {FileQuestion::Kind::OpenFile, QStringLiteral("openFile"), tr("Open"),
                    tr("Models, dumps and projects (*.safetensors *.index.json *.h5 *.hdf5 *.bwp);;All "
                       "files (*)"),
                    {}, {}},
                [](const QString&) {}); // a model and its dumps may be chosen together
            dialog->setFileMode(QFileDialog::ExistingFiles);
            connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::openPaths);
        });
    addAction(menu, "file.openDump", tr("Open &dump…"), {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D)},
        tr("Open recorded activations of the open model"), Need::Model, [this] { askOpenDump(); });
    addAction(menu, "file.record", tr("&Record activations…"), {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_D)},
        tr("Run the open model on a text and record what happens inside"), Need::Model,
        [this] { askRecording(this, m_document, *m_recording); });
    m_recentMenu = menu->addMenu(tr("&Recent"));
    refreshRecent();
    menu->addSeparator();
    addAction(menu, "file.saveProject", tr("&Save project as…"), {QKeySequence::SaveAs},
        tr("Keep everything measured and planned in one file and go on there"), Need::Model,
        [this] { askSaveProject(); });
    addAction(menu, "file.close", tr("&Close model"), {QKeySequence::Close},
        tr("Close the model; what was measured and planned is kept"), Need::Model,
        [this] { m_document.close(); });
    menu->addSeparator();
    addAction(menu, "file.quit", tr("&Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, tr("Leave the program"),
        Need::Nothing, [this] { close(); });
}

void MainWindow::createEditMenu()
{
    auto* menu = m_menuBar->addMenu(tr("&Edit"));
    QAction* undo = m_document.undoStack().createUndoAction(this, tr("&Undo"));
    describeAction(*undo, QStringLiteral("edit.undo"), {QKeySequence::Undo},
        tr("Take back the last edit of plan or notes"));
    QAction* redo = m_document.undoStack().createRedoAction(this, tr("&Redo"));
    describeAction(*redo, QStringLiteral("edit.redo"),
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)},
        tr("Do again what was taken back"));
    menu->addActions({undo, redo});
    addAction(menu, "edit.history", tr("&History"), {QKeySequence(Qt::CTRL | Qt::Key_H)},
        tr("List every step that can be undone; a click goes to it"), Need::Nothing,
        [this] { showPanel(QStringLiteral("history")); });
    menu->addSeparator();
    addAction(menu, "edit.filter", tr("&Filter tensors"), {QKeySequence::Find},
        tr("Go to the filter of the tree"), Need::Nothing, [this] {
            showPanel(m_tree->id());
            m_tree->focusFilter();
        });
    addAction(menu, "edit.palette", tr("Find a &command, view or tensor…"),
        {QKeySequence(Qt::CTRL | Qt::Key_K)}, tr("Type a few letters of anything and press Enter"),
        Need::Nothing, [this] { openPalette(); });
    menu->addSeparator();
    addAction(menu, "edit.cancel", tr("Cance&l the gesture\tEsc"), {},
        tr("Give up what the mouse is doing, or hide the message (Esc)"), Need::Nothing, [this] {
            if (activeSurface() != nullptr)
                sendKeyToChart(Qt::Key_Escape);
            m_header->dismissMessage();
        });
}

void MainWindow::createSelectionMenu()
{
    auto* menu = m_menuBar->addMenu(tr("&Selection"));
    const auto units = [this] { return m_document.selection().units(); };
    auto* bits = menu->addMenu(tr("Set &bits"));
    // Plain digits work in the views; with Alt they work everywhere.
    for (int b = 2; b <= 9; ++b) {
        const QString text = tr("%1 bits").arg(b);
        addAction(bits, qPrintable(QStringLiteral("selection.bits.%1").arg(b)), QStringLiteral("&") + text,
            {QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_0 + b))},
            tr("Give the selected tensors the best option of %1 bits; %1 alone in a view").arg(b),
            Need::Units, [this, b] { m_document.setBits(m_document.selection().units(), b); });
    }
    addAction(menu, "selection.options", tr("&Options…"), {QKeySequence(Qt::ALT | Qt::Key_Return)},
        tr("Choose from all options with bits, bytes and predicted harm; Enter in a view"), Need::Units,
        [this] { showOptionsOfSelection(); });
    addAction(menu, "selection.restore", tr("&Restore the solver's choice"),
        {QKeySequence(Qt::ALT | Qt::Key_0)},
        tr("What the solver takes for the selected tensors at the budget; 0 in a view"), Need::Units,
        [this, units] { m_document.restore(units()); });
    addAction(menu, "selection.lock", tr("&Lock or unlock"), {QKeySequence(Qt::ALT | Qt::Key_K)},
        tr("Keep the option of the selected tensors whatever the solver does; K in a view"), Need::Units,
        [this, units] { m_document.toggleLock(units()); });
    m_tieAction
        = addAction(menu, "selection.tie", tr("&Ties of the whole plan"), {QKeySequence(Qt::ALT | Qt::Key_T)},
            tr("Everywhere in the plan, whatever is selected: q/k/v, gate/up and experts take one option "
               "together; T in a view"),
            Need::Plan, [this] { m_document.toggleTies(); });
    m_tieAction->setCheckable(true);
    menu->addSeparator();
    addAction(menu, "selection.note", tr("&Note…"), {QKeySequence(Qt::ALT | Qt::Key_N)},
        tr("Pin a note to the selected tensor; N in a view"), Need::Tensor,
        [this] { editNote(this, m_document, m_document.selection().tensor()); });
    addAction(menu, "selection.copyName", tr("&Copy name"), {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_C)},
        tr("Copy the full name of the selected tensor"), Need::Tensor, [this] {
            QApplication::clipboard()->setText(QString::fromStdString(
                m_document.workspace()
                    ->checkpoint()
                    .tensors()[static_cast<std::size_t>(m_document.selection().tensor())]
                    .name));
        });
    menu->addSeparator();
    addAction(menu, "selection.next", tr("N&ext tensor"), {QKeySequence(Qt::ALT | Qt::Key_Down)},
        tr("Select the next planned tensor in the order of the file"), Need::Model,
        [this] { stepSelection(1); });
    addAction(menu, "selection.previous", tr("&Previous tensor"), {QKeySequence(Qt::ALT | Qt::Key_Up)},
        tr("Select the planned tensor before"), Need::Model, [this] { stepSelection(-1); });
    addAction(menu, "selection.all", tr("Select &all planned tensors"),
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A)}, tr("Everything that the plan may change"),
        Need::Model, [this] {
            QVector<int> all;
            for (std::size_t i = 0; i < m_document.workspace()->units().size(); ++i)
                all.push_back(static_cast<int>(i));
            m_document.selectUnits(all);
        });
    addAction(menu, "selection.clear", tr("Select no&thing"), {}, tr("Clear the selection in all views"),
        Need::Model, [this] { m_document.selection().clear(); });
}

void MainWindow::stepSelection(int by)
{
    const int count = static_cast<int>(m_document.workspace()->units().size());
    if (count == 0)
        return;
    const auto& units = m_document.selection().units();
    const int from = units.isEmpty() ? (by > 0 ? -1 : count) : by > 0 ? units.back() : units.front();
    m_document.selectUnits({std::clamp(from + by, 0, count - 1)});
}

void MainWindow::showOptionsOfSelection()
{
    QWidget* place = activePanel() != nullptr ? static_cast<QWidget*>(activePanel()) : this;
    showOptionList(this, m_document, m_document.selection().units(),
        place->mapToGlobal(place->rect().center() - QPoint(120, 120)));
}

void MainWindow::createHelpMenu()
{
    auto* menu = m_menuBar->addMenu(tr("&Help"));
    addAction(menu, "help.explain", tr("&Explain what is under the cursor"), {QKeySequence(Qt::Key_F1)},
        tr("Open the glossary at the term that the cursor points to"), Need::Nothing,
        [this] { explainUnderCursor(); });
    addAction(menu, "help.glossary", tr("&Glossary"), {QKeySequence(Qt::SHIFT | Qt::Key_F1)},
        tr("Every term of the window with its source"), Need::Nothing, [this] { explain(QString()); });
    addAction(menu, "help.keys", tr("&Keys and gestures"), {QKeySequence(Qt::CTRL | Qt::Key_F1)},
        tr("List every key of the program and what mouse and wheel do"), Need::Nothing,
        [this] { showKeys(); });
    menu->addSeparator();
    addAction(
        menu, "help.about", tr("&About Bitwright"), {}, tr("Version and license"), Need::Nothing, [this] {
            auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Bitwright"),
                tr("Bitwright %1\nSee and place the bits of neural networks.\nLicense: GPL-3.0-or-later")
                    .arg(QApplication::applicationVersion()),
                QMessageBox::Close, this);
            box->setAttribute(Qt::WA_DeleteOnClose);
            box->open();
        });
}

/// Enabled is what can be done now; checked is how it stands.
void MainWindow::refreshActions()
{
    const bool model = m_document.isOpen();
    const bool plan = model && m_document.space() && !m_document.choice().empty();
    const bool tensor = model && m_document.selection().tensor() >= 0;
    const bool chart = activeSurface() != nullptr;
    for (const auto& [action, need] : m_needs) {
        const bool met = need == Need::Model ? model
            : need == Need::Tensor           ? tensor
            : need == Need::Plan             ? plan
            : need == Need::Units            ? plan && !m_document.selection().units().isEmpty()
            : need == Need::Chart            ? chart
                                             : true;
        action->setEnabled(met);
    }
    m_tieAction->setChecked(plan && m_document.plan().ties);
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
    int number = 0;
    for (const QString& path : m_recent) {
        QAction* action = m_recentMenu->addAction(
            QFileInfo(path).fileName() + QLatin1Char('\t') + path, this, [this, path] { openPaths({path}); });
        describeAction(*action, QStringLiteral("file.recent.%1").arg(++number), {}, tr("Open %1").arg(path));
    }
    m_recentMenu->addSeparator();
    QAction* clear = m_recentMenu->addAction(tr("&Clear this list"), this, [this] {
        m_recent.clear();
        refreshRecent();
    });
    describeAction(*clear, QStringLiteral("file.recent.clear"), {}, tr("Forget which models were opened"));
    clear->setEnabled(!m_recent.isEmpty());
}

void MainWindow::askOpenModel()
{
    askFile(this,
        {FileQuestion::Kind::OpenFolder, QStringLiteral("openModel"), tr("Open model folder"), {}, {}, {}},
        [this](const QString& folder) { openPaths({folder}); });
}

void MainWindow::askOpenDump()
{
    askFile(this,
        {FileQuestion::Kind::OpenFile, QStringLiteral("openDump"), tr("Open activation dump"),
            tr("Activation dumps (*.h5 *.hdf5);;All files (*)"), {}, {}},
        [this](const QString& file) { openPaths({file}); });
}

void MainWindow::askSaveProject()
{
    if (!m_document.isOpen())
        return;
    askFile(this,
        {FileQuestion::Kind::Save, QStringLiteral("saveProject"), tr("Save project"),
            tr("Bitwright projects (*.bwp)"), m_document.title() + QStringLiteral(".bwp"),
            QStringLiteral("bwp")},
        [this](const QString& file) {
            if (m_document.isOpen()) // a model may have been closed meanwhile
                m_document.saveProjectAs(file);
        });
}

} // namespace bitwright::gui
