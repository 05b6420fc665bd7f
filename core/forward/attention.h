#pragma once

#include "core/base/run_context.h"
#include "core/forward/forward.h"

namespace bitwright::forward {

struct RotaryTable;

/// Which keys a query sees: [first, end) of its sequence.
struct Visible
{
    std::size_t first = 0, end = 0;
};
/// For the query at `position` of a sequence of `length` tokens. `window` 0: no window. Two-sided where not
/// causal.
[[nodiscard]] Visible visibleKeys(
    std::size_t position, std::size_t length, bool causal, std::uint64_t window);

/// One group of sequences in projected form: queries tokens x (heads headDim), keys and values tokens x
/// (keyValueHeads headDim), row-major.
struct AttentionInput
{
    std::span<const float> queries, keys, values;
    std::span<const std::size_t>
        starts; ///< First token of each sequence, and the number of tokens at the end.
    double scale = 1;
    std::uint64_t window = 0;
};

/// out (tokens x (heads headDim)) = softmax(scale q k^T, capped and masked) v, head by head; query head h
/// uses key-value head h * keyValueHeads / heads. Works on blocks of 128 queries, so that a thread needs 128
/// x length values.
[[nodiscard]] Result<void> attend(const Architecture& architecture, const AttentionInput& input,
    std::span<float> out, const RunContext& context);

/// Normalizes every head (where `norm` has weights) and rotates it (where `ropes` is not null), in place.
/// `ropes[i]` belongs to sequence i.
[[nodiscard]] Result<void> prepareHeads(const Architecture& architecture, const Norm& norm,
    std::span<const RotaryTable* const> ropes, std::span<const std::size_t> starts, std::uint64_t heads,
    std::span<float> values, const RunContext& context);

} // namespace bitwright::forward
