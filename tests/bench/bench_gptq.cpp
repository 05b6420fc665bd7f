// Time and loss of GPTQ on one layer, from the Gram.
//
// Usage: bench_gptq [--weights W.npy --inputs X.npy] [--option int4-sym-g128] [--threads 2] [--repeat 3]
// [--size 2048] W.npy: out x in float32, X.npy: rows x in float32, C order. Without files, a seeded layer
// with correlated inputs. Prints one JSON line: seconds and CPU seconds of the fastest run (factoring
// included, making the Gram excluded), tr(dW H dW^T)/outputs with H = X^T X / rows for GPTQ and for rounding
// to nearest, and the rate of the row quantizers on one thread.

#include "core/quant/gptq.h"
#include "core/quant/option.h"

#include <Eigen/Dense>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <random>
#include <string>

using namespace bitwright;
using namespace bitwright::quant;

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Settings
{
    std::string weights, inputs, grid = "int4-sym-g128";
    int threads = 2;
    int repeat = 3;
    long size = 2048;
};

[[noreturn]] void quit(const std::string& why)
{
    std::fprintf(stderr, "bench_gptq: %s\n", why.c_str());
    std::exit(2);
}

Settings parse(int argc, char** argv)
{
    Settings settings;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const char* value = argv[i + 1];
        if (name == "--weights")
            settings.weights = value;
        else if (name == "--inputs")
            settings.inputs = value;
        else if (name == "--option")
            settings.grid = value;
        else if (name == "--threads")
            settings.threads = std::atoi(value);
        else if (name == "--repeat")
            settings.repeat = std::max(1, std::atoi(value));
        else if (name == "--size")
            settings.size = std::max(8L, std::atol(value));
        else
            quit("unknown argument " + name);
    }
    return settings;
}

/// Reads a two-dimensional little-endian float32 array in C order, version 1 header.
Matrix readNpy(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    char magic[10] = {};
    file.read(magic, sizeof magic);
    if (!file || std::memcmp(magic, "\x93NUMPY\x01", 7) != 0)
        quit(path + " is no .npy file of version 1");
    const auto low = static_cast<unsigned char>(magic[8]);
    const auto high = static_cast<unsigned char>(magic[9]);
    std::string header(static_cast<std::size_t>(low) + (static_cast<std::size_t>(high) << 8U), ' ');
    file.read(header.data(), static_cast<std::streamsize>(header.size()));
    const auto shape = header.find('(');
    long rows = 0;
    long cols = 0;
    if (header.find("'<f4'") == std::string::npos
        || header.find("'fortran_order': False") == std::string::npos || shape == std::string::npos
        || std::sscanf(header.c_str() + shape, "(%ld, %ld)", &rows, &cols) != 2)
        quit(path + " is not a float32 matrix in C order");
    Matrix matrix(rows, cols);
    file.read(
        reinterpret_cast<char*>(matrix.data()), static_cast<std::streamsize>(sizeof(float)) * rows * cols);
    if (!file)
        quit(path + " is too short");
    return matrix;
}

/// Inputs with a decaying spectrum and channels of different size, as activations have.
Matrix correlatedInputs(long rows, long cols)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    const long directions = cols / 4;
    Matrix hidden(rows, directions);
    Matrix mix(directions, cols);
    for (long i = 0; i < hidden.size(); ++i)
        hidden.data()[i] = normal(random);
    for (long i = 0; i < mix.size(); ++i)
        mix.data()[i] = normal(random) / (1.0F + 0.05F * static_cast<float>(i / cols));
    Matrix inputs = hidden * mix;
    for (long j = 0; j < cols; ++j)
        inputs.col(j) *= std::exp(0.5F * normal(random));
    for (long i = 0; i < inputs.size(); ++i)
        inputs.data()[i] += 0.1F * normal(random);
    return inputs;
}

Matrix gaussianWeights(long rows, long cols)
{
    std::mt19937 random(2);
    std::normal_distribution<float> normal(0.0F, 0.02F);
    Matrix weights(rows, cols);
    for (long i = 0; i < weights.size(); ++i)
        weights.data()[i] = normal(random);
    return weights;
}

std::vector<float> packedLower(const Matrix& gram)
{
    std::vector<float> lower;
    lower.reserve(static_cast<std::size_t>(gram.rows() * (gram.rows() + 1) / 2));
    for (long i = 0; i < gram.rows(); ++i)
        for (long j = 0; j <= i; ++j)
            lower.push_back(gram(i, j));
    return lower;
}

/// tr(dW H dW^T) / outputs.
double layerLoss(const Matrix& weights, const Matrix& gram, const QuantizedMatrix& quantized)
{
    Matrix error(weights.rows(), weights.cols());
    numeric::decodeRows(quantized, 0, quantized.rows, {error.data(), static_cast<std::size_t>(error.size())});
    error -= weights;
    const Eigen::MatrixXd exact = error.cast<double>();
    const Eigen::MatrixXd weighted = exact * gram.cast<double>();
    return weighted.cwiseProduct(exact).sum() / static_cast<double>(weights.rows());
}

double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpuSeconds()
{
    return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

QuantizedMatrix must(Result<QuantizedMatrix> result)
{
    if (!result)
        quit(result.error().oneLine());
    return std::move(*result);
}

/// Million weights per second of a row quantizer on one thread.
double rowRate(const WeightTile& weights, const GridSpec& grid, Method method)
{
    RunContext context;
    context.threads = 1;
    double best = 1e30;
    for (int i = 0; i < 3; ++i) {
        const double start = seconds();
        const auto result = must(quantize(weights, grid, method, {}, std::nullopt, context));
        best = std::min(best, seconds() - start);
    }
    return static_cast<double>(weights.values.size()) / best / 1e6;
}

} // namespace

int main(int argc, char** argv)
{
    const Settings settings = parse(argc, argv);
    const Matrix weights = settings.weights.empty() ? gaussianWeights(settings.size, settings.size)
                                                    : readNpy(settings.weights);
    Matrix gram;
    {
        const Matrix inputs = settings.inputs.empty() ? correlatedInputs(2 * weights.cols(), weights.cols())
                                                      : readNpy(settings.inputs);
        if (inputs.cols() != weights.cols())
            quit("weights and inputs have different widths");
        gram = inputs.transpose() * inputs / static_cast<float>(inputs.rows());
    }
    const auto lower = packedLower(gram);
    const WeightTile tile{{weights.data(), static_cast<std::size_t>(weights.size())},
        static_cast<std::uint64_t>(weights.rows()), static_cast<std::uint64_t>(weights.cols())};
    const auto grid = numeric::gridFromId(settings.grid);
    if (!grid)
        quit(grid.error().oneLine());

    RunContext context;
    context.threads = settings.threads;
    double wall = 1e30;
    double cpu = 0.0;
    double factorWall = 0.0;
    QuantizedMatrix best;
    for (int i = 0; i < settings.repeat; ++i) {
        const double start = seconds();
        const double cpuStart = cpuSeconds();
        const auto factor
            = GptqFactor::make({lower, tile.cols, 1.0}, {}, context, grid->groupWidth(tile.cols));
        if (!factor)
            quit(factor.error().oneLine());
        const double factored = seconds() - start;
        best = must(quantizeGptq(tile, *grid, {}, *factor, context));
        if (const double took = seconds() - start; took < wall) {
            wall = took;
            cpu = cpuSeconds() - cpuStart;
            factorWall = factored;
        }
    }
    const auto plain = must(quantize(tile, *grid, Method::RoundToNearest, {}, std::nullopt, context));
    std::printf(
        "{\"shape\":[%ld,%ld],\"format\":\"%s\",\"threads\":%d,\"seconds\":%.4f,\"factor_seconds\":%.4f,"
        "\"cpu_seconds\":%.4f,\"loss\":%.8g,\"rtn_loss\":%.8g,\"rtn_mweights_per_s\":%.1f,"
        "\"clip_mweights_per_s\":%.1f}\n",
        static_cast<long>(weights.rows()), static_cast<long>(weights.cols()), settings.grid.c_str(),
        settings.threads, wall, factorWall, cpu, layerLoss(weights, gram, best),
        layerLoss(weights, gram, plain), rowRate(tile, *grid, Method::RoundToNearest),
        rowRate(tile, *grid, Method::ClipSearch));
    return 0;
}
