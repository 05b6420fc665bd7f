#pragma once

#include "views/charts/weight_histogram.h"
#include "views/panels/tensor_panel.h"

namespace bitwright::views {

/// View 5: histogram with the grid levels of the chosen option.
class WeightsPanel : public TensorPanel
{
    Q_OBJECT

public:
    WeightsPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_chart->setTheme(theme); }
    ChartSurface* surface() override { return m_chart; }

private:
    void refresh() override;
    WeightHistogram* m_chart;
};

} // namespace bitwright::views
