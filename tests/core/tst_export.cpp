#include "core/export/exporter.h"
#include "core/export/module_pattern.h"
#include "core/export/packed_scheme.h"
#include "core/export/unit_reader.h"
#include "core/model/matrix_reader.h"
#include "tests/support/export_model.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <csignal>
#include <sys/resource.h>

using namespace bitwright;
using namespace bitwright::exporting;
using bitwright::test::ExportModel;

namespace {

ExportRequest requestFor(const model::Checkpoint& checkpoint, plan::Plan plan, const std::string& out)
{
    ExportRequest request;
    request.checkpoint = &checkpoint;
    request.plan = std::move(plan);
    request.outFolder = out;
    return request;
}

std::string firstError(const Result<ExportReport>& report)
{
    return report ? std::string("no error") : report.error().oneLine();
}

/// Quantizes a unit as its plan says, with nothing of the exporter, and decodes it.
std::vector<float> expectedValues(
    const model::Checkpoint& checkpoint, const plan::Plan& plan, const plan::Unit& unit, bool roundToSource)
{
    const auto target = plan::targetFromId(plan.target).value();
    const auto option = quant::optionFromId(plan.entries.at(unit.name).option).value();
    const auto resolved = target->resolve(unit, option).value().option;
    const auto matrix = model::MatrixReader::open(checkpoint, unit.index).value();
    auto values = matrix.readAll().value();
    if (!resolved.grid)
        return values;
    const auto quantized = quant::quantize(
        {values, unit.rows, unit.cols}, *resolved.grid, resolved.method, resolved.settings, {}, {})
                               .value();
    numeric::decodeRows(quantized, 0, unit.rows, values);
    if (roundToSource) {
        std::vector<std::byte> stored(values.size() * 8);
        const auto bytes = std::span(stored).first(values.size() * model::bitsPerElement(unit.dtype) / 8);
        const bool rounded = model::convertFromFloat(unit.dtype, values, bytes)
            && model::convertToFloat(unit.dtype, bytes, values);
        if (!rounded)
            values.clear();
    }
    return values;
}

const TensorProof* proofOf(const std::vector<TensorProof>& proofs, std::string_view unit)
{
    const auto found = std::find_if(
        proofs.begin(), proofs.end(), [&](const TensorProof& proof) { return proof.unit == unit; });
    return found == proofs.end() ? nullptr : &*found;
}

bool mentions(const std::vector<std::string>& lines, std::string_view text)
{
    return std::any_of(lines.begin(), lines.end(),
        [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

/// Flips one bit of a tensor's data in a model folder.
void flipBit(const std::string& folder, const std::string& tensor, std::uint64_t byte)
{
    const auto written = formats::openCheckpoint(folder).value();
    const model::TensorInfo& info = written->tensors()[*written->find(tensor)];
    std::string bytes = test::readFile(folder + "/model.safetensors");
    bytes[info.offset + byte] = static_cast<char>(bytes[info.offset + byte] ^ 1);
    QVERIFY(test::writeFile(folder + "/model.safetensors", bytes));
}

} // namespace

class TestExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_model = std::make_unique<ExportModel>();
        QVERIFY(m_model->written());
        m_checkpoint = m_model->open();
    }

    void fakeQuantHoldsTheValues_data()
    {
        QTest::addColumn<int>("dtype");
        for (const model::DType type :
            {model::DType::BF16, model::DType::F16, model::DType::F32, model::DType::F64})
            QTest::newRow(std::string(model::dtypeName(type)).c_str()) << static_cast<int>(type);
    }
    void fakeQuantHoldsTheValues()
    {
        QFETCH(int, dtype);
        const ExportModel model(static_cast<model::DType>(dtype));
        const auto checkpoint = model.open();
        auto plan = test::mixedPlan(*checkpoint, "fake-quant");
        plan.entries["model.layers.1.self_attn.o_proj.weight"].option = "nf4-g64/rtn";
        const std::string out = model.file("out");
        const auto report = exportModel(requestFor(*checkpoint, plan, out), {});
        QVERIFY2(report, firstError(report).c_str());
        QVERIFY(report->ok);
        const auto written = formats::openCheckpoint(out).value();
        QCOMPARE(test::readFile(out + "/1_Pooling/config.json"), std::string("{\"pool\": 1}"));
        QCOMPARE(written->tensors().size(), checkpoint->tensors().size());
        for (const plan::Unit& unit : plan::unitsOf(*checkpoint)) {
            const auto index = written->find(unit.tensor);
            QVERIFY(index);
            QVERIFY(written->tensors()[*index].dtype == unit.dtype);
            const auto values = model::MatrixReader::open(*written, *index).value().readAll().value();
            QVERIFY2(values == expectedValues(*checkpoint, plan, unit, true), unit.name.c_str());
        }
        QCOMPARE(test::readFile(out + "/config.json"), test::readFile(model.path() + "/config.json"));
        QCOMPARE(test::readFile(out + "/tokenizer.json"), test::readFile(model.path() + "/tokenizer.json"));
        QVERIFY(plan::planFromJson(test::readFile(out + "/plan.json")).value() == plan);
        QCOMPARE(report->bytes, checkpoint->dataBytes());
        QVERIFY(report->planned.bpw() < report->bpw);
        verifyIsOk(out, *checkpoint);
    }

    void packedHoldsTheValues()
    {
        const auto plan = test::mixedPlan(*m_checkpoint, "compressed-tensors");
        const std::string out = m_model->file("packed");
        const auto report = exportModel(requestFor(*m_checkpoint, plan, out), {});
        QVERIFY2(report, firstError(report).c_str());
        const auto written = formats::openCheckpoint(out).value();
        const auto config = readPackedConfig(test::readFile(out + "/config.json")).value();
        const auto target = plan::targetFromId("compressed-tensors").value();
        std::uint64_t unitBytes = 0;
        for (const plan::Unit& unit : plan::unitsOf(*m_checkpoint)) {
            const std::string module = unit.tensor.substr(0, unit.tensor.size() - 7);
            const std::string& option = plan.entries.at(unit.name).option;
            const auto resolved = target->resolve(unit, quant::optionFromId(option).value()).value();
            const TensorProof* proof = proofOf(report->tensors, unit.name);
            QVERIFY(proof && proof->rereadExact);
            QCOMPARE(proof->bytes, resolved.bytes);
            QCOMPARE(proof->written, resolved.option.id);
            unitBytes += resolved.bytes;
            if (option == "keep") {
                QVERIFY(written->find(unit.tensor));
                QVERIFY(config.groupsOf(module).empty());
                QCOMPARE(config.ignores(module), unit.tensor != "model.embed_tokens.weight");
                continue;
            }
            QVERIFY(!written->find(unit.tensor));
            QVERIFY(!config.ignores(module));
            const auto groups = config.groupsOf(module);
            QCOMPARE(groups.size(), std::size_t{1});
            const auto reader = openPackedUnit(*written, module, groups[0]->scheme, unit.rows, unit.cols);
            QVERIFY2(reader, reader ? "" : reader.error().oneLine().c_str());
            std::vector<float> values(unit.parameters());
            QVERIFY((*reader)->readRows(0, unit.rows, values));
            QVERIFY2(values == expectedValues(*m_checkpoint, plan, unit, false), unit.name.c_str());
        }
        QCOMPARE(report->bytes, written->dataBytes());
        QCOMPARE(report->bytes, report->planned.bytes());
        QCOMPARE(report->bpw,
            8.0 * static_cast<double>(unitBytes) / static_cast<double>(report->planned.unitParameters));
        QVERIFY(!proofOf(report->tensors, "model.layers.0.mlp.down_proj.weight")->fallback.empty());
        verifyIsOk(out, *m_checkpoint);
    }

    void shardsAreMirrored()
    {
        const ExportModel model;
        // Splits the model in two shards.
        const auto whole = model.open();
        std::map<std::string, std::string> map;
        for (int shard = 0; shard < 2; ++shard) {
            test::SafetensorsWriter file;
            const std::string name = "model-0000" + std::to_string(shard + 1) + "-of-00002.safetensors";
            for (std::size_t i = 0; i < whole->tensors().size(); ++i) {
                const auto& info = whole->tensors()[i];
                if ((info.name.find("layers.1") != std::string::npos) != (shard == 1))
                    continue;
                std::string bytes(info.bytes, '\0');
                QVERIFY(whole->read(i, 0, std::as_writable_bytes(std::span<char>(bytes))));
                file.add(info.name, info.dtypeText, info.shape, bytes);
                map[info.name] = name;
            }
            QVERIFY(file.write(model.path() + "/" + name));
        }
        nlohmann::json index{{"metadata", {{"total_size", whole->dataBytes()}}}, {"weight_map", map}};
        QVERIFY(test::writeFile(model.path() + "/model.safetensors.index.json", index.dump()));
        std::filesystem::remove(model.path() + "/model.safetensors");
        const auto sharded = model.open();
        QCOMPARE(sharded->files().size(), std::size_t{2});

        const std::string out = model.file("out");
        const auto report
            = exportModel(requestFor(*sharded, test::mixedPlan(*sharded, "compressed-tensors"), out), {});
        QVERIFY2(report, firstError(report).c_str());
        const auto written = formats::openCheckpoint(out).value();
        QCOMPARE(written->files().size(), std::size_t{2});
        QVERIFY2(
            written->warnings().empty(), written->warnings().empty() ? "" : written->warnings()[0].c_str());
        const auto& packed = written->tensors()[*written->find("model.layers.1.mlp.up_proj.weight_packed")];
        QCOMPARE(written->files()[packed.file].name, std::string("model-00002-of-00002.safetensors"));
        verifyIsOk(out, *sharded);
    }

    void transposedAndStackedWeights()
    {
        const ExportModel folder;
        test::SafetensorsWriter file;
        file.add("h.0.attn.c_attn.weight", model::DType::F32, {64, 192}, test::weightValues(64 * 192, 5))
            .add("h.0.mlp.c_proj.weight", model::DType::F32, {256, 64}, test::weightValues(256 * 64, 6));
        QVERIFY(file.write(folder.path() + "/model.safetensors"));
        QVERIFY(test::writeFile(folder.path() + "/config.json", "{\"model_type\": \"gpt2\"}"));
        const auto checkpoint = folder.open();
        QVERIFY(checkpoint->tensors()[0].orientation == model::Orientation::InOut);
        const auto plan = test::planByEnding(*checkpoint, "fake-quant", {{"", "int3-asym-g32/rtn"}});
        const std::string out = folder.file("out");
        const auto report = exportModel(requestFor(*checkpoint, plan, out), {});
        QVERIFY2(report, firstError(report).c_str());
        const auto written = formats::openCheckpoint(out).value();
        for (const plan::Unit& unit : plan::unitsOf(*checkpoint)) {
            const auto index = *written->find(unit.tensor);
            QVERIFY(written->tensors()[index].shape == checkpoint->tensors()[unit.index].shape);
            const auto values = model::MatrixReader::open(*written, index).value().readAll().value();
            QVERIFY2(values == expectedValues(*checkpoint, plan, unit, true), unit.name.c_str());
        }
        verifyIsOk(out, *checkpoint);
    }

    void gptqReportsOutputError()
    {
        bitwright::testing::MemoryDump dump(256);
        const std::string tensor = "model.layers.0.self_attn.o_proj.weight";
        test::addGram(dump, tensor, 128);
        auto rounded
            = test::planByEnding(*m_checkpoint, "compressed-tensors", {{tensor, "int2-asym-g64/rtn"}});
        auto request = requestFor(*m_checkpoint, rounded, m_model->file("rounded"));
        request.dump = &dump;
        const auto plain = exportModel(request, {});
        QVERIFY2(plain, firstError(plain).c_str());
        request.plan.entries[tensor].option = "int2-asym-g64/gptq";
        request.outFolder = m_model->file("gptq");
        const auto gptq = exportModel(request, {});
        QVERIFY2(gptq, firstError(gptq).c_str());
        const auto before = proofOf(plain->tensors, tensor)->outputError;
        const auto after = proofOf(gptq->tensors, tensor)->outputError;
        QVERIFY(before && after && *after<0.8 * *before&& * after> 0);
        QVERIFY(!proofOf(gptq->tensors, "model.layers.0.self_attn.q_proj.weight")->outputError);

        request.dump = nullptr;
        request.outFolder = m_model->file("nodump");
        const auto refused = exportModel(request, {});
        QVERIFY(!refused && refused.error().code == ErrorCode::InvalidArgument);
        QVERIFY(!std::filesystem::exists(request.outFolder + ".partial"));
    }

    /// The order of the columns depends on the groups: a factor of one option must not serve another.
    void gptqWritesWhatItsOptionSays()
    {
        const ExportModel model(model::DType::F32);
        const auto checkpoint = model.open();
        bitwright::testing::MemoryDump dump(256);
        const std::string tensor = "model.layers.0.self_attn.o_proj.weight";
        test::addGram(dump, tensor, 128);
        const auto gram = dump.loadGram(0).value();
        int folders = 0;
        for (const char* id : {"int3-asym-g32/gptq", "int3-asym-g64/gptq", "int4-sym-row/gptq"}) {
            auto request
                = requestFor(*checkpoint, test::planByEnding(*checkpoint, "fake-quant", {{tensor, id}}),
                    model.file("out" + std::to_string(++folders)));
            request.dump = &dump;
            const auto report = exportModel(request, {});
            QVERIFY2(report, firstError(report).c_str());
            const auto written = formats::openCheckpoint(request.outFolder).value();
            const auto source = model::MatrixReader::open(*checkpoint, *checkpoint->find(tensor)).value();
            auto expected = source.readAll().value();
            const auto option = quant::optionFromId(id).value();
            const auto quantized = quant::quantize({expected, 128, 128}, *option.grid, option.method,
                option.settings, quant::GramView{gram.lower, gram.width, gram.count}, {})
                                       .value();
            numeric::decodeRows(quantized, 0, 128, expected);
            QVERIFY2(model::MatrixReader::open(*written, *written->find(tensor)).value().readAll().value()
                    == expected,
                id);
        }
    }

    void threadsDoNotMatter()
    {
        const auto plan = test::mixedPlan(*m_checkpoint, "compressed-tensors");
        RunContext one, four;
        one.threads = 1;
        four.threads = 4;
        QVERIFY(exportModel(requestFor(*m_checkpoint, plan, m_model->file("one")), one));
        QVERIFY(exportModel(requestFor(*m_checkpoint, plan, m_model->file("four")), four));
        QVERIFY(test::folderBytes(m_model->file("one")) == test::folderBytes(m_model->file("four")));
    }

    void resumeGivesTheSameBytes_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<bool>("torn");
        QTest::newRow("packed") << "compressed-tensors" << false;
        QTest::newRow("fake") << "fake-quant" << false;
        QTest::newRow("packed, last unit torn") << "compressed-tensors" << true;
    }
    void resumeGivesTheSameBytes()
    {
        QFETCH(QString, target);
        QFETCH(bool, torn);
        const ExportModel model;
        const auto checkpoint = model.open();
        const auto plan = test::mixedPlan(*checkpoint, target.toStdString());
        const std::string out = model.file("out");
        QVERIFY(exportModel(requestFor(*checkpoint, plan, model.file("whole")), {}));

        std::stop_source stop;
        RunContext context;
        context.stop = stop.get_token();
        std::vector<std::string> quantized;
        const auto stopped
            = exportModel(requestFor(*checkpoint, plan, out), context, [&](const TensorProof& proof) {
                  if (!proof.hash.empty())
                      quantized.push_back(proof.unit);
                  if (quantized.size() == 5)
                      stop.request_stop();
              });
        QVERIFY(!stopped && stopped.error().code == ErrorCode::Cancelled);
        QVERIFY(std::filesystem::exists(out + ".partial") && !std::filesystem::exists(out));
        QVERIFY(test::writeFile(out + ".partial/config.json.123-0.tmp", "left by a kill"));
        if (torn) {
            const std::string module = quantized.back().substr(0, quantized.back().size() - 7);
            flipBit(out + ".partial",
                target == QLatin1String("fake-quant") ? quantized.back() : module + ".weight_packed", 3);
        }

        std::size_t reused = 0;
        const auto resumed = exportModel(requestFor(*checkpoint, plan, out), {},
            [&](const TensorProof& proof) { reused += proof.reused ? 1 : 0; });
        QVERIFY2(resumed, firstError(resumed).c_str());
        QCOMPARE(reused, torn ? std::size_t{4} : std::size_t{5});
        QVERIFY(test::folderBytes(out) == test::folderBytes(model.file("whole")));
        QVERIFY(!std::filesystem::exists(out + ".partial"));
    }

    void otherPlanDoesNotResume()
    {
        const ExportModel model;
        const auto checkpoint = model.open();
        std::stop_source stop;
        RunContext context;
        context.stop = stop.get_token();
        auto plan = test::mixedPlan(*checkpoint, "fake-quant");
        QVERIFY(!exportModel(
            requestFor(*checkpoint, plan, model.file("out")), context, [&](const TensorProof& proof) {
                if (!proof.hash.empty())
                    stop.request_stop();
            }));
        plan.entries["model.layers.0.mlp.down_proj.weight"].option = "int6-asym-g32/rtn";
        std::size_t reused = 0;
        QVERIFY(exportModel(requestFor(*checkpoint, plan, model.file("out")), {},
            [&](const TensorProof& proof) { reused += proof.reused ? 1 : 0; }));
        QCOMPARE(reused, std::size_t{0});
    }

    void oneUnitFailsTheOthersGoOn()
    {
        const ExportModel model;
        const auto checkpoint = model.open();
        bitwright::testing::MemoryDump dump(256);
        const std::string good = "model.layers.0.self_attn.o_proj.weight";
        const std::string bad = "model.layers.1.self_attn.o_proj.weight";
        test::addGram(dump, good, 128);
        model::Site site;
        site.name = bad;
        site.tensors = {bad};
        site.channels = 128;
        site.count = 256;
        model::PackedGram zeros; // cannot be factored
        zeros.width = 128;
        zeros.count = 256;
        zeros.lower.assign(128 * 129 / 2, 0.0F);
        dump.setGram(dump.addSite(std::move(site)), std::move(zeros));
        auto request = requestFor(*checkpoint,
            test::planByEnding(*checkpoint, "compressed-tensors",
                {{"o_proj", "int4-asym-g64/gptq"}, {"down_proj", "int8-sym-row/rtn"}}),
            model.file("out"));
        request.dump = &dump;
        std::map<std::string, TensorProof> told;
        const auto refused
            = exportModel(request, {}, [&](const TensorProof& proof) { told[proof.unit] = proof; });
        QVERIFY(!refused && refused.error().code == ErrorCode::Numeric);
        QCOMPARE(refused.error().tensor, bad);
        QCOMPARE(told.size(), plan::unitsOf(*checkpoint).size());
        for (const auto& [unit, proof] : told)
            QCOMPARE(proof.problem.empty(), unit != bad);
        QVERIFY(!std::filesystem::exists(model.file("out")));
        // What went well is not done again.
        request.resume = true;
        const auto outlook = exportOutlook(request, {}).value();
        QCOMPARE(outlook.finishedUnits, std::uint64_t{3});
        QCOMPARE(outlook.quantizedUnits, std::uint64_t{4});
        QVERIFY(outlook.partialFolder);
        QVERIFY(discardPartial(request.outFolder));
        QVERIFY(!std::filesystem::exists(model.file("out.partial")));
        QCOMPARE(exportOutlook(request, {}).value().finishedUnits, std::uint64_t{0});
    }

    void damagedBeforeTheLastReading()
    {
        const ExportModel model;
        const auto checkpoint = model.open();
        const auto plan = test::mixedPlan(*checkpoint, "fake-quant");
        std::string damaged, told;
        std::size_t count = 0;
        const std::size_t units = plan::unitsOf(*checkpoint).size();
        const auto refused = exportModel(
            requestFor(*checkpoint, plan, model.file("out")), {}, [&](const TensorProof& proof) {
                if (!proof.problem.empty())
                    told = proof.unit;
                if (++count != units)
                    return;
                damaged = "model.layers.0.self_attn.q_proj.weight";
                flipBit(model.file("out.partial"), damaged, 4);
            });
        QVERIFY(!refused && refused.error().code == ErrorCode::Mismatch);
        QCOMPARE(told, damaged);
        QVERIFY(!std::filesystem::exists(model.file("out")));
        QVERIFY(!std::filesystem::exists(model.file("out.partial")));
    }

    void outlookKnowsTheFuture()
    {
        const ExportModel model(model::DType::BF16, true);
        const auto checkpoint = model.open();
        auto request
            = requestFor(*checkpoint, test::mixedPlan(*checkpoint, "compressed-tensors"), model.file("out"));
        request.nonFinite = NonFinitePolicy::Keep;
        const auto outlook = exportOutlook(request, {ExportModel::kNaNTensor}).value();
        QVERIFY(outlook.freeBytes && !outlook.folderExists && !outlook.partialFolder);
        const auto report = exportModel(request, {}).value();
        std::uint64_t written = 0;
        for (const auto& [name, bytes] : test::folderBytes(model.file("out")))
            written += bytes.size();
        QVERIFY(written <= outlook.neededBytes);
        QVERIFY(outlook.neededBytes - written <= std::uint64_t{4} << 20); // allowance for the small files
        QCOMPARE(outlook.units, std::uint64_t{report.tensors.size()});
        QCOMPARE(outlook.quantizedUnits,
            static_cast<std::uint64_t>(std::count_if(report.tensors.begin(), report.tensors.end(),
                [](const TensorProof& proof) { return proof.written != "keep"; })));
        const auto has = [](const Outlook& of, Check::Topic topic, std::string_view subject) {
            return std::any_of(of.checks.begin(), of.checks.end(),
                [&](const Check& check) { return check.topic == topic && check.subject == subject; });
        };
        QVERIFY(has(outlook, Check::Topic::NonFinite, ExportModel::kNaNTensor));
        QVERIFY(has(outlook, Check::Topic::Fallback, "model.layers.0.mlp.down_proj.weight"));
        const auto again = exportOutlook(request, {}).value();
        QVERIFY(
            again.folderExists && again.replaceable && has(again, Check::Topic::Output, request.outFolder));
        request.plan.entries["model.layers.0.self_attn.q_proj.weight"].option = "int8-sym-row/rtn";
        const auto untied = exportOutlook(request, {}).value();
        QVERIFY(std::any_of(untied.checks.begin(), untied.checks.end(),
            [](const Check& check) { return check.topic == Check::Topic::Tie; }));
        const auto rates = trialRates(request, {}).value();
        QCOMPARE(rates.size(), std::size_t{2}); // rtn and clip
        QVERIFY(rates.at("rtn") > 0 && rates.at("clip") > 0); // how fast, a busy machine would not tell
    }

    void cancelWithoutResumeLeavesNothing()
    {
        const ExportModel model;
        const auto checkpoint = model.open();
        std::stop_source stop;
        RunContext context;
        context.stop = stop.get_token();
        auto request = requestFor(*checkpoint, test::mixedPlan(*checkpoint, "fake-quant"), model.file("out"));
        request.resume = false;
        int units = 0;
        const auto report = exportModel(request, context, [&](const TensorProof&) {
            if (++units == 6)
                stop.request_stop();
        });
        QVERIFY(!report && report.error().code == ErrorCode::Cancelled);
        QVERIFY(!std::filesystem::exists(model.file("out"))
            && !std::filesystem::exists(model.file("out.partial")));
    }

    void nonFiniteBlocksUntilDecided_data()
    {
        QTest::addColumn<QString>("target");
        QTest::newRow("packed") << "compressed-tensors";
        QTest::newRow("fake") << "fake-quant";
    }
    void nonFiniteBlocksUntilDecided()
    {
        QFETCH(QString, target);
        const ExportModel model(model::DType::BF16, true);
        const auto checkpoint = model.open();
        auto request
            = requestFor(*checkpoint, test::mixedPlan(*checkpoint, target.toStdString()), model.file("out"));
        const auto refused = exportModel(request, {});
        QVERIFY(!refused && refused.error().code == ErrorCode::Numeric);
        QCOMPARE(refused.error().tensor, std::string(ExportModel::kNaNTensor));
        QVERIFY(!std::filesystem::exists(model.file("out.partial")));
        const auto checks = preflight(request, {ExportModel::kNaNTensor}).value();
        QVERIFY(checks.front().level == Check::Level::Blocking
            && checks.front().subject == ExportModel::kNaNTensor);

        request.nonFinite = NonFinitePolicy::Keep;
        const auto kept = exportModel(request, {});
        QVERIFY2(kept, firstError(kept).c_str());
        const TensorProof* proof = proofOf(kept->tensors, ExportModel::kNaNTensor);
        QCOMPARE(proof->written, std::string("keep"));
        QVERIFY(!proof->fallback.empty() && proof->rereadExact);
        verifyIsOk(model.file("out"), *checkpoint);
    }

    void existingFoldersAreProtected()
    {
        const ExportModel model;
        const auto checkpoint = model.open();
        auto request = requestFor(*checkpoint, test::mixedPlan(*checkpoint, "fake-quant"), model.file("out"));
        std::filesystem::create_directory(model.file("out")); // an empty folder is no obstacle
        QVERIFY(exportModel(request, {}));
        const auto before = test::folderBytes(model.file("out"));
        QVERIFY(!exportModel(request, {}));
        QVERIFY(test::folderBytes(model.file("out")) == before);
        request.replaceExisting = true;
        request.plan.entries["model.layers.0.mlp.down_proj.weight"].option = "int6-asym-g32/rtn";
        QVERIFY(exportModel(request, {}));
        QVERIFY(test::folderBytes(model.file("out")) != before);

        std::filesystem::create_directory(model.file("precious"));
        QVERIFY(test::writeFile(model.file("precious/plan.json"), "not an export"));
        for (const std::string& folder : {model.file("precious"), model.path()}) {
            request.outFolder = folder;
            const auto refused = exportModel(request, {});
            QVERIFY(!refused && refused.error().code == ErrorCode::InvalidArgument);
        }
        QCOMPARE(test::readFile(model.file("precious/plan.json")), std::string("not an export"));
        std::filesystem::create_directory(model.file("other.partial"));
        QVERIFY(test::writeFile(model.file("other.partial/mine"), "x"));
        request.outFolder = model.file("other");
        QVERIFY(!exportModel(request, {}));
        QCOMPARE(test::readFile(model.file("other.partial/mine")), std::string("x"));
        request.outFolder = model.file("no/such/place");
        QVERIFY(!exportModel(request, {}));
    }

    void fullDiskLeavesThePreviousExport()
    {
        const ExportModel model;
        const auto checkpoint = model.open();
        auto request = requestFor(*checkpoint, test::mixedPlan(*checkpoint, "fake-quant"), model.file("out"));
        QVERIFY(exportModel(request, {}));
        const auto before = test::folderBytes(model.file("out"));
        request.replaceExisting = true;
        // A size limit stands in for a full disk: the same call fails at the same place.
        rlimit previous = {};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &previous), 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{100'000, previous.rlim_max};
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto refused = exportModel(request, {});
        setrlimit(RLIMIT_FSIZE, &previous);
        std::signal(SIGXFSZ, handler);
        QVERIFY(!refused && refused.error().code == ErrorCode::Io);
        QVERIFY2(refused.error().message.find("Not saved") == 0, refused.error().message.c_str());
        QVERIFY(test::folderBytes(model.file("out")) == before);
        QVERIFY(!std::filesystem::exists(model.file("out.partial")));
    }

    void illegalPlansAreNamed()
    {
        auto plan = test::mixedPlan(*m_checkpoint, "compressed-tensors");
        plan.entries["model.layers.0.self_attn.q_proj.weight"].option
            = "int8-sym-row/rtn"; // k and v have 4 bits
        plan.entries["no.such.weight"].option = "keep";
        plan.entries["model.layers.1.mlp.down_proj.weight"].option = "int3-asym-g32/rtn";
        const auto checks = preflight(requestFor(*m_checkpoint, plan, m_model->file("illegal")), {}).value();
        const auto blocks = [&](std::string_view subject) {
            return std::any_of(checks.begin(), checks.end(), [&](const Check& check) {
                return check.level == Check::Level::Blocking && check.subject == subject;
            });
        };
        QVERIFY(blocks("model.layers.0.self_attn.q_proj.weight")
            || blocks("model.layers.0.self_attn.k_proj.weight"));
        QVERIFY(blocks("no.such.weight") && blocks("model.layers.1.mlp.down_proj.weight"));
        QVERIFY(!exportModel(requestFor(*m_checkpoint, plan, m_model->file("illegal")), {}));
        plan.target = "no-such-target";
        QVERIFY(!preflight(requestFor(*m_checkpoint, plan, m_model->file("illegal")), {}));
    }

    void verifyFindsEveryChange_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("tensor");
        QTest::newRow("code") << "compressed-tensors"
                              << "model.layers.1.self_attn.q_proj.weight_packed";
        QTest::newRow("scale") << "compressed-tensors"
                               << "model.layers.1.self_attn.q_proj.weight_scale";
        QTest::newRow("zero") << "compressed-tensors"
                              << "model.layers.1.self_attn.q_proj.weight_zero_point";
        QTest::newRow("shape") << "compressed-tensors"
                               << "model.layers.1.self_attn.q_proj.weight_shape";
        QTest::newRow("kept unit") << "compressed-tensors"
                                   << "model.layers.1.self_attn.o_proj.weight";
        QTest::newRow("norm") << "compressed-tensors"
                              << "model.layers.0.input_layernorm.weight";
        QTest::newRow("value") << "fake-quant"
                               << "model.layers.1.self_attn.q_proj.weight";
        QTest::newRow("copied value") << "fake-quant"
                                      << "model.embed_tokens.weight";
    }
    void verifyFindsEveryChange()
    {
        QFETCH(QString, target);
        QFETCH(QString, tensor);
        const std::string out = m_model->file("changed-" + std::string(QTest::currentDataTag()));
        const auto plan = test::mixedPlan(*m_checkpoint, target.toStdString());
        QVERIFY(exportModel(requestFor(*m_checkpoint, plan, out), {}));
        verifyIsOk(out, *m_checkpoint);
        flipBit(out, tensor.toStdString(), 2);
        const auto report = verifyExport(out, *m_checkpoint, nullptr, {}).value();
        QVERIFY(!report.ok);
        const std::string module = tensor.toStdString().substr(0, tensor.toStdString().find(".weight"));
        QVERIFY2(mentions(report.problems, module), report.problems.front().c_str());
    }

    void verifyFindsDamage()
    {
        const std::string out = m_model->file("damaged");
        const auto plan = test::mixedPlan(*m_checkpoint, "compressed-tensors");
        QVERIFY(exportModel(requestFor(*m_checkpoint, plan, out), {}));
        const std::string whole = test::readFile(out + "/model.safetensors");
        const std::string config = test::readFile(out + "/config.json");
        const auto problems = [&] { return verifyExport(out, *m_checkpoint, nullptr, {}).value().problems; };

        QVERIFY(test::writeFile(out + "/model.safetensors", whole.substr(0, whole.size() - 100)));
        QVERIFY(mentions(problems(), "cannot be opened"));
        QVERIFY(test::writeFile(out + "/model.safetensors", whole));

        QVERIFY(test::writeFile(out + "/tokenizer.json", "{}"));
        QVERIFY(mentions(problems(), "tokenizer.json: changed"));
        QVERIFY(
            test::writeFile(out + "/tokenizer.json", test::readFile(m_model->path() + "/tokenizer.json")));

        auto json = nlohmann::ordered_json::parse(config);
        for (auto& group : json["quantization_config"]["config_groups"])
            if (group["weights"]["num_bits"] == 2)
                group["weights"]["symmetric"] = true;
        QVERIFY(test::writeFile(out + "/config.json", json.dump()));
        QVERIFY(mentions(problems(), "config.json says int2-sym"));
        QVERIFY(test::writeFile(out + "/config.json", config));
        QVERIFY(problems().empty());

        auto other = plan;
        other.entries["model.layers.0.self_attn.o_proj.weight"].option = "int4-sym-g64/rtn";
        const auto wrong = verifyExport(out, *m_checkpoint, &other, {}).value();
        QVERIFY(!wrong.ok && mentions(wrong.problems, "model.layers.0.self_attn.o_proj"));
        other.target = "fake-quant";
        QVERIFY(!verifyExport(out, *m_checkpoint, &other, {}).value().ok);
        const ExportModel stranger(model::DType::F16);
        QVERIFY(!verifyExport(out, *stranger.open(), nullptr, {}).value().ok);
        QVERIFY(!verifyExport(out + "-missing", *m_checkpoint, nullptr, {}));

        std::filesystem::remove(out + "/bitwright-report.json");
        const auto noReport = verifyExport(out, *m_checkpoint, &plan, {}).value();
        QVERIFY(noReport.ok && mentions(noReport.unchecked, "no readable report"));
    }

    void reportsAreJson()
    {
        const std::string out = m_model->file("report");
        const auto report
            = exportModel(requestFor(*m_checkpoint, test::mixedPlan(*m_checkpoint, "fake-quant"), out), {})
                  .value();
        const auto json = nlohmann::json::parse(exportReportJson(report));
        for (const char* key :
            {"files", "tensors", "seconds", "ok", "verdict", "bytes", "bpw", "file_bpw", "unchecked"})
            QVERIFY2(json.contains(key), key);
        for (const auto& tensor : json["tensors"])
            QVERIFY(tensor.contains("name") && tensor.contains("option") && tensor.contains("bytes")
                && tensor.contains("sqnr_db") && tensor.contains("output_error"));
        for (const std::string& file : report.files)
            QVERIFY2(std::filesystem::is_regular_file(file), file.c_str());
        const auto stored = nlohmann::json::parse(test::readFile(out + "/bitwright-report.json"));
        QCOMPARE(stored["schema"].get<std::string>(), std::string("bitwright-export-report"));
        const auto verified = verifyExport(out, *m_checkpoint, nullptr, {}).value();
        const auto verifiedJson = nlohmann::json::parse(verifyReportJson(verified));
        QVERIFY(verifiedJson["ok"].get<bool>() && verifiedJson["problems"].empty());
        QVERIFY(verifiedJson["tensors"][0].contains("max_abs_error"));
    }

private:
    static void verifyIsOk(const std::string& out, const model::Checkpoint& checkpoint)
    {
        const auto report = verifyExport(out, checkpoint, nullptr, {});
        QVERIFY2(report, report ? "" : report.error().oneLine().c_str());
        QVERIFY2(report->ok, report->problems.empty() ? "" : report->problems.front().c_str());
        QVERIFY(!report->unchecked.empty() && !report->tensors.empty());
        for (const TensorProof& proof : report->tensors)
            QVERIFY2(proof.rereadExact, proof.unit.c_str());
    }

    std::unique_ptr<ExportModel> m_model;
    std::shared_ptr<const model::Checkpoint> m_checkpoint;
};

QTEST_GUILESS_MAIN(TestExport)
#include "tst_export.moc"
