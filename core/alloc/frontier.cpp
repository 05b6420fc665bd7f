#include "core/alloc/frontier.h"

#include "core/base/parallel.h"

#include <queue>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::alloc {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double relativeGap(double best, double bound)
{
    const double gap = best - bound;
    return gap > 0.0 ? gap / std::max(std::abs(best), std::abs(bound)) : 0.0;
}

/// Budgets from..to for which `best` is the best listed plan and `bound` is proven at `to`.
struct Segment
{
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    double best = 0.0;
    double bound = 0.0;

    [[nodiscard]] double gap() const { return relativeGap(best, bound); }
    bool operator<(const Segment& other) const
    {
        // A total order, so that the order of filling is the same everywhere.
        return gap() != other.gap() ? gap() < other.gap() : from > other.from;
    }
};

} // namespace

/// Builds a Frontier; see frontier().
class FrontierBuilder
{
public:
    FrontierBuilder(const Solver& solver, const FrontierLimits& limits, const RunContext& context)
        : m_solver(solver)
        , m_limits(limits)
        , m_context(context)
        , m_frontier(solver)
    { }

    Result<Frontier> build()
    {
        if (m_solver.objective().kind == ObjectiveKind::Max) {
            takeMinimax();
            return std::move(m_frontier);
        }
        BITWRIGHT_ASSIGN(const bool exact, tryExact());
        if (!exact)
            BITWRIGHT_CHECK(certify());
        return std::move(m_frontier);
    }

private:
    void takeMinimax()
    {
        std::vector<MinimaxPoint> curve = minimaxCurve(m_solver.grouped());
        std::reverse(curve.begin(), curve.end());
        for (const MinimaxPoint& point : curve) {
            const bool priced = point.worst > std::numeric_limits<double>::lowest();
            addPoint(static_cast<std::uint64_t>(point.bytes), priced ? point.worst : 0.0,
                Frontier::Source::Solve, 0);
        }
        if (curve.empty())
            addPoint(m_solver.minimumBytes(), 0.0, Frontier::Source::Solve, 0);
        m_frontier.m_exact = true;
    }

    void addPoint(std::uint64_t bytes, double objective, Frontier::Source source, std::uint32_t reference)
    {
        m_frontier.m_points.push_back({bytes, objective});
        m_frontier.m_sources.emplace_back(source, reference);
    }

    /// Merges all groups into the full list of non-dominated plans; false when that exceeds the limit. Lists
    /// hardly ever shrink from one group to the next, so the attempt ends as soon as the present length would
    /// exceed it in the end.
    Result<bool> tryExact()
    {
        const ReducedProblem& reduced = m_solver.reduced();
        const BoundLine nothing{0.0, -kInfinity};
        const KeepRule keepAll{{&nothing, 1}, kInfinity, std::numeric_limits<std::int64_t>::max()};
        std::vector<State> states{State{}};
        std::vector<State> merged;
        std::vector<State> spare;
        std::size_t kept = 0;
        for (std::size_t g = 0; g < reduced.size(); ++g) {
            merged.clear();
            for (std::uint32_t i = reduced.itemBegin[g]; i < reduced.itemBegin[g + 1]; ++i) {
                BITWRIGHT_CHECK(m_context.checkStop());
                const Item& item = reduced.items[i];
                mergeExtended(merged, states, {item.bytes, item.cost, kNone, i}, keepAll, spare);
                merged.swap(spare);
                if (kept + merged.size() * (reduced.size() - g) > allowedStates())
                    return false;
            }
            states.swap(merged);
            kept += states.size();
            m_frontier.m_pool.commit(states);
        }
        for (const State& state : states)
            addPoint(static_cast<std::uint64_t>(reduced.forcedBytes + state.bytes),
                reduced.forcedCost + state.cost, Frontier::Source::Node, state.node);
        keepStrict();
        m_frontier.m_exact = true;
        return true;
    }

    [[nodiscard]] std::size_t allowedStates() const
    {
        const std::size_t perState = 4 * sizeof(State) + DecisionPool::bytesPerNode();
        return std::min({m_limits.maxStates, m_context.memoryBytes() / perState, std::size_t{kNone} - 1});
    }

    /// Adding the forced cost can round two costs to one number: only the smaller plan is then of use.
    void keepStrict()
    {
        std::size_t kept = 0;
        auto& points = m_frontier.m_points;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (kept > 0 && points[i].objective >= points[kept - 1].objective)
                continue;
            points[kept] = points[i];
            m_frontier.m_sources[kept++] = m_frontier.m_sources[i];
        }
        points.resize(kept);
        m_frontier.m_sources.resize(kept);
    }

    Result<void> certify()
    {
        m_frontier.m_pool = {};
        takeHull();
        BITWRIGHT_CHECK(fill());
        sortPoints();
        return {};
    }

    void takeHull()
    {
        const Relaxation& relaxation = m_solver.relaxation();
        const ReducedProblem& reduced = m_solver.reduced();
        for (std::size_t k = 0; k <= relaxation.stepCount(); ++k)
            addPoint(static_cast<std::uint64_t>(reduced.forcedBytes + relaxation.bytesAfter(k)),
                reduced.forcedCost + relaxation.costAfter(k), Frontier::Source::Hull,
                static_cast<std::uint32_t>(k));
        keepStrict();
        const auto& points = m_frontier.m_points;
        for (std::size_t i = 0; i + 1 < points.size(); ++i)
            addSegment({points[i].bytes, points[i + 1].bytes - 1, points[i].objective, 0.0}, -kInfinity);
    }

    /// Queues the budgets of a segment unless the listed plan is already optimal there. `known` is a bound at
    /// its end.
    void addSegment(Segment segment, double known)
    {
        if (segment.from >= segment.to)
            return;
        segment.bound = std::min(segment.best, std::max(known, m_solver.lowerBoundAt(segment.to)));
        if (segment.best > segment.bound)
            m_open.push(segment);
    }

    Result<void> fill()
    {
        // A fixed number of segments per round keeps the result independent of the number of threads.
        constexpr std::size_t kPerRound = 8;
        std::size_t left = m_limits.fills;
        while (left > 0 && !m_open.empty() && m_open.top().gap() > m_limits.targetGap) {
            std::vector<Segment> batch;
            while (batch.size() < std::min(kPerRound, left) && !m_open.empty()) {
                batch.push_back(m_open.top());
                m_open.pop();
            }
            left -= batch.size();
            BITWRIGHT_CHECK(solveBatch(batch));
            m_context.report(
                1.0 - static_cast<double>(left) / static_cast<double>(m_limits.fills), "Frontier");
        }
        for (; !m_open.empty(); m_open.pop())
            countGap(m_open.top().best, m_open.top().bound);
        return {};
    }

    Result<void> solveBatch(const std::vector<Segment>& batch)
    {
        std::vector<Solution> solutions(batch.size());
        RunContext quiet = m_context;
        quiet.progress = nullptr;
        BITWRIGHT_CHECK(parallelFor(
            batch.size(), 1,
            [&](const Chunk& chunk) -> Result<void> {
                BITWRIGHT_ASSIGN(solutions[chunk.index],
                    m_solver.solve(middleOf(batch[chunk.index]), quiet.serial(), m_limits.search));
                return {};
            },
            quiet));
        for (std::size_t i = 0; i < batch.size(); ++i)
            split(batch[i], std::move(solutions[i]));
        return {};
    }

    static std::uint64_t middleOf(const Segment& segment)
    {
        return segment.from + (segment.to - segment.from + 1) / 2;
    }

    /// Replaces a segment by what stays open after the optimum in its middle is known.
    void split(const Segment& segment, Solution&& solution)
    {
        const std::uint64_t middle = middleOf(segment);
        m_frontier.m_certificates.push_back({middle, solution.lowerBound});
        double best = segment.best;
        if (solution.bytes > segment.from && solution.objective < segment.best) {
            best = solution.objective;
            addSegment({segment.from, solution.bytes - 1, segment.best, 0.0}, solution.lowerBound);
            addPoint(solution.bytes, solution.objective, Frontier::Source::Stored,
                static_cast<std::uint32_t>(m_frontier.m_choices.size()));
            m_frontier.m_choices.push_back(std::move(solution.choice));
        }
        countGap(best,
            std::max(solution.lowerBound,
                m_solver.lowerBoundAt(middle))); // 0 unless the limits of the search bit.
        addSegment({middle, segment.to, best, 0.0}, -kInfinity);
    }

    void countGap(double best, double bound)
    {
        m_frontier.m_gap = std::max(m_frontier.m_gap, relativeGap(best, bound));
        m_frontier.m_absoluteGap = std::max(m_frontier.m_absoluteGap, best - bound);
    }

    void sortPoints()
    {
        auto& points = m_frontier.m_points;
        std::vector<std::size_t> order(points.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (points[a].bytes != points[b].bytes)
                return points[a].bytes < points[b].bytes;
            return points[a].objective != points[b].objective ? points[a].objective < points[b].objective
                                                              : a < b;
        });
        std::vector<FrontierPoint> sorted;
        std::vector<std::pair<Frontier::Source, std::uint32_t>> sources;
        for (const std::size_t i : order) {
            sorted.push_back(points[i]);
            sources.push_back(m_frontier.m_sources[i]);
        }
        points = std::move(sorted);
        m_frontier.m_sources = std::move(sources);
        keepStrict();
        std::sort(m_frontier.m_certificates.begin(), m_frontier.m_certificates.end(),
            [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
    }

    const Solver& m_solver;
    const FrontierLimits& m_limits;
    const RunContext& m_context;
    Frontier m_frontier;
    std::priority_queue<Segment> m_open; ///< The widest gap on top.
};

double Frontier::lowerBoundAt(std::uint64_t bytes) const
{
    const std::uint64_t size = std::max(bytes, m_points.front().bytes);
    if (m_exact)
        return m_points[*indexWithin(size)].objective;
    double bound = m_solver.lowerBoundAt(size);
    // What is impossible with more bytes is impossible with fewer.
    const auto next = std::lower_bound(m_certificates.begin(), m_certificates.end(), size,
        [](const Certificate& certificate, std::uint64_t value) { return certificate.bytes < value; });
    if (next != m_certificates.end())
        bound = std::max(bound, next->bound);
    return std::min(bound, m_points[*indexWithin(size)].objective);
}

std::optional<std::size_t> Frontier::indexWithin(std::uint64_t bytes) const
{
    const auto above = std::upper_bound(m_points.begin(), m_points.end(), bytes,
        [](std::uint64_t value, const FrontierPoint& point) { return value < point.bytes; });
    if (above == m_points.begin())
        return std::nullopt;
    return static_cast<std::size_t>(above - m_points.begin()) - 1;
}

Result<std::vector<std::size_t>> Frontier::choiceAt(std::size_t i, const RunContext& context) const
{
    if (i >= m_points.size())
        return fail(
            ErrorCode::OutOfRange, "The frontier has {} plans; number {} was asked for.", m_points.size(), i);
    const auto [source, reference] = m_sources[i];
    const ReducedProblem& reduced = m_solver.reduced();
    if (source == Source::Stored)
        return m_choices[reference];
    if (source == Source::Solve) {
        BITWRIGHT_ASSIGN(Solution solution, m_solver.solve(m_points[i].bytes, context));
        return std::move(solution.choice);
    }
    std::vector<std::uint32_t> items
        = m_solver.relaxation().itemsAfter(reduced, source == Source::Hull ? reference : 0);
    if (source == Source::Node) {
        m_pool.walk(reference, [&](std::uint32_t item) {
            const auto next = std::upper_bound(reduced.itemBegin.begin(), reduced.itemBegin.end(), item);
            items[static_cast<std::size_t>(next - reduced.itemBegin.begin()) - 1] = item;
        });
    }
    return expandChoice(m_solver.grouped(), reduced, items);
}

Result<Frontier> frontier(
    const AllocationProblem& problem, const FrontierLimits& limits, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const Solver solver, Solver::prepare(problem));
    return frontier(solver, limits, context);
}

Result<Frontier> frontier(const Solver& solver, const FrontierLimits& limits, const RunContext& context)
{
    return FrontierBuilder(solver, limits, context).build();
}

} // namespace bitwright::alloc
