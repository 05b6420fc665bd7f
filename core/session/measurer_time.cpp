// How long it will take to measure plans.
#include "core/session/measurer_work.h"

#include <algorithm>
#include <chrono>

namespace bitwright::session {

namespace {

/// What quantizing a unit costs, up to a factor: GPTQ goes over its columns for every column.
double costOf(const exporting::PlannedUnit& unit)
{
    const auto weights = static_cast<double>(unit.unit.parameters());
    return unit.resolved.option.method == quant::Method::Gptq ? weights * static_cast<double>(unit.unit.cols)
                                                              : weights;
}

using ByMethod = std::map<quant::Method, std::vector<exporting::PlannedUnit>>;

/// One unit of middling size is quantized, and stands for all of its quantizer.
Result<double> secondsOfMethod(
    std::vector<exporting::PlannedUnit> units, exporting::UnitQuantizer& quantizer, const RunContext& context)
{
    using Clock = std::chrono::steady_clock;
    const auto middle = units.begin() + static_cast<std::ptrdiff_t>(units.size() / 2);
    std::nth_element(units.begin(), middle, units.end(),
        [](const auto& a, const auto& b) { return costOf(a) < costOf(b); });
    const auto start = Clock::now();
    BITWRIGHT_CHECK(measure::ChangedWeights::make({*middle}, quantizer, context));
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    double all = 0;
    for (const exporting::PlannedUnit& unit : units)
        all += costOf(unit);
    return seconds * all / costOf(*middle);
}

} // namespace

Result<double> Measurer::secondsToQuantize(const std::vector<MeasurePair>& pairs, const RunContext& context)
{
    UnitHarms ignored;
    BITWRIGHT_ASSIGN(const auto all, workOf(pairs, ignored, context));
    ByMethod byMethod;
    for (const Work& work : all) {
        BITWRIGHT_ASSIGN(const auto stored, m_workspace->storedHarm(work.subject, variantOf(work, 0)));
        // A screened number is none where an exact one is asked for.
        if (!stored || (stored->screening && !m_settings.reference.screen))
            byMethod[work.planned.front().resolved.option.method].push_back(work.planned.front());
    }
    double seconds = 0;
    for (auto& [method, units] : byMethod) {
        const auto quantizing = secondsOfMethod(std::move(units), *m_quantizer, context);
        if (!quantizing && quantizing.error().code == ErrorCode::Cancelled)
            return quantizing;
        seconds += quantizing.value_or(0.0);
    }
    return seconds;
}

double Measurer::secondsOfRun() const
{
    return m_reference->secondsOf({std::size_t{0}, true, true}, true);
}

Result<double> Measurer::secondsForPlan(const plan::Plan& plan, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const Work work, workOfPlan(plan));
    measure::Reach reach;
    ByMethod byMethod;
    for (const exporting::PlannedUnit& unit : work.planned) {
        if (!unit.quantized())
            continue;
        reach.join(measure::reachOf(*m_model, unit.unit.index));
        byMethod[unit.resolved.option.method].push_back(unit);
    }
    const double own = m_reference->secondsOf(reach, true);
    const double original = secondsOfRun();
    double seconds = 0;
    for (std::size_t part = 0; part < m_parts.size(); ++part) {
        BITWRIGHT_ASSIGN(const auto stored, m_workspace->storedHarm(work.subject, variantOf(work, part)));
        if (stored)
            continue;
        const double share
            = static_cast<double>(m_parts[part].tokens()) / static_cast<double>(m_parts[m_part].tokens());
        seconds += share * (part == m_part ? own : own + original);
    }
    if (seconds == 0)
        return 0.0; // all of it is stored
    for (auto& [method, units] : byMethod) {
        BITWRIGHT_ASSIGN(const double quantizing, secondsOfMethod(std::move(units), *m_quantizer, context));
        seconds += quantizing;
    }
    return seconds;
}

} // namespace bitwright::session
