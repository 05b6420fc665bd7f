#include "core/formats/open.h"
#include "tests/support/dump_writer.h"
#include "tests/support/temp_folder.h"

#include <QtTest>

#include <algorithm>
#include <functional>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

using namespace bitwright;

namespace {
using Writer = test::Hdf5Writer;
using Edit = std::function<void(Writer&, const std::string& folder)>;

/// A dump of one site of 4 channels and 2 rows, without statistics.
void writeSite(Writer& file)
{
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
}

/// Creation properties, closed with their owner.
struct Creation
{
    hid_t id = H5Pcreate(H5P_DATASET_CREATE);
    Creation() = default;
    ~Creation() { H5Pclose(id); }
    Creation(const Creation&) = delete;
    Creation& operator=(const Creation&) = delete;
};

bool contains(const std::vector<std::string>& lines, const std::string& part)
{
    return std::any_of(lines.begin(), lines.end(),
        [&](const std::string& line) { return line.find(part) != std::string::npos; });
}
} // namespace

Q_DECLARE_METATYPE(Edit)

/// Files made to hurt: each is one clear line or a warning, never a crash and never another file's bytes.
class TestDumpHostile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refused_data();
    void refused();
    void skipped_data();
    void skipped();
    void outputGradients();
    void truncatedAnywhere();
    void damagedStructures();
    void notADump();

private:
    test::TempFolder m_folder;
};

void TestDumpHostile::refused_data()
{
    QTest::addColumn<Edit>("edit");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const Edit& edit, const char* message) {
        QTest::newRow(name) << edit << QString::fromLatin1(message);
    };
    row(
        "74 external storage",
        [](Writer& f, const std::string& folder) {
            const std::string secret = folder + "/secret.bin";
            test::writeFile(secret, std::string(32, 'S'));
            const Creation creation;
            H5Pset_external(creation.id, secret.c_str(), 0, 32);
            f.declare("/sites/0/abs_max", {4}, H5T_IEEE_F64LE, creation.id);
        },
        "Data kept in another file; refused.");
    row(
        "75 virtual dataset",
        [](Writer& f, const std::string& folder) {
            const Creation creation;
            const hsize_t four = 4;
            const hid_t space = H5Screate_simple(1, &four, nullptr);
            H5Pset_virtual(creation.id, space, (folder + "/other.h5").c_str(), "/secret", space);
            f.declare("/sites/0/abs_max", {4}, H5T_IEEE_F64LE, creation.id);
            H5Sclose(space);
        },
        "Virtual dataset; refused.");
    row(
        "76 filter 32001",
        [](Writer& f, const std::string&) {
            const Creation creation;
            const hsize_t chunk = 4;
            H5Pset_chunk(creation.id, 1, &chunk);
            H5Pset_filter(creation.id, 32001, H5Z_FLAG_OPTIONAL, 0, nullptr);
            f.declare("/sites/0/abs_max", {4}, H5T_IEEE_F64LE, creation.id);
        },
        "Needs a plug-in filter (number 32001); plug-ins are off.");
    row(
        "77 shape 2^60",
        [](Writer& f, const std::string&) {
            const Creation creation;
            const hsize_t chunk = 1024;
            H5Pset_chunk(creation.id, 1, &chunk);
            f.declare("/sites/0/abs_max", {std::uint64_t{1} << 60}, H5T_IEEE_F64LE, creation.id);
        },
        "Declared size not backed by data.");
    row(
        "77 right shape, no data",
        [](Writer& f, const std::string&) {
            const Creation creation;
            f.declare("/sites/0/abs_max", {4}, H5T_IEEE_F64LE, creation.id);
        },
        "Declared size not backed by data.");
    row(
        "77 expands a thousandfold",
        [](Writer& f, const std::string&) {
            const std::uint64_t values = 1 << 20;
            f.doubles("/sites/0/samples", {values / 4, 4}, std::vector<double>(values, 0.0),
                {{values / 4, 4}, true, true, false});
        },
        "Declared size not backed by data.");
    row(
        "chunk of 512 MB",
        [](Writer& f, const std::string&) {
            const Creation creation;
            const hsize_t chunk = 1 << 26;
            H5Pset_chunk(creation.id, 1, &chunk);
            f.declare("/sites/0/gram", {chunk}, H5T_IEEE_F64LE, creation.id);
        },
        "A chunk is larger than 256 MB");
    row(
        "73 sites in another file",
        [](Writer& f, const std::string& folder) {
            f.remove("/sites");
            H5Lcreate_external(
                (folder + "/other.h5").c_str(), "/sites", f.id(), "/sites", H5P_DEFAULT, H5P_DEFAULT);
        },
        "no group /sites");
    row(
        "absurd channels",
        [](Writer& f, const std::string&) {
            f.removeAttribute("/sites/0", "channels");
            f.integer("/sites/0", "channels", std::int64_t{1} << 40);
        },
        "channels must be");
}

void TestDumpHostile::refused()
{
    QFETCH(Edit, edit);
    QFETCH(QString, message);
    const std::string path = m_folder.file("hostile.h5");
    {
        Writer file(path);
        writeSite(file);
        edit(file, m_folder.path());
    }
    const auto dump = formats::openDump(path);
    QVERIFY(!dump);
    const std::string line = dump.error().oneLine();
    QVERIFY2(line.find(message.toStdString()) != std::string::npos, line.c_str());
    QVERIFY(line.find('\n') == std::string::npos);
}

void TestDumpHostile::skipped_data()
{
    QTest::addColumn<Edit>("edit");
    QTest::addColumn<QString>("warning");
    const auto row = [](const char* name, const Edit& edit, const char* message) {
        QTest::newRow(name) << edit << QString::fromLatin1(message);
    };
    row(
        "73 external link",
        [](Writer& f, const std::string& folder) {
            const std::string other = folder + "/linked.h5";
            {
                Writer secret(other);
                secret.doubles("/secret", {4}, {1, 2, 3, 4});
            }
            H5Lcreate_external(
                other.c_str(), "/secret", f.id(), "/sites/0/abs_max", H5P_DEFAULT, H5P_DEFAULT);
        },
        "/sites/0/abs_max: link to another file; not followed.");
    row(
        "soft link",
        [](Writer& f, const std::string&) {
            H5Lcreate_soft("/sites/0", f.id(), "/sites/0/abs_max", H5P_DEFAULT, H5P_DEFAULT);
        },
        "/sites/0/abs_max: soft or unknown link; not followed.");
    row(
        "78 group linked to the root",
        [](Writer& f, const std::string&) {
            H5Lcreate_hard(f.id(), "/", f.id(), "/sites/1", H5P_DEFAULT, H5P_DEFAULT);
        },
        "Loop at /sites/1; skipped.");
    row(
        "78 group linked to its parent",
        [](Writer& f, const std::string&) {
            H5Lcreate_hard(f.id(), "/sites", f.id(), "/sites/7", H5P_DEFAULT, H5P_DEFAULT);
        },
        "Loop at /sites/7; skipped.");
    row(
        "78 one site under two names",
        [](Writer& f, const std::string&) {
            H5Lcreate_hard(f.id(), "/sites/0", f.id(), "/sites/1", H5P_DEFAULT, H5P_DEFAULT);
        },
        "Loop at /sites/1; skipped.");
    row(
        "78 gradients are the sites",
        [](Writer& f, const std::string&) {
            f.group("/gradients");
            H5Lcreate_hard(f.id(), "/gradients", f.id(), "/gradients/0", H5P_DEFAULT, H5P_DEFAULT);
        },
        "Loop at /gradients/0; skipped.");
    row(
        "gradients of outputs by other labels",
        [](Writer& f, const std::string&) {
            f.group("/output_gradients");
            f.text("/output_gradients", "labels", "text");
            f.group("/output_gradients/0");
        },
        "Gradients of outputs are not of labels drawn from the model; ignored.");
    row(
        "gradients of outputs without rows",
        [](Writer& f, const std::string&) {
            f.group("/output_gradients");
            f.text("/output_gradients", "labels", "model");
            f.group("/output_gradients/0");
            f.text("/output_gradients/0", "tensor", "a.weight");
        },
        "a.weight: gradients of outputs lack samples or the tokens that they are of; unknown.");
    row(
        "gradients of outputs of other rows",
        [](Writer& f, const std::string&) {
            f.group("/output_gradients");
            f.text("/output_gradients", "labels", "model");
            f.group("/output_gradients/0");
            f.text("/output_gradients/0", "tensor", "a.weight");
            f.floats("/output_gradients/0/samples", {2, 1}, {1, 2});
            f.integers("/output_gradients/0/sample_sequence", {3}, {0, 0, 0});
            f.integers("/output_gradients/0/sample_position", {2}, {0, 1});
        },
        "a.weight: gradients of outputs lack samples or the tokens that they are of; unknown.");
    row(
        "inputs beside gradients of outputs, of other rows",
        [](Writer& f, const std::string&) {
            f.group("/output_gradients");
            f.text("/output_gradients", "labels", "model");
            f.group("/output_gradients/0");
            f.text("/output_gradients/0", "tensor", "a.weight");
            f.floats("/output_gradients/0/samples", {2, 1}, {1, 2});
            f.floats("/output_gradients/0/inputs", {1, 2}, {1, 2});
            f.integers("/output_gradients/0/sample_sequence", {2}, {0, 0});
            f.integers("/output_gradients/0/sample_position", {2}, {0, 1});
        },
        "a.weight: inputs beside gradients of outputs are of other tokens; unknown.");
    row(
        "80 compound",
        [](Writer& f, const std::string&) {
            const hid_t type = H5Tcreate(H5T_COMPOUND, 16);
            H5Tinsert(type, "a", 0, H5T_IEEE_F64LE);
            H5Tinsert(type, "b", 8, H5T_IEEE_F64LE);
            const Creation creation;
            f.declare("/sites/0/abs_max", {4}, type, creation.id);
            H5Tclose(type);
        },
        "/sites/0/abs_max: not numeric; skipped.");
    row(
        "80 variable length",
        [](Writer& f, const std::string&) {
            const hid_t type = H5Tvlen_create(H5T_IEEE_F64LE);
            const Creation creation;
            f.declare("/sites/0/abs_max", {4}, type, creation.id);
            H5Tclose(type);
        },
        "/sites/0/abs_max: not numeric; skipped.");
    row(
        "80 float of strange bits",
        [](Writer& f, const std::string&) {
            const hid_t type = H5Tcopy(H5T_IEEE_F64LE);
            H5Tset_ebias(type, 5);
            const Creation creation;
            f.declare("/sites/0/abs_max", {4}, type, creation.id);
            H5Tclose(type);
        },
        "/sites/0/abs_max: not numeric; skipped.");
    row(
        "group instead of dataset", [](Writer& f, const std::string&) { f.group("/sites/0/abs_max"); },
        "/sites/0/abs_max: not a dataset; skipped.");
    row(
        "dataset instead of group", [](Writer& f, const std::string&) { f.doubles("/sites/1", {1}, {1}); },
        "/sites/1: not a group; skipped.");
    row(
        "top value outside",
        [](Writer& f, const std::string&) {
            f.floats("/sites/0/top_values", {1}, {3});
            f.integers("/sites/0/top_index", {1, 2}, {0, 4});
        },
        "top_values holds NaN, Inf or a place outside of the site; unknown.");
    row(
        "negative counts",
        [](Writer& f, const std::string&) {
            f.integers("/sites/0/hist_log10_abs", {513}, std::vector<std::int64_t>(513, -1));
        },
        "hist_log10_abs has other bins");
    row(
        "other bins",
        [](Writer& f, const std::string&) {
            f.integers("/sites/0/hist_log10_abs", {513}, std::vector<std::int64_t>(513, 0));
            f.number("/sites/0/hist_log10_abs", "low", -10.0);
        },
        "hist_log10_abs has other bins");
    row(
        "gram without count",
        [](Writer& f, const std::string&) { f.floats("/sites/0/gram", {10}, std::vector<float>(10, 1.0F)); },
        "gram does not say how many rows");
}

void TestDumpHostile::skipped()
{
    QFETCH(Edit, edit);
    QFETCH(QString, warning);
    const std::string path = m_folder.file("skipped.h5");
    {
        Writer file(path);
        writeSite(file);
        edit(file, m_folder.path());
    }
    const auto dump = formats::openDump(path);
    QVERIFY2(dump, dump ? "" : dump.error().oneLine().c_str());
    const model::ActivationDump& opened = **dump;
    QVERIFY2(contains(opened.warnings(), warning.toStdString()),
        opened.warnings().empty() ? "no warning" : opened.warnings().front().c_str());
    QCOMPARE(opened.sites().size(), std::size_t{1});
    QVERIFY(!opened.sites()[0].absMax && !opened.sites()[0].top && !opened.sites()[0].histogram);
    QVERIFY(!opened.sites()[0].hasGram);
}

void TestDumpHostile::outputGradients()
{
    const std::string path = m_folder.file("outputs.h5");
    {
        Writer f(path);
        writeSite(f);
        f.group("/output_gradients");
        f.text("/output_gradients", "labels", "model");
        for (const char* group : {"/output_gradients/0", "/output_gradients/1"}) {
            f.group(group);
            const std::string at = group;
            const bool broken = at.back() == '1';
            f.text(at, "tensor", broken ? "b.weight" : "a.weight");
            f.floats(at + "/samples", {2, 3},
                {1, 2, 3, 4, broken ? std::numeric_limits<float>::quiet_NaN() : 5.0F, 6});
            f.integers(at + "/sample_sequence", {2}, {0, 1});
            f.integers(at + "/sample_position", {2}, {7, 0});
            if (broken)
                f.floats(at + "/inputs", {2, 2}, {1, 2, 0, 0});
        }
    }
    const auto dump = formats::openDump(path);
    QVERIFY2(dump, dump ? "" : dump.error().oneLine().c_str());
    QCOMPARE((*dump)->outputGradients().size(), std::size_t{2});
    QVERIFY(!(*dump)->outputGradientOf("c.weight"));
    const auto rows = (*dump)->loadOutputGradients((*dump)->outputGradientOf("a.weight").value());
    QVERIFY(rows && rows->rows == 2 && rows->channels == 3);
    QCOMPARE(rows->values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
    QCOMPARE(rows->position, (std::vector<std::uint32_t>{7, 0}));
    QCOMPARE((*dump)->loadOutputGradients(1).error().code, ErrorCode::Format); // NaN
    QCOMPARE((*dump)->loadOutputGradients(2).error().code, ErrorCode::OutOfRange);
    QCOMPARE((*dump)->outputGradients()[1].inputs, std::uint64_t{2});
    QCOMPARE((*dump)->loadOutputInputs(1)->values, (std::vector<float>{1, 2, 0, 0}));
    QCOMPARE((*dump)->loadOutputInputs(0).error().code, ErrorCode::InvalidArgument); // has none
    QCOMPARE((*dump)->loadOutputInputs(2).error().code, ErrorCode::OutOfRange);
}

void TestDumpHostile::truncatedAnywhere()
{
    const std::string path = m_folder.file("whole.h5"), cut = m_folder.file("cut.h5");
    test::writeDump(path, test::smallDump());
    const std::string bytes = test::readFile(path);
    QVERIFY(formats::openDump(path).has_value());
    QVERIFY(bytes.size() > 1000);
    // From the end towards the head: every seventh length, then every one. Shrinking in place spares the
    // disk.
    QVERIFY(test::writeFile(cut, bytes));
    for (std::size_t length = bytes.size() - 1; length > 0;
         length -= std::min<std::size_t>(length, length < 1024 ? 1 : 7)) {
        QCOMPARE(::truncate(cut.c_str(), static_cast<off_t>(length)), 0);
        const auto dump = formats::openDump(cut);
        QVERIFY2(!dump, qPrintable(QString::number(length)));
        QVERIFY(dump.error().code == ErrorCode::Format);
    }
}

void TestDumpHostile::damagedStructures()
{
    const std::string path = m_folder.file("whole2.h5"), damaged = m_folder.file("damaged.h5");
    test::writeDump(path, test::smallDump());
    const std::string bytes = test::readFile(path);
    std::size_t tried = 0;
    for (const std::string_view mark : {"TREE", "HEAP", "SNOD"}) {
        for (std::size_t at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at + 1)) {
            std::string broken = bytes;
            broken.replace(at, 4, "XXXX");
            QVERIFY(test::writeFile(damaged, broken));
            const auto dump = formats::openDump(damaged);
            if (!dump) { // structures that nothing refers to any more may be broken without harm
                QVERIFY(dump.error().code == ErrorCode::Format);
                QVERIFY(dump.error().message.find("HDF5 library failed on this file") != std::string::npos
                    || dump.error().message.find("is missing") != std::string::npos
                    || !dump.error().tensor.empty());
            }
            tried += dump ? 0U : 1U;
        }
    }
    QVERIFY(tried >= 3);
}

void TestDumpHostile::notADump()
{
    const std::string empty = m_folder.file("empty.h5"), text = m_folder.file("text.h5"),
                      fifo = m_folder.file("fifo.h5");
    QVERIFY(test::writeFile(empty, ""));
    QVERIFY(test::writeFile(text, "version https://git-lfs.github.com/spec/v1\n"));
    QCOMPARE(::mkfifo(fifo.c_str(), 0600), 0);
    QVERIFY(formats::openDump(empty).error().message.find("File is empty") != std::string::npos);
    QVERIFY(formats::openDump(text).error().message.find("Not an HDF5 file") != std::string::npos);
    QVERIFY(formats::openDump(fifo).error().message.find("Not a regular file") != std::string::npos);
    QVERIFY(
        formats::openDump(m_folder.path()).error().message.find("Not a regular file") != std::string::npos);
    QVERIFY(formats::openDump(m_folder.file("absent.h5")).error().code == ErrorCode::Io);
}

QTEST_GUILESS_MAIN(TestDumpHostile)
#include "tst_dump_hostile.moc"
