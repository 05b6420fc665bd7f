#pragma once

#include "core/export/exporter.h"
#include "core/export/layout.h"

#include <memory>
#include <set>

namespace bitwright::exporting {

class TargetWriter;

/// One unit with what will really be written for it.
struct PlannedUnit
{
    plan::Unit unit;
    std::string planned; ///< Option id as the plan says it.
    plan::ResolvedOption resolved; ///< After the target's rules; without a grid the unit stays as it is.

    [[nodiscard]] bool quantized() const { return resolved.option.grid.has_value(); }
};

/// A finding of preflight with the code that an export fails with.
struct Finding
{
    Check check;
    ErrorCode code = ErrorCode::InvalidArgument;
};

/// A plan applied to a model: everything that follows from headers alone. The checkpoint must outlive it.
struct Job
{
    const model::Checkpoint* source = nullptr;
    const TargetWriter* writer = nullptr;
    plan::Plan plan;
    std::optional<plan::PlanSpace> space; ///< Nothing when the plan does not fit the model at all.
    std::vector<PlannedUnit> units; ///< In natural order; units without a legal option are missing.
    std::vector<Finding> findings; ///< Fallbacks, cautions, illegal choices.

    /// Units of every tensor: indices into `units`, ascending; empty for tensors that no plan decides.
    [[nodiscard]] std::vector<std::vector<std::size_t>> unitsByTensor() const;
    /// Leaves a unit as it is, with the reason as its fallback.
    void keepUnit(std::size_t unit, const std::string& reason);
    /// Size of the plan as its target counts it.
    [[nodiscard]] plan::PlanSize plannedSize() const;
};

/// Applies a plan. Errors: InvalidArgument for an unknown target or one without a writer. What is wrong with
/// single units goes into findings.
[[nodiscard]] Result<Job> makeJob(const model::Checkpoint& checkpoint, const plan::Plan& plan);

/// The files that the job writes. Errors: those of layoutFile; Unsupported for tensors of unknown dtype.
[[nodiscard]] Result<OutputLayout> layoutOf(const Job& job);

/// XXH3-128 of everything that decides the written weights: the resolved plan, the source's identity and
/// times, the dump where a quantizer reads it, and the layout. Two runs with one key may share their work.
[[nodiscard]] std::string jobKey(
    const Job& job, const OutputLayout& layout, const model::ActivationDump* dump);

/// XXH3-128 of a plan's JSON without derived values.
[[nodiscard]] std::string planHash(const plan::Plan& plan);

/// Quantized units that hold NaN or Inf, as indices into job.units. Reads every weight that the plan
/// replaces. Errors: those of the reader; Cancelled.
[[nodiscard]] Result<std::vector<std::size_t>> findNonFinite(
    const Job& job, const std::vector<std::size_t>& units, const RunContext& context);

/// Folder that holds the source's files.
[[nodiscard]] std::string sourceFolder(const model::Checkpoint& checkpoint);

/// Side files that are copied as they are: those of the source without what the export writes itself.
[[nodiscard]] std::vector<std::string> copiedSideFiles(const Job& job);

/// Whether a folder is an export of this program (it may then be replaced).
[[nodiscard]] bool isExport(const std::string& folder);

inline constexpr std::string_view kPlanFile = "plan.json";
inline constexpr std::string_view kReportFile = "bitwright-report.json";
inline constexpr std::string_view kConfigFile = "config.json";
inline constexpr std::string_view kReportSchema = "bitwright-export-report";

} // namespace bitwright::exporting
