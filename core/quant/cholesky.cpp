#include "core/quant/cholesky.h"

#include "core/base/parallel.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>

namespace bitwright::quant {

namespace {

constexpr std::size_t kTile = 192;

/// A symmetric matrix in square tiles; the last row of tiles may be smaller.
class TiledMatrix
{
public:
    TiledMatrix(double* data, std::size_t n, std::size_t stride)
        : m_data(data)
        , m_size(n)
        , m_stride(stride)
    { }

    [[nodiscard]] std::size_t tiles() const { return chunkCount(m_size, kTile); }

    /// Factors the diagonal tile. Returns the 1-based column that is not positive, or 0.
    [[nodiscard]] std::size_t factorDiagonal(std::size_t k) const
    {
        // The row-major lower triangle is the column-major upper one.
        const auto info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', order(k), tile(k, k), leading());
        return info == 0 ? 0 : k * kTile + static_cast<std::size_t>(std::abs(info));
    }
    /// A_ik := A_ik L_kk^-T
    void solvePanel(std::size_t i, std::size_t k) const
    {
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, order(i), order(k), 1.0,
            tile(k, k), leading(), tile(i, k), leading());
    }
    /// A_ij -= A_ik A_jk^T
    void update(std::size_t i, std::size_t j, std::size_t k) const
    {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, order(i), order(j), order(k), -1.0, tile(i, k),
            leading(), tile(j, k), leading(), 1.0, tile(i, j), leading());
    }

private:
    [[nodiscard]] double* tile(std::size_t i, std::size_t j) const
    {
        return m_data + i * kTile * m_stride + j * kTile;
    }
    [[nodiscard]] int order(std::size_t i) const
    {
        return static_cast<int>(std::min(kTile, m_size - i * kTile));
    }
    [[nodiscard]] int leading() const { return static_cast<int>(m_stride); }

    double* m_data;
    std::size_t m_size;
    std::size_t m_stride;
};

/// Row and column of entry `index` of a packed lower triangle of tiles that starts at tile `origin`.
std::pair<std::size_t, std::size_t> triangleEntry(std::size_t index, std::size_t origin)
{
    std::size_t row = 0;
    while (index > row)
        index -= ++row;
    return {origin + row, origin + index};
}

} // namespace

Result<void> choleskyLower(double* matrix, std::size_t n, std::size_t stride, const RunContext& context)
{
    const BlasThreads oneThread(1);
    const TiledMatrix tiled(matrix, n, stride);
    const std::size_t tiles = tiled.tiles();
    RunContext loops = context; // progress is reported once per column of tiles
    loops.progress = nullptr;
    for (std::size_t k = 0; k < tiles; ++k) {
        if (const std::size_t column = tiled.factorDiagonal(k); column != 0)
            return fail(
                ErrorCode::Numeric, "The matrix is not positive definite (column {} of {}).", column, n);
        const std::size_t below = tiles - k - 1;
        BITWRIGHT_CHECK(parallelFor(
            below, 1,
            [&](const Chunk& chunk) -> Result<void> {
                tiled.solvePanel(k + 1 + chunk.begin, k);
                return {};
            },
            loops));
        BITWRIGHT_CHECK(parallelFor(
            below * (below + 1) / 2, 1,
            [&](const Chunk& chunk) -> Result<void> {
                const auto [i, j] = triangleEntry(chunk.begin, k + 1);
                tiled.update(i, j, k);
                return {};
            },
            loops));
        const double left = static_cast<double>(below) / static_cast<double>(tiles);
        context.report(1.0 - left * left * left, "factor the Gram");
    }
    return {};
}

} // namespace bitwright::quant
