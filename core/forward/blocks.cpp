#include "core/base/parallel.h"
#include "core/forward/attention.h"
#include "core/forward/experts.h"
#include "core/forward/forward.h"
#include "core/forward/kernels.h"
#include "core/forward/product.h"
#include "core/forward/rope.h"

#include <algorithm>
#include <map>

namespace bitwright::forward {

namespace {

/// Tokens of a group of whole sequences; a longer sequence is a group of its own.
constexpr std::size_t kGroupTokens = 2048;

struct Group
{
    std::size_t firstSequence = 0, endSequence = 0;
};

std::vector<Group> groupsOf(const TokenBatch& batch, std::size_t mostTokens)
{
    std::vector<Group> groups;
    for (std::size_t s = 0; s < batch.sequences();) {
        Group group{s, s + 1};
        while (group.endSequence < batch.sequences()
            && batch.starts[group.endSequence + 1] - batch.starts[s] <= mostTokens)
            ++group.endSequence;
        groups.push_back(group);
        s = group.endSequence;
    }
    return groups;
}

/// Floats that one token needs in a block besides its hidden state.
std::size_t floatsPerToken(const Model& model)
{
    const Architecture& a = model.architecture();
    const std::size_t attention = 2 * a.heads * a.headDim + 2 * a.keyValueHeads * a.headDim;
    std::size_t mlp = (a.gatedMlp ? 2 : 1) * model.widestMlp();
    if (a.experts)
        mlp += 3 * a.hidden + 2 * a.experts->count; // gathered inputs and outputs, shared expert, routing
    std::size_t rotary = 0;
    for (const Rope& rope : a.ropes)
        rotary += rope.dimensions;
    return 2 * a.hidden + std::max(attention, mlp) + rotary;
}

/// Runs one block on one group.
class BlockRun
{
public:
    BlockRun(const Model& model, const Hooks& hooks, const RunContext& context)
        : m_model(model)
        , m_a(model.architecture())
        , m_hooks(hooks)
        , m_context(context)
    { }

    /// Cuts [begin, end) out of the batch. Tables of angles are shared by sequences of equal length.
    void setGroup(const TokenBatch& batch, const Group& group)
    {
        m_firstToken = batch.starts[group.firstSequence];
        m_starts.clear();
        for (std::size_t s = group.firstSequence; s <= group.endSequence; ++s)
            m_starts.push_back(batch.starts[s] - m_firstToken);
        m_tokens = m_starts.back();
        m_ropes.assign(m_a.ropes.size(), {});
        m_tables.clear();
        for (std::size_t r = 0; r < m_a.ropes.size(); ++r) {
            for (std::size_t s = 0; s + 1 < m_starts.size(); ++s)
                m_ropes[r].push_back(tableOf(r, m_starts[s + 1] - m_starts[s]));
        }
    }

    Result<void> run(std::size_t index, std::span<float> hidden)
    {
        m_index = index;
        const Block& block = m_model.blocks()[index];
        m_branch.resize(m_tokens * m_a.hidden);
        BITWRIGHT_CHECK(see(StreamPoint::BlockInput, hidden));
        BITWRIGHT_ASSIGN(const std::span<const float> seen, inputOf(block.beforeAttention, hidden));
        BITWRIGHT_CHECK(attention(block, seen));
        BITWRIGHT_CHECK(join(block.afterAttention, StreamPoint::AttentionOutput, hidden));
        BITWRIGHT_CHECK(see(StreamPoint::AfterAttention, hidden));
        BITWRIGHT_ASSIGN(const std::span<const float> input, inputOf(block.beforeMlp, hidden));
        BITWRIGHT_CHECK(m_a.layers[index].routed ? experts(block, input) : mlp(block.mlp, input));
        BITWRIGHT_CHECK(join(block.afterMlp, StreamPoint::MlpOutput, hidden));
        return see(StreamPoint::BlockOutput, hidden);
    }

private:
    const RotaryTable* tableOf(std::size_t rope, std::size_t length)
    {
        // Angles at a position depend on the length for these two kinds only.
        const RopeKind kind = m_a.ropes[rope].kind;
        const bool byLength = kind == RopeKind::Dynamic || kind == RopeKind::LongRope;
        std::size_t wanted = length;
        if (!byLength)
            for (std::size_t s = 0; s + 1 < m_starts.size(); ++s)
                wanted = std::max(wanted, m_starts[s + 1] - m_starts[s]);
        const auto key = std::pair(rope, wanted);
        auto found = m_tables.find(key);
        if (found == m_tables.end())
            found = m_tables.emplace(key, rotaryTable(m_a.ropes[rope], wanted, m_a.positions)).first;
        return &found->second;
    }

    Result<void> see(StreamPoint point, std::span<const float> values)
    {
        if (m_hooks.observer == nullptr)
            return {};
        return m_hooks.observer->stream(point, m_index, rowsOf(values), m_firstToken);
    }

    [[nodiscard]] Rows rowsOf(std::span<const float> values) const
    {
        const std::size_t cols = values.size() / m_tokens;
        return {values.data(), m_tokens, cols, cols};
    }

    /// out = norm of every row of `in`, by several threads where that pays.
    Result<void> normRows(const Norm& norm, std::span<const float> in, std::span<float> out)
    {
        const auto width = static_cast<std::size_t>(m_a.hidden);
        return parallelFor(
            m_tokens, std::max<std::size_t>(16, (std::size_t{1} << 19U) / width),
            [&](const Chunk& chunk) -> Result<void> {
                for (std::size_t t = chunk.begin; t < chunk.end; ++t)
                    normRow(m_a.norm, m_a.normEps, in.subspan(t * width, width), norm.weight, norm.bias,
                        out.subspan(t * width, width));
                return {};
            },
            m_context);
    }

    /// What a sublayer is given: the normed stream, or the stream itself where no norm stands before.
    Result<std::span<const float>> inputOf(const Norm& norm, std::span<const float> hidden)
    {
        if (norm.weight.empty())
            return hidden;
        m_normed.resize(hidden.size());
        BITWRIGHT_CHECK(normRows(norm, hidden, m_normed));
        return std::span<const float>(m_normed);
    }

    /// Adds the branch to the stream; `norm` belongs to the branch (NormPlacement::Both) or to the sum
    /// (After).
    Result<void> join(const Norm& norm, StreamPoint point, std::span<float> hidden)
    {
        if (m_a.placement == NormPlacement::Both)
            BITWRIGHT_CHECK(normRows(norm, m_branch, m_branch));
        BITWRIGHT_CHECK(see(point, m_branch));
        addScaled(hidden, m_branch, 1.0F);
        if (m_a.placement == NormPlacement::After)
            return normRows(norm, hidden, hidden);
        return {};
    }

    Result<void> attention(const Block& block, std::span<const float> input)
    {
        const std::size_t queries = m_a.heads * m_a.headDim;
        const std::size_t keys = m_a.keyValueHeads * m_a.headDim;
        m_scratch.resize(m_tokens * (2 * queries + 2 * keys));
        const std::span<float> all(m_scratch);
        const std::span<float> q = all.first(m_tokens * queries);
        const std::span<float> k = all.subspan(q.size(), m_tokens * keys);
        const std::span<float> v = all.subspan(q.size() + k.size(), m_tokens * keys);
        const std::span<float> mixed = all.last(m_tokens * queries);
        const std::array<Product, 3> products{Product{&block.query, q.data(), queries},
            Product{&block.key, k.data(), keys}, Product{&block.value, v.data(), keys}};
        BITWRIGHT_CHECK(multiply(input, products));
        const Layer& layer = m_a.layers[m_index];
        std::span<const RotaryTable* const> ropes;
        if (!m_ropes.empty())
            ropes = m_ropes[layer.rope];
        BITWRIGHT_CHECK(prepareHeads(m_a, block.queryNorm, ropes, m_starts, m_a.heads, q, m_context));
        BITWRIGHT_CHECK(prepareHeads(m_a, block.keyNorm, ropes, m_starts, m_a.keyValueHeads, k, m_context));
        const double scale
            = m_a.scaleByLayer ? m_a.attentionScale / (static_cast<double>(m_index) + 1) : m_a.attentionScale;
        BITWRIGHT_CHECK(attend(m_a, {q, k, v, m_starts, scale, layer.window}, mixed, m_context));
        const std::array<Product, 1> output{Product{&block.output, m_branch.data(), m_a.hidden}};
        return multiply(mixed, output);
    }

    Result<void> mlp(const Mlp& part, std::span<const float> input)
    {
        return runMlp(m_model, part, rowsOf(input), m_branch.data(), m_scratch, shown(), m_hooks, m_context);
    }

    Result<void> experts(const Block& block, std::span<const float> input)
    {
        return runExperts(m_model, block, rowsOf(input), m_branch, m_scratch, shown(), m_hooks, m_context);
    }

    Result<void> multiply(std::span<const float> input, std::span<const Product> products)
    {
        return multiplyAll(m_model, rowsOf(input), products, shown(), m_hooks, m_context);
    }

    [[nodiscard]] InputPlace shown() const { return {m_index, m_firstToken, {}}; }

    const Model& m_model;
    const Architecture& m_a;
    const Hooks& m_hooks;
    const RunContext& m_context;
    std::size_t m_index = 0, m_firstToken = 0, m_tokens = 0;
    std::vector<std::size_t> m_starts;
    std::map<std::pair<std::size_t, std::size_t>, RotaryTable> m_tables;
    std::vector<std::vector<const RotaryTable*>> m_ropes; ///< Per rope and sequence.
    std::vector<float> m_normed, m_branch, m_scratch;
};

} // namespace

Result<std::size_t> tokensAtOnce(const Model& model, const TokenBatch& batch, const RunContext& context)
{
    std::size_t longest = 0;
    for (std::size_t s = 0; s < batch.sequences(); ++s)
        longest = std::max(longest, batch.starts[s + 1] - batch.starts[s]);
    const std::size_t budget = context.memoryBytes() / 2;
    const std::size_t threads = static_cast<std::size_t>(context.threadCount());
    const std::size_t fixed = threads * (kWeightTileBytes + 128 * longest * sizeof(float));
    const std::size_t each = floatsPerToken(model) * sizeof(float);
    const std::size_t least = fixed + longest * each;
    if (least > budget)
        return fail(Error{ErrorCode::OutOfMemory,
            fmt::format(
                "A block on a sequence of {} tokens needs {} MiB, half of the memory budget is {} MiB.",
                longest, least >> 20U, budget >> 20U),
            {}, {}, {}, "Give more memory, fewer threads or shorter sequences."});
    std::size_t most = kGroupTokens;
    while (most > longest && fixed + most * each > budget)
        most /= 2;
    return std::max(most, longest);
}

Result<void> runBlocks(const Model& model, const TokenBatch& batch, std::size_t first, std::size_t end,
    std::span<float> hidden, const Hooks& hooks, const RunContext& context)
{
    const auto width = static_cast<std::size_t>(model.architecture().hidden);
    BITWRIGHT_CHECK(checkBatch(model, batch));
    if (first > end || end > model.blocks().size())
        return fail(
            ErrorCode::OutOfRange, "Blocks {} to {} of a model with {}.", first, end, model.blocks().size());
    if (hidden.size() != batch.tokens() * width)
        return fail(ErrorCode::InvalidArgument, "{} hidden values for {} tokens of {}.", hidden.size(),
            batch.tokens(), width);
    BITWRIGHT_ASSIGN(const std::size_t most, tokensAtOnce(model, batch, context));
    const std::vector<Group> groups = groupsOf(batch, most);
    const BlasThreads single(1);
    BlockRun run(model, hooks, context);
    for (std::size_t block = first; block < end; ++block) {
        for (std::size_t g = 0; g < groups.size(); ++g) {
            BITWRIGHT_CHECK(context.checkStop());
            context.report((static_cast<double>(block - first)
                               + static_cast<double>(g) / static_cast<double>(groups.size()))
                    / static_cast<double>(end - first),
                "Running the model");
            if (groups.size() > 1 || block == first)
                run.setGroup(batch, groups[g]);
            const std::size_t begin = batch.starts[groups[g].firstSequence];
            const std::size_t count = batch.starts[groups[g].endSequence] - begin;
            BITWRIGHT_CHECK(run.run(block, hidden.subspan(begin * width, count * width)));
        }
    }
    return {};
}

} // namespace bitwright::forward
