#include "core/spectra/spectrum.h"

#include "core/base/checked.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace bitwright::spectra {

namespace {

// Matrices up to this size are analyzed side by side; beyond it one matrix keeps all threads busy by itself.
constexpr std::uint64_t kSideBySideSide = 1024;
constexpr std::uint64_t kSideBySideWeights = std::uint64_t{1} << 24U;

/// Rough work of a matrix, for starting long ones first.
double costOf(const model::MatrixReader& reader)
{
    const double side = static_cast<double>(std::min(reader.rows(), reader.cols()));
    const double depth = static_cast<double>(std::max(reader.rows(), reader.cols()));
    return side * side * (depth + 8.0 * side);
}

bool isSmall(const model::MatrixReader& reader)
{
    return std::min(reader.rows(), reader.cols()) <= kSideBySideSide
        && reader.rows() <= kSideBySideWeights / std::max<std::uint64_t>(1, reader.cols());
}

Result<void> addFits(Spectrum& spectrum, const SpectrumOptions& options, const RunContext& context)
{
    for (const TailEstimator estimator : allTailEstimators()) {
        BITWRIGHT_CHECK(context.checkStop());
        BITWRIGHT_ASSIGN(TailFit fit,
            fitTail(estimator, std::span<const double>(spectrum.eigenvalues), options.threshold));
        spectrum.fits.push_back(fit);
    }
    const TailFit* powerLaw = spectrum.fit(TailEstimator::PowerLaw);
    BITWRIGHT_ASSIGN(
        spectrum.metrics, spectralMetrics(spectrum.eigenvalues, powerLaw->alpha, spectrum.resolution));
    if (!options.marchenkoPastur) {
        spectrum.bulk.status = FitStatus::NoFit;
        return {};
    }
    BITWRIGHT_ASSIGN(spectrum.bulk,
        fitMarchenkoPastur(
            spectrum.eigenvalues, spectrum.rows, spectrum.cols, context, options.quarterCircle));
    return {};
}

Result<void> addFarmsFits(Spectrum& spectrum, std::span<const float> weight, const SpectrumOptions& options,
    const RunContext& context)
{
    BITWRIGHT_ASSIGN(const FarmsSample sample,
        farmsEigenvalues(weight, spectrum.rows, spectrum.cols, options.farmsOptions, context));
    for (const TailEstimator estimator : allTailEstimators()) {
        BITWRIGHT_CHECK(context.checkStop());
        BITWRIGHT_ASSIGN(const TailFit fit, fitTail(estimator, sample, options.threshold));
        spectrum.farmsFits.push_back(fit);
    }
    return {};
}

Result<void> checkReadable(const model::MatrixReader& reader, const RunContext& context)
{
    const auto weights = checkedMul(reader.rows(), reader.cols());
    const auto bytes = weights ? checkedMul<std::uint64_t>(*weights, sizeof(float)) : std::nullopt;
    if (bytes && *bytes <= context.memoryBytes())
        return {};
    return fail(ErrorCode::OutOfMemory, "A {} x {} matrix does not fit into the memory budget of {} MiB.",
        reader.rows(), reader.cols(), context.memoryBytes() >> 20U);
}

Result<Spectrum> analyzeNamed(
    const model::MatrixReader& reader, const SpectrumOptions& options, const RunContext& context)
{
    BITWRIGHT_CHECK(checkReadable(reader, context));
    BITWRIGHT_ASSIGN(const std::vector<float> weight, reader.readAll());
    return analyze(weight, reader.rows(), reader.cols(), options, context);
}

/// Numbers of the readers for which `small` holds, the most expensive first.
std::vector<std::size_t> inOrderOfCost(std::span<const model::MatrixReader> readers, bool small)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < readers.size(); ++i) {
        if (isSmall(readers[i]) == small)
            order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return costOf(readers[a]) > costOf(readers[b]); });
    return order;
}

bool isCancelled(const Result<Spectrum>& result)
{
    return !result && result.error().code == ErrorCode::Cancelled;
}

} // namespace

const TailFit* Spectrum::fit(TailEstimator estimator) const
{
    const auto found = std::find_if(
        fits.begin(), fits.end(), [&](const TailFit& one) { return one.estimator == estimator; });
    return found == fits.end() ? nullptr : &*found;
}

Result<Spectrum> analyze(std::span<const float> weight, std::uint64_t rows, std::uint64_t cols,
    const SpectrumOptions& options, const RunContext& context)
{
    BITWRIGHT_ASSIGN(
        GramSpectrum gram, gramSpectrum(weight, rows, cols, context.part(0.0, 0.9), options.precision));
    Spectrum spectrum;
    spectrum.rows = rows;
    spectrum.cols = cols;
    spectrum.eigenvalues = std::move(gram.eigenvalues);
    spectrum.resolution = gram.resolution;
    spectrum.precision = gram.precision;
    BITWRIGHT_CHECK(addFits(spectrum, options, context));
    if (options.farms)
        BITWRIGHT_CHECK(addFarmsFits(spectrum, weight, options, context.part(0.9, 1.0)));
    context.report(1.0, "Spectrum");
    return spectrum;
}

Result<Spectrum> analyze(
    const model::MatrixReader& reader, const SpectrumOptions& options, const RunContext& context)
{
    auto result = analyzeNamed(reader, options, context);
    if (!result)
        return fail(std::move(result.error()).inTensor(reader.info().name));
    return result;
}

Result<std::vector<Result<Spectrum>>> analyzeAll(
    std::span<const model::MatrixReader> readers, const SpectrumOptions& options, const RunContext& context)
{
    std::vector<Result<Spectrum>> results(readers.size());
    const std::vector<std::size_t> small = inOrderOfCost(readers, true);
    const std::vector<std::size_t> large = inOrderOfCost(readers, false);
    const double smallShare = readers.empty() || large.empty() ? 1.0 : 0.1;
    {
        const BlasThreads oneThread(1);
        const RunContext progress = context.part(0.0, smallShare);
        BITWRIGHT_CHECK(parallelFor(
            small.size(), 1,
            [&](const Chunk& chunk) -> Result<void> {
                const std::size_t i = small[chunk.index];
                results[i] = analyze(readers[i], options, context.serial());
                if (isCancelled(results[i]))
                    return fail(results[i].error());
                return {};
            },
            progress, "Spectra"));
    }
    for (std::size_t done = 0; done < large.size(); ++done) {
        const std::size_t i = large[done];
        const double step = (1.0 - smallShare) / static_cast<double>(large.size());
        const double begin = smallShare + step * static_cast<double>(done);
        results[i] = analyze(readers[i], options, context.part(begin, begin + step));
        if (isCancelled(results[i]))
            return fail(results[i].error());
    }
    return results;
}

Result<Spectrum> analyzeError(std::span<const float> weight, std::span<const float> quantized,
    std::uint64_t rows, std::uint64_t cols, const SpectrumOptions& options, const RunContext& context)
{
    if (weight.size() != quantized.size())
        return fail(ErrorCode::InvalidArgument, "{} weights and {} quantized ones cannot be compared.",
            weight.size(), quantized.size());
    std::vector<float> error(weight.size());
    std::transform(quantized.begin(), quantized.end(), weight.begin(), error.begin(), std::minus<>());
    return analyze(error, rows, cols, options, context);
}

CompactEsd compactEsd(std::span<const double> eigenvalues, std::size_t points)
{
    CompactEsd esd;
    const std::size_t count = eigenvalues.size();
    esd.count = count;
    const std::size_t wanted = std::min(count, std::max<std::size_t>(2, points));
    const std::size_t top = wanted == count ? count : wanted / 2;
    const std::size_t spread = wanted - top;
    const auto keep = [&](std::size_t rank) {
        esd.eigenvalues.push_back(eigenvalues[rank]);
        esd.ranks.push_back(static_cast<double>(rank));
    };
    // Evenly spaced ranks of the bulk, the smallest one included; count - top > spread, so no rank comes
    // twice.
    for (std::size_t i = 0; i < spread; ++i)
        keep(i * (count - top) / spread);
    for (std::size_t rank = count - top; rank < count; ++rank)
        keep(rank);
    return esd;
}

} // namespace bitwright::spectra
