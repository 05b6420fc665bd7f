#pragma once

#include "core/export/packed_scheme.h"
#include "core/model/checkpoint.h"
#include "core/plan/unit.h"

#include <memory>
#include <span>

namespace bitwright::exporting {

/// A written unit, decoded from the bytes of its file. Deliberately shares no code with the quantizers'
/// decoder, the packers and the dtype conversions of the reader of weights: it is the second opinion. Thread
/// safe.
class UnitReader
{
public:
    virtual ~UnitReader() = default;
    [[nodiscard]] virtual std::uint64_t rows() const = 0;
    [[nodiscard]] virtual std::uint64_t cols() const = 0;
    /// Decodes rows [begin, end) into `out` ((end - begin) x cols). Errors: those of the file; Mismatch for
    /// bits that the format leaves unused but that are set.
    [[nodiscard]] virtual Result<void> readRows(
        std::uint64_t begin, std::uint64_t end, std::span<float> out) const = 0;
    /// Bytes that the unit takes in the file, everything counted.
    [[nodiscard]] virtual std::uint64_t storedBytes() const = 0;
};

/// A unit stored as plain values. Errors: Mismatch when the tensor is missing or has another shape;
/// Unsupported for dtypes without plain real values.
[[nodiscard]] Result<std::unique_ptr<UnitReader>> openPlainUnit(
    const model::Checkpoint& written, const plan::Unit& unit);

/// A pack-quantized module stored as `module`.weight_packed and so on. Errors: Mismatch when a tensor is
/// missing or has another dtype or shape than `scheme` demands for rows x cols weights.
[[nodiscard]] Result<std::unique_ptr<UnitReader>> openPackedUnit(const model::Checkpoint& written,
    const std::string& module, const PackedScheme& scheme, std::uint64_t rows, std::uint64_t cols);

/// Converts stored elements to float32: F64, F32, F16, BF16, F8_E4M3, F8_E5M2. Errors: Unsupported.
[[nodiscard]] Result<void> decodeElements(
    model::DType type, std::span<const std::byte> bytes, std::span<float> out);

} // namespace bitwright::exporting
