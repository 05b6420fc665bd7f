// Any text as the list of parts of an unfinished recording: never crashes, and what is accepted names files
// of its own folder only.
#include "core/formats/partial_dump.h"
#include "core/io/byte_source.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace bitwright;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto manifest = formats::parseManifest(text);
    if (!manifest) {
        if (manifest.error().message.empty())
            std::abort();
        return 0;
    }
    for (const formats::PartialFile& piece : manifest->pieces)
        if (!io::isPlainFileName(piece.name))
            std::abort();
    if (!io::isPlainFileName(manifest->state.name) || manifest->done == 0 || manifest->done > manifest->parts)
        std::abort();
    const auto again = formats::parseManifest(formats::manifestText(*manifest));
    if (!again || formats::manifestText(*again) != formats::manifestText(*manifest))
        std::abort();
    return 0;
}
