// The treemap: layout, selection, zoom and keys, and what the overview says of a model.
#include "views/charts/data_table.h"
#include "views/charts/size_treemap.h"

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QSignalSpy>
#include <QToolButton>
#include <QWheelEvent>
#include <QtTest>

#include <cmath>
#include <limits>

using namespace bitwright::views;

namespace {

QString utf8(const char* text)
{
    return QString::fromUtf8(text);
}

/// Two groups of three; the last tile of the second is empty.
TreemapData someData()
{
    TreemapData data;
    data.groups = {utf8("attention"), utf8("mlp")};
    data.measure = utf8("bits in the plan");
    const double bytes[] = {400, 300, 100, 900, 600, 0};
    for (int i = 0; i < 6; ++i) {
        TreemapItem item;
        item.name = utf8("tensor %1").arg(i);
        item.bytes = bytes[i];
        item.value = i == 2 ? std::numeric_limits<double>::quiet_NaN() : 4 + i;
        item.group = i / 3;
        item.tie = i < 2 ? 0 : -1;
        data.items.push_back(item);
    }
    return data;
}

/// Each tile a group of its own.
TreemapData sixGroups()
{
    TreemapData data = someData();
    data.groups.clear();
    for (int i = 0; i < 6; ++i) {
        data.groups << utf8("group %1").arg(i);
        data.items[static_cast<std::size_t>(i)].group = i;
    }
    return data;
}

void showAt(QWidget& widget, QSize size)
{
    widget.resize(size);
    widget.show();
    widget.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&widget));
    widget.setFocus();
}

void move(QWidget& widget, const QPointF& at, Qt::MouseButtons buttons = Qt::NoButton)
{
    QMouseEvent event(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, buttons, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

void wheel(QWidget& widget, const QPointF& at, int notches)
{
    QWheelEvent event(at, widget.mapToGlobal(at), {}, QPoint(0, 120 * notches), Qt::NoButton, Qt::NoModifier,
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(&widget, &event);
}

class Map : public SizeTreemap
{
public:
    Map()
        : edited(this, &SizeTreemap::selectionEdited)
    {
        setData(someData());
        showAt(*this, {500, 400});
    }
    void click(int item, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::mouseClick(this, Qt::LeftButton, modifiers, itemRect(item).center().toPoint());
    }
    QSignalSpy edited;
};

} // namespace

class TreemapTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // As everywhere: what failed, holds NaN or is tied can be seen without the mouse.
    void tilesBearTheMarks()
    {
        const auto picture = [](const TreemapData& data) {
            SizeTreemap map;
            map.resize(500, 400);
            map.setData(data);
            return map.grab().toImage();
        };
        TreemapData plain = someData();
        for (TreemapItem& item : plain.items)
            item.tie = -1;
        const QImage without = picture(plain);
        for (const auto mark : {&TreemapItem::failed, &TreemapItem::nonFinite, &TreemapItem::locked}) {
            TreemapData marked = plain;
            marked.items[0].*mark = true;
            QVERIFY(picture(marked) != without);
        }
        TreemapData tied = plain;
        tied.items[3].tie = tied.items[4].tie = 0;
        QVERIFY(picture(tied) != without);
    }
    void areasFollowTheBytes()
    {
        Map map;
        const auto area = [&](int i) { return map.itemRect(i).width() * map.itemRect(i).height(); };
        QVERIFY(std::abs(area(0) / area(1) - 400.0 / 300) < 1e-6);
        QVERIFY(std::abs(area(3) / area(4) - 1.5) < 1e-6);
        QVERIFY(map.itemRect(5).isEmpty());
        for (int i = 0; i < 5; ++i)
            for (int k = 0; k < i; ++k)
                QVERIFY(!map.itemRect(i).adjusted(0.01, 0.01, -0.01, -0.01).intersects(map.itemRect(k)));
        // Headings stand above the tiles of their group.
        QVERIFY(map.headingRect(1).bottom() <= map.itemRect(3).top() + 0.01);
    }
    void clicksSelectTilesAndGroups()
    {
        Map map;
        map.click(3);
        QCOMPARE(map.selection(), QVector<int>{3});
        map.click(0, Qt::ControlModifier);
        QCOMPARE(map.selection(), (QVector<int>{0, 3}));
        map.click(3, Qt::ControlModifier);
        QCOMPARE(map.selection(), QVector<int>{0});
        map.click(4, Qt::ShiftModifier);
        QCOMPARE(map.selection(), (QVector<int>{0, 4}));
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.headingRect(0).center().toPoint());
        QCOMPARE(map.selection(), (QVector<int>{0, 1, 2}));
        QTest::mouseClick(&map, Qt::LeftButton, Qt::ControlModifier, map.headingRect(1).center().toPoint());
        QCOMPARE(map.selection(), (QVector<int>{0, 1, 2, 3, 4})); // not what has no bytes
        QCOMPARE(map.edited.size(), 6);
        QTest::keyClick(&map, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(map.selection().size(), 5);
    }
    void bandSelectsAndEscapeRestores()
    {
        Map map;
        map.click(0);
        const QPointF from = map.itemRect(3).center(), to = map.itemRect(4).center();
        QTest::mousePress(&map, Qt::LeftButton, {}, from.toPoint());
        move(map, to, Qt::LeftButton);
        QCOMPARE(map.selection(), (QVector<int>{3, 4}));
        QTest::keyClick(&map, Qt::Key_Escape);
        QTest::mouseRelease(&map, Qt::LeftButton, {}, to.toPoint());
        QCOMPARE(map.selection(), QVector<int>{0});
        QCOMPARE(map.edited.size(), 1);
        QTest::mousePress(&map, Qt::LeftButton, {}, from.toPoint());
        move(map, to, Qt::LeftButton);
        QTest::mouseRelease(&map, Qt::LeftButton, {}, to.toPoint());
        QCOMPARE(map.selection(), (QVector<int>{3, 4}));
        QCOMPARE(map.edited.size(), 2);
    }
    void wheelZoomsAtTheCursor()
    {
        Map map;
        const QRectF before = map.itemRect(4);
        const QPointF at = before.topLeft() + QPointF(before.width() * 0.3, before.height() * 0.7);
        wheel(map, at, 3);
        QVERIFY(map.zoom() > 1.9);
        const QRectF after = map.itemRect(4);
        QVERIFY(after.width() > 1.9 * before.width());
        QCOMPARE(map.itemAt(at), 4);
        QVERIFY(std::abs((at.x() - after.x()) / after.width() - 0.3) < 1e-6);
        QVERIFY(std::abs((at.y() - after.y()) / after.height() - 0.7) < 1e-6);
        auto* reset = map.findChild<QToolButton*>(utf8("treemap-reset"));
        QVERIFY(reset->isVisible());
        QTest::mouseClick(reset, Qt::LeftButton);
        QVERIFY(!reset->isVisible());
        QCOMPARE(map.itemRect(4), before);
        QVERIFY(map.hasFocus());
    }
    void pansByMiddleAndBySpace()
    {
        Map map;
        QTest::keyClick(&map, Qt::Key_Plus);
        QTest::keyClick(&map, Qt::Key_Plus);
        const QRectF zoomed = map.itemRect(3);
        const QPointF from(200, 200), to(185, 190);
        QTest::mousePress(&map, Qt::MiddleButton, {}, from.toPoint());
        move(map, to, Qt::MiddleButton);
        QTest::mouseRelease(&map, Qt::MiddleButton, {}, to.toPoint());
        QCOMPARE(map.itemRect(3).topLeft(), zoomed.topLeft() - QPointF(15, 10));
        QTest::keyPress(&map, Qt::Key_Space);
        QTest::mousePress(&map, Qt::LeftButton, {}, to.toPoint());
        move(map, from, Qt::LeftButton);
        QCOMPARE(map.itemRect(3).topLeft(), zoomed.topLeft());
        QTest::keyClick(&map, Qt::Key_Escape); // as if the pan had not been
        QCOMPARE(map.itemRect(3).topLeft(), zoomed.topLeft() - QPointF(15, 10));
        QTest::mouseRelease(&map, Qt::LeftButton, {}, from.toPoint());
        QTest::keyRelease(&map, Qt::Key_Space);
        QVERIFY(map.selection().isEmpty());
        QTest::keyClick(&map, Qt::Key_Home);
        QCOMPARE(map.zoom(), 1.0);
    }
    void doubleClickFitsAGroup()
    {
        Map map;
        map.setData(sixGroups());
        QSignalSpy options(&map, &SizeTreemap::optionListRequested);
        QTest::mouseDClick(&map, Qt::LeftButton, {}, map.headingRect(0).center().toPoint());
        QVERIFY(map.zoom() > 1);
        QVERIFY(QRectF(map.rect()).contains(map.itemRect(0)));
        QTest::mouseDClick(&map, Qt::LeftButton, {}, map.itemRect(0).center().toPoint());
        QCOMPARE(options.size(), 1);
    }
    void keysWalkAndExtend()
    {
        Map map;
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.selection(), QVector<int>{3}); // the largest
        const QRectF from = map.itemRect(3);
        int reached = -1;
        for (const Qt::Key key : {Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down}) {
            map.setCurrent(3);
            QTest::keyClick(&map, key);
            const QPointF moved = map.itemRect(map.current()).center() - from.center();
            if (map.current() == 3)
                continue;
            reached = map.current();
            const double along = key == Qt::Key_Left ? -moved.x()
                : key == Qt::Key_Right               ? moved.x()
                : key == Qt::Key_Up                  ? -moved.y()
                                                     : moved.y();
            QVERIFY(along > 0);
        }
        QVERIFY(reached >= 0);
        map.setSelection({3});
        map.setCurrent(3);
        QTest::keyClick(&map, Qt::Key_PageUp, Qt::ShiftModifier);
        QCOMPARE(map.selection(), (QVector<int>{0, 3}));
        QTest::keyClick(&map, Qt::Key_PageDown, Qt::ControlModifier);
        QCOMPARE(map.current(), 3);
        QCOMPARE(map.selection(), (QVector<int>{0, 3})); // only the focus went
        QTest::keyClick(&map, Qt::Key_Space);
        QCOMPARE(map.selection(), QVector<int>{0});
        QVERIFY(map.accessibleDescription().contains(utf8("tensor 3")));
    }
    void menuSelectsAndOffers()
    {
        Map map;
        map.setData(sixGroups());
        map.click(0);
        QSignalSpy asked(&map, &SizeTreemap::contextMenuAboutToShow);
        const QPoint at = map.itemRect(4).center().toPoint();
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, map.mapToGlobal(at));
        QApplication::sendEvent(&map, &event);
        QCOMPARE(map.selection(), QVector<int>{4});
        QCOMPARE(asked.size(), 1);
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu != nullptr);
        const auto actions = menu->actions();
        QAction* fit = nullptr;
        for (QAction* action : actions)
            if (action->text().contains(utf8("group 4")))
                fit = action;
        QVERIFY(fit != nullptr);
        fit->trigger();
        QVERIFY(map.zoom() > 1);
        menu->close();
    }
    void dataKeepWhatTheyCan()
    {
        Map map;
        map.click(4);
        wheel(map, map.itemRect(4).center(), 2);
        const double zoom = map.zoom();
        TreemapData recolored = someData();
        recolored.items[4].value = 2;
        map.setData(recolored);
        QCOMPARE(map.zoom(), zoom);
        QCOMPARE(map.selection(), QVector<int>{4});
        TreemapData regrouped = someData();
        for (auto& item : regrouped.items)
            item.group = 0;
        map.setData(regrouped);
        QCOMPARE(map.zoom(), 1.0); // another arrangement
        QCOMPARE(map.selection(), QVector<int>{4}); // of the same tensors
        map.setItems({{utf8("other"), 10, 4, {}}});
        QVERIFY(map.selection().isEmpty());
        QCOMPARE(map.current(), -1);
    }
    void stateComesBack()
    {
        Map map;
        wheel(map, map.itemRect(1).center(), 4);
        const QRectF was = map.itemRect(1);
        const QJsonObject state = map.viewState();
        Map other;
        other.setViewState(state);
        QVERIFY((other.itemRect(1).topLeft() - was.topLeft()).manhattanLength() < 1e-6);
        other.setViewState({{utf8("zoom"), 1e9}, {utf8("x"), -5.0}, {utf8("y"), 99.0}});
        QVERIFY(other.zoom() <= 60);
        QVERIFY(other.itemAt(QPointF(250, 100)) >= -1);
    }
    void unknownIsHatchedAndEmptyInFiles()
    {
        Map map;
        QVERIFY2(map.csv().contains(utf8("tensor 2,attention,100,\n")), qPrintable(map.csv()));
        QCOMPARE(map.tableData().rows.size(), std::size_t{6});
        // The hatch is the only tile of more than one color.
        const auto colors = [&](int item) {
            QImage picture = map.grab().toImage();
            const QRect inner = map.itemRect(item).adjusted(3, 60, -14, -14).toRect();
            QSet<QRgb> seen;
            for (int y = inner.top(); y < inner.bottom(); ++y)
                for (int x = inner.left(); x < inner.right(); ++x)
                    seen.insert(picture.pixel(x, y));
            return seen.size();
        };
        map.clearFocus();
        map.resize(1600, 1400);
        QVERIFY(map.itemRect(2).height() > 90);
        QCOMPARE(colors(0), qsizetype{1});
        QVERIFY(colors(2) > 1);
    }
};

QTEST_MAIN(TreemapTest)
#include "tst_treemap.moc"
