// The panels of the plan in the window: every gesture that goes across views.
#include "tests/support/shown_window.h"
#include "views/charts/block_role_matrix.h"
#include "views/charts/option_heat_map.h"
#include "views/charts/pareto_chart.h"
#include "views/models/allocation_table.h"
#include "views/models/difference_table.h"
#include "views/models/moves_table.h"
#include "views/models/tensor_tree.h"
#include "views/panels/allocation_panel.h"
#include "views/panels/difference_panel.h"
#include "views/panels/model_difference.h"
#include "views/panels/option_popup.h"
#include "views/panels/pareto_panel.h"
#include "views/panels/sensitivity_panel.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QTextBrowser>
#include <QTreeWidget>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::kSample;

namespace {

/// The window on the sample, in the perspective that shows all views of the plan.
class PlanWindow : public test::ShownWindow
{
public:
    PlanWindow()
        : failure(open({kSample, test::kSampleDump}))
    {
        (*this)->showPerspective(QStringLiteral("plan"));
        QTest::qWait(50);
    }
    MainWindow& window() { return **this; }
    QString failure;
};

void moveTo(QWidget& widget, const QPointF& at)
{
    QMouseEvent event(
        QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

} // namespace

class TestPlanPanels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void optionListSetsAndPreviews();
    void heatMapEditsAndPreviews();
    void matrixHoverPreviews();
    void theWorstHarmIsPreviewedToo();
    void handDragFollowsTheFrontier();
    void movesPreviewAndApply();
    void spendingAndSavingStandApart();
    void tablesMarkTheirUnits();
    void notesGiveWayToNumbers();
    void aLowPageLeavesTheRoomToTheChart();
    void tableKeysEditTheSelection();
    void differenceTakesOver();
    void differenceOpensFromTheChart();
    void namedPlansFromTheMenu();
    void secondScoreIsDrawn();
    void modelsAreCompared();
    void differenceShowsWhatDiffers();
    void differenceIsFilteredAndCopied();
    void inspectorTellsItsInputFromOtherSites();
    void everyActionSaysWhatItDoes();
};

void TestPlanPanels::optionListSetsAndPreviews()
{
    PlanWindow plan;
    QCOMPARE(plan.failure, QString());
    auto* sensitivity = plan.panel<SensitivityPanel>("sensitivity");
    auto* chart = plan.panel<ParetoPanel>("pareto")->chart();
    BlockRoleMatrix* matrix = sensitivity->matrix();
    QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {}, matrix->unitRect(4).center().toPoint());
    QTest::keyClick(matrix, Qt::Key_Return);
    auto* popup = sensitivity->findChild<OptionPopup*>();
    QVERIFY(popup != nullptr && popup->isVisible());
    QCOMPARE(
        popup->list()->topLevelItemCount(), static_cast<int>(plan.document().space()->optionIds().size()));
    QTreeWidgetItem* wanted = nullptr;
    for (int i = 0; i < popup->list()->topLevelItemCount(); ++i)
        if (popup->list()->topLevelItem(i)->text(0) == QLatin1String("int8-sym-g128/rtn"))
            wanted = popup->list()->topLevelItem(i);
    QVERIFY(wanted != nullptr);
    QVERIFY(!wanted->text(1).isEmpty() && !wanted->text(2).isEmpty() && !wanted->text(3).isEmpty());
    popup->list()->setCurrentItem(wanted);
    QVERIFY(!chart->previewMoves().empty()); // where that option would move the plan
    const int steps = plan.document().undoStack().count();
    QTest::keyClick(popup->list(), Qt::Key_Return);
    QCOMPARE(plan.document().undoStack().count(), steps + 1);
    QCOMPARE(
        plan.document().space()->optionIds()[plan.document().choice()[4]], std::string("int8-sym-g128/rtn"));
    QVERIFY(matrix->data().units[4].edited); // placed by hand
    QVERIFY(chart->previewMoves().empty());
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::heatMapEditsAndPreviews()
{
    PlanWindow plan;
    auto* sensitivity = plan.panel<SensitivityPanel>("sensitivity");
    auto* chart = plan.panel<ParetoPanel>("pareto")->chart();
    plan.action("sensitivity", "sensitivity.switch")->trigger();
    QVERIFY(sensitivity->showsHeatMap());
    QTest::qWait(20);
    OptionHeatMap* map = sensitivity->heatMap();
    QCOMPARE(map->data().rows.size(), std::size_t(36));
    int column = 0; // one that the plan does not have and the target takes
    while (map->data().options[static_cast<std::size_t>(column)] == map->data().choices[7].option
        || map->data().refused.count(7 * map->data().columns.size() + static_cast<std::size_t>(column)) != 0)
        ++column;
    moveTo(*map->viewport(), map->cellRect(7, column).center());
    QVERIFY(!chart->previewMoves().empty());
    bool emphasized = false;
    for (const auto& move : chart->previewMoves())
        emphasized = emphasized || move.emphasized;
    QVERIFY(emphasized);
    const plan::Plan before = plan.document().plan();
    QTest::mouseClick(map->viewport(), Qt::LeftButton, {}, map->cellRect(7, column).center().toPoint());
    QCOMPARE(
        static_cast<int>(plan.document().choice()[7]), map->data().options[static_cast<std::size_t>(column)]);
    QCOMPARE(map->data().choices[7].option, map->data().options[static_cast<std::size_t>(column)]);
    QCOMPARE(plan.document().selection().units(), QVector<int>{7});
    plan.document().undoStack().undo();
    QVERIFY(plan.document().plan() == before);
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::matrixHoverPreviews()
{
    PlanWindow plan;
    QCOMPARE(plan.failure, QString());
    BlockRoleMatrix* matrix = plan.panel<SensitivityPanel>("sensitivity")->matrix();
    auto* chart = plan.panel<ParetoPanel>("pareto")->chart();
    const plan::Plan before = plan.document().plan();
    moveTo(*matrix->viewport(), matrix->unitRect(5).center());
    const auto& space = *plan.document().space();
    const auto& choice = plan.document().choice();
    std::size_t others = 0;
    for (std::size_t j = 0; j < space.optionIds().size(); ++j)
        others += j != choice[5] && space.cell(5, j).legal && space.cell(5, j).score ? 1U : 0U;
    QCOMPARE(chart->previewMoves().size(), others); // where each other option would move the plan
    moveTo(*matrix->viewport(), QPointF(2, 2));
    QVERIFY(chart->previewMoves().empty());
    QVERIFY(plan.document().plan() == before); // hover never edits
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::theWorstHarmIsPreviewedToo()
{
    PlanWindow plan;
    auto* pareto = plan.panel<ParetoPanel>("pareto");
    PlanSettings settings = plan.document().settings();
    settings.objective.kind = alloc::ObjectiveKind::Max;
    plan.document().setSettings(settings);
    QTRY_VERIFY_WITH_TIMEOUT(plan.window().jobs().isIdle() && plan.document().frontierFits(), 60000);
    const auto& space = *plan.document().space();
    const auto choice = plan.document().choice();
    // The unit that decides: with another option, another may.
    std::size_t worst = 0;
    for (std::size_t i = 0; i < choice.size(); ++i)
        if (*space.cell(i, choice[i]).score > *space.cell(worst, choice[worst]).score)
            worst = i;
    pareto->previewUnit(static_cast<int>(worst));
    QVERIFY(!pareto->chart()->previewMoves().empty());
    std::size_t checked = 0;
    for (std::size_t j = 0; j < space.optionIds().size(); ++j) {
        const auto& cell = space.cell(worst, j);
        if (j == choice[worst] || !cell.legal || !cell.score)
            continue;
        auto moved = choice;
        moved[worst] = j;
        const auto numbers = plan::numbersOf(space, moved, settings.objective);
        const auto& move = pareto->chart()->previewMoves()[checked++];
        QCOMPARE(move.bytes, static_cast<double>(numbers.size.bytes()));
        QCOMPARE(move.harm, numbers.objective);
    }
    QCOMPARE(checked, pareto->chart()->previewMoves().size());
    pareto->previewUnit(-1);
}

void TestPlanPanels::spendingAndSavingStandApart()
{
    PlanWindow plan;
    QTableView* moves = plan.panel<AllocationPanel>("allocation")->movesView();
    const int rows = moves->model()->rowCount();
    QVERIFY(rows > 3);
    const auto kindOf
        = [&](int row) { return moves->model()->index(row, 0).data(MovesTable::KindRole).toInt(); };
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        moves->sortByColumn(MovesTable::HarmColumn, order);
        int groups = 1;
        for (int row = 1; row < rows; ++row) {
            QVERIFY(kindOf(row) >= kindOf(row - 1));
            groups += kindOf(row) != kindOf(row - 1) ? 1 : 0;
            // A heading above the first of each.
            QCOMPARE(moves->rowHeight(row) > moves->verticalHeader()->defaultSectionSize(),
                kindOf(row) != kindOf(row - 1));
        }
        QVERIFY(groups >= 2);
        QVERIFY(moves->rowHeight(0) > moves->verticalHeader()->defaultSectionSize());
    }
    // Joint moves are named as everybody says them.
    for (int row = 0; row < rows; ++row) {
        const QString name = moves->model()->index(row, MovesTable::MoveColumn).data().toString();
        QVERIFY2(!name.contains(u'{') || name.contains(QStringLiteral("{q,k,v}"))
                || name.contains(QStringLiteral("{gate,up}")),
            qPrintable(name));
    }
}

void TestPlanPanels::tablesMarkTheirUnits()
{
    PlanWindow plan;
    QTableView* table = plan.panel<AllocationPanel>("allocation")->table();
    const auto& ties = plan.document().space()->tiesOf(plan.document().plan());
    QVERIFY(!ties.empty());
    const auto marksOf = [&](int row) {
        return table->model()
            ->index(row, AllocationTable::UnitColumn)
            .data(AllocationTable::StateRole)
            .toInt();
    };
    QVERIFY((marksOf(static_cast<int>(ties.front().units.front())) & TensorTree::TiedMark) != 0);
    const QModelIndex tied = table->model()->index(static_cast<int>(ties.front().units.front()), 0);
    QVERIFY(tied.data(Qt::ToolTipRole).toString().contains(QStringLiteral("tied")));
    plan.action("allocation", "allocation.copy-csv")->trigger();
    QVERIFY(!QApplication::clipboard()->text().contains(QStringLiteral("tied"))); // only the name
    plan.document().toggleTies();
    if (plan.document().space()->tiesOf(plan.document().plan()).empty())
        QCOMPARE(marksOf(tied.row()) & TensorTree::TiedMark, 0);
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::notesGiveWayToNumbers()
{
    PlanWindow plan;
    plan->resize(1100, 700);
    QTableView* table = plan.panel<AllocationPanel>("allocation")->table();
    QTRY_VERIFY(table->isColumnHidden(AllocationTable::NoteColumn));
    QCOMPARE(table->horizontalScrollBar()->maximum(), 0);
    plan.document().setNote(plan.document().tensorOfUnit(0), QStringLiteral("mine"));
    QTRY_VERIFY(!table->isColumnHidden(AllocationTable::NoteColumn));
    plan.document().undoStack().undo();
    // Nor is a name of the moves cut for a number that is there twice.
    QTableView* moves = plan.panel<AllocationPanel>("allocation")->movesView();
    plan.action("allocation", "allocation.moves")->trigger();
    QTRY_VERIFY(moves->isVisible() && moves->isColumnHidden(MovesTable::PerBitColumn));
    for (int row = 0; row < moves->model()->rowCount(); ++row) {
        const QString name = moves->model()->index(row, MovesTable::MoveColumn).data().toString();
        QVERIFY2(moves->fontMetrics().horizontalAdvance(name) <= moves->columnWidth(MovesTable::MoveColumn),
            qPrintable(name));
    }
    plan.action("allocation", "allocation.units")->trigger();
    plan->resize(3800, 1400);
    QTRY_VERIFY(!moves->isColumnHidden(MovesTable::PerBitColumn));
    QTRY_VERIFY(!table->isColumnHidden(AllocationTable::NoteColumn));
}

void TestPlanPanels::aLowPageLeavesTheRoomToTheChart()
{
    PlanWindow plan;
    auto* pareto = plan.panel<ParetoPanel>("pareto");
    plan->resize(1100, 700);
    QTest::qWait(50);
    const auto menuNamed = [&](const QString& text) -> QMenu* {
        for (QAction* action : pareto->plansMenu()->actions())
            if (action->menu() != nullptr && action->text().remove(u'&') == text)
                return action->menu();
        return nullptr;
    };
    QMenu* sizes = menuNamed(QStringLiteral("Size axis"));
    QVERIFY(sizes != nullptr && menuNamed(QStringLiteral("Second score")) != nullptr);
    sizes->actions()[1]->trigger();
    QCOMPARE(pareto->chart()->sizeAxis(), ParetoSize::Bpw);
    plan->resize(1800, 1400);
    QTest::qWait(50);
    QVERIFY(menuNamed(QStringLiteral("Size axis")) == nullptr); // above the chart again
}

void TestPlanPanels::handDragFollowsTheFrontier()
{
    PlanWindow plan;
    auto* chart = plan.panel<ParetoPanel>("pareto")->chart();
    auto* matrix = plan.panel<SensitivityPanel>("sensitivity")->matrix();
    const plan::Plan before = plan.document().plan();
    const QPoint handle = chart->handlePixel().toPoint();
    const auto bitsBefore = matrix->data().units;
    QTest::mousePress(chart, Qt::LeftButton, {}, handle);
    QVERIFY(chart->isDragging());
    for (int i = 1; i <= 5; ++i) {
        QTest::mouseMove(chart, handle + QPoint(i * 20, 0));
        QCOMPARE(static_cast<double>(plan.document().numbers().size.bytes()), chart->data().current->bytes);
    }
    QVERIFY(matrix->data().units != bitsBefore); // in the same frame
    QTest::mouseRelease(chart, Qt::LeftButton, {}, handle + QPoint(100, 0));
    QCOMPARE(plan.document().undoStack().count(), 1);
    plan.document().undoStack().undo();
    QVERIFY(plan.document().plan() == before);
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::movesPreviewAndApply()
{
    PlanWindow plan;
    auto* allocation = plan.panel<AllocationPanel>("allocation");
    auto* chart = plan.panel<ParetoPanel>("pareto")->chart();
    QTableView* moves = allocation->movesView();
    QVERIFY(moves->model()->rowCount() > 3);
    moves->selectRow(0);
    QCOMPARE(chart->previewMoves().size(), std::size_t(1));
    const plan::Plan before = plan.document().plan();
    moves->setFocus();
    QTest::keyClick(moves, Qt::Key_Return);
    QVERIFY(!(plan.document().plan() == before));
    QCOMPARE(plan.document().undoStack().count(), 1);
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::tableKeysEditTheSelection()
{
    PlanWindow plan;
    auto* allocation = plan.panel<AllocationPanel>("allocation");
    QTableView* table = allocation->table();
    table->setFocus();
    table->selectRow(2);
    table->selectionModel()->select(
        table->model()->index(5, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QCOMPARE(plan.document().selection().units().size(), 2);
    QTest::keyClick(table, Qt::Key_8);
    for (const int unit : plan.document().selection().units())
        QCOMPARE(plan.document()
                     .space()
                     ->options()[plan.document().choice()[static_cast<std::size_t>(unit)]]
                     .grid->bits,
            8);
    QCOMPARE(plan.document().undoStack().count(), 1);
    QTest::keyClick(table, Qt::Key_K);
    QVERIFY(plan.document().isLocked(static_cast<std::size_t>(plan.document().selection().units().front())));
    plan.action("allocation", "allocation.copy-csv")->trigger();
    const QString csv = QApplication::clipboard()->text();
    QCOMPARE(csv.count(u'\n'), 37);
    QVERIFY(csv.contains(QString::fromStdString(plan.document().space()->units()[0].name)));
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::differenceTakesOver()
{
    PlanWindow plan;
    auto* difference = plan.panel<DifferencePanel>("difference");
    plan.document().setBits({3, 20}, 8);
    difference->compareWith(QStringLiteral("solver"));
    QVERIFY(difference->table()->model()->rowCount() >= 2);
    QCOMPARE(difference->matrix()->data().units.size(), std::size_t(36));
    QVERIFY(difference->matrix()->data().units[3].delta.has_value());
    const auto solver = plan.document().solverChoice();
    plan.document().selectUnits({3});
    difference->take(true);
    QCOMPARE(plan.document().choice()[3], solver[3]);
    QVERIFY(plan.document().choice()[20] != solver[20]); // not selected
    plan.document().selectUnits({});
    difference->take(true); // nothing selected: everything that differs
    QCOMPARE(plan.document().choice(), solver);
    // It was hidden behind another tab and catches up when it is shown.
    plan.window().showPerspective(QStringLiteral("difference"));
    QTRY_COMPARE(difference->table()->model()->rowCount(), 0);
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::differenceOpensFromTheChart()
{
    PlanWindow plan;
    auto* difference = plan.panel<DifferencePanel>("difference");
    auto* chart = plan.panel<ParetoPanel>("pareto")->chart();
    plan.document().setBits({0, 1, 2, 3, 4, 5, 6}, 8);
    QVERIFY(!chart->distanceText().isEmpty());
    QVERIFY(difference->visibleRegion().isEmpty()); // behind another tab
    QTest::mouseClick(chart, Qt::LeftButton, {}, chart->differenceRect().center().toPoint());
    QTRY_VERIFY(!difference->visibleRegion().isEmpty());
    QVERIFY(difference->table()->model()->rowCount() > 0);
    // Best against itself: improving within locks brings the plan onto the frontier.
    QVERIFY(plan.action("pareto", "plan.improve")->isEnabled());
    plan.action("pareto", "plan.improve")->trigger();
    QVERIFY(chart->distanceText().isEmpty());
    QCOMPARE(difference->table()->model()->rowCount(), 0);
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::namedPlansFromTheMenu()
{
    PlanWindow plan;
    auto* pareto = plan.panel<ParetoPanel>("pareto");
    plan.document().savePlanAs(QStringLiteral("mine & yours"));
    plan.document().setBits({0, 1, 2}, 8);
    QCOMPARE(pareto->chart()->data().plans.size(), std::size_t(1));
    QMenu* menu = pareto->plansMenu();
    QMenu* mine = nullptr;
    for (QAction* action : menu->actions())
        if (action->menu() != nullptr && action->text() == QLatin1String("mine && yours"))
            mine = action->menu();
    QVERIFY(mine != nullptr);
    QCOMPARE(mine->actions().size(), 5);
    mine->actions().front()->trigger(); // Load
    QCOMPARE(plan.document().plan().name, std::string("mine & yours"));
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::secondScoreIsDrawn()
{
    PlanWindow plan;
    auto* pareto = plan.panel<ParetoPanel>("pareto");
    QComboBox* box = nullptr;
    for (QComboBox* child : pareto->findChildren<QComboBox*>())
        if (child->accessibleName() == QLatin1String("Second score"))
            box = child;
    QVERIFY(box != nullptr);
    box->setCurrentIndex(box->findData(static_cast<int>(score::ScoreKind::WeightError)));
    Q_EMIT box->activated(box->currentIndex());
    QTRY_VERIFY_WITH_TIMEOUT(!pareto->chart()->data().otherFrontier.empty(), 60000);
    QVERIFY(pareto->chart()->data().otherName.contains(QStringLiteral("weight-error")));
    QTRY_VERIFY(plan.window().jobs().isIdle());
}

void TestPlanPanels::modelsAreCompared()
{
    PlanWindow plan;
    auto* models = plan.panel<DifferencePanel>("difference")->models();
    models->compareWith(kSample + QStringLiteral("/model.safetensors"));
    QTRY_VERIFY_WITH_TIMEOUT(models->table()->model()->rowCount() > 0, 60000);
    QCOMPARE(models->table()->model()->rowCount(), 48);
    QVERIFY2(models->summary()->text().contains(QStringLiteral("the same")),
        qPrintable(models->summary()->text()));
    models->compareWith(QStringLiteral("/no/such/model.safetensors"));
    QTRY_VERIFY(models->summary()->text().contains(QStringLiteral("/no/such/model")));
    QCOMPARE(models->table()->model()->rowCount(), 0);
}

void TestPlanPanels::differenceShowsWhatDiffers()
{
    PlanWindow window;
    QVERIFY2(window.failure.isEmpty(), qPrintable(window.failure));
    window->resize(1100, 700);
    window->showPanel(QStringLiteral("difference"));
    auto* panel = window.panel<DifferencePanel>("difference");
    const auto& uniforms = window.document().uniforms();
    QVERIFY(!uniforms.empty());
    panel->compareWith(QStringLiteral("uniform:%1").arg(QString::fromStdString(uniforms.front().option)));
    QTest::qWait(50);
    const auto tables = panel->findChildren<QTableView*>();
    const auto found = std::find_if(tables.begin(), tables.end(),
        [](const QTableView* view) { return view->accessibleName() == QStringLiteral("Units that differ"); });
    QVERIFY(found != tables.end());
    QTableView* table = *found;
    auto* matrix = panel->findChild<BlockRoleMatrix*>();
    QVERIFY(table->model()->rowCount() > 0);
    // Names and options of both plans stand whole in the view, before what they do.
    for (const int column :
        {DifferenceTable::UnitColumn, DifferenceTable::OptionAColumn, DifferenceTable::OptionBColumn}) {
        const int right = table->columnViewportPosition(column) + table->columnWidth(column);
        QVERIFY2(right <= table->viewport()->width(), qPrintable(QString::number(column)));
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            const QString text = table->model()->index(row, column).data().toString();
            QVERIFY2(
                table->fontMetrics().horizontalAdvance(text) <= table->columnWidth(column), qPrintable(text));
        }
    }
    // The matrix edits like the one of the plan.
    auto& document = window.document();
    QTest::mouseClick(matrix->viewport(), Qt::LeftButton, {}, matrix->unitRect(0).center().toPoint());
    QCOMPARE(document.selection().units(), QVector<int>({0}));
    QVERIFY(!document.isLocked(0));
    QTest::keyClick(matrix, Qt::Key_K);
    QVERIFY(document.isLocked(0));
}

void TestPlanPanels::differenceIsFilteredAndCopied()
{
    PlanWindow window;
    window->showPanel(QStringLiteral("difference"));
    auto* panel = window.panel<DifferencePanel>("difference");
    const auto& uniforms = window.document().uniforms();
    QVERIFY(!uniforms.empty());
    panel->compareWith(QStringLiteral("uniform:%1").arg(QString::fromStdString(uniforms.front().option)));
    QAbstractItemModel* rows = panel->table()->model();
    const int all = rows->rowCount();
    QVERIFY(all > 1);
    QLineEdit* filter = nullptr;
    for (QLineEdit* edit : panel->findChildren<QLineEdit*>())
        if (edit->accessibleName() == QLatin1String("Filter of the units that differ"))
            filter = edit;
    QVERIFY(filter != nullptr);
    filter->setText(QStringLiteral("layers.1. mlp"));
    QVERIFY(rows->rowCount() > 0 && rows->rowCount() < all);
    window.action("difference", "difference.copy-csv")->trigger();
    const QString csv = QApplication::clipboard()->text();
    QCOMPARE(csv.count(u'\n'), rows->rowCount() + 1);
    QVERIFY2(csv.contains(QStringLiteral("model.layers.1.mlp.")), qPrintable(csv));
    filter->clear();
    QCOMPARE(rows->rowCount(), all);
    // Cells say the bits of both plans, not a bare number that could be a harm.
    for (const auto& unit : panel->matrix()->data().units)
        QVERIFY2(unit.deltaText == QLatin1String("=") || unit.deltaText.contains(QChar(0x2192)),
            qPrintable(unit.deltaText));
}

void TestPlanPanels::inspectorTellsItsInputFromOtherSites()
{
    PlanWindow window;
    QVERIFY2(window.failure.isEmpty(), qPrintable(window.failure));
    auto& document = window.document();
    document.selectUnits({0});
    const auto* text = window.find<QTextBrowser>("inspector");
    const QString other = QStringLiteral("Selected site, not its input");
    QVERIFY(text->toPlainText().contains(QStringLiteral("Activations at its input")));
    QVERIFY(!text->toPlainText().contains(other));
    const auto& sites = document.workspace()->dump()->sites();
    const auto output = std::find_if(
        sites.begin(), sites.end(), [](const auto& site) { return site.kind == model::SiteKind::OutputOf; });
    QVERIFY(output != sites.end());
    document.selectSite(static_cast<int>(output - sites.begin()));
    const QString shown = text->toPlainText();
    QVERIFY(shown.contains(other));
    QVERIFY(shown.indexOf(QStringLiteral("Activations at its input")) < shown.indexOf(other));
    // What an input's products with weights say is not said of an output.
    QVERIFY(!shown.mid(shown.indexOf(other)).contains(QStringLiteral("INT8 SQNR")));
}

void TestPlanPanels::everyActionSaysWhatItDoes()
{
    PlanWindow plan;
    for (const char* id : {"sensitivity", "pareto", "allocation", "difference"}) {
        const auto actions = plan.window().panel(QLatin1String(id))->actions();
        QVERIFY(!actions.isEmpty());
        for (const QAction* action : actions) {
            QVERIFY2(!action->objectName().isEmpty(), qPrintable(action->text()));
            QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->objectName()));
        }
    }
}

QTEST_MAIN(TestPlanPanels)
#include "tst_plan_panels.moc"
