#pragma once

#include "views/charts/data_table.h"
#include "views/models/refine_run.h"

namespace bitwright::views {

// What the page of measured harm says of a refinement. Free functions without widgets.

/// The plans that rounds proposed, with their change on the tokens that chose them and on those that judged,
/// and every step that was measured.
[[nodiscard]] TableData refineTable(const Document& document, const RefineRecord& record);
/// The unit behind a row of that table; -1 for a whole plan.
[[nodiscard]] int refineUnitOfRow(const Document& document, const RefineRecord& record, int row);
/// How it ended and what came out; empty before any refinement.
[[nodiscard]] QString refineSummary(const RefineRecord& record);

} // namespace bitwright::views
