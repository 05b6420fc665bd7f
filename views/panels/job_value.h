#pragma once

#include "views/jobs/job_queue.h"

#include <QPointer>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

namespace bitwright::views {

/// One costly value, computed off the UI thread for the newest key. Asking for another key stops the work for
/// the old one; the old value stays until the new one has come, so that it can be shown dimmed.
template <typename T>
class JobValue
{
public:
    using Work = typename TypedJob<T>::Work;

    /// `changed` is called when a value or an error has come.
    JobValue(JobQueue& jobs, QString lane, std::function<void()> changed)
        : m_jobs(jobs)
        , m_lane(std::move(lane))
        , m_changed(std::move(changed))
    {
        m_delay.setSingleShot(true);
        // Selections made with the arrow keys should not compute every tensor on the way.
        m_delay.setInterval(120);
        QObject::connect(&m_delay, &QTimer::timeout, &m_delay, [this] { start(); });
    }
    ~JobValue() { stop(); }
    JobValue(const JobValue&) = delete;
    JobValue& operator=(const JobValue&) = delete;

    /// The last value, of whatever key; nullptr before the first.
    [[nodiscard]] const T* value() const { return m_value ? &*m_value : nullptr; }
    /// Whether value() is the one of this key.
    [[nodiscard]] bool has(const QString& key) const { return m_value && m_key == key; }
    /// Why there is no value for this key.
    [[nodiscard]] std::optional<Error> errorOf(const QString& key) const
    {
        return m_error && m_errorKey == key ? m_error : std::nullopt;
    }

    /// Has the value of `key` computed, unless it is there, failed, or under way.
    void want(const QString& key, const QString& title, Work work)
    {
        if (has(key) || (m_error && m_errorKey == key) || m_wanted == key)
            return;
        stop();
        m_wanted = key;
        m_title = title;
        m_work = std::move(work);
        m_delay.start();
    }
    /// Stops what is under way; the value stays.
    void stop()
    {
        m_delay.stop();
        m_wanted.clear();
        m_alive = std::make_shared<bool>(true); // what an old job brings is dropped
        if (m_job)
            m_job->cancel();
        m_job = nullptr;
    }
    void clear()
    {
        stop();
        m_value.reset();
        m_error.reset();
        m_key.clear();
    }

private:
    void start()
    {
        std::weak_ptr<bool> alive = m_alive;
        m_job = m_jobs.run<T>(
            m_title, m_lane, std::move(m_work), [this, alive, key = m_wanted](Result<T> result) {
                if (alive.expired())
                    return;
                take(key, std::move(result));
            });
    }
    void take(const QString& key, Result<T> result)
    {
        m_job = nullptr;
        m_wanted.clear();
        if (result) {
            m_value = std::move(*result);
            m_key = key;
            m_error.reset();
        } else {
            m_error = result.error();
            m_errorKey = key;
        }
        m_changed();
    }

    JobQueue& m_jobs;
    QString m_lane;
    std::function<void()> m_changed;
    QTimer m_delay;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    QPointer<Job> m_job;
    QString m_wanted;
    QString m_title;
    Work m_work;
    QString m_key;
    std::optional<T> m_value;
    QString m_errorKey;
    std::optional<Error> m_error;
};

} // namespace bitwright::views
