#include "views/panels/tensor_data.h"

#include "views/charts/chart_math.h"
#include "views/panels/chart_data.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartData", text);
}

QString display(const std::string& text)
{
    return QString::fromStdString(escapedForDisplay(text));
}

} // namespace

WeightHistogramData weightHistogramData(const model::TensorInfo& tensor, const stats::WeightStats& stats)
{
    WeightHistogramData data;
    data.tensor = display(tensor.name);
    const auto& histogram = stats.histogram;
    for (std::size_t i = 0; i <= histogram.counts.size() && !histogram.counts.empty(); ++i)
        data.edges.push_back(histogram.low + static_cast<double>(i) * histogram.binWidth());
    for (const auto count : histogram.counts)
        data.counts.push_back(static_cast<double>(count));
    data.total = static_cast<std::int64_t>(stats.count);
    data.zeros = static_cast<std::int64_t>(stats.zero);
    data.nonFinite = static_cast<std::int64_t>(stats.count - stats.finite);
    data.extremes = {stats.min, stats.max};
    return data;
}

std::vector<double> finerEdges(const WeightHistogramData& histogram)
{
    constexpr double kWanted = 240; // bins of what is shown
    constexpr int kFinest = 64;
    if (histogram.counts.empty())
        return histogram.edges;
    const auto bins = static_cast<int>(histogram.counts.size());
    const double low = histogram.edges.front(), whole = histogram.edges.back() - low;
    const double shown = crowdedRange(histogram.edges, histogram.counts).width();
    if (!(shown > 0) || !(whole > 0) || 2 * shown * bins >= kWanted * whole)
        return histogram.edges;
    const int finer = std::clamp(static_cast<int>(std::ceil(kWanted * whole / (shown * bins))), 1, kFinest);
    std::vector<double> edges;
    for (int i = 0; i <= bins * finer; ++i)
        edges.push_back(low + whole * i / (bins * finer));
    return edges;
}

ChannelRidgeData channelRidgeData(
    const model::TensorInfo& tensor, const stats::WeightStats& stats, const model::Site* site, bool inputs)
{
    ChannelRidgeData data;
    data.tensor = display(tensor.name);
    data.channelLabel = inputs ? tr("input channel") : tr("output channel");
    const auto& ranges = inputs ? stats.inputs : stats.outputs;
    data.minimum = ranges.min;
    data.maximum = ranges.max;
    data.rms = ranges.rms;
    if (inputs && site != nullptr && site->absMax && site->absMax->size() == ranges.size()) {
        data.activation.assign(site->absMax->begin(), site->absMax->end());
        data.activationLabel = tr("largest |x| of %1").arg(display(site->name));
    }
    return data;
}

SpectrumData spectrumData(
    const model::TensorInfo& tensor, const project::StoredSpectrum& stored, spectra::TailEstimator estimator)
{
    SpectrumData data;
    data.tensor = display(tensor.name);
    const auto& spectrum = stored.spectrum;
    data.eigenvalues = spectrum.eigenvalues.empty() ? stored.esd.eigenvalues : spectrum.eigenvalues;
    if (const auto* fit = spectrum.fit(estimator);
        fit != nullptr && fit->status == spectra::FitStatus::Fitted) {
        TailFit tail;
        tail.alpha = fit->alpha;
        tail.xmin = fit->xmin;
        tail.tailCount = static_cast<std::int64_t>(fit->tailCount);
        tail.alphaInterval
            = Interval{fit->alpha - 1.96 * fit->standardError, fit->alpha + 1.96 * fit->standardError};
        tail.name = estimatorText(estimator);
        data.tails.push_back(tail);
    }
    if (spectrum.bulk.status == spectra::FitStatus::Fitted) {
        const auto& bulk = spectrum.bulk;
        BulkFit fit;
        fit.lower = bulk.lambdaMinus;
        fit.upper = bulk.lambdaPlus;
        fit.spikeEdge = bulk.spikeEdge;
        fit.aspect = bulk.aspect > 0 ? 1.0 / bulk.aspect : 1.0;
        fit.sigma2 = bulk.scale > 0 ? bulk.sigma * bulk.sigma / bulk.scale : bulk.sigma * bulk.sigma;
        fit.spikes = static_cast<std::int64_t>(bulk.spikes);
        data.bulk = fit;
    }
    return data;
}

QString estimatorText(spectra::TailEstimator estimator)
{
    const auto name = spectra::tailEstimatorName(estimator);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

QString estimatorHelp(spectra::TailEstimator estimator)
{
    using spectra::TailEstimator;
    switch (estimator) {
    case TailEstimator::PowerLaw:
        return tr("WeightWatcher: xmin with the least Kolmogorov-Smirnov distance");
    case TailEstimator::HillMedian:
        return tr("Hill estimate above the median eigenvalue (TempBalance, AlphaPruning)");
    case TailEstimator::HillAlphaQ:
        return tr("Hill estimate over the largest tenth (AlphaQ)");
    case TailEstimator::XminPeakAsPublished:
        return tr("AlphaPruning: xmin near the peak of the density, with its published unit slip");
    case TailEstimator::XminPeakCorrected:
        return tr("AlphaPruning: xmin near the peak of the density, units corrected");
    }
    return {};
}

std::vector<SpectrumMetric> spectrumMetrics(const project::StoredSpectrum& stored)
{
    const auto& spectrum = stored.spectrum;
    const auto& m = spectrum.metrics;
    std::vector<SpectrumMetric> rows{
        {tr("stable rank"), m.stableRank, tr("sum of the eigenvalues / largest one")},
        {tr("effective rank"), m.effectiveRank, tr("exp of the entropy of the eigenvalues")},
        {tr("rank"), static_cast<double>(m.rank), tr("eigenvalues above the rounding noise")},
        {tr("entropy"), m.entropy, tr("of the eigenvalues as shares, 0 for rank 1, 1 when all are equal")},
        {tr("alpha-hat"), m.alphaWeighted, tr("alpha of ww-power-law x log10 of the largest eigenvalue")},
        {tr("log alpha-norm"), m.logAlphaNorm, tr("log10 of the sum of eigenvalue^alpha")},
        {tr("log norm"), m.logNorm, tr("log10 of the squared Frobenius norm")},
        {tr("log spectral norm"), m.logSpectralNorm, tr("log10 of the largest eigenvalue")},
    };
    if (spectrum.bulk.status == spectra::FitStatus::Fitted) {
        const auto& bulk = spectrum.bulk;
        rows.push_back({tr("bulk sigma"), bulk.sigma, tr("of the spectrum with mean 1; 1 for pure noise")});
        rows.push_back({tr("bulk lower edge"), bulk.lambdaMinus, tr("Marchenko-Pastur")});
        rows.push_back({tr("bulk upper edge"), bulk.lambdaPlus, tr("Marchenko-Pastur")});
        rows.push_back({tr("spikes"), static_cast<double>(bulk.spikes),
            tr("eigenvalues above the upper edge plus the Tracy-Widom margin")});
        rows.push_back({tr("soft rank"), bulk.softRank,
            tr("upper edge / largest eigenvalue; small when spikes dominate")});
    }
    return rows;
}

AlphaData alphaData(const Document& document, spectra::TailEstimator estimator, bool perBlock)
{
    AlphaData data;
    if (!document.isOpen())
        return data;
    data.estimator = estimatorText(estimator);
    data.calibrated = estimator == spectra::TailEstimator::PowerLaw;
    data.perBlock = perBlock;
    const auto& units = document.workspace()->units();
    const auto& space = document.space();
    const bool planned = space && document.choice().size() == units.size();
    std::vector<model::Role> roles;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto& unit = units[i];
        AlphaPoint point;
        point.name = display(unit.name);
        point.block = unit.block.value_or(-1);
        point.group = roleLabel(unit.role);
        auto known = std::find(roles.begin(), roles.end(), unit.role);
        if (known == roles.end())
            known = roles.insert(roles.end(), unit.role);
        point.style = static_cast<int>(known - roles.begin());
        point.weight = static_cast<double>(unit.parameters());
        point.units = {static_cast<int>(i)};
        const auto* result = document.result(static_cast<int>(unit.index));
        if (result != nullptr && result->spectrum) {
            const auto* fit = result->spectrum->spectrum.fit(estimator);
            if (fit != nullptr && fit->status == spectra::FitStatus::Fitted) {
                point.alpha = fit->alpha;
                point.alphaLow = fit->alpha - 1.96 * fit->standardError;
                point.alphaHigh = fit->alpha + 1.96 * fit->standardError;
            }
        }
        if (planned) {
            const auto& cell = space->cell(i, document.choice()[i]);
            point.bits
                = 8.0 * static_cast<double>(cell.resolved.bytes) / static_cast<double>(unit.parameters());
        }
        data.points.push_back(std::move(point));
    }
    if (perBlock)
        data.points = alphaByBlock(data.points);
    return data;
}

} // namespace bitwright::views
