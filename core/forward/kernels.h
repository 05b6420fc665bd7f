#pragma once

#include "core/forward/config.h"

#include <cstddef>
#include <span>

/// Inner loops over rows of float32, by SIMD chosen at run time (Highway). The same bits on every run and for
/// any number of threads of one machine; between instruction sets sums and exponentials differ in the last
/// bits.
namespace bitwright::forward {

/// out = in / sqrt(mean(in^2) + eps) * w, with 1 + w for NormKind::RmsPlusOne, and for NormKind::Layer
/// (in - mean) / sqrt(variance + eps) * w + bias. `in` may be `out`; all have one width. Sources: Zhang and
/// Sennrich 2019 (RMSNorm), Ba et al. 2016 (LayerNorm, variance without Bessel's correction).
void normRow(NormKind kind, double eps, std::span<const float> in, std::span<const float> weight,
    std::span<const float> bias, std::span<float> out);

/// values = activation(values).
void activate(ActivationKind kind, std::span<float> values);
/// values *= by, element by element.
void multiply(std::span<float> values, std::span<const float> by);
/// values += factor * other.
void addScaled(std::span<float> values, std::span<const float> other, float factor);
/// values = cap * tanh(values / cap).
void softcap(std::span<float> values, float cap);
/// values = softmax(scale * values), after soft-capping of the scaled values where `cap` > 0.
void softmax(std::span<float> values, float scale, float cap);
[[nodiscard]] bool allFinite(std::span<const float> values);

/// Largest value, its first place, and the sum of exp(value - largest).
struct ExpSum
{
    float largest = 0;
    std::size_t place = 0;
    double sum = 0;
};
/// Of at least one value.
[[nodiscard]] ExpSum expSum(std::span<const float> values);

/// Sum of exp(reference - largest) * (reference - other): what a divergence of two softmaxes needs.
[[nodiscard]] double weightedGap(
    std::span<const float> reference, float largest, std::span<const float> other);

/// Rotates the two halves of `head`'s first 2 * cosines.size() values: (a, b) -> (a cos - b sin, b cos + a
/// sin), the pairing of Hugging Face's checkpoints. Source: Su et al. 2021 (RoFormer).
void rotate(std::span<float> head, std::span<const float> cosines, std::span<const float> sines);

} // namespace bitwright::forward
