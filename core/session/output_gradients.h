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
    [[nodiscard]] std::size_t tensors() const { return m_sites.size(); }

private:
    [[nodiscard]] Result<void> checkSameText() const;

    const forward::Model& m_model;
    const forward::TokenBatch &m_whole, &m_batch;
    formats::DumpFile& m_file;
    std::map<forward::StoredMatrix, std::size_t> m_sites; ///< In the dump.
    std::vector<std::size_t> m_tokens; ///< Of m_batch, ascending: one per row.
};

} // namespace bitwright::session
