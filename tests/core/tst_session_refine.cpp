#include "core/plan/solve.h"
#include "core/session/refine.h"
#include "tests/support/forward_models.h"
#include "tests/support/temp_folder.h"

#include <QTest>

#include <cmath>
#include <fstream>
#include <iterator>

using namespace bitwright;
using namespace bitwright::session;
using test::withThreads;

namespace {

const std::string kSample = BITWRIGHT_SOURCE_DIR "/samples/tiny-llama";

const plan::Target& target(const char* id = "fake-quant")
{
    return *plan::targetFromId(id).value();
}

std::shared_ptr<Workspace> open(const std::string& project = {})
{
    return Workspace::open({kSample, {}, project}).value();
}

std::vector<quant::Option> options(std::initializer_list<const char*> ids)
{
    std::vector<quant::Option> all;
    for (const char* id : ids)
        all.push_back(quant::optionFromId(id).value());
    return all;
}

/// Sequences of held-out text; the sample's tokens are bytes.
forward::TokenBatch text(std::size_t skip, std::size_t sequences)
{
    std::ifstream file(kSample + "/held_out.txt", std::ios::binary);
    std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
    forward::TokenBatch batch;
    for (std::size_t s = skip; s < skip + sequences; ++s) {
        std::vector<std::uint32_t> ids;
        for (std::size_t t = 0; t < 128; ++t)
            ids.push_back(static_cast<unsigned char>(bytes[s * 128 + t]));
        batch.add(ids);
    }
    return batch;
}

RefineTokens tokens()
{
    return {text(0, 4), text(8, 4)};
}

/// A space with the poorest of the scores, so that there is something to better.
plan::PlanSpace poorSpace(Workspace& workspace,
    std::initializer_list<const char*> offered
    = {"int2-asym-g128/rtn", "int3-asym-g128/rtn", "int4-asym-g128/rtn", "int8-asym-g128/rtn"})
{
    score::ScoreSettings settings;
    settings.kind = score::ScoreKind::WeightError;
    return workspace.planSpace(target(), options(offered), settings, false, withThreads(2)).value();
}

plan::Plan poorPlan(const plan::PlanSpace& space)
{
    plan::Plan base;
    base.name = "poor";
    base.ties = false;
    if (!plan::applyLock(base, space, "model.layers.0.self_attn.*=int8-asym-g128/rtn"))
        qFatal("no lock");
    return plan::solvePlan(space, base, plan::Budget::ofBpw(3), {}, withThreads(2)).value().plan;
}

RefineSettings small()
{
    RefineSettings settings;
    settings.rounds = 2;
    settings.steps = 24;
    settings.swaps = 10;
    return settings;
}

bool same(const std::optional<measure::Interval>& a, const std::optional<measure::Interval>& b)
{
    return a.has_value() == b.has_value() && (!a || (a->mean == b->mean && a->high == b->high));
}

bool same(const RefineRound& a, const RefineRound& b)
{
    bool equal = a.steps.size() == b.steps.size() && a.swaps.size() == b.swaps.size()
        && a.proposals.size() == b.proposals.size();
    for (std::size_t i = 0; equal && i < a.steps.size(); ++i)
        equal = a.steps[i].step == b.steps[i].step && a.steps[i].tried == b.steps[i].tried
            && same(a.steps[i].change, b.steps[i].change) && a.steps[i].corrected == b.steps[i].corrected;
    for (std::size_t i = 0; equal && i < a.swaps.size(); ++i)
        equal = a.swaps[i].swap.steps == b.swaps[i].swap.steps && a.swaps[i].taken == b.swaps[i].taken
            && a.swaps[i].shrunk == b.swaps[i].shrunk && same(a.swaps[i].change, b.swaps[i].change);
    for (std::size_t i = 0; equal && i < a.proposals.size(); ++i)
        equal = a.proposals[i].solved == b.proposals[i].solved && a.proposals[i].kept == b.proposals[i].kept
            && same(a.proposals[i].changeAccepting, b.proposals[i].changeAccepting);
    return equal;
}

bool same(const Refinement& a, const Refinement& b)
{
    bool equal = a.plan == b.plan && a.accepting.values == b.accepting.values && a.ended == b.ended
        && a.looks == b.looks && a.rounds.size() == b.rounds.size();
    for (std::size_t r = 0; equal && r < a.rounds.size(); ++r)
        equal = same(a.rounds[r], b.rounds[r]);
    return equal;
}

} // namespace

class TestSessionRefine : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void betterOrLeftAlone();
    void anyNumberOfThreads();
    void endsByItself();
    void nearPlansAreWholePlans();
    void findsTheBetterOfTwo();
    void swapsKeepTiesLocksAndBudget();
    void stoppedAndResumed();
    void whatIsRefused();
    void halves();
};

void TestSessionRefine::betterOrLeftAlone()
{
    const auto workspace = open();
    const auto space = poorSpace(*workspace);
    const plan::Plan start = poorPlan(space);
    std::size_t seen = 0;
    const auto refined = refinePlan(
        workspace, space, start, tokens(), small(), [&](const RefineRound&) { ++seen; }, withThreads(2));
    QVERIFY2(refined, refined ? "" : refined.error().oneLine().c_str());
    QCOMPARE(seen, refined->rounds.size());
    QVERIFY(refined->kept > 0); // the poorest score leaves much to be found
    QVERIFY(refined->accepting.mean < refined->startAccepting.mean);
    double present = refined->startAccepting.mean;
    std::size_t looks = 0;
    for (const RefineRound& round : refined->rounds) {
        QCOMPARE(round.triedSteps(), small().steps);
        QVERIFY(round.swaps.size() <= small().swaps);
        for (const TriedSwap& tried : round.swaps)
            QVERIFY(!tried.taken || (tried.change->high < 0 && tried.shrunk < 0));
        for (const RefineProposal& proposal : round.proposals) {
            QCOMPARE(proposal.accepting.has_value(), proposal.changeChoosing->high < 0);
            if (!proposal.accepting)
                continue;
            QCOMPARE(proposal.tail, tailOfLook(++looks));
            QCOMPARE(proposal.kept, proposal.changeAccepting->high < 0);
            QVERIFY(std::abs(proposal.accepting->mean - present - proposal.changeAccepting->mean) < 1e-6);
            present = proposal.kept ? proposal.accepting->mean : present;
        }
    }
    QCOMPARE(refined->looks, looks);
    QCOMPARE(refined->accepting.mean, present);
    QVERIFY(space.sizeOf(refined->plan).value().unitBytes <= space.unitBudgetFromBpw(3));
    for (const auto& [name, entry] : start.entries)
        if (entry.locked)
            QCOMPARE(refined->plan.entries.at(name), entry);
    QVERIFY(refined->plan.provenance.find("refined by measuring on 512 tokens") != std::string::npos);
    // The plan that is returned is the one whose numbers are told.
    MeasureSettings exact;
    exact.reference.screen = false;
    const auto again = Measurer::make(workspace, target(), tokens().accepting, exact, withThreads(2))
                           .value()
                           ->measurePlan(refined->plan, {}, withThreads(2));
    QVERIFY(std::abs(again->mean - refined->accepting.mean) < 1e-9);
}

void TestSessionRefine::anyNumberOfThreads()
{
    const auto first = open(), second = open();
    const auto space = poorSpace(*first);
    const plan::Plan start = poorPlan(space);
    const auto one = refinePlan(first, space, start, tokens(), small(), {}, withThreads(1));
    const auto two = refinePlan(second, space, start, tokens(), small(), {}, withThreads(2));
    QVERIFY(one && two);
    QVERIFY(one->kept > 0 && same(*one, *two));
}

void TestSessionRefine::endsByItself()
{
    const auto workspace = open();
    const auto space = poorSpace(*workspace);
    RefineSettings settings = small();
    settings.rounds = 12;
    const auto refined
        = refinePlan(workspace, space, poorPlan(space), tokens(), settings, {}, withThreads(2));
    QVERIFY(refined);
    QVERIFY(refined->rounds.size() < settings.rounds && !refined->rounds.back().kept());
    QVERIFY(refined->ended != "all rounds were used");
    for (std::size_t r = 0; r + 1 < refined->rounds.size(); ++r)
        QVERIFY(refined->rounds[r].kept());
    QCOMPARE(refined->kept + 1, refined->rounds.size());
}

void TestSessionRefine::nearPlansAreWholePlans()
{
    const auto first = open(), second = open();
    const auto space = poorSpace(*first);
    const plan::Plan base = poorPlan(space);
    plan::Plan near = base;
    near.entries["model.layers.3.mlp.up_proj.weight"].option = "int8-asym-g128/rtn";
    near.entries["model.layers.2.mlp.down_proj.weight"].option = "keep";
    MeasureSettings settings;
    const auto whole = Measurer::make(second, target(), tokens().choosing, settings, withThreads(1))
                           .value()
                           ->measurePlan(near, {}, withThreads(1));
    const auto measurer
        = Measurer::make(first, target(), tokens().choosing, settings, withThreads(2)).value();
    const auto exact = measurer->measureNear(base, near, true, withThreads(2));
    QVERIFY2(whole && exact, exact ? "" : exact.error().oneLine().c_str());
    QCOMPARE(exact->values, whole->values);
    QCOMPARE(exact->perplexity, whole->perplexity);
    QVERIFY(!exact->fromProject);
    QVERIFY(measurer->measureNear(base, near, true, withThreads(2))->fromProject);
    QVERIFY(measurer->measurePlan(near, {}, withThreads(2))->fromProject); // one number, one place
    QVERIFY(!measurer->measureNear(base, near, false, withThreads(2))->fromProject);
    settings.partTokens = 128;
    const auto parts = Measurer::make(first, target(), tokens().choosing, settings, withThreads(2)).value();
    QCOMPARE(parts->measureNear(base, near, true, withThreads(2)).error().code, ErrorCode::InvalidArgument);
}

void TestSessionRefine::findsTheBetterOfTwo()
{
    // Everything is locked but two units of one shape: at two options there are two plans of
    // their size, and running both tells which is best.
    const auto workspace = open();
    const auto space = poorSpace(*workspace, {"int2-asym-g128/rtn", "int4-asym-g128/rtn"});
    const std::string a = "model.layers.0.mlp.gate_proj.weight", b = "model.layers.4.mlp.gate_proj.weight";
    plan::Plan base;
    base.ties = false;
    plan::Plan high = space.uniform("int4-asym-g128/rtn", base).value();
    for (const plan::Unit& unit : space.units())
        high.entries[unit.name].locked = unit.name != a && unit.name != b;
    plan::Plan low = high;
    high.entries[b].option = "int2-asym-g128/rtn";
    low.entries[a].option = "int2-asym-g128/rtn";
    RefineSettings settings = small();
    settings.rounds = 3;
    const auto fromHigh = refinePlan(workspace, space, high, tokens(), settings, {}, withThreads(2));
    const auto fromLow = refinePlan(workspace, space, low, tokens(), settings, {}, withThreads(2));
    QVERIFY2(fromHigh && fromLow, fromHigh ? "" : fromHigh.error().oneLine().c_str());
    const bool highIsBetter = fromHigh->startAccepting.mean < fromLow->startAccepting.mean;
    const Refinement &best = highIsBetter ? *fromHigh : *fromLow,
                     &other = highIsBetter ? *fromLow : *fromHigh;
    QVERIFY(best.kept == 0 && best.plan == (highIsBetter ? high : low));
    QCOMPARE(other.kept, std::size_t{1});
    QVERIFY(other.plan.entries == best.plan.entries);
    QCOMPARE(other.accepting.mean, best.accepting.mean);
    for (const plan::Unit& unit : space.units())
        high.entries[unit.name].locked = true;
    const auto nothing = refinePlan(workspace, space, high, tokens(), settings, {}, withThreads(2));
    QVERIFY(nothing && nothing->plan == high && nothing->rounds.front().steps.empty());
}

void TestSessionRefine::swapsKeepTiesLocksAndBudget()
{
    const auto workspace = open();
    const auto& fused = target("compressed-tensors");
    score::ScoreSettings settings;
    settings.kind = score::ScoreKind::WeightError;
    const auto space = workspace->planSpace(
        fused, fused.defaultOptions(quant::Method::RoundToNearest), settings, true, withThreads(2));
    QVERIFY2(space, space ? "" : space.error().oneLine().c_str());
    QVERIFY(!space->ties().empty());
    plan::Plan base;
    const std::string lock = space->units()[2].name;
    const auto solved = plan::solvePlan(*space, base, plan::Budget::ofBpw(6), {}, withThreads(2));
    QVERIFY2(solved, solved ? "" : solved.error().oneLine().c_str());
    plan::Plan plan = solved->plan;
    plan.entries[lock].locked = true;
    const auto choice = space->choiceOf(plan).value();
    const std::uint64_t budget = space->unitBudgetFromBpw(6);
    const auto swaps = proposeSwaps(space->problem(plan, {}), choice, budget, 50);
    QVERIFY(!swaps.empty());
    for (const RefineSwap& swap : swaps) {
        auto next = choice;
        swap.apply(next);
        QVERIFY(next != choice);
        QCOMPARE(next[2], choice[2]);
        const std::uint64_t bytes = space->sizeOf(next).unitBytes;
        QVERIFY(bytes <= budget);
        QCOMPARE(static_cast<std::int64_t>(bytes),
            static_cast<std::int64_t>(space->sizeOf(choice).unitBytes) + swap.bytes);
        for (const plan::Tie& tie : space->ties())
            for (const std::size_t unit : tie.units)
                QCOMPARE(next[unit], next[tie.units.front()]);
        for (const plan::PlanProblem& problem : plan::lintPlan(space->planFrom(next, plan), *space))
            QVERIFY2(!problem.blocking, problem.message.c_str());
    }
}

void TestSessionRefine::stoppedAndResumed()
{
    test::TempFolder folder;
    const auto fresh = open();
    const auto space = poorSpace(*fresh);
    const plan::Plan start = poorPlan(space);
    const auto whole = refinePlan(fresh, space, start, tokens(), small(), {}, withThreads(2));
    QVERIFY(whole);
    const auto workspace = open(folder.file("p.bwp"));
    std::stop_source stop;
    RunContext context = withThreads(2);
    context.stop = stop.get_token();
    double last = 0;
    context.progress = [&](double fraction, std::string_view) {
        last = fraction;
        if (fraction > 0.2)
            stop.request_stop();
    };
    const auto stopped = refinePlan(workspace, space, start, tokens(), small(), {}, context);
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
    QVERIFY(last > 0.2 && last < 0.9);
    const auto resumed = refinePlan(workspace, space, start, tokens(), small(), {}, withThreads(2));
    QVERIFY(resumed && same(*resumed, *whole));
    QVERIFY(resumed->startAccepting.fromProject);
}

void TestSessionRefine::whatIsRefused()
{
    const auto workspace = open();
    const auto space = poorSpace(*workspace);
    const plan::Plan start = poorPlan(space);
    const auto refused = [&](const plan::Plan& plan, const RefineTokens& of, const RefineSettings& settings) {
        const auto refined = refinePlan(workspace, space, plan, of, settings, {}, withThreads(2));
        return refined ? std::string() : refined.error().oneLine();
    };
    const std::string shared = refused(start, {text(0, 3), text(2, 3)}, small());
    QVERIFY2(shared.find("also among those that choose") != std::string::npos, shared.c_str());
    forward::TokenBatch few;
    few.add(std::vector<std::uint32_t>{1, 2, 3, 4});
    const auto tooShort = refinePlan(workspace, space, start, {text(0, 2), few}, small(), {}, withThreads(2));
    QVERIFY(!tooShort && tooShort.error().code == ErrorCode::OutOfRange);
    const std::string noise = tooShort.error().oneLine();
    QVERIFY2(noise.find("too few") != std::string::npos, noise.c_str());
    RefineSettings tight = small();
    tight.unitBudget = 1000;
    QVERIFY(refused(start, tokens(), tight).find("its budget is 1000") != std::string::npos);
    plan::Plan unknown = start;
    unknown.entries[space.units()[0].name].option = "int5-asym-g64/rtn";
    QVERIFY(refused(unknown, tokens(), small()).find("not offered") != std::string::npos);
}

void TestSessionRefine::halves()
{
    const auto many = splitTokens(text(0, 5));
    QVERIFY(many);
    QCOMPARE(many->choosing.sequences(), std::size_t{2});
    QCOMPARE(many->accepting.sequences(), std::size_t{3});
    QCOMPARE(many->accepting.ids.back(), text(4, 1).ids.back());
    const auto one = splitTokens(text(0, 1));
    QCOMPARE(one->choosing.tokens(), std::size_t{64});
    QCOMPARE(one->accepting.tokens(), std::size_t{64});
    forward::TokenBatch single;
    single.add(std::vector<std::uint32_t>{1});
    QCOMPARE(splitTokens(single).error().code, ErrorCode::OutOfRange); // bad input, not wrong usage
}

QTEST_GUILESS_MAIN(TestSessionRefine)
#include "tst_session_refine.moc"
