#pragma once

#include "views/models/document.h"
#include "views/models/harm_work.h"

#include <QTimer>

#include <map>
#include <optional>
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
        Plan, ///< The current plan, and the uniform plan of its size (plan::uniformRival).
        Selection, ///< Every option of the selected units.
        Everything, ///< Every option of every unit.
        PlanAndProxies, ///< As Plan, presets of its size, and the plans that proxies call the best of it.
    };
    struct Request
    {
        What what = What::Plan;
        RunText text;
    };

    HarmRun(Document& document, JobQueue& jobs, QObject* parent = nullptr);

    /// Why nothing can be measured; empty when it can.
    [[nodiscard]] QString obstacle(const Request& request) const;
    [[nodiscard]] bool isRunning() const { return m_job != nullptr; }
    /// One line on what runs or ran last.
    [[nodiscard]] const QString& status() const { return m_status; }
    void start(const Request& request);
    void cancel();
    /// Reads the project's note of whole plans again: something else ran some.
    void reloadPlans();

    [[nodiscard]] const std::vector<HarmPair>& pairs() const { return m_pairs; }
    /// Whole plans that were run, by this program or by the command line, the latest last.
    [[nodiscard]] const std::vector<PlanHarm>& plans() const { return m_plans; }
    /// The score that `HarmPair::predicted` comes from: "fisher^0.25".
    [[nodiscard]] const QString& predictor() const { return m_predictor; }
    /// "KL in nats per token"; empty while nothing is measured.
    [[nodiscard]] const QString& quantity() const { return m_quantity; }
    /// Rank correlation of predicted and measured over units, by bits of the codes.
    [[nodiscard]] const std::map<int, double>& rankCorrelations() const { return m_correlations; }
    /// Split-half reliability of the measured ranking of units, by bits of the codes.
    [[nodiscard]] const std::map<int, measure::BlockReliability>& reliabilities() const
    {
        return m_reliabilities;
    }
    /// "rank correlation over units: 0.62 at 2 bits, 0.65 at 4 bits; " and reliabilityText(); empty while
    /// nothing can be ranked.
    [[nodiscard]] QString rankText() const;
    /// "reliability of the measured ranking: 0.93 at 2 bits, 0.9 at 4 bits (split halves of 512 tokens)".
    [[nodiscard]] QString reliabilityText() const;
    /// What the current plan was measured as, if it was.
    [[nodiscard]] const PlanHarm* currentPlan() const;
    /// What a unit was measured as at an option as the target stores it; nullptr where it was not.
    [[nodiscard]] const HarmPair* pairOf(int unit, const QString& option) const;

Q_SIGNALS:
    void changed(); ///< Pairs or plans.
    void runningChanged();
    void statusChanged();

private:
    [[nodiscard]] HarmWork workFor(const Request& request) const;
    void finish(Result<HarmOutcome> outcome);
    void compare(); ///< Reads what was measured and what was predicted, in a job.
    void reset();
    void loadPlans();
    void takeRuns(std::vector<session::PlanRun> runs);
    void tell(const QString& text);

    Document& m_document;
    JobQueue& m_jobs;
    Job* m_job = nullptr;
    QString m_status;
    std::vector<HarmPair> m_pairs;
    std::vector<session::PlanRun> m_runs; ///< As noted; without a project they are here alone.
    std::vector<PlanHarm> m_plans; ///< The same for the window.
    QString m_predictor, m_quantity;
    std::map<int, double> m_correlations;
    std::map<int, measure::BlockReliability> m_reliabilities;
    QTimer m_refresh; ///< While results stream in.
    int m_serial = 0; ///< Of compare(): results of older ones are dropped.
    bool m_comparing = false;
};

} // namespace bitwright::views
