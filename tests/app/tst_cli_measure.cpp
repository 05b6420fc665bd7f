#include "tests/support/run_cli.h"
#include "tests/support/sample.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

using bitwright::test::kSample;
using bitwright::test::Ran;
using nlohmann::json;

namespace {

const QString kText = kSample + QStringLiteral("/held_out.txt");
const QString kUnits = QStringLiteral("model.layers.4.mlp.*");

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

bool isPositive(const json& value)
{
    return value.is_number() && value.get<double>() > 0;
}

} // namespace

class TestCliMeasure : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void unitsAndThenTheProject();
    void plainText();
    void wrongWordsAreUsage();
    void badTokensAreOneLine();
    void planBesideUniform();
    void planBesidePresets();
    void noRivalOfThisSize();
    void refinedPlan();
    void planOfAnotherModel();
    void captureWritesADump();
    void captureLeavesNothingBehind_data();
    void captureLeavesNothingBehind();

private:
    [[nodiscard]] QString file(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }
    [[nodiscard]] Ran measure(const QStringList& words, const char* project = "dump.bwp") const
    {
        return bitwright::test::runCli(
            QStringList{QStringLiteral("measure"), QStringLiteral("--project"), file(project),
                QStringLiteral("--target"), QStringLiteral("fake-quant"), QStringLiteral("--quiet")}
            + words);
    }
    [[nodiscard]] Ran capture(const QStringList& words) const
    {
        return bitwright::test::runCli(
            QStringList{QStringLiteral("capture"), kSample, QStringLiteral("--quiet")} + words);
    }
    [[nodiscard]] json uniformPlan() const;

    QTemporaryDir m_folder;
};

void TestCliMeasure::initTestCase()
{
    const QStringList scan{QStringLiteral("scan"), kSample, QStringLiteral("--no-spectra"),
        QStringLiteral("--quiet"), QStringLiteral("--project")};
    QCOMPARE(bitwright::test::runCli(scan + QStringList{file("bare.bwp")}).code, 0);
    const Ran ran = bitwright::test::runCli(scan
        + QStringList{
            file("dump.bwp"), QStringLiteral("--activations"), kSample + QStringLiteral("/activations.h5")});
    QVERIFY2(ran.code == 0, ran.describe().constData());
}

void TestCliMeasure::unitsAndThenTheProject()
{
    const QStringList words{QStringLiteral("--units"), kUnits, QStringLiteral("--options"),
        QStringLiteral("int3-asym-g128/rtn,int8-asym-g128/rtn"), QStringLiteral("--max-tokens"),
        QStringLiteral("64"), QStringLiteral("--json")};
    const Ran ran = measure(words);
    QVERIFY2(ran.code == 0, ran.describe().constData());
    const json document = ran.document();
    QVERIFY(document.is_object());
    QCOMPARE(document["reference"]["tokens"].get<int>(), 64);
    QVERIFY(isPositive(document["reference"]["perplexity"]));
    QVERIFY(document["reliability"].is_array() && document["reliability"].size() == 2);
    QVERIFY(document["unmeasured"].empty());
    QCOMPARE(document["measurements"].size(), std::size_t{6}); // gate, up and down at two options
    for (const json& item : document["measurements"]) {
        QVERIFY(item["unit"].get<std::string>().starts_with("model.layers.4.mlp."));
        QVERIFY(item["plan"].is_null());
        QVERIFY(item["option"].is_string());
        QVERIFY(isPositive(item["kl"]) && isPositive(item["perplexity"]));
        QVERIFY(item["kl_low"].get<double>() <= item["kl"].get<double>());
        QVERIFY(item["kl_high"].get<double>() >= item["kl"].get<double>());
        QVERIFY(item["top1_agreement"].get<double>() > 0.5 && item["top1_agreement"].get<double>() <= 1);
        QCOMPARE(item["from_project"].get<bool>(), false);
    }
    // Three bits harm more than eight.
    QVERIFY(document["measurements"][0]["kl"] > document["measurements"][1]["kl"]);
    json again = measure(words).document();
    QCOMPARE(again["estimated_seconds"].get<double>(), 0.0);
    for (json& item : again["measurements"]) {
        QCOMPARE(item["from_project"].get<bool>(), true);
        item["from_project"] = false;
    }
    QVERIFY(again["measurements"] == document["measurements"]);
    QVERIFY(again["reference"] == document["reference"]);
}

void TestCliMeasure::plainText()
{
    const Ran ran = measure({QStringLiteral("--units"), QStringLiteral("*.4.mlp.up_proj*"),
        QStringLiteral("--options"), QStringLiteral("int3-asym-g128/rtn"), QStringLiteral("--text"), kText,
        QStringLiteral("--max-tokens"), QStringLiteral("64")});
    QVERIFY2(ran.code == 0, ran.describe().constData());
    QVERIFY(ran.out.startsWith("original: perplexity "));
    QVERIFY(ran.out.contains("model.layers.4.mlp.up_proj.weight int3-asym-g128/rtn: KL 0.0"));
    QVERIFY(ran.out.contains(", 64 tokens\n"));
    QVERIFY(ran.err.isEmpty());
}

void TestCliMeasure::wrongWordsAreUsage()
{
    const Ran none = measure({QStringLiteral("--units"), kUnits}, "bare.bwp");
    QCOMPARE(none.code, 2);
    QVERIFY(none.out.isEmpty());
    QCOMPARE(none.errorLines(), 1);
    QVERIFY2(none.err.contains("--text"), none.describe().constData());
    const Ran nothing = measure({QStringLiteral("--units"), QStringLiteral("nothing.*")});
    QCOMPARE(nothing.code, 2);
    QCOMPARE(nothing.errorLines(), 1);
    QVERIFY2(nothing.err.contains("nothing.*"), nothing.describe().constData());
    QCOMPARE(measure({QStringLiteral("--text"), kText, QStringLiteral("--tokens"), kText}).code, 2);
    QCOMPARE(measure({QStringLiteral("--against-uniform")}).code, 2); // nothing to compare
    QCOMPARE(measure({QStringLiteral("--against-presets")}).code, 2);
}

void TestCliMeasure::badTokensAreOneLine()
{
    QVERIFY(writeFile(file("ids.txt"), "1 2 3 256\n"));
    const Ran outside
        = measure({QStringLiteral("--units"), kUnits, QStringLiteral("--tokens"), file("ids.txt")});
    QCOMPARE(outside.code, 3);
    QVERIFY(outside.out.isEmpty());
    QCOMPARE(outside.errorLines(), 1);
    QVERIFY2(outside.err.contains("ids.txt") && outside.err.contains("256"), outside.describe().constData());
    const Ran missing
        = measure({QStringLiteral("--units"), kUnits, QStringLiteral("--text"), file("missing.txt")});
    QCOMPARE(missing.code, 3);
    QCOMPARE(missing.errorLines(), 1);
}

json TestCliMeasure::uniformPlan() const
{
    const QString path = file("uniform.json");
    const Ran ran = bitwright::test::runCli(
        {QStringLiteral("plan"), QStringLiteral("--project"), file("bare.bwp"), QStringLiteral("--target"),
            QStringLiteral("fake-quant"), QStringLiteral("--score"), QStringLiteral("weight-error"),
            QStringLiteral("--uniform"), QStringLiteral("int4-asym-g128/rtn"), QStringLiteral("-o"), path});
    return ran.code == 0 ? json::parse(contentOf(path).toStdString(), nullptr, false) : json();
}

void TestCliMeasure::planBesideUniform()
{
    // Measured on some tokens, solved, and judged on others.
    QCOMPARE(measure({QStringLiteral("--max-tokens"), QStringLiteral("256")}).code, 0);
    const Ran solved = bitwright::test::runCli(
        {QStringLiteral("plan"), QStringLiteral("--project"), file("dump.bwp"), QStringLiteral("--target"),
            QStringLiteral("fake-quant"), QStringLiteral("--bpw"), QStringLiteral("2.6"),
            QStringLiteral("--name"), QStringLiteral("better"), QStringLiteral("-o"), file("better.json")});
    QVERIFY2(solved.code == 0, solved.describe().constData());
    QVERIFY2(solved.out.contains("\npredicted, not run: objective ")
            && solved.out.contains("(sum over units of KL in nats per token)"),
        solved.describe().constData());
    const json better = json::parse(contentOf(file("better.json")).toStdString(), nullptr, false);
    QVERIFY(better["provenance"].get<std::string>().ends_with(
        "; the whole plan predicted from them, not run when it was solved"));
    json worse = uniformPlan();
    QVERIFY(worse.is_object());
    worse["name"] = "worse"; // as large as 3 bits everywhere, most of it wasted on the last layer
    for (json& unit : worse["units"])
        unit["option"] = unit["name"].get<std::string>().find("layers.4") != std::string::npos
            ? "int8-asym-g128/rtn"
            : "int2-asym-g128/rtn";
    QVERIFY(writeFile(file("worse.json"), QByteArray::fromStdString(worse.dump())));
    const Ran ran = measure({QStringLiteral("--plan"), file("better.json"), QStringLiteral("--plan"),
        file("worse.json"), QStringLiteral("--against-uniform"), QStringLiteral("--text"), kText,
        QStringLiteral("--skip-tokens"), QStringLiteral("1024"), QStringLiteral("--max-tokens"),
        QStringLiteral("256"), QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe().constData());
    const json document = ran.document();
    QVERIFY(isPositive(document["estimated_seconds"]));
    QCOMPARE(document["measurements"].size(), std::size_t{2});
    for (const json& item : document["measurements"]) {
        QVERIFY(item["unit"].is_null() && isPositive(item["kl"]) && item["warnings"].empty());
        const json& uniform = item["against_uniform"];
        QVERIFY(uniform["option"].is_string() && isPositive(uniform["kl"]) && isPositive(uniform["bytes"]));
        // 2.6 bits lie between two widths: what is compared is of that size, not the next smaller one.
        const double share = uniform["bpw"].get<double>() / item["bpw"].get<double>();
        QVERIFY2(share <= 1 && share >= 0.97, uniform.dump().c_str());
        const double difference = uniform["difference"]["mean"].get<double>();
        QVERIFY(std::abs(difference - (item["kl"].get<double>() - uniform["kl"].get<double>())) < 1e-6);
        const bool good = item["plan"] == "better";
        QCOMPARE(uniform["verdict"].get<std::string>(),
            std::string(good ? "better than uniform" : "worse than uniform"));
        QVERIFY(good ? difference < 0 : difference > 0);
    }
}

void TestCliMeasure::planBesidePresets()
{
    // Clipped plans have clipped rivals; a plan by hand between two widths has no uniform plan of its size.
    json plan = uniformPlan();
    QVERIFY(plan.is_object());
    std::size_t number = 0;
    for (json& unit : plan["units"])
        unit["option"] = number++ % 2 == 0 ? "int4-asym-g128/clip" : "int3-asym-g128/clip";
    plan["name"] = "clipped";
    QVERIFY(writeFile(file("clipped.json"), QByteArray::fromStdString(plan.dump())));
    const QStringList words{QStringLiteral("--plan"), file("clipped.json"), QStringLiteral("--text"), kText,
        QStringLiteral("--max-tokens"), QStringLiteral("128"), QStringLiteral("--against-presets"),
        QStringLiteral("--against-uniform")};
    const Ran ran = measure(words + QStringList{QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe().constData());
    const json item = ran.document()["measurements"][0];
    const json& uniform = item["against_uniform"];
    QCOMPARE(uniform["name"].get<std::string>(), std::string("even mix"));
    QCOMPARE(uniform["option"].get<std::string>(), std::string("int3-asym-g128/clip + int4-asym-g128/clip"));
    const json& presets = item["against_presets"];
    QCOMPARE(presets.size(), std::size_t{2});
    QVERIFY(presets[0]["name"] == "ends" && presets[1]["name"] == "value-down");
    for (const json& preset : presets) {
        QVERIFY(isPositive(preset["kl"]) && isPositive(preset["bytes"]));
        QVERIFY(preset["bpw"].get<double>() <= uniform["bpw"].get<double>() * 1.03);
        QVERIFY(preset["description"].is_string() && preset["difference"]["mean"].is_number());
        const auto verdict = preset["verdict"].get<std::string>();
        QVERIFY2(verdict == "cannot be told apart" || verdict.ends_with(preset["name"].get<std::string>()),
            verdict.c_str());
        QVERIFY(preset["option"].get<std::string>().find("/rtn") == std::string::npos);
    }
    const Ran shown = measure(words);
    QVERIFY2(shown.out.contains("plan ends int3") && shown.out.contains("plan even mix int3"),
        shown.describe().constData());
    QVERIFY(shown.out.contains(" of 3.") && shown.out.contains("bpw\n"));
}

void TestCliMeasure::noRivalOfThisSize()
{
    // Smaller than the smallest uniform plan but for one unit, which makes it larger than that by far.
    json plan = uniformPlan();
    QVERIFY(plan.is_object());
    for (json& unit : plan["units"])
        unit["option"] = "keep";
    plan["units"][3]["option"] = "int8-asym-g128/rtn";
    plan["name"] = "nearly whole";
    QVERIFY(writeFile(file("whole.json"), QByteArray::fromStdString(plan.dump())));
    const QStringList words{QStringLiteral("--plan"), file("whole.json"), QStringLiteral("--max-tokens"),
        QStringLiteral("64"), QStringLiteral("--against-uniform"), QStringLiteral("--against-presets")};
    const Ran ran = measure(words + QStringList{QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe().constData());
    const json item = ran.document()["measurements"][0];
    QCOMPARE(
        item["against_uniform"]["verdict"].get<std::string>(), std::string("no uniform plan of this size"));
    QVERIFY(item["against_uniform"]["bytes"].is_null() && item["against_presets"].empty());
    const Ran shown = measure(words);
    QVERIFY2(shown.out.contains("  no uniform plan of this size\n  no preset of this size\n"),
        shown.describe().constData());
}

void TestCliMeasure::refinedPlan()
{
    // From the poorest score, with one unit held by hand.
    const Ran solved = bitwright::test::runCli({QStringLiteral("plan"), QStringLiteral("--project"),
        file("bare.bwp"), QStringLiteral("--target"), QStringLiteral("fake-quant"), QStringLiteral("--score"),
        QStringLiteral("weight-error"), QStringLiteral("--bpw"), QStringLiteral("3"),
        QStringLiteral("--lock"), QStringLiteral("model.layers.0.mlp.up_proj.weight=int8-asym-g128/rtn"),
        QStringLiteral("-o"), file("poor.json")});
    QVERIFY2(solved.code == 0, solved.describe().constData());
    const QStringList words{QStringLiteral("--plan"), file("poor.json"), QStringLiteral("--refine"),
        QStringLiteral("--text"), kText, QStringLiteral("--max-tokens"), QStringLiteral("2048")};
    QCOMPARE(measure(words).code, 2); // nowhere to write it
    const QStringList narrow{
        QStringLiteral("--options"), QStringLiteral("int2-asym-g128/rtn,int8-asym-g128/rtn")};
    const QStringList asItIs{QStringLiteral("--plan"), file("poor.json")};
    QCOMPARE(measure(asItIs + narrow, "bare.bwp").code, 2); // a plan has its own options
    const QStringList few{QStringLiteral("--rounds"), QStringLiteral("2"), QStringLiteral("--steps"),
        QStringLiteral("20"), QStringLiteral("--swaps"), QStringLiteral("6"), QStringLiteral("-o"),
        file("refined.json")};
    const Ran ran = measure(words + few + QStringList{QStringLiteral("--json")}, "bare.bwp");
    QVERIFY2(ran.code == 0, ran.describe().constData());
    const json document = ran.document();
    QVERIFY(isPositive(document["estimated_seconds"]));
    QCOMPARE(document["tokens_choosing"].get<int>() + document["tokens_accepting"].get<int>(), 2048);
    QVERIFY(document["refinement"].is_array() && !document["refinement"].empty());
    json best = document["start"]["kl_accepting"];
    for (const json& round : document["refinement"]) {
        QCOMPARE(round["steps_tried"].get<std::size_t>(), std::size_t{20});
        QCOMPARE(round["steps"].size(), std::size_t{20});
        QVERIFY(round["swaps_taken"].is_number() && round["kept"].is_boolean());
        for (const json& proposal : round["proposals"]) {
            QVERIFY(proposal["by"] == "solver" || proposal["by"] == "swaps");
            if (!proposal["kept"].get<bool>())
                continue;
            QVERIFY(proposal["change_accepting"]["high"].get<double>() < 0);
            QVERIFY(proposal["kl_accepting"] < best);
            QVERIFY(isPositive(proposal["kl_choosing"]) && isPositive(proposal["kl_accepting_low"]));
            QVERIFY(proposal["kl_accepting_high"] >= proposal["kl_accepting"]);
            best = proposal["kl_accepting"];
        }
    }
    QVERIFY(document["refined"]["kl_accepting"] == best);
    QVERIFY(document["kept"].get<int>() > 0);
    QVERIFY(document["refined"]["bpw"].get<double>() <= 3);
    const json refined = json::parse(contentOf(file("refined.json")).toStdString(), nullptr, false);
    const json poor = json::parse(contentOf(file("poor.json")).toStdString(), nullptr, false);
    QVERIFY(refined.is_object() && refined["units"] != poor["units"]);
    QVERIFY(refined["provenance"].get<std::string>().find("refined by measuring") != std::string::npos);
    for (const json& unit : refined["units"])
        if (unit["name"] == "model.layers.0.mlp.up_proj.weight")
            QVERIFY(unit["locked"].get<bool>() && unit["option"] == "int8-asym-g128/rtn");
    const Ran shown = measure(words + few, "bare.bwp");
    QCOMPARE(shown.code, 0);
    QVERIFY2(shown.out.contains("round 1: 20 steps and"), shown.describe().constData());
    QVERIFY(shown.err.isEmpty());
    const Ran aloud = bitwright::test::runCli(
        QStringList{QStringLiteral("measure"), QStringLiteral("--project"), file("bare.bwp"),
            QStringLiteral("--target"), QStringLiteral("fake-quant")}
        + words + few);
    QCOMPARE(aloud.code, 0);
    QVERIFY2(aloud.err.startsWith("about ") && aloud.err.contains(" s per round of 20 steps"),
        aloud.describe().constData());
    const Ran nowhere = measure(
        words + few.first(6) + QStringList{QStringLiteral("-o"), file("no/such/plan.json")}, "bare.bwp");
    QCOMPARE(nowhere.code, 4);
    QCOMPARE(nowhere.errorLines(), 1);
}

void TestCliMeasure::planOfAnotherModel()
{
    // The same tensors, as a relative of the model has them: measured, but not unsaid.
    json plan = uniformPlan();
    QVERIFY(plan.is_object());
    plan["model_identity"] = "0123456789abcdef0123456789abcdef";
    plan["model"] = "cousin";
    QVERIFY(writeFile(file("cousin.json"), QByteArray::fromStdString(plan.dump())));
    const QStringList few{QStringLiteral("--max-tokens"), QStringLiteral("64"), QStringLiteral("--json")};
    const Ran cousin = measure(few + QStringList{QStringLiteral("--plan"), file("cousin.json")});
    QVERIFY2(cousin.code == 0, cousin.describe().constData());
    const json warnings = cousin.document()["measurements"][0]["warnings"];
    QCOMPARE(warnings.size(), std::size_t{1});
    QVERIFY(warnings[0].get<std::string>().find("another model (cousin)") != std::string::npos);
    // How long it takes is said before, and a stored result takes no time. A plan that was never named goes
    // by its file.
    const Ran again = bitwright::test::runCli(
        QStringList{QStringLiteral("measure"), QStringLiteral("--project"), file("dump.bwp"),
            QStringLiteral("--target"), QStringLiteral("fake-quant"), QStringLiteral("--plan"),
            file("cousin.json")}
        + few.first(2));
    QVERIFY2(again.err.contains("1 plan, about 0 s for 64 tokens\n"), again.describe().constData());
    QVERIFY2(
        again.out.contains("plan " + file("cousin.json").toUtf8() + ": KL "), again.describe().constData());
    QVERIFY(isPositive(cousin.document()["estimated_seconds"]));
    // Tensors that this model does not have.
    plan["units"][0]["name"] = "encoder.layer.0.output.dense.weight";
    QVERIFY(writeFile(file("foreign.json"), QByteArray::fromStdString(plan.dump())));
    const Ran foreign = measure(few + QStringList{QStringLiteral("--plan"), file("foreign.json")});
    QCOMPARE(foreign.code, 2);
    QVERIFY(foreign.out.isEmpty());
    QCOMPARE(foreign.errorLines(), 1);
    QVERIFY2(foreign.err.contains("encoder.layer.0"), foreign.describe().constData());
    QVERIFY(writeFile(file("broken.json"), "{"));
    const Ran broken = measure({QStringLiteral("--plan"), file("broken.json")});
    QCOMPARE(broken.code, 3);
    QCOMPARE(broken.errorLines(), 1);
    QVERIFY2(broken.err.contains("broken.json"), broken.describe().constData());
}

void TestCliMeasure::captureWritesADump()
{
    const QString dump = file("new.h5");
    const Ran ran = capture({QStringLiteral("--text"), kText, QStringLiteral("--max-tokens"),
        QStringLiteral("64"), QStringLiteral("-o"), dump, QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe().constData());
    const json document = ran.document();
    QCOMPARE(document["tokens"].get<int>(), 64);
    QCOMPARE(document["sequences"].get<int>(), 1);
    QVERIFY(isPositive(document["perplexity"]) && document["seconds"].is_number());
    QVERIFY(document["sites"].size() > 20);
    for (const json& site : document["sites"]) {
        QVERIFY(site["name"].is_string() && site["kind"].is_string() && site["tensors"].is_array());
        QCOMPARE(site["count"].get<int>(), 64);
        QVERIFY(isPositive(site["channels"]) && isPositive(site["abs_max"]));
    }
    const Ran scanned = bitwright::test::runCli({QStringLiteral("scan"), kSample,
        QStringLiteral("--no-spectra"), QStringLiteral("--quiet"), QStringLiteral("--project"),
        file("new.bwp"), QStringLiteral("--activations"), dump, QStringLiteral("--json")});
    QVERIFY2(scanned.code == 0, scanned.describe().constData());
    const json scan = scanned.document();
    QCOMPARE(scan["dumps"].size(), std::size_t{1});
    QCOMPARE(scan["dumps"][0]["dataset"].get<std::string>(), std::string("held_out.txt"));
    // The tokens that it recorded are those that measuring falls back to.
    const json measured = measure({QStringLiteral("--units"), kUnits, QStringLiteral("--options"),
                                      QStringLiteral("int3-asym-g128/rtn"), QStringLiteral("--json")},
        "new.bwp")
                              .document();
    QCOMPARE(measured["reference"]["tokens"].get<int>(), 64);
    const double difference
        = measured["reference"]["perplexity"].get<double>() - document["perplexity"].get<double>();
    QVERIFY(std::abs(difference) < 1e-5);
}

void TestCliMeasure::captureLeavesNothingBehind_data()
{
    QTest::addColumn<QStringList>("input");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("empty text") << QStringList{QStringLiteral("--text"), file("empty.txt")} << 3
                                << QByteArray("no token");
    QTest::newRow("id outside of the vocabulary")
        << QStringList{QStringLiteral("--tokens"), file("outside.txt")} << 3 << QByteArray("256");
    QTest::newRow("no input") << QStringList{} << 2 << QByteArray("--text");
    QTest::newRow("longer than the positions") << QStringList{QStringLiteral("--text"), kText,
        QStringLiteral("--sequence-length"), QStringLiteral("257")}
                                               << 3 << QByteArray("256");
}

void TestCliMeasure::captureLeavesNothingBehind()
{
    QFETCH(const QStringList, input);
    QFETCH(const int, code);
    QFETCH(const QByteArray, says);
    QVERIFY(writeFile(file("empty.txt"), "") && writeFile(file("outside.txt"), "1 2 3 256\n"));
    QVERIFY(QDir(m_folder.path()).mkpath(QStringLiteral("out")));
    const Ran ran = capture(input + QStringList{QStringLiteral("-o"), file("out/dump.h5")});
    QVERIFY2(ran.code == code, ran.describe().constData());
    QVERIFY(ran.out.isEmpty());
    QCOMPARE(ran.errorLines(), 1);
    QVERIFY2(ran.err.contains(says), ran.describe().constData());
    const QDir out(file("out"));
    QVERIFY(out.isEmpty(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot));
}

QTEST_GUILESS_MAIN(TestCliMeasure)
#include "tst_cli_measure.moc"
