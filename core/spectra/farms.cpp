#include "core/spectra/farms.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/spectra/eigenvalues.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace bitwright::spectra {

namespace {

/// Positions of tiles in a matrix, counted row by row.
struct TileGrid
{
    std::uint64_t down = 0;
    std::uint64_t across = 0;
    std::uint64_t stride = 0;

    [[nodiscard]] std::uint64_t count() const { return down * across; }
    [[nodiscard]] std::uint64_t row(std::uint64_t index) const { return index / across * stride; }
    [[nodiscard]] std::uint64_t column(std::uint64_t index) const { return index % across * stride; }
};

/// `wanted` of `count` numbers without replacement, ascending. Written out because the standard distributions
/// differ between libraries.
std::vector<std::uint64_t> sampleIndexes(std::uint64_t count, std::uint64_t wanted, std::uint64_t seed)
{
    std::vector<std::uint64_t> all(count);
    std::iota(all.begin(), all.end(), std::uint64_t{0});
    if (wanted >= count)
        return all;
    std::mt19937_64 engine(seed);
    for (std::uint64_t i = 0; i < wanted; ++i)
        std::swap(all[i], all[i + engine() % (count - i)]);
    all.resize(wanted);
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<float> copyTile(std::span<const float> weight, std::uint64_t cols, std::uint64_t row,
    std::uint64_t column, std::uint64_t tile)
{
    std::vector<float> values;
    values.reserve(tile * tile);
    for (std::uint64_t i = 0; i < tile; ++i) {
        const auto line = weight.subspan((row + i) * cols + column, tile);
        values.insert(values.end(), line.begin(), line.end());
    }
    return values;
}

Result<void> checkOptions(
    std::span<const float> weight, std::uint64_t rows, std::uint64_t cols, const FarmsOptions& options)
{
    const auto count = checkedMul(rows, cols);
    if (!count || *count == 0 || *count != weight.size())
        return fail(ErrorCode::InvalidArgument, "{} weights do not fill a matrix of {} x {}.", weight.size(),
            rows, cols);
    if (options.tile == 0 || options.stride == 0 || options.maxTiles == 0)
        return fail(ErrorCode::InvalidArgument,
            "Tile {}, stride {} and number of tiles {} must be above zero.", options.tile, options.stride,
            options.maxTiles);
    return {};
}

} // namespace

Result<FarmsSample> farmsEigenvalues(std::span<const float> weight, std::uint64_t rows, std::uint64_t cols,
    const FarmsOptions& options, const RunContext& context)
{
    BITWRIGHT_CHECK(checkOptions(weight, rows, cols, options));
    FarmsSample sample;
    sample.seed = context.seed;
    const std::uint64_t tile = options.tile;
    if (std::min(rows, cols) < tile) {
        sample.mode = SamplingMode::FarmsFellBack;
        BITWRIGHT_ASSIGN(sample.eigenvalues, gramEigenvalues(weight, rows, cols, context));
        return sample;
    }
    const TileGrid grid{
        (rows - tile) / options.stride + 1, (cols - tile) / options.stride + 1, options.stride};
    const std::vector<std::uint64_t> chosen = sampleIndexes(grid.count(), options.maxTiles, context.seed);
    sample.tilesInGrid = grid.count();
    sample.tilesUsed = chosen.size();
    sample.eigenvalues.resize(chosen.size() * tile);
    const BlasThreads oneThread(1);
    BITWRIGHT_CHECK(parallelFor(
        chosen.size(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            const std::uint64_t index = chosen[chunk.index];
            const auto values = copyTile(weight, cols, grid.row(index), grid.column(index), tile);
            BITWRIGHT_ASSIGN(const auto eigenvalues, gramEigenvalues(values, tile, tile, context.serial()));
            std::copy(eigenvalues.begin(), eigenvalues.end(),
                sample.eigenvalues.begin() + static_cast<std::ptrdiff_t>(chunk.index * tile));
            return {};
        },
        context, "FARMS tiles"));
    std::sort(sample.eigenvalues.begin(), sample.eigenvalues.end());
    return sample;
}

Result<TailFit> fitTail(TailEstimator estimator, const FarmsSample& sample, double threshold)
{
    BITWRIGHT_ASSIGN(TailFit fit, fitTail(estimator, std::span<const double>(sample.eigenvalues), threshold));
    fit.mode = sample.mode;
    fit.seed = sample.seed;
    return fit;
}

} // namespace bitwright::spectra
