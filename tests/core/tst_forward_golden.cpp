#include "core/formats/open.h"
#include "core/forward/forward.h"
#include "core/model/matrix_reader.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <mutex>

using namespace bitwright;
using namespace bitwright::forward;

namespace {

QString dataFolder()
{
    return QStringLiteral(BITWRIGHT_SOURCE_DIR "/tests/data/forward");
}

/// What transformers gave for one sequence.
struct Expected
{
    std::vector<std::uint32_t> ids;
    std::vector<float> values; ///< tokens x width
    std::size_t width = 0;
};

std::vector<Expected> readExpected(const QString& folder)
{
    std::vector<Expected> result;
    const auto file
        = formats::openCheckpoint((folder + QStringLiteral("/expected.safetensors")).toStdString());
    if (!file)
        return result;
    for (int i = 0;; ++i) {
        const auto ids = (*file)->find("ids." + std::to_string(i));
        const auto logits = (*file)->find("logits." + std::to_string(i));
        if (!ids || !logits)
            return result;
        Expected expected;
        const auto idRow = model::MatrixReader::open(**file, *ids)->readAll();
        for (const float id : *idRow)
            expected.ids.push_back(static_cast<std::uint32_t>(id));
        const auto reader = model::MatrixReader::open(**file, *logits);
        expected.values = *reader->readAll();
        expected.width = static_cast<std::size_t>(reader->cols());
        result.push_back(std::move(expected));
    }
}

/// The model of a folder, or the graph of its config.json with the weights of `llama`.
Result<Model> openFamily(const QString& folder)
{
    if (QFile::exists(folder + QStringLiteral("/model.safetensors"))) {
        BITWRIGHT_ASSIGN(auto checkpoint, formats::openCheckpoint(folder.toStdString()));
        return Model::open(checkpoint);
    }
    BITWRIGHT_ASSIGN(
        auto checkpoint, formats::openCheckpoint((dataFolder() + QStringLiteral("/llama")).toStdString()));
    QFile config(folder + QStringLiteral("/config.json"));
    if (!config.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Io, "No config.json.");
    BITWRIGHT_ASSIGN(Architecture architecture, readArchitecture(config.readAll().toStdString()));
    return Model::open(checkpoint, std::move(architecture));
}

/// Logits of all tokens, joined from the tiles; for an encoder the last hidden states.
Result<std::vector<float>> runAll(
    const Model& model, const TokenBatch& batch, const RunContext& context, std::vector<TokenResult>& tokens)
{
    BITWRIGHT_ASSIGN(std::vector<float> hidden, embed(model, batch, {}, context));
    BITWRIGHT_CHECK(runBlocks(model, batch, 0, model.blocks().size(), hidden, {}, context));
    if (!model.architecture().hasHead)
        return finalStates(model, batch, hidden, {}, context);
    const std::size_t words = model.architecture().vocabulary;
    std::vector<float> logits(batch.tokens() * words);
    std::mutex mutex;
    const LogitsSink sink = [&](const LogitsTile& tile) -> Result<void> {
        const std::lock_guard lock(mutex);
        for (std::size_t t = 0; t < tile.tokens; ++t)
            std::copy_n(tile.values.begin() + static_cast<std::ptrdiff_t>(t * tile.words), tile.words,
                logits.begin() + static_cast<std::ptrdiff_t>((tile.firstToken + t) * words + tile.firstWord));
        return {};
    };
    BITWRIGHT_ASSIGN(tokens, runHead(model, batch, hidden, {}, context, sink));
    return logits;
}

double logSumExp(std::span<const float> row)
{
    double sum = 0;
    for (const float x : row)
        sum += std::exp(static_cast<double>(x));
    return std::log(sum);
}

} // namespace

/// Tiny random models of every family against transformers (tests/interop/make_forward_goldens.py).
class TestForwardGolden : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void likeTransformers_data();
    void likeTransformers();
};

void TestForwardGolden::likeTransformers_data()
{
    QTest::addColumn<QString>("folder");
    const QStringList names = QDir(dataFolder()).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    QCOMPARE(names.size(), 20); // 15 models and 5 scalings of rotary embeddings
    for (const QString& name : names)
        QTest::newRow(qPrintable(name)) << dataFolder() + QLatin1Char('/') + name;
}

void TestForwardGolden::likeTransformers()
{
    QFETCH(const QString, folder);
    const std::vector<Expected> expected = readExpected(folder);
    QCOMPARE(expected.size(), std::size_t{3});
    const auto model = openFamily(folder);
    QVERIFY2(model, model ? "" : model.error().oneLine().c_str());
    TokenBatch batch;
    for (const Expected& one : expected)
        batch.add(one.ids);
    RunContext context;
    context.threads = 2;
    std::vector<TokenResult> tokens;
    const auto values = runAll(*model, batch, context, tokens);
    QVERIFY2(values, values ? "" : values.error().oneLine().c_str());

    double worst = 0, largest = 0;
    std::size_t at = 0;
    for (const Expected& one : expected)
        for (const float value : one.values) {
            worst = std::max(worst, static_cast<double>(std::abs(value - (*values)[at++])));
            largest = std::max(largest, static_cast<double>(std::abs(value)));
        }
    QCOMPARE(at, values->size());
    const std::string told
        = fmt::format("largest error {} of {}: relative {:.2e}", worst, largest, worst / largest);
    QVERIFY2(worst <= 1e-4 * largest, told.c_str());
    qInfo("%s", told.c_str());

    for (std::size_t s = 0, token = 0; s < expected.size() && !tokens.empty(); ++s) {
        for (std::size_t t = 0; t < expected[s].ids.size(); ++t, ++token) {
            const auto row = std::span(expected[s].values).subspan(t * expected[s].width, expected[s].width);
            const auto best = std::max_element(row.begin(), row.end()) - row.begin();
            QCOMPARE(static_cast<std::ptrdiff_t>(tokens[token].best), best);
            QVERIFY(std::abs(tokens[token].logSumExp - logSumExp(row)) < 1e-3);
            QCOMPARE(tokens[token].nextLogProbability.has_value(), t + 1 < expected[s].ids.size());
            if (tokens[token].nextLogProbability)
                QVERIFY(std::abs(*tokens[token].nextLogProbability
                            - (static_cast<double>(row[expected[s].ids[t + 1]]) - logSumExp(row)))
                    < 1e-3);
        }
    }
}

QTEST_GUILESS_MAIN(TestForwardGolden)
#include "tst_forward_golden.moc"
