#include "core/export/preflight.h"

#include "core/export/journal.h"
#include "core/export/target_writer.h"
#include "core/io/atomic_output.h"
#include "core/io/byte_source.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <unistd.h>
#include <unordered_set>

namespace bitwright::exporting {

namespace fs = std::filesystem;

namespace {

using Level = Check::Level;

/// What plan, report and config may take beside the weights and side files.
constexpr std::uint64_t kSmallFiles = std::uint64_t{4} << 20;

using Topic = Check::Topic;

void add(Job& job, Level level, Topic topic, std::string subject, std::string message,
    ErrorCode code = ErrorCode::InvalidArgument)
{
    job.findings.push_back({{level, std::move(subject), std::move(message), topic}, code});
}

void addGramFindings(Job& job, const ExportRequest& request)
{
    for (const PlannedUnit& unit : job.units) {
        const bool needs
            = unit.resolved.option.needsGram || unit.resolved.option.method == quant::Method::Gptq;
        if (!unit.quantized() || !needs || gramSite(request.dump, unit.unit.tensor, unit.unit.cols))
            continue;
        add(job, Level::Blocking, Topic::Calibration, unit.unit.name,
            fmt::format("{} needs the Gram of the unit's inputs, and {}.", unit.resolved.option.id,
                request.dump ? "the dump does not hold it" : "no activation dump is open"));
    }
}

void addNonFiniteFindings(
    Job& job, const ExportRequest& request, const std::vector<std::string>& nonFiniteTensors)
{
    const std::unordered_set<std::string_view> bad(nonFiniteTensors.begin(), nonFiniteTensors.end());
    for (std::size_t i = 0; i < job.units.size(); ++i) {
        const PlannedUnit& unit = job.units[i];
        if (!unit.quantized() || !(bad.contains(unit.unit.name) || bad.contains(unit.unit.tensor)))
            continue;
        job.findings.push_back(nonFiniteFinding(unit, request.nonFinite));
        if (request.nonFinite == NonFinitePolicy::Keep) // as the export will find by itself
            job.keepUnit(i, std::string(kNonFiniteFallback));
    }
}

std::uint64_t sideBytes(const Job& job)
{
    std::uint64_t bytes = 0;
    for (const std::string& name : copiedSideFiles(job))
        if (const auto facts = io::fileFacts(sourceFolder(*job.source) + "/" + name))
            bytes += facts->bytes;
    return bytes;
}

/// "out.partial" for "out" and "out/".
std::string partialFolder(const std::string& out)
{
    return out.substr(0, out.find_last_not_of('/') + 1) + ".partial";
}

/// What an interrupted run has reserved already is not needed again.
std::uint64_t reservedBytes(const ExportRequest& request, const OutputLayout& layout)
{
    std::uint64_t reserved = 0;
    for (const FileLayout& file : layout.files)
        if (const auto facts = io::fileFacts(partialFolder(request.outFolder) + "/" + file.name);
            facts && request.resume)
            reserved += facts->bytes;
    return reserved;
}

void addSpaceFinding(Job& job, const ExportRequest& request, const OutputLayout& layout)
{
    const auto free = io::freeBytes(request.outFolder);
    const std::uint64_t needed = layout.fileBytes + sideBytes(job) + kSmallFiles;
    if (free && *free + reservedBytes(request, layout) < needed)
        add(job, Level::Blocking, Topic::Space, request.outFolder,
            fmt::format("Not saved: {} bytes of disk space are needed, {} are free.", needed, *free),
            ErrorCode::Io);
}

bool isEmptyFolder(const std::string& path)
{
    std::error_code error;
    return fs::is_directory(path, error) && fs::is_empty(path, error) && !error;
}

void addOutputFindings(Job& job, const ExportRequest& request)
{
    const std::string& out = request.outFolder;
    if (out.empty())
        return add(job, Level::Blocking, Topic::Output, {}, "No output folder was named.");
    std::error_code ignored;
    const fs::path parent = fs::absolute(fs::path(out), ignored).lexically_normal().parent_path();
    // "a/b/" has the parent "a/b": the folder itself, which may not exist yet.
    const fs::path place = out.ends_with('/') ? parent.parent_path() : parent;
    if (!fs::is_directory(place, ignored))
        add(job, Level::Blocking, Topic::Output, out,
            fmt::format("Cannot write: folder {} does not exist.", place.string()), ErrorCode::Io);
    else if (::access(place.c_str(), W_OK | X_OK) != 0)
        add(job, Level::Blocking, Topic::Output, out,
            fmt::format("Cannot write: nothing can be made in folder {}.", place.string()), ErrorCode::Io);
    if (!fs::exists(fs::symlink_status(out, ignored)))
        return;
    if (fs::equivalent(out, sourceFolder(*job.source), ignored))
        return add(job, Level::Blocking, Topic::Output, out,
            "This is the folder of the source model; it is never replaced.");
    if (isEmptyFolder(out))
        return;
    if (!isExport(out))
        return add(job, Level::Blocking, Topic::Output, out,
            "It exists and is no export of this program, so it is never replaced. Choose another folder.");
    if (!request.replaceExisting)
        return add(job, Level::Blocking, Topic::Output, out,
            "An export exists here. Choose another folder, or allow to replace it.");
    add(job, Level::Warning, Topic::Output, out, "The export that exists here will be replaced.");
}

} // namespace

std::optional<std::size_t> gramSite(
    const model::ActivationDump* dump, const std::string& tensor, std::uint64_t cols)
{
    if (!dump)
        return std::nullopt;
    const auto site = dump->inputSiteOf(tensor);
    if (!site || !dump->sites()[*site].hasGram || dump->sites()[*site].channels != cols)
        return std::nullopt;
    return site;
}

Finding nonFiniteFinding(const PlannedUnit& unit, NonFinitePolicy policy)
{
    if (policy == NonFinitePolicy::Keep)
        return {
            {Level::Warning, unit.unit.name, fmt::format("It is {}.", kNonFiniteFallback), Topic::NonFinite}};
    return {{Level::Blocking, unit.unit.name,
                "It holds NaN or Inf. Lock it to keep, or decide to leave such tensors as they are.",
                Topic::NonFinite},
        ErrorCode::Numeric};
}

std::optional<OutputLayout> addRequestFindings(
    Job& job, const ExportRequest& request, const std::vector<std::string>& nonFiniteTensors)
{
    addGramFindings(job, request);
    addNonFiniteFindings(job, request, nonFiniteTensors);
    addOutputFindings(job, request);
    auto layout = layoutOf(job);
    if (!layout) {
        add(job, Level::Blocking, Topic::Target, layout.error().tensor, layout.error().message,
            layout.error().code);
        return std::nullopt;
    }
    addSpaceFinding(job, request, *layout);
    return std::move(*layout);
}

Result<void> refuseBlocked(const Job& job, const std::string& outFolder)
{
    const auto blocked = [](const Finding& finding) { return finding.check.level == Level::Blocking; };
    const auto first = std::find_if(job.findings.begin(), job.findings.end(), blocked);
    if (first == job.findings.end())
        return {};
    const auto count = std::count_if(job.findings.begin(), job.findings.end(), blocked);
    Error error;
    error.code = first->code;
    error.message = first->check.message;
    if (count > 1)
        error.message += fmt::format(" ({} further findings block this export.)", count - 1);
    if (first->check.subject == outFolder)
        error.file = outFolder;
    else
        error.tensor = first->check.subject;
    return fail(std::move(error));
}

Result<void> refuseForeignPartial(const std::string& outFolder)
{
    const std::string partial = partialFolder(outFolder);
    std::error_code error;
    const bool ours = !fs::exists(partial, error) || fs::is_empty(partial, error)
        || fs::exists(partial + "/" + std::string(kJournalFile), error) || isExport(partial);
    if (ours && !error)
        return {};
    Error refusal;
    refusal.code = ErrorCode::InvalidArgument;
    refusal.message = "Exists, and no interrupted export left it: it is not touched.";
    refusal.remedy = "Remove it, or choose another output folder.";
    return fail(std::move(refusal).inFile(partial));
}

Result<void> discardPartial(const std::string& outFolder)
{
    BITWRIGHT_CHECK(refuseForeignPartial(outFolder));
    BITWRIGHT_ASSIGN(auto folder, io::AtomicFolder::create(outFolder, true));
    folder.discard();
    return {};
}

Result<std::vector<Check>> preflight(
    const ExportRequest& request, const std::vector<std::string>& nonFiniteTensors)
{
    BITWRIGHT_ASSIGN(Outlook outlook, exportOutlook(request, nonFiniteTensors));
    return std::move(outlook.checks);
}

Result<Outlook> exportOutlook(const ExportRequest& request, const std::vector<std::string>& nonFiniteTensors)
{
    if (!request.checkpoint)
        return fail(ErrorCode::InvalidArgument, "No model to export.");
    BITWRIGHT_ASSIGN(Job job, makeJob(*request.checkpoint, request.plan));
    const auto layout = addRequestFindings(job, request, nonFiniteTensors);
    Outlook outlook;
    std::error_code ignored;
    const fs::path out(request.outFolder);
    const fs::path partial(partialFolder(request.outFolder));
    outlook.folderExists = fs::exists(fs::symlink_status(out, ignored)) && !isEmptyFolder(request.outFolder);
    outlook.replaceable = outlook.folderExists && isExport(request.outFolder);
    outlook.partialFolder = fs::is_directory(partial, ignored) && !isEmptyFolder(partial.string());
    if (const auto free = io::freeBytes(request.outFolder))
        outlook.freeBytes = *free;
    std::set<std::string> finished;
    if (layout) {
        outlook.weightBytes = layout->fileBytes;
        outlook.copiedBytes = sideBytes(job);
        outlook.neededBytes = outlook.weightBytes + outlook.copiedBytes + kSmallFiles;
        outlook.reservedBytes = reservedBytes(request, *layout);
        if (outlook.partialFolder && request.resume)
            finished = Journal::peek(partial.string(), jobKey(job, *layout, request.dump));
    }
    outlook.units = job.units.size();
    for (const PlannedUnit& unit : job.units) {
        if (!unit.quantized())
            continue;
        ++outlook.quantizedUnits;
        if (finished.contains(unit.unit.name))
            ++outlook.finishedUnits;
        else
            outlook.weightsByMethod[std::string(quant::methodWord(unit.resolved.option.method))]
                += unit.unit.parameters();
    }
    for (Finding& finding : job.findings)
        outlook.checks.push_back(std::move(finding.check));
    std::stable_sort(outlook.checks.begin(), outlook.checks.end(),
        [](const Check& a, const Check& b) { return static_cast<int>(a.level) > static_cast<int>(b.level); });
    return outlook;
}

} // namespace bitwright::exporting
