#include "tests/support/chart_hands.h"
#include "views/charts/alpha_chart.h"
#include "views/charts/channel_ridge.h"
#include "views/charts/extreme_pyramid.h"
#include "views/charts/matrix_image.h"
#include "views/charts/weight_histogram.h"

#include <QSignalSpy>
#include <QWheelEvent>
#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace bitwright::views;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

void click(QWidget& widget, const QPointF& at)
{
    QTest::mouseClick(&widget, Qt::LeftButton, Qt::NoModifier, at.toPoint());
}

/// A matrix of small values with a hot one and, when asked for, a NaN.
std::shared_ptr<const ExtremePyramid> matrix(std::size_t rows, std::size_t columns, bool withNaN)
{
    std::mt19937 random(7);
    std::normal_distribution<float> value(0.0F, 0.02F);
    std::vector<float> values(rows * columns);
    for (float& v : values)
        v = value(random);
    values[(rows / 3) * columns + columns / 2] = -5.0F;
    if (withNaN)
        values[(rows / 2) * columns + 1] = std::numeric_limits<float>::infinity();
    return std::make_shared<const ExtremePyramid>(std::move(values), rows, columns);
}

MatrixImageData imageData(std::size_t rows, std::size_t columns, std::uint64_t perCell = 1)
{
    MatrixImageData data;
    data.value = utf8("weight");
    data.rowLabel = utf8("output");
    data.columnLabel = utf8("input");
    data.rows = rows * perCell;
    data.columns = columns * perCell;
    data.rowsPerCell = data.columnsPerCell = perCell;
    data.cells = matrix(rows, columns, false);
    return data;
}

ChannelRidgeData ridgeData()
{
    ChannelRidgeData data;
    data.channelLabel = utf8("input channel");
    data.minimum = {-1, -4, kNaN, -2};
    data.maximum = {3, 1, kNaN, 2};
    data.rms = {0.5F, 0.6F, kNaN, 0.4F};
    data.activation = {1, 10, 100, 5};
    return data;
}

AlphaPoint alphaPoint(int block, double alpha, double bits, double weight, int unit)
{
    AlphaPoint point;
    point.block = block;
    point.alpha = alpha;
    point.bits = bits;
    point.weight = weight;
    point.units = {unit};
    point.name = utf8("u%1").arg(unit);
    point.group = utf8("q");
    return point;
}

} // namespace

class TestTensorCharts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void extremesMerge()
    {
        QCOMPARE(mergedExtreme(1, -2), -2.0F);
        QCOMPARE(mergedExtreme(-3, 2), -3.0F);
        QVERIFY(std::isnan(mergedExtreme(kNaN, 9)));
        QVERIFY(std::isnan(mergedExtreme(9, kNaN)));
    }

    /// Whatever the zoom, the picture holds the hot weight and the NaN wherever the view holds them, and
    /// every pixel equals the extreme of the cells under it.
    void decimationKeepsExtremes()
    {
        for (const auto& [rows, columns] :
            {std::pair(97, 41), std::pair(1, 300), std::pair(300, 1), std::pair(64, 64)}) {
            const auto cells = matrix(
                static_cast<std::size_t>(rows), static_cast<std::size_t>(columns), rows > 2 && columns > 2);
            for (const QSize size : {QSize(1, 1), QSize(7, 5), QSize(40, 33), QSize(500, 400)}) {
                for (const double part : {1.0, 0.37}) {
                    const Interval x{0, columns * part}, y{rows * (1 - part), static_cast<double>(rows)};
                    const auto picture = cells->render(x, y, size);
                    QCOMPARE(picture.size(), static_cast<std::size_t>(size.width() * size.height()));
                    for (int row = 0; row < size.height(); ++row)
                        for (int column = 0; column < size.width(); ++column) {
                            const Interval px{x.lower + x.width() * column / size.width(),
                                x.lower + x.width() * (column + 1) / size.width()};
                            const Interval py{y.lower + y.width() * row / size.height(),
                                y.lower + y.width() * (row + 1) / size.height()};
                            const float drawn
                                = picture[static_cast<std::size_t>(row * size.width() + column)];
                            const auto place = cells->extreme(px, py);
                            QVERIFY(place.has_value());
                            // A coarser level may take in a neighbor, never lose what is there.
                            if (std::isnan(place->value))
                                QVERIFY(std::isnan(drawn));
                            else
                                QVERIFY(std::isnan(drawn) || std::abs(drawn) >= std::abs(place->value));
                            if (x.width() <= size.width() && y.width() <= size.height()
                                && !std::isnan(place->value))
                                QCOMPARE(drawn, place->value);
                        }
                }
            }
        }
    }

    void decimationBesideAndEmpty()
    {
        const ExtremePyramid none;
        QVERIFY(none.isEmpty());
        QVERIFY(!none.extreme({0, 1}, {0, 1}));
        QCOMPARE(none.render({0, 1}, {0, 1}, {1, 1}).front(), ExtremePyramid::kOutside);
        QVERIFY(ExtremePyramid({1, 2, 3}, 2, 2).isEmpty()); // sizes that do not fit
        const ExtremePyramid some({1, -2, 3, 0}, 2, 2);
        QCOMPARE(some.absMax(), 3.0F);
        QCOMPARE(*some.magnitudes(), (Interval{1, 3}));
        const auto wide = some.render({-2, 4}, {0, 2}, {6, 2});
        QCOMPARE(wide,
            (std::vector<float>{ExtremePyramid::kOutside, ExtremePyramid::kOutside, 1, -2,
                ExtremePyramid::kOutside, ExtremePyramid::kOutside, ExtremePyramid::kOutside,
                ExtremePyramid::kOutside, 3, 0, ExtremePyramid::kOutside, ExtremePyramid::kOutside}));
        QVERIFY(!ExtremePyramid({0, 0}, 1, 2).magnitudes());
    }

    void imageTellsWhatIsUnderTheCursor()
    {
        MatrixImage image;
        image.setData(imageData(300, 200));
        showAt(image, {640, 420});
        const auto hot = image.placeAt(image.cellPixel(100, 100));
        QVERIFY(hot.has_value());
        QCOMPARE(hot->row, std::size_t{100});
        QCOMPARE(hot->column, std::size_t{100});
        QCOMPARE(hot->value, -5.0F);
        QVERIFY(!image.placeAt({-5, -5}));
        // The hot weight is drawn in the color of the lowest end.
        const QRgb lowest = colorTable(ColorMap::Diverging).front();
        int found = 0;
        const QImage picture = image.renderedImage();
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x)
                found += picture.pixel(x, y) == (lowest | 0xff000000U) ? 1 : 0;
        QVERIFY(found > 0);
        QSignalSpy activated(&image, &MatrixImage::cellActivated);
        click(image, image.cellPixel(100, 100));
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated.front().at(1).toInt(), 100);
        QVERIFY(image.csv().contains(utf8(",-5\n")));
    }

    void imageAsksForSingleValuesWhenClose()
    {
        MatrixImage image;
        image.setData(imageData(64, 64, 64));
        showAt(image, {640, 420});
        QSignalSpy wanted(&image, &MatrixImage::partWanted);
        image.setViewRange(Qt::Horizontal, {640, 740});
        image.setViewRange(Qt::Vertical, {1280, 1330});
        QVERIFY(wanted.size() >= 1);
        const auto ask = wanted.last();
        const int firstRow = ask.at(0).toInt(), lastRow = ask.at(1).toInt();
        const int firstColumn = ask.at(2).toInt(), lastColumn = ask.at(3).toInt();
        QVERIFY(firstRow <= 1280 && lastRow >= 1330 && firstColumn <= 640 && lastColumn >= 740);
        std::vector<float> values(
            static_cast<std::size_t>((lastRow - firstRow) * (lastColumn - firstColumn)), 0.25F);
        const auto width = static_cast<std::size_t>(lastColumn - firstColumn);
        values[static_cast<std::size_t>(1300 - firstRow) * width
            + static_cast<std::size_t>(700 - firstColumn)]
            = 0.5F;
        MatrixPart part{static_cast<std::uint64_t>(firstRow), static_cast<std::uint64_t>(firstColumn),
            std::make_shared<const ExtremePyramid>(
                values, static_cast<std::size_t>(lastRow - firstRow), width)};
        image.setPart(part);
        image.replot(QCustomPlot::rpImmediateRefresh);
        const auto place = image.placeAt(image.cellPixel(1300, 700));
        QVERIFY(place.has_value());
        QCOMPARE(place->value, 0.5F);
        QCOMPARE(place->row, std::size_t{1300});
        QCOMPARE(place->column, std::size_t{700});
        const auto asked = wanted.size();
        image.setViewRange(Qt::Horizontal, {645, 735}); // inside what is there
        QCOMPARE(wanted.size(), asked);
    }

    void ridgeOrdersAndMarks()
    {
        QCOMPARE(ridgeOrder(ridgeData(), false), (std::vector<int>{0, 1, 2, 3}));
        QCOMPARE(ridgeOrder(ridgeData(), true), (std::vector<int>{1, 0, 3, 2}));
        ChannelRidge ridge;
        ridge.setData(ridgeData());
        showAt(ridge, {500, 360});
        QSignalSpy sorted(&ridge, &ChannelRidge::sortedChanged);
        ridge.setFocus();
        QTest::keyClick(&ridge, Qt::Key_S);
        QCOMPARE(sorted.size(), 1);
        QCOMPARE(ridge.columnOf(1), 0.0);
        QSignalSpy activated(&ridge, &ChannelRidge::channelActivated);
        ridge.replot(QCustomPlot::rpImmediateRefresh);
        const double x = ridge.xAxis->coordToPixel(0.5), y = ridge.yAxis->coordToPixel(0);
        click(ridge, {x, y});
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated.front().front().toInt(), 1);
        QTest::keyClick(&ridge, Qt::Key_L);
        QVERIFY(ridge.isLogarithmic(Qt::Vertical));
        QVERIFY(ridge.csv().startsWith(utf8("channel,min,max,rms,input_abs_max\n1,-4,1,")));
    }

    void alphaPerBlock()
    {
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        const auto blocks = alphaByBlock({alphaPoint(-1, 9, 16, 5, 0), alphaPoint(1, 2, 4, 1, 1),
            alphaPoint(0, unknown, 8, 1, 2), alphaPoint(1, 4, 8, 3, 3)});
        QCOMPARE(blocks.size(), std::size_t{2});
        QCOMPARE(blocks[0].block, 0);
        QVERIFY(std::isnan(blocks[0].alpha));
        QCOMPARE(blocks[1].alpha, 3.0);
        QCOMPARE(blocks[1].alphaLow, 2.0);
        QCOMPARE(blocks[1].alphaHigh, 4.0);
        QCOMPARE(blocks[1].bits, 7.0);
        QCOMPARE(blocks[1].units, (QVector<int>{1, 3}));
    }

    void alphaClickSelects()
    {
        AlphaChart chart;
        AlphaData data;
        for (int i = 0; i < 8; ++i)
            data.points.push_back(alphaPoint(i / 2, 2.0 + 0.3 * i, 4, 1, i));
        data.calibrated = true;
        chart.setData(data);
        showAt(chart, {560, 360});
        QSignalSpy activated(&chart, &AlphaChart::pointActivated);
        click(chart, chart.pointPixel(5));
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated.front().front().toInt(), 5);
        QCOMPARE(chart.pointAt({-4, -4}), -1);
        QCOMPARE(chart.csv().count(u'\n'), qsizetype{9});
    }

    void alphaExtends()
    {
        AlphaChart chart;
        AlphaData data;
        for (int i = 0; i < 8; ++i)
            data.points.push_back(alphaPoint(i / 2, 2.0 + 0.3 * i, 4, 1, i));
        chart.setData(data);
        showAt(chart, {560, 360});
        QSignalSpy activated(&chart, &AlphaChart::pointActivated),
            extended(&chart, &AlphaChart::pointsExtended), boxed(&chart, &AlphaChart::pointsSelected);
        const auto press = [&chart](int point, Qt::KeyboardModifiers keys) {
            QTest::mouseClick(&chart, Qt::LeftButton, keys, chart.pointPixel(point).toPoint());
        };
        press(4, Qt::ControlModifier);
        QCOMPARE(extended.takeFirst(), (QVariantList{QVariant::fromValue(QVector<int>{4}), true}));
        // Shift: from the first of the selection, then from what was clicked last.
        chart.setCurrentUnits({2, 6});
        press(4, Qt::ShiftModifier);
        QCOMPARE(extended.takeFirst(), (QVariantList{QVariant::fromValue(QVector<int>{2, 3, 4}), false}));
        press(6, Qt::NoModifier);
        QCOMPARE(activated.size(), 1);
        press(4, Qt::ShiftModifier);
        QCOMPARE(extended.takeFirst(), (QVariantList{QVariant::fromValue(QVector<int>{4, 5, 6}), false}));
        // The keyboard's way.
        chart.setFocus();
        QTest::keyClick(&chart, Qt::Key_PageDown);
        QCOMPARE(activated.back().front().toInt(), 7);
        chart.setCurrentUnits({7});
        QTest::keyClick(&chart, Qt::Key_PageUp, Qt::ShiftModifier);
        QCOMPARE(extended.takeFirst(), (QVariantList{QVariant::fromValue(QVector<int>{6, 7}), false}));
        chart.setCurrentUnits({6, 7});
        QTest::keyClick(&chart, Qt::Key_PageUp, Qt::ShiftModifier);
        QCOMPARE(extended.takeFirst(), (QVariantList{QVariant::fromValue(QVector<int>{5, 6, 7}), false}));
        // A box with Shift selects what is in it; with Ctrl too it adds.
        for (const Qt::KeyboardModifiers keys :
            {Qt::KeyboardModifiers(Qt::ShiftModifier), Qt::ShiftModifier | Qt::ControlModifier}) {
            const Interval before = chart.viewRange(Qt::Horizontal);
            drag(chart, chart.pointPixel(1) + QPointF(-9, 30), chart.pointPixel(3) + QPointF(9, -30), keys);
            QCOMPARE(boxed.size(), 1);
            QCOMPARE(boxed.front()[0].value<QVector<int>>(), (QVector<int>{1, 2, 3}));
            QCOMPARE(boxed.takeFirst()[1].toBool(), keys.testFlag(Qt::ControlModifier));
            QCOMPARE(chart.viewRange(Qt::Horizontal).lower, before.lower);
        }
        // The menu offers it, and Shift+B begins it; without Shift a box zooms.
        bool offered = false;
        for (const QAction* action : chart.chartActions())
            offered |= action->objectName().endsWith(utf8("box-select")) && action->isVisible();
        QVERIFY(offered);
        const double width = chart.viewRange(Qt::Horizontal).width();
        drag(chart, chart.pointPixel(1) + QPointF(-9, 30), chart.pointPixel(3) + QPointF(9, -30), {});
        QVERIFY(boxed.isEmpty());
        QVERIFY(chart.viewRange(Qt::Horizontal).width() < width);
    }

    void histogramStatesClippedMass()
    {
        WeightHistogram chart;
        WeightHistogramData data;
        data.edges = {-1, 0, 1};
        data.counts = {3, 5};
        data.total = 8;
        data.option = utf8("int2-sym-row/rtn");
        data.optionBits = 2;
        data.levels = {{-0.5, 0.5}, {0.5, 0.5}};
        data.clipped = {0, 2};
        data.clippedShare = 0.25;
        chart.setData(data);
        showAt(chart, {500, 320});
        QVERIFY(chart.csv().contains(utf8("clipped,0,1,2\n")));
        QVERIFY(chart.isLegendKeyShown(utf8("clip")));
        QMouseEvent event(QEvent::MouseMove, chart.rect().center() + QPointF(60, 0),
            chart.mapToGlobal(chart.rect().center()), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(&chart, &event);
        QVERIFY(chart.readout().contains(utf8("2 of them clipped")));
    }
};

QTEST_MAIN(TestTensorCharts)
#include "tst_tensor_charts.moc"
