// Massive activations where there is little room: their marks, names and legend.
#include "tests/support/chart_input.h"
#include "views/charts/channel_trace.h"
#include "views/charts/chart_parts.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/site_words.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace bitwright::views;

namespace {

constexpr int kPinned = 163;
constexpr int kLargest = 29; // the mark, counted as the sites are

/// A stream over eighteen blocks, massive in nearly all of its sites, and four kinds of inputs.
MaximaData streamData()
{
    MaximaData data;
    data.mainGroups = {utf8("stream")};
    data.lastBlock = 17;
    data.dumps.push_back({utf8("dump"), {}, {}});
    auto& dump = data.dumps[0];
    for (int i = 0; i < 37; ++i) {
        MaximaSite site;
        site.name = site.label = utf8("%1 before mlp").arg(i / 2);
        site.group = utf8("stream");
        site.block = i / 2;
        site.offset = i % 2 == 0 ? 0 : 0.5;
        site.maximum = i == kLargest ? 104086 : 50000 + 1000.0 * i;
        site.quantile999 = 5000 + i;
        site.rms = 100 + i;
        MassiveMark mark;
        mark.site = i;
        mark.channel = i == 3 ? 400 : kPinned;
        mark.value = *site.maximum;
        mark.byToken = i % 5 != 1;
        mark.bySite = !mark.byToken || i % 3 != 0;
        dump.sites.push_back(site);
        dump.massive.push_back(mark);
    }
    for (int kind = 0; kind < 4; ++kind)
        for (int block = 0; block < 18; ++block) {
            MaximaSite site;
            site.group = utf8("input %1").arg(kind);
            site.block = block;
            site.maximum = 10 * (kind + 1) + block;
            dump.sites.push_back(site);
        }
    return data;
}

} // namespace

class LookMarksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void marksAreNoWiderThanTheirSteps_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("as in the window of 1100 x 700") << QSize(367, 225);
        QTest::newRow("as in the window of 1440 x 900") << QSize(487, 292);
        QTest::newRow("roomy") << QSize(1200, 500);
    }
    void marksAreNoWiderThanTheirSteps()
    {
        QFETCH(const QSize, size);
        MaximaChart chart;
        chart.setData(streamData());
        chart.setCurrentChannel(kPinned);
        showAt(chart, size);
        const double step = chart.sitePixel(1)->x() - chart.sitePixel(0)->x();
        double narrowest = 1e9;
        for (int mark = 0; mark < 37; ++mark) {
            if (mark == kLargest)
                continue;
            narrowest = std::min(narrowest, chart.markWidth(mark));
            // A star in its ring takes a few pixels, however near the next one is.
            QVERIFY2(chart.markWidth(mark) <= std::max(step, 6.5),
                qPrintable(utf8("%1: %2 px in %3").arg(mark).arg(chart.markWidth(mark)).arg(step)));
        }
        QVERIFY(narrowest >= 2.4); // to be seen at all
        // What a mark is, is said at every size.
        const MaximaData data = streamData();
        for (std::size_t mark = 0; mark < data.dumps[0].massive.size(); ++mark)
            QCOMPARE(chart.markSigns(static_cast<int>(mark)),
                std::pair(data.dumps[0].massive[mark].bySite, data.dumps[0].massive[mark].byToken));
        // What is looked for stands out.
        QVERIFY(chart.markWidth(kLargest) > 12);
        QVERIFY2(
            !chart.markLabels().isEmpty() && chart.markLabels().front().contains(utf8("ch %1").arg(kPinned)),
            qPrintable(chart.markLabels().join(u'|')));
    }
    void theLegendSaysWhatMarksMeanFirst()
    {
        // The inputs have their names at the ends of their lines.
        MaximaChart chart;
        chart.setData(streamData());
        showAt(chart, {430, 225});
        QVERIFY(chart.legendRect(utf8("group:input 3")).isNull());
        for (const char* key : {"statistic:0", "statistic:2", "massive:site", "massive:token"})
            QVERIFY2(!chart.legendRect(utf8(key)).isNull(), key);
        showAt(chart, {1200, 500});
        QVERIFY(!chart.legendRect(utf8("group:input 3")).isNull());
        QVERIFY(chart.legendRect(utf8("group:stream")).left() < chart.legendRect(utf8("statistic:0")).left());
    }
    void ringsAndLabelsHaveRoomAboveTheData()
    {
        constexpr double kRing = 13;
        for (const QSize size : {QSize(367, 225), QSize(760, 420)}) {
            MaximaChart chart;
            MaximaData data = streamData();
            data.dumps[0].massive.clear();
            chart.setData(data);
            chart.setCurrentSite(kLargest);
            showAt(chart, size);
            QVERIFY(chart.sitePixel(kLargest)->y() - kRing >= chart.axisRect()->top());
        }
    }
    void sitesAreCalledByWords()
    {
        QCOMPARE(siteWords(utf8("0 mlp contribution")), utf8("block 0, mlp contribution"));
        QCOMPARE(siteWords(utf8("14")), utf8("block 14"));
        QCOMPARE(siteWords(utf8("final stream")), utf8("final stream"));
    }

    // --- Beside them: the channel and the layers ---
    void theRingOfTheTraceIsExplained()
    {
        ChannelTrace trace;
        ChannelTraceData data;
        data.channel = 5;
        data.measure = utf8("max |x|");
        for (int i = 0; i < 18; ++i)
            data.rows.push_back({utf8("layer"), utf8("%1 attn").arg(i), 1.0 + i, 10.0 + i, {}});
        data.rows.push_back({utf8("end"), utf8("final stream"), 19, 29, utf8("final")});
        trace.setData(data);
        showAt(trace, {900, 190});
        QVERIFY(trace.legendRect(utf8("current")).isNull());
        trace.setCurrentRow(4);
        QVERIFY(!trace.legendRect(utf8("current")).isNull());
        // The end is named although it is no multiple of the step.
        QVector<double> major;
        QVector<QString> labels;
        trace.xAxis->ticker()->generate(trace.xAxis->range(), {}, u'g', 3, major, nullptr, &labels);
        QCOMPARE(labels.last(), utf8("final"));
    }
    void rowsWithoutNumbersHaveNoHeading()
    {
        OutlierMap map;
        OutlierMapData data = outlierData(60, 16, 3, 5);
        data.rowMeasure = utf8("outlier channels");
        data.rowValues.assign(60, 3.0);
        map.setData(data);
        showAt(map, {760, 300});
        QVERIFY(map.rowNumber(3).isEmpty()); // there is no height for it
        showAt(map, {760, 1500});
        QCOMPARE(map.rowNumber(3), utf8("3"));
        QVERIFY(map.legendRect(utf8("current")).isNull());
        map.setCurrentRow(3);
        QVERIFY(!map.legendRect(utf8("current")).isNull());
    }
    void captionsKeepMeasureAndTokens()
    {
        ChartCaption caption;
        caption.statistic = utf8("max |x|; mlp contribution");
        caption.provenance = utf8("measured by the dump; LLM.int8() joint over 12 sites (attention "
                                  "contribution, mlp contribution), 512 sampled tokens");
        caption.briefProvenance = utf8("measured by the dump");
        caption.source = utf8("minilm; text: sentences.txt, 14 467 tokens");
        const QFontMetricsF metrics(QApplication::font());
        const auto said = [&](double share) {
            return caption.footnoteLines(metrics, share * metrics.horizontalAdvance(caption.footnote()), 2)
                .join(u' ');
        };
        QVERIFY(said(0.6).contains(utf8("(attention contribution")));
        QVERIFY(!said(0.45).contains(utf8("(attention")) && said(0.45).contains(utf8("512 sampled tokens")));
        for (const double share : {0.6, 0.45, 0.32}) {
            QVERIFY2(said(share).startsWith(caption.statistic), qPrintable(said(share)));
            QVERIFY2(said(share).endsWith(caption.source), qPrintable(said(share)));
        }
    }
};

QTEST_MAIN(LookMarksTest)
#include "tst_look_marks.moc"
