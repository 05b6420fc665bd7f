#include "core/formats/open.h"
#include "core/forward/gradients.h"
#include "core/quant/quantizer.h"
#include "core/score/option_error.h"
#include "core/session/capture.h"
#include "core/session/capture_tokens.h"
#include "core/session/token_input.h"
#include "tests/support/forward_models.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <sys/resource.h>

using namespace bitwright;
using model::Site;
using model::SiteKind;
using test::openFamily;
using test::TempFolder;
using test::withThreads;

namespace {

const std::string kSample = std::string(BITWRIGHT_SOURCE_DIR) + "/samples/tiny-llama";

forward::TokenBatch someTokens(std::uint32_t vocabulary)
{
    forward::TokenBatch batch;
    std::uint32_t state = 7;
    for (const std::size_t length : {20U, 3U, 1U, 17U}) {
        std::vector<std::uint32_t> ids;
        for (std::size_t i = 0; i < length; ++i) {
            state = state * 1664525U + 1013904223U;
            ids.push_back((state >> 16U) % vocabulary);
        }
        batch.add(ids);
    }
    return batch;
}

Result<session::CaptureResult> captureFamily(const std::string& family, const std::string& path,
    const RunContext& context, const session::CaptureSettings& settings = {})
{
    BITWRIGHT_ASSIGN(const auto model, openFamily(family));
    return session::capture(model, someTokens(static_cast<std::uint32_t>(model.architecture().vocabulary)),
        settings, path, context);
}

/// The worst difference relative to the largest number.
template <typename Vector>
double difference(const std::optional<Vector>& expected, const std::optional<Vector>& found)
{
    if (!expected || !found || expected->size() != found->size())
        return expected.has_value() == found.has_value() && !expected ? 0.0 : 1e9;
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < expected->size(); ++i) {
        const auto a = static_cast<double>((*expected)[i]);
        worst = std::max(worst, std::abs(a - static_cast<double>((*found)[i])));
        largest = std::max(largest, std::abs(a));
    }
    return worst / largest;
}

bool leftNothing(const TempFolder& folder)
{
    return std::filesystem::is_empty(folder.path());
}

struct Named
{
    std::string name;
    SiteKind kind;
    std::vector<std::string> tensors;
};

} // namespace

class TestCapture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sampleLikeItsDump();
    void sitesOfFamilies_data();
    void sitesOfFamilies();
    void everyFamilyFits_data();
    void everyFamilyFits();
    void sameBytesForAnyThreads();
    void smallMemoryRunsInParts();
    void poolerSeesFirstTokens();
    void settingsAreFollowed();
    void outputGradientsPairUp_data();
    void outputGradientsPairUp();
    void failuresLeaveNothing();
    void fullDiskLeavesNothing();
    void tokensFromText();
    void badInput();
};

void TestCapture::sampleLikeItsDump()
{
    const TempFolder folder;
    const auto checkpoint = formats::openCheckpoint(kSample);
    QVERIFY(checkpoint);
    const auto model = forward::Model::open(*checkpoint);
    QVERIFY(model);
    // As the sample's README says that its dump was recorded.
    session::CaptureInput input;
    input.textPath = kSample + "/held_out.txt";
    input.maxTokens = 2048;
    const auto text = session::readTokens(*model, input, withThreads(2));
    QVERIFY2(text.has_value(), text ? "" : text.error().oneLine().c_str());
    QCOMPARE(text->batch.sequences(), std::size_t{8});
    session::CaptureSettings settings;
    settings.recorder = {48, 1611, 512, 15, session::TokenSites::Sublayers};
    const std::string path = folder.file("own.h5");
    const auto result = session::capture(*model, text->batch, settings, path, withThreads(2));
    QVERIFY2(result.has_value(), result ? "" : result.error().oneLine().c_str());
    QVERIFY(std::abs(*result->perplexity - 2.5098) < 1e-3);

    const auto expected = formats::openDump(kSample + "/activations.h5");
    const auto found = formats::openDump(path);
    QVERIFY(expected && found);
    QVERIFY((*found)->warnings().empty());
    QVERIFY(model::checkDumpFits(**found, **checkpoint));
    QVERIFY(*(*expected)->loadTokens() == *(*found)->loadTokens());
    QCOMPARE((*found)->sites().size(), (*expected)->sites().size());
    for (std::size_t i = 0; i < (*expected)->sites().size(); ++i) {
        const Site& a = (*expected)->sites()[i];
        const Site& b = (*found)->sites()[i];
        QCOMPARE(b.name, a.name);
        QVERIFY(b.kind == a.kind && b.tensors == a.tensors && b.block == a.block);
        QVERIFY(b.count == a.count && b.channels == a.channels && b.hasGram == a.hasGram);
        for (const auto member : {&Site::absMax, &Site::min, &Site::max, &Site::mean, &Site::meanAbs,
                 &Site::sumSq, &Site::moment3, &Site::moment4})
            QVERIFY2(difference(a.*member, b.*member) < 2e-5, a.name.c_str());
        for (const auto member : {&Site::tokenAbsMax, &Site::tokenMedianAbs, &Site::tokenRms})
            QVERIFY2(difference(a.*member, b.*member) < 1e-4, a.name.c_str());
        std::int64_t moved = 0;
        for (std::size_t bin = 0; bin < 512; ++bin)
            moved += std::abs(static_cast<std::int64_t>(a.histogram->counts[bin])
                - static_cast<std::int64_t>(b.histogram->counts[bin]));
        QVERIFY(moved < static_cast<std::int64_t>(a.histogram->total() / 2000));
        const auto samplesA = (*expected)->loadSamples(i), samplesB = (*found)->loadSamples(i);
        QVERIFY(samplesA && samplesB);
        QVERIFY(samplesA->sequence == samplesB->sequence && samplesA->position == samplesB->position);
        QVERIFY(difference(std::optional(samplesA->values), std::optional(samplesB->values)) < 1e-3);
        if (a.hasGram) {
            const auto gramA = (*expected)->loadGram(i), gramB = (*found)->loadGram(i);
            QVERIFY(difference(std::optional(gramA->lower), std::optional(gramB->lower)) < 1e-4);
        }
    }
}

void TestCapture::sitesOfFamilies_data()
{
    QTest::addColumn<std::string>("family");
    QTest::addColumn<std::string>("name");
    QTest::addColumn<int>("kind");
    QTest::addColumn<std::string>("tensors");
    const auto row = [](const char* family, const char* name, SiteKind kind, const char* tensors) {
        QTest::addRow("%s %s", family, name)
            << std::string(family) << std::string(name) << static_cast<int>(kind) << std::string(tensors);
    };
    row("llama", "model.layers.1.self_attn.q_proj", SiteKind::InputOf,
        "model.layers.1.self_attn.q_proj.weight model.layers.1.self_attn.k_proj.weight "
        "model.layers.1.self_attn.v_proj.weight ");
    row("llama", "model.layers.0.mlp.gate_proj", SiteKind::InputOf,
        "model.layers.0.mlp.gate_proj.weight model.layers.0.mlp.up_proj.weight ");
    row("llama", "model.layers.1.attention", SiteKind::OutputOf, "model.layers.1.self_attn.o_proj.weight ");
    row("llama", "model.layers.final", SiteKind::Residual, "");
    row("gemma3", "lm_head", SiteKind::InputOf, "model.embed_tokens.weight ");
    row("phi3", "model.layers.0.self_attn.qkv_proj", SiteKind::InputOf,
        "model.layers.0.self_attn.qkv_proj.weight ");
    row("gpt2", "transformer.h.1.mlp", SiteKind::OutputOf, "transformer.h.1.mlp.c_proj.weight ");
    row("opt", "model.decoder.layers.0.mlp.stream", SiteKind::Residual, "model.decoder.layers.0.fc2.weight ");
    row("bert", "encoder.layer.0.attention", SiteKind::OutputOf,
        "encoder.layer.0.attention.output.dense.weight ");
}

void TestCapture::sitesOfFamilies()
{
    QFETCH(std::string, family);
    QFETCH(std::string, name);
    QFETCH(int, kind);
    QFETCH(std::string, tensors);
    const TempFolder folder;
    const auto result = captureFamily(family, folder.file("a.h5"), withThreads(2));
    QVERIFY2(result.has_value(), result ? "" : result.error().oneLine().c_str());
    std::string names;
    for (const auto& site : result->sites) {
        names += site.name + " ";
        if (site.name != name || static_cast<int>(site.kind) != kind)
            continue;
        std::string joined;
        for (const auto& tensor : site.tensors)
            joined += tensor + " ";
        QCOMPARE(joined, tensors);
        return;
    }
    QFAIL(names.c_str());
}

void TestCapture::everyFamilyFits_data()
{
    QTest::addColumn<std::string>("family");
    for (const char* family : {"llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3", "phi3", "gpt2",
             "opt", "opt-post", "mixtral", "qwen2-moe", "qwen3-moe", "bert"})
        QTest::newRow(family) << std::string(family);
}

void TestCapture::everyFamilyFits()
{
    QFETCH(std::string, family);
    const TempFolder folder;
    session::CaptureSettings settings;
    settings.recorder.gramMaxWidth = 4096;
    const auto result = captureFamily(family, folder.file("a.h5"), withThreads(2), settings);
    QVERIFY2(result.has_value(), result ? "" : result.error().oneLine().c_str());
    QCOMPARE(result->perplexity.has_value(), family != "bert");
    const auto dump = formats::openDump(folder.file("a.h5"));
    QVERIFY2(dump.has_value(), dump ? "" : dump.error().oneLine().c_str());
    QVERIFY((*dump)->warnings().empty());
    const auto model = openFamily(family);
    const auto fits = model::checkDumpFits(**dump, model->checkpoint());
    QVERIFY2(fits.has_value(), fits ? "" : fits.error().oneLine().c_str());
    // Every matrix that can be quantized and is no stack of experts has its input recorded.
    for (const auto& tensor : model->checkpoint().tensors()) {
        const bool pooler
            = tensor.parts.role == model::Role::Pooler || tensor.parts.role == model::Role::Classifier;
        if (tensor.quantizable && tensor.experts == 1 && !pooler && tensor.parts.block)
            QVERIFY2(
                (*dump)->inputSiteOf(tensor.name).has_value() || tensor.parts.expert, tensor.name.c_str());
    }
    // The stream adds up from site to site where norms stand before the sublayers.
    if (family == "opt-post" || family == "bert")
        return;
    std::vector<float> stream;
    for (std::size_t i = 0; i < (*dump)->sites().size(); ++i) {
        const Site& site = (*dump)->sites()[i];
        if (site.kind == SiteKind::InputOf)
            continue;
        const auto rows = (*dump)->loadSamples(i);
        QCOMPARE(rows->rows, std::uint64_t{41});
        if (site.kind == SiteKind::Residual && !stream.empty())
            QVERIFY(difference(std::optional(stream), std::optional(rows->values)) < 3e-3);
        if (site.kind == SiteKind::Residual)
            stream = rows->values;
        else
            for (std::size_t k = 0; k < stream.size(); ++k)
                stream[k] += rows->values[k];
    }
}

void TestCapture::sameBytesForAnyThreads()
{
    const TempFolder folder;
    session::CaptureSettings settings;
    settings.recorder.gramMaxWidth = 4096;
    QVERIFY(captureFamily("gemma3", folder.file("1.h5"), withThreads(1), settings));
    QTest::qSleep(1100); // files that held the time would differ in the next second
    QVERIFY(captureFamily("gemma3", folder.file("3.h5"), withThreads(3), settings));
    QVERIFY(test::readFile(folder.file("1.h5")) == test::readFile(folder.file("3.h5")));
}

void TestCapture::smallMemoryRunsInParts()
{
    const TempFolder folder;
    RunContext small = withThreads(2);
    const auto model = openFamily("llama");
    QVERIFY(model);
    // Room for the hidden states of some 25 tokens at once: two parts that wait in a file.
    small.memoryBudget = 8 * 2 * 25 * sizeof(float) * model->architecture().hidden;
    RunContext enough = withThreads(2);
    const auto whole = captureFamily("llama", folder.file("whole.h5"), enough);
    auto parts = captureFamily("llama", folder.file("parts.h5"), small);
    // Blocks themselves need more; what they say names the memory, and nothing is left.
    if (!parts) {
        QCOMPARE(parts.error().code, ErrorCode::OutOfMemory);
        small.memoryBudget = std::size_t{24} << 20;
        parts = captureFamily("llama", folder.file("parts.h5"), small);
    }
    QVERIFY2(parts.has_value(), parts ? "" : parts.error().oneLine().c_str());
    QVERIFY(std::abs(*whole->perplexity - *parts->perplexity) < 1e-6 * *whole->perplexity);
}

void TestCapture::poolerSeesFirstTokens()
{
    const TempFolder folder;
    const auto model = openFamily("bert");
    QVERIFY(model);
    const auto result = captureFamily("bert", folder.file("a.h5"), withThreads(2));
    QVERIFY(result);
    bool hasPooler = false;
    for (const auto& tensor : model->checkpoint().tensors())
        hasPooler = hasPooler || (tensor.parts.role == model::Role::Pooler && !tensor.parts.bias);
    const auto& last = result->sites.back();
    QVERIFY(hasPooler);
    QVERIFY(last.name.find("pooler") != std::string::npos);
    QCOMPARE(last.count, std::uint64_t{4}); // one row per sequence
    const auto dump = formats::openDump(folder.file("a.h5"));
    QCOMPARE((*dump)->sites().back().sampleRows, std::uint64_t{0});
}

void TestCapture::settingsAreFollowed()
{
    const TempFolder folder;
    session::CaptureSettings settings;
    settings.dataset = "made up";
    settings.recorder = {0, 3, 64, 23, session::TokenSites::None};
    const auto result = captureFamily("llama", folder.file("a.h5"), withThreads(2), settings);
    QVERIFY(result);
    const auto dump = formats::openDump(folder.file("a.h5"));
    QVERIFY(dump);
    QCOMPARE((*dump)->dataset(), std::string("made up"));
    QCOMPARE((*dump)->tokens(), std::uint64_t{41});
    bool some = false;
    for (const Site& site : (*dump)->sites()) {
        QCOMPARE(site.sampleRows, std::uint64_t{0});
        QVERIFY(!site.tokenRms);
        QCOMPARE(site.hasGram, site.kind == SiteKind::InputOf && site.channels <= 64);
        some = some || site.hasGram;
    }
    QVERIFY(some);
    const auto tokens = (*dump)->loadTokens();
    QCOMPARE(tokens->size(), std::size_t{4 * 20});
    QCOMPARE((*tokens)[23], -1); // the second sequence has three tokens
    const auto sequences = session::tokensOfDump(**dump); // what measuring takes
    QVERIFY2(sequences.has_value(), sequences ? "" : sequences.error().oneLine().c_str());
    QCOMPARE(sequences->size(), std::size_t{4});
    QCOMPARE((*sequences)[1].size(), std::size_t{3});
}

void TestCapture::outputGradientsPairUp_data()
{
    QTest::addColumn<std::string>("family");
    for (const char* family : {"llama", "gemma3", "phi3"})
        QTest::newRow(family) << std::string(family);
}

/// Gradients of outputs stand beside the rows of their tokens, and the score made from both is the one
/// computed directly from the run.
void TestCapture::outputGradientsPairUp()
{
    QFETCH(const std::string, family);
    const TempFolder folder;
    const auto model = openFamily(family);
    QVERIFY(model);
    const auto batch = someTokens(static_cast<std::uint32_t>(model->architecture().vocabulary));
    session::CaptureSettings settings;
    settings.recorder.samples = 15;
    settings.recorder.seed = 3;
    settings.gradientBatch = &batch;
    settings.labels = forward::LabelKind::Model;
    const auto done = session::capture(*model, batch, settings, folder.file("a.h5"), withThreads(2));
    QVERIFY2(done, done ? "" : done.error().oneLine().c_str());
    QCOMPARE(done->outputGradients, forward::gradientMatrices(*model).size());
    QVERIFY(session::capture(*model, batch, settings, folder.file("b.h5"), withThreads(1)));
    QVERIFY(test::readFile(folder.file("a.h5")) == test::readFile(folder.file("b.h5")));
    const auto dump = formats::openDump(folder.file("a.h5"));
    QVERIFY2(dump, dump ? "" : dump.error().oneLine().c_str());
    QVERIFY((*dump)->warnings().empty() && model::checkDumpFits(**dump, model->checkpoint()));
    std::map<forward::StoredMatrix, std::vector<double>> direct; ///< tokens x outputs
    forward::GradientSettings backward;
    backward.labels = forward::LabelKind::Model;
    backward.seed = 3;
    backward.outputs = [&](const forward::OutputGradient& part) -> Result<void> {
        const auto outputs
            = static_cast<std::size_t>(model->checkpoint().tensors()[part.matrix.first].rows());
        auto& rows = direct[part.matrix];
        rows.resize(batch.tokens() * outputs);
        for (std::size_t t = 0; t < part.rows.rows; ++t)
            for (std::size_t o = 0; o < part.rows.cols; ++o)
                rows[(part.firstToken + t) * outputs + part.firstRow + o]
                    = part.losses * static_cast<double>(part.rows.row(t)[o]);
        return {};
    };
    QVERIFY(forward::meanSquaredGradients(*model, batch, {}, withThreads(2), {}, backward));
    for (const auto& [stored, rows] : direct) {
        const model::TensorInfo& info = model->checkpoint().tensors()[stored.first];
        const auto evidence = score::loadEvidence(**dump, info.name, false);
        QVERIFY(evidence && evidence->outputGradients && evidence->samples);
        const model::SampleRows &outputs = *evidence->outputGradients, &inputs = *evidence->samples;
        QCOMPARE(outputs.rows, std::uint64_t{15});
        QVERIFY(outputs.sequence == inputs.sequence && outputs.position == inputs.position);
        double largest = 0;
        for (std::size_t r = 0; r < 15; ++r)
            for (std::size_t o = 0; o < outputs.channels; ++o) {
                const std::size_t token = batch.starts[outputs.sequence[r]] + outputs.position[r];
                const double expected = rows[token * outputs.channels + o];
                largest = std::max(largest, std::abs(expected));
                QVERIFY(std::abs(static_cast<double>(outputs.values[r * outputs.channels + o]) - expected)
                    <= 1e-6 * std::abs(expected));
            }
        QVERIFY(largest > 0);
        const auto matrix = model::MatrixReader::open(model->checkpoint(), stored.first).value();
        const auto option = quant::optionFromId("int3-asym-g32/rtn").value();
        const auto errors = score::measureOptions(matrix, *evidence, {option}, withThreads(2));
        QVERIFY2(errors, errors ? "" : errors.error().oneLine().c_str());
        std::vector<float> weights(static_cast<std::size_t>(matrix.rows() * matrix.cols()));
        QVERIFY(matrix.readRows(0, matrix.rows(), weights));
        const auto quantized = quant::quantize({weights, matrix.rows(), matrix.cols()}, *option.grid,
            option.method, option.settings, std::nullopt, withThreads(1));
        std::vector<float> decoded(weights.size());
        numeric::decodeRows(*quantized, 0, matrix.rows(), decoded);
        double score = 0;
        for (std::size_t r = 0; r < 15; ++r) {
            double slope = 0;
            for (std::size_t o = 0; o < matrix.rows(); ++o)
                for (std::size_t i = 0; i < matrix.cols(); ++i)
                    slope += static_cast<double>(outputs.values[r * matrix.rows() + o])
                        * static_cast<double>(decoded[o * matrix.cols() + i] - weights[o * matrix.cols() + i])
                        * static_cast<double>(inputs.values[r * matrix.cols() + i]);
            score += slope * slope / 30;
        }
        QVERIFY(score > 0);
        QVERIFY(std::abs(errors->front().trueFisher.value() - score) < 1e-4 * score);
    }
    // Other tokens' gradients do not belong to the rows.
    forward::TokenBatch other = batch;
    other.ids[2] ^= 1U;
    settings.gradientBatch = &other;
    const auto refused = session::capture(*model, batch, settings, folder.file("c.h5"), withThreads(1));
    QVERIFY(!refused && refused.error().message.find("sequence 0 differs at 2") != std::string::npos);
    QVERIFY(!std::filesystem::exists(folder.file("c.h5")));
}

void TestCapture::failuresLeaveNothing()
{
    const TempFolder folder;
    std::stop_source stop;
    RunContext context = withThreads(2);
    context.stop = stop.get_token();
    // Stopped in the middle, when the first block was reported.
    context.progress = [&](double fraction, std::string_view) {
        if (fraction > 0.1)
            stop.request_stop();
    };
    const auto cancelled = captureFamily("llama", folder.file("a.h5"), context);
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
    QVERIFY(leftNothing(folder));
    RunContext small = withThreads(1);
    small.memoryBudget = std::size_t{3} << 20;
    session::CaptureSettings wide;
    wide.recorder.gramMaxWidth = 1 << 16;
    const auto big = captureFamily("llama", folder.file("a.h5"), small, wide);
    QVERIFY(!big);
    QCOMPARE(big.error().code, ErrorCode::OutOfMemory);
    QVERIFY(leftNothing(folder));
    const auto nowhere = captureFamily("llama", folder.path() + "/no/such/a.h5", withThreads(1));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, ErrorCode::Io);
}

void TestCapture::fullDiskLeavesNothing()
{
    const TempFolder folder;
    session::CaptureSettings settings;
    settings.recorder.gramMaxWidth = 4096;
    rlimit before{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto ignored = signal(SIGXFSZ, SIG_IGN);
    for (const rlim_t bytes : {rlim_t{100}, rlim_t{20'000}, rlim_t{100'000}}) {
        const rlimit small{bytes, before.rlim_max};
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto result = captureFamily("llama", folder.file("a.h5"), withThreads(1), settings);
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Io);
        QVERIFY(result.error().message.starts_with("Not saved"));
        QVERIFY(leftNothing(folder));
    }
    (void)signal(SIGXFSZ, ignored);
    QVERIFY(captureFamily("llama", folder.file("a.h5"), withThreads(1), settings)); // the library still works
}

void TestCapture::tokensFromText()
{
    const TempFolder folder;
    const auto checkpoint = formats::openCheckpoint(kSample);
    const auto model = forward::Model::open(*checkpoint);
    QVERIFY(model);
    QVERIFY(test::writeFile(folder.file("t.txt"), "ab\n\n \t\ncde\r\nf\xE2\x80\xA8g\n"));
    session::CaptureInput input;
    input.textPath = folder.file("t.txt");
    input.lines = true;
    const auto lines = session::readTokens(*model, input, RunContext());
    QVERIFY(lines);
    QCOMPARE(lines->batch.starts, (std::vector<std::size_t>{0, 2, 5, 6, 7})); // U+2028 ends a line
    QCOMPARE(lines->dataset, std::string("t.txt"));
    input.lines = false;
    input.sequenceLength = 4;
    input.maxTokens = 10;
    const auto pieces = session::readTokens(*model, input, RunContext());
    QVERIFY(pieces);
    QCOMPARE(pieces->batch.starts, (std::vector<std::size_t>{0, 4, 8, 10}));
    QVERIFY(test::writeFile(folder.file("ids.txt"), "1 2 3 4 5\n6,7\n"));
    session::CaptureInput ids;
    ids.tokensPath = folder.file("ids.txt");
    const auto given = session::readTokens(*model, ids, RunContext());
    QVERIFY2(given.has_value(), given ? "" : given.error().oneLine().c_str());
    QCOMPARE(given->batch.starts, (std::vector<std::size_t>{0, 5, 7}));
    // Beyond the 256 positions of the sample ids are cut only where somebody says how, a text always.
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += std::to_string(i % 200) + " ";
    QVERIFY(test::writeFile(folder.file("many.txt"), "7 8\n" + many));
    ids.tokensPath = folder.file("many.txt");
    const auto refused = session::readTokens(*model, ids, RunContext());
    QVERIFY(!refused && refused.error().code == ErrorCode::OutOfRange);
    QCOMPARE(refused.error().file, ids.tokensPath);
    QCOMPARE(
        refused.error().message, std::string("Sequence 1 has 300 ids, the model has positions for 256."));
    QVERIFY(refused.error().remedy.find("--sequence-length") != std::string::npos);
    ids.sequenceLength = 200;
    QCOMPARE(session::readTokens(*model, ids, RunContext())->batch.starts,
        (std::vector<std::size_t>{0, 2, 202, 302}));
    session::CaptureInput words;
    words.textPath = folder.file("many.txt");
    QVERIFY(session::readTokens(*model, words, RunContext())->batch.sequences() > 1);
}

void TestCapture::badInput()
{
    const TempFolder folder;
    const auto checkpoint = formats::openCheckpoint(kSample);
    const auto model = forward::Model::open(*checkpoint);
    const auto codeOf = [&](const session::CaptureInput& input) {
        const auto text = session::readTokens(*model, input, RunContext());
        return text ? ErrorCode::Internal : text.error().code;
    };
    session::CaptureInput input;
    QCOMPARE(codeOf(input), ErrorCode::InvalidArgument); // nothing given
    input.textPath = folder.file("missing.txt");
    QCOMPARE(codeOf(input), ErrorCode::Io);
    QVERIFY(test::writeFile(folder.file("empty.txt"), ""));
    input.textPath = folder.file("empty.txt");
    QCOMPARE(codeOf(input), ErrorCode::Format);
    QVERIFY(test::writeFile(folder.file("bad.txt"), "\xFF\xFE"));
    input.textPath = folder.file("bad.txt");
    QCOMPARE(codeOf(input), ErrorCode::Format);
    QVERIFY(test::writeFile(folder.file("long.txt"), std::string(600, 'a')));
    input.textPath = folder.file("long.txt");
    input.sequenceLength = 300; // the sample has 256 positions
    QCOMPARE(codeOf(input), ErrorCode::OutOfRange);
    session::CaptureInput ids;
    QVERIFY(test::writeFile(folder.file("ids.txt"), "1 256"));
    ids.tokensPath = folder.file("ids.txt");
    QCOMPARE(codeOf(ids), ErrorCode::OutOfRange);
    // Without a tokenizer, and with a vocabulary that is not made of bytes.
    const auto tiny = openFamily("llama");
    QVERIFY(tiny);
    session::CaptureInput text;
    text.textPath = folder.file("long.txt");
    const auto none = session::readTokens(*tiny, text, RunContext());
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::Unsupported);
    QVERIFY(none.error().remedy.find("--tokens") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestCapture)
#include "tst_capture.moc"
