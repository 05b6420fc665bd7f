#include "core/base/float_bits.h"

#include <QtTest/QTest>

#include <cmath>
#include <functional>
#include <random>

using namespace bitwright;

namespace {

/// Nearest of the finite values of a format by brute force over all codes; ties go to the even code.
std::uint32_t nearestByScan(
    float value, std::uint32_t codes, const std::function<float(std::uint32_t)>& decode)
{
    std::uint32_t best = 0;
    double bestDistance = std::numeric_limits<double>::infinity();
    for (std::uint32_t code = 0; code < codes; ++code) {
        const float level = decode(code);
        if (!std::isfinite(level) || std::signbit(level) != std::signbit(value))
            continue;
        const double distance = std::abs(double(level) - double(value));
        if (distance < bestDistance || (distance == bestDistance && (code & 1U) == 0)) {
            best = code;
            bestDistance = distance;
        }
    }
    return best;
}

double positiveSum(std::uint32_t codes, const std::function<float(std::uint32_t)>& decode)
{
    double sum = 0.0;
    for (std::uint32_t code = 0; code < codes; ++code) {
        const float level = decode(code);
        if (std::isfinite(level) && level > 0.0F)
            sum += double(level);
    }
    return sum;
}

std::uint32_t bitsOf(float value)
{
    return std::bit_cast<std::uint32_t>(value);
}

} // namespace

class TestFloatBits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyHalfRoundTrips();
    void everyBfloat16RoundTrips();
    void everyFp8RoundTrips();
    void halfEqualsTheCompilersConversion();
    void halfLimits();
    void bfloat16Limits();
    void checksumsOfTheSmallFormats();
    void e4m3EncodesToTheNearest();
    void e5m2EncodesToTheNearest();
    void fp8LimitsAndSpecials();
    void e8m0Values();
    void e2m1Values();
};

void TestFloatBits::everyHalfRoundTrips()
{
    for (std::uint32_t code = 0; code < 0x10000U; ++code) {
        const float value = floatFromHalf(static_cast<std::uint16_t>(code));
        const std::uint16_t back = halfFromFloat(value);
        if (std::isnan(value)) // signalling NaNs come back quiet
            QCOMPARE(std::uint32_t{back}, code | 0x200U);
        else
            QCOMPARE(std::uint32_t{back}, code);
    }
}

void TestFloatBits::everyBfloat16RoundTrips()
{
    for (std::uint32_t code = 0; code < 0x10000U; ++code) {
        const float value = floatFromBfloat16(static_cast<std::uint16_t>(code));
        const std::uint16_t back = bfloat16FromFloat(value);
        if (std::isnan(value))
            QCOMPARE(std::uint32_t{back}, code | 0x40U);
        else
            QCOMPARE(std::uint32_t{back}, code);
    }
}

void TestFloatBits::everyFp8RoundTrips()
{
    for (std::uint32_t code = 0; code < 256; ++code) {
        const auto byte = static_cast<std::uint8_t>(code);
        const float e4m3 = floatFromE4M3(byte);
        QCOMPARE(std::isnan(e4m3), (code & 0x7FU) == 0x7FU);
        if (!std::isnan(e4m3))
            QCOMPARE(std::uint32_t{e4m3FromFloat(e4m3)}, code);
        const float e5m2 = floatFromE5M2(byte);
        QCOMPARE(std::isnan(e5m2), (code & 0x7FU) > 0x7CU);
        QCOMPARE(std::isinf(e5m2), (code & 0x7FU) == 0x7CU);
        if (std::isfinite(e5m2))
            QCOMPARE(std::uint32_t{e5m2FromFloat(e5m2)}, code);
    }
}

void TestFloatBits::halfEqualsTheCompilersConversion()
{
    std::mt19937 random(7);
    std::uniform_int_distribution<std::uint32_t> anyBits;
    for (int i = 0; i < 2'000'000; ++i) {
        // Half of the draws lie where half precision is interesting: exponents -27..17.
        std::uint32_t bits = anyBits(random);
        if (i % 2 == 0)
            bits = (bits & 0x807FFFFFU) | ((100U + (bits >> 8) % 45U) << 23);
        const float value = std::bit_cast<float>(bits);
        if (std::isnan(value))
            continue;
        const auto expected = std::bit_cast<std::uint16_t>(static_cast<_Float16>(value));
        if (halfFromFloat(value) != expected)
            QCOMPARE(std::uint32_t{halfFromFloat(value)}, std::uint32_t{expected});
    }
    // Every tie between two neighboring halves, and both sides of it.
    for (std::uint32_t code = 0; code < 0x7BFFU; ++code) {
        const float low = floatFromHalf(static_cast<std::uint16_t>(code));
        const float high = floatFromHalf(static_cast<std::uint16_t>(code + 1));
        const float tie = low + (high - low) / 2;
        const std::uint32_t even = code + (code & 1U);
        QCOMPARE(std::uint32_t{halfFromFloat(tie)}, even);
        QCOMPARE(std::uint32_t{halfFromFloat(std::nextafter(tie, 0.0F))}, code);
        QCOMPARE(std::uint32_t{halfFromFloat(std::nextafter(tie, 1e9F))}, code + 1);
    }
}

void TestFloatBits::halfLimits()
{
    QCOMPARE(floatFromHalf(0x7BFF), 65504.0F);
    QCOMPARE(std::uint32_t{halfFromFloat(65519.996F)}, 0x7BFFU);
    QCOMPARE(std::uint32_t{halfFromFloat(65520.0F)}, 0x7C00U);
    QCOMPARE(std::uint32_t{halfFromFloat(-1e30F)}, 0xFC00U);
    QCOMPARE(floatFromHalf(0x0001), std::ldexp(1.0F, -24));
    QCOMPARE(std::uint32_t{halfFromFloat(std::ldexp(1.0F, -25))}, 0U); // tie to even zero
    QCOMPARE(std::uint32_t{halfFromFloat(-0.0F)}, 0x8000U);
}

void TestFloatBits::bfloat16Limits()
{
    QCOMPARE(std::uint32_t{bfloat16FromFloat(std::numeric_limits<float>::max())}, 0x7F80U);
    QCOMPARE(std::uint32_t{bfloat16FromFloat(1.0F + 1.0F / 256.0F)}, 0x3F80U); // tie to even
    QCOMPARE(std::uint32_t{bfloat16FromFloat(1.0F + 3.0F / 256.0F)}, 0x3F82U);
    const float nan = std::bit_cast<float>(0x7F800001U); // would round to Inf if its payload were dropped
    QVERIFY(std::isnan(floatFromBfloat16(bfloat16FromFloat(nan))));
}

void TestFloatBits::checksumsOfTheSmallFormats()
{
    const auto narrow = [](float (*decode)(std::uint8_t)) {
        return [decode](std::uint32_t code) { return decode(static_cast<std::uint8_t>(code)); };
    };
    QCOMPARE(positiveSum(256, narrow(floatFromE4M3)), 5407.875);
    QCOMPARE(positiveSum(64, narrow(floatFromE2M3)), 84.0);
    QCOMPARE(positiveSum(64, narrow(floatFromE3M2)), 175.0);
    QCOMPARE(positiveSum(16, narrow(floatFromE2M1)), 18.0);
    QCOMPARE(floatFromE4M3(0x7E), kE4M3Max);
    QCOMPARE(floatFromE5M2(0x7B), kE5M2Max);
    QCOMPARE(floatFromE2M1(7), kE2M1Max);
    QCOMPARE(floatFromE2M3(31), kE2M3Max);
    QCOMPARE(floatFromE3M2(31), kE3M2Max);
}

void TestFloatBits::e4m3EncodesToTheNearest()
{
    std::mt19937 random(11);
    std::normal_distribution<float> normal(0.0F, 40.0F);
    const auto decode = [](std::uint32_t code) { return floatFromE4M3(static_cast<std::uint8_t>(code)); };
    for (int i = 0; i < 20'000; ++i) {
        const float value = normal(random) * (i % 3 == 0 ? 1e-3F : 1.0F);
        QCOMPARE(std::uint32_t{e4m3FromFloat(value)}, nearestByScan(value, 256, decode));
    }
    for (std::uint32_t code = 0; code < 0x7E; ++code) { // ties, exact in float32
        const float tie = (decode(code) + decode(code + 1)) / 2;
        QCOMPARE(std::uint32_t{e4m3FromFloat(tie)}, code + (code & 1U));
    }
}

void TestFloatBits::e5m2EncodesToTheNearest()
{
    std::mt19937 random(12);
    std::normal_distribution<float> normal(0.0F, 4000.0F);
    const auto decode = [](std::uint32_t code) { return floatFromE5M2(static_cast<std::uint8_t>(code)); };
    for (int i = 0; i < 20'000; ++i) {
        const float value = normal(random) * (i % 3 == 0 ? 1e-8F : 1.0F);
        QCOMPARE(std::uint32_t{e5m2FromFloat(value)}, nearestByScan(value, 256, decode));
    }
}

void TestFloatBits::fp8LimitsAndSpecials()
{
    const float infinity = std::numeric_limits<float>::infinity();
    QCOMPARE(std::uint32_t{e4m3FromFloat(464.0F)}, 0x7EU);
    QCOMPARE(std::uint32_t{e4m3FromFloat(1e30F)}, 0x7EU);
    QCOMPARE(std::uint32_t{e4m3FromFloat(-infinity)}, 0xFEU);
    QVERIFY(std::isnan(floatFromE4M3(e4m3FromFloat(std::nanf("")))));
    QCOMPARE(std::uint32_t{e5m2FromFloat(1e30F)}, 0x7BU);
    QCOMPARE(std::uint32_t{e5m2FromFloat(-infinity)}, 0xFBU);
    QVERIFY(std::isnan(floatFromE5M2(e5m2FromFloat(std::nanf("")))));
    QCOMPARE(std::uint32_t{e4m3FromFloat(-0.0F)}, 0x80U);
    QCOMPARE(std::uint32_t{e4m3FromFloat(std::ldexp(1.0F, -10))}, 0U); // half a step ties to zero
    QCOMPARE(std::uint32_t{e4m3FromFloat(std::ldexp(1.5F, -10))}, 1U);
}

void TestFloatBits::e8m0Values()
{
    QCOMPARE(bitsOf(floatFromE8M0(0)), 0x00400000U);
    QCOMPARE(floatFromE8M0(127), 1.0F);
    QCOMPARE(floatFromE8M0(254), std::ldexp(1.0F, 127));
    QVERIFY(std::isnan(floatFromE8M0(255)));
    for (int code = 0; code < 255; ++code)
        QCOMPARE(floatFromE8M0(static_cast<std::uint8_t>(code)), std::ldexp(1.0F, code - 127));
}

void TestFloatBits::e2m1Values()
{
    const float expected[8] = {0.0F, 0.5F, 1.0F, 1.5F, 2.0F, 3.0F, 4.0F, 6.0F};
    for (std::uint8_t code = 0; code < 8; ++code) {
        QCOMPARE(floatFromE2M1(code), expected[code]);
        QCOMPARE(bitsOf(floatFromE2M1(static_cast<std::uint8_t>(code + 8))), bitsOf(-expected[code]));
    }
}

QTEST_GUILESS_MAIN(TestFloatBits)
#include "tst_float_bits.moc"
