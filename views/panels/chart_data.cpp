#include "views/panels/chart_data.h"

#include "core/model/matrix_reader.h"
#include "core/score/option_error.h"
#include "views/charts/chart_math.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

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

/// Whether a site's tensors are all of one sublayer that the role names.
bool feedsRole(const model::Site& site, std::initializer_list<model::Role> roles)
{
    if (site.tensors.empty())
        return false;
    const auto role = model::parseTensorName(site.tensors.front()).role;
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

} // namespace

QString roleLabel(model::Role role)
{
    using model::Role;
    switch (role) {
    case Role::Embedding:
        return tr("embed");
    case Role::PositionEmbedding:
        return tr("pos");
    case Role::TypeEmbedding:
        return tr("type");
    case Role::PatchEmbedding:
        return tr("patch");
    case Role::Output:
        return tr("head");
    case Role::Query:
        return QStringLiteral("q");
    case Role::Key:
        return QStringLiteral("k");
    case Role::Value:
        return QStringLiteral("v");
    case Role::QueryKeyValue:
        return QStringLiteral("qkv");
    case Role::QueryA:
        return QStringLiteral("q a");
    case Role::QueryB:
        return QStringLiteral("q b");
    case Role::KeyValueA:
        return QStringLiteral("kv a");
    case Role::KeyValueB:
        return QStringLiteral("kv b");
    case Role::AttentionOutput:
        return QStringLiteral("o");
    case Role::Gate:
        return tr("gate");
    case Role::Up:
        return tr("up");
    case Role::GateUp:
        return tr("gate up");
    case Role::Down:
        return tr("down");
    case Role::Router:
        return tr("router");
    case Role::SharedGate:
        return tr("sh. gate");
    case Role::Pooler:
        return tr("pooler");
    case Role::Classifier:
        return tr("class");
    case Role::Norm:
        return tr("norm");
    case Role::Bias:
        return tr("bias");
    case Role::Scale:
        return tr("scale");
    case Role::Other:
        return tr("other");
    }
    return {};
}

QString roleDescription(model::Role role)
{
    const auto word = model::roleName(role);
    return QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
}

QString roleGroup(model::Role role)
{
    using model::Role;
    switch (role) {
    case Role::Query:
    case Role::Key:
    case Role::Value:
    case Role::QueryKeyValue:
    case Role::QueryA:
    case Role::QueryB:
    case Role::KeyValueA:
    case Role::KeyValueB:
    case Role::AttentionOutput:
        return tr("attention");
    case Role::Gate:
    case Role::Up:
    case Role::GateUp:
    case Role::Down:
        return tr("mlp");
    default:
        return {};
    }
}

QString siteGroup(const model::Site& site)
{
    using model::Role;
    if (site.kind == model::SiteKind::Residual) {
        // Two sites of a block would make one line jump up and down; each place in the block is a line of its
        // own.
        if (site.name.find("mlp.stream") != std::string::npos)
            return tr("residual before mlp");
        return site.name.find("attention.stream") != std::string::npos || !site.block
            ? tr("residual before attention")
            : tr("residual stream");
    }
    if (site.kind == model::SiteKind::OutputOf) {
        return feedsRole(
                   site, {Role::AttentionOutput, Role::Query, Role::Key, Role::Value, Role::QueryKeyValue})
            ? tr("attention contribution")
            : tr("mlp contribution");
    }
    QStringList labels;
    for (const auto& tensor : site.tensors) {
        const QString label = roleLabel(model::parseTensorName(tensor).role);
        if (!labels.contains(label))
            labels.push_back(label);
    }
    return tr("input of %1").arg(labels.join(QStringLiteral(", ")));
}

QString siteShortLabel(const model::Site& site)
{
    const QString group = siteGroup(site);
    return site.block ? QStringLiteral("%1 %2").arg(*site.block).arg(group) : group;
}

QString harmLabel(const Document& document)
{
    if (!document.space())
        return tr("predicted harm");
    return tr("predicted harm (%1, not measured)")
        .arg(QString::fromStdString(document.space()->provenance().score));
}

QString sourceText(const Document& document)
{
    if (!document.isOpen())
        return {};
    QString text = document.title();
    if (const auto* dump = document.workspace()->dump(); dump != nullptr)
        text += tr("; %1 (%2 tokens)")
                    .arg(display(dump->dataset()), formatCount(static_cast<std::int64_t>(dump->tokens())));
    return text;
}

MaximaData maximaData(const Document& document)
{
    MaximaData data;
    if (!document.isOpen())
        return data;
    const auto& dumps = document.workspace()->dumps();
    for (std::size_t d = 0; d < dumps.size(); ++d) {
        MaximaDump dump;
        dump.name = QFileInfo(QString::fromStdString(dumps[d]->path())).fileName();
        const auto report = document.outliers(static_cast<int>(d));
        int lastBlock = -1;
        for (const auto& site : dumps[d]->sites())
            lastBlock = std::max(lastBlock, site.block.value_or(-1));
        data.lastBlock = std::max(data.lastBlock, lastBlock);
        bool behindBlocks = false;
        for (std::size_t i = 0; i < dumps[d]->sites().size(); ++i) {
            const auto& site = dumps[d]->sites()[i];
            const auto summary = report ? report->sites[i].summary : stats::summarizeSite(site, i);
            MaximaSite item;
            item.name = display(site.name);
            item.group = siteGroup(site);
            // What follows the blocks (final stream, head) is drawn right of them, what precedes them left.
            behindBlocks = behindBlocks || site.block.has_value();
            item.block = site.block.value_or(behindBlocks ? lastBlock + 1 : -1);
            item.maximum = summary.absMax;
            item.quantile999 = summary.q999;
            item.rms = summary.rms;
            dump.sites.push_back(std::move(item));
            if (!report || !report->sites[i].massive.values)
                continue;
            // One mark per channel, at its largest value (the list is sorted): every further token of it
            // would only stack stars.
            std::set<std::uint64_t> channels;
            for (const auto& value : *report->sites[i].massive.values) {
                if (!channels.insert(value.channel).second)
                    continue;
                dump.massive.push_back({static_cast<int>(i), static_cast<int>(value.channel),
                    static_cast<std::int64_t>(value.token), QString(), value.value});
            }
        }
        data.dumps.push_back(std::move(dump));
    }
    return data;
}

OutlierMapData outlierMapData(const Document& document, const stats::ChannelMap& map)
{
    OutlierMapData data;
    const auto& dump = *document.workspace()->dumps().front();
    switch (map.measure) {
    case stats::ChannelMeasure::AbsMax:
        data.measure = tr("max |x|");
        break;
    case stats::ChannelMeasure::Rms:
        data.measure = tr("rms");
        break;
    case stats::ChannelMeasure::Kurtosis:
        data.measure = tr("kurtosis");
        break;
    case stats::ChannelMeasure::ShareAboveThreshold:
        data.measure = tr("share |x| ≥ 6");
        data.logarithmic = false;
        break;
    }
    std::map<std::size_t, int> rowOfSite;
    for (std::size_t row = 0; row < map.rows(); ++row) {
        const auto& site = dump.sites()[map.sites[row]];
        OutlierRow item;
        item.name = display(site.name);
        item.label = siteShortLabel(site);
        item.block = site.block.value_or(-1);
        item.values.resize(site.channels, std::numeric_limits<float>::quiet_NaN());
        for (std::size_t channel = 0; channel < item.values.size(); ++channel) {
            if (const auto value = map.at(row, channel))
                item.values[channel] = *value;
        }
        rowOfSite[map.sites[row]] = static_cast<int>(row);
        data.rows.push_back(std::move(item));
    }
    const auto report = document.outliers(0);
    // A criterion that most channels meet tells nothing apart (a residual stream with an rms above 6); marks
    // would only hide the map.
    if (report && report->int8Features && report->int8Features->joint.size() * 8 <= map.width) {
        data.criterion = tr("LLM.int8() outlier feature");
        for (const std::size_t site : report->int8Features->sites) {
            for (const auto channel : report->int8Features->joint)
                data.marks.push_back({rowOfSite[site], static_cast<int>(channel)});
        }
    }
    return data;
}

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

// --- Plan ---

MatrixData matrixData(const Document& document)
{
    MatrixData data;
    if (!document.isOpen())
        return data;
    const auto& units = document.workspace()->units();
    std::set<std::string> towers;
    for (const auto& unit : units)
        towers.insert(unit.tower);
    std::map<std::pair<std::string, int>, int> rows;
    std::vector<model::Role> roles;
    for (const auto& unit : units) {
        const auto key = std::make_pair(unit.tower, unit.block.value_or(-1));
        if (rows.emplace(key, static_cast<int>(data.rows.size())).second) {
            MatrixRow row;
            row.label = unit.block ? QString::number(*unit.block) : tr("other");
            row.tower = towers.size() > 1 ? display(unit.tower) : QString();
            data.rows.push_back(row);
        }
        if (std::find(roles.begin(), roles.end(), unit.role) == roles.end())
            roles.push_back(unit.role);
    }
    std::stable_sort(roles.begin(), roles.end());
    for (const auto role : roles)
        data.columns.push_back({roleLabel(role), roleDescription(role), roleGroup(role)});
    for (const auto& unit : units) {
        MatrixUnit item;
        item.row = rows[std::make_pair(unit.tower, unit.block.value_or(-1))];
        item.column = static_cast<int>(std::find(roles.begin(), roles.end(), unit.role) - roles.begin());
        item.name = display(unit.name);
        item.bits = std::numeric_limits<double>::quiet_NaN();
        data.units.push_back(item);
    }
    // Experts share a cell: each takes its part of it.
    std::map<std::pair<int, int>, int> crowd;
    for (const auto& unit : data.units)
        ++crowd[{unit.row, unit.column}];
    for (auto& unit : data.units)
        unit.share = 1.0 / crowd[{unit.row, unit.column}];
    data.harmLabel = harmLabel(document);
    data.units = matrixUnits(document, data);
    return data;
}

std::vector<MatrixUnit> matrixUnits(const Document& document, const MatrixData& layout)
{
    std::vector<MatrixUnit> units = layout.units;
    const auto& space = document.space();
    if (!space || document.choice().size() != units.size())
        return units;
    const auto& plan = document.plan();
    const auto& ties = space->tiesOf(plan);
    std::vector<int> tieOf(units.size(), -1);
    for (std::size_t t = 0; t < ties.size(); ++t) {
        for (const auto unit : ties[t].units)
            tieOf[unit] = static_cast<int>(t);
    }
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto& cell = space->cell(i, document.choice()[i]);
        const auto& unit = space->units()[i];
        auto& item = units[i];
        item.option = QString::fromStdString(space->optionIds()[document.choice()[i]]);
        item.bits = 8.0 * static_cast<double>(cell.resolved.bytes) / static_cast<double>(unit.parameters());
        item.harm = cell.score;
        item.tie = tieOf[i];
        const auto entry = plan.entries.find(unit.name);
        item.locked = entry != plan.entries.end() && entry->second.locked;
        item.fallback = !cell.resolved.fallback.empty();
        item.note = QString::fromStdString(cell.resolved.fallback);
        const auto* result = document.result(static_cast<int>(unit.index));
        item.nonFinite = result != nullptr && result->stats && result->stats->hasNonFinite();
    }
    return units;
}

ParetoData paretoData(const Document& document)
{
    ParetoData data;
    const auto& space = document.space();
    if (!space)
        return data;
    if (const auto& frontier = document.frontier()) {
        for (const auto& point : frontier->points)
            data.frontier.push_back({static_cast<double>(point.bytes), point.objective});
        data.exact = frontier->frontier.exact();
        data.gap = frontier->frontier.gap();
        if (const auto index = frontier->frontier.indexWithin(document.numbers().size.unitBytes)) {
            const auto& point = frontier->points[*index];
            const double scale = std::max(std::abs(point.objective), 1e-300);
            if (std::abs(point.objective - document.numbers().objective) <= 1e-9 * scale)
                data.currentState = static_cast<int>(*index);
        }
    }
    for (const auto& uniform : document.uniforms()) {
        if (uniform.numbers.unscored > 0 || uniform.option == "keep")
            continue;
        data.presets.push_back(
            {QString::fromStdString(uniform.option), static_cast<double>(uniform.numbers.size.bytes()),
                uniform.numbers.objective, std::nullopt, false});
    }
    for (const auto& plan : document.namedPlans()) {
        if (plan.entries == document.plan().entries)
            continue; // it is the handle
        const auto numbers = plan::numbersOf(*space, plan, document.settings().objective);
        if (numbers && numbers->unscored == 0)
            data.plans.push_back({display(plan.name), static_cast<double>(numbers->size.bytes()),
                numbers->objective, std::nullopt, false});
    }
    if (!document.choice().empty())
        data.current
            = ParetoMark{display(document.plan().name), static_cast<double>(document.numbers().size.bytes()),
                document.numbers().objective, std::nullopt, false};
    if (const auto budget = document.budgetBytes())
        data.budgetBytes = static_cast<double>(*budget);
    data.plannedWeights = static_cast<double>(space->fileParameters());
    data.harmLabel = harmLabel(document);
    data.bytesLabel = space->target().simulatedSize() ? tr("all weights, if they were packed")
                                                      : tr("all weights of the file");
    return data;
}

std::vector<TreemapItem> treemapItems(const Document& document)
{
    struct Sum
    {
        double bytes = 0;
        double parameters = 0;
        int tensors = 0;
    };
    std::map<model::Role, Sum> sums;
    if (!document.isOpen())
        return {};
    for (const auto& tensor : document.workspace()->checkpoint().tensors()) {
        auto& sum = sums[tensor.parts.bias ? model::Role::Bias : tensor.parts.role];
        sum.bytes += static_cast<double>(tensor.bytes);
        sum.parameters += static_cast<double>(tensor.parameters);
        ++sum.tensors;
    }
    std::vector<TreemapItem> items;
    for (const auto& [role, sum] : sums) {
        if (sum.bytes <= 0)
            continue;
        TreemapItem item;
        item.name = roleDescription(role);
        item.bytes = sum.bytes;
        item.bits = 8.0 * sum.bytes / std::max(1.0, sum.parameters);
        item.detail = tr("%1 tensors, %2 parameters")
                          .arg(sum.tensors)
                          .arg(formatCount(static_cast<std::int64_t>(sum.parameters)));
        items.push_back(item);
    }
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    return items;
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
