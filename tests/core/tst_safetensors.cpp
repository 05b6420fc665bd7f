#include "core/formats/open.h"
#include "core/formats/safetensors/checkpoint.h"
#include "core/io/byte_source.h"
#include "tests/support/safetensors_writer.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

#include <filesystem>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

using namespace bitwright;
using test::rawSafetensors;
using test::SafetensorsWriter;
using test::TempFolder;
using test::writeFile;

namespace {

Result<std::shared_ptr<const model::Checkpoint>> openBytes(std::string bytes)
{
    return formats::safetensors::openSource(io::memorySource("m.safetensors", std::move(bytes)));
}

/// A header with one or two F32 tensors given by shape and range texts.
std::string entry(
    const std::string& name, const std::string& dtype, const std::string& shape, const std::string& offsets)
{
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets
        + "}";
}

std::string golden()
{
    const std::vector<float> values{1, 2, 3, 4, 5, 6};
    return SafetensorsWriter()
        .metadata("format", "pt")
        .add("a", model::DType::F32, {2, 3}, values)
        .add("b.weight", model::DType::BF16, {3, 2}, values)
        .addZeros("empty", model::DType::F16, {0, 5})
        .addZeros("one", model::DType::I8, {})
        .bytes();
}

/// One malformed file: what the user must be told.
struct Bad
{
    std::string file;
    std::string says;
    ErrorCode code = ErrorCode::Format;
    std::string tensor = {};
};

} // namespace

Q_DECLARE_METATYPE(Bad)

class TestSafetensors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTensorsAndTheirData();
    void acceptsWhatTheReferenceAccepts();
    void refusesWithTheRightWords_data();
    void refusesWithTheRightWords();
    void listsUnknownTypesAndRefusesTheirData();
    void showsHostileNamesEscaped();
    void keepsValuesAsTheyAre();
    void everyTruncationIsAnError();
    void noMutationCrashes();
    void identityFollowsHeadersOnly();
    void readsAreBounded();
    void saysWhenTheFileShrank();
    void refusesWhatIsNoRegularFile();
    void manyTensorsOpenFast();
};

void TestSafetensors::readsTensorsAndTheirData()
{
    const auto opened = openBytes(golden());
    QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
    const model::Checkpoint& model = **opened;
    QCOMPARE(model.tensors().size(), 4U);
    QCOMPARE(model.format(), std::string("safetensors"));
    const auto b = model.find("b.weight");
    QVERIFY(b);
    const model::TensorInfo& tensor = model.tensors()[*b];
    QCOMPARE(tensor.dtype, model::DType::BF16);
    QCOMPARE(tensor.shape, (std::vector<std::uint64_t>{3, 2}));
    QCOMPARE(tensor.parameters, 6U);
    QCOMPARE(tensor.bytes, 12U);
    std::array<std::byte, 12> raw{};
    QVERIFY(model.read(*b, 0, raw));
    std::array<float, 6> values{};
    QVERIFY(model::convertToFloat(tensor.dtype, raw, values));
    QCOMPARE(values, (std::array<float, 6>{1, 2, 3, 4, 5, 6}));
    QCOMPARE(model.parameterCount(), 6U + 6U + 0U + 1U);
    QCOMPARE(model.dataBytes(), 24U + 12U + 1U);
    QVERIFY(!model.find("c"));
    QCOMPARE(model.tensors()[0].offset, model.files()[0].dataOffset);
}

void TestSafetensors::acceptsWhatTheReferenceAccepts()
{
    const std::vector<std::string> good{
        rawSafetensors("{}"),
        rawSafetensors("{}      "),
        rawSafetensors("{" + entry("a", "F32", "[]", "[0,4]") + "}", "0123"), // rank 0
        rawSafetensors("{" + entry("a", "F32", "[0,7]", "[0,0]") + "}"), // no elements
        rawSafetensors(
            "{" + entry("b", "U8", "[2]", "[2,4]") + "," + entry("a", "U8", "[2]", "[0,2]") + "}", "0123"),
        rawSafetensors("{" + entry("a", "F4", "[2,2]", "[0,2]") + "}", "01"), // two per byte
        rawSafetensors("{" + entry("a", "F6_E2M3", "[4]", "[0,3]") + "}", "012"),
        rawSafetensors(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"more\":{\"x\":[1,{}]}}}", "0"),
        rawSafetensors("{\"__metadata__\":{\"k\":\"\\u00e9\"}}"),
        rawSafetensors("{" + entry("\\u00e9\xC3\xA9", "U8", "[1]", "[0,1]") + "}", "0"),
    };
    for (const std::string& file : good) {
        const auto opened = openBytes(file);
        QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
    }
}

void TestSafetensors::refusesWithTheRightWords_data()
{
    QTest::addColumn<Bad>("bad");
    const auto add = [](const char* name, Bad bad) { QTest::newRow(name) << std::move(bad); };
    const std::string a = entry("a", "F32", "[4]", "[0,16]");
    const std::string data16(16, 'x');
    std::string huge(8, '\0');
    huge[7] = '\x80';
    std::string thousand = rawSafetensors(std::string(1000, '{')).substr(0, 200);
    thousand[0] = static_cast<char>(1000 & 0xFF);

    add("1 empty", {"", "File is empty."});
    add("2 short", {"12345", "Too short: needs an 8-byte header length, has 5."});
    add("3 header length", {huge + "{}", "Header length 9223372036854775808 exceeds the 100,000,000 limit."});
    add("4 header longer than file", {thousand, "Header says 1000 bytes, only 192 follow."});
    add("5 leading space", {rawSafetensors(" {}"), "Header must begin with \"{\"."});
    add("5 no header", {rawSafetensors(""), "Header must begin with \"{\"."});
    add("6 not UTF-8", {rawSafetensors("{\"a\xFF\":1}"), "Header is not UTF-8 at byte 11."});
    add("6 overlong", {rawSafetensors("{\"\xC0\xAF\":1}"), "Header is not UTF-8 at byte 10."});
    add("6 surrogate", {rawSafetensors("{\"\xED\xA0\x80\":1}"), "Header is not UTF-8 at byte 10."});
    add("6 lone surrogate escape", {rawSafetensors("{\"\\ud800\":1}"), "Header is not valid JSON at byte"});
    add("7 cut", {rawSafetensors("{" + a), "Header JSON ends early at byte 62."});
    add("7 cut in string", {rawSafetensors("{\"a"), "Header JSON ends early at byte 11."});
    add("7 garbage", {rawSafetensors("{\"a\":}"), "Header is not valid JSON at byte 13."});
    add("7 second value", {rawSafetensors("{}{}"), "Header is not valid JSON at byte 10."});
    add("7 NUL padding", {rawSafetensors(std::string("{}\0\0", 4)), "Header holds a NUL byte at byte 10."});
    add("7 comment", {rawSafetensors("{/**/}"), "Header is not valid JSON at byte 9."});
    add("7 NaN", {rawSafetensors("{\"a\":NaN}"), "Header is not valid JSON at byte 13."});
    add("8 duplicate",
        {rawSafetensors("{" + a + "," + entry("a", "F32", "[4]", "[16,32]") + "}", data16 + data16),
            "Tensor \"a\" appears twice.", ErrorCode::Format, "a"});
    add("8 same range", {rawSafetensors("{" + a + "," + a + "}", data16), "Tensor \"a\" appears twice."});
    add("8 escaped",
        {rawSafetensors("{" + a + "," + entry("\\u0061", "F32", "[0]", "[16,16]") + "}", data16),
            "Tensor \"a\" appears twice."});
    add("8 field twice",
        {rawSafetensors(
             "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}", "x"),
            "dtype appears twice.", ErrorCode::Format, "a"});
    add("8 metadata twice",
        {rawSafetensors("{\"__metadata__\":{},\"__metadata__\":{}}"), "__metadata__ appears twice."});
    add("8 metadata key twice",
        {rawSafetensors("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"), "\"k\" appears twice"});
    add("9 too large",
        {rawSafetensors("{" + entry("a", "F32", "[18446744073709551616]", "[0,4]") + "}", "0123"),
            "Dimension 0 of \"a\" is not a 64-bit unsigned integer.", ErrorCode::Format, "a"});
    add("10 overflow",
        {rawSafetensors("{" + entry("a", "F32", "[4294967296,4294967296]", "[0,4]") + "}", "0123"),
            "Size of \"a\" overflows.", ErrorCode::Format, "a"});
    add("10 overflow in bits",
        {rawSafetensors("{" + entry("a", "F32", "[1152921504606846976]", "[0,4]") + "}", "0123"),
            "Size of \"a\" overflows."});
    add("10 overflow before zero",
        {rawSafetensors("{" + entry("a", "F32", "[4294967296,4294967296,0]", "[0,0]") + "}"),
            "Size of \"a\" overflows."});
    add("11 negative",
        {rawSafetensors("{" + entry("a", "F32", "[3,-1]", "[0,4]") + "}", "0123"),
            "Dimension 1 of \"a\" is negative.", ErrorCode::Format, "a"});
    add("11 very negative",
        {rawSafetensors("{" + entry("a", "F32", "[-99999999999999999999]", "[0,4]") + "}", "0123"),
            "Dimension 0 of \"a\" is negative."});
    add("12 float",
        {rawSafetensors("{" + entry("a", "F32", "[1.0]", "[0,4]") + "}", "0123"),
            "Dimension 0 of \"a\" is not an integer.", ErrorCode::Format, "a"});
    add("12 exponent",
        {rawSafetensors("{" + entry("a", "F32", "[1e0]", "[0,4]") + "}", "0123"),
            "Dimension 0 of \"a\" is not an integer."});
    add("12 text",
        {rawSafetensors("{" + entry("a", "F32", "[\"1\"]", "[0,4]") + "}", "0123"),
            "Dimension 0 of \"a\" is not an integer."});
    add("12 true",
        {rawSafetensors("{" + entry("a", "F32", "[true]", "[0,4]") + "}", "0123"),
            "Dimension 0 of \"a\" is not an integer."});
    add("12 null",
        {rawSafetensors("{" + entry("a", "F32", "[null]", "[0,4]") + "}", "0123"),
            "Dimension 0 of \"a\" is not an integer."});
    add("13 hole",
        {rawSafetensors("{" + a + "," + entry("b", "F32", "[1]", "[20,24]") + "}", std::string(24, 'x')),
            "Bytes 16-19 of the data belong to no tensor."});
    add("13 hole at start",
        {rawSafetensors("{" + entry("b", "F32", "[1]", "[4,8]") + "}", std::string(8, 'x')),
            "Bytes 0-3 of the data belong to no tensor."});
    add("14 overlap",
        {rawSafetensors("{" + a + "," + entry("b", "F32", "[2]", "[12,20]") + "}", std::string(20, 'x')),
            "\"a\" and \"b\" share bytes."});
    add("14 same bytes",
        {rawSafetensors("{" + a + "," + entry("b", "F32", "[4]", "[0,16]") + "}", data16),
            "\"a\" and \"b\" share bytes."});
    add("15 size",
        {rawSafetensors("{" + entry("a", "F32", "[16]", "[0,60]") + "}", std::string(60, 'x')),
            "\"a\" needs 64 bytes, has 60.", ErrorCode::Format, "a"});
    add("15 backwards",
        {rawSafetensors("{" + entry("a", "F32", "[1]", "[4,0]") + "}", "0123"),
            "ends at 0 before it begins at 4"});
    add("15 offsets 2^64-1",
        {rawSafetensors(
             "{" + entry("a", "U8", "[1]", "[18446744073709551614,18446744073709551615]") + "}", "0"),
            "belong to no tensor"});
    add("16 trailing",
        {rawSafetensors("{" + a + "}", data16 + "0123456789"), "10 unexplained bytes at the end."});
    add("17 truncated",
        {rawSafetensors("{" + entry("a", "F32", "[1024]", "[0,4096]") + "}", std::string(3072, 'x')),
            "File is 1,024 bytes shorter than its header says."});
    add("19 F4",
        {rawSafetensors("{" + entry("a", "F4", "[3]", "[0,2]") + "}", "01"),
            "12 bits of F4 is not whole bytes.", ErrorCode::Format, "a"});
    add("20 nested",
        {rawSafetensors("{\"a\":{\"x\":" + std::string(100'000, '[') + "}}"),
            "Header JSON is nested deeper than 64."});
    add("no dtype",
        {rawSafetensors("{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", "x"), "Has no dtype.",
            ErrorCode::Format, "a"});
    add("no shape",
        {rawSafetensors("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", "x"), "Has no shape."});
    add("no offsets",
        {rawSafetensors("{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", "x"), "Has no data_offsets."});
    add("one offset",
        {rawSafetensors("{" + entry("a", "U8", "[1]", "[0]") + "}", "x"), "must hold two numbers"});
    add("three offsets",
        {rawSafetensors("{" + entry("a", "U8", "[1]", "[0,1,2]") + "}", "x"), "must hold two numbers"});
    add("shape is a number",
        {rawSafetensors("{" + entry("a", "U8", "1", "[0,1]") + "}", "x"), "shape has the wrong type."});
    add("nested shape",
        {rawSafetensors("{" + entry("a", "U8", "[[1]]", "[0,1]") + "}", "x"), "shape has the wrong type."});
    add("dtype is a number",
        {rawSafetensors("{\"a\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,1]}}", "x"),
            "dtype is not text."});
    add("entry is a number", {rawSafetensors("{\"a\":1}"), "Entry is not an object."});
    add("entry is a list", {rawSafetensors("{\"a\":[]}"), "Entry is not an object."});
    add("metadata number",
        {rawSafetensors("{\"__metadata__\":{\"k\":1}}"), "__metadata__ may only map text to text"});
    add("metadata object",
        {rawSafetensors("{\"__metadata__\":{\"k\":{}}}"), "__metadata__ may only map text to text"});
    add("metadata list", {rawSafetensors("{\"__metadata__\":[]}"), "__metadata__ must be an object."});
    add("metadata null", {rawSafetensors("{\"__metadata__\":null}"), "__metadata__ must be an object."});
    add("long name",
        {rawSafetensors("{" + entry(std::string(4097, 'n'), "U8", "[1]", "[0,1]") + "}", "x"),
            "4,097 bytes exceeds the 4,096 limit"});
    add("NUL in name",
        {rawSafetensors("{" + entry("a\\u0000b", "U8", "[1]", "[0,1]") + "}", "x"),
            "Tensor name holds a NUL character."});
    add("rank 17",
        {rawSafetensors("{" + entry("a", "U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]") + "}", "x"),
            "More than 16 dimensions."});
    add("64 LFS pointer",
        {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
            "This is a Git LFS pointer, not the model.", ErrorCode::Unsupported});
    add("64 web page",
        {"\n<!DOCTYPE html><html><body>Sign in</body></html>", "This is a web page, not the model.",
            ErrorCode::Unsupported});
    add("GGUF",
        {std::string("GGUF\3\0\0\0", 8) + std::string(100, '\0'), "This is a GGUF file",
            ErrorCode::Unsupported});
}

void TestSafetensors::refusesWithTheRightWords()
{
    QFETCH(Bad, bad);
    const auto opened = openBytes(bad.file);
    QVERIFY(!opened);
    const Error& error = opened.error();
    QVERIFY2(error.message.find(bad.says) != std::string::npos, error.oneLine().c_str());
    QVERIFY2(error.code == bad.code, error.oneLine().c_str());
    QCOMPARE(error.file, std::string("m.safetensors"));
    if (!bad.tensor.empty())
        QCOMPARE(error.tensor, bad.tensor);
    QVERIFY2(!error.remedy.empty(), error.oneLine().c_str());
    QVERIFY(error.offset || bad.file.size() < 8);
    QVERIFY(error.oneLine().find('\n') == std::string::npos);
}

void TestSafetensors::listsUnknownTypesAndRefusesTheirData()
{
    const auto opened = openBytes(rawSafetensors("{" + entry("a", "Q7", "[3]", "[0,5]") + "}", "01234"));
    QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
    const model::TensorInfo& tensor = (*opened)->tensors()[0];
    QCOMPARE(tensor.dtype, model::DType::Unknown);
    QCOMPARE(tensor.dtypeText, std::string("Q7"));
    QCOMPARE(tensor.bytes, 5U);
    QVERIFY(!tensor.quantizable);
    QVERIFY(tensor.reason.find("Q7") != std::string::npos);
    QCOMPARE((*opened)->warnings().size(), 1U);
    QVERIFY((*opened)->warnings()[0].find("data unavailable") != std::string::npos);
    std::array<std::byte, 1> out{};
    const auto read = (*opened)->read(0, 0, out);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::Unsupported);
    QCOMPARE(read.error().message, std::string("Unknown dtype \"Q7\"; tensor listed, data unavailable."));
    QCOMPARE(read.error().tensor, std::string("a"));
}

void TestSafetensors::showsHostileNamesEscaped()
{
    // ESC and a right-to-left override in the name: legal content, but no line may carry them out.
    const std::string name = "w\\u001b[2J\\u202egnp";
    const auto good = openBytes(rawSafetensors("{" + entry(name, "U8", "[1]", "[0,1]") + "}", "x"));
    QVERIFY(good);
    QCOMPARE((*good)->tensors()[0].name, std::string("w\x1b[2J\xE2\x80\xAEgnp"));
    const auto bad = openBytes(rawSafetensors("{" + entry(name, "U8", "[2]", "[0,1]") + "}", "x"));
    QVERIFY(!bad);
    const std::string line = bad.error().oneLine();
    QVERIFY(line.find('\x1b') == std::string::npos);
    QVERIFY(line.find("\xE2\x80\xAE") == std::string::npos);
    QVERIFY(line.find("w\\x1B[2J\\xE2\\x80\\xAEgnp") != std::string::npos);
}

void TestSafetensors::keepsValuesAsTheyAre()
{
    const std::vector<float> values{
        std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -0.0F, 1e-42F};
    const auto opened = openBytes(SafetensorsWriter().add("w", model::DType::F32, {4}, values).bytes());
    QVERIFY(opened);
    std::array<float, 4> out{};
    QVERIFY((*opened)->read(0, 0, std::as_writable_bytes(std::span(out))));
    QCOMPARE(std::memcmp(out.data(), values.data(), sizeof out), 0);
}

void TestSafetensors::everyTruncationIsAnError()
{
    const std::string file = golden();
    QVERIFY(openBytes(file));
    for (std::size_t length = 0; length < file.size(); ++length) {
        const auto opened = openBytes(file.substr(0, length));
        QVERIFY2(!opened, qPrintable(QString::number(length)));
        QVERIFY(opened.error().code == ErrorCode::Format);
    }
}

void TestSafetensors::noMutationCrashes()
{
    const std::string file = golden();
    std::mt19937 random(20);
    std::size_t refused = 0;
    constexpr int kRounds = 20'000;
    for (int round = 0; round < kRounds; ++round) {
        std::string mutant = file;
        const int changes = 1 + round % 3;
        for (int i = 0; i < changes; ++i)
            mutant[random() % mutant.size()] = static_cast<char>(random());
        const auto opened = openBytes(mutant);
        if (!opened) {
            ++refused;
            QVERIFY(!opened.error().message.empty());
            continue;
        }
        // What was accepted must be readable to the last byte.
        for (std::size_t i = 0; i < (*opened)->tensors().size(); ++i) {
            const model::TensorInfo& tensor = (*opened)->tensors()[i];
            std::string data(static_cast<std::size_t>(tensor.bytes), '\0');
            const auto read = (*opened)->read(i, 0, std::as_writable_bytes(std::span<char>(data)));
            QVERIFY(read || tensor.dtype == model::DType::Unknown);
        }
    }
    QVERIFY(refused > kRounds / 2); // most of the file is header
}

void TestSafetensors::identityFollowsHeadersOnly()
{
    const std::vector<float> ones(4, 1.0F);
    const std::vector<float> twos(4, 2.0F);
    const auto first = openBytes(SafetensorsWriter().add("w", model::DType::F32, {4}, ones).bytes());
    const auto sameHeader = openBytes(SafetensorsWriter().add("w", model::DType::F32, {4}, twos).bytes());
    const auto otherShape = openBytes(SafetensorsWriter().add("w", model::DType::F32, {2, 2}, ones).bytes());
    QVERIFY(first && sameHeader && otherShape);
    QCOMPARE((*first)->headerIdentity().size(), 32U);
    QCOMPARE((*first)->headerIdentity(), (*sameHeader)->headerIdentity());
    QVERIFY((*first)->headerIdentity() != (*otherShape)->headerIdentity());
    QCOMPARE((*first)->files()[0].headerHash.size(), 32U);
}

void TestSafetensors::readsAreBounded()
{
    const auto opened = openBytes(golden());
    QVERIFY(opened);
    const auto a = *(*opened)->find("a");
    std::array<std::byte, 24> out{};
    QVERIFY((*opened)->read(a, 0, out));
    for (const std::uint64_t offset : {std::uint64_t{1}, std::uint64_t{24}, UINT64_MAX}) {
        const auto read = (*opened)->read(a, offset, out); // would run into the next tensor
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::OutOfRange);
        QCOMPARE(read.error().tensor, std::string("a"));
    }
    QVERIFY(!(*opened)->read(99, 0, out));
}

void TestSafetensors::saysWhenTheFileShrank()
{
    const TempFolder folder;
    const std::string path = folder.file("m.safetensors");
    QVERIFY(writeFile(path, golden()));
    const auto opened = formats::openCheckpoint(path);
    QVERIFY(opened);
    QCOMPARE(::truncate(path.c_str(), 100), 0);
    std::array<std::byte, 24> out{};
    const auto read = (*opened)->read(0, 0, out);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::Format);
    QCOMPARE(read.error().message, std::string("File changed while reading."));
    QCOMPARE(read.error().file, path);
    QCOMPARE(read.error().tensor, (*opened)->tensors()[0].name);
}

void TestSafetensors::refusesWhatIsNoRegularFile()
{
    const TempFolder folder;
    QCOMPARE(::mkfifo(folder.file("m.safetensors").c_str(), 0600), 0);
    for (const std::string& path : {folder.file("m.safetensors"), std::string("/dev/null")}) {
        const auto opened = formats::openCheckpoint(path);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Unsupported);
        QCOMPARE(opened.error().message, std::string("Not a regular file."));
    }
    const auto missing = formats::openCheckpoint(folder.file("missing"));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::Io);
}

void TestSafetensors::manyTensorsOpenFast()
{
    SafetensorsWriter writer;
    for (int i = 0; i < 20'000; ++i)
        writer.addZeros("model.layers." + std::to_string(i / 10) + ".mlp.experts." + std::to_string(i % 10)
                + ".up_proj.weight",
            model::DType::I8, {1, 1});
    const std::string file = writer.bytes();
    QElapsedTimer timer;
    timer.start();
    const auto opened = openBytes(file);
    QVERIFY(opened);
    QCOMPARE((*opened)->tensors().size(), 20'000U);
    QVERIFY2(timer.elapsed() < 5'000, "a quadratic step would take far longer");
}

QTEST_GUILESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
