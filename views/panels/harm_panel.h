#pragma once

#include "views/charts/agreement_chart.h"
#include "views/models/harm_run.h"
#include "views/models/refine_run.h"
#include "views/panels/panel.h"

#include <functional>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QSplitter;
class QStackedWidget;

namespace bitwright::views {

class DataTable;
class RefineBox;

/// What a score predicted against what running the model measured, and the jobs that measure: whole plans,
/// selected units, everything.
class HarmPanel : public Panel
{
    Q_OBJECT

public:
    HarmPanel(Document& document, HarmRun& run, RefineRun& refine, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_chart->setTheme(theme); }
    ChartSurface* surface() override { return m_chart; }
    [[nodiscard]] AgreementChart* chart() const { return m_chart; }
    [[nodiscard]] DataTable* table() const { return m_table; }
    /// As the controls say.
    [[nodiscard]] HarmRun::Request request() const;
    void measure(HarmRun::What what);
    [[nodiscard]] DataTable* refineTable() const { return m_refineTable; }
    [[nodiscard]] RefineRun::Request refineRequest() const;
    /// Betters the plan.
    void refine();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void createBar();
    void createActions();
    void createRefineActions();
    QAction* addPanelAction(const QString& id, const QString& text, const QString& tip,
        const QKeySequence& key, const std::function<void()>& slot);
    void start(); ///< What the page says.
    [[nodiscard]] bool isRefining() const; ///< The page is about refining the plan.
    void connectRefine();
    [[nodiscard]] QString statusText(bool running, const QString& obstacle) const;
    void connectViews();
    void refresh();
    void refreshControls();
    void refreshTable();
    [[nodiscard]] int unitOfRow(int row) const; ///< -1 for a plan.
    [[nodiscard]] QString restingText() const;
    void followSelection();
    [[nodiscard]] QString rowsInWords() const; ///< Of two selected rows.
    [[nodiscard]] const PlanHarm* selectedPlan() const; ///< Of the one selected row; nullptr for a unit.
    void takeMeasured();
    void select(const QVector<int>& units, bool extend);
    void askText();

    HarmRun& m_run;
    RefineRun& m_refine;
    QComboBox* m_what;
    QComboBox* m_text;
    QSpinBox* m_tokens;
    QCheckBox* m_fromEnd;
    QPushButton* m_start;
    QPushButton* m_cancel;
    QLabel* m_status;
    QSplitter* m_splitter;
    AgreementChart* m_chart;
    QStackedWidget* m_tables; ///< What was measured, or what a refinement tried.
    DataTable* m_table;
    DataTable* m_refineTable;
    RefineBox* m_refineBox;
    QAction* m_adopt = nullptr;
    QAction* m_take = nullptr;
    QString m_file;
    bool m_fromTable = false; ///< The selection comes from the table.
    QString m_comparedPlan; ///< Choice of the plan that the table compares with.
};

} // namespace bitwright::views
