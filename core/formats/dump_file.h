#pragma once

#include "core/model/activation_dump.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bitwright::formats {

/// What a whole dump says about itself.
struct DumpFacts
{
    std::string model, modelHash, dataset, producer;
    std::uint64_t tokens = 0, sequences = 0, seed = 0;
};

/// One site to write. Spans are read during the call only.
struct DumpSite
{
    const model::Site* site = nullptr; ///< What is nullopt is left out.
    std::span<const float> samples; ///< rows x channels; stored as float16 where all values fit.
    std::span<const std::int32_t> sampleSequence, samplePosition; ///< One per row of `samples`.
    std::span<const float> gram; ///< Packed lower triangle; empty: none.
    int gramBits = 23; ///< Mantissa bits kept of the Gram, 8 to 23.
};

/// Writes an activation dump (`bitwright-activations`, version 1: samples/capture/README.md) site by site, so
/// that memory holds one site. The file grows beside its target and is renamed by finish(); without it,
/// nothing is left behind. The same numbers give the same bytes. Errors: Io.
class DumpFile
{
public:
    /// `folder` is where the file grows, on the file system of `path`; empty: beside it.
    [[nodiscard]] static Result<DumpFile> create(const std::string& path, const std::string& folder = {});
    DumpFile(DumpFile&&) noexcept;
    DumpFile& operator=(DumpFile&&) noexcept;
    ~DumpFile();

    [[nodiscard]] Result<void> addSite(const DumpSite& site);
    /// Ids of all tokens; `starts` has the first token of each sequence and the number of tokens at the end.
    [[nodiscard]] Result<void> setTokens(
        std::span<const std::uint32_t> ids, std::span<const std::size_t> starts);
    [[nodiscard]] Result<void> addGradient(const model::GradientFactors& gradient);
    /// Makes room for the gradients of outputs at some tokens (model::OutputGradientSite), of labels drawn
    /// from the model with `seed`. Rows are those of the tokens at `sequence` and `position`. Sites with
    /// inputs of their own are of experts: a row that is not written is of a token that chose others.
    [[nodiscard]] Result<void> beginOutputGradients(const std::vector<model::OutputGradientSite>& sites,
        std::span<const std::int32_t> sequence, std::span<const std::int32_t> position, std::uint64_t seed);
    /// Values of outputs [first, first + values.size()) of one row of the site-th of them.
    [[nodiscard]] Result<void> writeOutputGradient(
        std::size_t site, std::uint64_t row, std::uint64_t first, std::span<const float> values);
    /// The input row beside it, of a site that keeps them.
    [[nodiscard]] Result<void> writeOutputInput(
        std::size_t site, std::uint64_t row, std::span<const float> values);
    [[nodiscard]] std::size_t siteCount() const;
    /// Copies sites [first, siteCount()) into another dump as they are stored. Errors: Io.
    [[nodiscard]] Result<void> copySites(DumpFile& to, std::size_t first) const;
    /// Copies rows [first, first + rows) of all gradients of outputs into another dump, which has begun the
    /// same ones with that many rows. Errors: Io.
    [[nodiscard]] Result<void> copyOutputGradients(
        DumpFile& to, std::uint64_t first, std::uint64_t rows) const;
    /// Writes the facts, closes, syncs and renames.
    [[nodiscard]] Result<void> finish(const DumpFacts& facts);

private:
    DumpFile();
    class Writer;
    std::unique_ptr<Writer> m_writer;
};

} // namespace bitwright::formats
