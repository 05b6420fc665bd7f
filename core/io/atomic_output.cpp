#include "core/io/atomic_output.h"

#include <climits>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bitwright::io {

namespace fs = std::filesystem;

namespace {

Error writeError(int code, std::string_view what, const std::string& target)
{
    Error error;
    error.code = ErrorCode::Io;
    error.file = target;
    if (code == ENOSPC || code == EDQUOT) {
        error.message = "Not saved: disk full; previous file intact.";
        error.remedy = "Free some space or choose another place.";
    } else if (code == EFBIG) {
        error.message = "Not saved: the file would exceed the size limit here; previous file intact.";
    } else {
        error.message = fmt::format("{}: {}.", what, std::generic_category().message(code));
    }
    return error;
}

std::string parentOf(const std::string& path)
{
    const fs::path parent = fs::path(path).parent_path();
    return parent.empty() ? std::string(".") : parent.string();
}

/// Makes a rename in `folder` survive a power cut. Some file systems cannot sync a folder; then there is
/// nothing to do.
void syncFolder(const std::string& folder)
{
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    ::fsync(fd);
    ::close(fd);
}

/// Writes all bytes at the current position (`offset` < 0) or at `offset`.
Result<void> writeAll(
    int fd, std::span<const std::byte> bytes, std::int64_t offset, const std::string& target)
{
    constexpr std::size_t kLargestWrite = std::size_t{1} << 30;
    while (!bytes.empty()) {
        const std::size_t want = std::min(bytes.size(), kLargestWrite);
        const ssize_t done
            = offset < 0 ? ::write(fd, bytes.data(), want) : ::pwrite(fd, bytes.data(), want, offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail(writeError(errno, "Cannot write", target));
        if (done == 0)
            return fail(writeError(ENOSPC, "Cannot write", target));
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        if (offset >= 0)
            offset += done;
    }
    return {};
}

Result<void> closedWriter(const std::string& target)
{
    Error error;
    error.code = ErrorCode::Internal;
    error.message = "Written to after it was committed.";
    error.file = target;
    return fail(std::move(error));
}

} // namespace

std::string resolvedTarget(const std::string& target)
{
    std::error_code ignored;
    if (!fs::is_symlink(fs::path(target), ignored))
        return target;
    const fs::path real = fs::canonical(fs::path(target), ignored);
    return ignored ? target : real.string();
}

// --- AtomicFile
// ------------------------------------------------------------------------------------------------

Result<AtomicFile> AtomicFile::create(const std::string& target, const std::string& folder)
{
    static std::atomic<unsigned> counter{0};
    AtomicFile file;
    file.m_target = resolvedTarget(target);
    struct stat existing = {};
    const bool exists = ::stat(file.m_target.c_str(), &existing) == 0;
    if (exists && !S_ISREG(existing.st_mode)) {
        Error error;
        error.code = ErrorCode::InvalidArgument;
        error.message = "Cannot be replaced: not a regular file.";
        error.file = target;
        return fail(std::move(error));
    }
    const std::string place
        = folder.empty() ? file.m_target : (fs::path(folder) / fs::path(file.m_target).filename()).string();
    for (int attempt = 0; attempt < 100; ++attempt) {
        std::string temporary
            = fmt::format("{}.{}-{}.tmp", place, static_cast<long>(::getpid()), counter.fetch_add(1));
        const int fd = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd < 0 && errno == EEXIST)
            continue;
        if (fd < 0)
            return fail(writeError(errno, "Cannot create", target));
        file.m_temporary = std::move(temporary);
        file.m_fd = fd;
        if (exists && ::fchmod(fd, existing.st_mode & 07777U) != 0)
            return fail(writeError(errno, "Cannot keep the permissions", target));
        return file;
    }
    return fail(writeError(EEXIST, "Cannot create a temporary file", target));
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_target(std::move(other.m_target))
    , m_temporary(std::move(other.m_temporary))
    , m_fd(std::exchange(other.m_fd, -1))
{ }

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept
{
    std::swap(m_target, other.m_target);
    std::swap(m_temporary, other.m_temporary);
    std::swap(m_fd, other.m_fd);
    return *this;
}

AtomicFile::~AtomicFile()
{
    if (m_fd < 0)
        return;
    ::close(m_fd);
    ::unlink(m_temporary.c_str());
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes)
{
    if (m_fd < 0)
        return closedWriter(m_target);
    return writeAll(m_fd, bytes, -1, m_target);
}

Result<void> AtomicFile::write(std::string_view text)
{
    return write(std::as_bytes(std::span<const char>(text.data(), text.size())));
}

Result<void> AtomicFile::writeAt(std::uint64_t offset, std::span<const std::byte> bytes)
{
    if (m_fd < 0)
        return closedWriter(m_target);
    if (offset > static_cast<std::uint64_t>(INT64_MAX) - bytes.size())
        return fail(ErrorCode::OutOfRange, "Offset {} exceeds what a file can hold.", offset);
    return writeAll(m_fd, bytes, static_cast<std::int64_t>(offset), m_target);
}

Result<void> AtomicFile::commit()
{
    if (m_fd < 0)
        return closedWriter(m_target);
    // Any failure below leaves m_fd or the temporary to be cleaned up: the previous file stays as it is.
    if (::fsync(m_fd) != 0)
        return fail(writeError(errno, "Cannot write", m_target));
    if (::close(std::exchange(m_fd, -1)) != 0) {
        const int reason = errno;
        ::unlink(m_temporary.c_str());
        return fail(writeError(reason, "Cannot write", m_target));
    }
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) {
        const int reason = errno;
        ::unlink(m_temporary.c_str());
        return fail(writeError(reason, "Cannot replace", m_target));
    }
    syncFolder(parentOf(m_target));
    return {};
}

Result<void> writeFileAtomically(const std::string& target, std::string_view text)
{
    BITWRIGHT_ASSIGN(AtomicFile file, AtomicFile::create(target));
    BITWRIGHT_CHECK(file.write(text));
    return file.commit();
}

// --- AtomicFolder
// ----------------------------------------------------------------------------------------------

namespace {

Error folderError(ErrorCode code, std::string message, const std::string& path, std::string remedy = {})
{
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.file = path;
    error.remedy = std::move(remedy);
    return error;
}

/// Where the folder that a commit replaced waits for its removal.
std::string replacedPath(const std::string& target)
{
    return target + ".replaced";
}

Result<void> emptyFolder(const std::string& folder)
{
    std::error_code error;
    std::vector<fs::path> entries; // gathered first: removing while listing may skip some
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        entries.push_back(entry->path());
    for (const fs::path& entry : entries)
        fs::remove_all(entry, error);
    if (error || !fs::is_empty(folder, error) || error)
        return fail(writeError(error ? error.value() : ENOTEMPTY, "Cannot empty", folder));
    return {};
}

/// Puts `partial` in the place of the folder `target`, in one step where the file system can exchange names.
Result<void> exchangeFolders(const std::string& partial, const std::string& target)
{
    const std::string replaced = replacedPath(target);
    if (::renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
        // The old folder must not keep the partial name, or a later resume would take it for work done.
        if (::rename(partial.c_str(), replaced.c_str()) != 0)
            return fail(writeError(errno, "Cannot set the previous folder aside", target));
        return {};
    }
    if (errno != EINVAL && errno != ENOSYS)
        return fail(writeError(errno, "Cannot replace", target));
    if (::rename(target.c_str(), replaced.c_str()) != 0)
        return fail(writeError(errno, "Cannot set the previous folder aside", target));
    if (::rename(partial.c_str(), target.c_str()) != 0) {
        const int reason = errno;
        if (::rename(replaced.c_str(), target.c_str()) != 0)
            return fail(writeError(
                reason, fmt::format("Cannot replace; the previous folder is now {}", replaced), target));
        return fail(writeError(reason, "Cannot replace", target));
    }
    return {};
}

} // namespace

Result<AtomicFolder> AtomicFolder::create(const std::string& target, bool resume)
{
    AtomicFolder folder;
    folder.m_target = target;
    while (folder.m_target.size() > 1 && folder.m_target.back() == '/')
        folder.m_target.pop_back();
    if (folder.m_target.empty() || folder.m_target == "/" || folder.m_target == "."
        || folder.m_target == "..")
        return fail(folderError(ErrorCode::InvalidArgument, "Cannot be an output folder.", target));
    folder.m_partial = folder.m_target + ".partial";

    std::error_code ignored;
    fs::remove_all(replacedPath(folder.m_target), ignored); // left by a kill between replacing and removing
    if (::mkdir(folder.m_partial.c_str(), 0777) != 0 && errno != EEXIST)
        return fail(writeError(errno, "Cannot create", folder.m_partial));
    folder.m_lock = ::open(folder.m_partial.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder.m_lock < 0)
        return fail(writeError(errno, "Cannot create", folder.m_partial));
    if (::flock(folder.m_lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return fail(folderError(ErrorCode::Io, "Another export is writing here.", folder.m_target,
            "Wait for it, or choose another folder."));
    }
    if (!resume)
        BITWRIGHT_CHECK(emptyFolder(folder.m_partial));
    folder.m_open = true;
    return folder;
}

AtomicFolder::AtomicFolder(AtomicFolder&& other) noexcept
    : m_target(std::move(other.m_target))
    , m_partial(std::move(other.m_partial))
    , m_open(std::exchange(other.m_open, false))
    , m_lock(std::exchange(other.m_lock, -1))
{ }

AtomicFolder& AtomicFolder::operator=(AtomicFolder&& other) noexcept
{
    std::swap(m_target, other.m_target);
    std::swap(m_partial, other.m_partial);
    std::swap(m_open, other.m_open);
    std::swap(m_lock, other.m_lock);
    return *this;
}

AtomicFolder::~AtomicFolder()
{
    unlock();
}

void AtomicFolder::unlock()
{
    if (m_lock >= 0)
        ::close(std::exchange(m_lock, -1));
}

Result<void> AtomicFolder::makeFolder(const std::string& name)
{
    const std::string folder = m_partial + "/" + name;
    if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
        return fail(writeError(errno, "Cannot create", folder));
    return {};
}

Result<void> AtomicFolder::commit(bool replaceExisting)
{
    if (!m_open)
        return closedWriter(m_target);
    syncFolder(m_partial);
    struct stat existing = {};
    const bool exists = ::lstat(m_target.c_str(), &existing) == 0;
    if (exists && !S_ISDIR(existing.st_mode)) {
        return fail(folderError(
            ErrorCode::InvalidArgument, "Exists and is not a folder.", m_target, "Choose another name."));
    }
    if (exists && !replaceExisting) {
        return fail(folderError(ErrorCode::InvalidArgument, "Already exists.", m_target,
            "Choose another folder, or allow to replace it."));
    }
    if (exists) {
        BITWRIGHT_CHECK(exchangeFolders(m_partial, m_target));
    } else if (::renameat2(AT_FDCWD, m_partial.c_str(), AT_FDCWD, m_target.c_str(), RENAME_NOREPLACE) != 0
        && ((errno != EINVAL && errno != ENOSYS) || ::rename(m_partial.c_str(), m_target.c_str()) != 0)) {
        return fail(writeError(errno, "Cannot create", m_target));
    }
    m_open = false;
    unlock();
    syncFolder(parentOf(m_target));
    std::error_code ignored; // the new folder stands; leftovers are removed by the next attempt
    fs::remove_all(replacedPath(m_target), ignored);
    return {};
}

void AtomicFolder::discard()
{
    if (!m_open)
        return;
    m_open = false;
    unlock();
    std::error_code ignored;
    fs::remove_all(m_partial, ignored);
}

Result<std::uint64_t> freeBytes(const std::string& path)
{
    std::error_code ignored;
    fs::path place = fs::absolute(fs::path(path), ignored);
    while (!fs::exists(place, ignored) && place.has_parent_path() && place != place.parent_path())
        place = place.parent_path();
    struct statvfs facts = {};
    if (::statvfs(place.c_str(), &facts) != 0)
        return fail(writeError(errno, "Cannot examine", path));
    return static_cast<std::uint64_t>(facts.f_bavail) * static_cast<std::uint64_t>(facts.f_frsize);
}

} // namespace bitwright::io
