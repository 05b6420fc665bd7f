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

/// out (tokens x hidden) = sum over each token's experts of weight * expert(x), plus the gated shared expert.
[[nodiscard]] Result<void> runExperts(const Model& model, const Block& block, const Rows& input,
    std::span<float> out, std::vector<float>& scratch, const InputPlace& place, const Hooks& hooks,
    const RunContext& context);

} // namespace bitwright::forward
