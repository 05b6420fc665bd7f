#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace bitwright::formats {

/// One vector of float64 under a path of groups ("tensors/<name>/output_rms"). Slashes inside a tensor's name
/// make groups too.
struct NamedVector
{
    std::string path;
    std::vector<double> values;
};

/// Writes measured statistics as HDF5 for notebooks: root attributes `schema` = "bitwright-statistics",
/// `version` = 1 and `summary` (a dataset holding the JSON document), and one dataset per vector. Written
/// beside the target and renamed. Errors: Io.
[[nodiscard]] Result<void> writeStatsFile(
    const std::string& path, std::string_view summaryJson, const std::vector<NamedVector>& vectors);

} // namespace bitwright::formats
