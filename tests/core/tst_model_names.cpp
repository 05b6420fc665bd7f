#include "core/model/tensor_info.h"

#include <QtTest/QTest>

using namespace bitwright::model;

namespace {

/// What a real tensor name must be read as.
struct Expected
{
    const char* name;
    const char* role;
    int block = -1;
    int expert = -1;
    const char* tower = "";
    bool bias = false;
    bool shared = false;
};

TensorInfo classified(
    const std::string& name, DType dtype, std::vector<std::uint64_t> shape, std::string_view modelType = {})
{
    TensorInfo tensor;
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.dtypeText = dtypeName(dtype);
    tensor.parameters = 1;
    for (const std::uint64_t dimension : shape)
        tensor.parameters *= dimension;
    tensor.shape = std::move(shape);
    classifyTensor(tensor, modelType);
    return tensor;
}

void check(const std::vector<Expected>& names)
{
    for (const Expected& expected : names) {
        const NameParts parts = parseTensorName(expected.name);
        const std::string read = std::string(roleName(parts.role)) + " block "
            + std::to_string(parts.block.value_or(-1)) + " expert "
            + std::to_string(parts.expert.value_or(-1)) + " tower '" + parts.tower + "'"
            + (parts.bias ? " bias" : "") + (parts.sharedExpert ? " shared" : "");
        const std::string wanted = std::string(expected.role) + " block " + std::to_string(expected.block)
            + " expert " + std::to_string(expected.expert) + " tower '" + expected.tower + "'"
            + (expected.bias ? " bias" : "") + (expected.shared ? " shared" : "");
        if (read != wanted)
            QFAIL((std::string(expected.name) + ": read as " + read + ", not " + wanted).c_str());
    }
}

} // namespace

class TestModelNames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void llamaMistralQwenGemma();
    void phi3();
    void gpt2();
    void opt();
    void bertAndRoberta();
    void vit();
    void mixtral();
    void qwenMoe();
    void deepSeek();
    void gptOss();
    void gguf();
    void severalTowers();
    void otherFamilies();
    void quantizedCompanions();
    void strangeNames();
    void roleNamesRoundTrip();
    void quantizableAndReasons();
    void orientationOfConv1d();
    void squareProjectionFollowsItsBlock();
    void stackedExperts();
    void scaledCodesAreNotValues();
    void towersNamedOnlyWhenThereAreSeveral();
};

void TestModelNames::llamaMistralQwenGemma()
{
    check({{"model.embed_tokens.weight", "embedding"}, {"model.layers.0.self_attn.q_proj.weight", "query", 0},
        {"model.layers.17.self_attn.k_proj.weight", "key", 17},
        {"model.layers.2.self_attn.v_proj.weight", "value", 2},
        {"model.layers.2.self_attn.v_proj.bias", "value", 2, -1, "", true},
        {"model.layers.2.self_attn.o_proj.weight", "attention-output", 2},
        {"model.layers.2.mlp.gate_proj.weight", "gate", 2}, {"model.layers.2.mlp.up_proj.weight", "up", 2},
        {"model.layers.2.mlp.down_proj.weight", "down", 2},
        {"model.layers.2.input_layernorm.weight", "norm", 2},
        {"model.layers.2.post_attention_layernorm.weight", "norm", 2},
        {"model.layers.2.pre_feedforward_layernorm.weight", "norm", 2},
        {"model.layers.2.post_feedforward_layernorm.weight", "norm", 2},
        {"model.layers.2.self_attn.q_norm.weight", "norm", 2},
        {"model.layers.2.self_attn.k_norm.weight", "norm", 2},
        {"model.layers.2.self_attn.rotary_emb.inv_freq", "other", 2}, {"model.norm.weight", "norm"},
        {"lm_head.weight", "output"}, {"layers.3.attention.wq.weight", "query", 3},
        {"layers.3.attention.wo.weight", "attention-output", 3},
        {"layers.3.feed_forward.w1.weight", "gate", 3}, {"layers.3.feed_forward.w2.weight", "down", 3},
        {"layers.3.feed_forward.w3.weight", "up", 3}, {"layers.3.attention_norm.weight", "norm", 3},
        {"tok_embeddings.weight", "embedding"}, {"output.weight", "output"}, {"norm.weight", "norm"}});
}

void TestModelNames::phi3()
{
    check({{"model.layers.31.self_attn.qkv_proj.weight", "query-key-value", 31},
        {"model.layers.31.self_attn.o_proj.weight", "attention-output", 31},
        {"model.layers.31.mlp.gate_up_proj.weight", "gate-up", 31},
        {"model.layers.31.mlp.down_proj.weight", "down", 31}});
}

void TestModelNames::gpt2()
{
    for (const std::string prefix : {"", "transformer."}) {
        const auto name = [&](const char* rest) { return prefix + rest; };
        const std::string names[]
            = {name("h.0.attn.c_attn.weight"), name("h.0.attn.c_proj.weight"), name("h.0.mlp.c_fc.weight"),
                name("h.11.mlp.c_proj.weight"), name("h.0.attn.c_attn.bias"), name("wte.weight"),
                name("wpe.weight"), name("h.0.ln_1.weight"), name("h.0.ln_2.bias"), name("ln_f.weight")};
        check({{names[0].c_str(), "query-key-value", 0}, {names[1].c_str(), "attention-output", 0},
            {names[2].c_str(), "up", 0}, {names[3].c_str(), "down", 11},
            {names[4].c_str(), "query-key-value", 0, -1, "", true}, {names[5].c_str(), "embedding"},
            {names[6].c_str(), "position-embedding"}, {names[7].c_str(), "norm", 0},
            {names[8].c_str(), "norm", 0, -1, "", true}, {names[9].c_str(), "norm"}});
    }
}

void TestModelNames::opt()
{
    check({{"model.decoder.layers.5.self_attn.q_proj.weight", "query", 5, -1, "decoder"},
        {"model.decoder.layers.5.self_attn.out_proj.weight", "attention-output", 5, -1, "decoder"},
        {"model.decoder.layers.5.fc1.weight", "up", 5, -1, "decoder"},
        {"model.decoder.layers.5.fc2.bias", "down", 5, -1, "decoder", true},
        {"model.decoder.layers.5.final_layer_norm.weight", "norm", 5, -1,
            "decoder"}, // inside the layer, in spite of its name
        {"model.decoder.layers.5.self_attn_layer_norm.weight", "norm", 5, -1, "decoder"},
        {"model.decoder.final_layer_norm.weight", "norm", -1, -1, "decoder"},
        {"model.decoder.embed_tokens.weight", "embedding", -1, -1, "decoder"},
        {"model.decoder.embed_positions.weight", "position-embedding", -1, -1, "decoder"}});
}

void TestModelNames::bertAndRoberta()
{
    for (const std::string prefix : {"", "bert.", "roberta."}) {
        const auto name = [&](const char* rest) { return prefix + rest; };
        const std::string names[] = {name("encoder.layer.3.attention.self.query.weight"),
            name("encoder.layer.3.attention.self.key.bias"),
            name("encoder.layer.3.attention.self.value.weight"),
            name("encoder.layer.3.attention.output.dense.weight"),
            name("encoder.layer.3.attention.output.LayerNorm.weight"),
            name("encoder.layer.3.intermediate.dense.weight"), name("encoder.layer.3.output.dense.weight"),
            name("encoder.layer.3.output.LayerNorm.gamma"), name("embeddings.word_embeddings.weight"),
            name("embeddings.position_embeddings.weight"), name("embeddings.token_type_embeddings.weight"),
            name("embeddings.LayerNorm.weight"), name("pooler.dense.weight"), name("pooler.dense.bias"),
            name("encoder.layer.3.output.LayerNorm.beta")};
        check({{names[0].c_str(), "query", 3, -1, "encoder"},
            {names[1].c_str(), "key", 3, -1, "encoder", true}, {names[2].c_str(), "value", 3, -1, "encoder"},
            {names[3].c_str(), "attention-output", 3, -1, "encoder"},
            {names[4].c_str(), "norm", 3, -1, "encoder"}, {names[5].c_str(), "up", 3, -1, "encoder"},
            {names[6].c_str(), "down", 3, -1, "encoder"}, {names[7].c_str(), "norm", 3, -1, "encoder"},
            {names[8].c_str(), "embedding"}, {names[9].c_str(), "position-embedding"},
            {names[10].c_str(), "type-embedding"}, {names[11].c_str(), "norm"}, {names[12].c_str(), "pooler"},
            {names[13].c_str(), "pooler", -1, -1, "", true},
            {names[14].c_str(), "norm", 3, -1, "encoder", true}});
    }
    check({{"cls.predictions.transform.dense.weight", "classifier"},
        {"cls.predictions.transform.LayerNorm.weight", "norm"}, {"cls.predictions.decoder.weight", "output"},
        {"cls.predictions.bias", "classifier", -1, -1, "", true},
        {"cls.seq_relationship.weight", "classifier"}, {"lm_head.decoder.weight", "output"},
        {"lm_head.dense.weight", "classifier"}, {"lm_head.layer_norm.weight", "norm"},
        {"classifier.weight", "classifier"}, {"classifier.out_proj.weight", "classifier"},
        {"classifier.dense.weight", "classifier"}, {"qa_outputs.weight", "classifier"}});
}

void TestModelNames::vit()
{
    check({{"vit.encoder.layer.2.attention.attention.query.weight", "query", 2, -1, "vision"},
        {"vit.encoder.layer.2.attention.output.dense.weight", "attention-output", 2, -1, "vision"},
        {"vit.encoder.layer.2.intermediate.dense.weight", "up", 2, -1, "vision"},
        {"vit.encoder.layer.2.output.dense.weight", "down", 2, -1, "vision"},
        {"vit.encoder.layer.2.layernorm_before.weight", "norm", 2, -1, "vision"},
        {"vit.encoder.layer.2.layernorm_after.weight", "norm", 2, -1, "vision"},
        {"vit.embeddings.patch_embeddings.projection.weight", "patch-embedding", -1, -1, "vision"},
        {"vit.embeddings.cls_token", "embedding", -1, -1, "vision"},
        {"vit.embeddings.position_embeddings", "position-embedding", -1, -1, "vision"},
        {"blocks.4.attn.qkv.weight", "query-key-value", 4},
        {"blocks.4.attn.proj.weight", "attention-output", 4}, {"blocks.4.mlp.fc1.weight", "up", 4},
        {"blocks.4.mlp.fc2.weight", "down", 4}, {"blocks.4.norm1.weight", "norm", 4},
        {"patch_embed.proj.weight", "patch-embedding"}, {"head.weight", "classifier"},
        {"pos_embed", "position-embedding"}});
}

void TestModelNames::mixtral()
{
    check({{"model.layers.1.block_sparse_moe.gate.weight", "router", 1},
        {"model.layers.1.block_sparse_moe.experts.7.w1.weight", "gate", 1, 7},
        {"model.layers.1.block_sparse_moe.experts.7.w3.weight", "up", 1, 7},
        {"model.layers.1.block_sparse_moe.experts.7.w2.weight", "down", 1, 7},
        {"model.layers.1.mlp.experts.gate_up_proj", "gate-up", 1},
        {"model.layers.1.mlp.experts.down_proj", "down", 1}});
}

void TestModelNames::qwenMoe()
{
    check(
        {{"model.layers.9.mlp.gate.weight", "router", 9}, {"model.layers.9.mlp.gate_proj.weight", "gate", 9},
            {"model.layers.9.mlp.experts.59.gate_proj.weight", "gate", 9, 59},
            {"model.layers.9.mlp.experts.59.up_proj.weight", "up", 9, 59},
            {"model.layers.9.mlp.experts.59.down_proj.weight", "down", 9, 59},
            {"model.layers.9.mlp.shared_expert.gate_proj.weight", "gate", 9, -1, "", false, true},
            {"model.layers.9.mlp.shared_expert.down_proj.weight", "down", 9, -1, "", false, true},
            {"model.layers.9.mlp.shared_expert_gate.weight", "shared-gate", 9}});
}

void TestModelNames::deepSeek()
{
    check({{"model.layers.3.self_attn.q_a_proj.weight", "query-a", 3},
        {"model.layers.3.self_attn.q_b_proj.weight", "query-b", 3},
        {"model.layers.3.self_attn.kv_a_proj_with_mqa.weight", "key-value-a", 3},
        {"model.layers.3.self_attn.kv_b_proj.weight", "key-value-b", 3},
        {"model.layers.3.self_attn.q_a_layernorm.weight", "norm", 3},
        {"model.layers.3.self_attn.kv_a_layernorm.weight", "norm", 3},
        {"model.layers.3.mlp.experts.255.down_proj.weight", "down", 3, 255},
        {"model.layers.3.mlp.experts.255.down_proj.weight_scale_inv", "scale", 3, 255},
        {"model.layers.3.mlp.shared_experts.up_proj.weight", "up", 3, -1, "", false, true},
        {"model.layers.3.mlp.gate.weight", "router", 3},
        {"model.layers.3.mlp.gate.e_score_correction_bias", "router", 3, -1, "", true},
        {"model.layers.3.self_attn.q_a_proj.weight_scale_inv", "scale", 3},
        {"model.layers.61.shared_head.norm.weight", "norm", 61}});
}

void TestModelNames::gptOss()
{
    check({{"model.layers.23.mlp.router.weight", "router", 23},
        {"model.layers.23.mlp.router.bias", "router", 23, -1, "", true},
        {"model.layers.23.mlp.experts.gate_up_proj_blocks", "gate-up", 23},
        {"model.layers.23.mlp.experts.gate_up_proj_scales", "scale", 23},
        {"model.layers.23.mlp.experts.gate_up_proj_bias", "gate-up", 23, -1, "", true},
        {"model.layers.23.mlp.experts.down_proj_blocks", "down", 23},
        {"model.layers.23.self_attn.sinks", "other", 23},
        {"model.layers.23.self_attn.q_proj.bias", "query", 23, -1, "", true}});
}

void TestModelNames::gguf()
{
    check({{"token_embd.weight", "embedding"}, {"output.weight", "output"}, {"output_norm.weight", "norm"},
        {"blk.0.attn_q.weight", "query", 0}, {"blk.0.attn_k.weight", "key", 0},
        {"blk.0.attn_v.bias", "value", 0, -1, "", true}, {"blk.0.attn_output.weight", "attention-output", 0},
        {"blk.0.attn_qkv.weight", "query-key-value", 0}, {"blk.0.attn_q_norm.weight", "norm", 0},
        {"blk.0.attn_norm.weight", "norm", 0}, {"blk.0.ffn_norm.weight", "norm", 0},
        {"blk.0.post_attention_norm.weight", "norm", 0}, {"blk.0.ffn_gate.weight", "gate", 0},
        {"blk.0.ffn_up.weight", "up", 0}, {"blk.0.ffn_down.weight", "down", 0},
        {"blk.12.ffn_gate_exps.weight", "gate", 12}, {"blk.12.ffn_up_exps.weight", "up", 12},
        {"blk.12.ffn_down_exps.weight", "down", 12}, {"blk.12.ffn_gate_inp.weight", "router", 12},
        {"blk.12.exp_probs_b.bias", "router", 12, -1, "", true},
        {"blk.12.ffn_gate_shexp.weight", "gate", 12, -1, "", false, true},
        {"blk.12.ffn_down_shexp.weight", "down", 12, -1, "", false, true},
        {"blk.12.ffn_gate_inp_shexp.weight", "shared-gate", 12, -1, "", false, true},
        {"blk.3.ffn_gate.5.weight", "gate", 3, 5}, {"blk.3.attn_q_a.weight", "query-a", 3},
        {"blk.3.attn_q_b.weight", "query-b", 3}, {"blk.3.attn_kv_a_mqa.weight", "key-value-a", 3},
        {"blk.3.attn_kv_b.weight", "key-value-b", 3}, {"blk.3.attn_k_b.weight", "key-value-b", 3},
        {"blk.3.attn_v_b.weight", "key-value-b", 3}, {"blk.3.attn_kv_a_norm.weight", "norm", 3},
        {"rope_freqs.weight", "other"}, {"token_types.weight", "type-embedding"},
        {"position_embd.weight", "position-embedding"}, {"v.blk.2.attn_q.weight", "query", 2, -1, "vision"},
        {"enc.blk.2.ffn_up.weight", "up", 2, -1, "encoder"},
        {"dec.blk.2.ffn_up.weight", "up", 2, -1, "decoder"}});
}

void TestModelNames::severalTowers()
{
    check({{"language_model.model.layers.0.mlp.up_proj.weight", "up", 0, -1, "language"},
        {"model.language_model.layers.0.mlp.up_proj.weight", "up", 0, -1, "language"},
        {"vision_tower.vision_model.encoder.layers.0.self_attn.q_proj.weight", "query", 0, -1, "vision"},
        {"vision_tower.vision_model.encoder.layers.0.self_attn.out_proj.weight", "attention-output", 0, -1,
            "vision"},
        {"vision_model.embeddings.patch_embedding.weight", "patch-embedding", -1, -1, "vision"},
        {"model.visual.blocks.0.attn.qkv.weight", "query-key-value", 0, -1, "vision"},
        {"visual.blocks.0.attn.proj.weight", "attention-output", 0, -1, "vision"},
        {"audio_tower.layers.0.fc1.weight", "up", 0, -1, "audio"},
        {"text_model.encoder.layers.0.mlp.fc1.weight", "up", 0, -1, "language"},
        {"model.encoder.layers.0.fc1.weight", "up", 0, -1, "encoder"},
        {"model.decoder.layers.0.encoder_attn.out_proj.weight", "attention-output", 0, -1, "decoder"},
        {"encoder.block.4.layer.0.SelfAttention.q.weight", "query", 4, -1, "encoder"},
        {"encoder.block.4.layer.0.SelfAttention.o.weight", "attention-output", 4, -1, "encoder"},
        {"encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", "position-embedding", 0, -1,
            "encoder"},
        {"decoder.block.4.layer.2.DenseReluDense.wi_0.weight", "gate", 4, -1, "decoder"},
        {"decoder.block.4.layer.2.DenseReluDense.wo.weight", "down", 4, -1, "decoder"},
        {"shared.weight", "embedding"}});
}

void TestModelNames::otherFamilies()
{
    check({{"gpt_neox.layers.1.attention.query_key_value.weight", "query-key-value", 1},
        {"gpt_neox.layers.1.attention.dense.weight", "attention-output", 1},
        {"gpt_neox.layers.1.mlp.dense_h_to_4h.weight", "up", 1},
        {"gpt_neox.layers.1.mlp.dense_4h_to_h.bias", "down", 1, -1, "", true},
        {"gpt_neox.embed_in.weight", "embedding"}, {"embed_out.weight", "output"},
        {"transformer.h.1.self_attention.dense.weight", "attention-output", 1},
        {"transformer.word_embeddings.weight", "embedding"},
        {"model.layers.0.mixer.in_proj.weight", "other", 0},
        {"multi_modal_projector.linear_1.weight", "other"}, {"score.weight", "classifier"}});
}

void TestModelNames::quantizedCompanions()
{
    check({{"model.layers.0.mlp.up_proj.qweight", "up", 0}, {"model.layers.0.mlp.up_proj.scales", "scale", 0},
        {"model.layers.0.mlp.up_proj.qzeros", "scale", 0}, {"model.layers.0.mlp.up_proj.g_idx", "scale", 0},
        {"model.layers.0.mlp.up_proj.weight_packed", "up", 0},
        {"model.layers.0.mlp.up_proj.weight_scale", "scale", 0},
        {"model.layers.0.mlp.up_proj.weight_zero_point", "scale", 0},
        {"model.layers.0.mlp.up_proj.weight_shape", "scale", 0},
        {"model.layers.0.mlp.up_proj.weight.absmax", "scale", 0},
        {"model.layers.0.mlp.up_proj.weight.quant_state.bitsandbytes__nf4", "scale", 0},
        {"model.layers.0.mlp.up_proj.input_scale", "scale", 0}});
}

void TestModelNames::strangeNames()
{
    check({{"", "other"}, {"weight", "other"}, {"bias", "bias", -1, -1, "", true}, {"scales", "scale"},
        {".", "other"}, {"...", "other"}, {"layers", "other"}, {"layers.", "other"},
        {"layers.x.q_proj.weight", "query"}, {"layers.99999999999999999999.q_proj.weight", "query"},
        {"layers.-1.q_proj.weight", "query"}, {"layers.+1.q_proj.weight", "query"},
        {"layers.999999999.q_proj.weight", "query", 999999999}, {"experts.3", "other", -1, 3},
        {"a.b.c.d.bias", "bias", -1, -1, "", true}});
}

void TestModelNames::roleNamesRoundTrip()
{
    int count = 0;
    for (int i = 0; i <= static_cast<int>(Role::Other); ++i) {
        const Role role = static_cast<Role>(i);
        QVERIFY(role == Role::Other || roleName(role) != "other");
        QCOMPARE(roleFromName(roleName(role)), std::optional(role));
        ++count;
    }
    QCOMPARE(count, 26);
    QVERIFY(!roleFromName("nonsense"));
}

void TestModelNames::quantizableAndReasons()
{
    struct Case
    {
        const char* name;
        DType dtype;
        std::vector<std::uint64_t> shape;
        const char* reason; ///< "" means quantizable.
    };
    const std::vector<Case> cases{{"model.layers.0.mlp.up_proj.weight", DType::BF16, {8, 4}, ""},
        {"model.layers.0.mlp.up_proj.weight", DType::F8E4M3, {8, 4}, ""},
        {"lm_head.weight", DType::F32, {8, 4}, ""}, {"pooler.dense.weight", DType::F32, {4, 4}, ""},
        {"classifier.weight", DType::F32, {2, 4}, ""},
        {"multi_modal_projector.linear_1.weight", DType::F16, {4, 4}, ""},
        {"model.embed_tokens.weight", DType::BF16, {8, 4}, "embedding table: kept"},
        {"wpe.weight", DType::BF16, {8, 4}, "position embedding: kept"},
        {"model.layers.0.mlp.gate.weight", DType::BF16, {8, 4}, "router: kept, tiny and sensitive"},
        {"model.layers.0.input_layernorm.weight", DType::BF16, {4}, "norm: kept"},
        {"model.layers.0.self_attn.q_proj.bias", DType::BF16, {4}, "bias: kept"},
        {"model.layers.0.self_attn.q_proj.weight", DType::BF16, {4}, "1-dimensional"},
        {"model.layers.0.self_attn.sinks", DType::BF16, {4}, "1-dimensional"},
        {"embeddings.position_ids", DType::I64, {1, 4}, "dtype I64 is not a weight type"},
        {"vit.embeddings.patch_embeddings.projection.weight", DType::F32, {4, 3, 2, 2},
            "patch embedding: kept"},
        {"features.0.weight", DType::F32, {4, 3, 2, 2}, "4-dimensional: convolution kernel or buffer, kept"},
        {"h.0.attn.bias", DType::F32, {1, 1, 8, 8}, "bias: kept"},
        {"model.layers.0.mlp.up_proj.weight", DType::BF16, {0, 4}, "empty"},
        {"model.layers.0.mlp.experts.down_proj_blocks", DType::U8, {2, 4, 1, 16},
            "packed MXFP4 codes: already quantized"},
        {"model.layers.0.mlp.experts.down_proj_scales", DType::U8, {2, 4, 1},
            "scale of an already quantized weight"},
        {"model.layers.0.mlp.up_proj.qweight", DType::I32, {8, 4}, "packed codes: already quantized"},
        {"model.layers.0.mixer.A_log", DType::F32, {8, 4},
            "role unknown and not named like a linear layer: kept"},
        {"logit_scale", DType::F32, {}, "a single number"}};
    for (const Case& expected : cases) {
        const TensorInfo tensor = classified(expected.name, expected.dtype, expected.shape);
        QCOMPARE(tensor.reason, std::string(expected.reason));
        QCOMPARE(tensor.quantizable, tensor.reason.empty());
    }
}

void TestModelNames::orientationOfConv1d()
{
    const auto fused = classified("h.0.attn.c_attn.weight", DType::F32, {4, 12}, "gpt2");
    QCOMPARE(fused.orientation, Orientation::InOut);
    QCOMPARE(fused.rows(), 12U);
    QCOMPARE(fused.cols(), 4U);
    QCOMPARE(
        classified("h.0.attn.c_proj.weight", DType::F32, {4, 4}, "gpt2").orientation, Orientation::InOut);
    QCOMPARE(classified("wte.weight", DType::F32, {50, 4}, "gpt2").orientation, Orientation::OutIn);
    QCOMPARE(classified("lm_head.weight", DType::F32, {50, 4}, "gpt2").orientation, Orientation::OutIn);
    // The same names hold plain linear layers in other families.
    QCOMPARE(classified("transformer.h.0.attn.c_attn.weight", DType::F32, {6, 4}, "gpt_bigcode").orientation,
        Orientation::OutIn);
    QCOMPARE(classified("transformer.h.0.mlp.c_proj.weight", DType::F32, {16, 4}, "qwen").orientation,
        Orientation::OutIn);
    // Without a config the shape tells.
    QCOMPARE(classified("h.0.attn.c_attn.weight", DType::F32, {4, 12}).orientation, Orientation::InOut);
    QCOMPARE(classified("h.0.attn.c_attn.weight", DType::F32, {12, 4}).orientation, Orientation::OutIn);
    QCOMPARE(classified("h.0.mlp.c_fc.weight", DType::F32, {4, 16}).orientation, Orientation::InOut);
    QCOMPARE(classified("h.0.mlp.c_proj.weight", DType::F32, {16, 4}).orientation, Orientation::InOut);
    QCOMPARE(classified("h.0.mlp.c_proj.weight", DType::F32, {4, 16}).orientation, Orientation::OutIn);
}

void TestModelNames::squareProjectionFollowsItsBlock()
{
    std::vector<TensorInfo> tensors{classified("h.0.attn.c_attn.weight", DType::F32, {12, 4}),
        classified("h.0.attn.c_proj.weight", DType::F32, {4, 4}),
        classified("h.1.attn.c_attn.weight", DType::F32, {4, 12}),
        classified("h.1.attn.c_proj.weight", DType::F32, {4, 4})};
    classifyTensors(tensors, "");
    QCOMPARE(tensors[1].orientation, Orientation::OutIn);
    QCOMPARE(tensors[3].orientation, Orientation::InOut);
}

void TestModelNames::stackedExperts()
{
    const auto mixtral
        = classified("model.layers.0.mlp.experts.gate_up_proj", DType::BF16, {8, 24, 4}, "mixtral");
    QVERIFY(mixtral.quantizable);
    QCOMPARE(mixtral.experts, 8U);
    QCOMPARE(mixtral.rows(), 24U);
    QCOMPARE(mixtral.cols(), 4U);
    const auto oss
        = classified("model.layers.0.mlp.experts.gate_up_proj", DType::BF16, {8, 4, 24}, "gpt_oss");
    QCOMPARE(oss.orientation, Orientation::InOut);
    QCOMPARE(oss.rows(), 24U);
    QCOMPARE(oss.cols(), 4U);
    const auto single = classified("blk.0.ffn_up_exps.weight", DType::F16, {1, 6, 4});
    QCOMPARE(single.experts, 1U);
    QCOMPARE(single.rows(), 6U);
    QVERIFY(single.quantizable);
    const auto perExpert = classified("model.layers.0.mlp.experts.3.up_proj.weight", DType::BF16, {6, 4});
    QCOMPARE(perExpert.experts, 1U);
    QVERIFY(perExpert.quantizable);
    const auto conv = classified("model.layers.0.conv1d.weight", DType::BF16, {8, 1, 4});
    QVERIFY(!conv.quantizable);
    QCOMPARE(conv.rows(), 0U);
}

void TestModelNames::scaledCodesAreNotValues()
{
    std::vector<TensorInfo> tensors{classified("model.layers.0.mlp.up_proj.weight", DType::F8E4M3, {8, 4}),
        classified("model.layers.0.mlp.up_proj.weight_scale_inv", DType::F32, {1, 1}),
        classified("model.layers.0.mlp.down_proj.weight", DType::F8E4M3, {4, 8}),
        classified("model.layers.0.mlp.gate_proj.weight", DType::BF16, {4, 8}),
        classified("model.layers.0.mlp.gate_proj.weight_scale", DType::F32, {1})};
    classifyTensors(tensors, "deepseek_v3");
    QVERIFY(!tensors[0].quantizable);
    QCOMPARE(tensors[0].reason, std::string("F8_E4M3 codes with scales of their own: already quantized"));
    QVERIFY(tensors[2].quantizable);
    QVERIFY(tensors[3].quantizable);
}

void TestModelNames::towersNamedOnlyWhenThereAreSeveral()
{
    std::vector<TensorInfo> bert{classified("encoder.layer.0.output.dense.weight", DType::F32, {4, 8}),
        classified("embeddings.word_embeddings.weight", DType::F32, {9, 4})};
    classifyTensors(bert, "bert");
    QCOMPARE(bert[0].parts.tower, std::string());
    std::vector<TensorInfo> both{classified("model.encoder.layers.0.fc1.weight", DType::F32, {4, 8}),
        classified("model.decoder.layers.0.fc1.weight", DType::F32, {4, 8})};
    classifyTensors(both, "bart");
    QCOMPARE(both[0].parts.tower, std::string("encoder"));
    QCOMPARE(both[1].parts.tower, std::string("decoder"));
}

QTEST_GUILESS_MAIN(TestModelNames)
#include "tst_model_names.moc"
