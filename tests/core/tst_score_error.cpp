#include "core/base/parallel.h"
#include "core/quant/quantizer.h"
#include "core/score/option_error.h"
#include "tests/support/memory_checkpoint.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>
#include <stop_token>

using namespace bitwright;
using score::OptionError;

namespace {

std::vector<float> gaussian(std::size_t count, unsigned seed, float sigma = 1.0F)
{
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal(0.0F, sigma);
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(engine);
    return values;
}

quant::Option option(std::string_view id)
{
    return quant::optionFromId(id).value();
}

/// A weight with every kind of evidence about it.
struct Case
{
    std::uint64_t rows = 0, cols = 0;
    std::vector<float> weights;
    testing::MemoryCheckpoint checkpoint;
    score::UnitEvidence evidence;
    model::GradientFactors gradient;

    Case(std::uint64_t r, std::uint64_t c, std::uint64_t tokens)
        : rows(r)
        , cols(c)
        , weights(gaussian(r * c, 1, 0.02F))
    {
        checkpoint.add("model.layers.0.mlp.up_proj.weight", {rows, cols}, weights);
        model::SampleRows samples;
        samples.rows = tokens;
        samples.channels = cols;
        samples.values = gaussian(tokens * cols, 2);
        for (std::uint64_t t = 0; t < tokens; ++t)
            samples.values[t * cols] *= 20.0F; // an outlier channel, so that measures differ
        for (std::uint64_t t = 0; t < tokens; ++t)
            evidence.tokenShare.push_back(0.1 + 0.01 * static_cast<double>(t));
        model::PackedGram gram;
        gram.width = cols;
        gram.count = static_cast<double>(tokens);
        evidence.inputSumSq.assign(cols, 0.0);
        evidence.inputCount = gram.count;
        for (std::uint64_t i = 0; i < cols; ++i)
            for (std::uint64_t j = 0; j <= i; ++j) {
                double sum = 0;
                for (std::uint64_t t = 0; t < tokens; ++t)
                    sum += static_cast<double>(samples.values[t * cols + i])
                        * static_cast<double>(samples.values[t * cols + j]);
                gram.lower.push_back(static_cast<float>(sum));
                if (i == j)
                    evidence.inputSumSq[i] = sum;
            }
        evidence.gram = gram;
        for (std::uint64_t t = 0; t < tokens; ++t) {
            samples.sequence.push_back(static_cast<std::uint32_t>(t / 5));
            samples.position.push_back(static_cast<std::uint32_t>(t % 5));
        }
        // Gradients of all tokens but the first, in another order.
        model::SampleRows outputs;
        outputs.rows = tokens - 1;
        outputs.channels = rows;
        outputs.values = gaussian(outputs.rows * rows, 4, 0.3F);
        for (std::uint64_t t = tokens; t-- > 1;) {
            outputs.sequence.push_back(samples.sequence[t]);
            outputs.position.push_back(samples.position[t]);
        }
        evidence.outputGradients = outputs;
        evidence.samples = samples;
        std::mt19937 engine(3);
        std::uniform_real_distribution<double> uniform(0.5, 2.0);
        for (std::uint64_t i = 0; i < rows; ++i)
            gradient.rowMeanSq.push_back(uniform(engine));
        for (std::uint64_t j = 0; j < cols; ++j)
            gradient.colMeanSq.push_back(uniform(engine));
        gradient.meanSq = 1.25;
    }

    [[nodiscard]] model::MatrixReader reader() const
    {
        return model::MatrixReader::open(checkpoint, 0).value();
    }
};

/// The six measures by double loops over E, straight from their definitions.
OptionError naive(const Case& c, const std::vector<float>& decoded)
{
    const auto w
        = [&](std::uint64_t i, std::uint64_t j) { return static_cast<double>(c.weights[i * c.cols + j]); };
    const auto e = [&](std::uint64_t i, std::uint64_t j) {
        return static_cast<double>(decoded[i * c.cols + j]) - w(i, j);
    };
    const auto h = [&](std::uint64_t j, std::uint64_t k) {
        const auto [high, low] = std::pair(std::max(j, k), std::min(j, k));
        return static_cast<double>(c.evidence.gram->lower[high * (high + 1) / 2 + low])
            / c.evidence.gram->count;
    };
    OptionError error;
    double diagonal = 0, gram = 0, energy = 0, fisher = 0, relative = 0, residual = 0, slopes = 0;
    for (std::uint64_t i = 0; i < c.rows; ++i)
        for (std::uint64_t j = 0; j < c.cols; ++j) {
            error.squaredError += e(i, j) * e(i, j);
            error.weightEnergy += w(i, j) * w(i, j);
            error.maxAbsError = std::max(error.maxAbsError, std::abs(e(i, j)));
            diagonal += c.evidence.inputSumSq[j] / c.evidence.inputCount * e(i, j) * e(i, j);
            fisher
                += c.gradient.rowMeanSq[i] * c.gradient.colMeanSq[j] / c.gradient.meanSq * e(i, j) * e(i, j);
            for (std::uint64_t k = 0; k < c.cols; ++k) {
                gram += e(i, j) * h(j, k) * e(i, k);
                energy += w(i, j) * h(j, k) * w(i, k);
            }
        }
    const auto& samples = *c.evidence.samples;
    for (std::uint64_t t = 0; t < samples.rows; ++t) {
        double wrong = 0, right = 0, slope = 0;
        for (std::uint64_t i = 0; i < c.rows; ++i) {
            double ex = 0, wx = 0;
            for (std::uint64_t j = 0; j < c.cols; ++j) {
                ex += e(i, j) * static_cast<double>(samples.values[t * c.cols + j]);
                wx += w(i, j) * static_cast<double>(samples.values[t * c.cols + j]);
            }
            wrong += ex * ex;
            right += wx * wx;
            if (c.evidence.outputGradients && t > 0)
                slope += ex
                    * static_cast<double>(
                        c.evidence.outputGradients->values[(samples.rows - 1 - t) * c.rows + i]);
        }
        slopes += slope * slope / 2 / static_cast<double>(samples.rows - 1);
        relative += wrong / right / static_cast<double>(samples.rows);
        residual += wrong / right * c.evidence.tokenShare[t] / static_cast<double>(samples.rows);
    }
    error.actDiag = diagonal;
    error.actGram = gram;
    error.gramEnergy = energy;
    error.fisher = fisher;
    error.tokenRelative = relative;
    error.residual = residual;
    error.trueFisher = slopes;
    return error;
}

bool close(double a, double b, double tolerance = 2e-5)
{
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

bool same(const OptionError& a, const OptionError& b)
{
    return a.option == b.option && a.squaredError == b.squaredError && a.weightEnergy == b.weightEnergy
        && a.maxAbsError == b.maxAbsError && a.actDiag == b.actDiag && a.actGram == b.actGram
        && a.gramEnergy == b.gramEnergy && a.tokenRelative == b.tokenRelative && a.residual == b.residual
        && a.trueFisher == b.trueFisher && a.fisher == b.fisher;
}

} // namespace

class TestScoreError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allMeasuresEqualDoubleLoops()
    {
        Case c(19, 150, 33);
        c.evidence.gradient = &c.gradient;
        const std::vector<quant::Option> options{
            option("int3-asym-g64/rtn"), option("int4-sym-g32/clip"), option("int8-asym-row/rtn")};
        const auto errors = score::measureOptions(c.reader(), c.evidence, options, RunContext{});
        QVERIFY(errors.has_value());
        QCOMPARE(errors->size(), options.size());
        for (std::size_t o = 0; o < options.size(); ++o) {
            const OptionError& error = (*errors)[o];
            const auto quantized = quant::quantize({c.weights, c.rows, c.cols}, *options[o].grid,
                options[o].method, options[o].settings, std::nullopt, RunContext{});
            QVERIFY(quantized.has_value());
            std::vector<float> decoded(c.weights.size());
            numeric::decodeRows(*quantized, 0, c.rows, decoded);
            const OptionError expected = naive(c, decoded);
            QCOMPARE(error.option, options[o].id);
            QVERIFY(close(error.squaredError, expected.squaredError, 1e-6));
            QVERIFY(close(error.weightEnergy, expected.weightEnergy, 1e-12));
            QVERIFY(close(error.maxAbsError, expected.maxAbsError, 1e-6));
            QVERIFY(close(error.actDiag.value(), expected.actDiag.value(), 1e-6));
            QVERIFY(close(error.actGram.value(), expected.actGram.value()));
            QVERIFY(close(error.gramEnergy.value(), expected.gramEnergy.value()));
            QVERIFY(close(error.fisher.value(), expected.fisher.value(), 1e-6));
            QVERIFY(close(error.tokenRelative.value(), expected.tokenRelative.value()));
            QVERIFY(close(error.residual.value(), expected.residual.value()));
            QVERIFY(close(error.trueFisher.value(), expected.trueFisher.value(), 1e-4));
            QVERIFY(
                close(error.sqnrDb(), 10 * std::log10(expected.weightEnergy / expected.squaredError), 1e-6));
        }
    }

    void gptqBeatsRoundingInOutputError()
    {
        Case c(64, 96, 200);
        const std::vector<quant::Option> options{
            option("int3-asym-g32/rtn"), option("int3-asym-g32/gptq"), option("int3-asym-g32/gptq-actorder")};
        const auto errors = score::measureOptions(c.reader(), c.evidence, options, RunContext{}).value();
        QCOMPARE(errors.size(), std::size_t{3});
        QVERIFY(*errors[1].actGram < *errors[0].actGram);
        QVERIFY(*errors[2].actGram < *errors[0].actGram);
        QVERIFY(errors[1].squaredError > errors[0].squaredError);
    }

    void missingEvidenceIsMissing()
    {
        Case c(8, 64, 10);
        const std::vector<quant::Option> options{
            option("int4-asym-g64/rtn"), option("int4-asym-g64/gptq"), option("keep")};
        const auto errors
            = score::measureOptions(c.reader(), score::UnitEvidence{}, options, RunContext{}).value();
        QCOMPARE(errors.size(), std::size_t{2}); // GPTQ cannot run without a Gram
        QCOMPARE(errors[0].option, std::string("int4-asym-g64/rtn"));
        QCOMPARE(errors[1].option, std::string("keep"));
        for (const OptionError& error : errors) {
            QVERIFY(!error.actDiag && !error.actGram && !error.gramEnergy && !error.tokenRelative
                && !error.residual && !error.trueFisher);
            QVERIFY(!error.fisher);
        }
        QVERIFY(errors[0].squaredError > 0);

        c.evidence.tokenShare.clear();
        const auto withoutShare
            = score::measureOptions(c.reader(), c.evidence, {options[0]}, RunContext{}).value();
        QVERIFY(withoutShare[0].tokenRelative.has_value());
        QVERIFY(!withoutShare[0].residual.has_value());
    }

    void unknownSharesAreLeftOut()
    {
        Case c(8, 64, 4);
        const auto share = c.evidence.tokenShare;
        c.evidence.tokenShare[1] = std::numeric_limits<double>::quiet_NaN();
        const auto part
            = score::measureOptions(c.reader(), c.evidence, {option("int2-asym-g64/rtn")}, RunContext{})
                  .value();
        QVERIFY(part[0].residual.has_value() && std::isfinite(*part[0].residual));
        c.evidence.tokenShare.assign(4, std::numeric_limits<double>::quiet_NaN());
        const auto none
            = score::measureOptions(c.reader(), c.evidence, {option("int2-asym-g64/rtn")}, RunContext{})
                  .value();
        QVERIFY(!none[0].residual.has_value());
    }

    void keepIsExact()
    {
        Case c(8, 64, 4);
        c.evidence.gradient = &c.gradient;
        const auto errors
            = score::measureOptions(c.reader(), c.evidence, {option("keep")}, RunContext{}).value();
        QCOMPARE(errors[0].squaredError, 0.0);
        QCOMPARE(errors[0].actGram, std::optional<double>(0.0));
        QCOMPARE(errors[0].residual, std::optional<double>(0.0));
        QCOMPARE(errors[0].trueFisher, std::optional<double>(0.0));
        QCOMPARE(errors[0].fisher, std::optional<double>(0.0));
        QVERIFY(std::isinf(errors[0].sqnrDb()) && errors[0].sqnrDb() > 0);
    }

    void tilesAndThreadsDoNotMatter()
    {
        Case c(1500, 256, 40); // several pieces and, with a small budget, several tiles
        c.evidence.gradient = &c.gradient;
        const std::vector<quant::Option> options{
            option("int2-asym-g64/rtn"), option("int4-asym-g128/gptq"), option("nf4-g64/rtn")};
        RunContext one;
        one.threads = 1;
        RunContext four;
        four.threads = 4;
        four.memoryBudget = 4U << 20; // three tiles
        const auto a = score::measureOptions(c.reader(), c.evidence, options, one).value();
        const auto b = score::measureOptions(c.reader(), c.evidence, options, four).value();
        QCOMPARE(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            QVERIFY(same(a[i], b[i]));
    }

    void errorFallsWithBits()
    {
        Case c(32, 128, 16);
        std::vector<quant::Option> options;
        for (int bits = 2; bits <= 8; ++bits)
            options.push_back(option("int" + std::to_string(bits) + "-asym-g128/rtn"));
        c.evidence.gradient = &c.gradient;
        const auto errors = score::measureOptions(c.reader(), c.evidence, options, RunContext{}).value();
        for (std::size_t i = 1; i < errors.size(); ++i) {
            QVERIFY(errors[i].squaredError < errors[i - 1].squaredError);
            QVERIFY(*errors[i].fisher < *errors[i - 1].fisher);
            QVERIFY(*errors[i].tokenRelative < *errors[i - 1].tokenRelative);
        }
    }

    void refusesWhatDoesNotFit()
    {
        Case c(8, 64, 4);
        const auto code = [&](const score::UnitEvidence& evidence) {
            const auto result
                = score::measureOptions(c.reader(), evidence, {option("int4-asym-g64/rtn")}, RunContext{});
            return result ? std::optional<ErrorCode>() : result.error().code;
        };
        auto wrong = c.evidence;
        wrong.inputSumSq.pop_back();
        QCOMPARE(code(wrong), std::optional(ErrorCode::Mismatch));
        wrong = c.evidence;
        wrong.gram->width = 63;
        QCOMPARE(code(wrong), std::optional(ErrorCode::Mismatch));
        wrong = c.evidence;
        wrong.tokenShare.pop_back();
        QCOMPARE(code(wrong), std::optional(ErrorCode::Mismatch));
        auto gradient = c.gradient;
        gradient.rowMeanSq.pop_back();
        wrong = c.evidence;
        wrong.gradient = &gradient;
        QCOMPARE(code(wrong), std::optional(ErrorCode::Mismatch));
        QVERIFY(!code(c.evidence));
    }

    void nanIsRefusedByName()
    {
        testing::MemoryCheckpoint checkpoint;
        auto weights = gaussian(8 * 64, 5);
        weights[100] = std::numeric_limits<float>::quiet_NaN();
        checkpoint.add("model.layers.0.mlp.up_proj.weight", {8, 64}, weights);
        const auto reader = model::MatrixReader::open(checkpoint, 0).value();
        for (const char* id : {"int4-asym-g64/rtn", "keep"}) {
            const auto result
                = score::measureOptions(reader, score::UnitEvidence{}, {option(id)}, RunContext{});
            QVERIFY(!result.has_value());
            QCOMPARE(result.error().code, ErrorCode::Numeric);
            QCOMPARE(result.error().tensor, std::string("model.layers.0.mlp.up_proj.weight"));
        }
    }

    void stopsWhenAsked()
    {
        Case c(64, 64, 4);
        std::stop_source stop;
        stop.request_stop();
        RunContext context;
        context.stop = stop.get_token();
        const auto result
            = score::measureOptions(c.reader(), c.evidence, {option("int4-asym-g64/rtn")}, context);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestScoreError)
#include "tst_score_error.moc"
