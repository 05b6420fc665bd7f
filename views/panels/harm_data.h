#pragma once

#include "views/charts/agreement_chart.h"
#include "views/charts/data_table.h"
#include "views/models/harm_run.h"

namespace bitwright::views {

// What the page of measured harm draws. Free functions without widgets.

/// One point per measured pair; the row of the table with the same index is the same pair.
[[nodiscard]] AgreementData agreementData(const Document& document, const HarmRun& run);
/// The measured plans first, then the pairs.
[[nodiscard]] TableData harmTable(const Document& document, const HarmRun& run);
/// Whether the current plan was run, and against what: one line, with a warning where it is worse than
/// uniform at its size. Empty without any measured plan.
[[nodiscard]] QString planVerdict(const HarmRun& run);

} // namespace bitwright::views
