#pragma once

#include "views/charts/agreement_chart.h"
#include "views/charts/data_table.h"
#include "views/models/harm_run.h"

namespace bitwright::views {

// What the page of measured harm draws. Free functions without widgets.

/// One point per measured pair; the row of the table with the same index is the same pair.
[[nodiscard]] AgreementData agreementData(const Document& document, const HarmRun& run);
/// Most tokens behind one of the measured pairs.
[[nodiscard]] std::uint64_t tokensBehind(const HarmRun& run);
/// The measured plans first, then the pairs, by unit and size. Without the columns that no row fills.
[[nodiscard]] TableData harmTable(const Document& document, const HarmRun& run);
/// Whether the current plan was run, and how it stands to uniform, to presets and to the proxies' plans of
/// its size (isOfSameSize): a line for each with its name and size, those that it is worse than first, and a
/// line where no uniform plan of this size was run. Empty without any measured plan.
[[nodiscard]] QString planVerdict(const HarmRun& run);
/// Names of measured plans of its size that the current one is worse than, over the same tokens.
[[nodiscard]] QStringList plansThatAreBetter(const HarmRun& run);
/// How two rows of harmTable stand to each other, in words; empty where they were not measured on the same
/// tokens.
[[nodiscard]] QString rowsCompared(const Document& document, const HarmRun& run, int row, int other);

} // namespace bitwright::views
