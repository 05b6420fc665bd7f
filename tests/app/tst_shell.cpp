// Actions, palette, perspectives, and the context menu of tensors.
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
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QSettings>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>
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
    void treeHasTheTensorMenu();
    void menuEdits();
    void optionListByKey();
};

void TestShell::initTestCase()
{
    test::beginWithoutSettings("tst_shell");
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
    QVERIFY(window.find<QTableView>("allocation", "Allocation of every unit")->isVisible());
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
        table->model()->index(2, 0).data(Qt::ToolTipRole).toString().section(u'\n', 0, 0));
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

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
