#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Runs a transformer in float32 on the CPU from its config.json and its weights: exact, streamed, the same
/// for any number of threads.
namespace bitwright::forward {

/// Families whose tensor names and graph are known.
enum class Family : std::uint8_t
{
    Llama, ///< Also Mistral.
    Qwen2,
    Qwen3,
    Gemma2,
    Gemma3,
    Phi3,
    Gpt2,
    Opt,
    Mixtral,
    Qwen2Moe,
    Qwen3Moe,
    Bert,
};

/// model_type of config.json that the family is known by ("llama", "gemma3_text"...).
[[nodiscard]] std::string_view familyName(Family family);

enum class NormKind : std::uint8_t
{
    Rms, ///< x / rms(x) * w
    RmsPlusOne, ///< x / rms(x) * (1 + w): Gemma
    Layer, ///< (x - mean) / std * w + b
};

/// Where the norms of a block stand.
enum class NormPlacement : std::uint8_t
{
    Before, ///< x + f(norm(x))
    After, ///< norm(x + f(x)): BERT, OPT 350M
    Both, ///< x + norm(f(norm(x))): Gemma 2 and 3
};

enum class ActivationKind : std::uint8_t
{
    Silu,
    Gelu, ///< By the error function.
    GeluTanh, ///< gelu_new, gelu_pytorch_tanh
    Relu,
    QuickGelu, ///< x * sigmoid(1.702 x)
};

enum class PositionKind : std::uint8_t
{
    Rotary,
    Learned, ///< A table that is added to the embeddings.
};

/// How the angles of rotary embeddings are scaled; the formulas stand at `rotaryFrequencies`.
enum class RopeKind : std::uint8_t
{
    Default,
    Linear,
    Dynamic,
    Llama3,
    Yarn,
    LongRope,
};

/// One set of rotary parameters.
struct Rope
{
    RopeKind kind = RopeKind::Default;
    double theta = 10'000;
    double factor = 1;
    double lowFrequencyFactor = 1, highFrequencyFactor = 4; ///< llama3
    double betaFast = 32, betaSlow = 1; ///< yarn
    bool truncate = true; ///< yarn: whole numbers for the ends of the ramp.
    double attentionFactor = 1; ///< cos and sin are multiplied by it (yarn, longrope).
    std::uint64_t originalPositions = 0; ///< Positions of pretraining (dynamic, llama3, yarn, longrope).
    std::vector<double> shortFactor, longFactor; ///< longrope: one per pair of dimensions.
    std::uint64_t dimensions = 0; ///< Leading dimensions of a head that are rotated; even.
};

/// Routed experts of a block's MLP.
struct Experts
{
    std::uint64_t count = 0;
    std::uint64_t perToken = 0;
    std::uint64_t intermediate = 0; ///< Width of one expert.
    std::uint64_t sharedIntermediate = 0; ///< Width of the shared expert; 0 when there is none.
    bool normalize = false; ///< The chosen probabilities are divided by their sum.
};

/// What differs from block to block.
struct Layer
{
    std::uint64_t window = 0; ///< A token sees itself and window - 1 before it; 0: all before it.
    std::size_t rope = 0; ///< Index into Architecture::ropes.
    bool routed = false; ///< The MLP consists of experts.
};

/// Everything that config.json says about the graph. Sizes in elements.
struct Architecture
{
    Family family = Family::Llama;
    std::string modelType; ///< As spelled in config.json.
    std::uint64_t vocabulary = 0, hidden = 0, heads = 0, keyValueHeads = 0, headDim = 0, intermediate = 0;
    std::uint64_t embeddingWidth = 0; ///< Differs from `hidden` in OPT 350M, which projects in and out.
    std::uint64_t positions = 0; ///< Longest sequence.
    std::vector<Layer> layers;

    NormKind norm = NormKind::Rms;
    NormPlacement placement = NormPlacement::Before;
    double normEps = 1e-6;
    bool finalNorm = true;
    bool embeddingNorm = false; ///< BERT: norm after the sum of embeddings.
    bool queryKeyNorm = false; ///< RMS norm of every head of queries and keys, before the rotation.
    bool gatedMlp = true; ///< act(gate(x)) * up(x), else act(up(x)).
    ActivationKind activation = ActivationKind::Silu;
    bool queryKeyValueBias = false, attentionOutputBias = false, mlpBias = false;
    bool fusedQueryKeyValue = false, fusedGateUp = false; ///< One tensor, rows in this order.

    PositionKind position = PositionKind::Rotary;
    std::uint64_t positionOffset = 0; ///< Row of the first position in the learned table (OPT: 2).
    std::uint64_t tokenTypes = 0; ///< Rows of BERT's token-type table; type 0 is used.
    std::vector<Rope> ropes;

    bool causal = true;
    double attentionScale = 1; ///< Scores are q . k times this.
    bool scaleByLayer = false; ///< GPT-2: and divided by the block's number + 1.
    std::optional<double> attentionSoftcap, logitSoftcap; ///< cap * tanh(x / cap)
    double embeddingScale = 1;
    bool tiedHead = false; ///< The head is the embedding table.
    bool hasHead = true; ///< False for encoders: the last hidden states are the result.
    std::optional<Experts> experts;
};

/// Reads config.json (`json`) into the graph to run. Absent keys take the defaults of the family's published
/// configuration class. Errors: Unsupported names the key or the part that this program cannot run, Format
/// what is no number where one must be, OutOfRange for sizes that cannot be.
[[nodiscard]] Result<Architecture> readArchitecture(const std::string& json);

} // namespace bitwright::forward
