#pragma once

#include "core/base/run_context.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::model {

/// Where activations were recorded relative to the tensors of a site.
enum class SiteKind : std::uint8_t
{
    InputOf, ///< What the listed tensors multiply.
    OutputOf, ///< A sublayer's contribution to the residual stream, after any post-norm.
    Residual, ///< The stream before a sublayer.
};
[[nodiscard]] std::string_view siteKindName(SiteKind kind);

/// Counts of log10|x| in 512 uniform bins on [-8, 8]; values outside fall into the end bins, exact zeros into
/// `zeros`.
struct LogHistogram
{
    static constexpr int kBins = 512;
    static constexpr double kLow = -8.0;
    static constexpr double kHigh = 8.0;
    std::vector<std::uint64_t> counts = std::vector<std::uint64_t>(kBins, 0);
    std::uint64_t zeros = 0;

    [[nodiscard]] std::uint64_t total() const;
    /// |x| below which a share q of all values lies, interpolated inside the bin in log space; nothing when
    /// empty. A bin spans a factor of 10^(16/512), about 7.5 %.
    [[nodiscard]] std::optional<double> quantile(double q) const;
};

/// One of the largest values, with its place.
struct TopValue
{
    double value = 0; ///< Signed.
    std::uint64_t token = 0;
    std::uint64_t channel = 0;
};

/// Statistics recorded at one site. What the dump does not hold is nullopt: unknown, never zero.
struct Site
{
    std::string name;
    SiteKind kind = SiteKind::InputOf;
    std::vector<std::string> tensors; ///< Checkpoint tensors that the site feeds or comes from.
    std::optional<int> block;
    std::uint64_t channels = 0;
    std::uint64_t count = 0; ///< Rows (tokens) seen.

    using Vector = std::vector<double>;
    // Per channel, `channels` values each. Moments are raw: means of x^3 and x^4.
    std::optional<Vector> absMax, min, max, mean, meanAbs, sumSq, moment3, moment4;
    std::optional<LogHistogram> histogram; ///< Over the whole site.
    std::optional<std::vector<TopValue>> top; ///< Largest |x| first.
    std::optional<std::vector<float>> tokenAbsMax, tokenMedianAbs, tokenRms; ///< Per token, `count` values.

    std::uint64_t sampleRows = 0; ///< Rows of `samples`; 0 when not recorded.
    bool hasGram = false;
    double gramCount = 0; ///< Rows behind the Gram.
    bool hasChannelHistogram = false;
};

/// Sampled rows of a site: rows x channels, row-major; the same tokens at every site, so rows pair up.
struct SampleRows
{
    std::uint64_t rows = 0;
    std::uint64_t channels = 0;
    std::vector<float> values;
    std::vector<std::uint32_t> sequence, position; ///< May be empty when the dump does not say.
};

/// X^T X as a packed lower triangle in row order: (0,0) (1,0) (1,1) (2,0) ...
struct PackedGram
{
    std::uint64_t width = 0;
    double count = 0;
    std::vector<float> lower;
};

/// Mean squared gradient of the loss with respect to one weight, factored by rows (outputs) and columns
/// (inputs).
struct GradientFactors
{
    std::string tensor; ///< Or one expert of a stacked one, "tensor[3]" (matrixName).
    std::vector<double> rowMeanSq; ///< One per output.
    std::vector<double> colMeanSq; ///< One per input.
    double meanSq = 0;
    std::uint64_t batches = 0;
};

/// Gradients of the outputs of one weight at sampled tokens: d (sum of the sequence's losses) / d output, the
/// loss being that of labels drawn from the model's own predictions. Weights are seen as outputs x inputs.
struct OutputGradientSite
{
    std::string tensor; ///< Or one expert of a stacked one (matrixName).
    std::uint64_t rows = 0; ///< Sampled tokens.
    std::uint64_t outputs = 0;
    /// Width of the input rows that stand beside the gradients, those of a routed expert; 0: the samples of
    /// the weight's input site are of the same tokens. Where a token chose other experts both rows are 0.
    std::uint64_t inputs = 0;
};

/// An opened dump: light statistics in memory, samples and Grams on disk. Loading functions are thread safe.
class ActivationDump
{
public:
    virtual ~ActivationDump() = default;

    [[nodiscard]] const std::vector<Site>& sites() const { return m_sites; }
    [[nodiscard]] const std::vector<GradientFactors>& gradients() const { return m_gradients; }
    [[nodiscard]] const GradientFactors* gradientOf(std::string_view matrix) const;
    [[nodiscard]] const std::vector<OutputGradientSite>& outputGradients() const { return m_outputGradients; }
    /// Place in outputGradients(), or nothing.
    [[nodiscard]] std::optional<std::size_t> outputGradientOf(std::string_view matrix) const;
    /// Input site of a tensor, or nothing.
    [[nodiscard]] std::optional<std::size_t> inputSiteOf(std::string_view tensor) const;

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] const std::string& modelName() const { return m_modelName; }
    [[nodiscard]] const std::string& modelHash() const { return m_modelHash; }
    [[nodiscard]] const std::string& dataset() const { return m_dataset; }
    [[nodiscard]] const std::string& producer() const { return m_producer; }
    [[nodiscard]] std::uint64_t tokens() const { return m_tokens; }
    /// XXH3-128 of the file's bytes, hexadecimal: the key of everything measured with this dump.
    [[nodiscard]] const std::string& contentHash() const { return m_contentHash; }
    [[nodiscard]] const std::vector<std::string>& warnings() const { return m_warnings; }

    /// Errors: InvalidArgument when the site holds none; Io, Format.
    [[nodiscard]] virtual Result<SampleRows> loadSamples(std::size_t site) const = 0;
    [[nodiscard]] virtual Result<PackedGram> loadGram(std::size_t site) const = 0;
    /// rows x outputs, with their tokens. Errors: InvalidArgument when there are none; Io, Format.
    [[nodiscard]] virtual Result<SampleRows> loadOutputGradients(std::size_t site) const;
    /// The input rows beside them: rows x inputs. The same errors.
    [[nodiscard]] virtual Result<SampleRows> loadOutputInputs(std::size_t site) const;
    /// Token ids, sequences x positions flattened row-major; empty when the dump has none.
    [[nodiscard]] virtual Result<std::vector<std::int32_t>> loadTokens() const = 0;
    /// The same by sequence; one sequence where the dump does not say more, none where it has no tokens.
    [[nodiscard]] virtual Result<std::vector<std::vector<std::int32_t>>> loadSequences() const;

protected:
    std::vector<Site> m_sites;
    std::vector<GradientFactors> m_gradients;
    std::vector<OutputGradientSite> m_outputGradients;
    std::string m_path, m_modelName, m_modelHash, m_dataset, m_producer, m_contentHash;
    std::uint64_t m_tokens = 0;
    std::vector<std::string> m_warnings;
};

class Checkpoint;
/// Checks channel counts and names of a dump against a model. Errors: Mismatch with one clear line naming
/// site and tensor.
[[nodiscard]] Result<void> checkDumpFits(const ActivationDump& dump, const Checkpoint& checkpoint);

} // namespace bitwright::model
