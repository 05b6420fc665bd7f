#pragma once

#include "core/session/workspace.h"
#include "core/stats/outliers.h"

#include <nlohmann/json.hpp>

namespace bitwright::cli {

/// JSON of one tensor's statistics and spectrum; members that were not measured are absent.
[[nodiscard]] nlohmann::json tensorResultJson(
    const model::TensorInfo& tensor, const session::TensorResult& result);
/// JSON of one site; what the dump does not hold is null.
[[nodiscard]] nlohmann::json siteJson(const model::Site& site, const stats::SiteOutliers& outliers);
/// Dump-wide criteria.
[[nodiscard]] nlohmann::json outlierSummaryJson(
    const model::ActivationDump& dump, const stats::OutlierReport& report);

} // namespace bitwright::cli
