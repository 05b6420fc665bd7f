// A monkey at the window: seeded random mouse, keys, wheel, drops, resizes, themes, perspectives and menu
// entries on the real MainWindow with the sample. It finds crashes, broken invariants and warnings of Qt;
// under the sanitizers also what they see.
//
// BITWRIGHT_MONKEY_EVENTS is the number of events (2000 by default), BITWRIGHT_SEED the seed (1), and with
// BITWRIGHT_MONKEY_LOG set every event is printed before it is sent. The last ones are printed anyway where
// it fails or where an event does not end.

#include "tests/support/shown_window.h"

#include <QAction>
#include <QApplication>
#include <QDesktopServices>
#include <QDialog>
#include <QDir>
#include <QDropEvent>
#include <QFileDialog>
#include <QMenu>
#include <QMimeData>
#include <QRandomGenerator>
#include <QSlider>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>
#include <QUrl>
#include <QWheelEvent>
#include <QtTest/QTest>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

using namespace bitwright;
using namespace bitwright::gui;
using test::kSample;

namespace {

int environmentNumber(const char* name, int otherwise)
{
    bool known = false;
    const int number = qEnvironmentVariableIntValue(name, &known);
    return known ? number : otherwise;
}

QStringList g_warnings;
QtMessageHandler g_previous = nullptr;

/// Qt warns where something is used wrongly; such lines are findings. The exceptions are of the platform.
void collect(QtMsgType type, const QMessageLogContext& context, const QString& message)
{
    // QTest itself warns where a widget that a click disables does not hear of the button's release.
    const bool platform = message.contains(QLatin1String("propagateSizeHints"))
        || message.contains(QLatin1String("This plugin does not support"))
        || message.contains(QLatin1String("not accepted by receiving widget"));
    if (platform)
        return;
    if (type == QtWarningMsg || type == QtCriticalMsg)
        g_warnings.push_back(message);
    g_previous(type, context, message);
}

/// The last events, and an end with their names where one takes longer than any event may: the watchdog of
/// QTest would only tell where the threads stood, and only at the end of all its minutes.
class Recent
{
public:
    Recent()
        : m_watch([this](const std::stop_token& stop) { watch(stop); })
    { }

    void add(const QString& event)
    {
        const std::lock_guard lock(m_mutex);
        m_events.push_back(event.toStdString());
        if (m_events.size() > kKept)
            m_events.pop_front();
        m_last = Clock::now();
    }

    void print() const
    {
        const std::lock_guard lock(m_mutex);
        for (const std::string& event : m_events)
            std::fprintf(stderr, "  %s\n", event.c_str());
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kKept = 25;
    static constexpr std::chrono::seconds kLimit{90};

    void watch(const std::stop_token& stop) const
    {
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            bool stuck = false;
            {
                const std::lock_guard lock(m_mutex);
                stuck = !m_events.empty() && Clock::now() - m_last > kLimit;
            }
            if (!stuck)
                continue;
            std::fprintf(stderr, "The last of these events did not end:\n");
            print();
            std::abort(); // QTest prints where every thread stands
        }
    }

    mutable std::mutex m_mutex;
    std::deque<std::string> m_events;
    Clock::time_point m_last = Clock::now();
    std::jthread m_watch;
};

Recent* g_recent = nullptr;
struct sigaction g_crashBefore = {};

/// Says which events led to a crash, then lets QTest say where. Printing is no safe thing to do in here, but
/// what it endangers is lost already.
void onCrash(int signal)
{
    std::fprintf(stderr, "The last events before signal %d:\n", signal);
    g_recent->print();
    sigaction(SIGSEGV, &g_crashBefore, nullptr);
    // The instruction that failed is run once more, under the handler of QTest.
}

} // namespace

class TestMonkey : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    /// Swallows what would start another program.
    void swallow(const QUrl&) { }

private Q_SLOTS:
    void initTestCase();
    void plays();
    void cleanupTestCase();

private:
    void makeWindow();
    void closePopups();
    void step();
    void check();
    void mouse();
    void drag();
    void key();
    void wheel();
    void drop();
    void resize();
    void perspective();
    void theme();
    void menu();
    void tell(const QString& event);
    [[nodiscard]] QWidget* anyWidget();
    [[nodiscard]] QPoint anyPoint(const QWidget& widget);
    [[nodiscard]] Qt::KeyboardModifiers anyModifiers();
    [[nodiscard]] Qt::MouseButton anyButton();
    [[nodiscard]] int below(int bound) { return m_random.bounded(bound); }

    int m_events = environmentNumber("BITWRIGHT_MONKEY_EVENTS", 2000);
    QRandomGenerator m_random{static_cast<quint32>(environmentNumber("BITWRIGHT_SEED", 1))};
    bool m_log = qEnvironmentVariableIsSet("BITWRIGHT_MONKEY_LOG");
    QTemporaryDir m_folder;
    QString m_model;
    std::unique_ptr<MainWindow> m_window;
    QTimer m_closer;
    int m_number = 0;
    Recent m_recent;
};

void TestMonkey::initTestCase()
{
    g_recent = &m_recent;
    struct sigaction crash = {};
    crash.sa_handler = onCrash;
    sigaction(SIGSEGV, &crash, &g_crashBefore);
    // Whatever it writes stays in a folder of its own.
    QVERIFY(m_folder.isValid());
    m_model = m_folder.filePath(QStringLiteral("tiny-llama"));
    QVERIFY(QDir().mkpath(m_model));
    for (const QString& name : QDir(kSample).entryList(QDir::Files))
        QVERIFY(QFile::copy(kSample + QLatin1Char('/') + name, m_model + QLatin1Char('/') + name));
    QFile garbage(m_folder.filePath(QStringLiteral("garbage.safetensors")));
    QVERIFY(garbage.open(QIODevice::WriteOnly));
    QVERIFY(garbage.write(QByteArray(1000, 'x')) == 1000);
    QVERIFY(QDir::setCurrent(m_folder.path()));
    QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "swallow");
    QDesktopServices::setUrlHandler(QStringLiteral("https"), this, "swallow");
    g_previous = qInstallMessageHandler(collect);
    // Menus and dialogs run event loops of their own: only a timer gets in there.
    m_closer.setInterval(5);
    connect(&m_closer, &QTimer::timeout, this, &TestMonkey::closePopups);
    m_closer.start();
}

void TestMonkey::cleanupTestCase()
{
    sigaction(SIGSEGV, &g_crashBefore, nullptr);
    m_closer.stop();
    m_window.reset();
    qInstallMessageHandler(nullptr);
    for (const char* scheme : {"file", "https"})
        QDesktopServices::unsetUrlHandler(QLatin1String(scheme));
}

void TestMonkey::makeWindow()
{
    m_window = std::make_unique<MainWindow>(test::scripted());
    m_window->resize(1100, 700);
    m_window->show();
    m_window->openPaths({m_model, m_model + QStringLiteral("/activations.h5")});
}

void TestMonkey::closePopups()
{
    if (QWidget* popup = QApplication::activePopupWidget()) {
        // Often something in it is chosen first.
        if (qobject_cast<QMenu*>(popup) != nullptr && below(3) > 0) {
            for (int steps = below(6); steps > 0; --steps)
                QTest::keyClick(popup, Qt::Key_Down);
            QTest::keyClick(popup, Qt::Key_Return);
        }
        if (QApplication::activePopupWidget() == popup)
            popup->close();
        return;
    }
    if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget())) {
        // A file dialog of Qt can remove and rename files: it is closed at once.
        const bool harmless = qobject_cast<QFileDialog*>(dialog) == nullptr;
        harmless&& below(2) == 0 ? dialog->accept() : dialog->reject();
    }
}

void TestMonkey::tell(const QString& event)
{
    const QString line = QStringLiteral("%1 %2").arg(m_number).arg(event);
    m_recent.add(line);
    if (m_log)
        std::fprintf(stderr, "%s\n", qPrintable(line));
}

QWidget* TestMonkey::anyWidget()
{
    if (QWidget* popup = QApplication::activePopupWidget())
        return popup;
    QList<QWidget*> visible;
    for (QWidget* widget : m_window->findChildren<QWidget*>())
        if (widget->isVisible() && widget->window() == m_window.get() && !widget->size().isEmpty())
            visible.push_back(widget);
    return visible.isEmpty() ? m_window.get() : visible[below(static_cast<int>(visible.size()))];
}

QPoint TestMonkey::anyPoint(const QWidget& widget)
{
    return {below(std::max(1, widget.width())), below(std::max(1, widget.height()))};
}

Qt::KeyboardModifiers TestMonkey::anyModifiers()
{
    static const Qt::KeyboardModifiers kModifiers[] = {Qt::NoModifier, Qt::NoModifier, Qt::NoModifier,
        Qt::ControlModifier, Qt::ShiftModifier, Qt::AltModifier, Qt::ControlModifier | Qt::ShiftModifier};
    return kModifiers[below(7)];
}

Qt::MouseButton TestMonkey::anyButton()
{
    static const Qt::MouseButton kButtons[]
        = {Qt::LeftButton, Qt::LeftButton, Qt::LeftButton, Qt::MiddleButton, Qt::RightButton};
    return kButtons[below(5)];
}

void TestMonkey::mouse()
{
    QWidget* widget = anyWidget();
    const QPoint point = anyPoint(*widget);
    const auto button = anyButton();
    const auto modifiers = anyModifiers();
    const int kind = below(4);
    tell(QStringLiteral("mouse %1 %2 at %3,%4")
             .arg(kind)
             .arg(QLatin1String(widget->metaObject()->className()))
             .arg(point.x())
             .arg(point.y()));
    if (kind == 0)
        QTest::mouseDClick(widget, button, modifiers, point);
    else if (kind == 1)
        QTest::mouseMove(widget, point);
    else
        QTest::mouseClick(widget, button, modifiers, point);
}

void TestMonkey::drag()
{
    const QPointer<QWidget> widget = anyWidget();
    const QPoint from = anyPoint(*widget);
    const QPoint to = anyPoint(*widget);
    const auto button = anyButton();
    const auto modifiers = anyModifiers();
    const int moves = 1 + below(5);
    const bool escape = below(6) == 0;
    tell(QStringLiteral("drag %1 from %2,%3 to %4,%5")
             .arg(QLatin1String(widget->metaObject()->className()))
             .arg(from.x())
             .arg(from.y())
             .arg(to.x())
             .arg(to.y()));
    QTest::mousePress(widget, button, modifiers, from);
    for (int i = 1; i <= moves && widget; ++i) {
        // QTest::mouseMove moves without buttons; a drag needs them.
        const QPointF at = from + QPointF(to - from) * i / moves;
        QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton, button, modifiers);
        QApplication::sendEvent(widget, &move);
    }
    if (widget && escape)
        QTest::keyClick(widget, Qt::Key_Escape);
    if (widget)
        QTest::mouseRelease(widget, button, modifiers, to);
}

void TestMonkey::key()
{
    static const int kKeys[] = {Qt::Key_0, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5, Qt::Key_8, Qt::Key_9,
        Qt::Key_K, Qt::Key_T, Qt::Key_L, Qt::Key_Z, Qt::Key_Y, Qt::Key_A, Qt::Key_C, Qt::Key_I, Qt::Key_S,
        Qt::Key_R, Qt::Key_Return, Qt::Key_Escape, Qt::Key_Tab, Qt::Key_Backtab, Qt::Key_Space, Qt::Key_Up,
        Qt::Key_Down, Qt::Key_Left, Qt::Key_Right, Qt::Key_Home, Qt::Key_End, Qt::Key_PageUp,
        Qt::Key_PageDown, Qt::Key_Delete, Qt::Key_Backspace, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_F1,
        Qt::Key_F2, Qt::Key_F5, Qt::Key_Menu};
    QWidget* focus = QApplication::focusWidget();
    QWidget* widget = focus != nullptr && below(3) > 0 ? focus : anyWidget();
    const auto key = static_cast<Qt::Key>(kKeys[below(static_cast<int>(std::size(kKeys)))]);
    const auto modifiers = anyModifiers();
    tell(QStringLiteral("key %1 to %2")
             .arg(QKeySequence(static_cast<int>(modifiers) | key).toString(),
                 QLatin1String(widget->metaObject()->className())));
    QTest::keyClick(widget, key, modifiers);
}

void TestMonkey::wheel()
{
    QWidget* widget = anyWidget();
    const QPointF point = anyPoint(*widget);
    const int delta = 120 * (below(7) - 3);
    tell(QStringLiteral("wheel %1 on %2").arg(delta).arg(QLatin1String(widget->metaObject()->className())));
    QWheelEvent event(point, widget->mapToGlobal(point), {}, {0, delta}, Qt::NoButton, anyModifiers(),
        Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &event);
}

void TestMonkey::drop()
{
    const QStringList choices[] = {{m_model}, {m_model + QStringLiteral("/activations.h5")},
        {m_model, m_model + QStringLiteral("/activations.h5")},
        {m_folder.filePath(QStringLiteral("garbage.safetensors"))},
        {m_folder.filePath(QStringLiteral("nothing"))}, {}};
    const QStringList& paths = choices[below(6)];
    tell(QStringLiteral("drop %1").arg(paths.join(QLatin1Char(' '))));
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& path : paths)
        urls.push_back(QUrl::fromLocalFile(path));
    data.setUrls(urls);
    const QPoint point = anyPoint(*m_window);
    QDragEnterEvent enter(point, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &enter);
    QDropEvent release(QPointF(point), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &release);
}

void TestMonkey::resize()
{
    const QSize size(300 + below(1800), 200 + below(1000));
    tell(QStringLiteral("resize %1x%2").arg(size.width()).arg(size.height()));
    m_window->resize(size);
}

void TestMonkey::perspective()
{
    QStringList names = {QStringLiteral("look"), QStringLiteral("plan"), QStringLiteral("export")};
    for (const views::Panel* panel : m_window->panels())
        names.push_back(panel->id());
    const QString name = names[below(static_cast<int>(names.size()))];
    tell(QStringLiteral("perspective %1").arg(name));
    m_window->showPerspective(name);
}

void TestMonkey::theme()
{
    const auto appearance = static_cast<Appearance>(below(3));
    tell(QStringLiteral("theme %1").arg(appearanceName(appearance)));
    m_window->setAppearance(appearance);
}

void TestMonkey::menu()
{
    QList<QAction*> actions;
    for (QAction* action : m_window->findChildren<QAction*>())
        if (action->isEnabled() && !action->isSeparator() && action->menu() == nullptr)
            actions.push_back(action);
    if (actions.isEmpty())
        return;
    const QPointer<QAction> action = actions[below(static_cast<int>(actions.size()))];
    tell(QStringLiteral("menu %1").arg(action->text()));
    action->trigger();
}

void TestMonkey::step()
{
    const int dice = below(100);
    if (dice < 36)
        mouse();
    else if (dice < 50)
        drag();
    else if (dice < 74)
        key();
    else if (dice < 86)
        wheel();
    else if (dice < 87)
        drop();
    else if (dice < 90)
        resize();
    else if (dice < 93)
        perspective();
    else if (dice < 95)
        theme();
    else
        menu();
    if (below(8) == 0)
        QTest::qWait(below(20));
    else
        QApplication::processEvents(QEventLoop::AllEvents, 5);
}

void TestMonkey::check()
{
    const auto& document = m_window->document();
    if (document.space()) {
        QVERIFY(document.choice().empty() || document.choice().size() == document.space()->units().size());
        for (const std::size_t option : document.choice())
            QVERIFY(option < document.space()->options().size());
    }
    if (!g_warnings.isEmpty())
        m_recent.print();
    QVERIFY2(g_warnings.isEmpty(), qPrintable(g_warnings.join(QLatin1Char('\n'))));
}

void TestMonkey::plays()
{
    makeWindow();
    QCOMPARE(waitForWork(*m_window), QString());
    int windows = 1;
    for (m_number = 1; m_number <= m_events; ++m_number) {
        // "Quit" and Ctrl+W are entries like others.
        if (!m_window->isVisible()) {
            makeWindow();
            ++windows;
        }
        if (!m_window->document().isOpen() && m_window->jobs().isIdle())
            m_window->openPaths({m_model, m_model + QStringLiteral("/activations.h5")});
        step();
        if (m_number % 50 == 0)
            check();
        if (QTest::currentTestFailed())
            return;
    }
    m_window.reset();
    QVERIFY2(g_warnings.isEmpty(), qPrintable(g_warnings.join(QLatin1Char('\n'))));
    qInfo("%d events, %d windows", m_events, windows);
}

QTEST_MAIN(TestMonkey)
#include "tst_monkey.moc"
