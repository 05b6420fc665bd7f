// Gestures that every view shares, in the window: the tensor menu everywhere, extending the selection, keys
// of two charts side by side, notes and branches of the tree, values that are copied, words that are
// explained.
#include "tests/support/gestures.h"
#include "tests/support/shown_window.h"
#include "views/charts/channel_trace.h"
#include "views/charts/maxima_chart.h"
#include "views/charts/outlier_map.h"
#include "views/charts/weight_histogram.h"
#include "views/models/tensor_tree.h"
#include "views/panels/overview_panel.h"
#include "views/panels/remedy_list.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QCompleter>
#include <QDialog>
#include <QJsonArray>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>
#include <QTextBrowser>
#include <QToolButton>
#include <QTreeView>
#include <QtTest/QTest>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;
using test::actionIn;
using test::click;
using test::menuAt;
using test::settle;

/// One window on the sample for all tests: each begins with nothing selected and no edit.
class TestGestures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_window = std::make_unique<test::ShownWindow>();
        QCOMPARE(m_window->open({test::kSample, test::kSampleDump}), QString());
    }
    void init()
    {
        while (m_window->document().undoStack().canUndo())
            m_window->document().undoStack().undo();
        m_window->document().selection().clear();
        (*m_window)->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&**m_window));
    }
    void cleanupTestCase() { m_window.reset(); }

    void treemapSelectsEditsAndFollows();
    void remediesLeadOn();
    void cardLinks();
    void maximaHaveTheTensorMenu();
    void maximaExtend();
    void outlierMapHasTheTensorMenu();
    void outlierMapExtends();
    void movesHaveTheTensorMenu();
    void weightsHaveTheTensorMenu();
    void twoChartsKeepTheirKeys();
    void notesAreMarked();
    void branchesComeBack();
    void inspectorCopiesEveryValue();
    void filterCompletes();
    void chartsAreExplained();

private:
    Document& document() { return m_window->document(); }
    [[nodiscard]] int tensorNamed(const char* name)
    {
        return static_cast<int>(*document().workspace()->checkpoint().find(name));
    }
    std::unique_ptr<test::ShownWindow> m_window;
};

void TestGestures::treemapSelectsEditsAndFollows()
{
    (*m_window)->showPerspective(QStringLiteral("overview"));
    auto* panel = m_window->panel<OverviewPanel>("overview");
    SizeTreemap* map = panel->treemap();
    QTRY_VERIFY(map->width() > 200);
    const int down = tensorNamed("model.layers.1.mlp.down_proj.weight");
    const int up = tensorNamed("model.layers.3.mlp.up_proj.weight");
    click(*map, map->itemRect(down).center());
    QCOMPARE(document().selection().tensor(), down);
    QCOMPARE(document().selection().units(), document().unitsOfTensor(down));
    click(*map, map->itemRect(up).center(), Qt::ControlModifier);
    QCOMPARE(document().selection().units().size(), 2);
    QMenu* menu = menuAt(*map, map->itemRect(up).center());
    QVERIFY(menu != nullptr);
    QVERIFY(actionIn(*menu, QStringLiteral("tensor.heading"))->text().contains(QLatin1Char('2')));
    actionIn(*menu, QStringLiteral("tensor.bits.8"))->trigger();
    menu->close();
    const auto bitsOf = [&](int tensor) {
        const auto unit = static_cast<std::size_t>(document().unitsOfTensor(tensor).front());
        return document().space()->options()[document().choice()[unit]].grid->bits;
    };
    QCOMPARE(bitsOf(down), 8);
    QCOMPARE(bitsOf(up), 8);
    map->setFocus();
    QTest::keyClick(map, Qt::Key_4);
    QCOMPARE(bitsOf(down), 4);
    // The color follows.
    QTRY_VERIFY(map->data().items[static_cast<std::size_t>(down)].value < 5);
    document().selectTensor(up);
    QCOMPARE(map->selection(), QVector<int>{up});
    // Another grouping keeps what is selected.
    auto* grouping = m_window->find<QComboBox>("overview", "Grouping of the treemap");
    grouping->setCurrentIndex(1);
    QCOMPARE(map->selection(), QVector<int>{up});
    QVERIFY(map->data().groups.contains(QStringLiteral("block 3")));
    for (int measure = 0; measure < 7; ++measure) {
        m_window->find<QComboBox>("overview", "Color of the treemap")->setCurrentIndex(measure);
        QVERIFY(!map->data().measure.isEmpty());
        QVERIFY(!map->grab().isNull());
    }
    m_window->find<QComboBox>("overview", "Color of the treemap")->setCurrentIndex(0);
    auto* area = m_window->find<QComboBox>("overview", "Area of the treemap");
    const double before = map->data().items[static_cast<std::size_t>(down)].bytes;
    area->setCurrentIndex(1);
    QVERIFY(map->data().items[static_cast<std::size_t>(down)].bytes < 0.4 * before); // 4 of 16 bits
    area->setCurrentIndex(0);
    grouping->setCurrentIndex(0);
}

void TestGestures::remediesLeadOn()
{
    (*m_window)->showPerspective(QStringLiteral("overview"));
    RemedyList* list = m_window->panel<OverviewPanel>("overview")->remedies();
    QPushButton* harm = list->button(QStringLiteral("predicted"));
    QVERIFY(harm != nullptr && harm->isVisible());
    QSignalSpy asked(m_window->panel<Panel>("overview"), &Panel::explainRequested);
    QTest::mouseClick(harm, Qt::LeftButton);
    QCOMPARE(asked.size(), 1);
    QCOMPARE(asked[0][0].toString(), QStringLiteral("harm"));
    QVERIFY(list->button(QStringLiteral("no-dump")) == nullptr);

    // Without a dump the same list leads to one.
    test::ShownWindow bare;
    QCOMPARE(bare.open({test::kSample}), QString());
    bare->showPerspective(QStringLiteral("overview"));
    RemedyList* lines = bare.panel<OverviewPanel>("overview")->remedies();
    QVERIFY(lines->button(QStringLiteral("no-recording")) != nullptr);
    QPushButton* dump = lines->button(QStringLiteral("no-dump"));
    QVERIFY(dump != nullptr);
    QSignalSpy open(bare.panel<Panel>("overview"), &Panel::openDumpRequested);
    QVERIFY(dump->isVisible());
    QCOMPARE(open.size(), 0);
}

void TestGestures::cardLinks()
{
    (*m_window)->showPerspective(QStringLiteral("overview"));
    auto* card = m_window->find<QTextBrowser>("overview", "Model card");
    QSignalSpy asked(m_window->panel<Panel>("overview"), &Panel::explainRequested);
    Q_EMIT card->anchorClicked(QUrl(QStringLiteral("term:bpw")));
    QCOMPARE(asked.size(), 1);
    // Each term is linked once.
    QCOMPARE(card->toHtml().count(QStringLiteral("term:bpw")), 1);
    Q_EMIT card->anchorClicked(QUrl(QStringLiteral("copy:268098176")));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("268098176"));
    Q_EMIT card->anchorClicked(QUrl(QStringLiteral("site:2")));
    QCOMPARE(document().selection().site(), 2);
}

void TestGestures::maximaHaveTheTensorMenu()
{
    (*m_window)->showPerspective(QStringLiteral("activation-maxima"));
    auto* chart = m_window->find<MaximaChart>("activation-maxima");
    settle(*chart);
    const int site = document().inputSiteOfTensor(tensorNamed("model.layers.2.mlp.down_proj.weight"));
    const auto at = chart->sitePixel(site);
    QVERIFY(at.has_value());
    QCOMPARE(chart->siteAt(*at), site);
    QMenu* menu = menuAt(*chart, *at);
    QVERIFY(menu != nullptr);
    QCOMPARE(menu->actions().front()->objectName(), QStringLiteral("tensor.heading"));
    QVERIFY(menu->actions().front()->text().contains(QStringLiteral("layers.2.mlp.down_proj")));
    actionIn(*menu, QStringLiteral("tensor.lock"))->trigger();
    menu->close();
    const auto unit = static_cast<std::size_t>(
        document().unitsOfTensor(tensorNamed("model.layers.2.mlp.down_proj.weight")).front());
    QVERIFY(document().isLocked(unit));
    // The keys of a tensor act on the selection here too.
    click(*chart, *at);
    chart->setFocus();
    QTest::keyClick(chart, Qt::Key_K);
    QVERIFY(!document().isLocked(unit));
}

void TestGestures::maximaExtend()
{
    (*m_window)->showPerspective(QStringLiteral("activation-maxima"));
    auto* chart = m_window->find<MaximaChart>("activation-maxima");
    const auto siteOf = [&](const char* name) { return document().inputSiteOfTensor(tensorNamed(name)); };
    const int first = siteOf("model.layers.0.mlp.down_proj.weight");
    const int last = siteOf("model.layers.3.mlp.down_proj.weight");
    document().selectSite(first);
    settle(*chart);
    QCOMPARE(document().selection().units().size(), 1);
    click(*chart, *chart->sitePixel(last), Qt::ControlModifier);
    QCOMPARE(document().selection().units().size(), 2);
    QCOMPARE(document().selection().site(), last);
    settle(*chart);
    click(*chart, *chart->sitePixel(last), Qt::ControlModifier);
    QCOMPARE(document().selection().units().size(), 1);
    document().selectSite(first);
    settle(*chart);
    click(*chart, *chart->sitePixel(last), Qt::ShiftModifier);
    QCOMPARE(document().selection().units().size(), 4); // blocks 0 to 3
    // Undone by a plain click.
    settle(*chart);
    click(*chart, *chart->sitePixel(last));
    QCOMPARE(document().selection().units().size(), 1);
}

void TestGestures::outlierMapHasTheTensorMenu()
{
    (*m_window)->showPerspective(QStringLiteral("outlier-map"));
    auto* map = m_window->find<OutlierMap>("outlier-map");
    const int site = document().inputSiteOfTensor(tensorNamed("model.layers.1.self_attn.q_proj.weight"));
    document().selectSite(site, 5); // goes to the kind of this site
    settle(*map);
    const int row = 1;
    QMenu* menu = menuAt(*map, map->cellPixel(row, 5));
    QVERIFY(menu != nullptr);
    QAction* heading = actionIn(*menu, QStringLiteral("tensor.heading"));
    QVERIFY(heading != nullptr);
    QVERIFY(heading->text().contains(QLatin1Char('3'))); // q, k and v of the block
    QVERIFY(actionIn(*menu, QStringLiteral("tensor.note")) != nullptr);
    menu->close();
    auto* trace = m_window->find<ChannelTrace>("outlier-map");
    QTRY_VERIFY(trace->isVisible());
    settle(*trace);
    QMenu* other = menuAt(*trace, *trace->rowPixel(2));
    QVERIFY(other != nullptr && actionIn(*other, QStringLiteral("tensor.heading")) != nullptr);
    other->close();
}

void TestGestures::outlierMapExtends()
{
    (*m_window)->showPerspective(QStringLiteral("outlier-map"));
    auto* map = m_window->find<OutlierMap>("outlier-map");
    document().selectSite(
        document().inputSiteOfTensor(tensorNamed("model.layers.0.mlp.down_proj.weight")), 3);
    settle(*map);
    QCOMPARE(document().selection().units().size(), 1);
    click(*map, map->cellPixel(2, 3), Qt::ShiftModifier);
    QCOMPARE(document().selection().units().size(), 3);
    QCOMPARE(document().selection().channel(), 3);
    settle(*map);
    click(*map, map->cellPixel(4, 3), Qt::ControlModifier);
    QCOMPARE(document().selection().units().size(), 4);
    settle(*map);
    click(*map, map->cellPixel(4, 3), Qt::ControlModifier);
    QCOMPARE(document().selection().units().size(), 3);
}

void TestGestures::movesHaveTheTensorMenu()
{
    (*m_window)->showPerspective(QStringLiteral("plan"));
    auto* moves = m_window->find<QTableView>("allocation", "Next best moves");
    QTRY_VERIFY(moves->model()->rowCount() > 0);
    const QRect cell = moves->visualRect(moves->model()->index(0, 1));
    QTest::mouseClick(moves->viewport(), Qt::LeftButton, {}, cell.center());
    const QVector<int> units = document().selection().units();
    QVERIFY(!units.isEmpty());
    Q_EMIT moves->customContextMenuRequested(cell.center());
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    QVERIFY(menu != nullptr && actionIn(*menu, QStringLiteral("tensor.lock")) != nullptr);
    menu->close();
    moves->setFocus();
    QTest::keyClick(moves, Qt::Key_K);
    QVERIFY(document().isLocked(static_cast<std::size_t>(units.front())));
}

void TestGestures::weightsHaveTheTensorMenu()
{
    (*m_window)->showPerspective(QStringLiteral("weights"));
    document().selectTensor(tensorNamed("model.layers.1.mlp.up_proj.weight"));
    QCOMPARE(waitForWork(**m_window), QString());
    auto* chart = m_window->find<WeightHistogram>("weights");
    settle(*chart);
    QMenu* menu = menuAt(*chart, QRectF(chart->rect()).center());
    QVERIFY(menu != nullptr);
    QVERIFY(actionIn(*menu, QStringLiteral("tensor.heading"))
                ->text()
                .contains(QStringLiteral("layers.1.mlp.up")));
    menu->close();
}

void TestGestures::twoChartsKeepTheirKeys()
{
    (*m_window)->showPerspective(QStringLiteral("outlier-map"));
    auto* map = m_window->find<OutlierMap>("outlier-map");
    auto* trace = m_window->find<ChannelTrace>("outlier-map");
    document().selectSite(
        document().inputSiteOfTensor(tensorNamed("model.layers.1.mlp.down_proj.weight")), 3);
    QTRY_VERIFY(trace->isVisible());
    const auto press = [](QWidget* widget) {
        QTest::keyClick(widget, Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    };
    for (ChartBase* chart : {static_cast<ChartBase*>(trace), static_cast<ChartBase*>(map)}) {
        ChartBase* other = chart == map ? static_cast<ChartBase*>(trace) : map;
        chart->setFocus();
        QTRY_VERIFY(chart->hasFocus());
        press(chart);
        QVERIFY(chart->isTableShown());
        QVERIFY(!other->isTableShown());
        press(QApplication::focusWidget()); // in the table
        QVERIFY(!chart->isTableShown());
        QVERIFY(!other->isTableShown());
    }
    // From a control of the panel: the chart that was under the mouse last.
    auto* button = m_window->find<QToolButton>("outlier-map", "Channel trace");
    QVERIFY(button != nullptr);
    for (ChartBase* chart : {static_cast<ChartBase*>(trace), static_cast<ChartBase*>(map)}) {
        button->setFocus();
        QTRY_VERIFY(button->hasFocus());
        QEnterEvent enter(QPointF(5, 5), QPointF(5, 5), chart->mapToGlobal(QPointF(5, 5)));
        QApplication::sendEvent(chart, &enter);
        press(button);
        QVERIFY(chart->isTableShown());
        chart->setTableShown(false);
    }
    // The menu means the same chart.
    trace->setFocus();
    const Interval before = trace->viewRange(Qt::Horizontal), of = map->viewRange(Qt::Horizontal);
    m_window->action("chart.zoomIn")->trigger();
    QVERIFY(trace->viewRange(Qt::Horizontal).width() < before.width());
    QCOMPARE(map->viewRange(Qt::Horizontal), of);
    trace->resetView();
}

void TestGestures::notesAreMarked()
{
    auto* tree = m_window->find<QTreeView>("tree");
    const int tensor = tensorNamed("model.layers.2.mlp.up_proj.weight");
    const auto marks = [&](const QModelIndex& index) { return index.data(TensorTree::StateRole).toInt(); };
    const QModelIndex index = static_cast<TensorTree*>(tree->model())->indexOfTensor(tensor);
    QVERIFY((marks(index) & TensorTree::NoteMark) == 0);
    document().setNote(tensor, QStringLiteral("look at row 5"));
    QVERIFY((marks(index) & TensorTree::NoteMark) != 0);
    QVERIFY((marks(index.parent()) & TensorTree::NoteMark) != 0);
    QVERIFY(index.data(Qt::ToolTipRole).toString().contains(QStringLiteral("look at row 5")));
    document().selectTensor(tensor);
    auto* text = m_window->find<QTextBrowser>("inspector");
    QVERIFY(text->toPlainText().contains(QStringLiteral("look at row 5")));
    Q_EMIT text->anchorClicked(QUrl(QStringLiteral("note:edit")));
    auto* dialog = (*m_window)->findChild<QDialog*>(QStringLiteral("noteDialog"));
    QVERIFY(dialog != nullptr);
    dialog->reject();
    document().undoStack().undo();
    QVERIFY((marks(index) & TensorTree::NoteMark) == 0);
    QVERIFY(!text->toPlainText().contains(QStringLiteral("look at row 5")));
}

void TestGestures::branchesComeBack()
{
    auto* tree = m_window->find<QTreeView>("tree");
    auto* panel = m_window->panel<Panel>("tree");
    auto* model = static_cast<TensorTree*>(tree->model());
    tree->collapseAll();
    const QModelIndex inner
        = model->indexOfTensor(tensorNamed("model.layers.3.self_attn.q_proj.weight")).parent();
    tree->setExpanded(inner.parent(), true);
    tree->setExpanded(inner, true);
    const QJsonObject state = panel->viewState();
    QCOMPARE(state[QStringLiteral("open-branches")].toArray().size(), 2);
    tree->collapseAll();
    tree->setExpanded(model->index(0, 0), true);
    panel->setViewState(state);
    QVERIFY(tree->isExpanded(inner));
    QVERIFY(tree->isExpanded(inner.parent()));
    QCOMPARE(panel->viewState()[QStringLiteral("open-branches")].toArray().size(), 2);
}

void TestGestures::inspectorCopiesEveryValue()
{
    auto* text = m_window->find<QTextBrowser>("inspector");
    document().selectTensor(tensorNamed("model.layers.1.mlp.down_proj.weight"));
    const QString html = text->toHtml();
    // Every number in a table is a link that copies it.
    for (const QString& row : html.split(QStringLiteral("<tr>")).mid(1)) {
        const QString value = row.section(QStringLiteral("</td>"), 1, 1);
        const QString plain = QString(value).remove(QRegularExpression(QStringLiteral("<[^>]*>"))).trimmed();
        if (plain.contains(QRegularExpression(QStringLiteral("\\d"))))
            QVERIFY2(value.contains(QStringLiteral("copy:")), qPrintable(plain));
    }
    QVERIFY(text->textInteractionFlags().testFlag(Qt::TextSelectableByMouse));
    QVERIFY(text->textInteractionFlags().testFlag(Qt::LinksAccessibleByKeyboard));
    QCOMPARE(html.count(QStringLiteral("term:kurtosis")), 1); // of weights and of activations: the first
    QVERIFY(html.indexOf(QStringLiteral("term:kurtosis")) < html.indexOf(QStringLiteral("Activations")));
    QSignalSpy asked(m_window->panel<Panel>("inspector"), &Panel::explainRequested);
    Q_EMIT text->anchorClicked(QUrl(QStringLiteral("term:kurtosis")));
    QCOMPARE(asked.size(), 1);
    // A click on a value, where it stands.
    (*m_window)->showPanel(QStringLiteral("inspector"));
    QTextCursor at = text->document()->find(QStringLiteral("Role"));
    QVERIFY(!at.isNull());
    at = text->document()->find(QStringLiteral("down"), at);
    at.clearSelection();
    text->setTextCursor(at);
    text->ensureCursorVisible();
    const QPoint place = text->cursorRect(at).center() - QPoint(4, 0);
    QGuiApplication::clipboard()->setText(QStringLiteral("before"));
    QTest::mouseClick(text->viewport(), Qt::LeftButton, {}, place);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("down"));
    // A row of the options gives the unit this option.
    auto* options = m_window->find<QTableWidget>("inspector");
    const auto unit = static_cast<std::size_t>(document().selection().units().front());
    const auto before = document().choice()[unit];
    const int row = options->currentRow() == 0 ? 1 : 0;
    QTest::mouseClick(options->viewport(), Qt::LeftButton, {},
        options->visualRect(options->model()->index(row, 0)).center());
    QVERIFY(document().choice()[unit] != before);
    document().undoStack().undo();
    QCOMPARE(document().choice()[unit], before);
}

void TestGestures::filterCompletes()
{
    auto* filter = m_window->find<QLineEdit>("tree", "Filter tensors");
    auto* tree = m_window->find<QTreeView>("tree");
    auto* model = static_cast<TensorTree*>(tree->model());
    filter->setFocus();
    QTRY_VERIFY(filter->hasFocus());
    QTest::keyClicks(filter, QStringLiteral("block:1 ro"));
    QAbstractItemView* popup = filter->completer()->popup();
    QTRY_VERIFY(popup->isVisible());
    QCOMPARE(popup->model()->index(0, 0).data().toString(), QStringLiteral("block:1 role:"));
    QTest::keyClick(popup, Qt::Key_Down);
    QTest::keyClick(popup, Qt::Key_Return);
    QCOMPARE(filter->text(), QStringLiteral("block:1 role:"));
    QTest::keyClicks(filter, QStringLiteral("dow"));
    QTRY_VERIFY(popup->isVisible());
    QTest::keyClick(popup, Qt::Key_Down);
    QTest::keyClick(popup, Qt::Key_Return);
    QCOMPARE(filter->text(), QStringLiteral("block:1 role:down"));
    QCOMPARE(model->matched().tensors, 1);
    QVERIFY(model->indexOfTensor(tensorNamed("model.layers.1.mlp.down_proj.weight")).isValid());
    QVERIFY(!model->indexOfTensor(tensorNamed("model.layers.1.mlp.up_proj.weight")).isValid());
    // Esc in the list leaves the text; what is wrong is said.
    filter->clear();
    QTest::keyClicks(filter, QStringLiteral("is:lo"));
    QTRY_VERIFY(popup->isVisible());
    QTest::keyClick(popup, Qt::Key_Escape);
    QVERIFY(!popup->isVisible());
    QCOMPARE(filter->text(), QStringLiteral("is:lo"));
    filter->clear();
    QVERIFY(!model->isFiltered());
    // A remedy filters as if it had been typed.
    Q_EMIT m_window->panel<Panel>("overview")->filterRequested(QStringLiteral("role:gate"));
    QCOMPARE(filter->text(), QStringLiteral("role:gate"));
    QVERIFY(model->isFiltered());
    filter->clear();
}

void TestGestures::chartsAreExplained()
{
    (*m_window)->showPerspective(QStringLiteral("outlier-map"));
    auto* box = m_window->find<QComboBox>("outlier-map", "Measure of the outlier map");
    auto* map = m_window->find<OutlierMap>("outlier-map");
    const auto termAt = [&](const QPointF& at) {
        const QStringList words = map->wordsAt(at);
        return words.join(QLatin1Char('|'));
    };
    box->setCurrentIndex(2);
    QCOMPARE(waitForWork(**m_window), QString());
    settle(*map);
    const QPointF cell = map->cellPixel(1, 4);
    QVERIFY2(termAt(cell).contains(QStringLiteral("kurtosis")), qPrintable(termAt(cell)));
    QCOMPARE((*m_window)->helpTermAt(map, map->mapToGlobal(cell.toPoint())), QStringLiteral("kurtosis"));
    box->setCurrentIndex(1);
    QCOMPARE(waitForWork(**m_window), QString());
    settle(*map);
    QCOMPARE((*m_window)->helpTermAt(map, map->mapToGlobal(cell.toPoint())), QStringLiteral("rms"));
    box->setCurrentIndex(0);
}

QTEST_MAIN(TestGestures)
#include "tst_gestures.moc"
