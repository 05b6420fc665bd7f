#include "views/models/fuzzy.h"
#include "views/models/glossary.h"

#include <QElapsedTimer>
#include <QSet>
#include <QStringList>
#include <QtTest/QTest>

#include <algorithm>
#include <random>
#include <set>

using namespace bitwright::views;

class TestFuzzy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scores();
    void findsAllWords();
    void bestComesFirst();
    void narrowingLosesNothing();
    void hundredThousandTensors();
    void everyTermIsWhole();
    void termsAreFoundInLabels_data();
    void termsAreFoundInLabels();
};

void TestFuzzy::scores()
{
    QVERIFY(fuzzyScore("model.layers.3.mlp.down_proj", "down")
        > fuzzyScore("model.layers.3.mlp.down_proj", "own"));
    QVERIFY(fuzzyScore("set 4 bits", "4") > fuzzyScore("set 14 bits", "4"));
    QVERIFY(fuzzyScore("down_proj", "dp") > 0);
    QVERIFY(fuzzyScore("down_proj", "dp") > fuzzyScore("odd apple", "dp"));
    QVERIFY(fuzzyScore("down_proj", "pd") < 0);
    QCOMPARE(fuzzyScore("anything", ""), 0);
    QVERIFY(fuzzyScore("lock", "locks") < 0);
}

void TestFuzzy::findsAllWords()
{
    FuzzyIndex index;
    index.add("model.layers.3.mlp.down_proj.weight");
    index.add("model.layers.13.mlp.down_proj.weight");
    index.add("model.layers.3.self_attn.q_proj.weight");
    std::size_t total = 0;
    auto hits = index.find(QStringLiteral("3 DOWN"), 10, &total);
    QCOMPARE(total, std::size_t{2});
    QCOMPARE(hits.front().text, 0U); // 3 as a whole word before 13
    QCOMPARE(index.find(QStringLiteral("nothing here"), 10).size(), std::size_t{0});
    QCOMPARE(index.find(QString(), 2, &total).size(), std::size_t{2});
    QCOMPARE(total, std::size_t{3});
    hits = index.find(QStringLiteral("proj"), 1, &total);
    QCOMPARE(hits.size(), std::size_t{1});
    QCOMPARE(total, std::size_t{3});
}

void TestFuzzy::bestComesFirst()
{
    FuzzyIndex index;
    index.add("block of clocks");
    index.add("lock or unlock");
    index.add("locker", 500);
    const auto hits = index.find(QStringLiteral("lock"), 10);
    QCOMPARE(hits.size(), std::size_t{3});
    QCOMPARE(hits[0].text, 2U); // the bonus decides
    QCOMPARE(hits[1].text, 1U);
    QVERIFY(std::is_sorted(hits.begin(), hits.end(), [](auto a, auto b) { return a.score > b.score; }));
}

/// Typing letter by letter gives what the whole query gives at once, and so does going back.
void TestFuzzy::narrowingLosesNothing()
{
    std::mt19937 random(7);
    const std::string letters = "abcdlop._0123 ";
    FuzzyIndex typed;
    std::vector<std::string> texts;
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (unsigned j = 0; j < 3 + random() % 18; ++j)
            text += letters[random() % letters.size()];
        texts.push_back(text);
        typed.add(text);
    }
    const auto fresh = [&](const QString& query) {
        FuzzyIndex index;
        for (const auto& text : texts)
            index.add(text);
        return index.find(query, 50);
    };
    for (const QString& query :
        {QStringLiteral("dop 1"), QStringLiteral("al.b 2 0"), QStringLiteral("ddd")}) {
        for (int length = 1; length <= query.size(); ++length) {
            const auto a = typed.find(query.left(length), 50);
            const auto b = fresh(query.left(length));
            QCOMPARE(a.size(), b.size());
            for (std::size_t i = 0; i < a.size(); ++i) {
                QCOMPARE(a[i].text, b[i].text);
                QCOMPARE(a[i].score, b[i].score);
            }
        }
        QCOMPARE(typed.find(query.left(1), 50).size(), fresh(query.left(1)).size());
    }
}

void TestFuzzy::hundredThousandTensors()
{
    FuzzyIndex index;
    const char* roles[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
        "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "input_layernorm"};
    for (int i = 0; i < 100000; ++i)
        index.add("model.layers." + std::to_string(i / 800) + ".experts." + std::to_string(i / 8 % 100) + "."
            + roles[i % 8] + ".weight");
    qint64 slowest = 0;
    const QString query = QStringLiteral("12 down 77 wght");
    for (int length = 1; length <= query.size(); ++length) {
        qint64 best = 1000000;
        for (int repeat = 0; repeat < 3; ++repeat) { // other programs run beside the test
            QElapsedTimer clock;
            clock.start();
            const auto hits = index.find(query.left(length), 200);
            best = std::min(best, clock.nsecsElapsed() / 1000);
            QVERIFY(!hits.empty());
        }
        slowest = std::max(slowest, best);
    }
    qInfo("slowest key: %lld us", static_cast<long long>(slowest));
    QVERIFY2(slowest < 50000, qPrintable(QString::number(slowest)));
}

void TestFuzzy::everyTermIsWhole()
{
    QSet<QString> ids;
    const QSet<QString> views = {QStringLiteral("activation-maxima"), QStringLiteral("outlier-map"),
        QStringLiteral("weights"), QStringLiteral("spectrum"), QStringLiteral("sensitivity"),
        QStringLiteral("pareto"), QStringLiteral("allocation"), QStringLiteral("export"),
        QStringLiteral("overview"), QStringLiteral("tree"), QStringLiteral("harm")};
    QVERIFY(glossaryTerms().size() >= 40);
    for (const GlossaryTerm& term : glossaryTerms()) {
        const QString id = QString::fromUtf8(term.id);
        QVERIFY2(!ids.contains(id), term.id);
        ids.insert(id);
        QCOMPARE(glossaryTerm(id), &term);
        QVERIFY2(glossaryText(term).size() > 80 && glossaryText(term).size() < 700, term.id);
        QVERIFY2(glossaryText(term).endsWith(QLatin1Char('.')), term.id);
        QVERIFY2(glossarySource(term).size() > 4, term.id);
        QVERIFY2(views.contains(QString::fromUtf8(term.view)), term.id);
        QCOMPARE(glossaryTermIn(glossaryTitle(term)), &term);
    }
    QVERIFY(glossaryTerm(QStringLiteral("poem")) == nullptr);
    QCOMPARE(termLink(QStringLiteral("poem"), QStringLiteral("x")), QStringLiteral("x"));
    QCOMPARE(termLink(QStringLiteral("rms"), QStringLiteral("x")),
        QStringLiteral("<a class=\"term\" href=\"term:rms\">x</a>"));
    // To read on with: what an explanation speaks of, never itself, and no dead end.
    for (const GlossaryTerm& term : glossaryTerms()) {
        const auto related = relatedTerms(term, 6);
        QVERIFY2(related.size() <= 6 && std::set(related.begin(), related.end()).size() == related.size(),
            term.id);
        QVERIFY2(std::find(related.begin(), related.end(), &term) == related.end(), term.id);
        QVERIFY2(!related.empty(), term.id);
    }
    const auto ofAlpha = relatedTerms(*glossaryTerm(QStringLiteral("hill")), 6);
    QVERIFY(
        std::find(ofAlpha.begin(), ofAlpha.end(), glossaryTerm(QStringLiteral("alpha"))) != ofAlpha.end());
}

void TestFuzzy::termsAreFoundInLabels_data()
{
    QTest::addColumn<QString>("label");
    QTest::addColumn<QString>("id");
    const std::pair<const char*, const char*> cases[] = {{"kurtosis (normal: 3)", "kurtosis"},
        {"α hill-median", "hill"}, {"Harm (predicted, not measured)", "harm"}, {"SQNR", "sqnr"},
        {"NaN / Inf", "non-finite"}, {"stable rank", "stable-rank"}, {"|x| q99.9", "quantile"},
        {"Massive tokens", "massive-activation"}, {"bpw", "bpw"}, {"Next best moves", "price"}};
    for (const auto& [label, id] : cases)
        QTest::newRow(id) << QString::fromUtf8(label) << QString::fromUtf8(id);
    QTest::newRow("no term") << QStringLiteral("Shape") << QString();
    QTest::newRow("part of a word") << QStringLiteral("unitary") << QString();
}

void TestFuzzy::termsAreFoundInLabels()
{
    QFETCH(QString, label);
    QFETCH(QString, id);
    const GlossaryTerm* term = glossaryTermIn(label);
    QCOMPARE(term == nullptr ? QString() : QString::fromUtf8(term->id), id);
}

QTEST_GUILESS_MAIN(TestFuzzy)
#include "tst_fuzzy.moc"
