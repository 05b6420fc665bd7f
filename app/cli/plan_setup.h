#pragma once

#include "app/cli/command.h"
#include "core/plan/solve.h"
#include "core/session/workspace.h"

#include <optional>

namespace bitwright::cli {

/// Options that score, plan and frontier share.
struct PlanArguments
{
    std::string project;
    std::string target;
    std::string score; ///< Empty: measured where the project has it, else what the dump allows.
    std::optional<double> gamma; ///< Nothing: the default for the labels of the dump's gradients.
    std::vector<std::string> options; ///< Globs over option ids; empty: the target's default set.
    std::string quantizer = "rtn";
    std::string objective = "sum";
    std::vector<std::string> locks;
    std::string tie = "default";
};

/// "fisher, residual, ...": what --score takes.
[[nodiscard]] std::string scoreWords();
void addScoreOptions(CLI::App& app, PlanArguments& arguments);
void addSolveOptions(CLI::App& app, PlanArguments& arguments);

/// The target's default options, or the legal ones that match the globs. Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<quant::Option>> chooseOptions(
    const PlanArguments& arguments, const plan::Target& target);

/// How a cell's score was obtained, for JSON: origin, interval, tokens or measurements behind it.
void addOrigin(nlohmann::json& document, const plan::PlanSpace::Cell& cell);

/// A workspace with its plan space, ready to solve in.
struct PlanSetup
{
    std::shared_ptr<session::Workspace> workspace;
    plan::PlanSpace space;
    plan::Plan base; ///< Locks and settings applied, entries not chosen yet.
    alloc::Objective objective;
};

/// Opens the project, measures what is missing and applies locks. Errors: those of the parts.
[[nodiscard]] Result<PlanSetup> preparePlan(const PlanArguments& arguments, const RunContext& context);

/// JSON of one plan with its numbers, the same fields for plan, uniform plans and named plans.
[[nodiscard]] nlohmann::json planNumbersJson(
    const PlanSetup& setup, const plan::Plan& plan, const plan::PlanNumbers& numbers);

} // namespace bitwright::cli
