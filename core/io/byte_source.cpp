#include "core/io/byte_source.h"

#include "core/base/checked.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bitwright::io {

namespace {

/// A file descriptor that closes itself.
class Descriptor
{
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    { }
    Descriptor(Descriptor&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    { }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    [[nodiscard]] int get() const { return m_fd; }
    [[nodiscard]] bool valid() const { return m_fd >= 0; }

private:
    int m_fd;
};

Error systemError(int code, std::string_view what, const std::string& path)
{
    Error error;
    error.code = ErrorCode::Io;
    error.message = fmt::format("{}: {}.", what, std::generic_category().message(code));
    error.file = path;
    return error;
}

Error notRegular(const std::string& path)
{
    Error error;
    error.code = ErrorCode::Unsupported;
    error.message = "Not a regular file.";
    error.file = path;
    error.remedy = "Give a file on disk, not a folder, pipe or device.";
    return error;
}

std::int64_t nanoseconds(const timespec& time)
{
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

class FileSource final : public ByteSource
{
public:
    FileSource(Descriptor descriptor, std::string path, const struct stat& facts)
        : m_descriptor(std::move(descriptor))
        , m_path(std::move(path))
        , m_size(static_cast<std::uint64_t>(facts.st_size))
        , m_modified(nanoseconds(facts.st_mtim))
    { }

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] const std::string& path() const override { return m_path; }

    [[nodiscard]] Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override
    {
        BITWRIGHT_CHECK(checkRange(*this, offset, out.size()));
        std::size_t done = 0;
        while (done < out.size()) {
            const std::size_t want = std::min(out.size() - done, kLargestRead);
            const ssize_t got
                = ::pread(m_descriptor.get(), out.data() + done, want, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return fail(systemError(errno, "Cannot read", m_path).atOffset(offset + done));
            if (got == 0)
                return fail(changed(offset + done));
            done += static_cast<std::size_t>(got);
        }
        // After the read, so that what was just returned is covered.
        struct stat now = {};
        if (::fstat(m_descriptor.get(), &now) != 0)
            return fail(systemError(errno, "Cannot examine", m_path));
        if (static_cast<std::uint64_t>(now.st_size) != m_size || nanoseconds(now.st_mtim) != m_modified)
            return fail(changed(offset));
        return {};
    }

    static Result<void> checkRange(const ByteSource& source, std::uint64_t offset, std::uint64_t length)
    {
        const auto end = checkedAdd(offset, length);
        if (end && *end <= source.size())
            return {};
        Error error;
        error.code = ErrorCode::OutOfRange;
        error.message = fmt::format("{} bytes wanted, but the file has only {}.", length, source.size());
        error.file = source.path();
        error.offset = offset;
        return fail(std::move(error));
    }

private:
    static constexpr std::size_t kLargestRead = std::size_t{1}
        << 30; // Linux caps one read a little below 2 GiB

    [[nodiscard]] Error changed(std::uint64_t offset) const
    {
        Error error;
        error.code = ErrorCode::Format;
        error.message = "File changed while reading.";
        error.file = m_path;
        error.offset = offset;
        error.remedy = "Wait until nothing writes to it, then open it again.";
        return error;
    }

    Descriptor m_descriptor;
    std::string m_path;
    std::uint64_t m_size;
    std::int64_t m_modified;
};

class MemorySource final : public ByteSource
{
public:
    MemorySource(std::string name, std::string bytes)
        : m_name(std::move(name))
        , m_bytes(std::move(bytes))
    { }
    [[nodiscard]] std::uint64_t size() const override { return m_bytes.size(); }
    [[nodiscard]] const std::string& path() const override { return m_name; }
    [[nodiscard]] Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override
    {
        BITWRIGHT_CHECK(FileSource::checkRange(*this, offset, out.size()));
        if (!out.empty())
            std::memcpy(out.data(), m_bytes.data() + offset, out.size());
        return {};
    }

private:
    std::string m_name;
    std::string m_bytes;
};

// Non-blocking, or opening a FIFO without a writer would hang.
constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

Result<std::shared_ptr<const ByteSource>> sourceFrom(Descriptor descriptor, const std::string& path)
{
    struct stat facts = {};
    if (::fstat(descriptor.get(), &facts) != 0)
        return fail(systemError(errno, "Cannot examine", path));
    if (!S_ISREG(facts.st_mode) || facts.st_size < 0)
        return fail(notRegular(path));
    return std::make_shared<const FileSource>(std::move(descriptor), path, facts);
}

/// openat2 that stays inside `folder`, or openat without following links where the kernel lacks it.
int openBeneath(int folder, const std::string& name)
{
    open_how how = {};
    how.flags = static_cast<unsigned>(kOpenFlags | O_NOFOLLOW);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const long fd = ::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
    if (fd >= 0)
        return static_cast<int>(fd);
    if (errno != ENOSYS && errno != EPERM) // containers may forbid the call itself
        return -1;
    return ::openat(folder, name.c_str(), kOpenFlags | O_NOFOLLOW);
}

/// Where a link of a Hugging Face cache leads: a snapshot's files are links to ../../blobs/<hash>, one "../"
/// more per folder inside of the snapshot. Empty for every other link.
std::string hubBlobName(int folder, const std::string& snapshot, const std::string& name, int levels)
{
    std::error_code failure;
    const auto real = std::filesystem::canonical(snapshot, failure);
    if (failure || real.parent_path().filename() != "snapshots")
        return {};
    std::array<char, 512> text{};
    const ssize_t length = ::readlinkat(folder, name.c_str(), text.data(), text.size());
    if (length <= 0 || static_cast<std::size_t>(length) == text.size())
        return {};
    std::string_view target(text.data(), static_cast<std::size_t>(length));
    for (int level = 0; level < levels; ++level) {
        if (!target.starts_with("../"))
            return {};
        target.remove_prefix(3);
    }
    if (!target.starts_with("blobs/"))
        return {};
    target.remove_prefix(std::string_view("blobs/").size());
    return isPlainFileName(target) ? std::string(target) : std::string();
}

/// Opens the file that a link of a Hugging Face cache stands for; no descriptor when it is another link.
int openHubBlob(int folder, const std::string& snapshot, const std::string& name, int levels)
{
    const std::string blob = hubBlobName(folder, snapshot, name, levels);
    if (blob.empty())
        return -1;
    std::string up = "blobs";
    for (int level = 0; level < levels; ++level)
        up.insert(0, "../");
    const Descriptor blobs(::openat(folder, up.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return blobs.valid() ? openBeneath(blobs.get(), blob) : -1;
}

Error notPlain(const std::string& folder, const std::string& name)
{
    Error error;
    error.code = ErrorCode::Format;
    error.message = fmt::format("\"{}\" must be a plain file name.", name);
    error.file = folder;
    error.remedy = "Only files in the same folder are opened.";
    return error;
}

/// Opens `name` in the open folder; `levels` is how far the cache's root lies above it.
Result<std::shared_ptr<const ByteSource>> openInside(
    int folder, const std::string& snapshot, const std::string& name, const std::string& path, int levels)
{
    Descriptor descriptor(openBeneath(folder, name));
    if (descriptor.valid())
        return sourceFrom(std::move(descriptor), path);
    const int reason = errno;
    if (reason == ENXIO || reason == ENODEV)
        return fail(notRegular(path));
    if (reason != ELOOP && reason != EXDEV)
        return fail(systemError(reason, "Cannot open", path));
    if (Descriptor blob(openHubBlob(folder, snapshot, name, levels)); blob.valid())
        return sourceFrom(std::move(blob), path);
    Error error;
    error.code = ErrorCode::Unsupported;
    error.message = "Is a symbolic link; links are not followed.";
    error.file = path;
    error.remedy = "Copy the folder with its links resolved (cp -rL) and open the copy.";
    return fail(std::move(error));
}

} // namespace

bool isPlainFileName(std::string_view name)
{
    constexpr std::size_t kLongestName = 255;
    if (name.empty() || name.size() > kLongestName || name == "." || name == "..")
        return false;
    return name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

Result<std::shared_ptr<const ByteSource>> openFile(const std::string& path)
{
    Descriptor descriptor(::open(path.c_str(), kOpenFlags));
    if (!descriptor.valid()) {
        const int reason = errno;
        if (reason == ENXIO || reason == ENODEV) // a socket or a device without a driver
            return fail(notRegular(path));
        return fail(systemError(reason, "Cannot open", path));
    }
    return sourceFrom(std::move(descriptor), path);
}

Result<std::shared_ptr<const ByteSource>> openCompanion(const std::string& folder, const std::string& name)
{
    const std::string path = folder + "/" + name;
    if (!isPlainFileName(name))
        return fail(notPlain(folder, name));
    const Descriptor parent(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent.valid())
        return fail(systemError(errno, "Cannot open the folder", folder));
    return openInside(parent.get(), folder, name, path, 2);
}

Result<std::shared_ptr<const ByteSource>> openSideFile(const std::string& folder, const std::string& name)
{
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos)
        return openCompanion(folder, name);
    const std::string inner = name.substr(0, slash), file = name.substr(slash + 1);
    if (!isPlainFileName(inner) || !isPlainFileName(file))
        return fail(notPlain(folder, name));
    const Descriptor parent(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent.valid())
        return fail(systemError(errno, "Cannot open the folder", folder));
    const Descriptor sub(
        ::openat(parent.get(), inner.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!sub.valid())
        return fail(systemError(errno, "Cannot open the folder", folder + "/" + inner));
    return openInside(sub.get(), folder, file, folder + "/" + name, 3);
}

std::shared_ptr<const ByteSource> memorySource(std::string name, std::string bytes)
{
    return std::make_shared<const MemorySource>(std::move(name), std::move(bytes));
}

Result<FileFacts> fileFacts(const std::string& path)
{
    struct stat facts = {};
    if (::stat(path.c_str(), &facts) != 0)
        return fail(systemError(errno, "Cannot open", path));
    FileFacts result;
    result.bytes = facts.st_size > 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
    result.modifiedNs = nanoseconds(facts.st_mtim);
    result.regular = S_ISREG(facts.st_mode);
    result.folder = S_ISDIR(facts.st_mode);
    return result;
}

} // namespace bitwright::io
