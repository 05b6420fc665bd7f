#pragma once

#include "core/io/byte_source.h"
#include "core/model/tensor_info.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::formats::safetensors {

/// A checked header: every byte of the data belongs to exactly one tensor.
struct Header
{
    std::vector<model::TensorInfo>
        tensors; ///< In order of their data; offsets are absolute, parts not yet filled.
    std::uint64_t dataOffset = 0; ///< Where the data begins: 8 + header length.
    std::string hash; ///< XXH3-128 of the length and the header, hexadecimal.
    std::map<std::string, std::string> metadata;
};

/// Reads and checks the header of a safetensors file (the checks of the reference reader, and duplicates).
/// Errors: Format with tensor and byte; Unsupported for files that are something else; Io.
[[nodiscard]] Result<Header> readHeader(const io::ByteSource& source);

} // namespace bitwright::formats::safetensors
