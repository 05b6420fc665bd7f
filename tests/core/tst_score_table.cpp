#include "core/score/score_table.h"
#include "tests/support/memory_dump.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace bitwright;
using score::OptionError;
using score::ScoreKind;
using score::ScoreSettings;

namespace {

OptionError error(const char* option, double squared, std::optional<double> fisher = {})
{
    OptionError e;
    e.option = option;
    e.squaredError = squared;
    e.weightEnergy = 100;
    e.fisher = fisher;
    return e;
}

double scoreOf(const score::ScoreTable& table, const char* unit, const char* option)
{
    return table.find(unit)->find(option)->score.value();
}

} // namespace

class TestScoreTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void idsRoundTrip()
    {
        for (const ScoreKind kind :
            {ScoreKind::WeightError, ScoreKind::WeightErrorRelative, ScoreKind::ActDiag, ScoreKind::ActGram,
                ScoreKind::Residual, ScoreKind::Fisher, ScoreKind::TrueFisher}) {
            QCOMPARE(score::scoreFromId(score::scoreId(kind)).value(), kind);
            QVERIFY(score::scoreDescription(kind).size() > 40);
        }
        const auto unknown = score::scoreFromId("magic");
        QVERIFY(!unknown.has_value());
        QVERIFY(unknown.error().message.find("weight-error-relative") != std::string::npos);
    }

    void plainScores()
    {
        auto e = error("int4-asym-g128/rtn", 4.0);
        e.actDiag = 5;
        e.actGram = 6;
        e.residual = 7;
        e.trueFisher = 0.125;
        const score::UnitErrors errors{{"u", {e}}};
        const auto value = [&](ScoreKind kind) {
            return scoreOf(score::makeScoreTable(errors, {kind, 0.25}, nullptr), "u", "int4-asym-g128/rtn");
        };
        QCOMPARE(value(ScoreKind::WeightError), 4.0);
        QCOMPARE(value(ScoreKind::WeightErrorRelative), 0.04);
        QCOMPARE(value(ScoreKind::ActDiag), 5.0);
        QCOMPARE(value(ScoreKind::TrueFisher), 0.125); // nats per token: never shrunk
        QCOMPARE(value(ScoreKind::ActGram), 6.0);
        QCOMPARE(value(ScoreKind::Residual), 7.0);
    }

    void fisherIsShrunkBetweenUnitsOnly()
    {
        // Reference is 4 bit: c = 16 and 81, so c^0.25 = 2 and 3.
        const score::UnitErrors errors{
            {"a",
                {error("int2-asym-g128/rtn", 1, 160.0), error("int4-asym-g128/rtn", 1, 16.0),
                    error("int8-asym-g128/rtn", 1, 1.6)}},
            {"b",
                {error("int2-asym-g128/rtn", 1, 810.0), error("int4-asym-g128/rtn", 1, 81.0),
                    error("int8-asym-g128/rtn", 1, 0.81)}}};
        const auto shrunk = score::makeScoreTable(errors, {ScoreKind::Fisher, 0.25}, nullptr);
        QVERIFY(qFuzzyCompare(scoreOf(shrunk, "a", "int4-asym-g128/rtn"), 2.0));
        QVERIFY(qFuzzyCompare(scoreOf(shrunk, "a", "int2-asym-g128/rtn"), 20.0));
        QVERIFY(qFuzzyCompare(scoreOf(shrunk, "a", "int8-asym-g128/rtn"), 0.2));
        QVERIFY(qFuzzyCompare(scoreOf(shrunk, "b", "int4-asym-g128/rtn"), 3.0));
        QVERIFY(qFuzzyCompare(scoreOf(shrunk, "b", "int8-asym-g128/rtn"), 0.03));

        const auto raw = score::makeScoreTable(errors, {ScoreKind::Fisher, 1.0}, nullptr);
        QVERIFY(qFuzzyCompare(scoreOf(raw, "b", "int2-asym-g128/rtn"), 810.0));
        const auto flat = score::makeScoreTable(errors, {ScoreKind::Fisher, 0.0}, nullptr);
        QVERIFY(qFuzzyCompare(scoreOf(flat, "b", "int4-asym-g128/rtn"), 1.0));
    }

    void fisherFallsWithItsError()
    {
        std::vector<OptionError> unit;
        double fisher = 1000;
        for (int bits = 2; bits <= 8; ++bits, fisher /= 4)
            unit.push_back(error(("int" + std::to_string(bits) + "-asym-g128/rtn").c_str(), fisher, fisher));
        const auto table = score::makeScoreTable({{"u", unit}}, {ScoreKind::Fisher, 0.25}, nullptr);
        const auto& options = table.find("u")->options;
        QCOMPARE(options.size(), unit.size() + 1);
        for (std::size_t i = 1; i < options.size(); ++i)
            QVERIFY(*options[i].score < *options[i - 1].score);
    }

    void referenceDoesNotDependOnTheOrder()
    {
        std::vector<OptionError> unit{error("int4-sym-g128/rtn", 1, 32.0),
            error("int4-asym-g64/rtn", 1, 12.0), error("int4-asym-g128/gptq", 1, 20.0),
            error("int4-asym-g128/rtn", 1, 16.0), error("int3-asym-g128/rtn", 1, 64.0)};
        std::sort(unit.begin(), unit.end(), [](const auto& a, const auto& b) { return a.option < b.option; });
        do {
            const auto table = score::makeScoreTable({{"u", unit}}, {ScoreKind::Fisher, 0.25}, nullptr);
            QVERIFY(qFuzzyCompare(
                scoreOf(table, "u", "int4-asym-g128/rtn"), 2.0)); // 16^0.25: it is the reference
        } while (std::next_permutation(
            unit.begin(), unit.end(), [](const auto& a, const auto& b) { return a.option < b.option; }));
    }

    void referenceSkipsExactOptions()
    {
        // The 4 bit grid holds this unit exactly: the next nearest width is the reference.
        const score::UnitErrors errors{
            {"u", {error("int4-asym-g128/rtn", 0, 0.0), error("int3-asym-g128/rtn", 1, 16.0)}}};
        const auto table = score::makeScoreTable(errors, {ScoreKind::Fisher, 0.25}, nullptr);
        QCOMPARE(scoreOf(table, "u", "int4-asym-g128/rtn"), 0.0);
        QVERIFY(qFuzzyCompare(scoreOf(table, "u", "int3-asym-g128/rtn"), 2.0));
    }

    void missingStaysMissing()
    {
        const score::UnitErrors errors{
            {"known", {error("int4-asym-g128/rtn", 1, 2.0)}}, {"unknown", {error("int4-asym-g128/rtn", 1)}}};
        const auto table = score::makeScoreTable(errors, {ScoreKind::Fisher, 0.25}, nullptr);
        QVERIFY(table.find("known")->find("int4-asym-g128/rtn")->score.has_value());
        QVERIFY(!table.find("unknown")->find("int4-asym-g128/rtn")->score.has_value());
        QVERIFY(!score::makeScoreTable(errors, {ScoreKind::ActGram, 1}, nullptr)
                     .find("known")
                     ->find("int4-asym-g128/rtn")
                     ->score);
        QCOMPARE(table.find("elsewhere"), nullptr);
        QCOMPARE(table.find("known")->find("int5-asym-g128/rtn"), nullptr);
    }

    void relativeErrorOfZeroWeights()
    {
        auto exact = error("int4-asym-g128/rtn", 0);
        exact.weightEnergy = 0;
        const auto table
            = score::makeScoreTable({{"u", {exact}}}, {ScoreKind::WeightErrorRelative, 1}, nullptr);
        QCOMPARE(scoreOf(table, "u", "int4-asym-g128/rtn"), 0.0);
    }

    void keepScoresZero()
    {
        for (const ScoreKind kind : {ScoreKind::WeightError, ScoreKind::Fisher}) {
            const auto table
                = score::makeScoreTable({{"u", {error("int4-asym-g128/rtn", 1)}}}, {kind, 0.25}, nullptr);
            QCOMPARE(scoreOf(table, "u", "keep"), 0.0);
            QVERIFY(std::isinf(table.find("u")->find("keep")->sqnrDb));
        }
    }

    void labelsSayHow()
    {
        testing::MemoryDump dump(2048, "text of the licence");
        const auto label = [&](ScoreKind kind, double gamma, const model::ActivationDump* with) {
            return score::makeScoreTable({}, {kind, gamma}, with).provenance.label;
        };
        QCOMPARE(label(ScoreKind::Fisher, 0.25, &dump),
            std::string("predicted by fisher^0.25 on 2,048 tokens, not measured"));
        QCOMPARE(label(ScoreKind::Fisher, 1, &dump),
            std::string("predicted by fisher on 2,048 tokens, not measured"));
        QCOMPARE(label(ScoreKind::WeightErrorRelative, 0.25, &dump),
            std::string("predicted by weight-error-relative, not measured"));
        QCOMPARE(
            label(ScoreKind::ActGram, 0.25, nullptr), std::string("predicted by act-gram, not measured"));
        testing::MemoryDump large(1234567);
        QCOMPARE(label(ScoreKind::ActDiag, 1, &large),
            std::string("predicted by act-diag on 1,234,567 tokens, not measured"));

        model::SampleRows samples;
        samples.rows = 96;
        samples.channels = 0;
        dump.addSite("in", model::SiteKind::InputOf, {"w"}, 0, samples);
        QCOMPARE(label(ScoreKind::Residual, 1, &dump),
            std::string("predicted by residual on 96 tokens, not measured"));
        const auto provenance = score::makeScoreTable({}, {ScoreKind::Fisher, 0.5}, &dump).provenance;
        QCOMPARE(provenance.score, std::string("fisher^0.5"));
        QCOMPARE(provenance.dataset, std::string("text of the licence"));
        QCOMPARE(provenance.tokens, std::uint64_t{2048});
        QCOMPARE(provenance.origin, std::string("computed"));
    }

    /// The default shrinkage is that of the labels; what is asked for is taken as it is.
    void shrinkageFollowsTheLabels()
    {
        testing::MemoryDump text(2048), drawn(2048);
        for (auto* const dump : {&text, &drawn})
            dump->addGradient({});
        drawn.addOutputGradients({"w", 1, 1});
        QVERIFY(!score::hasDrawnLabels(nullptr) && !score::hasDrawnLabels(&text));
        QVERIFY(score::hasDrawnLabels(&drawn));
        QCOMPARE(score::defaultGamma(nullptr), 0.25);
        QCOMPARE(score::defaultGamma(&text), 0.25);
        QCOMPARE(score::defaultGamma(&drawn), 1.0);
        auto four = error("int4-asym-g128/rtn", 1), three = error("int3-asym-g128/rtn", 4);
        four.fisher = 16;
        three.fisher = 64;
        const score::UnitErrors errors{{"u", {four, three}}};
        const auto scored = [&](std::optional<double> gamma, const model::ActivationDump* with) {
            ScoreSettings settings{ScoreKind::Fisher};
            settings.gamma = gamma;
            return score::makeScoreTable(errors, settings, with);
        };
        QCOMPARE(scoreOf(scored({}, &text), "u", "int3-asym-g128/rtn"), 8.0); // 16^0.25 4
        QCOMPARE(scoreOf(scored({}, &drawn), "u", "int3-asym-g128/rtn"), 64.0);
        QCOMPARE(scoreOf(scored(0.5, &text), "u", "int3-asym-g128/rtn"), 16.0);
        QCOMPARE(scoreOf(scored(0.5, &drawn), "u", "int3-asym-g128/rtn"), 16.0);
        QCOMPARE(scored({}, &text).provenance.label,
            std::string("predicted by fisher^0.25 on 2,048 tokens, not measured"));
        QCOMPARE(scored({}, &drawn).provenance.label,
            std::string("predicted by fisher (labels model) on 2,048 tokens, not measured"));
        QCOMPARE(scored(0.5, &drawn).provenance.score, std::string("fisher^0.5 (labels model)"));
        QCOMPARE(scored(1.0, &text).provenance.score, std::string("fisher"));
    }

    void defaultNeedsGradients()
    {
        testing::MemoryDump dump(10);
        QCOMPARE(score::defaultScore(nullptr), ScoreKind::WeightErrorRelative);
        QCOMPARE(score::defaultScore(&dump), ScoreKind::WeightErrorRelative);
        dump.addGradient({});
        QCOMPARE(score::defaultScore(&dump), ScoreKind::Fisher);
    }
};

QTEST_GUILESS_MAIN(TestScoreTable)
#include "tst_score_table.moc"
