#pragma once

#include "core/base/run_context.h"
#include "core/forward/model.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace bitwright::forward {

/// Sequences of token ids, one after the other. A token sees only its own sequence.
struct TokenBatch
{
    std::vector<std::uint32_t> ids;
    std::vector<std::size_t> starts{0}; ///< First token of each sequence, and ids.size() at the end.

    void add(std::span<const std::uint32_t> sequence);
    [[nodiscard]] std::size_t tokens() const { return ids.size(); }
    [[nodiscard]] std::size_t sequences() const { return starts.size() - 1; }
};

/// Rows of float32, `stride` values apart.
struct Rows
{
    const float* data = nullptr;
    std::size_t rows = 0, cols = 0, stride = 0;

    [[nodiscard]] std::span<const float> row(std::size_t i) const { return {data + i * stride, cols}; }
};

/// Gives other weights than the checkpoint's, for example quantized ones. Called by several threads at once.
class WeightSource
{
public:
    virtual ~WeightSource() = default;
    /// Fills `out` with rows [begin, end) of the tensor (outputs x inputs, fused and stacked tensors as
    /// stored), or returns false to take the checkpoint's.
    [[nodiscard]] virtual Result<bool> readRows(model::TensorIndex tensor, std::uint64_t expert,
        std::uint64_t begin, std::uint64_t end, std::span<float> out) const = 0;
};

/// What a Linear is about to multiply.
struct LinearInput
{
    model::TensorIndex tensor = 0;
    std::uint64_t expert = 0; ///< Of a stacked tensor.
    std::optional<std::size_t> block; ///< None outside of the blocks (projections, head).
    Rows rows; ///< tokens x inputs
    std::size_t firstToken = 0; ///< Of the batch, where `tokens` is empty.
    std::span<const std::size_t> tokens; ///< The batch's token of each row, for experts.
};

/// Where the residual stream is seen.
enum class StreamPoint : std::uint8_t
{
    BlockInput,
    AttentionOutput, ///< What attention adds.
    AfterAttention, ///< The stream after it was added (and normed, in post-norm models).
    MlpOutput, ///< What the MLP adds.
    BlockOutput,
};

/// Sees what happens inside. Calls come one at a time, block by block, tokens in order.
class Observer
{
public:
    virtual ~Observer() = default;
    /// Once per stored tensor (a fused one is seen once) and group of tokens.
    [[nodiscard]] virtual Result<void> linearInput(const LinearInput&) { return {}; }
    /// tokens x hidden, from `firstToken` of the batch on.
    [[nodiscard]] virtual Result<void> stream(
        StreamPoint, std::size_t /*block*/, const Rows&, std::size_t /*firstToken*/)
    {
        return {};
    }
};

/// Optional company of a run; what it points to must outlive the call.
struct Hooks
{
    const WeightSource* weights = nullptr;
    Observer* observer = nullptr;
};

/// Checks ids and lengths: OutOfRange for an id outside the vocabulary and for a sequence longer than the
/// model's positions, InvalidArgument for no tokens or an empty sequence.
[[nodiscard]] Result<void> checkBatch(const Model& model, const TokenBatch& batch);

/// Input of block 0: tokens x hidden, float32, row-major. Errors: those of checkBatch; OutOfMemory where
/// twice that is more than half of context.memoryBytes().
[[nodiscard]] Result<std::vector<float>> embed(
    const Model& model, const TokenBatch& batch, const Hooks& hooks, const RunContext& context);

/// Most tokens that runBlocks takes at once (sequences stay whole): 2,048, or halves of it where the budget
/// is small, and at least the longest sequence. Errors: OutOfMemory.
[[nodiscard]] Result<std::size_t> tokensAtOnce(
    const Model& model, const TokenBatch& batch, const RunContext& context);

/// Runs blocks [first, end) on `hidden` (tokens x hidden), which becomes the input of block `end`. Block
/// after block over all sequences, so that each weight is read once per some 2,048 tokens; running [0, n) and
/// running [0, l), keeping a copy and running [l, n) give the same bits. Working memory besides `hidden` is
/// at most half of context.memoryBytes(), or the error OutOfMemory says what one sequence needs. The same
/// bits for any number of threads; a smaller budget makes smaller groups of sequences and may change last
/// bits. Errors: Numeric names the tensor and token where NaN or infinity first came out.
[[nodiscard]] Result<void> runBlocks(const Model& model, const TokenBatch& batch, std::size_t first,
    std::size_t end, std::span<float> hidden, const Hooks& hooks, const RunContext& context);

/// What the head says after one token.
struct TokenResult
{
    double logSumExp = 0; ///< ln sum over the vocabulary of exp(logit).
    float largestLogit = 0;
    std::uint32_t best = 0; ///< Token of the largest logit, the lowest of equals.
    std::optional<double> nextLogProbability; ///< Of the next token in nats; none at the end of a sequence.
};

/// Logits of some tokens for some words: values is tokens x words.
struct LogitsTile
{
    std::size_t firstToken = 0, tokens = 0;
    std::size_t firstWord = 0, words = 0;
    std::span<const float> values;
};
/// Takes tiles in any order, from several threads at once.
using LogitsSink = std::function<Result<void>(const LogitsTile&)>;

/// Final norm and head over the output of the last block, tiled over the vocabulary: logits are never whole
/// in memory. Errors: Unsupported for a model without a language-model head.
[[nodiscard]] Result<std::vector<TokenResult>> runHead(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, const Hooks& hooks, const RunContext& context,
    const LogitsSink& sink = {});

/// The final norm alone (and OPT's projection out): tokens x embeddingWidth. For an encoder the last hidden
/// states.
[[nodiscard]] Result<std::vector<float>> finalStates(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, const Hooks& hooks, const RunContext& context);

/// exp of minus the mean of the next tokens' log probabilities. Nothing when no token has a next one.
[[nodiscard]] std::optional<double> perplexityOf(std::span<const TokenResult> results);

} // namespace bitwright::forward
