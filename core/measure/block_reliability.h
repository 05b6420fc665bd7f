#pragma once

#include "core/measure/statistics.h"

namespace bitwright::measure {

/// splitHalf of measurements of which sums by block were kept.
struct BlockReliability
{
    Reliability reliability;
    std::size_t tokens = 0; ///< Of the blocks that all of them share, from the first on.
};
/// Over the blocks that all measurements begin with; those that were measured on more are cut. Nothing where
/// splitHalf gives nothing, or blocks differ: then these were not the same tokens.
[[nodiscard]] std::optional<BlockReliability> splitHalf(std::span<const BlockSums> measurements);

} // namespace bitwright::measure
