#include "core/plan/entries.h"

#include <QtTest/QTest>

#include <map>
#include <random>

using namespace bitwright;
using plan::Entries;
using plan::Entry;

class TestPlanEntries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void actsAsASortedMap();
    void copiesAreIndependent();
    void comparesByContentWhateverTheLeaves();
};

namespace {

bool equal(const Entries& entries, const std::map<std::string, Entry>& model)
{
    if (entries.size() != model.size() || entries.empty() != model.empty())
        return false;
    auto item = entries.begin();
    for (const auto& [name, entry] : model) {
        if (item == entries.end() || item->first != name || item->second != entry)
            return false;
        ++item;
    }
    return item == entries.end();
}

} // namespace

void TestPlanEntries::actsAsASortedMap()
{
    std::mt19937 random(3);
    Entries entries;
    std::map<std::string, Entry> model;
    for (int step = 0; step < 20000; ++step) {
        const std::string name = std::to_string(random() % 700);
        const auto kind = random() % 10;
        if (kind < 4) {
            entries[name].option = model[name].option = std::to_string(step);
        } else if (kind < 7) {
            const Entry entry{std::to_string(step), true, "note"};
            QCOMPARE(entries.emplace(name, entry), model.emplace(name, entry).second);
        } else {
            entries.erase(name);
            model.erase(name);
        }
        QCOMPARE(entries.contains(name), model.contains(name));
        if (step % 500 == 0)
            QVERIFY(equal(entries, model));
    }
    QVERIFY(equal(entries, model));
    for (const auto& [name, entry] : model)
        QVERIFY(entries.at(name) == entry && entries.find(name)->first == name);
    QVERIFY_EXCEPTION_THROWN((void)entries.at("not there"), std::out_of_range);
    entries.clear();
    QVERIFY(equal(entries, {}));
}

void TestPlanEntries::copiesAreIndependent()
{
    Entries first;
    for (int i = 0; i < 1000; ++i)
        first[std::to_string(i)].option = "a";
    const Entries kept = first;
    Entries second = first;
    QVERIFY(kept == first && second == first);
    first["500"].option = "b";
    second["500"].locked = true;
    second.erase("7");
    first["new"].option = "c";
    QCOMPARE(kept.at("500"), (Entry{"a", false, ""}));
    QCOMPARE(first.at("500"), (Entry{"b", false, ""}));
    QCOMPARE(second.at("500"), (Entry{"a", true, ""}));
    QCOMPARE(kept.size(), std::size_t(1000));
    QVERIFY(kept.contains("7") && first.contains("7") && !second.contains("7"));
    QVERIFY(!kept.contains("new") && !second.contains("new"));
}

void TestPlanEntries::comparesByContentWhateverTheLeaves()
{
    Entries ordered, shuffled;
    std::vector<std::string> names;
    for (int i = 0; i < 500; ++i)
        names.push_back(std::to_string(1000 + i));
    for (const auto& name : names)
        ordered[name].option = name;
    std::shuffle(names.begin(), names.end(), std::mt19937(1));
    for (const auto& name : names)
        shuffled[name].option = name;
    QVERIFY(ordered == shuffled);
    shuffled["1250"].note = "other";
    QVERIFY(!(ordered == shuffled));
}

QTEST_APPLESS_MAIN(TestPlanEntries)
#include "tst_plan_entries.moc"
