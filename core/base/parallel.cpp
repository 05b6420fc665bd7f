#include "core/base/parallel.h"

#include "core/base/checked.h"

#include <cblas.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

#ifdef BITWRIGHT_OPENMP
#include <omp.h>
#endif

namespace bitwright {

namespace {

/// Everything that the workers of one loop share.
class LoopState
{
public:
    LoopState(std::size_t count, std::size_t chunkSize, const std::function<Result<void>(const Chunk&)>& body,
        const RunContext& context, std::string_view stage)
        : m_count(count)
        , m_chunkSize(chunkSize)
        , m_chunks(chunkCount(count, chunkSize))
        , m_body(body)
        , m_context(context)
        , m_stage(stage)
    { }

    /// Takes chunks until none is left, an error happened or a stop was requested.
    void work()
    {
        while (!m_halt.load(std::memory_order_relaxed)) {
            if (m_context.stop.stop_requested()) {
                keepError(std::numeric_limits<std::size_t>::max(), m_context.checkStop().error());
                return;
            }
            const std::size_t index = m_next.fetch_add(1, std::memory_order_relaxed);
            if (index >= m_chunks)
                return;
            runChunk(index);
        }
    }

    [[nodiscard]] Result<void> finish()
    {
        if (m_error)
            return fail(std::move(*m_error));
        return {};
    }

private:
    void runChunk(std::size_t index)
    {
        const std::size_t begin = index * m_chunkSize;
        const Chunk chunk{index, begin, std::min(m_count, begin + m_chunkSize)};
        try {
            if (auto result = m_body(chunk); !result) {
                keepError(index, std::move(result.error()));
                return;
            }
        } catch (const std::bad_alloc&) {
            keepError(
                index, Error{ErrorCode::OutOfMemory, "Not enough memory for this step.", {}, {}, {}, {}});
            return;
        } catch (const std::exception& exception) {
            keepError(index, Error{ErrorCode::Internal, exception.what(), {}, {}, {}, {}});
            return;
        }
        reportDone();
    }

    void reportDone()
    {
        if (m_stage.empty() || !m_context.progress) {
            return;
        }
        const std::lock_guard lock(m_mutex);
        ++m_done;
        m_context.report(static_cast<double>(m_done) / static_cast<double>(m_chunks), m_stage);
    }

    /// The error of the lowest chunk wins, so that the message does not depend on scheduling more than it
    /// must.
    void keepError(std::size_t index, Error error)
    {
        m_halt.store(true, std::memory_order_relaxed);
        const std::lock_guard lock(m_mutex);
        if (!m_error || index < m_errorIndex) {
            m_error = std::move(error);
            m_errorIndex = index;
        }
    }

    std::size_t m_count;
    std::size_t m_chunkSize;
    std::size_t m_chunks;
    const std::function<Result<void>(const Chunk&)>& m_body;
    const RunContext& m_context;
    std::string_view m_stage;
    std::atomic<std::size_t> m_next{0};
    std::atomic<bool> m_halt{false};
    std::mutex m_mutex;
    std::size_t m_done = 0;
    std::optional<Error> m_error;
    std::size_t m_errorIndex = 0;
};

} // namespace

std::size_t chunkCount(std::size_t count, std::size_t chunkSize)
{
    return chunkSize == 0 ? 0 : ceilDiv(count, chunkSize);
}

Result<void> parallelFor(std::size_t count, std::size_t chunkSize,
    const std::function<Result<void>(const Chunk&)>& body, const RunContext& context, std::string_view stage)
{
    if (chunkSize == 0)
        return fail(ErrorCode::Internal, "A parallel loop needs a chunk size above zero.");
    LoopState state(count, chunkSize, body, context, stage);
    const auto workers = static_cast<int>(
        std::min<std::size_t>(static_cast<std::size_t>(context.threadCount()), chunkCount(count, chunkSize)));
    if (workers <= 1) {
        state.work();
        return state.finish();
    }
#ifdef BITWRIGHT_OPENMP
#pragma omp parallel num_threads(workers)
    state.work();
#else
    {
        std::vector<std::jthread> pool;
        for (int i = 1; i < workers; ++i)
            pool.emplace_back([&state] { state.work(); });
        state.work();
    }
#endif
    return state.finish();
}

BlasThreads::BlasThreads(int threads)
    : m_previous(openblas_get_num_threads())
{
    openblas_set_num_threads(std::max(1, threads));
}

BlasThreads::~BlasThreads()
{
    openblas_set_num_threads(m_previous);
}

} // namespace bitwright
