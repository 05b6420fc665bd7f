// What capture and measure say of models that cannot be run and of tokens that do not fit: one line each, and
// the same one.
#include "tests/support/patched_model.h"
#include "tests/support/run_cli.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QTest>

#include <limits>

using bitwright::test::Patch;
using bitwright::test::Ran;

namespace {

const QString kLlama = QStringLiteral(BITWRIGHT_SOURCE_DIR "/tests/data/forward/llama");
const QString kBert = QStringLiteral(BITWRIGHT_SOURCE_DIR "/tests/data/forward/bert");
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

bool writeBytes(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

/// Rows of ids below 96, as text.
QByteArray idsOf(std::initializer_list<int> lengths)
{
    QByteArray text;
    for (const int length : lengths) {
        for (int t = 0; t < length; ++t)
            text += QByteArray::number((t * 17 + t * t * 3 + length) % 96) + ' ';
        text += '\n';
    }
    return text;
}

} // namespace

class TestCliInputs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void brokenModels_data();
    void brokenModels();
    void overflow();
    void otherConfigs_data();
    void otherConfigs();
    void longIds();
    void tokensAllSkipped();
    void noInterval();
    void oneIsNotMany();

private:
    [[nodiscard]] QString file(const char* name) const
    {
        return m_folder.filePath(QString::fromLatin1(name));
    }
    [[nodiscard]] Ran capture(const QString& model, const QStringList& words) const
    {
        return bitwright::test::runCli(QStringList{QStringLiteral("capture"), model,
                                           QStringLiteral("--quiet"), QStringLiteral("-o"), file("dump.h5")}
            + words);
    }
    [[nodiscard]] Ran measure(const QString& model, const QStringList& words)
    {
        const QString project = m_folder.filePath(QStringLiteral("p%1.bwp").arg(++m_projects));
        const Ran scan = bitwright::test::runCli({QStringLiteral("scan"), model, QStringLiteral("--quiet"),
            QStringLiteral("--no-spectra"), QStringLiteral("--project"), project});
        if (scan.code != 0)
            return scan;
        return bitwright::test::runCli(
            QStringList{QStringLiteral("measure"), QStringLiteral("--project"), project,
                QStringLiteral("--target"), QStringLiteral("fake-quant"), QStringLiteral("--quiet"),
                QStringLiteral("--options"), QStringLiteral("int4-asym-g32/rtn"), QStringLiteral("--units"),
                QStringLiteral("*.0.*dense.weight,*.0.self_attn.o_proj.weight")}
            + words);
    }
    /// Both commands refuse the input by the same line.
    void refuseAlike(const QString& model, const QStringList& words, const QList<QByteArray>& says);

    QTemporaryDir m_folder;
    int m_projects = 0;
};

void TestCliInputs::initTestCase()
{
    QVERIFY(m_folder.isValid());
    QVERIFY(writeBytes(file("ids.txt"), idsOf({60, 64})));
}

void TestCliInputs::refuseAlike(const QString& model, const QStringList& words, const QList<QByteArray>& says)
{
    const Ran captured = capture(model, words);
    QVERIFY2(captured.code == 3, captured.describe().constData());
    QVERIFY(captured.out.isEmpty());
    QCOMPARE(captured.errorLines(), 1);
    for (const QByteArray& part : says)
        QVERIFY2(captured.err.contains(part), captured.describe().constData());
    QVERIFY(!QFile::exists(file("dump.h5")) && !QDir(file("dump.h5.partial")).exists());
    const Ran measured = measure(model, words);
    QVERIFY2(measured.code == 3, measured.describe().constData());
    QCOMPARE(measured.err, captured.err);
}

void TestCliInputs::brokenModels_data()
{
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<int>("index");
    QTest::addColumn<float>("value");
    QTest::addColumn<QByteArray>("says");
    const float infinity = std::numeric_limits<float>::infinity();
    // 32 inputs to a row. Norms are in memory: they are looked at before anything is run.
    QTest::newRow("norm") << QStringLiteral("model.layers.1.input_layernorm.weight") << 5 << kNaN
                          << QByteArray("Its value 5 is NaN or infinite.");
    QTest::newRow("last norm") << QStringLiteral("model.norm.weight") << 31 << infinity
                               << QByteArray("Its value 31 is NaN or infinite.");
    QTest::newRow("matrix") << QStringLiteral("model.layers.1.mlp.up_proj.weight") << 3 * 32 + 7 << kNaN
                            << QByteArray("Its value at row 3, column 7 is NaN or infinite.");
    QTest::newRow("infinite matrix") << QStringLiteral("model.layers.2.self_attn.v_proj.weight") << 32
                                     << -infinity
                                     << QByteArray("Its value at row 1, column 0 is NaN or infinite.");
    QTest::newRow("embedding") << QStringLiteral("model.embed_tokens.weight") << 60 * 32 + 1 << kNaN
                               << QByteArray("Its value at row 60, column 1 is NaN or infinite.");
    QTest::newRow("head") << QStringLiteral("lm_head.weight") << 90 * 32 + 2 << kNaN
                          << QByteArray("Its value at row 90, column 2 is NaN or infinite.");
}

void TestCliInputs::brokenModels()
{
    QFETCH(const QString, tensor);
    QFETCH(const int, index);
    QFETCH(const float, value);
    QFETCH(const QByteArray, says);
    const QString model = m_folder.filePath(QLatin1String(QTest::currentDataTag()));
    QVERIFY(bitwright::test::patchModel(kLlama.toStdString(), model.toStdString(),
        {{tensor.toStdString(), static_cast<std::size_t>(index), value}}));
    refuseAlike(model, {QStringLiteral("--tokens"), file("ids.txt")},
        {model.toUtf8(), '"' + tensor.toUtf8() + '"', says});
}

void TestCliInputs::overflow()
{
    // All weights are numbers, and their product is none: the tensor that is given it is named, by the
    // recorder too.
    const QString model = file("overflow");
    QVERIFY(bitwright::test::patchModel(kLlama.toStdString(), model.toStdString(),
        {{"model.layers.1.mlp.gate_proj.weight", 0, 1e30F},
            {"model.layers.1.mlp.up_proj.weight", 0, 1e30F}}));
    refuseAlike(model, {QStringLiteral("--tokens"), file("ids.txt")},
        {model.toUtf8(), "\"model.layers.1.mlp.down_proj.weight\"",
            "What this tensor is given is NaN or infinite at token "});
}

void TestCliInputs::otherConfigs_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("fewer blocks") << QByteArray("\"num_hidden_layers\": 3")
                                  << QByteArray("\"num_hidden_layers\": 2") << QByteArray("says 2 blocks");
    QTest::newRow("another type") << QByteArray("\"model_type\": \"llama\"")
                                  << QByteArray("\"model_type\": \"alpaca\"") << QByteArray("alpaca");
}

void TestCliInputs::otherConfigs()
{
    QFETCH(const QByteArray, from);
    QFETCH(const QByteArray, to);
    QFETCH(const QByteArray, says);
    const QString model = m_folder.filePath(QLatin1String(QTest::currentDataTag()));
    QVERIFY(bitwright::test::patchModel(kLlama.toStdString(), model.toStdString(), {}));
    QFile config(model + QStringLiteral("/config.json"));
    QVERIFY(config.open(QIODevice::ReadOnly));
    const QByteArray text = config.readAll();
    config.close();
    QVERIFY(text.contains(from));
    QVERIFY(writeBytes(config.fileName(), QByteArray(text).replace(from, to)));
    refuseAlike(model, {QStringLiteral("--tokens"), file("ids.txt")}, {model.toUtf8(), says});
}

void TestCliInputs::longIds()
{
    // Ids are what was asked for: the model has positions for 64.
    QVERIFY(writeBytes(file("long.txt"), idsOf({60, 70})));
    const QStringList words{QStringLiteral("--tokens"), file("long.txt")};
    refuseAlike(kLlama, words,
        {file("long.txt").toUtf8(), "Sequence 1 has 70 ids, the model has positions for 64.",
            "--sequence-length"});
    const QStringList cut = words
        + QStringList{QStringLiteral("--sequence-length"), QStringLiteral("40"), QStringLiteral("--json")};
    const Ran captured = capture(kLlama, cut);
    QVERIFY2(captured.code == 0, captured.describe().constData());
    QCOMPARE(captured.document()["sequences"].get<int>(), 4);
    QCOMPARE(captured.document()["tokens"].get<int>(), 130);
    QVERIFY(QFile::remove(file("dump.h5")));
    const Ran measured = measure(kLlama, cut);
    QVERIFY2(measured.code == 0, measured.describe().constData());
    QCOMPARE(measured.document()["reference"]["tokens"].get<int>(), 130);
}

void TestCliInputs::tokensAllSkipped()
{
    const Ran ran = measure(kLlama,
        {QStringLiteral("--tokens"), file("ids.txt"), QStringLiteral("--skip-tokens"),
            QStringLiteral("1000")});
    QVERIFY2(ran.code == 3, ran.describe().constData());
    QCOMPARE(ran.errorLines(), 1);
    QVERIFY2(ran.err.contains("ids.txt") && ran.err.contains("All 124 tokens are skipped"),
        ran.describe().constData());
}

void TestCliInputs::noInterval()
{
    QVERIFY(writeBytes(file("one.txt"), "5\n") && writeBytes(file("two.txt"), "5 6 7\n8 9\n"));
    const auto with = [&](const QString& model, const char* ids, const QStringList& more = {}) {
        return measure(model, QStringList{QStringLiteral("--tokens"), file(ids)} + more);
    };
    const QStringList json{QStringLiteral("--json")};
    const Ran token = with(kLlama, "one.txt");
    QVERIFY2(token.code == 0 && token.out.contains(", 1 token\n1 token: no interval."),
        token.describe().constData());
    QVERIFY(with(kLlama, "one.txt", json).document()["no_interval"].is_string());
    const Ran sentence = with(kBert, "one.txt");
    QVERIFY2(sentence.code == 0 && sentence.out.contains("\n1 sentence: no interval."), sentence.describe());
    for (const QString& model : {kLlama, kBert}) {
        const Ran two = with(model, "two.txt", json);
        QVERIFY2(two.code == 0, two.describe().constData());
        QVERIFY(two.document()["no_interval"].is_null());
        QVERIFY(!two.document()["measurements"].empty());
    }
}

void TestCliInputs::oneIsNotMany()
{
    QVERIFY(writeBytes(file("one.txt"), "5\n"));
    const Ran ran = capture(kLlama, {QStringLiteral("--tokens"), file("one.txt")});
    QVERIFY2(ran.code == 0, ran.describe().constData());
    QVERIFY2(ran.out.contains("dump.h5: 1 token in 1 sequence ("), ran.describe().constData());
}

QTEST_GUILESS_MAIN(TestCliInputs)
#include "tst_cli_inputs.moc"
