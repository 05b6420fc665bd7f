#include "core/base/parallel.h"
#include "core/stats/outliers.h"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

namespace bitwright::stats {

namespace {

using model::Site;
using model::SiteKind;

/// Width and rows of samples: sites can be compared token by token only when both agree.
using SampleShape = std::pair<std::uint64_t, std::uint64_t>;

using Families = std::map<std::pair<SiteKind, SampleShape>, std::vector<std::size_t>>;

/// Sites that can stand for the layers of LLM.int8() together: of one kind and one shape of samples.
Families familiesOf(const std::vector<Site>& sites)
{
    Families families;
    for (std::size_t i = 0; i < sites.size(); ++i)
        if (sites[i].sampleRows != 0)
            families[{sites[i].kind, {sites[i].channels, sites[i].sampleRows}}].push_back(i);
    return families;
}

/// The most frequent shape of a kind.
std::vector<std::size_t> largestFamily(const Families& families, SiteKind kind)
{
    std::vector<std::size_t> largest;
    for (const auto& [shape, members] : families)
        if (shape.first == kind && members.size() >= largest.size())
            largest = members;
    return largest;
}

/// Collects LLM.int8() hits of the family from whichever thread has the samples; hits are integers, so order
/// is no matter.
class Int8Collector
{
public:
    Int8Collector(std::vector<std::size_t> sites, const Int8FeatureSettings& settings)
        : m_family(std::move(sites))
        , m_counter(settings)
    { }

    [[nodiscard]] bool wants(std::size_t site) const
    {
        return std::binary_search(m_family.begin(), m_family.end(), site);
    }
    /// The tokens that every site has to have sampled: those of the family's first site.
    void setTokens(const model::SampleRows& first) { m_tokens = {first.sequence, first.position}; }
    [[nodiscard]] std::optional<std::size_t> firstSite() const
    {
        return m_family.empty() ? std::nullopt : std::optional(m_family.front());
    }

    [[nodiscard]] Result<void> add(std::size_t site, const model::SampleRows& samples)
    {
        const std::lock_guard lock(m_mutex);
        if (std::pair(samples.sequence, samples.position) != m_tokens) {
            ++m_unpaired;
            return {};
        }
        m_used.push_back(site);
        return m_counter.add({samples.values, samples.rows, samples.channels});
    }

    [[nodiscard]] std::optional<Int8Features> result() const
    {
        if (m_used.empty())
            return std::nullopt;
        Int8Features features = m_counter.result();
        features.sites = m_used;
        std::sort(features.sites.begin(), features.sites.end());
        return features;
    }
    [[nodiscard]] std::size_t unpaired() const { return m_unpaired; }

private:
    std::vector<std::size_t> m_family; ///< Ascending.
    std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> m_tokens;
    std::mutex m_mutex;
    std::vector<std::size_t> m_used;
    std::size_t m_unpaired = 0;
    Int8FeatureCounter m_counter;
};

void measureSamples(const model::SampleRows& samples, const OutlierSettings& settings, SiteOutliers& out)
{
    const Activations x{samples.values, samples.rows, samples.channels};
    out.sampledTokens = samples.rows;
    if (const auto sequences = sequenceOutliers(x, samples.sequence))
        out.sequences = sequences;
    out.tokenKurtosis = tokenKurtosis(x);
    out.kernel = kernelShare(x, settings.crossQuantAlpha, settings.bits);
    const auto largest = out.summary.absMax ? out.summary.absMax : exactAbsQuantile(samples.values, 1.0);
    const auto q999 = out.summary.q999 ? out.summary.q999 : exactAbsQuantile(samples.values, 0.999);
    out.int8Max = int8Check(x, largest.value_or(0), settings.bits);
    out.int8Clipped = int8Check(x, q999.value_or(0), settings.bits);
}

/// Mean and maximum over the sites that have a number.
struct Tally
{
    double sum = 0;
    std::optional<double> largest;
    std::size_t count = 0;

    void add(double value)
    {
        sum += value;
        largest = std::max(largest.value_or(value), value);
        ++count;
    }
    [[nodiscard]] std::optional<double> mean() const
    {
        return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
    }
};

void summarizeModel(const std::vector<Site>& sites, OutlierReport& report)
{
    Tally infNorm, kurtosis, published, corrected;
    for (std::size_t i = 0; i < sites.size(); ++i) {
        const SiteOutliers& site = report.sites[i];
        if (site.sequences && competesForMaximum(sites[i])) {
            infNorm.add(site.sequences->infNorm);
            kurtosis.add(site.sequences->kurtosis);
        }
        if (site.tokenKurtosis && sites[i].kind == SiteKind::Residual) {
            published.add(site.tokenKurtosis->published);
            corrected.add(site.tokenKurtosis->corrected);
        }
    }
    report.maxInfNorm = infNorm.largest;
    report.meanKurtosis = kurtosis.mean();
    report.maxKurtosis = kurtosis.largest;
    report.ospPublished = published.mean();
    report.ospCorrected = corrected.mean();
}

void writeNotes(const std::vector<Site>& sites, std::size_t unpaired, OutlierReport& report)
{
    const auto none = [&](auto has) { return std::none_of(sites.begin(), sites.end(), has); };
    if (none([](const Site& site) { return site.sampleRows != 0; }))
        report.notes.emplace_back(
            "The dump holds no samples: LLM.int8() features, CrossQuant kernel, OSP kurtosis "
            "and the INT8 check are unknown.");
    if (none([](const Site& site) { return site.tokenAbsMax && site.tokenMedianAbs; }))
        report.notes.emplace_back(
            "The dump holds no maxima and medians per token: tokens with massive activations "
            "are unknown.");
    if (none([](const Site& site) { return site.top && site.histogram; }))
        report.notes.emplace_back(
            "The dump holds no top values with histograms: the list of massive activations is "
            "unknown.");
    if (none([](const Site& site) { return site.kind == SiteKind::Residual; }))
        report.notes.emplace_back(
            "The dump holds no residual sites: LLM.int8() features stand on inputs of linears.");
    if (unpaired != 0)
        report.notes.push_back(fmt::format(
            "{} sites sampled other tokens than the rest and are left out of LLM.int8().", unpaired));
}

} // namespace

Result<OutlierReport> outlierReport(
    const model::ActivationDump& dump, const OutlierSettings& settings, const RunContext& context)
{
    const std::vector<Site>& sites = dump.sites();
    OutlierReport report;
    report.sites.resize(sites.size());
    report.maximum = globalMaximum(sites);
    const Families families = familiesOf(sites);
    auto leading = largestFamily(families, SiteKind::Residual);
    if (leading.empty())
        leading = largestFamily(families, SiteKind::InputOf);
    std::deque<Int8Collector> collectors; // in place: they hold a lock
    for (const auto& [shape, members] : families) {
        if (members.size() < 2 && members != leading)
            continue;
        auto& collector = collectors.emplace_back(members, settings.int8);
        BITWRIGHT_ASSIGN(const model::SampleRows samples, dump.loadSamples(members.front()));
        collector.setTokens(samples);
    }
    BITWRIGHT_CHECK(parallelFor(
        sites.size(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            SiteOutliers& out = report.sites[chunk.index];
            out.summary = summarizeSite(sites[chunk.index], chunk.index);
            out.massive = massiveActivations(sites[chunk.index], settings.massive);
            out.sequences = sequenceOutliers(out.summary);
            if (sites[chunk.index].sampleRows == 0)
                return {};
            BITWRIGHT_ASSIGN(const model::SampleRows samples, dump.loadSamples(chunk.index));
            measureSamples(samples, settings, out);
            for (auto& collector : collectors)
                if (collector.wants(chunk.index))
                    return collector.add(chunk.index, samples);
            return {};
        },
        context, "outliers"));
    std::size_t unpaired = 0;
    for (const auto& collector : collectors) {
        unpaired += collector.unpaired();
        auto features = collector.result();
        if (!features)
            continue;
        if (!leading.empty() && collector.firstSite() == leading.front())
            report.int8Features = features;
        report.int8Families.push_back(std::move(*features));
    }
    summarizeModel(sites, report);
    writeNotes(sites, unpaired, report);
    return report;
}

} // namespace bitwright::stats
