#include "core/base/float_bits.h"
#include "core/formats/safetensors/checkpoint.h"
#include "core/model/activation_dump.h"
#include "core/model/matrix_reader.h"
#include "tests/support/safetensors_writer.h"

#include <QtTest/QTest>

#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <random>

using namespace bitwright;
using namespace bitwright::model;
using test::SafetensorsWriter;

namespace {

std::shared_ptr<const Checkpoint> checkpointOf(const SafetensorsWriter& writer)
{
    const auto opened = formats::safetensors::openSource(io::memorySource("m.safetensors", writer.bytes()));
    if (!opened)
        qFatal("%s", opened.error().oneLine().c_str());
    return *opened;
}

/// Little-endian bytes of `values` behind `shift` foreign bytes, so that nothing is aligned.
template <typename T>
std::string shifted(const std::vector<T>& values, std::size_t shift)
{
    std::string bytes(shift + values.size() * sizeof(T), '\x5A');
    if (!values.empty())
        std::memcpy(bytes.data() + shift, values.data(), values.size() * sizeof(T));
    return bytes;
}

std::span<const std::byte> after(const std::string& bytes, std::size_t shift)
{
    return std::as_bytes(std::span<const char>(bytes)).subspan(shift);
}

bool sameBits(float a, float b)
{
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

class HandMadeDump final : public ActivationDump
{
public:
    HandMadeDump() { m_path = "x.h5"; }
    std::vector<Site>& editSites() { return m_sites; }
    std::vector<GradientFactors>& editGradients() { return m_gradients; }
    std::vector<OutputGradientSite>& editOutputs() { return m_outputGradients; }
    [[nodiscard]] Result<SampleRows> loadSamples(std::size_t) const override { return SampleRows(); }
    [[nodiscard]] Result<PackedGram> loadGram(std::size_t) const override { return PackedGram(); }
    [[nodiscard]] Result<std::vector<std::int32_t>> loadTokens() const override
    {
        return std::vector<std::int32_t>();
    }
};

Site siteOf(std::string name, SiteKind kind, std::uint64_t channels, std::vector<std::string> tensors)
{
    Site site;
    site.name = std::move(name);
    site.kind = kind;
    site.channels = channels;
    site.tensors = std::move(tensors);
    return site;
}

} // namespace

class TestModelData : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void typeTable();
    void everyCodeEqualsTheScalarConversion_data();
    void everyCodeEqualsTheScalarConversion();
    void everyLengthAndAlignment();
    void wideTypesRoundToNearest();
    void integersAndBooleans();
    void encodesEveryKindOfValue();
    void refusesWhatItCannotConvert();
    void matrixRowsInStoredOrder();
    void matrixOfConv1dIsTransposed_data();
    void matrixOfConv1dIsTransposed();
    void matrixOfOneExpert();
    void matrixLargerThanAStrip();
    void matrixRefusals();
    void histogramQuantiles();
    void sitesAndGradientsByTensor();
    void dumpMustFitTheModel();
};

void TestModelData::typeTable()
{
    for (int i = 0; i < static_cast<int>(DType::Unknown); ++i) {
        const auto type = static_cast<DType>(i);
        QVERIFY(dtypeName(type) != "unknown");
        QCOMPARE(dtypeFromName(dtypeName(type)), type);
        QVERIFY(bitsPerElement(type) > 0);
        QVERIFY(isReadable(type) || !isFloating(type));
    }
    QCOMPARE(dtypeFromName("Q7"), DType::Unknown);
    QCOMPARE(dtypeFromName(""), DType::Unknown);
    QCOMPARE(bitsPerElement(DType::Unknown), 0U);
    QVERIFY(!isReadable(DType::Unknown));
    QCOMPARE(dtypeName(DType::F8E4M3), std::string_view("F8_E4M3"));
    QCOMPARE(bitsPerElement(DType::F4), 4U);
    QCOMPARE(bitsPerElement(DType::C64), 64U);
}

void TestModelData::everyCodeEqualsTheScalarConversion_data()
{
    QTest::addColumn<int>("type");
    for (const DType type : {DType::F16, DType::BF16, DType::F8E4M3, DType::F8E5M2})
        QTest::newRow(std::string(dtypeName(type)).c_str()) << static_cast<int>(type);
}

void TestModelData::everyCodeEqualsTheScalarConversion()
{
    QFETCH(int, type);
    const auto dtype = static_cast<DType>(type);
    const bool wide = bitsPerElement(dtype) == 16;
    const std::size_t codes = wide ? 0x10000 : 0x100;
    std::string bytes;
    for (std::size_t code = 0; code < codes; ++code) {
        bytes += static_cast<char>(code & 0xFF);
        if (wide)
            bytes += static_cast<char>(code >> 8);
    }
    std::vector<float> out(codes);
    QVERIFY(convertToFloat(dtype, after(bytes, 0), out));
    for (std::size_t code = 0; code < codes; ++code) {
        const auto narrow = static_cast<std::uint8_t>(code);
        const auto half = static_cast<std::uint16_t>(code);
        const float expected = dtype == DType::F16 ? floatFromHalf(half)
            : dtype == DType::BF16                 ? floatFromBfloat16(half)
            : dtype == DType::F8E4M3               ? floatFromE4M3(narrow)
                                                   : floatFromE5M2(narrow);
        if (!sameBits(out[code], expected))
            QFAIL(qPrintable(QString::number(code, 16)));
    }
}

void TestModelData::everyLengthAndAlignment()
{
    std::mt19937 random(3);
    for (const DType type : {DType::F16, DType::BF16}) {
        for (std::size_t count = 0; count < 70; ++count) {
            for (std::size_t shift = 0; shift < 4; ++shift) {
                std::vector<std::uint16_t> codes(count);
                for (auto& code : codes)
                    code = static_cast<std::uint16_t>(random());
                const std::string bytes = shifted(codes, shift);
                std::vector<float> out(count + 1, -7.0F); // one more, to see that nothing is written behind
                QVERIFY(convertToFloat(type, after(bytes, shift), std::span(out).first(count)));
                QCOMPARE(out[count], -7.0F);
                for (std::size_t i = 0; i < count; ++i)
                    QVERIFY(sameBits(
                        out[i], type == DType::F16 ? floatFromHalf(codes[i]) : floatFromBfloat16(codes[i])));
            }
        }
    }
}

void TestModelData::wideTypesRoundToNearest()
{
    const std::vector<double> doubles{
        1.0 + 0x1p-24, 1.0 + 0x3p-24, -1e300, 1e-50, std::nan(""), 0x1p-149, -0.0};
    std::vector<float> out(doubles.size());
    std::string bytes = shifted(doubles, 3);
    QVERIFY(convertToFloat(DType::F64, after(bytes, 3), out));
    QCOMPARE(out[0], 1.0F); // tie to even
    QCOMPARE(out[1], 1.0F + 0x1p-22F);
    QVERIFY(std::isinf(out[2]) && out[2] < 0);
    QCOMPARE(out[3], 0.0F);
    QVERIFY(std::isnan(out[4]));
    QCOMPARE(out[5], 0x1p-149F);
    QVERIFY(sameBits(out[6], -0.0F));
    const std::vector<std::int64_t> longs{(1LL << 24) + 1, (1LL << 24) + 3, INT64_MIN, -1};
    out.resize(longs.size());
    bytes = shifted(longs, 1);
    QVERIFY(convertToFloat(DType::I64, after(bytes, 1), out));
    QCOMPARE(out[0], 16777216.0F);
    QCOMPARE(out[1], 16777220.0F);
    QCOMPARE(out[2], -0x1p63F);
    QCOMPARE(out[3], -1.0F);
    const std::vector<float> floats{1.5F, std::bit_cast<float>(0x7FA00001U), -0.0F};
    out.resize(floats.size());
    bytes = shifted(floats, 1);
    QVERIFY(convertToFloat(DType::F32, after(bytes, 1), out));
    QCOMPARE(std::memcmp(out.data(), floats.data(), 12), 0);
}

void TestModelData::integersAndBooleans()
{
    std::vector<float> out(3);
    const std::vector<std::int32_t> ints{INT32_MIN, 7, (1 << 24) + 1};
    std::string bytes = shifted(ints, 1);
    QVERIFY(convertToFloat(DType::I32, after(bytes, 1), out));
    QCOMPARE(out, (std::vector<float>{-0x1p31F, 7.0F, 16777216.0F}));
    const std::vector<std::int16_t> shorts{INT16_MIN, -1, 300};
    bytes = shifted(shorts, 1);
    QVERIFY(convertToFloat(DType::I16, after(bytes, 1), out));
    QCOMPARE(out, (std::vector<float>{-32768.0F, -1.0F, 300.0F}));
    const std::string eight("\x80\xFF\x7F", 3);
    QVERIFY(convertToFloat(DType::I8, after(eight, 0), out));
    QCOMPARE(out, (std::vector<float>{-128.0F, -1.0F, 127.0F}));
    QVERIFY(convertToFloat(DType::U8, after(eight, 0), out));
    QCOMPARE(out, (std::vector<float>{128.0F, 255.0F, 127.0F}));
    const std::string flags("\0\1\2", 3);
    QVERIFY(convertToFloat(DType::Bool, after(flags, 0), out));
    QCOMPARE(out, (std::vector<float>{0.0F, 1.0F, 1.0F}));
}

void TestModelData::encodesEveryKindOfValue()
{
    std::mt19937 random(5);
    std::vector<float> values{0.0F, -0.0F, std::numeric_limits<float>::max(), 1.0F + 1.0F / 256.0F,
        std::bit_cast<float>(0x7F800001U), std::bit_cast<float>(0xFFFFFFFFU),
        -std::numeric_limits<float>::infinity(), 65520.0F};
    for (int i = 0; i < 20'011; ++i)
        values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
    for (const DType type : {DType::F16, DType::BF16}) {
        std::string bytes(values.size() * 2 + 1, '\0');
        QVERIFY(convertFromFloat(type, values, std::as_writable_bytes(std::span<char>(bytes)).subspan(1)));
        for (std::size_t i = 0; i < values.size(); ++i) {
            std::uint16_t code = 0;
            std::memcpy(&code, bytes.data() + 1 + 2 * i, 2);
            QCOMPARE(code, type == DType::F16 ? halfFromFloat(values[i]) : bfloat16FromFloat(values[i]));
        }
    }
    std::string wide(values.size() * 8, '\0');
    QVERIFY(convertFromFloat(DType::F64, values, std::as_writable_bytes(std::span<char>(wide))));
    std::vector<float> back(values.size());
    QVERIFY(convertToFloat(DType::F64, after(wide, 0), back));
    for (std::size_t i = 0; i < values.size(); ++i)
        QVERIFY(back[i] == values[i] || (std::isnan(back[i]) && std::isnan(values[i])));
}

void TestModelData::refusesWhatItCannotConvert()
{
    std::array<float, 4> out{};
    const std::string bytes(15, '\0');
    const auto tooShort = convertToFloat(DType::F32, after(bytes, 0), out);
    QVERIFY(!tooShort);
    QCOMPARE(tooShort.error().code, ErrorCode::OutOfRange);
    for (const DType type : {DType::F4, DType::U32, DType::C64, DType::F8E8M0, DType::Unknown}) {
        const auto refused = convertToFloat(type, after(bytes, 0), std::span(out).first(1));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Unsupported);
    }
    std::string room(16, '\0');
    QCOMPARE(convertFromFloat(DType::I8, out, std::as_writable_bytes(std::span<char>(room))).error().code,
        ErrorCode::Unsupported);
    QCOMPARE(convertFromFloat(DType::F64, out, std::as_writable_bytes(std::span<char>(room))).error().code,
        ErrorCode::OutOfRange);
}

void TestModelData::matrixRowsInStoredOrder()
{
    std::vector<float> values(5 * 3);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = float(i);
    const auto model = checkpointOf(
        SafetensorsWriter().add("pad", "U8", {1}, "x").add("w.weight", DType::BF16, {5, 3}, values));
    const auto reader = MatrixReader::open(*model, *model->find("w.weight"));
    QVERIFY(reader);
    QCOMPARE(reader->rows(), 5U);
    QCOMPARE(reader->cols(), 3U);
    const auto all = reader->readAll();
    QVERIFY(all);
    QCOMPARE(*all, values);
    std::vector<float> part(6);
    QVERIFY(reader->readRows(2, 4, part));
    QCOMPARE(part, (std::vector<float>{6, 7, 8, 9, 10, 11}));
    QVERIFY(reader->readRows(5, 5, {}));
    QCOMPARE(reader->rowsPerTile(0), 1U);
    QCOMPARE(reader->rowsPerTile(24), 2U);
    QCOMPARE(reader->rowsPerTile(1 << 20), 5U);
}

void TestModelData::matrixOfConv1dIsTransposed_data()
{
    QTest::addColumn<int>("inputs");
    QTest::addColumn<int>("outputs");
    QTest::addColumn<int>("rowsAtOnce");
    QTest::newRow("whole") << 7 << 21 << 21;
    QTest::newRow("one row") << 7 << 21 << 1;
    QTest::newRow("half") << 40 << 120 << 61; // read through
    QTest::newRow("few") << 40 << 120 << 7; // read row by row
    QTest::newRow("several strips") << 700 << 2100 << 1300;
}

void TestModelData::matrixOfConv1dIsTransposed()
{
    QFETCH(int, inputs);
    QFETCH(int, outputs);
    QFETCH(int, rowsAtOnce);
    const auto k = static_cast<std::size_t>(inputs);
    const auto n = static_cast<std::size_t>(outputs);
    std::vector<float> values(k * n);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = float(i % 251) - 100.0F;
    const auto model
        = checkpointOf(SafetensorsWriter().add("h.0.attn.c_attn.weight", DType::F16, {k, n}, values));
    const auto reader = MatrixReader::open(*model, 0);
    QVERIFY(reader);
    QCOMPARE(reader->info().orientation, Orientation::InOut);
    QCOMPARE(reader->rows(), n);
    QCOMPARE(reader->cols(), k);
    const auto step = static_cast<std::size_t>(rowsAtOnce);
    std::vector<float> tile;
    for (std::size_t begin = 0; begin < n; begin += step) {
        const std::size_t end = std::min(n, begin + step);
        tile.assign((end - begin) * k, -1e9F);
        QVERIFY(reader->readRows(begin, end, tile));
        for (std::size_t row = begin; row < end; ++row) {
            for (std::size_t col = 0; col < k; ++col) {
                if (tile[(row - begin) * k + col] != values[col * n + row])
                    QFAIL(qPrintable(QStringLiteral("row %1 column %2").arg(row).arg(col)));
            }
        }
    }
}

void TestModelData::matrixOfOneExpert()
{
    std::vector<float> values(3 * 4 * 2);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = float(i);
    const auto model = checkpointOf(
        SafetensorsWriter().add("model.layers.0.mlp.experts.down_proj", DType::F32, {3, 4, 2}, values));
    for (std::uint64_t expert = 0; expert < 3; ++expert) {
        const auto reader = MatrixReader::open(*model, 0, expert);
        QVERIFY(reader);
        const auto all = reader->readAll();
        QVERIFY(all);
        QCOMPARE(*all,
            std::vector<float>(values.begin() + long(expert) * 8, values.begin() + long(expert + 1) * 8));
    }
    const auto beyond = MatrixReader::open(*model, 0, 3);
    QVERIFY(!beyond);
    QCOMPARE(beyond.error().code, ErrorCode::OutOfRange);
}

void TestModelData::matrixLargerThanAStrip()
{
    std::vector<float> values(600 * 1001);
    std::mt19937 random(9);
    for (float& value : values)
        value = floatFromBfloat16(static_cast<std::uint16_t>(0x3000U + random() % 0x1000U));
    const auto model = checkpointOf(SafetensorsWriter().add("w.weight", DType::BF16, {600, 1001}, values));
    const auto reader = MatrixReader::open(*model, 0);
    QVERIFY(reader);
    const auto all = reader->readAll();
    QVERIFY(all);
    QVERIFY(*all == values);
}

void TestModelData::matrixRefusals()
{
    const auto model = checkpointOf(SafetensorsWriter()
                                        .addZeros("vector.weight", DType::F32, {4})
                                        .addZeros("w.weight", DType::F32, {2, 2})
                                        .addZeros("codes.weight", DType::U32, {2, 2}));
    const auto vector = MatrixReader::open(*model, *model->find("vector.weight"));
    QVERIFY(!vector);
    QCOMPARE(vector.error().code, ErrorCode::Unsupported);
    QCOMPARE(vector.error().tensor, std::string("vector.weight"));
    QCOMPARE(MatrixReader::open(*model, *model->find("codes.weight")).error().code, ErrorCode::Unsupported);
    QCOMPARE(MatrixReader::open(*model, 99).error().code, ErrorCode::OutOfRange);
    const auto reader = MatrixReader::open(*model, *model->find("w.weight"));
    QVERIFY(reader);
    std::array<float, 4> out{};
    QCOMPARE(reader->readRows(0, 3, out).error().code, ErrorCode::OutOfRange);
    QCOMPARE(reader->readRows(2, 1, out).error().code, ErrorCode::OutOfRange);
    QCOMPARE(reader->readRows(0, 1, out).error().code, ErrorCode::InvalidArgument);
}

void TestModelData::histogramQuantiles()
{
    LogHistogram histogram;
    QVERIFY(!histogram.quantile(0.5));
    histogram.counts[256] = 100; // 1 <= |x| < 10^(1/32)
    QCOMPARE(histogram.total(), 100U);
    QCOMPARE(*histogram.quantile(0.0), 1.0);
    QVERIFY(std::abs(*histogram.quantile(0.5) - std::pow(10.0, 0.5 / 32)) < 1e-12);
    QVERIFY(std::abs(*histogram.quantile(1.0) - std::pow(10.0, 1.0 / 32)) < 1e-12);
    QCOMPARE(*histogram.quantile(2.0), *histogram.quantile(1.0));
    histogram.zeros = 100;
    QCOMPARE(*histogram.quantile(0.5), 0.0);
    QVERIFY(std::abs(*histogram.quantile(0.75) - std::pow(10.0, 0.5 / 32)) < 1e-12);
    histogram.counts[511] = 200;
    QVERIFY(std::abs(*histogram.quantile(1.0) - 1e8) < 1.0);
    QVERIFY(!histogram.quantile(std::nan("")));
    LogHistogram zeros;
    zeros.zeros = 3;
    QCOMPARE(*zeros.quantile(1.0), 0.0);
}

void TestModelData::sitesAndGradientsByTensor()
{
    HandMadeDump dump;
    dump.editSites()
        = {siteOf("out", SiteKind::OutputOf, 4, {"w"}), siteOf("in", SiteKind::InputOf, 2, {"v", "w"})};
    dump.editGradients() = {GradientFactors{"w", {1, 1, 1, 1}, {1, 1}, 1, 1}};
    QCOMPARE(dump.inputSiteOf("w"), std::optional<std::size_t>(1));
    QVERIFY(!dump.inputSiteOf("x"));
    QVERIFY(dump.gradientOf("w") != nullptr);
    QVERIFY(dump.gradientOf("v") == nullptr);
    QCOMPARE(siteKindName(SiteKind::InputOf), std::string_view("input_of"));
    QCOMPARE(siteKindName(SiteKind::OutputOf), std::string_view("output_of"));
    QCOMPARE(siteKindName(SiteKind::Residual), std::string_view("residual"));
}

void TestModelData::dumpMustFitTheModel()
{
    const auto model = checkpointOf(SafetensorsWriter()
                                        .addZeros("w.weight", DType::F32, {4, 2})
                                        .addZeros("norm.weight", DType::F32, {9}));
    HandMadeDump good;
    good.editSites() = {siteOf("in", SiteKind::InputOf, 2, {"w.weight"}),
        siteOf("out", SiteKind::OutputOf, 4, {"w.weight"}), siteOf("residual", SiteKind::Residual, 4, {}),
        siteOf("norm", SiteKind::InputOf, 4, {"norm.weight"})};
    good.editGradients() = {GradientFactors{"w.weight", {1, 1, 1, 1}, {1, 1}, 1, 1}};
    QVERIFY(checkDumpFits(good, *model));

    HandMadeDump channels;
    channels.editSites() = {siteOf("layer0.in", SiteKind::InputOf, 3, {"w.weight"})};
    const auto wrong = checkDumpFits(channels, *model);
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().code, ErrorCode::Mismatch);
    const std::string line = wrong.error().oneLine();
    QVERIFY(line.find("layer0.in") != std::string::npos && line.find("w.weight") != std::string::npos);
    QVERIFY(line.find("3 channels") != std::string::npos && line.find("2 inputs") != std::string::npos);
    QVERIFY(line.find('\n') == std::string::npos);

    // A tied head has no tensor of its own; the embedding's shape counts.
    const auto tied
        = checkpointOf(SafetensorsWriter().addZeros("model.embed_tokens.weight", DType::F32, {9, 2}));
    HandMadeDump head;
    head.editSites() = {siteOf("lm_head.in", SiteKind::InputOf, 2, {"lm_head.weight"})};
    QVERIFY(checkDumpFits(head, *tied));
    head.editSites()[0].channels = 3;
    QCOMPARE(checkDumpFits(head, *tied).error().code, ErrorCode::Mismatch);
    QCOMPARE(checkDumpFits(head, *model).error().code, ErrorCode::Mismatch);

    HandMadeDump outputs;
    outputs.editSites() = {siteOf("out", SiteKind::OutputOf, 2, {"w.weight"})};
    QCOMPARE(checkDumpFits(outputs, *model).error().code, ErrorCode::Mismatch);
    HandMadeDump stranger;
    stranger.editSites() = {siteOf("in", SiteKind::InputOf, 2, {"other.weight"})};
    QCOMPARE(checkDumpFits(stranger, *model).error().code, ErrorCode::Mismatch);
    HandMadeDump gradients;
    gradients.editGradients() = {GradientFactors{"w.weight", {1, 1}, {1, 1, 1, 1}, 1, 1}};
    QCOMPARE(checkDumpFits(gradients, *model).error().code, ErrorCode::Mismatch);

    // Experts of a stack have gradients of their own.
    const std::string stack = "model.layers.0.mlp.experts.down_proj";
    const auto routed = checkpointOf(SafetensorsWriter().addZeros(stack, DType::F32, {3, 4, 2}));
    for (const auto& [name, fits] : std::map<std::string, bool>{{"[0]", true}, {"[2]", true}, {"[3]", false},
             {"[02]", false}, {"[2", false}, {"[]", false}, {"[-1]", false}, {"[2]x", false}, {"x[2]", false},
             {"[99999999999999999999]", false}}) {
        gradients.editGradients() = {GradientFactors{stack + name, {1, 1, 1, 1}, {1, 1}, 1, 1}};
        QVERIFY2(checkDumpFits(gradients, *routed).has_value() == fits, name.c_str());
    }
    gradients.editGradients() = {GradientFactors{"w.weight[0]", {1, 1, 1, 1}, {1, 1}, 1, 1}};
    QCOMPARE(checkDumpFits(gradients, *model).error().code, ErrorCode::Mismatch);
    HandMadeDump rows;
    rows.editOutputs() = {{stack + "[1]", 5, 4, 2}, {stack + "[2]", 5, 4, 0}};
    QVERIFY(checkDumpFits(rows, *routed));
    rows.editOutputs()[0].inputs = 3;
    QCOMPARE(checkDumpFits(rows, *routed).error().code, ErrorCode::Mismatch);
    rows.editOutputs()[0] = {stack + "[1]", 5, 3, 2};
    QCOMPARE(checkDumpFits(rows, *routed).error().code, ErrorCode::Mismatch);
}

QTEST_GUILESS_MAIN(TestModelData)
#include "tst_model_data.moc"
