#include "core/formats/open.h"
#include "core/forward/gradient_parts.h"
#include "core/forward/gradients.h"
#include "core/forward/kernels.h"
#include "core/forward/labels.h"
#include "tests/support/gradient_models.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <cmath>
#include <map>
#include <random>

using namespace bitwright;
using namespace bitwright::forward;
using test::openFamily;
using test::openModel;
using test::someTokens;
using test::withThreads;
using test::worst;

namespace {

/// A model of one small block and many words, so that the head has several tiles.
Model manyWords(std::size_t words)
{
    auto checkpoint = std::make_shared<testing::MemoryCheckpoint>("llama");
    std::mt19937_64 random(5);
    std::normal_distribution<float> normal;
    const auto add = [&](const std::string& name, std::vector<std::uint64_t> shape, float size) {
        std::vector<float> values(static_cast<std::size_t>(shape[0] * (shape.size() > 1 ? shape[1] : 1)));
        for (float& value : values)
            value = shape.size() > 1 ? size * normal(random) : 1.0F;
        checkpoint->add(name, shape, values);
    };
    checkpoint->setConfig(fmt::format(
        R"({{"model_type": "llama", "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1,
             "num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": {}, "rms_norm_eps": 1e-5,
             "max_position_embeddings": 64, "tie_word_embeddings": false}})",
        words));
    add("model.embed_tokens.weight", {words, 8}, 1);
    for (const char* part : {"q", "k", "v", "o"})
        add(fmt::format("model.layers.0.self_attn.{}_proj.weight", part), {8, 8}, 0.3F);
    add("model.layers.0.mlp.gate_proj.weight", {16, 8}, 0.3F);
    add("model.layers.0.mlp.up_proj.weight", {16, 8}, 0.3F);
    add("model.layers.0.mlp.down_proj.weight", {8, 16}, 0.3F);
    for (const char* norm : {"layers.0.input_layernorm", "layers.0.post_attention_layernorm", "norm"})
        add(fmt::format("model.{}.weight", norm), {8}, 1);
    add("lm_head.weight", {words, 8}, 1);
    auto model = Model::open(checkpoint);
    if (!model)
        qFatal("%s", model.error().oneLine().c_str());
    return std::move(*model);
}

} // namespace

class TestForwardGradients : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void slopesLikeDifferences();
    void normsLikeDifferences_data();
    void normsLikeDifferences();
    void weightsLikeDifferences_data();
    void weightsLikeDifferences();
    void outputsMakeTheWeights_data();
    void outputsMakeTheWeights();
    void labelsAreDrawn();
    void sampleLikeItsDump();
    void factorsAreMeans();
    void sameForAnyThreads();
    void whatIsNotKnownIsRefused();
    void stops();
};

void TestForwardGradients::slopesLikeDifferences()
{
    for (const auto kind : {ActivationKind::Silu, ActivationKind::Gelu, ActivationKind::GeluTanh,
             ActivationKind::Relu, ActivationKind::QuickGelu})
        for (const float x : {-4.0F, -1.3F, -0.2F, 0.4F, 2.0F, 6.0F}) {
            std::array<float, 2> values{x - 0.01F, x + 0.01F};
            activate(kind, values);
            const double found = activationSlope(kind, static_cast<double>(x));
            QVERIFY(std::abs(found - static_cast<double>(values[1] - values[0]) / 0.02) < 2e-4);
        }
}

void TestForwardGradients::normsLikeDifferences_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("rms") << static_cast<int>(NormKind::Rms);
    QTest::newRow("rms + 1") << static_cast<int>(NormKind::RmsPlusOne);
    QTest::newRow("layer") << static_cast<int>(NormKind::Layer);
}

void TestForwardGradients::normsLikeDifferences()
{
    QFETCH(int, kind);
    const auto norm = static_cast<NormKind>(kind);
    constexpr std::size_t width = 7;
    const std::vector<float> in{0.3F, -1.2F, 2.0F, 0.7F, -0.4F, 1.1F, -2.2F}, bias(width, 0.1F);
    const std::vector<float> weight{1.0F, 0.5F, -0.7F, 2.0F, 1.3F, 0.2F, 0.9F};
    const std::vector<float> out{0.2F, 1.0F, -0.3F, 0.4F, 0.6F, -1.0F, 0.8F};
    std::vector<float> found(width);
    normBackward(norm, 1e-5, in, weight, out, found);
    for (std::size_t i = 0; i < width; ++i) {
        double change = 0;
        for (const double sign : {-1.0, 1.0}) {
            std::vector<float> moved = in, result(width);
            moved[i] += static_cast<float>(sign * 0.01);
            normRow(norm, 1e-5, moved, weight, norm == NormKind::Layer ? bias : std::vector<float>(), result);
            for (std::size_t k = 0; k < width; ++k)
                change += sign * static_cast<double>(result[k]) * static_cast<double>(out[k]);
        }
        QVERIFY(std::abs(change / 0.02 - static_cast<double>(found[i])) < 3e-4);
    }
}

void TestForwardGradients::weightsLikeDifferences_data()
{
    QTest::addColumn<std::string>("family");
    for (const char* family : {"llama", "llama-biases", "mistral", "qwen2", "qwen3", "gemma2", "gemma3",
             "phi3", "gpt2", "opt", "opt-post"})
        QTest::newRow(family) << std::string(family);
}

/// The change of the loss along a random direction of every weight is the direction times the gradient.
void TestForwardGradients::weightsLikeDifferences()
{
    QFETCH(std::string, family);
    const auto model = openModel(family);
    QVERIFY2(model.has_value(), model ? "" : model.error().oneLine().c_str());
    const TokenBatch batch = someTokens(static_cast<std::size_t>(model->architecture().vocabulary), {24});
    const auto gradients = test::rawGradients(*model, batch, withThreads(2));
    QVERIFY2(gradients.has_value(), gradients ? "" : gradients.error().oneLine().c_str());
    for (const auto& [matrix, gradient] : *gradients) {
        test::Moved moved(*model, matrix);
        double expected = 0, length = 0;
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            expected += gradient[i] * moved.direction[i];
            length += gradient[i] * gradient[i];
        }
        // Float32 losses carry some 1e-6 of noise: the step makes the change some 1e-2. Steps must not cross
        // many of the kinks that ReLU has.
        const bool kinks = model->architecture().activation == ActivationKind::Relu;
        const double step = (kinks ? 3e-4 : 3e-3) / std::sqrt(length);
        std::array<double, 4> losses{};
        for (std::size_t i = 0; i < 4; ++i) {
            moved.step = std::array{-2.0, -1.0, 1.0, 2.0}[i] * step;
            const auto loss = test::lossOf(*model, batch, moved);
            QVERIFY(loss);
            losses[i] = *loss;
        }
        // Fourth order differences; the direction's length is the gradient's scale.
        const double found = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * step);
        const double error = std::abs(found - expected) / std::sqrt(length);
        QVERIFY2(error < (kinks ? 4e-2 : 1e-2),
            qPrintable(QStringLiteral("%1: %2 instead of %3")
                           .arg(QString::fromStdString(
                               model::matrixName(model->checkpoint().tensors()[matrix.first], matrix.second)))
                           .arg(found)
                           .arg(expected)));
    }
}

void TestForwardGradients::outputsMakeTheWeights_data()
{
    QTest::addColumn<std::string>("family");
    QTest::addColumn<bool>("drawn");
    for (const char* family :
        {"llama", "gemma2", "phi3", "gpt2", "opt-post", "mixtral", "qwen2-moe", "qwen3-moe stacked"})
        for (const bool drawn : {false, true})
            QTest::addRow("%s %s", family, drawn ? "model" : "text") << std::string(family) << drawn;
}

/// A weight's gradient is the sum over tokens of its output's gradient times its input.
void TestForwardGradients::outputsMakeTheWeights()
{
    QFETCH(const std::string, family);
    QFETCH(const bool, drawn);
    const auto model = openModel(family);
    QVERIFY(model);
    const TokenBatch batch = someTokens(static_cast<std::size_t>(model->architecture().vocabulary), {17});
    test::Inputs seen;
    auto hidden = embed(*model, batch, {nullptr, &seen}, withThreads(1)).value();
    QVERIFY(runBlocks(*model, batch, 0, model->blocks().size(), hidden, {nullptr, &seen}, withThreads(1)));
    QVERIFY(runHead(*model, batch, hidden, {nullptr, &seen}, withThreads(1)));
    std::map<StoredMatrix, std::vector<double>> found, expected;
    const auto wholeOf = [&](auto& map, const StoredMatrix& matrix) -> std::vector<double>& {
        const auto& info = model->checkpoint().tensors()[matrix.first];
        map[matrix].resize(static_cast<std::size_t>(info.rows() * info.cols()));
        return map[matrix];
    };
    GradientSettings settings;
    settings.labels = drawn ? LabelKind::Model : LabelKind::Text;
    settings.outputs = [&](const OutputGradient& part) -> Result<void> {
        const model::TensorInfo& info = model->checkpoint().tensors()[part.matrix.first];
        const auto cols = static_cast<std::size_t>(info.cols());
        const std::vector<float>& inputs = seen.inputs.at(part.matrix);
        std::vector<double>& whole = wholeOf(found, part.matrix);
        const bool routed = info.parts.expert || info.experts > 1;
        const std::size_t tokens = routed ? part.tokens.size() : 17;
        if (part.firstToken != 0 || part.losses != (drawn ? 17.0 : 16.0) || inputs.size() != tokens * cols
            || part.rows.rows != tokens || routed == part.tokens.empty()
            || !std::is_sorted(part.tokens.begin(), part.tokens.end()))
            return fail(ErrorCode::Internal, "Other tokens.");
        for (std::size_t t = 0; t < part.rows.rows; ++t)
            for (std::size_t r = 0; r < part.rows.cols; ++r)
                for (std::size_t c = 0; c < cols; ++c)
                    whole[(part.firstRow + r) * cols + c] += static_cast<double>(part.rows.row(t)[r])
                        * static_cast<double>(inputs[t * cols + c]);
        return {};
    };
    const auto factors = meanSquaredGradients(
        *model, batch, {}, withThreads(2),
        [&](const StoredMatrix& matrix, std::uint64_t begin, std::uint64_t, std::span<const float> values) {
            const auto cols = model->checkpoint().tensors()[matrix.first].cols();
            std::copy(values.begin(), values.end(),
                wholeOf(expected, matrix).begin() + static_cast<std::ptrdiff_t>(begin * cols));
        },
        settings);
    QVERIFY2(factors.has_value(), factors ? "" : factors.error().oneLine().c_str());
    QCOMPARE(gradientMatrices(*model).size(), factors->size());
    QCOMPARE(found.size(), factors->size());
    for (const auto& [matrix, gradient] : expected)
        QVERIFY(worst(gradient, found[matrix]) < 1e-4);
}

/// Words come as often as the model says, from all tiles of the head, and for a seed always the same.
void TestForwardGradients::labelsAreDrawn()
{
    constexpr std::size_t kWords = 2500, kDraws = 2000;
    const Model model = manyWords(kWords);
    const TokenBatch batch = someTokens(kWords, {3});
    auto hidden = embed(model, batch, {}, withThreads(1)).value();
    QVERIFY(runBlocks(model, batch, 0, 1, hidden, {}, withThreads(1)));
    std::vector<double> logits(3 * kWords);
    const auto results = runHead(model, batch, hidden, {}, withThreads(1), [&](const LogitsTile& tile) {
        for (std::size_t t = 0; t < tile.tokens; ++t)
            for (std::size_t w = 0; w < tile.words; ++w)
                logits[(tile.firstToken + t) * kWords + tile.firstWord + w]
                    = static_cast<double>(tile.values[t * tile.words + w]);
        return Result<void>();
    });
    QVERIFY(results);
    std::vector<double> counts(3 * kWords, 0.0);
    std::vector<TokenResult> own;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
        const auto labels = drawLabels(model, batch, hidden, {}, seed, 0, own, withThreads(1)).value();
        for (std::size_t t = 0; t < 3; ++t)
            counts[t * kWords + labels[t]] += 1;
        if (seed < 20)
            QCOMPARE(drawLabels(model, batch, hidden, {}, seed, 0, own, withThreads(3)).value(), labels);
    }
    QCOMPARE(own[1].logSumExp, (*results)[1].logSumExp);
    for (std::size_t t = 0; t < 3; ++t) {
        // Pearson's statistic over cells of 25 words; its mean is 99, its spread 14.
        double statistic = 0;
        for (std::size_t cell = 0; cell < kWords; cell += 25) {
            double expected = 0, found = 0;
            for (std::size_t w = cell; w < cell + 25; ++w) {
                expected += kDraws * std::exp(logits[t * kWords + w] - (*results)[t].logSumExp);
                found += counts[t * kWords + w];
            }
            statistic += (found - expected) * (found - expected) / expected;
        }
        QVERIFY2(statistic > 50 && statistic < 160, std::to_string(statistic).c_str());
    }
    const auto here = drawLabels(model, batch, hidden, {}, 1, 0, own, withThreads(1)).value();
    const auto there = drawLabels(model, batch, hidden, {}, 1, 100, own, withThreads(1)).value();
    QVERIFY(here != there);
}

/// Autograd's numbers, over all 64 sequences of the sample's held-out text.
void TestForwardGradients::sampleLikeItsDump()
{
    const std::string sample = std::string(BITWRIGHT_SOURCE_DIR) + "/samples/tiny-llama";
    const auto dump = formats::openDump(sample + "/activations.h5");
    const auto checkpoint = formats::openCheckpoint(sample);
    QVERIFY(dump && checkpoint);
    const auto model = Model::open(*checkpoint);
    QVERIFY(model);
    const std::string text = test::readFile(sample + "/held_out.txt");
    TokenBatch batch;
    for (std::size_t at = 0; at < text.size(); at += 256) {
        std::vector<std::uint32_t> ids;
        for (const char c : std::string_view(text).substr(at, 256))
            ids.push_back(static_cast<unsigned char>(c));
        batch.add(ids);
    }
    const auto factors = meanSquaredGradients(*model, batch, {}, withThreads(2));
    QVERIFY2(factors.has_value(), factors ? "" : factors.error().oneLine().c_str());
    QCOMPARE(factors->size(), (*dump)->gradients().size());
    for (std::size_t i = 0; i < factors->size(); ++i) {
        const model::GradientFactors& found = (*factors)[i];
        const model::GradientFactors& expected = (*dump)->gradients()[i];
        QCOMPARE(found.tensor, expected.tensor);
        QCOMPARE(found.batches, expected.batches);
        QVERIFY(std::abs(found.meanSq / expected.meanSq - 1) < 1e-3);
        QVERIFY2(worst(expected.rowMeanSq, found.rowMeanSq) < 1e-3, found.tensor.c_str());
        QVERIFY2(worst(expected.colMeanSq, found.colMeanSq) < 1e-3, found.tensor.c_str());
    }
}

void TestForwardGradients::factorsAreMeans()
{
    const auto model = openFamily("llama");
    const auto vocabulary = static_cast<std::size_t>(model->architecture().vocabulary);
    const TokenBatch batch = someTokens(vocabulary, {12, 1, 20}); // a sequence of one token has no loss
    const auto all = meanSquaredGradients(*model, batch, {}, withThreads(2));
    QVERIFY(all);
    std::vector<std::vector<model::GradientFactors>> parts;
    for (const std::size_t s : {std::size_t{0}, std::size_t{2}}) {
        TokenBatch one;
        one.add(std::span(batch.ids).subspan(batch.starts[s], batch.starts[s + 1] - batch.starts[s]));
        parts.push_back(*meanSquaredGradients(*model, one, {}, withThreads(2)));
    }
    for (std::size_t i = 0; i < all->size(); ++i) {
        QCOMPARE((*all)[i].batches, std::uint64_t{2});
        double rows = 0, columns = 0;
        for (const double value : (*all)[i].rowMeanSq)
            rows += value / static_cast<double>((*all)[i].rowMeanSq.size());
        for (const double value : (*all)[i].colMeanSq)
            columns += value / static_cast<double>((*all)[i].colMeanSq.size());
        QVERIFY(std::abs(rows / (*all)[i].meanSq - 1) < 1e-9 && std::abs(columns / rows - 1) < 1e-9);
        QVERIFY(std::abs((parts[0][i].meanSq + parts[1][i].meanSq) / 2 / (*all)[i].meanSq - 1) < 1e-9);
    }
}

void TestForwardGradients::sameForAnyThreads()
{
    for (const char* family : {"gemma2", "gpt2", "opt-post", "mixtral", "qwen2-moe", "qwen3-moe stacked"}) {
        const auto model = openModel(family);
        const TokenBatch batch
            = someTokens(static_cast<std::size_t>(model->architecture().vocabulary), {9, 17});
        const auto one = meanSquaredGradients(*model, batch, {}, withThreads(1));
        const auto three = meanSquaredGradients(*model, batch, {}, withThreads(3));
        QVERIFY(one && three);
        for (std::size_t i = 0; i < one->size(); ++i)
            QVERIFY(
                (*one)[i].rowMeanSq == (*three)[i].rowMeanSq && (*one)[i].colMeanSq == (*three)[i].colMeanSq);
    }
}

void TestForwardGradients::whatIsNotKnownIsRefused()
{
    const auto encoder = openFamily("bert");
    const auto found = meanSquaredGradients(*encoder, someTokens(9, {9}), {}, withThreads(1));
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::Unsupported);
    const auto model = openFamily("llama");
    const auto single = meanSquaredGradients(*model, someTokens(9, {1, 1}), {}, withThreads(1));
    QVERIFY(!single);
    QCOMPARE(single.error().code, ErrorCode::InvalidArgument);
    RunContext small = withThreads(1);
    small.memoryBudget = 10'000;
    const auto big = meanSquaredGradients(*model, someTokens(9, {24}), {}, small);
    QVERIFY(!big);
    QCOMPARE(big.error().code, ErrorCode::OutOfMemory);
}

void TestForwardGradients::stops()
{
    const auto model = openFamily("llama");
    std::stop_source stop;
    stop.request_stop();
    RunContext context = withThreads(2);
    context.stop = stop.get_token();
    const auto found = meanSquaredGradients(*model, someTokens(9, {9}), {}, context);
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestForwardGradients)
#include "tst_forward_gradients.moc"
