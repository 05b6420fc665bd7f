#pragma once

#include "core/measure/harm_values.h"
#include "core/session/token_input.h"
#include "core/session/workspace.h"

#include <string>

namespace bitwright::cli {

/// What the words of a command say about the tokens to measure on. Neither text nor tokens: those of the
/// project's first dump.
struct GivenTokens
{
    std::string tokens, text;
    bool lines = false; ///< Every line of the text is a sequence.
    session::TokenLimits limits;
};

/// The token ids, and where they come from.
struct MeasureInput
{
    forward::TokenBatch batch;
    std::string source;
};

/// Errors: those of session::readTokens, tokensOfDump and batchOf; InvalidArgument where there are no tokens.
[[nodiscard]] Result<MeasureInput> inputOf(
    const GivenTokens& given, const session::Workspace& workspace, const RunContext& context);

/// Why a run over these tokens knows no interval; empty where it knows one.
[[nodiscard]] std::string whyNoInterval(const forward::TokenBatch& batch, measure::HarmKind kind);

} // namespace bitwright::cli
