#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bitwright::io {

/// A file written beside its target and renamed on commit(). Without commit, nothing is left behind and the
/// previous file is intact. Every write error names the target; ENOSPC reads "Not saved: disk full; previous
/// file intact."
class AtomicFile
{
public:
    /// `folder` is where it is written, on the target's file system; empty: beside the target.
    [[nodiscard]] static Result<AtomicFile> create(const std::string& target, const std::string& folder = {});
    AtomicFile(AtomicFile&&) noexcept;
    AtomicFile& operator=(AtomicFile&&) noexcept;
    ~AtomicFile();
    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> write(std::string_view text);
    [[nodiscard]] Result<void> writeAt(std::uint64_t offset, std::span<const std::byte> bytes);
    /// fsync, close, rename.
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] const std::string& temporaryPath() const { return m_temporary; }

private:
    AtomicFile() = default;
    std::string m_target, m_temporary;
    int m_fd = -1;
};

/// What a link at the target points to, where saving replaces that and not the link; else the target.
[[nodiscard]] std::string resolvedTarget(const std::string& target);

/// Writes a whole small file atomically.
[[nodiscard]] Result<void> writeFileAtomically(const std::string& target, std::string_view text);

/// A folder filled beside its target under a stable name ("<target>.partial") and renamed on commit(). The
/// stable name lets a killed export resume; discard() removes it. The target must not exist, or must be a
/// previous export (it is swapped and the old one removed).
class AtomicFolder
{
public:
    /// `resume` keeps what a previous attempt left in the partial folder; else it is emptied first. Errors:
    /// Io when another process fills the same folder, or the system refuses; InvalidArgument for a target
    /// such as "/".
    [[nodiscard]] static Result<AtomicFolder> create(const std::string& target, bool resume);
    AtomicFolder(AtomicFolder&&) noexcept;
    AtomicFolder& operator=(AtomicFolder&&) noexcept;
    ~AtomicFolder(); ///< Leaves the partial folder in place (resume); call discard() to remove it.
    [[nodiscard]] const std::string& path() const { return m_partial; } ///< Where to write.
    /// Makes a folder inside, unless it stands there already. `name` is a plain name.
    [[nodiscard]] Result<void> makeFolder(const std::string& name);
    [[nodiscard]] Result<void> commit(bool replaceExisting);
    void discard();

private:
    AtomicFolder() = default;
    void unlock();
    std::string m_target, m_partial;
    bool m_open = false;
    int m_lock = -1; ///< Descriptor of the partial folder, locked so that two exports cannot fill it at once.
};

/// Free bytes on the file system that holds `path` (or its nearest existing parent).
[[nodiscard]] Result<std::uint64_t> freeBytes(const std::string& path);

} // namespace bitwright::io
