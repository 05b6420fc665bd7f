#include "core/session/compare.h"

#include "app/cli/command.h"
#include "core/formats/open.h"

#include <cmath>

namespace bitwright::cli {

namespace {

nlohmann::json differenceJson(const session::TensorDifference& item)
{
    nlohmann::json json = {{"name", item.name}, {"max_abs_error", optionalNumber(item.maxAbsError)},
        {"sqnr_db", optionalNumber(item.sqnrDb)}, {"same_bytes", item.sameBytes},
        {"parameters", item.parameters}, {"bytes_a", item.bytesA}, {"bytes_b", item.bytesB},
        {"dtype_a", item.dtypeA}, {"dtype_b", item.dtypeB}, {"differing", nullptr}, {"non_finite", nullptr},
        {"reason", item.reason}};
    if (item.maxAbsError) {
        json["differing"] = item.differing;
        json["non_finite"] = item.nonFinite;
    }
    return json;
}

std::string lineOf(const session::TensorDifference& item)
{
    std::string what;
    if (item.sameBytes)
        what = "same bytes";
    else if (!item.maxAbsError)
        what = item.reason.empty() ? "bytes differ" : item.reason;
    else if (item.differing == 0)
        what = fmt::format("same values, {} and {}", item.dtypeA, item.dtypeB);
    else
        what = fmt::format("max error {:.6g}, SQNR {}, {} of {} values differ", *item.maxAbsError,
            item.sqnrDb ? fmt::format("{:.2f} dB", *item.sqnrDb) : "unknown", item.differing,
            item.parameters);
    if (item.nonFinite > 0)
        what += fmt::format(", {} NaN or Inf left out", item.nonFinite);
    return fmt::format("{}  {}", escapedForDisplay(item.name), what);
}

} // namespace

Run registerCompare(CLI::App& app)
{
    auto a = std::make_shared<std::string>();
    auto b = std::make_shared<std::string>();
    app.add_option("MODEL_A", *a, "The reference")->required();
    app.add_option("MODEL_B", *b, "What is compared with it")->required();
    return [a, b](const Common& common) -> Result<int> {
        BITWRIGHT_ASSIGN(const auto left, formats::openCheckpoint(*a));
        BITWRIGHT_ASSIGN(const auto right, formats::openCheckpoint(*b));
        const RunContext context = common.context();
        const auto compared = session::compareModels(*left, *right, {}, context);
        common.progressDone();
        if (!compared)
            return fail(compared.error());
        if (common.json) {
            nlohmann::json document = {{"model_a", left->name()}, {"model_b", right->name()},
                {"same", compared->same()}, {"only_a", compared->onlyA}, {"only_b", compared->onlyB},
                {"tensors", nlohmann::json::array()}};
            for (const auto& item : compared->tensors)
                document["tensors"].push_back(differenceJson(item));
            printJson(document);
            return kDone;
        }
        for (const auto& item : compared->tensors)
            printLine(lineOf(item));
        for (const auto& name : compared->onlyA)
            printLine(fmt::format("{}  only in the first", escapedForDisplay(name)));
        for (const auto& name : compared->onlyB)
            printLine(fmt::format("{}  only in the second", escapedForDisplay(name)));
        printLine(compared->same() ? "The models are the same." : "The models differ.");
        return kDone;
    };
}

} // namespace bitwright::cli
