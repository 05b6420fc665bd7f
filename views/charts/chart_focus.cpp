// Keyboard focus, legend and crosshair of ChartBase.
#include "views/charts/chart_base.h"
#include "views/charts/chart_parts.h"

#include <QKeyEvent>

#include <algorithm>

namespace bitwright::views {

void ChartBase::focusInEvent(QFocusEvent* event)
{
    QCustomPlot::focusInEvent(event);
    repaintCrosshair();
}

void ChartBase::focusOutEvent(QFocusEvent* event)
{
    m_spaceHeld = false; // its release goes elsewhere
    updateCursorShape();
    focusLegend(-1);
    QCustomPlot::focusOutEvent(event);
    repaintCrosshair();
}

// Tab goes from the plot through the legend before it leaves. Children ask here too.
bool ChartBase::focusNextPrevChild(bool next)
{
    if (hasFocus() && !isEmpty() && (next || m_focusedEntry >= 0)) {
        const int entry = m_legend->neighbour(m_focusedEntry, next);
        if (entry >= 0 || !next) {
            focusLegend(entry);
            return true;
        }
    }
    return QCustomPlot::focusNextPrevChild(next);
}

void ChartBase::focusLegend(int entry)
{
    if (m_focusedEntry == entry)
        return;
    m_focusedEntry = entry;
    m_legend->setFocused(entry);
    legendHovered(focusedLegendKey());
    requestReplot();
    announceValue();
}

void ChartBase::hoverLegend(int entry)
{
    if (m_hoveredEntry == entry)
        return;
    m_hoveredEntry = entry;
    const auto& entries = m_legend->entries();
    legendHovered(entry >= 0 ? entries[static_cast<std::size_t>(entry)].key : focusedLegendKey());
    setToolTip(entry < 0 || !entries[static_cast<std::size_t>(entry)].toggles
            ? QString()
            : tr("Click shows or hides; double click shows this alone"));
}

bool ChartBase::legendKeyPressed(int key)
{
    const QString entry = focusedLegendKey();
    switch (key) {
    case Qt::Key_Space:
        setLegendKeyShown(entry, !isLegendKeyShown(entry));
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        showLegendKeyAlone(entry);
        return true;
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (const int beside = m_legend->neighbour(m_focusedEntry, key == Qt::Key_Right); beside >= 0)
            focusLegend(beside);
        return true;
    case Qt::Key_Escape:
        focusLegend(-1);
        return true;
    default:
        return false;
    }
}

// The keyboard's mouse: Ctrl+arrows, with Shift by single pixels.
bool ChartBase::moveCrosshair(const QKeyEvent& event)
{
    if (!event.modifiers().testFlag(Qt::ControlModifier) || event.modifiers().testFlag(Qt::AltModifier))
        return false;
    const double step = event.modifiers().testFlag(Qt::ShiftModifier) ? 1 : 8;
    QPointF by;
    switch (event.key()) {
    case Qt::Key_Left:
        by = {-step, 0};
        break;
    case Qt::Key_Right:
        by = {step, 0};
        break;
    case Qt::Key_Up:
        by = {0, -step};
        break;
    case Qt::Key_Down:
        by = {0, step};
        break;
    default:
        return false;
    }
    const QRectF area = plotArea();
    const bool inside = m_cursor && area.contains(*m_cursor);
    const QPointF to = inside ? *m_cursor + by : area.center();
    m_cursor = QPointF(
        std::clamp(to.x(), area.left(), area.right() - 1), std::clamp(to.y(), area.top(), area.bottom() - 1));
    hoverMoved(*m_cursor);
    refreshReadout();
    repaintCrosshair();
    return true;
}

} // namespace bitwright::views
