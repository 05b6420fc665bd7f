// The menu View, perspectives, the chart that keys act on, and the palette.
#include "app/gui/ask.h"
#include "app/gui/command_palette.h"
#include "app/gui/language.h"
#include "app/gui/main_window.h"
#include "app/gui/scale.h"
#include "views/charts/chart_base.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenuBar>
#include <QToolButton>

namespace bitwright::gui {

using namespace views;

void MainWindow::createViewMenu()
{
    auto* menu = m_menuBar->addMenu(tr("&View"));
    createPerspectiveActions(menu);
    menu->addSeparator();
    auto* docks = menu->addMenu(tr("&Show or hide"));
    for (const Panel* panel : m_panels) {
        QAction* action = m_docks.at(panel->id())->toggleViewAction();
        describeAction(*action, QStringLiteral("view.dock.") + panel->id(), {},
            tr("Show or hide the view %1").arg(panel->title()));
        docks->addAction(action);
    }
    addAction(menu, "view.float", tr("F&loat or dock the view"),
        {QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_F)},
        tr("Makes the view that has the focus a window of its own, or puts it back"), Need::Nothing, [this] {
            Panel* panel = activePanel();
            if (panel == nullptr)
                return;
            QDockWidget* dock = m_docks.at(panel->id());
            dock->setFloating(!dock->isFloating());
            showPanel(panel->id()); // moving it took the focus away
            m_lastPanel = panel;
        });
    createChartMenu(menu->addMenu(tr("&Chart")));
    auto* commands = menu->addMenu(tr("C&ommands of views"));
    connect(commands, &QMenu::aboutToShow, this, [this, commands] { fillPanelCommands(commands); });
    menu->addSeparator();
    createThemeMenu(menu->addMenu(tr("&Theme")));
    addScaleMenu(menu);
    addLanguageMenu(menu);
    QAction* full = addAction(menu, "view.fullScreen", tr("&Full screen"), {QKeySequence(Qt::Key_F11)},
        tr("The window alone on the screen, for a room"), Need::Nothing,
        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    full->setCheckable(true);
}

// --- Perspectives ---

void MainWindow::createPerspectiveActions(QMenu* menu)
{
    auto* group = new QActionGroup(this);
    auto* buttons = qobject_cast<QHBoxLayout*>(m_perspectiveBar->layout());
    const std::map<QString, std::pair<QString, QString>> words
        = {{QStringLiteral("look"), {tr("&Look"), tr("Activations, outliers, weights and spectra")}},
            {QStringLiteral("plan"), {tr("&Plan"), tr("Pareto chart, matrix and allocation")}},
            {QStringLiteral("export"), {tr("&Export"), tr("Checks, progress and proof of an export")}},
            {QStringLiteral("learn"),
                {tr("L&earn"), tr("The terms of the field beside a tensor that shows them")}}};
    int number = 0;
    for (const QString& name : Perspectives::builtIn()) {
        const auto& [text, tip] = words.at(name);
        QAction* action = addAction(menu, qPrintable(QStringLiteral("view.perspective.") + name), text,
            {QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + number++))}, tip, Need::Nothing,
            [this, name] { m_perspectives->show(name); });
        action->setCheckable(true);
        action->setData(name);
        group->addAction(action);
        auto* button = new QToolButton(m_perspectiveBar);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(tr("Perspective %1").arg(Perspectives::title(name)));
        buttons->addWidget(button);
    }
    m_perspectiveMenu = menu->addMenu(tr("&Arrangement"));
    auto* more = new QToolButton(m_perspectiveBar);
    more->setObjectName(QStringLiteral("perspectiveBar.more"));
    // The style's own arrow is tiny and touches the last letter: this one is a part of the words.
    const auto withArrow = [](const QString& text) { return text + QStringLiteral(" \u25be"); };
    more->setText(withArrow(tr("Arrangement")));
    more->setAccessibleName(tr("Arrangement"));
    more->setToolTip(tr("Save this arrangement of the views under a name, or restore the default one"));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setAutoRaise(true);
    more->setFocusPolicy(Qt::TabFocus);
    more->setMenu(m_perspectiveMenu);
    buttons->addWidget(more);
    addAction(m_perspectiveMenu, "view.perspective.restore", tr("&Restore default"),
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R)},
        tr("Put every view of the present perspective back in its place"), Need::Nothing,
        [this] { m_perspectives->restoreDefault(); });
    addAction(m_perspectiveMenu, "view.perspective.save", tr("&Save as…"), {},
        tr("Keep this arrangement of the views under a name"), Need::Nothing,
        [this] { askSavePerspective(); });
    QAction* remove = addAction(m_perspectiveMenu, "view.perspective.delete", tr("&Delete this one"), {},
        tr("Forget the present saved arrangement; the built-in ones stay"), Need::Nothing,
        [this] { m_perspectives->remove(m_perspectives->current()); });
    QAction* last = m_perspectiveMenu->addSeparator();
    const auto refresh = [this, group, remove, last, more, withArrow] {
        const QString current = m_perspectives->current();
        remove->setEnabled(m_perspectives->saved().contains(current));
        const QList<QAction*> old = m_perspectiveMenu->actions();
        for (auto i = old.indexOf(last) + 1; i < old.size(); ++i)
            old[i]->deleteLater();
        for (const QString& name : m_perspectives->saved()) {
            QAction* action
                = m_perspectiveMenu->addAction(name, this, [this, name] { m_perspectives->show(name); });
            describeAction(*action, QStringLiteral("view.perspective.saved.") + name, {},
                tr("Show the arrangement saved as %1").arg(name));
            action->setCheckable(true);
            action->setChecked(name == current);
        }
        // Exclusive groups do not let the last one go by itself: a view alone is no perspective.
        group->setExclusive(false);
        for (QAction* action : group->actions())
            action->setChecked(action->data().toString() == current);
        group->setExclusive(true);
        const QString shown = m_perspectives->saved().contains(current) ? current : tr("Arrangement");
        more->setText(withArrow(shown));
        more->setAccessibleName(shown);
    };
    connect(m_perspectives, &Perspectives::currentChanged, this, refresh);
    connect(m_perspectives, &Perspectives::listChanged, this, refresh);
    refresh();
}

void MainWindow::askSavePerspective()
{
    askText(this, QStringLiteral("savePerspective"), tr("Save arrangement"), tr("Name of the arrangement"),
        {}, [this](const QString& name) {
            if (!m_perspectives->saveAs(name))
                say(tr("\"%1\" cannot be the name of an arrangement.").arg(name), true);
        });
}

// --- Chart ---

/// Docks behind a tab count as visible, but are moved out of the window.
bool MainWindow::isShown(const Panel& panel) const
{
    if (!panel.isVisible())
        return false;
    const QWidget* top = panel.window();
    return top != this || rect().intersects(QRect(panel.mapTo(this, QPoint(0, 0)), panel.size()));
}

Panel* MainWindow::activePanel() const
{
    if (m_lastPanel != nullptr && isShown(*m_lastPanel))
        return m_lastPanel;
    for (Panel* candidate : m_panels) {
        if (candidate->surface() != nullptr && isShown(*candidate))
            return candidate;
    }
    return nullptr;
}

ChartSurface* MainWindow::activeSurface() const
{
    if (m_lastPanel != nullptr && isShown(*m_lastPanel) && m_lastPanel->currentSurface() != nullptr)
        return m_lastPanel->currentSurface();
    for (Panel* candidate : m_panels) {
        if (candidate->surface() != nullptr && isShown(*candidate))
            return candidate->currentSurface();
    }
    return nullptr;
}

/// Charts know their keys themselves; sending one keeps a single meaning for each.
void MainWindow::sendKeyToChart(int key)
{
    ChartSurface* surface = activeSurface();
    if (surface == nullptr)
        return;
    QKeyEvent press(QEvent::KeyPress, key, Qt::NoModifier);
    QCoreApplication::sendEvent(surface->surfaceWidget(), &press);
    QKeyEvent release(QEvent::KeyRelease, key, Qt::NoModifier);
    QCoreApplication::sendEvent(surface->surfaceWidget(), &release);
}

void MainWindow::createChartMenu(QMenu* menu)
{
    const auto call = [this](const char* slot) {
        // A treemap, for one, has nothing to zoom.
        QWidget* chart = activeSurface() == nullptr ? nullptr : activeSurface()->surfaceWidget();
        if (chart != nullptr && chart->metaObject()->indexOfMethod(slot + QByteArrayLiteral("()")) >= 0)
            QMetaObject::invokeMethod(chart, slot);
    };
    const auto ctrl = [](Qt::Key key) { return QKeySequence(Qt::CTRL | key); };
    addAction(menu, "chart.zoomIn", tr("Zoom &in"), {ctrl(Qt::Key_Plus), ctrl(Qt::Key_Equal)},
        tr("Nearer, around the middle of the chart used last; the wheel or + on it"), Need::Chart,
        [call] { call("zoomIn"); });
    addAction(menu, "chart.zoomOut", tr("Zoom &out"), {ctrl(Qt::Key_Minus)},
        tr("Farther; the wheel or - on the chart"), Need::Chart, [call] { call("zoomOut"); });
    addAction(menu, "chart.reset", tr("&Reset view"), {ctrl(Qt::Key_0)},
        tr("Everything in view; Home on the chart, or double click on one axis"), Need::Chart,
        [call] { call("resetView"); });
    const struct
    {
        const char* id;
        QString text;
        Qt::Key key;
    } pans[] = {{"chart.panLeft", tr("Pan &left"), Qt::Key_Left},
        {"chart.panRight", tr("Pan ri&ght"), Qt::Key_Right}, {"chart.panUp", tr("Pan &up"), Qt::Key_Up},
        {"chart.panDown", tr("Pan &down"), Qt::Key_Down}};
    for (const auto& pan : pans)
        addAction(menu, pan.id, pan.text, {QKeySequence(Qt::CTRL | Qt::ALT | pan.key)},
            tr("Move the view; middle drag, Space and drag, or arrow keys on the chart"), Need::Chart,
            [this, key = pan.key] { sendKeyToChart(key); });
    menu->addSeparator();
    const auto logarithmic = [&](const char* id, const QString& text, Qt::Orientation axis,
                                 QKeySequence key) {
        QAction* action = addAction(menu, id, text, {key},
            tr("Switch between a linear and a logarithmic axis; L on the chart"), Need::Chart, [this, axis] {
                auto* chart = activeSurface() == nullptr
                    ? nullptr
                    : qobject_cast<ChartBase*>(activeSurface()->surfaceWidget());
                if (chart != nullptr && chart->logAllowed(axis))
                    chart->setLogarithmic(axis, !chart->isLogarithmic(axis));
            });
        action->setCheckable(true);
        return action;
    };
    m_logX = logarithmic(
        "chart.logX", tr("Logarithmic &horizontal axis"), Qt::Horizontal, Qt::CTRL | Qt::SHIFT | Qt::Key_L);
    m_logY = logarithmic("chart.logY", tr("Logarithmic &vertical axis"), Qt::Vertical, Qt::CTRL | Qt::Key_L);
    connect(menu, &QMenu::aboutToShow, this, [this] {
        auto* chart = activeSurface() == nullptr ? nullptr
                                                 : qobject_cast<ChartBase*>(activeSurface()->surfaceWidget());
        for (const auto& [action, axis] :
            {std::pair(m_logX, Qt::Horizontal), std::pair(m_logY, Qt::Vertical)}) {
            action->setEnabled(chart != nullptr && chart->logAllowed(axis));
            action->setChecked(chart != nullptr && chart->isLogarithmic(axis));
        }
    });
    menu->addSeparator();
    addAction(menu, "chart.copyPicture", tr("&Copy picture"), {},
        tr("The chart used last with its caption, to the clipboard"), Need::Chart, [this] {
            if (ChartSurface* surface = activeSurface(); surface != nullptr)
                surface->copyPicture();
        });
    addAction(menu, "chart.copyData", tr("Copy da&ta"), {}, tr("The numbers of the chart used last as CSV"),
        Need::Chart, [this] {
            if (ChartSurface* surface = activeSurface(); surface != nullptr)
                surface->copyData();
        });
}

/// What panels offer by QWidget::addAction, one submenu each.
void MainWindow::fillPanelCommands(QMenu* menu)
{
    menu->clear();
    for (Panel* panel : m_panels) {
        QMenu* own = nullptr;
        for (QAction* action : panel->actions()) {
            if (action->isSeparator() || action->text().isEmpty() || !action->isVisible())
                continue;
            own = own == nullptr ? menu->addMenu(panel->title()) : own;
            own->addAction(action);
        }
        if (own != nullptr)
            own->setToolTipsVisible(true);
    }
}

void MainWindow::createThemeMenu(QMenu* menu)
{
    m_appearanceGroup = new QActionGroup(this);
    const std::tuple<Appearance, const char*, QString, QString> appearances[]
        = {{Appearance::System, "view.theme.system", tr("&System"), tr("Light or dark as the desktop is")},
            {Appearance::Light, "view.theme.light", tr("&Light"), tr("Dark ink on a light ground")},
            {Appearance::Dark, "view.theme.dark", tr("&Dark"), tr("Light ink on a dark ground")}};
    for (const auto& [appearance, id, text, tip] : appearances) {
        QAction* action = addAction(menu, id, text, {}, tip, Need::Nothing,
            [this, appearance = appearance] { setAppearance(appearance); });
        action->setCheckable(true);
        action->setData(static_cast<int>(appearance));
        action->setChecked(appearance == m_options.appearance);
        m_appearanceGroup->addAction(action);
    }
}

// --- Palette ---

std::vector<ActionEntry> MainWindow::actionEntries() const
{
    return collectActions(*m_menuBar, m_panels);
}

void MainWindow::openPalette()
{
    std::vector<PaletteModel::Command> commands;
    for (Panel* panel : m_panels)
        commands.push_back({tr("Go to %1").arg(panel->title()), tr("View"), {}, panel->id(), true,
            [this, id = panel->id()] { showPanel(id); }});
    for (const ActionEntry& entry : actionEntries()) {
        const QString id = entry.action->objectName();
        // Tensors and views have lines of their own.
        if (id == QLatin1String("edit.palette") || id.isEmpty())
            continue;
        commands.push_back({plainActionText(entry.action->text()), entry.category, actionKeys(*entry.action),
            entry.action->statusTip(), entry.action->isEnabled(), [this, entry] {
                if (entry.action == nullptr)
                    return;
                if (entry.panel != nullptr)
                    showPanel(entry.panel->id());
                entry.action->trigger();
            }});
    }
    m_palette->model().setCommands(std::move(commands));
    m_palette->model().setTensors(m_document.isOpen() ? m_document.workspace()->checkpointPtr() : nullptr,
        [this](int tensor) { m_document.selectTensor(tensor); });
    m_palette->popUp();
}

} // namespace bitwright::gui
