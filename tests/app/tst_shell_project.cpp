// Notes, history, jobs, explanations, and what a project brings back.
#include "tests/support/large_model.h"
#include "tests/support/shown_window.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/chart_base.h"
#include "views/models/tensor_tree.h"
#include "views/panels/explain_panel.h"
#include "views/panels/jobs_panel.h"
#include "views/panels/tensor_menu.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QHeaderView>
#include <QInputDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QToolButton>
#include <QTreeWidget>
#include <QUndoView>
#include <QtTest/QTest>

#include <chrono>
#include <cmath>
#include <thread>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;
using test::scripted;
using Window = test::ShownWindow;

namespace {

const QString& kDump = test::kSampleDump;

/// Equal but for the last digits: a logarithmic range is rounded on its way.
bool same(const QJsonValue& a, const QJsonValue& b)
{
    if (a.isDouble() && b.isDouble())
        return std::abs(a.toDouble() - b.toDouble()) <= 1e-9 * std::abs(a.toDouble());
    if (a.isArray() && b.isArray() && a.toArray().size() == b.toArray().size()) {
        for (int i = 0; i < a.toArray().size(); ++i) {
            if (!same(a.toArray()[i], b.toArray()[i]))
                return false;
        }
        return true;
    }
    if (a.isObject() && b.isObject() && a.toObject().keys() == b.toObject().keys()) {
        for (const QString& key : a.toObject().keys()) {
            if (!same(a[key], b[key]))
                return false;
        }
        return true;
    }
    return a == b;
}

} // namespace

class TestShellProject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void notesAreUndone();
    void notesAreKept();
    void historyJumps();
    void jobsAreLogged();
    void jobsCancel();
    void explainsUnderTheCursor();
    void projectReopensAsLeft();
    void savedProjectEndsInOrder();
    void discardedRecoveryIsGone();
    void chipsLeadToRemedies();
    void followsTheSystem();
};

void TestShellProject::initTestCase()
{
    test::beginWithoutSettings("tst_shell_project");
}

// --- Notes and history ---

void TestShellProject::notesAreUndone()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    Document& document = window.document();
    window->showPanel(QStringLiteral("notes"));
    document.selectUnits({3});
    const int tensor = document.selection().tensor();
    QTest::keyClick(&*window, Qt::Key_N, Qt::AltModifier);
    auto* dialog = window->findChild<QInputDialog*>(QStringLiteral("noteDialog"));
    QVERIFY(dialog != nullptr);
    dialog->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("keep at 8, see issue"));
    dialog->accept();
    QCOMPARE(document.note(tensor), QStringLiteral("keep at 8, see issue"));
    auto* list = window.find<QTreeWidget>("notes");
    QCOMPARE(list->topLevelItemCount(), 1);
    QVERIFY(list->topLevelItem(0)->text(1).contains(QStringLiteral("keep at 8")));
    document.setNote(tensor, QStringLiteral("other"));
    document.undoStack().undo();
    QCOMPARE(document.note(tensor), QStringLiteral("keep at 8, see issue"));
    document.undoStack().undo();
    QVERIFY(document.note(tensor).isEmpty());
    document.undoStack().redo();
    // A click selects the tensor everywhere; Del takes the note away.
    document.selection().clear();
    QTest::mouseClick(
        list->viewport(), Qt::LeftButton, {}, list->visualItemRect(list->topLevelItem(0)).center());
    QCOMPARE(document.selection().tensor(), tensor);
    window.action("notes.remove")->trigger();
    QVERIFY(document.notes().empty());
}

void TestShellProject::notesAreKept()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    {
        Window window;
        QCOMPARE(window.open({kSample}), QString());
        window.document().setNote(2, QStringLiteral("ä note\nof two lines"));
        window.document().savePlanAs(QStringLiteral("mine"));
        window.document().saveProjectAs(project); // from memory
        QCOMPARE(waitForWork(*window), QString());
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({project}), QString());
    QCOMPARE(window.document().note(2), QStringLiteral("ä note\nof two lines"));
    QCOMPARE(window.document().namedPlans().size(), std::size_t{1});
}

void TestShellProject::historyJumps()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    Document& document = window.document();
    const plan::Plan start = document.plan();
    document.setBits({4}, 8);
    const plan::Plan second = document.plan();
    document.setBits({4}, 4);
    document.toggleLock({4});
    window->showPanel(QStringLiteral("history"));
    auto* list = window.find<QUndoView>("history");
    QCOMPARE(list->model()->rowCount(), 4);
    const auto click = [&](int row) {
        QTest::mouseClick(
            list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(row, 0)).center());
    };
    click(1);
    QVERIFY(document.plan() == second);
    click(0);
    QVERIFY(document.plan() == start);
    click(3);
    QVERIFY(document.plan().entries.at(document.space()->units()[4].name).locked);
    QTRY_VERIFY(window->jobs().isIdle());
}

// --- Jobs ---

void TestShellProject::jobsAreLogged()
{
    JobQueue jobs;
    JobLog log(jobs);
    const QAbstractItemModelTester tester(&log, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy idle(&jobs, &JobQueue::becameIdle);
    Job* good = jobs.run<int>(QStringLiteral("Good, \"quoted\""), QStringLiteral("a"),
        [](const RunContext&) -> Result<int> { return 1; }, {});
    jobs.run<int>(QStringLiteral("Bad"), QStringLiteral("b"),
        [](const RunContext&) -> Result<int> { return fail(ErrorCode::Io, "The disk is gone."); }, {});
    good->addFailure(QStringLiteral("layer 3: NaN"));
    QVERIFY(idle.wait(5000));
    QCOMPARE(log.rowCount(), 2);
    // Newest first; by any column; what holds every word.
    const auto titles = [&log] {
        QStringList shown;
        for (int row = 0; row < log.rowCount(); ++row)
            shown << log.index(row, JobQueue::TitleColumn).data().toString().left(4);
        return shown;
    };
    const QString first = QStringLiteral("Good"), second = QStringLiteral("Bad");
    QCOMPARE(titles(), (QStringList{second, first}));
    log.sort(JobQueue::TitleColumn, Qt::DescendingOrder);
    QCOMPARE(titles(), (QStringList{first, second}));
    log.sort(JobQueue::OutcomeColumn); // "done, ..." before "failed: ..."
    QCOMPARE(titles(), (QStringList{first, second}));
    log.sort(JobQueue::StartedColumn);
    QCOMPARE(titles(), (QStringList{first, second}));
    log.setWords(QStringLiteral("disk BAD"));
    QCOMPARE(titles(), QStringList{second});
    log.setWords(QStringLiteral("disk good"));
    QCOMPARE(log.rowCount(), 0);
    log.setWords({});
    QCOMPARE(log.rowCount(), 2);
    QVERIFY(good->startedAt().isValid());
    QCOMPARE(good->outcome(), QStringLiteral("done, 1 failed: layer 3: NaN"));
    const QStringList lines = log.text().trimmed().split(QLatin1Char('\n'));
    QCOMPARE(lines.size(), 2);
    QVERIFY2(lines[0].contains(QStringLiteral("layer 3: NaN")), qPrintable(lines[0]));
    QVERIFY2(lines[1].contains(QStringLiteral("failed: The disk is gone.")), qPrintable(lines[1]));
    const QStringList rows = log.csv().trimmed().split(QLatin1Char('\n'));
    QCOMPARE(rows.front(), QStringLiteral("started,seconds,job,outcome"));
    QVERIFY2(rows[1].contains(QStringLiteral("\"Good, \"\"quoted\"\"\"")), qPrintable(rows[1]));
    // A long session does not keep every job.
    for (int i = 0; i < 1100; ++i)
        jobs.run<int>(
            QString::number(i), QStringLiteral("c"), [](const RunContext&) -> Result<int> { return 1; }, {});
    QTRY_VERIFY_WITH_TIMEOUT(jobs.isIdle(), 30000);
    QTRY_VERIFY(jobs.rowCount() <= 1000);
    QCOMPARE(jobs.jobAt(jobs.rowCount() - 1)->title(), QStringLiteral("1099"));
}

void TestShellProject::jobsCancel()
{
    Window window;
    window->showPanel(QStringLiteral("jobs"));
    const auto wait = [](const RunContext& context) -> Result<int> {
        for (;;) {
            BITWRIGHT_CHECK(context.checkStop());
            context.report(0.5, "half way");
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    };
    Job* first = window->jobs().run<int>(QStringLiteral("First"), QStringLiteral("x"), wait, {});
    Job* second = window->jobs().run<int>(QStringLiteral("Second"), QStringLiteral("y"), wait, {});
    QTRY_COMPARE(second->state(), Job::State::Running);
    const auto buttons = [&] {
        QList<QPushButton*> shown;
        for (auto* button : window->panel(QStringLiteral("jobs"))
                                ->findChildren<QPushButton*>(QStringLiteral("jobs.cancelOne")))
            if (button->isVisible())
                shown.push_back(button);
        return shown;
    };
    QTRY_COMPARE(buttons().size(), 2);
    QTest::mouseClick(buttons().at(1), Qt::LeftButton);
    QTRY_COMPARE(second->state(), Job::State::Cancelled);
    QCOMPARE(first->state(), Job::State::Running);
    QTRY_COMPARE(buttons().size(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(!first->rateText().isEmpty(), 5000);
    window.action("jobs.cancelAll")->trigger();
    QTRY_COMPARE(first->state(), Job::State::Cancelled);
    window.action("jobs.copyText")->trigger();
    QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("Second: canceled")));
    // The log under it: words filter, a click on a heading sorts.
    auto* log = window.find<QTableView>("jobs", "Jobs that have ended");
    auto* filter = window.find<QLineEdit>("jobs", "Filter of the log");
    const auto title
        = [log](int row) { return log->model()->index(row, JobQueue::TitleColumn).data().toString(); };
    QTRY_COMPARE(log->model()->rowCount(), 2);
    QCOMPARE(title(0), QStringLiteral("Second"));
    filter->setFocus();
    QTest::keyClicks(filter, QStringLiteral("first"));
    QCOMPARE(log->model()->rowCount(), 1);
    QCOMPARE(title(0), QStringLiteral("First"));
    filter->clear();
    QHeaderView* header = log->horizontalHeader();
    const QPoint at(header->sectionViewportPosition(JobQueue::TitleColumn) + 12, header->height() / 2);
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, at);
    const QString top = title(0);
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, at);
    QVERIFY(title(0) != top);
}

// --- Help ---

void TestShellProject::explainsUnderTheCursor()
{
    Window window;
    QCOMPARE(window.open({kSample, kDump}), QString());
    window->showPerspective(QStringLiteral("spectrum"));
    auto* chart = window.find<ChartBase>("spectrum");
    const QPoint somewhere = chart->mapToGlobal(chart->rect().center());
    QCOMPARE(window->helpTermAt(chart, somewhere), QStringLiteral("esd"));
    chart->setProperty("helpTerm", QStringLiteral("marchenko-pastur")); // what hovering sets
    QCOMPARE(window->helpTermAt(chart, somewhere), QStringLiteral("marchenko-pastur"));
    chart->setFocus();
    QTest::keyClick(&*window, Qt::Key_F1);
    auto* explain = qobject_cast<ExplainPanel*>(window->panel(QStringLiteral("explain")));
    QTRY_VERIFY(window->isShown(*explain));
    auto* text = window.find<QTextBrowser>("explain");
    QVERIFY(!text->toPlainText().isEmpty());
    // A heading of a table is a term.
    window->showPerspective(QStringLiteral("allocation"));
    auto* table = window.find<QTableView>("allocation", "Allocation of every unit");
    bool found = false;
    for (int column = 0; column < table->model()->columnCount() && !found; ++column) {
        auto* header = table->horizontalHeader();
        const QPoint place = header->viewport()->mapToGlobal(
            QPoint(header->sectionViewportPosition(column) + 4, header->height() / 2));
        found = window->helpTermAt(header->viewport(), place) == QStringLiteral("sqnr");
    }
    QVERIFY(found);
    // Searching narrows; a term leads to its view.
    window->explain(QStringLiteral("gptq"));
    QCOMPARE(explain->currentTerm(), QStringLiteral("gptq"));
    QVERIFY(text->toPlainText().contains(QStringLiteral("2210.17323")));
    auto* search = window.find<QLineEdit>("explain", "explain.search");
    QTRY_VERIFY(search->hasFocus());
    QTest::keyClicks(search, QStringLiteral("kurtosis"));
    QCOMPARE(explain->currentTerm(), QStringLiteral("kurtosis"));
    window->explain(QStringLiteral("frontier")); // hidden by the search
    QCOMPARE(explain->currentTerm(), QStringLiteral("frontier"));
    QTest::mouseClick(window.find<QPushButton>("explain", "explain.show"), Qt::LeftButton);
    QTRY_VERIFY(window->isShown(*window->panel(QStringLiteral("pareto"))));
}

// --- What a project brings back ---

void TestShellProject::projectReopensAsLeft()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    QVERIFY(project::Project::open(project.toStdString()));
    QJsonObject left;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, project}), QString());
        window->perspectives().show(QStringLiteral("plan"));
        window->findChild<QDockWidget*>(QStringLiteral("dock-sensitivity"))->hide();
        window.find<QLineEdit>("tree", "Filter tensors")->setText(QStringLiteral("proj"));
        window.document().selectUnits({3, 4, 11});
        const auto site = window.document().inputSiteOfTensor(window.document().tensorOfUnit(3));
        window.document().selection().setSite(site, 17);
        auto* table = window.find<QTableView>("allocation", "Allocation of every unit");
        table->sortByColumn(3, Qt::DescendingOrder);
        auto* measure = window.find<QComboBox>("outlier-map", "Measure of the outlier map");
        QVERIFY(measure != nullptr);
        measure->setCurrentIndex(2);
        QCOMPARE(waitForWork(*window), QString());
        auto* pareto = window.find<ChartBase>("pareto");
        const Interval range = pareto->viewRange(Qt::Horizontal);
        pareto->setViewRange(Qt::Horizontal, {range.lower * 1.5, range.upper * 0.75});
        auto* map = window.find<ChartBase>("outlier-map");
        map->setColorMap(ColorMap::Magma);
        auto* maxima = window.find<ChartBase>("activation-maxima");
        maxima->setLogarithmic(Qt::Vertical, !maxima->isLogarithmic(Qt::Vertical));
        left = window->viewState();
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({project}), QString());
    const QJsonObject now = window->viewState();
    QCOMPARE(now[QStringLiteral("perspective")].toString(), QStringLiteral("plan"));
    QVERIFY(window->findChild<QDockWidget*>(QStringLiteral("dock-sensitivity"))->isHidden());
    QCOMPARE(now[QStringLiteral("selection")], left[QStringLiteral("selection")]);
    QCOMPARE(window.document().selection().units(), (QVector<int>{3, 4, 11}));
    QCOMPARE(window.document().selection().channel(), 17);
    QCOMPARE(window.find<QLineEdit>("tree", "Filter tensors")->text(), QStringLiteral("proj"));
    const QJsonObject before = left[QStringLiteral("panels")].toObject();
    const QJsonObject after = now[QStringLiteral("panels")].toObject();
    QCOMPARE(after.keys(), before.keys());
    for (const QString& panel : before.keys()) {
        const QJsonObject a = before[panel].toObject(), b = after[panel].toObject();
        for (const QString& key : a.keys()) {
            // A splitter that was never on screen has no sizes to keep.
            if (key.startsWith(QLatin1String("QSplitter")))
                continue;
            QVERIFY2(same(a[key], b[key]),
                qPrintable(QStringLiteral("%1/%2\n%3\n%4")
                               .arg(panel, key,
                                   QString::fromUtf8(QJsonDocument(QJsonObject{{key, a[key]}}).toJson()),
                                   QString::fromUtf8(QJsonDocument(QJsonObject{{key, b[key]}}).toJson()))));
        }
    }
    // Another model does not inherit it.
    QCOMPARE(window.open({kSample}), QString());
    QVERIFY(window.document().selection().units().isEmpty());
}

void TestShellProject::savedProjectEndsInOrder()
{
    const QTemporaryDir folder;
    const QString first = folder.filePath(QStringLiteral("a.bwp"));
    const QString second = folder.filePath(QStringLiteral("b.bwp"));
    QVERIFY(project::Project::open(first.toStdString()));
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, first}), QString());
        window.document().setBits({0, 1}, 8);
        QTest::qWait(300); // autosave marks it as open
        window.document().saveProjectAs(second);
        QCOMPARE(waitForWork(*window), QString());
        QCOMPARE(QString::fromStdString(window.document().workspace()->project()->path()), second);
        window.document().setBits({2, 3}, 8);
        QVERIFY(window->close());
    }
    for (const QString& project : {first, second}) {
        Window window;
        QSignalSpy recovered(&window.document(), &Document::recovered);
        QCOMPARE(window.open({project}), QString());
        QCOMPARE(recovered.count(), 0);
    }
}

void TestShellProject::discardedRecoveryIsGone()
{
    const QTemporaryDir folder;
    const QString project = folder.filePath(QStringLiteral("p.bwp"));
    const QString killed = folder.filePath(QStringLiteral("killed.bwp"));
    QVERIFY(project::Project::open(project.toStdString()));
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, project}), QString());
        window.document().setBits({0, 1}, 8);
        QTest::qWait(400);
        QVERIFY(QFile::copy(project, killed));
        if (QFile::exists(project + QStringLiteral("-wal")))
            QVERIFY(QFile::copy(project + QStringLiteral("-wal"), killed + QStringLiteral("-wal")));
    }
    for (int round = 0; round < 2; ++round) { // not decided: offered again, after an orderly end too
        Window window;
        QSignalSpy recovered(&window.document(), &Document::recovered);
        QCOMPARE(window.open({killed}), QString());
        QCOMPARE(recovered.count(), 1);
        if (round == 1) {
            auto* discard = window->findChild<QPushButton*>(QStringLiteral("recovery.discard"));
            QTest::mouseClick(discard, Qt::LeftButton);
            QVERIFY(!window.document().recovery());
        }
        QVERIFY(window->close());
    }
    Window window;
    QSignalSpy recovered(&window.document(), &Document::recovered);
    QCOMPARE(window.open({killed}), QString());
    QCOMPARE(recovered.count(), 0);
}

// --- Header and theme ---

void TestShellProject::chipsLeadToRemedies()
{
    Window window;
    QCOMPARE(window.open({kSample}), QString());
    auto* dump = window->findChild<QToolButton*>(QStringLiteral("header.activations"));
    QCOMPARE(dump->text(), QStringLiteral("no activations"));
    auto* scan = window->findChild<QToolButton*>(QStringLiteral("header.scan"));
    QVERIFY(scan->isHidden()); // everything is scanned
    auto* score = window->findChild<QToolButton*>(QStringLiteral("header.scores"));
    QVERIFY(score->isVisible());
    QTest::mouseClick(score, Qt::LeftButton);
    QTRY_VERIFY(window->isShown(*window->panel(QStringLiteral("pareto"))));
    QVERIFY(!window.document().space()->provenance().label.empty());
    window->resize(1100, 700);
    QTest::qWait(30);
    for (auto* chip : window->findChildren<QToolButton*>()) {
        if (!chip->objectName().startsWith(QLatin1String("header.")) || !chip->isVisible())
            continue;
        QVERIFY2(chip->width() >= chip->sizeHint().width(), qPrintable(chip->objectName()));
        QVERIFY(window->rect().contains(QRect(chip->mapTo(&*window, QPoint(0, 0)), chip->size())));
        QVERIFY(!chip->accessibleName().isEmpty());
    }
}

void TestShellProject::followsTheSystem()
{
    Window window;
    const QPalette dark = paletteFor(darkTheme()), light = paletteFor(lightTheme());
    window->setAppearance(Appearance::System);
    window->systemPaletteChanged(dark);
    QVERIFY(QApplication::palette().color(QPalette::Window).lightness() < 100);
    QVERIFY(window.find<ChartBase>("pareto")->theme().dark);
    window->systemPaletteChanged(light);
    QVERIFY(!window.find<ChartBase>("pareto")->theme().dark);
    window->setAppearance(Appearance::Light);
    window->systemPaletteChanged(dark);
    QVERIFY(!window.find<ChartBase>("pareto")->theme().dark); // chosen, not the system's
    QEvent change(QEvent::ThemeChange);
    QCoreApplication::sendEvent(&*window, &change);
    QVERIFY(!window.find<ChartBase>("pareto")->theme().dark);
}

QTEST_MAIN(TestShellProject)
#include "tst_shell_project.moc"
