// Any text as model.safetensors.index.json: never crashes, and accepted shard names cannot leave the folder.
#include "core/formats/safetensors/index.h"
#include "core/io/byte_source.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace bitwright;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto index = formats::safetensors::parseIndex(text);
    if (!index) {
        if (index.error().message.empty())
            std::abort();
        return 0;
    }
    for (const std::string& shard : index->shards) {
        if (!io::isPlainFileName(shard) || shard.find('/') != std::string::npos)
            std::abort();
    }
    for (const auto& [tensor, shard] : index->shardOf) {
        if (shard >= index->shards.size())
            std::abort();
    }
    return 0;
}
