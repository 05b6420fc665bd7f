#pragma once

#include "core/forward/experts.h"
#include "core/forward/gradients.h"
#include "core/forward/product.h"

#include <map>
#include <mutex>

namespace bitwright::forward {

struct RotaryTable;

/// in -> d loss / d in of normRow, for d loss / d out. All spans have one width; `gradientIn` may be
/// `gradientOut`. Formulas by differentiating those at normRow, in float64.
void normBackward(NormKind kind, double eps, std::span<const float> in, std::span<const float> weight,
    std::span<const float> gradientOut, std::span<float> gradientIn);

/// Derivative of the activation.
[[nodiscard]] double activationSlope(ActivationKind kind, double x);

/// Sums of squared gradients over sequences.
class GradientSums
{
public:
    GradientSums(const Model& model, const RawGradient& raw, const OutputGradientSink& outputs = {})
        : m_model(model)
        , m_raw(raw)
        , m_outputs(outputs)
    { }

    /// Where the gradients that follow belong: the batch's token where their sequence begins, and how many
    /// losses its mean is over.
    void begin(std::size_t firstToken, double losses)
    {
        m_firstToken = firstToken;
        m_losses = losses;
    }
    /// Hands gradients of outputs [first, first + rows.cols) of `linear` to whoever wants them. `tokens` of
    /// the sequence, ascending; empty: all of them. Thread safe.
    [[nodiscard]] Result<void> show(const Linear& linear, std::uint64_t first, const Rows& rows,
        const Rows& input, std::span<const std::size_t> tokens = {});

    /// Adds the squares of dY^T X, the gradient of `linear`'s weight: `gradient` is tokens x linear.rows,
    /// `input` tokens x linear.cols.
    [[nodiscard]] Result<void> add(const Linear& linear, std::span<const float> gradient, const Rows& input,
        const RunContext& context, std::span<const std::size_t> tokens = {});
    /// The same for rows [begin, end) of a weight alone; `gradient` is tokens x (end - begin). Column sums
    /// are returned, to be folded in order by foldColumns. Thread safe for different rows.
    [[nodiscard]] std::vector<double> addRows(const Linear& linear, std::uint64_t begin, std::uint64_t end,
        std::span<const float> gradient, std::size_t stride, const Rows& input);
    void foldColumns(const Linear& linear, std::span<const double> columns);
    /// Makes room for a weight before its rows are added.
    void prepare(const Linear& linear);
    /// All sums: rows, then columns of each of `matrices`, 0 where nothing was added; and their reverse.
    [[nodiscard]] std::vector<double> values(const std::vector<StoredMatrix>& matrices) const;
    void restore(const std::vector<StoredMatrix>& matrices, std::span<const double> values);
    /// The factors after `batches` sequences, in the order of `matrices`; all 0 for one that was prepared
    /// only.
    [[nodiscard]] std::vector<model::GradientFactors> factors(
        const std::vector<StoredMatrix>& matrices, std::uint64_t batches) const;

private:
    struct Sums
    {
        std::vector<double> rows, columns;
    };
    [[nodiscard]] Sums zeros(model::TensorIndex tensor) const;

    const Model& m_model;
    const RawGradient& m_raw;
    const OutputGradientSink m_outputs;
    std::mutex m_rawLock;
    std::size_t m_firstToken = 0;
    double m_losses = 0;
    std::map<StoredMatrix, Sums> m_sums;
};

/// out (tokens x linear.cols) += gradient (tokens x linear.rows) W.
[[nodiscard]] Result<void> backThrough(const Model& model, const Linear& linear,
    std::span<const float> gradient, std::span<float> out, const Hooks& hooks, const RunContext& context);

/// Queries, keys and values of one sequence, tokens x (heads headDim) each.
struct AttentionGradient
{
    std::span<const float> queries, keys, values;
    std::span<const float> gradientOut; ///< tokens x (heads headDim)
    std::span<float> gradientQueries, gradientKeys, gradientValues; ///< Overwritten.
    double scale = 1;
    std::uint64_t window = 0;
};
/// The reverse of attend() for one sequence. A thread needs 3 tokens^2 floats.
[[nodiscard]] Result<void> attendBackward(const Architecture& architecture, std::size_t tokens,
    const AttentionGradient& parts, const RunContext& context);

/// Runs the MLP of a block backward on one sequence: a plain or gated one, or routed experts with the shared
/// one.
class MlpGradient
{
public:
    MlpGradient(const Model& model, const Hooks& hooks, GradientSums& sums)
        : m_model(model)
        , m_hooks{hooks.weights, nullptr}
        , m_sums(sums)
    { }
    /// Keeps what backward() needs of block `block` on `input` (tokens x hidden). `out` gets what the MLP
    /// puts out where it is not empty.
    [[nodiscard]] Result<void> forward(
        std::size_t block, const Rows& input, std::span<float> out, const RunContext& context);
    /// Adds d loss / d input to `gradientIn` for d loss / d output, which is used up (both tokens x hidden).
    /// `input` is that of forward().
    [[nodiscard]] Result<void> backward(
        const Rows& input, std::span<float> gradient, std::span<float> gradientIn, const RunContext& context);

private:
    /// Between input and output of one MLP: tokens x width each. `gate` is empty in a plain one.
    struct Pass
    {
        std::vector<float> gate, up, inner;
    };
    /// The part of a sum that one MLP has: its rows' weights in it (empty: 1), and room for d loss / d them.
    struct Share
    {
        std::span<const float> weights;
        std::span<float> slopes;
        std::span<const std::size_t> tokens; ///< Of the sequence; empty: all.
    };

    Result<void> pass(const Mlp& mlp, const Rows& input, Pass& out, const RunContext& context);
    Result<void> back(const Mlp& mlp, const Rows& input, const Pass& pass, const Share& share,
        std::span<float> gradient, std::span<float> gradientIn, const RunContext& context);
    Result<void> backActivation(
        const Pass& pass, std::span<float> inner, std::span<float> gate, const RunContext& context) const;
    Result<void> backExperts(const Rows& input, std::span<const float> gradient, std::span<float> gradientIn,
        const RunContext& context);
    Result<void> backRouter(const Rows& input, const Routing& routing,
        const std::vector<std::vector<float>>& slopes, std::span<float> gradientIn,
        const RunContext& context);
    Result<void> backShared(
        const Rows& input, std::span<float> gradient, std::span<float> gradientIn, const RunContext& context);
    [[nodiscard]] const Block& block() const { return m_model.blocks()[m_block]; }

    const Model& m_model;
    const Hooks m_hooks;
    GradientSums& m_sums;
    std::size_t m_block = 0;
    Pass m_pass; ///< Of blocks without experts.
};

/// Runs one block of one sequence backward.
class BlockGradient
{
public:
    BlockGradient(const Model& model, const Hooks& hooks, GradientSums& sums)
        : m_model(model)
        , m_hooks{hooks.weights, nullptr}
        , m_sums(sums)
        , m_part(model, hooks, sums)
    { }
    /// `input` is the block's input, `gradient` (both tokens x hidden) that of its output, which becomes that
    /// of its input.
    [[nodiscard]] Result<void> run(std::size_t block, std::span<const float> input, std::span<float> gradient,
        const RunContext& context);

private:
    Result<void> forwardAttention(std::span<const float> input, const RunContext& context);
    Result<void> forwardMlp(const RunContext& context);
    Result<void> backMlp(std::span<float> gradient, const RunContext& context);
    Result<void> backAttention(
        std::span<const float> input, std::span<float> gradient, const RunContext& context);
    Result<void> multiply(
        std::span<const float> input, std::span<const Product> products, const RunContext& context);
    Result<void> throughHeads(const Norm& norm, std::uint64_t heads, std::span<const float> raw,
        std::span<float> gradient, const RunContext& context);
    std::vector<float> normed(const Norm& norm, std::span<const float> values) const;
    std::vector<float> normGradient(
        const Norm& norm, std::span<const float> values, std::span<const float> gradient) const;
    std::vector<float> intoBranch(const Norm& after, std::span<const float> before,
        const std::vector<float>& branch, std::span<float> gradient) const;
    [[nodiscard]] Rows rowsOf(std::span<const float> values) const;
    [[nodiscard]] const RotaryTable* table() const;

    const Model& m_model;
    const Hooks m_hooks;
    GradientSums& m_sums;
    MlpGradient m_part;
    std::size_t m_block = 0, m_tokens = 0;
    std::map<std::pair<std::size_t, std::size_t>, std::shared_ptr<const RotaryTable>> m_tables;
    // What the forward pass of the block leaves.
    std::vector<float> m_attentionInput, m_rawQueries, m_rawKeys, m_queries, m_keys, m_values, m_mixed,
        m_attention;
    std::vector<float> m_middle, m_mlpInput, m_mlp;
};

} // namespace bitwright::forward
