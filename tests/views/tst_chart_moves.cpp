// Zooming, panning, boxes: the gestures that move a view or take a region of it.
#include "tests/support/chart_input.h"
#include "views/charts/option_heat_map.h"

#include <QScrollBar>
#include <QSignalSpy>

using namespace bitwright::views;

namespace {

OptionMapData heatData(int rows, int columns)
{
    OptionMapData data;
    for (int column = 0; column < columns; ++column) {
        data.columns.push_back(
            {utf8("int%1-row").arg(column + 2), utf8("int%1").arg(column + 2), 2.0 + column});
        data.options.push_back(column);
    }
    for (int row = 0; row < rows; ++row) {
        data.rows.push_back({utf8("unit %1").arg(row), utf8("%1 q").arg(row), 0, utf8("q")});
        data.choices.push_back({0});
        for (int column = 0; column < columns; ++column) {
            data.harm.push_back(0.1 * (row + 1) / (column + 1));
            data.bits.push_back(column + 2);
        }
    }
    return data;
}

} // namespace

class ChartMovesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void axesResetOneByOne()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        const auto zoomIn = [&] {
            chart.setFocus();
            QTest::keyClick(&chart, Qt::Key_Plus);
            QVERIFY(chart.hasUserView(Qt::Horizontal) && chart.hasUserView(Qt::Vertical));
        };
        zoomIn();
        QTest::keyClick(&chart, Qt::Key_Home, Qt::ShiftModifier);
        QVERIFY(!chart.hasUserView(Qt::Horizontal) && chart.hasUserView(Qt::Vertical));
        zoomIn();
        QTest::keyClick(&chart, Qt::Key_Home, Qt::ControlModifier);
        QVERIFY(chart.hasUserView(Qt::Horizontal) && !chart.hasUserView(Qt::Vertical));
        for (QAction* action : chart.chartActions())
            if (action->property("word").toString() == QLatin1String("reset-x"))
                action->trigger();
        QVERIFY(!chart.hasUserView(Qt::Horizontal));
    }
    void boxesByMenuAndKeys()
    {
        OutlierMap map;
        map.setData(outlierData(3, 10, 1, 6));
        showAt(map, {700, 420});
        QSignalSpy region(&map, &OutlierMap::regionSelected);
        const auto actionOf = [&](const char* word) -> QAction* {
            for (QAction* action : map.chartActions())
                if (action->property("word").toString() == utf8(word))
                    return action;
            return nullptr;
        };
        const QPointF from = map.cellPixel(0, 2), to = map.cellPixel(1, 4);
        const auto drag = [&] {
            move(map, from);
            QTest::mousePress(&map, Qt::LeftButton, {}, from.toPoint());
            move(map, to, Qt::LeftButton);
            QTest::mouseRelease(&map, Qt::LeftButton, {}, to.toPoint());
        };
        // By the menu and the mouse: no other keys are needed for either use.
        const Interval home = map.viewRange(Qt::Horizontal);
        actionOf("box-select")->trigger();
        drag();
        QCOMPARE(region.size(), 1);
        QCOMPARE(region[0][1].value<QVector<int>>(), (QVector<int>{2, 3, 4}));
        actionOf("box-zoom")->trigger();
        drag();
        QCOMPARE(region.size(), 1);
        QVERIFY(map.viewRange(Qt::Horizontal).width() < home.width());
        // By the keyboard alone.
        QTest::keyClick(&map, Qt::Key_Home);
        move(map, from);
        QTest::keyClick(&map, Qt::Key_B, Qt::ShiftModifier);
        for (int x = static_cast<int>(from.x()); x < static_cast<int>(to.x()); x += 8)
            QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(region.size(), 2);
        QCOMPARE(region[1][1].value<QVector<int>>().front(), 2);
        // Esc leaves everything as it was.
        QTest::keyClick(&map, Qt::Key_B);
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_Escape);
        QTest::keyClick(&map, Qt::Key_Return);
        QVERIFY(!map.hasUserView(Qt::Horizontal));
        QCOMPARE(region.size(), 2);
        // Where nothing can be selected by a box, nothing offers it.
        ParetoChart pareto;
        for (const QAction* action : pareto.chartActions())
            QVERIFY(
                action->property("word").toString() != QLatin1String("box-select") || !action->isVisible());
    }
    void outlierMapExtendsByCtrlDrag()
    {
        OutlierMap map;
        map.setData(outlierData(3, 10, 1, 6));
        showAt(map, {760, 420});
        QSignalSpy region(&map, &OutlierMap::regionSelected);
        const QPointF from = map.cellPixel(1, 5), to = map.cellPixel(2, 7);
        QTest::mousePress(&map, Qt::LeftButton, Qt::ControlModifier, from.toPoint());
        move(map, to, Qt::LeftButton);
        QTest::mouseRelease(&map, Qt::LeftButton, Qt::ControlModifier, to.toPoint());
        QCOMPARE(region.size(), 1);
        QCOMPARE(region[0][0].value<QVector<int>>(), (QVector<int>{1, 2}));
        QCOMPARE(region[0][1].value<QVector<int>>(), (QVector<int>{5, 6, 7}));
        QVERIFY(region[0][2].toBool()); // what was selected stays
    }
    void heatMapZoomsAndPans()
    {
        OptionHeatMap map;
        map.setData(heatData(200, 4));
        map.resize(460, 400);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        const double height = map.cellRect(0, 0).height();
        const QPointF at = map.cellRect(5, 1).center();
        wheel(*map.viewport(), at, 2);
        QVERIFY(map.cellRect(0, 0).height() > height);
        // The row under the mouse stays there, as far as the ends allow.
        QVERIFY(std::abs(map.cellRect(5, 1).center().y() - at.y()) <= map.cellRect(5, 1).height());
        map.resetView();
        QCOMPARE(map.cellRect(0, 0).height(), height);
        const auto drag = [&](Qt::MouseButton button) {
            const int before = map.verticalScrollBar()->value();
            const QPoint middle(300, 300);
            QTest::mousePress(map.viewport(), button, {}, middle);
            QMouseEvent event(QEvent::MouseMove, QPointF(300, 180),
                map.viewport()->mapToGlobal(QPointF(300, 180)), Qt::NoButton, button, Qt::NoModifier);
            QApplication::sendEvent(map.viewport(), &event);
            QTest::mouseRelease(map.viewport(), button, {}, QPoint(300, 180));
            return map.verticalScrollBar()->value() - before;
        };
        QCOMPARE(drag(Qt::MiddleButton), 120);
        QSignalSpy asked(&map, &OptionHeatMap::optionRequested);
        map.setFocus();
        QTest::keyPress(&map, Qt::Key_Space);
        QCOMPARE(drag(Qt::LeftButton), 120);
        QTest::keyRelease(&map, Qt::Key_Space);
        QVERIFY(asked.isEmpty()); // a pan edits nothing
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_Plus);
        QVERIFY(map.cellRect(100, 0).height() > height);
        QTest::keyClick(&map, Qt::Key_Minus);
        QTest::keyClick(&map, Qt::Key_Minus);
        QVERIFY(map.cellRect(100, 0).height() < height);
    }
};

QTEST_MAIN(ChartMovesTest)
#include "tst_chart_moves.moc"
