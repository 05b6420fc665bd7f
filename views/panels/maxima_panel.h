#pragma once

#include "views/charts/maxima_chart.h"
#include "views/panels/panel.h"

namespace bitwright::views {

/// View 3: activation maxima per layer and site.
class MaximaPanel : public Panel
{
    Q_OBJECT

public:
    explicit MaximaPanel(Document& document, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override { m_chart->setTheme(theme); }
    ChartSurface* surface() override { return m_chart; }

private:
    void refresh();
    void followSelection();
    MaximaChart* m_chart;
};

} // namespace bitwright::views
