#pragma once

#include "core/forward/gradients.h"
#include "core/session/site_recorder.h"

#include <optional>
#include <string>
#include <vector>

namespace bitwright::session {

inline constexpr std::uint64_t kMostOutputs = 65536; ///< Of a matrix whose output gradients are kept.

/// What to record, and what the dump says about itself.
struct CaptureSettings
{
    RecorderSettings recorder;
    std::string dataset; ///< Text in the dump.
    const forward::TokenBatch* gradientBatch = nullptr; ///< Also mean squared gradients over these tokens.
    /// Of those gradients. With labels from the model (drawn by the recorder's seed) the gradients of all
    /// outputs at the sampled tokens are kept too; then the sequences of gradientBatch must begin like those
    /// of the batch, or the other way round. Heads of more than kMostOutputs words are left out.
    forward::LabelKind labels = forward::LabelKind::Text;
};

struct CaptureResult
{
    std::vector<CapturedSite> sites; ///< In the order of execution.
    std::uint64_t tokens = 0, sequences = 0;
    /// Of the model on these tokens, within their sequences; nothing for an encoder and where no token has a
    /// next one.
    std::optional<double> perplexity;
    std::size_t gradients = 0; ///< Matrices with mean squared gradients.
    std::size_t zeroGradients
        = 0; ///< Those of them that are all 0: of experts that no token chose, as a rule.
    std::size_t outputGradients = 0; ///< Tensors with gradients of their outputs.
    double seconds = 0;
};

/// Runs the model over the tokens and writes every statistic of product.md section 4 to `path`: the dump that
/// samples/capture/capture_activations.py would write, without Python. Block by block over all tokens, so
/// that sites of one block are in memory at a time; hidden states that do not fit an eighth of
/// context.memoryBytes() wait in a temporary file. The dump appears at `path` when it is complete; cancelled
/// or failed runs leave nothing. The same bytes for any number of threads. Errors: those of the forward pass;
/// OutOfMemory when Grams of a block do not fit; Numeric names the site of NaN or infinity; Io; Cancelled.
[[nodiscard]] Result<CaptureResult> capture(const forward::Model& model, const forward::TokenBatch& batch,
    const CaptureSettings& settings, const std::string& path, const RunContext& context);

} // namespace bitwright::session
