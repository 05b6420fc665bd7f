#pragma once

#include "core/base/result.h"

#include <string>

namespace bitwright::cli {

/// Reads a small text file. Errors: Io, and Unsupported above 256 MiB.
[[nodiscard]] Result<std::string> readWholeFile(const std::string& path);

} // namespace bitwright::cli
