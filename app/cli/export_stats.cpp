#include "app/cli/command.h"
#include "app/cli/stats_json.h"
#include "core/formats/stats_file.h"
#include "core/io/atomic_output.h"

namespace bitwright::cli {

namespace {

bool endsWith(const std::string& text, std::string_view end)
{
    return text.size() >= end.size() && std::string_view(text).substr(text.size() - end.size()) == end;
}

/// One CSV field, quoted when it has to be (RFC 4180).
std::string csvField(const nlohmann::json& value)
{
    if (value.is_null())
        return {};
    if (!value.is_string())
        return value.dump();
    const auto text = value.get<std::string>();
    if (text.find_first_of(",\"\n\r") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

/// Flattens nested objects into "a.b" columns; arrays stay out, they are in the JSON and HDF5 forms.
void flatten(
    const nlohmann::json& value, const std::string& prefix, std::map<std::string, nlohmann::json>& out)
{
    for (const auto& [key, item] : value.items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        if (item.is_object())
            flatten(item, name, out);
        else if (!item.is_array())
            out[name] = item;
    }
}

std::string csvTable(const nlohmann::json& rows, const std::string& kind)
{
    std::vector<std::map<std::string, nlohmann::json>> flat;
    std::map<std::string, int> columns;
    for (const auto& row : rows) {
        flat.emplace_back();
        flatten(row, "", flat.back());
        for (const auto& [name, value] : flat.back())
            columns.emplace(name, 0);
    }
    std::string text = "kind";
    for (const auto& [name, unused] : columns)
        text += "," + csvField(name);
    text += "\n";
    for (const auto& row : flat) {
        text += kind;
        for (const auto& [name, unused] : columns) {
            const auto found = row.find(name);
            text += "," + (found == row.end() ? std::string() : csvField(found->second));
        }
        text += "\n";
    }
    return text;
}

/// Everything measured, as one document.
Result<nlohmann::json> collect(const session::Workspace& workspace, const RunContext& context)
{
    nlohmann::json document = {{"model", workspace.checkpoint().name()},
        {"identity", workspace.checkpoint().headerIdentity()}, {"tensors", nlohmann::json::array()},
        {"sites", nlohmann::json::array()}, {"dumps", nlohmann::json::array()}};
    for (model::TensorIndex tensor = 0; tensor < workspace.checkpoint().tensors().size(); ++tensor)
        document["tensors"].push_back(
            tensorResultJson(workspace.checkpoint().tensors()[tensor], workspace.known(tensor)));
    for (const auto& dump : workspace.dumps()) {
        BITWRIGHT_ASSIGN(const auto report, stats::outlierReport(*dump, {}, context));
        for (const auto& outliers : report.sites)
            document["sites"].push_back(siteJson(dump->sites()[outliers.summary.site], outliers));
        document["dumps"].push_back(outlierSummaryJson(*dump, report));
    }
    return document;
}

/// Per-channel vectors and spectra, which only the HDF5 form holds in full.
std::vector<formats::NamedVector> vectorsOf(const session::Workspace& workspace)
{
    std::vector<formats::NamedVector> vectors;
    for (model::TensorIndex tensor = 0; tensor < workspace.checkpoint().tensors().size(); ++tensor) {
        const std::string base = "tensors/" + workspace.checkpoint().tensors()[tensor].name;
        const auto result = workspace.known(tensor);
        if (result.stats) {
            const auto add = [&](const char* name, const std::vector<float>& values) {
                vectors.push_back({base + "/" + name, {values.begin(), values.end()}});
            };
            add("output_min", result.stats->outputs.min);
            add("output_max", result.stats->outputs.max);
            add("output_rms", result.stats->outputs.rms);
            add("input_min", result.stats->inputs.min);
            add("input_max", result.stats->inputs.max);
            add("input_rms", result.stats->inputs.rms);
            const auto& counts = result.stats->magnitude.counts;
            vectors.push_back({base + "/hist_log10_abs", {counts.begin(), counts.end()}});
        }
        if (result.spectrum) {
            vectors.push_back({base + "/eigenvalues", result.spectrum->esd.eigenvalues});
            vectors.push_back({base + "/eigenvalue_ranks", result.spectrum->esd.ranks});
        }
    }
    return vectors;
}

} // namespace

Run registerExportStats(CLI::App& app)
{
    struct ExportStatsArguments
    {
        std::string project, out;
    };
    auto arguments = std::make_shared<ExportStatsArguments>();
    app.add_option("PROJECT", arguments->project, "Project made by scan (.bwp)")->required();
    app.add_option("-o,--out", arguments->out, "File to write: .json, .csv or .h5")->required();
    return [arguments](const Common& common) -> Result<int> {
        const auto& out = arguments->out;
        common.outputs = {out};
        if (!endsWith(out, ".json") && !endsWith(out, ".csv") && !endsWith(out, ".h5"))
            return fail(ErrorCode::InvalidArgument, "{}: name a file that ends in .json, .csv or .h5.", out);
        BITWRIGHT_ASSIGN(const auto workspace, session::Workspace::open({{}, {}, arguments->project}));
        BITWRIGHT_ASSIGN(const auto document, collect(*workspace, common.context()));
        common.progressDone();
        const auto replace = nlohmann::json::error_handler_t::replace;
        if (endsWith(out, ".json"))
            BITWRIGHT_CHECK(io::writeFileAtomically(out, document.dump(1, ' ', false, replace) + "\n"));
        else if (endsWith(out, ".csv"))
            BITWRIGHT_CHECK(io::writeFileAtomically(
                out, csvTable(document["tensors"], "tensor") + "\n" + csvTable(document["sites"], "site")));
        else
            BITWRIGHT_CHECK(
                formats::writeStatsFile(out, document.dump(1, ' ', false, replace), vectorsOf(*workspace)));
        if (common.json)
            printJson({{"file", out}, {"tensors", document["tensors"].size()},
                {"sites", document["sites"].size()}});
        else
            printLine("written to " + escapedForDisplay(out));
        return kDone;
    };
}

} // namespace bitwright::cli
