#include "core/export/layout.h"
#include "core/export/module_pattern.h"
#include "core/export/packed_scheme.h"
#include "core/export/packing.h"
#include "core/export/unit_reader.h"
#include "core/formats/open.h"
#include "core/numeric/quantized_matrix.h"
#include "core/quant/quantizer.h"
#include "tests/support/memory_checkpoint.h"
#include "tests/support/safetensors_writer.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitwright;
using namespace bitwright::exporting;

namespace {

std::string bytesOf(const std::vector<std::uint32_t>& words)
{
    std::string bytes;
    for (const std::uint32_t word : words)
        for (unsigned i = 0; i < 4; ++i)
            bytes += static_cast<char>(word >> (8U * i) & 0xFFU);
    return bytes;
}

std::string shapeBytes(std::uint64_t rows, std::uint64_t cols)
{
    std::string bytes;
    for (const std::uint64_t value : {rows, cols})
        for (unsigned i = 0; i < 8; ++i)
            bytes += static_cast<char>(value >> (8U * i) & 0xFFU);
    return bytes;
}

std::vector<float> waves(std::size_t count)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i]
            = static_cast<float>(std::sin(0.7 * static_cast<double>(i)) * (1.0 + static_cast<double>(i % 7)));
    return values;
}

/// A folder with one packed module "m", written word by word.
struct PackedFile
{
    test::TempFolder folder;

    std::shared_ptr<const model::Checkpoint> open(std::uint64_t rows, std::uint64_t cols,
        const std::vector<std::uint32_t>& words, const std::vector<float>& scales, std::uint64_t groups,
        const std::vector<std::uint32_t>& zeros, std::uint64_t codesPerWord)
    {
        test::SafetensorsWriter file;
        file.add("m.weight_packed", "I32", {rows, words.size() / rows}, bytesOf(words))
            .add("m.weight_scale", model::DType::BF16, {rows, groups}, scales)
            .add("m.weight_shape", "I64", {2}, shapeBytes(rows, cols));
        if (!zeros.empty())
            file.add("m.weight_zero_point", "I32", {(rows + codesPerWord - 1) / codesPerWord, groups},
                bytesOf(zeros));
        if (!file.write(folder.file("model.safetensors")))
            return nullptr;
        return formats::openCheckpoint(folder.file("model.safetensors")).value();
    }
};

} // namespace

class TestExportParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void packsRowsByHand()
    {
        // 2 bits: sixteen codes per word, first lowest: 3 + 2*4 + 1*16 + 0*64 + 3*256.
        QCOMPARE(packRows(std::vector<std::uint8_t>{3, 2, 1, 0, 3}, 5, 2), std::vector<std::uint32_t>{0x31B});
        // 4 bits: nine codes of a row need a second word; the next row starts a new one.
        const std::vector<std::uint8_t> nibbles{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 14, 13, 12, 11, 10, 9, 8, 7};
        QCOMPARE(packRows(nibbles, 9, 4), (std::vector<std::uint32_t>{0x87654321U, 0x9U, 0x89ABCDEFU, 0x7U}));
        QCOMPARE(packRows(std::vector<std::uint8_t>{0x11, 0x22, 0x33, 0xFF, 0x55}, 5, 8),
            (std::vector<std::uint32_t>{0xFF332211U, 0x55U}));
        QVERIFY(packRows({}, 4, 4).empty());
    }

    void packsColumnsByHand()
    {
        // Nine rows, two columns of 4 bits: eight rows of a column share a word.
        std::vector<std::uint8_t> zeros;
        for (std::uint8_t row = 0; row < 9; ++row) {
            zeros.push_back(row);
            zeros.push_back(static_cast<std::uint8_t>(15 - row));
        }
        QCOMPARE(
            packColumns(zeros, 2, 4), (std::vector<std::uint32_t>{0x76543210U, 0x89ABCDEFU, 0x8U, 0x7U}));
        QCOMPARE(packColumns(std::vector<std::uint8_t>{1, 2, 3}, 1, 2), std::vector<std::uint32_t>{0x39});
        QCOMPARE(packColumns(std::vector<std::uint8_t>{200, 7}, 1, 8), std::vector<std::uint32_t>{0x7C8});
    }

    void readsSymmetricWordsByHand()
    {
        // 4 bits: code - 8. Row 0: -7 -6 -5 -4 -3 -2 -1 0 times 0.5; row 1: all -8 times 2.
        PackedFile file;
        const auto written = file.open(2, 8, {0x87654321U, 0U}, {0.5F, 2.0F}, 1, {}, 8);
        QVERIFY(written);
        const auto reader = openPackedUnit(*written, "m", {4, true, 0}, 2, 8);
        QVERIFY(reader);
        std::vector<float> values(16);
        QVERIFY((*reader)->readRows(0, 2, values));
        const std::vector<float> expected{-3.5F, -3.0F, -2.5F, -2.0F, -1.5F, -1.0F, -0.5F, 0.0F, -16.0F,
            -16.0F, -16.0F, -16.0F, -16.0F, -16.0F, -16.0F, -16.0F};
        QCOMPARE(values, expected);
        QCOMPARE((*reader)->storedBytes(), std::uint64_t{2 * 4 + 2 * 2 + 16});
    }

    void readsAsymmetricWordsByHand()
    {
        // 2 bits, two groups of 2 in a row of 4. Codes 3 2 1 0; zero points 1 and 2; scales 1 and 0.25.
        PackedFile file;
        const auto written = file.open(1, 4, {0x1BU}, {1.0F, 0.25F}, 2, {0x1U, 0x2U}, 16);
        QVERIFY(written);
        const auto reader = openPackedUnit(*written, "m", {2, false, 2}, 1, 4);
        QVERIFY(reader);
        std::vector<float> values(4);
        QVERIFY((*reader)->readRows(0, 1, values));
        QCOMPARE(values, (std::vector<float>{2.0F, 1.0F, -0.25F, -0.5F}));
    }

    void refusesWhatTheFormatForbids()
    {
        PackedFile unused;
        const auto badTail = unused.open(1, 5, {0x80054321U}, {1.0F}, 1, {}, 8);
        const auto reader = openPackedUnit(*badTail, "m", {4, true, 0}, 1, 5);
        QVERIFY(reader);
        std::vector<float> values(5);
        const auto read = (*reader)->readRows(0, 1, values);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Mismatch);

        PackedFile file;
        const auto written = file.open(1, 8, {0U}, {1.0F}, 1, {0x1U}, 8);
        QVERIFY(!openPackedUnit(*written, "m", {4, true, 0}, 1, 8)); // symmetric with zero points
        QVERIFY(!openPackedUnit(*written, "m", {8, false, 0}, 1, 8)); // too few words for 8 bits
        QVERIFY(!openPackedUnit(*written, "m", {4, false, 0}, 1, 7)); // weight_shape says 8
        QVERIFY(!openPackedUnit(*written, "n", {4, false, 0}, 1, 8));
        QVERIFY(openPackedUnit(*written, "m", {4, false, 0}, 1, 8));
    }

    void readerAgreesWithQuantizer_data()
    {
        QTest::addColumn<QString>("format");
        for (const char* id : {"int2-sym-g32", "int2-asym-g32", "int4-sym-g64", "int4-asym-g32",
                 "int4-asym-row", "int8-sym-row", "int8-asym-g64"})
            QTest::newRow(id) << id;
    }
    void readerAgreesWithQuantizer()
    {
        QFETCH(QString, format);
        const auto grid
            = numeric::gridFromId(format.toStdString()).value().withScaleType(numeric::ScaleType::BF16);
        const std::uint64_t rows = 37, cols = 192;
        const auto weights = waves(rows * cols);
        const auto quantized
            = quant::quantize({weights, rows, cols}, grid, quant::Method::RoundToNearest, {}, {}, {});
        QVERIFY(quantized);
        std::vector<float> meant(weights.size()), read(weights.size());
        numeric::decodeRows(*quantized, 0, rows, meant);

        PackedFile file;
        const auto written
            = file.open(rows, cols, packRows(quantized->codes, cols, grid.bits), quantized->scales,
                quantized->groups(), packColumns(quantized->zeros, quantized->groups(), grid.bits),
                32 / static_cast<std::uint64_t>(grid.bits));
        QVERIFY(written);
        const auto reader
            = openPackedUnit(*written, "m", {grid.bits, !grid.hasZeros(), grid.group}, rows, cols);
        QVERIFY2(reader, reader ? "" : reader.error().oneLine().c_str());
        QVERIFY((*reader)->readRows(0, rows, read));
        QVERIFY(read == meant);
        // Any part of the rows gives the same values.
        std::vector<float> part(5 * cols);
        QVERIFY((*reader)->readRows(31, 36, part));
        QVERIFY(std::equal(part.begin(), part.end(), meant.begin() + 31 * static_cast<std::ptrdiff_t>(cols)));
    }

    void patternsMatchWhatTheySay()
    {
        QVERIFY(matchesModule("a.b", "a.b") && !matchesModule("a.b", "a.bc"));
        QVERIFY(matchesModule("re:(.*\\.)?layers\\.(1|12)\\.q$", "model.layers.12.q"));
        QVERIFY(matchesModule("re:(.*\\.)?layers\\.(1|12)\\.q$", "layers.1.q"));
        QVERIFY(!matchesModule("re:(.*\\.)?layers\\.(1|12)\\.q$", "layers.2.q"));
        QVERIFY(!matchesModule("re:(.*\\.)?layers\\.1\\.q$", "xlayers.1.q"));
        QVERIFY(!matchesModule("re:layers\\.1\\.q$", "model.layers.1.q"));
        QVERIFY(!matchesModule("re:.*q$", "a.q") && !isKnownPattern("re:.*q$"));
        for (const char* foreign : {"re:(a+)+$", "re:a", "re:(a|)$", "re:(a$", "re:a\\d$", "re:\\"})
            QVERIFY2(!isKnownPattern(foreign), foreign);
    }

    void patternsAreExact()
    {
        std::vector<std::string> all{"lm_head", "model.norm"};
        for (int block = 0; block < 12; ++block)
            for (const char* role : {"q", "k"})
                all.push_back(fmt::format("model.layers.{}.attn.{}_proj", block, role));
        const std::vector<std::string> wanted{"model.layers.1.attn.q_proj", "model.layers.11.attn.q_proj",
            "model.layers.3.attn.k_proj", "lm_head"};
        const auto targets = modulePatterns(wanted, all);
        QCOMPARE(targets,
            (std::vector<std::string>{"re:(.*\\.)?layers\\.(1|11)\\.attn\\.q_proj$",
                "re:(.*\\.)?layers\\.3\\.attn\\.k_proj$", "re:(.*\\.)?lm_head$"}));
        for (const std::string& name : all) {
            const bool found = std::any_of(targets.begin(), targets.end(),
                [&](const auto& target) { return matchesModule(target, name); });
            QCOMPARE(found, std::find(wanted.begin(), wanted.end(), name) != wanted.end());
        }
    }

    void ambiguousNamesAreSpelledOut()
    {
        const std::vector<std::string> all{"model.layers.0.q", "vision.layers.0.q"};
        QCOMPARE(
            modulePatterns({all[0]}, all), std::vector<std::string>{"re:(.*\\.)?model\\.layers\\.0\\.q$"});
        const std::vector<std::string> nested{"a.q", "b.a.q"};
        QCOMPARE(modulePatterns({nested[0]}, nested), std::vector<std::string>{"re:a\\.q$"});
    }

    void expertsAreMerged()
    {
        std::vector<std::string> all, wanted;
        for (int block = 0; block < 4; ++block)
            for (int expert = 0; expert < 64; ++expert) {
                all.push_back(fmt::format("model.layers.{}.experts.{}.up", block, expert));
                if (block != 2)
                    wanted.push_back(all.back());
            }
        const auto targets = modulePatterns(wanted, all);
        QCOMPARE(targets.size(), std::size_t{1});
        QVERIFY(targets[0].starts_with("re:(.*\\.)?layers\\.(0|1|3)\\.experts\\.(0|1|2|"));
    }

    void configKeepsOtherKeys()
    {
        const std::string source
            = "{\"z\": 1e-06, \"architectures\": [\"X\"], \"nested\": {\"b\": null, \"a\": true}}";
        PackedConfig config;
        config.groups.push_back({{4, false, 128}, {"a.b", "re:(.*\\.)?c\\.(1|2)$"}});
        config.groups.push_back({{8, true, 0}, {"d"}});
        config.ignore = {"lm_head"};
        const auto text = withPackedConfig(source, config);
        QVERIFY(text);
        auto edited = nlohmann::ordered_json::parse(*text);
        QCOMPARE(edited["quantization_config"]["config_groups"]["group_0"]["weights"].dump(),
            std::string("{\"num_bits\":4,\"type\":\"int\",\"symmetric\":false,\"strategy\":\"group\","
                        "\"group_size\":128,\"dynamic\":false}"));
        QCOMPARE(edited["quantization_config"]["config_groups"]["group_1"]["weights"].dump(),
            std::string("{\"num_bits\":8,\"type\":\"int\",\"symmetric\":true,\"strategy\":\"channel\","
                        "\"dynamic\":false}"));
        const auto read = readPackedConfig(*text);
        QVERIFY(read && read->groups.size() == 2);
        QVERIFY(read->groups[0].scheme == config.groups[0].scheme
            && read->groups[1].scheme == config.groups[1].scheme);
        QCOMPARE(read->groups[0].targets, config.groups[0].targets);
        QVERIFY(read->ignores("lm_head") && read->groupsOf("x.c.2").size() == 1);
        QVERIFY(isPackedConfig(*text) && !isPackedConfig(source) && !isPackedConfig("no json"));
        edited.erase("quantization_config");
        QCOMPARE(edited.dump(), nlohmann::ordered_json::parse(source).dump());
        QVERIFY(!withPackedConfig("[1]", config));
    }

    void layoutIsThatOfTheReferenceWriter()
    {
        const auto layout = layoutFile("model.safetensors",
            {tensorSpec("b", model::DType::BF16, {2, 3}), tensorSpec("a", model::DType::BF16, {1}),
                tensorSpec("s", model::DType::I64, {2}), tensorSpec("p", model::DType::I32, {3}),
                tensorSpec("f", model::DType::F32, {})},
            {{"format", "pt"}});
        QVERIFY(layout);
        std::string order;
        for (const TensorSpec& tensor : layout->tensors)
            order += tensor.name;
        QCOMPARE(order, std::string("sfpab"));
        QCOMPARE(layout->header.size() % 8, std::size_t{0});
        QCOMPARE(layout->bytes, layout->header.size() + 16 + 4 + 12 + 2 + 12);
        QCOMPARE(layout->offsets[3], layout->header.size() + 32);
        test::TempFolder folder;
        QVERIFY(test::writeFile(folder.file("x.safetensors"),
            layout->header + std::string(layout->bytes - layout->header.size(), '\0')));
        const auto opened = formats::openCheckpoint(folder.file("x.safetensors"));
        QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
        QCOMPARE((*opened)->tensors().size(), std::size_t{5});
        QVERIFY(!layoutFile(
            "x", {tensorSpec("a", model::DType::I8, {1}), tensorSpec("a", model::DType::I8, {1})}, {}));
    }
};

QTEST_GUILESS_MAIN(TestExportParts)
#include "tst_export_parts.moc"
