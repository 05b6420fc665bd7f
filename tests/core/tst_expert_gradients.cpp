#include "core/formats/open.h"
#include "core/forward/gradients.h"
#include "core/plan/unit.h"
#include "core/quant/quantizer.h"
#include "core/score/option_error.h"
#include "core/session/capture.h"
#include "tests/support/gradient_models.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

using namespace bitwright;
using namespace bitwright::forward;
using test::openModel;
using test::someTokens;
using test::withThreads;
using test::worst;

namespace {

/// Which tokens each expert sees.
class Routes final : public Observer
{
public:
    Result<void> linearInput(const LinearInput& input) override
    {
        if (!input.tokens.empty())
            seen.emplace_back(StoredMatrix(input.tensor, input.expert),
                std::vector(input.tokens.begin(), input.tokens.end()));
        return {};
    }
    std::vector<std::pair<StoredMatrix, std::vector<std::size_t>>> seen;
};

using TokenRows
    = std::map<StoredMatrix, std::map<std::size_t, std::vector<float>>>; ///< By token of the batch.

/// Keeps what experts multiply.
class ExpertInputs final : public Observer
{
public:
    Result<void> linearInput(const LinearInput& input) override
    {
        for (std::size_t i = 0; i < input.tokens.size(); ++i)
            rows[{input.tensor, input.expert}][input.tokens[i]].assign(
                input.rows.row(i).begin(), input.rows.row(i).end());
        return {};
    }
    TokenRows rows;
};

/// Gradients of the outputs of experts, of the sums of the losses.
TokenRows outputGradients(const Model& model, const TokenBatch& batch, std::uint64_t seed)
{
    TokenRows rows;
    GradientSettings settings;
    settings.labels = LabelKind::Model;
    settings.seed = seed;
    settings.outputs = [&](const OutputGradient& part) -> Result<void> {
        const auto outputs = model.checkpoint().tensors()[part.matrix.first].rows();
        for (std::size_t i = 0; i < part.tokens.size(); ++i) {
            auto& row = rows[part.matrix][part.firstToken + part.tokens[i]];
            row.resize(static_cast<std::size_t>(outputs));
            for (std::size_t o = 0; o < part.rows.cols; ++o)
                row[part.firstRow + o] = static_cast<float>(part.losses) * part.rows.row(i)[o];
        }
        return {};
    };
    if (!meanSquaredGradients(model, batch, {}, withThreads(2), {}, settings))
        qFatal("no gradients");
    return rows;
}

/// Fourth order differences of the loss along moved.direction. Nothing where a token changes its expert on
/// the way: the loss jumps there.
std::optional<double> slopeOf(const Model& model, const TokenBatch& batch, test::Moved& moved, double step)
{
    std::array<double, 5> losses{};
    std::array<Routes, 5> routes;
    for (std::size_t i = 0; i < 5; ++i) {
        moved.step = (static_cast<double>(i) - 2) * step;
        losses[i] = test::lossOf(model, batch, moved, &routes[i]).value();
        if (routes[i].seen != routes[0].seen)
            return std::nullopt;
    }
    return (losses[0] - 8 * losses[1] + 8 * losses[3] - losses[4]) / (12 * step);
}

} // namespace

class TestExpertGradients : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void weightsLikeDifferences_data();
    void weightsLikeDifferences();
    void expertsWithoutTokensHaveZeros();
    void stackedExpertsLikeSeparateOnes();
    void recordedForTheirUnits_data();
    void recordedForTheirUnits();
    void trueFisherOfExperts_data();
    void trueFisherOfExperts();
};

void TestExpertGradients::weightsLikeDifferences_data()
{
    QTest::addColumn<std::string>("family");
    for (const char* family : {"mixtral", "qwen2-moe", "qwen3-moe", "qwen2-moe stacked", "qwen3-moe normed"})
        QTest::newRow(family) << std::string(family);
}

/// The change of the loss along a direction is the direction times the gradient. Half of the direction is the
/// gradient itself, which moves the loss by the smallest steps, the other half is random.
void TestExpertGradients::weightsLikeDifferences()
{
    QFETCH(std::string, family);
    const auto model = openModel(family);
    QVERIFY2(model.has_value(), model ? "" : model.error().oneLine().c_str());
    const TokenBatch batch = someTokens(static_cast<std::size_t>(model->architecture().vocabulary), {16});
    const auto gradients = test::rawGradients(*model, batch, withThreads(2));
    QVERIFY2(gradients.has_value(), gradients ? "" : gradients.error().oneLine().c_str());
    QCOMPARE(gradients->size(), gradientMatrices(*model).size());
    for (const auto& [matrix, gradient] : *gradients) {
        test::Moved moved(*model, matrix);
        double expected = 0, length = 0;
        for (const double slope : gradient)
            length += slope * slope;
        length = std::sqrt(length);
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            moved.direction[i] /= std::sqrt(static_cast<double>(gradient.size()));
            moved.direction[i] += gradient[i] / length;
            expected += gradient[i] * moved.direction[i];
        }
        // Float32 losses carry some 1e-6 of noise: steps that change the loss by some 3e-3 and less leave
        // 1e-2 of the slope after four halvings.
        std::optional<double> found;
        for (double change = 3e-3; !found && change > 1e-4; change /= 2)
            found = slopeOf(*model, batch, moved, change / length);
        const auto name = model::matrixName(model->checkpoint().tensors()[matrix.first], matrix.second);
        QVERIFY2(found, name.c_str());
        QVERIFY2(std::abs(*found - expected) < 1e-2 * length,
            fmt::format("{}: {} instead of {}", name, *found, expected).c_str());
    }
}

/// Which experts see a token shows in the run; the others have zeros, which count in the mean over sequences.
void TestExpertGradients::expertsWithoutTokensHaveZeros()
{
    for (const char* family : {"qwen2-moe", "qwen3-moe stacked"}) {
        auto source = openModel(family).value();
        Architecture architecture = source.architecture();
        architecture.experts->perToken = 1;
        architecture.experts->normalize = false; // else the router of a single choice has no gradient
        const auto shared
            = std::shared_ptr<const model::Checkpoint>(&source.checkpoint(), [](const auto*) {});
        const Model model = Model::open(shared, architecture).value();
        const TokenBatch batch = someTokens(static_cast<std::size_t>(architecture.vocabulary), {3, 30});
        std::vector<std::vector<model::GradientFactors>> parts;
        std::size_t empty = 0;
        for (std::size_t s = 0; s < 2; ++s) {
            TokenBatch one;
            one.add(std::span(batch.ids).subspan(batch.starts[s], batch.starts[s + 1] - batch.starts[s]));
            test::Inputs seen;
            auto hidden = embed(model, one, {}, withThreads(1)).value();
            QVERIFY(
                runBlocks(model, one, 0, model.blocks().size(), hidden, {nullptr, &seen}, withThreads(1)));
            QVERIFY(runHead(model, one, hidden, {nullptr, &seen}, withThreads(1)));
            parts.push_back(meanSquaredGradients(model, one, {}, withThreads(2)).value());
            const auto matrices = gradientMatrices(model);
            QCOMPARE(parts[s].size(), matrices.size());
            for (std::size_t i = 0; i < matrices.size(); ++i) {
                const model::GradientFactors& factors = parts[s][i];
                QCOMPARE(factors.tensor,
                    model::matrixName(model.checkpoint().tensors()[matrices[i].first], matrices[i].second));
                const bool zero = !seen.inputs.contains(matrices[i]);
                empty += zero ? 1U : 0U;
                QCOMPARE(factors.meanSq == 0, zero);
                QCOMPARE(std::count(factors.rowMeanSq.begin(), factors.rowMeanSq.end(), 0.0) > 0, zero);
                QCOMPARE(factors.rowMeanSq.size(), model.checkpoint().tensors()[matrices[i].first].rows());
            }
        }
        QVERIFY(empty > 0);
        const auto both = meanSquaredGradients(model, batch, {}, withThreads(2)).value();
        for (std::size_t i = 0; i < both.size(); ++i) {
            QCOMPARE(both[i].batches, std::uint64_t{2});
            const double mean = (parts[0][i].meanSq + parts[1][i].meanSq) / 2;
            QVERIFY(std::abs(both[i].meanSq - mean) <= 1e-9 * mean);
        }
    }
}

void TestExpertGradients::stackedExpertsLikeSeparateOnes()
{
    const Model separate = openModel("qwen3-moe").value(), stacked = openModel("qwen3-moe stacked").value();
    const TokenBatch batch = someTokens(90, {11, 19});
    std::map<std::string, model::GradientFactors> found;
    for (const Model* model : {&separate, &stacked}) {
        const auto all = meanSquaredGradients(*model, batch, {}, withThreads(2));
        QVERIFY(all);
        for (const model::GradientFactors& factors : *all)
            found[factors.tensor] = factors;
    }
    std::size_t compared = 0;
    for (std::size_t block = 0; block < 2; ++block)
        for (std::size_t e = 0; e < 4; ++e, ++compared) {
            const std::string list = fmt::format("model.layers.{}.mlp.experts.", block);
            const auto part = [&](const char* name) {
                return found.at(fmt::format("{}{}.{}_proj.weight", list, e, name));
            };
            const auto fused = found.at(fmt::format("{}gate_up_proj[{}]", list, e));
            std::vector<double> rows = part("gate").rowMeanSq;
            const auto up = part("up").rowMeanSq;
            rows.insert(rows.end(), up.begin(), up.end());
            QVERIFY(worst(rows, fused.rowMeanSq) < 1e-12);
            std::vector<double> columns = part("gate").colMeanSq;
            for (std::size_t c = 0; c < columns.size(); ++c)
                columns[c] = (columns[c] + part("up").colMeanSq[c]) / 2;
            QVERIFY(worst(columns, fused.colMeanSq) < 1e-12);
            QVERIFY(found.at(fmt::format("{}down_proj[{}]", list, e)).rowMeanSq == part("down").rowMeanSq);
        }
    QCOMPARE(compared, std::size_t{8});
}

void TestExpertGradients::recordedForTheirUnits_data()
{
    QTest::addColumn<std::string>("family");
    for (const char* family : {"opt-post", "mixtral", "qwen2-moe", "qwen2-moe stacked"})
        QTest::newRow(family) << std::string(family);
}

/// What capture writes is found again for every unit that a plan has, and makes its score.
void TestExpertGradients::recordedForTheirUnits()
{
    QFETCH(std::string, family);
    const test::TempFolder folder;
    const auto model = openModel(family);
    QVERIFY(model);
    const TokenBatch batch = someTokens(static_cast<std::size_t>(model->architecture().vocabulary), {20, 9});
    session::CaptureSettings settings;
    settings.gradientBatch = &batch;
    const auto done = session::capture(*model, batch, settings, folder.file("a.h5"), withThreads(2));
    QVERIFY2(done, done ? "" : done.error().oneLine().c_str());
    const auto direct = meanSquaredGradients(*model, batch, {}, withThreads(1)).value();
    QCOMPARE(done->gradients, direct.size());
    QCOMPARE(done->zeroGradients, std::size_t{0});
    const auto dump = formats::openDump(folder.file("a.h5"));
    QVERIFY2(dump, dump ? "" : dump.error().oneLine().c_str());
    QVERIFY((*dump)->warnings().empty() && model::checkDumpFits(**dump, model->checkpoint()));
    const auto option = quant::optionFromId("int4-asym-g8/rtn").value();
    for (const plan::Unit& unit : plan::unitsOf(model->checkpoint())) {
        if (!unit.block)
            continue; // embedding and head
        const auto expected = std::find_if(direct.begin(), direct.end(),
            [&](const model::GradientFactors& factors) { return factors.tensor == unit.name; });
        QVERIFY2(expected != direct.end(), unit.name.c_str());
        const auto evidence = score::loadEvidence(**dump, unit.tensor, false, unit.name);
        QVERIFY2(evidence && evidence->gradient != nullptr, unit.name.c_str());
        QVERIFY(evidence->gradient->rowMeanSq == expected->rowMeanSq);
        QVERIFY(evidence->gradient->colMeanSq == expected->colMeanSq);
        const auto matrix = model::MatrixReader::open(model->checkpoint(), unit.index, unit.expert).value();
        const auto errors = score::measureOptions(matrix, *evidence, {option}, withThreads(1));
        QVERIFY(errors && errors->front().fisher && *errors->front().fisher > 0);
    }
}

void TestExpertGradients::trueFisherOfExperts_data()
{
    QTest::addColumn<std::string>("family");
    for (const char* family : {"mixtral", "qwen2-moe stacked"})
        QTest::newRow(family) << std::string(family);
}

/// Half the mean of (g . E x)^2 over all sampled tokens, to which those that chose other experts add nothing.
void TestExpertGradients::trueFisherOfExperts()
{
    QFETCH(std::string, family);
    const test::TempFolder folder;
    const auto model = openModel(family);
    QVERIFY(model);
    const TokenBatch batch = someTokens(static_cast<std::size_t>(model->architecture().vocabulary), {20, 9});
    session::CaptureSettings settings;
    settings.recorder.samples = 15;
    settings.recorder.seed = 3;
    settings.gradientBatch = &batch;
    settings.labels = LabelKind::Model;
    const auto done = session::capture(*model, batch, settings, folder.file("a.h5"), withThreads(2));
    QVERIFY2(done, done ? "" : done.error().oneLine().c_str());
    QCOMPARE(done->outputGradients, gradientMatrices(*model).size());
    QVERIFY(session::capture(*model, batch, settings, folder.file("b.h5"), withThreads(1)));
    QVERIFY(test::readFile(folder.file("a.h5")) == test::readFile(folder.file("b.h5")));
    // Stopped after the gradients of the first sequence, it goes on to the same bytes.
    settings.partialShare = std::numeric_limits<double>::infinity();
    std::stop_source stop;
    RunContext context = withThreads(2);
    context.stop = stop.get_token();
    context.progress = [&, calls = 0](double, std::string_view stage) mutable {
        if (stage == "Gradients" && ++calls == 2)
            stop.request_stop();
    };
    QVERIFY(!session::capture(*model, batch, settings, folder.file("c.h5"), context));
    const auto resumed = session::capture(*model, batch, settings, folder.file("c.h5"), withThreads(1));
    QVERIFY2(resumed, resumed ? "" : resumed.error().oneLine().c_str());
    QCOMPARE(resumed->resumedParts, model->blocks().size() + 2);
    QVERIFY(test::readFile(folder.file("a.h5")) == test::readFile(folder.file("c.h5")));
    const auto dump = formats::openDump(folder.file("a.h5"));
    QVERIFY2(dump, dump ? "" : dump.error().oneLine().c_str());
    QVERIFY((*dump)->warnings().empty() && model::checkDumpFits(**dump, model->checkpoint()));
    const TokenRows gradients = outputGradients(*model, batch, 3);
    ExpertInputs seen;
    auto hidden = embed(*model, batch, {}, withThreads(1)).value();
    QVERIFY(runBlocks(*model, batch, 0, model->blocks().size(), hidden, {nullptr, &seen}, withThreads(1)));
    const auto option = quant::optionFromId("int3-asym-g8/rtn").value();
    std::size_t chosen = 0, others = 0;
    for (const plan::Unit& unit : plan::unitsOf(model->checkpoint())) {
        if (!unit.routedExpert)
            continue;
        const StoredMatrix stored(unit.index, unit.expert);
        const auto matrix = model::MatrixReader::open(model->checkpoint(), unit.index, unit.expert).value();
        std::vector<float> weights(unit.parameters()), decoded(unit.parameters());
        QVERIFY(matrix.readRows(0, unit.rows, weights));
        const auto quantized = quant::quantize({weights, unit.rows, unit.cols}, *option.grid, option.method,
            option.settings, std::nullopt, withThreads(1));
        numeric::decodeRows(*quantized, 0, unit.rows, decoded);
        const auto evidence = score::loadEvidence(**dump, unit.tensor, false, unit.name);
        QVERIFY2(evidence && evidence->samples && evidence->samples->rows == 15, unit.name.c_str());
        double expected = 0;
        for (std::size_t r = 0; r < 15; ++r) {
            const std::size_t token
                = batch.starts[evidence->samples->sequence[r]] + evidence->samples->position[r];
            const auto& inputs = seen.rows.at(stored);
            const auto x = inputs.find(token);
            ++(x == inputs.end() ? others : chosen);
            if (x == inputs.end())
                continue;
            const std::vector<float>& g = gradients.at(stored).at(token);
            double slope = 0;
            for (std::size_t i = 0; i < decoded.size(); ++i)
                slope += static_cast<double>(g[i / unit.cols]) * static_cast<double>(decoded[i] - weights[i])
                    * static_cast<double>(x->second[i % unit.cols]);
            expected += slope * slope / 30;
        }
        const auto errors = score::measureOptions(matrix, *evidence, {option}, withThreads(1));
        QVERIFY2(errors && errors->front().trueFisher, unit.name.c_str());
        QVERIFY2(std::abs(*errors->front().trueFisher - expected) <= 1e-4 * expected, unit.name.c_str());
    }
    QVERIFY(chosen > 0 && others > 0);
}

QTEST_GUILESS_MAIN(TestExpertGradients)
#include "tst_expert_gradients.moc"
