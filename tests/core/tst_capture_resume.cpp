// Recordings that are stopped go on where they were, and come to the same bytes.
#include "core/formats/open.h"
#include "core/formats/partial_dump.h"
#include "core/session/capture.h"
#include "core/session/capture_tokens.h"
#include "tests/support/forward_models.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <csignal>
#include <filesystem>
#include <limits>
#include <set>
#include <sys/resource.h>

using namespace bitwright;
using test::openFamily;
using test::TempFolder;
using test::withThreads;

namespace {

forward::TokenBatch someTokens(std::uint32_t vocabulary, std::uint32_t state = 7)
{
    forward::TokenBatch batch;
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

/// A recording of a small model that writes down every part.
struct Recording
{
    std::optional<forward::Model> model;
    forward::TokenBatch batch;
    session::CaptureSettings settings;
    std::vector<std::string> notes;

    explicit Recording(const std::string& family, const std::string& labels = {})
    {
        auto opened = openFamily(family);
        if (!opened)
            qFatal("%s", opened.error().oneLine().c_str());
        model.emplace(std::move(*opened));
        batch = someTokens(static_cast<std::uint32_t>(model->architecture().vocabulary));
        settings.recorder.samples = 15;
        settings.recorder.gramMaxWidth = 4096;
        settings.recorder.gramBits = 15;
        settings.partialShare = std::numeric_limits<double>::infinity();
        settings.note = [this](const std::string& line) { notes.push_back(line); };
        if (!labels.empty())
            settings.gradientBatch = &batch;
        if (labels == "model")
            settings.labels = forward::LabelKind::Model;
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    Result<session::CaptureResult> run(const std::string& path, const RunContext& context)
    {
        notes.clear();
        return session::capture(*model, batch, settings, path, context);
    }
    /// Stops when progress is reported for the `last`-th time.
    Result<session::CaptureResult> runUntil(int last, const std::string& path, RunContext context)
    {
        std::stop_source stop;
        context.stop = stop.get_token();
        context.progress = [&stop, last, calls = 0](double, std::string_view) mutable {
            if (++calls == last)
                stop.request_stop();
        };
        return run(path, context);
    }
    std::string bytes(const RunContext& context)
    {
        const TempFolder folder;
        const auto whole = run(folder.file("a.h5"), context);
        return whole ? test::readFile(folder.file("a.h5")) : whole.error().oneLine();
    }
};

std::set<std::string> namesIn(const std::string& folder)
{
    std::set<std::string> names;
    if (std::filesystem::exists(folder))
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            names.insert(entry.path().filename().string());
    return names;
}

const std::set<std::string> kComplete{"a.h5"};

} // namespace

class TestCaptureResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stoppedAnywhere_data();
    void stoppedAnywhere();
    void stoppedAgainAndAgain_data() { stoppedAnywhere_data(); }
    void stoppedAgainAndAgain();
    void otherThreads();
    void statesThatWaitInAFile();
    void otherRecordingsStartAnew_data();
    void otherRecordingsStartAnew();
    void whatIsThereStaysUntilReplaced();
    void damageIsFound();
    void fullDiskLosesNothing();
    void oneRunAtATime();
    void nothingIsKeptWhereNotWanted();
    void failuresThatComeAgainKeepNothing();
    void manifestIsChecked();
};

void TestCaptureResume::stoppedAnywhere_data()
{
    QTest::addColumn<std::string>("family");
    QTest::addColumn<std::string>("labels");
    QTest::newRow("llama") << std::string("llama") << std::string("model");
    QTest::newRow("gemma3 text") << std::string("gemma3") << std::string("text");
    QTest::newRow("fused") << std::string("phi3") << std::string("model");
    QTest::newRow("experts") << std::string("mixtral") << std::string("model");
    QTest::newRow("stacked experts") << std::string("qwen3-moe") << std::string("text");
    QTest::newRow("projections") << std::string("opt-post") << std::string("model");
    QTest::newRow("encoder") << std::string("bert") << std::string();
}

void TestCaptureResume::stoppedAnywhere()
{
    QFETCH(const std::string, family);
    QFETCH(const std::string, labels);
    Recording recording(family, labels);
    const std::string whole = recording.bytes(withThreads(2));
    QVERIFY2(whole.size() > 1000, whole.c_str());
    std::set<std::size_t> resumed;
    std::size_t parts = 0;
    for (int last = 1;; ++last) {
        const TempFolder folder;
        const std::string path = folder.file("a.h5");
        const auto stopped = recording.runUntil(last, path, withThreads(2));
        if (stopped) // it ended before that
            break;
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        QVERIFY(!std::filesystem::exists(path));
        const bool kept = !namesIn(folder.path()).empty();
        QCOMPARE(stopped.error().remedy.find("goes on after") != std::string::npos, kept);
        const auto result = recording.run(path, withThreads(2));
        QVERIFY2(result.has_value(), result ? "" : result.error().oneLine().c_str());
        QCOMPARE(result->resumedParts > 0, kept);
        if (kept)
            QCOMPARE(recording.notes,
                std::vector<std::string>{fmt::format(
                    "Goes on after {} of {} parts recorded before.", result->resumedParts, result->parts)});
        QVERIFY2(test::readFile(path) == whole, std::to_string(result->resumedParts).c_str());
        QCOMPARE(namesIn(folder.path()), kComplete);
        resumed.insert(result->resumedParts);
        parts = result->parts;
    }
    // Every part but the last one, after which nothing is left to stop.
    std::set<std::size_t> expected;
    for (std::size_t part = 0; part < parts; ++part)
        expected.insert(part);
    QCOMPARE(resumed, expected);
}

/// The same folder through all parts: every run takes over the pieces of all before.
void TestCaptureResume::stoppedAgainAndAgain()
{
    QFETCH(const std::string, family);
    QFETCH(const std::string, labels);
    Recording recording(family, labels);
    const std::string whole = recording.bytes(withThreads(2));
    const TempFolder folder;
    const std::string path = folder.file("a.h5");
    int runs = 0;
    for (bool complete = false; !complete; ++runs) {
        QVERIFY(runs < 40);
        // Until the third report of a run one more part is done, or two.
        const auto result = recording.runUntil(3, path, withThreads(1 + runs % 3));
        complete = result.has_value();
        if (!complete)
            QCOMPARE(result.error().code, ErrorCode::Cancelled);
    }
    QVERIFY(runs > 1);
    QVERIFY(test::readFile(path) == whole);
    QCOMPARE(namesIn(folder.path()), kComplete);
}

void TestCaptureResume::otherThreads()
{
    Recording recording("llama", "model");
    const std::string whole = recording.bytes(withThreads(1));
    const TempFolder folder;
    QVERIFY(!recording.runUntil(3, folder.file("a.h5"), withThreads(3)));
    const auto result = recording.run(folder.file("a.h5"), withThreads(1));
    QVERIFY(result && result->resumedParts > 0);
    QVERIFY(test::readFile(folder.file("a.h5")) == whole);
}

void TestCaptureResume::statesThatWaitInAFile()
{
    Recording recording("llama");
    for (int i = 0; i < 100; ++i)
        for (const std::size_t length : {30U, 25U})
            recording.batch.add(std::vector<std::uint32_t>(recording.batch.ids.begin(),
                recording.batch.ids.begin() + static_cast<std::ptrdiff_t>(length)));
    // Room for few hidden states at once.
    RunContext small = withThreads(1);
    const auto tokens = recording.batch.tokens();
    bool found = false;
    for (std::size_t mebibytes = 1; mebibytes < 64 && !found; ++mebibytes) {
        small.memoryBudget = mebibytes << 18U;
        found = recording.bytes(small).size() > 1000;
    }
    QVERIFY(found);
    const std::size_t room
        = small.memoryBudget / 8 / (8 * static_cast<std::size_t>(recording.model->architecture().hidden));
    QVERIFY(room < tokens);
    const std::string whole = recording.bytes(small);
    const TempFolder folder;
    QVERIFY(!recording.runUntil(2, folder.file("a.h5"), small));
    const auto result = recording.run(folder.file("a.h5"), small);
    QVERIFY(result && result->resumedParts == 1);
    QVERIFY(test::readFile(folder.file("a.h5")) == whole);
}

void TestCaptureResume::otherRecordingsStartAnew_data()
{
    QTest::addColumn<std::string>("says");
    for (const char* says : {"other tokens", "other settings", "another model"})
        QTest::newRow(says) << std::string(says);
}

void TestCaptureResume::otherRecordingsStartAnew()
{
    QFETCH(const std::string, says);
    Recording first("llama", "model");
    const TempFolder folder;
    const std::string path = folder.file("a.h5");
    QVERIFY(!first.runUntil(3, path, withThreads(2)));
    Recording second(says == "another model" ? "qwen2" : "llama", "model");
    if (says == "another model") // the same tokens, which both have
        second.batch = first.batch;
    if (says == "other tokens")
        second.batch.ids[30] ^= 1U;
    if (says == "other settings")
        second.settings.recorder.samples = 14;
    const std::string whole = second.bytes(withThreads(2));
    const auto result = second.run(path, withThreads(2));
    QVERIFY2(result.has_value(), result ? "" : result.error().oneLine().c_str());
    QCOMPARE(result->resumedParts, std::size_t{0});
    QCOMPARE(second.notes,
        std::vector<std::string>{fmt::format("{}.partial is of {}: the recording starts anew.", path, says)});
    QVERIFY(test::readFile(path) == whole);
    QCOMPARE(namesIn(folder.path()), kComplete);
}

void TestCaptureResume::whatIsThereStaysUntilReplaced()
{
    Recording recording("llama");
    const TempFolder folder;
    const std::string path = folder.file("a.h5");
    QVERIFY(!recording.runUntil(3, path, withThreads(2)));
    Recording other("llama");
    other.settings.recorder.samples = 3;
    QVERIFY(!other.runUntil(1, path, withThreads(2))); // wrote nothing down
    const auto result = recording.run(path, withThreads(2));
    QVERIFY(result && result->resumedParts == 2);
    QCOMPARE(namesIn(folder.path()), kComplete);
}

void TestCaptureResume::damageIsFound()
{
    Recording recording("llama", "model");
    const std::string whole = recording.bytes(withThreads(2));
    const TempFolder original;
    QVERIFY(!recording.runUntil(6, original.file("a.h5"), withThreads(2)));
    const auto names = namesIn(original.path() + "/a.h5.partial");
    QVERIFY(names.size() > 3);
    for (const std::string& name : names) {
        for (const int damage : {0, 1, 2, 3}) {
            const TempFolder folder;
            std::filesystem::copy(original.path(), folder.path(), std::filesystem::copy_options::recursive);
            const std::string file = folder.path() + "/a.h5.partial/" + name;
            std::string bytes = test::readFile(file);
            if (damage == 0)
                bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
            if (damage == 1)
                bytes.resize(bytes.size() - 2);
            if (damage == 2)
                bytes.clear();
            if (damage == 3 && name != "manifest.json") // without it there is nothing to go on from
                std::filesystem::remove(file);
            else
                QVERIFY(test::writeFile(file, bytes));
            if (damage == 3 && name == "manifest.json")
                QVERIFY(test::writeFile(file, std::string(100'000, '[')));
            const auto result = recording.run(folder.file("a.h5"), withThreads(2));
            QVERIFY2(result.has_value(), result ? "" : result.error().oneLine().c_str());
            QCOMPARE(result->resumedParts, std::size_t{0});
            QCOMPARE(recording.notes.size(), std::size_t{1});
            QVERIFY2(recording.notes[0].find(".partial is damaged (") != std::string::npos,
                recording.notes[0].c_str());
            QVERIFY(recording.notes[0].ends_with("starts anew."));
            QVERIFY(test::readFile(folder.file("a.h5")) == whole);
            QCOMPARE(namesIn(folder.path()), kComplete);
        }
    }
}

void TestCaptureResume::fullDiskLosesNothing()
{
    Recording recording("llama", "model");
    const std::string whole = recording.bytes(withThreads(1));
    rlimit before{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto ignored = signal(SIGXFSZ, SIG_IGN);
    std::set<std::size_t> resumed;
    for (std::size_t share = 1; share < 16; ++share) {
        const TempFolder folder;
        const rlimit small{static_cast<rlim_t>(whole.size() * share / 16), before.rlim_max};
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto failed = recording.run(folder.file("a.h5"), withThreads(1));
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(!failed);
        QVERIFY2(failed.error().code == ErrorCode::Io, failed.error().oneLine().c_str());
        QVERIFY2(failed.error().message.starts_with("Not saved"), failed.error().oneLine().c_str());
        const auto result = recording.run(folder.file("a.h5"), withThreads(1));
        QVERIFY2(result.has_value(), result ? "" : result.error().oneLine().c_str());
        QCOMPARE(failed.error().remedy.find("goes on after") != std::string::npos, result->resumedParts > 0);
        QVERIFY(test::readFile(folder.file("a.h5")) == whole);
        QCOMPARE(namesIn(folder.path()), kComplete);
        resumed.insert(result->resumedParts);
    }
    (void)signal(SIGXFSZ, ignored);
    QVERIFY(resumed.size() > 1);
}

void TestCaptureResume::oneRunAtATime()
{
    Recording recording("llama");
    const TempFolder folder;
    const std::string path = folder.file("a.h5");
    const auto other = formats::PartialDump::open(path, {}, 3);
    QVERIFY(other);
    const auto refused = recording.run(path, withThreads(1));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Io);
    QVERIFY2(refused.error().message == "Another run is recording to this file.",
        refused.error().oneLine().c_str());
    QVERIFY(std::filesystem::exists(path + ".partial"));
}

void TestCaptureResume::nothingIsKeptWhereNotWanted()
{
    Recording recording("llama");
    recording.settings.resumable = false;
    const TempFolder folder;
    QVERIFY(!recording.runUntil(3, folder.file("a.h5"), withThreads(1)));
    QVERIFY(namesIn(folder.path()).empty());
    // Files of others in a folder of that name stay.
    recording.settings.resumable = true;
    std::filesystem::create_directory(folder.file("a.h5.partial"));
    QVERIFY(test::writeFile(folder.file("a.h5.partial/notes.tmp"), "mine"));
    QVERIFY(recording.run(folder.file("a.h5"), withThreads(1)));
    QCOMPARE(test::readFile(folder.file("a.h5.partial/notes.tmp")), std::string("mine"));
    QCOMPARE(namesIn(folder.file("a.h5.partial")), std::set<std::string>{"notes.tmp"});
}

void TestCaptureResume::failuresThatComeAgainKeepNothing()
{
    Recording recording("llama", "model");
    forward::TokenBatch other = recording.batch;
    other.ids[2] ^= 1U;
    recording.settings.gradientBatch = &other; // refused after the activations
    const TempFolder folder;
    const auto refused = recording.run(folder.file("a.h5"), withThreads(1));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
    QVERIFY(namesIn(folder.path()).empty());
}

void TestCaptureResume::manifestIsChecked()
{
    const std::string hash(32, 'a');
    formats::PartialManifest manifest{{hash, hash, hash}, 2, 5,
        {{"0123abcd-piece-0.h5", 7, hash}, {"0123abcd-piece-1.h5", 8, hash}},
        {"0123abcd-state-2.bin", 9, hash}};
    const std::string good = formats::manifestText(manifest);
    const auto read = formats::parseManifest(good);
    QVERIFY2(read.has_value(), read ? "" : read.error().oneLine().c_str());
    QCOMPARE(formats::manifestText(*read), good);
    // No byte can be changed without being noticed, but for white space.
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        if (good[at] != ' ' && good[at] != '\n')
            QVERIFY2(!formats::parseManifest(bad), bad.c_str());
        QVERIFY(at + 1 == good.size() || !formats::parseManifest(std::string_view(good).substr(0, at)));
    }
    const auto refused = [](const formats::PartialManifest& wrong) {
        const auto result = formats::parseManifest(formats::manifestText(wrong));
        return !result && result.error().code == ErrorCode::Format;
    };
    for (const char* name : {"", "../0123abcd-piece-0.h5", "0123abcd-/etc/x.h5", "0123abcd-.h5", "piece-0.h5",
             "0123abcd-piece-0.bin", "0123abcd-piece-1.h5"}) {
        formats::PartialManifest wrong = manifest;
        wrong.pieces[0].name = name;
        QVERIFY2(refused(wrong), name);
    }
    formats::PartialManifest wrong = manifest;
    wrong.done = 6;
    QVERIFY(refused(wrong));
    wrong.done = 0;
    QVERIFY(refused(wrong));
    wrong = manifest;
    wrong.key.tokens = "short";
    QVERIFY(refused(wrong));
    wrong = manifest;
    wrong.state.hash = std::string(32, 'g');
    QVERIFY(refused(wrong));
}

QTEST_GUILESS_MAIN(TestCaptureResume)
#include "tst_capture_resume.moc"
