#include "core/session/site_recorder.h"

#include <algorithm>

namespace bitwright::session {

namespace {

using model::SiteKind;

std::string withoutWeight(std::string name)
{
    constexpr std::string_view kWeight = ".weight";
    if (std::string_view(name).ends_with(kWeight))
        name.resize(name.size() - kWeight.size());
    return name;
}

/// "model.layers" of "model.layers.3.self_attn.q_proj.weight".
std::string stackPath(std::string_view tensor, std::size_t block)
{
    const std::string number = fmt::format(".{}.", block);
    const std::size_t at = tensor.find(number);
    if (at != std::string_view::npos)
        return std::string(tensor.substr(0, at));
    return "blocks";
}

double largestOf(const model::Site& site)
{
    if (!site.absMax || site.absMax->empty())
        return 0.0;
    return *std::max_element(site.absMax->begin(), site.absMax->end());
}

} // namespace

SiteRecorder::SiteRecorder(const forward::Model& model, const forward::TokenBatch& whole,
    const RecorderSettings& settings, formats::DumpFile& file, const RunContext& context)
    : m_model(model)
    , m_settings(settings)
    , m_file(file)
    , m_context(context)
    , m_sampleTokens(stats::sampleTokens(whole.tokens(), settings.samples, settings.seed))
{
    m_context.progress = {};
    for (const std::size_t token : m_sampleTokens) {
        const auto next = std::upper_bound(whole.starts.begin(), whole.starts.end(), token);
        m_sampleSequence.push_back(static_cast<std::int32_t>(next - whole.starts.begin() - 1));
        m_samplePosition.push_back(static_cast<std::int32_t>(token - *(next - 1)));
    }
}

std::string SiteRecorder::inputName(model::TensorIndex tensor) const
{
    const model::TensorInfo& info = m_model.checkpoint().tensors()[tensor];
    // A tied head is listed as the embedding, under the name of the layer that reads it.
    if (tensor == m_model.head().tensor && m_model.architecture().tiedHead)
        return "lm_head";
    return withoutWeight(info.name);
}

std::vector<std::string> SiteRecorder::lastTensors(bool attention, std::size_t block) const
{
    const forward::Block& parts = m_model.blocks()[block];
    std::vector<std::string> names;
    const auto add = [&](const forward::Linear& linear) {
        const std::string& name = m_model.checkpoint().tensors()[linear.tensor].name;
        if (linear.rows > 0 && (names.empty() || names.back() != name)) // stacked experts are one tensor
            names.push_back(name);
    };
    if (attention) {
        add(parts.output);
    } else if (m_model.architecture().layers[block].routed) {
        for (const forward::Mlp& expert : parts.experts)
            add(expert.down);
    } else {
        add(parts.mlp.down);
    }
    return names;
}

bool SiteRecorder::wantsGram(SiteKind kind, std::uint64_t channels) const
{
    return kind == SiteKind::InputOf && channels <= m_settings.gramMaxWidth;
}

Result<SiteRecorder::Live*> SiteRecorder::siteOf(const std::string& name, SiteKind kind,
    std::optional<std::size_t> block, std::uint64_t channels, bool paired)
{
    const auto found = m_byName.find({name, kind});
    if (found != m_byName.end())
        return found->second;
    stats::SiteSettings settings;
    settings.tokens = m_settings.tokenSites == TokenSites::All
        || (m_settings.tokenSites == TokenSites::Sublayers && kind != SiteKind::InputOf);
    settings.gram = wantsGram(kind, channels);
    if (paired)
        settings.samples = m_sampleTokens;
    if (settings.gram) {
        m_gramBytes += static_cast<std::size_t>(8 * channels * channels);
        if (m_gramBytes > m_context.memoryBytes() / 4)
            return fail(Error{ErrorCode::OutOfMemory,
                fmt::format("The Gram matrices of one block need {} MiB and more, a quarter of the memory "
                            "budget is {} MiB.",
                    m_gramBytes >> 20U, m_context.memoryBytes() >> 22U),
                {}, name, {},
                "Give more memory or record Grams of narrower inputs only (--gram-max-width)."});
    }
    auto live = std::make_unique<Live>();
    live->facts.name = name;
    live->facts.kind = kind;
    live->facts.channels = channels;
    live->facts.gram = settings.gram;
    live->paired = paired;
    if (block)
        live->facts.block = static_cast<int>(*block);
    live->statistics = std::make_unique<stats::SiteStatistics>(channels, settings);
    m_live.push_back(std::move(live));
    m_byName.emplace(Key{name, kind}, m_live.back().get());
    return m_live.back().get();
}

Result<void> SiteRecorder::record(Live& live, const forward::Rows& rows)
{
    auto done = live.statistics->add(rows.data, rows.rows, rows.stride, m_context);
    if (!done)
        return fail(std::move(done.error()).inFile(m_model.checkpoint().path()).inTensor(live.facts.name));
    return {};
}

Result<void> SiteRecorder::linearInput(const forward::LinearInput& input)
{
    const std::string& tensor = m_model.checkpoint().tensors()[input.tensor].name;
    const bool shared
        = m_lastSite != nullptr && input.rows.data == m_lastData && input.rows.rows == m_lastRows;
    Live* site = m_lastSite;
    // Experts that are stacked in one tensor would need one site each for one name: they have none.
    if (m_model.checkpoint().tensors()[input.tensor].experts > 1)
        return {};
    if (!shared) {
        BITWRIGHT_ASSIGN(site,
            siteOf(inputName(input.tensor), SiteKind::InputOf, input.block, input.rows.cols,
                input.tokens.empty()));
        BITWRIGHT_CHECK(record(*site, input.rows));
    }
    auto& tensors = site->facts.tensors;
    if (std::find(tensors.begin(), tensors.end(), tensor) == tensors.end())
        tensors.push_back(tensor);
    m_lastData = input.rows.data;
    m_lastRows = input.rows.rows;
    m_lastSite = site;
    return {};
}

Result<void> SiteRecorder::partialInput(model::TensorIndex tensor, const forward::Rows& rows)
{
    m_lastSite = nullptr;
    const std::string& name = m_model.checkpoint().tensors()[tensor].name;
    BITWRIGHT_ASSIGN(
        Live* const site, siteOf(withoutWeight(name), SiteKind::InputOf, std::nullopt, rows.cols, false));
    site->facts.tensors = {name};
    return record(*site, rows);
}

Result<void> SiteRecorder::stream(
    forward::StreamPoint point, std::size_t block, const forward::Rows& rows, std::size_t /*firstToken*/)
{
    using forward::StreamPoint;
    m_lastSite = nullptr;
    const bool last = block + 1 == m_model.blocks().size();
    if (point == StreamPoint::BlockOutput && !last)
        return {}; // the next block's input
    const std::string& query = m_model.checkpoint().tensors()[m_model.blocks()[block].query.tensor].name;
    const std::string stack = stackPath(query, block);
    const bool attention = point == StreamPoint::BlockInput || point == StreamPoint::AttentionOutput;
    const bool added = point == StreamPoint::AttentionOutput || point == StreamPoint::MlpOutput;
    std::string name = fmt::format("{}.{}.{}", stack, block, attention ? "attention" : "mlp");
    if (!added)
        name += ".stream";
    if (point == StreamPoint::BlockOutput)
        name = stack + ".final";
    const SiteKind kind = added ? SiteKind::OutputOf : SiteKind::Residual;
    const std::optional<std::size_t> number
        = point == StreamPoint::BlockOutput ? std::nullopt : std::optional(block);
    BITWRIGHT_ASSIGN(Live* const site, siteOf(name, kind, number, rows.cols, true));
    if (number)
        site->facts.tensors = lastTensors(attention, block);
    return record(*site, rows);
}

Result<void> SiteRecorder::write(Live& live)
{
    model::Site site = live.statistics->site();
    site.name = live.facts.name;
    site.kind = live.facts.kind;
    site.tensors = live.facts.tensors;
    site.block = live.facts.block;
    live.facts.count = site.count;
    live.facts.absMax = largestOf(site);
    const std::vector<float> gram = live.statistics->takeGram();
    formats::DumpSite record;
    record.site = &site;
    if (live.paired && !m_sampleTokens.empty()) {
        record.samples = live.statistics->samples();
        record.sampleSequence = m_sampleSequence;
        record.samplePosition = m_samplePosition;
    }
    record.gram = gram;
    record.gramBits = m_settings.gramBits;
    BITWRIGHT_CHECK(m_file.addSite(record));
    m_written.push_back(live.facts);
    return {};
}

Result<void> SiteRecorder::restoreSite(const model::ActivationDump& piece, std::size_t number)
{
    const model::Site& site = piece.sites()[number];
    formats::DumpSite record;
    record.site = &site;
    record.gramBits = m_settings.gramBits;
    model::SampleRows samples;
    if (site.sampleRows > 0) {
        BITWRIGHT_ASSIGN(samples, piece.loadSamples(number));
        const auto same = [](const std::vector<std::uint32_t>& a, const std::vector<std::int32_t>& b) {
            return std::equal(a.begin(), a.end(), b.begin(), b.end(), std::equal_to<std::int64_t>());
        };
        if (!same(samples.sequence, m_sampleSequence) || !same(samples.position, m_samplePosition))
            return fail(
                ErrorCode::Format, "samples of \"{}\" are of other tokens", escapedForDisplay(site.name));
        record.samples = samples.values;
        record.sampleSequence = m_sampleSequence;
        record.samplePosition = m_samplePosition;
    }
    model::PackedGram gram;
    if (site.hasGram) {
        BITWRIGHT_ASSIGN(gram, piece.loadGram(number));
        record.gram = gram.lower;
    }
    BITWRIGHT_CHECK(m_file.addSite(record));
    m_written.push_back({site.name, site.kind, site.tensors, site.block, site.channels, site.count,
        largestOf(site), site.hasGram});
    return {};
}

Result<void> SiteRecorder::restore(const model::ActivationDump& piece)
{
    for (std::size_t i = 0; i < piece.sites().size(); ++i) {
        BITWRIGHT_CHECK(m_context.checkStop());
        BITWRIGHT_CHECK(restoreSite(piece, i));
    }
    return {};
}

Result<void> SiteRecorder::flush()
{
    for (auto& live : m_live) {
        BITWRIGHT_CHECK(m_context.checkStop());
        BITWRIGHT_CHECK(write(*live));
        live->statistics.reset();
    }
    m_live.clear();
    m_byName.clear();
    m_gramBytes = 0;
    m_lastSite = nullptr;
    return {};
}

} // namespace bitwright::session
