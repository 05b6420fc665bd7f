#include "views/jobs/job.h"

#include "views/models/core_text.h"

#include <QLocale>

#include <algorithm>

namespace bitwright::views {

Job::Job(QString title, QString lane)
    : m_title(std::move(title))
    , m_lane(std::move(lane))
{ }

Job::~Job() = default;

double Job::secondsElapsed() const
{
    if (m_state == State::Queued)
        return 0;
    return static_cast<double>(isOver() ? m_finalMs : m_clock.elapsed()) / 1000.0;
}

std::optional<double> Job::secondsLeft() const
{
    const double elapsed = secondsElapsed();
    if (m_state != State::Running || m_fraction < 0.02 || elapsed < 1.0)
        return std::nullopt;
    return elapsed * (1.0 - m_fraction) / m_fraction;
}

QString Job::rateText() const
{
    const double elapsed = secondsElapsed();
    if (m_state != State::Running || elapsed < 1.0 || m_fraction <= 0)
        return {};
    const double perSecond = m_fraction / elapsed;
    if (m_amount <= 0)
        return tr("%1 %/s").arg(QLocale().toString(100 * perSecond, 'f', perSecond < 0.1 ? 1 : 0));
    constexpr double kMebi = 1024.0 * 1024.0;
    const double rate = perSecond * m_amount / kMebi;
    return tr("%1 MiB/s").arg(QLocale().toString(rate, 'f', rate < 10 ? 1 : 0));
}

void Job::addFailure(const QString& line)
{
    m_failures.push_back(line);
}

QString Job::outcome() const
{
    switch (m_state) {
    case State::Queued:
        return tr("waiting");
    case State::Running:
        return tr("running");
    case State::Done:
        return m_failures.isEmpty()
            ? tr("done")
            : tr("done, %1 failed: %2").arg(m_failures.size()).arg(m_failures.join(QStringLiteral("; ")));
    case State::Failed:
        return tr("failed: %1").arg(errorText(m_error));
    case State::Cancelled:
        return tr("canceled");
    }
    return {};
}

void Job::cancel()
{
    requestStop();
    if (m_state != State::Queued)
        return;
    // From the event loop: whoever cancels must not meet results in the middle of it.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_state == State::Queued)
                abandon();
        },
        Qt::QueuedConnection);
}

void Job::start()
{
    m_state = State::Running;
    m_clock.start();
    m_startedAt = QDateTime::currentDateTime();
    Q_EMIT changed();
    begin();
}

RunContext Job::runContext()
{
    RunContext context;
    context.stop = m_stop.get_token();
    // Workers report far more often than a screen refreshes: values are parked and one event fetches them.
    context.progress = [this](double fraction, std::string_view stage) {
        const std::lock_guard lock(m_progressMutex);
        m_pendingFraction = std::max(m_pendingFraction, fraction);
        m_pendingStage = stage;
        if (std::exchange(m_progressPosted, true))
            return;
        QMetaObject::invokeMethod(
            this, [this] { takeProgress(); }, Qt::QueuedConnection);
    };
    return context;
}

void Job::takeProgress()
{
    {
        const std::lock_guard lock(m_progressMutex);
        m_progressPosted = false;
        m_fraction = std::max(m_fraction, m_pendingFraction);
        m_stage = QString::fromStdString(escapedForDisplay(m_pendingStage));
    }
    if (m_state == State::Running)
        Q_EMIT changed();
}

void Job::finishWith(State state, Error error)
{
    m_finalMs = m_clock.elapsed();
    m_state = state;
    m_error = std::move(error);
    if (state == State::Done)
        m_fraction = 1.0;
    Q_EMIT changed();
    Q_EMIT finished();
}

} // namespace bitwright::views
