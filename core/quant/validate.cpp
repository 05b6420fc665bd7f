#include "core/quant/validate.h"

#include "core/base/checked.h"

#include <cmath>

namespace bitwright::quant {

Result<void> validateInputs(
    const WeightTile& weights, const GridSpec& grid, const QuantizerSettings& settings)
{
    const auto count = checkedMul(weights.rows, weights.cols);
    if (!count || *count != weights.values.size())
        return fail(ErrorCode::InvalidArgument, "A weight of {} x {} does not have {} values.", weights.rows,
            weights.cols, weights.values.size());
    if (numeric::gridFromId(grid.id()) != grid)
        return fail(ErrorCode::InvalidArgument, "{} is not a number format that can be computed.", grid.id());
    if (!(settings.dampening >= 0.0) || !std::isfinite(settings.dampening))
        return fail(
            ErrorCode::InvalidArgument, "GPTQ dampening must be 0 or more, not {}.", settings.dampening);
    if (settings.blockSize < 1 || settings.blockSize > 1024)
        return fail(
            ErrorCode::InvalidArgument, "GPTQ block size must be 1 to 1024, not {}.", settings.blockSize);
    if (settings.clipSteps < 1 || settings.clipSteps > settings.clipResolution || !(settings.clipPower > 0.0)
        || settings.clipPower > 8.0)
        return fail(ErrorCode::InvalidArgument,
            "Clip search needs 1 <= steps ({}) <= resolution ({}) and 0 < power ({}) <= 8.",
            settings.clipSteps, settings.clipResolution, settings.clipPower);
    return {};
}

tl::unexpected<Error> nonFiniteWeight(const WeightTile& weights, std::uint64_t firstRow)
{
    for (std::uint64_t i = firstRow * weights.cols; i < weights.values.size(); ++i) {
        if (!std::isfinite(weights.values[i])) {
            Error error{ErrorCode::Numeric,
                fmt::format("Weight at row {}, column {} is {}.", i / weights.cols, i % weights.cols,
                    std::isnan(weights.values[i]) ? "NaN" : "infinite"),
                {}, {}, {}, {}};
            return fail(
                std::move(error).withRemedy("Keep this tensor unquantized, or repair the checkpoint."));
        }
    }
    return fail(ErrorCode::Internal, "A weight overflows while its range is computed.");
}

Error inGroup(Error error, std::uint64_t row, std::uint64_t group)
{
    error.message += fmt::format(" (row {}, group {})", row, group);
    return error;
}

} // namespace bitwright::quant
