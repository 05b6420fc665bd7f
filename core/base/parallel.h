#pragma once

#include "core/base/run_context.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace bitwright {

/// One fixed piece of a parallel loop: items [begin, end), number `index` of all chunks.
struct Chunk
{
    std::size_t index = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Returns the number of chunks that parallelFor makes of `count` items at `chunkSize` items each.
[[nodiscard]] std::size_t chunkCount(std::size_t count, std::size_t chunkSize);

/// Runs `body` on every chunk, on up to `context.threadCount()` threads (OpenMP or std::jthread, chosen at
/// build time).
///
/// Chunk borders depend only on `count` and `chunkSize`, so per-chunk partial results that the caller
/// combines in index order are the same for any thread count. The first error (of the lowest chunk that ran)
/// or exception ends the loop: exceptions become Error (OutOfMemory for bad_alloc, else Internal). A
/// requested stop ends it with Cancelled. Reports progress as finished chunks / all chunks under `stage` when
/// it is not empty. BLAS calls inside `body` must run on one thread (BlasThreads guard outside the loop).
[[nodiscard]] Result<void> parallelFor(std::size_t count, std::size_t chunkSize,
    const std::function<Result<void>(const Chunk&)>& body, const RunContext& context,
    std::string_view stage = {});

/// Maps every chunk to a partial value and folds the partials in chunk order: deterministic for any thread
/// count.
template <typename Partial>
[[nodiscard]] Result<Partial> parallelReduce(std::size_t count, std::size_t chunkSize, Partial initial,
    const std::function<Result<Partial>(const Chunk&)>& map,
    const std::function<void(Partial&, Partial&&)>& fold, const RunContext& context)
{
    std::vector<Partial> partials(chunkCount(count, chunkSize));
    BITWRIGHT_CHECK(parallelFor(
        count, chunkSize,
        [&](const Chunk& chunk) -> Result<void> {
            BITWRIGHT_ASSIGN(partials[chunk.index], map(chunk));
            return {};
        },
        context));
    for (Partial& partial : partials)
        fold(initial, std::move(partial));
    return initial;
}

/// Sets the number of OpenBLAS threads for its lifetime and restores the previous number. Use 1 inside
/// parallelFor and all threads for one big GEMM or eigenproblem outside of it, so that threads come from
/// nowhere else.
class BlasThreads
{
public:
    explicit BlasThreads(int threads);
    ~BlasThreads();
    BlasThreads(const BlasThreads&) = delete;
    BlasThreads& operator=(const BlasThreads&) = delete;

private:
    int m_previous;
};

} // namespace bitwright
