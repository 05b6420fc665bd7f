#include "core/plan/plan.h"

#include <algorithm>

namespace bitwright::plan {

namespace {

/// Collects the findings about one plan.
class Linter
{
public:
    Linter(const Plan& plan, const PlanSpace& space)
        : m_plan(plan)
        , m_space(space)
        , m_choice(space.units().size())
    { }

    std::vector<PlanProblem> run()
    {
        checkHeader();
        checkUnknownUnits();
        for (std::size_t unit = 0; unit < m_choice.size(); ++unit)
            checkUnit(unit);
        // Engines fuse whatever the plan's own ties say, so a space built without ties is checked as well.
        if (m_space.target().tiesByDefault())
            for (const Tie& tie : m_space.ties().empty() ? defaultTies(m_space.units()) : m_space.ties())
                checkTie(tie);
        return std::move(m_problems);
    }

private:
    using Kind = PlanProblem::Kind;

    void add(const std::string& unit, std::string message, bool blocking, Kind kind)
    {
        m_problems.push_back({unit, std::move(message), blocking, kind});
    }

    void checkHeader()
    {
        if (!m_plan.target.empty() && m_plan.target != m_space.target().id())
            add({},
                fmt::format("The plan was made for target {}, not {}.", escapedForDisplay(m_plan.target),
                    m_space.target().id()),
                true, Kind::Plan);
        if (!m_plan.modelIdentity.empty() && m_plan.modelIdentity != m_space.modelIdentity())
            add({}, fmt::format("The plan was made for another model ({}).", escapedForDisplay(m_plan.model)),
                false, Kind::Plan);
    }

    void checkUnknownUnits()
    {
        for (const auto& [name, entry] : m_plan.entries)
            if (!m_space.unitIndex(name))
                add(name, "The model has no such unit.", true, Kind::Plan);
    }

    void checkUnit(std::size_t unit)
    {
        const std::string& name = m_space.units()[unit].name;
        const auto entry = m_plan.entries.find(name);
        if (entry == m_plan.entries.end())
            return add(name, "The plan says nothing about this unit.", true, Kind::Plan);
        const std::string& id = entry->second.option;
        const auto option = m_space.optionIndex(id);
        if (!option)
            return add(name, fmt::format("Option \"{}\" is not offered here.", escapedForDisplay(id)), true,
                Kind::Option);
        const PlanSpace::Cell& cell = m_space.cell(unit, *option);
        if (!cell.legal)
            return add(name, cell.reason, true, Kind::Option);
        m_choice[unit] = option;
        checkScore(unit, cell, id);
        if (auto caution = m_space.target().caution(m_space.units()[unit], cell.resolved); !caution.empty())
            add(name, std::move(caution), false, Kind::Caution);
    }

    void checkScore(std::size_t unit, const PlanSpace::Cell& cell, const std::string& id)
    {
        const std::string& name = m_space.units()[unit].name;
        // Where other options of the unit were measured and this one was not, the reason is its Gram.
        const bool othersMeasured = [&] {
            for (std::size_t option = 0; option < m_space.options().size(); ++option)
                if (m_space.options()[option].grid && m_space.cell(unit, option).measured)
                    return true;
            return false;
        }();
        if (cell.resolved.option.needsGram && !cell.measured && othersMeasured)
            return add(name, fmt::format("{} needs the Gram of the unit's inputs, which is unknown.", id),
                true, Kind::Gram);
        if (!cell.score)
            add(name, fmt::format("{} has no score here: the plan's objective does not count it.", id), false,
                Kind::Score);
    }

    void checkTie(const Tie& tie)
    {
        const std::size_t first = tie.units.front();
        for (const std::size_t unit : tie.units) {
            if (!m_choice[unit] || !m_choice[first])
                continue;
            const std::string& name = m_space.units()[unit].name;
            const std::string& firstName = m_space.units()[first].name;
            if (*m_choice[unit] != *m_choice[first])
                add(name, brokenTie(tie, unit, first), m_plan.ties, Kind::Tie);
            else if (resolvedId(unit) != resolvedId(first))
                add(name,
                    fmt::format("It falls back to {} while \"{}\", which engines fuse it with ({}), has {}.",
                        resolvedId(unit), firstName, tie.name, resolvedId(first)),
                    false, Kind::Tie);
        }
    }

    std::string brokenTie(const Tie& tie, std::size_t unit, std::size_t first) const
    {
        const auto says = [&](std::size_t u) {
            const Entry& entry = m_plan.entries.at(m_space.units()[u].name);
            return fmt::format("{}{}", entry.locked ? "locked to " : "", entry.option);
        };
        return fmt::format("It is {} while \"{}\", which engines fuse it with ({}), is {}.", says(unit),
            m_space.units()[first].name, tie.name, says(first));
    }

    const std::string& resolvedId(std::size_t unit) const
    {
        return m_space.cell(unit, *m_choice[unit]).resolved.option.id;
    }

    const Plan& m_plan;
    const PlanSpace& m_space;
    std::vector<std::optional<std::size_t>> m_choice;
    std::vector<PlanProblem> m_problems;
};

} // namespace

std::vector<PlanProblem> lintPlan(const Plan& plan, const PlanSpace& space)
{
    return Linter(plan, space).run();
}

} // namespace bitwright::plan
