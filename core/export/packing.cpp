#include "core/export/packing.h"

#include "core/base/checked.h"

#include <algorithm>

namespace bitwright::exporting {

std::vector<std::uint32_t> packRows(std::span<const std::uint8_t> codes, std::uint64_t cols, int bits)
{
    if (cols == 0)
        return {};
    const auto width = static_cast<std::uint32_t>(bits);
    const std::uint64_t perWord = 32 / width;
    const std::uint64_t rows = codes.size() / cols;
    const std::uint64_t words = ceilDiv(cols, perWord);
    std::vector<std::uint32_t> packed(rows * words);
    std::uint32_t* out = packed.data();
    for (std::uint64_t row = 0; row < rows; ++row) {
        const std::uint8_t* in = codes.data() + row * cols;
        for (std::uint64_t begin = 0; begin < cols; begin += perWord) {
            const std::uint64_t count = std::min(perWord, cols - begin);
            std::uint32_t word = 0;
            for (std::uint64_t i = 0; i < count; ++i)
                word |= static_cast<std::uint32_t>(in[begin + i]) << (width * static_cast<std::uint32_t>(i));
            *out++ = word;
        }
    }
    return packed;
}

std::vector<std::uint32_t> packColumns(std::span<const std::uint8_t> codes, std::uint64_t cols, int bits)
{
    if (cols == 0)
        return {};
    const auto width = static_cast<std::uint32_t>(bits);
    const std::uint64_t perWord = 32 / width;
    const std::uint64_t rows = codes.size() / cols;
    std::vector<std::uint32_t> packed(ceilDiv(rows, perWord) * cols);
    for (std::uint64_t row = 0; row < rows; ++row) {
        const std::uint32_t shift = width * static_cast<std::uint32_t>(row % perWord);
        std::uint32_t* out = packed.data() + row / perWord * cols;
        for (std::uint64_t col = 0; col < cols; ++col)
            out[col] |= static_cast<std::uint32_t>(codes[row * cols + col]) << shift;
    }
    return packed;
}

} // namespace bitwright::exporting
