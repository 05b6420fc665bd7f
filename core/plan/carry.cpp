#include "core/plan/carry.h"

#include <algorithm>

namespace bitwright::plan {

namespace {

/// The option of the space that stores a unit as another option's id says, whatever the quantizer.
std::optional<std::size_t> counterpart(const PlanSpace& space, std::size_t unit, const std::string& id)
{
    const auto legal = [&](std::size_t option) { return space.cell(unit, option).legal; };
    if (const auto same = space.optionIndex(id); same && legal(*same))
        return same;
    const auto option = quant::optionFromId(id);
    if (!option || !option->grid)
        return std::nullopt;
    const std::string format = option->grid->id();
    for (std::size_t i = 0; i < space.options().size(); ++i)
        if (const auto& grid = space.options()[i].grid; grid && legal(i) && grid->id() == format)
            return i;
    return std::nullopt;
}

Budget budgetOf(const Plan& plan, std::uint64_t bytes)
{
    if (plan.budgetBpw)
        return Budget::ofBpw(*plan.budgetBpw);
    if (plan.budgetFileBpw)
        return Budget::ofFileBpw(*plan.budgetFileBpw);
    return Budget::ofBytes(plan.budgetBytes.value_or(bytes));
}

/// A plan on its way: what each unit would be in the space, and what of that has to stay.
struct Moving
{
    Plan plan; ///< Units without a counterpart have their old option.
    std::vector<char> fixed; ///< By hand or locked, with a counterpart.
    std::size_t missing = 0;
    bool anyFixed = false;
};

Moving moved(const Plan& plan, const std::vector<char>& byHand, const Plan& base, const PlanSpace& space)
{
    Moving moving{plan, {}, 0, false};
    moving.plan.target = base.target;
    moving.plan.provenance = base.provenance;
    moving.plan.objective = base.objective;
    if (plan.target != base.target)
        moving.plan.ties = base.ties;
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        Entry& entry = moving.plan.entries[space.units()[i].name];
        const auto option = counterpart(space, i, entry.option);
        const bool wanted = entry.locked || i >= byHand.size() || byHand[i] != 0;
        moving.fixed.push_back(option && wanted);
        moving.anyFixed = moving.anyFixed || moving.fixed.back() != 0;
        if (option) {
            entry.option = space.optionIds()[*option];
        } else {
            ++moving.missing;
            entry.locked = false; // a lock on an option that is not there could not be honored
        }
    }
    return moving;
}

enum class Hold
{
    Fixed, ///< Locks and what was chosen by hand.
    Locks,
    Nothing,
};

Plan held(const Moving& moving, const PlanSpace& space, Hold hold)
{
    Plan plan = moving.plan;
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        Entry& entry = plan.entries[space.units()[i].name];
        if (hold == Hold::Fixed)
            entry.locked = entry.locked || moving.fixed[i] != 0;
        else if (hold == Hold::Nothing)
            entry.locked = false;
    }
    return plan;
}

void countLosses(
    Carried& carried, const Plan& before, const std::vector<char>& byHand, const PlanSpace& space)
{
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        const std::string& name = space.units()[i].name;
        const auto old = before.entries.find(name);
        if (old == before.entries.end())
            continue;
        const Entry& now = carried.plan.entries.at(name);
        carried.unlocked += old->second.locked && !now.locked ? 1U : 0U;
        if (!old->second.locked && i < byHand.size() && byHand[i] == 0)
            continue;
        const auto kept = counterpart(space, i, old->second.option);
        carried.changedByHand += !kept || space.optionIds()[*kept] != now.option ? 1U : 0U;
    }
}

} // namespace

std::optional<Plan> inFormatsOf(const Plan& plan, const PlanSpace& space)
{
    Plan same = plan;
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        const std::string& name = space.units()[i].name;
        const auto found = plan.entries.find(name);
        const auto option
            = found == plan.entries.end() ? std::nullopt : counterpart(space, i, found->second.option);
        if (!option)
            return std::nullopt;
        if (const std::string& id = space.optionIds()[*option]; id != found->second.option)
            same.entries[name].option = id;
    }
    return same;
}

Result<Carried> carryPlan(const Plan& plan, const std::vector<char>& byHand, std::uint64_t bytes,
    const Plan& base, const PlanSpace& space, const alloc::Objective& objective, const RunContext& context)
{
    const Moving moving = moved(plan, byHand, base, space);
    Carried carried;
    carried.plan = moving.plan;
    if (moving.missing == 0 && moving.anyFixed)
        return carried;
    const Budget budget = budgetOf(plan, bytes);
    Result<Solved> solved;
    for (const auto& [hold, within] : {std::pair(Hold::Fixed, budget),
             std::pair(Hold::Fixed, Budget::ofBytes(bytes)), std::pair(Hold::Locks, budget),
             std::pair(Hold::Locks, Budget::ofBytes(bytes)), std::pair(Hold::Nothing, budget)}) {
        const Plan start = held(moving, space, hold);
        solved = solvePlan(space, start, within, objective, context);
        if (!solved && solved.error().code == ErrorCode::Cancelled)
            break;
        if (!solved)
            continue;
        carried.plan = solved->plan;
        for (const Unit& unit : space.units())
            carried.plan.entries[unit.name].locked
                = hold != Hold::Nothing && moving.plan.entries.at(unit.name).locked;
        carried.solved = solved->solution.choice;
        carried.plan.budgetBpw = plan.budgetBpw;
        carried.plan.budgetFileBpw = plan.budgetFileBpw;
        carried.plan.budgetBytes = plan.budgetBytes;
        countLosses(carried, plan, byHand, space);
        return carried;
    }
    // What nobody can score is still the same plan.
    if (moving.missing == 0 && solved.error().code != ErrorCode::Cancelled)
        return carried;
    return tl::unexpected(solved.error());
}

} // namespace bitwright::plan
