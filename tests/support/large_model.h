#pragma once

#include "tests/support/safetensors_writer.h"

#include <string>

namespace bitwright::test {

/// A model of 16 matrices of 1536 x 1536 in bf16: scanning it takes seconds.
inline bool writeLargeModel(const std::string& path)
{
    constexpr std::uint64_t kSide = 1536;
    std::string bytes(kSide * kSide * 2, '\0');
    std::uint64_t state = 1;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        bytes[i] = static_cast<char>(state >> 40U);
        bytes[i + 1] = static_cast<char>((state >> 63U) << 7U | 0x3CU); // about +-0.01
    }
    SafetensorsWriter writer;
    for (int layer = 0; layer < 16; ++layer)
        writer.add("model.layers." + std::to_string(layer) + ".self_attn.q_proj.weight", "BF16",
            {kSide, kSide}, bytes);
    return writer.write(path);
}

} // namespace bitwright::test
