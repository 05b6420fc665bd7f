#pragma once

#include <cstddef>

/// Bulk conversions in the widest vectors that the processor has, chosen at run time. Bytes may lie at any
/// address. Results equal the scalar functions of core/base/float_bits.h bit for bit, NaN payloads included.
namespace bitwright::model::simd {

/// Decodes `count` IEEE halves.
void floatsFromHalves(const std::byte* bytes, float* out, std::size_t count);
/// Decodes `count` bfloat16 values.
void floatsFromBfloat16s(const std::byte* bytes, float* out, std::size_t count);
/// Encodes `count` bfloat16 values, rounding to nearest even; NaN stays NaN.
void bfloat16sFromFloats(const float* values, std::byte* out, std::size_t count);

} // namespace bitwright::model::simd
