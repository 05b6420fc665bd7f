#include "core/export/exporter.h"
#include "core/plan/solve.h"
#include "core/project/codec.h"
#include "core/session/measurer.h"
#include "core/session/token_input.h"
#include "tests/support/export_model.h"
#include "tests/support/forward_models.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace bitwright;
using namespace bitwright::session;
using test::withThreads;

namespace {

const std::string kModel = BITWRIGHT_SOURCE_DIR "/tests/data/forward/llama";

forward::TokenBatch someTokens(std::uint32_t sequences)
{
    forward::TokenBatch batch;
    for (std::uint32_t s = 0; s < sequences; ++s) {
        std::vector<std::uint32_t> ids;
        for (std::uint32_t t = 0; t < 64; ++t)
            ids.push_back((s * 31 + t * 17 + t * t * 3) % 96);
        batch.add(ids);
    }
    return batch;
}

std::shared_ptr<Workspace> open(const std::string& project = {})
{
    return Workspace::open({kModel, {}, project}).value();
}

const plan::Target& target()
{
    return *plan::targetFromId("fake-quant").value();
}

std::vector<MeasurePair> pairs(const Workspace& workspace, std::initializer_list<const char*> options)
{
    std::vector<MeasurePair> all;
    for (std::size_t unit = 0; unit < workspace.units().size(); ++unit)
        for (const char* option : options)
            if (workspace.units()[unit].block)
                all.push_back({unit, quant::optionFromId(option).value()});
    return all;
}

MeasureSettings small()
{
    MeasureSettings settings;
    settings.partTokens = 128;
    return settings;
}

std::unique_ptr<Measurer> measurer(const std::shared_ptr<Workspace>& workspace, std::uint32_t sequences,
    const MeasureSettings& settings = small())
{
    auto made = Measurer::make(workspace, target(), someTokens(sequences), settings, withThreads(2));
    if (!made)
        qFatal("%s", made.error().oneLine().c_str());
    return std::move(*made);
}

/// A bare comparison of everything that is measured; screening belongs to it.
bool same(const HarmResult& a, const HarmResult& b)
{
    return a.unit == b.unit && a.option == b.option && a.values == b.values && a.mean == b.mean
        && a.perplexity == b.perplexity && a.sameBest == b.sameBest && a.tokens == b.tokens;
}

/// Gives the second block the bytes of the first.
void copyBlock(const std::string& path)
{
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    std::uint64_t length = 0;
    file.read(reinterpret_cast<char*>(&length), sizeof length);
    std::string header(length, ' ');
    file.read(header.data(), static_cast<std::streamsize>(length));
    const auto json = nlohmann::json::parse(header);
    for (const auto& [name, tensor] : json.items()) {
        const auto at = name.find("layers.0.");
        if (at == std::string::npos)
            continue;
        const auto& copy = json.at(name.substr(0, at) + "layers.1." + name.substr(at + 9));
        const auto begin = tensor["data_offsets"][0].get<std::uint64_t>();
        std::string bytes(tensor["data_offsets"][1].get<std::uint64_t>() - begin, '\0');
        file.seekg(static_cast<std::streamoff>(8 + length + begin));
        file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.seekp(static_cast<std::streamoff>(8 + length + copy["data_offsets"][0].get<std::uint64_t>()));
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
}

} // namespace

class TestSessionMeasure : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void unitsOnce();
    void moreTokensWhereTheyMatter();
    void stoppedAndResumed();
    void anyNumberOfThreads();
    void whatCannotBeMeasured();
    void withoutAProject();
    void wholePlan();
    void planFromMeasurements();
    void damagedRecords();
    void notesOfTokens();
    void equalTensorsAreMeasuredEach();
    void severalTexts();
    void fewUnitsAreNoScore();
    void exactWhereAsked();
    void perplexityOfTheSameTokens();
};

void TestSessionMeasure::unitsOnce()
{
    test::TempFolder folder;
    const auto workspace = open(folder.file("p.bwp"));
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn", "int4-asym-g32/rtn"});
    const auto first = measurer(workspace, 2);
    QVERIFY(first->secondsFor(wanted, withThreads(2)).value() > 0);
    QVERIFY(first->secondsToQuantize(wanted, withThreads(2)).value() > 0);
    std::size_t seen = 0;
    const auto harms = first->measureUnits(
        wanted, [&](const HarmResult& result) { seen += result.fromProject ? 0U : 1U; }, withThreads(2));
    QVERIFY2(harms, harms ? "" : harms.error().oneLine().c_str());
    QCOMPARE(harms->pairs.size(), wanted.size());
    QCOMPARE(seen, wanted.size());
    QVERIFY(harms->errors.empty());
    QCOMPARE(harms->reliability.size(), std::size_t{2});
    for (const HarmResult& result : harms->pairs) {
        QCOMPARE(result.tokens, std::uint64_t{128});
        QVERIFY(result.interval && result.interval->holds(result.mean));
        QVERIFY(result.mean >= 0 && result.perplexity && *result.sameBest > 0);
        QVERIFY(!result.fromProject);
    }
    // Two bits harm more than four, unit by unit.
    for (std::size_t i = 0; i + 1 < harms->pairs.size(); i += 2)
        QVERIFY(harms->pairs[i].mean > harms->pairs[i + 1].mean);

    const auto again = open(folder.file("p.bwp"));
    const auto second = measurer(again, 2);
    QCOMPARE(second->secondsFor(wanted, withThreads(2)).value(), 0.0);
    QCOMPARE(second->secondsToQuantize(wanted, withThreads(2)).value(), 0.0);
    const auto stored = second->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(stored);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        QVERIFY(stored->pairs[i].fromProject);
        QVERIFY(same(stored->pairs[i], harms->pairs[i]));
    }
    QCOMPARE(second->referencePerplexity(), first->referencePerplexity());
    // The same first part with more behind it is taken over; other tokens are another measurement.
    MeasureSettings parts = small();
    parts.adaptive = false;
    const auto longer = measurer(again, 3, parts)->measureUnits({wanted[0]}, {}, withThreads(2));
    QCOMPARE(longer->pairs[0].tokens, std::uint64_t{192});
    parts.partTokens = 192;
    QVERIFY(measurer(again, 3, parts)->secondsFor({wanted[0]}, withThreads(2)).value() > 0);
}

void TestSessionMeasure::moreTokensWhereTheyMatter()
{
    const auto workspace = open();
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn", "int4-asym-g32/rtn", "int8-asym-g32/rtn"});
    MeasureSettings settings = small();
    settings.more.negligible = 0.02;
    const auto adaptive = measurer(workspace, 6, settings)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(adaptive);
    std::size_t coarse = 0, more = 0;
    for (const HarmResult& result : adaptive->pairs) {
        coarse += result.tokens == 128 ? 1U : 0U;
        more += result.tokens > 128 ? 1U : 0U;
        // What 8 bits do is negligible: no more than the first part.
        if (result.option == "int8-asym-g32/rtn")
            QCOMPARE(result.tokens, std::uint64_t{128});
    }
    QVERIFY(coarse > 0 && more > 0);
    settings.adaptive = false;
    const auto all = measurer(workspace, 6, settings)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(all);
    for (const HarmResult& result : all->pairs)
        QCOMPARE(result.tokens, std::uint64_t{384});
}

void TestSessionMeasure::stoppedAndResumed()
{
    test::TempFolder folder;
    const auto wanted = pairs(*open(), {"int3-asym-g32/rtn"});
    const auto whole = measurer(open(), 4)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(whole);
    std::size_t fresh = 0, rounds = 0;
    for (bool finished = false; !finished; ++rounds) {
        QVERIFY(rounds < 100);
        const auto workspace = open(folder.file("p.bwp"));
        std::stop_source stop;
        RunContext context = withThreads(2);
        context.stop = stop.get_token();
        std::size_t now = 0;
        const auto harms = measurer(workspace, 4)
                               ->measureUnits(
                                   wanted,
                                   [&](const HarmResult& result) {
                                       now += result.fromProject ? 0U : 1U;
                                       if (now == 5)
                                           stop.request_stop();
                                   },
                                   context);
        fresh += now;
        finished = harms.has_value();
        if (!finished) {
            QCOMPARE(harms.error().code, ErrorCode::Cancelled);
            QVERIFY(!workspace->measuredSets()->empty()); // what is there can be planned with
            continue;
        }
        for (std::size_t i = 0; i < wanted.size(); ++i)
            QVERIFY(same(harms->pairs[i], whole->pairs[i]));
    }
    QVERIFY(rounds > 2);
}

void TestSessionMeasure::anyNumberOfThreads()
{
    const auto wanted = pairs(*open(), {"int2-asym-g32/rtn"});
    const auto one = Measurer::make(open(), target(), someTokens(4), small(), withThreads(1))
                         .value()
                         ->measureUnits(wanted, {}, withThreads(1));
    const auto three = Measurer::make(open(), target(), someTokens(4), small(), withThreads(3))
                           .value()
                           ->measureUnits(wanted, {}, withThreads(3));
    QVERIFY(one && three);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        QVERIFY(same(one->pairs[i], three->pairs[i]));
}

void TestSessionMeasure::whatCannotBeMeasured()
{
    const auto workspace = open();
    auto wanted = pairs(*workspace, {"int4-asym-g32/rtn"});
    wanted.resize(2);
    wanted.push_back({wanted[0].unit, quant::optionFromId("int4-asym-g32/gptq").value()}); // no Gram
    wanted.push_back({wanted[0].unit, quant::optionFromId("keep").value()});
    const auto harms = measurer(workspace, 2)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(harms);
    QCOMPARE(harms->pairs.size(), std::size_t{2});
    QCOMPARE(harms->errors.size(), std::size_t{1});
    QVERIFY(harms->errors[0].error.oneLine().find("Gram") != std::string::npos);
    const auto none = measurer(workspace, 2)->measureUnits({wanted[3]}, {}, withThreads(2));
    QVERIFY(!none && none.error().code == ErrorCode::InvalidArgument);
    forward::TokenBatch bad;
    bad.add(std::vector<std::uint32_t>{1, 96});
    const auto refused = Measurer::make(workspace, target(), bad, small(), withThreads(2));
    QVERIFY(!refused && refused.error().code == ErrorCode::OutOfRange);
}

void TestSessionMeasure::withoutAProject()
{
    const auto workspace = open();
    QVERIFY(workspace->defaultScore() != score::ScoreKind::Measured);
    const auto wanted = pairs(*workspace, {"int3-asym-g32/rtn"});
    const auto harms = measurer(workspace, 2)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(harms);
    QCOMPARE(workspace->defaultScore(), score::ScoreKind::Measured);
    const auto again = measurer(workspace, 2)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(again->pairs[0].fromProject);
    test::TempFolder folder;
    QVERIFY(workspace->saveProjectAs(folder.file("p.bwp")));
    const auto saved = open(folder.file("p.bwp"));
    QCOMPARE(saved->defaultScore(), score::ScoreKind::Measured);
    const auto stored = measurer(saved, 2)->measureUnits(wanted, {}, withThreads(2));
    for (std::size_t i = 0; i < wanted.size(); ++i)
        QVERIFY(stored->pairs[i].fromProject && same(stored->pairs[i], harms->pairs[i]));
}

void TestSessionMeasure::wholePlan()
{
    test::TempFolder folder;
    const auto workspace = open(folder.file("p.bwp"));
    plan::Plan plan = test::planByEnding(workspace->checkpoint(), "fake-quant",
        {{"layers.0", "int3-asym-g32/rtn"}, {"layers", "int4-asym-g32/rtn"},
            {"lm_head", "int8-asym-g32/rtn"}});
    plan.name = "mixed";
    MeasureSettings settings = small();
    settings.reference.screen = false;
    std::size_t parts = 0;
    const double half = measurer(workspace, 2, settings)->secondsForPlan(plan, withThreads(2)).value();
    QVERIFY(half > 0);
    QVERIFY(!measurer(workspace, 2, settings)->secondsForPlan({}, withThreads(2))); // as measuring it would
    const auto harm = measurer(workspace, 4, settings)
                          ->measurePlan(
                              plan, [&](const HarmResult&) { ++parts; }, withThreads(2));
    QVERIFY2(harm, harm ? "" : harm.error().oneLine().c_str());
    QCOMPARE(parts, std::size_t{1}); // two parts; the last is the result
    QCOMPARE(harm->plan, std::string("mixed"));
    QCOMPARE(harm->tokens, std::uint64_t{256});
    QVERIFY(!harm->screening && harm->interval);
    // The export of the plan, run as a model of its own, has the perplexity that was measured.
    exporting::ExportRequest request;
    request.checkpoint = &workspace->checkpoint();
    request.outFolder = folder.file("out");
    request.plan = plan;
    QVERIFY(exporting::exportModel(request, withThreads(2)));
    const auto written = forward::Model::open(formats::openCheckpoint(folder.file("out")).value());
    QVERIFY2(written, written ? "" : written.error().oneLine().c_str());
    const forward::TokenBatch batch = someTokens(4);
    auto hidden = forward::embed(*written, batch, {}, withThreads(2)).value();
    QVERIFY(forward::runBlocks(*written, batch, 0, written->blocks().size(), hidden, {}, withThreads(2)));
    const auto results = forward::runHead(*written, batch, hidden, {}, withThreads(2)).value();
    QVERIFY(std::abs(*harm->perplexity / *forward::perplexityOf(results) - 1) < 1e-5);
    QCOMPARE(measurer(workspace, 4, settings)->secondsForPlan(plan, withThreads(2)).value(), 0.0);
    QVERIFY(measurer(workspace, 6, settings)->secondsForPlan(plan, withThreads(2)).value() > 0);
    // From the project the second time, and paired with another plan.
    QVERIFY(measurer(workspace, 4, settings)->measurePlan(plan, {}, withThreads(2))->fromProject);
    plan::Plan worse
        = test::planByEnding(workspace->checkpoint(), "fake-quant", {{"layers", "int2-asym-g32/rtn"}});
    const auto other = measurer(workspace, 4, settings)->measurePlan(worse, {}, withThreads(2));
    QVERIFY(other);
    const auto difference = differenceOf(*other, *harm, 0);
    QVERIFY(difference && difference->low > 0);
    plan.target = "compressed-tensors";
    QCOMPARE(measurer(workspace, 4, settings)->measurePlan(plan, {}, withThreads(2)).error().code,
        ErrorCode::InvalidArgument);
}

void TestSessionMeasure::planFromMeasurements()
{
    test::TempFolder folder;
    const auto workspace = open(folder.file("p.bwp"));
    const std::vector<quant::Option> options{quant::optionFromId("int2-asym-g32/rtn").value(),
        quant::optionFromId("int4-asym-g32/rtn").value(), quant::optionFromId("int8-asym-g32/rtn").value()};
    score::ScoreSettings settings;
    settings.kind = score::ScoreKind::Measured;
    const auto early = workspace->planSpace(target(), options, settings, false, withThreads(2));
    QVERIFY(
        !early && early.error().code == ErrorCode::Unsupported); // what the project lacks is no wrong word
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn", "int4-asym-g32/rtn"});
    const auto harms = measurer(workspace, 2)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(harms);
    const auto space = workspace->planSpace(target(), options, settings, false, withThreads(2));
    QVERIFY2(space, space ? "" : space.error().oneLine().c_str());
    const auto& first = harms->pairs[0];
    const auto& cell = space->cell(*space->unitIndex(first.unit), *space->optionIndex("int2-asym-g32/rtn"));
    QCOMPARE(cell.origin, score::ScoreOrigin::Measured);
    QCOMPARE(cell.behind, std::uint64_t{128});
    QVERIFY(std::abs(std::log(*cell.score / first.mean)) < 1);
    QCOMPARE(*cell.low, first.interval->low);
    const auto& calibrated
        = space->cell(*space->unitIndex(first.unit), *space->optionIndex("int8-asym-g32/rtn"));
    QCOMPARE(calibrated.origin, score::ScoreOrigin::Calibrated);
    QVERIFY(calibrated.extrapolated && *calibrated.score > 0);
    QVERIFY(space->provenance().label.starts_with(
        "single units measured (KL in nats per token) on up to 128 tokens"));
    const auto solved = plan::solvePlan(*space, {}, plan::Budget::ofBpw(6), {}, withThreads(2));
    QVERIFY2(solved, solved ? "" : solved.error().oneLine().c_str());
}

void TestSessionMeasure::damagedRecords()
{
    measure::Harm harm;
    harm.values = {0.5F, 0.25F};
    harm.next = {-1.0F, std::numeric_limits<float>::quiet_NaN()};
    harm.sameBest = 1;
    harm.screening = measure::Screening{1e-3, 2e-3, 1e-5};
    const auto read = project::decodeHarm(project::encode(harm));
    QVERIFY(read);
    QCOMPARE(read->values, harm.values);
    QCOMPARE(read->next[0], -1.0F);
    QVERIFY(std::isnan(read->next[1]));
    QCOMPARE(read->sameBest, std::uint64_t{1});
    QCOMPARE(read->screening->changedLeftOut, 2e-3);
    for (const char* key : {"kind", "exact"}) {
        auto record = project::encode(harm);
        record.scalars.erase(key);
        QCOMPARE(project::decodeHarm(record).error().code, ErrorCode::Format);
    }
    auto record = project::encode(harm);
    record.arrays.erase("values");
    QCOMPARE(project::decodeHarm(record).error().code, ErrorCode::Format);
    // Numbers of other tokens than the part has.
    const std::vector<MeasuredPart> parts{{"k", {0, 3}}};
    QCOMPARE(joinParts(parts, {harm}, 0).error().code, ErrorCode::Format);
    QVERIFY(joinParts({{"k", {0, 2}}}, {harm}, 0));
    QVERIFY(!joinParts({{"k", {0, 2}}}, {harm}, 0)->interval); // one block of tokens has no spread
    measure::Harm sentences;
    sentences.kind = measure::HarmKind::CosineDistance;
    sentences.values = {0.1F, 0.2F};
    const auto joined = joinParts({{"k", {0, 5, 9}}}, {sentences}, 0);
    QVERIFY(joined && joined->interval && !joined->perplexity && !joined->sameBest);
}

void TestSessionMeasure::notesOfTokens()
{
    const MeasuredTokens tokens{measure::HarmKind::CosineDistance, {{"abc", {0, 4, 9}}, {"def", {0, 2}}}, {}};
    MeasuredSets sets;
    noteMeasured(sets, tokens, "a");
    noteMeasured(sets, {tokens.kind, {{"other", {0, 3}}}, {}}, "b");
    noteMeasured(sets, {tokens.kind, {tokens.parts.front()}, {}}, "c"); // the beginning of the first
    const auto read = measuredSetsFromJson(toJson(sets));
    QVERIFY(read);
    QCOMPARE(read->size(), std::size_t{2});
    const MeasuredTokens& last = read->back();
    QCOMPARE(last.kind, tokens.kind);
    QCOMPARE(last.parts.size(), std::size_t{2});
    QCOMPARE(last.parts[0].starts, tokens.parts[0].starts);
    QCOMPARE(last.units, (std::set<std::string>{"a", "c"}));
    // Measurements of the first version did not know whose they were.
    QVERIFY(measuredSetsFromJson(R"({"version":1,"kind":"kl","parts":[]})")->empty());
    const auto withPart = [](const std::string& part, const std::string& units = "[]") {
        return fmt::format(
            R"({{"version":2,"sets":[{{"kind":"kl","units":{},"parts":[{}]}}]}})", units, part);
    };
    QVERIFY(measuredSetsFromJson(withPart(R"({"key":"a","starts":[0,2]})")));
    for (const std::string& bad : {std::string(), std::string("[]"), std::string("{}"),
             withPart(R"({"key":"a","starts":[1,2]})"), withPart(R"({"key":"a","starts":[0,-2]})"),
             withPart(R"({"key":7,"starts":[0,2]})"), withPart(R"({"key":"a","starts":[0,5,3]})"),
             withPart(R"({"key":"a","starts":[0,2]})", "[7]"), std::string(R"({"version":9,"sets":[]})")})
        QCOMPARE(measuredSetsFromJson(bad).error().code, ErrorCode::Format);
}

// A block that was copied has tensors of equal bytes and another place: another harm.
void TestSessionMeasure::equalTensorsAreMeasuredEach()
{
    test::TempFolder folder;
    const std::string model = folder.file("copied");
    std::filesystem::copy(kModel, model);
    copyBlock(model + "/model.safetensors");
    const auto workspace = Workspace::open({model, {}, folder.file("p.bwp")}).value();
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn"});
    const auto together = measurer(workspace, 2)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY2(together, together ? "" : together.error().oneLine().c_str());
    std::size_t equal = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string name = together->pairs[i].unit;
        const auto other = name.find("layers.0.");
        if (other == std::string::npos)
            continue;
        const auto copy = std::find_if(together->pairs.begin(), together->pairs.end(), [&](const auto& one) {
            return one.unit == name.substr(0, other) + "layers.1." + name.substr(other + 9);
        });
        QVERIFY(copy != together->pairs.end());
        QVERIFY(!copy->fromProject);
        equal += copy->mean == together->pairs[i].mean ? 1U : 0U;
        const MeasurePair alone = wanted[static_cast<std::size_t>(copy - together->pairs.begin())];
        const auto fresh = Workspace::open({model, {}, {}}).value();
        const auto single = measurer(fresh, 2)->measureUnits({alone}, {}, withThreads(2));
        QVERIFY(single && same(single->pairs[0], *copy));
    }
    QCOMPARE(equal, std::size_t{0});
}

// What was measured on one text is not lost by a look at another one.
void TestSessionMeasure::severalTexts()
{
    const auto workspace = open();
    const std::vector<quant::Option> options{quant::optionFromId("int2-asym-g32/rtn").value()};
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn"});
    MeasureSettings settings = small();
    settings.adaptive = false;
    const auto harms = measurer(workspace, 4, settings)->measureUnits(wanted, {}, withThreads(2));
    QVERIFY(harms);
    forward::TokenBatch other;
    for (std::uint32_t s = 0; s < 2; ++s)
        other.add(std::vector<std::uint32_t>(64, 5 + s));
    const auto few = Measurer::make(workspace, target(), other, settings, withThreads(2))
                         .value()
                         ->measureUnits({wanted[0]}, {}, withThreads(2));
    QVERIFY(few && few->pairs[0].mean != harms->pairs[0].mean);
    QVERIFY(!differenceOf(few->pairs[0], harms->pairs[0], 0)); // of different tokens
    const auto optionsOf = [&](const plan::Unit&) { return options; };
    const auto measured = workspace->measuredHarm(target(), optionsOf, withThreads(2));
    QVERIFY(measured);
    QCOMPARE(measured->count(), wanted.size());
    const std::string& unit = harms->pairs[0].unit;
    QCOMPARE(measured->pairs.at(unit).at("int2-asym-g32/rtn").mean, harms->pairs[0].mean);
    QCOMPARE(measured->pairs.at(unit).at("int2-asym-g32/rtn").tokens, std::uint64_t{256});
    // One block of tokens has no interval: that is no measurement to plan by.
    const auto scarce = open();
    forward::TokenBatch one;
    one.add(std::vector<std::uint32_t>{1, 2, 3});
    QVERIFY(Measurer::make(scarce, target(), one, settings, withThreads(2))
                .value()
                ->measureUnits(wanted, {}, withThreads(2)));
    QCOMPARE(scarce->measuredHarm(target(), optionsOf, withThreads(2))->count(), std::size_t{0});
}

void TestSessionMeasure::fewUnitsAreNoScore()
{
    const auto workspace = open();
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn"});
    QVERIFY(wanted.size() > score::kUnitsToCalibrate);
    const std::vector<MeasurePair> few(wanted.begin(), wanted.begin() + score::kUnitsToCalibrate - 1);
    QVERIFY(measurer(workspace, 2)->measureUnits(few, {}, withThreads(2)));
    QVERIFY(workspace->defaultScore() != score::ScoreKind::Measured);
    QVERIFY(measurer(workspace, 2)->measureUnits({wanted.back()}, {}, withThreads(2)));
    QCOMPARE(workspace->defaultScore(), score::ScoreKind::Measured);
}

void TestSessionMeasure::exactWhereAsked()
{
    const auto workspace = open();
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn"});
    MeasureSettings settings = small();
    settings.reference.words = {0.05, 32, 2.0, 0}; // so that a small vocabulary is screened too
    const auto screened = measurer(workspace, 2, settings)->measureUnits({wanted[0]}, {}, withThreads(2));
    QVERIFY(screened && screened->pairs[0].screening);
    settings.reference.screen = false;
    const auto exact = measurer(workspace, 2, settings)->measureUnits({wanted[0]}, {}, withThreads(2));
    QVERIFY(exact && !exact->pairs[0].fromProject && !exact->pairs[0].screening);
    settings.reference.screen = true; // the better number is kept
    const auto again = measurer(workspace, 2, settings)->measureUnits({wanted[0]}, {}, withThreads(2));
    QVERIFY(again->pairs[0].fromProject && !again->pairs[0].screening);
}

// Pairs may have different tokens: each has the original's perplexity on its own.
void TestSessionMeasure::perplexityOfTheSameTokens()
{
    const auto workspace = open();
    const auto wanted = pairs(*workspace, {"int2-asym-g32/rtn"});
    MeasureSettings settings = small();
    settings.adaptive = false;
    const auto first = measurer(workspace, 2, settings);
    const auto coarse = first->measureUnits({wanted[0]}, {}, withThreads(2));
    QCOMPARE(coarse->pairs[0].referencePerplexity, first->referencePerplexity());
    QCOMPARE(first->referenceTokens(), std::uint64_t{128});
    const auto all = measurer(workspace, 4, settings);
    const auto more = all->measureUnits({wanted[0]}, {}, withThreads(2));
    QCOMPARE(more->pairs[0].tokens, std::uint64_t{256});
    QCOMPARE(more->pairs[0].referencePerplexity, all->referencePerplexity());
    QVERIFY(more->pairs[0].referencePerplexity != coarse->pairs[0].referencePerplexity);
    QVERIFY(all->tokensChoseScores().value());
    const auto other = measurer(open(), 4, settings);
    QVERIFY(!other->tokensChoseScores().value());
}

QTEST_GUILESS_MAIN(TestSessionMeasure)
#include "tst_session_measure.moc"
