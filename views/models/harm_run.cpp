#include "views/models/harm_run.h"

#include "views/jobs/job_queue.h"
#include "views/models/core_text.h"
#include "views/models/harm_text.h"
#include "views/models/number_text.h"
#include "views/models/text.h"

#include <algorithm>

namespace bitwright::views {

namespace {

/// Of its own, so that scores can be made from what is measured while the measuring goes on.
const QString kMeasureLane = QStringLiteral("measure");
const QString kScoreLane = QStringLiteral("weights"); // after the scoring whose results it reads
constexpr int kRefreshMilliseconds = 4000;

/// "0.62 at 2 bits, 0.65 at 4 bits".
QString byBits(const std::map<int, double>& values)
{
    QStringList parts;
    for (const auto& [bits, value] : values)
        parts << HarmRun::tr("%1 at %2 bits").arg(formatNumber(value, 2)).arg(bits);
    return parts.join(QStringLiteral(", "));
}

} // namespace

HarmRun::HarmRun(Document& document, JobQueue& jobs, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_jobs(jobs)
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMilliseconds);
    connect(&m_refresh, &QTimer::timeout, this, [this] {
        m_document.refreshScores();
        compare();
    });
    connect(&document, &Document::opened, this, [this] {
        reset();
        loadPlans();
        compare();
    });
    connect(&document, &Document::closed, this, &HarmRun::reset);
    // Plans that were run before there was a project.
    connect(&document, &Document::projectChanged, this, [this] {
        if (m_document.workspace())
            static_cast<void>(session::notePlanRuns(*m_document.workspace(), m_runs));
    });
    connect(&document, &Document::dumpsChanged, this, &HarmRun::compare);
}

void HarmRun::reset()
{
    ++m_serial;
    m_refresh.stop();
    m_job = nullptr;
    m_comparing = false;
    m_pairs.clear();
    takeRuns({});
    m_predictor.clear();
    m_quantity.clear();
    m_correlations.clear();
    m_reliabilities.clear();
    m_status.clear();
    Q_EMIT changed();
    Q_EMIT statusChanged();
    Q_EMIT runningChanged();
}

QString HarmRun::obstacle(const Request& request) const
{
    const auto& workspace = m_document.workspace();
    if (!workspace)
        return tr("No model is open.");
    if (!m_document.space())
        return tr("The options are still being scored.");
    if (const QString text = obstacleOf(request.text, *workspace); !text.isEmpty())
        return text;
    if (request.what == What::Selection && m_document.selection().units().isEmpty())
        return tr("Nothing is selected that the plan decides.");
    return {};
}

HarmWork HarmRun::workFor(const Request& request) const
{
    HarmWork work;
    work.workspace = m_document.workspace();
    const PlanSettings& settings = m_document.settings();
    if (const auto target = plan::targetFromId(settings.target.toStdString()))
        work.target = *target;
    if (work.target == nullptr)
        return work;
    work.options = work.target->defaultOptions(settings.method);
    work.gamma = settings.gamma;
    work.ties = settings.ties && work.target->tiesByDefault();
    work.objective = settings.objective;
    work.text = request.text;
    const auto& numbers = m_document.numbers();
    // Comparable with a measured plan only as a sum of what has the same unit.
    const bool comparable
        = harmIsMeasured(m_document) && settings.objective.kind == alloc::ObjectiveKind::Sum;
    if (comparable)
        work.measuredSpace = m_document.space();
    if (request.what == What::Plan || request.what == What::PlanAndProxies) {
        work.more = request.what == What::PlanAndProxies;
        work.own = HarmWork::Candidate{QString::fromStdString(m_document.plan().name), m_document.plan(),
            numbers.size, PlanHarm::Kind::Own, std::nullopt};
        if (comparable && numbers.unscored == 0)
            work.own->predicted = numbers.objective;
    } else if (request.what == What::Selection) {
        for (const int unit : m_document.selection().units())
            work.units.push_back(static_cast<std::size_t>(unit));
    } else {
        work.units.resize(work.workspace->units().size());
        for (std::size_t i = 0; i < work.units.size(); ++i)
            work.units[i] = i;
    }
    return work;
}

void HarmRun::start(const Request& request)
{
    if (isRunning() || !obstacle(request).isEmpty())
        return;
    HarmWork work = workFor(request);
    if (work.target == nullptr)
        return;
    work.say = [this, serial = m_serial](const QString& text) {
        QMetaObject::invokeMethod(
            this,
            [this, serial, text] {
                if (serial != m_serial && m_job == nullptr)
                    return;
                tell(text);
                if (!m_refresh.isActive())
                    m_refresh.start();
            },
            Qt::QueuedConnection);
    };
    tell(tr("The original is run first."));
    const QString title = !work.own ? tr("Measure harm") : tr("Measure the plan");
    const auto workspace = work.workspace;
    m_job = m_jobs.run<HarmOutcome>(
        title, kMeasureLane, [work](const RunContext& context) { return runHarm(work, context); },
        [this, workspace](Result<HarmOutcome> outcome) {
            if (workspace == m_document.workspace())
                finish(std::move(outcome));
        });
    Q_EMIT runningChanged();
}

void HarmRun::cancel()
{
    if (m_job != nullptr)
        m_job->cancel();
}

void HarmRun::finish(Result<HarmOutcome> outcome)
{
    Job* job = std::exchange(m_job, nullptr);
    m_refresh.stop();
    if (!outcome) {
        tell(outcome.error().code == ErrorCode::Cancelled
                ? tr("Canceled; what was measured until then is kept.")
                : errorText(outcome.error()));
    } else {
        for (const QString& line : outcome->unmeasured)
            if (job != nullptr)
                job->addFailure(line);
        auto runs = m_runs;
        for (session::PlanRun& run : outcome->plans)
            session::addPlanRun(runs, std::move(run));
        takeRuns(std::move(runs));
        QStringList said{outcome->plans.empty()
                ? tr("%n pair(s) measured.", nullptr, static_cast<int>(outcome->measured))
                : tr("%n plan(s) measured.", nullptr, static_cast<int>(outcome->plans.size()))};
        for (const QString& line : outcome->same)
            said << line + u'.';
        tell(said.join(u' '));
    }
    reloadPlans(); // also what was run before it was stopped
    Q_EMIT runningChanged();
    m_document.refreshScores();
    compare();
}

void HarmRun::compare()
{
    if (!m_document.workspace() || m_comparing)
        return;
    HarmWork work = workFor({What::Everything, {}});
    if (work.target == nullptr)
        return;
    m_comparing = true;
    m_jobs.run<HarmComparison>(
        tr("Compare with measurements"), kScoreLane,
        [work](const RunContext& context) { return compareHarm(work, context); },
        [this, serial = m_serial](Result<HarmComparison> result) {
            if (serial != m_serial)
                return;
            m_comparing = false;
            if (!result)
                return;
            m_pairs = std::move(result->pairs);
            m_predictor = result->predictor;
            m_quantity = result->quantity;
            m_correlations = std::move(result->correlations);
            m_reliabilities = std::move(result->reliabilities);
            Q_EMIT changed();
        });
}

QString HarmRun::rankText() const
{
    QStringList parts;
    if (!m_correlations.empty())
        parts << tr("rank correlation over units: %1").arg(byBits(m_correlations));
    if (const QString reliability = reliabilityText(); !reliability.isEmpty())
        parts << reliability;
    return parts.join(QStringLiteral("; "));
}

QString HarmRun::reliabilityText() const
{
    if (m_reliabilities.empty())
        return {};
    std::map<int, double> whole;
    std::size_t tokens = m_reliabilities.begin()->second.tokens;
    for (const auto& [bits, one] : m_reliabilities) {
        whole[bits] = one.reliability.whole;
        tokens = std::min(tokens, one.tokens);
    }
    // An encoder has one number for each sequence.
    const bool perSequence = m_quantity.contains(QLatin1String("cosine"));
    return (perSequence ? tr("reliability of the measured ranking: %1 (split halves of %2 sequences)")
                        : tr("reliability of the measured ranking: %1 (split halves of %2 tokens)"))
        .arg(byBits(whole), formatCount(static_cast<qint64>(tokens)));
}

const PlanHarm* HarmRun::currentPlan() const
{
    if (m_plans.empty())
        return nullptr;
    const QString choice = choiceKey(m_document.plan());
    for (const PlanHarm& plan : m_plans)
        if (plan.choice == choice)
            return &plan;
    return nullptr;
}

const HarmPair* HarmRun::pairOf(int unit, const QString& option) const
{
    // Pairs stand by unit.
    const auto first = std::lower_bound(m_pairs.begin(), m_pairs.end(), unit,
        [](const HarmPair& pair, int wanted) { return pair.unit < wanted; });
    for (auto pair = first; pair != m_pairs.end() && pair->unit == unit; ++pair)
        if (pair->option == option)
            return &*pair;
    return nullptr;
}

void HarmRun::loadPlans()
{
    if (!m_document.workspace() || !m_document.workspace()->project())
        return;
    if (auto runs = session::planRuns(*m_document.workspace()))
        takeRuns(std::move(*runs));
}

void HarmRun::reloadPlans()
{
    loadPlans();
    Q_EMIT changed();
}

void HarmRun::takeRuns(std::vector<session::PlanRun> runs)
{
    m_runs = std::move(runs);
    m_plans.clear();
    for (const session::PlanRun& run : m_runs)
        m_plans.push_back(planHarmFrom(run));
}

void HarmRun::tell(const QString& text)
{
    if (m_status == text)
        return;
    m_status = text;
    Q_EMIT statusChanged();
}

} // namespace bitwright::views
