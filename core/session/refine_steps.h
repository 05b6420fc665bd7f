#pragma once

#include "core/alloc/problem.h"
#include "core/measure/statistics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bitwright::session {

/// Units that must agree (often one) going from one option to another. Options are indices of the problem.
struct RefineStep
{
    std::vector<std::size_t> units;
    std::size_t from = 0, to = 0;
    std::int64_t bytes = 0; ///< Growth of the planned units.
    double predicted = 0; ///< Growth of the sum of scores.

    bool operator==(const RefineStep&) const = default;
};

/// The steps around a choice, of every unit (or tied group) that is not locked: the option that gains most
/// per byte, the one that loses least per saved byte, and those that are better and not larger.
struct RefineSides
{
    std::vector<RefineStep> up; ///< By falling gain per byte.
    std::vector<RefineStep> down; ///< By rising loss per saved byte.
    std::vector<RefineStep> free; ///< Better and not larger.
};
/// Options without a cost, and groups whose present option has none, are left alone.
[[nodiscard]] RefineSides sidesOf(
    const alloc::AllocationProblem& problem, const std::vector<std::size_t>& choice);

/// Steps by what measuring them may change: the expected improvement (Mockus 1978) of each at the price of a
/// byte between the best gain and the least loss, its prediction taken as uncertain by half of itself.
[[nodiscard]] std::vector<RefineStep> proposeSteps(
    const alloc::AllocationProblem& problem, const std::vector<std::size_t>& choice);

/// Expected improvement where the growth is `mean` and uncertain by `deviation`.
[[nodiscard]] double expectedImprovement(double mean, double deviation);

/// How far a predicted gain or loss may be off, over itself.
inline constexpr double kRefineRelativeError = 0.5;

/// One step, measured as a change of the whole plan or only predicted.
struct TriedStep
{
    RefineStep step;
    bool tried = false;
    std::optional<measure::Interval> change; ///< Nothing where it was not tried or the model broke.
    double expected = 0; ///< By the scores, calibrated by the measured steps of its direction.
    double reliability = 0; ///< Share of the measured change that is believed.
    double corrected = 0; ///< expected + reliability x (change - expected)
    double deviation = 0; ///< Standard error of `corrected`.
};

/// Fills in what each step is believed to do. Measured changes of one direction (more bytes, fewer bytes)
/// over the predicted ones give a ratio, which calibrates the scores there; what a change is off from that is
/// signal, its variance taken as proportional to the expected change, plus the noise of its interval. Each is
/// shrunk toward its expectation by signal / (signal + noise) (empirical Bayes; Efron and Morris 1975).
/// Without three measured steps the scores are taken as they are and every change as it is.
void correctSteps(std::vector<TriedStep>& steps);

/// The problem around a choice with corrected costs: a group may stay (cost 0) or take one of its steps, at
/// what that is believed to do plus `caution` standard errors; all others are fixed where they are. Steps
/// that broke the model are left out.
[[nodiscard]] alloc::AllocationProblem correctedProblem(alloc::AllocationProblem problem,
    const std::vector<std::size_t>& choice, std::span<const TriedStep> steps, double caution);

} // namespace bitwright::session
