#include "app/cli/stats_json.h"

#include "app/cli/command.h"

namespace bitwright::cli {

namespace {

nlohmann::json weightJson(const stats::WeightStats& stats)
{
    nlohmann::json item = {{"count", stats.count}, {"nan", stats.nan}, {"positive_inf", stats.positiveInf},
        {"negative_inf", stats.negativeInf}, {"zero", stats.zero}, {"finite", stats.finite}};
    if (stats.finite == 0)
        return item;
    item.update({{"min", stats.min}, {"max", stats.max}, {"abs_max", stats.absMax}, {"mean", stats.mean},
        {"std", stats.std}, {"rms", stats.rms}, {"skewness", stats.skewness}, {"kurtosis", stats.kurtosis},
        {"crest", optionalNumber(stats.crest())}, {"abs_q50", optionalNumber(stats.quantile(0.5))},
        {"abs_q99", optionalNumber(stats.quantile(0.99))},
        {"abs_q999", optionalNumber(stats.quantile(0.999))},
        {"group_abs_max",
            {{"group", stats.groups.groupSize}, {"groups", stats.groups.groups}, {"min", stats.groups.min},
                {"median", stats.groups.median}, {"max", stats.groups.max}}}});
    return item;
}

nlohmann::json fitJson(const spectra::TailFit& fit)
{
    return {{"estimator", tailEstimatorName(fit.estimator)}, {"status", fitStatusName(fit.status)},
        {"mode", samplingModeName(fit.mode)}, {"seed", fit.seed}, {"alpha", numberOrNull(fit.alpha)},
        {"xmin", numberOrNull(fit.xmin)}, {"distance", numberOrNull(fit.distance)},
        {"standard_error", numberOrNull(fit.standardError)}, {"tail", fit.tailCount}, {"used", fit.used},
        {"flag", trainingFlagName(fit.flag)}, {"spurious", fit.spurious}};
}

nlohmann::json spectrumJson(const spectra::Spectrum& spectrum)
{
    const auto& m = spectrum.metrics;
    nlohmann::json item = {{"rows", spectrum.rows}, {"cols", spectrum.cols},
        {"resolution", numberOrNull(spectrum.resolution)}, {"norm", numberOrNull(m.norm)},
        {"spectral_norm", numberOrNull(m.spectralNorm)}, {"stable_rank", numberOrNull(m.stableRank)},
        {"effective_rank", numberOrNull(m.effectiveRank)}, {"entropy", numberOrNull(m.entropy)},
        {"rank", m.rank}, {"alpha_weighted", numberOrNull(m.alphaWeighted)},
        {"log_alpha_norm", numberOrNull(m.logAlphaNorm)}, {"fits", nlohmann::json::array()}};
    for (const auto& fit : spectrum.fits)
        item["fits"].push_back(fitJson(fit));
    const auto& bulk = spectrum.bulk;
    item["marchenko_pastur"] = {{"status", fitStatusName(bulk.status)}, {"sigma", numberOrNull(bulk.sigma)},
        {"lambda_minus", numberOrNull(bulk.lambdaMinus)}, {"lambda_plus", numberOrNull(bulk.lambdaPlus)},
        {"spikes", bulk.spikes}, {"soft_rank", numberOrNull(bulk.softRank)}};
    return item;
}

template <typename T>
nlohmann::json optionalCount(const std::optional<T>& value)
{
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

nlohmann::json checkJson(const std::optional<stats::Int8Check>& check)
{
    if (!check)
        return nullptr;
    return {{"threshold", check->threshold}, {"rel_rmse", check->relativeRmse},
        {"rel_mae", check->relativeMae}, {"sqnr_db", numberOrNull(check->sqnrDb)},
        {"clip_rate", check->clipRate}, {"tokens", check->tokens}};
}

/// Names of the kinds of statistics that a site holds.
nlohmann::json kindsOf(const model::Site& site)
{
    nlohmann::json kinds = nlohmann::json::array();
    const auto add = [&](bool has, const char* name) {
        if (has)
            kinds.push_back(name);
    };
    add(site.absMax.has_value(), "abs_max");
    add(site.sumSq.has_value(), "sum_sq");
    add(site.moment4.has_value(), "moments");
    add(site.histogram.has_value(), "histogram");
    add(site.top.has_value(), "top_values");
    add(site.tokenRms.has_value(), "token_rms");
    add(site.tokenAbsMax.has_value(), "token_abs_max");
    add(site.sampleRows > 0, "samples");
    add(site.hasGram, "gram");
    return kinds;
}

} // namespace

nlohmann::json tensorResultJson(const model::TensorInfo& tensor, const session::TensorResult& result)
{
    nlohmann::json item = {{"name", tensor.name}};
    if (result.stats)
        item["weight"] = weightJson(*result.stats);
    if (result.spectrum)
        item["spectrum"] = spectrumJson(result.spectrum->spectrum);
    if (result.error)
        item["error"] = result.error->oneLine();
    item["from_project"] = result.fromProject;
    return item;
}

nlohmann::json siteJson(const model::Site& site, const stats::SiteOutliers& outliers)
{
    const auto& s = outliers.summary;
    nlohmann::json item = {{"name", site.name}, {"kind", siteKindName(site.kind)}, {"tensors", site.tensors},
        {"block", optionalCount(site.block)}, {"channels", site.channels}, {"count", site.count},
        {"kinds", kindsOf(site)}, {"abs_max", optionalNumber(s.absMax)},
        {"signed_max", optionalNumber(s.signedMax)}, {"peak_token", optionalCount(s.peakToken)},
        {"peak_channel", optionalCount(s.peakChannel)}, {"mean", optionalNumber(s.mean)},
        {"rms", optionalNumber(s.rms)}, {"std", optionalNumber(s.std)},
        {"kurtosis", optionalNumber(s.kurtosis)}, {"median", optionalNumber(s.median)},
        {"q999", optionalNumber(s.q999)}, {"crest", optionalNumber(s.crest)},
        {"max_to_q999", optionalNumber(s.maxToQ999)}};
    const auto& massive = outliers.massive;
    item["massive_tokens"] = optionalCount(massive.tokens);
    item["massive_ratio"] = optionalNumber(massive.largestRatio);
    item["massive_values"] = nullptr;
    if (massive.values) {
        item["massive_values"] = nlohmann::json::array();
        for (const auto& value : *massive.values)
            item["massive_values"].push_back(
                {{"value", value.value}, {"token", value.token}, {"channel", value.channel}});
        item["massive_values_complete"] = massive.listIsComplete;
    }
    item["int8_max"] = checkJson(outliers.int8Max);
    item["int8_q999"] = checkJson(outliers.int8Clipped);
    item["osp_kurtosis_published"]
        = outliers.tokenKurtosis ? nlohmann::json(outliers.tokenKurtosis->published) : nullptr;
    item["osp_kurtosis_corrected"]
        = outliers.tokenKurtosis ? nlohmann::json(outliers.tokenKurtosis->corrected) : nullptr;
    item["kernel_per_token"] = outliers.kernel ? nlohmann::json(outliers.kernel->perToken) : nullptr;
    item["kernel_crossquant"] = outliers.kernel ? nlohmann::json(outliers.kernel->crossQuant) : nullptr;
    return item;
}

nlohmann::json outlierSummaryJson(const model::ActivationDump& dump, const stats::OutlierReport& report)
{
    nlohmann::json item = {{"dump", dump.path()}, {"dataset", dump.dataset()}, {"tokens", dump.tokens()},
        {"max_inf_norm", optionalNumber(report.maxInfNorm)},
        {"mean_kurtosis", optionalNumber(report.meanKurtosis)},
        {"max_kurtosis", optionalNumber(report.maxKurtosis)},
        {"osp_published", optionalNumber(report.ospPublished)},
        {"osp_corrected", optionalNumber(report.ospCorrected)}, {"maximum", nullptr},
        {"int8_features", nullptr}};
    if (report.maximum) {
        item["maximum"] = {{"site", dump.sites()[report.maximum->site].name},
            {"value", report.maximum->value}, {"token", optionalCount(report.maximum->token)},
            {"channel", optionalCount(report.maximum->channel)}};
    }
    if (report.int8Features) {
        item["int8_features"]
            = {{"separate", report.int8Features->separate}, {"joint", report.int8Features->joint},
                {"layers", report.int8Features->layers}, {"tokens", report.int8Features->tokens}};
    }
    return item;
}

} // namespace bitwright::cli
