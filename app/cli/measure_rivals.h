#pragma once

#include "app/cli/command.h"
#include "core/session/measurer.h"
#include "core/session/plan_runs.h"

#include <functional>
#include <vector>

namespace bitwright::cli {

/// Which rivals of its size run beside a plan.
struct RivalArguments
{
    bool uniform = false;
    bool presets = false;

    [[nodiscard]] std::size_t runs() const { return (uniform ? 1U : 0U) + (presets ? 2U : 0U); }
};
/// Returns the options, which other ones may exclude.
std::vector<CLI::Option*> addRivalOptions(CLI::App& app, CLI::Option* plan, RivalArguments& arguments);

/// What runs whole plans, notes them with the project, and says it in JSON.
struct PlanRunner
{
    const session::Workspace& workspace;
    const plan::Target& target;
    session::Measurer& measurer;
    std::string text; ///< Name of what is run.
    std::function<nlohmann::json(const session::HarmResult&)> json; ///< Fields of one result.
    std::function<RunContext()> nextWindow; ///< Of the next run.

    /// Notes what running a plan gave. Errors: Io.
    [[nodiscard]] Result<void> note(const plan::Plan& plan, const plan::PlanSize& size,
        session::PlanRunKind kind, const session::HarmResult& result) const;
    /// Runs the plan and its rivals: the fields of one measurement, with "against_uniform" and
    /// "against_presets" where they are asked for. A rival that cannot be run is named in its place.
    [[nodiscard]] Result<nlohmann::json> runBesideRivals(
        const plan::Plan& plan, const RivalArguments& rivals, std::uint64_t seed) const;
};

/// The rivals of one measurement, each with its verdict: as lines by `printResult`.
void printRivals(
    const nlohmann::json& measurement, const std::function<void(const nlohmann::json&)>& printResult);

} // namespace bitwright::cli
