#include "core/project/codec.h"
#include "core/project/database.h"
#include "core/project/project.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <limits>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace bitwright;
using project::Project;
using project::Record;
using test::readFile;
using test::TempFolder;
using test::writeFile;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// Equal as a reader sees it: the sign of zero counts, every NaN is the same.
bool same(double a, double b)
{
    return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

template <typename T>
bool sameBits(const std::vector<T>& a, const std::vector<T>& b)
{
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// Statistics whose every member depends on `seed`, with numbers that text forms lose first.
stats::WeightStats statsOf(unsigned seed)
{
    std::mt19937_64 random(seed);
    const auto number = [&] { return std::ldexp(static_cast<double>(random()) - 9e18, -70); };
    stats::WeightStats s;
    s.rows = 3;
    s.cols = 5;
    s.count = 15 + seed;
    s.nan = 2;
    s.positiveInf = 1;
    s.negativeInf = 3;
    s.zero = 4;
    s.finite = s.count - 6;
    s.min = number();
    s.max = number();
    s.absMax = std::numeric_limits<double>::denorm_min();
    s.mean = -0.0;
    s.std = 0.1;
    s.rms = std::numeric_limits<double>::max();
    s.skewness = kNaN;
    s.kurtosis = -kInf;
    s.magnitude.zeros = std::numeric_limits<std::uint64_t>::max();
    for (auto& count : s.magnitude.counts)
        count = random();
    s.histogram = {number(), kInf, {1, 2, std::uint64_t{1} << 63}};
    const float nan = std::numeric_limits<float>::quiet_NaN();
    s.outputs = {{1.5F, nan, -3.0F}, {2.5F, nan, 0.1F}, {0.0F, nan, 1e-40F}};
    s.inputs = {{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}, {0, 0, 0, 0, static_cast<float>(seed)}};
    s.groups = {128, 3, 1e-300, 0.25, kInf, {0.5F, nan, 2.0F}};
    return s;
}

bool sameRanges(const stats::ChannelRanges& a, const stats::ChannelRanges& b)
{
    return sameBits(a.min, b.min) && sameBits(a.max, b.max) && sameBits(a.rms, b.rms);
}

bool sameStats(const stats::WeightStats& a, const stats::WeightStats& b)
{
    return a.rows == b.rows && a.cols == b.cols && a.count == b.count && a.nan == b.nan
        && a.positiveInf == b.positiveInf && a.negativeInf == b.negativeInf && a.zero == b.zero
        && a.finite == b.finite && same(a.min, b.min) && same(a.max, b.max) && same(a.absMax, b.absMax)
        && same(a.mean, b.mean) && same(a.std, b.std) && same(a.rms, b.rms) && same(a.skewness, b.skewness)
        && same(a.kurtosis, b.kurtosis) && a.magnitude.zeros == b.magnitude.zeros
        && sameBits(a.magnitude.counts, b.magnitude.counts) && same(a.histogram.low, b.histogram.low)
        && same(a.histogram.high, b.histogram.high) && sameBits(a.histogram.counts, b.histogram.counts)
        && sameRanges(a.outputs, b.outputs) && sameRanges(a.inputs, b.inputs)
        && a.groups.groupSize == b.groups.groupSize && a.groups.groups == b.groups.groups
        && same(a.groups.min, b.groups.min) && same(a.groups.median, b.groups.median)
        && same(a.groups.max, b.groups.max) && sameBits(a.groups.values, b.groups.values);
}

spectra::TailFit fitOf(spectra::TailEstimator estimator)
{
    spectra::TailFit fit;
    fit.estimator = estimator;
    fit.status = spectra::FitStatus::NoFit;
    fit.mode = spectra::SamplingMode::Farms;
    fit.seed = 0xFFFFFFFFFFFFFFFF;
    fit.alpha = kNaN;
    fit.xmin = 0.1;
    fit.distance = kInf;
    fit.standardError = -1e-310;
    fit.tailCount = 7;
    fit.tailBegin = 11;
    fit.used = 18;
    fit.flag = spectra::TrainingFlag::UnderTrained;
    fit.spurious = true;
    return fit;
}

spectra::Spectrum spectrumOf(std::size_t eigenvalues)
{
    spectra::Spectrum s;
    s.rows = eigenvalues;
    s.cols = 2 * eigenvalues;
    for (std::size_t i = 0; i < eigenvalues; ++i)
        s.eigenvalues.push_back(std::exp(static_cast<double>(i) / 777.0) / 3.0);
    s.resolution = 1e-17;
    s.precision = spectra::Precision::Single;
    s.metrics = {1.0 / 3.0, 2, kNaN, 4, 5, 6, kInf, -kInf, 9, 10};
    for (const auto estimator : spectra::allTailEstimators())
        s.fits.push_back(fitOf(estimator));
    s.farmsFits.push_back(fitOf(spectra::TailEstimator::HillAlphaQ));
    s.bulk = {spectra::FitStatus::Fitted, 1.5, 0.9, 2.5, 0.1, kNaN, 3.5, 12, 0.7, 1e-9};
    return s;
}

bool sameFit(const spectra::TailFit& a, const spectra::TailFit& b)
{
    return a.estimator == b.estimator && a.status == b.status && a.mode == b.mode && a.seed == b.seed
        && same(a.alpha, b.alpha) && same(a.xmin, b.xmin) && same(a.distance, b.distance)
        && same(a.standardError, b.standardError) && a.tailCount == b.tailCount && a.tailBegin == b.tailBegin
        && a.used == b.used && a.flag == b.flag && a.spurious == b.spurious;
}

bool sameFits(const std::vector<spectra::TailFit>& a, const std::vector<spectra::TailFit>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), sameFit);
}

bool sameMetrics(const spectra::SpectralMetrics& a, const spectra::SpectralMetrics& b)
{
    return same(a.norm, b.norm) && same(a.spectralNorm, b.spectralNorm) && same(a.stableRank, b.stableRank)
        && same(a.entropy, b.entropy) && same(a.effectiveRank, b.effectiveRank) && a.rank == b.rank
        && same(a.alphaWeighted, b.alphaWeighted) && same(a.logAlphaNorm, b.logAlphaNorm)
        && same(a.logNorm, b.logNorm) && same(a.logSpectralNorm, b.logSpectralNorm);
}

bool sameBulk(const spectra::MarchenkoPasturFit& a, const spectra::MarchenkoPasturFit& b)
{
    return a.status == b.status && same(a.aspect, b.aspect) && same(a.sigma, b.sigma)
        && same(a.scale, b.scale) && same(a.lambdaMinus, b.lambdaMinus) && same(a.lambdaPlus, b.lambdaPlus)
        && same(a.spikeEdge, b.spikeEdge) && a.spikes == b.spikes && same(a.softRank, b.softRank)
        && same(a.residual, b.residual);
}

score::OptionError fullError(const std::string& option)
{
    score::OptionError e;
    e.option = option;
    e.squaredError = 1.0 / 7.0;
    e.weightEnergy = kInf;
    e.maxAbsError = kNaN;
    e.actDiag = 0.0;
    e.actGram = kNaN;
    e.gramEnergy = kInf;
    e.tokenRelative = 1e-320;
    e.residual = -0.0;
    e.fisher = 0.1;
    e.trueFisher = 1.0 / 3.0;
    return e;
}

bool sameError(const score::OptionError& a, const score::OptionError& b)
{
    const auto sameOptional = [](const std::optional<double>& x, const std::optional<double>& y) {
        return x.has_value() == y.has_value() && (!x || same(*x, *y));
    };
    return a.option == b.option && same(a.squaredError, b.squaredError)
        && same(a.weightEnergy, b.weightEnergy) && same(a.maxAbsError, b.maxAbsError)
        && sameOptional(a.actDiag, b.actDiag) && sameOptional(a.actGram, b.actGram)
        && sameOptional(a.gramEnergy, b.gramEnergy) && sameOptional(a.tokenRelative, b.tokenRelative)
        && sameOptional(a.residual, b.residual) && sameOptional(a.fisher, b.fisher)
        && sameOptional(a.trueFisher, b.trueFisher);
}

/// A small project with one of everything, closed again.
void makeProject(const std::string& path)
{
    const auto project = Project::open(path).value();
    QVERIFY(project->setInputs({{"model", "/m", "id", "name"}, {"dump", "/d.h5", "hash", "text"}}));
    QVERIFY(project->setContentHash("t", "stamp", "content"));
    QVERIFY(project->saveWeightStats("content", statsOf(1)));
    QVERIFY(project->saveSpectrum("content", spectrumOf(40)));
    QVERIFY(project->saveOptionErrors("content", "hash", {fullError("int4-sym-g128/rtn")}));
    QVERIFY(project->savePlan({"plan", "{}", "2026-01-01T00:00:00Z"}));
    QVERIFY(project->setState("window/a", "b"));
    QVERIFY(project->setNote("t", "look here"));
}

/// Reads everything; returns the code of the first failure.
std::optional<ErrorCode> readAll(const std::string& path)
{
    const auto project = Project::openExisting(path);
    if (!project)
        return project.error().code;
    std::optional<ErrorCode> code;
    const auto note = [&](const auto& result) {
        if (!result && !code)
            code = result.error().code;
    };
    note((*project)->inputs());
    note((*project)->contentHash("t", "stamp"));
    note((*project)->weightStats("content"));
    note((*project)->spectrum("content"));
    note((*project)->optionError("content", "hash", "int4-sym-g128/rtn"));
    note((*project)->plans());
    note((*project)->state("window/a"));
    note((*project)->note("t"));
    note((*project)->setState("window/a", "c"));
    return code;
}

std::string textOfQuery(const std::string& path, const std::string& sql)
{
    auto database = project::Database::open(path, false).value();
    auto statement = database.prepare(sql).value();
    return statement.step().value() ? statement.text(0) : std::string();
}

void change(const std::string& path, const std::string& sql)
{
    auto database = project::Database::open(path, false).value();
    const auto changed = database.execute(sql);
    QVERIFY2(changed.has_value(), changed ? "" : changed.error().oneLine().c_str());
}

/// Saves numbered results until it is killed, and writes each finished number to `pipe`.
[[noreturn]] void saveForever(const std::string& path, int pipe)
{
    const auto project = Project::open(path);
    if (!project)
        _exit(1);
    for (unsigned i = 0;; ++i) {
        const std::string content = "content-" + std::to_string(i);
        if (!(*project)->saveWeightStats(content, statsOf(i))
            || !(*project)->saveOptionErrors(content, "", {fullError("a/rtn"), fullError("b/rtn")})
            || !(*project)->setState("last", std::to_string(i)))
            _exit(2);
        if (write(pipe, &i, sizeof i) != static_cast<ssize_t>(sizeof i))
            _exit(3);
    }
}

} // namespace

class TestProject : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void weightStatsRoundTrip();
    void spectrumRoundTrips();
    void longSpectraAreThinnedOnce();
    void optionErrorsRoundTrip();
    void savingAgainReplaces();
    void recordsOfAnotherVersionAreUnknown();
    void contentHashesHoldForTheirStamp();
    void inputsPlansStateAndNotes();
    void isOneFileWhenClosed();
    void twoConnections();
    void keepsWhatWasCommittedWhenKilled();
    void refusesWhatIsNoProject_data();
    void refusesWhatIsNoProject();
    void refusesNewerSchema();
    void refusesArraysOfAnotherLength_data();
    void refusesArraysOfAnotherLength();
    void refusesDamagedJson_data();
    void refusesDamagedJson();
    void survivesTruncation();
    void survivesDamage();
    void doesNotRunTriggers();
};

void TestProject::weightStatsRoundTrip()
{
    const TempFolder folder;
    const auto stats = statsOf(7);
    stats::WeightStats empty;
    {
        const auto project = Project::open(folder.file("a.bwp")).value();
        QVERIFY(project->saveWeightStats("full", stats));
        QVERIFY(project->saveWeightStats("empty", empty));
    }
    const auto project = Project::openExisting(folder.file("a.bwp")).value();
    QVERIFY(sameStats(project->weightStats("full").value().value(), stats));
    QVERIFY(sameStats(project->weightStats("empty").value().value(), empty));
    QVERIFY(!project->weightStats("other").value().has_value());
    QVERIFY(!project->spectrum("full").value().has_value());
}

void TestProject::spectrumRoundTrips()
{
    const TempFolder folder;
    const auto spectrum = spectrumOf(100);
    const auto project = Project::open(folder.file("a.bwp")).value();
    QVERIFY(project->saveSpectrum("c", spectrum));
    const auto stored = project->spectrum("c").value().value();
    QCOMPARE(stored.spectrum.rows, spectrum.rows);
    QCOMPARE(stored.spectrum.cols, spectrum.cols);
    QVERIFY(same(stored.spectrum.resolution, spectrum.resolution));
    QVERIFY(stored.spectrum.precision == spectrum.precision);
    QVERIFY(sameMetrics(stored.spectrum.metrics, spectrum.metrics));
    QVERIFY(sameFits(stored.spectrum.fits, spectrum.fits));
    QVERIFY(sameFits(stored.spectrum.farmsFits, spectrum.farmsFits));
    QVERIFY(sameBulk(stored.spectrum.bulk, spectrum.bulk));
    QCOMPARE(stored.esd.count, std::uint64_t{100});
    QVERIFY(sameBits(stored.esd.eigenvalues, spectrum.eigenvalues));
    QVERIFY(stored.spectrum.eigenvalues.empty());
}

/// A project saved under another name must not thin what was thinned: ranks would belong to fewer values.
void TestProject::longSpectraAreThinnedOnce()
{
    const TempFolder folder;
    const auto project = Project::open(folder.file("a.bwp")).value();
    QVERIFY(project->saveSpectrum("c", spectrumOf(5000)));
    const auto first = project->spectrum("c").value().value();
    QCOMPARE(first.esd.count, std::uint64_t{5000});
    QVERIFY(first.esd.eigenvalues.size() < 5000);
    QCOMPARE(first.esd.ranks.back(), 4999.0);
    const auto other = Project::open(folder.file("b.bwp")).value();
    QVERIFY(other->saveSpectrum("c", first));
    const auto second = other->spectrum("c").value().value();
    QCOMPARE(second.esd.count, first.esd.count);
    QVERIFY(sameBits(second.esd.eigenvalues, first.esd.eigenvalues));
    QVERIFY(sameBits(second.esd.ranks, first.esd.ranks));
}

void TestProject::optionErrorsRoundTrip()
{
    const TempFolder folder;
    const auto project = Project::open(folder.file("a.bwp")).value();
    score::OptionError bare;
    bare.option = "keep";
    QVERIFY(project->saveOptionErrors("c", "dump", {fullError("x/rtn"), bare}));
    QVERIFY(sameError(project->optionError("c", "dump", "x/rtn").value().value(), fullError("x/rtn")));
    QVERIFY(sameError(project->optionError("c", "dump", "keep").value().value(), bare));
    // Another dump, or none, is another measurement.
    QVERIFY(!project->optionError("c", "", "x/rtn").value().has_value());
    QVERIFY(!project->optionError("c", "dump2", "x/rtn").value().has_value());
    QVERIFY(!project->optionError("c2", "dump", "x/rtn").value().has_value());
}

void TestProject::savingAgainReplaces()
{
    const TempFolder folder;
    const std::string path = folder.file("a.bwp");
    {
        const auto project = Project::open(path).value();
        auto stats = statsOf(1);
        QVERIFY(project->saveWeightStats("c", stats));
        stats.groups.values.clear();
        stats.mean = 4;
        QVERIFY(project->saveWeightStats("c", stats));
        QVERIFY(sameStats(project->weightStats("c").value().value(), stats));
    }
    QCOMPARE(textOfQuery(path, "SELECT count(*) FROM results"), std::string("1"));
    // No array is left behind without its result.
    QCOMPARE(textOfQuery(path, "SELECT count(*) FROM arrays WHERE result NOT IN (SELECT id FROM results)"),
        std::string("0"));
}

void TestProject::recordsOfAnotherVersionAreUnknown()
{
    const TempFolder folder;
    const std::string path = folder.file("a.bwp");
    makeProject(path);
    change(path, "UPDATE results SET value=json_set(value, '$.version', 99)");
    const auto project = Project::openExisting(path).value();
    QVERIFY(!project->weightStats("content").value().has_value());
    QVERIFY(!project->spectrum("content").value().has_value());
    QVERIFY(!project->optionError("content", "hash", "int4-sym-g128/rtn").value().has_value());
}

void TestProject::contentHashesHoldForTheirStamp()
{
    const TempFolder folder;
    const auto project = Project::open(folder.file("a.bwp")).value();
    QVERIFY(project->setContentHash("t", "1", "abc"));
    QCOMPARE(project->contentHash("t", "1").value().value(), std::string("abc"));
    QVERIFY(!project->contentHash("t", "2").value().has_value());
    QVERIFY(!project->contentHash("u", "1").value().has_value());
    QVERIFY(project->setContentHash("t", "2", "def"));
    QVERIFY(!project->contentHash("t", "1").value().has_value());
    QCOMPARE(project->contentHash("t", "2").value().value(), std::string("def"));
}

void TestProject::inputsPlansStateAndNotes()
{
    const TempFolder folder;
    const std::string odd = std::string("a'b\";--\n\x01 \xC3\xA4", 12);
    {
        const auto project = Project::open(folder.file("a.bwp")).value();
        QVERIFY(project->setInputs({{"model", "old", "", ""}}));
        QVERIFY(project->setInputs(
            {{"model", odd, "id", "n"}, {"dump", "z", "h1", ""}, {"dump", "a", "h2", ""}}));
        QVERIFY(project->savePlan({odd, "{\"x\":1}", ""}));
        QVERIFY(project->savePlan({"b", "1", "2020-01-01T00:00:00Z"}));
        QVERIFY(project->savePlan({"b", "2", "2021-01-01T00:00:00Z"}));
        QVERIFY(project->savePlan({"gone", "3", ""}));
        QVERIFY(project->removePlan("gone"));
        QVERIFY(project->setState("k", "1"));
        QVERIFY(project->setState("k", "2"));
        QVERIFY(project->setState("gone", "1"));
        QVERIFY(project->removeState("gone"));
        QVERIFY(project->setNote("s", odd));
        QVERIFY(project->setNote("gone", "x"));
        QVERIFY(project->setNote("gone", ""));
    }
    const auto project = Project::openExisting(folder.file("a.bwp")).value();
    const auto inputs = project->inputs().value();
    QCOMPARE(inputs.size(), std::size_t{3});
    QCOMPARE(inputs[0].path, odd);
    QCOMPARE(inputs[0].identity, std::string("id"));
    QCOMPARE(inputs[1].path, std::string("z")); // the order in which they were given
    QCOMPARE(inputs[2].path, std::string("a"));
    const auto plans = project->plans().value();
    QCOMPARE(plans.size(), std::size_t{2});
    QCOMPARE(plans[0].name, odd);
    QCOMPARE(plans[0].modified.size(), std::string("2026-01-01T00:00:00Z").size());
    QCOMPARE(plans[1].json, std::string("2"));
    QCOMPARE(plans[1].modified, std::string("2021-01-01T00:00:00Z"));
    QCOMPARE(project->state("k").value().value(), std::string("2"));
    QVERIFY(!project->state("gone").value().has_value());
    QCOMPARE(project->note("s").value(), odd);
    QCOMPARE(project->note("gone").value(), std::string());
}

void TestProject::isOneFileWhenClosed()
{
    const TempFolder folder;
    makeProject(folder.file("a.bwp"));
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        names.push_back(entry.path().filename().string());
    QCOMPARE(names, std::vector<std::string>{"a.bwp"});
    QCOMPARE(textOfQuery(folder.file("a.bwp"), "PRAGMA journal_mode"), std::string("delete"));
    QCOMPARE(textOfQuery(folder.file("a.bwp"), "PRAGMA application_id"), std::to_string(0x42574750));
}

void TestProject::twoConnections()
{
    const TempFolder folder;
    const std::string path = folder.file("a.bwp");
    auto first = Project::open(path).value();
    const auto second = Project::open(path).value();
    std::vector<std::thread> writers;
    std::atomic<int> failures = 0;
    for (const auto& project : {first, second}) {
        writers.emplace_back([&failures, project, mine = project == first] {
            for (int i = 0; i < 40; ++i) {
                const std::string key = (mine ? "a" : "b") + std::to_string(i);
                failures += project->setState(key, key) ? 0 : 1;
                failures += project->saveWeightStats(key, statsOf(static_cast<unsigned>(i))) ? 0 : 1;
            }
        });
    }
    for (auto& writer : writers)
        writer.join();
    QCOMPARE(failures.load(), 0);
    // Each sees what the other wrote.
    for (int i = 0; i < 40; ++i) {
        QCOMPARE(second->state("a" + std::to_string(i)).value().value(), "a" + std::to_string(i));
        QVERIFY(sameStats(
            first->weightStats("b" + std::to_string(i)).value().value(), statsOf(static_cast<unsigned>(i))));
    }
    // One of two closes at once, and the other goes on.
    const auto begin = std::chrono::steady_clock::now();
    first.reset();
    QVERIFY(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
    QVERIFY(second->setState("after", "1"));
    QCOMPARE(second->state("a39").value().value(), std::string("a39"));
}

void TestProject::keepsWhatWasCommittedWhenKilled()
{
    const TempFolder folder;
    std::mt19937 random(20260101);
    unsigned mostSaved = 0;
    for (int round = 0; round < 10; ++round) {
        const std::string path = folder.file("killed-" + std::to_string(round) + ".bwp");
        int ends[2];
        QCOMPARE(pipe(ends), 0);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            close(ends[0]);
            saveForever(path, ends[1]);
        }
        close(ends[1]);
        // Not before the first save: a kill while the file is being made is the last round's.
        unsigned saved = 0, number = 0;
        if (round < 9 && read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number))
            saved = number + 1;
        std::this_thread::sleep_for(
            std::chrono::microseconds(std::uniform_int_distribution<>(0, round < 9 ? 60000 : 1500)(random)));
        kill(child, SIGKILL);
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QVERIFY2(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "The writer ended by itself.");
        while (read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number))
            saved = number + 1;
        close(ends[0]);
        mostSaved = std::max(mostSaved, saved);

        {
            const auto project = Project::open(path);
            QVERIFY2(project.has_value(), project ? "" : project.error().oneLine().c_str());
            for (unsigned i = 0; i < saved; ++i) {
                const std::string content = "content-" + std::to_string(i);
                QVERIFY(sameStats((*project)->weightStats(content).value().value(), statsOf(i)));
                QVERIFY((*project)->optionError(content, "", "a/rtn").value().has_value());
                QVERIFY((*project)->optionError(content, "", "b/rtn").value().has_value());
            }
            // The save in work is there as a whole or not at all.
            const std::string last = "content-" + std::to_string(saved);
            const auto stats = (*project)->weightStats(last).value();
            QVERIFY(!stats || sameStats(*stats, statsOf(saved)));
            QCOMPARE((*project)->optionError(last, "", "a/rtn").value().has_value(),
                (*project)->optionError(last, "", "b/rtn").value().has_value());
            QVERIFY((*project)->setState("after", "works"));
        }
        QCOMPARE(textOfQuery(path, "PRAGMA integrity_check"), std::string("ok"));
        QCOMPARE(textOfQuery(path, "SELECT count(*) FROM pragma_foreign_key_check"), std::string("0"));
    }
    QVERIFY2(mostSaved > 1, "No round saved enough to mean anything.");
}

void TestProject::refusesWhatIsNoProject_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("code");
    QTest::newRow("text") << "text" << static_cast<int>(ErrorCode::Format);
    QTest::newRow("short text") << "short" << static_cast<int>(ErrorCode::Format);
    QTest::newRow("other database") << "sqlite" << static_cast<int>(ErrorCode::Format);
    QTest::newRow("our id, other tables") << "tables" << static_cast<int>(ErrorCode::Format);
    QTest::newRow("folder") << "folder" << static_cast<int>(ErrorCode::Io);
    QTest::newRow("missing") << "missing" << static_cast<int>(ErrorCode::Io);
    QTest::newRow("missing folder") << "no/such/folder" << static_cast<int>(ErrorCode::Io);
}

void TestProject::refusesWhatIsNoProject()
{
    QFETCH(QString, kind);
    QFETCH(int, code);
    const TempFolder folder;
    const std::string path = folder.file(kind.toStdString());
    if (kind == QLatin1String("text"))
        QVERIFY(writeFile(path, std::string(5000, 'x')));
    if (kind == QLatin1String("short"))
        QVERIFY(writeFile(path, "hello"));
    if (kind == QLatin1String("folder"))
        QVERIFY(std::filesystem::create_directory(path));
    if (kind == QLatin1String("sqlite") || kind == QLatin1String("tables")) {
        auto database = project::Database::open(path, true).value();
        QVERIFY(database.execute("CREATE TABLE cats(name TEXT)"));
        if (kind == QLatin1String("tables"))
            QVERIFY(database.execute("PRAGMA application_id=1113016144; PRAGMA user_version=1;"));
    }
    const std::string before = std::filesystem::is_regular_file(path) ? readFile(path) : std::string();
    const auto existing = readAll(path);
    QVERIFY(existing.has_value());
    QCOMPARE(static_cast<int>(*existing), code);
    const auto project = Project::openExisting(path);
    if (!project) {
        QCOMPARE(QString::fromStdString(project.error().file), QString::fromStdString(path));
        QVERIFY(!project.error().message.empty());
    }
    if (kind == QLatin1String("sqlite") || kind.endsWith(QLatin1String("text"))) {
        // Somebody's file is not touched by being looked at.
        QVERIFY(!Project::open(path));
        QVERIFY(readFile(path) == before);
    }
    if (kind == QLatin1String("folder") || kind.contains(QLatin1Char('/')))
        QVERIFY(Project::open(path).error().code == ErrorCode::Io);
}

void TestProject::refusesNewerSchema()
{
    const TempFolder folder;
    const std::string path = folder.file("a.bwp");
    makeProject(path);
    change(path, "PRAGMA user_version=2");
    const auto opened = Project::open(path);
    QVERIFY(!opened);
    QVERIFY(opened.error().code == ErrorCode::Unsupported);
    QVERIFY(opened.error().oneLine().find("newer") != std::string::npos);
}

void TestProject::refusesArraysOfAnotherLength_data()
{
    QTest::addColumn<QString>("sql");
    QTest::newRow("bins") << "UPDATE arrays SET data=x'0102030405060708' WHERE name='magnitude'";
    QTest::newRow("odd bytes") << "UPDATE arrays SET data=x'010203' WHERE name='histogram'";
    QTest::newRow("channels") << "UPDATE arrays SET data=x'00000000' WHERE name='outputs.min'";
    QTest::newRow("all of an axis")
        << "UPDATE arrays SET data=x'0000000000000000' WHERE name LIKE 'inputs.%'";
    QTest::newRow("type") << "UPDATE arrays SET type='f64' WHERE name='outputs.max'";
    QTest::newRow("missing") << "DELETE FROM arrays WHERE name='inputs.rms'";
    QTest::newRow("groups") << "UPDATE arrays SET data=x'00000000' WHERE name='groupValues'";
    QTest::newRow("ranks") << "UPDATE arrays SET data=x'0000000000000000' WHERE name='ranks'";
}

void TestProject::refusesArraysOfAnotherLength()
{
    QFETCH(QString, sql);
    const TempFolder folder;
    makeProject(folder.file("a.bwp"));
    change(folder.file("a.bwp"), sql.toStdString());
    const auto project = Project::openExisting(folder.file("a.bwp")).value();
    const auto stats = project->weightStats("content");
    const auto spectrum = project->spectrum("content");
    QVERIFY(stats.has_value() != spectrum.has_value()); // the other one is whole
    QVERIFY((stats ? spectrum.error() : stats.error()).code == ErrorCode::Format);
}

void TestProject::refusesDamagedJson_data()
{
    QTest::addColumn<QString>("set");
    QTest::newRow("no JSON") << "'{'";
    QTest::newRow("array") << "'[]'";
    QTest::newRow("bulk") << "json_set(value, '$.bulk', 3)";
    QTest::newRow("fit") << "json_set(value, '$.fits[0]', 3)";
    QTest::newRow("estimator") << "json_set(value, '$.fits[0].estimator', 'guess')";
    QTest::newRow("status") << "json_set(value, '$.fits[0].status', 77)";
    QTest::newRow("spurious") << "json_set(value, '$.fits[0].spurious', 'yes')";
    QTest::newRow("precision") << "json_set(value, '$.precision', -1)";
}

void TestProject::refusesDamagedJson()
{
    QFETCH(QString, set);
    const TempFolder folder;
    makeProject(folder.file("a.bwp"));
    change(folder.file("a.bwp"), "UPDATE results SET value=" + set.toStdString() + " WHERE kind='spectrum'");
    const auto project = Project::openExisting(folder.file("a.bwp")).value();
    const auto spectrum = project->spectrum("content");
    QVERIFY(!spectrum);
    QVERIFY(spectrum.error().code == ErrorCode::Format);
    QVERIFY(project->weightStats("content").value().has_value());
}

void TestProject::survivesTruncation()
{
    const TempFolder folder;
    makeProject(folder.file("a.bwp"));
    const std::string whole = readFile(folder.file("a.bwp"));
    QVERIFY(!readAll(folder.file("a.bwp")));
    const std::string path = folder.file("b.bwp");
    int errors = 0;
    for (std::size_t size = 1; size < whole.size(); size += whole.size() / 40) {
        QVERIFY(writeFile(path, std::string_view(whole).substr(0, size)));
        const auto code = readAll(path);
        QVERIFY(!code || *code == ErrorCode::Format || *code == ErrorCode::Io);
        errors += code ? 1 : 0;
        std::filesystem::remove(path);
    }
    QVERIFY(errors > 30);
}

void TestProject::survivesDamage()
{
    const TempFolder folder;
    makeProject(folder.file("a.bwp"));
    const std::string whole = readFile(folder.file("a.bwp"));
    std::mt19937 random(4711);
    const auto below
        = [&](std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); };
    int errors = 0;
    for (int round = 0; round < 200; ++round) {
        std::string bytes = whole;
        const std::size_t hits = 1 + below(16);
        for (std::size_t i = 0; i < hits; ++i) {
            // Headers of pages say most: half of the damage goes there.
            const std::size_t at
                = i % 2 == 0 ? below(bytes.size()) : below(bytes.size() / 4096) * 4096 + below(64);
            bytes[at] = static_cast<char>(below(256));
        }
        if (round % 10 == 0) {
            const std::size_t begin = below(bytes.size());
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                std::min<std::size_t>(3000, bytes.size() - begin), '\0');
        }
        const std::string path = folder.file("damaged.bwp");
        QVERIFY(writeFile(path, bytes));
        const auto code = readAll(path);
        QVERIFY2(!code || *code == ErrorCode::Format || *code == ErrorCode::Io
                || *code == ErrorCode::Unsupported || *code == ErrorCode::OutOfMemory,
            qPrintable(QStringLiteral("round %1: code %2").arg(round).arg(static_cast<int>(*code))));
        errors += code ? 1 : 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            if (entry.path().filename() != "a.bwp")
                std::filesystem::remove(entry.path());
    }
    QVERIFY(errors > 20);
}

void TestProject::doesNotRunTriggers()
{
    const TempFolder folder;
    const std::string path = folder.file("a.bwp");
    makeProject(path);
    change(path, "CREATE TRIGGER evil AFTER INSERT ON state BEGIN DELETE FROM plans; END");
    const auto project = Project::openExisting(path).value();
    QVERIFY(project->setState("x", "y"));
    QCOMPARE(project->plans().value().size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(TestProject)
#include "tst_project.moc"
