#pragma once

#include "core/base/run_context.h"

#include <cstddef>

namespace bitwright::quant {

/// Replaces the lower triangle of the symmetric n x n `matrix` (row-major, row stride `stride`) by L with
/// matrix = L L^T; what lies above the diagonal is overwritten with rubbish. Tiles are fixed, so the result
/// does not depend on threads.
///
/// Errors: Numeric when the matrix is not positive definite (the message names the column); Cancelled.
[[nodiscard]] Result<void> choleskyLower(
    double* matrix, std::size_t n, std::size_t stride, const RunContext& context);

} // namespace bitwright::quant
