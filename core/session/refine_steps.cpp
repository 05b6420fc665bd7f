#include "core/session/refine_steps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace bitwright::session {

namespace {

constexpr double kInterval95 = 2 * 1.959964; ///< Width of a 95 % interval in standard errors.
/// Steps that are predicted to do next to nothing may still be off by so much of the mean one.
constexpr double kLeastSize = 0.1;

double perByte(const RefineStep& step)
{
    return step.predicted / static_cast<double>(std::abs(step.bytes));
}

/// The step of a group to an option; nothing where one of its units cannot take it.
std::optional<RefineStep> stepTo(const alloc::AllocationProblem& problem,
    const std::vector<std::size_t>& group, const std::vector<std::size_t>& choice, std::size_t to)
{
    RefineStep step{group, choice[group.front()], to, 0, 0};
    if (to == step.from)
        return std::nullopt;
    for (const std::size_t unit : group) {
        const auto& options = problem.units[unit].options;
        const alloc::Option &before = options[choice[unit]], &after = options[to];
        // What is at stake must be known on both sides, and a tie that the plan breaks is not ours to mend.
        if (problem.units[unit].locked || choice[unit] != step.from || !alloc::hasUsableCost(before)
            || !alloc::hasUsableCost(after))
            return std::nullopt;
        step.bytes += static_cast<std::int64_t>(after.bytes) - static_cast<std::int64_t>(before.bytes);
        step.predicted += *after.cost - *before.cost;
    }
    return step;
}

void addBest(const alloc::AllocationProblem& problem, const std::vector<std::size_t>& group,
    const std::vector<std::size_t>& choice, RefineSides& sides)
{
    std::optional<RefineStep> up, down;
    for (std::size_t to = 0; to < problem.units[group.front()].options.size(); ++to) {
        const auto step = stepTo(problem, group, choice, to);
        if (!step)
            continue;
        if (step->bytes <= 0 && step->predicted < 0)
            sides.free.push_back(*step);
        else if (step->bytes > 0 && step->predicted < 0 && (!up || perByte(*step) < perByte(*up)))
            up = step;
        else if (step->bytes < 0 && step->predicted >= 0 && (!down || perByte(*step) < perByte(*down)))
            down = step;
    }
    if (up)
        sides.up.push_back(*up);
    if (down)
        sides.down.push_back(*down);
}

/// What a byte is worth at the edge between the best gain and the least loss.
double priceOf(const RefineSides& sides)
{
    if (sides.up.empty() && sides.down.empty())
        return 0;
    if (sides.up.empty() || sides.down.empty())
        return sides.up.empty() ? perByte(sides.down.front()) : -perByte(sides.up.front());
    return (perByte(sides.down.front()) - perByte(sides.up.front())) / 2;
}

double noiseOf(const measure::Interval& interval)
{
    const double error = interval.width() / kInterval95;
    return error * error;
}

/// Calibration of one direction, from its measured steps.
struct Direction
{
    double predicted = 0, measured = 0;

    [[nodiscard]] double ratio() const
    {
        // A sum that is predicted as nothing cannot calibrate; nor can gains that came out as losses.
        return std::abs(predicted) > 0 ? std::max(0.0, measured / predicted) : 1.0;
    }
};

std::size_t directionOf(const TriedStep& one)
{
    return one.step.bytes > 0 || one.step.predicted < 0 ? 0 : 1;
}

} // namespace

RefineSides sidesOf(const alloc::AllocationProblem& problem, const std::vector<std::size_t>& choice)
{
    RefineSides sides;
    for (const auto& group : alloc::tieGroups(problem))
        addBest(problem, group, choice, sides);
    for (auto* side : {&sides.up, &sides.down})
        std::stable_sort(side->begin(), side->end(),
            [](const RefineStep& a, const RefineStep& b) { return perByte(a) < perByte(b); });
    return sides;
}

double expectedImprovement(double mean, double deviation)
{
    if (!(deviation > 0))
        return std::max(0.0, -mean);
    const double z = -mean / deviation;
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
    return deviation * (z * std::erfc(-z / std::numbers::sqrt2) / 2 + density);
}

std::vector<RefineStep> proposeSteps(
    const alloc::AllocationProblem& problem, const std::vector<std::size_t>& choice)
{
    const RefineSides sides = sidesOf(problem, choice);
    const double price = priceOf(sides);
    std::vector<std::pair<double, RefineStep>> ranked;
    for (const auto* side : {&sides.free, &sides.up, &sides.down})
        for (const RefineStep& step : *side)
            ranked.emplace_back(expectedImprovement(step.predicted + price * static_cast<double>(step.bytes),
                                    kRefineRelativeError * std::abs(step.predicted)),
                step);
    std::stable_sort(
        ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<RefineStep> steps;
    for (auto& [improvement, step] : ranked)
        steps.push_back(std::move(step));
    return steps;
}

void correctSteps(std::vector<TriedStep>& steps)
{
    std::array<Direction, 2> directions;
    std::size_t measured = 0;
    for (const TriedStep& one : steps)
        if (one.change) {
            Direction& direction = directions.at(directionOf(one));
            direction.predicted += one.step.predicted;
            direction.measured += one.change->mean;
            ++measured;
        }
    const bool calibrates = measured >= 3;
    double size = 0;
    for (TriedStep& one : steps) {
        one.expected = one.step.predicted * (calibrates ? directions.at(directionOf(one)).ratio() : 1.0);
        size += one.change ? std::abs(one.expected) / static_cast<double>(measured) : 0.0;
    }
    const auto sizeOf
        = [&](const TriedStep& one) { return size * std::max(std::abs(one.expected), kLeastSize * size); };
    double excess = 0, sizes = 0;
    for (const TriedStep& one : steps)
        if (one.change) {
            const double off = one.change->mean - one.expected;
            excess += off * off - noiseOf(*one.change);
            sizes += sizeOf(one);
        }
    const double spread = sizes > 0 ? std::max(0.0, excess / sizes) : 0.0;
    for (TriedStep& one : steps) {
        const double signal = spread * sizeOf(one), noise = one.change ? noiseOf(*one.change) : 0;
        one.reliability = !one.change ? 0 : calibrates && signal + noise > 0 ? signal / (signal + noise) : 1;
        one.corrected
            = one.expected + (one.change ? one.reliability * (one.change->mean - one.expected) : 0.0);
        one.deviation = !one.change ? std::sqrt(signal)
            : calibrates            ? std::sqrt(one.reliability * noise)
                                    : std::sqrt(noise);
    }
}

alloc::AllocationProblem correctedProblem(alloc::AllocationProblem problem,
    const std::vector<std::size_t>& choice, std::span<const TriedStep> steps, double caution)
{
    std::vector<bool> moves(problem.units.size(), false);
    for (alloc::Unit& unit : problem.units)
        for (alloc::Option& option : unit.options)
            option.cost = std::nullopt;
    for (std::size_t unit = 0; unit < problem.units.size(); ++unit)
        problem.units[unit].options[choice[unit]].cost = 0.0;
    for (const TriedStep& one : steps) {
        if (one.tried && !one.change)
            continue; // the model broke
        // Costs of a group add up: one of its units carries them.
        for (const std::size_t unit : one.step.units) {
            moves[unit] = true;
            problem.units[unit].options[one.step.to].cost
                = unit == one.step.units.front() ? one.corrected + caution * one.deviation : 0.0;
        }
    }
    for (std::size_t unit = 0; unit < problem.units.size(); ++unit)
        if (!moves[unit] && !problem.units[unit].locked)
            problem.units[unit].locked = choice[unit];
    return problem;
}

} // namespace bitwright::session
