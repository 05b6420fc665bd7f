#pragma once

#include "core/forward/forward.h"

namespace bitwright::forward {

/// One word per token, drawn from the model's own prediction after it; also after the last token of a
/// sequence. The head stays tiled: each tile draws a candidate and keeps what its words weigh together, then
/// a tile is drawn. `firstToken` is that of `batch` in the whole run: together with `seed` it fixes the draw,
/// whatever the threads and however the run is cut. `results` gets what runHead says. Memory: 16 bytes per
/// token and tile. Errors: those of runHead.
[[nodiscard]] Result<std::vector<std::uint32_t>> drawLabels(const Model& model, const TokenBatch& batch,
    std::span<const float> hidden, const Hooks& hooks, std::uint64_t seed, std::size_t firstToken,
    std::vector<TokenResult>& results, const RunContext& context);

} // namespace bitwright::forward
