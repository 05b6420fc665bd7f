#include "core/export/job.h"
#include "core/export/preflight.h"
#include "core/export/unit_quantizer.h"
#include "core/model/matrix_reader.h"
#include "core/score/error_tile.h"

#include <algorithm>
#include <chrono>

namespace bitwright::exporting {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What the proof does with `rows` beyond decoding: reads the source once more and weighs the error with the
/// Gram of the inputs, whose loading counts by the share of the unit that the rows are.
Result<double> timeProof(UnitQuantizer& quantizer, const PlannedUnit& unit, const model::MatrixReader& source,
    std::uint64_t rows, const RunContext& context)
{
    const auto loading = Clock::now();
    BITWRIGHT_ASSIGN(const score::UnitEvidence* evidence, quantizer.evidenceOf(unit));
    const double load
        = secondsSince(loading) * static_cast<double>(rows) / static_cast<double>(source.rows());
    const auto start = Clock::now();
    std::vector<float> values(static_cast<std::size_t>(rows * source.cols()));
    BITWRIGHT_CHECK(source.readRows(0, rows, values));
    BITWRIGHT_ASSIGN(const auto meter, score::ErrorMeter::make(*evidence, source.rows(), source.cols()));
    const BlasThreads blas(1);
    BITWRIGHT_CHECK(parallelFor(
        rows, score::ErrorMeter::rowsPerPiece(source.cols()),
        [&](const Chunk& chunk) -> Result<void> {
            const auto piece = std::span<const float>(values).subspan(
                chunk.begin * source.cols(), (chunk.end - chunk.begin) * source.cols());
            BITWRIGHT_CHECK(meter.measure(piece, chunk.begin, context.serial()));
            return {};
        },
        context));
    return load + secondsSince(start);
}

/// Reads, quantizes, decodes and compares the first `rows` of a unit as an export does; the seconds it took.
Result<double> timeRows(const Job& job, UnitQuantizer& quantizer, const PlannedUnit& unit, std::uint64_t rows,
    const RunContext& context)
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
    const double quantizing = secondsSince(start);
    BITWRIGHT_ASSIGN(const double proving, timeProof(quantizer, unit, source, rows, context));
    return quantizing + proving;
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
        // A fresh one each time: the Gram has to be loaded as in the export.
        for (std::uint64_t sample = kFirstSample; sample <= kLargestSample; sample *= 4) {
            BITWRIGHT_CHECK(context.checkStop());
            const std::uint64_t rows
                = std::clamp<std::uint64_t>(sample / unit->unit.cols, 1, unit->unit.rows);
            UnitQuantizer quantizer(*job.source, *job.writer, request.dump);
            BITWRIGHT_ASSIGN(const double seconds, timeRows(job, quantizer, *unit, rows, quiet));
            rates[std::string(quant::methodWord(method))]
                = static_cast<double>(rows * unit->unit.cols) / std::max(seconds, 1e-6);
            if (seconds >= kEnoughSeconds || rows == unit->unit.rows)
                break;
        }
    }
    return rates;
}

} // namespace bitwright::exporting
