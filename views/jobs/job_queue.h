#pragma once

#include "views/jobs/job.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace bitwright::views {

/// All jobs of a window, newest last: starts them lane by lane and shows them as a table. Destroying it
/// cancels and waits.
class JobQueue : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        TitleColumn,
        StateColumn,
        ProgressColumn,
        StageColumn,
        ElapsedColumn,
        LeftColumn,
        StartedColumn,
        OutcomeColumn,
        ColumnCount,
    };
    /// Fraction 0..1 of ProgressColumn, for a delegate that draws a bar.
    static constexpr int FractionRole = Qt::UserRole + 1;

    explicit JobQueue(QObject* parent = nullptr);
    ~JobQueue() override;

    /// Adds a job and starts it as soon as its lane is free.
    template <typename T>
    Job* run(const QString& title, const QString& lane, typename TypedJob<T>::Work work,
        typename TypedJob<T>::Done done)
    {
        return add(std::make_unique<TypedJob<T>>(title, lane, std::move(work), std::move(done)));
    }

    [[nodiscard]] Job* jobAt(int row) const;
    [[nodiscard]] bool isIdle() const; ///< Nothing queued or running.
    [[nodiscard]] Job* current() const; ///< The oldest running job, or nullptr.
    void cancelAll();
    /// Cancels everything and waits: after it no worker runs.
    void shutDown();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void jobChanged(Job* job);
    void jobFinished(Job* job);
    void becameIdle();

private:
    Job* add(std::unique_ptr<Job> job);
    void startNext();
    void forgetOldest();
    [[nodiscard]] int rowOf(const Job* job) const;
    static constexpr std::size_t kMostJobs = 1000;
    [[nodiscard]] QString stateText(const Job& job) const;

    /// Not the program's: Qt paints with that one, and a window whose painting waits for a free thread among
    /// jobs stands still until a job ends.
    QThreadPool m_pool;
    std::vector<std::unique_ptr<Job>> m_jobs;
    bool m_shuttingDown = false;
};

/// "1.2 s", "3 min 05 s": for elapsed and remaining times.
[[nodiscard]] QString durationText(double seconds);

} // namespace bitwright::views
