#include "core/stats/activation_stats.h"

#include "core/base/parallel.h"
#include "core/model/tensor_info.h"
#include "core/stats/moments.h"

#include <algorithm>
#include <cmath>

namespace bitwright::stats {

namespace {

using model::Site;
using OptionalVector = std::optional<Site::Vector>;

std::optional<double> meanOf(const OptionalVector& values)
{
    if (!values || values->empty())
        return std::nullopt;
    double sum = 0;
    for (const double value : *values)
        sum += value;
    return sum / static_cast<double>(values->size());
}

/// Largest magnitude of the site by channel: the extreme with its sign where min and max are known.
struct Peak
{
    double magnitude = 0;
    std::optional<double> value;
    std::uint64_t channel = 0;
};

std::optional<Peak> peakOfChannels(const Site& site)
{
    std::optional<Peak> peak;
    const auto consider = [&](double magnitude, std::optional<double> value, std::size_t channel) {
        if (!peak || magnitude > peak->magnitude)
            peak = Peak{magnitude, value, channel};
    };
    if (site.min && site.max) {
        for (std::size_t c = 0; c < site.min->size(); ++c) {
            const double low = (*site.min)[c], high = (*site.max)[c];
            const double extreme = -low > high ? low : high;
            consider(std::abs(extreme), extreme, c);
        }
    } else if (site.absMax) {
        for (std::size_t c = 0; c < site.absMax->size(); ++c)
            consider((*site.absMax)[c], std::nullopt, c);
    }
    return peak;
}

void setMaximum(const Site& site, SiteSummary& summary)
{
    if (const auto peak = peakOfChannels(site)) {
        summary.absMax = peak->magnitude;
        summary.signedMax = peak->value;
        summary.peakChannel = peak->channel;
    }
    if (site.top && !site.top->empty()) {
        // The list of largest values knows the token too. Both come from the same data, but maybe through
        // other precisions.
        const model::TopValue& first = site.top->front();
        if (!summary.absMax || std::abs(first.value) >= *summary.absMax * (1 - 1e-6)) {
            summary.absMax = std::abs(first.value);
            summary.signedMax = first.value;
            summary.peakToken = first.token;
            summary.peakChannel = first.channel;
        }
    }
    if (!summary.absMax && site.tokenAbsMax && !site.tokenAbsMax->empty()) {
        const auto largest = std::max_element(site.tokenAbsMax->begin(), site.tokenAbsMax->end());
        summary.absMax = static_cast<double>(*largest);
        summary.peakToken = static_cast<std::uint64_t>(largest - site.tokenAbsMax->begin());
    }
}

void setMoments(const Site& site, SiteSummary& summary)
{
    summary.mean = meanOf(site.mean);
    summary.meanAbs = meanOf(site.meanAbs);
    const auto squares = meanOf(site.sumSq);
    if (!squares || site.count == 0)
        return;
    const double mean2 = *squares / static_cast<double>(site.count);
    summary.rms = std::sqrt(mean2);
    if (!summary.mean)
        return;
    const auto mean3 = meanOf(site.moment3), mean4 = meanOf(site.moment4);
    const Moments moments = momentsFromRaw(1.0, *summary.mean, mean2, mean3.value_or(0), mean4.value_or(0));
    summary.std = std::sqrt(moments.variance());
    if (moments.variance() > 0 && mean3)
        summary.skewness = moments.skewness();
    if (moments.variance() > 0 && mean3 && mean4)
        summary.kurtosis = moments.kurtosis();
}

/// Values of one channel measure that are in memory, or nothing.
std::optional<float> channelValue(const Site& site, ChannelMeasure measure, std::size_t c)
{
    const auto count = static_cast<double>(site.count);
    switch (measure) {
    case ChannelMeasure::AbsMax:
        if (site.absMax)
            return static_cast<float>((*site.absMax)[c]);
        if (site.min && site.max)
            return static_cast<float>(std::max(std::abs((*site.min)[c]), std::abs((*site.max)[c])));
        return std::nullopt;
    case ChannelMeasure::Rms:
        if (!site.sumSq || site.count == 0)
            return std::nullopt;
        return static_cast<float>(std::sqrt((*site.sumSq)[c] / count));
    case ChannelMeasure::Kurtosis: {
        if (!site.mean || !site.sumSq || !site.moment3 || !site.moment4 || site.count == 0)
            return std::nullopt;
        const double mean2 = (*site.sumSq)[c] / count;
        const Moments moments
            = momentsFromRaw(1.0, (*site.mean)[c], mean2, (*site.moment3)[c], (*site.moment4)[c]);
        // A variance that is all cancellation says nothing: the channel is constant to rounding.
        if (moments.variance() <= mean2 * 1e-12)
            return std::nullopt;
        return static_cast<float>(moments.kurtosis());
    }
    case ChannelMeasure::ShareAboveThreshold:
        return std::nullopt;
    }
    return std::nullopt;
}

void setCell(ChannelMap& map, std::size_t row, std::size_t channel, std::optional<float> value)
{
    if (!value || !std::isfinite(*value))
        return;
    map.values[row * map.width + channel] = *value;
    map.known[row * map.width + channel] = 1;
}

Result<void> fillShares(
    const model::ActivationDump& dump, double threshold, ChannelMap& map, const RunContext& context)
{
    return parallelFor(
        map.rows(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            const std::size_t site = map.sites[chunk.index];
            if (dump.sites()[site].sampleRows == 0)
                return {};
            BITWRIGHT_ASSIGN(const model::SampleRows samples, dump.loadSamples(site));
            std::vector<std::uint64_t> hits(samples.channels, 0), seen(samples.channels, 0);
            for (std::size_t i = 0; i < samples.values.size(); ++i) {
                const double magnitude = std::abs(static_cast<double>(samples.values[i]));
                seen[i % samples.channels] += std::isfinite(magnitude) ? 1U : 0U;
                hits[i % samples.channels] += std::isfinite(magnitude) && magnitude >= threshold ? 1U : 0U;
            }
            for (std::size_t c = 0; c < hits.size() && c < map.width; ++c)
                if (seen[c] != 0)
                    setCell(map, chunk.index, c,
                        static_cast<float>(static_cast<double>(hits[c]) / static_cast<double>(seen[c])));
            return {};
        },
        context, "outlier channels");
}

} // namespace

SiteSummary summarizeSite(const model::Site& site, std::size_t index)
{
    SiteSummary summary;
    summary.site = index;
    setMaximum(site, summary);
    setMoments(site, summary);
    if (site.histogram) {
        summary.median = site.histogram->quantile(0.5);
        summary.q90 = site.histogram->quantile(0.9);
        summary.q99 = site.histogram->quantile(0.99);
        summary.q999 = site.histogram->quantile(0.999);
    }
    if (summary.absMax && summary.rms && *summary.rms > 0)
        summary.crest = *summary.absMax / *summary.rms;
    if (summary.absMax && summary.q999 && *summary.q999 > 0)
        summary.maxToQ999 = *summary.absMax / *summary.q999;
    return summary;
}

bool competesForMaximum(const model::Site& site)
{
    if (site.kind == model::SiteKind::Residual || site.kind == model::SiteKind::OutputOf)
        return true;
    return std::any_of(site.tensors.begin(), site.tensors.end(),
        [](const std::string& tensor) { return model::parseTensorName(tensor).role == model::Role::Output; });
}

std::optional<GlobalMaximum> globalMaximum(std::span<const model::Site> sites)
{
    std::optional<GlobalMaximum> best;
    for (std::size_t i = 0; i < sites.size(); ++i) {
        if (!competesForMaximum(sites[i]))
            continue;
        SiteSummary summary;
        setMaximum(sites[i], summary);
        if (!summary.absMax || (best && *summary.absMax <= std::abs(best->value)))
            continue;
        best = GlobalMaximum{
            i, summary.signedMax.value_or(*summary.absMax), summary.peakToken, summary.peakChannel};
    }
    return best;
}

MassiveActivations massiveActivations(const model::Site& site, const MassiveSettings& settings)
{
    MassiveActivations result;
    const auto median = site.histogram ? site.histogram->quantile(0.5) : std::nullopt;
    if (site.top && median) {
        result.values.emplace();
        const auto isMassive = [&](const model::TopValue& top) {
            const double magnitude = std::abs(top.value);
            return magnitude > settings.threshold && magnitude >= settings.medianRatio * *median;
        };
        std::copy_if(site.top->begin(), site.top->end(), std::back_inserter(*result.values), isMassive);
        result.listIsComplete
            = result.values->size() < site.top->size() || site.top->size() == site.count * site.channels;
    }
    if (!site.tokenAbsMax || !site.tokenMedianAbs)
        return result;
    const std::size_t tokens = std::min(site.tokenAbsMax->size(), site.tokenMedianAbs->size());
    result.tokens = 0;
    result.tokensSeen = tokens;
    for (std::size_t t = 0; t < tokens; ++t) {
        const auto largest = static_cast<double>((*site.tokenAbsMax)[t]);
        const auto middle = static_cast<double>((*site.tokenMedianAbs)[t]);
        if (middle > 0)
            result.largestRatio = std::max(result.largestRatio.value_or(0.0), largest / middle);
        if (!(largest > settings.threshold && largest > settings.medianRatio * middle))
            continue;
        if (!result.firstToken)
            result.firstToken = t;
        ++*result.tokens;
    }
    return result;
}

std::string_view channelMeasureName(ChannelMeasure measure)
{
    switch (measure) {
    case ChannelMeasure::AbsMax:
        return "abs-max";
    case ChannelMeasure::Rms:
        return "rms";
    case ChannelMeasure::Kurtosis:
        return "kurtosis";
    case ChannelMeasure::ShareAboveThreshold:
        return "share-above-threshold";
    }
    return "unknown";
}

std::optional<float> ChannelMap::at(std::size_t row, std::size_t channel) const
{
    if (row >= rows() || channel >= width || known[row * width + channel] == 0)
        return std::nullopt;
    return values[row * width + channel];
}

Result<ChannelMap> channelMap(const model::ActivationDump& dump, ChannelMeasure measure,
    const ChannelMapSettings& settings, const RunContext& context)
{
    ChannelMap map;
    map.measure = measure;
    const auto& sites = dump.sites();
    for (std::size_t i = 0; i < sites.size(); ++i) {
        if (settings.kind && sites[i].kind != *settings.kind)
            continue;
        map.sites.push_back(i);
        map.width = std::max(map.width, static_cast<std::size_t>(sites[i].channels));
    }
    map.values.assign(map.rows() * map.width, 0.0F);
    map.known.assign(map.rows() * map.width, 0);
    if (measure == ChannelMeasure::ShareAboveThreshold) {
        BITWRIGHT_CHECK(fillShares(dump, settings.threshold, map, context));
        return map;
    }
    for (std::size_t row = 0; row < map.rows(); ++row)
        for (std::size_t c = 0; c < sites[map.sites[row]].channels; ++c)
            setCell(map, row, c, channelValue(sites[map.sites[row]], measure, c));
    return map;
}

} // namespace bitwright::stats
