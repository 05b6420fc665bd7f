// Times the spectra of a whole model with both fits, and one large spectrum against LAPACK's ssyevd on the
// same Gram matrix. Usage: bench_spectra [MODEL] [--side N] [--runs N] [--alphas]; MODEL is a safetensors
// folder or file, --side 0 leaves the large one out, --alphas prints every matrix for peer_weightwatcher.py.
#include "core/base/parallel.h"
#include "core/formats/open.h"
#include "core/spectra/spectrum.h"

#include <cblas.h>
#include <fmt/format.h>
#include <lapacke.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace bitwright;

struct Arguments
{
    std::string model;
    std::uint64_t side = 4096;
    int runs = 5;
    bool alphas = false;
};

Arguments parse(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--side" && i + 1 < argc)
            arguments.side = std::strtoull(argv[++i], nullptr, 10);
        else if (word == "--runs" && i + 1 < argc)
            arguments.runs = std::max(1, std::atoi(argv[++i]));
        else if (word == "--alphas")
            arguments.alphas = true;
        else
            arguments.model = word;
    }
    return arguments;
}

double seconds(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void printAlphas(
    const std::vector<model::MatrixReader>& readers, const std::vector<Result<spectra::Spectrum>>& results)
{
    fmt::print("name rows cols alpha xmin D spikes sigma_mp softrank stable_rank entropy log_alpha_norm\n");
    for (std::size_t i = 0; i < readers.size(); ++i) {
        if (!results[i]) {
            fmt::print("{} {}\n", readers[i].info().name, results[i].error().oneLine());
            continue;
        }
        const spectra::Spectrum& one = *results[i];
        const spectra::TailFit& fit = *one.fit(spectra::TailEstimator::PowerLaw);
        fmt::print("{} {} {} {:.9g} {:.9g} {:.9g} {} {:.9g} {:.9g} {:.9g} {:.9g} {:.9g}\n",
            readers[i].info().name, one.rows, one.cols, fit.alpha, fit.xmin, fit.distance, one.bulk.spikes,
            one.bulk.sigma, one.bulk.softRank, one.metrics.stableRank, one.metrics.entropy,
            one.metrics.logAlphaNorm);
    }
}

int benchModel(const Arguments& arguments)
{
    const auto checkpoint = formats::openCheckpoint(arguments.model);
    if (!checkpoint) {
        fmt::print(stderr, "{}\n", checkpoint.error().oneLine());
        return 1;
    }
    std::vector<model::MatrixReader> readers;
    for (model::TensorIndex i = 0; i < (*checkpoint)->tensors().size(); ++i) {
        if ((*checkpoint)->tensors()[i].rows() > 1 && (*checkpoint)->tensors()[i].cols() > 1) {
            if (auto reader = model::MatrixReader::open(**checkpoint, i))
                readers.push_back(*reader);
        }
    }
    spectra::SpectrumOptions options;
    options.quarterCircle = spectra::QuarterCircle::AsPublished;
    std::vector<Result<spectra::Spectrum>> results;
    std::vector<double> times;
    for (int run = 0; run < arguments.runs; ++run) {
        times.push_back(seconds([&] {
            if (auto all = spectra::analyzeAll(readers, options, {}))
                results = std::move(*all);
        }));
    }
    fmt::print("{} matrices, all estimators and Marchenko-Pastur: median {:.3f} s, best {:.3f} s\n",
        readers.size(), median(times), *std::min_element(times.begin(), times.end()));
    if (arguments.alphas)
        printAlphas(readers, results);
    return results.empty() ? 1 : 0;
}

/// Alternates our spectrum with Gram matrix + ssyevd on the same weights; prints medians and their ratio.
int benchLarge(const Arguments& arguments)
{
    const auto side = static_cast<std::size_t>(arguments.side);
    const int n = static_cast<int>(side);
    std::mt19937 engine(1);
    std::normal_distribution<float> normal(0.0F, 0.02F);
    std::vector<float> weight(side * side);
    std::generate(weight.begin(), weight.end(), [&] { return normal(engine); });
    std::vector<double> ours, reference, referenceGram;
    for (int run = 0; run < arguments.runs; ++run) {
        bool failed = false;
        ours.push_back(seconds(
            [&] { failed = !spectra::gramSpectrum(weight, side, side, {}, spectra::Precision::Single); }));
        const BlasThreads threads(RunContext{}.threadCount());
        std::vector<float> gram(side * side), values(side);
        referenceGram.push_back(seconds([&] {
            cblas_ssyrk(
                CblasColMajor, CblasLower, CblasNoTrans, n, n, 1.0F, weight.data(), n, 0.0F, gram.data(), n);
        }));
        reference.push_back(seconds([&] {
            failed
                = LAPACKE_ssyevd(LAPACK_COL_MAJOR, 'N', 'L', n, gram.data(), n, values.data()) != 0 || failed;
        }));
        if (failed)
            return 1;
    }
    fmt::print("{0} x {0}: ours {1:.3f} s (Gram included), LAPACK Gram {2:.3f} s + ssyevd {3:.3f} s; ours / "
               "ssyevd = {4:.2f}, "
               "ours / both = {5:.2f}\n",
        side, median(ours), median(referenceGram), median(reference), median(ours) / median(reference),
        median(ours) / (median(reference) + median(referenceGram)));
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments arguments = parse(argc, argv);
    if (!arguments.model.empty() && benchModel(arguments) != 0)
        return 1;
    return arguments.side == 0 ? 0 : benchLarge(arguments);
}
