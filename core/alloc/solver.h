#pragma once

#include "core/alloc/core_search.h"
#include "core/alloc/minimax.h"

#include <memory>
#include <vector>

namespace bitwright::alloc {

/// An optimal plan and its certificate.
struct Solution
{
    std::vector<std::size_t> choice; ///< Option index per unit.
    std::uint64_t bytes = 0; ///< Stored size, fixed bytes included.
    double objective
        = 0.0; ///< Sum, Max or Power value of the choice (Power: the sum of cost^p, no root taken).
    double lowerBound = 0.0; ///< No plan within the budget has a smaller objective.
    double relaxationBound = 0.0; ///< Value of the linear relaxation; for Max the objective itself.
    double gap = 0.0; ///< objective - lowerBound.
    double relativeGap = 0.0; ///< gap / max(|objective|, |lowerBound|); 0 when the gap is 0.
    bool proven = false; ///< Optimal within kOptimalityTolerance; for Max also in the sum of costs.
    double dualPrice = 0.0; ///< Cost that one more byte saves in the relaxation (of the sum, also for Max).
    double sum = 0.0; ///< Sum of costs; equals `objective` for Sum and Power.
    double sumLowerBound = 0.0; ///< For Max: bound of the sum among plans of the smallest maximum.
    std::size_t unpriced = 0; ///< Locked units whose cost is unknown; no number above counts them.
    SearchStatistics statistics;
};

/// A validated problem, prepared for solving at many budgets: a drag of the budget pays only for the search.
class Solver
{
public:
    /// Validates and prepares. Errors: those of `validate`. Cost: O(options log options).
    [[nodiscard]] static Result<Solver> prepare(const AllocationProblem& problem);

    /// Finds the best plan of at most `budgetBytes`. Thread-safe; never uses more than the calling thread.
    ///
    /// Of plans equal in objective the one with fewer bytes is returned; units with the same options get the
    /// lower option first; further ties are broken the same way on every run. Errors: Infeasible (says the
    /// smallest possible size and which locks raise it), Cancelled.
    [[nodiscard]] Result<Solution> solve(
        std::uint64_t budgetBytes, const RunContext& context, const SearchLimits& limits = {}) const;

    /// Smallest size of any plan that respects locks and ties.
    [[nodiscard]] std::uint64_t minimumBytes() const;
    /// Size from which more bytes help no further.
    [[nodiscard]] std::uint64_t maximumUsefulBytes() const;
    /// Lower bound of the objective at a size >= minimumBytes(): the linear relaxation, for Max the exact
    /// optimum.
    [[nodiscard]] double lowerBoundAt(std::uint64_t bytes) const;

    // For the frontier, which builds on the same reduction.
    [[nodiscard]] const GroupedProblem& grouped() const { return m_data->grouped; }
    [[nodiscard]] const ReducedProblem& reduced() const { return m_data->reduced; }
    [[nodiscard]] const Relaxation& relaxation() const { return m_data->relaxation; }
    [[nodiscard]] const Objective& objective() const { return m_data->objective; }

private:
    struct Data
    {
        GroupedProblem grouped;
        ReducedProblem reduced;
        Relaxation relaxation;
        std::vector<MinimaxPoint> minimax; ///< Filled for Max only.
        Objective objective;
        std::vector<std::string> names;
        std::vector<std::vector<std::size_t>>
            interchangeable; ///< Sets of groups with equal options, at least two each.
        std::vector<std::size_t> unpriced; ///< Locked units without a known cost.
    };
    explicit Solver(std::shared_ptr<const Data> data);

    [[nodiscard]] Error infeasible(std::uint64_t budgetBytes) const;
    [[nodiscard]] Result<Solution> solveSum(const ReducedProblem& reduced, const Relaxation& relaxation,
        std::int64_t budget, const RunContext& context, const SearchLimits& limits) const;
    [[nodiscard]] Result<Solution> solveMax(
        std::int64_t budget, const RunContext& context, const SearchLimits& limits) const;
    void canonicalize(std::vector<std::size_t>& choice) const;
    void addUp(Solution& solution) const;

    std::shared_ptr<const Data> m_data; ///< Shared so that copies for worker threads are free.
};

/// Validates, prepares and solves once. See Solver.
[[nodiscard]] Result<Solution> solve(const AllocationProblem& problem, std::uint64_t budgetBytes,
    const RunContext& context, const SearchLimits& limits = {});

} // namespace bitwright::alloc
