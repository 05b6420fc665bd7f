#pragma once

#include "core/export/job.h"
#include "core/export/unit_reader.h"
#include "core/export/weight_files.h"
#include "core/numeric/quantized_matrix.h"

namespace bitwright::exporting {

/// How one target stores quantized units: one writer per target, without state. It decides the tensors, packs
/// tiles of rows, edits config.json, and says how a written unit is read back (by code that shares nothing
/// with the packing).
class TargetWriter
{
public:
    virtual ~TargetWriter() = default;
    [[nodiscard]] virtual std::string_view id() const = 0; ///< That of plan::Target.

    /// Tensors of the output in place of a source tensor with at least one quantized unit.
    [[nodiscard]] virtual std::vector<TensorSpec> tensorsFor(
        const model::TensorInfo& source, const PlannedUnit& unit) const = 0;

    /// Tiles begin at a multiple of this many rows, so that none shares a packed word with another.
    static constexpr std::uint64_t kRowAlignment = 32;

    /// Puts into `meant` (tile.rows x cols) the float32 values that a reader of this tile of a unit must get
    /// once it is written. Errors: Numeric when a value does not fit the stored type.
    [[nodiscard]] virtual Result<void> readerValues(
        const PlannedUnit& unit, const numeric::QuantizedMatrix& tile, std::span<float> meant) const = 0;

    /// Writes what a unit stores besides its rows. Called once per unit, before its rows.
    [[nodiscard]] virtual Result<void> beginUnit(const PlannedUnit& unit, const WeightFiles& files) const = 0;
    /// Writes rows [firstRow, firstRow + tile.rows) and puts the values of readerValues into `meant`. Errors:
    /// Io; those of readerValues.
    [[nodiscard]] virtual Result<void> writeRows(const PlannedUnit& unit,
        const numeric::QuantizedMatrix& tile, std::uint64_t firstRow, const WeightFiles& files,
        std::span<float> meant) const = 0;

    /// Text of config.json; nothing when the source's file is copied as it is. Errors: Format.
    [[nodiscard]] virtual Result<std::optional<std::string>> configJson(const Job& job) const = 0;

    /// Opens a written unit for reading. `configJson` is the text in the export. Errors: Mismatch when what
    /// is stored is not what the plan says.
    [[nodiscard]] virtual Result<std::unique_ptr<UnitReader>> openUnit(
        const model::Checkpoint& written, std::string_view configJson, const PlannedUnit& unit) const = 0;

    /// What the user should know before work starts.
    virtual void addFindings(const Job& job, std::vector<Finding>& findings) const = 0;
    /// What the proof does not cover, in words.
    [[nodiscard]] virtual std::vector<std::string> unchecked(const Job& job) const = 0;
    /// Whether the written values, not their codes, are all that shows the format (then the number of
    /// distinct values per group is checked).
    [[nodiscard]] virtual bool storesPlainValues() const = 0;
};

/// Writer of a target, or nullptr.
[[nodiscard]] const TargetWriter* writerFor(std::string_view targetId);

[[nodiscard]] const TargetWriter* fakeQuantWriter();
[[nodiscard]] const TargetWriter* compressedTensorsWriter();

} // namespace bitwright::exporting
