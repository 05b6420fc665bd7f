#include "core/plan/solve.h"
#include "tests/support/plan_model.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace bitwright;
using plan::Budget;
using plan::Plan;
using plan::PlanSpace;

namespace {

const std::string kQ0 = "model.layers.0.self_attn.q_proj.weight";
const std::string kK0 = "model.layers.0.self_attn.k_proj.weight";
const alloc::Objective kSum{};
const alloc::Objective kMax{alloc::ObjectiveKind::Max, 1.0};

PlanSpace space(std::string_view target, bool ties, int blocks = 1,
    const std::vector<std::string_view>& ids
    = {"int2-asym-g128/rtn", "int4-asym-g128/rtn", "int8-asym-g128/rtn"})
{
    const testing::MemoryCheckpoint checkpoint = testing::planModel(blocks);
    const plan::Target& t = *plan::targetFromId(target).value();
    const auto options = testing::planOptions(ids);
    return PlanSpace::build(checkpoint, t, options, testing::planScores(checkpoint, t, options), ties)
        .value();
}

/// Best objective within a budget over every combination of the first three options that keeps ties and
/// locks.
double bruteForce(const PlanSpace& s, const Plan& base, std::uint64_t budget, bool largest)
{
    const std::size_t units = s.units().size();
    std::size_t combinations = 1;
    for (std::size_t i = 0; i < units; ++i)
        combinations *= 3;
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> choice(units);
    for (std::size_t code = 0; code < combinations; ++code) {
        std::size_t rest = code;
        for (std::size_t& option : choice) {
            option = rest % 3;
            rest /= 3;
        }
        bool allowed = s.sizeOf(choice).unitBytes <= budget;
        for (const plan::Tie& tie : s.tiesOf(base))
            for (const std::size_t unit : tie.units)
                allowed = allowed && choice[unit] == choice[tie.units.front()];
        for (std::size_t i = 0; i < units; ++i) {
            const auto entry = base.entries.find(s.units()[i].name);
            if (entry != base.entries.end() && entry->second.locked)
                allowed = allowed && s.optionIds()[choice[i]] == entry->second.option;
        }
        if (!allowed)
            continue;
        double value = 0;
        for (std::size_t i = 0; i < units; ++i)
            value = largest ? std::max(value, *s.cell(i, choice[i]).score)
                            : value + *s.cell(i, choice[i]).score;
        best = std::min(best, value);
    }
    return best;
}

bool close(double a, double b)
{
    return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

} // namespace

class TestPlanSolve : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void objectivesRoundTrip()
    {
        for (const char* text : {"sum", "max", "power:2", "power:0.5"})
            QCOMPARE(plan::objectiveText(plan::objectiveFromText(text).value()), std::string(text));
        for (const char* text :
            {"", "mean", "power:", "power:0", "power:-1", "power:2x", "power:nan", "power:inf"})
            QVERIFY(!plan::objectiveFromText(text).has_value());
    }

    void budgetsAreOneNumber()
    {
        const auto s = space("fake-quant", false);
        QCOMPARE(plan::unitBudget(s, Budget::ofBpw(4.0)).value(), s.unitParameters() / 2);
        QCOMPARE(plan::unitBudget(s, Budget::ofBytes(s.keptBytes() + 7)).value(), std::uint64_t{7});
        QVERIFY(!plan::unitBudget(s, Budget{}).has_value());
        Budget two = Budget::ofBpw(4);
        two.bytes = 1;
        QVERIFY(!plan::unitBudget(s, two).has_value());
        for (const double bits : {0.0, -3.0, std::numeric_limits<double>::quiet_NaN()})
            QVERIFY(!plan::unitBudget(s, Budget::ofBpw(bits)).has_value());
    }

    void optimumEqualsBruteForce_data()
    {
        QTest::addColumn<bool>("ties");
        QTest::addColumn<bool>("locked");
        QTest::addColumn<bool>("largest");
        for (const bool ties : {false, true})
            for (const bool locked : {false, true})
                for (const bool largest : {false, true})
                    QTest::addRow("ties %d locked %d max %d", ties, locked, largest)
                        << ties << locked << largest;
    }

    void optimumEqualsBruteForce()
    {
        QFETCH(bool, ties);
        QFETCH(bool, locked);
        QFETCH(bool, largest);
        const auto s = space("compressed-tensors", ties);
        Plan base;
        if (locked)
            QVERIFY(plan::applyLock(base, s, kQ0 + "=int8-asym-g128/rtn").has_value());
        const auto& objective = largest ? kMax : kSum;
        for (const double bpw : {3.8, 4.5, 6.0, 7.5}) {
            const auto solved = plan::solvePlan(s, base, Budget::ofBpw(bpw), objective, RunContext{}).value();
            QVERIFY(close(solved.solution.objective, bruteForce(s, base, s.unitBudgetFromBpw(bpw), largest)));
            QVERIFY(solved.solution.proven);
            QVERIFY(solved.size.bpw() <= bpw);
            QCOMPARE(solved.size.unitBytes, solved.solution.bytes);
            QCOMPARE(s.sizeOf(solved.plan).value().bytes(), solved.size.bytes());
            QCOMPARE(solved.plan.budgetBpw, std::optional<double>(bpw));
            QCOMPARE(solved.plan.objective, std::string(largest ? "max" : "sum"));
            const auto numbers = plan::numbersOf(s, solved.plan, objective).value();
            QVERIFY(close(numbers.objective, solved.solution.objective));
            QCOMPARE(numbers.unscored, std::size_t{0});
            if (ties)
                QCOMPARE(solved.plan.entries.at(kQ0).option, solved.plan.entries.at(kK0).option);
            if (locked)
                QCOMPARE(solved.plan.entries.at(kQ0), (plan::Entry{"int8-asym-g128/rtn", true, ""}));
        }
    }

    void infeasibleSaysWhatIsPossible()
    {
        const auto s = space("compressed-tensors", true);
        Plan base;
        QVERIFY(plan::applyLock(base, s, "lm_head.weight=keep").has_value());
        const auto result = plan::solvePlan(s, base, Budget::ofBpw(2.2), kSum, RunContext{});
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().code, ErrorCode::Infeasible);
        const std::string line = result.error().oneLine();
        QVERIFY(line.find("lm_head.weight") != std::string::npos); // the lock that causes it
        // Smallest possible: everything but the head at 2 bits.
        Plan smallest = s.uniform("int2-asym-g128/rtn", base).value();
        const auto size = s.sizeOf(smallest).value();
        QVERIFY2(line.find(std::to_string(size.unitBytes)) != std::string::npos, line.c_str());
        QVERIFY2(line.find(fmt::format("{:.4f}", size.bpw())) != std::string::npos, line.c_str());
        QVERIFY(line.find(std::to_string(size.bytes())) != std::string::npos);
        QVERIFY(plan::solvePlan(s, base, Budget::ofBytes(size.bytes()), kSum, RunContext{}).has_value());
        const auto file = plan::solvePlan(s, base, Budget::ofFileBpw(0.5), kSum, RunContext{});
        QCOMPARE(file.error().code, ErrorCode::Infeasible);
    }

    void contradictingLocksAreRefused()
    {
        const auto s = space("compressed-tensors", true);
        Plan base;
        QVERIFY(plan::applyLock(base, s, kQ0 + "=int8-asym-g128/rtn").has_value());
        QVERIFY(plan::applyLock(base, s, kK0 + "=int4-asym-g128/rtn").has_value());
        const auto result = plan::solvePlan(s, base, Budget::ofBpw(8), kSum, RunContext{});
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        base.ties = false;
        QVERIFY(plan::solvePlan(s, base, Budget::ofBpw(8), kSum, RunContext{}).has_value());
    }

    void unscoredUnitsAreNamed()
    {
        const testing::MemoryCheckpoint checkpoint = testing::planModel(1);
        const plan::Target& target = *plan::targetFromId("fake-quant").value();
        const auto options = testing::planOptions({"int4-asym-g128/rtn", "int8-asym-g128/rtn"});
        auto scores = testing::planScores(checkpoint, target, options);
        scores.units.pop_back(); // the head
        const auto withKeep = PlanSpace::build(checkpoint, target, options, scores, false).value();
        // Nothing else is known of the head, so it stays as it is.
        const auto solved = plan::solvePlan(withKeep, Plan{}, Budget::ofBpw(9), kSum, RunContext{}).value();
        QCOMPARE(solved.plan.entries.at("lm_head.weight").option, std::string("keep"));
        const auto tooSmall = plan::solvePlan(withKeep, Plan{}, Budget::ofBpw(5), kSum, RunContext{});
        QVERIFY(!tooSmall.has_value());
        QVERIFY(tooSmall.error().message.find("1 of 8 units have no score") != std::string::npos);
        QVERIFY(tooSmall.error().message.find("lm_head.weight") != std::string::npos);
        // Locked to something without a score, it is counted as unpriced, not as free.
        Plan base;
        QVERIFY(plan::applyLock(base, withKeep, "lm_head.weight=int4-asym-g128/rtn").has_value());
        const auto locked = plan::solvePlan(withKeep, base, Budget::ofBpw(5), kSum, RunContext{}).value();
        QCOMPARE(locked.solution.unpriced, std::size_t{1});
        QCOMPARE(plan::numbersOf(withKeep, locked.plan, kSum).value().unscored, std::size_t{1});
    }

    void frontierHoldsEveryOptimum()
    {
        const auto s = space("compressed-tensors", true, 2);
        const auto frontier = plan::frontierOf(s, Plan{}, kSum, {}, RunContext{}).value();
        QVERIFY(frontier.frontier.exact());
        QVERIFY(frontier.points.size() > 10);
        for (std::size_t i = 1; i < frontier.points.size(); ++i) {
            QVERIFY(frontier.points[i].bytes > frontier.points[i - 1].bytes);
            QVERIFY(frontier.points[i].objective < frontier.points[i - 1].objective);
        }
        for (std::size_t i = 0; i < frontier.points.size(); i += 7) {
            const plan::PlanPoint& point = frontier.points[i];
            const auto choice = frontier.frontier.choiceAt(i, RunContext{}).value();
            const auto size = s.sizeOf(choice);
            QCOMPARE(size.bytes(), point.bytes);
            QCOMPARE(size.bpw(), point.bpw);
            QCOMPARE(size.fileBpw(), point.fileBpw);
            const auto solved
                = plan::solvePlan(s, Plan{}, Budget::ofBytes(point.bytes), kSum, RunContext{}).value();
            QVERIFY(close(solved.solution.objective, point.objective));
        }
    }

    void uniformPointsStandBesideThePlan()
    {
        const auto s = space("compressed-tensors", true, 2);
        const auto points = plan::uniformPoints(s, Plan{}, kSum).value();
        QCOMPARE(points.size(), s.optionIds().size());
        for (std::size_t i = 0; i < points.size(); ++i) {
            QCOMPARE(points[i].option, s.optionIds()[i]);
            QCOMPARE(points[i].plan.name, points[i].option);
            // The optimum of the same size is never worse.
            const auto solved = plan::solvePlan(
                s, Plan{}, Budget::ofBytes(points[i].numbers.size.bytes()), kSum, RunContext{})
                                    .value();
            QVERIFY(solved.solution.objective <= points[i].numbers.objective + 1e-12
                || points[i].option == "keep"); // keep was not offered to the solver
        }
        QCOMPARE(points.back().option, std::string("keep"));
        QCOMPARE(points.back().numbers.objective, 0.0);
        QCOMPARE(points.back().numbers.size.bpw(), 16.0);
    }
};

QTEST_GUILESS_MAIN(TestPlanSolve)
#include "tst_plan_solve.moc"
