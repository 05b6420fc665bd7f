// What every table of the window has: a way out by Tab, keys on the tensor of the row, notes, CSV, room.
#include "app/gui/header_strip.h"
#include "tests/support/shown_window.h"
#include "views/charts/chart_math.h"
#include "views/models/allocation_table.h"
#include "views/models/moves_table.h"
#include "views/panels/allocation_panel.h"
#include "views/panels/segmented_switch.h"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextLayout>
#include <QTreeView>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;

namespace {

class Tables : public test::ShownWindow
{
public:
    explicit Tables(const QSize& size = {1440, 900})
        : ShownWindow(test::scripted(), size)
        , failure(open({kSample, test::kSampleDump}))
    {
        (*this)->showPerspective(QStringLiteral("plan"));
        QTest::qWait(50);
    }
    QString failure;
};

bool reaches(const QTableView& view, int column)
{
    const int right = view.columnViewportPosition(column) + view.columnWidth(column)
        - view.horizontalScrollBar()->value();
    return right <= view.viewport()->width() + 1;
}

} // namespace

class TestTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tabLeavesEveryTable();
    void smallAllocationShowsOneTableAtATime();
    void movesFollowTheFilter();
    void movesAreCopiedWithEveryDigit();
    void bothNotesAreOne();
    void harmIsWrittenOutWhereThereIsRoom();
    void locksStandInTheMiddleOfTheirColumn();
    void valuesTakeTheRoomOfTheirRow();
    void nothingMeasuredOffersToMeasure();
    void viewsFloatAndMessagesGoByKey();
};

void TestTables::tabLeavesEveryTable()
{
    Tables window;
    QVERIFY2(window.failure.isEmpty(), qPrintable(window.failure));
    int tables = 0;
    for (Panel* panel : window->panels()) {
        window->showPanel(panel->id());
        for (QAbstractItemView* view : panel->findChildren<QAbstractItemView*>()) {
            if (!view->isVisible() || view->window() != panel->window()
                || (view->focusPolicy() & Qt::TabFocus) == 0)
                continue;
            ++tables;
            view->setFocus();
            QCOMPARE(QApplication::focusWidget(), view);
            QTest::keyClick(view, Qt::Key_Tab);
            QVERIFY2(QApplication::focusWidget() != view, qPrintable(panel->id() + view->accessibleName()));
        }
    }
    QVERIFY2(tables >= 6, qPrintable(QString::number(tables)));
}

void TestTables::smallAllocationShowsOneTableAtATime()
{
    Tables window({1100, 700});
    auto* panel = window.panel<AllocationPanel>("allocation");
    auto* parts = panel->findChild<SegmentedSwitch*>();
    QVERIFY(parts->isVisible());
    QVERIFY(panel->table()->isVisible() && !panel->movesView()->isVisible());
    QVERIFY(reaches(*panel->table(), AllocationTable::SqnrColumn)); // bits, size, harm, share, SQNR
    window.action("allocation", "allocation.moves")->trigger();
    QTest::qWait(20);
    QVERIFY(panel->movesView()->isVisible() && !panel->table()->isVisible());
    QVERIFY(panel->movesView()->hasFocus());
    QVERIFY(reaches(*panel->movesView(), MovesTable::PerBitColumn)); // the price is what the list is for
    // Where both have room both are there, and nothing is to be switched.
    window->resize(2600, 1200);
    QTest::qWait(50);
    QVERIFY(!parts->isVisible());
    QVERIFY(panel->table()->isVisible() && panel->movesView()->isVisible());
    // What copies the units stands above them, and the header of the moves ends with the view.
    const auto buttons = panel->findChildren<QPushButton*>();
    const auto copy = std::find_if(buttons.begin(), buttons.end(),
        [](const QPushButton* button) { return button->text() == QStringLiteral("Copy as CSV"); });
    QVERIFY(copy != buttons.end());
    QVERIFY((*copy)->mapTo(panel, QPoint(0, 0)).x() + (*copy)->width()
        <= panel->table()->mapTo(panel, QPoint(0, 0)).x() + panel->table()->width());
    QCOMPARE(panel->movesView()->horizontalHeader()->length(), panel->movesView()->viewport()->width());
}

void TestTables::harmIsWrittenOutWhereThereIsRoom()
{
    Tables window({1100, 700});
    auto* panel = window.panel<AllocationPanel>("allocation");
    const auto heading = [&] {
        return panel->table()
            ->model()
            ->headerData(AllocationTable::HarmColumn, Qt::Horizontal, Qt::DisplayRole)
            .toString();
    };
    window->showPanel(QStringLiteral("allocation"));
    window->resize(2600, 1200);
    QTRY_COMPARE(heading(), QStringLiteral("Harm (predicted)"));
    QCOMPARE(panel->table()->horizontalHeader()->length(), panel->table()->viewport()->width());
    window->resize(1100, 700);
    window->showPerspective(QStringLiteral("plan"));
    QTRY_COMPARE(heading(), QStringLiteral("Harm (pred.)"));
}

void TestTables::locksStandInTheMiddleOfTheirColumn()
{
    Tables window({1440, 900});
    auto* panel = window.panel<AllocationPanel>("allocation");
    window->showPanel(QStringLiteral("allocation"));
    QTRY_VERIFY(panel->table()->isVisible());
    const QModelIndex lock = panel->table()->model()->index(2, AllocationTable::LockedColumn);
    const QPoint box = panel->table()->visualRect(lock).center();
    QVERIFY(!lock.data(AllocationTable::LockedRole).toBool());
    QTest::mouseClick(panel->table()->viewport(), Qt::LeftButton, {}, box);
    QVERIFY(lock.data(AllocationTable::LockedRole).toBool());
    QTest::mouseClick(panel->table()->viewport(), Qt::LeftButton, {}, box);
    QVERIFY(!lock.data(AllocationTable::LockedRole).toBool());
}

void TestTables::valuesTakeTheRoomOfTheirRow()
{
    Tables window({1100, 700});
    window->showPerspective(QStringLiteral("overview")); // alone
    QTest::qWait(50);
    const auto browsers = window->panel(QStringLiteral("overview"))->findChildren<QTextBrowser*>();
    QVERIFY(!browsers.isEmpty());
    int found = 0;
    for (QTextBlock block = browsers.front()->document()->begin(); block.isValid(); block = block.next())
        if (block.text().startsWith(QStringLiteral("Llama"))) { // longer than what the longest name leaves
            ++found;
            QCOMPARE(block.layout()->lineCount(), 1);
        }
    QCOMPARE(found, 1);
}

void TestTables::movesFollowTheFilter()
{
    Tables window;
    auto* panel = window.panel<AllocationPanel>("allocation");
    auto* words = window.find<QLineEdit>("allocation");
    const int all = panel->movesView()->model()->rowCount();
    words->setText(QStringLiteral("down"));
    const auto* model = panel->movesView()->model();
    QVERIFY(model->rowCount() > 0 && model->rowCount() < all);
    for (int row = 0; row < model->rowCount(); ++row)
        QVERIFY(model->index(row, MovesTable::MoveColumn).data().toString().contains(QStringLiteral("down")));
    words->clear();
    QCOMPARE(model->rowCount(), all);
}

void TestTables::movesAreCopiedWithEveryDigit()
{
    Tables window({1100, 700});
    auto* panel = window.panel<AllocationPanel>("allocation");
    window.action("allocation", "allocation.moves")->trigger();
    window.action("allocation", "allocation.copy-csv")->trigger();
    const QStringList lines = QApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
    const auto* model = panel->movesView()->model();
    QCOMPARE(lines.size(), model->rowCount() + 1);
    const QModelIndex change = model->index(0, MovesTable::HarmColumn);
    QVERIFY(lines[1].contains(QStringLiteral(".weight"))); // the full name
    QVERIFY2(
        lines[1].contains(csvNumber(change.data(MovesTable::SortRole).toDouble())), qPrintable(lines[1]));
}

void TestTables::bothNotesAreOne()
{
    Tables window;
    Document& document = window.document();
    auto* table = window.panel<AllocationPanel>("allocation")->table();
    const QModelIndex cell = table->model()->index(2, AllocationTable::NoteColumn);
    const int tensor = document.tensorOfUnit(cell.data(AllocationTable::UnitRole).toInt());
    QVERIFY(document.note(tensor).isEmpty());
    document.setNote(tensor, QStringLiteral("watch this one"));
    QVERIFY(cell.data().toString().contains(QStringLiteral("watch this one")));
    QVERIFY(table->model()->setData(cell, QStringLiteral("seen"), Qt::EditRole));
    QCOMPARE(document.note(tensor), QStringLiteral("seen"));
    document.undoStack().undo();
    QCOMPARE(document.note(tensor), QStringLiteral("watch this one"));
    // The filter's promise: words of notes find their unit.
    window.find<QLineEdit>("allocation")->setText(QStringLiteral("watch"));
    QCOMPARE(table->model()->rowCount(), 1);
}

void TestTables::nothingMeasuredOffersToMeasure()
{
    Tables window;
    window->showPanel(QStringLiteral("harm"));
    QTest::qWait(20);
    auto* table = window.find<QTableView>("harm", "Measured harm");
    QVERIFY(!table->isVisible()); // headings of nothing say nothing
    QPushButton* everything = nullptr;
    for (auto* button : window.panel<Panel>("harm")->findChildren<QPushButton*>())
        if (button->isVisible() && button->text() == QLatin1String("Measure all units"))
            everything = button;
    QVERIFY(everything != nullptr);
    QTest::mouseClick(everything, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 0, 120000);
    QVERIFY(table->isVisible());
    QVERIFY(!everything->isVisible());
    window.find<QPushButton>("harm", "harm.cancel")->click();
    QCOMPARE(waitForWork(*window), QString());
}

void TestTables::viewsFloatAndMessagesGoByKey()
{
    Tables window;
    window->showPanel(QStringLiteral("pareto"));
    auto* dock = window->findChild<QDockWidget*>(QStringLiteral("dock-pareto"));
    QVERIFY(!dock->isFloating());
    window.action("view.float")->trigger();
    QVERIFY(dock->isFloating());
    window.action("view.float")->trigger();
    QVERIFY(!dock->isFloating());
    auto* header = window->findChild<HeaderStrip*>();
    header->showMessage(QStringLiteral("something happened"), false);
    const auto messages = [&] {
        const auto labels = header->findChildren<QLabel*>();
        return std::count_if(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->isVisible() && label->text() == QLatin1String("something happened");
        });
    };
    QCOMPARE(messages(), 1);
    window.action("edit.cancel")->trigger();
    QCOMPARE(messages(), 0);
}

QTEST_MAIN(TestTables)
#include "tst_tables.moc"
