#pragma once

#include "core/model/activation_dump.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Statistics of single activation sites. Everything that a dump does not hold is nullopt: unknown, never
/// zero.
namespace bitwright::stats {

/// What one site's recorded statistics say. Moments are over all values of the site (tokens x channels),
/// population style.
struct SiteSummary
{
    std::size_t site = 0; ///< Index into ActivationDump::sites().

    std::optional<double> absMax; ///< Largest magnitude M.
    std::optional<double> signedMax; ///< The extreme of largest magnitude with its sign.
    std::optional<std::uint64_t> peakToken; ///< Row of the extreme.
    std::optional<std::uint64_t> peakChannel; ///< Channel of the extreme.

    std::optional<double> mean, meanAbs, rms, std;
    std::optional<double> skewness; ///< Centred.
    std::optional<double> kurtosis; ///< Centred, not excess: 3 for a normal distribution.
    std::optional<double> median, q90, q99,
        q999; ///< Of |x|, from the log-magnitude histogram (bins of 7.5 %).
    std::optional<double> crest; ///< M / rms.
    std::optional<double> maxToQ999; ///< M / q99.9.
};

/// Summarizes the channel vectors, histogram and top values of one site (spec of Max_act_llm, arXiv
/// 2605.15572, with log bins in place of its linear histogram). Constant data has no skewness or kurtosis.
[[nodiscard]] SiteSummary summarizeSite(const model::Site& site, std::size_t index);

/// Whether a site may hold the model's global maximum: the residual stream, sublayer outputs, the embedding's
/// output and the final norm (seen as the input of the output head). Gates, routers and inputs of other
/// linears never compete.
[[nodiscard]] bool competesForMaximum(const model::Site& site);

/// The signed extreme of largest magnitude of a model, as Max_act_llm reports it.
struct GlobalMaximum
{
    std::size_t site = 0;
    double value = 0; ///< Signed where the dump says, else the magnitude.
    std::optional<std::uint64_t> token, channel;
};
/// Nothing when no competing site has a maximum.
[[nodiscard]] std::optional<GlobalMaximum> globalMaximum(std::span<const model::Site> sites);

/// When a value counts as massive. Both published readings use these two numbers.
struct MassiveSettings
{
    double threshold = 100.0; ///< |x| has to exceed it: not scale invariant.
    double medianRatio = 1000.0; ///< |x| relative to the median |x|.
};

/// Massive activations of one site by both criteria.
struct MassiveActivations
{
    /// Sun et al. (arXiv 2402.17762): |x| > threshold and |x| >= ratio x the median |x| of the site. From the
    /// recorded top values, so `listIsComplete` tells whether the list may have been cut by the dump. Nothing
    /// without top values and histogram.
    std::optional<std::vector<model::TopValue>> values;
    bool listIsComplete = false;
    /// Max_act_llm: tokens whose largest |x| > threshold and > ratio x the median |x| of that token (lower
    /// middle element).
    std::optional<std::uint64_t> tokens;
    std::optional<std::uint64_t> tokensSeen; ///< Tokens with both numbers.
    std::optional<std::uint64_t> firstToken; ///< The first token that counts; nothing when none does.
    std::optional<double> largestRatio; ///< Largest token maximum / median over all tokens.
};
[[nodiscard]] MassiveActivations massiveActivations(
    const model::Site& site, const MassiveSettings& settings = {});

/// Per-channel numbers for the outlier map.
enum class ChannelMeasure : std::uint8_t
{
    AbsMax,
    Rms,
    Kurtosis, ///< Centred, not excess, over tokens; unknown for a constant channel.
    ShareAboveThreshold ///< Share of sampled rows with |x| >= threshold.
};
/// Stable lower-case word, for example "abs-max".
[[nodiscard]] std::string_view channelMeasureName(ChannelMeasure measure);

/// Sites x channels as a dense matrix with a mask: sites of different width and unrecorded numbers are
/// unknown, not zero.
struct ChannelMap
{
    ChannelMeasure measure = ChannelMeasure::AbsMax;
    std::vector<std::size_t> sites; ///< Row -> index into ActivationDump::sites(), in dump order.
    std::size_t width = 0; ///< Largest channel count of these sites.
    std::vector<float> values; ///< rows x width, row-major; finite, 0 where unknown.
    std::vector<std::uint8_t> known; ///< rows x width; 1 where `values` holds a number.

    [[nodiscard]] std::size_t rows() const { return sites.size(); }
    [[nodiscard]] std::optional<float> at(std::size_t row, std::size_t channel) const;
};

struct ChannelMapSettings
{
    double threshold = 6.0; ///< Of ShareAboveThreshold (LLM.int8()'s default).
    std::optional<model::SiteKind> kind; ///< Only sites of this kind.
};
/// Builds the map of one measure. ShareAboveThreshold reads samples site by site; the other measures are in
/// memory already. Errors: Io, Format, Cancelled.
[[nodiscard]] Result<ChannelMap> channelMap(const model::ActivationDump& dump, ChannelMeasure measure,
    const ChannelMapSettings& settings, const RunContext& context);

} // namespace bitwright::stats
