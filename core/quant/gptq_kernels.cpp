#include "core/quant/gptq_kernels.h"

// Vectors are kept in arrays, which scalable vectors do not allow.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/gptq_kernels.cpp"
#include <hwy/foreach_target.h>

// foreach_target.h must come first: it includes this file once per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace bitwright::quant {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kPanelColumns = 8;
constexpr std::size_t kVectors = 3; // of a strip that are worked on together

/// Columns of a panel whose sums fit into registers together with kVectors error vectors.
#if HWY_TARGET <= HWY_AVX3
constexpr std::size_t kTogether = 8;
#else
constexpr std::size_t kTogether = 4;
#endif

/// Sums kTogether columns over kVectors vectors; all sums stay in registers.
template <class D>
HWY_INLINE void accumulateTile(D d, const float* HWY_RESTRICT panel, std::size_t count,
    const float* HWY_RESTRICT errors, float* HWY_RESTRICT values, std::size_t first, std::size_t last)
{
    const std::size_t lanes = hn::Lanes(d);
    hn::Vec<D> sums[kTogether][kVectors];
    for (auto& column : sums)
        for (auto& sum : column)
            sum = hn::Zero(d);
    for (std::size_t k = 0; k < count; ++k, panel += kPanelColumns, errors += kStripRows) {
        const auto e0 = hn::LoadU(d, errors);
        const auto e1 = hn::LoadU(d, errors + lanes);
        const auto e2 = hn::LoadU(d, errors + 2 * lanes);
        HWY_UNROLL(8)
        for (std::size_t c = 0; c < kTogether; ++c) {
            const auto factor = hn::Set(d, panel[c]);
            sums[c][0] = hn::MulAdd(factor, e0, sums[c][0]);
            sums[c][1] = hn::MulAdd(factor, e1, sums[c][1]);
            sums[c][2] = hn::MulAdd(factor, e2, sums[c][2]);
        }
    }
    for (std::size_t c = 0; c < kTogether; ++c) {
        if (c < first || c >= last)
            continue;
        float* target = values + c * kStripRows;
        for (std::size_t v = 0; v < kVectors; ++v, target += lanes)
            hn::StoreU(hn::Add(hn::LoadU(d, target), sums[c][v]), d, target);
    }
}

void accumulatePanelImpl(const float* HWY_RESTRICT panel, std::size_t count, const float* HWY_RESTRICT errors,
    float* HWY_RESTRICT values, std::size_t first, std::size_t last)
{
    const hn::CappedTag<float, 16> d;
    const std::size_t step = kVectors * hn::Lanes(d);
    for (std::size_t column = 0; column < kPanelColumns; column += kTogether) {
        if (column + kTogether <= first || column >= last)
            continue;
        const std::size_t from = first > column ? first - column : 0;
        const std::size_t to = last - column < kTogether ? last - column : kTogether;
        for (std::size_t row = 0; row < kStripRows; row += step)
            accumulateTile(
                d, panel + column, count, errors + row, values + column * kStripRows + row, from, to);
    }
}

void addScaledColumnsImpl(float* HWY_RESTRICT targets, const float* HWY_RESTRICT factors, std::size_t columns,
    const float* HWY_RESTRICT source)
{
    const hn::CappedTag<float, 16> d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t row = 0; row < kStripRows; row += kVectors * lanes) {
        const auto s0 = hn::LoadU(d, source + row);
        const auto s1 = hn::LoadU(d, source + row + lanes);
        const auto s2 = hn::LoadU(d, source + row + 2 * lanes);
        float* target = targets + row;
        for (std::size_t c = 0; c < columns; ++c, target += kStripRows) {
            const auto factor = hn::Set(d, factors[c]);
            hn::StoreU(hn::MulAdd(factor, s0, hn::LoadU(d, target)), d, target);
            hn::StoreU(hn::MulAdd(factor, s1, hn::LoadU(d, target + lanes)), d, target + lanes);
            hn::StoreU(hn::MulAdd(factor, s2, hn::LoadU(d, target + 2 * lanes)), d, target + 2 * lanes);
        }
    }
}

} // namespace
} // namespace HWY_NAMESPACE
} // namespace bitwright::quant
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bitwright::quant {

HWY_EXPORT(accumulatePanelImpl);
HWY_EXPORT(addScaledColumnsImpl);

void accumulatePanel(const float* panel, std::size_t count, const float* errors, float* values,
    std::size_t first, std::size_t last)
{
    HWY_DYNAMIC_DISPATCH(accumulatePanelImpl)(panel, count, errors, values, first, last);
}

void addScaledColumns(float* targets, std::span<const float> factors, const float* source)
{
    HWY_DYNAMIC_DISPATCH(addScaledColumnsImpl)(targets, factors.data(), factors.size(), source);
}

} // namespace bitwright::quant
#endif
