#include "core/session/refine.h"

#include "core/plan/solve.h"

#include <algorithm>
#include <set>

namespace bitwright::session {

namespace {

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

class Refiner
{
public:
    Refiner(const plan::PlanSpace& space, const RefineSettings& settings, const RunContext& context)
        : m_space(space)
        , m_settings(settings)
        , m_context(context)
        , m_quiet(context)
        , m_runs(static_cast<double>(2 + settings.rounds * (settings.swaps + 2)))
    {
        m_quiet.progress = nullptr;
    }

    Result<Refinement> run(const std::shared_ptr<Workspace>& workspace, const plan::Plan& start,
        const RefineTokens& tokens, const std::function<void(const RefineRound&)>& onRound)
    {
        BITWRIGHT_CHECK(checkApart(tokens));
        BITWRIGHT_CHECK(m_space.checkLocks(start));
        BITWRIGHT_ASSIGN(m_choice, m_space.choiceOf(start));
        BITWRIGHT_ASSIGN(m_budget, budgetOf(m_space, start, m_choice, m_settings));
        BITWRIGHT_ASSIGN(m_choosing, measurerOf(workspace, tokens.choosing));
        BITWRIGHT_ASSIGN(m_accepting, measurerOf(workspace, tokens.accepting));
        m_result.plan = start;
        BITWRIGHT_ASSIGN(m_result.startChoosing, measured(*m_choosing, start));
        BITWRIGHT_ASSIGN(m_result.startAccepting, measured(*m_accepting, start));
        for (const HarmResult* harm : {&m_result.startChoosing, &m_result.startAccepting})
            if (!harm->interval)
                return fail(Error{ErrorCode::InvalidArgument,
                    fmt::format("{} tokens are too few to tell a change from noise.", harm->tokens), {}, {},
                    {}, "Give a longer text."});
        m_present = m_result.startChoosing;
        m_result.accepting = m_result.startAccepting;
        for (std::size_t round = 0; round < m_settings.rounds && m_result.ended.empty(); ++round) {
            m_done = static_cast<double>(2 + round * (m_settings.swaps + 2));
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
    Result<std::unique_ptr<Measurer>> measurerOf(
        const std::shared_ptr<Workspace>& workspace, const forward::TokenBatch& batch) const
    {
        MeasureSettings settings;
        settings.partTokens = std::max<std::size_t>(1, batch.tokens()); // one part: one run of the original
        settings.reference.screen = false;
        settings.reference.words.seed = m_context.seed;
        return Measurer::make(workspace, m_space.target(), batch, settings, m_quiet);
    }

    Result<HarmResult> measured(Measurer& measurer, const plan::Plan& plan)
    {
        BITWRIGHT_CHECK(m_context.checkStop());
        m_context.report(m_done / m_runs, "refining " + plan.name);
        m_done += 1;
        return measurer.measurePlan(plan, {}, m_quiet);
    }

    Result<void> oneRound()
    {
        RefineRound round;
        for (RefineSwap& swap : proposeSwaps(m_space, m_result.plan, m_choice, m_budget, m_settings.swaps)) {
            BITWRIGHT_ASSIGN(auto tried, tryOne(std::move(swap)));
            round.tried.push_back(std::move(tried));
        }
        shrink(round.tried);
        const std::vector<std::size_t> next = take(round);
        if (round.tried.empty())
            m_result.ended = "there is no swap within the budget";
        else if (round.taken == 0)
            m_result.ended = "no swap is better beyond its own noise";
        else
            BITWRIGHT_CHECK(judge(round, next));
        m_result.rounds.push_back(std::move(round));
        return {};
    }

    Result<TriedSwap> tryOne(RefineSwap swap)
    {
        TriedSwap tried;
        auto choice = m_choice;
        swap.apply(choice);
        tried.swap = std::move(swap);
        const auto harm = measured(*m_choosing, m_space.planFrom(choice, m_result.plan));
        if (harm)
            tried.change = differenceOf(*harm, m_present, m_context.seed);
        else if (harm.error().code != ErrorCode::Numeric) // the model broke: not this one
            return fail(harm.error());
        return tried;
    }

    /// Marks what is taken, best first; returns the choice with all of it.
    std::vector<std::size_t> take(RefineRound& round) const
    {
        std::vector<TriedSwap*> order;
        for (TriedSwap& one : round.tried)
            if (one.change && one.change->high < 0 && one.shrunk < 0)
                order.push_back(&one);
        std::stable_sort(order.begin(), order.end(),
            [](const TriedSwap* a, const TriedSwap* b) { return a->shrunk < b->shrunk; });
        std::vector<std::size_t> choice = m_choice;
        std::vector<const TriedSwap*> taken;
        for (TriedSwap* one : order) {
            const bool clash = std::any_of(taken.begin(), taken.end(),
                [&](const TriedSwap* other) { return other->swap.touches(one->swap); });
            std::vector<std::size_t> with = choice;
            one->swap.apply(with);
            // Each fits alone; two may have counted on the same bytes left over.
            if (clash || m_space.sizeOf(with).unitBytes > m_budget)
                continue;
            choice = std::move(with);
            one->taken = true;
            taken.push_back(one);
        }
        round.taken = taken.size();
        return choice;
    }

    Result<void> judge(RefineRound& round, const std::vector<std::size_t>& next)
    {
        plan::Plan plan = m_space.planFrom(next, m_result.plan);
        auto chosen = measured(*m_choosing, plan);
        auto accepted = chosen ? measured(*m_accepting, plan) : chosen;
        if (!accepted) {
            if (accepted.error().code != ErrorCode::Numeric)
                return fail(std::move(accepted.error()));
            m_result.ended = "the model broke with all of the swaps: " + accepted.error().oneLine();
            return {};
        }
        round.changeChoosing = differenceOf(*chosen, m_present, m_context.seed);
        round.changeAccepting = differenceOf(*accepted, m_result.accepting, m_context.seed);
        round.choosing = *chosen;
        round.accepting = *accepted;
        round.kept = round.changeAccepting && round.changeAccepting->mean < 0;
        if (!round.kept) {
            m_result.ended = "the swaps did not hold on tokens that had not chosen them";
            return {};
        }
        ++m_result.kept;
        m_choice = next;
        m_present = std::move(*chosen);
        m_result.accepting = std::move(*accepted);
        m_result.plan = std::move(plan);
        return {};
    }

    const plan::PlanSpace& m_space;
    const RefineSettings& m_settings;
    const RunContext& m_context;
    RunContext m_quiet; ///< Of the single runs: progress counts them.
    double m_runs, m_done = 0;
    std::uint64_t m_budget = 0;
    std::unique_ptr<Measurer> m_choosing, m_accepting;
    std::vector<std::size_t> m_choice;
    HarmResult m_present; ///< On the choosing tokens.
    Refinement m_result;
};

} // namespace

Result<RefineTokens> splitTokens(const forward::TokenBatch& batch)
{
    if (batch.tokens() < 2)
        return fail(ErrorCode::InvalidArgument,
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
