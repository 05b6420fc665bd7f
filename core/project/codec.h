#pragma once

#include "core/project/project.h"
#include "core/project/record.h"

namespace bitwright::project {

/// Version of each record's content; a record of another version counts as not measured.
inline constexpr int kWeightStatsVersion = 1;
inline constexpr int kSpectrumVersion = 1;
inline constexpr int kOptionErrorVersion = 2;
inline constexpr int kHarmVersion = 1;

[[nodiscard]] Record encode(const stats::WeightStats& stats);
[[nodiscard]] Result<stats::WeightStats> decodeWeightStats(const Record& record);
[[nodiscard]] Record encode(const spectra::Spectrum& spectrum);
/// The same for one that is thinned already; `spectrum.eigenvalues` is not looked at.
[[nodiscard]] Record encode(const StoredSpectrum& stored);
[[nodiscard]] Result<StoredSpectrum> decodeSpectrum(const Record& record);
[[nodiscard]] Record encode(const score::OptionError& error);
[[nodiscard]] Result<score::OptionError> decodeOptionError(const Record& record);
[[nodiscard]] Record encode(const measure::Harm& harm);
[[nodiscard]] Result<measure::Harm> decodeHarm(const Record& record);

} // namespace bitwright::project
