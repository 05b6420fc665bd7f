#pragma once

#include "core/export/job.h"
#include "core/export/unit_reader.h"
#include "core/model/matrix_reader.h"
#include "core/score/option_error.h"

namespace bitwright::exporting {

/// What reading a written unit back found.
struct UnitMeasure
{
    std::string hash; ///< XXH3-128 of the decoded values, float32, row by row.
    double squaredError = 0;
    double weightEnergy = 0;
    double maxAbsError = 0;
    std::optional<double> outputError; ///< tr(E H E^T) / tr(W H W^T); nothing without a Gram.
    /// Row of a group with more distinct values than its format has, when that was asked for.
    std::optional<std::uint64_t> offGridRow;

    [[nodiscard]] double sqnrDb() const; ///< +Inf for no error.
};

/// Rows that are quantized, written and read at once: about 16 MiB of float32, a multiple of
/// TargetWriter::kRowAlignment. Depends on the width alone.
[[nodiscard]] std::uint64_t tileRows(std::uint64_t cols);

/// Decodes a unit and compares it with the source. `evidence` holds the Gram of its inputs or nothing.
/// `plainFormat` asks whether values stored plainly could come from that format. Errors: those of both
/// readers; Numeric when the source holds NaN or Inf; Cancelled. The result does not depend on the number of
/// threads.
[[nodiscard]] Result<UnitMeasure> measureUnit(const model::MatrixReader& source, const UnitReader& written,
    const score::UnitEvidence& evidence, const std::optional<numeric::GridSpec>& plainFormat,
    const RunContext& context);

/// The hash alone.
[[nodiscard]] Result<std::string> hashUnit(const UnitReader& written, const RunContext& context);

/// Whether `count` bytes at `offset` of two tensors agree. Errors: those of both files; Cancelled.
[[nodiscard]] Result<bool> sameBytes(const model::Checkpoint& a, model::TensorIndex tensorOfA,
    const model::Checkpoint& b, model::TensorIndex tensorOfB, std::uint64_t offset, std::uint64_t count,
    const RunContext& context);

/// Byte range of a unit inside its tensor of the source.
struct ByteRange
{
    std::uint64_t offset = 0;
    std::uint64_t count = 0;
};
[[nodiscard]] ByteRange unitRange(const plan::Unit& unit);

/// Whether a unit of the source stands unchanged in the export: same dtype, shape and bytes.
[[nodiscard]] Result<bool> unitUnchanged(const model::Checkpoint& source, const model::Checkpoint& written,
    const plan::Unit& unit, const RunContext& context);

/// Compares the tensors that no unit covers, byte for byte. Appends what differs to `problems` and returns
/// how many agree. Errors: those of the files; Cancelled.
[[nodiscard]] Result<std::uint64_t> compareUntouched(const Job& job, const model::Checkpoint& written,
    std::vector<std::string>& problems, const RunContext& context);

/// Compares names, dtypes, shapes and places of all written tensors with the layout.
void compareLayout(
    const OutputLayout& layout, const model::Checkpoint& written, std::vector<std::string>& problems);

} // namespace bitwright::exporting
