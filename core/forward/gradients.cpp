#include "core/forward/gradients.h"

#include "core/base/parallel.h"
#include "core/forward/gradient_parts.h"
#include "core/forward/head_tile.h"
#include "core/forward/kernels.h"
#include "core/forward/labels.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

namespace bitwright::forward {

namespace {

/// Tiles of the head whose shares of the states' gradient are held at once, to be added in their order.
constexpr std::size_t kTilesAtOnce = 8;

Result<void> checkModel(const Model& model)
{
    if (model.architecture().hasHead)
        return {};
    return fail(Error{ErrorCode::Unsupported,
        "Gradients of a model without a language-model head are not known to this program.",
        model.checkpoint().path(), {}, {}, "Record without gradients."});
}

/// Keeps what one matrix is given.
class InputOf final : public Observer
{
public:
    explicit InputOf(const Linear& linear)
        : m_tensor(linear.tensor)
    { }
    Result<void> linearInput(const LinearInput& input) override
    {
        if (input.tensor == m_tensor)
            for (std::size_t t = 0; t < input.rows.rows; ++t)
                m_values.insert(m_values.end(), input.rows.row(t).begin(), input.rows.row(t).end());
        return {};
    }
    [[nodiscard]] Rows rows(std::size_t tokens) const
    {
        const std::size_t cols = m_values.size() / tokens;
        return {m_values.data(), tokens, cols, cols};
    }

private:
    const model::TensorIndex m_tensor;
    std::vector<float> m_values; ///< tokens x inputs
};

/// Terms of a sequence's mean loss.
double lossesOf(const TokenBatch& sequence, const GradientSettings& settings)
{
    return static_cast<double>(sequence.tokens() - (settings.labels == LabelKind::Model ? 0 : 1));
}

/// The loss of one sequence backward through head and final norm.
class HeadGradient
{
public:
    HeadGradient(const Model& model, const TokenBatch& batch, std::size_t firstToken, const Hooks& hooks,
        const GradientSettings& settings, GradientSums& sums)
        : m_model(model)
        , m_batch(batch)
        , m_firstToken(firstToken)
        , m_hooks{hooks.weights, nullptr}
        , m_settings(settings)
        , m_sums(sums)
        , m_next(nextTokens(batch))
    { }

    /// d loss / d output of the last block.
    Result<std::vector<float>> run(std::span<const float> hidden, const RunContext& context)
    {
        const Architecture& a = m_model.architecture();
        const Linear& head = m_model.head();
        if (m_settings.labels == LabelKind::Model) {
            BITWRIGHT_ASSIGN(const auto labels,
                drawLabels(
                    m_model, m_batch, hidden, m_hooks, m_settings.seed, m_firstToken, m_results, context));
            m_next.assign(labels.begin(), labels.end());
        } else {
            BITWRIGHT_ASSIGN(m_results, runHead(m_model, m_batch, hidden, m_hooks, context));
        }
        InputOf projected(m_model.projectOut());
        const bool projects = m_model.projectOut().rows > 0;
        BITWRIGHT_ASSIGN(m_states,
            finalStates(
                m_model, m_batch, hidden, {m_hooks.weights, projects ? &projected : nullptr}, context));
        std::vector<float> gradient(m_states.size(), 0.0F);
        const auto words = static_cast<std::size_t>(wordsPerTile(head));
        const std::size_t tiles = chunkCount(static_cast<std::size_t>(head.rows), words);
        if (!a.tiedHead)
            m_sums.prepare(head);
        for (std::size_t first = 0; first < tiles; first += kTilesAtOnce) {
            const std::size_t count = std::min(kTilesAtOnce, tiles - first);
            std::vector<std::vector<float>> shares(count);
            std::vector<std::vector<double>> columns(count);
            BITWRIGHT_CHECK(parallelFor(
                count, 1,
                [&](const Chunk& chunk) -> Result<void> {
                    return runTile(
                        (first + chunk.begin) * words, words, shares[chunk.begin], columns[chunk.begin]);
                },
                context));
            for (std::size_t i = 0; i < count; ++i) {
                addScaled(gradient, shares[i], 1.0F);
                if (!a.tiedHead)
                    m_sums.foldColumns(head, columns[i]);
            }
        }
        if (projects)
            BITWRIGHT_CHECK(backProjection(projected.rows(m_batch.tokens()), gradient, context));
        const auto stream = static_cast<std::size_t>(a.hidden);
        if (a.finalNorm)
            for (std::size_t at = 0; at < gradient.size(); at += stream)
                normBackward(a.norm, a.normEps, hidden.subspan(at, stream), m_model.finalNorm().weight,
                    std::span(gradient).subspan(at, stream), std::span(gradient).subspan(at, stream));
        return gradient;
    }

private:
    /// Back through OPT's projection of the normed stream `input` to the width of the embeddings.
    Result<void> backProjection(const Rows& input, std::vector<float>& gradient, const RunContext& context)
    {
        const Linear& projection = m_model.projectOut();
        BITWRIGHT_CHECK(m_sums.add(projection, gradient, input, context));
        std::vector<float> back(input.rows * input.cols, 0.0F);
        BITWRIGHT_CHECK(backThrough(m_model, projection, gradient, back, m_hooks, context));
        gradient = std::move(back);
        return {};
    }

    Result<void> runTile(
        std::size_t begin, std::size_t most, std::vector<float>& share, std::vector<double>& columns)
    {
        const Linear& head = m_model.head();
        const std::size_t words = std::min(most, static_cast<std::size_t>(head.rows) - begin);
        const auto width = static_cast<std::size_t>(head.cols);
        const std::size_t tokens = m_batch.tokens();
        std::vector<float> weights(words * width), logits(tokens * words);
        BITWRIGHT_CHECK(readWeights(m_model, head, begin, begin + words, m_hooks.weights, weights));
        BITWRIGHT_CHECK(tileLogits(m_model, m_states, tokens, weights, begin, 0, logits));
        for (std::size_t t = 0; t < tokens; ++t)
            lossGradient(t, begin, std::span(logits).subspan(t * words, words));
        share.resize(tokens * width);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(tokens),
            static_cast<int>(width), static_cast<int>(words), 1.0F, logits.data(), static_cast<int>(words),
            weights.data(), static_cast<int>(width), 0.0F, share.data(), static_cast<int>(width));
        if (m_model.architecture().tiedHead)
            return {};
        const Rows states{m_states.data(), tokens, width, width};
        columns = m_sums.addRows(head, begin, begin + words, logits, words, states);
        return m_sums.show(head, begin, {logits.data(), tokens, words, words}, states);
    }

    /// Logits of one token become d loss / d logits before the soft cap.
    void lossGradient(std::size_t token, std::size_t begin, std::span<float> logits) const
    {
        if (!m_next[token]) {
            std::fill(logits.begin(), logits.end(), 0.0F);
            return;
        }
        const auto cap = m_model.architecture().logitSoftcap;
        const double losses = lossesOf(m_batch, m_settings);
        for (std::size_t w = 0; w < logits.size(); ++w) {
            const double logit = static_cast<double>(logits[w]);
            double slope = std::exp(logit - m_results[token].logSumExp);
            if (begin + w == *m_next[token])
                slope -= 1.0;
            if (cap)
                slope *= 1.0 - (logit / *cap) * (logit / *cap);
            logits[w] = static_cast<float>(slope / losses);
        }
    }

    const Model& m_model;
    const TokenBatch& m_batch; ///< One sequence.
    const std::size_t m_firstToken; ///< Of it, in the whole batch.
    const Hooks m_hooks;
    const GradientSettings& m_settings;
    GradientSums& m_sums;
    std::vector<std::optional<std::uint32_t>> m_next;
    std::vector<TokenResult> m_results;
    std::vector<float> m_states;
};

Result<void> runSequence(const Model& model, const TokenBatch& sequence, std::size_t firstToken,
    const Hooks& hooks, const GradientSettings& settings, GradientSums& sums, const RunContext& context)
{
    const std::size_t blocks = model.blocks().size();
    const auto width = static_cast<std::size_t>(model.architecture().hidden);
    const std::size_t bytes = (blocks + 4) * sequence.tokens() * width * sizeof(float);
    if (bytes > context.memoryBytes() / 2)
        return fail(Error{ErrorCode::OutOfMemory,
            fmt::format(
                "The hidden states of {} tokens at every block need {} MiB, half of the memory budget is "
                "{} MiB.",
                sequence.tokens(), bytes >> 20U, context.memoryBytes() >> 21U),
            {}, {}, {}, "Give more memory or shorter sequences."});
    const Hooks quiet{hooks.weights, nullptr};
    std::vector<std::vector<float>> inputs;
    InputOf embedded(model.projectIn());
    const bool projects = model.projectIn().rows > 0;
    BITWRIGHT_ASSIGN(std::vector<float> hidden,
        embed(model, sequence, {hooks.weights, projects ? &embedded : nullptr}, context));
    for (std::size_t block = 0; block < blocks; ++block) {
        inputs.push_back(hidden);
        BITWRIGHT_CHECK(runBlocks(model, sequence, block, block + 1, hidden, quiet, context));
    }
    sums.begin(firstToken, lossesOf(sequence, settings));
    HeadGradient head(model, sequence, firstToken, hooks, settings, sums);
    BITWRIGHT_ASSIGN(std::vector<float> gradient, head.run(hidden, context));
    BlockGradient back(model, hooks, sums);
    for (std::size_t block = blocks; block-- > 0;) {
        BITWRIGHT_CHECK(context.checkStop());
        BITWRIGHT_CHECK(back.run(block, inputs[block], gradient, context));
        inputs.pop_back();
    }
    if (projects)
        return sums.add(model.projectIn(), gradient, embedded.rows(sequence.tokens()), context);
    return {};
}

} // namespace

std::vector<StoredMatrix> gradientMatrices(const Model& model)
{
    std::vector<StoredMatrix> matrices;
    const auto add = [&](const Linear& linear) {
        const StoredMatrix matrix(linear.tensor, linear.expert);
        if (linear.rows > 0 && (matrices.empty() || matrices.back() != matrix))
            matrices.push_back(matrix);
    };
    const auto addMlp = [&](const Mlp& mlp) {
        for (const Linear* linear : {&mlp.gate, &mlp.up, &mlp.down})
            add(*linear);
    };
    add(model.projectIn());
    for (const Block& block : model.blocks()) {
        for (const Linear* linear : {&block.query, &block.key, &block.value, &block.output})
            add(*linear);
        addMlp(block.mlp);
        add(block.router);
        for (const Mlp& expert : block.experts)
            addMlp(expert);
        addMlp(block.sharedExpert);
        add(block.sharedGate);
    }
    add(model.projectOut());
    if (!model.architecture().tiedHead)
        add(model.head());
    return matrices;
}

std::size_t gradientSums(const Model& model)
{
    std::size_t count = 0;
    for (const StoredMatrix& matrix : gradientMatrices(model)) {
        const model::TensorInfo& info = model.checkpoint().tensors()[matrix.first];
        count += static_cast<std::size_t>(info.rows() + info.cols());
    }
    return count;
}

Result<std::vector<model::GradientFactors>> meanSquaredGradients(const Model& model, const TokenBatch& batch,
    const Hooks& hooks, const RunContext& context, const RawGradient& raw, const GradientSettings& settings)
{
    BITWRIGHT_CHECK(checkModel(model));
    BITWRIGHT_CHECK(checkBatch(model, batch));
    const BlasThreads single(1);
    GradientSums sums(model, raw, settings.outputs);
    RunContext quiet = context;
    quiet.progress = {};
    const std::vector<StoredMatrix> matrices = gradientMatrices(model);
    std::uint64_t batches = 0;
    std::size_t first = 0;
    if (settings.from != nullptr) {
        if (settings.from->sequences > batch.sequences() || settings.from->batches > settings.from->sequences
            || settings.from->sums.size() != gradientSums(model))
            return fail(ErrorCode::InvalidArgument, "The gradients to go on from are of another run.");
        sums.restore(matrices, settings.from->sums);
        batches = settings.from->batches;
        first = settings.from->sequences;
    }
    for (std::size_t s = first; s < batch.sequences(); ++s) {
        context.report(static_cast<double>(s) / static_cast<double>(batch.sequences()), "Gradients");
        const std::size_t length = batch.starts[s + 1] - batch.starts[s];
        if (length >= 2 || settings.labels != LabelKind::Text) {
            TokenBatch sequence;
            sequence.add(std::span(batch.ids).subspan(batch.starts[s], length));
            BITWRIGHT_CHECK(runSequence(model, sequence, batch.starts[s], hooks, settings, sums, quiet));
            ++batches;
        }
        if (settings.after)
            BITWRIGHT_CHECK(settings.after(s + 1, [&] {
                return GradientState{s + 1, batches, sums.values(matrices)};
            }));
    }
    if (batches == 0)
        return fail(ErrorCode::InvalidArgument, "Gradients need a sequence of at least two tokens.");
    return sums.factors(matrices, batches);
}

} // namespace bitwright::forward
