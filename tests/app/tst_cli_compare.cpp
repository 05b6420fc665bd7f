#include "tests/support/run_cli.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/sample.h"

#include <QTemporaryDir>
#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include <cstring>

using bitwright::test::kSample;
using bitwright::test::Ran;
using nlohmann::json;

namespace {

const auto run = bitwright::test::runCli;

/// A model of two vectors in F32.
bool writeModel(const QString& path, const std::vector<float>& shared, const std::string& other)
{
    std::string bytes(shared.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), shared.data(), bytes.size());
    bitwright::test::SafetensorsWriter writer;
    writer.add("shared.weight", "F32", {shared.size()}, bytes);
    writer.add(other, "F32", {1}, std::string(4, '\0'));
    return writer.write(path.toStdString());
}

} // namespace

class TestCliCompare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aModelEqualsItself();
    void differencesAreNumbers();
    void badInputIsOneLine();
};

void TestCliCompare::aModelEqualsItself()
{
    const Ran ran = run({QStringLiteral("compare"), kSample, kSample, QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    const json document = ran.document();
    QVERIFY(document.is_object());
    QVERIFY(document["same"].get<bool>());
    QVERIFY(document["only_a"].empty() && document["only_b"].empty());
    QVERIFY(document["tensors"].size() > 10);
    for (const auto& item : document["tensors"]) {
        QVERIFY(item["same_bytes"].get<bool>());
        QCOMPARE(item["max_abs_error"].get<double>(), 0.0);
        QVERIFY(item["sqnr_db"].is_null()); // no noise: infinite
    }
}

void TestCliCompare::differencesAreNumbers()
{
    QTemporaryDir folder;
    const QString a = folder.filePath(QStringLiteral("a.safetensors"));
    const QString b = folder.filePath(QStringLiteral("b.safetensors"));
    QVERIFY(writeModel(a, {3, 4, 0, 0}, "only.a"));
    QVERIFY(writeModel(b, {3, 4, 0, 0.5F}, "only.b"));
    const json document = run({QStringLiteral("compare"), a, b, QStringLiteral("--json")}).document();
    QVERIFY(document.is_object());
    QVERIFY(!document["same"].get<bool>());
    QVERIFY(document["only_a"] == json::array({"only.a"}));
    QVERIFY(document["only_b"] == json::array({"only.b"}));
    const auto& item = document["tensors"].at(0);
    QCOMPARE(item["name"].get<std::string>(), std::string("shared.weight"));
    QCOMPARE(item["same_bytes"].get<bool>(), false);
    QCOMPARE(item["max_abs_error"].get<double>(), 0.5);
    QCOMPARE(item["differing"].get<int>(), 1);
    QVERIFY(std::abs(item["sqnr_db"].get<double>() - 20.0) < 1e-9); // 25 over 0.25
    const Ran text = run({QStringLiteral("compare"), a, b});
    QCOMPARE(text.code, 0);
    QVERIFY(text.out.contains("SQNR 20.00 dB"));
    QVERIFY(text.out.endsWith("The models differ.\n"));
}

void TestCliCompare::badInputIsOneLine()
{
    const Ran ran = run({QStringLiteral("compare"), kSample, QStringLiteral("/no/such/model")});
    QCOMPARE(ran.code, 3);
    QVERIFY(ran.out.isEmpty());
    QCOMPARE(ran.err.count('\n'), 1);
    QCOMPARE(run({QStringLiteral("compare"), kSample}).code, 2);
}

QTEST_GUILESS_MAIN(TestCliCompare)
#include "tst_cli_compare.moc"
