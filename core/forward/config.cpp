#include "core/forward/config.h"

#include "core/forward/config_reader.h"

#include <array>
#include <cmath>
#include <utility>

namespace bitwright::forward {

namespace {

using FamilyWord = std::pair<std::string_view, Family>;

constexpr std::array kFamilies{FamilyWord{"llama", Family::Llama}, FamilyWord{"mistral", Family::Llama},
    FamilyWord{"qwen2", Family::Qwen2}, FamilyWord{"qwen3", Family::Qwen3},
    FamilyWord{"gemma2", Family::Gemma2}, FamilyWord{"gemma3_text", Family::Gemma3},
    FamilyWord{"gemma3", Family::Gemma3}, FamilyWord{"phi3", Family::Phi3}, FamilyWord{"gpt2", Family::Gpt2},
    FamilyWord{"opt", Family::Opt}, FamilyWord{"mixtral", Family::Mixtral},
    FamilyWord{"qwen2_moe", Family::Qwen2Moe}, FamilyWord{"qwen3_moe", Family::Qwen3Moe},
    FamilyWord{"bert", Family::Bert}};

Result<Family> familyOf(const std::string& modelType)
{
    for (const auto& [word, family] : kFamilies) {
        if (modelType == word)
            return family;
    }
    if (modelType.empty())
        return fail(ErrorCode::Unsupported,
            "config.json does not say \"model_type\", so that Bitwright cannot run this model.");
    return fail(
        ErrorCode::Unsupported, "This model is of type \"{}\", which Bitwright cannot run.", modelType);
}

Result<ActivationKind> activationOf(const std::string& word)
{
    using Entry = std::pair<std::string_view, ActivationKind>;
    constexpr std::array<Entry, 8> kWords{Entry{"silu", ActivationKind::Silu},
        Entry{"swish", ActivationKind::Silu}, Entry{"gelu", ActivationKind::Gelu},
        Entry{"gelu_new", ActivationKind::GeluTanh}, Entry{"gelu_pytorch_tanh", ActivationKind::GeluTanh},
        Entry{"gelu_fast", ActivationKind::GeluTanh}, Entry{"relu", ActivationKind::Relu},
        Entry{"quick_gelu", ActivationKind::QuickGelu}};
    for (const auto& [name, kind] : kWords) {
        if (word == name)
            return kind;
    }
    return fail(
        ErrorCode::Unsupported, "This model has the activation \"{}\", which Bitwright cannot run.", word);
}

/// A part that changes the graph and is on in this file.
Result<void> refuse(const ConfigReader& config, const char* key)
{
    BITWRIGHT_ASSIGN(const bool on, config.flag(key, false));
    if (on)
        return fail(ErrorCode::Unsupported, "This model has \"{}\", which Bitwright cannot run.", key);
    return {};
}

bool isGemma(Family family)
{
    return family == Family::Gemma2 || family == Family::Gemma3;
}

bool isMoe(Family family)
{
    return family == Family::Mixtral || family == Family::Qwen2Moe || family == Family::Qwen3Moe;
}

Result<void> readGpt2Sizes(const ConfigReader& config, Architecture& a, std::uint64_t& layers)
{
    BITWRIGHT_ASSIGN(a.hidden, config.size("n_embd", 768));
    BITWRIGHT_ASSIGN(a.heads, config.size("n_head", 12));
    BITWRIGHT_ASSIGN(layers, config.size("n_layer", 12));
    BITWRIGHT_ASSIGN(a.intermediate, config.size("n_inner", 4 * a.hidden));
    BITWRIGHT_ASSIGN(a.positions, config.size("n_positions", 1024));
    a.keyValueHeads = a.heads;
    return {};
}

/// Key-value heads where config.json does not say, which older files do when they are the class's default.
std::uint64_t usualKeyValueHeads(const Architecture& a)
{
    switch (a.family) {
    case Family::Gemma2:
    case Family::Gemma3:
    case Family::Qwen3Moe:
        return 4;
    case Family::Mixtral:
        return 8;
    case Family::Qwen2Moe:
        return 16;
    case Family::Qwen2:
    case Family::Qwen3:
        return 32;
    default:
        return a.modelType == "mistral" ? 8 : a.heads;
    }
}

Result<void> readSizes(const ConfigReader& config, Architecture& a, std::uint64_t& layers)
{
    // The published multimodal Gemma 3 leaves these out.
    const bool gemma3 = a.family == Family::Gemma3;
    const auto usual3 = [&](std::uint64_t value) { return gemma3 ? std::optional(value) : std::nullopt; };
    BITWRIGHT_ASSIGN(a.vocabulary, config.size("vocab_size", usual3(262'208)));
    if (a.family == Family::Gpt2) {
        BITWRIGHT_CHECK(readGpt2Sizes(config, a, layers));
    } else {
        BITWRIGHT_ASSIGN(a.hidden, config.size("hidden_size"));
        BITWRIGHT_ASSIGN(a.heads, config.size("num_attention_heads", usual3(8)));
        BITWRIGHT_ASSIGN(layers, config.size("num_hidden_layers"));
        BITWRIGHT_ASSIGN(
            a.intermediate, config.size(a.family == Family::Opt ? "ffn_dim" : "intermediate_size"));
        BITWRIGHT_ASSIGN(a.positions, config.size("max_position_embeddings", usual3(131'072)));
        BITWRIGHT_ASSIGN(a.keyValueHeads, config.size("num_key_value_heads", usualKeyValueHeads(a)));
    }
    const bool ownDim = isGemma(a.family) || a.family == Family::Qwen3;
    if (!config.has("head_dim") && !ownDim && a.hidden % a.heads != 0)
        return fail(ErrorCode::OutOfRange, "config.json divides a hidden size of {} among {} heads.",
            a.hidden, a.heads);
    const std::uint64_t usual = isGemma(a.family) ? 256
        : a.family == Family::Qwen3               ? 128
                                                  : a.hidden / a.heads;
    BITWRIGHT_ASSIGN(a.headDim, config.size("head_dim", usual));
    if (a.heads % a.keyValueHeads != 0)
        return fail(ErrorCode::OutOfRange, "config.json has {} heads for {} key-value heads: not a multiple.",
            a.heads, a.keyValueHeads);
    if (layers > 10'000)
        return fail(ErrorCode::OutOfRange, "config.json claims {} layers; the limit is 10,000.", layers);
    a.layers.resize(layers);
    BITWRIGHT_ASSIGN(a.embeddingWidth, config.size("word_embed_proj_dim", a.hidden));
    if (a.family != Family::Opt)
        a.embeddingWidth = a.hidden;
    return {};
}

/// "full_attention" or "sliding_attention" per layer, as the family's configuration class fills in.
Result<std::vector<std::string>> layerTypesOf(
    const ConfigReader& config, const Architecture& a, std::uint64_t window)
{
    const std::size_t count = a.layers.size();
    std::vector<std::string> types(count, "full_attention");
    const bool listed = isGemma(a.family) || a.family == Family::Qwen2 || a.family == Family::Qwen3
        || a.family == Family::Qwen2Moe;
    if (listed && config.has("layer_types")) {
        const auto& list = config.object()["layer_types"];
        if (!list.is_array() || list.size() != count)
            return fail(ErrorCode::Format, "\"layer_types\" in config.json is no list of {} layers.", count);
        for (std::size_t i = 0; i < count; ++i) {
            const std::string type = list[i].is_string() ? list[i].get<std::string>() : std::string();
            if (type != "full_attention" && type != "sliding_attention")
                return fail(ErrorCode::Unsupported,
                    "This model has a layer of type \"{}\", which Bitwright cannot run.", type);
            types[i] = type;
        }
        return types;
    }
    BITWRIGHT_ASSIGN(const std::uint64_t fullFrom, config.size("max_window_layers", 28, 0));
    BITWRIGHT_ASSIGN(const std::uint64_t older, config.size("_sliding_window_pattern", 6));
    BITWRIGHT_ASSIGN(const std::uint64_t pattern, config.size("sliding_window_pattern", older));
    for (std::size_t i = 0; i < count; ++i) {
        bool sliding = window > 0;
        if (a.family == Family::Qwen2 || a.family == Family::Qwen3)
            sliding = sliding && i >= fullFrom;
        else if (a.family == Family::Qwen2Moe)
            sliding = sliding && i % 2 == 0 && i < fullFrom;
        else if (a.family == Family::Gemma2)
            sliding = sliding && i % 2 == 0;
        else if (a.family == Family::Gemma3)
            sliding = sliding && (i + 1) % pattern != 0;
        if (sliding)
            types[i] = "sliding_attention";
    }
    return types;
}

/// Window of the layers that slide; 0 when none does.
Result<std::uint64_t> windowOf(const ConfigReader& config, const Architecture& a)
{
    if (a.position != PositionKind::Rotary)
        return 0;
    const bool qwen = a.family == Family::Qwen2 || a.family == Family::Qwen3 || isMoe(a.family);
    if (qwen && a.family != Family::Mixtral) {
        BITWRIGHT_ASSIGN(const bool slides, config.flag("use_sliding_window", false));
        if (!slides)
            return 0;
    }
    const bool absentMeans4096
        = isGemma(a.family) || a.modelType == "mistral" || (qwen && a.family != Family::Mixtral);
    if (!config.object().contains("sliding_window"))
        return absentMeans4096 ? 4096 : 0;
    return config.size("sliding_window", 0, 0);
}

Result<void> readLayers(const ConfigReader& config, Architecture& a)
{
    BITWRIGHT_ASSIGN(const std::uint64_t window, windowOf(config, a));
    // Llama itself has no windows, whatever its config.json carries along.
    const std::uint64_t used = a.modelType == "llama" ? 0 : window;
    BITWRIGHT_ASSIGN(const std::vector<std::string> types, layerTypesOf(config, a, used));
    for (std::size_t i = 0; i < types.size(); ++i)
        a.layers[i].window = types[i] == "sliding_attention" ? used : 0;
    if (a.position != PositionKind::Rotary)
        return {};
    const bool million = a.family == Family::Gemma3 || a.family == Family::Mixtral;
    return readRopes(config, types, million ? 1e6 : 1e4, a);
}

Result<void> readExperts(const ConfigReader& config, Architecture& a)
{
    Experts experts;
    const bool mixtral = a.family == Family::Mixtral;
    const bool shared = a.family == Family::Qwen2Moe;
    BITWRIGHT_ASSIGN(experts.count,
        config.size(mixtral || !config.has("num_experts") ? "num_local_experts" : "num_experts"));
    BITWRIGHT_ASSIGN(experts.perToken, config.size("num_experts_per_tok"));
    if (experts.perToken > experts.count)
        return fail(
            ErrorCode::OutOfRange, "config.json chooses {} of {} experts.", experts.perToken, experts.count);
    experts.intermediate = a.intermediate;
    if (!mixtral) {
        BITWRIGHT_ASSIGN(experts.intermediate, config.size("moe_intermediate_size"));
    }
    if (shared) {
        BITWRIGHT_ASSIGN(experts.sharedIntermediate, config.size("shared_expert_intermediate_size"));
    }
    BITWRIGHT_ASSIGN(experts.normalize, config.flag("norm_topk_prob", mixtral));
    BITWRIGHT_ASSIGN(const std::uint64_t step, config.size("decoder_sparse_step", 1));
    BITWRIGHT_ASSIGN(const std::vector<double> plain, config.numbers("mlp_only_layers"));
    for (std::size_t i = 0; i < a.layers.size(); ++i)
        a.layers[i].routed = mixtral || (i + 1) % step == 0;
    for (const double layer : plain) {
        if (layer >= 0 && layer < static_cast<double>(a.layers.size()))
            a.layers[static_cast<std::size_t>(layer)].routed = false;
    }
    a.experts = experts;
    return {};
}

Result<void> readNorms(const ConfigReader& config, Architecture& a)
{
    switch (a.family) {
    case Family::Gpt2: {
        a.norm = NormKind::Layer;
        BITWRIGHT_ASSIGN(a.normEps, config.number("layer_norm_epsilon", 1e-5));
        break;
    }
    case Family::Opt: {
        a.norm = NormKind::Layer;
        a.normEps = 1e-5;
        BITWRIGHT_ASSIGN(const bool before, config.flag("do_layer_norm_before", true));
        BITWRIGHT_ASSIGN(const bool removed, config.flag("_remove_final_layer_norm", false));
        a.placement = before ? NormPlacement::Before : NormPlacement::After;
        a.finalNorm = before && !removed;
        break;
    }
    case Family::Bert: {
        a.norm = NormKind::Layer;
        a.placement = NormPlacement::After;
        a.finalNorm = false;
        a.embeddingNorm = true;
        BITWRIGHT_ASSIGN(a.normEps, config.number("layer_norm_eps", 1e-12));
        break;
    }
    default: {
        const bool five = a.family == Family::Phi3 || a.family == Family::Mixtral;
        a.norm = isGemma(a.family) ? NormKind::RmsPlusOne : NormKind::Rms;
        a.placement = isGemma(a.family) ? NormPlacement::Both : NormPlacement::Before;
        BITWRIGHT_ASSIGN(a.normEps, config.number("rms_norm_eps", five ? 1e-5 : 1e-6));
        break;
    }
    }
    a.queryKeyNorm = a.family == Family::Qwen3 || a.family == Family::Qwen3Moe || a.family == Family::Gemma3;
    if (a.normEps < 0)
        return fail(ErrorCode::OutOfRange, "The norm's epsilon in config.json is {}.", a.normEps);
    return {};
}

Result<void> readBiases(const ConfigReader& config, Architecture& a)
{
    BITWRIGHT_ASSIGN(const bool attention, config.flag("attention_bias", false));
    switch (a.family) {
    case Family::Gpt2:
    case Family::Bert:
        a.queryKeyValueBias = a.attentionOutputBias = a.mlpBias = true;
        return {};
    case Family::Opt: {
        BITWRIGHT_ASSIGN(const bool on, config.flag("enable_bias", true));
        BITWRIGHT_ASSIGN(const bool affine, config.flag("layer_norm_elementwise_affine", true));
        if (!affine)
            return fail(ErrorCode::Unsupported,
                "This model has norms without weights (\"layer_norm_elementwise_affine\"), which Bitwright "
                "cannot "
                "run.");
        a.queryKeyValueBias = a.attentionOutputBias = a.mlpBias = on;
        return {};
    }
    case Family::Qwen2:
        a.queryKeyValueBias = true;
        return {};
    case Family::Qwen2Moe: {
        BITWRIGHT_ASSIGN(a.queryKeyValueBias, config.flag("qkv_bias", true));
        return {};
    }
    case Family::Llama: {
        BITWRIGHT_ASSIGN(const bool mlp, config.flag("mlp_bias", false));
        const bool llama = a.modelType == "llama"; // Mistral has none, whatever the file says
        a.queryKeyValueBias = a.attentionOutputBias = llama && attention;
        a.mlpBias = llama && mlp;
        return {};
    }
    case Family::Qwen3:
    case Family::Qwen3Moe:
    case Family::Gemma2:
    case Family::Gemma3:
        a.queryKeyValueBias = a.attentionOutputBias = attention;
        return {};
    case Family::Phi3:
    case Family::Mixtral:
        return {};
    }
    return {};
}

Result<void> readMlp(const ConfigReader& config, Architecture& a)
{
    a.gatedMlp = a.family != Family::Gpt2 && a.family != Family::Opt && a.family != Family::Bert;
    const bool gpt = a.family == Family::Gpt2 || a.family == Family::Opt;
    const char* key = isGemma(a.family) ? "hidden_activation" : gpt ? "activation_function" : "hidden_act";
    const std::string usual = isGemma(a.family) ? "gelu_pytorch_tanh"
        : a.family == Family::Gpt2              ? "gelu_new"
        : a.family == Family::Opt               ? "relu"
        : a.family == Family::Bert              ? "gelu"
                                                : "silu";
    BITWRIGHT_ASSIGN(const std::string word, config.text(key, usual));
    BITWRIGHT_ASSIGN(a.activation, activationOf(word));
    if (isMoe(a.family))
        BITWRIGHT_CHECK(readExperts(config, a));
    a.fusedQueryKeyValue = a.family == Family::Gpt2 || a.family == Family::Phi3;
    a.fusedGateUp = a.family == Family::Phi3;
    return {};
}

Result<void> readAttention(const ConfigReader& config, Architecture& a)
{
    a.attentionScale = 1.0 / std::sqrt(static_cast<double>(a.headDim));
    if (isGemma(a.family)) {
        BITWRIGHT_ASSIGN(const double scalar, config.number("query_pre_attn_scalar", 256.0));
        if (scalar <= 0)
            return fail(ErrorCode::OutOfRange, "\"query_pre_attn_scalar\" in config.json is {}.", scalar);
        a.attentionScale = 1.0 / std::sqrt(scalar);
        const bool two = a.family == Family::Gemma2;
        // An explicit null means none; only an absent key takes the default.
        const auto cap = [&](const char* key, double usual) -> Result<std::optional<double>> {
            if (!config.has(key))
                return two && !config.object().contains(key) ? std::optional<double>(usual) : std::nullopt;
            BITWRIGHT_ASSIGN(const double value, config.number(key));
            if (value <= 0)
                return fail(ErrorCode::OutOfRange, "\"{}\" in config.json is {}.", key, value);
            return std::optional<double>(value);
        };
        BITWRIGHT_ASSIGN(a.attentionSoftcap, cap("attn_logit_softcapping", 50.0));
        BITWRIGHT_ASSIGN(a.logitSoftcap, cap("final_logit_softcapping", 30.0));
        a.embeddingScale = std::sqrt(static_cast<double>(a.hidden));
    }
    if (a.family == Family::Gpt2) {
        BITWRIGHT_ASSIGN(const bool scaled, config.flag("scale_attn_weights", true));
        BITWRIGHT_ASSIGN(a.scaleByLayer, config.flag("scale_attn_by_inverse_layer_idx", false));
        if (!scaled)
            a.attentionScale = 1;
    }
    return {};
}

Result<void> readEnds(const ConfigReader& config, Architecture& a)
{
    const bool tied = isGemma(a.family) || a.family == Family::Gpt2 || a.family == Family::Opt;
    BITWRIGHT_ASSIGN(a.tiedHead, config.flag("tie_word_embeddings", tied));
    if (a.family == Family::Bert) {
        a.hasHead = a.causal = false;
        BITWRIGHT_ASSIGN(a.tokenTypes, config.size("type_vocab_size", 2));
        BITWRIGHT_ASSIGN(const std::string kind, config.text("position_embedding_type", "absolute"));
        if (kind != "absolute")
            return fail(ErrorCode::Unsupported,
                "This model has position embeddings of type \"{}\", which Bitwright cannot run.", kind);
    }
    a.positionOffset = a.family == Family::Opt ? 2 : 0;
    for (const char* key : {"use_bidirectional_attention", "add_cross_attention", "is_decoder", "alibi"})
        BITWRIGHT_CHECK(refuse(config, key));
    return {};
}

} // namespace

std::string_view familyName(Family family)
{
    for (const auto& [word, value] : kFamilies) {
        if (value == family)
            return word;
    }
    return "unknown";
}

Result<Architecture> readArchitecture(const std::string& json)
{
    if (json.empty())
        return fail(ErrorCode::Unsupported,
            "There is no config.json beside the weights, and without it Bitwright cannot run the model.");
    const nlohmann::json whole = nlohmann::json::parse(json, nullptr, false);
    if (!whole.is_object())
        return fail(ErrorCode::Format, "config.json is no JSON object.");
    const bool nested = whole.contains("text_config") && whole["text_config"].is_object();
    const nlohmann::json& object = nested ? whole["text_config"] : whole;
    const ConfigReader config(object);
    Architecture a;
    BITWRIGHT_ASSIGN(a.modelType, config.text("model_type", ""));
    BITWRIGHT_ASSIGN(a.family, familyOf(a.modelType));
    if (config.has("quantization_config"))
        return fail(ErrorCode::Unsupported,
            "This model is already quantized (\"quantization_config\"), which Bitwright cannot run.");
    if (a.family == Family::Gpt2 || a.family == Family::Opt || a.family == Family::Bert)
        a.position = PositionKind::Learned;
    std::uint64_t layers = 0;
    BITWRIGHT_CHECK(readSizes(config, a, layers));
    BITWRIGHT_CHECK(readNorms(config, a));
    BITWRIGHT_CHECK(readBiases(config, a));
    BITWRIGHT_CHECK(readMlp(config, a));
    BITWRIGHT_CHECK(readAttention(config, a));
    BITWRIGHT_CHECK(readEnds(config, a));
    BITWRIGHT_CHECK(readLayers(config, a));
    return a;
}

} // namespace bitwright::forward
