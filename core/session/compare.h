#pragma once

#include "core/base/run_context.h"
#include "core/model/checkpoint.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::session {

/// How one tensor differs between two checkpoints.
struct TensorDifference
{
    std::string name;
    bool sameBytes = false; ///< Same dtype, shape and data.
    std::uint64_t parameters = 0; ///< Of A.
    std::uint64_t bytesA = 0, bytesB = 0;
    std::string dtypeA, dtypeB;
    std::uint64_t differing = 0; ///< Places whose values differ (NaN equals NaN, +0 equals -0).
    std::uint64_t nonFinite = 0; ///< Places with NaN or Inf on either side; left out of the errors.
    /// max |a - b|; nothing where the tensors cannot be compared value by value.
    std::optional<double> maxAbsError;
    /// 10 log10(sum a^2 / sum (a - b)^2): +Inf for equal values; nothing where it has no meaning.
    std::optional<double> sqnrDb;
    std::string reason; ///< Why values could not be compared; empty when they were.
};

struct ModelComparison
{
    std::vector<TensorDifference> tensors; ///< In the order of A's file.
    std::vector<std::string> onlyA, onlyB; ///< In the order of their files.
    [[nodiscard]] bool same() const; ///< Same names, and every tensor the same bytes.
};

/// Compares two checkpoints tensor by tensor, by name. Streams: memory is a few MiB per thread whatever the
/// models' size. Values are compared as float32. Sums are folded in order, so the result does not depend on
/// the number of threads. `onTensor` (may be empty) gets each tensor as it is finished, one call at a time,
/// from worker threads. Errors: those of reading; Cancelled.
[[nodiscard]] Result<ModelComparison> compareModels(const model::Checkpoint& a, const model::Checkpoint& b,
    const std::function<void(const TensorDifference&)>& onTensor, const RunContext& context);

} // namespace bitwright::session
