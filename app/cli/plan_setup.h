#pragma once

#include "app/cli/command.h"
#include "core/plan/solve.h"
#include "core/session/workspace.h"

namespace bitwright::cli {

/// Options that score, plan and frontier share.
struct PlanArguments
{
    std::string project;
    std::string target;
    std::string score; ///< Empty: the default for what the dump holds.
    double gamma = score::ScoreSettings{}.gamma;
    std::vector<std::string> options; ///< Globs over option ids; empty: the target's default set.
    std::string quantizer = "rtn";
    std::string objective = "sum";
    std::vector<std::string> locks;
    std::string tie = "default";
};

void addScoreOptions(CLI::App& app, PlanArguments& arguments);
void addSolveOptions(CLI::App& app, PlanArguments& arguments);

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
