#include "tests/support/large_model.h"
#include "tests/support/shown_window.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/pareto_chart.h"
#include "views/models/tensor_tree.h"

#include <QApplication>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QFile>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QTreeView>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;
using test::scripted;

namespace {

const QString& kDump = test::kSampleDump;

/// The window, and its editors of the plan.
class Window : public test::ShownWindow
{
public:
    using ShownWindow::ShownWindow;
    BlockRoleMatrix* matrix() { return find<BlockRoleMatrix>("sensitivity"); }
    ParetoChart* pareto() { return find<ParetoChart>("pareto"); }
};

/// Sends a drag with these files and drops it.
bool drop(QWidget& widget, const QStringList& paths)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& path : paths)
        urls.push_back(QUrl::fromLocalFile(path));
    data.setUrls(urls);
    QDragEnterEvent enter(widget.rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    enter.ignore();
    QCoreApplication::sendEvent(&widget, &enter);
    QDropEvent release(
        QPointF(widget.rect().center()), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &release);
    return enter.isAccepted();
}

/// What a kill leaves: the files as they lie on the disk while the project is open.
bool copyAsKilled(const QString& project, const QString& copy)
{
    const QString log = QStringLiteral("-wal");
    return QFile::copy(project, copy)
        && (!QFile::exists(project + log) || QFile::copy(project + log, copy + log));
}

} // namespace

class TestWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensTheSample();
    void everyViewFollowsTheSelection();
    void everyViewMakesTheSelection();
    void keysEditAndUndoRestores();
    void lockKeeps();
    void budgetDragIsOneStep();
    void escapedDragLeavesNoTrace();
    void changesTheme();
    void takesADroppedDump();
    void takesADroppedModel();
    void saysOneLineAboutABadFile();
    void closingWhileScanningIsQuick();
    void closesAndOpensAnother();
    void orderlyEndIsNoRecovery();
    void savesDuringALongRowOfEdits();
    void recoversAfterAKill();
    void recoversUnderOtherSettings();
    void capturesEveryView();
};

void TestWindow::opensTheSample()
{
    Window window;
    QVERIFY(!window.document().isOpen());
    QCOMPARE(window.open({kSample, kDump}), QString());
    QVERIFY(window->windowTitle().contains(QStringLiteral("tiny-llama")));
    QCOMPARE(window.document().scannedTensors(), 48);
    QVERIFY(!window.document().isScanning());
    QVERIFY(window.document().outliers(0) != nullptr);
    QVERIFY(window.document().space() && window.document().frontier());
    QCOMPARE(window.matrix()->data().units.size(), std::size_t{36});
    QVERIFY(window.pareto()->data().frontier.size() > 50);
    QVERIFY(window.pareto()->data().presets.size() >= 3);
    QVERIFY(std::abs(window.document().numbers().size.bpw() - 4.5) < 0.05);
    for (int row = 0; row < window->jobs().rowCount(); ++row)
        QVERIFY(window->jobs().jobAt(row)->state() == Job::State::Done);
}

void TestWindow::everyViewFollowsTheSelection()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("plan"));
    const auto& units = window.document().workspace()->units();
    auto* table = window.find<QTableView>("allocation", "Allocation of every unit");
    auto* inspector = window.find<QTextBrowser>("inspector");
    auto* tree = window.find<QTreeView>("tree");
    QVERIFY(table && inspector && tree);
    for (const int unit : {0, 7, 35}) {
        window.document().selectUnits({unit});
        const auto name = QString::fromStdString(units[static_cast<std::size_t>(unit)].name);
        QCOMPARE(window.matrix()->selection(), QVector<int>{unit});
        QCOMPARE(table->selectionModel()->selectedRows().size(), 1);
        QCOMPARE(table->selectionModel()->selectedRows().first().data(Qt::ToolTipRole).toString(), name);
        // Names may break between their parts.
        const auto shown = [&] { return inspector->toPlainText().remove(QChar(0x200B)); };
        QTRY_VERIFY2(shown().contains(name), qPrintable(shown()));
        QCOMPARE(tree->selectionModel()->selectedRows().size(), 1);
        QCOMPARE(tree->selectionModel()->selectedRows().first().data(TensorTree::TensorRole).toInt(),
            window.document().tensorOfUnit(unit));
        QVERIFY(window.document().selection().site() >= 0); // the unit's input
    }
    window.document().selectUnits({1, 2, 3});
    QCOMPARE(window.matrix()->selection(), (QVector<int>{1, 2, 3}));
    QCOMPARE(table->selectionModel()->selectedRows().size(), 3);
}

void TestWindow::everyViewMakesTheSelection()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("plan"));
    QTest::qWait(50);
    QTest::mouseClick(
        window.matrix()->viewport(), Qt::LeftButton, {}, window.matrix()->unitRect(11).center().toPoint());
    QCOMPARE(window.document().selection().units(), QVector<int>{11});
    auto* table = window.find<QTableView>("allocation", "Allocation of every unit");
    table->selectRow(5);
    const QString name = table->model()->index(5, 0).data(Qt::ToolTipRole).toString().section(u'\n', 0, 0);
    QCOMPARE(window.document().selection().units().size(), 1);
    const auto unit = static_cast<std::size_t>(window.document().selection().units().first());
    QCOMPARE(QString::fromStdString(window.document().workspace()->units()[unit].name), name);
    QCOMPARE(window.matrix()->selection(), QVector<int>{static_cast<int>(unit)});
}

void TestWindow::keysEditAndUndoRestores()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("plan"));
    QTest::qWait(50);
    const plan::Plan start = window.document().plan();
    BlockRoleMatrix* matrix = window.matrix();
    QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {}, matrix->unitRect(4).center().toPoint());
    QTest::keyClick(matrix, Qt::Key_8);
    const auto optionOf = [&](std::size_t unit) {
        const auto& document = window.document();
        return document.space()->options()[document.choice()[unit]];
    };
    QCOMPARE(optionOf(4).grid->bits, 8);
    QTest::keyClick(matrix, Qt::Key_4);
    QCOMPARE(optionOf(4).grid->bits, 4);
    QVERIFY(matrix->data().units[4].bits >= 4.0 && matrix->data().units[4].bits < 5.0);
    window.document().undoStack().undo();
    QCOMPARE(optionOf(4).grid->bits, 8);
    window.document().undoStack().undo();
    QVERIFY(window.document().plan() == start);
    QVERIFY(!window.document().undoStack().canUndo());
    QTRY_VERIFY(window->jobs().isIdle());
}

void TestWindow::lockKeeps()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("plan"));
    QTest::qWait(50);
    BlockRoleMatrix* matrix = window.matrix();
    QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {}, matrix->unitRect(0).center().toPoint());
    const auto option = window.document().choice()[0];
    QTest::keyClick(matrix, Qt::Key_K);
    QVERIFY(matrix->data().units[0].locked);
    QTest::keyClick(matrix, Qt::Key_2);
    QTest::keyClick(matrix, Qt::Key_8);
    QCOMPARE(window.document().choice()[0], option);
    QVERIFY(window->lastMessage().contains(QStringLiteral("locked")));
    window.document().setBudgetBpw(2.6);
    QCOMPARE(window.document().choice()[0], option);
    QTest::keyClick(matrix, Qt::Key_K);
    QVERIFY(!matrix->data().units[0].locked);
    QTRY_VERIFY(window->jobs().isIdle());
}

void TestWindow::budgetDragIsOneStep()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("pareto"));
    QTest::qWait(100);
    const plan::Plan start = window.document().plan();
    ParetoChart* chart = window.pareto();
    const QPoint grip(static_cast<int>(chart->budgetPixel()), chart->height() / 4);
    QTest::mousePress(chart, Qt::LeftButton, {}, grip);
    QVERIFY(chart->isDragging());
    for (int step = 1; step <= 6; ++step)
        QTest::mouseMove(chart, grip + QPoint(step * 25, 0));
    QVERIFY(window.document().numbers().size.bytes() > 0);
    QTest::mouseRelease(chart, Qt::LeftButton, {}, grip + QPoint(150, 0));
    QCOMPARE(window.document().undoStack().count(), 1);
    QVERIFY(window.document().budgetBytes().value() > window.document().numbers().size.bytes() * 99 / 100);
    QVERIFY(!(window.document().plan() == start));
    window.document().undoStack().undo();
    QVERIFY(window.document().plan() == start);
    QTRY_VERIFY(window->jobs().isIdle());
}

void TestWindow::escapedDragLeavesNoTrace()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("pareto"));
    QTest::qWait(100);
    window.document().setBits({0}, 8);
    const plan::Plan before = window.document().plan();
    ParetoChart* chart = window.pareto();
    const double budget = chart->data().budgetBytes.value();
    for (const int distance : {120, 0}) {
        const QPoint grip(static_cast<int>(chart->budgetPixel()), chart->height() / 4);
        QTest::mousePress(chart, Qt::LeftButton, {}, grip);
        QTest::mouseMove(chart, grip + QPoint(distance / 2, 0));
        QTest::mouseMove(chart, grip + QPoint(distance, 0));
        QTest::keyClick(chart, Qt::Key_Escape);
        QTest::mouseRelease(chart, Qt::LeftButton, {}, grip + QPoint(distance, 0));
        QVERIFY(window.document().plan() == before);
        QCOMPARE(window.document().undoStack().count(), 1);
        QVERIFY(!window.document().undoStack().canRedo());
        QCOMPARE(chart->data().budgetBytes.value(), budget);
    }
    QTRY_VERIFY(window->jobs().isIdle());
}

void TestWindow::changesTheme()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->setAppearance(Appearance::Dark);
    QVERIFY(QApplication::palette().color(QPalette::Window).lightness() < 100);
    QVERIFY(QApplication::palette().color(QPalette::WindowText).lightness() > 150);
    QVERIFY(window.matrix()->theme().dark);
    QVERIFY(window.pareto()->theme().dark);
    window->setAppearance(Appearance::Light);
    QVERIFY(QApplication::palette().color(QPalette::Window).lightness() > 150);
    QVERIFY(!window.matrix()->theme().dark);
    for (Panel* panel : window->panels())
        if (panel->surface() != nullptr)
            QVERIFY2(!panel->surface()->theme().dark, qPrintable(panel->id()));
}

void TestWindow::takesADroppedDump()
{
    Window window;
    QCOMPARE(window.open({kSample}), QString());
    QCOMPARE(window.document().workspace()->dumps().size(), std::size_t{0});
    QVERIFY(window.document().space()->provenance().score.find("fisher") == std::string::npos);
    QVERIFY(drop(*window, {kDump}));
    QCOMPARE(waitForWork(*window), QString());
    QCOMPARE(window.document().workspace()->dumps().size(), std::size_t{1});
    QVERIFY(window.document().outliers(0) != nullptr);
    // The better score that the dump allows is taken at once.
    QVERIFY(window.document().space()->provenance().score.find("fisher") != std::string::npos);
}

void TestWindow::takesADroppedModel()
{
    Window window;
    QVERIFY(drop(*window, {kSample + QStringLiteral("/model.safetensors"), kDump}));
    QCOMPARE(waitForWork(*window), QString());
    QVERIFY(window.document().isOpen());
    QCOMPARE(window.document().workspace()->dumps().size(), std::size_t{1});
}

void TestWindow::saysOneLineAboutABadFile()
{
    const QTemporaryDir folder;
    QFile bad(folder.filePath(QStringLiteral("bad.safetensors")));
    QVERIFY(bad.open(QIODevice::WriteOnly));
    QVERIFY(bad.write("not a model at all, but long enough") > 0);
    bad.close();
    Window window;
    QVERIFY(!window.open({bad.fileName()}).isEmpty());
    QVERIFY(!window.document().isOpen());
    QVERIFY2(
        window->lastMessage().contains(QStringLiteral("bad.safetensors")), qPrintable(window->lastMessage()));
    QVERIFY(!window->lastMessage().contains(QLatin1Char('\n')));
    window->openPaths({folder.filePath(QStringLiteral("missing"))});
    QVERIFY(window->lastMessage().contains(QStringLiteral("missing")));
    // What is open stays open.
    QCOMPARE(window.open({kSample}), QString());
    (void)window.open({bad.fileName()});
    QVERIFY(window->lastMessage().contains(QStringLiteral("bad.safetensors")));
    QVERIFY(window.document().isOpen());
    QVERIFY(window.document().space());
    // A dump of another model is refused with a line, and changes nothing.
    const QString large = folder.filePath(QStringLiteral("large.safetensors"));
    QVERIFY(test::writeLargeModel(large.toStdString()));
    window->openPaths({large});
    QTRY_VERIFY(window.document().title().contains(QStringLiteral("large")));
    QVERIFY(drop(*window, {kDump}));
    QTRY_VERIFY_WITH_TIMEOUT(window->lastMessage().contains(QStringLiteral("another model")), 20000);
    QVERIFY(window.document().workspace()->dumps().empty());
}

void TestWindow::closingWhileScanningIsQuick()
{
    const QTemporaryDir folder;
    const QString large = folder.filePath(QStringLiteral("large.safetensors"));
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    QVERIFY(test::writeLargeModel(large.toStdString()));
    for (const int wait : {0, 120, 700}) {
        auto window = std::make_unique<Window>();
        QVERIFY(project::Project::open(project.toStdString()));
        (*window)->openPaths({large, project});
        QTRY_VERIFY(window->document().isScanning());
        QTest::qWait(wait);
        QElapsedTimer clock;
        clock.start();
        QVERIFY((*window)->close());
        window.reset();
        QVERIFY2(clock.elapsed() < 30000, qPrintable(QString::number(clock.elapsed())));
        QVERIFY(!QFile::exists(project + QStringLiteral("-wal")));
    }
}

void TestWindow::closesAndOpensAnother()
{
    Window window;
    for (int round = 0; round < 3; ++round) {
        window->openPaths({kSample, kDump});
        QTRY_VERIFY(window.document().isOpen());
        QTest::qWait(40 * round);
        window.document().close();
        QVERIFY(!window.document().isOpen());
        QCOMPARE(window.matrix()->data().units.size(), std::size_t{0});
    }
    QCOMPARE(window.open({kSample}), QString());
    QCOMPARE(window.open({kSample, kDump}), QString()); // over an open one
    QCOMPARE(window.document().scannedTensors(), 48);
    QCOMPARE(window.document().workspace()->dumps().size(), std::size_t{1});
}

void TestWindow::orderlyEndIsNoRecovery()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    QVERIFY(project::Project::open(project.toStdString()));
    plan::Plan edited;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, project}), QString());
        window.document().setBits({0, 1}, 8);
        edited = window.document().plan();
        QVERIFY(window->close());
    }
    QVERIFY(!QFile::exists(project + QStringLiteral("-wal")));
    Window window;
    QSignalSpy recovered(&window.document(), &Document::recovered);
    QCOMPARE(window.open({project}), QString());
    QVERIFY(window.document().plan() == edited);
    QCOMPARE(recovered.count(), 0);
}

/// Edits that never pause, such as a drag, are on the disk before they end.
void TestWindow::savesDuringALongRowOfEdits()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("p.bwp"));
    QVERIFY(project::Project::open(path.toStdString()));
    Window window;
    QCOMPARE(window.open({kSample, kDump, path}), QString());
    const auto project = window.document().workspace()->project();
    const auto saved = [&] { return project->state("autosave/plan").value().value_or(std::string()); };
    window.document().flush();
    const std::string before = saved();
    QElapsedTimer clock;
    clock.start();
    for (int edit = 0; saved() == before && clock.elapsed() < 10000; ++edit) {
        window.document().setBits({0}, edit % 2 == 0 ? 8 : 4);
        QTest::qWait(20);
    }
    QVERIFY(saved() != before);
}

void TestWindow::recoversAfterAKill()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    const QString killed = folder.filePath(QStringLiteral("killed.bwp"));
    QVERIFY(project::Project::open(project.toStdString()));
    plan::Plan edited;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, project}), QString());
        window.document().setBits({0, 1}, 8);
        window.document().toggleLock({0});
        window.document().setBudgetBpw(3.9);
        edited = window.document().plan();
        QTest::qWait(400); // autosave
        QVERIFY(copyAsKilled(project, killed));
    }
    Window window;
    QSignalSpy recovered(&window.document(), &Document::recovered);
    QCOMPARE(window.open({killed}), QString());
    // Offered, not applied behind the user's back.
    QVERIFY(!(window.document().plan() == edited));
    QCOMPARE(recovered.count(), 1);
    QVERIFY(window.document().recovery().has_value());
    const auto when = recovered.first().first().toDateTime();
    QVERIFY(when.isValid());
    QVERIFY(std::abs(when.secsTo(QDateTime::currentDateTimeUtc())) < 60);
    QVERIFY(window->lastMessage().contains(QStringLiteral("ended unexpectedly")));
    auto* restore = window->findChild<QPushButton*>(QStringLiteral("recovery.restore"));
    QVERIFY(restore != nullptr && restore->isVisible());
    const plan::Plan present = window.document().plan();
    QTest::mouseClick(restore, Qt::LeftButton);
    QVERIFY(window.document().plan() == edited);
    QVERIFY(!window.document().recovery());
    window.document().undoStack().undo();
    QVERIFY(window.document().plan() == present);
    window.document().undoStack().redo();
    // Nothing was measured again.
    QCOMPARE(window.document().scannedTensors(), 48);
}

void TestWindow::recoversUnderOtherSettings()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    const QString killed = folder.filePath(QStringLiteral("killed.bwp"));
    QVERIFY(project::Project::open(project.toStdString()));
    plan::Plan edited;
    PlanSettings settings;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, project}), QString());
        settings = window.document().settings();
        settings.target = QStringLiteral("fake-quant");
        settings.method = quant::Method::ClipSearch;
        settings.score = score::ScoreKind::WeightErrorRelative;
        settings.objective.kind = alloc::ObjectiveKind::Max;
        window.document().setSettings(settings);
        QCOMPARE(waitForWork(*window), QString());
        window.document().setBits({0, 1}, 7);
        edited = window.document().plan();
        QTest::qWait(400);
        QVERIFY(copyAsKilled(project, killed));
    }
    Window window;
    QSignalSpy recovered(&window.document(), &Document::recovered);
    QCOMPARE(window.open({killed}), QString());
    QVERIFY(window.document().settings() == settings);
    QCOMPARE(recovered.count(), 1);
    QVERIFY(window.document().recovery() && *window.document().recovery() == edited);
    window.document().restoreRecovery();
    QVERIFY(window.document().plan() == edited);
    // Another model begins with its own.
    QCOMPARE(window.open({kSample}), QString());
    QVERIFY(window.document().settings() == PlanSettings{});
}

void TestWindow::capturesEveryView()
{
    const QTemporaryDir folder;
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    QVERIFY(!unknownView(*window, QStringLiteral("poem")).isEmpty());
    QVERIFY(unknownView(*window, QStringLiteral("pareto")).isEmpty());
    QCOMPARE(captureViews(*window, folder.filePath(QStringLiteral("shots"))), QString());
    const QDir shots(folder.filePath(QStringLiteral("shots")));
    const QStringList names = shots.entryList(QDir::Files, QDir::Name);
    QVERIFY(names.size() >= 10);
    QCOMPARE(names.first(), QStringLiteral("01-overview.png"));
    for (const QString& name : names)
        QVERIFY(QImage(shots.filePath(name)).width() >= 1000);
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
