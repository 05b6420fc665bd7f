#include "core/forward/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitwright::forward {

namespace {

/// Llama 3.1: long waves are slowed by the factor, short ones kept, those between blended.
double llama3(const Rope& rope, double frequency)
{
    const auto context = static_cast<double>(rope.originalPositions);
    const double wave = 2 * std::numbers::pi / frequency;
    if (wave < context / rope.highFrequencyFactor)
        return frequency;
    if (wave > context / rope.lowFrequencyFactor)
        return frequency / rope.factor;
    const double kept
        = (context / wave - rope.lowFrequencyFactor) / (rope.highFrequencyFactor - rope.lowFrequencyFactor);
    return (1 - kept) * frequency / rope.factor + kept * frequency;
}

/// YaRN: the pair whose wave turns `turns` times within the context of pretraining.
double yarnPair(const Rope& rope, double turns)
{
    const auto context = static_cast<double>(rope.originalPositions);
    return static_cast<double>(rope.dimensions) * std::log(context / (turns * 2 * std::numbers::pi))
        / (2 * std::log(rope.theta));
}

double yarn(const Rope& rope, std::size_t pair, double frequency)
{
    double low = yarnPair(rope, rope.betaFast);
    double high = yarnPair(rope, rope.betaSlow);
    if (rope.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, static_cast<double>(rope.dimensions) - 1);
    if (low == high)
        high += 0.001;
    const double ramp = std::clamp((static_cast<double>(pair) - low) / (high - low), 0.0, 1.0);
    return frequency / rope.factor * ramp + frequency * (1 - ramp);
}

} // namespace

std::vector<float> rotaryFrequencies(const Rope& rope, std::uint64_t length, std::uint64_t positions)
{
    const auto dimensions = static_cast<double>(rope.dimensions);
    double theta = rope.theta;
    if (rope.kind == RopeKind::Dynamic && length > positions && rope.dimensions > 2) {
        const double stretch = static_cast<double>(length) / static_cast<double>(positions);
        theta *= std::pow(rope.factor * stretch - (rope.factor - 1), dimensions / (dimensions - 2));
    }
    std::vector<float> result(rope.dimensions / 2);
    for (std::size_t i = 0; i < result.size(); ++i) {
        double frequency = 1 / std::pow(theta, 2.0 * static_cast<double>(i) / dimensions);
        if (rope.kind == RopeKind::Linear)
            frequency /= rope.factor;
        else if (rope.kind == RopeKind::Llama3)
            frequency = llama3(rope, frequency);
        else if (rope.kind == RopeKind::Yarn)
            frequency = yarn(rope, i, frequency);
        else if (rope.kind == RopeKind::LongRope)
            frequency /= length > rope.originalPositions ? rope.longFactor[i] : rope.shortFactor[i];
        result[i] = static_cast<float>(frequency);
    }
    return result;
}

RotaryTable rotaryTable(const Rope& rope, std::uint64_t length, std::uint64_t positions)
{
    const std::vector<float> frequencies = rotaryFrequencies(rope, length, positions);
    RotaryTable table;
    table.pairs = frequencies.size();
    table.cosines.reserve(length * table.pairs);
    table.sines.reserve(length * table.pairs);
    for (std::uint64_t position = 0; position < length; ++position) {
        for (const float frequency : frequencies) {
            // The angle is rounded to float32, as published code does: far positions feel it.
            const auto angle = static_cast<double>(static_cast<float>(position) * frequency);
            table.cosines.push_back(static_cast<float>(std::cos(angle) * rope.attentionFactor));
            table.sines.push_back(static_cast<float>(std::sin(angle) * rope.attentionFactor));
        }
    }
    return table;
}

} // namespace bitwright::forward
