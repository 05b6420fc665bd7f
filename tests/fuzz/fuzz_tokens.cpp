// Any bytes as a file of token ids, NumPy array or text: never crashes, and what is accepted holds ids.
#include "core/formats/token_ids.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace bitwright;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto source = io::memorySource("tokens", std::string(reinterpret_cast<const char*>(data), size));
    const auto sequences = formats::parseTokens(*source);
    if (!sequences) {
        if (sequences.error().message.empty())
            std::abort();
        return 0;
    }
    std::size_t ids = 0;
    for (const auto& sequence : *sequences)
        ids += sequence.size();
    // Every id takes at least one byte.
    if (ids == 0 || ids > size)
        std::abort();
    return 0;
}
