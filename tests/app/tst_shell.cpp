// Actions, palette, perspectives, context menu, notes, jobs, and what a project brings back.
#include "app/gui/command_palette.h"
#include "tests/support/large_model.h"
#include "tests/support/shown_window.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/chart_base.h"
#include "views/models/tensor_tree.h"
#include "views/panels/explain_panel.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/tensor_menu.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QHeaderView>
#include <QInputDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>
#include <QUndoView>
#include <QtTest/QTest>

#include <chrono>
#include <cmath>
#include <thread>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;
using test::scripted;
using Window = test::ShownWindow;

namespace {

const QString& kDump = test::kSampleDump;

QMenu* openMenu(const char* name)
{
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    return menu != nullptr && menu->objectName() == QLatin1String(name) ? menu : nullptr;
}

/// Equal but for the last digits: a logarithmic range is rounded on its way.
bool same(const QJsonValue& a, const QJsonValue& b)
{
    if (a.isDouble() && b.isDouble())
        return std::abs(a.toDouble() - b.toDouble()) <= 1e-9 * std::abs(a.toDouble());
    if (a.isArray() && b.isArray() && a.toArray().size() == b.toArray().size()) {
        for (int i = 0; i < a.toArray().size(); ++i) {
            if (!same(a.toArray()[i], b.toArray()[i]))
                return false;
        }
        return true;
    }
    if (a.isObject() && b.isObject() && a.toObject().keys() == b.toObject().keys()) {
        for (const QString& key : a.toObject().keys()) {
            if (!same(a[key], b[key]))
                return false;
        }
        return true;
    }
    return a == b;
}

QAction* actionIn(const QMenu& menu, const QString& id)
{
    for (QAction* action : menu.actions()) {
        if (action->objectName() == id)
            return action;
        if (action->menu() != nullptr) {
            if (QAction* found = actionIn(*action->menu(), id); found != nullptr)
                return found;
        }
    }
    return nullptr;
}

} // namespace

class TestShell : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyActionIsDescribed();
    void gesturesHaveKeys_data();
    void gesturesHaveKeys();
    void keysOfTheSelection();
    void chartKeys();
    void paletteRuns();
    void paletteFindsTensors();
    void paletteCloses();
    void perspectivesSwitchByKey();
    void perspectivesAreKept();
    void perspectivesSurviveARestart();
    void nothingIsCut_data();
    void nothingIsCut();
    void treeHasTheTensorMenu();
    void menuEdits();
    void optionListByKey();
    void notesAreUndone();
    void notesAreKept();
    void historyJumps();
    void jobsAreLogged();
    void jobsCancel();
    void explainsUnderTheCursor();
    void projectReopensAsLeft();
    void savedProjectEndsInOrder();
    void discardedRecoveryIsGone();
    void chipsLeadToRemedies();
    void followsTheSystem();
};

void TestShell::initTestCase()
{
    QCoreApplication::setOrganizationName(QStringLiteral("bitwright-test"));
    QCoreApplication::setApplicationName(QStringLiteral("tst_shell"));
    QSettings().clear();
}

void TestShell::everyActionIsDescribed()
{
    Window window;
    const QStringList closed = actionProblems(window->actionEntries());
    QVERIFY2(closed.isEmpty(), qPrintable(closed.join(QLatin1Char('\n'))));
    QCOMPARE(window.open({kSample, kDump}), QString());
    window.document().savePlanAs(QStringLiteral("first"));
    const QStringList open = actionProblems(window->actionEntries());
    QVERIFY2(open.isEmpty(), qPrintable(open.join(QLatin1Char('\n'))));
    // Alt and a letter of a label must not take a key of the window.
    QStringList taken;
    for (const ActionEntry& entry : window->actionEntries()) {
        for (const QKeySequence& key : entry.action->shortcuts())
            taken.push_back(key.toString());
    }
    for (const Panel* panel : window->panels()) {
        QStringList texts;
        for (const auto* label : panel->findChildren<QLabel*>())
            texts.push_back(label->buddy() == nullptr ? QString() : label->text());
        for (const auto* button : panel->findChildren<QAbstractButton*>())
            texts.push_back(button->text());
        for (const QString& text : texts) {
            const QString key = QKeySequence::mnemonic(text).toString();
            QVERIFY2(
                key.isEmpty() || !taken.contains(key), qPrintable(panel->id() + QLatin1Char(' ') + text));
        }
    }
    // Every panel's own actions are there, whatever they are.
    for (const Panel* panel : window->panels()) {
        for (const QAction* action : panel->actions())
            QVERIFY2(!action->isVisible() || window.action(qPrintable(action->objectName())) == action,
                qPrintable(action->text()));
    }
}

void TestShell::gesturesHaveKeys_data()
{
    QTest::addColumn<QString>("id");
    for (const char* id :
        {"selection.bits.2", "selection.bits.9", "selection.restore", "selection.lock", "selection.tie",
            "selection.options", "selection.note", "chart.zoomIn", "chart.zoomOut", "chart.reset",
            "chart.panLeft", "chart.panUp", "chart.logX", "chart.logY", "edit.undo", "edit.redo",
            "edit.palette", "edit.filter", "edit.cancel", "help.explain", "view.perspective.look",
            "view.perspective.learn", "view.perspective.restore", "plan.improveWithinLocks", "plan.budget"})
        QTest::newRow(id) << QString::fromUtf8(id);
}

void TestShell::gesturesHaveKeys()
{
    Window window;
    QFETCH(QString, id);
    const QAction* action = window.action(qPrintable(id));
    QVERIFY(action != nullptr);
    const QString key = actionKeys(*action);
    QVERIFY(!key.isEmpty());
    QVERIFY2(action->toolTip().contains(key), qPrintable(action->toolTip()));
}

void TestShell::keysOfTheSelection()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    QVERIFY(!window.action("selection.lock")->isEnabled());
    window.document().selectUnits({4});
    QVERIFY(window.action("selection.lock")->isEnabled());
    const auto bits
        = [&] { return window.document().space()->options()[window.document().choice()[4]].grid->bits; };
    QTest::keyClick(&*window, Qt::Key_8, Qt::AltModifier);
    QCOMPARE(bits(), 8);
    QTest::keyClick(&*window, Qt::Key_4, Qt::AltModifier);
    QCOMPARE(bits(), 4);
    // Plain digits in the tree and in the table.
    auto* tree = window.find<QTreeView>("tree");
    tree->setFocus();
    QTest::keyClick(tree, Qt::Key_8);
    QCOMPARE(bits(), 8);
    QTest::keyClick(tree, Qt::Key_K);
    const auto& name = window.document().space()->units()[4].name;
    QVERIFY(window.document().plan().entries.at(name).locked);
    QTest::keyClick(tree, Qt::Key_2);
    QCOMPARE(bits(), 8); // locked
    QTest::keyClick(&*window, Qt::Key_K, Qt::AltModifier);
    QVERIFY(!window.document().plan().entries.at(name).locked);
    const bool tied = window.document().plan().ties;
    QCOMPARE(window.action("selection.tie")->isChecked(), tied);
    QTest::keyClick(&*window, Qt::Key_T, Qt::AltModifier);
    QCOMPARE(window.document().plan().ties, !tied);
    QCOMPARE(window.action("selection.tie")->isChecked(), !tied);
    QTest::keyClick(&*window, Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(window.document().selection().units(), QVector<int>{5});
    QTest::keyClick(&*window, Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(window.document().selection().units(), QVector<int>{4});
    QTRY_VERIFY(window->jobs().isIdle());
}

void TestShell::chartKeys()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("activation-maxima"));
    QTest::qWait(50);
    auto* chart = window.find<ChartBase>("activation-maxima");
    chart->setFocus();
    const Interval home = chart->viewRange(Qt::Horizontal);
    QTest::keyClick(&*window, Qt::Key_Plus, Qt::ControlModifier);
    QVERIFY(chart->viewRange(Qt::Horizontal).upper - chart->viewRange(Qt::Horizontal).lower
        < home.upper - home.lower);
    const Interval zoomed = chart->viewRange(Qt::Horizontal);
    window.action("chart.panLeft")->trigger();
    QVERIFY(chart->viewRange(Qt::Horizontal).lower < zoomed.lower);
    QTest::keyClick(&*window, Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(chart->viewRange(Qt::Horizontal).lower, home.lower);
    const bool logarithmic = chart->isLogarithmic(Qt::Vertical);
    QTest::keyClick(&*window, Qt::Key_L, Qt::ControlModifier);
    QCOMPARE(chart->isLogarithmic(Qt::Vertical), !logarithmic);
    QTest::keyClick(&*window, Qt::Key_L, Qt::ControlModifier);
    QCOMPARE(chart->isLogarithmic(Qt::Vertical), logarithmic);
    // The matrix is no chart on axes, but zooms all the same.
    window->showPerspective(QStringLiteral("sensitivity"));
    auto* matrix = window.find<BlockRoleMatrix>("sensitivity");
    matrix->setFocus();
    const double width = matrix->unitRect(0).width();
    QTest::keyClick(&*window, Qt::Key_Plus, Qt::ControlModifier);
    QVERIFY(matrix->unitRect(0).width() > width);
}

// --- Palette ---

void TestShell::paletteRuns()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    QTest::keyClick(&*window, Qt::Key_K, Qt::ControlModifier);
    CommandPalette& palette = window->commandPalette();
    QVERIFY(palette.isVisible());
    auto* edit = palette.findChild<QLineEdit*>();
    QTRY_VERIFY(edit->hasFocus());
    QTest::keyClicks(edit, QStringLiteral("dark"));
    auto* list = palette.findChild<QListView*>();
    QCOMPARE(list->currentIndex().data().toString(), QStringLiteral("Dark"));
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(!palette.isVisible());
    QVERIFY(QApplication::palette().color(QPalette::Window).lightness() < 100);
    window->setAppearance(Appearance::Light);
    // A key stands beside; a view can be reached; a command that cannot run now does not.
    window->openPalette();
    QTest::keyClicks(edit, QStringLiteral("improve locks"));
    QVERIFY(list->currentIndex().data(PaletteModel::KeysRole).toString().contains(QLatin1Char('I')));
    edit->clear();
    QTest::keyClicks(edit, QStringLiteral("go allocation"));
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(window.find<QTableView>("allocation")->isVisible());
    window->openPalette();
    QTest::keyClicks(edit, QStringLiteral("copy name"));
    const int undoSteps = window.document().undoStack().count();
    QVERIFY(!palette.model().runnable(0));
    QTest::keyClick(edit, Qt::Key_Escape);
    QCOMPARE(window.document().undoStack().count(), undoSteps);
}

void TestShell::paletteFindsTensors()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->openPalette();
    auto* edit = window->commandPalette().findChild<QLineEdit*>();
    QTest::keyClicks(edit, QStringLiteral("3 down"));
    QTest::keyClick(edit, Qt::Key_Return);
    const int tensor = window.document().selection().tensor();
    QVERIFY(tensor >= 0);
    QCOMPARE(window.document().workspace()->checkpoint().tensors()[static_cast<std::size_t>(tensor)].name,
        std::string("model.layers.3.mlp.down_proj.weight"));
    QCOMPARE(window.document().selection().units().size(), 1);
    QVERIFY(window.document().selection().site() >= 0);
    // After closing the model its tensors are gone.
    window.document().close();
    window->openPalette();
    QTest::keyClicks(edit, QStringLiteral("3 down"));
    for (int row = 0; row < window->commandPalette().model().rowCount(); ++row)
        QVERIFY(window->commandPalette().model().index(row, 0).data(PaletteModel::DetailRole).toString()
            != QStringLiteral("Tensor"));
}

void TestShell::paletteCloses()
{
    Window window;
    auto* filter = window.find<QLineEdit>("tree", "Filter tensors");
    filter->setFocus();
    QTRY_VERIFY(filter->hasFocus());
    window->openPalette();
    CommandPalette& palette = window->commandPalette();
    auto* edit = palette.findChild<QLineEdit*>();
    QTRY_VERIFY(edit->hasFocus());
    auto* list = palette.findChild<QListView*>();
    QTest::keyClick(edit, Qt::Key_Down);
    QTest::keyClick(edit, Qt::Key_Down);
    QCOMPARE(list->currentIndex().row(), 2);
    QTest::keyClick(edit, Qt::Key_Up);
    QCOMPARE(list->currentIndex().row(), 1);
    QTest::keyClick(edit, Qt::Key_Tab);
    QVERIFY(edit->hasFocus());
    QTest::keyClick(edit, Qt::Key_Escape);
    QVERIFY(!palette.isVisible());
    QVERIFY(filter->hasFocus());
    window->openPalette();
    filter->setFocus(); // a click elsewhere
    QVERIFY(!palette.isVisible());
}

// --- Perspectives ---

void TestShell::perspectivesSwitchByKey()
{
    Window window;
    const std::pair<Qt::Key, const char*> keys[] = {{Qt::Key_2, "pareto"}, {Qt::Key_3, "export"},
        {Qt::Key_4, "explain"}, {Qt::Key_1, "activation-maxima"}};
    for (const auto& [key, panel] : keys) {
        QTest::keyClick(&*window, key, Qt::ControlModifier);
        QTRY_VERIFY2(window->isShown(*window->panel(QLatin1String(panel))), panel);
    }
    auto* bar = window->findChild<QWidget*>(QStringLiteral("perspectiveBar"));
    int checked = 0;
    for (auto* button : bar->findChildren<QToolButton*>()) {
        if (button->isChecked()) {
            ++checked;
            QCOMPARE(button->text(), QStringLiteral("Look"));
        }
        if (button->text() == QStringLiteral("Plan"))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    QCOMPARE(checked, 1);
    QCOMPARE(window->perspectives().current(), QStringLiteral("plan"));
    // One view alone is no perspective.
    window->showPerspective(QStringLiteral("spectrum"));
    for (auto* button : bar->findChildren<QToolButton*>())
        QVERIFY(!button->isChecked());
}

void TestShell::perspectivesAreKept()
{
    Window window;
    Perspectives& perspectives = window->perspectives();
    auto* dock = window->findChild<QDockWidget*>(QStringLiteral("dock-spectrum"));
    QVERIFY(!dock->isHidden());
    dock->hide();
    perspectives.show(QStringLiteral("plan"));
    perspectives.show(QStringLiteral("look"));
    QVERIFY(dock->isHidden()); // as it was left
    QVERIFY(perspectives.saveAs(QStringLiteral("Mine")));
    QCOMPARE(perspectives.current(), QStringLiteral("Mine"));
    QVERIFY(!perspectives.saveAs(QStringLiteral("plan")));
    QVERIFY(!perspectives.saveAs(QStringLiteral("  ")));
    dock->show();
    window.action("view.perspective.restore")->trigger();
    QCOMPARE(perspectives.current(), QStringLiteral("Mine"));
    QVERIFY(dock->isHidden()); // as it was saved
    perspectives.show(QStringLiteral("look"));
    QVERIFY(dock->isHidden());
    QTest::keyClick(&*window, Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(perspectives.current(), QStringLiteral("look"));
    QVERIFY(!dock->isHidden());
    perspectives.show(QStringLiteral("Mine"));
    window.action("view.perspective.delete")->trigger();
    QVERIFY(perspectives.saved().isEmpty());
    QCOMPARE(perspectives.current(), QStringLiteral("look"));
    // What no perspective shows has a place to go to.
    window->showPanel(QStringLiteral("history"));
    QTRY_VERIFY(window->isShown(*window->panel(QStringLiteral("history"))));
    QVERIFY(!window->findChild<QDockWidget*>(QStringLiteral("dock-history"))->isFloating());
}

void TestShell::perspectivesSurviveARestart()
{
    MainWindow::Options options = scripted();
    options.keepSettings = true;
    {
        Window window(options);
        window->perspectives().show(QStringLiteral("plan"));
        window->findChild<QDockWidget*>(QStringLiteral("dock-allocation"))->hide();
        QVERIFY(window->perspectives().saveAs(QStringLiteral("Wide")));
        window->perspectives().show(QStringLiteral("learn"));
        QVERIFY(window->close());
    }
    Window window(options);
    QCOMPARE(window->perspectives().current(), QStringLiteral("learn"));
    QCOMPARE(window->perspectives().saved(), QStringList{QStringLiteral("Wide")});
    window->perspectives().show(QStringLiteral("Wide"));
    QVERIFY(window->findChild<QDockWidget*>(QStringLiteral("dock-allocation"))->isHidden());
    window->perspectives().remove(QStringLiteral("Wide"));
    window->perspectives().show(QStringLiteral("look"));
    window->perspectives().restoreDefault();
    QVERIFY(window->close());
    QSettings().clear();
}

void TestShell::nothingIsCut_data()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : Perspectives::builtIn())
        QTest::newRow(qPrintable(name)) << name;
}

void TestShell::nothingIsCut()
{
    QFETCH(QString, name);
    Window window;
    window->resize(1100, 700);
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->perspectives().show(name);
    QTest::qWait(80);
    window->resize(1100, 700); // what was needed before the first layout does not count
    QTest::qWait(30);
    QStringList widths;
    for (const Panel* panel : window->panels()) {
        if (window->isShown(*panel))
            widths.push_back(QStringLiteral("%1 %2").arg(panel->id()).arg(panel->minimumSizeHint().width()));
    }
    QVERIFY2(window->size() == QSize(1100, 700),
        qPrintable(QStringLiteral("%1: %2").arg(window->width()).arg(widths.join(QStringLiteral(", ")))));
    for (Panel* panel : window->panels()) {
        if (!window->isShown(*panel))
            continue;
        const QRect shown(panel->mapTo(&*window, QPoint(0, 0)), panel->size());
        QVERIFY2(window->rect().contains(shown), qPrintable(panel->id()));
        const QSize least = panel->minimumSizeHint();
        QVERIFY2(panel->width() >= least.width() && panel->height() >= least.height(),
            qPrintable(
                QStringLiteral("%1: %2x%3").arg(panel->id()).arg(panel->width()).arg(panel->height())));
    }
}

// --- Tensor menu ---

void TestShell::treeHasTheTensorMenu()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    auto* tree = window.find<QTreeView>("tree");
    window.document().selectUnits({7});
    const QModelIndex index = tree->selectionModel()->selectedRows().first();
    const QPoint place = tree->visualRect(index).center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, place, tree->viewport()->mapToGlobal(place));
    QCoreApplication::sendEvent(tree->viewport(), &event);
    QMenu* menu = openMenu("tensorMenu");
    QVERIFY(menu != nullptr);
    for (const char* id : {"tensor.select", "tensor.options", "tensor.bits", "tensor.restore", "tensor.lock",
             "tensor.tie", "tensor.note", "tensor.copyName"})
        QVERIFY2(actionIn(*menu, QLatin1String(id)) != nullptr
                || std::any_of(menu->actions().begin(), menu->actions().end(),
                    [&](const QAction* a) { return a->objectName() == QLatin1String(id); }),
            id);
    actionIn(*menu, QStringLiteral("tensor.copyName"))->trigger();
    QCOMPARE(QApplication::clipboard()->text(),
        QString::fromStdString(window.document().workspace()->units()[7].name));
    menu->close();
    // The table of the plan has the same.
    window->showPerspective(QStringLiteral("allocation"));
    auto* table = window.find<QTableView>("allocation", "Allocation of every unit");
    const QPoint row = table->visualRect(table->model()->index(2, 0)).center();
    QTest::mouseClick(table->viewport(), Qt::RightButton, {}, row); // selects, as the hand does
    QContextMenuEvent second(QContextMenuEvent::Mouse, row, table->viewport()->mapToGlobal(row));
    QCoreApplication::sendEvent(table->viewport(), &second);
    menu = openMenu("tensorMenu");
    QVERIFY(menu != nullptr);
    actionIn(*menu, QStringLiteral("tensor.select"))->trigger();
    menu->close();
    QCOMPARE(window.document().selection().units().size(), 1);
    QCOMPARE(QString::fromStdString(
                 window.document()
                     .workspace()
                     ->units()[static_cast<std::size_t>(window.document().selection().units().first())]
                     .name),
        table->model()->index(2, 0).data(Qt::ToolTipRole).toString());
}

void TestShell::menuEdits()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    Document& document = window.document();
    document.selectUnits({4, 5});
    // Part of the selection: the whole selection. Not part of it: itself.
    QCOMPARE(targetOfUnits(document, {5}).units, (QVector<int>{4, 5}));
    QCOMPARE(targetOfUnits(document, {9}).units, QVector<int>{9});
    QMenu menu;
    addTensorActions(menu, document, targetOfUnits(document, {9}));
    const auto& ids = document.space()->optionIds();
    const std::size_t other = document.choice()[9] == 0 ? 1 : 0;
    QAction* option = actionIn(menu, QStringLiteral("tensor.option.") + QString::fromStdString(ids[other]));
    QVERIFY(option != nullptr);
    QVERIFY(option->text().contains(QStringLiteral("bpw")));
    QVERIFY(option->text().contains(QStringLiteral("harm")));
    option->trigger();
    QCOMPARE(document.choice()[9], other);
    actionIn(menu, QStringLiteral("tensor.lock"))->trigger();
    QVERIFY(document.plan().entries.at(document.space()->units()[9].name).locked);
    document.toggleLock({9});
    actionIn(menu, QStringLiteral("tensor.restore"))->trigger();
    actionIn(menu, QStringLiteral("tensor.bits.8"))->trigger();
    QCOMPARE(document.space()->options()[document.choice()[9]].grid->bits, 8);
    QMenu none;
    addTensorActions(none, document, {});
    QVERIFY(none.isEmpty());
    QTRY_VERIFY(window->jobs().isIdle());
}

void TestShell::optionListByKey()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window.document().selectUnits({9});
    auto* tree = window.find<QTreeView>("tree");
    tree->setFocus();
    QTest::keyClick(tree, Qt::Key_Return);
    QMenu* menu = openMenu("optionList");
    QVERIFY(menu != nullptr);
    QVERIFY(menu->activeAction() != nullptr && menu->activeAction()->isChecked());
    const auto before = window.document().choice()[9];
    QTest::keyClick(menu, Qt::Key_Escape);
    QCOMPARE(window.document().choice()[9], before);
    QTest::keyClick(&*window, Qt::Key_Return, Qt::AltModifier);
    menu = openMenu("optionList");
    QVERIFY(menu != nullptr);
    QTest::keyClick(menu, Qt::Key_Down);
    QTest::keyClick(menu, Qt::Key_Return);
    QVERIFY(window.document().choice()[9] != before);
    QTRY_VERIFY(window->jobs().isIdle());
}

// --- Notes and history ---

void TestShell::notesAreUndone()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    Document& document = window.document();
    window->showPanel(QStringLiteral("notes"));
    document.selectUnits({3});
    const int tensor = document.selection().tensor();
    QTest::keyClick(&*window, Qt::Key_N, Qt::AltModifier);
    auto* dialog = window->findChild<QInputDialog*>(QStringLiteral("noteDialog"));
    QVERIFY(dialog != nullptr);
    dialog->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("keep at 8, see issue"));
    dialog->accept();
    QCOMPARE(document.note(tensor), QStringLiteral("keep at 8, see issue"));
    auto* list = window.find<QTreeWidget>("notes");
    QCOMPARE(list->topLevelItemCount(), 1);
    QVERIFY(list->topLevelItem(0)->text(1).contains(QStringLiteral("keep at 8")));
    document.setNote(tensor, QStringLiteral("other"));
    document.undoStack().undo();
    QCOMPARE(document.note(tensor), QStringLiteral("keep at 8, see issue"));
    document.undoStack().undo();
    QVERIFY(document.note(tensor).isEmpty());
    document.undoStack().redo();
    // A click selects the tensor everywhere; Del takes the note away.
    document.selection().clear();
    QTest::mouseClick(
        list->viewport(), Qt::LeftButton, {}, list->visualItemRect(list->topLevelItem(0)).center());
    QCOMPARE(document.selection().tensor(), tensor);
    window.action("notes.remove")->trigger();
    QVERIFY(document.notes().empty());
}

void TestShell::notesAreKept()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    {
        Window window;
        QCOMPARE(window.open({kSample}), QString());
        window.document().setNote(2, QStringLiteral("ä note\nof two lines"));
        window.document().savePlanAs(QStringLiteral("mine"));
        window.document().saveProjectAs(project); // from memory
        QCOMPARE(waitForWork(*window), QString());
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({project}), QString());
    QCOMPARE(window.document().note(2), QStringLiteral("ä note\nof two lines"));
    QCOMPARE(window.document().namedPlans().size(), std::size_t{1});
}

void TestShell::historyJumps()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    Document& document = window.document();
    const plan::Plan start = document.plan();
    document.setBits({4}, 8);
    const plan::Plan second = document.plan();
    document.setBits({4}, 4);
    document.toggleLock({4});
    window->showPanel(QStringLiteral("history"));
    auto* list = window.find<QUndoView>("history");
    QCOMPARE(list->model()->rowCount(), 4);
    const auto click = [&](int row) {
        QTest::mouseClick(
            list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(row, 0)).center());
    };
    click(1);
    QVERIFY(document.plan() == second);
    click(0);
    QVERIFY(document.plan() == start);
    click(3);
    QVERIFY(document.plan().entries.at(document.space()->units()[4].name).locked);
    QTRY_VERIFY(window->jobs().isIdle());
}

// --- Jobs ---

void TestShell::jobsAreLogged()
{
    JobQueue jobs;
    JobLog log(jobs);
    QSignalSpy idle(&jobs, &JobQueue::becameIdle);
    Job* good = jobs.run<int>(QStringLiteral("Good, \"quoted\""), QStringLiteral("a"),
        [](const RunContext&) -> Result<int> { return 1; }, {});
    jobs.run<int>(QStringLiteral("Bad"), QStringLiteral("b"),
        [](const RunContext&) -> Result<int> { return fail(ErrorCode::Io, "The disk is gone."); }, {});
    good->addFailure(QStringLiteral("layer 3: NaN"));
    QVERIFY(idle.wait(5000));
    log.invalidate();
    QCOMPARE(log.rowCount(), 2);
    QVERIFY(good->startedAt().isValid());
    QCOMPARE(good->outcome(), QStringLiteral("done, 1 failed: layer 3: NaN"));
    const QStringList lines = log.text().trimmed().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 2);
    QVERIFY2(lines[0].contains(QStringLiteral("layer 3: NaN")), qPrintable(lines[0]));
    QVERIFY2(lines[1].contains(QStringLiteral("failed: The disk is gone.")), qPrintable(lines[1]));
    const QStringList rows = log.csv().trimmed().split(QLatin1Char('\n'));
    QCOMPARE(rows.front(), QStringLiteral("started,seconds,job,outcome"));
    QVERIFY2(rows[1].contains(QStringLiteral("\"Good, \"\"quoted\"\"\"")), qPrintable(rows[1]));
    // A long session does not keep every job.
    for (int i = 0; i < 1100; ++i)
        jobs.run<int>(
            QString::number(i), QStringLiteral("c"), [](const RunContext&) -> Result<int> { return 1; }, {});
    QTRY_VERIFY_WITH_TIMEOUT(jobs.isIdle(), 30000);
    QTRY_VERIFY(jobs.rowCount() <= 1000);
    QCOMPARE(jobs.jobAt(jobs.rowCount() - 1)->title(), QStringLiteral("1099"));
}

void TestShell::jobsCancel()
{
    Window window;
    window->showPanel(QStringLiteral("jobs"));
    const auto wait = [](const RunContext& context) -> Result<int> {
        for (;;) {
            BITWRIGHT_CHECK(context.checkStop());
            context.report(0.5, "half way");
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    };
    Job* first = window->jobs().run<int>(QStringLiteral("First"), QStringLiteral("x"), wait, {});
    Job* second = window->jobs().run<int>(QStringLiteral("Second"), QStringLiteral("y"), wait, {});
    QTRY_COMPARE(second->state(), Job::State::Running);
    const auto buttons = [&] {
        QList<QPushButton*> shown;
        for (auto* button : window->panel(QStringLiteral("jobs"))
                                ->findChildren<QPushButton*>(QStringLiteral("jobs.cancelOne")))
            if (button->isVisible())
                shown.push_back(button);
        return shown;
    };
    QTRY_COMPARE(buttons().size(), 2);
    QElapsedTimer clock;
    clock.start();
    QTest::mouseClick(buttons().at(1), Qt::LeftButton);
    QTRY_COMPARE(second->state(), Job::State::Cancelled);
    QVERIFY(clock.elapsed() < 1000);
    QCOMPARE(first->state(), Job::State::Running);
    QTRY_COMPARE(buttons().size(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(!first->rateText().isEmpty(), 5000);
    window.action("jobs.cancelAll")->trigger();
    QTRY_COMPARE(first->state(), Job::State::Cancelled);
    window.action("jobs.copyText")->trigger();
    QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("Second: cancelled")));
}

// --- Help ---

void TestShell::explainsUnderTheCursor()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("spectrum"));
    auto* chart = window.find<ChartBase>("spectrum");
    const QPoint somewhere = chart->mapToGlobal(chart->rect().center());
    QCOMPARE(window->helpTermAt(chart, somewhere), QStringLiteral("esd"));
    chart->setProperty("helpTerm", QStringLiteral("marchenko-pastur")); // what hovering sets
    QCOMPARE(window->helpTermAt(chart, somewhere), QStringLiteral("marchenko-pastur"));
    chart->setFocus();
    QTest::keyClick(&*window, Qt::Key_F1);
    auto* explain = qobject_cast<ExplainPanel*>(window->panel(QStringLiteral("explain")));
    QTRY_VERIFY(window->isShown(*explain));
    auto* text = window.find<QTextBrowser>("explain");
    QVERIFY(!text->toPlainText().isEmpty());
    // A heading of a table is a term.
    window->showPerspective(QStringLiteral("allocation"));
    auto* table = window.find<QTableView>("allocation", "Allocation of every unit");
    bool found = false;
    for (int column = 0; column < table->model()->columnCount() && !found; ++column) {
        auto* header = table->horizontalHeader();
        const QPoint place = header->viewport()->mapToGlobal(
            QPoint(header->sectionViewportPosition(column) + 4, header->height() / 2));
        found = window->helpTermAt(header->viewport(), place) == QStringLiteral("sqnr");
    }
    QVERIFY(found);
    // Searching narrows; a term leads to its view.
    window->explain(QStringLiteral("gptq"));
    QCOMPARE(explain->currentTerm(), QStringLiteral("gptq"));
    QVERIFY(text->toPlainText().contains(QStringLiteral("2210.17323")));
    auto* search = window.find<QLineEdit>("explain", "explain.search");
    QTRY_VERIFY(search->hasFocus());
    QTest::keyClicks(search, QStringLiteral("kurtosis"));
    QCOMPARE(explain->currentTerm(), QStringLiteral("kurtosis"));
    window->explain(QStringLiteral("frontier")); // hidden by the search
    QCOMPARE(explain->currentTerm(), QStringLiteral("frontier"));
    QTest::mouseClick(window.find<QPushButton>("explain", "explain.show"), Qt::LeftButton);
    QTRY_VERIFY(window->isShown(*window->panel(QStringLiteral("pareto"))));
}

// --- What a project brings back ---

void TestShell::projectReopensAsLeft()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    QVERIFY(project::Project::open(project.toStdString()));
    QJsonObject left;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, project}), QString());
        window->perspectives().show(QStringLiteral("plan"));
        window->findChild<QDockWidget*>(QStringLiteral("dock-sensitivity"))->hide();
        window.find<QLineEdit>("tree", "Filter tensors")->setText(QStringLiteral("proj"));
        window.document().selectUnits({3, 4, 11});
        const auto site = window.document().inputSiteOfTensor(window.document().tensorOfUnit(3));
        window.document().selection().setSite(site, 17);
        auto* table = window.find<QTableView>("allocation", "Allocation of every unit");
        table->sortByColumn(3, Qt::DescendingOrder);
        auto* measure = window.find<QComboBox>("outlier-map", "Measure of the outlier map");
        QVERIFY(measure != nullptr);
        measure->setCurrentIndex(2);
        QCOMPARE(waitForWork(*window), QString());
        auto* pareto = window.find<ChartBase>("pareto");
        const Interval range = pareto->viewRange(Qt::Horizontal);
        pareto->setViewRange(Qt::Horizontal, {range.lower * 1.5, range.upper * 0.75});
        auto* map = window.find<ChartBase>("outlier-map");
        map->setColorMap(ColorMap::Magma);
        auto* maxima = window.find<ChartBase>("activation-maxima");
        maxima->setLogarithmic(Qt::Vertical, !maxima->isLogarithmic(Qt::Vertical));
        left = window->viewState();
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({project}), QString());
    const QJsonObject now = window->viewState();
    QCOMPARE(now[QStringLiteral("perspective")].toString(), QStringLiteral("plan"));
    QVERIFY(window->findChild<QDockWidget*>(QStringLiteral("dock-sensitivity"))->isHidden());
    QCOMPARE(now[QStringLiteral("selection")], left[QStringLiteral("selection")]);
    QCOMPARE(window.document().selection().units(), (QVector<int>{3, 4, 11}));
    QCOMPARE(window.document().selection().channel(), 17);
    QCOMPARE(window.find<QLineEdit>("tree", "Filter tensors")->text(), QStringLiteral("proj"));
    const QJsonObject before = left[QStringLiteral("panels")].toObject();
    const QJsonObject after = now[QStringLiteral("panels")].toObject();
    QCOMPARE(after.keys(), before.keys());
    for (const QString& panel : before.keys()) {
        const QJsonObject a = before[panel].toObject(), b = after[panel].toObject();
        for (const QString& key : a.keys()) {
            // A splitter that was never on screen has no sizes to keep.
            if (key.startsWith(QLatin1String("QSplitter")))
                continue;
            QVERIFY2(same(a[key], b[key]),
                qPrintable(QStringLiteral("%1/%2\n%3\n%4")
                               .arg(panel, key,
                                   QString::fromUtf8(QJsonDocument(QJsonObject{{key, a[key]}}).toJson()),
                                   QString::fromUtf8(QJsonDocument(QJsonObject{{key, b[key]}}).toJson()))));
        }
    }
    // Another model does not inherit it.
    QCOMPARE(window.open({kSample}), QString());
    QVERIFY(window.document().selection().units().isEmpty());
}

void TestShell::savedProjectEndsInOrder()
{
    const QTemporaryDir folder;
    const QString first = folder.filePath(QStringLiteral("a.bwp"));
    const QString second = folder.filePath(QStringLiteral("b.bwp"));
    QVERIFY(project::Project::open(first.toStdString()));
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, first}), QString());
        window.document().setBits({0, 1}, 8);
        QTest::qWait(300); // autosave marks it as open
        window.document().saveProjectAs(second);
        QCOMPARE(waitForWork(*window), QString());
        QCOMPARE(QString::fromStdString(window.document().workspace()->project()->path()), second);
        window.document().setBits({2, 3}, 8);
        QVERIFY(window->close());
    }
    for (const QString& project : {first, second}) {
        Window window;
        QSignalSpy recovered(&window.document(), &Document::recovered);
        QCOMPARE(window.open({project}), QString());
        QCOMPARE(recovered.count(), 0);
    }
}

void TestShell::discardedRecoveryIsGone()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    const QString killed = folder.filePath(QStringLiteral("killed.bwp"));
    QVERIFY(project::Project::open(project.toStdString()));
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, project}), QString());
        window.document().setBits({0, 1}, 8);
        QTest::qWait(400);
        QVERIFY(QFile::copy(project, killed));
        if (QFile::exists(project + QStringLiteral("-wal")))
            QVERIFY(QFile::copy(project + QStringLiteral("-wal"), killed + QStringLiteral("-wal")));
    }
    for (int round = 0; round < 2; ++round) { // not decided: offered again, after an orderly end too
        Window window;
        QSignalSpy recovered(&window.document(), &Document::recovered);
        QCOMPARE(window.open({killed}), QString());
        QCOMPARE(recovered.count(), 1);
        if (round == 1) {
            auto* discard = window->findChild<QPushButton*>(QStringLiteral("recovery.discard"));
            QTest::mouseClick(discard, Qt::LeftButton);
            QVERIFY(!window.document().recovery());
        }
        QVERIFY(window->close());
    }
    Window window;
    QSignalSpy recovered(&window.document(), &Document::recovered);
    QCOMPARE(window.open({killed}), QString());
    QCOMPARE(recovered.count(), 0);
}

// --- Header and theme ---

void TestShell::chipsLeadToRemedies()
{
    Window window;
    QCOMPARE(window.open({kSample}), QString());
    auto* dump = window->findChild<QToolButton*>(QStringLiteral("header.activations"));
    QCOMPARE(dump->text(), QStringLiteral("no activations"));
    auto* scan = window->findChild<QToolButton*>(QStringLiteral("header.scan"));
    QVERIFY(scan->isHidden()); // everything is scanned
    auto* score = window->findChild<QToolButton*>(QStringLiteral("header.scores"));
    QVERIFY(score->isVisible());
    QTest::mouseClick(score, Qt::LeftButton);
    QTRY_VERIFY(window->isShown(*window->panel(QStringLiteral("pareto"))));
    QVERIFY(!window.document().space()->provenance().label.empty());
    window->resize(1100, 700);
    QTest::qWait(30);
    for (auto* chip : window->findChildren<QToolButton*>()) {
        if (!chip->objectName().startsWith(QLatin1String("header.")) || !chip->isVisible())
            continue;
        QVERIFY2(chip->width() >= chip->sizeHint().width(), qPrintable(chip->objectName()));
        QVERIFY(window->rect().contains(QRect(chip->mapTo(&*window, QPoint(0, 0)), chip->size())));
        QVERIFY(!chip->accessibleName().isEmpty());
    }
}

void TestShell::followsTheSystem()
{
    Window window;
    const QPalette dark = paletteFor(darkTheme()), light = paletteFor(lightTheme());
    window->setAppearance(Appearance::System);
    window->systemPaletteChanged(dark);
    QVERIFY(QApplication::palette().color(QPalette::Window).lightness() < 100);
    QVERIFY(window.find<ChartBase>("pareto")->theme().dark);
    window->systemPaletteChanged(light);
    QVERIFY(!window.find<ChartBase>("pareto")->theme().dark);
    window->setAppearance(Appearance::Light);
    window->systemPaletteChanged(dark);
    QVERIFY(!window.find<ChartBase>("pareto")->theme().dark); // chosen, not the system's
    QEvent change(QEvent::ThemeChange);
    QCoreApplication::sendEvent(&*window, &change);
    QVERIFY(!window.find<ChartBase>("pareto")->theme().dark);
}

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
