#include "views/charts/unit_surface.h"

#include "views/charts/empty_state.h"

#include <QKeyEvent>

#include <algorithm>

namespace bitwright::views {

UnitSurface::UnitSurface(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_theme(themeFor(palette()))
    , m_empty(new EmptyState(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    m_empty->setTheme(m_theme);
    connect(m_empty, &EmptyState::remedyRequested, this, &UnitSurface::remedyRequested);
}

void UnitSurface::setTheme(const Theme& theme)
{
    m_theme = theme;
    m_empty->setTheme(theme);
    invalidate();
}

void UnitSurface::setCaption(const ChartCaption& caption)
{
    ChartSurface::setCaption(caption);
    setAccessibleName(caption.title);
    setAccessibleDescription(caption.footnote());
    layoutScrollBars();
    invalidate();
}

void UnitSurface::setEmpty(const QString& message, const QString& buttonText)
{
    m_empty->setMessage(message, buttonText);
}

void UnitSurface::clearEmpty()
{
    m_empty->hide();
}

void UnitSurface::setStale(bool stale)
{
    if (m_stale == stale)
        return;
    m_stale = stale;
    invalidate();
}

void UnitSurface::invalidate()
{
    viewport()->update();
}

// --- Selection ---

void UnitSurface::setSelection(const QVector<int>& units)
{
    QVector<int> valid;
    for (const int unit : units)
        if (unit >= 0 && static_cast<std::size_t>(unit) < unitCount())
            valid << unit;
    std::sort(valid.begin(), valid.end());
    valid.erase(std::unique(valid.begin(), valid.end()), valid.end());
    if (valid == m_selection)
        return;
    m_selection = valid;
    indexSelection();
    selectionSet();
    viewport()->update();
}

void UnitSurface::indexSelection()
{
    m_isSelected.assign(unitCount(), 0);
    for (const int unit : m_selection)
        m_isSelected[static_cast<std::size_t>(unit)] = 1;
}

void UnitSurface::forgetUnits()
{
    m_selection.clear();
    m_highlighted.clear();
    indexSelection();
}

void UnitSurface::commitSelection(const QVector<int>& units)
{
    const QVector<int> before = m_selection;
    setSelection(units);
    if (m_selection != before)
        Q_EMIT selectionEdited(m_selection);
}

void UnitSurface::setHighlighted(const QVector<int>& units)
{
    m_highlighted = units;
    viewport()->update();
}

// --- Keys ---

namespace {

bool isPlain(const QKeyEvent& event)
{
    return (event.modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
}

bool isEnter(int key)
{
    return key == Qt::Key_Return || key == Qt::Key_Enter;
}

bool isBits(int key)
{
    return key >= Qt::Key_2 && key <= Qt::Key_9;
}

} // namespace

bool UnitSurface::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto& key = *static_cast<QKeyEvent*>(event);
        const int k = key.key();
        const bool edits = isBits(k) || k == Qt::Key_0 || k == Qt::Key_K || k == Qt::Key_T || isEnter(k)
            || k == Qt::Key_Space || (k == Qt::Key_Escape && isInGesture());
        if (edits && isPlain(key)) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

bool UnitSurface::editUnits(QKeyEvent* event, const QVector<int>& units)
{
    const int key = event->key();
    if (units.isEmpty() || !isPlain(*event))
        return false;
    if (isBits(key))
        Q_EMIT setBitsRequested(units, key - Qt::Key_0);
    else if (key == Qt::Key_0)
        Q_EMIT restoreRequested(units);
    else if (key == Qt::Key_K)
        Q_EMIT lockToggleRequested(units);
    else if (key == Qt::Key_T)
        Q_EMIT tieToggleRequested(units);
    else if (isEnter(key))
        Q_EMIT optionListRequested(units, optionListPosition(units));
    else
        return false;
    return true;
}

} // namespace bitwright::views
