#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::exporting {

/// How one module of a pack-quantized file is stored, as its config.json says.
struct PackedScheme
{
    int bits = 4;
    bool symmetric = true;
    std::uint32_t group = 0; ///< Inputs per scale; 0 = one scale per row ("channel").

    auto operator<=>(const PackedScheme&) const = default;
};

/// "int4-sym-g128", as the number formats are called.
[[nodiscard]] std::string schemeId(const PackedScheme& scheme);

/// One entry of config_groups.
struct SchemeGroup
{
    PackedScheme scheme;
    std::vector<std::string> targets;
};

/// What a compressed-tensors quantization_config says, as far as pack-quantized weights go.
struct PackedConfig
{
    std::vector<SchemeGroup> groups;
    std::vector<std::string> ignore;

    /// Groups that name the module; more than one is a fault of the file.
    [[nodiscard]] std::vector<const SchemeGroup*> groupsOf(std::string_view module) const;
    [[nodiscard]] bool ignores(std::string_view module) const;
};

/// Whether config.json text has a quantization_config of compressed-tensors. False for text that is no JSON.
[[nodiscard]] bool isPackedConfig(std::string_view configJson);

/// Reads quantization_config. Errors: Format for text that is no JSON or lacks what is needed; Unsupported
/// for formats other than pack-quantized, types other than int and targets that are not understood.
[[nodiscard]] Result<PackedConfig> readPackedConfig(std::string_view configJson);

/// config.json with a quantization_config added; every other key stays, in its order. `configJson` may be
/// empty. Errors: Format when it is no JSON object.
[[nodiscard]] Result<std::string> withPackedConfig(std::string_view configJson, const PackedConfig& config);

} // namespace bitwright::exporting
