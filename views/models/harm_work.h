#pragma once

#include "core/measure/block_reliability.h"
#include "core/plan/solve.h"
#include "core/session/workspace.h"
#include "views/models/plan_harm.h"
#include "views/models/run_text.h"

#include <QStringList>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace bitwright::views {

// The work of HarmRun's jobs, off the UI thread.

/// A pair of unit and option as predicted by a score that measured nothing, and as measured.
struct HarmPair
{
    int unit = 0;
    QString option; ///< As the target stores it.
    std::optional<double> predicted;
    score::MeasuredPair measured;
    measure::BlockSums
        sums; ///< For paired comparisons; of the text that most pairs were measured on, else empty.
};

/// Everything a job needs, copied on the UI thread.
struct HarmWork
{
    struct Candidate
    {
        QString name;
        plan::Plan plan;
        plan::PlanSize size;
        PlanHarm::Kind kind = PlanHarm::Kind::Own;
        std::optional<double> predicted;
    };
    std::shared_ptr<session::Workspace> workspace;
    const plan::Target* target = nullptr;
    std::vector<quant::Option> options;
    std::optional<double> gamma;
    bool ties = true;
    alloc::Objective objective;
    RunText text;
    std::optional<Candidate> own; ///< The plan that is run, beside the uniform plan of its size.
    bool more = false; ///< Presets and the plans of the proxies of that size, too.
    std::shared_ptr<const plan::PlanSpace> measuredSpace; ///< Predicts plans where its scores are measured.
    std::vector<std::size_t> units;
    std::function<void(const QString&)> say; ///< Called from the job's thread.
};

struct HarmOutcome
{
    std::vector<session::PlanRun> plans; ///< Noted with the project already.
    QStringList unmeasured; ///< What failed, or could not be compared with, and why.
    QStringList same; ///< Plans that were no others than one that was run, or that do not exist.
    std::size_t measured = 0; ///< Pairs.
};
/// Runs the plans, or every option of the units. Errors: those of session::Measurer.
[[nodiscard]] Result<HarmOutcome> runHarm(const HarmWork& work, const RunContext& context);

/// What was measured so far beside what was predicted.
struct HarmComparison
{
    std::vector<HarmPair> pairs;
    QString predictor, quantity;
    /// Rank correlation of units by bits of their codes: the mean over the options of that width, each over
    /// the units that were measured at it. Over all pairs it would only say that fewer bits harm more.
    std::map<int, double> correlations;
    /// How far the measured ranking of units can be trusted, by bits as above: split halves of the tokens
    /// that the units of an option share.
    std::map<int, measure::BlockReliability> reliabilities;
};
[[nodiscard]] Result<HarmComparison> compareHarm(const HarmWork& work, const RunContext& context);

} // namespace bitwright::views
