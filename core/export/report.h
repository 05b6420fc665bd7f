#pragma once

#include "core/export/job.h"

#include <map>

namespace bitwright::exporting {

/// One small file of an export, as the report records it.
struct ReportedFile
{
    std::string name;
    std::uint64_t bytes = 0;
    std::string hash; ///< XXH3-128 of its bytes; empty for weight files, whose tensors are proved one by one.
};

/// Text of the report inside an export (docs/exports.md). It holds no times and no paths: the same job gives
/// the same bytes.
[[nodiscard]] std::string reportFileJson(
    const Job& job, const ExportReport& report, const std::vector<ReportedFile>& files);

/// What a report says about one unit.
struct ReportedUnit
{
    std::string planned, written, fallback, hash;
};

/// A report as read back for verification.
struct ReportFile
{
    std::string target, modelIdentity;
    std::map<std::string, ReportedUnit> units;
    std::vector<ReportedFile> files;
};
/// Errors: Format.
[[nodiscard]] Result<ReportFile> readReportFile(std::string_view json);

/// Hash and size of a file in a folder. Errors: Io.
[[nodiscard]] Result<ReportedFile> describeFile(const std::string& folder, const std::string& name);

/// Whole text of a file in a folder. Errors: Io; Format beyond 1 GiB.
[[nodiscard]] Result<std::string> readTextFile(const std::string& folder, const std::string& name);

} // namespace bitwright::exporting
