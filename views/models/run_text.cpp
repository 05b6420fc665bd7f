#include "views/models/run_text.h"

#include "core/session/token_input.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryFile>

#include <algorithm>
#include <limits>

namespace bitwright::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("HarmRun", text);
}

Result<formats::TokenSequences> sequencesOf(
    const session::Workspace& workspace, const RunText& text, const RunContext& context)
{
    if (text.source == RunText::Source::Dump) {
        if (workspace.dump() == nullptr)
            return fail(ErrorCode::InvalidArgument, "There are no tokens to measure on.");
        return session::tokensOfDump(*workspace.dump());
    }
    BITWRIGHT_ASSIGN(const auto model, forward::Model::open(workspace.checkpointPtr()));
    session::CaptureInput input;
    input.maxTokens = std::numeric_limits<std::size_t>::max() / 2; // limited when it is known where to begin
    BITWRIGHT_ASSIGN(const auto unpacked,
        setInput(input, text.source == RunText::Source::Bundled ? QString() : text.file));
    BITWRIGHT_ASSIGN(const auto read, session::readTokens(model, input, context));
    return session::sequencesOf(read.batch);
}

} // namespace

QString nameOf(const RunText& text)
{
    switch (text.source) {
    case RunText::Source::Dump:
        return text.fromEnd ? tr("last tokens of the dump") : tr("tokens of the dump");
    case RunText::Source::Bundled:
        return text.fromEnd ? tr("end of the bundled text") : tr("the bundled text");
    case RunText::Source::File:
        break;
    }
    const QString name = QFileInfo(text.file).fileName();
    return text.fromEnd ? tr("end of %1").arg(name) : name;
}

QString obstacleOf(const RunText& text, const session::Workspace& workspace)
{
    if (text.source == RunText::Source::Dump && workspace.dump() == nullptr)
        return tr("There is no dump whose tokens could be run: choose a text.");
    if (text.source == RunText::Source::File && text.file.isEmpty())
        return tr("Choose a text, or a file of token ids.");
    return {};
}

Result<std::unique_ptr<QTemporaryFile>> setInput(session::CaptureInput& input, const QString& file)
{
    std::unique_ptr<QTemporaryFile> unpacked;
    if (file.isEmpty()) {
        unpacked.reset(QTemporaryFile::createNativeFile(QStringLiteral(":/texts/calibration.txt")));
        if (!unpacked)
            return fail(ErrorCode::Io, "Cannot write the bundled text to a temporary file.");
        input.textPath = unpacked->fileName().toStdString();
    } else if (file.endsWith(QLatin1String(".npy")) || file.endsWith(QLatin1String(".ids"))) {
        // Numbers in a text could be words: only these are taken for ids by themselves.
        input.tokensPath = file.toStdString();
    } else {
        input.textPath = file.toStdString();
    }
    return unpacked;
}

Result<forward::TokenBatch> tokensOf(
    const session::Workspace& workspace, const RunText& text, const RunContext& context)
{
    BITWRIGHT_ASSIGN(
        const auto architecture, forward::readArchitecture(workspace.checkpoint().config().json));
    BITWRIGHT_ASSIGN(auto sequences, sequencesOf(workspace, text, context));
    if (text.fromEnd)
        std::reverse(sequences.begin(), sequences.end());
    session::TokenLimits limits;
    limits.maxTokens = static_cast<std::size_t>(std::max(1, text.tokens));
    return session::batchOf(architecture, sequences, limits);
}

} // namespace bitwright::views
