#include "core/base/checked.h"
#include "core/export/module_pattern.h"
#include "core/export/packing.h"
#include "core/export/target_writer.h"

#include <algorithm>
#include <array>
#include <map>

namespace bitwright::exporting {

namespace {

using model::DType;
using numeric::GridSpec;

constexpr std::string_view kWeight = ".weight";

DType dtypeOf(numeric::ScaleType type)
{
    switch (type) {
    case numeric::ScaleType::F16:
        return DType::F16;
    case numeric::ScaleType::BF16:
        return DType::BF16;
    case numeric::ScaleType::F32:
        break;
    }
    return DType::F32;
}

std::string moduleOf(std::string_view tensor)
{
    return std::string(tensor.substr(0, tensor.size() - kWeight.size()));
}

PackedScheme schemeOf(const GridSpec& grid)
{
    return {grid.bits, !grid.hasZeros(), grid.group};
}

/// Modules with a weight matrix, which is what config groups can name.
std::vector<std::string> matrixModules(const model::Checkpoint& checkpoint)
{
    std::vector<std::string> modules;
    for (const model::TensorInfo& info : checkpoint.tensors())
        if (info.shape.size() == 2 && info.name.size() > kWeight.size() && info.name.ends_with(kWeight))
            modules.push_back(moduleOf(info.name));
    return modules;
}

/// Whether a matrix may be the weight of a Linear module, as far as its name and orientation tell.
bool mayBeLinear(const model::TensorInfo& info)
{
    using model::Role;
    constexpr std::array kOthers{Role::Embedding, Role::PositionEmbedding, Role::TypeEmbedding,
        Role::PatchEmbedding, Role::Norm, Role::Scale};
    return info.orientation == model::Orientation::OutIn
        && std::find(kOthers.begin(), kOthers.end(), info.parts.role) == kOthers.end();
}

/// Linear modules that stay as they are.
std::vector<std::string> ignoredModules(const Job& job)
{
    std::vector<std::string> modules;
    const auto units = job.unitsByTensor();
    const auto& tensors = job.source->tensors();
    for (model::TensorIndex i = 0; i < tensors.size(); ++i) {
        const model::TensorInfo& info = tensors[i];
        const bool quantized = std::any_of(
            units[i].begin(), units[i].end(), [&](std::size_t unit) { return job.units[unit].quantized(); });
        if (!quantized && info.shape.size() == 2 && info.name.size() > kWeight.size()
            && info.name.ends_with(kWeight) && mayBeLinear(info))
            modules.push_back(moduleOf(info.name));
    }
    return modules;
}

/// Packed integers with their scales, zero points and shape, and config groups that say which is which.
class CompressedTensorsWriter final : public TargetWriter
{
public:
    [[nodiscard]] std::string_view id() const override { return "compressed-tensors"; }
    [[nodiscard]] bool storesPlainValues() const override { return false; }

    [[nodiscard]] std::vector<TensorSpec> tensorsFor(
        const model::TensorInfo& source, const PlannedUnit& unit) const override
    {
        const GridSpec& grid = *unit.resolved.option.grid;
        const std::string module = moduleOf(source.name);
        const auto bits = static_cast<std::uint64_t>(grid.bits);
        const std::uint64_t rows = unit.unit.rows;
        const std::uint64_t cols = unit.unit.cols;
        const std::uint64_t groups = grid.groupsPerRow(cols);
        std::vector<TensorSpec> specs{tensorSpec(module + ".weight_packed", DType::I32,
                                          {rows, ceilDiv<std::uint64_t>(cols * bits, 32)}),
            tensorSpec(module + ".weight_scale", dtypeOf(grid.scaleType), {rows, groups}),
            tensorSpec(module + ".weight_shape", DType::I64, {2})};
        if (grid.hasZeros())
            specs.push_back(tensorSpec(module + ".weight_zero_point", DType::I32,
                {ceilDiv<std::uint64_t>(rows * bits, 32), groups}));
        return specs;
    }

    [[nodiscard]] Result<void> beginUnit(const PlannedUnit& unit, const WeightFiles& files) const override
    {
        const std::array<std::uint64_t, 2> shape{unit.unit.rows, unit.unit.cols};
        return files.write(moduleOf(unit.unit.tensor) + ".weight_shape", 0, std::as_bytes(std::span(shape)));
    }

    [[nodiscard]] Result<void> readerValues(
        const PlannedUnit&, const numeric::QuantizedMatrix& tile, std::span<float> meant) const override
    {
        numeric::decodeRows(tile, 0, tile.rows, meant);
        return {};
    }

    [[nodiscard]] Result<void> writeRows(const PlannedUnit& unit, const numeric::QuantizedMatrix& tile,
        std::uint64_t firstRow, const WeightFiles& files, std::span<float> meant) const override
    {
        const GridSpec& grid = tile.grid;
        const std::string module = moduleOf(unit.unit.tensor);
        BITWRIGHT_CHECK(readerValues(unit, tile, meant));

        const auto words = packRows(tile.codes, tile.cols, grid.bits);
        BITWRIGHT_CHECK(files.write(module + ".weight_packed", firstRow * words.size() / tile.rows * 4,
            std::as_bytes(std::span(words))));

        const DType scaleType = dtypeOf(grid.scaleType);
        const std::uint64_t element = model::bitsPerElement(scaleType) / 8;
        std::vector<std::byte> scales(tile.scales.size() * element);
        BITWRIGHT_CHECK(model::convertFromFloat(scaleType, tile.scales, scales));
        BITWRIGHT_CHECK(files.write(module + ".weight_scale", firstRow * tile.groups() * element, scales));

        if (!grid.hasZeros())
            return {};
        const auto zeros = packColumns(tile.zeros, tile.groups(), grid.bits);
        const std::uint64_t firstWord = firstRow * static_cast<std::uint64_t>(grid.bits) / 32;
        return files.write(
            module + ".weight_zero_point", firstWord * tile.groups() * 4, std::as_bytes(std::span(zeros)));
    }

    [[nodiscard]] Result<std::optional<std::string>> configJson(const Job& job) const override
    {
        auto text = withPackedConfig(job.source->config().json, configOf(job));
        if (!text)
            return fail(std::move(text).error().inFile(sourceFolder(*job.source) + "/config.json"));
        return std::optional(std::move(*text));
    }

    [[nodiscard]] Result<std::unique_ptr<UnitReader>> openUnit(const model::Checkpoint& written,
        std::string_view configJson, const PlannedUnit& planned) const override
    {
        const std::string module = moduleOf(planned.unit.tensor);
        BITWRIGHT_ASSIGN(const PackedConfig config, readPackedConfig(configJson));
        const auto groups = config.groupsOf(module);
        const auto mismatch = [&](std::string message) {
            Error error;
            error.code = ErrorCode::Mismatch;
            error.message = std::move(message);
            return fail(std::move(error).inTensor(planned.unit.tensor));
        };
        if (config.ignores(module))
            return mismatch("It is on the ignore list of config.json, so readers take it for unquantized.");
        if (groups.size() != 1)
            return mismatch(fmt::format("{} config groups name it instead of one.", groups.size()));
        const PackedScheme expected = schemeOf(*planned.resolved.option.grid);
        if (groups.front()->scheme != expected)
            return mismatch(fmt::format(
                "config.json says {}, the plan {}.", schemeId(groups.front()->scheme), schemeId(expected)));
        return openPackedUnit(written, module, groups.front()->scheme, planned.unit.rows, planned.unit.cols);
    }

    void addFindings(const Job& job, std::vector<Finding>& findings) const override
    {
        if (!job.source->config().quantizationMethod.empty())
            findings.push_back({{Check::Level::Blocking, {},
                                    fmt::format("The model is already quantized ({}).",
                                        escapedForDisplay(job.source->config().quantizationMethod)),
                                    Check::Topic::Target},
                ErrorCode::Unsupported});
        if (job.source->config().json.empty())
            findings.push_back({{Check::Level::Warning, {},
                "The model has no config.json: one with quantization_config alone is written, which no "
                "engine "
                "loads.",
                Check::Topic::Target}});
        if (usesZeros(job))
            findings.push_back({{Check::Level::Warning, {},
                "transformers 5.23 with compressed-tensors 0.20 refuses asymmetric weights on loading (a "
                "defect of that reader); symmetric options load.",
                Check::Topic::Target}});
    }

    [[nodiscard]] std::vector<std::string> unchecked(const Job& job) const override
    {
        std::vector<std::string> texts{"No engine has loaded the files; "
                                       "tests/interop/load_compressed_tensors.py does it with transformers.",
            "vLLM was not tried: the layout was checked, not the engine.",
            "Loading with dequantize=True (run_compressed=False) applies one scheme to all layers, so mixed "
            "bits come out wrong there."};
        if (usesZeros(job))
            texts.push_back(
                "Asymmetric weights: transformers 5.23 with compressed-tensors 0.20 refuses them.");
        return texts;
    }

private:
    static bool usesZeros(const Job& job)
    {
        return std::any_of(job.units.begin(), job.units.end(), [](const PlannedUnit& unit) {
            return unit.quantized() && unit.resolved.option.grid->hasZeros();
        });
    }

    static PackedConfig configOf(const Job& job)
    {
        std::map<PackedScheme, std::vector<std::string>> schemes;
        for (const PlannedUnit& unit : job.units)
            if (unit.quantized())
                schemes[schemeOf(*unit.resolved.option.grid)].push_back(moduleOf(unit.unit.tensor));
        const auto all = matrixModules(*job.source);
        PackedConfig config;
        for (const auto& [scheme, modules] : schemes)
            config.groups.push_back({scheme, modulePatterns(modules, all)});
        config.ignore = modulePatterns(ignoredModules(job), all);
        addHead(job, config);
        return config;
    }

    /// A tied head has no tensor of its own, yet it is a Linear module of the loaded model.
    static void addHead(const Job& job, PackedConfig& config)
    {
        constexpr std::string_view kHead = "lm_head";
        const bool stored = job.source->find(std::string(kHead) + std::string(kWeight)).has_value();
        const std::string& architecture = job.source->config().architecture;
        if (!stored
            && (architecture.ends_with("ForCausalLM") || architecture.ends_with("ForConditionalGeneration")))
            config.ignore.emplace_back(kHead);
    }
};

} // namespace

const TargetWriter* compressedTensorsWriter()
{
    static const CompressedTensorsWriter writer;
    return &writer;
}

} // namespace bitwright::exporting
