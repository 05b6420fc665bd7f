#include "app/cli/command.h"
#include "core/plan/target.h"

namespace bitwright::cli {

namespace {

std::vector<std::string> targetsOf(const quant::Option& option)
{
    std::vector<std::string> ids;
    for (const auto* target : plan::allTargets()) {
        if (target->isLegal(option))
            ids.push_back(target->id());
    }
    return ids;
}

/// Bits per weight of a large square matrix, where padding does not show.
nlohmann::json nominalBits(const quant::Option& option)
{
    constexpr std::uint64_t kSide = 4096;
    return option.grid ? nlohmann::json(option.grid->bitsPerWeight(kSide, kSide)) : nlohmann::json(nullptr);
}

} // namespace

Run registerOptionsCommand(CLI::App& app)
{
    auto targetId = std::make_shared<std::string>();
    app.add_option("--target", *targetId, "Only what this export target can store");
    return [targetId](const Common& common) -> Result<int> {
        std::vector<quant::Option> options = quant::optionCatalog();
        if (!targetId->empty()) {
            BITWRIGHT_ASSIGN(const auto* target, plan::targetFromId(*targetId));
            options = target->options();
        }
        nlohmann::json document = {{"options", nlohmann::json::array()}};
        for (const auto& option : options) {
            document["options"].push_back(
                {{"id", option.id}, {"number_format", option.grid ? option.grid->id() : "keep"},
                    {"quantizer", option.grid ? std::string(methodWord(option.method)) : "none"},
                    {"bits", nominalBits(option)},
                    {"needs", option.needsGram ? nlohmann::json::array({"gram"}) : nlohmann::json::array()},
                    {"targets", targetsOf(option)}, {"description", option.description}});
        }
        if (common.json) {
            printJson(document);
            return kDone;
        }
        for (const auto& option : document["options"]) {
            const auto bits = option["bits"];
            printLine(fmt::format("{:<28} {:>7}  {}", option["id"].get<std::string>(),
                bits.is_null() ? "16/32" : fmt::format("{:.3f}", bits.get<double>()),
                option["description"].get<std::string>()));
        }
        return kDone;
    };
}

} // namespace bitwright::cli
