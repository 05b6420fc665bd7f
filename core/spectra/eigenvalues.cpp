#include "core/spectra/eigenvalues.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/spectra/blas.h"
#include "core/spectra/tridiagonal.h"

#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

namespace bitwright::spectra {

namespace {

// Elements of the slice that is added to the Gram matrix at a time.
constexpr std::size_t kPanelElements = std::size_t{1} << 22U;
constexpr std::uint64_t kMaxSide = 1U
    << 17U; // Keeps every index of BLAS far inside 32 bits; 64 GiB of Gram matrix.

/// A weight and how it becomes a Gram matrix: `side` is the shorter dimension, `depth` the one that is summed
/// over.
struct GramShape
{
    std::span<const float> weight;
    std::size_t rows = 0;
    std::size_t cols = 0;
    double scale = 1; ///< Power of two that brings the largest weight near 1, so that squares neither
                      ///< overflow nor vanish.

    [[nodiscard]] bool sumOverRows() const { return cols <= rows; }
    [[nodiscard]] std::size_t side() const { return std::min(rows, cols); }
    [[nodiscard]] std::size_t depth() const { return std::max(rows, cols); }
    /// How much of the depth is added at a time; of the shape alone, since it decides the rounding.
    [[nodiscard]] std::size_t slice() const
    {
        return std::min(depth(), std::max<std::size_t>(1024, kPanelElements / side()));
    }
};

Result<void> checkShape(std::span<const float> weight, std::uint64_t rows, std::uint64_t cols)
{
    if (rows == 0 || cols == 0)
        return fail(ErrorCode::InvalidArgument, "A matrix of {} x {} has no spectrum.", rows, cols);
    const auto count = checkedMul(rows, cols);
    if (!count || *count != weight.size())
        return fail(ErrorCode::InvalidArgument, "{} weights do not fill a matrix of {} x {}.", weight.size(),
            rows, cols);
    if (std::min(rows, cols) > kMaxSide)
        return fail(ErrorCode::Unsupported, "The shorter side of {} x {} exceeds {}.", rows, cols, kMaxSide);
    return {};
}

/// Largest magnitude of all weights. Errors: Numeric for the first value that is not finite.
Result<float> largestMagnitude(std::span<const float> weight, std::uint64_t cols, const RunContext& context)
{
    return parallelReduce<float>(
        weight.size(), std::size_t{1} << 18U, 0.0F,
        [&](const Chunk& chunk) -> Result<float> {
            float largest = 0.0F;
            bool finite = true;
            for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
                const float magnitude = std::fabs(weight[i]);
                finite = finite && magnitude <= std::numeric_limits<float>::max();
                largest = std::max(largest, magnitude);
            }
            if (finite)
                return largest;
            const auto* bad = std::find_if(weight.data() + chunk.begin, weight.data() + chunk.end,
                [](float value) { return !std::isfinite(value); });
            const auto index = static_cast<std::uint64_t>(bad - weight.data());
            return fail(ErrorCode::Numeric,
                "The weight at row {}, column {} is {}: a spectrum needs finite numbers.", index / cols,
                index % cols, *bad);
        },
        [](float& all, float&& part) { all = std::max(all, part); }, context);
}

/// Copies the slice [begin, end) of the summed dimension into `panel`, scaled: side x slice column-major when
/// rows are summed over, else slice x side.
template <typename T>
Result<void> copySlice(const GramShape& shape, std::size_t begin, std::size_t end, std::vector<T>& panel,
    const RunContext& context)
{
    const T scale = static_cast<T>(shape.scale);
    const bool overRows = shape.sumOverRows();
    const std::size_t lines = overRows ? end - begin : shape.rows;
    const std::size_t width = overRows ? shape.cols : end - begin;
    return parallelFor(
        lines, 64,
        [&](const Chunk& chunk) -> Result<void> {
            for (std::size_t line = chunk.begin; line < chunk.end; ++line) {
                const float* source = overRows ? shape.weight.data() + (begin + line) * shape.cols
                                               : shape.weight.data() + line * shape.cols + begin;
                T* target = panel.data() + line * width;
                for (std::size_t i = 0; i < width; ++i)
                    target[i] = static_cast<T>(source[i]) * scale;
            }
            return {};
        },
        context);
}

/// One tile of the lower triangle of the Gram matrix.
struct Tile
{
    std::size_t row = 0, rows = 0, column = 0, columns = 0;
};

std::vector<Tile> lowerTiles(std::size_t side)
{
    const std::size_t tile = side <= 1024 ? 192 : 512;
    std::vector<Tile> tiles;
    for (std::size_t column = 0; column < side; column += tile) {
        for (std::size_t row = column; row < side; row += tile)
            tiles.push_back({row, std::min(tile, side - row), column, std::min(tile, side - column)});
    }
    return tiles;
}

template <typename T>
void addTile(const Tile& tile, const std::vector<T>& panel, std::size_t depth, bool overRows,
    std::size_t side, std::vector<T>& gram)
{
    const auto toInt = [](std::size_t value) { return static_cast<blas::Int>(value); };
    T* out = gram.data() + tile.column * side + tile.row;
    const T* left = panel.data() + (overRows ? tile.row : tile.row * depth);
    const T* right = panel.data() + (overRows ? tile.column : tile.column * depth);
    const blas::Int ld = toInt(overRows ? side : depth);
    const auto first = overRows ? CblasNoTrans : CblasTrans;
    const auto second = overRows ? CblasTrans : CblasNoTrans;
    if (tile.row == tile.column)
        blas::syrk(first, toInt(tile.rows), toInt(depth), left, ld, out, toInt(side));
    else
        blas::gemm(first, second, toInt(tile.rows), toInt(tile.columns), toInt(depth), T(1), left, ld, right,
            ld, T(1), out, toInt(side));
}

/// Lower triangle of the Gram matrix of the scaled weight, side x side, column-major.
template <typename T>
Result<std::vector<T>> gramMatrix(const GramShape& shape, const RunContext& context)
{
    const std::size_t side = shape.side();
    std::vector<T> gram(side * side, T(0));
    std::vector<T> panel(shape.slice() * side);
    const std::vector<Tile> tiles = lowerTiles(side);
    for (std::size_t begin = 0; begin < shape.depth(); begin += shape.slice()) {
        const std::size_t end = std::min(begin + shape.slice(), shape.depth());
        BITWRIGHT_CHECK(copySlice(shape, begin, end, panel, context));
        BITWRIGHT_CHECK(parallelFor(
            tiles.size(), 1,
            [&](const Chunk& chunk) -> Result<void> {
                addTile(tiles[chunk.index], panel, end - begin, shape.sumOverRows(), side, gram);
                return {};
            },
            context));
        context.report(static_cast<double>(end) / static_cast<double>(shape.depth()), "Gram matrix");
    }
    return gram;
}

template <typename T>
Result<std::vector<double>> scaledEigenvalues(const GramShape& shape, const RunContext& context)
{
    BITWRIGHT_ASSIGN(std::vector<T> gram, gramMatrix<T>(shape, context.part(0.0, 0.3)));
    BITWRIGHT_ASSIGN(Tridiagonal matrix, tridiagonalize<T>(gram, shape.side(), context.part(0.3, 1.0)));
    const auto size = static_cast<lapack_int>(shape.side());
    if (LAPACKE_dsterf(size, matrix.diagonal.data(), matrix.offDiagonal.data()) != 0)
        return fail(
            ErrorCode::Numeric, "The eigenvalues of the {} x {} Gram matrix did not converge.", size, size);
    return std::move(matrix.diagonal);
}

Result<void> checkMemory(const GramShape& shape, std::size_t elementBytes, const RunContext& context)
{
    const double side = static_cast<double>(shape.side());
    const double panels = static_cast<double>(shape.slice()) + 64.0;
    const double need = static_cast<double>(elementBytes) * side * (side + panels);
    if (need > static_cast<double>(context.memoryBytes()))
        return fail(ErrorCode::OutOfMemory,
            "The spectrum of a {} x {} matrix needs {:.0f} MiB, {:.0f} MiB are allowed.", shape.rows,
            shape.cols, need / 1048576.0, static_cast<double>(context.memoryBytes()) / 1048576.0);
    return {};
}

Precision chosenPrecision(Precision precision, std::size_t side)
{
    if (precision != Precision::Auto)
        return precision;
    return side <= kDoubleSideLimit ? Precision::Double : Precision::Single;
}

} // namespace

std::string_view precisionName(Precision precision)
{
    switch (precision) {
    case Precision::Auto:
        return "auto";
    case Precision::Single:
        return "single";
    case Precision::Double:
        return "double";
    }
    return "auto";
}

Result<GramSpectrum> gramSpectrum(std::span<const float> weight, std::uint64_t rows, std::uint64_t cols,
    const RunContext& context, Precision precision)
{
    BITWRIGHT_CHECK(checkShape(weight, rows, cols));
    GramShape shape{weight, static_cast<std::size_t>(rows), static_cast<std::size_t>(cols), 1.0};
    GramSpectrum spectrum;
    spectrum.precision = chosenPrecision(precision, shape.side());
    const bool isDouble = spectrum.precision == Precision::Double;
    BITWRIGHT_CHECK(checkMemory(shape, isDouble ? sizeof(double) : sizeof(float), context));
    BITWRIGHT_ASSIGN(const float largest, largestMagnitude(weight, cols, context));
    if (largest == 0.0F) {
        spectrum.eigenvalues.assign(shape.side(), 0.0);
        return spectrum;
    }
    shape.scale = std::ldexp(1.0, -std::clamp(std::ilogb(largest), -126, 126));
    {
        const BlasThreads oneThread(1); // All parallelism is in fixed pieces of our own.
        BITWRIGHT_ASSIGN(spectrum.eigenvalues,
            isDouble ? scaledEigenvalues<double>(shape, context) : scaledEigenvalues<float>(shape, context));
    }
    const double unit = isDouble ? std::numeric_limits<double>::epsilon() / 2
                                 : static_cast<double>(std::numeric_limits<float>::epsilon()) / 2;
    for (double& value : spectrum.eigenvalues)
        value = std::max(0.0, value) / (shape.scale * shape.scale);
    spectrum.resolution
        = (16.0 + 2.0 * std::sqrt(static_cast<double>(shape.side()))) * unit * spectrum.eigenvalues.back();
    return spectrum;
}

Result<std::vector<double>> gramEigenvalues(
    std::span<const float> weight, std::uint64_t rows, std::uint64_t cols, const RunContext& context)
{
    BITWRIGHT_ASSIGN(GramSpectrum spectrum, gramSpectrum(weight, rows, cols, context));
    return std::move(spectrum.eigenvalues);
}

} // namespace bitwright::spectra
