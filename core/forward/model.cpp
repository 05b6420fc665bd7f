#include "core/forward/model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

namespace bitwright::forward {

namespace {

/// Names of a family's tensors below the block ("" where it has none), without ".weight" and ".bias".
struct BlockNames
{
    std::string_view list; ///< What comes before the block's number.
    std::string_view query, key, value, output, queryKeyValue;
    std::string_view gate, up, down, gateUp;
    std::string_view beforeAttention, afterAttention, beforeMlp, afterMlp;
};

BlockNames blockNames(const Architecture& a)
{
    BlockNames n{"layers.", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
        "self_attn.qkv_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "mlp.gate_up_proj",
        "input_layernorm", "", "post_attention_layernorm", ""};
    if (a.placement == NormPlacement::Both) {
        n.afterAttention = "post_attention_layernorm";
        n.beforeMlp = "pre_feedforward_layernorm";
        n.afterMlp = "post_feedforward_layernorm";
    }
    if (a.family == Family::Gpt2)
        return {"h.", "", "", "", "attn.c_proj", "attn.c_attn", "", "mlp.c_fc", "mlp.c_proj", "", "ln_1", "",
            "ln_2", ""};
    if (a.family == Family::Bert)
        return {"encoder.layer.", "attention.self.query", "attention.self.key", "attention.self.value",
            "attention.output.dense", "", "", "intermediate.dense", "output.dense", "", "",
            "attention.output.LayerNorm", "", "output.LayerNorm"};
    if (a.family == Family::Opt) {
        n.output = "self_attn.out_proj";
        n.gate = "";
        n.up = "fc1";
        n.down = "fc2";
        const bool before = a.placement == NormPlacement::Before;
        n.beforeAttention = before ? "self_attn_layer_norm" : "";
        n.beforeMlp = before ? "final_layer_norm" : "";
        n.afterAttention = before ? "" : "self_attn_layer_norm";
        n.afterMlp = before ? "" : "final_layer_norm";
    }
    return n;
}

std::string_view embeddingName(Family family)
{
    return family == Family::Gpt2 ? "wte"
        : family == Family::Bert  ? "embeddings.word_embeddings"
                                  : "embed_tokens";
}

std::string_view finalNormName(Family family)
{
    return family == Family::Gpt2 ? "ln_f" : family == Family::Opt ? "final_layer_norm" : "norm";
}

std::string shapeText(std::uint64_t rows, std::uint64_t cols)
{
    return fmt::format("{} x {}", rows, cols);
}

} // namespace

/// Finds tensors and checks them while a Model is opened.
class Binder
{
public:
    explicit Binder(Model& model)
        : m_model(model)
        , m_checkpoint(*model.m_checkpoint)
        , m_names(blockNames(model.m_architecture))
    { }

    Result<void> bind()
    {
        BITWRIGHT_CHECK(findPrefix());
        BITWRIGHT_CHECK(bindEnds());
        const Architecture& a = m_model.m_architecture;
        for (std::size_t i = 0; i < a.layers.size(); ++i) {
            Block block;
            const std::string at = fmt::format("{}{}{}.", m_prefix, m_names.list, i);
            BITWRIGHT_CHECK(bindNorms(at, block));
            BITWRIGHT_CHECK(bindAttention(at, block));
            if (a.layers[i].routed)
                BITWRIGHT_CHECK(bindExperts(at, block));
            else
                BITWRIGHT_CHECK(bindMlp(at, a.intermediate, block.mlp));
            m_model.m_blocks.push_back(std::move(block));
        }
        const std::string beyond = fmt::format("{}{}{}.", m_prefix, m_names.list, a.layers.size());
        for (const model::TensorInfo& tensor : m_checkpoint.tensors()) {
            if (tensor.name.starts_with(beyond))
                return fail(Error{ErrorCode::Format,
                    fmt::format("Belongs to block {}, but config.json says {} blocks.", a.layers.size(),
                        a.layers.size()),
                    m_checkpoint.path(), tensor.name, {}, {}});
        }
        return {};
    }

private:
    /// What stands before the names, found by the embedding.
    Result<void> findPrefix()
    {
        const std::string name = fmt::format("{}.weight", embeddingName(m_model.m_architecture.family));
        constexpr std::array<std::string_view, 9> kPrefixes{"model.", "", "model.language_model.",
            "language_model.model.", "transformer.", "model.decoder.", "decoder.", "bert.", "model.bert."};
        for (const std::string_view prefix : kPrefixes) {
            if (m_checkpoint.find(std::string(prefix) + name)) {
                m_prefix = prefix;
                return {};
            }
        }
        return missing(name);
    }

    [[nodiscard]] tl::unexpected<Error> missing(const std::string& name) const
    {
        return fail(Error{ErrorCode::Format,
            fmt::format("The model lacks this tensor, which a model of type \"{}\" needs to run.",
                m_model.m_architecture.modelType),
            m_checkpoint.path(), name, {}, {}});
    }

    [[nodiscard]] tl::unexpected<Error> misshapen(
        model::TensorIndex tensor, const std::string& has, const std::string& needs) const
    {
        return fail(Error{ErrorCode::Format, fmt::format("Is {}, config.json asks for {}.", has, needs),
            m_checkpoint.path(), m_checkpoint.tensors()[tensor].name, {}, {}});
    }

    /// A matrix of which the rows [firstRow, firstRow + rows) of `allRows` are wanted.
    Result<Linear> part(const std::string& module, std::uint64_t firstRow, std::uint64_t rows,
        std::uint64_t allRows, std::uint64_t cols, bool bias)
    {
        Linear linear;
        const auto tensor = m_checkpoint.find(module + ".weight");
        if (!tensor)
            return missing(module + ".weight");
        linear.tensor = *tensor;
        linear.firstRow = firstRow;
        linear.rows = rows;
        linear.cols = cols;
        BITWRIGHT_ASSIGN(const auto reader, model::MatrixReader::open(m_checkpoint, *tensor));
        if (reader.rows() != allRows || reader.cols() != cols)
            return misshapen(*tensor, shapeText(reader.rows(), reader.cols()), shapeText(allRows, cols));
        if (bias) {
            BITWRIGHT_ASSIGN(const std::vector<float> whole, vectorOf(module + ".bias", allRows));
            linear.bias.assign(whole.begin() + static_cast<std::ptrdiff_t>(firstRow),
                whole.begin() + static_cast<std::ptrdiff_t>(firstRow + rows));
        }
        return linear;
    }

    Result<Linear> linear(const std::string& module, std::uint64_t rows, std::uint64_t cols, bool bias)
    {
        return part(module, 0, rows, rows, cols, bias);
    }

    /// A vector in memory. Norms and biases are small.
    Result<std::vector<float>> vectorOf(const std::string& name, std::uint64_t length)
    {
        const auto tensor = m_checkpoint.find(name);
        if (!tensor)
            return missing(name);
        const model::TensorInfo& info = m_checkpoint.tensors()[*tensor];
        if (info.shape != std::vector<std::uint64_t>{length})
            return misshapen(*tensor,
                fmt::format("of {} values in {} dimensions", info.parameters, info.shape.size()),
                fmt::format("a vector of {}", length));
        std::vector<std::byte> bytes(info.bytes);
        std::vector<float> values(length);
        BITWRIGHT_CHECK(m_checkpoint.read(*tensor, 0, bytes));
        if (auto converted = model::convertToFloat(info.dtype, bytes, values); !converted)
            return fail(std::move(converted.error()).inFile(m_checkpoint.path()).inTensor(name));
        // Here it has a name; in a run the next matrix, which is in order, would be named.
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!std::isfinite(values[i]))
                return fail(Error{ErrorCode::Numeric, fmt::format("Its value {} is NaN or infinite.", i),
                    m_checkpoint.path(), name, {}, {}});
        return values;
    }

    Result<Norm> norm(const std::string& module, std::uint64_t width)
    {
        Norm result;
        // BERT checkpoints converted from TensorFlow say gamma and beta.
        const bool greek = m_checkpoint.find(module + ".gamma").has_value();
        BITWRIGHT_ASSIGN(result.weight, vectorOf(module + (greek ? ".gamma" : ".weight"), width));
        if (m_model.m_architecture.norm == NormKind::Layer) {
            BITWRIGHT_ASSIGN(result.bias, vectorOf(module + (greek ? ".beta" : ".bias"), width));
        }
        return result;
    }

    Result<void> bindEnds()
    {
        const Architecture& a = m_model.m_architecture;
        const std::string embedding = m_prefix + std::string(embeddingName(a.family));
        BITWRIGHT_ASSIGN(m_model.m_embedding, linear(embedding, a.vocabulary, a.embeddingWidth, false));
        if (a.position == PositionKind::Learned) {
            const std::string_view name = a.family == Family::Gpt2 ? "wpe"
                : a.family == Family::Opt                          ? "embed_positions"
                                                                   : "embeddings.position_embeddings";
            BITWRIGHT_ASSIGN(m_model.m_positionTable,
                linear(m_prefix + std::string(name), a.positions + a.positionOffset, a.hidden, false));
        }
        if (a.tokenTypes > 0) {
            BITWRIGHT_ASSIGN(m_model.m_typeTable,
                linear(m_prefix + "embeddings.token_type_embeddings", a.tokenTypes, a.hidden, false));
        }
        if (a.embeddingNorm) {
            BITWRIGHT_ASSIGN(m_model.m_embeddingNorm, norm(m_prefix + "embeddings.LayerNorm", a.hidden));
        }
        if (a.embeddingWidth != a.hidden) {
            BITWRIGHT_ASSIGN(
                m_model.m_projectIn, linear(m_prefix + "project_in", a.hidden, a.embeddingWidth, false));
            BITWRIGHT_ASSIGN(
                m_model.m_projectOut, linear(m_prefix + "project_out", a.embeddingWidth, a.hidden, false));
        }
        if (a.finalNorm) {
            BITWRIGHT_ASSIGN(
                m_model.m_finalNorm, norm(m_prefix + std::string(finalNormName(a.family)), a.hidden));
        }
        return bindHead();
    }

    Result<void> bindHead()
    {
        const Architecture& a = m_model.m_architecture;
        if (!a.hasHead)
            return {};
        if (a.tiedHead) {
            m_model.m_head = m_model.m_embedding;
            return {};
        }
        const std::string nested = "language_model.lm_head";
        const std::string name = m_checkpoint.find(nested + ".weight") ? nested : "lm_head";
        BITWRIGHT_ASSIGN(m_model.m_head, linear(name, a.vocabulary, a.embeddingWidth, false));
        return {};
    }

    Result<void> bindNorms(const std::string& at, Block& block)
    {
        const Architecture& a = m_model.m_architecture;
        const std::array<std::pair<std::string_view, Norm*>, 4> wanted{
            std::pair{m_names.beforeAttention, &block.beforeAttention},
            std::pair{m_names.afterAttention, &block.afterAttention},
            std::pair{m_names.beforeMlp, &block.beforeMlp}, std::pair{m_names.afterMlp, &block.afterMlp}};
        for (const auto& [name, target] : wanted) {
            if (!name.empty()) {
                BITWRIGHT_ASSIGN(*target, norm(at + std::string(name), a.hidden));
            }
        }
        if (a.queryKeyNorm) {
            BITWRIGHT_ASSIGN(block.queryNorm, norm(at + "self_attn.q_norm", a.headDim));
            BITWRIGHT_ASSIGN(block.keyNorm, norm(at + "self_attn.k_norm", a.headDim));
        }
        return {};
    }

    Result<void> bindAttention(const std::string& at, Block& block)
    {
        const Architecture& a = m_model.m_architecture;
        const std::uint64_t queries = a.heads * a.headDim;
        const std::uint64_t keys = a.keyValueHeads * a.headDim;
        const bool bias = a.queryKeyValueBias;
        if (a.fusedQueryKeyValue) {
            const std::string fused = at + std::string(m_names.queryKeyValue);
            const std::uint64_t all = queries + 2 * keys;
            BITWRIGHT_ASSIGN(block.query, part(fused, 0, queries, all, a.hidden, bias));
            BITWRIGHT_ASSIGN(block.key, part(fused, queries, keys, all, a.hidden, bias));
            BITWRIGHT_ASSIGN(block.value, part(fused, queries + keys, keys, all, a.hidden, bias));
        } else {
            BITWRIGHT_ASSIGN(block.query, linear(at + std::string(m_names.query), queries, a.hidden, bias));
            BITWRIGHT_ASSIGN(block.key, linear(at + std::string(m_names.key), keys, a.hidden, bias));
            BITWRIGHT_ASSIGN(block.value, linear(at + std::string(m_names.value), keys, a.hidden, bias));
        }
        BITWRIGHT_ASSIGN(
            block.output, linear(at + std::string(m_names.output), a.hidden, queries, a.attentionOutputBias));
        return {};
    }

    Result<void> bindMlp(const std::string& at, std::uint64_t width, Mlp& mlp)
    {
        const Architecture& a = m_model.m_architecture;
        if (a.fusedGateUp) {
            const std::string fused = at + std::string(m_names.gateUp);
            BITWRIGHT_ASSIGN(mlp.gate, part(fused, 0, width, 2 * width, a.hidden, a.mlpBias));
            BITWRIGHT_ASSIGN(mlp.up, part(fused, width, width, 2 * width, a.hidden, a.mlpBias));
        } else {
            if (a.gatedMlp) {
                BITWRIGHT_ASSIGN(
                    mlp.gate, linear(at + std::string(m_names.gate), width, a.hidden, a.mlpBias));
            }
            BITWRIGHT_ASSIGN(mlp.up, linear(at + std::string(m_names.up), width, a.hidden, a.mlpBias));
        }
        BITWRIGHT_ASSIGN(mlp.down, linear(at + std::string(m_names.down), a.hidden, width, a.mlpBias));
        return {};
    }

    Result<Mlp> expertOf(
        const std::string& list, const std::array<std::string_view, 3>& words, std::uint64_t width)
    {
        const Architecture& a = m_model.m_architecture;
        Mlp mlp;
        BITWRIGHT_ASSIGN(mlp.gate, linear(list + std::string(words[0]), width, a.hidden, false));
        BITWRIGHT_ASSIGN(mlp.up, linear(list + std::string(words[1]), width, a.hidden, false));
        BITWRIGHT_ASSIGN(mlp.down, linear(list + std::string(words[2]), a.hidden, width, false));
        return mlp;
    }

    /// Experts that one 3-D tensor stacks: experts x 2 width x hidden, gate rows first, and experts x hidden
    /// x width.
    Result<void> bindStacked(const std::string& list, Block& block)
    {
        const Architecture& a = m_model.m_architecture;
        const std::uint64_t width = a.experts->intermediate;
        const auto find = [&](const std::string& name, std::uint64_t rows,
                              std::uint64_t cols) -> Result<model::TensorIndex> {
            const auto tensor = m_checkpoint.find(name);
            if (!tensor)
                return missing(name);
            const model::TensorInfo& info = m_checkpoint.tensors()[*tensor];
            if (info.experts != a.experts->count || info.rows() != rows || info.cols() != cols)
                return misshapen(*tensor,
                    fmt::format("{} x {}", info.experts, shapeText(info.rows(), info.cols())),
                    fmt::format("{} x {}", a.experts->count, shapeText(rows, cols)));
            return *tensor;
        };
        BITWRIGHT_ASSIGN(const auto gateUp, find(list + "gate_up_proj", 2 * width, a.hidden));
        BITWRIGHT_ASSIGN(const auto down, find(list + "down_proj", a.hidden, width));
        for (std::uint64_t e = 0; e < a.experts->count; ++e)
            block.experts.push_back({{gateUp, e, 0, width, a.hidden, {}},
                {gateUp, e, width, width, a.hidden, {}}, {down, e, 0, a.hidden, width, {}}});
        return {};
    }

    Result<void> bindExperts(const std::string& at, Block& block)
    {
        const Architecture& a = m_model.m_architecture;
        const std::string moe
            = at + (m_checkpoint.find(at + "mlp.gate.weight") ? "mlp." : "block_sparse_moe.");
        BITWRIGHT_ASSIGN(block.router, linear(moe + "gate", a.experts->count, a.hidden, false));
        const std::string list = moe + "experts.";
        if (m_checkpoint.find(list + "gate_up_proj")) {
            BITWRIGHT_CHECK(bindStacked(list, block));
        } else {
            const bool numbered = m_checkpoint.find(list + "0.w1.weight").has_value();
            const std::array<std::string_view, 3> words = numbered
                ? std::array<std::string_view, 3>{"w1", "w3", "w2"}
                : std::array<std::string_view, 3>{"gate_proj", "up_proj", "down_proj"};
            for (std::uint64_t e = 0; e < a.experts->count; ++e) {
                BITWRIGHT_ASSIGN(
                    Mlp expert, expertOf(fmt::format("{}{}.", list, e), words, a.experts->intermediate));
                block.experts.push_back(std::move(expert));
            }
        }
        if (a.experts->sharedIntermediate > 0) {
            BITWRIGHT_ASSIGN(block.sharedExpert,
                expertOf(moe + "shared_expert.", {"gate_proj", "up_proj", "down_proj"},
                    a.experts->sharedIntermediate));
            BITWRIGHT_ASSIGN(block.sharedGate, linear(moe + "shared_expert_gate", 1, a.hidden, false));
        }
        return {};
    }

    Model& m_model;
    const model::Checkpoint& m_checkpoint;
    BlockNames m_names;
    std::string m_prefix;
};

Result<Model> Model::open(std::shared_ptr<const model::Checkpoint> checkpoint)
{
    auto architecture = readArchitecture(checkpoint->config().json);
    if (!architecture)
        return fail(std::move(architecture.error()).inFile(checkpoint->path()));
    return open(std::move(checkpoint), std::move(*architecture));
}

Result<Model> Model::open(std::shared_ptr<const model::Checkpoint> checkpoint, Architecture architecture)
{
    Model result;
    result.m_checkpoint = std::move(checkpoint);
    result.m_architecture = std::move(architecture);
    BITWRIGHT_CHECK(Binder(result).bind());
    return result;
}

std::uint64_t Model::widestMlp() const
{
    std::uint64_t widest = 0;
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        if (!m_architecture.layers[i].routed)
            widest = std::max(widest, m_architecture.intermediate);
        else
            widest = std::max(
                {widest, m_architecture.experts->intermediate, m_architecture.experts->sharedIntermediate});
    }
    return widest;
}

} // namespace bitwright::forward
