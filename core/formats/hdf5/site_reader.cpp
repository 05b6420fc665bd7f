#include "core/formats/hdf5/dump_reader.h"

#include <algorithm>
#include <cmath>

namespace bitwright::formats::h5 {

namespace {

using model::LogHistogram;
using model::Site;
using model::SiteKind;

constexpr std::uint64_t kChannelLimit = 1ULL << 24;
constexpr std::size_t kNameLimit = 4096;
constexpr std::uint64_t kHistogramEntries = LogHistogram::kBins + 1;

/// What values a statistic may take.
enum class Range : std::uint8_t
{
    Any,
    NotNegative,
};

template <typename T>
bool isPossible(const std::vector<T>& values, Range range)
{
    return std::all_of(values.begin(), values.end(),
        [range](T value) { return std::isfinite(value) && (range == Range::Any || value >= 0); });
}

/// Reads the parts of one site.
class SiteReader
{
public:
    SiteReader(const DumpGroup& group, Warnings& warnings)
        : m_group(group)
        , m_warnings(warnings)
    { }

    [[nodiscard]] Result<Site> read();

private:
    [[nodiscard]] Result<void> readIdentity();
    [[nodiscard]] Result<void> readChannelVectors();
    [[nodiscard]] Result<void> readChannels(
        const std::string& name, Range range, std::optional<Site::Vector>& target);
    [[nodiscard]] Result<void> readTokens(const std::string& name, std::optional<std::vector<float>>& target);
    [[nodiscard]] Result<void> readHistogram();
    [[nodiscard]] Result<std::optional<std::size_t>> zeroBucket(const Dataset& dataset);
    [[nodiscard]] Result<void> readTop();
    [[nodiscard]] Result<void> findSamples();
    [[nodiscard]] Result<void> findGram();

    void warn(std::string_view name, std::string_view what)
    {
        m_warnings.push_back(fmt::format("{}: {} {}", escapedForDisplay(m_site.name), name, what));
    }
    template <typename... Args>
    [[nodiscard]] tl::unexpected<Error> wrong(fmt::format_string<Args...> text, Args&&... args) const
    {
        return bitwright::fail(problem(ErrorCode::Format, fmt::format(text, std::forward<Args>(args)...))
                                   .inTensor(m_site.name.empty() ? m_group.path() : m_site.name));
    }

    const DumpGroup& m_group;
    Warnings& m_warnings;
    Site m_site;
};

Result<Site> SiteReader::read()
{
    BITWRIGHT_CHECK(readIdentity());
    if (m_site.count == 0) {
        m_warnings.push_back(escapedForDisplay(m_site.name) + ": saw no rows; everything is unknown.");
        return std::move(m_site);
    }
    BITWRIGHT_CHECK(readChannelVectors());
    BITWRIGHT_CHECK(readTokens("token_abs_max", m_site.tokenAbsMax));
    BITWRIGHT_CHECK(readTokens("token_median_abs", m_site.tokenMedianAbs));
    BITWRIGHT_CHECK(readTokens("token_rms", m_site.tokenRms));
    BITWRIGHT_CHECK(readHistogram());
    BITWRIGHT_CHECK(readTop());
    BITWRIGHT_CHECK(findSamples());
    BITWRIGHT_CHECK(findGram());
    return std::move(m_site);
}

std::optional<SiteKind> kindFromName(std::string_view name)
{
    for (const SiteKind kind : {SiteKind::InputOf, SiteKind::OutputOf, SiteKind::Residual})
        if (name == model::siteKindName(kind))
            return kind;
    return std::nullopt;
}

Result<void> SiteReader::readIdentity()
{
    BITWRIGHT_ASSIGN(auto name, stringAttribute(m_group.id(), "name"));
    if (!name || name->empty() || name->size() > kNameLimit)
        return wrong("Site has no name, or one of more than {} bytes.", kNameLimit);
    m_site.name = std::move(*name);
    BITWRIGHT_ASSIGN(const auto kind, stringAttribute(m_group.id(), "kind"));
    const auto known = kind ? kindFromName(*kind) : std::nullopt;
    if (!known)
        return wrong("Site kind must be input_of, output_of or residual, not \"{}\".",
            escapedForDisplay(kind.value_or("")));
    m_site.kind = *known;
    BITWRIGHT_ASSIGN(auto tensors, stringListAttribute(m_group.id(), "tensors"));
    if (!tensors)
        return wrong("Attribute tensors is missing: the site does not say what it belongs to.");
    m_site.tensors = std::move(*tensors);
    BITWRIGHT_ASSIGN(const auto block, integerAttribute(m_group.id(), "block"));
    if (block && *block >= 0 && *block <= 1'000'000)
        m_site.block = static_cast<int>(*block);
    BITWRIGHT_ASSIGN(const auto channels, integerAttribute(m_group.id(), "channels"));
    BITWRIGHT_ASSIGN(const auto count, integerAttribute(m_group.id(), "count"));
    if (!channels || *channels < 1 || static_cast<std::uint64_t>(*channels) > kChannelLimit)
        return wrong("Attribute channels must be 1..{}.", kChannelLimit);
    if (!count || *count < 0)
        return wrong("Attribute count (rows seen) is missing or negative.");
    m_site.channels = static_cast<std::uint64_t>(*channels);
    m_site.count = static_cast<std::uint64_t>(*count);
    return {};
}

Result<void> SiteReader::readChannels(
    const std::string& name, Range range, std::optional<Site::Vector>& target)
{
    BITWRIGHT_ASSIGN(const auto dataset, m_group.dataset(name, m_warnings));
    if (!dataset)
        return {};
    if (dataset->shape != std::vector<std::uint64_t>{m_site.channels})
        return wrong(
            "{} holds {} values, the site has {} channels.", name, dataset->elements, m_site.channels);
    BITWRIGHT_ASSIGN(auto values, readDoubles(*dataset));
    if (!isPossible(values, range))
        warn(name, "holds NaN, Inf or impossible values; unknown.");
    else
        target = std::move(values);
    return {};
}

Result<void> SiteReader::readChannelVectors()
{
    BITWRIGHT_CHECK(readChannels("abs_max", Range::NotNegative, m_site.absMax));
    BITWRIGHT_CHECK(readChannels("min", Range::Any, m_site.min));
    BITWRIGHT_CHECK(readChannels("max", Range::Any, m_site.max));
    BITWRIGHT_CHECK(readChannels("mean", Range::Any, m_site.mean));
    BITWRIGHT_CHECK(readChannels("mean_abs", Range::NotNegative, m_site.meanAbs));
    BITWRIGHT_CHECK(readChannels("sum_sq", Range::NotNegative, m_site.sumSq));
    BITWRIGHT_CHECK(readChannels("moment3", Range::Any, m_site.moment3));
    return readChannels("moment4", Range::NotNegative, m_site.moment4);
}

Result<void> SiteReader::readTokens(const std::string& name, std::optional<std::vector<float>>& target)
{
    BITWRIGHT_ASSIGN(const auto dataset, m_group.dataset(name, m_warnings));
    if (!dataset)
        return {};
    if (dataset->shape != std::vector<std::uint64_t>{m_site.count})
        return wrong("{} holds {} values, the site saw {} rows.", name, dataset->elements, m_site.count);
    BITWRIGHT_ASSIGN(auto values, readFloats(*dataset));
    if (!isPossible(values, Range::NotNegative))
        warn(name, "holds NaN, Inf or negative values; unknown.");
    else
        target = std::move(values);
    return {};
}

/// Where the zeros are counted: last unless the attribute zero_bucket says first. Nothing when the bins are
/// others than ours.
Result<std::optional<std::size_t>> SiteReader::zeroBucket(const Dataset& dataset)
{
    const hid_t id = dataset.handle.id();
    BITWRIGHT_ASSIGN(const auto low, numberAttribute(id, "low"));
    BITWRIGHT_ASSIGN(const auto high, numberAttribute(id, "high"));
    BITWRIGHT_ASSIGN(const auto zero, integerAttribute(id, "zero_bucket"));
    const bool ours = low.value_or(LogHistogram::kLow) == LogHistogram::kLow
        && high.value_or(LogHistogram::kHigh) == LogHistogram::kHigh;
    const std::int64_t bucket = zero.value_or(LogHistogram::kBins);
    if (!ours || (bucket != 0 && bucket != LogHistogram::kBins))
        return std::optional<std::size_t>{};
    return std::optional(static_cast<std::size_t>(bucket));
}

Result<void> SiteReader::readHistogram()
{
    BITWRIGHT_ASSIGN(const auto dataset, m_group.dataset("hist_log10_abs", m_warnings));
    if (!dataset)
        return {};
    using Shape = std::vector<std::uint64_t>;
    const bool perChannel = dataset->shape == Shape{m_site.channels, kHistogramEntries};
    if (!perChannel && dataset->shape != Shape{kHistogramEntries})
        return wrong("hist_log10_abs must hold {} counts ({} bins and the zeros), per site or per channel.",
            kHistogramEntries, kHistogramEntries - 1);
    BITWRIGHT_ASSIGN(const auto zero, zeroBucket(*dataset));
    BITWRIGHT_ASSIGN(const auto counts, readIntegers(*dataset));
    if (!zero || std::any_of(counts.begin(), counts.end(), [](std::int64_t count) { return count < 0; })) {
        warn("hist_log10_abs", "has other bins than log10|x| on [-8, 8], or negative counts; unknown.");
        return {};
    }
    LogHistogram histogram;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::size_t entry = i % kHistogramEntries;
        const auto count = static_cast<std::uint64_t>(counts[i]);
        if (entry == *zero)
            histogram.zeros += count;
        else
            histogram.counts[entry > *zero ? entry - 1 : entry] += count;
    }
    if (histogram.total() != m_site.count * m_site.channels)
        warn("hist_log10_abs", "counts another number of values than rows x channels.");
    m_site.hasChannelHistogram = perChannel;
    m_site.histogram = std::move(histogram);
    return {};
}

Result<void> SiteReader::readTop()
{
    BITWRIGHT_ASSIGN(const auto valueSet, m_group.dataset("top_values", m_warnings));
    BITWRIGHT_ASSIGN(const auto indexSet, m_group.dataset("top_index", m_warnings));
    if (!valueSet || !indexSet)
        return {};
    if (valueSet->shape.size() != 1 || indexSet->shape != std::vector<std::uint64_t>{valueSet->elements, 2})
        return wrong(
            "top_values and top_index disagree: {} values, {} index numbers (token and channel each).",
            valueSet->elements, indexSet->elements);
    BITWRIGHT_ASSIGN(const auto values, readDoubles(*valueSet));
    BITWRIGHT_ASSIGN(const auto index, readIntegers(*indexSet));
    std::vector<model::TopValue> top;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t token = index[2 * i], channel = index[2 * i + 1];
        const bool possible = std::isfinite(values[i]) && token >= 0 && channel >= 0
            && static_cast<std::uint64_t>(channel) < m_site.channels;
        if (!possible) {
            warn("top_values", "holds NaN, Inf or a place outside of the site; unknown.");
            return {};
        }
        top.push_back({values[i], static_cast<std::uint64_t>(token), static_cast<std::uint64_t>(channel)});
    }
    std::stable_sort(top.begin(), top.end(), [](const model::TopValue& a, const model::TopValue& b) {
        return std::abs(a.value) > std::abs(b.value);
    });
    m_site.top = std::move(top);
    return {};
}

Result<void> SiteReader::findSamples()
{
    BITWRIGHT_ASSIGN(const auto samples, m_group.dataset("samples", m_warnings));
    if (!samples)
        return {};
    if (samples->shape.size() != 2 || samples->shape[1] != m_site.channels)
        return wrong("samples must be rows x {} channels.", m_site.channels);
    m_site.sampleRows = samples->shape[0];
    for (const char* const name : {"sample_sequence", "sample_position"}) {
        BITWRIGHT_ASSIGN(const auto places, m_group.dataset(name, m_warnings));
        if (places && places->shape != std::vector<std::uint64_t>{m_site.sampleRows})
            return wrong(
                "{} holds {} values for {} sampled rows.", name, places->elements, m_site.sampleRows);
    }
    return {};
}

Result<void> SiteReader::findGram()
{
    BITWRIGHT_ASSIGN(const auto gram, m_group.dataset("gram", m_warnings));
    if (!gram)
        return {};
    const std::uint64_t packed = m_site.channels * (m_site.channels + 1) / 2;
    if (gram->shape != std::vector<std::uint64_t>{packed})
        return wrong("gram holds {} values, the lower triangle of {} channels has {}.", gram->elements,
            m_site.channels, packed);
    BITWRIGHT_ASSIGN(const auto count, m_group.number("gram_count", m_warnings));
    if (!count || !std::isfinite(*count) || *count <= 0) {
        warn("gram", "does not say how many rows are in it (gram_count); unknown.");
        return {};
    }
    m_site.hasGram = true;
    m_site.gramCount = *count;
    return {};
}

} // namespace

Result<Site> readSite(const DumpGroup& group, Warnings& warnings)
{
    return SiteReader(group, warnings).read();
}

Result<std::optional<model::GradientFactors>> readGradient(const DumpGroup& group, Warnings& warnings)
{
    model::GradientFactors factors;
    BITWRIGHT_ASSIGN(auto tensor, stringAttribute(group.id(), "tensor"));
    if (!tensor || tensor->empty())
        return fail(problem(ErrorCode::Format, "Attribute tensor is missing.").inTensor(group.path()));
    factors.tensor = std::move(*tensor);
    BITWRIGHT_ASSIGN(const auto rows, group.dataset("row_mean_sq", warnings));
    BITWRIGHT_ASSIGN(const auto columns, group.dataset("col_mean_sq", warnings));
    BITWRIGHT_ASSIGN(const auto mean, group.number("mean_sq", warnings));
    BITWRIGHT_ASSIGN(const auto batches, group.number("batches", warnings));
    const bool complete = rows && columns && mean && rows->shape.size() == 1 && columns->shape.size() == 1;
    if (!complete) {
        warnings.push_back(escapedForDisplay(factors.tensor)
            + ": gradients lack row_mean_sq, col_mean_sq or mean_sq; unknown.");
        return std::optional<model::GradientFactors>{};
    }
    BITWRIGHT_ASSIGN(factors.rowMeanSq, readDoubles(*rows));
    BITWRIGHT_ASSIGN(factors.colMeanSq, readDoubles(*columns));
    factors.meanSq = *mean;
    const double seen = batches.value_or(0);
    factors.batches = seen > 0 && seen < 1e15 ? static_cast<std::uint64_t>(seen) : 0;
    if (!isPossible(factors.rowMeanSq, Range::NotNegative)
        || !isPossible(factors.colMeanSq, Range::NotNegative) || !std::isfinite(*mean) || *mean < 0) {
        warnings.push_back(
            escapedForDisplay(factors.tensor) + ": gradients hold NaN, Inf or negative values; unknown.");
        return std::optional<model::GradientFactors>{};
    }
    return std::optional(std::move(factors));
}

Result<std::optional<model::OutputGradientSite>> readOutputGradient(
    const DumpGroup& group, Warnings& warnings)
{
    model::OutputGradientSite site;
    BITWRIGHT_ASSIGN(auto tensor, stringAttribute(group.id(), "tensor"));
    if (!tensor || tensor->empty())
        return fail(problem(ErrorCode::Format, "Attribute tensor is missing.").inTensor(group.path()));
    site.tensor = std::move(*tensor);
    BITWRIGHT_ASSIGN(const auto samples, group.dataset("samples", warnings));
    BITWRIGHT_ASSIGN(const auto sequence, group.dataset("sample_sequence", warnings));
    BITWRIGHT_ASSIGN(const auto position, group.dataset("sample_position", warnings));
    const auto rowsOf = [&](const std::optional<Dataset>& places) {
        return places && places->shape == std::vector<std::uint64_t>{samples->shape[0]};
    };
    if (!samples || samples->shape.size() != 2 || !rowsOf(sequence) || !rowsOf(position)) {
        warnings.push_back(escapedForDisplay(site.tensor)
            + ": gradients of outputs lack samples or the tokens that they are of; unknown.");
        return std::optional<model::OutputGradientSite>{};
    }
    site.rows = samples->shape[0];
    site.outputs = samples->shape[1];
    BITWRIGHT_ASSIGN(const auto inputs, group.dataset("inputs", warnings));
    if (inputs) {
        if (inputs->shape.size() != 2 || inputs->shape[0] != site.rows || inputs->shape[1] == 0) {
            warnings.push_back(escapedForDisplay(site.tensor)
                + ": inputs beside gradients of outputs are of other tokens; unknown.");
            return std::optional<model::OutputGradientSite>{};
        }
        site.inputs = inputs->shape[1];
    }
    return std::optional(std::move(site));
}

} // namespace bitwright::formats::h5
