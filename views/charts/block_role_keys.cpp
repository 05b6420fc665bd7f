// Keys and menu of the matrix.
#include "views/charts/block_role_matrix.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace bitwright::views {

// --- Keys ---

QVector<int> BlockRoleMatrix::editTargets() const
{
    if (!selection().isEmpty())
        return selection();
    QVector<int> focused;
    for (const int unit : unitsOf(m_focus.y(), m_focus.x()))
        focused << unit;
    return focused;
}

bool BlockRoleMatrix::editKey(QKeyEvent* event)
{
    const QVector<int> units = editTargets();
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && !units.isEmpty() && (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier
        && m_focus.y() >= 0 && openCell(m_focus.y(), m_focus.x()))
        return true;
    return editUnits(event, units);
}

QPoint BlockRoleMatrix::optionListPosition(const QVector<int>& units) const
{
    const QRectF rect = m_focus.y() >= 0 ? cellRect(m_focus.y(), m_focus.x()) : unitRect(units.first());
    return viewport()->mapToGlobal(rect.bottomLeft().toPoint());
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
    const QPoint from = m_focus.y() < 0 ? QPoint(0, 0) : m_focus + QPoint(dx, dy);
    const int row = std::clamp(from.y(), 0, static_cast<int>(m_data.rows.size()) - 1);
    m_focus = {std::clamp(from.x(), 0, lastColumn(row)), row};
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
    if (!menu->isEmpty())
        menu->addSeparator();
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
    const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
    const int unit = byMouse ? unitAt(event->pos()) : -1;
    if (byMouse && (event->pos().x() < m_geometry.left || event->pos().y() < m_geometry.top))
        clickAt(event->pos(), Qt::NoModifier); // a header means its whole row or column
    if (unit >= 0 && !isSelected(unit))
        clickAt(event->pos(), Qt::NoModifier);
    QMenu* menu = createContextMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(event->globalPos());
}

} // namespace bitwright::views
