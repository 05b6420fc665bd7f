#pragma once

#include "core/export/target_writer.h"
#include "core/quant/gptq.h"
#include "core/score/option_error.h"

namespace bitwright::exporting {

/// One unit on its way through the quantizer of its option, any rows in any order: rows are independent, so
/// tiles give the values of the whole. Thread safe; the checkpoint must outlive it.
class UnitTiles
{
public:
    [[nodiscard]] const PlannedUnit& unit() const { return m_unit; }
    [[nodiscard]] const model::MatrixReader& source() const { return m_source; }

    /// Quantizes rows [begin, end). Errors: those of the reader and the quantizers; Numeric for NaN or Inf.
    [[nodiscard]] Result<numeric::QuantizedMatrix> quantize(
        std::uint64_t begin, std::uint64_t end, const RunContext& context) const;
    /// The float32 values ((end - begin) x cols) that a reader of the export gets for these rows. Errors:
    /// those of quantize and TargetWriter::readerValues.
    [[nodiscard]] Result<void> readerValues(
        std::uint64_t begin, std::uint64_t end, std::span<float> out, const RunContext& context) const;

private:
    friend class UnitQuantizer;
    UnitTiles(PlannedUnit unit, model::MatrixReader source, const TargetWriter& writer,
        std::optional<quant::GptqFactor> factor);

    PlannedUnit m_unit;
    model::MatrixReader m_source;
    const TargetWriter* m_writer;
    std::optional<quant::GptqFactor> m_factor;
};

/// Quantizes and writes units one by one, keeping the Gram of the last site and its factors, which the next
/// unit often shares. Holds one tile, one Gram and its factors at a time. One thread at a time.
class UnitQuantizer
{
public:
    /// `source` and `writer` must outlive it; `dump` may be null.
    UnitQuantizer(
        const model::Checkpoint& source, const TargetWriter& writer, const model::ActivationDump* dump);

    /// Prepares a unit that gets a grid. Errors: those of the reader; InvalidArgument for a quantizer whose
    /// Gram the dump lacks.
    [[nodiscard]] Result<UnitTiles> open(const PlannedUnit& unit, const RunContext& context);

    /// Quantizes a unit tile by tile, writes it, and returns the hash of the values that a reader must get.
    /// Errors: those of the readers, quantizers and files; Numeric for NaN or Inf; Cancelled.
    [[nodiscard]] Result<std::string> write(
        const PlannedUnit& unit, const WeightFiles& files, const RunContext& context);

    /// The Gram of a unit's inputs, or evidence of nothing. Valid until the next call.
    [[nodiscard]] Result<const score::UnitEvidence*> evidenceOf(const PlannedUnit& unit);

    /// Order of work: units of one site one after the other, else in natural order.
    [[nodiscard]] std::vector<std::size_t> order(const std::vector<PlannedUnit>& units) const;

private:
    struct KnownFactor
    {
        quant::QuantizerSettings settings;
        std::uint64_t groupWidth = 0;
        quant::GptqFactor factor;
    };
    [[nodiscard]] Result<std::optional<quant::GptqFactor>> factorFor(
        const PlannedUnit& unit, const RunContext& context);

    const model::Checkpoint& m_checkpoint;
    const TargetWriter& m_writer;
    const model::ActivationDump* m_dump;
    std::optional<std::size_t> m_site; ///< Of m_evidence and m_factors.
    score::UnitEvidence m_evidence;
    std::vector<KnownFactor> m_factors;
};

} // namespace bitwright::exporting
