#pragma once

#include "core/export/exporter.h"
#include "views/models/export_checks.h"
#include "views/panels/panel.h"

#include <QFutureWatcher>

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTabWidget;

namespace bitwright::views {

class CheckList;
class HarmRun;
class ProofView;
class StateMark;

/// View 9: target and folder, the checks before work, progress, and the proof.
class ExportPanel : public Panel
{
    Q_OBJECT

public:
    ExportPanel(Document& document, JobQueue& jobs, QWidget* parent = nullptr);
    ~ExportPanel() override;
    void applyTheme(const Theme& theme) override;
    [[nodiscard]] bool isWorking() const override { return m_watcher.isRunning(); }
    /// What was run is told instead of what is only predicted; `run` must outlive this.
    void showMeasured(const HarmRun& run);
    void setFolder(const QString& folder);
    [[nodiscard]] QString folder() const;
    /// Starts the export to the shown folder.
    void start();
    /// Reads the export in the shown folder back and compares it with the open model.
    void verify();
    [[nodiscard]] bool isRunning() const { return m_job != nullptr; }
    [[nodiscard]] CheckList& checkList() { return *m_checks; }
    [[nodiscard]] ProofView& proof() { return *m_proof; }
    [[nodiscard]] QString verdict() const;
    /// "model-target" beside the model; in the user's folder of documents where that cannot be written.
    [[nodiscard]] static QString defaultFolder(const QString& modelFolder, const QString& target);
    /// The first of "folder", "folder-2", "folder-3", ... that nothing has, with nothing unfinished beside
    /// it.
    [[nodiscard]] static QString freeName(const QString& folder);

Q_SIGNALS:
    void finished(bool ok);

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct Verdict
    {
        ExportCheck::State state = ExportCheck::State::Unknown;
        QString text, more;
    };
    /// What the checks found out in the background.
    struct Findings
    {
        Result<exporting::Outlook> outlook = exporting::Outlook();
        std::map<std::string, double> rates; ///< Of a trial; weights per second by method.
    };
    void createControls();
    [[nodiscard]] QWidget* createVerdict();
    void createActions();
    void connectDocument();
    void fillTargets();
    void takeTarget();
    void takeDefaultFolder();
    void askFolder();
    void scheduleChecks();
    void runChecks();
    void takeFindings(const Findings& findings);
    void showChecks();
    void remedy(Remedy remedy, const ExportCheck& check);
    void tieUnits();
    [[nodiscard]] std::optional<double> estimatedSeconds(
        const exporting::Outlook& outlook, bool& fromEarlierExport) const;
    void rememberRates(const exporting::ExportReport& report);
    void begin(Job* job);
    void showProgress();
    void finishExport(const Result<exporting::ExportReport>& report);
    void finishVerification(const Result<exporting::VerifyReport>& report);
    void showReport(const exporting::ExportReport& report);
    /// Each page has its own verdict: that of the checks, and that of the last export or verification.
    void showVerdict(QWidget* page, ExportCheck::State state, const QString& text, const QString& more = {});
    void refreshVerdict();
    void copyReport();
    void updateButtons();
    [[nodiscard]] exporting::ExportRequest request() const;

    JobQueue& m_jobs;
    Job* m_job = nullptr;
    bool m_blocked = true;
    bool m_keepNonFinite = false;
    bool m_replace = false;
    bool m_ownFolder = false; ///< The user typed or chose the folder.
    bool m_hasProof = false;
    std::uint64_t m_weightsDone = 0;
    std::optional<exporting::Outlook> m_outlook;
    std::map<QWidget*, Verdict> m_verdicts; ///< By page of m_tabs.
    std::map<std::string, double> m_rates; ///< Of the trial of this plan's methods.
    QFutureWatcher<Findings> m_watcher;
    std::stop_source m_stopChecks;
    bool m_checkAgain = false;
    const HarmRun* m_run = nullptr;
    Theme m_theme;
    QComboBox* m_target;
    QLineEdit* m_folder;
    QPushButton* m_browse;
    QPushButton* m_export;
    QPushButton* m_cancel;
    QPushButton* m_verify;
    QWidget* m_banner = nullptr;
    StateMark* m_mark;
    QLabel* m_verdict;
    QLabel* m_more;
    QProgressBar* m_progress;
    QLabel* m_stage;
    QLabel* m_rate;
    QWidget* m_progressRow = nullptr;
    QTabWidget* m_tabs;
    CheckList* m_checks;
    ProofView* m_proof;
    QTimer m_checkDelay;
};

} // namespace bitwright::views
