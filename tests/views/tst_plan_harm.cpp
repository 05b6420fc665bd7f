// Measured plans as they are kept with a project, and how they are compared over the same tokens.
#include "tests/support/chart_input.h"
#include "views/models/plan_harm.h"

#include <QJsonDocument>

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
    PlanHarm plan;
    plan.name = name;
    plan.target = utf8("fake-quant");
    plan.text = utf8("the bundled text");
    plan.bytes = 1000;
    plan.choice = name;
    takeResult(plan, result, {{"key of these tokens", {0, 512}}});
    return plan;
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
    void keptWithTheProject()
    {
        PlanHarm plan = measured(utf8("plan of residual"), 0.01F, 2);
        plan.kind = PlanHarm::Kind::Proxy;
        plan.perplexity = 12.5;
        const auto json = QJsonDocument(toJson(plan)).toJson();
        const PlanHarm again = planHarmFromJson(QJsonDocument::fromJson(json).object());
        QCOMPARE(again.name, plan.name);
        QCOMPARE(again.kind, PlanHarm::Kind::Proxy);
        QCOMPARE(again.tokenKey, plan.tokenKey);
        QVERIFY(again.sums == plan.sums);
        QCOMPARE(again.perplexity, plan.perplexity);
        QVERIFY(!again.predicted);
        QVERIFY(std::abs(differenceOf(again, plan)->paired->width()) < 1e-12);
        // The plan itself comes back, unless it is another than the one that was measured.
        QVERIFY(!again.plan);
        plan.plan = plan::Plan();
        plan.plan->target = "compressed-tensors";
        plan.plan->entries["a"].option = "int4-sym-g128/rtn";
        plan.choice = choiceKey(*plan.plan);
        QCOMPARE(planHarmFromJson(toJson(plan)).plan, plan.plan);
        plan.choice = utf8("of another plan");
        QVERIFY(!planHarmFromJson(toJson(plan)).plan);
        // As they were written before.
        const auto old = QJsonDocument::fromJson(
            R"({"name": "uniform int4", "uniform": true, "mean": 0.5, "low": 0.4, "high": 0.6})");
        QCOMPARE(planHarmFromJson(old.object()).kind, PlanHarm::Kind::Uniform);
        QVERIFY(planHarmFromJson(old.object()).sums.sums.empty());
        // Sums that do not fit their blocks are none.
        const auto damaged = QJsonDocument::fromJson(R"({"block_sums": [1, 2], "block_tokens": [32, -1]})");
        QVERIFY(planHarmFromJson(damaged.object()).sums.sums.empty());
    }
};

QTEST_MAIN(PlanHarmTest)
#include "tst_plan_harm.moc"
