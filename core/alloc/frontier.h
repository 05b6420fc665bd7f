#pragma once

#include "core/alloc/solver.h"
#include "core/alloc/state_list.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace bitwright::alloc {

/// One plan of the frontier.
struct FrontierPoint
{
    std::uint64_t bytes = 0; ///< Fixed bytes included.
    double objective = 0.0;
};

/// How much work a frontier may be. All are counts, so that the result never depends on the clock.
struct FrontierLimits
{
    std::size_t maxStates
        = 1'000'000; ///< Partial plans that the exact frontier may keep in all; 0 goes without it.
    std::size_t fills = 64; ///< Optima solved between hull plans when the exact frontier is too large.
    double targetGap = 1e-6; ///< Relative gap at which filling stops.
    SearchLimits search; ///< Of each filled optimum.

    /// For a first picture: hull plans and a few optima; well under 100 ms at 300 units.
    [[nodiscard]] static FrontierLimits quick() { return {0, 16, 1e-6, {}}; }
};

/// Non-dominated plans, ascending in bytes and strictly descending in objective, with what is proven about
/// the rest.
class Frontier
{
public:
    [[nodiscard]] const std::vector<FrontierPoint>& points() const { return m_points; }
    /// True when `points` are all non-dominated plans (one of those equal in both numbers).
    [[nodiscard]] bool exact() const { return m_exact; }
    /// Largest relative distance between the best listed plan and the proven lower bound over all sizes from
    /// the smallest plan on; relative to the larger absolute value of the two. 0 when exact.
    [[nodiscard]] double gap() const { return m_gap; }
    /// Largest absolute distance of that kind.
    [[nodiscard]] double absoluteGap() const { return m_absoluteGap; }
    /// Smallest objective that is not proven impossible at a size; sizes below the smallest plan count as
    /// that one. Never increases with `bytes`. Cost: O(log points).
    [[nodiscard]] double lowerBoundAt(std::uint64_t bytes) const;
    /// Index of the best listed plan of at most `bytes`, if any. Cost: O(log points).
    [[nodiscard]] std::optional<std::size_t> indexWithin(std::uint64_t bytes) const;
    /// Option index per unit of point `i`. Errors: OutOfRange; those of Solver::solve for Max, whose points
    /// are solved for the smallest sum on demand. Cost: O(units + points) without Max.
    [[nodiscard]] Result<std::vector<std::size_t>> choiceAt(std::size_t i, const RunContext& context) const;
    /// Number of hull plans and of filled optima among the points, for the label of a certified frontier.
    [[nodiscard]] std::size_t solved() const { return m_certificates.size(); }

private:
    friend class FrontierBuilder;
    enum class Source : std::uint8_t
    {
        Hull, ///< Reference: number of hull steps.
        Stored, ///< Reference: index into m_choices.
        Node, ///< Reference: node of m_pool, or kNone.
        Solve, ///< Solved again on demand.
    };
    /// A size at which a lower bound better than the relaxation is known.
    struct Certificate
    {
        std::uint64_t bytes = 0;
        double bound = 0.0;
    };

    explicit Frontier(Solver solver)
        : m_solver(std::move(solver))
    { }

    Solver m_solver;
    std::vector<FrontierPoint> m_points;
    std::vector<std::pair<Source, std::uint32_t>> m_sources;
    std::vector<std::vector<std::size_t>> m_choices;
    DecisionPool m_pool;
    std::vector<Certificate> m_certificates; ///< Ascending in bytes.
    bool m_exact = false;
    double m_gap = 0.0;
    double m_absoluteGap = 0.0;
};

/// Computes the frontier: exactly while the partial plans fit `limits.maxStates`; otherwise the plans on the
/// lower convex hull, which are optimal at their own sizes, plus proven optima at the sizes where the
/// certified gap is largest. Max is always exact. The result is the same for any thread count; filled optima
/// are solved in parallel. Errors: those of `validate`, Cancelled.
[[nodiscard]] Result<Frontier> frontier(
    const AllocationProblem& problem, const FrontierLimits& limits, const RunContext& context);
/// The same for a prepared problem.
[[nodiscard]] Result<Frontier> frontier(
    const Solver& solver, const FrontierLimits& limits, const RunContext& context);

} // namespace bitwright::alloc
