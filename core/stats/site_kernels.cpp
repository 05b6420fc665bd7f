#include "core/stats/site_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/stats/site_kernels.cpp"
// Highway compiles this file once per instruction set; the guards keep the scalar parts to one copy.
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace bitwright::stats::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DD = hn::ScalableTag<double>;
using DF = hn::Rebind<float, DD>; // as many floats as a vector holds doubles
using VD = hn::Vec<DD>;
using VF = hn::Vec<DF>;

/// One vector of columns over all rows; what it sums stays in registers.
HWY_INLINE void foldStrip(
    const float* data, std::size_t rows, std::size_t stride, std::size_t at, const ChannelSink& sink)
{
    const DD d;
    const DF f;
    VF high = hn::LoadU(f, sink.max + at), low = hn::LoadU(f, sink.min + at);
    VF largest = hn::LoadU(f, sink.absMax + at);
    VD sum = hn::LoadU(d, sink.sum + at), sumAbs = hn::LoadU(d, sink.sumAbs + at);
    VD squares = hn::LoadU(d, sink.sumSq + at), cubes = hn::LoadU(d, sink.sumCubes + at);
    VD fourths = hn::LoadU(d, sink.sumFourths + at);
    for (std::size_t r = 0; r < rows; ++r) {
        const VF x = hn::LoadU(f, data + r * stride);
        high = hn::Max(high, x);
        low = hn::Min(low, x);
        largest = hn::Max(largest, hn::Abs(x));
        const VD wide = hn::PromoteTo(d, x);
        const VD square = hn::Mul(wide, wide);
        sum = hn::Add(sum, wide);
        sumAbs = hn::Add(sumAbs, hn::Abs(wide));
        squares = hn::Add(squares, square);
        cubes = hn::Add(cubes, hn::Mul(square, wide));
        fourths = hn::Add(fourths, hn::Mul(square, square));
    }
    hn::StoreU(high, f, sink.max + at);
    hn::StoreU(low, f, sink.min + at);
    hn::StoreU(largest, f, sink.absMax + at);
    hn::StoreU(sum, d, sink.sum + at);
    hn::StoreU(sumAbs, d, sink.sumAbs + at);
    hn::StoreU(squares, d, sink.sumSq + at);
    hn::StoreU(cubes, d, sink.sumCubes + at);
    hn::StoreU(fourths, d, sink.sumFourths + at);
}

HWY_INLINE void foldColumn(
    const float* data, std::size_t rows, std::size_t stride, std::size_t at, const ChannelSink& sink)
{
    for (std::size_t r = 0; r < rows; ++r) {
        const float x = data[r * stride];
        const double wide = static_cast<double>(x);
        const double square = wide * wide;
        sink.max[at] = std::max(sink.max[at], x);
        sink.min[at] = std::min(sink.min[at], x);
        sink.absMax[at] = std::max(sink.absMax[at], std::fabs(x));
        sink.sum[at] += wide;
        sink.sumAbs[at] += std::fabs(wide);
        sink.sumSq[at] += square;
        sink.sumCubes[at] += square * wide;
        sink.sumFourths[at] += square * square;
    }
}

void foldChannelsImpl(const float* data, std::size_t rows, std::size_t stride, std::size_t begin,
    std::size_t end, const ChannelSink& sink)
{
    // Few enough rows that a cache line, which several strips share, is still there for the next strip.
    constexpr std::size_t kRows = 256;
    const std::size_t lanes = hn::Lanes(DD());
    for (std::size_t r = 0; r < rows; r += kRows) {
        const std::size_t count = std::min(kRows, rows - r);
        const float* const block = data + r * stride;
        std::size_t c = begin;
        for (; c + lanes <= end; c += lanes)
            foldStrip(block + c, count, stride, c - begin, sink);
        for (; c < end; ++c)
            foldColumn(block + c, count, stride, c - begin, sink);
    }
}

/// Eight partial sums in a fixed order, whatever the width of the vectors.
RowFacts rowFactsImpl(const float* row, std::size_t count)
{
    const hn::CappedTag<double, 4> d;
    const hn::Rebind<float, decltype(d)> f;
    const std::size_t lanes = hn::Lanes(d);
    double partial[8] = {};
    RowFacts facts;
    auto largest = hn::Zero(f);
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        for (std::size_t part = 0; part < 8; part += lanes) {
            const auto x = hn::LoadU(f, row + i + part);
            largest = hn::Max(largest, hn::Abs(x));
            const auto wide = hn::PromoteTo(d, x);
            hn::StoreU(hn::Add(hn::LoadU(d, partial + part), hn::Mul(wide, wide)), d, partial + part);
        }
    }
    facts.absMax = hn::GetLane(hn::MaxOfLanes(f, largest));
    for (; i < count; ++i) {
        facts.absMax = std::max(facts.absMax, std::fabs(row[i]));
        partial[i % 8] += static_cast<double>(row[i]) * static_cast<double>(row[i]);
    }
    for (const double part : partial)
        facts.sumSq += part;
    return facts;
}

} // namespace HWY_NAMESPACE
} // namespace bitwright::stats::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bitwright::stats::kernels {

HWY_EXPORT(foldChannelsImpl);
HWY_EXPORT(rowFactsImpl);

void foldChannels(const float* data, std::size_t rows, std::size_t stride, std::size_t begin, std::size_t end,
    const ChannelSink& sink)
{
    HWY_DYNAMIC_DISPATCH(foldChannelsImpl)(data, rows, stride, begin, end, sink);
}

RowFacts rowFacts(const float* row, std::size_t count)
{
    return HWY_DYNAMIC_DISPATCH(rowFactsImpl)(row, count);
}

} // namespace bitwright::stats::kernels
#endif
