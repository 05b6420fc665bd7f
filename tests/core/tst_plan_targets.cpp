#include "core/plan/target.h"

#include <QtTest>

#include <set>

using namespace bitwright;
using model::DType;
using plan::Unit;

namespace {

const plan::Target& target(std::string_view id)
{
    return *plan::targetFromId(id).value();
}

quant::Option option(std::string_view id)
{
    return quant::optionFromId(id).value();
}

Unit unit(std::uint64_t rows, std::uint64_t cols, DType dtype = DType::BF16)
{
    Unit result;
    result.name = result.tensor = "model.layers.0.mlp.up_proj.weight";
    result.rows = rows;
    result.cols = cols;
    result.dtype = dtype;
    result.role = model::Role::Up;
    return result;
}

/// Bits that must be stored one by one, as a packer would meet them, rounded up where the format starts a new
/// word.
std::uint64_t countedBytes(std::uint64_t rows, std::uint64_t cols, unsigned bits, std::uint64_t group,
    bool asym, unsigned scaleBytes)
{
    std::uint64_t words = 0, scales = 0, zeroWords = 0;
    for (std::uint64_t row = 0; row < rows; ++row) {
        std::uint64_t used = 32;
        for (std::uint64_t col = 0; col < cols; ++col) {
            if (col % group == 0)
                ++scales;
            for (unsigned bit = 0; bit < bits; ++bit, ++used)
                if (used == 32) {
                    ++words;
                    used = 0;
                }
        }
    }
    for (std::uint64_t begin = 0; asym && begin < cols; begin += group) {
        std::uint64_t used = 32;
        for (std::uint64_t row = 0; row < rows; ++row)
            for (unsigned bit = 0; bit < bits; ++bit, ++used)
                if (used == 32) {
                    ++zeroWords;
                    used = 0;
                }
    }
    return words * 4 + scales * scaleBytes + zeroWords * 4;
}

} // namespace

class TestPlanTargets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lookup()
    {
        QCOMPARE(plan::allTargets().size(), std::size_t{2});
        for (const plan::Target* t : plan::allTargets()) {
            QCOMPARE(plan::targetFromId(t->id()).value(), t);
            QVERIFY(!t->description().empty() && !t->readers().empty());
        }
        const auto unknown = plan::targetFromId("gguf");
        QVERIFY(!unknown.has_value());
        QVERIFY(unknown.error().message.find("fake-quant, compressed-tensors") != std::string::npos);
        QVERIFY(target("fake-quant").simulatedSize() && !target("fake-quant").tiesByDefault());
        QVERIFY(
            !target("compressed-tensors").simulatedSize() && target("compressed-tensors").tiesByDefault());
    }

    void packedBytesAreWhatIsStored()
    {
        // 40 x 192: an odd number of rows for the zero points, cols that 128 does not divide.
        for (const auto& [dtype, scaleBytes] :
            {std::pair(DType::BF16, 2U), std::pair(DType::F16, 2U), std::pair(DType::F32, 4U)})
            for (const unsigned bits : {2U, 4U, 8U})
                for (const unsigned group : {32U, 64U})
                    for (const bool asym : {false, true}) {
                        const auto id = fmt::format("int{}-{}-g{}/rtn", bits, asym ? "asym" : "sym", group);
                        const auto resolved
                            = target("compressed-tensors").resolve(unit(39, 192, dtype), option(id)).value();
                        QCOMPARE(resolved.bytes, countedBytes(39, 192, bits, group, asym, scaleBytes) + 16);
                        QVERIFY(resolved.fallback.empty());
                    }
        // By hand: 8 x 64 int4 sym g64: codes 8*8 words, 8 scales of 2 bytes, shape.
        QCOMPARE(target("compressed-tensors").resolve(unit(8, 64), option("int4-sym-g64/rtn")).value().bytes,
            std::uint64_t{256 + 16 + 16});
        // Asymmetric: one word of zero points more.
        QCOMPARE(target("compressed-tensors").resolve(unit(8, 64), option("int4-asym-g64/rtn")).value().bytes,
            std::uint64_t{256 + 16 + 4 + 16});
    }

    void scaleTypeFollowsTheTensor()
    {
        const auto type = [](DType dtype) {
            return target("compressed-tensors")
                .resolve(unit(8, 128, dtype), option("int4-asym-g128/rtn"))
                .value()
                .option.grid->scaleType;
        };
        QCOMPARE(type(DType::BF16), numeric::ScaleType::BF16);
        QCOMPARE(type(DType::F16), numeric::ScaleType::F16);
        QCOMPARE(type(DType::F32), numeric::ScaleType::F32);
        QCOMPARE(type(DType::F8E4M3), numeric::ScaleType::BF16);
        const auto resolved
            = target("compressed-tensors").resolve(unit(8, 128), option("int4-asym-g128/gptq")).value();
        QCOMPARE(resolved.option.id, std::string("int4-asym-g128-bf16/gptq"));
        QVERIFY(resolved.option.needsGram);
    }

    void fallbacksAreNamed()
    {
        const auto resolve = [](std::uint64_t cols, const char* id) {
            return target("compressed-tensors").resolve(unit(8, cols), option(id)).value();
        };
        const auto smaller = resolve(192, "int4-asym-g128/rtn");
        QCOMPARE(smaller.option.grid->group, 64U);
        QCOMPARE(smaller.option.id, std::string("int4-asym-g64-bf16/rtn"));
        QCOMPARE(smaller.fallback, std::string("group 64 instead of 128, which does not divide 192 inputs"));
        QCOMPARE(smaller.bytes, countedBytes(8, 192, 4, 64, true, 2) + 16);
        QCOMPARE(resolve(96, "int4-asym-g128/rtn").option.grid->group, 32U);
        QCOMPARE(resolve(128, "int4-asym-g64/rtn").fallback, std::string());
        const auto row = resolve(100, "int4-sym-g64/rtn");
        QCOMPARE(row.option.grid->group, 0U);
        QCOMPARE(row.fallback,
            std::string("one scale per row instead of group 64: no legal group up to it divides 100 inputs"));
        QCOMPARE(resolve(100, "int8-sym-row/rtn").fallback, std::string());
    }

    void onlyLinearWeightsArePacked()
    {
        const auto refused = [](Unit u) {
            const auto result = target("compressed-tensors").resolve(u, option("int4-asym-g64/rtn"));
            return result ? std::string() : result.error().message;
        };
        Unit conv = unit(64, 64);
        conv.orientation = model::Orientation::InOut;
        QVERIFY(refused(conv).find("Conv1D") != std::string::npos);
        Unit expert = unit(64, 64);
        expert.stacked = true;
        QVERIFY(refused(expert).find("stacked expert") != std::string::npos);
        Unit parameter = unit(64, 64);
        parameter.tensor = "projection";
        QVERIFY(refused(parameter).find(".weight") != std::string::npos);
        QCOMPARE(refused(unit(64, 64)), std::string());
        // Staying as it is is always possible, and so is any shape where nothing is packed.
        QCOMPARE(target("compressed-tensors").resolve(expert, option("keep")).value().bytes,
            std::uint64_t{64 * 64 * 2});
        QVERIFY(target("fake-quant").resolve(expert, option("int3-narrow-g32/rtn")).has_value());
    }

    void illegalFormats()
    {
        const auto legal = [](const char* id) { return target("compressed-tensors").isLegal(option(id)); };
        for (const char* id :
            {"keep", "int2-sym-g32/rtn", "int4-asym-g64/gptq", "int8-sym-row/clip", "int8-asym-g128/rtn"})
            QVERIFY(legal(id));
        for (const char* id : {"int3-asym-g128/rtn", "int5-sym-g64/rtn", "int4-narrow-g128/rtn",
                 "nf4-g64/rtn", "fp8-e4m3-row/rtn", "int4-asym-g16/rtn", "int4-asym-g256/rtn"}) {
            QVERIFY(!legal(id));
            const auto result = target("compressed-tensors").resolve(unit(64, 256), option(id));
            QVERIFY(!result.has_value());
            QCOMPARE(result.error().code, ErrorCode::Unsupported);
        }
    }

    void keepCountsTheSource()
    {
        for (const char* id : {"fake-quant", "compressed-tensors"}) {
            QCOMPARE(
                target(id).resolve(unit(3, 5, DType::F32), option("keep")).value().bytes, std::uint64_t{60});
            QCOMPARE(
                target(id).resolve(unit(3, 5, DType::BF16), option("keep")).value().bytes, std::uint64_t{30});
        }
    }

    void fakeQuantKeepsTheFormat()
    {
        const auto resolved = target("fake-quant").resolve(unit(7, 100), option("int3-asym-g64/rtn")).value();
        QCOMPARE(resolved.option.id, std::string("int3-asym-g64/rtn"));
        QVERIFY(resolved.fallback.empty());
        QCOMPARE(resolved.bytes, countedBytes(7, 100, 3, 64, true, 2));
    }

    void defaultOptionsAreSensible()
    {
        for (const plan::Target* t : plan::allTargets())
            for (const auto method :
                {quant::Method::RoundToNearest, quant::Method::ClipSearch, quant::Method::Gptq}) {
                const auto options = t->defaultOptions(method);
                QVERIFY(options.size() >= 8 && options.size() <= 12);
                std::set<std::string> ids;
                std::uint64_t last = 0;
                for (const quant::Option& o : options) {
                    QVERIFY(t->isLegal(o));
                    QVERIFY(ids.insert(o.id).second);
                    QVERIFY(o.id == "keep" || o.method == method
                        || o.grid->element != numeric::ElementKind::Integer);
                    const auto bytes = t->resolve(unit(4096, 4096), o).value().bytes;
                    QVERIFY2(bytes > last, o.id.c_str());
                    last = bytes;
                }
                QCOMPARE(options.back().id, std::string("keep"));
            }
        for (const plan::Target* t : plan::allTargets()) {
            QVERIFY(t->options().size() > 20);
            for (const quant::Option& o : t->options())
                QVERIFY(t->isLegal(o));
        }
    }

    void headsCarryACaution()
    {
        Unit head = unit(1000, 64);
        head.role = model::Role::Output;
        const auto& ct = target("compressed-tensors");
        QVERIFY(!ct.caution(head, ct.resolve(head, option("int4-asym-g64/rtn")).value()).empty());
        QVERIFY(ct.caution(head, ct.resolve(head, option("keep")).value()).empty());
        QVERIFY(
            ct.caution(unit(64, 64), ct.resolve(unit(64, 64), option("int4-sym-g64/rtn")).value()).empty());
        QVERIFY(
            !ct.caution(unit(64, 64), ct.resolve(unit(64, 64), option("int4-asym-g64/rtn")).value()).empty());
    }
};

QTEST_GUILESS_MAIN(TestPlanTargets)
#include "tst_plan_targets.moc"
