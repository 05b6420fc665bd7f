#pragma once

#include "core/model/tensor_info.h"

#include <QString>

namespace bitwright::views {

/// Binary size with three significant digits in the locale: "4.31 MiB".
[[nodiscard]] QString sizeText(std::uint64_t bytes);
[[nodiscard]] QString dtypeText(const model::TensorInfo& tensor);
[[nodiscard]] QString roleText(model::Role role);
/// Three significant digits in the locale; "unknown" for NaN.
[[nodiscard]] QString numberText(double value, int digits = 3);

} // namespace bitwright::views
