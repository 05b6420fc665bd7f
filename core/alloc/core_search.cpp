#include "core/alloc/core_search.h"

#include "core/alloc/core_window.h"
#include "core/alloc/state_list.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::alloc {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A complete plan as difference to the base plan, better when cheaper, then when smaller.
struct Incumbent
{
    double cost = 0.0;
    std::int64_t bytes = 0;

    [[nodiscard]] bool betterThan(const Incumbent& other) const
    {
        return cost != other.cost ? cost < other.cost : bytes < other.bytes;
    }
};

/// State of one search; see searchCore.
class CoreSearch
{
public:
    CoreSearch(const ReducedProblem& reduced, const Relaxation& relaxation, std::int64_t budget,
        const SearchLimits& limits, const RunContext& context)
        : m_reduced(reduced)
        , m_relaxation(relaxation)
        , m_budget(budget)
        , m_limits(limits)
        , m_context(context)
        , m_base(makeBasePlan(reduced, relaxation, budget))
        , m_bestItems(m_base.items)
    {
        m_statistics.groups = reduced.size();
        m_tolerance = kOptimalityTolerance * m_base.scale;
        m_maxStates = limits.maxStates > 0 ? limits.maxStates : statesWithin(context.memoryBytes());
    }

    Result<SearchOutcome> run()
    {
        improveGreedily();
        const double relaxed = -m_base.prices[m_base.ownPrice] * static_cast<double>(m_base.slack);
        double width = (m_best.cost - relaxed) / kFirstShare;
        double bound = relaxed;
        while (true) {
            // The last round searches up to the best known plan itself.
            const bool last = !(relaxed + width < m_best.cost);
            const double threshold = last ? m_best.cost : relaxed + width;
            BITWRIGHT_ASSIGN(const double dropped, searchBelow(threshold));
            bound = std::min({m_best.cost, std::max(threshold, relaxed), dropped});
            if (last || m_best.cost <= threshold || dropped < kInfinity)
                break;
            width *= kWidening;
        }
        SearchOutcome outcome;
        outcome.items = std::move(m_bestItems);
        outcome.proven = bound >= m_best.cost - m_tolerance;
        outcome.bound = m_relaxation.costAfter(m_relaxation.stepsWithin(m_budget)) + bound;
        outcome.statistics = m_statistics;
        return outcome;
    }

private:
    // Too narrow a first window costs a cheap round, too wide a one costs the whole search: start low, widen
    // gently.
    static constexpr double kFirstShare = 64.0;
    static constexpr double kWidening = 2.5;

    static std::size_t statesWithin(std::size_t memory)
    {
        // One list, two merge buffers of twice its length, and decisions with their copies while the pool is
        // cleaned.
        const std::size_t perState = 5 * sizeof(State) + 4 * DecisionPool::bytesPerNode();
        return std::clamp<std::size_t>(memory / perState, 4096, 4'000'000);
    }

    /// Fills the slack with later hull steps that fit: a first plan to beat.
    void improveGreedily()
    {
        std::int64_t left = m_base.slack;
        std::vector<std::uint32_t> items = m_base.items;
        CompensatedSum cost;
        for (std::size_t s = m_relaxation.stepsWithin(m_budget); s < m_relaxation.stepCount(); ++s) {
            const HullStep& step = m_relaxation.step(s);
            const auto hull = m_reduced.hullOf(step.group);
            if (step.bytes > left || items[step.group] != hull[step.position - 1])
                continue;
            items[step.group] = hull[step.position];
            cost.add(
                m_reduced.items[hull[step.position]].cost - m_reduced.items[hull[step.position - 1]].cost);
            left -= step.bytes;
        }
        const Incumbent filled{cost.value(), m_base.slack - left};
        if (filled.betterThan(m_best)) {
            m_best = filled;
            m_bestItems = std::move(items);
        }
    }

    /// Finds the best plan whose cost is at most `threshold` above the base plan, if there is one. Returns
    /// the smallest bound of the partial plans that the limits made it drop; infinite when none.
    Result<double> searchBelow(double threshold)
    {
        ++m_statistics.rounds;
        const CoreWindow core(m_reduced, m_base, threshold, m_tolerance, m_context.stop);
        BITWRIGHT_CHECK(m_context.checkStop());
        m_statistics.coreGroups = core.size();
        m_statistics.coreItems = core.itemCount();
        double dropped = kInfinity;
        if (!core.feasible())
            return dropped;
        DecisionPool pool;
        Candidate candidate;
        std::vector<State> states{State{}};
        for (std::size_t k = 0; k < core.size() && !states.empty(); ++k) {
            BITWRIGHT_CHECK(extend(core, k, threshold, states));
            dropped = std::min(dropped, dropWorst(core, k + 1, states));
            pool.commit(states);
            complete(core, k + 1, states, candidate);
            threshold = std::min(threshold, m_best.cost);
            pool.collect(states, candidate.node);
        }
        if (candidate.found)
            adopt(core, pool, candidate);
        return dropped;
    }

    /// Where the best plan of the current round comes from: a state after `position` groups, completed at a
    /// price.
    struct Candidate
    {
        bool found = false;
        std::uint32_t node = kNone;
        std::size_t position = 0;
        std::size_t price = 0;
    };

    /// Replaces `states` by their non-dominated extensions with every item of group k.
    Result<void> extend(const CoreWindow& core, std::size_t k, double threshold, std::vector<State>& states)
    {
        const KeepRule rule{
            core.lines(k + 1), threshold + m_tolerance, core.slack() - core.smallestRest(k + 1)};
        m_merged.clear();
        for (const CoreItem& item : core.items(k)) {
            BITWRIGHT_CHECK(m_context.checkStop());
            const bool isBase = item.item == m_base.items[core.group(k)];
            const State extension{item.bytes, item.cost, kNone, isBase ? kNone : item.item};
            mergeExtended(m_merged, states, extension, rule, m_spare);
            m_statistics.visited += states.size();
            m_merged.swap(m_spare);
        }
        states.swap(m_merged);
        m_statistics.peakStates = std::max(m_statistics.peakStates, states.size());
        return {};
    }

    /// Keeps the list within the limits by dropping the partial plans with the largest bounds.
    double dropWorst(const CoreWindow& core, std::size_t k, std::vector<State>& states)
    {
        constexpr std::size_t kEmergency = 256;
        const std::size_t allowed = m_statistics.visited > m_limits.maxVisited ? kEmergency : m_maxStates;
        if (states.size() <= allowed)
            return kInfinity;
        std::vector<double> bounds(states.size());
        BoundWalker walker(core.lines(k));
        for (std::size_t i = 0; i < states.size(); ++i)
            bounds[i] = states[i].cost + walker.at(static_cast<double>(states[i].bytes));
        std::vector<double> sorted = bounds;
        const auto cut = sorted.begin() + static_cast<std::ptrdiff_t>(allowed / 2);
        std::nth_element(sorted.begin(), cut, sorted.end());
        // Of equal bounds the smaller plans stay, up to the number allowed.
        std::size_t equals = allowed / 2 + 1;
        for (const double value : bounds)
            equals -= value < *cut ? 1U : 0U;
        std::size_t kept = 0;
        double dropped = kInfinity;
        for (std::size_t i = 0; i < states.size(); ++i) {
            if (bounds[i] < *cut || (bounds[i] == *cut && equals > 0)) {
                equals -= bounds[i] == *cut ? 1U : 0U;
                states[kept++] = states[i];
            } else {
                dropped = std::min(dropped, bounds[i]);
            }
        }
        states.resize(kept);
        return dropped;
    }

    /// Completes states with the cheapest rest at each price and remembers the best plan that fits.
    void complete(
        const CoreWindow& core, std::size_t k, const std::vector<State>& states, Candidate& candidate)
    {
        for (std::size_t j = 0; j < core.prices(); ++j) {
            const std::int64_t most = core.slack() - core.completionBytes(k, j);
            const auto above = std::upper_bound(states.begin(), states.end(), most,
                [](std::int64_t bytes, const State& state) { return bytes < state.bytes; });
            if (above == states.begin())
                continue;
            const State& state = *(above - 1); // Costs descend: the largest that fits is the cheapest.
            const Incumbent plan{
                state.cost + core.completionCost(k, j), state.bytes + core.completionBytes(k, j)};
            if (!plan.betterThan(m_best))
                continue;
            m_best = plan;
            candidate = {true, state.node, k, j};
        }
    }

    void adopt(const CoreWindow& core, const DecisionPool& pool, const Candidate& candidate)
    {
        m_bestItems = m_base.items;
        std::vector<std::uint32_t> groupOfItem(m_reduced.items.size());
        for (std::size_t k = 0; k < core.size(); ++k) {
            for (const CoreItem& item : core.items(k))
                groupOfItem[item.item] = core.group(k);
            if (k >= candidate.position)
                m_bestItems[core.group(k)] = core.cheapestAt(k, candidate.price).item;
        }
        pool.walk(candidate.node, [&](std::uint32_t item) { m_bestItems[groupOfItem[item]] = item; });
    }

    const ReducedProblem& m_reduced;
    const Relaxation& m_relaxation;
    std::int64_t m_budget;
    const SearchLimits& m_limits;
    const RunContext& m_context;
    BasePlan m_base;
    Incumbent m_best;
    std::vector<std::uint32_t> m_bestItems;
    double m_tolerance = 0.0;
    std::size_t m_maxStates = 0;
    SearchStatistics m_statistics;
    std::vector<State> m_merged;
    std::vector<State> m_spare;
};

} // namespace

Result<SearchOutcome> searchCore(const ReducedProblem& reduced, const Relaxation& relaxation,
    std::int64_t budget, const SearchLimits& limits, const RunContext& context)
{
    BITWRIGHT_CHECK(context.checkStop());
    const std::size_t steps = relaxation.stepsWithin(budget);
    const bool everythingFits = steps == relaxation.stepCount();
    if (everythingFits || relaxation.bytesAfter(steps) == budget) {
        // The integral plan meets the relaxation exactly: nothing can be better.
        SearchOutcome outcome;
        outcome.items = relaxation.itemsAfter(reduced, steps);
        outcome.bound = relaxation.costAfter(steps);
        outcome.proven = true;
        outcome.statistics.groups = reduced.size();
        return outcome;
    }
    return CoreSearch(reduced, relaxation, budget, limits, context).run();
}

} // namespace bitwright::alloc
