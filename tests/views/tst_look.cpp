// Activation maxima and outlier map: what they show, their gestures, and how they follow the document.
#include "tests/support/dump_writer.h"
#include "tests/support/memory_dump.h"
#include "tests/support/open_sample.h"
#include "tests/support/temp_folder.h"
#include "views/charts/outlier_image.h"
#include "views/panels/look_data.h"
#include "views/panels/maxima_panel.h"
#include "views/panels/outlier_panel.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace bitwright;
using namespace bitwright::views;

namespace {

QString utf8(const char* text)
{
    return QString::fromUtf8(text);
}

void move(QWidget& widget, const QPointF& at, Qt::MouseButtons buttons = Qt::NoButton,
    Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QMouseEvent event(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, buttons, modifiers);
    QApplication::sendEvent(&widget, &event);
}

void drag(
    QWidget& widget, const QPointF& from, const QPointF& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QTest::mousePress(&widget, Qt::LeftButton, modifiers, from.toPoint());
    move(widget, to, Qt::LeftButton, modifiers);
    QTest::mouseRelease(&widget, Qt::LeftButton, modifiers, to.toPoint());
}

void showAt(QWidget& widget, QSize size)
{
    widget.resize(size);
    widget.show();
    widget.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&widget));
    for (auto* plot : widget.findChildren<QCustomPlot*>())
        plot->replot(QCustomPlot::rpImmediateRefresh);
    if (auto* plot = qobject_cast<QCustomPlot*>(&widget))
        plot->replot(QCustomPlot::rpImmediateRefresh);
}

MaximaData maximaData()
{
    MaximaData data;
    data.mainGroups = {utf8("residual")};
    data.dumps.push_back({utf8("dump"), {}, {}});
    for (int i = 0; i < 10; ++i)
        for (const char* group : {"residual", "input"}) {
            const double factor = group[0] == 'r' ? 100 : 1;
            data.dumps[0].sites.push_back({utf8("%1 %2").arg(utf8(group)).arg(i), utf8(group), i,
                factor * (10.0 + i), factor * 5.0, factor, false});
        }
    MassiveMark mark;
    mark.site = 8; // residual 4
    mark.channel = 163;
    mark.value = -1400;
    mark.byToken = true;
    mark.tokenId = 2;
    data.dumps[0].massive.push_back(mark);
    return data;
}

model::Site residualSite(const std::string& name, std::optional<int> block)
{
    model::Site site;
    site.name = name;
    site.kind = model::SiteKind::Residual;
    site.block = block;
    site.channels = 4;
    site.count = 3;
    return site;
}

model::Site inputSite(const std::string& name, int block, std::vector<std::string> tensors)
{
    model::Site site;
    site.name = name;
    site.kind = model::SiteKind::InputOf;
    site.tensors = std::move(tensors);
    site.block = block;
    site.channels = 6;
    site.count = 3;
    return site;
}

} // namespace

class LookTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // --- Data ---
    void sitesAreGroupedAndNamed()
    {
        testing::MemoryDump dump(3);
        dump.addSite(residualSite("embed", std::nullopt));
        dump.addSite(residualSite("model.layers.0.attention.stream", 0));
        dump.addSite(inputSite(
            "qkv", 0, {"model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight"}));
        dump.addSite(residualSite("model.layers.0.mlp.stream", 0));
        dump.addSite(residualSite("model.layers.1.attention.stream", 1));
        dump.addSite(residualSite("model.norm.stream", std::nullopt));
        QCOMPARE(siteBlocks(dump), (std::vector<int>{-1, 0, 0, 0, 1, 2}));
        const QStringList labels = siteLabels(dump, false);
        QCOMPARE(labels[0], utf8("embedding output"));
        QCOMPARE(labels[1], utf8("0 before attention"));
        QCOMPARE(labels[2], utf8("0"));
        QCOMPARE(labels[3], utf8("0 before mlp"));
        QCOMPARE(labels[5], utf8("final stream")); // not "before attention"
        QVERIFY(siteLabels(dump, true)[2].contains(utf8("input of q, k")));
        QCOMPARE(siteOffset(dump.sites()[3]), 0.5);
        QCOMPARE(siteOffset(dump.sites()[1]), 0.0);
        const auto groups = siteGroups(dump);
        QCOMPARE(groups.size(), std::size_t{2});
        QCOMPARE(groups[0].name, utf8("residual stream"));
        QCOMPARE(groups[0].sites, (std::vector<std::size_t>{0, 1, 3, 4, 5}));
        QCOMPARE(groups[1].channels, std::size_t{6});
    }
    void massiveByBothCriteria()
    {
        // Median |x| of the site about 0.1, so that 1,000 x the median is about 100.
        testing::MemoryDump dump(3);
        model::Site site = residualSite("stream", 0);
        site.histogram.emplace();
        site.histogram->counts[static_cast<std::size_t>((-1.0 + 8.0) / 16.0 * 512)] = 1000;
        site.top = {{-500.0, 0, 2}, {300.0, 0, 1}, {150.0, 2, 3}, {90.0, 1, 0}};
        site.tokenAbsMax = {500.0F, 90.0F, 200.0F};
        site.tokenMedianAbs = {0.1F, 0.05F, 0.1F};
        const std::size_t index = dump.addSite(site);
        stats::OutlierReport report;
        report.sites.resize(1);
        report.sites[0].massive = stats::massiveActivations(dump.sites()[index]);
        const MassiveList list = massiveValues(0, dump, report, {7, -1, 8, 9});
        QCOMPARE(list.values.size(), std::size_t{4});
        const MassiveValue& first = list.values[0];
        QCOMPARE(first.value, -500.0);
        QVERIFY(first.bySite && first.byToken); // the token's largest value
        QCOMPARE(first.channel.value(), 2);
        QCOMPARE(first.tokenId.value(), 7);
        QCOMPARE(std::round(first.tokenRatio.value()), 5000.0);
        QVERIFY(first.siteRatio.value() > 4000 && first.siteRatio.value() < 6000);
        QCOMPARE(list.values[1].value, 300.0);
        QVERIFY(list.values[1].bySite && !list.values[1].byToken); // not the largest of its token
        // Token 2 counts by itself, but the dump's list does not hold its largest value.
        const MassiveValue& third = list.values[2];
        QCOMPARE(third.value, 200.0);
        QVERIFY(!third.bySite && third.byToken && !third.channel);
        QCOMPARE(third.tokenId.value(), 9); // padding is not a token
        QCOMPARE(list.values[3].value, 150.0);
        QVERIFY(!list.complete == !report.sites[0].massive.listIsComplete);
        // What the view counts: values, by which criterion, and those of both once.
        QCOMPARE(list.count(), std::size_t{4});
        QCOMPARE(list.bySite, std::size_t{3});
        QCOMPARE(list.byToken, std::size_t{2});
        QCOMPARE(list.byBoth, std::size_t{1});
        // Token 1 has 90, which exceeds neither 100.
        for (const auto& value : list.values)
            QVERIFY(value.token != 1);
    }

    // --- Maxima ---
    void emphasisFollowsMouseLegendAndSelection()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {700, 420});
        QCOMPARE(chart.emphasizedGroups(), QStringList{utf8("residual")}); // the default
        move(chart, *chart.sitePixel(7)); // input 3
        QCOMPARE(chart.emphasizedGroups(), QStringList{utf8("input")});
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&chart, &leave);
        QCOMPARE(chart.emphasizedGroups(), QStringList{utf8("residual")});
        move(chart, chart.legendRect(utf8("group:input")).center());
        QCOMPARE(chart.emphasizedGroups(), QStringList{utf8("input")});
        QApplication::sendEvent(&chart, &leave);
        chart.setCurrentSite(1);
        QCOMPARE(chart.emphasizedGroups(), QStringList{utf8("input")});
        chart.setLegendKeyShown(utf8("group:input"), false);
        QCOMPARE(chart.emphasizedGroups(), QStringList{utf8("residual")});
        chart.setLegendKeyShown(utf8("group:residual"), false);
        QVERIFY(chart.emphasizedGroups().isEmpty());
    }
    void statisticsOfTheMaxima()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {700, 420});
        const double atMaximum = chart.sitePixel(4)->y();
        chart.setStatistic(MaximaStatistic::Rms);
        QVERIFY(chart.viewRange(Qt::Vertical).contains(100));
        QVERIFY(chart.sitePixel(4)->y() != atMaximum);
        chart.setStatistic(MaximaStatistic::Crest);
        const QPointF crest = *chart.sitePixel(4);
        move(chart, crest);
        QVERIFY(chart.readout().contains(utf8("crest factor  12")));
        QVERIFY(chart.viewRange(Qt::Vertical).upper < 100); // max / rms is 10 to 19
        const QJsonObject state = chart.viewState();
        MaximaChart other;
        other.setData(maximaData());
        other.setViewState(state);
        QCOMPARE(other.statistic(), MaximaStatistic::Crest);
        MaximaData hole = maximaData();
        hole.dumps[0].sites[4].rms = 0.0;
        other.setData(hole);
        QVERIFY(!other.sitePixel(4)); // unknown, not infinite
    }
    void marksTellTheirChannel()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {700, 420});
        QSignalSpy hovered(&chart, &MaximaChart::channelHovered),
            chosen(&chart, &MaximaChart::channelActivated);
        const QPointF mark = chart.markPixel(chart.data().dumps[0].massive[0]) - QPointF(0, 2);
        move(chart, mark);
        QCOMPARE(hovered.last()[0].toInt(), 8);
        QCOMPARE(hovered.last()[1].toInt(), 163);
        QVERIFY2(chart.readout().contains(utf8("token 0 (id 2), ch 163")), qPrintable(chart.readout()));
        QVERIFY(chart.readout().contains(utf8("both")));
        QTest::mouseClick(&chart, Qt::LeftButton, {}, mark.toPoint());
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][1].toInt(), 163);
        move(chart, {200, 300});
        QCOMPARE(hovered.last()[1].toInt(), -1);
        // Each criterion can be switched off; the mark stands while one of its own is shown.
        chart.setLegendKeyShown(utf8("massive:site"), false);
        move(chart, mark);
        QCOMPARE(hovered.last()[1].toInt(), 163);
        move(chart, {200, 300});
        chart.setLegendKeyShown(utf8("massive:token"), false);
        move(chart, mark);
        QCOMPARE(hovered.last()[1].toInt(), -1);
    }
    void shiftDragSelectsSites()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {700, 420});
        QSignalSpy sites(&chart, &MaximaChart::sitesSelected);
        const QPointF a = *chart.sitePixel(4) - QPointF(6, 6), b = *chart.sitePixel(6) + QPointF(6, 6);
        drag(chart, a, b, Qt::ShiftModifier);
        QCOMPARE(sites.size(), 1);
        QCOMPARE(sites[0][0].value<QVector<int>>(), (QVector<int>{4, 6}));
        QVERIFY(!chart.hasUserView(Qt::Horizontal));
        drag(chart, a, b + QPointF(60, 60));
        QVERIFY(chart.hasUserView(Qt::Horizontal)); // without Shift it zooms
        QCOMPARE(sites.size(), 1);
    }

    // --- Map ---
    void criterionGivesRowsNumbers()
    {
        OutlierMap map;
        OutlierMapData data;
        data.measure = utf8("max |x|");
        data.criterion = utf8("Kernel");
        data.rowMeasure = utf8("share");
        data.rowsAreShares = true;
        for (int r = 0; r < 3; ++r) {
            OutlierRow row{utf8("layer %1").arg(r), QString::number(r), r, {1, 2, 3, 4, 5, 6, 7, 8}, {}};
            row.peaks.push_back({7, 12, 99, QStringLiteral("␣the"), -8.0});
            data.rows.push_back(row);
        }
        data.rowValues = {0.25, std::numeric_limits<double>::quiet_NaN(), 0.5};
        map.setData(data);
        showAt(map, {760, 420});
        move(map, map.cellPixel(0, 7));
        QVERIFY2(map.readout().contains(utf8("share  25.0 %")), qPrintable(map.readout()));
        QVERIFY(map.readout().contains(utf8("token 12 “␣the”")));
        move(map, map.cellPixel(1, 0));
        QVERIFY(map.readout().contains(utf8("share  unknown")));
        QVERIFY(!map.readout().contains(utf8("token")));
        const TableData table = map.tableData();
        QCOMPARE(table.rows.size(), std::size_t{24});
        QCOMPARE(std::get<double>(table.rows[0][3]), 8.0); // the hottest first
        QVERIFY(std::holds_alternative<std::monostate>(table.rows[8][4]));
    }
    void deadChannelsLeaveColorsToTheOthers()
    {
        OutlierMapData data;
        OutlierRow row{utf8("layer"), utf8("0"), 0, {}, {}};
        for (int c = 0; c < 1000; ++c)
            row.values.push_back(1 + static_cast<float>(c) / 100);
        row.values[17] = 1e-7F;
        data.rows.push_back(row);
        std::vector<int> order(1000);
        std::iota(order.begin(), order.end(), 0);
        OutlierImage image;
        image.setRows(data, order);
        const Interval range = image.valueRange(true);
        QVERIFY2(range.lower >= 0.9 && range.lower <= 1.0, qPrintable(QString::number(range.lower)));
        QVERIFY(range.upper > 10.9);
        QVERIFY(image.valueRange(false).lower < 1e-6); // a linear scale has room for them
        // When many are small they are no exception.
        for (std::size_t c = 0; c < 100; ++c)
            data.rows[0].values[c] = 1e-4F;
        image.setRows(data, order);
        QVERIFY(image.valueRange(true).lower <= 1e-4);
    }
    void tableOfALargeMapStaysShort()
    {
        OutlierMap map;
        OutlierMapData data;
        for (int r = 0; r < 126; ++r) {
            OutlierRow row{utf8("layer %1").arg(r), QString::number(r), r, {}, {}};
            row.values.assign(28672, 1.0F);
            row.values[static_cast<std::size_t>(r * 7)] = 50.0F;
            data.rows.push_back(std::move(row));
        }
        map.setData(std::move(data));
        const TableData table = map.tableData();
        QVERIFY(table.rows.size() <= 4032 && table.rows.size() >= 1000);
        QVERIFY(!table.note.isEmpty()); // and says so
        QCOMPARE(std::get<double>(table.rows[0][3]), 50.0);
        QCOMPARE(std::get<double>(table.rows[0][2]), 0.0);
    }
    void sortAndPinByKeyAndAction()
    {
        OutlierMap map;
        OutlierMapData data;
        data.rows.push_back({utf8("layer"), utf8("0"), 0, {1, 9, 3, 4}, {}});
        map.setData(data);
        showAt(map, {760, 420});
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_S);
        QVERIFY(map.isSorted() && map.sortAction()->isChecked());
        map.sortAction()->trigger();
        QVERIFY(!map.isSorted());
        QSignalSpy pinned(&map, &OutlierMap::channelPinned);
        move(map, map.cellPixel(0, 2));
        QTest::keyClick(&map, Qt::Key_P);
        QCOMPARE(map.pinnedChannel(), 2);
        QTest::keyClick(&map, Qt::Key_P);
        QCOMPARE(map.pinnedChannel(), -1);
        QCOMPARE(pinned.size(), 2);
    }
    void traceOfAChannel()
    {
        ChannelTrace trace;
        ChannelTraceData data;
        data.channel = 5;
        data.measure = utf8("max |x|");
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        data.rows = {{utf8("a"), utf8("0"), 1, 10}, {utf8("b"), utf8("1"), unknown, 20},
            {utf8("c"), utf8("2"), 100, 100}};
        trace.setData(data);
        showAt(trace, {500, 240});
        QVERIFY(trace.isLogarithmic(Qt::Vertical));
        QVERIFY(!trace.rowPixel(1) && trace.rowPixel(2));
        QSignalSpy activated(&trace, &ChannelTrace::rowActivated);
        QTest::mouseClick(&trace, Qt::LeftButton, {}, trace.rowPixel(2)->toPoint());
        QCOMPARE(activated.last()[0].toInt(), 2);
        trace.setCurrentRow(2);
        QTest::keyClick(&trace, Qt::Key_PageUp);
        QCOMPARE(activated.last()[0].toInt(), 1);
        // Names that would overlap give way to brief ones, already in the first frame of a size.
        for (int row = 3; row < 30; ++row)
            data.rows.push_back(
                {utf8("x"), utf8("%1 before attention").arg(row), 1, 1, utf8("%1 a").arg(row)});
        trace.setData(data);
        const auto names = [&](int width) {
            trace.resize(width, 240);
            QVector<double> places;
            QVector<QString> labels;
            trace.xAxis->ticker()->generate(trace.xAxis->range(), {}, u'g', 3, places, nullptr, &labels);
            return labels;
        };
        QVERIFY(names(6000).contains(utf8("4 before attention")));
        QVERIFY(names(700).last().endsWith(utf8(" a")));
        data.rows.resize(3);
        trace.setData(data);
        showAt(trace, {500, 240});
        move(trace, *trace.rowPixel(0));
        QVERIFY(trace.readout().contains(utf8("channel 5")));
        QCOMPARE(trace.csv(), utf8("site,channel,value,largest_of_site\na,5,1,10\nb,5,,20\nc,5,100,100\n"));
    }

    // --- Panels ---
    void panelsFollowTheSampleAndASecondDump()
    {
        const test::TempFolder folder;
        const QString copy = QString::fromStdString(folder.file("again.h5"));
        QVERIFY(QFile::copy(test::kSampleDump, copy));
        JobQueue jobs;
        Document document(jobs);
        MaximaPanel maxima(document);
        OutlierPanel outliers(document);
        auto* chart = maxima.findChild<MaximaChart*>();
        auto* map = outliers.findChild<OutlierMap*>();
        QVERIFY(chart->isEmpty() && map->isEmpty());
        test::openSample(jobs, document);
        QTRY_VERIFY_WITH_TIMEOUT(document.outliers(0) && !map->isEmpty() && jobs.isIdle(), 60000);
        showAt(maxima, {1100, 600});
        showAt(outliers, {900, 600});
        QCOMPARE(chart->emphasizedGroups(), QStringList{utf8("residual stream")});
        // Every row of the map is of one kind and as wide as the others.
        for (const OutlierRow& row : map->data().rows)
            QCOMPARE(row.values.size(), map->data().rows[0].values.size());
        QVERIFY(map->data().rows.back().label.contains(utf8("final")));
        auto* kinds = outliers.findChildren<QComboBox*>()[1];
        QCOMPARE(kinds->currentText(), utf8("residual stream"));
        const std::size_t residualRows = map->data().rows.size();
        kinds->setCurrentIndex(kinds->count() - 1);
        QVERIFY(map->data().rows.size() > residualRows); // all sites
        kinds->setCurrentIndex(0);

        // A click in the map selects site and channel everywhere, and shows the trace.
        const QPointF cell = map->cellPixel(3, 17);
        map->replot(QCustomPlot::rpImmediateRefresh);
        QTest::mouseClick(map, Qt::LeftButton, {}, map->cellPixel(3, 17).toPoint());
        QVERIFY(cell.x() > 0);
        const int site = document.selection().site();
        QVERIFY(site >= 0 && document.selection().channel() >= 0);
        QCOMPARE(siteGroup(document.workspace()->dump()->sites()[static_cast<std::size_t>(site)]),
            utf8("residual stream"));
        auto* trace = outliers.findChild<ChannelTrace*>();
        QVERIFY(trace->isVisible());
        QCOMPARE(trace->data().channel, document.selection().channel());
        QCOMPARE(trace->data().rows.size(), residualRows);
        QVERIFY(!trace->data().rows.front().brief.isEmpty()); // names that fit below the points
        // A rubber band selects the weights that its sites feed.
        kinds->setCurrentIndex(1);
        map->replot(QCustomPlot::rpImmediateRefresh);
        drag(*map, map->cellPixel(0, 5), map->cellPixel(1, 40));
        QVERIFY(document.selection().units().size() >= 2);
        // A channel that is chosen elsewhere brings its kind of sites into the map.
        document.selection().setSite(site, 3);
        QCOMPARE(kinds->currentText(), utf8("residual stream"));
        QCOMPARE(map->pinnedChannel(), 3);
        // While it stays chosen, another kind can be looked at, and is judged by itself.
        const int other = kinds->findText(utf8("input of q, k, v"));
        QVERIFY(other > 0);
        kinds->setCurrentIndex(other);
        QCOMPARE(kinds->currentIndex(), other);
        QVERIFY(!map->data().criterionNote.isEmpty());
        QVERIFY2(
            !map->data().criterionNote.contains(utf8("other sites")), qPrintable(map->data().criterionNote));
        kinds->setCurrentIndex(0);
        // Sites are counted as such: the stream has two of each block, and one behind them.
        QVERIFY2(
            map->data().criterionBasis.contains(utf8("11 site")), qPrintable(map->data().criterionBasis));
        QVERIFY2(map->data().criterionAdvice.contains(utf8("input\u00a0of\u00a0q,\u00a0k,\u00a0v")),
            qPrintable(map->data().criterionAdvice));
        // Where the trace has no room, its switch says so.
        QAction* switchOfTrace = nullptr;
        for (QAction* action : outliers.actions())
            if (action->objectName() == utf8("outliers.trace"))
                switchOfTrace = action;
        QVERIFY(switchOfTrace != nullptr && switchOfTrace->isEnabled());
        outliers.resize(900, 340);
        QTRY_VERIFY(!switchOfTrace->isEnabled());
        QVERIFY(!trace->isVisible() && switchOfTrace->toolTip().contains(utf8("too low")));
        for (const auto* button : outliers.findChildren<QToolButton*>())
            QVERIFY(button->defaultAction() != switchOfTrace || !button->isVisible());
        outliers.resize(900, 600);
        QTRY_VERIFY(switchOfTrace->isEnabled() && trace->isVisible());

        document.addDump(copy);
        QTRY_VERIFY_WITH_TIMEOUT(document.outliers(1) && jobs.isIdle(), 60000);
        QCOMPARE(chart->data().dumps.size(), std::size_t{2});
        QVERIFY(!chart->legendRect(utf8("dump:1")).isNull());
        QCOMPARE(chart->data().dumps[0].massive.size(), chart->data().dumps[1].massive.size());
        // A click in the second dump selects what is called so in the first, which the other views show.
        Q_EMIT chart->siteActivated(2, 1);
        QCOMPARE(document.selection().site(), 2);
        Q_EMIT chart->channelActivated(3, 17, 1);
        QCOMPARE(document.selection().site(), 3);
        QCOMPARE(document.selection().channel(), 17);
    }
    void massiveTableSelects()
    {
        // Tokens of 0.01 with one value of 900: massive by both criteria.
        constexpr std::size_t kChannels = 256, kTokens = 8, kToken = 3, kChannel = 40;
        test::DumpSite site;
        site.name = "model.layers.2.mlp.gate_proj";
        site.tensors = {"model.layers.2.mlp.gate_proj.weight"};
        site.block = 2;
        site.channels = kChannels;
        site.rows.assign(kTokens * kChannels, 0.01F);
        site.rows[kToken * kChannels + kChannel] = -900.0F;
        site.gram = false;
        test::DumpContent content;
        content.sites = {site};
        content.tokens = kTokens;
        const test::TempFolder folder;
        test::writeDump(folder.file("massive.h5"), content);

        JobQueue jobs;
        Document document(jobs);
        MaximaPanel maxima(document);
        document.open({test::kSample.toStdString(), {folder.file("massive.h5")}, {}});
        QTRY_VERIFY_WITH_TIMEOUT(document.outliers(0) && jobs.isIdle(), 60000);
        showAt(maxima, {1200, 500});
        auto* table = maxima.findChild<DataTable*>();
        QCOMPARE(table->table().rows.size(), std::size_t{1});
        QVERIFY(table->isVisible()); // there is room, and something to list
        // Where the columns have no room, the least needed make way, and the note says which.
        QVERIFY(table->view()->isColumnHidden(9));
        QVERIFY(!table->view()->isColumnHidden(3) && !table->view()->horizontalScrollBar()->isVisible());
        bool named = false;
        for (const auto* label : table->findChildren<QLabel*>())
            named = named || label->text().contains(QStringLiteral("Token\u00a0id"));
        QVERIFY(named);
        QVERIFY2(table->visibleCsv().contains(utf8("model.layers.2.mlp.gate_proj,2,40,-900,3,,")),
            qPrintable(table->visibleCsv()));
        QVERIFY(table->visibleCsv().contains(utf8(",both"))); // channel, token, unknown id, value, criterion
        table->view()->setCurrentIndex(table->view()->model()->index(0, 0));
        QCOMPARE(document.selection().site(), 0);
        QCOMPARE(document.selection().channel(), 40);
        const QRect cell = table->view()->visualRect(table->view()->model()->index(0, 0));
        Q_EMIT table->view()->customContextMenuRequested(cell.center());
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu != nullptr && menu->actions().front()->text().contains(utf8("layers.2.mlp.gate")));
        menu->close();
        document.selection().setSite(0, 3);
        QCOMPARE(table->currentRow(), -1); // that channel is not massive
        document.selection().setSite(0, 40);
        QCOMPARE(table->currentRow(), 0);
        auto* chart = maxima.findChild<MaximaChart*>();
        QCOMPARE(chart->data().dumps[0].massive.size(), std::size_t{1});
        QVERIFY(chart->data().dumps[0].massive[0].bySite && chart->data().dumps[0].massive[0].byToken);
        QAction* toggle = nullptr;
        for (QAction* action : maxima.actions())
            if (action->objectName() == utf8("maxima.massive-table"))
                toggle = action;
        QVERIFY(toggle);
        toggle->trigger();
        QVERIFY(!table->isVisible());
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_M);
        QVERIFY(table->isVisible());
    }
    void controlsHaveNames()
    {
        JobQueue jobs;
        Document document(jobs);
        MaximaPanel maxima(document);
        OutlierPanel outliers(document);
        for (QWidget* panel : {static_cast<QWidget*>(&maxima), static_cast<QWidget*>(&outliers)})
            for (auto* box : panel->findChildren<QComboBox*>())
                QVERIFY(!box->accessibleName().isEmpty() && !box->toolTip().isEmpty());
        QSet<QString> ids;
        for (const QAction* action : maxima.actions() + outliers.actions()) {
            QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->text()));
            QVERIFY2(!ids.contains(action->objectName()), qPrintable(action->objectName()));
            ids << action->objectName();
        }
        QVERIFY(ids.contains(utf8("activation-maxima.table")) && ids.contains(utf8("outlier-map.sort")));
    }
};

QTEST_MAIN(LookTest)
#include "tst_look.moc"
