// Time and peak memory of opening: a synthetic file of 100,000 tensors, and any model given as argument.
// Usage: bench_open [MODEL...]
#include "core/formats/open.h"
#include "core/model/matrix_reader.h"
#include "tests/support/safetensors_writer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/resource.h>
#include <vector>

using namespace bitwright;

namespace {

double seconds(std::chrono::steady_clock::time_point since)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

double peakMegabytes()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// Processor time of this process: comparable on a busy machine.
double processorSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Opens `path` three times; prints the first and the best time.
void openAndReport(const std::string& path)
{
    double first = 0;
    double best = 1e9;
    double processor = 1e9;
    for (int round = 0; round < 3; ++round) {
        const double before = processorSeconds();
        const auto start = std::chrono::steady_clock::now();
        const auto opened = formats::openCheckpoint(path);
        const double time = seconds(start);
        processor = std::min(processor, processorSeconds() - before);
        if (!opened) {
            std::printf("%s\n", opened.error().oneLine().c_str());
            return;
        }
        first = round == 0 ? time : first;
        best = std::min(best, time);
        if (round == 2) {
            std::printf(
                "open %s: %zu tensors, first %.1f ms, best %.1f ms (processor %.1f ms), peak RSS %.1f MB\n",
                (*opened)->name().c_str(), (*opened)->tensors().size(), first * 1e3, best * 1e3,
                processor * 1e3, peakMegabytes());
        }
    }
}

/// Reads every readable matrix as float32 in 1 MiB tiles on one thread; prints source bytes per second of the
/// best of three passes.
void readAndReport(const std::string& path)
{
    const auto opened = formats::openCheckpoint(path);
    if (!opened)
        return;
    double best = 1e9;
    double processor = 1e9;
    double bytes = 0;
    std::vector<float> tile;
    for (int round = 0; round < 3; ++round) {
        bytes = 0;
        const double before = processorSeconds();
        const auto start = std::chrono::steady_clock::now();
        for (model::TensorIndex i = 0; i < (*opened)->tensors().size(); ++i) {
            const auto matrix = model::MatrixReader::open(**opened, i);
            if (!matrix)
                continue;
            const std::uint64_t step = matrix->rowsPerTile(std::size_t{1} << 20);
            for (std::uint64_t row = 0; row < matrix->rows(); row += step) {
                const std::uint64_t end = std::min(matrix->rows(), row + step);
                tile.resize(static_cast<std::size_t>((end - row) * matrix->cols()));
                if (!matrix->readRows(row, end, tile))
                    return;
            }
            bytes += static_cast<double>((*opened)->tensors()[i].bytes);
        }
        best = std::min(best, seconds(start));
        processor = std::min(processor, processorSeconds() - before);
    }
    std::printf(
        "read %s as float32, one thread: %.0f MB at %.2f GB/s of source (per processor second %.2f)\n",
        (*opened)->name().c_str(), bytes / 1e6, bytes / 1e9 / best, bytes / 1e9 / processor);
}

bool writeManyTensors(const std::string& path)
{
    test::SafetensorsWriter writer;
    for (int layer = 0; layer < 100; ++layer) {
        for (int expert = 0; expert < 333; ++expert) {
            for (const char* role : {"gate_proj", "up_proj", "down_proj"})
                writer.addZeros(fmt::format("model.layers.{}.mlp.experts.{}.{}.weight", layer, expert, role),
                    model::DType::BF16, {4, 8});
        }
        writer.addZeros(
            fmt::format("model.layers.{}.input_layernorm.weight", layer), model::DType::BF16, {8});
    }
    return writer.write(path);
}

} // namespace

int main(int argc, char** argv)
{
    const test::TempFolder folder;
    const std::string many = folder.file("many.safetensors");
    // Built by a child, so that its memory does not count.
    const int built
        = argc == 3 && std::string_view(argv[1]) == "--build" ? (writeManyTensors(argv[2]) ? 0 : 1) : -1;
    if (built >= 0)
        return built;
    if (std::system(fmt::format("'{}' --build '{}'", argv[0], many).c_str()) != 0)
        return 1;
    openAndReport(many);
    for (int i = 1; i < argc; ++i) {
        openAndReport(argv[i]);
        readAndReport(argv[i]);
    }
    return 0;
}
