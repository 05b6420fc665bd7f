#pragma once

#include "core/model/checkpoint.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::plan {

/// What gets one option: a tensor, or one expert of a stacked tensor.
struct Unit
{
    std::string name; ///< Tensor name, or "tensor[3]" for expert 3 of a stack.
    std::string tensor;
    model::TensorIndex index = 0;
    std::uint64_t expert = 0; ///< Within a stacked tensor.
    std::uint64_t rows = 0, cols = 0;
    model::Role role = model::Role::Other;
    std::optional<std::uint64_t> routedExpert; ///< Of an expert stored as a tensor of its own, or of a stack.
    std::string tower;
    std::optional<int> block;
    model::DType dtype = model::DType::Unknown;
    model::Orientation orientation
        = model::Orientation::OutIn; ///< As stored; rows and cols are outputs and inputs either way.
    bool stacked = false; ///< One expert of a 3-D tensor.
    [[nodiscard]] std::uint64_t parameters() const { return rows * cols; }
};

/// All quantizable matrices of a model, in natural order: towers as they first appear in the file,
/// embeddings, blocks, what follows the blocks (head, pooler), each in file order; the experts of a stack one
/// after the other.
[[nodiscard]] std::vector<Unit> unitsOf(const model::Checkpoint& checkpoint);

/// Unit groups that an engine fuses into one kernel: q/k/v, gate/up, the two low-rank down-projections of
/// MLA, and all matrices of all routed experts of a block. `units` are ascending indices; groups of two or
/// more only, in order of their first unit. No unit is in two groups.
struct Tie
{
    std::string name; ///< "model.layers.3 q/k/v"
    std::vector<std::size_t> units;
};
[[nodiscard]] std::vector<Tie> defaultTies(const std::vector<Unit>& units);

} // namespace bitwright::plan
