#include "core/export/exporter.h"

#include "core/export/journal.h"
#include "core/export/preflight.h"
#include "core/export/proof.h"
#include "core/export/report.h"
#include "core/export/target_writer.h"
#include "core/export/unit_quantizer.h"
#include "core/formats/open.h"
#include "core/io/atomic_output.h"
#include "core/io/byte_source.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>

namespace bitwright::exporting {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Shares of the whole run, for progress.
constexpr double kScanned = 0.05;
constexpr double kQuantized = 0.85;
constexpr double kCopied = 0.90;

/// One export from the checked request to the renamed folder.
class Exporter
{
public:
    Exporter(const ExportRequest& request, Job job, const RunContext& context,
        const std::function<void(const TensorProof&)>& onTensor)
        : m_request(request)
        , m_job(std::move(job))
        , m_context(context)
        , m_onTensor(onTensor)
        , m_quantizer(*m_job.source, *m_job.writer, request.dump)
    { }

    Result<ExportReport> run()
    {
        auto report = work();
        if (report)
            return report;
        // What a cancelled or failed run has finished is kept for the next one, when that is wanted. A failed
        // proof is not: it says that something finished is wrong.
        const bool unwanted = report.error().code == ErrorCode::Mismatch
            || (report.error().code == ErrorCode::Cancelled && !m_request.keepOnCancel);
        const bool keep = m_request.resume && m_journal && m_journal->holdsWork() && !unwanted;
        m_written.reset();
        if (m_folder && !keep)
            m_folder->discard();
        return report;
    }

private:
    Result<ExportReport> work()
    {
        const auto start = Clock::now();
        BITWRIGHT_CHECK(keepNonFinite());
        BITWRIGHT_ASSIGN(m_layout, layoutOf(m_job));
        BITWRIGHT_CHECK(openFolder());
        BITWRIGHT_ASSIGN(const WeightFiles files, WeightFiles::open(m_folder->path(), m_layout));
        BITWRIGHT_CHECK(writeConfig());
        m_written = files.asCheckpoint();
        BITWRIGHT_CHECK(quantizeAll(files));
        BITWRIGHT_CHECK(copyTensors(files));
        BITWRIGHT_CHECK(copySideFiles());
        BITWRIGHT_CHECK(files.sync());
        BITWRIGHT_ASSIGN(ExportReport report, proveAll());
        BITWRIGHT_CHECK(writeReport(report));
        report.seconds = secondsSince(start);
        m_written.reset();
        m_journal->remove();
        std::error_code ignored;
        const bool intoEmpty = fs::is_empty(m_request.outFolder, ignored) && !ignored;
        BITWRIGHT_CHECK(m_folder->commit(m_request.replaceExisting || intoEmpty));
        m_context.report(1.0, "done");
        return report;
    }

    /// Finds NaN and Inf before anything is written: they decide which tensors the files have.
    Result<void> keepNonFinite()
    {
        std::vector<std::size_t> quantized;
        for (std::size_t i = 0; i < m_job.units.size(); ++i)
            if (m_job.units[i].quantized())
                quantized.push_back(i);
        BITWRIGHT_ASSIGN(const auto bad, findNonFinite(m_job, quantized, m_context.part(0.0, kScanned)));
        for (const std::size_t unit : bad) {
            m_job.findings.push_back(nonFiniteFinding(m_job.units[unit], m_request.nonFinite));
            m_job.keepUnit(unit, std::string(kNonFiniteFallback));
        }
        return refuseBlocked(m_job, m_request.outFolder);
    }

    /// Takes the partial folder, with what an interrupted run of the same job left in it.
    Result<void> openFolder()
    {
        BITWRIGHT_CHECK(refuseForeignPartial(m_request.outFolder));
        BITWRIGHT_ASSIGN(m_folder, io::AtomicFolder::create(m_request.outFolder, m_request.resume));
        const std::string key = jobKey(m_job, m_layout, m_request.dump);
        if (m_request.resume)
            m_journal = Journal::resume(m_folder->path(), key);
        if (!m_journal) {
            m_folder->discard();
            BITWRIGHT_ASSIGN(m_folder, io::AtomicFolder::create(m_request.outFolder, false));
            BITWRIGHT_ASSIGN(m_journal, Journal::start(m_folder->path(), key));
        }
        removeLeftovers();
        return {};
    }

    /// Removes what a killed run left besides weights and journal, such as temporary files.
    void removeLeftovers() const
    {
        std::error_code error;
        std::vector<fs::path> leftovers;
        for (fs::directory_iterator entry(m_folder->path(), error), end; !error && entry != end;
             entry.increment(error)) {
            const std::string name = entry->path().filename().string();
            const bool expected = name == kJournalFile
                || std::any_of(m_layout.files.begin(), m_layout.files.end(),
                    [&](const FileLayout& file) { return file.name == name; });
            if (!expected)
                leftovers.push_back(entry->path());
        }
        for (const fs::path& path : leftovers)
            fs::remove_all(path, error);
    }

    Result<void> writeSmallFile(std::string_view name, std::string_view text)
    {
        BITWRIGHT_CHECK(io::writeFileAtomically(m_folder->path() + "/" + std::string(name), text));
        m_small.emplace_back(name);
        return {};
    }

    Result<void> writeConfig()
    {
        BITWRIGHT_ASSIGN(const auto edited, m_job.writer->configJson(m_job));
        m_config = edited.value_or(m_job.source->config().json);
        if (!m_config.empty())
            BITWRIGHT_CHECK(writeSmallFile(kConfigFile, m_config));
        if (m_layout.sharded())
            BITWRIGHT_CHECK(writeSmallFile(kWeightIndex, m_layout.indexJson()));
        return {};
    }

    Result<void> quantizeAll(const WeightFiles& files)
    {
        double total = 1, done = 0;
        std::vector<Error> failures;
        for (const PlannedUnit& unit : m_job.units)
            total += static_cast<double>(unit.unit.parameters());
        m_proofs.resize(m_job.units.size());
        for (const std::size_t i : m_quantizer.order(m_job.units)) {
            const PlannedUnit& unit = m_job.units[i];
            const double share = static_cast<double>(unit.unit.parameters());
            const auto at
                = [&](double weights) { return kScanned + (kQuantized - kScanned) * weights / total; };
            auto proof = doUnit(unit, files, m_context.part(at(done), at(done + share)));
            if (!proof && !staysWithUnit(proof.error()))
                return fail(std::move(proof).error().inTensor(unit.unit.name));
            m_proofs[i] = proof ? std::move(*proof) : failedProof(unit, proof.error());
            if (!proof)
                failures.push_back(std::move(proof).error().inTensor(unit.unit.name));
            done += share;
            if (m_onTensor)
                m_onTensor(m_proofs[i]);
        }
        return failTogether(std::move(failures));
    }

    /// Whether the other units may still succeed.
    static bool staysWithUnit(const Error& error)
    {
        return error.code == ErrorCode::Numeric || error.code == ErrorCode::Mismatch
            || error.code == ErrorCode::Format || error.code == ErrorCode::Unsupported
            || error.code == ErrorCode::InvalidArgument || error.code == ErrorCode::OutOfRange;
    }

    static TensorProof failedProof(const PlannedUnit& unit, const Error& error)
    {
        TensorProof proof;
        proof.unit = unit.unit.name;
        proof.planned = unit.planned;
        proof.fallback = unit.resolved.fallback;
        proof.sqnrDb = std::numeric_limits<double>::quiet_NaN();
        proof.maxAbsError = std::numeric_limits<double>::quiet_NaN();
        proof.problem = error.message;
        return proof;
    }

    /// The first failure, with the number of the others; a failed proof goes before everything else.
    static Result<void> failTogether(std::vector<Error> failures)
    {
        if (failures.empty())
            return {};
        std::stable_partition(failures.begin(), failures.end(),
            [](const Error& error) { return error.code == ErrorCode::Mismatch; });
        Error first = std::move(failures.front());
        if (failures.size() > 1)
            first.message
                += fmt::format(" ({} further units failed; the others went well.)", failures.size() - 1);
        return fail(std::move(first));
    }

    /// Writes one unit, unless an interrupted run did, and reads it back.
    Result<TensorProof> doUnit(const PlannedUnit& unit, const WeightFiles& files, const RunContext& context)
    {
        BITWRIGHT_CHECK(context.checkStop());
        const auto start = Clock::now();
        TensorProof proof;
        proof.unit = unit.unit.name;
        proof.planned = unit.planned;
        proof.written = unit.resolved.option.id;
        proof.fallback = unit.resolved.fallback;
        if (!unit.quantized()) {
            BITWRIGHT_CHECK(copyUnit(unit, files, proof));
        } else {
            BITWRIGHT_ASSIGN(const bool reused, takeOver(unit, proof, context));
            if (!reused) {
                BITWRIGHT_ASSIGN(const std::string meant, m_quantizer.write(unit, files, context));
                BITWRIGHT_CHECK(measure(unit, proof, context));
                proof.rereadExact = proof.hash == meant;
                if (!proof.rereadExact)
                    return fail(
                        ErrorCode::Mismatch, "Reading it back gave other values than the quantizer meant.");
                BITWRIGHT_CHECK(m_journal->add(proof.unit, proof.hash));
            }
        }
        proof.seconds = secondsSince(start);
        return proof;
    }

    /// Takes over what an interrupted run wrote, when reading it back gives what that run noted.
    Result<bool> takeOver(const PlannedUnit& unit, TensorProof& proof, const RunContext& context)
    {
        const auto noted = m_journal->finished().find(unit.unit.name);
        if (noted == m_journal->finished().end())
            return false;
        if (auto measured = measure(unit, proof, context); !measured) {
            if (measured.error().code == ErrorCode::Mismatch) // torn by the kill: write it again
                return false;
            return fail(std::move(measured).error());
        }
        proof.reused = proof.rereadExact = proof.hash == noted->second;
        return proof.reused;
    }

    Result<void> measure(const PlannedUnit& unit, TensorProof& proof, const RunContext& context)
    {
        BITWRIGHT_ASSIGN(const auto reader, m_job.writer->openUnit(*m_written, m_config, unit));
        BITWRIGHT_ASSIGN(const auto source,
            model::MatrixReader::open(
                *m_job.source, unit.unit.index, unit.unit.stacked ? unit.unit.expert : 0));
        BITWRIGHT_ASSIGN(const score::UnitEvidence* evidence, m_quantizer.evidenceOf(unit));
        const auto format = m_job.writer->storesPlainValues() ? unit.resolved.option.grid
                                                              : std::optional<numeric::GridSpec>();
        RunContext quiet = context;
        quiet.progress = nullptr;
        BITWRIGHT_ASSIGN(const auto measured, measureUnit(source, *reader, *evidence, format, quiet));
        if (measured.offGridRow)
            return fail(ErrorCode::Mismatch, "Row {} has more distinct values in a group than {} allows.",
                *measured.offGridRow, unit.resolved.option.id);
        proof.bytes = reader->storedBytes();
        proof.sqnrDb = measured.sqnrDb();
        proof.maxAbsError = measured.maxAbsError;
        proof.outputError = measured.outputError;
        proof.hash = measured.hash;
        return {};
    }

    Result<void> copyUnit(const PlannedUnit& unit, const WeightFiles& files, TensorProof& proof)
    {
        const ByteRange range = unitRange(unit.unit);
        BITWRIGHT_CHECK(copyBytes(unit.unit.index, range, files));
        proof.bytes = range.count;
        proof.sqnrDb = std::numeric_limits<double>::infinity();
        if (gramSite(m_request.dump, unit.unit.tensor, unit.unit.cols))
            proof.outputError = 0.0;
        BITWRIGHT_ASSIGN(proof.rereadExact, unitUnchanged(*m_job.source, *m_written, unit.unit, m_context));
        return {};
    }

    Result<void> copyBytes(model::TensorIndex tensor, ByteRange range, const WeightFiles& files)
    {
        constexpr std::uint64_t kChunk = std::uint64_t{4} << 20;
        std::vector<std::byte> chunk;
        for (std::uint64_t done = 0; done < range.count; done += kChunk) {
            BITWRIGHT_CHECK(m_context.checkStop());
            chunk.resize(static_cast<std::size_t>(std::min(kChunk, range.count - done)));
            BITWRIGHT_CHECK(m_job.source->read(tensor, range.offset + done, chunk));
            BITWRIGHT_CHECK(files.write(m_job.source->tensors()[tensor].name, range.offset + done, chunk));
        }
        return {};
    }

    /// Copies the tensors that no plan decides.
    Result<void> copyTensors(const WeightFiles& files)
    {
        const RunContext context = m_context.part(kQuantized, kCopied);
        const auto units = m_job.unitsByTensor();
        const auto& tensors = m_job.source->tensors();
        for (model::TensorIndex i = 0; i < tensors.size(); ++i) {
            if (!units[i].empty())
                continue;
            context.report(
                static_cast<double>(i) / static_cast<double>(tensors.size()), "copying " + tensors[i].name);
            BITWRIGHT_CHECK(copyBytes(i, {0, tensors[i].bytes}, files));
        }
        return {};
    }

    Result<void> copySideFiles()
    {
        constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;
        for (const std::string& name : copiedSideFiles(m_job)) {
            BITWRIGHT_ASSIGN(const auto source, io::openSideFile(sourceFolder(*m_job.source), name));
            if (const auto slash = name.find('/'); slash != std::string::npos) {
                BITWRIGHT_CHECK(m_folder->makeFolder(name.substr(0, slash)));
            }
            BITWRIGHT_ASSIGN(auto file, io::AtomicFile::create(m_folder->path() + "/" + name));
            std::vector<std::byte> chunk;
            for (std::uint64_t done = 0; done < source->size(); done += kChunk) {
                BITWRIGHT_CHECK(m_context.checkStop());
                chunk.resize(static_cast<std::size_t>(std::min(kChunk, source->size() - done)));
                BITWRIGHT_CHECK(source->readAt(done, chunk));
                BITWRIGHT_CHECK(file.write(std::span<const std::byte>(chunk)));
            }
            BITWRIGHT_CHECK(file.commit());
            m_small.push_back(name);
        }
        return {};
    }

    /// The last look at the finished files, opened anew: structure, every unit's hash, every copied byte.
    Result<ExportReport> proveAll()
    {
        BITWRIGHT_ASSIGN(m_written, formats::openCheckpoint(m_folder->path()));
        const RunContext context = m_context.part(kCopied, 0.99);
        std::vector<std::string> problems;
        compareLayout(m_layout, *m_written, problems);
        if (problems.empty()) {
            BITWRIGHT_CHECK(recheckUnits(problems, context.part(0.0, 0.6)));
        }
        ExportReport report;
        BITWRIGHT_ASSIGN(
            report.untouchedTensors, compareUntouched(m_job, *m_written, problems, context.part(0.6, 1.0)));
        if (!problems.empty())
            return fail(ErrorCode::Mismatch,
                "The written files are not what was planned; nothing was saved. {}.", problems.front());
        report.tensors = m_proofs;
        addTotals(report);
        return report;
    }

    Result<void> recheckUnits(std::vector<std::string>& problems, const RunContext& context)
    {
        BITWRIGHT_ASSIGN(const std::string config,
            m_config.empty() ? Result<std::string>(std::string())
                             : readTextFile(m_folder->path(), std::string(kConfigFile)));
        RunContext quiet = context;
        quiet.progress = nullptr;
        for (std::size_t i = 0; i < m_job.units.size(); ++i) {
            const PlannedUnit& unit = m_job.units[i];
            context.report(
                static_cast<double>(i) / static_cast<double>(m_job.units.size()), "reading back the files");
            bool same = false;
            if (unit.quantized()) {
                BITWRIGHT_ASSIGN(const auto reader, m_job.writer->openUnit(*m_written, config, unit));
                BITWRIGHT_ASSIGN(const std::string hash, hashUnit(*reader, quiet));
                same = hash == m_proofs[i].hash;
            } else {
                BITWRIGHT_ASSIGN(same, unitUnchanged(*m_job.source, *m_written, unit.unit, quiet));
            }
            m_proofs[i].rereadExact = same;
            if (!same)
                addProblem(i, "the file holds other values than were written", problems);
            const bool sized = m_job.writer->storesPlainValues() || m_proofs[i].bytes == unit.resolved.bytes;
            if (!sized)
                addProblem(i,
                    fmt::format(
                        "takes {} bytes instead of the planned {}", m_proofs[i].bytes, unit.resolved.bytes),
                    problems);
        }
        return {};
    }

    /// A unit that fails at last is told again.
    void addProblem(std::size_t unit, std::string text, std::vector<std::string>& problems)
    {
        problems.push_back(fmt::format("{}: {}", m_proofs[unit].unit, text));
        m_proofs[unit].problem = std::move(text);
        if (m_onTensor)
            m_onTensor(m_proofs[unit]);
    }

    void addTotals(ExportReport& report) const
    {
        plan::PlanSize written = m_job.plannedSize();
        report.planned = written;
        written.unitBytes = 0;
        for (const TensorProof& proof : m_proofs)
            written.unitBytes += proof.bytes;
        report.bytes = m_written->dataBytes();
        written.keptBytes = report.bytes - written.unitBytes;
        report.bpw = written.bpw();
        report.fileBpw = written.fileBpw();
        report.ok = true;
        report.unchecked = m_job.writer->unchecked(m_job);
        const auto quantized = std::count_if(
            m_job.units.begin(), m_job.units.end(), [](const PlannedUnit& unit) { return unit.quantized(); });
        report.verdict
            = fmt::format("Written as planned: {} quantized units read back exactly as meant, {} units "
                          "and {} other tensors equal the source byte for byte.",
                quantized, m_job.units.size() - static_cast<std::size_t>(quantized), report.untouchedTensors);
        if (m_job.writer->storesPlainValues())
            report.verdict += fmt::format(
                " Values are stored as ordinary floats; a packed file of this plan would take {} bytes of "
                "weights ({:.3f} bpw).",
                report.planned.bytes(), report.planned.bpw());
    }

    Result<void> writeReport(ExportReport& report)
    {
        BITWRIGHT_CHECK(
            writeSmallFile(kPlanFile, plan::planToJson(m_job.plan, m_job.space ? &*m_job.space : nullptr)));
        std::vector<ReportedFile> files;
        for (const FileLayout& file : m_layout.files)
            files.push_back({file.name, file.bytes, {}});
        for (const std::string& name : m_small) {
            BITWRIGHT_ASSIGN(auto described, describeFile(m_folder->path(), name));
            files.push_back(std::move(described));
        }
        std::sort(files.begin(), files.end(),
            [](const ReportedFile& a, const ReportedFile& b) { return a.name < b.name; });
        BITWRIGHT_CHECK(writeSmallFile(kReportFile, reportFileJson(m_job, report, files)));
        for (const ReportedFile& file : files)
            report.files.push_back((fs::path(m_request.outFolder) / file.name).string());
        report.files.push_back((fs::path(m_request.outFolder) / kReportFile).string());
        return {};
    }

    const ExportRequest& m_request;
    Job m_job;
    const RunContext& m_context;
    const std::function<void(const TensorProof&)>& m_onTensor;
    UnitQuantizer m_quantizer;
    OutputLayout m_layout;
    std::optional<io::AtomicFolder> m_folder;
    std::optional<Journal> m_journal;
    std::shared_ptr<const model::Checkpoint> m_written;
    std::string m_config; ///< Text of the export's config.json; empty when there is none.
    std::vector<std::string> m_small; ///< Files written besides the weights.
    std::vector<TensorProof> m_proofs; ///< One per unit of the job.
};

} // namespace

Result<ExportReport> exportModel(const ExportRequest& request, const RunContext& context,
    const std::function<void(const TensorProof&)>& onTensor)
{
    if (!request.checkpoint)
        return fail(ErrorCode::InvalidArgument, "No model to export.");
    BITWRIGHT_ASSIGN(Job job, makeJob(*request.checkpoint, request.plan));
    static_cast<void>(addRequestFindings(job, request, {}));
    BITWRIGHT_CHECK(refuseBlocked(job, request.outFolder));
    return Exporter(request, std::move(job), context, onTensor).run();
}

} // namespace bitwright::exporting
