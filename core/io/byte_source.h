#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace bitwright::io {

/// Bounded random access to bytes. The size is taken once when opened; a read past it is an error, never a
/// short read.
class ByteSource
{
public:
    virtual ~ByteSource() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    [[nodiscard]] virtual const std::string& path() const = 0;
    /// Reads exactly out.size() bytes at `offset`. Errors: OutOfRange, Io, and Format "File changed while
    /// reading." Thread safe.
    [[nodiscard]] virtual Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

/// A regular file read with pread. Errors: Io with the system's reason; Unsupported "Not a regular file." for
/// a FIFO, device or folder.
[[nodiscard]] Result<std::shared_ptr<const ByteSource>> openFile(const std::string& path);
/// A bare file name inside `folder`, as named by untrusted content: no separators, no symlink, a regular file
/// (openat2 with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS where the kernel has it). One kind of link is
/// followed, because most models on disk are made of it: in a snapshot folder of a Hugging Face cache, a link
/// whose text is exactly ../../blobs/<name> opens that regular file of the cache.
[[nodiscard]] Result<std::shared_ptr<const ByteSource>> openCompanion(
    const std::string& folder, const std::string& name);
/// Like openCompanion, for what lies beside the weights: `name` may be in one folder inside of `folder`,
/// which must not be a link.
[[nodiscard]] Result<std::shared_ptr<const ByteSource>> openSideFile(
    const std::string& folder, const std::string& name);
/// Whether a name from untrusted content can only mean a file of the same folder: no separators, no NUL, not
/// "." or "..".
[[nodiscard]] bool isPlainFileName(std::string_view name);
/// Bytes in memory, for tests and fuzzers.
[[nodiscard]] std::shared_ptr<const ByteSource> memorySource(std::string name, std::string bytes);

/// Size, mtime and kind of a path without opening it.
struct FileFacts
{
    std::uint64_t bytes = 0;
    std::int64_t modifiedNs = 0;
    bool regular = false;
    bool folder = false;
};
[[nodiscard]] Result<FileFacts> fileFacts(const std::string& path);

} // namespace bitwright::io
