#pragma once

#include "core/stats/activation_stats.h"

/// Published outlier criteria, first on plain arrays (rows = tokens, row-major), then over a whole dump.
namespace bitwright::stats {

/// rows x channels activations, row-major; a view. All functions leave out NaN and Inf unless they say
/// otherwise.
struct Activations
{
    std::span<const float> values;
    std::size_t rows = 0;
    std::size_t channels = 0;

    [[nodiscard]] std::span<const float> row(std::size_t index) const
    {
        return values.subspan(index * channels, channels);
    }
};

/// LLM.int8() (arXiv 2208.07339).
struct Int8FeatureSettings
{
    double threshold = 6.0; ///< A hit is |x| >= threshold.
    double layerShare = 0.25; ///< Least share of layers.
    double positionShare = 0.06; ///< Least share of sequence positions.
};
/// Outlier features in both readings of the paper, which does not say whether the two shares belong together.
struct Int8Features
{
    /// Separate: layers with any hit / L >= layerShare, and positions with a hit in any layer / T >=
    /// positionShare.
    std::vector<std::uint64_t> separate;
    /// Joint: the share of layers in which at least positionShare of the positions hit is >= layerShare.
    std::vector<std::uint64_t> joint;
    std::size_t layers = 0;
    std::size_t tokens = 0; ///< The estimate stands on this many sampled tokens.
    /// Share of all values that reach the threshold. The criterion is not scale invariant: where this is
    /// large, as in the residual stream of many models, it marks every channel and says nothing.
    double hitShare = 0;
    std::vector<std::size_t> sites; ///< Sites taken as layers; empty for the array version.
};
/// `layers` have equal rows and channels, and row t is the same token in all of them. Errors: InvalidArgument
/// when sizes differ.
[[nodiscard]] Result<Int8Features> int8Features(
    std::span<const Activations> layers, const Int8FeatureSettings& settings = {});

/// The same, fed one layer at a time, so that only one layer's values need to be in memory. The order does
/// not matter.
class Int8FeatureCounter
{
public:
    explicit Int8FeatureCounter(const Int8FeatureSettings& settings)
        : m_settings(settings)
    { }
    /// Errors: InvalidArgument when the size differs from the first layer's.
    [[nodiscard]] Result<void> add(const Activations& layer);
    [[nodiscard]] Int8Features result() const;

private:
    [[nodiscard]] static bool isShare(std::size_t part, std::size_t all, double share);

    Int8FeatureSettings m_settings;
    std::size_t m_layers = 0, m_rows = 0, m_channels = 0;
    std::vector<std::uint8_t> m_positionHit; ///< rows x channels: a hit in any layer.
    std::uint64_t m_hits = 0;
    std::vector<std::size_t> m_layersWithHit; ///< Per channel.
    std::vector<std::size_t> m_layersWithShare; ///< Layers where enough positions hit.
};

/// Where a number came from.
enum class StatisticSource : std::uint8_t
{
    Samples, ///< Estimated on the sampled tokens.
    Moments, ///< From recorded moments and maxima over all tokens.
};

/// Quantizable Transformers (arXiv 2306.12929): per sequence, all tokens x channels flattened; averaged over
/// sequences.
struct SequenceOutliers
{
    double infNorm = 0; ///< max |x|.
    double kurtosis = 0; ///< mu4 / (s^4 + 1e-6): centred, not excess, s^2 unbiased.
    std::size_t sequences = 0;
    StatisticSource source = StatisticSource::Samples;
};
/// `sequence` names the sequence of every row; empty means one sequence. Sampled rows of a sequence stand for
/// the sequence, so the infinity norm is a lower bound. Nothing for fewer than 2 values.
[[nodiscard]] std::optional<SequenceOutliers> sequenceOutliers(
    const Activations& x, std::span<const std::uint32_t> sequence);
/// The same from moments: one sequence of everything (biased variance; no difference at these counts).
[[nodiscard]] std::optional<SequenceOutliers> sequenceOutliers(const SiteSummary& summary);

/// OSP's excess kurtosis (arXiv 2506.19697), mean over tokens of a number per token over its channels.
struct TokenKurtosis
{
    /// As published: mean(x^4) / std^4 - 3 with an uncentred numerator, unbiased std, and negative values cut
    /// to 0.
    double published = 0;
    /// Corrected: centred moments over their own population variance, minus 3, not cut.
    double corrected = 0;
    std::size_t tokens = 0; ///< Tokens with a positive variance; the others have no kurtosis.
};
/// Nothing when no token has a variance.
[[nodiscard]] std::optional<TokenKurtosis> tokenKurtosis(const Activations& x);

/// CrossQuant (arXiv 2410.07505): share of values that are not zero and quantize to zero, |x| < Delta / 2.
struct KernelShare
{
    double perToken = 0; ///< Delta_i = t_i / (2^(bits-1) - 1), t_i the row's abs-max.
    double crossQuant
        = 0; ///< Delta_ij = t_i^alpha c_j^(1-alpha) / (2^(bits-1) - 1), c_j the column's abs-max.
    double alpha = 0.15;
    int bits = 8;
    double zeroShare = 0; ///< Share of exact zeros, which the kernel leaves out.
};
/// Shares are of all values. Nothing for an empty array. Errors are impossible; bits is clamped to 2..16.
[[nodiscard]] std::optional<KernelShare> kernelShare(const Activations& x, double alpha = 0.15, int bits = 8);

/// INT8 sanity check of Max_act_llm: symmetric round to nearest with one scale T / (2^(bits-1) - 1) per
/// tensor.
struct Int8Check
{
    double threshold = 0; ///< T.
    double relativeRmse = 0; ///< sqrt(sum e^2 / sum x^2).
    double relativeMae = 0; ///< sum |e| / sum |x|.
    double sqnrDb
        = 0; ///< 10 log10(sum x^2 / sum e^2) = -20 log10(relativeRmse); +Inf when there is no error.
    double clipRate = 0; ///< Share of |x| > T.
    std::size_t tokens = 0; ///< Rows evaluated.
};
/// Nothing when T is not positive or all values are zero. Ties round to even.
[[nodiscard]] std::optional<Int8Check> int8Check(const Activations& x, double threshold, int bits = 8);
/// Exact quantile of |x| by selection: the smallest value with at least a share q of all finite values at or
/// below it.
[[nodiscard]] std::optional<double> exactAbsQuantile(std::span<const float> values, double q);

/// Every criterion at one site.
struct SiteOutliers
{
    SiteSummary summary;
    MassiveActivations massive;
    std::optional<SequenceOutliers> sequences;
    std::optional<TokenKurtosis> tokenKurtosis;
    std::optional<KernelShare> kernel;
    /// T is the site's recorded maximum or q99.9 over all tokens where the dump has them, else the samples'
    /// own.
    std::optional<Int8Check> int8Max, int8Clipped;
    std::size_t sampledTokens = 0;
};

struct OutlierSettings
{
    MassiveSettings massive;
    Int8FeatureSettings int8;
    double crossQuantAlpha = 0.15;
    int bits = 8;
};

/// Every criterion over a dump. What the dump cannot answer is nullopt, and `notes` says what would be
/// needed.
struct OutlierReport
{
    std::vector<SiteOutliers> sites; ///< One per site, in dump order.
    std::optional<GlobalMaximum> maximum;
    /// On residual sites, else on the largest family of input sites of equal width; nothing without paired
    /// samples.
    std::optional<Int8Features> int8Features;
    /// The same for every kind of site apart: those of one kind and width, at least two of them. The paper
    /// judged what its matrix products read, which is the family of inputs.
    std::vector<Int8Features> int8Families;
    /// Quantizable Transformers over competing sites: max of the infinity norms, mean and max of the
    /// kurtoses.
    std::optional<double> maxInfNorm, meanKurtosis, maxKurtosis;
    /// OSP over residual sites: mean of the per-site means.
    std::optional<double> ospPublished, ospCorrected;
    std::vector<std::string> notes;
};

/// Reads samples one site at a time and applies every criterion. Cost: a few passes over the samples; memory:
/// the samples of one site per thread, plus one byte per sampled value of one site of each family of
/// LLM.int8(). Same result for any thread count. Errors: Io, Format, Cancelled.
[[nodiscard]] Result<OutlierReport> outlierReport(
    const model::ActivationDump& dump, const OutlierSettings& settings, const RunContext& context);

} // namespace bitwright::stats
