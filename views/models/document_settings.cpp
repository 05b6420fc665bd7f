// What Document plans with: target, score and quantizer, the space they make, and how a plan outlives them.
#include "core/plan/carry.h"
#include "views/models/document.h"

#include <algorithm>

namespace bitwright::views {

namespace {

const QString kHeavyLane = QStringLiteral("weights");

QString text(std::string_view ascii)
{
    return QString::fromLatin1(ascii.data(), static_cast<qsizetype>(ascii.size()));
}

QString changeText(const PlanSettings& before, const PlanSettings& after)
{
    if (before.target != after.target)
        return Document::tr("Target %1").arg(after.target);
    if (before.method != after.method)
        return Document::tr("Quantizer %1").arg(text(quant::methodWord(after.method)));
    if (before.score != after.score)
        return after.score ? Document::tr("Score %1").arg(text(score::scoreId(*after.score)))
                           : Document::tr("Default score");
    return Document::tr("Settings of the plan");
}

/// The smallest legal option of every unit.
std::vector<std::size_t> smallestChoice(const plan::PlanSpace& space)
{
    std::vector<std::size_t> smallest;
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        std::size_t best = 0;
        for (std::size_t j = 1; j < space.optionIds().size(); ++j) {
            const auto& cell = space.cell(i, j);
            const auto& held = space.cell(i, best);
            if (cell.legal && (!held.legal || cell.resolved.bytes < held.resolved.bytes))
                best = j;
        }
        smallest.push_back(best);
    }
    return smallest;
}

} // namespace

/// One undo step: settings with the space that they made and the plan in it. The steps before it are about
/// the options of that space, so it is kept with them.
class SettingsCommand : public QUndoCommand
{
public:
    using Planned = Document::Planned;
    SettingsCommand(Document& document, Planned before, Planned after, const QString& text)
        : QUndoCommand(text)
        , m_document(document)
        , m_before(std::move(before))
        , m_after(std::move(after))
    { }
    void undo() override { m_document.applyPlanned(m_before); }
    void redo() override { m_document.applyPlanned(m_after); }

private:
    Document& m_document;
    Planned m_before;
    Planned m_after;
};

// --- Making a space ---

void Document::setSettings(const PlanSettings& settings)
{
    if (settings == m_settings)
        return;
    m_settings = settings;
    storeSettings();
    rebuildSpace();
}

plan::Plan Document::basePlan() const
{
    plan::Plan base;
    base.name = m_plan.name;
    base.model = m_space->modelName();
    base.modelIdentity = m_space->modelIdentity();
    base.target = m_space->target().id();
    base.provenance = m_space->provenance().label;
    base.objective = plan::objectiveText(m_settings.objective);
    base.ties = m_settings.ties && m_space->target().tiesByDefault();
    return base;
}

score::ScoreKind Document::scoreKind() const
{
    return m_settings.score.value_or(m_workspace->defaultScore());
}

void Document::refreshScores()
{
    ++m_evidence;
    if (m_workspace && scoreKind() == score::ScoreKind::Measured)
        rebuildSpace(true);
}

void Document::rebuildSpace(bool quiet)
{
    if (!m_workspace)
        return;
    const auto target = plan::targetFromId(m_settings.target.toStdString());
    if (!target)
        return reportError(target.error());
    score::ScoreSettings scoring;
    scoring.kind = scoreKind();
    if (!m_settings.score)
        scoring.fallback = score::defaultScore(m_workspace->dump());
    scoring.gamma = m_settings.gamma;
    const int serial = ++m_spaceSerial;
    auto workspace = m_workspace;
    const bool ties = m_settings.ties && (*target)->tiesByDefault();
    m_stale = m_space != nullptr && !quiet;
    Q_EMIT busyChanged();
    m_jobs.run<std::shared_ptr<const plan::PlanSpace>>(
        tr("Score options"), kHeavyLane,
        [workspace, target = *target, options = (*target)->defaultOptions(m_settings.method), scoring, ties](
            const RunContext& context) -> Result<std::shared_ptr<const plan::PlanSpace>> {
            BITWRIGHT_ASSIGN(auto space, workspace->planSpace(*target, options, scoring, ties, context));
            return std::make_shared<const plan::PlanSpace>(std::move(space));
        },
        [this, serial, evidence = m_evidence](Result<std::shared_ptr<const plan::PlanSpace>> space) {
            if (serial != m_spaceSerial)
                return;
            m_stale = false;
            if (space)
                takeSpace(std::move(*space), evidence);
            else
                keepOldSpace(space.error());
            Q_EMIT busyChanged();
        });
}

/// Scores that could not be made, or were cancelled: what is shown is still true of the settings before.
void Document::keepOldSpace(const Error& error)
{
    reportError(error);
    if (!m_space || m_settings == m_spaceSettings)
        return;
    m_settings = m_spaceSettings;
    storeSettings();
    Q_EMIT spaceChanged();
}

// --- Planning in it ---

Document::Planned Document::planned() const
{
    return {m_spaceSettings, m_space, m_uniforms, m_plan, m_solver, m_spaceEvidence};
}

void Document::takeSpace(std::shared_ptr<const plan::PlanSpace> space, int evidence)
{
    const bool first = m_space == nullptr;
    const Planned before = planned();
    const auto choice = m_choice;
    const std::uint64_t bytes = m_numbers.size.bytes();
    m_space = std::move(space);
    const plan::Plan base = basePlan();
    auto uniforms = plan::uniformPoints(*m_space, base, m_settings.objective);
    Planned after{m_settings, m_space, {}, base, nullptr, evidence};
    if (uniforms)
        after.uniforms = std::move(*uniforms);
    if (first) {
        solveFirst(after);
        m_firstWithoutDump = m_workspace->dump() == nullptr;
        if (auto left = autosavedPlan()) {
            after.plan = std::move(*left);
            after.solver.reset(); // it may have another budget
            m_firstWithoutDump = false;
        }
        applyPlanned(after);
        if (m_recovery)
            Q_EMIT recovered(m_recoveryTime);
        return;
    }
    if (isReplaceable(before, after)) {
        m_firstWithoutDump = false;
        solveFirst(after);
        Q_EMIT notice(tr("The plan was solved anew with the scores that the dump allows (%1).")
                          .arg(QString::fromStdString(m_space->provenance().score)));
    } else {
        carryInto(after, before, choice, bytes);
    }
    m_space = before.space; // until the step says otherwise
    if (m_settings == before.settings)
        applyPlanned(after);
    else
        m_undo.push(new SettingsCommand(*this, before, after, changeText(before.settings, after.settings)));
}

/// Whether the plan is still the one that the program began with before there was a dump: nobody has seen to
/// it, and keeping what a poorer proxy chose would serve nobody. What is measured never replaces a plan by
/// itself: it may be the very one that was measured.
bool Document::isReplaceable(const Planned& before, const Planned& after) const
{
    return m_firstWithoutDump && m_workspace->dump() != nullptr && m_undo.count() == 0
        && before.settings == after.settings
        && before.space->provenance().score != after.space->provenance().score;
}

/// The plan of a model that has none yet.
void Document::solveFirst(Planned& planned)
{
    const double bpw = m_settings.startBpw;
    auto solved = plan::solvePlan(
        *planned.space, planned.plan, plan::Budget::ofBpw(bpw), m_settings.objective, RunContext{});
    if (solved) {
        planned.plan = solved->plan;
        planned.solver = std::make_shared<const std::vector<std::size_t>>(std::move(solved->solution.choice));
    } else {
        // Too small a budget for this model: begin with the smallest legal plan instead of an empty window.
        reportError(solved.error());
        planned.plan = planned.space->planFrom(smallestChoice(*planned.space), planned.plan);
    }
    planned.plan.budgetBpw = bpw;
}

/// The plan survives a change of score as it is, and one of quantizer or target in its number formats.
void Document::carryInto(
    Planned& after, const Planned& before, const std::vector<std::size_t>& choice, std::uint64_t bytes)
{
    const plan::Plan base = after.plan;
    after.plan = before.plan;
    after.plan.provenance = base.provenance;
    after.plan.objective = base.objective;
    if (before.plan.target == base.target && after.space->choiceOf(before.plan))
        return;
    std::vector<char> byHand;
    if (before.solver && before.solver->size() == choice.size())
        for (std::size_t i = 0; i < choice.size(); ++i)
            byHand.push_back(choice[i] != (*before.solver)[i]);
    auto carried
        = plan::carryPlan(before.plan, byHand, bytes, base, *after.space, m_settings.objective, RunContext{});
    if (!carried) {
        reportError(carried.error());
        after.plan = after.space->planFrom(smallestChoice(*after.space), base);
        return;
    }
    after.plan = std::move(carried->plan);
    if (!carried->solved.empty() && carried->changedByHand == 0)
        after.solver = std::make_shared<const std::vector<std::size_t>>(std::move(carried->solved));
    if (carried->changedByHand > 0)
        Q_EMIT notice(tr("%n unit(s) that were chosen by hand or locked have no such option here and were "
                         "solved anew within the budget. Undo brings them back.",
            nullptr, static_cast<int>(carried->changedByHand)));
}

void Document::applyPlanned(const Planned& planned)
{
    ++m_spaceSerial; // what is still being made was for other settings
    m_stale = false;
    m_settings = planned.settings;
    m_spaceSettings = planned.settings;
    m_spaceEvidence = planned.evidence;
    storeSettings();
    m_space = planned.space;
    m_uniforms = planned.uniforms;
    m_frontier.reset();
    m_otherFrontier.reset();
    m_solver = planned.solver;
    applyPlan(planned.plan);
    Q_EMIT spaceChanged();
    rebuildFrontier();
    rebuildOtherFrontier();
    // Something was measured or opened since: what the step kept is shown until the new scores are there.
    if (planned.evidence != m_evidence)
        rebuildSpace(true);
    Q_EMIT busyChanged();
}

} // namespace bitwright::views
