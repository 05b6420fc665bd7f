#include "core/base/parallel.h"
#include "core/forward/attention.h"
#include "core/forward/gradient_parts.h"
#include "core/forward/kernels.h"
#include "core/forward/rope.h"

#include <algorithm>
#include <array>

namespace bitwright::forward {

Rows BlockGradient::rowsOf(std::span<const float> values) const
{
    const std::size_t cols = values.size() / m_tokens;
    return {values.data(), m_tokens, cols, cols};
}

Result<void> BlockGradient::multiply(
    std::span<const float> input, std::span<const Product> products, const RunContext& context)
{
    return multiplyAll(m_model, rowsOf(input), products, {m_block, 0, {}}, m_hooks, context);
}

std::vector<float> BlockGradient::normed(const Norm& norm, std::span<const float> values) const
{
    std::vector<float> out(values.begin(), values.end());
    if (norm.weight.empty())
        return out;
    const Architecture& a = m_model.architecture();
    const std::size_t width = norm.weight.size();
    for (std::size_t at = 0; at < out.size(); at += width)
        normRow(a.norm, a.normEps, values.subspan(at, width), norm.weight, norm.bias,
            std::span(out).subspan(at, width));
    return out;
}

std::vector<float> BlockGradient::normGradient(
    const Norm& norm, std::span<const float> values, std::span<const float> gradient) const
{
    std::vector<float> out(gradient.begin(), gradient.end());
    if (norm.weight.empty())
        return out;
    const Architecture& a = m_model.architecture();
    const std::size_t width = norm.weight.size();
    for (std::size_t at = 0; at < out.size(); at += width)
        normBackward(a.norm, a.normEps, values.subspan(at, width), norm.weight, gradient.subspan(at, width),
            std::span(out).subspan(at, width));
    return out;
}

const RotaryTable* BlockGradient::table() const
{
    const Architecture& a = m_model.architecture();
    if (a.ropes.empty())
        return nullptr;
    return m_tables.at({a.layers[m_block].rope, m_tokens}).get();
}

Result<void> BlockGradient::forwardAttention(std::span<const float> input, const RunContext& context)
{
    const Architecture& a = m_model.architecture();
    const Block& block = m_model.blocks()[m_block];
    const auto queries = static_cast<std::size_t>(a.heads * a.headDim);
    const auto keys = static_cast<std::size_t>(a.keyValueHeads * a.headDim);
    m_attentionInput = normed(block.beforeAttention, input);
    m_rawQueries.resize(m_tokens * queries);
    m_rawKeys.resize(m_tokens * keys);
    m_values.resize(m_tokens * keys);
    const std::array<Product, 3> products{Product{&block.query, m_rawQueries.data(), queries},
        Product{&block.key, m_rawKeys.data(), keys}, Product{&block.value, m_values.data(), keys}};
    BITWRIGHT_CHECK(multiply(m_attentionInput, products, context));
    const std::array<std::size_t, 2> starts{0, m_tokens};
    const RotaryTable* const angles = table();
    std::span<const RotaryTable* const> ropes;
    if (angles != nullptr)
        ropes = {&angles, 1};
    m_queries = m_rawQueries;
    m_keys = m_rawKeys;
    BITWRIGHT_CHECK(prepareHeads(a, block.queryNorm, ropes, starts, a.heads, m_queries, context));
    BITWRIGHT_CHECK(prepareHeads(a, block.keyNorm, ropes, starts, a.keyValueHeads, m_keys, context));
    const double scale
        = a.scaleByLayer ? a.attentionScale / (static_cast<double>(m_block) + 1) : a.attentionScale;
    m_mixed.resize(m_tokens * queries);
    BITWRIGHT_CHECK(
        attend(a, {m_queries, m_keys, m_values, starts, scale, a.layers[m_block].window}, m_mixed, context));
    m_attention.resize(input.size());
    const std::array<Product, 1> output{Product{&block.output, m_attention.data(), a.hidden}};
    BITWRIGHT_CHECK(multiply(m_mixed, output, context));
    // The stream between both sublayers.
    std::vector<float> branch = m_attention;
    if (a.placement == NormPlacement::Both)
        branch = normed(block.afterAttention, m_attention);
    m_middle.assign(input.begin(), input.end());
    addScaled(m_middle, branch, 1.0F);
    if (a.placement == NormPlacement::After)
        m_middle = normed(block.afterAttention, m_middle);
    return {};
}

Result<void> BlockGradient::forwardMlp(const RunContext& context)
{
    const Architecture& a = m_model.architecture();
    const Block& block = m_model.blocks()[m_block];
    m_mlpInput = normed(block.beforeMlp, m_middle);
    // Only a norm behind the MLP needs to know what it puts out.
    m_mlp.resize(a.placement == NormPlacement::Before ? 0 : m_middle.size());
    return m_part.forward(m_block, rowsOf(m_mlpInput), m_mlp, context);
}

/// What of the stream's gradient goes into a branch; `gradient` becomes what goes past it.
std::vector<float> BlockGradient::intoBranch(const Norm& after, std::span<const float> before,
    const std::vector<float>& branch, std::span<float> gradient) const
{
    const NormPlacement placement = m_model.architecture().placement;
    if (placement == NormPlacement::Both)
        return normGradient(after, branch, gradient);
    if (placement == NormPlacement::After) {
        std::vector<float> sum(before.begin(), before.end());
        addScaled(sum, branch, 1.0F);
        const std::vector<float> inner = normGradient(after, sum, gradient);
        std::copy(inner.begin(), inner.end(), gradient.begin());
    }
    return {gradient.begin(), gradient.end()};
}

Result<void> BlockGradient::backMlp(std::span<float> gradient, const RunContext& context)
{
    const Block& block = m_model.blocks()[m_block];
    std::vector<float> branch = intoBranch(block.afterMlp, m_middle, m_mlp, gradient);
    std::vector<float> input(m_mlpInput.size(), 0.0F);
    BITWRIGHT_CHECK(m_part.backward(rowsOf(m_mlpInput), branch, input, context));
    addScaled(gradient, normGradient(block.beforeMlp, m_middle, input), 1.0F);
    return {};
}

/// The reverse of prepareHeads: rotates back, then through the norm of every head.
Result<void> BlockGradient::throughHeads(const Norm& norm, std::uint64_t heads, std::span<const float> raw,
    std::span<float> gradient, const RunContext& context)
{
    const Architecture& a = m_model.architecture();
    const auto dim = static_cast<std::size_t>(a.headDim);
    const RotaryTable* const angles = table();
    return parallelFor(
        m_tokens, 64,
        [&](const Chunk& chunk) -> Result<void> {
            std::vector<float> back;
            for (std::size_t token = chunk.begin; token < chunk.end; ++token) {
                if (angles != nullptr) {
                    const std::span<const float> sines = angles->sinesAt(token);
                    back.assign(sines.begin(), sines.end());
                    for (float& sine : back)
                        sine = -sine;
                }
                for (std::size_t h = 0; h < heads; ++h) {
                    const std::size_t at = (token * heads + h) * dim;
                    const std::span<float> head = gradient.subspan(at, dim);
                    if (angles != nullptr)
                        rotate(head, angles->cosinesAt(token), back);
                    if (!norm.weight.empty())
                        normBackward(a.norm, a.normEps, raw.subspan(at, dim), norm.weight, head, head);
                }
            }
            return {};
        },
        context);
}

Result<void> BlockGradient::backAttention(
    std::span<const float> input, std::span<float> gradient, const RunContext& context)
{
    const Architecture& a = m_model.architecture();
    const Block& block = m_model.blocks()[m_block];
    const std::vector<float> branch = intoBranch(block.afterAttention, input, m_attention, gradient);
    BITWRIGHT_CHECK(m_sums.add(block.output, branch, rowsOf(m_mixed), context));
    std::vector<float> mixed(m_mixed.size(), 0.0F);
    BITWRIGHT_CHECK(backThrough(m_model, block.output, branch, mixed, m_hooks, context));
    std::vector<float> queries(m_queries.size()), keys(m_keys.size()), values(m_values.size());
    const double scale
        = a.scaleByLayer ? a.attentionScale / (static_cast<double>(m_block) + 1) : a.attentionScale;
    BITWRIGHT_CHECK(attendBackward(a, m_tokens,
        {m_queries, m_keys, m_values, mixed, queries, keys, values, scale, a.layers[m_block].window},
        context));
    BITWRIGHT_CHECK(throughHeads(block.queryNorm, a.heads, m_rawQueries, queries, context));
    BITWRIGHT_CHECK(throughHeads(block.keyNorm, a.keyValueHeads, m_rawKeys, keys, context));
    std::vector<float> before(m_attentionInput.size(), 0.0F);
    const std::array<std::pair<const Linear*, const std::vector<float>*>, 3> parts{
        std::pair{&block.query, &queries}, std::pair{&block.key, &keys}, std::pair{&block.value, &values}};
    for (const auto& [linear, slopes] : parts) {
        BITWRIGHT_CHECK(m_sums.add(*linear, *slopes, rowsOf(m_attentionInput), context));
        BITWRIGHT_CHECK(backThrough(m_model, *linear, *slopes, before, m_hooks, context));
    }
    addScaled(gradient, normGradient(block.beforeAttention, input, before), 1.0F);
    return {};
}

Result<void> BlockGradient::run(
    std::size_t block, std::span<const float> input, std::span<float> gradient, const RunContext& context)
{
    const Architecture& a = m_model.architecture();
    m_block = block;
    m_tokens = input.size() / static_cast<std::size_t>(a.hidden);
    if (!a.ropes.empty()) {
        auto& angles = m_tables[{a.layers[block].rope, m_tokens}];
        if (angles == nullptr)
            angles = std::make_shared<RotaryTable>(
                rotaryTable(a.ropes[a.layers[block].rope], m_tokens, a.positions));
    }
    BITWRIGHT_CHECK(forwardAttention(input, context));
    BITWRIGHT_CHECK(forwardMlp(context));
    BITWRIGHT_CHECK(backMlp(gradient, context));
    return backAttention(input, gradient, context);
}

} // namespace bitwright::forward
