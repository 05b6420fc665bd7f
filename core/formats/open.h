#pragma once

#include "core/model/activation_dump.h"
#include "core/model/checkpoint.h"

#include <memory>
#include <string>

namespace bitwright::formats {

/// How to open a checkpoint.
struct OpenOptions
{
    bool allowMissingShards
        = false; ///< Open the rest when a shard named by the index is absent (with a warning).
};

/// Opens a model: a .safetensors file, an index.json, or a Hugging Face folder. Reads headers only. The error
/// is one clear line (file, tensor, byte, why, what to do).
[[nodiscard]] Result<std::shared_ptr<const model::Checkpoint>> openCheckpoint(
    const std::string& path, const OpenOptions& options = {});

/// Opens an activation dump (bitwright-activations HDF5, version 1).
[[nodiscard]] Result<std::shared_ptr<const model::ActivationDump>> openDump(const std::string& path);

/// Whether a path looks like a dump rather than a model, from its first bytes.
[[nodiscard]] bool looksLikeDump(const std::string& path);

} // namespace bitwright::formats
