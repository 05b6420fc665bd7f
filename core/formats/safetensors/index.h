#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::formats::safetensors {

/// A read model.safetensors.index.json.
struct ShardIndex
{
    std::vector<std::string> shards; ///< Distinct file names, sorted.
    std::map<std::string, std::uint32_t, std::less<>> shardOf; ///< Tensor name to position in `shards`.
    std::optional<std::uint64_t> totalSize; ///< metadata.total_size, a hint.
};

/// Parses the text of an index file. Errors: Format (no object, weight_map missing or no object, a value that
/// is no plain file name, a tensor named twice) with the byte position.
[[nodiscard]] Result<ShardIndex> parseIndex(std::string_view text);

} // namespace bitwright::formats::safetensors
