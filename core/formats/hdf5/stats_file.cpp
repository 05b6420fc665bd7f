#include "core/formats/stats_file.h"

#include "core/formats/hdf5/h5.h"
#include "core/io/atomic_output.h"

#include <span>
#include <string>

namespace bitwright::formats {

namespace {

using h5::Handle;

constexpr const char* kSchema = "bitwright-statistics";
constexpr int kVersion = 1;

tl::unexpected<Error> writeFailure(std::string_view what)
{
    return fail(ErrorCode::Io, "HDF5 library could not make the file: {}.", what);
}

Result<Handle> owned(hid_t id, Handle::Close close, std::string_view what)
{
    if (id < 0)
        return writeFailure(what);
    return Handle(id, close);
}

/// A file that is built in memory, so that every byte reaches the disk through AtomicFile, whose errors say
/// what the system said.
Result<Handle> memoryFile(const std::string& name)
{
    constexpr std::size_t kGrowth = std::size_t{1} << 20;
    BITWRIGHT_ASSIGN(const Handle access, owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "property list"));
    if (H5Pset_fapl_core(access.id(), kGrowth, false) < 0)
        return writeFailure("file access");
    return owned(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose, "file");
}

Result<Handle> stringType()
{
    BITWRIGHT_ASSIGN(Handle type, owned(H5Tcopy(H5T_C_S1), H5Tclose, "string type"));
    if (H5Tset_size(type.id(), H5T_VARIABLE) < 0 || H5Tset_cset(type.id(), H5T_CSET_UTF8) < 0)
        return writeFailure("string type");
    return type;
}

Result<void> writeAttributes(hid_t file)
{
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate(H5S_SCALAR), H5Sclose, "scalar"));
    BITWRIGHT_ASSIGN(const Handle text, stringType());
    BITWRIGHT_ASSIGN(const Handle schema,
        owned(H5Acreate2(file, "schema", text.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
            "attribute schema"));
    BITWRIGHT_ASSIGN(const Handle version,
        owned(H5Acreate2(file, "version", H5T_STD_I64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
            "attribute version"));
    if (H5Awrite(schema.id(), text.id(), &kSchema) < 0
        || H5Awrite(version.id(), H5T_NATIVE_INT, &kVersion) < 0)
        return writeFailure("attributes");
    return {};
}

/// Creates a dataset and the groups on its way. Times of objects are left out: the same numbers give the same
/// file.
Result<Handle> createDataset(hid_t file, const std::string& path, hid_t type, hid_t space)
{
    BITWRIGHT_ASSIGN(const Handle link, owned(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "property list"));
    BITWRIGHT_ASSIGN(const Handle creation, owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "property list"));
    if (H5Pset_create_intermediate_group(link.id(), 1) < 0
        || H5Pset_char_encoding(link.id(), H5T_CSET_UTF8) < 0
        || H5Pset_obj_track_times(creation.id(), false) < 0)
        return writeFailure("dataset settings");
    auto dataset = owned(H5Dcreate2(file, path.c_str(), type, space, link.id(), creation.id(), H5P_DEFAULT),
        H5Dclose, "dataset");
    if (!dataset)
        return fail(std::move(dataset).error().inTensor(path));
    return dataset;
}

Result<void> writeSummary(hid_t file, std::string_view summaryJson)
{
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate(H5S_SCALAR), H5Sclose, "scalar"));
    BITWRIGHT_ASSIGN(const Handle type, stringType());
    BITWRIGHT_ASSIGN(const Handle dataset, createDataset(file, "summary", type.id(), space.id()));
    const std::string terminated(summaryJson);
    const char* text = terminated.c_str();
    if (H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &text) < 0)
        return writeFailure("summary");
    return {};
}

/// HDF5 takes "." for the group itself and ignores empty components; both are spelled out instead.
std::string storablePath(std::string_view path)
{
    std::string result;
    while (true) {
        const std::size_t slash = path.find('/');
        const std::string_view component = path.substr(0, slash);
        if (component.empty())
            result += "%";
        else if (component == ".")
            result += "%2E";
        else
            result += component;
        if (slash == std::string_view::npos)
            return result;
        result += '/';
        path.remove_prefix(slash + 1);
    }
}

Result<void> writeVector(hid_t file, const NamedVector& vector)
{
    const hsize_t count = vector.values.size();
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate_simple(1, &count, nullptr), H5Sclose, "shape"));
    BITWRIGHT_ASSIGN(
        const Handle dataset, createDataset(file, storablePath(vector.path), H5T_IEEE_F64LE, space.id()));
    if (count > 0
        && H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, vector.values.data()) < 0)
        return writeFailure(vector.path);
    return {};
}

Result<std::vector<std::byte>> imageOf(hid_t file)
{
    if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0)
        return writeFailure("flush");
    const ssize_t size = H5Fget_file_image(file, nullptr, 0);
    if (size <= 0)
        return writeFailure("image");
    std::vector<std::byte> image(static_cast<std::size_t>(size));
    if (H5Fget_file_image(file, image.data(), image.size()) != size)
        return writeFailure("image");
    return image;
}

Result<std::vector<std::byte>> buildFile(
    const std::string& name, std::string_view summaryJson, const std::vector<NamedVector>& vectors)
{
    const h5::Session session;
    BITWRIGHT_ASSIGN(const Handle file, memoryFile(name));
    BITWRIGHT_CHECK(writeAttributes(file.id()));
    BITWRIGHT_CHECK(writeSummary(file.id(), summaryJson));
    for (const NamedVector& vector : vectors)
        BITWRIGHT_CHECK(writeVector(file.id(), vector));
    return imageOf(file.id());
}

} // namespace

Result<void> writeStatsFile(
    const std::string& path, std::string_view summaryJson, const std::vector<NamedVector>& vectors)
{
    auto image = buildFile(path, summaryJson, vectors);
    if (!image)
        return fail(std::move(image).error().inFile(path));
    BITWRIGHT_ASSIGN(io::AtomicFile file, io::AtomicFile::create(path));
    BITWRIGHT_CHECK(file.write(std::span<const std::byte>(*image)));
    return file.commit();
}

} // namespace bitwright::formats
