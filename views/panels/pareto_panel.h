#pragma once

#include "views/charts/pareto_chart.h"
#include "views/panels/panel.h"

#include <QElapsedTimer>

class QAction;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QMenu;
class QPushButton;

namespace bitwright::views {

class HarmRun;
struct PlanHarm;
class WrapBar;

/// View 8: the Pareto chart with the plan's settings and the named plans.
class ParetoPanel : public Panel
{
    Q_OBJECT

public:
    explicit ParetoPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_chart->setTheme(theme); }
    ChartSurface* surface() override { return m_chart; }
    [[nodiscard]] ParetoChart* chart() const { return m_chart; }
    /// Draws where each other option of a unit would move the plan, `option` as the one under the cursor
    /// (-1: none); unit -1 clears.
    void previewUnit(int unit, int option = -1);
    /// Draws where one move of several units would lead; no units clear.
    void previewMove(const QVector<int>& units, int option);
    /// Draws whole plans that were run beside what was predicted of them.
    void showMeasured(const HarmRun& run);
    /// The menu of named plans, filled.
    [[nodiscard]] QMenu* plansMenu();

Q_SIGNALS:
    /// Asks to compare: the current plan (A) with this one (B).
    void differenceRequested(const QString& with);
    /// Units that the plan under the cursor changes.
    void unitsHovered(const QVector<int>& units);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    void addRareChoices();
    [[nodiscard]] QString summaryText() const;
    void createControls();
    void createPlanControls();
    void createActions();
    QAction* addPanelAction(const QString& id, const QString& text, const QString& toolTip);
    void connectChart();
    void connectDocument();
    void refresh();
    void refreshPlan();
    void refreshNames();
    void enableMeasured();
    void applySettings();
    void fillPlansMenu();
    void addNamedPlan(const QString& name);
    void askSaveAs();
    void askRename(const QString& name);
    void askDuplicate(const QString& name);
    void askDelete(const QString& name);
    [[nodiscard]] QString measuredNote(const QString& choice) const;
    [[nodiscard]] const PlanHarm* measuredPlan(const QString& choice) const;
    void takeMark(int index, const QString& id);
    void compareHovered(const std::vector<std::size_t>& choice);
    /// What is edited by steps that may follow each other quickly.
    enum class Step
    {
        Frontier,
        Budget,
        Bpw,
    };
    [[nodiscard]] int dragNumber(Step step);
    [[nodiscard]] int stepNumber(Step step);

    ParetoChart* m_chart;
    const HarmRun* m_measured = nullptr;
    QComboBox* m_target;
    QComboBox* m_score;
    QComboBox* m_quantizer;
    QComboBox* m_objective;
    QDoubleSpinBox* m_budget;
    WrapBar* m_bar;
    QComboBox* m_size;
    QComboBox* m_compare;
    QPushButton* m_plans;
    QMenu* m_menu;
    QLabel* m_summary;
    bool m_compact = false; ///< Little height: the chart has the room, rare choices are in the menu.
    QAction* m_improve = nullptr;
    QAction* m_difference = nullptr;
    int m_drag = 0;
    int m_stepDrag = 0;
    Step m_lastStep = Step::Frontier;
    QElapsedTimer m_sinceStep;
};

} // namespace bitwright::views
