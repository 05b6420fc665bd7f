#pragma once

#include "core/base/run_context.h"
#include "core/model/tensor_info.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitwright::model {

/// Position of a tensor in Checkpoint::tensors().
using TensorIndex = std::size_t;

/// The fields of config.json that this program uses (text_config is looked into for multimodal models). All
/// are hints: tensor names and shapes are the truth.
struct ModelConfig
{
    std::string modelType;
    std::string architecture;
    std::optional<std::uint64_t> hiddenSize, intermediateSize, layers, heads, keyValueHeads, headDim,
        vocabulary;
    std::optional<std::uint64_t> experts, expertsPerToken;
    std::optional<bool> tiedEmbeddings;
    std::string dtype;
    std::string quantizationMethod; ///< quantization_config.quant_method of an already quantized checkpoint.
    std::map<std::string, std::string> raw; ///< Scalar top-level fields as text, for the model card.
    std::string json; ///< The file as read; "" when there is none.
};

/// One file that the checkpoint consists of.
struct CheckpointFile
{
    std::string path; ///< As opened.
    std::string name; ///< Bare file name.
    std::uint64_t bytes = 0;
    std::uint64_t dataOffset = 0; ///< Where tensor data begins.
    std::int64_t modifiedNs = 0; ///< mtime in nanoseconds since the epoch.
    std::string headerHash; ///< XXH3-128 of the header bytes, hexadecimal.
};

/// An opened model: headers in memory, data on disk. Immutable after opening; read() is thread safe.
class Checkpoint
{
public:
    virtual ~Checkpoint() = default;

    [[nodiscard]] const std::vector<TensorInfo>& tensors() const { return m_tensors; }
    [[nodiscard]] const std::vector<CheckpointFile>& files() const { return m_files; }
    [[nodiscard]] const ModelConfig& config() const { return m_config; }
    [[nodiscard]] const std::string& path() const { return m_path; } ///< File or folder that was opened.
    [[nodiscard]] const std::string& format() const { return m_format; } ///< "safetensors"
    [[nodiscard]] const std::string& name() const { return m_name; } ///< Folder or file name, for titles.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return m_warnings; }
    /// Files beside the weights (tokenizer, configs) that an export copies; bare names inside the model
    /// folder.
    [[nodiscard]] const std::vector<std::string>& sideFiles() const { return m_sideFiles; }

    [[nodiscard]] std::optional<TensorIndex> find(std::string_view tensorName) const;
    [[nodiscard]] std::uint64_t parameterCount() const;
    [[nodiscard]] std::uint64_t dataBytes() const;
    /// Identity from headers and file sizes (not from data): cheap, available at once. Hexadecimal XXH3-128.
    [[nodiscard]] const std::string& headerIdentity() const { return m_headerIdentity; }

    /// Reads raw little-endian bytes [offset, offset + out.size()) of a tensor's data. Errors: Io,
    /// OutOfRange, and Format when the file changed since it was opened.
    [[nodiscard]] virtual Result<void> read(
        TensorIndex tensor, std::uint64_t offset, std::span<std::byte> out) const = 0;

protected:
    std::vector<TensorInfo> m_tensors; ///< In file order.
    std::vector<CheckpointFile> m_files;
    ModelConfig m_config;
    std::string m_path, m_format, m_name, m_headerIdentity;
    std::vector<std::string> m_warnings, m_sideFiles;
    std::map<std::string, TensorIndex, std::less<>> m_byName;
};

} // namespace bitwright::model
