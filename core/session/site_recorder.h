#pragma once

#include "core/formats/dump_file.h"
#include "core/forward/forward.h"
#include "core/stats/site_statistics.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bitwright::session {

/// Sites that keep a maximum, median and rms of every token.
enum class TokenSites : std::uint8_t
{
    All,
    Sublayers, ///< The residual stream and what is added to it.
    None,
};

struct RecorderSettings
{
    std::size_t samples = 512; ///< Rows kept per site, of the same tokens everywhere.
    std::uint64_t seed = 0; ///< Chooses them.
    std::uint64_t gramMaxWidth = 0; ///< Gram matrices of inputs up to this many channels; 0: none.
    int gramBits = 23; ///< Mantissa bits kept of their entries, 8 to 23.
    TokenSites tokenSites = TokenSites::All;
};

/// A site that was written.
struct CapturedSite
{
    std::string name;
    model::SiteKind kind = model::SiteKind::InputOf;
    std::vector<std::string> tensors;
    std::optional<int> block;
    std::uint64_t channels = 0, count = 0;
    double absMax = 0;
    bool gram = false;
};

/// Watches a run and writes a dump: sites, names, order and statistics are those of
/// samples/capture/README.md. Sites of a block are gathered over all tokens, written by flush() and
/// forgotten.
class SiteRecorder final : public forward::Observer
{
public:
    /// `whole` holds all tokens of the run; everything outlives the recorder.
    SiteRecorder(const forward::Model& model, const forward::TokenBatch& whole,
        const RecorderSettings& settings, formats::DumpFile& file, const RunContext& context);

    Result<void> linearInput(const forward::LinearInput& input) override;
    Result<void> stream(forward::StreamPoint point, std::size_t block, const forward::Rows& rows,
        std::size_t firstToken) override;
    /// An input that sees some rows only, numbered by itself: no samples.
    Result<void> partialInput(model::TensorIndex tensor, const forward::Rows& rows);
    /// Writes what was gathered since the last call.
    Result<void> flush();
    /// Takes over all sites of a dump that an earlier run wrote. Errors: Format where its samples are of
    /// other tokens; Io; Cancelled.
    Result<void> restore(const model::ActivationDump& piece);

    /// Tokens whose rows are kept, as numbers in the whole run, ascending.
    [[nodiscard]] const std::vector<std::size_t>& sampleTokens() const { return m_sampleTokens; }
    [[nodiscard]] const std::vector<CapturedSite>& written() const { return m_written; }

private:
    struct Live
    {
        CapturedSite facts;
        bool paired = true; ///< Every row belongs to a known token.
        std::unique_ptr<stats::SiteStatistics> statistics;
    };
    using Key = std::pair<std::string, model::SiteKind>;

    Result<Live*> siteOf(const std::string& name, model::SiteKind kind, std::optional<std::size_t> block,
        std::uint64_t channels, bool paired);
    Result<void> record(Live& live, const forward::Rows& rows);
    Result<void> write(Live& live);
    Result<void> restoreSite(const model::ActivationDump& piece, std::size_t number);
    [[nodiscard]] std::string inputName(model::TensorIndex tensor) const;
    [[nodiscard]] std::vector<std::string> lastTensors(bool attention, std::size_t block) const;
    [[nodiscard]] bool wantsGram(model::SiteKind kind, std::uint64_t channels) const;

    const forward::Model& m_model;
    const RecorderSettings m_settings;
    formats::DumpFile& m_file;
    RunContext m_context; ///< Without progress.
    std::vector<std::size_t> m_sampleTokens;
    std::vector<std::int32_t> m_sampleSequence, m_samplePosition;
    std::vector<std::unique_ptr<Live>> m_live; ///< In the order of execution.
    std::map<Key, Live*> m_byName;
    std::size_t m_gramBytes = 0; ///< Of live sites.
    // The last input seen: what is handed the very same rows shares its site.
    const float* m_lastData = nullptr;
    std::size_t m_lastRows = 0;
    Live* m_lastSite = nullptr;
    std::vector<CapturedSite> m_written;
};

} // namespace bitwright::session
