#pragma once

#include "core/base/run_context.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QThreadPool>
#include <QtConcurrentRun>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace bitwright::views {

/// What a person sees of one piece of long work. All members belong to the UI thread; work runs elsewhere.
class Job : public QObject
{
    Q_OBJECT

public:
    enum class State
    {
        Queued,
        Running,
        Done,
        Failed,
        Cancelled,
    };
    Q_ENUM(State)

    ~Job() override;

    [[nodiscard]] const QString& title() const { return m_title; }
    /// Jobs with the same lane run one after the other; different lanes run side by side.
    [[nodiscard]] const QString& lane() const { return m_lane; }
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool isOver() const { return m_state != State::Queued && m_state != State::Running; }
    [[nodiscard]] double fraction() const { return m_fraction; } ///< 0..1, never decreasing.
    [[nodiscard]] const QString& stage() const { return m_stage; }
    [[nodiscard]] const Error& error() const { return m_error; } ///< Of a failed job.
    [[nodiscard]] double secondsElapsed() const;
    /// Estimate from progress so far; nothing before 2 % or the first second.
    [[nodiscard]] std::optional<double> secondsLeft() const;

    /// Percent or bytes per second since the start; empty before the first second and after the end.
    [[nodiscard]] QString rateText() const;
    /// Says that the whole work is this many bytes, so that the rate is given in bytes.
    void setAmount(double bytes) { m_amount = bytes; }
    [[nodiscard]] const QDateTime& startedAt() const { return m_startedAt; } ///< Invalid while it waits.
    /// Parts that failed while the rest went on, one line each.
    [[nodiscard]] const QStringList& failures() const { return m_failures; }
    void addFailure(const QString& line);
    /// "done", "done, 2 failed: ...", "failed: why", "canceled".
    [[nodiscard]] QString outcome() const;

    /// Asks the work to stop; `finished` follows with State::Cancelled, usually well within a second. Work
    /// that waits for its lane is not begun any more.
    void cancel();

Q_SIGNALS:
    void changed();
    void finished();

protected:
    Job(QString title, QString lane);
    /// Starts the work on a pool thread.
    virtual void begin() = 0;
    /// Delivers Cancelled without any work.
    virtual void abandon() = 0;
    /// Blocks until the work has left the pool thread.
    virtual void wait() = 0;

    [[nodiscard]] RunContext runContext();
    void finishWith(State state, Error error = {});
    void requestStop() { m_stop.request_stop(); }
    [[nodiscard]] QThreadPool* pool() const { return m_pool; }

private:
    friend class JobQueue;
    void start();
    void takeProgress();

    QThreadPool* m_pool = nullptr; ///< Of the queue.
    QString m_title;
    QString m_lane;
    State m_state = State::Queued;
    double m_fraction = 0;
    QString m_stage;
    Error m_error;
    QElapsedTimer m_clock;
    qint64 m_finalMs = 0;
    double m_amount = 0;
    QDateTime m_startedAt;
    QStringList m_failures;
    std::stop_source m_stop;
    std::mutex m_progressMutex; ///< Guards the pending values, written by workers.
    double m_pendingFraction = 0;
    std::string m_pendingStage;
    bool m_progressPosted = false;
};

/// A job whose work yields a T. `work` runs off the UI thread; `done` runs on it, unless the job's owner is
/// gone.
template <typename T>
class TypedJob final : public Job
{
public:
    using Work = std::function<Result<T>(const RunContext&)>;
    using Done = std::function<void(Result<T>)>;

    TypedJob(QString title, QString lane, Work work, Done done)
        : Job(std::move(title), std::move(lane))
        , m_work(std::move(work))
        , m_done(std::move(done))
    { }

    ~TypedJob() override
    {
        requestStop();
        TypedJob::wait();
    }

protected:
    void begin() override
    {
        auto holder = std::make_shared<std::optional<Result<T>>>();
        QObject::connect(
            &m_watcher, &QFutureWatcher<void>::finished, this, [this, holder] { deliver(**holder); });
        m_watcher.setFuture(QtConcurrent::run(pool(), [work = m_work, context = runContext(), holder] {
            if (auto wanted = context.checkStop(); !wanted) { // cancelled while it waited
                holder->emplace(fail(std::move(wanted.error())));
                return;
            }
            try {
                holder->emplace(work(context));
            } catch (const std::bad_alloc&) {
                holder->emplace(fail(ErrorCode::OutOfMemory, "Not enough memory for this step."));
            } catch (const std::exception& failure) {
                holder->emplace(fail(ErrorCode::Internal, "{}", failure.what()));
            } catch (...) {
                holder->emplace(fail(ErrorCode::Internal, "An unknown exception was thrown."));
            }
        }));
    }

    void abandon() override
    {
        Result<T> cancelled = fail(ErrorCode::Cancelled, "Cancelled.");
        deliver(cancelled);
    }

    void wait() override { m_watcher.waitForFinished(); }

private:
    void deliver(Result<T>& result)
    {
        const State state = result                        ? State::Done
            : result.error().code == ErrorCode::Cancelled ? State::Cancelled
                                                          : State::Failed;
        const Error error = result ? Error{} : result.error();
        // What the work held on to, such as a model, must not live as long as the log of jobs.
        const Done done = std::exchange(m_done, nullptr);
        m_work = nullptr;
        if (done)
            done(std::move(result));
        finishWith(state, error);
    }

    Work m_work;
    Done m_done;
    QFutureWatcher<void> m_watcher;
};

} // namespace bitwright::views
