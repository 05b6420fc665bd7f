#pragma once

#include "core/export/target_writer.h"
#include "core/quant/gptq.h"
#include "core/score/option_error.h"

namespace bitwright::exporting {

/// Quantizes and writes units one by one, keeping the Gram of the last site and its factors, which the next
/// unit often shares. Holds one tile, one Gram and its factors at a time.
class UnitQuantizer
{
public:
    UnitQuantizer(const Job& job, const model::ActivationDump* dump);

    /// Quantizes a unit tile by tile, writes it, and returns the hash of the values that a reader must get.
    /// Errors: those of the readers, quantizers and files; Numeric for NaN or Inf; Cancelled.
    [[nodiscard]] Result<std::string> write(
        const PlannedUnit& unit, const WeightFiles& files, const RunContext& context);

    /// The Gram of a unit's inputs, or evidence of nothing. Valid until the next call.
    [[nodiscard]] Result<const score::UnitEvidence*> evidenceOf(const PlannedUnit& unit);

    /// Order of work: units of one site one after the other, else in natural order.
    [[nodiscard]] std::vector<std::size_t> order() const;

private:
    struct KnownFactor
    {
        quant::QuantizerSettings settings;
        std::uint64_t groupWidth = 0;
        quant::GptqFactor factor;
    };
    [[nodiscard]] Result<std::optional<quant::GptqFactor>> factorFor(
        const PlannedUnit& unit, const RunContext& context);

    const Job& m_job;
    const model::ActivationDump* m_dump;
    std::optional<std::size_t> m_site; ///< Of m_evidence and m_factors.
    score::UnitEvidence m_evidence;
    std::vector<KnownFactor> m_factors;
};

} // namespace bitwright::exporting
