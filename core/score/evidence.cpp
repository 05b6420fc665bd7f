#include "core/model/tensor_info.h"
#include "core/score/option_error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace bitwright::score {

namespace {

using model::ActivationDump;
using model::SampleRows;
using model::Site;
using model::SiteKind;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
/// How far the rms of a sample row (stored as float16) may be from the recorded rms of its token.
constexpr double kRmsTolerance = 5e-3;

bool belongsTo(const Site& site, const model::NameParts& parts, model::Sublayer sublayer)
{
    return std::any_of(site.tensors.begin(), site.tensors.end(), [&](const std::string& tensor) {
        const model::NameParts other = model::parseTensorName(tensor);
        return other.tower == parts.tower && other.block == parts.block
            && model::sublayerOf(other.role) == sublayer;
    });
}

/// The sites that show what the sublayer of a tensor adds to the stream.
struct StreamSites
{
    std::size_t contribution = 0;
    std::optional<std::size_t> before; ///< The stream that it is added to.
    std::optional<std::size_t> after; ///< The next residual site in the dump's order.
};

std::optional<StreamSites> streamSitesOf(const ActivationDump& dump, const std::string& tensor)
{
    const model::NameParts parts = model::parseTensorName(tensor);
    const model::Sublayer sublayer = model::sublayerOf(parts.role);
    if (sublayer == model::Sublayer::None || !parts.block)
        return std::nullopt;
    const auto& sites = dump.sites();
    const auto contribution = std::find_if(sites.begin(), sites.end(), [&](const Site& site) {
        return site.kind == SiteKind::OutputOf && belongsTo(site, parts, sublayer);
    });
    if (contribution == sites.end())
        return std::nullopt;
    const auto index = [&](auto site) { return static_cast<std::size_t>(site - sites.begin()); };
    StreamSites found{index(contribution), {}, {}};
    const auto fits
        = [&](auto site) { return site != sites.end() && site->channels == contribution->channels; };
    const auto before = std::find_if(sites.begin(), sites.end(), [&](const Site& site) {
        return site.kind == SiteKind::Residual && belongsTo(site, parts, sublayer);
    });
    if (fits(before))
        found.before = index(before);
    const auto after = std::find_if(
        contribution, sites.end(), [](const Site& site) { return site.kind == SiteKind::Residual; });
    if (fits(after))
        found.after = index(after);
    return found;
}

double rowEnergy(const SampleRows& samples, std::uint64_t row)
{
    double energy = 0;
    for (const float value : std::span(samples.values).subspan(row * samples.channels, samples.channels))
        energy += static_cast<double>(value) * static_cast<double>(value);
    return energy;
}

double share(double contribution, double stream)
{
    return stream > 0 ? contribution / stream : kUnknown;
}

bool sameTokens(const SampleRows& a, const SampleRows& b)
{
    return a.rows == b.rows && a.sequence == b.sequence && a.position == b.position;
}

/// Sample rows of a site where they are of the same tokens as `inputs`; nothing when not.
Result<std::optional<SampleRows>> pairedSamples(
    const ActivationDump& dump, std::optional<std::size_t> site, const SampleRows& inputs)
{
    std::optional<SampleRows> samples;
    if (!site || dump.sites()[*site].sampleRows == 0)
        return samples;
    BITWRIGHT_ASSIGN(samples, dump.loadSamples(*site));
    if (!sameTokens(inputs, *samples))
        samples.reset();
    return samples;
}

/// Shares from sample rows, which pair up by their token; empty when they do not.
///
/// The stream after a sublayer is the stream before plus the contribution. Where the stream before was not
/// sampled the next residual site stands in: the same thing, unless the block normalizes its stream in
/// between (BERT).
Result<std::vector<double>> shareFromSamples(
    const ActivationDump& dump, const StreamSites& sites, const SampleRows& inputs)
{
    std::vector<double> shares;
    BITWRIGHT_ASSIGN(const auto contribution, pairedSamples(dump, sites.contribution, inputs));
    if (!contribution)
        return shares;
    BITWRIGHT_ASSIGN(auto stream, pairedSamples(dump, sites.before, inputs));
    if (stream) {
        for (std::size_t i = 0; i < stream->values.size(); ++i)
            stream->values[i] += contribution->values[i];
    } else {
        BITWRIGHT_ASSIGN(stream, pairedSamples(dump, sites.after, inputs));
    }
    for (std::uint64_t row = 0; stream && row < inputs.rows; ++row)
        shares.push_back(share(rowEnergy(*contribution, row), rowEnergy(*stream, row)));
    return shares;
}

/// Whether `length` positions per sequence put every sample row on a token of the same rms.
bool locates(const SampleRows& inputs, std::span<const double> rms, std::span<const float> tokenRms,
    std::uint64_t length)
{
    for (std::uint64_t row = 0; row < inputs.rows; ++row) {
        const std::uint64_t token = inputs.sequence[row] * length + inputs.position[row];
        if (token >= tokenRms.size())
            return false;
        const double recorded = static_cast<double>(tokenRms[token]);
        if (!(std::abs(rms[row] - recorded) <= kRmsTolerance * recorded))
            return false;
    }
    return true;
}

/// Token index of every sample row, found by trying sequence lengths until the recorded rms of all tokens
/// agrees with the rows. A dump with padding has no constant length, and then nothing is found.
std::vector<std::uint64_t> tokenIndices(const SampleRows& inputs, const std::vector<float>& tokenRms)
{
    if (inputs.rows == 0 || inputs.sequence.size() != inputs.rows || inputs.position.size() != inputs.rows)
        return {};
    std::vector<double> rms;
    for (std::uint64_t row = 0; row < inputs.rows; ++row)
        rms.push_back(std::sqrt(rowEnergy(inputs, row) / static_cast<double>(inputs.channels)));
    const std::uint64_t shortest
        = *std::max_element(inputs.position.begin(), inputs.position.end()) + std::uint64_t{1};
    for (std::uint64_t length = shortest; length <= tokenRms.size(); ++length) {
        if (!locates(inputs, rms, tokenRms, length))
            continue;
        std::vector<std::uint64_t> tokens;
        for (std::uint64_t row = 0; row < inputs.rows; ++row)
            tokens.push_back(inputs.sequence[row] * length + inputs.position[row]);
        return tokens;
    }
    return {};
}

/// Shares from per-token rms of the contribution and the stream.
std::vector<double> shareFromRms(
    const ActivationDump& dump, const StreamSites& sites, const Site& inputSite, const SampleRows& inputs)
{
    std::vector<double> shares;
    if (!sites.after)
        return shares;
    const Site& contribution = dump.sites()[sites.contribution];
    const Site& stream = dump.sites()[*sites.after];
    if (!inputSite.tokenRms || !contribution.tokenRms || !stream.tokenRms
        || contribution.tokenRms->size() != inputSite.tokenRms->size()
        || stream.tokenRms->size() != inputSite.tokenRms->size())
        return shares;
    const auto energy = [](const Site& site, std::uint64_t token) {
        const double rms = static_cast<double>((*site.tokenRms)[token]);
        return rms * rms * static_cast<double>(site.channels);
    };
    for (const std::uint64_t token : tokenIndices(inputs, *inputSite.tokenRms))
        shares.push_back(share(energy(contribution, token), energy(stream, token)));
    return shares;
}

Result<std::vector<double>> loadTokenShare(
    const ActivationDump& dump, const std::string& tensor, const Site& inputSite, const SampleRows& inputs)
{
    const auto sites = streamSitesOf(dump, tensor);
    if (!sites)
        return std::vector<double>{};
    BITWRIGHT_ASSIGN(auto shares, shareFromSamples(dump, *sites, inputs));
    if (!shares.empty())
        return shares;
    return shareFromRms(dump, *sites, inputSite, inputs);
}

} // namespace

Result<UnitEvidence> loadEvidence(
    const ActivationDump& dump, const std::string& tensor, bool withGram, std::string_view matrix)
{
    const std::string_view name = matrix.empty() ? std::string_view(tensor) : matrix;
    UnitEvidence evidence;
    evidence.gradient = dump.gradientOf(name);
    const auto outputs = dump.outputGradientOf(name);
    const bool ownRows = outputs && dump.outputGradients()[*outputs].inputs > 0;
    if (ownRows) {
        BITWRIGHT_ASSIGN(evidence.samples, dump.loadOutputInputs(*outputs));
        BITWRIGHT_ASSIGN(evidence.outputGradients, dump.loadOutputGradients(*outputs));
    }
    const auto index = dump.inputSiteOf(tensor);
    if (!index)
        return evidence;
    const Site& site = dump.sites()[*index];
    if (site.sumSq && site.count > 0) {
        evidence.inputSumSq = *site.sumSq;
        evidence.inputCount = static_cast<double>(site.count);
    }
    if (withGram && site.hasGram) {
        BITWRIGHT_ASSIGN(evidence.gram, dump.loadGram(*index));
    }
    if (site.sampleRows > 0 && !ownRows) {
        BITWRIGHT_ASSIGN(evidence.samples, dump.loadSamples(*index));
        BITWRIGHT_ASSIGN(evidence.tokenShare, loadTokenShare(dump, tensor, site, *evidence.samples));
        if (outputs) {
            BITWRIGHT_ASSIGN(evidence.outputGradients, dump.loadOutputGradients(*outputs));
        }
    }
    return evidence;
}

} // namespace bitwright::score
