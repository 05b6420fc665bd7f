#include "core/export/exporter.h"
#include "core/export/preflight.h"
#include "core/export/proof.h"
#include "core/export/report.h"
#include "core/export/target_writer.h"
#include "core/formats/open.h"
#include "core/io/byte_source.h"

#include <algorithm>
#include <filesystem>
#include <limits>

namespace bitwright::exporting {

namespace fs = std::filesystem;

namespace {

/// Compares one export with source and plan. Findings about the export are collected; only what keeps the
/// check from running is an Error.
class Verifier
{
public:
    Verifier(std::string path, const model::Checkpoint& against, const RunContext& context)
        : m_path(std::move(path))
        , m_against(against)
        , m_context(context)
    { }

    Result<VerifyReport> run(const plan::Plan* given)
    {
        BITWRIGHT_ASSIGN(const bool opened, open());
        if (!opened)
            return finished();
        readConfigAndReport();
        const auto plan = choosePlan(given);
        if (!plan)
            return finished();
        BITWRIGHT_ASSIGN(Job job, makeJob(m_against, *plan));
        checkPlanFits(job, given != nullptr);
        BITWRIGHT_CHECK(keepNonFinite(job));
        m_report.unchecked = job.writer->unchecked(job);
        if (!m_hasReport)
            m_report.unchecked.emplace_back("The export holds no readable report, so changed bits inside "
                                            "quantized weights that keep their "
                                            "format would go unnoticed.");
        BITWRIGHT_CHECK(checkEverything(job));
        return finished();
    }

private:
    void problem(std::string_view subject, std::string_view what)
    {
        m_report.problems.push_back(
            subject.empty() ? std::string(what) : fmt::format("{}: {}", escapedForDisplay(subject), what));
        if (m_unitProblem.empty())
            m_unitProblem = what;
    }

    Result<VerifyReport> finished()
    {
        m_report.ok = m_report.problems.empty();
        return std::move(m_report);
    }

    /// False when the export cannot be opened as a model, which is a finding.
    Result<bool> open()
    {
        const auto facts = io::fileFacts(m_path);
        if (!facts)
            return fail(facts.error());
        m_folder = facts->folder ? m_path : fs::path(m_path).parent_path().string();
        if (m_folder.empty())
            m_folder = ".";
        auto written = formats::openCheckpoint(m_path);
        if (!written) {
            problem({}, fmt::format("The export cannot be opened: {}", written.error().oneLine()));
            return false;
        }
        m_written = std::move(*written);
        return true;
    }

    void readConfigAndReport()
    {
        if (auto config = readTextFile(m_folder, std::string(kConfigFile)))
            m_config = std::move(*config);
        const auto text = readTextFile(m_folder, std::string(kReportFile));
        if (!text)
            return;
        auto report = readReportFile(*text);
        if (!report)
            return problem(kReportFile, report.error().message);
        m_hasReport = true;
        m_recorded = std::move(*report);
        if (m_recorded.modelIdentity != m_against.headerIdentity())
            problem({}, "The export was made from another model than the one it is compared with.");
    }

    /// The given plan, else the one that lies in the export.
    std::optional<plan::Plan> choosePlan(const plan::Plan* given)
    {
        const std::string found = isPackedConfig(m_config) ? "compressed-tensors" : "fake-quant";
        std::optional<plan::Plan> plan;
        if (given) {
            plan = *given;
        } else {
            const auto text = readTextFile(m_folder, std::string(kPlanFile));
            auto parsed = text ? plan::planFromJson(*text) : Result<plan::Plan>(fail(text.error()));
            if (!parsed) {
                problem(kPlanFile,
                    fmt::format("No plan was given, and the export's own cannot be read: {}",
                        parsed.error().message));
                return std::nullopt;
            }
            plan = std::move(*parsed);
        }
        if (plan->target != found) {
            problem({},
                fmt::format(
                    "The plan is for target {}, the export is {}.", escapedForDisplay(plan->target), found));
            return std::nullopt;
        }
        return plan;
    }

    void checkPlanFits(const Job& job, bool given)
    {
        for (const Finding& finding : job.findings)
            if (finding.check.level == Check::Level::Blocking)
                problem(finding.check.subject,
                    fmt::format("The {} plan does not fit: {}", given ? "given" : "export's own",
                        finding.check.message));
    }

    [[nodiscard]] const ReportedUnit* recorded(const std::string& unit) const
    {
        const auto found = m_recorded.units.find(unit);
        return found == m_recorded.units.end() ? nullptr : &found->second;
    }

    /// Units that the export left as they are because the source holds NaN or Inf there, which is checked.
    Result<void> keepNonFinite(Job& job)
    {
        std::vector<std::size_t> candidates;
        for (std::size_t i = 0; i < job.units.size(); ++i) {
            const ReportedUnit* unit = recorded(job.units[i].unit.name);
            if (job.units[i].quantized() && unit && unit->written == score::kKeepOption)
                candidates.push_back(i);
        }
        BITWRIGHT_ASSIGN(const auto bad, findNonFinite(job, candidates, m_context.part(0.0, 0.05)));
        for (const std::size_t unit : bad)
            job.keepUnit(unit, std::string(kNonFiniteFallback));
        return {};
    }

    Result<void> checkEverything(const Job& job)
    {
        auto layout = layoutOf(job);
        if (!layout)
            return fail(std::move(layout).error());
        compareLayout(*layout, *m_written, m_report.problems);
        for (std::size_t i = 0; i < job.units.size(); ++i) {
            m_context.report(0.05 + 0.75 * static_cast<double>(i) / static_cast<double>(job.units.size()),
                "verifying " + job.units[i].unit.name);
            BITWRIGHT_CHECK(checkUnit(job, job.units[i]));
        }
        std::vector<std::string> untouched;
        BITWRIGHT_ASSIGN(m_report.untouchedTensors,
            compareUntouched(job, *m_written, untouched, m_context.part(0.8, 0.98)));
        for (std::string& text : untouched)
            if (std::find(m_report.problems.begin(), m_report.problems.end(), text)
                == m_report.problems.end())
                m_report.problems.push_back(std::move(text));
        checkSmallFiles();
        return {};
    }

    /// Files that the report names with their hashes.
    void checkSmallFiles()
    {
        for (const ReportedFile& file : m_recorded.files) {
            if (file.hash.empty())
                continue;
            const auto now = describeFile(m_folder, file.name);
            if (!now)
                problem(file.name, "missing or unreadable, though the export wrote it");
            else if (now->hash != file.hash)
                problem(file.name, "changed since the export");
        }
    }

    Result<void> checkUnit(const Job& job, const PlannedUnit& unit)
    {
        BITWRIGHT_CHECK(m_context.checkStop());
        m_unitProblem.clear();
        TensorProof proof;
        proof.unit = unit.unit.name;
        proof.planned = unit.planned;
        proof.written = unit.resolved.option.id;
        proof.fallback = unit.resolved.fallback;
        compareWithReport(unit);
        if (!unit.quantized()) {
            BITWRIGHT_ASSIGN(proof.rereadExact, unitUnchanged(m_against, *m_written, unit.unit, m_context));
            proof.sqnrDb = std::numeric_limits<double>::infinity();
            proof.bytes = unitRange(unit.unit).count;
            if (!proof.rereadExact)
                problem(proof.unit, "was to be kept, yet its bytes differ from the source");
        } else if (auto measured = measure(job, unit, proof); !measured) {
            if (!isFinding(measured.error()))
                return fail(std::move(measured).error().inTensor(unit.unit.name));
            proof.sqnrDb = proof.maxAbsError = std::numeric_limits<double>::quiet_NaN();
            problem(proof.unit, measured.error().oneLine());
        }
        proof.problem = std::move(m_unitProblem);
        m_report.tensors.push_back(std::move(proof));
        return {};
    }

    /// Errors that say something about the export, rather than about the check.
    static bool isFinding(const Error& error)
    {
        return error.code == ErrorCode::Mismatch || error.code == ErrorCode::Format
            || error.code == ErrorCode::Unsupported || error.code == ErrorCode::Numeric
            || error.code == ErrorCode::OutOfRange;
    }

    void compareWithReport(const PlannedUnit& unit)
    {
        if (!m_hasReport)
            return;
        const ReportedUnit* written = recorded(unit.unit.name);
        if (!written)
            return problem(unit.unit.name, "The export's report does not know this unit.");
        if (written->written != unit.resolved.option.id)
            problem(unit.unit.name,
                fmt::format("The plan says {}, the export's report {}.", unit.resolved.option.id,
                    escapedForDisplay(written->written)));
    }

    Result<void> measure(const Job& job, const PlannedUnit& unit, TensorProof& proof)
    {
        BITWRIGHT_ASSIGN(const auto reader, job.writer->openUnit(*m_written, m_config, unit));
        BITWRIGHT_ASSIGN(const auto source,
            model::MatrixReader::open(m_against, unit.unit.index, unit.unit.stacked ? unit.unit.expert : 0));
        const auto format = job.writer->storesPlainValues() ? unit.resolved.option.grid
                                                            : std::optional<numeric::GridSpec>();
        RunContext quiet = m_context;
        quiet.progress = nullptr;
        BITWRIGHT_ASSIGN(const auto measured, measureUnit(source, *reader, {}, format, quiet));
        proof.bytes = reader->storedBytes();
        proof.sqnrDb = measured.sqnrDb();
        proof.maxAbsError = measured.maxAbsError;
        proof.hash = measured.hash;
        if (measured.offGridRow)
            problem(proof.unit,
                fmt::format("Row {} has more distinct values in a group than {} allows.",
                    *measured.offGridRow, unit.resolved.option.id));
        if (!job.writer->storesPlainValues() && proof.bytes != unit.resolved.bytes)
            problem(proof.unit,
                fmt::format(
                    "It takes {} bytes instead of the planned {}.", proof.bytes, unit.resolved.bytes));
        const ReportedUnit* written = recorded(proof.unit);
        proof.rereadExact = written && !written->hash.empty() && written->hash == proof.hash;
        if (written && !written->hash.empty() && !proof.rereadExact)
            problem(proof.unit, "Its values changed since the export (another hash than in the report).");
        return {};
    }

    std::string m_path, m_folder, m_config;
    const model::Checkpoint& m_against;
    const RunContext& m_context;
    std::shared_ptr<const model::Checkpoint> m_written;
    bool m_hasReport = false;
    ReportFile m_recorded;
    VerifyReport m_report;
    std::string m_unitProblem; ///< First problem of the unit that is being checked.
};

} // namespace

Result<VerifyReport> verifyExport(const std::string& path, const model::Checkpoint& against,
    const plan::Plan* plan, const RunContext& context)
{
    return Verifier(path, against, context).run(plan);
}

} // namespace bitwright::exporting
