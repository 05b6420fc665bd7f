#include "core/forward/attention.h"

#include "core/base/parallel.h"
#include "core/forward/kernels.h"
#include "core/forward/rope.h"

#include <cblas.h>

#include <algorithm>

namespace bitwright::forward {

namespace {

constexpr std::size_t kQueries = 128;

/// Queries [begin, end) of one sequence for one head.
struct Task
{
    std::size_t sequence, head, begin, end;
};

std::vector<Task> tasksOf(const Architecture& a, std::span<const std::size_t> starts)
{
    std::vector<Task> tasks;
    for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
        const std::size_t length = starts[s + 1] - starts[s];
        for (std::size_t head = 0; head < a.heads; ++head)
            for (std::size_t begin = 0; begin < length; begin += kQueries)
                tasks.push_back({s, head, begin, std::min(length, begin + kQueries)});
    }
    return tasks;
}

std::span<float> scoreBuffer(std::size_t size)
{
    thread_local std::vector<float> buffer;
    if (buffer.size() < size)
        buffer.resize(size);
    return std::span(buffer).first(size);
}

/// Turns scores of the keys [first, first + keys) into probabilities, 0 outside of what each query sees.
void normalizeScores(const Architecture& a, const AttentionInput& input, const Task& task, std::size_t length,
    std::size_t first, std::size_t keys, std::span<float> scores)
{
    const auto cap = static_cast<float>(a.attentionSoftcap.value_or(0.0));
    for (std::size_t q = task.begin; q < task.end; ++q) {
        const std::span<float> row = scores.subspan((q - task.begin) * keys, keys);
        const Visible seen = visibleKeys(q, length, a.causal, input.window);
        const std::size_t from = seen.first - first;
        const std::size_t to = seen.end - first;
        std::fill(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(from), 0.0F);
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(to), row.end(), 0.0F);
        softmax(row.subspan(from, to - from), static_cast<float>(input.scale), cap);
    }
}

void runTask(const Architecture& a, const AttentionInput& input, const Task& task, std::span<float> out)
{
    const std::size_t start = input.starts[task.sequence];
    const std::size_t length = input.starts[task.sequence + 1] - start;
    const std::size_t first = visibleKeys(task.begin, length, a.causal, input.window).first;
    const std::size_t end = visibleKeys(task.end - 1, length, a.causal, input.window).end;
    const std::size_t keys = end - first;
    const std::size_t queryStride = a.heads * a.headDim;
    const std::size_t keyStride = a.keyValueHeads * a.headDim;
    const std::size_t keyHead = task.head * a.keyValueHeads / a.heads;
    const int rows = static_cast<int>(task.end - task.begin);
    const int dim = static_cast<int>(a.headDim);
    const std::span<float> scores = scoreBuffer((task.end - task.begin) * keys);
    const std::size_t queryAt = (start + task.begin) * queryStride + task.head * a.headDim;
    const std::size_t keyAt = (start + first) * keyStride + keyHead * a.headDim;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, static_cast<int>(keys), dim, 1.0F,
        input.queries.data() + queryAt, static_cast<int>(queryStride), input.keys.data() + keyAt,
        static_cast<int>(keyStride), 0.0F, scores.data(), static_cast<int>(keys));
    normalizeScores(a, input, task, length, first, keys, scores);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, dim, static_cast<int>(keys), 1.0F,
        scores.data(), static_cast<int>(keys), input.values.data() + keyAt, static_cast<int>(keyStride), 0.0F,
        out.data() + queryAt, static_cast<int>(queryStride));
}

} // namespace

Visible visibleKeys(std::size_t position, std::size_t length, bool causal, std::uint64_t window)
{
    Visible seen{0, causal ? position + 1 : length};
    if (window > 0) {
        seen.first = position + 1 > window ? position + 1 - static_cast<std::size_t>(window) : 0;
        seen.end = std::min<std::size_t>(seen.end, position + static_cast<std::size_t>(window));
    }
    return seen;
}

Result<void> attend(const Architecture& architecture, const AttentionInput& input, std::span<float> out,
    const RunContext& context)
{
    const std::vector<Task> tasks = tasksOf(architecture, input.starts);
    return parallelFor(
        tasks.size(), 1,
        [&](const Chunk& chunk) -> Result<void> {
            runTask(architecture, input, tasks[chunk.begin], out);
            return {};
        },
        context);
}

Result<void> prepareHeads(const Architecture& architecture, const Norm& norm,
    std::span<const RotaryTable* const> ropes, std::span<const std::size_t> starts, std::uint64_t heads,
    std::span<float> values, const RunContext& context)
{
    if (norm.weight.empty() && ropes.empty())
        return {};
    const auto dim = static_cast<std::size_t>(architecture.headDim);
    return parallelFor(
        starts.back(), 64,
        [&](const Chunk& chunk) -> Result<void> {
            auto next = std::upper_bound(starts.begin(), starts.end(), chunk.begin);
            auto sequence = static_cast<std::size_t>(next - starts.begin()) - 1;
            for (std::size_t token = chunk.begin; token < chunk.end; ++token) {
                while (token >= starts[sequence + 1])
                    ++sequence;
                for (std::size_t h = 0; h < heads; ++h) {
                    const std::span<float> head = values.subspan((token * heads + h) * dim, dim);
                    if (!norm.weight.empty())
                        normRow(architecture.norm, architecture.normEps, head, norm.weight, {}, head);
                    if (!ropes.empty()) {
                        const std::size_t position = token - starts[sequence];
                        rotate(
                            head, ropes[sequence]->cosinesAt(position), ropes[sequence]->sinesAt(position));
                    }
                }
            }
            return {};
        },
        context);
}

} // namespace bitwright::forward
