#include "views/models/refine_run.h"

#include "views/jobs/job_queue.h"
#include "views/models/core_text.h"
#include "views/models/number_text.h"
#include "views/models/plan_harm.h"

#include <QJsonDocument>

#include <algorithm>
#include <chrono>

namespace bitwright::views {

namespace {

const QString kMeasureLane = QStringLiteral("measure"); // it runs the model as measuring does
const QString kRecordKey = QStringLiteral("harm/refinement");

} // namespace

struct RefineRun::Work
{
    std::shared_ptr<session::Workspace> workspace;
    std::shared_ptr<const plan::PlanSpace> space;
    plan::Plan plan;
    RunText text;
    session::RefineSettings settings;
    std::function<void(const QString&)> say; ///< These are called from the job's thread.
    std::function<void(const RefineRecord&)> begun;
    std::function<void(RefineRecord::Round)> onRound;
};

struct RefineRun::Outcome
{
    plan::Plan plan;
    bool better = false;
    QString ended;
    std::optional<measure::Interval> change;
    double growth = 0;
};

RefineRun::RefineRun(Document& document, JobQueue& jobs, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_jobs(jobs)
{
    connect(&document, &Document::opened, this, [this] {
        reset();
        const auto json = QJsonDocument::fromJson(m_document.state(kRecordKey).toUtf8());
        m_record = refineRecordFromJson(json.object());
        Q_EMIT changed();
    });
    connect(&document, &Document::closed, this, &RefineRun::reset);
}

void RefineRun::reset()
{
    ++m_serial;
    m_job = nullptr;
    m_record = {};
    m_status.clear();
    Q_EMIT changed();
    Q_EMIT statusChanged();
    Q_EMIT runningChanged();
}

QString RefineRun::obstacle(const Request& request) const
{
    const auto& workspace = m_document.workspace();
    if (!workspace)
        return tr("No model is open.");
    if (!m_document.space())
        return tr("The options are still being scored.");
    if (m_document.settings().objective.kind != alloc::ObjectiveKind::Sum)
        return tr("Only plans for total harm are refined: choose that objective.");
    return obstacleOf(request.text, *workspace);
}

RefineRun::Work RefineRun::workFor(const Request& request)
{
    Work work;
    work.workspace = m_document.workspace();
    work.space = m_document.space();
    work.plan = m_document.plan();
    work.text = request.text;
    work.settings.rounds = static_cast<std::size_t>(std::max(1, request.rounds));
    work.settings.steps = static_cast<std::size_t>(std::max(1, request.steps));
    // A plan by hand may be larger than the budget that it once had: its size is what it may take.
    const std::uint64_t size = m_document.numbers().size.unitBytes;
    const auto budget = m_document.budgetBytes();
    if (!budget || *budget < m_document.numbers().size.bytes())
        work.settings.unitBudget = size;
    const int serial = ++m_serial;
    const auto hear = [this, serial](auto then) {
        QMetaObject::invokeMethod(
            this,
            [this, serial, then] {
                if (serial == m_serial)
                    then();
            },
            Qt::QueuedConnection);
    };
    work.say = [this, hear](const QString& text) { hear([this, text] { tell(text); }); };
    work.onRound
        = [this, hear](const RefineRecord::Round& round) { hear([this, round] { takeRound(round); }); };
    work.begun = [this, hear](const RefineRecord& record) {
        hear([this, record] {
            m_record = record;
            store();
            Q_EMIT changed();
        });
    };
    return work;
}

void RefineRun::start(const Request& request)
{
    if (isRunning() || !obstacle(request).isEmpty())
        return;
    const Work work = workFor(request);
    tell(tr("The plan is run as it is first."));
    m_job = m_jobs.run<Outcome>(
        tr("Refine the plan"), kMeasureLane,
        [work](const RunContext& context) { return refine(work, context); },
        [this, workspace = work.workspace](Result<Outcome> outcome) {
            if (workspace == m_document.workspace())
                finish(std::move(outcome));
        });
    Q_EMIT runningChanged();
}

void RefineRun::estimate(const Request& request)
{
    if (isRunning() || !obstacle(request).isEmpty())
        return;
    const Work work = workFor(request);
    tell(tr("The plan is run once."));
    m_job = m_jobs.run<QString>(
        tr("Estimate the time"), kMeasureLane,
        [work](const RunContext& context) -> Result<QString> {
            BITWRIGHT_ASSIGN(const auto batch, tokensOf(*work.workspace, work.text, context));
            BITWRIGHT_ASSIGN(const auto tokens, session::splitTokens(batch));
            return timeOf(work, tokens, context);
        },
        [this, workspace = work.workspace](const Result<QString>& said) {
            if (workspace != m_document.workspace())
                return;
            m_job = nullptr;
            tell(said ? *said : errorText(said.error()));
            Q_EMIT runningChanged();
        });
    Q_EMIT runningChanged();
}

void RefineRun::cancel()
{
    if (m_job != nullptr)
        m_job->cancel();
}

// The run is the one that refining begins with, and stored: nothing of it is lost.
Result<QString> RefineRun::timeOf(
    const Work& work, const session::RefineTokens& tokens, const RunContext& context)
{
    using Clock = std::chrono::steady_clock;
    session::MeasureSettings settings;
    settings.partTokens = std::max<std::size_t>(1, tokens.accepting.tokens());
    settings.reference.screen = false;
    settings.reference.words.seed = context.seed;
    const auto start = Clock::now();
    BITWRIGHT_ASSIGN(const auto measurer,
        session::Measurer::make(
            work.workspace, work.space->target(), tokens.accepting, settings, context.part(0, 0.5)));
    const auto begun = Clock::now();
    BITWRIGHT_ASSIGN(const auto harm, measurer->measurePlan(work.plan, {}, context.part(0.5, 1)));
    // A stored result took no time: then the original's run says how long one takes.
    const std::chrono::duration<double> run = harm.fromProject ? begun - start : Clock::now() - begun;
    BITWRIGHT_ASSIGN(const auto choice, work.space->choiceOf(work.plan));
    const auto proposed = session::proposeSteps(work.space->problem(work.plan, {}), choice);
    const std::size_t steps = std::min(proposed.size(), work.settings.steps);
    // A step costs only the blocks from its unit on: half of them on average.
    const double perRound = run.count() * (static_cast<double>(steps) / 2 + 5);
    const double swaps = run.count() * static_cast<double>(work.settings.swaps) / 2;
    return tr("About %1 per round of %2 steps, and %3 more for swaps where the solved plan does not hold: %4 "
              "for %5 round(s) at most.")
        .arg(durationText(perRound), formatCount(static_cast<qint64>(steps)), durationText(swaps),
            durationText(perRound * static_cast<double>(work.settings.rounds) + swaps),
            formatCount(static_cast<qint64>(work.settings.rounds)));
}

Result<RefineRun::Outcome> RefineRun::refine(const Work& work, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto batch, tokensOf(*work.workspace, work.text, context));
    BITWRIGHT_ASSIGN(const auto tokens, session::splitTokens(batch));
    RunContext quiet = context;
    quiet.progress = nullptr;
    BITWRIGHT_ASSIGN(const QString time, timeOf(work, tokens, quiet));
    work.say(time);
    RefineRecord record;
    record.plan = QString::fromStdString(work.plan.name);
    record.text = nameOf(work.text);
    record.choosingTokens = static_cast<int>(tokens.choosing.tokens());
    record.judgingTokens = static_cast<int>(tokens.accepting.tokens());
    BITWRIGHT_ASSIGN(
        const auto architecture, forward::readArchitecture(work.workspace->checkpoint().config().json));
    record.cosine = !architecture.causal;
    work.begun(record);
    // In words of rounds: what the core reports is a share of all that might have to be run.
    std::size_t round = 1, run = 0;
    RunContext own = context;
    own.progress = [&](double fraction, std::string_view) {
        ++run;
        context.report(fraction,
            tr("round %1 of at most %2, run %3").arg(round).arg(work.settings.rounds).arg(run).toStdString());
    };
    BITWRIGHT_ASSIGN(const auto refined,
        session::refinePlan(
            work.workspace, *work.space, work.plan, tokens, work.settings,
            [&](const session::RefineRound& done) {
                ++round;
                run = 0;
                work.onRound(refineRound(done, *work.space));
            },
            own));
    BITWRIGHT_CHECK(session::noteRefinement(*work.workspace, *work.space, work.plan, refined,
        tr("%1, judging half").arg(nameOf(work.text)).toStdString()));
    Outcome outcome;
    outcome.plan = refined.plan;
    outcome.better = refined.kept > 0;
    outcome.ended = QString::fromStdString(refined.ended);
    if (outcome.better) {
        outcome.change = session::differenceOf(refined.accepting, refined.startAccepting, context.seed);
        BITWRIGHT_ASSIGN(const auto before, work.space->sizeOf(work.plan));
        BITWRIGHT_ASSIGN(const auto after, work.space->sizeOf(refined.plan));
        outcome.growth = static_cast<double>(after.bytes()) - static_cast<double>(before.bytes());
    }
    return outcome;
}

void RefineRun::takeRound(RefineRecord::Round round)
{
    m_record.rounds.push_back(std::move(round));
    store();
    Q_EMIT changed();
}

void RefineRun::finish(Result<Outcome> outcome)
{
    m_job = nullptr;
    if (!outcome) {
        tell(outcome.error().code == ErrorCode::Cancelled
                ? tr("Canceled; what was measured until then is kept, and refining again goes on there.")
                : errorText(outcome.error()));
    } else {
        m_record.ended = outcome->ended;
        m_record.change = outcome->change;
        m_record.growth = outcome->growth;
        if (outcome->better)
            m_record.result = keepPlan(outcome->plan);
        store();
        tell({});
    }
    Q_EMIT changed();
    Q_EMIT runningChanged();
}

/// Stores it under a name of its own, unless a named plan is just this one.
QString RefineRun::keepPlan(const plan::Plan& plan)
{
    const QString choice = choiceKey(plan);
    for (const plan::Plan& named : m_document.namedPlans())
        if (choiceKey(named) == choice)
            return QString::fromStdString(named.name);
    plan::Plan kept = plan;
    const QString base = tr("%1 refined").arg(QString::fromStdString(plan.name));
    QString name = base;
    for (int number = 2; m_document.namedPlan(name) != nullptr; ++number)
        name = QStringLiteral("%1 %2").arg(base).arg(number);
    kept.name = name.toStdString();
    return m_document.addNamedPlan(kept) ? name : QString();
}

bool RefineRun::canAdopt() const
{
    const plan::Plan* plan = m_document.namedPlan(m_record.result);
    return plan != nullptr && m_document.space() && choiceKey(*plan) != choiceKey(m_document.plan());
}

void RefineRun::adopt()
{
    if (canAdopt())
        m_document.loadPlan(m_record.result);
}

void RefineRun::store()
{
    m_document.setState(
        kRecordKey, QString::fromUtf8(QJsonDocument(toJson(m_record)).toJson(QJsonDocument::Compact)));
}

void RefineRun::tell(const QString& text)
{
    if (m_status == text)
        return;
    m_status = text;
    Q_EMIT statusChanged();
}

} // namespace bitwright::views
