#pragma once

#include "core/plan/solve.h"
#include "core/session/workspace.h"
#include "core/stats/outliers.h"
#include "views/jobs/job_queue.h"
#include "views/models/selection.h"

#include <QDateTime>
#include <QObject>
#include <QThreadPool>
#include <QTimer>
#include <QUndoStack>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace bitwright::views {

/// What the plan views work on; changing it measures and solves again.
struct PlanSettings
{
    QString target = QStringLiteral("compressed-tensors");
    std::optional<score::ScoreKind> score; ///< Nothing: the default for what the dump holds.
    std::optional<double> gamma; ///< Of fisher; nothing: the default for the labels of the dump's gradients.
    quant::Method method = quant::Method::RoundToNearest;
    alloc::Objective objective;
    bool ties = true;
    double startBpw = 4.5; ///< Budget of the first plan.
    bool operator==(const PlanSettings& other) const;
};

/// The open model with everything that the window knows about it. Lives on the UI thread; all work runs as
/// jobs, and results arrive as whole values that are swapped in before the signal.
class Document : public QObject
{
    Q_OBJECT

public:
    Document(JobQueue& jobs, QObject* parent = nullptr);
    ~Document() override;

    // --- Opening ---
    /// Opens in a job; `opened` or `failed` follows. Without a project the results go to an automatic one
    /// under `autoProjectFolder` (empty: memory only).
    void open(const session::Inputs& inputs);
    /// Neither the plan in work nor what the window keeps is written into a project; measurements are.
    void setOnlyLook(bool only) { m_onlyLook = only; }
    void setAutoProjectFolder(const QString& folder) { m_autoProjectFolder = folder; }
    /// Adds a dump to the open model in a job.
    void addDump(const QString& path);
    void saveProjectAs(const QString& path);
    void close();
    [[nodiscard]] bool isOpen() const { return m_workspace != nullptr; }
    [[nodiscard]] const std::shared_ptr<session::Workspace>& workspace() const { return m_workspace; }
    [[nodiscard]] QString title() const;

    // --- Measurements ---
    /// Starts measuring weights, spectra and outliers; results arrive one by one. Skips what is known.
    void scan();
    [[nodiscard]] const session::TensorResult* result(int tensor) const; ///< nullptr when not measured.
    [[nodiscard]] int scannedTensors() const { return m_scanned; }
    [[nodiscard]] bool isScanning() const { return m_scanJob != nullptr; }
    [[nodiscard]] int nonFiniteTensors() const;
    [[nodiscard]] int failedTensors() const; ///< Could not be measured; their results say why.
    /// Outlier criteria of a dump; nullptr until computed.
    [[nodiscard]] std::shared_ptr<const stats::OutlierReport> outliers(int dump) const;
    /// Token ids of a dump as recorded, -1 where a sequence is padded; empty until read or when it has none.
    [[nodiscard]] std::vector<std::int32_t> tokenIds(int dump) const;
    /// What a token id stands for, by the model's tokenizer.json; empty when that is unknown.
    [[nodiscard]] QString tokenText(std::int32_t id) const;
    /// Channel map of the first dump; nullptr until computed. Asking starts the job.
    [[nodiscard]] std::shared_ptr<const stats::ChannelMap> channelMap(stats::ChannelMeasure measure);

    // --- Planning ---
    [[nodiscard]] const PlanSettings& settings() const { return m_settings; }
    /// Scores anew in a job; then it is one undo step. The plan goes on in the number formats that it has.
    void setSettings(const PlanSettings& settings);
    /// Makes the scores anew where they come from measuring; the views stay as they are until then.
    void refreshScores();
    [[nodiscard]] const std::shared_ptr<const plan::PlanSpace>& space() const { return m_space; }
    [[nodiscard]] const std::shared_ptr<const plan::PlanFrontier>& frontier() const { return m_frontier; }
    [[nodiscard]] const std::vector<plan::UniformPoint>& uniforms() const { return m_uniforms; }
    [[nodiscard]] bool isStale() const { return m_stale; } ///< A job is replacing the space.
    [[nodiscard]] const plan::Plan& plan() const { return m_plan; }
    [[nodiscard]] const std::vector<std::size_t>& choice() const
    {
        return m_choice;
    } ///< Option per unit; empty without a space.
    [[nodiscard]] const plan::PlanNumbers& numbers() const { return m_numbers; }
    /// Whether a unit's option is locked.
    [[nodiscard]] bool isLocked(std::size_t unit) const { return unit < m_locked.size() && m_locked[unit]; }
    /// The same of all units; empty without a space.
    [[nodiscard]] const std::vector<char>& locks() const { return m_locked; }
    /// Option per unit that the solver chose last, before edits by hand; empty while unknown.
    [[nodiscard]] const std::vector<std::size_t>& solverChoice() const;
    /// The same; nullptr while unknown.
    [[nodiscard]] std::shared_ptr<const std::vector<std::size_t>> sharedSolverChoice() const
    {
        return m_solver;
    }
    /// Whether the frontier was made under the plan's present locks and ties.
    [[nodiscard]] bool frontierFits() const { return m_frontier && m_frontierDone == m_frontierSerial; }
    [[nodiscard]] std::optional<std::uint64_t> budgetBytes() const; ///< Of all weights of the file.
    /// Best objective at the current plan's size, from the frontier.
    [[nodiscard]] std::optional<double> bestAtSize() const;
    /// Options of the best known plan that is no larger than the current one; empty without a frontier.
    [[nodiscard]] std::vector<std::size_t> bestChoiceAtSize() const;

    /// The frontier of another score, evaluated under the present one.
    struct OtherFrontier
    {
        score::ScoreKind kind = score::ScoreKind::WeightError;
        QString score; ///< "weight-error"
        std::vector<plan::PlanPoint> points; ///< By rising size; harm of the present score.
    };
    /// Compares with another score in a job; nothing ends it.
    void setComparedScore(std::optional<score::ScoreKind> kind);
    [[nodiscard]] std::optional<score::ScoreKind> comparedScore() const { return m_comparedScore; }
    /// nullptr until it is computed.
    [[nodiscard]] const OtherFrontier* otherFrontier() const
    {
        return m_otherFrontier ? &*m_otherFrontier : nullptr;
    }

    // Edits: each is one undo step. Locked units keep their option and are named in `notice`.
    void setOption(const QVector<int>& units, std::size_t option);
    void setBits(const QVector<int>& units, int bits);
    /// Gives these units the options of another choice (one option per unit of the space).
    void takeOptions(const QVector<int>& units, const std::vector<std::size_t>& choice, const QString& text);
    void restore(const QVector<int>& units); ///< Back to the solver's choice at the budget.
    void toggleLock(const QVector<int>& units);
    void toggleTies();
    void setUniform(const QString& option);
    void improveWithinLocks();
    /// Sets the budget (bytes of the file's weights) and solves. Calls with the same `drag` number above zero
    /// merge into one undo step. While it is `moving`, the best plan that the frontier lists is taken
    /// instead.
    void setBudget(std::uint64_t fileBytes, int drag = 0, bool moving = false);
    void setBudgetBpw(double bpw, int drag = 0);
    /// Takes the plan of a frontier state.
    void takeFrontierState(int state, int drag = 0);
    void setPlan(plan::Plan plan, const QString& text, int drag = 0);
    /// Takes back what a drag did, as if it had not been.
    void cancelDrag(int drag);
    void renamePlan(const QString& name);
    [[nodiscard]] QUndoStack& undoStack() { return m_undo; }

    // Named plans, stored in the project.
    void savePlanAs(const QString& name);
    void loadPlan(const QString& name);
    /// Makes a whole plan the current one, in the formats of this space where its options are of another
    /// quantizer; one undo step.
    void takePlan(const plan::Plan& plan);
    /// Each is stored at once and is no undo step: the current plan does not change. False when the name is
    /// taken, empty, or not there.
    bool renameNamedPlan(const QString& from, const QString& to);
    bool duplicateNamedPlan(const QString& from, const QString& to);
    bool deleteNamedPlan(const QString& name);
    bool addNamedPlan(const plan::Plan& plan); ///< Under its own name.
    [[nodiscard]] const plan::Plan* namedPlan(const QString& name) const;
    [[nodiscard]] const std::vector<plan::Plan>& namedPlans() const { return m_namedPlans; }

    /// Units with those that are tied to them in the present plan.
    [[nodiscard]] QVector<int> withTies(const QVector<int>& units) const;

    // --- Notes pinned to tensors, stored in the project; each change is one undo step ---
    [[nodiscard]] QString note(int tensor) const;
    void setNote(int tensor, const QString& text);
    [[nodiscard]] const std::map<std::string, QString>& notes() const { return m_notes; } ///< By tensor name.

    // --- Recovery: a plan that an unexpected end left behind ---
    [[nodiscard]] const std::optional<plan::Plan>& recovery() const { return m_recovery; }
    [[nodiscard]] QDateTime recoveryTime() const { return m_recoveryTime; }
    /// Takes it as one undo step.
    void restoreRecovery();
    void discardRecovery();

    // --- Maps between the things that are selected ---
    [[nodiscard]] Selection& selection() { return m_selection; }
    [[nodiscard]] const Selection& selection() const { return m_selection; }
    [[nodiscard]] QVector<int> unitsOfTensor(int tensor) const;
    [[nodiscard]] int tensorOfUnit(int unit) const;
    [[nodiscard]] int inputSiteOfTensor(int tensor) const;
    /// Selects a tensor with its units and its input site.
    void selectTensor(int tensor);
    void selectUnits(const QVector<int>& units);
    void selectSite(int site, int channel = -1);

    /// Keeps a value with the project ("window/..."); written in the background.
    void setState(const QString& key, const QString& value);
    [[nodiscard]] QString state(const QString& key) const;
    /// Writes everything pending; used before closing.
    void flush();

Q_SIGNALS:
    void opened();
    void aboutToClose(); ///< Everything is still there.
    void closed();
    void failed(const QString& line);
    void notice(const QString& line);
    /// A plan of `when` was not closed in order: see recovery(). Nothing changes until one decides.
    void recovered(const QDateTime& when);
    void recoverySettled();
    void notesChanged();
    void projectChanged(); ///< Saved under another name.
    void tensorScanned(int tensor);
    void scanStateChanged();
    void outliersChanged();
    void channelMapChanged();
    void dumpsChanged();
    void spaceChanged(); ///< Units, options, scores: everything of the plan.
    void frontierChanged();
    void solverChoiceChanged();
    void otherFrontierChanged();
    void planChanged();
    void namedPlansChanged();
    void busyChanged();

private:
    friend class PlanCommand;
    friend class NoteCommand;
    friend class SettingsCommand;
    void take(std::shared_ptr<session::Workspace> workspace);
    void loadKnownResults();
    void startOutliers();
    void rebuildSpace(bool quiet = false); ///< quiet: what is shown does not count as stale meanwhile.
    [[nodiscard]] score::ScoreKind scoreKind() const;
    void takeSpace(std::shared_ptr<const plan::PlanSpace> space, int evidence);
    void keepOldSpace(const Error& error);
    void rebuildFrontier();
    void applyPlan(const plan::Plan& plan); ///< Without undo.
    void refreshNumbers(const std::vector<std::size_t>& before = {});
    void scheduleAutosave();
    void autosave();
    [[nodiscard]] std::optional<plan::Plan> autosavedPlan();
    [[nodiscard]] std::optional<plan::Plan> planOfSpace(const QString& json) const;
    void findRecovery();
    void applyNote(const std::string& tensor, const QString& text); ///< Without undo.
    void loadNotes();
    void markClosed();
    void takeProject(std::shared_ptr<project::Project> project);
    void store(std::function<Result<void>(project::Project&)> write);
    void storeSettings();
    void restoreSettings();
    void loadNamedPlans();
    [[nodiscard]] plan::Plan basePlan() const;
    using SolverChoice = std::shared_ptr<const std::vector<std::size_t>>;
    /// Settings with the space that they made and the plan in it: everything that one undo step brings back.
    struct Planned
    {
        PlanSettings settings;
        std::shared_ptr<const plan::PlanSpace> space;
        std::vector<plan::UniformPoint> uniforms;
        plan::Plan plan;
        SolverChoice solver;
        int evidence = 0;
    };
    [[nodiscard]] Planned planned() const;
    void applyPlanned(const Planned& planned); ///< Without undo.
    [[nodiscard]] bool isReplaceable(const Planned& before, const Planned& after) const;
    void solveFirst(Planned& planned);
    void carryInto(
        Planned& after, const Planned& before, const std::vector<std::size_t>& choice, std::uint64_t bytes);
    /// The same as setPlan for a plan that the solver made.
    void setSolvedPlan(plan::Plan plan, std::vector<std::size_t> choice, const QString& text, int drag = 0);
    void pushPlan(plan::Plan plan, SolverChoice solver, const QString& text, int drag);
    void findSolverChoice();
    void rebuildOtherFrontier();
    [[nodiscard]] bool storeNamedPlan(const plan::Plan& plan);
    void reportError(const Error& error);

    JobQueue& m_jobs;
    Selection m_selection;
    QString m_autoProjectFolder;
    bool m_onlyLook = false;
    std::shared_ptr<session::Workspace> m_workspace;
    int m_generation = 0; ///< Raised when the model changes: results of older jobs are dropped.

    std::vector<std::optional<session::TensorResult>> m_results;
    int m_scanned = 0;
    Job* m_scanJob = nullptr;
    std::vector<std::shared_ptr<const stats::OutlierReport>> m_outliers;
    std::map<std::size_t, std::vector<std::int32_t>> m_tokenIds; ///< By dump.
    std::map<std::int32_t, std::string> m_tokenTexts;
    std::map<stats::ChannelMeasure, std::shared_ptr<const stats::ChannelMap>> m_channelMaps;
    std::set<stats::ChannelMeasure> m_channelMapsRequested;

    PlanSettings m_settings;
    PlanSettings m_spaceSettings; ///< Those that the space was made with.
    int m_evidence = 0; ///< Raised when scores may come out otherwise than before: a dump, measurements.
    int m_spaceEvidence = 0; ///< As it was when the space was made.
    int m_spaceSerial = 0;
    int m_frontierSerial = 0;
    std::shared_ptr<const plan::PlanSpace> m_space;
    std::shared_ptr<const plan::PlanFrontier> m_frontier;
    std::vector<plan::UniformPoint> m_uniforms;
    bool m_stale = false;
    plan::Plan m_plan;
    std::vector<std::size_t> m_choice;
    plan::PlanNumbers m_numbers;
    std::vector<char> m_locked; ///< By unit.
    SolverChoice m_solver; ///< nullptr while unknown.
    bool m_firstWithoutDump = false; ///< The plan began here, before any dump was open.
    int m_solverSerial = 0;
    int m_frontierDone = -1; ///< Serial of the frontier that is shown.
    std::optional<score::ScoreKind> m_comparedScore;
    std::optional<OtherFrontier> m_otherFrontier;
    int m_otherSerial = 0;
    std::vector<plan::Plan> m_namedPlans;
    std::map<std::string, QString> m_notes;
    std::optional<plan::Plan> m_recovery;
    QDateTime m_recoveryTime;
    QUndoStack m_undo;

    QTimer m_autosaveTimer;
    QThreadPool m_writer; ///< One thread: writes to the project stay in order.
};

} // namespace bitwright::views
