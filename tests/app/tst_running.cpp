// What the window shows and does while work is running: marks come as they are found, what is canceled leaves
// nothing behind, and leaving asks where a file would be lost.
#include "tests/support/long_work.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/pareto_chart.h"
#include "views/models/allocation_table.h"
#include "views/models/tensor_tree.h"
#include "views/panels/sensitivity_panel.h"

#include <QDateTime>
#include <QDirIterator>
#include <QFile>
#include <QMessageBox>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;
using Window = test::ShownWindow;

namespace {

const QString& kDump = test::kSampleDump;

/// As writeLargeModel, and the first matrix holds a NaN.
bool writeBrokenModel(const QString& path)
{
    if (!test::writeLargeModel(path.toStdString()))
        return false;
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite))
        return false;
    std::uint64_t header = 0;
    if (file.read(reinterpret_cast<char*>(&header), 8) != 8)
        return false;
    return file.seek(static_cast<qint64>(8 + header + 64)) && file.write("\xc0\x7f", 2) == 2;
}

/// Eight matrices in two files; returns the second.
QString writeTwoShards(const QTemporaryDir& folder)
{
    QStringList map;
    QString path;
    for (int shard = 0; shard < 2; ++shard) {
        const QString name = QStringLiteral("model-0000%1-of-00002.safetensors").arg(shard + 1);
        test::SafetensorsWriter writer;
        for (int layer = 4 * shard; layer < 4 * shard + 4; ++layer) {
            const QString tensor = QStringLiteral("model.layers.%1.self_attn.q_proj.weight").arg(layer);
            std::string bytes(256 * 256 * 2, '\0');
            for (std::size_t i = 0; i < bytes.size(); i += 2) {
                bytes[i] = static_cast<char>(i * 37 / 2 + i / 512);
                bytes[i + 1] = static_cast<char>((i / 2) % 3 == 0 ? 0xBC : 0x3C); // about +-0.01
            }
            writer.add(tensor.toStdString(), "BF16", {256, 256}, bytes);
            map.push_back(QStringLiteral("\"%1\": \"%2\"").arg(tensor, name));
        }
        path = folder.filePath(name);
        if (!writer.write(path.toStdString()))
            return {};
    }
    QFile index(folder.filePath(QStringLiteral("model.safetensors.index.json")));
    const QByteArray json
        = "{\"metadata\": {}, \"weight_map\": {" + map.join(QStringLiteral(", ")).toUtf8() + "}}";
    return index.open(QIODevice::WriteOnly) && index.write(json) == json.size() ? path : QString();
}

/// Every file below a folder with its size and time.
QStringList filesOf(const QString& folder)
{
    QStringList files;
    QDirIterator all(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        const QFileInfo file(all.next());
        files << QStringLiteral("%1 %2 %3")
                     .arg(file.filePath())
                     .arg(file.size())
                     .arg(file.lastModified().toMSecsSinceEpoch());
    }
    files.sort();
    return files;
}

const MatrixUnit& unitOf(Window& window, int unit)
{
    return window.panel<SensitivityPanel>("sensitivity")
        ->matrix()
        ->data()
        .units[static_cast<std::size_t>(unit)];
}

} // namespace

class TestRunning : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void findingsAreShownDuringAScan();
    void failedTensorsAreMarkedWhereTheyStand();
    void nothingComesAfterACancel_data();
    void nothingComesAfterACancel();
    void leavingAsksDuringAnExport();
    void stepsOfAMomentAreOneEdit();
};

void TestRunning::initTestCase()
{
    test::beginWithoutSettings("tst_running");
}

void TestRunning::findingsAreShownDuringAScan()
{
    const QTemporaryDir folder;
    const QString model = folder.filePath(QStringLiteral("broken.safetensors"));
    QVERIFY(writeBrokenModel(model));
    Window window;
    window->showPerspective(QStringLiteral("plan"));
    window->openPaths({model});
    auto* chip = window->findChild<QToolButton*>(QStringLiteral("header.nonFinite"));
    QVERIFY(chip != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(chip->isVisible(), 30000);
    QVERIFY2(window.document().isScanning(), "before the scan is over");
    QCOMPARE(chip->text(), QStringLiteral("1 with NaN"));
    QTRY_VERIFY(unitOf(window, 0).nonFinite);
    QVERIFY2(window.document().isScanning(), "before the scan is over");
    QVERIFY(!unitOf(window, 5).nonFinite);
    window->jobs().cancelAll();
    QTRY_VERIFY_WITH_TIMEOUT(window->jobs().isIdle(), 20000);
}

void TestRunning::failedTensorsAreMarkedWhereTheyStand()
{
    const QTemporaryDir folder;
    const QString second = writeTwoShards(folder);
    QVERIFY(!second.isEmpty());
    Window window;
    window->showPerspective(QStringLiteral("plan"));
    // The disk loses the end of one file after the headers were read.
    connect(&window.document(), &Document::opened, this, [&] {
        QFile file(second);
        QVERIFY(file.resize(file.size() / 2));
    });
    window->openPaths({folder.path()});
    QTRY_VERIFY_WITH_TIMEOUT(window.document().failedTensors() > 0, 30000);
    (void)waitForWork(*window);
    const int failed = window.document().failedTensors();
    QCOMPARE(failed, 4);
    const int last = 7;
    QVERIFY(window.document().result(window.document().tensorOfUnit(last))->error);
    QVERIFY(unitOf(window, last).failed);
    QVERIFY(!unitOf(window, 0).failed);
    auto* chip = window->findChild<QToolButton*>(QStringLiteral("header.failed"));
    QVERIFY(chip->isVisible());
    QCOMPARE(chip->text(), QStringLiteral("%1 failed").arg(failed));
    // The tree finds them by its filter.
    TensorTree tree(window.document());
    QVERIFY(tree.setFilter(QStringLiteral("is:failed")).isEmpty());
    int found = 0;
    const std::function<void(const QModelIndex&)> count = [&](const QModelIndex& parent) {
        for (int row = 0; row < tree.rowCount(parent); ++row) {
            const QModelIndex index = tree.index(row, 0, parent);
            if (tree.rowCount(index) == 0
                && (index.data(TensorTree::StateRole).toInt() & TensorTree::FailedMark))
                ++found;
            count(index);
        }
    };
    count({});
    QCOMPARE(found, failed);
}

void TestRunning::nothingComesAfterACancel_data()
{
    QTest::addColumn<QString>("work");
    for (const QString& work : test::LongWork::all())
        QTest::newRow(qPrintable(work)) << work;
}

/// The order of things; how long it takes is a matter of tests/bench/bench_stop.
void TestRunning::nothingComesAfterACancel()
{
    QFETCH(QString, work);
    const QTemporaryDir folder;
    test::LongWork begun(folder.path());
    Job* job = begun.begin(work);
    QVERIFY2(job != nullptr, "it ended before it could be stopped");
    Document& document = begun.window.document();
    QSignalSpy scanned(&document, &Document::tensorScanned);
    const plan::Plan plan = document.plan();
    bool ended = false;
    QStringList files;
    connect(job, &Job::finished, this, [&] {
        ended = true;
        files = filesOf(folder.path());
        scanned.clear();
    });
    job->cancel();
    constexpr int kWatchdog = 60000;
    QTRY_VERIFY_WITH_TIMEOUT(ended, kWatchdog);
    QCOMPARE(job->state(), Job::State::Cancelled);
    QTRY_VERIFY_WITH_TIMEOUT(begun.window->jobs().isIdle(), kWatchdog);
    QTest::qWait(300); // whatever were on its way
    QCOMPARE(filesOf(folder.path()), files);
    QCOMPARE(scanned.size(), qsizetype{0});
    QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("out"))));
    QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("dump.h5"))));
    if (work != QLatin1String("scan"))
        // What was measured until then is kept, and names the scores of the plan anew.
        QVERIFY2(document.plan().entries == plan.entries, "the plan is what it was");
}

void TestRunning::leavingAsksDuringAnExport()
{
    const QTemporaryDir folder;
    const QString large = folder.filePath(QStringLiteral("large.safetensors"));
    QVERIFY(test::writeLargeModel(large.toStdString()));
    Window window;
    QCOMPARE(window.open({large}), QString());
    QVERIFY(test::pressExport(window, folder.filePath(QStringLiteral("out"))));
    auto* panel = window.panel<ExportPanel>("export");
    QTRY_VERIFY(panel->isRunning());
    QVERIFY2(!window->close(), "asks, and does not block");
    QVERIFY(window->isVisible() && panel->isRunning());
    auto* question = window->findChild<QMessageBox*>(QStringLiteral("leaveQuestion"));
    QVERIFY(question != nullptr && question->isVisible());
    QVERIFY(!window->close()); // asked once
    QTest::mouseClick(question->button(QMessageBox::No), Qt::LeftButton);
    QTRY_VERIFY(window->findChild<QMessageBox*>(QStringLiteral("leaveQuestion")) == nullptr);
    QVERIFY(window->isVisible() && panel->isRunning());
    QVERIFY(!window->close());
    question = window->findChild<QMessageBox*>(QStringLiteral("leaveQuestion"));
    QVERIFY(question != nullptr);
    QTest::mouseClick(question->button(QMessageBox::Yes), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!window->isVisible(), 60000);
    QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("out"))));
}

void TestRunning::stepsOfAMomentAreOneEdit()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("pareto"));
    Document& document = window.document();
    auto* chart = window.find<ParetoChart>("pareto");
    QTRY_VERIFY(document.frontierFits());
    chart->setFocus();
    const plan::Plan start = document.plan();
    for (int i = 0; i < 5; ++i)
        QTest::keyClick(chart, Qt::Key_Right);
    QVERIFY(!(document.plan() == start));
    QCOMPARE(document.undoStack().count(), 1);
    const plan::Plan walked = document.plan();
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(chart, Qt::Key_PageUp); // another kind of edit
    QCOMPARE(document.undoStack().count(), 2);
    document.undoStack().undo();
    QVERIFY(document.plan() == walked);
    document.undoStack().undo();
    QVERIFY(document.plan() == start);
    // A pause begins another edit.
    QTest::keyClick(chart, Qt::Key_Right);
    QTest::qWait(1100);
    QTest::keyClick(chart, Qt::Key_Right);
    QCOMPARE(document.undoStack().count(), 2);
    // The same from menu and palette, and each says its key.
    for (const char* id :
        {"plan.frontier-smaller", "plan.frontier-larger", "plan.budget-raise", "plan.budget-lower"}) {
        const plan::Plan before = document.plan();
        QAction* action = window.action(id);
        QVERIFY2(action != nullptr, id);
        QVERIFY2(action->toolTip().contains(QStringLiteral("in the chart")), id);
        action->trigger();
        QVERIFY2(!(document.plan() == before), id);
    }
    QVERIFY(chart->keysText().startsWith(QStringLiteral("Left and Right walk along the frontier")));
}

QTEST_MAIN(TestRunning)
#include "tst_running.moc"
