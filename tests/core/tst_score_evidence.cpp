#include "core/score/option_error.h"
#include "tests/support/memory_dump.h"

#include <QtTest>

#include <cmath>

using namespace bitwright;
using model::SiteKind;

namespace {

constexpr std::uint64_t kTokens = 12; // three sequences of four positions
constexpr std::uint64_t kPositions = 4;

/// Rows of the tokens 1, 6 and 11; row r has the values (r+1) * scale * (1, 2, ...).
model::SampleRows rows(std::uint64_t channels, float scale)
{
    model::SampleRows samples;
    samples.rows = 3;
    samples.channels = channels;
    samples.sequence = {0, 1, 2};
    samples.position = {1, 2, 3};
    for (std::uint64_t r = 0; r < samples.rows; ++r)
        for (std::uint64_t c = 0; c < channels; ++c)
            samples.values.push_back(scale * static_cast<float>((r + 1) * (c + 1)));
    return samples;
}

double rms(const model::SampleRows& samples, std::uint64_t row)
{
    double sum = 0;
    for (std::uint64_t c = 0; c < samples.channels; ++c)
        sum += std::pow(static_cast<double>(samples.values[row * samples.channels + c]), 2);
    return std::sqrt(sum / static_cast<double>(samples.channels));
}

/// token_rms that agrees with the sample rows and holds distinct other values elsewhere.
std::vector<float> tokenRms(const model::SampleRows& samples, double other)
{
    std::vector<float> all;
    for (std::uint64_t t = 0; t < kTokens; ++t)
        all.push_back(static_cast<float>(other + 0.37 * static_cast<double>(t)));
    for (std::uint64_t r = 0; r < samples.rows; ++r)
        all[samples.sequence[r] * kPositions + samples.position[r]] = static_cast<float>(rms(samples, r));
    return all;
}

const std::string kQuery = "model.layers.0.self_attn.q_proj.weight";
const std::string kAttentionOutput = "model.layers.0.self_attn.o_proj.weight";
const std::string kUp = "model.layers.0.mlp.up_proj.weight";
const std::string kDown = "model.layers.0.mlp.down_proj.weight";

/// The sites of one block in the order of a capture: stream, inputs and contribution of attention, the same
/// of the MLP, final stream.
testing::MemoryDump block()
{
    testing::MemoryDump dump(kTokens);
    dump.addSite("a.stream", SiteKind::Residual, {kAttentionOutput}, 0, rows(2, 1.5F));
    dump.addSite("q", SiteKind::InputOf, {kQuery}, 0, rows(2, 3.0F));
    dump.addSite("o", SiteKind::InputOf, {kAttentionOutput}, 0, rows(2, 3.5F));
    dump.addSite("a", SiteKind::OutputOf, {kAttentionOutput}, 0, rows(2, 0.5F));
    dump.addSite("m.stream", SiteKind::Residual, {kDown}, 0, rows(2, 2.0F));
    dump.addSite("up", SiteKind::InputOf, {kUp}, 0, rows(2, 1.0F));
    dump.addSite("m", SiteKind::OutputOf, {kDown}, 0, rows(2, 6.0F));
    dump.addSite("final", SiteKind::Residual, {}, std::nullopt, rows(2, 8.0F));
    return dump;
}

std::vector<double> sharesOf(const testing::MemoryDump& dump, const std::string& tensor)
{
    return score::loadEvidence(dump, tensor, false).value().tokenShare;
}

} // namespace

class TestScoreEvidence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unknownTensorHasNoEvidence()
    {
        const auto dump = block();
        const auto evidence = score::loadEvidence(dump, "lm_head.weight", true).value();
        QVERIFY(evidence.inputSumSq.empty() && !evidence.gram && !evidence.samples
            && evidence.tokenShare.empty());
        QCOMPARE(evidence.gradient, nullptr);
    }

    void everythingIsLoaded()
    {
        auto dump = block();
        const std::size_t site = *dump.inputSiteOf(kQuery);
        dump.site(site).sumSq = std::vector<double>{4, 5};
        dump.setGram(site, {2, 12, {4, 1, 5}});
        model::GradientFactors gradient;
        gradient.tensor = kQuery;
        dump.addGradient(gradient);
        const auto evidence = score::loadEvidence(dump, kQuery, true).value();
        QCOMPARE(evidence.inputSumSq, std::vector<double>({4, 5}));
        QCOMPARE(evidence.inputCount, 12.0);
        QVERIFY(evidence.gram.has_value());
        QCOMPARE(evidence.gram->count, 12.0);
        QVERIFY(evidence.samples.has_value());
        QVERIFY(evidence.gradient != nullptr);
        QVERIFY(!score::loadEvidence(dump, kQuery, false).value().gram.has_value());
    }

    void sharesOfBothSublayersFromSamples()
    {
        const auto dump = block();
        // Attention: contribution 0.5, stream after it 2. MLP: 6 against 8. Energies, so squared.
        for (const std::string& tensor : {kQuery, kAttentionOutput})
            for (const double share : sharesOf(dump, tensor))
                QCOMPARE(share, 0.0625);
        const auto mlp = sharesOf(dump, kUp);
        QCOMPARE(mlp.size(), std::size_t{3});
        for (const double share : mlp)
            QCOMPARE(share, 0.5625);
    }

    void otherBlocksDoNotAnswer()
    {
        auto dump = block();
        dump.addSite("q1", SiteKind::InputOf, {"model.layers.1.self_attn.q_proj.weight"}, 1, rows(2, 3.0F));
        QVERIFY(sharesOf(dump, "model.layers.1.self_attn.q_proj.weight").empty());
        dump.addSite("head", SiteKind::InputOf, {"lm_head.weight"}, std::nullopt, rows(2, 3.0F));
        QVERIFY(sharesOf(dump, "lm_head.weight").empty());
    }

    void normalizedStreamsAreNotTakenForTheSum()
    {
        // BERT: the next residual site shows the stream after a norm, of any size.
        auto dump = block();
        dump.setSamples(7, rows(2, 0.01F));
        for (const double share : sharesOf(dump, kUp))
            QCOMPARE(share, 0.5625);
        // Without the stream before, the next site is all there is.
        dump = block();
        dump.site(4).tensors.clear();
        dump.setSamples(7, rows(2, 12.0F));
        for (const double share : sharesOf(dump, kUp))
            QCOMPARE(share, 0.25);
    }

    void rowsOfOtherTokensAreRefused()
    {
        auto dump = block();
        auto other = rows(2, 2.0F);
        other.position = {0, 0, 0};
        dump.setSamples(3, other);
        QVERIFY(sharesOf(dump, kQuery).empty());
    }

    void sharesFromTokenRms()
    {
        auto dump = block();
        const auto withRms = [&](std::size_t site, float scale, double other) {
            dump.site(site).tokenRms = tokenRms(rows(2, scale), other);
        };
        withRms(1, 3.0F, 50);
        withRms(3, 0.5F, 60);
        withRms(4, 2.0F, 70);
        dump.site(3).sampleRows = 0;
        dump.site(4).sampleRows = 0;
        const auto shares = sharesOf(dump, kQuery);
        QCOMPARE(shares.size(), std::size_t{3});
        for (const double share : shares)
            QVERIFY(std::abs(share - 0.0625) < 1e-6);

        // A recorded rms that fits no sequence length, as padding would cause: the tokens cannot be located.
        (*dump.site(1).tokenRms)[6] = 1234.0F;
        QVERIFY(sharesOf(dump, kQuery).empty());
    }

    void silentStreamIsUnknown()
    {
        auto dump = block();
        dump.setSamples(0, rows(2, -0.5F)); // the contribution cancels the stream
        for (const double share : sharesOf(dump, kQuery))
            QVERIFY(std::isnan(share));
    }

    void missingStreamIsUnknown()
    {
        testing::MemoryDump dump(kTokens);
        dump.addSite("q", SiteKind::InputOf, {kQuery}, 0, rows(2, 3.0F));
        dump.addSite("a", SiteKind::OutputOf, {kAttentionOutput}, 0, rows(2, 0.5F));
        QVERIFY(sharesOf(dump, kQuery).empty());
    }
};

QTEST_GUILESS_MAIN(TestScoreEvidence)
#include "tst_score_evidence.moc"
