#include "core/session/capture_partial.h"

#include "core/io/hash.h"

#include <algorithm>
#include <cmath>

namespace bitwright::session {

namespace {

/// Raised by a change of what the same model, tokens and settings come to.
constexpr std::uint64_t kMethod = 2;

template <typename T>
void addAll(io::Hasher& hasher, const std::vector<T>& values)
{
    hasher.add(std::to_string(values.size()));
    hasher.add(std::as_bytes(std::span(values)));
}

void addTokens(io::Hasher& hasher, const forward::TokenBatch& batch)
{
    addAll(hasher, batch.ids);
    addAll(hasher, batch.starts);
}

std::string modelKey(const forward::Model& model)
{
    io::Hasher hasher;
    const model::Checkpoint& checkpoint = model.checkpoint();
    hasher.add(checkpoint.headerIdentity());
    hasher.add(checkpoint.config().json);
    for (const model::CheckpointFile& file : checkpoint.files())
        hasher.add(fmt::format("{}:{}:{}:{}", file.name, file.bytes, file.modifiedNs, file.headerHash));
    return hasher.hex();
}

std::string settingsKey(const CaptureSettings& settings)
{
    io::Hasher hasher;
    const RecorderSettings& recorder = settings.recorder;
    hasher.add(fmt::format("{} {} samples {} seed {} gram {} bits {} tokens {} labels {} gradients {}",
        BITWRIGHT_VERSION, kMethod, recorder.samples, recorder.seed, recorder.gramMaxWidth, recorder.gramBits,
        static_cast<int>(recorder.tokenSites), static_cast<int>(settings.labels),
        settings.gradientBatch != nullptr));
    return hasher.hex();
}

/// Tokens, and how the memory groups them: sums of other groups may differ in their last bits.
Result<std::string> tokensKey(const forward::Model& model, const forward::TokenBatch& batch,
    const std::vector<forward::TokenBatch>& batches, const CaptureSettings& settings,
    const RunContext& context)
{
    io::Hasher hasher;
    addTokens(hasher, batch);
    for (const forward::TokenBatch& part : batches) {
        BITWRIGHT_ASSIGN(const std::size_t atOnce, forward::tokensAtOnce(model, part, context));
        hasher.add(fmt::format("{} {}", part.tokens(), atOnce));
    }
    if (settings.gradientBatch != nullptr)
        addTokens(hasher, *settings.gradientBatch);
    return hasher.hex();
}

} // namespace

CapturePartial::CapturePartial(formats::PartialDump store, formats::DumpFacts facts, double share)
    : m_store(std::move(store))
    , m_facts(std::move(facts))
    , m_share(share)
{ }

Result<CapturePartial> CapturePartial::open(const forward::Model& model, const forward::TokenBatch& batch,
    const std::vector<forward::TokenBatch>& batches, const CaptureSettings& settings, const std::string& path,
    const RunContext& context)
{
    formats::PartialKey key{modelKey(model), {}, settingsKey(settings)};
    BITWRIGHT_ASSIGN(key.tokens, tokensKey(model, batch, batches, settings, context));
    const std::size_t sequences = settings.gradientBatch == nullptr ? 0 : settings.gradientBatch->sequences();
    BITWRIGHT_ASSIGN(
        auto store, formats::PartialDump::open(path, key, model.blocks().size() + 1 + sequences));
    formats::DumpFacts facts;
    facts.model = model.checkpoint().name();
    facts.dataset = settings.dataset;
    facts.producer = "bitwright capture";
    facts.tokens = batch.tokens();
    facts.sequences = batch.sequences();
    facts.seed = settings.recorder.seed;
    return CapturePartial(std::move(store), std::move(facts), settings.partialShare);
}

std::string CapturePartial::doneText() const
{
    return fmt::format("{} of {} parts", m_store.done(), m_store.parts());
}

void CapturePartial::startAnew(std::string refusal)
{
    m_store.startAnew(std::move(refusal));
}

bool CapturePartial::due() const
{
    const double seconds = std::chrono::duration<double>(Clock::now() - m_since).count();
    return seconds >= std::min(m_cost / m_share, kLongest);
}

Result<void> CapturePartial::save(
    std::uint64_t done, const formats::PartialDump::Content& content, const RunContext& context)
{
    const Clock::time_point begin = Clock::now();
    BITWRIGHT_CHECK(m_store.save(done, m_facts, content, context));
    m_since = Clock::now();
    m_cost = std::chrono::duration<double>(m_since - begin).count();
    return {};
}

Result<void> CapturePartial::writeTail(const CaptureTail& tail, const formats::PartialDump::StateSink& sink)
{
    const std::vector<double> begin{tail.perplexity ? 1.0 : 0.0, tail.perplexity.value_or(0.0),
        static_cast<double>(tail.gradients.batches)};
    BITWRIGHT_CHECK(sink(std::as_bytes(std::span(begin))));
    return sink(std::as_bytes(std::span(tail.gradients.sums)));
}

Result<CaptureTail> CapturePartial::loadTail(const forward::Model& model, const RunContext& context) const
{
    constexpr std::size_t kBegin = 3;
    CaptureTail tail;
    tail.gradients.sequences = static_cast<std::size_t>(m_store.done()) - model.blocks().size() - 1;
    const std::size_t sums = tail.gradients.sequences == 0 ? 0 : forward::gradientSums(model);
    BITWRIGHT_ASSIGN(const auto source, m_store.openState(context));
    if (source->size() != (kBegin + sums) * sizeof(double))
        return fail(ErrorCode::Format, "the sums have {} bytes instead of {}", source->size(),
            (kBegin + sums) * sizeof(double));
    std::vector<double> values(kBegin + sums);
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span(values))));
    const double batches = values[2];
    const bool possible = (values[0] == 0.0 || values[0] == 1.0) && batches >= 0
        && batches <= static_cast<double>(tail.gradients.sequences) && batches == std::floor(batches)
        && std::all_of(
            values.begin() + kBegin, values.end(), [](double sum) { return std::isfinite(sum) && sum >= 0; });
    if (!possible)
        return fail(ErrorCode::Format, "the sums hold impossible values");
    if (values[0] == 1.0)
        tail.perplexity = values[1];
    tail.gradients.batches = static_cast<std::uint64_t>(batches);
    tail.gradients.sums.assign(values.begin() + kBegin, values.end());
    return tail;
}

} // namespace bitwright::session
