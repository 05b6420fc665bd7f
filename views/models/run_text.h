#pragma once

#include "core/session/capture_tokens.h"
#include "core/session/workspace.h"

#include <QString>

#include <memory>

class QTemporaryFile;

namespace bitwright::views {

/// What the model is run on, as a person chose it.
struct RunText
{
    enum class Source
    {
        Dump, ///< The token ids that the first dump recorded.
        Bundled, ///< The public-domain text that the program carries.
        File,
    };
    Source source = Source::Dump;
    QString file; ///< A text, or token ids (.npy, .ids), where `source` is File.
    int tokens = 512; ///< At most so many of it.
    bool fromEnd = false; ///< The last tokens of the text: others than those that chose the plan.
};

/// "the bundled text", "end of prose.txt".
[[nodiscard]] QString nameOf(const RunText& text);
/// Why it cannot be read before any work; empty when nothing speaks against it.
[[nodiscard]] QString obstacleOf(const RunText& text, const session::Workspace& workspace);

/// The path of a text or of token ids in what a run reads. Empty means the bundled text, which is unpacked
/// into a temporary file that goes with the pointer. Errors: Io.
[[nodiscard]] Result<std::unique_ptr<QTemporaryFile>> setInput(
    session::CaptureInput& input, const QString& file);

/// Reads, splits and cuts. Errors: those of session::readTokens and session::batchOf.
[[nodiscard]] Result<forward::TokenBatch> tokensOf(
    const session::Workspace& workspace, const RunText& text, const RunContext& context);

} // namespace bitwright::views
