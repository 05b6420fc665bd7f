#include "core/measure/block_reliability.h"

#include <algorithm>
#include <numeric>

namespace bitwright::measure {

std::optional<BlockReliability> splitHalf(std::span<const BlockSums> measurements)
{
    if (measurements.empty())
        return std::nullopt;
    std::size_t blocks = measurements.front().counts.size();
    for (const BlockSums& one : measurements)
        blocks = std::min(blocks, one.counts.size());
    const auto& counts = measurements.front().counts;
    std::vector<TokenBlock> places;
    BlockReliability result;
    for (std::size_t block = 0; block < blocks; ++block)
        result.tokens += counts[block];
    // A block's mean stands for each of its tokens: the means of halves come out the same.
    std::vector<std::vector<float>> values;
    for (const BlockSums& one : measurements) {
        if (!std::equal(
                counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(blocks), one.counts.begin()))
            return std::nullopt;
        auto& own = values.emplace_back();
        own.reserve(result.tokens);
        for (std::size_t block = 0; block < blocks; ++block)
            own.insert(own.end(), counts[block],
                static_cast<float>(one.sums[block] / static_cast<double>(counts[block])));
    }
    std::size_t first = 0;
    for (std::size_t block = 0; block < blocks; ++block) {
        places.push_back({first, first + counts[block]});
        first += counts[block];
    }
    std::vector<std::span<const float>> spans(values.begin(), values.end());
    const auto reliability = splitHalf(spans, places);
    if (!reliability)
        return std::nullopt;
    result.reliability = *reliability;
    return result;
}

} // namespace bitwright::measure
