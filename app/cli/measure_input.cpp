#include "app/cli/measure_input.h"

#include "app/cli/words.h"
#include "core/measure/statistics.h"
#include "core/session/capture_tokens.h"

#include <limits>

namespace bitwright::cli {

namespace {

/// Sequences of a text or a file of ids, as capture reads them.
Result<formats::TokenSequences> readGiven(
    const GivenTokens& given, const session::Workspace& workspace, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto model, forward::Model::open(workspace.checkpointPtr()));
    session::CaptureInput wanted;
    wanted.textPath = given.text;
    wanted.tokensPath = given.tokens;
    wanted.lines = given.lines;
    if (given.limits.sequenceLength > 0)
        wanted.sequenceLength = given.limits.sequenceLength;
    wanted.maxTokens = std::numeric_limits<std::size_t>::max() / 2; // limited after those that are skipped
    BITWRIGHT_ASSIGN(const auto read, session::readTokens(model, wanted, context));
    return session::sequencesOf(read.batch);
}

} // namespace

Result<MeasureInput> inputOf(
    const GivenTokens& given, const session::Workspace& workspace, const RunContext& context)
{
    const auto architecture = forward::readArchitecture(workspace.checkpoint().config().json);
    if (!architecture)
        return fail(Error(architecture.error()).inFile(workspace.checkpoint().path()));
    MeasureInput input;
    session::TokenLimits limits = given.limits;
    formats::TokenSequences sequences;
    if (!given.tokens.empty() || !given.text.empty()) {
        BITWRIGHT_ASSIGN(sequences, readGiven(given, workspace, context));
        input.source = given.tokens + given.text;
        if (limits.sequenceLength == 0)
            limits.sequenceLength = static_cast<std::size_t>(architecture->positions); // short enough already
    } else {
        const auto* dump = workspace.dump();
        if (dump == nullptr)
            return fail(Error{ErrorCode::InvalidArgument, "There are no tokens to measure on.", {}, {}, {},
                "Give --text, --tokens, or a project with a dump that recorded its tokens."});
        BITWRIGHT_ASSIGN(sequences, session::tokensOfDump(*dump));
        input.source = dump->path();
    }
    auto batch = session::batchOf(*architecture, sequences, limits);
    if (!batch)
        return fail(std::move(batch.error()).inFile(input.source));
    input.batch = std::move(*batch);
    return input;
}

std::string whyNoInterval(const forward::TokenBatch& batch, measure::HarmKind kind)
{
    if (kind == measure::HarmKind::CosineDistance)
        return batch.sequences() > 1
            ? std::string()
            : "1 sentence: no interval. Give several; --lines makes every line of a text one.";
    return measure::tokenBlocks(batch.starts).size() > 1
        ? std::string()
        : fmt::format("{}: no interval. One needs two sequences, or {} tokens in one.",
            counted(batch.tokens(), "token"), 2 * measure::kBlockTokens);
}

} // namespace bitwright::cli
