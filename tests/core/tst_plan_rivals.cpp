// Plans of the same size by rules that look at no score.
#include "core/plan/rivals.h"
#include "tests/support/plan_model.h"

#include <QtTest>

#include <algorithm>
#include <set>

using namespace bitwright;
using plan::Plan;
using plan::PlanSpace;
using plan::Rival;
using plan::RivalRule;

namespace {

const std::string kTwo = "int2-asym-g128/rtn", kFour = "int4-asym-g128/rtn", kEight = "int8-asym-g128/rtn";

struct Setup
{
    testing::MemoryCheckpoint checkpoint;
    PlanSpace space;

    explicit Setup(const char* target = "fake-quant", bool ties = false,
        const std::vector<std::string_view>& ids = {kTwo, kFour, kEight, "keep"}, int blocks = 16)
        : checkpoint(testing::planModel(blocks))
        , space(PlanSpace::build(
              checkpoint, *plan::targetFromId(target).value(), testing::planOptions(ids), {}, ties)
                    .value())
    { }

    [[nodiscard]] Plan base() const
    {
        Plan plan;
        plan.target = space.target().id();
        plan.ties = !space.ties().empty();
        return space.uniform(kFour, plan).value();
    }
    [[nodiscard]] std::uint64_t bytesOf(const std::string& option) const
    {
        return space.sizeOf(space.uniform(option, base()).value()).value().bytes();
    }
    /// Bytes of a file whose planned units lie at `share` of the way from one uniform plan to another.
    [[nodiscard]] std::uint64_t between(const std::string& from, const std::string& to, double share) const
    {
        const double low = static_cast<double>(bytesOf(from)), high = static_cast<double>(bytesOf(to));
        return static_cast<std::uint64_t>(low + share * (high - low));
    }
    [[nodiscard]] std::string optionOf(const Rival& rival, const std::string& unit) const
    {
        return rival.plan.entries.find(unit)->second.option;
    }
    [[nodiscard]] double shareOf(const Rival& rival, std::uint64_t bytes) const
    {
        return static_cast<double>(rival.size.unitBytes) / static_cast<double>(bytes - space.keptBytes());
    }
};

std::string unitName(int block, const char* rest)
{
    return "model.layers." + std::to_string(block) + "." + rest + ".weight";
}

std::string v(int block)
{
    return unitName(block, "self_attn.v_proj");
}

const Rival* find(const std::vector<Rival>& rivals, RivalRule rule)
{
    for (const Rival& rival : rivals)
        if (rival.rule == rule)
            return &rival;
    return nullptr;
}

} // namespace

class TestPlanRivals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void uniformWhereOneIsOfThatSize()
    {
        const Setup s;
        const std::uint64_t exact = s.bytesOf(kFour);
        const auto rival = plan::uniformRival(s.space, s.base(), exact).value();
        QVERIFY(rival);
        QCOMPARE(rival->rule, RivalRule::Uniform);
        QCOMPARE(rival->options, std::vector<std::string>{kFour});
        QCOMPARE(rival->size.bytes(), exact);
        QCOMPARE(rival->plan.name, std::string("uniform int4-asym-g128"));
        QVERIFY(!rival->plan.budgetBytes && rival->plan.target == "fake-quant");
        // 1 % larger is still that size, 2 % is not: the planned units count, not what no plan decides.
        const auto units = static_cast<double>(exact - s.space.keptBytes());
        const auto more = [&](double share) { return exact + static_cast<std::uint64_t>(share * units); };
        QCOMPARE(plan::uniformRival(s.space, s.base(), more(0.01)).value()->rule, RivalRule::Uniform);
        QCOMPARE(plan::uniformRival(s.space, s.base(), more(0.02)).value()->rule, RivalRule::EvenMix);
    }

    void evenMixFillsTheSize_data()
    {
        QTest::addColumn<double>("share");
        QTest::addColumn<bool>("ties");
        for (const double share : {0.05, 0.2, 0.5, 0.77, 0.97})
            for (const bool ties : {false, true})
                QTest::addRow("%g %s", share, ties ? "tied" : "free") << share << ties;
    }
    void evenMixFillsTheSize()
    {
        QFETCH(double, share);
        QFETCH(bool, ties);
        const Setup s("compressed-tensors", ties);
        const std::uint64_t bytes = s.between(kTwo, kFour, share);
        const auto rival = plan::uniformRival(s.space, s.base(), bytes).value();
        QVERIFY(rival);
        QVERIFY(rival->size.bytes() <= bytes);
        QVERIFY2(s.shareOf(*rival, bytes) >= 0.985, std::to_string(s.shareOf(*rival, bytes)).c_str());
        QCOMPARE(s.space.sizeOf(rival->plan).value().bytes(), rival->size.bytes());
        if (rival->rule != RivalRule::EvenMix)
            return; // near to a uniform plan
        QCOMPARE(rival->options, (std::vector<std::string>{kTwo, kFour}));
        QVERIFY2(rival->description.find(kTwo + " on ") != std::string::npos, rival->description.c_str());
        for (const plan::Tie& tie : s.space.tiesOf(s.base())) {
            std::set<std::string> options;
            for (const std::size_t unit : tie.units)
                options.insert(s.optionOf(*rival, s.space.units()[unit].name));
            QCOMPARE(options.size(), std::size_t{1});
        }
        // Evenly over the depth: every fourth of it has about its share of the wider option.
        for (int quarter = 0; quarter < 4; ++quarter) {
            double wide = 0, all = 0;
            for (const auto& unit : s.space.units())
                if (unit.block && *unit.block / 4 == quarter) {
                    all += static_cast<double>(unit.parameters());
                    if (s.optionOf(*rival, unit.name) == kFour)
                        wide += static_cast<double>(unit.parameters());
                }
            QVERIFY2(std::abs(wide / all - share) < 0.2, std::to_string(wide / all).c_str());
        }
    }

    void locksStay()
    {
        const Setup s;
        Plan base = s.base();
        base.entries[v(3)] = {kEight, true, "mine"};
        const std::uint64_t bytes = s.between(kTwo, kFour, 0.5);
        const auto rival = plan::uniformRival(s.space, base, bytes).value();
        QVERIFY(rival && rival->size.bytes() <= bytes);
        const auto& entry = rival->plan.entries.find(v(3))->second;
        QVERIFY(entry.option == kEight && entry.locked && entry.note == "mine");
        QCOMPARE(rival->options, (std::vector<std::string>{kTwo, kFour})); // the lock's is not the rule's
        QVERIFY2(rival->description.ends_with(", 1 locked or kept"), rival->description.c_str());
        const auto presets = plan::presetRivals(s.space, base, bytes).value();
        for (const Rival& preset : presets)
            QCOMPARE(s.optionOf(preset, v(3)), kEight);
    }

    void nothingOfThisSize()
    {
        const Setup one("fake-quant", false, {kFour, "keep"});
        const std::uint64_t four = one.bytesOf(kFour);
        QVERIFY(!plan::uniformRival(one.space, one.base(), four - 1).value()); // all are larger
        QVERIFY(!plan::uniformRival(one.space, one.base(), four + four / 4).value()); // far smaller
        QVERIFY(plan::presetRivals(one.space, one.base(), four + four / 4).value().empty());
        const Setup s;
        QVERIFY(!plan::uniformRival(s.space, s.base(), s.bytesOf("keep")).value()); // beyond the widest
        QVERIFY(!plan::uniformRival(s.space, s.base(), s.bytesOf(kTwo) - 1).value());
        QCOMPARE(plan::uniformRival(s.space, s.base(), 1).error().code, ErrorCode::Infeasible);
    }

    void quantizersAreNotMixed()
    {
        const std::string clip = "int4-asym-g128/clip", clip2 = "int2-asym-g128/clip";
        const Setup s("fake-quant", false, {kTwo, kFour, kEight, clip2, clip, "keep"});
        Plan clipped = s.space.uniform(clip, s.base()).value();
        clipped.entries[v(0)].option = kEight; // the one of most units counts
        const std::uint64_t bytes = s.between(kTwo, kFour, 0.5);
        QCOMPARE(plan::uniformRival(s.space, clipped, bytes).value()->options,
            (std::vector<std::string>{clip2, clip}));
        QCOMPARE(plan::uniformRival(s.space, s.base(), bytes).value()->options,
            (std::vector<std::string>{kTwo, kFour}));
    }

    void endsBeginOutside()
    {
        const Setup s;
        const std::uint64_t bytes = s.between(kTwo, kFour, 0.3);
        const auto rivals = plan::presetRivals(s.space, s.base(), bytes).value();
        QCOMPARE(rivals.size(), std::size_t{2});
        const Rival* ends = find(rivals, RivalRule::Ends);
        QVERIFY(ends != nullptr && ends->size.bytes() <= bytes && s.shareOf(*ends, bytes) >= 0.97);
        for (const int block : {0, 1, 14, 15})
            QCOMPARE(s.optionOf(*ends, v(block)), kFour);
        for (const int block : {6, 7, 8, 9})
            QCOMPARE(s.optionOf(*ends, unitName(block, "mlp.down_proj")), kTwo);
        QCOMPARE(s.optionOf(*ends, "lm_head.weight"), kTwo); // in no block: at the end of the order
    }

    void valueAndDownAsLlamaCpp()
    {
        const Setup s;
        // 16 blocks: the eighths are 0, 1 and 14, 15; every third between begins with 4.
        const auto rivals = plan::presetRivals(s.space, s.base(), s.between(kTwo, kFour, 0.135)).value();
        const Rival* preset = find(rivals, RivalRule::ValueDown);
        QVERIFY(preset != nullptr);
        for (const int block : {0, 1, 14, 15, 4, 7, 10, 13})
            QVERIFY2(s.optionOf(*preset, v(block)) == kFour, v(block).c_str());
        for (const char* rest : {"self_attn.q_proj", "mlp.up_proj"})
            QCOMPARE(s.optionOf(*preset, unitName(0, rest)), kTwo);
        QCOMPARE(s.optionOf(*preset, unitName(2, "mlp.down_proj")), kTwo);
        // With more bytes the other ones follow, and then everything else by depth.
        const auto more = plan::presetRivals(s.space, s.base(), s.between(kTwo, kFour, 0.5)).value();
        preset = find(more, RivalRule::ValueDown);
        QVERIFY(preset != nullptr);
        for (int block = 0; block < 16; ++block)
            QCOMPARE(s.optionOf(*preset, unitName(block, "mlp.down_proj")), kFour);
        QCOMPARE(s.optionOf(*preset, unitName(0, "mlp.up_proj")), kFour);
        QCOMPARE(s.optionOf(*preset, unitName(15, "mlp.up_proj")), kTwo);
        // Tied, the whole of q/k/v goes with v.
        const Setup tied("compressed-tensors", true);
        const auto fused
            = plan::presetRivals(tied.space, tied.base(), tied.between(kTwo, kFour, 0.2)).value();
        QCOMPARE(tied.optionOf(*find(fused, RivalRule::ValueDown), unitName(0, "self_attn.q_proj")), kFour);
    }

    void presetsGoByWidthsNotByGroups()
    {
        // At the size of a uniform plan there is another one beside it with smaller groups: bits are what
        // presets move.
        const std::string fine = "int4-asym-g32/rtn";
        const Setup s("fake-quant", false, {kTwo, kFour, fine, kEight, "keep"});
        const std::uint64_t bytes = s.between(kFour, fine, 0.5);
        QCOMPARE(plan::uniformRival(s.space, s.base(), bytes).value()->options,
            (std::vector<std::string>{kFour, fine}));
        const auto byWidth = plan::presetRivals(s.space, s.base(), bytes).value();
        QVERIFY(!byWidth.empty());
        for (const Rival& preset : byWidth) {
            QCOMPARE(preset.options, (std::vector<std::string>{kFour, kEight}));
            QVERIFY(preset.size.bytes() <= bytes && s.shareOf(preset, bytes) >= 0.97);
        }
        // None is just the uniform plan again.
        const auto presets = plan::presetRivals(s.space, s.base(), s.bytesOf(kFour)).value();
        for (const Rival& preset : presets)
            QVERIFY(preset.options.size() > 1);
    }

    void optionsOfRivals()
    {
        const plan::Target& target = *plan::targetFromId("compressed-tensors").value();
        const auto ids = [&](const Plan& plan) {
            const auto options = plan::rivalOptions(target, plan).value();
            std::set<std::string> all;
            for (const auto& option : options)
                all.insert(option.id);
            return all;
        };
        Plan plan;
        plan.entries["a"].option = "int4-sym-g64/gptq-actorder";
        plan.entries["b"].option = "int4-asym-g128/rtn";
        plan.entries["c"].option = "int2-sym-g64/gptq-actorder";
        const auto all = ids(plan);
        QVERIFY(all.contains("int8-sym-row/gptq-actorder") && all.contains("keep"));
        QVERIFY(all.contains("int4-asym-g128/rtn") && !all.contains("int4-sym-g128/rtn"));
        QVERIFY(ids(Plan{}).contains("int4-sym-g128/rtn"));
        plan.entries["d"].option = "int9/what";
        QCOMPARE(plan::rivalOptions(target, plan).error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_GUILESS_MAIN(TestPlanRivals)
#include "tst_plan_rivals.moc"
