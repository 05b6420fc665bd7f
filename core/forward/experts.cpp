#include "core/forward/experts.h"

#include "core/base/parallel.h"
#include "core/forward/kernels.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitwright::forward {

namespace {

/// out += sigmoid(gate x) * shared expert(x)
Result<void> addShared(const Model& model, const Block& block, const Rows& input, std::span<float> out,
    std::vector<float>& scratch, const InputPlace& place, const Hooks& hooks, const RunContext& context)
{
    const auto width = static_cast<std::size_t>(model.architecture().hidden);
    std::vector<float> gates(input.rows);
    std::vector<float> result(input.rows * width);
    const std::array<Product, 1> products{Product{&block.sharedGate, gates.data(), 1}};
    BITWRIGHT_CHECK(multiplyAll(model, input, products, place, hooks, context));
    BITWRIGHT_CHECK(runMlp(model, block.sharedExpert, input, result.data(), scratch, place, hooks, context));
    for (std::size_t t = 0; t < input.rows; ++t)
        addScaled(out.subspan(t * width, width), std::span(result).subspan(t * width, width),
            sharedWeight(gates[t]));
    return {};
}

} // namespace

Result<void> runMlp(const Model& model, const Mlp& mlp, const Rows& input, float* out,
    std::vector<float>& scratch, const InputPlace& place, const Hooks& hooks, const RunContext& context)
{
    const Architecture& a = model.architecture();
    const std::size_t width = mlp.up.rows;
    scratch.resize(input.rows * width * (a.gatedMlp ? 2 : 1));
    const std::span<float> up = std::span(scratch).first(input.rows * width);
    const std::span<float> gate
        = std::span(scratch).subspan(a.gatedMlp ? input.rows * width : 0, input.rows * width);
    const std::array<Product, 2> products{
        Product{&mlp.gate, gate.data(), width}, Product{&mlp.up, up.data(), width}};
    const auto used = std::span(products).subspan(a.gatedMlp ? 0 : 1);
    BITWRIGHT_CHECK(multiplyAll(model, input, used, place, hooks, context));
    BITWRIGHT_CHECK(parallelFor(
        input.rows, 16,
        [&](const Chunk& chunk) -> Result<void> {
            const std::size_t begin = chunk.begin * width;
            const std::size_t count = (chunk.end - chunk.begin) * width;
            activate(a.activation, gate.subspan(begin, count));
            if (a.gatedMlp)
                multiply(up.subspan(begin, count), gate.subspan(begin, count));
            return {};
        },
        context));
    const Rows inner{up.data(), input.rows, width, width};
    const std::array<Product, 1> down{Product{&mlp.down, out, a.hidden}};
    return multiplyAll(model, inner, down, place, hooks, context);
}

std::vector<Route> routeToken(const Experts& experts, std::span<const float> logits)
{
    std::vector<float> probabilities(logits.begin(), logits.end());
    softmax(probabilities, 1.0F, 0.0F);
    std::vector<Route> routes(probabilities.size());
    for (std::size_t e = 0; e < routes.size(); ++e)
        routes[e] = {e, probabilities[e]};
    std::stable_sort(routes.begin(), routes.end(),
        [](const Route& one, const Route& other) { return one.weight > other.weight; });
    routes.resize(experts.perToken);
    if (experts.normalize) {
        float sum = 0;
        for (const Route& route : routes)
            sum += route.weight;
        for (Route& route : routes)
            route.weight /= sum;
    }
    return routes;
}

Result<Routing> routeAll(const Model& model, const Block& block, const Rows& input, const InputPlace& place,
    const Hooks& hooks, const RunContext& context)
{
    const Experts& experts = *model.architecture().experts;
    Routing routing;
    routing.logits.resize(input.rows * experts.count);
    const std::array<Product, 1> products{Product{&block.router, routing.logits.data(), experts.count}};
    BITWRIGHT_CHECK(multiplyAll(model, input, products, place, hooks, context));
    routing.tokens.resize(experts.count);
    routing.weights.resize(experts.count);
    for (std::size_t t = 0; t < input.rows; ++t) {
        for (const Route& route :
            routeToken(experts, std::span(routing.logits).subspan(t * experts.count, experts.count))) {
            routing.tokens[route.expert].push_back(t);
            routing.weights[route.expert].push_back(route.weight);
        }
    }
    return routing;
}

float sharedWeight(float gate)
{
    return 1.0F / (1.0F + std::exp(-gate));
}

void gatherRows(const Rows& input, std::span<const std::size_t> rows, std::vector<float>& out)
{
    out.resize(rows.size() * input.cols);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::span<const float> row = input.row(rows[i]);
        std::copy(row.begin(), row.end(), out.begin() + static_cast<std::ptrdiff_t>(i * input.cols));
    }
}

Result<void> runExperts(const Model& model, const Block& block, const Rows& input, std::span<float> out,
    std::vector<float>& scratch, const InputPlace& place, const Hooks& hooks, const RunContext& context)
{
    const auto width = static_cast<std::size_t>(model.architecture().hidden);
    BITWRIGHT_ASSIGN(const Routing routing, routeAll(model, block, input, place, hooks, context));
    std::fill(out.begin(), out.end(), 0.0F);
    std::vector<float> gathered, result;
    std::vector<std::size_t> global;
    for (std::size_t e = 0; e < routing.tokens.size(); ++e) {
        const std::vector<std::size_t>& tokens = routing.tokens[e];
        if (tokens.empty())
            continue;
        gatherRows(input, tokens, gathered);
        result.resize(tokens.size() * width);
        global.resize(tokens.size());
        for (std::size_t i = 0; i < tokens.size(); ++i)
            global[i] = place.firstToken + tokens[i];
        const Rows rows{gathered.data(), tokens.size(), width, width};
        const InputPlace chosen{place.block, place.firstToken, global};
        BITWRIGHT_CHECK(
            runMlp(model, block.experts[e], rows, result.data(), scratch, chosen, hooks, context));
        for (std::size_t i = 0; i < tokens.size(); ++i)
            addScaled(out.subspan(tokens[i] * width, width), std::span(result).subspan(i * width, width),
                routing.weights[e][i]);
    }
    if (block.sharedGate.rows > 0)
        return addShared(model, block, input, out, scratch, place, hooks, context);
    return {};
}

} // namespace bitwright::forward
