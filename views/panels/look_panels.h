#pragma once

#include "views/charts/spectrum_chart.h"
#include "views/charts/weight_histogram.h"
#include "views/panels/chart_data.h"
#include "views/panels/panel.h"

namespace bitwright::views {

/// What WeightsPanel and SpectrumPanel share: one tensor, and the plan's option run on it in the background.
class TensorPanel : public Panel
{
    Q_OBJECT

public:
    TensorPanel(Document& document, JobQueue& jobs, const QString& id, const QString& title, QWidget* parent);

protected:
    virtual void refresh() = 0;
    void showEvent(QShowEvent* event) override;
    /// The option that the plan gives the current tensor; nothing when it is not planned.
    [[nodiscard]] std::optional<quant::Option> currentOption() const;
    /// The grid of the current tensor and option; nullptr until computed (asking starts it).
    [[nodiscard]] const WeightGrid* grid();

private:
    JobQueue& m_jobs;
    QTimer m_delay; ///< Selections made with the arrow keys should not quantize every tensor on the way.
    int m_serial = 0;
    int m_gridTensor = -1;
    std::string m_gridOption;
    int m_wantedTensor = -1;
    std::string m_wantedOption;
    std::optional<WeightGrid> m_grid;
    void startGrid();
};

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
