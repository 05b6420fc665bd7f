#include "app/gui/capture.h"

#include "app/gui/main_window.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPixmap>
#include <QThread>

#include <algorithm>

namespace bitwright::gui {

using namespace views;

namespace {

/// Lets timers and repaints happen for some milliseconds.
void settle(int milliseconds)
{
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < milliseconds) {
        QApplication::processEvents(QEventLoop::AllEvents, 10);
        QThread::msleep(2);
    }
}

} // namespace

QString waitForWork(MainWindow& window)
{
    constexpr int kQuietMs = 400; // longer than every delay timer of the panels
    constexpr int kRounds = 20; // on a busy machine one painting may take as long as that
    QElapsedTimer quiet;
    quiet.start();
    for (int rounds = 0; quiet.elapsed() < kQuietMs || rounds < kRounds; ++rounds) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(2);
        const bool working = std::any_of(window.panels().begin(), window.panels().end(),
            [](const Panel* panel) { return panel->isWorking(); });
        if (working || !window.jobs().isIdle()) {
            quiet.restart();
            rounds = 0;
        }
    }
    return window.document().isOpen() ? QString() : window.lastMessage();
}

void selectTelling(MainWindow& window)
{
    Document& document = window.document();
    if (!document.isOpen() || document.workspace()->units().empty())
        return;
    // The first down projection: where massive activations are made; else the largest matrix.
    const auto& units = document.workspace()->units();
    int unit = 0;
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (units[i].role == model::Role::Down) {
            unit = static_cast<int>(i);
            break;
        }
    }
    document.selectUnits({unit});
    const auto report = document.outliers(0);
    if (report && report->maximum)
        document.selection().setSite(static_cast<int>(report->maximum->site),
            report->maximum->channel ? static_cast<int>(*report->maximum->channel) : -1);
}

QString captureViews(MainWindow& window, const QString& folder)
{
    if (!QDir().mkpath(folder))
        return QStringLiteral("%1: cannot make this folder.").arg(folder);
    const QStringList views = {QStringLiteral("overview"), QStringLiteral("activation-maxima"),
        QStringLiteral("outlier-map"), QStringLiteral("weights"), QStringLiteral("spectrum"),
        QStringLiteral("sensitivity"), QStringLiteral("pareto"), QStringLiteral("allocation"),
        QStringLiteral("difference"), QStringLiteral("export"), QStringLiteral("look"),
        QStringLiteral("plan"), QStringLiteral("learn"), QStringLiteral("harm")};
    int number = 0;
    for (const QString& view : views) {
        window.showPerspective(view);
        settle(60);
        if (const QString failure = waitForWork(window); !failure.isEmpty())
            return failure;
        const QString file = QDir(folder).filePath(
            QStringLiteral("%1-%2.png").arg(++number, 2, 10, QLatin1Char('0')).arg(view));
        if (!window.grab().save(file))
            return QStringLiteral("%1: not saved.").arg(file);
    }
    return {};
}

QStringList knownViews(const MainWindow& window)
{
    QStringList known;
    for (Panel* panel : window.panels()) {
        if (panel->surface() == nullptr)
            continue;
        known.push_back(panel->id());
        for (const QString& word : panel->chartWords())
            known.push_back(panel->id() + u'/' + word);
    }
    return known;
}

QString unknownView(const MainWindow& window, const QString& view)
{
    const QStringList known = knownViews(window);
    return known.contains(view)
        ? QString()
        : QStringLiteral("There is no chart \"%1\". Known: %2.").arg(view, known.join(QStringLiteral(", ")));
}

QString selectNamed(MainWindow& window, const QString& name)
{
    Document& document = window.document();
    const auto& checkpoint = document.workspace()->checkpoint();
    if (const auto exact = checkpoint.find(name.toStdString())) {
        document.selectTensor(static_cast<int>(*exact));
        return {};
    }
    QStringList found;
    int index = -1;
    for (std::size_t i = 0; i < checkpoint.tensors().size(); ++i) {
        const QString tensor = QString::fromStdString(escapedForDisplay(checkpoint.tensors()[i].name));
        if (!tensor.contains(name))
            continue;
        found.push_back(tensor);
        index = static_cast<int>(i);
    }
    if (found.size() == 1) {
        document.selectTensor(index);
        return {};
    }
    return found.isEmpty() ? QStringLiteral("No tensor is called \"%1\".").arg(name)
                           : QStringLiteral("%1 tensors are called so: %2…")
                                 .arg(found.size())
                                 .arg(found.mid(0, 3).join(QStringLiteral(", ")));
}

QString renderView(MainWindow& window, const QString& view, const QString& file, QSize size)
{
    if (const QString unknown = unknownView(window, view); !unknown.isEmpty())
        return unknown;
    const QString page = view.section(u'/', 0, 0);
    Panel* panel = window.panel(page);
    window.showPerspective(page);
    ChartSurface* chart = panel->showChart(view.section(u'/', 1));
    settle(60);
    if (const QString failure = waitForWork(window); !failure.isEmpty())
        return failure;
    QString error;
    if (!chart->saveTo(file, size, &error))
        return QStringLiteral("%1: Not saved: %2").arg(file, error);
    return {};
}

} // namespace bitwright::gui
