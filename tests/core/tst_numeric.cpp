#include "core/base/float_bits.h"
#include "core/numeric/code_kernels.h"
#include "core/numeric/quantized_matrix.h"

#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

using namespace bitwright;
using namespace bitwright::numeric;

namespace {

GridSpec grid(std::string_view id)
{
    const auto parsed = gridFromId(id);
    if (!parsed)
        qFatal("%s", parsed.error().oneLine().c_str());
    return *parsed;
}

/// Nearest code of one value by scalar double arithmetic, independent of the SIMD kernels.
std::uint8_t referenceCode(const GridSpec& spec, float value, float scale, int zero)
{
    const float ratio = value / scale;
    if (spec.element == ElementKind::Minifloat)
        return e4m3FromFloat(ratio);
    if (spec.element == ElementKind::Codebook) {
        std::size_t best = 0;
        const auto levels = nf4Levels();
        for (std::size_t i = 1; i < levels.size(); ++i)
            if (ratio > (levels[i - 1] + levels[i]) / 2)
                best = i;
        return static_cast<std::uint8_t>(best);
    }
    const double rounded = std::nearbyint(double(ratio));
    if (spec.hasZeros())
        return static_cast<std::uint8_t>(std::clamp(rounded + zero, 0.0, double(spec.maxLevel())));
    const double level = std::clamp(rounded, double(spec.minLevel()), double(spec.maxLevel()));
    return static_cast<std::uint8_t>(level + (1 << (spec.bits - 1)));
}

float referenceValue(const GridSpec& spec, std::uint8_t code, float scale, int zero)
{
    if (spec.element == ElementKind::Minifloat)
        return floatFromE4M3(code) * scale;
    if (spec.element == ElementKind::Codebook)
        return nf4Levels()[code] * scale;
    return static_cast<float>(int(code) - (spec.hasZeros() ? zero : 1 << (spec.bits - 1))) * scale;
}

const std::vector<std::string> kSomeIds{"int2-sym-g32", "int3-narrow-g64", "int4-sym-g128", "int4-asym-g32",
    "int5-asym-row", "int6-narrow-row", "int7-sym-g7", "int8-asym-g128", "int8-narrow-g1", "fp8-e4m3-row",
    "fp8-e4m3-g128", "nf4-g64", "int4-sym-g128-bf16", "int4-sym-row-f32", "nf4-g64-f16", "fp8-e4m3-row-bf16"};

} // namespace

class TestNumeric : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void idsRoundTrip();
    void wrongIdsAreRefused_data();
    void wrongIdsAreRefused();
    void groupsCoverTheRow();
    void storedBytesCountEverything();
    void scalesRoundToTheirType();
    void levelsOfEveryFormat();
    void rowsEncodeAndDecodeLikeTheReference();
    void tiesFollowTheFormat();
    void lanesEqualRows();
    void scansFindRangesAndBadValues();
    void powerErrorIsThePower();
    void everyCodeDecodes();
};

void TestNumeric::idsRoundTrip()
{
    std::set<std::string> seen;
    for (const auto& id : kSomeIds) {
        const auto spec = grid(id);
        QCOMPARE(spec.id(), id);
        QVERIFY(gridFromId(spec.id()) == spec);
        seen.insert(spec.id());
    }
    QCOMPARE(seen.size(), kSomeIds.size());
    QVERIFY(grid("int4-sym-g128").convention == IntegerConvention::SymHalf);
    QVERIFY(grid("int4-sym-g128").scaleType == ScaleType::F16);
    QVERIFY(grid("nf4-g64").tie == TieRule::ToLower);
    QCOMPARE(grid("int4-sym-g128").withScaleType(ScaleType::BF16).id(), std::string("int4-sym-g128-bf16"));
}

void TestNumeric::wrongIdsAreRefused_data()
{
    QTest::addColumn<QString>("id");
    for (const char* id : {"", "int4", "int4-sym", "int9-sym-g128", "int1-sym-row", "int4-half-g128",
             "int4-sym-g0", "int4-sym-g", "int4-sym-g0128", "int4-sym-g-1", "int4-sym-g9999999",
             "int4-sym-g128-", "int4-sym-g128-f16", "int4-sym-g128-f64", "int4-sym-g128-bf16-x", "fp8-row",
             "fp8-e5m2-row", "nf4", "nf4-f32-g64", "INT4-sym-g128", "int4-sym-g99999999999999999999",
             " int4-sym-g128", "int44-sym-row", "-", "--"})
        QTest::newRow(id) << QString::fromLatin1(id);
}

void TestNumeric::wrongIdsAreRefused()
{
    QFETCH(QString, id);
    const auto parsed = gridFromId(id.toStdString());
    QVERIFY(!parsed);
    QVERIFY(parsed.error().code == ErrorCode::InvalidArgument);
    QVERIFY(!parsed.error().message.empty());
}

void TestNumeric::groupsCoverTheRow()
{
    QCOMPARE(grid("int4-sym-g128").groupsPerRow(256), std::uint64_t{2});
    QCOMPARE(grid("int4-sym-g128").groupsPerRow(257), std::uint64_t{3});
    QCOMPARE(grid("int4-sym-g128").groupsPerRow(1), std::uint64_t{1});
    QCOMPARE(grid("int4-sym-row").groupsPerRow(4096), std::uint64_t{1});
    QCOMPARE(grid("int4-sym-row").groupsPerRow(0), std::uint64_t{0});
}

void TestNumeric::storedBytesCountEverything()
{
    // 64 rows x 256 columns, 2 groups: codes + F16 scales (+ zero points packed down the rows).
    QCOMPARE(grid("int4-sym-g128").storedBytes(64, 256), std::uint64_t{64 * 128 + 64 * 2 * 2});
    QCOMPARE(grid("int4-asym-g128").storedBytes(64, 256),
        std::uint64_t{64 * 128 + 64 * 2 * 2 + 2 * (64 * 4 / 32) * 4});
    QCOMPARE(grid("int4-asym-g128").storedBytes(65, 256), std::uint64_t{65 * 128 + 65 * 2 * 2 + 2 * 9 * 4});
    QCOMPARE(
        grid("int3-sym-row").storedBytes(10, 11), std::uint64_t{10 * 8 + 10 * 2}); // 33 bits take two words
    QCOMPARE(grid("int8-sym-g128-f32").storedBytes(3, 130), std::uint64_t{3 * 33 * 4 + 3 * 2 * 4});
    QCOMPARE(grid("fp8-e4m3-row").storedBytes(10, 33), std::uint64_t{330 + 40});
    QCOMPARE(grid("nf4-g64").storedBytes(3, 65), std::uint64_t{98 + 3 * 2 * 4});
    QCOMPARE(grid("nf4-g64").bitsPerWeight(1024, 1024), 4.5);
    QCOMPARE(grid("int4-sym-g128").bitsPerWeight(4096, 4096), 4.125);
    QCOMPARE(grid("int4-asym-g128").bitsPerWeight(4096, 4096), 4.125 + 4.0 / 128);
    QCOMPARE(grid("int2-sym-g32").bitsPerWeight(128, 128), 2.5);
    QCOMPARE(grid("int4-sym-g128").storedBytes(0, 256), std::uint64_t{0});
    QCOMPARE(grid("int4-sym-g128").bitsPerWeight(0, 0), 0.0);
}

void TestNumeric::scalesRoundToTheirType()
{
    QCOMPARE(roundScale(ScaleType::F32, 0.1F), 0.1F);
    QCOMPARE(roundScale(ScaleType::F16, 0.1F), floatFromHalf(halfFromFloat(0.1F)));
    QCOMPARE(roundScale(ScaleType::BF16, 0.1F), floatFromBfloat16(bfloat16FromFloat(0.1F)));
    // What would vanish becomes the smallest positive value, what does not fit becomes Inf.
    QVERIFY(roundScale(ScaleType::F16, 1e-12F) == std::ldexp(1.0F, -24));
    QVERIFY(roundScale(ScaleType::BF16, 1e-45F) == std::ldexp(1.0F, -133));
    QVERIFY(roundScale(ScaleType::F32, 0.0F) == std::ldexp(1.0F, -149));
    QVERIFY(std::isinf(roundScale(ScaleType::F16, 70000.0F)));
    QVERIFY(std::isinf(roundScale(ScaleType::BF16, 3.4e38F)));
}

void TestNumeric::levelsOfEveryFormat()
{
    const auto count = [](std::string_view id) { return gridLevels(grid(id), 1.0F, 3).size(); };
    QCOMPARE(count("int4-sym-row"), std::size_t{16});
    QCOMPARE(count("int4-narrow-row"), std::size_t{15});
    QCOMPARE(count("int2-narrow-row"), std::size_t{3});
    QCOMPARE(count("int8-asym-row"), std::size_t{256});
    QCOMPARE(count("fp8-e4m3-row"), std::size_t{253});
    QCOMPARE(count("nf4-g64"), std::size_t{16});
    const auto asym = gridLevels(grid("int2-asym-row"), 0.5F, 1);
    QVERIFY((asym == std::vector<float>{-0.5F, 0.0F, 0.5F, 1.0F}));
    const auto half = gridLevels(grid("int4-sym-row"), 0.25F, 0);
    QCOMPARE(half.front(), -2.0F);
    QCOMPARE(half.back(), 1.75F);
    for (const auto& id : kSomeIds) {
        const auto levels = gridLevels(grid(id), 0.37F, 2);
        QVERIFY(std::is_sorted(levels.begin(), levels.end()));
        QVERIFY(std::adjacent_find(levels.begin(), levels.end()) == levels.end());
        QVERIFY(std::find(levels.begin(), levels.end(), 0.0F) != levels.end());
    }
}

void TestNumeric::rowsEncodeAndDecodeLikeTheReference()
{
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    for (const auto& id : kSomeIds) {
        const auto spec = grid(id);
        for (const std::size_t cols :
            {std::size_t{1}, std::size_t{31}, std::size_t{300}, std::size_t{1027}}) {
            const std::size_t width = spec.groupWidth(cols);
            const std::size_t groups = spec.groupsPerRow(cols);
            std::vector<float> row(cols), scales(groups), decoded(cols);
            std::vector<std::uint8_t> zeros(spec.hasZeros() ? groups : 0), codes(cols);
            for (float& value : row)
                value = normal(random);
            for (float& scale : scales)
                scale = 0.01F + std::abs(normal(random)) / 5;
            for (auto& zero : zeros)
                zero = static_cast<std::uint8_t>(random() % (1U << spec.bits));
            encodeRow(spec, row, width, scales, zeros, codes);
            decodeRow(spec, codes, width, scales, zeros, decoded);
            for (std::size_t i = 0; i < cols; ++i) {
                const std::size_t g = i / width;
                const int zero = zeros.empty() ? 0 : zeros[g];
                QCOMPARE(int(codes[i]), int(referenceCode(spec, row[i], scales[g], zero)));
                QVERIFY(decoded[i] == referenceValue(spec, codes[i], scales[g], zero));
            }
        }
    }
}

void TestNumeric::tiesFollowTheFormat()
{
    const std::vector<float> values{-1.5F, -0.5F, 0.5F, 1.5F, 2.5F, 100.0F, -100.0F};
    std::vector<std::uint8_t> codes(values.size());
    const std::vector<float> one{1.0F};
    encodeRow(grid("int4-sym-row"), values, values.size(), one, {}, codes);
    QVERIFY((codes == std::vector<std::uint8_t>{6, 8, 8, 10, 10, 15, 0}));
    encodeRow(grid("int4-narrow-row"), values, values.size(), one, {}, codes);
    QVERIFY((codes == std::vector<std::uint8_t>{6, 8, 8, 10, 10, 15, 1}));
    const std::vector<std::uint8_t> zero{3};
    encodeRow(grid("int4-asym-row"), values, values.size(), one, zero,
        codes); // rounded before the zero point is added
    QVERIFY((codes == std::vector<std::uint8_t>{1, 3, 3, 5, 5, 15, 0}));
    const auto levels = nf4Levels();
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
        const float middle = (levels[i] + levels[i + 1]) / 2;
        const std::vector<float> around{middle, std::nextafter(middle, 2.0F)};
        std::vector<std::uint8_t> pair(2);
        encodeRow(grid("nf4-row"), around, 2, one, {}, pair);
        QCOMPARE(std::size_t{pair[0]}, i);
        QCOMPARE(std::size_t{pair[1]}, i + 1);
    }
}

void TestNumeric::lanesEqualRows()
{
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    constexpr std::size_t lanes = 53; // not a multiple of any vector
    for (const auto& id : kSomeIds) {
        const auto spec = grid(id);
        std::vector<float> values(lanes), scales(lanes), zeros(lanes), decoded(lanes);
        std::vector<std::uint8_t> codes(lanes);
        for (std::size_t i = 0; i < lanes; ++i) {
            values[i] = normal(random);
            scales[i] = 0.02F + std::abs(normal(random)) / 4;
            zeros[i] = spec.hasZeros() ? static_cast<float>(random() % (1U << spec.bits)) : 0.0F;
        }
        encodeLanes(spec, values, scales, zeros, codes, decoded);
        for (std::size_t i = 0; i < lanes; ++i) {
            const int zero = int(zeros[i]);
            QCOMPARE(int(codes[i]), int(referenceCode(spec, values[i], scales[i], zero)));
            QVERIFY(decoded[i] == referenceValue(spec, codes[i], scales[i], zero));
        }
    }
}

void TestNumeric::scansFindRangesAndBadValues()
{
    std::vector<float> row(103, 0.5F);
    row[40] = -3.0F;
    row[102] = 7.0F;
    std::vector<ValueRange> ranges(4);
    QVERIFY(scanGroups(row, 32, ranges));
    QCOMPARE(ranges[0].low, 0.0F); // the hull contains 0
    QCOMPARE(ranges[0].high, 0.5F);
    QCOMPARE(ranges[1].low, -3.0F);
    QCOMPARE(ranges[3].high, 7.0F);
    for (const float bad : {std::nanf(""), HUGE_VALF, -HUGE_VALF}) {
        for (std::size_t place = 0; place < row.size(); ++place) {
            auto broken = row;
            broken[place] = bad;
            QVERIFY(!scanGroups(broken, 32, ranges));
            QVERIFY(!scanGroups(broken, broken.size(), std::span(ranges).first(1)));
        }
    }
    std::vector<float> lows(5), highs(5);
    std::vector<float> columns{1, -2, 3, 0, 5, 2, -1, 4, 0, 9}; // two columns of five lanes
    QVERIFY(scanLanes(columns.data(), 2, 5, lows, highs));
    QVERIFY((lows == std::vector<float>{0, -2, 0, 0, 0}));
    QVERIFY((highs == std::vector<float>{2, 0, 4, 0, 9}));
    columns[7] = std::nanf("");
    QVERIFY(!scanLanes(columns.data(), 2, 5, lows, highs));
}

void TestNumeric::powerErrorIsThePower()
{
    std::mt19937 random(9);
    std::normal_distribution<float> normal;
    std::vector<float> values(131);
    for (float& value : values)
        value = normal(random);
    for (const auto& id : kSomeIds) {
        const auto spec = grid(id);
        const float scale = spec.element == ElementKind::Minifloat ? 0.003F : 0.4F;
        const int zero = spec.hasZeros() ? 1 : 0;
        for (const float power : {1.0F, 2.0F, 2.4F, 3.5F}) {
            double expected = 0.0;
            for (const float value : values) {
                const float level
                    = referenceValue(spec, referenceCode(spec, value, scale, zero), scale, zero);
                expected += std::pow(std::abs(double(value) - double(level)) * 0.5, double(power));
            }
            const auto error = powerError(spec, values, scale, zero, 0.5F, power);
            QVERIFY2(std::abs(error.total - expected) <= 3e-5 * expected, id.c_str());
            QVERIFY(error.clipped <= error.total * (1 + 1e-6));
        }
    }
    const std::vector<float> inside{0.0F, 1.0F, -2.0F};
    QCOMPARE(powerError(grid("int4-sym-row"), inside, 1.0F, 0, 1.0F, 2.4F).clipped, 0.0);
    const std::vector<float> beyond{9.0F}; // level 7, so 2 too short
    QVERIFY(std::abs(powerError(grid("int4-sym-row"), beyond, 1.0F, 0, 1.0F, 2.0F).clipped - 4.0) < 1e-3);
}

void TestNumeric::everyCodeDecodes()
{
    for (const auto& id : kSomeIds) {
        const auto spec = grid(id);
        auto matrix = QuantizedMatrix::allocate(spec, 3, 1U << spec.bits);
        for (std::size_t i = 0; i < matrix.codes.size(); ++i)
            matrix.codes[i] = static_cast<std::uint8_t>(i % (1U << spec.bits));
        for (std::size_t i = 0; i < matrix.scales.size(); ++i)
            matrix.scales[i] = 0.25F * static_cast<float>(i % 7 + 1);
        for (std::size_t i = 0; i < matrix.zeros.size(); ++i)
            matrix.zeros[i] = static_cast<std::uint8_t>(i % (1U << spec.bits));
        std::vector<float> out(2 * matrix.cols);
        decodeRows(matrix, 1, 3, out);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::size_t row = 1 + i / matrix.cols;
            const std::size_t g = row * matrix.groups() + i % matrix.cols / spec.groupWidth(matrix.cols);
            const float expected = referenceValue(spec, matrix.codes[row * matrix.cols + i % matrix.cols],
                matrix.scales[g], matrix.zeros.empty() ? 0 : matrix.zeros[g]);
            QVERIFY(out[i] == expected || (std::isnan(out[i]) && std::isnan(expected)));
        }
    }
}

QTEST_GUILESS_MAIN(TestNumeric)
#include "tst_numeric.moc"
