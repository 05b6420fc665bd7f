#include "core/formats/safetensors/checkpoint.h"

#include "core/base/checked.h"
#include "core/base/limits.h"
#include "core/formats/safetensors/header.h"
#include "core/formats/safetensors/hf_config.h"
#include "core/formats/safetensors/index.h"
#include "core/io/hash.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace bitwright::formats::safetensors {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSingleName = "model.safetensors";
constexpr std::string_view kIndexName = "model.safetensors.index.json";

Error makeError(ErrorCode code, std::string message, std::string_view file, std::string_view remedy = {})
{
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.file = file;
    error.remedy = remedy;
    return error;
}

/// Last component of a path, also of "model/" and ".".
std::string nameOf(const std::string& path)
{
    std::error_code ignored;
    const fs::path full = fs::weakly_canonical(fs::path(path), ignored);
    const fs::path& used = ignored ? fs::path(path) : full;
    return used.has_filename() ? used.filename().string() : used.parent_path().filename().string();
}

class SafetensorsCheckpoint final : public model::Checkpoint
{
public:
    SafetensorsCheckpoint(std::string path, std::string name)
    {
        m_path = std::move(path);
        m_name = std::move(name);
        m_format = "safetensors";
    }

    [[nodiscard]] Result<void> read(
        model::TensorIndex tensor, std::uint64_t offset, std::span<std::byte> out) const override
    {
        if (tensor >= m_tensors.size())
            return fail(
                ErrorCode::OutOfRange, "The model has {} tensors, not {}.", m_tensors.size(), tensor + 1);
        const model::TensorInfo& info = m_tensors[tensor];
        const std::string& file = m_files[info.file].path;
        if (info.dtype == model::DType::Unknown) {
            return fail(makeError(ErrorCode::Unsupported,
                fmt::format("Unknown dtype \"{}\"; tensor listed, data unavailable.", info.dtypeText), file)
                            .inTensor(info.name));
        }
        const auto end = checkedAdd<std::uint64_t>(offset, out.size());
        if (!end || *end > info.bytes) {
            return fail(makeError(ErrorCode::OutOfRange,
                fmt::format(
                    "{} bytes wanted at {}, but the tensor has only {}.", out.size(), offset, info.bytes),
                file)
                            .inTensor(info.name));
        }
        if (auto done = m_sources[info.file]->readAt(info.offset + offset, out); !done)
            return fail(std::move(done).error().inTensor(info.name));
        return {};
    }

    /// Adds one file with its tensors.
    Result<void> addFile(std::shared_ptr<const io::ByteSource> source, std::string name)
    {
        BITWRIGHT_ASSIGN(Header header, readHeader(*source));
        if (header.tensors.size() > limits::kTensors - std::min(limits::kTensors, m_tensors.size()))
            return fail(makeError(
                ErrorCode::Format, fmt::format("More than {} tensors.", limits::kTensors), source->path()));
        model::CheckpointFile file;
        file.path = source->path();
        file.name = std::move(name);
        file.bytes = source->size();
        file.dataOffset = header.dataOffset;
        file.headerHash = std::move(header.hash);
        if (const auto facts = io::fileFacts(file.path))
            file.modifiedNs = facts->modifiedNs;
        const auto number = static_cast<std::uint32_t>(m_files.size());
        const std::size_t before = m_tensors.size();
        for (std::size_t i = 0; i < header.tensors.size(); ++i) {
            model::TensorInfo& tensor = header.tensors[i];
            tensor.file = number;
            const auto [place, isNew] = m_byName.emplace(tensor.name, before + i);
            if (!isNew) {
                // Of an earlier file: within one, the header has no two of a name.
                const std::string& other = m_files[m_tensors[place->second].file].name;
                return fail(makeError(ErrorCode::Format,
                    fmt::format("Tensor \"{}\" found in both {} and {}.", tensor.name, other, file.name),
                    file.path, "The checkpoint is ambiguous; remove the stale shard or fetch it again.")
                                .inTensor(tensor.name));
            }
        }
        if (before == 0)
            m_tensors = std::move(header.tensors); // the usual single file, without a copy
        else
            m_tensors.insert(m_tensors.end(), std::make_move_iterator(header.tensors.begin()),
                std::make_move_iterator(header.tensors.end()));
        m_files.push_back(std::move(file));
        m_sources.push_back(std::move(source));
        return {};
    }

    /// Reads config.json and lists side files of the folder that the model lies in.
    void addFolder(const std::string& folder, bool wholeModel)
    {
        const std::string path = folder + "/config.json";
        if (const auto facts = io::fileFacts(path); facts && facts->regular) {
            if (auto source = io::openFile(path))
                m_config = readConfig(**source, m_warnings);
            else
                warn("config.json ignored: " + source.error().message);
        }
        if (wholeModel)
            m_sideFiles = listSideFiles(folder, m_warnings);
    }

    void warn(std::string message) { m_warnings.push_back(std::move(message)); }

    /// Classifies all tensors and computes the identity; call last. `complete` is false when shards are
    /// missing.
    void finish(bool complete)
    {
        model::classifyTensors(m_tensors, m_config.modelType);
        if (complete)
            checkLayerHint(m_config, m_tensors, m_warnings);
        warnOfUnknownTypes();
        io::Hasher hasher;
        for (const model::CheckpointFile& file : m_files) {
            hasher.add(file.name);
            hasher.add(file.headerHash);
            hasher.add(std::to_string(file.bytes));
        }
        m_headerIdentity = hasher.hex();
    }

private:
    void warnOfUnknownTypes()
    {
        std::size_t count = 0;
        const model::TensorInfo* first = nullptr;
        for (const model::TensorInfo& tensor : m_tensors) {
            if (tensor.dtype != model::DType::Unknown)
                continue;
            ++count;
            first = first == nullptr ? &tensor : first;
        }
        if (first != nullptr) {
            warn(fmt::format("Unknown dtype \"{}\" of \"{}\"{}; listed, data unavailable.", first->dtypeText,
                first->name, count > 1 ? fmt::format(" and {} more", count - 1) : std::string()));
        }
    }

    std::vector<std::shared_ptr<const io::ByteSource>> m_sources; ///< One per file.
};

using CheckpointPointer = std::shared_ptr<const model::Checkpoint>;

/// Position in "model-00002-of-00003.safetensors", when the name has that form.
std::optional<std::string> shardPosition(std::string_view name)
{
    const std::size_t of = name.rfind("-of-");
    if (of == std::string_view::npos || of < 5 || name.size() < of + 9)
        return std::nullopt;
    const auto number = [](std::string_view digits) -> std::string {
        if (digits.find_first_not_of("0123456789") != std::string_view::npos)
            return {};
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
        return std::string(digits);
    };
    const std::string part = number(name.substr(of - 5, 5));
    const std::string all = number(name.substr(of + 4, 5));
    if (part.empty() || all.empty() || all == "1")
        return std::nullopt;
    return part + " of " + all;
}

/// Opens the shards that exist into `checkpoint`. Returns for every shard whether it was loaded.
Result<std::vector<bool>> addShards(SafetensorsCheckpoint& checkpoint, const std::string& folder,
    const ShardIndex& index, const OpenOptions& options)
{
    std::vector<bool> loaded(index.shards.size(), false);
    for (std::size_t i = 0; i < index.shards.size(); ++i) {
        const std::string& name = index.shards[i];
        std::error_code failure;
        const bool missing
            = fs::symlink_status(fs::path(folder) / name, failure).type() == fs::file_type::not_found;
        if (missing) {
            const std::string message
                = fmt::format("Shard {} of {} not found: {}.", i + 1, index.shards.size(), name);
            if (!options.allowMissingShards) {
                return fail(makeError(ErrorCode::Io, message, folder,
                    "Download it, or open the rest without it (bitwright-cli: --allow-missing-shards)."));
            }
            checkpoint.warn(message);
            continue;
        }
        BITWRIGHT_ASSIGN(auto source, io::openCompanion(folder, name));
        BITWRIGHT_CHECK(checkpoint.addFile(std::move(source), name));
        loaded[i] = true;
    }
    if (std::find(loaded.begin(), loaded.end(), true) == loaded.end())
        return fail(
            makeError(ErrorCode::Io, "None of the shards was found.", folder, "Download the weights."));
    return loaded;
}

/// Checks index and shards against each other, both ways.
Result<void> crossCheck(const model::Checkpoint& checkpoint, const ShardIndex& index,
    const std::vector<bool>& loaded, const std::string& indexPath)
{
    constexpr std::string_view kRemedy
        = "Index and shards are of different versions; fetch the whole folder again.";
    for (const auto& [tensor, shard] : index.shardOf) {
        if (!loaded[shard])
            continue;
        const auto found = checkpoint.find(tensor);
        if (!found || checkpoint.files()[checkpoint.tensors()[*found].file].name != index.shards[shard]) {
            return fail(makeError(ErrorCode::Format,
                fmt::format("Index places \"{}\" in {}, which lacks it.", tensor, index.shards[shard]),
                indexPath, kRemedy)
                            .inTensor(tensor));
        }
    }
    for (const model::TensorInfo& tensor : checkpoint.tensors()) {
        if (index.shardOf.find(tensor.name) == index.shardOf.end()) {
            return fail(makeError(ErrorCode::Format,
                fmt::format("{} holds \"{}\", which the index does not name.",
                    checkpoint.files()[tensor.file].name, tensor.name),
                indexPath, kRemedy)
                            .inTensor(tensor.name));
        }
    }
    return {};
}

Result<ShardIndex> readIndex(const std::string& path)
{
    BITWRIGHT_ASSIGN(const auto source, io::openFile(path));
    if (source->size() > limits::kJsonBytes)
        return fail(makeError(ErrorCode::Format,
            fmt::format("Index of {} bytes exceeds the {} limit.", source->size(), limits::kJsonBytes),
            path));
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span<char>(text))));
    auto index = parseIndex(text);
    if (!index)
        return fail(std::move(index).error().inFile(path).withRemedy("Fetch the index file again."));
    return index;
}

Result<CheckpointPointer> openShards(const std::string& indexPath, const std::string& folder,
    const std::string& shownPath, const OpenOptions& options)
{
    BITWRIGHT_ASSIGN(const ShardIndex index, readIndex(indexPath));
    auto checkpoint = std::make_shared<SafetensorsCheckpoint>(shownPath, nameOf(folder));
    BITWRIGHT_ASSIGN(const std::vector<bool> loaded, addShards(*checkpoint, folder, index, options));
    BITWRIGHT_CHECK(crossCheck(*checkpoint, index, loaded, indexPath));
    checkpoint->addFolder(folder, true);
    const bool complete = std::find(loaded.begin(), loaded.end(), false) == loaded.end();
    if (complete && index.totalSize && *index.totalSize != checkpoint->dataBytes()) {
        checkpoint->warn(fmt::format("The index says {} bytes of weights, the shards hold {}.",
            *index.totalSize, checkpoint->dataBytes()));
    }
    checkpoint->finish(complete);
    return checkpoint;
}

Result<CheckpointPointer> openFile(
    const std::string& path, const std::string& shownPath, const std::string& shownName)
{
    BITWRIGHT_ASSIGN(auto source, io::openFile(path));
    const std::string name = fs::path(path).filename().string();
    auto checkpoint = std::make_shared<SafetensorsCheckpoint>(shownPath, shownName);
    BITWRIGHT_CHECK(checkpoint->addFile(std::move(source), name));
    const std::string parent = fs::path(path).parent_path().string();
    const std::string folder = parent.empty() ? "." : parent;
    const auto config = io::fileFacts(folder + "/config.json");
    const bool wholeModel = shownPath != path || (name == kSingleName && config && config->regular);
    checkpoint->addFolder(folder, wholeModel);
    const auto position = shardPosition(name);
    if (position) {
        checkpoint->warn(fmt::format("This is shard {}: open its folder for the whole model.", *position));
    }
    checkpoint->finish(!position);
    return checkpoint;
}

/// Names in `folder` with this ending, sorted.
std::vector<std::string> filesEndingWith(const std::string& folder, std::string_view ending)
{
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::string name = entry->path().filename().string();
        if (name.ends_with(ending))
            names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool exists(const std::string& path)
{
    return io::fileFacts(path).has_value();
}

} // namespace

Result<CheckpointPointer> openSource(std::shared_ptr<const io::ByteSource> source)
{
    const std::string path = source->path();
    auto checkpoint = std::make_shared<SafetensorsCheckpoint>(path, path);
    BITWRIGHT_CHECK(checkpoint->addFile(std::move(source), path));
    checkpoint->finish(true);
    return checkpoint;
}

Result<CheckpointPointer> openSingle(const std::string& path)
{
    return openFile(path, path, nameOf(path));
}

Result<CheckpointPointer> openIndexed(const std::string& indexPath, const OpenOptions& options)
{
    const std::string parent = fs::path(indexPath).parent_path().string();
    return openShards(indexPath, parent.empty() ? "." : parent, indexPath, options);
}

Result<CheckpointPointer> openFolder(const std::string& folder, const OpenOptions& options)
{
    const std::string single = folder + "/" + std::string(kSingleName);
    const std::string index = folder + "/" + std::string(kIndexName);
    if (exists(single)) // as transformers chooses when both exist
        return openFile(single, folder, nameOf(folder));
    if (exists(index))
        return openShards(index, folder, folder, options);
    const std::vector<std::string> indexes = filesEndingWith(folder, ".safetensors.index.json");
    if (indexes.size() == 1)
        return openShards(folder + "/" + indexes.front(), folder, folder, options);
    const std::vector<std::string> files = filesEndingWith(folder, ".safetensors");
    if (files.size() == 1)
        return openFile(folder + "/" + files.front(), folder, nameOf(folder));
    if (files.size() > 1) {
        return fail(makeError(ErrorCode::InvalidArgument,
            fmt::format("Holds {} safetensors files and no {}.", files.size(), kIndexName), folder,
            "Open one of the files, or fetch the index."));
    }
    if (!filesEndingWith(folder, ".bin").empty() || !filesEndingWith(folder, ".pt").empty()
        || !filesEndingWith(folder, ".pth").empty()) {
        return fail(makeError(ErrorCode::Unsupported, "Holds PyTorch weights but no safetensors.", folder,
            "Save the model as safetensors first."));
    }
    return fail(makeError(ErrorCode::InvalidArgument, "Holds no safetensors weights.", folder,
        "Choose the folder that holds model.safetensors."));
}

} // namespace bitwright::formats::safetensors
