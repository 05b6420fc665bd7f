#include "core/stats/weight_stats.h"

#include <algorithm>
#include <cmath>

namespace bitwright::stats {

std::optional<double> weightOutlierScore(
    std::span<const float> weights, std::uint64_t rows, std::uint64_t cols)
{
    if (rows == 0 || cols == 0 || weights.size() / cols < rows)
        return std::nullopt;
    std::vector<double> sum(cols, 0.0), largest(cols, 0.0);
    std::vector<std::uint64_t> finite(cols, 0);
    for (std::uint64_t row = 0; row < rows; ++row) {
        for (std::uint64_t column = 0; column < cols; ++column) {
            const auto magnitude = static_cast<double>(std::abs(weights[row * cols + column]));
            if (!std::isfinite(magnitude))
                continue;
            sum[column] += magnitude;
            largest[column] = std::max(largest[column], magnitude);
            ++finite[column];
        }
    }
    std::optional<double> score;
    for (std::uint64_t column = 0; column < cols; ++column)
        if (sum[column] > 0)
            score = std::max(
                score.value_or(0.0), largest[column] * static_cast<double>(finite[column]) / sum[column]);
    return score;
}

} // namespace bitwright::stats
