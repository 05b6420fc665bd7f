#pragma once

#include "core/formats/hdf5/h5.h"
#include "core/model/activation_dump.h"

#include <optional>
#include <string>
#include <vector>

namespace bitwright::formats::h5 {

/// What went wrong with one optional thing of a dump: it becomes unknown, and the reader goes on.
using Warnings = std::vector<std::string>;

/// One group of a dump, with its path for messages. Looks up children by hard links only.
class DumpGroup
{
public:
    DumpGroup(Handle handle, std::string path)
        : m_handle(std::move(handle))
        , m_path(std::move(path))
    { }

    [[nodiscard]] hid_t id() const { return m_handle.id(); }
    [[nodiscard]] const std::string& path() const { return m_path; }

    /// A child group; nothing when there is none, or when a warning says why it is not followed.
    [[nodiscard]] Result<std::optional<DumpGroup>> group(const std::string& name, Warnings& warnings) const;
    /// A child dataset that may be read; nothing when there is none or when it is skipped with a warning
    /// (links elsewhere, not numeric). Errors: those of checkedDataset, with the dataset's path.
    [[nodiscard]] Result<std::optional<Dataset>> dataset(const std::string& name, Warnings& warnings) const;
    /// A number kept as a scalar dataset or as an attribute.
    [[nodiscard]] Result<std::optional<double>> number(const std::string& name, Warnings& warnings) const;

private:
    [[nodiscard]] Result<std::optional<Handle>> child(
        const std::string& name, ObjectKind kind, Warnings& warnings) const;

    Handle m_handle;
    std::string m_path;
};

/// Reads the light statistics of one site group. Errors: Format, Unsupported, Mismatch, one clear line naming
/// the site.
[[nodiscard]] Result<model::Site> readSite(const DumpGroup& group, Warnings& warnings);

/// Reads one gradient group; nothing when its numbers are not finite (with a warning).
[[nodiscard]] Result<std::optional<model::GradientFactors>> readGradient(
    const DumpGroup& group, Warnings& warnings);
/// Reads what one group of gradients of outputs says of itself; nothing where it is incomplete (with a
/// warning).
[[nodiscard]] Result<std::optional<model::OutputGradientSite>> readOutputGradient(
    const DumpGroup& group, Warnings& warnings);

} // namespace bitwright::formats::h5
