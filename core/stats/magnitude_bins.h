#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bitwright::stats {

/// Borders 10^(-8 + k/32) between the bins of model::LogHistogram, k = 1..511 (entry k - 1).
[[nodiscard]] const std::array<double, 511>& magnitudeBorders();

/// Bin of a finite magnitude > 0: the number of borders at or below it.
[[nodiscard]] std::size_t magnitudeBin(double magnitude);

} // namespace bitwright::stats
