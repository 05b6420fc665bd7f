#include "core/base/parallel.h"
#include "core/forward/gradient_parts.h"
#include "core/forward/kernels.h"

#include <algorithm>
#include <array>

namespace bitwright::forward {

namespace {

Rows rowsOf(std::span<const float> values, std::size_t rows)
{
    const std::size_t cols = values.size() / rows;
    return {values.data(), rows, cols, cols};
}

double dot(std::span<const float> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
}

/// Scales each row by its weight.
void scaleRows(std::span<float> values, std::span<const float> weights)
{
    const std::size_t width = values.size() / weights.size();
    for (std::size_t t = 0; t < weights.size(); ++t)
        for (float& value : values.subspan(t * width, width))
            value *= weights[t];
}

/// d loss / d logits of one token's router, for d loss / d weight of the experts that it chose. `values`
/// holds the logits.
void routerSlopes(const Experts& experts, std::span<const Route> routes, std::span<const float> slopes,
    std::span<float> values)
{
    softmax(values, 1.0F, 0.0F);
    double along = 0;
    for (std::size_t i = 0; i < routes.size(); ++i)
        along += static_cast<double>(routes[i].weight) * static_cast<double>(slopes[i]);
    // Chosen probabilities over their sum are a softmax over the chosen logits: the others have no part.
    for (float& value : values)
        value = experts.normalize ? 0.0F : static_cast<float>(-static_cast<double>(value) * along);
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const double weight = static_cast<double>(routes[i].weight);
        values[routes[i].expert] = static_cast<float>(weight * (static_cast<double>(slopes[i]) - along));
    }
}

} // namespace

Result<void> MlpGradient::pass(const Mlp& mlp, const Rows& input, Pass& out, const RunContext& context)
{
    const Architecture& a = m_model.architecture();
    const auto width = static_cast<std::size_t>(mlp.up.rows);
    out.up.resize(input.rows * width);
    out.gate.resize(a.gatedMlp ? input.rows * width : 0);
    const std::array<Product, 2> products{
        Product{&mlp.gate, out.gate.data(), width}, Product{&mlp.up, out.up.data(), width}};
    BITWRIGHT_CHECK(multiplyAll(
        m_model, input, std::span(products).subspan(a.gatedMlp ? 0 : 1), {m_block, 0, {}}, m_hooks, context));
    out.inner = a.gatedMlp ? out.gate : out.up;
    activate(a.activation, out.inner);
    if (a.gatedMlp)
        multiply(out.inner, out.up);
    return {};
}

Result<void> MlpGradient::forward(
    std::size_t block, const Rows& input, std::span<float> out, const RunContext& context)
{
    m_block = block;
    const Architecture& a = m_model.architecture();
    const InputPlace place{block, 0, {}};
    if (a.layers[block].routed) {
        std::vector<float> scratch;
        if (!out.empty())
            BITWRIGHT_CHECK(runExperts(m_model, this->block(), input, out, scratch, place, m_hooks, context));
        return {}; // backward() runs the experts again, one at a time
    }
    BITWRIGHT_CHECK(pass(this->block().mlp, input, m_pass, context));
    if (out.empty())
        return {};
    const std::array<Product, 1> down{Product{&this->block().mlp.down, out.data(), a.hidden}};
    return multiplyAll(m_model, rowsOf(m_pass.inner, input.rows), down, place, m_hooks, context);
}

Result<void> MlpGradient::backward(
    const Rows& input, std::span<float> gradient, std::span<float> gradientIn, const RunContext& context)
{
    if (!m_model.architecture().layers[m_block].routed)
        return back(block().mlp, input, m_pass, {}, gradient, gradientIn, context);
    BITWRIGHT_CHECK(backExperts(input, gradient, gradientIn, context));
    if (block().sharedGate.rows == 0)
        return {};
    return backShared(input, gradient, gradientIn, context);
}

/// From inner activations to the gate's and the up projection's outputs: `inner` becomes the latter's.
Result<void> MlpGradient::backActivation(
    const Pass& pass, std::span<float> inner, std::span<float> gate, const RunContext& context) const
{
    const Architecture& a = m_model.architecture();
    std::vector<float> bent = pass.gate;
    activate(a.activation, bent);
    return parallelFor(
        inner.size(), std::size_t{1} << 16U,
        [&](const Chunk& chunk) -> Result<void> {
            for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
                const float x = a.gatedMlp ? pass.gate[i] : pass.up[i];
                const float slope = static_cast<float>(
                    static_cast<double>(inner[i]) * activationSlope(a.activation, static_cast<double>(x)));
                if (a.gatedMlp) {
                    gate[i] = slope * pass.up[i];
                    inner[i] *= bent[i];
                } else {
                    inner[i] = slope;
                }
            }
            return {};
        },
        context);
}

/// `gradient` is that of the weighted sum, and becomes that of the MLP's own output.
Result<void> MlpGradient::back(const Mlp& mlp, const Rows& input, const Pass& pass, const Share& share,
    std::span<float> gradient, std::span<float> gradientIn, const RunContext& context)
{
    const Architecture& a = m_model.architecture();
    const auto width = static_cast<std::size_t>(mlp.up.rows);
    std::vector<float> inner(pass.inner.size(), 0.0F);
    BITWRIGHT_CHECK(backThrough(m_model, mlp.down, gradient, inner, m_hooks, context));
    if (!share.weights.empty()) {
        // Weighted MLPs have no bias at the end: g . (W h) = (W^T g) . h, without the output itself.
        for (std::size_t t = 0; t < input.rows; ++t)
            share.slopes[t] = static_cast<float>(dot(
                std::span(inner).subspan(t * width, width), std::span(pass.inner).subspan(t * width, width)));
        scaleRows(inner, share.weights);
        scaleRows(gradient, share.weights);
    }
    BITWRIGHT_CHECK(m_sums.add(mlp.down, gradient, rowsOf(pass.inner, input.rows), context, share.tokens));
    std::vector<float> gate(pass.gate.size());
    BITWRIGHT_CHECK(backActivation(pass, inner, gate, context));
    if (a.gatedMlp) {
        BITWRIGHT_CHECK(m_sums.add(mlp.gate, gate, input, context, share.tokens));
        BITWRIGHT_CHECK(backThrough(m_model, mlp.gate, gate, gradientIn, m_hooks, context));
    }
    BITWRIGHT_CHECK(m_sums.add(mlp.up, inner, input, context, share.tokens));
    return backThrough(m_model, mlp.up, inner, gradientIn, m_hooks, context);
}

Result<void> MlpGradient::backExperts(const Rows& input, std::span<const float> gradient,
    std::span<float> gradientIn, const RunContext& context)
{
    BITWRIGHT_ASSIGN(
        const Routing routing, routeAll(m_model, block(), input, {m_block, 0, {}}, m_hooks, context));
    const Rows gradients = rowsOf(gradient, input.rows);
    std::vector<std::vector<float>> slopes(routing.tokens.size());
    std::vector<float> gathered, mine, back;
    Pass part;
    for (std::size_t e = 0; e < routing.tokens.size(); ++e) {
        const std::vector<std::size_t>& tokens = routing.tokens[e];
        const Mlp& expert = block().experts[e];
        for (const Linear* linear : {&expert.gate, &expert.up, &expert.down})
            if (linear->rows > 0)
                m_sums.prepare(*linear); // an expert without tokens has the gradient 0
        if (tokens.empty())
            continue;
        BITWRIGHT_CHECK(context.checkStop());
        gatherRows(input, tokens, gathered);
        gatherRows(gradients, tokens, mine);
        back.assign(gathered.size(), 0.0F);
        slopes[e].resize(tokens.size());
        const Rows rows = rowsOf(gathered, tokens.size());
        BITWRIGHT_CHECK(pass(expert, rows, part, context));
        BITWRIGHT_CHECK(
            this->back(expert, rows, part, {routing.weights[e], slopes[e], tokens}, mine, back, context));
        for (std::size_t i = 0; i < tokens.size(); ++i)
            addScaled(gradientIn.subspan(tokens[i] * input.cols, input.cols),
                std::span(back).subspan(i * input.cols, input.cols), 1.0F);
    }
    return backRouter(input, routing, slopes, gradientIn, context);
}

/// `slopes` are d loss / d weight, beside the weights of the routing.
Result<void> MlpGradient::backRouter(const Rows& input, const Routing& routing,
    const std::vector<std::vector<float>>& slopes, std::span<float> gradientIn, const RunContext& context)
{
    const std::size_t count = routing.tokens.size();
    std::vector<std::vector<Route>> routes(input.rows);
    std::vector<std::vector<float>> mine(input.rows);
    for (std::size_t e = 0; e < count; ++e)
        for (std::size_t i = 0; i < routing.tokens[e].size(); ++i) {
            routes[routing.tokens[e][i]].push_back({e, routing.weights[e][i]});
            mine[routing.tokens[e][i]].push_back(slopes[e][i]);
        }
    std::vector<float> logits = routing.logits;
    for (std::size_t t = 0; t < input.rows; ++t)
        routerSlopes(
            *m_model.architecture().experts, routes[t], mine[t], std::span(logits).subspan(t * count, count));
    BITWRIGHT_CHECK(m_sums.add(block().router, logits, input, context));
    return backThrough(m_model, block().router, logits, gradientIn, m_hooks, context);
}

Result<void> MlpGradient::backShared(
    const Rows& input, std::span<float> gradient, std::span<float> gradientIn, const RunContext& context)
{
    std::vector<float> gates(input.rows), weights(input.rows), slopes(input.rows);
    const std::array<Product, 1> products{Product{&block().sharedGate, gates.data(), 1}};
    BITWRIGHT_CHECK(multiplyAll(m_model, input, products, {m_block, 0, {}}, m_hooks, context));
    std::transform(gates.begin(), gates.end(), weights.begin(), sharedWeight);
    Pass part;
    BITWRIGHT_CHECK(pass(block().sharedExpert, input, part, context));
    BITWRIGHT_CHECK(
        back(block().sharedExpert, input, part, {weights, slopes, {}}, gradient, gradientIn, context));
    for (std::size_t t = 0; t < input.rows; ++t)
        slopes[t] *= weights[t] * (1.0F - weights[t]);
    BITWRIGHT_CHECK(m_sums.add(block().sharedGate, slopes, input, context));
    return backThrough(m_model, block().sharedGate, slopes, gradientIn, m_hooks, context);
}

} // namespace bitwright::forward
