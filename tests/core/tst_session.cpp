#include "core/session/workspace.h"
#include "tests/support/dump_writer.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <random>

using namespace bitwright;
using session::ScanSettings;
using session::TensorResult;
using session::Workspace;
using test::TempFolder;
using test::writeFile;

namespace {

const std::string kSample = BITWRIGHT_SOURCE_DIR "/samples/tiny-llama";
constexpr const char* kBadTensor = "model.layers.1.mlp.up_proj.weight";
constexpr const char* kNaNTensor = "model.layers.0.self_attn.q_proj.weight";

std::vector<float> bell(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> distribution(0.0F, 0.02F);
    std::vector<float> values(count);
    for (float& value : values)
        value = distribution(random);
    return values;
}

/// A folder with a small model: two blocks of width 64 with 32 inner channels.
class SmallModel
{
public:
    explicit SmallModel(bool withNaN = false, bool withUnreadable = false)
        : m_withNaN(withNaN)
        , m_withUnreadable(withUnreadable)
    {
        std::filesystem::create_directory(path());
        m_written = writeFile(path() + "/config.json", "{\"model_type\": \"llama\"}") && writeWeights(1);
    }

    [[nodiscard]] bool written() const { return m_written; }
    [[nodiscard]] std::string path() const { return m_folder.file("small"); }
    [[nodiscard]] std::string file(std::string_view name) const { return m_folder.file(name); }

    /// Other weights behind the same header, size and time: whoever reads them again gets other numbers.
    [[nodiscard]] bool replaceWeightsUnseen() const
    {
        const std::string weights = path() + "/model.safetensors";
        const auto time = std::filesystem::last_write_time(weights);
        const bool written = writeWeights(1000);
        std::filesystem::last_write_time(weights, time);
        return written;
    }

private:
    [[nodiscard]] bool writeWeights(unsigned seed) const
    {
        test::SafetensorsWriter writer;
        writer.add("model.embed_tokens.weight", model::DType::BF16, {48, 64}, bell(48 * 64, seed++));
        for (int block = 0; block < 2; ++block) {
            const std::string p = "model.layers." + std::to_string(block) + ".";
            writer.add(p + "input_layernorm.weight", model::DType::BF16, {64}, bell(64, seed++));
            for (const auto& [name, rows, cols] : {std::tuple{"mlp.down_proj", 64U, 32U},
                     {"mlp.gate_proj", 32U, 64U}, {"mlp.up_proj", 32U, 64U}, {"self_attn.q_proj", 64U, 64U},
                     {"self_attn.k_proj", 32U, 64U}}) {
                const std::string tensor = p + name + ".weight";
                auto values = bell(rows * cols, seed++);
                if (m_withNaN && tensor == kNaNTensor)
                    values[100] = std::numeric_limits<float>::quiet_NaN();
                if (m_withUnreadable && tensor == kBadTensor)
                    writer.add(tensor, "F8_E8M0", {rows, cols}, std::string(rows * cols, '\1'));
                else
                    writer.add(tensor, model::DType::F32, {rows, cols}, values);
            }
        }
        return writer.write(path() + "/model.safetensors");
    }

    TempFolder m_folder;
    bool m_withNaN, m_withUnreadable;
    bool m_written = false;
};

/// Scans and returns the results by tensor.
std::vector<TensorResult> scanned(Workspace& workspace, const RunContext& context = {})
{
    std::vector<TensorResult> results(workspace.checkpoint().tensors().size());
    const auto done = workspace.scan(
        {}, [&](const TensorResult& result) { results[result.tensor] = result; }, context);
    return done ? results : std::vector<TensorResult>{};
}

bool same(double a, double b)
{
    return std::isnan(a) ? std::isnan(b) : a == b;
}

bool sameResult(const TensorResult& a, const TensorResult& b)
{
    if (!a.stats != !b.stats || !a.spectrum != !b.spectrum)
        return false;
    const bool stats = !a.stats
        || (same(a.stats->mean, b.stats->mean) && same(a.stats->kurtosis, b.stats->kurtosis)
            && a.stats->magnitude.counts == b.stats->magnitude.counts
            && a.stats->outputs.rms == b.stats->outputs.rms && a.stats->inputs.max == b.stats->inputs.max);
    const bool spectra = !a.spectrum
        || (a.spectrum->esd.eigenvalues == b.spectrum->esd.eigenvalues
            && same(a.spectrum->spectrum.fits.front().alpha, b.spectrum->spectrum.fits.front().alpha)
            && same(a.spectrum->spectrum.bulk.sigma, b.spectrum->spectrum.bulk.sigma));
    return stats && spectra;
}

bool sameResults(const std::vector<TensorResult>& a, const std::vector<TensorResult>& b)
{
    return !a.empty() && std::equal(a.begin(), a.end(), b.begin(), b.end(), sameResult);
}

Result<plan::PlanSpace> spaceOf(
    Workspace& workspace, const RunContext& context = {}, const Workspace::OnUnit& onUnit = {})
{
    const auto* target = plan::targetFromId("fake-quant").value();
    score::ScoreSettings settings;
    settings.kind = score::defaultScore(workspace.dump());
    return workspace.planSpace(
        *target, target->defaultOptions(quant::Method::RoundToNearest), settings, false, context, onUnit);
}

/// Every score of a space; -1 where it is missing.
std::vector<double> scoresOf(const plan::PlanSpace& space)
{
    std::vector<double> scores;
    for (std::size_t i = 0; i < space.units().size(); ++i)
        for (std::size_t j = 0; j < space.optionIds().size(); ++j)
            scores.push_back(space.cell(i, j).score.value_or(-1));
    return scores;
}

/// A dump with one site that feeds `tensor`.
void writeDumpFor(const std::string& path, const std::string& tensor, std::uint64_t channels)
{
    test::DumpContent content;
    content.tokens = 80;
    test::DumpSite site;
    site.name = "site";
    site.tensors = {tensor};
    site.channels = channels;
    site.rows = bell(80 * channels, 5);
    site.sampled = {0, 1, 2};
    content.sites.push_back(site);
    test::writeDump(path, content);
}

} // namespace

class TestSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sortsInputs();
    void refusesToSortNonsense();
    void openingReadsNoData();
    void scanMeasuresEverything();
    void scanStoresAndResumes();
    void changedWeightsAreMeasuredAgain();
    void cancelledScanResumes_data();
    void cancelledScanResumes();
    void threadsDoNotMatter();
    void sampleScansWithAnyThreads();
    void marksNonFiniteTensors();
    void goesOnAfterUnreadableTensors();
    void measuresOptionsOnce_data();
    void measuresOptionsOnce();
    void measuresOnlyNewOptions();
    void cancelledMeasuringKeepsWhatIsDone();
    void dumpAddedLaterCounts();
    void reopensFromItsProject();
    void saysThatTheModelIsGone();
    void leavesNoProjectBehindABadModel();
    void refusesADumpOfAnotherModel();
    void opensWithoutARememberedDumpThatIsGone();
    void savesEverythingAsAnotherProject();
};

void TestSession::sortsInputs()
{
    const SmallModel model;
    const std::string dump = kSample + "/activations.h5", project = model.file("p.bwp");
    QVERIFY(project::Project::open(project));
    const std::string weights = model.path() + "/model.safetensors";
    const auto all = session::sortInputs({dump, project, model.path()}).value();
    QCOMPARE(all.model, model.path());
    QCOMPARE(all.project, project);
    QCOMPARE(all.dumps, std::vector<std::string>{dump});
    QCOMPARE(session::sortInputs({weights}).value().model, weights);
    QCOMPARE(session::sortInputs({dump, dump}).value().dumps.size(), std::size_t{2});
    // A project is known by its content as well, a dump whatever its name.
    std::filesystem::copy_file(project, model.file("renamed"));
    QCOMPARE(session::sortInputs({model.file("renamed")}).value().project, model.file("renamed"));
    std::filesystem::copy_file(dump, model.file("recording"));
    QCOMPARE(session::sortInputs({model.file("recording")}).value().dumps.front(), model.file("recording"));
}

void TestSession::refusesToSortNonsense()
{
    const SmallModel model;
    QVERIFY(session::sortInputs({}).error().code == ErrorCode::InvalidArgument);
    const auto twice = session::sortInputs({model.path(), kSample});
    QVERIFY(twice.error().code == ErrorCode::InvalidArgument);
    QVERIFY(twice.error().message.find("together") != std::string::npos);
    const auto missing = session::sortInputs({model.file("none")});
    QVERIFY(missing.error().code == ErrorCode::Io);
    QVERIFY(missing.error().oneLine().find("none") != std::string::npos);
}

void TestSession::openingReadsNoData()
{
    const SmallModel model;
    QVERIFY(model.written());
    const auto workspace = Workspace::open({model.path(), {}, {}}).value();
    QCOMPARE(workspace->checkpoint().tensors().size(), std::size_t{13});
    QCOMPARE(workspace->units().size(), std::size_t{10});
    QVERIFY(workspace->project() == nullptr);
    QVERIFY(workspace->dump() == nullptr);
    for (model::TensorIndex i = 0; i < 13; ++i) {
        QVERIFY(!workspace->known(i).stats);
        QVERIFY(!workspace->known(i).spectrum);
    }
    QVERIFY(Workspace::open({}).error().code == ErrorCode::InvalidArgument);
    QVERIFY(
        Workspace::open({{}, {kSample + "/activations.h5"}, {}}).error().code == ErrorCode::InvalidArgument);
}

void TestSession::scanMeasuresEverything()
{
    const SmallModel model;
    const auto workspace = Workspace::open({model.path(), {}, {}}).value();
    double last = 0;
    bool decreased = false;
    RunContext context;
    context.progress = [&](double fraction, std::string_view) {
        decreased = decreased || fraction < last;
        last = fraction;
    };
    const auto results = scanned(*workspace, context);
    QCOMPARE(results.size(), std::size_t{13});
    QVERIFY(!decreased);
    QCOMPARE(last, 1.0);
    for (const auto& result : results) {
        const auto& info = workspace->checkpoint().tensors()[result.tensor];
        QVERIFY2(result.stats, info.name.c_str());
        QVERIFY(!result.error);
        QVERIFY(!result.fromProject);
        QCOMPARE(result.stats->count, info.parameters);
        QCOMPARE(static_cast<bool>(result.spectrum), info.quantizable);
        QVERIFY(workspace->known(result.tensor).stats == result.stats);
    }
    // Only what was asked for.
    const auto other = Workspace::open({model.path(), {}, {}}).value();
    ScanSettings settings;
    settings.spectra = false;
    int spectra = 0;
    QVERIFY(
        other->scan(settings, [&](const TensorResult& result) { spectra += result.spectrum ? 1 : 0; }, {}));
    QCOMPARE(spectra, 0);
}

void TestSession::scanStoresAndResumes()
{
    const SmallModel model;
    const session::Inputs inputs{model.path(), {}, model.file("p.bwp")};
    const auto first = scanned(*Workspace::open(inputs).value());
    // The second time nothing is read: the data behind the headers is other by now.
    QVERIFY(model.replaceWeightsUnseen());
    const auto workspace = Workspace::open(inputs).value();
    QVERIFY(workspace->known(3).fromProject);
    QVERIFY(workspace->known(3).stats);
    const auto second = scanned(*workspace);
    QVERIFY(sameResults(first, second));
    for (const auto& result : second)
        QVERIFY(result.fromProject);
    // Without a project it is measured, and differs.
    QVERIFY(!sameResults(first, scanned(*Workspace::open({model.path(), {}, {}}).value())));
}

void TestSession::changedWeightsAreMeasuredAgain()
{
    const SmallModel model;
    const session::Inputs inputs{model.path(), {}, model.file("p.bwp")};
    const auto first = scanned(*Workspace::open(inputs).value());
    const std::string weights = model.path() + "/model.safetensors";
    QVERIFY(model.replaceWeightsUnseen());
    std::filesystem::last_write_time(
        weights, std::filesystem::last_write_time(weights) + std::chrono::seconds(1));
    const auto second = scanned(*Workspace::open(inputs).value());
    QCOMPARE(second.size(), first.size());
    for (std::size_t i = 0; i < second.size(); ++i) {
        QVERIFY(!second[i].fromProject);
        QVERIFY(!sameResult(first[i], second[i]));
    }
}

void TestSession::cancelledScanResumes_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("1 thread") << 1;
    QTest::newRow("4 threads") << 4;
}

void TestSession::cancelledScanResumes()
{
    QFETCH(int, threads);
    const SmallModel model;
    const session::Inputs inputs{model.path(), {}, model.file("p.bwp")};
    std::vector<bool> delivered(13);
    {
        std::stop_source stop;
        RunContext context;
        context.threads = threads;
        context.stop = stop.get_token();
        const auto workspace = Workspace::open(inputs).value();
        const auto done = workspace->scan(
            {},
            [&](const TensorResult& result) {
                delivered[result.tensor] = true;
                if (std::count(delivered.begin(), delivered.end(), true) == 4)
                    stop.request_stop();
            },
            context);
        QVERIFY(!done);
        QVERIFY(done.error().code == ErrorCode::Cancelled);
    }
    const auto before = std::count(delivered.begin(), delivered.end(), true);
    QVERIFY(before >= 4);
    QVERIFY(before < 13);
    const auto results = scanned(*Workspace::open(inputs).value());
    for (std::size_t i = 0; i < delivered.size(); ++i)
        if (delivered[i])
            QVERIFY(results[i].fromProject);
    QVERIFY(std::any_of(results.begin(), results.end(), [](const auto& r) { return !r.fromProject; }));
    QVERIFY(sameResults(results, scanned(*Workspace::open({model.path(), {}, {}}).value())));
}

void TestSession::threadsDoNotMatter()
{
    const SmallModel model;
    RunContext one, four;
    one.threads = 1;
    four.threads = 4;
    const auto a = Workspace::open({model.path(), {}, {}}).value();
    const auto b = Workspace::open({model.path(), {}, {}}).value();
    QVERIFY(sameResults(scanned(*a, one), scanned(*b, four)));
    QCOMPARE(scoresOf(spaceOf(*a, one).value()), scoresOf(spaceOf(*b, four).value()));
}

void TestSession::sampleScansWithAnyThreads()
{
    RunContext one, four;
    one.threads = 1;
    four.threads = 4;
    const session::Inputs inputs{kSample, {kSample + "/activations.h5"}, {}};
    const auto a = Workspace::open(inputs).value();
    const auto b = Workspace::open(inputs).value();
    const auto results = scanned(*a, one);
    QVERIFY(sameResults(results, scanned(*b, four)));
    QVERIFY(a->nonFiniteTensors().empty());
    QCOMPARE(a->units().size(),
        static_cast<std::size_t>(std::count_if(
            results.begin(), results.end(), [](const auto& result) { return result.spectrum != nullptr; })));
    const auto space = spaceOf(*a, one).value();
    QCOMPARE(scoresOf(space), scoresOf(spaceOf(*b, four).value()));
    // The sample's dump has gradients, so the default is fisher, and nothing is missing.
    QCOMPARE(space.provenance().score, std::string("fisher^0.25"));
    QVERIFY(space.provenance().label.find("not measured") != std::string::npos);
    const auto scores = scoresOf(space);
    QVERIFY(std::all_of(scores.begin(), scores.end(), [](double score) { return score >= 0; }));
}

void TestSession::marksNonFiniteTensors()
{
    const SmallModel model(true);
    const auto workspace = Workspace::open({model.path(), {}, model.file("p.bwp")}).value();
    const auto results = scanned(*workspace);
    const auto tensor = workspace->checkpoint().find(kNaNTensor).value();
    QVERIFY(results[tensor].stats);
    QCOMPARE(results[tensor].stats->nan, std::uint64_t{1});
    QVERIFY(results[tensor].stats->hasNonFinite());
    QVERIFY(!results[tensor].spectrum); // unknown, not zero
    QVERIFY(!results[tensor].error);
    QCOMPARE(workspace->nonFiniteTensors(), std::vector<std::string>{kNaNTensor});
    QCOMPARE(Workspace::open({{}, {}, model.file("p.bwp")}).value()->nonFiniteTensors(),
        std::vector<std::string>{kNaNTensor});
    // Its options stay without a score; all others have one.
    std::map<std::string, bool> measured;
    const auto space = spaceOf(*workspace, {}, [&](const std::string& unit, const auto& errors) {
        measured[unit] = errors.has_value();
        if (!errors)
            QVERIFY(errors.error().code == ErrorCode::Numeric);
    }).value();
    QCOMPARE(measured.size(), std::size_t{10});
    for (const auto& [unit, ok] : measured)
        QCOMPARE(ok, unit != kNaNTensor);
    const auto bad = space.unitIndex(kNaNTensor).value();
    const auto option = space.optionIndex("int4-asym-g128/rtn").value();
    QVERIFY(!space.cell(bad, option).score);
    QVERIFY(space.cell(bad == 0 ? 1 : 0, option).score);
}

void TestSession::goesOnAfterUnreadableTensors()
{
    const SmallModel model(false, true);
    const auto workspace = Workspace::open({model.path(), {}, model.file("p.bwp")}).value();
    const auto results = scanned(*workspace);
    QCOMPARE(results.size(), std::size_t{13});
    for (const auto& result : results) {
        const auto& name = workspace->checkpoint().tensors()[result.tensor].name;
        QCOMPARE(result.error.has_value(), name == kBadTensor);
        if (result.error) {
            QVERIFY(result.error->code == ErrorCode::Unsupported);
            QCOMPARE(result.error->tensor, name);
        } else {
            QVERIFY(result.stats);
        }
    }
}

void TestSession::measuresOptionsOnce_data()
{
    QTest::addColumn<bool>("withProject");
    QTest::newRow("in memory") << false;
    QTest::newRow("in a project") << true;
}

void TestSession::measuresOptionsOnce()
{
    QFETCH(bool, withProject);
    const SmallModel model;
    const session::Inputs inputs{model.path(), {}, withProject ? model.file("p.bwp") : ""};
    auto workspace = Workspace::open(inputs).value();
    const auto first = scoresOf(spaceOf(*workspace).value());
    QVERIFY(first.size() > 40);
    QVERIFY(std::all_of(first.begin(), first.end(), [](double score) { return score >= 0; }));
    // Whoever measures again now meets other weights.
    QVERIFY(model.replaceWeightsUnseen());
    if (withProject)
        workspace = Workspace::open(inputs).value();
    int units = 0;
    const auto space = spaceOf(*workspace, {}, [&](const auto&, const auto&) { ++units; }).value();
    QCOMPARE(scoresOf(space), first);
    QCOMPARE(units, 10); // still reported one by one
    QVERIFY(scoresOf(spaceOf(*Workspace::open({model.path(), {}, {}}).value()).value()) != first);
}

void TestSession::measuresOnlyNewOptions()
{
    const SmallModel model;
    const auto workspace = Workspace::open({model.path(), {}, model.file("p.bwp")}).value();
    const auto only = [](const char* id) {
        return [id](const plan::Unit&) {
            return std::vector<quant::Option>{
                quant::optionFromId("int4-asym-g32/rtn").value(), quant::optionFromId(id).value()};
        };
    };
    const auto first = workspace->measureOptions(only("int2-asym-g32/rtn"), {}, {}).value();
    QVERIFY(model.replaceWeightsUnseen());
    const auto second = workspace->measureOptions(only("int8-asym-g32/rtn"), {}, {}).value();
    QCOMPARE(second.size(), std::size_t{10});
    for (const auto& [unit, errors] : second) {
        QCOMPARE(errors.size(), std::size_t{2});
        for (const auto& error : errors) {
            if (error.option != "int4-asym-g32/rtn")
                continue;
            QCOMPARE(error.squaredError, first.at(unit).front().squaredError);
        }
        QVERIFY(errors.back().weightEnergy != first.at(unit).front().weightEnergy); // that one was read anew
    }
}

void TestSession::cancelledMeasuringKeepsWhatIsDone()
{
    const SmallModel model;
    const session::Inputs inputs{model.path(), {}, model.file("p.bwp")};
    std::map<std::string, double> done;
    const auto remember = [&](const std::string& unit, const auto& errors) {
        if (errors)
            done[unit] = errors->front().squaredError;
    };
    std::stop_source stop;
    RunContext context;
    context.threads = 2;
    context.stop = stop.get_token();
    const auto space
        = spaceOf(*Workspace::open(inputs).value(), context, [&](const auto& unit, const auto& errors) {
              remember(unit, errors);
              if (done.size() == 3)
                  stop.request_stop();
          });
    QVERIFY(!space);
    QVERIFY(space.error().code == ErrorCode::Cancelled);
    const auto before = done;
    QVERIFY(before.size() >= 3 && before.size() < 10);
    QVERIFY(model.replaceWeightsUnseen());
    done.clear();
    QVERIFY(spaceOf(*Workspace::open(inputs).value(), {}, remember));
    QCOMPARE(done.size(), std::size_t{10});
    for (const auto& [unit, error] : before)
        QCOMPARE(done.at(unit), error);
}

/// What was measured without a dump is not taken for what the dump would have given.
void TestSession::dumpAddedLaterCounts()
{
    const std::string dump = kSample + "/activations.h5";
    const auto later = Workspace::open({kSample, {}, {}}).value();
    QVERIFY(spaceOf(*later));
    QVERIFY(later->addDump(dump));
    const auto atOnce = Workspace::open({kSample, {dump}, {}}).value();
    QCOMPARE(scoresOf(spaceOf(*later).value()), scoresOf(spaceOf(*atOnce).value()));
}

void TestSession::reopensFromItsProject()
{
    const SmallModel model;
    const std::string dump = model.file("d.h5"), project = model.file("p.bwp");
    writeDumpFor(dump, kNaNTensor, 64);
    {
        const auto workspace = Workspace::open({model.path(), {}, project}).value();
        QVERIFY(workspace->addDump(dump));
    }
    const auto workspace = Workspace::open({{}, {}, project}).value();
    QCOMPARE(workspace->checkpoint().path(), model.path());
    QCOMPARE(workspace->dumps().size(), std::size_t{1});
    QCOMPARE(workspace->dump()->path(), dump);
    const auto inputs = workspace->project()->inputs().value();
    QCOMPARE(inputs.size(), std::size_t{2});
    QCOMPARE(inputs[0].identity, workspace->checkpoint().headerIdentity());
    QCOMPARE(inputs[1].identity, workspace->dump()->contentHash());
}

void TestSession::saysThatTheModelIsGone()
{
    const SmallModel model;
    const std::string project = model.file("p.bwp");
    QVERIFY(Workspace::open({model.path(), {}, project}));
    std::filesystem::remove_all(model.path());
    const auto gone = Workspace::open({{}, {}, project});
    QVERIFY(!gone);
    QVERIFY(gone.error().code == ErrorCode::Io);
    QVERIFY2(gone.error().oneLine().find(model.path()) != std::string::npos, gone.error().oneLine().c_str());
    // A project that never had one.
    QVERIFY(project::Project::open(model.file("empty.bwp")));
    const auto none = Workspace::open({{}, {}, model.file("empty.bwp")});
    QVERIFY(none.error().code == ErrorCode::InvalidArgument);
    QVERIFY(Workspace::open({{}, {}, model.file("missing.bwp")}).error().code == ErrorCode::Io);
}

void TestSession::leavesNoProjectBehindABadModel()
{
    const SmallModel model;
    QVERIFY(!Workspace::open({model.file("none"), {}, model.file("p.bwp")}));
    QVERIFY(!std::filesystem::exists(model.file("p.bwp")));
}

void TestSession::refusesADumpOfAnotherModel()
{
    const SmallModel model;
    const std::string dump = model.file("d.h5");
    writeDumpFor(dump, kNaNTensor, 48);
    const auto opened = Workspace::open({model.path(), {dump}, {}});
    QVERIFY(!opened);
    QVERIFY(opened.error().code == ErrorCode::Mismatch);
    QVERIFY(opened.error().oneLine().find("48 channels") != std::string::npos);
    const auto workspace = Workspace::open({model.path(), {}, model.file("p.bwp")}).value();
    QVERIFY(workspace->addDump(kSample + "/activations.h5").error().code == ErrorCode::Mismatch);
    QVERIFY(workspace->dumps().empty());
    QCOMPARE(workspace->project()->inputs().value().size(), std::size_t{1});
}

void TestSession::opensWithoutARememberedDumpThatIsGone()
{
    const SmallModel model;
    const std::string dump = model.file("d.h5"), project = model.file("p.bwp");
    writeDumpFor(dump, kNaNTensor, 64);
    QVERIFY(Workspace::open({model.path(), {dump}, project}));
    std::filesystem::remove(dump);
    // Who names the model gets it, and is told; who relies on the project must not get other scores unasked.
    {
        const auto workspace = Workspace::open({{}, {}, project});
        QVERIFY(!workspace);
        QVERIFY(workspace.error().oneLine().find(dump) != std::string::npos);
    }
    const auto workspace = Workspace::open({model.path(), {}, project});
    QVERIFY2(workspace, workspace ? "" : workspace.error().oneLine().c_str());
    QVERIFY((*workspace)->dumps().empty());
    QCOMPARE((*workspace)->warnings().size(), std::size_t{1});
    QVERIFY((*workspace)->warnings().front().find(dump) != std::string::npos);
}

void TestSession::savesEverythingAsAnotherProject()
{
    const SmallModel model;
    const std::string first = model.file("a.bwp"), second = model.file("b.bwp");
    std::vector<TensorResult> results;
    std::vector<double> scores;
    {
        const auto workspace = Workspace::open({model.path(), {}, first}).value();
        results = scanned(*workspace);
        scores = scoresOf(spaceOf(*workspace).value());
        QVERIFY(workspace->project()->savePlan({"mine", "{}", ""}));
        QVERIFY(workspace->project()->setNote(kBadTensor, "look"));
        QVERIFY(workspace->project()->setState("window/x", "y"));
    }
    {
        // Opened again, so that scores are in the project alone.
        const auto workspace = Workspace::open({{}, {}, first}).value();
        QVERIFY(workspace->saveProjectAs(second));
        QCOMPARE(workspace->project()->path(), second);
    }
    std::filesystem::remove(first);
    QVERIFY(model.replaceWeightsUnseen());
    const auto workspace = Workspace::open({{}, {}, second}).value();
    QVERIFY(sameResults(scanned(*workspace), results));
    QCOMPARE(scoresOf(spaceOf(*workspace).value()), scores);
    QCOMPARE(workspace->project()->plans().value().size(), std::size_t{1});
    QCOMPARE(workspace->project()->note(kBadTensor).value(), std::string("look"));
    QCOMPARE(workspace->project()->state("window/x").value().value_or(""), std::string("y"));
    // The same again from memory alone, into a file that cannot be made.
    const auto memory = Workspace::open({model.path(), {}, {}}).value();
    QVERIFY(!memory->saveProjectAs(model.file("no/such/folder/c.bwp")));
    QVERIFY(memory->project() == nullptr);
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
