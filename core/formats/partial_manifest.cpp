#include "core/formats/partial_dump.h"
#include "core/formats/safetensors/json_text.h"
#include "core/io/hash.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace bitwright::formats {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kVersion = 1;
constexpr const char* kSchema = "bitwright-partial-recording";
constexpr std::size_t kPrefix = 8; ///< Digits of the key that begin every name.

bool isHex(std::string_view text)
{
    return std::all_of(
        text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Json fileJson(const PartialFile& file)
{
    return {{"name", file.name}, {"bytes", file.bytes}, {"xxh3", file.hash}};
}

/// Everything but the check.
Json fieldsOf(const PartialManifest& manifest)
{
    Json pieces = Json::array();
    for (const PartialFile& piece : manifest.pieces)
        pieces.push_back(fileJson(piece));
    return {{"schema", kSchema}, {"version", kVersion}, {"model", manifest.key.model},
        {"tokens", manifest.key.tokens}, {"settings", manifest.key.settings}, {"done", manifest.done},
        {"parts", manifest.parts}, {"pieces", std::move(pieces)}, {"state", fileJson(manifest.state)}};
}

std::string checkOf(const Json& fields)
{
    io::Hasher hasher;
    hasher.add(fields.dump());
    return hasher.hex();
}

tl::unexpected<Error> wrong(std::string_view what)
{
    return fail(ErrorCode::Format, "The list of parts {}.", what);
}

Result<std::string> hashIn(const Json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string() || found->get_ref<const std::string&>().size() != 32
        || !isHex(found->get_ref<const std::string&>()))
        return wrong(fmt::format("has no hash \"{}\"", name));
    return found->get<std::string>();
}

Result<std::uint64_t> numberIn(const Json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned())
        return wrong(fmt::format("has no number \"{}\"", name));
    return found->get<std::uint64_t>();
}

Result<PartialFile> fileIn(const Json& object, std::string_view ending)
{
    if (!object.is_object())
        return wrong("has something else where a file should be");
    const auto name = object.find("name");
    if (name == object.end() || !name->is_string()
        || !isPartialName(name->get_ref<const std::string&>(), ending))
        return wrong("names a file that is none of its own");
    PartialFile file;
    file.name = name->get<std::string>();
    BITWRIGHT_ASSIGN(file.bytes, numberIn(object, "bytes"));
    BITWRIGHT_ASSIGN(file.hash, hashIn(object, "xxh3"));
    return file;
}

/// json_text checks bytes and depth; the tree comes from the library.
class NoHandler final : public formats::json::Handler
{
public:
    Result<void> key(std::string_view) override { return {}; }
    Result<void> scalar(const formats::json::Scalar&) override { return {}; }
    Result<void> beginObject() override { return {}; }
    Result<void> endObject() override { return {}; }
    Result<void> beginArray() override { return {}; }
    Result<void> endArray() override { return {}; }
};

} // namespace

bool isPartialName(std::string_view name, std::string_view ending)
{
    if (name.size() <= kPrefix + 1 + ending.size() || name.size() > 64 || !name.ends_with(ending)
        || !isHex(name.substr(0, kPrefix)) || name[kPrefix] != '-')
        return false;
    const std::string_view rest = name.substr(kPrefix + 1, name.size() - kPrefix - 1 - ending.size());
    return std::all_of(rest.begin(), rest.end(),
        [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; });
}

std::string manifestText(const PartialManifest& manifest)
{
    Json document = fieldsOf(manifest);
    document["check"] = checkOf(document);
    return document.dump(1) + "\n";
}

Result<PartialManifest> parseManifest(std::string_view text)
{
    NoHandler handler;
    BITWRIGHT_CHECK(formats::json::parse(text, "The list of parts", handler));
    const Json document = Json::parse(text, nullptr, false);
    if (!document.is_object())
        return wrong("is no JSON object");
    const auto schema = document.find("schema");
    if (schema == document.end() || *schema != kSchema)
        return wrong("is of another kind");
    BITWRIGHT_ASSIGN(const std::uint64_t version, numberIn(document, "version"));
    if (version != kVersion)
        return wrong(fmt::format("has the version {}, this program knows {}", version, kVersion));
    PartialManifest manifest;
    BITWRIGHT_ASSIGN(manifest.key.model, hashIn(document, "model"));
    BITWRIGHT_ASSIGN(manifest.key.tokens, hashIn(document, "tokens"));
    BITWRIGHT_ASSIGN(manifest.key.settings, hashIn(document, "settings"));
    BITWRIGHT_ASSIGN(manifest.done, numberIn(document, "done"));
    BITWRIGHT_ASSIGN(manifest.parts, numberIn(document, "parts"));
    if (manifest.done == 0 || manifest.done > manifest.parts)
        return wrong(fmt::format("has {} of {} parts", manifest.done, manifest.parts));
    const auto pieces = document.find("pieces"), state = document.find("state");
    if (pieces == document.end() || !pieces->is_array() || state == document.end())
        return wrong("names no files");
    std::set<std::string> names;
    for (const Json& piece : *pieces) {
        BITWRIGHT_ASSIGN(PartialFile file, fileIn(piece, ".h5"));
        if (!names.insert(file.name).second)
            return wrong("names a file twice");
        manifest.pieces.push_back(std::move(file));
    }
    BITWRIGHT_ASSIGN(manifest.state, fileIn(*state, ".bin"));
    BITWRIGHT_ASSIGN(const std::string check, hashIn(document, "check"));
    if (check != checkOf(fieldsOf(manifest)))
        return wrong("does not have the hash of its content");
    return manifest;
}

} // namespace bitwright::formats
