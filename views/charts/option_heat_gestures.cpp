// Mouse, keys and menu of the tensor x option map.
#include "views/charts/option_heat_map.h"

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
constexpr double kDragDistance = 5;
constexpr double kZoomStep = 1.2;

QVector<int> united(QVector<int> a, const QVector<int>& b)
{
    a += b;
    std::sort(a.begin(), a.end());
    a.erase(std::unique(a.begin(), a.end()), a.end());
    return a;
}
} // namespace

QVector<int> OptionHeatMap::targetsOf(int unit) const
{
    const bool inside = unit >= 0 && isSelected(unit);
    return inside || unit < 0 ? selection() : QVector<int>{unit};
}

void OptionHeatMap::click(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const Place place = placeAt(position);
    if (place.unit < 0) {
        if (modifiers == Qt::NoModifier)
            commitSelection({});
        return;
    }
    m_focusPlace = m_unit2order[static_cast<std::size_t>(place.unit)];
    if (modifiers.testFlag(Qt::ControlModifier)) {
        QVector<int> next = selection();
        if (!next.removeOne(place.unit))
            next << place.unit;
        commitSelection(next);
    } else if (modifiers.testFlag(Qt::ShiftModifier) && m_anchor >= 0) {
        QVector<int> range;
        for (int i = std::min(m_anchor, m_focusPlace); i <= std::max(m_anchor, m_focusPlace); ++i)
            range << m_order2unit[static_cast<std::size_t>(i)];
        commitSelection(range);
        return;
    } else if (place.column < 0) {
        commitSelection({place.unit});
    } else {
        m_focusColumn = place.column;
        const QVector<int> targets = targetsOf(place.unit);
        if (targets.size() == 1)
            commitSelection(targets);
        if (m_data.refused.count(cellIndex(place.unit, place.column)) == 0)
            Q_EMIT optionRequested(targets, m_data.options[static_cast<std::size_t>(place.column)]);
    }
    m_anchor = m_focusPlace;
}

void OptionHeatMap::mousePressEvent(QMouseEvent* event)
{
    event->accept();
    if (m_pressed || m_panning || m_data.rows.empty())
        return;
    const bool left = event->button() == Qt::LeftButton;
    if (event->button() == Qt::MiddleButton || (left && m_spaceHeld)) {
        m_panning = m_spacePanned = true;
        m_press = event->position();
        m_pressOffset = offset();
        viewport()->setCursor(Qt::ClosedHandCursor);
        return;
    }
    if (!left)
        return;
    m_pressed = true;
    m_dragging = false;
    m_press = m_drag = event->position();
    m_pressOffset = offset();
    m_selectionBefore = selection();
}

void OptionHeatMap::mouseMoveEvent(QMouseEvent* event)
{
    if (m_panning) {
        verticalScrollBar()->setValue(
            static_cast<int>(std::lround(m_pressOffset - (event->position().y() - m_press.y()))));
        return;
    }
    if (!m_pressed) {
        setHover(placeAt(event->position()));
        return;
    }
    m_drag = event->position();
    const bool inRows
        = m_press.y() >= m_geometry.top && m_press.y() < viewport()->height() - m_geometry.bottom;
    if (inRows && (m_drag - m_press).manhattanLength() > kDragDistance)
        m_dragging = true;
    if (!m_dragging)
        return;
    // A band beyond the edge scrolls on.
    if (m_drag.y() < m_geometry.top)
        verticalScrollBar()->setValue(verticalScrollBar()->value() - static_cast<int>(m_geometry.rowHeight));
    else if (m_drag.y() > viewport()->height() - m_geometry.bottom)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + static_cast<int>(m_geometry.rowHeight));
    m_press.setY(m_press.y() - (offset() - m_pressOffset));
    m_pressOffset = offset();
    const QVector<int> inside = unitsBetween(m_press.y() + offset(), m_drag.y() + offset());
    const bool adds = event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier);
    setSelection(adds ? united(m_selectionBefore, inside) : inside);
    viewport()->update();
}

void OptionHeatMap::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_panning) {
        m_panning = false;
        viewport()->unsetCursor();
        return;
    }
    if (!m_pressed || event->button() != Qt::LeftButton)
        return;
    m_pressed = false;
    if (!m_dragging)
        click(event->position(), event->modifiers());
    else if (selection() != m_selectionBefore)
        Q_EMIT selectionEdited(selection());
    m_dragging = false;
    viewport()->update();
}

void OptionHeatMap::setHover(const Place& place)
{
    if (place.unit == m_hover.unit && place.column == m_hover.column)
        return;
    m_hover = place;
    viewport()->setCursor(place.unit >= 0 && place.column >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    viewport()->update();
    const bool cell = place.unit >= 0 && place.column >= 0;
    Q_EMIT hovered(place.unit, cell ? m_data.options[static_cast<std::size_t>(place.column)] : -1);
    Q_EMIT readoutChanged(describe(place));
}

bool OptionHeatMap::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Leave)
        setHover({});
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString text = describe(placeAt(help->pos()));
        const int column = cellAt(
            help->pos().x(), m_geometry.left, m_geometry.cellWidth, static_cast<int>(m_data.columns.size()));
        if (text.isEmpty() && column >= 0 && help->pos().y() < m_geometry.top)
            text = m_data.columns[static_cast<std::size_t>(column)].id;
        QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

// The row under the cursor stays there.
void OptionHeatMap::zoomAt(double y, double factor)
{
    const double inRows = y - m_geometry.top;
    const double row = (inRows + offset()) / m_geometry.rowHeight;
    m_zoom = std::clamp(m_zoom * factor, kLeastZoom, kLargestZoom);
    layoutScrollBars();
    verticalScrollBar()->setValue(static_cast<int>(std::lround(row * m_geometry.rowHeight - inRows)));
    viewport()->update();
}

void OptionHeatMap::zoomIn()
{
    const bool focused = m_focusPlace >= 0;
    const double row = m_geometry.top + m_geometry.rowHeight * (m_focusPlace + 0.5) - offset();
    zoomAt(focused ? row : viewport()->height() / 2.0, kZoomStep);
}

void OptionHeatMap::zoomOut()
{
    zoomAt(viewport()->height() / 2.0, 1 / kZoomStep);
}

void OptionHeatMap::resetView()
{
    m_zoom = 1;
    layoutScrollBars();
    verticalScrollBar()->setValue(0);
    viewport()->update();
}

void OptionHeatMap::wheelEvent(QWheelEvent* event)
{
    const QPoint delta = event->angleDelta();
    const double notches = (delta.y() != 0 ? delta.y() : delta.x()) / 120.0;
    const bool scrolls = event->modifiers().testFlag(Qt::ShiftModifier) || delta.y() == 0;
    if (scrolls) // sideways wheels too
        verticalScrollBar()->setValue(
            verticalScrollBar()->value() - static_cast<int>(std::lround(3 * notches * m_geometry.rowHeight)));
    else
        zoomAt(event->position().y(), std::pow(kZoomStep, notches));
    event->accept();
}

// --- Keys ---

void OptionHeatMap::ensureVisible(int place)
{
    const double top = m_geometry.rowHeight * place;
    const double page = viewport()->height() - m_geometry.top - m_geometry.bottom;
    if (top < offset())
        verticalScrollBar()->setValue(static_cast<int>(top));
    else if (top + m_geometry.rowHeight > offset() + page)
        verticalScrollBar()->setValue(static_cast<int>(std::ceil(top + m_geometry.rowHeight - page)));
}

void OptionHeatMap::moveFocus(int rows, int columns, Qt::KeyboardModifiers modifiers)
{
    if (m_data.rows.empty() || m_data.columns.empty())
        return;
    const auto last = static_cast<int>(m_order2unit.size()) - 1;
    m_focusPlace = m_focusPlace < 0 ? 0 : std::clamp(m_focusPlace + rows, 0, last);
    m_focusColumn = std::clamp(m_focusColumn + columns, 0, static_cast<int>(m_data.columns.size()) - 1);
    ensureVisible(m_focusPlace);
    const int unit = m_order2unit[static_cast<std::size_t>(m_focusPlace)];
    if (rows != 0 && modifiers.testFlag(Qt::ShiftModifier) && m_anchor >= 0) {
        QVector<int> range;
        for (int i = std::min(m_anchor, m_focusPlace); i <= std::max(m_anchor, m_focusPlace); ++i)
            range << m_order2unit[static_cast<std::size_t>(i)];
        commitSelection(range);
    } else if (rows != 0 && !modifiers.testFlag(Qt::ControlModifier)) {
        m_anchor = m_focusPlace;
        commitSelection({unit});
    }
    const Place place{unit, m_focusColumn};
    setAccessibleDescription(describe(place));
    Q_EMIT readoutChanged(describe(place));
    Q_EMIT hovered(unit, m_data.options[static_cast<std::size_t>(m_focusColumn)]);
    viewport()->update();
}

bool OptionHeatMap::editKey(QKeyEvent* event)
{
    return editUnits(
        event, targetsOf(m_focusPlace >= 0 ? m_order2unit[static_cast<std::size_t>(m_focusPlace)] : -1));
}

QPoint OptionHeatMap::optionListPosition(const QVector<int>&) const
{
    const QRectF cell = cellRectIn(m_geometry, offset(), std::max(0, m_focusPlace), m_focusColumn);
    return viewport()->mapToGlobal(cell.bottomLeft().toPoint());
}

void OptionHeatMap::keyPressEvent(QKeyEvent* event)
{
    const int page = std::max(1,
        static_cast<int>((viewport()->height() - m_geometry.top - m_geometry.bottom) / m_geometry.rowHeight)
            - 1);
    const int far = static_cast<int>(m_order2unit.size());
    if (event->key() == Qt::Key_Escape && m_panning) {
        m_panning = false;
        verticalScrollBar()->setValue(static_cast<int>(m_pressOffset));
        viewport()->unsetCursor();
        return;
    }
    if (event->key() == Qt::Key_Space) {
        if (!event->isAutoRepeat()) {
            m_spaceHeld = true;
            m_spacePanned = false;
        }
        return;
    }
    if (event->key() == Qt::Key_Escape && m_pressed) {
        m_pressed = m_dragging = false;
        setSelection(m_selectionBefore);
        viewport()->update();
        return;
    }
    if (event->key() == Qt::Key_A && event->modifiers() == Qt::ControlModifier)
        return commitSelection(QVector<int>(m_order2unit.begin(), m_order2unit.end()));
    if (editKey(event))
        return;
    switch (event->key()) {
    case Qt::Key_Up:
        return moveFocus(-1, 0, event->modifiers());
    case Qt::Key_Down:
        return moveFocus(1, 0, event->modifiers());
    case Qt::Key_Left:
        return moveFocus(0, -1, event->modifiers());
    case Qt::Key_Right:
        return moveFocus(0, 1, event->modifiers());
    case Qt::Key_PageUp:
        return moveFocus(-page, 0, event->modifiers());
    case Qt::Key_PageDown:
        return moveFocus(page, 0, event->modifiers());
    case Qt::Key_Home:
        return moveFocus(-far, 0, event->modifiers());
    case Qt::Key_End:
        return moveFocus(far, 0, event->modifiers());
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

// Space without a drag sets the option under the focus: the keyboard's click.
void OptionHeatMap::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() != Qt::Key_Space || event->isAutoRepeat()) {
        QAbstractScrollArea::keyReleaseEvent(event);
        return;
    }
    const bool sets = m_spaceHeld && !m_spacePanned && m_focusPlace >= 0;
    m_spaceHeld = false;
    if (!sets)
        return;
    const QVector<int> units = targetsOf(m_order2unit[static_cast<std::size_t>(m_focusPlace)]);
    if (!units.isEmpty())
        Q_EMIT optionRequested(units, m_data.options[static_cast<std::size_t>(m_focusColumn)]);
}

void OptionHeatMap::addViewActions(QMenu& menu)
{
    connect(menu.addAction(tr("Zoom in\t+")), &QAction::triggered, this, &OptionHeatMap::zoomIn);
    connect(menu.addAction(tr("Zoom out\t-")), &QAction::triggered, this, &OptionHeatMap::zoomOut);
    connect(menu.addAction(tr("Reset the view")), &QAction::triggered, this, &OptionHeatMap::resetView);
    menu.addSeparator();
}

void OptionHeatMap::contextMenuEvent(QContextMenuEvent* event)
{
    const Place place = event->reason() == QContextMenuEvent::Mouse ? placeAt(event->pos()) : Place{};
    if (place.unit >= 0 && !isSelected(place.unit))
        commitSelection({place.unit});
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QVector<int> units = selection();
    Q_EMIT contextMenuAboutToShow(menu, units);
    if (!menu->isEmpty())
        menu->addSeparator();
    addViewActions(*menu);
    QMenu* maps = menu->addMenu(tr("Color map"));
    for (const ColorMap map : {ColorMap::Cividis, ColorMap::Viridis, ColorMap::Magma, ColorMap::Grey}) {
        QAction* action = maps->addAction(colorMapName(map));
        action->setCheckable(true);
        action->setChecked(map == m_colorMap);
        connect(action, &QAction::triggered, this, [this, map] { setColorMap(map); });
    }
    menu->addSeparator();
    addExportActions(*menu);
    menu->popup(event->globalPos());
}

} // namespace bitwright::views
