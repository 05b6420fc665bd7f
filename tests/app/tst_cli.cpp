#include "tests/support/large_model.h"
#include "tests/support/run_cli.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <csignal>
#include <set>

using bitwright::test::Ran;
using bitwright::test::runProgram;
using nlohmann::json;

namespace {

const QString kWindow = QStringLiteral(BITWRIGHT_BINARY_DIR "/bin/bitwright");
const QString kSample = QStringLiteral(BITWRIGHT_SOURCE_DIR "/samples/tiny-llama");
const QString kDump = kSample + QStringLiteral("/activations.h5");

const auto run = bitwright::test::runCli;

bool hasAll(const json& object, std::initializer_list<const char*> names)
{
    return object.is_object()
        && std::all_of(names.begin(), names.end(), [&](const char* name) { return object.contains(name); });
}

bool writeBytes(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

json readJson(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? json::parse(file.readAll().toStdString(), nullptr, false)
                                          : json();
}

/// Bytes of all tensors of a safetensors file, from its size and its header's length alone.
qint64 dataBytes(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray head = file.read(8);
    quint64 header = 0;
    for (int i = 7; i >= 0; --i)
        header = header << 8U | static_cast<unsigned char>(head[i]);
    return file.size() - 8 - static_cast<qint64>(header);
}

} // namespace

class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void helpsOnEveryCommand_data();
    void helpsOnEveryCommand();
    void tellsItsVersion();
    void infoListsTensors();
    void scanMeasuresAndResumes();
    void optionsNameTheirTargets();
    void scoresAddUp();
    void planFitsItsBudget_data();
    void planFitsItsBudget();
    void planHonorsLocks();
    void uniformPlanIsUniform();
    void frontierFalls();
    void planRoundTrips();
    void exportsStatistics();
    void quantizesAsPlanned_data();
    void quantizesAsPlanned();
    void quantizeReplacesOnlyWhenAsked();
    void verifyFindsDamage();
    void verifyFindsAnotherPlan();
    void threadsDoNotMatter();
    void drawsViews();
    void usageErrors_data();
    void usageErrors();
    void inputErrors_data();
    void inputErrors();
    void infeasibleIsOne();
    void unwritableIsFour_data();
    void unwritableIsFour();
    void interruptIs130();
    void interruptedQuantizeLeavesNoOutput();

private:
    [[nodiscard]] QString file(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    /// A plan for `target` at 4.5 bpw, made once.
    [[nodiscard]] QString planFor(const QString& target);
    /// An export of that plan, made once.
    [[nodiscard]] QString exportOf(const QString& target);

    QTemporaryDir m_folder;
    QString m_project;
    Ran m_scan;
};

void TestCli::initTestCase()
{
    QVERIFY2(QFile::exists(bitwright::test::kCli), qPrintable(bitwright::test::kCli));
    QVERIFY(m_folder.isValid());
    m_project = file("sample.bwp");
    m_scan = run({QStringLiteral("scan"), kSample, QStringLiteral("--activations"), kDump,
        QStringLiteral("--project"), m_project, QStringLiteral("--json")});
    QVERIFY2(m_scan.code == 0, m_scan.describe());
}

QString TestCli::planFor(const QString& target)
{
    const QString path = m_folder.filePath(target + QStringLiteral(".json"));
    if (!QFile::exists(path)) {
        const Ran ran
            = run({QStringLiteral("plan"), QStringLiteral("--project"), m_project, QStringLiteral("--target"),
                target, QStringLiteral("--bpw"), QStringLiteral("4.5"), QStringLiteral("-o"), path});
        if (ran.code != 0)
            qWarning("%s", ran.describe().constData());
    }
    return path;
}

QString TestCli::exportOf(const QString& target)
{
    const QString path = m_folder.filePath(target + QStringLiteral("-export"));
    if (!QFile::exists(path)) {
        const Ran ran = run({QStringLiteral("quantize"), kSample, QStringLiteral("--plan"), planFor(target),
            QStringLiteral("--out"), path});
        if (ran.code != 0)
            qWarning("%s", ran.describe().constData());
    }
    return path;
}

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
        QVERIFY(ran.out.contains("130 cancelled"));
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

void TestCli::quantizesAsPlanned_data()
{
    QTest::addColumn<QString>("target");
    QTest::newRow("compressed-tensors") << QStringLiteral("compressed-tensors");
    QTest::newRow("fake-quant") << QStringLiteral("fake-quant");
}

void TestCli::quantizesAsPlanned()
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

void TestCli::quantizeReplacesOnlyWhenAsked()
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

void TestCli::verifyFindsDamage()
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

void TestCli::verifyFindsAnotherPlan()
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

void TestCli::usageErrors_data()
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

void TestCli::usageErrors()
{
    QFETCH(QStringList, words);
    words.replaceInStrings(QStringLiteral("PROJECT"), m_project);
    const Ran ran = run(words);
    QVERIFY2(ran.code == 2, ran.describe());
    QVERIFY(ran.out.isEmpty());
    QVERIFY2(ran.err.count('\n') == 1 && ran.err.endsWith('\n'), ran.describe());
}

void TestCli::inputErrors_data()
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

void TestCli::inputErrors()
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

void TestCli::infeasibleIsOne()
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

void TestCli::unwritableIsFour_data()
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

void TestCli::unwritableIsFour()
{
    QFETCH(QStringList, words);
    words.replaceInStrings(QStringLiteral("PROJECT"), m_project);
    words.replaceInStrings(QStringLiteral("PLAN"), planFor(QStringLiteral("compressed-tensors")));
    const Ran ran = run(words);
    QVERIFY2(ran.code == 4, ran.describe());
    QVERIFY2(ran.errorLines() == 1, ran.err);
    QVERIFY(!QFile::exists(file("no")));
}

void TestCli::interruptIs130()
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
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
    QVERIFY(process.waitForFinished(30000));
    QVERIFY2(clock.elapsed() < 1500, qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(process.readAllStandardOutput().isEmpty());
    QCOMPARE(process.readAllStandardError().count('\n'), 1);
    // One file, which the next run resumes from.
    QCOMPARE(QDir(m_folder.path()).entryList({QStringLiteral("interrupted*")}),
        QStringList{QStringLiteral("interrupted.bwp")});
    QCOMPARE(run(words + QStringList{QStringLiteral("--no-spectra")}).code, 0);
}

void TestCli::interruptedQuantizeLeavesNoOutput()
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
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
    QVERIFY(process.waitForFinished(30000));
    QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(!QFile::exists(out));
    QVERIFY(!QFile::exists(out + QStringLiteral(".partial")));
    QCOMPARE(process.readAllStandardError().count('\n'), 1);
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
