// What Document solves in the background: the frontier, the solver's own choice, another score's frontier.
#include "views/models/document.h"

#include <algorithm>

namespace bitwright::views {

namespace {

const QString kHeavyLane = QStringLiteral("weights");
const QString kSolveLane = QStringLiteral("solve");

/// States of the other frontier that a line needs: more than a screen has pixels across.
constexpr std::size_t kLinePoints = 1500;

} // namespace

void Document::rebuildFrontier()
{
    if (!m_space)
        return;
    const int serial = ++m_frontierSerial;
    auto space = m_space;
    m_jobs.run<std::shared_ptr<const plan::PlanFrontier>>(
        tr("Frontier"), kSolveLane,
        [space, base = m_plan, objective = m_settings.objective](
            const RunContext& context) -> Result<std::shared_ptr<const plan::PlanFrontier>> {
            BITWRIGHT_ASSIGN(auto frontier, plan::frontierOf(*space, base, objective, {}, context));
            return std::make_shared<const plan::PlanFrontier>(std::move(frontier));
        },
        [this, serial](Result<std::shared_ptr<const plan::PlanFrontier>> frontier) {
            if (serial != m_frontierSerial)
                return;
            if (!frontier)
                return reportError(frontier.error());
            m_frontier = std::move(*frontier);
            m_frontierDone = serial;
            Q_EMIT frontierChanged();
        });
}

// --- What the solver would do ---

const std::vector<std::size_t>& Document::solverChoice() const
{
    static const std::vector<std::size_t> unknown;
    return m_solver ? *m_solver : unknown;
}

void Document::findSolverChoice()
{
    if (!m_space || m_choice.empty())
        return;
    const std::uint64_t budget = budgetBytes().value_or(m_numbers.size.bytes());
    const int serial = ++m_solverSerial;
    using Choice = std::vector<std::size_t>;
    m_jobs.run<Choice>(
        tr("Solver's choice"), kSolveLane,
        [space = m_space, base = m_plan, budget, objective = m_settings.objective](
            const RunContext& context) -> Result<Choice> {
            BITWRIGHT_ASSIGN(auto solved,
                plan::solvePlan(*space, base, plan::Budget::ofBytes(budget), objective, context));
            return std::move(solved.solution.choice);
        },
        [this, serial](Result<Choice> choice) {
            // A plan that no budget can be solved for has no hand edits to show either.
            if (serial != m_solverSerial || m_solver || !choice)
                return;
            m_solver = std::make_shared<const Choice>(std::move(*choice));
            Q_EMIT solverChoiceChanged();
        });
}

std::vector<std::size_t> Document::bestChoiceAtSize() const
{
    if (!frontierFits() || m_choice.empty())
        return {};
    const auto index = m_frontier->frontier.indexWithin(m_numbers.size.unitBytes);
    if (!index)
        return {};
    auto choice = m_frontier->frontier.choiceAt(*index, RunContext{});
    return choice ? std::move(*choice) : std::vector<std::size_t>{};
}

// --- Another score ---

void Document::setComparedScore(std::optional<score::ScoreKind> kind)
{
    if (kind == m_comparedScore)
        return;
    m_comparedScore = kind;
    storeSettings();
    m_otherFrontier.reset();
    Q_EMIT otherFrontierChanged();
    rebuildOtherFrontier();
}

void Document::rebuildOtherFrontier()
{
    const int serial = ++m_otherSerial;
    if (!m_workspace || !m_space || !m_comparedScore)
        return;
    const auto target = plan::targetFromId(m_settings.target.toStdString());
    if (!target)
        return reportError(target.error());
    score::ScoreSettings scoring;
    scoring.kind = *m_comparedScore;
    scoring.gamma = m_settings.gamma;
    const bool ties = m_settings.ties && (*target)->tiesByDefault();
    const auto work
        = [workspace = m_workspace, space = m_space, base = m_plan, target = *target, scoring,
              objective = m_settings.objective, ties, options = (*target)->defaultOptions(m_settings.method)](
              const RunContext& context) -> Result<OtherFrontier> {
        BITWRIGHT_ASSIGN(
            const auto other, workspace->planSpace(*target, options, scoring, ties, context.part(0.0, 0.5)));
        BITWRIGHT_ASSIGN(const auto frontier,
            plan::frontierOf(other, base, objective, alloc::FrontierLimits::quick(), context.part(0.5, 0.9)));
        OtherFrontier result;
        result.kind = scoring.kind;
        result.score = QString::fromStdString(other.provenance().score);
        const std::size_t count = frontier.points.size();
        const std::size_t step = std::max<std::size_t>(1, count / kLinePoints);
        for (std::size_t i = 0; i < count; i += step) {
            BITWRIGHT_CHECK(context.checkStop());
            BITWRIGHT_ASSIGN(const auto choice, frontier.frontier.choiceAt(i, context.serial()));
            const auto numbers = plan::numbersOf(*space, choice, objective);
            // Where this score knows nothing of a chosen option there is no point to draw.
            if (numbers.unscored == 0)
                result.points.push_back(
                    {numbers.size.bytes(), numbers.size.bpw(), numbers.size.fileBpw(), numbers.objective});
        }
        return result;
    };
    m_jobs.run<OtherFrontier>(tr("Frontier of %1")
                                  .arg(QString::fromUtf8(score::scoreId(*m_comparedScore).data(),
                                      static_cast<qsizetype>(score::scoreId(*m_comparedScore).size()))),
        kHeavyLane, work, [this, serial](Result<OtherFrontier> other) {
            if (serial != m_otherSerial)
                return;
            if (!other)
                return reportError(other.error());
            m_otherFrontier = std::move(*other);
            Q_EMIT otherFrontierChanged();
        });
}

} // namespace bitwright::views
