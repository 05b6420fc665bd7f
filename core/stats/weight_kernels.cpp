#include "core/stats/weight_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/stats/weight_kernels.cpp"
// Highway compiles this file once per instruction set; the guards keep the scalar parts to one copy.
#include "core/base/float_bits.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace bitwright::stats::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DF = hn::ScalableTag<float>;
using VF = hn::Vec<DF>;

/// Loads of one vector or one element as float32, by storage.
struct LoadFloat32
{
    using Stored = float;
    static HWY_INLINE VF vector(const float* p) { return hn::LoadU(DF(), p); }
    static HWY_INLINE float scalar(float value) { return value; }
};
struct LoadBFloat16
{
    using Stored = std::uint16_t;
    static HWY_INLINE VF vector(const std::uint16_t* p)
    {
        const hn::Rebind<std::uint16_t, DF> narrow;
        const hn::RebindToUnsigned<DF> wide;
        return hn::BitCast(DF(), hn::ShiftLeft<16>(hn::PromoteTo(wide, hn::LoadU(narrow, p))));
    }
    static HWY_INLINE float scalar(std::uint16_t code) { return floatFromBfloat16(code); }
};
struct LoadFloat16
{
    using Stored = std::uint16_t;
    static HWY_INLINE VF vector(const std::uint16_t* p)
    {
        const hn::Rebind<std::uint16_t, DF> codes;
        const hn::Rebind<hwy::float16_t, DF> halves;
        return hn::PromoteTo(DF(), hn::BitCast(halves, hn::LoadU(codes, p)));
    }
    static HWY_INLINE float scalar(std::uint16_t code) { return floatFromHalf(code); }
};

/// Running range of one row.
struct RowRange
{
    float min, max, sumSq;
};

/// Column accumulators of the current tile, float lanes.
struct Columns
{
    float* min;
    float* max;
    float* sumSq;
};

template <class Load>
HWY_INLINE void foldScalar(
    const typename Load::Stored* row, std::size_t column, RowRange& range, const Columns& columns)
{
    const float x = Load::scalar(row[column]);
    const float square = x * x;
    range.min = std::min(range.min, x);
    range.max = std::max(range.max, x);
    range.sumSq += square;
    columns.min[column] = std::min(columns.min[column], x);
    columns.max[column] = std::max(columns.max[column], x);
    columns.sumSq[column] += square;
}

/// Folds columns [begin, end) of four rows: column accumulators are loaded once for all four.
template <class Load>
HWY_INLINE void foldFourRows(const typename Load::Stored* const rows[4], std::size_t begin, std::size_t end,
    RowRange* HWY_RESTRICT ranges, const Columns& columns)
{
    const DF d;
    const std::size_t lanes = hn::Lanes(d);
    VF min0 = hn::Set(d, ranges[0].min), min1 = hn::Set(d, ranges[1].min);
    VF min2 = hn::Set(d, ranges[2].min), min3 = hn::Set(d, ranges[3].min);
    VF max0 = hn::Set(d, ranges[0].max), max1 = hn::Set(d, ranges[1].max);
    VF max2 = hn::Set(d, ranges[2].max), max3 = hn::Set(d, ranges[3].max);
    VF sum0 = hn::Zero(d), sum1 = sum0, sum2 = sum0, sum3 = sum0;
    std::size_t c = begin;
    for (; c + lanes <= end; c += lanes) {
        const VF x0 = Load::vector(rows[0] + c), x1 = Load::vector(rows[1] + c);
        const VF x2 = Load::vector(rows[2] + c), x3 = Load::vector(rows[3] + c);
        min0 = hn::Min(min0, x0), min1 = hn::Min(min1, x1), min2 = hn::Min(min2, x2),
        min3 = hn::Min(min3, x3);
        max0 = hn::Max(max0, x0), max1 = hn::Max(max1, x1), max2 = hn::Max(max2, x2),
        max3 = hn::Max(max3, x3);
        const VF low = hn::Min(hn::Min(x0, x1), hn::Min(x2, x3));
        const VF high = hn::Max(hn::Max(x0, x1), hn::Max(x2, x3));
        hn::StoreU(hn::Min(hn::LoadU(d, columns.min + c), low), d, columns.min + c);
        hn::StoreU(hn::Max(hn::LoadU(d, columns.max + c), high), d, columns.max + c);
        const VF s0 = hn::Mul(x0, x0), s1 = hn::Mul(x1, x1), s2 = hn::Mul(x2, x2), s3 = hn::Mul(x3, x3);
        sum0 = hn::Add(sum0, s0), sum1 = hn::Add(sum1, s1), sum2 = hn::Add(sum2, s2),
        sum3 = hn::Add(sum3, s3);
        const VF squares = hn::Add(hn::Add(s0, s1), hn::Add(s2, s3));
        hn::StoreU(hn::Add(hn::LoadU(d, columns.sumSq + c), squares), d, columns.sumSq + c);
    }
    const auto finish = [&](RowRange& range, VF low, VF high, VF sum) {
        range.min = hn::GetLane(hn::MinOfLanes(d, low));
        range.max = hn::GetLane(hn::MaxOfLanes(d, high));
        range.sumSq += hn::GetLane(hn::SumOfLanes(d, sum));
    };
    finish(ranges[0], min0, max0, sum0);
    finish(ranges[1], min1, max1, sum1);
    finish(ranges[2], min2, max2, sum2);
    finish(ranges[3], min3, max3, sum3);
    for (; c < end; ++c)
        for (std::size_t r = 0; r < 4; ++r)
            foldScalar<Load>(rows[r], c, ranges[r], columns);
}

template <class Load>
HWY_INLINE void foldOneRow(const typename Load::Stored* row, std::size_t begin, std::size_t end,
    RowRange& range, const Columns& columns)
{
    const DF d;
    const std::size_t lanes = hn::Lanes(d);
    VF low = hn::Set(d, range.min), high = hn::Set(d, range.max), sum = hn::Zero(d);
    std::size_t c = begin;
    for (; c + lanes <= end; c += lanes) {
        const VF x = Load::vector(row + c);
        const VF square = hn::Mul(x, x);
        low = hn::Min(low, x);
        high = hn::Max(high, x);
        sum = hn::Add(sum, square);
        hn::StoreU(hn::Min(hn::LoadU(d, columns.min + c), x), d, columns.min + c);
        hn::StoreU(hn::Max(hn::LoadU(d, columns.max + c), x), d, columns.max + c);
        hn::StoreU(hn::Add(hn::LoadU(d, columns.sumSq + c), square), d, columns.sumSq + c);
    }
    range.min = hn::GetLane(hn::MinOfLanes(d, low));
    range.max = hn::GetLane(hn::MaxOfLanes(d, high));
    range.sumSq += hn::GetLane(hn::SumOfLanes(d, sum));
    for (; c < end; ++c)
        foldScalar<Load>(row, c, range, columns);
}

/// Up to four rows, columns [begin, end), cut at group borders.
template <class Load, std::size_t kRows>
HWY_INLINE void foldRows(const Tile& tile, std::size_t row, std::size_t begin, std::size_t end,
    const RangeSink& sink, const Columns& columns)
{
    const auto* data = static_cast<const typename Load::Stored*>(tile.data);
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const bool grouped = sink.groupAbsMax != nullptr;
    const std::size_t step = grouped ? sink.groupSize : tile.cols;
    const std::size_t groups = grouped ? (tile.cols + step - 1) / step : 0;
    double sums[kRows] = {};
    for (std::size_t from = begin; from < end;) {
        const std::size_t group = from / step;
        const std::size_t to = std::min(end, (group + 1) * step);
        RowRange ranges[kRows];
        for (std::size_t r = 0; r < kRows; ++r)
            ranges[r] = {infinity, -infinity, 0.0F};
        if constexpr (kRows == 4) {
            const typename Load::Stored* const pointers[4] = {data + row * tile.cols,
                data + (row + 1) * tile.cols, data + (row + 2) * tile.cols, data + (row + 3) * tile.cols};
            foldFourRows<Load>(pointers, from, to, ranges, columns);
        } else {
            foldOneRow<Load>(data + row * tile.cols, from, to, ranges[0], columns);
        }
        for (std::size_t r = 0; r < kRows; ++r) {
            sums[r] += static_cast<double>(ranges[r].sumSq);
            sink.rowMin[row + r] = std::min(sink.rowMin[row + r], ranges[r].min);
            sink.rowMax[row + r] = std::max(sink.rowMax[row + r], ranges[r].max);
            if (grouped) {
                float& slot = sink.groupAbsMax[(row + r) * groups + group];
                slot = std::max(slot, std::max(ranges[r].max, -ranges[r].min));
            }
        }
        from = to;
    }
    for (std::size_t r = 0; r < kRows; ++r)
        sink.rowSumSq[row + r] += sums[r];
}

template <class Load>
void rangesOf(const Tile& tile, const RangeSink& sink)
{
    // One column block's accumulators stay in the first-level cache while all rows pass by.
    constexpr std::size_t kBlock = 2048;
    const Columns columns{sink.scratch, sink.scratch + tile.cols, sink.scratch + 2 * tile.cols};
    for (std::size_t begin = 0; begin < tile.cols; begin += kBlock) {
        const std::size_t end = std::min(tile.cols, begin + kBlock);
        std::size_t row = 0;
        for (; row + 4 <= tile.rows; row += 4)
            foldRows<Load, 4>(tile, row, begin, end, sink, columns);
        for (; row < tile.rows; ++row)
            foldRows<Load, 1>(tile, row, begin, end, sink, columns);
    }
}

void rangesFloat32(const Tile& tile, const RangeSink& sink)
{
    rangesOf<LoadFloat32>(tile, sink);
}
void rangesFloat16(const Tile& tile, const RangeSink& sink)
{
    rangesOf<LoadFloat16>(tile, sink);
}
void rangesBFloat16(const Tile& tile, const RangeSink& sink)
{
    rangesOf<LoadBFloat16>(tile, sink);
}

/// Range and sum, in float lanes.
BlockRange sumAndRange(const float* values, std::size_t count)
{
    const DF d;
    const std::size_t lanes = hn::Lanes(d);
    VF low = hn::Set(d, values[0]), high = low, sum0 = hn::Zero(d), sum1 = sum0;
    std::size_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        const VF a = hn::LoadU(d, values + i), b = hn::LoadU(d, values + i + lanes);
        low = hn::Min(low, hn::Min(a, b));
        high = hn::Max(high, hn::Max(a, b));
        sum0 = hn::Add(sum0, a);
        sum1 = hn::Add(sum1, b);
    }
    BlockRange result{hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high)),
        static_cast<double>(hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1))))};
    for (; i < count; ++i) {
        result.min = std::min(result.min, values[i]);
        result.max = std::max(result.max, values[i]);
        result.sum += static_cast<double>(values[i]);
    }
    return result;
}

/// sums[0..3]: sums of (x - shift)^1..4.
void centralSums(const float* values, std::size_t count, float shift, double* sums)
{
    const DF d;
    const std::size_t lanes = hn::Lanes(d);
    const VF center = hn::Set(d, shift);
    VF sum1 = hn::Zero(d), sum2 = sum1, sum3 = sum1, sum4 = sum1;
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const VF x = hn::Sub(hn::LoadU(d, values + i), center);
        const VF square = hn::Mul(x, x);
        sum1 = hn::Add(sum1, x);
        sum2 = hn::Add(sum2, square);
        sum3 = hn::MulAdd(square, x, sum3);
        sum4 = hn::MulAdd(square, square, sum4);
    }
    sums[0] = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum1)));
    sums[1] = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum2)));
    sums[2] = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum3)));
    sums[3] = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum4)));
    for (; i < count; ++i) {
        const double x = static_cast<double>(values[i]) - static_cast<double>(shift);
        sums[0] += x;
        sums[1] += x * x;
        sums[2] += x * x * x;
        sums[3] += x * x * x * x;
    }
}

} // namespace HWY_NAMESPACE
} // namespace bitwright::stats::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bitwright::stats::kernels {
HWY_EXPORT(rangesFloat32);
HWY_EXPORT(rangesFloat16);
HWY_EXPORT(rangesBFloat16);
HWY_EXPORT(sumAndRange);
HWY_EXPORT(centralSums);

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Squares of magnitudes outside of this range leave float32 or lose digits in it.
constexpr float kSmallest = 1e-15F;
constexpr float kLargest = 1e15F;
// A float lane of a column sums this many squares before it goes to double.
constexpr std::size_t kRowsInFloat = 256;

/// Whether float lanes can hold the squares of values in [low, high].
bool rangeIsSafe(float low, float high)
{
    const float magnitude = std::max(high, -low);
    return magnitude <= kLargest && (magnitude >= kSmallest || magnitude == 0.0F);
}

float elementAt(const Tile& tile, std::size_t index)
{
    if (tile.element == Element::Float32)
        return static_cast<const float*>(tile.data)[index];
    const std::uint16_t code = static_cast<const std::uint16_t*>(tile.data)[index];
    return tile.element == Element::Float16 ? floatFromHalf(code) : floatFromBfloat16(code);
}

void resetRows(const Tile& tile, const RangeSink& sink)
{
    std::fill_n(sink.rowMin, tile.rows, kInfinity);
    std::fill_n(sink.rowMax, tile.rows, -kInfinity);
    std::fill_n(sink.rowSumSq, tile.rows, 0.0);
    std::fill_n(sink.rowFinite, tile.rows, static_cast<std::uint32_t>(tile.cols));
    if (sink.groupAbsMax != nullptr)
        std::fill_n(sink.groupAbsMax, tile.rows * ((tile.cols + sink.groupSize - 1) / sink.groupSize), 0.0F);
}

/// The careful path: double sums, NaN and Inf left out.
void rangesInDouble(const Tile& tile, const RangeSink& sink)
{
    resetRows(tile, sink);
    const std::size_t groups
        = sink.groupAbsMax != nullptr ? (tile.cols + sink.groupSize - 1) / sink.groupSize : 0;
    for (std::size_t row = 0; row < tile.rows; ++row) {
        for (std::size_t column = 0; column < tile.cols; ++column) {
            const float x = elementAt(tile, row * tile.cols + column);
            if (!std::isfinite(x)) {
                --sink.rowFinite[row];
                ++sink.colMissing[column];
                continue;
            }
            const double square = static_cast<double>(x) * static_cast<double>(x);
            sink.rowMin[row] = std::min(sink.rowMin[row], x);
            sink.rowMax[row] = std::max(sink.rowMax[row], x);
            sink.rowSumSq[row] += square;
            sink.colMin[column] = std::min(sink.colMin[column], x);
            sink.colMax[column] = std::max(sink.colMax[column], x);
            sink.colSumSq[column] += square;
            if (groups != 0) {
                float& slot = sink.groupAbsMax[row * groups + column / sink.groupSize];
                slot = std::max(slot, std::abs(x));
            }
        }
    }
}

bool tileIsSafe(const Tile& tile, const RangeSink& sink)
{
    for (std::size_t row = 0; row < tile.rows; ++row) // a NaN or Inf makes the sum of squares so
        if (!std::isfinite(sink.rowSumSq[row]) || !rangeIsSafe(sink.rowMin[row], sink.rowMax[row]))
            return false;
    for (std::size_t column = 0; column < tile.cols; ++column)
        if (!rangeIsSafe(sink.scratch[column], sink.scratch[tile.cols + column]))
            return false;
    return true;
}

BlockMoments momentsInDouble(std::span<const float> values)
{
    BlockMoments result;
    double sum = 0;
    for (const float value : values) {
        if (std::isfinite(value)) {
            sum += static_cast<double>(value);
            result.count += 1;
        }
    }
    if (result.count == 0)
        return result;
    result.mean = sum / result.count;
    for (const float value : values) {
        if (!std::isfinite(value))
            continue;
        const double x = static_cast<double>(value) - result.mean;
        result.m2 += x * x;
        result.m3 += x * x * x;
        result.m4 += x * x * x * x;
    }
    return result;
}

} // namespace

/// A tile of at most kRowsInFloat rows.
void accumulatePiece(const Tile& tile, const RangeSink& sink)
{
    resetRows(tile, sink);
    std::fill_n(sink.scratch, tile.cols, kInfinity);
    std::fill_n(sink.scratch + tile.cols, tile.cols, -kInfinity);
    std::fill_n(sink.scratch + 2 * tile.cols, tile.cols, 0.0F);
    switch (tile.element) {
    case Element::Float32:
        HWY_DYNAMIC_DISPATCH(rangesFloat32)(tile, sink);
        break;
    case Element::Float16:
        HWY_DYNAMIC_DISPATCH(rangesFloat16)(tile, sink);
        break;
    case Element::BFloat16:
        HWY_DYNAMIC_DISPATCH(rangesBFloat16)(tile, sink);
        break;
    }
    if (!tileIsSafe(tile, sink)) {
        rangesInDouble(tile, sink);
        return;
    }
    for (std::size_t column = 0; column < tile.cols; ++column) {
        sink.colMin[column] = std::min(sink.colMin[column], sink.scratch[column]);
        sink.colMax[column] = std::max(sink.colMax[column], sink.scratch[tile.cols + column]);
        sink.colSumSq[column] += static_cast<double>(sink.scratch[2 * tile.cols + column]);
    }
}

void accumulateRanges(const Tile& tile, const RangeSink& sink)
{
    if (tile.rows == 0 || tile.cols == 0)
        return;
    const std::size_t groups
        = sink.groupAbsMax != nullptr ? (tile.cols + sink.groupSize - 1) / sink.groupSize : 0;
    for (std::size_t row = 0; row < tile.rows; row += kRowsInFloat) {
        Tile piece = tile;
        piece.rows = std::min(kRowsInFloat, tile.rows - row);
        piece.data = static_cast<const std::byte*>(tile.data) + row * tile.cols * elementBytes(tile.element);
        RangeSink part = sink;
        part.rowMin += row;
        part.rowMax += row;
        part.rowSumSq += row;
        part.rowFinite += row;
        if (groups != 0)
            part.groupAbsMax += row * groups;
        accumulatePiece(piece, part);
    }
}

void countCodes(std::span<const std::uint16_t> codes, std::uint32_t* counts)
{
    std::uint32_t* const even = counts;
    std::uint32_t* const odd = counts + 65536;
    std::size_t i = 0;
    for (; i + 4 <= codes.size(); i += 4) {
        std::uint64_t four = 0;
        std::memcpy(&four, codes.data() + i, sizeof four);
        ++even[four & 0xFFFFU];
        ++odd[(four >> 16) & 0xFFFFU];
        ++even[(four >> 32) & 0xFFFFU];
        ++odd[four >> 48];
    }
    for (; i < codes.size(); ++i)
        ++even[codes[i]];
}

BlockMoments blockMoments(std::span<const float> values)
{
    if (values.empty())
        return {};
    const auto first = HWY_DYNAMIC_DISPATCH(sumAndRange)(values.data(), values.size());
    if (!std::isfinite(first.sum))
        return momentsInDouble(values);
    BlockMoments result;
    result.count = static_cast<double>(values.size());
    if (first.min == first.max) { // constant; with a NaN inside, the sum would not be finite
        result.mean = static_cast<double>(first.min);
        return result;
    }
    const auto shift = static_cast<float>(first.sum / result.count);
    double sums[4] = {};
    HWY_DYNAMIC_DISPATCH(centralSums)(values.data(), values.size(), shift, sums);
    // Fourth powers need a spread that float32 can hold.
    const double variance = sums[1] / result.count;
    if (!std::isfinite(sums[3]) || variance < 1e-15)
        return momentsInDouble(values);
    // `shift` is the mean rounded to float32: move the sums the rest of the way.
    const double rest = sums[0] / result.count;
    result.mean = static_cast<double>(shift) + rest;
    result.m2 = sums[1] - rest * sums[0];
    result.m3 = sums[2] - 3 * rest * sums[1] + 2 * rest * rest * sums[0];
    result.m4 = sums[3] - 4 * rest * sums[2] + 6 * rest * rest * sums[1] - 3 * rest * rest * rest * sums[0];
    return result;
}

} // namespace bitwright::stats::kernels
#endif
