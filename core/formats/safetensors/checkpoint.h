#pragma once

#include "core/formats/open.h"
#include "core/io/byte_source.h"

#include <memory>
#include <string>
#include <string_view>

namespace bitwright::formats::safetensors {

/// Opens one safetensors file from bytes, without anything beside it. For tests and fuzzers.
[[nodiscard]] Result<std::shared_ptr<const model::Checkpoint>> openSource(
    std::shared_ptr<const io::ByteSource> source);

/// Opens one safetensors file; a config.json beside it is read for its hints. A file named model.safetensors
/// with a config.json beside it stands for its folder, so that files beside it are listed for export.
[[nodiscard]] Result<std::shared_ptr<const model::Checkpoint>> openSingle(const std::string& path);

/// Opens a folder with one safetensors file, or with an index and its shards. Errors: InvalidArgument when it
/// holds no weights.
[[nodiscard]] Result<std::shared_ptr<const model::Checkpoint>> openFolder(
    const std::string& folder, const OpenOptions& options);

/// Opens the shards named by an index file, which lie beside it.
[[nodiscard]] Result<std::shared_ptr<const model::Checkpoint>> openIndexed(
    const std::string& indexPath, const OpenOptions& options);

} // namespace bitwright::formats::safetensors
