#pragma once

#include "core/base/checked.h"
#include "core/plan/target.h"
#include "core/score/option_error.h"

#include <initializer_list>

namespace bitwright::plan {

// What the targets share; each target is one file.

/// Bytes of a unit that stays as it is.
[[nodiscard]] std::uint64_t keptBytes(const Unit& unit);
/// Options of the formats with one method (round-to-nearest where a format knows no other), "keep" last.
[[nodiscard]] std::vector<quant::Option> optionsFromIds(
    std::initializer_list<std::string_view> formats, quant::Method method);
/// The part of the catalog that a target can store.
[[nodiscard]] std::vector<quant::Option> legalCatalog(const Target& target);

[[nodiscard]] const Target* fakeQuantTarget();
[[nodiscard]] const Target* compressedTensorsTarget();

} // namespace bitwright::plan
