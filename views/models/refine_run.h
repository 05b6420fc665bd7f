#pragma once

#include "views/models/document.h"
#include "views/models/refine_record.h"
#include "views/models/run_text.h"

namespace bitwright::views {

/// Betters the current plan by running the model (session::refinePlan), in a job. What comes out is kept as a
/// named plan: the current one changes only when a person takes it.
class RefineRun : public QObject
{
    Q_OBJECT

public:
    struct Request
    {
        RunText text; ///< Its first half chooses, the other judges.
        int rounds = 4;
        int steps = 256; ///< Of single units, measured per round at most.
    };

    RefineRun(Document& document, JobQueue& jobs, QObject* parent = nullptr);

    /// Why nothing can be refined; empty when it can.
    [[nodiscard]] QString obstacle(const Request& request) const;
    [[nodiscard]] bool isRunning() const { return m_job != nullptr; }
    /// One line on what runs or ran last.
    [[nodiscard]] const QString& status() const { return m_status; }
    void start(const Request& request);
    /// Runs the plan once (what is measured is kept) and says how long refining will take.
    void estimate(const Request& request);
    void cancel();
    /// Of the last refinement, rounds as they finish.
    [[nodiscard]] const RefineRecord& record() const { return m_record; }
    /// Whether there is a plan to take that is not the current one.
    [[nodiscard]] bool canAdopt() const;
    /// Takes the refined plan: one undo step.
    void adopt();

Q_SIGNALS:
    void changed(); ///< The record.
    void runningChanged();
    void statusChanged();

private:
    struct Work;
    struct Outcome;
    [[nodiscard]] Work workFor(const Request& request);
    [[nodiscard]] static Result<QString> timeOf(
        const Work& work, const session::RefineTokens& tokens, const RunContext& context);
    [[nodiscard]] static Result<Outcome> refine(const Work& work, const RunContext& context);
    void takeRound(RefineRecord::Round round);
    void finish(Result<Outcome> outcome);
    [[nodiscard]] QString keepPlan(const plan::Plan& plan);
    void reset();
    void store();
    void tell(const QString& text);

    Document& m_document;
    JobQueue& m_jobs;
    Job* m_job = nullptr;
    QString m_status;
    RefineRecord m_record;
    int m_serial = 0; ///< Of the job whose words are heard.
};

} // namespace bitwright::views
