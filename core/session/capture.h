#pragma once

#include "core/forward/gradients.h"
#include "core/session/site_recorder.h"

#include <functional>
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
    bool resumable = true; ///< Write down beside the output what a later run goes on from.
    double partialShare = 0.05; ///< Of the time, that writing down may take. Infinity: after every part.
    /// Gets a line where the recording goes on from an earlier one, and where it cannot; without it the line
    /// is shown as progress.
    std::function<void(const std::string& line)> note;
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
    std::size_t outputGradients = 0; ///< Matrices with gradients of their outputs.
    std::size_t parts = 0, resumedParts = 0; ///< Blocks, head, sequences of gradients; done by earlier runs.
    double seconds = 0; ///< Of this run.
};

/// Runs the model over the tokens and writes every statistic of product.md section 4 to `path`: the dump that
/// samples/capture/capture_activations.py would write, without Python. Block by block over all tokens, so
/// that sites of one block are in memory at a time; hidden states that do not fit an eighth of
/// context.memoryBytes() wait in a temporary file. The dump appears at `path` when it is complete. The same
/// bytes for any number of threads.
///
/// Cancelled, killed or stopped by a full disk, the same call goes on where it was and gives the same bytes:
/// the folder "PATH.partial" holds what was done (formats::PartialDump), written down after a block, the head
/// or a sequence of gradients as often as settings.partialShare allows, and goes away at the end. Meanwhile
/// it takes as much disk as the dump (more where Grams are rounded) and twice 4 bytes per token and channel
/// of the residual stream. What is there of another model, other tokens or settings, or damaged, is not used:
/// then all begins anew, and it is replaced once the new run wrote something down. Failures that would come
/// again (Numeric, Unsupported...) remove it.
///
/// Errors: those of the forward pass; OutOfMemory when Grams of a block do not fit; Numeric names the site of
/// NaN or infinity; Io, also when another run records to `path`; Cancelled.
[[nodiscard]] Result<CaptureResult> capture(const forward::Model& model, const forward::TokenBatch& batch,
    const CaptureSettings& settings, const std::string& path, const RunContext& context);

} // namespace bitwright::session
