#pragma once

#include "core/io/byte_source.h"

namespace bitwright::formats {

/// Refuses files that are recognizably something else than a safetensors model: Git LFS pointers, web pages,
/// other model formats. The error (Unsupported) says what it is and what to do.
[[nodiscard]] Result<void> refuseForeignFile(const io::ByteSource& source);

} // namespace bitwright::formats
