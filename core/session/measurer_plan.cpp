// Whole plans, and plans near to one whose states are kept.
#include "core/export/preflight.h"
#include "core/io/hash.h"
#include "core/session/measurer_work.h"

#include <algorithm>

namespace bitwright::session {

Result<Measurer::Work> Measurer::workOfPlan(const plan::Plan& plan) const
{
    if (plan.target != m_target.id())
        return fail(
            ErrorCode::InvalidArgument, "The plan is for target {}, not {}.", plan.target, m_target.id());
    BITWRIGHT_ASSIGN(auto job, exporting::makeJob(m_workspace->checkpoint(), plan));
    BITWRIGHT_CHECK(exporting::refuseBlocked(job, {}));
    Work work;
    io::Hasher hasher;
    bool reads = false, changes = false;
    for (const exporting::PlannedUnit& unit : job.units) {
        if (!unit.quantized())
            continue;
        hasher.add(unit.unit.name);
        hasher.add(unit.resolved.option.id);
        reads = reads || unit.resolved.option.needsGram;
        changes = true;
    }
    if (!changes)
        return fail(ErrorCode::InvalidArgument, "The plan changes nothing: there is no harm to measure.");
    work.planned = std::move(job.units);
    work.subject = "plan:" + hasher.hex();
    work.variant = fmt::format("plan@{}@PART", m_target.id());
    if (reads && m_dump)
        work.variant += "@" + m_dump->contentHash();
    return work;
}

Result<HarmResult> Measurer::measurePlan(
    const plan::Plan& plan, const OnResult& onResult, const RunContext& context)
{
    BITWRIGHT_ASSIGN(Work work, workOfPlan(plan));
    for (std::size_t part = 0; part < m_parts.size(); ++part) {
        BITWRIGHT_CHECK(context.checkStop());
        BITWRIGHT_ASSIGN(const bool stored, takeStored(work, part, true));
        const double all = static_cast<double>(m_parts.size());
        const RunContext window
            = context.part(static_cast<double>(part) / all, static_cast<double>(part + 1) / all);
        if (!stored) {
            if (!work.changed) {
                BITWRIGHT_ASSIGN(
                    auto made, measure::ChangedWeights::make(work.planned, *m_quantizer, window));
                work.changed = std::make_shared<const measure::ChangedWeights>(std::move(made));
            }
            BITWRIGHT_CHECK(measurePart(work, part, true, window));
        }
        BITWRIGHT_ASSIGN(auto result, resultOf(work, context.seed));
        result.plan = plan.name;
        if (part + 1 == m_parts.size())
            return result;
        if (onResult)
            onResult(result);
    }
    return fail(ErrorCode::Internal, "A measuring without tokens.");
}

Result<void> Measurer::keepNear(const Work& work, const RunContext& context)
{
    if (m_near && m_near->subject == work.subject)
        return {};
    m_near.reset(); // its states go before others come
    BITWRIGHT_CHECK(preparePart(0, context));
    BITWRIGHT_ASSIGN(auto made, measure::ChangedWeights::make(work.planned, *m_quantizer, context));
    auto near = std::make_unique<Near>();
    near->subject = work.subject;
    near->planned = work.planned;
    BITWRIGHT_ASSIGN(near->run,
        measure::ChangedRun::make(
            m_reference, std::make_shared<const measure::ChangedWeights>(std::move(made)), context));
    m_near = std::move(near);
    return {};
}

Result<measure::Harm> Measurer::harmNear(const Work& work, bool exact, const RunContext& context)
{
    std::map<std::string, std::string> before;
    for (const exporting::PlannedUnit& unit : m_near->planned)
        before[unit.unit.name] = unit.resolved.option.id;
    std::vector<exporting::PlannedUnit> further;
    for (const exporting::PlannedUnit& unit : work.planned)
        if (before[unit.unit.name] != unit.resolved.option.id)
            further.push_back(unit);
    if (further.empty())
        return m_near->run->harm(exact, context);
    BITWRIGHT_ASSIGN(const auto changed, measure::ChangedWeights::make(further, *m_quantizer, context));
    return m_near->run->harmWith(changed, exact, context);
}

Result<HarmResult> Measurer::measureNear(
    const plan::Plan& base, const plan::Plan& plan, bool exact, const RunContext& context)
{
    if (m_parts.size() != 1)
        return fail(ErrorCode::InvalidArgument, "States of a plan are kept for tokens of one part alone.");
    BITWRIGHT_ASSIGN(Work work, workOfPlan(plan));
    if (!exact)
        work.variant += "@screened"; // the same plan by the exact head has another number
    BITWRIGHT_CHECK(context.checkStop());
    BITWRIGHT_ASSIGN(const bool stored, takeStored(work, 0, exact));
    if (!stored) {
        BITWRIGHT_ASSIGN(const Work around, workOfPlan(base));
        BITWRIGHT_CHECK(keepNear(around, context.part(0, 0.5)));
        BITWRIGHT_ASSIGN(auto harm, harmNear(work, exact, context.part(0.5, 1.0)));
        BITWRIGHT_CHECK(m_workspace->storeHarm(work.subject, variantOf(work, 0), harm));
        work.harms.push_back(std::move(harm));
        work.ran = true;
    }
    BITWRIGHT_ASSIGN(auto result, resultOf(work, context.seed));
    result.plan = plan.name;
    return result;
}

} // namespace bitwright::session
