#pragma once

#include "core/export/exporter.h"
#include "views/panels/panel.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTableWidget;

namespace bitwright::views {

/// View 9: checks before work, progress with rate and time left, and the proof.
class ExportPanel : public Panel
{
    Q_OBJECT

public:
    ExportPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    void applyTheme(const Theme& theme) override;
    void setFolder(const QString& folder);
    /// Starts the export to the shown folder.
    void start();
    [[nodiscard]] bool isRunning() const { return m_job != nullptr; }

Q_SIGNALS:
    void finished(bool ok);

private:
    void createControls();
    void runChecks();
    void showChecks(const std::vector<exporting::Check>& checks);
    void showProgress();
    void showTensor(const exporting::TensorProof& proof);
    void showReport(const exporting::ExportReport& report);
    void showVerdict(const QString& text, bool good);
    void updateButtons();
    [[nodiscard]] exporting::ExportRequest request() const;

    JobQueue& m_jobs;
    Job* m_job = nullptr;
    bool m_blocked = true;
    std::uint64_t m_weightsDone = 0;
    Theme m_theme;
    QLineEdit* m_folder;
    QPushButton* m_browse;
    QPushButton* m_export;
    QPushButton* m_cancel;
    QCheckBox* m_keepNonFinite;
    QCheckBox* m_replace;
    QLabel* m_verdict;
    QLabel* m_checks;
    QProgressBar* m_progress;
    QLabel* m_rate;
    QLabel* m_hint;
    QTableWidget* m_proof;
    QTimer m_checkDelay;
};

} // namespace bitwright::views
