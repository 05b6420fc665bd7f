// The published outlier criteria, as they appear over the outlier map.
#include "views/panels/look_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

QString tr(const char* text, const char* comment = nullptr, int count = -1)
{
    return QCoreApplication::translate("LookData", text, comment, count);
}

} // namespace

QString criterionName(Criterion criterion)
{
    switch (criterion) {
    case Criterion::None:
        return tr("none");
    case Criterion::Int8Joint:
        return tr("LLM.int8() joint");
    case Criterion::Int8Separate:
        return tr("LLM.int8() separate");
    case Criterion::InfNorm:
        return tr("QT infinity norm");
    case Criterion::Kurtosis:
        return tr("QT kurtosis");
    case Criterion::OspKurtosis:
        return tr("OSP excess kurtosis");
    case Criterion::CrossQuant:
        return tr("CrossQuant kernel");
    }
    return {};
}

QString criterionTip(Criterion criterion)
{
    switch (criterion) {
    case Criterion::None:
        return tr("The map alone");
    case Criterion::Int8Joint:
        return tr(
            "LLM.int8() (arXiv 2208.07339): channels with |x| ≥ 6 at 6 % of the positions in at least a "
            "quarter of the layers");
    case Criterion::Int8Separate:
        return tr(
            "LLM.int8() (arXiv 2208.07339), other reading: channels with |x| ≥ 6 anywhere in a quarter of "
            "the layers, and at 6 % of the positions in any layer");
    case Criterion::InfNorm:
        return tr(
            "Quantizable Transformers (arXiv 2306.12929): max |x| of a sequence, averaged over sequences");
    case Criterion::Kurtosis:
        return tr(
            "Quantizable Transformers (arXiv 2306.12929): kurtosis of all values of a sequence, averaged");
    case Criterion::OspKurtosis:
        return tr(
            "OSP (arXiv 2506.19697): excess kurtosis over the channels of a token, averaged over tokens "
            "(corrected reading)");
    case Criterion::CrossQuant:
        return tr(
            "CrossQuant (arXiv 2410.07505): share of values that an INT8 scale per token rounds to zero");
    }
    return {};
}

namespace {

/// A number per site; NaN when the dump cannot answer.
double siteCriterion(const stats::SiteOutliers& site, Criterion criterion)
{
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    switch (criterion) {
    case Criterion::InfNorm:
        return site.sequences ? site.sequences->infNorm : kUnknown;
    case Criterion::Kurtosis:
        return site.sequences ? site.sequences->kurtosis : kUnknown;
    case Criterion::OspKurtosis:
        return site.tokenKurtosis ? site.tokenKurtosis->corrected : kUnknown;
    case Criterion::CrossQuant:
        return site.kernel ? site.kernel->perToken : kUnknown;
    default:
        return kUnknown;
    }
}

/// Of the kinds of sites that were judged, the one that most of the shown sites belong to.
const stats::Int8Features* featuresOf(
    const stats::OutlierReport& report, const std::vector<std::size_t>& sites)
{
    const stats::Int8Features* best = nullptr;
    std::ptrdiff_t most = 0;
    for (const auto& features : report.int8Families) {
        const auto shared = std::count_if(sites.begin(), sites.end(), [&](std::size_t site) {
            return std::binary_search(features.sites.begin(), features.sites.end(), site);
        });
        if (shared > most) {
            most = shared;
            best = &features;
        }
    }
    return best;
}

/// The threshold is absolute: where most values reach it, every channel is marked and none stands out.
void warnOfScale(OutlierMapData& data, const stats::Int8Features& features, const model::ActivationDump& dump)
{
    constexpr double kTellsLittle = 0.2;
    if (features.hitShare < kTellsLittle)
        return;
    const QString share = formatNumber(features.hitShare * 100);
    const auto isInput
        = [&](std::size_t site) { return dump.sites()[site].kind == model::SiteKind::InputOf; };
    data.criterionWarning = tr("LLM.int8() tells little here: %1 % of the values are 6 or more.").arg(share);
    const auto groups = siteGroups(dump);
    const auto input
        = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return isInput(g.sites.front()); });
    if (!isInput(features.sites.front()) && input != groups.end())
        data.criterionAdvice
            = tr("Better for it: \u201c%1\u201d.")
                  .arg(QString(input->name).replace(u' ', QChar::Nbsp)); // a name is not broken
    data.criterionWarningMore
        = tr("The threshold |x| ≥ 6 does not follow the scale of the values, so where most of them reach it, "
             "every channel is marked. It was found on what matrices read. Sorting by max |x| and the "
             "kurtoses do not depend on the scale.");
}

/// "11 sites", with their kinds where the map shows only some of them.
QString judgedSites(const stats::Int8Features& features, const model::ActivationDump& dump,
    const std::vector<std::size_t>& shown)
{
    QString text = tr("%n site(s)", nullptr, static_cast<int>(features.sites.size()));
    if (std::includes(shown.begin(), shown.end(), features.sites.begin(), features.sites.end()))
        return text;
    QStringList kinds;
    for (const auto site : features.sites)
        if (const QString kind = siteGroup(dump.sites()[site]); !kinds.contains(kind))
            kinds << kind;
    return QStringLiteral("%1 (%2)").arg(text, kinds.join(QStringLiteral(", ")));
}

/// Marks the feature channels and counts, per row, those that exceed the threshold there.
void addFeatures(OutlierMapData& data, const model::ActivationDump& dump,
    const std::vector<std::size_t>& sites, const stats::Int8Features& features, Criterion criterion)
{
    const auto& channels = criterion == Criterion::Int8Joint ? features.joint : features.separate;
    const double threshold = stats::Int8FeatureSettings{}.threshold;
    for (std::size_t row = 0; row < sites.size(); ++row) {
        data.rowValues.push_back(std::numeric_limits<double>::quiet_NaN());
        const auto& site = dump.sites()[sites[row]];
        if (!site.absMax || !std::binary_search(features.sites.begin(), features.sites.end(), sites[row]))
            continue;
        double hits = 0;
        for (const auto channel : channels) {
            if (channel >= site.absMax->size() || (*site.absMax)[channel] < threshold)
                continue;
            ++hits;
            data.marks.push_back({static_cast<int>(row), static_cast<int>(channel)});
        }
        data.rowValues.back() = hits;
    }
    for (const auto channel : channels)
        data.markedChannels.push_back(static_cast<int>(channel));
    data.rowMeasure = tr("outlier channels");
    data.criterionNote
        = tr("%1 of %2 channels")
              .arg(formatCount(static_cast<std::int64_t>(channels.size())),
                  formatCount(static_cast<std::int64_t>(dump.sites()[features.sites[0]].channels)));
    data.criterionBasis = tr("%1, %2 sampled tokens")
                              .arg(judgedSites(features, dump, sites),
                                  formatCount(static_cast<std::int64_t>(features.tokens)));
    warnOfScale(data, features, dump);
}

} // namespace

void addCriterion(OutlierMapData& data, const model::ActivationDump& dump, const stats::OutlierReport& report,
    const std::vector<std::size_t>& sites, Criterion criterion)
{
    data.criterion = criterionName(criterion);
    if (criterion == Criterion::Int8Joint || criterion == Criterion::Int8Separate) {
        if (const auto* features = featuresOf(report, sites))
            addFeatures(data, dump, sites, *features, criterion);
        else if (report.int8Families.empty())
            data.criterionNote = tr("unknown: the dump holds no paired samples");
        else
            data.criterionNote = tr("judged on other sites than these");
        return;
    }
    bool any = false;
    for (const auto site : sites) {
        data.rowValues.push_back(siteCriterion(report.sites[site], criterion));
        any = any || !std::isnan(data.rowValues.back());
    }
    data.rowMeasure = criterionName(criterion);
    data.rowsAreShares = criterion == Criterion::CrossQuant;
    if (!any) {
        data.rowValues.clear();
        data.criterionNote = tr("unknown: the dump holds no samples");
    }
}

} // namespace bitwright::views
