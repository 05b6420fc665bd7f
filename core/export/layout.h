#pragma once

#include "core/model/checkpoint.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::exporting {

/// One tensor of a file that will be written.
struct TensorSpec
{
    std::string name;
    model::DType dtype = model::DType::Unknown;
    std::vector<std::uint64_t> shape;
    std::uint64_t bytes = 0;

    bool operator==(const TensorSpec&) const = default;
};

/// A spec with its bytes computed from dtype and shape; for types of whole bytes.
[[nodiscard]] TensorSpec tensorSpec(std::string name, model::DType dtype, std::vector<std::uint64_t> shape);

/// Order of the reference safetensors writer: wider dtypes first, then by name.
[[nodiscard]] bool comesBefore(const TensorSpec& a, const TensorSpec& b);

/// One safetensors file before any of its data exists: every size is known, so the header comes first.
struct FileLayout
{
    std::string name; ///< Bare file name.
    std::string header; ///< Length, JSON and padding: the first bytes of the file.
    std::vector<TensorSpec> tensors; ///< In file order.
    std::vector<std::uint64_t> offsets; ///< Absolute, one per tensor.
    std::uint64_t bytes = 0; ///< Of the whole file.
};

/// Orders the tensors and computes header and offsets. `metadata` is written as it is, in order of its keys.
/// Errors: InvalidArgument for two tensors of one name; OutOfRange for sizes that no file can have.
[[nodiscard]] Result<FileLayout> layoutFile(
    std::string name, std::vector<TensorSpec> tensors, const std::map<std::string, std::string>& metadata);

/// All weight files of an export.
struct OutputLayout
{
    struct Place
    {
        std::size_t file = 0;
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
    };
    std::vector<FileLayout> files;
    std::map<std::string, Place, std::less<>> places; ///< By tensor name.
    std::uint64_t weightBytes = 0; ///< Of all tensors, without headers.
    std::uint64_t fileBytes = 0; ///< With headers.

    /// Adds a file. Errors: InvalidArgument when one of its tensors is in another file already.
    [[nodiscard]] Result<void> add(FileLayout file);
    /// Whether an index is needed to find the tensors.
    [[nodiscard]] bool sharded() const { return files.size() > 1; }
    /// Text of model.safetensors.index.json.
    [[nodiscard]] std::string indexJson() const;
};

inline constexpr std::string_view kSingleWeightFile = "model.safetensors";
inline constexpr std::string_view kWeightIndex = "model.safetensors.index.json";

} // namespace bitwright::exporting
