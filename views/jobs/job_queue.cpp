#include "views/jobs/job_queue.h"

#include "views/models/core_text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <set>

namespace bitwright::views {

QString durationText(double seconds)
{
    if (seconds < 10)
        return JobQueue::tr("%1 s").arg(QLocale().toString(seconds, 'f', 1));
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60)
        return JobQueue::tr("%1 s").arg(whole);
    return JobQueue::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

JobQueue::JobQueue(QObject* parent)
    : QAbstractTableModel(parent)
{
    // One thread per lane that may be busy: lanes never wait for each other.
    constexpr int kLanes = 32;
    m_pool.setMaxThreadCount(kLanes);
}

JobQueue::~JobQueue()
{
    shutDown();
}

Job* JobQueue::add(std::unique_ptr<Job> job)
{
    Job* added = job.get();
    added->m_pool = &m_pool;
    const int row = static_cast<int>(m_jobs.size());
    beginInsertRows({}, row, row);
    m_jobs.push_back(std::move(job));
    endInsertRows();
    connect(added, &Job::changed, this, [this, added] {
        const int at = rowOf(added);
        Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1));
        Q_EMIT jobChanged(added);
    });
    connect(added, &Job::finished, this, [this, added] {
        Q_EMIT jobFinished(added);
        startNext();
        if (isIdle())
            Q_EMIT becameIdle();
        QMetaObject::invokeMethod(
            this, [this] { forgetOldest(); }, Qt::QueuedConnection);
    });
    // Started from the event loop, so that the caller has its pointer before any signal.
    QMetaObject::invokeMethod(
        this, [this] { startNext(); }, Qt::QueuedConnection);
    return added;
}

void JobQueue::startNext()
{
    if (m_shuttingDown)
        return;
    std::set<QString> busy;
    for (const auto& job : m_jobs) {
        if (job->state() == Job::State::Running)
            busy.insert(job->lane());
    }
    // By index: whoever hears that a job started may add another one.
    for (std::size_t i = 0; i < m_jobs.size(); ++i) {
        Job* job = m_jobs[i].get();
        if (job->state() == Job::State::Queued && busy.insert(job->lane()).second)
            job->start();
    }
}

int JobQueue::rowOf(const Job* job) const
{
    // From the end: what changes is usually young.
    for (auto i = m_jobs.size(); i-- > 0;) {
        if (m_jobs[i].get() == job)
            return static_cast<int>(i);
    }
    return -1;
}

/// A long session ends thousands of jobs; the log keeps the newest.
void JobQueue::forgetOldest()
{
    for (std::size_t i = 0; m_jobs.size() > kMostJobs && i < m_jobs.size();) {
        if (!m_jobs[i]->isOver()) {
            ++i;
            continue;
        }
        beginRemoveRows({}, static_cast<int>(i), static_cast<int>(i));
        m_jobs.erase(m_jobs.begin() + static_cast<std::ptrdiff_t>(i));
        endRemoveRows();
    }
}

Job* JobQueue::jobAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_jobs[static_cast<std::size_t>(row)].get() : nullptr;
}

bool JobQueue::isIdle() const
{
    return std::all_of(m_jobs.begin(), m_jobs.end(), [](const auto& job) { return job->isOver(); });
}

Job* JobQueue::current() const
{
    const auto found = std::find_if(
        m_jobs.begin(), m_jobs.end(), [](const auto& job) { return job->state() == Job::State::Running; });
    return found == m_jobs.end() ? nullptr : found->get();
}

void JobQueue::cancelAll()
{
    for (const auto& job : m_jobs) {
        if (!job->isOver())
            job->cancel();
    }
}

void JobQueue::shutDown()
{
    m_shuttingDown = true;
    cancelAll();
    for (const auto& job : m_jobs) {
        if (job->state() == Job::State::Running)
            job->wait();
    }
}

int JobQueue::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_jobs.size());
}

int JobQueue::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString JobQueue::stateText(const Job& job) const
{
    switch (job.state()) {
    case Job::State::Queued:
        return tr("waiting");
    case Job::State::Running:
        return tr("running");
    case Job::State::Done:
        return tr("done");
    case Job::State::Failed:
        return tr("failed");
    case Job::State::Cancelled:
        return tr("canceled");
    }
    return {};
}

QVariant JobQueue::data(const QModelIndex& index, int role) const
{
    const Job* job = index.isValid() ? jobAt(index.row()) : nullptr;
    if (job == nullptr)
        return {};
    if (role == FractionRole)
        return job->fraction();
    if (role == Qt::TextAlignmentRole && index.column() >= ProgressColumn && index.column() != StageColumn)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case TitleColumn:
        return job->title();
    case StateColumn:
        return stateText(*job);
    case ProgressColumn:
        return tr("%1 %").arg(QLocale().toString(100.0 * job->fraction(), 'f', 0));
    case StageColumn:
        return job->state() == Job::State::Failed ? errorText(job->error()) : job->stage();
    case ElapsedColumn:
        return job->state() == Job::State::Queued ? QString() : durationText(job->secondsElapsed());
    case LeftColumn: {
        const auto left = job->secondsLeft();
        return left ? durationText(*left) : QString();
    }
    case StartedColumn:
        return QLocale().toString(job->startedAt().time(), QLocale::ShortFormat);
    case OutcomeColumn:
        return job->outcome();
    default:
        return {};
    }
}

QVariant JobQueue::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TitleColumn:
        return tr("Job");
    case StateColumn:
        return tr("State");
    case ProgressColumn:
        return tr("Progress");
    case StageColumn:
        return tr("Stage");
    case ElapsedColumn:
        return tr("Elapsed");
    case LeftColumn:
        return tr("Left");
    case StartedColumn:
        return tr("Started");
    case OutcomeColumn:
        return tr("Outcome");
    default:
        return {};
    }
}

} // namespace bitwright::views
