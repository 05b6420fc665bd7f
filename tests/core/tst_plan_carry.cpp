#include "core/plan/carry.h"
#include "tests/support/plan_model.h"

#include <QtTest>

using namespace bitwright;

namespace {

plan::PlanSpace spaceOf(const char* targetId, const std::vector<std::string_view>& ids)
{
    const auto checkpoint = testing::planModel(2);
    const plan::Target& target = *plan::targetFromId(targetId).value();
    const auto options = testing::planOptions(ids);
    return plan::PlanSpace::build(
        checkpoint, target, options, testing::planScores(checkpoint, target, options), false)
        .value();
}

const std::vector<std::string_view> kRounded
    = {"int2-sym-g64/rtn", "int4-sym-g64/rtn", "int8-sym-g64/rtn", "keep"};
const std::vector<std::string_view> kClipped
    = {"int8-sym-g64/clip", "int4-sym-g64/clip", "int2-sym-g64/clip", "keep"};
const std::vector<std::string_view> kOther = {"int3-asym-g64/rtn", "int8-sym-g64/rtn", "keep"};

plan::Plan baseOf(const plan::PlanSpace& space)
{
    plan::Plan base;
    base.target = space.target().id();
    base.provenance = space.provenance().label;
    base.ties = false;
    return base;
}

plan::Plan solvedAt(const plan::PlanSpace& space, double bpw)
{
    auto solved = plan::solvePlan(space, baseOf(space), plan::Budget::ofBpw(bpw), {}, RunContext{});
    solved->plan.budgetBpw = bpw;
    return solved->plan;
}

std::string formatOf(const std::string& option)
{
    return option.substr(0, option.find('/'));
}

std::uint64_t bytesOf(const plan::PlanSpace& space, const plan::Plan& plan)
{
    return space.sizeOf(plan).value().bytes();
}

} // namespace

class TestPlanCarry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void formatsOutliveTheQuantizer();
    void solversPlanIsSolvedAnew();
    void handAndLocksStayWhereTheyCan();
    void budgetGivesWayBeforeLocksDo();
    void plansInOtherFormatsAreNotGuessed();
};

void TestPlanCarry::formatsOutliveTheQuantizer()
{
    const auto rounded = spaceOf("compressed-tensors", kRounded);
    const auto clipped = spaceOf("compressed-tensors", kClipped);
    plan::Plan plan = solvedAt(rounded, 4.5);
    plan.entries[rounded.units()[1].name].option = "int8-sym-g64/rtn";
    plan.entries[rounded.units()[2].name] = {"keep", true, "because"};
    std::vector<char> byHand(rounded.units().size(), 0);
    byHand[1] = 1;
    const auto carried
        = plan::carryPlan(plan, byHand, bytesOf(rounded, plan), baseOf(clipped), clipped, {}, RunContext{});
    QVERIFY(carried);
    QVERIFY(carried->solved.empty());
    QCOMPARE(carried->changedByHand, std::size_t(0));
    for (const auto& [name, entry] : plan.entries) {
        const auto& now = carried->plan.entries.at(name);
        QCOMPARE(formatOf(now.option), formatOf(entry.option));
        QVERIFY(now.option == "keep" || now.option.ends_with("/clip"));
        QCOMPARE(now.locked, entry.locked);
        QCOMPARE(now.note, entry.note);
    }
    QCOMPARE(bytesOf(clipped, carried->plan), bytesOf(rounded, plan));
    const auto back = plan::carryPlan(
        carried->plan, byHand, bytesOf(clipped, carried->plan), baseOf(rounded), rounded, {}, RunContext{});
    QVERIFY(back && back->plan == plan);
}

void TestPlanCarry::solversPlanIsSolvedAnew()
{
    const auto rounded = spaceOf("compressed-tensors", kRounded);
    const auto clipped = spaceOf("compressed-tensors", kClipped);
    plan::Plan plan = solvedAt(rounded, 3.2);
    plan.budgetBpw.reset();
    plan.budgetBytes = bytesOf(rounded, plan);
    const std::vector<char> byHand(rounded.units().size(), 0);
    const auto carried
        = plan::carryPlan(plan, byHand, 999'999'999, baseOf(clipped), clipped, {}, RunContext{});
    QVERIFY(carried);
    QCOMPARE(carried->solved.size(), clipped.units().size());
    QVERIFY(bytesOf(clipped, carried->plan) <= *plan.budgetBytes);
    QCOMPARE(carried->plan.budgetBytes, plan.budgetBytes);
}

void TestPlanCarry::handAndLocksStayWhereTheyCan()
{
    const auto rounded = spaceOf("compressed-tensors", kRounded);
    const auto other = spaceOf("fake-quant", kOther);
    plan::Plan plan = solvedAt(rounded, 5.0);
    const auto name = [&](std::size_t unit) { return rounded.units()[unit].name; };
    plan.entries[name(0)] = {"int8-sym-g64/rtn", false, "hand"};
    plan.entries[name(1)] = {"int4-sym-g64/rtn", true, "gone"};
    plan.entries[name(2)] = {"int8-sym-g64/rtn", true, {}};
    std::vector<char> byHand(rounded.units().size(), 0);
    byHand[0] = 1;
    const auto carried
        = plan::carryPlan(plan, byHand, bytesOf(rounded, plan), baseOf(other), other, {}, RunContext{});
    QVERIFY(carried);
    QCOMPARE(carried->plan.target, std::string("fake-quant"));
    QCOMPARE(carried->plan.entries.at(name(0)).option, std::string("int8-sym-g64/rtn"));
    QVERIFY(!carried->plan.entries.at(name(0)).locked); // held while solving, not locked by anybody
    QCOMPARE(carried->plan.entries.at(name(2)).option, std::string("int8-sym-g64/rtn"));
    QVERIFY(carried->plan.entries.at(name(2)).locked);
    QVERIFY(!carried->plan.entries.at(name(1)).locked);
    QCOMPARE(carried->plan.entries.at(name(1)).note, std::string("gone"));
    QCOMPARE(carried->changedByHand, std::size_t(1));
    QCOMPARE(carried->unlocked, std::size_t(1));
    QVERIFY(other.choiceOf(carried->plan));
    QVERIFY(other.sizeOf(carried->plan)->bpw() <= 5.0);
}

void TestPlanCarry::budgetGivesWayBeforeLocksDo()
{
    const auto rounded = spaceOf("compressed-tensors", kRounded);
    const auto other = spaceOf("compressed-tensors", {"int4-sym-g32/rtn", "int8-sym-g64/rtn", "keep"});
    plan::Plan plan = solvedAt(rounded, 5.0);
    // By hand it has grown beyond its budget.
    std::vector<char> byHand(rounded.units().size(), 1);
    for (const auto& unit : rounded.units())
        plan.entries[unit.name].option = "int8-sym-g64/rtn";
    plan.entries[rounded.units()[3].name].option = "int4-sym-g64/rtn";
    byHand[3] = 0;
    plan.entries[rounded.units()[4].name].locked = true;
    const auto carried = plan::carryPlan(
        plan, byHand, bytesOf(rounded, plan) + 1024, baseOf(other), other, {}, RunContext{});
    QVERIFY(carried);
    QCOMPARE(carried->changedByHand, std::size_t(0));
    QVERIFY(carried->plan.entries.at(rounded.units()[4].name).locked);
    QCOMPARE(carried->plan.entries.at(rounded.units()[5].name).option, std::string("int8-sym-g64/rtn"));
    QCOMPARE(carried->plan.entries.at(rounded.units()[3].name).option, std::string("int4-sym-g32/rtn"));
}

void TestPlanCarry::plansInOtherFormatsAreNotGuessed()
{
    const auto rounded = spaceOf("compressed-tensors", kRounded);
    const auto clipped = spaceOf("compressed-tensors", kClipped);
    const auto other = spaceOf("fake-quant", kOther);
    const plan::Plan plan = solvedAt(rounded, 4.5);
    const auto same = plan::inFormatsOf(plan, clipped);
    QVERIFY(same);
    QVERIFY(clipped.choiceOf(*same));
    QVERIFY(plan::inFormatsOf(*same, rounded) == plan);
    QVERIFY(!plan::inFormatsOf(plan, other));
    plan::Plan partial = plan;
    partial.entries.erase(rounded.units()[0].name);
    QVERIFY(!plan::inFormatsOf(partial, clipped));
}

QTEST_GUILESS_MAIN(TestPlanCarry)
#include "tst_plan_carry.moc"
