#include "tests/support/plan_model.h"

#include <QtTest>

#include <nlohmann/json.hpp>

using namespace bitwright;
using plan::Plan;

namespace {

Plan oddPlan()
{
    Plan p;
    p.name = "4.5 bits, \"tuned\"";
    p.model = "m\xC3\xB6"
              "del \xE6\xA8\xA1\xE5\x9E\x8B";
    p.modelIdentity = "0123";
    p.target = "compressed-tensors";
    p.provenance = "predicted by fisher^0.25 on 2,048 tokens, not measured";
    p.objective = "power:2";
    p.budgetBpw = 4.1;
    p.ties = false;
    p.notes = "line one\nline two\ttab \\ backslash";
    p.entries["a\"quote\".weight"] = {"int4-asym-g128/rtn", true, "why \"not\""};
    p.entries["\xF0\x9F\x98\x80 emoji"] = {"keep", false, ""};
    p.entries[std::string("control\x01\x1b[2J")] = {"nf4-g64/rtn", false, "\xE2\x80\xAE"};
    p.entries["stack[3]"] = {"int8-sym-row/gptq", true, ""};
    return p;
}

std::string minimal(const std::string& extra = "", const std::string& units = "[]")
{
    return R"({"schema":"bitwright-plan","version":1,"target":"fake-quant","units":)" + units + extra + "}";
}

std::string messageOf(std::string_view json)
{
    const auto result = plan::planFromJson(json);
    return result ? std::string() : result.error().message;
}

} // namespace

class TestPlanJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTripsExactly()
    {
        Plan p = oddPlan();
        QCOMPARE(plan::planFromJson(plan::planToJson(p, nullptr)).value(), p);
        p.budgetBpw.reset();
        p.budgetFileBpw = 0.1 + 0.2;
        QCOMPARE(plan::planFromJson(plan::planToJson(p, nullptr)).value(), p);
        p.budgetFileBpw.reset();
        p.budgetBytes = 18446744073709551615ULL;
        QCOMPARE(plan::planFromJson(plan::planToJson(p, nullptr)).value(), p);
        QCOMPARE(plan::planFromJson(plan::planToJson(Plan{}, nullptr)).value(), Plan{});
    }

    void derivedNumbersAreWrittenAndIgnored()
    {
        const testing::MemoryCheckpoint checkpoint = testing::planModel(1);
        const plan::Target& target = *plan::targetFromId("compressed-tensors").value();
        const auto options = testing::planOptions({"int4-asym-g128/rtn", "keep"});
        const auto space = plan::PlanSpace::build(
            checkpoint, target, options, testing::planScores(checkpoint, target, options), true)
                               .value();
        Plan p = space.uniform("int4-asym-g128/rtn", Plan{}).value();
        p.entries["model.layers.0.mlp.up_proj.weight"].option = "keep";
        const std::string text = plan::planToJson(p, &space);
        QCOMPARE(plan::planFromJson(text).value(), p);

        const auto json = nlohmann::json::parse(text);
        const auto size = space.sizeOf(p).value();
        QCOMPARE(json["bytes"].get<std::uint64_t>(), size.bytes());
        QCOMPARE(json["bpw"].get<double>(), size.bpw());
        QCOMPARE(json["file_bpw"].get<double>(), size.fileBpw());
        std::uint64_t sum = 0;
        for (const auto& unit : json["units"])
            sum += unit["bytes"].get<std::uint64_t>();
        QCOMPARE(sum, size.unitBytes);
        // Natural order of units, fallback named, an exact copy has no finite SQNR.
        const auto& down = json["units"][0];
        QCOMPARE(down["name"].get<std::string>(), std::string("model.layers.0.mlp.down_proj.weight"));
        QCOMPARE(down["stored_as"].get<std::string>(), std::string("int4-asym-g64-bf16/rtn"));
        QVERIFY(down["fallback"].get<std::string>().find("192") != std::string::npos);
        QVERIFY(json["units"][2]["sqnr_db"].is_null());
        QCOMPARE(json["units"][2]["score"].get<double>(), 0.0);
        // A plan that does not fit the space is written without the numbers.
        p.entries["ghost"] = {"keep", true, ""};
        p.entries.erase("lm_head.weight");
        const std::string partial = plan::planToJson(p, &space);
        QCOMPARE(plan::planFromJson(partial).value(), p);
        QVERIFY(!nlohmann::json::parse(partial).contains("bpw"));
    }

    void badBytesDoNotEndTheProgram()
    {
        Plan p;
        p.notes = "bad \xFF byte";
        const auto read = plan::planFromJson(plan::planToJson(p, nullptr));
        QVERIFY(read.has_value());
        QCOMPARE(read->notes, std::string("bad \xEF\xBF\xBD byte"));
    }

    void minimalPlan()
    {
        const auto p = plan::planFromJson(minimal()).value();
        QCOMPARE(p.target, std::string("fake-quant"));
        QVERIFY(p.entries.empty() && p.ties && !p.budgetBpw);
    }

    void malformed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* name, const std::string& text, const char* message) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray(message);
        };
        row("empty", "", "not JSON");
        row("cut", R"({"schema":"bitwright-plan",)", "breaks at byte");
        row("list", "[]", "no object");
        row("other schema", R"({"schema":"x","version":1})", "no Bitwright plan");
        row("no schema", R"({"version":1})", "no Bitwright plan");
        row("newer", R"({"schema":"bitwright-plan","version":2,"target":"t","units":[]})", "version 2");
        row("no version", R"({"schema":"bitwright-plan","target":"t","units":[]})", "version none");
        row("no target", R"({"schema":"bitwright-plan","version":1,"units":[]})", "lacks \"target\"");
        row("no units", R"({"schema":"bitwright-plan","version":1,"target":"t"})", "lacks \"units\"");
        row("unknown key", minimal(R"(,"colour":1)"), "unknown key \"colour\"");
        row("duplicate key", minimal(R"(,"name":"a","name":"b")"), "key \"name\" twice");
        row("number for text", minimal(R"(,"name":3)"), "\"name\" that is no text");
        row("text for flag", minimal(R"(,"ties":"yes")"), "\"ties\" that is neither");
        row("bad budget", minimal(R"(,"budget":{"bpw":"4"})"), "\"bpw\" that is no number");
        row("negative bytes", minimal(R"(,"budget":{"bytes":-1})"), "\"bytes\" that is no whole number");
        row("unknown budget", minimal(R"(,"budget":{"bits":4})"), "unknown key \"bits\"");
        row("budget list", minimal(R"(,"budget":[])"), "budget is no object");
        row("units object", minimal("", "{}"), "no list");
        row("unit text", minimal("", R"(["a"])"), "Unit 0 of the plan is no object");
        row("unit without option", minimal("", R"([{"name":"a"}])"), "Unit 0 of the plan lacks \"option\"");
        row("unit without name", minimal("", R"([{"name":"a","option":"keep"},{"option":"keep"}])"),
            "Unit 1 of the plan lacks \"name\"");
        row("empty name", minimal("", R"([{"name":"","option":"keep"}])"), "empty name");
        row("unknown unit key", minimal("", R"([{"name":"a","option":"keep","color":1}])"),
            "unknown key \"color\"");
        row("unit twice", minimal("", R"([{"name":"a","option":"keep"},{"name":"a","option":"keep"}])"),
            "\"a\" appears twice");
        row("bad utf-8", minimal(",\"name\":\"\xFF\""), "breaks at byte");
        std::string deep;
        for (int i = 0; i < 200; ++i)
            deep += '[';
        row("deep", minimal(",\"name\":" + deep + std::string(200, ']')), "nested deeper");
    }

    void malformed()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        const std::string said = messageOf(text.toStdString());
        QVERIFY2(said.find(message.toStdString()) != std::string::npos, said.c_str());
    }

    void everyCutIsAnError()
    {
        const std::string text = plan::planToJson(oddPlan(), nullptr);
        for (std::size_t length = 0; length + 2 < text.size(); ++length)
            QVERIFY(!messageOf(std::string_view(text).substr(0, length)).empty());
    }
};

QTEST_GUILESS_MAIN(TestPlanJson)
#include "tst_plan_json.moc"
