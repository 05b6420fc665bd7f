#pragma once

#include "core/alloc/problem.h"
#include "core/plan/target.h"
#include "core/score/score_table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::plan {

/// What a plan says about one unit.
struct Entry
{
    std::string option; ///< Option id as asked for.
    bool locked = false;
    std::string note;
    bool operator==(const Entry&) const = default;
};

/// Unit -> option. A value: copying is how undo and comparison work.
struct Plan
{
    std::string name = "plan";
    std::string model;          ///< Model name, for people.
    std::string modelIdentity;  ///< Checkpoint::headerIdentity().
    std::string target;         ///< Target id.
    std::string provenance;     ///< "predicted by fisher^0.25 on 2,048 tokens, not measured"
    std::string objective = "sum";
    std::optional<double> budgetBpw; ///< What was asked for, whichever applies.
    std::optional<double> budgetFileBpw;
    std::optional<std::uint64_t> budgetBytes;
    bool ties = true;
    std::map<std::string, Entry> entries; ///< By unit name.
    std::string notes;
    bool operator==(const Plan&) const = default;
};

/// Numbers of one plan. bpw counts the planned units only; fileBpw every weight of the written file. Both count everything stored.
struct PlanSize
{
    std::uint64_t unitBytes = 0;      ///< Of all planned units.
    std::uint64_t unitParameters = 0;
    std::uint64_t keptBytes = 0;      ///< Tensors that the plan does not decide.
    std::uint64_t fileParameters = 0;
    [[nodiscard]] std::uint64_t bytes() const { return unitBytes + keptBytes; }
    [[nodiscard]] double bpw() const;
    [[nodiscard]] double fileBpw() const;
};

/// Everything that planning a model for a target needs: units, legal options with exact bytes, costs, ties. Built once per (model, target,
/// score, option set), cheap to evaluate plans against. Immutable and copyable; the GUI keeps one per score.
class PlanSpace
{
public:
    struct Cell
    {
        ResolvedOption resolved;
        std::optional<double> score; ///< Missing stays missing.
        double sqnrDb = 0;
    };

    /// `errors`/`scores` may miss units: their scores are missing and such options cannot be chosen by the solver.
    [[nodiscard]] static Result<PlanSpace> build(const model::Checkpoint& checkpoint, const Target& target,
        const std::vector<quant::Option>& options, const score::ScoreTable& scores, bool ties);

    [[nodiscard]] const std::vector<Unit>& units() const { return m_units; }
    [[nodiscard]] const std::vector<Tie>& ties() const { return m_ties; }
    [[nodiscard]] const std::vector<std::string>& optionIds() const { return m_optionIds; }
    [[nodiscard]] const std::vector<quant::Option>& options() const { return m_options; }
    [[nodiscard]] const Cell& cell(std::size_t unit, std::size_t option) const { return m_cells[unit * m_optionIds.size() + option]; }
    [[nodiscard]] const Target& target() const { return *m_target; }
    [[nodiscard]] const score::Provenance& provenance() const { return m_provenance; }
    [[nodiscard]] std::uint64_t keptBytes() const { return m_keptBytes; }
    [[nodiscard]] std::uint64_t fileParameters() const { return m_fileParameters; }
    [[nodiscard]] std::uint64_t unitParameters() const { return m_unitParameters; }
    [[nodiscard]] std::optional<std::size_t> optionIndex(std::string_view id) const;
    [[nodiscard]] std::optional<std::size_t> unitIndex(std::string_view name) const;
    [[nodiscard]] std::string modelName() const { return m_modelName; }
    [[nodiscard]] std::string modelIdentity() const { return m_modelIdentity; }

    /// Byte budget for the planned units from "average bits over planned parameters" or "over the file" or total bytes of the file.
    [[nodiscard]] std::uint64_t unitBudgetFromBpw(double bpw) const;
    [[nodiscard]] Result<std::uint64_t> unitBudgetFromFileBpw(double fileBpw) const;
    [[nodiscard]] Result<std::uint64_t> unitBudgetFromBytes(std::uint64_t fileBytes) const;

    /// The allocation problem under a plan's locks and ties (unit i of the problem is unit i here).
    [[nodiscard]] alloc::AllocationProblem problem(const Plan& plan, alloc::Objective objective) const;
    /// Option index of every unit. Errors: a unit without an entry, an unknown or illegal option.
    [[nodiscard]] Result<std::vector<std::size_t>> choiceOf(const Plan& plan) const;
    /// A plan from option indices, keeping the locks and notes of `base`.
    [[nodiscard]] Plan planFrom(const std::vector<std::size_t>& choice, const Plan& base) const;
    /// Every unit on one option (after the target's fallbacks); locked entries of `base` stay.
    [[nodiscard]] Result<Plan> uniform(std::string_view optionId, const Plan& base) const;

    [[nodiscard]] Result<PlanSize> sizeOf(const Plan& plan) const;

private:
    std::vector<Unit> m_units;
    std::vector<Tie> m_ties;
    std::vector<quant::Option> m_options;
    std::vector<std::string> m_optionIds;
    std::vector<Cell> m_cells;
    const Target* m_target = nullptr;
    score::Provenance m_provenance;
    std::uint64_t m_keptBytes = 0, m_fileParameters = 0, m_unitParameters = 0;
    std::string m_modelName, m_modelIdentity;
};

/// `GLOB=OPTION` of --lock: shell-style glob over unit names (fnmatch). Returns how many units it locked. Errors: InvalidArgument.
[[nodiscard]] Result<std::size_t> applyLock(Plan& plan, const PlanSpace& space, std::string_view lock);

/// One violation of a target's rule by a hand-made plan, e.g. a broken tie.
struct PlanProblem
{
    std::string unit;
    std::string message;
    bool blocking = true;
};
[[nodiscard]] std::vector<PlanProblem> lintPlan(const Plan& plan, const PlanSpace& space);

/// Plan JSON, version 1 (documented in docs/plan-json.md); round-trips exactly. Unknown keys are refused with their name.
[[nodiscard]] std::string planToJson(const Plan& plan, const PlanSpace* space);
[[nodiscard]] Result<Plan> planFromJson(std::string_view json);

} // namespace bitwright::plan
