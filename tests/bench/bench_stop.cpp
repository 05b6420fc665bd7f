// How long every long work of the window takes to end after it was canceled in the middle, offscreen.
#include "tests/support/long_work.h"

#include <QApplication>
#include <QElapsedTimer>

#include <cstdio>

using namespace bitwright;
using namespace bitwright::views;

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    for (const QString& work : test::LongWork::all()) {
        const QTemporaryDir folder;
        test::LongWork begun(folder.path());
        Job* job = begun.begin(work);
        if (job == nullptr) {
            std::printf("%-8s ended before it could be stopped\n", qPrintable(work));
            continue;
        }
        QElapsedTimer clock;
        double milliseconds = -1;
        QObject::connect(job, &Job::finished, job,
            [&] { milliseconds = static_cast<double>(clock.nsecsElapsed()) / 1e6; });
        clock.start();
        job->cancel();
        (void)QTest::qWaitFor([&] { return milliseconds >= 0; }, 60000);
        std::printf("%-8s canceled: ended after %7.1f ms\n", qPrintable(work), milliseconds);
        std::fflush(stdout);
        begun.window->jobs().cancelAll();
        (void)QTest::qWaitFor([&] { return begun.window->jobs().isIdle(); }, 60000);
    }
    return 0;
}
