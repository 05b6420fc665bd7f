#pragma once

#include "core/model/tensor_info.h"
#include "core/plan/plan.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <string>

namespace bitwright::views {

/// Binary size with three significant digits in the locale: "4.31 MiB".
[[nodiscard]] QString sizeText(std::uint64_t bytes);
[[nodiscard]] QString dtypeText(const model::TensorInfo& tensor);
[[nodiscard]] QString roleText(model::Role role);
/// Name without ".weight" and without the path to its block: "3 self_attn.q_proj", for narrow tables.
[[nodiscard]] QString shortTensorName(const std::string& name, std::optional<int> block);
/// Short names of tensors as one: "3 self_attn.{q,k,v}_proj" where they differ in one part only, else all of
/// them with " + " between.
[[nodiscard]] QString jointName(const QStringList& names);
/// Option id without its quantizer where all options of the space have the same: "int4-sym-g128".
[[nodiscard]] QString shortOptionName(const plan::PlanSpace& space, std::size_t option);
/// Three significant digits in the locale; "unknown" for NaN.
[[nodiscard]] QString numberText(double value, int digits = 3);

/// Text of a token on one line: spaces and line ends as signs, bytes that are no character as \xE4.
[[nodiscard]] QString readableToken(const std::string& text);

} // namespace bitwright::views
