#include "core/stats/site_statistics.h"

#include "core/base/parallel.h"
#include "core/stats/magnitude_bins.h"
#include "core/stats/site_kernels.h"

#include <cblas.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <tuple>

namespace bitwright::stats {

namespace {

constexpr std::size_t kRowsPerChunk = 64;
constexpr std::size_t kChannelsPerChunk = 64;
constexpr std::size_t kGramTile = 256;
constexpr std::size_t kGramRows = 512;
constexpr std::size_t kZeroBin = 512;

/// Bins of float32 magnitudes by table: a cell holds all magnitudes with the same exponent and the same six
/// bits behind it, which is less than a bin, so that at most one border lies inside.
struct BinTable
{
    static constexpr unsigned kShift = 17;
    std::vector<std::uint16_t> bins;
    std::vector<float> borders; ///< From here on the next bin.

    BinTable()
        : bins(std::size_t{1} << (31U - kShift))
        , borders(bins.size(), std::numeric_limits<float>::infinity())
    {
        for (std::size_t cell = 0; cell < bins.size(); ++cell) {
            const auto first = std::bit_cast<float>(static_cast<std::uint32_t>(cell << kShift));
            const std::size_t bin = first > 0 ? magnitudeBin(static_cast<double>(first)) : 0;
            bins[cell] = static_cast<std::uint16_t>(bin);
            if (bin < magnitudeBorders().size()) {
                // The smallest float32 at or above the border.
                const double border = magnitudeBorders()[bin];
                auto next = static_cast<float>(border);
                if (static_cast<double>(next) < border)
                    next = std::nextafter(next, std::numeric_limits<float>::infinity());
                borders[cell] = next;
            }
        }
    }
};

const BinTable& binTable()
{
    static const BinTable table;
    return table;
}

std::uint64_t priorityOf(std::uint64_t token, std::uint64_t seed)
{
    std::uint64_t z = (token + 1) * 0x9E3779B97F4A7C15ULL + seed * 0xD1342543DE82EF95ULL;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

/// The lower middle magnitude of a row.
float medianOf(const float* row, std::size_t count, std::vector<float>& scratch)
{
    scratch.resize(count);
    for (std::size_t i = 0; i < count; ++i)
        scratch[i] = std::fabs(row[i]);
    const auto middle = scratch.begin() + static_cast<std::ptrdiff_t>((count - 1) / 2);
    std::nth_element(scratch.begin(), middle, scratch.end());
    return *middle;
}

} // namespace

std::vector<std::size_t> sampleTokens(std::size_t tokens, std::size_t capacity, std::uint64_t seed)
{
    std::vector<std::size_t> order(tokens);
    for (std::size_t t = 0; t < tokens; ++t)
        order[t] = t;
    const std::size_t kept = std::min(capacity, tokens);
    const auto earlier = [&](std::size_t a, std::size_t b) {
        return std::pair(priorityOf(a, seed), a) < std::pair(priorityOf(b, seed), b);
    };
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(), earlier);
    order.resize(kept);
    std::sort(order.begin(), order.end());
    return order;
}

struct SiteStatistics::RowResult
{
    std::array<std::uint32_t, 4 * 513> bins{}; // four tables, so that equal bins do not wait for each other
    std::vector<Found> found;
    float threshold = 0;
    std::vector<float> scratch;
};

bool SiteStatistics::Found::operator<(const Found& other) const
{
    return std::tuple(-magnitude, token, channel) < std::tuple(-other.magnitude, other.token, other.channel);
}

SiteStatistics::SiteStatistics(std::uint64_t channels, const SiteSettings& settings)
    : m_channels(static_cast<std::size_t>(channels))
    , m_settings(settings)
    , m_absMax(m_channels, 0.0F)
    , m_min(m_channels, std::numeric_limits<float>::infinity())
    , m_max(m_channels, -std::numeric_limits<float>::infinity())
    , m_gram(settings.gram ? m_channels * m_channels : 0, 0.0)
{
    for (auto& sums : m_sums)
        sums.assign(m_channels, 0.0);
}

Result<void> SiteStatistics::add(
    const float* data, std::size_t rows, std::size_t stride, const RunContext& context)
{
    if (rows == 0)
        return {};
    BITWRIGHT_CHECK(addRows(data, rows, stride, context));
    BITWRIGHT_CHECK(addChannels(data, rows, stride, context));
    if (m_settings.gram)
        BITWRIGHT_CHECK(addGram(data, rows, stride, context));
    keepSamples(data, rows, stride);
    m_count += rows;
    return {};
}

void SiteStatistics::keepSamples(const float* data, std::size_t rows, std::size_t stride)
{
    const auto& wanted = m_settings.samples;
    for (; m_nextSample < wanted.size() && wanted[m_nextSample] < m_count + rows; ++m_nextSample) {
        const float* const row = data + (wanted[m_nextSample] - m_count) * stride;
        m_samples.insert(m_samples.end(), row, row + m_channels);
    }
}

Result<void> SiteStatistics::addChannels(
    const float* data, std::size_t rows, std::size_t stride, const RunContext& context)
{
    return parallelFor(
        m_channels, kChannelsPerChunk,
        [&](const Chunk& chunk) -> Result<void> {
            const std::size_t c = chunk.begin;
            kernels::foldChannels(data, rows, stride, chunk.begin, chunk.end,
                {m_absMax.data() + c, m_min.data() + c, m_max.data() + c, m_sums[0].data() + c,
                    m_sums[1].data() + c, m_sums[2].data() + c, m_sums[3].data() + c, m_sums[4].data() + c});
            return {};
        },
        context);
}

void SiteStatistics::trim(std::vector<Found>& found, float& threshold) const
{
    if (found.size() < m_settings.top)
        return;
    std::sort(found.begin(), found.end());
    found.resize(m_settings.top);
    threshold = found.empty() ? std::numeric_limits<float>::infinity() : found.back().magnitude;
}

void SiteStatistics::offer(
    const float* row, std::size_t number, std::vector<Found>& found, float& threshold) const
{
    for (std::size_t c = 0; c < m_channels; ++c) {
        const float magnitude = std::fabs(row[c]);
        // Equal magnitudes count, because an earlier place wins.
        if (magnitude >= threshold) {
            found.push_back({magnitude, row[c], m_count + number, c});
            if (found.size() >= 4 * m_settings.top + 64)
                trim(found, threshold);
        }
    }
}

Result<void> SiteStatistics::foldRow(const float* row, std::size_t number, RowResult& result)
{
    const kernels::RowFacts facts = kernels::rowFacts(row, m_channels);
    if (!std::isfinite(facts.sumSq))
        return fail(ErrorCode::Numeric, "Activation is NaN or infinite at row {}.", m_count + number);
    if (m_settings.tokens) {
        const auto place = static_cast<std::size_t>(m_count) + number;
        m_tokenMax[place] = facts.absMax;
        m_tokenRms[place] = static_cast<float>(std::sqrt(facts.sumSq / static_cast<double>(m_channels)));
        m_tokenMedian[place] = medianOf(row, m_channels, result.scratch);
    }
    if (m_settings.top > 0 && facts.absMax >= result.threshold)
        offer(row, number, result.found, result.threshold);
    const BinTable& table = binTable();
    for (std::size_t c = 0; c < m_channels; ++c) {
        const float magnitude = std::fabs(row[c]);
        const auto cell = std::bit_cast<std::uint32_t>(magnitude) >> BinTable::kShift;
        std::size_t bin = table.bins[cell];
        bin += magnitude >= table.borders[cell] ? 1U : 0U;
        bin = magnitude > 0 ? bin : kZeroBin;
        ++result.bins[(c % 4) * 513 + bin];
    }
    return {};
}

Result<void> SiteStatistics::addRows(
    const float* data, std::size_t rows, std::size_t stride, const RunContext& context)
{
    if (m_settings.tokens) {
        const auto size = static_cast<std::size_t>(m_count) + rows;
        for (auto* column : {&m_tokenMax, &m_tokenMedian, &m_tokenRms})
            column->resize(size);
    }
    const float threshold = m_top.size() < m_settings.top ? 0.0F : m_top.back().magnitude;
    std::vector<RowResult> results(chunkCount(rows, kRowsPerChunk));
    BITWRIGHT_CHECK(parallelFor(
        rows, kRowsPerChunk,
        [&](const Chunk& chunk) -> Result<void> {
            RowResult& result = results[chunk.index];
            result.threshold = threshold;
            for (std::size_t r = chunk.begin; r < chunk.end; ++r)
                BITWRIGHT_CHECK(foldRow(data + r * stride, r, result));
            return {};
        },
        context));
    for (const RowResult& result : results) {
        for (std::size_t i = 0; i < result.bins.size(); ++i)
            m_bins[i % 513] += result.bins[i];
        m_top.insert(m_top.end(), result.found.begin(), result.found.end());
    }
    std::sort(m_top.begin(), m_top.end());
    m_top.resize(std::min(m_top.size(), m_settings.top));
    return {};
}

Result<void> SiteStatistics::addGram(
    const float* data, std::size_t rows, std::size_t stride, const RunContext& context)
{
    std::vector<std::pair<std::size_t, std::size_t>> tiles;
    for (std::size_t i = 0; i < m_channels; i += kGramTile)
        for (std::size_t j = 0; j <= i; j += kGramTile)
            tiles.emplace_back(i, j);
    return parallelFor(
        tiles.size(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            const auto [i, j] = tiles[chunk.begin];
            const std::size_t height = std::min(kGramTile, m_channels - i);
            const std::size_t width = std::min(kGramTile, m_channels - j);
            std::vector<float> product(height * width);
            for (std::size_t row = 0; row < rows; row += kGramRows) {
                BITWRIGHT_CHECK(context.checkStop());
                const std::size_t count = std::min(kGramRows, rows - row);
                const float* const block = data + row * stride;
                cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, static_cast<int>(height),
                    static_cast<int>(width), static_cast<int>(count), 1.0F, block + i,
                    static_cast<int>(stride), block + j, static_cast<int>(stride), 0.0F, product.data(),
                    static_cast<int>(width));
                for (std::size_t y = 0; y < height; ++y) {
                    double* const sums = m_gram.data() + (i + y) * m_channels + j;
                    for (std::size_t x = 0; x < width; ++x)
                        sums[x] += static_cast<double>(product[y * width + x]);
                }
            }
            return {};
        },
        context);
}

std::vector<float> SiteStatistics::takeGram()
{
    std::vector<float> packed;
    if (!m_gram.empty()) {
        packed.reserve(m_channels * (m_channels + 1) / 2);
        for (std::size_t i = 0; i < m_channels; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                packed.push_back(static_cast<float>(m_gram[i * m_channels + j]));
        std::vector<double>().swap(m_gram);
    }
    return packed;
}

model::Site SiteStatistics::site() const
{
    const auto wide
        = [](const std::vector<float>& values) { return std::vector<double>(values.begin(), values.end()); };
    const auto mean = [&](std::size_t power) {
        std::vector<double> values = m_sums[power];
        for (double& value : values)
            value /= static_cast<double>(std::max<std::uint64_t>(m_count, 1));
        return values;
    };
    model::Site site;
    site.channels = m_channels;
    site.count = m_count;
    site.absMax = wide(m_absMax);
    site.min = wide(m_min);
    site.max = wide(m_max);
    site.mean = mean(0);
    site.meanAbs = mean(1);
    site.sumSq = m_sums[2];
    site.moment3 = mean(3);
    site.moment4 = mean(4);
    model::LogHistogram histogram;
    histogram.counts.assign(m_bins.begin(), m_bins.end() - 1);
    histogram.zeros = m_bins[kZeroBin];
    site.histogram = std::move(histogram);
    std::vector<model::TopValue> top;
    for (const Found& found : m_top)
        top.push_back({static_cast<double>(found.value), found.token, found.channel});
    site.top = std::move(top);
    if (m_settings.tokens) {
        site.tokenAbsMax = m_tokenMax;
        site.tokenMedianAbs = m_tokenMedian;
        site.tokenRms = m_tokenRms;
    }
    site.sampleRows = m_samples.size() / std::max<std::size_t>(m_channels, 1);
    site.hasGram = m_settings.gram;
    site.gramCount = m_settings.gram ? static_cast<double>(m_count) : 0.0;
    return site;
}

} // namespace bitwright::stats
