#include "core/alloc/frontier.h"
#include "core/alloc/solver.h"
#include "tests/support/alloc_brute_force.h"

#include <QtTest>

#include <chrono>
#include <functional>
#include <numeric>
#include <thread>

using namespace bitwright;
using namespace bitwright::alloc;
using namespace bitwright::test;

class TestAlloc : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void optimumIsBruteForce_data();
    void optimumIsBruteForce();
    void objectiveFallsWithBudget();
    void permutationChangesNothing();
    void dominatedOptionChangesNothing();
    void minimaxBoundsEveryPlan();
    void powerOneIsSum();
    void limitsKeepTheGapHonest();
    void layerLikeInstancesAreProven();
    void greatestDivisorClosesTheGap();
    void widelySpreadCosts();
    void equalUnitsTakeLowOptionsFirst();
    void invalidProblems_data();
    void invalidProblems();
    void infeasibleNamesLocks();
    void lockedUnknownCostIsCounted();
    void emptyProblem();
    void stopIsQuick();
};

void TestAlloc::optimumIsBruteForce_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("sum") << static_cast<int>(ObjectiveKind::Sum);
    QTest::newRow("max") << static_cast<int>(ObjectiveKind::Max);
    QTest::newRow("power") << static_cast<int>(ObjectiveKind::Power);
}

void TestAlloc::optimumIsBruteForce()
{
    QFETCH(int, kind);
    const auto objective = static_cast<ObjectiveKind>(kind);
    int solved = 0;
    int infeasible = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        const AllocationProblem problem = randomProblem(seed, objective);
        const std::vector<Plan> plans = allPlans(problem);
        const auto solver = Solver::prepare(problem);
        QVERIFY2(solver.has_value() == !plans.empty(), fmt::format("seed {}", seed).c_str());
        if (!solver)
            continue;
        for (const std::uint64_t budget : budgetsOf(plans, seed)) {
            const std::string where = fmt::format("seed {} budget {}", seed, budget);
            const Plan* best = bestWithin(plans, budget, objective == ObjectiveKind::Max);
            const auto solution = solver->solve(budget, RunContext{});
            if (best == nullptr) {
                QVERIFY2(!solution, where.c_str());
                QCOMPARE(solution.error().code, ErrorCode::Infeasible);
                ++infeasible;
                continue;
            }
            QVERIFY2(solution, where.c_str());
            QVERIFY2(solution->proven, where.c_str());
            QVERIFY2(solution->bytes <= budget, where.c_str());
            QVERIFY2(close(solution->objective, best->objective), where.c_str());
            QVERIFY2(close(solution->sum, best->sum), where.c_str());
            QVERIFY2(solution->relaxationBound <= solution->objective, where.c_str());
            QVERIFY2(close(solution->lowerBound, solution->objective), where.c_str());
            QVERIFY2(solution->dualPrice >= 0.0, where.c_str());
            // What is said about the choice is what the choice is.
            const auto plan = makePlan(problem, solution->choice);
            QVERIFY2(plan, where.c_str());
            QCOMPARE(plan->bytes, solution->bytes);
            QVERIFY2(close(plan->objective, solution->objective), where.c_str());
            const bool wholeNumbers = best->sum == std::floor(best->sum);
            if (wholeNumbers)
                QVERIFY2(solution->bytes == best->bytes, where.c_str());
            ++solved;
        }
    }
    QVERIFY(solved > 10'000);
    QVERIFY(infeasible > 100);
}

void TestAlloc::objectiveFallsWithBudget()
{
    const auto instance = test::layerLikeInstance(60, 12, 11);
    for (const ObjectiveKind kind : {ObjectiveKind::Sum, ObjectiveKind::Max, ObjectiveKind::Power}) {
        AllocationProblem problem = instance.problem;
        problem.objective = {kind, 0.5};
        const auto solver = Solver::prepare(problem);
        QVERIFY(solver);
        double last = kInfinity;
        for (int i = 0; i <= 40; ++i) {
            const std::uint64_t budget = solver->minimumBytes()
                + (solver->maximumUsefulBytes() - solver->minimumBytes()) * static_cast<std::uint64_t>(i)
                    / 40;
            const auto solution = solver->solve(budget, RunContext{});
            QVERIFY(solution && solution->proven);
            QVERIFY(solution->bytes <= budget);
            QVERIFY(solution->objective <= last);
            QVERIFY(solver->lowerBoundAt(budget) <= solution->objective * (1.0 + 1e-12));
            last = solution->objective;
        }
        QCOMPARE(solver->solve(solver->maximumUsefulBytes(), RunContext{})->dualPrice, 0.0);
    }
}

void TestAlloc::permutationChangesNothing()
{
    auto instance = test::layerLikeInstance(50, 10, 3);
    instance.problem.ties = {{0, 7}, {20, 21}};
    instance.problem.units[5].locked = 2;
    const auto before = solve(instance.problem, instance.budget, RunContext{});
    QVERIFY(before && before->proven);
    std::vector<std::size_t> order(instance.problem.units.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 engine(1);
    for (int round = 0; round < 10; ++round) {
        std::shuffle(order.begin(), order.end(), engine);
        AllocationProblem shuffled;
        std::vector<std::size_t> place(order.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            shuffled.units.push_back(instance.problem.units[order[i]]);
            place[order[i]] = i;
        }
        for (const auto& tie : instance.problem.ties)
            shuffled.ties.push_back({place[tie[0]], place[tie[1]]});
        const auto after = solve(shuffled, instance.budget, RunContext{});
        QVERIFY(after && after->proven);
        QVERIFY(std::abs(after->objective - before->objective) <= 1e-12 * before->objective);
        QCOMPARE(after->bytes, before->bytes);
    }
}

void TestAlloc::dominatedOptionChangesNothing()
{
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto instance = test::layerLikeInstance(30, 6, seed);
        const auto before = solve(instance.problem, instance.budget, RunContext{});
        QVERIFY(before && before->proven);
        for (Unit& unit : instance.problem.units) {
            const Option& base = unit.options[seed % unit.options.size()];
            const Option dominated{
                base.bytes + seed % 3, *base.cost * (1.0 + 0.1 * static_cast<double>(seed % 2))};
            unit.options.push_back(dominated); // Equal to its base for some seeds: the lower index must win.
        }
        const auto after = solve(instance.problem, instance.budget, RunContext{});
        QVERIFY(after && after->proven);
        QCOMPARE(after->choice, before->choice);
        QCOMPARE(after->objective, before->objective);
    }
}

void TestAlloc::minimaxBoundsEveryPlan()
{
    std::mt19937_64 engine(17);
    auto instance = test::layerLikeInstance(50, 8, 2);
    instance.problem.objective.kind = ObjectiveKind::Max;
    const auto best = solve(instance.problem, instance.budget, RunContext{});
    QVERIFY(best && best->proven);
    int feasible = 0;
    for (int trial = 0; trial < 20'000; ++trial) {
        std::vector<std::size_t> choice;
        for (std::size_t u = 0; u < instance.problem.units.size(); ++u)
            choice.push_back(std::min<std::size_t>(engine() % 8, engine() % 8));
        const auto plan = makePlan(instance.problem, choice);
        if (plan->bytes > instance.budget)
            continue;
        ++feasible;
        QVERIFY(plan->objective >= best->objective);
    }
    QVERIFY(feasible > 1000);
}

void TestAlloc::powerOneIsSum()
{
    auto instance = test::layerLikeInstance(40, 10, 9);
    const auto sum = solve(instance.problem, instance.budget, RunContext{});
    instance.problem.objective = {ObjectiveKind::Power, 1.0};
    const auto power = solve(instance.problem, instance.budget, RunContext{});
    instance.problem.objective.power = 2.0;
    const auto squares = solve(instance.problem, instance.budget, RunContext{});
    QVERIFY(sum && power && squares);
    QCOMPARE(power->choice, sum->choice);
    QCOMPARE(power->objective, sum->objective);
    double direct = 0.0;
    for (std::size_t u = 0; u < squares->choice.size(); ++u)
        direct += std::pow(*instance.problem.units[u].options[squares->choice[u]].cost, 2.0);
    QVERIFY(close(direct, squares->objective));
    QVERIFY(squares->sum == squares->objective);
}

void TestAlloc::limitsKeepTheGapHonest()
{
    int unproven = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto instance = test::layerLikeInstance(80, 12, seed);
        const auto best = solve(instance.problem, instance.budget, RunContext{});
        QVERIFY(best && best->proven);
        const auto poor = solve(instance.problem, instance.budget, RunContext{}, {4, 4'000'000'000});
        QVERIFY(poor);
        QVERIFY(poor->bytes <= instance.budget);
        QVERIFY(poor->objective >= best->objective * (1.0 - 1e-12));
        QVERIFY(poor->lowerBound <= best->objective * (1.0 + 1e-12));
        QVERIFY(poor->lowerBound >= poor->relaxationBound * (1.0 - 1e-12));
        QCOMPARE(poor->gap, poor->objective - poor->lowerBound);
        QVERIFY(poor->proven || poor->gap > 0.0);
        unproven += poor->proven ? 0 : 1;
    }
    QVERIFY(unproven > 5);
    const auto hard = test::hardInstance(60, 10, 1);
    const auto solution = solve(hard.problem, hard.budget, RunContext{}, {5000, 20'000'000});
    QVERIFY(solution);
    QVERIFY(solution->bytes <= hard.budget);
    QVERIFY(solution->lowerBound <= solution->objective);
    QVERIFY(solution->relativeGap < 1e-6);
}

void TestAlloc::layerLikeInstancesAreProven()
{
    for (const std::size_t units : {std::size_t{300}, std::size_t{3000}}) {
        const auto instance = test::layerLikeInstance(units, 20, 1);
        const auto solution = solve(instance.problem, instance.budget, RunContext{});
        QVERIFY(solution && solution->proven);
        QVERIFY(solution->bytes <= instance.budget);
        QVERIFY(solution->objective >= solution->relaxationBound);
        QVERIFY(solution->objective <= solution->relaxationBound * (1.0 + 1e-3));
    }
}

void TestAlloc::greatestDivisorClosesTheGap()
{
    std::mt19937_64 engine(4);
    AllocationProblem problem;
    std::uint64_t budget = 4095;
    for (int u = 0; u < 400; ++u) {
        Unit unit{fmt::format("u{}", u), {}, {}};
        const double scale = std::exp(test::normal(engine));
        for (std::uint64_t b = 2; b <= 8; ++b)
            unit.options.push_back({b * 4096 * 64 + 32, scale * std::pow(4.0, -static_cast<double>(b))});
        budget += 4 * 4096 * 64 + 32;
        problem.units.push_back(std::move(unit));
    }
    const auto loose = solve(problem, budget, RunContext{});
    const auto tight = solve(problem, budget - 4095, RunContext{});
    QVERIFY(loose && tight && loose->proven && tight->proven);
    QCOMPARE(loose->objective, tight->objective);
    QVERIFY(loose->statistics.visited < 100'000);
}

void TestAlloc::widelySpreadCosts()
{
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        AllocationProblem problem = randomProblem(seed, ObjectiveKind::Power);
        problem.objective = {ObjectiveKind::Sum, 1.0};
        problem.units.push_back({"huge", {{1, 1e9}, {50'000, 1e-9}, {90'000, 0.0}}, {}});
        const std::vector<Plan> plans = allPlans(problem);
        if (plans.empty())
            continue;
        for (const std::uint64_t budget : budgetsOf(plans, seed)) {
            const Plan* best = bestWithin(plans, budget, false);
            const auto solution = solve(problem, budget, RunContext{});
            QCOMPARE(solution.has_value(), best != nullptr);
            if (best == nullptr)
                continue;
            QVERIFY(solution->proven);
            QVERIFY(std::abs(solution->objective - best->objective) <= 1e-6 + 1e-14 * best->objective);
        }
    }
}

void TestAlloc::equalUnitsTakeLowOptionsFirst()
{
    AllocationProblem problem;
    for (int u = 0; u < 9; ++u)
        problem.units.push_back({"same", {{40, 9.0}, {80, 3.0}, {30, 20.0}}, {}});
    const auto solution = solve(problem, 9 * 40 + 3 * 40, RunContext{});
    QVERIFY(solution && solution->proven);
    QCOMPARE(solution->choice, (std::vector<std::size_t>{0, 0, 0, 0, 0, 0, 1, 1, 1}));
    // Equal in objective, fewer bytes.
    problem.units = {{"a", {{10, 1.0}, {12, 0.0}}, {}}, {"b", {{10, 1.0}, {15, 0.0}}, {}}};
    const auto smaller = solve(problem, 25, RunContext{});
    QVERIFY(smaller);
    QCOMPARE(smaller->bytes, std::uint64_t{22});
}

void TestAlloc::invalidProblems_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* name, int number, ErrorCode code, const char* line) {
        QTest::newRow(name) << number << static_cast<int>(code) << QString::fromLatin1(line);
    };
    row("no options", 0, ErrorCode::InvalidArgument, "\"b\": The unit has no options.");
    row("lock beyond", 1, ErrorCode::InvalidArgument, "\"b\": The unit is locked to option 2 but has 2.");
    row("nan", 2, ErrorCode::Numeric, "\"a\": The cost of option 1 is NaN.");
    row("minus inf", 3, ErrorCode::Numeric, "\"a\": The cost of option 0 is -Inf.");
    row("overflow", 4, ErrorCode::OutOfRange,
        "\"b\": The sizes of all units up to this one exceed 2^63 - 1 bytes.");
    row("tie beyond", 5, ErrorCode::InvalidArgument, "Tie 0 names unit 2 but there are 2.");
    row("tie lengths", 6, ErrorCode::InvalidArgument,
        "\"b\": The unit has 3 options but is tied to \"a\", which has 2.");
    row("lock against tie", 7, ErrorCode::InvalidArgument,
        "\"b\": The lock to option 1 contradicts the tie with \"a\", which is locked to option 0.");
    row("no cost", 8, ErrorCode::InvalidArgument,
        "\"a\": No option has a known cost; lock one or compute the score.");
    row("no common cost", 9, ErrorCode::InvalidArgument,
        "\"a\": No option has a known cost in all tied units; lock one or compute the score.");
    row("power", 10, ErrorCode::InvalidArgument, "The exponent of the objective is 0; it must be positive.");
    row("negative power", 11, ErrorCode::InvalidArgument,
        "\"a\": The cost of option 0 is -1; a power objective needs costs that are not negative.");
    row("huge power", 12, ErrorCode::Numeric,
        "\"a\": The cost 1e+300 of option 0 raised to 2 is not finite.");
    row("huge sum", 13, ErrorCode::Numeric, "The costs are so large that their sum is not finite.");
}

void TestAlloc::invalidProblems()
{
    QFETCH(int, number);
    QFETCH(int, code);
    QFETCH(QString, line);
    AllocationProblem problem = twoUnits();
    Unit& a = problem.units[0];
    Unit& b = problem.units[1];
    const std::vector<std::function<void()>> damage{
        [&] { b.options.clear(); },
        [&] { b.locked = 2; },
        [&] { a.options[1].cost = std::numeric_limits<double>::quiet_NaN(); },
        [&] { a.options[0].cost = -kInfinity; },
        [&] { a.options[0].bytes = b.options[0].bytes = std::uint64_t{1} << 62U; },
        [&] {
            problem.ties = {{0, 2}};
        },
        [&] {
            b.options.push_back({1, 1.0});
            problem.ties = {{0, 1}};
        },
        [&] {
            a.locked = 0;
            b.locked = 1;
            problem.ties = {{0, 1}};
        },
        [&] { a.options[0].cost = a.options[1].cost = std::nullopt; },
        [&] {
            a.options[0].cost.reset();
            b.options[1].cost = kInfinity;
            problem.ties = {{0, 1}};
        },
        [&] {
            problem.objective = {ObjectiveKind::Power, 0.0};
        },
        [&] {
            problem.objective = {ObjectiveKind::Power, 2.0};
            a.options[0].cost = -1.0;
        },
        [&] {
            problem.objective = {ObjectiveKind::Power, 2.0};
            a.options[0].cost = 1e300;
        },
        [&] { a.options[0].cost = b.options[0].cost = 1e308; },
    };
    damage[static_cast<std::size_t>(number)]();
    const auto valid = validate(problem);
    QVERIFY(!valid);
    QCOMPARE(static_cast<int>(valid.error().code), code);
    QCOMPARE(QString::fromStdString(valid.error().oneLine()), line);
    QVERIFY(!solve(problem, 1000, RunContext{}));
    QVERIFY(!frontier(problem, {}, RunContext{}));
}

void TestAlloc::infeasibleNamesLocks()
{
    AllocationProblem problem = twoUnits();
    problem.fixedBytes = 100;
    auto solution = solve(problem, 119, RunContext{});
    QVERIFY(!solution);
    QCOMPARE(solution.error().code, ErrorCode::Infeasible);
    QCOMPARE(solution.error().oneLine(),
        std::string("The budget is 119 bytes but the smallest possible plan has 120."));
    for (int i = 0; i < 4; ++i)
        problem.units.push_back(
            {fmt::format("c{}", i), {{10, 1.0}, {20 + std::uint64_t(i), 1.0}}, std::size_t{1}});
    solution = solve(problem, 165, RunContext{});
    QVERIFY(!solution);
    QCOMPARE(solution.error().oneLine(),
        std::string(
            "The budget is 165 bytes but the smallest possible plan has 206. 4 locks raise it by 46 bytes: "
            "\"c3\" (+13), \"c2\" (+12), \"c1\" (+11) and 1 more. Raise the budget or release locks."));
    solution = solve(problem, 130, RunContext{});
    QVERIFY(!solution);
    QVERIFY(
        solution.error().oneLine().ends_with("Raise the budget; without locks 160 bytes are still needed."));
    QVERIFY(solve(problem, 206, RunContext{}));
}

void TestAlloc::lockedUnknownCostIsCounted()
{
    AllocationProblem problem = twoUnits();
    problem.units[0].options[1].cost.reset();
    problem.units[0].locked = 1;
    for (const ObjectiveKind kind : {ObjectiveKind::Sum, ObjectiveKind::Max}) {
        problem.objective.kind = kind;
        const auto solution = solve(problem, 40, RunContext{});
        QVERIFY(solution && solution->proven);
        QCOMPARE(solution->choice, (std::vector<std::size_t>{1, 1}));
        QCOMPARE(solution->objective, 2.0);
        QCOMPARE(solution->unpriced, std::size_t{1});
    }
}

void TestAlloc::emptyProblem()
{
    AllocationProblem problem;
    problem.fixedBytes = 7;
    for (const ObjectiveKind kind : {ObjectiveKind::Sum, ObjectiveKind::Max, ObjectiveKind::Power}) {
        problem.objective.kind = kind;
        const auto solution = solve(problem, 7, RunContext{});
        QVERIFY(solution && solution->proven);
        QCOMPARE(solution->bytes, std::uint64_t{7});
        QCOMPARE(solution->objective, 0.0);
        QVERIFY(!solve(problem, 6, RunContext{}));
        const auto result = frontier(problem, {}, RunContext{});
        QVERIFY(result && result->exact());
        QCOMPARE(result->points().size(), std::size_t{1});
        QVERIFY(result->choiceAt(0, RunContext{})->empty());
    }
}

void TestAlloc::stopIsQuick()
{
    const auto instance = test::hardInstance(10'000, 20, 1);
    const auto solver = Solver::prepare(instance.problem);
    QVERIFY(solver);
    const auto cancelDuring = [&](const std::function<ErrorCode(const RunContext&)>& work) {
        std::stop_source source;
        RunContext context;
        context.stop = source.get_token();
        std::chrono::steady_clock::time_point stopped;
        std::jthread other([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(150));
            stopped = std::chrono::steady_clock::now();
            source.request_stop();
        });
        const ErrorCode code = work(context);
        const auto returned = std::chrono::steady_clock::now();
        other.join();
        QCOMPARE(code, ErrorCode::Cancelled);
        const auto late = std::chrono::duration_cast<std::chrono::milliseconds>(returned - stopped).count();
        QVERIFY2(late < 200, fmt::format("{} ms", late).c_str());
    };
    cancelDuring([&](const RunContext& context) {
        const auto solution = solver->solve(instance.budget, context);
        return solution ? ErrorCode::Internal : solution.error().code;
    });
    cancelDuring([&](const RunContext& context) {
        const auto result = frontier(*solver, {}, context);
        return result ? ErrorCode::Internal : result.error().code;
    });
}

QTEST_GUILESS_MAIN(TestAlloc)
#include "tst_alloc.moc"
