#pragma once

#include "app/cli/plan_setup.h"
#include "core/session/refine.h"

namespace bitwright::cli {

/// What --refine was asked for.
struct RefineArguments
{
    bool wanted = false;
    std::string out;
    session::RefineSettings settings;
};

void addRefineOptions(
    CLI::App& app, CLI::Option* plan, const std::vector<CLI::Option*>& rivals, RefineArguments& arguments);

/// Refines a plan on one half of the tokens, judged by the other, and writes it. Options are those that
/// `chosen` names and those of the plan. Errors: those of session::refinePlan; Io.
[[nodiscard]] Result<nlohmann::json> refineToFile(const std::shared_ptr<session::Workspace>& workspace,
    const plan::Target& target, const forward::TokenBatch& batch, const plan::Plan& start,
    const PlanArguments& chosen, const RefineArguments& arguments, const std::string& text,
    const RunContext& context);

/// The lines that say what became of it.
void printRefined(const nlohmann::json& document);

} // namespace bitwright::cli
