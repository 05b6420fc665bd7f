#include "core/forward/compare.h"
#include "tests/support/forward_models.h"

#include <QTest>

#include <cmath>
#include <mutex>

using namespace bitwright;
using namespace bitwright::forward;
using test::openFamily;
using test::withThreads;

namespace {

TokenBatch someTokens()
{
    TokenBatch batch;
    batch.add(std::vector<std::uint32_t>{5, 80, 41, 7, 7, 33, 95, 0, 12});
    batch.add(std::vector<std::uint32_t>{17});
    batch.add(std::vector<std::uint32_t>{64, 3, 3, 50});
    return batch;
}

/// Every second value of one tensor times a factor: a norm after it does not undo that.
class Scaled final : public WeightSource
{
public:
    Scaled(const Model& model, const std::string& tensor, float factor)
        : m_model(model)
        , m_tensor(*model.checkpoint().find(tensor))
        , m_factor(factor)
    { }
    Result<bool> readRows(model::TensorIndex tensor, std::uint64_t expert, std::uint64_t begin,
        std::uint64_t end, std::span<float> out) const override
    {
        if (tensor != m_tensor)
            return false;
        BITWRIGHT_ASSIGN(const auto reader, model::MatrixReader::open(m_model.checkpoint(), tensor, expert));
        BITWRIGHT_CHECK(reader.readRows(begin, end, out));
        for (std::size_t i = 0; i < out.size(); i += 2)
            out[i] *= m_factor;
        return true;
    }

private:
    const Model& m_model;
    model::TensorIndex m_tensor;
    float m_factor;
};

std::vector<float> runWhole(const Model& model, const TokenBatch& batch, const Hooks& hooks = {})
{
    auto hidden = embed(model, batch, hooks, withThreads(2));
    if (!hidden || !runBlocks(model, batch, 0, model.blocks().size(), *hidden, hooks, withThreads(2)))
        return {};
    return *hidden;
}

/// Natural logarithms of all probabilities, tokens x 96, in double.
std::vector<double> logProbabilities(
    const Model& model, const TokenBatch& batch, const std::vector<float>& hidden, const Hooks& hooks)
{
    std::vector<double> logs(batch.tokens() * 96);
    const LogitsSink sink = [&](const LogitsTile& tile) -> Result<void> {
        for (std::size_t t = 0; t < tile.tokens; ++t)
            for (std::size_t w = 0; w < tile.words; ++w)
                logs[(tile.firstToken + t) * 96 + tile.firstWord + w]
                    = static_cast<double>(tile.values[t * tile.words + w]);
        return {};
    };
    if (!runHead(model, batch, hidden, hooks, withThreads(1), sink))
        return {};
    for (std::size_t t = 0; t < batch.tokens(); ++t) {
        double sum = 0;
        for (std::size_t w = 0; w < 96; ++w)
            sum += std::exp(logs[t * 96 + w]);
        for (std::size_t w = 0; w < 96; ++w)
            logs[t * 96 + w] -= std::log(sum);
    }
    return logs;
}

} // namespace

class TestForwardCompare : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void likeTheDefinition_data();
    void likeTheDefinition();
    void nothingChanged();
    void severalAtOnce();
    void replacedHead();
    void smallBudget();
    void refused();
};

void TestForwardCompare::likeTheDefinition_data()
{
    QTest::addColumn<QString>("family");
    for (const char* family : {"llama", "gemma2", "opt-post"})
        QTest::newRow(family) << QString::fromLatin1(family);
}

void TestForwardCompare::likeTheDefinition()
{
    QFETCH(const QString, family);
    const auto model = openFamily(family.toStdString());
    QVERIFY(model);
    const TokenBatch batch = someTokens();
    const std::string& name = model->checkpoint().tensors()[model->blocks()[1].mlp.down.tensor].name;
    const Scaled change(*model, name, 0.7F);
    const std::vector<float> before = runWhole(*model, batch);
    const std::vector<float> after = runWhole(*model, batch, {&change, nullptr});
    const std::vector<std::span<const float>> changed{after};
    const auto results = compareHeads(*model, batch, before, changed, {}, withThreads(2));
    QVERIFY2(results, results ? "" : results.error().oneLine().c_str());
    QCOMPARE(results->size(), std::size_t{1});
    const std::vector<double> p = logProbabilities(*model, batch, before, {});
    const std::vector<double> q = logProbabilities(*model, batch, after, {});
    const std::size_t ends[] = {8, 9, 13};
    double largest = 0;
    for (std::size_t t = 0; t < batch.tokens(); ++t) {
        const TokenDifference& difference = results->front()[t];
        double divergence = 0;
        for (std::size_t w = t * 96; w < (t + 1) * 96; ++w)
            divergence += std::exp(p[w]) * (p[w] - q[w]);
        QVERIFY(std::abs(difference.divergence - divergence) < 3e-6);
        largest = std::max(largest, divergence);
        const auto best = [&](const std::vector<double>& logs) {
            const auto row = logs.begin() + static_cast<std::ptrdiff_t>(t * 96);
            return static_cast<std::uint32_t>(std::max_element(row, row + 96) - row);
        };
        QCOMPARE(difference.referenceBest, best(p));
        QCOMPARE(difference.changedBest, best(q));
        const bool last = std::find(std::begin(ends), std::end(ends), t) != std::end(ends);
        QCOMPARE(difference.referenceNext.has_value(), !last);
        QCOMPARE(difference.changedNext.has_value(), !last);
        if (!last) {
            QVERIFY(std::abs(*difference.referenceNext - p[t * 96 + batch.ids[t + 1]]) < 1e-5);
            QVERIFY(std::abs(*difference.changedNext - q[t * 96 + batch.ids[t + 1]]) < 1e-5);
        }
    }
    QVERIFY(largest > 1e-3); // there was something to measure
}

void TestForwardCompare::nothingChanged()
{
    const auto model = openFamily("qwen2");
    const TokenBatch batch = someTokens();
    const std::vector<float> hidden = runWhole(*model, batch);
    const std::vector<std::span<const float>> changed{hidden};
    const auto results = compareHeads(*model, batch, hidden, changed, {}, withThreads(1));
    QVERIFY(results);
    for (const TokenDifference& difference : results->front()) {
        QCOMPARE(difference.divergence, 0.0);
        QCOMPARE(difference.referenceBest, difference.changedBest);
        QCOMPARE(difference.referenceNext, difference.changedNext);
    }
}

void TestForwardCompare::severalAtOnce()
{
    const auto model = openFamily("llama");
    const TokenBatch batch = someTokens();
    const std::vector<float> before = runWhole(*model, batch);
    std::vector<std::vector<float>> states;
    std::vector<std::span<const float>> changed;
    for (const float factor : {0.5F, 0.9F, 1.3F}) {
        const Scaled change(*model, "model.layers.0.self_attn.v_proj.weight", factor);
        states.push_back(runWhole(*model, batch, {&change, nullptr}));
    }
    changed.assign(states.begin(), states.end());
    const auto together = compareHeads(*model, batch, before, changed, {}, withThreads(3));
    QVERIFY(together);
    for (std::size_t c = 0; c < 3; ++c) {
        const auto alone
            = compareHeads(*model, batch, before, std::span(changed).subspan(c, 1), {}, withThreads(1));
        for (std::size_t t = 0; t < batch.tokens(); ++t)
            QCOMPARE((*together)[c][t].divergence, alone->front()[t].divergence);
    }
    // The smallest change costs least.
    const auto mean = [&](std::size_t c) {
        double sum = 0;
        for (const TokenDifference& difference : (*together)[c])
            sum += difference.divergence;
        return sum;
    };
    QVERIFY(mean(1) < mean(0) && mean(1) < mean(2));
}

void TestForwardCompare::replacedHead()
{
    const auto model = openFamily("llama");
    const TokenBatch batch = someTokens();
    const std::vector<float> hidden = runWhole(*model, batch);
    const Scaled head(*model, "lm_head.weight", 0.8F);
    const Hooks hooks{&head, nullptr};
    const std::vector<std::span<const float>> changed{hidden};
    const auto results = compareHeads(*model, batch, hidden, changed, hooks, withThreads(2));
    QVERIFY(results);
    const std::vector<double> p = logProbabilities(*model, batch, hidden, {});
    const std::vector<double> q = logProbabilities(*model, batch, hidden, hooks);
    for (std::size_t t = 0; t < batch.tokens(); ++t) {
        double divergence = 0;
        for (std::size_t w = t * 96; w < (t + 1) * 96; ++w)
            divergence += std::exp(p[w]) * (p[w] - q[w]);
        QVERIFY(divergence > 1e-4);
        QVERIFY(std::abs(results->front()[t].divergence - divergence) < 3e-6);
    }
}

void TestForwardCompare::smallBudget()
{
    const auto model = openFamily("llama");
    const TokenBatch batch = someTokens();
    const std::vector<float> before = runWhole(*model, batch);
    std::vector<float> after = before;
    for (float& x : after)
        x = x * 0.9F + 0.05F;
    const std::vector<std::span<const float>> changed{after};
    const auto plenty = compareHeads(*model, batch, before, changed, {}, withThreads(1));
    RunContext context = withThreads(2);
    context.memoryBudget = 1024; // groups of some tokens
    const auto little = compareHeads(*model, batch, before, changed, {}, context);
    QVERIFY(plenty && little);
    for (std::size_t t = 0; t < batch.tokens(); ++t) {
        QVERIFY(std::abs(plenty->front()[t].divergence - little->front()[t].divergence) < 3e-6);
        QCOMPARE(plenty->front()[t].changedBest, little->front()[t].changedBest);
    }
}

void TestForwardCompare::refused()
{
    const TokenBatch batch = someTokens();
    const auto bert = openFamily("bert");
    const std::vector<float> states = runWhole(*bert, batch);
    const std::vector<std::span<const float>> changed{states};
    const auto headless = compareHeads(*bert, batch, states, changed, {}, withThreads(1));
    QVERIFY(!headless && headless.error().code == ErrorCode::Unsupported);
    const auto llama = openFamily("llama");
    const auto wrong = compareHeads(*llama, batch, std::span(states).first(3), changed, {}, withThreads(1));
    QVERIFY(!wrong && wrong.error().code == ErrorCode::InvalidArgument);
}

QTEST_GUILESS_MAIN(TestForwardCompare)
#include "tst_forward_compare.moc"
