#include "core/plan/plan.h"
#include "tests/support/plan_model.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace bitwright;
using plan::Plan;
using plan::PlanSpace;

namespace {

const std::vector<std::string_view> kOptions{
    "int2-asym-g128/rtn", "int4-asym-g128/rtn", "int8-asym-g128/rtn", "keep"};
const std::string kQ0 = "model.layers.0.self_attn.q_proj.weight";
const std::string kK0 = "model.layers.0.self_attn.k_proj.weight";
const std::string kDown0 = "model.layers.0.mlp.down_proj.weight";

PlanSpace space(std::string_view target, bool ties, const std::vector<std::string_view>& ids = kOptions)
{
    static const testing::MemoryCheckpoint checkpoint = testing::planModel();
    const plan::Target& t = *plan::targetFromId(target).value();
    const auto options = testing::planOptions(ids);
    return PlanSpace::build(checkpoint, t, options, testing::planScores(checkpoint, t, options), ties)
        .value();
}

bool mentions(const std::vector<plan::PlanProblem>& problems, const std::string& unit, std::string_view text,
    bool blocking)
{
    return std::any_of(problems.begin(), problems.end(), [&](const plan::PlanProblem& problem) {
        return problem.unit == unit && problem.blocking == blocking
            && problem.message.find(text) != std::string::npos;
    });
}

} // namespace

class TestPlanSpace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sizesByHand()
    {
        const auto s = space("compressed-tensors", true);
        QCOMPARE(s.units().size(), std::size_t{15});
        // Per block: q and o 128x128, k and v 64x128, gate and up 192x128, down 128x192; and the head.
        constexpr std::uint64_t kBlock = 2 * 128 * 128 + 2 * 64 * 128 + 3 * 192 * 128;
        constexpr std::uint64_t kUnitParameters = 2 * kBlock + 256 * 128;
        constexpr std::uint64_t kKept = 2 * (256 * 128 + 2 * 128); // embedding and two norms at 16 bits
        QCOMPARE(s.unitParameters(), kUnitParameters);
        QCOMPARE(s.fileParameters(), kUnitParameters + kKept / 2);
        QCOMPARE(s.keptBytes(), kKept);

        const auto keep = s.sizeOf(s.uniform("keep", Plan{}).value()).value();
        QCOMPARE(keep.unitBytes, 2 * kUnitParameters);
        QCOMPARE(keep.bpw(), 16.0);
        QCOMPARE(keep.fileBpw(), 16.0);

        // int4 asym g128: codes rows*64 bytes (96 of 192 inputs), scales 2 bytes and zeros a nibble per
        // group, 16 bytes of shape.
        const auto bytes = [](std::uint64_t rows, std::uint64_t cols, std::uint64_t groups) {
            return rows * cols / 2 + rows * groups * 2 + groups * rows / 2 + 16;
        };
        const std::uint64_t block
            = 2 * bytes(128, 128, 1) + 2 * bytes(64, 128, 1) + 2 * bytes(192, 128, 1) + bytes(128, 192, 3);
        const std::uint64_t expected = 2 * block + bytes(256, 128, 1);
        const auto four = s.sizeOf(s.uniform("int4-asym-g128/rtn", Plan{}).value()).value();
        QCOMPARE(four.unitBytes, expected);
        QCOMPARE(four.bytes(), expected + kKept);
        QCOMPARE(four.bpw(), 8.0 * static_cast<double>(expected) / static_cast<double>(kUnitParameters));
        QCOMPARE(four.fileBpw(),
            8.0 * static_cast<double>(expected + kKept) / static_cast<double>(kUnitParameters + kKept / 2));
    }

    void fallbackIsInTheCell()
    {
        const auto s = space("compressed-tensors", true);
        const auto& cell = s.cell(*s.unitIndex(kDown0), *s.optionIndex("int4-asym-g128/rtn"));
        QCOMPARE(cell.resolved.option.id, std::string("int4-asym-g64-bf16/rtn"));
        QVERIFY(cell.resolved.fallback.find("192") != std::string::npos);
        QVERIFY(cell.legal && cell.measured && cell.score);
        QCOMPARE(cell.sqnrDb, 24.0);
        const auto& keep = s.cell(0, *s.optionIndex("keep"));
        QCOMPARE(keep.score, std::optional<double>(0.0));
        QVERIFY(std::isinf(keep.sqnrDb));
    }

    void budgets()
    {
        const auto s = space("compressed-tensors", true);
        QCOMPARE(s.unitBudgetFromBpw(8.0), s.unitParameters());
        QCOMPARE(s.unitBudgetFromBpw(-1.0), std::uint64_t{0});
        QCOMPARE(s.unitBudgetFromBytes(s.keptBytes() + 100).value(), std::uint64_t{100});
        QCOMPARE(s.unitBudgetFromFileBpw(8.0).value(), s.fileParameters() - s.keptBytes());
        const auto tooSmall = s.unitBudgetFromFileBpw(0.1);
        QVERIFY(!tooSmall.has_value());
        QCOMPARE(tooSmall.error().code, ErrorCode::Infeasible);
        QVERIFY(tooSmall.error().message.find(std::to_string(s.keptBytes())) != std::string::npos);
    }

    void missingScoresCannotBeChosen()
    {
        const testing::MemoryCheckpoint checkpoint = testing::planModel(1);
        const plan::Target& target = *plan::targetFromId("fake-quant").value();
        const auto options = testing::planOptions(kOptions);
        auto scores = testing::planScores(checkpoint, target, options);
        scores.units[2].options[1].score.reset();
        scores.units.erase(scores.units.begin());
        const auto s = PlanSpace::build(checkpoint, target, options, scores, false).value();
        const auto problem = s.problem(Plan{}, {});
        QVERIFY(!problem.units[0].options[0].cost
            && !problem.units[0].options[1].cost); // the unit that was erased
        QCOMPARE(problem.units[0].options[3].cost, std::optional<double>(0.0));
        QVERIFY(!problem.units[2].options[1].cost);
        QVERIFY(problem.units[2].options[0].cost.has_value());
        QVERIFY(!s.cell(0, 0).measured);
        QVERIFY(std::isnan(s.cell(0, 0).sqnrDb));
        QCOMPARE(problem.units[0].options[0].bytes, s.cell(0, 0).resolved.bytes);
    }

    void ownKeepOnlyWhereNothingElseIsLegal()
    {
        testing::MemoryCheckpoint checkpoint("gpt2");
        checkpoint.addHeader("h.0.attn.c_attn.weight", model::DType::F32, {64, 192});
        checkpoint.addHeader("lm_head.weight", model::DType::F32, {100, 64});
        const plan::Target& target = *plan::targetFromId("compressed-tensors").value();
        const auto options = testing::planOptions({"int4-asym-g64/rtn"});
        const auto s = PlanSpace::build(
            checkpoint, target, options, testing::planScores(checkpoint, target, options), true)
                           .value();
        QCOMPARE(s.optionIds(), std::vector<std::string>({"int4-asym-g64/rtn", "keep"}));
        QVERIFY(!s.cell(0, 0).legal);
        QVERIFY(s.cell(0, 0).reason.find("Conv1D") != std::string::npos);
        const auto problem = s.problem(Plan{}, {});
        QVERIFY(problem.units[0].options[1].cost.has_value());
        QVERIFY(!problem.units[0].options[0].cost);
        QVERIFY(!problem.units[1].options[1].cost); // the head has int4 and nobody offered keep
        const auto uniform = s.uniform("int4-asym-g64/rtn", Plan{}).value();
        QCOMPARE(uniform.entries.at("h.0.attn.c_attn.weight").option, std::string("keep"));
        QCOMPARE(uniform.entries.at("lm_head.weight").option, std::string("int4-asym-g64/rtn"));
    }

    void tiedUnitsGetOneFormat()
    {
        // Experts: gate and up read 128 channels, down 192, so group 128 would split the kernel.
        testing::MemoryCheckpoint checkpoint("mixtral");
        const std::string p = "model.layers.0.block_sparse_moe.experts.0.";
        checkpoint.addHeader(p + "w1.weight", model::DType::BF16, {192, 128});
        checkpoint.addHeader(p + "w2.weight", model::DType::BF16, {128, 192});
        checkpoint.addHeader(p + "w3.weight", model::DType::BF16, {192, 128});
        const plan::Target& target = *plan::targetFromId("compressed-tensors").value();
        const auto options = testing::planOptions({"int4-sym-g128/rtn", "int4-sym-g64/rtn"});
        const auto s = PlanSpace::build(
            checkpoint, target, options, testing::planScores(checkpoint, target, options), true)
                           .value();
        const auto problem = s.problem(Plan{}, {});
        for (const auto& unit : problem.units) {
            QVERIFY(!unit.options[0].cost);
            QVERIFY(unit.options[1].cost.has_value());
        }
        const auto split = s.uniform("int4-sym-g128/rtn", Plan{}).value();
        QVERIFY(mentions(plan::lintPlan(split, s), p + "w2.weight", "falls back", false));
        QVERIFY(plan::lintPlan(s.uniform("int4-sym-g64/rtn", Plan{}).value(), s).empty());
    }

    void buildRefuses()
    {
        const testing::MemoryCheckpoint checkpoint = testing::planModel(1);
        const plan::Target& target = *plan::targetFromId("compressed-tensors").value();
        const auto illegal
            = PlanSpace::build(checkpoint, target, testing::planOptions({"nf4-g64/rtn"}), {}, true);
        QVERIFY(!illegal.has_value());
        QCOMPARE(illegal.error().code, ErrorCode::InvalidArgument);
        testing::MemoryCheckpoint nothing;
        nothing.addHeader("norm.weight", model::DType::F32, {8});
        QVERIFY(!PlanSpace::build(nothing, target, testing::planOptions(kOptions), {}, true).has_value());
    }

    void locksByGlob()
    {
        const auto s = space("compressed-tensors", true);
        Plan p = s.uniform("int4-asym-g128/rtn", Plan{}).value();
        p.entries[kQ0].note = "kept by hand";
        QCOMPARE(plan::applyLock(p, s, "*.0.self_attn.[qkv]_proj.weight=int8-asym-g128/rtn").value(),
            std::size_t{3});
        QCOMPARE(p.entries[kQ0], (plan::Entry{"int8-asym-g128/rtn", true, "kept by hand"}));
        QCOMPARE(p.entries[kK0].locked, true);
        QCOMPARE(p.entries[kDown0].locked, false);
        const Plan before = p;
        for (const char* bad : {"nothing", "=keep", "*=int3-asym-g128/rtn", "*.99.*=keep"}) {
            const auto result = plan::applyLock(p, s, bad);
            QVERIFY(!result.has_value());
            QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        }
        QCOMPARE(p, before);
    }

    void exactNamesOfExpertsLock()
    {
        testing::MemoryCheckpoint checkpoint("mixtral");
        checkpoint.addHeader("model.layers.0.mlp.experts.down_proj", model::DType::BF16, {3, 64, 128});
        const plan::Target& packed = *plan::targetFromId("compressed-tensors").value();
        const plan::Target& fake = *plan::targetFromId("fake-quant").value();
        const auto options = testing::planOptions(kOptions);
        const auto s = PlanSpace::build(checkpoint, fake, options, {}, false).value();
        Plan p;
        QCOMPARE(
            plan::applyLock(p, s, "model.layers.0.mlp.experts.down_proj[1]=keep").value(), std::size_t{1});
        QVERIFY(p.entries.contains("model.layers.0.mlp.experts.down_proj[1]"));
        const auto strict = PlanSpace::build(checkpoint, packed, options, {}, false).value();
        const auto illegal = plan::applyLock(p, strict, "*=int4-asym-g128/rtn");
        QVERIFY(!illegal.has_value());
        QVERIFY(illegal.error().message.find("stacked expert") != std::string::npos);
    }

    void uniformRespectsLocks()
    {
        const auto s = space("compressed-tensors", true);
        Plan base;
        base.notes = "mine";
        QVERIFY(plan::applyLock(base, s, kQ0 + "=int8-asym-g128/rtn").has_value());
        const Plan p = s.uniform("int2-asym-g128/rtn", base).value();
        QCOMPARE(p.entries.at(kQ0).option, std::string("int8-asym-g128/rtn"));
        QCOMPARE(p.entries.at(kK0).option, std::string("int8-asym-g128/rtn")); // tied to it
        QVERIFY(p.entries.at(kQ0).locked && !p.entries.at(kK0).locked);
        QCOMPARE(p.entries.at(kDown0).option, std::string("int2-asym-g128/rtn"));
        QCOMPARE(p.notes, std::string("mine"));
        QCOMPARE(p.target, std::string("compressed-tensors"));
        QCOMPARE(p.model, std::string("toy"));
        QCOMPARE(p.provenance, std::string("predicted by a test, not measured"));
        base.ties = false;
        QCOMPARE(s.uniform("int2-asym-g128/rtn", base).value().entries.at(kK0).option,
            std::string("int2-asym-g128/rtn"));
        QVERIFY(!s.uniform("int3-asym-g128/rtn", base).has_value());
    }

    void contradictingLocksAreNamed()
    {
        const auto s = space("compressed-tensors", true);
        Plan p;
        QVERIFY(plan::applyLock(p, s, kQ0 + "=int8-asym-g128/rtn").has_value());
        QVERIFY(s.checkLocks(p).has_value());
        QVERIFY(plan::applyLock(p, s, kK0 + "=int4-asym-g128/rtn").has_value());
        const auto result = s.checkLocks(p);
        QVERIFY(!result.has_value());
        const std::string line = result.error().oneLine();
        QVERIFY(line.find(kQ0) != std::string::npos && line.find(kK0) != std::string::npos);
        QVERIFY(line.find("q/k/v") != std::string::npos);
        p.ties = false;
        QVERIFY(s.checkLocks(p).has_value());
        p.entries[kQ0].option = "q4_k/rtn";
        QVERIFY(!s.checkLocks(p).has_value());
    }

    void choiceNeedsEveryUnit()
    {
        const auto s = space("fake-quant", false);
        Plan p = s.uniform("int4-asym-g128/rtn", Plan{}).value();
        const auto choice = s.choiceOf(p).value();
        QCOMPARE(choice, std::vector<std::size_t>(s.units().size(), 1));
        QCOMPARE(s.planFrom(choice, p), p);
        Plan unknown = p;
        unknown.entries[kQ0].option = "int9";
        QVERIFY(!s.choiceOf(unknown).has_value());
        p.entries.erase(kQ0);
        const auto missing = s.choiceOf(p);
        QVERIFY(!missing.has_value());
        QCOMPARE(missing.error().tensor, kQ0);
    }

    void lintFindsWhatIsWrong()
    {
        const auto s = space("compressed-tensors", true);
        Plan p = s.uniform("int4-asym-g128/rtn", Plan{}).value();
        const auto clean = plan::lintPlan(p, s);
        QCOMPARE(clean.size(),
            s.units().size()); // a caution for each: the head's own, and the asymmetric formats'
        QVERIFY(mentions(clean, "lm_head.weight", "head", false));
        QVERIFY(mentions(clean, kDown0, "asymmetric", false));

        p.entries[kQ0] = {"int8-asym-g128/rtn", true, ""};
        QVERIFY(mentions(plan::lintPlan(p, s), kQ0, "locked to int8-asym-g128/rtn", true));
        p.ties = false;
        QVERIFY(mentions(plan::lintPlan(p, s), kQ0, "fuse", false));
        QVERIFY(mentions(plan::lintPlan(p, space("compressed-tensors", false)), kQ0, "fuse", false));
        QVERIFY(!mentions(plan::lintPlan(p, space("fake-quant", false)), kQ0, "fuse", false));

        p = s.uniform("int4-asym-g128/rtn", Plan{}).value();
        p.entries["ghost"] = {"keep", false, ""};
        p.entries[kDown0].option = "int3-asym-g128/rtn";
        p.entries.erase(kK0);
        p.target = "fake-quant";
        p.modelIdentity = "another";
        const auto problems = plan::lintPlan(p, s);
        QVERIFY(mentions(problems, "ghost", "no such unit", true));
        QVERIFY(mentions(problems, kDown0, "not offered", true));
        QVERIFY(mentions(problems, kK0, "says nothing", true));
        QVERIFY(mentions(problems, "", "target fake-quant", true));
        QVERIFY(mentions(problems, "", "another model", false));
    }

    void lintKnowsGptqWithoutGram()
    {
        const testing::MemoryCheckpoint checkpoint = testing::planModel(1);
        const plan::Target& target = *plan::targetFromId("fake-quant").value();
        const auto measured = testing::planOptions({"int4-asym-g128/rtn"});
        const auto options = testing::planOptions({"int4-asym-g128/rtn", "int4-asym-g128/gptq"});
        const auto scores = testing::planScores(checkpoint, target, measured);
        const auto s = PlanSpace::build(checkpoint, target, options, scores, false).value();
        const Plan p = s.uniform("int4-asym-g128/gptq", Plan{}).value();
        QVERIFY(mentions(plan::lintPlan(p, s), kQ0, "Gram", true));
        // Nothing was measured at all: nobody knows whether a Gram is there.
        const auto blind = PlanSpace::build(checkpoint, target, options, {}, false).value();
        QVERIFY(!mentions(plan::lintPlan(p, blind), kQ0, "Gram", true));
        QVERIFY(mentions(plan::lintPlan(p, blind), kQ0, "no score", false));
    }
};

QTEST_GUILESS_MAIN(TestPlanSpace)
#include "tst_plan_space.moc"
