// Times what a person feels while planning, in the real window on the offscreen platform: dragging the Pareto
// handle (frontier states) and the budget line (solve included), single edits and selection changes, each
// until every visible view of the perspective "plan" is repainted. Usage: bench_pareto [--units N] [--frames
// N]; without --units 1,000 and 10,000.
#include "app/gui/capture.h"
#include "app/gui/main_window.h"
#include "tests/support/safetensors_writer.h"
#include "views/charts/pareto_chart.h"

#include <QApplication>
#include <QMouseEvent>
#include <QTemporaryDir>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace bitwright;
using namespace bitwright::views;

constexpr int kRoles = 7;

/// Seven small matrices per block, each with its own spread of weights, so that they differ in sensitivity.
bool writeModel(const std::string& path, int blocks)
{
    constexpr std::uint64_t kRows = 16, kCols = 128;
    const char* roles[kRoles] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
        "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"};
    test::SafetensorsWriter writer;
    std::uint64_t state = 1;
    for (int block = 0; block < blocks; ++block)
        for (const char* role : roles) {
            std::string bytes(kRows * kCols * 2, '\0');
            const auto exponent = static_cast<char>(0x38 + static_cast<int>((state >> 33U) % 8));
            for (std::size_t i = 0; i < bytes.size(); i += 2) {
                state = state * 6364136223846793005U + 1442695040888963407U;
                bytes[i] = static_cast<char>(state >> 40U);
                bytes[i + 1] = static_cast<char>((state >> 63U) << 7U | static_cast<unsigned char>(exponent));
            }
            writer.add(fmt::format("model.layers.{}.{}.weight", block, role), "BF16", {kRows, kCols}, bytes);
        }
    return writer.write(path);
}

struct Frame
{
    double wall = 0, cpu = 0; ///< Milliseconds; the second of this thread alone, whatever else runs.
};

double threadMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// Until an action is done and everything visible is painted.
Frame frame(const std::function<void()>& action)
{
    const auto start = std::chrono::steady_clock::now();
    const double cpu = threadMilliseconds();
    action();
    // Queued replots come first, the paints that they ask for second.
    QApplication::processEvents();
    QApplication::processEvents();
    return {std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count(),
        threadMilliseconds() - cpu};
}

void report(const std::string& what, const std::vector<Frame>& frames)
{
    std::vector<double> wall, cpu;
    for (const Frame& frame : frames) {
        wall.push_back(frame.wall);
        cpu.push_back(frame.cpu);
    }
    std::sort(wall.begin(), wall.end());
    std::sort(cpu.begin(), cpu.end());
    const auto at = [](const std::vector<double>& times, double share) {
        return times[std::min(
            times.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.size())))];
    };
    fmt::print("  {:<40} wall {:6.1f} ms (p95 {:6.1f})   UI thread {:6.1f} ms (p95 {:6.1f}, worst {:6.1f})\n",
        what, at(wall, 0.5), at(wall, 0.95), at(cpu, 0.5), at(cpu, 0.95), cpu.back());
    std::fflush(stdout);
}

void send(QWidget& widget, QEvent::Type type, const QPointF& at)
{
    const bool moves = type == QEvent::MouseMove;
    QMouseEvent event(type, at, widget.mapToGlobal(at), moves ? Qt::NoButton : Qt::LeftButton,
        type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

/// Drags from `from` by `width` pixels there and back.
std::vector<Frame> drag(ParetoChart& chart, const QPointF& from, double width, int frames)
{
    std::vector<Frame> times;
    send(chart, QEvent::MouseButtonPress, from);
    QPointF at = from;
    for (int i = 1; i <= frames; ++i) {
        at = from + QPointF(width * 0.5 * (1 - std::cos(2 * M_PI * i / frames)), 0);
        times.push_back(frame([&] { send(chart, QEvent::MouseMove, at); }));
    }
    send(chart, QEvent::MouseButtonRelease, at);
    return times;
}

int timeAt(int units, int frames)
{
    const QTemporaryDir folder;
    const int blocks = (units + kRoles - 1) / kRoles;
    const QString path = folder.filePath(QStringLiteral("bench.safetensors"));
    if (!writeModel(path.toStdString(), blocks))
        return 1;
    gui::MainWindow::Options options;
    options.keepSettings = false;
    options.automaticProject = false;
    gui::MainWindow window(options);
    window.resize(1440, 900);
    window.show();
    window.openPaths({path});
    if (const QString failure = gui::waitForWork(window); !failure.isEmpty()) {
        fmt::print("{}\n", failure.toStdString());
        return 1;
    }
    window.showPerspective(QStringLiteral("plan"));
    (void)gui::waitForWork(window);
    auto& document = window.document();
    auto* chart = window.panel(QStringLiteral("pareto"))->findChild<ParetoChart*>();
    fmt::print("{} units, {} frontier states{}\n", document.choice().size(), chart->data().frontier.size(),
        chart->data().exact ? "" : " (certified)");
    const double width = chart->width() * 0.35;
    report("drag the handle along the frontier", drag(*chart, chart->handlePixel(), width, frames));
    (void)gui::waitForWork(window);
    const QPointF grip(chart->budgetPixel(), chart->height() * 0.3);
    report("drag the budget", drag(*chart, grip, width, frames));
    (void)gui::waitForWork(window);
    std::vector<Frame> edits, selections;
    const auto count = static_cast<int>(document.choice().size());
    for (int i = 0; i < frames; ++i)
        edits.push_back(frame([&] { document.setBits({(i * 37) % count}, i % 2 == 0 ? 8 : 4); }));
    for (int i = 0; i < frames; ++i)
        selections.push_back(frame([&] { document.selectUnits({(i * 53) % count}); }));
    report("edit one unit", edits);
    report("select one unit", selections);
    (void)gui::waitForWork(window);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    int frames = 120;
    std::vector<int> sizes;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string word = argv[i];
        if (word == "--frames")
            frames = std::max(2, std::atoi(argv[i + 1]));
        else if (word == "--units")
            sizes.push_back(std::max(7, std::atoi(argv[i + 1])));
    }
    if (sizes.empty())
        sizes = {1000, 10000};
    for (const int size : sizes)
        if (const int failed = timeAt(size, frames); failed != 0)
            return failed;
    return 0;
}
