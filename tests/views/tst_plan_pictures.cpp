// What must be told apart in the pictures of a plan: parts of a cell, names of marks, tiles of one size.
#include "tests/support/chart_hands.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/chart_math.h"
#include "views/charts/mark_labels.h"
#include "views/charts/matrix_cell.h"
#include "views/charts/pareto_chart.h"

#include <QSignalSpy>
#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace bitwright::views;

namespace {

MatrixData blocksAndHead()
{
    MatrixData data;
    for (int row = 0; row < 4; ++row)
        data.rows.push_back({QString::number(row), {}});
    data.rows.push_back({QStringLiteral("other"), {}, true});
    for (const char* name : {"q", "k", "v", "o", "up", "down"})
        data.columns.push_back({QString::fromLatin1(name), QString::fromLatin1(name), {}});
    for (int row = 0; row < 4; ++row)
        for (int column = 0; column < 6; ++column) {
            MatrixUnit unit;
            unit.row = row;
            unit.column = column;
            unit.bits = 4.25;
            unit.harm = 0.01 * (row + 1);
            data.units.push_back(unit);
        }
    MatrixUnit head;
    head.row = 4;
    head.column = 0;
    head.label = QStringLiteral("head");
    head.bits = 8;
    head.harm = 0.001;
    data.units.push_back(head);
    return data;
}

double distanceTo(const QLineF& line, QPointF point)
{
    double least = 1e9;
    for (int i = 0; i <= 100; ++i)
        least = std::min(least, QLineF(line.pointAt(i / 100.0), point).length());
    return least;
}

double distanceTo(const QRectF& box, QPointF to)
{
    return std::hypot(std::clamp(to.x(), box.left(), box.right()) - to.x(),
        std::clamp(to.y(), box.top(), box.bottom()) - to.y());
}

} // namespace

class PlanPicturesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void partsOfACellStandApart()
    {
        const QSizeF number(27, 12), whole(14, 12);
        for (const QSizeF digits : {number, whole})
            for (const bool marks : {false, true})
                for (double w = 9; w < 340; w = std::ceil(w * 1.07))
                    for (double h = 9; h < 260; h = std::ceil(h * 1.07)) {
                        const MatrixCellLayout layout = layoutMatrixCell({w, h}, digits, marks);
                        const QRectF cell(0, 0, w, h);
                        const QRectF parts[]{
                            layout.number, layout.square, layout.harm, layout.link, layout.bar};
                        for (std::size_t a = 0; a < std::size(parts); ++a) {
                            if (parts[a].isNull())
                                continue;
                            QVERIFY2(cell.adjusted(-0.01, -0.01, 0.01, 0.01).contains(parts[a]),
                                qPrintable(QStringLiteral("%1 x %2, part %3").arg(w).arg(h).arg(a)));
                            for (std::size_t b = 0; b < a; ++b)
                                QVERIFY2(!parts[a].adjusted(0.01, 0.01, -0.01, -0.01).intersects(parts[b]),
                                    qPrintable(
                                        QStringLiteral("%1 x %2, parts %3, %4").arg(w).arg(h).arg(a).arg(b)));
                        }
                        QVERIFY(marks || layout.link.isNull());
                        QVERIFY(w < digits.width() + 5 || h < 10 || !layout.number.isNull());
                        // In every cell its harm is seen in one way.
                        QVERIFY(layout.bar.isNull() != layout.square.isNull());
                        QVERIFY(
                            layout.square.isNull() || layout.square.width() >= 10); // smaller ones look alike
                        // Marks never become specks.
                        QVERIFY(layout.link.isNull() || layout.link.width() >= 8);
                    }
        // A square has one size in all cells of a matrix, however much room one of them has.
        QCOMPARE(layoutMatrixCell({80, 90}, number, false, 30).square.width(), 30.0);
        QVERIFY(layoutMatrixCell({80, 90}, number, false).square.width() > 40);
        // A low cell shows harm along its whole width.
        QVERIFY(layoutMatrixCell({28, 11}, number, false).bar.width() >= 18);
    }

    // Two decimals have no room in narrow cells: the bits of a code have, at one place in all of them.
    void narrowCellsSayWholeBits()
    {
        BlockRoleMatrix matrix;
        MatrixData data = blocksAndHead();
        for (MatrixUnit& unit : data.units)
            unit.harm = 0; // no square: what is drawn on the color is the number
        data.units[1].tie = data.units[2].tie = 1;
        matrix.setData(data);
        matrix.resize(230, 300);
        const auto inked = [&](int unit) {
            const QRect rect = matrix.unitRect(unit).toRect().adjusted(1, 1, -1, -1);
            const QImage image = matrix.viewport()->grab().toImage();
            QRect box;
            for (int y = rect.top(); y <= rect.bottom(); ++y)
                for (int x = rect.left(); x <= rect.right(); ++x)
                    if (image.pixelColor(x, y) != image.pixelColor(rect.topLeft()))
                        box |= QRect(x - rect.left(), y - rect.top(), 1, 1);
            return box;
        };
        matrix.grab();
        QVERIFY(matrix.unitRect(0).width() < 34);
        const QRect four = inked(0);
        QVERIFY2(four.width() >= 4 && four.width() < 12 && four.height() >= 6,
            qPrintable(QStringLiteral("%1 x %2").arg(four.width()).arg(four.height())));
        QCOMPARE(inked(6), four);
        QVERIFY(inked(1).width() > four.width()); // the mark of the tie is beside it
        matrix.resize(500, 300);
        matrix.grab();
        QVERIFY(inked(0).width() > 18); // "4.25"
    }

    void theScaleOfHarmIsThatOfThePlan()
    {
        BlockRoleMatrix matrix;
        MatrixData data = blocksAndHead(); // 0.001 to 0.04
        matrix.setData(data);
        QCOMPARE(matrix.harmRange().lower, 0.001);
        QCOMPARE(matrix.harmRange().upper, 0.05);
        data.units[24].harm = 0.0101;
        matrix.setUnits(data.units);
        QCOMPARE(matrix.harmRange().lower, 0.01);
        // An edit to two bits: nothing is drawn at the end of a scale that it is beyond.
        data.units[3].harm = 1.7;
        matrix.setUnits(data.units);
        QCOMPARE(matrix.harmRange().upper, 2.0);
        data.units[3].harm = 0.011;
        matrix.setUnits(data.units);
        QCOMPARE(matrix.harmRange().upper, 0.05);
        data.units[3].harm.reset();
        data.units[4].harm = 0;
        matrix.setUnits(data.units);
        QCOMPARE(matrix.harmRange().lower, 0.01); // what is unknown or nothing is not on it
    }

    void staleIsDimmed()
    {
        BlockRoleMatrix matrix;
        matrix.setData(blocksAndHead());
        showAt(matrix, {500, 420});
        const QPoint at = matrix.unitRect(0).topLeft().toPoint() + QPoint(3, 3);
        const auto colorAt = [&] { return matrix.viewport()->grab().toImage().pixelColor(at); };
        const QColor fresh = colorAt(), ground = matrix.theme().background;
        matrix.setStale(true);
        const QColor stale = colorAt();
        for (const auto channel : {&QColor::red, &QColor::green, &QColor::blue}) {
            const double wanted = 0.4 * (fresh.*channel)() + 0.6 * (ground.*channel)();
            QVERIFY2(std::abs((stale.*channel)() - wanted) <= 3,
                qPrintable(QStringLiteral("%1 of %2").arg((stale.*channel)()).arg(wanted)));
        }
        matrix.setStale(false);
        QCOMPARE(colorAt(), fresh);
    }

    void whatDiffersIsTold()
    {
        for (const Theme& theme : {lightTheme(), darkTheme()}) {
            BlockRoleMatrix matrix;
            matrix.setTheme(theme);
            const auto light = [](QColor color) {
                const auto part
                    = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
                return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF())
                    + 0.0722 * part(color.blueF());
            };
            const auto contrast = [&](QColor a, QColor b) {
                const double x = light(a) + 0.05, y = light(b) + 0.05;
                return std::max(x, y) / std::min(x, y);
            };
            // Colors leave that of no difference without a jump and go on evenly: how far a cell is from it
            // says how much it differs. That it differs at all is said by its text.
            const QColor none = matrix.deltaColor(0);
            const auto away = [&](double value) {
                const QColor cell = matrix.deltaColor(value);
                return std::hypot(
                    cell.red() - none.red(), cell.green() - none.green(), cell.blue() - none.blue());
            };
            for (const double sign : {-1.0, 1.0}) {
                QVERIFY(away(sign * 0.01) < 3);
                for (double value = 0; value < 0.999; value += 0.1) {
                    QVERIFY(away(sign * (value + 0.1)) > away(sign * value) + 3);
                    QVERIFY(away(sign * (value + 0.1)) < away(sign * value) + 24);
                    const QColor cell = matrix.deltaColor(sign * (value + 0.1));
                    QVERIFY2(contrast(cell, theme.foreground) > 3.9,
                        qPrintable(QString::number(contrast(cell, theme.foreground))));
                }
                QVERIFY(contrast(matrix.deltaColor(sign), none) > 1.4);
            }
            // Of the two colors of a dashed outline one is seen on every cell, and on each other.
            QVERIFY(contrast(theme.accent, theme.background) > 3);
            for (const double bits : {1, 2, 3, 4, 5, 6, 8, 16}) {
                const QColor cell = bitColor(bits, theme);
                const double seen = std::max(contrast(theme.accent, cell), contrast(theme.background, cell));
                QVERIFY2(seen > 2.4, qPrintable(QStringLiteral("%1 bits: %2").arg(bits).arg(seen)));
            }
            ParetoChart chart;
            chart.setTheme(theme);
            QVERIFY(contrast(chart.budgetInk(), theme.background) > 4.5);
        }
    }

    void aLongLineIsSampledToItsEnd()
    {
        QPolygonF line;
        for (int i = 0; i <= 20000; ++i)
            line << QPointF(i * 0.1, i % 2);
        const auto points = sampledLine(line, 6);
        QVERIFY(!points.empty() && points.back().x() > 1990);
        for (std::size_t i = 1; i < points.size(); ++i)
            QVERIFY(QLineF(points[i - 1], points[i]).length() < 6.01);
        QVERIFY(sampledLine({}, 6).empty());
    }

    void aNameBesideSeveralMarksHasALine()
    {
        // Three in a row: the name over the first would stand over all of them.
        const std::vector<QPointF> marks{{100, 100}, {107, 101}, {114, 102}};
        const std::vector<QSizeF> sizes(marks.size(), QSizeF(80, 13));
        const auto labels = labelMarks(marks, sizes, QRectF(0, 0, 600, 400), {}, 60);
        for (std::size_t i = 0; i < marks.size(); ++i) {
            if (labels[i].box.isNull() || !labels[i].leader.isNull())
                continue;
            for (std::size_t j = 0; j < marks.size(); ++j)
                QVERIFY(
                    i == j || distanceTo(labels[i].box, marks[j]) >= distanceTo(labels[i].box, marks[i]) + 5);
        }
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const auto& l) { return !l.leader.isNull(); }));
    }

    void aLastStateWithoutHarmIsNamed()
    {
        ParetoChart chart;
        ParetoData data;
        for (int i = 0; i <= 40; ++i)
            data.frontier.push_back({1e6 + 1e5 * i, i == 40 ? 0 : std::exp2(-0.3 * i)});
        chart.setData(data);
        // Beside its mark or nowhere: words elsewhere would name another place of the line.
        int named = 0;
        for (const QSize size : {QSize(600, 400), QSize(450, 300), QSize(450, 240), QSize(380, 200)}) {
            showAt(chart, size);
            const QRectF box = chart.harmlessRect();
            named += box.isNull() ? 0 : 1;
            const QPointF mark = chart.pixelOf({{}, 5e6, chart.viewRange(Qt::Vertical).lower, {}, false, {}});
            QVERIFY2(box.isNull() || distanceTo(box, mark) < 40, qPrintable(QString::number(size.height())));
        }
        QVERIFY(named >= 2);
    }

    void numberStandsInTheMiddleOfItsCell()
    {
        for (const bool marks : {false, true}) {
            const MatrixCellLayout layout = layoutMatrixCell({80, 80}, {27, 12}, marks);
            QCOMPARE(layout.number.center().x(), 40.0);
            QCOMPARE(layout.square.center().x(), 40.0);
        }
    }

    void aHeadTakesNoColumn()
    {
        BlockRoleMatrix matrix;
        matrix.setData(blocksAndHead());
        showAt(matrix, {500, 420});
        const QRectF head = matrix.unitRect(24), first = matrix.unitRect(0);
        QVERIFY(head.height() < first.height()); // nor a whole row
        QVERIFY(head.width() > 40); // its name is in it
        QCOMPARE(matrix.unitAt(head.center()), 24);
        QCOMPARE(matrix.unitAt(QPointF(head.right() - 2, head.center().y())), 24);
        QCOMPARE(matrix.unitAt(QPointF(480, head.center().y())), -1);
        QVERIFY(head.top() > matrix.unitRect(23).bottom());
        // A column is its role in the blocks; the strip belongs to none.
        QSignalSpy selected(&matrix, &BlockRoleMatrix::selectionEdited);
        QTest::mouseClick(
            matrix.viewport(), Qt::LeftButton, {}, matrix.columnHeaderRect(0).center().toPoint());
        QCOMPARE(selected.last().at(0).value<QVector<int>>(), QVector<int>({0, 6, 12, 18}));
        QTest::mouseClick(matrix.viewport(), Qt::LeftButton, {}, head.center().toPoint());
        QCOMPARE(matrix.selection(), QVector<int>({24}));
        // By keys it is the last row, with nothing right of its last cell.
        QTest::mouseClick(matrix.viewport(), Qt::LeftButton, {}, matrix.unitRect(23).center().toPoint());
        QTest::keyClick(&matrix, Qt::Key_Down);
        QCOMPARE(matrix.focusCell(), QPoint(0, 4));
        QCOMPARE(matrix.selection(), QVector<int>({24}));
        QVERIFY(matrix.csv().contains(QStringLiteral(",other,head,")));
    }

    void rowsFillThePage()
    {
        BlockRoleMatrix matrix;
        matrix.setData(blocksAndHead());
        showAt(matrix, {700, 700});
        const double foot = matrix.unitRect(24).bottom();
        QVERIFY2(foot > 600, qPrintable(QString::number(foot)));
    }

    void namesLeadToTheirOwnMarks()
    {
        // As uniform plans stand: close together along a falling line.
        const std::vector<QPointF> marks{{100, 60}, {107, 66}, {121, 74}, {220, 180}, {229, 187}, {243, 196}};
        const std::vector<QSizeF> sizes(marks.size(), QSizeF(80, 13));
        std::vector<QRectF> obstacles;
        for (double x = 60; x < 400; x += 4)
            obstacles.emplace_back(x, 0.9 * x - 20, 4, 4);
        const auto labels = labelMarks(marks, sizes, QRectF(0, 0, 600, 400), obstacles, 60);
        for (std::size_t i = 0; i < marks.size(); ++i) {
            const MarkLabel& label = labels[i];
            QVERIFY2(!label.box.isNull(), qPrintable(QString::number(i)));
            for (std::size_t j = 0; j < marks.size(); ++j) {
                QVERIFY(!label.box.contains(marks[j]));
                if (i == j)
                    continue;
                QVERIFY(!label.box.intersects(labels[j].box));
                QVERIFY(label.leader.isNull() || distanceTo(label.leader, marks[j]) > 6);
            }
            if (!label.leader.isNull())
                QVERIFY(QLineF(label.leader.p1(), marks[i]).length() < 6);
        }
        // Rather none than one that is read as another's.
        const std::vector<QPointF> crowd(30, QPointF(50, 50));
        const auto few = labelMarks(
            crowd, std::vector<QSizeF>(crowd.size(), QSizeF(80, 13)), QRectF(0, 0, 100, 100), {}, 60);
        QVERIFY(std::any_of(few.begin(), few.end(), [](const MarkLabel& l) { return l.box.isNull(); }));
    }

    void aLineEndsBeforeItsText()
    {
        const std::vector<QPointF> marks{{100, 100}, {107, 101}, {114, 102}};
        const std::vector<QSizeF> sizes(marks.size(), QSizeF(80, 13));
        for (const MarkLabel& label : labelMarks(marks, sizes, QRectF(0, 0, 600, 400), {}, 60)) {
            if (label.leader.isNull())
                continue;
            const double gap = distanceTo(label.box, label.leader.p2());
            QVERIFY2(gap >= 2, qPrintable(QString::number(gap)));
            QVERIFY(label.leader.length() >= 6.9); // what is shorter is not seen
        }
    }

    void marksOfAFamilyShareAName()
    {
        const auto mark = [](double x, double y, const char* name) {
            return FamilyMark{{x, y}, QString::fromLatin1(name)};
        };
        const std::vector<FamilyMark> marks{mark(120, 104, "int4-sym-g32"), mark(113, 102, "int4-sym-g64"),
            mark(100, 90, "int2-sym-g32"), mark(60, 50, "int2-sym-g64")};
        QCOMPARE(familyGroups(marks), (std::vector<int>{0, 0, -1, -1}));
        const QStringList names{QStringLiteral("int4-sym-g128"), QStringLiteral("int4-sym-g64")};
        QCOMPARE(familyName(names, false), QStringLiteral("int4-sym: g128, g64"));
        QCOMPARE(familyName(names, true), QStringLiteral("int4-sym"));
        // The label of one of them names all: it may stand nearer to another.
        const std::vector<QPointF> places{{120, 104}, {113, 102}};
        const std::vector<QSizeF> sizes{{150, 13}, {}};
        const std::vector<int> groups{0, 0};
        const auto labels = labelMarks(places, sizes, QRectF(0, 0, 600, 400), {}, 60, {}, groups);
        QVERIFY(!labels[0].box.isNull() && labels[1].box.isNull());
    }

    // Where not all have room for a name of their own, they are named together.
    void noUniformPlanIsWithoutAName()
    {
        ParetoChart chart;
        ParetoData data;
        for (int i = 0; i <= 60; ++i)
            data.frontier.push_back({1e6 + 8e4 * i, 0.3 * std::exp2(-0.3 * i)});
        data.presets = {{QStringLiteral("int2-sym-g128"), 1.02e6, 0.31, {}, false, {}},
            {QStringLiteral("int2-sym-g64"), 1.03e6, 0.3, {}, false, {}},
            {QStringLiteral("int2-sym-g32"), 1.05e6, 0.29, {}, false, {}},
            {QStringLiteral("int4-sym-g64"), 1.9e6, 0.04, {}, false, {}}};
        data.budgetBytes = 3.5e6;
        chart.setData(data);
        showAt(chart, {560, 190});
        chart.grab();
        const QString names = chart.shownNames().join(u' ');
        for (const char* part : {"int2-sym: g128, g64, g32", "int4-sym-g64"})
            QVERIFY2(names.contains(QString::fromLatin1(part)), qPrintable(names));
    }

    // A difference has no units that are alike, and the key says what outlines are while there are any.
    void outlinesOfAlikeUnitsAreNamed()
    {
        BlockRoleMatrix matrix;
        MatrixData data = blocksAndHead();
        matrix.setData(data);
        showAt(matrix, {500, 420});
        matrix.setSelection({0});
        QVERIFY(matrix.alikeKeyRect().isNull());
        for (MatrixUnit& unit : data.units)
            unit.interval = Interval{0.5 * *unit.harm, 1.5 * *unit.harm};
        matrix.setData(data);
        const QRectF cell = matrix.cellRect(0, 0);
        matrix.setSelection({0});
        QVERIFY(!matrix.alike(0).units.isEmpty());
        const QRectF key = matrix.alikeKeyRect();
        QVERIFY(!key.isNull() && QRectF(matrix.viewport()->rect()).contains(key));
        QVERIFY(key.top() > matrix.unitRect(24).bottom());
        QCOMPARE(matrix.cellRect(0, 0), cell); // the cells stay where they are
        data.deltaLabel = QStringLiteral("harm B − A");
        for (MatrixUnit& unit : data.units)
            unit.delta = 0;
        matrix.setData(data);
        matrix.setSelection({0});
        QVERIFY(matrix.alike(0).units.isEmpty() && matrix.alikeKeyRect().isNull());
    }

    void labelsStandWhereItCostsLeast()
    {
        const std::vector<QPointF> marks{{200, 200}};
        const std::vector<QSizeF> sizes{{80, 13}};
        const auto below = [](const QRectF& box) { return box.center().y() > 190 ? 40.0 : 0.0; };
        const auto labels = labelMarks(marks, sizes, QRectF(0, 0, 600, 400), {}, 60, below);
        QVERIFY(labels.front().box.center().y() <= 190);
    }

    void equalTilesReadLikeText()
    {
        const QRectF bounds(10, 20, 300, 200);
        for (std::size_t count = 1; count < 40; ++count) {
            const auto tiles = equalTiles(count, bounds);
            QCOMPARE(tiles.size(), count);
            double area = 0;
            for (std::size_t i = 0; i < count; ++i) {
                area += tiles[i].width() * tiles[i].height();
                QVERIFY(std::abs(tiles[i].width() * tiles[i].height() - 60000.0 / static_cast<double>(count))
                    < 1e-6);
                QVERIFY(bounds.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(tiles[i]));
                if (i > 0) // right of the one before, or in a row below it
                    QVERIFY(tiles[i].top() > tiles[i - 1].top() + 1e-6
                        || (std::abs(tiles[i].top() - tiles[i - 1].top()) < 1e-6
                            && tiles[i].left() > tiles[i - 1].left()));
            }
            QVERIFY(std::abs(area - 60000) < 1e-6);
        }
        QVERIFY(equalTiles(0, bounds).empty());
    }

    void provenanceIsCutLast()
    {
        const ChartCaption caption{QStringLiteral("Plan"),
            QStringLiteral("tiny-llama; a book of some length"),
            QStringLiteral("a statistic that needs many words to be said"),
            QStringLiteral("predicted harm (fisher, not measured)")};
        const QFontMetricsF metrics(QApplication::font());
        const double narrow = metrics.horizontalAdvance(caption.provenance) + 4;
        QVERIFY(caption.footnoteLines(metrics, narrow).join(u' ').contains(QStringLiteral("not measured")));
        // Rather one line more than half of what says that a number is a guess.
        const double half = metrics.horizontalAdvance(caption.provenance) * 0.45;
        QVERIFY(caption.footnoteLines(metrics, half).join(u' ').contains(caption.provenance));
        QVERIFY(caption.footnoteLines(metrics, 4000).join(u' ').contains(caption.statistic));
    }

    void theChartBeginsWhereOnePlans()
    {
        ParetoChart chart;
        ParetoData data;
        for (int i = 0; i <= 40; ++i)
            data.frontier.push_back({1e6 + 1e5 * i, i == 40 ? 0 : std::exp2(-0.3 * i)});
        data.presets.push_back(
            {QStringLiteral("int2"), 1.05e6, 0.95, std::nullopt, false, QStringLiteral("int2/rtn")});
        data.presets.push_back(
            {QStringLiteral("int8"), 1.6e6, 0.4, std::nullopt, false, QStringLiteral("int8/rtn")});
        chart.setData(data);
        showAt(chart, {600, 400});
        const auto at = [&](double bytes) { return chart.pixelOf({{}, bytes, 0.5, {}, false, {}}).x(); };
        QVERIFY(at(1.6e6) > 300 && at(1.6e6) < 580);
        QVERIFY(at(5e6) > 2000); // all weights as they are: far beyond
        // They can be reached by zooming out.
        for (int i = 0; i < 30; ++i)
            chart.zoomOut();
        QVERIFY(at(5e6) < 600);
        // Where the whole frontier is not much longer than that, all of it is shown.
        data.presets.push_back(
            {QStringLiteral("keep"), 4e6, 0.01, std::nullopt, false, QStringLiteral("keep")});
        chart.setData(data);
        chart.resetView();
        QVERIFY(at(5e6) < 600);
    }
};

QTEST_MAIN(PlanPicturesTest)
#include "tst_plan_pictures.moc"
