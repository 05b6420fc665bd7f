#include "core/formats/open.h"

#include "core/formats/safetensors/checkpoint.h"
#include "core/io/byte_source.h"

namespace bitwright::formats {

Result<std::shared_ptr<const model::Checkpoint>> openCheckpoint(
    const std::string& path, const OpenOptions& options)
{
    BITWRIGHT_ASSIGN(const io::FileFacts facts, io::fileFacts(path));
    if (facts.folder) {
        std::string folder = path;
        while (folder.size() > 1 && folder.back() == '/')
            folder.pop_back();
        return safetensors::openFolder(folder, options);
    }
    if (facts.regular && path.ends_with(".index.json"))
        return safetensors::openIndexed(path, options);
    return safetensors::openSingle(path);
}

} // namespace bitwright::formats
