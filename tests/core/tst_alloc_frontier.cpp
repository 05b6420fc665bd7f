#include "core/alloc/evaluate.h"
#include "core/alloc/frontier.h"
#include "core/alloc/moves.h"
#include "tests/support/alloc_brute_force.h"

#include <QtTest>

using namespace bitwright;
using namespace bitwright::alloc;
using namespace bitwright::test;

namespace {

void addKinds()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("sum") << static_cast<int>(ObjectiveKind::Sum);
    QTest::newRow("max") << static_cast<int>(ObjectiveKind::Max);
    QTest::newRow("power") << static_cast<int>(ObjectiveKind::Power);
}

} // namespace

class TestAllocFrontier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frontierIsBruteForce_data();
    void frontierIsBruteForce();
    void certifiedFrontierIsHonest();
    void frontierAgreesWithSolve();
    void evaluationListsViolations();
    void movesMatchEvaluation_data();
    void movesMatchEvaluation();
    void movesAreSorted();
    void improveNeverWorsens();
    void threadsDoNotMatter();
};

void TestAllocFrontier::frontierIsBruteForce_data()
{
    addKinds();
}

void TestAllocFrontier::frontierIsBruteForce()
{
    QFETCH(int, kind);
    for (std::uint64_t seed = 1; seed <= 600; ++seed) {
        const AllocationProblem problem = randomProblem(seed, static_cast<ObjectiveKind>(kind));
        std::vector<Plan> plans = allPlans(problem);
        if (plans.empty())
            continue;
        std::sort(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
            return a.bytes != b.bytes ? a.bytes < b.bytes : a.objective < b.objective;
        });
        std::vector<Plan> kept;
        for (const Plan& plan : plans) {
            // Sums of the same costs in another order differ in the last bit; that is no improvement.
            if (kept.empty() || plan.objective < kept.back().objective - 1e-9)
                kept.push_back(plan);
        }
        const auto result = frontier(problem, {}, RunContext{});
        QVERIFY(result);
        QVERIFY(result->exact());
        QCOMPARE(result->gap(), 0.0);
        std::vector<FrontierPoint> points;
        for (const FrontierPoint& point : result->points()) {
            if (points.empty() || point.objective < points.back().objective - 1e-9)
                points.push_back(point);
        }
        QCOMPARE(points.size(), kept.size());
        for (std::size_t i = 0; i < kept.size(); ++i) {
            QCOMPARE(points[i].bytes, kept[i].bytes);
            QVERIFY(close(points[i].objective, kept[i].objective));
        }
        for (std::size_t i = 0; i < result->points().size(); ++i) {
            const auto choice = result->choiceAt(i, RunContext{});
            QVERIFY(choice);
            const auto plan = makePlan(problem, *choice);
            QVERIFY(plan);
            QCOMPARE(plan->bytes, result->points()[i].bytes);
            QVERIFY(close(plan->objective, result->points()[i].objective));
        }
    }
}

void TestAllocFrontier::certifiedFrontierIsHonest()
{
    FrontierLimits limits;
    limits.maxStates = 0;
    RunContext serial;
    serial.threads = 1; // Thousands of tiny problems: waking threads would cost more than the work.
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const AllocationProblem problem = randomProblem(seed, ObjectiveKind::Sum);
        const std::vector<Plan> plans = allPlans(problem);
        if (plans.empty())
            continue;
        for (const std::size_t fills : {std::size_t{0}, std::size_t{3}, std::size_t{1000}}) {
            limits.fills = fills;
            limits.targetGap = 0.0;
            const auto result = frontier(problem, limits, serial);
            QVERIFY(result);
            double gap = 0.0;
            for (const Plan& budget : plans) {
                for (const std::uint64_t bytes : {budget.bytes, budget.bytes > 0 ? budget.bytes - 1 : 0}) {
                    const Plan* best = bestWithin(plans, bytes, false);
                    const auto index = result->indexWithin(bytes);
                    QCOMPARE(index.has_value(), best != nullptr);
                    if (best == nullptr)
                        continue;
                    const double listed = result->points()[*index].objective;
                    QVERIFY(result->lowerBoundAt(bytes) <= best->objective + 1e-9);
                    QVERIFY(listed >= best->objective - 1e-9);
                    gap = std::max(gap, listed - result->lowerBoundAt(bytes));
                }
            }
            QVERIFY(gap <= result->absoluteGap() + 1e-9);
            if (fills == 1000)
                QVERIFY(result->absoluteGap() <= 1e-9);
        }
    }
}

void TestAllocFrontier::frontierAgreesWithSolve()
{
    const auto instance = test::layerLikeInstance(40, 8, 5);
    const auto solver = Solver::prepare(instance.problem);
    QVERIFY(solver);
    for (const std::size_t states : {std::size_t{0}, std::size_t{100'000'000}}) {
        FrontierLimits limits;
        limits.maxStates = states;
        limits.fills = 24;
        const auto result = frontier(*solver, limits, RunContext{});
        QVERIFY(result);
        QCOMPARE(result->exact(), states > 0);
        QVERIFY(result->points().size() > 100);
        const auto& points = result->points();
        for (std::size_t i = 0; i < points.size(); i += std::max<std::size_t>(1, points.size() / 200)) {
            QVERIFY(i == 0
                || (points[i].bytes > points[i - 1].bytes && points[i].objective < points[i - 1].objective));
            const auto solution = solver->solve(points[i].bytes, RunContext{});
            QVERIFY(solution && solution->proven);
            QCOMPARE(solution->bytes, points[i].bytes);
            QVERIFY(std::abs(solution->objective - points[i].objective) <= 1e-9 * solution->objective);
            const auto choice = result->choiceAt(i, RunContext{});
            QVERIFY(choice);
            const auto evaluation = evaluate(instance.problem, *choice);
            QVERIFY(evaluation);
            QCOMPARE(evaluation->bytes, points[i].bytes);
            QVERIFY(std::abs(evaluation->objective - points[i].objective) <= 1e-9 * solution->objective);
        }
        QVERIFY(!result->choiceAt(points.size(), RunContext{}));
    }
}

void TestAllocFrontier::evaluationListsViolations()
{
    AllocationProblem problem = twoUnits();
    problem.fixedBytes = 3;
    problem.ties = {{0, 1}};
    problem.units[1].locked = 1;
    const std::vector<std::size_t> choice{1, 0};
    const auto evaluation = evaluate(problem, choice);
    QVERIFY(evaluation);
    QCOMPARE(evaluation->bytes, std::uint64_t{33});
    QCOMPARE(evaluation->objective, 5.0);
    QCOMPARE(evaluation->violations.size(), std::size_t{2});
    QCOMPARE(evaluation->violations[0].message, std::string("\"b\" is locked to option 1 but has option 0."));
    QCOMPARE(evaluation->violations[1].message,
        std::string("\"b\" has option 0 but is tied to \"a\", which has option 1."));
    QCOMPARE(evaluate(problem, std::vector<std::size_t>{0}).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(evaluate(problem, std::vector<std::size_t>{0, 2}).error().code, ErrorCode::OutOfRange);
    QCOMPARE(nextMoves(problem, choice).error().code, ErrorCode::InvalidArgument);
}

void TestAllocFrontier::movesMatchEvaluation_data()
{
    addKinds();
}

void TestAllocFrontier::movesMatchEvaluation()
{
    QFETCH(int, kind);
    std::size_t seen = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const AllocationProblem problem = randomProblem(seed, static_cast<ObjectiveKind>(kind));
        const std::vector<Plan> plans = allPlans(problem);
        if (plans.empty())
            continue;
        const Plan& plan = plans[seed % plans.size()];
        const auto list = nextMoves(problem, plan.choice);
        QVERIFY(list);
        for (const Move& move : list->moves) {
            std::vector<std::size_t> choice = plan.choice;
            for (const std::size_t u : move.units) {
                QCOMPARE(choice[u], move.from);
                choice[u] = move.to;
            }
            const auto after = makePlan(problem, choice);
            QVERIFY(after);
            QCOMPARE(static_cast<std::int64_t>(after->bytes - plan.bytes), move.deltaBytes);
            QVERIFY(close(after->sum - plan.sum, move.deltaCost));
            if (problem.objective.kind == ObjectiveKind::Max)
                QVERIFY(close(after->objective - plan.objective, move.deltaMax));
            ++seen;
        }
        std::size_t expected = 0;
        for (const auto& group : tieGroups(problem)) {
            for (std::size_t to = 0; to < problem.units[group.front()].options.size(); ++to) {
                std::vector<std::size_t> choice = plan.choice;
                for (const std::size_t u : group)
                    choice[u] = to;
                const auto after = makePlan(problem, choice);
                if (!after || choice == plan.choice)
                    continue;
                double delta = 0.0;
                for (const std::size_t u : group)
                    delta += objectiveTerm(problem.objective, problem.units[u].options[to])
                        - objectiveTerm(problem.objective, problem.units[u].options[plan.choice[u]]);
                if (std::abs(delta) < 1e-12)
                    delta = 0.0;
                expected += after->bytes < plan.bytes || delta < 0.0 ? 1U : 0U;
            }
        }
        QCOMPARE(list->moves.size(), expected);
    }
    QVERIFY(seen > 500);
}

void TestAllocFrontier::movesAreSorted()
{
    const auto instance = test::layerLikeInstance(50, 8, 6);
    const std::vector<std::size_t> choice(50, 3);
    const auto all = nextMoves(instance.problem, choice);
    QVERIFY(all);
    QVERIFY(all->moves.size() > 250);
    for (std::size_t i = 1; i < all->moves.size(); ++i) {
        const Move& a = all->moves[i - 1];
        const Move& b = all->moves[i];
        QVERIFY(a.kind <= b.kind);
        if (a.kind == b.kind)
            QVERIFY(a.kind == MoveKind::Buy    ? a.price >= b.price
                    : a.kind == MoveKind::Sell ? a.price <= b.price
                                               : a.deltaCost <= b.deltaCost);
    }
    const auto few = nextMoves(instance.problem, choice, 5);
    QVERIFY(few);
    QVERIFY(few->moves.size() <= 15);
    for (const MoveKind kind : {MoveKind::Free, MoveKind::Buy, MoveKind::Sell}) {
        const auto isKind = [&](const Move& move) { return move.kind == kind; };
        const auto first = std::find_if(all->moves.begin(), all->moves.end(), isKind);
        const auto kept = std::find_if(few->moves.begin(), few->moves.end(), isKind);
        QCOMPARE(first == all->moves.end(), kept == few->moves.end());
        if (first != all->moves.end())
            QVERIFY(first->units == kept->units && first->to == kept->to);
    }
}

void TestAllocFrontier::improveNeverWorsens()
{
    auto instance = test::layerLikeInstance(60, 10, 8);
    instance.problem.units[3].locked = 9;
    instance.problem.ties = {{10, 11}};
    std::mt19937_64 engine(2);
    for (int round = 0; round < 10; ++round) {
        std::vector<std::size_t> choice;
        for (std::size_t u = 0; u < instance.problem.units.size(); ++u)
            choice.push_back(engine() % 10);
        choice[3] = 9;
        choice[11] = choice[10];
        const auto before = evaluate(instance.problem, choice);
        const auto after = improveWithinLocks(instance.problem, choice, RunContext{});
        QVERIFY(before && after && after->proven);
        QVERIFY(after->bytes <= before->bytes);
        QVERIFY(after->objective < before->objective);
        QVERIFY(evaluate(instance.problem, after->choice)->violations.empty());
        const auto again = improveWithinLocks(instance.problem, after->choice, RunContext{});
        QVERIFY(again);
        QCOMPARE(again->objective, after->objective);
    }
}

void TestAllocFrontier::threadsDoNotMatter()
{
    const auto instance = test::layerLikeInstance(150, 12, 4);
    std::vector<FrontierPoint> points;
    std::vector<std::size_t> choice;
    for (const int threads : {1, 4}) {
        RunContext context;
        context.threads = threads;
        const auto solution = solve(instance.problem, instance.budget, context);
        FrontierLimits limits;
        limits.maxStates = 0;
        limits.fills = 40;
        const auto result = frontier(instance.problem, limits, context);
        QVERIFY(solution && result);
        QVERIFY(result->solved() > 30);
        if (threads == 1) {
            choice = solution->choice;
            points = result->points();
            continue;
        }
        QCOMPARE(solution->choice, choice);
        QCOMPARE(result->points().size(), points.size());
        for (std::size_t i = 0; i < points.size(); ++i) {
            QCOMPARE(result->points()[i].bytes, points[i].bytes);
            QVERIFY(result->points()[i].objective == points[i].objective);
        }
    }
}

QTEST_GUILESS_MAIN(TestAllocFrontier)
#include "tst_alloc_frontier.moc"
