#pragma once

#include "core/alloc/problem.h"
#include "core/plan/entries.h"
#include "core/plan/target.h"
#include "core/score/score_table.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitwright::plan {

/// Unit -> option. A value: copying is how undo and comparison work.
struct Plan
{
    std::string name = "plan";
    std::string model; ///< Model name, for people.
    std::string modelIdentity; ///< Checkpoint::headerIdentity().
    std::string target; ///< Target id.
    std::string provenance; ///< "predicted by fisher^0.25 on 2,048 tokens, not measured"
    std::string objective = "sum";
    std::optional<double> budgetBpw; ///< What was asked for, whichever applies.
    std::optional<double> budgetFileBpw;
    std::optional<std::uint64_t> budgetBytes;
    bool ties = true;
    Entries entries; ///< By unit name.
    std::string notes;
    bool operator==(const Plan&) const = default;
};

/// Numbers of one plan. bpw counts the planned units only; fileBpw every weight of the written file. Both
/// count everything stored.
struct PlanSize
{
    std::uint64_t unitBytes = 0; ///< Of all planned units.
    std::uint64_t unitParameters = 0;
    std::uint64_t keptBytes = 0; ///< Tensors that the plan does not decide.
    std::uint64_t fileParameters = 0;
    [[nodiscard]] std::uint64_t bytes() const { return unitBytes + keptBytes; }
    [[nodiscard]] double bpw() const;
    [[nodiscard]] double fileBpw() const;
};

/// Everything that planning a model for a target needs: units, legal options with exact bytes, costs, ties.
/// Built once per (model, target, score, option set), cheap to evaluate plans against. Immutable and
/// copyable; the GUI keeps one per score.
///
/// "keep" is always among the options, because a unit that the target cannot pack has no other. Where the
/// caller did not name it, the solver takes it for such units only.
class PlanSpace
{
public:
    struct Cell
    {
        ResolvedOption resolved;
        std::optional<double> score; ///< Missing stays missing.
        double sqnrDb
            = std::numeric_limits<double>::quiet_NaN(); ///< +Inf for an exact copy; NaN while unknown.
        bool legal = true; ///< Whether the target can store the unit so.
        std::string reason; ///< Why not.
        score::ScoreOrigin origin = score::ScoreOrigin::Predicted; ///< How the score was obtained.
        std::optional<double> low, high; ///< 95 % interval of a measured or calibrated score.
        std::uint64_t behind = 0; ///< Tokens of a measured score, measurements of a calibrated one.
        bool extrapolated = false; ///< Calibrated outside of what was measured.
        std::optional<double> raw; ///< What was measured, before `score` was drawn toward similar pairs.
        bool measured
            = false; ///< Whether the score table knows the option for this unit, with or without a score.
    };

    /// `scores` may miss units: their scores are missing and such options cannot be chosen by the solver.
    /// Scores are looked up by the ids of the resolved options (what is really stored). Errors:
    /// InvalidArgument for an option that the target never stores, and when the model has nothing to plan.
    [[nodiscard]] static Result<PlanSpace> build(const model::Checkpoint& checkpoint, const Target& target,
        const std::vector<quant::Option>& options, const score::ScoreTable& scores, bool ties);

    [[nodiscard]] const std::vector<Unit>& units() const { return m_units; }
    [[nodiscard]] const std::vector<Tie>& ties() const { return m_ties; }
    [[nodiscard]] const std::vector<std::string>& optionIds() const { return m_optionIds; }
    [[nodiscard]] const std::vector<quant::Option>& options() const { return m_options; }
    [[nodiscard]] const Cell& cell(std::size_t unit, std::size_t option) const
    {
        return m_cells[unit * m_optionIds.size() + option];
    }
    [[nodiscard]] const Target& target() const { return *m_target; }
    [[nodiscard]] const score::Provenance& provenance() const { return m_provenance; }
    [[nodiscard]] std::uint64_t keptBytes() const { return m_keptBytes; }
    [[nodiscard]] std::uint64_t fileParameters() const { return m_fileParameters; }
    [[nodiscard]] std::uint64_t unitParameters() const { return m_unitParameters; }
    [[nodiscard]] std::optional<std::size_t> optionIndex(std::string_view id) const;
    [[nodiscard]] std::optional<std::size_t> unitIndex(std::string_view name) const;
    [[nodiscard]] std::string modelName() const { return m_modelName; }
    [[nodiscard]] std::string modelIdentity() const { return m_modelIdentity; }

    /// Byte budget for the planned units from "average bits over planned parameters" or "over the file" or
    /// total bytes of the file. Errors: Infeasible when the tensors that no plan decides are already larger.
    [[nodiscard]] std::uint64_t unitBudgetFromBpw(double bpw) const;
    [[nodiscard]] Result<std::uint64_t> unitBudgetFromFileBpw(double fileBpw) const;
    [[nodiscard]] Result<std::uint64_t> unitBudgetFromBytes(std::uint64_t fileBytes) const;

    /// The allocation problem under a plan's locks and ties: unit i and option j of the problem are unit i
    /// and option j here, sizes are of the planned units alone (no fixed bytes). An option is left without a
    /// cost, so only a lock can choose it, where it is illegal, has no score, or would give tied units
    /// different formats. Ties apply when the plan has them on and the space was built with them.
    [[nodiscard]] alloc::AllocationProblem problem(const Plan& plan, alloc::Objective objective) const;
    /// What a plan says about each unit; nullptr where it says nothing. Valid while the plan is. Cost:
    /// O(units).
    [[nodiscard]] std::vector<const Entry*> entriesOf(const Plan& plan) const;
    /// Option index of every unit. Errors: a unit without an entry, an unknown or illegal option.
    [[nodiscard]] Result<std::vector<std::size_t>> choiceOf(const Plan& plan) const;
    /// The same from what entriesOf says. An option is looked for first where `near` has it: the choice of a
    /// plan that differs in few units.
    [[nodiscard]] Result<std::vector<std::size_t>> choiceOf(
        const std::vector<const Entry*>& entries, const std::vector<std::size_t>& near = {}) const;
    /// A plan from option indices, keeping the locks and notes of `base`.
    [[nodiscard]] Plan planFrom(const std::vector<std::size_t>& choice, const Plan& base) const;
    /// Every unit on one option (after the target's fallbacks), "keep" where the target cannot store it;
    /// locked entries of `base` stay and take their tie partners along. Errors: InvalidArgument for an
    /// unknown option; those of checkLocks.
    [[nodiscard]] Result<Plan> uniform(std::string_view optionId, const Plan& base) const;

    [[nodiscard]] Result<PlanSize> sizeOf(const Plan& plan) const;
    /// The same for option indices, one per unit.
    [[nodiscard]] PlanSize sizeOf(const std::vector<std::size_t>& choice) const;

    /// Whether every lock can be honored. Errors: InvalidArgument naming a lock on an unknown or illegal
    /// option, or two tied units that are locked to different options.
    [[nodiscard]] Result<void> checkLocks(const Plan& plan) const;
    /// The ties that a plan is under: ties() or none.
    [[nodiscard]] const std::vector<Tie>& tiesOf(const Plan& plan) const;

private:
    [[nodiscard]] Result<void> setOptions(const std::vector<quant::Option>& options);
    [[nodiscard]] Cell makeCell(
        const Unit& unit, const quant::Option& option, const score::UnitScores* scores) const;
    void withholdMismatched(alloc::AllocationProblem& problem) const;
    void withholdImpliedKeep(alloc::AllocationProblem& problem) const;

    std::vector<Unit> m_units;
    std::vector<Tie> m_ties;
    std::vector<quant::Option> m_options;
    std::vector<std::string> m_optionIds;
    std::vector<Cell> m_cells;
    const Target* m_target = nullptr;
    score::Provenance m_provenance;
    std::uint64_t m_keptBytes = 0, m_fileParameters = 0, m_unitParameters = 0;
    std::unordered_map<std::string, std::size_t> m_unitByName;
    std::vector<std::size_t> m_byName; ///< Units sorted by name, as the entries of a plan are.
    std::size_t m_keepIndex = 0;
    bool m_keepImplied = false; ///< "keep" was added by us.
    std::string m_modelName, m_modelIdentity;
};

/// `GLOB=OPTION` of --lock: shell-style glob over unit names (fnmatch); a unit's exact name matches too,
/// whatever characters it has. Returns how many units it locked. Errors: InvalidArgument (no "=", nothing
/// matches, unknown option, or a matching unit that cannot be stored so); the plan is then unchanged.
[[nodiscard]] Result<std::size_t> applyLock(Plan& plan, const PlanSpace& space, std::string_view lock);

/// One violation of a target's rule by a hand-made plan, e.g. a broken tie. Blocking ones cannot be exported
/// as they are.
struct PlanProblem
{
    enum class Kind
    {
        Plan, ///< The plan as a whole: made for another model or target, or it lacks units.
        Option, ///< An option that the target cannot store for the unit.
        Tie, ///< Fused tensors that do not agree.
        Gram, ///< The quantizer needs a Gram that is unknown.
        Score, ///< The option has no score.
        Caution, ///< Legal, but the user should know.
    };
    std::string unit;
    std::string message;
    bool blocking = true;
    Kind kind = Kind::Plan;
};
[[nodiscard]] std::vector<PlanProblem> lintPlan(const Plan& plan, const PlanSpace& space);

/// Plan JSON, version 1 (documented in docs/plan-json.md); round-trips exactly. Unknown keys are refused with
/// their name.
[[nodiscard]] std::string planToJson(const Plan& plan, const PlanSpace* space);
[[nodiscard]] Result<Plan> planFromJson(std::string_view json);

} // namespace bitwright::plan
