#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bitwright::tokens {

/// What every refusal of a tokenizer ends with.
inline constexpr std::string_view kGiveIds = "Give token ids instead of text (--tokens FILE).";

/// Steps nested in Sequence steps, at most.
inline constexpr int kStepDepth = 16;

// Typed access to the fields of a tokenizer.json. Null counts as absent. Errors: Format with the field's
// name.

[[nodiscard]] Result<std::string> textField(
    const nlohmann::json& object, const char* key, std::optional<std::string> fallback = {});
[[nodiscard]] Result<bool> flagField(
    const nlohmann::json& object, const char* key, std::optional<bool> fallback = {});
/// A whole number below 2^31.
[[nodiscard]] Result<std::uint32_t> sizeField(
    const nlohmann::json& object, const char* key, std::optional<std::uint32_t> fallback = {});
/// A number that is a token's id.
[[nodiscard]] Result<std::uint32_t> idOf(const nlohmann::json& value, std::string_view what);
/// The member, or an error.
[[nodiscard]] Result<const nlohmann::json*> member(const nlohmann::json& object, const char* key);
/// The member, or null where it is absent or null.
[[nodiscard]] const nlohmann::json* memberIfAny(const nlohmann::json& object, const char* key);

/// "This program does not know the normalizer Nmt of the tokenizer."
[[nodiscard]] tl::unexpected<Error> unknownPart(std::string_view kind, std::string_view name);

} // namespace bitwright::tokens
