#include "core/session/refine.h"

#include "core/alloc/solver.h"
#include "core/plan/solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace bitwright::session {

namespace {

/// Standard errors that are added to what a step is believed to do.
constexpr std::array<double, 3> kCautions{0, 1, 2};
constexpr double kRunsOfRound = 5; ///< Whole runs beside the steps: proposals, and what they are judged by.
constexpr double kInterval95 = 2 * 1.959964; ///< Width of a 95 % interval in standard errors.

using Sequence = std::vector<std::uint32_t>;

std::span<const std::uint32_t> sequenceOf(const forward::TokenBatch& batch, std::size_t s)
{
    return std::span(batch.ids).subspan(batch.starts[s], batch.starts[s + 1] - batch.starts[s]);
}

Result<void> checkApart(const RefineTokens& tokens)
{
    std::set<Sequence> chosen;
    for (std::size_t s = 0; s < tokens.choosing.sequences(); ++s) {
        const auto ids = sequenceOf(tokens.choosing, s);
        chosen.insert(Sequence(ids.begin(), ids.end()));
    }
    for (std::size_t s = 0; s < tokens.accepting.sequences(); ++s) {
        const auto ids = sequenceOf(tokens.accepting, s);
        if (chosen.contains(Sequence(ids.begin(), ids.end())))
            return fail(Error{ErrorCode::InvalidArgument,
                fmt::format("Sequence {} of the accepting tokens is also among those that choose.", s), {},
                {}, {}, "A plan can only be judged by tokens that did not choose it: give a longer text."});
    }
    return {};
}

Result<std::uint64_t> budgetOf(const plan::PlanSpace& space, const plan::Plan& plan,
    const std::vector<std::size_t>& choice, const RefineSettings& settings)
{
    const std::uint64_t size = space.sizeOf(choice).unitBytes;
    std::uint64_t budget = size;
    if (settings.unitBudget) {
        budget = *settings.unitBudget;
    } else if (plan.budgetBpw || plan.budgetFileBpw || plan.budgetBytes) {
        BITWRIGHT_ASSIGN(budget,
            plan::unitBudget(space, plan::Budget{plan.budgetBpw, plan.budgetFileBpw, plan.budgetBytes}));
    }
    if (size > budget)
        return fail(Error{ErrorCode::InvalidArgument,
            fmt::format("The plan takes {} bytes and its budget is {}.", size, budget), {}, {}, {},
            "Solve it again, or give it the budget that it needs."});
    return budget;
}

/// Shrinks the measured changes toward their mean, each by its reliability (James and Stein 1961 with
/// unequal variances): what is left of their spread after the noise is taken off is signal.
void shrink(std::vector<TriedSwap>& tried)
{
    const auto noiseOf = [](const measure::Interval& interval) {
        const double error = interval.width() / kInterval95;
        return error * error;
    };
    double count = 0, sum = 0, squares = 0, noise = 0;
    for (const TriedSwap& one : tried)
        if (one.change) {
            count += 1;
            sum += one.change->mean;
            squares += one.change->mean * one.change->mean;
            noise += noiseOf(*one.change);
        }
    if (count == 0)
        return;
    const double mean = sum / count;
    // Two or fewer say nothing about their spread; then each stands by its own interval alone.
    const double signal = count < 3 ? 0 : std::max(0.0, (squares - sum * mean) / (count - 1) - noise / count);
    for (TriedSwap& one : tried)
        if (one.change) {
            const double own = noiseOf(*one.change);
            const double reliability = count < 3 || signal + own <= 0 ? 1 : signal / (signal + own);
            one.shrunk = mean + reliability * (one.change->mean - mean);
        }
}

/// Marks the swaps that are taken, best first; returns the choice with all of them.
std::vector<std::size_t> take(std::vector<TriedSwap>& tried, const plan::PlanSpace& space,
    std::vector<std::size_t> choice, std::uint64_t budget)
{
    std::vector<TriedSwap*> order;
    for (TriedSwap& one : tried)
        if (one.change && one.change->high < 0 && one.shrunk < 0)
            order.push_back(&one);
    std::stable_sort(order.begin(), order.end(),
        [](const TriedSwap* a, const TriedSwap* b) { return a->shrunk < b->shrunk; });
    std::vector<const TriedSwap*> taken;
    for (TriedSwap* one : order) {
        const bool clash = std::any_of(taken.begin(), taken.end(),
            [&](const TriedSwap* other) { return other->swap.touches(one->swap); });
        std::vector<std::size_t> with = choice;
        one->swap.apply(with);
        // Each fits alone; two may have counted on the same bytes left over.
        if (clash || space.sizeOf(with).unitBytes > budget)
            continue;
        choice = std::move(with);
        one->taken = true;
        taken.push_back(one);
    }
    return choice;
}

class Refiner
{
public:
    Refiner(const plan::PlanSpace& space, const RefineSettings& settings, const RunContext& context)
        : m_space(space)
        , m_settings(settings)
        , m_context(context)
        , m_quiet(context)
        , m_runsOfRound(static_cast<double>(settings.steps + kCautions.size() + settings.swaps + 3))
    {
        m_quiet.progress = nullptr;
        // States of the original and of the plan, the plan's weights and the screened head's words may take a
        // quarter each, and a run half: all of it stays inside the budget.
        m_quiet.memoryBudget = context.memoryBytes() / 3 * 2;
    }

    Result<Refinement> run(const std::shared_ptr<Workspace>& workspace, const plan::Plan& start,
        const RefineTokens& tokens, const std::function<void(const RefineRound&)>& onRound)
    {
        BITWRIGHT_CHECK(begin(workspace, start, tokens));
        for (std::size_t round = 0; round < m_settings.rounds && m_result.ended.empty(); ++round) {
            m_done = 2 + static_cast<double>(round) * m_runsOfRound;
            BITWRIGHT_CHECK(oneRound());
            if (onRound)
                onRound(m_result.rounds.back());
        }
        if (m_result.ended.empty())
            m_result.ended = "all rounds were used";
        if (m_result.kept > 0)
            m_result.plan.provenance
                = fmt::format("{}; refined by measuring on {} tokens, accepted on {} others",
                    start.provenance, tokens.choosing.tokens(), tokens.accepting.tokens());
        m_context.report(1.0, "refined");
        return std::move(m_result);
    }

private:
    Result<void> begin(
        const std::shared_ptr<Workspace>& workspace, const plan::Plan& start, const RefineTokens& tokens)
    {
        BITWRIGHT_CHECK(checkApart(tokens));
        BITWRIGHT_CHECK(m_space.checkLocks(start));
        BITWRIGHT_ASSIGN(m_choice, m_space.choiceOf(start));
        BITWRIGHT_ASSIGN(m_budget, budgetOf(m_space, start, m_choice, m_settings));
        BITWRIGHT_ASSIGN(m_accepting, measurerOf(workspace, tokens.accepting, false));
        if (m_settings.onTime)
            m_settings.onTime(timeToTake(start));
        m_result.plan = start;
        BITWRIGHT_ASSIGN(m_result.startAccepting, whole(*m_accepting, start));
        m_result.acceptingParts = m_accepting->parts();
        m_result.referencePerplexity = m_accepting->referencePerplexity();
        m_accepting.reset(); // of two references one has its states in memory
        BITWRIGHT_ASSIGN(m_choosing, measurerOf(workspace, tokens.choosing, true));
        BITWRIGHT_ASSIGN(m_result.startChoosing, whole(*m_choosing, start));
        for (const HarmResult* harm : {&m_result.startChoosing, &m_result.startAccepting})
            if (!harm->interval || harm->blocks.size() < measure::kStudentBlocks)
                return fail(Error{ErrorCode::OutOfRange,
                    fmt::format("{} tokens are too few to tell a change from noise.", harm->tokens), {}, {},
                    {}, "Give a longer text."});
        m_present = m_result.startChoosing;
        m_result.accepting = m_result.startAccepting;
        m_workspace = workspace;
        m_acceptingTokens = tokens.accepting;
        return {};
    }

    [[nodiscard]] RefineTime timeToTake(const plan::Plan& start) const
    {
        const double run = m_accepting->secondsOfRun();
        RefineTime time;
        time.steps = std::min(proposeSteps(m_space.problem(start, {}), m_choice).size(), m_settings.steps);
        // A step costs only the blocks from its unit on: half of them on average.
        time.perRound = run * (static_cast<double>(time.steps) / 2 + kRunsOfRound);
        time.swaps = run * static_cast<double>(m_settings.swaps) / 2;
        time.atMost = time.perRound * static_cast<double>(m_settings.rounds) + time.swaps;
        return time;
    }

    Result<std::unique_ptr<Measurer>> measurerOf(
        const std::shared_ptr<Workspace>& workspace, const forward::TokenBatch& batch, bool screen) const
    {
        MeasureSettings settings;
        settings.partTokens = std::max<std::size_t>(1, batch.tokens()); // one part: one run of the original
        settings.reference.screen = screen;
        settings.reference.words.seed = m_context.seed;
        return Measurer::make(workspace, m_space.target(), batch, settings, m_quiet);
    }

    Result<void> note(const std::string& name)
    {
        BITWRIGHT_CHECK(m_context.checkStop());
        m_context.report(
            m_done / (2 + static_cast<double>(m_settings.rounds) * m_runsOfRound), "refining " + name);
        m_done += 1;
        return {};
    }

    Result<HarmResult> whole(Measurer& measurer, const plan::Plan& plan)
    {
        BITWRIGHT_CHECK(note(plan.name));
        return measurer.measurePlan(plan, {}, m_quiet);
    }

    /// Change of the present plan on the choosing tokens; nothing where the model broke.
    Result<std::optional<measure::Interval>> changeBy(const std::vector<std::size_t>& choice)
    {
        BITWRIGHT_CHECK(note(m_result.plan.name));
        const bool exact = !m_presentNear.screening; // no screened head, or it is not to be trusted here
        const auto harm
            = m_choosing->measureNear(m_result.plan, m_space.planFrom(choice, m_result.plan), exact, m_quiet);
        if (!harm && harm.error().code == ErrorCode::Numeric)
            return std::optional<measure::Interval>();
        if (!harm)
            return fail(harm.error());
        return differenceOf(*harm, harm->screening ? m_presentNear : m_present, m_context.seed);
    }

    Result<void> oneRound()
    {
        m_result.rounds.emplace_back();
        RefineRound& round = m_result.rounds.back();
        BITWRIGHT_ASSIGN(
            m_presentNear, m_choosing->measureNear(m_result.plan, m_result.plan, false, m_quiet));
        const alloc::AllocationProblem problem = m_space.problem(m_result.plan, {});
        for (RefineStep& step : proposeSteps(problem, m_choice)) {
            TriedStep tried;
            tried.step = std::move(step);
            round.steps.push_back(std::move(tried));
        }
        for (std::size_t i = 0; i < std::min(m_settings.steps, round.steps.size()); ++i) {
            auto choice = m_choice;
            for (const std::size_t unit : round.steps[i].step.units)
                choice[unit] = round.steps[i].step.to;
            BITWRIGHT_ASSIGN(round.steps[i].change, changeBy(choice));
            round.steps[i].tried = true;
        }
        correctSteps(round.steps);
        BITWRIGHT_CHECK(solveAgain(problem, round));
        if (!round.kept())
            BITWRIGHT_CHECK(trySwaps(problem, round));
        if (round.kept())
            return {};
        m_result.ended = round.steps.empty() ? "there is no step to try"
            : round.proposals.empty()        ? "no change is better beyond its own noise"
            : !round.proposals.back().accepting
            ? "nothing was better beyond its noise on the tokens that chose it"
            : "what was better did not hold on tokens that had not "
              "chosen it";
        return {};
    }

    /// Solves by corrected scores, and proposes the best solution on the choosing tokens.
    Result<void> solveAgain(const alloc::AllocationProblem& problem, RefineRound& round)
    {
        if (round.steps.empty())
            return {};
        std::set<std::vector<std::size_t>> seen{m_choice};
        std::optional<RefineProposal> best;
        std::vector<std::size_t> bestChoice;
        for (const double caution : kCautions) {
            auto solution
                = alloc::solve(correctedProblem(problem, m_choice, round.steps, caution), m_budget, m_quiet);
            if (!solution)
                return fail(std::move(solution.error()));
            if (!seen.insert(solution->choice).second)
                continue;
            BITWRIGHT_ASSIGN(RefineProposal proposal, chosen(solution->choice));
            proposal.solved = true;
            if (!best || !best->choosing
                || (proposal.choosing && proposal.choosing->mean < best->choosing->mean)) {
                best = std::move(proposal);
                bestChoice = solution->choice;
            }
        }
        return best ? judge(round, std::move(*best), bestChoice) : Result<void>();
    }

    Result<void> trySwaps(const alloc::AllocationProblem& problem, RefineRound& round)
    {
        const auto corrected = correctedProblem(problem, m_choice, round.steps, 0);
        for (RefineSwap& swap : proposeSwaps(corrected, m_choice, m_budget, m_settings.swaps)) {
            TriedSwap tried;
            auto choice = m_choice;
            swap.apply(choice);
            tried.swap = std::move(swap);
            BITWRIGHT_ASSIGN(tried.change, changeBy(choice));
            round.swaps.push_back(std::move(tried));
        }
        shrink(round.swaps);
        const auto next = take(round.swaps, m_space, m_choice, m_budget);
        if (round.takenSwaps() == 0)
            return {};
        BITWRIGHT_ASSIGN(RefineProposal proposal, chosen(next));
        return judge(round, std::move(proposal), next);
    }

    /// A proposal as the choosing tokens see it.
    Result<RefineProposal> chosen(const std::vector<std::size_t>& next)
    {
        RefineProposal proposal;
        for (std::size_t unit = 0; unit < next.size(); ++unit)
            proposal.units += next[unit] != m_choice[unit] ? 1U : 0U;
        BITWRIGHT_CHECK(note(m_result.plan.name));
        auto harm
            = m_choosing->measureNear(m_result.plan, m_space.planFrom(next, m_result.plan), true, m_quiet);
        if (!harm && harm.error().code != ErrorCode::Numeric)
            return fail(std::move(harm.error()));
        if (harm) {
            proposal.changeChoosing = differenceOf(*harm, m_present, m_context.seed);
            proposal.choosing = std::move(*harm);
        }
        return proposal;
    }

    Result<void> judge(RefineRound& round, RefineProposal proposal, const std::vector<std::size_t>& next)
    {
        // Looks are dear. What was judged before would get the same answer, and what is not better beyond
        // its noise where it was chosen will hardly be elsewhere.
        const bool fresh = m_judged.insert(next).second;
        if (fresh && proposal.changeChoosing && proposal.changeChoosing->high < 0) {
            plan::Plan plan = m_space.planFrom(next, m_result.plan);
            BITWRIGHT_ASSIGN(m_accepting, measurerOf(m_workspace, m_acceptingTokens, false));
            auto harm = whole(*m_accepting, plan);
            m_accepting.reset();
            if (!harm && harm.error().code != ErrorCode::Numeric)
                return fail(std::move(harm.error()));
            proposal.tail = tailOfLook(++m_result.looks);
            if (harm) {
                proposal.changeAccepting = measure::pairedStudent(
                    harm->values, m_result.accepting.values, harm->blocks, proposal.tail);
                proposal.kept = proposal.changeAccepting && proposal.changeAccepting->high < 0;
                proposal.accepting = std::move(*harm);
            }
            if (proposal.kept) {
                ++m_result.kept;
                m_choice = next;
                m_present = *proposal.choosing;
                m_result.accepting = *proposal.accepting;
                m_result.plan = std::move(plan);
            }
        }
        round.proposals.push_back(std::move(proposal));
        return {};
    }

    const plan::PlanSpace& m_space;
    const RefineSettings& m_settings;
    const RunContext& m_context;
    RunContext m_quiet; ///< Of the single runs: progress counts them.
    double m_runsOfRound, m_done = 0;
    std::uint64_t m_budget = 0;
    std::shared_ptr<Workspace> m_workspace;
    forward::TokenBatch m_acceptingTokens;
    std::unique_ptr<Measurer> m_choosing, m_accepting;
    std::vector<std::size_t> m_choice;
    std::set<std::vector<std::size_t>> m_judged;
    HarmResult m_present; ///< On the choosing tokens, by the exact head.
    HarmResult m_presentNear; ///< The same as steps are measured.
    Refinement m_result;
};

} // namespace

double tailOfLook(std::size_t look)
{
    return std::ldexp(0.025, 1 - 2 * static_cast<int>(look));
}

std::size_t RefineRound::triedSteps() const
{
    return static_cast<std::size_t>(
        std::count_if(steps.begin(), steps.end(), [](const TriedStep& one) { return one.tried; }));
}

std::size_t RefineRound::takenSwaps() const
{
    return static_cast<std::size_t>(
        std::count_if(swaps.begin(), swaps.end(), [](const TriedSwap& one) { return one.taken; }));
}

Result<RefineTokens> splitTokens(const forward::TokenBatch& batch)
{
    if (batch.tokens() < 2)
        return fail(ErrorCode::OutOfRange,
            "{} tokens cannot be split into those that choose and those that judge.", batch.tokens());
    RefineTokens tokens;
    const std::size_t half = batch.sequences() / 2;
    for (std::size_t s = 0; s < batch.sequences(); ++s) {
        const auto ids = sequenceOf(batch, s);
        if (batch.sequences() == 1) {
            tokens.choosing.add(ids.first(ids.size() / 2));
            tokens.accepting.add(ids.subspan(ids.size() / 2));
        } else {
            (s < half ? tokens.choosing : tokens.accepting).add(ids);
        }
    }
    return tokens;
}

Result<Refinement> refinePlan(const std::shared_ptr<Workspace>& workspace, const plan::PlanSpace& space,
    const plan::Plan& start, const RefineTokens& tokens, const RefineSettings& settings,
    const std::function<void(const RefineRound&)>& onRound, const RunContext& context)
{
    return Refiner(space, settings, context).run(workspace, start, tokens, onRound);
}

} // namespace bitwright::session
