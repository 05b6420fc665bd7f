#pragma once

#include "core/forward/product.h"

namespace bitwright::forward {

/// out (rows x hidden) = down(act(gate x) * up x), or down(act(up x)). `scratch` is resized as needed.
[[nodiscard]] Result<void> runMlp(const Model& model, const Mlp& mlp, const Rows& input, float* out,
    std::vector<float>& scratch, const InputPlace& place, const Hooks& hooks, const RunContext& context);

/// The experts that one token goes to, by falling probability (the lower number of equals first), with their
/// weights.
struct Route
{
    std::size_t expert = 0;
    float weight = 0;
};
[[nodiscard]] std::vector<Route> routeToken(const Experts& experts, std::span<const float> logits);

/// Which tokens go to each expert, in token order, and with which weights.
struct Routing
{
    std::vector<float> logits; ///< tokens x experts
    std::vector<std::vector<std::size_t>> tokens; ///< Rows of the input, per expert.
    std::vector<std::vector<float>> weights; ///< Beside them.
};
[[nodiscard]] Result<Routing> routeAll(const Model& model, const Block& block, const Rows& input,
    const InputPlace& place, const Hooks& hooks, const RunContext& context);

/// How much of the shared expert goes into the sum, from what its gate says.
[[nodiscard]] float sharedWeight(float gate);

/// Copies rows of an input one below the other into `out`, which is resized.
void gatherRows(const Rows& input, std::span<const std::size_t> rows, std::vector<float>& out);

/// out (tokens x hidden) = sum over each token's experts of weight * expert(x), plus the gated shared expert.
[[nodiscard]] Result<void> runExperts(const Model& model, const Block& block, const Rows& input,
    std::span<float> out, std::vector<float>& scratch, const InputPlace& place, const Hooks& hooks,
    const RunContext& context);

} // namespace bitwright::forward
