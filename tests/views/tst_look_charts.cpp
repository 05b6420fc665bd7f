// What the charts of the Look side say where room is short, and what an axis is spent on.
#include "tests/support/chart_input.h"
#include "views/charts/channel_trace.h"
#include "views/charts/chart_parts.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/maxima_lines.h"
#include "views/charts/outlier_map.h"
#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"

#include <QAction>
#include <QMouseEvent>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace bitwright::views;

namespace {

SpectrumData spectrumData()
{
    SpectrumData data;
    for (int i = 1; i <= 200; ++i) {
        data.eigenvalues.push_back(0.01 * i);
        data.errorEigenvalues.push_back(0.0001 * i);
    }
    data.eigenvalues.push_back(90); // alone
    data.errorOption = utf8("int4-sym-g128");
    data.errorBits = 4.1;
    TailFit tail;
    tail.alpha = 3.9;
    tail.xmin = 1.2;
    tail.tailCount = 80;
    tail.alphaInterval = Interval{2.5, 5.3};
    tail.name = utf8("ww-power-law");
    data.tails = {tail};
    BulkFit bulk;
    bulk.lower = 0.1;
    bulk.upper = 1.5;
    bulk.aspect = 0.5;
    bulk.spikes = 51;
    data.bulk = bulk;
    return data;
}

/// Ten thousand weights around 0 and one far away.
WeightHistogramData histogramData()
{
    WeightHistogramData data;
    for (int i = 0; i <= 800; ++i)
        data.edges.push_back(-0.4 + 0.01 * i);
    data.counts.assign(800, 0);
    for (std::size_t i = 0; i < 80; ++i)
        data.counts[i] = 125000;
    data.counts.back() = 1;
    data.total = 10000001;
    data.extremes = {-0.4, 7.59};
    data.option = utf8("int4");
    data.optionBits = 4;
    for (int level = -2; level <= 2; ++level)
        data.levels.push_back({0.1 * level, 0.2});
    return data;
}

/// Two kinds of sites over ten blocks; the residual stream has two massive values.
MaximaData maximaData()
{
    MaximaData data;
    data.mainGroups = {utf8("residual")};
    data.lastBlock = 8;
    data.dumps.push_back({utf8("dump"), {}, {}});
    for (int i = 0; i < 10; ++i)
        for (const char* group : {"residual", "input of q"}) {
            const double factor = group[0] == 'r' ? 100 : 1;
            data.dumps[0].sites.push_back({utf8("%1 %2").arg(utf8(group)).arg(i), utf8(group), i,
                factor * (10.0 + i), factor * 5.0, factor * 0.01, false});
        }
    for (const int site : {4, 12}) {
        MassiveMark mark;
        mark.site = site;
        mark.channel = 99;
        mark.value = 3000 + site;
        data.dumps[0].massive.push_back(mark);
    }
    return data;
}

OutlierMapData outlierRows(std::vector<double> numbers)
{
    OutlierMapData data;
    data.measure = utf8("max |x|");
    data.criterion = utf8("criterion");
    data.criterionNote = utf8("2 of 8 channels of many sites whose kinds have quite long names, all of them");
    data.rowMeasure = utf8("outlier channels");
    for (std::size_t r = 0; r < numbers.size(); ++r)
        data.rows.push_back(
            {utf8("layer"), QString::number(r), static_cast<int>(r), {1, 2, 3, 4, 5, 6, 7, 8}, {}});
    data.rowValues = std::move(numbers);
    return data;
}

} // namespace

class LookChartsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void legendShortensBeforeItFolds()
    {
        SpectrumChart chart;
        chart.setData(spectrumData());
        showAt(chart, {340, 300});
        // What dominates the picture is named, and so is everything else that is drawn.
        for (const char* key : {"weights", "error", "tail:0", "bulk", "spikes", "loners"})
            QVERIFY2(!chart.legendRect(utf8(key)).isNull(), key);
        const double brief = chart.legendRect(utf8("tail:0")).width();
        showAt(chart, {1100, 500});
        QVERIFY(chart.legendRect(utf8("tail:0")).width() > brief);
    }
    void longEntriesUseTheWholeRow()
    {
        OutlierMap map;
        map.setData(outlierRows({1, 0, 2}));
        showAt(map, {1000, 420});
        const QFontMetricsF metrics(map.font());
        const QString note = map.data().criterionNote;
        QVERIFY(map.legendRect(utf8("marks")).width() > 0.85 * metrics.horizontalAdvance(note));
    }

    void footnoteBreaksBetweenItsParts()
    {
        ChartCaption caption;
        caption.statistic = utf8("max of x");
        caption.provenance = utf8("measured");
        caption.source = utf8("model");
        const QFontMetricsF metrics(QApplication::font());
        for (double width = 40; width < 300; width += 3)
            for (const QString& line : caption.footnoteLines(metrics, width, 3))
                QVERIFY2(!line.startsWith(u'\u00b7') && !line.endsWith(u'\u00b7'), qPrintable(line));
    }

    // --- Histogram ---
    void farWeightsDoNotTakeTheAxis_data()
    {
        QTest::addColumn<QVector<double>>("counts");
        QTest::addColumn<double>("lower");
        QTest::addColumn<double>("upper");
        const auto row = [](const char* name, QVector<double> counts, double lower, double upper) {
            QTest::newRow(name) << counts << lower << upper;
        };
        row("even", {5, 5, 5, 5, 5, 5, 5, 5}, 0, 8);
        row("far above", {1e6, 1e6, 0, 0, 0, 0, 0, 1}, 0, 2);
        row("far below", {1, 0, 0, 0, 0, 0, 1e6, 1e6}, 6, 8);
        row("near enough", {1e6, 1e6, 1e6, 1e6, 1, 0, 0, 1}, 0, 8);
        row("too many", {1e6, 1e6, 0, 0, 0, 0, 0, 1e3}, 0, 8);
        row("both ends", {1, 0, 0, 0, 1e6, 0, 0, 1}, 4, 5);
        row("one leans", {1, 0, 1e6, 1e6, 0, 0, 0, 1}, 0, 6); // what is left shows as far as the other side
        row("slope", {1e6, 20, 5, 0, 0, 0, 0, 1}, 0, 3);
        row("nothing", {0, 0, 0, 0, 0, 0, 0, 0}, 0, 8);
    }
    void farWeightsDoNotTakeTheAxis()
    {
        QFETCH(const QVector<double>, counts);
        QFETCH(const double, lower);
        QFETCH(const double, upper);
        const std::vector<double> edges{0, 1, 2, 3, 4, 5, 6, 7, 8};
        const Interval shown = crowdedRange(edges, std::vector<double>(counts.begin(), counts.end()));
        if (counts.count(0) == counts.size())
            QVERIFY(shown.lower >= 0 && shown.upper <= 8);
        else
            QCOMPARE(shown, (Interval{lower, upper}));
    }
    void clickShowsTheFarWeight()
    {
        WeightHistogram chart;
        chart.setData(histogramData());
        showAt(chart, {700, 420});
        const Interval home = chart.viewRange(Qt::Horizontal);
        QVERIFY(home.upper < 0.6);
        QVERIFY2(chart.beyondText(true).contains(utf8("7.59")), qPrintable(chart.beyondText(true)));
        QVERIFY(chart.beyondText(false).isEmpty());
        QCOMPARE(chart.beyondLabel(true), chart.beyondText(true));
        showAt(chart, {330, 260}); // where the sentence would lie on the bars, fewer words
        QCOMPARE(chart.beyondLabel(true), utf8("1 beyond, to 7.59"));
        showAt(chart, {240, 260}); // and then the value alone
        QCOMPARE(chart.beyondLabel(true), utf8("7.59"));
        QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.beyondRect(true).center().toPoint());
        QVERIFY(chart.viewRange(Qt::Horizontal).contains(7.59));
        QVERIFY(chart.beyondText(true).isEmpty());
        chart.resetView();
        QCOMPARE(chart.viewRange(Qt::Horizontal), home);
        for (QAction* action : chart.chartActions())
            if (action->objectName().endsWith(utf8("whole-range")))
                action->trigger();
        QVERIFY(chart.viewRange(Qt::Horizontal).contains(7.59));
    }
    void occupancyHasItsOwnAxis()
    {
        WeightHistogram chart;
        chart.setData(histogramData());
        showAt(chart, {700, 420});
        // The counts end with the counts, not above them in what the occupancy takes.
        QVERIFY(chart.viewRange(Qt::Vertical).upper < 3 * 125000);
        QCOMPARE(chart.axisRectCount(), 2);
        QCPAxisRect* strip = nullptr;
        for (QCPAxisRect* rect : chart.axisRects())
            if (rect->axis(QCPAxis::atLeft) != chart.yAxis)
                strip = rect;
        QVERIFY(strip != nullptr && strip->visible());
        const QCPRange percent = strip->axis(QCPAxis::atLeft)->range();
        QVERIFY(percent.lower == 0 && percent.upper > 20 && percent.upper < 30);
        QCOMPARE(strip->axis(QCPAxis::atBottom)->range().upper, chart.xAxis->range().upper);
        chart.setLegendKeyShown(utf8("levels"), false);
        QVERIFY(!strip->visible());
    }

    void theWeightAxisHasTwoLabels()
    {
        // A width for which steps of 0.5 would be next, and only 0 is one of them.
        WeightHistogramData data;
        for (int i = 0; i <= 96; ++i)
            data.edges.push_back(-0.48 + 0.01 * i);
        data.counts.assign(96, 1000);
        data.total = 96000;
        WeightHistogram chart;
        chart.setData(data);
        showAt(chart, {280, 220});
        QVector<double> major;
        chart.xAxis->ticker()->generate(chart.xAxis->range(), {}, u'g', 3, major, nullptr, nullptr);
        QVERIFY2(major.size() >= 2, qPrintable(QString::number(major.size())));
    }

    // --- Maxima ---
    void labelsSpreadInOrder()
    {
        const std::vector<double> wanted{50, 52, 200, 51, 49};
        const auto places = spreadLabels(wanted, 10, {5, 195}, 12);
        QCOMPARE(places[0], 50.0); // the first has its way
        QCOMPARE(places[1], 60.0);
        QCOMPARE(places[2], 195.0); // kept inside
        QCOMPARE(places[3], 40.0);
        QVERIFY(std::isnan(places[4])); // too far from where it belongs
    }
    void linesAreNamedWhereThereIsRoom()
    {
        // Statistics say of which site they are: they stand among names of sites.
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {760, 420});
        const QStringList statistics{
            utf8("residual: max |x|"), utf8("residual: q99.9"), utf8("residual: rms")};
        QCOMPARE(chart.endNames(), statistics + QStringList{utf8("input of q")});
        MaximaData brief = maximaData();
        brief.briefGroups[utf8("input of q")] = utf8("q");
        chart.setData(brief);
        showAt(chart, {420, 300});
        QCOMPARE(chart.endNames(), statistics + QStringList{utf8("q")});
        showAt(chart, {280, 240});
        QCOMPARE(chart.endNames(), statistics);
    }
    void manyLinesAreNamedInTheirOrder()
    {
        // Seven kinds that end close together, in a chart as low as in the window of 1100 x 700.
        MaximaChart chart;
        MaximaData data;
        data.lastBlock = 1;
        data.dumps.resize(1);
        for (int kind = 0; kind < 7; ++kind)
            for (int block = 0; block < 2; ++block) {
                MaximaSite site;
                site.group = utf8("kind %1").arg(kind);
                site.block = block;
                site.maximum = block == 0 ? std::pow(10.0, kind - 3) : 10 + kind * 0.1;
                data.dumps[0].sites.push_back(site);
            }
        chart.setData(data);
        chart.setStatistic(MaximaStatistic::Maximum);
        showAt(chart, {367, 260});
        QCOMPARE(chart.endNames().size(), 7);
    }
    void theLegendLooksLikeTheLines()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {760, 420});
        const auto colorOf = [&](const char* key) {
            const auto* legend = qobject_cast<LegendStrip*>(chart.plotLayout()->element(0, 0));
            for (const LegendEntry& entry : legend->entries())
                if (entry.key == utf8(key))
                    return entry.color;
            return QColor();
        };
        const QColor full = colorOf("group:residual"), faint = colorOf("group:input of q");
        QCOMPARE(colorOf("statistic:2"), full); // rms, drawn for this kind alone
        QVERIFY(chart.legendRect(utf8("current")).isNull());
        chart.setCurrentSite(7); // an input: now that kind is drawn in full, and a ring is around the site
        QVERIFY(colorOf("group:residual") != full && colorOf("group:input of q") != faint);
        QCOMPARE(colorOf("statistic:2"), colorOf("group:input of q"));
        QVERIFY(!chart.legendRect(utf8("current")).isNull());
        chart.setCurrentSite(-1);
        QCOMPARE(colorOf("group:residual"), full);
        QVERIFY(chart.legendRect(utf8("current")).isNull());
    }
    void lonePointsAreNamedFirst()
    {
        // A kind of one site is a point: its name stands beside it, whatever is near, and its sample is a
        // mark.
        MaximaChart chart;
        MaximaData data = maximaData();
        MaximaSite head;
        head.name = utf8("head");
        head.group = utf8("input of head");
        head.block = data.lastBlock;
        head.maximum = data.dumps[0].sites.back().maximum;
        head.rms = head.quantile999 = head.maximum;
        data.dumps[0].sites.push_back(head);
        chart.setData(data);
        showAt(chart, {760, 420});
        const QStringList names = chart.endNames();
        QVERIFY2(names.contains(utf8("input of head")), qPrintable(names.join(u'|')));
        QVERIFY(names.indexOf(utf8("input of head")) < 4
            && (!names.contains(utf8("input of q"))
                || names.indexOf(utf8("input of head")) < names.indexOf(utf8("input of q"))));
    }
    void halfBlocksHaveTicksAndWords()
    {
        MaximaChart chart;
        MaximaData data = maximaData();
        data.dumps[0].sites[0].offset = 0.5;
        chart.setData(data);
        showAt(chart, {760, 420});
        const double place = data.dumps[0].sites[0].position();
        QVector<double> major, minor;
        chart.xAxis->ticker()->generate(chart.xAxis->range(), {}, u'g', 3, major, &minor, nullptr);
        QVERIFY(minor.contains(place));
        const QPointF at = *chart.sitePixel(0);
        QMouseEvent move(QEvent::MouseMove, at, chart.mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
        QApplication::sendEvent(&chart, &move);
        QVERIFY2(chart.readout().contains(utf8("before mlp")), qPrintable(chart.readout()));
    }
    void theEndIsNamedWhateverTheStep()
    {
        MaximaChart chart;
        MaximaData data;
        data.dumps.resize(1);
        data.lastBlock = 17;
        for (int block = 0; block <= 18; ++block) {
            MaximaSite site;
            site.group = utf8("residual stream");
            site.block = block;
            site.maximum = 10 + block;
            data.dumps[0].sites.push_back(site);
        }
        chart.setData(data);
        showAt(chart, {520, 320});
        QVector<double> major;
        QVector<QString> labels;
        chart.xAxis->ticker()->generate(chart.xAxis->range(), {}, u'g', 3, major, nullptr, &labels);
        QVERIFY(!major.contains(17)); // there is no room for every block
        QCOMPARE(major.last(), 18.0);
        QCOMPARE(labels.last(), utf8("final")); // as the other views call what is there
    }
    void everyMassiveSiteIsLabelled()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {760, 420});
        const QStringList labels = chart.markLabels();
        QCOMPARE(labels.size(), 2); // one channel, two sites
        for (const QString& label : labels)
            QVERIFY2(label.contains(utf8("ch 99")), qPrintable(label));
    }
    void axisEndsWithTheData()
    {
        MaximaChart chart;
        chart.setData(maximaData());
        showAt(chart, {760, 420});
        QVERIFY(chart.viewRange(Qt::Horizontal).upper < 9.6);
        // The statistics of a kind that is not drawn in full take no room.
        chart.setCurrentSite(1); // "input of q": rms of 0.01
        QVERIFY(chart.viewRange(Qt::Vertical).lower < 0.01);
        chart.setCurrentSite(0); // the residual stream, whose least rms is 1
        QVERIFY(chart.viewRange(Qt::Vertical).lower > 0.5);
    }
    void categoriesCanBeToldApart_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void categoriesCanBeToldApart()
    {
        QFETCH(const bool, dark);
        const Theme theme = dark ? darkTheme() : lightTheme();
        for (int i = 0; i < 8; ++i) {
            const QColor color = categoryStyle(i, theme).color;
            QVERIFY(contrastRatio(maximaFaintColor(color, theme), theme.background) >= 3.0);
            QVERIFY(contrastRatio(maximaReadable(color, theme), theme.background) >= 3.0);
            for (int k = 0; k < i; ++k) {
                const QColor other = categoryStyle(k, theme).color;
                const int difference = std::abs(color.red() - other.red())
                    + std::abs(color.green() - other.green()) + std::abs(color.blue() - other.blue());
                QVERIFY2(difference > 80, qPrintable(utf8("%1 and %2: %3").arg(i).arg(k).arg(difference)));
            }
        }
    }

    // --- Outlier map ---
    void numbersStandWhereTheySaySomething()
    {
        OutlierMap map;
        map.setData(outlierRows({0, 3, 0}));
        showAt(map, {760, 420});
        QCOMPARE(map.rowNumber(1), utf8("3"));
        QCOMPARE(map.rowNumber(0), utf8("0"));
        map.setData(outlierRows({0, 0, 0})); // the legend says so already
        QVERIFY(map.rowNumber(1).isEmpty());
        map.setData(outlierRows({0, 3, 0}));
        map.setLegendKeyShown(utf8("marks"), false);
        QVERIFY(map.rowNumber(1).isEmpty());
    }
    void rowsOfNumbersAreBlocks()
    {
        OutlierMap map;
        map.setData(outlierRows({0, 3, 0}));
        showAt(map, {760, 420});
        QCOMPARE(map.yAxis->label(), utf8("block"));
        OutlierMapData named = outlierRows({0, 3, 0});
        named.rows[1].label = utf8("1 before mlp");
        map.setData(named);
        QVERIFY(map.yAxis->label().isEmpty());
    }
    void traceNamesItsLinesAndLayers()
    {
        ChannelTrace trace;
        ChannelTraceData data;
        data.channel = 5;
        data.measure = utf8("max |x|");
        for (int i = 0; i < 6; ++i)
            data.rows.push_back({utf8("layer"), QString::number(i), 1.0 + i, 10.0 + i});
        trace.setData(data);
        showAt(trace, {500, 190}); // as low as beside a map
        QVERIFY(!trace.legendRect(utf8("channel")).isNull() && !trace.legendRect(utf8("largest")).isNull());
        QCOMPARE(trace.xAxis->label(), utf8("block"));
    }
};

QTEST_MAIN(LookChartsTest)
#include "tst_look_charts.moc"
