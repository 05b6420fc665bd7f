#include "core/stats/magnitude_bins.h"

#include "core/model/activation_dump.h"

#include <algorithm>
#include <cmath>

namespace bitwright::stats {

namespace {
using model::LogHistogram;
static_assert(LogHistogram::kBins == 512);

std::array<double, 511> makeBorders()
{
    std::array<double, 511> borders{};
    constexpr double step = (LogHistogram::kHigh - LogHistogram::kLow) / LogHistogram::kBins;
    for (std::size_t k = 1; k <= borders.size(); ++k)
        borders[k - 1] = std::pow(10.0, LogHistogram::kLow + step * static_cast<double>(k));
    return borders;
}
} // namespace

const std::array<double, 511>& magnitudeBorders()
{
    static const std::array<double, 511> borders = makeBorders();
    return borders;
}

std::size_t magnitudeBin(double magnitude)
{
    const auto& borders = magnitudeBorders();
    return static_cast<std::size_t>(
        std::upper_bound(borders.begin(), borders.end(), magnitude) - borders.begin());
}

} // namespace bitwright::stats
