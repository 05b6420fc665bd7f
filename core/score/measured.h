#pragma once

#include "core/score/score_table.h"

namespace bitwright::score {

/// So many units, measured, say how the harm of others follows from a predictor.
inline constexpr std::size_t kUnitsToCalibrate = 6;

/// Harm of one (unit, option) pair as it was measured by running the model.
struct MeasuredPair
{
    double mean = 0; ///< KL in nats per token, or mean cosine distance.
    std::optional<double> low, high; ///< 95 % interval; nothing with too few tokens.
    std::uint64_t tokens = 0;
};

/// By unit and stored option.
struct MeasuredHarm
{
    std::map<std::string, std::map<std::string, MeasuredPair>> pairs;
    std::string quantity = "KL in nats per token"; ///< What the numbers are, for people.
    std::uint64_t tokens = 0; ///< Most tokens behind one number.

    [[nodiscard]] std::size_t count() const;
};

/// Scores from measurements; what was not measured is calibrated by what was.
///
/// On the log scale a pair of unit n and option o is modeled as
///
///     ln harm = a + (l_no - l_n) + g (l_n - mean l) + d_bits + u_n,
///
/// l_no being the log of a predictor made from the unit's real error at that option, l_n that at the unit's
/// reference option. g says how much of the predictor's spread over units is true (gamma of ScoreSettings,
/// here fitted), d is what a width adds to the quadratic law (the cliff at 2 bits; interpolated between
/// measured widths, the nearest one's beyond), u is the unit's own deviation. d and u are shrunk toward 0 as
/// a random effect is (Henderson 1975): by their measurements' number and noise. The predictor is the one
/// that leaves the least unexplained, of those known for every measured pair; a pair that it does not know is
/// calibrated by the next best one that does. Measured numbers are drawn
/// toward the model as far as their own intervals ask and not out of them, so that the luckiest of many noisy
/// numbers does not win.
///
/// With fewer than six measurements a alone is fitted (g = 0.25), by the predictor that plans best without
/// any. Pairs without a predictor stay
/// missing. Every score says whether it is measured or calibrated, from how many measurements, and whether
/// its predictor lies outside of what was measured.
[[nodiscard]] ScoreTable measuredScoreTable(const UnitErrors& errors, const MeasuredHarm& harm);

} // namespace bitwright::score
