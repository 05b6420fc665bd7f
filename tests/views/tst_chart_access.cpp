// What every chart can do: with the keyboard, with the buttons, as a table, for screen readers.
#include "views/charts/data_table.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/charts/pareto_chart.h"
#include "views/charts/size_treemap.h"
#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtTest>

#include <memory>

using namespace bitwright::views;

namespace {

QString utf8(const char* text)
{
    return QString::fromUtf8(text);
}

void move(QWidget& widget, const QPointF& at, Qt::MouseButtons buttons = Qt::NoButton)
{
    QMouseEvent event(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, buttons, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

MaximaData maximaData()
{
    MaximaData data;
    data.dumps.push_back({utf8("dump"), {}, {}});
    for (int i = 0; i < 10; ++i)
        for (const char* group : {"residual", "input"})
            data.dumps[0].sites.push_back(
                {utf8("%1 %2").arg(utf8(group)).arg(i), utf8(group), i, 10.0 + i, 5.0, 1.0, false});
    return data;
}

OutlierMapData outlierData()
{
    OutlierMapData data;
    data.measure = utf8("max |x|");
    for (int r = 0; r < 4; ++r)
        data.rows.push_back({utf8("layer %1").arg(r), QString::number(r), r, {1, 2, 3, 4, 5, 6, 7, 100}, {}});
    return data;
}

// One of each chart on axes, with data.
std::vector<std::unique_ptr<ChartBase>> allCharts()
{
    std::vector<std::unique_ptr<ChartBase>> charts;
    auto maxima = std::make_unique<MaximaChart>();
    maxima->setData(maximaData());
    charts.push_back(std::move(maxima));
    auto map = std::make_unique<OutlierMap>();
    map->setData(outlierData());
    charts.push_back(std::move(map));
    auto histogram = std::make_unique<WeightHistogram>();
    WeightHistogramData weights;
    weights.edges = {-1, 0, 1};
    weights.counts = {3, 5};
    weights.total = 8;
    weights.levels = {{-1, 0.4}, {1, 0.6}};
    histogram->setData(std::move(weights));
    charts.push_back(std::move(histogram));
    auto spectrum = std::make_unique<SpectrumChart>();
    SpectrumData eigenvalues;
    for (int i = 1; i < 200; ++i)
        eigenvalues.eigenvalues.push_back(0.01 * i);
    spectrum->setData(eigenvalues);
    charts.push_back(std::move(spectrum));
    auto pareto = std::make_unique<ParetoChart>();
    ParetoData states;
    for (int i = 0; i < 20; ++i)
        states.frontier.push_back({1e6 + 1e5 * i, std::exp2(-i)});
    states.current = ParetoMark{utf8("plan"), 1.5e6, std::exp2(-5), std::nullopt, false};
    states.plannedWeights = 4e6;
    pareto->setData(states);
    charts.push_back(std::move(pareto));
    return charts;
}

void showAt(QWidget& widget, QSize size)
{
    widget.resize(size);
    widget.show();
    widget.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&widget));
    widget.setFocus();
    if (auto* plot = qobject_cast<QCustomPlot*>(&widget))
        plot->replot(QCustomPlot::rpImmediateRefresh);
}

QAction* actionNamed(const ChartSurface&, const QList<QAction*>& actions, const char* name)
{
    for (QAction* action : actions)
        if (action->objectName() == utf8(name))
            return action;
    return nullptr;
}

} // namespace

class ChartAccessTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    /// Quantile and rms are drawn for the main kinds and the selected one: the axis has room for no more.
    void axisOfMaximaFollowsTheSelection()
    {
        MaximaChart chart;
        MaximaData data = maximaData();
        data.mainGroups = {utf8("residual")};
        for (MaximaSite& site : data.dumps[0].sites)
            if (site.group == utf8("input"))
                site.rms = 0.001;
        chart.setData(data);
        QVERIFY(chart.viewRange(Qt::Vertical).lower > 0.01);
        chart.setCurrentSite(1); // an input
        QVERIFY(chart.viewRange(Qt::Vertical).lower < 0.001);
        chart.setCurrentSite(0);
        QVERIFY(chart.viewRange(Qt::Vertical).lower > 0.01);
    }

    /// Found by the monkey: the layout of a chart of some pixels overflowed.
    void aTinyChartIsCopiedReadably()
    {
        SpectrumChart chart;
        chart.resize(3, 2);
        for (QAction* action : chart.findChildren<QAction*>())
            if (action->text().contains(QStringLiteral("Copy picture")))
                action->trigger();
        const QImage image = QApplication::clipboard()->image();
        QVERIFY2(image.width() >= 640 && image.height() >= 480, "copied at twice the size of 320 x 240");
    }
    void csvReadsBack()
    {
        const TableData table = tableFromCsv(utf8("name,max_abs,q99.9\n\"a,\"\"b\",1.5,\nc,2e-3,\n"));
        QCOMPARE(table.columns.size(), std::size_t{3});
        QCOMPARE(table.columns[1].title, utf8("max abs"));
        QVERIFY(!table.columns[0].numeric && table.columns[1].numeric && !table.columns[2].numeric);
        QCOMPARE(table.rows.size(), std::size_t{2});
        QCOMPARE(std::get<QString>(table.rows[0][0]), utf8("a,\"b"));
        QCOMPARE(std::get<double>(table.rows[1][1]), 2e-3);
        const TableData holes = tableFromCsv(utf8("x\n1\n\n3\n"));
        QVERIFY(std::holds_alternative<std::monostate>(holes.rows[1][0])); // unknown, not zero
        QVERIFY(tableFromCsv(utf8("x,y\n")).rows.empty());
        QCOMPARE(tableFromCsv(QString()).columns.size(), std::size_t{1});
    }
    void tableSortsFiltersAndCopies()
    {
        TableModel model;
        model.setData(tableFromCsv(utf8("name,value\nb,10\na,9\nc,\n")));
        const QAbstractItemModelTester tester(&model);
        DataTable table(utf8("numbers"));
        table.setData(tableFromCsv(utf8("name,value\nb,10\na,9.123456789\nc,\nd,100\n")));
        showAt(table, {500, 300});
        const auto column = [&](int c) {
            QStringList texts;
            for (int row = 0; row < table.visibleRows(); ++row)
                texts << table.view()->model()->index(row, c).data().toString();
            return texts.join(u' ');
        };
        QCOMPARE(column(0), utf8("b a c d"));
        table.view()->sortByColumn(1, Qt::AscendingOrder);
        QCOMPARE(column(0), utf8("a b d c")); // by number, unknown last
        QCOMPARE(column(1).section(u' ', 3), utf8("unknown"));
        table.view()->sortByColumn(1, Qt::DescendingOrder);
        QCOMPARE(column(0), utf8("d b a c"));
        QTest::keyClicks(table.filterBox(), utf8("A"));
        QCOMPARE(column(0), utf8("a"));
        QCOMPARE(table.visibleCsv(), utf8("name,value\na,9.123456789\n")); // every digit
        table.filterBox()->clear();
        QSignalSpy activated(&table, &DataTable::rowActivated);
        table.setCurrentRow(3);
        QCOMPARE(activated.size(), 0);
        QCOMPARE(table.currentRow(), 3);
        QTest::keyClick(table.view(), Qt::Key_Down);
        QCOMPARE(activated.last()[0].toInt(), 0);
        QTest::keyClick(table.view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), utf8("name,value\nb,10\n"));
        QVERIFY(!table.view()->accessibleName().isEmpty() && !table.filterBox()->accessibleName().isEmpty());
    }

    void everyChartHasATable()
    {
        auto charts = allCharts();
        for (auto& chart : charts) {
            chart->setCaption({utf8("Title"), utf8("source"), utf8("statistic"), utf8("provenance")});
            showAt(*chart, {640, 400});
            QTest::keyClick(chart.get(), Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
            QVERIFY(chart->isTableShown());
            DataTable* table = chart->table();
            QVERIFY(table->view()->hasFocus());
            QCOMPARE(table->geometry(), chart->rect());
            QVERIFY(table->visibleRows() > 0);
            QVERIFY(table->view()->accessibleName().contains(utf8("Title")));
            QVERIFY(table->view()->accessibleDescription().contains(utf8("provenance")));
            chart->resize(500, 300);
            QCOMPARE(table->geometry(), chart->rect());
            QTest::keyClick(table->view(), Qt::Key_Escape);
            QVERIFY(!chart->isTableShown());
            QVERIFY(chart->hasFocus());
        }
    }
    void tableFollowsTheChart()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {640, 400});
        chart.setTableShown(true);
        QCOMPARE(chart.table()->visibleRows(), 20);
        MaximaData more = maximaData();
        more.dumps[0].sites.resize(5);
        chart.setData(more);
        QTRY_COMPARE(chart.table()->visibleRows(), 5);
        const auto buttons = chart.table()->findChildren<QPushButton*>();
        for (QPushButton* button : buttons)
            if (button->text().contains(utf8("Show &chart")))
                QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(!chart.isTableShown());
    }
    void treemapHasATable()
    {
        SizeTreemap map;
        map.setItems({{utf8("mlp"), 1000, 4, {}}, {utf8("attention"), 500, 8, {}}});
        map.setCaption({utf8("Sizes"), {}, {}, {}});
        showAt(map, {400, 300});
        map.nameActions(utf8("overview"));
        actionNamed(map, map.chartActions(), "overview.table")->trigger();
        QVERIFY(map.isTableShown());
        QCOMPARE(map.table()->visibleRows(), 2);
    }
    void actionsHaveIdsAndWork()
    {
        for (auto& chart : allCharts()) {
            showAt(*chart, {640, 400});
            chart->nameActions(utf8("panel"));
            const auto find
                = [&](const char* name) { return actionNamed(*chart, chart->chartActions(), name); };
            const Interval home = chart->viewRange(Qt::Horizontal);
            find("panel.zoom-in")->trigger();
            QVERIFY(chart->viewRange(Qt::Horizontal).width() < home.width());
            find("panel.zoom-out")->trigger();
            find("panel.reset")->trigger();
            QCOMPARE(chart->viewRange(Qt::Horizontal), home);
            for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical}) {
                QAction* log = chart->logAction(axis);
                QCOMPARE(log->isVisible(), chart->logAllowed(axis));
                QCOMPARE(log->isChecked(), chart->isLogarithmic(axis));
                if (!chart->logAllowed(axis))
                    continue;
                log->trigger();
                QCOMPARE(log->isChecked(), chart->isLogarithmic(axis));
                chart->setLogarithmic(axis, !chart->isLogarithmic(axis));
                QCOMPARE(log->isChecked(), chart->isLogarithmic(axis));
            }
            find("panel.copy-data")->trigger();
            QVERIFY(QApplication::clipboard()->mimeData()->hasFormat(utf8("text/csv")));
            QCOMPARE(QApplication::clipboard()->text(), chart->csv());
            find("panel.copy-picture")->trigger();
            QVERIFY(QApplication::clipboard()->mimeData()->hasImage());
            for (const QAction* action : chart->chartActions())
                QVERIFY2(!action->toolTip().isEmpty() && action->objectName().startsWith(utf8("panel.")),
                    qPrintable(action->text()));
        }
    }

    void gesturesOfEveryChart()
    {
        for (auto& chart : allCharts()) {
            showAt(*chart, {640, 400});
            const QPoint middle(360, 220);
            // Keys.
            const Interval home = chart->viewRange(Qt::Horizontal);
            QTest::keyClick(chart.get(), Qt::Key_Plus);
            const Interval closer = chart->viewRange(Qt::Horizontal);
            QVERIFY(closer.width() < home.width());
            QTest::keyClick(chart.get(), Qt::Key_Up);
            QVERIFY(chart->hasUserView(Qt::Vertical));
            QTest::keyClick(chart.get(), Qt::Key_Home);
            QCOMPARE(chart->viewRange(Qt::Horizontal), home);
            // Space + drag pans, Esc takes it back.
            QTest::keyClick(chart.get(), Qt::Key_Plus);
            const Interval before = chart->viewRange(Qt::Horizontal);
            QTest::keyPress(chart.get(), Qt::Key_Space);
            QTest::mousePress(chart.get(), Qt::LeftButton, {}, middle);
            move(*chart, middle + QPoint(50, 10), Qt::LeftButton);
            QVERIFY(chart->viewRange(Qt::Horizontal) != before);
            QTest::keyClick(chart.get(), Qt::Key_Escape);
            QVERIFY(std::abs(chart->viewRange(Qt::Horizontal).lower - before.lower)
                < 1e-6 * std::max(1.0, std::abs(before.lower)));
            QTest::mouseRelease(chart.get(), Qt::LeftButton, {}, middle);
            QTest::keyRelease(chart.get(), Qt::Key_Space);
            // Double click on an axis resets that axis.
            QTest::mouseDClick(chart.get(), Qt::LeftButton, {}, QPoint(12, middle.y()));
            QVERIFY(!chart->hasUserView(Qt::Vertical));
            QVERIFY(chart->hasUserView(Qt::Horizontal));
            // The reset button shows while the view is the user's own.
            auto* reset = chart->findChildren<QToolButton*>().constFirst();
            QVERIFY(reset->isVisible());
            QTest::mouseClick(reset, Qt::LeftButton);
            QVERIFY(!reset->isVisible() && !chart->hasUserView(Qt::Horizontal));
        }
    }
    void crosshairByKeyboard()
    {
        for (auto& chart : allCharts()) {
            showAt(*chart, {640, 400});
            QSignalSpy readout(chart.get(), &ChartBase::readoutChanged);
            QVERIFY(chart->readout().isEmpty());
            QTest::keyClick(chart.get(), Qt::Key_Left, Qt::ControlModifier);
            QVERIFY(!chart->readout().isEmpty());
            const QString first = chart->readout();
            for (int i = 0; i < 12; ++i) {
                QTest::keyClick(chart.get(), Qt::Key_Left, Qt::ControlModifier);
                QTest::keyClick(chart.get(), Qt::Key_Up, Qt::ControlModifier);
            }
            QVERIFY(chart->readout() != first);
            QVERIFY(readout.size() >= 2);
        }
        OutlierMap map;
        map.setData(outlierData());
        showAt(map, {640, 400});
        QSignalSpy activated(&map, &OutlierMap::cellActivated);
        QTest::keyClick(&map, Qt::Key_Right, Qt::ControlModifier);
        QTest::keyClick(&map, Qt::Key_Return); // the keyboard's click
        QCOMPARE(activated.size(), 1);
    }
    void legendByKeyboardAndMouse()
    {
        QWidget window;
        auto* layout = new QVBoxLayout(&window);
        auto* chart = new MaximaChart(&window);
        auto* after = new QLineEdit(&window);
        layout->addWidget(chart);
        layout->addWidget(after);
        chart->setData(maximaData());
        showAt(window, {640, 440});
        chart->setFocus();
        const QString residual = utf8("group:residual"), input = utf8("group:input");
        QVERIFY(chart->focusedLegendKey().isEmpty());
        QTest::keyClick(chart, Qt::Key_Tab);
        QCOMPARE(chart->focusedLegendKey(), residual);
        QTest::keyClick(chart, Qt::Key_Space);
        QVERIFY(!chart->isLegendKeyShown(residual));
        QVERIFY(chart->accessibleValue().contains(utf8("hidden")));
        QTest::keyClick(chart, Qt::Key_Space);
        QTest::keyClick(chart, Qt::Key_Tab);
        QCOMPARE(chart->focusedLegendKey(), input);
        QTest::keyClick(chart, Qt::Key_Return); // alone
        QVERIFY(chart->isLegendKeyShown(input) && !chart->isLegendKeyShown(residual));
        QTest::keyClick(chart, Qt::Key_Return); // all again
        QVERIFY(chart->isLegendKeyShown(input) && chart->isLegendKeyShown(residual));
        QTest::keyClick(chart, Qt::Key_Backtab);
        QCOMPARE(chart->focusedLegendKey(), residual);
        QTest::keyClick(chart, Qt::Key_Escape);
        QVERIFY(chart->focusedLegendKey().isEmpty() && chart->hasFocus());
        for (int i = 0; i < 12 && !after->hasFocus(); ++i)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QVERIFY(after->hasFocus()); // Tab does not get stuck in the chart
        chart->replot(QCustomPlot::rpImmediateRefresh);
        const QPoint entry = chart->legendRect(residual).center().toPoint();
        QTest::mouseClick(chart, Qt::LeftButton, {}, entry);
        QVERIFY(!chart->isLegendKeyShown(residual));
        QTest::mouseClick(chart, Qt::LeftButton, {}, entry);
        QTest::mouseClick(chart, Qt::LeftButton, Qt::ControlModifier, entry);
        QVERIFY(chart->isLegendKeyShown(residual) && !chart->isLegendKeyShown(input));
    }
    void menuOpensByButtonAndKey()
    {
        for (auto& chart : allCharts()) {
            showAt(*chart, {640, 400});
            const auto openMenu = [&]() -> QMenu* {
                for (QMenu* menu : chart->findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly))
                    if (menu->isVisible())
                        return menu;
                return nullptr;
            };
            auto* button = chart->findChild<QToolButton*>(utf8("chart-menu"));
            QVERIFY(button && button->isVisible() && !button->accessibleName().isEmpty());
            QTest::mouseClick(button, Qt::LeftButton);
            QVERIFY(openMenu());
            QVERIFY(openMenu()->actions().size() >= 6);
            openMenu()->close();
            QTRY_VERIFY(!openMenu());
            QContextMenuEvent key(QContextMenuEvent::Keyboard, {10, 10}, chart->mapToGlobal(QPoint(10, 10)));
            QApplication::sendEvent(chart.get(), &key);
            QVERIFY(openMenu());
            openMenu()->close();
            QTRY_VERIFY(!openMenu());
        }
    }
    void focusIsVisible()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {640, 400});
        QCoreApplication::processEvents();
        const QColor with = chart.grab().toImage().pixelColor(320, 1);
        chart.clearFocus();
        QCoreApplication::processEvents();
        const QColor without = chart.grab().toImage().pixelColor(320, 1);
        QVERIFY(contrastRatio(with, without) >= 3); // WCAG 2.4.11
    }
    void screenReadersLearnWhatIsShown()
    {
        MaximaChart chart;
        chart.setCaption({utf8("Maxima"), utf8("model; text"), utf8("max |x|"), utf8("measured")});
        chart.setData(maximaData());
        showAt(chart, {640, 400});
        QAccessibleInterface* reader = QAccessible::queryAccessibleInterface(&chart);
        QVERIFY(reader);
        QCOMPARE(reader->role(), QAccessible::Chart);
        QCOMPARE(reader->text(QAccessible::Name), utf8("Maxima"));
        const QString description = reader->text(QAccessible::Description);
        for (const char* part : {"measured", "model; text", "logarithmic", "residual"})
            QVERIFY2(description.contains(utf8(part)), qPrintable(description));
        QVERIFY(reader->text(QAccessible::Value).isEmpty());
        move(chart, *chart.sitePixel(4));
        QVERIFY(reader->text(QAccessible::Value).contains(utf8("residual 2")));
        QVERIFY(reader->text(QAccessible::Help).contains(utf8("Ctrl")));
        chart.setEmpty(utf8("No dump is loaded."));
        QCOMPARE(reader->text(QAccessible::Description), utf8("No dump is loaded."));
    }
};

QTEST_MAIN(ChartAccessTest)
#include "tst_chart_access.moc"
