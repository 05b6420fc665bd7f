// What bitwright-cli writes by a plan, and that its check finds what is wrong with it.
#include "tests/support/scanned_sample.h"

#include <QDir>

using bitwright::test::dataBytes;
using bitwright::test::hasAll;
using bitwright::test::kSample;
using bitwright::test::Ran;
using bitwright::test::readJson;
using bitwright::test::writeBytes;
using nlohmann::json;

namespace {

const QString& kDump = bitwright::test::kSampleDump;

const auto run = bitwright::test::runCli;

} // namespace

class TestCliExport : public QObject, private bitwright::test::ScannedSample
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { scanSample(); }
    void quantizesAsPlanned_data();
    void quantizesAsPlanned();
    void quantizeReplacesOnlyWhenAsked();
    void verifyFindsDamage();
    void verifyFindsAnotherPlan();
};

void TestCliExport::quantizesAsPlanned_data()
{
    QTest::addColumn<QString>("target");
    QTest::newRow("compressed-tensors") << QStringLiteral("compressed-tensors");
    QTest::newRow("fake-quant") << QStringLiteral("fake-quant");
}

void TestCliExport::quantizesAsPlanned()
{
    QFETCH(QString, target);
    const bool packed = target == QLatin1String("compressed-tensors");
    const QString out = m_folder.filePath(target + QStringLiteral("-fresh"));
    const QString plan = planFor(target);
    const Ran ran = run({QStringLiteral("quantize"), kSample, QStringLiteral("--plan"), plan,
        QStringLiteral("--activations"), kDump, QStringLiteral("--out"), out, QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe());
    const json report = ran.document();
    QVERIFY(hasAll(report, {"files", "tensors", "seconds"}));
    for (const auto& name : report["files"])
        QVERIFY(QFile::exists(QString::fromStdString(name)));
    // What was planned is what lies on the disk, byte for byte.
    const json planned
        = run({QStringLiteral("plan"), QStringLiteral("--project"), m_project, QStringLiteral("--target"),
                  target, QStringLiteral("--bpw"), QStringLiteral("4.5"), QStringLiteral("--json")})
              .document();
    QVERIFY(report["planned"]["bytes"] == planned["bytes"]);
    const qint64 written = dataBytes(out + QStringLiteral("/model.safetensors"));
    QCOMPARE(written, report["bytes"].get<qint64>());
    QCOMPARE(written,
        packed ? planned["bytes"].get<qint64>() : dataBytes(kSample + QStringLiteral("/model.safetensors")));
    std::map<std::string, json> units;
    for (const auto& unit : planned["units"])
        units[unit["name"]] = unit;
    QCOMPARE(report["tensors"].size(), units.size());
    for (const auto& tensor : report["tensors"]) {
        QVERIFY(hasAll(tensor, {"name", "option", "bytes", "sqnr_db", "output_error"}));
        const json& unit = units.at(tensor["name"]);
        QVERIFY(tensor["planned"] == unit["option"]);
        QVERIFY(tensor["reread_exact"].get<bool>());
        if (!tensor["sqnr_db"].is_number())
            continue;
        QVERIFY(!tensor["output_error"].is_null());
        // fake-quant rounds once more, to bf16.
        QVERIFY(std::abs(tensor["sqnr_db"].get<double>() - unit["sqnr_db"].get<double>())
            < (packed ? 1e-9 : 0.5));
        if (packed)
            QVERIFY(tensor["bytes"] == unit["bytes"]);
    }
    QVERIFY(QFile::exists(out + QStringLiteral("/tokenizer.json")));

    const Ran check = run({QStringLiteral("verify"), out, QStringLiteral("--against"), kSample,
        QStringLiteral("--plan"), plan, QStringLiteral("--json")});
    QVERIFY2(check.code == 0, check.describe());
    const json proof = check.document();
    QVERIFY(hasAll(proof, {"ok", "problems", "tensors"}));
    QVERIFY(proof["ok"].get<bool>());
    QVERIFY(proof["problems"].empty());
    QCOMPARE(proof["tensors"].size(), report["tensors"].size());
    for (const auto& tensor : proof["tensors"])
        QVERIFY(hasAll(tensor, {"name", "option", "sqnr_db", "max_abs_error"}));
}

void TestCliExport::quantizeReplacesOnlyWhenAsked()
{
    const QString target = QStringLiteral("compressed-tensors");
    const QString out = exportOf(target);
    const QStringList words{QStringLiteral("quantize"), kSample, QStringLiteral("--plan"), planFor(target),
        QStringLiteral("--out"), out};
    const Ran refused = run(words);
    QVERIFY2(refused.code == 2 || refused.code == 4, refused.describe());
    QCOMPARE(refused.errorLines(), 1);
    QCOMPARE(run(words + QStringList{QStringLiteral("--replace")}).code, 0);
    // Never a folder that is no export.
    QVERIFY(QDir().mkpath(file("precious")));
    QVERIFY(writeBytes(file("precious/thesis.txt"), "text"));
    QStringList over = words;
    over.last() = file("precious");
    QVERIFY(run(over + QStringList{QStringLiteral("--replace")}).code != 0);
    QVERIFY(QFile::exists(file("precious/thesis.txt")));
}

void TestCliExport::verifyFindsDamage()
{
    const QString good = exportOf(QStringLiteral("compressed-tensors"));
    const QString bad = file("damaged");
    QVERIFY(QDir().mkpath(bad));
    for (const QString& name : QDir(good).entryList(QDir::Files))
        QVERIFY(QFile::copy(good + QLatin1Char('/') + name, bad + QLatin1Char('/') + name));
    QFile weights(bad + QStringLiteral("/model.safetensors"));
    QVERIFY(weights.open(QIODevice::ReadWrite));
    QVERIFY(weights.seek(weights.size() - 5000));
    char byte = 0;
    QVERIFY(weights.getChar(&byte));
    QVERIFY(weights.seek(weights.size() - 5000));
    QVERIFY(weights.putChar(static_cast<char>(byte ^ 0x10)));
    weights.close();
    const Ran ran = run({QStringLiteral("verify"), bad, QStringLiteral("--against"), kSample,
        QStringLiteral("--plan"), planFor(QStringLiteral("compressed-tensors")), QStringLiteral("--json")});
    QVERIFY2(ran.code == 1, ran.describe());
    if (!ran.out.isEmpty()) {
        QVERIFY(!ran.document()["ok"].get<bool>());
        QVERIFY(!ran.document()["problems"].empty());
    }
}

void TestCliExport::verifyFindsAnotherPlan()
{
    json plan = readJson(planFor(QStringLiteral("compressed-tensors")));
    auto& option = plan["units"][0]["option"];
    option = option == "int8-sym-g128/rtn" ? "int4-sym-g128/rtn" : "int8-sym-g128/rtn";
    QVERIFY(writeBytes(file("other-plan.json"), QByteArray::fromStdString(plan.dump())));
    const Ran ran = run({QStringLiteral("verify"), exportOf(QStringLiteral("compressed-tensors")),
        QStringLiteral("--against"), kSample, QStringLiteral("--plan"), file("other-plan.json"),
        QStringLiteral("--json")});
    QVERIFY2(ran.code == 1, ran.describe());
}

QTEST_GUILESS_MAIN(TestCliExport)
#include "tst_cli_export.moc"
