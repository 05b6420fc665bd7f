#include "app/cli/command.h"
#include "app/cli/stats_json.h"

#include <cstdio>

namespace bitwright::cli {

namespace {

struct ScanArguments
{
    std::string model;
    std::vector<std::string> dumps;
    std::string project;
    bool noSpectra = false;
    bool missing = false; ///< Shards may be absent.
    bool farms = false;
};

nlohmann::json headOf(const session::Workspace& workspace)
{
    return {{"model", workspace.checkpoint().name()}, {"tensors", nlohmann::json::array()},
        {"sites", nlohmann::json::array()}, {"dumps", nlohmann::json::array()},
        {"unknown", nlohmann::json::array()}};
}

/// Adds every dump's sites and criteria; what could not be computed is listed under "unknown".
Result<void> addDumps(
    nlohmann::json& document, const session::Workspace& workspace, const RunContext& context)
{
    for (const auto& warning : workspace.warnings())
        document["unknown"].push_back(warning);
    if (workspace.dumps().empty())
        document["unknown"].push_back("activations: no dump was given (--activations)");
    for (const auto& dump : workspace.dumps()) {
        BITWRIGHT_ASSIGN(const auto report, stats::outlierReport(*dump, {}, context));
        for (const auto& outliers : report.sites)
            document["sites"].push_back(siteJson(dump->sites()[outliers.summary.site], outliers));
        document["dumps"].push_back(outlierSummaryJson(*dump, report));
        for (const auto& note : report.notes)
            document["unknown"].push_back(note);
        for (const auto& warning : dump->warnings())
            document["unknown"].push_back(warning);
    }
    return {};
}

void printSummary(const nlohmann::json& document, const session::Workspace& workspace)
{
    std::size_t measured = 0, failed = 0, reused = 0;
    for (const auto& tensor : document["tensors"]) {
        measured += tensor.contains("weight") ? 1U : 0U;
        failed += tensor.contains("error") ? 1U : 0U;
        reused += tensor["from_project"].get<bool>() ? 1U : 0U;
        if (tensor.contains("error"))
            printLine("failed: " + tensor["error"].get<std::string>());
    }
    printLine(fmt::format("{}: {} tensors measured ({} already in the project), {} failed",
        escapedForDisplay(workspace.checkpoint().name()), measured, reused, failed));
    for (const auto& dump : document["dumps"]) {
        if (!dump["maximum"].is_null())
            printLine(fmt::format("largest activation {} at {}", dump["maximum"]["value"].get<double>(),
                escapedForDisplay(dump["maximum"]["site"].get<std::string>())));
    }
    for (const auto& unknown : document["unknown"])
        printLine("unknown: " + escapedForDisplay(unknown.get<std::string>()));
}

} // namespace

Run registerScan(CLI::App& app)
{
    auto arguments = std::make_shared<ScanArguments>();
    app.add_option("MODEL", arguments->model, "The model to measure")->required();
    app.add_option("--activations", arguments->dumps, "Activation dump; may be given several times");
    app.add_option("--project", arguments->project, "Project that keeps the results (.bwp)")->required();
    app.add_flag("--allow-missing-shards", arguments->missing,
        "Measure what is there when shards named by the index are absent");
    app.add_flag("--no-spectra", arguments->noSpectra, "Leave eigenvalues out");
    app.add_flag("--farms", arguments->farms, "Also sample tiles (FARMS) for the tail estimators");
    return [arguments](const Common& common) -> Result<int> {
        const RunContext context = common.context();
        common.outputs = {arguments->project};
        BITWRIGHT_ASSIGN(const auto workspace,
            session::Workspace::open(
                {arguments->model, arguments->dumps, arguments->project, arguments->missing}));
        session::ScanSettings settings;
        settings.spectra = !arguments->noSpectra;
        settings.spectrum.farms = arguments->farms;
        const auto& tensors = workspace->checkpoint().tensors();
        std::vector<nlohmann::json> results(tensors.size());
        BITWRIGHT_CHECK(workspace->scan(
            settings,
            [&](const session::TensorResult& result) {
                results[result.tensor] = tensorResultJson(tensors[result.tensor], result);
            },
            context.part(0.0, 0.9)));
        nlohmann::json document = headOf(*workspace);
        for (auto& result : results)
            document["tensors"].push_back(std::move(result));
        BITWRIGHT_CHECK(addDumps(document, *workspace, context.part(0.9, 1.0)));
        common.progressDone();
        if (common.json)
            printJson(document);
        else
            printSummary(document, *workspace);
        return kDone;
    };
}

} // namespace bitwright::cli
