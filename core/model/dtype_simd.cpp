#include "core/model/dtype_simd.h"

#include "core/base/float_bits.h"

#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/model/dtype_simd.cpp"
// Highway's own headers do not hold our warning level.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#pragma GCC diagnostic pop

HWY_BEFORE_NAMESPACE();
namespace bitwright::model::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Wide = hn::ScalableTag<std::uint32_t>;
using Narrow = hn::Rebind<std::uint16_t, Wide>;

/// Loads one vector of 16-bit codes from any address, widened to 32 bits.
HWY_INLINE hn::VFromD<Wide> loadCodes(const std::byte* bytes)
{
    return hn::PromoteTo(Wide(), hn::LoadU(Narrow(), reinterpret_cast<const std::uint16_t*>(bytes)));
}

HWY_ATTR void decodeBfloat16s(const std::byte* bytes, float* out, std::size_t count)
{
    const Wide wide;
    const hn::RebindToFloat<Wide> real;
    const std::size_t lanes = hn::Lanes(wide);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::BitCast(real, hn::ShiftLeft<16>(loadCodes(bytes + 2 * i))), real, out + i);
    for (; i < count; ++i) {
        std::uint16_t code = 0;
        std::memcpy(&code, bytes + 2 * i, sizeof code);
        out[i] = floatFromBfloat16(code);
    }
}

HWY_ATTR void decodeHalves(const std::byte* bytes, float* out, std::size_t count)
{
    const Wide wide;
    const hn::RebindToFloat<Wide> real;
    const hn::RebindToSigned<Wide> whole;
    const std::size_t lanes = hn::Lanes(wide);
    // Integer work only, not the processor's instruction: the same bits on every machine, and NaN payloads
    // stay.
    const auto rebias = hn::Set(wide, 112U << 23); // 127 - 15 added to the exponent
    const auto smallest = hn::Set(real, 0x1p-24F);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto code = loadCodes(bytes + 2 * i);
        const auto sign = hn::ShiftLeft<16>(hn::And(code, hn::Set(wide, 0x8000U)));
        const auto magnitude = hn::And(code, hn::Set(wide, 0x7FFFU));
        const auto normal = hn::Add(hn::ShiftLeft<13>(magnitude), rebias);
        const auto special
            = hn::Gt(hn::BitCast(whole, magnitude), hn::Set(whole, 0x7BFF)); // Inf or NaN: exponent 255
        const auto tiny = hn::Lt(hn::BitCast(whole, magnitude), hn::Set(whole, 0x0400));
        const auto subnormal
            = hn::BitCast(wide, hn::Mul(hn::ConvertTo(real, hn::BitCast(whole, magnitude)), smallest));
        auto bits = hn::Add(normal, hn::IfThenElseZero(hn::RebindMask(wide, special), rebias));
        bits = hn::IfThenElse(hn::RebindMask(wide, tiny), subnormal, bits);
        hn::StoreU(hn::BitCast(real, hn::Or(bits, sign)), real, out + i);
    }
    for (; i < count; ++i) {
        std::uint16_t code = 0;
        std::memcpy(&code, bytes + 2 * i, sizeof code);
        out[i] = floatFromHalf(code);
    }
}

HWY_ATTR void encodeBfloat16s(const float* values, std::byte* out, std::size_t count)
{
    const Wide wide;
    const Narrow narrow;
    const hn::RebindToFloat<Wide> real;
    const hn::RebindToSigned<Wide> whole;
    const std::size_t lanes = hn::Lanes(wide);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto bits = hn::BitCast(wide, hn::LoadU(real, values + i));
        const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(wide, 1U));
        const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(wide, 0x7FFFU))));
        const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(wide, 0x40U));
        const auto magnitude = hn::BitCast(whole, hn::And(bits, hn::Set(wide, 0x7FFFFFFFU)));
        const auto isNan = hn::Gt(magnitude, hn::Set(whole, 0x7F800000));
        const auto code = hn::IfThenElse(hn::RebindMask(wide, isNan), quiet, rounded);
        hn::StoreU(hn::TruncateTo(narrow, code), narrow, reinterpret_cast<std::uint16_t*>(out + 2 * i));
    }
    for (; i < count; ++i) {
        const std::uint16_t code = bfloat16FromFloat(values[i]);
        std::memcpy(out + 2 * i, &code, sizeof code);
    }
}

} // namespace bitwright::model::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bitwright::model::simd {

HWY_EXPORT(decodeBfloat16s);
HWY_EXPORT(decodeHalves);
HWY_EXPORT(encodeBfloat16s);

void floatsFromHalves(const std::byte* bytes, float* out, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(decodeHalves)(bytes, out, count);
}

void floatsFromBfloat16s(const std::byte* bytes, float* out, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(decodeBfloat16s)(bytes, out, count);
}

void bfloat16sFromFloats(const float* values, std::byte* out, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(encodeBfloat16s)(values, out, count);
}

} // namespace bitwright::model::simd
#endif
