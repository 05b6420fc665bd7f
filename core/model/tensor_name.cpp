#include "core/model/tensor_info.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace bitwright::model {

namespace {

using Parts = std::vector<std::string_view>;

Parts splitAtDots(std::string_view name)
{
    Parts parts;
    for (std::size_t begin = 0;;) {
        const std::size_t dot = name.find('.', begin);
        parts.push_back(name.substr(begin, dot == std::string_view::npos ? dot : dot - begin));
        if (dot == std::string_view::npos)
            return parts;
        begin = dot + 1;
    }
}

/// A plain decimal number of at most nine digits, or nothing.
std::optional<int> indexFrom(std::string_view text)
{
    constexpr std::size_t kDigits = 9;
    if (text.empty() || text.size() > kDigits)
        return std::nullopt;
    int value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

template <std::size_t count>
bool isOneOf(std::string_view text, const std::array<std::string_view, count>& list)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool contains(std::string_view text, std::string_view piece)
{
    return text.find(piece) != std::string_view::npos;
}

std::string lowered(std::string_view text)
{
    std::string lower(text);
    for (char& letter : lower) {
        if (letter >= 'A' && letter <= 'Z')
            letter = static_cast<char>(letter - 'A' + 'a');
    }
    return lower;
}

// --- Kind of the parameter: the end of the name
// -----------------------------------------------------------------

/// What the last word of a name says about the parameter itself.
enum class Parameter : std::uint8_t
{
    Weight,
    Bias,
    Scale,
    Bare, ///< The last word is the module: "mlp.experts.down_proj".
};

constexpr std::array<std::string_view, 6> kWeightWords{
    "weight", "qweight", "weight_packed", "gamma", "blocks", "embedding"};
constexpr std::array<std::string_view, 3> kBiasWords{"bias", "beta", "e_score_correction_bias"};
constexpr std::array<std::string_view, 22> kScaleWords{"weight_scale_inv", "weight_scale", "weight_scale_2",
    "weight_global_scale", "weight_zero_point", "weight_shape", "weight_g_idx", "input_scale",
    "input_zero_point", "input_global_scale", "output_scale", "k_scale", "v_scale", "scales", "qzeros",
    "g_idx", "zeros", "absmax", "quant_map", "nested_absmax", "nested_quant_map", "SCB"};

/// Endings glued to a module word: "gate_up_proj_blocks", "in_proj_bias".
struct GluedEnding
{
    std::string_view ending;
    Parameter parameter;
};
constexpr std::array kGlued{GluedEnding{"_blocks", Parameter::Weight},
    GluedEnding{"_scales", Parameter::Scale}, GluedEnding{"_scale_inv", Parameter::Scale},
    GluedEnding{"_weight", Parameter::Weight}, GluedEnding{"_bias", Parameter::Bias}};

/// Takes the parameter's words off the end of `parts`; what remains is the module path.
Parameter takeParameter(Parts& parts)
{
    const std::string_view last = parts.back();
    // bitsandbytes: "q_proj.weight.quant_state.bitsandbytes__nf4".
    if (const auto state = std::find(parts.begin(), parts.end(), "quant_state"); state != parts.end()) {
        parts.erase(state, parts.end());
        if (parts.size() > 1 && parts.back() == "weight")
            parts.pop_back();
        return Parameter::Scale;
    }
    Parameter kind = Parameter::Bare;
    if (isOneOf(last, kWeightWords) && parts.size() > 1)
        kind = Parameter::Weight;
    else if (isOneOf(last, kBiasWords))
        kind = Parameter::Bias;
    else if (isOneOf(last, kScaleWords))
        kind = Parameter::Scale;
    if (kind != Parameter::Bare) {
        parts.pop_back();
        // Companions of a quantized weight may follow its name: "q_proj.weight.absmax".
        if (kind == Parameter::Scale && parts.size() > 1 && parts.back() == "weight")
            parts.pop_back();
        return kind;
    }
    for (const GluedEnding& glued : kGlued) {
        if (last.size() > glued.ending.size() && last.ends_with(glued.ending)) {
            parts.back() = last.substr(0, last.size() - glued.ending.size());
            return glued.parameter;
        }
    }
    return Parameter::Bare;
}

// --- Where: tower, block, expert
// --------------------------------------------------------------------------------

constexpr std::array<std::string_view, 6> kBlockWords{"layers", "h", "layer", "blocks", "block", "blk"};

struct Place
{
    std::size_t blockWord
        = 0; ///< Index of the word before the block number; the number of words when there is none.
    std::optional<int> block;
};

Place findBlock(const Parts& parts)
{
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (!isOneOf(parts[i], kBlockWords))
            continue;
        if (const auto index = indexFrom(parts[i + 1]))
            return {i, index};
    }
    return {parts.size(), std::nullopt};
}

/// Tower that one word of the prefix names, or "".
std::string_view towerOfWord(std::string_view word)
{
    const std::string lower = lowered(word);
    constexpr std::array<std::string_view, 4> kLanguage{
        "language_model", "text_model", "text_decoder", "llm"};
    constexpr std::array<std::string_view, 5> kVisionShort{
        "visual", "vit", "v", "image_encoder", "img_encoder"};
    if (isOneOf(lower, kLanguage))
        return "language";
    if (lower.starts_with("vision") || isOneOf(lower, kVisionShort))
        return "vision";
    if (lower.starts_with("audio") || lower == "a")
        return "audio";
    if (lower == "encoder" || lower == "enc")
        return "encoder";
    if (lower == "decoder" || lower == "dec")
        return "decoder";
    return {};
}

/// First tower named before the block number. A modality says more than the encoder inside of it, so it comes
/// first in any name that has both; the head of BERT ("cls.predictions.decoder") is no tower.
std::string towerOf(const Parts& parts, const Place& place)
{
    for (std::size_t i = 0; i < std::min(place.blockWord, parts.size()); ++i) {
        if (i > 0 && parts[i - 1] == "predictions")
            break;
        if (i + 1 == parts.size() && !place.block)
            break; // the last word is the module, no prefix: RoBERTa's "lm_head.decoder"
        if (parts[i] == "lm_head")
            break;
        const std::string_view tower = towerOfWord(parts[i]);
        // GGUF's short prefixes are words of their own elsewhere ("attn.v").
        const bool shortWord = parts[i] == "v" || parts[i] == "a";
        const bool ggufPrefix
            = i == 0 && parts.size() > 1 && (parts[1] == "blk" || parts[1].ends_with("_embd"));
        if (!tower.empty() && (!shortWord || ggufPrefix))
            return std::string(tower);
    }
    return {};
}

/// Number after "experts", or after an "ffn_..." word of the old GGUF layout ("blk.0.ffn_gate.3.weight").
std::optional<int> expertOf(const Parts& parts)
{
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i] == "experts" || (parts[i].starts_with("ffn_") && i + 2 == parts.size())) {
            if (const auto index = indexFrom(parts[i + 1]))
                return index;
        }
    }
    return std::nullopt;
}

bool isShared(const Parts& parts)
{
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
        return part == "shared_expert" || part == "shared_experts" || part == "shared_mlp"
            || part.ends_with("_shexp");
    });
}

// --- What: the role
// ---------------------------------------------------------------------------------------------

struct WordRole
{
    std::string_view word;
    Role role;
};

/// Words that mean the same wherever they stand.
constexpr std::array kWordRoles{
    // Embeddings and heads
    WordRole{"embed_tokens", Role::Embedding},
    WordRole{"wte", Role::Embedding},
    WordRole{"word_embeddings", Role::Embedding},
    WordRole{"tok_embeddings", Role::Embedding},
    WordRole{"token_embd", Role::Embedding},
    WordRole{"embed_in", Role::Embedding},
    WordRole{"token_embedding", Role::Embedding},
    WordRole{"embed_tokens_per_layer", Role::Embedding},
    WordRole{"cls_token", Role::Embedding},
    WordRole{"mask_token", Role::Embedding},
    WordRole{"class_embedding", Role::Embedding},
    WordRole{"distillation_token", Role::Embedding},
    WordRole{"wpe", Role::PositionEmbedding},
    WordRole{"position_embeddings", Role::PositionEmbedding},
    WordRole{"embed_positions", Role::PositionEmbedding},
    WordRole{"position_embedding", Role::PositionEmbedding},
    WordRole{"pos_embed", Role::PositionEmbedding},
    WordRole{"position_embd", Role::PositionEmbedding},
    WordRole{"relative_attention_bias", Role::PositionEmbedding},
    WordRole{"attn_rel_b", Role::PositionEmbedding},
    WordRole{"token_type_embeddings", Role::TypeEmbedding},
    WordRole{"token_types", Role::TypeEmbedding},
    WordRole{"patch_embedding", Role::PatchEmbedding},
    WordRole{"patch_embed", Role::PatchEmbedding},
    WordRole{"patch_embd", Role::PatchEmbedding},
    WordRole{"lm_head", Role::Output},
    WordRole{"embed_out", Role::Output},
    // Attention
    WordRole{"q_proj", Role::Query},
    WordRole{"query", Role::Query},
    WordRole{"attn_q", Role::Query},
    WordRole{"wq", Role::Query},
    WordRole{"q", Role::Query},
    WordRole{"q_lin", Role::Query},
    WordRole{"to_q", Role::Query},
    WordRole{"k_proj", Role::Key},
    WordRole{"key", Role::Key},
    WordRole{"attn_k", Role::Key},
    WordRole{"wk", Role::Key},
    WordRole{"k", Role::Key},
    WordRole{"k_lin", Role::Key},
    WordRole{"to_k", Role::Key},
    WordRole{"v_proj", Role::Value},
    WordRole{"value", Role::Value},
    WordRole{"attn_v", Role::Value},
    WordRole{"wv", Role::Value},
    WordRole{"v", Role::Value},
    WordRole{"v_lin", Role::Value},
    WordRole{"to_v", Role::Value},
    WordRole{"qkv_proj", Role::QueryKeyValue},
    WordRole{"c_attn", Role::QueryKeyValue},
    WordRole{"qkv", Role::QueryKeyValue},
    WordRole{"query_key_value", Role::QueryKeyValue},
    WordRole{"attn_qkv", Role::QueryKeyValue},
    WordRole{"Wqkv", Role::QueryKeyValue},
    WordRole{"W_pack", Role::QueryKeyValue},
    WordRole{"wqkv", Role::QueryKeyValue},
    WordRole{"q_a_proj", Role::QueryA},
    WordRole{"attn_q_a", Role::QueryA},
    WordRole{"wq_a", Role::QueryA},
    WordRole{"q_b_proj", Role::QueryB},
    WordRole{"attn_q_b", Role::QueryB},
    WordRole{"wq_b", Role::QueryB},
    WordRole{"kv_a_proj_with_mqa", Role::KeyValueA},
    WordRole{"attn_kv_a_mqa", Role::KeyValueA},
    WordRole{"wkv_a", Role::KeyValueA},
    WordRole{"kv_b_proj", Role::KeyValueB},
    WordRole{"attn_kv_b", Role::KeyValueB},
    WordRole{"attn_k_b", Role::KeyValueB},
    WordRole{"attn_v_b", Role::KeyValueB},
    WordRole{"wkv_b", Role::KeyValueB},
    WordRole{"o_proj", Role::AttentionOutput},
    WordRole{"attn_output", Role::AttentionOutput},
    WordRole{"out_lin", Role::AttentionOutput},
    WordRole{"to_out", Role::AttentionOutput},
    WordRole{"attn_out", Role::AttentionOutput},
    WordRole{"o", Role::AttentionOutput},
    // Feed-forward
    WordRole{"gate_proj", Role::Gate},
    WordRole{"ffn_gate", Role::Gate},
    WordRole{"ffn_gate_exps", Role::Gate},
    WordRole{"ffn_gate_shexp", Role::Gate},
    WordRole{"w1", Role::Gate},
    WordRole{"wi_0", Role::Gate},
    WordRole{"up_proj", Role::Up},
    WordRole{"fc1", Role::Up},
    WordRole{"c_fc", Role::Up},
    WordRole{"ffn_up", Role::Up},
    WordRole{"ffn_up_exps", Role::Up},
    WordRole{"ffn_up_shexp", Role::Up},
    WordRole{"w3", Role::Up},
    WordRole{"wi_1", Role::Up},
    WordRole{"wi", Role::Up},
    WordRole{"dense_h_to_4h", Role::Up},
    WordRole{"fc_in", Role::Up},
    WordRole{"lin1", Role::Up},
    WordRole{"linear_fc1", Role::Up},
    WordRole{"gate_up_proj", Role::GateUp},
    WordRole{"ffn_gate_up_exps", Role::GateUp},
    WordRole{"down_proj", Role::Down},
    WordRole{"fc2", Role::Down},
    WordRole{"ffn_down", Role::Down},
    WordRole{"ffn_down_exps", Role::Down},
    WordRole{"ffn_down_shexp", Role::Down},
    WordRole{"w2", Role::Down},
    WordRole{"dense_4h_to_h", Role::Down},
    WordRole{"fc_out", Role::Down},
    WordRole{"lin2", Role::Down},
    WordRole{"linear_fc2", Role::Down},
    // Routing
    WordRole{"router", Role::Router},
    WordRole{"ffn_gate_inp", Role::Router},
    WordRole{"exp_probs_b", Role::Router},
    WordRole{"shared_expert_gate", Role::SharedGate},
    WordRole{"ffn_gate_inp_shexp", Role::SharedGate},
    // Heads of encoders
    WordRole{"pooler", Role::Pooler},
    WordRole{"classifier", Role::Classifier},
    WordRole{"pre_classifier", Role::Classifier},
    WordRole{"score", Role::Classifier},
    WordRole{"qa_outputs", Role::Classifier},
    WordRole{"seq_relationship", Role::Classifier},
};

bool isNormWord(std::string_view word)
{
    const std::string lower = lowered(word);
    return contains(lower, "norm") || lower.starts_with("ln_") || lower == "ln1" || lower == "ln2"
        || lower == "ln";
}

/// Roles of words that depend on their neighborhood. `module` is the path of the module, `inBlock` whether it
/// lies in a numbered block, `place` where that begins.
std::optional<Role> roleInContext(const Parts& module, const Place& place)
{
    const std::string_view leaf = module.back();
    const std::string_view parent = module.size() > 1 ? module[module.size() - 2] : std::string_view{};
    // Only the words inside the block count: "encoder.layer.3.output.dense".
    bool attention = false;
    bool feedForward = false;
    const std::size_t first = place.block ? place.blockWord + 2 : 0;
    for (std::size_t i = first; i + 1 < module.size(); ++i) {
        const std::string lower = lowered(module[i]);
        attention = attention || contains(lower, "attn") || contains(lower, "attention");
        feedForward = feedForward || contains(lower, "mlp") || contains(lower, "feed_forward")
            || contains(lower, "ffn") || contains(lower, "dense") || contains(lower, "moe");
    }
    if (leaf == "gate" || leaf == "wg") // a router, unlike gate_proj
        return parent == "shared_expert" || parent == "shared_experts" ? Role::Gate : Role::Router;
    if (parent == "router" || (leaf == "layer" && parent == "router"))
        return Role::Router;
    if (leaf == "c_proj" || leaf == "out_proj" || leaf == "wo" || leaf == "proj" || leaf == "proj_out") {
        if (attention)
            return Role::AttentionOutput;
        if (feedForward)
            return Role::Down;
        if (leaf == "proj" && contains(parent, "patch_embed"))
            return Role::PatchEmbedding;
        return leaf == "proj_out" && !place.block ? std::optional(Role::Output) : std::nullopt;
    }
    if (leaf == "in_proj" && attention)
        return Role::QueryKeyValue;
    if (leaf == "projection" && contains(parent, "patch_embedding"))
        return Role::PatchEmbedding;
    if (leaf == "dense" || leaf == "dense_linear") {
        if (parent == "intermediate")
            return Role::Up;
        if (parent == "pooler")
            return Role::Pooler;
        if (attention)
            return Role::AttentionOutput;
        if (parent == "output")
            return Role::Down;
        if (parent == "lm_head" || parent == "transform" || parent == "classifier")
            return Role::Classifier;
        return std::nullopt;
    }
    if (!place.block) {
        if (leaf == "decoder" && (parent == "predictions" || parent == "lm_head"))
            return Role::Output;
        if (leaf == "output" && (parent.empty() || parent == "model"))
            return Role::Output;
        if (leaf == "out_proj" || leaf == "head" || leaf == "fc")
            return Role::Classifier;
        if (leaf == "shared" && module.size() <= 2)
            return Role::Embedding;
    }
    if (leaf == "predictions" || (parent == "cls" && leaf == "output"))
        return Role::Classifier;
    return std::nullopt;
}

Role roleOf(const Parts& module, const Place& place)
{
    const std::string_view leaf = module.back();
    if (isNormWord(leaf))
        return Role::Norm;
    if (const auto role = roleInContext(module, place))
        return *role;
    for (const WordRole& entry : kWordRoles) {
        if (entry.word == leaf)
            return entry.role;
    }
    // "classifier.out_proj" and "pooler.dense" style: the parent decides.
    if (module.size() > 1 && !place.block) {
        const std::string_view parent = module[module.size() - 2];
        if (parent == "pooler")
            return Role::Pooler;
        if (parent == "classifier" || parent == "score" || parent == "classification_head")
            return Role::Classifier;
    }
    return Role::Other;
}

} // namespace

NameParts parseTensorName(std::string_view name)
{
    NameParts result;
    Parts parts = splitAtDots(name);
    const bool routerBias = parts.back() == "e_score_correction_bias";
    const Parameter parameter = takeParameter(parts);
    if (parts.empty()) { // the whole name was "bias" or "scales"
        result.bias = parameter == Parameter::Bias;
        result.role = parameter == Parameter::Scale ? Role::Scale : Role::Bias;
        return result;
    }
    const Place place = findBlock(parts);
    result.block = place.block;
    result.tower = towerOf(parts, place);
    result.expert = expertOf(parts);
    result.sharedExpert = isShared(parts);
    result.bias = parameter == Parameter::Bias;
    if (parameter == Parameter::Scale) {
        result.role = Role::Scale;
        return result;
    }
    if (routerBias) {
        result.role = Role::Router;
        return result;
    }
    // The expert's number is no module: "ffn_gate.3".
    while (parts.size() > 1 && indexFrom(parts.back()))
        parts.pop_back();
    result.role = roleOf(parts, place);
    if (result.bias && result.role == Role::Other)
        result.role = Role::Bias;
    return result;
}

} // namespace bitwright::model
