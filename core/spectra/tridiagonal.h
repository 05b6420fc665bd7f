#pragma once

#include "core/base/run_context.h"

#include <cstddef>
#include <span>
#include <vector>

namespace bitwright::spectra {

/// A symmetric tridiagonal matrix; always double, whatever it was reduced in.
struct Tridiagonal
{
    std::vector<double> diagonal; ///< n values.
    std::vector<double> offDiagonal; ///< n - 1 values.
};

/// Reduces the symmetric `side` x `side` matrix `a` (column-major, lower triangle used, destroyed) to
/// tridiagonal form by blocked Householder transformations, the algorithm of LAPACK's ?SYTRD. LAPACK's own
/// routine is not used because its result depends on the number of BLAS threads and because it cannot be
/// cancelled: here all work is cut into pieces that depend on `side` alone. Call with one BLAS thread. `T` is
/// float or double. Errors: Cancelled.
template <typename T>
[[nodiscard]] Result<Tridiagonal> tridiagonalize(std::span<T> a, std::size_t side, const RunContext& context);

extern template Result<Tridiagonal> tridiagonalize<float>(std::span<float>, std::size_t, const RunContext&);
extern template Result<Tridiagonal> tridiagonalize<double>(std::span<double>, std::size_t, const RunContext&);

} // namespace bitwright::spectra
