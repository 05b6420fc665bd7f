#include "core/quant/option.h"

#include <array>
#include <span>

namespace bitwright::quant {

namespace {

using numeric::ElementKind;
using numeric::IntegerConvention;

constexpr std::string_view kKeep = "keep";
constexpr std::string_view kActOrder = "-actorder";

std::string groupText(const GridSpec& grid)
{
    return grid.group == 0 ? std::string("one scale per row")
                           : fmt::format("one scale per {} inputs", grid.group);
}

std::string elementText(const GridSpec& grid)
{
    switch (grid.element) {
    case ElementKind::Minifloat:
        return "FP8 E4M3";
    case ElementKind::Codebook:
        return "NF4 codebook";
    case ElementKind::Integer:
        break;
    }
    switch (grid.convention) {
    case IntegerConvention::SymNarrow:
        return fmt::format("INT{} symmetric, narrow range", grid.bits);
    case IntegerConvention::SymHalf:
        return fmt::format("INT{} symmetric, full range", grid.bits);
    case IntegerConvention::Asym:
        break;
    }
    return fmt::format("INT{} with zero point", grid.bits);
}

std::string methodText(Method method, const QuantizerSettings& settings)
{
    switch (method) {
    case Method::RoundToNearest:
        return "round to nearest";
    case Method::ClipSearch:
        return "round to nearest after clip search";
    case Method::Gptq:
        break;
    }
    return settings.actOrder ? "GPTQ in activation order" : "GPTQ";
}

Option makeOption(const GridSpec& grid, Method method, const QuantizerSettings& settings)
{
    Option option;
    option.id = optionId(grid, method, settings);
    option.grid = grid;
    option.method = method;
    option.settings = settings;
    option.needsGram = method == Method::Gptq;
    option.description
        = fmt::format("{}, {}, {}", elementText(grid), groupText(grid), methodText(method, settings));
    return option;
}

Option keepOption()
{
    Option option;
    option.id = kKeep;
    option.description = "Stored as it is, unquantized";
    return option;
}

/// Formats of the catalog in the order in which they are listed, with whether all methods apply.
std::vector<std::pair<std::string, bool>> catalogFormats()
{
    std::vector<std::pair<std::string, bool>> formats;
    for (int bits = 2; bits <= 8; ++bits)
        for (const std::string_view convention : {"sym", "narrow", "asym"})
            for (const std::string_view group : {"g32", "g64", "g128", "row"})
                formats.emplace_back(fmt::format("int{}-{}-{}", bits, convention, group), true);
    for (const char* id : {"fp8-e4m3-row", "fp8-e4m3-g128", "nf4-g32", "nf4-g64", "nf4-g128", "nf4-g256"})
        formats.emplace_back(id, false);
    return formats;
}

std::vector<Option> makeCatalog()
{
    std::vector<Option> catalog{keepOption()};
    for (const auto& [id, everyMethod] : catalogFormats()) {
        const auto grid = numeric::gridFromId(id);
        for (const Method method : allMethods())
            if (grid && (everyMethod || method == Method::RoundToNearest))
                catalog.push_back(makeOption(*grid, method, {}));
    }
    return catalog;
}

} // namespace

std::span<const Method> allMethods()
{
    static constexpr std::array kMethods = {Method::RoundToNearest, Method::ClipSearch, Method::Gptq};
    return kMethods;
}

Result<Method> methodFromWord(std::string_view word)
{
    std::vector<std::string_view> known;
    for (const Method method : allMethods()) {
        if (word == methodWord(method))
            return method;
        known.push_back(methodWord(method));
    }
    return fail(ErrorCode::InvalidArgument, "Unknown quantizer \"{}\". Known: {}.", escapedForDisplay(word),
        fmt::join(known, ", "));
}

std::string_view methodWord(Method method)
{
    switch (method) {
    case Method::RoundToNearest:
        return "rtn";
    case Method::ClipSearch:
        return "clip";
    case Method::Gptq:
        break;
    }
    return "gptq";
}

std::string optionId(const GridSpec& grid, Method method, const QuantizerSettings& settings)
{
    const bool ordered = method == Method::Gptq && settings.actOrder;
    return fmt::format("{}/{}{}", grid.id(), methodWord(method), ordered ? kActOrder : std::string_view());
}

Result<Option> optionFromId(std::string_view id)
{
    if (id == kKeep)
        return keepOption();
    const std::size_t slash = id.find('/');
    if (slash == std::string_view::npos)
        return fail(ErrorCode::InvalidArgument,
            "Option \"{}\" is neither \"keep\" nor FORMAT/QUANTIZER as in int4-sym-g128/gptq.",
            escapedForDisplay(id));
    BITWRIGHT_ASSIGN(const GridSpec grid, numeric::gridFromId(id.substr(0, slash)));
    std::string_view word = id.substr(slash + 1);
    QuantizerSettings settings;
    if (word.starts_with("gptq") && word.ends_with(kActOrder)) {
        settings.actOrder = true;
        word.remove_suffix(kActOrder.size());
    }
    for (const Method method : allMethods())
        if (word == methodWord(method))
            return makeOption(grid, method, settings);
    return fail(ErrorCode::InvalidArgument,
        "Option \"{}\" names an unknown quantizer: use rtn, clip, gptq or gptq-actorder.",
        escapedForDisplay(id));
}

const std::vector<Option>& optionCatalog()
{
    static const std::vector<Option> catalog = makeCatalog();
    return catalog;
}

} // namespace bitwright::quant
