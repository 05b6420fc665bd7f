#pragma once

#include "core/base/run_context.h"
#include "core/model/activation_dump.h"
#include "core/model/checkpoint.h"
#include "core/plan/plan.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bitwright::exporting {

/// One thing found before any work starts.
struct Check
{
    enum class Level
    {
        Note, ///< For information: a fallback, a tensor left as it is.
        Warning, ///< Works, but the user should know.
        Blocking, ///< The export would fail or lie.
    };
    enum class Topic
    {
        Plan, ///< Whether the plan fits the model.
        Target, ///< What the target can store, and what its readers need.
        Tie, ///< Tensors that engines fuse.
        Fallback, ///< Units that are stored in another way than asked for.
        Calibration, ///< What a quantizer needs of a dump.
        NonFinite, ///< NaN and Inf.
        Output, ///< The folder that is written.
        Space, ///< Room on the disk.
    };
    Level level = Level::Note;
    std::string subject; ///< Unit, tensor or file; may be empty.
    std::string message;
    Topic topic = Topic::Plan;
};

/// What to do with weights that hold NaN or Inf; the user decides, per export.
enum class NonFinitePolicy
{
    Block, ///< Refuse to export the tensor.
    Keep, ///< Leave such tensors unquantized, bytes as in the source.
};

struct ExportRequest
{
    const model::Checkpoint* checkpoint = nullptr;
    const model::ActivationDump* dump = nullptr; ///< For GPTQ and output errors; may be null.
    plan::Plan plan;
    std::string outFolder;
    NonFinitePolicy nonFinite = NonFinitePolicy::Block;
    bool resume = true; ///< Reuse tensors that a killed export of the same plan already finished.
    bool keepOnCancel
        = true; ///< Keep finished tensors when the user cancels; a killed run keeps them anyway.
    bool replaceExisting = false; ///< Replace an existing export at outFolder (never any other folder).
};

/// Proof of one unit: planned, written, and what the independent re-read found.
struct TensorProof
{
    std::string unit;
    std::string planned, written; ///< Option ids; differ only by a named fallback.
    std::string fallback;
    std::uint64_t bytes = 0; ///< Stored bytes of the unit, everything counted.
    double sqnrDb = 0; ///< Of the decoded file against the source.
    double maxAbsError = 0;
    std::optional<double> outputError; ///< tr(E H E^T) / tr(W H W^T); nullopt = dump lacks a Gram.
    bool rereadExact = false; ///< The independent decoder got exactly the values that the quantizer meant.
    bool reused = false; ///< Taken over from an interrupted run.
    std::string
        hash; ///< XXH3-128 of the decoded values as float32, row by row; empty for units kept as they are.
    double seconds = 0;
    std::string problem; ///< Why the unit failed; empty when it did not.
};

struct ExportReport
{
    bool ok = false;
    std::string verdict; ///< One plain sentence.
    std::vector<std::string> files; ///< Paths of everything written.
    std::vector<TensorProof> tensors; ///< Units that the plan decides.
    std::uint64_t untouchedTensors = 0; ///< Copied, and compared byte for byte.
    std::vector<std::string> unchecked; ///< What nobody checked, in words.
    std::uint64_t bytes = 0; ///< All weights of the written file, as stored.
    double bpw = 0, fileBpw = 0; ///< Recomputed from what was written.
    plan::PlanSize planned; ///< As the target counts it; differs for targets that store plain values.
    double seconds = 0;
};

/// Checks before work: illegal shapes, broken ties, fallbacks, missing Grams, non-finite weights known from a
/// scan, disk space, existing output. Reads no weights. `nonFiniteTensors` names those that a scan found.
[[nodiscard]] Result<std::vector<Check>> preflight(
    const ExportRequest& request, const std::vector<std::string>& nonFiniteTensors);

/// What is known about an export before it starts.
struct Outlook
{
    std::vector<Check> checks; ///< As preflight gives them: blocking ones first.
    std::uint64_t units = 0; ///< That the plan decides.
    std::uint64_t quantizedUnits = 0;
    std::uint64_t finishedUnits = 0; ///< That an interrupted run of the same plan left; they are reused.
    bool partialFolder = false; ///< An interrupted run left something beside the output folder.
    bool folderExists = false; ///< The output folder exists and is not empty.
    bool replaceable = false; ///< It is an export of this program.
    std::uint64_t neededBytes = 0; ///< Of everything written; 0 when the files cannot be laid out.
    std::uint64_t weightBytes = 0; ///< Of them, the files of weights.
    std::uint64_t copiedBytes = 0; ///< Of them, files copied from the model. The rest is room for small ones.
    std::uint64_t reservedBytes = 0; ///< Of them, what the interrupted run has on the disk already.
    std::optional<std::uint64_t> freeBytes; ///< Of the file system that receives them.
    /// Weights to quantize by "rtn", "clip", "gptq"; without the finished ones.
    std::map<std::string, std::uint64_t> weightsByMethod;
};

/// Checks and facts in one go; reads headers, a journal and the file system, no weights. Errors as preflight.
[[nodiscard]] Result<Outlook> exportOutlook(
    const ExportRequest& request, const std::vector<std::string>& nonFiniteTensors);

/// Weights per second of a method on this machine, measured on rows of the largest unit of the plan that uses
/// it (reading, quantizing, decoding, output error; some 100 ms). Writing and the other tensors come on top.
/// Nothing for "gptq", whose time depends on the shapes, and for methods that no unit uses. Errors: those of
/// the readers and quantizers; Cancelled.
[[nodiscard]] Result<std::map<std::string, double>> trialRates(
    const ExportRequest& request, const RunContext& context);

/// Quantizes every unit of the plan, writes the target's files into a temporary folder beside outFolder,
/// re-reads them by an independent decode path, compares with plan and source, writes plan.json and
/// report.json, then renames. Streams: memory is bounded by the largest matrix plus its Gram. Cancel leaves a
/// resumable partial folder only when request.resume is set, else nothing. `onTensor` is called after each
/// finished unit, from the calling thread; a unit that fails is passed with its problem, the others still
/// run, and the export fails at their end without anything in outFolder. A unit that fails the last reading
/// of the finished files is passed a second time. Errors: everything preflight calls Blocking; Io (disk full
/// leaves a previous export intact); Numeric; Mismatch when the proof fails.
[[nodiscard]] Result<ExportReport> exportModel(const ExportRequest& request, const RunContext& context,
    const std::function<void(const TensorProof&)>& onTensor = {});

/// Removes what an interrupted export to `outFolder` left beside it. Errors: InvalidArgument for a folder
/// that no export left; Io while another export fills it.
[[nodiscard]] Result<void> discardPartial(const std::string& outFolder);

struct VerifyReport
{
    bool ok = false;
    std::vector<std::string> problems;
    std::vector<TensorProof> tensors;
    std::uint64_t untouchedTensors = 0;
    std::vector<std::string> unchecked;
};

/// Re-reads an export with the independent decoder and compares it to the source model, and to a plan when
/// given. A finding goes into `problems`; an Error means that the check itself could not run.
[[nodiscard]] Result<VerifyReport> verifyExport(const std::string& path, const model::Checkpoint& against,
    const plan::Plan* plan, const RunContext& context);

[[nodiscard]] std::string exportReportJson(const ExportReport& report);
[[nodiscard]] std::string verifyReportJson(const VerifyReport& report);

} // namespace bitwright::exporting
