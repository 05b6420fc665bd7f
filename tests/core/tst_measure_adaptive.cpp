#include "core/measure/adaptive.h"

#include <QTest>

using namespace bitwright::measure;

namespace {

PairState pair(std::size_t unit, std::uint64_t bytes, std::size_t column, double mean, double half)
{
    return {unit, bytes, column, Interval{mean, mean - half, mean + half}};
}

} // namespace

class TestMeasureAdaptive : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void knownWellEnough()
    {
        // Overlapping, but within 10 % of the mean.
        const std::vector<PairState> pairs{pair(0, 10, 0, 1.0, 0.09), pair(1, 10, 0, 1.05, 0.09)};
        QVERIFY(needMore(pairs, {}).empty());
        QCOMPARE(needMore(pairs, {0.05, 2e-3}).size(), std::size_t{2});
    }

    void toldApartIsEnough()
    {
        const std::vector<PairState> pairs{
            pair(0, 10, 0, 1.0, 0.4), pair(1, 10, 0, 3.0, 1.0), pair(0, 20, 1, 0.1, 0.04)};
        QVERIFY(needMore(pairs, {}).empty());
    }

    void neighborsThatOverlap()
    {
        // Units 0 and 1 at option 0 overlap, unit 2 is far away; at unit 2 the two options overlap.
        const std::vector<PairState> pairs{pair(0, 10, 0, 1.0, 0.3), pair(1, 10, 0, 1.2, 0.6),
            pair(2, 10, 0, 5.0, 2.0), pair(2, 20, 1, 4.0, 1.0)};
        const auto more = needMore(pairs, {});
        QCOMPARE(more, (std::vector<std::size_t>{1, 2, 0, 3})); // widest for its mean first
    }

    void notNegligible()
    {
        const std::vector<PairState> pairs{pair(0, 10, 0, 1e-5, 1e-5), pair(1, 10, 0, 1.1e-5, 1e-5)};
        QVERIFY(needMore(pairs, {}).empty()); // two units of 2e-5 at most
        QCOMPARE(needMore(pairs, {0.1, 1e-6}).size(), std::size_t{2});
    }

    void unknownComesFirst()
    {
        std::vector<PairState> pairs{pair(0, 10, 0, 1.0, 0.3), pair(1, 10, 0, 1.2, 0.6), {2, 10, 0, {}}};
        QCOMPARE(needMore(pairs, {}), (std::vector<std::size_t>{2, 1, 0}));
        QVERIFY(needMore({}, {}).empty());
    }
};

QTEST_GUILESS_MAIN(TestMeasureAdaptive)
#include "tst_measure_adaptive.moc"
