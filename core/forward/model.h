#pragma once

#include "core/forward/config.h"
#include "core/model/checkpoint.h"
#include "core/model/matrix_reader.h"

#include <memory>
#include <string>
#include <vector>

namespace bitwright::forward {

/// Rows [firstRow, firstRow + rows) of a stored matrix, taken as outputs x inputs: y = W x + bias.
struct Linear
{
    model::TensorIndex tensor = 0;
    std::uint64_t expert = 0; ///< Of a stacked tensor.
    std::uint64_t firstRow = 0; ///< Above 0 for the later parts of a fused tensor.
    std::uint64_t rows = 0, cols = 0;
    std::vector<float> bias; ///< `rows` values or none.
};

struct Norm
{
    std::vector<float> weight, bias; ///< `bias` is empty for RMS norms. Empty `weight`: no such norm.
};

/// gate is unused (0 rows) in plain MLPs.
struct Mlp
{
    Linear gate, up, down;
};

/// One block. Which norms exist follows from Architecture::placement.
struct Block
{
    Norm beforeAttention, afterAttention, beforeMlp, afterMlp, queryNorm, keyNorm;
    Linear query, key, value, output;
    Mlp mlp; ///< Of blocks without experts.
    Linear router; ///< experts x hidden
    std::vector<Mlp> experts;
    Mlp sharedExpert; ///< 0 rows where there is none.
    Linear sharedGate; ///< 1 x hidden
};

/// A checkpoint whose tensors are bound to the graph that its config.json describes. Norms and biases are in
/// memory, matrices stay on disk. Immutable and thread safe.
class Model
{
public:
    /// Reads config.json, finds every tensor by the names of the family (formats.md 1.9) and checks its
    /// shape. Errors: those of readArchitecture; Format for a missing tensor or a wrong shape, Unsupported
    /// for an unreadable type, Numeric for NaN or infinity in a norm or bias.
    [[nodiscard]] static Result<Model> open(std::shared_ptr<const model::Checkpoint> checkpoint);
    /// The same with a graph that the caller has read or made.
    [[nodiscard]] static Result<Model> open(
        std::shared_ptr<const model::Checkpoint> checkpoint, Architecture architecture);

    [[nodiscard]] const Architecture& architecture() const { return m_architecture; }
    [[nodiscard]] const model::Checkpoint& checkpoint() const { return *m_checkpoint; }
    [[nodiscard]] const std::vector<Block>& blocks() const { return m_blocks; }
    [[nodiscard]] const Linear& embedding() const { return m_embedding; } ///< vocabulary x embeddingWidth
    [[nodiscard]] const Linear& positionTable() const { return m_positionTable; } ///< Learned positions only.
    [[nodiscard]] const Linear& typeTable() const { return m_typeTable; } ///< BERT only.
    [[nodiscard]] const Norm& embeddingNorm() const { return m_embeddingNorm; }
    [[nodiscard]] const Linear& projectIn() const { return m_projectIn; } ///< 0 rows where there is none.
    [[nodiscard]] const Linear& projectOut() const { return m_projectOut; }
    [[nodiscard]] const Norm& finalNorm() const { return m_finalNorm; }
    [[nodiscard]] const Linear& head() const
    {
        return m_head;
    } ///< vocabulary x embeddingWidth; 0 rows: none.
    /// Largest expert or plain MLP width.
    [[nodiscard]] std::uint64_t widestMlp() const;

private:
    friend class Binder;
    std::shared_ptr<const model::Checkpoint> m_checkpoint;
    Architecture m_architecture;
    std::vector<Block> m_blocks;
    Linear m_embedding, m_positionTable, m_typeTable, m_projectIn, m_projectOut, m_head;
    Norm m_embeddingNorm, m_finalNorm;
};

} // namespace bitwright::forward
