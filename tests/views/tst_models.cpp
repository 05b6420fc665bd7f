#include "tests/support/open_sample.h"
#include "tests/support/safetensors_writer.h"
#include "views/models/allocation_table.h"
#include "views/models/moves_table.h"
#include "views/models/tensor_tree.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QThread>
#include <QtTest/QTest>

#include <cmath>

using namespace bitwright;
using namespace bitwright::views;

namespace {

/// The first columns of a tree as indented lines.
QString treeText(const QAbstractItemModel& model, int columns, const QModelIndex& parent = {}, int depth = 0)
{
    QString text;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList cells;
        for (int column = 0; column < columns; ++column)
            cells.push_back(model.index(row, column, parent).data().toString());
        text += QString(2 * depth, QLatin1Char(' ')) + cells.join(QStringLiteral(" | ")).trimmed()
            + QLatin1Char('\n');
        text += treeText(model, columns, model.index(row, 0, parent), depth + 1);
    }
    return text;
}

bool writeSmallModel(const std::string& path)
{
    test::SafetensorsWriter writer;
    writer.addZeros("model.embed_tokens.weight", model::DType::BF16, {16, 32});
    for (int block = 0; block < 2; ++block) {
        const std::string p = "model.layers." + std::to_string(block) + ".";
        writer.addZeros(p + "input_layernorm.weight", model::DType::F32, {32});
        writer.addZeros(p + "mlp.down_proj.weight", model::DType::BF16, {32, 64});
        writer.addZeros(p + "self_attn.q_proj.weight", model::DType::BF16, {32, 32});
    }
    return writer.write(path);
}

} // namespace

class TestModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void treeOfASmallModel();
    void treeFindsTensors();
    void filterKeepsParents();
    void treeFollowsThePlan();
    void allocationFollowsThePlan();
    void movesAreReal();
    void modelsOfADocumentThatCloses();
    void lateResultsOfAClosedModelAreDropped();
    void editsAndUndo();
    void lockedUnitsKeepTheirOption();
    void dragIsOneStep();
    void cancelledDragLeavesNoTrace();
};

void TestModels::treeOfASmallModel()
{
    const test::TempFolder folder;
    QVERIFY(writeSmallModel(folder.file("m.safetensors")));
    JobQueue jobs;
    Document document(jobs);
    TensorTree tree(document);
    const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy resets(&tree, &QAbstractItemModel::modelReset);
    QCOMPARE(tree.rowCount(), 0);
    document.open({folder.file("m.safetensors"), {}, {}});
    QTRY_VERIFY(document.isOpen());
    QVERIFY(resets.count() >= 1);
    QCOMPARE(treeText(tree, 4),
        QStringLiteral("model.embed_tokens | 16 × 32 | BF16 | 1.00 KiB\n"
                       "Block 0 |  |  | 6.13 KiB\n"
                       "  input_layernorm | 32 | F32 | 128 B\n"
                       "  mlp |  |  | 4.00 KiB\n"
                       "    down_proj | 32 × 64 | BF16 | 4.00 KiB\n"
                       "  self_attn |  |  | 2.00 KiB\n"
                       "    q_proj | 32 × 32 | BF16 | 2.00 KiB\n"
                       "Block 1 |  |  | 6.13 KiB\n"
                       "  input_layernorm | 32 | F32 | 128 B\n"
                       "  mlp |  |  | 4.00 KiB\n"
                       "    down_proj | 32 × 64 | BF16 | 4.00 KiB\n"
                       "  self_attn |  |  | 2.00 KiB\n"
                       "    q_proj | 32 × 32 | BF16 | 2.00 KiB\n"));
    document.close();
    QCOMPARE(tree.rowCount(), 0);
    jobs.shutDown();
}

void TestModels::treeFindsTensors()
{
    JobQueue jobs;
    Document document(jobs);
    TensorTree tree(document);
    const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::openSample(jobs, document, test::sampleInputs({}, false));
    const auto& tensors = document.workspace()->checkpoint().tensors();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const QModelIndex index = tree.indexOfTensor(static_cast<int>(i));
        QVERIFY(index.isValid());
        QCOMPARE(index.data(TensorTree::TensorRole).toInt(), static_cast<int>(i));
        QCOMPARE(index.data(TensorTree::BytesRole).toULongLong(), tensors[i].bytes);
        QVERIFY(QString::fromStdString(tensors[i].name).contains(index.data().toString()));
        QVERIFY(index.data(Qt::ToolTipRole).toString().startsWith(QString::fromStdString(tensors[i].name)));
    }
    QVERIFY(!tree.indexOfTensor(-1).isValid());
    QVERIFY(!tree.indexOfTensor(static_cast<int>(tensors.size())).isValid());
    // Totals of inner nodes.
    qulonglong total = 0;
    for (int row = 0; row < tree.rowCount(); ++row)
        total += tree.index(row, 0).data(TensorTree::BytesRole).toULongLong();
    QCOMPARE(total, static_cast<qulonglong>(document.workspace()->checkpoint().dataBytes()));
}

void TestModels::filterKeepsParents()
{
    JobQueue jobs;
    Document document(jobs);
    TensorTree tree(document);
    const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::openSample(jobs, document);
    const QString all = treeText(tree, 1);
    const auto everything = tree.matched();
    QCOMPARE(everything.tensors, 48);
    QCOMPARE(tree.setFilter(QStringLiteral("Q_PROJ layers.1")), QString());
    QCOMPARE(treeText(tree, 1), QStringLiteral("Block 1\n  self_attn\n    q_proj\n"));
    QCOMPARE(tree.matched().tensors, 1);
    // The block's mean is over all its tensors, filtered or not.
    QVERIFY(tree.matched().bits().has_value());
    QVERIFY(!tree.indexOfTensor(0).isValid()); // filtered out
    tree.setFilter(QStringLiteral("nothing"));
    QCOMPARE(tree.rowCount(), 0);
    tree.setFilter({});
    QCOMPARE(treeText(tree, 1), all);
    // The plan moves tensors in and out of what is shown.
    tree.setFilter(QStringLiteral("is:planned bits<=4.9"));
    const int few = tree.matched().tensors;
    document.setBits({0}, 8);
    QVERIFY(tree.matched().tensors <= few);
    QVERIFY(!tree.indexOfTensor(document.tensorOfUnit(0)).isValid());
    document.setBits({0}, 2);
    QVERIFY(tree.indexOfTensor(document.tensorOfUnit(0)).isValid());
    QVERIFY(!tree.setFilter(QStringLiteral("/(/")).isEmpty());
    QCOMPARE(tree.rowCount(), 0);
    QTRY_VERIFY(jobs.isIdle());
    document.close();
    QCOMPARE(tree.rowCount(), 0);
}

void TestModels::treeFollowsThePlan()
{
    JobQueue jobs;
    Document document(jobs);
    TensorTree tree(document);
    const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::openSample(jobs, document);
    const int tensor = document.tensorOfUnit(3);
    const auto bits = [&] { return tree.indexOfTensor(tensor).data(TensorTree::BitsRole).toDouble(); };
    QSignalSpy changes(&tree, &QAbstractItemModel::dataChanged);
    document.setBits({3}, 8);
    QVERIFY(bits() >= 8.0 && bits() < 9.0);
    document.setBits({3}, 2);
    QVERIFY(bits() >= 2.0 && bits() < 3.0);
    QVERIFY(changes.count() > 0);
    QVERIFY(!tree.indexOfTensor(tensor).data(TensorTree::LockedRole).toBool());
    document.toggleLock({3});
    QVERIFY(tree.indexOfTensor(tensor).data(TensorTree::LockedRole).toBool());
    // What no plan decides has no bits.
    const auto norm = document.workspace()->checkpoint().find("model.layers.0.input_layernorm.weight");
    QVERIFY(std::isnan(tree.indexOfTensor(static_cast<int>(*norm)).data(TensorTree::BitsRole).toDouble()));
    QTRY_VERIFY(jobs.isIdle());
}

void TestModels::allocationFollowsThePlan()
{
    JobQueue jobs;
    Document document(jobs);
    AllocationTable table(document);
    const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(table.rowCount(), 0);
    test::openSample(jobs, document);
    QCOMPARE(table.rowCount(), 36);
    double bytes = 0, harm = 0;
    for (int row = 0; row < table.rowCount(); ++row) {
        const auto at = [&](int column, int role) { return table.index(row, column).data(role); };
        QCOMPARE(at(AllocationTable::UnitColumn, Qt::ToolTipRole).toString().section(u'\n', 0, 0),
            QString::fromStdString(document.space()->units()[static_cast<std::size_t>(row)].name));
        bytes += at(AllocationTable::BytesColumn, AllocationTable::SortRole).toDouble();
        harm += at(AllocationTable::HarmColumn, AllocationTable::SortRole).toDouble();
        QVERIFY(!at(AllocationTable::OptionColumn, Qt::DisplayRole).toString().isEmpty());
    }
    QCOMPARE(bytes, static_cast<double>(document.numbers().size.unitBytes));
    QVERIFY(std::abs(harm - document.numbers().objective) < 1e-9 * harm);
    QSignalSpy changes(&table, &QAbstractItemModel::dataChanged);
    document.setUniform(QStringLiteral("int4-sym-g128/rtn"));
    QVERIFY(changes.count() > 0);
    for (int row = 0; row < table.rowCount(); ++row)
        QCOMPARE(table.index(row, AllocationTable::OptionColumn).data().toString(),
            QStringLiteral("int4-sym-g128"));
    document.toggleLock({0});
    QVERIFY(table.index(0, 0).data(AllocationTable::LockedRole).toBool());
    document.close();
    QCOMPARE(table.rowCount(), 0);
}

void TestModels::movesAreReal()
{
    JobQueue jobs;
    Document document(jobs);
    MovesTable moves(document);
    const QAbstractItemModelTester tester(&moves, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::openSample(jobs, document);
    QVERIFY(moves.rowCount() > 5);
    for (int row = 0; row < moves.rowCount(); ++row) {
        const alloc::Move* move = moves.moveAt(row);
        QVERIFY(move != nullptr);
        const plan::Plan before = document.plan();
        const auto size = static_cast<double>(document.numbers().size.unitBytes);
        const double harm = document.numbers().objective;
        QVector<int> units;
        for (const auto unit : move->units)
            units.push_back(static_cast<int>(unit));
        const double deltaBytes = static_cast<double>(move->deltaBytes), deltaCost = move->deltaCost;
        document.setOption(units, move->to);
        QCOMPARE(static_cast<double>(document.numbers().size.unitBytes) - size, deltaBytes);
        QVERIFY(std::abs(document.numbers().objective - harm - deltaCost) < 1e-9 * harm);
        document.undoStack().undo();
        QVERIFY(document.plan() == before);
    }
    QVERIFY(moves.moveAt(-1) == nullptr);
    QVERIFY(moves.moveAt(moves.rowCount()) == nullptr);
}

void TestModels::modelsOfADocumentThatCloses()
{
    JobQueue jobs;
    Document document(jobs);
    TensorTree tree(document);
    AllocationTable table(document);
    MovesTable moves(document);
    const QAbstractItemModelTester a(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester b(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester c(&moves, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const QAbstractItemModelTester d(&jobs, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int round = 0; round < 3; ++round) {
        test::openSample(jobs, document, test::sampleInputs({}, round == 1));
        document.scan();
        document.close();
        QCOMPARE(tree.rowCount() + table.rowCount() + moves.rowCount(), 0);
    }
    QTRY_VERIFY(jobs.isIdle());
    QVERIFY(jobs.rowCount() > 9);
}

/// Whatever was on its way when a model was closed must not come back to life.
void TestModels::lateResultsOfAClosedModelAreDropped()
{
    for (int round = 0; round < 20; ++round) {
        JobQueue jobs;
        Document document(jobs);
        QSignalSpy spaces(&document, &Document::spaceChanged);
        QSignalSpy frontiers(&document, &Document::frontierChanged);
        document.open(test::sampleInputs({}, false));
        QTRY_VERIFY(document.isOpen());
        document.scan();
        QThread::msleep(static_cast<unsigned long>(15 * round)); // results wait in the event queue
        document.close();
        const auto before = spaces.count() + frontiers.count();
        QTRY_VERIFY(jobs.isIdle());
        QTest::qWait(5);
        QCOMPARE(spaces.count() + frontiers.count(), before);
        QVERIFY(!document.space() && !document.isOpen() && !document.isStale());
    }
}

void TestModels::editsAndUndo()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    const plan::Plan start = document.plan();
    QCOMPARE(document.undoStack().count(), 0);
    std::vector<plan::Plan> states{start};
    const auto note = [&] { states.push_back(document.plan()); };
    document.setBits({0, 5}, 8);
    note();
    document.toggleLock({5});
    note();
    document.setBudgetBpw(3.5);
    note();
    document.setUniform(QStringLiteral("int8-sym-g128/rtn"));
    note();
    document.improveWithinLocks();
    note();
    document.restore({0, 1, 2});
    note();
    document.toggleTies();
    note();
    document.setBits({7}, 2);
    note();
    document.renamePlan(QStringLiteral("other"));
    note();
    const int steps = document.undoStack().count();
    QVERIFY(steps >= 7);
    for (int i = 0; i < steps; ++i)
        document.undoStack().undo();
    QVERIFY(document.plan() == start);
    for (int i = 0; i < steps; ++i)
        document.undoStack().redo();
    QVERIFY(document.plan() == states.back());
    // An edit that changes nothing is no step.
    document.renamePlan(QStringLiteral("other"));
    QCOMPARE(document.undoStack().count(), steps);
    QTRY_VERIFY(jobs.isIdle());
}

void TestModels::lockedUnitsKeepTheirOption()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    QSignalSpy notices(&document, &Document::notice);
    document.toggleLock({4});
    const auto lockedUnits = [&] {
        std::map<std::string, std::string> options;
        for (const auto& [unit, entry] : document.plan().entries)
            if (entry.locked)
                options[unit] = entry.option;
        return options;
    };
    const auto locked = lockedUnits();
    QVERIFY(!locked.empty());
    document.setBits({4}, 8);
    document.setBits({4}, 2);
    QVERIFY(notices.count() >= 1);
    QVERIFY(notices.last().first().toString().contains(QStringLiteral("locked")));
    document.setBudgetBpw(3.0);
    document.setBudgetBpw(6.0);
    document.restore({4});
    document.improveWithinLocks();
    document.setUniform(QStringLiteral("int8-sym-g128/rtn"));
    QVERIFY(lockedUnits() == locked);
    document.toggleLock({4});
    QVERIFY(lockedUnits().empty());
    QTRY_VERIFY(jobs.isIdle());
}

void TestModels::dragIsOneStep()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    const plan::Plan start = document.plan();
    document.setBits({0}, 8);
    const plan::Plan edited = document.plan();
    for (const std::uint64_t bytes : {1500000U, 1600000U, 1700000U, 2000000U})
        document.setBudget(bytes, 77);
    QCOMPARE(document.undoStack().count(), 2);
    QCOMPARE(document.budgetBytes().value(), std::uint64_t{2000000});
    document.setBudget(1900000, 78); // the next drag
    QCOMPARE(document.undoStack().count(), 3);
    document.undoStack().undo();
    document.undoStack().undo();
    QVERIFY(document.plan() == edited);
    document.undoStack().undo();
    QVERIFY(document.plan() == start);
    QTRY_VERIFY(jobs.isIdle());
}

void TestModels::cancelledDragLeavesNoTrace()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document);
    document.setBits({0}, 8);
    const plan::Plan edited = document.plan();
    document.setBudget(1600000, 5);
    document.setBudget(1700000, 5);
    QVERIFY(!(document.plan() == edited));
    document.cancelDrag(5);
    QVERIFY(document.plan() == edited);
    QCOMPARE(document.undoStack().count(), 1);
    QVERIFY(!document.undoStack().canRedo());
    // A drag that changed nothing must not take an earlier edit with it.
    document.setBudget(1, 6); // infeasible
    document.cancelDrag(6);
    document.cancelDrag(0);
    QVERIFY(document.plan() == edited);
    QCOMPARE(document.undoStack().count(), 1);
    QTRY_VERIFY(jobs.isIdle());
}

QTEST_MAIN(TestModels)
#include "tst_models.moc"
