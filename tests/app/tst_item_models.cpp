// The models behind the tables of the window keep the rules of Qt's models while they change: what a view, a
// filter or a screen reader builds on. Others of them are checked where they are tested.
#include "app/gui/command_palette.h"
#include "tests/support/open_sample.h"
#include "views/models/allocation_table.h"
#include "views/models/proof_table.h"
#include "views/panels/model_difference.h"

#include <QAbstractItemModelTester>

#include <limits>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

exporting::TensorProof proofOf(const char* unit, const char* planned, const char* written, bool exact)
{
    exporting::TensorProof proof;
    proof.unit = unit;
    proof.planned = planned;
    proof.written = written;
    if (proof.planned != proof.written)
        proof.fallback = "does not divide";
    proof.bytes = 1024;
    proof.sqnrDb = 20;
    proof.rereadExact = exact;
    if (!exact)
        proof.problem = "Row 3 differs.";
    return proof;
}

session::TensorDifference differenceOf(const char* name, double error)
{
    session::TensorDifference difference;
    difference.name = name;
    difference.parameters = 64;
    difference.maxAbsError = error;
    difference.sqnrDb = error > 0 ? 20 : std::numeric_limits<double>::infinity();
    difference.sameBytes = error == 0;
    return difference;
}

/// Every role of every cell may be asked for.
void askEverything(const QAbstractItemModel& model)
{
    for (int row = 0; row < model.rowCount(); ++row)
        for (int column = 0; column < model.columnCount(); ++column)
            for (const int role :
                std::initializer_list<int>{Qt::DisplayRole, Qt::EditRole, Qt::ToolTipRole, Qt::FontRole,
                    Qt::TextAlignmentRole, Qt::BackgroundRole, Qt::ForegroundRole, Qt::CheckStateRole,
                    Qt::AccessibleTextRole, Qt::UserRole + 1, Qt::UserRole + 2, Qt::UserRole + 3})
                (void)model.index(row, column).data(role);
}

} // namespace

class TestItemModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void proofs();
    void modelDifferences();
    void allocationFilter();
    void palette();
};

void TestItemModels::proofs()
{
    ProofTable table;
    ProofFilter filter;
    const QAbstractItemModelTester first(&table, kMode);
    filter.setSourceModel(&table);
    const QAbstractItemModelTester second(&filter, kMode);
    // As an export finds them: one by one, one of them twice.
    table.add(proofOf("model.layers.0.up", "int4-sym-g128/rtn", "int4-sym-g128/rtn", true));
    table.add(proofOf("model.layers.1.up", "int4-sym-g128/rtn", "int8-sym-g128/rtn", true));
    filter.setText(QStringLiteral("layers.1"));
    table.add(proofOf("model.layers.1.down", "int4-sym-g128/rtn", "int4-sym-g128/rtn", true));
    QCOMPARE(filter.rowCount(), 2);
    table.add(proofOf("model.layers.1.down", "int4-sym-g128/rtn", "int4-sym-g128/rtn", false));
    QCOMPARE(filter.rowCount(), 2);
    filter.setKind(ProofFilter::Kind::Failed);
    QCOMPARE(filter.rowCount(), 1);
    filter.setKind(ProofFilter::Kind::Differs);
    QCOMPARE(filter.rowCount(), 1);
    filter.setText({});
    filter.setKind(ProofFilter::Kind::All);
    for (int column = 0; column < ProofTable::ColumnCount; ++column)
        filter.sort(column, column % 2 == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
    QCOMPARE(filter.rowCount(), 3);
    askEverything(filter);
    table.setProofs({proofOf("a", "int4-sym-g128/rtn", "int4-sym-g128/rtn", true)});
    QCOMPARE(filter.rowCount(), 1);
    table.clear();
    QCOMPARE(filter.rowCount(), 0);
}

void TestItemModels::modelDifferences()
{
    ModelDifferenceTable table;
    const QAbstractItemModelTester tester(&table, kMode);
    session::ModelComparison comparison;
    comparison.tensors = {differenceOf("same", 0), differenceOf("other", 0.5)};
    comparison.tensors.push_back({});
    comparison.tensors.back().name = "unknown";
    comparison.tensors.back().reason = "Shapes differ.";
    comparison.onlyA = {"left"};
    comparison.onlyB = {"right"};
    table.setComparison(comparison);
    QCOMPARE(table.rowCount(), 5);
    askEverything(table);
    comparison.tensors.resize(1);
    table.setComparison(comparison);
    QCOMPARE(table.rowCount(), 3);
    table.clear();
    QCOMPARE(table.rowCount(), 0);
}

void TestItemModels::allocationFilter()
{
    JobQueue jobs;
    Document document(jobs);
    AllocationTable table(document);
    AllocationFilter filter(table);
    const QAbstractItemModelTester tester(&filter, kMode);
    test::openSample(jobs, document);
    QCOMPARE(filter.rowCount(), 36);
    filter.setWords(QStringLiteral("layers.1"));
    const int some = filter.rowCount();
    QVERIFY(some > 0 && some < 36);
    document.setBits({3, 7}, 8);
    filter.setShow(AllocationFilter::Show::Edited);
    filter.setWords({});
    filter.resort();
    QVERIFY(filter.rowCount() >= 2);
    for (const int column : {AllocationTable::HarmColumn, AllocationTable::NoteColumn})
        filter.sort(column, Qt::DescendingOrder);
    document.undoStack().undo();
    filter.resort();
    QCOMPARE(filter.rowCount(), 0);
    filter.setShow(AllocationFilter::Show::All);
    askEverything(filter);
    document.close();
    QCOMPARE(filter.rowCount(), 0);
    QTRY_VERIFY(jobs.isIdle());
}

void TestItemModels::palette()
{
    JobQueue jobs;
    Document document(jobs);
    test::openSample(jobs, document, test::sampleInputs({}, false));
    PaletteModel model;
    const QAbstractItemModelTester tester(&model, kMode);
    const auto command = [](const char* title, bool enabled) {
        PaletteModel::Command made;
        made.title = QString::fromLatin1(title);
        made.enabled = enabled;
        return made;
    };
    model.setCommands({command("Open a model", true), command("Open a dump", false), command("Undo", true)});
    QCOMPARE(model.rowCount(), 3);
    int chosen = -1;
    model.setTensors(document.workspace()->checkpointPtr(), [&chosen](int tensor) { chosen = tensor; });
    model.setQuery(QStringLiteral("down_proj"));
    QVERIFY(model.rowCount() > 3);
    askEverything(model);
    model.runnable(0)();
    QVERIFY(chosen >= 0);
    model.setQuery(QStringLiteral("open"));
    QVERIFY(model.rowCount() >= 2);
    model.setQuery(QStringLiteral("no such thing"));
    QCOMPARE(model.rowCount(), 0);
    model.setQuery({});
    model.setTensors(nullptr, {});
    QCOMPARE(model.rowCount(), 3);
}

QTEST_MAIN(TestItemModels)
#include "tst_item_models.moc"
