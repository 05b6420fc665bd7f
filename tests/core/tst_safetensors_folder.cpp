#include "core/formats/open.h"
#include "tests/support/safetensors_writer.h"

#include <QtTest/QTest>

#include <algorithm>
#include <filesystem>

using namespace bitwright;
using test::SafetensorsWriter;
using test::TempFolder;
using test::writeFile;

namespace {

constexpr const char* kShard1 = "model-00001-of-00003.safetensors";
constexpr const char* kShard2 = "model-00002-of-00003.safetensors";
constexpr const char* kShard3 = "model-00003-of-00003.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

std::string layerName(int layer)
{
    return "model.layers." + std::to_string(layer) + ".mlp.up_proj.weight";
}

bool writeShard(const TempFolder& folder, const char* name, const std::vector<int>& layers)
{
    SafetensorsWriter writer;
    for (const int layer : layers)
        writer.add(layerName(layer), model::DType::F32, {1, 2}, std::vector<float>{float(layer), 0.5F});
    return writer.write(folder.file(name));
}

bool writeIndex(const TempFolder& folder, const std::vector<std::pair<std::string, std::string>>& map,
    std::uint64_t total = 24)
{
    nlohmann::json index;
    index["metadata"]["total_size"] = total;
    for (const auto& [tensor, shard] : map)
        index["weight_map"][tensor] = shard;
    return writeFile(folder.file(kIndex), index.dump());
}

/// Three shards with one tensor each, and their index.
bool writeThreeShards(const TempFolder& folder)
{
    return writeShard(folder, kShard1, {0}) && writeShard(folder, kShard2, {1})
        && writeShard(folder, kShard3, {2})
        && writeIndex(folder, {{layerName(0), kShard1}, {layerName(1), kShard2}, {layerName(2), kShard3}});
}

bool hasText(const std::vector<std::string>& lines, const std::string& text)
{
    return std::any_of(lines.begin(), lines.end(),
        [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

} // namespace

class TestSafetensorsFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensShardsByFolderAndByIndex();
    void refusesBadIndexes_data();
    void refusesBadIndexes();
    void refusesShardNamesThatLeaveTheFolder();
    void refusesLinkedShards();
    void namesTheMissingShard();
    void refusesTensorsThatTheirShardLacks();
    void refusesTensorsInTwoShards();
    void refusesTensorsThatTheIndexDoesNotName();
    void opensAFolderWithOneFile();
    void readsConfigHints();
    void readsNestedConfig();
    void ignoresABrokenConfig();
    void ignoresALayerCountThatNamesDeny();
    void listsSideFiles();
    void listsModuleFolders();
    void opensSnapshotsOfTheHubCache();
    void refusesFoldersWithoutAModel();
    void warnsOfALoneShard();
    void identityCoversAllShards();
};

void TestSafetensorsFolder::opensShardsByFolderAndByIndex()
{
    const TempFolder folder;
    QVERIFY(writeThreeShards(folder));
    for (const std::string& path : {folder.path(), folder.path() + "/", folder.file(kIndex)}) {
        const auto opened = formats::openCheckpoint(path);
        QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
        const model::Checkpoint& model = **opened;
        QCOMPARE(model.files().size(), 3U);
        QCOMPARE(model.tensors().size(), 3U);
        QCOMPARE(model.files()[1].name, std::string(kShard2));
        QVERIFY(model.warnings().empty());
        for (int layer = 0; layer < 3; ++layer) {
            const auto index = model.find(layerName(layer));
            QVERIFY(index);
            std::array<float, 2> values{};
            QVERIFY(model.read(*index, 0, std::as_writable_bytes(std::span(values))));
            QCOMPARE(values[0], float(layer));
        }
    }
}

void TestSafetensorsFolder::refusesBadIndexes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("25 list") << QByteArray("{\"weight_map\":[]}")
                             << QByteArray("weight_map must be an object.");
    QTest::newRow("25 text") << QByteArray("{\"weight_map\":\"x\"}")
                             << QByteArray("weight_map must be an object.");
    QTest::newRow("none") << QByteArray("{\"metadata\":{}}") << QByteArray("Index has no weight_map.");
    QTest::newRow("empty map") << QByteArray("{\"weight_map\":{}}")
                               << QByteArray("weight_map names no tensor.");
    QTest::newRow("number") << QByteArray("{\"weight_map\":{\"a\":1}}")
                            << QByteArray("may only map tensor names to file names");
    QTest::newRow("nested") << QByteArray("{\"weight_map\":{\"a\":{}}}")
                            << QByteArray("may only map tensor names to file names");
    QTest::newRow("nested list") << QByteArray("{\"weight_map\":{\"a\":[]}}")
                                 << QByteArray("may only map tensor names to file names");
    QTest::newRow("twice") << QByteArray("{\"weight_map\":{\"a\":\"x\",\"a\":\"y\"}}")
                           << QByteArray("Tensor \"a\" appears twice.");
    QTest::newRow("map twice") << QByteArray("{\"weight_map\":{},\"weight_map\":{}}")
                               << QByteArray("weight_map appears twice.");
    QTest::newRow("list on top") << QByteArray("[]") << QByteArray("Index is not a JSON object.");
    QTest::newRow("number on top") << QByteArray("7") << QByteArray("Index is not a JSON object.");
    QTest::newRow("nothing") << QByteArray() << QByteArray("Index JSON ends early at byte 0.");
    QTest::newRow("cut") << QByteArray("{\"weight_map\":{\"a\"")
                         << QByteArray("Index JSON ends early at byte 18.");
    QTest::newRow("deep") << QByteArray("{\"x\":") + QByteArray(100, '[')
                          << QByteArray("nested deeper than 64");
    QTest::newRow("bad UTF-8") << QByteArray("{\"\xFF\":1}") << QByteArray("Index is not UTF-8 at byte 2.");
}

void TestSafetensorsFolder::refusesBadIndexes()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, says);
    const TempFolder folder;
    QVERIFY(writeFile(folder.file(kIndex), text.toStdString()));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Format);
    QVERIFY2(opened.error().message.find(says.toStdString()) != std::string::npos,
        opened.error().oneLine().c_str());
    QCOMPARE(opened.error().file, folder.file(kIndex));
    QVERIFY(!opened.error().remedy.empty());
}

void TestSafetensorsFolder::refusesShardNamesThatLeaveTheFolder()
{
    for (const std::string& name : {std::string("../../etc/passwd"), std::string("/etc/passwd"),
             std::string("sub/x.safetensors"), std::string(".."), std::string(), std::string("a\\b")}) {
        const TempFolder folder;
        QVERIFY(writeIndex(folder, {{layerName(0), name}}));
        const auto opened = formats::openCheckpoint(folder.path());
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Format);
        QVERIFY(opened.error().message.starts_with("Shard name must be a plain file name"));
        QCOMPARE(opened.error().tensor, layerName(0));
        QVERIFY(opened.error().offset);
    }
}

void TestSafetensorsFolder::refusesLinkedShards()
{
    const TempFolder elsewhere;
    QVERIFY(writeShard(elsewhere, kShard2, {1}));
    const TempFolder folder;
    QVERIFY(writeThreeShards(folder));
    std::filesystem::remove(folder.file(kShard2));
    std::filesystem::create_symlink(elsewhere.file(kShard2), folder.file(kShard2));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Unsupported);
    QVERIFY(opened.error().message.find("symbolic link") != std::string::npos);
}

void TestSafetensorsFolder::namesTheMissingShard()
{
    const TempFolder folder;
    QVERIFY(writeThreeShards(folder));
    std::filesystem::remove(folder.file(kShard2));
    const auto refused = formats::openCheckpoint(folder.path());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Io);
    QVERIFY2(refused.error().message.starts_with("Shard 2 of 3 not found"), refused.error().message.c_str());
    QVERIFY(refused.error().message.find(kShard2) != std::string::npos);
    QVERIFY(refused.error().remedy.find("open the rest") != std::string::npos);

    formats::OpenOptions options;
    options.allowMissingShards = true;
    const auto rest = formats::openCheckpoint(folder.path(), options);
    QVERIFY2(rest, rest ? "" : rest.error().oneLine().c_str());
    QCOMPARE((*rest)->tensors().size(), 2U);
    QVERIFY(hasText((*rest)->warnings(), "Shard 2 of 3 not found"));
    std::filesystem::remove(folder.file(kShard1));
    std::filesystem::remove(folder.file(kShard3));
    QVERIFY(!formats::openCheckpoint(folder.path(), options));
}

void TestSafetensorsFolder::refusesTensorsThatTheirShardLacks()
{
    const TempFolder folder;
    QVERIFY(writeShard(folder, kShard1, {0}) && writeShard(folder, kShard2, {1}));
    QVERIFY(writeIndex(folder, {{layerName(0), kShard1}, {layerName(1), kShard1}})); // layer 1 nowhere loaded
    const auto lacking = formats::openCheckpoint(folder.path());
    QVERIFY(!lacking);
    QCOMPARE(lacking.error().code, ErrorCode::Format);
    QCOMPARE(
        lacking.error().message, "Index places \"" + layerName(1) + "\" in " + kShard1 + ", which lacks it.");
    QCOMPARE(lacking.error().tensor, layerName(1));
    QVERIFY(writeIndex(folder, {{layerName(0), kShard2}, {layerName(1), kShard1}})); // swapped
    const auto swapped = formats::openCheckpoint(folder.path());
    QVERIFY(!swapped);
    QCOMPARE(
        swapped.error().message, "Index places \"" + layerName(0) + "\" in " + kShard2 + ", which lacks it.");
}

void TestSafetensorsFolder::refusesTensorsInTwoShards()
{
    const TempFolder folder;
    QVERIFY(writeThreeShards(folder));
    QVERIFY(writeShard(folder, kShard2, {1, 0}));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Format);
    QCOMPARE(opened.error().message,
        "Tensor \"" + layerName(0) + "\" found in both " + kShard1 + " and " + kShard2 + ".");
}

void TestSafetensorsFolder::refusesTensorsThatTheIndexDoesNotName()
{
    const TempFolder folder;
    QVERIFY(writeThreeShards(folder));
    QVERIFY(writeShard(folder, kShard3, {2, 3}));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::Format);
    QCOMPARE(opened.error().message,
        std::string(kShard3) + " holds \"" + layerName(3) + "\", which the index does not name.");
}

void TestSafetensorsFolder::opensAFolderWithOneFile()
{
    const TempFolder folder;
    QVERIFY(writeShard(folder, "weights.safetensors", {0}));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
    QCOMPARE((*opened)->path(), folder.path());
    QCOMPARE((*opened)->name(), std::filesystem::path(folder.path()).filename().string());
    QVERIFY((*opened)->config().json.empty());
    QVERIFY((*opened)->warnings().empty());
}

void TestSafetensorsFolder::readsConfigHints()
{
    const TempFolder folder;
    QVERIFY(writeShard(folder, "model.safetensors", {0, 1}));
    QVERIFY(writeFile(folder.file("config.json"),
        R"({"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64,"intermediate_size":172,
            "num_hidden_layers":2,"num_attention_heads":8,"num_key_value_heads":2,"head_dim":16,"vocab_size":256,
            "num_local_experts":4,"num_experts_per_tok":2,"tie_word_embeddings":true,"torch_dtype":"bfloat16",
            "rope_scaling":{"factor":8.0,"nested":{"deep":[1,2]}},"eos_token_id":[1,2],"rms_norm_eps":1e-05,"bias":null,
            "quantization_config":{"quant_method":"fp8","bits":8}})"));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
    const model::ModelConfig& config = (*opened)->config();
    QVERIFY((*opened)->warnings().empty());
    QCOMPARE(config.modelType, std::string("llama"));
    QCOMPARE(config.architecture, std::string("LlamaForCausalLM"));
    QCOMPARE(config.hiddenSize, std::optional<std::uint64_t>(64));
    QCOMPARE(config.intermediateSize, std::optional<std::uint64_t>(172));
    QCOMPARE(config.layers, std::optional<std::uint64_t>(2));
    QCOMPARE(config.heads, std::optional<std::uint64_t>(8));
    QCOMPARE(config.keyValueHeads, std::optional<std::uint64_t>(2));
    QCOMPARE(config.headDim, std::optional<std::uint64_t>(16));
    QCOMPARE(config.vocabulary, std::optional<std::uint64_t>(256));
    QCOMPARE(config.experts, std::optional<std::uint64_t>(4));
    QCOMPARE(config.expertsPerToken, std::optional<std::uint64_t>(2));
    QCOMPARE(config.tiedEmbeddings, std::optional<bool>(true));
    QCOMPARE(config.dtype, std::string("bfloat16"));
    QCOMPARE(config.quantizationMethod, std::string("fp8"));
    QCOMPARE(config.raw.at("rms_norm_eps"), std::string("1e-05"));
    QVERIFY(!config.json.empty());
}

void TestSafetensorsFolder::readsNestedConfig()
{
    const TempFolder folder;
    QVERIFY(writeShard(folder, "model.safetensors", {0}));
    QVERIFY(writeFile(folder.file("config.json"),
        R"({"model_type":"gemma3","text_config":{"model_type":"gemma3_text","hidden_size":64,"num_hidden_layers":1,
            "num_attention_heads":4},"vision_config":{"hidden_size":32}})"));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY(opened);
    QCOMPARE((*opened)->config().modelType, std::string("gemma3"));
    QCOMPARE((*opened)->config().hiddenSize, std::optional<std::uint64_t>(64));
    QCOMPARE((*opened)->config().layers, std::optional<std::uint64_t>(1));
    QCOMPARE(
        (*opened)->config().keyValueHeads, std::optional<std::uint64_t>(4)); // as many as heads by default
}

void TestSafetensorsFolder::ignoresABrokenConfig()
{
    for (const char* text :
        {"{", "", "[1]", "\"x\"", "{\"hidden_size\":\"wide\",\"num_hidden_layers\":-3,\"vocab_size\":1.5}"}) {
        const TempFolder folder;
        QVERIFY(writeShard(folder, "model.safetensors", {0}));
        QVERIFY(writeFile(folder.file("config.json"), text));
        const auto opened = formats::openCheckpoint(folder.path());
        QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
        QVERIFY(!(*opened)->config().hiddenSize && !(*opened)->config().layers
            && !(*opened)->config().vocabulary);
        QCOMPARE(hasText((*opened)->warnings(), "config.json ignored"), text[0] == '\0' || text[1] == '\0');
    }
}

void TestSafetensorsFolder::ignoresALayerCountThatNamesDeny()
{
    const TempFolder folder;
    std::vector<int> layers(32);
    for (int i = 0; i < 32; ++i)
        layers[static_cast<std::size_t>(i)] = i;
    QVERIFY(writeShard(folder, "model.safetensors", layers));
    QVERIFY(writeFile(folder.file("config.json"), R"({"num_hidden_layers":1000000000})"));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY(opened);
    QVERIFY(!(*opened)->config().layers);
    QVERIFY(
        hasText((*opened)->warnings(), "num_hidden_layers 1000000000 ignored: tensor names show 32 blocks."));
}

void TestSafetensorsFolder::listsSideFiles()
{
    const TempFolder folder;
    QVERIFY(writeShard(folder, "model.safetensors", {0}));
    for (const char* name : {"config.json", "tokenizer.json", "tokenizer.model", "merges.txt", "vocab.txt",
             "README.md", "chat_template.jinja", "pytorch_model.bin", "model.gguf", "x.index.json",
             ".gitattributes", "plan.bwp"})
        QVERIFY(writeFile(folder.file(name), "{}"));
    std::filesystem::create_directory(folder.file("sub"));
    QVERIFY(writeFile(folder.file("sub/vocab.txt"), "x"));
    std::filesystem::create_symlink("/etc/passwd", folder.file("special_tokens_map.json"));
    const std::vector<std::string> expected{"README.md", "chat_template.jinja", "config.json", "merges.txt",
        "tokenizer.json", "tokenizer.model", "vocab.txt"};
    for (const std::string& path : {folder.path(), folder.file("model.safetensors")}) {
        const auto opened = formats::openCheckpoint(path);
        QVERIFY(opened);
        QCOMPARE((*opened)->sideFiles(), expected);
        QVERIFY(hasText((*opened)->warnings(), "symbolic links"));
    }
}

void TestSafetensorsFolder::listsModuleFolders()
{
    const TempFolder folder;
    QVERIFY(writeShard(folder, "model.safetensors", {0}));
    for (const char* sub : {"1_Pooling", "2_Dense", "images"})
        std::filesystem::create_directory(folder.file(sub));
    for (const char* name : {"modules.json", "1_Pooling/config.json", "2_Dense/config.json",
             "2_Dense/pytorch_model.bin", "images/card.png"})
        QVERIFY(writeFile(folder.file(name), "{}"));
    std::filesystem::create_directory_symlink("/etc", folder.file("3_Etc"));
    const auto opened = formats::openCheckpoint(folder.path());
    QVERIFY(opened);
    QCOMPARE((*opened)->sideFiles(),
        (std::vector<std::string>{"1_Pooling/config.json", "2_Dense/config.json", "modules.json"}));
    QVERIFY(hasText((*opened)->warnings(), "The folder 2_Dense holds weights of its own"));
}

void TestSafetensorsFolder::opensSnapshotsOfTheHubCache()
{
    const TempFolder folder;
    std::filesystem::create_directories(folder.file("blobs"));
    std::filesystem::create_directories(folder.file("snapshots/abc/1_Pooling"));
    QVERIFY(writeThreeShards(folder));
    const std::string snapshot = folder.file("snapshots/abc");
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        if (!entry.is_regular_file())
            continue;
        const std::string name = entry.path().filename().string();
        std::filesystem::rename(entry.path(), folder.file("blobs/h-" + name));
        std::filesystem::create_symlink("../../blobs/h-" + name, snapshot + "/" + name);
    }
    QVERIFY(writeFile(folder.file("blobs/pool"), "{}"));
    std::filesystem::create_symlink("../../../blobs/pool", snapshot + "/1_Pooling/config.json");
    const auto opened = formats::openCheckpoint(snapshot);
    QVERIFY2(opened, opened ? "" : opened.error().oneLine().c_str());
    QCOMPARE((*opened)->files().size(), std::size_t{3});
    QCOMPARE((*opened)->sideFiles(), std::vector<std::string>{"1_Pooling/config.json"});
    // Any other link stays refused, also one that leads through the cache and out of it.
    std::filesystem::remove(snapshot + "/" + kShard2);
    std::filesystem::create_symlink(
        "../../blobs/../blobs/h-" + std::string(kShard2), snapshot + "/" + kShard2);
    QVERIFY(!formats::openCheckpoint(snapshot));
    std::filesystem::remove(snapshot + "/" + kShard2);
    std::filesystem::create_symlink("../../blobs/h-" + std::string(kShard2), snapshot + "/" + kShard2);
    QVERIFY(formats::openCheckpoint(snapshot));
    // A blob that is a link itself could lead anywhere.
    std::filesystem::rename(folder.file("blobs/h-") + kShard2, folder.file("elsewhere"));
    std::filesystem::create_symlink("../elsewhere", folder.file("blobs/h-") + kShard2);
    QVERIFY(!formats::openCheckpoint(snapshot));
}

void TestSafetensorsFolder::refusesFoldersWithoutAModel()
{
    const TempFolder empty;
    const auto nothing = formats::openCheckpoint(empty.path());
    QVERIFY(!nothing);
    QCOMPARE(nothing.error().code, ErrorCode::InvalidArgument);
    QVERIFY(writeFile(empty.file("pytorch_model.bin"), "x"));
    const auto torch = formats::openCheckpoint(empty.path());
    QVERIFY(!torch);
    QCOMPARE(torch.error().code, ErrorCode::Unsupported);
    QVERIFY(writeShard(empty, "a.safetensors", {0}) && writeShard(empty, "b.safetensors", {1}));
    const auto two = formats::openCheckpoint(empty.path());
    QVERIFY(!two);
    QCOMPARE(two.error().code, ErrorCode::InvalidArgument);
    QVERIFY(two.error().message.find("2 safetensors files") != std::string::npos);
}

void TestSafetensorsFolder::warnsOfALoneShard()
{
    const TempFolder folder;
    QVERIFY(writeThreeShards(folder));
    QVERIFY(writeFile(folder.file("config.json"), R"({"num_hidden_layers":3})"));
    const auto opened = formats::openCheckpoint(folder.file(kShard2));
    QVERIFY(opened);
    QCOMPARE((*opened)->warnings(),
        std::vector<std::string>{"This is shard 2 of 3: open its folder for the whole model."});
    QCOMPARE((*opened)->config().layers, std::optional<std::uint64_t>(3));
    QVERIFY((*opened)->sideFiles().empty());
}

void TestSafetensorsFolder::identityCoversAllShards()
{
    const TempFolder folder;
    QVERIFY(writeThreeShards(folder));
    const auto before = formats::openCheckpoint(folder.path());
    const auto again = formats::openCheckpoint(folder.path());
    QVERIFY(before && again);
    QCOMPARE((*before)->headerIdentity(), (*again)->headerIdentity());
    QVERIFY(writeShard(folder, kShard3, {2, 3}));
    QVERIFY(writeIndex(folder,
        {{layerName(0), kShard1}, {layerName(1), kShard2}, {layerName(2), kShard3}, {layerName(3), kShard3}},
        24));
    const auto after = formats::openCheckpoint(folder.path());
    QVERIFY(after);
    QVERIFY((*before)->headerIdentity() != (*after)->headerIdentity());
    QVERIFY(hasText((*after)->warnings(), "index says 24 bytes"));
}

QTEST_GUILESS_MAIN(TestSafetensorsFolder)
#include "tst_safetensors_folder.moc"
