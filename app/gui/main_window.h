#pragma once

#include "app/gui/actions.h"
#include "app/gui/appearance.h"
#include "app/gui/perspectives.h"
#include "views/models/document.h"
#include "views/panels/panel.h"

#include <QMainWindow>
#include <QMenu>
#include <QPointer>

#include <functional>
#include <map>

class QActionGroup;
class QDockWidget;
class QLabel;
class QMenuBar;

namespace bitwright::views {
class ExplainPanel;
class ExportPanel;
class HarmPanel;
class HarmRun;
class Recording;
class ParetoPanel;
class TreePanel;
}

namespace bitwright::gui {

class CommandPalette;
class HeaderStrip;

/// The program's window: panels in docks, perspectives, menus. All state is in the Document.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    struct Options
    {
        Appearance appearance = Appearance::System;
        bool keepSettings = true; ///< Restore and save geometry, recent files, layout; ask before closing.
        bool onlyLook
            = false; ///< Nothing of a project's view is brought back, and nothing is written into it.
        bool automaticProject = true; ///< Results go to a project of the program's own when none was named.
    };
    explicit MainWindow(const Options& options, QWidget* parent = nullptr);
    ~MainWindow() override;

    void openPaths(const QStringList& paths);
    [[nodiscard]] views::Document& document() { return m_document; }
    [[nodiscard]] views::JobQueue& jobs() { return m_jobs; }
    [[nodiscard]] const std::vector<views::Panel*>& panels() const { return m_panels; }
    [[nodiscard]] views::Panel* panel(const QString& id) const;
    void setAppearance(Appearance appearance);
    /// A perspective by its name ("look", "plan", "export", "learn" or a saved one), or the id of a panel
    /// that then fills the middle.
    void showPerspective(const QString& name);
    [[nodiscard]] Perspectives& perspectives() { return *m_perspectives; }
    /// Whether a panel can be seen: docked in front, or floating.
    [[nodiscard]] bool isShown(const views::Panel& panel) const;
    /// Brings a panel to the front where it is and gives it the focus.
    void showPanel(const QString& id);
    [[nodiscard]] QString lastMessage() const { return m_lastMessage; }

    /// Every action of the program at this moment.
    [[nodiscard]] std::vector<ActionEntry> actionEntries() const;
    [[nodiscard]] CommandPalette& commandPalette() { return *m_palette; }
    void openPalette();
    /// The glossary's entry for what is at a place of the window; an empty id when nothing is known about it.
    [[nodiscard]] QString helpTermAt(QWidget* widget, const QPoint& globalPosition) const;
    void explain(const QString& term);
    /// The whole view as a project keeps it: perspective, docks, selection, controls, zoom.
    [[nodiscard]] QJsonObject viewState() const;
    void setViewState(const QJsonObject& state);
    /// Follows another palette of the system, when the appearance is System's.
    void systemPaletteChanged(const QPalette& palette);

protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    /// What has to be there for an action to make sense.
    enum class Need
    {
        Nothing,
        Model,
        Tensor,
        Plan,
        Units, ///< A plan and selected units.
        Chart,
    };
    void createPanels();
    void createDocks();
    void createTop();
    void createActions();
    void createFileMenu();
    void createEditMenu();
    void createSelectionMenu();
    void createPlanMenu();
    void createPlanFileActions(QMenu* menu);
    void createViewMenu();
    void createPerspectiveActions(QMenu* menu);
    void createChartMenu(QMenu* menu);
    void createThemeMenu(QMenu* menu);
    void createHelpMenu();
    void fillPanelCommands(QMenu* menu);
    void connectModels();
    void connectHeader();
    void offerRecovery(const QDateTime& when);
    void restoreSettings();
    void saveSettings();
    void addRecent(const QString& path);
    void refreshRecent();
    void refreshActions();
    void say(const QString& text, bool warning);
    void askOpenModel();
    void askOpenDump();
    void askSaveProject();
    void askSavePlan();
    void askBudget();
    void askSavePerspective();
    void exportPlanJson();
    void importPlanJson();
    void readPlanJson(const QString& path);
    void explainUnderCursor();
    void showKeys();
    void showReadout(const QString& text);
    void stepSelection(int by);
    void showOptionsOfSelection();
    [[nodiscard]] bool mayClose();
    [[nodiscard]] views::Panel* activePanel() const;
    /// The chart that menu and keys act on: of the panel that had the focus last.
    [[nodiscard]] views::ChartSurface* activeSurface() const;
    void sendKeyToChart(int key);
    void storeView();
    void restoreView();
    void restorePendingViews();
    [[nodiscard]] QJsonObject selectionState() const;
    void setSelectionState(const QJsonObject& state);
    template <typename Slot>
    QAction* addAction(QMenu* menu, const char* id, const QString& text, const QList<QKeySequence>& keys,
        const QString& tip, Need need, Slot slot);

    Options m_options;
    QPalette m_systemPalette;
    views::JobQueue m_jobs;
    views::Document m_document;
    views::Theme m_theme;
    HeaderStrip* m_header = nullptr;
    QMenuBar* m_menuBar = nullptr;
    QWidget* m_perspectiveBar = nullptr;
    CommandPalette* m_palette = nullptr;
    std::vector<views::Panel*> m_panels;
    std::map<QString, QDockWidget*> m_docks;
    Perspectives* m_perspectives = nullptr;
    views::TreePanel* m_tree = nullptr;
    views::ExportPanel* m_export = nullptr;
    views::HarmRun* m_harmRun = nullptr;
    views::Recording* m_recording = nullptr;
    views::HarmPanel* m_harm = nullptr;
    views::ExplainPanel* m_explain = nullptr;
    QMenu* m_recentMenu = nullptr;
    QMenu* m_perspectiveMenu = nullptr;
    QAction* m_tieAction = nullptr;
    QAction* m_logX = nullptr;
    QAction* m_logY = nullptr;
    QActionGroup* m_appearanceGroup = nullptr;
    QLabel* m_readout = nullptr;
    std::vector<std::pair<QAction*, Need>> m_needs;
    QPointer<views::Panel> m_lastPanel; ///< Had the focus last.
    QString m_lastMessage;
    QStringList m_recent;
    QTimer m_viewTimer;
    QByteArray m_storedView;
    std::map<QString, QJsonObject> m_pendingViews; ///< Of panels whose chart has no data yet.
    bool m_applyingPalette = false;
    bool m_leaving = false; ///< Although an export is running.
};

template <typename Slot>
QAction* MainWindow::addAction(QMenu* menu, const char* id, const QString& text,
    const QList<QKeySequence>& keys, const QString& tip, Need need, Slot slot)
{
    QAction* action = menu->addAction(text);
    describeAction(*action, QLatin1String(id), keys, tip);
    connect(action, &QAction::triggered, this, slot);
    if (need != Need::Nothing)
        m_needs.emplace_back(action, need);
    return action;
}

} // namespace bitwright::gui
