// Time and accuracy of measuring one (unit, option) pair.
//
// Usage: bench_measure MODEL --ids FILE [--tokens 512] [--threads 2] [--bits 2,4,8] [--every 3]
// [--left-out 0.002] [--sampled 4096]
//
// FILE holds token ids (whitespace between ids, one sequence per line); the first --tokens of them are used.
// For the matrices of every --every'th block (all kinds in turn) and each width it measures the pair by the
// screened head and by the exact one and prints one line of JSON each; then the means: seconds of the forward
// pass, of a screened and of an exact measurement, and the largest relative errors of the screened
// divergence.

#include "core/formats/open.h"
#include "core/measure/harm.h"
#include "core/plan/target.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>

using namespace bitwright;

namespace {

[[noreturn]] void quit(const std::string& why)
{
    std::fprintf(stderr, "bench_measure: %s\n", why.c_str());
    std::exit(2);
}

template <typename T>
T valueOf(Result<T> result)
{
    if (!result)
        quit(result.error().oneLine());
    return std::move(*result);
}

struct Settings
{
    std::string model, ids;
    std::size_t tokens = 512, every = 3;
    int threads = 2;
    std::vector<std::string> bits{"2", "4", "8"};
    measure::ReferenceSettings reference;
};

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
        else if (name == "--tokens")
            settings.tokens = static_cast<std::size_t>(std::max(2L, std::atol(value)));
        else if (name == "--every")
            settings.every = static_cast<std::size_t>(std::max(1L, std::atol(value)));
        else if (name == "--threads")
            settings.threads = std::max(1, std::atoi(value));
        else if (name == "--left-out")
            settings.reference.words.leftOut = std::atof(value);
        else if (name == "--sampled")
            settings.reference.words.sampled = static_cast<std::size_t>(std::atol(value));
        else if (name == "--bits") {
            settings.bits.clear();
            std::istringstream list(value);
            for (std::string word; std::getline(list, word, ',');)
                settings.bits.push_back(word);
        } else
            quit("unknown option " + name);
    }
    return settings;
}

forward::TokenBatch tokensOf(const Settings& settings)
{
    forward::TokenBatch batch;
    std::ifstream file(settings.ids);
    for (std::string line; std::getline(file, line) && batch.tokens() < settings.tokens;) {
        std::istringstream words(line);
        std::vector<std::uint32_t> ids;
        for (std::uint32_t id = 0; words >> id && batch.tokens() + ids.size() < settings.tokens;)
            ids.push_back(id);
        if (!ids.empty())
            batch.add(ids);
    }
    if (batch.tokens() == 0)
        quit("no tokens in " + settings.ids);
    return batch;
}

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Processor seconds of all threads: on a busy machine steadier than the clock.
double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double meanOf(const std::vector<float>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double forwardSeconds(
    const forward::Model& model, const forward::TokenBatch& batch, const RunContext& context)
{
    const auto start = Clock::now();
    auto hidden = valueOf(forward::embed(model, batch, {}, context));
    if (const auto done = forward::runBlocks(model, batch, 0, model.blocks().size(), hidden, {}, context);
        !done)
        quit(done.error().oneLine());
    valueOf(forward::runHead(model, batch, hidden, {}, context));
    return secondsSince(start);
}

} // namespace

int main(int argc, char** argv)
{
    const Settings settings = parse(argc, argv);
    const auto checkpoint = valueOf(formats::openCheckpoint(settings.model));
    const auto model = std::make_shared<const forward::Model>(valueOf(forward::Model::open(checkpoint)));
    const forward::TokenBatch batch = tokensOf(settings);
    RunContext context;
    context.threads = settings.threads;
    double whole = forwardSeconds(*model, batch, context);
    const double forwardStart = cpuSeconds();
    whole = std::min(whole, forwardSeconds(*model, batch, context));
    const double forwardCpu = cpuSeconds() - forwardStart;
    auto start = Clock::now();
    const auto reference = valueOf(measure::Reference::make(model, batch, settings.reference, context));
    const auto* head = reference->screenedHead();
    fmt::print("{{\"forward\": {:.3f}, \"reference\": {:.3f}, \"tokens\": {}, \"chosen\": {}, \"words\": {}, "
               "\"left_out\": {:.2e}}}\n",
        whole, secondsSince(start), batch.tokens(), head ? head->chosenWords() : 0, head ? head->words() : 0,
        head ? head->leftOut() : 0.0);
    const plan::Target* target = valueOf(plan::targetFromId("fake-quant"));
    exporting::UnitQuantizer quantizer(*checkpoint, *exporting::writerFor("fake-quant"), nullptr);
    double screened = 0, exact = 0, worst = 0, cpu = 0;
    std::size_t count = 0, fellBack = 0, number = 0;
    const auto units = plan::unitsOf(*checkpoint);
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (!units[i].block || number++ % settings.every != 0)
            continue;
        for (const std::string& bits : settings.bits) {
            const auto option = valueOf(quant::optionFromId("int" + bits + "-asym-g128/rtn"));
            const exporting::PlannedUnit planned{
                units[i], option.id, valueOf(target->resolve(units[i], option))};
            start = Clock::now();
            const double cpuStart = cpuSeconds();
            const auto changed = valueOf(measure::ChangedWeights::make({planned}, quantizer, context));
            const double quantizing = secondsSince(start);
            const auto fast = valueOf(measure::measureHarm(*reference, changed, false, context));
            const double fastSeconds = secondsSince(start);
            cpu += cpuSeconds() - cpuStart;
            start = Clock::now();
            const auto slow = valueOf(measure::measureHarm(*reference, changed, true, context));
            const double slowSeconds = quantizing + secondsSince(start);
            const double error = meanOf(fast.values) / meanOf(slow.values) - 1.0;
            fmt::print(
                "{{\"unit\": \"{}\", \"bits\": {}, \"seconds\": {:.3f}, \"exact_seconds\": {:.3f}, \"kl\": "
                "{:.6f}, \"exact_kl\": {:.6f}, \"error\": {:.4f}, \"standard_error\": {:.6f}, "
                "\"changed_left_out\": {:.4f}, \"same_best\": {}, \"exact_same_best\": {}}}\n",
                units[i].name, bits, fastSeconds, slowSeconds, meanOf(fast.values), meanOf(slow.values),
                error, fast.screening ? fast.screening->standardError : 0.0,
                fast.screening ? fast.screening->changedLeftOut : 1.0, fast.sameBest, slow.sameBest);
            screened += fastSeconds;
            exact += slowSeconds;
            worst = std::max(worst, std::abs(error));
            fellBack += fast.screening ? 0U : 1U;
            ++count;
        }
    }
    fmt::print("{{\"pairs\": {}, \"forward\": {:.3f}, \"screened\": {:.3f}, \"screened_cpu\": {:.3f}, "
               "\"forward_cpu\": {:.3f}, \"exact\": {:.3f}, \"worst_error\": "
               "{:.4f}, \"took_the_exact_head\": {}}}\n",
        count, whole, screened / static_cast<double>(count), cpu / static_cast<double>(count), forwardCpu,
        exact / static_cast<double>(count), worst, fellBack);
    return 0;
}
