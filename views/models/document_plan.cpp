// The planning half of Document: spaces, frontiers, plans and their edits.
#include "views/models/document.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitwright::views {

/// One undo step: two whole plans. Steps of one drag merge, so that a drag is undone at once.
class PlanCommand : public QUndoCommand
{
public:
    using Solver = Document::SolverChoice;
    PlanCommand(Document& document, plan::Plan after, Solver solver, const QString& text, int drag)
        : QUndoCommand(text)
        , m_document(document)
        , m_before(document.m_plan)
        , m_after(std::move(after))
        , m_solverBefore(document.m_solver)
        , m_solverAfter(std::move(solver))
        , m_drag(drag)
    { }

    void undo() override
    {
        m_document.m_solver = m_solverBefore;
        m_document.applyPlan(m_before);
        setObsolete(m_vanishes);
    }
    /// Leaves the stack when it is undone, so that Redo does not bring it back.
    void vanishOnUndo() { m_vanishes = true; }
    void redo() override
    {
        m_document.m_solver = m_solverAfter;
        m_document.applyPlan(m_after);
    }
    int id() const override { return m_drag > 0 ? m_drag : -1; }

    bool mergeWith(const QUndoCommand* other) override
    {
        if (other->id() != id())
            return false;
        // Qt deletes the other one right after this.
        auto* later = const_cast<PlanCommand*>(static_cast<const PlanCommand*>(other));
        m_after = std::move(later->m_after);
        m_solverAfter = std::move(later->m_solverAfter);
        setText(later->text());
        setObsolete(m_after == m_before);
        return true;
    }

private:
    Document& m_document;
    plan::Plan m_before;
    plan::Plan m_after;
    Solver m_solverBefore;
    Solver m_solverAfter;
    int m_drag;
    bool m_vanishes = false;
};

void Document::applyPlan(const plan::Plan& plan)
{
    const bool tiesMoved = m_plan.ties != plan.ties;
    const auto choice = std::move(m_choice);
    const auto locked = std::move(m_locked);
    m_plan = plan;
    refreshNumbers(choice);
    scheduleAutosave();
    bool frontierMoved = tiesMoved || locked != m_locked || choice.size() != m_choice.size();
    for (std::size_t i = 0; i < m_locked.size() && !frontierMoved; ++i)
        frontierMoved = m_locked[i] != 0 && choice[i] != m_choice[i];
    if (frontierMoved && m_frontier)
        ++m_frontierSerial; // what is shown was made under other locks
    Q_EMIT planChanged();
    if (frontierMoved && m_frontier)
        rebuildFrontier();
    if (!m_solver)
        findSolverChoice();
}

void Document::refreshNumbers(const std::vector<std::size_t>& before)
{
    m_choice.clear();
    m_locked.clear();
    m_numbers = {};
    if (!m_space)
        return;
    const auto entries = m_space->entriesOf(m_plan);
    auto choice = m_space->choiceOf(entries, before);
    if (!choice)
        return reportError(choice.error());
    m_choice = std::move(*choice);
    m_numbers = plan::numbersOf(*m_space, m_choice, m_settings.objective);
    m_locked.reserve(entries.size());
    for (const plan::Entry* entry : entries)
        m_locked.push_back(entry->locked ? 1 : 0);
}

std::optional<std::uint64_t> Document::budgetBytes() const
{
    if (!m_space)
        return std::nullopt;
    if (m_plan.budgetBytes)
        return m_plan.budgetBytes;
    if (m_plan.budgetBpw)
        return m_space->unitBudgetFromBpw(*m_plan.budgetBpw) + m_space->keptBytes();
    return std::nullopt;
}

std::optional<double> Document::bestAtSize() const
{
    if (!m_frontier || m_choice.empty())
        return std::nullopt;
    const auto index = m_frontier->frontier.indexWithin(m_numbers.size.unitBytes);
    if (!index)
        return std::nullopt;
    return m_frontier->points[*index].objective;
}

void Document::setPlan(plan::Plan plan, const QString& text, int drag)
{
    pushPlan(std::move(plan), m_solver, text, drag);
}

void Document::setSolvedPlan(plan::Plan plan, std::vector<std::size_t> choice, const QString& text, int drag)
{
    pushPlan(
        std::move(plan), std::make_shared<const std::vector<std::size_t>>(std::move(choice)), text, drag);
}

void Document::pushPlan(plan::Plan plan, SolverChoice solver, const QString& text, int drag)
{
    if (!m_space || plan == m_plan)
        return;
    m_undo.push(new PlanCommand(*this, std::move(plan), std::move(solver), text, drag));
}

void Document::cancelDrag(int drag)
{
    const int last = m_undo.index() - 1;
    if (drag <= 0 || last < 0 || m_undo.command(last)->id() != drag)
        return;
    // All commands of the stack are ours.
    static_cast<PlanCommand*>(const_cast<QUndoCommand*>(m_undo.command(last)))->vanishOnUndo();
    m_undo.undo();
}

QVector<int> Document::withTies(const QVector<int>& units) const
{
    QVector<int> all = units;
    for (const auto& tie : m_space->tiesOf(m_plan)) {
        const bool touched = std::any_of(tie.units.begin(), tie.units.end(),
            [&](std::size_t unit) { return units.contains(static_cast<int>(unit)); });
        if (!touched)
            continue;
        for (const std::size_t unit : tie.units) {
            if (!all.contains(static_cast<int>(unit)))
                all.push_back(static_cast<int>(unit));
        }
    }
    return all;
}

void Document::setOption(const QVector<int>& units, std::size_t option)
{
    if (!m_space || option >= m_space->optionIds().size())
        return;
    plan::Plan next = m_plan;
    int locked = 0, illegal = 0;
    for (const int unit : withTies(units)) {
        const auto& cell = m_space->cell(static_cast<std::size_t>(unit), option);
        auto& entry = next.entries[m_space->units()[static_cast<std::size_t>(unit)].name];
        if (entry.locked)
            ++locked;
        else if (!cell.legal)
            ++illegal;
        else
            entry.option = m_space->optionIds()[option];
    }
    if (locked > 0)
        Q_EMIT notice(tr("%n locked unit(s) kept their option; unlock with K first.", nullptr, locked));
    if (illegal > 0)
        Q_EMIT notice(tr("%n unit(s) cannot be stored as %1 and kept their option.", nullptr, illegal)
                          .arg(QString::fromStdString(m_space->optionIds()[option])));
    setPlan(std::move(next), tr("Set %1").arg(QString::fromStdString(m_space->optionIds()[option])));
}

void Document::takeOptions(
    const QVector<int>& units, const std::vector<std::size_t>& choice, const QString& text)
{
    if (!m_space || choice.size() != m_space->units().size())
        return;
    plan::Plan next = m_plan;
    int locked = 0;
    for (const int unit : units) {
        const auto index = static_cast<std::size_t>(unit);
        auto& entry = next.entries[m_space->units()[index].name];
        if (entry.locked && entry.option != m_space->optionIds()[choice[index]])
            ++locked;
        else
            entry.option = m_space->optionIds()[choice[index]];
    }
    if (locked > 0)
        Q_EMIT notice(tr("%n locked unit(s) kept their option; unlock with K first.", nullptr, locked));
    setPlan(std::move(next), text);
}

void Document::setBits(const QVector<int>& units, int bits)
{
    if (!m_space)
        return;
    // Of several options with this width, the one with the least predicted harm over the selection.
    std::optional<std::size_t> best;
    double bestHarm = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < m_space->options().size(); ++j) {
        const auto& grid = m_space->options()[j].grid;
        if (!grid || grid->bits != bits)
            continue;
        double harm = 0;
        for (const int unit : withTies(units)) {
            const auto& cell = m_space->cell(static_cast<std::size_t>(unit), j);
            harm += cell.legal ? cell.score.value_or(0.0) : 1e300;
        }
        if (!best || harm < bestHarm) {
            best = j;
            bestHarm = harm;
        }
    }
    if (best)
        setOption(units, *best);
    else
        Q_EMIT notice(tr("%1 offers no %2-bit option.").arg(m_settings.target).arg(bits));
}

void Document::restore(const QVector<int>& units)
{
    const auto budget = budgetBytes();
    if (!m_space || !budget)
        return;
    const auto solved = plan::solvePlan(
        *m_space, m_plan, plan::Budget::ofBytes(*budget), m_settings.objective, RunContext{});
    if (!solved)
        return reportError(solved.error());
    plan::Plan next = m_plan;
    for (const int unit : withTies(units)) {
        const auto& name = m_space->units()[static_cast<std::size_t>(unit)].name;
        if (!next.entries[name].locked)
            next.entries[name].option = solved->plan.entries.at(name).option;
    }
    setPlan(std::move(next), tr("Restore the solver's choice"));
}

void Document::toggleLock(const QVector<int>& units)
{
    if (!m_space || units.isEmpty())
        return;
    plan::Plan next = m_plan;
    const QVector<int> all = withTies(units);
    const bool allLocked = std::all_of(all.begin(), all.end(),
        [&](int unit) { return next.entries[m_space->units()[static_cast<std::size_t>(unit)].name].locked; });
    for (const int unit : all)
        next.entries[m_space->units()[static_cast<std::size_t>(unit)].name].locked = !allLocked;
    setPlan(std::move(next), allLocked ? tr("Unlock") : tr("Lock"));
}

void Document::toggleTies()
{
    if (!m_space)
        return;
    if (m_space->ties().empty()) {
        Q_EMIT notice(tr("%1 ties nothing together.").arg(m_settings.target));
        return;
    }
    plan::Plan next = m_plan;
    next.ties = !next.ties;
    setPlan(std::move(next), next.ties ? tr("Tie the whole plan") : tr("Untie the whole plan"));
    Q_EMIT notice(m_plan.ties ? tr("Fused tensors are tied, in the whole plan: each group takes one option.")
                              : tr("Untied, in the whole plan: engines that fuse q/k/v or gate/up may refuse "
                                   "mixed widths inside "
                                   "a group."));
}

void Document::setUniform(const QString& option)
{
    if (!m_space)
        return;
    auto uniform = m_space->uniform(option.toStdString(), m_plan);
    if (!uniform)
        return reportError(uniform.error());
    setPlan(std::move(*uniform), tr("Uniform %1").arg(option));
}

void Document::improveWithinLocks()
{
    if (!m_space || m_choice.empty())
        return;
    const auto solved = plan::solvePlan(
        *m_space, m_plan, plan::Budget::ofBytes(m_numbers.size.bytes()), m_settings.objective, RunContext{});
    if (!solved)
        return reportError(solved.error());
    plan::Plan next = solved->plan;
    next.budgetBpw = m_plan.budgetBpw;
    next.budgetBytes = m_plan.budgetBytes;
    next.budgetFileBpw = m_plan.budgetFileBpw;
    setSolvedPlan(std::move(next), solved->solution.choice, tr("Improve within locks"));
}

void Document::setBudget(std::uint64_t fileBytes, int drag, bool moving)
{
    if (!m_space)
        return;
    const QString text = tr("Budget %1").arg(QLocale().formattedDataSize(static_cast<qint64>(fileBytes)));
    // While the line moves, the frontier's best plan of this size is at hand; releasing it solves exactly.
    const auto state = moving && frontierFits() && fileBytes >= m_space->keptBytes()
        ? m_frontier->frontier.indexWithin(fileBytes - m_space->keptBytes())
        : std::nullopt;
    if (state) {
        if (auto choice = m_frontier->frontier.choiceAt(*state, RunContext{})) {
            plan::Plan next = m_space->planFrom(*choice, m_plan);
            next.budgetBpw.reset();
            next.budgetFileBpw.reset();
            next.budgetBytes = fileBytes;
            return setSolvedPlan(std::move(next), std::move(*choice), text, drag);
        }
    }
    auto solved = plan::solvePlan(
        *m_space, m_plan, plan::Budget::ofBytes(fileBytes), m_settings.objective, RunContext{});
    if (!solved) {
        if (drag == 0)
            reportError(solved.error());
        return;
    }
    solved->plan.budgetBpw.reset();
    solved->plan.budgetFileBpw.reset();
    solved->plan.budgetBytes = fileBytes;
    setSolvedPlan(std::move(solved->plan), std::move(solved->solution.choice), text, drag);
}

void Document::setBudgetBpw(double bpw, int drag)
{
    if (!m_space)
        return;
    auto solved
        = plan::solvePlan(*m_space, m_plan, plan::Budget::ofBpw(bpw), m_settings.objective, RunContext{});
    if (!solved)
        return reportError(solved.error());
    solved->plan.budgetBpw = bpw;
    solved->plan.budgetFileBpw.reset();
    solved->plan.budgetBytes.reset();
    setSolvedPlan(std::move(solved->plan), std::move(solved->solution.choice),
        tr("Budget %1 bpw").arg(QLocale().toString(bpw, 'f', 3)), drag);
}

void Document::takeFrontierState(int state, int drag)
{
    if (!frontierFits() || state < 0 || state >= static_cast<int>(m_frontier->points.size()))
        return; // a frontier of other locks would move what is locked
    auto choice = m_frontier->frontier.choiceAt(static_cast<std::size_t>(state), RunContext{});
    if (!choice)
        return reportError(choice.error());
    plan::Plan next = m_space->planFrom(*choice, m_plan);
    next.budgetBpw.reset();
    next.budgetFileBpw.reset();
    next.budgetBytes = m_frontier->points[static_cast<std::size_t>(state)].bytes;
    setSolvedPlan(std::move(next), std::move(*choice), tr("Move along the frontier"), drag);
}

} // namespace bitwright::views
