#include "core/alloc/solver.h"
#include "core/session/refine.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace bitwright;
using namespace bitwright::session;

namespace {

measure::Interval intervalOf(double mean, double error)
{
    return {mean, mean - 1.959964 * error, mean + 1.959964 * error};
}

TriedStep measuredStep(double predicted, double change, double error, std::int64_t bytes = 10)
{
    TriedStep one;
    one.step.bytes = bytes;
    one.step.predicted = predicted;
    one.tried = true;
    one.change = intervalOf(change, error);
    return one;
}

/// Units of three options, 10, 20 and 40 bytes, with costs 9, 3 and 1 times a weight.
alloc::AllocationProblem problemOf(const std::vector<double>& weights)
{
    alloc::AllocationProblem problem;
    for (const double weight : weights) {
        alloc::Unit unit;
        unit.name = "unit" + std::to_string(problem.units.size());
        unit.options = {{10, 9 * weight}, {20, 3 * weight}, {40, weight}};
        problem.units.push_back(std::move(unit));
    }
    return problem;
}

} // namespace

class TestRefineSteps : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsProposed();
    void exactChangesAreBelieved();
    void noiseIsNotBelieved();
    void shrinkingIsCloserToTheTruth();
    void unmeasuredAreCalibrated();
    void correctedCostsAreSolved();
    void tailsOfLooks();
};

void TestRefineSteps::whatIsProposed()
{
    auto problem = problemOf({1, 1, 8, 2, 2});
    problem.ties = {{3, 4}};
    problem.units[1].locked = 1;
    const auto steps = proposeSteps(problem, {1, 1, 1, 0, 0});
    // Up and down of units 0 and 2, up of the tied ones, nothing of the locked one.
    QCOMPARE(steps.size(), std::size_t{5});
    QVERIFY(std::is_permutation(steps.begin(), steps.end(),
        std::vector<RefineStep>{{{0}, 1, 2, 20, -2}, {{0}, 1, 0, -10, 6}, {{2}, 1, 2, 20, -16},
            {{2}, 1, 0, -10, 48}, {{3, 4}, 0, 1, 20, -24}}
            .begin()));
    // At 0.9 a byte, between the best gain (1.2) and the least loss (0.6): the tied pair pays best, more for
    // unit 0 hardly can.
    QCOMPARE(steps.front().units, (std::vector<std::size_t>{3, 4}));
    QVERIFY(steps.back() == (RefineStep{{0}, 1, 2, 20, -2}));
}

void TestRefineSteps::exactChangesAreBelieved()
{
    std::vector<TriedStep> steps;
    for (const double predicted : {-1.0, -2.0, -4.0, -3.0})
        steps.push_back(measuredStep(predicted, predicted * (predicted < -2.5 ? 2 : 0.5), 1e-9));
    correctSteps(steps);
    for (const TriedStep& one : steps) {
        QVERIFY(one.reliability > 0.999999);
        QVERIFY(std::abs(one.corrected - one.change->mean) < 1e-6);
        QVERIFY(one.deviation < 1e-6);
    }
}

void TestRefineSteps::noiseIsNotBelieved()
{
    // What the scores say times 1.5, and noise as its intervals say: nothing is left to believe but the
    // ratio.
    std::mt19937_64 random(3);
    std::normal_distribution<double> normal;
    std::vector<TriedStep> steps;
    for (int i = 0; i < 400; ++i) {
        const double predicted = -0.1 - 0.01 * (i % 20);
        steps.push_back(measuredStep(predicted, 1.5 * predicted + 0.5 * normal(random), 0.5));
    }
    correctSteps(steps);
    for (const TriedStep& one : steps) {
        QVERIFY(one.reliability < 0.15);
        QVERIFY(std::abs(one.expected / one.step.predicted - 1.5) < 0.3);
    }
    const auto luckiest = std::min_element(steps.begin(), steps.end(),
        [](const TriedStep& a, const TriedStep& b) { return a.change->mean < b.change->mean; });
    QVERIFY(luckiest->change->mean < -1 && luckiest->corrected > -0.75);
}

void TestRefineSteps::shrinkingIsCloserToTheTruth()
{
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal;
    std::vector<TriedStep> steps;
    std::vector<double> truths;
    for (int i = 0; i < 300; ++i) {
        const bool up = i % 2 == 0;
        const double predicted = (up ? -1 : 1) * std::exp(0.5 * normal(random));
        truths.push_back(predicted * (up ? 0.6 : 1.3) * (1 + 0.4 * normal(random)));
        const double error = 0.2 + 0.6 * static_cast<double>(i % 3);
        steps.push_back(
            measuredStep(predicted, truths.back() + error * normal(random), error, up ? 10 : -10));
    }
    correctSteps(steps);
    double raw = 0, expected = 0, corrected = 0, stated = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto square = [&](double value) { return (value - truths[i]) * (value - truths[i]); };
        raw += square(steps[i].change->mean);
        expected += square(steps[i].expected);
        corrected += square(steps[i].corrected);
        stated += steps[i].deviation * steps[i].deviation;
    }
    QVERIFY2(corrected < 0.7 * raw && corrected < 0.9 * expected,
        fmt::format("{} {} {}", raw, expected, corrected).c_str());
    QVERIFY2(
        stated > corrected / 2 && stated < corrected * 2, fmt::format("{} {}", stated, corrected).c_str());
}

void TestRefineSteps::unmeasuredAreCalibrated()
{
    std::vector<TriedStep> steps{measuredStep(-1, -2, 0.01), measuredStep(-2, -4, 0.01),
        measuredStep(3, 1.5, 0.01, -10), measuredStep(1, 0.5, 0.01, -10)};
    TriedStep up, down;
    up.step = {{0}, 0, 1, 10, -5};
    down.step = {{0}, 1, 0, -10, 4};
    steps.push_back(up);
    steps.push_back(down);
    correctSteps(steps);
    QVERIFY(std::abs(steps[4].corrected + 10) < 1e-9);
    QVERIFY(std::abs(steps[5].corrected - 2) < 1e-9);
    QCOMPARE(steps[4].reliability, 0.0);
    // Two measured ones say nothing about their spread: each stands as it is.
    std::vector<TriedStep> few{measuredStep(-1, -0.2, 0.1), measuredStep(2, 0.1, 0.1, -10)};
    correctSteps(few);
    QCOMPARE(few[0].corrected, -0.2);
    QCOMPARE(few[1].corrected, 0.1);
}

void TestRefineSteps::correctedCostsAreSolved()
{
    // Scores say that unit 2 needs its bytes most; measured, it is unit 0 (tied to 1).
    auto problem = problemOf({1, 1, 8, 1});
    problem.ties = {{0, 1}};
    problem.units[3].locked = 1;
    const std::vector<std::size_t> choice{1, 1, 2, 1};
    std::vector<TriedStep> steps(3);
    steps[0].step = {{0, 1}, 1, 2, 40, -4};
    steps[1].step = {{2}, 2, 1, -20, 16};
    steps[2].step = {{2}, 2, 0, -30, 64};
    for (TriedStep& one : steps)
        one.tried = true;
    steps[0].change = intervalOf(-5, 0.1);
    steps[1].change = intervalOf(0.5, 0.1);
    correctSteps(steps); // the third broke the model
    const auto corrected = correctedProblem(problem, choice, steps, 0);
    const auto solution = alloc::solve(corrected, 120, {}); // 100 now
    QVERIFY2(solution, solution ? "" : solution.error().oneLine().c_str());
    QCOMPARE(solution->choice, (std::vector<std::size_t>{2, 2, 1, 1}));
    QVERIFY(std::abs(solution->objective - (steps[0].corrected + steps[1].corrected)) < 1e-9);
    // Without the bytes nothing moves, and the smallest choice is never the broken one.
    QCOMPARE(alloc::solve(corrected, 100, {})->choice, choice);
    QCOMPARE(alloc::solve(corrected, 80, {})->choice, (std::vector<std::size_t>{1, 1, 1, 1}));
    QCOMPARE(alloc::solve(corrected, 79, {}).error().code, ErrorCode::Infeasible);
    // Caution asks for more than is believed.
    steps[0].change = intervalOf(-0.6, 0.1);
    correctSteps(steps);
    QCOMPARE(alloc::solve(correctedProblem(problem, choice, steps, 0), 120, {})->choice[0], std::size_t{2});
    QCOMPARE(alloc::solve(correctedProblem(problem, choice, steps, 1), 120, {})->choice, choice);
}

void TestRefineSteps::tailsOfLooks()
{
    // Look n judges one of at most 2^(n - 1) plans: all of them together spend less than 2.5 %.
    double spent = 0;
    for (std::size_t look = 1; look < 20; ++look)
        spent += tailOfLook(look) * std::ldexp(1.0, static_cast<int>(look) - 1);
    QVERIFY(spent <= 0.025 && spent > 0.0249);
    QCOMPARE(tailOfLook(1), 0.0125);
}

QTEST_GUILESS_MAIN(TestRefineSteps)
#include "tst_refine_steps.moc"
