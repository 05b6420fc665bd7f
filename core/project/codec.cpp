#include "core/project/codec.h"

#include <limits>

namespace bitwright::project {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

nlohmann::json fitToJson(const spectra::TailFit& fit)
{
    return {{"estimator", spectra::tailEstimatorName(fit.estimator)},
        {"status", static_cast<int>(fit.status)}, {"mode", static_cast<int>(fit.mode)}, {"seed", fit.seed},
        {"alpha", numberToJson(fit.alpha)}, {"xmin", numberToJson(fit.xmin)},
        {"distance", numberToJson(fit.distance)}, {"standardError", numberToJson(fit.standardError)},
        {"tailCount", fit.tailCount}, {"tailBegin", fit.tailBegin}, {"used", fit.used},
        {"flag", static_cast<int>(fit.flag)}, {"spurious", fit.spurious}};
}

/// Reads an enumeration stored as a number; a value outside [0, last] is a damaged record.
template <typename Enum>
Result<Enum> enumFromJson(const nlohmann::json& object, const char* name, Enum last)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned()
        || found->template get<std::uint64_t>() > static_cast<std::uint64_t>(last))
        return fail(ErrorCode::Format, "The project's record has a bad \"{}\".", name);
    return static_cast<Enum>(found->template get<std::uint64_t>());
}

double numberOf(const nlohmann::json& object, const char* name)
{
    const auto found = object.find(name);
    return found == object.end() ? kNaN : numberFromJson(*found, kNaN);
}

std::uint64_t integerOf(const nlohmann::json& object, const char* name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

Result<spectra::TailFit> fitFromJson(const nlohmann::json& object)
{
    spectra::TailFit fit;
    const auto name = object.find("estimator");
    bool known = false;
    for (const auto estimator : spectra::allTailEstimators()) {
        if (name != object.end() && *name == spectra::tailEstimatorName(estimator)) {
            fit.estimator = estimator;
            known = true;
        }
    }
    if (!known)
        return fail(ErrorCode::Format, "The project's record names an unknown tail estimator.");
    BITWRIGHT_ASSIGN(fit.status, enumFromJson(object, "status", spectra::FitStatus::NoFit));
    BITWRIGHT_ASSIGN(fit.mode, enumFromJson(object, "mode", spectra::SamplingMode::FarmsFellBack));
    BITWRIGHT_ASSIGN(fit.flag, enumFromJson(object, "flag", spectra::TrainingFlag::UnderTrained));
    fit.seed = integerOf(object, "seed");
    fit.alpha = numberOf(object, "alpha");
    fit.xmin = numberOf(object, "xmin");
    fit.distance = numberOf(object, "distance");
    fit.standardError = numberOf(object, "standardError");
    fit.tailCount = integerOf(object, "tailCount");
    fit.tailBegin = integerOf(object, "tailBegin");
    fit.used = integerOf(object, "used");
    const auto spurious = object.find("spurious");
    if (spurious == object.end() || !spurious->is_boolean())
        return fail(ErrorCode::Format, "The project's record has a bad \"spurious\".");
    fit.spurious = spurious->get<bool>();
    return fit;
}

Result<std::vector<spectra::TailFit>> fitsFromJson(const nlohmann::json& scalars, const char* name)
{
    std::vector<spectra::TailFit> fits;
    const auto found = scalars.find(name);
    if (found == scalars.end() || !found->is_array())
        return fits;
    for (const auto& item : *found) {
        if (!item.is_object())
            return fail(ErrorCode::Format, "The project's record has a bad \"{}\".", name);
        BITWRIGHT_ASSIGN(fits.emplace_back(), fitFromJson(item));
    }
    return fits;
}

Result<stats::ChannelRanges> rangesFrom(const Record& record, const std::string& axis, std::uint64_t channels)
{
    stats::ChannelRanges ranges;
    BITWRIGHT_ASSIGN(ranges.min, record.get<float>(axis + ".min"));
    BITWRIGHT_ASSIGN(ranges.max, record.get<float>(axis + ".max"));
    BITWRIGHT_ASSIGN(ranges.rms, record.get<float>(axis + ".rms"));
    const bool same = ranges.max.size() == ranges.min.size() && ranges.rms.size() == ranges.min.size();
    if (!same || (!ranges.min.empty() && ranges.min.size() != channels))
        return fail(ErrorCode::Format, "The project's record has {} of another length.", axis);
    return ranges;
}

void putRanges(Record& record, const std::string& axis, const stats::ChannelRanges& ranges)
{
    record.put(axis + ".min", ranges.min);
    record.put(axis + ".max", ranges.max);
    record.put(axis + ".rms", ranges.rms);
}

} // namespace

Record encode(const stats::WeightStats& stats)
{
    Record record;
    auto& s = record.scalars;
    s["version"] = kWeightStatsVersion;
    s["count"] = stats.count;
    s["nan"] = stats.nan;
    s["positiveInf"] = stats.positiveInf;
    s["negativeInf"] = stats.negativeInf;
    s["zero"] = stats.zero;
    s["finite"] = stats.finite;
    s["rows"] = stats.rows;
    s["cols"] = stats.cols;
    record.putNumber("min", stats.min);
    record.putNumber("max", stats.max);
    record.putNumber("absMax", stats.absMax);
    record.putNumber("mean", stats.mean);
    record.putNumber("std", stats.std);
    record.putNumber("rms", stats.rms);
    record.putNumber("skewness", stats.skewness);
    record.putNumber("kurtosis", stats.kurtosis);
    s["magnitudeZeros"] = stats.magnitude.zeros;
    record.put("magnitude", stats.magnitude.counts);
    record.putNumber("histogramLow", stats.histogram.low);
    record.putNumber("histogramHigh", stats.histogram.high);
    record.put("histogram", stats.histogram.counts);
    putRanges(record, "outputs", stats.outputs);
    putRanges(record, "inputs", stats.inputs);
    s["groupSize"] = stats.groups.groupSize;
    s["groups"] = stats.groups.groups;
    record.putNumber("groupMin", stats.groups.min);
    record.putNumber("groupMedian", stats.groups.median);
    record.putNumber("groupMax", stats.groups.max);
    record.put("groupValues", stats.groups.values);
    return record;
}

Result<stats::WeightStats> decodeWeightStats(const Record& record)
{
    stats::WeightStats stats;
    stats.count = record.integer("count");
    stats.nan = record.integer("nan");
    stats.positiveInf = record.integer("positiveInf");
    stats.negativeInf = record.integer("negativeInf");
    stats.zero = record.integer("zero");
    stats.finite = record.integer("finite");
    stats.rows = record.integer("rows");
    stats.cols = record.integer("cols");
    stats.min = record.number("min", 0);
    stats.max = record.number("max", 0);
    stats.absMax = record.number("absMax", 0);
    stats.mean = record.number("mean", 0);
    stats.std = record.number("std", 0);
    stats.rms = record.number("rms", 0);
    stats.skewness = record.number("skewness", 0);
    stats.kurtosis = record.number("kurtosis", 0);
    stats.magnitude.zeros = record.integer("magnitudeZeros");
    BITWRIGHT_ASSIGN(stats.magnitude.counts, record.get<std::uint64_t>("magnitude"));
    if (stats.magnitude.counts.size() != model::LogHistogram::kBins)
        return fail(ErrorCode::Format, "The project's magnitude histogram has {} bins.",
            stats.magnitude.counts.size());
    stats.histogram.low = record.number("histogramLow", 0);
    stats.histogram.high = record.number("histogramHigh", 0);
    BITWRIGHT_ASSIGN(stats.histogram.counts, record.get<std::uint64_t>("histogram"));
    BITWRIGHT_ASSIGN(stats.outputs, rangesFrom(record, "outputs", stats.rows));
    BITWRIGHT_ASSIGN(stats.inputs, rangesFrom(record, "inputs", stats.cols));
    stats.groups.groupSize = record.integer("groupSize");
    stats.groups.groups = record.integer("groups");
    stats.groups.min = record.number("groupMin", 0);
    stats.groups.median = record.number("groupMedian", 0);
    stats.groups.max = record.number("groupMax", 0);
    BITWRIGHT_ASSIGN(stats.groups.values, record.get<float>("groupValues"));
    if (!stats.groups.values.empty() && stats.groups.values.size() != stats.groups.groups)
        return fail(ErrorCode::Format, "The project's record has {} group maxima of {}.",
            stats.groups.values.size(), stats.groups.groups);
    return stats;
}

Record encode(const spectra::Spectrum& spectrum)
{
    return encode(StoredSpectrum{spectrum, spectra::compactEsd(spectrum.eigenvalues)});
}

Record encode(const StoredSpectrum& stored)
{
    const auto& spectrum = stored.spectrum;
    Record record;
    auto& s = record.scalars;
    s["version"] = kSpectrumVersion;
    s["rows"] = spectrum.rows;
    s["cols"] = spectrum.cols;
    record.putNumber("resolution", spectrum.resolution);
    s["precision"] = static_cast<int>(spectrum.precision);
    const auto& m = spectrum.metrics;
    record.putNumber("norm", m.norm);
    record.putNumber("spectralNorm", m.spectralNorm);
    record.putNumber("stableRank", m.stableRank);
    record.putNumber("entropy", m.entropy);
    record.putNumber("effectiveRank", m.effectiveRank);
    s["rank"] = m.rank;
    record.putNumber("alphaWeighted", m.alphaWeighted);
    record.putNumber("logAlphaNorm", m.logAlphaNorm);
    record.putNumber("logNorm", m.logNorm);
    record.putNumber("logSpectralNorm", m.logSpectralNorm);
    s["fits"] = nlohmann::json::array();
    for (const auto& fit : spectrum.fits)
        s["fits"].push_back(fitToJson(fit));
    s["farmsFits"] = nlohmann::json::array();
    for (const auto& fit : spectrum.farmsFits)
        s["farmsFits"].push_back(fitToJson(fit));
    const auto& b = spectrum.bulk;
    s["bulk"] = {{"status", static_cast<int>(b.status)}, {"aspect", numberToJson(b.aspect)},
        {"sigma", numberToJson(b.sigma)}, {"scale", numberToJson(b.scale)},
        {"lambdaMinus", numberToJson(b.lambdaMinus)}, {"lambdaPlus", numberToJson(b.lambdaPlus)},
        {"spikeEdge", numberToJson(b.spikeEdge)}, {"spikes", b.spikes},
        {"softRank", numberToJson(b.softRank)}, {"residual", numberToJson(b.residual)}};
    s["count"] = stored.esd.count;
    record.put("eigenvalues", stored.esd.eigenvalues);
    record.put("ranks", stored.esd.ranks);
    return record;
}

Result<StoredSpectrum> decodeSpectrum(const Record& record)
{
    StoredSpectrum stored;
    auto& spectrum = stored.spectrum;
    const auto& s = record.scalars;
    spectrum.rows = record.integer("rows");
    spectrum.cols = record.integer("cols");
    spectrum.resolution = record.number("resolution", 0);
    BITWRIGHT_ASSIGN(spectrum.precision, enumFromJson(s, "precision", spectra::Precision::Double));
    auto& m = spectrum.metrics;
    m.norm = record.number("norm", kNaN);
    m.spectralNorm = record.number("spectralNorm", kNaN);
    m.stableRank = record.number("stableRank", kNaN);
    m.entropy = record.number("entropy", kNaN);
    m.effectiveRank = record.number("effectiveRank", kNaN);
    m.rank = record.integer("rank");
    m.alphaWeighted = record.number("alphaWeighted", kNaN);
    m.logAlphaNorm = record.number("logAlphaNorm", kNaN);
    m.logNorm = record.number("logNorm", kNaN);
    m.logSpectralNorm = record.number("logSpectralNorm", kNaN);
    BITWRIGHT_ASSIGN(spectrum.fits, fitsFromJson(s, "fits"));
    BITWRIGHT_ASSIGN(spectrum.farmsFits, fitsFromJson(s, "farmsFits"));
    const auto bulk = s.find("bulk");
    if (bulk == s.end() || !bulk->is_object())
        return fail(ErrorCode::Format, "The project's spectrum lacks its bulk fit.");
    auto& b = spectrum.bulk;
    BITWRIGHT_ASSIGN(b.status, enumFromJson(*bulk, "status", spectra::FitStatus::NoFit));
    b.aspect = numberOf(*bulk, "aspect");
    b.sigma = numberOf(*bulk, "sigma");
    b.scale = numberOf(*bulk, "scale");
    b.lambdaMinus = numberOf(*bulk, "lambdaMinus");
    b.lambdaPlus = numberOf(*bulk, "lambdaPlus");
    b.spikeEdge = numberOf(*bulk, "spikeEdge");
    b.spikes = integerOf(*bulk, "spikes");
    b.softRank = numberOf(*bulk, "softRank");
    b.residual = numberOf(*bulk, "residual");
    stored.esd.count = record.integer("count");
    BITWRIGHT_ASSIGN(stored.esd.eigenvalues, record.get<double>("eigenvalues"));
    BITWRIGHT_ASSIGN(stored.esd.ranks, record.get<double>("ranks"));
    if (stored.esd.ranks.size() != stored.esd.eigenvalues.size())
        return fail(ErrorCode::Format, "The project's spectrum has ranks of another length.");
    return stored;
}

Record encode(const score::OptionError& error)
{
    Record record;
    record.scalars["version"] = kOptionErrorVersion;
    record.scalars["option"] = error.option;
    record.putNumber("squaredError", error.squaredError);
    record.putNumber("weightEnergy", error.weightEnergy);
    record.putNumber("maxAbsError", error.maxAbsError);
    record.putOptional("actDiag", error.actDiag);
    record.putOptional("actGram", error.actGram);
    record.putOptional("gramEnergy", error.gramEnergy);
    record.putOptional("tokenRelative", error.tokenRelative);
    record.putOptional("residual", error.residual);
    record.putOptional("fisher", error.fisher);
    record.putOptional("trueFisher", error.trueFisher);
    return record;
}

Result<score::OptionError> decodeOptionError(const Record& record)
{
    score::OptionError error;
    error.option = record.text("option");
    if (error.option.empty() || !record.scalars.contains("squaredError"))
        return fail(ErrorCode::Format, "The project's option record is incomplete.");
    error.squaredError = record.number("squaredError", 0);
    error.weightEnergy = record.number("weightEnergy", 0);
    error.maxAbsError = record.number("maxAbsError", 0);
    error.actDiag = record.optional("actDiag");
    error.actGram = record.optional("actGram");
    error.gramEnergy = record.optional("gramEnergy");
    error.tokenRelative = record.optional("tokenRelative");
    error.residual = record.optional("residual");
    error.fisher = record.optional("fisher");
    error.trueFisher = record.optional("trueFisher");
    return error;
}

Record encode(const measure::Harm& harm)
{
    Record record;
    record.scalars["version"] = kHarmVersion;
    record.scalars["kind"] = measure::harmKindId(harm.kind);
    record.scalars["sameBest"] = harm.sameBest;
    record.scalars["exact"] = !harm.screening;
    if (harm.screening) {
        record.putNumber("leftOut", harm.screening->leftOut);
        record.putNumber("changedLeftOut", harm.screening->changedLeftOut);
        record.putNumber("standardError", harm.screening->standardError);
    }
    record.put("values", harm.values);
    if (!harm.next.empty())
        record.put("next", harm.next);
    return record;
}

Result<measure::Harm> decodeHarm(const Record& record)
{
    measure::Harm harm;
    const std::string kind = record.text("kind");
    const auto exact = record.scalars.find("exact");
    bool known = false;
    for (const auto one : {measure::HarmKind::Divergence, measure::HarmKind::CosineDistance}) {
        if (kind == measure::harmKindId(one)) {
            harm.kind = one;
            known = true;
        }
    }
    if (!known || exact == record.scalars.end() || !exact->is_boolean())
        return fail(ErrorCode::Format, "The project's record of a measured harm is incomplete.");
    harm.sameBest = record.integer("sameBest");
    if (!exact->get<bool>())
        harm.screening = measure::Screening{record.number("leftOut", kNaN),
            record.number("changedLeftOut", kNaN), record.number("standardError", kNaN)};
    BITWRIGHT_ASSIGN(harm.values, record.get<float>("values"));
    if (record.arrays.contains("next")) {
        BITWRIGHT_ASSIGN(harm.next, record.get<float>("next"));
    }
    return harm;
}

} // namespace bitwright::project
