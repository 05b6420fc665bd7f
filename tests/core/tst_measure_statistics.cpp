#include "core/measure/statistics.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <random>

using namespace bitwright;
using namespace bitwright::measure;

namespace {

/// Normal values with a common part per block of 32, so that neighbors are alike.
std::vector<float> correlated(
    std::mt19937_64& random, std::size_t count, double mean, double common, double own)
{
    std::normal_distribution<double> normal;
    std::vector<float> values(count);
    double shared = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i % kBlockTokens == 0)
            shared = normal(random);
        values[i] = static_cast<float>(mean + common * shared + own * normal(random));
    }
    return values;
}

std::vector<TokenBlock> oneSequence(std::size_t count)
{
    const std::vector<std::size_t> starts{0, count};
    return tokenBlocks(starts);
}

} // namespace

class TestMeasureStatistics : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void blocksStayInsideSequences()
    {
        const std::vector<std::size_t> starts{0, 70, 75, 203};
        const auto blocks = tokenBlocks(starts);
        QCOMPARE(blocks.size(), std::size_t{2 + 1 + 4});
        std::size_t at = 0;
        for (const TokenBlock& block : blocks) {
            QCOMPARE(block.first, at);
            QVERIFY(block.end > block.first);
            at = block.end;
            for (const std::size_t start : starts)
                QVERIFY(start <= block.first || start >= block.end);
        }
        QCOMPARE(at, std::size_t{203});
        QCOMPARE(blocks[0].end, std::size_t{35});
        QVERIFY(tokenBlocks(std::vector<std::size_t>{0}).empty());
    }

    void intervalsOfSmallTails()
    {
        // Blocks of one value: the interval is mean -+ t s / sqrt(n), t from published tables.
        const std::vector<float> values{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}, zeros(11, 0.0F);
        std::vector<TokenBlock> blocks;
        for (std::size_t i = 0; i < values.size(); ++i)
            blocks.push_back({i, i + 1});
        const double mean = 4, error = std::sqrt(56.0 / 10.0 / 11.0);
        for (const auto& [tail, quantile] : {std::pair{0.025, 2.2281}, {0.005, 3.1693}, {0.0005, 4.5869}}) {
            const auto interval = pairedStudent(values, zeros, blocks, tail);
            QVERIFY(interval);
            QCOMPARE(interval->mean, mean);
            QVERIFY(std::abs(interval->high - mean - quantile * error) < 1e-3 * quantile * error);
            QVERIFY(std::abs(interval->low - mean + quantile * error) < 1e-3 * quantile * error);
            const auto turned = pairedStudent(zeros, values, blocks, tail);
            QCOMPARE(turned->high, -interval->low);
        }
        // How often a difference of nothing is called one.
        std::mt19937_64 random(7);
        int called = 0;
        for (int trial = 0; trial < 2000; ++trial) {
            const auto a = correlated(random, 32 * 12, 1, 1, 1), b = correlated(random, 32 * 12, 1, 1, 1);
            called += pairedStudent(a, b, oneSequence(a.size()), 0.0125)->high < 0 ? 1 : 0;
        }
        QVERIFY2(called > 8 && called < 45, std::to_string(called).c_str()); // 25 expected
        QVERIFY(!pairedStudent(values, zeros, std::span(blocks).first(kStudentBlocks - 1), 0.025));
    }

    void intervalCoversTheTruth()
    {
        // 400 simulated texts: the interval must hold the true mean about 95 times of 100, also where
        // neighbors share most of their noise. Intervals that took tokens for independent would hold it half
        // as often.
        std::mt19937_64 random(11);
        int held = 0, naive = 0;
        constexpr int kTexts = 400;
        const auto blocks = oneSequence(1536);
        for (int text = 0; text < kTexts; ++text) {
            const auto values = correlated(random, 1536, 0.3, 1.0, 0.5);
            const auto interval = bootstrapMean(values, blocks, static_cast<std::uint64_t>(text));
            QVERIFY(interval);
            held += interval->holds(0.3) ? 1 : 0;
            const double single = 1.96 * std::sqrt(1.25 / 1536);
            naive += std::abs(interval->mean - 0.3) < single ? 1 : 0;
        }
        QVERIFY2(held > kTexts * 0.91 && held < kTexts * 0.99, std::to_string(held).c_str());
        QVERIFY2(naive < kTexts * 0.6, std::to_string(naive).c_str());
    }

    void meanIsTheMean()
    {
        const std::vector<std::size_t> starts{0, 3, 8};
        const std::vector<float> values{1, 2, 3, 4, 5, 6, 7, 8};
        const auto blocks = tokenBlocks(starts, 2);
        const auto interval = bootstrapMean(values, blocks, 5);
        QVERIFY(interval);
        QCOMPARE(interval->mean, 4.5);
        QVERIFY(interval->low < 4.5 && interval->high > 4.5);
        const auto again = bootstrapMean(values, blocks, 5);
        QCOMPARE(again->low, interval->low);
        QCOMPARE(again->high, interval->high);
        QVERIFY(!bootstrapMean(values, std::vector<TokenBlock>{{0, 8}}, 5)); // one block has no spread
        QVERIFY(!bootstrapMean({}, {}, 5));
        std::mt19937_64 random(1);
        const auto many = correlated(random, 1024, 0, 1, 1);
        const auto manyBlocks = oneSequence(1024);
        QVERIFY(bootstrapMean(many, manyBlocks, 6)->low != bootstrapMean(many, manyBlocks, 5)->low);
        const std::vector<float> flat(8, 2.5F);
        QCOMPARE(bootstrapMean(flat, blocks, 1)->width(), 0.0);
    }

    void pairingCancelsWhatBothShare()
    {
        std::mt19937_64 random(3);
        const auto blocks = oneSequence(2048);
        const auto text = correlated(random, 2048, 1.0, 1.0, 0.1);
        std::vector<float> worse = text, same = text;
        std::normal_distribution<float> noise(0.0F, 0.1F);
        for (std::size_t i = 0; i < text.size(); ++i) {
            worse[i] += 0.05F + noise(random);
            same[i] += noise(random);
        }
        // Unpaired the two intervals overlap by far; paired the difference is plain.
        QVERIFY(bootstrapMean(text, blocks, 1)->overlaps(*bootstrapMean(worse, blocks, 1)));
        QVERIFY(!alike(worse, text, blocks, 1));
        QVERIFY(pairedDifference(worse, text, blocks, 1)->holds(0.05));
        QVERIFY(pairedDifference(worse, text, blocks, 1)->low > 0);
        QVERIFY(alike(same, text, blocks, 1));
        QVERIFY(alike(same, text, std::vector<TokenBlock>{{0, 2048}}, 1)); // unknown is not different
    }

    void sumsOfBlocksPairLikeTheirValues()
    {
        std::mt19937_64 random(4);
        const auto text = correlated(random, 1024, 1.0, 1.0, 0.1);
        std::vector<float> worse = text;
        for (std::size_t i = 0; i < text.size(); ++i)
            worse[i] += 0.02F + 0.01F * static_cast<float>(i % 7);
        const auto blocks = oneSequence(1024), fewer = oneSequence(512);
        const auto exact = pairedDifference(worse, text, blocks, 9);
        const auto summed = pairedDifference(blockSums(worse, blocks), blockSums(text, blocks), 9);
        QVERIFY(exact && summed);
        QVERIFY(std::abs(exact->mean - summed->mean) < 1e-9);
        QVERIFY(std::abs(exact->low - summed->low) < 1e-9);
        QVERIFY(std::abs(exact->high - summed->high) < 1e-9);
        // One that stopped earlier is compared over what both saw.
        const auto shared = pairedDifference(blockSums(worse, blocks), blockSums(text, fewer), 9);
        const auto early = pairedDifference(worse, text, fewer, 9);
        QVERIFY(shared && std::abs(shared->mean - early->mean) < 1e-9);
        // Blocks of another size are other tokens; one block has no spread.
        const std::vector<TokenBlock> others{{0, 100}, {100, 512}};
        QVERIFY(!pairedDifference(blockSums(worse, others), blockSums(text, blocks), 9));
        QVERIFY(!pairedDifference(blockSums(worse, {}), blockSums(text, blocks), 9));
    }

    void spearmanByHand()
    {
        const std::vector<double> a{1, 2, 3, 4, 5};
        QCOMPARE(*spearman(a, std::vector<double>{10, 20, 30, 40, 1000}), 1.0);
        QCOMPARE(*spearman(a, std::vector<double>{5, 4, 3, 2, 1}), -1.0);
        // 1 - 6 * (1 + 1 + 0 + 1 + 1) / (5 * 24)
        QVERIFY(std::abs(*spearman(a, std::vector<double>{2, 1, 3, 5, 4}) - 0.8) < 1e-12);
        // Ties share their mean rank: ranks 1.5 1.5 3 4 against 1 2 3 4.
        QVERIFY(std::abs(
                    *spearman(std::vector<double>{7, 7, 8, 9}, std::vector<double>{1, 2, 3, 4}) - 0.948683298)
            < 1e-8);
        QVERIFY(!spearman(a, std::vector<double>{1, 1, 1, 1, 1}));
        QVERIFY(!spearman(std::vector<double>{1, 2}, std::vector<double>{1, 2}));
    }

    void reliabilityOfARanking()
    {
        // 200 units whose true means spread by 1, measured on 64 blocks with noise of variance v per block:
        // the means over all blocks correlate with the truth's replication at 1 / (1 + v / 64).
        std::mt19937_64 random(17);
        std::normal_distribution<double> normal;
        const auto blocks = oneSequence(2048);
        std::vector<std::vector<float>> values;
        for (int unit = 0; unit < 200; ++unit)
            values.push_back(correlated(random, 2048, normal(random), 5.0, 0.5));
        std::vector<std::span<const float>> measurements(values.begin(), values.end());
        const auto reliability = splitHalf(measurements, blocks);
        QVERIFY(reliability);
        QCOMPARE(reliability->ranked, std::size_t{200});
        const double halves = 1.0 / (1.0 + 25.0 / 32.0);
        const double whole = 1.0 / (1.0 + 25.0 / 64.0);
        QVERIFY2(std::abs(reliability->halves - halves) < 0.1, std::to_string(reliability->halves).c_str());
        QVERIFY2(std::abs(reliability->whole - whole) < 0.08, std::to_string(reliability->whole).c_str());
        QVERIFY(!splitHalf(std::span(measurements).first(2), blocks));
        QVERIFY(!splitHalf(measurements, std::span(blocks).first(1)));
    }

    void perplexity()
    {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const std::vector<float> logs{std::log(0.5F), nan, std::log(0.125F), nan};
        QVERIFY(std::abs(*perplexityOf(logs) - 4.0) < 1e-5);
        QVERIFY(!perplexityOf(std::vector<float>{nan}));
        QVERIFY(!perplexityOf({}));
    }
};

QTEST_GUILESS_MAIN(TestMeasureStatistics)
#include "tst_measure_statistics.moc"
