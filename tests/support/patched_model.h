#pragma once

#include "tests/support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace bitwright::test {

/// A value to write into a float32 tensor.
struct Patch
{
    std::string tensor;
    std::size_t index = 0;
    float value = 0;
};

/// Copies a folder with one model.safetensors of float32 and changes values in the copy. False where a tensor
/// or place does not exist.
inline bool patchModel(const std::string& from, const std::string& to, const std::vector<Patch>& patches)
{
    std::error_code error;
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive, error);
    if (error)
        return false;
    const std::string path = to + "/model.safetensors";
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length)
        return false;
    std::memcpy(&length, bytes.data(), sizeof length);
    const auto header = nlohmann::json::parse(bytes.substr(sizeof length, length), nullptr, false);
    for (const Patch& patch : patches) {
        if (!header.is_object() || !header.contains(patch.tensor) || header[patch.tensor]["dtype"] != "F32")
            return false;
        const auto& places = header[patch.tensor]["data_offsets"];
        const std::size_t at = places[0].get<std::size_t>() + patch.index * sizeof(float);
        if (at >= places[1].get<std::size_t>())
            return false;
        std::memcpy(bytes.data() + sizeof length + length + at, &patch.value, sizeof patch.value);
    }
    return writeFile(path, bytes);
}

} // namespace bitwright::test
