// Gestures of the tensor x option map, and those of the Pareto chart and the matrix that came with it.
#include "tests/support/chart_hands.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/option_heat_map.h"
#include "views/charts/pareto_chart.h"

#include <QScrollBar>
#include <QSignalSpy>
#include <QWheelEvent>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace bitwright::views;

namespace {

/// Harm falls with the option and rises with the row; option 2 of row 1 is refused, option 0 of row 2
/// unknown.
OptionMapData mapData(int rows)
{
    OptionMapData data;
    for (int column = 0; column < 4; ++column) {
        data.columns.push_back({utf8("int%1/rtn").arg(2 * (column + 1)), utf8("int%1").arg(2 * (column + 1)),
            2.0 * (column + 1)});
        data.options.push_back(3 - column); // the document counts the other way
    }
    for (int row = 0; row < rows; ++row) {
        data.rows.push_back({utf8("block %1").arg(row), utf8("b%1").arg(row), row % 3, utf8("role")});
        for (int column = 0; column < 4; ++column) {
            data.harm.push_back(row == 2 && column == 0 ? std::numeric_limits<double>::quiet_NaN()
                                                        : (row + 1) * std::exp2(-2.0 * column));
            data.bits.push_back(2.0 * (column + 1));
        }
        data.choices.push_back({1, false, false, false, false});
    }
    data.refused.emplace(1 * 4 + 2, utf8("does not divide"));
    data.harmLabel = utf8("predicted harm");
    return data;
}

ParetoData paretoData()
{
    ParetoData data;
    for (int i = 0; i < 20; ++i)
        data.frontier.push_back({1e6 + 1e5 * i, std::exp2(-i)});
    data.current = ParetoMark{utf8("plan"), 1e6 + 1e5 * 5, 1.5 * std::exp2(-5), std::nullopt, false};
    data.plannedWeights = 4e6;
    data.fileWeights = 5e6;
    data.keptBytes = 5e5;
    data.plans.push_back({utf8("named"), 1.9e6, 0.4, std::nullopt, false, utf8("named")});
    data.presets.push_back({utf8("int4"), 2.3e6, 0.5, std::nullopt, false, utf8("int4/rtn")});
    return data;
}

} // namespace

class PlanWidgetsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void clickSetsTheOption()
    {
        OptionHeatMap map;
        map.setData(mapData(12));
        showAt(map, {460, 420});
        QSignalSpy asked(&map, &OptionHeatMap::optionRequested),
            selected(&map, &OptionHeatMap::selectionEdited);
        const auto click = [&](int row, int column, Qt::KeyboardModifiers modifiers = {}) {
            QTest::mouseClick(
                map.viewport(), Qt::LeftButton, modifiers, map.cellRect(row, column).center().toPoint());
        };
        click(4, 1);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].value<QVector<int>>(), QVector<int>{4});
        QCOMPARE(asked[0][1].toInt(), 2); // the document's number of column 1
        QCOMPARE(map.selection(), QVector<int>{4});
        click(1, 2); // refused
        QCOMPARE(asked.size(), 1);
        QTest::mouseClick(map.viewport(), Qt::LeftButton, {}, map.labelRect(6).center().toPoint());
        QTest::mouseClick(
            map.viewport(), Qt::LeftButton, Qt::ControlModifier, map.labelRect(8).center().toPoint());
        QCOMPARE(map.selection(), (QVector<int>{6, 8}));
        QCOMPARE(asked.size(), 1); // labels only select
        click(8, 3);
        QCOMPARE(asked.size(), 2);
        QCOMPARE(asked[1][0].value<QVector<int>>(), (QVector<int>{6, 8})); // the whole selection
        QTest::mouseClick(
            map.viewport(), Qt::LeftButton, Qt::ShiftModifier, map.labelRect(10).center().toPoint());
        QCOMPARE(map.selection(), (QVector<int>{8, 9, 10}));
    }
    void dragSelectsRowsAndEscapeRestores()
    {
        OptionHeatMap map;
        map.setData(mapData(12));
        map.setSelection({0});
        showAt(map, {460, 420});
        QSignalSpy asked(&map, &OptionHeatMap::optionRequested),
            selected(&map, &OptionHeatMap::selectionEdited);
        QTest::mousePress(map.viewport(), Qt::LeftButton, {}, map.cellRect(2, 1).center().toPoint());
        move(*map.viewport(), map.cellRect(5, 2).center(), Qt::LeftButton);
        QCOMPARE(map.selection(), (QVector<int>{2, 3, 4, 5}));
        QCOMPARE(selected.size(), 0);
        QTest::mouseRelease(map.viewport(), Qt::LeftButton, {}, map.cellRect(5, 2).center().toPoint());
        QCOMPARE(selected.size(), 1);
        QCOMPARE(asked.size(), 0);
        QTest::mousePress(map.viewport(), Qt::LeftButton, {}, map.cellRect(7, 1).center().toPoint());
        move(*map.viewport(), map.cellRect(9, 2).center(), Qt::LeftButton);
        QTest::keyClick(&map, Qt::Key_Escape);
        QTest::mouseRelease(map.viewport(), Qt::LeftButton, {}, map.cellRect(9, 2).center().toPoint());
        QCOMPARE(map.selection(), (QVector<int>{2, 3, 4, 5}));
        QCOMPARE(selected.size(), 1);
    }
    void keysEdit()
    {
        OptionHeatMap map;
        map.setData(mapData(12));
        showAt(map, {460, 420});
        map.setFocus();
        QSignalSpy asked(&map, &OptionHeatMap::optionRequested), bits(&map, &OptionHeatMap::setBitsRequested),
            lock(&map, &OptionHeatMap::lockToggleRequested), restore(&map, &OptionHeatMap::restoreRequested),
            list(&map, &OptionHeatMap::optionListRequested);
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Down);
        QCOMPARE(map.selection(), QVector<int>{1});
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_Space);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][1].toInt(), 2);
        QTest::keyClick(&map, Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(&map, Qt::Key_6);
        QCOMPARE(bits[0][0].value<QVector<int>>(), (QVector<int>{1, 2}));
        QCOMPARE(bits[0][1].toInt(), 6);
        QTest::keyClick(&map, Qt::Key_K);
        QTest::keyClick(&map, Qt::Key_0);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(lock.size() + restore.size() + list.size(), 3);
        QTest::keyClick(&map, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(map.selection().size(), 12);
    }
    void sortsByHarm()
    {
        OptionHeatMap map;
        map.setData(mapData(9));
        showAt(map, {460, 420});
        QVERIFY(map.cellRect(0, 0).top() < map.cellRect(8, 0).top());
        map.setOrder(OptionHeatMap::Order::Harm);
        QVERIFY(map.cellRect(0, 0).top() > map.cellRect(8, 0).top());
        map.setOrder(OptionHeatMap::Order::Role);
        QVERIFY(map.cellRect(3, 0).top() < map.cellRect(1, 0).top());
        QVERIFY(map.csv().startsWith(utf8("unit,role,option,bits,harm,legal,chosen\n")));
        QCOMPARE(map.csv().count(u'\n'), 9 * 4 + 1);
    }
    void tenThousandRowsStayFluid()
    {
        OptionHeatMap map;
        map.setData(mapData(10000));
        showAt(map, {600, 700});
        QElapsedTimer clock;
        clock.start();
        for (int step = 0; step < 20; ++step) {
            map.verticalScrollBar()->setValue(map.verticalScrollBar()->maximum() * step / 20);
            map.viewport()->repaint();
        }
        QVERIFY2(clock.elapsed() / 20 < 100, qPrintable(QString::number(clock.elapsed() / 20)));
        map.clearFocus(); // what is selected elsewhere is scrolled to
        map.setSelection({9999});
        QVERIFY(map.viewport()->rect().contains(map.labelRect(9999).center().toPoint()));
    }
    void hoverNamesUnitAndOption()
    {
        OptionHeatMap map;
        map.setData(mapData(6));
        showAt(map, {460, 420});
        QSignalSpy hovered(&map, &OptionHeatMap::hovered);
        move(*map.viewport(), map.cellRect(3, 2).center());
        QCOMPARE(hovered.last()[0].toInt(), 3);
        QCOMPARE(hovered.last()[1].toInt(), 1);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(map.viewport(), &leave);
        QCOMPARE(hovered.last()[0].toInt(), -1);
    }

    void paretoReadsSizesThreeWays()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        QCOMPARE(chart.bpwOf(2.5e6), 4.0); // 2 MB over 4 M weights
        QCOMPARE(chart.fileBpwOf(2.5e6), 4.0);
        const QPointF handle = chart.handlePixel();
        QSignalSpy changed(&chart, &ParetoChart::sizeAxisChanged);
        chart.setSizeAxis(ParetoSize::Bpw);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(chart.handlePixel(), handle); // only what the axis says changes
        const QJsonObject state = chart.viewState();
        chart.setSizeAxis(ParetoSize::FileBpw);
        chart.setViewState(state);
        QCOMPARE(chart.sizeAxis(), ParetoSize::Bpw);
    }
    void paretoOffersActionsAboveTheFrontier()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        QVERIFY(!chart.improveRect().isNull() && !chart.differenceRect().isNull());
        QSignalSpy improve(&chart, &ParetoChart::improveRequested),
            differs(&chart, &ParetoChart::showDifferenceRequested);
        QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.improveRect().center().toPoint());
        QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.differenceRect().center().toPoint());
        QCOMPARE(improve.size(), 1);
        QCOMPARE(differs.size(), 1);
        chart.setCurrent(ParetoMark{utf8("plan"), 1.5e6, std::exp2(-5), std::nullopt, false}, 5);
        QVERIFY(chart.improveRect().isNull());
    }
    void paretoComparesUnderTheCursor()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        QSignalSpy plans(&chart, &ParetoChart::planHovered), presets(&chart, &ParetoChart::presetHovered),
            loaded(&chart, &ParetoChart::planActivated);
        const QPointF at = chart.pixelOf(chart.data().plans.front());
        move(chart, at);
        QCOMPARE(plans.last()[0].toInt(), 0);
        move(chart, chart.pixelOf(chart.data().presets.front()));
        QCOMPARE(plans.last()[0].toInt(), -1);
        QCOMPARE(presets.last()[0].toInt(), 0);
        QTest::mouseClick(&chart, Qt::LeftButton, {}, at.toPoint());
        QCOMPARE(loaded.size(), 1);
    }
    void paretoRestsWhileItsFrontierIsStale()
    {
        ParetoChart chart;
        ParetoData data = paretoData();
        data.current->harm = std::exp2(-5);
        data.currentState = 5;
        data.frontierStale = true;
        chart.setData(data);
        showAt(chart, {700, 420});
        QSignalSpy moved(&chart, &ParetoChart::handleMoved), released(&chart, &ParetoChart::handleReleased);
        QTest::mousePress(&chart, Qt::LeftButton, {}, chart.handlePixel().toPoint());
        QVERIFY(!chart.isDragging());
        QTest::mouseRelease(&chart, Qt::LeftButton, {}, chart.handlePixel().toPoint());
        QTest::keyClick(&chart, Qt::Key_Right);
        QCOMPARE(moved.size() + released.size(), 0);
    }
    void crowdedCellsOpen()
    {
        MatrixData data;
        data.rows.push_back({utf8("0"), {}});
        data.columns = {{utf8("gate"), utf8("gate"), {}}, {utf8("q"), utf8("q"), {}}};
        for (int i = 0; i < 3; ++i) {
            MatrixUnit unit;
            unit.name = utf8("expert %1").arg(i);
            unit.bits = 4;
            unit.share = 1.0 / 3;
            data.units.push_back(unit);
        }
        MatrixUnit alone;
        alone.column = 1;
        alone.bits = 4;
        data.units.push_back(alone);
        BlockRoleMatrix matrix;
        matrix.setData(data);
        showAt(matrix, {400, 200});
        QSignalSpy opened(&matrix, &BlockRoleMatrix::cellOpened),
            list(&matrix, &BlockRoleMatrix::optionListRequested);
        QTest::mouseDClick(matrix.viewport(), Qt::LeftButton, {}, matrix.unitRect(1).center().toPoint());
        QCOMPARE(opened.size(), 1);
        QCOMPARE(list.size(), 0);
        QTest::mouseClick(matrix.viewport(), Qt::LeftButton, {}, matrix.unitRect(3).center().toPoint());
        QTest::keyClick(&matrix, Qt::Key_Return);
        QCOMPARE(list.size(), 1);
        matrix.setFocusCell(0, 0);
        QTest::keyClick(&matrix, Qt::Key_Return);
        QCOMPARE(opened.size(), 2);
    }
    void coverageIsWidth()
    {
        MatrixData data;
        data.rows = {{utf8("e0"), {}}, {utf8("e1"), {}}};
        data.columns = {{utf8("gate"), utf8("gate"), {}}};
        for (int i = 0; i < 2; ++i) {
            MatrixUnit unit;
            unit.row = i;
            unit.bits = 4;
            unit.share = i == 0 ? 1.0 : 0.25;
            data.units.push_back(unit);
        }
        BlockRoleMatrix matrix;
        matrix.setData(data);
        showAt(matrix, {400, 200});
        QVERIFY(std::abs(matrix.unitRect(1).width() - 0.25 * matrix.unitRect(0).width()) < 1);
    }
};

QTEST_MAIN(PlanWidgetsTest)
#include "tst_plan_widgets.moc"
