#pragma once

#include "core/formats/hdf5/h5.h"
#include "core/model/activation_dump.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Small steps of writing. All are called under a Session. Errors: Io.
namespace bitwright::formats::h5 {

[[nodiscard]] tl::unexpected<Error> writeFailure(std::string_view what);
/// Takes over an identifier that the library made; a negative one is an error.
[[nodiscard]] Result<Handle> owned(hid_t id, Handle::Close close, std::string_view what);
/// IEEE half precision, which HDF5 1.10 has no name for.
[[nodiscard]] Result<Handle> halfType();

[[nodiscard]] Result<void> writeText(hid_t object, const char* name, const std::string& text);
[[nodiscard]] Result<void> writeTexts(hid_t object, const char* name, const std::vector<std::string>& texts);
[[nodiscard]] Result<void> writeInteger(hid_t object, const char* name, std::int64_t value);
[[nodiscard]] Result<void> writeNumber(hid_t object, const char* name, double value);

/// How an array is stored.
struct Stored
{
    hid_t file, memory;
    std::vector<hsize_t> shape; ///< Empty: a scalar.
    bool packed = false; ///< With the shuffle and deflate filters, where it is large.
};
/// Writes a dataset. Times of objects are left out: the same numbers give the same file.
[[nodiscard]] Result<Handle> writeData(hid_t group, const char* name, const Stored& stored, const void* data);
/// A float32 matrix that is written row by row later. Where it is `sparse`, rows that nobody writes are zeros
/// and take no room, and
/// the file depends on the order of the others.
[[nodiscard]] Result<Handle> emptyRows(
    hid_t group, const char* name, hsize_t rows, hsize_t columns, bool sparse = false);
/// Values of columns [first, first + values.size()) of one row of such a matrix.
[[nodiscard]] Result<void> writeRow(
    hid_t dataset, std::uint64_t row, std::uint64_t first, std::span<const float> values);
/// Copies rows [first, first + rows) of such a matrix to the first rows of another one of the same width.
[[nodiscard]] Result<void> copyRows(hid_t from, std::uint64_t first, std::uint64_t rows, hid_t to);

} // namespace bitwright::formats::h5
