// Gestures of the Pareto chart.
#include "views/charts/pareto_chart.h"

#include <QKeyEvent>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitwright::views {

void ParetoChart::setHover(const MarkHit& hit)
{
    if (hit.kind == m_hover.kind && hit.index == m_hover.index)
        return;
    using Kind = MarkHit::Kind;
    const Kind before = m_hover.kind;
    m_hover = hit;
    m_compareNote.clear();
    if (before == Kind::Plan || hit.kind == Kind::Plan)
        Q_EMIT planHovered(hit.kind == Kind::Plan ? hit.index : -1);
    if (before == Kind::Preset || hit.kind == Kind::Preset)
        Q_EMIT presetHovered(hit.kind == Kind::Preset ? hit.index : -1);
    repaintOverlay();
    Q_EMIT stateHovered(hit.kind == Kind::State ? hit.index : -1);
}

void ParetoChart::hoverMoved(const QPointF& position)
{
    using Kind = MarkHit::Kind;
    const MarkHit hit = hitAt(position);
    if (hit.kind == Kind::Handle && !m_data.frontierStale)
        setCursor(Qt::OpenHandCursor);
    else if (hit.kind == Kind::Budget)
        setCursor(Qt::SplitHCursor);
    else if (hit.kind == Kind::None || hit.kind == Kind::Handle)
        unsetCursor();
    else
        setCursor(Qt::PointingHandCursor);
    setHover(hit);
}

void ParetoChart::hoverLeft()
{
    setHover({});
}

bool ParetoChart::gesturePress(const QPointF& position, Qt::KeyboardModifiers)
{
    const MarkHit hit = hitAt(position);
    if (hit.kind == MarkHit::Kind::Handle && !m_data.frontier.empty() && !m_data.frontierStale) {
        m_drag = Drag::Handle;
        m_ghost = m_data.current;
        m_ghostState = m_data.currentState;
        repaintOverlay();
        return true;
    }
    if (hit.kind == MarkHit::Kind::Budget) {
        m_drag = Drag::Budget;
        m_budgetBefore = m_data.budgetBytes;
        return true;
    }
    return false;
}

void ParetoChart::moveTo(int state)
{
    if (state < 0 || state == m_data.currentState)
        return;
    const ParetoState& s = m_data.frontier[static_cast<std::size_t>(state)];
    m_data.current->bytes = s.bytes;
    m_data.current->harm = s.harm;
    m_data.currentState = state;
    repaintOverlay();
    Q_EMIT handleMoved(state);
}

void ParetoChart::gestureMove(const QPointF& position, Qt::KeyboardModifiers)
{
    if (m_drag == Drag::Handle && m_data.current) {
        moveTo(stateAtPixel(position.x()));
    } else if (m_drag == Drag::Budget) {
        const QRectF area = plotArea();
        const double x = std::clamp(position.x(), area.left(), area.right());
        m_data.budgetBytes = std::max(0.0, xAxis->pixelToCoord(x));
        repaintOverlay();
        Q_EMIT budgetDragging(*m_data.budgetBytes);
    }
}

void ParetoChart::gestureRelease(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const Drag drag = m_drag;
    m_drag = Drag::None;
    const bool moved = m_ghost && m_data.current && m_ghost->bytes != m_data.current->bytes;
    const int state = m_data.currentState;
    m_ghost.reset();
    repaintOverlay();
    if (drag == Drag::Handle && moved)
        Q_EMIT handleReleased(state);
    else if (drag == Drag::Budget && m_data.budgetBytes && m_data.budgetBytes != m_budgetBefore)
        Q_EMIT budgetReleased(*m_data.budgetBytes);
    else
        clicked(position, modifiers);
}

void ParetoChart::gestureCancel()
{
    const Drag drag = m_drag;
    m_drag = Drag::None;
    if (drag == Drag::Handle && m_ghost) {
        m_data.current = m_ghost;
        m_data.currentState = m_ghostState;
        m_ghost.reset();
        repaintOverlay();
        Q_EMIT handleCancelled(m_ghostState);
    } else if (drag == Drag::Budget && m_budgetBefore) {
        m_data.budgetBytes = m_budgetBefore;
        repaintOverlay();
        Q_EMIT budgetCancelled(*m_budgetBefore);
    }
}

void ParetoChart::clicked(const QPointF& position, Qt::KeyboardModifiers)
{
    const MarkHit hit = hitAt(position);
    if (hit.kind == MarkHit::Kind::Plan)
        Q_EMIT planActivated(hit.index);
    else if (hit.kind == MarkHit::Kind::Preset)
        Q_EMIT presetActivated(hit.index);
    else if (hit.kind == MarkHit::Kind::Improve)
        Q_EMIT improveRequested();
    else if (hit.kind == MarkHit::Kind::Difference)
        Q_EMIT showDifferenceRequested();
    else if (hit.kind == MarkHit::Kind::State && m_data.current && !m_data.frontierStale) {
        moveTo(hit.index);
        Q_EMIT handleReleased(hit.index);
    }
}

bool ParetoChart::walkFrontier(int states)
{
    if (!m_data.current || m_data.frontier.empty() || m_data.frontierStale)
        return false;
    const int last = static_cast<int>(m_data.frontier.size()) - 1;
    const int from = m_data.currentState >= 0 ? m_data.currentState
                                              : std::max(0, bestStateOfSize(m_data.current->bytes));
    const int to = std::clamp(from + states, 0, last);
    if (to != m_data.currentState) {
        m_stepping = true;
        moveTo(to);
        Q_EMIT handleReleased(to);
        m_stepping = false;
    }
    return true;
}

bool ParetoChart::scaleBudget(double factor)
{
    if (!m_data.budgetBytes)
        return false;
    m_data.budgetBytes = *m_data.budgetBytes * factor;
    repaintOverlay();
    m_stepping = true;
    Q_EMIT budgetReleased(*m_data.budgetBytes);
    m_stepping = false;
    return true;
}

// Left and right walk along the frontier (Shift: ten states), page up and down move the budget by one
// percent.
bool ParetoChart::keyPressed(QKeyEvent* event)
{
    const int key = event->key();
    const int step = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    if ((key == Qt::Key_Left || key == Qt::Key_Right) && !(event->modifiers() & Qt::ControlModifier))
        return walkFrontier(key == Qt::Key_Left ? -step : step);
    if (key == Qt::Key_PageUp || key == Qt::Key_PageDown)
        return scaleBudget(key == Qt::Key_PageUp ? kBudgetStep : 1 / kBudgetStep);
    return false;
}

QString ParetoChart::keysText() const
{
    return tr("Left and Right walk along the frontier, with Shift ten plans at once; Page Up and Page Down "
              "raise and lower the budget by 1 %.")
        + u' ' + ChartBase::keysText();
}

void ParetoChart::extendMenu(QMenu& menu, const QPointF&)
{
    if (m_data.plannedWeights > 0) {
        QMenu* sizes = menu.addMenu(tr("Read the size in"));
        const std::pair<ParetoSize, QString> choices[] = {{ParetoSize::Bytes, tr("Bytes")},
            {ParetoSize::Bpw, tr("Bits per weight of the planned tensors")},
            {ParetoSize::FileBpw, tr("Bits per weight of the whole file")}};
        for (const auto& [size, text] : choices) {
            QAction* action = sizes->addAction(text);
            action->setCheckable(true);
            action->setChecked(m_size == size);
            connect(action, &QAction::triggered, this, [this, size = size] { setSizeAxis(size); });
        }
    }
    if (distanceText().isEmpty())
        return;
    connect(menu.addAction(tr("Improve within locks")), &QAction::triggered, this,
        &ParetoChart::improveRequested);
    connect(menu.addAction(tr("Show what differs from the best of this size")), &QAction::triggered, this,
        &ParetoChart::showDifferenceRequested);
}

} // namespace bitwright::views
