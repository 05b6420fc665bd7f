#include "core/forward/forward.h"
#include "tests/support/forward_models.h"

#include <QTest>

#include <array>
#include <atomic>
#include <cmath>
#include <limits>

using namespace bitwright;
using namespace bitwright::forward;
using test::openFamily;
using test::withThreads;

namespace {

/// Sequences of 50, 3, 1 and 31 tokens.
TokenBatch someTokens()
{
    TokenBatch batch;
    std::uint32_t state = 7;
    for (const std::size_t length : std::array<std::size_t, 4>{50, 3, 1, 31}) {
        std::vector<std::uint32_t> ids;
        for (std::size_t i = 0; i < length; ++i) {
            state = state * 1664525U + 1013904223U;
            ids.push_back((state >> 16U) % 96);
        }
        batch.add(ids);
    }
    return batch;
}

Result<std::vector<float>> runFrom(const Model& model, const TokenBatch& batch, std::vector<float> hidden,
    std::size_t first, std::size_t end, const Hooks& hooks = {}, int threads = 2)
{
    BITWRIGHT_CHECK(runBlocks(model, batch, first, end, hidden, hooks, withThreads(threads)));
    return hidden;
}

Result<std::vector<float>> runWhole(
    const Model& model, const TokenBatch& batch, const Hooks& hooks = {}, int threads = 2)
{
    BITWRIGHT_ASSIGN(auto hidden, embed(model, batch, hooks, withThreads(threads)));
    return runFrom(model, batch, std::move(hidden), 0, model.blocks().size(), hooks, threads);
}

/// Adds `shift` to one tensor's first value and counts how often it was asked.
class Shifted final : public WeightSource
{
public:
    Shifted(const Model& model, const std::string& tensor, float shift)
        : m_model(model)
        , m_tensor(*model.checkpoint().find(tensor))
        , m_shift(shift)
    { }

    Result<bool> readRows(model::TensorIndex tensor, std::uint64_t expert, std::uint64_t begin,
        std::uint64_t end, std::span<float> out) const override
    {
        if (tensor != m_tensor)
            return false;
        ++asked;
        BITWRIGHT_ASSIGN(const auto reader, model::MatrixReader::open(m_model.checkpoint(), tensor, expert));
        BITWRIGHT_CHECK(reader.readRows(begin, end, out));
        if (begin == 0)
            out[0] += m_shift;
        return true;
    }

    mutable std::atomic<int> asked = 0;

private:
    const Model& m_model;
    model::TensorIndex m_tensor;
    float m_shift;
};

/// Keeps what it sees.
class Recorder final : public Observer
{
public:
    Result<void> linearInput(const LinearInput& input) override
    {
        names.push_back(input.tensor);
        rows.push_back(input.rows.rows);
        if (!input.tokens.empty())
            routed += input.tokens.size();
        return {};
    }
    Result<void> stream(
        StreamPoint point, std::size_t block, const Rows& values, std::size_t firstToken) override
    {
        std::vector<float> copy;
        for (std::size_t t = 0; t < values.rows; ++t)
            copy.insert(copy.end(), values.row(t).begin(), values.row(t).end());
        streams.emplace(std::tuple(block, point, firstToken), std::move(copy));
        return {};
    }

    std::vector<model::TensorIndex> names;
    std::vector<std::size_t> rows;
    std::size_t routed = 0;
    std::map<std::tuple<std::size_t, StreamPoint, std::size_t>, std::vector<float>> streams;
};

} // namespace

class TestForwardRun : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sameForAnyThreads_data();
    void sameForAnyThreads();
    void restartEqualsWholeRun();
    void laterTokensChangeNothing();
    void sequencesAreApart();
    void smallBudgetGivesTheSame();
    void replacedWeights();
    void observerSeesTheStream();
    void observerSeesExperts();
    void headSaysWhatTheLogitsSay();
    void badBatches();
    void notANumberIsNamed();
    void stops();
};

void TestForwardRun::sameForAnyThreads_data()
{
    QTest::addColumn<QString>("family");
    for (const char* family : {"llama", "gemma3", "phi3", "gpt2", "qwen2-moe"})
        QTest::newRow(family) << QString::fromLatin1(family);
}

void TestForwardRun::sameForAnyThreads()
{
    QFETCH(const QString, family);
    const auto model = openFamily(family.toStdString());
    QVERIFY(model);
    const TokenBatch batch = someTokens();
    const auto one = runWhole(*model, batch, {}, 1);
    QVERIFY(one);
    const auto head = runHead(*model, batch, *one, {}, withThreads(1));
    for (const int threads : {2, 3}) {
        const auto other = runWhole(*model, batch, {}, threads);
        QVERIFY(other);
        QVERIFY(*one == *other);
        const auto otherHead = runHead(*model, batch, *other, {}, withThreads(threads));
        for (std::size_t t = 0; t < batch.tokens(); ++t) {
            QCOMPARE((*otherHead)[t].logSumExp, (*head)[t].logSumExp);
            QCOMPARE((*otherHead)[t].best, (*head)[t].best);
        }
    }
}

void TestForwardRun::restartEqualsWholeRun()
{
    const auto model = openFamily("gemma3");
    const TokenBatch batch = someTokens();
    const auto whole = runWhole(*model, batch);
    QVERIFY(whole);
    for (std::size_t cut = 0; cut <= 3; ++cut) {
        auto hidden = embed(*model, batch, {}, withThreads(2));
        const auto half = runFrom(*model, batch, *hidden, 0, cut);
        const auto rest = runFrom(*model, batch, *half, cut, 3);
        QVERIFY(rest);
        QVERIFY(*rest == *whole);
    }
}

void TestForwardRun::laterTokensChangeNothing()
{
    for (const char* family : {"llama", "gemma2", "opt"}) {
        const auto model = openFamily(family);
        const TokenBatch batch = someTokens();
        TokenBatch changed = batch;
        changed.ids[40] = (changed.ids[40] + 1) % 96; // of the first sequence's 50
        const auto one = runWhole(*model, batch);
        const auto other = runWhole(*model, changed);
        QVERIFY(one && other);
        const std::size_t width = model->architecture().hidden;
        for (std::size_t t = 0; t < batch.tokens(); ++t) {
            const bool same = std::equal(one->begin() + static_cast<std::ptrdiff_t>(t * width),
                one->begin() + static_cast<std::ptrdiff_t>((t + 1) * width),
                other->begin() + static_cast<std::ptrdiff_t>(t * width));
            QCOMPARE(same, t < 40 || t >= 50);
        }
    }
    // An encoder looks both ways.
    const auto bert = openFamily("bert");
    const TokenBatch batch = someTokens();
    TokenBatch changed = batch;
    changed.ids[40] = (changed.ids[40] + 1) % 96;
    QVERIFY(runWhole(*bert, batch)->at(0) != runWhole(*bert, changed)->at(0));
}

void TestForwardRun::sequencesAreApart()
{
    const auto model = openFamily("qwen3");
    const TokenBatch batch = someTokens();
    const auto together = runWhole(*model, batch);
    const std::size_t width = model->architecture().hidden;
    for (std::size_t s = 0; s < batch.sequences(); ++s) {
        TokenBatch alone;
        alone.add(std::span(batch.ids).subspan(batch.starts[s], batch.starts[s + 1] - batch.starts[s]));
        const auto single = runWhole(*model, alone);
        QVERIFY(single);
        for (std::size_t i = 0; i < single->size(); ++i)
            QVERIFY(std::abs((*single)[i] - (*together)[batch.starts[s] * width + i]) < 1e-4F);
    }
}

void TestForwardRun::smallBudgetGivesTheSame()
{
    const auto model = openFamily("llama");
    TokenBatch batch;
    for (int i = 0; i < 60; ++i) // 3,840 tokens: two groups and more
        batch.add(std::vector<std::uint32_t>(64, static_cast<std::uint32_t>(i)));
    const auto plenty = runWhole(*model, batch);
    auto hidden = embed(*model, batch, {}, withThreads(1));
    RunContext context = withThreads(1);
    context.memoryBudget = std::size_t{9} << 20U; // a tile of weights and one sequence fit
    QVERIFY(runBlocks(*model, batch, 0, 3, *hidden, {}, context));
    for (std::size_t i = 0; i < hidden->size(); ++i)
        QVERIFY(std::abs((*hidden)[i] - (*plenty)[i]) < 1e-4F);
    context.memoryBudget = std::size_t{1} << 20U;
    const auto none = runBlocks(*model, batch, 0, 3, *hidden, {}, context);
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::OutOfMemory);
    const auto noStates = embed(*model, batch, {}, context); // 3,840 x 32 floats twice: 0.9 MiB
    QVERIFY(!noStates);
    QCOMPARE(noStates.error().code, ErrorCode::OutOfMemory);
}

void TestForwardRun::replacedWeights()
{
    const auto model = openFamily("llama");
    const TokenBatch batch = someTokens();
    const auto plain = runWhole(*model, batch);
    const std::string name = "model.layers.1.mlp.down_proj.weight";
    const Shifted none(*model, name, 0.0F);
    QVERIFY(*runWhole(*model, batch, {&none, nullptr}) == *plain);
    QVERIFY(none.asked > 0);
    const Shifted some(*model, name, 0.5F);
    QVERIFY(*runWhole(*model, batch, {&some, nullptr}) != *plain);
    // The block before it is untouched, so that a restart at block 1 gives the whole result.
    const auto cached = runFrom(*model, batch, *embed(*model, batch, {}, withThreads(2)), 0, 1);
    QVERIFY(*runFrom(*model, batch, *cached, 1, 3, {&some, nullptr})
        == *runWhole(*model, batch, {&some, nullptr}));
}

void TestForwardRun::observerSeesTheStream()
{
    const auto model = openFamily("phi3");
    const TokenBatch batch = someTokens();
    Recorder seen;
    const auto whole = runWhole(*model, batch, {nullptr, &seen});
    QVERIFY(whole);
    QVERIFY(*whole == *runWhole(*model, batch));
    // Fused query-key-value and gate-up are seen once each: 4 matrices in each of 2 blocks.
    QCOMPARE(seen.names.size(), std::size_t{8});
    QCOMPARE(seen.rows.front(), batch.tokens());
    QVERIFY((seen.streams.at({1, StreamPoint::BlockOutput, 0}) == *whole));
    QVERIFY((seen.streams.at({1, StreamPoint::BlockInput, 0})
        == seen.streams.at({0, StreamPoint::BlockOutput, 0})));
    const auto& before = seen.streams.at({0, StreamPoint::BlockInput, 0});
    const auto& added = seen.streams.at({0, StreamPoint::AttentionOutput, 0});
    const auto& after = seen.streams.at({0, StreamPoint::AfterAttention, 0});
    for (std::size_t i = 0; i < before.size(); ++i)
        QCOMPARE(before[i] + added[i], after[i]);
}

void TestForwardRun::observerSeesExperts()
{
    const auto model = openFamily("mixtral");
    const TokenBatch batch = someTokens();
    Recorder seen;
    QVERIFY(runWhole(*model, batch, {nullptr, &seen}));
    // Each token goes to 2 experts with 3 matrices in each of 2 blocks.
    QCOMPARE(seen.routed, batch.tokens() * 2 * 3 * 2);
}

void TestForwardRun::headSaysWhatTheLogitsSay()
{
    const auto model = openFamily("gemma2");
    const TokenBatch batch = someTokens();
    const auto hidden = runWhole(*model, batch);
    std::vector<double> sums(batch.tokens(), 0.0);
    const auto results
        = runHead(*model, batch, *hidden, {}, withThreads(1), [&](const LogitsTile& tile) -> Result<void> {
              for (std::size_t t = 0; t < tile.tokens; ++t)
                  for (std::size_t w = 0; w < tile.words; ++w)
                      sums[tile.firstToken + t]
                          += std::exp(static_cast<double>(tile.values[t * tile.words + w]));
              return {};
          });
    QVERIFY(results);
    double mean = 0;
    int count = 0;
    for (std::size_t t = 0; t < batch.tokens(); ++t) {
        QVERIFY(std::abs(std::log(sums[t]) - (*results)[t].logSumExp) < 1e-5);
        QVERIFY(std::abs((*results)[t].largestLogit) <= 4.0F); // the cap
        if ((*results)[t].nextLogProbability) {
            mean -= *(*results)[t].nextLogProbability;
            ++count;
        }
    }
    QCOMPARE(count, static_cast<int>(batch.tokens() - batch.sequences()));
    QVERIFY(std::abs(*perplexityOf(*results) - std::exp(mean / count)) < 1e-9);
    QVERIFY(!perplexityOf({}));
    const auto bert = openFamily("bert");
    const auto none = runHead(*bert, batch, *runWhole(*bert, batch), {}, withThreads(1));
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::Unsupported);
}

void TestForwardRun::badBatches()
{
    const auto model = openFamily("llama");
    const auto codeOf = [&](const TokenBatch& batch) {
        const auto result = embed(*model, batch, {}, withThreads(1));
        return result ? ErrorCode::Internal : result.error().code;
    };
    TokenBatch batch;
    QCOMPARE(codeOf(batch), ErrorCode::InvalidArgument);
    batch.add(std::vector<std::uint32_t>{});
    QCOMPARE(codeOf(batch), ErrorCode::InvalidArgument);
    batch = {};
    batch.add(std::vector<std::uint32_t>{3, 96});
    QCOMPARE(codeOf(batch), ErrorCode::OutOfRange);
    batch = {};
    batch.add(std::vector<std::uint32_t>(65, 1));
    QCOMPARE(codeOf(batch), ErrorCode::OutOfRange);
    std::vector<float> wrong(3);
    const auto run = runBlocks(*model, someTokens(), 0, 1, wrong, {}, withThreads(1));
    QVERIFY(!run && run.error().code == ErrorCode::InvalidArgument);
    const auto beyond = runBlocks(*model, someTokens(), 0, 4, wrong, {}, withThreads(1));
    QVERIFY(!beyond && beyond.error().code == ErrorCode::OutOfRange);
}

void TestForwardRun::notANumberIsNamed()
{
    const auto model = openFamily("llama");
    const std::string name = "model.layers.1.self_attn.v_proj.weight";
    const Shifted broken(*model, name, std::numeric_limits<float>::quiet_NaN());
    const auto result = runWhole(*model, someTokens(), {&broken, nullptr});
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Numeric);
    QCOMPARE(QString::fromStdString(result.error().tensor), QString::fromStdString(name));
    // Not "its output": the tensor itself is at fault, though not in the file.
    QCOMPARE(QString::fromStdString(result.error().message),
        QStringLiteral("Its changed value at row 0, column 0 is NaN or infinite."));
}

void TestForwardRun::stops()
{
    const auto model = openFamily("llama");
    const TokenBatch batch = someTokens();
    auto hidden = embed(*model, batch, {}, withThreads(1));
    std::stop_source source;
    source.request_stop();
    RunContext context = withThreads(2);
    context.stop = source.get_token();
    const auto result = runBlocks(*model, batch, 0, 3, *hidden, {}, context);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestForwardRun)
#include "tst_forward_run.moc"
