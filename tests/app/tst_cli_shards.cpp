#include "tests/support/run_cli.h"
#include "tests/support/safetensors_writer.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QTest>

using namespace bitwright;
using test::Ran;
using test::runCli;

/// A folder whose index names two shards, of which one is not there.
class TestCliShards : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void refusesAndSaysWhatToDo();
    void opensTheRestWhenAllowed();
    void scansTheRestWhenAllowed();

private:
    QString folder() const { return m_folder.filePath(QStringLiteral("model")); }
    QTemporaryDir m_folder;
};

void TestCliShards::initTestCase()
{
    QVERIFY(QDir().mkpath(folder()));
    test::SafetensorsWriter writer;
    writer.add("model.layers.0.mlp.up_proj.weight", "F32", {32, 32}, std::string(32 * 32 * 4, '\x3d'));
    QVERIFY(writer.write((folder() + QStringLiteral("/model-00001-of-00002.safetensors")).toStdString()));
    const nlohmann::json index = {{"metadata", {{"total_size", 8192}}},
        {"weight_map",
            {{"model.layers.0.mlp.up_proj.weight", "model-00001-of-00002.safetensors"},
                {"model.layers.0.mlp.down_proj.weight", "model-00002-of-00002.safetensors"}}}};
    QFile file(folder() + QStringLiteral("/model.safetensors.index.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.write(QByteArray::fromStdString(index.dump())) > 0);
}

void TestCliShards::refusesAndSaysWhatToDo()
{
    const Ran ran = runCli({QStringLiteral("info"), folder()});
    QVERIFY2(ran.code == 3 && ran.errorLines() == 1, ran.describe());
    QVERIFY2(ran.err.contains("model-00002-of-00002.safetensors"), ran.describe());
    QVERIFY2(ran.err.contains("--allow-missing-shards"), ran.describe());
}

void TestCliShards::opensTheRestWhenAllowed()
{
    const Ran ran = runCli({QStringLiteral("info"), folder(), QStringLiteral("--allow-missing-shards"),
        QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.describe());
    const auto document = ran.document();
    QVERIFY2(document.contains("tensors") && document["tensors"].size() == 1, ran.describe());
    QVERIFY2((ran.err + ran.out).contains("model-00002-of-00002.safetensors"), ran.describe());
}

void TestCliShards::scansTheRestWhenAllowed()
{
    const QString project = m_folder.filePath(QStringLiteral("p.bwp"));
    const QStringList words{QStringLiteral("scan"), folder(), QStringLiteral("--project"), project};
    QCOMPARE(runCli(words).code, 3);
    QVERIFY(!QFile::exists(project));
    const Ran ran = runCli(words + QStringList{QStringLiteral("--allow-missing-shards")});
    QVERIFY2(ran.code == 0, ran.describe());
    QVERIFY(QFile::exists(project));
}

QTEST_GUILESS_MAIN(TestCliShards)
#include "tst_cli_shards.moc"
