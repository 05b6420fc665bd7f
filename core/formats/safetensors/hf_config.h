#pragma once

#include "core/io/byte_source.h"
#include "core/model/checkpoint.h"

#include <string>
#include <vector>

namespace bitwright::formats {

/// Reads the hints of a Hugging Face config.json. Never fails: a config that cannot be read becomes a
/// warning, because tensor names and shapes are the truth. Fields of text_config count where the top level
/// lacks them.
[[nodiscard]] model::ModelConfig readConfig(const io::ByteSource& source, std::vector<std::string>& warnings);

/// Drops the layer count of the config, with a warning, when tensor names show another one. Call with all
/// tensors present.
void checkLayerHint(model::ModelConfig& config, const std::vector<model::TensorInfo>& tensors,
    std::vector<std::string>& warnings);

/// Names of the regular files of a model folder that belong to the model but hold no weights: tokenizer,
/// configs, vocabulary, cards. Not listed: weights and archives (by extension), shard indexes, hidden and
/// temporary files, folders, and symbolic links (with a warning, since what they point to may lie anywhere).
/// Sorted.
[[nodiscard]] std::vector<std::string> listSideFiles(
    const std::string& folder, std::vector<std::string>& warnings);

} // namespace bitwright::formats
