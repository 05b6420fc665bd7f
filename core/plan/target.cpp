#include "core/plan/target.h"

#include "core/plan/target_rules.h"

namespace bitwright::plan {

std::uint64_t keptBytes(const Unit& unit)
{
    return ceilDiv<std::uint64_t>(unit.parameters() * model::bitsPerElement(unit.dtype), 8);
}

std::vector<quant::Option> optionsFromIds(
    std::initializer_list<std::string_view> formats, quant::Method method)
{
    std::vector<quant::Option> options;
    for (const std::string_view format : formats) {
        const auto word = quant::methodWord(method);
        auto option = quant::optionFromId(fmt::format("{}/{}", format, word));
        // NF4 and FP8 know round-to-nearest only.
        if (!option)
            option = quant::optionFromId(
                fmt::format("{}/{}", format, quant::methodWord(quant::Method::RoundToNearest)));
        if (option)
            options.push_back(std::move(*option));
    }
    if (auto keep = quant::optionFromId(score::kKeepOption))
        options.push_back(std::move(*keep));
    return options;
}

std::vector<quant::Option> legalCatalog(const Target& target)
{
    std::vector<quant::Option> legal;
    for (const quant::Option& option : quant::optionCatalog())
        if (target.isLegal(option))
            legal.push_back(option);
    return legal;
}

const std::vector<const Target*>& allTargets()
{
    static const std::vector<const Target*> targets{fakeQuantTarget(), compressedTensorsTarget()};
    return targets;
}

Result<const Target*> targetFromId(std::string_view id)
{
    std::string known;
    for (const Target* target : allTargets()) {
        if (target->id() == id)
            return target;
        known += (known.empty() ? "" : ", ") + target->id();
    }
    return fail(
        ErrorCode::InvalidArgument, "Unknown target \"{}\"; known are {}.", escapedForDisplay(id), known);
}

} // namespace bitwright::plan
