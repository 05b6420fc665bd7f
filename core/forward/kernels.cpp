#include "core/forward/kernels.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/forward/kernels.cpp"
#include <hwy/foreach_target.h>

// foreach_target.h must come first: it includes this file once per instruction set.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format off: sorting would put it before foreach_target.h
#include "core/base/vectors-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace bitwright::forward {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using bitwright::HWY_NAMESPACE::forVectors;

/// Sum of term(tag, offset), in lanes, then the rest one by one.
template <class Term>
HWY_INLINE double sumOf(std::size_t count, const Term& term)
{
    const hn::ScalableTag<float> wide;
    const hn::CappedTag<float, 1> single;
    const std::size_t lanes = hn::Lanes(wide);
    auto total = hn::Zero(wide);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        total = hn::Add(total, term(wide, i));
    double sum = static_cast<double>(hn::GetLane(hn::SumOfLanes(wide, total)));
    for (; i < count; ++i)
        sum += static_cast<double>(hn::GetLane(term(single, i)));
    return sum;
}

double sumSquaresImpl(const float* in, std::size_t count, float center)
{
    return sumOf(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto x = hn::Sub(hn::LoadU(d, in + i), hn::Set(d, center));
        return hn::Mul(x, x);
    });
}

double sumImpl(const float* in, std::size_t count)
{
    return sumOf(count, [&](auto d, std::size_t i) HWY_ATTR { return hn::LoadU(d, in + i); });
}

void normalizeImpl(const float* in, const float* weight, const float* bias, float center, float factor,
    float plus, float* out, std::size_t count)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto x = hn::Mul(hn::Sub(hn::LoadU(d, in + i), hn::Set(d, center)), hn::Set(d, factor));
        auto y = hn::Mul(x, hn::Add(hn::LoadU(d, weight + i), hn::Set(d, plus)));
        if (bias != nullptr)
            y = hn::Add(y, hn::LoadU(d, bias + i));
        hn::StoreU(y, d, out + i);
    });
}

/// 1 / (1 + exp(-x)). The bound keeps exp within its range; NaN comes back by the factor x of every caller.
template <class D, class V>
HWY_INLINE V sigmoid(D d, V x)
{
    const auto e = hn::Exp(d, hn::Min(hn::Neg(x), hn::Set(d, 88.0F)));
    return hn::Div(hn::Set(d, 1.0F), hn::Add(hn::Set(d, 1.0F), e));
}

void siluImpl(float* values, std::size_t count, float slope)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto x = hn::LoadU(d, values + i);
        hn::StoreU(hn::Mul(x, sigmoid(d, hn::Mul(x, hn::Set(d, slope)))), d, values + i);
    });
}

void geluTanhImpl(float* values, std::size_t count)
{
    // 0.5 x (1 + tanh(u)) = x * sigmoid(2 u) with u = sqrt(2/pi) (x + 0.044715 x^3)
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto x = hn::LoadU(d, values + i);
        const auto cubic = hn::Mul(hn::Mul(hn::Mul(x, x), x), hn::Set(d, 0.044715F));
        const auto twice = hn::Mul(hn::Add(x, cubic), hn::Set(d, 1.5957691216057308F));
        hn::StoreU(hn::Mul(x, sigmoid(d, twice)), d, values + i);
    });
}

void multiplyImpl(float* values, const float* by, std::size_t count)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        hn::StoreU(hn::Mul(hn::LoadU(d, values + i), hn::LoadU(d, by + i)), d, values + i);
    });
}

void addScaledImpl(float* values, const float* other, float factor, std::size_t count)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto scaled = hn::Mul(hn::LoadU(d, other + i), hn::Set(d, factor));
        hn::StoreU(hn::Add(hn::LoadU(d, values + i), scaled), d, values + i);
    });
}

/// values = cap * tanh(scale * values / cap), or scale * values where cap is 0.
void scaleAndCapImpl(float* values, float scale, float cap, std::size_t count)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        auto x = hn::Mul(hn::LoadU(d, values + i), hn::Set(d, scale));
        if (cap > 0)
            x = hn::Mul(hn::Tanh(d, hn::Div(x, hn::Set(d, cap))), hn::Set(d, cap));
        hn::StoreU(x, d, values + i);
    });
}

float largestImpl(const float* values, std::size_t count)
{
    const hn::ScalableTag<float> d;
    const std::size_t lanes = hn::Lanes(d);
    float largest = values[0];
    std::size_t i = 0;
    if (count >= lanes) {
        auto most = hn::LoadU(d, values);
        for (; i + lanes <= count; i += lanes)
            most = hn::Max(most, hn::LoadU(d, values + i));
        largest = hn::GetLane(hn::MaxOfLanes(d, most));
    }
    for (; i < count; ++i)
        largest = std::max(largest, values[i]);
    return largest;
}

/// values = exp(values - largest); returns their sum.
double exponentialsImpl(float* values, float largest, std::size_t count)
{
    return sumOf(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto e = hn::Exp(d, hn::Sub(hn::LoadU(d, values + i), hn::Set(d, largest)));
        hn::StoreU(e, d, values + i);
        return e;
    });
}

double expSumImpl(const float* values, float largest, std::size_t count)
{
    return sumOf(count, [&](auto d, std::size_t i) HWY_ATTR {
        return hn::Exp(d, hn::Sub(hn::LoadU(d, values + i), hn::Set(d, largest)));
    });
}

double weightedGapImpl(const float* reference, float largest, const float* other, std::size_t count)
{
    return sumOf(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto x = hn::LoadU(d, reference + i);
        const auto weight = hn::Exp(d, hn::Sub(x, hn::Set(d, largest)));
        return hn::Mul(weight, hn::Sub(x, hn::LoadU(d, other + i)));
    });
}

void scaleImpl(float* values, float factor, std::size_t count)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        hn::StoreU(hn::Mul(hn::LoadU(d, values + i), hn::Set(d, factor)), d, values + i);
    });
}

bool allFiniteImpl(const float* values, std::size_t count)
{
    // x - x is 0 for what is finite, else NaN; 0 + 0 stays 0.
    const double zero = sumOf(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto x = hn::LoadU(d, values + i);
        return hn::Sub(x, x);
    });
    return zero == 0.0;
}

void rotateImpl(float* first, float* second, const float* cosines, const float* sines, std::size_t count)
{
    forVectors(count, [&](auto d, std::size_t i) HWY_ATTR {
        const auto a = hn::LoadU(d, first + i);
        const auto b = hn::LoadU(d, second + i);
        const auto c = hn::LoadU(d, cosines + i);
        const auto s = hn::LoadU(d, sines + i);
        hn::StoreU(hn::Sub(hn::Mul(a, c), hn::Mul(b, s)), d, first + i);
        hn::StoreU(hn::Add(hn::Mul(b, c), hn::Mul(a, s)), d, second + i);
    });
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace bitwright::forward
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bitwright::forward {

HWY_EXPORT(sumSquaresImpl);
HWY_EXPORT(sumImpl);
HWY_EXPORT(normalizeImpl);
HWY_EXPORT(siluImpl);
HWY_EXPORT(geluTanhImpl);
HWY_EXPORT(multiplyImpl);
HWY_EXPORT(addScaledImpl);
HWY_EXPORT(scaleAndCapImpl);
HWY_EXPORT(largestImpl);
HWY_EXPORT(exponentialsImpl);
HWY_EXPORT(expSumImpl);
HWY_EXPORT(weightedGapImpl);
HWY_EXPORT(scaleImpl);
HWY_EXPORT(allFiniteImpl);
HWY_EXPORT(rotateImpl);

void normRow(NormKind kind, double eps, std::span<const float> in, std::span<const float> weight,
    std::span<const float> bias, std::span<float> out)
{
    assert(in.size() == out.size() && weight.size() == in.size());
    const auto width = static_cast<double>(in.size());
    float center = 0;
    if (kind == NormKind::Layer)
        center = static_cast<float>(HWY_DYNAMIC_DISPATCH(sumImpl)(in.data(), in.size()) / width);
    const double square = HWY_DYNAMIC_DISPATCH(sumSquaresImpl)(in.data(), in.size(), center) / width;
    const auto factor = static_cast<float>(1.0 / std::sqrt(square + eps));
    HWY_DYNAMIC_DISPATCH(normalizeImpl)
    (in.data(), weight.data(), bias.empty() ? nullptr : bias.data(), center, factor,
        kind == NormKind::RmsPlusOne ? 1.0F : 0.0F, out.data(), in.size());
}

void activate(ActivationKind kind, std::span<float> values)
{
    switch (kind) {
    case ActivationKind::Silu:
        HWY_DYNAMIC_DISPATCH(siluImpl)(values.data(), values.size(), 1.0F);
        return;
    case ActivationKind::QuickGelu:
        HWY_DYNAMIC_DISPATCH(siluImpl)(values.data(), values.size(), 1.702F);
        return;
    case ActivationKind::GeluTanh:
        HWY_DYNAMIC_DISPATCH(geluTanhImpl)(values.data(), values.size());
        return;
    case ActivationKind::Gelu:
        for (float& x : values)
            x = 0.5F * x * (1.0F + std::erf(x * 0.70710678118654752F));
        return;
    case ActivationKind::Relu:
        for (float& x : values)
            x = x < 0 ? 0 : x; // NaN stays NaN
        return;
    }
}

void multiply(std::span<float> values, std::span<const float> by)
{
    assert(values.size() == by.size());
    HWY_DYNAMIC_DISPATCH(multiplyImpl)(values.data(), by.data(), values.size());
}

void addScaled(std::span<float> values, std::span<const float> other, float factor)
{
    assert(values.size() == other.size());
    HWY_DYNAMIC_DISPATCH(addScaledImpl)(values.data(), other.data(), factor, values.size());
}

void softcap(std::span<float> values, float cap)
{
    HWY_DYNAMIC_DISPATCH(scaleAndCapImpl)(values.data(), 1.0F, cap, values.size());
}

void softmax(std::span<float> values, float scale, float cap)
{
    if (values.empty())
        return;
    HWY_DYNAMIC_DISPATCH(scaleAndCapImpl)(values.data(), scale, cap, values.size());
    const float largest = HWY_DYNAMIC_DISPATCH(largestImpl)(values.data(), values.size());
    const double sum = HWY_DYNAMIC_DISPATCH(exponentialsImpl)(values.data(), largest, values.size());
    HWY_DYNAMIC_DISPATCH(scaleImpl)(values.data(), static_cast<float>(1.0 / sum), values.size());
}

bool allFinite(std::span<const float> values)
{
    return HWY_DYNAMIC_DISPATCH(allFiniteImpl)(values.data(), values.size());
}

ExpSum expSum(std::span<const float> values)
{
    ExpSum result;
    result.largest = HWY_DYNAMIC_DISPATCH(largestImpl)(values.data(), values.size());
    const auto found = std::find(values.begin(), values.end(), result.largest);
    result.place = static_cast<std::size_t>(found - values.begin());
    result.sum = HWY_DYNAMIC_DISPATCH(expSumImpl)(values.data(), result.largest, values.size());
    return result;
}

double weightedGap(std::span<const float> reference, float largest, std::span<const float> other)
{
    assert(reference.size() == other.size());
    return HWY_DYNAMIC_DISPATCH(weightedGapImpl)(reference.data(), largest, other.data(), reference.size());
}

void rotate(std::span<float> head, std::span<const float> cosines, std::span<const float> sines)
{
    assert(cosines.size() == sines.size() && head.size() >= 2 * cosines.size());
    HWY_DYNAMIC_DISPATCH(rotateImpl)
    (head.data(), head.data() + cosines.size(), cosines.data(), sines.data(), cosines.size());
}

} // namespace bitwright::forward
#endif
