// What bitwright-cli says and leaves behind where something goes wrong or is interrupted.
#include "tests/support/large_model.h"
#include "tests/support/scanned_sample.h"

#include <QDir>
#include <QProcess>

#include <csignal>

using bitwright::test::kSample;
using bitwright::test::Ran;
using bitwright::test::readJson;
using bitwright::test::writeBytes;
using nlohmann::json;

namespace {

const QString& kDump = bitwright::test::kSampleDump;

const auto run = bitwright::test::runCli;

} // namespace

class TestCliErrors : public QObject, private bitwright::test::ScannedSample
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { scanSample(); }
    void usageErrors_data();
    void usageErrors();
    void inputErrors_data();
    void inputErrors();
    void infeasibleIsOne();
    void unwritableIsFour_data();
    void unwritableIsFour();
    void interruptIs130();
    void interruptedQuantizeLeavesNoOutput();
};

void TestCliErrors::usageErrors_data()
{
    QTest::addColumn<QStringList>("words");
    const auto plan = [](QStringList more) {
        return QStringList{QStringLiteral("plan"), QStringLiteral("--project"), QStringLiteral("PROJECT"),
                   QStringLiteral("--target")}
        + more;
    };
    const QString fake = QStringLiteral("fake-quant"), bpw = QStringLiteral("--bpw"),
                  four = QStringLiteral("4");
    QTest::newRow("no command") << QStringList{};
    QTest::newRow("unknown command") << QStringList{QStringLiteral("guess")};
    QTest::newRow("unknown option") << QStringList{
        QStringLiteral("info"), kSample, QStringLiteral("--bogus")};
    QTest::newRow("missing argument") << QStringList{QStringLiteral("scan"), kSample};
    QTest::newRow("unknown target") << plan({QStringLiteral("gguff"), bpw, four});
    QTest::newRow("no budget") << plan({fake});
    QTest::newRow("two budgets") << plan(
        {fake, bpw, four, QStringLiteral("--bytes"), QStringLiteral("5000")});
    QTest::newRow("negative budget") << plan({fake, bpw, QStringLiteral("-4")});
    QTest::newRow("text as budget") << plan({fake, bpw, QStringLiteral("four")});
    QTest::newRow("unknown score") << plan(
        {fake, bpw, four, QStringLiteral("--score"), QStringLiteral("luck")});
    QTest::newRow("unknown objective")
        << plan({fake, bpw, four, QStringLiteral("--objective"), QStringLiteral("hope")});
    QTest::newRow("lock without option")
        << plan({fake, bpw, four, QStringLiteral("--lock"), QStringLiteral("*")});
    QTest::newRow("lock on nothing") << plan(
        {fake, bpw, four, QStringLiteral("--lock"), QStringLiteral("nothing*=keep")});
    QTest::newRow("unknown uniform") << plan(
        {fake, QStringLiteral("--uniform"), QStringLiteral("int99/rtn")});
    QTest::newRow("plan over a folder") << plan({fake, bpw, four, QStringLiteral("-o"), kSample});
    QTest::newRow("form of statistics") << QStringList{QStringLiteral("export-stats"),
        QStringLiteral("PROJECT"), QStringLiteral("-o"), QStringLiteral("stats.xml")};
    QTest::newRow("form of plan") << QStringList{
        QStringLiteral("export-plan"), QStringLiteral("x"), QStringLiteral("--to"), QStringLiteral("poem")};
}

void TestCliErrors::usageErrors()
{
    QFETCH(QStringList, words);
    words.replaceInStrings(QStringLiteral("PROJECT"), m_project);
    const Ran ran = run(words);
    QVERIFY2(ran.code == 2, ran.describe());
    QVERIFY(ran.out.isEmpty());
    QVERIFY2(ran.err.count('\n') == 1 && ran.err.endsWith('\n'), ran.describe());
}

void TestCliErrors::inputErrors_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("says");
    QTest::newRow("missing model") << QStringList{QStringLiteral("info"), file("none")}
                                   << QStringLiteral("none");
    QTest::newRow("no model") << QStringList{QStringLiteral("info"), QStringLiteral("TEXT")}
                              << QStringLiteral("text.bin");
    QTest::newRow("scan of a missing model")
        << QStringList{QStringLiteral("scan"), file("none"), QStringLiteral("--project"), file("new.bwp")}
        << QStringLiteral("none");
    QTest::newRow("dump of another model") << QStringList{QStringLiteral("scan"), QStringLiteral("LARGE"),
        QStringLiteral("--activations"), kDump, QStringLiteral("--project"), file("misfit.bwp")}
                                           << QStringLiteral("another model");
    QTest::newRow("model as dump") << QStringList{QStringLiteral("scan"), kSample,
        QStringLiteral("--activations"), kSample + QStringLiteral("/model.safetensors"),
        QStringLiteral("--project"), file("x.bwp")}
                                   << QStringLiteral("model.safetensors");
    QTest::newRow("missing project") << QStringList{QStringLiteral("score"), QStringLiteral("--project"),
        file("missing.bwp"), QStringLiteral("--target"), QStringLiteral("fake-quant")}
                                     << QStringLiteral("missing.bwp");
    QTest::newRow("no project") << QStringList{QStringLiteral("export-stats"), QStringLiteral("TEXT"),
        QStringLiteral("-o"), file("x.json")}
                                << QStringLiteral("Not a Bitwright project");
    QTest::newRow("scan into another file")
        << QStringList{QStringLiteral("scan"), kSample, QStringLiteral("--project"), QStringLiteral("TEXT")}
        << QStringLiteral("Not a Bitwright project");
    QTest::newRow("missing plan") << QStringList{QStringLiteral("quantize"), kSample,
        QStringLiteral("--plan"), file("no.json"), QStringLiteral("--out"), file("o")}
                                  << QStringLiteral("no.json");
    QTest::newRow("plan of something else") << QStringList{QStringLiteral("quantize"), kSample,
        QStringLiteral("--plan"), kSample + QStringLiteral("/config.json"), QStringLiteral("--out"),
        file("o")} << QStringLiteral("config.json");
    QTest::newRow("verify nothing") << QStringList{QStringLiteral("verify"), file("none"),
        QStringLiteral("--against"), kSample}
                                    << QStringLiteral("none");
}

void TestCliErrors::inputErrors()
{
    QFETCH(QStringList, words);
    QFETCH(QString, says);
    QVERIFY(writeBytes(file("text.bin"), QByteArray(3000, 'x')));
    if (words.contains(QStringLiteral("LARGE")) && !QFile::exists(file("large.safetensors")))
        QVERIFY(bitwright::test::writeLargeModel(file("large.safetensors").toStdString()));
    words.replaceInStrings(QStringLiteral("TEXT"), file("text.bin"));
    words.replaceInStrings(QStringLiteral("LARGE"), file("large.safetensors"));
    const Ran ran = run(words + QStringList{QStringLiteral("--json")});
    QVERIFY2(ran.code == 3, ran.describe());
    QVERIFY2(ran.out.isEmpty(), ran.out);
    QVERIFY2(ran.errorLines() == 1, ran.err);
    QVERIFY2(ran.err.contains(says.toUtf8()), ran.err);
    QVERIFY(!QFile::exists(file("new.bwp")));
    QVERIFY(!QFile::exists(file("o")));
}

void TestCliErrors::infeasibleIsOne()
{
    const Ran ran = run({QStringLiteral("plan"), QStringLiteral("--project"), m_project,
        QStringLiteral("--target"), QStringLiteral("fake-quant"), QStringLiteral("--bpw"),
        QStringLiteral("2.5"), QStringLiteral("--lock"), QStringLiteral("*down_proj*=keep"),
        QStringLiteral("-o"), file("never.json"), QStringLiteral("--json")});
    QVERIFY2(ran.code == 1, ran.describe());
    QVERIFY(ran.out.isEmpty());
    QCOMPARE(ran.errorLines(), 1);
    QVERIFY2(ran.err.contains("smallest possible") && ran.err.contains("down_proj"), ran.err);
    QVERIFY(!QFile::exists(file("never.json")));
}

void TestCliErrors::unwritableIsFour_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("scan") << QStringList{
        QStringLiteral("scan"), kSample, QStringLiteral("--project"), file("no/such/p.bwp")};
    QTest::newRow("plan") << QStringList{QStringLiteral("plan"), QStringLiteral("--project"),
        QStringLiteral("PROJECT"), QStringLiteral("--target"), QStringLiteral("fake-quant"),
        QStringLiteral("--bpw"), QStringLiteral("4"), QStringLiteral("-o"), file("no/such/plan.json")};
    QTest::newRow("file system without files")
        << QStringList{QStringLiteral("export-plan"), QStringLiteral("PLAN"), QStringLiteral("--to"),
               QStringLiteral("json"), QStringLiteral("-o"), QStringLiteral("/proc/plan.json")};
    for (const char* name : {"s.json", "s.csv", "s.h5"})
        QTest::newRow(name) << QStringList{QStringLiteral("export-stats"), QStringLiteral("PROJECT"),
            QStringLiteral("-o"), m_folder.filePath(QStringLiteral("no/such/") + QLatin1String(name))};
    QTest::newRow("quantize") << QStringList{QStringLiteral("quantize"), kSample, QStringLiteral("--plan"),
        QStringLiteral("PLAN"), QStringLiteral("--out"), file("no/such/folder/out")};
}

void TestCliErrors::unwritableIsFour()
{
    QFETCH(QStringList, words);
    words.replaceInStrings(QStringLiteral("PROJECT"), m_project);
    words.replaceInStrings(QStringLiteral("PLAN"), planFor(QStringLiteral("compressed-tensors")));
    const Ran ran = run(words);
    QVERIFY2(ran.code == 4, ran.describe());
    QVERIFY2(ran.errorLines() == 1, ran.err);
    QVERIFY(!QFile::exists(file("no")));
}

void TestCliErrors::interruptIs130()
{
    const QString model = file("large.safetensors");
    if (!QFile::exists(model))
        QVERIFY(bitwright::test::writeLargeModel(model.toStdString()));
    const QString project = file("interrupted.bwp");
    const QStringList words{
        QStringLiteral("scan"), model, QStringLiteral("--project"), project, QStringLiteral("--json")};
    QProcess process;
    process.start(bitwright::test::kCli, words);
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(project), 10000);
    QTest::qWait(300);
    QCOMPARE(process.state(), QProcess::Running);
    QCOMPARE(kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(process.readAllStandardOutput().isEmpty());
    QCOMPARE(process.readAllStandardError().count('\n'), 1);
    // One file, which the next run resumes from.
    QCOMPARE(QDir(m_folder.path()).entryList({QStringLiteral("interrupted*")}),
        QStringList{QStringLiteral("interrupted.bwp")});
    QCOMPARE(run(words + QStringList{QStringLiteral("--no-spectra")}).code, 0);
}

void TestCliErrors::interruptedQuantizeLeavesNoOutput()
{
    const QString model = file("large.safetensors");
    if (!QFile::exists(model))
        QVERIFY(bitwright::test::writeLargeModel(model.toStdString()));
    const json info = run({QStringLiteral("info"), model, QStringLiteral("--json")}).document();
    json plan = readJson(planFor(QStringLiteral("fake-quant")));
    plan["model_identity"] = info["identity"];
    plan["units"] = json::array();
    for (const auto& tensor : info["tensors"])
        plan["units"].push_back({{"name", tensor["name"]}, {"option", "int4-asym-g128/clip"}});
    QVERIFY(writeBytes(file("large-plan.json"), QByteArray::fromStdString(plan.dump())));
    const QString out = file("large-out");
    QProcess process;
    process.start(bitwright::test::kCli,
        {QStringLiteral("quantize"), model, QStringLiteral("--plan"), file("large-plan.json"),
            QStringLiteral("--out"), out, QStringLiteral("--json")});
    QVERIFY(process.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(
        QFile::exists(out + QStringLiteral(".partial")) || process.state() == QProcess::NotRunning, 20000);
    QVERIFY2(process.state() == QProcess::Running, process.readAllStandardError());
    QTest::qWait(100);
    QCOMPARE(kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(!QFile::exists(out));
    QVERIFY(!QFile::exists(out + QStringLiteral(".partial")));
    QCOMPARE(process.readAllStandardError().count('\n'), 1);
}

QTEST_GUILESS_MAIN(TestCliErrors)
#include "tst_cli_errors.moc"
