#include "core/formats/safetensors/hf_config.h"

#include "core/base/limits.h"
#include "core/formats/safetensors/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <system_error>

namespace bitwright::formats {

namespace fs = std::filesystem;

namespace {

/// Collects scalars by path ("hidden_size", "text_config.hidden_size", "architectures.0"), two levels deep.
class ScalarCollector final : public json::Handler
{
public:
    explicit ScalarCollector(std::map<std::string, std::string, std::less<>>& out)
        : m_out(out)
    { }

    Result<void> key(std::string_view name) override
    {
        m_keys.back() = name;
        return {};
    }

    Result<void> scalar(const json::Scalar& value) override
    {
        if (m_keys.size() == 1 || m_keys.size() == 2)
            m_out.emplace(path(), textOf(value)); // the first of a repeated key counts
        countItem();
        return {};
    }

    Result<void> beginObject() override
    {
        m_keys.emplace_back();
        m_items.push_back(-1);
        return {};
    }

    Result<void> beginArray() override
    {
        m_keys.emplace_back("0");
        m_items.push_back(0);
        return {};
    }

    Result<void> endObject() override { return leave(); }
    Result<void> endArray() override { return leave(); }

private:
    Result<void> leave()
    {
        m_keys.pop_back();
        m_items.pop_back();
        countItem();
        return {};
    }

    /// In an array, the next item's key is its number.
    void countItem()
    {
        if (!m_items.empty() && m_items.back() >= 0)
            m_keys.back() = std::to_string(++m_items.back());
    }

    [[nodiscard]] std::string path() const
    {
        return m_keys.size() == 1 ? m_keys[0] : m_keys[0] + "." + m_keys[1];
    }

    static std::string textOf(const json::Scalar& value)
    {
        switch (value.kind) {
        case json::Kind::Null:
            return "null";
        case json::Kind::Boolean:
            return value.number != 0 ? "true" : "false";
        case json::Kind::Unsigned:
            return std::to_string(value.number);
        case json::Kind::Negative:
            return value.text.empty() ? std::to_string(static_cast<std::int64_t>(value.number))
                                      : std::string(value.text);
        default:
            return std::string(value.text);
        }
    }

    std::map<std::string, std::string, std::less<>>& m_out;
    std::vector<std::string> m_keys;
    std::vector<std::int64_t> m_items; ///< Number of the current item of an array, -1 for an object.
};

using Fields = std::map<std::string, std::string, std::less<>>;

/// First of `names` that the config has, on top or in text_config; "" when none.
std::string fieldText(const Fields& fields, std::initializer_list<std::string_view> names)
{
    for (const std::string_view place : {"", "text_config."}) {
        for (const std::string_view name : names) {
            const auto found = fields.find(std::string(place) + std::string(name));
            if (found != fields.end() && found->second != "null")
                return found->second;
        }
    }
    return {};
}

std::optional<std::uint64_t> fieldNumber(const Fields& fields, std::initializer_list<std::string_view> names)
{
    const std::string text = fieldText(fields, names);
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || code != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

void fillConfig(model::ModelConfig& config, const Fields& fields)
{
    config.modelType = fieldText(fields, {"model_type"});
    config.architecture = fieldText(fields, {"architectures.0"});
    if (config.architecture.empty()) {
        if (const auto found = fields.find("architectures"); found != fields.end())
            config.architecture = found->second;
    }
    config.hiddenSize = fieldNumber(fields, {"hidden_size", "n_embd", "d_model"});
    config.intermediateSize
        = fieldNumber(fields, {"intermediate_size", "n_inner", "ffn_dim", "d_ff", "moe_intermediate_size"});
    config.layers = fieldNumber(fields, {"num_hidden_layers", "n_layer", "num_layers"});
    config.heads = fieldNumber(fields, {"num_attention_heads", "n_head", "num_heads"});
    config.keyValueHeads = fieldNumber(fields, {"num_key_value_heads"});
    if (!config.keyValueHeads)
        config.keyValueHeads = config.heads;
    config.headDim = fieldNumber(fields, {"head_dim"});
    config.vocabulary = fieldNumber(fields, {"vocab_size"});
    config.experts = fieldNumber(fields, {"num_local_experts", "num_experts", "n_routed_experts"});
    config.expertsPerToken = fieldNumber(fields, {"num_experts_per_tok"});
    const std::string tied = fieldText(fields, {"tie_word_embeddings"});
    if (tied == "true" || tied == "false")
        config.tiedEmbeddings = tied == "true";
    config.dtype = fieldText(fields, {"torch_dtype", "dtype"});
    config.quantizationMethod = fieldText(fields, {"quantization_config.quant_method"});
    for (const auto& [name, text] : fields) {
        if (name.find('.') == std::string::npos)
            config.raw.emplace(name, text);
    }
}

bool isListed(const std::string& name)
{
    constexpr std::array<std::string_view, 29> kNotCopied{".safetensors", ".bin", ".pt", ".pth", ".ckpt",
        ".gguf", ".ggml", ".h5", ".hdf5", ".keras", ".msgpack", ".onnx", ".onnx_data", ".tflite", ".ot",
        ".npz", ".npy", ".zip", ".tar", ".gz", ".xz", ".zst", ".pkl", ".bwp", ".lock", ".partial", ".tmp",
        ".index.json", "~"};
    return !name.empty() && name.front() != '.'
        && std::none_of(
            kNotCopied.begin(), kNotCopied.end(), [&](std::string_view end) { return name.ends_with(end); });
}

/// Collects what an export copies, and what it has to say about the rest.
class SideFiles
{
public:
    explicit SideFiles(std::string root)
        : m_root(std::move(root))
    { }

    /// Lists one folder; `inside` is empty for the root, else a folder of it.
    void list(const std::string& inside)
    {
        const std::string prefix = inside.empty() ? std::string() : inside + "/";
        std::error_code error;
        bool weights = false;
        for (fs::directory_iterator entry(m_root + "/" + inside, error), end; !error && entry != end;
             entry.increment(error)) {
            const std::string name = entry->path().filename().string();
            std::error_code ignored;
            const fs::file_status status = entry->symlink_status(ignored);
            if (fs::is_directory(status)) {
                if (inside.empty() && isModule(name))
                    m_folders.push_back(name);
            } else if (!isListed(name)) {
                weights = weights || holdsWeights(name);
            } else {
                add(prefix + name, fs::is_symlink(status));
            }
        }
        if (weights && !inside.empty())
            m_withWeights.push_back(inside);
    }

    std::vector<std::string> finish(std::vector<std::string>& warnings)
    {
        std::sort(m_folders.begin(), m_folders.end());
        for (const std::string& folder : m_folders)
            list(folder);
        if (m_links > 0) {
            warnings.push_back(
                fmt::format("{} files beside the weights are symbolic links: an export will not copy them. "
                            "Copy the folder with its links resolved (cp -rL) if they are needed.",
                    m_links));
        }
        for (const std::string& folder : m_withWeights)
            warnings.push_back(fmt::format(
                "The folder {} holds weights of its own, which an export will not copy.", folder));
        std::sort(m_names.begin(), m_names.end());
        return std::move(m_names);
    }

private:
    /// Folders such as 1_Pooling, which sentence-transformers needs beside the weights. Whatever else a
    /// folder holds may be anything, and is not taken along.
    static bool isModule(const std::string& name)
    {
        const std::size_t digits = name.find_first_not_of("0123456789");
        return digits != std::string::npos && digits > 0 && name[digits] == '_';
    }

    static bool holdsWeights(const std::string& name)
    {
        constexpr std::array<std::string_view, 4> kWeights{".safetensors", ".bin", ".pt", ".pth"};
        return std::any_of(
            kWeights.begin(), kWeights.end(), [&](std::string_view end) { return name.ends_with(end); });
    }

    void add(const std::string& name, bool link)
    {
        constexpr std::size_t kMost = 10'000;
        if (m_names.size() >= kMost)
            return;
        // Pipes and devices are left out; of links, those that the reader follows are taken.
        if (io::openSideFile(m_root, name))
            m_names.push_back(name);
        else if (link)
            ++m_links;
    }

    std::string m_root;
    std::vector<std::string> m_names, m_folders, m_withWeights;
    std::size_t m_links = 0;
};

} // namespace

model::ModelConfig readConfig(const io::ByteSource& source, std::vector<std::string>& warnings)
{
    model::ModelConfig config;
    constexpr std::uint64_t kLargest = 16'000'000; // real ones have kilobytes
    if (source.size() > kLargest) {
        warnings.push_back(
            fmt::format("config.json ignored: {} bytes exceed the {} limit.", source.size(), kLargest));
        return config;
    }
    std::string text(static_cast<std::size_t>(source.size()), '\0');
    if (auto read = source.readAt(0, std::as_writable_bytes(std::span<char>(text))); !read) {
        warnings.push_back("config.json ignored: " + read.error().message);
        return config;
    }
    Fields fields;
    ScalarCollector collector(fields);
    if (auto parsed = json::parse(text, "config.json", collector); !parsed) {
        warnings.push_back("config.json ignored: " + parsed.error().message);
        return config;
    }
    fillConfig(config, fields);
    config.json = std::move(text);
    return config;
}

void checkLayerHint(model::ModelConfig& config, const std::vector<model::TensorInfo>& tensors,
    std::vector<std::string>& warnings)
{
    if (!config.layers)
        return;
    std::map<std::string_view, std::uint64_t> blocks; // tower to highest index + 1
    for (const model::TensorInfo& tensor : tensors) {
        if (tensor.parts.block) {
            std::uint64_t& count = blocks[tensor.parts.tower];
            count = std::max(count, static_cast<std::uint64_t>(*tensor.parts.block) + 1);
        }
    }
    if (blocks.empty())
        return;
    std::uint64_t largest = 0;
    for (const auto& [tower, count] : blocks) {
        if (count == *config.layers)
            return;
        largest = std::max(largest, count);
    }
    warnings.push_back(fmt::format(
        "config.json: num_hidden_layers {} ignored: tensor names show {} blocks.", *config.layers, largest));
    config.layers.reset();
}

std::vector<std::string> listSideFiles(const std::string& folder, std::vector<std::string>& warnings)
{
    SideFiles files(folder);
    files.list({});
    return files.finish(warnings);
}

} // namespace bitwright::formats
