#pragma once

#include "views/charts/block_role_matrix.h"
#include "views/charts/pareto_chart.h"
#include "views/models/document.h"

namespace bitwright::views {

// What the charts of the plan draw. Free functions without widgets, so that they are tested alone.

[[nodiscard]] MatrixData matrixData(const Document& document);
[[nodiscard]] std::vector<MatrixUnit> matrixUnits(const Document& document, const MatrixData& layout);
[[nodiscard]] ParetoData paretoData(const Document& document);

} // namespace bitwright::views
