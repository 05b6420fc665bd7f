// The project's note of whole plans that were run, which both programs read and write.
#include "core/measure/block_reliability.h"
#include "core/session/plan_runs.h"
#include "core/session/refine.h"
#include "tests/support/temp_folder.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitwright;
using namespace bitwright::session;

namespace {

const std::string kModel = BITWRIGHT_SOURCE_DIR "/tests/data/forward/llama";

plan::Plan planOf(const std::string& name, const std::string& option)
{
    plan::Plan plan;
    plan.name = name;
    plan.target = "fake-quant";
    plan.entries["a"].option = option;
    return plan;
}

PlanRun runOf(const plan::Plan& plan, float harm = 0.25F)
{
    HarmResult result;
    result.values.assign(96, harm);
    result.blocks = {{0, 32}, {32, 64}, {64, 96}};
    result.mean = static_cast<double>(harm);
    result.interval = measure::Interval{result.mean, result.mean - 0.1, result.mean + 0.1};
    result.perplexity = 12.5;
    result.sameBest = 0.75;
    result.tokens = 96;
    plan::PlanSize size;
    size.unitBytes = 50;
    size.unitParameters = 100;
    size.keptBytes = 7;
    PlanRun run = planRunOf(plan, size, result, {{"key of these tokens", {0, 96}}});
    run.text = "held_out.txt";
    return run;
}

} // namespace

class TestPlanRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatARunGave()
    {
        const auto plan = planOf("mine", "int4-sym-g128/rtn");
        const PlanRun run = runOf(plan);
        QCOMPARE(run.bytes, std::uint64_t{57});
        QCOMPARE(run.bpw, 4.0);
        QCOMPARE(run.choice, choiceKey(plan));
        QCOMPARE(run.sums.counts, (std::vector<std::size_t>{32, 32, 32}));
        QCOMPARE(run.plan, std::optional(plan));
        // Target and options make the choice; name, locks and notes do not.
        auto other = planOf("other", "int4-sym-g128/rtn");
        other.entries["a"].locked = true;
        QCOMPARE(choiceKey(other), run.choice);
        QVERIFY(choiceKey(planOf("mine", "int2-sym-g128/rtn")) != run.choice);
        other.target = "compressed-tensors";
        QVERIFY(choiceKey(other) != run.choice);
    }
    void thereAndBack()
    {
        PlanRun run = runOf(planOf("even mix", "int4-sym-g128/rtn"));
        run.kind = PlanRunKind::Preset;
        run.referencePerplexity = 11.5;
        const auto back = planRunsFromJson(toJson({run}));
        QCOMPARE(back.size(), std::size_t{1});
        const PlanRun& again = back.front();
        QCOMPARE(again.name, run.name);
        QCOMPARE(again.text, run.text);
        QVERIFY(again.kind == run.kind && again.harm == run.harm && again.sums == run.sums);
        QVERIFY(again.mean == run.mean && again.low == run.low && again.high == run.high);
        QVERIFY(again.perplexity == run.perplexity && again.sameBest == run.sameBest);
        QVERIFY(again.referencePerplexity == run.referencePerplexity && !again.predicted);
        QVERIFY(again.bytes == run.bytes && again.bpw == run.bpw && again.tokens == run.tokens);
        QVERIFY(again.choice == run.choice && again.tokenKey == run.tokenKey && again.plan == run.plan);
        run.choice = std::string(32, '0'); // of another plan: the one beside it is not what was measured
        QVERIFY(!planRunsFromJson(toJson({run})).front().plan);
    }
    void asTheWindowWroteIt()
    {
        nlohmann::json old = nlohmann::json::array();
        old.push_back(
            {{"name", "uniform int4"}, {"uniform", true}, {"mean", 0.5}, {"low", 0.4}, {"high", 0.6}});
        const auto plan = planOf("mine", "int4-sym-g128/rtn");
        old.push_back({{"name", "mine"}, {"kind", "own"}, {"bytes", 1234.0}, {"bpw", 4.25}, {"cosine", true},
            {"choice", std::string(40, 'a')}, {"plan", plan::planToJson(plan, nullptr)}}); // SHA-1 then
        old.push_back({{"name", "older"}, {"choice", std::string(40, 'b')}});
        const auto runs = planRunsFromJson(old.dump());
        QCOMPARE(runs.size(), std::size_t{3});
        QVERIFY(runs[0].kind == PlanRunKind::Uniform && runs[0].low == 0.4 && runs[0].sums.sums.empty());
        QCOMPARE(runs[1].choice, choiceKey(plan));
        QVERIFY(runs[1].plan && runs[1].harm == measure::HarmKind::CosineDistance);
        QCOMPARE(runs[1].bytes, std::uint64_t{1234});
        QVERIFY(!runs[2].plan && runs[2].choice == std::string(40, 'b'));
        // What anybody may have put there.
        QVERIFY(planRunsFromJson("").empty() && planRunsFromJson("{}").empty());
        const auto damaged = planRunsFromJson(
            R"([1, {"name": 3, "bytes": -5, "block_sums": [1, 2], "block_tokens": [32, -1], "plan": "none"}])");
        QCOMPARE(damaged.size(), std::size_t{1});
        QVERIFY(damaged[0].name.empty() && damaged[0].bytes == 0 && damaged[0].sums.sums.empty());
    }
    void onePlanOnce()
    {
        std::vector<PlanRun> runs;
        addPlanRun(runs, runOf(planOf("a", "int4-sym-g128/rtn"), 1));
        addPlanRun(runs, runOf(planOf("b", "int2-sym-g128/rtn"), 2));
        addPlanRun(runs, runOf(planOf("a again", "int4-sym-g128/rtn"), 3));
        QCOMPARE(runs.size(), std::size_t{2});
        QVERIFY(runs[0].name == "b" && runs[1].name == "a again" && runs[1].mean == 3);
    }
    void inTheProject()
    {
        const test::TempFolder folder;
        const std::string path = folder.file("runs.bwp");
        const auto mine = runOf(planOf("mine", "int4-sym-g128/rtn"));
        {
            const auto bare = Workspace::open({kModel, {}, {}}).value();
            QVERIFY(notePlanRuns(*bare, {mine}));
            QVERIFY(planRuns(*bare).value().empty()); // nowhere to note it
        }
        const auto one = Workspace::open({kModel, {}, path}).value();
        QVERIFY(planRuns(*one).value().empty());
        QVERIFY(notePlanRuns(*one, {mine}));
        // Another program that has the project open adds to it.
        const auto other = Workspace::open({{}, {}, path}).value();
        QVERIFY(notePlanRuns(*other, {runOf(planOf("yours", "int2-sym-g128/rtn"))}));
        const auto runs = planRuns(*one).value();
        QCOMPARE(runs.size(), std::size_t{2});
        QVERIFY(runs[0].name == "mine" && runs[1].name == "yours");
        QVERIFY(one->project()->state("harm/plans").value());
    }
    void reliabilityFromSums()
    {
        // Six measurements whose order is the same in both halves, and cut to the blocks that all have.
        std::vector<measure::BlockSums> sums;
        for (int i = 0; i < 6; ++i) {
            measure::BlockSums one;
            for (std::size_t block = 0; block < (i == 2 ? 4U : 8U); ++block) {
                one.counts.push_back(block == 3 ? 40 : 32);
                one.sums.push_back((i + 1 + 0.1 * static_cast<double>(block % 3)) * 32);
            }
            sums.push_back(one);
        }
        const auto steady = measure::splitHalf(std::span<const measure::BlockSums>(sums));
        QVERIFY(steady);
        QCOMPARE(steady->tokens, std::size_t{136});
        QCOMPARE(steady->reliability.ranked, std::size_t{6});
        QVERIFY(std::abs(steady->reliability.whole - 1) < 1e-9);
        // Halves that order them the other way round.
        for (std::size_t i = 0; i < sums.size(); ++i)
            for (std::size_t block = 1; block < sums[i].sums.size(); block += 2)
                sums[i].sums[block] = static_cast<double>(10 - i) * 32;
        QVERIFY(measure::splitHalf(std::span<const measure::BlockSums>(sums))->reliability.whole < 0);
        sums[1].counts[0] = 31; // other tokens
        QVERIFY(!measure::splitHalf(std::span<const measure::BlockSums>(sums)));
        QVERIFY(!measure::splitHalf(std::span<const measure::BlockSums>{}));
    }
};

QTEST_GUILESS_MAIN(TestPlanRuns)
#include "tst_plan_runs.moc"
