#pragma once

#include "core/forward/forward.h"

namespace bitwright::forward {

/// One y = W x + bias for many tokens: `out` is tokens x linear->rows, `stride` values apart.
struct Product
{
    const Linear* linear = nullptr;
    float* out = nullptr;
    std::size_t stride = 0;
};

/// Where the rows of an input come from, for the observer and for errors.
struct InputPlace
{
    std::optional<std::size_t> block;
    std::size_t firstToken = 0; ///< Of the batch, where `tokens` is empty.
    std::span<const std::size_t> tokens; ///< The batch's token of each row.
};

/// Rows of a weight that one task multiplies: fixed by the matrix alone, so that results are too.
[[nodiscard]] std::uint64_t tileRows(const Linear& linear);

/// Tokens that one task multiplies.
inline constexpr std::size_t kTokenTile = 512;
/// Bytes that each thread uses for a tile of weights, at most (a single row may be larger).
inline constexpr std::size_t kWeightTileBytes = std::size_t{4} << 20;

/// Shows the input of every stored tensor among `products` to the observer, each once, then computes the
/// products of that one input (tokens x inputs). Every task reads and converts its own tile of rows and
/// multiplies it on one BLAS thread: the caller holds BlasThreads(1). Costs 2 tokens rows inputs operations.
/// Errors: Numeric with the tensor's name where a result is NaN or infinite, and the place where the tensor
/// itself is.
[[nodiscard]] Result<void> multiplyAll(const Model& model, const Rows& input,
    std::span<const Product> products, const InputPlace& place, const Hooks& hooks,
    const RunContext& context);

/// Rows [begin, end) of the part of the tensor that `linear` is, from the hook or the checkpoint.
[[nodiscard]] Result<void> readWeights(const Model& model, const Linear& linear, std::uint64_t begin,
    std::uint64_t end, const WeightSource* source, std::span<float> out);

/// The error that names the first NaN or infinity of `weights` (rows x linear.cols, from row `firstRow` of
/// the part on) with its place in the tensor, and says whether the file holds it or a hook put it there;
/// nothing where all are numbers. For the way to an error: reads the row again.
[[nodiscard]] std::optional<Error> brokenWeight(
    const Model& model, const Linear& linear, std::uint64_t firstRow, std::span<const float> weights);

} // namespace bitwright::forward
