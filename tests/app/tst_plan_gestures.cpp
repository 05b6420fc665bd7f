// Gestures of the two editors of the plan, in the window, and of the docks: what the mouse does, what Esc
// takes back, what the menus offer.
#include "tests/support/gestures.h"
#include "tests/support/shown_window.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/option_heat_map.h"
#include "views/panels/sensitivity_panel.h"

#include <QAbstractButton>
#include <QDockWidget>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStyle>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::actionIn;
using test::actionNamed;
using test::click;
using test::menuAt;
using test::moveTo;
using test::pull;
using test::turnWheel;

/// One window on the sample for all tests: each begins with nothing selected and no edit.
class TestPlanGestures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase() { m_window.reset(); }

    void wheelZoomsTheMatrix();
    void cornerResetsTheMatrix();
    void pansOfTheMatrix_data();
    void pansOfTheMatrix();
    void menuOfTheMatrix();
    void menuOfTheHeatMap();
    void colorsOfTheHeatMap();
    void keyTiesTheWholePlan();
    void pansOfTheHeatMap_data();
    void pansOfTheHeatMap();
    void docksFloat();
    void docksClose();
    void docksMove();

private:
    Document& document() { return m_window->document(); }
    [[nodiscard]] SensitivityPanel* panel() { return m_window->panel<SensitivityPanel>("sensitivity"); }
    [[nodiscard]] BlockRoleMatrix& matrix() { return *panel()->matrix(); }
    [[nodiscard]] OptionHeatMap& heat() { return *panel()->heatMap(); }
    [[nodiscard]] QDockWidget* dockOf(const char* id) const
    {
        return qobject_cast<QDockWidget*>((*m_window)->panel(QLatin1String(id))->parentWidget());
    }
    void showHeat();

    std::unique_ptr<test::ShownWindow> m_window;
};

void TestPlanGestures::initTestCase()
{
    m_window = std::make_unique<test::ShownWindow>();
    QCOMPARE(m_window->open({test::kSample, test::kSampleDump}), QString());
}

void TestPlanGestures::init()
{
    while (document().undoStack().canUndo())
        document().undoStack().undo();
    document().selection().clear();
    (*m_window)->showPerspective(QStringLiteral("sensitivity"));
    (*m_window)->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&**m_window));
    panel()->showHeatMap(false);
    matrix().resetView();
    heat().resetView();
    QTRY_VERIFY(matrix().viewport()->width() > 300);
}

void TestPlanGestures::showHeat()
{
    panel()->showHeatMap(true);
    QTRY_VERIFY(heat().isVisible() && heat().viewport()->width() > 300);
    QTest::qWait(20);
}

// --- The matrix ---

void TestPlanGestures::wheelZoomsTheMatrix()
{
    const QRectF before = matrix().unitRect(9);
    turnWheel(*matrix().viewport(), before.center(), 3);
    const QRectF after = matrix().unitRect(9);
    QVERIFY2(after.width() > 1.5 * before.width(), "a cell grows by 1.2 per notch");
    QVERIFY2(after.contains(before.center()), "the cell under the cursor stays there");
    // With Shift it scrolls, as a sideways wheel does.
    const int place = matrix().horizontalScrollBar()->value() + matrix().verticalScrollBar()->value();
    turnWheel(*matrix().viewport(), before.center(), 1, Qt::ShiftModifier);
    QCOMPARE(matrix().unitRect(9).width(), after.width());
    QVERIFY(matrix().horizontalScrollBar()->value() + matrix().verticalScrollBar()->value() != place);
    turnWheel(*matrix().viewport(), before.center(), -9);
    QCOMPARE(matrix().unitRect(9).width(), before.width()); // never smaller than what fits
}

void TestPlanGestures::cornerResetsTheMatrix()
{
    document().selectUnits({4});
    const QRectF before = matrix().unitRect(9);
    turnWheel(*matrix().viewport(), before.center(), 3);
    const QPoint corner(3, 3);
    // As it comes from a mouse: a click, then the second one.
    QTest::mouseClick(matrix().viewport(), Qt::LeftButton, {}, corner);
    QCOMPARE(matrix().selection().size(), static_cast<qsizetype>(document().workspace()->units().size()));
    QTest::mouseDClick(matrix().viewport(), Qt::LeftButton, {}, corner);
    QCOMPARE(matrix().unitRect(9), before);
    turnWheel(*matrix().viewport(), before.center(), 3);
    // One double click alone leaves the selection as it was.
    document().selectUnits({4});
    QTest::mouseDClick(matrix().viewport(), Qt::LeftButton, {}, corner);
    QCOMPARE(matrix().unitRect(9), before);
    QCOMPARE(matrix().selection(), QVector<int>{4});
    QCOMPARE(document().selection().units(), QVector<int>{4});
}

void TestPlanGestures::pansOfTheMatrix_data()
{
    QTest::addColumn<bool>("bySpace");
    QTest::newRow("middle button") << false;
    QTest::newRow("Space") << true;
}

void TestPlanGestures::pansOfTheMatrix()
{
    QFETCH(bool, bySpace);
    document().selectUnits({4});
    QWidget& view = *matrix().viewport();
    const QPointF at = matrix().unitRect(9).center().toPoint();
    turnWheel(view, at, 6);
    const auto place = [this] {
        return QPoint(matrix().horizontalScrollBar()->value(), matrix().verticalScrollBar()->value());
    };
    const QPoint start = place();
    const Qt::MouseButton button = bySpace ? Qt::LeftButton : Qt::MiddleButton;
    matrix().setFocus();
    if (bySpace)
        QTest::keyPress(&matrix(), Qt::Key_Space);
    const QPointF away = at - QPointF(40, 30);
    pull(view, at, away, button);
    QCOMPARE(place(), start + QPoint(40, 30));
    QTest::mouseRelease(&view, button, {}, away.toPoint());
    QCOMPARE(place(), start + QPoint(40, 30));
    // Esc takes back, and a release after it does nothing.
    pull(view, at, at + QPointF(25, 20), button);
    QVERIFY(place() != start + QPoint(40, 30));
    QTest::keyClick(&matrix(), Qt::Key_Escape);
    QCOMPARE(place(), start + QPoint(40, 30));
    QTest::mouseRelease(&view, button, {}, at.toPoint());
    if (bySpace)
        QTest::keyRelease(&matrix(), Qt::Key_Space);
    QCOMPARE(place(), start + QPoint(40, 30));
    QCOMPARE(document().selection().units(), QVector<int>{4}); // a pan is no click
}

void TestPlanGestures::menuOfTheMatrix()
{
    document().selectUnits({4});
    QMenu* menu = menuAt(*matrix().viewport(), matrix().unitRect(9).center());
    QVERIFY(menu != nullptr);
    QCOMPARE(document().selection().units(), QVector<int>{9}); // what is under the cursor is meant
    QAction* bits = actionIn(*menu, QStringLiteral("tensor.bits.8"));
    QVERIFY(bits != nullptr);
    bits->trigger();
    menu->close();
    QCOMPARE(document().space()->options()[document().choice()[9]].grid->bits, 8);
    // A heading means its row; inside the selection it stays.
    menu = menuAt(*matrix().viewport(), matrix().rowHeaderRect(1).center());
    QVERIFY(menu != nullptr);
    menu->close();
    const QVector<int> row = document().selection().units();
    QVERIFY(row.size() > 3);
    menu = menuAt(*matrix().viewport(), matrix().unitRect(row.front()).center());
    QVERIFY(menu != nullptr);
    QCOMPARE(document().selection().units(), row);
    const double width = matrix().unitRect(row.front()).width();
    actionNamed(*menu, QStringLiteral("Zoom in"))->trigger();
    QVERIFY(matrix().unitRect(row.front()).width() > width);
    actionNamed(*menu, QStringLiteral("Fit to the window"))->trigger();
    QCOMPARE(matrix().unitRect(row.front()).width(), width);
    actionNamed(*menu, QStringLiteral("Select all"))->trigger();
    QCOMPARE(document().selection().units().size(),
        static_cast<qsizetype>(document().workspace()->units().size()));
    menu->close();
}

// --- The heat map ---

void TestPlanGestures::menuOfTheHeatMap()
{
    showHeat();
    document().selectUnits({2});
    QMenu* menu = menuAt(*heat().viewport(), heat().cellRect(5, 0).center());
    QVERIFY(menu != nullptr);
    QCOMPARE(document().selection().units(), QVector<int>{5});
    QAction* heading = actionIn(*menu, QStringLiteral("tensor.heading"));
    QVERIFY(heading != nullptr);
    actionIn(*menu, QStringLiteral("tensor.lock"))->trigger();
    QVERIFY(document().isLocked(5));
    // No text stands in it twice.
    QSet<QString> texts;
    for (const QAction* action : menu->actions()) {
        QVERIFY2(action->isSeparator() || !texts.contains(action->text()), qPrintable(action->text()));
        texts << action->text();
    }
    const double height = heat().cellRect(5, 0).height();
    actionNamed(*menu, QStringLiteral("Zoom in"))->trigger();
    QVERIFY(heat().cellRect(5, 0).height() > height);
    actionNamed(*menu, QStringLiteral("Reset the view"))->trigger();
    QCOMPARE(heat().cellRect(5, 0).height(), height);
    menu->close();
}

void TestPlanGestures::colorsOfTheHeatMap()
{
    showHeat();
    const ColorMap before = heat().colorMap();
    const QPoint inside = heat().cellRect(5, 0).center().toPoint() + QPoint(0, 6);
    const QRgb color = heat().viewport()->grab().toImage().pixel(inside);
    QMenu* menu = menuAt(*heat().viewport(), heat().cellRect(5, 0).center());
    QVERIFY(menu != nullptr);
    QAction* magma = actionNamed(*menu, colorMapName(ColorMap::Magma));
    QVERIFY(magma != nullptr && magma->isCheckable() && !magma->isChecked());
    magma->trigger();
    menu->close();
    QCOMPARE(heat().colorMap(), ColorMap::Magma);
    QVERIFY(heat().viewport()->grab().toImage().pixel(inside) != color);
    heat().setColorMap(before);
}

void TestPlanGestures::keyTiesTheWholePlan()
{
    showHeat();
    QSignalSpy notices(&document(), &Document::notice);
    QVERIFY(document().plan().ties);
    heat().setFocus();
    document().selectUnits({5});
    QTest::keyClick(&heat(), Qt::Key_T);
    QVERIFY(!document().plan().ties);
    QVERIFY2(notices.back()[0].toString().contains(QStringLiteral("whole plan")), "says how far it goes");
    panel()->showHeatMap(false);
    matrix().setFocus();
    QTest::keyClick(&matrix(), Qt::Key_T);
    QVERIFY(document().plan().ties);
    QCOMPARE(notices.size(), 2);
    QVERIFY(notices.back()[0].toString().contains(QStringLiteral("whole plan")));
    for (const QAction* action : {m_window->action("selection.tie"),
             actionIn(*menuAt(*matrix().viewport(), matrix().unitRect(5).center()),
                 QStringLiteral("tensor.tie"))}) {
        QVERIFY(action != nullptr);
        QVERIFY2(action->text().contains(QStringLiteral("whole plan")), qPrintable(action->text()));
        QVERIFY2(action->toolTip().contains(QStringLiteral("whatever is selected")),
            qPrintable(action->toolTip()));
    }
    QApplication::activePopupWidget()->close();
}

void TestPlanGestures::pansOfTheHeatMap_data()
{
    pansOfTheMatrix_data();
}

void TestPlanGestures::pansOfTheHeatMap()
{
    QFETCH(bool, bySpace);
    showHeat();
    document().selectUnits({4});
    QWidget& view = *heat().viewport();
    const QPointF at = QPoint(heat().cellRect(3, 0).center().toPoint().x(), view.height() / 2);
    turnWheel(view, at, 12);
    const auto place = [this] { return heat().verticalScrollBar()->value(); };
    const int start = place();
    QVERIFY(start > 60 && start < heat().verticalScrollBar()->maximum() - 60);
    const plan::Plan plan = document().plan();
    const Qt::MouseButton button = bySpace ? Qt::LeftButton : Qt::MiddleButton;
    heat().setFocus();
    if (bySpace)
        QTest::keyPress(&heat(), Qt::Key_Space);
    pull(view, at, at - QPointF(0, 40), button);
    QCOMPARE(place(), start + 40);
    QTest::mouseRelease(&view, button, {}, (at - QPointF(0, 40)).toPoint());
    QCOMPARE(place(), start + 40);
    pull(view, at, at + QPointF(0, 30), button);
    QCOMPARE(place(), start + 10);
    QTest::keyClick(&heat(), Qt::Key_Escape);
    QCOMPARE(place(), start + 40);
    QTest::mouseRelease(&view, button, {}, (at + QPointF(0, 30)).toPoint());
    if (bySpace)
        QTest::keyRelease(&heat(), Qt::Key_Space);
    QCOMPARE(place(), start + 40);
    QVERIFY2(document().plan() == plan, "a pan sets no option");
    QCOMPARE(document().selection().units(), QVector<int>{4});
}

// --- Docks ---

/// Of the bar that a dock has at its top.
static QPoint titlePoint(const QDockWidget& dock)
{
    return {40, dock.style()->pixelMetric(QStyle::PM_TitleBarHeight, nullptr, &dock) / 2};
}

void TestPlanGestures::docksFloat()
{
    (*m_window)->showPerspective(QStringLiteral("look"));
    QTest::qWait(20);
    QDockWidget* dock = dockOf("outlier-map");
    QVERIFY(dock != nullptr && dock->isVisible() && !dock->isFloating());
    QTest::mouseDClick(dock, Qt::LeftButton, {}, titlePoint(*dock));
    QTRY_VERIFY(dock->isFloating());
    QVERIFY(dock->isVisible() && (*m_window)->panel(QStringLiteral("outlier-map"))->isVisible());
    // A window of its own has the frame of the desktop; the menu puts it back.
    m_window->action("view.perspective.restore")->trigger();
    QTRY_VERIFY(!dock->isFloating());
    QVERIFY(dock->isVisible());
}

void TestPlanGestures::docksClose()
{
    (*m_window)->showPerspective(QStringLiteral("look"));
    QTest::qWait(20);
    QDockWidget* dock = dockOf("outlier-map");
    QAbstractButton* close = dock->findChild<QAbstractButton*>(QStringLiteral("qt_dockwidget_closebutton"));
    QVERIFY(close != nullptr && close->isVisible());
    QTest::mouseClick(close, Qt::LeftButton);
    QTRY_VERIFY(!dock->isVisible());
    (*m_window)->showPanel(QStringLiteral("outlier-map"));
    QTRY_VERIFY(dock->isVisible());
    m_window->action("view.perspective.restore")->trigger();
}

void TestPlanGestures::docksMove()
{
    (*m_window)->showPerspective(QStringLiteral("look"));
    QTest::qWait(20);
    QDockWidget* dock = dockOf("outlier-map");
    const QPoint from = titlePoint(*dock);
    const Qt::DockWidgetArea before = (*m_window)->dockWidgetArea(dock);
    // Out of the window: it floats where it is dropped.
    QTest::mousePress(dock, Qt::LeftButton, {}, from);
    moveTo(*dock, from + QPoint(0, 30), Qt::LeftButton);
    const QPoint outside
        = dock->mapFromGlobal((*m_window)->mapToGlobal(QPoint((*m_window)->width() + 500, 300)));
    moveTo(*dock, outside, Qt::LeftButton);
    QTest::mouseRelease(dock, Qt::LeftButton, {}, outside);
    QTRY_VERIFY(dock->isFloating());
    QVERIFY(dock->isVisible());
    // "Restore default" always works.
    m_window->action("view.perspective.restore")->trigger();
    QTRY_VERIFY(!dock->isFloating() && dock->isVisible());
    QCOMPARE((*m_window)->dockWidgetArea(dock), before);
    QVERIFY((*m_window)->rect().contains(QRect(dock->mapTo(&**m_window, QPoint()), dock->size())));
}

QTEST_MAIN(TestPlanGestures)
#include "tst_plan_gestures.moc"
