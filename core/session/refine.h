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
/// than neighbors. A single sequence is cut in two. Errors: OutOfRange for fewer than two tokens.
[[nodiscard]] Result<RefineTokens> splitTokens(const forward::TokenBatch& batch);

/// How long refining will take, from one timed run of the original. Seconds.
struct RefineTime
{
    std::size_t steps = 0; ///< Of a round.
    double perRound = 0;
    double swaps = 0; ///< Where a solved plan does not hold, once.
    double atMost = 0; ///< All rounds.
};

struct RefineSettings
{
    std::size_t rounds = 4;
    std::size_t steps = 256; ///< Steps of units measured per round at most.
    std::size_t swaps = 24; ///< Swaps measured at most in a round whose solved plan did not hold.
    /// Bytes for the planned units; nothing: the plan's own budget, or its size where it names none.
    std::optional<std::uint64_t> unitBudget;
    /// Called from the calling thread when the original was run and before any plan is.
    std::function<void(const RefineTime&)> onTime;
};

/// One swap, measured as a change of the whole plan on the choosing tokens.
struct TriedSwap
{
    RefineSwap swap;
    std::optional<measure::Interval> change; ///< Of KL (or distance); nothing where the model broke.
    double shrunk = 0; ///< The change after shrinking toward the mean of all tried ones.
    bool taken = false;
};

/// A plan that a round proposed, measured whole.
struct RefineProposal
{
    bool solved = false; ///< By the solver on corrected scores; else swaps that were taken together.
    std::size_t units = 0; ///< That change their option.
    std::optional<HarmResult> choosing; ///< Nothing where the model broke.
    std::optional<measure::Interval> changeChoosing; ///< Against the plan before; flattered by the choice.
    std::optional<HarmResult>
        accepting; ///< Nothing where it was not better beyond noise where it was chosen.
    /// The same on tokens that chose nothing, with `tail` on each side: it is kept when all of it lies below
    /// zero.
    std::optional<measure::Interval> changeAccepting;
    double tail = 0;
    bool kept = false;
};

struct RefineRound
{
    std::vector<TriedStep> steps; ///< Those that were only predicted included.
    std::vector<TriedSwap> swaps; ///< Only where the solved plan did not hold.
    std::vector<RefineProposal> proposals; ///< At most one solved, and one of swaps after it.

    [[nodiscard]] bool kept() const { return !proposals.empty() && proposals.back().kept; }
    [[nodiscard]] std::size_t triedSteps() const;
    [[nodiscard]] std::size_t takenSwaps() const;
};

struct Refinement
{
    plan::Plan plan;
    HarmResult startChoosing, startAccepting;
    HarmResult accepting; ///< Of `plan`, on the tokens that judged: whoever wants more measures it on others.
    std::vector<MeasuredPart> acceptingParts; ///< The tokens that judged.
    std::optional<double> referencePerplexity; ///< Of the original on them.
    std::vector<RefineRound> rounds;
    std::size_t kept = 0; ///< Rounds that were.
    std::size_t looks = 0; ///< How often the accepting tokens judged.
    std::string ended; ///< Why it went no further, for people.
};

/// Tail of the interval by which the accepting tokens judge for the n-th time (from 1): 0.025 / 2^(2n - 1). A
/// look says one of two things, so at most 2^(n - 1) plans could have come before the n-th one, whatever the
/// looks before said. Over all of them and all looks, the chance that a plan which is no better is ever kept
/// stays below 2.5 % x sum of 2^-n (a union bound), although all looks use the same tokens.
[[nodiscard]] double tailOfLook(std::size_t look);

/// Betters a plan by measuring, correcting and solving again, on guard against the luck of the draw
/// (allocation.md section 8: choosing among noisy measurements picks the lucky ones, and made a plan worse).
///
/// Each round measures steps of single units (or tied groups) around the plan, on the choosing tokens, as
/// changes of the whole plan paired by token; the plan's own states are kept, so that a step costs only the
/// blocks from its unit on. Scores are corrected by what was measured, each change shrunk by its reliability
/// (correctSteps), and the plan is solved again exactly, every unit at most one step away: once by what steps
/// are believed to do, and twice with one and two standard errors of caution added. The best of the three on
/// the choosing tokens, if its interval there lies below zero, is judged on the accepting ones. It is kept
/// when the whole interval of its change there lies below zero, and the next round goes on from it.
///
/// If not, swaps within the budget (proposeSwaps, by corrected scores) are measured whole, shrunk toward
/// their mean, and those whose own interval lies below zero are taken together, best first, none that share a
/// unit; the accepting tokens judge again. If that does not hold either, refining ends. Each look at the
/// accepting tokens is by a wider interval than the one before (tailOfLook); refining again on the same
/// tokens is a look that this does not count.
///
/// Every run is stored: a stopped job goes on where it was. Equal for equal seeds and any number of threads.
/// Locks and ties stay, and the budget; the objective is the sum. Scores of `space` say what is tried and
/// where measured steps are shrunk to. Errors: InvalidArgument (tokens in both parts, a plan that the space
/// does not know, one larger than its budget or for another target); OutOfRange for too few tokens for an
/// interval; those of Measurer.
[[nodiscard]] Result<Refinement> refinePlan(const std::shared_ptr<Workspace>& workspace,
    const plan::PlanSpace& space, const plan::Plan& start, const RefineTokens& tokens,
    const RefineSettings& settings, const std::function<void(const RefineRound&)>& onRound,
    const RunContext& context);

} // namespace bitwright::session
