#include "core/formats/open.h"
#include "tests/support/dump_writer.h"
#include "tests/support/temp_folder.h"

#include <QtTest>

#include <atomic>
#include <cmath>
#include <functional>
#include <thread>

using namespace bitwright;
using model::Site;
using model::SiteKind;

/// The reader of activation dumps on well-formed files.
class TestDump : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip();
    void samplesGramAndTokens();
    void gradients();
    void unknownStaysUnknown();
    void histogramPerChannelAndZerosFirst();
    void sitesInNumericOrder();
    void impossibleNumbersBecomeUnknown();
    void schemaErrors_data();
    void schemaErrors();
    void looksLikeDump();
    void hashFollowsBytes();
    void loadsFromManyThreads();

private:
    [[nodiscard]] std::shared_ptr<const model::ActivationDump> opened(const std::string& path);

    test::TempFolder m_folder;
};

std::shared_ptr<const model::ActivationDump> TestDump::opened(const std::string& path)
{
    auto dump = formats::openDump(path);
    if (!dump) {
        qWarning("%s", dump.error().oneLine().c_str());
        return nullptr;
    }
    return *dump;
}

void TestDump::roundTrip()
{
    const std::string path = m_folder.file("round.h5");
    const test::DumpContent content = test::smallDump();
    test::writeDump(path, content);
    const auto dump = opened(path);
    QVERIFY(dump);
    QCOMPARE(dump->path(), path);
    QCOMPARE(dump->modelName(), std::string("test-model"));
    QCOMPARE(dump->dataset(), std::string("made up"));
    QCOMPARE(dump->producer(), std::string("tests"));
    QCOMPARE(dump->modelHash(), std::string());
    QCOMPARE(dump->tokens(), std::uint64_t{6});
    QVERIFY2(dump->warnings().empty(), dump->warnings().empty() ? "" : dump->warnings().front().c_str());
    QCOMPARE(dump->sites().size(), std::size_t{2});

    const Site& residual = dump->sites()[0];
    QCOMPARE(residual.name, std::string("model.layers.0"));
    QVERIFY(residual.kind == SiteKind::Residual);
    QVERIFY(dump->sites()[1].kind == SiteKind::InputOf);
    QCOMPARE(dump->inputSiteOf("model.layers.0.self_attn.q_proj.weight"), std::optional<std::size_t>(1));
    QCOMPARE(residual.block, std::optional<int>(0));
    QCOMPARE(residual.channels, std::uint64_t{4});
    QCOMPARE(residual.count, std::uint64_t{6});
    for (std::size_t c = 0; c < 4; ++c) {
        double sum = 0, square = 0, fourth = 0, low = INFINITY, high = -INFINITY;
        for (std::size_t r = 0; r < 6; ++r) {
            const auto x = static_cast<double>(content.sites[0].rows[r * 4 + c]);
            sum += x;
            square += x * x;
            fourth += x * x * x * x;
            low = std::min(low, x);
            high = std::max(high, x);
        }
        QCOMPARE((*residual.min)[c], low);
        QCOMPARE((*residual.max)[c], high);
        QCOMPARE((*residual.absMax)[c], std::max(-low, high));
        QCOMPARE((*residual.mean)[c], sum / 6);
        QCOMPARE((*residual.sumSq)[c], square);
        QCOMPARE((*residual.moment4)[c], fourth / 6);
    }
    QVERIFY(residual.meanAbs && residual.moment3);
    QCOMPARE(residual.histogram->total(), std::uint64_t{24});
    QCOMPARE(
        dump->sites()[1].histogram->zeros, std::uint64_t{1 + 1}); // 0 in the pattern and the one put there
    QCOMPARE(residual.top->size(), std::size_t{10});
    QCOMPARE(residual.top->front().value, -512.0);
    QCOMPARE(residual.top->front().token, std::uint64_t{1});
    QCOMPARE(residual.top->front().channel, std::uint64_t{1});
    QCOMPARE(residual.tokenAbsMax->at(1), 512.0F);
    QCOMPARE(residual.tokenMedianAbs->size(), std::size_t{6});
    QCOMPARE(residual.tokenRms->size(), std::size_t{6});
    QCOMPARE(residual.sampleRows, std::uint64_t{3});
    QVERIFY(residual.hasGram);
    QCOMPARE(residual.gramCount, 6.0);
    QVERIFY(!residual.hasChannelHistogram);
}

void TestDump::samplesGramAndTokens()
{
    const std::string path = m_folder.file("samples.h5");
    const test::DumpContent content = test::smallDump();
    test::writeDump(path, content);
    const auto dump = opened(path);
    QVERIFY(dump);
    for (const std::size_t site : {std::size_t{0}, std::size_t{1}}) { // float16, then float32
        const auto samples = dump->loadSamples(site);
        QVERIFY(samples);
        QCOMPARE(samples->rows, std::uint64_t{3});
        QCOMPARE(samples->channels, std::uint64_t{4});
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t c = 0; c < 4; ++c)
                QCOMPARE(samples->values[i * 4 + c],
                    content.sites[site].rows[content.sites[site].sampled[i] * 4 + c]);
        QCOMPARE(samples->sequence, (std::vector<std::uint32_t>{0, 0, 1}));
        QCOMPARE(samples->position, (std::vector<std::uint32_t>{0, 1, 0}));
    }
    const auto gram = dump->loadGram(1);
    QVERIFY(gram);
    QCOMPARE(gram->width, std::uint64_t{4});
    QCOMPARE(gram->count, 6.0);
    QCOMPARE(gram->lower.size(), std::size_t{10});
    double expected = 0; // entry (2, 1)
    for (std::size_t r = 0; r < 6; ++r)
        expected += static_cast<double>(content.sites[1].rows[r * 4 + 2])
            * static_cast<double>(content.sites[1].rows[r * 4 + 1]);
    QCOMPARE(gram->lower[4], static_cast<float>(expected));
    const auto tokens = dump->loadTokens();
    QVERIFY(tokens);
    QCOMPARE(*tokens, (std::vector<std::int32_t>{1, 2, 3, 4, 5, 6}));
    QVERIFY(dump->loadSamples(7).error().code == ErrorCode::OutOfRange);
}

void TestDump::gradients()
{
    const std::string path = m_folder.file("gradients.h5");
    test::writeDump(path, test::smallDump());
    const auto dump = opened(path);
    QVERIFY(dump);
    const model::GradientFactors* const factors = dump->gradientOf("model.layers.0.self_attn.q_proj.weight");
    QVERIFY(factors != nullptr);
    QCOMPARE(factors->rowMeanSq, (std::vector<double>{1.0, 3.0}));
    QCOMPARE(factors->colMeanSq, (std::vector<double>{2.0, 2.0, 1.0, 3.0}));
    QCOMPARE(factors->meanSq, 2.0);
    QCOMPARE(factors->batches, std::uint64_t{5});
}

void TestDump::unknownStaysUnknown()
{
    const std::string path = m_folder.file("bare.h5");
    test::DumpContent content = test::smallDump();
    content.sites.resize(1);
    test::DumpSite& site = content.sites[0];
    site.moments = site.histogram = site.top = site.perToken = site.gram = false;
    site.sampled.clear();
    content.gradients.clear();
    content.positions = 0;
    test::writeDump(path, content);
    const auto dump = opened(path);
    QVERIFY(dump);
    const Site& bare = dump->sites()[0];
    QVERIFY(!bare.absMax && !bare.min && !bare.max && !bare.mean && !bare.meanAbs && !bare.sumSq
        && !bare.moment3 && !bare.moment4);
    QVERIFY(!bare.histogram && !bare.top && !bare.tokenAbsMax && !bare.tokenMedianAbs && !bare.tokenRms);
    QVERIFY(!bare.hasGram && bare.sampleRows == 0);
    QVERIFY(dump->gradients().empty());
    QVERIFY(dump->loadSamples(0).error().code == ErrorCode::InvalidArgument);
    QVERIFY(dump->loadGram(0).error().code == ErrorCode::InvalidArgument);
    const auto tokens = dump->loadTokens();
    QVERIFY(tokens && tokens->empty());
}

void TestDump::histogramPerChannelAndZerosFirst()
{
    std::vector<std::int64_t> perChannel(4 * 513, 0), first(513, 0);
    for (std::size_t c = 0; c < 4; ++c) {
        perChannel[c * 513 + 200] = 5;
        perChannel[c * 513 + 512] = 1;
    }
    first[0] = 4; // zeros
    first[201] = 20; // bin 200
    const std::string edited = m_folder.file("histogram2.h5");
    {
        test::Hdf5Writer file(edited);
        file.text("/", "schema", "bitwright-activations");
        file.integer("/", "version", 1);
        file.integer("/", "tokens", 6);
        file.group("/sites");
        for (const char* const group : {"/sites/0", "/sites/1"}) {
            file.group(group);
            file.text(group, "name", std::string("site") + group);
            file.text(group, "kind", "output_of");
            file.texts(group, "tensors", {"a.weight"});
            file.integer(group, "channels", 4);
            file.integer(group, "count", 6);
        }
        file.integers("/sites/0/hist_log10_abs", {4, 513}, perChannel);
        file.integers("/sites/1/hist_log10_abs", {513}, first);
        file.integer("/sites/1/hist_log10_abs", "zero_bucket", 0);
    }
    const auto dump = opened(edited);
    QVERIFY(dump);
    QVERIFY(dump->sites()[0].hasChannelHistogram);
    for (const Site& site : dump->sites()) {
        QCOMPARE(site.histogram->counts[200], std::uint64_t{20});
        QCOMPARE(site.histogram->zeros, std::uint64_t{4});
        QCOMPARE(site.histogram->total(), std::uint64_t{24});
        QVERIFY(!site.block);
    }
}

void TestDump::sitesInNumericOrder()
{
    const std::string path = m_folder.file("order.h5");
    test::DumpContent content = test::smallDump();
    const test::DumpSite pattern = content.sites[1];
    content.sites.clear();
    for (int i = 0; i < 12; ++i) {
        content.sites.push_back(pattern);
        content.sites.back().name = "site" + std::to_string(i);
    }
    test::writeDump(path, content);
    const auto dump = opened(path);
    QVERIFY(dump);
    for (std::size_t i = 0; i < 12; ++i)
        QCOMPARE(dump->sites()[i].name, "site" + std::to_string(i));
}

void TestDump::impossibleNumbersBecomeUnknown()
{
    const std::string path = m_folder.file("nan.h5");
    test::DumpContent content = test::smallDump();
    content.sites.resize(1);
    content.sites[0].rows[6] = NAN; // poisons channel sums and the token's rms
    content.sites[0].histogram = content.sites[0].top = content.sites[0].gram = false;
    content.gradients[0].rowMeanSq[1] = -1;
    test::writeDump(path, content);
    const auto dump = opened(path);
    QVERIFY(dump);
    const Site& site = dump->sites()[0];
    QVERIFY(!site.mean && !site.sumSq && !site.moment4 && !site.tokenRms);
    QVERIFY(dump->gradients().empty());
    std::size_t about = 0;
    for (const std::string& warning : dump->warnings())
        about += warning.find("unknown") != std::string::npos ? 1U : 0U;
    QVERIFY(about >= 5);
}

namespace {

using Edit = std::function<void(test::Hdf5Writer&)>;

/// A dump of one empty site, changed by `edit` before it is closed.
void writeEdited(const std::string& path, const Edit& edit)
{
    test::Hdf5Writer file(path);
    file.text("/", "schema", "bitwright-activations");
    file.integer("/", "version", 1);
    file.integer("/", "tokens", 2);
    file.group("/sites");
    file.group("/sites/0");
    file.text("/sites/0", "name", "here");
    file.text("/sites/0", "kind", "input_of");
    file.texts("/sites/0", "tensors", {"a.weight"});
    file.integer("/sites/0", "channels", 4);
    file.integer("/sites/0", "count", 2);
    edit(file);
}

} // namespace

Q_DECLARE_METATYPE(Edit)

void TestDump::schemaErrors_data()
{
    QTest::addColumn<Edit>("edit");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const Edit& edit, const char* message) {
        QTest::newRow(name) << edit << QString::fromLatin1(message);
    };
    using W = test::Hdf5Writer;
    row(
        "no schema", [](W& f) { f.removeAttribute("/", "schema"); }, "Not an activation dump");
    row(
        "other schema",
        [](W& f) {
            f.removeAttribute("/", "schema");
            f.text("/", "schema", "keras");
        },
        "Not an activation dump");
    row(
        "schema is a number",
        [](W& f) {
            f.removeAttribute("/", "schema");
            f.integer("/", "schema", 3);
        },
        "Attribute schema must be text");
    row(
        "version 2",
        [](W& f) {
            f.removeAttribute("/", "version");
            f.integer("/", "version", 2);
        },
        "Dump version 2 is not supported");
    row(
        "version is text",
        [](W& f) {
            f.removeAttribute("/", "version");
            f.text("/", "version", "1");
        },
        "Attribute version must be one integer");
    row(
        "no sites", [](W& f) { f.remove("/sites"); }, "no group /sites");
    row(
        "no tensors", [](W& f) { f.removeAttribute("/sites/0", "tensors"); }, "tensors is missing");
    row(
        "no name", [](W& f) { f.removeAttribute("/sites/0", "name"); }, "Site has no name");
    row(
        "kind",
        [](W& f) {
            f.removeAttribute("/sites/0", "kind");
            f.text("/sites/0", "kind", "inside");
        },
        "Site kind must be input_of, output_of or residual, not \"inside\"");
    row(
        "no channels", [](W& f) { f.removeAttribute("/sites/0", "channels"); }, "channels must be");
    row(
        "negative count",
        [](W& f) {
            f.removeAttribute("/sites/0", "count");
            f.integer("/sites/0", "count", -1);
        },
        "count (rows seen) is missing or negative");
    row(
        "channel vector",
        [](W& f) {
            f.doubles("/sites/0/abs_max", {3}, {1, 2, 3});
        },
        "abs_max holds 3 values, the site has 4 channels");
    row(
        "token vector",
        [](W& f) {
            f.floats("/sites/0/token_rms", {3}, {1, 2, 3});
        },
        "token_rms holds 3 values, the site saw 2 rows");
    row(
        "histogram",
        [](W& f) {
            f.integers("/sites/0/hist_log10_abs", {2}, {1, 2});
        },
        "must hold 513 counts");
    row(
        "top",
        [](W& f) {
            f.floats("/sites/0/top_values", {2}, {1, 2});
            f.integers("/sites/0/top_index", {2}, {1, 2});
        },
        "top_values and top_index disagree");
    row(
        "samples",
        [](W& f) {
            f.floats("/sites/0/samples", {4}, {1, 2, 3, 4});
        },
        "samples must be rows x 4");
    row(
        "gram",
        [](W& f) {
            f.floats("/sites/0/gram", {2}, {1, 2});
        },
        "lower triangle of 4 channels has 10");
    row(
        "twice",
        [](W& f) {
            f.group("/sites/1");
            f.text("/sites/1", "name", "here");
            f.text("/sites/1", "kind", "input_of");
            f.texts("/sites/1", "tensors", {"a.weight"});
            f.integer("/sites/1", "channels", 4);
            f.integer("/sites/1", "count", 2);
        },
        "Site appears twice");
}

void TestDump::schemaErrors()
{
    QFETCH(Edit, edit);
    QFETCH(QString, message);
    const std::string path = m_folder.file("schema.h5");
    writeEdited(path, edit);
    const auto dump = formats::openDump(path);
    QVERIFY(!dump);
    const std::string line = dump.error().oneLine();
    QVERIFY2(line.find(message.toStdString()) != std::string::npos, line.c_str());
    QVERIFY(line.find('\n') == std::string::npos);
    QVERIFY2(line.find("schema.h5") != std::string::npos, line.c_str());
}

void TestDump::looksLikeDump()
{
    const std::string path = m_folder.file("looks.h5");
    test::writeDump(path, test::smallDump());
    QVERIFY(formats::looksLikeDump(path));
    const std::string other = m_folder.file("looks.txt");
    QVERIFY(test::writeFile(other, "{\"a\":1} and more than eight bytes"));
    QVERIFY(!formats::looksLikeDump(other));
    QVERIFY(!formats::looksLikeDump(m_folder.file("absent.h5")));
    QVERIFY(!formats::looksLikeDump(m_folder.path()));
}

void TestDump::hashFollowsBytes()
{
    const std::string path = m_folder.file("hash.h5"), copy = m_folder.file("copy.h5");
    test::writeDump(path, test::smallDump());
    std::string bytes = test::readFile(path);
    QVERIFY(test::writeFile(copy, bytes));
    QCOMPARE(opened(path)->contentHash(), opened(copy)->contentHash());
    QCOMPARE(opened(path)->contentHash().size(), std::size_t{32});
    QVERIFY(test::writeFile(copy, bytes + "x"));
    QVERIFY(opened(copy)->contentHash() != opened(path)->contentHash());
}

void TestDump::loadsFromManyThreads()
{
    const std::string path = m_folder.file("threads.h5");
    const test::DumpContent content = test::smallDump();
    test::writeDump(path, content);
    const auto dump = opened(path);
    QVERIFY(dump);
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) {
                    const auto samples = dump->loadSamples(static_cast<std::size_t>(i % 2));
                    const auto gram = dump->loadGram(static_cast<std::size_t>((i + 1) % 2));
                    right += samples && gram && samples->values.size() == 12 && gram->lower.size() == 10 ? 1
                                                                                                         : 0;
                }
            });
    }
    QCOMPARE(right.load(), 200);
}

QTEST_GUILESS_MAIN(TestDump)
#include "tst_dump.moc"
