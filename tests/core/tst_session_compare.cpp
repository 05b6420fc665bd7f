#include "core/session/compare.h"
#include "tests/support/memory_checkpoint.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace bitwright;
using model::DType;
using testing::MemoryCheckpoint;

namespace {

/// Longer than one piece, so that sums are folded.
std::vector<float> ramp(std::size_t count, float step)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = step * static_cast<float>(i % 1009) - 3.0F;
    return values;
}

RunContext threads(int count)
{
    RunContext context;
    context.threads = count;
    return context;
}

} // namespace

class TestSessionCompare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalModelsAreTheSame();
    void errorsMatchPlainLoops();
    void namesAndShapesAreTold();
    void dtypesAreComparedByValue();
    void nonFiniteIsCountedNotSummed();
    void emptyTensorsAreTheSame();
    void stopEndsIt();
    void readErrorsArePassedOn();
};

void TestSessionCompare::equalModelsAreTheSame()
{
    MemoryCheckpoint a, b;
    for (MemoryCheckpoint* model : {&a, &b})
        model->add("w", {30, 40}, ramp(1200, 0.5F), DType::BF16);
    const auto compared = session::compareModels(a, b, {}, threads(2)).value();
    QVERIFY(compared.same());
    QCOMPARE(compared.tensors.size(), std::size_t(1));
    QVERIFY(compared.tensors[0].sameBytes);
    QCOMPARE(*compared.tensors[0].maxAbsError, 0.0);
    QVERIFY(std::isinf(*compared.tensors[0].sqnrDb));
}

void TestSessionCompare::errorsMatchPlainLoops()
{
    constexpr std::size_t kRows = 1200, kCols = 1000;
    const auto x = ramp(kRows * kCols, 0.25F);
    auto y = x;
    for (std::size_t i = 0; i < y.size(); i += 7)
        y[i] += 0.125F * static_cast<float>(i % 5);
    double signal = 0, noise = 0, largest = 0;
    std::uint64_t differing = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double e = double(x[i]) - double(y[i]);
        signal += double(x[i]) * double(x[i]);
        noise += e * e;
        largest = std::max(largest, std::abs(e));
        differing += e != 0 ? 1 : 0;
    }
    MemoryCheckpoint a, b;
    a.add("w", {kRows, kCols}, x);
    b.add("w", {kRows, kCols}, y);
    std::vector<std::string> seen;
    const auto one = session::compareModels(
        a, b, [&](const auto& item) { seen.push_back(item.name); }, threads(1))
                         .value();
    const auto four = session::compareModels(a, b, {}, threads(4)).value();
    QCOMPARE(seen, std::vector<std::string>{"w"});
    QVERIFY(!one.tensors[0].sameBytes);
    QVERIFY(!one.same());
    QCOMPARE(*one.tensors[0].maxAbsError, largest);
    QCOMPARE(one.tensors[0].differing, differing);
    QVERIFY(std::abs(*one.tensors[0].sqnrDb - 10 * std::log10(signal / noise)) < 1e-9);
    QCOMPARE(*four.tensors[0].sqnrDb, *one.tensors[0].sqnrDb);
}

void TestSessionCompare::namesAndShapesAreTold()
{
    MemoryCheckpoint a, b;
    a.add("only.a", {2}, {1, 2});
    a.add("shape", {2, 3}, ramp(6, 1));
    b.add("shape", {3, 2}, ramp(6, 1));
    b.add("only.b", {2}, {1, 2});
    const auto compared = session::compareModels(a, b, {}, threads(1)).value();
    QCOMPARE(compared.onlyA, std::vector<std::string>{"only.a"});
    QCOMPARE(compared.onlyB, std::vector<std::string>{"only.b"});
    QCOMPARE(compared.tensors.size(), std::size_t(1));
    QVERIFY(!compared.tensors[0].maxAbsError);
    QVERIFY(!compared.tensors[0].sameBytes);
    QCOMPARE(compared.tensors[0].reason, std::string("Shapes differ: [2, 3] and [3, 2]."));
}

void TestSessionCompare::dtypesAreComparedByValue()
{
    MemoryCheckpoint a, b;
    a.add("w", {4}, {1, -2, 0.5F, 8});
    b.add("w", {4}, {1, -2, 0.5F, 8}, DType::BF16);
    const auto compared = session::compareModels(a, b, {}, threads(1)).value();
    const auto& item = compared.tensors[0];
    QVERIFY(!item.sameBytes);
    QCOMPARE(item.differing, std::uint64_t(0));
    QCOMPARE(*item.maxAbsError, 0.0);
    QCOMPARE(item.bytesA, std::uint64_t(16));
    QCOMPARE(item.bytesB, std::uint64_t(8));
}

void TestSessionCompare::nonFiniteIsCountedNotSummed()
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float inf = std::numeric_limits<float>::infinity();
    MemoryCheckpoint a, b;
    a.add("w", {4}, {1, nan, nan, 3});
    b.add("w", {4}, {1, nan, 5, inf});
    const auto compared = session::compareModels(a, b, {}, threads(1)).value();
    const auto& item = compared.tensors[0];
    QCOMPARE(item.nonFinite, std::uint64_t(3));
    QCOMPARE(item.differing, std::uint64_t(2)); // NaN equals NaN
    QCOMPARE(*item.maxAbsError, 0.0);
}

void TestSessionCompare::emptyTensorsAreTheSame()
{
    MemoryCheckpoint a, b;
    a.add("w", {0, 4}, {});
    b.add("w", {0, 4}, {});
    QVERIFY(session::compareModels(a, b, {}, threads(1)).value().same());
}

void TestSessionCompare::stopEndsIt()
{
    MemoryCheckpoint a, b;
    for (MemoryCheckpoint* model : {&a, &b})
        model->add("w", {30, 40}, ramp(1200, 0.5F));
    std::stop_source source;
    source.request_stop();
    RunContext context = threads(2);
    context.stop = source.get_token();
    const auto compared = session::compareModels(a, b, {}, context);
    QVERIFY(!compared);
    QCOMPARE(compared.error().code, ErrorCode::Cancelled);
}

void TestSessionCompare::readErrorsArePassedOn()
{
    MemoryCheckpoint a, b;
    a.add("w", {4}, {1, 2, 3, 4});
    b.addHeader("w", DType::F32, {4});
    const auto compared = session::compareModels(a, b, {}, threads(1));
    QVERIFY(!compared);
    QCOMPARE(compared.error().code, ErrorCode::OutOfRange);
}

QTEST_GUILESS_MAIN(TestSessionCompare)
#include "tst_session_compare.moc"
