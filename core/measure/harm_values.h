#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bitwright::measure {

/// What is measured.
enum class HarmKind : std::uint8_t
{
    Divergence, ///< KL(original || changed) of the next word, in nats per token.
    CosineDistance, ///< 1 - cosine of a sequence's mean final states (models without a head), per sequence.
};
/// "kl" or "cosine-distance".
[[nodiscard]] std::string_view harmKindId(HarmKind kind);

/// How far a screened result may be off; docs at forward::ScreenedHead.
struct Screening
{
    double leftOut = 0; ///< Mean probability of the original outside of the words looked at exactly.
    double changedLeftOut = 0; ///< The same of the changed model, estimated.
    double standardError = 0; ///< Of the mean divergence, in nats.
};

/// What one change did to one batch of tokens.
struct Harm
{
    HarmKind kind = HarmKind::Divergence;
    std::vector<float> values; ///< Per token, or per sequence where kind is CosineDistance.
    std::vector<float>
        next; ///< ln p of the next token after the change; NaN at ends of sequences; empty without a head.
    std::uint64_t sameBest = 0; ///< Tokens whose most probable next word stayed; 0 without a head.
    std::optional<Screening> screening; ///< Nothing: exact.
};

} // namespace bitwright::measure
