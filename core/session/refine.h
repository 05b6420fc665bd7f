#pragma once

#include "core/session/measurer.h"
#include "core/session/refine_swaps.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::session {

/// Tokens of a refinement: those that choose and those that judge. No sequence may be in both.
struct RefineTokens
{
    forward::TokenBatch choosing, accepting;
};
/// The first half of the sequences chooses, the rest judges: parts of a text that lie apart are less alike
/// than neighbors. A single sequence is cut in two. Errors: InvalidArgument for fewer than two tokens.
[[nodiscard]] Result<RefineTokens> splitTokens(const forward::TokenBatch& batch);

struct RefineSettings
{
    std::size_t rounds = 4;
    std::size_t swaps = 24; ///< Measured per round at most.
    /// Bytes for the planned units; nothing: the plan's own budget, or its size where it names none.
    std::optional<std::uint64_t> unitBudget;
};

/// One swap, measured as a change of the whole plan on the choosing tokens.
struct TriedSwap
{
    RefineSwap swap;
    std::optional<measure::Interval> change; ///< Of KL (or distance); nothing where the model broke.
    double shrunk = 0; ///< The change after shrinking toward the mean of all tried ones.
    bool taken = false;
};

/// One round. `choosing` and `accepting` are of the plan that the round proposed; nothing where no swap was
/// taken.
struct RefineRound
{
    std::vector<TriedSwap> tried;
    std::size_t taken = 0;
    std::optional<HarmResult> choosing, accepting;
    std::optional<measure::Interval> changeChoosing; ///< Against the plan before; flattered by the choice.
    std::optional<measure::Interval> changeAccepting; ///< The same on tokens that chose nothing.
    bool kept = false;
};

struct Refinement
{
    plan::Plan plan;
    HarmResult startChoosing, startAccepting;
    HarmResult accepting; ///< Of `plan`, on the tokens that judged: whoever wants more measures it on others.
    std::vector<RefineRound> rounds;
    std::size_t kept = 0; ///< Rounds that were.
    std::string ended; ///< Why it went no further, for people.
};

/// Betters a plan by measuring, on guard against the luck of the draw (allocation.md section 8: choosing
/// among noisy measurements picks the lucky ones, and made a plan worse).
///
/// Each round measures a batch of swaps (proposeSwaps) as changes of the whole plan, paired by token, on the
/// choosing tokens. Each change is shrunk toward the mean of all by its reliability, signal / (signal +
/// noise) with the noise from its bootstrap interval; only swaps whose own interval lies below zero are
/// taken, best first, none that share a unit. The plan with all of them is then measured whole on the
/// accepting tokens and kept when its mean change there is below zero; else refining ends.
///
/// At most 2 + rounds x (swaps + 2) runs of a whole plan, every one stored: a stopped job goes on where it
/// was. Equal for equal seeds and any number of threads. Locks and ties stay, and the budget. Scores of
/// `space` only say what is tried. Errors: InvalidArgument (tokens in both parts, too few of them for an
/// interval, a plan that the space does not know, one larger than its budget or for another target); those of
/// Measurer.
[[nodiscard]] Result<Refinement> refinePlan(const std::shared_ptr<Workspace>& workspace,
    const plan::PlanSpace& space, const plan::Plan& start, const RefineTokens& tokens,
    const RefineSettings& settings, const std::function<void(const RefineRound&)>& onRound,
    const RunContext& context);

} // namespace bitwright::session
