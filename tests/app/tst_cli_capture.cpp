// Recordings by the command line that are killed with signal 9 at seeded random moments, or interrupted, go
// on where they were when the same command is given again, and come to the same bytes. BITWRIGHT_KILLS is the
// number of kills (3 by default), BITWRIGHT_SEED the seed (1).
#include "tests/support/run_cli.h"
#include "tests/support/sample.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest/QTest>

#include <csignal>

using bitwright::test::kSample;
using bitwright::test::Ran;

namespace {

const QByteArray kResumed = "Goes on after ";

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestCliCapture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void killedAndGivenAgain();
    void interruptedAndGivenAgain();
    void otherSettingsStartAnew();

private:
    [[nodiscard]] QString file(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }
    [[nodiscard]] QStringList words(const char* out, const QStringList& more = {}) const
    {
        return QStringList{QStringLiteral("capture"), kSample, QStringLiteral("--quiet"),
                   QStringLiteral("--text"), file("long.txt"), QStringLiteral("--max-tokens"),
                   QStringLiteral("12288"), QStringLiteral("--gram-max-width"), QStringLiteral("512"),
                   QStringLiteral("--gradients"), QStringLiteral("--labels"), QStringLiteral("model"),
                   QStringLiteral("--gradient-tokens"), QStringLiteral("4096"), QStringLiteral("--threads"),
                   QStringLiteral("1"), QStringLiteral("-o"), file(out)}
        + more;
    }
    /// Sends the signal some time after something new was written down; false where the command ended before.
    [[nodiscard]] bool stopInTheMiddle(const char* out, int signal, int milliseconds, Ran& ran) const;

    QTemporaryDir m_folder;
    QByteArray m_whole;
};

void TestCliCapture::initTestCase()
{
    QFile text(file("long.txt"));
    QVERIFY(text.open(QIODevice::WriteOnly));
    const QByteArray once = contentOf(kSample + QStringLiteral("/held_out.txt"));
    for (int i = 0; i < 2; ++i)
        QVERIFY(text.write(once) == once.size());
    text.close();
    const Ran ran = bitwright::test::runCli(words("whole.h5"));
    QVERIFY2(ran.code == 0, ran.describe().constData());
    QVERIFY(!ran.err.contains(kResumed));
    QVERIFY(!QDir(file("whole.h5.partial")).exists());
    m_whole = contentOf(file("whole.h5"));
}

bool TestCliCapture::stopInTheMiddle(const char* out, int signal, int milliseconds, Ran& ran) const
{
    const QString list = file(out) + QStringLiteral(".partial/manifest.json");
    const QByteArray before = contentOf(list);
    QProcess process;
    process.start(bitwright::test::kCli, words(out));
    if (!process.waitForStarted())
        return false;
    while (process.state() == QProcess::Running) {
        const QByteArray now = contentOf(list);
        if (!now.isEmpty() && now != before)
            break;
        process.waitForFinished(5);
    }
    const bool ended = process.waitForFinished(milliseconds);
    if (!ended) {
        ::kill(static_cast<pid_t>(process.processId()), signal);
        process.waitForFinished(60000);
    }
    ran.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    ran.out = process.readAllStandardOutput();
    ran.err = process.readAllStandardError();
    return !ended && ran.code != 0;
}

void TestCliCapture::killedAndGivenAgain()
{
    const int kills = std::max(1, qEnvironmentVariableIntValue("BITWRIGHT_KILLS"));
    const int wanted = qEnvironmentVariableIsSet("BITWRIGHT_KILLS") ? kills : 3;
    bool hasSeed = false;
    const auto seed = static_cast<quint32>(qEnvironmentVariableIntValue("BITWRIGHT_SEED", &hasSeed));
    QRandomGenerator random(hasSeed ? seed : 1);
    int killed = 0;
    for (int attempt = 0; killed < wanted && attempt < 10 * wanted; ++attempt) {
        Ran ran;
        const bool resumes = QDir(file("killed.h5.partial")).exists();
        if (stopInTheMiddle("killed.h5", SIGKILL, random.bounded(600), ran)) {
            ++killed;
            QVERIFY2(ran.err.contains(kResumed) == resumes, ran.describe().constData());
            continue;
        }
        // It came to its end before the moment: then the bytes are right, and it begins again.
        QVERIFY2(ran.code == 0, ran.describe().constData());
        QVERIFY(contentOf(file("killed.h5")) == m_whole);
        QVERIFY(QFile::remove(file("killed.h5")));
    }
    QCOMPARE(killed, wanted);
    const bool resumes = QDir(file("killed.h5.partial")).exists();
    const Ran ran = bitwright::test::runCli(words("killed.h5", {QStringLiteral("--json")}));
    QVERIFY2(ran.code == 0, ran.describe().constData());
    QCOMPARE(ran.err.count(kResumed), resumes ? 1 : 0);
    QCOMPARE(ran.document()["resumed_parts"].get<int>() > 0, resumes);
    QVERIFY(contentOf(file("killed.h5")) == m_whole);
    QVERIFY(!QDir(file("killed.h5.partial")).exists());
    QVERIFY(QDir(m_folder.path()).entryList({QStringLiteral("*.tmp")}).isEmpty());
}

void TestCliCapture::interruptedAndGivenAgain()
{
    Ran ran;
    if (!stopInTheMiddle("int.h5", SIGINT, 0, ran))
        QSKIP("The recording ended before it could be interrupted.");
    QVERIFY2(ran.code == 130, ran.describe().constData());
    QCOMPARE(ran.errorLines(), 1);
    QVERIFY2(ran.err.contains("goes on after"), ran.describe().constData());
    const Ran again = bitwright::test::runCli(words("int.h5"));
    QVERIFY2(again.code == 0, again.describe().constData());
    QCOMPARE(again.errorLines(), 1);
    QVERIFY2(again.err.contains(kResumed), again.describe().constData());
    QVERIFY(contentOf(file("int.h5")) == m_whole);
}

void TestCliCapture::otherSettingsStartAnew()
{
    Ran ran;
    if (!stopInTheMiddle("other.h5", SIGKILL, 0, ran))
        QSKIP("The recording ended before it could be killed.");
    const Ran again
        = bitwright::test::runCli(words("other.h5", {QStringLiteral("--seed"), QStringLiteral("5")}));
    QVERIFY2(again.code == 0, again.describe().constData());
    QCOMPARE(again.errorLines(), 1);
    QVERIFY2(again.err.contains("other.h5.partial is of other settings: the recording starts anew."),
        again.describe().constData());
    QVERIFY(contentOf(file("other.h5")) != m_whole);
    QVERIFY(!QDir(file("other.h5.partial")).exists());
}

QTEST_GUILESS_MAIN(TestCliCapture)
#include "tst_cli_capture.moc"
