#include "core/plan/unit.h"
#include "tests/support/memory_checkpoint.h"

#include <QtTest>

#include <algorithm>

using namespace bitwright;
using model::DType;

namespace {

std::vector<std::string> names(const std::vector<plan::Unit>& units)
{
    std::vector<std::string> result;
    for (const plan::Unit& unit : units)
        result.push_back(unit.name);
    return result;
}

/// "tie name: member, member" with the members' last two name parts.
std::vector<std::string> described(const std::vector<plan::Unit>& units)
{
    std::vector<std::string> result;
    for (const plan::Tie& tie : plan::defaultTies(units)) {
        std::string text = tie.name + ":";
        for (const std::size_t unit : tie.units)
            text += " " + units[unit].name;
        result.push_back(text);
    }
    return result;
}

std::vector<plan::Unit> unitsWith(const std::vector<std::string>& tensors, const std::string& modelType = "")
{
    testing::MemoryCheckpoint checkpoint(modelType);
    for (const std::string& tensor : tensors)
        checkpoint.addHeader(tensor, DType::BF16, {64, 64});
    return plan::unitsOf(checkpoint);
}

} // namespace

class TestPlanUnits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void naturalOrder()
    {
        testing::MemoryCheckpoint checkpoint("llama");
        // As a safetensors file sorts them.
        checkpoint.addHeader("lm_head.weight", DType::BF16, {100, 64});
        checkpoint.addHeader("model.embed_tokens.weight", DType::BF16, {100, 64});
        checkpoint.addHeader("model.layers.10.mlp.down_proj.weight", DType::BF16, {64, 128});
        checkpoint.addHeader("model.layers.2.mlp.down_proj.weight", DType::F16, {64, 128});
        checkpoint.addHeader("model.layers.2.input_layernorm.weight", DType::BF16, {64});
        const auto units = plan::unitsOf(checkpoint);
        QCOMPARE(names(units),
            std::vector<std::string>({"model.layers.2.mlp.down_proj.weight",
                "model.layers.10.mlp.down_proj.weight", "lm_head.weight"}));
        QCOMPARE(units[0].rows, std::uint64_t{64});
        QCOMPARE(units[0].cols, std::uint64_t{128});
        QCOMPARE(units[0].parameters(), std::uint64_t{64 * 128});
        QCOMPARE(units[0].dtype, DType::F16);
        QCOMPARE(units[0].role, model::Role::Down);
        QCOMPARE(units[0].block, std::optional<int>(2));
        QCOMPARE(units[0].index, std::size_t{3});
    }

    void stackedExpertsBecomeUnits()
    {
        testing::MemoryCheckpoint checkpoint("mixtral");
        checkpoint.addHeader("model.layers.0.mlp.experts.gate_up_proj", DType::BF16, {3, 256, 64});
        checkpoint.addHeader("model.layers.0.mlp.experts.down_proj", DType::BF16, {3, 64, 128});
        const auto units = plan::unitsOf(checkpoint);
        QCOMPARE(units.size(), std::size_t{6});
        QCOMPARE(units[2].name, std::string("model.layers.0.mlp.experts.gate_up_proj[2]"));
        QCOMPARE(units[2].expert, std::uint64_t{2});
        QCOMPARE(units[2].routedExpert, std::optional<std::uint64_t>(2));
        QVERIFY(units[2].stacked);
        QCOMPARE(units[2].rows, std::uint64_t{256});
        QCOMPARE(units[2].cols, std::uint64_t{64});
        const auto ties = plan::defaultTies(units);
        QCOMPARE(ties.size(), std::size_t{1});
        QCOMPARE(ties[0].units.size(), std::size_t{6});
        QCOMPARE(ties[0].name, std::string("model.layers.0.mlp.experts experts"));
    }

    void conv1dIsSeenFromOutputs()
    {
        testing::MemoryCheckpoint checkpoint("gpt2");
        checkpoint.addHeader("h.0.attn.c_attn.weight", DType::F32, {64, 192});
        const auto units = plan::unitsOf(checkpoint);
        QCOMPARE(units.size(), std::size_t{1});
        QCOMPARE(units[0].rows, std::uint64_t{192});
        QCOMPARE(units[0].cols, std::uint64_t{64});
        QCOMPARE(units[0].orientation, model::Orientation::InOut);
        QVERIFY(plan::defaultTies(units).empty()); // already fused
    }

    void llamaTies()
    {
        const std::string p = "model.layers.7.";
        const auto units = unitsWith({p + "mlp.down_proj.weight", p + "mlp.gate_proj.weight",
            p + "mlp.up_proj.weight", p + "self_attn.k_proj.weight", p + "self_attn.o_proj.weight",
            p + "self_attn.q_proj.weight", p + "self_attn.v_proj.weight"});
        QCOMPARE(described(units),
            std::vector<std::string>(
                {"model.layers.7.mlp gate/up: " + p + "mlp.gate_proj.weight " + p + "mlp.up_proj.weight",
                    "model.layers.7.self_attn q/k/v: " + p + "self_attn.k_proj.weight " + p
                        + "self_attn.q_proj.weight " + p + "self_attn.v_proj.weight"}));
    }

    void bertTies()
    {
        const std::string p = "encoder.layer.0.attention.self.";
        const auto units = unitsWith({p + "key.weight", p + "query.weight", p + "value.weight",
            "encoder.layer.0.attention.output.dense.weight", "encoder.layer.0.intermediate.dense.weight",
            "encoder.layer.0.output.dense.weight"});
        QCOMPARE(described(units),
            std::vector<std::string>({"encoder.layer.0.attention.self q/k/v: " + p + "key.weight " + p
                + "query.weight " + p + "value.weight"}));
    }

    void fusedTensorsNeedNoTies()
    {
        QVERIFY(plan::defaultTies(
            unitsWith({"model.layers.0.self_attn.qkv_proj.weight", "model.layers.0.self_attn.o_proj.weight",
                "model.layers.0.mlp.gate_up_proj.weight", "model.layers.0.mlp.down_proj.weight"}))
                    .empty());
    }

    void expertsOfABlockAreOneGroup()
    {
        const std::string p = "model.layers.1.block_sparse_moe.experts.";
        const auto units
            = unitsWith({p + "0.w1.weight", p + "0.w2.weight", p + "0.w3.weight", p + "1.w1.weight",
                p + "1.w2.weight", p + "1.w3.weight", "model.layers.2.block_sparse_moe.experts.0.w1.weight",
                "model.layers.2.block_sparse_moe.experts.0.w3.weight"});
        const auto ties = plan::defaultTies(units);
        QCOMPARE(ties.size(), std::size_t{2});
        QCOMPARE(ties[0].units, std::vector<std::size_t>({0, 1, 2, 3, 4, 5}));
        QCOMPARE(ties[0].name, std::string("model.layers.1.block_sparse_moe.experts experts"));
        QCOMPARE(ties[1].units, std::vector<std::size_t>({6, 7}));
        QCOMPARE(units[3].routedExpert, std::optional<std::uint64_t>(1));
    }

    void sharedExpertsAreApart()
    {
        const std::string p = "model.layers.0.mlp.";
        const auto units = unitsWith({p + "experts.0.gate_proj.weight", p + "experts.0.up_proj.weight",
            p + "experts.0.down_proj.weight", p + "shared_expert.gate_proj.weight",
            p + "shared_expert.up_proj.weight", p + "shared_expert.down_proj.weight"});
        const auto ties = plan::defaultTies(units);
        QCOMPARE(ties.size(), std::size_t{2});
        QCOMPARE(ties[0].units, std::vector<std::size_t>({0, 1, 2}));
        QCOMPARE(ties[1].units, std::vector<std::size_t>({3, 4}));
    }

    void latentAttention()
    {
        const std::string p = "model.layers.0.self_attn.";
        const auto units = unitsWith({p + "kv_a_proj_with_mqa.weight", p + "kv_b_proj.weight",
            p + "o_proj.weight", p + "q_a_proj.weight", p + "q_b_proj.weight"});
        const auto ties = plan::defaultTies(units);
        QCOMPARE(ties.size(), std::size_t{1});
        QCOMPARE(ties[0].units, std::vector<std::size_t>({0, 3}));
        QCOMPARE(ties[0].name, std::string("model.layers.0.self_attn q_a/kv_a"));
    }

    void crossAttentionIsItsOwnKernel()
    {
        const std::string p = "model.decoder.layers.0.";
        const auto units = unitsWith({p + "encoder_attn.k_proj.weight", p + "encoder_attn.q_proj.weight",
            p + "encoder_attn.v_proj.weight", p + "self_attn.k_proj.weight", p + "self_attn.q_proj.weight",
            p + "self_attn.v_proj.weight", "model.encoder.layers.0.self_attn.k_proj.weight",
            "model.encoder.layers.0.self_attn.q_proj.weight"});
        const auto ties = plan::defaultTies(units);
        QCOMPARE(ties.size(), std::size_t{3});
        for (const plan::Tie& tie : ties)
            QVERIFY(tie.units.size() == 3 || tie.units.size() == 2);
        std::vector<std::size_t> all;
        for (const plan::Tie& tie : ties)
            all.insert(all.end(), tie.units.begin(), tie.units.end());
        std::sort(all.begin(), all.end());
        QVERIFY(std::adjacent_find(all.begin(), all.end()) == all.end());
    }
};

QTEST_GUILESS_MAIN(TestPlanUnits)
#include "tst_plan_units.moc"
