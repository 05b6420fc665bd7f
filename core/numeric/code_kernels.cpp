#include "core/numeric/code_kernels.h"

#include "core/base/float_bits.h"

#include <algorithm>
#include <array>
#include <cassert>

// Vectors are kept in arrays and lambda captures, which scalable vectors do not allow.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/numeric/code_kernels.cpp"
#include <hwy/foreach_target.h>

// foreach_target.h must come first: it includes this file once per instruction set.
#include <hwy/highway.h>
// clang-format off: sorting would put it before foreach_target.h
#include "core/base/vectors-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace bitwright::numeric {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using bitwright::HWY_NAMESPACE::forVectors;

template <class D>
using IntsOf = hn::RebindToSigned<D>;
template <class D>
using Ints = hn::Vec<IntsOf<D>>;
template <class D>
using Floats = hn::Vec<D>;

/// Integers: the level is the rounded ratio inside [low, high] = [qmin - zero, qmax - zero]; code = level +
/// offset.
struct IntegerCoder
{
    float low, high, offset;

    template <class D>
    HWY_INLINE Floats<D> level(D d, Floats<D> ratio, Ints<D>& code) const
    {
        const auto rounded = hn::Round(hn::Min(hn::Max(ratio, hn::Set(d, low)), hn::Set(d, high)));
        code = hn::ConvertTo(IntsOf<D>(), hn::Add(rounded, hn::Set(d, offset)));
        return rounded;
    }
    template <class D>
    HWY_INLINE hn::Mask<D> outside(D d, Floats<D> ratio) const
    {
        return hn::Or(hn::Lt(ratio, hn::Set(d, low)), hn::Gt(ratio, hn::Set(d, high)));
    }
};

/// E4M3FN: rounds the float32 bits to 3 mantissa bits; below 2^-6 to multiples of 2^-9.
struct MinifloatCoder
{
    template <class D>
    HWY_INLINE Floats<D> level(D d, Floats<D> ratio, Ints<D>& code) const
    {
        const IntsOf<D> di;
        const auto signBit
            = hn::And(hn::BitCast(di, ratio), hn::Set(di, static_cast<std::int32_t>(0x80000000U)));
        const auto magnitude = hn::Min(hn::Abs(ratio), hn::Set(d, kE4M3Max));
        const auto bits = hn::BitCast(di, magnitude);
        const auto odd = hn::And(hn::ShiftRight<20>(bits), hn::Set(di, 1));
        const auto rounded = hn::ShiftRight<20>(hn::Add(hn::Add(bits, hn::Set(di, 0x7FFFF)), odd));
        const auto normalCode = hn::Sub(rounded, hn::Set(di, 120 << 3));
        const auto normalLevel = hn::BitCast(d, hn::ShiftLeft<20>(rounded));

        const auto anchor = hn::Set(d, 16384.0F); // its unit in the last place is 2^-9
        const auto anchored = hn::Add(magnitude, anchor);
        const auto smallCode = hn::Sub(hn::BitCast(di, anchored), hn::BitCast(di, anchor));
        const auto isSmall = hn::Lt(magnitude, hn::Set(d, 0.015625F));
        const auto absolute = hn::IfThenElse(isSmall, hn::Sub(anchored, anchor), normalLevel);
        code = hn::Or(hn::IfThenElse(hn::RebindMask(di, isSmall), smallCode, normalCode),
            hn::And(hn::ShiftRight<24>(signBit), hn::Set(di, 0x80)));
        return hn::Or(absolute, hn::BitCast(d, signBit));
    }
    template <class D>
    HWY_INLINE hn::Mask<D> outside(D d, Floats<D> ratio) const
    {
        return hn::Gt(hn::Abs(ratio), hn::Set(d, kE4M3Max));
    }
};

/// NF4: counts the midpoints below the ratio, so a tie goes to the lower index.
struct CodebookCoder
{
    std::array<float, 16> levels{};
    std::array<float, 15> middles{};

    CodebookCoder()
    {
        std::copy(nf4Levels().begin(), nf4Levels().end(), levels.begin());
        for (std::size_t i = 0; i < middles.size(); ++i)
            middles[i] = (levels[i] + levels[i + 1]) / 2;
    }
    template <class D>
    HWY_INLINE Floats<D> level(D d, Floats<D> ratio, Ints<D>& code) const
    {
        const IntsOf<D> di;
        auto value = hn::Set(d, levels[0]);
        auto index = hn::Zero(di);
        for (std::size_t i = 0; i < middles.size(); ++i) {
            const auto above = hn::Gt(ratio, hn::Set(d, middles[i]));
            value = hn::IfThenElse(above, hn::Set(d, levels[i + 1]), value);
            index = hn::IfThenElse(
                hn::RebindMask(di, above), hn::Set(di, static_cast<std::int32_t>(i + 1)), index);
        }
        code = index;
        return value;
    }
    template <class D>
    HWY_INLINE hn::Mask<D> outside(D d, Floats<D> ratio) const
    {
        return hn::Gt(hn::Abs(ratio), hn::Set(d, 1.0F));
    }
};

IntegerCoder integerCoder(const GridSpec& grid, int zero)
{
    const int shift = grid.hasZeros() ? zero : 0;
    const int offset = grid.hasZeros() ? zero : 1 << (grid.bits - 1);
    return {static_cast<float>(grid.minLevel() - shift), static_cast<float>(grid.maxLevel() - shift),
        static_cast<float>(offset)};
}

/// Calls `body(coder)` with the element coder of one group.
template <class Body>
HWY_INLINE void withCoder(const GridSpec& grid, int zero, const Body& body)
{
    switch (grid.element) {
    case ElementKind::Integer:
        body(integerCoder(grid, zero));
        return;
    case ElementKind::Minifloat:
        body(MinifloatCoder{});
        return;
    case ElementKind::Codebook:
        body(CodebookCoder{});
        return;
    }
}

template <class D>
HWY_INLINE void storeCodes(D, Ints<D> codes, std::uint8_t* out)
{
    const hn::Rebind<std::uint8_t, IntsOf<D>> bytes;
    hn::StoreU(hn::DemoteTo(bytes, codes), bytes, out);
}

bool scanGroupsImpl(const float* row, std::size_t count, std::size_t groupWidth, ValueRange* ranges)
{
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    auto poison = hn::Zero(d); // x * 0 is 0 for finite x and NaN otherwise
    float tailPoison = 0.0F;
    for (std::size_t begin = 0; begin < count; begin += groupWidth, ++ranges) {
        const std::size_t end = std::min(count, begin + groupWidth);
        auto low = hn::Zero(d);
        auto high = hn::Zero(d);
        std::size_t i = begin;
        for (; i + lanes <= end; i += lanes) {
            const auto value = hn::LoadU(d, row + i);
            low = hn::Min(low, value);
            high = hn::Max(high, value);
            poison = hn::MulAdd(value, hn::Zero(d), poison);
        }
        float groupLow = hn::GetLane(hn::MinOfLanes(d, low));
        float groupHigh = hn::GetLane(hn::MaxOfLanes(d, high));
        for (; i < end; ++i) {
            groupLow = std::min(groupLow, row[i]);
            groupHigh = std::max(groupHigh, row[i]);
            tailPoison += row[i] * 0.0F;
        }
        *ranges = {groupLow, groupHigh};
    }
    return hn::GetLane(hn::SumOfLanes(d, poison)) + tailPoison == 0.0F;
}

void encodeRowImpl(const GridSpec& grid, const float* row, std::size_t count, std::size_t groupWidth,
    const float* scales, const std::uint8_t* zeros, std::uint8_t* codes)
{
    std::size_t group = 0;
    for (std::size_t begin = 0; begin < count; begin += groupWidth, ++group) {
        const std::size_t width = std::min(count - begin, groupWidth);
        const float scale = scales[group];
        withCoder(grid, zeros != nullptr ? zeros[group] : 0, [&](const auto& coder) HWY_ATTR {
            forVectors(width, [&](auto d, std::size_t i) HWY_ATTR {
                Ints<decltype(d)> code;
                coder.level(d, hn::Div(hn::LoadU(d, row + begin + i), hn::Set(d, scale)), code);
                storeCodes(d, code, codes + begin + i);
            });
        });
    }
}

void decodeIntegersImpl(const std::uint8_t* codes, std::size_t count, float scale, float offset, float* out)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        const IntsOf<decltype(d)> di;
        const hn::Rebind<std::uint8_t, decltype(di)> bytes;
        const auto level
            = hn::Sub(hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(bytes, codes + i))), hn::Set(d, offset));
        hn::StoreU(hn::Mul(level, hn::Set(d, scale)), d, out + i);
    });
}

void encodeLanesImpl(const GridSpec& grid, const float* values, const float* scales, const float* zeros,
    std::uint8_t* codes, float* decoded, std::size_t count)
{
    if (grid.element == ElementKind::Integer) {
        const float low = static_cast<float>(grid.minLevel());
        const float high = static_cast<float>(grid.maxLevel());
        const float symmetricOffset = grid.hasZeros() ? 0.0F : static_cast<float>(1 << (grid.bits - 1));
        forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
            const auto scale = hn::LoadU(d, scales + i);
            const auto zero = hn::LoadU(d, zeros + i);
            const auto ratio = hn::Div(hn::LoadU(d, values + i), scale);
            const auto level = hn::Round(
                hn::Min(hn::Max(ratio, hn::Sub(hn::Set(d, low), zero)), hn::Sub(hn::Set(d, high), zero)));
            const auto code = hn::Add(level, hn::Add(zero, hn::Set(d, symmetricOffset)));
            storeCodes(d, hn::ConvertTo(IntsOf<decltype(d)>(), code), codes + i);
            hn::StoreU(hn::Mul(level, scale), d, decoded + i);
        });
        return;
    }
    withCoder(grid, 0, [&](const auto& coder) HWY_ATTR {
        forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
            const auto scale = hn::LoadU(d, scales + i);
            Ints<decltype(d)> code;
            const auto level = coder.level(d, hn::Div(hn::LoadU(d, values + i), scale), code);
            storeCodes(d, code, codes + i);
            hn::StoreU(hn::Mul(level, scale), d, decoded + i);
        });
    });
}

bool scanLanesImpl(
    const float* columns, std::size_t count, std::size_t stride, float* lows, float* highs, std::size_t lanes)
{
    bool finite = true;
    forVectors(lanes, [&](auto d, std::size_t i) HWY_ATTR {
        auto low = hn::Zero(d);
        auto high = hn::Zero(d);
        auto poison = hn::Zero(d);
        for (std::size_t c = 0; c < count; ++c) {
            const auto value = hn::LoadU(d, columns + c * stride + i);
            low = hn::Min(low, value);
            high = hn::Max(high, value);
            poison = hn::MulAdd(value, hn::Zero(d), poison);
        }
        hn::StoreU(low, d, lows + i);
        hn::StoreU(high, d, highs + i);
        finite = finite && hn::GetLane(hn::SumOfLanes(d, poison)) == 0.0F;
    });
    return finite;
}

/// x^power for x in [1e-12, 2^60], as 2^(power * log2 x) with polynomials through Chebyshev nodes.
template <class D>
HWY_INLINE Floats<D> powerOf(D d, Floats<D> x, Floats<D> power)
{
    const IntsOf<D> di;
    // x = 2^e * m with m in [sqrt(1/2), sqrt(2))
    const auto bits = hn::BitCast(di, x);
    const auto shifted = hn::Sub(bits, hn::Set(di, 0x3F3504F3));
    const auto exponent = hn::ShiftRight<23>(shifted);
    const auto mantissa = hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(exponent)));
    const auto t = hn::Sub(mantissa, hn::Set(d, 1.0F));
    auto log = hn::Set(d, 0.168186591F);
    log = hn::MulAdd(log, t, hn::Set(d, -0.267963871F));
    log = hn::MulAdd(log, t, hn::Set(d, 0.296119557F));
    log = hn::MulAdd(log, t, hn::Set(d, -0.359524455F));
    log = hn::MulAdd(log, t, hn::Set(d, 0.480613125F));
    log = hn::MulAdd(log, t, hn::Set(d, -0.721360179F));
    log = hn::MulAdd(log, t, hn::Set(d, 1.442696523F));
    const auto y = hn::Mul(power, hn::MulAdd(log, t, hn::ConvertTo(d, exponent)));
    const auto whole = hn::Round(hn::Max(y, hn::Set(d, -126.0F)));
    const auto f = hn::Sub(hn::Max(y, hn::Set(d, -126.0F)), whole);
    auto exp = hn::Set(d, 0.001338130F);
    exp = hn::MulAdd(exp, f, hn::Set(d, 0.009666369F));
    exp = hn::MulAdd(exp, f, hn::Set(d, 0.055503810F));
    exp = hn::MulAdd(exp, f, hn::Set(d, 0.240223490F));
    exp = hn::MulAdd(exp, f, hn::Set(d, 0.693147181F));
    exp = hn::MulAdd(exp, f, hn::Set(d, 1.0F));
    const auto scale = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, whole), hn::Set(di, 127)));
    return hn::Mul(exp, hn::BitCast(d, scale));
}

template <class Coder>
HWY_INLINE PowerError powerErrorWith(
    const Coder& coder, const float* values, std::size_t count, float scale, float unit, float power)
{
    PowerError error;
    const hn::ScalableTag<float> wide;
    auto total = hn::Zero(wide);
    auto clipped = hn::Zero(wide);
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto value = hn::LoadU(d, values + i);
        const auto ratio = hn::Div(value, hn::Set(d, scale));
        Ints<decltype(d)> code;
        const auto level = coder.level(d, ratio, code);
        const auto miss = hn::Abs(hn::Sub(value, hn::Mul(level, hn::Set(d, scale))));
        const auto relative = hn::Max(hn::Mul(miss, hn::Set(d, unit)), hn::Set(d, 1e-12F));
        const auto raised = powerOf(d, relative, hn::Set(d, power));
        const auto beyond = hn::IfThenElseZero(coder.outside(d, ratio), raised);
        if constexpr (std::is_same_v<decltype(d), hn::ScalableTag<float>>) {
            total = hn::Add(total, raised);
            clipped = hn::Add(clipped, beyond);
        } else {
            error.total += static_cast<double>(hn::GetLane(raised));
            error.clipped += static_cast<double>(hn::GetLane(beyond));
        }
    });
    error.total += static_cast<double>(hn::GetLane(hn::SumOfLanes(wide, total)));
    error.clipped += static_cast<double>(hn::GetLane(hn::SumOfLanes(wide, clipped)));
    return error;
}

PowerError powerErrorImpl(const GridSpec& grid, const float* values, std::size_t count, float scale, int zero,
    float unit, float power)
{
    PowerError error;
    withCoder(grid, zero, [&](const auto& coder) HWY_ATTR {
        error = powerErrorWith(coder, values, count, scale, unit, power);
    });
    return error;
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace bitwright::numeric
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bitwright::numeric {

HWY_EXPORT(scanGroupsImpl);
HWY_EXPORT(encodeRowImpl);
HWY_EXPORT(decodeIntegersImpl);
HWY_EXPORT(encodeLanesImpl);
HWY_EXPORT(scanLanesImpl);
HWY_EXPORT(powerErrorImpl);

namespace {

/// Value of every code of a table format before scaling; NaN codes decode to NaN.
const std::array<float, 256>& levelTable(ElementKind element)
{
    static const auto minifloat = [] {
        std::array<float, 256> table{};
        for (std::size_t code = 0; code < table.size(); ++code)
            table[code] = floatFromE4M3(static_cast<std::uint8_t>(code));
        return table;
    }();
    static const auto codebook = [] {
        std::array<float, 256> table{};
        for (std::size_t code = 0; code < table.size(); ++code)
            table[code] = nf4Levels()[code & 15U];
        return table;
    }();
    return element == ElementKind::Minifloat ? minifloat : codebook;
}

} // namespace

bool scanGroups(std::span<const float> row, std::size_t groupWidth, std::span<ValueRange> ranges)
{
    assert(row.empty() || ranges.size() == (row.size() + groupWidth - 1) / groupWidth);
    return HWY_DYNAMIC_DISPATCH(scanGroupsImpl)(row.data(), row.size(), groupWidth, ranges.data());
}

void encodeRow(const GridSpec& grid, std::span<const float> row, std::size_t groupWidth,
    std::span<const float> scales, std::span<const std::uint8_t> zeros, std::span<std::uint8_t> codes)
{
    assert(codes.size() == row.size());
    HWY_DYNAMIC_DISPATCH(encodeRowImpl)
    (grid, row.data(), row.size(), groupWidth, scales.data(), zeros.empty() ? nullptr : zeros.data(),
        codes.data());
}

void decodeRow(const GridSpec& grid, std::span<const std::uint8_t> codes, std::size_t groupWidth,
    std::span<const float> scales, std::span<const std::uint8_t> zeros, std::span<float> out)
{
    assert(codes.size() == out.size());
    const float symmetricOffset = static_cast<float>(1 << (grid.bits - 1));
    std::size_t group = 0;
    for (std::size_t begin = 0; begin < codes.size(); begin += groupWidth, ++group) {
        const std::size_t width = std::min(codes.size() - begin, groupWidth);
        if (grid.element == ElementKind::Integer) {
            const float offset = grid.hasZeros() ? static_cast<float>(zeros[group]) : symmetricOffset;
            HWY_DYNAMIC_DISPATCH(decodeIntegersImpl)
            (codes.data() + begin, width, scales[group], offset, out.data() + begin);
            continue;
        }
        const auto& table = levelTable(grid.element);
        for (std::size_t i = begin; i < begin + width; ++i)
            out[i] = table[codes[i]] * scales[group];
    }
}

void encodeLanes(const GridSpec& grid, std::span<const float> values, std::span<const float> scales,
    std::span<const float> zeros, std::span<std::uint8_t> codes, std::span<float> decoded)
{
    assert(scales.size() == values.size() && zeros.size() == values.size());
    assert(codes.size() == values.size() && decoded.size() == values.size());
    HWY_DYNAMIC_DISPATCH(encodeLanesImpl)
    (grid, values.data(), scales.data(), zeros.data(), codes.data(), decoded.data(), values.size());
}

bool scanLanes(const float* columns, std::size_t count, std::size_t stride, std::span<float> lows,
    std::span<float> highs)
{
    assert(lows.size() == highs.size());
    return HWY_DYNAMIC_DISPATCH(scanLanesImpl)(
        columns, count, stride, lows.data(), highs.data(), lows.size());
}

PowerError powerError(
    const GridSpec& grid, std::span<const float> values, float scale, int zero, float unit, float power)
{
    return HWY_DYNAMIC_DISPATCH(powerErrorImpl)(grid, values.data(), values.size(), scale, zero, unit, power);
}

} // namespace bitwright::numeric
#endif
