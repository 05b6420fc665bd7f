#include "core/spectra/task_team.h"

#include "core/base/parallel.h"

#include <thread>

namespace bitwright::spectra {

namespace {

constexpr std::uint64_t kLeftMask = 0xFFFFFFFFU;
constexpr int kSpins
    = 2000; // Tries before a waiting thread offers its core to others, about the length of one step.

} // namespace

bool TaskTeam::tryOneTask()
{
    std::uint64_t ticket = m_ticket.load(std::memory_order_acquire);
    while ((ticket & kLeftMask) != 0) {
        if (!m_ticket.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel))
            continue;
        // The step cannot end before this task, so the pointer is the one that belongs to the ticket.
        (*m_task.load(std::memory_order_acquire))(static_cast<std::size_t>((ticket & kLeftMask) - 1));
        m_unfinished.fetch_sub(1, std::memory_order_acq_rel);
        return true;
    }
    return false;
}

void TaskTeam::run(std::size_t count, const std::function<void(std::size_t)>& task)
{
    if (count == 0)
        return;
    m_task.store(&task, std::memory_order_release);
    m_unfinished.store(count, std::memory_order_release);
    const std::uint64_t step = (m_ticket.load(std::memory_order_relaxed) >> 32U) + 1;
    m_ticket.store((step << 32U) | count, std::memory_order_release);
    while (tryOneTask()) { }
    for (int spins = 0; m_unfinished.load(std::memory_order_acquire) != 0; ++spins) {
        if (spins > kSpins)
            std::this_thread::yield();
    }
}

void TaskTeam::help()
{
    int spins = 0;
    while (!m_closed.load(std::memory_order_acquire)) {
        if (tryOneTask())
            spins = 0;
        else if (++spins > kSpins)
            std::this_thread::yield();
    }
}

Result<void> TaskTeam::lead(const std::function<Result<void>(TaskTeam&)>& leader, const RunContext& context)
{
    TaskTeam team;
    RunContext quiet = context;
    quiet.progress = nullptr;
    // Chunks are handed out in order: the first thread leads, and if there is no other one the helpers find
    // the team closed.
    return parallelFor(
        static_cast<std::size_t>(context.threadCount()), 1,
        [&](const Chunk& chunk) -> Result<void> {
            if (chunk.index != 0) {
                team.help();
                return {};
            }
            struct Closer
            {
                TaskTeam& team;
                ~Closer() { team.m_closed.store(true, std::memory_order_release); }
            } closer{team};
            return leader(team);
        },
        quiet);
}

} // namespace bitwright::spectra
