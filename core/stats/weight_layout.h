#pragma once

#include "core/base/checked.h"
#include "core/model/tensor_info.h"
#include "core/stats/weight_kernels.h"

#include <cstdint>
#include <optional>
#include <utility>

/// How a tensor is cut for the weight statistics. Internal to core/stats.
namespace bitwright::stats {

/// The tensor as it is stored and how it is cut. Strands are contiguous runs of stored rows, fixed by the
/// shape alone.
struct Layout
{
    model::DType dtype = model::DType::Unknown;
    std::uint64_t elementBytes = 0;
    std::uint64_t storedRows = 0, storedCols = 0;
    std::uint64_t lastRowCols = 0; ///< Less than storedCols only for a flat tensor's last row.
    bool swapped = false; ///< Stored rows are inputs.
    bool flat = false; ///< No matrix: rows are just pieces.
    std::uint64_t rows = 0, cols = 0; ///< Outputs x inputs as reported.
    std::uint64_t groupSize = 0;
    std::uint64_t groupsPerRow = 0; ///< Groups per output.
    std::uint64_t strandRows = 0;
    std::uint64_t tileRows = 0;

    [[nodiscard]] bool converted() const
    {
        return dtype != model::DType::F32 && dtype != model::DType::F16 && dtype != model::DType::BF16;
    }
    [[nodiscard]] kernels::Element element() const
    {
        if (dtype == model::DType::F16)
            return kernels::Element::Float16;
        return dtype == model::DType::BF16 ? kernels::Element::BFloat16 : kernels::Element::Float32;
    }
    [[nodiscard]] std::uint64_t strands() const
    {
        return strandRows == 0 ? 0 : ceilDiv(storedRows, strandRows);
    }
};

/// A matrix of storedRows x storedCols elements; `swapped` when the stored rows are inputs. groupSize 0: one
/// group per output.
[[nodiscard]] Layout matrixLayout(model::DType dtype, std::uint64_t storedRows, std::uint64_t storedCols,
    bool swapped, std::uint64_t groupSize);

/// A tensor that is no matrix: pieces of a multiple of the group size, reported as 1 x count.
[[nodiscard]] Layout flatLayout(model::DType dtype, std::uint64_t count, std::uint64_t groupSize);

/// Layout of a checkpoint tensor or of one of its experts, and the byte of the tensor where it begins.
/// Errors: OutOfRange.
[[nodiscard]] Result<std::pair<Layout, std::uint64_t>> layoutOf(
    const model::TensorInfo& info, std::uint64_t groupSize, std::optional<std::uint64_t> expert);

} // namespace bitwright::stats
