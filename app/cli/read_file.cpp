#include "app/cli/read_file.h"

#include "core/io/byte_source.h"

#include <span>

namespace bitwright::cli {

Result<std::string> readWholeFile(const std::string& path)
{
    constexpr std::uint64_t kLimit = std::uint64_t{256} << 20;
    BITWRIGHT_ASSIGN(const auto source, io::openFile(path));
    if (source->size() > kLimit)
        return fail(Error{ErrorCode::Unsupported, "File is too large for text.", path, {}, {}, {}});
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    BITWRIGHT_CHECK(source->readAt(0, std::as_writable_bytes(std::span(text.data(), text.size()))));
    return text;
}

} // namespace bitwright::cli
