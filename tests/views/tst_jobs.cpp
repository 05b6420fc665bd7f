// Jobs and their queue: lanes, cancelling, failures, progress, the end of the program.
#include "views/jobs/job_queue.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QSignalSpy>
#include <QThread>
#include <QtTest/QTest>

#include <atomic>
#include <stdexcept>

using namespace bitwright;
using namespace bitwright::views;

namespace {

/// Work that lasts until it is told to end, or to stop.
Result<int> waitUntil(const std::atomic<bool>& end, const RunContext& context)
{
    while (!end) {
        BITWRIGHT_CHECK(context.checkStop());
        QThread::msleep(1);
    }
    return 1;
}

} // namespace

class TestJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jobsOfALaneRunInTurn();
    void lanesRunSideBySide();
    void cancelArrivesAsCancelled();
    void cancelOfAWaitingJob();
    void throwBecomesFailed();
    void progressNeverDecreases();
    void jobsMayBeAddedFromSignals();
    void destructorWaits();
    void shutDownStartsNothing();
    void durations();
};

void TestJobs::jobsOfALaneRunInTurn()
{
    JobQueue jobs;
    const QAbstractItemModelTester tester(&jobs, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::atomic<int> running = 0, most = 0;
    std::vector<int> order;
    for (int i = 0; i < 5; ++i) {
        jobs.run<int>(
            QStringLiteral("job"), QStringLiteral("lane"),
            [&running, &most, i](const RunContext&) -> Result<int> {
                most = std::max(most.load(), ++running);
                QThread::msleep(5);
                --running;
                return i;
            },
            [&order](Result<int> result) { order.push_back(result.value_or(-1)); });
    }
    QVERIFY(!jobs.isIdle());
    QTRY_VERIFY(jobs.isIdle());
    QCOMPARE(most.load(), 1);
    QCOMPARE(order, (std::vector<int>{0, 1, 2, 3, 4}));
    for (int row = 0; row < jobs.rowCount(); ++row)
        QVERIFY(jobs.jobAt(row)->state() == Job::State::Done);
}

void TestJobs::lanesRunSideBySide()
{
    JobQueue jobs;
    // Each waits for the other: one after the other they would never end.
    std::atomic<bool> first = false, second = false;
    std::atomic<int> done = 0;
    const auto add = [&](const QString& lane, std::atomic<bool>& mine, std::atomic<bool>& other) {
        jobs.run<int>(
            lane, lane,
            [&mine, &other](const RunContext& context) -> Result<int> {
                mine = true;
                return waitUntil(other, context);
            },
            [&done](Result<int> result) { done += result ? 1 : 0; });
    };
    add(QStringLiteral("a"), first, second);
    add(QStringLiteral("b"), second, first);
    QTRY_VERIFY_WITH_TIMEOUT(jobs.isIdle(), 5000);
    QCOMPARE(done.load(), 2);
}

void TestJobs::cancelArrivesAsCancelled()
{
    JobQueue jobs;
    const std::atomic<bool> never = false;
    int calls = 0;
    ErrorCode code = ErrorCode::Internal;
    Job* job = jobs.run<int>(
        QStringLiteral("job"), QStringLiteral("lane"),
        [&never](const RunContext& context) { return waitUntil(never, context); },
        [&](Result<int> result) {
            ++calls;
            code = result.error().code;
        });
    QSignalSpy finished(job, &Job::finished);
    QTRY_VERIFY(job->state() == Job::State::Running);
    QCOMPARE(jobs.current(), job);
    job->cancel();
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(job->state() == Job::State::Cancelled);
    QCOMPARE(calls, 1);
    QVERIFY(code == ErrorCode::Cancelled);
    QVERIFY(jobs.current() == nullptr);
    job->cancel(); // over is over
    QTest::qWait(10);
    QCOMPARE(finished.count(), 1);
}

void TestJobs::cancelOfAWaitingJob()
{
    JobQueue jobs;
    std::atomic<bool> end = false, began = false;
    int calls = 0;
    jobs.run<int>(QStringLiteral("long"), QStringLiteral("lane"),
        [&end](const RunContext& context) { return waitUntil(end, context); }, {});
    Job* waiting = jobs.run<int>(
        QStringLiteral("waiting"), QStringLiteral("lane"),
        [&began](const RunContext&) -> Result<int> {
            began = true;
            return 1;
        },
        [&calls](Result<int> result) {
            calls += !result && result.error().code == ErrorCode::Cancelled ? 1 : 100;
        });
    QTRY_VERIFY(jobs.current() != nullptr);
    QVERIFY(waiting->state() == Job::State::Queued);
    waiting->cancel();
    QCOMPARE(calls, 0); // never in the middle of the call
    QTRY_VERIFY(waiting->state() == Job::State::Cancelled);
    QCOMPARE(calls, 1);
    QVERIFY(!jobs.isIdle());
    end = true;
    QTRY_VERIFY(jobs.isIdle());
    QVERIFY(!began);
    QCOMPARE(calls, 1);
}

void TestJobs::throwBecomesFailed()
{
    JobQueue jobs;
    const auto add = [&](std::function<void()> thrower) {
        return jobs.run<int>(QStringLiteral("job"), QStringLiteral("lane"),
            [thrower](const RunContext&) -> Result<int> {
                thrower();
                return 1;
            },
            {});
    };
    const Job* runtime = add([] { throw std::runtime_error("boom"); });
    const Job* memory = add([] { throw std::bad_alloc(); });
    const Job* odd = add([] { throw 42; });
    const Job* error = jobs.run<int>(QStringLiteral("job"), QStringLiteral("lane"),
        [](const RunContext&) -> Result<int> { return fail(ErrorCode::Format, "Bad bytes."); }, {});
    const Job* after = add([] {});
    QTRY_VERIFY(jobs.isIdle());
    for (const Job* job : {runtime, memory, odd, error})
        QVERIFY(job->state() == Job::State::Failed);
    QVERIFY(runtime->error().code == ErrorCode::Internal);
    QVERIFY(runtime->error().message.find("boom") != std::string::npos);
    QVERIFY(memory->error().code == ErrorCode::OutOfMemory);
    QVERIFY(odd->error().code == ErrorCode::Internal);
    QVERIFY(error->error().code == ErrorCode::Format);
    QVERIFY(after->state() == Job::State::Done);
    QVERIFY(jobs.index(3, JobQueue::StageColumn).data().toString().contains(QStringLiteral("Bad bytes")));
    QCOMPARE(jobs.index(3, JobQueue::StateColumn).data().toString(), QStringLiteral("failed"));
}

void TestJobs::progressNeverDecreases()
{
    JobQueue jobs;
    Job* job = jobs.run<int>(QStringLiteral("job"), QStringLiteral("lane"),
        [](const RunContext& context) -> Result<int> {
            for (int i = 0; i < 200; ++i) {
                context.report(i % 3 == 2 ? 0.1 : i / 250.0, "stage " + std::to_string(i));
                QThread::usleep(300);
            }
            return 1;
        },
        {});
    double last = 0;
    bool decreased = false;
    int seen = 0;
    connect(job, &Job::changed, job, [&] {
        decreased = decreased || job->fraction() < last;
        last = job->fraction();
        ++seen;
    });
    QTRY_VERIFY(jobs.isIdle());
    QVERIFY(!decreased);
    QVERIFY(seen > 5);
    QCOMPARE(last, 1.0);
    QCOMPARE(jobs.index(0, JobQueue::ProgressColumn).data(JobQueue::FractionRole).toDouble(), 1.0);
    QVERIFY(job->secondsElapsed() > 0.05);
    QVERIFY(!job->secondsLeft());
}

void TestJobs::jobsMayBeAddedFromSignals()
{
    JobQueue jobs;
    int added = 0, done = 0;
    const auto add = [&] {
        ++added;
        jobs.run<int>(
            QStringLiteral("job"), QStringLiteral("lane %1").arg(added),
            [](const RunContext&) -> Result<int> { return 1; }, [&done](Result<int>) { ++done; });
    };
    connect(&jobs, &JobQueue::jobChanged, &jobs, [&](Job* job) {
        if (job->state() == Job::State::Running && added < 200)
            add();
    });
    for (int i = 0; i < 3; ++i)
        add();
    QTRY_VERIFY(jobs.isIdle() && added >= 200);
    QCOMPARE(done, added);
    QCOMPARE(jobs.rowCount(), added);
}

void TestJobs::destructorWaits()
{
    std::atomic<bool> began = false, left = false, never = false;
    int calls = 0;
    {
        JobQueue jobs;
        jobs.run<int>(
            QStringLiteral("job"), QStringLiteral("lane"),
            [&began, &left, &never](const RunContext& context) -> Result<int> {
                began = true;
                auto result = waitUntil(never, context);
                QThread::msleep(30);
                left = true;
                return result;
            },
            [&calls](Result<int>) { ++calls; });
        QTRY_VERIFY(began); // a job that is stopped before it begins never runs
    }
    QVERIFY(left);
    QTest::qWait(10);
    QCOMPARE(calls, 0); // its owner may be gone
}

void TestJobs::shutDownStartsNothing()
{
    JobQueue jobs;
    const std::atomic<bool> never = false;
    std::atomic<bool> began = false;
    jobs.run<int>(QStringLiteral("a"), QStringLiteral("lane"),
        [&never](const RunContext& context) { return waitUntil(never, context); }, {});
    jobs.run<int>(QStringLiteral("b"), QStringLiteral("lane"),
        [&began](const RunContext&) -> Result<int> {
            began = true;
            return 1;
        },
        {});
    QTRY_VERIFY(jobs.current() != nullptr);
    jobs.shutDown();
    QTest::qWait(30);
    QVERIFY(!began);
}

void TestJobs::durations()
{
    QLocale::setDefault(QLocale::c());
    QCOMPARE(durationText(1.24), QStringLiteral("1.2 s"));
    QCOMPARE(durationText(59.4), QStringLiteral("59 s"));
    QCOMPARE(durationText(59.9), QStringLiteral("1 min 00 s"));
    QCOMPARE(durationText(185.2), QStringLiteral("3 min 05 s"));
}

QTEST_MAIN(TestJobs)
#include "tst_jobs.moc"
