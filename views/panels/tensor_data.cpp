#include "views/panels/tensor_data.h"

#include "core/model/matrix_reader.h"
#include "core/score/option_error.h"
#include "views/charts/chart_math.h"

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

std::optional<double> finiteOrNothing(double value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
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
    return data;
}

SpectrumData spectrumData(const model::TensorInfo& tensor, const project::StoredSpectrum& stored)
{
    SpectrumData data;
    data.tensor = display(tensor.name);
    const auto& spectrum = stored.spectrum;
    data.eigenvalues = spectrum.eigenvalues.empty() ? stored.esd.eigenvalues : spectrum.eigenvalues;
    for (const auto& fit : spectrum.fits) {
        const auto name = spectra::tailEstimatorName(fit.estimator);
        const QString label = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
        if (fit.status != spectra::FitStatus::Fitted) {
            const auto status = spectra::fitStatusName(fit.status);
            data.estimators.emplace_back(
                label, QString::fromUtf8(status.data(), static_cast<qsizetype>(status.size())));
            continue;
        }
        data.estimators.emplace_back(label,
            QStringLiteral("α %1%2").arg(
                formatNumber(fit.alpha), fit.spurious ? tr(" (spurious: α > 8)") : QString()));
        if (fit.estimator == spectra::TailEstimator::PowerLaw) {
            TailFit tail;
            tail.alpha = fit.alpha;
            tail.xmin = fit.xmin;
            tail.tailCount = static_cast<std::int64_t>(fit.tailCount);
            tail.alphaInterval
                = Interval{fit.alpha - 1.96 * fit.standardError, fit.alpha + 1.96 * fit.standardError};
            tail.name = tr("power law (KS)");
            data.tails.push_back(tail);
        }
    }
    if (spectrum.bulk.status == spectra::FitStatus::Fitted) {
        const auto& bulk = spectrum.bulk;
        BulkFit fit;
        fit.lower = bulk.lambdaMinus;
        fit.upper = bulk.spikeEdge;
        fit.aspect = bulk.aspect > 0 ? 1.0 / bulk.aspect : 1.0;
        fit.sigma2 = bulk.scale > 0 ? bulk.sigma * bulk.sigma / bulk.scale : bulk.sigma * bulk.sigma;
        fit.upper = bulk.lambdaPlus;
        fit.spikes = static_cast<std::int64_t>(bulk.spikes);
        data.bulk = fit;
    }
    if (const auto rank = finiteOrNothing(spectrum.metrics.stableRank))
        data.estimators.emplace_back(tr("stable rank"), formatNumber(*rank));
    if (const auto rank = finiteOrNothing(spectrum.metrics.effectiveRank))
        data.estimators.emplace_back(tr("effective rank"), formatNumber(*rank));
    return data;
}

Result<WeightGrid> weightGrid(const session::Workspace& workspace, model::TensorIndex tensor,
    const quant::Option& option, const RunContext& context)
{
    /// Above this many weights the error's eigenvalues would take longer than a person waits for a picture.
    constexpr std::uint64_t kSpectrumLimit = std::uint64_t{4} << 20;
    WeightGrid grid;
    grid.option = option.id;
    if (!option.grid)
        return grid;
    BITWRIGHT_ASSIGN(const auto reader, model::MatrixReader::open(workspace.checkpoint(), tensor));
    BITWRIGHT_ASSIGN(const auto weights, reader.readAll());
    std::optional<quant::GramView> gram;
    score::UnitEvidence evidence;
    if (option.needsGram && workspace.dump() != nullptr) {
        BITWRIGHT_ASSIGN(evidence,
            score::loadEvidence(*workspace.dump(), workspace.checkpoint().tensors()[tensor].name, true));
        if (evidence.gram)
            gram = quant::GramView{evidence.gram->lower, evidence.gram->width, evidence.gram->count};
    }
    const quant::WeightTile tile{weights, reader.rows(), reader.cols()};
    BITWRIGHT_ASSIGN(const auto quantized,
        quant::quantize(tile, *option.grid, option.method, option.settings, gram, context));
    grid.bits = option.grid->bitsPerWeight(reader.rows(), reader.cols());
    // Levels at the median scale: every group has its own grid, one of them has to stand for the tensor.
    std::vector<float> scales = quantized.scales;
    if (scales.empty())
        return grid;
    const auto middle = scales.begin() + static_cast<std::ptrdiff_t>(scales.size() / 2);
    std::nth_element(scales.begin(), middle, scales.end());
    int zero = 0;
    if (!quantized.zeros.empty()) {
        auto zeros = quantized.zeros;
        const auto half = zeros.begin() + static_cast<std::ptrdiff_t>(zeros.size() / 2);
        std::nth_element(zeros.begin(), half, zeros.end());
        zero = *half;
    }
    std::vector<std::uint64_t> occupancy(256, 0);
    for (const auto code : quantized.codes)
        ++occupancy[code];
    const auto values = numeric::gridLevels(*option.grid, *middle, zero);
    const bool oneLevelPerCode = values.size() == (std::size_t{1} << option.grid->bits);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double share = oneLevelPerCode && option.grid->element != numeric::ElementKind::Minifloat
            ? static_cast<double>(occupancy[i]) / static_cast<double>(quantized.codes.size())
            : std::numeric_limits<double>::quiet_NaN();
        grid.levels.push_back({static_cast<double>(values[i]), share});
    }
    BITWRIGHT_ASSIGN(const auto summary, quant::measureError(tile, quantized, context));
    grid.sqnrDb = summary.sqnrDb().value_or(std::numeric_limits<double>::infinity());
    if (weights.size() <= kSpectrumLimit) {
        std::vector<float> error(weights.size());
        numeric::decodeRows(quantized, 0, reader.rows(), error);
        for (std::size_t i = 0; i < error.size(); ++i)
            error[i] -= weights[i];
        if (auto eigenvalues = spectra::gramEigenvalues(error, reader.rows(), reader.cols(), context))
            grid.errorEigenvalues = std::move(*eigenvalues);
        else if (eigenvalues.error().code == ErrorCode::Cancelled)
            return fail(std::move(eigenvalues.error()));
    }
    return grid;
}

} // namespace bitwright::views
