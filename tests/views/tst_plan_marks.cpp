// Marks in the pictures of a plan that stand on or beside each other, and what the keys say of them.
#include "tests/support/chart_hands.h"
#include "views/charts/agreement_chart.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/mark_labels.h"
#include "views/charts/matrix_cell.h"
#include "views/charts/pareto_chart.h"
#include "views/models/export_checks.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace bitwright::views;

namespace {

ParetoData frontierWithMark(double bytes, double harm)
{
    ParetoData data;
    for (int i = 0; i <= 60; ++i)
        data.frontier.push_back({1e6 + 8e4 * i, 0.3 * std::exp2(-0.3 * i)});
    data.presets = {{utf8("int4-sym-g64"), bytes, harm, {}, false, {}}};
    data.current = ParetoMark{utf8("plan"), 3e6, 0.01, {}, false, {}};
    return data;
}

MatrixData matrixOf(int rows, int columns)
{
    MatrixData data;
    for (int row = 0; row < rows; ++row)
        data.rows.push_back({QString::number(row), {}});
    for (int column = 0; column < columns; ++column)
        data.columns.push_back({column == 0 ? utf8("q") : utf8("gate"), {}, {}});
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column) {
            MatrixUnit unit;
            unit.row = row;
            unit.column = column;
            unit.bits = 4.25;
            unit.harm = 0.002;
            unit.interval = Interval{0.001, 0.003};
            data.units.push_back(unit);
        }
    return data;
}

} // namespace

class PlanMarksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theHandleHidesNoMark()
    {
        ParetoChart chart;
        chart.setData(frontierWithMark(3e6, 0.01)); // the uniform plan is the current one
        showAt(chart, {600, 400});
        const auto inkOf = [&] {
            const QImage image = chart.grab().toImage();
            const QPoint at = chart.handlePixel().toPoint();
            int ink = 0; // of the edges of a square around the middle of the ring
            for (int x = -7; x <= 7; ++x)
                for (int y = -7; y <= 7; ++y)
                    ink += image.pixelColor(at + QPoint(x, y)).lightness() < 90 ? 1 : 0;
            return ink;
        };
        const int square = inkOf();
        QVERIFY2(square >= 20, qPrintable(QString::number(square)));
    }

    void aNameAtTheHandleLeadsToItsMark()
    {
        ParetoChart chart;
        ParetoData data = frontierWithMark(3e6, 0.01);
        chart.setData(data);
        showAt(chart, {600, 400});
        const double perPixel
            = 1e5 / (chart.pixelOf({{}, 3.1e6, 0.01, {}, false, {}}).x() - chart.handlePixel().x());
        data.presets.front().bytes += 5 * perPixel; // five pixels beside the handle
        chart.setData(data);
        chart.grab();
        QVERIFY(chart.shownNames().contains(utf8("int4-sym-g64")));
        QCOMPARE(chart.leaderCount(), 1);
    }

    void noLeaderRunsAlongALine()
    {
        // A step down, as the last of a frontier: above and below the mark the line itself is.
        const std::vector<QPointF> marks{{100, 100}};
        const std::vector<QSizeF> sizes{{60, 13}};
        std::vector<QRectF> obstacles{{110, 60, 200, 90}, {0, 60, 90, 90}}; // only above and below is room
        std::vector<QPointF> line;
        for (double y = 40; y < 180; y += 3)
            line.emplace_back(100, y);
        const auto labels = labelMarks(marks, sizes, QRectF(0, 0, 600, 400), obstacles, 60, {}, {}, line);
        const QLineF leader = labels.front().leader;
        if (!labels.front().box.isNull() && !leader.isNull())
            QVERIFY(std::abs(leader.dx()) > 0.2 * leader.length());
        const auto free = labelMarks(marks, sizes, QRectF(0, 0, 600, 400), obstacles, 60);
        QVERIFY(!free.front().leader.isNull());
    }

    void labelsEndNearestToTheirOwnMark()
    {
        // Two marks one above the other: the name of the lower one does not stand at the height of the upper.
        const std::vector<QPointF> marks{{100, 120}, {92, 100}};
        const std::vector<QSizeF> sizes{{60, 13}, {60, 13}};
        const auto labels = labelMarks(marks, sizes, QRectF(0, 0, 600, 400), {}, 60);
        for (std::size_t i = 0; i < 2; ++i) {
            const auto away = [&](QPointF to) {
                const QRectF& box = labels[i].box;
                return std::hypot(std::clamp(to.x(), box.left(), box.right()) - to.x(),
                    std::clamp(to.y(), box.top(), box.bottom()) - to.y());
            };
            QVERIFY(!labels[i].box.isNull());
            QVERIFY(away(marks[i]) <= away(marks[1 - i]));
        }
    }

    void wordsBeyondThePageStandBelowTheLine()
    {
        ParetoChart chart;
        ParetoData data;
        for (int i = 0; i <= 400; ++i)
            data.frontier.push_back({1e6 + 1e5 * i, i == 400 ? 0 : 0.3 * std::exp2(-0.02 * i)});
        data.presets = {{utf8("int4-sym-g64"), 1.5e6, 0.4, {}, false, {}}};
        chart.setData(data);
        for (const QSize size : {QSize(600, 400), QSize(450, 240), QSize(380, 200)}) {
            showAt(chart, size);
            const QRectF box = chart.harmlessRect();
            if (box.isNull())
                continue;
            double line = 0; // its height above the right end of the words, where it is lowest
            for (const ParetoState& state : data.frontier)
                if (const QPointF at = chart.pixelOf({{}, state.bytes, state.harm, {}, false, {}});
                    state.harm > 0 && at.x() <= box.right())
                    line = at.y();
            QVERIFY2(line < box.top(), qPrintable(QString::number(size.width())));
        }
    }

    void tiesAreMarkedInFlatCells()
    {
        // As the cells of a model of 18 blocks are: a number of two decimals fills them.
        const MatrixCellLayout flat = layoutMatrixCell({42, 18}, {27, 12}, true);
        QVERIFY(!flat.link.isNull() && flat.link.width() >= 8);
        QVERIFY(!flat.number.isNull() && !flat.number.intersects(flat.link));
        QVERIFY(!flat.bar.isNull() && !flat.number.intersects(flat.bar));
        // Room for ten bits and more is left where a unit has them.
        BlockRoleMatrix matrix;
        MatrixData data = matrixOf(3, 4);
        data.units[1].tie = data.units[2].tie = 1;
        matrix.setData(data);
        showAt(matrix, {246, 320});
        const QImage narrow = matrix.viewport()->grab().toImage();
        data.units[11].bits = 16;
        matrix.setUnits(data.units);
        QVERIFY(matrix.viewport()->grab().toImage() != narrow);
    }

    void whatWasNotMeasuredIsNotCompared()
    {
        BlockRoleMatrix matrix;
        MatrixData data = matrixOf(3, 4);
        data.units[5].calibrated = true;
        matrix.setData(data);
        showAt(matrix, {500, 420});
        matrix.setSelection({0});
        QCOMPARE(matrix.alike(0).units.size(), 10);
        QVERIFY(!matrix.alike(0).units.contains(5));
        QVERIFY(matrix.alike(5).units.isEmpty());
    }

    void aDifferenceHasOneForm()
    {
        BlockRoleMatrix matrix;
        MatrixData data = matrixOf(3, 4);
        data.deltaLabel = utf8("harm B − A");
        data.deltaTexts = utf8("→: bits per weight");
        data.deltaCodes = utf8("4→8: bits");
        data.deltaSigns = utf8("↓ ↑: fewer, more");
        data.deltaSame = utf8("=: same");
        data.deltaOther = utf8("≠: other");
        for (MatrixUnit& unit : data.units) {
            unit.delta = 0;
            unit.deltaText = unit.deltaCodes = unit.deltaSign = utf8("=");
        }
        const auto set = [&](int unit, const char* bits, const char* codes, const char* sign) {
            MatrixUnit& changed = data.units[static_cast<std::size_t>(unit)];
            changed.deltaText = utf8(bits);
            changed.deltaCodes = utf8(codes);
            changed.deltaSign = utf8(sign);
        };
        set(1, "8.06→4.50", "8→4", "↓");
        set(2, "4.50→4.25", "≠", "≠");
        matrix.setData(data);
        const auto shown = [&](int width) {
            matrix.resize(width, 420);
            matrix.grab();
            return QStringList{matrix.shownDelta(data.units[0]), matrix.shownDelta(data.units[1]),
                matrix.shownDelta(data.units[2])};
        };
        const auto key = [&] { return matrix.deltaKeyLines().join(u' '); };
        QCOMPARE(shown(500), (QStringList{utf8("="), utf8("8.06→4.50"), utf8("4.50→4.25")}));
        QVERIFY(key().contains(utf8("per weight")) && !key().contains(utf8("≠")));
        QCOMPARE(shown(210), (QStringList{utf8("="), utf8("8→4"), utf8("≠")}));
        QVERIFY(key().contains(utf8("4→8")) && key().contains(utf8("≠")) && !key().contains(utf8("↓")));
        QCOMPARE(shown(130), (QStringList{utf8("="), utf8("↓"), utf8("≠")}));
        QVERIFY(key().contains(utf8("↓")) && !key().contains(utf8("4→8")));
    }

    void exportTellsWhatWasRun()
    {
        ExportSituation situation;
        situation.harm = utf8("predicted harm 0.43");
        const auto harmOf = [&] {
            const auto checks = ExportChecks::of(situation);
            return *std::find_if(checks.begin(), checks.end(),
                [](const ExportCheck& check) { return check.id == utf8("harm"); });
        };
        QCOMPARE(harmOf().state, ExportCheck::State::Note);
        situation.measured = utf8("measured: 0.36");
        QCOMPARE(harmOf().state, ExportCheck::State::Good);
        QVERIFY(harmOf().text.contains(utf8("measured: 0.36; predicted harm 0.43")));
    }

    void missesOfAUnitShareAName()
    {
        AgreementChart chart;
        AgreementData data;
        for (int unit = 0; unit < 12; ++unit)
            for (const char* option : {"int2-sym-g128", "int2-sym-g64", "int4-sym-g64"}) {
                AgreementPoint point;
                point.unit = unit;
                point.name = QStringLiteral("%1 q").arg(unit);
                point.option = utf8(option);
                point.group = utf8("q");
                const double bits = option[3] == '2' ? 1 : 0.01;
                point.predicted = bits * (1 + 0.1 * unit);
                point.measured = point.predicted * (unit == 3 && bits == 1 ? 40 : 1);
                data.points.push_back(point);
            }
        chart.setData(data);
        const QStringList names = chart.missNames();
        QCOMPARE(names.first(), utf8("3 q int2"));
        QCOMPARE(names.count(utf8("3 q int2")), 1);
        QVERIFY(names.size() <= 4);
    }
};

QTEST_MAIN(PlanMarksTest)
#include "tst_plan_marks.moc"
