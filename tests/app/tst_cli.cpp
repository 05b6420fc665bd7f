// bitwright-cli from reading a model to plans and pictures; what it writes is in tst_cli_export, what goes
// wrong in tst_cli_errors.
#include "core/project/project.h"
#include "tests/support/scanned_sample.h"

#include <QFile>
#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

using bitwright::test::dataBytes;
using bitwright::test::hasAll;
using bitwright::test::kSample;
using bitwright::test::Ran;
using bitwright::test::readJson;
using bitwright::test::runProgram;
using bitwright::test::writeBytes;
using nlohmann::json;

namespace {

const QString kWindow = QStringLiteral(BITWRIGHT_BINARY_DIR "/bin/bitwright");
const QString& kDump = bitwright::test::kSampleDump;

const auto run = bitwright::test::runCli;

} // namespace

class TestCli : public QObject, private bitwright::test::ScannedSample
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { scanSample(); }
    void helpsOnEveryCommand_data();
    void helpsOnEveryCommand();
    void tellsItsVersion();
    void infoListsTensors();
    void scanMeasuresAndResumes();
    void optionsNameTheirTargets();
    void scoresAddUp();
    void planFitsItsBudget_data();
    void planFitsItsBudget();
    void planSaysWhetherItWasRun();
    void planHonorsLocks();
    void uniformPlanIsUniform();
    void frontierFalls();
    void planRoundTrips();
    void exportsStatistics();
    void threadsDoNotMatter();
    void drawsViews();
};

void TestCli::helpsOnEveryCommand_data()
{
    QTest::addColumn<QString>("command");
    QTest::newRow("program") << QString();
    for (const char* name : {"info", "scan", "options", "score", "plan", "frontier", "quantize", "verify",
             "export-plan", "export-stats", "view"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestCli::helpsOnEveryCommand()
{
    QFETCH(QString, command);
    QStringList words{QStringLiteral("--help")};
    if (!command.isEmpty())
        words.prepend(command);
    const Ran ran = run(words);
    QCOMPARE(ran.code, 0);
    QVERIFY(ran.err.isEmpty());
    for (const char* option : {"--json", "--threads", "--seed", "--quiet"})
        QVERIFY2(command.isEmpty() == ran.out.contains(option) || ran.out.contains(option), ran.out);
    QVERIFY(ran.out.contains(command.toUtf8()));
    if (command.isEmpty()) {
        QVERIFY(ran.out.contains("130 canceled"));
        for (const char* name : {"info", "scan", "verify", "view"})
            QVERIFY(ran.out.contains(name));
    }
}

void TestCli::tellsItsVersion()
{
    const Ran ran = run({QStringLiteral("--version")});
    QCOMPARE(ran.code, 0);
    QVERIFY(ran.out.startsWith("bitwright-cli "));
    QCOMPARE(ran.out.count('\n'), 1);
}

void TestCli::infoListsTensors()
{
    const Ran ran = run({QStringLiteral("info"), kSample, QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QVERIFY(ran.err.isEmpty());
    const json document = ran.document();
    QVERIFY(hasAll(document, {"format", "parameters", "bytes", "tensors"}));
    QVERIFY(document["format"] == "safetensors");
    QCOMPARE(document["tensors"].size(), std::size_t{48});
    std::uint64_t parameters = 0, bytes = 0;
    int planned = 0;
    for (const auto& tensor : document["tensors"]) {
        QVERIFY(hasAll(tensor,
            {"name", "dtype", "shape", "role", "block", "expert", "parameters", "bytes", "quantizable",
                "reason"}));
        std::uint64_t product = 1;
        for (const auto& side : tensor["shape"])
            product *= side.get<std::uint64_t>();
        QCOMPARE(tensor["parameters"].get<std::uint64_t>(), product);
        parameters += product;
        bytes += tensor["bytes"].get<std::uint64_t>();
        planned += tensor["quantizable"].get<bool>() ? 1 : 0;
        QCOMPARE(tensor["reason"].get<std::string>().empty(), tensor["quantizable"].get<bool>());
    }
    QCOMPARE(planned, 36);
    QCOMPARE(document["parameters"].get<std::uint64_t>(), parameters);
    QCOMPARE(document["bytes"].get<std::uint64_t>(), bytes);
    QCOMPARE(static_cast<qint64>(bytes), dataBytes(kSample + QStringLiteral("/model.safetensors")));
    // Without --json it is text for people.
    const Ran text = run({QStringLiteral("info"), kSample});
    QCOMPARE(text.code, 0);
    QVERIFY(text.out.contains("q_proj"));
    QVERIFY(text.document().is_discarded());
}

void TestCli::scanMeasuresAndResumes()
{
    const json first = m_scan.document();
    QVERIFY2(!first.is_discarded(), m_scan.describe());
    QVERIFY(m_scan.err.isEmpty());
    QVERIFY(hasAll(first, {"tensors", "sites", "unknown"}));
    QCOMPARE(first["tensors"].size(), std::size_t{48});
    int spectra = 0;
    for (const auto& tensor : first["tensors"]) {
        QVERIFY(hasAll(tensor, {"name", "weight"}));
        QVERIFY(hasAll(tensor["weight"],
            {"count", "nan", "zero", "min", "max", "abs_max", "mean", "std", "rms", "skewness", "kurtosis",
                "crest", "abs_q999"}));
        QVERIFY(tensor["weight"]["min"].get<double>() <= tensor["weight"]["max"].get<double>());
        if (!tensor.contains("spectrum"))
            continue;
        ++spectra;
        const auto& spectrum = tensor["spectrum"];
        // The squared Frobenius norm twice: from the values and from the eigenvalues.
        const double rms = tensor["weight"]["rms"];
        const double norm = rms * rms * tensor["weight"]["count"].get<double>();
        QVERIFY(std::abs(spectrum["norm"].get<double>() - norm) < 1e-4 * norm);
        QVERIFY(spectrum["fits"].size() >= 4);
    }
    QCOMPARE(spectra, 36);
    QVERIFY(!first["sites"].empty());
    for (const auto& site : first["sites"])
        QVERIFY(hasAll(site, {"name", "kinds", "abs_max"}));
    const json second = run({QStringLiteral("scan"), kSample, QStringLiteral("--activations"), kDump,
                                QStringLiteral("--project"), m_project, QStringLiteral("--json")})
                            .document();
    for (const auto& tensor : second["tensors"])
        QVERIFY(tensor["from_project"].get<bool>());
    QVERIFY(second["tensors"][3]["weight"] == first["tensors"][3]["weight"]);
    QVERIFY(second["tensors"][3]["spectrum"] == first["tensors"][3]["spectrum"]);
}

void TestCli::optionsNameTheirTargets()
{
    const json all = run({QStringLiteral("options"), QStringLiteral("--json")}).document();
    const json some = run({QStringLiteral("options"), QStringLiteral("--json"), QStringLiteral("--target"),
                              QStringLiteral("compressed-tensors")})
                          .document();
    std::set<std::string> ids;
    std::size_t storable = 0;
    for (const auto& option : all["options"]) {
        QVERIFY(
            hasAll(option, {"id", "number_format", "quantizer", "bits", "needs", "targets", "description"}));
        QVERIFY(ids.insert(option["id"]).second);
        for (const auto& target : option["targets"])
            storable += target == "compressed-tensors" ? 1U : 0U;
        QCOMPARE(option["needs"].empty(), option["quantizer"] != "gptq");
    }
    QVERIFY(ids.count("int4-asym-g128/rtn") == 1 && ids.count("keep") == 1);
    QCOMPARE(some["options"].size(), storable);
    QVERIFY(some["options"].size() < all["options"].size());
}

void TestCli::scoresAddUp()
{
    const Ran ran = run({QStringLiteral("score"), QStringLiteral("--project"), m_project,
        QStringLiteral("--target"), QStringLiteral("fake-quant"), QStringLiteral("--score"),
        QStringLiteral("weight-error-relative"), QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe());
    const json document = ran.document();
    QVERIFY(hasAll(document, {"score", "provenance", "units"}));
    QVERIFY(document["score"] == "weight-error-relative");
    QCOMPARE(document["units"].size(), std::size_t{36});
    for (const auto& unit : document["units"]) {
        for (const auto& option : unit["options"]) {
            QVERIFY(hasAll(option, {"id", "bits", "bytes", "score", "sqnr_db"}));
            const double weights = unit["rows"].get<double>() * unit["cols"].get<double>();
            QCOMPARE(option["bits"].get<double>(), option["bytes"].get<double>() * 8 / weights);
            // ||E||^2 / ||W||^2 and the SQNR say the same.
            if (option["sqnr_db"].is_number()) {
                const double expected = std::pow(10.0, -option["sqnr_db"].get<double>() / 10);
                QVERIFY(std::abs(option["score"].get<double>() - expected) < 1e-9 * expected);
            } else {
                QVERIFY(option["score"] == 0.0); // an exact copy
            }
        }
    }
}

void TestCli::planFitsItsBudget_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("budget");
    QTest::addColumn<double>("value");
    for (const char* target : {"compressed-tensors", "fake-quant"}) {
        const QString id = QString::fromLatin1(target);
        QTest::addRow("%s bpw", target) << id << QStringLiteral("bpw") << 4.5;
        QTest::addRow("%s file bpw", target) << id << QStringLiteral("file-bpw") << 5.0;
        QTest::addRow("%s bytes", target) << id << QStringLiteral("bytes") << 1500000.0;
    }
}

void TestCli::planFitsItsBudget()
{
    QFETCH(QString, target);
    QFETCH(QString, budget);
    QFETCH(double, value);
    const QString out = file("budget.json");
    const Ran ran = run({QStringLiteral("plan"), QStringLiteral("--project"), m_project,
        QStringLiteral("--target"), target, QStringLiteral("--") + budget,
        QString::number(value, 'f', budget == QLatin1String("bytes") ? 0 : 3), QStringLiteral("-o"), out,
        QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe());
    const json plan = ran.document();
    QVERIFY(hasAll(plan, {"bpw", "file_bpw", "bytes", "objective", "lower_bound", "gap", "units"}));
    std::uint64_t unitBytes = 0;
    double harm = 0;
    for (const auto& unit : plan["units"]) {
        QVERIFY(hasAll(unit, {"name", "option", "bits", "bytes", "score", "locked", "fallback"}));
        unitBytes += unit["bytes"].get<std::uint64_t>();
        harm += unit["score"].get<double>();
    }
    QCOMPARE(plan["unit_bytes"].get<std::uint64_t>(), unitBytes);
    QCOMPARE(plan["bytes"].get<std::uint64_t>(), unitBytes + plan["kept_bytes"].get<std::uint64_t>());
    QVERIFY(std::abs(plan["objective"].get<double>() - harm) <= 1e-9 * harm);
    QVERIFY(plan["lower_bound"].get<double>() <= plan["objective"].get<double>() * (1 + 1e-9));
    QCOMPARE(plan["gap"].get<double>(), 0.0);
    QVERIFY(plan["provenance"].get<std::string>().find("not measured") != std::string::npos);
    const char* field = budget == QLatin1String("bpw") ? "bpw"
        : budget == QLatin1String("bytes")             ? "bytes"
                                                       : "file_bpw";
    QVERIFY(plan[field].get<double>() <= value);
    QVERIFY(plan[field].get<double>() > 0.97 * value);
    // A uniform plan of at most this size stands beside it and is not better.
    QVERIFY(plan["best_uniform"]["bytes"].get<std::uint64_t>() <= plan["bytes"].get<std::uint64_t>());
    QVERIFY(plan["best_uniform"]["objective"].get<double>() >= plan["objective"].get<double>());
    const json written = readJson(out);
    QVERIFY(written["target"] == target.toStdString());
    QCOMPARE(written["units"].size(), plan["units"].size());
}

void TestCli::planSaysWhetherItWasRun()
{
    const auto solve = [&](const char* bpw, const QStringList& more) {
        return run(QStringList{QStringLiteral("plan"), QStringLiteral("--project"), m_project,
                       QStringLiteral("--target"), QStringLiteral("fake-quant"), QStringLiteral("--name"),
                       QStringLiteral("ran"), QStringLiteral("--bpw"), QLatin1String(bpw)}
            + more);
    };
    const QString out = file("ran.json");
    const Ran before = solve("4.25", {QStringLiteral("-o"), out});
    QVERIFY2(before.code == 0, before.describe());
    // A proxy has no unit that a run would show.
    QVERIFY2(before.out.contains("\npredicted, not run: objective ")
            && before.out.contains("(sum over units of a score without a unit)"),
        before.describe());
    QVERIFY(!before.out.contains("run in this project"));
    // The note as the window keeps it, among what is none.
    const json note{{"name", "ran"}, {"target", "fake-quant"}, {"text", "psalms.txt"}, {"mean", 0.125},
        {"low", 0.0625}, {"high", 0.25}, {"tokens", 2048}, {"cosine", false}, {"plan", readJson(out).dump()}};
    json other = note;
    other["target"] = "compressed-tensors";
    const auto project = bitwright::project::Project::open(m_project.toStdString());
    QVERIFY(project.has_value());
    QVERIFY((*project)->setState("harm/plans", json{3, {{"plan", 5}}, other, note}.dump()).has_value());
    const json again = solve("4.25", {QStringLiteral("--json")}).document();
    QVERIFY(again["status"] == "predicted");
    QVERIFY(again["objective_unit"].is_null());
    QVERIFY(again["run"]["kl"] == 0.125 && again["run"]["kl_high"] == 0.25);
    QVERIFY(again["run"]["tokens"] == 2048 && again["run"]["text"] == "psalms.txt");
    QVERIFY(solve("4.25", {})
                .out.contains("run in this project: KL 0.125 [0.0625, 0.25] on 2048 tokens of psalms.txt\n"));
    const json smaller = solve("4", {QStringLiteral("--json")}).document();
    QVERIFY(smaller["run"].is_null() && smaller["status"] == "predicted, not run");
}

void TestCli::planHonorsLocks()
{
    const json plan
        = run({QStringLiteral("plan"), QStringLiteral("--project"), m_project, QStringLiteral("--target"),
                  QStringLiteral("fake-quant"), QStringLiteral("--bpw"), QStringLiteral("4"),
                  QStringLiteral("--lock"), QStringLiteral("*.o_proj.weight=int8-asym-g128/rtn"),
                  QStringLiteral("--lock"), QStringLiteral("lm_head*=keep"), QStringLiteral("--objective"),
                  QStringLiteral("max"), QStringLiteral("--json")})
              .document();
    int locked = 0;
    for (const auto& unit : plan["units"]) {
        const auto name = unit["name"].get<std::string>();
        const bool output = name.find("o_proj") != std::string::npos;
        const bool head = name.find("lm_head") != std::string::npos;
        QCOMPARE(unit["locked"].get<bool>(), output || head);
        if (output)
            QVERIFY(unit["option"] == "int8-asym-g128/rtn");
        if (head)
            QVERIFY(unit["option"] == "keep");
        locked += output || head ? 1 : 0;
    }
    QCOMPARE(locked, 6);
    QVERIFY(plan["objective_kind"] == "max");
}

void TestCli::uniformPlanIsUniform()
{
    const Ran ran = run({QStringLiteral("plan"), QStringLiteral("--project"), m_project,
        QStringLiteral("--target"), QStringLiteral("compressed-tensors"), QStringLiteral("--uniform"),
        QStringLiteral("int4-sym-g128/rtn"), QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe());
    const json plan = ran.document();
    for (const auto& unit : plan["units"])
        QVERIFY(unit["option"] == "int4-sym-g128/rtn");
}

void TestCli::frontierFalls()
{
    const Ran ran = run({QStringLiteral("frontier"), QStringLiteral("--project"), m_project,
        QStringLiteral("--target"), QStringLiteral("compressed-tensors"), QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe());
    const json frontier = ran.document();
    QVERIFY(hasAll(frontier, {"points", "exact", "gap"}));
    const auto& points = frontier["points"];
    QVERIFY(points.size() > 50);
    for (std::size_t i = 1; i < points.size(); ++i) {
        QVERIFY(points[i]["bytes"].get<std::uint64_t>() > points[i - 1]["bytes"].get<std::uint64_t>());
        QVERIFY(points[i]["objective"].get<double>() < points[i - 1]["objective"].get<double>());
    }
    // The plan of a budget is a point of it.
    const json plan = run({QStringLiteral("plan"), QStringLiteral("--project"), m_project,
                              QStringLiteral("--target"), QStringLiteral("compressed-tensors"),
                              QStringLiteral("--bpw"), QStringLiteral("4.5"), QStringLiteral("--json")})
                          .document();
    double best = 1e300;
    for (const auto& point : points)
        if (point["bytes"].get<std::uint64_t>() <= plan["bytes"].get<std::uint64_t>())
            best = std::min(best, point["objective"].get<double>());
    QVERIFY(std::abs(best - plan["objective"].get<double>()) < 1e-9 * best);
}

void TestCli::planRoundTrips()
{
    const QString plan = planFor(QStringLiteral("compressed-tensors"));
    const Ran ran
        = run({QStringLiteral("export-plan"), plan, QStringLiteral("--to"), QStringLiteral("json")});
    QVERIFY2(ran.code == 0, ran.describe());
    QVERIFY(writeBytes(file("again.json"), ran.out));
    const Ran again = run({QStringLiteral("export-plan"), file("again.json"), QStringLiteral("--to"),
        QStringLiteral("json"), QStringLiteral("-o"), file("third.json")});
    QCOMPARE(again.code, 0);
    QVERIFY(readJson(file("third.json")) == ran.document());
    const json original = readJson(plan);
    QCOMPARE(ran.document()["units"].size(), original["units"].size());
    // Without the model, units stand in the order of their names.
    const auto optionsOf = [](const json& document) {
        std::map<std::string, std::string> options;
        for (const auto& unit : document["units"])
            options[unit["name"]] = unit["option"];
        return options;
    };
    QVERIFY(optionsOf(ran.document()) == optionsOf(original));
}

void TestCli::exportsStatistics()
{
    for (const char* name : {"stats.json", "stats.csv", "stats.h5"}) {
        const Ran ran = run({QStringLiteral("export-stats"), m_project, QStringLiteral("-o"), file(name),
            QStringLiteral("--json")});
        QVERIFY2(ran.code == 0, ran.describe());
        QCOMPARE(ran.document()["tensors"].get<int>(), 48);
        QVERIFY(QFile(file(name)).size() > 1000);
    }
    const json scan = m_scan.document();
    const json stats = readJson(file("stats.json"));
    QCOMPARE(stats["tensors"].size(), std::size_t{48});
    QVERIFY(stats["tensors"][5]["weight"] == scan["tensors"][5]["weight"]);
    QVERIFY(stats["sites"] == scan["sites"]);
    QFile csv(file("stats.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    const auto lines = csv.readAll().split('\n');
    QVERIFY(lines.first().startsWith("kind,"));
    QCOMPARE(std::count_if(
                 lines.begin(), lines.end(), [](const auto& line) { return line.startsWith("tensor,"); }),
        48);
    QFile hdf5(file("stats.h5"));
    QVERIFY(hdf5.open(QIODevice::ReadOnly));
    QCOMPARE(hdf5.read(8), QByteArray("\x89HDF\r\n\x1a\n"));
}

void TestCli::threadsDoNotMatter()
{
    std::vector<QByteArray> outputs;
    for (const char* threads : {"1", "4"}) {
        const QString project
            = m_folder.filePath(QStringLiteral("threads-%1.bwp").arg(QLatin1String(threads)));
        const QString count = QString::fromLatin1(threads);
        QCOMPARE(run({QStringLiteral("scan"), kSample, QStringLiteral("--project"), project,
                         QStringLiteral("--threads"), count, QStringLiteral("--quiet")})
                     .code,
            0);
        outputs.push_back(
            run({QStringLiteral("plan"), QStringLiteral("--project"), project, QStringLiteral("--target"),
                    QStringLiteral("fake-quant"), QStringLiteral("--bpw"), QStringLiteral("3.7"),
                    QStringLiteral("--json"), QStringLiteral("--threads"), count})
                .out);
    }
    QVERIFY(outputs[0].size() > 1000);
    QVERIFY(outputs[0] == outputs[1]);
}

void TestCli::drawsViews()
{
    QVERIFY2(QFile::exists(kWindow), "The window's program was not built; this test depends on its target.");
    const Ran ran = run(
        {QStringLiteral("view"), m_project, QStringLiteral("--view"), QStringLiteral("activation-maxima"),
            QStringLiteral("-o"), file("view.svg"), QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe());
    QVERIFY(ran.document()["view"] == "activation-maxima");
    QVERIFY(QFile(file("view.svg")).size() > 2000);
    const Ran unknown = run({QStringLiteral("view"), m_project, QStringLiteral("--view"),
        QStringLiteral("no-such-view"), QStringLiteral("-o"), file("none.svg")});
    QVERIFY2(unknown.code == 2, unknown.describe());
    const Ran unwritable = run({QStringLiteral("view"), m_project, QStringLiteral("--view"),
        QStringLiteral("pareto"), QStringLiteral("-o"), file("no/such/folder/a.png")});
    QVERIFY2(unwritable.code == 4, unwritable.describe());
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
