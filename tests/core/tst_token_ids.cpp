#include "core/formats/token_ids.h"
#include "core/session/token_input.h"
#include "tests/support/forward_models.h"
#include "tests/support/temp_folder.h"

#include <QTest>

#include <cstring>

using namespace bitwright;
using formats::TokenSequences;

namespace {

Result<TokenSequences> parse(const std::string& bytes)
{
    return formats::parseTokens(*io::memorySource("ids", bytes));
}

template <typename T>
std::string bytesOf(const std::vector<T>& values, bool swapped = false)
{
    std::string bytes(values.size() * sizeof(T), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    if (swapped)
        for (std::size_t i = 0; i < bytes.size(); i += sizeof(T))
            std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                bytes.begin() + static_cast<std::ptrdiff_t>(i + sizeof(T)));
    return bytes;
}

/// An array as NumPy writes it, its header padded to 64 bytes.
std::string array(const std::string& type, const std::string& shape, const std::string& data,
    bool fortran = false, char version = 1)
{
    std::string header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False")
        + ", 'shape': (" + shape + "), }";
    const std::size_t before = version == 1 ? 10 : 12;
    header.resize((before + header.size() + 64) / 64 * 64 - before, ' ');
    header.back() = '\n';
    std::string bytes = "\x93NUMPY";
    bytes += version;
    bytes += '\0';
    for (std::size_t i = 0; i < before - 8; ++i)
        bytes += static_cast<char>(header.size() >> (8 * i) & 0xFFU);
    return bytes + header + data;
}

const TokenSequences kTwo{{1, 2, 3}, {4, 5, 600}};

} // namespace

class TestTokenIds : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void arrays()
    {
        const std::vector<std::int32_t> signedIds{1, 2, 3, 4, 5, 600};
        QCOMPARE(parse(array("<i4", "2, 3", bytesOf(signedIds))).value(), kTwo);
        QCOMPARE(parse(array(">i4", "2, 3", bytesOf(signedIds, true))).value(), kTwo);
        QCOMPARE(parse(array("<i4", "2, 3", bytesOf(signedIds), false, 2)).value(), kTwo);
        const std::vector<std::int64_t> longer{1, 2, 3, 4, 5, 600};
        QCOMPARE(parse(array("<i8", "2, 3", bytesOf(longer))).value(), kTwo);
        const std::vector<std::uint16_t> shorter{1, 4, 2, 5, 3, 600};
        QCOMPARE(parse(array("<u2", "2, 3", bytesOf(shorter), true)).value(), kTwo);
        const std::vector<std::uint8_t> bytes{7, 255};
        QCOMPARE(parse(array("|u1", "2,", bytesOf(bytes))).value(), (TokenSequences{{7, 255}}));
    }

    void badArrays_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char* name, const std::string& bytes, ErrorCode code, const char* words) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << static_cast<int>(code)
                                << QByteArray(words);
        };
        const std::string data = bytesOf(std::vector<std::int32_t>{1, 2, 3, 4, 5, 6});
        row("floats", array("<f4", "2, 3", data), ErrorCode::Format, "whole numbers");
        row("records", array("[('a', '<i4')]", "6,", data), ErrorCode::Format, "whole numbers");
        row("three axes", array("<i4", "1, 2, 3", data), ErrorCode::Format, "shape");
        row("a number", array("<i4", "", bytesOf(std::vector<std::int32_t>{1})), ErrorCode::Format,
            "single number");
        row("too large", array("<i4", "4294967296, 4294967296", data), ErrorCode::Format, "does not fit");
        row("too short", array("<i4", "2, 2", data), ErrorCode::Format, "does not fit");
        row("nothing", array("<i4", "0, 3", ""), ErrorCode::Format, "no token ids");
        row("negative", array("<i4", "2,", bytesOf(std::vector<std::int32_t>{5, -1})), ErrorCode::Format,
            "negative");
        row("too many bits", array("<u8", "1,", bytesOf(std::vector<std::uint64_t>{std::uint64_t{1} << 32U})),
            ErrorCode::OutOfRange, "32 bits");
        row("version", array("<i4", "6,", data, false, 9), ErrorCode::Format, "version");
    }

    void badArrays()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const int, code);
        QFETCH(const QByteArray, words);
        const auto sequences = parse(bytes.toStdString());
        QVERIFY(!sequences);
        QCOMPARE(static_cast<int>(sequences.error().code), code);
        QVERIFY2(sequences.error().message.find(words.toStdString()) != std::string::npos,
            sequences.error().message.c_str());
    }

    void cutOffAnywhere()
    {
        const std::string whole = array("<i4", "2, 3", bytesOf(std::vector<std::int32_t>{1, 2, 3, 4, 5, 6}));
        for (std::size_t length = 6; length < whole.size(); ++length) {
            const auto sequences = parse(whole.substr(0, length));
            QVERIFY(!sequences && sequences.error().code == ErrorCode::Format);
        }
    }

    void lines()
    {
        QCOMPARE(parse("1 2 3\r\n\n 4,5,\t600").value(), kTwo);
        const auto word = parse("1 2\n3 four\n");
        QVERIFY(!word && word.error().message.find("Line 2: \"four\"") != std::string::npos);
        QVERIFY(!parse("1 -2") && parse("1 -2").error().code == ErrorCode::Format);
        QVERIFY(!parse("1 nan"));
        QVERIFY(!parse("1.5"));
        QCOMPARE(parse("99999999999").error().code, ErrorCode::OutOfRange);
        QVERIFY(!parse("") && !parse(" \n\n"));
        test::TempFolder folder;
        QVERIFY(test::writeFile(folder.file("ids"), "8 nine"));
        QVERIFY(
            formats::readTokenFile(folder.file("ids")).error().oneLine().find("ids") != std::string::npos);
        QCOMPARE(formats::readTokenFile(folder.file("none")).error().code, ErrorCode::Io);
    }

    void batches()
    {
        const auto model = test::openFamily("llama");
        QVERIFY(model);
        const forward::Architecture& architecture = model->architecture();
        const TokenSequences given{{1, 2, 3, 4, 5}, {6}, {7, 8, 9}};
        const auto batch = session::batchOf(architecture, given, {0, 2});
        QVERIFY(batch);
        QCOMPARE(session::sequencesOf(*batch), (TokenSequences{{1, 2}, {3, 4}, {5}, {6}, {7, 8}, {9}}));
        QCOMPARE(batch->starts, (std::vector<std::size_t>{0, 2, 4, 5, 6, 8, 9}));
        QCOMPARE(
            session::batchOf(architecture, given, {7, 0})->starts, (std::vector<std::size_t>{0, 5, 6, 7}));
        QCOMPARE(session::batchOf(architecture, given, {0, 2, 3})->ids,
            (std::vector<std::uint32_t>{5, 6, 7, 8, 9}));
        QCOMPARE(session::batchOf(architecture, given, {0, 2, 99}).error().code,
            ErrorCode::OutOfRange); // bad input
        QCOMPARE(session::batchOf(architecture, {{1, 96}}, {}).error().code, ErrorCode::OutOfRange);
        QCOMPARE(session::batchOf(architecture, given, {0, 1'000'000}).error().code, ErrorCode::OutOfRange);
        QCOMPARE(session::batchOf(architecture, {{}}, {}).error().code, ErrorCode::InvalidArgument);
        const auto parts = session::partsOf(*batch, 3);
        QCOMPARE(parts.size(), std::size_t{3});
        QCOMPARE(parts[0].ids, (std::vector<std::uint32_t>{1, 2, 3, 4}));
        QCOMPARE(parts[1].starts, (std::vector<std::size_t>{0, 1, 2, 4}));
        QCOMPARE(parts[2].ids, (std::vector<std::uint32_t>{9}));
    }
};

QTEST_GUILESS_MAIN(TestTokenIds)
#include "tst_token_ids.moc"
