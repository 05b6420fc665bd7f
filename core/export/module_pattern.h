#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitwright::exporting {

/// Whether a target of a compressed-tensors config group names the module `name`. Understands exact names and
/// what modulePatterns writes: "re:", an optional "(.*\.)?", literal characters (escaped or not),
/// alternatives
/// "(a|b)" and a final "$". Every other regular expression matches nothing here: foreign text is never run as
/// a program.
[[nodiscard]] bool matchesModule(std::string_view target, std::string_view name);

/// Whether matchesModule understands a target; class names and foreign regular expressions are not.
[[nodiscard]] bool isKnownPattern(std::string_view target);

/// Shortest known targets that match exactly the modules `wanted` and no other of `all` (`wanted` is part of
/// it). Block and expert numbers are merged: `re:(.*\.)?layers\.(0|3)\.mlp\.up_proj$`. The optional beginning
/// lets them fit a model whose tree has one more or one less wrapping module than the checkpoint's names
/// ("model.", "bert."). Where that would be ambiguous, the full names are used.
[[nodiscard]] std::vector<std::string> modulePatterns(
    const std::vector<std::string>& wanted, const std::vector<std::string>& all);

} // namespace bitwright::exporting
