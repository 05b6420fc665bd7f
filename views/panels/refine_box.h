#pragma once

#include "views/models/refine_run.h"

#include <QWidget>

class QPushButton;
class QSpinBox;

namespace bitwright::views {

/// The controls of a refinement: how much it may try, how long that takes, and taking what came out.
class RefineBox : public QWidget
{
    Q_OBJECT

public:
    explicit RefineBox(RefineRun& run, QWidget* parent = nullptr);
    /// Sets what belongs to a refinement in a request.
    void fill(RefineRun::Request& request) const;
    /// Enables what can be done now.
    void refresh(bool busy, bool possible);

Q_SIGNALS:
    void estimateRequested();

private:
    RefineRun& m_run;
    QSpinBox* m_rounds;
    QSpinBox* m_steps;
    QPushButton* m_estimate;
    QPushButton* m_adopt;
};

} // namespace bitwright::views
