#include "core/export/report.h"

#include "core/export/target_writer.h"
#include "core/io/byte_source.h"
#include "core/io/hash.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitwright::exporting {

namespace {

using nlohmann::ordered_json;

constexpr int kVersion = 1;

/// A number, or null for an exact copy (+Inf dB) and the unknown.
ordered_json finiteOrNull(double value)
{
    return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json tensorJson(const TensorProof& tensor, bool withRun)
{
    ordered_json json;
    json["name"] = tensor.unit;
    json["option"] = tensor.written;
    json["planned"] = tensor.planned;
    json["fallback"] = tensor.fallback;
    json["bytes"] = tensor.bytes;
    json["sqnr_db"] = finiteOrNull(tensor.sqnrDb);
    json["max_abs_error"] = finiteOrNull(tensor.maxAbsError);
    json["output_error"] = tensor.outputError ? finiteOrNull(*tensor.outputError) : ordered_json(nullptr);
    json["reread_exact"] = tensor.rereadExact;
    json["hash"] = tensor.hash;
    if (!tensor.problem.empty())
        json["problem"] = tensor.problem;
    if (withRun) {
        json["reused"] = tensor.reused;
        json["seconds"] = tensor.seconds;
    }
    return json;
}

ordered_json tensorsJson(const std::vector<TensorProof>& tensors, bool withRun)
{
    ordered_json list = ordered_json::array();
    for (const TensorProof& tensor : tensors)
        list.push_back(tensorJson(tensor, withRun));
    return list;
}

void addTotals(ordered_json& json, const ExportReport& report)
{
    json["untouched_tensors"] = report.untouchedTensors;
    json["unchecked"] = report.unchecked;
    json["bytes"] = report.bytes;
    json["bpw"] = report.bpw;
    json["file_bpw"] = report.fileBpw;
    json["planned"] = {{"bytes", report.planned.bytes()}, {"bpw", report.planned.bpw()},
        {"file_bpw", report.planned.fileBpw()}};
}

std::string textOf(const ordered_json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace

std::string exportReportJson(const ExportReport& report)
{
    ordered_json json;
    json["ok"] = report.ok;
    json["verdict"] = report.verdict;
    json["files"] = report.files;
    json["tensors"] = tensorsJson(report.tensors, true);
    addTotals(json, report);
    json["seconds"] = report.seconds;
    return json.dump(1) + "\n";
}

std::string verifyReportJson(const VerifyReport& report)
{
    ordered_json json;
    json["ok"] = report.ok;
    json["problems"] = report.problems;
    json["tensors"] = tensorsJson(report.tensors, false);
    json["untouched_tensors"] = report.untouchedTensors;
    json["unchecked"] = report.unchecked;
    return json.dump(1) + "\n";
}

std::string reportFileJson(const Job& job, const ExportReport& report, const std::vector<ReportedFile>& files)
{
    ordered_json json;
    json["schema"] = kReportSchema;
    json["version"] = kVersion;
    json["ok"] = report.ok;
    json["verdict"] = report.verdict;
    json["target"] = job.writer->id();
    json["model"] = job.source->name();
    json["model_identity"] = job.source->headerIdentity();
    json["plan_hash"] = planHash(job.plan);
    json["tensors"] = tensorsJson(report.tensors, false);
    addTotals(json, report);
    ordered_json list = ordered_json::array();
    for (const ReportedFile& file : files)
        list.push_back({{"name", file.name}, {"bytes", file.bytes}, {"hash", file.hash}});
    json["files"] = std::move(list);
    return json.dump(1) + "\n";
}

Result<ReportFile> readReportFile(std::string_view text)
{
    constexpr int kDeepest = 64;
    const auto shallow
        = [](int depth, ordered_json::parse_event_t, ordered_json&) { return depth <= kDeepest; };
    const ordered_json json = ordered_json::parse(text, shallow, false);
    if (!json.is_object() || textOf(json, "schema") != kReportSchema)
        return fail(ErrorCode::Format, "It is no report of an export.");
    const auto version = json.find("version");
    if (version == json.end() || !version->is_number_integer() || version->get<std::int64_t>() != kVersion)
        return fail(ErrorCode::Format, "Its version is not {}.", kVersion);
    ReportFile report;
    report.target = textOf(json, "target");
    report.modelIdentity = textOf(json, "model_identity");
    const auto tensors = json.find("tensors");
    const auto files = json.find("files");
    if (tensors == json.end() || !tensors->is_array() || files == json.end() || !files->is_array())
        return fail(ErrorCode::Format, "It lacks the list of tensors or files.");
    for (const ordered_json& tensor : *tensors)
        if (tensor.is_object())
            report.units[textOf(tensor, "name")] = {textOf(tensor, "planned"), textOf(tensor, "option"),
                textOf(tensor, "fallback"), textOf(tensor, "hash")};
    for (const ordered_json& file : *files)
        if (file.is_object())
            report.files.push_back({textOf(file, "name"), 0, textOf(file, "hash")});
    return report;
}

Result<ReportedFile> describeFile(const std::string& folder, const std::string& name)
{
    constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;
    BITWRIGHT_ASSIGN(const auto source, io::openSideFile(folder, name));
    io::Hasher hasher;
    std::vector<std::byte> chunk;
    for (std::uint64_t done = 0; done < source->size(); done += kChunk) {
        chunk.resize(static_cast<std::size_t>(std::min(kChunk, source->size() - done)));
        BITWRIGHT_CHECK(source->readAt(done, chunk));
        hasher.add(std::span<const std::byte>(chunk));
    }
    return ReportedFile{name, source->size(), hasher.hex()};
}

Result<std::string> readTextFile(const std::string& folder, const std::string& name)
{
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 30;
    BITWRIGHT_ASSIGN(const auto source, io::openCompanion(folder, name));
    if (source->size() > kLargest) {
        Error error;
        error.code = ErrorCode::Format;
        error.message = fmt::format("{} bytes exceed the {} limit.", source->size(), kLargest);
        return fail(std::move(error).inFile(folder + "/" + name));
    }
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span<char>(text))));
    return text;
}

} // namespace bitwright::exporting
