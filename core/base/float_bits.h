#pragma once

#include <bit>
#include <cstdint>
#include <limits>

/// Scalar conversions between float32 and the narrow floating-point codes of checkpoints and number formats.
///
/// Decoding is exact. Encoding rounds to nearest, ties to even. Everything is inline and branch-light; bulk
/// loops that need SIMD live in the layers above and are tested against these functions.
namespace bitwright {

namespace detail {

/// Shape of a narrow float: 1 sign bit, `exponentBits`, `mantissaBits`; value of the all-ones exponent is up
/// to the format.
struct NarrowFloat
{
    int exponentBits;
    int mantissaBits;
    int bias;
};

inline constexpr NarrowFloat kHalf{5, 10, 15};
inline constexpr NarrowFloat kE4M3{4, 3, 7};
inline constexpr NarrowFloat kE5M2{5, 2, 15};
inline constexpr NarrowFloat kE2M1{2, 1, 1};
inline constexpr NarrowFloat kE2M3{2, 3, 1};
inline constexpr NarrowFloat kE3M2{3, 2, 3};

/// Returns 2^exponent for exponents of normal float32 numbers, -126..127.
[[nodiscard]] constexpr float powerOfTwo(int exponent)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(exponent + 127) << 23);
}

/// Value of a finite code of `format`; special codes are the caller's business.
template <NarrowFloat format>
[[nodiscard]] constexpr float decodeFinite(std::uint32_t code)
{
    constexpr std::uint32_t mantissaMask = (1U << format.mantissaBits) - 1U;
    constexpr std::uint32_t exponentMask = (1U << format.exponentBits) - 1U;
    const std::uint32_t mantissa = code & mantissaMask;
    const std::uint32_t exponent = (code >> format.mantissaBits) & exponentMask;
    const std::uint32_t sign = (code >> (format.mantissaBits + format.exponentBits)) & 1U;
    float magnitude = 0.0F;
    if (exponent == 0) // subnormal: a plain multiple of the smallest step
        magnitude = static_cast<float>(mantissa) * powerOfTwo(1 - format.bias - format.mantissaBits);
    else
        magnitude = std::bit_cast<float>(((exponent + 127U - static_cast<std::uint32_t>(format.bias)) << 23)
            | (mantissa << (23 - format.mantissaBits)));
    return sign != 0 ? -magnitude : magnitude;
}

/// Magnitude bits of the code nearest to `magnitude` (finite, >= 0), without any limit at the top: the result
/// may run into the codes that a format reserves, and the caller clamps it.
template <NarrowFloat format>
[[nodiscard]] constexpr std::uint32_t encodeMagnitude(float magnitude)
{
    constexpr int shift = 23 - format.mantissaBits;
    constexpr int minimumExponent = 1 - format.bias;
    if (magnitude < powerOfTwo(minimumExponent)) {
        // Adding a number whose unit in the last place is the smallest step rounds to a multiple of that
        // step.
        constexpr float anchor = powerOfTwo(shift + minimumExponent);
        return std::bit_cast<std::uint32_t>(magnitude + anchor) - std::bit_cast<std::uint32_t>(anchor);
    }
    std::uint32_t bits = std::bit_cast<std::uint32_t>(magnitude);
    bits += (1U << (shift - 1)) - 1U + ((bits >> shift) & 1U);
    return (bits >> shift) - (static_cast<std::uint32_t>(127 - format.bias) << format.mantissaBits);
}

} // namespace detail

// --- IEEE binary16
// -------------------------------------------------------------------------------------------------

/// Value of an IEEE half; NaN payloads move to the top of the float mantissa.
[[nodiscard]] constexpr float floatFromHalf(std::uint16_t code)
{
    if ((code & 0x7C00U) == 0x7C00U) {
        const std::uint32_t sign = (code & 0x8000U) << 16;
        return std::bit_cast<float>(sign | 0x7F800000U | ((code & 0x3FFU) << 13));
    }
    return detail::decodeFinite<detail::kHalf>(code);
}

/// Nearest IEEE half, ties to even. Magnitudes of 65520 and above become Inf; NaN stays NaN (quiet, payload
/// top kept).
[[nodiscard]] constexpr std::uint16_t halfFromFloat(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U)
        return static_cast<std::uint16_t>(sign | 0x7E00U | ((magnitude >> 13) & 0x3FFU));
    if (magnitude >= 0x477FF000U) // 65520
        return static_cast<std::uint16_t>(sign | 0x7C00U);
    return static_cast<std::uint16_t>(
        sign | detail::encodeMagnitude<detail::kHalf>(std::bit_cast<float>(magnitude)));
}

// --- bfloat16
// ------------------------------------------------------------------------------------------------------

/// Value of a bfloat16: its bits are the upper half of a float32.
[[nodiscard]] constexpr float floatFromBfloat16(std::uint16_t code)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(code) << 16);
}

/// Nearest bfloat16, ties to even; overflow becomes Inf; NaN stays NaN (quiet, payload top kept).
[[nodiscard]] constexpr std::uint16_t bfloat16FromFloat(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U)
        return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

// --- 8-bit floats of OCP
// -------------------------------------------------------------------------------------------

/// Largest finite magnitudes of the small formats.
inline constexpr float kE4M3Max = 448.0F;
inline constexpr float kE5M2Max = 57344.0F;
inline constexpr float kE2M1Max = 6.0F;
inline constexpr float kE2M3Max = 7.5F;
inline constexpr float kE3M2Max = 28.0F;

/// Value of an E4M3FN byte (bias 7, no Inf, 0x7F and 0xFF are NaN).
[[nodiscard]] constexpr float floatFromE4M3(std::uint8_t code)
{
    if ((code & 0x7FU) == 0x7FU)
        return std::numeric_limits<float>::quiet_NaN();
    return detail::decodeFinite<detail::kE4M3>(code);
}

/// Nearest E4M3FN byte, ties to even, saturating at +-448 (Inf included); NaN becomes 0x7F with its sign.
[[nodiscard]] constexpr std::uint8_t e4m3FromFloat(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 24) & 0x80U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U)
        return static_cast<std::uint8_t>(sign | 0x7FU);
    const float absolute = std::bit_cast<float>(magnitude);
    const std::uint32_t code
        = absolute >= kE4M3Max ? 0x7EU : detail::encodeMagnitude<detail::kE4M3>(absolute);
    return static_cast<std::uint8_t>(sign | code);
}

/// Value of an E5M2 byte (bias 15, 0x7C is Inf, 0x7D..0x7F are NaN).
[[nodiscard]] constexpr float floatFromE5M2(std::uint8_t code)
{
    return floatFromHalf(static_cast<std::uint16_t>(code << 8)); // E5M2 is the upper byte of a half
}

/// Nearest E5M2 byte, ties to even, saturating at +-57344 (Inf included); NaN becomes 0x7F with its sign.
[[nodiscard]] constexpr std::uint8_t e5m2FromFloat(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 24) & 0x80U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    if (magnitude > 0x7F800000U)
        return static_cast<std::uint8_t>(sign | 0x7FU);
    const float absolute = std::bit_cast<float>(magnitude);
    const std::uint32_t code
        = absolute >= kE5M2Max ? 0x7BU : detail::encodeMagnitude<detail::kE5M2>(absolute);
    return static_cast<std::uint8_t>(sign | code);
}

// --- Scales and sub-byte floats of OCP MX
// --------------------------------------------------------------------------

/// Value of an E8M0 scale byte: 2^(code - 127); code 0 is the subnormal 2^-127, 255 is NaN.
[[nodiscard]] constexpr float floatFromE8M0(std::uint8_t code)
{
    if (code == 255)
        return std::numeric_limits<float>::quiet_NaN();
    return std::bit_cast<float>(code == 0 ? 0x00400000U : static_cast<std::uint32_t>(code) << 23);
}

/// Value of an E2M1 code in the low 4 bits (0 .5 1 1.5 2 3 4 6; bit 3 is the sign).
[[nodiscard]] constexpr float floatFromE2M1(std::uint8_t code)
{
    return detail::decodeFinite<detail::kE2M1>(code & 0x0FU);
}

/// Value of an E2M3 code in the low 6 bits.
[[nodiscard]] constexpr float floatFromE2M3(std::uint8_t code)
{
    return detail::decodeFinite<detail::kE2M3>(code & 0x3FU);
}

/// Value of an E3M2 code in the low 6 bits.
[[nodiscard]] constexpr float floatFromE3M2(std::uint8_t code)
{
    return detail::decodeFinite<detail::kE3M2>(code & 0x3FU);
}

} // namespace bitwright
