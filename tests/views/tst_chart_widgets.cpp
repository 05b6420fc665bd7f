#include "tests/support/chart_input.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/charts/pareto_chart.h"
#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"

#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace bitwright::views;

namespace {

MatrixData matrixData()
{
    MatrixData data;
    for (const char* name : {"q", "k", "v"})
        data.columns.push_back({utf8(name), utf8(name), {}});
    for (int row = 0; row < 4; ++row) {
        data.rows.push_back({QString::number(row), {}});
        for (int column = 0; column < 3; ++column) {
            MatrixUnit unit;
            unit.row = row;
            unit.column = column;
            unit.name = utf8("block %1 %2").arg(row).arg(column);
            unit.bits = 4;
            unit.harm = 0.1 * (row + 1);
            data.units.push_back(unit);
        }
    }
    return data;
}

} // namespace

class ChartWidgetsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void matrixSelectsByClickAndModifiers()
    {
        BlockRoleMatrix matrix;
        matrix.setData(matrixData());
        showAt(matrix, {400, 300});
        QSignalSpy edited(&matrix, &BlockRoleMatrix::selectionEdited);
        const auto click = [&](int row, int column, Qt::KeyboardModifiers modifiers) {
            QTest::mouseClick(matrix.viewport(), Qt::LeftButton, modifiers,
                matrix.cellRect(row, column).center().toPoint());
        };
        click(1, 1, Qt::NoModifier);
        QCOMPARE(matrix.selection(), QVector<int>{4});
        click(2, 2, Qt::ControlModifier);
        QCOMPARE(matrix.selection(), (QVector<int>{4, 8}));
        click(2, 2, Qt::ControlModifier);
        QCOMPARE(matrix.selection(), QVector<int>{4});
        click(0, 0, Qt::NoModifier);
        click(1, 1, Qt::ShiftModifier);
        QCOMPARE(matrix.selection(), (QVector<int>{0, 1, 3, 4}));
        QCOMPARE(edited.size(), 5);
        matrix.setSelection({7});
        QCOMPARE(edited.size(), 5); // following a global selection announces nothing
    }
    void matrixNamesWhatCannotBeToldApart()
    {
        BlockRoleMatrix matrix;
        MatrixData data = matrixData();
        for (std::size_t i = 0; i < 4; ++i)
            data.units[i].interval
                = Interval{0.1 * static_cast<double>(i), 0.1 * static_cast<double>(i) + 0.15};
        matrix.setData(data);
        QCOMPARE(matrix.alike(1).units, (QVector<int>{0, 2})); // 3 begins where 1 has ended
        QVERIFY(matrix.alike(7).units.isEmpty()); // without an interval nothing is known
        QCOMPARE(matrix.alike(1).byOverlap, 2);
        // A test over the same tokens decides where there is one; it is asked once for each that overlaps.
        int asked = 0;
        matrix.setAlikeTest([&](int, int other) -> std::optional<bool> {
            ++asked;
            return other == 0 ? std::optional(false) : std::nullopt;
        });
        QCOMPARE(matrix.alike(1).units, (QVector<int>{2}));
        QCOMPARE(matrix.alike(1).byOverlap, 1);
        QCOMPARE(asked, 2);
    }
    void matrixHeadersAndRubberBand()
    {
        BlockRoleMatrix matrix;
        matrix.setData(matrixData());
        showAt(matrix, {400, 300});
        QTest::mouseClick(matrix.viewport(), Qt::LeftButton, {}, matrix.rowHeaderRect(2).center().toPoint());
        QCOMPARE(matrix.selection(), (QVector<int>{6, 7, 8}));
        QTest::mouseClick(
            matrix.viewport(), Qt::LeftButton, {}, matrix.columnHeaderRect(1).center().toPoint());
        QCOMPARE(matrix.selection(), (QVector<int>{1, 4, 7, 10}));
        QSignalSpy edited(&matrix, &BlockRoleMatrix::selectionEdited);
        const QPoint from = matrix.cellRect(0, 0).center().toPoint(),
                     to = matrix.cellRect(1, 1).center().toPoint();
        QTest::mousePress(matrix.viewport(), Qt::LeftButton, {}, from);
        move(*matrix.viewport(), to, Qt::LeftButton);
        QCOMPARE(matrix.selection(), (QVector<int>{0, 1, 3, 4}));
        QCOMPARE(edited.size(), 0);
        QTest::keyClick(&matrix, Qt::Key_Escape);
        QCOMPARE(matrix.selection(), (QVector<int>{1, 4, 7, 10}));
        QTest::mouseRelease(matrix.viewport(), Qt::LeftButton, {}, to);
        QCOMPARE(matrix.selection(), (QVector<int>{1, 4, 7, 10}));
        QTest::mousePress(matrix.viewport(), Qt::LeftButton, {}, from);
        move(*matrix.viewport(), to, Qt::LeftButton);
        QTest::mouseRelease(matrix.viewport(), Qt::LeftButton, {}, to);
        QCOMPARE(matrix.selection(), (QVector<int>{0, 1, 3, 4}));
        QCOMPARE(edited.size(), 1);
    }
    void matrixKeysEdit()
    {
        BlockRoleMatrix matrix;
        matrix.setData(matrixData());
        showAt(matrix, {400, 300});
        QSignalSpy bits(&matrix, &BlockRoleMatrix::setBitsRequested),
            restore(&matrix, &BlockRoleMatrix::restoreRequested);
        QSignalSpy lock(&matrix, &BlockRoleMatrix::lockToggleRequested),
            tie(&matrix, &BlockRoleMatrix::tieToggleRequested);
        QSignalSpy options(&matrix, &BlockRoleMatrix::optionListRequested);
        QTest::keyClick(&matrix, Qt::Key_4);
        QCOMPARE(bits.size(), 0); // nothing is selected or focused
        QTest::keyClick(&matrix, Qt::Key_Down);
        QTest::keyClick(&matrix, Qt::Key_Down);
        QTest::keyClick(&matrix, Qt::Key_Right);
        QCOMPARE(matrix.focusCell(), QPoint(1, 1));
        QCOMPARE(matrix.selection(), QVector<int>{4});
        QTest::keyClick(&matrix, Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(matrix.selection(), (QVector<int>{4, 7}));
        QTest::keyClick(&matrix, Qt::Key_3);
        QCOMPARE(bits.size(), 1);
        QCOMPARE(bits[0][0].value<QVector<int>>(), (QVector<int>{4, 7}));
        QCOMPARE(bits[0][1].toInt(), 3);
        QTest::keyClick(&matrix, Qt::Key_1);
        QCOMPARE(bits.size(), 1);
        QTest::keyClick(&matrix, Qt::Key_0);
        QTest::keyClick(&matrix, Qt::Key_K);
        QTest::keyClick(&matrix, Qt::Key_T);
        QTest::keyClick(&matrix, Qt::Key_Return);
        QCOMPARE(restore.size() + lock.size() + tie.size() + options.size(), 4);
        QTest::keyClick(&matrix, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(matrix.selection().size(), 12);
        QTest::keyClick(&matrix, Qt::Key_Space);
        QCOMPARE(matrix.selection().size(), 11);
    }
    void matrixSegmentsAndHover()
    {
        MatrixData data = matrixData();
        MatrixUnit expert = data.units[0];
        expert.share = 3;
        data.units.push_back(expert); // unit 12 takes three quarters of cell (0, 0)
        BlockRoleMatrix matrix;
        matrix.setData(data);
        showAt(matrix, {400, 300});
        const QRectF cell = matrix.cellRect(0, 0);
        QCOMPARE(matrix.unitAt({cell.left() + cell.width() * 0.1, cell.center().y()}), 0);
        QCOMPARE(matrix.unitAt({cell.left() + cell.width() * 0.5, cell.center().y()}), 12);
        QVERIFY(matrix.unitRect(12).width() > 2.5 * matrix.unitRect(0).width());
        QSignalSpy hovered(&matrix, &BlockRoleMatrix::hovered);
        move(*matrix.viewport(), cell.center());
        QCOMPARE(hovered.last()[0].toInt(), 12);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(matrix.viewport(), &leave);
        QCOMPARE(hovered.last()[0].toInt(), -1);
        QCOMPARE(matrix.csv().count(u'\n'), 14);
    }

    void paretoHandleDragSnapsAndReleases()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        QSignalSpy moved(&chart, &ParetoChart::handleMoved), released(&chart, &ParetoChart::handleReleased);
        const QPointF start = chart.handlePixel();
        QTest::mousePress(&chart, Qt::LeftButton, {}, start.toPoint());
        QVERIFY(chart.isDragging());
        move(chart, start + QPointF(90, 0), Qt::LeftButton);
        move(chart, start + QPointF(150, 0), Qt::LeftButton);
        QVERIFY(moved.size() >= 2);
        const int state = moved.last()[0].toInt();
        QVERIFY(state > 5);
        QCOMPARE(chart.data().current->bytes, chart.data().frontier[static_cast<std::size_t>(state)].bytes);
        QCOMPARE(released.size(), 0);
        QTest::mouseRelease(&chart, Qt::LeftButton, {}, (start + QPointF(150, 0)).toPoint());
        QCOMPARE(released.size(), 1);
        QCOMPARE(released[0][0].toInt(), state);
    }
    void paretoEscapeRestores()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        QSignalSpy cancelled(&chart, &ParetoChart::handleCancelled),
            released(&chart, &ParetoChart::handleReleased);
        const QPointF start = chart.handlePixel();
        QTest::mousePress(&chart, Qt::LeftButton, {}, start.toPoint());
        move(chart, start + QPointF(120, 0), Qt::LeftButton);
        QVERIFY(chart.handlePixel() != start);
        QTest::keyClick(&chart, Qt::Key_Escape);
        QCOMPARE(chart.handlePixel(), start);
        QCOMPARE(chart.data().currentState, 5);
        QCOMPARE(cancelled.size(), 1);
        QTest::mouseRelease(&chart, Qt::LeftButton, {}, (start + QPointF(120, 0)).toPoint());
        QCOMPARE(released.size(), 0);
    }
    void paretoBudgetDrag()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        QSignalSpy dragging(&chart, &ParetoChart::budgetDragging),
            released(&chart, &ParetoChart::budgetReleased);
        QSignalSpy cancelled(&chart, &ParetoChart::budgetCancelled);
        const QPointF start(chart.budgetPixel(), 150);
        QTest::mousePress(&chart, Qt::LeftButton, {}, start.toPoint());
        move(chart, start - QPointF(60, 0), Qt::LeftButton);
        QVERIFY(dragging.size() == 1 && dragging[0][0].toDouble() < 2.2e6);
        QTest::keyClick(&chart, Qt::Key_Escape);
        QCOMPARE(cancelled.size(), 1);
        QCOMPARE(*chart.data().budgetBytes, 2.2e6);
        QTest::mouseRelease(&chart, Qt::LeftButton, {}, start.toPoint());
        QCOMPARE(released.size(), 0);
        QTest::mousePress(&chart, Qt::LeftButton, {}, start.toPoint());
        move(chart, start - QPointF(60, 0), Qt::LeftButton);
        QTest::mouseRelease(&chart, Qt::LeftButton, {}, (start - QPointF(60, 0)).toPoint());
        QCOMPARE(released.size(), 1);
        QCOMPARE(released[0][0].toDouble(), *chart.data().budgetBytes);
    }
    void paretoKeysAndDistance()
    {
        ParetoChart chart;
        ParetoData data = paretoData();
        data.current->harm *= 1.12;
        data.currentState = -1;
        chart.setData(data);
        showAt(chart, {700, 420});
        QCOMPARE(chart.distanceText(), utf8("+12 % harm against the best of this size"));
        QSignalSpy released(&chart, &ParetoChart::handleReleased);
        QTest::keyClick(&chart, Qt::Key_Right);
        QCOMPARE(released.last()[0].toInt(), 6);
        QVERIFY(chart.distanceText().isEmpty());
        QTest::keyClick(&chart, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(released.last()[0].toInt(), 0);
    }

    void outlierMapShowsOneHotChannel()
    {
        constexpr int kChannels = 28672;
        for (const int hot : {0, 17003, kChannels - 1}) {
            OutlierMap map;
            map.setData(outlierData(5, kChannels, 2, hot));
            showAt(map, {760, 420});
            const QImage image = map.renderedMap();
            QVERIFY(image.width() < 720 && image.width() > 400);
            const QRgb brightest = mapColor(map.colorMap(), 1).rgb(),
                       dark = mapColor(map.colorMap(), 0).rgb();
            int bright = 0, other = 0;
            const int y = image.height() / 2;
            for (int x = 0; x < image.width(); ++x) {
                bright += image.pixel(x, y) == brightest;
                other += image.pixel(x, y) != brightest && image.pixel(x, y) != dark;
            }
            QVERIFY2(bright >= 1 && bright <= 2, qPrintable(QString::number(bright)));
            QCOMPARE(other, 0);
            const OutlierMark cell = map.cellAtPixel(map.cellPixel(2, hot));
            QCOMPARE(cell.row, 2);
            QCOMPARE(cell.channel, hot);
        }
    }
    void outlierMapClickSortAndUnknown()
    {
        OutlierMap map;
        OutlierMapData data = outlierData(3, 100, 1, 63);
        data.rows[2].values.resize(40);
        data.rows[0].values[5] = std::numeric_limits<float>::quiet_NaN();
        map.setData(data);
        showAt(map, {760, 420});
        QSignalSpy activated(&map, &OutlierMap::cellActivated), pinned(&map, &OutlierMap::channelPinned);
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.cellPixel(1, 63).toPoint());
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated[0][0].toInt(), 1);
        QCOMPARE(activated[0][1].toInt(), 63);
        QCOMPARE(pinned.last()[0].toInt(), 63);
        QCOMPARE(map.cellAtPixel(map.cellPixel(2, 80)).channel, -1); // that layer has 40 channels
        QVERIFY(map.readout().isEmpty() || map.readout().contains(utf8("channel")));
        const double before = map.cellPixel(1, 63).x();
        map.setSorted(true);
        QVERIFY(map.cellPixel(1, 63).x() < before);
        QCOMPARE(map.cellAtPixel(map.cellPixel(1, 63)).channel, 63);
        QVERIFY(map.csv().contains(utf8("layer 1,-1,63,1000")));
        map.setData({});
        map.replot(QCustomPlot::rpImmediateRefresh);
        QCOMPARE(map.cellAtPixel({300, 200}).row, -1);
    }
    void outlierMapRubberBandSelects()
    {
        OutlierMap map;
        map.setData(outlierData(3, 10, 1, 6));
        showAt(map, {760, 420});
        QSignalSpy region(&map, &OutlierMap::regionSelected);
        const QPointF from = map.cellPixel(0, 2), to = map.cellPixel(1, 4);
        QTest::mousePress(&map, Qt::LeftButton, {}, from.toPoint());
        move(map, to, Qt::LeftButton);
        QTest::mouseRelease(&map, Qt::LeftButton, {}, to.toPoint());
        QCOMPARE(region.size(), 1);
        QCOMPARE(region[0][0].value<QVector<int>>(), (QVector<int>{0, 1}));
        QCOMPARE(region[0][1].value<QVector<int>>(), (QVector<int>{2, 3, 4}));
    }

    void gesturesOfEveryChart()
    {
        MaximaChart chart;
        MaximaData data;
        data.dumps.push_back({utf8("dump"), {}, {}});
        for (int i = 0; i < 10; ++i)
            data.dumps[0].sites.push_back({utf8("site %1").arg(i), utf8("in"), i, 10.0 + i, 5.0, 1.0, false});
        data.dumps[0].massive.push_back({4, 163, 0, utf8("<bos>"), -14.0});
        chart.setData(data);
        showAt(chart, {700, 420});
        const Interval home = chart.viewRange(Qt::Horizontal);
        const QPointF middle = chart.sitePixel(5).value();
        wheel(chart, middle, 3);
        QVERIFY(chart.viewRange(Qt::Horizontal).width() < home.width());
        QVERIFY(std::abs(chart.sitePixel(5)->x() - middle.x()) < 0.01); // zooms at the cursor
        const Interval zoomedIn = chart.viewRange(Qt::Horizontal);
        QTest::mousePress(&chart, Qt::MiddleButton, {}, middle.toPoint());
        move(chart, middle + QPointF(60, 0), Qt::MiddleButton);
        QVERIFY(chart.viewRange(Qt::Horizontal).lower < zoomedIn.lower);
        QTest::keyClick(&chart, Qt::Key_Escape);
        QVERIFY(std::abs(chart.viewRange(Qt::Horizontal).lower - zoomedIn.lower) < 1e-9);
        QTest::mouseRelease(&chart, Qt::MiddleButton, {}, middle.toPoint());
        QTest::mouseDClick(&chart, Qt::LeftButton, {},
            QPoint(350, static_cast<int>(chart.sitePixel(5)->y()) + 0 < 0 ? 0 : chart.height() - 40));
        QCOMPARE(chart.viewRange(Qt::Horizontal), home);
        QVERIFY(chart.isLogarithmic(Qt::Vertical));
        move(chart, middle);
        QTest::keyClick(&chart, Qt::Key_L);
        QVERIFY(!chart.isLogarithmic(Qt::Vertical));
        QTest::keyClick(&chart, Qt::Key_Home);
        QVERIFY(!chart.hasUserView(Qt::Vertical));
    }
    void maximaClickActivates()
    {
        MaximaChart chart;
        MaximaData data;
        data.dumps.push_back({utf8("dump"), {}, {}});
        for (int i = 0; i < 10; ++i)
            data.dumps[0].sites.push_back(
                {utf8("site %1").arg(i), utf8("in"), i, 10.0 + i, std::nullopt, 1.0, false});
        data.dumps[0].massive.push_back({4, 163, 0, utf8("<bos>"), -500.0});
        chart.setData(data);
        showAt(chart, {700, 420});
        QSignalSpy sites(&chart, &MaximaChart::siteActivated),
            channels(&chart, &MaximaChart::channelActivated);
        QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.sitePixel(7)->toPoint());
        QCOMPARE(sites.size(), 1);
        QCOMPARE(sites[0][0].toInt(), 7);
        QCOMPARE(channels.size(), 0);
        move(chart, *chart.sitePixel(7));
        QVERIFY(chart.readout().contains(utf8("site 7")));
        QVERIFY(chart.readout().contains(utf8("unknown"))); // q99.9 is not in the dump
        QVERIFY(chart.csv().contains(utf8("site 7,in,7,17,,1,17,0")));
        QTest::keyClick(&chart, Qt::Key_PageDown);
        QCOMPARE(sites.last()[0].toInt(), 8);
    }
    void viewStateRoundTrips()
    {
        SpectrumChart chart;
        SpectrumData data;
        for (int i = 1; i < 200; ++i)
            data.eigenvalues.push_back(0.01 * i);
        chart.setData(data);
        showAt(chart, {700, 420});
        chart.setMode(SpectrumChart::Mode::Density);
        chart.setViewRange(Qt::Horizontal, {0.5, 1.0});
        chart.setLegendKeyShown(utf8("weights"), false);
        const QJsonObject state = chart.viewState();
        SpectrumChart other;
        other.setData(data);
        other.setViewState(state);
        QCOMPARE(other.mode(), SpectrumChart::Mode::Density);
        QCOMPARE(other.viewRange(Qt::Horizontal), (Interval{0.5, 1.0}));
        QVERIFY(!other.isLegendKeyShown(utf8("weights")));
        other.setData(data); // new data keeps the user's view
        QCOMPARE(other.viewRange(Qt::Horizontal), (Interval{0.5, 1.0}));
    }
    void everyChartExportsAndCopes()
    {
        QTemporaryDir dir;
        MaximaChart maxima;
        WeightHistogram histogram;
        SpectrumChart spectrum;
        ParetoChart pareto;
        OutlierMap outliers;
        BlockRoleMatrix matrix;
        // Without data first: nothing may crash, and the empty state offers its remedy.
        for (ChartBase* chart : {static_cast<ChartBase*>(&maxima), static_cast<ChartBase*>(&histogram),
                 static_cast<ChartBase*>(&spectrum), static_cast<ChartBase*>(&pareto),
                 static_cast<ChartBase*>(&outliers)}) {
            showAt(*chart, {500, 320});
            move(*chart, {200, 150});
            wheel(*chart, {200, 150}, 2);
            chart->setEmpty(utf8("No activations: open a dump."), utf8("Open a dump"));
            QVERIFY(chart->isEmpty());
            QSignalSpy remedy(chart, &ChartBase::remedyRequested);
            auto* button = chart->findChild<QPushButton*>();
            QVERIFY(button);
            QTest::mouseClick(button, Qt::LeftButton);
            QCOMPARE(remedy.size(), 1);
        }
        pareto.setData(paretoData());
        matrix.setData(matrixData());
        histogram.setData({utf8("w"), {-1, 0, 1}, {3, 5}, 8, 0, 0, utf8("int2"), 2, {{-1, 0.4}, {1, 0.6}},
            false, {0, 1}, 0.1});
        QVERIFY(!pareto.isEmpty());
        for (ChartSurface* chart : {static_cast<ChartSurface*>(&pareto), static_cast<ChartSurface*>(&matrix),
                 static_cast<ChartSurface*>(&histogram), static_cast<ChartSurface*>(&outliers)}) {
            chart->setCaption({utf8("Title"), utf8("source"), utf8("statistic"), utf8("not measured")});
            for (const char* suffix : {"svg", "pdf", "png"}) {
                const QString path = dir.filePath(utf8("chart.%1").arg(utf8(suffix)));
                QVERIFY(chart->saveTo(path, {600, 400}));
                QVERIFY(QFileInfo(path).size() > 1000);
            }
            QFile svg(dir.filePath(utf8("chart.svg")));
            QVERIFY(svg.open(QIODevice::ReadOnly));
            QVERIFY(svg.readAll().contains("not measured"));
            QString error;
            QVERIFY(!chart->saveTo(dir.filePath(utf8("missing/chart.png")), {600, 400}, &error));
            QVERIFY(error.contains(utf8("missing")));
            QVERIFY(chart->csv().contains(u'\n'));
        }
    }
    void menuOffersTheKeyboardsGestures()
    {
        ParetoChart chart;
        chart.setData(paretoData());
        showAt(chart, {700, 420});
        std::unique_ptr<QMenu> menu(chart.createContextMenu({200, 200}));
        QStringList texts;
        for (const QAction* action : menu->actions())
            texts << action->text();
        for (const char* wanted :
            {"Reset view", "Logarithmic vertical", "Copy picture", "Copy data", "Export"})
            QVERIFY2(std::any_of(texts.begin(), texts.end(),
                         [&](const QString& t) { return QString(t).remove(u'&').contains(utf8(wanted)); }),
                wanted);
    }
};

QTEST_MAIN(ChartWidgetsTest)
#include "tst_chart_widgets.moc"
