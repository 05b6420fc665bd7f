#pragma once

#include "core/base/result.h"

#include <hdf5.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// One small function per HDF5 call that turns a negative status into an Error. Nothing outside of this
/// folder sees HDF5.
///
/// The library is not trusted with hostile files more than needed: plug-ins are off, only hard links are
/// opened, and datasets are checked before they are read (spec of safe reading: external storage, virtual
/// layouts and unknown filters are refused).
namespace bitwright::formats::h5 {

/// An Error to which context is added.
[[nodiscard]] inline Error problem(ErrorCode code, std::string message)
{
    Error error;
    error.code = code;
    error.message = std::move(message);
    return error;
}

/// Holds the one lock under which HDF5 is called, and makes the library quiet and free of plug-ins. Every
/// Handle must be made, used and closed while one exists. Re-entrant.
class Session
{
public:
    Session();

private:
    std::unique_lock<std::recursive_mutex> m_lock;
};

/// Owns one HDF5 identifier and closes it with the function for its kind.
class Handle
{
public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    Handle(hid_t id, Close close)
        : m_id(id)
        , m_close(close)
    { }
    Handle(Handle&& other) noexcept
        : m_id(std::exchange(other.m_id, -1))
        , m_close(other.m_close)
    { }
    Handle& operator=(Handle&& other) noexcept
    {
        std::swap(m_id, other.m_id);
        std::swap(m_close, other.m_close);
        return *this;
    }
    ~Handle() { reset(); }
    void reset();
    void release() { m_id = -1; } ///< Leaves it open, for what cannot be closed.

    [[nodiscard]] hid_t id() const { return m_id; }
    [[nodiscard]] bool valid() const { return m_id >= 0; }

private:
    hid_t m_id = -1;
    Close m_close = nullptr;
};

enum class LinkKind : std::uint8_t
{
    None,
    Hard,
    Soft,
    External,
    Other,
};
enum class ObjectKind : std::uint8_t
{
    Group,
    Dataset,
    Other,
};

/// Read-only, strong close. Errors: Format "HDF5 library failed on this file."
[[nodiscard]] Result<Handle> openFile(const std::string& path);
/// Kind of the link `name` (one component) in a group.
[[nodiscard]] Result<LinkKind> linkKind(hid_t group, const std::string& name);
/// Opens the object behind a hard link. The caller has checked linkKind.
[[nodiscard]] Result<Handle> openObject(hid_t group, const std::string& name);
[[nodiscard]] Result<ObjectKind> objectKind(hid_t object);
/// Address in the file: the identity of an object, against cycles.
[[nodiscard]] Result<std::uint64_t> objectAddress(hid_t object);
/// Names of all links of a group, in the library's order. Errors: Format beyond `limit` links.
[[nodiscard]] Result<std::vector<std::string>> linkNames(hid_t group, std::size_t limit);

/// What an attribute may hold; nothing when there is no such attribute. Errors: Format for another type or
/// size.
[[nodiscard]] Result<std::optional<std::string>> stringAttribute(hid_t object, const std::string& name);
[[nodiscard]] Result<std::optional<std::vector<std::string>>> stringListAttribute(
    hid_t object, const std::string& name);
[[nodiscard]] Result<std::optional<std::int64_t>> integerAttribute(hid_t object, const std::string& name);
[[nodiscard]] Result<std::optional<double>> numberAttribute(hid_t object, const std::string& name);

/// An opened dataset that passed every check but the one of its shape.
struct Dataset
{
    Handle handle;
    std::vector<std::uint64_t> shape; ///< Empty for a scalar.
    std::uint64_t elements = 1;
    bool numeric = false; ///< A standard integer or float of at most 8 bytes, half floats included.
};
/// Checks layout, filters, chunk size and backing storage. Errors: Unsupported "Data kept in another file;
/// refused.", "Virtual dataset; refused.", "Needs a plug-in filter ...; plug-ins are off."; Format "Declared
/// size not backed by data."
[[nodiscard]] Result<Dataset> checkedDataset(Handle object);

/// Reads a whole numeric dataset, converted by the library. Errors: Format.
[[nodiscard]] Result<std::vector<double>> readDoubles(const Dataset& dataset);
[[nodiscard]] Result<std::vector<float>> readFloats(const Dataset& dataset);
[[nodiscard]] Result<std::vector<std::int64_t>> readIntegers(const Dataset& dataset);

} // namespace bitwright::formats::h5
