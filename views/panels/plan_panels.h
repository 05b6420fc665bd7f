#pragma once

#include "views/charts/block_role_matrix.h"
#include "views/charts/pareto_chart.h"
#include "views/panels/chart_data.h"
#include "views/panels/panel.h"
#include "views/panels/plan_data.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QTableView;

namespace bitwright::views {

class AllocationTable;
class MovesTable;

/// View 7: the block x role matrix that edits the plan.
class SensitivityPanel : public Panel
{
    Q_OBJECT

public:
    explicit SensitivityPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_matrix->setTheme(theme); }
    ChartSurface* surface() override { return m_matrix; }
    [[nodiscard]] BlockRoleMatrix* matrix() const { return m_matrix; }

Q_SIGNALS:
    void unitHovered(int unit);

private:
    void rebuild();
    void refresh();
    void showOptions(const QVector<int>& units, const QPoint& position);
    BlockRoleMatrix* m_matrix;
    MatrixData m_data;
};

/// View 8: the Pareto chart with the plan's settings.
class ParetoPanel : public Panel
{
    Q_OBJECT

public:
    explicit ParetoPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_chart->setTheme(theme); }
    ChartSurface* surface() override { return m_chart; }
    [[nodiscard]] ParetoChart* chart() const { return m_chart; }
    /// Draws where each other option of a unit would move the plan; -1 clears.
    void previewUnit(int unit);

private:
    void createControls();
    void connectChart();
    void refresh();
    void refreshPlan();
    void applySettings();
    [[nodiscard]] int dragNumber();

    ParetoChart* m_chart;
    QComboBox* m_target;
    QComboBox* m_score;
    QComboBox* m_quantizer;
    QComboBox* m_objective;
    QDoubleSpinBox* m_budget;
    QLabel* m_summary;
    int m_drag = 0;
};

/// The allocation as a table, beside the next best moves.
class AllocationPanel : public Panel
{
    Q_OBJECT

public:
    explicit AllocationPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void copyCsv() const;
    void followSelection();
    void takeSelection();
    AllocationTable* m_model;
    MovesTable* m_moves;
    QTableView* m_table;
    QTableView* m_movesView;
    QLineEdit* m_filter;
    QSplitter* m_splitter = nullptr;
    bool m_following = false;
};

} // namespace bitwright::views
