#include "core/io/hash.h"
#include "core/session/measurer_work.h"
#include "core/session/token_input.h"

#include <algorithm>
#include <limits>
#include <set>

namespace bitwright::session {

namespace {

/// Raised when what a stored harm means changes.
constexpr std::string_view kMethod = "harm-1";

/// Errors that concern one pair alone; others end the job.
bool concernsPair(const Error& error)
{
    return error.code == ErrorCode::Numeric || error.code == ErrorCode::Unsupported
        || error.code == ErrorCode::InvalidArgument || error.code == ErrorCode::OutOfMemory;
}

Result<std::string> modelHash(const Workspace& workspace, const RunContext& context)
{
    io::Hasher hasher;
    const model::Checkpoint& checkpoint = workspace.checkpoint();
    hasher.add(checkpoint.config().json);
    for (model::TensorIndex i = 0; i < checkpoint.tensors().size(); ++i) {
        BITWRIGHT_ASSIGN(const auto content, workspace.contentHash(i, context));
        hasher.add(checkpoint.tensors()[i].name);
        hasher.add(content);
    }
    return hasher.hex();
}

std::string partKey(
    const std::string& model, const forward::TokenBatch& batch, const MeasureSettings& settings)
{
    io::Hasher hasher;
    hasher.add(kMethod);
    hasher.add(model);
    hasher.add(std::as_bytes(std::span(batch.ids)));
    for (const std::size_t start : batch.starts)
        hasher.add(std::to_string(start));
    const forward::ScreenSettings& words = settings.reference.words;
    hasher.add(fmt::format("{:a} {} {:a} {}", words.leftOut, words.sampled, words.largestShare, words.seed));
    return hasher.hex();
}

} // namespace

Measurer::Measurer(std::shared_ptr<Workspace> workspace, const plan::Target& target, MeasureSettings settings)
    : m_workspace(std::move(workspace))
    , m_target(target)
    , m_settings(std::move(settings))
{ }

Measurer::~Measurer() = default;

Result<std::unique_ptr<Measurer>> Measurer::make(std::shared_ptr<Workspace> workspace,
    const plan::Target& target, const forward::TokenBatch& tokens, const MeasureSettings& settings,
    const RunContext& context)
{
    std::unique_ptr<Measurer> measurer(new Measurer(std::move(workspace), target, settings));
    Measurer& m = *measurer;
    BITWRIGHT_ASSIGN(auto model, forward::Model::open(m.m_workspace->checkpointPtr()));
    m.m_model = std::make_shared<const forward::Model>(std::move(model));
    BITWRIGHT_CHECK(forward::checkBatch(*m.m_model, tokens));
    m.m_parts = partsOf(tokens, settings.partTokens);
    BITWRIGHT_ASSIGN(const auto hash, modelHash(*m.m_workspace, context));
    m.m_modelSubject = "model:" + hash;
    for (const forward::TokenBatch& part : m.m_parts)
        m.m_keys.push_back({partKey(hash, part, settings), part.starts});
    const auto dumps = m.m_workspace->dumps();
    m.m_dump = dumps.empty() ? nullptr : dumps.front();
    const auto* writer = exporting::writerFor(target.id());
    if (writer == nullptr)
        return fail(ErrorCode::InvalidArgument, "Target {} cannot be exported to.", target.id());
    m.m_quantizer
        = std::make_unique<exporting::UnitQuantizer>(m.m_workspace->checkpoint(), *writer, m.m_dump.get());
    BITWRIGHT_CHECK(m.preparePart(0, context));
    return measurer;
}

Result<void> Measurer::preparePart(std::size_t part, const RunContext& context)
{
    if (m_reference && m_part == part)
        return {};
    m_near.reset();
    m_reference.reset(); // its states go before others come
    BITWRIGHT_ASSIGN(
        m_reference, measure::Reference::make(m_model, m_parts[part], m_settings.reference, context));
    m_part = part;
    m_next[part] = m_reference->next();
    measure::Harm own;
    own.kind = m_reference->kind();
    own.next = m_next[part];
    return m_workspace->storeHarm(m_modelSubject, "reference@" + m_keys[part].key, own);
}

std::uint64_t Measurer::tokens() const
{
    std::uint64_t tokens = 0;
    for (const MeasuredPart& part : m_keys)
        tokens += part.tokens();
    return tokens;
}

std::uint64_t Measurer::referenceTokens() const
{
    std::uint64_t tokens = 0;
    for (const auto& [part, next] : m_next)
        tokens += m_keys[part].tokens();
    return tokens;
}

std::optional<double> Measurer::referencePerplexity() const
{
    std::vector<float> all;
    for (const auto& [part, next] : m_next)
        all.insert(all.end(), next.begin(), next.end());
    return measure::perplexityOf(all);
}

std::optional<double> Measurer::referencePerplexity(std::size_t parts) const
{
    std::vector<float> all;
    for (std::size_t part = 0; part < parts; ++part) {
        const auto found = m_next.find(part);
        if (found == m_next.end())
            return std::nullopt;
        all.insert(all.end(), found->second.begin(), found->second.end());
    }
    return measure::perplexityOf(all);
}

Result<bool> Measurer::tokensChoseScores() const
{
    BITWRIGHT_ASSIGN(const auto sets, m_workspace->measuredSets());
    for (const MeasuredTokens& tokens : sets)
        for (const MeasuredPart& known : tokens.parts)
            if (std::any_of(m_keys.begin(), m_keys.end(),
                    [&](const MeasuredPart& part) { return part.key == known.key; }))
                return true;
    return false;
}

Result<std::vector<Measurer::Work>> Measurer::workOf(
    const std::vector<MeasurePair>& pairs, UnitHarms& harms, const RunContext& context)
{
    std::vector<Work> all;
    std::map<std::string, std::size_t> columns;
    for (const MeasurePair& pair : pairs) {
        const plan::Unit& unit = m_workspace->units()[pair.unit];
        auto resolved = m_target.resolve(unit, pair.option);
        if (!resolved) {
            harms.errors.push_back(
                {unit.name, pair.option.id, std::move(resolved.error()).inTensor(unit.name)});
            continue;
        }
        if (!resolved->option.grid)
            continue; // stored as it is: no harm, and nothing to measure
        if (measure::reachOf(*m_model, unit.index).nothing()) {
            harms.errors.push_back({unit.name, pair.option.id,
                Error{ErrorCode::Unsupported,
                    "Its harm cannot be measured: no part of what is run uses this tensor.", {}, unit.name,
                    {}, {}}});
            continue;
        }
        BITWRIGHT_ASSIGN(const auto content, m_workspace->contentHash(unit.index, context));
        Work work;
        work.unit = unit.name;
        work.option = pair.option.id;
        work.subject = Workspace::unitContent(unit, content);
        work.variant = Workspace::harmVariant(resolved->option, m_target.id(), "PART", m_dump.get());
        work.column = columns.try_emplace(pair.option.id, columns.size()).first->second;
        work.planned.push_back({unit, pair.option.id, std::move(*resolved)});
        all.push_back(std::move(work));
    }
    return all;
}

std::string Measurer::variantOf(const Work& work, std::size_t part) const
{
    std::string variant = work.variant;
    return variant.replace(variant.find("@PART") + 1, 4, m_keys[part].key);
}

Result<bool> Measurer::takeStored(Work& work, std::size_t part, bool exact)
{
    BITWRIGHT_ASSIGN(auto stored, m_workspace->storedHarm(work.subject, variantOf(work, part)));
    if (!stored || (exact && stored->screening))
        return false;
    work.harms.push_back(std::move(*stored));
    if (!m_next.contains(part)) {
        BITWRIGHT_ASSIGN(
            const auto reference, m_workspace->storedHarm(m_modelSubject, "reference@" + m_keys[part].key));
        if (reference)
            m_next[part] = reference->next;
    }
    return true;
}

Result<void> Measurer::measurePart(Work& work, std::size_t part, bool exact, const RunContext& context)
{
    BITWRIGHT_CHECK(preparePart(part, context));
    std::shared_ptr<const measure::ChangedWeights> changed = work.changed;
    if (!changed) {
        BITWRIGHT_ASSIGN(auto made, measure::ChangedWeights::make(work.planned, *m_quantizer, context));
        changed = std::make_shared<const measure::ChangedWeights>(std::move(made));
    }
    BITWRIGHT_ASSIGN(auto harm, measure::measureHarm(*m_reference, *changed, exact, context));
    BITWRIGHT_CHECK(m_workspace->storeHarm(work.subject, variantOf(work, part), harm));
    work.harms.push_back(std::move(harm));
    work.ran = true;
    return {};
}

Result<HarmResult> Measurer::resultOf(const Work& work, std::uint64_t seed) const
{
    BITWRIGHT_ASSIGN(HarmResult result, joinParts(m_keys, work.harms, seed));
    result.unit = work.unit;
    result.option = work.option;
    if (work.planned.size() == 1 && !work.unit.empty())
        result.stored = work.planned.front().resolved.option.id;
    result.fromProject = !work.ran;
    result.referencePerplexity = referencePerplexity(work.harms.size());
    return result;
}

Result<double> Measurer::secondsFor(const std::vector<MeasurePair>& pairs, const RunContext& context)
{
    UnitHarms ignored;
    BITWRIGHT_ASSIGN(const auto all, workOf(pairs, ignored, context));
    double seconds = 0;
    for (const Work& work : all) {
        BITWRIGHT_ASSIGN(const auto stored, m_workspace->storedHarm(work.subject, variantOf(work, 0)));
        if (!stored || (stored->screening && !m_settings.reference.screen)) // an exact one is asked for
            seconds
                += m_reference->secondsOf(measure::reachOf(*m_model, work.planned.front().unit.index), false);
    }
    return seconds;
}

Result<std::vector<std::size_t>> Measurer::nextWork(
    const std::vector<Work>& work, std::size_t part, const RunContext& context) const
{
    std::vector<std::size_t> places;
    std::vector<measure::PairState> states;
    for (std::size_t i = 0; i < work.size(); ++i) {
        if (work[i].error || work[i].harms.empty())
            continue;
        BITWRIGHT_ASSIGN(const auto joined, joinParts(m_keys, work[i].harms, context.seed));
        states.push_back({work[i].planned.front().unit.index * 4096 + work[i].planned.front().unit.expert,
            work[i].planned.front().resolved.bytes, work[i].column, joined.interval});
        places.push_back(i);
    }
    std::vector<std::size_t> next;
    for (const std::size_t i : measure::needMore(states, m_settings.more))
        if (work[places[i]].harms.size() == part)
            next.push_back(places[i]);
    // Factors of GPTQ are shared by units of one site: their order is worth more than the neediest first.
    if (std::any_of(next.begin(), next.end(),
            [&](std::size_t i) { return work[i].planned.front().resolved.option.needsGram; }))
        std::sort(next.begin(), next.end());
    return next;
}

Result<UnitHarms> Measurer::measureUnits(
    const std::vector<MeasurePair>& pairs, const OnResult& onResult, const RunContext& context)
{
    UnitHarms harms;
    BITWRIGHT_ASSIGN(auto work, workOf(pairs, harms, context));
    if (work.empty())
        return fail(ErrorCode::InvalidArgument, "There is no unit and option to measure{}{}",
            harms.errors.empty() ? "." : ": ",
            harms.errors.empty() ? "" : harms.errors.front().error.oneLine());
    std::set<std::string> noted;
    for (std::size_t part = 0; part < m_parts.size(); ++part) {
        std::vector<std::size_t> todo;
        if (part == 0 || !m_settings.adaptive) {
            for (std::size_t i = 0; i < work.size(); ++i)
                if (!work[i].error)
                    todo.push_back(i);
        } else {
            BITWRIGHT_ASSIGN(todo, nextWork(work, part, context));
        }
        if (todo.empty())
            break;
        harms.parts = part + 1;
        for (std::size_t i = 0; i < todo.size(); ++i) {
            Work& one = work[todo[i]];
            BITWRIGHT_CHECK(context.checkStop());
            context.report(
                (static_cast<double>(part) + static_cast<double>(i) / static_cast<double>(todo.size()))
                    / static_cast<double>(m_parts.size()),
                "measuring " + one.unit);
            RunContext quiet = context;
            quiet.progress = nullptr;
            BITWRIGHT_ASSIGN(const bool stored, takeStored(one, part, !m_settings.reference.screen));
            if (!stored) {
                auto done = measurePart(one, part, false, quiet);
                if (!done && !concernsPair(done.error()))
                    return fail(std::move(done.error()));
                if (!done) {
                    one.error = std::move(done.error()).inTensor(one.unit);
                    continue;
                }
            }
            // From the first number on the score "measured" is made from it, also if the job is stopped.
            if (noted.insert(one.unit).second)
                BITWRIGHT_CHECK(m_workspace->noteMeasured({kind(), m_keys, {}}, one.unit));
            if (onResult) {
                BITWRIGHT_ASSIGN(const auto result, resultOf(one, context.seed));
                onResult(result);
            }
        }
    }
    return finish(work, std::move(harms), context);
}

Result<UnitHarms> Measurer::finish(std::vector<Work>& work, UnitHarms harms, const RunContext& context)
{
    std::map<std::string, std::vector<std::size_t>> byOption;
    for (Work& one : work) {
        if (one.error) {
            harms.errors.push_back({one.unit, one.option, std::move(*one.error)});
            continue;
        }
        BITWRIGHT_ASSIGN(auto result, resultOf(one, context.seed));
        byOption[result.option].push_back(harms.pairs.size());
        harms.pairs.push_back(std::move(result));
    }
    for (const auto& [option, places] : byOption) {
        std::size_t shared = std::numeric_limits<std::size_t>::max();
        for (const std::size_t i : places)
            shared = std::min(shared, harms.pairs[i].values.size());
        std::vector<std::span<const float>> values;
        for (const std::size_t i : places)
            values.push_back(std::span(harms.pairs[i].values).first(shared));
        std::vector<measure::TokenBlock> blocks;
        for (const measure::TokenBlock& block : harms.pairs[places.front()].blocks)
            if (block.end <= shared)
                blocks.push_back(block);
        const std::uint64_t tokens = harms
                                         .pairs[*std::min_element(places.begin(), places.end(),
                                             [&](std::size_t a, std::size_t b) {
                                                 return harms.pairs[a].tokens < harms.pairs[b].tokens;
                                             })]
                                         .tokens;
        if (const auto reliability = measure::splitHalf(values, blocks))
            harms.reliability.push_back({option, *reliability, tokens});
    }
    context.report(1.0, "measured");
    return harms;
}

} // namespace bitwright::session
