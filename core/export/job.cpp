#include "core/export/job.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"
#include "core/export/target_writer.h"
#include "core/io/byte_source.h"
#include "core/io/hash.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <filesystem>

namespace bitwright::exporting {

namespace fs = std::filesystem;

namespace {

/// Options of the plan that the target can store at all; the others are named by the linter.
std::vector<quant::Option> legalOptions(const plan::Plan& plan, const plan::Target& target)
{
    std::vector<quant::Option> options;
    std::set<std::string> seen;
    for (const auto& [name, entry] : plan.entries) {
        if (!seen.insert(entry.option).second)
            continue;
        if (auto option = quant::optionFromId(entry.option); option && target.isLegal(*option))
            options.push_back(std::move(*option));
    }
    return options;
}

/// Scores of zero for everything: exporting needs none, and the linter shall not complain of their absence.
score::ScoreTable zeroScores(const model::Checkpoint& checkpoint, const plan::Target& target,
    const std::vector<quant::Option>& options)
{
    score::ScoreTable table;
    for (const plan::Unit& unit : plan::unitsOf(checkpoint)) {
        score::UnitScores scores;
        scores.unit = unit.name;
        scores.options.push_back({std::string(score::kKeepOption), 0.0, 0.0});
        for (const quant::Option& option : options)
            if (const auto resolved = target.resolve(unit, option))
                scores.options.push_back({resolved->option.id, 0.0, 0.0});
        table.units.push_back(std::move(scores));
    }
    return table;
}

Check::Topic topicOf(plan::PlanProblem::Kind kind)
{
    switch (kind) {
    case plan::PlanProblem::Kind::Tie:
        return Check::Topic::Tie;
    case plan::PlanProblem::Kind::Gram:
        return Check::Topic::Calibration;
    case plan::PlanProblem::Kind::Option:
    case plan::PlanProblem::Kind::Caution:
        return Check::Topic::Target;
    case plan::PlanProblem::Kind::Plan:
    case plan::PlanProblem::Kind::Score:
        break;
    }
    return Check::Topic::Plan;
}

void addLint(Job& job, const plan::Target& target, const std::vector<quant::Option>& options)
{
    const auto scored = plan::PlanSpace::build(
        *job.source, target, options, zeroScores(*job.source, target, options), job.plan.ties);
    if (!scored)
        return;
    for (const plan::PlanProblem& problem : plan::lintPlan(job.plan, *scored))
        job.findings.push_back({{problem.blocking ? Check::Level::Blocking : Check::Level::Warning,
            problem.unit, problem.message, topicOf(problem.kind)}});
}

void addUnits(Job& job)
{
    const plan::PlanSpace& space = *job.space;
    for (std::size_t i = 0; i < space.units().size(); ++i) {
        const auto entry = job.plan.entries.find(space.units()[i].name);
        if (entry == job.plan.entries.end())
            continue;
        const auto option = space.optionIndex(entry->second.option);
        if (!option || !space.cell(i, *option).legal)
            continue;
        const plan::ResolvedOption& resolved = space.cell(i, *option).resolved;
        if (!resolved.fallback.empty())
            job.findings.push_back(
                {{Check::Level::Note, space.units()[i].name, resolved.fallback, Check::Topic::Fallback}});
        job.units.push_back({space.units()[i], entry->second.option, resolved});
    }
}

bool holdsNonFinite(std::span<const float> values)
{
    std::uint32_t found = 0;
    for (const float value : values)
        found |= (std::bit_cast<std::uint32_t>(value) & 0x7F800000U) == 0x7F800000U ? 1U : 0U;
    return found != 0;
}

/// Whether the stored elements of a unit hold NaN or Inf.
Result<bool> unitHoldsNonFinite(const Job& job, const plan::Unit& unit, const RunContext& context)
{
    constexpr std::size_t kChunk = std::size_t{1} << 18;
    const model::DType type = unit.dtype;
    const std::uint64_t element = model::bitsPerElement(type) / 8;
    const std::uint64_t base = unit.expert * unit.parameters() * element;
    std::atomic<bool> found = false;
    BITWRIGHT_CHECK(parallelFor(
        unit.parameters(), kChunk,
        [&](const Chunk& chunk) -> Result<void> {
            std::vector<std::byte> raw((chunk.end - chunk.begin) * element);
            std::vector<float> values(chunk.end - chunk.begin);
            BITWRIGHT_CHECK(job.source->read(unit.index, base + chunk.begin * element, raw));
            BITWRIGHT_CHECK(model::convertToFloat(type, raw, values));
            if (holdsNonFinite(values))
                found = true;
            return {};
        },
        context));
    return found.load();
}

} // namespace

std::vector<std::vector<std::size_t>> Job::unitsByTensor() const
{
    std::vector<std::vector<std::size_t>> byTensor(source->tensors().size());
    for (std::size_t i = 0; i < units.size(); ++i)
        byTensor[units[i].unit.index].push_back(i);
    return byTensor;
}

void Job::keepUnit(std::size_t unit, const std::string& reason)
{
    PlannedUnit& planned = units[unit];
    planned.resolved.option = quant::Option{};
    planned.resolved.option.id = std::string(score::kKeepOption);
    planned.resolved.bytes = planned.unit.parameters() * model::bitsPerElement(planned.unit.dtype) / 8;
    planned.resolved.fallback = reason;
}

plan::PlanSize Job::plannedSize() const
{
    plan::PlanSize size;
    for (const PlannedUnit& unit : units)
        size.unitBytes += unit.resolved.bytes;
    if (space) {
        size.unitParameters = space->unitParameters();
        size.keptBytes = space->keptBytes();
        size.fileParameters = space->fileParameters();
    }
    return size;
}

Result<Job> makeJob(const model::Checkpoint& checkpoint, const plan::Plan& plan)
{
    BITWRIGHT_ASSIGN(const plan::Target* target, plan::targetFromId(plan.target));
    Job job;
    job.source = &checkpoint;
    job.plan = plan;
    job.writer = writerFor(plan.target);
    if (!job.writer)
        return fail(ErrorCode::InvalidArgument, "Target {} cannot be exported to.", target->id());
    const auto options = legalOptions(plan, *target);
    auto space = plan::PlanSpace::build(checkpoint, *target, options, {}, plan.ties);
    if (!space) {
        job.findings.push_back({{Check::Level::Blocking, {}, space.error().message}, space.error().code});
        return job;
    }
    job.space = std::move(*space);
    addLint(job, *target, options);
    addUnits(job);
    job.writer->addFindings(job, job.findings);
    return job;
}

Result<OutputLayout> layoutOf(const Job& job)
{
    const std::map<std::string, std::string> metadata{{"format", "pt"}, {"producer", "bitwright"},
        {"bitwright.target", std::string(job.writer->id())}, {"bitwright.plan", planHash(job.plan)},
        {"bitwright.source", job.source->headerIdentity()}};
    const auto units = job.unitsByTensor();
    const auto& tensors = job.source->tensors();
    std::vector<std::vector<TensorSpec>> files(job.source->files().size());
    for (model::TensorIndex i = 0; i < tensors.size(); ++i) {
        const model::TensorInfo& info = tensors[i];
        if (info.dtype == model::DType::Unknown) {
            Error error;
            error.code = ErrorCode::Unsupported;
            error.message = fmt::format("Unknown dtype \"{}\": the tensor cannot be copied.", info.dtypeText);
            return fail(std::move(error).inTensor(info.name));
        }
        const auto quantized = std::find_if(
            units[i].begin(), units[i].end(), [&](std::size_t unit) { return job.units[unit].quantized(); });
        if (quantized == units[i].end()) {
            files[info.file].push_back({info.name, info.dtype, info.shape, info.bytes});
            continue;
        }
        for (TensorSpec& spec : job.writer->tensorsFor(info, job.units[*quantized]))
            files[info.file].push_back(std::move(spec));
    }
    OutputLayout layout;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const std::string name
            = files.size() == 1 ? std::string(kSingleWeightFile) : job.source->files()[i].name;
        BITWRIGHT_ASSIGN(auto file, layoutFile(name, std::move(files[i]), metadata));
        BITWRIGHT_CHECK(layout.add(std::move(file)));
    }
    return layout;
}

std::string planHash(const plan::Plan& plan)
{
    io::Hasher hasher;
    hasher.add(plan::planToJson(plan, nullptr));
    return hasher.hex();
}

std::string jobKey(const Job& job, const OutputLayout& layout, const model::ActivationDump* dump)
{
    io::Hasher hasher;
    bool usesDump = false;
    for (const PlannedUnit& unit : job.units) {
        hasher.add(unit.unit.name);
        hasher.add(unit.resolved.option.id);
        const quant::QuantizerSettings& s = unit.resolved.option.settings;
        hasher.add(fmt::format(
            "{:a} {} {} {} {:a}", s.dampening, s.actOrder, s.clipSteps, s.clipResolution, s.clipPower));
        hasher.add(unit.quantized() ? unit.resolved.option.grid->id() : std::string());
        usesDump = usesDump || unit.resolved.option.needsGram;
    }
    hasher.add(job.source->headerIdentity());
    for (const model::CheckpointFile& file : job.source->files())
        hasher.add(fmt::format("{} {} {}", file.name, file.bytes, file.modifiedNs));
    hasher.add(usesDump && dump ? dump->contentHash() : std::string());
    for (const FileLayout& file : layout.files) {
        hasher.add(file.name);
        hasher.add(file.header);
    }
    return hasher.hex();
}

Result<std::vector<std::size_t>> findNonFinite(
    const Job& job, const std::vector<std::size_t>& units, const RunContext& context)
{
    std::vector<std::size_t> found;
    RunContext quiet = context;
    quiet.progress = nullptr;
    for (std::size_t i = 0; i < units.size(); ++i) {
        context.report(static_cast<double>(i) / static_cast<double>(units.size()), "looking for NaN and Inf");
        const plan::Unit& unit = job.units[units[i]].unit;
        auto holds = unitHoldsNonFinite(job, unit, quiet);
        if (!holds)
            return fail(std::move(holds).error().inTensor(unit.name));
        if (*holds)
            found.push_back(units[i]);
    }
    return found;
}

std::string sourceFolder(const model::Checkpoint& checkpoint)
{
    if (checkpoint.files().empty())
        return ".";
    const std::string folder = fs::path(checkpoint.files().front().path).parent_path().string();
    return folder.empty() ? "." : folder;
}

std::vector<std::string> copiedSideFiles(const Job& job)
{
    std::vector<std::string> names;
    for (const std::string& name : job.source->sideFiles())
        if (name != kPlanFile && name != kReportFile && name != kConfigFile)
            names.push_back(name);
    return names;
}

bool isExport(const std::string& folder)
{
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 30;
    const auto source = io::openCompanion(folder, std::string(kReportFile));
    if (!source || (*source)->size() > kLargest)
        return false;
    // The schema is the first key that this program writes: no need to parse the whole.
    std::string beginning(static_cast<std::size_t>(std::min<std::uint64_t>((*source)->size(), 256)), '\0');
    return (*source)->readAt(0, std::as_writable_bytes(std::span<char>(beginning)))
        && beginning.find(kReportSchema) != std::string::npos;
}

} // namespace bitwright::exporting
