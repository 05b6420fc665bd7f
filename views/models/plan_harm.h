#pragma once

#include "core/session/plan_runs.h"

#include <QString>

#include <optional>

namespace bitwright::views {

/// A whole plan that was run, as the project notes it (session::PlanRun), for the window.
struct PlanHarm
{
    using Kind = session::PlanRunKind;
    QString name;
    QString target;
    QString text; ///< What it was run on.
    std::uint64_t bytes = 0; ///< Of all weights of the file.
    double bpw = 0;
    Kind kind = Kind::Own;
    bool cosine = false; ///< `mean` is a cosine distance.
    double mean = 0; ///< KL in nats per token, or cosine distance.
    std::optional<double> low, high;
    std::optional<double> perplexity, referencePerplexity, sameBest;
    std::uint64_t tokens = 0;
    std::optional<double> predicted; ///< Sum of the units' harm, where that has the same unit.
    QString choice; ///< Hash of target and options: says whether a plan is this one.
    QString tokenKey; ///< Of the very tokens; empty where it was measured before keys were kept.
    measure::BlockSums sums; ///< For paired comparisons over these tokens.
    /// The plan itself, so that it can be taken; nothing where it was measured before plans were kept.
    std::optional<plan::Plan> plan;
};

/// A plan this much larger counts as of the same size: files of one budget differ by a few groups.
inline constexpr double kSameSize = 1.001;

/// Whether two plans, by bits per planned weight, are near enough in size for a verdict: the other one no
/// larger (kSameSize) and not smaller than plan::kRivalShare of it.
[[nodiscard]] bool isOfSameSize(const PlanHarm& plan, const PlanHarm& other);

/// session::choiceKey: says whether a plan is one that was measured.
[[nodiscard]] QString choiceKey(const plan::Plan& plan);
[[nodiscard]] PlanHarm planHarmFrom(const session::PlanRun& run);
/// "uniform int4", "ends of int2 g32 and int4": how the window calls a rival.
[[nodiscard]] QString rivalName(const plan::Rival& rival, const plan::PlanSpace& space);

/// How one measurement stands to another.
struct HarmDifference
{
    enum class Verdict
    {
        Better,
        Worse,
        Alike, ///< They cannot be told apart.
    };
    Verdict verdict = Verdict::Alike;
    /// Of the first minus the second over the same tokens, 95 %. Nothing: no values by token are there, and
    /// the verdict is that of the two intervals.
    std::optional<measure::Interval> paired;
};
/// Nothing where they were not measured on the same tokens, or where one has no interval.
[[nodiscard]] std::optional<HarmDifference> differenceOf(const PlanHarm& plan, const PlanHarm& other);
/// The verdict of a paired interval.
[[nodiscard]] HarmDifference differenceOf(const measure::Interval& paired);

/// "0.031 to 0.058 nats per token better than uniform int4, same tokens". Without the values by token it says
/// that the verdict is that of the overlap of intervals.
[[nodiscard]] QString differenceText(const HarmDifference& difference, const QString& than, bool cosine);
/// The same as short as the cell of a table: "0.031 to 0.058 better".
[[nodiscard]] QString differenceCell(const HarmDifference& difference);

} // namespace bitwright::views
