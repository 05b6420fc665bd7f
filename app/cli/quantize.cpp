#include "app/cli/command.h"
#include "app/cli/read_file.h"
#include "core/export/exporter.h"
#include "core/formats/open.h"

#include <cstdio>

namespace bitwright::cli {

namespace {

struct QuantizeArguments
{
    std::string model, plan, dump, out;
    bool keepNonFinite = false;
    bool fresh = false;
    bool replace = false;
};

void printReport(const exporting::ExportReport& report)
{
    for (const auto& tensor : report.tensors) {
        if (!tensor.fallback.empty())
            printLine(fmt::format("fallback: {}: {}", escapedForDisplay(tensor.unit), tensor.fallback));
    }
    printLine(report.verdict);
    printLine(fmt::format(
        "{} units, {} tensors copied, {} bytes of weights, {:.3f} bpw (planned), {:.3f} bpw (file), {:.1f} s",
        report.tensors.size(), report.untouchedTensors, report.bytes, report.bpw, report.fileBpw,
        report.seconds));
    for (const auto& unchecked : report.unchecked)
        printLine("not checked: " + unchecked);
    for (const auto& file : report.files)
        printLine("  " + escapedForDisplay(file));
}

} // namespace

Run registerQuantize(CLI::App& app)
{
    auto arguments = std::make_shared<QuantizeArguments>();
    app.add_option("MODEL", arguments->model, "The model to quantize")->required();
    app.add_option("--plan", arguments->plan, "Plan JSON")->required();
    app.add_option("--activations", arguments->dump, "Activation dump, for GPTQ and output errors");
    app.add_option("--out", arguments->out, "Folder to write")->required();
    app.add_flag("--keep-nonfinite", arguments->keepNonFinite,
        "Leave tensors with NaN or Inf unquantized instead of refusing");
    app.add_flag("--fresh", arguments->fresh, "Do not resume what an interrupted run left");
    app.add_flag("--replace", arguments->replace, "Replace an earlier export at the same place");
    return [arguments](const Common& common) -> Result<int> {
        const RunContext context = common.context();
        common.outputs = {arguments->out};
        BITWRIGHT_ASSIGN(const auto checkpoint, formats::openCheckpoint(arguments->model));
        exporting::ExportRequest request;
        request.checkpoint = checkpoint.get();
        std::shared_ptr<const model::ActivationDump> dump;
        if (!arguments->dump.empty()) {
            BITWRIGHT_ASSIGN(dump, formats::openDump(arguments->dump));
            BITWRIGHT_CHECK(model::checkDumpFits(*dump, *checkpoint));
            request.dump = dump.get();
        }
        BITWRIGHT_ASSIGN(const auto text, readWholeFile(arguments->plan));
        auto plan = plan::planFromJson(text);
        if (!plan)
            return fail(std::move(plan.error()).inFile(arguments->plan));
        request.plan = std::move(*plan);
        request.outFolder = arguments->out;
        request.resume = !arguments->fresh;
        request.keepOnCancel = false; // the contract: Ctrl-C leaves nothing behind
        request.replaceExisting = arguments->replace;
        if (arguments->keepNonFinite)
            request.nonFinite = exporting::NonFinitePolicy::Keep;
        auto exported = exporting::exportModel(request, context);
        common.progressDone();
        if (!exported)
            return checkFailed(std::move(exported.error()));
        const auto& report = *exported;
        if (common.json)
            printLine(exporting::exportReportJson(report));
        else
            printReport(report);
        return report.ok ? kDone : kCheckFailed;
    };
}

Run registerVerify(CLI::App& app)
{
    struct VerifyArguments
    {
        std::string path, against, plan;
    };
    auto arguments = std::make_shared<VerifyArguments>();
    app.add_option("PATH", arguments->path, "The export to check")->required();
    app.add_option("--against", arguments->against, "The model that it was made from")->required();
    app.add_option("--plan", arguments->plan, "The plan that it should follow");
    return [arguments](const Common& common) -> Result<int> {
        const RunContext context = common.context();
        BITWRIGHT_ASSIGN(const auto checkpoint, formats::openCheckpoint(arguments->against));
        std::optional<plan::Plan> plan;
        if (!arguments->plan.empty()) {
            BITWRIGHT_ASSIGN(const auto text, readWholeFile(arguments->plan));
            auto parsed = plan::planFromJson(text);
            if (!parsed)
                return fail(std::move(parsed.error()).inFile(arguments->plan));
            plan = std::move(*parsed);
        }
        auto verified
            = exporting::verifyExport(arguments->path, *checkpoint, plan ? &*plan : nullptr, context);
        common.progressDone();
        if (!verified)
            return checkFailed(std::move(verified.error()));
        const auto& report = *verified;
        if (common.json) {
            printLine(exporting::verifyReportJson(report));
            return report.ok ? kDone : kCheckFailed;
        }
        for (const auto& problem : report.problems)
            printLine("problem: " + escapedForDisplay(problem));
        for (const auto& unchecked : report.unchecked)
            printLine("not checked: " + unchecked);
        printLine(fmt::format("{}: {} units decoded, {} tensors compared byte for byte",
            report.ok ? "ok" : "NOT ok", report.tensors.size(), report.untouchedTensors));
        return report.ok ? kDone : kCheckFailed;
    };
}

} // namespace bitwright::cli
