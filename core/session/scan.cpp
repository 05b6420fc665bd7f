// The long jobs of a workspace: scanning tensors and measuring options.
#include "core/base/parallel.h"
#include "core/model/matrix_reader.h"
#include "core/session/workspace.h"

#include <algorithm>

namespace bitwright::session {

namespace {

/// Tensors above this many stored bytes use all threads inside; smaller ones run side by side.
constexpr std::uint64_t kLargeTensor = std::uint64_t{8} << 20;

/// Serializes progress and results of tensors that finish on different threads.
class Reporter
{
public:
    Reporter(std::uint64_t total, const RunContext& context)
        : m_total(total)
        , m_context(context)
    { }

    template <typename Deliver>
    void finished(std::uint64_t bytes, std::string_view name, const Deliver& deliver)
    {
        const std::lock_guard lock(m_mutex);
        deliver();
        m_done += bytes;
        m_context.report(
            m_total == 0 ? 1.0 : static_cast<double>(m_done) / static_cast<double>(m_total), name);
    }

private:
    std::mutex m_mutex;
    std::uint64_t m_done = 0;
    std::uint64_t m_total;
    const RunContext& m_context;
};

/// Runs `work` on every index, large items first one by one with all threads, then small ones side by side.
Result<void> runBySize(const std::vector<std::uint64_t>& sizes,
    const std::function<Result<void>(std::size_t, const RunContext&)>& work, const RunContext& context)
{
    std::vector<std::size_t> small;
    RunContext inner = context;
    inner.progress = nullptr;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (sizes[i] < kLargeTensor) {
            small.push_back(i);
            continue;
        }
        BITWRIGHT_CHECK(context.checkStop());
        const BlasThreads blas(context.threadCount());
        BITWRIGHT_CHECK(work(i, inner));
    }
    const BlasThreads blas(1);
    const RunContext serial = context.serial();
    return parallelFor(
        small.size(), 1, [&](const Chunk& chunk) { return work(small[chunk.begin], serial); }, context);
}

} // namespace

TensorResult Workspace::known(model::TensorIndex tensor) const
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_results.find(tensor); found != m_results.end())
            return found->second;
    }
    TensorResult result;
    result.tensor = tensor;
    const auto present = project();
    if (!present)
        return result;
    // Only a hash that was computed before is used: looking must not read weights.
    const auto& info = m_checkpoint->tensors()[tensor];
    const auto content = present->contentHash(info.name, stampOf(tensor));
    if (!content || !*content)
        return result;
    if (auto stats = present->weightStats(**content); stats && *stats)
        result.stats = std::make_shared<const stats::WeightStats>(std::move(**stats));
    if (auto spectrum = present->spectrum(**content); spectrum && *spectrum)
        result.spectrum = std::make_shared<const project::StoredSpectrum>(std::move(**spectrum));
    result.fromProject = result.stats || result.spectrum;
    const std::lock_guard lock(m_mutex);
    return m_results.emplace(tensor, result).first->second;
}

void Workspace::remember(const TensorResult& result)
{
    const std::lock_guard lock(m_mutex);
    m_results[result.tensor] = result;
}

std::vector<std::string> Workspace::nonFiniteTensors() const
{
    std::vector<std::string> names;
    for (model::TensorIndex tensor = 0; tensor < m_checkpoint->tensors().size(); ++tensor) {
        const auto result = known(tensor);
        if (result.stats && result.stats->hasNonFinite())
            names.push_back(m_checkpoint->tensors()[tensor].name);
    }
    return names;
}

Result<TensorResult> Workspace::scanTensor(
    model::TensorIndex tensor, const ScanSettings& settings, const RunContext& context)
{
    const auto& info = m_checkpoint->tensors()[tensor];
    TensorResult result = known(tensor);
    const bool wantSpectrum = settings.spectra && info.quantizable && info.experts == 1;
    const bool needStats = settings.statistics && !result.stats;
    const bool needSpectrum = wantSpectrum && !result.spectrum;
    if (!needStats && !needSpectrum)
        return result;
    result.fromProject = false;
    const auto present = project();
    if (needStats) {
        BITWRIGHT_ASSIGN(auto stats, stats::weightStats(*m_checkpoint, tensor, settings.weight, context));
        result.stats = std::make_shared<const stats::WeightStats>(std::move(stats));
    }
    if (needSpectrum && !(result.stats && result.stats->hasNonFinite())) {
        BITWRIGHT_ASSIGN(const auto reader, model::MatrixReader::open(*m_checkpoint, tensor));
        BITWRIGHT_ASSIGN(auto spectrum, spectra::analyze(reader, settings.spectrum, context));
        auto stored = std::make_shared<project::StoredSpectrum>();
        stored->esd = spectra::compactEsd(spectrum.eigenvalues);
        stored->spectrum = std::move(spectrum);
        if (present) {
            BITWRIGHT_ASSIGN(const auto content, contentHash(tensor, context));
            BITWRIGHT_CHECK(present->saveSpectrum(content, stored->spectrum));
        }
        stored->spectrum.eigenvalues = {};
        result.spectrum = std::move(stored);
    }
    if (needStats && present) {
        BITWRIGHT_ASSIGN(const auto content, contentHash(tensor, context));
        BITWRIGHT_CHECK(present->saveWeightStats(content, *result.stats));
    }
    return result;
}

Result<void> Workspace::scan(const ScanSettings& settings,
    const std::function<void(const TensorResult&)>& onTensor, const RunContext& context)
{
    const auto& tensors = m_checkpoint->tensors();
    std::vector<std::uint64_t> sizes;
    std::uint64_t total = 0;
    for (const auto& info : tensors) {
        sizes.push_back(info.bytes);
        total += info.bytes;
    }
    Reporter reporter(total, context);
    return runBySize(
        sizes,
        [&](std::size_t i, const RunContext& inner) -> Result<void> {
            TensorResult finished;
            finished.tensor = i;
            if (auto result = scanTensor(i, settings, inner)) {
                finished = std::move(*result);
                remember(finished);
            } else if (result.error().code == ErrorCode::Cancelled) {
                return fail(std::move(result.error()));
            } else {
                // One bad tensor is marked where it stands; the rest goes on.
                finished.error = std::move(result.error()).inTensor(tensors[i].name);
            }
            reporter.finished(sizes[i], tensors[i].name, [&] {
                if (onTensor)
                    onTensor(finished);
            });
            return {};
        },
        context);
}

Result<std::vector<score::OptionError>> Workspace::measureUnit(const plan::Unit& unit,
    const model::ActivationDump* dump, const std::vector<quant::Option>& options, const RunContext& context)
{
    const std::string dumpHash = hashOf(dump);
    std::vector<score::OptionError> errors;
    std::vector<quant::Option> missing;
    std::string content;
    const auto present = project();
    if (present) {
        BITWRIGHT_ASSIGN(const auto tensorContent, contentHash(unit.index, context));
        content = unitContent(unit, tensorContent);
    }
    for (const auto& option : options) {
        std::optional<score::OptionError> stored;
        if (present) {
            BITWRIGHT_ASSIGN(stored, present->optionError(content, dumpHash, option.id));
        } else {
            const std::lock_guard lock(m_mutex);
            const auto& cache = m_errors[{dumpHash, unit.name}];
            if (const auto found = cache.find(option.id); found != cache.end())
                stored = found->second;
        }
        if (stored)
            errors.push_back(std::move(*stored));
        else
            missing.push_back(option);
    }
    if (missing.empty())
        return errors;
    BITWRIGHT_ASSIGN(const auto reader, model::MatrixReader::open(*m_checkpoint, unit.index, unit.expert));
    score::UnitEvidence evidence;
    if (dump != nullptr) {
        BITWRIGHT_ASSIGN(evidence, score::loadEvidence(*dump, unit.tensor, true, unit.name));
    }
    BITWRIGHT_ASSIGN(const auto measured, score::measureOptions(reader, evidence, missing, context));
    if (present)
        BITWRIGHT_CHECK(present->saveOptionErrors(content, dumpHash, measured));
    const std::lock_guard lock(m_mutex);
    for (const auto& error : measured) {
        m_errors[{dumpHash, unit.name}][error.option] = error;
        errors.push_back(error);
    }
    return errors;
}

Result<score::UnitErrors> Workspace::measureOptions(
    const OptionsOf& optionsOf, const OnUnit& onUnit, const RunContext& context)
{
    return measureWith(dump(), optionsOf, onUnit, context);
}

Result<score::UnitErrors> Workspace::measureWith(const model::ActivationDump* dump,
    const OptionsOf& optionsOf, const OnUnit& onUnit, const RunContext& context)
{
    score::UnitErrors all;
    std::vector<std::uint64_t> sizes;
    std::uint64_t total = 0;
    for (const auto& unit : m_units) {
        sizes.push_back(unit.parameters() * sizeof(float));
        total += sizes.back();
    }
    Reporter reporter(total, context);
    BITWRIGHT_CHECK(runBySize(
        sizes,
        [&](std::size_t i, const RunContext& inner) -> Result<void> {
            const auto& unit = m_units[i];
            auto measured = measureUnit(unit, dump, optionsOf(unit), inner);
            if (!measured && measured.error().code == ErrorCode::Cancelled)
                return fail(std::move(measured.error()));
            reporter.finished(sizes[i], unit.name, [&] {
                if (onUnit)
                    onUnit(unit.name, measured);
                if (measured)
                    all[unit.name] = std::move(*measured);
            });
            return {};
        },
        context));
    return all;
}

Result<plan::PlanSpace> Workspace::planSpace(const plan::Target& target,
    const std::vector<quant::Option>& options, const score::ScoreSettings& settings, bool ties,
    const RunContext& context, const OnUnit& onUnit)
{
    const auto resolved = [&](const plan::Unit& unit) {
        std::vector<quant::Option> distinct;
        for (const auto& option : options) {
            const auto stored = target.resolve(unit, option);
            if (!stored || !stored->option.grid)
                continue; // what the target cannot store for this shape, and "keep", need no measuring
            const bool known = std::any_of(distinct.begin(), distinct.end(),
                [&](const quant::Option& other) { return other.id == stored->option.id; });
            if (!known)
                distinct.push_back(stored->option);
        }
        return distinct;
    };
    const model::ActivationDump* scored = dump();
    BITWRIGHT_ASSIGN(const auto errors, measureWith(scored, resolved, onUnit, context));
    score::ScoreSettings predicting = settings;
    if (settings.kind == score::ScoreKind::Measured) {
        BITWRIGHT_ASSIGN(const auto harm, measuredHarm(target, resolved, context));
        if (!harm.pairs.empty())
            return plan::PlanSpace::build(
                *m_checkpoint, target, options, score::measuredScoreTable(errors, harm), ties);
        if (!settings.fallback)
            return fail(Error{ErrorCode::Unsupported,
                fmt::format("No harm was measured for these options and target {}.", target.id()), {}, {}, {},
                "Measure first (bitwright-cli measure), or choose another score."});
        predicting.kind = *settings.fallback;
    }
    const auto table = score::makeScoreTable(errors, predicting, scored);
    return plan::PlanSpace::build(*m_checkpoint, target, options, table, ties);
}

} // namespace bitwright::session
