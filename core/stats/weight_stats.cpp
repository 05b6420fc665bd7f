#include "core/stats/weight_stats.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/stats/value_counts.h"
#include "core/stats/weight_kernels.h"
#include "core/stats/weight_layout.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>

namespace bitwright::stats {

namespace {

using kernels::Element;
using model::DType;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kMomentBlock = 4096;

using ReadBytes = std::function<Result<void>(std::uint64_t offset, std::span<std::byte> out)>;

/// Column accumulators of one strand, and its moments.
struct Strand
{
    std::vector<float> min, max;
    std::vector<double> sumSq;
    std::vector<std::uint64_t> missing;
    Moments moments;
    std::vector<float> groupMin, groupMax; ///< Swapped only: columns of the group in work.

    void start(const Layout& layout)
    {
        min.assign(layout.storedCols, kInfinity);
        max.assign(layout.storedCols, -kInfinity);
        sumSq.assign(layout.storedCols, 0.0);
        missing.assign(layout.storedCols, 0);
        if (layout.swapped) {
            groupMin = min;
            groupMax = max;
        }
    }
};

/// What one worker keeps between strands: buffers and value counts. Counts are integers, so it does not
/// matter which worker saw which strand.
struct Worker
{
    explicit Worker(const Layout& layout)
    {
        if (layout.rows * layout.cols <= FewValues::kLimit)
            few = std::make_unique<FewValues>();
        else if (layout.element() == Element::Float32)
            floats = std::make_unique<FloatCounts>();
        else
            codes = std::make_unique<CodeCounts>(layout.element());
        columnScratch.resize(3 * layout.storedCols);
        rowFinite.resize(layout.tileRows);
    }

    // One of these counts the values.
    std::unique_ptr<FewValues> few;
    std::unique_ptr<CodeCounts> codes;
    std::unique_ptr<FloatCounts> floats;
    std::vector<float> tile; ///< Stored elements of a 16- or 32-bit tile, or the converted values.
    std::vector<std::byte> raw; ///< Stored bytes of types that need conversion.
    std::vector<float> columnScratch;
    std::vector<std::uint32_t> rowFinite;
};

/// Lends workers to whoever runs a strand.
class WorkerPool
{
public:
    explicit WorkerPool(const Layout& layout)
        : m_layout(layout)
    { }

    [[nodiscard]] std::unique_ptr<Worker> take()
    {
        const std::lock_guard lock(m_mutex);
        if (m_free.empty())
            return std::make_unique<Worker>(m_layout);
        auto worker = std::move(m_free.back());
        m_free.pop_back();
        return worker;
    }
    void give(std::unique_ptr<Worker> worker)
    {
        const std::lock_guard lock(m_mutex);
        m_free.push_back(std::move(worker));
    }
    [[nodiscard]] std::vector<std::unique_ptr<Worker>>& all() { return m_free; }

private:
    const Layout& m_layout;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Worker>> m_free;
};

/// One run over one tensor.
class Pass
{
public:
    Pass(const Layout& layout, const WeightStatsSettings& settings, const ReadBytes& read)
        : m_layout(layout)
        , m_settings(settings)
        , m_read(read)
        , m_workers(m_layout)
    { }

    [[nodiscard]] Result<WeightStats> run(const RunContext& context);

private:
    [[nodiscard]] Result<void> runStrand(std::size_t index, Worker& worker, const RunContext& context);
    [[nodiscard]] Result<kernels::Tile> load(
        std::uint64_t row, std::uint64_t rows, std::uint64_t cols, Worker& worker) const;
    void measure(const kernels::Tile& tile, std::uint64_t row, Strand& strand, Worker& worker);
    void finishSwappedGroup(std::uint64_t group, Strand& strand);
    void addFloats(std::span<const float> values, Strand& strand, Worker& worker) const;
    void setExtremes(WeightStats& stats) const;
    void fillDistribution(const Moments& moments, WeightStats& stats);
    [[nodiscard]] Strand foldStrands();
    void fillChannels(const Strand& columns, WeightStats& stats) const;
    void fillFlat(WeightStats& stats) const;
    void fillGroups(WeightStats& stats);

    Layout m_layout;
    const WeightStatsSettings& m_settings;
    const ReadBytes& m_read;
    WorkerPool m_workers;
    std::vector<Strand> m_strands;
    // Per stored row.
    std::vector<float> m_rowMin, m_rowMax;
    std::vector<double> m_rowSumSq;
    std::vector<std::uint64_t> m_rowFinite;
    std::vector<float> m_groups;
};

Result<WeightStats> Pass::run(const RunContext& context)
{
    m_strands.resize(m_layout.strands());
    m_rowMin.resize(m_layout.storedRows);
    m_rowMax.resize(m_layout.storedRows);
    m_rowSumSq.resize(m_layout.storedRows);
    m_rowFinite.resize(m_layout.storedRows);
    m_groups.resize(m_layout.rows * m_layout.groupsPerRow);
    BITWRIGHT_CHECK(parallelFor(
        m_strands.size(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            auto worker = m_workers.take();
            auto done = runStrand(chunk.index, *worker, context);
            m_workers.give(std::move(worker));
            return done;
        },
        context, "weight statistics"));

    WeightStats stats;
    stats.rows = m_layout.rows;
    stats.cols = m_layout.cols;
    const Strand columns = foldStrands();
    setExtremes(stats);
    fillDistribution(columns.moments, stats);
    if (m_layout.flat)
        fillFlat(stats);
    else
        fillChannels(columns, stats);
    fillGroups(stats);
    return stats;
}

void Pass::fillDistribution(const Moments& moments, WeightStats& stats)
{
    if (m_workers.all().empty()) // no strands, no elements
        return;
    Worker& total = *m_workers.all().front();
    for (std::size_t i = 1; i < m_workers.all().size(); ++i) {
        const Worker& other = *m_workers.all()[i];
        if (total.few)
            total.few->merge(*other.few);
        else if (total.codes)
            total.codes->merge(*other.codes);
        else
            total.floats->merge(*other.floats);
    }
    if (total.few) {
        total.few->fill(m_settings.histogramBins, stats);
    } else if (total.codes) {
        total.codes->fill(m_settings.histogramBins, stats);
    } else {
        total.floats->fill(m_settings.histogramBins, stats);
        fillMoments(moments, stats);
    }
}

void Pass::setExtremes(WeightStats& stats) const
{
    float low = kInfinity, high = -kInfinity; // rows without a finite value hold these
    for (std::size_t row = 0; row < m_rowMin.size(); ++row) {
        low = std::min(low, m_rowMin[row]);
        high = std::max(high, m_rowMax[row]);
    }
    if (low > high)
        return;
    stats.min = static_cast<double>(low);
    stats.max = static_cast<double>(high);
    stats.absMax = static_cast<double>(std::max(high, -low));
}

Result<void> Pass::runStrand(std::size_t index, Worker& worker, const RunContext& context)
{
    Strand& strand = m_strands[index];
    strand.start(m_layout);
    const std::uint64_t begin = index * m_layout.strandRows;
    const std::uint64_t end = std::min(m_layout.storedRows, begin + m_layout.strandRows);
    for (std::uint64_t row = begin; row < end;) {
        BITWRIGHT_CHECK(context.checkStop());
        std::uint64_t next = std::min(end, row + m_layout.tileRows);
        if (m_layout.swapped)
            next = std::min(next, (row / m_layout.groupSize + 1) * m_layout.groupSize);
        const bool shortRow = m_layout.lastRowCols != m_layout.storedCols && next == m_layout.storedRows;
        if (shortRow && next - row > 1)
            --next; // a tile has one width: the short last row comes by itself
        const std::uint64_t cols
            = shortRow && next == m_layout.storedRows ? m_layout.lastRowCols : m_layout.storedCols;
        BITWRIGHT_ASSIGN(const kernels::Tile tile, load(row, next - row, cols, worker));
        measure(tile, row, strand, worker);
        if (m_layout.swapped && (next % m_layout.groupSize == 0 || next == m_layout.storedRows))
            finishSwappedGroup(row / m_layout.groupSize, strand);
        row = next;
    }
    return {};
}

Result<kernels::Tile> Pass::load(
    std::uint64_t row, std::uint64_t rows, std::uint64_t cols, Worker& worker) const
{
    const std::uint64_t elements = rows * cols;
    const std::uint64_t bytes = elements * m_layout.elementBytes;
    const std::uint64_t offset = row * m_layout.storedCols * m_layout.elementBytes;
    if (m_layout.converted()) {
        worker.raw.resize(bytes);
        worker.tile.resize(elements);
        BITWRIGHT_CHECK(m_read(offset, worker.raw));
        BITWRIGHT_CHECK(model::convertToFloat(m_layout.dtype, worker.raw, worker.tile));
    } else {
        worker.tile.resize(ceilDiv<std::uint64_t>(bytes, sizeof(float)));
        const std::span<std::byte> target = std::as_writable_bytes(std::span(worker.tile)).first(bytes);
        BITWRIGHT_CHECK(m_read(offset, target));
    }
    return kernels::Tile{worker.tile.data(), rows, cols, m_layout.element()};
}

void Pass::measure(const kernels::Tile& tile, std::uint64_t row, Strand& strand, Worker& worker)
{
    kernels::RangeSink sink;
    sink.rowMin = m_rowMin.data() + row;
    sink.rowMax = m_rowMax.data() + row;
    sink.rowSumSq = m_rowSumSq.data() + row;
    sink.rowFinite = worker.rowFinite.data();
    sink.colMin = m_layout.swapped ? strand.groupMin.data() : strand.min.data();
    sink.colMax = m_layout.swapped ? strand.groupMax.data() : strand.max.data();
    sink.colSumSq = strand.sumSq.data();
    sink.colMissing = strand.missing.data();
    sink.scratch = worker.columnScratch.data();
    // One group spanning a flat tensor is its absolute maximum; the rest is cut where groups are.
    const bool oneFlatGroup = m_layout.flat && m_layout.groupsPerRow <= 1;
    if (!m_layout.swapped && !oneFlatGroup) {
        sink.groupSize = m_layout.groupSize;
        const std::uint64_t groupsBefore
            = m_layout.flat ? row * (m_layout.storedCols / m_layout.groupSize) : row * m_layout.groupsPerRow;
        sink.groupAbsMax = m_groups.data() + groupsBefore;
    }
    kernels::accumulateRanges(tile, sink);
    std::copy_n(worker.rowFinite.begin(), tile.rows, m_rowFinite.begin() + static_cast<std::ptrdiff_t>(row));
    const std::size_t elements = tile.rows * tile.cols;
    if (tile.element == Element::Float32) {
        addFloats({static_cast<const float*>(tile.data), elements}, strand, worker);
        return;
    }
    const std::span codes(static_cast<const std::uint16_t*>(tile.data), elements);
    if (worker.few)
        worker.few->add(codes, tile.element);
    else
        worker.codes->add(codes);
}

void Pass::addFloats(std::span<const float> values, Strand& strand, Worker& worker) const
{
    if (worker.few) {
        worker.few->add(values);
        return;
    }
    for (std::size_t at = 0; at < values.size(); at += kMomentBlock) {
        const auto block = values.subspan(at, std::min(kMomentBlock, values.size() - at));
        worker.floats->add(block);
        const kernels::BlockMoments m = kernels::blockMoments(block);
        strand.moments.merge({m.count, m.mean, m.m2, m.m3, m.m4});
    }
}

void Pass::finishSwappedGroup(std::uint64_t group, Strand& strand)
{
    for (std::uint64_t column = 0; column < m_layout.storedCols; ++column) {
        const float low = strand.groupMin[column], high = strand.groupMax[column];
        m_groups[column * m_layout.groupsPerRow + group] = low <= high ? std::max(high, -low) : 0.0F;
        strand.min[column] = std::min(strand.min[column], low);
        strand.max[column] = std::max(strand.max[column], high);
    }
    std::fill(strand.groupMin.begin(), strand.groupMin.end(), kInfinity);
    std::fill(strand.groupMax.begin(), strand.groupMax.end(), -kInfinity);
}

Strand Pass::foldStrands()
{
    Strand total;
    total.start(m_layout);
    for (Strand& strand : m_strands) {
        for (std::size_t column = 0; column < total.min.size(); ++column) {
            total.min[column] = std::min(total.min[column], strand.min[column]);
            total.max[column] = std::max(total.max[column], strand.max[column]);
            total.sumSq[column] += strand.sumSq[column];
            total.missing[column] += strand.missing[column];
        }
        total.moments.merge(strand.moments);
        strand = {};
    }
    return total;
}

/// Range and rms of one channel; NaN when it has no finite value.
void setChannel(
    ChannelRanges& ranges, std::size_t channel, float low, float high, double sumSq, std::uint64_t finite)
{
    constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
    ranges.min[channel] = finite == 0 ? unknown : low;
    ranges.max[channel] = finite == 0 ? unknown : high;
    ranges.rms[channel]
        = finite == 0 ? unknown : static_cast<float>(std::sqrt(sumSq / static_cast<double>(finite)));
}

void resizeChannels(ChannelRanges& ranges, std::size_t count)
{
    ranges.min.resize(count);
    ranges.max.resize(count);
    ranges.rms.resize(count);
}

void Pass::fillChannels(const Strand& columns, WeightStats& stats) const
{
    ChannelRanges& storedRows = m_layout.swapped ? stats.inputs : stats.outputs;
    ChannelRanges& storedCols = m_layout.swapped ? stats.outputs : stats.inputs;
    resizeChannels(storedRows, m_layout.storedRows);
    for (std::size_t row = 0; row < m_layout.storedRows; ++row)
        setChannel(storedRows, row, m_rowMin[row], m_rowMax[row], m_rowSumSq[row], m_rowFinite[row]);
    resizeChannels(storedCols, m_layout.storedCols);
    for (std::size_t column = 0; column < m_layout.storedCols; ++column)
        setChannel(storedCols, column, columns.min[column], columns.max[column], columns.sumSq[column],
            m_layout.storedRows - columns.missing[column]);
    if (stats.rows == 1)
        stats.inputs = {};
}

void Pass::fillFlat(WeightStats& stats) const
{
    double sumSq = 0;
    for (const double rowSumSq : m_rowSumSq)
        sumSq += rowSumSq;
    resizeChannels(stats.outputs, 1);
    setChannel(
        stats.outputs, 0, static_cast<float>(stats.min), static_cast<float>(stats.max), sumSq, stats.finite);
}

/// Lower middle element of magnitudes. Their bits sort as they do, so one count of the upper half of the bits
/// finds the few candidates; selecting among millions of groups would take as long as reading them.
float lowerMedian(const std::vector<float>& magnitudes)
{
    std::vector<std::uint32_t> counts(1 << 16, 0);
    for (const float magnitude : magnitudes)
        ++counts[std::bit_cast<std::uint32_t>(magnitude) >> 16];
    std::size_t rank = (magnitudes.size() - 1) / 2;
    std::uint32_t upper = 0;
    while (rank >= counts[upper])
        rank -= counts[upper++];
    std::vector<float> candidates;
    for (const float magnitude : magnitudes)
        if (std::bit_cast<std::uint32_t>(magnitude) >> 16 == upper)
            candidates.push_back(magnitude);
    const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(candidates.begin(), middle, candidates.end());
    return *middle;
}

void Pass::fillGroups(WeightStats& stats)
{
    GroupAbsMax& groups = stats.groups;
    groups.groupSize = m_layout.groupSize;
    groups.groups = m_groups.size();
    if (m_groups.empty())
        return;
    if (m_layout.flat && m_layout.groupsPerRow == 1)
        m_groups[0] = static_cast<float>(stats.absMax);
    if (m_settings.keepGroupAbsMax)
        groups.values = m_groups;
    const auto [low, high] = std::minmax_element(m_groups.begin(), m_groups.end());
    groups.min = static_cast<double>(*low);
    groups.max = static_cast<double>(*high);
    groups.median = static_cast<double>(lowerMedian(m_groups));
}

Result<void> checkReadable(DType dtype, std::string_view spelled)
{
    if (!model::isReadable(dtype))
        return fail(ErrorCode::Unsupported, "Values of type {} cannot be read.", spelled);
    return {};
}

} // namespace

float ChannelRanges::absMax(std::size_t channel) const
{
    return std::max(std::abs(min[channel]), std::abs(max[channel]));
}

double LinearHistogram::binWidth() const
{
    return counts.empty() ? 0.0 : (high - low) / static_cast<double>(counts.size());
}

std::optional<double> WeightStats::crest() const
{
    if (!(rms > 0))
        return std::nullopt;
    return absMax / rms;
}

Result<WeightStats> weightStats(const model::Checkpoint& checkpoint, model::TensorIndex tensor,
    const WeightStatsSettings& settings, const RunContext& context, std::optional<std::uint64_t> expert)
{
    if (tensor >= checkpoint.tensors().size())
        return fail(ErrorCode::OutOfRange, "Tensor {} does not exist.", tensor);
    const model::TensorInfo& info = checkpoint.tensors()[tensor];
    auto result = [&]() -> Result<WeightStats> {
        BITWRIGHT_CHECK(checkReadable(info.dtype, info.dtypeText));
        BITWRIGHT_ASSIGN(const auto layout, layoutOf(info, settings.groupSize, expert));
        const ReadBytes read = [&](std::uint64_t offset, std::span<std::byte> out) {
            return checkpoint.read(tensor, layout.second + offset, out);
        };
        return Pass(layout.first, settings, read).run(context);
    }();
    if (!result)
        return fail(std::move(result).error().inTensor(info.name));
    return result;
}

Result<WeightStats> weightStats(model::DType type, std::span<const std::byte> bytes, std::uint64_t rows,
    std::uint64_t cols, const WeightStatsSettings& settings, const RunContext& context)
{
    BITWRIGHT_CHECK(checkReadable(type, model::dtypeName(type)));
    const auto count = checkedMul(rows, cols);
    const auto size
        = count ? checkedMul<std::uint64_t>(*count, model::bitsPerElement(type) / 8) : std::nullopt;
    if (!size || *size != bytes.size())
        return fail(ErrorCode::InvalidArgument, "{} x {} values of type {} do not take {} bytes.", rows, cols,
            model::dtypeName(type), bytes.size());
    const ReadBytes read = [&](std::uint64_t offset, std::span<std::byte> out) -> Result<void> {
        std::memcpy(out.data(), bytes.data() + offset, out.size());
        return {};
    };
    const Layout layout = rows == 1 ? flatLayout(type, cols, settings.groupSize)
                                    : matrixLayout(type, rows, cols, false, settings.groupSize);
    return Pass(layout, settings, read).run(context);
}

Result<WeightStats> weightStats(std::span<const float> values, std::uint64_t rows, std::uint64_t cols,
    const WeightStatsSettings& settings, const RunContext& context)
{
    return weightStats(DType::F32, std::as_bytes(values), rows, cols, settings, context);
}

} // namespace bitwright::stats
