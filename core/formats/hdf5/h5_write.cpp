#include "core/formats/hdf5/h5_write.h"

#include <algorithm>
#include <array>

namespace bitwright::formats::h5 {

constexpr std::size_t kPackedBytes = 16384; ///< Smaller arrays are stored plain.

tl::unexpected<Error> writeFailure(std::string_view what)
{
    return fail(ErrorCode::Io, "Not saved: the HDF5 library could not write {}.", what);
}

Result<Handle> owned(hid_t id, Handle::Close close, std::string_view what)
{
    if (id < 0)
        return writeFailure(what);
    return Handle(id, close);
}

static Result<Handle> textType()
{
    BITWRIGHT_ASSIGN(Handle type, owned(H5Tcopy(H5T_C_S1), H5Tclose, "a text type"));
    if (H5Tset_size(type.id(), H5T_VARIABLE) < 0 || H5Tset_cset(type.id(), H5T_CSET_UTF8) < 0)
        return writeFailure("a text type");
    return type;
}

Result<Handle> halfType()
{
    BITWRIGHT_ASSIGN(Handle type, owned(H5Tcopy(H5T_IEEE_F32LE), H5Tclose, "a half type"));
    if (H5Tset_fields(type.id(), 15, 10, 5, 0, 10) < 0 || H5Tset_size(type.id(), 2) < 0
        || H5Tset_ebias(type.id(), 15) < 0)
        return writeFailure("a half type");
    return type;
}

static Result<void> writeAttribute(
    hid_t object, const char* name, hid_t stored, hid_t memory, hid_t space, const void* data)
{
    BITWRIGHT_ASSIGN(const Handle attribute,
        owned(H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, name));
    if (H5Awrite(attribute.id(), memory, data) < 0)
        return writeFailure(name);
    return {};
}

Result<void> writeText(hid_t object, const char* name, const std::string& text)
{
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate(H5S_SCALAR), H5Sclose, name));
    BITWRIGHT_ASSIGN(const Handle type, textType());
    const char* const data = text.c_str();
    return writeAttribute(object, name, type.id(), type.id(), space.id(), &data);
}

Result<void> writeInteger(hid_t object, const char* name, std::int64_t value)
{
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate(H5S_SCALAR), H5Sclose, name));
    return writeAttribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, space.id(), &value);
}

Result<void> writeNumber(hid_t object, const char* name, double value)
{
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate(H5S_SCALAR), H5Sclose, name));
    return writeAttribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, space.id(), &value);
}

Result<void> writeTexts(hid_t object, const char* name, const std::vector<std::string>& texts)
{
    const hsize_t count = texts.size();
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate_simple(1, &count, nullptr), H5Sclose, name));
    BITWRIGHT_ASSIGN(const Handle type, textType());
    std::vector<const char*> data;
    for (const std::string& text : texts)
        data.push_back(text.c_str());
    if (data.empty())
        data.push_back("");
    return writeAttribute(object, name, type.id(), type.id(), space.id(), data.data());
}

/// Times of objects are left out: the same numbers give the same file.
static Result<Handle> datasetSettings(const Stored& stored)
{
    BITWRIGHT_ASSIGN(Handle settings, owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "dataset settings"));
    if (H5Pset_obj_track_times(settings.id(), false) < 0)
        return writeFailure("dataset settings");
    hsize_t bytes = H5Tget_size(stored.file);
    for (const hsize_t length : stored.shape)
        bytes *= length;
    if (!stored.packed || stored.shape.empty() || bytes <= kPackedBytes)
        return settings;
    std::vector<hsize_t> chunk = stored.shape;
    for (std::size_t axis = 0; bytes > (hsize_t{1} << 20U) && axis < chunk.size(); ++axis)
        while (bytes > (hsize_t{1} << 20U) && chunk[axis] > 1) {
            chunk[axis] = (chunk[axis] + 1) / 2;
            bytes = bytes / 2;
        }
    if (H5Pset_chunk(settings.id(), static_cast<int>(chunk.size()), chunk.data()) < 0
        || H5Pset_shuffle(settings.id()) < 0 || H5Pset_deflate(settings.id(), 4) < 0)
        return writeFailure("dataset settings");
    return settings;
}

Result<Handle> writeData(hid_t group, const char* name, const Stored& stored, const void* data)
{
    BITWRIGHT_ASSIGN(const Handle space,
        stored.shape.empty()
            ? owned(H5Screate(H5S_SCALAR), H5Sclose, name)
            : owned(H5Screate_simple(static_cast<int>(stored.shape.size()), stored.shape.data(), nullptr),
                H5Sclose, name));
    BITWRIGHT_ASSIGN(const Handle settings, datasetSettings(stored));
    BITWRIGHT_ASSIGN(Handle dataset,
        owned(H5Dcreate2(group, name, stored.file, space.id(), H5P_DEFAULT, settings.id(), H5P_DEFAULT),
            H5Dclose, name));
    const bool empty = std::find(stored.shape.begin(), stored.shape.end(), hsize_t{0}) != stored.shape.end();
    if (!empty && H5Dwrite(dataset.id(), stored.memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0)
        return writeFailure(name);
    // Packed data waits in a cache, and what closing says of a full disk would not be heard.
    if (H5Pget_layout(settings.id()) == H5D_CHUNKED && H5Dflush(dataset.id()) < 0)
        return writeFailure(name);
    return dataset;
}

Result<Handle> emptyRows(hid_t group, const char* name, hsize_t rows, hsize_t columns, bool sparse)
{
    const std::array<hsize_t, 2> shape{rows, columns};
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Screate_simple(2, shape.data(), nullptr), H5Sclose, name));
    BITWRIGHT_ASSIGN(const Handle settings,
        datasetSettings({H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {shape.begin(), shape.end()}, false}));
    BITWRIGHT_ASSIGN(const Handle access, owned(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, name));
    const std::array<hsize_t, 2> row{1, columns};
    const float zero = 0;
    // A place fixed now: the same rows give the same file in whatever order they come.
    if (!sparse && H5Pset_alloc_time(settings.id(), H5D_ALLOC_TIME_EARLY) < 0)
        return writeFailure(name);
    // Without a cache: there are thousands of such datasets, and each keeps its own while it is open.
    if (sparse
        && (H5Pset_chunk(settings.id(), 2, row.data()) < 0
            || H5Pset_fill_value(settings.id(), H5T_NATIVE_FLOAT, &zero) < 0
            || H5Pset_fill_time(settings.id(), H5D_FILL_TIME_ALLOC) < 0
            || H5Pset_chunk_cache(access.id(), 1, 0, 1.0) < 0))
        return writeFailure(name);
    return owned(H5Dcreate2(group, name, H5T_IEEE_F32LE, space.id(), H5P_DEFAULT, settings.id(), access.id()),
        H5Dclose, name);
}

Result<void> writeRow(hid_t dataset, std::uint64_t row, std::uint64_t first, std::span<const float> values)
{
    const std::array<hsize_t, 2> start{row, first}, count{1, values.size()};
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Dget_space(dataset), H5Sclose, "a row"));
    BITWRIGHT_ASSIGN(
        const Handle memory, owned(H5Screate_simple(2, count.data(), nullptr), H5Sclose, "a row"));
    if (H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) < 0
        || H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory.id(), space.id(), H5P_DEFAULT, values.data()) < 0)
        return writeFailure("a row");
    return {};
}

/// Whole rows of a matrix: the space in the file that they take.
static Result<Handle> rowsOf(hid_t dataset, hsize_t first, hsize_t rows, hsize_t columns)
{
    const std::array<hsize_t, 2> start{first, 0}, count{rows, columns};
    BITWRIGHT_ASSIGN(Handle space, owned(H5Dget_space(dataset), H5Sclose, "rows"));
    if (H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) < 0)
        return writeFailure("rows");
    return space;
}

Result<void> copyRows(hid_t from, std::uint64_t first, std::uint64_t rows, hid_t to)
{
    constexpr hsize_t kFloats = hsize_t{1} << 22U; // at once
    std::array<hsize_t, 2> shape{};
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Dget_space(to), H5Sclose, "rows"));
    if (H5Sget_simple_extent_ndims(space.id()) != 2
        || H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr) < 0 || shape[1] == 0)
        return writeFailure("rows");
    const hsize_t step = std::max<hsize_t>(1, kFloats / shape[1]);
    std::vector<float> values;
    for (hsize_t row = 0; row < rows; row += step) {
        const std::array<hsize_t, 2> count{std::min<hsize_t>(step, rows - row), shape[1]};
        values.resize(count[0] * count[1]);
        BITWRIGHT_ASSIGN(
            const Handle memory, owned(H5Screate_simple(2, count.data(), nullptr), H5Sclose, "rows"));
        BITWRIGHT_ASSIGN(const Handle source, rowsOf(from, first + row, count[0], count[1]));
        BITWRIGHT_ASSIGN(const Handle place, rowsOf(to, row, count[0], count[1]));
        if (H5Dread(from, H5T_NATIVE_FLOAT, memory.id(), source.id(), H5P_DEFAULT, values.data()) < 0
            || H5Dwrite(to, H5T_NATIVE_FLOAT, memory.id(), place.id(), H5P_DEFAULT, values.data()) < 0)
            return writeFailure("rows");
    }
    return {};
}

} // namespace bitwright::formats::h5
