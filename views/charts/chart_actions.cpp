// Actions, menus and the two buttons of ChartBase.
#include "views/charts/chart_base.h"
#include "views/charts/chart_parts.h"

#include <QActionGroup>
#include <QContextMenuEvent>
#include <QMenu>
#include <QToolButton>

namespace bitwright::views {

namespace {
constexpr int kButtonWidth = 24;
constexpr int kButtonHeight = 20;
constexpr int kButtonGap = 2;
} // namespace

// What the two buttons at the top right need; the legend keeps clear of it.
int ChartBase::buttonsWidth()
{
    return 2 * (kButtonWidth + kButtonGap) + kButtonGap;
}

void ChartBase::createActions()
{
    const auto add = [this](const QString& word, const QString& text, const QString& tip,
                         const QKeySequence& key, auto slot) {
        QAction* action = makeAction(word, text, tip);
        action->setShortcut(key);
        connect(action, &QAction::triggered, this, slot);
        m_viewActions << action;
    };
    add(QStringLiteral("reset"), tr("&Reset view"), tr("Shows everything again (Home)"),
        QKeySequence(Qt::Key_Home), [this] { resetView(); });
    add(QStringLiteral("zoom-in"), tr("Zoom &in"), tr("Shows less, larger (+ or the wheel)"),
        QKeySequence(Qt::Key_Plus), [this] { zoomIn(); });
    add(QStringLiteral("zoom-out"), tr("Zoom &out"), tr("Shows more, smaller (- or the wheel)"),
        QKeySequence(Qt::Key_Minus), [this] { zoomOut(); });
    add(QStringLiteral("reset-x"), tr("Reset horizontal a&xis"),
        tr("Shows all of the horizontal axis again (Shift+Home, or double click on the axis)"),
        QKeySequence(Qt::SHIFT | Qt::Key_Home), [this] { resetAxis(Qt::Horizontal); });
    add(QStringLiteral("reset-y"), tr("Reset vertical ax&is"),
        tr("Shows all of the vertical axis again (Ctrl+Home, or double click on the axis)"),
        QKeySequence(Qt::CTRL | Qt::Key_Home), [this] { resetAxis(Qt::Vertical); });
    add(QStringLiteral("box-zoom"), tr("Zoom to a &box"),
        tr("Draws a box with the mouse, or with the arrows and Enter, and shows what is in it (B)"),
        QKeySequence(Qt::Key_B), [this] { beginBox(BoxUse::Zoom); });
    add(QStringLiteral("box-select"), tr("&Select in a box"),
        tr("Draws a box with the mouse, or with the arrows and Enter, and selects what is in it (Shift+B)"),
        QKeySequence(Qt::SHIFT | Qt::Key_B), [this] { beginBox(BoxUse::Select); });
    m_boxSelect = m_viewActions.back();
    for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical}) {
        const bool x = axis == Qt::Horizontal;
        QAction* action = makeAction(x ? QStringLiteral("log-x") : QStringLiteral("log-y"),
            x ? tr("Logarithmic &horizontal axis") : tr("Logarithmic &vertical axis"),
            x ? tr("Switches the horizontal axis between logarithmic and linear (L over the axis)")
              : tr("Switches the vertical axis between logarithmic and linear (L)"));
        action->setCheckable(true);
        action->setVisible(false);
        connect(action, &QAction::toggled, this, [this, axis](bool on) { setLogarithmic(axis, on); });
        (x ? m_logX : m_logY) = action;
        m_viewActions << action;
    }
}

QList<QAction*> ChartBase::chartActions()
{
    refreshActions(); // the constructor could not ask the chart what it offers
    return m_viewActions + ChartSurface::chartActions();
}

QAction* ChartBase::logAction(Qt::Orientation axis) const
{
    return axis == Qt::Horizontal ? m_logX : m_logY;
}

void ChartBase::createButtons()
{
    const auto make = [this](const QString& text, const QString& name, const QString& tip) {
        auto* button = new QToolButton(this);
        button->setText(text);
        button->setAutoRaise(true);
        button->setAccessibleName(name);
        button->setToolTip(tip);
        button->setFocusPolicy(Qt::TabFocus);
        button->resize(kButtonWidth, kButtonHeight);
        button->setCursor(Qt::ArrowCursor);
        return button;
    };
    m_resetButton = make(QStringLiteral("\u21ba"), tr("Reset view"), tr("Shows everything again (Home)"));
    m_resetButton->hide();
    connect(m_resetButton, &QToolButton::clicked, this, [this] {
        setFocus(); // the button hides itself
        resetView();
    });
    m_menuButton = make(QStringLiteral("\u22ef"), tr("Chart menu"),
        tr("What this chart can do: zoom, axes, colors, table, copy, export (context-menu key)"));
    m_menuButton->setObjectName(QStringLiteral("chart-menu"));
    connect(m_menuButton, &QToolButton::clicked, this, [this] {
        openMenu(plotArea().center(), m_menuButton->mapToGlobal(QPoint(0, m_menuButton->height())));
    });
}

void ChartBase::placeButtons()
{
    int x = width() - kButtonGap;
    for (QToolButton* button : {m_menuButton, m_resetButton}) {
        x -= kButtonWidth + kButtonGap;
        button->move(x, kButtonGap + 1);
    }
    // A chart that is hardly larger than its buttons needs its place for data; the menu key still works.
    const bool room = width() >= 4 * buttonsWidth() && height() >= 120;
    m_menuButton->setVisible(room && !isEmpty());
    m_resetButton->setVisible(
        room && !isEmpty() && (hasUserView(Qt::Horizontal) || hasUserView(Qt::Vertical)));
}

void ChartBase::refreshActions()
{
    for (const Qt::Orientation axis : {Qt::Horizontal, Qt::Vertical}) {
        QAction* action = logAction(axis);
        const QSignalBlocker quiet(action);
        action->setVisible(logAllowed(axis));
        action->setChecked(isLogarithmic(axis));
    }
    m_boxSelect->setVisible(boxModifiers(BoxUse::Select).has_value());
    // Blocked signals also keep from the buttons and menus what they show.
    Q_EMIT m_logX->changed();
    Q_EMIT m_logY->changed();
    placeButtons();
}

void ChartBase::addLegendActions(QMenu& menu)
{
    QMenu* shown = nullptr;
    for (const LegendEntry& entry : m_legend->entries()) {
        if (!entry.toggles)
            continue;
        if (!shown)
            shown = menu.addMenu(tr("&Show"));
        QAction* action = shown->addAction(entry.label);
        action->setCheckable(true);
        action->setChecked(isLegendKeyShown(entry.key));
        connect(action, &QAction::toggled, this,
            [this, key = entry.key](bool on) { setLegendKeyShown(key, on); });
    }
    if (!shown)
        return;
    shown->addSeparator();
    connect(shown->addAction(tr("Show &all")), &QAction::triggered, this, [this] {
        for (const LegendEntry& entry : m_legend->entries())
            if (entry.toggles)
                setLegendKeyShown(entry.key, true);
    });
}

void ChartBase::addColorMapActions(QMenu& menu)
{
    if (!usesColorMap())
        return;
    QMenu* maps = menu.addMenu(tr("&Color map"));
    auto* group = new QActionGroup(maps);
    for (const ColorMap map : {ColorMap::Cividis, ColorMap::Viridis, ColorMap::Magma, ColorMap::Grey}) {
        QAction* action = maps->addAction(colorMapName(map));
        action->setCheckable(true);
        action->setChecked(map == m_colorMap);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, map] { setColorMap(map); });
    }
}

QMenu* ChartBase::createContextMenu(const QPointF& position)
{
    auto* menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    Q_EMIT contextMenuStarting(menu, position);
    if (!menu->isEmpty())
        menu->addSeparator();
    const auto before = menu->actions().size();
    extendMenu(*menu, position);
    if (menu->actions().size() > before)
        menu->addSeparator();
    refreshActions();
    menu->addActions(m_viewActions);
    addLegendActions(*menu);
    addColorMapActions(*menu);
    menu->addSeparator();
    addExportActions(*menu);
    Q_EMIT contextMenuAboutToShow(menu);
    return menu;
}

void ChartBase::openMenu(const QPointF& position, const QPoint& global)
{
    QMenu* menu = createContextMenu(position);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(global);
}

void ChartBase::contextMenuEvent(QContextMenuEvent* event)
{
    if (isEmpty() || m_gesture != Gesture::None)
        return;
    // The key means what the crosshair is on; without one, the middle.
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QPointF position = byKey ? m_cursor.value_or(plotArea().center()) : QPointF(event->pos());
    openMenu(position, byKey ? mapToGlobal(position.toPoint()) : event->globalPos());
}

} // namespace bitwright::views
