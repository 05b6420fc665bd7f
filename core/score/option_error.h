#pragma once

#include "core/base/run_context.h"
#include "core/model/activation_dump.h"
#include "core/model/matrix_reader.h"
#include "core/quant/option.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::score {

/// Id of the option that stores a unit as it is.
inline constexpr std::string_view kKeepOption = "keep";
/// Sample rows that a measurement uses; of more, evenly spaced ones are taken.
inline constexpr std::uint64_t kMaxSampleRows = 512;

/// What one option does to one weight matrix, measured from decoded bytes. nullopt means that the dump lacks
/// what the measure needs: unknown, never zero. E = W_hat - W (out x in), x a token's input row, all sums
/// over the whole matrix.
struct OptionError
{
    std::string option; ///< Option id as really run.
    double squaredError = 0; ///< ||E||_F^2
    double weightEnergy = 0; ///< ||W||_F^2
    double maxAbsError = 0; ///< max |e_ij|
    std::optional<double> actDiag; ///< sum_j H_jj ||e_j||^2, H = X^T X / count (sum of squares suffices)
    std::optional<double> actGram; ///< tr(E H E^T), the same H
    std::optional<double> gramEnergy; ///< tr(W H W^T)
    std::optional<double> tokenRelative; ///< mean over sampled tokens of ||E x||^2 / ||W x||^2
    std::optional<double>
        residual; ///< tokenRelative weighted per token by ||contribution||^2 / ||stream after it||^2
    std::optional<double>
        fisher; ///< sum_ij (row_i col_j / mean) e_ij^2 of squared gradients (GradientFactors)
    /// 1/2 mean over sampled tokens of (g . E x)^2, g the gradient of the losses at the output
    /// (OutputGradientSite): in nats per token. Tokens that chose other experts count with 0.
    std::optional<double> trueFisher;

    /// 10 log10(||W||^2 / ||E||^2); +inf for an exact copy.
    [[nodiscard]] double sqnrDb() const;
};

/// Everything of a dump that concerns one weight matrix, loaded once and shared by all its options.
struct UnitEvidence
{
    std::vector<double> inputSumSq; ///< Per input channel; empty when unknown.
    double inputCount = 0;
    std::optional<model::PackedGram> gram;
    /// Input rows. Of a routed expert they are 0 at tokens that chose others (OutputGradientSite::inputs).
    std::optional<model::SampleRows> samples;
    std::vector<double>
        tokenShare; ///< Per sampled token: ||contribution||^2 / ||stream after||^2; empty when unknown.
    const model::GradientFactors* gradient = nullptr;
    /// Gradients of the outputs, of tokens that `samples` has too; paired by their sequence and position.
    std::optional<model::SampleRows> outputGradients;
};

/// Loads the evidence for a tensor; `matrix` is the name of its gradients where it is not the tensor's (one
/// expert of a stack, model::matrixName). A dump without a site for it gives empty evidence, not an error.
/// The Gram, the largest part, is loaded on request only. tokenShare compares the sample rows of the
/// sublayer's contribution with the stream after it: the stream before plus the contribution where both were
/// sampled, else the next residual site in the dump's order; without such rows the token_rms of both, where
/// the samples' tokens can be located with certainty; else it stays unknown. Errors: Io, Format of the dump.
[[nodiscard]] Result<UnitEvidence> loadEvidence(const model::ActivationDump& dump, const std::string& tensor,
    bool withGram, std::string_view matrix = {});

/// Quantizes `matrix` with every option and measures each. Options that need a Gram the evidence lacks are
/// left out of the result (missing, never zero). Reads the matrix in row tiles inside the memory budget; rows
/// are independent, so the result equals the untiled one. Deterministic for any thread count. "keep" gets
/// zero errors. Results are in the order of `options`. Errors: Numeric when the matrix holds NaN or Inf,
/// Mismatch when the evidence was made for another shape; those of the reader, of quant::quantize and of
/// quant::GptqFactor::make; Cancelled.
[[nodiscard]] Result<std::vector<OptionError>> measureOptions(const model::MatrixReader& matrix,
    const UnitEvidence& evidence, const std::vector<quant::Option>& options, const RunContext& context);

} // namespace bitwright::score
