#include "core/formats/token_texts.h"
#include "tests/support/safetensors_writer.h"

#include <QtTest/QTest>

using namespace bitwright;
using test::TempFolder;
using test::writeFile;

namespace {

std::map<std::int32_t, std::string> textsOf(const std::string& tokenizer, const std::set<std::int32_t>& ids)
{
    const TempFolder folder;
    if (!writeFile(folder.file("tokenizer.json"), tokenizer))
        return {};
    return formats::tokenTexts(folder.path(), ids).value_or(std::map<std::int32_t, std::string>());
}

} // namespace

class TestTokenTexts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sentencePieceSpellsSpacesAndBytes();
    void byteLevelIsDecoded();
    void wordPieceKeepsItsMark();
    void unigramCountsItsEntries();
    void addedTokensCountFirst();
    void whatIsMissingIsLeftOut();
    void damagedFilesAreErrors();
};

void TestTokenTexts::sentencePieceSpellsSpacesAndBytes()
{
    const auto texts = textsOf(R"({"model":{"type":"BPE","vocab":{"<bos>":2,"▁the":5,"<0x0A>":7,"a▁b":9,
        "<0xZZ>":11},"merges":[["a","b"]]},"decoder":{"type":"Sequence"}})",
        {2, 5, 7, 9, 11});
    QCOMPARE(texts.size(), std::size_t{5});
    QCOMPARE(texts.at(2), std::string("<bos>"));
    QCOMPARE(texts.at(5), std::string(" the"));
    QCOMPARE(texts.at(7), std::string("\n"));
    QCOMPARE(texts.at(9), std::string("a b"));
    QCOMPARE(texts.at(11), std::string("<0xZZ>")); // no byte
}

void TestTokenTexts::byteLevelIsDecoded()
{
    // "Ġ" is the space, "Ċ" the line end, "Ã¤" the two bytes of a-umlaut; the euro sign spells no byte.
    const auto texts = textsOf(R"({"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"}]},
        "model":{"type":"BPE","vocab":{"Ġthe":0,"Ċ":1,"Ã¤":2,"€":3,"!":4}}})",
        {0, 1, 2, 3, 4});
    QCOMPARE(texts.at(0), std::string(" the"));
    QCOMPARE(texts.at(1), std::string("\n"));
    QCOMPARE(texts.at(2), std::string("\xC3\xA4"));
    QCOMPARE(texts.at(3), std::string("€"));
    QCOMPARE(texts.at(4), std::string("!"));
}

void TestTokenTexts::wordPieceKeepsItsMark()
{
    const auto texts = textsOf(R"({"model":{"type":"WordPiece","vocab":{"[CLS]":101,"##ing":7}}})", {7, 101});
    QCOMPARE(texts.at(7), std::string("##ing"));
    QCOMPARE(texts.at(101), std::string("[CLS]"));
}

void TestTokenTexts::unigramCountsItsEntries()
{
    const auto texts = textsOf(
        R"({"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁a",-1.5],["b",-2]]}})", {0, 1, 2});
    QCOMPARE(texts.at(0), std::string("<unk>"));
    QCOMPARE(texts.at(1), std::string(" a"));
    QCOMPARE(texts.at(2), std::string("b"));
}

void TestTokenTexts::addedTokensCountFirst()
{
    const auto texts = textsOf(R"({"added_tokens":[{"id":3,"content":"<|end|>","special":true},{"id":4}],
        "model":{"vocab":{"old":3,"Ġx":5}},"decoder":{"type":"ByteLevel"}})",
        {3, 5});
    QCOMPARE(texts.at(3), std::string("<|end|>"));
    QCOMPARE(texts.at(5), std::string(" x"));
}

void TestTokenTexts::whatIsMissingIsLeftOut()
{
    QVERIFY(textsOf(R"({"model":{"vocab":{"a":1,"b":-2,"c":99999999999}}})", {7, -2}).empty());
    const TempFolder folder;
    const auto none = formats::tokenTexts(folder.path(), {1});
    QVERIFY(none && none->empty()); // no tokenizer.json is no error
    // The model may be a file of the folder.
    QVERIFY(writeFile(folder.file("model.safetensors"), "x"));
    QVERIFY(writeFile(folder.file("tokenizer.json"), R"({"model":{"vocab":{"a":1}}})"));
    QCOMPARE(formats::tokenTexts(folder.file("model.safetensors"), {1})->at(1), std::string("a"));
}

void TestTokenTexts::damagedFilesAreErrors()
{
    for (const std::string bad : {"{\"model\":{\"vocab\":{\"a\":1}", "", "{\"model\":\xFF}"}) {
        const TempFolder folder;
        QVERIFY(writeFile(folder.file("tokenizer.json"), bad));
        const auto texts = formats::tokenTexts(folder.path(), {1});
        QVERIFY(!texts);
        QVERIFY(texts.error().code == ErrorCode::Format);
        QVERIFY(texts.error().file.find("tokenizer.json") != std::string::npos);
    }
    // Shapes that no tokenizer has are read without harm.
    QVERIFY(
        textsOf(R"({"model":[1,{"vocab":{"a":1}}],"added_tokens":{"id":1},"x":[[[["a"]]]]})", {1}).empty());
    QVERIFY(textsOf(R"([{"model":{"vocab":{"a":1}}}])", {1}).empty());
}

QTEST_GUILESS_MAIN(TestTokenTexts)
#include "tst_token_texts.moc"
