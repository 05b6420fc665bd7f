#pragma once

#include "views/charts/spectrum_chart.h"
#include "views/panels/tensor_panel.h"

namespace bitwright::views {

/// View 6: eigenvalues with tail fit and bulk; the error's spectrum over it.
class SpectrumPanel : public TensorPanel
{
    Q_OBJECT

public:
    SpectrumPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_chart->setTheme(theme); }
    ChartSurface* surface() override { return m_chart; }

private:
    void refresh() override;
    SpectrumChart* m_chart;
};

} // namespace bitwright::views
