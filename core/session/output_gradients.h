#pragma once

#include "core/formats/dump_file.h"
#include "core/forward/gradients.h"

#include <map>
#include <vector>

namespace bitwright::session {

/// Writes the gradients of all outputs at sampled tokens into a dump, as they come.
class OutputGradients
{
public:
    /// `whole` is what the sites were recorded on, `batch` what gradients are taken of. All must outlive it.
    OutputGradients(const forward::Model& model, const forward::TokenBatch& whole,
        const forward::TokenBatch& batch, formats::DumpFile& file)
        : m_model(model)
        , m_whole(whole)
        , m_batch(batch)
        , m_file(file)
    { }

    /// `samples` are tokens of `whole`; those that `batch` has too are kept. Errors: InvalidArgument where
    /// both are not the same text from the start, or share no sample; Io.
    [[nodiscard]] Result<void> begin(const std::vector<std::size_t>& samples, std::uint64_t seed);
    /// Writes the sampled rows of a part. Errors: Io; Numeric names the tensor of NaN or infinity.
    [[nodiscard]] Result<void> take(const forward::OutputGradient& part);
    /// Copies the rows of sequences [first, end), which are complete, into another dump. Errors: Io.
    [[nodiscard]] Result<void> copyTo(formats::DumpFile& dump, std::size_t first, std::size_t end);
    /// Takes over the rows of a dump that copyTo filled; dumps come in the order of their rows. Errors:
    /// Format where they are not the next ones; Io; Cancelled.
    [[nodiscard]] Result<void> restore(const model::ActivationDump& dump, const RunContext& context);
    /// Whether restore() got the rows of exactly the first `sequences`.
    [[nodiscard]] bool restored(std::size_t sequences) const { return m_restored == rowOf(sequences); }
    [[nodiscard]] std::size_t tensors() const { return m_sites.size(); }

private:
    [[nodiscard]] Result<void> checkSameText() const;
    /// Sites of experts in the order in which a sequence's gradients reach them.
    [[nodiscard]] std::vector<std::size_t> expertOrder() const;
    Result<void> restoreExperts(
        const model::ActivationDump& dump, std::size_t rows, const RunContext& context);
    /// First row of a sequence; the number of rows for the end.
    [[nodiscard]] std::size_t rowOf(std::size_t sequence) const;

    const forward::Model& m_model;
    const forward::TokenBatch &m_whole, &m_batch;
    formats::DumpFile& m_file;
    std::map<forward::StoredMatrix, std::size_t> m_places; ///< In m_sites.
    std::vector<model::OutputGradientSite> m_sites; ///< As in the dump.
    std::vector<bool> m_ownInputs; ///< Per site: rows of the input are kept beside.
    std::vector<std::size_t> m_tokens; ///< Of m_batch, ascending: one per row.
    std::vector<std::int32_t> m_sequence, m_position; ///< The same.
    std::uint64_t m_seed = 0;
    std::size_t m_restored = 0; ///< Rows.
};

} // namespace bitwright::session
