// The scale that the matrix draws harm on.
#include "views/charts/block_role_matrix.h"

#include <algorithm>
#include <cmath>

namespace bitwright::views {

namespace {
// Of the scale of harm: five decades, beyond which all squares would look alike.
constexpr int kMostSteps = 15;

/// Number of the step 1, 2, 5, 10, 20, ... at or below `harm`.
int stepOf(double harm)
{
    const double decade = std::floor(std::log10(harm));
    const double mantissa = harm / std::pow(10.0, decade) * (1 + 1e-12);
    return 3 * static_cast<int>(decade) + (mantissa >= 5 ? 2 : mantissa >= 2 ? 1 : 0);
}

double stepValue(int step)
{
    constexpr double kMantissas[] = {1, 2, 5};
    const int decade = static_cast<int>(std::floor(step / 3.0));
    return kMantissas[step - 3 * decade] * std::pow(10.0, decade);
}
} // namespace

void BlockRoleMatrix::countHarm(const std::optional<double>& harm, int change)
{
    if (!harm || !std::isfinite(*harm) || *harm <= 0)
        return;
    const auto step = m_harmSteps.try_emplace(stepOf(*harm)).first;
    step->second += change;
    if (step->second == 0)
        m_harmSteps.erase(step);
}

// The scale is that of the plan shown, so that its units are told apart; in steps, so that few edits change
// it. Whether it changed.
bool BlockRoleMatrix::rescaleHarm()
{
    Interval range{0, 0};
    m_clampedHarm = false;
    if (!m_harmSteps.empty()) {
        const int first = m_harmSteps.begin()->first, last = m_harmSteps.rbegin()->first;
        m_clampedHarm = first < last - kMostSteps + 1;
        range = {stepValue(std::max(first, last - kMostSteps + 1)), stepValue(last + 1)};
    }
    const bool powers = m_harmNumbers.hasPowers();
    m_harmNumbers = {};
    if (!m_harmSteps.empty()) {
        m_harmNumbers.add(stepValue(m_harmSteps.begin()->first));
        m_harmNumbers.add(stepValue(m_harmSteps.rbegin()->first));
    }
    const bool changed = powers != m_harmNumbers.hasPowers() || range.lower != m_harmRange.lower
        || range.upper != m_harmRange.upper;
    m_harmRange = range;
    return changed;
}

} // namespace bitwright::views
