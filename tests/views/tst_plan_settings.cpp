// What becomes of a plan when target, quantizer or score change: nothing that was made by hand is lost.
#include "tests/support/open_sample.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::views;

namespace {

void choose(JobQueue& jobs, Document& document, quant::Method method)
{
    PlanSettings settings = document.settings();
    settings.method = method;
    document.setSettings(settings);
    test::waitForPlan(jobs, document);
}

void chooseTarget(JobQueue& jobs, Document& document, const QString& target)
{
    PlanSettings settings = document.settings();
    settings.target = target;
    document.setSettings(settings);
    test::waitForPlan(jobs, document);
}

/// Format and lock of every unit: what a quantizer has no say in.
QStringList formats(const Document& document)
{
    QStringList lines;
    for (const auto& [name, entry] : document.plan().entries)
        lines.push_back(QStringLiteral("%1 %2 %3 %4")
                            .arg(QString::fromStdString(name),
                                QString::fromStdString(entry.option.substr(0, entry.option.find('/'))))
                            .arg(entry.locked)
                            .arg(QString::fromStdString(entry.note)));
    return lines;
}

} // namespace

class TestPlanSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handWorkOutlivesTheQuantizer();
    void otherTargetIsOneUndoStep();
    void presentBudgetIsSolvedFor();
    void scoresThatCannotBeMadeChangeNothing();
    void namedPlansOfOtherQuantizersLoad();
    void reopenedPlanIsMarkedAtItsBudget();
};

void TestPlanSettings::handWorkOutlivesTheQuantizer()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    document.setBits({3}, 8);
    document.toggleLock({7});
    plan::Plan noted = document.plan();
    noted.entries[document.space()->units()[3].name].note = "by hand";
    document.setPlan(noted, QStringLiteral("note"));
    const QStringList made = formats(document);
    const plan::Plan before = document.plan();
    const int steps = document.undoStack().index();
    choose(jobs, document, quant::Method::ClipSearch);
    QVERIFY(document.space()->optionIndex("int8-sym-row/clip"));
    QCOMPARE(formats(document), made);
    QVERIFY(document.plan().entries.at(document.space()->units()[3].name).option.ends_with("/clip"));
    QCOMPARE(document.choice().size(), document.space()->units().size());
    // One step among the others; undone to the first edit and done again, each in its own options.
    QCOMPARE(document.undoStack().index(), steps + 1);
    QCOMPARE(document.undoStack().undoText(), QStringLiteral("Quantizer clip"));
    document.setBits({5}, 2);
    const plan::Plan after = document.plan();
    while (document.undoStack().canUndo())
        document.undoStack().undo();
    QVERIFY(document.settings().method == quant::Method::RoundToNearest);
    QCOMPARE(document.solverChoice(), document.choice());
    for (int i = 0; i < steps; ++i)
        document.undoStack().redo();
    QVERIFY(document.plan() == before);
    while (document.undoStack().canRedo())
        document.undoStack().redo();
    QVERIFY(document.plan() == after);
    QVERIFY(document.settings().method == quant::Method::ClipSearch);
    QVERIFY(!document.choice().empty());
    document.undoStack().undo();
    choose(jobs, document, quant::Method::RoundToNearest);
    QCOMPARE(formats(document), made);
    QTRY_VERIFY(jobs.isIdle());
    QVERIFY(document.frontierFits());
}

void TestPlanSettings::otherTargetIsOneUndoStep()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    document.setBits({3}, 8);
    document.toggleLock({3});
    const plan::Plan before = document.plan();
    const double bpw = *before.budgetBpw;
    QSignalSpy notices(&document, &Document::notice);
    chooseTarget(jobs, document, QStringLiteral("fake-quant"));
    QCOMPARE(document.plan().target, std::string("fake-quant"));
    QVERIFY(document.numbers().size.bpw() <= bpw + 1e-9);
    QVERIFY2(!notices.isEmpty() && notices.back()[0].toString().contains(QStringLiteral("Undo")),
        "said what could not be kept");
    document.undoStack().undo();
    QVERIFY(document.plan() == before);
    QCOMPARE(document.settings().target, QStringLiteral("compressed-tensors"));
    QCOMPARE(QString::fromStdString(document.space()->target().id()), QStringLiteral("compressed-tensors"));
    QTRY_VERIFY(jobs.isIdle() && document.frontierFits());
}

void TestPlanSettings::presentBudgetIsSolvedFor()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    const auto bytes = document.space()->keptBytes() + document.space()->unitBudgetFromBpw(3.2);
    document.setBudget(bytes);
    QVERIFY(!document.plan().budgetBpw);
    QVERIFY(document.numbers().size.bpw() <= 3.2);
    choose(jobs, document, quant::Method::ClipSearch);
    QVERIFY2(
        document.numbers().size.bpw() <= 3.2, qPrintable(QString::number(document.numbers().size.bpw())));
    QCOMPARE(document.budgetBytes().value_or(0), bytes);
    QCOMPARE(document.solverChoice(), document.choice());
    chooseTarget(jobs, document, QStringLiteral("fake-quant"));
    QVERIFY(document.numbers().size.bytes() <= bytes);
}

void TestPlanSettings::scoresThatCannotBeMadeChangeNothing()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    document.setBits({3}, 8);
    const plan::Plan before = document.plan();
    const PlanSettings settings = document.settings();
    PlanSettings wanted = settings;
    wanted.method = quant::Method::ClipSearch;
    document.setSettings(wanted);
    jobs.cancelAll();
    test::waitForPlan(jobs, document);
    QVERIFY(document.settings() == settings);
    QVERIFY(document.plan() == before);
}

void TestPlanSettings::namedPlansOfOtherQuantizersLoad()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    document.setBits({3}, 8);
    document.savePlanAs(QStringLiteral("mine"));
    const QStringList made = formats(document);
    choose(jobs, document, quant::Method::ClipSearch);
    document.setUniform(QStringLiteral("int4-sym-g128/clip"));
    QVERIFY(formats(document) != made);
    QSignalSpy failed(&document, &Document::failed);
    document.loadPlan(QStringLiteral("mine"));
    QCOMPARE(failed.count(), 0);
    QCOMPARE(formats(document), made);
    QTRY_VERIFY(jobs.isIdle());
}

/// What the solver would choose belongs to the budget of the plan that was left, not to the first one.
void TestPlanSettings::reopenedPlanIsMarkedAtItsBudget()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    {
        JobQueue jobs;
        Document document(jobs);
        test::openSample(jobs, document, test::sampleInputs(project));
        document.setBudgetBpw(6.0);
        document.close();
        QTRY_VERIFY(jobs.isIdle());
    }
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document, test::sampleInputs(project));
    QCOMPARE(*document.plan().budgetBpw, 6.0);
    QCOMPARE(document.solverChoice(), document.choice());
}

QTEST_MAIN(TestPlanSettings)
#include "tst_plan_settings.moc"
