#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bitwright::model {

/// Element type of a stored tensor. The names follow safetensors.
enum class DType : std::uint8_t
{
    F64,
    F32,
    F16,
    BF16,
    F8E4M3,
    F8E5M2,
    F8E8M0,
    F8E4M3Fnuz,
    F8E5M2Fnuz,
    F6E2M3,
    F6E3M2,
    F4,
    C64,
    I64,
    U64,
    I32,
    U32,
    I16,
    U16,
    I8,
    U8,
    Bool,
    Unknown,
};

/// Bits that one element takes in a file; 0 for Unknown.
[[nodiscard]] unsigned bitsPerElement(DType type);
/// safetensors spelling, for example "BF16".
[[nodiscard]] std::string_view dtypeName(DType type);
/// Inverse of dtypeName; Unknown for anything else.
[[nodiscard]] DType dtypeFromName(std::string_view name);
/// Whether convertToFloat accepts the type. Others are listed, and their data is refused with a reason.
[[nodiscard]] bool isReadable(DType type);
/// Whether the type holds real numbers that a quantizer can replace (F64, F32, F16, BF16, F8E4M3, F8E5M2).
[[nodiscard]] bool isFloating(DType type);

/// Converts `out.size()` little-endian elements at `bytes` (any alignment) to float32. F64, I64, I32 round to
/// nearest even. NaN and Inf stay. Errors: Unsupported for unreadable types, OutOfRange when `bytes` is too
/// short. SIMD chosen at run time.
[[nodiscard]] Result<void> convertToFloat(DType type, std::span<const std::byte> bytes, std::span<float> out);

/// Converts float32 to F32, F16, BF16 or F64 elements, little-endian, rounding to nearest even. Errors:
/// Unsupported.
[[nodiscard]] Result<void> convertFromFloat(
    DType type, std::span<const float> values, std::span<std::byte> out);

} // namespace bitwright::model
