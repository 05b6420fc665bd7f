#pragma once

#include "views/models/document.h"

#include <QWidget>

class QLabel;
class QToolButton;
class QHBoxLayout;
class QProgressBar;

namespace bitwright::gui {

/// Under the menu: the model, the plan with its distance to the budget, and chips for what is missing; each
/// chip leads to its remedy.
class HeaderStrip : public QWidget
{
    Q_OBJECT

public:
    HeaderStrip(views::Document& document, views::JobQueue& jobs, QWidget* parent = nullptr);
    void showMessage(const QString& text, bool warning);

Q_SIGNALS:
    void openDumpRequested();
    void scanRequested();
    void jobsRequested();

private:
    void refresh();
    void refreshPlan();
    void refreshJob();

    views::Document& m_document;
    views::JobQueue& m_jobs;
    QLabel* m_model;
    QLabel* m_plan;
    QToolButton* m_dumpChip;
    QToolButton* m_scanChip;
    QToolButton* m_provenanceChip;
    QProgressBar* m_progress;
    QToolButton* m_cancel;
    QLabel* m_message;
    QToolButton* m_dismiss;
    QWidget* m_messageRow;
};

} // namespace bitwright::gui
