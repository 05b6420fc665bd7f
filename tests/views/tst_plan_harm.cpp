// Measured plans as they are kept with a project, and how they are compared over the same tokens.
#include "tests/support/chart_input.h"
#include "views/models/plan_harm.h"

#include <cmath>
#include <random>

using namespace bitwright;
using namespace bitwright::views;

namespace {

/// A measurement of 16 blocks of 32 tokens: hard and easy stretches that all plans share, and what the plan
/// adds.
PlanHarm measured(const QString& name, float added, unsigned seed)
{
    std::mt19937 text(1), own(seed);
    std::normal_distribution<float> stretch(1.0F, 0.5F), noise(0.0F, 0.02F);
    session::HarmResult result;
    for (std::size_t block = 0; block < 16; ++block) {
        const float hard = std::abs(stretch(text));
        for (int i = 0; i < 32; ++i)
            result.values.push_back(hard + added + noise(own));
        result.blocks.push_back({32 * block, 32 * block + 32});
    }
    result.mean = 0;
    for (const float value : result.values)
        result.mean += static_cast<double>(value) / static_cast<double>(result.values.size());
    result.interval = measure::bootstrapMean(result.values, result.blocks, 0);
    result.tokens = result.values.size();
    plan::Plan plan;
    plan.name = name.toStdString();
    plan.target = "fake-quant";
    plan.entries[plan.name].option = "int4-sym-g128/rtn";
    plan::PlanSize size;
    size.unitBytes = 1000;
    size.unitParameters = 2000;
    auto run = session::planRunOf(plan, size, result, {{"key of these tokens", {0, 512}}});
    run.text = "the bundled text";
    run.kind = session::PlanRunKind::Proxy;
    return planHarmFrom(run);
}

} // namespace

class PlanHarmTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sameTokensTellApartWhatIntervalsCannot()
    {
        const PlanHarm plan = measured(utf8("plan"), 0, 2), uniform = measured(utf8("uniform"), 0.05F, 3);
        QVERIFY(*plan.high > *uniform.low); // the intervals overlap by far
        const auto difference = differenceOf(plan, uniform);
        QVERIFY(difference && difference->paired);
        QCOMPARE(difference->verdict, HarmDifference::Verdict::Better);
        QVERIFY(difference->paired->holds(-0.05));
        QVERIFY(difference->paired->width() < 0.01);
        const QString text = differenceText(*difference, uniform.name, false);
        QVERIFY2(text.contains(utf8("nats per token better than uniform, same tokens")), qPrintable(text));
        QVERIFY2(text.startsWith(utf8("0.04")) || text.startsWith(utf8("0.05")), qPrintable(text));
        QVERIFY(differenceCell(*difference).endsWith(utf8("better")));
        const auto back = differenceOf(uniform, plan);
        QCOMPARE(back->verdict, HarmDifference::Verdict::Worse);
        QVERIFY(differenceText(*back, plan.name, true).contains(utf8("of cosine distance worse than plan")));
        const auto same = differenceOf(plan, measured(utf8("other"), 0, 4));
        QCOMPARE(same->verdict, HarmDifference::Verdict::Alike);
        QVERIFY(differenceText(*same, utf8("other"), false).startsWith(utf8("cannot be told apart from")));
    }
    void withoutValuesTheIntervalsDecideAndSaySo()
    {
        PlanHarm plan = measured(utf8("plan"), 0, 2), uniform = measured(utf8("uniform"), 0.05F, 3);
        uniform.tokenKey.clear(); // of a project of before
        uniform.sums = {};
        const auto difference = differenceOf(plan, uniform);
        QVERIFY(difference && !difference->paired);
        QCOMPARE(difference->verdict, HarmDifference::Verdict::Alike);
        QVERIFY(differenceText(*difference, uniform.name, false).contains(utf8("by their intervals alone")));
        uniform.low = *plan.high + 1;
        uniform.high = *plan.high + 2;
        QCOMPARE(differenceOf(plan, uniform)->verdict, HarmDifference::Verdict::Better);
        QCOMPARE(differenceOf(uniform, plan)->verdict, HarmDifference::Verdict::Worse);
        QVERIFY(differenceCell(*differenceOf(uniform, plan)).contains(utf8("intervals")));
        uniform.text = utf8("another text");
        QVERIFY(!differenceOf(plan, uniform));
    }
    void otherTokensAreNotCompared()
    {
        const PlanHarm plan = measured(utf8("plan"), 0, 2);
        PlanHarm other = measured(utf8("other"), 0.05F, 3);
        other.tokenKey = utf8("of other tokens");
        QVERIFY(!differenceOf(plan, other)); // although text and number of tokens read the same
        other = measured(utf8("other"), 0.05F, 3);
        other.target = utf8("compressed-tensors");
        QVERIFY(!differenceOf(plan, other));
        other = measured(utf8("other"), 0.05F, 3);
        other.cosine = true;
        QVERIFY(!differenceOf(plan, other));
    }
    /// What the project notes is what the window shows; the note itself: tst_plan_runs.
    void fromTheNote()
    {
        const PlanHarm plan = measured(utf8("plan of residual"), 0.01F, 2);
        QCOMPARE(plan.name, utf8("plan of residual"));
        QCOMPARE(plan.kind, PlanHarm::Kind::Proxy);
        QCOMPARE(plan.bytes, std::uint64_t{1000});
        QCOMPARE(plan.bpw, 4.0);
        QVERIFY(plan.plan && choiceKey(*plan.plan) == plan.choice && !plan.cosine && !plan.predicted);
    }
    void otherSizesAreNoRivals()
    {
        const PlanHarm plan = measured(utf8("plan"), 0, 2);
        PlanHarm other = measured(utf8("other"), 0, 3);
        // The planned units count: what no plan decides would make a file of 97 % of any of them.
        other.bytes = 990;
        for (const auto& [bpw, same] :
            {std::pair(4.0, true), {3.9, true}, {3.87, false}, {4.003, true}, {4.01, false}, {2.56, false}}) {
            other.bpw = bpw;
            QCOMPARE(isOfSameSize(plan, other), same);
        }
    }
};

QTEST_MAIN(PlanHarmTest)
#include "tst_plan_harm.moc"
