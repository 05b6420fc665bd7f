// Published inputs and plans of two papers, solved by the exact engine.
#include "core/alloc/solver.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <cmath>

using namespace bitwright;
using namespace bitwright::alloc;

namespace {

QJsonObject golden(const char* name)
{
    QFile file(QStringLiteral(BITWRIGHT_SOURCE_DIR "/tests/golden/%1.json").arg(QLatin1String(name)));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

QString key(const char* name)
{
    return QString::fromLatin1(name);
}

std::vector<double> numbers(const QJsonValue& value)
{
    std::vector<double> out;
    for (const QJsonValue& number : value.toArray())
        out.push_back(number.toDouble());
    return out;
}

/// HAWQ-V3 ResNet18: option 0 is 4 bit at no cost, option 1 is 8 bit at trace * (D8 - D4), which is negative.
AllocationProblem hawqProblem(const QJsonObject& data, bool size)
{
    const auto trace = numbers(data[key("trace")]);
    const auto d8 = numbers(data[key("delta_w_sq_8bit")]);
    const auto d4 = numbers(data[key("delta_w_sq_4bit")]);
    const auto resource = numbers(data[key(size ? "parameters" : "macs")]);
    AllocationProblem problem;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const auto n = static_cast<std::uint64_t>(resource[i]);
        problem.units.push_back({"layer." + std::to_string(i),
            {{size ? n / 2 : n / 64, 0.0}, {size ? n : n / 16, trace[i] * (d8[i] - d4[i])}}, {}});
    }
    for (const QJsonValue& tie : data[key("ties")].toArray())
        problem.ties.push_back({static_cast<std::size_t>(tie.toArray()[0].toInt()),
            static_cast<std::size_t>(tie.toArray()[1].toInt())});
    return problem;
}

/// MC-MoE block: cost = 1000 phi w^1.5 eps, sizes are bits.
AllocationProblem moeProblem(const QJsonObject& data)
{
    const auto frequency = numbers(data[key("frequency")]);
    const auto weight = numbers(data[key("weight")]);
    const auto sum = [](const std::vector<double>& values) {
        double total = 0.0;
        for (const double value : values)
            total += value;
        return total;
    };
    AllocationProblem problem;
    for (std::size_t e = 0; e < frequency.size(); ++e) {
        const double factor = 1000.0 * frequency[e] / sum(frequency) * std::pow(weight[e] / sum(weight), 1.5);
        const auto eps = numbers(data[key("eps")].toArray()[static_cast<qsizetype>(e)]);
        Unit unit{"expert." + std::to_string(e), {}, {}};
        for (std::size_t b = 0; b < eps.size(); ++b)
            unit.options.push_back({b + 1, factor * eps[b]});
        problem.units.push_back(std::move(unit));
    }
    return problem;
}

/// The best plan with at least one expert at 2 and one at 3 bits: the best over all pairs that are locked so.
Result<Solution> solveWithBothWidths(const AllocationProblem& problem, std::uint64_t budget)
{
    Result<Solution> best = fail(ErrorCode::Infeasible, "No pair of experts fits.");
    for (std::size_t two = 0; two < problem.units.size(); ++two) {
        for (std::size_t three = 0; three < problem.units.size(); ++three) {
            if (two == three)
                continue;
            AllocationProblem locked = problem;
            locked.units[two].locked = 1;
            locked.units[three].locked = 2;
            Result<Solution> solution = solve(locked, budget, RunContext{});
            if (solution && (!best || solution->objective < best->objective))
                best = std::move(solution);
        }
    }
    return best;
}

} // namespace

class TestAllocOracles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hawqPlans_data();
    void hawqPlans();
    void hawqUniformTotals();
    void mixtralPlans_data();
    void mixtralPlans();
    void qPaletteEqualSlope();
};

void TestAllocOracles::hawqPlans_data()
{
    QTest::addColumn<int>("row");
    const QJsonArray plans = golden("hawq_v3_resnet18")[key("plans")].toArray();
    for (int i = 0; i < plans.size(); ++i)
        QTest::addRow("%s %.2f", qPrintable(plans[i].toObject()[key("resource")].toString()),
            plans[i].toObject()[key("f")].toDouble())
            << i;
    QCOMPARE(plans.size(), 6);
}

void TestAllocOracles::hawqPlans()
{
    QFETCH(int, row);
    const QJsonObject data = golden("hawq_v3_resnet18");
    const QJsonObject plan = data[key("plans")].toArray()[row].toObject();
    const AllocationProblem problem = hawqProblem(data, plan[key("resource")].toString() == key("size"));
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    for (const Unit& unit : problem.units) {
        low += unit.options[0].bytes;
        high += unit.options[1].bytes;
    }
    const double budget
        = static_cast<double>(low) + plan[key("f")].toDouble() * static_cast<double>(high - low);
    const auto solution = solve(problem, static_cast<std::uint64_t>(budget), RunContext{});
    QVERIFY2(solution, solution ? "" : solution.error().oneLine().c_str());
    QVERIFY(solution->proven);
    QString bits;
    for (const std::size_t option : solution->choice)
        bits += QLatin1Char(option == 0 ? '4' : '8');
    QCOMPARE(bits, plan[key("bits")].toString());
    // The page gives six decimals.
    QVERIFY(std::abs(solution->objective - plan[key("objective")].toDouble()) < 1e-6);
    QVERIFY(std::abs(solution->relaxationBound - plan[key("lp_bound")].toDouble()) < 1e-6);
}

void TestAllocOracles::hawqUniformTotals()
{
    const QJsonObject data = golden("hawq_v3_resnet18");
    const auto trace = numbers(data[key("trace")]);
    const auto d8 = numbers(data[key("delta_w_sq_8bit")]);
    const auto d4 = numbers(data[key("delta_w_sq_4bit")]);
    double all4 = 0.0;
    double all8 = 0.0;
    for (std::size_t i = 0; i < trace.size(); ++i) {
        all4 += trace[i] * d4[i];
        all8 += trace[i] * d8[i];
    }
    QVERIFY(std::abs(all4 - data[key("all4_cost")].toDouble()) < 1e-7);
    QVERIFY(std::abs(all8 - data[key("all8_cost")].toDouble()) < 1e-7);
    const auto solution = solve(hawqProblem(data, true), 1'000'000'000, RunContext{});
    QVERIFY(solution);
    QVERIFY(std::abs(solution->objective - (all8 - all4)) < 1e-12);
    QCOMPARE(solution->dualPrice, 0.0);
}

void TestAllocOracles::mixtralPlans_data()
{
    QTest::addColumn<int>("row");
    const QJsonArray plans = golden("mc_moe_mixtral_block0")[key("plans")].toArray();
    for (int i = 0; i < plans.size(); ++i)
        QTest::addRow("%d bits", plans[i].toObject()[key("budget")].toInt()) << i;
    QCOMPARE(plans.size(), 9);
}

void TestAllocOracles::mixtralPlans()
{
    QFETCH(int, row);
    const QJsonObject data = golden("mc_moe_mixtral_block0");
    const QJsonObject plan = data[key("plans")].toArray()[row].toObject();
    const auto budget = static_cast<std::uint64_t>(plan[key("budget")].toInt());
    const auto solution = solveWithBothWidths(moeProblem(data), budget);
    QVERIFY2(solution, solution ? "" : solution.error().oneLine().c_str());
    QVERIFY(solution->proven);
    QString bits;
    for (const std::size_t option : solution->choice)
        bits += QString::number(option + 1);
    QCOMPARE(bits, plan[key("bits")].toString());
    const double expected = plan[key("objective")].toDouble();
    QVERIFY(std::abs(solution->objective - expected) <= 1e-6 * expected);
    QVERIFY(solution->bytes <= budget);
}

/// Costs a 4^-b on a fine grid: the optimum has equal slopes a 4^-b wherever no bound clips (known closed
/// form).
void TestAllocOracles::qPaletteEqualSlope()
{
    const double a[] = {16.0, 4.0, 1.0, 0.25};
    AllocationProblem problem;
    for (const double scale : a) {
        Unit unit{"unit", {}, {}};
        for (std::uint64_t b = 0; b <= 600; ++b)
            unit.options.push_back({b, scale * std::pow(4.0, -static_cast<double>(b) / 100.0)});
        problem.units.push_back(std::move(unit));
    }
    const auto free = solve(problem, 800, RunContext{});
    QVERIFY(free && free->proven);
    QCOMPARE(free->choice, (std::vector<std::size_t>{350, 250, 150, 50}));
    QVERIFY(std::abs(free->objective - 0.5) < 1e-12);
    const auto clipped = solve(problem, 400, RunContext{});
    QVERIFY(clipped && clipped->proven);
    QCOMPARE(clipped->choice.back(), std::size_t{0});
    QVERIFY(clipped->objective >= 2.1398816 - 1e-7);
    QVERIFY(clipped->objective < 2.1398816 * 1.0001); // The grid of a hundredth of a bit costs a little.
}

QTEST_GUILESS_MAIN(TestAllocOracles)
#include "tst_alloc_oracles.moc"
