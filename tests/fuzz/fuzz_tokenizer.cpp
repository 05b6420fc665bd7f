// Any bytes as a tokenizer.json (or a SentencePiece model) and a text: reading never crashes, and what is
// accepted encodes any text or says why not. Input: tokenizer, a zero byte, text.
#include "core/tokens/tokenizer.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace bitwright;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t zero = std::min(input.find('\0'), size);
    const std::string_view text
        = zero < size ? input.substr(zero + 1) : std::string_view("The 1st \xC3\xA4\n");
    const auto tokenizer = tokens::tokenizerFromJson(input.substr(0, zero), "<s>");
    if (!tokenizer) {
        if (tokenizer.error().oneLine().find('\n') != std::string::npos || tokenizer.error().message.empty())
            std::abort();
        return 0;
    }
    const auto ids = (*tokenizer)->encode(text, RunContext());
    if (ids)
        for (const std::uint32_t id : *ids)
            if (id > 0x7FFFFFFF)
                std::abort();
    return 0;
}
