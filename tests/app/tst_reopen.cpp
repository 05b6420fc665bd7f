// What a project brings back of the window: not only how its controls stand, but what they do.
#include "tests/support/shown_window.h"
#include "views/charts/chart_base.h"
#include "views/charts/option_heat_map.h"
#include "views/charts/pareto_chart.h"
#include "views/panels/sensitivity_panel.h"

#include <QComboBox>
#include <QScrollBar>
#include <QSplitter>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;
using Window = test::ShownWindow;

namespace {

const QString& kDump = test::kSampleDump;

/// As a person chooses: by the keys of the box, which say that it was activated.
void choose(QComboBox* box, int index)
{
    while (box->currentIndex() != index)
        QTest::keyClick(box, box->currentIndex() < index ? Qt::Key_Down : Qt::Key_Up);
}

int rows(Window& window)
{
    return window.find<QTableView>("allocation", "Allocation of every unit")->model()->rowCount();
}

} // namespace

class TestReopen : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void choicesComeBackWithTheirEffect();
    void filtersThatComeLateHaveTheirEffect();
    void tablesAndTheOptionMapComeBack();
    void roomOfTheTableStays();

private:
    /// A new project with the sample, ready to be left.
    [[nodiscard]] QString project(const QTemporaryDir& folder) const
    {
        const QString path = folder.filePath(QStringLiteral("p.bwp"));
        return project::Project::open(path.toStdString()) ? path : QString();
    }
};

void TestReopen::initTestCase()
{
    test::beginWithoutSettings("tst_reopen");
}

void TestReopen::choicesComeBackWithTheirEffect()
{
    const QTemporaryDir folder;
    const QString path = project(folder);
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, path}), QString());
        choose(window.find<QComboBox>("sensitivity", "Editor of the plan"), 1);
        choose(window.find<QComboBox>("sensitivity", "Order of the tensors"), 2);
        choose(window.find<QComboBox>("pareto", "Unit of the size axis"), 1);
        choose(window.find<QComboBox>("pareto", "Second score"), 5);
        choose(window.find<QComboBox>("difference", "Plan A"), 2);
        QVERIFY(window.panel<SensitivityPanel>("sensitivity")->showsHeatMap());
        QCOMPARE(waitForWork(*window), QString());
        QVERIFY(window.document().otherFrontier() != nullptr);
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({path}), QString());
    auto* sensitivity = window.panel<SensitivityPanel>("sensitivity");
    QVERIFY(sensitivity->showsHeatMap());
    QVERIFY(!window.find<QComboBox>("sensitivity", "Order of the tensors")->isHidden());
    QCOMPARE(sensitivity->heatMap()->order(), OptionHeatMap::Order::Harm);
    QVERIFY(window.find<ParetoChart>("pareto")->sizeAxis() == ParetoSize::Bpw);
    QVERIFY(window.document().comparedScore());
    QVERIFY(window.document().otherFrontier() != nullptr);
    QCOMPARE(window.find<QComboBox>("pareto", "Second score")->currentIndex(), 5);
    QCOMPARE(window.find<QComboBox>("difference", "Plan A")->currentIndex(), 2);
    // Nothing of this is an edit.
    QVERIFY(!window.document().undoStack().canUndo());
}

void TestReopen::filtersThatComeLateHaveTheirEffect()
{
    const QTemporaryDir folder;
    const QString path = project(folder);
    int role = 0, edited = 0, all = 0;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, path}), QString());
        all = rows(window);
        window.document().setBits({3, 7}, 8);
        auto* roles = window.find<QComboBox>("allocation", "Role");
        choose(roles, roles->count() - 1);
        role = rows(window);
        QVERIFY(role > 0 && role < all);
        QVERIFY(window->close());
    }
    {
        Window window;
        QCOMPARE(window.open({path}), QString());
        QCOMPARE(rows(window), role); // the roles are known only when the options have been scored
        choose(window.find<QComboBox>("allocation", "Role"), 0);
        choose(window.find<QComboBox>("allocation", "Which units"), 1);
        QTRY_VERIFY(rows(window) < all);
        edited = rows(window);
        QVERIFY(edited > 0);
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({path}), QString());
    QTRY_COMPARE(rows(window), edited);
    QCOMPARE(window.find<QComboBox>("allocation", "Role")->currentIndex(), 0);
}

void TestReopen::tablesAndTheOptionMapComeBack()
{
    const QTemporaryDir folder;
    const QString path = project(folder);
    QJsonObject map;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, path}), QString());
        window->showPerspective(QStringLiteral("sensitivity"));
        auto* sensitivity = window.panel<SensitivityPanel>("sensitivity");
        sensitivity->showHeatMap(true);
        QTest::qWait(30);
        OptionHeatMap* heat = sensitivity->heatMap();
        heat->setColorMap(ColorMap::Magma);
        for (int i = 0; i < 4; ++i)
            heat->zoomIn();
        heat->verticalScrollBar()->setValue(heat->verticalScrollBar()->maximum() / 2);
        QVERIFY(heat->verticalScrollBar()->value() > 0);
        map = heat->viewState();
        window.find<ChartBase>("pareto")->setTableShown(true);
        sensitivity->matrix()->setTableShown(true);
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({path}), QString());
    auto* sensitivity = window.panel<SensitivityPanel>("sensitivity");
    QVERIFY(sensitivity->showsHeatMap());
    QCOMPARE(sensitivity->heatMap()->viewState(), map);
    QVERIFY(window.find<ChartBase>("pareto")->isTableShown());
    QVERIFY(sensitivity->matrix()->isTableShown());
    QVERIFY(!sensitivity->heatMap()->isTableShown());
}

void TestReopen::roomOfTheTableStays()
{
    const QTemporaryDir folder;
    const QString path = project(folder);
    const auto splitterOf = [](Window& window) { return window.find<QSplitter>("spectrum"); };
    QList<int> left;
    {
        Window window;
        QCOMPARE(window.open({kSample, kDump, path}), QString());
        window->showPerspective(QStringLiteral("spectrum"));
        QTest::qWait(30);
        QSplitter* splitter = splitterOf(window);
        const QList<int> before = splitter->sizes();
        QSplitterHandle* handle = splitter->handle(1);
        const QPoint from = handle->rect().center();
        const QPoint step = splitter->orientation() == Qt::Horizontal ? QPoint(60, 0) : QPoint(0, 60);
        QTest::mousePress(handle, Qt::LeftButton, {}, from);
        QTest::mouseMove(handle, from - step);
        QTest::mouseMove(handle, from - 2 * step);
        QTest::mouseRelease(handle, Qt::LeftButton, {}, from - 2 * step);
        left = splitter->sizes();
        QVERIFY2(left[1] > before[1] + 60, qPrintable(QStringLiteral("%1 %2").arg(before[1]).arg(left[1])));
        window.document().selectUnits({4}); // redraws the page
        QCOMPARE(waitForWork(*window), QString());
        QCOMPARE(splitter->sizes(), left);
        QVERIFY(window->close());
    }
    Window window;
    QCOMPARE(window.open({path}), QString());
    QTRY_COMPARE(splitterOf(window)->sizes(), left);
}

QTEST_MAIN(TestReopen)
#include "tst_reopen.moc"
