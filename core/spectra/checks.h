#pragma once

#include "core/base/result.h"

#include <cmath>
#include <cstddef>
#include <span>

namespace bitwright::spectra {

/// Checks that eigenvalues are finite, not negative and ascending. Internal to core/spectra.
[[nodiscard]] inline Result<void> checkAscending(std::span<const double> eigenvalues)
{
    double previous = 0;
    for (std::size_t i = 0; i < eigenvalues.size(); ++i) {
        const double value = eigenvalues[i];
        if (!std::isfinite(value) || value < 0)
            return fail(ErrorCode::Numeric,
                "Eigenvalue {} is {}: a spectrum needs finite values that are not negative.", i, value);
        if (value < previous)
            return fail(ErrorCode::InvalidArgument,
                "Eigenvalue {} is smaller than the one before: they must ascend.", i);
        previous = value;
    }
    return {};
}

} // namespace bitwright::spectra
