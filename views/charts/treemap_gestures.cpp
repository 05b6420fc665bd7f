// Mouse, keys and menu of the treemap.
#include "views/charts/size_treemap.h"

#include <QActionGroup>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {
constexpr double kDragDistance = 4;

QVector<int> sorted(QVector<int> items)
{
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
}
} // namespace

// --- What is where ---

int SizeTreemap::itemAt(const QPointF& position) const
{
    if (!m_placed.map.contains(position))
        return -1;
    for (std::size_t i = 0; i < m_placed.items.size(); ++i)
        if (!m_placed.items[i].isEmpty() && m_placed.items[i].contains(position))
            return static_cast<int>(i);
    return -1;
}

int SizeTreemap::groupAt(const QPointF& position) const
{
    for (std::size_t g = 0; g < m_placed.headings.size(); ++g)
        if (m_placed.headings[g].contains(position) && m_placed.map.contains(position))
            return static_cast<int>(g);
    return -1;
}

QVector<int> SizeTreemap::itemsOf(int group) const
{
    QVector<int> items;
    for (std::size_t i = 0; i < m_data.items.size(); ++i)
        if (m_data.items[i].group == group && m_data.items[i].bytes > 0)
            items << static_cast<int>(i);
    return items;
}

QVector<int> SizeTreemap::itemsIn(const QRectF& band) const
{
    QVector<int> items;
    for (std::size_t i = 0; i < m_placed.items.size(); ++i)
        if (!m_placed.items[i].isEmpty() && m_placed.items[i].intersects(band))
            items << static_cast<int>(i);
    return items;
}

QString SizeTreemap::describe(int item) const
{
    if (item < 0)
        return {};
    const TreemapItem& i = m_data.items[static_cast<std::size_t>(item)];
    QStringList lines{i.name, formatExactBytes(i.bytes)};
    if (!m_data.measure.isEmpty() && i.applies)
        lines << QStringLiteral("%1: %2").arg(m_data.measure, valueText(i));
    if (!i.detail.isEmpty())
        lines << i.detail;
    if (m_data.details)
        lines << m_data.details(item);
    return lines.join(u'\n');
}

QString SizeTreemap::describeGroup(int group) const
{
    if (group < 0)
        return {};
    return QStringLiteral("%1\n%2\n%3")
        .arg(m_data.groups.value(group), tr("%n tensor(s)", nullptr, static_cast<int>(itemsOf(group).size())),
            formatExactBytes(m_groupBytes[static_cast<std::size_t>(group)]));
}

// --- Selection ---

void SizeTreemap::setSelection(const QVector<int>& items)
{
    QVector<int> known = items;
    known.removeIf([&](int i) { return i < 0 || i >= static_cast<int>(m_data.items.size()); });
    m_selection = sorted(known);
    update();
}

void SizeTreemap::setCurrent(int item)
{
    m_current = item >= 0 && item < static_cast<int>(m_data.items.size()) ? item : -1;
    if (m_current >= 0)
        setAccessibleDescription(describe(m_current).replace(u'\n', QStringLiteral(", ")));
    update();
}

void SizeTreemap::commit(const QVector<int>& items, int current)
{
    const QVector<int> before = m_selection;
    const int currentBefore = m_current;
    setSelection(items);
    setCurrent(current);
    if (m_selection != before || m_current != currentBefore)
        Q_EMIT selectionEdited(m_selection, m_current);
}

void SizeTreemap::selectAllItems()
{
    QVector<int> all;
    for (std::size_t i = 0; i < m_data.items.size(); ++i)
        if (m_data.items[i].bytes > 0)
            all << static_cast<int>(i);
    if (!all.isEmpty())
        commit(all, m_current >= 0 ? m_current : all.front());
}

// Ctrl toggles, Shift adds, otherwise replaces; a heading stands for its group.
void SizeTreemap::clickAt(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const int item = itemAt(position);
    const int group = item < 0 ? groupAt(position) : -1;
    const QVector<int> meant = group >= 0 ? itemsOf(group) : item >= 0 ? QVector<int>{item} : QVector<int>();
    if (meant.isEmpty()) {
        if (modifiers == Qt::NoModifier && m_placed.map.contains(position))
            commit({}, -1);
        return;
    }
    QVector<int> next = m_selection;
    const bool inside
        = std::all_of(meant.begin(), meant.end(), [&](int i) { return m_selection.contains(i); });
    if (modifiers.testFlag(Qt::ControlModifier) && inside)
        next.removeIf([&](int i) { return meant.contains(i); });
    else if (modifiers & (Qt::ControlModifier | Qt::ShiftModifier))
        next += meant;
    else
        next = meant;
    commit(next, meant.front());
}

// --- Mouse ---

void SizeTreemap::mousePressEvent(QMouseEvent* event)
{
    event->accept();
    if (m_gesture != Gesture::None || m_data.items.empty())
        return;
    m_press = m_drag = event->position();
    m_selectionBefore = m_selection;
    m_offsetBefore = m_offset;
    const bool left = event->button() == Qt::LeftButton;
    if (event->button() == Qt::MiddleButton || (left && m_spaceHeld)) {
        m_gesture = Gesture::Pan;
        m_spacePanned = true;
        setCursor(Qt::ClosedHandCursor);
    } else if (left) {
        m_gesture = Gesture::Click;
    }
}

void SizeTreemap::dragTo(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    m_drag = position;
    if (m_gesture == Gesture::Pan) {
        m_offset = m_offsetBefore - (position - m_press);
        viewMoved();
        return;
    }
    if (m_gesture == Gesture::Click && (position - m_press).manhattanLength() > kDragDistance)
        m_gesture = Gesture::Band;
    if (m_gesture != Gesture::Band)
        return;
    // The selection follows the band; it is announced once, on release.
    const bool adds = modifiers & (Qt::ControlModifier | Qt::ShiftModifier);
    const QVector<int> inside = itemsIn(QRectF(m_press, m_drag).normalized());
    setSelection(adds ? m_selectionBefore + inside : inside);
}

void SizeTreemap::mouseMoveEvent(QMouseEvent* event)
{
    if (m_gesture != Gesture::None)
        dragTo(event->position(), event->modifiers());
    else
        setHover(itemAt(event->position()));
}

void SizeTreemap::mouseReleaseEvent(QMouseEvent* event)
{
    const Gesture gesture = m_gesture;
    m_gesture = Gesture::None;
    unsetCursor();
    if (gesture == Gesture::Click) {
        clickAt(event->position(), event->modifiers());
    } else if (gesture == Gesture::Band && m_selection != m_selectionBefore) {
        setCurrent(m_selection.isEmpty() ? -1 : m_selection.front());
        Q_EMIT selectionEdited(m_selection, m_current);
    }
    update();
}

void SizeTreemap::mouseDoubleClickEvent(QMouseEvent* event)
{
    event->accept();
    if (event->button() != Qt::LeftButton)
        return;
    if (const int group = groupAt(event->position()); group >= 0)
        fitGroup(group);
    else if (itemAt(event->position()) >= 0)
        Q_EMIT optionListRequested(event->globalPosition().toPoint());
}

void SizeTreemap::cancelGesture()
{
    if (m_gesture == Gesture::Pan) {
        m_offset = m_offsetBefore;
        viewMoved();
    }
    m_gesture = Gesture::None;
    setSelection(m_selectionBefore);
    unsetCursor();
}

void SizeTreemap::wheelEvent(QWheelEvent* event)
{
    const QPoint delta = event->angleDelta();
    const double notches = (delta.y() != 0 ? delta.y() : delta.x()) / 120.0;
    if (notches == 0 || !m_placed.map.contains(event->position()) || m_data.items.empty()) {
        event->ignore();
        return;
    }
    zoomAt(event->position(), std::pow(1.25, notches));
    event->accept();
}

void SizeTreemap::setHover(int item)
{
    if (item == m_hover)
        return;
    m_hover = item;
    update();
    Q_EMIT itemHovered(item);
    Q_EMIT readoutChanged(describe(item));
}

void SizeTreemap::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    setHover(-1);
}

bool SizeTreemap::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int item = itemAt(help->pos());
        QToolTip::showText(
            help->globalPos(), item >= 0 ? describe(item) : describeGroup(groupAt(help->pos())), this);
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
        m_spaceHeld = false;
        update();
    }
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const int k = key->key();
        const bool plain = (key->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == Qt::NoModifier;
        if (plain && (k == Qt::Key_Space || (k == Qt::Key_Escape && m_gesture != Gesture::None))) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

// --- Keys ---

// The nearest tile in a direction, by the distance of the edges and then of the middles.
int SizeTreemap::neighbour(int item, int dx, int dy) const
{
    const QRectF from = itemRect(item);
    int best = -1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < m_placed.items.size(); ++i) {
        const QRectF& to = m_placed.items[i];
        if (to.isEmpty() || static_cast<int>(i) == item)
            continue;
        const double along = dx != 0 ? (dx > 0 ? to.left() - from.right() : from.left() - to.right())
                                     : (dy > 0 ? to.top() - from.bottom() : from.top() - to.bottom());
        if (along < -1)
            continue;
        const double aside = dx != 0
            ? std::max({0.0, to.top() - from.center().y(), from.center().y() - to.bottom()})
            : std::max({0.0, to.left() - from.center().x(), from.center().x() - to.right()});
        const double distance = std::max(0.0, along) + 3 * aside;
        if (distance < least) {
            least = distance;
            best = static_cast<int>(i);
        }
    }
    return best;
}

int SizeTreemap::firstOfGroup(int step) const
{
    const int groups = static_cast<int>(m_data.groups.size());
    int group
        = m_current < 0 ? (step > 0 ? -1 : groups) : m_data.items[static_cast<std::size_t>(m_current)].group;
    for (group += step; group >= 0 && group < groups; group += step)
        if (const QVector<int> items = itemsOf(group); !items.isEmpty())
            return items.front();
    return -1;
}

void SizeTreemap::moveFocus(int item, Qt::KeyboardModifiers modifiers)
{
    if (item < 0)
        return;
    if (modifiers.testFlag(Qt::ControlModifier)) {
        setCurrent(item);
    } else if (modifiers.testFlag(Qt::ShiftModifier)) {
        commit(m_selection + QVector<int>{item}, item);
    } else {
        commit({item}, item);
    }
    ensureVisible(item);
    Q_EMIT readoutChanged(describe(item));
}

bool SizeTreemap::navigationKey(QKeyEvent* event)
{
    const auto largest = [this] {
        const auto found = std::max_element(m_data.items.begin(), m_data.items.end(),
            [](const TreemapItem& a, const TreemapItem& b) { return a.bytes < b.bytes; });
        return static_cast<int>(found - m_data.items.begin());
    };
    const auto go = [&](int dx, int dy) {
        moveFocus(m_current < 0 ? largest() : neighbour(m_current, dx, dy), event->modifiers());
        return true;
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return go(-1, 0);
    case Qt::Key_Right:
        return go(1, 0);
    case Qt::Key_Up:
        return go(0, -1);
    case Qt::Key_Down:
        return go(0, 1);
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        moveFocus(firstOfGroup(event->key() == Qt::Key_PageDown ? 1 : -1), event->modifiers());
        return true;
    case Qt::Key_Home:
        resetView();
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    default:
        return false;
    }
}

void SizeTreemap::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_gesture != Gesture::None) {
        cancelGesture();
        return;
    }
    if (m_data.items.empty()) {
        event->ignore();
        return;
    }
    if (event->key() == Qt::Key_Space) {
        if (!event->isAutoRepeat()) {
            m_spaceHeld = true;
            m_spacePanned = false;
            setCursor(Qt::OpenHandCursor);
        }
        return;
    }
    if (!navigationKey(event))
        QWidget::keyPressEvent(event);
}

void SizeTreemap::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() != Qt::Key_Space || event->isAutoRepeat()) {
        QWidget::keyReleaseEvent(event);
        return;
    }
    const bool toggles = m_spaceHeld && !m_spacePanned && m_current >= 0;
    m_spaceHeld = false;
    unsetCursor();
    if (!toggles)
        return;
    // Space without a drag toggles the tile: the keyboard's way of Ctrl+click.
    QVector<int> next = m_selection;
    if (!next.removeOne(m_current))
        next << m_current;
    commit(next, m_current);
}

// --- Menu ---

void SizeTreemap::contextMenuEvent(QContextMenuEvent* event)
{
    if (m_data.items.empty() || m_gesture != Gesture::None)
        return;
    // A right click outside the selection means the tile under it.
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const int item = byKey ? -1 : itemAt(event->pos());
    const int group = byKey || item >= 0 ? -1 : groupAt(event->pos());
    if ((item >= 0 && !m_selection.contains(item)) || group >= 0)
        clickAt(event->pos(), Qt::NoModifier);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    Q_EMIT contextMenuAboutToShow(menu);
    if (!menu->isEmpty())
        menu->addSeparator();
    menu->addActions(m_viewActions);
    const int fitted = group >= 0 ? group
        : m_current >= 0          ? m_data.items[static_cast<std::size_t>(m_current)].group
                                  : -1;
    if (fitted >= 0)
        connect(menu->addAction(tr("&Fit %1").arg(m_data.groups.value(fitted))), &QAction::triggered, this,
            [this, fitted] { fitGroup(fitted); });
    if (m_data.color == TreemapColor::Sequential) {
        QMenu* maps = menu->addMenu(tr("&Color map"));
        auto* choices = new QActionGroup(maps);
        for (const ColorMap map : {ColorMap::Cividis, ColorMap::Viridis, ColorMap::Magma, ColorMap::Grey}) {
            QAction* action = maps->addAction(colorMapName(map));
            action->setCheckable(true);
            action->setChecked(map == m_colorMap);
            choices->addAction(action);
            connect(action, &QAction::triggered, this, [this, map] { setColorMap(map); });
        }
    }
    menu->addSeparator();
    addExportActions(*menu);
    const QRectF at = itemRect(m_current).intersected(m_placed.map);
    menu->popup(byKey && !at.isEmpty() ? mapToGlobal(at.center().toPoint()) : event->globalPos());
}

} // namespace bitwright::views
