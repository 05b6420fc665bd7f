#pragma once

#include "core/export/job.h"

namespace bitwright::exporting {

/// Appends everything that can be known before weights are read to job.findings: Grams, non-finite units (by
/// tensor or unit name), unreadable tensors, output folder, disk space. Returns the layout when there is one.
[[nodiscard]] std::optional<OutputLayout> addRequestFindings(
    Job& job, const ExportRequest& request, const std::vector<std::string>& nonFiniteTensors);

/// The Error of the first blocking finding, or success.
[[nodiscard]] Result<void> refuseBlocked(const Job& job, const std::string& outFolder);

/// Refuses a folder beside outFolder that only looks like a partial export: it is never emptied.
[[nodiscard]] Result<void> refuseForeignPartial(const std::string& outFolder);

/// Finding about units that hold NaN or Inf, one per unit, under the user's policy.
[[nodiscard]] Finding nonFiniteFinding(const PlannedUnit& unit, NonFinitePolicy policy);

/// Why a unit with NaN or Inf stays as it is; the fallback text of such units.
inline constexpr std::string_view kNonFiniteFallback = "kept as it is: it holds NaN or Inf";

/// Input site of a tensor whose Gram can be used for `cols` inputs, or nothing.
[[nodiscard]] std::optional<std::size_t> gramSite(
    const model::ActivationDump* dump, const std::string& tensor, std::uint64_t cols);

} // namespace bitwright::exporting
