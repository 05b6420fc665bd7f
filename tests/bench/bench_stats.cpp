// Times the weight statistics of a cached checkpoint against a plain threaded read of the same bytes, in
// turns. Usage: bench_stats [--threads N] [--runs N] [--f32] [MODEL]; without MODEL a 512 MB file is made in
// the temporary folder.
#include "core/base/float_bits.h"
#include "core/base/parallel.h"
#include "core/formats/open.h"
#include "core/io/byte_source.h"
#include "core/stats/weight_stats.h"
#include "tests/support/temp_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace bitwright;

struct Arguments
{
    RunContext context;
    int runs = 5;
    bool f32 = false;
    std::string model;
};

Arguments parse(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--threads" && i + 1 < argc)
            arguments.context.threads = std::atoi(argv[++i]);
        else if (word == "--runs" && i + 1 < argc)
            arguments.runs = std::max(1, std::atoi(argv[++i]));
        else if (word == "--f32")
            arguments.f32 = true;
        else
            arguments.model = word;
    }
    return arguments;
}

double seconds(const auto& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Processor time of all threads.
double cpuSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// 32 matrices of 4096 columns, 512 MB in all, N(0, 0.02^2).
void makeModel(const std::string& path, bool f32)
{
    const std::size_t rows = f32 ? 1024 : 2048, cols = 4096, tensors = 32;
    const std::size_t bytes = rows * cols * (f32 ? 4 : 2);
    std::string header = "{";
    for (std::size_t t = 0; t < tensors; ++t)
        header += fmt::format(
            R"({}"model.layers.{}.mlp.down_proj.weight":{{"dtype":"{}","shape":[{},{}],"data_offsets":[{},{}]}})",
            t == 0 ? "" : ",", t, f32 ? "F32" : "BF16", rows, cols, t * bytes, (t + 1) * bytes);
    header += "}";
    header.append((8 - header.size() % 8) % 8, ' ');
    std::ofstream out(path, std::ios::binary);
    const std::uint64_t size = header.size();
    out.write(reinterpret_cast<const char*>(&size), 8);
    out.write(header.data(), static_cast<std::streamsize>(header.size()));
    std::mt19937 generator(1);
    std::normal_distribution<float> distribution(0.0F, 0.02F);
    std::vector<char> block(bytes);
    for (std::size_t t = 0; t < tensors; ++t) {
        if (t < 4) // fresh numbers for four matrices, which then repeat
            for (std::size_t i = 0; i < rows * cols; ++i) {
                const float value = distribution(generator);
                const std::uint16_t code = bfloat16FromFloat(value);
                if (f32)
                    std::memcpy(block.data() + 4 * i, &value, 4);
                else
                    std::memcpy(block.data() + 2 * i, &code, 2);
            }
        out.write(block.data(), static_cast<std::streamsize>(block.size()));
    }
}

/// Reads every file with pread in pieces of a megabyte on all threads, and sums what was read.
Result<std::uint64_t> plainRead(const model::Checkpoint& checkpoint, const RunContext& context)
{
    std::uint64_t total = 0;
    for (const model::CheckpointFile& file : checkpoint.files()) {
        BITWRIGHT_ASSIGN(const auto source, io::openFile(file.path));
        constexpr std::size_t piece = 1 << 20;
        std::vector<std::uint64_t> sums(chunkCount(source->size(), piece));
        BITWRIGHT_CHECK(parallelFor(
            source->size(), piece,
            [&](const Chunk& chunk) -> Result<void> {
                thread_local std::vector<std::uint64_t> buffer(piece / 8);
                const std::size_t size = chunk.end - chunk.begin;
                auto read
                    = source->readAt(chunk.begin, std::as_writable_bytes(std::span(buffer)).first(size));
                for (std::size_t i = 0; i < size / 8; ++i)
                    sums[chunk.index] += buffer[i];
                return read;
            },
            context));
        for (const std::uint64_t sum : sums)
            total += sum;
    }
    return total;
}

Result<void> run(const Arguments& arguments, const std::string& path)
{
    BITWRIGHT_ASSIGN(const auto checkpoint, formats::openCheckpoint(path));
    const auto bytes = static_cast<double>(checkpoint->dataBytes());
    std::vector<double> read, scan, readCpu, scanCpu;
    std::uint64_t checksum = 0;
    double kurtosis = 0;
    for (int i = 0; i < arguments.runs + 1; ++i) { // the first round warms the cache
        Result<void> failed;
        const double start = cpuSeconds();
        const double a = seconds([&] {
            auto sum = plainRead(*checkpoint, arguments.context);
            if (sum)
                checksum ^= *sum;
            else
                failed = fail(sum.error());
        });
        const double between = cpuSeconds();
        const double b = seconds([&] {
            for (std::size_t t = 0; t < checkpoint->tensors().size() && failed; ++t) {
                auto stats = stats::weightStats(*checkpoint, t, {}, arguments.context);
                if (stats)
                    kurtosis = std::max(kurtosis, stats->kurtosis);
                else
                    failed = fail(stats.error());
            }
        });
        BITWRIGHT_CHECK(failed);
        if (i > 0) {
            read.push_back(a);
            scan.push_back(b);
            readCpu.push_back(between - start);
            scanCpu.push_back(cpuSeconds() - between);
        }
    }
    const double reading = bytes / median(read) * 1e-9, scanning = bytes / median(scan) * 1e-9;
    fmt::print("{} tensors, {:.0f} MB, {} threads, median of {}\n", checkpoint->tensors().size(),
        bytes * 1e-6, arguments.context.threadCount(), arguments.runs);
    fmt::print("plain threaded read  {:6.2f} GB/s (checksum {:x})\n", reading, checksum);
    fmt::print("weight statistics    {:6.2f} GB/s (largest kurtosis {:.3f})\n", scanning, kurtosis);
    fmt::print("ratio                {:6.2f}\n", scanning / reading);
    // On a machine with other work, wall time says little; time on the processor still does.
    fmt::print("per CPU second       {:6.2f} GB read, {:.2f} GB measured\n", bytes / median(readCpu) * 1e-9,
        bytes / median(scanCpu) * 1e-9);
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments arguments = parse(argc, argv);
    const test::TempFolder folder;
    std::string path = arguments.model;
    if (path.empty()) {
        path = folder.file("model.safetensors");
        makeModel(path, arguments.f32);
    }
    const auto done = run(arguments, path);
    if (!done)
        fmt::print(stderr, "{}\n", done.error().oneLine());
    return done ? 0 : 1;
}
