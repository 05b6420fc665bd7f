#pragma once

#include "core/quant/quantizer.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitwright::quant {

/// One choice for a tensor: number format + quantizer + settings, or "keep" (stored as it is).
struct Option
{
    std::string id; ///< "int4-sym-g128/gptq", "nf4-g64/rtn", "keep".
    std::optional<GridSpec> grid; ///< Nothing for "keep".
    Method method = Method::RoundToNearest;
    QuantizerSettings settings;
    bool needsGram = false; ///< True when the quantizer cannot run without a Gram.
    std::string description; ///< One line for people.
};

/// Every method, the cheapest first.
[[nodiscard]] std::span<const Method> allMethods();
/// Word of a method in option ids: "rtn", "clip", "gptq".
[[nodiscard]] std::string_view methodWord(Method method);
/// The inverse. Errors: InvalidArgument naming the known words.
[[nodiscard]] Result<Method> methodFromWord(std::string_view word);

/// Id of a format and a method, the inverse of optionFromId for grids: "int4-sym-g128/rtn", with "-actorder"
/// behind gptq when the settings say so.
[[nodiscard]] std::string optionId(const GridSpec& grid, Method method, const QuantizerSettings& settings);

/// Builds an option from its id; any valid number format and method, in the catalog or not. "/gptq-actorder"
/// asks for act-order. Errors: InvalidArgument naming what is wrong.
[[nodiscard]] Result<Option> optionFromId(std::string_view id);

/// Everything that is offered: "keep", INT2..INT8 x {sym, narrow, asym} x {g32, g64, g128, row} x {rtn, clip,
/// gptq}, fp8-e4m3 {row, g128} and nf4 {g32, g64, g128, g256} with rtn. Ids are unique; targets restrict the
/// list further.
[[nodiscard]] const std::vector<Option>& optionCatalog();

} // namespace bitwright::quant
