#include "app/cli/command.h"
#include "core/formats/open.h"

namespace bitwright::cli {

namespace {

nlohmann::json tensorJson(const model::TensorInfo& tensor)
{
    nlohmann::json item = {{"name", tensor.name},
        {"dtype", tensor.dtypeText.empty() ? std::string(dtypeName(tensor.dtype)) : tensor.dtypeText},
        {"shape", tensor.shape}, {"role", roleName(tensor.parts.role)}, {"block", nullptr},
        {"expert", nullptr}, {"tower", tensor.parts.tower}, {"bias", tensor.parts.bias},
        {"parameters", tensor.parameters}, {"bytes", tensor.bytes}, {"quantizable", tensor.quantizable},
        {"reason", tensor.reason}};
    if (tensor.parts.block)
        item["block"] = *tensor.parts.block;
    if (tensor.parts.expert)
        item["expert"] = *tensor.parts.expert;
    if (tensor.experts > 1)
        item["experts"] = tensor.experts;
    return item;
}

void printTable(const model::Checkpoint& checkpoint)
{
    printLine(fmt::format("{}: {}, {} tensors, {} parameters, {} bytes", escapedForDisplay(checkpoint.name()),
        checkpoint.format(), checkpoint.tensors().size(), checkpoint.parameterCount(),
        checkpoint.dataBytes()));
    for (const auto& warning : checkpoint.warnings())
        printLine("warning: " + escapedForDisplay(warning));
    for (const auto& tensor : checkpoint.tensors()) {
        printLine(
            fmt::format("{:<8} {:<18} {:>12}  {}  {}{}", dtypeName(tensor.dtype), roleName(tensor.parts.role),
                tensor.parameters, fmt::format("[{}]", fmt::join(tensor.shape, ", ")),
                escapedForDisplay(tensor.name), tensor.quantizable ? "" : "  (" + tensor.reason + ")"));
    }
}

} // namespace

Run registerInfo(CLI::App& app)
{
    auto path = std::make_shared<std::string>();
    app.add_option("MODEL", *path, "A .safetensors file, an index, or a Hugging Face folder")->required();
    auto options = std::make_shared<formats::OpenOptions>();
    app.add_flag("--allow-missing-shards", options->allowMissingShards,
        "Open what is there when shards named by the index are absent");
    return [path, options](const Common& common) -> Result<int> {
        BITWRIGHT_ASSIGN(const auto checkpoint, formats::openCheckpoint(*path, *options));
        if (!common.json) {
            printTable(*checkpoint);
            return kDone;
        }
        nlohmann::json document = {{"format", checkpoint->format()}, {"name", checkpoint->name()},
            {"parameters", checkpoint->parameterCount()}, {"bytes", checkpoint->dataBytes()},
            {"model_type", checkpoint->config().modelType}, {"identity", checkpoint->headerIdentity()},
            {"warnings", checkpoint->warnings()}, {"tensors", nlohmann::json::array()}};
        for (const auto& tensor : checkpoint->tensors())
            document["tensors"].push_back(tensorJson(tensor));
        printJson(document);
        return kDone;
    };
}

} // namespace bitwright::cli
