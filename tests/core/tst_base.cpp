#include "core/base/checked.h"
#include "core/base/parallel.h"

#include <QtTest>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <thread>

using namespace bitwright;

class TestBase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorIsOneLine();
    void loopCoversEveryItemOnce();
    void sumsDoNotDependOnThreads();
    void exceptionBecomesError();
    void stopEndsTheLoop();
    void lowestErrorWins();
    void checkedArithmetic();
    void partMapsProgress();
};

void TestBase::errorIsOneLine()
{
    Error error{
        ErrorCode::Format, "Size overflows.", "m.safetensors", "a\n\x1b[2J", 96, "Download it again."};
    QCOMPARE(error.oneLine(),
        std::string("m.safetensors: \"a\\x0A\\x1B[2J\": byte 96: Size overflows. Download it again."));
    QCOMPARE(escapedForDisplay("a\xE2\x80\xAE"
                               "b\xFF\xC0\x80 \xC3\xA9"),
        std::string("a\\xE2\\x80\\xAEb\\xFF\\xC0\\x80 \xC3\xA9"));
}

void TestBase::loopCoversEveryItemOnce()
{
    for (const int threads : {1, 2, 5}) {
        std::vector<std::atomic<int>> hits(1003);
        RunContext context;
        context.threads = threads;
        const auto result = parallelFor(
            hits.size(), 10,
            [&](const Chunk& chunk) -> Result<void> {
                for (std::size_t i = chunk.begin; i < chunk.end; ++i)
                    ++hits[i];
                return {};
            },
            context);
        QVERIFY(result);
        for (const auto& hit : hits)
            QCOMPARE(hit.load(), 1);
    }
}

void TestBase::sumsDoNotDependOnThreads()
{
    std::vector<float> values(100001);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = 1.0f / static_cast<float>(i + 1);
    const auto sumWith = [&](int threads) {
        RunContext context;
        context.threads = threads;
        return *parallelReduce<float>(
            values.size(), 1000, 0.0f,
            [&](const Chunk& chunk) -> Result<float> {
                return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(chunk.begin),
                    values.begin() + static_cast<std::ptrdiff_t>(chunk.end), 0.0f);
            },
            [](float& sum, float&& part) { sum += part; }, context);
    };
    const float one = sumWith(1);
    QVERIFY(one == sumWith(2) && one == sumWith(7));
}

void TestBase::exceptionBecomesError()
{
    RunContext context;
    context.threads = 3;
    const auto thrown = parallelFor(
        100, 1,
        [](const Chunk& chunk) -> Result<void> {
            if (chunk.index == 50)
                throw std::runtime_error("boom");
            return {};
        },
        context);
    QVERIFY(!thrown);
    QCOMPARE(thrown.error().code, ErrorCode::Internal);
    QCOMPARE(thrown.error().message, std::string("boom"));
    const auto memory = parallelFor(
        4, 1, [](const Chunk&) -> Result<void> { throw std::bad_alloc(); }, context);
    QCOMPARE(memory.error().code, ErrorCode::OutOfMemory);
}

void TestBase::stopEndsTheLoop()
{
    std::stop_source source;
    RunContext context;
    context.threads = 2;
    context.stop = source.get_token();
    std::atomic<int> ran = 0;
    const auto result = parallelFor(
        1000000, 1,
        [&](const Chunk&) -> Result<void> {
            if (++ran == 10)
                source.request_stop();
            return {};
        },
        context);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::Cancelled);
    QVERIFY(ran < 1000);
}

void TestBase::lowestErrorWins()
{
    RunContext context;
    context.threads = 1;
    const auto result = parallelFor(
        10, 1, [](const Chunk& c) -> Result<void> { return fail(ErrorCode::Numeric, "chunk {}", c.index); },
        context);
    QCOMPARE(result.error().message, std::string("chunk 0"));
}

void TestBase::checkedArithmetic()
{
    QVERIFY(!checkedMul<std::uint64_t>(std::uint64_t{1} << 32, std::uint64_t{1} << 32));
    QVERIFY(!checkedAdd<std::uint64_t>(~std::uint64_t{0}, 1));
    QCOMPARE(*checkedMul<std::uint64_t>(3, 4), std::uint64_t{12});
    QVERIFY(!(checkedCast<std::int32_t>(std::uint64_t{1} << 31)));
    QCOMPARE(ceilDiv<std::size_t>(10, 3), std::size_t{4});
}

void TestBase::partMapsProgress()
{
    RunContext context;
    double seen = -1;
    context.progress = [&](double fraction, std::string_view) { seen = fraction; };
    context.part(0.5, 1.0).report(0.5, "x");
    QCOMPARE(seen, 0.75);
}

QTEST_GUILESS_MAIN(TestBase)
#include "tst_base.moc"
