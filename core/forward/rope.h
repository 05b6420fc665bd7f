#pragma once

#include "core/forward/config.h"

#include <span>
#include <vector>

namespace bitwright::forward {

/// Angles per position of each rotated pair of dimensions, dimensions / 2 values in float32 as published code
/// computes them: theta^(-2i/d), scaled by position interpolation (linear), NTK-aware scaling of theta beyond
/// `positions` (dynamic), the wave-length bands of Llama 3.1, NTK by parts (YaRN, Peng et al. 2023) or given
/// factors (LongRoPE, Ding et al. 2024). `length` is the sequence's number of tokens, which dynamic and
/// longrope depend on, `positions` the model's longest sequence.
[[nodiscard]] std::vector<float> rotaryFrequencies(
    const Rope& rope, std::uint64_t length, std::uint64_t positions);

/// cos and sin for the positions 0 .. length - 1, each length x dimensions / 2, times Rope::attentionFactor.
struct RotaryTable
{
    std::size_t pairs = 0;
    std::vector<float> cosines, sines;

    [[nodiscard]] std::span<const float> cosinesAt(std::size_t position) const
    {
        return std::span(cosines).subspan(position * pairs, pairs);
    }
    [[nodiscard]] std::span<const float> sinesAt(std::size_t position) const
    {
        return std::span(sines).subspan(position * pairs, pairs);
    }
};
[[nodiscard]] RotaryTable rotaryTable(const Rope& rope, std::uint64_t length, std::uint64_t positions);

} // namespace bitwright::forward
