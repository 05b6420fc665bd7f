#pragma once

#include "views/panels/panel.h"
#include "views/panels/tensor_data.h"

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

} // namespace bitwright::views
