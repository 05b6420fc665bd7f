#include "core/forward/forward.h"
#include "core/forward/model.h"
#include "tests/support/memory_checkpoint.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <functional>

using namespace bitwright;
using namespace bitwright::forward;

namespace {

nlohmann::json baseConfig(const std::string& type)
{
    return {{"model_type", type}, {"vocab_size", 20}, {"hidden_size", 8}, {"num_attention_heads", 2},
        {"num_hidden_layers", 12}, {"intermediate_size", 12}, {"max_position_embeddings", 128},
        {"head_dim", 4}, {"num_key_value_heads", 2}};
}

Result<Architecture> read(const nlohmann::json& config)
{
    return readArchitecture(config.dump());
}

std::vector<std::uint64_t> windowsOf(const Architecture& architecture)
{
    std::vector<std::uint64_t> windows;
    for (const Layer& layer : architecture.layers)
        windows.push_back(layer.window);
    return windows;
}

std::vector<float> someValues(std::size_t count, double seed)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<float>(std::sin(seed + 1.3 * static_cast<double>(i)));
    return values;
}

using testing::MemoryCheckpoint;

/// A checkpoint in memory that brings its config.json along.
std::shared_ptr<MemoryCheckpoint> checkpointOf(const nlohmann::json& config)
{
    auto checkpoint = std::make_shared<MemoryCheckpoint>(config["model_type"].get<std::string>());
    checkpoint->setConfig(config.dump());
    return checkpoint;
}

using Add = std::function<void(MemoryCheckpoint&, const std::string&, std::vector<std::uint64_t>)>;

/// All tensors of a Llama of one block.
void addLlama(MemoryCheckpoint& checkpoint, const Add& add)
{
    const std::string at = "model.layers.0.";
    add(checkpoint, "model.embed_tokens.weight", {20, 8});
    add(checkpoint, "lm_head.weight", {20, 8});
    add(checkpoint, "model.norm.weight", {8});
    for (const char* name : {"input_layernorm", "post_attention_layernorm"})
        add(checkpoint, at + name + ".weight", {8});
    for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj"})
        add(checkpoint, at + "self_attn." + name + ".weight", {8, 8});
    add(checkpoint, at + "mlp.gate_proj.weight", {12, 8});
    add(checkpoint, at + "mlp.up_proj.weight", {12, 8});
    add(checkpoint, at + "mlp.down_proj.weight", {8, 12});
}

void addValues(MemoryCheckpoint& checkpoint, const std::string& name, std::vector<std::uint64_t> shape)
{
    std::size_t count = 1;
    for (const std::uint64_t dimension : shape)
        count *= dimension;
    checkpoint.add(name, std::move(shape), someValues(count, static_cast<double>(name.size())));
}

nlohmann::json llamaConfig()
{
    nlohmann::json config = baseConfig("llama");
    config["num_hidden_layers"] = 1;
    return config;
}

} // namespace

class TestForwardConfig : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void windows();
    void olderGemma3();
    void publishedGemma3();
    void ropeScalingOfOldFiles();
    void refused_data();
    void refused();
    void bindsByName();
    void missingTensorIsNamed();
    void misshapenTensorIsNamed();
    void stackedExpertsEqualSeparateOnes();
};

void TestForwardConfig::windows()
{
    using Windows = std::vector<std::uint64_t>;
    nlohmann::json config = baseConfig("mistral");
    QVERIFY(windowsOf(*read(config)) == Windows(12, 4096)); // the class's default
    config["sliding_window"] = nullptr;
    QVERIFY(windowsOf(*read(config)) == Windows(12, 0));
    config = baseConfig("llama");
    config["sliding_window"] = 5;
    QVERIFY(windowsOf(*read(config)) == Windows(12, 0));
    config = baseConfig("qwen2");
    config["sliding_window"] = 7;
    QVERIFY(windowsOf(*read(config)) == Windows(12, 0)); // not used unless it says so
    config["use_sliding_window"] = true;
    config["max_window_layers"] = 10;
    Windows late(12, 0);
    late[10] = late[11] = 7;
    QVERIFY(windowsOf(*read(config)) == late);
    config = baseConfig("gemma2");
    config["sliding_window"] = 3;
    QVERIFY((windowsOf(*read(config)) == Windows{3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0}));
    const auto gemma = read(config);
    QCOMPARE(*gemma->attentionSoftcap, 50.0);
    QCOMPARE(*gemma->logitSoftcap, 30.0);
    QCOMPARE(gemma->embeddingScale, std::sqrt(8.0));
    QCOMPARE(gemma->attentionScale, 1.0 / 16);
    config["final_logit_softcapping"] = nullptr; // said to be none
    QVERIFY(!read(config)->logitSoftcap);
}

void TestForwardConfig::olderGemma3()
{
    nlohmann::json config = baseConfig("gemma3_text");
    config["sliding_window"] = 9;
    config["rope_theta"] = 1e6;
    config["rope_local_base_freq"] = 20'000.0;
    config["rope_scaling"] = {{"rope_type", "linear"}, {"factor", 8.0}};
    const nlohmann::json whole{{"model_type", "gemma3"}, {"text_config", config}};
    const auto a = read(whole);
    QVERIFY(a);
    QCOMPARE(a->ropes.size(), std::size_t{2});
    for (std::size_t i = 0; i < 12; ++i) {
        const Rope& rope = a->ropes[a->layers[i].rope];
        const bool full = i == 5 || i == 11;
        QCOMPARE(a->layers[i].window, full ? std::uint64_t{0} : std::uint64_t{9});
        QCOMPARE(rope.theta, full ? 1e6 : 20'000.0);
        QCOMPARE(rope.kind, full ? RopeKind::Linear : RopeKind::Default);
    }
}

void TestForwardConfig::publishedGemma3()
{
    // The keys of the multimodal 4B model's text_config: the rest are defaults of its class.
    const nlohmann::json whole = nlohmann::json::parse(R"({"model_type": "gemma3", "text_config": {
        "hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text", "num_hidden_layers": 34,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024}})");
    const auto a = read(whole);
    QVERIFY2(a, a ? "" : a.error().oneLine().c_str());
    QCOMPARE(a->vocabulary, std::uint64_t{262208});
    QCOMPARE(a->heads, std::uint64_t{8});
    QCOMPARE(a->keyValueHeads, std::uint64_t{4});
    QCOMPARE(a->headDim, std::uint64_t{256});
    QVERIFY(a->tiedHead && !a->logitSoftcap);
    QCOMPARE(a->layers[5].window, std::uint64_t{0});
    QCOMPARE(a->layers[6].window, std::uint64_t{1024});
}

void TestForwardConfig::ropeScalingOfOldFiles()
{
    nlohmann::json config = baseConfig("llama");
    config["rope_theta"] = 5e5;
    config["rope_scaling"] = {{"type", "linear"}, {"factor", 2.0}};
    auto a = read(config);
    QVERIFY(a);
    QCOMPARE(a->ropes[0].theta, 5e5);
    QCOMPARE(a->ropes[0].kind, RopeKind::Linear);
    config = baseConfig("phi3");
    config["original_max_position_embeddings"] = 32;
    config["rope_scaling"] = {{"type", "su"}, {"short_factor", {1.0, 1.0}}, {"long_factor", {2.0, 3.0}}};
    a = read(config);
    QVERIFY(a);
    QCOMPARE(a->ropes[0].kind, RopeKind::LongRope);
    QCOMPARE(a->ropes[0].attentionFactor, std::sqrt(1 + std::log(4.0) / std::log(32.0)));
}

void TestForwardConfig::refused_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, const char* change, ErrorCode code, const char* named) {
        QTest::newRow(name) << QString::fromLatin1(change) << static_cast<int>(code)
                            << QString::fromLatin1(named);
    };
    row("family", R"({"model_type": "mamba"})", ErrorCode::Unsupported, "mamba");
    row("no family", R"({"model_type": null})", ErrorCode::Unsupported, "model_type");
    row("activation", R"({"hidden_act": "mish"})", ErrorCode::Unsupported, "mish");
    row("rope", R"({"rope_scaling": {"rope_type": "spiral"}})", ErrorCode::Unsupported, "spiral");
    row("no factor", R"({"rope_scaling": {"rope_type": "linear"}})", ErrorCode::Format, "factor");
    row("long factors", R"({"rope_scaling": {"type": "longrope", "short_factor": [1]}})", ErrorCode::Format,
        "short_factor");
    row("endless factor",
        R"({"max_position_embeddings": 4, "rope_scaling": {"type": "longrope", "factor": 2, "short_factor": [1, 1],
            "long_factor": [1, 1], "original_max_position_embeddings": 1}})",
        ErrorCode::OutOfRange, "attention_factor");
    row("odd part", R"({"partial_rotary_factor": 0.8})", ErrorCode::Unsupported, "partial_rotary_factor");
    row("quantized", R"({"quantization_config": {}})", ErrorCode::Unsupported, "quantization_config");
    row("cross", R"({"add_cross_attention": true})", ErrorCode::Unsupported, "add_cross_attention");
    row("no size", R"({"hidden_size": null})", ErrorCode::Format, "hidden_size");
    row("text size", R"({"hidden_size": "8"})", ErrorCode::Format, "hidden_size");
    row("half size", R"({"hidden_size": 8.5})", ErrorCode::Format, "hidden_size");
    row("negative size", R"({"num_hidden_layers": -1})", ErrorCode::OutOfRange, "num_hidden_layers");
    row("many layers", R"({"num_hidden_layers": 20000})", ErrorCode::OutOfRange, "20000");
    row("heads", R"({"num_key_value_heads": 3})", ErrorCode::OutOfRange, "3");
    row("layer type",
        R"({"model_type": "qwen3", "layer_types": ["a","a","a","a","a","a","a","a","a","a","a","a"]})",
        ErrorCode::Unsupported, "type \"a\"");
    row("few layer types", R"({"model_type": "qwen3", "layer_types": []})", ErrorCode::Format, "layer_types");
    row("experts", R"({"model_type": "mixtral", "num_local_experts": 2, "num_experts_per_tok": 3})",
        ErrorCode::OutOfRange, "3 of 2");
    row("relative positions", R"({"model_type": "bert", "position_embedding_type": "relative_key"})",
        ErrorCode::Unsupported, "relative_key");
    row("two-sided", R"({"model_type": "gemma3_text", "use_bidirectional_attention": true})",
        ErrorCode::Unsupported, "use_bidirectional_attention");
}

void TestForwardConfig::refused()
{
    QFETCH(const QString, change);
    QFETCH(const int, code);
    QFETCH(const QString, named);
    nlohmann::json config = baseConfig("llama");
    const nlohmann::json changes = nlohmann::json::parse(change.toStdString());
    for (const auto& [key, value] : changes.items())
        config[key] = value;
    const auto result = read(config);
    QVERIFY(!result);
    QCOMPARE(static_cast<int>(result.error().code), code);
    QVERIFY2(result.error().message.find(named.toStdString()) != std::string::npos,
        result.error().message.c_str());
    QVERIFY(!readArchitecture(""));
    QVERIFY(!readArchitecture("[]"));
    QVERIFY(!readArchitecture("{\"model_type\": "));
}

void TestForwardConfig::bindsByName()
{
    auto checkpoint = checkpointOf(llamaConfig());
    addLlama(*checkpoint, addValues);
    const auto model = Model::open(checkpoint);
    QVERIFY2(model, model ? "" : model.error().oneLine().c_str());
    QCOMPARE(model->blocks().size(), std::size_t{1});
    QCOMPARE(model->blocks()[0].mlp.gate.rows, std::uint64_t{12});
    QCOMPARE(model->head().tensor, *checkpoint->find("lm_head.weight"));
    // A further block is one that config.json does not know.
    addValues(*checkpoint, "model.layers.1.input_layernorm.weight", {8});
    const auto longer = Model::open(checkpoint);
    QVERIFY(!longer && longer.error().code == ErrorCode::Format);
}

void TestForwardConfig::missingTensorIsNamed()
{
    std::vector<std::string> names;
    addLlama(
        *checkpointOf(llamaConfig()), [&](auto&, const std::string& name, auto) { names.push_back(name); });
    for (const std::string& missing : names) {
        auto checkpoint = checkpointOf(llamaConfig());
        addLlama(*checkpoint, [&](MemoryCheckpoint& into, const std::string& name, auto shape) {
            if (name != missing)
                addValues(into, name, shape);
        });
        const auto model = Model::open(checkpoint);
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::Format);
        QVERIFY(missing.ends_with(model.error().tensor));
    }
}

void TestForwardConfig::misshapenTensorIsNamed()
{
    std::vector<std::string> names;
    addLlama(
        *checkpointOf(llamaConfig()), [&](auto&, const std::string& name, auto) { names.push_back(name); });
    for (const std::string& wrong : names) {
        auto checkpoint = checkpointOf(llamaConfig());
        addLlama(*checkpoint, [&](MemoryCheckpoint& into, const std::string& name, auto shape) {
            if (name == wrong)
                ++shape.back();
            addValues(into, name, shape);
        });
        const auto model = Model::open(checkpoint);
        QVERIFY(!model);
        QCOMPARE(model.error().code, ErrorCode::Format);
        QCOMPARE(model.error().tensor, wrong);
    }
}

void TestForwardConfig::stackedExpertsEqualSeparateOnes()
{
    nlohmann::json config = baseConfig("qwen3_moe");
    config["num_hidden_layers"] = 1;
    config["num_experts"] = 3;
    config["num_experts_per_tok"] = 2;
    config["moe_intermediate_size"] = 6;
    auto stacked = checkpointOf(config);
    auto separate = checkpointOf(config);
    const std::string at = "model.layers.0.";
    for (const auto& checkpoint : {stacked, separate}) {
        addLlama(*checkpoint, [](MemoryCheckpoint& into, const std::string& name, auto shape) {
            if (name.find("mlp.") == std::string::npos)
                addValues(into, name, shape);
        });
        addValues(*checkpoint, at + "self_attn.q_norm.weight", {4});
        addValues(*checkpoint, at + "self_attn.k_norm.weight", {4});
        addValues(*checkpoint, at + "mlp.gate.weight", {3, 8});
    }
    const std::vector<float> gateUp = someValues(3 * 12 * 8, 0.4);
    const std::vector<float> down = someValues(3 * 8 * 6, 0.6);
    stacked->add(at + "mlp.experts.gate_up_proj", {3, 12, 8}, gateUp);
    stacked->add(at + "mlp.experts.down_proj", {3, 8, 6}, down);
    const auto cut = [](const std::vector<float>& from, std::size_t begin, std::size_t count) {
        const auto first = from.begin() + static_cast<std::ptrdiff_t>(begin);
        return std::vector<float>(first, first + static_cast<std::ptrdiff_t>(count));
    };
    for (std::size_t e = 0; e < 3; ++e) {
        const std::string expert = at + "mlp.experts." + std::to_string(e) + ".";
        separate->add(expert + "gate_proj.weight", {6, 8}, cut(gateUp, e * 96, 48));
        separate->add(expert + "up_proj.weight", {6, 8}, cut(gateUp, e * 96 + 48, 48));
        separate->add(expert + "down_proj.weight", {8, 6}, cut(down, e * 48, 48));
    }
    TokenBatch batch;
    batch.add(std::vector<std::uint32_t>{1, 5, 9, 13, 17, 2, 6});
    std::vector<std::vector<float>> results;
    for (const auto& checkpoint : {stacked, separate}) {
        const auto model = Model::open(checkpoint);
        QVERIFY2(model, model ? "" : model.error().oneLine().c_str());
        auto hidden = embed(*model, batch, {}, {});
        QVERIFY(hidden);
        QVERIFY(runBlocks(*model, batch, 0, 1, *hidden, {}, {}));
        results.push_back(*hidden);
    }
    QVERIFY(results[0] == results[1]);
}

QTEST_GUILESS_MAIN(TestForwardConfig)
#include "tst_forward_config.moc"
