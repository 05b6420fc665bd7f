// Mouse, keys and menus of ChartBase.
#include "views/charts/chart_base.h"
#include "views/charts/chart_parts.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitwright::views {

namespace {
constexpr double kDragDistance = 4; // pixels that turn a click into a drag
constexpr double kWheelFactor = 0.8; // per notch
} // namespace

ChartBase::Zone ChartBase::zoneAt(const QPointF& position) const
{
    const QRectF area = plotArea();
    const bool inX = position.x() >= area.left() && position.x() <= area.right();
    const bool inY = position.y() >= area.top() && position.y() <= area.bottom();
    const QRectF body = m_body->outerRect();
    if (inX && inY)
        return Zone::Plot;
    if (!body.contains(position))
        return Zone::Outside;
    if (inX)
        return Zone::XAxis;
    return inY ? Zone::YAxis : Zone::Outside;
}

void ChartBase::resizeEvent(QResizeEvent* event)
{
    if (event->size().isEmpty())
        return; // folded away in a splitter
    setViewport(rect()); // relayout measures labels against it
    relayout(size());
    syncAxes(); // margins and marginals follow the size
    QCustomPlot::resizeEvent(event);
    placeButtons();
}

void ChartBase::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange) {
        applyTheme();
        relayout(size());
        requestReplot();
    }
    QCustomPlot::changeEvent(event);
}

bool ChartBase::event(QEvent* event)
{
    // Keys that this chart uses must not be taken by window shortcuts while it has the focus.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool home = key->key() == Qt::Key_Home && key->modifiers() == Qt::ControlModifier;
        const bool plain
            = home || !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
        const bool ours = key->key() == Qt::Key_L || key->key() == Qt::Key_B || key->key() == Qt::Key_Home
            || key->key() == Qt::Key_Space || key->key() == Qt::Key_Plus || key->key() == Qt::Key_Minus
            || (key->key() == Qt::Key_Escape && (m_gesture != Gesture::None || m_focusedEntry >= 0));
        if (plain && ours) {
            event->accept();
            return true;
        }
    }
    return QCustomPlot::event(event);
}

void ChartBase::wheelEvent(QWheelEvent* event)
{
    const Zone zone = zoneAt(event->position());
    // Some platforms turn the wheel sideways while Alt or Shift is held.
    const QPoint delta = event->angleDelta();
    const double notches = (delta.y() != 0 ? delta.y() : delta.x()) / 120.0;
    if (zone == Zone::Outside || notches == 0 || isEmpty()) {
        event->ignore();
        return;
    }
    const bool onlyX = zone == Zone::XAxis || event->modifiers().testFlag(Qt::ControlModifier);
    const bool onlyY = zone == Zone::YAxis || event->modifiers().testFlag(Qt::ShiftModifier);
    zoomAt(event->position(), std::pow(kWheelFactor, notches), !onlyY || onlyX, !onlyX);
    event->accept();
}

void ChartBase::beginPan(const QPointF& position)
{
    m_gesture = Gesture::Pan;
    m_pressPosition = position;
    m_panX = viewRange(Qt::Horizontal);
    m_panY = viewRange(Qt::Vertical);
    m_panUserX = m_x.userView;
    m_panUserY = m_y.userView;
    updateCursorShape();
}

void ChartBase::panTo(const QPointF& position)
{
    const QPointF moved = position - m_pressPosition;
    const QRectF area = plotArea();
    if (area.width() < 1 || area.height() < 1)
        return;
    const double alongX = (xAxis->rangeReversed() ? 1 : -1) * moved.x() / area.width();
    const double alongY = (yAxis->rangeReversed() ? -1 : 1) * moved.y() / area.height();
    applyRange(Qt::Horizontal, panned(m_panX, alongX, m_x.logarithmic), true);
    applyRange(Qt::Vertical, panned(m_panY, alongY, m_y.logarithmic), true);
    m_x.userView = m_x.userView || moved.x() != 0;
    m_y.userView = m_y.userView || moved.y() != 0;
    viewMoved();
}

void ChartBase::mousePressEvent(QMouseEvent* event)
{
    const QPointF position = event->position();
    m_pressPosition = m_lastPosition = position;
    m_dragged = false;
    event->accept();
    if (isEmpty() || (m_gesture != Gesture::None && !m_begunBox))
        return;
    const bool left = event->button() == Qt::LeftButton;
    if (event->button() == Qt::MiddleButton || (left && m_spaceHeld)) {
        beginPan(position);
        return;
    }
    if (!left)
        return;
    if (m_begunBox)
        return; // its first corner is here
    const int entry = m_legend->entryAt(position);
    if (entry >= 0) {
        const LegendEntry clickedEntry = m_legend->entries()[static_cast<std::size_t>(entry)];
        if (!clickedEntry.toggles)
            return;
        if (event->modifiers().testFlag(Qt::ControlModifier) || event->type() == QEvent::MouseButtonDblClick)
            showLegendKeyAlone(clickedEntry.key);
        else
            setLegendKeyShown(clickedEntry.key, !isLegendKeyShown(clickedEntry.key));
        return;
    }
    if (gesturePress(position, event->modifiers()))
        m_gesture = Gesture::Chart;
    else if (zoneAt(position) == Zone::Plot)
        m_gesture = Gesture::Box;
    updateCursorShape();
}

void ChartBase::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF position = event->position();
    m_cursor = position;
    m_lastPosition = position;
    if (m_begunBox && event->buttons() == Qt::NoButton) {
        m_pressPosition = position; // a begun box follows the mouse until the button is down
        m_dragged = false;
    }
    if ((position - m_pressPosition).manhattanLength() > kDragDistance && m_gesture != Gesture::None)
        m_dragged = true;
    if (m_gesture == Gesture::Pan)
        panTo(position);
    else if (m_gesture == Gesture::Chart)
        gestureMove(position, event->modifiers());
    else {
        hoverLegend(m_legend->entryAt(position));
        hoverMoved(position);
    }
    refreshReadout();
    repaintCrosshair();
}

void ChartBase::mouseReleaseEvent(QMouseEvent* event)
{
    const QPointF position = event->position();
    if (m_begunBox && !m_dragged)
        return; // a click is no box: it still waits to be drawn
    const Gesture gesture = m_gesture;
    m_gesture = Gesture::None;
    const Qt::KeyboardModifiers boxKeys = std::exchange(m_begunBox, {}).value_or(event->modifiers());
    if (gesture == Gesture::Chart)
        gestureRelease(position, event->modifiers());
    else if (gesture == Gesture::Box && m_dragged)
        boxed(QRectF(m_pressPosition, position).normalized(), boxKeys);
    else if (gesture == Gesture::Box)
        clicked(position, event->modifiers());
    m_dragged = false;
    updateCursorShape();
    repaintCrosshair();
}

void ChartBase::mouseDoubleClickEvent(QMouseEvent* event)
{
    const Zone zone = zoneAt(event->position());
    if (event->button() == Qt::LeftButton && zone == Zone::XAxis)
        resetAxis(Qt::Horizontal);
    else if (event->button() == Qt::LeftButton && zone == Zone::YAxis)
        resetAxis(Qt::Vertical);
    else
        mousePressEvent(event);
    event->accept();
}

void ChartBase::leaveEvent(QEvent* event)
{
    m_cursor.reset();
    hoverLegend(-1);
    hoverLeft();
    refreshReadout();
    repaintCrosshair();
    QCustomPlot::leaveEvent(event);
}

std::optional<Qt::KeyboardModifiers> ChartBase::boxModifiers(BoxUse use) const
{
    if (use == BoxUse::Select)
        return std::nullopt;
    return Qt::KeyboardModifiers(Qt::NoModifier);
}

void ChartBase::beginBox(BoxUse use)
{
    const auto keys = boxModifiers(use);
    if (!keys || isEmpty() || m_gesture != Gesture::None)
        return;
    const QRectF area = plotArea();
    setFocus(); // the arrows and Enter are meant for the box
    if (!m_cursor || !area.contains(*m_cursor))
        m_cursor = area.center();
    m_pressPosition = m_lastPosition = *m_cursor;
    m_gesture = Gesture::Box;
    m_begunBox = keys;
    m_dragged = false;
    updateCursorShape();
    repaintCrosshair();
}

// While a box is begun the arrows move its corner, with or without Ctrl.
bool ChartBase::boxKey(const QKeyEvent& event)
{
    if (!m_begunBox)
        return false;
    const int key = event.key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        const Qt::KeyboardModifiers keys = *std::exchange(m_begunBox, {});
        m_gesture = Gesture::None;
        if (std::exchange(m_dragged, false))
            boxed(QRectF(m_pressPosition, m_lastPosition).normalized(), keys);
        updateCursorShape();
        repaintCrosshair();
        return true;
    }
    const QKeyEvent moves(QEvent::KeyPress, key, event.modifiers() | Qt::ControlModifier);
    if (!moveCrosshair(moves))
        return false;
    m_lastPosition = *m_cursor;
    m_dragged = true;
    return true;
}

void ChartBase::cancelGesture()
{
    const Gesture gesture = m_gesture;
    m_gesture = Gesture::None;
    m_begunBox.reset();
    m_dragged = false;
    if (gesture == Gesture::Chart)
        gestureCancel();
    if (gesture == Gesture::Pan) {
        applyRange(Qt::Horizontal, m_panX, true);
        applyRange(Qt::Vertical, m_panY, true);
        m_x.userView = m_panUserX;
        m_y.userView = m_panUserY;
        viewMoved();
    }
    updateCursorShape();
    repaintCrosshair();
}

void ChartBase::updateCursorShape()
{
    if (m_gesture == Gesture::Pan)
        setCursor(Qt::ClosedHandCursor);
    else if (m_begunBox)
        setCursor(Qt::CrossCursor);
    else if (m_spaceHeld)
        setCursor(Qt::OpenHandCursor);
    else
        unsetCursor();
}

bool ChartBase::viewKey(const QKeyEvent& event)
{
    const bool shifted = event.modifiers().testFlag(Qt::ShiftModifier);
    constexpr double kStep = 0.1;
    const auto shift = [this](Qt::Orientation axis, double fraction) {
        setViewRange(axis, panned(viewRange(axis), fraction, isLogarithmic(axis)));
    };
    switch (event.key()) {
    case Qt::Key_Home:
        if (shifted)
            resetAxis(Qt::Horizontal);
        else
            resetView();
        return true;
    case Qt::Key_B:
        beginBox(shifted ? BoxUse::Select : BoxUse::Zoom);
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    case Qt::Key_Left:
        shift(Qt::Horizontal, -kStep);
        return true;
    case Qt::Key_Right:
        shift(Qt::Horizontal, kStep);
        return true;
    case Qt::Key_Up:
        shift(Qt::Vertical, yAxis->rangeReversed() ? -kStep : kStep);
        return true;
    case Qt::Key_Down:
        shift(Qt::Vertical, yAxis->rangeReversed() ? kStep : -kStep);
        return true;
    case Qt::Key_L: {
        const bool overX = m_cursor && zoneAt(*m_cursor) == Zone::XAxis;
        const Qt::Orientation axis = overX || !logAllowed(Qt::Vertical) ? Qt::Horizontal : Qt::Vertical;
        setLogarithmic(axis, !isLogarithmic(axis));
        return true;
    }
    default:
        return false;
    }
}

void ChartBase::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_gesture != Gesture::None) {
        cancelGesture();
        return;
    }
    if (isEmpty()) {
        event->ignore();
        return;
    }
    if (boxKey(*event))
        return;
    if (event->key() == Qt::Key_Home && event->modifiers() == Qt::ControlModifier) {
        resetAxis(Qt::Vertical);
        return;
    }
    if ((m_focusedEntry >= 0 && legendKeyPressed(event->key())) || moveCrosshair(*event) || keyPressed(event))
        return;
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && m_cursor && plotArea().contains(*m_cursor)) {
        clicked(*m_cursor, event->modifiers());
        return;
    }
    if (event->key() == Qt::Key_Space) {
        m_spaceHeld = true;
        updateCursorShape();
        return;
    }
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
    if (!plain || !viewKey(*event))
        QCustomPlot::keyPressEvent(event);
}

void ChartBase::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_spaceHeld = false;
        updateCursorShape();
        return;
    }
    QCustomPlot::keyReleaseEvent(event);
}

QString ChartBase::statisticAt(const QPointF&) const
{
    return {};
}

QStringList ChartBase::wordsAt(std::optional<QPointF> position) const
{
    QStringList words;
    const std::optional<QPointF> at = position ? position : m_cursor;
    const int entry = at ? m_legend->entryAt(*at) : m_focusedEntry;
    if (entry >= 0)
        words << m_legend->entries()[static_cast<std::size_t>(entry)].label;
    const Zone zone = at ? zoneAt(*at) : Zone::Outside;
    if (zone == Zone::XAxis)
        words << m_labelX;
    if (zone == Zone::YAxis)
        words << m_labelY;
    if (zone == Zone::Plot)
        words << statisticAt(*at) << readoutAt(*at).split(u'\n');
    return words;
}

} // namespace bitwright::views
