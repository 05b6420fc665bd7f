#include "core/plan/difference.h"
#include "tests/support/plan_model.h"

#include <QtTest>

using namespace bitwright;

namespace {

plan::PlanSpace toySpace(bool scored)
{
    const auto checkpoint = testing::planModel(1);
    const plan::Target& target = *plan::targetFromId("compressed-tensors").value();
    const auto options = testing::planOptions({"int4-sym-g128/rtn", "int8-sym-g128/rtn"});
    auto scores = testing::planScores(checkpoint, target, options);
    if (!scored)
        scores.units.front().options.front().score.reset();
    return plan::PlanSpace::build(checkpoint, target, options, scores, false).value();
}

} // namespace

class TestPlanDifference : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void samePlansDoNotDiffer();
    void deltasAddUp();
    void unknownStaysUnknown();
    void refusesOtherChoices();
};

void TestPlanDifference::samePlansDoNotDiffer()
{
    const auto space = toySpace(true);
    const std::vector<std::size_t> choice(space.units().size(), 0);
    const auto difference = plan::differenceOf(space, choice, choice).value();
    QCOMPARE(difference.changed, std::size_t(0));
    QCOMPARE(difference.deltaBytes, std::int64_t(0));
    QCOMPARE(difference.deltaHarm, 0.0);
    QCOMPARE(difference.units.size(), space.units().size());
}

void TestPlanDifference::deltasAddUp()
{
    const auto space = toySpace(true);
    const std::vector<std::size_t> a(space.units().size(), 0);
    auto b = a;
    b[1] = b[2] = 1;
    const auto difference = plan::differenceOf(space, a, b).value();
    QCOMPARE(difference.changed, std::size_t(2));
    QVERIFY(difference.deltaBytes > 0);
    QCOMPARE(difference.deltaBytes,
        static_cast<std::int64_t>(space.sizeOf(b).unitBytes)
            - static_cast<std::int64_t>(space.sizeOf(a).unitBytes));
    double harm = 0;
    for (const std::size_t unit : {1U, 2U})
        harm += *space.cell(unit, 1).score - *space.cell(unit, 0).score;
    QCOMPARE(difference.deltaHarm, harm);
    QVERIFY(harm < 0);
    const auto back = plan::differenceOf(space, b, a).value();
    QCOMPARE(back.deltaHarm, -difference.deltaHarm);
    QCOMPARE(back.deltaBytes, -difference.deltaBytes);
}

void TestPlanDifference::unknownStaysUnknown()
{
    const auto space = toySpace(false);
    const std::vector<std::size_t> a(space.units().size(), 0);
    auto b = a;
    b[0] = 1;
    const auto difference = plan::differenceOf(space, a, b).value();
    QVERIFY(!difference.units[0].deltaHarm);
    QCOMPARE(difference.unknown, std::size_t(1));
    QCOMPARE(difference.deltaHarm, 0.0);
}

void TestPlanDifference::refusesOtherChoices()
{
    const auto space = toySpace(true);
    const std::vector<std::size_t> good(space.units().size(), 0);
    auto wrong = good;
    wrong[0] = 99;
    for (const auto& bad : {std::vector<std::size_t>{}, wrong}) {
        const auto difference = plan::differenceOf(space, good, bad);
        QVERIFY(!difference);
        QCOMPARE(difference.error().code, ErrorCode::InvalidArgument);
    }
}

QTEST_GUILESS_MAIN(TestPlanDifference)
#include "tst_plan_difference.moc"
