#pragma once

#include "core/alloc/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace bitwright::test {

/// Uniform in (0, 1) from the engine's raw bits: the same numbers with every standard library.
inline double uniform(std::mt19937_64& engine)
{
    return (static_cast<double>(engine() >> 11U) + 0.5) * 0x1p-53;
}

/// Standard normal by Box-Muller.
inline double normal(std::mt19937_64& engine)
{
    const double radius = std::sqrt(-2.0 * std::log(uniform(engine)));
    return radius * std::cos(2.0 * 3.14159265358979323846 * uniform(engine));
}

/// A problem with the budget at which it is meant to be solved.
struct AllocationInstance
{
    alloc::AllocationProblem problem;
    std::uint64_t budget = 0;
};

/// Units of 1, 4 or 11 times 524,288 weights; `options` different widths out of 1.5, 1.6 ... 8.5 bits each,
/// stored in ceil(n b / 8) bytes; cost lognormal(1.2) per unit x 4^-b x lognormal(0.15) per option; budget 4
/// bits per weight.
inline AllocationInstance layerLikeInstance(std::size_t units, std::size_t options, std::uint64_t seed)
{
    std::mt19937_64 engine(seed);
    AllocationInstance instance;
    for (std::size_t u = 0; u < units; ++u) {
        constexpr std::uint64_t kSizes[] = {1, 4, 11};
        const std::uint64_t weights = kSizes[engine() % 3] * 524'288;
        const double scale = std::exp(1.2 * normal(engine));
        std::vector<std::uint64_t> tenths;
        for (std::uint64_t t = 15; t < 86; ++t)
            tenths.push_back(t);
        for (std::size_t i = 0; i < options; ++i)
            std::swap(tenths[i], tenths[i + engine() % (tenths.size() - i)]);
        std::sort(tenths.begin(), tenths.begin() + static_cast<std::ptrdiff_t>(options));
        alloc::Unit unit{fmt::format("unit.{}", u), {}, {}};
        for (std::size_t i = 0; i < options; ++i) {
            const double bits = static_cast<double>(tenths[i]) / 10.0;
            const double cost = scale * std::pow(4.0, -bits) * std::exp(0.15 * normal(engine));
            unit.options.push_back({(weights * tenths[i] + 79) / 80, cost});
        }
        instance.problem.units.push_back(std::move(unit));
        instance.budget += weights / 2;
    }
    return instance;
}

/// Sizes and costs that nearly determine each other: the relaxation says almost nothing, so the search is as
/// long as its limits.
inline AllocationInstance hardInstance(std::size_t units, std::size_t options, std::uint64_t seed)
{
    std::mt19937_64 engine(seed);
    AllocationInstance instance;
    for (std::size_t u = 0; u < units; ++u) {
        alloc::Unit unit{fmt::format("unit.{}", u), {}, {}};
        for (std::size_t i = 0; i < options; ++i) {
            const std::uint64_t bytes = engine() % 1'000'000'000'000;
            unit.options.push_back({bytes, 1e12 - static_cast<double>(bytes) + uniform(engine)});
        }
        instance.problem.units.push_back(std::move(unit));
        instance.budget += 500'000'000'000;
    }
    return instance;
}

} // namespace bitwright::test
