#pragma once

#include "core/export/layout.h"

#include <cstddef>
#include <memory>
#include <span>

namespace bitwright::exporting {

/// The weight files of an export while they are filled: headers first, then any byte range of any tensor in
/// any order. They stay on disk when the object goes, so that an interrupted export can resume.
class WeightFiles
{
public:
    /// Creates or reopens the files of `layout` in `folder`, sets their sizes, reserves their disk space
    /// where the file system can, and writes the headers. `layout` must outlive the object. Errors: Io; a
    /// full disk is found here, before any work.
    [[nodiscard]] static Result<WeightFiles> open(const std::string& folder, const OutputLayout& layout);

    /// Writes at byte `offset` of a tensor's data. Errors: Io; OutOfRange beyond the tensor; Internal for a
    /// tensor that the layout lacks. Thread safe.
    [[nodiscard]] Result<void> write(
        std::string_view tensor, std::uint64_t offset, std::span<const std::byte> bytes) const;

    /// Reads what was written; the same errors. Thread safe.
    [[nodiscard]] Result<void> read(
        std::string_view tensor, std::uint64_t offset, std::span<std::byte> bytes) const;

    /// The unfinished files as a model, for reading back while they are written (the readers of formats
    /// refuse files that change). Headers come from the layout, bytes from the files. Must not outlive the
    /// layout.
    [[nodiscard]] std::shared_ptr<const model::Checkpoint> asCheckpoint() const;

    /// Forces everything to the disk and drops it from the cache, so that what is read next comes from there.
    [[nodiscard]] Result<void> sync() const;

private:
    class Descriptor;
    class View;
    [[nodiscard]] Result<const OutputLayout::Place*> placeOf(
        std::string_view tensor, std::uint64_t offset, std::uint64_t count) const;

    const OutputLayout* m_layout = nullptr;
    std::vector<std::shared_ptr<const Descriptor>> m_files;
};

/// The Error for a failed write to `path`: disk full and size limits are named as such.
[[nodiscard]] Error exportWriteError(int systemCode, const std::string& path);

} // namespace bitwright::exporting
