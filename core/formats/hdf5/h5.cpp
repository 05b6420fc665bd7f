#include "core/formats/hdf5/h5.h"

#include "core/base/checked.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <span>

namespace bitwright::formats::h5 {

namespace {

constexpr std::size_t kStringLimit = 1 << 20;
constexpr std::size_t kListLimit = 65536;
constexpr int kRankLimit = 16;
constexpr std::uint64_t kChunkLimit = 256ULL << 20;
constexpr std::uint64_t kRatioLimit = 200;
constexpr std::uint64_t kSmallBytes = 4ULL << 20; // constants deflate better than 200:1
constexpr std::uint64_t kElementLimit = 1ULL << 36;

tl::unexpected<Error> libraryFailure(std::string_view what)
{
    return fail(ErrorCode::Format, "HDF5 library failed on this file: {}.", what);
}

Result<Handle> owned(hid_t id, Handle::Close close, std::string_view what)
{
    if (id < 0)
        return libraryFailure(what);
    return Handle(id, close);
}

void startLibrary()
{
    // The library reads these when it starts. "::" means: never load a plug-in.
    ::setenv("HDF5_PLUGIN_PRELOAD", "::", 1);
    ::setenv("HDF5_USE_FILE_LOCKING", "BEST_EFFORT", 0); // file systems without locks are common on clusters
    // Nothing is closed behind our back at the end of the program: what is open then could not be written.
    H5dont_atexit();
    H5open();
    H5PLset_loading_state(0);
}

/// Refuses to follow a link into another file.
herr_t refuseExternalLink(const char*, const char*, const char*, const char*, unsigned*, hid_t, void*)
{
    return -1;
}

/// Link access that cannot leave the file.
Result<Handle> linkAccess()
{
    BITWRIGHT_ASSIGN(Handle access, owned(H5Pcreate(H5P_LINK_ACCESS), H5Pclose, "property list"));
    if (H5Pset_elink_cb(access.id(), refuseExternalLink, nullptr) < 0)
        return libraryFailure("link access");
    return access;
}

/// IEEE binary16, which HDF5 1.10 has no name for.
Result<Handle> halfType(hid_t order)
{
    BITWRIGHT_ASSIGN(Handle type, owned(H5Tcopy(order), H5Tclose, "half type"));
    if (H5Tset_fields(type.id(), 15, 10, 5, 0, 10) < 0 || H5Tset_size(type.id(), 2) < 0
        || H5Tset_ebias(type.id(), 15) < 0)
        return libraryFailure("half type");
    return type;
}

/// Only types that are exactly one of the standard ones are read: a damaged type description never reaches
/// conversion.
Result<bool> isStandardNumber(hid_t type)
{
    const std::array<hid_t, 20> known{H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_IEEE_F64BE,
        H5T_STD_I8LE, H5T_STD_I16LE, H5T_STD_I32LE, H5T_STD_I64LE, H5T_STD_U8LE, H5T_STD_U16LE, H5T_STD_U32LE,
        H5T_STD_U64LE, H5T_STD_I8BE, H5T_STD_I16BE, H5T_STD_I32BE, H5T_STD_I64BE, H5T_STD_U8BE, H5T_STD_U16BE,
        H5T_STD_U32BE, H5T_STD_U64BE};
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_INTEGER && kind != H5T_FLOAT)
        return false;
    if (std::any_of(known.begin(), known.end(), [&](hid_t standard) { return H5Tequal(type, standard) > 0; }))
        return true;
    for (const hid_t order : {H5T_IEEE_F32LE, H5T_IEEE_F32BE}) {
        BITWRIGHT_ASSIGN(const Handle half, halfType(order));
        if (H5Tequal(type, half.id()) > 0)
            return true;
    }
    return false;
}

/// Extent of a data space; empty for a scalar. Errors: Format for a null space or absurd sizes.
Result<std::vector<std::uint64_t>> shapeOf(hid_t space)
{
    const H5S_class_t kind = H5Sget_simple_extent_type(space);
    if (kind == H5S_SCALAR)
        return std::vector<std::uint64_t>{};
    const int rank = H5Sget_simple_extent_ndims(space);
    if (kind != H5S_SIMPLE || rank < 1 || rank > kRankLimit)
        return fail(ErrorCode::Format, "Data has no shape or more than {} dimensions.", kRankLimit);
    std::array<hsize_t, kRankLimit> dims{};
    if (H5Sget_simple_extent_dims(space, dims.data(), nullptr) < 0)
        return libraryFailure("shape");
    return std::vector<std::uint64_t>(dims.begin(), dims.begin() + rank);
}

Result<std::uint64_t> elementCount(std::span<const std::uint64_t> shape)
{
    std::uint64_t count = 1;
    for (const std::uint64_t dimension : shape) {
        const auto product = checkedMul(count, dimension);
        if (!product)
            return fail(ErrorCode::Format, "Size overflows.");
        count = *product;
    }
    return count;
}

Result<void> checkFilters(hid_t properties)
{
    const int filters = H5Pget_nfilters(properties);
    if (filters < 0)
        return libraryFailure("filters");
    for (int i = 0; i < filters; ++i) {
        unsigned flags = 0, configuration = 0;
        std::size_t values = 0;
        const H5Z_filter_t filter = H5Pget_filter2(
            properties, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &configuration);
        if (filter < 0)
            return libraryFailure("filter");
        if (filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32)
            continue;
        const auto message
            = fmt::format("Needs a plug-in filter (number {}); plug-ins are off.", static_cast<int>(filter));
        return fail(problem(ErrorCode::Unsupported, message)
                        .withRemedy("Write the file again with gzip or without compression."));
    }
    return {};
}

Result<void> checkChunks(hid_t properties, std::uint64_t elementBytes)
{
    std::array<hsize_t, kRankLimit> dims{};
    const int rank = H5Pget_chunk(properties, kRankLimit, dims.data());
    if (rank < 1 || rank > kRankLimit)
        return libraryFailure("chunks");
    const std::vector<std::uint64_t> shape(dims.begin(), dims.begin() + rank);
    BITWRIGHT_ASSIGN(const std::uint64_t elements, elementCount(shape));
    const auto bytes = checkedMul(elements, elementBytes);
    if (!bytes || *bytes > kChunkLimit)
        return fail(ErrorCode::Format, "A chunk is larger than {} MB; refused.", kChunkLimit >> 20);
    return {};
}

/// Storage that stays inside the file, in a form that can be decoded without surprises.
Result<void> checkStorage(hid_t dataset, std::uint64_t elements, std::uint64_t elementBytes)
{
    BITWRIGHT_ASSIGN(
        const Handle properties, owned(H5Dget_create_plist(dataset), H5Pclose, "creation properties"));
    const H5D_layout_t layout = H5Pget_layout(properties.id());
    if (layout == H5D_VIRTUAL)
        return fail(ErrorCode::Unsupported, "Virtual dataset; refused.");
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
        return libraryFailure("layout");
    if (H5Pget_external_count(properties.id()) != 0)
        return fail(ErrorCode::Unsupported, "Data kept in another file; refused.");
    BITWRIGHT_CHECK(checkFilters(properties.id()));
    if (layout == H5D_CHUNKED)
        BITWRIGHT_CHECK(checkChunks(properties.id(), elementBytes));
    const auto bytes = checkedMul(elements, elementBytes);
    const std::uint64_t storage = H5Dget_storage_size(dataset);
    const auto allowed = checkedMul(storage, kRatioLimit);
    const bool empty = bytes && *bytes == 0;
    if (!bytes || elements > kElementLimit || (storage == 0 && !empty)
        || (*bytes > kSmallBytes && allowed && *bytes > *allowed))
        return fail(ErrorCode::Format, "Declared size not backed by data.");
    return {};
}

template <typename T>
Result<std::vector<T>> readAll(const Dataset& dataset, hid_t memoryType)
{
    if (!dataset.numeric)
        return fail(ErrorCode::Unsupported, "Not numeric; skipped.");
    std::vector<T> values(dataset.elements);
    if (values.empty())
        return values;
    if (H5Dread(dataset.handle.id(), memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
        return libraryFailure("data cannot be read");
    return values;
}

/// An attribute with its type and number of elements; nothing when it does not exist.
struct Attribute
{
    Handle handle, type;
    std::uint64_t elements = 1;
};

Result<std::optional<Attribute>> openAttribute(hid_t object, const std::string& name)
{
    const htri_t exists = H5Aexists(object, name.c_str());
    if (exists < 0)
        return libraryFailure("attributes");
    if (exists == 0)
        return std::optional<Attribute>{};
    Attribute attribute;
    BITWRIGHT_ASSIGN(
        attribute.handle, owned(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "attribute " + name));
    BITWRIGHT_ASSIGN(
        attribute.type, owned(H5Aget_type(attribute.handle.id()), H5Tclose, "attribute " + name));
    BITWRIGHT_ASSIGN(
        const Handle space, owned(H5Aget_space(attribute.handle.id()), H5Sclose, "attribute " + name));
    if (H5Sget_simple_extent_type(space.id()) == H5S_NULL) { // how h5py stores an empty list
        attribute.elements = 0;
        return std::optional(std::move(attribute));
    }
    BITWRIGHT_ASSIGN(const auto shape, shapeOf(space.id()));
    BITWRIGHT_ASSIGN(attribute.elements, elementCount(shape));
    return std::optional(std::move(attribute));
}

Result<std::vector<std::string>> readFixedStrings(const Attribute& attribute, std::size_t size)
{
    if (size == 0 || size > kStringLimit || attribute.elements * size > kStringLimit * 64)
        return fail(ErrorCode::Format, "Text is longer than {} bytes.", kStringLimit);
    std::vector<char> bytes(attribute.elements * size);
    BITWRIGHT_ASSIGN(const Handle type, owned(H5Tcopy(attribute.type.id()), H5Tclose, "text type"));
    if (H5Aread(attribute.handle.id(), type.id(), bytes.data()) < 0)
        return libraryFailure("text cannot be read");
    std::vector<std::string> result;
    for (std::size_t i = 0; i < attribute.elements; ++i) {
        std::string text(bytes.data() + i * size, ::strnlen(bytes.data() + i * size, size));
        if (H5Tget_strpad(attribute.type.id()) == H5T_STR_SPACEPAD)
            text.erase(text.find_last_not_of(' ') + 1);
        result.push_back(std::move(text));
    }
    return result;
}

Result<std::vector<std::string>> readVariableStrings(const Attribute& attribute)
{
    BITWRIGHT_ASSIGN(const Handle type, owned(H5Tcopy(H5T_C_S1), H5Tclose, "text type"));
    if (H5Tset_size(type.id(), H5T_VARIABLE) < 0
        || H5Tset_cset(type.id(), H5Tget_cset(attribute.type.id())) < 0)
        return libraryFailure("text type");
    std::vector<char*> pointers(attribute.elements, nullptr);
    const bool read = H5Aread(attribute.handle.id(), type.id(), pointers.data()) >= 0;
    std::vector<std::string> result;
    std::size_t total = 0;
    for (char* const pointer : pointers) {
        if (pointer == nullptr) {
            result.emplace_back();
            continue;
        }
        total += std::strlen(pointer);
        if (total <= kStringLimit * 64)
            result.emplace_back(pointer, ::strnlen(pointer, kStringLimit));
        H5free_memory(pointer);
    }
    if (!read)
        return libraryFailure("text cannot be read");
    return result;
}

Result<std::vector<std::string>> readStrings(const Attribute& attribute, const std::string& name)
{
    if (attribute.elements == 0)
        return std::vector<std::string>{};
    if (H5Tget_class(attribute.type.id()) != H5T_STRING || attribute.elements > kListLimit)
        return fail(ErrorCode::Format, "Attribute {} must be text (at most {} items).", name, kListLimit);
    if (H5Tis_variable_str(attribute.type.id()) > 0)
        return readVariableStrings(attribute);
    return readFixedStrings(attribute, H5Tget_size(attribute.type.id()));
}

template <typename T>
Result<std::optional<T>> scalarAttribute(
    hid_t object, const std::string& name, hid_t memoryType, bool integer)
{
    BITWRIGHT_ASSIGN(const auto attribute, openAttribute(object, name));
    if (!attribute)
        return std::optional<T>{};
    BITWRIGHT_ASSIGN(const bool standard, isStandardNumber(attribute->type.id()));
    if (!standard || attribute->elements != 1
        || (integer && H5Tget_class(attribute->type.id()) != H5T_INTEGER))
        return fail(ErrorCode::Format, "Attribute {} must be one {}.", name, integer ? "integer" : "number");
    T value{};
    if (H5Aread(attribute->handle.id(), memoryType, &value) < 0)
        return libraryFailure("attribute " + name);
    return std::optional<T>(value);
}

struct NameCollector
{
    std::vector<std::string> names;
    std::size_t limit = 0;
    bool failed = false;
};

/// C callback: no exception may leave it.
herr_t collectName(hid_t, const char* name, const H5L_info_t*, void* data) noexcept
{
    auto* const collector = static_cast<NameCollector*>(data);
    try {
        if (collector->names.size() >= collector->limit) {
            collector->failed = true;
            return -1;
        }
        collector->names.emplace_back(name);
        return 0;
    } catch (...) {
        collector->failed = true;
        return -1;
    }
}

} // namespace

Session::Session()
{
    static std::recursive_mutex mutex;
    m_lock = std::unique_lock(mutex);
    static const bool started = (startLibrary(), true);
    static_cast<void>(started);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // per thread in a thread-safe build
}

void Handle::reset()
{
    if (m_id >= 0 && m_close != nullptr)
        m_close(m_id);
    m_id = -1;
}

Result<Handle> openFile(const std::string& path)
{
    BITWRIGHT_ASSIGN(const Handle access, owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "property list"));
    if (H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG) < 0)
        return libraryFailure("property list");
    return owned(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose, "it is damaged or cut short");
}

Result<LinkKind> linkKind(hid_t group, const std::string& name)
{
    const htri_t exists = H5Lexists(group, name.c_str(), H5P_DEFAULT);
    if (exists < 0)
        return libraryFailure("links");
    if (exists == 0)
        return LinkKind::None;
    H5L_info_t info{};
    if (H5Lget_info(group, name.c_str(), &info, H5P_DEFAULT) < 0)
        return libraryFailure("link " + name);
    switch (info.type) {
    case H5L_TYPE_HARD:
        return LinkKind::Hard;
    case H5L_TYPE_SOFT:
        return LinkKind::Soft;
    case H5L_TYPE_EXTERNAL:
        return LinkKind::External;
    default:
        return LinkKind::Other;
    }
}

Result<Handle> openObject(hid_t group, const std::string& name)
{
    BITWRIGHT_ASSIGN(const Handle access, linkAccess());
    return owned(H5Oopen(group, name.c_str(), access.id()), H5Oclose, "object " + name);
}

Result<ObjectKind> objectKind(hid_t object)
{
    switch (H5Iget_type(object)) {
    case H5I_GROUP:
        return ObjectKind::Group;
    case H5I_DATASET:
        return ObjectKind::Dataset;
    case H5I_BADID:
        return libraryFailure("object kind");
    default:
        return ObjectKind::Other;
    }
}

Result<std::uint64_t> objectAddress(hid_t object)
{
    H5O_info_t info{};
    if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0)
        return libraryFailure("object header");
    return std::uint64_t{info.addr};
}

Result<std::vector<std::string>> linkNames(hid_t group, std::size_t limit)
{
    NameCollector collector{{}, limit, false};
    hsize_t index = 0;
    const herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &index, collectName, &collector);
    if (collector.failed)
        return fail(ErrorCode::Format, "A group holds more than {} entries.", limit);
    if (status < 0)
        return libraryFailure("links");
    return std::move(collector.names);
}

Result<std::optional<std::string>> stringAttribute(hid_t object, const std::string& name)
{
    BITWRIGHT_ASSIGN(const auto attribute, openAttribute(object, name));
    if (!attribute)
        return std::optional<std::string>{};
    BITWRIGHT_ASSIGN(auto texts, readStrings(*attribute, name));
    if (texts.size() != 1)
        return fail(ErrorCode::Format, "Attribute {} must be one text.", name);
    return std::optional(std::move(texts.front()));
}

Result<std::optional<std::vector<std::string>>> stringListAttribute(hid_t object, const std::string& name)
{
    BITWRIGHT_ASSIGN(const auto attribute, openAttribute(object, name));
    if (!attribute)
        return std::optional<std::vector<std::string>>{};
    BITWRIGHT_ASSIGN(auto texts, readStrings(*attribute, name));
    return std::optional(std::move(texts));
}

Result<std::optional<std::int64_t>> integerAttribute(hid_t object, const std::string& name)
{
    return scalarAttribute<std::int64_t>(object, name, H5T_NATIVE_INT64, true);
}

Result<std::optional<double>> numberAttribute(hid_t object, const std::string& name)
{
    return scalarAttribute<double>(object, name, H5T_NATIVE_DOUBLE, false);
}

Result<Dataset> checkedDataset(Handle object)
{
    Dataset dataset;
    dataset.handle = std::move(object);
    const hid_t id = dataset.handle.id();
    BITWRIGHT_ASSIGN(const Handle type, owned(H5Dget_type(id), H5Tclose, "data type"));
    BITWRIGHT_ASSIGN(dataset.numeric, isStandardNumber(type.id()));
    BITWRIGHT_ASSIGN(const Handle space, owned(H5Dget_space(id), H5Sclose, "shape"));
    if (!dataset.numeric)
        return dataset;
    BITWRIGHT_ASSIGN(dataset.shape, shapeOf(space.id()));
    BITWRIGHT_ASSIGN(dataset.elements, elementCount(dataset.shape));
    BITWRIGHT_CHECK(checkStorage(id, dataset.elements, H5Tget_size(type.id())));
    return dataset;
}

Result<std::vector<double>> readDoubles(const Dataset& dataset)
{
    return readAll<double>(dataset, H5T_NATIVE_DOUBLE);
}

Result<std::vector<float>> readFloats(const Dataset& dataset)
{
    return readAll<float>(dataset, H5T_NATIVE_FLOAT);
}

Result<std::vector<std::int64_t>> readIntegers(const Dataset& dataset)
{
    return readAll<std::int64_t>(dataset, H5T_NATIVE_INT64);
}

} // namespace bitwright::formats::h5
