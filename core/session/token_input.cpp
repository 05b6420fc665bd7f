#include "core/session/token_input.h"

#include <algorithm>

namespace bitwright::session {

namespace {

Result<std::size_t> lengthOf(const forward::Architecture& architecture, std::size_t asked)
{
    constexpr std::size_t kUsualLength = 512;
    const auto positions = static_cast<std::size_t>(architecture.positions);
    if (asked > positions)
        return fail(ErrorCode::OutOfRange, "Sequences of {} tokens: the model has positions for {}.", asked,
            positions);
    return asked > 0 ? asked : std::min(kUsualLength, positions);
}

} // namespace

Result<forward::TokenBatch> batchOf(const forward::Architecture& architecture,
    const formats::TokenSequences& sequences, const TokenLimits& limits)
{
    BITWRIGHT_ASSIGN(const std::size_t length, lengthOf(architecture, limits.sequenceLength));
    forward::TokenBatch batch;
    std::size_t skipped = 0;
    for (std::size_t s = 0; s < sequences.size(); ++s) {
        const auto& ids = sequences[s];
        for (std::size_t t = 0; t < ids.size(); ++t)
            if (ids[t] >= architecture.vocabulary)
                return fail(ErrorCode::OutOfRange,
                    "Token {} of sequence {} has the id {}, the vocabulary has {} words.", t, s, ids[t],
                    architecture.vocabulary);
        for (std::size_t at = 0; at < ids.size(); at += length) {
            std::size_t count = std::min(length, ids.size() - at);
            if (skipped < limits.skipTokens) {
                skipped += count;
                continue;
            }
            if (limits.maxTokens > 0)
                count = std::min(count, limits.maxTokens - batch.tokens());
            if (count > 0)
                batch.add(std::span(ids).subspan(at, count));
        }
    }
    if (batch.tokens() == 0 && skipped > 0)
        return fail(
            Error{ErrorCode::OutOfRange, fmt::format("All {} tokens are skipped: none is left.", skipped), {},
                {}, {}, "Skip fewer tokens or give a longer text."});
    if (batch.tokens() == 0)
        return fail(ErrorCode::InvalidArgument, "There are no tokens to run the model on.");
    return batch;
}

formats::TokenSequences sequencesOf(const forward::TokenBatch& batch)
{
    formats::TokenSequences sequences;
    for (std::size_t s = 0; s < batch.sequences(); ++s) {
        const auto ids = std::span(batch.ids).subspan(batch.starts[s], batch.starts[s + 1] - batch.starts[s]);
        sequences.emplace_back(ids.begin(), ids.end());
    }
    return sequences;
}

Result<formats::TokenSequences> tokensOfDump(const model::ActivationDump& dump)
{
    BITWRIGHT_ASSIGN(const auto recorded, dump.loadSequences());
    formats::TokenSequences sequences;
    for (auto ids : recorded) {
        while (!ids.empty() && ids.back() == -1) // padding of the shorter sequences
            ids.pop_back();
        if (ids.empty())
            continue;
        if (std::any_of(ids.begin(), ids.end(), [](std::int32_t id) { return id < 0; }))
            return fail(Error{ErrorCode::Format, "The recorded token ids hold a negative number.",
                dump.path(), "/tokens/input_ids", {}, "Give ids with --tokens."});
        sequences.emplace_back(ids.begin(), ids.end());
    }
    if (sequences.empty())
        return fail(Error{ErrorCode::InvalidArgument, "The dump holds no token ids.", dump.path(), {}, {},
            "Give ids with --tokens."});
    return sequences;
}

std::vector<forward::TokenBatch> partsOf(const forward::TokenBatch& batch, std::size_t partTokens)
{
    std::vector<forward::TokenBatch> parts;
    for (std::size_t s = 0; s < batch.sequences(); ++s) {
        if (parts.empty() || parts.back().tokens() >= partTokens)
            parts.emplace_back();
        parts.back().add(
            std::span(batch.ids).subspan(batch.starts[s], batch.starts[s + 1] - batch.starts[s]));
    }
    return parts;
}

} // namespace bitwright::session
