#pragma once

#include "views/panels/job_value.h"
#include "views/panels/panel.h"
#include "views/panels/tensor_data.h"

namespace bitwright::views {

/// What WeightsPanel and SpectrumPanel share: they show one matrix, the current one of the selection, and
/// what an option does to it. While hidden they do nothing and catch up when shown.
class TensorPanel : public Panel
{
    Q_OBJECT

public:
    TensorPanel(Document& document, JobQueue& jobs, const QString& id, const QString& title, QWidget* parent);

protected:
    virtual void refresh() = 0;
    /// Forgets what belongs to the model that was closed.
    virtual void forget() = 0;
    void renew(); ///< refresh() now or when the panel is shown.
    void showEvent(QShowEvent* event) override;
    /// What the button of an empty chart does: opens a model, selects a tensor or measures.
    void remedyEmptiness();

    /// The current tensor and, of a stack, the selected expert.
    [[nodiscard]] MatrixRef matrix() const;
    [[nodiscard]] const model::TensorInfo* tensorInfo() const; ///< nullptr without a current tensor.
    [[nodiscard]] int unitOf(MatrixRef matrix) const; ///< -1 when it is not planned.
    /// The option that the plan gives the current matrix; nothing when it is not planned. May be "keep".
    [[nodiscard]] std::optional<quant::Option> planOption() const;
    /// An option as tables and the other views call it: without what all options of the space have in common.
    [[nodiscard]] QString optionName(const std::string& id) const;
    /// Identifies the current matrix among those of all models opened so far.
    [[nodiscard]] QString matrixKey() const;
    /// "3 mlp.down_proj", for titles of jobs.
    [[nodiscard]] QString matrixTitle() const;

    JobQueue& m_jobs;

private:
    bool m_outdated = true;
    int m_generation = 0;
};

} // namespace bitwright::views
