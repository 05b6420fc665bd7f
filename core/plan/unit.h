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
    std::string tower;
    std::optional<int> block;
    model::DType dtype = model::DType::Unknown;
    [[nodiscard]] std::uint64_t parameters() const { return rows * cols; }
};

/// All quantizable matrices of a model, in natural order (tower, block, then file order).
[[nodiscard]] std::vector<Unit> unitsOf(const model::Checkpoint& checkpoint);

/// Unit groups that an engine fuses: q/k/v, gate/up, and all experts of a block. Indices into `units`; groups of two or more only.
struct Tie
{
    std::string name; ///< "model.layers.3 q/k/v"
    std::vector<std::size_t> units;
};
[[nodiscard]] std::vector<Tie> defaultTies(const std::vector<Unit>& units);

} // namespace bitwright::plan
