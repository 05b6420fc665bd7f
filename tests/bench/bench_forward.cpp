// Time of the forward pass, and its numbers for comparison with another program.
//
// Usage: bench_forward MODEL [--ids FILE] [--tokens 512] [--threads 2] [--repeat 3] [--budget-mib N]
// [--compare N] [--out PREFIX]
//
// Token ids come from FILE (whitespace between ids, one sequence per line) or are seeded noise. Prints one
// JSON line: seconds of the fastest run and of its parts, processor seconds, the rate of its matrix products,
// the peak rate of sgemm measured between the runs (1,536 cubed) and the share of it, by the clock and by
// processor time (which other programs disturb less), the perplexity, the peak memory. --compare N adds the
// seconds that comparing N changed states with the original takes. With --out, PREFIX.hidden.f32 gets the
// final hidden states (tokens x hidden, after the last norm) and PREFIX.tokens.f64 per token the log-sum-exp,
// the number of the best word and the log probability of the next token (NaN at the end of a sequence).

#include "core/base/parallel.h"
#include "core/formats/open.h"
#include "core/forward/compare.h"
#include "core/forward/forward.h"

#include <cblas.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
using namespace bitwright;
using namespace bitwright::forward;

namespace {

struct Settings
{
    std::string model, ids, out;
    std::size_t tokens = 512;
    int threads = 2;
    int repeat = 3;
    std::size_t budgetMib = 0;
    std::size_t compared = 0;
};

[[noreturn]] void quit(const std::string& why)
{
    std::fprintf(stderr, "bench_forward: %s\n", why.c_str());
    std::exit(2);
}

template <typename T>
T valueOf(Result<T> result)
{
    if (!result)
        quit(result.error().oneLine());
    return std::move(*result);
}

Settings parse(int argc, char** argv)
{
    Settings settings;
    if (argc < 2)
        quit("which model?");
    settings.model = argv[1];
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const char* value = argv[i + 1];
        if (name == "--ids")
            settings.ids = value;
        else if (name == "--out")
            settings.out = value;
        else if (name == "--tokens")
            settings.tokens = static_cast<std::size_t>(std::max(2L, std::atol(value)));
        else if (name == "--compare")
            settings.compared = static_cast<std::size_t>(std::max(0L, std::atol(value)));
        else if (name == "--threads")
            settings.threads = std::max(1, std::atoi(value));
        else if (name == "--repeat")
            settings.repeat = std::max(1, std::atoi(value));
        else if (name == "--budget-mib")
            settings.budgetMib = static_cast<std::size_t>(std::max(0L, std::atol(value)));
        else
            quit("unknown option " + name);
    }
    return settings;
}

TokenBatch tokensOf(const Settings& settings, std::uint64_t vocabulary)
{
    TokenBatch batch;
    if (settings.ids.empty()) {
        std::mt19937_64 random(7);
        std::vector<std::uint32_t> ids(settings.tokens);
        for (std::uint32_t& id : ids)
            id = static_cast<std::uint32_t>(random() % vocabulary);
        batch.add(ids);
        return batch;
    }
    std::ifstream file(settings.ids);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::vector<std::uint32_t> ids;
        for (std::uint32_t id = 0; words >> id;)
            ids.push_back(id);
        if (!ids.empty())
            batch.add(ids);
    }
    return batch;
}

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Seconds of processor time of all threads: on a busy machine steadier than the clock on the wall.
double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Largest resident memory of this program in MiB (ru_maxrss would count the parent's before exec).
long peakMib()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmHWM:") {
            long kib = 0;
            status >> kib;
            return kib / 1024;
        }
    }
    return 0;
}

struct Peak
{
    double perSecond = 0; ///< Operations per second of the clock, all threads.
    double perCpuSecond = 0; ///< On one thread, per second of its processor time.
};

/// Best of five square products of 1,536: what the machine can do now.
double bestGemm(int threads, bool cpu)
{
    constexpr int kSize = 1536;
    const BlasThreads all(threads);
    std::vector<float> a(std::size_t{kSize} * kSize, 0.5F);
    std::vector<float> b = a;
    std::vector<float> c = a;
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        const double cpuStart = cpuSeconds();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, kSize, kSize, kSize, 1.0F, a.data(), kSize,
            b.data(), kSize, 0.0F, c.data(), kSize);
        best = std::min(best, cpu ? cpuSeconds() - cpuStart : secondsSince(start));
    }
    return 2.0 * kSize * kSize * kSize / best;
}

void updatePeak(int threads, Peak& peak)
{
    peak.perSecond = std::max(peak.perSecond, bestGemm(threads, false));
    peak.perCpuSecond = std::max(peak.perCpuSecond, bestGemm(1, true));
}

/// Operations of all products: twice the weights used per token.
double operationsOf(const Model& model, std::size_t tokens)
{
    const auto size = [](const Linear& linear) { return static_cast<double>(linear.rows * linear.cols); };
    double weights = size(model.head());
    for (std::size_t i = 0; i < model.blocks().size(); ++i) {
        const Block& block = model.blocks()[i];
        weights += size(block.query) + size(block.key) + size(block.value) + size(block.output);
        if (model.architecture().layers[i].routed && !block.experts.empty()) {
            const Mlp& one = block.experts.front();
            weights += static_cast<double>(model.architecture().experts->perToken)
                * (size(one.gate) + size(one.up) + size(one.down));
        } else {
            weights += size(block.mlp.gate) + size(block.mlp.up) + size(block.mlp.down);
        }
    }
    return 2.0 * weights * static_cast<double>(tokens);
}

struct Run
{
    double embedSeconds = 0, blockSeconds = 0, headSeconds = 0, cpu = 0;
    std::vector<float> hidden; ///< After the last block.
    std::vector<float> states;
    std::vector<TokenResult> tokens;

    [[nodiscard]] double seconds() const { return embedSeconds + blockSeconds + headSeconds; }
};

Run runOnce(const Model& model, const TokenBatch& batch, bool keep, const RunContext& context)
{
    Run run;
    const double cpuStart = cpuSeconds();
    auto start = std::chrono::steady_clock::now();
    std::vector<float> hidden = valueOf(embed(model, batch, {}, context));
    run.embedSeconds = secondsSince(start);
    start = std::chrono::steady_clock::now();
    if (const auto done = runBlocks(model, batch, 0, model.blocks().size(), hidden, {}, context); !done)
        quit(done.error().oneLine());
    run.blockSeconds = secondsSince(start);
    start = std::chrono::steady_clock::now();
    if (model.architecture().hasHead)
        run.tokens = valueOf(runHead(model, batch, hidden, {}, context));
    run.headSeconds = secondsSince(start);
    run.cpu = cpuSeconds() - cpuStart;
    if (keep)
        run.states = valueOf(finalStates(model, batch, hidden, {}, context));
    run.hidden = std::move(hidden);
    return run;
}

/// Seconds of comparing `count` times the same states, and of nothing where there is no head.
double compareSeconds(
    const Model& model, const TokenBatch& batch, const Run& run, std::size_t count, const RunContext& context)
{
    if (count == 0 || !model.architecture().hasHead)
        return 0;
    const std::vector<std::span<const float>> changed(count, run.hidden);
    const auto start = std::chrono::steady_clock::now();
    const auto result = valueOf(compareHeads(model, batch, run.hidden, changed, {}, context));
    return secondsSince(start);
}

void write(const Settings& settings, const Run& run)
{
    std::ofstream states(settings.out + ".hidden.f32", std::ios::binary);
    states.write(reinterpret_cast<const char*>(run.states.data()),
        static_cast<std::streamsize>(run.states.size() * sizeof(float)));
    std::ofstream tokens(settings.out + ".tokens.f64", std::ios::binary);
    for (const TokenResult& token : run.tokens) {
        const double row[3] = {token.logSumExp, static_cast<double>(token.best),
            token.nextLogProbability.value_or(std::numeric_limits<double>::quiet_NaN())};
        tokens.write(reinterpret_cast<const char*>(row), sizeof(row));
    }
    if (!states || !tokens)
        quit("cannot write " + settings.out);
}

} // namespace

int main(int argc, char** argv)
{
    const Settings settings = parse(argc, argv);
    const Model model = valueOf(Model::open(valueOf(formats::openCheckpoint(settings.model))));
    const TokenBatch batch = tokensOf(settings, model.architecture().vocabulary);
    RunContext context;
    context.threads = settings.threads;
    context.memoryBudget = settings.budgetMib << 20U;
    Peak peak;
    updatePeak(settings.threads, peak);
    Run best;
    double cpu = 0;
    for (int i = 0; i < settings.repeat; ++i) {
        Run run = runOnce(model, batch, !settings.out.empty(), context);
        cpu = i == 0 ? run.cpu : std::min(cpu, run.cpu);
        if (i == 0 || run.seconds() < best.seconds())
            best = std::move(run);
        updatePeak(settings.threads, peak);
    }
    if (!settings.out.empty())
        write(settings, best);
    const double compared = compareSeconds(model, batch, best, settings.compared, context);
    const double operations = operationsOf(model, batch.tokens());
    const auto perplexity = perplexityOf(best.tokens);
    fmt::print("{{\"tokens\": {}, \"threads\": {}, \"seconds\": {:.3f}, \"compare\": {:.3f}, \"embed\": "
               "{:.3f}, \"blocks\": "
               "{:.3f}, \"head\": {:.3f}, "
               "\"cpu_seconds\": {:.3f}, \"gflops\": {:.1f}, \"gemm_peak_gflops\": {:.1f}, "
               "\"share_of_peak\": {:.3f}, "
               "\"share_of_peak_by_cpu\": {:.3f}, \"perplexity\": {}, \"peak_mib\": {}}}\n",
        batch.tokens(), settings.threads, best.seconds(), compared, best.embedSeconds, best.blockSeconds,
        best.headSeconds, cpu, operations / best.seconds() / 1e9, peak.perSecond / 1e9,
        operations / best.seconds() / peak.perSecond, operations / cpu / peak.perCpuSecond,
        perplexity ? fmt::format("{:.6f}", *perplexity) : "null", peakMib());
    return 0;
}
