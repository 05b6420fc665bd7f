#include "core/score/measured.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <set>

namespace bitwright::score {

namespace {

/// Below this a harm is rounding: its logarithm says nothing.
constexpr double kSmallest = 1e-8;
/// Half the width of a 95 % interval in standard errors.
constexpr double kSigmas = 1.96;
constexpr std::size_t kEnoughToFit = kUnitsToCalibrate;
constexpr double kGivenGamma = 0.25;
constexpr double kLeastVariance = 0.01;
constexpr int kRounds = 60;

/// One pair on the log scale.
struct Point
{
    std::size_t unit = 0;
    int bits = 0;
    double within = 0; ///< l_no - l_n
    double between = 0; ///< l_n - mean l
    double harm = 0; ///< ln of the measured harm.
    double noise = 0; ///< Variance of `harm` by its interval.
};

struct Predictor
{
    std::optional<double> within, between; ///< As in Point, before the mean is taken off.
};

int bitsOf(const std::string& option)
{
    const auto parsed = quant::optionFromId(option);
    return parsed && parsed->grid ? parsed->grid->bits : 0;
}

/// Logs of one predictor of one unit's options against its reference option.
std::vector<Predictor> predictorsOf(const std::vector<OptionError>& errors, ScoreKind kind)
{
    std::vector<Predictor> all(errors.size());
    const auto usable = [&](const OptionError& error) {
        const auto raw = rawScore(error, kind);
        return raw && std::isfinite(*raw) && *raw > 0;
    };
    const OptionError* const reference = referenceOption(errors, usable);
    if (reference == nullptr)
        return all;
    const double between = std::log(*rawScore(*reference, kind));
    for (std::size_t i = 0; i < errors.size(); ++i)
        if (usable(errors[i]))
            all[i] = {std::log(*rawScore(errors[i], kind)) - between, between};
    return all;
}

double noiseOf(const MeasuredPair& pair)
{
    // An unknown interval is taken for a wide one: a factor of two either way.
    if (!pair.low || !pair.high)
        return 0.125;
    const double error = (*pair.high - *pair.low) / (2 * kSigmas) / std::max(pair.mean, kSmallest);
    return std::max(error * error, 1e-4);
}

/// The model of measured.h, fitted.
class Model
{
public:
    Model(std::vector<Point> points, std::size_t units)
        : m_points(std::move(points))
        , m_units(units, 0.0)
        , m_unitWeight(units, 0.0)
    {
        if (m_points.size() < kEnoughToFit) {
            fitLevel();
            return;
        }
        for (int round = 0; round < kRounds; ++round) {
            fitLines();
            fitWidths();
            fitUnits();
            fitVariances();
        }
    }

    [[nodiscard]] double at(const Point& point) const
    {
        return m_level + point.within + m_gamma * point.between + widthAt(point.bits) + m_units[point.unit];
    }
    /// Variance of a pair that was not measured.
    [[nodiscard]] double variance(const Point& point) const
    {
        return m_ownVariance + 1.0 / (1.0 / m_unitVariance + m_unitWeight[point.unit]);
    }
    /// Mean square of what the fit leaves, with every unit's own deviation left in.
    [[nodiscard]] double unexplained() const
    {
        double sum = 0;
        for (const Point& point : m_points) {
            const double rest = point.harm - at(point) + m_units[point.unit];
            sum += rest * rest;
        }
        return sum / static_cast<double>(m_points.size());
    }
    [[nodiscard]] double ownVariance() const { return m_ownVariance; }

private:
    void fitLevel()
    {
        m_gamma = kGivenGamma;
        double sum = 0, weights = 0;
        for (const Point& point : m_points) {
            sum += (point.harm - point.within - m_gamma * point.between);
            weights += 1;
        }
        m_level = weights > 0 ? sum / weights : 0;
    }

    [[nodiscard]] double weightOf(const Point& point) const { return 1.0 / (m_ownVariance + point.noise); }

    /// a and g by weighted least squares.
    void fitLines()
    {
        double sum = 0, sumX = 0, sumXX = 0, sumY = 0, sumXY = 0;
        for (const Point& point : m_points) {
            const double y = point.harm - point.within - widthAt(point.bits) - m_units[point.unit];
            const double weight = weightOf(point);
            sum += weight;
            sumX += weight * point.between;
            sumXX += weight * point.between * point.between;
            sumY += weight * y;
            sumXY += weight * point.between * y;
        }
        // A weak pull to the usual gamma decides where the measurements do not, as with one unit.
        const double pull = 1e-3 * sum;
        sumXX += pull;
        sumXY += pull * kGivenGamma;
        const double determinant = sum * sumXX - sumX * sumX;
        m_gamma = (sum * sumXY - sumX * sumY) / determinant;
        m_level = (sumY - m_gamma * sumX) / sum;
    }

    void fitWidths()
    {
        std::map<int, std::pair<double, double>> sums;
        for (const Point& point : m_points) {
            const double weight = weightOf(point);
            auto& [sum, weights] = sums[point.bits];
            sum += weight * (point.harm - at(point) + widthAt(point.bits));
            weights += weight;
        }
        constexpr double kWidthVariance = 0.5;
        for (const auto& [bits, sum] : sums)
            m_widths[bits] = sum.first / (sum.second + 1.0 / kWidthVariance);
    }

    void fitUnits()
    {
        std::vector<double> sums(m_units.size(), 0.0);
        std::fill(m_unitWeight.begin(), m_unitWeight.end(), 0.0);
        for (const Point& point : m_points) {
            const double weight = weightOf(point);
            sums[point.unit] += weight * (point.harm - at(point) + m_units[point.unit]);
            m_unitWeight[point.unit] += weight;
        }
        for (std::size_t unit = 0; unit < m_units.size(); ++unit)
            m_units[unit] = sums[unit] / (m_unitWeight[unit] + 1.0 / m_unitVariance);
    }

    /// Moments: the expected squares of shrunk effects and rests, with the uncertainty of the effects added.
    void fitVariances()
    {
        double units = 0, measured = 0, rest = 0;
        for (std::size_t unit = 0; unit < m_units.size(); ++unit) {
            if (!(m_unitWeight[unit] > 0))
                continue;
            units += m_units[unit] * m_units[unit] + 1.0 / (m_unitWeight[unit] + 1.0 / m_unitVariance);
            measured += 1;
        }
        for (const Point& point : m_points) {
            const double left = point.harm - at(point);
            // Posterior share of the rest that is the model's own, not the measurement's noise.
            const double share = m_ownVariance / (m_ownVariance + point.noise);
            rest += share * share * left * left + share * point.noise
                + share * share / (m_unitWeight[point.unit] + 1.0 / m_unitVariance);
        }
        m_unitVariance = std::max(units / measured, kLeastVariance);
        m_ownVariance = std::max(rest / static_cast<double>(m_points.size()), kLeastVariance);
    }

    /// What a width adds; between measured widths interpolated, beyond them that of the nearest.
    [[nodiscard]] double widthAt(int bits) const
    {
        if (m_widths.empty())
            return 0;
        const auto above = m_widths.lower_bound(bits);
        if (above == m_widths.begin())
            return above->second;
        const auto below = std::prev(above);
        if (above == m_widths.end())
            return below->second;
        const double part
            = static_cast<double>(bits - below->first) / static_cast<double>(above->first - below->first);
        return below->second + part * (above->second - below->second);
    }

    std::vector<Point> m_points;
    double m_level = 0, m_gamma = kGivenGamma;
    std::map<int, double> m_widths;
    std::vector<double> m_units, m_unitWeight;
    double m_unitVariance = 0.5, m_ownVariance = 0.1;
};

const MeasuredPair* find(const MeasuredHarm& harm, const std::string& unit, const std::string& option)
{
    const auto ofUnit = harm.pairs.find(unit);
    if (ofUnit == harm.pairs.end())
        return nullptr;
    const auto found = ofUnit->second.find(option);
    return found == ofUnit->second.end() ? nullptr : &found->second;
}

/// All pairs by one predictor, and what was fitted to the measured ones.
struct Fit
{
    ScoreKind kind = ScoreKind::WeightErrorRelative;
    std::vector<std::vector<Predictor>> predictors; ///< Units x their options.
    double meanBetween = 0;
    double lowest = 0, highest = 0; ///< Of `within` among measured pairs.
    std::optional<Model> model;
    std::size_t measured = 0;

    [[nodiscard]] Point pointAt(std::size_t unit, std::size_t option, const std::string& id) const
    {
        const Predictor& predictor = predictors[unit][option];
        return {unit, bitsOf(id), *predictor.within, *predictor.between - meanBetween, 0, 0};
    }
};

/// Fits one predictor; without a model where it is not known for every measured pair.
Fit fitWith(ScoreKind kind, const UnitErrors& errors, const MeasuredHarm& harm)
{
    Fit fit;
    fit.kind = kind;
    double sum = 0, count = 0;
    for (const auto& [unit, options] : errors) {
        fit.predictors.push_back(predictorsOf(options, kind));
        for (const Predictor& predictor : fit.predictors.back())
            if (predictor.between) {
                sum += *predictor.between;
                count += 1;
                break;
            }
    }
    fit.meanBetween = count > 0 ? sum / count : 0;
    std::vector<Point> points;
    std::size_t unit = 0;
    for (const auto& [name, options] : errors) {
        for (std::size_t i = 0; i < options.size(); ++i) {
            const MeasuredPair* const pair = find(harm, name, options[i].option);
            if (pair == nullptr || !(pair->mean > kSmallest))
                continue;
            if (!fit.predictors[unit][i].within)
                return fit;
            Point point = fit.pointAt(unit, i, options[i].option);
            point.harm = std::log(pair->mean);
            point.noise = noiseOf(*pair);
            fit.lowest = points.empty() ? point.within : std::min(fit.lowest, point.within);
            fit.highest = points.empty() ? point.within : std::max(fit.highest, point.within);
            points.push_back(point);
        }
        ++unit;
    }
    fit.measured = points.size();
    if (!points.empty())
        fit.model.emplace(std::move(points), errors.size());
    return fit;
}

/// Those that could be fitted, the one that leaves the least unexplained first.
using Fits = std::vector<std::unique_ptr<const Fit>>;

Fits fitsOf(const UnitErrors& errors, const MeasuredHarm& harm)
{
    Fits fits;
    // In the order in which their plans were best on a real model (spread shrunk by gamma 0.25).
    for (const ScoreKind kind :
        {ScoreKind::Fisher, ScoreKind::WeightErrorRelative, ScoreKind::Residual, ScoreKind::TrueFisher})
        if (auto fit = std::make_unique<const Fit>(fitWith(kind, errors, harm)); fit->model)
            fits.push_back(std::move(fit));
    if (harm.count() < kEnoughToFit)
        return fits; // what they leave unexplained says nothing yet
    std::stable_sort(fits.begin(), fits.end(),
        [](const auto& a, const auto& b) { return a->model->unexplained() < b->model->unexplained(); });
    return fits;
}

/// The best fit that knows this pair; nullptr where none does.
const Fit* fitFor(const Fits& fits, std::size_t unit, std::size_t option)
{
    const auto found = std::find_if(fits.begin(), fits.end(),
        [&](const auto& fit) { return fit->predictors[unit][option].within.has_value(); });
    return found == fits.end() ? nullptr : found->get();
}

OptionScore measuredScore(
    const OptionError& error, const MeasuredPair& pair, const std::optional<double>& modeled, double variance)
{
    OptionScore score{error.option, pair.mean, error.sqnrDb()};
    score.origin = ScoreOrigin::Measured;
    score.low = pair.low;
    score.high = pair.high;
    score.behind = pair.tokens;
    score.raw = pair.mean;
    if (modeled && pair.mean > kSmallest) {
        const double own = 1.0 / noiseOf(pair);
        const double prior = 1.0 / variance;
        score.score = std::exp((own * std::log(pair.mean) + prior * *modeled) / (own + prior));
        // Where the model asks for more, it is the model that is wrong about this unit.
        if (pair.low && pair.high)
            score.score
                = std::clamp(*score.score, std::min(*pair.low, pair.mean), std::max(*pair.high, pair.mean));
    }
    return score;
}

OptionScore calibratedScore(const OptionError& error, const Fit& fit, const Point& point)
{
    OptionScore score{error.option, std::nullopt, error.sqnrDb()};
    score.origin = ScoreOrigin::Calibrated;
    const double center = fit.model->at(point);
    const double spread = kSigmas * std::sqrt(fit.model->variance(point));
    score.score = std::exp(center);
    score.low = std::exp(center - spread);
    score.high = std::exp(center + spread);
    score.behind = fit.measured;
    score.extrapolated = point.within < fit.lowest - 1e-9 || point.within > fit.highest + 1e-9;
    return score;
}

std::string labelOf(const MeasuredHarm& harm, const Fits& fits, const std::set<ScoreKind>& used,
    std::size_t measured, std::size_t calibrated, std::size_t extrapolated)
{
    // Whole sentences, not parts put together: they are translated.
    if (calibrated == 0 || fits.empty())
        return fmt::format(
            "single units measured ({}) on up to {} tokens: {} pairs", harm.quantity, harm.tokens, measured);
    std::string by;
    for (const auto& fit : fits)
        if (used.contains(fit->kind))
            by += (by.empty() ? "" : " and ") + std::string(scoreId(fit->kind));
    if (extrapolated == 0)
        return fmt::format("single units measured ({}) on up to {} tokens: {} pairs; {} pairs calibrated "
                           "from {} measurements by {}",
            harm.quantity, harm.tokens, measured, calibrated, fits.front()->measured, by);
    return fmt::format("single units measured ({}) on up to {} tokens: {} pairs; {} pairs calibrated from {} "
                       "measurements by {}, {} "
                       "of them outside of what was measured",
        harm.quantity, harm.tokens, measured, calibrated, fits.front()->measured, by, extrapolated);
}

} // namespace

std::size_t MeasuredHarm::count() const
{
    std::size_t count = 0;
    for (const auto& [unit, options] : pairs)
        count += options.size();
    return count;
}

ScoreTable measuredScoreTable(const UnitErrors& errors, const MeasuredHarm& harm)
{
    ScoreTable table;
    table.kind = ScoreKind::Measured;
    const Fits fits = fitsOf(errors, harm);
    std::set<ScoreKind> used;
    std::size_t unit = 0, measured = 0, calibrated = 0, extrapolated = 0;
    for (const auto& [name, options] : errors) {
        UnitScores scores;
        scores.unit = name;
        for (std::size_t i = 0; i < options.size(); ++i) {
            const OptionError& error = options[i];
            if (error.option == kKeepOption)
                continue;
            const MeasuredPair* const pair = find(harm, name, error.option);
            // A unit that the best predictor does not know (no site in the dump, an expert that no token
            // chose) is calibrated by the next best one.
            const Fit* const fit = fitFor(fits, unit, i);
            const bool modeled = fit != nullptr;
            const Point point = modeled ? fit->pointAt(unit, i, error.option) : Point{};
            if (pair != nullptr) {
                const bool shrink = modeled && fit->measured >= kEnoughToFit;
                scores.options.push_back(
                    measuredScore(error, *pair, shrink ? std::optional(fit->model->at(point)) : std::nullopt,
                        modeled ? fit->model->ownVariance() : 1.0));
                ++measured;
            } else if (modeled) {
                scores.options.push_back(calibratedScore(error, *fit, point));
                used.insert(fit->kind);
                ++calibrated;
                extrapolated += scores.options.back().extrapolated ? 1U : 0U;
            } else {
                // An exact copy harms nothing; of others nothing is known.
                const bool exact = error.squaredError == 0;
                scores.options.push_back(
                    {error.option, exact ? std::optional(0.0) : std::nullopt, error.sqnrDb()});
            }
        }
        scores.options.push_back({std::string(kKeepOption), 0.0, std::numeric_limits<double>::infinity()});
        table.units.push_back(std::move(scores));
        ++unit;
    }
    table.provenance.score = std::string(scoreId(ScoreKind::Measured));
    table.provenance.origin = "measured";
    table.provenance.tokens = harm.tokens;
    table.provenance.label = labelOf(harm, fits, used, measured, calibrated, extrapolated);
    return table;
}

} // namespace bitwright::score
