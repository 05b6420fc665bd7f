// Selection and mouse of the matrix; keys and menu are in block_role_keys.cpp.
#include "views/charts/block_role_matrix.h"
#include "views/charts/empty_state.h"

#include <QHelpEvent>
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
            if (!m_data.rows[static_cast<std::size_t>(row)].loose)
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

// Ctrl toggles, Shift adds, otherwise replaces.
void BlockRoleMatrix::applySelection(const QVector<int>& units, Qt::KeyboardModifiers modifiers)
{
    if (modifiers.testFlag(Qt::ControlModifier)) {
        const bool allIn = std::all_of(units.begin(), units.end(), [&](int u) { return isSelected(u); });
        QVector<int> next = selection();
        if (allIn)
            next.removeIf([&](int u) { return units.contains(u); });
        else
            next = unitedUnits(next, units);
        commitSelection(next);
    } else if (modifiers.testFlag(Qt::ShiftModifier)) {
        commitSelection(unitedUnits(selection(), units));
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
            modifiers.testFlag(Qt::ControlModifier) ? selection() : QVector<int>(), unitsInBox(box)));
        return;
    }
    m_anchor = m_focus;
    applySelection({unit}, modifiers);
}

// --- Mouse ---

void BlockRoleMatrix::beginGesture(const QPointF& position, Qt::MouseButton button, Qt::KeyboardModifiers)
{
    m_pressPosition = m_dragPosition = position;
    m_selectionBefore = selection();
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
    else if (gesture == Gesture::Box && selection() != m_selectionBefore)
        Q_EMIT selectionEdited(selection());
    viewport()->update();
}

void BlockRoleMatrix::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int unit = unitAt(event->position());
    if (event->button() == Qt::LeftButton && unit >= 0
        && openCell(m_data.units[static_cast<std::size_t>(unit)].row,
            m_data.units[static_cast<std::size_t>(unit)].column))
        return;
    if (event->button() == Qt::LeftButton && unit >= 0)
        Q_EMIT optionListRequested(editTargets(), event->globalPosition().toPoint());
    else if (event->button() == Qt::LeftButton && event->position().x() < m_geometry.left
        && event->position().y() < m_geometry.top) {
        commitSelection(m_selectionBefore); // the first of the two clicks selected all
        resetView();
    }
}

// A cell of several units (experts) is opened, not edited as one by accident.
bool BlockRoleMatrix::openCell(int row, int column)
{
    if (unitsOf(row, column).size() < 2)
        return false;
    Q_EMIT cellOpened(row, column);
    return true;
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
        if (text.isEmpty() && !m_data.units.empty()
            && help->pos().y() > viewport()->height() - m_geometry.bottom)
            text = keyTip();
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

} // namespace bitwright::views
