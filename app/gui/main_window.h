#pragma once

#include "app/gui/appearance.h"
#include "views/models/document.h"
#include "views/panels/panel.h"

#include <QMainWindow>

#include <map>

class QActionGroup;
class QDockWidget;
class QLabel;

namespace bitwright::views {
class ExportPanel;
class ParetoPanel;
class SensitivityPanel;
class TreePanel;
}

namespace bitwright::gui {

class HeaderStrip;

/// The program's window: panels in docks, perspectives, menus. All state is in the Document.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    struct Options
    {
        Appearance appearance = Appearance::System;
        bool keepSettings = true; ///< Restore and save geometry, recent files, layout.
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
    /// "look", "plan", "export", or the id of a panel that then fills the middle.
    void showPerspective(const QString& name);
    [[nodiscard]] QString lastMessage() const { return m_lastMessage; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void createPanels();
    void createDocks();
    void createActions();
    void createFileMenu();
    void createEditMenu();
    void createPlanMenu();
    void createViewMenu();
    void connectModels();
    void restoreSettings();
    void saveSettings();
    /// One dock of a perspective: split off another one, or the first.
    struct Place
    {
        QString id, beside;
        Qt::Orientation split;
    };
    struct Layout
    {
        std::vector<Place> places;
        std::vector<std::pair<QString, QString>> tabs; ///< A dock that is already placed, and one behind it.
        std::vector<std::pair<Qt::Orientation, std::vector<std::pair<QString, int>>>> sizes;
    };
    void arrange(const Layout& layout, const QString& raised);
    void addRecent(const QString& path);
    void refreshRecent();
    void say(const QString& text, bool warning);
    void askOpenModel();
    void askOpenDump();
    void askSaveProject();
    void askSavePlan();
    void exportPlanJson();
    void importPlanJson();
    template <typename Slot>
    QAction* addAction(
        QMenu* menu, const QString& text, const QKeySequence& keys, const QString& tip, Slot slot);

    Options m_options;
    QPalette m_systemPalette;
    views::JobQueue m_jobs;
    views::Document m_document;
    views::Theme m_theme;
    HeaderStrip* m_header = nullptr;
    std::vector<views::Panel*> m_panels;
    std::map<QString, QDockWidget*> m_docks;
    views::TreePanel* m_tree = nullptr;
    views::ExportPanel* m_export = nullptr;
    QMenu* m_recentMenu = nullptr;
    QMenu* m_namedPlansMenu = nullptr;
    QMenu* m_uniformMenu = nullptr;
    QActionGroup* m_appearanceGroup = nullptr;
    QLabel* m_readout = nullptr;
    QString m_lastMessage;
    QStringList m_recent;
};

} // namespace bitwright::gui
