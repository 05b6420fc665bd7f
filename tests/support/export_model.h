#pragma once

#include "core/export/exporter.h"
#include "core/formats/open.h"
#include "tests/support/memory_dump.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bitwright::test {

/// Deterministic values that look like weights: a bell of pseudo-random numbers.
inline std::vector<float> weightValues(std::size_t count, std::uint64_t seed)
{
    std::vector<float> values(count);
    std::uint64_t state = seed * 2654435761U + 1;
    for (float& value : values) {
        double sum = 0;
        for (int i = 0; i < 4; ++i) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            sum += static_cast<double>(state >> 11) / 9007199254740992.0 - 0.5;
        }
        value = static_cast<float>(0.05 * sum);
    }
    return values;
}

/// A folder with a small Llama-like model: two blocks of width 128, 100 inner channels (no group divides
/// them) and 40 key channels (no whole number of packed words), a norm, an embedding, a head and side files.
class ExportModel
{
public:
    explicit ExportModel(model::DType dtype = model::DType::BF16, bool withNaN = false)
    {
        std::filesystem::create_directory(m_folder.file("model"));
        std::uint64_t seed = 1;
        SafetensorsWriter file;
        const auto add = [&](const std::string& name, std::uint64_t rows, std::uint64_t cols) {
            auto values = weightValues(rows * cols, seed++);
            if (withNaN && name == kNaNTensor)
                values[17] = std::numeric_limits<float>::quiet_NaN();
            file.add(name, dtype, {rows, cols}, values);
        };
        file.metadata("format", "pt");
        add("lm_head.weight", 96, 128);
        add("model.embed_tokens.weight", 96, 128);
        for (int block = 0; block < 2; ++block) {
            const std::string p = "model.layers." + std::to_string(block) + ".";
            file.add(p + "input_layernorm.weight", dtype, {128}, weightValues(128, seed++));
            add(p + "mlp.down_proj.weight", 128, 100);
            add(p + "mlp.gate_proj.weight", 100, 128);
            add(p + "mlp.up_proj.weight", 100, 128);
            add(p + "self_attn.k_proj.weight", 40, 128);
            add(p + "self_attn.o_proj.weight", 128, 128);
            add(p + "self_attn.q_proj.weight", 128, 128);
            add(p + "self_attn.v_proj.weight", 40, 128);
        }
        m_written = file.write(path() + "/model.safetensors")
            && writeFile(path() + "/config.json",
                "{\n  \"architectures\": [\"LlamaForCausalLM\"],\n  \"model_type\": \"llama\",\n  "
                "\"rms_norm_eps\": "
                "1e-06\n}\n")
            && writeFile(path() + "/tokenizer.json", "{\"tokens\": [1, 2, 3]}")
            && std::filesystem::create_directory(path() + "/1_Pooling")
            && writeFile(path() + "/1_Pooling/config.json", "{\"pool\": 1}");
    }

    static constexpr const char* kNaNTensor = "model.layers.1.mlp.down_proj.weight";

    [[nodiscard]] bool written() const { return m_written; }
    [[nodiscard]] std::string path() const { return m_folder.file("model"); }
    [[nodiscard]] std::string file(std::string_view name) const { return m_folder.file(name); }
    [[nodiscard]] std::shared_ptr<const model::Checkpoint> open() const
    {
        return formats::openCheckpoint(path()).value();
    }

private:
    TempFolder m_folder;
    bool m_written = false;
};

/// A plan by roles: the first fitting ending decides, "keep" else.
inline plan::Plan planByEnding(const model::Checkpoint& checkpoint, const std::string& target,
    const std::vector<std::pair<std::string, std::string>>& options)
{
    plan::Plan plan;
    plan.model = checkpoint.name();
    plan.modelIdentity = checkpoint.headerIdentity();
    plan.target = target;
    for (const plan::Unit& unit : plan::unitsOf(checkpoint)) {
        plan.entries[unit.name].option = "keep";
        for (const auto& [part, option] : options)
            if (unit.name.find(part) != std::string::npos) {
                plan.entries[unit.name].option = option;
                break;
            }
    }
    return plan;
}

/// Mixed widths, kinds and groups, a unit that stays and one that falls back to a whole row.
inline plan::Plan mixedPlan(const model::Checkpoint& checkpoint, const std::string& target)
{
    return planByEnding(checkpoint, target,
        {{"1.self_attn.o_proj", "keep"}, {"embed", "keep"}, {"lm_head", "keep"},
            {"0.self_attn.o", "int8-sym-row/rtn"}, {"0.self_attn", "int4-sym-g64/rtn"},
            {"1.self_attn", "int2-asym-g32/clip"}, {"0.mlp.down", "int2-asym-g128/rtn"},
            {"1.mlp.down", "int8-asym-g32/rtn"}, {"mlp", "int4-asym-g128/rtn"}});
}

/// All files of a folder by relative name.
inline std::map<std::string, std::string> folderBytes(const std::string& folder)
{
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files[std::filesystem::relative(entry.path(), folder).string()] = readFile(entry.path().string());
    return files;
}

/// A dump with the Gram of the input of one tensor: X^T X of pseudo-random correlated rows.
inline void addGram(bitwright::testing::MemoryDump& dump, const std::string& tensor, std::uint64_t width)
{
    const std::uint64_t rows = 2 * width;
    auto x = weightValues(rows * width, width + 99);
    for (std::uint64_t r = 0; r < rows; ++r)
        for (std::uint64_t j = 1; j < width; ++j)
            x[r * width + j] += 0.7F * x[r * width + j - 1];
    model::Site site;
    site.name = tensor;
    site.tensors = {tensor};
    site.channels = width;
    site.count = rows;
    model::PackedGram gram;
    gram.width = width;
    gram.count = static_cast<double>(rows);
    for (std::uint64_t i = 0; i < width; ++i)
        for (std::uint64_t j = 0; j <= i; ++j) {
            double sum = 0;
            for (std::uint64_t r = 0; r < rows; ++r)
                sum += static_cast<double>(x[r * width + i]) * static_cast<double>(x[r * width + j]);
            gram.lower.push_back(static_cast<float>(sum));
        }
    dump.setGram(dump.addSite(std::move(site)), std::move(gram));
}

} // namespace bitwright::test
