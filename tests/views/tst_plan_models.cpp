// The models of the plan: allocation, filter, moves, difference, named plans, what the solver chose.
#include "tests/support/open_sample.h"
#include "views/models/allocation_table.h"
#include "views/models/difference_table.h"
#include "views/models/moves_table.h"
#include "views/models/plan_delta.h"
#include "views/models/tensor_tree.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace bitwright;
using namespace bitwright::views;

namespace { } // namespace

class TestPlanModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handEditsAreMarkedAndUndone();
    void locksMakeTheFrontierWait();
    void tableEditsTheSelection();
    void filterCombines();
    void notesAreUndoSteps();
    void optionsAreTakenOverInOneStep();
    void differenceAddsUp();
    void namedPlansAreKept();
    void anotherScoreIsEvaluatedHere();
    void pricesAreOfTheMove();
    void editsMoveWhatTheyTouch();
    void aDumpSolvesTheFirstPlanAnew_data();
    void aDumpSolvesTheFirstPlanAnew();
};

void TestPlanModels::handEditsAreMarkedAndUndone()
{
    JobQueue jobs;
    Document document(jobs);
    AllocationTable table(document);
    test::openSample(jobs, document);
    QCOMPARE(document.solverChoice(), document.choice());
    QVERIFY(!table.isEdited(3));
    document.setBits({3}, 8);
    QVERIFY(document.solverChoice() != document.choice());
    QVERIFY(table.isEdited(3));
    QVERIFY(!table.isEdited(20));
    document.undoStack().undo();
    QVERIFY(!table.isEdited(3));
    document.setBits({3}, 8);
    document.setBudgetBpw(5.0);
    QCOMPARE(document.solverChoice(), document.choice());
    document.undoStack().undo();
    QVERIFY(table.isEdited(3)); // the mark comes back with the edit
    document.restore({3});
    QVERIFY(!table.isEdited(3));
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::locksMakeTheFrontierWait()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    QVERIFY(document.frontierFits());
    document.setBits({0}, 2);
    document.toggleLock({0});
    QVERIFY(document.isLocked(0));
    QVERIFY(!document.frontierFits());
    const auto before = document.choice();
    document.takeFrontierState(0); // made under other locks: must not move the locked unit
    QCOMPARE(document.choice(), before);
    QTRY_VERIFY_WITH_TIMEOUT(document.frontierFits(), 60000);
    document.takeFrontierState(static_cast<int>(document.frontier()->points.size()) - 1);
    QCOMPARE(document.choice()[0], before[0]);
    QVERIFY(document.choice() != before);
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::tableEditsTheSelection()
{
    JobQueue jobs;
    Document document(jobs);
    AllocationTable table(document);
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::openSample(jobs, document);
    document.toggleTies(); // one unit is one unit
    const auto eight = document.space()->optionIndex("int8-sym-g128/rtn");
    QVERIFY(eight.has_value());
    document.selectUnits({4, 9});
    const int steps = document.undoStack().count();
    QVERIFY(
        table.setData(table.index(4, AllocationTable::OptionColumn), static_cast<int>(*eight), Qt::EditRole));
    QCOMPARE(document.choice()[4], *eight);
    QCOMPARE(document.choice()[9], *eight);
    QCOMPARE(document.undoStack().count(), steps + 1);
    // A row outside of the selection is edited alone.
    QVERIFY(table.setData(table.index(11, AllocationTable::LockedColumn), Qt::Checked, Qt::CheckStateRole));
    QVERIFY(document.isLocked(11) && !document.isLocked(4));
    QCOMPARE(
        table.index(11, AllocationTable::LockedColumn).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
    double shares = 0;
    for (int row = 0; row < table.rowCount(); ++row)
        shares += table.index(row, AllocationTable::ShareColumn).data(AllocationTable::SortRole).toDouble();
    QVERIFY(std::abs(shares - 1) < 1e-9);
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::filterCombines()
{
    JobQueue jobs;
    Document document(jobs);
    AllocationTable table(document);
    AllocationFilter filter(table);
    test::openSample(jobs, document);
    QCOMPARE(filter.rowCount(), 36);
    filter.setRole(model::Role::Down);
    const int downs = filter.rowCount();
    QVERIFY(downs > 0 && downs < 36);
    filter.setWords(QStringLiteral("layers.1 down"));
    QCOMPARE(filter.rowCount(), 1);
    filter.setWords(QStringLiteral("layers.1 nonsense"));
    QCOMPARE(filter.rowCount(), 0);
    filter.setWords({});
    filter.setShow(AllocationFilter::Show::Locked);
    QCOMPARE(filter.rowCount(), 0);
    const int unit = [&] {
        for (std::size_t i = 0; i < document.space()->units().size(); ++i)
            if (document.space()->units()[i].role == model::Role::Down)
                return static_cast<int>(i);
        return -1;
    }();
    document.toggleLock({unit});
    filter.resort();
    QCOMPARE(filter.rowCount(), 1);
    filter.setRole(std::nullopt);
    filter.setShow(AllocationFilter::Show::All);
    filter.sort(AllocationTable::HarmColumn, Qt::DescendingOrder);
    for (int row = 1; row < filter.rowCount(); ++row)
        QVERIFY(filter.index(row, AllocationTable::HarmColumn).data(AllocationTable::SortRole).toDouble()
            <= filter.index(row - 1, AllocationTable::HarmColumn).data(AllocationTable::SortRole).toDouble());
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::notesAreUndoSteps()
{
    JobQueue jobs;
    Document document(jobs);
    AllocationTable table(document);
    test::openSample(jobs, document);
    const QModelIndex index = table.index(2, AllocationTable::NoteColumn);
    QVERIFY(table.setData(index, QStringLiteral("keep an eye on it"), Qt::EditRole));
    QVERIFY(index.data().toString().contains(QStringLiteral("keep an eye on it")));
    document.undoStack().undo();
    QVERIFY(!index.data().toString().contains(QStringLiteral("keep an eye")));
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::optionsAreTakenOverInOneStep()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    const auto uniform = document.space()->uniform("int8-sym-g128/rtn", document.plan());
    QVERIFY(uniform.has_value());
    const auto other = document.space()->choiceOf(*uniform).value();
    document.toggleLock({1});
    const auto before = document.choice();
    const int steps = document.undoStack().count();
    document.takeOptions({0, 1, 5}, other, QStringLiteral("take"));
    QCOMPARE(document.undoStack().count(), steps + 1);
    QCOMPARE(document.choice()[0], other[0]);
    QCOMPARE(document.choice()[5], other[5]);
    QCOMPARE(document.choice()[1], before[1]); // locked
    QCOMPARE(document.choice()[7], before[7]);
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::differenceAddsUp()
{
    // Another group size is never written as other bits of the codes.
    const BitsChange less = bitsChange(8.06, 4.5), groups = bitsChange(4.501, 4.25);
    QCOMPARE(less.bits, QString::fromUtf8("8.06→4.50"));
    QCOMPARE(less.codes, QString::fromUtf8("8→4"));
    QCOMPARE(less.sign, QString::fromUtf8("↓"));
    QCOMPARE(groups.bits, QString::fromUtf8("4.50→4.25"));
    QCOMPARE(groups.codes, QString::fromUtf8("≠"));
    QCOMPARE(groups.sign, QString::fromUtf8("≠"));
    QCOMPARE(bitsChange(3.99, 8.06).sign, QString::fromUtf8("↑"));
    QCOMPARE(bitsChange(3.99, 4.25).codes, QString::fromUtf8("≠")); // what is stored of 4 bits, rounded
    JobQueue jobs;
    Document document(jobs);
    DifferenceTable table(document);
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::openSample(jobs, document);
    const auto a = document.choice();
    document.setBits({3, 17}, 8);
    table.setDifference(plan::differenceOf(*document.space(), a, document.choice()).value());
    QVERIFY(table.rowCount() >= 2);
    double bytes = 0, last = std::numeric_limits<double>::infinity();
    for (int row = 0; row < table.rowCount(); ++row) {
        bytes += table.index(row, DifferenceTable::BytesColumn).data(DifferenceTable::SortRole).toDouble();
        const double share
            = table.index(row, DifferenceTable::ShareColumn).data(DifferenceTable::SortRole).toDouble();
        QVERIFY(share <= last); // by contribution
        last = share;
    }
    QCOMPARE(bytes,
        static_cast<double>(document.space()->sizeOf(document.choice()).unitBytes)
            - static_cast<double>(document.space()->sizeOf(a).unitBytes));
    QCOMPARE(signedSizeText(-1024), QStringLiteral("−1.00 KiB"));
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::namedPlansAreKept()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    {
        JobQueue jobs;
        Document document(jobs);
        test::openSample(jobs, document, test::sampleInputs(project));
        document.savePlanAs(QStringLiteral("first"));
        document.setBits({2}, 8);
        document.savePlanAs(QStringLiteral("second"));
        QCOMPARE(document.namedPlans().size(), std::size_t(2));
        QVERIFY(document.duplicateNamedPlan(QStringLiteral("first"), QStringLiteral("copy")));
        QVERIFY(!document.duplicateNamedPlan(QStringLiteral("first"), QStringLiteral("second")));
        QVERIFY(!document.duplicateNamedPlan(QStringLiteral("first"), QStringLiteral("  ")));
        QVERIFY(document.renameNamedPlan(QStringLiteral("second"), QStringLiteral("renamed")));
        QCOMPARE(document.plan().name, std::string("renamed")); // it was the current one
        QVERIFY(document.namedPlan(QStringLiteral("second")) == nullptr);
        QVERIFY(document.deleteNamedPlan(QStringLiteral("copy")));
        QVERIFY(!document.deleteNamedPlan(QStringLiteral("copy")));
        document.loadPlan(QStringLiteral("first"));
        QCOMPARE(document.plan().name, std::string("first"));
        // Nobody knows yet what the solver would do there; the answer comes by itself.
        QTRY_VERIFY_WITH_TIMEOUT(!document.solverChoice().empty(), 60000);
        QTRY_VERIFY(jobs.isIdle());
        document.close();
    }
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document, test::sampleInputs(project));
    QCOMPARE(document.namedPlans().size(), std::size_t(2));
    QVERIFY(document.namedPlan(QStringLiteral("first")) && document.namedPlan(QStringLiteral("renamed")));
}

void TestPlanModels::anotherScoreIsEvaluatedHere()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    QVERIFY(document.otherFrontier() == nullptr);
    document.setComparedScore(score::ScoreKind::WeightError);
    QTRY_VERIFY_WITH_TIMEOUT(document.otherFrontier() != nullptr, 60000);
    const auto* other = document.otherFrontier();
    QCOMPARE(other->score, QStringLiteral("weight-error"));
    QVERIFY(other->points.size() > 5);
    // No plan of another score can be below the present score's own frontier.
    const auto& frontier = *document.frontier();
    for (const auto& point : other->points) {
        const auto best = frontier.frontier.indexWithin(point.bytes - document.space()->keptBytes());
        QVERIFY(best.has_value());
        QVERIFY(point.objective >= frontier.points[*best].objective * (1 - 1e-9) - 1e-12);
    }
    document.setComparedScore(std::nullopt);
    QVERIFY(document.otherFrontier() == nullptr);
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::pricesAreOfTheMove()
{
    JobQueue jobs;
    Document document(jobs);
    MovesTable moves(document);
    test::openSample(jobs, document);
    bool buys = false, sells = false;
    for (int row = 0; row < moves.rowCount(); ++row) {
        const alloc::Move* move = moves.moveAt(row);
        buys = buys || move->kind == alloc::MoveKind::Buy;
        sells = sells || move->kind == alloc::MoveKind::Sell;
        QCOMPARE(moves.unitsOf(row).size(), static_cast<qsizetype>(move->units.size()));
        if (move->kind == alloc::MoveKind::Free)
            continue;
        QCOMPARE(moves.index(row, MovesTable::PerKibColumn).data(MovesTable::SortRole).toDouble(),
            std::abs(move->deltaCost) / std::abs(static_cast<double>(move->deltaBytes)));
    }
    QVERIFY(buys && sells);
    QTRY_VERIFY(jobs.isIdle());
}

/// What a view takes anew is what the edit touched, and after all edits it says what one made anew says.
void TestPlanModels::editsMoveWhatTheyTouch()
{
    JobQueue jobs;
    Document document(jobs);
    TensorTree tree(document);
    const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::openSample(jobs, document);
    if (document.plan().ties)
        document.toggleTies();
    using Units = std::vector<std::size_t>;
    PlanDelta delta;
    QVERIFY(!delta.take(document)); // at first: all
    QCOMPARE(delta.take(document).value(), Units());
    QSignalSpy changed(&tree, &QAbstractItemModel::dataChanged);
    document.setBits({3}, 8);
    QCOMPARE(delta.take(document).value(), Units{3});
    const int told = static_cast<int>(changed.count());
    QVERIFY2(
        told > 0 && told <= 8, qPrintable(QString::number(told))); // name and bits of it and what it is in
    document.toggleLock({5});
    document.setBits({7, 9}, 2);
    QCOMPARE(delta.take(document).value(), (Units{5, 7, 9}));
    document.undoStack().undo();
    document.undoStack().undo();
    document.undoStack().undo();
    QCOMPARE(delta.take(document).value(), (Units{3, 5, 7, 9}));
    document.toggleTies();
    QVERIFY(!delta.take(document)); // ties are marks of many
    document.setBudgetBpw(5.0);
    QVERIFY(!delta.take(document)); // another choice of the solver marks others as edited
    document.setBits({0}, 8);
    document.toggleLock({0});
    delta.forget();
    QVERIFY(!delta.take(document));

    TensorTree fresh(document);
    const std::function<void(const QModelIndex&, const QModelIndex&)> compare
        = [&](const QModelIndex& held, const QModelIndex& made) {
              QCOMPARE(tree.rowCount(held), fresh.rowCount(made));
              for (int row = 0; row < tree.rowCount(held); ++row) {
                  for (int column = 0; column < tree.columnCount(); ++column)
                      for (const int role : {int(Qt::DisplayRole), int(Qt::AccessibleTextRole),
                               int(Qt::ToolTipRole), TensorTree::StateRole, TensorTree::LockedRole})
                          QCOMPARE(tree.index(row, column, held).data(role),
                              fresh.index(row, column, made).data(role));
                  compare(tree.index(row, 0, held), fresh.index(row, 0, made));
              }
          };
    compare({}, {});
    QTRY_VERIFY(jobs.isIdle());
}

void TestPlanModels::aDumpSolvesTheFirstPlanAnew_data()
{
    QTest::addColumn<bool>("edited");
    QTest::newRow("nobody has seen to it") << false;
    QTest::newRow("edited by hand") << true;
}

/// The plan that the program began with is solved by the better scores of a dump that is opened later; one
/// that somebody has seen to stays as it is.
void TestPlanModels::aDumpSolvesTheFirstPlanAnew()
{
    QFETCH(bool, edited);
    JobQueue jobs;
    Document document(jobs);
    session::Inputs inputs;
    inputs.model = test::kSample.toStdString();
    document.open(inputs);
    QTRY_VERIFY_WITH_TIMEOUT(document.frontier() != nullptr && jobs.isIdle(), 120000);
    const std::string score = document.space()->provenance().score;
    if (edited)
        document.setBits({3}, 8);
    const auto before = document.choice();
    QSignalSpy notices(&document, &Document::notice);
    document.addDump(test::kSampleDump);
    QTRY_VERIFY_WITH_TIMEOUT(document.space()->provenance().score != score && jobs.isIdle(), 120000);
    if (edited) {
        QCOMPARE(document.choice(), before);
        return;
    }
    QVERIFY(document.choice() != before);
    QCOMPARE(document.choice(), document.solverChoice());
    QVERIFY(std::abs(document.numbers().size.bpw() - 4.5) < 0.1);
    const std::string& now = document.space()->provenance().score;
    QVERIFY(std::any_of(notices.begin(), notices.end(),
        [&](const auto& said) { return said.at(0).toString().contains(QString::fromStdString(now)); }));
    QCOMPARE(document.undoStack().count(), 0);
}

QTEST_MAIN(TestPlanModels)
#include "tst_plan_models.moc"
