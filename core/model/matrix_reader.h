#pragma once

#include "core/model/checkpoint.h"

namespace bitwright::model {

/// A weight seen as out x in float32 rows, whatever its dtype, orientation or expert stacking. Cheap to copy;
/// thread safe.
class MatrixReader
{
public:
    /// Errors: Unsupported when the tensor is no matrix or its dtype is unreadable; OutOfRange for a bad
    /// expert.
    [[nodiscard]] static Result<MatrixReader> open(
        const Checkpoint& checkpoint, TensorIndex tensor, std::uint64_t expert = 0);

    [[nodiscard]] std::uint64_t rows() const { return m_rows; }
    [[nodiscard]] std::uint64_t cols() const { return m_cols; }
    [[nodiscard]] const TensorInfo& info() const;
    /// Rows per tile such that a float32 tile takes about `bytes`; at least 1.
    [[nodiscard]] std::uint64_t rowsPerTile(std::size_t bytes) const;

    /// Reads rows [begin, end) as row-major float32 into `out` ((end - begin) x cols()). An InOut tensor is
    /// read in strips and transposed on the way.
    [[nodiscard]] Result<void> readRows(std::uint64_t begin, std::uint64_t end, std::span<float> out) const;
    /// Reads the whole matrix. For callers that need it at once (spectra, GPTQ); they bound it by the memory
    /// budget.
    [[nodiscard]] Result<std::vector<float>> readAll() const;

private:
    MatrixReader(const Checkpoint& checkpoint, TensorIndex tensor, std::uint64_t expert);

    const Checkpoint* m_checkpoint;
    TensorIndex m_tensor;
    std::uint64_t m_expert;
    std::uint64_t m_rows = 0;
    std::uint64_t m_cols = 0;
};

} // namespace bitwright::model
