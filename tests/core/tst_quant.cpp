#include "core/quant/group_fit.h"
#include "core/quant/option.h"

#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

using namespace bitwright;
using namespace bitwright::quant;

namespace {

constexpr std::size_t kCols = 4096;

/// Seeded N(0, sigma^2) weights.
std::vector<float> gaussian(std::size_t count, unsigned seed, float sigma = 1.0F)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.0F, sigma);
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

Option option(std::string_view id)
{
    const auto parsed = optionFromId(id);
    if (!parsed)
        qFatal("%s", parsed.error().oneLine().c_str());
    return *parsed;
}

Result<QuantizedMatrix> run(const WeightTile& weights, const Option& chosen, const RunContext& context = {})
{
    return quantize(weights, *chosen.grid, chosen.method, chosen.settings, std::nullopt, context);
}

QuantizedMatrix mustRun(const WeightTile& weights, std::string_view id)
{
    auto result = run(weights, option(id));
    if (!result)
        qFatal("%s", result.error().oneLine().c_str());
    return std::move(*result);
}

std::vector<float> decoded(const QuantizedMatrix& matrix)
{
    std::vector<float> values(matrix.rows * matrix.cols);
    numeric::decodeRows(matrix, 0, matrix.rows, values);
    return values;
}

bool sameBytes(const QuantizedMatrix& a, const QuantizedMatrix& b)
{
    return a.codes == b.codes && a.scales == b.scales && a.zeros == b.zeros;
}

/// Sum of |error|^2.4 of one group in double, with pow() itself.
double clipLoss(std::span<const float> values, std::span<const float> back)
{
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i)
        sum += std::pow(std::abs(double(values[i]) - double(back[i])), 2.4);
    return sum;
}

} // namespace

class TestQuantizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_values = gaussian(kCols * 512, 42); }
    void gaussianSqnr_data();
    void gaussianSqnr();
    void clipSearchNeverLoses_data();
    void clipSearchNeverLoses();
    void clipSearchFindsTheFullSearchsBest();
    void idempotent_data();
    void idempotent();
    void asymmetricIdempotentWhereBothEndsAreUsed();
    void codesAreNearestOnTheirOwnGrid();
    void zeroGroupsAreExactlyZero();
    void scalesSurviveTinyWeights();
    void scalesThatDoNotFitAreAnError();
    void badValuesAreNamed();
    void wrongArgumentsAreNamed();
    void tilesAndThreadsGiveTheSameBytes();
    void stopsWhenAsked();
    void optionsOfTheCatalog();
    void optionIds();

private:
    std::vector<float> m_values;
};

void TestQuantizer::gaussianSqnr_data()
{
    QTest::addColumn<double>("expected");
    const std::pair<const char*, double> table[]
        = {{"int4-narrow-g16/rtn", 21.39}, {"int4-narrow-g32/rtn", 20.26}, {"int4-narrow-g64/rtn", 19.36},
            {"int4-narrow-g128/rtn", 18.61}, {"int4-asym-g32/rtn", 21.86}, {"int4-asym-g64/rtn", 20.82},
            {"int4-asym-g128/rtn", 19.95}, {"int3-asym-g64/rtn", 14.20}, {"int3-asym-g128/rtn", 13.34},
            {"int2-asym-g64/rtn", 6.81}, {"int2-asym-g128/rtn", 5.97}, {"int8-narrow-g32/rtn", 45.44},
            {"int8-narrow-g128/rtn", 43.79}, {"nf4-g32/rtn", 21.18}, {"nf4-g64/rtn", 20.73},
            {"nf4-g128/rtn", 20.39}, {"nf4-g256/rtn", 20.12}, {"fp8-e4m3-row/rtn", 31.55}};
    for (const auto& [id, decibel] : table)
        QTest::newRow(id) << decibel;
}

void TestQuantizer::gaussianSqnr()
{
    QFETCH(double, expected);
    const WeightTile weights{m_values, m_values.size() / kCols, kCols};
    const auto matrix = mustRun(weights, QTest::currentDataTag());
    const auto error = measureError(weights, matrix, {});
    QVERIFY(error.has_value());
    QVERIFY2(std::abs(*error->sqnrDb() - expected) <= 0.05, std::to_string(*error->sqnrDb()).c_str());
    // The summary agrees with a plain sum over decoded values.
    const auto back = decoded(matrix);
    double noise = 0.0;
    double signal = 0.0;
    for (std::size_t i = 0; i < back.size(); ++i) {
        noise += std::pow(double(back[i]) - double(m_values[i]), 2.0);
        signal += std::pow(double(m_values[i]), 2.0);
    }
    QVERIFY(std::abs(*error->sqnrDb() - 10.0 * std::log10(signal / noise)) < 1e-9);
    QCOMPARE(error->count, std::uint64_t{back.size()});
}

void TestQuantizer::clipSearchNeverLoses_data()
{
    QTest::addColumn<double>("leastGain"); // dB over round to nearest, by weight error
    const std::pair<const char*, double> table[] = {{"int2-sym-g128", 1.0}, {"int2-narrow-g64", 1.0},
        {"int2-asym-g64", 1.5}, {"int3-asym-g128", 0.5}, {"int4-sym-g128", 0.4}, {"int4-narrow-row", 0.5},
        {"int4-asym-g32", 0.0}, {"int8-sym-g128", 0.0}, {"nf4-g64", 0.0}, {"fp8-e4m3-g128", -0.1}};
    for (const auto& [id, gain] : table)
        QTest::newRow(id) << gain;
}

void TestQuantizer::clipSearchNeverLoses()
{
    QFETCH(double, leastGain);
    const WeightTile weights{std::span(m_values).first(24 * kCols), 24, kCols};
    const std::string id = QTest::currentDataTag();
    const auto plain = mustRun(weights, id + "/rtn");
    const auto clipped = mustRun(weights, id + "/clip");
    const auto plainBack = decoded(plain);
    const auto clippedBack = decoded(clipped);
    const std::size_t width = plain.grid.groupWidth(kCols);
    for (std::size_t begin = 0; begin < clippedBack.size(); begin += width) {
        const auto values = weights.values.subspan(begin, width);
        const double before = clipLoss(values, std::span(plainBack).subspan(begin, width));
        const double after = clipLoss(values, std::span(clippedBack).subspan(begin, width));
        QVERIFY(after <= before * (1 + 1e-4)); // the search compares sums with an approximate power
    }
    const double gain
        = *measureError(weights, clipped, {})->sqnrDb() - *measureError(weights, plain, {})->sqnrDb();
    QVERIFY2(gain >= leastGain, std::to_string(gain).c_str());
}

void TestQuantizer::clipSearchFindsTheFullSearchsBest()
{
    // The search may stop early; it must not miss what trying all 80 factors finds.
    for (const char* id : {"int2-asym-g64", "int3-narrow-g64", "int4-asym-g64", "int4-sym-g64"}) {
        const auto grid = *option(std::string(id) + "/clip").grid;
        for (unsigned seed = 0; seed < 60; ++seed) {
            const auto values = gaussian(64, seed, 0.02F);
            std::vector<ValueRange> range(1);
            QVERIFY(numeric::scanGroups(values, values.size(), range));
            const float unit = 1.0F / std::max(-range[0].low, range[0].high);
            double best = HUGE_VAL;
            for (int i = 0; i < 80; ++i) {
                const auto fitted = fitRange(grid, range[0], 1.0F - static_cast<float>(i) / 100.0F);
                best = std::min(
                    best, numeric::powerError(grid, values, fitted->scale, fitted->zero, unit, 2.4F).total);
            }
            const auto found = searchClip(grid, values, range[0], {});
            QVERIFY(numeric::powerError(grid, values, found->scale, found->zero, unit, 2.4F).total <= best);
        }
    }
}

void TestQuantizer::idempotent_data()
{
    QTest::addColumn<QString>("option");
    for (const char* id : {"int2-narrow-g32/rtn", "int3-narrow-g64/rtn", "int4-narrow-g128/rtn",
             "int8-narrow-row/rtn", "nf4-g64/rtn", "fp8-e4m3-row/rtn", "int4-narrow-g128-bf16/rtn",
             "int2-sym-g32/clip", "int3-sym-g128/clip", "int4-sym-g128/clip", "int4-sym-g64-bf16/clip",
             "int8-sym-row/clip", "int4-narrow-g128/clip", "int4-asym-g128/clip", "nf4-g64/clip"})
        QTest::newRow(id) << QString::fromLatin1(id);
}

void TestQuantizer::idempotent()
{
    QFETCH(QString, option);
    const std::string id = option.toStdString();
    const WeightTile weights{std::span(m_values).first(16 * kCols), 16, kCols};
    const auto once = decoded(mustRun(weights, id));
    const auto twice = decoded(mustRun({once, 16, kCols}, id));
    QVERIFY(once == twice);
}

void TestQuantizer::asymmetricIdempotentWhereBothEndsAreUsed()
{
    // Where an end of the range lies half a step off the grid, its value may round inward: the range of the
    // output is then smaller. Everywhere else a second pass changes nothing (F32 scales: nothing but the last
    // bit).
    for (const char* id : {"int2-asym-g64", "int4-asym-g128", "int8-asym-g64-bf16", "int4-asym-g128-f32"}) {
        const WeightTile weights{std::span(m_values).first(64 * kCols), 64, kCols};
        const auto first = mustRun(weights, std::string(id) + "/rtn");
        const auto once = decoded(first);
        const auto twice = decoded(mustRun({once, 64, kCols}, std::string(id) + "/rtn"));
        const std::size_t width = first.grid.groupWidth(kCols);
        std::size_t used = 0;
        for (std::size_t begin = 0; begin < once.size(); begin += width) {
            const auto codes = std::span(first.codes).subspan(begin, width);
            const auto [low, high] = std::minmax_element(codes.begin(), codes.end());
            if (*low != 0 || *high != first.grid.maxLevel())
                continue;
            ++used;
            const float slack = first.grid.scaleType == numeric::ScaleType::F32 ? 4e-7F : 0.0F;
            for (std::size_t i = begin; i < begin + width; ++i)
                QVERIFY2(std::abs(once[i] - twice[i]) <= slack * std::abs(once[i]), id);
        }
        QVERIFY2(used * width > once.size() / 2, id); // BF16 scales of 8-bit grids miss an end most often
    }
}

void TestQuantizer::codesAreNearestOnTheirOwnGrid()
{
    // Codes are chosen against the ROUNDED scale: no other level of the stored grid lies nearer.
    const auto values = gaussian(64 * 256, 8, 0.003F);
    for (const char* id : {"int2-sym-g64/rtn", "int4-sym-g128/clip", "int4-asym-g64-bf16/rtn",
             "int8-narrow-g64-bf16/rtn", "nf4-g64-bf16/rtn", "fp8-e4m3-g128-f16/rtn"}) {
        const auto matrix = mustRun({values, 64, 256}, id);
        const auto back = decoded(matrix);
        const std::size_t width = matrix.grid.groupWidth(256);
        for (std::size_t g = 0; g < matrix.scales.size(); ++g) {
            const auto levels = numeric::gridLevels(
                matrix.grid, matrix.scales[g], matrix.zeros.empty() ? 0 : matrix.zeros[g]);
            QVERIFY(matrix.scales[g] == numeric::roundScale(matrix.grid.scaleType, matrix.scales[g]));
            for (std::size_t i = g * width; i < (g + 1) * width; ++i) {
                double nearest = HUGE_VAL;
                for (const float level : levels)
                    nearest = std::min(nearest, std::abs(double(level) - double(values[i])));
                const double chosen = std::abs(double(back[i]) - double(values[i]));
                QVERIFY(
                    chosen <= nearest + 1e-6 * double(matrix.scales[g])); // division may round across a tie
            }
        }
    }
}

void TestQuantizer::zeroGroupsAreExactlyZero()
{
    auto values = gaussian(4 * 256, 2);
    std::fill(values.begin() + 128, values.begin() + 256, 0.0F); // second half of row 0
    std::fill(values.begin() + 512, values.begin() + 768, 0.0F); // row 2
    for (const auto& chosen : optionCatalog()) {
        if (!chosen.grid || chosen.needsGram)
            continue;
        const auto matrix = run({values, 4, 256}, chosen);
        QVERIFY2(matrix.has_value(), chosen.id.c_str());
        const auto back = decoded(*matrix);
        for (std::size_t i = 0; i < back.size(); ++i)
            if (values[i] == 0.0F)
                QVERIFY2(back[i] == 0.0F, chosen.id.c_str());
        for (const float scale : matrix->scales)
            QVERIFY(scale > 0.0F && std::isfinite(scale));
    }
}

void TestQuantizer::scalesSurviveTinyWeights()
{
    for (const float size : {1e-7F, 1e-20F, 1e-38F, 1e-44F}) {
        std::vector<float> values(256);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = size * (static_cast<float>(i % 17) - 8.0F) / 8.0F;
        for (const char* id : {"int4-sym-g128", "int4-asym-g128", "int4-narrow-g128-bf16", "int8-sym-row-f32",
                 "nf4-g64", "fp8-e4m3-row", "fp8-e4m3-g128-f16"}) {
            for (const char* method : {"/rtn", "/clip"}) {
                const auto matrix = mustRun({values, 1, 256}, std::string(id) + method);
                for (const float scale : matrix.scales)
                    QVERIFY(scale > 0.0F);
                const auto back = decoded(matrix);
                for (std::size_t i = 0; i < back.size(); ++i)
                    // never worse than dropping the weight, up to one step of the smallest scale
                    QVERIFY(std::abs(back[i] - values[i]) <= std::max(size * 1.001F, matrix.scales[0]));
            }
        }
    }
}

void TestQuantizer::scalesThatDoNotFitAreAnError()
{
    auto values = gaussian(256, 4);
    values[200] = 3e6F;
    const auto refused = run({values, 1, 256}, option("int4-sym-g128/rtn"));
    QVERIFY(!refused);
    QVERIFY(refused.error().code == ErrorCode::Numeric);
    QVERIFY(refused.error().message.find("row 0, group 1") != std::string::npos);
    QVERIFY(run({values, 1, 256}, option("int4-sym-g128-bf16/rtn")).has_value());
    values[200] = 3.3e38F; // -8 * scale would overflow float32
    QVERIFY(!run({values, 1, 256}, option("int4-sym-g128-f32/rtn")));
    values[201] = -3.3e38F; // high - low overflows
    QVERIFY(!run({values, 1, 256}, option("int4-asym-g128-f32/rtn")));
}

void TestQuantizer::badValuesAreNamed()
{
    for (const float bad : {std::nanf(""), HUGE_VALF}) {
        auto values = gaussian(8 * 100, 4);
        values[5 * 100 + 77] = bad;
        for (const char* id :
            {"int4-sym-g128/rtn", "int4-asym-g32/clip", "nf4-g64/rtn", "fp8-e4m3-row/rtn"}) {
            const auto result = run({values, 8, 100}, option(id));
            QVERIFY(!result);
            QVERIFY(result.error().code == ErrorCode::Numeric);
            QVERIFY(result.error().message.find("row 5, column 77") != std::string::npos);
        }
    }
}

void TestQuantizer::wrongArgumentsAreNamed()
{
    const auto values = gaussian(100, 1);
    const auto isInvalid
        = [](const auto& result) { return !result && result.error().code == ErrorCode::InvalidArgument; };
    const auto rtn = option("int4-sym-g32/rtn");
    QVERIFY(isInvalid(run({values, 10, 11}, rtn)));
    QVERIFY(isInvalid(run({values, std::uint64_t{1} << 63U, 4}, rtn)));
    auto wide = rtn;
    wide.grid->bits = 9;
    QVERIFY(isInvalid(run({values, 10, 10}, wide)));
    auto odd = option("int4-sym-g32/clip");
    odd.settings.clipSteps = 101;
    QVERIFY(isInvalid(run({values, 10, 10}, odd)));
    QVERIFY(isInvalid(run({values, 10, 10}, option("int4-sym-g32/gptq")))); // no Gram
    const auto empty = run({{}, 0, 10}, rtn);
    QVERIFY(empty.has_value());
    QVERIFY(empty->codes.empty());
    const auto other = mustRun({values, 10, 10}, "int4-sym-g32/rtn");
    QVERIFY(isInvalid(measureError({values, 5, 20}, other, {})));
}

void TestQuantizer::tilesAndThreadsGiveTheSameBytes()
{
    const std::size_t rows = 300;
    const WeightTile weights{std::span(m_values).first(rows * kCols), rows, kCols};
    for (const char* id :
        {"int4-asym-g128/rtn", "int3-sym-g64/rtn", "int4-sym-g128/clip", "fp8-e4m3-row/rtn"}) {
        const auto chosen = option(id);
        const std::size_t used = chosen.method == Method::ClipSearch ? 40 : rows;
        const WeightTile part{weights.values.first(used * kCols), used, kCols};
        RunContext one;
        one.threads = 1;
        RunContext four;
        four.threads = 4;
        const auto a = run(part, chosen, one);
        const auto b = run(part, chosen, four);
        QVERIFY(sameBytes(*a, *b));
        const auto tile = run({part.values.subspan(7 * kCols, 9 * kCols), 9, kCols}, chosen, one);
        QVERIFY(std::equal(tile->codes.begin(), tile->codes.end(), a->codes.begin() + 7 * kCols));
        const auto groups = static_cast<std::ptrdiff_t>(a->groups());
        QVERIFY(std::equal(tile->scales.begin(), tile->scales.end(), a->scales.begin() + 7 * groups));
        const auto errorA = measureError(part, *a, one);
        const auto errorB = measureError(part, *b, four);
        QVERIFY(errorA->squaredError == errorB->squaredError);
    }
}

void TestQuantizer::stopsWhenAsked()
{
    std::stop_source source;
    RunContext context;
    context.threads = 1;
    context.stop = source.get_token();
    context.progress = [&](double fraction, std::string_view) {
        if (fraction > 0.3)
            source.request_stop();
    };
    const WeightTile weights{m_values, m_values.size() / kCols, kCols};
    const auto result = run(weights, option("int4-sym-g128/rtn"), context);
    QVERIFY(!result);
    QVERIFY(result.error().code == ErrorCode::Cancelled);
}

void TestQuantizer::optionsOfTheCatalog()
{
    const auto& catalog = optionCatalog();
    QCOMPARE(catalog.size(), std::size_t{1 + 7 * 3 * 4 * 3 + 6});
    std::set<std::string> ids;
    std::set<std::string> descriptions;
    for (const auto& entry : catalog) {
        ids.insert(entry.id);
        descriptions.insert(entry.description);
        const auto again = optionFromId(entry.id);
        QVERIFY2(again.has_value(), entry.id.c_str());
        QCOMPARE(again->id, entry.id);
        QVERIFY(
            again->grid == entry.grid && again->method == entry.method && again->settings == entry.settings);
        QCOMPARE(again->description, entry.description);
        QCOMPARE(entry.needsGram, entry.id.find("/gptq") != std::string::npos);
    }
    QCOMPARE(ids.size(), catalog.size());
    QCOMPARE(descriptions.size(), catalog.size());
    QVERIFY(ids.contains("keep") && ids.contains("int4-sym-g128/gptq") && ids.contains("nf4-g64/rtn"));
    QVERIFY(!optionFromId("keep")->grid);
}

void TestQuantizer::optionIds()
{
    const auto ordered = option("int4-sym-g128/gptq-actorder");
    QVERIFY(ordered.settings.actOrder && ordered.needsGram);
    QCOMPARE(ordered.id, std::string("int4-sym-g128/gptq-actorder"));
    QCOMPARE(option("int4-sym-g96-bf16/clip").id, std::string("int4-sym-g96-bf16/clip"));
    for (const char* id :
        {"", "int4-sym-g128", "int4-sym-g128/", "int4-sym-g128/awq", "int4-sym-g128/rtn-actorder", "keep/rtn",
            "/rtn", "int9-sym-g128/rtn", "int4-sym-g128/rtn/rtn", "KEEP"}) {
        const auto parsed = optionFromId(id);
        QVERIFY2(!parsed, id);
        QVERIFY(parsed.error().code == ErrorCode::InvalidArgument);
    }
}

QTEST_GUILESS_MAIN(TestQuantizer)
#include "tst_quant.moc"
