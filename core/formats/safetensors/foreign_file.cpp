#include "core/formats/safetensors/foreign_file.h"

#include <algorithm>
#include <array>
#include <string>

namespace bitwright::formats {

namespace {

struct Signature
{
    std::string_view begin;
    std::string_view message;
    std::string_view remedy;
};

constexpr std::array kSignatures{
    Signature{"version https://git-lfs", "This is a Git LFS pointer, not the model.",
        "Run \"git lfs pull\" in its folder."},
    Signature{"GGUF", "This is a GGUF file, not safetensors.", "Convert it to safetensors first."},
    Signature{"PK\x03\x04", "This is a zip archive (perhaps PyTorch), not safetensors.",
        "Convert it to safetensors first."},
    Signature{"\x89HDF\r\n\x1a\n", "This is an HDF5 file, not a safetensors model.",
        "Open it as an activation dump."},
    Signature{"\x80\x02", "This is a Python pickle, not safetensors.", "Convert it to safetensors first."},
    Signature{"\x93NUMPY", "This is a NumPy file, not safetensors.", "Convert it to safetensors first."},
};

bool isWebPage(std::string text)
{
    text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z')
            letter = static_cast<char>(letter - 'A' + 'a');
    }
    return text.starts_with("<!doctype") || text.starts_with("<html") || text.starts_with("<?xml");
}

} // namespace

Result<void> refuseForeignFile(const io::ByteSource& source)
{
    constexpr std::uint64_t kLook = 64;
    std::string first(static_cast<std::size_t>(std::min(kLook, source.size())), '\0');
    BITWRIGHT_CHECK(source.readAt(0, std::as_writable_bytes(std::span<char>(first))));
    Error error;
    error.code = ErrorCode::Unsupported;
    error.file = source.path();
    error.offset = 0;
    if (isWebPage(first)) {
        error.message = "This is a web page, not the model.";
        error.remedy = "Use the download link of the file itself.";
        return fail(std::move(error));
    }
    // A header length of a real file has zeros in its upper bytes, so text and magic numbers cannot be
    // mistaken for it.
    const bool plausible = first.size() >= 8 && first.find_first_not_of('\0', 4) >= 8;
    for (const Signature& signature : kSignatures) {
        if (plausible || !first.starts_with(signature.begin))
            continue;
        error.message = signature.message;
        error.remedy = signature.remedy;
        return fail(std::move(error));
    }
    return {};
}

} // namespace bitwright::formats
