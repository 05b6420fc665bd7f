#include "core/plan/target_rules.h"

#include <algorithm>
#include <array>

namespace bitwright::plan {

namespace {

using numeric::ElementKind;
using numeric::GridSpec;
using numeric::IntegerConvention;
using numeric::ScaleType;

/// Group sizes of the format, largest first.
constexpr std::array<std::uint32_t, 3> kGroups{128, 64, 32};
/// weight_shape: two 64-bit integers.
constexpr std::uint64_t kShapeBytes = 16;

/// Why a number format cannot be stored; empty when it can.
std::string_view formatObstacle(const GridSpec& grid)
{
    if (grid.element != ElementKind::Integer)
        return "pack-quantized holds integers only";
    if (grid.bits != 2 && grid.bits != 4 && grid.bits != 8)
        return "only 2, 4 and 8 bits are packed the same way by all versions of compressed-tensors";
    if (grid.convention == IntegerConvention::SymNarrow)
        return "its symmetric grid uses all 2^b codes; take sym or asym";
    if (grid.group != 0 && std::find(kGroups.begin(), kGroups.end(), grid.group) == kGroups.end())
        return "groups are 32, 64, 128 or a whole row";
    return {};
}

/// Why a unit cannot be packed whatever the option; empty when it can.
std::string_view unitObstacle(const Unit& unit)
{
    using model::Role;
    if (unit.stacked)
        return "it is part of a stacked expert tensor, and only weights of Linear modules are packed";
    if (unit.orientation == model::Orientation::InOut)
        return "it is a Conv1D weight (inputs x outputs), and only weights of Linear modules are packed";
    if (unit.role == Role::Embedding || unit.role == Role::PositionEmbedding
        || unit.role == Role::TypeEmbedding || unit.role == Role::PatchEmbedding)
        return "it is an embedding, and only weights of Linear modules are packed";
    if (!unit.tensor.ends_with(".weight"))
        return "its name does not end in .weight, so the packed tensors would have no module";
    return {};
}

ScaleType scaleTypeFor(model::DType dtype)
{
    switch (dtype) {
    case model::DType::F16:
        return ScaleType::F16;
    case model::DType::F32:
        return ScaleType::F32;
    default:
        return ScaleType::BF16;
    }
}

/// The largest group that is legal, not larger than asked for, and divides the inputs; 0 (whole row) when
/// none does.
std::uint32_t groupFor(std::uint64_t cols, std::uint32_t asked)
{
    for (const std::uint32_t group : kGroups)
        if (group <= asked && cols % group == 0)
            return group;
    return 0;
}

std::string fallbackText(std::uint64_t cols, std::uint32_t asked, std::uint32_t used)
{
    if (used == asked)
        return {};
    if (used == 0)
        return fmt::format(
            "one scale per row instead of group {}: no legal group up to it divides {} inputs", asked, cols);
    return fmt::format("group {} instead of {}, which does not divide {} inputs", used, asked, cols);
}

/// The pack-quantized format of vLLM's compressed-tensors library.
class CompressedTensorsTarget final : public Target
{
public:
    [[nodiscard]] std::string id() const override { return "compressed-tensors"; }
    [[nodiscard]] std::string description() const override
    {
        return "Hugging Face folder with packed 2, 4 and 8 bit integers (pack-quantized), mixed per tensor "
               "by config groups.";
    }
    [[nodiscard]] std::string readers() const override
    {
        return "transformers 5.23 with compressed-tensors 0.20 loads symmetric formats and refuses "
               "asymmetric "
               "ones (with dequantize=True it gets mixed bits wrong). vLLM, whose format this is, was not "
               "tried.";
    }
    [[nodiscard]] bool simulatedSize() const override { return false; }
    [[nodiscard]] bool tiesByDefault() const override { return true; }
    [[nodiscard]] bool isLegal(const quant::Option& option) const override
    {
        return !option.grid || formatObstacle(*option.grid).empty();
    }
    [[nodiscard]] std::vector<quant::Option> options() const override { return legalCatalog(*this); }

    [[nodiscard]] std::vector<quant::Option> defaultOptions(quant::Method method) const override
    {
        // Only three widths exist, so group sizes fill the gaps between them: each step down this list costs
        // more bits (2.13 to 8.13 on wide 16 bit models) and lowers the error. Symmetric only: see caution().
        return optionsFromIds({"int2-sym-g128", "int2-sym-g64", "int2-sym-g32", "int4-sym-g128",
                                  "int4-sym-g64", "int4-sym-g32", "int8-sym-row", "int8-sym-g128"},
            method);
    }

    [[nodiscard]] Result<ResolvedOption> resolve(const Unit& unit, const quant::Option& option) const override
    {
        if (!option.grid)
            return ResolvedOption{option, keptBytes(unit), {}};
        if (const auto obstacle = formatObstacle(*option.grid); !obstacle.empty())
            return refusal(unit, option, obstacle);
        if (const auto obstacle = unitObstacle(unit); !obstacle.empty())
            return refusal(unit, option, obstacle);
        ResolvedOption resolved{option, 0, {}};
        GridSpec& grid = *resolved.option.grid;
        const std::uint32_t asked = grid.group;
        grid.scaleType = scaleTypeFor(unit.dtype);
        grid.group = groupFor(unit.cols, asked);
        resolved.option.id = quant::optionId(grid, option.method, option.settings);
        resolved.bytes = grid.storedBytes(unit.rows, unit.cols) + kShapeBytes;
        resolved.fallback = fallbackText(unit.cols, asked, grid.group);
        return resolved;
    }

    [[nodiscard]] std::string caution(const Unit& unit, const ResolvedOption& resolved) const override
    {
        if (unit.role == model::Role::Output && resolved.option.grid)
            return "a quantized language-model head loads in transformers; other engines may expect it "
                   "unquantized";
        if (resolved.option.grid && resolved.option.grid->hasZeros())
            return "asymmetric packed weights follow the format, but transformers 5.23 with "
                   "compressed-tensors 0.20 "
                   "refuses them on its default route; symmetric ones load";
        return {};
    }

private:
    [[nodiscard]] static tl::unexpected<Error> refusal(
        const Unit& unit, const quant::Option& option, std::string_view obstacle)
    {
        Error error;
        error.code = ErrorCode::Unsupported;
        error.message = fmt::format("compressed-tensors cannot store it as {}: {}.", option.id, obstacle);
        error.remedy = "Choose keep.";
        return fail(std::move(error).inTensor(unit.name));
    }
};

} // namespace

const Target* compressedTensorsTarget()
{
    static const CompressedTensorsTarget target;
    return &target;
}

} // namespace bitwright::plan
