#include "core/formats/hdf5/dump_reader.h"

namespace bitwright::formats::h5 {

Result<std::optional<Handle>> DumpGroup::child(
    const std::string& name, ObjectKind kind, Warnings& warnings) const
{
    const std::string full = (m_path == "/" ? "" : m_path) + "/" + name;
    BITWRIGHT_ASSIGN(const LinkKind link, linkKind(id(), name));
    if (link == LinkKind::None)
        return std::optional<Handle>{};
    if (link != LinkKind::Hard) {
        warnings.push_back(escapedForDisplay(full)
            + (link == LinkKind::External ? ": link to another file; not followed."
                                          : ": soft or unknown link; not followed."));
        return std::optional<Handle>{};
    }
    BITWRIGHT_ASSIGN(Handle object, openObject(id(), name));
    BITWRIGHT_ASSIGN(const ObjectKind found, objectKind(object.id()));
    if (found != kind) {
        warnings.push_back(escapedForDisplay(full)
            + (kind == ObjectKind::Group ? ": not a group; skipped." : ": not a dataset; skipped."));
        return std::optional<Handle>{};
    }
    return std::optional(std::move(object));
}

Result<std::optional<DumpGroup>> DumpGroup::group(const std::string& name, Warnings& warnings) const
{
    BITWRIGHT_ASSIGN(auto object, child(name, ObjectKind::Group, warnings));
    if (!object)
        return std::optional<DumpGroup>{};
    return std::optional(DumpGroup(std::move(*object), (m_path == "/" ? "" : m_path) + "/" + name));
}

Result<std::optional<Dataset>> DumpGroup::dataset(const std::string& name, Warnings& warnings) const
{
    BITWRIGHT_ASSIGN(auto object, child(name, ObjectKind::Dataset, warnings));
    if (!object)
        return std::optional<Dataset>{};
    auto checked = checkedDataset(std::move(*object));
    if (!checked)
        return fail(std::move(checked).error().inTensor(m_path + "/" + name));
    if (!checked->numeric) {
        warnings.push_back(escapedForDisplay(m_path + "/" + name) + ": not numeric; skipped.");
        return std::optional<Dataset>{};
    }
    return std::optional(std::move(*checked));
}

Result<std::optional<double>> DumpGroup::number(const std::string& name, Warnings& warnings) const
{
    BITWRIGHT_ASSIGN(const auto stored, dataset(name, warnings));
    if (!stored)
        return numberAttribute(id(), name);
    if (stored->elements != 1)
        return fail(problem(ErrorCode::Format, "Must be a single number.").inTensor(m_path + "/" + name));
    BITWRIGHT_ASSIGN(const auto values, readDoubles(*stored));
    return std::optional(values.front());
}

} // namespace bitwright::formats::h5
