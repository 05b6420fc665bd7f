#include "core/export/exporter.h"
#include "core/io/hash.h"
#include "core/measure/changed_run.h"
#include "tests/support/export_model.h"
#include "tests/support/forward_models.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace bitwright;
using namespace bitwright::measure;
using test::openFamily;
using test::withThreads;

namespace {

forward::TokenBatch someTokens()
{
    forward::TokenBatch batch;
    for (std::uint32_t s = 0; s < 4; ++s) {
        std::vector<std::uint32_t> ids;
        for (std::uint32_t t = 0; t < 24; ++t)
            ids.push_back((s * 31 + t * 17 + t * t) % 96);
        batch.add(ids);
    }
    return batch;
}

std::shared_ptr<const forward::Model> shared(const std::string& family)
{
    return std::make_shared<const forward::Model>(std::move(openFamily(family).value()));
}

/// A matrix of the checkpoint, also one that no plan decides (embeddings).
plan::Unit unitNamed(const forward::Model& model, const std::string& name)
{
    const model::Checkpoint& checkpoint = model.checkpoint();
    for (const plan::Unit& unit : plan::unitsOf(checkpoint))
        if (unit.name == name)
            return unit;
    plan::Unit unit;
    unit.name = unit.tensor = name;
    unit.index = checkpoint.find(name).value();
    const model::TensorInfo& info = checkpoint.tensors()[unit.index];
    unit.rows = info.shape[0];
    unit.cols = info.shape[1];
    unit.dtype = info.dtype;
    return unit;
}

exporting::PlannedUnit planned(
    const forward::Model& model, const std::string& name, const std::string& option)
{
    const plan::Unit unit = unitNamed(model, name);
    const plan::Target* target = plan::targetFromId("fake-quant").value();
    return {unit, option, target->resolve(unit, quant::optionFromId(option).value()).value()};
}

Result<ChangedWeights> change(const forward::Model& model, const std::string& name, const std::string& option,
    const RunContext& context)
{
    exporting::UnitQuantizer quantizer(model.checkpoint(), *exporting::writerFor("fake-quant"), nullptr);
    return ChangedWeights::make({planned(model, name, option)}, quantizer, context);
}

using Choices = std::vector<std::pair<std::string, std::string>>; ///< Unit and option.
std::shared_ptr<const ChangedWeights> changes(const forward::Model& model, const Choices& choices)
{
    exporting::UnitQuantizer quantizer(model.checkpoint(), *exporting::writerFor("fake-quant"), nullptr);
    std::vector<exporting::PlannedUnit> units;
    for (const auto& [name, option] : choices)
        units.push_back(planned(model, name, option));
    auto made = ChangedWeights::make(units, quantizer, withThreads(2));
    return made ? std::make_shared<const ChangedWeights>(std::move(*made)) : nullptr;
}

ReferenceSettings exactOnly()
{
    ReferenceSettings settings;
    settings.screen = false;
    return settings;
}

/// Screens a vocabulary of 96 words.
ReferenceSettings screening(double leftOut, std::size_t sampled, std::uint64_t seed = 0)
{
    ReferenceSettings settings;
    settings.words = {leftOut, sampled, 2.0, seed};
    return settings;
}

double meanOf(const std::vector<float>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

class TestMeasureHarm : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void valuesOfTheExport_data();
    void valuesOfTheExport();
    void gptqNeedsItsGram();
    void whatChangesIsReached();
    void likeAWholeRun_data();
    void likeAWholeRun();
    void nearAKeptRun_data();
    void nearAKeptRun();
    void keptRunInAFile();
    void tiedEmbeddingChangesBoth();
    void screenedAllIsExact();
    void screenedSampleIsRight();
    void screenedNothingChanged();
    void screeningThatDoesNotPay();
    void sentencesOfEncoders();
    void temporaryFile();
    void anyNumberOfThreads();
    void cancelled();
};

void TestMeasureHarm::valuesOfTheExport_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("option");
    // Plain, fused, transposed and stacked tensors.
    for (const char* family : {"llama", "phi3", "gpt2", "mixtral", "qwen3-moe"})
        QTest::addRow("%s", family) << QString::fromLatin1(family) << QStringLiteral("fake-quant")
                                    << QStringLiteral("int3-asym-g32/rtn");
    QTest::newRow("clip") << QStringLiteral("llama") << QStringLiteral("fake-quant")
                          << QStringLiteral("int2-sym-row/clip");
    QTest::newRow("packed") << QStringLiteral("llama") << QStringLiteral("compressed-tensors")
                            << QStringLiteral("int4-sym-g32/rtn");
}

void TestMeasureHarm::valuesOfTheExport()
{
    QFETCH(const QString, family);
    QFETCH(const QString, target);
    QFETCH(const QString, option);
    const auto model = openFamily(family.toStdString());
    QVERIFY(model);
    const model::Checkpoint& checkpoint = model->checkpoint();
    test::TempFolder folder;
    exporting::ExportRequest request;
    request.checkpoint = &checkpoint;
    request.outFolder = folder.file("out");
    request.plan = test::planByEnding(
        checkpoint, target.toStdString(), {{"embed", "keep"}, {"head", "keep"}, {"", option.toStdString()}});
    std::map<std::string, exporting::TensorProof> proofs;
    const auto report = exporting::exportModel(
        request, withThreads(2), [&](const exporting::TensorProof& proof) { proofs[proof.unit] = proof; });
    QVERIFY2(report, report ? "" : report.error().oneLine().c_str());
    const auto job = exporting::makeJob(checkpoint, request.plan);
    QVERIFY(job);
    exporting::UnitQuantizer quantizer(checkpoint, *job->writer, nullptr);
    std::size_t compared = 0;
    for (const std::size_t budget : {std::size_t{1} << 30, std::size_t{4}}) { // kept, and on demand
        RunContext context = withThreads(2);
        context.memoryBudget = budget;
        const auto changed = ChangedWeights::make(job->units, quantizer, context);
        QVERIFY(changed);
        QCOMPARE(changed->keptBytes() > 0, budget > 4);
        for (const exporting::PlannedUnit& unit : job->units) {
            const std::uint64_t expert = unit.unit.stacked ? unit.unit.expert : 0;
            std::vector<float> values(unit.unit.parameters());
            io::Hasher hasher;
            const std::uint64_t step = 7; // no multiple of anything
            for (std::uint64_t begin = 0; begin < unit.unit.rows; begin += step) {
                const std::uint64_t end = std::min(unit.unit.rows, begin + step);
                const auto rows
                    = std::span(values).subspan(begin * unit.unit.cols, (end - begin) * unit.unit.cols);
                const auto read = changed->readRows(unit.unit.index, expert, begin, end, rows);
                QVERIFY(read);
                QCOMPARE(*read, unit.quantized());
            }
            if (!unit.quantized())
                continue;
            hasher.add(std::as_bytes(std::span<const float>(values)));
            QVERIFY(proofs[unit.unit.name].rereadExact);
            QCOMPARE(hasher.hex(), proofs[unit.unit.name].hash);
            ++compared;
        }
    }
    QVERIFY(compared >= 8);
}

void TestMeasureHarm::gptqNeedsItsGram()
{
    const auto model = shared("llama");
    const auto refused
        = change(*model, "model.layers.0.self_attn.q_proj.weight", "int4-sym-g32/gptq", withThreads(1));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
    QVERIFY(refused.error().oneLine().find("Gram") != std::string::npos);
    bitwright::testing::MemoryDump dump;
    const exporting::PlannedUnit unit
        = planned(*model, "model.layers.0.self_attn.q_proj.weight", "int4-sym-g32/gptq");
    test::addGram(dump, unit.unit.tensor, unit.unit.cols);
    exporting::UnitQuantizer quantizer(model->checkpoint(), *exporting::writerFor("fake-quant"), &dump);
    const auto changed = ChangedWeights::make({unit}, quantizer, withThreads(2));
    QVERIFY2(changed, changed ? "" : changed.error().oneLine().c_str());
    RunContext little = withThreads(1);
    little.memoryBudget = 1024;
    const auto tooLarge = ChangedWeights::make({unit}, quantizer, little);
    QVERIFY(!tooLarge && tooLarge.error().code == ErrorCode::OutOfMemory);
}

void TestMeasureHarm::whatChangesIsReached()
{
    const auto llama = shared("llama");
    const auto reach = [&](const forward::Model& model, const char* tensor) {
        return reachOf(model, *model.checkpoint().find(tensor));
    };
    QCOMPARE(reach(*llama, "model.layers.1.mlp.up_proj.weight").firstBlock, std::optional<std::size_t>(1));
    QVERIFY(!reach(*llama, "model.layers.1.mlp.up_proj.weight").head);
    QVERIFY(reach(*llama, "model.embed_tokens.weight").input);
    QVERIFY(!reach(*llama, "model.embed_tokens.weight").head);
    QVERIFY(reach(*llama, "lm_head.weight").head && !reach(*llama, "lm_head.weight").input);
    const auto gemma = shared("gemma3");
    const Reach tied = reach(*gemma, "model.embed_tokens.weight");
    QVERIFY(tied.input && tied.head);
    QVERIFY(reach(*llama, "model.norm.weight").nothing());
}

void TestMeasureHarm::likeAWholeRun_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("unit");
    QTest::newRow("first block") << QStringLiteral("llama")
                                 << QStringLiteral("model.layers.0.self_attn.v_proj.weight");
    QTest::newRow("last block") << QStringLiteral("llama")
                                << QStringLiteral("model.layers.2.mlp.down_proj.weight");
    QTest::newRow("head") << QStringLiteral("llama") << QStringLiteral("lm_head.weight");
    QTest::newRow("embedding") << QStringLiteral("llama") << QStringLiteral("model.embed_tokens.weight");
    QTest::newRow("softcapped") << QStringLiteral("gemma2")
                                << QStringLiteral("model.layers.1.mlp.up_proj.weight");
    QTest::newRow("tied") << QStringLiteral("gemma3") << QStringLiteral("model.embed_tokens.weight");
}

void TestMeasureHarm::likeAWholeRun()
{
    QFETCH(const QString, family);
    QFETCH(const QString, unit);
    const auto model = shared(family.toStdString());
    const forward::TokenBatch batch = someTokens();
    const auto changed = change(*model, unit.toStdString(), "int2-asym-g32/rtn", withThreads(2));
    QVERIFY2(changed, changed ? "" : changed.error().oneLine().c_str());
    const auto reference = Reference::make(model, batch, exactOnly(), withThreads(2));
    QVERIFY(reference);
    const auto harm = measureHarm(**reference, *changed, true, withThreads(2));
    QVERIFY2(harm, harm ? "" : harm.error().oneLine().c_str());
    // The plain way: both models run from the start, and the definition.
    const forward::Hooks hooks{&*changed, nullptr};
    auto before = forward::embed(*model, batch, {}, withThreads(1)).value();
    auto after = forward::embed(*model, batch, hooks, withThreads(1)).value();
    QVERIFY(forward::runBlocks(*model, batch, 0, model->blocks().size(), before, {}, withThreads(1)));
    QVERIFY(forward::runBlocks(*model, batch, 0, model->blocks().size(), after, hooks, withThreads(1)));
    std::vector<double> p(batch.tokens() * 96), q(batch.tokens() * 96);
    const auto into = [&](std::vector<double>& logits) {
        return [&](const forward::LogitsTile& tile) -> Result<void> {
            for (std::size_t t = 0; t < tile.tokens; ++t)
                for (std::size_t w = 0; w < tile.words; ++w)
                    logits[(tile.firstToken + t) * 96 + tile.firstWord + w]
                        = static_cast<double>(tile.values[t * tile.words + w]);
            return {};
        };
    };
    const auto headBefore = forward::runHead(*model, batch, before, {}, withThreads(1), into(p)).value();
    const auto headAfter = forward::runHead(*model, batch, after, hooks, withThreads(1), into(q)).value();
    QCOMPARE(harm->values.size(), batch.tokens());
    std::uint64_t same = 0;
    for (std::size_t t = 0; t < batch.tokens(); ++t) {
        double divergence = 0;
        for (std::size_t w = t * 96; w < (t + 1) * 96; ++w) {
            const double logP = p[w] - headBefore[t].logSumExp;
            divergence += std::exp(logP) * (logP - q[w] + headAfter[t].logSumExp);
        }
        QVERIFY(std::abs(static_cast<double>(harm->values[t]) - divergence) < 5e-6);
        QCOMPARE(std::isnan(harm->next[t]), !headAfter[t].nextLogProbability.has_value());
        if (headAfter[t].nextLogProbability)
            QVERIFY(std::abs(static_cast<double>(harm->next[t]) - *headAfter[t].nextLogProbability) < 1e-5);
        same += headBefore[t].best == headAfter[t].best ? 1U : 0U;
    }
    QCOMPARE(harm->sameBest, same);
    QVERIFY(meanOf(harm->values) > 1e-4);
}

void TestMeasureHarm::nearAKeptRun_data()
{
    QTest::addColumn<QString>("unit");
    QTest::addColumn<QString>("option");
    QTest::addColumn<int>("first");
    const QString query = QStringLiteral("model.layers.1.self_attn.q_proj.weight");
    QTest::newRow("other option") << query << QStringLiteral("int4-asym-g32/rtn") << 1;
    QTest::newRow("taken back") << query << QStringLiteral("keep") << 1;
    QTest::newRow("before all") << QStringLiteral("model.layers.0.mlp.up_proj.weight")
                                << QStringLiteral("int2-asym-g32/rtn") << 0;
    QTest::newRow("last block") << QStringLiteral("model.layers.2.mlp.down_proj.weight")
                                << QStringLiteral("int2-asym-g32/rtn") << 2;
    QTest::newRow("head") << QStringLiteral("lm_head.weight") << QStringLiteral("int3-asym-g32/rtn") << 3;
    QTest::newRow("embedding") << QStringLiteral("model.embed_tokens.weight")
                               << QStringLiteral("int3-asym-g32/rtn") << 0;
}

void TestMeasureHarm::nearAKeptRun()
{
    QFETCH(const QString, unit);
    QFETCH(const QString, option);
    QFETCH(const int, first);
    const auto model = shared("llama");
    const auto reference = Reference::make(model, someTokens(), screening(0.05, 32), withThreads(2)).value();
    const Choices base{{"model.layers.1.self_attn.q_proj.weight", "int2-asym-g32/rtn"},
        {"model.layers.2.mlp.up_proj.weight", "int3-asym-g32/rtn"}};
    Choices all{{unit.toStdString(), option.toStdString()}};
    for (const auto& choice : base)
        if (choice.first != all.front().first)
            all.push_back(choice);
    const auto further = changes(*model, {all.front()});
    const auto run = ChangedRun::make(reference, changes(*model, base), withThreads(2));
    QVERIFY2(run, run ? "" : run.error().oneLine().c_str());
    QVERIFY((*run)->statesInMemory());
    QCOMPARE((*run)->firstBlock(*further), static_cast<std::size_t>(first));
    for (const bool exact : {true, false}) {
        const auto own = (*run)->harm(exact, withThreads(1));
        QCOMPARE(own->values, measureHarm(*reference, *changes(*model, base), exact, withThreads(2))->values);
        const auto with = (*run)->harmWith(*further, exact, withThreads(2));
        const auto whole = measureHarm(*reference, *changes(*model, all), exact, withThreads(1));
        QVERIFY2(with && whole, with ? "" : with.error().oneLine().c_str());
        QCOMPARE(with->values, whole->values);
        QCOMPARE(with->screening.has_value(), whole->screening.has_value());
        QVERIFY(with->values != own->values);
    }
}

void TestMeasureHarm::keptRunInAFile()
{
    const auto model = shared("llama");
    const forward::TokenBatch few = someTokens();
    forward::TokenBatch batch;
    for (std::size_t i = 0; i < 128; ++i)
        for (std::size_t s = 0; s < 4; ++s)
            batch.add(std::span(few.ids).subspan(s * 24, 24));
    const auto reference = Reference::make(model, batch, exactOnly(), withThreads(2)).value();
    RunContext context = withThreads(2);
    context.memoryBudget = 4 * reference->stateBytes(); // which leaves nothing of the quarter
    const auto base = changes(*model, {{"model.layers.0.self_attn.q_proj.weight", "int2-asym-g32/rtn"}});
    const auto further = changes(*model, {{"model.layers.2.mlp.up_proj.weight", "int2-asym-g32/rtn"}});
    const auto there = ChangedRun::make(reference, base, context);
    const auto here = ChangedRun::make(reference, base, withThreads(2));
    QVERIFY2(there && here, there ? "" : there.error().oneLine().c_str());
    QVERIFY(!(*there)->statesInMemory() && (*here)->statesInMemory());
    QCOMPARE((*there)->harmWith(*further, true, withThreads(2))->values,
        (*here)->harmWith(*further, true, withThreads(2))->values);
}

void TestMeasureHarm::tiedEmbeddingChangesBoth()
{
    const auto model = shared("gemma3");
    const auto reference = Reference::make(model, someTokens(), screening(0.05, 32), withThreads(2));
    QVERIFY(reference);
    const auto changed = change(*model, "model.embed_tokens.weight", "int3-asym-g32/rtn", withThreads(2));
    const auto harm = measureHarm(**reference, *changed, false, withThreads(2));
    QVERIFY(harm);
    QVERIFY(!harm->screening); // chosen words would be those of the old head
}

void TestMeasureHarm::screenedAllIsExact()
{
    for (const char* family : {"llama", "gemma2"}) {
        const auto model = shared(family);
        const auto reference = Reference::make(model, someTokens(), screening(0.0, 32), withThreads(2));
        QVERIFY(reference && (*reference)->screenedHead() != nullptr);
        QCOMPARE((*reference)->screenedHead()->chosenWords(), std::size_t{96});
        const auto changed
            = change(*model, "model.layers.0.mlp.down_proj.weight", "int2-asym-g32/rtn", withThreads(2));
        const auto screened = measureHarm(**reference, *changed, false, withThreads(2));
        const auto exact = measureHarm(**reference, *changed, true, withThreads(2));
        QVERIFY(screened && exact);
        QVERIFY(screened->screening && !exact->screening);
        for (std::size_t t = 0; t < exact->values.size(); ++t) {
            QVERIFY(std::abs(screened->values[t] - exact->values[t]) < 5e-6F);
            QVERIFY(std::isnan(exact->next[t]) ? std::isnan(screened->next[t])
                                               : std::abs(screened->next[t] - exact->next[t]) < 1e-5F);
        }
        QCOMPARE(screened->sameBest, exact->sameBest);
    }
}

void TestMeasureHarm::screenedSampleIsRight()
{
    // Over many draws the screened mean is the exact one, and its spread is what the standard error says.
    const auto model = shared("llama");
    forward::TokenBatch batch;
    batch.add(std::vector<std::uint32_t>{5, 80, 41, 7, 7, 33, 95, 0, 12}); // few words are bests or next ones
    const auto changed
        = change(*model, "model.layers.1.mlp.down_proj.weight", "int2-asym-g32/rtn", withThreads(2));
    const auto last = Reference::make(model, batch, exactOnly(), withThreads(2));
    const double exact = meanOf(measureHarm(**last, *changed, true, withThreads(2))->values);
    auto before = (*last)->inputOf(model->blocks().size()).value();
    auto after = (*last)->inputOf(1).value();
    QVERIFY(forward::runBlocks(
        *model, batch, 1, model->blocks().size(), after, {&*changed, nullptr}, withThreads(2)));
    double sum = 0, squares = 0, stated = 0;
    constexpr int kDraws = 60;
    for (int seed = 0; seed < kDraws; ++seed) {
        std::vector<forward::TokenResult> tokens;
        const auto head = forward::ScreenedHead::make(
            *model, batch, before, {0.5, 24, 2.0, static_cast<std::uint64_t>(seed)}, tokens, withThreads(2));
        QVERIFY(head && *head);
        QVERIFY((*head)->chosenWords() < 72);
        QVERIFY((*head)->leftOut() <= 0.501 && (*head)->leftOut() > 0.05);
        const auto result = (*head)->compare(after, withThreads(2));
        QVERIFY(result);
        double mean = 0;
        for (const auto& token : result->tokens) {
            QVERIFY(token.divergence >= 0);
            mean += token.divergence / static_cast<double>(result->tokens.size());
        }
        sum += mean;
        squares += mean * mean;
        stated += result->standardError / kDraws;
    }
    const double mean = sum / kDraws;
    const double spread = std::sqrt(std::max(0.0, squares / kDraws - mean * mean));
    QVERIFY2(std::abs(mean / exact - 1) < 0.1, fmt::format("{} {} {}", mean, exact, spread).c_str());
    QVERIFY2(spread < 3 * stated && spread > stated / 10, fmt::format("{} {}", spread, stated).c_str());
}

void TestMeasureHarm::screenedNothingChanged()
{
    const auto model = shared("gemma2");
    const auto reference = Reference::make(model, someTokens(), screening(0.3, 32), withThreads(2));
    QVERIFY(reference && (*reference)->screenedHead() != nullptr);
    const auto last = (*reference)->inputOf(model->blocks().size()).value();
    const auto result = (*reference)->screenedHead()->compare(last, withThreads(1));
    QVERIFY(result);
    for (std::size_t t = 0; t < result->tokens.size(); ++t) {
        QVERIFY(result->tokens[t].divergence < 1e-6);
        QCOMPARE(result->tokens[t].changedBest, (*reference)->tokens()[t].best);
    }
    const auto wrong = (*reference)->screenedHead()->compare(std::span(last).first(5), withThreads(1));
    QVERIFY(!wrong && wrong.error().code == ErrorCode::InvalidArgument);
}

void TestMeasureHarm::screeningThatDoesNotPay()
{
    // 96 words: the defaults refuse, and measuring is exact.
    const auto model = shared("llama");
    const auto reference = Reference::make(model, someTokens(), {}, withThreads(2));
    QVERIFY(reference);
    QVERIFY((*reference)->screenedHead() == nullptr);
    QCOMPARE((*reference)->tokens().size(), someTokens().tokens());
    const auto changed
        = change(*model, "model.layers.0.mlp.up_proj.weight", "int4-asym-g32/rtn", withThreads(2));
    QVERIFY(!measureHarm(**reference, *changed, false, withThreads(2))->screening);
    QVERIFY((*reference)->secondsOf(changed->reach(*model), false) > 0);
}

void TestMeasureHarm::sentencesOfEncoders()
{
    const auto model = shared("bert");
    const forward::TokenBatch batch = someTokens();
    const auto reference = Reference::make(model, batch, {}, withThreads(2));
    QVERIFY2(reference, reference ? "" : reference.error().oneLine().c_str());
    QCOMPARE((*reference)->kind(), HarmKind::CosineDistance);
    double previous = 1e9;
    for (const char* option : {"int2-asym-g32/rtn", "int4-asym-g32/rtn", "int8-asym-g32/rtn"}) {
        std::string name;
        for (const plan::Unit& unit : plan::unitsOf(model->checkpoint()))
            if (unit.block == 0 && unit.role == model::Role::Value)
                name = unit.name;
        const auto changed = change(*model, name, option, withThreads(2));
        QVERIFY(changed);
        const auto harm = measureHarm(**reference, *changed, false, withThreads(2));
        QVERIFY(harm);
        QCOMPARE(harm->kind, HarmKind::CosineDistance);
        QCOMPARE(harm->values.size(), batch.sequences());
        QVERIFY(harm->next.empty());
        QVERIFY(meanOf(harm->values) < previous);
        previous = meanOf(harm->values);
    }
    QVERIFY(previous < 1e-3);
}

void TestMeasureHarm::temporaryFile()
{
    std::vector<std::vector<float>> states(3, std::vector<float>(1000));
    for (std::size_t place = 0; place < states.size(); ++place)
        std::iota(states[place].begin(), states[place].end(), static_cast<float>(place) * 5000.0F);
    for (const std::size_t memory : {std::size_t{12'000}, std::size_t{11'999}}) {
        auto store = StateStore::make(3, 1000, memory);
        QVERIFY2(store, store ? "" : store.error().oneLine().c_str());
        QCOMPARE(store->inMemory(), memory == 12'000);
        for (const std::size_t place : {2U, 0U, 1U})
            QVERIFY(store->put(place, states[place]));
        for (std::size_t place = 0; place < states.size(); ++place)
            QCOMPARE(store->get(place).value(), states[place]);
        QVERIFY(!store->put(0, std::span(states[0]).first(9)));
    }
}

void TestMeasureHarm::anyNumberOfThreads()
{
    const auto model = shared("llama");
    std::vector<std::vector<float>> results;
    for (const int threads : {1, 3}) {
        const auto reference = Reference::make(model, someTokens(), screening(0.3, 32), withThreads(threads));
        const auto changed = change(
            *model, "model.layers.0.self_attn.k_proj.weight", "int3-asym-g32/rtn", withThreads(threads));
        const auto harm = measureHarm(**reference, *changed, false, withThreads(threads));
        QVERIFY(harm);
        results.push_back(harm->values);
        auto last = (*reference)->inputOf(model->blocks().size()).value();
        for (float& x : last)
            x *= 1.01F;
        const auto screened = (*reference)->screenedHead()->compare(last, withThreads(threads));
        QVERIFY(screened);
        for (const auto& token : screened->tokens)
            results.back().push_back(static_cast<float>(token.divergence));
    }
    QCOMPARE(results[0], results[1]);
}

void TestMeasureHarm::cancelled()
{
    const auto model = shared("llama");
    const auto reference = Reference::make(model, someTokens(), exactOnly(), withThreads(2));
    const auto changed
        = change(*model, "model.layers.0.self_attn.k_proj.weight", "int3-asym-g32/rtn", withThreads(1));
    std::stop_source stop;
    stop.request_stop();
    RunContext context = withThreads(2);
    context.stop = stop.get_token();
    const auto harm = measureHarm(**reference, *changed, false, context);
    QVERIFY(!harm && harm.error().code == ErrorCode::Cancelled);
    const auto again = Reference::make(model, someTokens(), exactOnly(), context);
    QVERIFY(!again && again.error().code == ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestMeasureHarm)
#include "tst_measure_harm.moc"
