#include "core/plan/plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace bitwright::plan {

namespace {

/// Bytes of `count` weights at `bits` each, rounded down; the slack keeps a budget that was printed and typed
/// again from losing a byte.
std::uint64_t bytesOf(double bits, std::uint64_t count)
{
    constexpr double kSlack = 1e-6;
    const double bytes = std::floor(bits * static_cast<double>(count) / 8.0 + kSlack);
    if (!(bytes > 0))
        return 0;
    constexpr double kLargest = 9.0e18;
    return static_cast<std::uint64_t>(std::min(bytes, kLargest));
}

double bitsPer(std::uint64_t bytes, std::uint64_t parameters)
{
    return parameters == 0 ? 0.0 : 8.0 * static_cast<double>(bytes) / static_cast<double>(parameters);
}

tl::unexpected<Error> unitError(const std::string& unit, std::string message, std::string remedy = {})
{
    Error error;
    error.code = ErrorCode::InvalidArgument;
    error.message = std::move(message);
    error.tensor = unit;
    error.remedy = std::move(remedy);
    return fail(std::move(error));
}

} // namespace

double PlanSize::bpw() const
{
    return bitsPer(unitBytes, unitParameters);
}

double PlanSize::fileBpw() const
{
    return bitsPer(bytes(), fileParameters);
}

Result<void> PlanSpace::setOptions(const std::vector<quant::Option>& options)
{
    std::set<std::string> seen;
    for (const quant::Option& option : options) {
        if (!m_target->isLegal(option))
            return fail(ErrorCode::InvalidArgument, "Target {} cannot store option \"{}\".", m_target->id(),
                escapedForDisplay(option.id));
        if (seen.insert(option.id).second)
            m_options.push_back(option);
    }
    m_keepImplied = !seen.contains(std::string(score::kKeepOption));
    if (m_keepImplied) {
        BITWRIGHT_ASSIGN(auto keep, quant::optionFromId(score::kKeepOption));
        m_options.push_back(std::move(keep));
    }
    for (const quant::Option& option : m_options) {
        if (!option.grid)
            m_keepIndex = m_optionIds.size();
        m_optionIds.push_back(option.id);
    }
    return {};
}

PlanSpace::Cell PlanSpace::makeCell(
    const Unit& unit, const quant::Option& option, const score::UnitScores* scores) const
{
    Cell cell;
    auto resolved = m_target->resolve(unit, option);
    if (!resolved) {
        cell.resolved.option = option;
        cell.legal = false;
        cell.reason = resolved.error().message;
        return cell;
    }
    cell.resolved = std::move(*resolved);
    if (!option.grid) {
        cell.score = 0.0;
        cell.sqnrDb = std::numeric_limits<double>::infinity();
        cell.measured = true;
        return cell;
    }
    if (const score::OptionScore* found = scores ? scores->find(cell.resolved.option.id) : nullptr) {
        cell.score = found->score;
        cell.sqnrDb = found->sqnrDb;
        cell.origin = found->origin;
        cell.low = found->low;
        cell.high = found->high;
        cell.behind = found->behind;
        cell.extrapolated = found->extrapolated;
        cell.raw = found->raw;
        cell.measured = true;
    }
    return cell;
}

Result<PlanSpace> PlanSpace::build(const model::Checkpoint& checkpoint, const Target& target,
    const std::vector<quant::Option>& options, const score::ScoreTable& scores, bool ties)
{
    PlanSpace space;
    space.m_target = &target;
    space.m_provenance = scores.provenance;
    space.m_modelName = checkpoint.name();
    space.m_modelIdentity = checkpoint.headerIdentity();
    BITWRIGHT_CHECK(space.setOptions(options));
    space.m_units = unitsOf(checkpoint);
    if (space.m_units.empty())
        return fail(ErrorCode::InvalidArgument, "The model has no matrix that could be quantized.");
    if (ties)
        space.m_ties = defaultTies(space.m_units);

    std::unordered_map<std::string_view, const score::UnitScores*> scoresByUnit;
    for (const score::UnitScores& unitScores : scores.units)
        scoresByUnit.emplace(unitScores.unit, &unitScores);
    std::set<model::TensorIndex> planned;
    space.m_cells.reserve(space.m_units.size() * space.m_options.size());
    for (std::size_t i = 0; i < space.m_units.size(); ++i) {
        const Unit& unit = space.m_units[i];
        const auto found = scoresByUnit.find(unit.name);
        for (const quant::Option& option : space.m_options)
            space.m_cells.push_back(
                space.makeCell(unit, option, found == scoresByUnit.end() ? nullptr : found->second));
        space.m_unitByName.emplace(unit.name, i);
        space.m_unitParameters += unit.parameters();
        planned.insert(unit.index);
    }
    space.m_byName.resize(space.m_units.size());
    std::iota(space.m_byName.begin(), space.m_byName.end(), std::size_t{0});
    std::sort(space.m_byName.begin(), space.m_byName.end(),
        [&](std::size_t a, std::size_t b) { return space.m_units[a].name < space.m_units[b].name; });
    space.m_fileParameters = checkpoint.parameterCount();
    for (model::TensorIndex i = 0; i < checkpoint.tensors().size(); ++i)
        if (!planned.contains(i))
            space.m_keptBytes += checkpoint.tensors()[i].bytes;
    return space;
}

std::optional<std::size_t> PlanSpace::optionIndex(std::string_view id) const
{
    const auto found = std::find(m_optionIds.begin(), m_optionIds.end(), id);
    if (found == m_optionIds.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - m_optionIds.begin());
}

std::optional<std::size_t> PlanSpace::unitIndex(std::string_view name) const
{
    const auto found = m_unitByName.find(std::string(name));
    if (found == m_unitByName.end())
        return std::nullopt;
    return found->second;
}

std::uint64_t PlanSpace::unitBudgetFromBpw(double bpw) const
{
    return bytesOf(bpw, m_unitParameters);
}

Result<std::uint64_t> PlanSpace::unitBudgetFromFileBpw(double fileBpw) const
{
    return unitBudgetFromBytes(bytesOf(fileBpw, m_fileParameters));
}

Result<std::uint64_t> PlanSpace::unitBudgetFromBytes(std::uint64_t fileBytes) const
{
    if (fileBytes >= m_keptBytes)
        return fileBytes - m_keptBytes;
    return fail(ErrorCode::Infeasible,
        "The budget is {} bytes of the file, but the tensors that no plan decides already take {} ({:.3f} "
        "bits per weight of the "
        "file).",
        fileBytes, m_keptBytes, bitsPer(m_keptBytes, m_fileParameters));
}

const std::vector<Tie>& PlanSpace::tiesOf(const Plan& plan) const
{
    static const std::vector<Tie> none;
    return plan.ties ? m_ties : none;
}

/// Tied units must get one format: a shape fallback that hits only some of them would split the fused kernel.
void PlanSpace::withholdMismatched(alloc::AllocationProblem& problem) const
{
    for (const auto& tie : problem.ties)
        for (std::size_t option = 0; option < m_options.size(); ++option) {
            const std::string& first = cell(tie.front(), option).resolved.option.id;
            const bool same = std::all_of(tie.begin(), tie.end(),
                [&](std::size_t unit) { return cell(unit, option).resolved.option.id == first; });
            if (same)
                continue;
            for (const std::size_t unit : tie)
                problem.units[unit].options[option].cost.reset();
        }
}

/// Takes a "keep" that nobody asked for away from every group of units that can do without it.
void PlanSpace::withholdImpliedKeep(alloc::AllocationProblem& problem) const
{
    for (const auto& group : alloc::tieGroups(problem)) {
        bool needed = true;
        for (std::size_t option = 0; option < m_options.size() && needed; ++option)
            if (option != m_keepIndex)
                needed = std::any_of(group.begin(), group.end(),
                    [&](std::size_t unit) { return !problem.units[unit].options[option].cost.has_value(); });
        if (needed)
            continue;
        for (const std::size_t unit : group)
            problem.units[unit].options[m_keepIndex].cost.reset();
    }
}

alloc::AllocationProblem PlanSpace::problem(const Plan& plan, alloc::Objective objective) const
{
    alloc::AllocationProblem problem;
    problem.objective = objective;
    problem.units.reserve(m_units.size());
    const auto entries = entriesOf(plan);
    for (std::size_t i = 0; i < m_units.size(); ++i) {
        alloc::Unit unit;
        unit.name = m_units[i].name;
        unit.options.reserve(m_options.size());
        for (std::size_t option = 0; option < m_options.size(); ++option) {
            const Cell& c = cell(i, option);
            unit.options.push_back({c.resolved.bytes, c.legal ? c.score : std::nullopt});
        }
        if (entries[i] != nullptr && entries[i]->locked)
            unit.locked = optionIndex(entries[i]->option);
        problem.units.push_back(std::move(unit));
    }
    for (const Tie& tie : tiesOf(plan))
        problem.ties.push_back(tie.units);
    if (m_target->tiesByDefault())
        withholdMismatched(problem);
    if (m_keepImplied)
        withholdImpliedKeep(problem);
    return problem;
}

std::vector<const Entry*> PlanSpace::entriesOf(const Plan& plan) const
{
    // Both are sorted by name: one walk instead of a search per unit, which a drag does sixty times a second.
    std::vector<const Entry*> entries(m_units.size(), nullptr);
    auto entry = plan.entries.begin();
    for (const std::size_t unit : m_byName) {
        int order = -1;
        while (entry != plan.entries.end() && (order = entry->first.compare(m_units[unit].name)) < 0)
            ++entry;
        if (entry == plan.entries.end())
            break;
        if (order == 0)
            entries[unit] = &entry->second;
    }
    return entries;
}

Result<std::vector<std::size_t>> PlanSpace::choiceOf(const Plan& plan) const
{
    return choiceOf(entriesOf(plan));
}

Result<std::vector<std::size_t>> PlanSpace::choiceOf(
    const std::vector<const Entry*>& entries, const std::vector<std::size_t>& near) const
{
    std::vector<std::size_t> choice;
    choice.reserve(m_units.size());
    for (std::size_t i = 0; i < m_units.size(); ++i) {
        const std::string& name = m_units[i].name;
        if (entries[i] == nullptr)
            return unitError(name, "The plan says nothing about this unit.");
        const bool same
            = i < near.size() && near[i] < m_optionIds.size() && m_optionIds[near[i]] == entries[i]->option;
        const auto option = same ? std::optional(near[i]) : optionIndex(entries[i]->option);
        if (!option)
            return unitError(name,
                fmt::format("The plan names option \"{}\", which is not offered here.",
                    escapedForDisplay(entries[i]->option)));
        if (!cell(i, *option).legal)
            return unitError(name, cell(i, *option).reason);
        choice.push_back(*option);
    }
    return choice;
}

Result<void> PlanSpace::checkLocks(const Plan& plan) const
{
    std::vector<std::optional<std::size_t>> locks(m_units.size());
    const auto entries = entriesOf(plan);
    for (std::size_t i = 0; i < m_units.size(); ++i) {
        const std::string& name = m_units[i].name;
        if (entries[i] == nullptr || !entries[i]->locked)
            continue;
        locks[i] = optionIndex(entries[i]->option);
        if (!locks[i])
            return unitError(name,
                fmt::format("It is locked to \"{}\", which is not offered here.",
                    escapedForDisplay(entries[i]->option)));
        if (!cell(i, *locks[i]).legal)
            return unitError(
                name, "It is locked to an option that the target cannot store: " + cell(i, *locks[i]).reason);
    }
    for (const Tie& tie : tiesOf(plan)) {
        const auto first = std::find_if(
            tie.units.begin(), tie.units.end(), [&](std::size_t unit) { return locks[unit].has_value(); });
        if (first == tie.units.end())
            continue;
        for (const std::size_t unit : tie.units) {
            if (locks[unit] && *locks[unit] != *locks[*first])
                return unitError(m_units[unit].name,
                    fmt::format("It is locked to {}, but \"{}\", which it is tied to ({}), is locked to {}.",
                        m_optionIds[*locks[unit]], m_units[*first].name, tie.name,
                        m_optionIds[*locks[*first]]),
                    "Release one of the locks or turn ties off.");
            if (!cell(unit, *locks[*first]).legal)
                return unitError(m_units[*first].name,
                    fmt::format("It is locked to {}, which \"{}\", tied to it, cannot have: {}",
                        m_optionIds[*locks[*first]], m_units[unit].name, cell(unit, *locks[*first]).reason),
                    "Release the lock or turn ties off.");
        }
    }
    return {};
}

Plan PlanSpace::planFrom(const std::vector<std::size_t>& choice, const Plan& base) const
{
    Plan plan = base;
    plan.model = m_modelName;
    plan.modelIdentity = m_modelIdentity;
    plan.target = m_target->id();
    plan.provenance = m_provenance.label;
    const auto before = entriesOf(base);
    const auto said = [](const Entry* entry) { return entry != nullptr; };
    if (base.entries.size() == m_units.size() && choice.size() == m_units.size()
        && std::all_of(before.begin(), before.end(), said)) {
        // The same units: what does not change stays shared with `base`.
        for (std::size_t unit = 0; unit < choice.size(); ++unit)
            if (before[unit]->option != m_optionIds[choice[unit]])
                plan.entries[m_units[unit].name].option = m_optionIds[choice[unit]];
        return plan;
    }
    plan.entries.clear();
    for (const std::size_t unit : m_byName) {
        if (unit >= choice.size())
            continue;
        Entry entry = before[unit] == nullptr ? Entry{} : *before[unit];
        entry.option = m_optionIds[choice[unit]];
        plan.entries.emplace(m_units[unit].name, std::move(entry));
    }
    return plan;
}

Result<Plan> PlanSpace::uniform(std::string_view optionId, const Plan& base) const
{
    const auto option = optionIndex(optionId);
    if (!option)
        return fail(
            ErrorCode::InvalidArgument, "Option \"{}\" is not offered here.", escapedForDisplay(optionId));
    BITWRIGHT_CHECK(checkLocks(base));
    std::vector<std::size_t> choice;
    for (std::size_t i = 0; i < m_units.size(); ++i)
        choice.push_back(cell(i, *option).legal ? *option : m_keepIndex);
    std::vector<std::optional<std::size_t>> locks(m_units.size());
    for (std::size_t i = 0; i < m_units.size(); ++i) {
        const auto entry = base.entries.find(m_units[i].name);
        if (entry != base.entries.end() && entry->second.locked)
            locks[i] = optionIndex(entry->second.option);
        if (locks[i])
            choice[i] = *locks[i];
    }
    for (const Tie& tie : tiesOf(base)) {
        const auto locked = std::find_if(
            tie.units.begin(), tie.units.end(), [&](std::size_t unit) { return locks[unit].has_value(); });
        // One member that cannot follow keeps all of them from it.
        const bool split = std::any_of(tie.units.begin(), tie.units.end(),
            [&](std::size_t unit) { return choice[unit] != choice[tie.units.front()]; });
        if (locked == tie.units.end() && !split)
            continue;
        for (const std::size_t unit : tie.units)
            choice[unit] = locked != tie.units.end() ? *locks[*locked] : m_keepIndex;
    }
    return planFrom(choice, base);
}

PlanSize PlanSpace::sizeOf(const std::vector<std::size_t>& choice) const
{
    PlanSize size;
    for (std::size_t i = 0; i < choice.size(); ++i)
        size.unitBytes += cell(i, choice[i]).resolved.bytes;
    size.unitParameters = m_unitParameters;
    size.keptBytes = m_keptBytes;
    size.fileParameters = m_fileParameters;
    return size;
}

Result<PlanSize> PlanSpace::sizeOf(const Plan& plan) const
{
    BITWRIGHT_ASSIGN(const auto choice, choiceOf(plan));
    return sizeOf(choice);
}

} // namespace bitwright::plan
