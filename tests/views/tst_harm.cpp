// Measured harm: the law between predicted and measured, its misses, and the jobs that measure.
#include "tests/support/chart_input.h"
#include "tests/support/open_sample.h"
#include "views/charts/agreement_chart.h"
#include "views/charts/data_table.h"
#include "views/jobs/job_queue.h"
#include "views/models/harm_text.h"
#include "views/models/number_text.h"
#include "views/panels/difference_panel.h"
#include "views/panels/harm_data.h"
#include "views/panels/harm_panel.h"
#include "views/panels/pareto_panel.h"
#include "views/panels/plan_data.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>

using namespace bitwright;
using namespace bitwright::views;

namespace {

AgreementData powerLaw(int points)
{
    AgreementData data;
    for (int i = 1; i <= points; ++i) {
        AgreementPoint point;
        point.name = QString::number(i);
        point.group = utf8("q");
        point.unit = i - 1;
        point.predicted = 0.01 * i;
        point.measured = 3 * std::pow(point.predicted, 1.5);
        data.points.push_back(point);
    }
    return data;
}

void trigger(const HarmPanel& panel, const char* id)
{
    for (QAction* action : panel.actions())
        if (action->objectName() == utf8(id))
            return action->trigger();
    QFAIL("no such action");
}

} // namespace

class HarmTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lawIsFoundOnTheLogScale()
    {
        AgreementData data = powerLaw(12);
        const auto law = agreementLaw(data);
        QVERIFY(law);
        QVERIFY(std::abs(law->b - 1.5) < 1e-9);
        QVERIFY(std::abs(law->a - std::log(3.0)) < 1e-9);
        QVERIFY(std::abs(law->at(0.04) - 3 * std::pow(0.04, 1.5)) < 1e-12);
        data = powerLaw(2);
        QVERIFY(!agreementLaw(data));
        data = powerLaw(5);
        for (AgreementPoint& point : data.points)
            point.measured = 0; // no place on a log scale
        QVERIFY(!agreementLaw(data));
    }
    void missesAreThoseOutsideOfTheirInterval()
    {
        AgreementData data = powerLaw(12);
        data.points[3].measured *= 8;
        data.points[7].measured /= 3;
        data.points[9].measured *= 4;
        data.points[9].interval = Interval{1e-9, 10}; // nothing is known of it
        QCOMPARE(worstMisses(data, 2), (std::vector<int>{3, 7}));
        QVERIFY(worstMisses({}, 5).empty());
    }
    void clicksAndBoxesSelect()
    {
        AgreementChart chart;
        chart.setData(powerLaw(12));
        showAt(chart, {700, 500});
        QSignalSpy clicked(&chart, &AgreementChart::pointActivated),
            boxed(&chart, &AgreementChart::pointsSelected);
        const QPointF at = chart.pointPixel(5).value();
        QCOMPARE(chart.pointAt(at + QPointF(3, 2)), 5);
        QTest::mouseClick(&chart, Qt::LeftButton, {}, at.toPoint());
        QCOMPARE(clicked.size(), 1);
        QCOMPARE(clicked[0][0].toInt(), 5);
        const QPointF from = chart.pointPixel(8).value() + QPointF(-8, 8),
                      to = chart.pointPixel(11).value() + QPointF(8, -8);
        QTest::mousePress(&chart, Qt::LeftButton, {}, from.toPoint());
        move(chart, to, Qt::LeftButton);
        QTest::mouseRelease(&chart, Qt::LeftButton, {}, to.toPoint());
        QCOMPARE(boxed.size(), 1);
        QCOMPARE(boxed[0][0].value<QVector<int>>(), (QVector<int>{8, 9, 10, 11}));
        QVERIFY(chart.csv().startsWith(utf8("name,option,group,predicted,measured")));
    }
    /// A plan and some units of the sample are run; the scores, the chart and the table follow.
    void sampleIsMeasured()
    {
        JobQueue jobs;
        Document document(jobs);
        HarmRun run(document, jobs);
        RefineRun refine(document, jobs);
        HarmPanel panel(document, run, refine);
        showAt(panel, {1000, 500});
        QCOMPARE(run.obstacle(panel.request()), utf8("No model is open."));
        test::openSample(jobs, document);
        QVERIFY(!harmIsMeasured(document));
        QVERIFY(harmLabel(document).contains(utf8("not measured")));
        panel.findChild<QSpinBox*>()->setValue(128);
        QCOMPARE(run.obstacle(panel.request()), QString());

        panel.measure(HarmRun::What::Plan);
        QVERIFY(run.isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!run.isRunning() && jobs.isIdle(), 120000);
        QCOMPARE(run.plans().size(), std::size_t{2});
        const PlanHarm* plan = run.currentPlan();
        QVERIFY2(plan != nullptr, qPrintable(run.status()));
        QVERIFY(plan->mean > 0 && plan->low && *plan->low <= plan->mean && plan->mean <= *plan->high);
        QCOMPARE(plan->tokens, std::uint64_t{128});
        QVERIFY(plan->perplexity && plan->referencePerplexity);
        // The largest uniform plan of the default set may be far smaller: then two of them are mixed.
        const PlanHarm& rival = run.plans()[1];
        QVERIFY(rival.kind == PlanHarm::Kind::Uniform && rival.bytes <= plan->bytes);
        QVERIFY2(rival.bpw >= 0.97 * plan->bpw, qPrintable(rival.name));
        QVERIFY2(planVerdict(run).contains(utf8("%1 (%2 bpw)").arg(rival.name, formatBpw(rival.bpw))),
            qPrintable(planVerdict(run)));
        QVERIFY(plan->sameBest && planVerdict(run).contains(utf8("same best word")));
        QVERIFY(planVerdict(run).contains(utf8("128 tokens: %1").arg(plan->text)));

        document.selectUnits({0, 1, 2, 3, 4, 5}); // enough to calibrate the others
        panel.measure(HarmRun::What::Selection);
        QTRY_VERIFY_WITH_TIMEOUT(!run.isRunning() && jobs.isIdle() && !run.pairs().empty(), 120000);
        QVERIFY(run.pairs().size() >= 8);
        for (const auto& pair : run.pairs())
            QVERIFY(pair.unit <= 5 && pair.predicted && pair.measured.mean >= 0);
        // Units are ranked at each width: over all pairs any score would know that fewer bits harm more.
        QCOMPARE(run.rankCorrelations().size(), std::size_t{3});
        for (const auto& [bits, rank] : run.rankCorrelations())
            QVERIFY((bits == 2 || bits == 4 || bits == 8) && std::abs(rank) <= 1);
        // No ranking without how far it can be trusted, and on what that stands.
        QCOMPARE(run.reliabilities().size(), std::size_t{3});
        for (const auto& [bits, one] : run.reliabilities())
            QVERIFY(one.reliability.ranked == 6 && one.tokens == 128 && std::abs(one.reliability.whole) <= 1);
        QVERIFY(run.rankText().startsWith(utf8("rank correlation over units: "))
            && run.rankText().contains(utf8("at 2 bits, ")));
        QVERIFY2(run.rankText().contains(utf8("; reliability of the measured ranking: "))
                && run.rankText().endsWith(utf8("at 8 bits (split halves of 128 tokens)")),
            qPrintable(run.rankText()));
        QVERIFY(panel.findChild<QLabel*>(utf8("harm.status"))->text().endsWith(run.reliabilityText()));
        // The score is measured now; what was not measured says from how much it was calibrated.
        QVERIFY(harmIsMeasured(document));
        const auto kept = document.space(); // measuring again replaces the document's
        const auto& space = *kept;
        const auto option = space.optionIndex("int4-sym-g128/rtn").value();
        QVERIFY(harmOrigin(document, space.cell(0, option)).startsWith(utf8("measured on")));
        QVERIFY(harmOrigin(document, space.cell(9, option)).startsWith(utf8("calibrated from")));
        QVERIFY(harmText(space.cell(9, option)).startsWith(QChar(0x2248)));
        QVERIFY(harmLabel(document).startsWith(utf8("KL in nats per token")));
        // What its units cost one by one only predicts what the whole plan costs.
        QVERIFY(planHarmLabel(document).startsWith(utf8("predicted harm")));
        QCOMPARE(planHarmText(document, utf8("0.1")),
            utf8("predicted harm 0.1 nats per token: sum over units measured on up to 128 tokens or "
                 "calibrated"));
        // Captions name the tokens that were run, not those of the dump.
        QVERIFY(harmLabel(document).contains(utf8("128 tokens")));
        QVERIFY(!harmSource(document).contains(utf8("tokens")));
        QVERIFY(panel.chart()->caption().footnote().contains(utf8("128 tokens")));
        QVERIFY(!panel.chart()->caption().footnote().contains(utf8("2048")));
        QCOMPARE(panel.chart()->data().measuredLabel, utf8("measured KL, nats per token"));
        QVERIFY(paretoData(document).harmLabel == planHarmLabel(document));
        QCOMPARE(panel.chart()->data().points.size(), run.pairs().size());
        QCOMPARE(panel.table()->table().rows.size(), run.pairs().size() + 2);
        // Options of one unit stand by their size; the rows of what is selected are marked, by whatever means
        // it was selected but the table itself.
        const auto bytesOf = [&](const HarmPair& pair) {
            for (std::size_t i = 0; i < space.options().size(); ++i)
                if (const auto& cell = space.cell(static_cast<std::size_t>(pair.unit), i);
                    QString::fromStdString(cell.resolved.option.id) == pair.option)
                    return cell.resolved.bytes;
            return std::uint64_t{0};
        };
        for (std::size_t i = 1; i < run.pairs().size(); ++i)
            QVERIFY(run.pairs()[i].unit != run.pairs()[i - 1].unit
                || bytesOf(run.pairs()[i]) >= bytesOf(run.pairs()[i - 1]));
        const auto* marked = panel.table()->view()->selectionModel();
        QCOMPARE(static_cast<std::size_t>(marked->selectedRows().size()), run.pairs().size());
        document.selectUnits({1});
        QCOMPARE(marked->selectedRows().size(),
            std::count_if(run.pairs().begin(), run.pairs().end(), [](const auto& p) { return p.unit == 1; }));
        // Columns that no row fills are not shown; the unit of each is in its heading.
        const auto titles = [&] {
            QStringList list;
            for (const TableColumn& column : panel.table()->table().columns)
                list << column.title;
            return list;
        };
        QVERIFY(titles().contains(utf8("Measured"))
            && panel.table()->table().note.startsWith(utf8("KL in nats per token")));
        QVERIFY(titles().contains(utf8("Proxy"))); // whose: its tooltip and the axis of the chart say
        QVERIFY(panel.table()->table().note.contains(utf8("In plans: ")));
        const auto sameBest = titles().indexOf(utf8("Same best"));
        QVERIFY(sameBest > 0);
        QCOMPARE(std::get<double>(panel.table()->table().rows[0][static_cast<std::size_t>(sameBest)]),
            100 * *plan->sameBest);
        // Beside what was measured stands what plans count, which is drawn toward what similar units cost.
        const auto inPlans = titles().indexOf(utf8("In plans"));
        QVERIFY(inPlans > 0);
        std::size_t drawn = 0;
        for (const auto& pair : run.pairs())
            for (std::size_t i = 0; i < space.options().size(); ++i)
                if (const auto& cell = space.cell(static_cast<std::size_t>(pair.unit), i);
                    cell.resolved.option.id == pair.option.toStdString()) {
                    QCOMPARE(cell.raw, std::optional(pair.measured.mean));
                    ++drawn;
                }
        QVERIFY(drawn >= run.pairs().size());
        // Measured plans stand in the Pareto chart with their intervals.
        const ParetoData pareto = paretoData(document, &run);
        QCOMPARE(std::count_if(pareto.plans.begin(), pareto.plans.end(),
                     [](const ParetoMark& mark) { return mark.measured && mark.interval; }),
            2);
        // With measured units the sum over them is a prediction of the plan that can be held against it.
        panel.measure(HarmRun::What::Plan);
        QTRY_VERIFY_WITH_TIMEOUT(!run.isRunning() && jobs.isIdle(), 120000);
        QVERIFY(run.currentPlan() != nullptr && run.currentPlan()->predicted);
        QVERIFY(std::abs(*run.currentPlan()->predicted - document.numbers().objective) < 1e-12);
        // Options that runs on the same tokens do not tell apart have no color in a difference.
        DifferencePanel difference(document, jobs);
        difference.pairBy(run);
        difference.compareWith(utf8("uniform:int4-sym-g32/rtn"));
        const auto& cells = difference.matrix()->data().units;
        int compared = 0;
        for (const auto& pair : run.pairs()) {
            const auto unit = static_cast<std::size_t>(pair.unit);
            const auto optionId = [&](std::size_t index) {
                return QString::fromStdString(space.cell(unit, index).resolved.option.id);
            };
            const auto other = space.optionIndex("int4-sym-g32/rtn").value_or(0);
            const auto now = document.choice()[unit];
            const HarmPair *a = run.pairOf(pair.unit, optionId(now)),
                           *b = run.pairOf(pair.unit, optionId(other));
            if (a == nullptr || b == nullptr || now == other)
                continue;
            ++compared;
            const auto paired = measure::pairedDifference(a->sums, b->sums, 0);
            QVERIFY(paired);
            QCOMPARE(cells[unit].delta.value() == 0, paired->holds(0));
        }
        QVERIFY(compared > 0);
        // A plan that was edited was not run.
        document.setOption({3}, space.optionIndex("int8-sym-row/rtn").value());
        QVERIFY(run.currentPlan() == nullptr);
        QVERIFY(planVerdict(run).contains(utf8("not run")));
        // What was run can be taken again: by its mark, and by Enter on its row; each is one undo step.
        ParetoPanel chart(document);
        chart.showMeasured(run);
        const auto marks = chart.chart()->data().plans;
        const auto uniform = std::find_if(marks.begin(), marks.end(),
            [&](const ParetoMark& mark) { return mark.measured && mark.id == run.plans()[1].choice; });
        QVERIFY(uniform != marks.end());
        const int steps = document.undoStack().index();
        Q_EMIT chart.chart()->planActivated(static_cast<int>(uniform - marks.begin()));
        QVERIFY(run.currentPlan() != nullptr && run.currentPlan()->kind == PlanHarm::Kind::Uniform);
        QCOMPARE(document.undoStack().index(), steps + 1);
        QTableView* rows = panel.table()->view();
        for (int row = 0; row < rows->model()->rowCount(); ++row)
            if (panel.table()->rowOf(rows->model()->index(row, 0)) == 0)
                rows->selectRow(row);
        rows->setFocus();
        QTest::keyClick(rows, Qt::Key_Return);
        QVERIFY(run.currentPlan() != nullptr);
        QCOMPARE(run.currentPlan()->choice, run.plans()[0].choice);
        QCOMPARE(document.undoStack().index(), steps + 2);
        // Another target stores other values: nothing was measured for it, and its harm is predicted again.
        PlanSettings settings = document.settings();
        settings.target = utf8("fake-quant");
        document.setSettings(settings);
        QTRY_VERIFY_WITH_TIMEOUT(jobs.isIdle() && !document.isStale(), 60000);
        QCOMPARE(QString::fromStdString(document.plan().target), utf8("fake-quant"));
        QVERIFY(document.space() && !harmIsMeasured(document));
    }
    /// Plans of the proxies are run at the plan's size, on the same tokens, and it says which one is better.
    void proxiesAreRunBesideThePlan()
    {
        JobQueue jobs;
        Document document(jobs);
        HarmRun run(document, jobs);
        RefineRun refine(document, jobs);
        HarmPanel panel(document, run, refine);
        showAt(panel, {1000, 500});
        test::openSample(jobs, document);
        panel.findChild<QSpinBox*>()->setValue(128);
        // A plan by hand that nobody would choose: two blocks at 2 bits, the rest at 8 where it fits.
        document.setUniform(utf8("int4-sym-g128/rtn"));
        document.setBits(document.unitsOfTensor(document.tensorOfUnit(0)), 2);
        trigger(panel, "harm.proxies");
        QVERIFY(run.isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!run.isRunning() && jobs.isIdle(), 120000);
        const PlanHarm* plan = run.currentPlan();
        QVERIFY2(plan != nullptr, qPrintable(run.status()));
        int proxies = 0, presets = 0, uniforms = 0;
        for (const PlanHarm& other : run.plans()) {
            if (other.kind == PlanHarm::Kind::Own)
                continue;
            ++(other.kind == PlanHarm::Kind::Proxy         ? proxies
                    : other.kind == PlanHarm::Kind::Preset ? presets
                                                           : uniforms);
            QVERIFY(other.bytes <= plan->bytes);
            const auto difference = differenceOf(*plan, other);
            QVERIFY(difference && difference->paired);
            QCOMPARE(plansThatAreBetter(run).contains(other.name),
                difference->verdict == HarmDifference::Verdict::Worse && isOfSameSize(*plan, other));
        }
        QVERIFY(proxies >= 2 && presets == 2 && uniforms == 1);
        const QString verdict = planVerdict(run);
        QVERIFY(verdict.contains(utf8("same tokens")));
        // All that are beaten share a line; each rival of its size is named once, with its size.
        QVERIFY2(verdict.count(utf8("Better on the same tokens than")) <= 1, qPrintable(verdict));
        for (const PlanHarm& other : run.plans())
            if (other.kind != PlanHarm::Kind::Own)
                QCOMPARE(verdict.count(utf8("%1 (%2 bpw)").arg(other.name, formatBpw(other.bpw))),
                    isOfSameSize(*plan, other) ? 1 : 0);
        // Two selected rows are compared in words.
        QTableView* table = panel.table()->view();
        const auto rowAt = [&](int row) { return table->visualRect(table->model()->index(row, 0)).center(); };
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, rowAt(0));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::ControlModifier, rowAt(2));
        const QString words = rowsCompared(document, run, panel.table()->rowOf(table->model()->index(0, 0)),
            panel.table()->rowOf(table->model()->index(2, 0)));
        QVERIFY(words.contains(utf8("same tokens")));
        QVERIFY2(panel.findChild<QLabel*>(utf8("harm.status"))->text().contains(words), qPrintable(words));
    }
    void cancelStopsAtOnce()
    {
        JobQueue jobs;
        Document document(jobs);
        HarmRun run(document, jobs);
        test::openSample(jobs, document);
        run.start({HarmRun::What::Everything, {RunText::Source::Dump, {}, 2048, false}});
        QTest::qWait(300);
        QElapsedTimer clock;
        clock.start();
        run.cancel();
        QTRY_VERIFY_WITH_TIMEOUT(!run.isRunning(), 20000);
        QVERIFY(run.status().startsWith(utf8("Canceled")));
        // A text that is not there is one clear line.
        run.start({HarmRun::What::Plan, {RunText::Source::File, utf8("/no/such/text.txt"), 64, false}});
        QTRY_VERIFY_WITH_TIMEOUT(!run.isRunning(), 20000);
        QVERIFY2(run.status().contains(utf8("/no/such/text.txt")), qPrintable(run.status()));
    }
};

QTEST_MAIN(HarmTest)
#include "tst_harm.moc"
