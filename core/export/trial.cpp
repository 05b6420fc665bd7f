#include "core/export/job.h"
#include "core/export/preflight.h"
#include "core/model/matrix_reader.h"

#include <algorithm>
#include <chrono>

namespace bitwright::exporting {

namespace {

using Clock = std::chrono::steady_clock;

/// Reads, quantizes, decodes and compares the first `rows` of a unit as an export does; the seconds it took.
Result<double> timeRows(
    const Job& job, const PlannedUnit& unit, std::uint64_t rows, const RunContext& context)
{
    const auto start = Clock::now();
    BITWRIGHT_ASSIGN(const auto source,
        model::MatrixReader::open(*job.source, unit.unit.index, unit.unit.stacked ? unit.unit.expert : 0));
    std::vector<float> values(static_cast<std::size_t>(rows * source.cols()));
    BITWRIGHT_CHECK(source.readRows(0, rows, values));
    const quant::WeightTile tile{values, rows, source.cols()};
    const quant::Option& option = unit.resolved.option;
    BITWRIGHT_ASSIGN(const auto quantized,
        quant::quantize(tile, *option.grid, option.method, option.settings, std::nullopt, context));
    BITWRIGHT_ASSIGN(const auto error, quant::measureError(tile, quantized, context));
    static_cast<void>(error);
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

Result<std::map<std::string, double>> trialRates(const ExportRequest& request, const RunContext& context)
{
    if (!request.checkpoint)
        return fail(ErrorCode::InvalidArgument, "No model to export.");
    BITWRIGHT_ASSIGN(const Job job, makeJob(*request.checkpoint, request.plan));
    std::map<quant::Method, const PlannedUnit*> largest;
    for (const PlannedUnit& unit : job.units) {
        if (!unit.quantized() || unit.resolved.option.method == quant::Method::Gptq)
            continue;
        const PlannedUnit*& known = largest[unit.resolved.option.method];
        if (!known || unit.unit.parameters() > known->unit.parameters())
            known = &unit;
    }
    // Grows the sample until the clock means something.
    constexpr double kEnoughSeconds = 0.03;
    constexpr std::uint64_t kFirstSample = std::uint64_t{1} << 17;
    constexpr std::uint64_t kLargestSample = std::uint64_t{1} << 23;
    RunContext quiet = context;
    quiet.progress = nullptr;
    std::map<std::string, double> rates;
    for (const auto& [method, unit] : largest) {
        for (std::uint64_t sample = kFirstSample; sample <= kLargestSample; sample *= 4) {
            BITWRIGHT_CHECK(context.checkStop());
            const std::uint64_t rows
                = std::clamp<std::uint64_t>(sample / unit->unit.cols, 1, unit->unit.rows);
            BITWRIGHT_ASSIGN(const double seconds, timeRows(job, *unit, rows, quiet));
            rates[std::string(quant::methodWord(method))]
                = static_cast<double>(rows * unit->unit.cols) / std::max(seconds, 1e-6);
            if (seconds >= kEnoughSeconds || rows == unit->unit.rows)
                break;
        }
    }
    return rates;
}

} // namespace bitwright::exporting
