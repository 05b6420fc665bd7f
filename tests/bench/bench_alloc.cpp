// Times the exact optimum at a budget and the frontier on the instance of tests/support/alloc_instances.h.
// Usage: bench_alloc [--runs N] [--seed N] [--write FILE] [units...]; --write saves the first instance for
// peer_highs.py.
#include "core/alloc/frontier.h"
#include "core/alloc/solver.h"
#include "tests/support/alloc_instances.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

namespace {

using namespace bitwright;
using namespace bitwright::alloc;

constexpr std::size_t kOptions = 20;

struct Arguments
{
    std::size_t runs = 5;
    std::uint64_t seed = 1;
    std::string file;
    std::vector<std::size_t> sizes;
};

Arguments parse(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const bool hasValue = i + 1 < argc;
        if (word == "--runs" && hasValue)
            arguments.runs = std::max<std::size_t>(1, std::strtoull(argv[++i], nullptr, 10));
        else if (word == "--seed" && hasValue)
            arguments.seed = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--write" && hasValue)
            arguments.file = argv[++i];
        else
            arguments.sizes.push_back(std::strtoull(argv[i], nullptr, 10));
    }
    if (arguments.sizes.empty())
        arguments.sizes = {300, 3000, 10000};
    return arguments;
}

double milliseconds(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// First line: units, options, budget; then one "bytes cost" pair per option, unit by unit.
bool write(const std::string& file, const test::AllocationInstance& instance)
{
    std::ofstream out(file);
    out << fmt::format("{} {} {}\n", instance.problem.units.size(), kOptions, instance.budget);
    for (const Unit& unit : instance.problem.units) {
        for (const Option& option : unit.options)
            out << fmt::format("{} {}\n", option.bytes, *option.cost);
    }
    return out.good();
}

/// Prints one row: medians over seeds of times that include validation and preparation.
bool benchmark(std::size_t units, const Arguments& arguments)
{
    std::vector<double> times;
    std::vector<double> firstFrontier;
    std::size_t proven = 0;
    double gap = 0.0;
    double frontierGap = 0.0;
    Solution last;
    for (std::uint64_t seed = arguments.seed; seed < arguments.seed + arguments.runs; ++seed) {
        const test::AllocationInstance instance = test::layerLikeInstance(units, kOptions, seed);
        Result<Solution> solution;
        times.push_back(
            milliseconds([&] { solution = solve(instance.problem, instance.budget, RunContext{}); }));
        if (!solution) {
            fmt::print(stderr, "{}\n", solution.error().oneLine());
            return false;
        }
        proven += solution->proven ? 1U : 0U;
        gap = std::max(gap, solution->relativeGap);
        last = std::move(*solution);
        firstFrontier.push_back(milliseconds([&] {
            if (const auto result = frontier(instance.problem, FrontierLimits::quick(), RunContext{}))
                frontierGap = std::max(frontierGap, result->gap());
        }));
    }
    fmt::print("{:>6} {:>10.2f} {:>10.2f} {:>6}/{} {:>9.2g} {:>18.12g} {:>10} {:>9} {:>12.2f} {:>10.2g}\n",
        units, median(times), *std::max_element(times.begin(), times.end()), proven, arguments.runs, gap,
        last.objective, last.statistics.visited, last.statistics.peakStates, median(firstFrontier),
        frontierGap);
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments arguments = parse(argc, argv);
    if (!arguments.file.empty()
        && !write(
            arguments.file, test::layerLikeInstance(arguments.sizes.front(), kOptions, arguments.seed))) {
        fmt::print(stderr, "{}: cannot be written.\n", arguments.file);
        return 1;
    }
    fmt::print("{:>6} {:>10} {:>10} {:>8} {:>9} {:>18} {:>10} {:>9} {:>12} {:>10}\n", "units", "median ms",
        "worst ms", "proven", "gap", "optimum (last)", "visited", "peak", "frontier ms", "its gap");
    for (const std::size_t units : arguments.sizes) {
        if (!benchmark(units, arguments))
            return 1;
    }
    return 0;
}
