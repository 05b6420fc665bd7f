#include "core/formats/safetensors/index.h"

#include "core/base/limits.h"
#include "core/formats/safetensors/json_text.h"
#include "core/io/byte_source.h"

#include <utility>

namespace bitwright::formats::safetensors {

namespace {

Error formatError(std::string message, std::string_view tensor = {})
{
    Error error;
    error.code = ErrorCode::Format;
    error.message = std::move(message);
    error.tensor = tensor;
    return error;
}

/// Collects weight_map and metadata.total_size; everything else is skipped.
class IndexHandler final : public json::Handler
{
public:
    explicit IndexHandler(std::map<std::string, std::string>& shardNames, ShardIndex& index)
        : m_shardNames(shardNames)
        , m_index(index)
    { }

    Result<void> key(std::string_view name) override
    {
        if (m_level == 1) {
            m_section = name == "weight_map" ? Section::WeightMap
                : name == "metadata"         ? Section::Metadata
                                             : Section::Other;
            if (m_section == Section::WeightMap && std::exchange(m_sawMap, true))
                return fail(formatError("weight_map appears twice."));
        } else if (m_level == 2) {
            m_key = name;
        }
        return {};
    }

    Result<void> scalar(const json::Scalar& value) override
    {
        if (m_level == 0)
            return fail(formatError("Index is not a JSON object."));
        if (m_section == Section::WeightMap)
            return m_level == 1 ? fail(formatError("weight_map must be an object.")) : takeEntry(value);
        if (m_section == Section::Metadata && m_level == 2 && m_key == "total_size"
            && value.kind == json::Kind::Unsigned)
            m_index.totalSize = value.number;
        return {};
    }

    Result<void> beginObject() override
    {
        const int outer = m_level++;
        if (outer >= 2 && m_section == Section::WeightMap)
            return fail(formatError("weight_map may only map tensor names to file names.", m_key));
        return {};
    }

    Result<void> beginArray() override
    {
        const int outer = m_level++;
        if (outer == 0)
            return fail(formatError("Index is not a JSON object."));
        if (m_section == Section::WeightMap)
            return fail(outer == 1
                    ? formatError("weight_map must be an object.")
                    : formatError("weight_map may only map tensor names to file names.", m_key));
        return {};
    }

    Result<void> endObject() override
    {
        --m_level;
        return {};
    }

    Result<void> endArray() override
    {
        --m_level;
        return {};
    }

    [[nodiscard]] bool sawMap() const { return m_sawMap; }

private:
    enum class Section : std::uint8_t
    {
        Other,
        WeightMap,
        Metadata,
    };

    Result<void> takeEntry(const json::Scalar& value)
    {
        if (value.kind != json::Kind::Text)
            return fail(formatError("weight_map may only map tensor names to file names.", m_key));
        if (m_key.size() > limits::kNameBytes)
            return fail(formatError(fmt::format(
                "A tensor name of {} bytes exceeds the {} limit.", m_key.size(), limits::kNameBytes)));
        if (!io::isPlainFileName(value.text)) {
            return fail(formatError(
                fmt::format("Shard name must be a plain file name, not \"{}\".", value.text), m_key)
                            .withRemedy("Only files in the same folder are opened."));
        }
        if (m_shardNames.size() >= limits::kTensors)
            return fail(formatError(fmt::format("More than {} tensors.", limits::kTensors)));
        if (!m_shardNames.emplace(m_key, value.text).second)
            return fail(formatError(fmt::format("Tensor \"{}\" appears twice.", m_key), m_key));
        return {};
    }

    std::map<std::string, std::string>& m_shardNames;
    ShardIndex& m_index;
    int m_level = 0;
    Section m_section = Section::Other;
    bool m_sawMap = false;
    std::string m_key;
};

} // namespace

Result<ShardIndex> parseIndex(std::string_view text)
{
    ShardIndex index;
    std::map<std::string, std::string> shardNames;
    IndexHandler handler(shardNames, index);
    BITWRIGHT_CHECK(json::parse(text, "Index", handler));
    if (!handler.sawMap())
        return fail(formatError("Index has no weight_map."));
    if (shardNames.empty())
        return fail(formatError("weight_map names no tensor."));
    std::map<std::string_view, std::uint32_t> positions;
    for (const auto& [tensor, shard] : shardNames)
        positions.emplace(shard, 0);
    if (positions.size() > limits::kShards)
        return fail(
            formatError(fmt::format("{} shards exceed the {} limit.", positions.size(), limits::kShards)));
    for (auto& [shard, position] : positions) {
        position = static_cast<std::uint32_t>(index.shards.size());
        index.shards.emplace_back(shard);
    }
    for (const auto& [tensor, shard] : shardNames)
        index.shardOf.emplace(tensor, positions.at(shard));
    return index;
}

} // namespace bitwright::formats::safetensors
