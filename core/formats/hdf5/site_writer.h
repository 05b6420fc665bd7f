#pragma once

#include "core/formats/dump_file.h"
#include "core/formats/hdf5/h5.h"

#include <optional>
#include <span>
#include <vector>

namespace bitwright::formats::h5 {

// What a dump holds of one site, written into its group. Errors: Io. Call with a Session.

[[nodiscard]] Result<void> writeSite(hid_t group, const DumpSite& site);
/// A vector of float64, stored as float32 where `file` says so; nothing where it is not known.
[[nodiscard]] Result<void> writeVector(
    hid_t group, const char* name, const std::optional<std::vector<double>>& values, hid_t file);
/// Sequence and position of every row of samples.
[[nodiscard]] Result<void> writePlaces(
    hid_t group, std::span<const std::int32_t> sequence, std::span<const std::int32_t> position);

} // namespace bitwright::formats::h5
