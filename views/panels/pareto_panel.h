#pragma once

#include "views/charts/pareto_chart.h"
#include "views/panels/panel.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;

namespace bitwright::views {

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

} // namespace bitwright::views
