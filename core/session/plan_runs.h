#pragma once

#include "core/plan/rivals.h"
#include "core/session/harm_results.h"
#include "core/session/workspace.h"

#include <optional>
#include <string>
#include <vector>

namespace bitwright::session {

struct Refinement;

/// What a whole plan that was run is to a person.
enum class PlanRunKind
{
    Own, ///< A person's, or the solver's.
    Uniform, ///< One option on every unit, or two neighboring ones evenly mixed (plan::uniformRival).
    Preset, ///< By a rule that people use (plan::presetRivals).
    Proxy, ///< Solved from a score that measured nothing.
};

[[nodiscard]] PlanRunKind kindOf(plan::RivalRule rule);

/// A whole plan that was run, as the project notes it: whichever program ran it, both know of it.
struct PlanRun
{
    std::string name;
    std::string target;
    std::string text; ///< Name of what it was run on, for people.
    std::uint64_t bytes = 0; ///< Of all weights of the file.
    double bpw = 0; ///< Of the planned units.
    PlanRunKind kind = PlanRunKind::Own;
    measure::HarmKind harm = measure::HarmKind::Divergence;
    double mean = 0; ///< KL in nats per token, or cosine distance.
    std::optional<double> low, high; ///< 95 %.
    std::optional<double> perplexity, referencePerplexity, sameBest;
    std::uint64_t tokens = 0;
    std::optional<double> predicted; ///< Sum of the units' harm, where that has the same unit.
    std::string choice; ///< choiceKey of the plan: says whether a plan is this one.
    std::string tokenKey; ///< Of the very tokens; empty where it was measured before keys were kept.
    measure::BlockSums sums; ///< For paired comparisons over these tokens.
    /// The plan itself, so that it can be taken; nothing where it was measured before plans were kept.
    std::optional<plan::Plan> plan;
};

/// Hash of target and options: says whether a plan is one that was measured.
[[nodiscard]] std::string choiceKey(const plan::Plan& plan);

/// What running `plan` gave. `parts` are the measurer's. Kind, text and the original's perplexity are the
/// caller's to fill in.
[[nodiscard]] PlanRun planRunOf(const plan::Plan& plan, const plan::PlanSize& size, const HarmResult& result,
    const std::vector<MeasuredPart>& parts);

/// The note as JSON: an array of objects. Reading takes what the window wrote before (kinds as "uniform":
/// true, choices hashed otherwise); what is damaged is left out, a plan that is not the one measured is none.
[[nodiscard]] std::string toJson(const std::vector<PlanRun>& runs);
[[nodiscard]] std::vector<PlanRun> planRunsFromJson(const std::string& json);

/// Puts a run at the end of those known, in the place of an older one of the same plan for the same target:
/// its numbers stay stored and are there again as soon as it is run on those tokens.
void addPlanRun(std::vector<PlanRun>& runs, PlanRun run);

/// The runs that the workspace's project notes, the latest last; empty without a project. Errors: Io.
[[nodiscard]] Result<std::vector<PlanRun>> planRuns(const Workspace& workspace);
/// Adds to the note, so that what another program wrote meanwhile stays. Nothing happens without a project.
/// Errors: Io.
[[nodiscard]] Result<void> notePlanRuns(const Workspace& workspace, std::vector<PlanRun> runs);

/// Notes the plan that a refinement ended with, and the one that it began with where no run of that is known,
/// both as the judging tokens measured them. `text` names these. A plan that was kept as it was is not
/// noted twice. Errors: those of notePlanRuns and PlanSpace::sizeOf.
[[nodiscard]] Result<void> noteRefinement(const Workspace& workspace, const plan::PlanSpace& space,
    const plan::Plan& start, const Refinement& refinement, const std::string& text);

} // namespace bitwright::session
