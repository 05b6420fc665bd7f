#include "views/charts/chart_math.h"
#include "views/charts/chart_surface.h"
#include "views/charts/column_widths.h"
#include "views/charts/palette.h"

#include <QLocale>
#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace bitwright::views;

namespace {
const double kNaN = std::numeric_limits<double>::quiet_NaN();
const float kNaNf = std::numeric_limits<float>::quiet_NaN();
QStringList labels(const Ticks& ticks)
{
    QStringList result;
    for (const Tick& tick : ticks.major)
        result << tick.label;
    return result;
}
QString utf8(const char* text)
{
    return QString::fromUtf8(text);
}
} // namespace

class ChartMathTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void pixelScaleRoundTrips()
    {
        for (const bool logarithmic : {false, true}) {
            const PixelScale scale{{0.001, 250}, 40, 640, logarithmic};
            const PixelScale upward{{0.001, 250}, 300, 10, logarithmic};
            for (const double v : {0.001, 0.5, 3.0, 249.0}) {
                QVERIFY(std::abs(scale.toValue(scale.toPixel(v)) / v - 1) < 1e-9);
                QVERIFY(std::abs(upward.toValue(upward.toPixel(v)) / v - 1) < 1e-9);
            }
            QCOMPARE(scale.toPixel(0.001), 40.0);
            QCOMPARE(upward.toPixel(250), 10.0);
        }
    }
    void pixelScaleSurvivesDegenerateInput()
    {
        QCOMPARE((PixelScale{{5, 5}, 0, 100, false}).toPixel(7), 50.0);
        QCOMPARE((PixelScale{{1, 9}, 30, 30, false}).toValue(30), 5.0);
        QCOMPARE((PixelScale{{1, 100}, 0, 100, true}).toPixel(0), 0.0);
        QCOMPARE((PixelScale{{1, 100}, 0, 100, true}).toPixel(-3), 0.0);
        QVERIFY(std::isnan((PixelScale{{1, 100}, 0, 100, false}).toPixel(kNaN)));
    }
    void zoomKeepsTheCursorInPlace()
    {
        for (const bool logarithmic : {false, true}) {
            const Interval range{1, 1000};
            const Interval view = zoomed(range, 10, 0.5, logarithmic);
            const PixelScale before{range, 0, 500, logarithmic}, after{view, 0, 500, logarithmic};
            QVERIFY(std::abs(before.toPixel(10) - after.toPixel(10)) < 1e-9);
            QVERIFY(view.width() < range.width());
        }
    }
    void clampedViewStaysAtHome()
    {
        const Interval home{0, 100};
        QCOMPARE(clampedView({-500, -400}, home, false, 1.0, 1000), (Interval{0, 100}));
        const Interval moved = clampedView({95, 115}, home, false, 1.0, 1000);
        QCOMPARE(moved, (Interval{80, 100}));
        QVERIFY(clampedView({50, 50}, home, false, 1.0, 1000).width() >= 0.1 * (1 - 1e-9));
        QCOMPARE(clampedView({kNaN, 3}, home, false, 1.0, 1000), home);
        QCOMPARE(clampedView({1, 2}, {4, 4}, false, 1.0, 1000), (Interval{4, 4}));
    }
    void finiteRangeSkipsWhatCannotBeDrawn()
    {
        const std::vector<double> values{kNaN, -1, 0, 5, std::numeric_limits<double>::infinity()};
        QCOMPARE(finiteRange(values, false).value(), (Interval{-1, 5}));
        QCOMPARE(finiteRange(values, true).value(), (Interval{5, 5}));
        QVERIFY(!finiteRange(std::vector<double>{kNaN}, false));
        QVERIFY(!finiteRange(std::vector<double>{0, -2}, true));
        QVERIFY(padded({5, 5}, 0.1, true).width() > 0);
        QVERIFY(padded({0, 0}, 0.1, false).width() > 0);
    }

    void linearTicksAreRound()
    {
        QCOMPARE(labels(linearTicks({0, 1}, 5)),
            (QStringList{utf8("0.0"), utf8("0.2"), utf8("0.4"), utf8("0.6"), utf8("0.8"), utf8("1.0")})
                .replaceInStrings(utf8("0.0"), utf8("0")));
        QCOMPARE(labels(linearTicks({-0.3, 0.3}, 3)), (QStringList{utf8("−0.2"), utf8("0"), utf8("0.2")}));
        QVERIFY(linearTicks({3, 3}, 5).major.empty());
        QVERIFY(linearTicks({kNaN, 1}, 5).major.empty());
        QVERIFY(linearTicks({1, 0}, 5).major.empty());
    }
    void tickCountsStayNearTheTarget_data()
    {
        QTest::addColumn<double>("lower");
        QTest::addColumn<double>("upper");
        QTest::newRow("unit") << 0.0 << 1.0;
        QTest::newRow("offset") << 1e6 << 1e6 + 3;
        QTest::newRow("tiny") << 1e-12 << 3.3e-12;
        QTest::newRow("negative") << -730.0 << 12.0;
    }
    void tickCountsStayNearTheTarget()
    {
        QFETCH(double, lower);
        QFETCH(double, upper);
        for (const int target : {2, 5, 9}) {
            const Ticks ticks = linearTicks({lower, upper}, target);
            QVERIFY(static_cast<int>(ticks.major.size()) <= target + 1);
            for (const Tick& tick : ticks.major)
                QVERIFY(tick.value >= lower - (upper - lower) * 1e-6
                    && tick.value <= upper + (upper - lower) * 1e-6);
            QStringList unique = labels(ticks);
            unique.removeDuplicates();
            if (lower < 1e5)
                QCOMPARE(unique.size(), static_cast<qsizetype>(ticks.major.size()));
        }
    }
    void logTicksArePowers()
    {
        QCOMPARE(labels(logTicks({1e-3, 1e3}, 8)),
            (QStringList{utf8("10⁻³"), utf8("10⁻²"), utf8("10⁻¹"), utf8("10⁰"), utf8("10¹"), utf8("10²"),
                utf8("10³")}));
        QCOMPARE(labels(logTicks({1e-12, 1e12}, 4)),
            (QStringList{utf8("10⁻¹²"), utf8("10⁻⁶"), utf8("10⁰"), utf8("10⁶"), utf8("10¹²")}));
        QVERIFY(labels(logTicks({1, 30}, 6)).contains(utf8("20")));
        // Where there is room, three labels a decade, all written alike.
        QCOMPARE(labels(logTicks({1, 120}, 9)),
            (QStringList{utf8("1"), utf8("2"), utf8("5"), utf8("10"), utf8("20"), utf8("50"), utf8("100")}));
        QCOMPARE(labels(logTicks({0.9, 2100}, 11)).size(), 11);
        QCOMPARE(labels(logTicks({0.9, 2100}, 9)).size(), 4);
        QVERIFY(!labels(logTicks({2, 2.5}, 5)).isEmpty());
        QVERIFY(logTicks({0, 10}, 5).major.empty());
        QVERIFY(logTicks({-1, 10}, 5).major.empty());
    }
    void integerAndByteTicks()
    {
        for (const Tick& tick : integerTicks({-0.6, 2.6}, 12).major)
            QCOMPARE(tick.value, std::round(tick.value));
        QCOMPARE(labels(integerTicks({-0.6, 2.6}, 12)).size(), 3);
        // Of rows in pairs always the same one is named.
        const auto rows = [](int count, int target) {
            QVector<double> values;
            for (const Tick& tick : rowTicks({-0.5, count - 0.5}, count, target).major)
                values << tick.value;
            return values;
        };
        QCOMPARE(rows(5, 5), (QVector<double>{0, 1, 2, 3, 4}));
        QCOMPARE(rows(9, 4), (QVector<double>{0, 4, 8}));
        QCOMPARE(rows(11, 6), (QVector<double>{0, 2, 4, 6, 8, 10}));
        const QStringList sizes = labels(byteTicks({0, 400.0 * 1024 * 1024}, 4));
        QVERIFY(sizes.contains(utf8("200\u00a0MiB")));
        QVERIFY(byteTicks({5, 5}, 4).major.empty());
    }

    void numbersFollowTheHouse_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("three digits") << 3.14159 << utf8("3.14");
        QTest::newRow("carry") << 999.6 << utf8("1000");
        QTest::newRow("thin separators") << 123456.0 << utf8("123\u202f456");
        QTest::newRow("small") << 0.000123 << utf8("0.000123");
        QTest::newRow("power") << 1.234e-9 << utf8("1.23·10⁻⁹");
        QTest::newRow("large") << -2.5e12 << utf8("−2.50·10¹²");
        QTest::newRow("zero") << 0.0 << utf8("0");
        QTest::newRow("nan") << kNaN << utf8("unknown");
        QTest::newRow("inf") << -std::numeric_limits<double>::infinity() << utf8("−Inf");
    }
    void numbersFollowTheHouse()
    {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(formatNumber(value), text);
    }
    void sizesAndOtherNumbers()
    {
        QCOMPARE(formatBytes(1536), utf8("1.50\u00a0KiB"));
        QCOMPARE(formatBytes(17), utf8("17\u00a0B"));
        QCOMPARE(formatExactBytes(4521984), utf8("4\u202f521\u202f984 bytes"));
        QCOMPARE(formatBpw(4.25), utf8("4.250"));
        QCOMPARE(formatBpw(kNaN), utf8("unknown"));
        QCOMPARE(formatChange(0.12), utf8("+12 %"));
        QCOMPARE(formatCount(-1234567), utf8("−1\u202f234\u202f567"));
        QCOMPARE(csvNumber(0.1), utf8("0.1"));
        QCOMPARE(csvNumber(kNaN), QString());
        QCOMPARE(csvText(utf8("a,\"b\"")), utf8("\"a,\"\"b\"\"\""));
        QLocale::setDefault(QLocale(QLocale::German));
        QCOMPARE(formatNumber(3.14159), utf8("3,14"));
        QCOMPARE(csvNumber(3.5), utf8("3.5"));
        QLocale::setDefault(QLocale::c());
    }

    void envelopeKeepsASingleHotValue()
    {
        std::vector<float> row(28672, 1.0F);
        for (const std::size_t hot : {std::size_t{0}, std::size_t{12345}, row.size() - 1}) {
            std::vector<float> values = row;
            values[hot] = 900.0F;
            const auto envelope = minMaxEnvelope(values, 0, static_cast<double>(values.size()), 600);
            QVERIFY(
                std::any_of(envelope.begin(), envelope.end(), [](MinMax m) { return m.upper == 900.0F; }));
            const MaxPyramid pyramid(values);
            std::vector<float> pixels(600);
            pyramid.fill(0, static_cast<double>(values.size()), pixels);
            QVERIFY(std::count(pixels.begin(), pixels.end(), 900.0F) >= 1);
        }
    }
    void envelopeSkipsUnknownAndOutside()
    {
        const std::vector<float> values{kNaNf, 2, 7, kNaNf};
        const auto envelope = minMaxEnvelope(values, -2, 6, 4);
        QVERIFY(std::isnan(envelope[0].upper));
        QCOMPARE(envelope[1].upper, 2.0F);
        QCOMPARE(envelope[2].lower, 7.0F);
        QVERIFY(std::isnan(envelope[3].upper));
        QVERIFY(minMaxEnvelope(values, 0, 4, 0).empty());
        QVERIFY(std::isnan(minMaxEnvelope(values, 2, 2, 3)[0].upper));
        QVERIFY(std::isnan(minMaxEnvelope({}, 0, 4, 2)[1].upper));
    }
    void pyramidEqualsDirectMaximum()
    {
        std::mt19937 random(1);
        std::uniform_real_distribution<float> value(-5, 5);
        for (const std::size_t size :
            {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{64}, std::size_t{101}}) {
            std::vector<float> values(size);
            for (float& v : values)
                v = value(random) > 4 ? kNaNf : value(random);
            const MaxPyramid pyramid(values);
            for (std::size_t first = 0; first < size; ++first)
                for (std::size_t last = first; last <= size + 1; ++last) {
                    float expected = kNaNf;
                    for (std::size_t i = first; i < std::min(last, size); ++i)
                        expected = std::isnan(expected) || values[i] > expected
                            ? (std::isnan(values[i]) ? expected : values[i])
                            : expected;
                    const float got = pyramid.maximum(first, last);
                    QVERIFY(std::isnan(expected) ? std::isnan(got) : got == expected);
                }
        }
        QVERIFY(std::isnan(MaxPyramid(std::vector<float>{}).maximum(0, 3)));
    }

    void hitTesting()
    {
        QCOMPARE(cellAt(25, 10, 10, 4), 1);
        QCOMPARE(cellAt(9.9, 10, 10, 4), -1);
        QCOMPARE(cellAt(50, 10, 10, 4), -1);
        QCOMPARE(cellAt(20, 10, 0, 4), -1);
        QCOMPARE(cellAt(kNaN, 10, 10, 4), -1);
        const std::vector<double> edges{0, 1, 4, 9};
        QCOMPARE(binAt(edges, 0), 0);
        QCOMPARE(binAt(edges, 1), 1);
        QCOMPARE(binAt(edges, 9), 2);
        QCOMPARE(binAt(edges, 9.1), -1);
        QCOMPARE(binAt(edges, kNaN), -1);
        QCOMPARE(nearestIndex(edges, 2), 1);
        QCOMPARE(nearestIndex(edges, 100), 3);
        QCOMPARE(nearestIndex({}, 1), -1);
    }
    void labelsDoNotOverlap()
    {
        std::vector<QPointF> anchors;
        std::vector<QSizeF> sizes;
        for (int i = 0; i < 12; ++i) {
            anchors.push_back({200.0 + 6 * i, 150.0 + 4 * i});
            sizes.push_back({80, 14});
        }
        const QRectF bounds(0, 0, 600, 400);
        const std::vector<QRectF> obstacles{{0, 200, 600, 3}};
        const auto places = placeLabels(anchors, sizes, bounds, 6, obstacles);
        int placed = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (places[i].isNull())
                continue;
            ++placed;
            QVERIFY(bounds.contains(places[i]));
            QVERIFY(!places[i].intersects(obstacles[0]));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(places[j].isNull() || !places[i].intersects(places[j]));
        }
        QVERIFY(placed >= 8);
    }
    void logShareIsClamped()
    {
        QCOMPARE(logShare(10, {1, 100}), 0.5);
        QCOMPARE(logShare(1e9, {1, 100}), 1.0);
        QCOMPARE(logShare(0, {1, 100}), 0.0);
        QCOMPARE(logShare(5, {0, 0}), 0.0);
        QVERIFY(std::isnan(logShare(kNaN, {1, 100})));
    }
    void treemapFillsItsArea()
    {
        const std::vector<double> weights{60, 25, 10, 5, 0, kNaN};
        const QRectF bounds(10, 20, 400, 200);
        const auto rects = squarify(weights, bounds);
        double area = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(std::abs(rects[i].width() * rects[i].height()
                        - bounds.width() * bounds.height() * weights[i] / 100)
                < 1e-6);
            QVERIFY(bounds.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(rects[i]));
            area += rects[i].width() * rects[i].height();
        }
        QVERIFY(std::abs(area - 80000) < 1e-6);
        QVERIFY(rects[4].isNull() && rects[5].isNull());
        QVERIFY(squarify(weights, QRectF())[0].isNull());
    }

    void bitColorsAreOrdinalAndReadable()
    {
        for (const Theme& theme : {lightTheme(), darkTheme()}) {
            const std::vector<double> rungs{1, 2, 3, 4, 5, 6, 8, 16};
            const double step = (lightness(bitColor(16, theme)) - lightness(bitColor(1, theme))) / 7;
            for (std::size_t i = 1; i < rungs.size(); ++i) {
                const double difference
                    = lightness(bitColor(rungs[i], theme)) - lightness(bitColor(rungs[i - 1], theme));
                QVERIFY2(std::abs(difference - step) < 0.012, qPrintable(QString::number(rungs[i])));
            }
            for (double bits = 1; bits <= 16; bits += 0.25)
                QVERIFY(contrastRatio(bitColor(bits, theme), textOn(bitColor(bits, theme))) >= 4.5);
            QCOMPARE(bitColor(40, theme), bitColor(16, theme));
            QCOMPARE(bitColor(kNaN, theme), theme.hatchBackground);
            QVERIFY(contrastRatio(theme.foreground, theme.background) >= 7);
            QVERIFY(contrastRatio(theme.muted, theme.background) >= 4.5);
        }
    }
    void columnsShareTheRoom()
    {
        const std::vector<int> natural{200, 60, 150, 60}, least{90, 60, 90, 60};
        QCOMPARE(fittedWidths(natural, least, 470), natural);
        // Texts give way, the longest first and down to one width; numbers never.
        QCOMPARE(fittedWidths(natural, least, 440), (std::vector<int>{170, 60, 150, 60}));
        QCOMPARE(fittedWidths(natural, least, 360), (std::vector<int>{120, 60, 120, 60}));
        QCOMPARE(fittedWidths(natural, least, 300), least);
        QCOMPARE(fittedWidths(natural, least, 299), natural); // to be scrolled anyway
        QCOMPARE(fittedWidths({}, {}, 100), std::vector<int>());
    }
    void footnotesWrapBetweenWords()
    {
        ChartCaption caption;
        caption.statistic = QStringLiteral("max |x| per site");
        caption.source = QStringLiteral("some model");
        const QString whole = caption.footnote();
        const QFontMetricsF metrics{QFont()};
        const double width = metrics.horizontalAdvance(whole);
        QCOMPARE(caption.footnoteLines(metrics, width + 1), QStringList{whole});
        const QStringList two = caption.footnoteLines(metrics, width * 0.75);
        QCOMPARE(two.size(), 2);
        QCOMPARE(two.join(QStringLiteral(" \u00b7 ")), whole); // the break stands for the dot
        QVERIFY(caption.footnoteLines(metrics, width * 0.75, 1).front().endsWith(u'\u2026'));
        QVERIFY(caption.footnoteLines(metrics, width * 0.3).back().endsWith(u'\u2026'));
        QVERIFY(ChartCaption().footnoteLines(metrics, 100).isEmpty());
    }
    void sequentialMapsRiseEvenly()
    {
        for (const ColorMap map : {ColorMap::Cividis, ColorMap::Viridis, ColorMap::Magma, ColorMap::Grey}) {
            double last = lightness(mapColor(map, 0));
            const double step = (lightness(mapColor(map, 1)) - last) / 16;
            for (int i = 1; i <= 16; ++i) {
                const double next = lightness(mapColor(map, i / 16.0));
                QVERIFY2(next - last > step * 0.6 && next - last < step * 1.4, qPrintable(colorMapName(map)));
                last = next;
            }
        }
        for (const Theme& theme : {lightTheme(), darkTheme()}) {
            const ColorMap map = divergingMap(theme);
            const double end = lightness(mapColor(map, 0)), middle = lightness(mapColor(map, 0.5));
            QVERIFY(std::abs(end - lightness(mapColor(map, 1))) < 0.02);
            // No change lies nearer to the background than any change.
            const double background = lightness(theme.background);
            QVERIFY(std::abs(middle - background) + 0.2 < std::abs(end - background));
        }
        QCOMPARE(mapColor(ColorMap::Cividis, kNaN).alpha(), 0);
    }
};

QTEST_MAIN(ChartMathTest)
#include "tst_chart_math.moc"
