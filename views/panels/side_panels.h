#pragma once

#include "views/panels/panel.h"

class QTableView;

namespace bitwright::views {

/// Jobs with progress and cancel.
class JobsPanel : public Panel
{
    Q_OBJECT

public:
    JobsPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme&) override { }

private:
    JobQueue& m_jobs;
    QTableView* m_view;
};

} // namespace bitwright::views
