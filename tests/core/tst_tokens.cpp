#include "core/tokens/regex.h"
#include "core/tokens/tokenizer.h"
#include "core/tokens/unicode.h"
#include "tests/support/temp_folder.h"

#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitwright;
using test::TempFolder;
using test::writeFile;

namespace {

using Ids = std::vector<std::uint32_t>;

nlohmann::json fixtures()
{
    std::ifstream in(std::string(BITWRIGHT_SOURCE_DIR) + "/tests/data/tokens/tokenizers.json");
    return nlohmann::json::parse(in, nullptr, false);
}

Ids framed(const tokens::Tokenizer& tokenizer, std::string_view text)
{
    const auto ids = tokenizer.encode(text, RunContext());
    if (!ids)
        return {0xFFFFFFFF};
    Ids all = tokenizer.before();
    all.insert(all.end(), ids->begin(), ids->end());
    all.insert(all.end(), tokenizer.behind().begin(), tokenizer.behind().end());
    return all;
}

std::string joined(const Ids& ids)
{
    std::string text;
    for (const std::uint32_t id : ids)
        text += std::to_string(id) + " ";
    return text;
}

/// A word-level tokenizer with some steps.
std::string wordLevel(const std::string& steps)
{
    return R"({"model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a":1,"b":2,"ab":3,"<s>":4,"A":5}})"
        + steps + "}";
}

Result<Ids> idsOf(const std::string& json, std::string_view text)
{
    const auto tokenizer = tokens::tokenizerFromJson(json);
    if (!tokenizer)
        return tl::unexpected<Error>(tokenizer.error());
    return (*tokenizer)->encode(text, RunContext());
}

Error errorOf(const std::string& json)
{
    const auto opened = tokens::tokenizerFromJson(json);
    return opened ? Error{ErrorCode::Internal, "opened", {}, {}, {}, {}} : opened.error();
}

} // namespace

class TestTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void likeTheReference_data();
    void likeTheReference();
    void unknownPartsAreNamed_data();
    void unknownPartsAreNamed();
    void damagedFilesAreErrors_data();
    void damagedFilesAreErrors();
    void textMustBeUtf8();
    void stops();
    void regexIsRewritten();
    void regexThatDiffersIsRefused_data();
    void regexThatDiffersIsRefused();
    void endlessRegexEnds();
    void addedTokens();
    void startToken();
    void besideTheWeights();
    void bytesAreIds();
};

void TestTokens::likeTheReference_data()
{
    QTest::addColumn<int>("index");
    const auto document = fixtures();
    QVERIFY(document.is_object());
    QCOMPARE(document["cases"].size(), std::size_t{13});
    for (std::size_t i = 0; i < document["cases"].size(); ++i)
        QTest::newRow(document["cases"][i]["name"].get<std::string>().c_str()) << static_cast<int>(i);
}

void TestTokens::likeTheReference()
{
    QFETCH(int, index);
    const auto document = fixtures();
    const auto& fixture = document["cases"][static_cast<std::size_t>(index)];
    Result<std::shared_ptr<const tokens::Tokenizer>> tokenizer;
    if (fixture.contains("model")) {
        const QByteArray bytes
            = QByteArray::fromBase64(QByteArray::fromStdString(fixture["model"].get<std::string>()));
        tokenizer = tokens::tokenizerFromSentencePiece(
            {bytes.data(), static_cast<std::size_t>(bytes.size())}, true);
    } else {
        tokenizer = tokens::tokenizerFromJson(fixture["tokenizer"].dump());
    }
    QVERIFY2(tokenizer.has_value(), tokenizer ? "" : tokenizer.error().oneLine().c_str());
    for (std::size_t i = 0; i < document["lines"].size(); ++i) {
        const auto line = document["lines"][i].get<std::string>();
        QCOMPARE(joined(framed(**tokenizer, line)), joined(fixture["ids"][i].get<Ids>()));
    }
}

void TestTokens::unknownPartsAreNamed_data()
{
    QTest::addColumn<std::string>("json");
    QTest::addColumn<std::string>("name");
    const auto row = [](const char* name, const std::string& steps) {
        QTest::newRow(name) << wordLevel(steps) << std::string(name);
    };
    row("Precompiled", R"(,"normalizer":{"type":"Precompiled","precompiled_charsmap":""})");
    row("Nmt", R"(,"normalizer":{"type":"Sequence","normalizers":[{"type":"Nmt"}]})");
    row("UnicodeScripts", R"(,"pre_tokenizer":{"type":"UnicodeScripts"})");
    row("Odd", R"(,"post_processor":{"type":"Odd"})");
    QTest::newRow("model") << std::string(R"({"model":{"type":"Lattice","vocab":{}}})")
                           << std::string("Lattice");
    QTest::newRow("dropout") << std::string(
        R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}})")
                             << std::string("dropout");
}

void TestTokens::unknownPartsAreNamed()
{
    QFETCH(std::string, json);
    QFETCH(std::string, name);
    const Error error = errorOf(json);
    QCOMPARE(error.code, ErrorCode::Unsupported);
    QVERIFY2(error.message.find(name) != std::string::npos, error.message.c_str());
    QVERIFY(error.remedy.find("--tokens") != std::string::npos);
}

void TestTokens::damagedFilesAreErrors_data()
{
    QTest::addColumn<std::string>("json");
    QTest::newRow("empty") << std::string();
    QTest::newRow("no object") << std::string("[1]");
    QTest::newRow("no model") << std::string("{}");
    QTest::newRow("vocabulary of texts")
        << std::string(R"({"model":{"type":"BPE","vocab":{"a":"b"},"merges":[]}})");
    QTest::newRow("negative id") << std::string(R"({"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}})");
    QTest::newRow("merge without a pair")
        << std::string(R"({"model":{"type":"BPE","vocab":{"a":1},"merges":["a"]}})");
    QTest::newRow("merge of the unknown")
        << std::string(R"({"model":{"type":"BPE","vocab":{"a":1},"merges":["a a"]}})");
    QTest::newRow("unknown token missing")
        << std::string(R"({"model":{"type":"WordPiece","vocab":{"a":1},"unk_token":"u"}})");
    QTest::newRow("unigram id") << std::string(
        R"({"model":{"type":"Unigram","vocab":[["a",0]],"unk_id":1}})");
    QTest::newRow("unigram entry") << std::string(R"({"model":{"type":"Unigram","vocab":[["a"]]}})");
    QTest::newRow("type is a number") << wordLevel(R"(,"normalizer":{"type":3})");
    QTest::newRow("special without ids") << wordLevel(
        R"(,"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x"}}],"special_tokens":{}})");
}

void TestTokens::damagedFilesAreErrors()
{
    QFETCH(std::string, json);
    QCOMPARE(errorOf(json).code, ErrorCode::Format);
}

void TestTokens::textMustBeUtf8()
{
    const auto ids = idsOf(wordLevel(""), "ab\xC3(");
    QVERIFY(!ids);
    QCOMPARE(ids.error().code, ErrorCode::Format);
    QCOMPARE(ids.error().offset.value_or(0), std::uint64_t{2});
}

void TestTokens::stops()
{
    const auto tokenizer
        = tokens::tokenizerFromJson(wordLevel(R"(,"pre_tokenizer":{"type":"WhitespaceSplit"})"));
    QVERIFY(tokenizer);
    std::stop_source stop;
    stop.request_stop();
    RunContext context;
    context.stop = stop.get_token();
    const auto ids = (*tokenizer)->encode("a b", context);
    QVERIFY(!ids);
    QCOMPARE(ids.error().code, ErrorCode::Cancelled);
}

void TestTokens::regexIsRewritten()
{
    QCOMPARE(tokens::pcrePattern(R"(\d+\u00e9)").value_or(""), std::string(R"(\p{Nd}+\x{00e9})"));
    // The Mongolian vowel separator is no space for Oniguruma, but one for PCRE2's \s.
    const auto space = tokens::Regex::compile("\\s");
    QVERIFY(space);
    QCOMPARE(space->matches("\xE1\xA0\x8E").value_or(std::vector<tokens::Match>(9)).size(), std::size_t{0});
    QCOMPARE(space->matches(" \xC2\x85\xE3\x80\x80").value_or(std::vector<tokens::Match>()).size(),
        std::size_t{3});
    const auto empty = tokens::Regex::compile("b*");
    QVERIFY(empty);
    const auto found = empty->matches("abc"); // "" at 0, "b" at 1, "" at 3
    QVERIFY(found);
    QCOMPARE(found->size(), std::size_t{3});
    QCOMPARE((*found)[1].begin, std::size_t{1});
    QCOMPARE((*found)[2].begin, std::size_t{3});
}

void TestTokens::regexThatDiffersIsRefused_data()
{
    QTest::addColumn<std::string>("pattern");
    for (const char* pattern : {"^a", "a$", "\\h", "\\bword", "[a[b]]", "[a&&b]", "a{2}+", "a{,3}", "(?m:a)",
             "b(?i)a", "\\p{Emoji}", "\\p{^Odd}", "[^\\S]", "(?<name>a)", "\\1", "\\xe9", "[]a]"})
        QTest::newRow(pattern) << std::string(pattern);
}

void TestTokens::regexThatDiffersIsRefused()
{
    QFETCH(std::string, pattern);
    const auto regex = tokens::Regex::compile(pattern);
    QVERIFY(!regex);
    QCOMPARE(regex.error().code, ErrorCode::Unsupported);
}

void TestTokens::endlessRegexEnds()
{
    const auto regex = tokens::Regex::compile("(?:a+a+)+[bd]");
    QVERIFY(regex);
    const auto found = regex->matches(std::string(60, 'a') + "c");
    QVERIFY(!found);
    QCOMPARE(found.error().code, ErrorCode::Unsupported);
}

void TestTokens::addedTokens()
{
    const std::string added = R"(,"added_tokens":[{"id":4,"content":"<s>","special":true,"normalized":false,
        "lstrip":true,"rstrip":true},{"id":6,"content":"word","single_word":true,"normalized":false},
        {"id":7,"content":"<s>2","special":true,"normalized":false}],"pre_tokenizer":{"type":"WhitespaceSplit"})";
    QCOMPARE(idsOf(wordLevel(added), "a \t<s> \xC2\xA0 b").value_or(Ids()), (Ids{1, 4, 2}));
    QCOMPARE(idsOf(wordLevel(added), "word words a word").value_or(Ids()), (Ids{6, 0, 1, 6})); // alone only
    QCOMPARE(idsOf(wordLevel(added), "<s>2<s>").value_or(Ids()), (Ids{7, 4})); // the longest
    // A token that is to be normalized is found in normalized text.
    const std::string lower = R"(,"normalizer":{"type":"Lowercase"},"added_tokens":[{"id":6,"content":"WORD",
        "normalized":true}])";
    QCOMPARE(idsOf(wordLevel(lower), "WordA").value_or(Ids()), (Ids{6, 1}));
}

void TestTokens::startToken()
{
    const std::string post = R"(,"post_processor":{"type":"BertProcessing","cls":["<s>",4],"sep":["A",5]})";
    const auto with = tokens::tokenizerFromJson(wordLevel(post), "<s>");
    QVERIFY(with);
    QCOMPARE((*with)->start().value_or(0), 4U);
    QCOMPARE((*with)->behind(), (Ids{5}));
    const auto byId = tokens::tokenizerFromJson(wordLevel(post), {}, 4);
    QVERIFY(byId && (*byId)->start());
    const auto other = tokens::tokenizerFromJson(wordLevel(post), "A"); // not what a text begins with
    QVERIFY(other);
    QVERIFY(!(*other)->start());
}

void TestTokens::besideTheWeights()
{
    const TempFolder folder;
    const auto none = tokens::openTokenizer(folder.path());
    QVERIFY(none);
    QVERIFY(*none == nullptr);
    QVERIFY(writeFile(folder.file("tokenizer.json"), wordLevel("")));
    QVERIFY(writeFile(folder.file("model.safetensors"), ""));
    const auto opened = tokens::openTokenizer(folder.file("model.safetensors"));
    QVERIFY(opened && *opened);
    QCOMPARE((*opened)->description(), std::string("tokenizer.json (WordLevel)"));
    QVERIFY(writeFile(folder.file("tokenizer.json"), "{"));
    const auto damaged = tokens::openTokenizer(folder.path());
    QVERIFY(!damaged);
    QCOMPARE(damaged.error().file, folder.file("tokenizer.json"));
    // The bundled sample: ids are bytes.
    const auto sample = tokens::openTokenizer(std::string(BITWRIGHT_SOURCE_DIR) + "/samples/tiny-llama");
    QVERIFY(sample && *sample);
    QCOMPARE((*sample)->encode("A\xC3\xA4", RunContext()).value_or(Ids()), (Ids{65, 0xC3, 0xA4}));
}

void TestTokens::bytesAreIds()
{
    QCOMPARE(tokens::byteTokenizer()->encode("a\xFF", RunContext()).value_or(Ids()), (Ids{97, 255}));
}

QTEST_GUILESS_MAIN(TestTokens)
#include "tst_tokens.moc"
