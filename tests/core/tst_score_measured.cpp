#include "core/score/measured.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace bitwright;
using namespace bitwright::score;

namespace {

constexpr int kUnits = 60;
constexpr std::array kBits{2, 3, 4, 5, 6, 8};

std::string idOf(int bits)
{
    return fmt::format("int{}-asym-g128/rtn", bits);
}

/// A model whose true harm is known: a relative error that falls four-fold per bit, of which a quarter of the
/// spread (on the log scale) is true, a cliff at 2 bits, and a deviation of each unit.
struct World
{
    UnitErrors errors;
    std::map<std::string, std::map<std::string, double>> truth;
    MeasuredHarm measured;

    /// `noise`: standard deviation of ln(measured).
    World(const std::vector<int>& measuredBits, int measuredUnits, double noise, unsigned seed = 5)
    {
        std::mt19937_64 random(seed);
        std::normal_distribution<double> normal;
        measured.tokens = 512;
        for (int u = 0; u < kUnits; ++u) {
            const std::string name = fmt::format("unit{:02}", u);
            const double spread = normal(random);
            const double own = 0.5 * normal(random);
            for (const int bits : kBits) {
                OptionError error;
                error.option = idOf(bits);
                error.weightEnergy = 100;
                error.squaredError = 100 * std::exp(spread) * std::pow(4.0, 4 - bits) * 0.01;
                errors[name].push_back(error);
                const double cliff = bits == 2 ? 1.0 : bits == 3 ? 0.2 : 0.0;
                const double logHarm = -6 + 0.25 * spread + (4 - bits) * std::log(4.0) + cliff + own;
                truth[name][error.option] = std::exp(logHarm);
                const bool here = u < measuredUnits
                    && std::find(measuredBits.begin(), measuredBits.end(), bits) != measuredBits.end();
                if (!here)
                    continue;
                const double mean = std::exp(logHarm + noise * normal(random));
                measured.pairs[name][error.option]
                    = {mean, mean * (1 - 1.96 * noise), mean * (1 + 1.96 * noise), 512};
            }
        }
    }
    /// Root mean square of ln(score / truth) over what `wanted` chooses.
    [[nodiscard]] double error(
        const ScoreTable& table, const std::function<bool(const OptionScore&)>& wanted) const
    {
        double sum = 0;
        int count = 0;
        for (const UnitScores& unit : table.units)
            for (const OptionScore& score : unit.options) {
                if (score.option == kKeepOption || !wanted(score))
                    continue;
                const double rest = std::log(*score.score / truth.at(unit.unit).at(score.option));
                sum += rest * rest;
                ++count;
            }
        return count == 0 ? -1 : std::sqrt(sum / count);
    }
};

bool isCalibrated(const OptionScore& score)
{
    return score.origin == ScoreOrigin::Calibrated;
}

} // namespace

class TestScoreMeasured : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // Drawn toward the others as its own noise asks, but never out of its own interval.
    void staysWithinItsInterval()
    {
        World world({3, 4}, kUnits, 0.05);
        auto& far = world.measured.pairs.begin()->second.begin()->second;
        const double before = far.mean;
        far.mean *= 30;
        far.low = far.mean * 0.5;
        far.high = far.mean * 3;
        const auto table = measuredScoreTable(world.errors, world.measured);
        std::size_t outside = 0;
        for (const UnitScores& unit : table.units)
            for (const OptionScore& score : unit.options)
                if (score.origin == ScoreOrigin::Measured)
                    outside += *score.score < *score.low || *score.score > *score.high ? 1U : 0U;
        QCOMPARE(outside, std::size_t{0});
        const OptionScore& drawn
            = *std::find_if(table.units.front().options.begin(), table.units.front().options.end(),
                [](const OptionScore& score) { return score.raw.has_value(); });
        QVERIFY(*drawn.score<*drawn.raw&& * drawn.score> before);
    }
    void calibratesOtherWidths()
    {
        const World world({2, 3, 4}, kUnits, 0.1);
        const auto table = measuredScoreTable(world.errors, world.measured);
        QCOMPARE(table.kind, ScoreKind::Measured);
        // 5, 6 and 8 bits from 2, 3 and 4: the unit's own deviation is known by then.
        const double calibrated = world.error(table, isCalibrated);
        QVERIFY2(calibrated > 0 && calibrated < 0.3, std::to_string(calibrated).c_str());
        const auto* score = table.find("unit07")->find(idOf(8));
        QCOMPARE(score->behind, std::uint64_t{kUnits * 3});
        QVERIFY(score->extrapolated);
        QVERIFY(*score->low < *score->score && *score->score < *score->high);
        QVERIFY(table.provenance.label.find("calibrated from 180 measurements") != std::string::npos);
        QVERIFY(table.provenance.label.find("outside of what was measured") != std::string::npos);
        QCOMPARE(table.provenance.origin, std::string("measured"));
    }

    void calibratesOtherUnits()
    {
        const World world({2, 3, 4, 6, 8}, 30, 0.1);
        const auto table = measuredScoreTable(world.errors, world.measured);
        // Half of the units were never run: their own deviation (0.5) stays unknown, the rest does not. The
        // raw predictor with its full spread would be off by more.
        const double calibrated = world.error(table, isCalibrated);
        QVERIFY2(calibrated < 0.7, std::to_string(calibrated).c_str());
        double inside = 0, all = 0;
        for (const UnitScores& unit : table.units)
            for (const OptionScore& score : unit.options)
                if (isCalibrated(score)) {
                    const double truth = world.truth.at(unit.unit).at(score.option);
                    inside += *score.low <= truth && truth <= *score.high ? 1 : 0;
                    all += 1;
                }
        QVERIFY2(inside / all > 0.8, std::to_string(inside / all).c_str());
        QVERIFY(!table.find("unit59")->find(idOf(5))->extrapolated);
        QVERIFY(!table.find("unit59")->find(idOf(5))->raw); // calibrated, not measured
    }

    void shrinksNoisyNumbers()
    {
        const World world({2, 3, 4, 5, 6, 8}, kUnits, 0.8);
        const auto table = measuredScoreTable(world.errors, world.measured);
        const auto measured = [](const OptionScore& score) { return score.origin == ScoreOrigin::Measured; };
        const double shrunk = world.error(table, measured);
        // The noise of one number is 0.8; six of a unit together know it far better.
        QVERIFY2(shrunk < 0.5, std::to_string(shrunk).c_str());
        // What was measured stays known beside what plans add up.
        bool moved = false;
        for (const auto& [unit, options] : world.measured.pairs)
            for (const auto& [option, pair] : options) {
                const auto* score = table.find(unit)->find(option);
                QCOMPARE(score->raw, std::optional(pair.mean));
                moved = moved || std::abs(*score->score / pair.mean - 1) > 0.2;
            }
        QVERIFY(moved);
        const World exact({2, 3, 4, 5, 6, 8}, kUnits, 0.01);
        const auto sharp = measuredScoreTable(exact.errors, exact.measured);
        for (const auto& [unit, options] : exact.measured.pairs)
            for (const auto& [option, pair] : options)
                QVERIFY(std::abs(*sharp.find(unit)->find(option)->score / pair.mean - 1) < 0.05);
        const auto* one = sharp.find("unit03")->find(idOf(4));
        QCOMPARE(one->behind, std::uint64_t{512});
        QCOMPARE(*one->low, *exact.measured.pairs.at("unit03").at(idOf(4)).low);
    }

    void fewMeasurements()
    {
        World world({4}, 2, 0.1);
        const auto table = measuredScoreTable(world.errors, world.measured);
        const auto* score = table.find("unit30")->find(idOf(4));
        QCOMPARE(score->origin, ScoreOrigin::Calibrated);
        QCOMPARE(score->behind, std::uint64_t{2});
        // What is measured stays what it is.
        const auto& pair = world.measured.pairs.at("unit01").at(idOf(4));
        QCOMPARE(*table.find("unit01")->find(idOf(4))->score, pair.mean);
        // The quadratic law between widths: a factor of four per bit.
        const double ratio = *table.find("unit30")->find(idOf(5))->score / *score->score;
        QVERIFY(std::abs(ratio - 0.25) < 1e-9);
    }

    void missingStaysMissing()
    {
        World world({4}, 10, 0.1);
        OptionError bare;
        bare.option = idOf(4);
        bare.squaredError = 3; // weight energy unknown: no predictor
        world.errors["unitXX"] = {bare};
        OptionError exactCopy;
        exactCopy.option = idOf(8);
        exactCopy.weightEnergy = 5;
        world.errors["unitYY"] = {exactCopy};
        const auto table = measuredScoreTable(world.errors, world.measured);
        QVERIFY(!table.find("unitXX")->find(idOf(4))->score);
        QCOMPARE(table.find("unitXX")->find("keep")->score.value(), 0.0);
        QCOMPARE(table.find("unitYY")->find(idOf(8))->score.value(), 0.0);
        const auto none = measuredScoreTable(world.errors, {});
        for (const UnitScores& unit : none.units)
            for (const OptionScore& score : unit.options)
                QVERIFY(score.option == kKeepOption || unit.unit == "unitYY" || !score.score);
    }

    /// A tensor without a site in the dump is not left at full width for that.
    void whatTheBestPredictorDoesNotKnowTheNextOneCalibrates()
    {
        World world({3, 4}, 50, 0.1);
        for (auto& [unit, errors] : world.errors)
            for (OptionError& error : errors)
                if (unit != "unit59")
                    error.residual = world.truth.at(unit).at(error.option);
        const auto table = measuredScoreTable(world.errors, world.measured);
        const auto* known = table.find("unit58")->find(idOf(4));
        const double off = std::log(*known->score / world.truth.at("unit58").at(idOf(4)));
        QVERIFY2(std::abs(off) < 0.2, std::to_string(off).c_str()); // by residual
        const auto* unknown = table.find("unit59")->find(idOf(4));
        QCOMPARE(unknown->origin, ScoreOrigin::Calibrated);
        QVERIFY(unknown->score && *unknown->low < *unknown->score && *unknown->score < *unknown->high);
        // Its own deviation is not known: the interval is that of the worse predictor.
        QVERIFY(std::log(*unknown->high / *unknown->low) > 2 * std::log(*known->high / *known->low));
        QVERIFY2(table.provenance.label.find("by residual and weight-error-relative") != std::string::npos,
            table.provenance.label.c_str());
    }

    void ids()
    {
        QCOMPARE(scoreFromId("measured").value(), ScoreKind::Measured);
        QCOMPARE(scoreOriginText(ScoreOrigin::Predicted), std::string_view("proxy, not measured"));
        QVERIFY(!rawScore(OptionError{}, ScoreKind::Measured));
    }
};

QTEST_GUILESS_MAIN(TestScoreMeasured)
#include "tst_score_measured.moc"
