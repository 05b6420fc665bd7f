#include "core/base/parallel.h"
#include "core/forward/attention.h"
#include "core/forward/experts.h"
#include "core/forward/kernels.h"
#include "core/forward/rope.h"
#include "tests/support/forward_models.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace bitwright;
using namespace bitwright::forward;
using test::withThreads;

namespace {

/// Values of about [-2, 2] that repeat nowhere.
std::vector<float> someValues(std::size_t count, double seed)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<float>(2 * std::sin(seed + 1.7 * static_cast<double>(i)));
    return values;
}

bool near(double one, double other, double tolerance = 2e-6)
{
    return std::abs(one - other) <= tolerance * (1 + std::abs(other));
}

/// Attention by the definition, in double.
std::vector<double> slowAttention(const Architecture& a, const AttentionInput& in)
{
    const std::size_t tokens = in.starts.back();
    std::vector<double> out(tokens * a.heads * a.headDim, 0.0);
    for (std::size_t s = 0; s + 1 < in.starts.size(); ++s)
        for (std::size_t q = in.starts[s]; q < in.starts[s + 1]; ++q)
            for (std::size_t h = 0; h < a.heads; ++h) {
                const std::size_t kv = h / (a.heads / a.keyValueHeads);
                std::vector<double> weights(tokens, 0.0);
                double sum = 0;
                for (std::size_t k = in.starts[s]; k < in.starts[s + 1]; ++k) {
                    const std::size_t distance = q > k ? q - k : k - q;
                    if ((a.causal && k > q) || (in.window > 0 && distance >= in.window))
                        continue;
                    double score = 0;
                    for (std::size_t d = 0; d < a.headDim; ++d)
                        score += static_cast<double>(in.queries[(q * a.heads + h) * a.headDim + d])
                            * static_cast<double>(in.keys[(k * a.keyValueHeads + kv) * a.headDim + d]);
                    score *= in.scale;
                    if (a.attentionSoftcap)
                        score = *a.attentionSoftcap * std::tanh(score / *a.attentionSoftcap);
                    sum += weights[k] = std::exp(score);
                }
                for (std::size_t k = 0; k < tokens; ++k)
                    for (std::size_t d = 0; d < a.headDim; ++d)
                        out[(q * a.heads + h) * a.headDim + d] += weights[k] / sum
                            * static_cast<double>(in.values[(k * a.keyValueHeads + kv) * a.headDim + d]);
            }
    return out;
}

} // namespace

class TestForwardParts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void norms();
    void activations_data();
    void activations();
    void activationsOfLargeValues();
    void softmaxAndSums();
    void finite();
    void rotation();
    void frequencies();
    void visible();
    void attention_data();
    void attention();
    void routes();
};

void TestForwardParts::norms()
{
    for (const std::size_t width : {1U, 7U, 64U, 131U}) {
        const std::vector<float> in = someValues(width, 0.3);
        const std::vector<float> weight = someValues(width, 1.1);
        const std::vector<float> bias = someValues(width, 2.2);
        double mean = 0;
        double squares = 0;
        for (const float x : in) {
            mean += static_cast<double>(x) / static_cast<double>(width);
            squares += static_cast<double>(x) * static_cast<double>(x) / static_cast<double>(width);
        }
        const double variance = squares - mean * mean;
        std::vector<float> rms(width), plus(width), layer(width);
        normRow(NormKind::Rms, 1e-3, in, weight, {}, rms);
        normRow(NormKind::RmsPlusOne, 1e-3, in, weight, {}, plus);
        normRow(NormKind::Layer, 1e-3, in, weight, bias, layer);
        for (std::size_t i = 0; i < width; ++i) {
            const double x = static_cast<double>(in[i]);
            const double w = static_cast<double>(weight[i]);
            QVERIFY(near(static_cast<double>(rms[i]), x / std::sqrt(squares + 1e-3) * w));
            QVERIFY(near(static_cast<double>(plus[i]), x / std::sqrt(squares + 1e-3) * (1 + w)));
            QVERIFY(near(static_cast<double>(layer[i]),
                (x - mean) / std::sqrt(variance + 1e-3) * w + static_cast<double>(bias[i]), 1e-5));
        }
        std::vector<float> inPlace = in;
        normRow(NormKind::Layer, 1e-3, inPlace, weight, bias, inPlace);
        QVERIFY(inPlace == layer);
    }
}

void TestForwardParts::activations_data()
{
    QTest::addColumn<int>("kind");
    for (const ActivationKind kind : {ActivationKind::Silu, ActivationKind::Gelu, ActivationKind::GeluTanh,
             ActivationKind::Relu, ActivationKind::QuickGelu})
        QTest::newRow(qPrintable(QString::number(static_cast<int>(kind)))) << static_cast<int>(kind);
}

void TestForwardParts::activations()
{
    QFETCH(const int, kind);
    std::vector<float> values;
    for (int i = -80; i <= 81; ++i)
        values.push_back(static_cast<float>(i) / 10.0F);
    std::vector<float> out = values;
    activate(static_cast<ActivationKind>(kind), out);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double x = static_cast<double>(values[i]);
        double expected = std::max(x, 0.0);
        if (static_cast<ActivationKind>(kind) == ActivationKind::Silu)
            expected = x / (1 + std::exp(-x));
        else if (static_cast<ActivationKind>(kind) == ActivationKind::QuickGelu)
            expected = x / (1 + std::exp(-1.702 * x));
        else if (static_cast<ActivationKind>(kind) == ActivationKind::Gelu)
            expected = 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
        else if (static_cast<ActivationKind>(kind) == ActivationKind::GeluTanh)
            expected = 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
        QVERIFY2(near(static_cast<double>(out[i]), expected), qPrintable(QString::number(x)));
    }
}

void TestForwardParts::activationsOfLargeValues()
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const ActivationKind kind : {ActivationKind::Silu, ActivationKind::Gelu, ActivationKind::GeluTanh,
             ActivationKind::Relu, ActivationKind::QuickGelu}) {
        std::vector<float> values{-1e5F, 1e5F, -300.0F, 300.0F, nan};
        values.resize(21, 1e5F); // vectors and the rest
        activate(kind, values);
        QVERIFY(std::abs(values[0]) < 1e-6F);
        QCOMPARE(values[1], 1e5F);
        QVERIFY(std::abs(values[2]) < 1e-6F);
        QCOMPARE(values[3], 300.0F);
        QVERIFY(std::isnan(values[4]));
        QCOMPARE(values[20], 1e5F);
    }
}

void TestForwardParts::softmaxAndSums()
{
    for (const std::size_t count : {1U, 5U, 33U}) {
        const std::vector<float> values = someValues(count, 0.9);
        for (const float cap : {0.0F, 1.5F}) {
            std::vector<float> out = values;
            softmax(out, 3.0F, cap);
            std::vector<double> expected;
            for (const float x : values) {
                const double scaled = 3.0 * static_cast<double>(x);
                expected.push_back(std::exp(cap > 0 ? 1.5 * std::tanh(scaled / 1.5) : scaled));
            }
            const double sum = std::accumulate(expected.begin(), expected.end(), 0.0);
            for (std::size_t i = 0; i < count; ++i)
                QVERIFY(near(static_cast<double>(out[i]), expected[i] / sum));
        }
        const ExpSum sum = expSum(values);
        const auto largest = std::max_element(values.begin(), values.end());
        QCOMPARE(sum.place, static_cast<std::size_t>(largest - values.begin()));
        double expected = 0;
        for (const float x : values)
            expected += std::exp(static_cast<double>(x) - static_cast<double>(*largest));
        QVERIFY(near(sum.sum, expected));
    }
    // Values that would overflow by themselves.
    std::vector<float> large{1e4F, 1e4F, -1e4F};
    softmax(large, 1.0F, 0.0F);
    QVERIFY(near(static_cast<double>(large[0]), 0.5) && large[2] == 0.0F);
}

void TestForwardParts::finite()
{
    for (const std::size_t place : {0U, 15U, 32U}) {
        std::vector<float> values(33, std::numeric_limits<float>::max());
        QVERIFY(allFinite(values));
        values[place] = std::numeric_limits<float>::infinity();
        QVERIFY(!allFinite(values));
        values[place] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(!allFinite(values));
    }
}

void TestForwardParts::rotation()
{
    Rope rope;
    rope.theta = 100;
    rope.dimensions = 6;
    const RotaryTable table = rotaryTable(rope, 9, 64);
    QCOMPARE(table.pairs, std::size_t{3});
    std::vector<float> head = someValues(8, 0.1);
    const std::vector<float> before = head;
    rotate(head, table.cosinesAt(7), table.sinesAt(7));
    for (std::size_t i = 0; i < 3; ++i) {
        const double angle = 7 / std::pow(100.0, static_cast<double>(2 * i) / 6);
        const double a = static_cast<double>(before[i]);
        const double b = static_cast<double>(before[i + 3]);
        QVERIFY(near(static_cast<double>(head[i]), a * std::cos(angle) - b * std::sin(angle)));
        QVERIFY(near(static_cast<double>(head[i + 3]), b * std::cos(angle) + a * std::sin(angle)));
    }
    QCOMPARE(head[6], before[6]); // beyond the rotated dimensions
    QCOMPARE(head[7], before[7]);
}

void TestForwardParts::frequencies()
{
    Rope rope;
    rope.theta = 10'000;
    rope.dimensions = 8;
    const std::vector<float> plain = rotaryFrequencies(rope, 10, 64);
    QVERIFY(near(static_cast<double>(plain[1]), 0.1));
    rope.kind = RopeKind::Linear;
    rope.factor = 4;
    QVERIFY(near(static_cast<double>(rotaryFrequencies(rope, 10, 64)[1]), 0.025));
    rope.kind = RopeKind::Dynamic;
    QVERIFY(rotaryFrequencies(rope, 64, 64) == plain); // unscaled up to the positions of the file
    const double theta = 1e4 * std::pow(4.0 * 2 - 3, 8.0 / 6);
    QVERIFY(near(static_cast<double>(rotaryFrequencies(rope, 128, 64)[1]), 1 / std::pow(theta, 0.25)));
    rope.kind = RopeKind::LongRope;
    rope.originalPositions = 32;
    rope.shortFactor = {1, 2, 3, 4};
    rope.longFactor = {5, 6, 7, 8};
    QVERIFY(near(static_cast<double>(rotaryFrequencies(rope, 32, 64)[1]), 0.05));
    QVERIFY(near(static_cast<double>(rotaryFrequencies(rope, 33, 64)[1]), 0.1 / 6));
    rope.kind = RopeKind::Llama3;
    rope.factor = 8;
    rope.originalPositions = 64; // waves of 6.3, 63, 628, 6283: kept, between, slowed
    const std::vector<float> bands = rotaryFrequencies(rope, 10, 64);
    QCOMPARE(bands[0], plain[0]);
    QVERIFY(bands[1] < plain[1] && bands[1] > plain[1] / 8);
    QVERIFY(near(static_cast<double>(bands[3]), static_cast<double>(plain[3]) / 8));
}

void TestForwardParts::visible()
{
    const auto range = [](const Visible& seen) { return std::pair(seen.first, seen.end); };
    QCOMPARE(range(visibleKeys(5, 10, true, 0)), std::pair(std::size_t{0}, std::size_t{6}));
    QCOMPARE(range(visibleKeys(5, 10, true, 3)), std::pair(std::size_t{3}, std::size_t{6}));
    QCOMPARE(range(visibleKeys(1, 10, true, 3)), std::pair(std::size_t{0}, std::size_t{2}));
    QCOMPARE(range(visibleKeys(5, 10, false, 0)), std::pair(std::size_t{0}, std::size_t{10}));
    QCOMPARE(range(visibleKeys(5, 10, false, 3)), std::pair(std::size_t{3}, std::size_t{8}));
}

void TestForwardParts::attention_data()
{
    QTest::addColumn<bool>("causal");
    QTest::addColumn<int>("window");
    QTest::addColumn<double>("cap");
    QTest::addColumn<int>("keyValueHeads");
    QTest::newRow("causal") << true << 0 << 0.0 << 4;
    QTest::newRow("window") << true << 40 << 0.0 << 4;
    QTest::newRow("capped") << true << 0 << 0.7 << 4;
    QTest::newRow("grouped") << true << 150 << 0.0 << 2;
    QTest::newRow("one key head") << true << 1 << 0.0 << 1;
    QTest::newRow("two-sided") << false << 0 << 0.0 << 4;
}

void TestForwardParts::attention()
{
    QFETCH(const bool, causal);
    QFETCH(const int, window);
    QFETCH(const double, cap);
    QFETCH(const int, keyValueHeads);
    Architecture a;
    a.heads = 4;
    a.keyValueHeads = static_cast<std::uint64_t>(keyValueHeads);
    a.headDim = 6;
    a.causal = causal;
    if (cap > 0)
        a.attentionSoftcap = cap;
    const std::vector<std::size_t> starts{0, 200, 201, 260}; // more than one block of queries
    const std::vector<float> q = someValues(260 * 24, 0.5);
    const std::vector<float> k = someValues(260 * a.keyValueHeads * 6, 1.5);
    const std::vector<float> v = someValues(260 * a.keyValueHeads * 6, 2.5);
    const AttentionInput input{q, k, v, starts, 0.3, static_cast<std::uint64_t>(window)};
    const BlasThreads single(1);
    std::vector<float> out(q.size(), 99.0F);
    QVERIFY(attend(a, input, out, withThreads(1)));
    const std::vector<double> expected = slowAttention(a, input);
    for (std::size_t i = 0; i < out.size(); ++i)
        QVERIFY(near(static_cast<double>(out[i]), expected[i], 1e-5));
    std::vector<float> threaded(q.size());
    QVERIFY(attend(a, input, threaded, withThreads(3)));
    QVERIFY(out == threaded);
}

void TestForwardParts::routes()
{
    Experts experts;
    experts.count = 4;
    experts.perToken = 2;
    const std::vector<float> logits{0.0F, 2.0F, 1.0F, 2.0F};
    const double all = 1 + 2 * std::exp(2.0) + std::exp(1.0);
    std::vector<Route> routes = routeToken(experts, logits);
    QCOMPARE(routes.size(), std::size_t{2});
    QCOMPARE(routes[0].expert, std::size_t{1}); // the lower of equals
    QCOMPARE(routes[1].expert, std::size_t{3});
    QVERIFY(near(static_cast<double>(routes[0].weight), std::exp(2.0) / all));
    experts.normalize = true;
    experts.perToken = 3;
    routes = routeToken(experts, logits);
    QCOMPARE(routes[2].expert, std::size_t{2});
    QVERIFY(near(static_cast<double>(routes[2].weight), std::exp(1.0) / (all - 1)));
}

QTEST_GUILESS_MAIN(TestForwardParts)
#include "tst_forward_parts.moc"
