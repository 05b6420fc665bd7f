#include "core/session/capture_tokens.h"

#include "core/formats/token_ids.h"
#include "core/io/byte_source.h"

#include <algorithm>
#include <filesystem>

namespace bitwright::session {

namespace {

constexpr std::uint64_t kTextBytes = std::uint64_t{64} << 20;

Result<std::string> readText(const std::string& path)
{
    BITWRIGHT_ASSIGN(const auto source, io::openFile(path));
    if (source->size() > kTextBytes)
        return fail(Error{ErrorCode::Unsupported,
            fmt::format("A text of {} MiB; at most {} are read.", source->size() >> 20U, kTextBytes >> 20U),
            path, {}, {}, "Give the part that is to be used."});
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span<char>(text))));
    return text;
}

Result<std::shared_ptr<const tokens::Tokenizer>> tokenizerOf(const forward::Model& model, bool bytes)
{
    if (bytes)
        return tokens::byteTokenizer();
    const std::string& path = model.checkpoint().path();
    BITWRIGHT_ASSIGN(auto tokenizer, tokens::openTokenizer(path));
    if (tokenizer)
        return tokenizer;
    if (model.architecture().vocabulary == 256)
        return tokens::byteTokenizer();
    return fail(Error{ErrorCode::Unsupported,
        "There is no tokenizer beside the weights (tokenizer.json or tokenizer.model).", path, {}, {},
        "Put it there, or give token ids instead of text (--tokens FILE)."});
}

/// Rows of ids are what somebody asked for: they are cut where a length is asked for too, and else run as
/// they are.
Result<tokens::Sequences> cutGiven(
    tokens::Sequences given, const std::optional<std::size_t>& asked, std::size_t positions)
{
    if (asked)
        return tokens::cutLong(std::move(given), *asked);
    for (std::size_t s = 0; s < given.size(); ++s)
        if (given[s].size() > positions)
            return fail(Error{ErrorCode::OutOfRange,
                fmt::format(
                    "Sequence {} has {} ids, the model has positions for {}.", s, given[s].size(), positions),
                {}, {}, {}, "Give shorter sequences, or have them cut with --sequence-length N."});
    return given;
}

Result<tokens::Sequences> sequencesOf(const forward::Model& model, const CaptureInput& input,
    std::size_t length, TokenText& result, const RunContext& context)
{
    if (!input.tokensPath.empty()) {
        result.tokenizer = "ids as given";
        BITWRIGHT_ASSIGN(tokens::Sequences given, formats::readTokenFile(input.tokensPath));
        const auto positions = static_cast<std::size_t>(model.architecture().positions);
        auto cut = cutGiven(std::move(given), input.sequenceLength, positions);
        if (!cut)
            return fail(std::move(cut.error()).inFile(input.tokensPath));
        return cut;
    }
    BITWRIGHT_ASSIGN(const auto tokenizer, tokenizerOf(model, input.bytes));
    result.tokenizer = tokenizer->description();
    BITWRIGHT_ASSIGN(const std::string text, readText(input.textPath));
    const std::size_t most = std::max(input.maxTokens, input.gradientTokens.value_or(0));
    auto cut = tokens::cutText(*tokenizer, text, {length, most, input.lines}, context);
    if (!cut)
        return fail(std::move(cut.error()).inFile(input.textPath));
    return cut;
}

} // namespace

Result<TokenText> readTokens(
    const forward::Model& model, const CaptureInput& input, const RunContext& context)
{
    if (input.textPath.empty() == input.tokensPath.empty())
        return fail(ErrorCode::InvalidArgument, "Either a text or a file of token ids must be given.");
    if (input.maxTokens == 0 || input.gradientTokens == std::size_t{0}
        || input.sequenceLength == std::size_t{0})
        return fail(ErrorCode::InvalidArgument, "At least one token must be asked for.");
    const auto positions = static_cast<std::size_t>(model.architecture().positions);
    const std::size_t length = input.sequenceLength.value_or(std::min<std::size_t>(512, positions));
    TokenText result;
    const std::string& path = input.textPath.empty() ? input.tokensPath : input.textPath;
    result.dataset = std::filesystem::path(path).filename().string();
    BITWRIGHT_ASSIGN(const tokens::Sequences sequences, sequencesOf(model, input, length, result, context));
    for (const auto& sequence : tokens::limited(sequences, input.maxTokens))
        result.batch.add(sequence);
    for (const auto& sequence : tokens::limited(sequences, input.gradientTokens.value_or(input.maxTokens)))
        result.gradientBatch.add(sequence);
    auto valid = forward::checkBatch(model, result.batch);
    if (valid)
        valid = forward::checkBatch(model, result.gradientBatch);
    if (!valid)
        return fail(std::move(valid.error()).inFile(path));
    return result;
}

} // namespace bitwright::session
