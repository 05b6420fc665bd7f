#include "core/stats/value_counts.h"

#include "core/base/float_bits.h"
#include "core/stats/magnitude_bins.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace bitwright::stats {

namespace {

constexpr std::size_t kCodes = 65536;
constexpr std::size_t kCellBits = 14; // bits of a float32 below a cell
constexpr std::size_t kMagnitudeCells = std::size_t{1} << (31 - kCellBits);
constexpr std::uint32_t kMagnitudeMask = 0x7FFFFFFFU;
constexpr std::uint32_t kInfinityBits = 0x7F800000U;
// Borders that cut cells: 1..511 of the log histogram, then the first nonzero and the first NaN.
constexpr std::size_t kZeroBorder = 512;
constexpr std::size_t kNanBorder = 513;
constexpr std::size_t kBorders = 514;
constexpr std::uint64_t kFlushAt = std::uint64_t{1} << 31;

/// Which border cuts a cell (0: none), and at which bit pattern.
struct CellBorders
{
    std::vector<std::uint16_t> ofCell = std::vector<std::uint16_t>(kMagnitudeCells, 0);
    std::array<std::uint32_t, kBorders> bits{};
};

/// Smallest float32 at or above a positive double.
std::uint32_t firstFloatAt(double border)
{
    auto value = static_cast<float>(border);
    if (static_cast<double>(value) < border)
        value = std::nextafter(value, std::numeric_limits<float>::infinity());
    return std::bit_cast<std::uint32_t>(value);
}

CellBorders makeCellBorders()
{
    CellBorders result;
    for (std::size_t k = 1; k < kZeroBorder; ++k)
        result.bits[k] = firstFloatAt(magnitudeBorders()[k - 1]);
    result.bits[kZeroBorder] = 1;
    result.bits[kNanBorder] = kInfinityBits + 1;
    for (std::size_t k = 1; k < kBorders; ++k)
        if ((result.bits[k] & ((1U << kCellBits) - 1U)) != 0) // a border at a cell's start does not cut it
            result.ofCell[result.bits[k] >> kCellBits] = static_cast<std::uint16_t>(k);
    return result;
}

const CellBorders& cellBorders()
{
    static const CellBorders borders = makeCellBorders();
    return borders;
}

/// Puts `count` equal values into the linear histogram.
void addLinear(LinearHistogram& histogram, double value, std::uint64_t count)
{
    const double width = histogram.high - histogram.low;
    const auto bins = static_cast<double>(histogram.counts.size());
    const double position = width > 0 ? (value - histogram.low) / width * bins : 0.0;
    const auto bin = static_cast<std::size_t>(std::clamp(std::floor(position), 0.0, bins - 1));
    histogram.counts[bin] += count;
}

void startLinear(std::size_t bins, WeightStats& stats)
{
    stats.histogram = {};
    if (bins == 0 || stats.finite == 0)
        return;
    stats.histogram = {stats.min, stats.max, std::vector<std::uint64_t>(bins, 0)};
}

/// Equal finite values and how many there are.
struct Entry
{
    double value;
    std::uint64_t count;
};

/// Derives everything from the finite values in ascending order; the counts of elements, NaN and Inf are set
/// already.
void fillFromEntries(const std::vector<Entry>& entries, std::size_t bins, WeightStats& stats)
{
    stats.finite = stats.count - stats.nan - stats.positiveInf - stats.negativeInf;
    if (entries.empty())
        return;
    stats.min = entries.front().value;
    stats.max = entries.back().value;
    stats.absMax = std::max(std::abs(stats.min), std::abs(stats.max));
    startLinear(bins, stats);
    Moments moments;
    moments.count = static_cast<double>(stats.finite);
    for (const Entry& entry : entries)
        moments.mean += entry.value * static_cast<double>(entry.count);
    moments.mean /= moments.count;
    for (const Entry& entry : entries) {
        const auto count = static_cast<double>(entry.count);
        const double x = entry.value - moments.mean;
        moments.m2 += count * x * x;
        moments.m3 += count * x * x * x;
        moments.m4 += count * x * x * x * x;
        if (entry.value == 0)
            stats.zero += entry.count;
        else
            stats.magnitude.counts[magnitudeBin(std::abs(entry.value))] += entry.count;
        if (bins != 0)
            addLinear(stats.histogram, entry.value, entry.count);
    }
    stats.magnitude.zeros = stats.zero;
    fillMoments(moments, stats);
}

/// Adds equal values, in ascending order, or counts them as NaN or Inf.
void addEntry(std::vector<Entry>& entries, double value, std::uint64_t count, WeightStats& stats)
{
    stats.count += count;
    if (std::isnan(value))
        stats.nan += count;
    else if (std::isinf(value))
        (value > 0 ? stats.positiveInf : stats.negativeInf) += count;
    else
        entries.push_back({value, count});
}

float valueOf(std::uint16_t code, kernels::Element element)
{
    return element == kernels::Element::Float16 ? floatFromHalf(code) : floatFromBfloat16(code);
}

} // namespace

void fillMoments(const Moments& moments, WeightStats& stats)
{
    stats.mean = moments.mean;
    stats.std = std::sqrt(moments.variance());
    stats.rms = moments.rms();
    stats.skewness = moments.skewness();
    stats.kurtosis = moments.kurtosis();
}

// --- 16-bit codes

CodeCounts::CodeCounts(kernels::Element element)
    : m_element(element)
    , m_pending(2 * kCodes, 0)
{ }

void CodeCounts::add(std::span<const std::uint16_t> codes)
{
    if (m_pendingCount + codes.size() > kFlushAt)
        flush();
    kernels::countCodes(codes, m_pending.data());
    m_pendingCount += codes.size();
}

void CodeCounts::flush()
{
    m_counts.resize(kCodes, 0);
    for (std::size_t code = 0; code < kCodes; ++code)
        m_counts[code] += std::uint64_t{m_pending[code]} + m_pending[kCodes + code];
    std::fill(m_pending.begin(), m_pending.end(), 0U);
    m_pendingCount = 0;
}

std::uint64_t CodeCounts::countOf(std::size_t code) const
{
    return std::uint64_t{m_pending[code]} + m_pending[kCodes + code]
        + (m_counts.empty() ? 0 : m_counts[code]);
}

void CodeCounts::merge(const CodeCounts& other)
{
    flush();
    for (std::size_t code = 0; code < kCodes; ++code)
        m_counts[code] += other.countOf(code);
}

void CodeCounts::fill(std::size_t bins, WeightStats& stats) const
{
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < kCodes; ++i) { // ascending: negative codes run backwards
        const std::size_t code = i < kCodes / 2 ? kCodes - 1 - i : i - kCodes / 2;
        if (const std::uint64_t count = countOf(code))
            addEntry(entries, static_cast<double>(valueOf(static_cast<std::uint16_t>(code), m_element)),
                count, stats);
    }
    fillFromEntries(entries, bins, stats);
}

// --- few values

void FewValues::add(std::span<const float> values)
{
    m_values.insert(m_values.end(), values.begin(), values.end());
}

void FewValues::add(std::span<const std::uint16_t> codes, kernels::Element element)
{
    for (const std::uint16_t code : codes)
        m_values.push_back(valueOf(code, element));
}

void FewValues::merge(const FewValues& other)
{
    add(other.m_values);
}

void FewValues::fill(std::size_t bins, WeightStats& stats) const
{
    std::vector<float> sorted;
    std::vector<Entry> entries;
    for (const float value : m_values) {
        if (std::isfinite(value))
            sorted.push_back(value);
        else
            addEntry(entries, static_cast<double>(value), 1, stats);
    }
    std::sort(sorted.begin(), sorted.end());
    for (const float value : sorted)
        addEntry(entries, static_cast<double>(value), 1, stats);
    fillFromEntries(entries, bins, stats);
}

// --- float32 cells

FloatCounts::FloatCounts()
    : m_pending(2 * kMagnitudeCells, 0)
    , m_above(2 * kBorders, 0)
{ }

void FloatCounts::add(std::span<const float> values)
{
    if (m_pendingCount + values.size() > kFlushAt)
        flush();
    const CellBorders& borders = cellBorders();
    const std::uint16_t* const ofCell = borders.ofCell.data();
    std::uint32_t* const pending = m_pending.data();
    for (const float value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        const std::uint32_t cell = bits >> kCellBits;
        ++pending[cell];
        const std::uint16_t border = ofCell[cell & (kMagnitudeCells - 1)];
        if (border != 0 && (bits & kMagnitudeMask) >= borders.bits[border]) [[unlikely]]
            ++m_above[(bits >> 31) * kBorders + border];
    }
    m_pendingCount += values.size();
}

std::uint64_t FloatCounts::countOf(std::size_t cell) const
{
    return m_pending[cell] + (m_cells.empty() ? 0 : m_cells[cell]);
}

void FloatCounts::flush()
{
    m_cells.resize(m_pending.size(), 0);
    for (std::size_t cell = 0; cell < m_cells.size(); ++cell)
        m_cells[cell] += m_pending[cell];
    std::fill(m_pending.begin(), m_pending.end(), 0U);
    m_pendingCount = 0;
}

void FloatCounts::merge(const FloatCounts& other)
{
    flush();
    for (std::size_t cell = 0; cell < m_cells.size(); ++cell)
        m_cells[cell] += other.countOf(cell);
    for (std::size_t border = 0; border < m_above.size(); ++border)
        m_above[border] += other.m_above[border];
}

void FloatCounts::fill(std::size_t bins, WeightStats& stats) const
{
    const CellBorders& borders = cellBorders();
    for (std::size_t cell = 0; cell < m_pending.size(); ++cell)
        stats.count += countOf(cell);
    constexpr std::size_t infinityCell = kInfinityBits >> kCellBits;
    for (std::size_t sign = 0; sign < 2; ++sign) {
        const std::size_t half = sign * kMagnitudeCells;
        const std::uint64_t nanBeside = m_above[sign * kBorders + kNanBorder];
        (sign == 0 ? stats.positiveInf : stats.negativeInf) = countOf(half + infinityCell) - nanBeside;
        stats.nan += nanBeside;
        for (std::size_t cell = infinityCell + 1; cell < kMagnitudeCells; ++cell)
            stats.nan += countOf(half + cell);
        stats.zero += countOf(half) - m_above[sign * kBorders + kZeroBorder];
    }
    stats.finite = stats.count - stats.nan - stats.positiveInf - stats.negativeInf;
    startLinear(bins, stats);
    const auto add = [&](std::size_t sign, double magnitude, std::size_t bin, std::uint64_t count) {
        stats.magnitude.counts[bin] += count;
        if (!stats.histogram.counts.empty())
            addLinear(stats.histogram, sign == 0 ? magnitude : -magnitude, count);
    };
    for (std::size_t i = 0; i < 2 * infinityCell; ++i) {
        const std::size_t sign = i / infinityCell, cell = i % infinityCell;
        const std::uint64_t all = countOf(sign * kMagnitudeCells + cell);
        if (all == 0)
            continue;
        const auto low = static_cast<std::uint32_t>(cell << kCellBits);
        const auto start = static_cast<double>(std::bit_cast<float>(low));
        const auto middle = static_cast<double>(std::bit_cast<float>(low + (1U << (kCellBits - 1))));
        const std::uint16_t border = borders.ofCell[cell];
        const std::uint64_t above = border == 0 ? 0 : m_above[sign * kBorders + border];
        if (border == kZeroBorder) { // denormals only; exact zeros are counted elsewhere
            add(sign, middle, 0, above);
        } else if (border == 0) {
            add(sign, middle, magnitudeBin(start), all);
        } else {
            add(sign, middle, border - 1U, all - above);
            add(sign, middle, border, above);
        }
    }
    stats.magnitude.zeros = stats.zero;
    if (stats.zero != 0 && !stats.histogram.counts.empty())
        addLinear(stats.histogram, 0.0, stats.zero);
}

} // namespace bitwright::stats
