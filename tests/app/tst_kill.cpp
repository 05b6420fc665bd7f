// Kills with signal 9 at seeded random moments of a scan, of edits, of a save and of an export, and looks at
// what is left: the project opens, nothing is lost but what was in work, no partial output is visible, and
// going on gives identical bytes.
//
// BITWRIGHT_KILLS is the number of kills (12 by default), BITWRIGHT_SEED the seed (1). The program starts
// itself with --child to be killed while it edits or saves.
#include "tests/support/export_model.h"
#include "tests/support/shown_window.h"

#include <QApplication>
#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QThread>
#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>

using namespace bitwright;
using namespace bitwright::gui;
using nlohmann::json;
using test::scripted;

namespace {

const QString kCli = QStringLiteral(BITWRIGHT_BINARY_DIR "/bin/bitwright-cli");
const QString& kSample = test::kSample;
const QString& kDump = test::kSampleDump;
constexpr int kSampleTensors = 48;

QByteArray hashOf(const plan::Plan& plan)
{
    return QCryptographicHash::hash(
        QByteArray::fromStdString(plan::planToJson(plan, nullptr)), QCryptographicHash::Sha1)
        .toHex();
}

void say(const QByteArray& line)
{
    std::fputs((line + '\n').constData(), stdout);
    std::fflush(stdout);
}

// --- The child that is killed ---

/// Edits for ever: each edit is told before the event loop runs again, and "safe" once it is on the disk.
int editForEver(const QString& project, quint32 seed)
{
    MainWindow window(scripted());
    window.show();
    window.openPaths({kSample, kDump, project});
    if (!waitForWork(window).isEmpty())
        return 1;
    QRandomGenerator random(seed);
    auto& document = window.document();
    say("ready " + hashOf(document.plan()));
    for (int edit = 1;; ++edit) {
        const int unit = random.bounded(36);
        switch (random.bounded(6)) {
        case 0:
            document.setBudgetBpw(3.0 + 0.1 * random.bounded(30));
            break;
        case 1:
            document.toggleLock({unit});
            break;
        case 2:
            document.undoStack().undo();
            break;
        default:
            document.setBits({unit, (unit + 7) % 36}, 2 + random.bounded(7));
        }
        say("edit " + hashOf(document.plan()));
        QTest::qWait(random.bounded(60));
        if (random.bounded(4) == 0) {
            document.flush();
            say("safe " + hashOf(document.plan()));
        }
    }
}

/// Saves the project under ever new names.
int saveForEver(const QString& project, const QString& folder)
{
    MainWindow window(scripted());
    window.show();
    window.openPaths({kSample, kDump, project});
    if (!waitForWork(window).isEmpty())
        return 1;
    say("ready " + hashOf(window.document().plan()));
    for (int number = 1;; ++number) {
        window.document().saveProjectAs(QStringLiteral("%1/save-%2.bwp").arg(folder).arg(number));
        while (!window.jobs().isIdle())
            QApplication::processEvents(QEventLoop::AllEvents, 5);
        window.document().flush();
        say("saved " + QByteArray::number(number));
    }
}

int runChild(const QStringList& words)
{
    if (words.value(2) == QLatin1String("edit"))
        return editForEver(words.value(3), words.value(4).toUInt());
    return saveForEver(words.value(3), words.value(4));
}

// --- The parent ---

/// A child process that is killed when it goes out of scope.
class Victim
{
public:
    Victim(const QString& program, const QStringList& words)
    {
        m_process.setProcessChannelMode(QProcess::SeparateChannels);
        m_process.start(program, words);
        m_started = m_process.waitForStarted();
    }
    ~Victim() { kill(); }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    [[nodiscard]] bool started() const { return m_started; }
    bool waitForLine(const QByteArray& beginning, int milliseconds)
    {
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < milliseconds && m_process.state() == QProcess::Running) {
            m_process.waitForReadyRead(50);
            m_output += m_process.readAllStandardOutput();
            if (m_output.startsWith(beginning) || m_output.contains('\n' + beginning))
                return true;
        }
        return false;
    }
    /// Kills with signal 9 and waits; false when the process had ended by itself.
    bool kill()
    {
        if (m_process.state() == QProcess::NotRunning)
            return false;
        ::kill(static_cast<pid_t>(m_process.processId()), SIGKILL);
        m_process.waitForFinished(30000);
        m_output += m_process.readAllStandardOutput();
        return m_process.exitStatus() == QProcess::CrashExit;
    }
    /// Whole lines that it printed.
    [[nodiscard]] QList<QByteArray> lines() const
    {
        auto lines = m_output.split('\n');
        lines.removeLast(); // torn or empty
        return lines;
    }

private:
    QProcess m_process;
    QByteArray m_output;
    bool m_started = false;
};

struct Ran
{
    int code = -1;
    QByteArray out;
};

Ran runCli(const QStringList& words)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::SeparateChannels);
    process.start(kCli, words);
    if (!process.waitForFinished(240000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput()};
}

/// What a scan says, without what may differ between runs.
json withoutRun(const QByteArray& text)
{
    json document = json::parse(text.toStdString(), nullptr, false);
    if (document.is_object())
        for (auto& tensor : document["tensors"])
            tensor.erase("from_project");
    return document;
}

int fromProject(const QByteArray& text)
{
    const json document = json::parse(text.toStdString(), nullptr, false);
    int count = 0;
    if (document.is_object())
        for (const auto& tensor : document["tensors"])
            count += tensor["from_project"].get<bool>() ? 1 : 0;
    return count;
}

/// Tensors whose statistics a project holds, read by opening it as the program does.
int tensorsIn(const QString& project)
{
    const auto workspace = session::Workspace::open({kSample.toStdString(), {}, project.toStdString()});
    if (!workspace)
        return -1;
    int count = 0;
    for (int tensor = 0; tensor < kSampleTensors; ++tensor)
        count += (*workspace)->known(static_cast<model::TensorIndex>(tensor)).stats ? 1 : 0;
    return count;
}

int environmentNumber(const char* name, int otherwise)
{
    bool known = false;
    const int number = qEnvironmentVariableIntValue(name, &known);
    return known ? number : otherwise;
}

} // namespace

class TestKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void scan();
    void edit();
    void save();
    void quantize();

private:
    [[nodiscard]] int share(int kind) const { return m_kills / 4 + (kind < m_kills % 4 ? 1 : 0); }
    [[nodiscard]] QString file(const QString& name) const { return m_folder.filePath(name); }

    int m_kills = environmentNumber("BITWRIGHT_KILLS", 12);
    quint32 m_seed = static_cast<quint32>(environmentNumber("BITWRIGHT_SEED", 1));
    QTemporaryDir m_folder;
    QByteArray m_scan; ///< What an undisturbed scan says.
    int m_scanMs = 0;
    QString m_plan;
};

void TestKill::initTestCase()
{
    QVERIFY2(QFile::exists(kCli), "bitwright-cli is not built");
    QElapsedTimer clock;
    clock.start();
    const Ran ran = runCli({QStringLiteral("scan"), kSample, QStringLiteral("--activations"), kDump,
        QStringLiteral("--project"), file(QStringLiteral("whole.bwp")), QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    m_scanMs = static_cast<int>(clock.elapsed());
    m_scan = ran.out;
    QCOMPARE(tensorsIn(file(QStringLiteral("whole.bwp"))), kSampleTensors);
    m_plan = file(QStringLiteral("plan.json"));
    QCOMPARE(runCli({QStringLiteral("plan"), QStringLiteral("--project"), file(QStringLiteral("whole.bwp")),
                        QStringLiteral("--target"), QStringLiteral("compressed-tensors"),
                        QStringLiteral("--bpw"), QStringLiteral("4.5"), QStringLiteral("-o"), m_plan})
                 .code,
        0);
}

void TestKill::scan()
{
    QRandomGenerator random(m_seed);
    int interrupted = 0;
    for (int round = 0; round < share(0); ++round) {
        const QString project = file(QStringLiteral("scan-%1.bwp").arg(round));
        const QStringList words = {QStringLiteral("scan"), kSample, QStringLiteral("--activations"), kDump,
            QStringLiteral("--project"), project};
        // Twice, so that a resumed scan is killed as well: what the first run left must not get less.
        int known = 0;
        for (int attempt = 0; attempt < 2; ++attempt) {
            Victim victim(kCli, words);
            QVERIFY(victim.started());
            QThread::msleep(static_cast<unsigned long>(random.bounded(m_scanMs)));
            interrupted += victim.kill() ? 1 : 0;
            if (!QFile::exists(project))
                continue; // killed before it began
            const int now = tensorsIn(project);
            QVERIFY2(now >= known, qPrintable(QStringLiteral("%1 of %2 left").arg(now).arg(known)));
            known = now;
        }
        const Ran finished = runCli(words + QStringList{QStringLiteral("--json")});
        QCOMPARE(finished.code, 0);
        QVERIFY(fromProject(finished.out) >= known); // nothing is measured twice
        QVERIFY(withoutRun(finished.out) == withoutRun(m_scan));
    }
    QVERIFY(interrupted > 0 || share(0) == 0);
}

void TestKill::edit()
{
    QRandomGenerator random(m_seed + 1);
    for (int round = 0; round < share(1); ++round) {
        const QString project = file(QStringLiteral("edit-%1.bwp").arg(round));
        QVERIFY(QFile::copy(file(QStringLiteral("whole.bwp")), project));
        Victim victim(QCoreApplication::applicationFilePath(),
            {QStringLiteral("--child"), QStringLiteral("edit"), project, QString::number(random.generate())});
        QVERIFY(victim.started());
        QVERIFY(victim.waitForLine("ready", 120000));
        QThread::msleep(static_cast<unsigned long>(random.bounded(1500)));
        QVERIFY(victim.kill());
        // Every state that the plan was in, and the last one that was on the disk for certain.
        QList<QByteArray> states;
        qsizetype safe = 0;
        for (const QByteArray& line : victim.lines()) {
            const QByteArray hash = line.mid(line.indexOf(' ') + 1);
            if (line.startsWith("safe"))
                safe = states.size() - 1;
            else
                states.push_back(hash);
        }
        MainWindow window(scripted());
        window.show();
        window.openPaths({project});
        QCOMPARE(waitForWork(window), QString());
        // What was not saved is offered, and taken only when asked for.
        QVERIFY(safe == 0 || window.document().recovery());
        window.document().restoreRecovery();
        const QByteArray found = hashOf(window.document().plan());
        const qsizetype last = states.lastIndexOf(found);
        QVERIFY2(last >= safe,
            qPrintable(QStringLiteral("state %1 of %2, %3 was safe").arg(last).arg(states.size()).arg(safe)));
        QCOMPARE(window.document().scannedTensors(), kSampleTensors);
    }
}

void TestKill::save()
{
    QRandomGenerator random(m_seed + 2);
    for (int round = 0; round < share(2); ++round) {
        const QString project = file(QStringLiteral("saved-%1.bwp").arg(round));
        const QString folder = file(QStringLiteral("saves-%1").arg(round));
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(QFile::copy(file(QStringLiteral("whole.bwp")), project));
        Victim victim(QCoreApplication::applicationFilePath(),
            {QStringLiteral("--child"), QStringLiteral("save"), project, folder});
        QVERIFY(victim.started());
        QVERIFY(victim.waitForLine("ready", 120000));
        QThread::msleep(static_cast<unsigned long>(random.bounded(1200)));
        QVERIFY(victim.kill());
        int saved = 0;
        for (const QByteArray& line : victim.lines())
            if (line.startsWith("saved "))
                saved = line.mid(6).toInt();
        QCOMPARE(tensorsIn(project), kSampleTensors);
        // Whatever bears the name of a project is a whole one.
        const QStringList names = QDir(folder).entryList({QStringLiteral("*.bwp")}, QDir::Files);
        QVERIFY(names.size() >= saved);
        for (const QString& name : names)
            QCOMPARE(tensorsIn(QDir(folder).filePath(name)), kSampleTensors);
        if (names.isEmpty())
            continue;
        MainWindow window(scripted());
        window.openPaths({QDir(folder).filePath(names.last())}); // knows its model by itself
        QCOMPARE(waitForWork(window), QString());
        QCOMPARE(window.document().scannedTensors(), kSampleTensors);
    }
}

void TestKill::quantize()
{
    QRandomGenerator random(m_seed + 3);
    const auto wordsFor = [this](const QString& out) {
        return QStringList{QStringLiteral("quantize"), kSample, QStringLiteral("--plan"), m_plan,
            QStringLiteral("--activations"), kDump, QStringLiteral("--out"), out};
    };
    const QString whole = file(QStringLiteral("whole"));
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(runCli(wordsFor(whole)).code, 0);
    const int exportMs = static_cast<int>(clock.elapsed());
    const auto expected = test::folderBytes(whole.toStdString());
    int interrupted = 0;
    for (int round = 0; round < share(3); ++round) {
        const QString out = file(QStringLiteral("out-%1").arg(round));
        for (int attempt = 0; attempt < 2; ++attempt) {
            Victim victim(kCli, wordsFor(out));
            QVERIFY(victim.started());
            QThread::msleep(static_cast<unsigned long>(random.bounded(exportMs)));
            interrupted += victim.kill() ? 1 : 0;
            if (QFile::exists(out)) // then all of it
                break;
        }
        if (!QFile::exists(out))
            QCOMPARE(runCli(wordsFor(out)).code, 0);
        QVERIFY(test::folderBytes(out.toStdString()) == expected);
        QVERIFY(!QFile::exists(out + QStringLiteral(".partial")));
    }
    QVERIFY(interrupted > 0 || share(3) == 0);
}

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (application.arguments().value(1) == QLatin1String("--child"))
        return runChild(application.arguments());
    TestKill test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_kill.moc"
