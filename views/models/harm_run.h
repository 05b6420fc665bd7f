#pragma once

#include "core/session/measurer.h"
#include "views/models/document.h"

#include <QTimer>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::views {

/// Measured harm: runs the model with other options on a text and compares it with the original, in jobs.
/// Pairs of unit and option go into the score "measured"; whole plans are kept here and with the project.
class HarmRun : public QObject
{
    Q_OBJECT

public:
    enum class What
    {
        Plan, ///< The current plan, and the uniform plan of its size.
        Selection, ///< Every option of the selected units.
        Everything, ///< Every option of every unit.
    };
    enum class Text
    {
        Dump, ///< The token ids that the first dump recorded.
        Bundled, ///< The public-domain text that the program carries.
        File,
    };
    struct Request
    {
        What what = What::Plan;
        Text text = Text::Dump;
        QString file; ///< A text, or token ids (.npy, .txt of numbers), where `text` is File.
        int tokens = 512; ///< At most so many of it.
        bool fromEnd = false; ///< The last tokens of the text: others than those that chose the plan.
    };
    /// A pair of unit and option as predicted by a score that measured nothing, and as measured.
    struct Pair
    {
        int unit = 0;
        QString option; ///< As the target stores it.
        std::optional<double> predicted;
        score::MeasuredPair measured;
    };
    /// A whole plan that was run.
    struct PlanHarm
    {
        QString name;
        QString target;
        QString text; ///< What it was run on.
        std::uint64_t bytes = 0; ///< Of all weights of the file.
        double bpw = 0;
        bool uniform = false;
        double mean = 0; ///< KL in nats per token, or cosine distance.
        std::optional<double> low, high;
        std::optional<double> perplexity, referencePerplexity, sameBest;
        std::uint64_t tokens = 0;
        std::optional<double> predicted; ///< Sum of the units' harm, where that has the same unit.
        QString choice; ///< Hash of target and options: says whether a plan is this one.
    };

    HarmRun(Document& document, JobQueue& jobs, QObject* parent = nullptr);

    /// Why nothing can be measured; empty when it can.
    [[nodiscard]] QString obstacle(const Request& request) const;
    [[nodiscard]] bool isRunning() const { return m_job != nullptr; }
    /// One line on what runs or ran last.
    [[nodiscard]] const QString& status() const { return m_status; }
    void start(const Request& request);
    void cancel();

    [[nodiscard]] const std::vector<Pair>& pairs() const { return m_pairs; }
    [[nodiscard]] const std::vector<PlanHarm>& plans() const { return m_plans; }
    /// The score that `Pair::predicted` comes from: "fisher^0.25".
    [[nodiscard]] const QString& predictor() const { return m_predictor; }
    /// "KL in nats per token"; empty while nothing is measured.
    [[nodiscard]] const QString& quantity() const { return m_quantity; }
    /// Rank correlation of predicted and measured over all pairs.
    [[nodiscard]] std::optional<double> rankCorrelation() const { return m_correlation; }
    /// What the current plan was measured as, if it was.
    [[nodiscard]] const PlanHarm* currentPlan() const;

Q_SIGNALS:
    void changed(); ///< Pairs or plans.
    void runningChanged();
    void statusChanged();

private:
    struct Outcome
    {
        std::vector<PlanHarm> plans;
        QStringList unmeasured;
        std::size_t measured = 0;
    };
    struct Comparison
    {
        std::vector<Pair> pairs;
        QString predictor, quantity;
        std::optional<double> correlation;
    };
    /// Everything a job needs, copied on the UI thread.
    struct Work;
    [[nodiscard]] static QString textName(const Request& request);
    [[nodiscard]] Work workFor(const Request& request) const;
    [[nodiscard]] static Result<Outcome> measure(const Work& work, const RunContext& context);
    [[nodiscard]] static Result<Comparison> comparison(const Work& work, const RunContext& context);
    void finish(Result<Outcome> outcome);
    void compare(); ///< Reads what was measured and what was predicted, in a job.
    void reset();
    void loadPlans();
    void storePlans();
    void tell(const QString& text);

    Document& m_document;
    JobQueue& m_jobs;
    Job* m_job = nullptr;
    QString m_status;
    std::vector<Pair> m_pairs;
    std::vector<PlanHarm> m_plans;
    QString m_predictor, m_quantity;
    std::optional<double> m_correlation;
    QTimer m_refresh; ///< While results stream in.
    int m_serial = 0; ///< Of compare(): results of older ones are dropped.
    bool m_comparing = false;
};

} // namespace bitwright::views
