// Refining a plan from the page of measured harm: what it tries, what it says, and that it replaces nothing.
#include "tests/support/chart_input.h"
#include "tests/support/open_sample.h"
#include "views/charts/data_table.h"
#include "views/jobs/job_queue.h"
#include "views/panels/harm_panel.h"
#include "views/panels/refine_box.h"
#include "views/panels/refine_data.h"

#include <QAction>
#include <QComboBox>
#include <QJsonDocument>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>

using namespace bitwright;
using namespace bitwright::views;

namespace {

/// The sample with a plan by hand that measuring can better: the first block at 2 bits, others at 8.
struct Sample
{
    JobQueue jobs;
    Document document{jobs};
    HarmRun run{document, jobs};
    RefineRun refine{document, jobs};
    HarmPanel panel{document, run, refine};

    bool open()
    {
        showAt(panel, {1000, 700});
        test::openSample(jobs, document);
        if (!document.frontier())
            return false;
        document.setUniform(utf8("int4-sym-g128/rtn"));
        document.setBits({0, 1, 2, 3}, 2);
        document.setBits({4, 5, 6, 7}, 8);
        return true;
    }
    void trigger(const char* id)
    {
        for (QAction* action : panel.actions())
            if (action->objectName() == utf8(id))
                return action->trigger();
        QFAIL("no such action");
    }
    template <typename T>
    T* find(const char* name)
    {
        for (T* child : panel.findChildren<T*>())
            if (child->accessibleName() == utf8(name) || child->objectName() == utf8(name))
                return child;
        return nullptr;
    }
    bool waitForRun()
    {
        return QTest::qWaitFor([&] { return !refine.isRunning() && jobs.isIdle(); }, 240000);
    }
};

RefineRecord someRecord()
{
    RefineRecord record;
    record.plan = utf8("plan");
    record.text = utf8("prose.txt");
    record.choosingTokens = 256;
    record.judgingTokens = 512;
    RefineRecord::Round round;
    RefineRecord::Step step;
    step.unit = utf8("model.layers.0.self_attn.q_proj.weight model.layers.0.self_attn.k_proj.weight");
    step.from = utf8("int4-sym-g128/rtn");
    step.to = utf8("int8-sym-row/rtn");
    step.bytes = -12;
    step.change = measure::Interval{-0.02, -0.03, -0.01};
    step.believed = -0.015;
    round.steps.push_back(step);
    step.swap = 2;
    step.taken = true;
    step.change.reset();
    round.steps.push_back(step);
    round.proposals.push_back({true, 3, measure::Interval{-0.2, -0.3, -0.1}, std::nullopt, 0, false});
    round.proposals.push_back(
        {false, 2, measure::Interval{-0.2, -0.3, -0.1}, measure::Interval{-0.1, -0.2, -0.05}, 0.0125, true});
    record.rounds.push_back(round);
    record.ended = utf8("all rounds were used");
    record.result = utf8("plan refined");
    record.change = measure::Interval{-0.1, -0.2, -0.05};
    return record;
}

} // namespace

class RefineWindowTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordIsKeptWithTheProject()
    {
        const RefineRecord record = someRecord();
        const QByteArray json = QJsonDocument(toJson(record)).toJson();
        const RefineRecord again = refineRecordFromJson(QJsonDocument::fromJson(json).object());
        QCOMPARE(QJsonDocument(toJson(again)).toJson(), json);
        QCOMPARE(again.rounds[0].steps[0].change->low, -0.03);
        QVERIFY(!again.rounds[0].steps[1].change);
        QVERIFY(!again.rounds[0].proposals[0].judging && again.rounds[0].proposals[1].kept);
        QVERIFY(refineRecordFromJson({}).plan.isEmpty());
        QVERIFY(refineSummary({}).isEmpty());
    }
    void wordsSayWhichNumberIsFlattered()
    {
        JobQueue jobs;
        Document document(jobs);
        test::openSample(jobs, document, test::sampleInputs({}, false));
        const RefineRecord record = someRecord();
        const TableData table = refineTable(document, record);
        QCOMPARE(table.rows.size(), std::size_t{6}); // two of each proposal, then the steps
        const auto text
            = [&](std::size_t row, std::size_t column) { return std::get<QString>(table.rows[row][column]); };
        QVERIFY(text(0, 1).contains(utf8("flattered")));
        QCOMPARE(text(1, 4), utf8("not judged"));
        QVERIFY(text(2, 1).contains(utf8("flattered")));
        QVERIFY(text(3, 1).contains(utf8("judging tokens (97.50 %)")));
        QCOMPARE(text(3, 4), utf8("kept"));
        QVERIFY(text(4, 1).contains(utf8("q_proj")) && text(4, 1).contains(utf8("k_proj")));
        QCOMPARE(text(5, 4), utf8("broke the model"));
        QCOMPARE(refineUnitOfRow(document, record, 3), -1);
        const auto unit = document.space()->unitIndex("model.layers.0.self_attn.q_proj.weight");
        QVERIFY(unit);
        QCOMPARE(refineUnitOfRow(document, record, 4), static_cast<int>(*unit));
        QCOMPARE(refineUnitOfRow(document, record, 6), -1);
        const QString summary = refineSummary(record);
        QVERIFY(summary.contains(utf8("256 tokens choose, 512 others judge")));
        QVERIFY(summary.contains(utf8("0.0500 to 0.200 nats per token better than plan")));
        RefineRecord none = record;
        none.result.clear();
        QVERIFY(refineSummary(none).contains(utf8("stays as it is")));
    }
    /// The whole way: estimate, refine by the key, read, take with one undo step.
    void planIsBetteredBesideTheOld()
    {
        Sample sample;
        QVERIFY(sample.open());
        Document& document = sample.document;
        auto* what = sample.find<QComboBox>("What to measure");
        what->setCurrentIndex(what->count() - 1);
        sample.find<QSpinBox>("Tokens to run")->setValue(2048);
        sample.find<QSpinBox>("Rounds at most")->setValue(2);
        sample.find<QSpinBox>("Steps per round at most")->setValue(24);
        auto* estimate = sample.find<QPushButton>("refine.estimate");
        auto* take = sample.find<QPushButton>("refine.take");
        QVERIFY(estimate->isVisible() && estimate->isEnabled() && !take->isEnabled());
        QTest::mouseClick(estimate, Qt::LeftButton);
        QVERIFY(sample.refine.isRunning());
        QVERIFY(sample.waitForRun());
        QVERIFY2(sample.refine.status().startsWith(utf8("About")), qPrintable(sample.refine.status()));
        QVERIFY(sample.refine.record().plan.isEmpty()); // nothing was refined yet

        const plan::Plan before = document.plan();
        const std::uint64_t size = document.numbers().size.bytes();
        sample.panel.setFocus();
        QTest::keyClick(&sample.panel, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(sample.refine.isRunning());
        QVERIFY(sample.waitForRun());
        const RefineRecord& record = sample.refine.record();
        QVERIFY2(!record.rounds.empty(), qPrintable(sample.refine.status()));
        QVERIFY(!record.ended.isEmpty());
        QCOMPARE(record.choosingTokens + record.judgingTokens, 2048);
        QVERIFY(document.plan() == before); // never by itself
        QVERIFY2(!record.result.isEmpty(), qPrintable(refineSummary(record)));
        QVERIFY(record.change && record.change->high < 0);
        QVERIFY(document.namedPlan(record.result) != nullptr);
        QCOMPARE(sample.panel.refineTable()->table().rows.size(), refineTable(document, record).rows.size());
        QVERIFY(sample.find<QLabel>("harm.status")->text().contains(record.result));

        QVERIFY(take->isEnabled());
        const int steps = document.undoStack().index();
        QTest::mouseClick(take, Qt::LeftButton);
        QCOMPARE(document.undoStack().index(), steps + 1);
        QCOMPARE(QString::fromStdString(document.plan().name), record.result);
        QVERIFY(document.numbers().size.bytes() <= std::max(size, document.budgetBytes().value_or(0)));
        QCOMPARE(
            static_cast<double>(document.numbers().size.bytes()) - static_cast<double>(size), record.growth);
        QVERIFY(!take->isEnabled());
        document.undoStack().undo();
        QVERIFY(document.plan() == before);
        QVERIFY(take->isEnabled());

        // Again: everything is stored, the same plan comes out and is not kept twice.
        const std::size_t named = document.namedPlans().size();
        sample.trigger("harm.refine");
        QVERIFY(sample.waitForRun());
        QCOMPARE(document.namedPlans().size(), named);
        QVERIFY(!sample.refine.record().result.isEmpty());
    }
    void cancelStopsAtOnceAndKeepsThePlan()
    {
        Sample sample;
        QVERIFY(sample.open());
        const plan::Plan before = sample.document.plan();
        sample.find<QSpinBox>("Tokens to run")->setValue(4096);
        sample.trigger("harm.refine");
        QVERIFY(sample.refine.isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!sample.refine.record().plan.isEmpty(), 60000); // it has begun
        auto* cancel = sample.find<QPushButton>("harm.cancel");
        QTest::mouseClick(cancel, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!sample.refine.isRunning(), 20000);
        QVERIFY(sample.refine.status().startsWith(utf8("Canceled")));
        QVERIFY(sample.document.plan() == before);
        QVERIFY(sample.document.namedPlans().empty());
        // Too few tokens: one clear line.
        sample.find<QSpinBox>("Tokens to run")->setValue(64);
        sample.trigger("harm.refine");
        QVERIFY(sample.waitForRun());
        QVERIFY2(sample.refine.status().contains(utf8("too few")), qPrintable(sample.refine.status()));
    }
};

QTEST_MAIN(RefineWindowTest)
#include "tst_refine_window.moc"
