// The window as a person feels it, offscreen: time to the first picture, a large tree, a large outlier map,
// an edit with everything repainted, and memory. Usage: bench_window [SAMPLE [MINILM [GEMMA DUMP]]]; what is
// not named is not measured.
#include "app/gui/capture.h"
#include "app/gui/main_window.h"
#include "tests/support/safetensors_writer.h"
#include "views/charts/outlier_map.h"
#include "views/charts/size_treemap.h"
#include "views/panels/tree_panel.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMouseEvent>
#include <QProcess>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTreeView>
#include <QWheelEvent>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <vector>

using namespace bitwright;
using namespace bitwright::gui;
using namespace bitwright::views;

namespace {

MainWindow::Options scripted()
{
    MainWindow::Options options;
    options.appearance = Appearance::Light;
    options.keepSettings = false;
    options.automaticProject = false;
    return options;
}

double milliseconds(const QElapsedTimer& clock)
{
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

/// "VmHWM" (peak) or "VmRSS" (now) in MB.
double memoryMegabytes(const char* field)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray& line : file.readAll().split('\n'))
        if (line.startsWith(field))
            return line.mid(static_cast<qsizetype>(std::strlen(field)) + 1)
                       .simplified()
                       .split(' ')
                       .first()
                       .toDouble()
                / 1024;
    return 0;
}

/// Processor time of this thread: comparable on a busy machine.
double threadMilliseconds()
{
    timespec now = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

void print(const char* what, std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
        return times[std::min(
            times.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.size())))];
    };
    std::printf("%-52s median %8.2f ms   95 %% %8.2f ms   worst %8.2f ms   of %zu\n", what, at(0.5), at(0.95),
        times.back(), times.size());
    std::fflush(stdout);
}

/// Lets everything that is posted happen, paints included.
void settle()
{
    QApplication::sendPostedEvents();
    QApplication::processEvents();
}

// --- Started as a process of its own ---

/// Shows the window with the model; says "picture" once the tree and the views are painted from its headers.
int showFirstPicture(const QStringList& inputs)
{
    MainWindow window(scripted());
    window.resize(1440, 900);
    window.show();
    window.openPaths(inputs);
    while (!window.document().isOpen() && !window.jobs().isIdle())
        QApplication::processEvents(QEventLoop::AllEvents, 1);
    settle();
    const auto* tree = window.panel(QStringLiteral("tree"))->findChild<QTreeView*>();
    if (!window.document().isOpen() || tree == nullptr || tree->model()->rowCount() == 0
        || window.grab().isNull())
        return 1;
    std::printf("picture\n");
    std::fflush(stdout);
    std::_Exit(0); // what follows is not asked for
}

int sayMemory(const QStringList& inputs)
{
    MainWindow window(scripted());
    window.resize(1440, 900);
    window.show();
    window.openPaths(inputs);
    if (!waitForWork(window).isEmpty())
        return 1;
    selectTelling(window);
    for (const char* name : {"look", "plan", "export"}) {
        window.showPerspective(QLatin1String(name));
        if (!waitForWork(window).isEmpty())
            return 1;
    }
    std::printf("memory of the window, all work done, three perspectives seen: %.0f MB, peak %.0f MB\n",
        memoryMegabytes("VmRSS:"), memoryMegabytes("VmHWM:"));
    return 0;
}

// --- Measured from here ---

void measureFirstPicture(const char* what, const QStringList& inputs)
{
    std::vector<double> times;
    for (int round = 0; round < 5; ++round) {
        QElapsedTimer clock;
        clock.start();
        QProcess process;
        process.start(
            QCoreApplication::applicationFilePath(), QStringList{QStringLiteral("--picture")} + inputs);
        if (!process.waitForFinished(60000) || process.exitCode() != 0)
            return void(std::printf("%s: failed\n", what));
        times.push_back(milliseconds(clock));
    }
    print(what, times);
}

/// From the call to open a model in a running window to a painted tree.
void measureOpening(const char* what, const QStringList& inputs)
{
    std::vector<double> times;
    for (int round = 0; round < 5; ++round) {
        MainWindow window(scripted());
        window.resize(1440, 900);
        window.show();
        settle();
        auto* tree = window.panel(QStringLiteral("tree"))->findChild<QTreeView*>();
        QElapsedTimer clock;
        clock.start();
        window.openPaths(inputs);
        while (!window.document().isOpen() && !window.jobs().isIdle())
            QApplication::processEvents(QEventLoop::AllEvents, 1);
        const QPixmap picture = tree->grab();
        times.push_back(milliseconds(clock));
        if (tree->model()->rowCount() == 0)
            return void(std::printf("%s: nothing in the tree\n", what));
    }
    print(what, times);
}

void measureTree(const QString& folder)
{
    constexpr int kTensors = 100'000;
    const QString path = folder + QStringLiteral("/many.safetensors");
    test::SafetensorsWriter writer;
    // Vectors: nothing to plan, so that the tree alone is measured.
    for (int i = 0; i < kTensors; ++i)
        writer.add("model.layers." + std::to_string(i / 1000) + ".experts." + std::to_string(i % 1000)
                + ".norm.weight",
            "BF16", {4}, std::string(8, '\0'));
    if (!writer.write(path.toStdString()))
        return;
    JobQueue jobs;
    Document document(jobs);
    TreePanel panel(document);
    panel.resize(320, 900);
    panel.show();
    settle();
    auto* tree = panel.findChild<QTreeView*>();
    auto* filter = panel.findChild<QLineEdit*>();
    QElapsedTimer clock;
    clock.start();
    document.open({path.toStdString(), {}, {}});
    while (!document.isOpen())
        QApplication::processEvents(QEventLoop::AllEvents, 1);
    panel.grab();
    print("tree of 100,000 tensors: open to first paint", {milliseconds(clock)});
    while (!jobs.isIdle())
        settle();
    for (int i = 0; i < 100; ++i) // a person's moment before the first key
        settle();
    std::vector<double> keys;
    for (const char* text : {"9", "99", "999", "999 ", "999 n", "999 no", "", "layers.7", "layers.77", ""}) {
        clock.start();
        filter->setText(QLatin1String(text));
        settle();
        panel.grab();
        keys.push_back(milliseconds(clock));
    }
    print("tree of 100,000 tensors: filter keystroke", keys);
    tree->expandAll();
    settle();
    std::vector<double> frames;
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i) {
        auto* bar = tree->verticalScrollBar();
        clock.start();
        bar->setValue(static_cast<int>(random() % static_cast<unsigned>(std::max(1, bar->maximum()))));
        tree->viewport()->repaint();
        frames.push_back(milliseconds(clock));
    }
    print("tree of 100,000 tensors: scroll frame", frames);
}

void measureOutlierMap()
{
    OutlierMapData data;
    data.measure = QStringLiteral("max |x|");
    std::mt19937 random(1);
    std::lognormal_distribution<float> values(0.0F, 1.0F);
    for (int row = 0; row < 126; ++row) {
        OutlierRow site;
        site.name = site.label = QString::number(row);
        site.block = row / 2;
        site.values.resize(28'672);
        for (float& value : site.values)
            value = values(random);
        data.rows.push_back(std::move(site));
    }
    std::vector<double> first, zooms;
    for (int round = 0; round < 5; ++round) {
        OutlierMap map;
        map.resize(1200, 700);
        map.show();
        settle();
        QElapsedTimer clock;
        clock.start();
        map.setData(data);
        map.grab();
        first.push_back(milliseconds(clock));
        const QPointF middle = QRectF(map.rect()).center();
        for (int step = 0; step < 30; ++step) {
            QWheelEvent wheel(middle, map.mapToGlobal(middle), {}, {0, step % 10 < 7 ? 120 : -240},
                Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
            clock.start();
            QApplication::sendEvent(&map, &wheel);
            map.repaint();
            settle(); // the frame is drawn when the event loop runs again
            zooms.push_back(milliseconds(clock));
        }
    }
    print("outlier map 126 x 28,672: first paint", first);
    print("outlier map 126 x 28,672: zoom frame", zooms);
}

void measureTreemap(int count)
{
    TreemapData data;
    std::mt19937 random(1);
    std::lognormal_distribution<double> bytes(10.0, 2.0);
    for (int group = 0; group < 12; ++group)
        data.groups << QStringLiteral("role %1").arg(group);
    for (int i = 0; i < count; ++i) {
        TreemapItem item;
        item.name = QStringLiteral("model.layers.%1.experts.%2.weight").arg(i / 1000).arg(i % 1000);
        item.bytes = bytes(random);
        item.value = 2 + i % 7;
        item.group = i % 12;
        data.items.push_back(std::move(item));
    }
    SizeTreemap map;
    map.resize(900, 700);
    map.show();
    settle();
    QElapsedTimer clock;
    clock.start();
    map.setData(data);
    map.grab();
    const std::vector<double> first{milliseconds(clock)};
    std::vector<double> edits, hovers, zooms;
    for (int i = 0; i < 20; ++i) {
        data.items[random() % data.items.size()].value = 8;
        TreemapData next = data;
        clock.start();
        map.setData(std::move(next));
        map.repaint();
        settle();
        edits.push_back(milliseconds(clock));
        const QPointF at(static_cast<double>(random() % 900), static_cast<double>(random() % 600));
        QMouseEvent move(
            QEvent::MouseMove, at, map.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        clock.start();
        QApplication::sendEvent(&map, &move);
        settle();
        hovers.push_back(milliseconds(clock));
        QWheelEvent wheel(at, map.mapToGlobal(at), {}, {0, i % 10 < 7 ? 120 : -240}, Qt::NoButton,
            Qt::NoModifier, Qt::NoScrollPhase, false);
        clock.start();
        QApplication::sendEvent(&map, &wheel);
        map.repaint();
        settle();
        zooms.push_back(milliseconds(clock));
    }
    const std::string what = "treemap of " + std::to_string(count) + " tensors: ";
    print((what + "first paint").c_str(), first);
    print((what + "other colors").c_str(), edits);
    print((what + "hover").c_str(), hovers);
    print((what + "zoom frame").c_str(), zooms);
}

/// An edit and a change of selection with every visible view of a perspective repainted.
void measureEdits(const QString& folder)
{
    constexpr int kBlocks = 1429;
    const QString path = folder + QStringLiteral("/units.safetensors");
    {
        test::SafetensorsWriter writer;
        std::string bytes(64 * 64 * 2, '\0');
        std::mt19937 random(1);
        const char* const names[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
            "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"};
        for (std::size_t i = 0; i < bytes.size(); i += 2) {
            bytes[i] = static_cast<char>(random());
            bytes[i + 1] = static_cast<char>((random() & 1U) << 7U | 0x3CU);
        }
        for (int block = 0; block < kBlocks; ++block)
            for (const char* name : names)
                writer.add("model.layers." + std::to_string(block) + "." + name + ".weight", "BF16", {64, 64},
                    bytes);
        if (!writer.write(path.toStdString()))
            return;
    }
    MainWindow window(scripted());
    window.resize(1440, 900);
    window.show();
    window.showPerspective(QStringLiteral("plan"));
    window.openPaths({path});
    if (!waitForWork(window).isEmpty() || !window.document().space())
        return void(std::printf("edits: the model could not be planned\n"));
    auto& document = window.document();
    const int units = static_cast<int>(document.space()->units().size());
    std::printf("edits: %d units\n", units);
    std::vector<double> edits, selections, processor;
    std::mt19937 random(2);
    for (int i = 0; i < 60; ++i) {
        const int unit = static_cast<int>(random() % static_cast<unsigned>(units));
        QElapsedTimer clock;
        clock.start();
        document.selectUnits({unit});
        settle();
        selections.push_back(milliseconds(clock));
        const auto index = static_cast<std::size_t>(unit);
        const auto& held = document.space()->cell(index, document.choice()[index]).resolved;
        // Never the width that the unit has: that would be no edit.
        const int bits = 8.0 * static_cast<double>(held.bytes)
                < 6.0 * static_cast<double>(document.space()->units()[index].parameters())
            ? 8
            : 4;
        clock.start();
        const double before = threadMilliseconds();
        document.setBits({unit}, bits);
        settle();
        processor.push_back(threadMilliseconds() - before);
        edits.push_back(milliseconds(clock));
    }
    print("edit of a plan of 10,003 units to repainted views", edits);
    print("the same, processor time of the UI thread alone", processor);
    print("selection among 10,003 units to repainted views", selections);
    waitForWork(window).isEmpty() ? void()
                                  : void(std::printf("edits: %s\n", qPrintable(window.lastMessage())));
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QStringList inputs = QApplication::arguments().mid(1);
    const QString mode = inputs.value(0);
    if (mode == QLatin1String("--picture"))
        return showFirstPicture(inputs.mid(1));
    if (mode == QLatin1String("--memory"))
        return sayMemory(inputs.mid(1));
    const QTemporaryDir folder;
    if (inputs.size() > 0)
        measureFirstPicture("sample: process start to first picture", {inputs[0]});
    if (inputs.size() > 1)
        measureOpening("MiniLM: folder to painted tree", {inputs[1]});
    measureTree(folder.path());
    measureOutlierMap();
    measureTreemap(10'000);
    measureTreemap(100'000);
    measureEdits(folder.path());
    if (inputs.size() > 3) {
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedChannels);
        process.start(
            QCoreApplication::applicationFilePath(), {QStringLiteral("--memory"), inputs[2], inputs[3]});
        process.waitForFinished(-1);
    }
    return 0;
}
