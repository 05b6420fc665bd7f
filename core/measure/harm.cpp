#include "core/measure/harm.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitwright::measure {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

float nextOf(const std::optional<double>& logProbability)
{
    return logProbability ? static_cast<float>(*logProbability) : std::numeric_limits<float>::quiet_NaN();
}

Harm harmOf(const std::vector<forward::TokenDifference>& tokens)
{
    Harm harm;
    for (const forward::TokenDifference& token : tokens) {
        harm.values.push_back(static_cast<float>(token.divergence));
        harm.next.push_back(nextOf(token.changedNext));
        harm.sameBest += token.changedBest == token.referenceBest ? 1U : 0U;
    }
    return harm;
}

/// Mean of the final states of every sequence, in double.
Result<std::vector<std::vector<double>>> sentences(
    const Reference& reference, std::span<const float> hidden, const RunContext& context)
{
    BITWRIGHT_ASSIGN(
        const auto states, forward::finalStates(reference.model(), reference.batch(), hidden, {}, context));
    const std::size_t width = states.size() / reference.batch().tokens();
    std::vector<std::vector<double>> means;
    for (std::size_t s = 0; s < reference.batch().sequences(); ++s) {
        std::vector<double> mean(width, 0.0);
        for (std::size_t t = reference.batch().starts[s]; t < reference.batch().starts[s + 1]; ++t)
            for (std::size_t c = 0; c < width; ++c)
                mean[c] += static_cast<double>(states[t * width + c]);
        means.push_back(std::move(mean));
    }
    return means;
}

double cosineDistance(const std::vector<double>& a, const std::vector<double>& b)
{
    const double lengths = std::sqrt(std::inner_product(a.begin(), a.end(), a.begin(), 0.0)
        * std::inner_product(b.begin(), b.end(), b.begin(), 0.0));
    const double product = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    // A state of zeros has no direction: as far from any other as can be.
    return lengths > 0 ? std::clamp(1.0 - product / lengths, 0.0, 2.0) : 1.0;
}

Result<Harm> compareSentences(
    const Reference& reference, std::span<const float> hidden, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto last, reference.inputOf(reference.model().blocks().size()));
    BITWRIGHT_ASSIGN(const auto before, sentences(reference, last, context));
    BITWRIGHT_ASSIGN(const auto after, sentences(reference, hidden, context));
    Harm harm;
    harm.kind = HarmKind::CosineDistance;
    for (std::size_t s = 0; s < before.size(); ++s)
        harm.values.push_back(static_cast<float>(cosineDistance(before[s], after[s])));
    return harm;
}

} // namespace

std::string_view harmKindId(HarmKind kind)
{
    return kind == HarmKind::Divergence ? "kl" : "cosine-distance";
}

Result<std::shared_ptr<const Reference>> Reference::make(std::shared_ptr<const forward::Model> model,
    forward::TokenBatch batch, const ReferenceSettings& settings, const RunContext& context)
{
    std::shared_ptr<Reference> reference(new Reference());
    reference->m_model = std::move(model);
    reference->m_batch = std::move(batch);
    reference->m_kind = reference->m_model->head().rows > 0 ? HarmKind::Divergence : HarmKind::CosineDistance;
    BITWRIGHT_CHECK(reference->runModel(context.part(0, 0.4)));
    if (reference->m_kind == HarmKind::Divergence)
        BITWRIGHT_CHECK(reference->runHeads(settings, context.part(0.4, 1.0)));
    return std::shared_ptr<const Reference>(std::move(reference));
}

Result<void> Reference::runModel(const RunContext& context)
{
    const std::size_t blocks = m_model->blocks().size();
    const auto width = static_cast<std::size_t>(m_model->architecture().hidden);
    BITWRIGHT_ASSIGN(auto hidden, forward::embed(*m_model, m_batch, {}, context));
    BITWRIGHT_ASSIGN(
        m_states, StateStore::make(blocks + 1, m_batch.tokens() * width, context.memoryBytes() / 4));
    for (std::size_t block = 0; block < blocks; ++block) {
        BITWRIGHT_CHECK(m_states->put(block, hidden));
        const auto start = Clock::now();
        const RunContext part = context.part(static_cast<double>(block) / static_cast<double>(blocks),
            static_cast<double>(block + 1) / static_cast<double>(blocks));
        BITWRIGHT_CHECK(forward::runBlocks(*m_model, m_batch, block, block + 1, hidden, {}, part));
        m_blockSeconds.push_back(secondsSince(start));
    }
    return m_states->put(blocks, hidden);
}

Result<void> Reference::runHeads(const ReferenceSettings& settings, const RunContext& context)
{
    BITWRIGHT_ASSIGN(const auto last, m_states->get(m_model->blocks().size()));
    const auto start = Clock::now();
    if (!settings.screen) {
        BITWRIGHT_ASSIGN(m_tokens, forward::runHead(*m_model, m_batch, last, {}, context));
        m_headSeconds = secondsSince(start);
        return {};
    }
    BITWRIGHT_ASSIGN(
        m_screened, forward::ScreenedHead::make(*m_model, m_batch, last, settings.words, m_tokens, context));
    // Two passes of the exact head, or one where words were not even counted; the estimate may be too high.
    m_headSeconds = secondsSince(start) / 2;
    if (m_screened) {
        const auto again = Clock::now();
        BITWRIGHT_CHECK(m_screened->compare(last, context));
        m_screenedSeconds = secondsSince(again);
    }
    return {};
}

std::vector<float> Reference::next() const
{
    std::vector<float> next;
    for (const forward::TokenResult& token : m_tokens)
        next.push_back(nextOf(token.nextLogProbability));
    return next;
}

double Reference::secondsOf(const Reach& reach, bool exact) const
{
    const std::size_t blocks = m_blockSeconds.size();
    const std::size_t first = reach.input ? 0 : reach.firstBlock.value_or(blocks);
    const double own = std::accumulate(
        m_blockSeconds.begin() + static_cast<std::ptrdiff_t>(first), m_blockSeconds.end(), 0.0);
    if (m_kind != HarmKind::Divergence)
        return own;
    // compareHeads runs the original's head beside the changed one.
    return own + (exact || reach.head || !m_screened ? 2 * m_headSeconds : m_screenedSeconds);
}

Result<Harm> measureHarm(
    const Reference& reference, const ChangedWeights& changed, bool exact, const RunContext& context)
{
    const forward::Model& model = reference.model();
    const std::size_t blocks = model.blocks().size();
    const Reach reach = changed.reach(model);
    if (reach.nothing())
        return fail(ErrorCode::Unsupported,
            "The model was not run with this change: no part of what is run uses the tensor.");
    const forward::Hooks hooks{&changed, nullptr};
    const std::size_t first = reach.input ? 0 : reach.firstBlock.value_or(blocks);
    std::vector<float> hidden;
    if (reach.input) {
        BITWRIGHT_ASSIGN(hidden, forward::embed(model, reference.batch(), hooks, context));
    } else {
        BITWRIGHT_ASSIGN(hidden, reference.inputOf(first));
    }
    BITWRIGHT_CHECK(
        forward::runBlocks(model, reference.batch(), first, blocks, hidden, hooks, context.part(0, 0.5)));
    return harmOfStates(reference, hidden, hooks, reach.head, exact, context.part(0.5, 1.0));
}

Result<Harm> harmOfStates(const Reference& reference, std::span<const float> hidden,
    const forward::Hooks& hooks, bool headChanged, bool exact, const RunContext& context)
{
    if (reference.kind() == HarmKind::CosineDistance)
        return compareSentences(reference, hidden, context);
    if (const auto* screened = reference.screenedHead(); screened && !exact && !headChanged) {
        BITWRIGHT_ASSIGN(const auto result, screened->compare(hidden, context.part(0, 0.4)));
        if (result.changedLeftOut <= kScreenedLimit) {
            Harm harm = harmOf(result.tokens);
            harm.screening = Screening{screened->leftOut(), result.changedLeftOut, result.standardError};
            return harm;
        }
    }
    const forward::Model& model = reference.model();
    BITWRIGHT_ASSIGN(const auto last, reference.inputOf(model.blocks().size()));
    const std::array<std::span<const float>, 1> states{hidden};
    BITWRIGHT_ASSIGN(const auto tokens,
        forward::compareHeads(model, reference.batch(), last, states, hooks, context.part(0.4, 1.0)));
    return harmOf(tokens.front());
}

} // namespace bitwright::measure
