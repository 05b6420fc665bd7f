// Mouse, keys and menu of the matrix.
#include "views/charts/block_role_matrix.h"
#include "views/charts/empty_state.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
constexpr double kDragDistance = 4;
constexpr double kLargestZoom = 12;

QVector<int> unitedUnits(QVector<int> a, const QVector<int>& b)
{
    a += b;
    std::sort(a.begin(), a.end());
    a.erase(std::unique(a.begin(), a.end()), a.end());
    return a;
}
} // namespace

// --- Selection ---

QVector<int> BlockRoleMatrix::unitsOfRows(int first, int last) const
{
    QVector<int> result;
    for (int row = std::min(first, last); row <= std::max(first, last); ++row)
        for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column)
            for (const int unit : unitsOf(row, column))
                result << unit;
    return result;
}

QVector<int> BlockRoleMatrix::unitsOfColumns(int first, int last) const
{
    QVector<int> result;
    for (int row = 0; row < static_cast<int>(m_data.rows.size()); ++row)
        for (int column = std::min(first, last); column <= std::max(first, last); ++column)
            for (const int unit : unitsOf(row, column))
                result << unit;
    return result;
}

QVector<int> BlockRoleMatrix::unitsInBox(const QRectF& box) const
{
    QVector<int> result;
    for (int row = 0; row < static_cast<int>(m_data.rows.size()); ++row)
        for (int column = 0; column < static_cast<int>(m_data.columns.size()); ++column) {
            const std::vector<int>& units = unitsOf(row, column);
            const QRectF cell = cellRect(row, column);
            if (!cell.intersects(box))
                continue;
            for (std::size_t i = 0; i < units.size(); ++i)
                if (segmentRect(cell, units, i).intersects(box))
                    result << units[i];
        }
    return result;
}

void BlockRoleMatrix::commitSelection(const QVector<int>& units)
{
    const QVector<int> before = m_selection;
    setSelection(units);
    if (m_selection != before)
        Q_EMIT selectionEdited(m_selection);
}

// Ctrl toggles, Shift adds, otherwise replaces.
void BlockRoleMatrix::applySelection(const QVector<int>& units, Qt::KeyboardModifiers modifiers)
{
    if (modifiers.testFlag(Qt::ControlModifier)) {
        const bool allIn = std::all_of(units.begin(), units.end(),
            [&](int u) { return m_isSelected[static_cast<std::size_t>(u)] != 0; });
        QVector<int> next = m_selection;
        if (allIn)
            next.removeIf([&](int u) { return units.contains(u); });
        else
            next = unitedUnits(next, units);
        commitSelection(next);
    } else if (modifiers.testFlag(Qt::ShiftModifier)) {
        commitSelection(unitedUnits(m_selection, units));
    } else {
        commitSelection(units);
    }
}

void BlockRoleMatrix::selectAllUnits()
{
    QVector<int> all(static_cast<qsizetype>(m_data.units.size()));
    for (qsizetype i = 0; i < all.size(); ++i)
        all[i] = static_cast<int>(i);
    commitSelection(all);
}

void BlockRoleMatrix::clickAt(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const Geometry& g = m_geometry;
    const bool inRows = position.x() < g.left, inColumns = position.y() < g.top;
    const bool extends = modifiers.testFlag(Qt::ShiftModifier);
    if (inRows && inColumns) {
        selectAllUnits();
        return;
    }
    if (inRows || inColumns) {
        const auto count = static_cast<int>(inRows ? m_data.rows.size() : m_data.columns.size());
        for (int i = 0; i < count; ++i) {
            if (!(inRows ? rowHeaderRect(i) : columnHeaderRect(i)).contains(position))
                continue;
            const int anchor = inRows ? m_anchor.y() : m_anchor.x();
            const int first = extends && anchor >= 0 ? anchor : i;
            applySelection(inRows ? unitsOfRows(first, i) : unitsOfColumns(first, i), modifiers);
            m_focus = inRows ? QPoint(std::max(m_focus.x(), 0), i) : QPoint(i, std::max(m_focus.y(), 0));
            if (!extends)
                m_anchor = m_focus;
        }
        return;
    }
    const int unit = unitAt(position);
    if (unit < 0) {
        if (modifiers == Qt::NoModifier)
            commitSelection({});
        return;
    }
    const MatrixUnit& u = m_data.units[static_cast<std::size_t>(unit)];
    m_focus = {u.column, u.row};
    if (extends && m_anchor.y() >= 0) {
        const QRectF box
            = cellRect(m_anchor.y(), m_anchor.x()).united(cellRect(u.row, u.column)).adjusted(1, 1, -1, -1);
        commitSelection(unitedUnits(
            modifiers.testFlag(Qt::ControlModifier) ? m_selection : QVector<int>(), unitsInBox(box)));
        return;
    }
    m_anchor = m_focus;
    applySelection({unit}, modifiers);
}

// --- Mouse ---

void BlockRoleMatrix::beginGesture(const QPointF& position, Qt::MouseButton button, Qt::KeyboardModifiers)
{
    m_pressPosition = m_dragPosition = position;
    m_selectionBefore = m_selection;
    const bool pans = button == Qt::MiddleButton || (button == Qt::LeftButton && m_spaceHeld);
    if (pans) {
        m_gesture = Gesture::Pan;
        m_spacePanned = true;
        m_panStart = {horizontalScrollBar()->value(), verticalScrollBar()->value()};
        viewport()->setCursor(Qt::ClosedHandCursor);
    } else if (button == Qt::LeftButton) {
        m_gesture = Gesture::Click;
    }
}

void BlockRoleMatrix::mousePressEvent(QMouseEvent* event)
{
    if (m_gesture == Gesture::None)
        beginGesture(event->position(), event->button(), event->modifiers());
    event->accept();
}

void BlockRoleMatrix::dragTo(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    m_dragPosition = position;
    if (m_gesture == Gesture::Pan) {
        const QPointF moved = position - m_pressPosition;
        horizontalScrollBar()->setValue(m_panStart.x() - static_cast<int>(moved.x()));
        verticalScrollBar()->setValue(m_panStart.y() - static_cast<int>(moved.y()));
        return;
    }
    const bool inCells = m_pressPosition.x() >= m_geometry.left && m_pressPosition.y() >= m_geometry.top;
    if (m_gesture == Gesture::Click && inCells
        && (position - m_pressPosition).manhattanLength() > kDragDistance)
        m_gesture = Gesture::Box;
    if (m_gesture != Gesture::Box)
        return;
    // The selection follows the band; it is announced once, on release.
    const QVector<int> inside = unitsInBox(QRectF(m_pressPosition, position).normalized());
    const bool adds = modifiers & (Qt::ControlModifier | Qt::ShiftModifier);
    setSelection(adds ? unitedUnits(m_selectionBefore, inside) : inside);
    viewport()->update();
}

void BlockRoleMatrix::mouseMoveEvent(QMouseEvent* event)
{
    if (m_gesture != Gesture::None)
        dragTo(event->position(), event->modifiers());
    else
        setHover(unitAt(event->position()));
}

void BlockRoleMatrix::mouseReleaseEvent(QMouseEvent* event)
{
    const Gesture gesture = m_gesture;
    m_gesture = Gesture::None;
    viewport()->unsetCursor();
    if (gesture == Gesture::Click)
        clickAt(event->position(), event->modifiers());
    else if (gesture == Gesture::Box && m_selection != m_selectionBefore)
        Q_EMIT selectionEdited(m_selection);
    viewport()->update();
}

void BlockRoleMatrix::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int unit = unitAt(event->position());
    if (event->button() == Qt::LeftButton && unit >= 0)
        Q_EMIT optionListRequested(editTargets(), event->globalPosition().toPoint());
    else if (event->button() == Qt::LeftButton && event->position().x() < m_geometry.left
        && event->position().y() < m_geometry.top)
        resetView();
}

void BlockRoleMatrix::setHover(int unit)
{
    if (m_hover == unit)
        return;
    m_hover = unit;
    viewport()->update();
    Q_EMIT hovered(unit);
    Q_EMIT readoutChanged(unit >= 0 ? describe(unit) : QString());
}

bool BlockRoleMatrix::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Leave)
        setHover(-1);
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int unit = unitAt(help->pos());
        QString text = unit >= 0 ? describe(unit) : QString();
        for (int column = 0; text.isEmpty() && column < static_cast<int>(m_data.columns.size()); ++column)
            if (columnHeaderRect(column).contains(help->pos()))
                text = m_data.columns[static_cast<std::size_t>(column)].description;
        QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void BlockRoleMatrix::zoomAt(const QPointF& position, double factor)
{
    const Geometry before = m_geometry;
    const double x = (position.x() - before.left + offset().x()) / before.cellWidth;
    const double y = (position.y() - before.top + offset().y()) / before.cellHeight;
    m_zoomX = std::clamp(m_zoomX * factor, 1.0, kLargestZoom);
    m_zoomY = std::clamp(m_zoomY * factor, 1.0, kLargestZoom);
    layoutScrollBars();
    horizontalScrollBar()->setValue(
        static_cast<int>(x * m_geometry.cellWidth - position.x() + m_geometry.left));
    verticalScrollBar()->setValue(
        static_cast<int>(y * m_geometry.cellHeight - position.y() + m_geometry.top));
    invalidate();
}

void BlockRoleMatrix::zoomIn()
{
    zoomAt(QRectF(viewport()->rect()).center(), 1.25);
}
void BlockRoleMatrix::zoomOut()
{
    zoomAt(QRectF(viewport()->rect()).center(), 0.8);
}

void BlockRoleMatrix::resetView()
{
    m_zoomX = m_zoomY = 1;
    layoutScrollBars();
    invalidate();
}

void BlockRoleMatrix::wheelEvent(QWheelEvent* event)
{
    const QPoint delta = event->angleDelta();
    if (event->modifiers().testFlag(Qt::ShiftModifier) || (delta.y() == 0 && delta.x() != 0)) {
        QAbstractScrollArea::wheelEvent(event); // sideways wheels and touch pads scroll
        return;
    }
    zoomAt(event->position(), std::pow(1.2, delta.y() / 120.0));
    event->accept();
}

// --- Keys ---

QVector<int> BlockRoleMatrix::editTargets() const
{
    if (!m_selection.isEmpty())
        return m_selection;
    QVector<int> focused;
    for (const int unit : unitsOf(m_focus.y(), m_focus.x()))
        focused << unit;
    return focused;
}

bool BlockRoleMatrix::editKey(QKeyEvent* event)
{
    const QVector<int> units = editTargets();
    const int key = event->key();
    if (units.isEmpty() || (event->modifiers() & ~Qt::KeypadModifier) != Qt::NoModifier)
        return false;
    if (key >= Qt::Key_2 && key <= Qt::Key_9)
        Q_EMIT setBitsRequested(units, key - Qt::Key_0);
    else if (key == Qt::Key_0)
        Q_EMIT restoreRequested(units);
    else if (key == Qt::Key_K)
        Q_EMIT lockToggleRequested(units);
    else if (key == Qt::Key_T)
        Q_EMIT tieToggleRequested(units);
    else if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        const QRectF rect = m_focus.y() >= 0 ? cellRect(m_focus.y(), m_focus.x()) : unitRect(units.first());
        Q_EMIT optionListRequested(units, viewport()->mapToGlobal(rect.bottomLeft().toPoint()));
    } else
        return false;
    return true;
}

void BlockRoleMatrix::ensureVisible(int row, int column)
{
    const QRectF rect = cellRect(row, column);
    const QRectF area(m_geometry.left, m_geometry.top, viewport()->width() - m_geometry.left,
        viewport()->height() - m_geometry.top - m_geometry.bottom);
    const auto follow = [](QScrollBar* bar, double low, double high, double from, double to) {
        if (low < from)
            bar->setValue(bar->value() - static_cast<int>(std::ceil(from - low)));
        else if (high > to)
            bar->setValue(bar->value() + static_cast<int>(std::ceil(high - to)));
    };
    follow(horizontalScrollBar(), rect.left(), rect.right(), area.left(), area.right());
    follow(verticalScrollBar(), rect.top(), rect.bottom(), area.top(), area.bottom());
}

void BlockRoleMatrix::moveFocus(int dx, int dy, Qt::KeyboardModifiers modifiers)
{
    if (m_data.rows.empty() || m_data.columns.empty())
        return;
    const QPoint last(static_cast<int>(m_data.columns.size()) - 1, static_cast<int>(m_data.rows.size()) - 1);
    const QPoint from = m_focus.y() < 0 ? QPoint(0, 0) : m_focus + QPoint(dx, dy);
    m_focus = {std::clamp(from.x(), 0, last.x()), std::clamp(from.y(), 0, last.y())};
    ensureVisible(m_focus.y(), m_focus.x());
    QVector<int> focused;
    for (const int unit : unitsOf(m_focus.y(), m_focus.x()))
        focused << unit;
    if (modifiers.testFlag(Qt::ShiftModifier) && m_anchor.y() >= 0) {
        const QRectF box = cellRect(m_anchor.y(), m_anchor.x()).united(cellRect(m_focus.y(), m_focus.x()));
        commitSelection(unitsInBox(box.adjusted(1, 1, -1, -1)));
    } else if (!modifiers.testFlag(Qt::ControlModifier)) {
        m_anchor = m_focus;
        commitSelection(focused);
    }
    if (!focused.isEmpty()) {
        // Screen readers announce the cell as the description of the focused widget.
        setAccessibleDescription(describe(focused.first()));
        Q_EMIT readoutChanged(describe(focused.first()));
    }
    viewport()->update();
}

bool BlockRoleMatrix::navigationKey(QKeyEvent* event)
{
    const Qt::KeyboardModifiers modifiers = event->modifiers();
    const int far = 1 << 20;
    switch (event->key()) {
    case Qt::Key_Left:
        moveFocus(-1, 0, modifiers);
        return true;
    case Qt::Key_Right:
        moveFocus(1, 0, modifiers);
        return true;
    case Qt::Key_Up:
        moveFocus(0, -1, modifiers);
        return true;
    case Qt::Key_Down:
        moveFocus(0, 1, modifiers);
        return true;
    case Qt::Key_PageUp:
        moveFocus(0, -10, modifiers);
        return true;
    case Qt::Key_PageDown:
        moveFocus(0, 10, modifiers);
        return true;
    case Qt::Key_Home:
        moveFocus(-far, modifiers.testFlag(Qt::ControlModifier) ? -far : 0, Qt::NoModifier);
        return true;
    case Qt::Key_End:
        moveFocus(far, modifiers.testFlag(Qt::ControlModifier) ? far : 0, Qt::NoModifier);
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    case Qt::Key_A:
        if (modifiers == Qt::ControlModifier) {
            selectAllUnits();
            return true;
        }
        return false;
    default:
        return false;
    }
}

bool BlockRoleMatrix::event(QEvent* event)
{
    // Digits, K, T, Enter and Space are edits here, not window shortcuts, while the matrix has the focus.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const int k = key->key();
        const bool plain = (key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
        const bool edits = k == Qt::Key_0 || (k >= Qt::Key_2 && k <= Qt::Key_9) || k == Qt::Key_K
            || k == Qt::Key_T || k == Qt::Key_Return || k == Qt::Key_Enter || k == Qt::Key_Space
            || (k == Qt::Key_Escape && m_gesture != Gesture::None);
        if (plain && edits) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void BlockRoleMatrix::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_gesture != Gesture::None) {
        if (m_gesture == Gesture::Pan) {
            horizontalScrollBar()->setValue(m_panStart.x());
            verticalScrollBar()->setValue(m_panStart.y());
        }
        m_gesture = Gesture::None;
        setSelection(m_selectionBefore);
        viewport()->unsetCursor();
        viewport()->update();
        return;
    }
    if (event->key() == Qt::Key_Space) {
        if (!event->isAutoRepeat()) {
            m_spaceHeld = true;
            m_spacePanned = false;
            viewport()->setCursor(Qt::OpenHandCursor);
        }
        return;
    }
    if (!editKey(event) && !navigationKey(event))
        QAbstractScrollArea::keyPressEvent(event);
}

void BlockRoleMatrix::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() != Qt::Key_Space || event->isAutoRepeat()) {
        QAbstractScrollArea::keyReleaseEvent(event);
        return;
    }
    m_spaceHeld = false;
    viewport()->unsetCursor();
    // Space without a drag toggles the focused cell: the keyboard's way of Ctrl+click.
    if (!m_spacePanned && m_focus.y() >= 0) {
        QVector<int> focused;
        for (const int unit : unitsOf(m_focus.y(), m_focus.x()))
            focused << unit;
        if (!focused.isEmpty())
            applySelection(focused, Qt::ControlModifier);
    }
}

// --- Menu ---

QMenu* BlockRoleMatrix::createContextMenu()
{
    auto* menu = new QMenu(this);
    const QVector<int> units = editTargets();
    Q_EMIT contextMenuAboutToShow(menu, units);
    if (!units.isEmpty()) {
        QMenu* bits = menu->addMenu(tr("Set bits"));
        for (int b = 2; b <= 9; ++b)
            connect(bits->addAction(tr("%1 bits\t%1").arg(b)), &QAction::triggered, this,
                [this, units, b] { Q_EMIT setBitsRequested(units, b); });
        connect(menu->addAction(tr("Restore the solver's choice\t0")), &QAction::triggered, this,
            [this, units] { Q_EMIT restoreRequested(units); });
        connect(menu->addAction(tr("Lock or unlock\tK")), &QAction::triggered, this,
            [this, units] { Q_EMIT lockToggleRequested(units); });
        connect(menu->addAction(tr("Tie or untie\tT")), &QAction::triggered, this,
            [this, units] { Q_EMIT tieToggleRequested(units); });
        connect(menu->addAction(tr("Options…\tEnter")), &QAction::triggered, this,
            [this, units] { Q_EMIT optionListRequested(units, QCursor::pos()); });
        menu->addSeparator();
    }
    connect(menu->addAction(tr("Select all\tCtrl+A")), &QAction::triggered, this,
        &BlockRoleMatrix::selectAllUnits);
    connect(menu->addAction(tr("Zoom in\t+")), &QAction::triggered, this, &BlockRoleMatrix::zoomIn);
    connect(menu->addAction(tr("Zoom out\t-")), &QAction::triggered, this, &BlockRoleMatrix::zoomOut);
    connect(menu->addAction(tr("Fit to the window")), &QAction::triggered, this, &BlockRoleMatrix::resetView);
    menu->addSeparator();
    addExportActions(*menu);
    return menu;
}

void BlockRoleMatrix::contextMenuEvent(QContextMenuEvent* event)
{
    // A right click outside the selection means the cell under it.
    const int unit = event->reason() == QContextMenuEvent::Mouse ? unitAt(event->pos()) : -1;
    if (unit >= 0 && !m_isSelected[static_cast<std::size_t>(unit)])
        clickAt(event->pos(), Qt::NoModifier);
    QMenu* menu = createContextMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(event->globalPos());
}

} // namespace bitwright::views
