#pragma once

#include "views/panels/panel.h"

#include <QSortFilterProxyModel>
#include <QTimer>

#include <map>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class QVBoxLayout;

namespace bitwright::views {

class JobRow;

/// The ended jobs that a filter lets through, newest first or by any column.
class JobLog : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit JobLog(JobQueue& jobs, QObject* parent = nullptr);
    /// Every word must occur in a job's name, outcome or time of start.
    void setWords(const QString& words);
    /// Start, duration, outcome and name of every ended job, oldest first, in the C locale; one line each.
    [[nodiscard]] QString text() const;
    [[nodiscard]] QString csv() const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    [[nodiscard]] std::vector<const Job*> ended() const;
    JobQueue& m_jobs;
    QStringList m_words;
};

/// What runs, each with stage, percent, rate, time left and a button to cancel it, above a log of what ended.
class JobsPanel : public Panel
{
    Q_OBJECT

public:
    JobsPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme&) override { }

private:
    void createLog();
    void refreshRows();
    void showCount();
    void addActions();

    JobQueue& m_jobs;
    JobLog* m_log;
    QTableView* m_view;
    QWidget* m_running;
    QVBoxLayout* m_rowsLayout;
    QLabel* m_idle;
    QLineEdit* m_filter;
    QLabel* m_count; ///< How many the filter lets through.
    QPushButton* m_copy;
    std::map<const Job*, JobRow*> m_rows;
    QTimer m_tick; ///< Times go on while a job reports nothing.
};

} // namespace bitwright::views
