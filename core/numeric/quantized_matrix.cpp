#include "core/numeric/quantized_matrix.h"

#include "core/numeric/code_kernels.h"

#include <cassert>

namespace bitwright::numeric {

QuantizedMatrix QuantizedMatrix::allocate(const GridSpec& spec, std::uint64_t rows, std::uint64_t cols)
{
    QuantizedMatrix matrix;
    matrix.grid = spec;
    matrix.rows = rows;
    matrix.cols = cols;
    matrix.codes.resize(rows * cols);
    matrix.scales.resize(rows * matrix.groups());
    if (spec.hasZeros())
        matrix.zeros.resize(rows * matrix.groups());
    return matrix;
}

void decodeRows(
    const QuantizedMatrix& matrix, std::uint64_t rowBegin, std::uint64_t rowEnd, std::span<float> out)
{
    assert(rowBegin <= rowEnd && rowEnd <= matrix.rows && out.size() == (rowEnd - rowBegin) * matrix.cols);
    const std::uint64_t groups = matrix.groups();
    const std::span<const std::uint8_t> codes(matrix.codes);
    const std::span<const float> scales(matrix.scales);
    const std::span<const std::uint8_t> zeros(matrix.zeros);
    for (std::uint64_t row = rowBegin; row < rowEnd; ++row) {
        decodeRow(matrix.grid, codes.subspan(row * matrix.cols, matrix.cols),
            matrix.grid.groupWidth(matrix.cols), scales.subspan(row * groups, groups),
            zeros.empty() ? zeros : zeros.subspan(row * groups, groups),
            out.subspan((row - rowBegin) * matrix.cols, matrix.cols));
    }
}

} // namespace bitwright::numeric
